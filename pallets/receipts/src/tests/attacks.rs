//! Receipts that are not an answer to the lease, by the way in which somebody would try it.

use crate::{mock::*, *};
use aitbc_primitives::{Cid, Outcome, Receipt};
use codec::{DecodeAll, Encode};
use frame_support::{BoundedVec, assert_noop, assert_ok};
use proptest::prelude::*;

fn submit(answer: SignedReceipt) -> DispatchResult {
	ReceiptsPallet::submit(signed(RELAY), answer)
}

#[test]
fn attack_receipt_by_a_miner_that_was_not_assigned() {
	// Hole 1.
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		let answer = sign(receipt(JOB, 0, &spec()), &worker(1));
		assert_noop!(submit(answer), Error::<Test>::SignatureInvalid);
	});
}

#[test]
fn attack_failure_posted_as_a_result() {
	// Hole 2: a failure is worth zero units and is handed on as a failure.
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		let answer = failed(receipt(JOB, 0, &spec()));
		let paid = sign(Receipt { units: 1, ..answer.clone() }, &worker(0));
		assert_noop!(submit(paid), Error::<Test>::WrongUnits);
		assert_ok!(submit(sign(answer, &worker(0))));
		assert!(matches!(seen()[..], [Seen::Answer(_, _, Verdict::Failed(_))]));
	});
}

#[test]
fn attack_units_inflated() {
	// Hole 3.
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		let right = receipt(JOB, 0, &spec());
		for units in [0, right.units + 1, spec().units_limit, u64::MAX] {
			let answer = sign(Receipt { units, ..right.clone() }, &worker(0));
			assert_noop!(submit(answer), Error::<Test>::WrongUnits);
		}
	});
}

#[test]
fn attack_program_silently_replaced() {
	// Hole 11.
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		let program = aitbc_primitives::Workload::Echo.program();
		let answer = Receipt { program, ..receipt(JOB, 0, &spec()) };
		assert_noop!(submit(sign(answer, &worker(0))), Error::<Test>::WrongProgram);
	});
}

#[test]
fn attack_field_added_or_changed_after_signing() {
	// Hole 13: the signature covers every field.
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		let right = sign(receipt(JOB, 0, &spec()), &worker(0));
		let changed = |change: fn(&mut Receipt)| {
			let mut answer = right.clone();
			change(&mut answer.receipt);
			answer
		};
		let other_output = |receipt: &mut Receipt| {
			receipt.outcome =
				Outcome::Completed { output: Cid::of_raw(b"other"), inline: BoundedVec::default() };
		};
		for answer in [
			changed(|receipt| receipt.trace_root = Hash::zero()),
			changed(|receipt| receipt.profile = Hash::zero()),
			changed(|receipt| receipt.started_at += 1),
			changed(|receipt| receipt.finished_at += 1),
			changed(other_output),
			changed(|receipt| {
				if let Outcome::Completed { inline, .. } = &mut receipt.outcome {
					*inline = BoundedVec::default();
				}
			}),
		] {
			assert_noop!(submit(answer), Error::<Test>::SignatureInvalid);
		}
	});
}

#[test]
fn attack_receipt_for_another_job() {
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		let_to(JobId(8), 0, spec(), &worker(0));
		let mut answer = sign(receipt(JOB, 0, &spec()), &worker(0));
		answer.receipt.job = JobId(8);
		assert_noop!(submit(answer), Error::<Test>::SignatureInvalid);
	});
}

#[test]
fn attack_receipt_for_another_replica() {
	execute(|| {
		// One worker on two replicas is what matching forbids; the receipt would not fit anyway.
		for replica in 0..2 {
			let_to(JOB, replica, replicated(), &worker(0));
		}
		let first = sign(receipt(JOB, 0, &replicated()), &worker(0));
		let mut moved = first.clone();
		moved.receipt.replica = 1;
		let commitment = commitment(&moved, &worker(0), &SALT);
		assert_ok!(ReceiptsPallet::commit(signed(account(&worker(0))), JOB, 1, commitment));
		open_reveals();
		assert_noop!(
			ReceiptsPallet::reveal(signed(RELAY), moved, SALT),
			Error::<Test>::SignatureInvalid
		);
	});
}

#[test]
fn attack_receipt_of_an_earlier_attempt() {
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		let earlier = Receipt { attempt: 0, ..receipt(JOB, 0, &spec()) };
		assert_noop!(submit(sign(earlier, &worker(0))), Error::<Test>::WrongAttempt);
	});
}

#[test]
fn attack_receipt_of_another_chain() {
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		for genesis in [Hash::zero(), Hash::repeat_byte(1), System::parent_hash()] {
			let answer = Receipt { genesis, ..receipt(JOB, 0, &spec()) };
			if genesis == crate::mock::genesis() {
				continue;
			}
			assert_noop!(submit(sign(answer, &worker(0))), Error::<Test>::WrongChain);
		}
	});
}

#[test]
fn attack_receipt_replayed() {
	// Hole 14: the lease was answered; later the same replica is let again, to the same key.
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		let answer = sign(receipt(JOB, 0, &spec()), &worker(0));
		assert_ok!(submit(answer.clone()));
		assert_noop!(submit(answer.clone()), Error::<Test>::AlreadyAnswered);
		end_lease(JOB, 0);
		assert_noop!(submit(answer), Error::<Test>::NoSuchLease);
	});
}

