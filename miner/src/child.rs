//! The child's side: one request from standard input, one response to standard output.

use crate::{
	DeviceEngine, DeviceSelector, Engine, WorkRequest, confine, system,
	wire::{self, ChildRequest, ChildResponse, MAX_REQUEST_BYTES},
};
use aitbc_primitives::Workload;
use std::{
	io::{self, Read},
	thread,
	time::Duration,
};

/// How much later than its parent the child itself ends an endless job: in case the parent cannot.
const GRACE: Duration = Duration::from_secs(5);

/// What a child process may use.
#[derive(Clone, Copy, Debug)]
pub struct ChildLimits {
	/// Time for its one job.
	pub time: Duration,
	/// Data memory, bytes.
	pub memory_bytes: u64,
}

/// Reads one request, does it on the device, writes the response.
///
/// Limits and confines the whole process first, and ends it at once when standard input closes (the parent is
/// gone) or the time is over; call it from a process that does nothing else.
///
/// # Errors
/// If the limits cannot be set, or the parent does not speak as it should.
pub fn serve(device: &DeviceSelector, limits: ChildLimits) -> io::Result<()> {
	system::limit_resources(limits.memory_bytes)?;
	let confinement = confine()?;
	let request = wire::read(&mut io::stdin().lock(), MAX_REQUEST_BYTES)?;
	let end = limits.time.saturating_add(GRACE);
	thread::Builder::new().name("end".to_string()).spawn(move || {
		thread::sleep(end);
		system::kill_self()
	})?;
	thread::Builder::new().name("parent".to_string()).spawn(|| {
		// The parent says nothing more: whatever comes, an end of file most likely, is the end.
		let _ = io::stdin().lock().read(&mut [0]);
		system::kill_self()
	})?;
	let engine = DeviceEngine::open(selector_for(&request, device), end);
	let response = match (&engine, request) {
		(Err(error), _) => ChildResponse::NoDevice(error.to_string()),
		(Ok(engine), ChildRequest::Probe) => {
			ChildResponse::Probed(engine.profile().clone(), confinement)
		}
		(Ok(engine), ChildRequest::Execute(request)) => {
			ChildResponse::Done(engine.execute(&request))
		}
	};
	// Before the device is closed, which may wait for work that never ends.
	wire::write(&mut io::stdout().lock(), &response)
}

/// The device that a request needs: to open one takes longer than many a job.
fn selector_for<'a>(request: &ChildRequest, device: &'a DeviceSelector) -> &'a DeviceSelector {
	match request {
		// The latency probe is the processor's work on every device.
		ChildRequest::Execute(WorkRequest { workload: Workload::Echo, .. }) => &DeviceSelector::Cpu,
		_ => device,
	}
}
