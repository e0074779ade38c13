//! The parent's side: one child process, from its start to its end.

use crate::{
	Confinement, DeviceProfile, EngineError, GemmVariant,
	sandbox::driver_variables,
	system,
	wire::{self, ChildRequest, ChildResponse, MAX_RESPONSE_BYTES},
};
use aitbc_compute_wgpu::DeviceSelector;
use codec::Encode;
use std::{
	collections::VecDeque,
	io::{self, Read},
	path::Path,
	process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
	sync::mpsc::{self, Receiver, RecvTimeoutError},
	thread::{self, JoinHandle},
	time::{Duration, Instant},
};

/// Time for a child to open its device and say what it is.
pub(crate) const OPEN_LIMIT: Duration = Duration::from_secs(30);
/// How much of what a child writes to standard error is kept: its end.
const STDERR_BYTES: usize = 1024;
/// Data memory of a child that runs no job: not limited.
const FREE_MEMORY_BYTES: u64 = u64::MAX;

/// What a child is started for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
	/// To do what its one request says, and to be ready for products of this kind before it comes.
	Worker(Option<GemmVariant>),
	/// To say which device there is outside of the sandbox.
	Scout,
}

/// Why a child gave no response.
pub(crate) enum Fault {
	TimedOut,
	Crashed(String),
	/// Or it said that there is no such device.
	NoDevice(String),
}

impl Fault {
	pub fn other_question() -> Self {
		Self::Crashed("the engine process answered another question".to_string())
	}

	/// It, for a person; `limit` is what the child had time for.
	pub fn describe(self, limit: Duration) -> String {
		match self {
			Self::TimedOut => format!("no answer within {} s", limit.as_secs()),
			Self::Crashed(message) | Self::NoDevice(message) => message,
		}
	}
}

/// A child that opens its device as soon as it is started. It is killed, with all that it may have
/// started, when this is dropped.
pub(crate) struct Process {
	child: Child,
	/// Until the request is sent.
	stdin: Option<ChildStdin>,
	/// Sends the request, and keeps the pipe open: its end is the child's signal to stop.
	writer: Option<JoinHandle<ChildStdin>>,
	/// What it writes; ends with an error.
	responses: Receiver<io::Result<ChildResponse>>,
	/// Gives the end of what it wrote to standard error, once it has ended.
	errors: Option<JoinHandle<String>>,
	started: Instant,
	/// Whether it said that the device is open.
	is_ready: bool,
	/// Its first response, as long as nobody wanted to know.
	early: Option<ChildResponse>,
	/// How it ended, once it was waited for: then its number may be another process's.
	ended: Option<ExitStatus>,
}

