//! The engine that works in this process.

use crate::{
	DeviceProfile, DeviceSelector, Engine, EngineError, WorkRequest, WorkResult, engine::Failure,
};
use aitbc_compute_core::{
	echo,
	gemm::{Dims, GemmError, PackedB},
	profile,
	shader::{self, Call},
};
use aitbc_compute_wgpu::Gpu;
use aitbc_primitives::{FailureCode, GemmShape, WgslCall, Workload};
use std::{num::NonZeroUsize, thread, time::Duration};

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
	/// Opens the device that `selector` names. [`DeviceSelector::Cpu`] opens none and does all but
	/// shaders on the processor.
	///
	/// `time_limit` bounds the waiting for the device, per job.
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

	fn run(&self, request: &WorkRequest) -> Result<Vec<u8>, Failure> {
		request.check_sizes()?;
		match request.workload {
			Workload::Echo => echo::echo(&request.inputs, &request.params).map_err(input_invalid),
			Workload::Gemm(shape) => self.gemm(shape, request),
			Workload::Wgsl(call) => self.wgsl(call, request),
		}
	}

	fn gemm(&self, shape: GemmShape, request: &WorkRequest) -> Result<Vec<u8>, Failure> {
		let dims = Dims::new(shape.m, shape.k, shape.n).map_err(input_invalid)?;
		let [a, b] = request.inputs.as_slice() else {
			let count = request.inputs.len();
			return Err(input_invalid(format!("a matrix product has 2 inputs, not {count}")));
		};
		if !request.params.is_empty() {
			return Err(input_invalid("a matrix product has no parameters"));
		}
		match &self.device {
			Device::Cpu => gemm_in_threads(dims, a, b).map_err(input_invalid),
			Device::Gpu(gpu) => Ok(gpu.gemm(dims, a, b, self.time_limit)?),
		}
	}

	fn wgsl(&self, call: WgslCall, request: &WorkRequest) -> Result<Vec<u8>, Failure> {
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
		match &self.device {
			Device::Cpu => Err(Failure::device(
				"the cpu engine cannot run shaders; choose a device, such as cpu-software",
			)),
			Device::Gpu(gpu) => {
				let fuel = shader::fuel(request.units_limit);
				let call = Call { inputs, params, workgroups: call.workgroups, output_bytes };
				Ok(gpu.run_wgsl(&program, &call, fuel, self.time_limit)?)
			}
		}
	}
}

impl Engine for DeviceEngine {
	fn execute(&self, request: &WorkRequest) -> WorkResult {
		let result = thread::scope(|scope| {
			let job = thread::Builder::new()
				.name("job".to_string())
				.stack_size(STACK_BYTES)
				.spawn_scoped(scope, || self.run(request))
				.map_err(|error| Failure::device(format!("cannot start a thread: {error}")))?;
			// A panic of the driver's or the compiler's must not pass for a result.
			job.join().unwrap_or_else(|_| Err(Failure::device("the engine panicked")))
		});
		result.into()
	}

	fn profile(&self) -> &DeviceProfile {
		&self.profile
	}
}

fn input_invalid(error: impl ToString) -> Failure {
	Failure::new(FailureCode::InputInvalid, error)
}

/// The CPU reference's product, its rows shared out to all processors.
fn gemm_in_threads(dims: Dims, a: &[u8], b: &[u8]) -> Result<Vec<u8>, GemmError> {
	dims.check_inputs(a, b)?;
	let packed = PackedB::new(dims, b)?;
	let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
	let rows = dims.m().div_ceil(threads);
	thread::scope(|scope| {
		let parts: Vec<_> = a
			.chunks(rows * dims.k())
			.map(|part| {
				let packed = &packed;
				let work = move || packed.multiply_rows(part);
				// Without a thread the work is done here, later.
				thread::Builder::new().spawn_scoped(scope, work).map_err(|_| part)
			})
			.collect();
		let mut output = Vec::with_capacity(dims.output_bytes());
		for part in parts {
			let product = match part {
				Ok(thread) => match thread.join() {
					Ok(product) => product?,
					Err(panic) => std::panic::resume_unwind(panic),
				},
				Err(part) => packed.multiply_rows(part)?,
			};
			output.extend_from_slice(&product);
		}
		Ok(output)
	})
}
