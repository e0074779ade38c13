//! The child's side: one request from standard input, what answers it to standard output.

use crate::{
	DeviceEngine, DeviceSelector, Engine, GemmVariant,
	conformance::{EveryWay, Golden, Suite},
	process::OPEN_LIMIT,
	sandbox::enter_sandbox,
	system,
	wire::{self, ChildRequest, ChildResponse, MAX_REQUEST_BYTES},
};
use std::{
	io::{self, Read},
	sync::{
		Arc,
		atomic::{AtomicBool, Ordering},
		mpsc::{self, Receiver},
	},
	thread,
	time::Duration,
};

/// How much later than its parent the child itself ends an endless job: in case the parent cannot.
const GRACE: Duration = Duration::from_secs(5);
/// Time to open the device and get ready: a driver that hangs must not be waited for.
const START_LIMIT: Duration = OPEN_LIMIT.saturating_mul(2);
/// Time to try all ways of making a product.
const TUNE_LIMIT: Duration = Duration::from_secs(60);

/// What a child process is started for.
#[derive(Clone, Debug)]
pub struct ChildSettings {
	/// The device to open.
	pub device: DeviceSelector,
	/// Data memory, bytes.
	pub memory_bytes: u64,
	/// A way of making products to make ready before a job comes, and to use.
	pub gemm_variant: Option<GemmVariant>,
}

/// Opens the device, unconfined, and says which it is. Does no job.
///
/// # Errors
/// If the parent does not listen.
pub fn describe(device: &DeviceSelector) -> io::Result<()> {
	// Ends with its parent, however long the driver takes.
	let _requests = listen()?;
	respond(&match DeviceEngine::open(device, Duration::MAX) {
		Ok(engine) => ChildResponse::Unconfined(engine.profile().clone()),
		Err(error) => ChildResponse::NoDevice(error.to_string()),
	})
}

/// Opens the device, says so, reads one request, does it, writes the response.
///
/// Limits and confines the whole process first, and ends it at once when standard input closes (the parent is
/// gone) or the job's time has been over for seconds; call it from a process that does nothing else.
///
/// # Errors
/// If the limits cannot be set, or the parent does not speak as it should.
pub fn serve(settings: &ChildSettings) -> io::Result<()> {
	let confinement = enter_sandbox(settings.memory_bytes)?;
	let requests = listen()?;
	let is_ready = Arc::new(AtomicBool::new(false));
	let ready = Arc::clone(&is_ready);
	thread::Builder::new().name("start".to_string()).spawn(move || {
		thread::sleep(START_LIMIT);
		if !ready.load(Ordering::Relaxed) {
			system::kill_self()
		}
	})?;
	let opened = DeviceEngine::open(&settings.device, Duration::MAX).and_then(|engine| {
		settings.gemm_variant.map_or(Ok(()), |variant| engine.prepare(variant))?;
		Ok(engine)
	});
	let engine = match opened {
		Ok(engine) => engine,
		Err(error) => return respond(&ChildResponse::NoDevice(error.to_string())),
	};
	is_ready.store(true, Ordering::Relaxed);
	respond(&ChildResponse::Ready(engine.profile().clone(), confinement))?;
	// Only who listens can tell that the parent is gone, and it ends this process.
	let request = requests.recv().map_err(io::Error::other)??;
	let (limit, job) = match request {
		ChildRequest::Tune => (TUNE_LIMIT, None),
		ChildRequest::Execute(job, milliseconds) => {
			(Duration::from_millis(milliseconds), Some(job))
		}
		ChildRequest::Suite(extent, classes, first) => {
			return run_suite(&engine, &Suite::new(extent, &classes), first as usize);
		}
	};
	let end = limit.saturating_add(GRACE);
	thread::Builder::new().name("end".to_string()).spawn(move || {
		thread::sleep(end);
		system::kill_self()
	})?;
	let response = match job {
		None => match engine.tune(limit) {
			Ok(variant) => ChildResponse::Tuned(variant.map(|variant| variant.to_string())),
			Err(error) => ChildResponse::NoDevice(error.to_string()),
		},
		Some(job) => ChildResponse::Done(engine.execute_within(&job, end).0),
	};
	// Before the device is closed, which may wait for work that never ends.
	respond(&response)
}

/// Answers case by case. The parent ends a process that takes too long over one.
fn run_suite(engine: &DeviceEngine, suite: &Suite, first: usize) -> io::Result<()> {
	let golden = Golden::built_in().map_err(io::Error::other)?;
	for case in suite.cases().iter().skip(first) {
		respond(&ChildResponse::Case(case.run(&EveryWay(engine), &golden)))?;
	}
	Ok(())
}

fn respond(response: &ChildResponse) -> io::Result<()> {
	wire::write(&mut io::stdout().lock(), response)
}

/// Starts to listen to the parent: gives its one request once it is there.
fn listen() -> io::Result<Receiver<io::Result<ChildRequest>>> {
	let (sender, requests) = mpsc::sync_channel(1);
	thread::Builder::new().name("parent".to_string()).spawn(move || {
		let mut stdin = io::stdin().lock();
		let request = wire::read(&mut stdin, MAX_REQUEST_BYTES);
		let is_over =
			request.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::UnexpectedEof);
		if !is_over && sender.send(request).is_ok() {
			// The parent says nothing more: whatever comes, an end of file most likely, is the end.
			let _ = stdin.read(&mut [0]);
		}
		system::kill_self()
	})?;
	Ok(requests)
}
