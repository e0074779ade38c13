//! The engine that runs each job in a child process which it can kill.

use crate::{
	Confinement, DeviceProfile, DeviceSelector, Engine, EngineError, GemmVariant, GemmVariantError,
	WorkRequest, WorkResult,
	engine::Failure,
	process::{Fault, Opened, Process, Role, other_device},
	wire::{ChildRequest, ChildResponse},
};
use aitbc_primitives::{FailureCode, Workload};
use std::{
	path::{Path, PathBuf},
	sync::{Mutex, MutexGuard, PoisonError},
	time::{Duration, Instant},
};

/// Time for a job unless the operator says otherwise.
pub const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(60);
/// Data memory for a job unless the operator says otherwise, bytes.
pub const DEFAULT_MEMORY_LIMIT_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// Time for a child to try all ways of making a product; it ends by itself earlier.
const TUNE_LIMIT: Duration = Duration::from_secs(90);
/// How long a child may stand by: a device that was lost meanwhile would be found only by the job.
const STANDBY_AGE: Duration = Duration::from_secs(15 * 60);
/// Longer than any job: an instant cannot lie as far away as the longest duration.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// How [`ProcessEngine`] runs its children.
#[derive(Clone, Debug)]
pub struct ProcessEngineConfig {
	/// The program `aitbc-miner`; see [`ProcessEngine::executable_beside_this`].
	pub executable: PathBuf,
	/// The device that every child opens.
	pub device: DeviceSelector,
	/// Time for one job, what is left of opening the device included.
	pub time_limit: Duration,
	/// Data memory of one child, bytes. A child that wants more dies.
	pub memory_limit_bytes: u64,
	/// For who runs many jobs: find out first how the device multiplies quickest, and keep processes
	/// standing by that have opened it.
	pub is_warm: bool,
}

/// Runs every job in a child process of its own: a shader that never ends or crashes the driver takes
/// only the child with it.
///
/// Several jobs may run at once. When this process ends, however it ends, its children end too.
///
/// To open a device takes longer than many a job. A *warm* engine therefore starts the process of the
/// next job before there is one: it has opened the device and compiled the matrix product's kernel, and
/// has seen nothing of any job. Each job replaces the process that it uses up, so that as many stand by as
/// ran at once.
pub struct ProcessEngine {
	config: ProcessEngineConfig,
	profile: DeviceProfile,
	confinement: Confinement,
	gemm_variant: Option<GemmVariant>,
	standby: Mutex<Vec<Process>>,
}

impl ProcessEngine {
	/// Checks, by starting a child, that the device is there. What protects this machine from its jobs
	/// less than it could is logged, once.
	///
	/// # Errors
	/// If the executable is missing, or its child finds no such device, or the device multiplies wrongly.
	pub fn new(config: ProcessEngineConfig) -> Result<Self, EngineError> {
		if config.time_limit.is_zero() {
			return Err(EngineError::NoTime);
		}
		let ProcessEngineConfig { executable, device, memory_limit_bytes, .. } = &config;
		let Opened { mut process, profile, confinement } =
			Opened::first(executable, device, *memory_limit_bytes)?;
		if !confinement.is_whole() {
			tracing::warn!("jobs run with less protection than this program knows: {confinement}");
		}
		let mut gemm_variant = None;
		if config.is_warm {
			(process, gemm_variant) = warm(&config, process, (&profile, &confinement))
				.map_err(|message| EngineError::Probe { path: executable.clone(), message })?;
		}
		Ok(Self { config, profile, confinement, gemm_variant, standby: Mutex::new(vec![process]) })
	}

	/// Where `aitbc-miner` lies if it was installed beside the running program.
	///
	/// # Errors
	/// If the system does not say where the running program lies.
	pub fn executable_beside_this() -> Result<PathBuf, EngineError> {
		let own = std::env::current_exe()
			.map_err(|error| EngineError::OwnPath { message: error.to_string() })?;
		let folder = own.parent().unwrap_or_else(|| Path::new("."));
		Ok(folder.join("aitbc-miner").with_extension(std::env::consts::EXE_EXTENSION))
	}

	/// What this machine keeps a job's process from.
	pub const fn confinement(&self) -> &Confinement {
		&self.confinement
	}

	/// Waits until the next job finds a process ready, or for `limit`. For measurements.
	#[doc(hidden)]
	pub fn warm_up(&self, limit: Duration) {
		let process = self.standby().pop();
		if let Some(mut process) = process {
			process.wait_ready(Instant::now() + limit.min(FOREVER));
			self.standby().push(process);
		}
	}

