//! The contract between whoever has work and whatever does it.

use crate::DeviceProfile;
use aitbc_compute_core::profile::{MAX_PROGRAM_BYTES, ProfileError};
use aitbc_compute_core::{MAX_DATA_BYTES, MAX_INPUTS, MAX_PARAMS_BYTES, merkle};
use aitbc_compute_wgpu::{ComputeError, OpenError};
use aitbc_primitives::{FailureCode, Hash, Workload};
use codec::{Decode, Encode};
use std::{path::PathBuf, time::Duration};

/// Longest message of a failure, bytes.
const MAX_MESSAGE_BYTES: usize = 2 * 1024;

/// One replica's work, with all its data.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct WorkRequest {
	/// What is computed.
	pub workload: Workload,
	/// Inline parameters.
	pub params: Vec<u8>,
	/// Inputs in the job's order.
	pub inputs: Vec<Vec<u8>>,
	/// The WGSL source of a [`Workload::Wgsl`] job; whoever fetched it checked that it hashes to the
	/// job's CID.
	pub program: Option<Vec<u8>>,
	/// Most units the job may use. The chain checks it against the shape when the job is posted; a
	/// shader's fuel comes from it, see [`aitbc_compute_core::shader::fuel`].
	pub units_limit: u64,
}

/// How the work ended.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum WorkResult {
	/// The output exists.
	#[codec(index = 0)]
	Completed {
		/// Its bytes.
		output: Vec<u8>,
		/// Merkle root over its chunks, see [`merkle`].
		trace_root: Hash,
	},
	/// There is no output.
	#[codec(index = 1)]
	Failed {
		/// Why, as the chain knows it.
		code: FailureCode,
		/// Why, for a person: at most 2 KiB.
		message: String,
	},
	/// A shader used its fuel up before it ended: no output, and the fuel is paid for.
	#[codec(index = 2)]
	OutOfFuel {
		/// What ran out, for a person.
		message: String,
	},
}

/// Does work. Implementations block until the result is there and never panic.
pub trait Engine: Send + Sync {
	/// Does one job.
	fn execute(&self, request: &WorkRequest) -> WorkResult;

	/// Does one job that is worth nothing after `limit`, and says what did it. An engine that can end its
	/// work sooner than by its own limit does so; the others only answer late.
	fn execute_within(
		&self,
		request: &WorkRequest,
		_limit: Duration,
	) -> (WorkResult, &DeviceProfile) {
		(self.execute(request), self.profile())
	}

	/// The device that does it; of several, the first.
	fn profile(&self) -> &DeviceProfile;
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
	/// No device could be opened.
	#[error(transparent)]
	Open(#[from] OpenError),
	/// The device was opened, but fails or computes wrongly.
	#[error("the device cannot be used: {0}")]
	Device(#[from] ComputeError),
	/// The program of the child process is not there.
	#[error("cannot find the engine's executable {}: build or install aitbc-miner", .path.display())]
	Executable {
		/// Where it should be.
		path: PathBuf,
	},
	/// Where this process's own executable lies is unknown.
	#[error("cannot tell where this program lies: {message}; give the path of aitbc-miner instead")]
	OwnPath {
		/// What the system says.
		message: String,
	},
	/// The child process did not tell what its device is.
	#[error("the engine process {} cannot start: {message}", .path.display())]
	Probe {
		/// The executable.
		path: PathBuf,
		/// What it said.
		message: String,
	},
	/// A driver does not work where jobs run, so that they would get another device, or none.
	#[error(
		"the sandbox of jobs hides {wanted}: they would get {found}. Where its driver lies outside of the \
		 system's folders, name them in LD_LIBRARY_PATH or VK_DRIVER_FILES"
	)]
	Hidden {
		/// The device that is there.
		wanted: String,
		/// What a job would get.
		found: String,
	},
	/// A pool of devices without any.
	#[error("no device was given")]
	NoDevice,
	/// A limit that leaves no room for anything.
	#[error("the time limit is zero; give a job at least some seconds")]
	NoTime,
}

/// Work without an output, on its way to [`WorkResult`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
	/// Why; `None` if the fuel was used up.
	code: Option<FailureCode>,
	message: String,
}

impl Failure {
	pub fn new(code: FailureCode, message: impl ToString) -> Self {
		Self { code: Some(code), message: shorten(&message.to_string()) }
	}

	pub fn device(message: impl ToString) -> Self {
		Self::new(FailureCode::DeviceFault, message)
	}

	pub fn timed_out(limit: Duration) -> Self {
		let seconds = limit.as_secs_f32();
		Self::new(FailureCode::TimedOut, format!("the job did not end within {seconds} s"))
	}
}

/// The start of a message that may quote hostile input.
pub(crate) fn shorten(message: &str) -> String {
	let end = message.floor_char_boundary(MAX_MESSAGE_BYTES);
	message.get(..end).unwrap_or_default().to_string()
}

impl From<ProfileError> for Failure {
	fn from(error: ProfileError) -> Self {
		let code = if error.is_local() {
			FailureCode::DeviceFault
		} else if error.is_refusal() {
			FailureCode::ProgramRefused
		} else {
			FailureCode::ProgramInvalid
		};
		Self::new(code, error)
	}
}

impl From<ComputeError> for Failure {
	fn from(error: ComputeError) -> Self {
		if error.is_out_of_fuel() {
			return Self { code: None, message: shorten(&error.to_string()) };
		}
		let code = if error.is_input_fault() {
			FailureCode::InputInvalid
		} else if error.is_timeout() {
			FailureCode::TimedOut
		} else {
			FailureCode::DeviceFault
		};
		Self::new(code, error)
	}
}

impl From<Result<Vec<u8>, Failure>> for WorkResult {
	fn from(result: Result<Vec<u8>, Failure>) -> Self {
		match result {
			Ok(output) => {
				let trace_root = merkle::root(&output).into();
				WorkResult::Completed { output, trace_root }
			}
			Err(Failure { code: Some(code), message }) => WorkResult::Failed { code, message },
			Err(Failure { code: None, message }) => WorkResult::OutOfFuel { message },
		}
	}
}

impl WorkRequest {
	/// Refuses what is larger than any job of the chain, before anything is copied.
	pub(crate) fn check_sizes(&self) -> Result<(), Failure> {
		let invalid = |message: String| Err(Failure::new(FailureCode::InputInvalid, message));
		let inputs = self.inputs.len();
		if inputs > MAX_INPUTS {
			return invalid(format!(
				"the job has {inputs} inputs, at most {MAX_INPUTS} are allowed"
			));
		}
		let largest =
			self.inputs.iter().enumerate().find(|(_, input)| input.len() > MAX_DATA_BYTES);
		if let Some((index, input)) = largest {
			let bytes = input.len();
			return invalid(format!(
				"input {index} has {bytes} bytes, at most {MAX_DATA_BYTES} are allowed"
			));
		}
		let params = self.params.len();
		if params > MAX_PARAMS_BYTES {
			return invalid(format!(
				"the parameters have {params} bytes, at most {MAX_PARAMS_BYTES} are allowed"
			));
		}
		let program = self.program.as_ref().map_or(0, Vec::len);
		if program > MAX_PROGRAM_BYTES {
			return Err(ProfileError::TooLarge { bytes: program }.into());
		}
		Ok(())
	}
}
