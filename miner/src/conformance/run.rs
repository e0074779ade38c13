//! The suite in processes of its own, as confined as a job's: a driver that crashes or hangs over a case takes
//! only that process with it, and the next one goes on behind the case.

use super::{Case, CaseResult, Extent, Suite, name};
use crate::{
	Confinement, DEFAULT_MEMORY_LIMIT_BYTES, DeviceProfile, DeviceSelector, EngineError,
	process::{Fault, Opened, Process},
	wire::{ChildRequest, ChildResponse},
};
use aitbc_primitives::Class;
use std::{
	path::Path,
	time::{Duration, Instant},
};

/// Time for a case. The slowest takes some seconds on an emulated GPU.
const CASE_LIMIT: Duration = Duration::from_secs(600);
/// How many processes in a row may fail to open the device before the others are not started any more.
const OPEN_TRIES: u32 = 3;

/// What ran the suite, and what came of it.
#[derive(Debug)]
pub struct Run {
	/// The device.
	pub device: DeviceProfile,
	/// What the processes were kept from.
	pub confinement: Confinement,
	/// A result for each case of the suite, in its order.
	pub cases: Vec<CaseResult>,
}

/// Runs the suite on a device, in processes of `executable`, the program `aitbc-miner`. `on_result` hears of
/// each case as it is done.
///
/// A case over which its process ends, or takes longer than ten minutes, has failed; once three in a row could not
/// open the device, so have the cases that are left.
///
/// # Errors
/// If the first process cannot open the device.
pub fn run(
	executable: &Path,
	device: &DeviceSelector,
	extent: Extent,
	classes: &[Class],
	mut on_result: impl FnMut(&CaseResult),
) -> Result<Run, EngineError> {
	let suite = Suite::new(extent, classes);
	let Opened { process, profile, confinement } =
		Opened::first(executable, device, DEFAULT_MEMORY_LIMIT_BYTES)?;
	let again = || {
		let expected = (&profile, &confinement);
		Opened::again(executable, device, DEFAULT_MEMORY_LIMIT_BYTES, None, expected)
	};
	let mut first = Some(process);
	let mut failed_to_open = 0;
	let mut cases = Vec::with_capacity(suite.cases().len());
	while cases.len() < suite.cases().len() {
		let number = u32::try_from(cases.len()).unwrap_or(u32::MAX);
		let request = ChildRequest::Suite(extent, classes.to_vec(), number);
		let process = match first.take() {
			Some(process) => Ok(process),
			None if failed_to_open < OPEN_TRIES => again(),
			None => Err("not run: the device could not be opened again".to_string()),
		};
		failed_to_open = if process.is_ok() { 0 } else { failed_to_open.saturating_add(1) };
		let end = process.and_then(|process| {
			run_on(process, &request, &suite, &mut cases, &mut on_result)
				.map_err(|fault| fault.describe(CASE_LIMIT))
		});
		if let Some(case) = suite.cases().get(cases.len()) {
			let failed = failed(case, end.err().unwrap_or_default());
			on_result(&failed);
			cases.push(failed);
		}
	}
	Ok(Run { device: profile, confinement, cases })
}

/// Adds what a process gives for the cases that are not there yet.
fn run_on(
	mut process: Process,
	request: &ChildRequest,
	suite: &Suite,
	cases: &mut Vec<CaseResult>,
	on_result: &mut impl FnMut(&CaseResult),
) -> Result<(), Fault> {
	process.send(request)?;
	while let Some(case) = suite.cases().get(cases.len()) {
		match process.receive(Instant::now() + CASE_LIMIT)? {
			ChildResponse::Case(result) if result.id == case.id => {
				on_result(&result);
				cases.push(result);
			}
			_ => return Err(Fault::other_question()),
		}
	}
	Ok(())
}

/// What stands for a case that has no digest.
fn failed(case: &Case, reason: String) -> CaseResult {
	CaseResult {
		id: case.id.clone(),
		class: name(case.class).to_string(),
		hash: "0".repeat(64),
		ok: false,
		detail: Some(reason),
	}
}
