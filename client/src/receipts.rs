//! Receipts: reading them from the chain, keeping them in files, checking them without a chain.

use crate::{
	account::{key_bytes, parse_address, worker_address},
	chain::View,
	errors::ChainError,
	schema,
};
use aitbc_primitives::{
	Cid, Class, Hash, JobId, JobSpec, Outcome, RECEIPT_VERSION, ReplicaIndex, SignedReceipt,
	WorkerKey,
};
use codec::{DecodeAll, Encode};
use serde::{Deserialize, Serialize};
use subxt_signer::sr25519;

/// Marks the files this program writes.
const FILE_FORMAT: &str = "aitbc-receipt-1";
/// Largest receipt file that is read, bytes. A receipt has 1.5 KiB at most.
pub const MAX_RECEIPT_FILE_BYTES: u64 = 64 * 1024;
/// Largest file of trusted keys, bytes.
pub const MAX_KEYS_FILE_BYTES: u64 = 1024 * 1024;
/// Most keys of such a file.
const MAX_KEYS: usize = 10_000;

/// Why a receipt does not convince.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
	/// Not a receipt file.
	#[error("this is no receipt file: {reason}")]
	File {
		/// What is wrong.
		reason: String,
	},
	/// Not a list of keys.
	#[error("line {line} of the trusted keys is no key: {reason}")]
	Keys {
		/// Counted from one.
		line: usize,
		/// What is wrong.
		reason: String,
	},
	/// Another format than this code knows.
	#[error("the receipt has version {found}; this program reads version {}", RECEIPT_VERSION)]
	Version {
		/// Its version.
		found: u8,
	},
	/// Made for another chain.
	#[error("the receipt is of the chain {found:?}, not of {expected:?}")]
	Genesis {
		/// The chain that was asked for.
		expected: Hash,
		/// The receipt's.
		found: Hash,
	},
	/// Made for another job or replica.
	#[error("the receipt is of job {found_job} replica {found_replica}, not of what was asked for")]
	Job {
		/// The receipt's job.
		found_job: u64,
		/// The receipt's replica.
		found_replica: ReplicaIndex,
	},
	/// Its parts contradict each other, or the specification.
	#[error("the receipt contradicts {what}")]
	Contradiction {
		/// Itself in some field, or the job.
		what: &'static str,
	},
	/// None of the trusted keys made the signature.
	#[error(
		"none of the {keys} trusted keys made this signature: the receipt was changed, or its worker is not trusted"
	)]
	Signature {
		/// How many keys were tried.
		keys: usize,
	},
}

/// Worker keys that somebody trusts, from a file or by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedKeys(Vec<WorkerKey>);

impl TrustedKeys {
	/// These keys.
	pub fn new(keys: impl IntoIterator<Item = WorkerKey>) -> Self {
		Self(keys.into_iter().collect())
	}

	/// Reads a list: one key per line, as SS58 address or `0x…`; what follows a blank or `#` is
	/// remark.
	///
	/// # Errors
	/// [`ReceiptError::Keys`] names the line.
	pub fn parse(text: &str) -> Result<Self, ReceiptError> {
		let mut keys = Vec::new();
		for (index, line) in text.lines().enumerate() {
			let fail =
				|reason: String| ReceiptError::Keys { line: index.saturating_add(1), reason };
			let Some(word) = line.split('#').next().and_then(|line| line.split_whitespace().next())
			else {
				continue;
			};
			if keys.len() == MAX_KEYS {
				return Err(fail(format!("there are more than {MAX_KEYS}")));
			}
			let account = parse_address(word).map_err(|error| fail(error.to_string()))?;
			keys.push(WorkerKey::from(*AsRef::<[u8; 32]>::as_ref(&account)));
		}
		Ok(Self(keys))
	}

	/// How many.
	pub fn len(&self) -> usize {
		self.0.len()
	}

	/// Whether there is none.
	pub fn is_empty(&self) -> bool {
		self.0.is_empty()
	}
}

/// What a receipt must be about, as far as the caller knows.
#[derive(Clone, Debug, Default)]
pub struct Expectation<'a> {
	/// The chain. Always known.
	pub genesis: Hash,
	/// The job.
	pub job: Option<JobId>,
	/// The replica.
	pub replica: Option<ReplicaIndex>,
	/// What the job asked for.
	pub spec: Option<&'a JobSpec>,
}

/// Whether `key` made the receipt's signature.
pub fn signed_by(signed: &SignedReceipt, key: &WorkerKey) -> bool {
	let mut signature = [0; 64];
	signature.copy_from_slice(AsRef::<[u8]>::as_ref(&signed.signature));
	sr25519::verify(
		&sr25519::Signature(signature),
		signed.receipt.signing_payload(),
		&sr25519::PublicKey(key_bytes(key)),
	)
}

