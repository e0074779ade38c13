//! The few things that differ between operating systems.

use std::process::{Child, Command};

/// Open files that a child may have. Drivers open some dozens.
#[cfg(unix)]
const MAX_OPEN_FILES: u64 = 256;

/// Makes the child the head of a process group of its own.
#[cfg(unix)]
pub(crate) fn isolate(command: &mut Command) {
	use std::os::unix::process::CommandExt;
	command.process_group(0);
}

/// Ends the child and whatever it started, at once.
#[cfg(unix)]
pub(crate) fn kill_tree(child: &mut Child) {
	use rustix::process::{Pid, Signal, kill_process_group};
	// Until it is waited for, the child's number belongs to nobody else. Errors mean that it ended.
	if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
		let _ = kill_process_group(group, Signal::KILL);
	}
	let _ = child.kill();
}

/// Ends this process at once; nothing is unwound or cleaned up.
#[cfg(unix)]
pub(crate) fn kill_self() -> ! {
	use rustix::process::{Signal, getpid, kill_process};
	let _ = kill_process(getpid(), Signal::KILL);
	std::process::abort()
}

/// Limits this process's data memory and open files, and forbids core dumps.
///
/// The limit is on data rather than on address space: drivers reserve far more addresses than they
/// ever use.
#[cfg(unix)]
pub(crate) fn limit_resources(memory_bytes: u64) -> std::io::Result<()> {
	use rustix::process::{Resource, Rlimit, setrlimit};
	let at_most = |limit| Rlimit { current: Some(limit), maximum: Some(limit) };
	setrlimit(Resource::Core, at_most(0))?;
	setrlimit(Resource::Nofile, at_most(MAX_OPEN_FILES))?;
	setrlimit(Resource::Data, at_most(memory_bytes))?;
	// Files in memory are no data.
	setrlimit(Resource::Fsize, at_most(memory_bytes))?;
	Ok(())
}

#[cfg(not(unix))]
pub(crate) fn isolate(_command: &mut Command) {}

#[cfg(not(unix))]
pub(crate) fn kill_tree(child: &mut Child) {
	let _ = child.kill();
}

#[cfg(not(unix))]
pub(crate) fn kill_self() -> ! {
	std::process::abort()
}

/// Where the system has no such limits, the time limit alone bounds a job.
#[cfg(not(unix))]
pub(crate) fn limit_resources(_memory_bytes: u64) -> std::io::Result<()> {
	Ok(())
}
