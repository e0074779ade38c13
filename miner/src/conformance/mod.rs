//! One suite for every engine: a fixed list of jobs, each with the digest that the CPU reference gives.
//!
//! - [`Suite`] makes the jobs: named ones for the edges of each class, and blocks of random ones, all of
//!   them a function of this crate's version alone.
//! - [`Suite::run`] puts them through an [`Engine`] and compares what comes back with [`Golden`], which
//!   is part of the program; [`run()`] does so in processes as confined as a job's.
//! - [`Report`] is what a device's owner shows others: signed, and checked by [`SignedReport::verify`].
//!
//! A *digest* covers everything about a result that the protocol defines: whether it completed, the
//! output's bytes, the failure's code. It leaves out messages.
//!
//! Limits: `TimedOut` and `DeviceFault` belong to one engine rather than to a job, so that no case here
//! expects them; the tests of the child process do.

mod cases;
mod random;
mod report;
mod run;
mod shaders;

use crate::{DeviceEngine, DeviceProfile, DeviceSelector, Engine, WorkRequest, WorkResult};
use aitbc_compute_core::merkle::blake2b_256;
use aitbc_primitives::{Class, FailureCode};
use codec::{Decode, Encode};
pub use report::{Report, ReportError, SignedReport, matrix};
pub use run::{Run, run};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// Number of the list of jobs. A change of any job is a new number.
pub const SUITE: u32 = 2;
/// Random jobs of each class.
pub const RANDOM_JOBS: u64 = 1000;
/// Random jobs of one block.
pub const BLOCK_JOBS: u64 = 100;

const DOMAIN: &[u8] = b"aitbc:conformance:v1";
const GOLDEN: &str = include_str!("../../../specs/conformance/golden.json");

/// What the reference gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Golden {
	/// Which list of jobs.
	pub suite: u32,
	/// Digests in hexadecimal by case.
	pub cases: BTreeMap<String, String>,
}

impl Golden {
	/// The digests that this program was built with.
	///
	/// # Errors
	/// If they were damaged before they were built in.
	pub fn built_in() -> Result<Self, serde_json::Error> {
		serde_json::from_str(GOLDEN)
	}
}

/// How much of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Extent {
	/// Some seconds on a processor: named cases but the large ones, and a block of random jobs for each
	/// class.
	#[codec(index = 0)]
	Quick,
	/// Everything.
	#[codec(index = 1)]
	Full,
}

/// What is compared as one: a named job, or a block of random ones.
#[derive(Clone, Debug)]
pub struct Case {
	/// `class/name`.
	pub id: String,
	/// The class of its jobs.
	pub class: Class,
	jobs: Jobs,
	/// Whether it takes seconds on a processor.
	is_large: bool,
}

#[derive(Clone, Debug)]
enum Jobs {
	One(Box<WorkRequest>),
	/// Random jobs from this number on.
	Block(u64),
}

impl Case {
	/// How many jobs it has.
	pub const fn len(&self) -> u64 {
		match self.jobs {
			Jobs::One(_) => 1,
			Jobs::Block(_) => BLOCK_JOBS,
		}
	}

	/// Whether it has none, which no case does.
	pub const fn is_empty(&self) -> bool {
		self.len() == 0
	}

	/// Runs it. If its digest is not the golden one, it says what differs: its jobs are then given to the CPU
	/// reference as well.
	pub fn run(&self, engine: &dyn Engine, golden: &Golden) -> CaseResult {
		let results: Vec<_> = self.jobs().map(|job| engine.execute(&job)).collect();
		let hash = digest(&results);
		let expected = golden.cases.get(&self.id);
		let ok = expected == Some(&hash);
		let detail = match expected {
			Some(_) if ok => None,
			Some(_) => Some(difference(self, &results)),
			None => Some("there is no golden digest of this case".to_string()),
		};
		CaseResult { id: self.id.clone(), class: name(self.class).to_string(), hash, ok, detail }
	}

	/// Its jobs, made as they are asked for.
	pub fn jobs(&self) -> impl Iterator<Item = WorkRequest> + '_ {
		(0..self.len()).map(|index| match &self.jobs {
			Jobs::One(request) => (**request).clone(),
			Jobs::Block(first) => random::job(self.class, first + index),
		})
	}
}

/// What an engine gave for a case.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CaseResult {
	/// The case.
	pub id: String,
	/// `echo`, `gemm` or `wgsl`.
	pub class: String,
	/// Digest of the results, hexadecimal.
	pub hash: String,
	/// Whether it is the reference's.
	pub ok: bool,
	/// What differs, for a person.
	#[serde(skip_serializing_if = "Option::is_none", default)]
	pub detail: Option<String>,
}

/// A device that does each product in every way it knows, so that the suite sees all of them.
pub struct EveryWay<'a>(pub &'a DeviceEngine);

impl Engine for EveryWay<'_> {
	fn execute(&self, request: &WorkRequest) -> WorkResult {
		self.0.execute_every_way(request)
	}

	fn profile(&self) -> &DeviceProfile {
		self.0.profile()
	}
}

/// A list of cases.
#[derive(Clone, Debug)]
pub struct Suite {
	cases: Vec<Case>,
}

