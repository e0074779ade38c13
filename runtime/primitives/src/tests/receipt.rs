//! What binds a receipt to its lease, and its bytes to its key.

use super::*;
use codec::{Decode, DecodeAll, Encode, MaxEncodedLen};
use proptest::prelude::*;
use sp_core::{Pair as _, sr25519};
use sp_runtime::traits::Verify;

const GENESIS: Hash = Hash::repeat_byte(0x6e);
const JOB: JobId = JobId(42);
const REPLICA: ReplicaIndex = 1;
const OUTPUT: &[u8] = b"the output";

fn pair(number: u8) -> sr25519::Pair {
	sr25519::Pair::from_seed(&[number; 32])
}

fn lease() -> Lease<AccountId> {
	Lease {
		miner: AccountId::new([1; 32]),
		worker: pair(1).public(),
		attempt: 2,
		price_per_unit: 10,
		owner: AccountId::new([9; 32]),
		fee: sp_runtime::Permill::zero(),
		bond: LeaseBond {
			collateral: 20,
			slash_late: sp_runtime::Perbill::zero(),
			slash_withheld: sp_runtime::Perbill::zero(),
		},
		leased_at: 100,
		deliver_by: 120,
		state: LeaseState::Leased,
	}
}

fn completed(inline: &[u8]) -> Receipt {
	let spec = gemm_spec();
	Receipt {
		version: RECEIPT_VERSION,
		genesis: GENESIS,
		job: JOB,
		replica: REPLICA,
		attempt: 2,
		program: spec.workload.program(),
		input_root: spec.input_root(),
		outcome: Outcome::Completed {
			output: Cid::of_raw(OUTPUT),
			inline: BoundedVec::truncate_from(inline.to_vec()),
		},
		trace_root: Hash::repeat_byte(0x77),
		units: spec.units().expect("the shape has units"),
		profile: Hash::repeat_byte(0x99),
		started_at: 101,
		finished_at: 103,
	}
}

fn failed() -> Receipt {
	Receipt {
		outcome: Outcome::Failed { code: FailureCode::ProgramInvalid },
		trace_root: Hash::zero(),
		units: 0,
		..completed(b"")
	}
}

fn binding(receipt: &Receipt) -> Result<(), ReceiptFault> {
	receipt.check_binding(GENESIS, JOB, REPLICA, &lease(), &gemm_spec())
}

/// Whether the bytes decode into an answer to the lease signed by its worker.
fn accepted(mut bytes: &[u8]) -> bool {
	SignedReceipt::decode_all(&mut bytes).is_ok_and(|signed| {
		let payload = signed.receipt.signing_payload();
		binding(&signed.receipt).is_ok()
			&& signed.signature.verify(payload.as_slice(), &lease().worker)
	})
}

fn sign(receipt: Receipt, key: u8) -> SignedReceipt {
	let signature = pair(key).sign(&receipt.signing_payload());
	SignedReceipt { receipt, signature }
}

#[test]
fn check_binding_should_accept_when_the_receipt_answers_the_lease() {
	for receipt in [completed(b""), completed(OUTPUT), failed()] {
		assert_eq!(binding(&receipt), Ok(()));
		assert!(accepted(&sign(receipt, 1).encode()));
	}
}

#[test]
fn check_binding_should_name_the_fault_when_one_field_is_of_another_lease() {
	type Edit = fn(&mut Receipt);
	let edits: [(Edit, ReceiptFault); 14] = [
		(|receipt| receipt.version = 0, ReceiptFault::Version),
		(|receipt| receipt.version = RECEIPT_VERSION + 1, ReceiptFault::Version),
		(|receipt| receipt.genesis = Hash::zero(), ReceiptFault::Genesis),
		(|receipt| receipt.job = JobId(43), ReceiptFault::Lease),
		(|receipt| receipt.job = JobId(41), ReceiptFault::Lease),
		(|receipt| receipt.replica = 0, ReceiptFault::Lease),
		(|receipt| receipt.attempt = 1, ReceiptFault::Attempt),
		(|receipt| receipt.attempt = 3, ReceiptFault::Attempt),
		(|receipt| receipt.program = Workload::Echo.program(), ReceiptFault::Program),
		(|receipt| receipt.program.codec = CidCodec::DagPb, ReceiptFault::Program),
		(|receipt| receipt.input_root = Hash::zero(), ReceiptFault::Inputs),
		(|receipt| receipt.units += 1, ReceiptFault::Units),
		(|receipt| receipt.units = 0, ReceiptFault::Units),
		(|receipt| receipt.outcome = Outcome::OutOfFuel, ReceiptFault::Units),
	];
	for (edit, fault) in edits {
		let mut receipt = completed(OUTPUT);
		edit(&mut receipt);
		assert_eq!(binding(&receipt), Err(fault));
	}
}