	fn standby(&self) -> MutexGuard<'_, Vec<Process>> {
		self.standby.lock().unwrap_or_else(PoisonError::into_inner)
	}

	fn run(&self, request: &WorkRequest, limit: Duration) -> WorkResult {
		if let Err(failure) = request.check_sizes() {
			return Err(failure).into();
		}
		let result = self.ask(request, limit.min(FOREVER));
		if self.config.is_warm && uses_device(request) {
			self.replace(&result);
		}
		match result {
			Ok(result) => result,
			Err(Fault::TimedOut) => Err(Failure::timed_out(limit)).into(),
			Err(Fault::Crashed(message) | Fault::NoDevice(message)) => {
				Err(Failure::device(message)).into()
			}
		}
	}

	/// Starts a process in place of the one that a job used up. If the device failed, those that stand by
	/// may have lost it, and are ended.
	fn replace(&self, result: &Result<WorkResult, Fault>) {
		let is_fault = match result {
			Ok(WorkResult::Failed { code, .. }) => *code == FailureCode::DeviceFault,
			Ok(_) => false,
			Err(_) => true,
		};
		// To end a process may take its time: not while others wait for the list.
		let mut processes = std::mem::take(&mut *self.standby());
		processes.retain_mut(|process| !is_fault && process.is_fresh(STANDBY_AGE));
		// One that cannot be started now is started, or missed, when there is a job for it.
		processes.extend(start(&self.config, self.gemm_variant).ok());
		self.standby().append(&mut processes);
	}

	fn ask(&self, request: &WorkRequest, limit: Duration) -> Result<WorkResult, Fault> {
		let deadline = Instant::now() + limit;
		let mut process = self.process_for(request)?;
		// While the child may still be opening its device.
		let milliseconds = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
		process.send(&ChildRequest::Execute(request, milliseconds))?;
		loop {
			return match process.receive(deadline)? {
				// Every job's process opens the device anew.
				ChildResponse::Ready(profile, confinement)
					if uses_device(request)
						&& (&profile, &confinement) != (&self.profile, &self.confinement) =>
				{
					Err(Fault::Crashed(other_device(&profile, &self.profile)))
				}
				ChildResponse::Ready(..) => continue,
				ChildResponse::Done(result) => Ok(result),
				ChildResponse::NoDevice(message) => Err(Fault::NoDevice(message)),
				_ => Err(Fault::other_question()),
			};
		}
	}

	fn process_for(&self, request: &WorkRequest) -> Result<Process, Fault> {
		if !uses_device(request) {
			let ProcessEngineConfig { executable, memory_limit_bytes, .. } = &self.config;
			let role = Role::Worker(None);
			return Process::start(executable, &DeviceSelector::Cpu, *memory_limit_bytes, role);
		}
		loop {
			// The lock must not be held while a stale process is ended.
			let process = self.standby().pop();
			let Some(mut process) = process else {
				return start(&self.config, self.gemm_variant);
			};
			if process.is_fresh(STANDBY_AGE) {
				return Ok(process);
			}
		}
	}
}

impl std::fmt::Debug for ProcessEngine {
	fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		formatter
			.debug_struct("ProcessEngine")
			.field("config", &self.config)
			.field("profile", &self.profile)
			.finish_non_exhaustive()
	}
}

impl Engine for ProcessEngine {
	fn execute(&self, request: &WorkRequest) -> WorkResult {
		self.run(request, self.config.time_limit)
	}

	fn execute_within(
		&self,
		request: &WorkRequest,
		limit: Duration,
	) -> (WorkResult, &DeviceProfile) {
		(self.run(request, self.config.time_limit.min(limit)), &self.profile)
	}

	fn profile(&self) -> &DeviceProfile {
		&self.profile
	}
}

/// Whether a job needs the device: the latency probe is the processor's work on every device.
fn uses_device(request: &WorkRequest) -> bool {
	request.workload != Workload::Echo
}

fn start(config: &ProcessEngineConfig, variant: Option<GemmVariant>) -> Result<Process, Fault> {
	let ProcessEngineConfig { executable, device, memory_limit_bytes, .. } = config;
	Process::start(executable, device, *memory_limit_bytes, Role::Worker(variant))
}

/// In place of `process`, which finds out how the device multiplies quickest, one that stands by for such
/// products; if none can make ready for them, one that stands by for any job.
fn warm(
	config: &ProcessEngineConfig,
	mut process: Process,
	expected: (&DeviceProfile, &Confinement),
) -> Result<(Process, Option<GemmVariant>), String> {
	let variant = tune(&mut process)?;
	let ProcessEngineConfig { executable, device, memory_limit_bytes, .. } = config;
	let open = |variant| Opened::again(executable, device, *memory_limit_bytes, variant, expected);
	match open(variant) {
		Err(reason) if let Some(name) = variant => {
			tracing::warn!(reason, %name, "no process can make ready for products");
			Ok((open(None)?, None))
		}
		opened => Ok((opened?, variant)),
	}
}

/// How the device multiplies quickest, found out by a child that has opened it.
fn tune(process: &mut Process) -> Result<Option<GemmVariant>, String> {
	let mut ask = || {
		process.send(&ChildRequest::<WorkRequest>::Tune)?;
		process.receive(Instant::now() + TUNE_LIMIT)
	};
	match ask() {
		Ok(ChildResponse::Tuned(variant)) => {
			let variant = variant.map(|name| name.parse());
			variant.transpose().map_err(|error: GemmVariantError| error.to_string())
		}
		Ok(ChildResponse::NoDevice(message)) => Err(message),
		Ok(_) => Err(Fault::other_question().describe(TUNE_LIMIT)),
		// Products run all the same, if not as quickly.
		Err(fault) => {
			let reason = fault.describe(TUNE_LIMIT);
			tracing::warn!(reason, "cannot find out how the device multiplies quickest");
			Ok(None)
		}
	}
}
