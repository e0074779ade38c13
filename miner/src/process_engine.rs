//! The engine that runs each job in a child process which it can kill.

use crate::{
	Confinement, DeviceProfile, DeviceSelector, Engine, EngineError, WorkRequest, WorkResult,
	engine::Failure,
	sandbox::driver_variables,
	system,
	wire::{self, ChildRequest, ChildResponse, MAX_RESPONSE_BYTES},
};
use std::{
	collections::VecDeque,
	io::{self, Read},
	path::{Path, PathBuf},
	process::{Child, ChildStderr, Command, ExitStatus, Stdio},
	sync::mpsc::{self, RecvTimeoutError},
	thread,
	time::{Duration, Instant},
};

/// Time for a job unless the operator says otherwise.
pub const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(60);
/// Data memory for a job unless the operator says otherwise, bytes.
pub const DEFAULT_MEMORY_LIMIT_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// Time for a child to open its device and say what it is.
const PROBE_LIMIT: Duration = Duration::from_secs(30);
/// How much of what a child writes to standard error is kept: its end.
const STDERR_BYTES: usize = 1024;

/// How [`ProcessEngine`] runs its children.
#[derive(Clone, Debug)]
pub struct ProcessEngineConfig {
	/// The program `aitbc-miner`; see [`ProcessEngine::executable_beside_this`].
	pub executable: PathBuf,
	/// The device that every child opens.
	pub device: DeviceSelector,
	/// Time for one job, opening the device included.
	pub time_limit: Duration,
	/// Data memory of one child, bytes. A child that wants more dies.
	pub memory_limit_bytes: u64,
}

/// Runs every job in a child process of its own: a shader that never ends or crashes the driver takes
/// only the child with it.
///
/// Several jobs may run at once. When this process ends, however it ends, its children end too.
#[derive(Debug)]
pub struct ProcessEngine {
	config: ProcessEngineConfig,
	profile: DeviceProfile,
	confinement: Confinement,
}

/// Why a child gave no response.
enum ChildFault {
	TimedOut,
	Crashed(String),
}

impl ProcessEngine {
	/// Checks, by starting a child, that the device is there. What protects this machine from its jobs
	/// less than it could is logged, once.
	///
	/// # Errors
	/// If the executable is missing, or its child finds no such device.
	pub fn new(config: ProcessEngineConfig) -> Result<Self, EngineError> {
		if config.time_limit.is_zero() {
			return Err(EngineError::NoTime);
		}
		let path = config.executable.clone();
		if !path.is_file() {
			return Err(EngineError::Executable { path });
		}
		match ask(&config, PROBE_LIMIT, &ChildRequest::Probe) {
			Ok(ChildResponse::Probed(profile, confinement)) => {
				if !confinement.is_whole() {
					tracing::warn!(
						"jobs run with less protection than this program knows: {confinement}"
					);
				}
				Ok(Self { config, profile, confinement })
			}
			Ok(ChildResponse::NoDevice(message)) | Err(ChildFault::Crashed(message)) => {
				Err(EngineError::Probe { path, message })
			}
			Ok(ChildResponse::Done(_)) => {
				Err(EngineError::Probe { path, message: "it answered another question".into() })
			}
			Err(ChildFault::TimedOut) => {
				let message = format!("no answer within {} s", PROBE_LIMIT.as_secs());
				Err(EngineError::Probe { path, message })
			}
		}
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

	fn run(&self, request: &WorkRequest, limit: Duration) -> WorkResult {
		if let Err(failure) = request.check_sizes() {
			return Err(failure).into();
		}
		let failure = match ask(&self.config, limit, &ChildRequest::Execute(request.clone())) {
			Ok(ChildResponse::Done(result)) => return result,
			Ok(ChildResponse::NoDevice(message)) => Failure::device(message),
			Ok(ChildResponse::Probed(..)) => {
				Failure::device("the engine process answered another question")
			}
			Err(ChildFault::TimedOut) => Failure::timed_out(limit),
			Err(ChildFault::Crashed(message)) => Failure::device(message),
		};
		Err(failure).into()
	}
}

impl Engine for ProcessEngine {
	fn execute(&self, request: &WorkRequest) -> WorkResult {
		self.run(request, self.config.time_limit)
	}

	fn execute_within(&self, request: &WorkRequest, limit: Duration) -> WorkResult {
		self.run(request, self.config.time_limit.min(limit))
	}

