//! The engine that works in this process.

use crate::{
	DeviceProfile, DeviceSelector, Engine, EngineError, WorkRequest, WorkResult, engine::Failure,
};
use aitbc_compute_core::{
	echo,
	gemm::{Dims, Form, GemmError, Product},
	profile::{self, Program},
	shader::{self, Call, InterpretError, Limits, Outcome, Shader, Workgroups},
};
use aitbc_compute_wgpu::{ComputeError, GemmVariant, Gpu};
use aitbc_primitives::{FailureCode, GemmShape, WgslCall, Workload};
use std::{
	thread,
	time::{Duration, Instant},
};

/// Shader compilers recurse deeply over hostile programs.
const STACK_BYTES: usize = 64 * 1024 * 1024;

enum Device {
	Cpu,
	Gpu(Box<Gpu>),
}

/// An open device, or the CPU reference.
///
/// A job that the device cannot interrupt goes on after its time limit; see
/// [`crate::ProcessEngine`].
pub struct DeviceEngine {
	device: Device,
	profile: DeviceProfile,
	time_limit: Duration,
}

impl DeviceEngine {
	/// Opens the device that `selector` names. [`DeviceSelector::Cpu`] opens none and does everything on
	/// the processor, shaders by the reference interpreter.
	///
	/// `time_limit` bounds the waiting for the device, per job; the interpreter stops at it.
	///
	/// # Errors
	/// If there is no such device, or it cannot be opened.
	pub fn open(selector: &DeviceSelector, time_limit: Duration) -> Result<Self, EngineError> {
		if time_limit.is_zero() {
			return Err(EngineError::NoTime);
		}
		let (device, profile) = match selector {
			DeviceSelector::Cpu => (Device::Cpu, DeviceProfile::of_cpu()),
			selector => {
				let gpu = Gpu::open(selector)?;
				let profile = DeviceProfile::of_device(gpu.info());
				(Device::Gpu(Box::new(gpu)), profile)
			}
		};
		Ok(Self { device, profile, time_limit })
	}

	/// Finds out how the device makes products quickest, and uses that; nothing where there is no choice.
	///
	/// # Errors
	/// If the device multiplies wrongly.
	pub fn tune(&self, limit: Duration) -> Result<Option<GemmVariant>, EngineError> {
		match &self.device {
			Device::Cpu => Ok(None),
			Device::Gpu(gpu) => Ok(Some(gpu.tune(limit)?)),
		}
	}

	/// Gets ready to make products this way, within the time limit.
	///
	/// # Errors
	/// If the device fails or multiplies wrongly.
	pub fn prepare(&self, variant: GemmVariant) -> Result<(), EngineError> {
		match &self.device {
			Device::Cpu => Ok(()),
			Device::Gpu(gpu) => Ok(gpu.prepare(variant, self.time_limit)?),
		}
	}

	/// Does a job; a product in every way that the device knows, whichever is quickest. If they do not
	/// agree, the device fails.
	pub fn execute_every_way(&self, request: &WorkRequest) -> WorkResult {
		let result = self.execute(request);
		let (Device::Gpu(gpu), Workload::Gemm(_)) = (&self.device, request.workload) else {
			return result;
		};
		let other = gpu.variants().find_map(|variant| {
			let other = self.execute_by(Some(variant), request, self.time_limit);
			(other != result).then_some((variant, other))
		});
		match other {
			None => result,
			Some((_, failed @ WorkResult::Failed { .. })) => failed,
			Some((variant, _)) => {
				Err(Failure::device(format!("the product made by {variant} is another"))).into()
			}
		}
	}

	fn execute_by(
		&self,
		variant: Option<GemmVariant>,
		request: &WorkRequest,
		limit: Duration,
	) -> WorkResult {
		let result = thread::scope(|scope| {
			let job = thread::Builder::new()
				.name("job".to_string())
				.stack_size(STACK_BYTES)
				.spawn_scoped(scope, || self.run(variant, request, limit))
				.map_err(|error| Failure::device(format!("cannot start a thread: {error}")))?;
			// A panic of the driver's or the compiler's must not pass for a result.
			job.join().unwrap_or_else(|_| Err(Failure::device("the engine panicked")))
		});
		result.into()
	}

	fn run(
		&self,
		variant: Option<GemmVariant>,
		request: &WorkRequest,
		limit: Duration,
	) -> Result<Vec<u8>, Failure> {
		request.check_sizes()?;
		match request.workload {
			Workload::Echo => echo::echo(&request.inputs, &request.params).map_err(input_invalid),
			Workload::Gemm(shape) => self.gemm(shape, variant, request, limit),
			Workload::Wgsl(call) => self.wgsl(call, request, limit),
		}
	}