/// PEERS hole 3: units are what the shape is worth, whatever the miner says.
#[test]
fn check_binding_should_refuse_when_the_miner_claims_more_units() {
	for units in [0, 2, u64::MAX] {
		assert_eq!(binding(&Receipt { units, ..completed(b"") }), Err(ReceiptFault::Units));
	}
}

/// A shader that ran dry is paid for its fuel; what has no fuel cannot run dry.
#[test]
fn attack_out_of_fuel_should_bind_when_the_work_is_a_shader_and_nothing_else() {
	for spec in [gemm_spec(), echo_spec(), wgsl_spec()] {
		let units = spec.units().expect("the shape has units");
		let dry = Receipt {
			program: spec.workload.program(),
			input_root: spec.input_root(),
			outcome: Outcome::OutOfFuel,
			units,
			..failed()
		};
		let bound =
			|receipt: &Receipt| receipt.check_binding(GENESIS, JOB, REPLICA, &lease(), &spec);
		let metered = spec.workload.class() == Class::Wgsl;
		let expected = if metered { Ok(()) } else { Err(ReceiptFault::Units) };
		assert_eq!(bound(&dry), expected, "{:?}", spec.workload.class());
		for units in [0, units - 1, units + 1, u64::MAX] {
			assert_eq!(bound(&Receipt { units, ..dry.clone() }), Err(ReceiptFault::Units));
		}
		if metered {
			let traced = Receipt { trace_root: Hash::repeat_byte(1), ..dry };
			assert_eq!(bound(&traced), Err(ReceiptFault::Output));
		}
	}
}

#[test]
fn answer_should_carry_its_receipt_when_it_is_submitted_or_revealed() {
	let signed = sign(completed(OUTPUT), 1);
	let submit = Answer::Submit(signed.clone());
	let reveal = Answer::Reveal(signed.clone(), [7; 32]);
	assert_eq!(submit.receipt(), &signed);
	assert_eq!(reveal.receipt(), &signed);
	for (answer, index, len) in [(submit, 0, 0), (reveal, 1, 32)] {
		let bytes = answer.encode();
		assert_eq!(bytes[0], index);
		assert_eq!(bytes.len(), 1 + signed.encode().len() + len);
		assert!(bytes.len() <= Answer::max_encoded_len());
		assert_eq!(Answer::decode_all(&mut bytes.as_slice()), Ok(answer));
	}
	// A batch of the largest answers stays well below a block.
	assert!(Answer::max_encoded_len() * (MAX_BATCH as usize) < 400 * 1_024);
}

/// PEERS hole 2: a failure is worth nothing and has no trace.
#[test]
fn check_binding_should_refuse_when_a_failure_claims_units_or_a_trace() {
	for units in [1, u64::MAX] {
		assert_eq!(binding(&Receipt { units, ..failed() }), Err(ReceiptFault::Units));
	}
	let traced = Receipt { trace_root: Hash::repeat_byte(1), ..failed() };
	assert_eq!(binding(&traced), Err(ReceiptFault::Output));
}

#[test]
fn check_binding_should_refuse_when_the_inline_bytes_are_not_the_output() {
	assert_eq!(binding(&completed(b"something else")), Err(ReceiptFault::Output));
	// The right bytes under a name that says they are a graph.
	let mut graph = completed(OUTPUT);
	if let Outcome::Completed { output, .. } = &mut graph.outcome {
		output.codec = CidCodec::DagPb;
	}
	assert_eq!(binding(&graph), Err(ReceiptFault::Output));
}

/// PEERS hole 13, and "signature over some fields only".
#[test]
fn signed_receipt_should_be_refused_when_any_one_bit_of_it_is_flipped() {
	for receipt in [completed(OUTPUT), completed(b""), failed()] {
		let bytes = sign(receipt, 1).encode();
		assert!(accepted(&bytes));
		for bit in 0..bytes.len() * 8 {
			let mut flipped = bytes.clone();
			flipped[bit / 8] ^= 1 << (bit % 8);
			assert!(!accepted(&flipped), "bit {bit} of {} does not matter", bytes.len() * 8);
		}
	}
}

#[test]
fn signed_receipt_should_be_refused_when_bytes_are_cut_or_appended() {
	let bytes = sign(completed(OUTPUT), 1).encode();
	for len in 0..bytes.len() {
		assert!(!accepted(&bytes[..len]));
	}
	for extra in [0, 1, u8::MAX] {
		assert!(!accepted(&[bytes.as_slice(), &[extra]].concat()));
	}
}

#[test]
fn signed_receipt_should_be_refused_when_another_key_signed_it() {
	assert!(!accepted(&sign(completed(OUTPUT), 2).encode()));
}

#[test]
fn signing_payload_should_be_apart_from_every_other_when_one_key_signs_them() {
	let receipt = completed(OUTPUT);
	let payload = receipt.signing_payload();
	// The bare encoding, signed, is no receipt.
	let bare = pair(1).sign(&receipt.encode());
	assert!(!bare.verify(payload.as_slice(), &pair(1).public()));
	assert!(payload.starts_with(b"aitbc:receipt:v1"));
	let consent = worker_consent(GENESIS, &AccountId::new([1; 32]));
	assert!(!consent.starts_with(b"aitbc:receipt:v1"));
	assert_ne!(consent[..8], payload[..8]);
	// Nor is either the start of an extrinsic's payload: pallet indices that large do not exist.
	assert_eq!((payload[0], consent[0]), (b'a', 15 << 2));
}