	fn profile(&self) -> &DeviceProfile {
		&self.profile
	}
}

fn start(config: &ProcessEngineConfig, limit: Duration) -> io::Result<Child> {
	let mut command = Command::new(&config.executable);
	command
		.arg("exec")
		.arg("--device")
		.arg(config.device.to_string())
		.arg("--time-limit-ms")
		.arg(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX).to_string())
		.arg("--memory-limit-bytes")
		.arg(config.memory_limit_bytes.to_string())
		.stdin(Stdio::piped())
		.stdout(Stdio::piped())
		.stderr(Stdio::piped())
		// The child runs strangers' code: it must not find a wallet's password.
		.env_clear()
		.envs(driver_variables());
	system::isolate(&mut command);
	command.spawn()
}

/// Starts a child, asks it one thing, and ends it.
fn ask(
	config: &ProcessEngineConfig,
	limit: Duration,
	request: &ChildRequest,
) -> Result<ChildResponse, ChildFault> {
	let begin = Instant::now();
	let crashed = |message: String| ChildFault::Crashed(message);
	let mut child = start(config, limit).map_err(|error| {
		crashed(format!("cannot start {}: {error}", config.executable.display()))
	})?;
	let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
	let (Some(mut stdin), Some(mut stdout), Some(stderr)) = pipes else {
		end(&mut child);
		return Err(crashed("the engine process has no pipes".to_string()));
	};
	let (sender, receiver) = mpsc::sync_channel(1);
	thread::scope(|scope| {
		// Every thread ends when the child does, because its pipes close then. A thread that cannot
		// be started drops its pipe, which ends the child just as well.
		let writer = thread::Builder::new().spawn_scoped(scope, move || {
			// A child that died says so elsewhere. The pipe stays open until the answer is there:
			// its end is the child's signal to stop.
			let _ = wire::write(&mut stdin, request);
			stdin
		});
		let errors = thread::Builder::new().spawn_scoped(scope, move || last_bytes(stderr));
		let reader = thread::Builder::new().spawn_scoped(scope, move || {
			// The receiver is gone only if nobody waits any more.
			let _ = sender.send(wire::read(&mut stdout, MAX_RESPONSE_BYTES));
		});
		let started = writer.is_ok() && errors.is_ok() && reader.is_ok();
		let answer = match started {
			true => receiver.recv_timeout(limit.saturating_sub(begin.elapsed())),
			false => Err(RecvTimeoutError::Disconnected),
		};
		// A child that ended by itself tells how only before it is killed.
		let early = match answer {
			Ok(Err(_)) => wait_briefly(&mut child),
			_ => None,
		};
		let status = early.or_else(|| end(&mut child));
		let stderr = errors.ok().and_then(|thread| thread.join().ok()).unwrap_or_default();
		match answer {
			Ok(Ok(response)) => Ok(response),
			Ok(Err(error)) => Err(crashed(describe_end(status, &error, &stderr))),
			Err(RecvTimeoutError::Timeout) => Err(ChildFault::TimedOut),
			Err(RecvTimeoutError::Disconnected) => {
				Err(crashed("cannot start a thread to talk to the engine process".to_string()))
			}
		}
	})
}

/// How the child ended, if it does so at once.
fn wait_briefly(child: &mut Child) -> Option<ExitStatus> {
	for _ in 0..20 {
		match child.try_wait() {
			Ok(Some(status)) => return Some(status),
			Ok(None) => thread::sleep(Duration::from_millis(10)),
			Err(_) => return None,
		}
	}
	None
}

/// Kills the child with all that it started, and waits until it is gone.
fn end(child: &mut Child) -> Option<ExitStatus> {
	system::kill_tree(child);
	child.wait().ok()
}

fn describe_end(status: Option<ExitStatus>, error: &io::Error, stderr: &str) -> String {
	let how = status.map_or_else(|| "in an unknown way".to_string(), |status| status.to_string());
	let what = match error.kind() {
		io::ErrorKind::UnexpectedEof => String::new(),
		_ => format!("; {error}"),
	};
	let said = if stderr.is_empty() { String::new() } else { format!("; it said: {stderr}") };
	format!("the engine process ended without a result ({how}){what}{said}")
}

/// Reads to the end and keeps the last [`STDERR_BYTES`] as text.
fn last_bytes(mut stderr: ChildStderr) -> String {
	let mut kept = VecDeque::with_capacity(STDERR_BYTES * 2);
	let mut buffer = [0; STDERR_BYTES];
	while let Ok(count @ 1..) = stderr.read(&mut buffer) {
		kept.extend(buffer.iter().take(count));
		let surplus = kept.len().saturating_sub(STDERR_BYTES);
		kept.drain(..surplus);
	}
	let bytes: Vec<u8> = kept.into();
	String::from_utf8_lossy(&bytes).trim().to_string()
}