impl Suite {
	/// The cases of some classes.
	pub fn new(extent: Extent, classes: &[Class]) -> Self {
		let mut cases = cases::named();
		for class in Class::ALL {
			let blocks = match extent {
				Extent::Quick => 1,
				Extent::Full => RANDOM_JOBS / BLOCK_JOBS,
			};
			cases.extend((0..blocks).map(|block| {
				let first = block * BLOCK_JOBS;
				let last = first + BLOCK_JOBS - 1;
				let id = format!("{}/random-{first:04}-{last:04}", name(class));
				Case { id, class, jobs: Jobs::Block(first), is_large: false }
			}));
		}
		cases.retain(|case| {
			classes.contains(&case.class) && (extent == Extent::Full || !case.is_large)
		});
		Self { cases }
	}

	/// The cases.
	pub fn cases(&self) -> &[Case] {
		&self.cases
	}

	/// Runs every case in this process.
	pub fn run(&self, engine: &dyn Engine, golden: &Golden) -> Vec<CaseResult> {
		self.cases.iter().map(|case| case.run(engine, golden)).collect()
	}

	/// What `engine`, which must be the reference, gives for every case.
	pub fn golden(&self, engine: &dyn Engine) -> Golden {
		let digest = |case: &Case| {
			let results: Vec<_> = case.jobs().map(|job| engine.execute(&job)).collect();
			(case.id.clone(), digest(&results))
		};
		Golden { suite: SUITE, cases: self.cases.iter().map(digest).collect() }
	}
}

/// The name of a class in ids and reports.
pub const fn name(class: Class) -> &'static str {
	match class {
		Class::Echo => "echo",
		Class::Gemm => "gemm",
		Class::Wgsl => "wgsl",
	}
}

/// The part of a result that the protocol defines.
#[derive(Encode)]
enum Defined<'a> {
	#[codec(index = 0)]
	Completed(&'a [u8]),
	#[codec(index = 1)]
	Failed(FailureCode),
	#[codec(index = 2)]
	OutOfFuel,
}

fn fingerprint(result: &WorkResult) -> [u8; 32] {
	let defined = match result {
		WorkResult::Completed { output, .. } => Defined::Completed(output),
		WorkResult::Failed { code, .. } => Defined::Failed(*code),
		WorkResult::OutOfFuel { .. } => Defined::OutOfFuel,
	};
	blake2b_256(&[DOMAIN, &defined.encode()].concat())
}

/// blake2b-256 over the results' own digests, hexadecimal.
fn digest(results: &[WorkResult]) -> String {
	let prints = results.iter().flat_map(fingerprint);
	hex::encode(blake2b_256(&DOMAIN.iter().copied().chain(prints).collect::<Vec<_>>()))
}

/// The first job of a case that the reference answers otherwise.
fn difference(case: &Case, results: &[WorkResult]) -> String {
	let reference = match DeviceEngine::open(&DeviceSelector::Cpu, Duration::MAX) {
		Ok(reference) => reference,
		Err(error) => return format!("the reference cannot run here: {error}"),
	};
	for ((number, job), found) in case.jobs().enumerate().zip(results) {
		let expected = reference.execute(&job);
		if fingerprint(&expected) != fingerprint(found) {
			let (expected, found) = (describe(&expected), describe(found));
			return format!("job {number}: expected {expected}, found {found}");
		}
	}
	"the reference on this machine gives the same: the golden digest is of another version".into()
}

fn describe(result: &WorkResult) -> String {
	match result {
		WorkResult::Completed { output, trace_root } => {
			format!("{} bytes with root {trace_root:?}", output.len())
		}
		WorkResult::Failed { code, message } => format!("{code:?} ({message})"),
		WorkResult::OutOfFuel { .. } => "OutOfFuel".to_string(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	#[test]
	fn ids_should_be_unique_and_have_golden_digests() {
		let suite = Suite::new(Extent::Full, &Class::ALL);
		let ids: BTreeSet<&str> = suite.cases().iter().map(|case| case.id.as_str()).collect();
		assert_eq!(ids.len(), suite.cases().len(), "an id twice");
		let golden = Golden::built_in().expect("golden.json is well-formed");
		assert_eq!(golden.suite, SUITE);
		// Whoever changes a job changes this, and must give the list a new number.
		let list = hex::encode(blake2b_256(GOLDEN.as_bytes()));
		assert_eq!((SUITE, &list[..16]), (2, "3c5e737288ee516b"));
		let known: BTreeSet<&str> = golden.cases.keys().map(String::as_str).collect();
		assert_eq!(known, ids);
		for class in Class::ALL {
			let prefix = format!("{}/", name(class));
			let of_class = suite.cases().iter().filter(|case| case.class == class);
			assert!(of_class.clone().all(|case| case.id.starts_with(&prefix)));
			assert!(of_class.map(Case::len).sum::<u64>() > RANDOM_JOBS);
		}
	}

	#[test]
	fn digest_should_tell_results_apart_but_not_messages() {
		let failed = |code, message: &str| {
			digest(&[WorkResult::Failed { code, message: message.to_string() }])
		};
		let invalid = failed(FailureCode::InputInvalid, "one");
		assert_eq!(invalid, failed(FailureCode::InputInvalid, "another"));
		assert_ne!(invalid, failed(FailureCode::TimedOut, "one"));
		let completed = |output: &[u8]| WorkResult::Completed {
			output: output.to_vec(),
			trace_root: Default::default(),
		};
		let dry = WorkResult::OutOfFuel { message: String::new() };
		let empty = digest(&[completed(&[])]);
		assert_ne!(empty, digest(std::slice::from_ref(&dry)));
		assert_ne!(empty, digest(&[completed(&[0])]));
		assert_ne!(digest(&[completed(&[]), dry.clone()]), digest(&[dry, completed(&[])]));
	}
}