#[test]
fn attack_receipt_after_the_deadline() {
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		System::set_block_number(DELIVER_BY + 1);
		let answer = sign(receipt(JOB, 0, &spec()), &worker(0));
		assert_noop!(submit(answer), Error::<Test>::TooLate);
	});
}

#[test]
fn attack_commitment_copied_by_another() {
	// The copy is taken, and can never be revealed: the copier's key is not in it.
	execute(|| {
		for replica in 0..2 {
			let_to(JOB, replica, replicated(), &worker(replica));
		}
		let original = sign(receipt(JOB, 0, &replicated()), &worker(0));
		let bound = commitment(&original, &worker(0), &SALT);
		for replica in 0..2 {
			let who = signed(account(&worker(replica)));
			assert_ok!(ReceiptsPallet::commit(who, JOB, replica, bound));
		}
		open_reveals();
		assert_ok!(ReceiptsPallet::reveal(signed(RELAY), original.clone(), SALT));
		let copied = Receipt { replica: 1, ..original.receipt };
		assert_noop!(
			ReceiptsPallet::reveal(signed(RELAY), sign(copied, &worker(1)), SALT),
			Error::<Test>::CommitmentMismatch
		);
	});
}

#[test]
fn attack_commitment_relayed_for_the_worker() {
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		assert_noop!(
			ReceiptsPallet::commit(signed(RELAY), JOB, 0, Hash::zero()),
			Error::<Test>::NotTheWorker
		);
	});
}

#[test]
fn attack_answer_changed_after_the_others_were_seen() {
	execute(|| {
		for replica in 0..2 {
			let_to(JOB, replica, replicated(), &worker(replica));
			let answer = sign(failed(receipt(JOB, replica, &replicated())), &worker(replica));
			let bound = commitment(&answer, &worker(replica), &SALT);
			let who = signed(account(&worker(replica)));
			assert_ok!(ReceiptsPallet::commit(who, JOB, replica, bound));
		}
		open_reveals();
		let better = sign(receipt(JOB, 1, &replicated()), &worker(1));
		assert_noop!(
			ReceiptsPallet::reveal(signed(RELAY), better, SALT),
			Error::<Test>::CommitmentMismatch
		);
	});
}

#[test]
fn attack_all_zero_worker_key() {
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		let mut answer = sign(receipt(JOB, 0, &spec()), &worker(0));
		answer.signature = [0xff; 64].into();
		assert_noop!(submit(answer), Error::<Test>::SignatureInvalid);
	});
}

#[test]
fn attack_oversize_inline_output_is_not_decoded() {
	execute(|| {
		let mut bytes = sign(receipt(JOB, 0, &spec()), &worker(0)).encode();
		let whole = SignedReceipt::decode_all(&mut &bytes[..]).expect("what was encoded decodes");
		assert_eq!(whole.encode(), bytes);
		// One byte more than the receipt: fields cannot be appended.
		bytes.push(0);
		assert!(SignedReceipt::decode_all(&mut &bytes[..]).is_err());
	});
}

/// Parameters of the job, so that the receipt has an inline output of any length.
fn answered(spec: &JobSpec, output: &[u8]) -> SignedReceipt {
	let right = receipt(JOB, 0, spec);
	let outcome = Outcome::Completed {
		output: Cid::of_raw(output),
		inline: BoundedVec::truncate_from(output.to_vec()),
	};
	sign(Receipt { outcome, ..right }, &worker(0))
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(400))]

	/// Whatever bit of a signed receipt is changed, it is not taken.
	#[test]
	fn attack_one_bit_changed(bit in any::<prop::sample::Index>(), length in 0usize..64) {
		execute(|| {
			let_to(JOB, 0, spec(), &worker(0));
			let mut bytes = answered(&spec(), &vec![7; length]).encode();
			let bit = bit.index(bytes.len() * 8);
			bytes[bit / 8] ^= 1 << (bit % 8);
			if let Ok(changed) = SignedReceipt::decode_all(&mut &bytes[..]) {
				assert!(submit(changed).is_err(), "bit {bit} does not matter");
			}
			assert!(seen().is_empty());
			assert_ok!(submit(answered(&spec(), &vec![7; length])));
		});
	}

	/// Whatever bit of a commitment's preimage is changed, it is another commitment.
	#[test]
	fn attack_commitment_with_one_bit_changed(bit in 0usize..256) {
		execute(|| {
			let_to(JOB, 0, replicated(), &worker(0));
			let answer = sign(receipt(JOB, 0, &replicated()), &worker(0));
			let bound = commitment(&answer, &worker(0), &SALT);
			assert_ok!(ReceiptsPallet::commit(signed(account(&worker(0))), JOB, 0, bound));
			open_reveals();
			let mut salt = SALT;
			salt[bit / 8] ^= 1 << (bit % 8);
			assert_noop!(
				ReceiptsPallet::reveal(signed(RELAY), answer, salt),
				Error::<Test>::CommitmentMismatch
			);
		});
	}
}
