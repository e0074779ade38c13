//! The byte layouts of `specs/protocol/receipts.md`, written out by hand.

use crate::{MAX_RECEIPT_BYTES, mock::*};
use aitbc_primitives::{Answer, Cid, MAX_INLINE_BYTES, Outcome, Receipt, SignedReceipt};
use codec::{Encode, MaxEncodedLen};
use frame_support::{BoundedVec, traits::GetCallName};
use sp_core::Pair as _;
use sp_runtime::traits::{BlakeTwo256, Hash as _};

fn cid(cid: &Cid) -> Vec<u8> {
	[&[0], &cid.digest[..]].concat()
}

fn by_hand(receipt: &Receipt, outcome: &[u8]) -> Vec<u8> {
	[
		&b"aitbc:receipt:v1"[..],
		&[1],
		receipt.genesis.as_bytes(),
		&receipt.job.0.to_le_bytes(),
		&[receipt.replica, receipt.attempt],
		&cid(&receipt.program),
		receipt.input_root.as_bytes(),
		outcome,
		receipt.trace_root.as_bytes(),
		&receipt.units.to_le_bytes(),
		receipt.profile.as_bytes(),
		&receipt.started_at.to_le_bytes(),
		&receipt.finished_at.to_le_bytes(),
	]
	.concat()
}

#[test]
fn signing_payload_should_be_laid_out_as_specified() {
	execute(|| {
		let output = b"sixteen words of output";
		let completed = receipt(JOB, 0, &spec());
		let outcome = [&[0][..], &cid(&Cid::of_raw(output)), &[23 << 2], output].concat();
		assert_eq!(completed.signing_payload(), by_hand(&completed, &outcome));
		let exhausted = Receipt { outcome: Outcome::OutOfFuel, ..completed.clone() };
		assert_eq!(exhausted.signing_payload(), by_hand(&exhausted, &[1]));
		let failed = failed(completed);
		assert_eq!(failed.signing_payload(), by_hand(&failed, &[2, 17]));
		let answer = sign(failed.clone(), &worker(0));
		let encoded = by_hand(&failed, &[2, 17])[16..].to_vec();
		assert_eq!(answer.encode(), [&encoded[..], &answer.signature.0[..]].concat());
	});
}

#[test]
fn answers_should_be_laid_out_as_specified() {
	execute(|| {
		let signed = sign(receipt(JOB, 0, &spec()), &worker(0));
		let submitted = Answer::Submit(signed.clone());
		assert_eq!(submitted.encode(), [vec![0], signed.encode()].concat());
		let revealed = Answer::Reveal(signed.clone(), SALT);
		assert_eq!(revealed.encode(), [vec![1], signed.encode(), SALT.to_vec()].concat());
		let names = crate::Call::<Test>::get_call_names();
		assert_eq!(names, ["commit", "submit", "reveal", "submit_batch"]);
		let call = batch_of(vec![submitted.clone()]);
		assert_eq!(call.encode(), [vec![3, 1 << 2], submitted.encode()].concat());
	});
}

#[test]
fn longest_receipt_should_have_the_length_that_is_documented() {
	execute(|| {
		let inline = BoundedVec::truncate_from(vec![0; MAX_INLINE_BYTES as usize]);
		let outcome = Outcome::Completed { output: Cid::of_raw(&inline), inline };
		let longest = sign(Receipt { outcome, ..receipt(JOB, 0, &spec()) }, &worker(0));
		assert_eq!(longest.encoded_size(), MAX_RECEIPT_BYTES as usize);
		assert_eq!(SignedReceipt::max_encoded_len(), MAX_RECEIPT_BYTES as usize);
	});
}

#[test]
fn commitment_should_be_laid_out_as_specified() {
	execute(|| {
		let answer = sign(receipt(JOB, 0, &spec()), &worker(0));
		let name = BlakeTwo256::hash(&answer.receipt.signing_payload());
		assert_eq!(answer.receipt.hash(), name);
		let preimage =
			[&[0x3c][..], b"aitbc:commit:v1", name.as_bytes(), &worker(0).public().0, &SALT]
				.concat();
		assert_eq!(commitment(&answer, &worker(0), &SALT), BlakeTwo256::hash(&preimage));
	});
}

#[test]
fn input_root_should_be_laid_out_as_specified() {
	let spec = spec();
	let words = [4u32.to_le_bytes(), 4u32.to_le_bytes(), 4u32.to_le_bytes()].concat();
	let inputs = [cid(&Cid::of_raw(b"a")), cid(&Cid::of_raw(b"b"))].concat();
	let preimage = [&b"aitbc:input:v1"[..], &[1], &words, &[2 << 2], &inputs, &[0]].concat();
	assert_eq!(spec.input_root(), BlakeTwo256::hash(&preimage));
}