impl Process {
	/// Starts a child; it prepares itself while its parent does other things.
	pub fn start(
		executable: &Path,
		device: &DeviceSelector,
		memory_limit_bytes: u64,
		role: Role,
	) -> Result<Self, Fault> {
		let mut command = Command::new(executable);
		command
			.arg("exec")
			.arg("--device")
			.arg(device.to_string())
			.arg("--memory-limit-bytes")
			.arg(memory_limit_bytes.to_string())
			.stdin(Stdio::piped())
			.stdout(Stdio::piped())
			.stderr(Stdio::piped())
			// The child runs strangers' code: it must not find a wallet's password.
			.env_clear()
			.envs(driver_variables());
		match role {
			Role::Worker(Some(variant)) => {
				command.arg("--gemm-variant").arg(variant.to_string());
			}
			Role::Worker(None) => {}
			Role::Scout => {
				command.arg("--describe");
			}
		}
		system::isolate(&mut command);
		let mut child = command.spawn().map_err(|error| {
			Fault::Crashed(format!("cannot start {}: {error}", executable.display()))
		})?;
		let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
		let (sender, responses) = mpsc::sync_channel(1);
		let started = Instant::now();
		let mut process = Self {
			child,
			stdin: None,
			writer: None,
			responses,
			errors: None,
			started,
			is_ready: false,
			early: None,
			ended: None,
		};
		let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
			return Err(Fault::Crashed("the engine process has no pipes".to_string()));
		};
		process.stdin = Some(stdin);
		// Both threads end when the child does, because its pipes close then.
		let threads = || -> io::Result<JoinHandle<String>> {
			thread::Builder::new().spawn(move || forward(stdout, &sender))?;
			thread::Builder::new().spawn(move || last_bytes(stderr))
		};
		process.errors = Some(threads().map_err(no_thread)?);
		Ok(process)
	}

	/// Whether it can be given a job: it has opened its device or may still do so, has not ended, and is no
	/// older than `age`.
	pub fn is_fresh(&mut self, age: Duration) -> bool {
		let age = match self.wait_ready(Instant::now()) {
			true => age,
			// It has no device.
			false if self.early.is_some() => return false,
			// It is slow, or hangs.
			false => age.min(OPEN_LIMIT),
		};
		self.started.elapsed() < age && self.has_ended().is_none()
	}

	/// Sends the child its request, which need not be ready for it yet. Does not wait.
	pub fn send(&mut self, request: &ChildRequest<impl Encode>) -> Result<(), Fault> {
		let message = wire::frame(request).map_err(|error| Fault::Crashed(error.to_string()))?;
		let Some(mut stdin) = self.stdin.take() else {
			return Err(Fault::Crashed("the engine process had its request".to_string()));
		};
		let writer = thread::Builder::new().spawn(move || {
			// A child that died says so elsewhere.
			let _ = io::Write::write_all(&mut stdin, &message);
			stdin
		});
		self.writer = Some(writer.map_err(no_thread)?);
		Ok(())
	}

	/// The child's next response.
	pub fn receive(&mut self, deadline: Instant) -> Result<ChildResponse, Fault> {
		if let Some(early) = self.early.take() {
			return Ok(early);
		}
		match self.responses.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
			Ok(Ok(response)) => {
				let is_ready = matches!(response, ChildResponse::Ready(..));
				// Once: a process that went wrong could else be listened to for ever.
				if is_ready && self.is_ready {
					return Err(Fault::other_question());
				}
				self.is_ready |= is_ready;
				Ok(response)
			}
			Ok(Err(error)) => Err(Fault::Crashed(self.describe_end(&error))),
			Err(RecvTimeoutError::Timeout) => Err(Fault::TimedOut),
			Err(RecvTimeoutError::Disconnected) => {
				Err(Fault::Crashed(self.describe_end(&io::ErrorKind::UnexpectedEof.into())))
			}
		}
	}

	/// Waits until the child has opened its device; whether it has.
	pub fn wait_ready(&mut self, deadline: Instant) -> bool {
		if !self.is_ready {
			self.early = self.receive(deadline).ok();
		}
		self.is_ready
	}

	/// Why a child that gave no response ended, after its end.
	fn describe_end(&mut self, error: &io::Error) -> String {
		// A child that ended by itself tells how only before it is killed.
		let status = self.wait_briefly().or_else(|| self.end());
		let stderr = self.errors.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
		let how =
			status.map_or_else(|| "in an unknown way".to_string(), |status| status.to_string());
		let what = match error.kind() {
			io::ErrorKind::UnexpectedEof => String::new(),
			_ => format!("; {error}"),
		};
		let said = if stderr.is_empty() { String::new() } else { format!("; it said: {stderr}") };
		format!("the engine process ended without a result ({how}){what}{said}")
	}

	/// How the child ended, if it does so at once.
	fn wait_briefly(&mut self) -> Option<ExitStatus> {
		for _ in 0..20 {
			if let Some(status) = self.has_ended() {
				return Some(status);
			}
			thread::sleep(Duration::from_millis(10));
		}
		None
	}

	fn has_ended(&mut self) -> Option<ExitStatus> {
		self.ended = self.ended.or_else(|| self.child.try_wait().ok().flatten());
		self.ended
	}

	/// Kills the child with all that it started, and waits until it is gone.
	fn end(&mut self) -> Option<ExitStatus> {
		if self.ended.is_none() {
			system::kill_tree(&mut self.child);
			self.ended = self.child.wait().ok();
		}
		self.ended
	}
}

/// A child that has opened the device, and what it said of itself.
pub(crate) struct Opened {
	pub process: Process,
	pub profile: DeviceProfile,
	pub confinement: Confinement,
}