/// Checks a receipt without a chain: it is about what was expected, does not contradict itself, and
/// one of the trusted keys signed it. Returns that key.
///
/// What this cannot tell: whether the key held the lease, and whether the result is right.
///
/// # Errors
/// The first [`ReceiptError`] that holds.
pub fn verify_offline(
	signed: &SignedReceipt,
	trusted: &TrustedKeys,
	expected: &Expectation,
) -> Result<WorkerKey, ReceiptError> {
	let receipt = &signed.receipt;
	if receipt.version != RECEIPT_VERSION {
		return Err(ReceiptError::Version { found: receipt.version });
	}
	if receipt.genesis != expected.genesis {
		let (expected, found) = (expected.genesis, receipt.genesis);
		return Err(ReceiptError::Genesis { expected, found });
	}
	let other_job = expected.job.is_some_and(|job| job != receipt.job);
	let other_replica = expected.replica.is_some_and(|replica| replica != receipt.replica);
	if other_job || other_replica {
		let (found_job, found_replica) = (receipt.job.0, receipt.replica);
		return Err(ReceiptError::Job { found_job, found_replica });
	}
	check_consistency(signed, expected.spec)?;
	trusted
		.0
		.iter()
		.find(|key| signed_by(signed, key))
		.copied()
		.ok_or(ReceiptError::Signature { keys: trusted.len() })
}

fn check_consistency(signed: &SignedReceipt, spec: Option<&JobSpec>) -> Result<(), ReceiptError> {
	let receipt = &signed.receipt;
	let require = |holds: bool, what| {
		if holds { Ok(()) } else { Err(ReceiptError::Contradiction { what }) }
	};
	match &receipt.outcome {
		Outcome::Completed { output, inline } => {
			let fits = inline.is_empty() || Cid::of_raw(inline) == *output;
			require(fits, "itself: its inline output does not hash to the output's CID")?;
			require(receipt.units > 0, "itself: it completed with zero units")?;
		}
		Outcome::OutOfFuel => {
			require(receipt.units > 0, "itself: it ran out of fuel without using any")?;
			let no_trace = receipt.trace_root == Hash::zero();
			require(no_trace, "itself: it has a trace, but did not complete")?;
		}
		Outcome::Failed { .. } => {
			require(receipt.units == 0, "itself: it has units, but failed")?;
			let no_trace = receipt.trace_root == Hash::zero();
			require(no_trace, "itself: it has a trace, but did not complete")?;
		}
	}
	let Some(spec) = spec else { return Ok(()) };
	require(receipt.program == spec.workload.program(), "the job: another program ran")?;
	require(receipt.input_root == spec.input_root(), "the job: other inputs or parameters")?;
	let metered = spec.workload.class() == Class::Wgsl;
	match receipt.outcome {
		Outcome::OutOfFuel if !metered => {
			require(false, "the job: only a shader can run out of fuel")
		}
		Outcome::Completed { .. } | Outcome::OutOfFuel => {
			require(Some(receipt.units) == spec.units(), "the job: other units")
		}
		Outcome::Failed { .. } => Ok(()),
	}
}

/// A receipt in a file: the SCALE bytes, which alone count, and the same for people to read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReceiptFile {
	format: String,
	/// Hexadecimal SCALE encoding of [`SignedReceipt`].
	scale: String,
	/// For people; ignored when read.
	#[serde(default)]
	receipt: serde_json::Value,
}

impl ReceiptFile {
	/// The file of a receipt. `readable` is for people.
	pub fn new(signed: &SignedReceipt, readable: serde_json::Value) -> Self {
		Self {
			format: FILE_FORMAT.into(),
			scale: format!("0x{}", hex::encode(signed.encode())),
			receipt: readable,
		}
	}

	/// Reads a receipt from the text of such a file, or from bare hexadecimal SCALE.
	///
	/// # Errors
	/// [`ReceiptError::File`].
	pub fn parse(text: &str) -> Result<SignedReceipt, ReceiptError> {
		let fail = |reason: String| ReceiptError::File { reason };
		let text = text.trim();
		let scale = if text.starts_with('{') {
			let file: Self = serde_json::from_str(text).map_err(|error| fail(error.to_string()))?;
			if file.format != FILE_FORMAT {
				return Err(fail(format!("its format is not {FILE_FORMAT}")));
			}
			file.scale
		} else {
			text.to_string()
		};
		let bytes = hex::decode(scale.strip_prefix("0x").unwrap_or(&scale))
			.map_err(|error| fail(format!("its SCALE bytes are not hexadecimal ({error})")))?;
		SignedReceipt::decode_all(&mut bytes.as_slice())
			.map_err(|error| fail(format!("its SCALE bytes cannot be decoded ({error})")))
	}
}

