//! The suite in a process of its own, as confined as a job's: a driver that crashes over a case takes only
//! that process with it, and the next one goes on behind the case.
//!
//! The process writes one JSON value to a line: first the device, then each result.

use aitbc_miner::{
	Confinement, DEFAULT_MEMORY_LIMIT_BYTES, DEFAULT_TIME_LIMIT, DeviceEngine, DeviceProfile,
	DeviceSelector, Engine, check_same_device,
	conformance::{CaseResult, EveryWay, Golden, Suite, name},
	driver_variables, enter_sandbox, unconfined_device,
};
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::{
	io::{self, BufRead, BufReader, Write},
	process::{Command, Stdio},
};

/// What stands in a line.
#[derive(Serialize, Deserialize)]
enum Line {
	Device(DeviceProfile, Confinement),
	NoDevice(String),
	Case(CaseResult),
}

/// What ran the suite.
pub(super) struct Run {
	pub device: DeviceProfile,
	pub confinement: Confinement,
	pub cases: Vec<CaseResult>,
}

fn say(line: &Line) -> anyhow::Result<()> {
	let mut stdout = io::stdout().lock();
	writeln!(stdout, "{}", serde_json::to_string(line)?)?;
	Ok(stdout.flush()?)
}

/// The process's side: runs the cases from number `first` on.
pub(super) fn work(device: &DeviceSelector, suite: &Suite, first: usize) -> anyhow::Result<()> {
	let golden = Golden::built_in().context("the golden digests")?;
	let confinement = enter_sandbox(DEFAULT_MEMORY_LIMIT_BYTES).context("the sandbox")?;
	let engine = match DeviceEngine::open(device, DEFAULT_TIME_LIMIT) {
		Ok(engine) => engine,
		Err(error) => return say(&Line::NoDevice(error.to_string())),
	};
	say(&Line::Device(engine.profile().clone(), confinement))?;
	for case in suite.cases().iter().skip(first) {
		say(&Line::Case(case.run(&EveryWay(&engine), &golden)))?;
	}
	Ok(())
}

/// Runs the suite on the device in processes that get `arguments` and the number of their first case;
/// `on_result` hears of each case as it is done.
pub(super) fn run(
	device: &DeviceSelector,
	suite: &Suite,
	arguments: impl Fn(usize) -> Vec<String>,
	mut on_result: impl FnMut(&CaseResult),
) -> anyhow::Result<Run> {
	let executable = std::env::current_exe().context("where this program lies")?;
	let unconfined = unconfined_device(&executable, device);
	let mut known: Option<(DeviceProfile, Confinement)> = None;
	let mut cases: Vec<CaseResult> = Vec::with_capacity(suite.cases().len());
	while cases.len() < suite.cases().len() {
		let mut child = Command::new(&executable)
			.args(arguments(cases.len()))
			.env_clear()
			.envs(driver_variables())
			.stdin(Stdio::null())
			.stdout(Stdio::piped())
			.spawn()
			.context("cannot start the suite's process")?;
		let lines = BufReader::new(child.stdout.take().context("the suite's process has no pipe")?);
		for line in lines.lines() {
			// What a driver prints is no line of ours.
			let Ok(line) = serde_json::from_str(&line?) else { continue };
			match line {
				Line::Device(profile, confinement) => {
					check_same_device(unconfined.as_ref(), Ok(&profile))?;
					known = Some((profile, confinement));
				}
				Line::NoDevice(message) => {
					check_same_device(unconfined.as_ref(), Err(&message))?;
					bail!(message);
				}
				Line::Case(result) => {
					// A line that a driver's own output spoiled is a case that is missing, not the next one.
					let expected = suite.cases().get(cases.len()).map(|case| &case.id);
					if expected != Some(&result.id) {
						break;
					}
					on_result(&result);
					cases.push(result);
				}
			}
		}
		// It may still run if its lines were not what they should be.
		let _ = child.kill();
		let status = child.wait().context("the suite's process")?;
		let Some(crashed) = suite.cases().get(cases.len()) else { break };
		if known.is_none() || (cases.is_empty() && status.success()) {
			bail!("the suite's process ended before it opened the device ({status})");
		}
		let result = CaseResult {
			id: crashed.id.clone(),
			class: name(crashed.class).to_string(),
			hash: "0".repeat(64),
			ok: false,
			detail: Some(format!("the process that ran it ended ({status})")),
		};
		on_result(&result);
		cases.push(result);
	}
	let (device, confinement) = known.context("the suite has no cases")?;
	Ok(Run { device, confinement, cases })
}
