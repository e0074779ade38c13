//! `aitbc-miner run`: one job from files.

use super::{EXIT_DEVICE, EXIT_JOB, Fault, RunArguments, parse_workgroups, read_file};
use aitbc_compute_core::gemm::{Axis, Form};
use aitbc_miner::{
	DeviceSelector, Engine, EngineError, ProcessEngine, ProcessEngineConfig, WorkRequest,
	WorkResult,
};
use aitbc_primitives::{Cid, FailureCode, GemmShape, WgslCall, Workload};
use anyhow::Context;
use clap::{Subcommand, ValueEnum};
use serde_json::json;
use std::{
	path::PathBuf,
	time::{Duration, Instant},
};

/// What to run.
#[derive(Debug, Subcommand)]
pub(super) enum Job {
	/// Give the input back: the latency probe.
	Echo {
		/// What to give back.
		input: PathBuf,
	},
	/// Multiply int8 matrices: C (m × n) = A (m × k) · B (k × n), row-major; C is int32, little-endian,
	/// or int8 with --requantise.
	Gemm {
		/// Rows of A and C.
		#[arg(long)]
		m: u32,
		/// Columns of A, rows of B.
		#[arg(long)]
		k: u32,
		/// Columns of B and C.
		#[arg(long)]
		n: u32,
		/// A: m·k bytes.
		a: PathBuf,
		/// B: k·n bytes.
		b: PathBuf,
		/// A is stored as k × m.
		#[arg(long)]
		transpose_a: bool,
		/// B is stored as n × k.
		#[arg(long)]
		transpose_b: bool,
		/// Bring every row or column of C back to int8 with a scale of its own.
		#[arg(long, value_enum, value_name = "AXIS", requires = "scales")]
		requantise: Option<ScaledAxis>,
		/// The scales: for each row or column a multiplier (int32, not negative) and a shift (uint32, 1
		/// to 62), little-endian; C is divided by 2^shift.
		#[arg(long, value_name = "FILE", requires = "requantise")]
		scales: Option<PathBuf>,
	},
	/// Run a shader of the integer profile.
	Wgsl {
		/// WGSL source.
		program: PathBuf,
		/// Workgroups in x, y and z.
		#[arg(long, value_parser = parse_workgroups, value_name = "X,Y,Z")]
		workgroups: [u32; 3],
		/// Length of the output, a multiple of four.
		#[arg(long)]
		output_bytes: u32,
		/// An input; binding 0 is the first one given.
		#[arg(long)]
		input: Vec<PathBuf>,
		/// Parameters: 32-bit words in the buffer after the inputs.
		#[arg(long, value_delimiter = ',', value_name = "N,…")]
		params_u32: Vec<u32>,
		/// The job's units limit, which its fuel comes from; as much as there can be unless it is given.
		#[arg(long, default_value_t = u64::MAX, hide_default_value = true, value_name = "UNITS")]
		units_limit: u64,
	},
}

/// What of C has a scale of its own.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ScaledAxis {
	/// m scales.
	Row,
	/// n scales.
	Column,
}

impl From<ScaledAxis> for Axis {
	fn from(axis: ScaledAxis) -> Self {
		match axis {
			ScaledAxis::Row => Axis::Row,
			ScaledAxis::Column => Axis::Column,
		}
	}
}

fn request(job: &Job) -> anyhow::Result<WorkRequest> {
	let plain = |workload, inputs| WorkRequest {
		workload,
		params: vec![],
		inputs,
		program: None,
		units_limit: u64::MAX,
	};
	match job {
		Job::Echo { input } => Ok(plain(Workload::Echo, vec![read_file(input)?])),
		Job::Gemm { m, k, n, a, b, transpose_a, transpose_b, requantise, scales } => {
			let shape = GemmShape { m: *m, k: *k, n: *n };
			let form = Form {
				transpose_a: *transpose_a,
				transpose_b: *transpose_b,
				requantise: requantise.map(Axis::from),
			};
			let inputs = [Some(a), Some(b), scales.as_ref()].into_iter().flatten();
			let inputs = inputs.map(|path| read_file(path)).collect::<Result<_, _>>()?;
			Ok(WorkRequest { params: form.to_params(), ..plain(Workload::Gemm(shape), inputs) })
		}
		Job::Wgsl { program, workgroups, output_bytes, input, params_u32, units_limit } => {
			let source = read_file(program)?;
			let inputs = input.iter().map(|path| read_file(path)).collect::<Result<_, _>>()?;
			let call = WgslCall {
				program: Cid::of_raw(&source),
				workgroups: *workgroups,
				output_bytes: *output_bytes,
			};
			Ok(WorkRequest {
				params: params_u32.iter().flat_map(|word| word.to_le_bytes()).collect(),
				program: Some(source),
				units_limit: *units_limit,
				..plain(Workload::Wgsl(call), inputs)
			})
		}
	}
}

/// The engine that this very program is.
pub(super) fn engine(
	device: DeviceSelector,
	time_limit: Duration,
	memory_limit_bytes: u64,
	is_warm: bool,
) -> Result<ProcessEngine, EngineError> {
	let executable = std::env::current_exe()
		.map_err(|error| EngineError::OwnPath { message: error.to_string() })?;
	let config =
		ProcessEngineConfig { executable, device, time_limit, memory_limit_bytes, is_warm };
	ProcessEngine::new(config)
}

pub(super) fn run(
	device: DeviceSelector,
	json: bool,
	arguments: &RunArguments,
) -> Result<(), Fault> {
	let request = request(&arguments.job)?;
	let limit = Duration::from_secs(arguments.time_limit);
	let engine = engine(device, limit, arguments.memory_limit, false)?;
	let begin = Instant::now();
	let result = engine.execute(&request);
	let milliseconds = begin.elapsed().as_millis() as u64;
	let device = &engine.profile().device;
	match result {
		WorkResult::Completed { output, trace_root } => {
			if let Some(path) = &arguments.output {
				let failed = || format!("cannot write {}", path.display());
				std::fs::write(path, &output).with_context(failed)?;
			}
			let bytes = output.len();
			if json {
				println!(
					"{}",
					json!({
						"outcome": "Completed",
						"bytes": bytes,
						"trace_root": format!("{trace_root:?}"),
						"milliseconds": milliseconds,
						"device": device,
					})
				);
			} else {
				println!(
					"{bytes} bytes in {milliseconds} ms on {device}, trace root {trace_root:?}"
				);
			}
			Ok(())
		}
		WorkResult::OutOfFuel { message } => {
			if json {
				println!("{}", json!({ "outcome": "OutOfFuel", "message": message }));
			}
			Err(Fault {
				code: EXIT_JOB,
				is_told: true,
				error: anyhow::anyhow!("the job ran out of fuel: {message}"),
			})
		}
		WorkResult::Failed { code, message } => {
			if json {
				println!("{}", json!({ "outcome": "Failed", "code": code, "message": message }));
			}
			let exit = match code {
				FailureCode::DeviceFault
				| FailureCode::InputUnavailable
				| FailureCode::TimedOut => EXIT_DEVICE,
				_ => EXIT_JOB,
			};
			let error = anyhow::anyhow!("the job failed ({code:?}): {message}");
			Err(Fault { code: exit, error, is_told: true })
		}
	}
}