impl View {
	/// The accepted receipt of a replica, as long as the chain keeps it.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn receipt(
		&self,
		job: JobId,
		replica: ReplicaIndex,
	) -> Result<Option<SignedReceipt>, ChainError> {
		let found = self.get(schema::receipts(), (job.into(), replica)).await?;
		Ok(found.map(|receipt| receipt.0))
	}

	/// The accepted receipts of a job, by replica.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn receipts(
		&self,
		job: JobId,
	) -> Result<Vec<(ReplicaIndex, SignedReceipt)>, ChainError> {
		let limit = usize::from(u8::MAX);
		let found = self.list(schema::receipts(), (subxt::utils::Static(job),), limit).await?;
		let mut found: Vec<_> =
			found.into_iter().map(|((_, replica), receipt)| (replica, receipt.0)).collect();
		found.sort_by_key(|(replica, _)| *replica);
		Ok(found)
	}
}

/// The address of the key that [`verify_offline`] found, for people.
pub fn signer_address(key: &WorkerKey) -> String {
	worker_address(key)
}

#[cfg(test)]
mod tests {
	use super::*;
	use aitbc_primitives::{
		FailureCode, Receipt, Replication, WgslCall, WorkerSignature, Workload,
	};
	use proptest::prelude::*;
	use subxt_signer::sr25519::{Keypair, dev};

	fn spec() -> JobSpec {
		JobSpec {
			workload: Workload::Echo,
			inputs: Default::default(),
			params: b"hello".to_vec().try_into().expect("fits"),
			units_limit: 1,
			max_price_per_unit: 1,
			tip: 0,
			replication: Replication::SINGLE,
			requirements: Default::default(),
			start_within_blocks: 1,
			deliver_within_blocks: 1,
		}
	}

	fn sign(receipt: Receipt, pair: &Keypair) -> SignedReceipt {
		let signature = WorkerSignature::from(pair.sign(&receipt.signing_payload()).0);
		SignedReceipt { receipt, signature }
	}

	fn receipt() -> Receipt {
		Receipt {
			version: RECEIPT_VERSION,
			genesis: Hash::repeat_byte(1),
			job: JobId(7),
			replica: 1,
			attempt: 0,
			program: spec().workload.program(),
			input_root: spec().input_root(),
			outcome: Outcome::Completed {
				output: Cid::of_raw(b"hello"),
				inline: b"hello".to_vec().try_into().expect("fits"),
			},
			trace_root: Hash::repeat_byte(2),
			units: 1,
			profile: Hash::zero(),
			started_at: 3,
			finished_at: 4,
		}
	}

	fn key(pair: &Keypair) -> WorkerKey {
		WorkerKey::from(pair.public_key().0)
	}

	fn trusted() -> TrustedKeys {
		TrustedKeys::new([key(&dev::bob()), key(&dev::alice())])
	}