impl Opened {
	/// Starts a child and waits until it has opened the device.
	///
	/// # Errors
	/// Why it has not.
	fn new(
		executable: &Path,
		device: &DeviceSelector,
		memory_limit_bytes: u64,
		variant: Option<GemmVariant>,
	) -> Result<Self, Fault> {
		let role = Role::Worker(variant);
		let mut process = Process::start(executable, device, memory_limit_bytes, role)?;
		match process.receive(Instant::now() + OPEN_LIMIT)? {
			ChildResponse::Ready(profile, confinement) => {
				Ok(Self { process, profile, confinement })
			}
			ChildResponse::NoDevice(message) => Err(Fault::NoDevice(message)),
			_ => Err(Fault::other_question()),
		}
	}

	/// Starts the first child of an engine, and checks that the sandbox hides no device from it: a driver
	/// that does not work there would else go unnoticed, and jobs run on another device, slowly.
	///
	/// # Errors
	/// If the executable is missing, or there is no such device, or another one without the sandbox.
	pub fn first(
		executable: &Path,
		device: &DeviceSelector,
		memory_limit_bytes: u64,
	) -> Result<Self, EngineError> {
		let path = executable.to_path_buf();
		if !path.is_file() {
			return Err(EngineError::Executable { path });
		}
		let opened = Self::new(executable, device, memory_limit_bytes, None);
		if let Some(wanted) = unconfined_device(executable, device) {
			let found = match &opened {
				Ok(Self { profile, .. }) if *profile != wanted => Some(profile.title()),
				Err(Fault::NoDevice(message)) => Some(message.clone()),
				_ => None,
			};
			if let Some(found) = found {
				return Err(EngineError::Hidden { wanted: wanted.title(), found });
			}
		}
		opened.map_err(|fault| EngineError::Probe { path, message: fault.describe(OPEN_LIMIT) })
	}

	/// Starts a further child, which must have opened the same device under the same confinement.
	///
	/// # Errors
	/// Why it has not.
	pub fn again(
		executable: &Path,
		device: &DeviceSelector,
		memory_limit_bytes: u64,
		variant: Option<GemmVariant>,
		(profile, confinement): (&DeviceProfile, &Confinement),
	) -> Result<Process, String> {
		let opened = Self::new(executable, device, memory_limit_bytes, variant)
			.map_err(|fault| fault.describe(OPEN_LIMIT))?;
		match (&opened.profile, &opened.confinement) == (profile, confinement) {
			true => Ok(opened.process),
			false => Err(other_device(&opened.profile, profile)),
		}
	}
}

/// What is wrong with a child that opened another device than the first one: the operator may have chosen
/// by number, or "auto".
pub(crate) fn other_device(now: &DeviceProfile, then: &DeviceProfile) -> String {
	format!("the device is {}, it was {} at the start", now.title(), then.title())
}

/// The device that a child opens without a sandbox, if there is one. The processor is none: it has no
/// driver that could be hidden.
fn unconfined_device(executable: &Path, device: &DeviceSelector) -> Option<DeviceProfile> {
	if *device == DeviceSelector::Cpu {
		return None;
	}
	let ask = || {
		let mut scout = Process::start(executable, device, FREE_MEMORY_BYTES, Role::Scout)?;
		scout.receive(Instant::now() + OPEN_LIMIT)
	};
	match ask() {
		Ok(ChildResponse::Unconfined(profile)) => Some(profile),
		// The sandboxed child says the same.
		Ok(ChildResponse::NoDevice(_)) => None,
		other => {
			let fault = other.err().unwrap_or_else(Fault::other_question);
			let reason = fault.describe(OPEN_LIMIT);
			tracing::warn!(
				reason,
				"cannot compare with the device that is there without a sandbox"
			);
			None
		}
	}
}

impl Drop for Process {
	fn drop(&mut self) {
		self.end();
	}
}

fn no_thread(error: io::Error) -> Fault {
	Fault::Crashed(format!("cannot start a thread to talk to the engine process: {error}"))
}

/// Hands on what the child says, its end as an error.
fn forward(mut stdout: ChildStdout, to: &mpsc::SyncSender<io::Result<ChildResponse>>) {
	loop {
		let response = wire::read(&mut stdout, MAX_RESPONSE_BYTES);
		let is_last = response.is_err();
		// The receiver is gone only if nobody waits any more.
		if to.send(response).is_err() || is_last {
			return;
		}
	}
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
