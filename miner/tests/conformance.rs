//! The suite on the reference and on a device; `AITBC_LONG=1` runs all of it, otherwise some seconds' worth.
//!
//! Device: `AITBC_DEVICE`, else the preferred one of this machine. After a change of what a job means
//! (and of `SUITE`): `aitbc-miner conformance --write-golden specs/conformance/golden.json`.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use aitbc_miner::{
	DeviceEngine, DeviceProfile, DeviceSelector, Engine, WorkRequest, WorkResult,
	conformance::{EveryWay, Extent, Golden, ReportError, SignedReport, Suite, matrix},
};
use aitbc_primitives::Class;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);

fn suite() -> Suite {
	let long = std::env::var_os("AITBC_LONG").is_some_and(|value| value == "1");
	Suite::new(if long { Extent::Full } else { Extent::Quick }, &Class::ALL)
}

fn check(engine: &dyn Engine) {
	let golden = Golden::built_in().expect("golden.json is well-formed");
	let results = suite().run(engine, &golden);
	let wrong: Vec<_> = results.iter().filter(|result| !result.ok).collect();
	assert!(wrong.is_empty(), "{}: {wrong:#?}", engine.profile().device);
}

#[test]
fn reference_should_give_the_golden_digests() {
	check(&DeviceEngine::open(&DeviceSelector::Cpu, LIMIT).expect("the processor"));
}

#[test]
fn device_should_give_the_golden_digests() {
	let device = match std::env::var("AITBC_DEVICE") {
		Ok(text) => text.parse().expect("AITBC_DEVICE names a device"),
		Err(_) => DeviceSelector::Auto,
	};
	let engine = DeviceEngine::open(&device, LIMIT).unwrap_or_else(|error| {
		panic!("this test needs a GPU or Debian's package mesa-vulkan-drivers: {error}")
	});
	check(&EveryWay(&engine));
}

/// The reference, but for one bit of every product that has more than one element.
struct OffByOneBit(DeviceEngine);

impl Engine for OffByOneBit {
	fn execute(&self, request: &WorkRequest) -> WorkResult {
		match self.0.execute(request) {
			WorkResult::Completed { mut output, .. }
				if request.workload.class() == Class::Gemm && output.len() > 4 =>
			{
				output[4] ^= 1;
				let trace_root = aitbc_compute_core::merkle::root(&output).into();
				WorkResult::Completed { output, trace_root }
			}
			result => result,
		}
	}

	fn profile(&self) -> &DeviceProfile {
		self.0.profile()
	}
}

#[test]
fn suite_should_find_one_wrong_bit_and_say_where() {
	let engine =
		OffByOneBit(DeviceEngine::open(&DeviceSelector::Cpu, LIMIT).expect("the processor"));
	let suite = Suite::new(Extent::Quick, &[Class::Echo, Class::Gemm]);
	let results = suite.run(&engine, &Golden::built_in().expect("well-formed"));
	let ok = |id: &str| results.iter().find(|result| result.id == id).expect("a case").ok;
	assert!(ok("echo/one-chunk") && ok("gemm/smallest") && ok("gemm/short-a"));
	assert!(!ok("gemm/odd") && !ok("gemm/random-0000-0099"));
	let block = results.iter().find(|result| result.id == "gemm/random-0000-0099");
	let detail = block.and_then(|result| result.detail.clone()).expect("it differs");
	assert!(detail.starts_with("job ") && detail.contains("with root"), "{detail}");
}

#[test]
fn committed_reports_should_hold_and_stand_in_the_table() {
	let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../specs/conformance");
	let golden = Golden::built_in().expect("well-formed");
	let mut reports = Vec::new();
	for entry in std::fs::read_dir(format!("{folder}/reports")).expect("a folder of reports") {
		let path = entry.expect("readable").path();
		let text = std::fs::read(&path).expect("readable");
		let report: SignedReport = serde_json::from_slice(&text).expect("a report");
		// A device that differs is worth knowing: it stands in the table as what it is.
		let verdict = report.verify(&golden);
		let is_true = matches!(verdict, Ok(0) | Err(ReportError::Differs { .. }));
		assert!(is_true, "{}: {verdict:?}", path.display());
		reports.push(report);
	}
	let readme = std::fs::read_to_string(format!("{folder}/README.md")).expect("a README");
	assert!(
		readme.contains(&matrix(&reports, &golden)),
		"run: aitbc-miner conformance --matrix specs/conformance"
	);
}
