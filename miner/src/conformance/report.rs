//! What a device gave, as its owner shows it to others.

use super::{CaseResult, Golden, SUITE, name};
use crate::DeviceProfile;
use aitbc_primitives::Class;
use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sp_core::{ByteArray, Pair, sr25519};
use std::{collections::BTreeSet, fmt::Write};

/// Keeps the signature from being one over anything else.
const DOMAIN: &[u8] = b"aitbc:conformance:report:v1";

/// The results of one device.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Report {
	/// Which list of jobs.
	pub suite: u32,
	/// The device, its driver, and the version of the engine.
	pub device: DeviceProfile,
	/// What it gave.
	pub cases: Vec<CaseResult>,
}

impl Report {
	/// A report of this program's suite.
	pub const fn new(device: DeviceProfile, cases: Vec<CaseResult>) -> Self {
		Self { suite: SUITE, device, cases }
	}

	/// How many cases of a class are right, and how many there are.
	pub fn tally(&self, class: Class) -> (usize, usize) {
		let of_class = self.cases.iter().filter(|case| case.class == name(class));
		(of_class.clone().filter(|case| case.ok).count(), of_class.count())
	}

	/// What is signed: a separator and the SCALE encoding of the report.
	pub fn signed_bytes(&self) -> Vec<u8> {
		[DOMAIN, &self.encode()].concat()
	}

	/// Signs as Substrate does (sr25519, context `substrate`).
	pub fn sign(self, pair: &sr25519::Pair) -> SignedReport {
		let signature = pair.sign(&self.signed_bytes());
		let signature = Signature {
			public: hex::encode(pair.public().as_slice()),
			signature: hex::encode(AsRef::<[u8]>::as_ref(&signature)),
		};
		SignedReport { report: self, signature: Some(signature) }
	}
}

/// Whose report it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
	/// sr25519 public key, 32 bytes in hexadecimal.
	pub public: String,
	/// 64 bytes in hexadecimal.
	pub signature: String,
}

/// A report as it lies in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedReport {
	/// The report.
	#[serde(flatten)]
	pub report: Report,
	/// None if nobody vouches for it.
	pub signature: Option<Signature>,
}

/// Why a report does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
	/// Signed by nobody, or not by whom it says.
	#[error("the signature does not fit the report and its key {public}")]
	Signature {
		/// The key it names.
		public: String,
	},
	/// Of another list of jobs.
	#[error("the report is of suite {found}, this program has suite {SUITE}")]
	Suite {
		/// Which.
		found: u32,
	},
	/// A case that the suite has not, or twice.
	#[error("the report has the case {id} twice, or the suite does not have it")]
	Case {
		/// Its id.
		id: String,
	},
	/// It says of a case that it is right, or wrong, and it is not.
	#[error("the report says ok = {claimed} of the case {id}, whose hash says otherwise")]
	Claim {
		/// The case.
		id: String,
		/// What is said.
		claimed: bool,
	},
	/// The device gave something else than the reference.
	#[error("{count} cases differ from the reference, the first is {first}")]
	Differs {
		/// How many.
		count: usize,
		/// Id of the first.
		first: String,
	},
}

impl SignedReport {
	/// Checks the signature, if there is one, and every case against the golden digests. Gives how many
	/// cases of the suite the report leaves out.
	///
	/// A signature says who ran the suite, not that the device did: whoever knows the golden digests can
	/// sign them.
	///
	/// # Errors
	/// See [`ReportError`].
	pub fn verify(&self, golden: &Golden) -> Result<usize, ReportError> {
		if let Some(signature) = &self.signature {
			self.check_signature(signature)?;
		}
		let Report { suite, cases, .. } = &self.report;
		if *suite != golden.suite {
			return Err(ReportError::Suite { found: *suite });
		}
		let mut seen = BTreeSet::new();
		for case in cases {
			let id = case.id.clone();
			let is_of_class = id.split_once('/').is_some_and(|(class, _)| class == case.class);
			let expected = golden.cases.get(&id).filter(|_| is_of_class && seen.insert(&case.id));
			let Some(expected) = expected else { return Err(ReportError::Case { id }) };
			if (case.hash == *expected) != case.ok {
				return Err(ReportError::Claim { id, claimed: case.ok });
			}
		}
		let mut wrong = cases.iter().filter(|case| !case.ok);
		if let Some(first) = wrong.next() {
			let count = 1 + wrong.count();
			return Err(ReportError::Differs { count, first: first.id.clone() });
		}
		Ok(golden.cases.len() - seen.len())
	}

	fn check_signature(&self, signature: &Signature) -> Result<(), ReportError> {
		let holds = || {
			let public = hex::decode(&signature.public).ok()?;
			let public = sr25519::Public::from_slice(&public).ok()?;
			let bytes = hex::decode(&signature.signature).ok()?;
			let signature = sr25519::Signature::try_from(bytes.as_slice()).ok()?;
			let message = self.report.signed_bytes();
			sr25519::Pair::verify(&signature, message, &public).then_some(())
		};
		holds().ok_or_else(|| ReportError::Signature { public: signature.public.clone() })
	}
}

