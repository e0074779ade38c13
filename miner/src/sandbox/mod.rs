//! What a process may still do once it runs a stranger's job.
//!
//! A shader reaches the machine only through a driver's compiler and runtime, which are large and written
//! for programs that mean well. [`confine`] takes away what a job never needs, so that a driver that was
//! talked into something cannot do it: start programs or processes, open sockets, look at other
//! processes, read the user's files, write any file (INV-COMPUTE-28). See `specs/adr/0013-what-a-job-may-still-do.md`.
//!
//! Limits: files and system calls are confined on Linux alone, files only where the kernel has Landlock;
//! [`Confinement`] says what holds. Elsewhere there are the limits on time, memory and open files, and
//! an environment without secrets.

#[cfg(target_os = "linux")]
mod calls;
mod environment;
#[cfg(target_os = "linux")]
mod files;

use crate::system;
use codec::{Decode, Encode};
pub(crate) use environment::driver_variables;
use serde::{Deserialize, Serialize};
use std::{fmt, io};

/// What could not be taken from a process, and why; `None` where it was.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Confinement {
	/// Why it can read other files than drivers, and write others than devices.
	pub files: Option<String>,
	/// Why it can start programs and processes, open sockets, signal others.
	pub system_calls: Option<String>,
}

impl Confinement {
	/// Whether everything is confined that this crate knows how to confine.
	pub const fn is_whole(&self) -> bool {
		self.files.is_none() && self.system_calls.is_none()
	}
}

impl fmt::Display for Confinement {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		let say = |what: &str, gap: &Option<String>| match gap {
			None => format!("{what} confined"),
			Some(reason) => format!("{what} NOT confined ({reason})"),
		};
		let (files, calls) = (say("files", &self.files), say("system calls", &self.system_calls));
		write!(formatter, "{files}, {calls}")
	}
}

/// What a job's process does first: limits its data memory to so many bytes, and confines itself.
///
/// # Errors
/// If the system refuses either.
pub(crate) fn enter_sandbox(memory_bytes: u64) -> io::Result<Confinement> {
	system::limit_resources(memory_bytes)?;
	confine()
}

/// Confines the calling thread and every thread it starts from now on. There is no way back.
///
/// What the kernel cannot do is left out and said in the result.
///
/// # Errors
/// If the kernel can, and refuses.
#[cfg(target_os = "linux")]
pub fn confine() -> io::Result<Confinement> {
	// Landlock's own calls are not among those that are refused afterwards; the order is for files that
	// have to be opened for its rules.
	let files = files::restrict()?;
	let system_calls = calls::restrict()?;
	Ok(Confinement { files, system_calls })
}

/// Nothing is known of how to confine a process on this system.
#[cfg(not(target_os = "linux"))]
pub fn confine() -> io::Result<Confinement> {
	let reason = format!("not implemented for {}", std::env::consts::OS);
	Ok(Confinement { files: Some(reason.clone()), system_calls: Some(reason) })
}