#[test]
fn worker_consent_should_differ_when_chain_or_miner_differ() {
	let miner = AccountId::new([1; 32]);
	let base = worker_consent(GENESIS, &miner);
	assert_ne!(base, worker_consent(Hash::zero(), &miner));
	assert_ne!(base, worker_consent(GENESIS, &AccountId::new([2; 32])));
}

#[test]
fn verdict_should_carry_what_replicas_must_agree_on_when_it_is_made() {
	let receipt = completed(OUTPUT);
	// Whether the bytes travel along, and on which device, is not part of the answer.
	let other = Receipt { profile: Hash::zero(), started_at: 0, ..completed(b"") };
	assert_eq!(receipt.verdict(), other.verdict());
	let retraced = Receipt { trace_root: Hash::zero(), ..completed(OUTPUT) };
	assert_ne!(receipt.verdict(), retraced.verdict());
	assert_eq!(failed().verdict(), Verdict::Failed(FailureCode::ProgramInvalid));
	let dry = Receipt { outcome: Outcome::OutOfFuel, ..failed() };
	assert_eq!(dry.verdict(), Verdict::OutOfFuel);
}

#[test]
fn commitment_should_differ_when_receipt_worker_or_salt_differ() {
	let (receipt, worker, salt) = (completed(b"").hash(), pair(1).public(), [7; 32]);
	let base = commitment(receipt, &worker, &salt);
	assert_eq!(base, commitment(receipt, &worker, &salt));
	assert_ne!(base, commitment(failed().hash(), &worker, &salt));
	assert_ne!(base, commitment(receipt, &worker, &[8; 32]));
	// A commitment that another miner copies does not open under its own key.
	assert_ne!(base, commitment(receipt, &pair(2).public(), &salt));
	// Fields do not run into each other: exchanging two of them is another commitment.
	let swapped = commitment(Hash::from(salt), &worker, receipt.as_fixed_bytes());
	assert_ne!(base, swapped);
}

#[test]
fn commitment_should_be_separated_by_domain_when_the_same_fields_are_hashed_elsewhere() {
	let (receipt, worker, salt) = (completed(b"").hash(), pair(1).public(), [7; 32]);
	let bare = sp_crypto_hashing::blake2_256(&(receipt, worker, salt).encode());
	assert_ne!(commitment(receipt, &worker, &salt), Hash::from(bare));
	let other = (&b"aitbc:receipt:v1"[..], receipt, worker, salt).encode();
	let other = sp_crypto_hashing::blake2_256(&other);
	assert_ne!(commitment(receipt, &worker, &salt), Hash::from(other));
}

#[test]
fn receipt_should_refuse_to_decode_when_the_inline_bytes_exceed_their_bound() {
	let most = vec![0u8; MAX_INLINE_BYTES as usize];
	let outcome = |bytes: &[u8]| (0u8, Cid::of_raw(b""), bytes.to_vec()).encode();
	assert!(Outcome::decode(&mut outcome(&most).as_slice()).is_ok());
	let over = [most.as_slice(), &[0]].concat();
	assert!(Outcome::decode(&mut outcome(&over).as_slice()).is_err());
	// A length prefix that promises 1 GiB allocates nothing.
	let mut bomb = (0u8, Cid::of_raw(b"")).encode();
	codec::Compact(1u32 << 30).encode_to(&mut bomb);
	assert!(Outcome::decode(&mut bomb.as_slice()).is_err());
}

#[test]
fn receipt_should_fit_its_bound_when_it_is_the_largest() {
	let largest = completed(&[1; MAX_INLINE_BYTES as usize]);
	let bytes = sign(largest, 1).encode();
	assert!(bytes.len() <= SignedReceipt::max_encoded_len());
	// One kibibyte of output and less than a third of that around it.
	assert!(SignedReceipt::max_encoded_len() < 1_400);
}

proptest! {
	#[test]
	fn signed_receipt_should_be_refused_when_any_bytes_of_it_are_overwritten(
		position: prop::sample::Index,
		garbage in prop::collection::vec(any::<u8>(), 1..64),
	) {
		let good = sign(completed(OUTPUT), 1).encode();
		let mut bytes = good.clone();
		let start = position.index(bytes.len());
		for (byte, new) in bytes[start..].iter_mut().zip(garbage) {
			*byte = new;
		}
		prop_assert_eq!(accepted(&bytes), bytes == good);
	}

	#[test]
	fn decoding_should_never_panic_when_the_bytes_are_any(
		bytes in prop::collection::vec(any::<u8>(), 0..2_048)
	) {
		prop_assert!(!accepted(&bytes));
	}
}