/// A Markdown table of devices and classes: how many cases are right.
pub fn matrix(reports: &[SignedReport], golden: &Golden) -> String {
	let mut text = String::from("| device | driver | engine |");
	for class in Class::ALL {
		let _ = write!(text, " {} |", name(class));
	}
	text.push_str("\n|---|---|---|");
	text.push_str(&"---|".repeat(Class::ALL.len()));
	text.push('\n');
	let mut rows: Vec<String> = reports.iter().map(|signed| row(&signed.report, golden)).collect();
	rows.sort();
	text.push_str(&rows.concat());
	text
}

fn row(report: &Report, golden: &Golden) -> String {
	let DeviceProfile { device, backend, driver, engine, .. } = &report.device;
	// A device's name is what its driver says; it must not break the table.
	let cell = |text: &str| {
		let text = text.replace(char::is_control, " ").replace('\\', "\\\\");
		text.replace('|', "\\|").replace('<', "&lt;")
	};
	let device = cell(&format!("{device} ({backend})"));
	let mut text = format!("| {device} | {} | {} |", cell(driver), cell(engine));
	for class in Class::ALL {
		let (right, run) = report.tally(class);
		// What a report leaves out is not shown to be right.
		let prefix = format!("{}/", name(class));
		let all = golden.cases.keys().filter(|id| id.starts_with(&prefix)).count();
		let _ = match run {
			0 => write!(text, " not run |"),
			_ if right == all => write!(text, " all {all} |"),
			_ => write!(text, " **{right} of {all}** |"),
		};
	}
	text.push('\n');
	text
}

#[cfg(test)]
mod tests {
	use super::*;

	fn golden() -> Golden {
		let cases = ["echo/a", "gemm/b"].map(|id| (id.to_string(), "00".to_string()));
		Golden { suite: SUITE, cases: cases.into() }
	}

	fn result(id: &str, hash: &str, ok: bool) -> CaseResult {
		let class = id.split('/').next().unwrap_or_default().to_string();
		CaseResult { id: id.to_string(), class, hash: hash.to_string(), ok, detail: None }
	}

	fn report(cases: Vec<CaseResult>) -> Report {
		Report::new(DeviceProfile::of_cpu(), cases)
	}

	fn pair() -> sr25519::Pair {
		sr25519::Pair::from_string("//Worker", None).expect("a derivation path")
	}

	#[test]
	fn verify_should_take_what_was_signed_through_json() {
		let signed = report(vec![result("echo/a", "00", true)]).sign(&pair());
		let text = serde_json::to_string(&signed).expect("plain data");
		let read: SignedReport = serde_json::from_str(&text).expect("what was written");
		assert_eq!(read, signed);
		assert_eq!(read.verify(&golden()), Ok(1));
	}

	#[test]
	fn verify_should_refuse_what_was_changed() {
		let signed = report(vec![result("echo/a", "00", true)]).sign(&pair());
		let mut device = signed.clone();
		device.report.device.device.push('!');
		assert!(matches!(device.verify(&golden()), Err(ReportError::Signature { .. })));
		let mut signer = signed;
		if let Some(signature) = &mut signer.signature {
			signature.public = "00".repeat(32);
		}
		assert!(matches!(signer.verify(&golden()), Err(ReportError::Signature { .. })));
	}

	#[test]
	fn verify_should_refuse_wrong_results_and_wrong_claims() {
		let verify =
			|cases| SignedReport { report: report(cases), signature: None }.verify(&golden());
		assert_eq!(verify(vec![result("echo/a", "00", true), result("gemm/b", "00", true)]), Ok(0));
		let (first, id) = ("gemm/b".to_string(), "echo/a".to_string());
		assert_eq!(
			verify(vec![result("gemm/b", "11", false)]),
			Err(ReportError::Differs { count: 1, first })
		);
		assert_eq!(
			verify(vec![result("echo/a", "11", true)]),
			Err(ReportError::Claim { id: id.clone(), claimed: true })
		);
		let twice = vec![result("echo/a", "00", true), result("echo/a", "00", true)];
		assert_eq!(verify(twice), Err(ReportError::Case { id }));
		assert!(matches!(
			verify(vec![result("echo/z", "00", true)]),
			Err(ReportError::Case { .. })
		));
		let mut other = SignedReport { report: report(vec![]), signature: None };
		other.report.suite += 1;
		assert_eq!(other.verify(&golden()), Err(ReportError::Suite { found: SUITE + 1 }));
	}

	#[test]
	fn matrix_should_show_what_failed_and_what_was_not_run() {
		let mut one = report(vec![result("echo/a", "00", true), result("gemm/b", "11", false)]);
		one.device.device = "a | b".to_string();
		let mut golden = golden();
		golden.cases.insert("echo/left-out".to_string(), "00".to_string());
		let table = matrix(&[SignedReport { report: one, signature: None }], &golden);
		let row = table.lines().nth(2).expect("head, line, row");
		assert!(row.contains("a \\| b (cpu)"), "{row}");
		assert!(row.ends_with("| **1 of 2** | **0 of 1** | not run |"), "{row}");
	}
}