	fn gemm(
		&self,
		shape: GemmShape,
		variant: Option<GemmVariant>,
		request: &WorkRequest,
		limit: Duration,
	) -> Result<Vec<u8>, Failure> {
		let inputs: Vec<&[u8]> = request.inputs.iter().map(Vec::as_slice).collect();
		let product = product(shape, &request.params, &inputs).map_err(input_invalid)?;
		match &self.device {
			Device::Cpu => Ok(product.quick()),
			Device::Gpu(gpu) => Ok(match variant {
				Some(variant) => gpu.product_by(variant, &product, limit)?,
				None => gpu.product(&product, limit)?,
			}),
		}
	}

	fn wgsl(
		&self,
		call: WgslCall,
		request: &WorkRequest,
		limit: Duration,
	) -> Result<Vec<u8>, Failure> {
		let Some(source) = &request.program else {
			let message = "the job names a shader, but its source was not given";
			return Err(Failure::new(FailureCode::InputUnavailable, message));
		};
		// Before the device is looked at: this verdict must be the same everywhere.
		let program = profile::check(source)?;
		let (inputs, params) = (&request.inputs, &request.params);
		let output_bytes = call.output_bytes as usize;
		program
			.check_buffers(inputs, params, call.workgroups, output_bytes)
			.map_err(input_invalid)?;
		let fuel = shader::fuel(request.units_limit);
		let call = Call { inputs, params, workgroups: call.workgroups, output_bytes };
		match &self.device {
			Device::Cpu => interpret(&program, &call, fuel, limit),
			Device::Gpu(gpu) => Ok(gpu.run_wgsl(&program, &call, fuel, limit)?),
		}
	}
}

impl Engine for DeviceEngine {
	fn execute(&self, request: &WorkRequest) -> WorkResult {
		self.execute_within(request, self.time_limit).0
	}

	fn execute_within(
		&self,
		request: &WorkRequest,
		limit: Duration,
	) -> (WorkResult, &DeviceProfile) {
		(self.execute_by(None, request, limit.min(self.time_limit)), &self.profile)
	}

	fn profile(&self) -> &DeviceProfile {
		&self.profile
	}
}

/// The reference's answer to a shader, within its limits of memory, steps and `time_limit`.
fn interpret(
	program: &Program,
	call: &Call<'_>,
	fuel: u32,
	time_limit: Duration,
) -> Result<Vec<u8>, Failure> {
	let limits = Limits { deadline: Instant::now().checked_add(time_limit), ..Limits::default() };
	let shader = Shader::new(program).map_err(Failure::device)?;
	let report =
		shader.interpret(call, fuel, Workgroups::All, limits).map_err(|error| match error {
			InterpretError::TimedOut => Failure::timed_out(time_limit),
			other => Failure::device(other),
		})?;
	if let Some(race) = report.races.first() {
		tracing::warn!(?race, "the program has a data race: its result is undefined");
	}
	match report.outcome {
		Outcome::Completed(output) => Ok(output),
		Outcome::OutOfFuel => Err(ComputeError::OutOfFuel { fuel }.into()),
	}
}

fn input_invalid(error: impl ToString) -> Failure {
	Failure::new(FailureCode::InputInvalid, error)
}

fn product<'a>(
	shape: GemmShape,
	params: &[u8],
	inputs: &[&'a [u8]],
) -> Result<Product<'a>, GemmError> {
	let dims = Dims::new(shape.m, shape.k, shape.n)?;
	Product::new(dims, Form::from_params(params)?, inputs)
}

#[cfg(test)]
mod tests {
	use super::*;
	use aitbc_primitives::{Cid, JobSpec, Replication};

	/// What the chain says of the same job.
	fn chain_takes(shape: GemmShape, params: &[u8], inputs: usize) -> bool {
		let spec = JobSpec {
			workload: Workload::Gemm(shape),
			inputs: vec![Cid::of_raw(b"any"); inputs].try_into().expect("at most eight"),
			params: params.to_vec().try_into().expect("at most 1 KiB"),
			units_limit: u64::MAX,
			max_price_per_unit: 1,
			tip: 0,
			replication: Replication::SINGLE,
			requirements: Default::default(),
			start_within_blocks: 1,
			deliver_within_blocks: 1,
		};
		spec.validate().is_ok()
	}

	#[test]
	fn product_should_be_refused_by_the_engine_when_the_chain_refuses_it() {
		let shape = GemmShape { m: 1, k: 1, n: 1 };
		let scale: &[u8] = &[1, 0, 0, 0, 1, 0, 0, 0];
		let all: [&[u8]; 4] = [&[2], &[3], scale, scale];
		let one_byte = (0..=u8::MAX).map(|flags| vec![flags]);
		for params in one_byte.chain([vec![], vec![1, 0], vec![0; 4], vec![0; 1024]]) {
			for count in 0..=all.len() {
				let taken = product(shape, &params, &all[..count]).is_ok();
				let expected = chain_takes(shape, &params, count);
				assert_eq!(taken, expected, "{count} inputs, parameters {params:?}");
			}
		}
	}
}