	fn expected(spec: &JobSpec) -> Expectation<'_> {
		Expectation {
			genesis: Hash::repeat_byte(1),
			job: Some(JobId(7)),
			replica: Some(1),
			spec: Some(spec),
		}
	}

	#[test]
	fn verify_offline_should_return_the_key_that_signed() {
		let signed = sign(receipt(), &dev::alice());
		assert_eq!(verify_offline(&signed, &trusted(), &expected(&spec())), Ok(key(&dev::alice())));
		let failed = Receipt {
			outcome: Outcome::Failed { code: FailureCode::TimedOut },
			trace_root: Hash::zero(),
			units: 0,
			..receipt()
		};
		let signed = sign(failed, &dev::bob());
		assert_eq!(verify_offline(&signed, &trusted(), &expected(&spec())), Ok(key(&dev::bob())));
	}

	#[test]
	fn verify_offline_should_fail_when_signer_is_not_trusted() {
		let signed = sign(receipt(), &dev::charlie());
		let error = verify_offline(&signed, &trusted(), &expected(&spec()));
		assert_eq!(error, Err(ReceiptError::Signature { keys: 2 }));
		let signed = sign(receipt(), &dev::alice());
		let nobody = verify_offline(&signed, &TrustedKeys::default(), &expected(&spec()));
		assert_eq!(nobody, Err(ReceiptError::Signature { keys: 0 }));
	}

	#[test]
	fn verify_offline_should_fail_when_receipt_is_about_something_else() {
		let spec = spec();
		let change = |change: fn(&mut Receipt)| {
			let mut receipt = receipt();
			change(&mut receipt);
			// Properly signed: only what it says is wrong.
			verify_offline(&sign(receipt, &dev::alice()), &trusted(), &expected(&spec))
		};
		assert!(matches!(change(|r| r.version = 2), Err(ReceiptError::Version { found: 2 })));
		assert!(matches!(change(|r| r.genesis = Hash::zero()), Err(ReceiptError::Genesis { .. })));
		assert!(matches!(change(|r| r.job = JobId(8)), Err(ReceiptError::Job { .. })));
		assert!(matches!(change(|r| r.replica = 0), Err(ReceiptError::Job { .. })));
		for contradiction in [
			change(|r| r.units = 0),
			change(|r| r.units = 2),
			change(|r| r.program = Cid::of_raw(b"other")),
			change(|r| r.input_root = Hash::zero()),
			change(|r| r.outcome = Outcome::OutOfFuel),
			change(|r| {
				(r.outcome, r.trace_root) = (Outcome::OutOfFuel, Hash::zero());
			}),
			change(|r| {
				let inline = b"hellO".to_vec().try_into().expect("fits");
				r.outcome = Outcome::Completed { output: Cid::of_raw(b"hello"), inline };
			}),
		] {
			assert!(matches!(contradiction, Err(ReceiptError::Contradiction { .. })));
		}
	}

	#[test]
	fn verify_offline_should_take_out_of_fuel_of_a_shader_only() {
		let call =
			WgslCall { program: Cid::of_raw(b"shader"), workgroups: [1; 3], output_bytes: 4 };
		let shader = JobSpec { workload: Workload::Wgsl(call), units_limit: 9, ..spec() };
		let out_of_fuel = |units| {
			let receipt = Receipt {
				program: shader.workload.program(),
				input_root: shader.input_root(),
				outcome: Outcome::OutOfFuel,
				trace_root: Hash::zero(),
				units,
				..receipt()
			};
			verify_offline(&sign(receipt, &dev::alice()), &trusted(), &expected(&shader))
		};
		assert_eq!(out_of_fuel(9), Ok(key(&dev::alice())));
		for units in [0, 8, 10] {
			let refused = out_of_fuel(units);
			assert!(matches!(refused, Err(ReceiptError::Contradiction { .. })), "{units}");
		}
	}

	#[test]
	fn files_should_round_trip_and_bad_ones_be_refused() {
		let signed = sign(receipt(), &dev::alice());
		let file = ReceiptFile::new(&signed, serde_json::json!({ "note": "for people" }));
		let text = serde_json::to_string_pretty(&file).expect("serialises");
		assert_eq!(ReceiptFile::parse(&text), Ok(signed.clone()));
		assert_eq!(ReceiptFile::parse(&hex::encode(signed.encode())), Ok(signed.clone()));
		let longer = format!("{}00", hex::encode(signed.encode()));
		for text in ["", "{}", "0x", "zz", &longer, &text.replace("receipt-1", "receipt-2")] {
			assert!(matches!(ReceiptFile::parse(text), Err(ReceiptError::File { .. })), "{text}");
		}
	}

	#[test]
	fn trusted_keys_should_be_read_line_by_line() {
		let text = "# workers\n\n5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY Alice\n";
		assert_eq!(TrustedKeys::parse(text), Ok(TrustedKeys::new([key(&dev::alice())])));
		let error = TrustedKeys::parse("# x\nnonsense").expect_err("refuses");
		assert!(matches!(error, ReceiptError::Keys { line: 2, .. }), "{error}");
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(64))]
		/// Wrong input: a receipt with one bit changed.
		#[test]
		fn verify_offline_should_fail_when_one_bit_is_flipped(
			position: prop::sample::Index,
			bit in 0..8u8,
		) {
			let mut bytes = sign(receipt(), &dev::alice()).encode();
			let position = position.index(bytes.len());
			bytes[position] ^= 1 << bit;
			if let Ok(changed) = ReceiptFile::parse(&hex::encode(&bytes)) {
				let free = Expectation { genesis: changed.receipt.genesis, ..Default::default() };
				prop_assert!(verify_offline(&changed, &trusted(), &free).is_err());
			}
		}

		#[test]
		fn parse_should_not_panic_when_text_is_arbitrary(text in ".{0,200}") {
			let _ = ReceiptFile::parse(&text);
			let _ = TrustedKeys::parse(&text);
		}
	}
}
