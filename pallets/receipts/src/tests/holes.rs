//! The holes of the project whose layout ours descends from, as far as receipts close them. Those that
//! are about money are also played through all five pallets, in `combined_attacks`.

use crate::{mock::*, *};
use aitbc_primitives::{Cid, Outcome, Receipt};
use frame_support::{assert_noop, assert_ok};

#[test]
fn hole_01_a_miner_that_was_not_assigned_submits_the_result() {
	execute(|| {
		let right = single(JOB);
		let forged = sign(right.receipt.clone(), &worker(1));
		assert_noop!(submit(forged.clone()), Error::<Test>::SignatureInvalid);
		// Whoever sends it, also the miner of another lease.
		let_to(JobId(8), 0, spec(), &worker(1));
		for sender in [who(1), who(0), RELAY] {
			let call = Call::submit { receipt: forged.clone() };
			assert_noop!(dispatch(&sender, call), Error::<Test>::SignatureInvalid);
		}
		// Nor to a replica that was let to another.
		let_three();
		assert_noop!(commit(&who(1), 0, Hash::zero()), Error::<Test>::NotTheWorker);
		assert_eq!(seen(), []);
	});
}

#[test]
fn hole_02_a_failed_job_is_posted_as_a_result_and_is_paid() {
	execute(|| {
		let answer = failed(single(JOB).receipt);
		// With the units of success, with a trace, or with both it is no receipt at all.
		let paid = Receipt { units: 1, ..answer.clone() };
		assert_noop!(submit(sign(paid, &worker(0))), Error::<Test>::WrongUnits);
		let traced = Receipt { trace_root: Hash::repeat_byte(3), ..answer.clone() };
		assert_noop!(submit(sign(traced, &worker(0))), Error::<Test>::WrongOutput);
		// As what it is it is handed on as a failure.
		assert_ok!(submit(sign(answer, &worker(0))));
		assert!(matches!(seen()[..], [Seen::Answer(_, _, Verdict::Failed(_))]));
	});
}

#[test]
fn hole_03_units_and_price_come_from_the_miners_own_metrics() {
	execute(|| {
		let right = single(JOB).receipt;
		for units in [0, right.units + 1, spec().units_limit, u64::MAX] {
			let answer = sign(Receipt { units, ..right.clone() }, &worker(0));
			assert_noop!(submit(answer), Error::<Test>::WrongUnits);
		}
		// A receipt has no field for a price, and what it says of the miner's machine changes nothing.
		let boasting = Receipt {
			profile: Hash::repeat_byte(0xff),
			started_at: 0,
			finished_at: BlockNumber::MAX,
			..right.clone()
		};
		assert_eq!(boasting.verdict(), right.verdict());
		assert_ok!(submit(sign(boasting, &worker(0))));
		assert_eq!(seen(), [Seen::Answer(JOB, 0, right.verdict())]);
	});
}

#[test]
fn hole_13_receipt_fields_are_added_after_signing() {
	execute(|| {
		let right = single(JOB);
		// Added: there is one encoding of a receipt, and it ends where it ends.
		let mut bytes = right.encode();
		bytes.push(0);
		assert!(codec::DecodeAll::decode_all(&mut &bytes[..]).map(|_: SignedReceipt| ()).is_err());
		// Changed, each field that no other check would notice.
		let changed = |change: fn(&mut Receipt)| {
			let mut answer = right.clone();
			change(&mut answer.receipt);
			answer
		};
		let other_output = |receipt: &mut Receipt| {
			receipt.outcome =
				Outcome::Completed { output: Cid::of_raw(b"other"), inline: Default::default() };
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
fn hole_14_receipts_are_replayed_late_or_duplicate() {
	execute(|| {
		let right = single(JOB);
		// Late.
		System::set_block_number(DELIVER_BY + 1);
		assert_noop!(submit(right.clone()), Error::<Test>::TooLate);
		System::set_block_number(DELIVER_BY);
		assert_ok!(submit(right.clone()));
		// Duplicate: the same again, and another answer to the same lease.
		assert_noop!(submit(right.clone()), Error::<Test>::AlreadyAnswered);
		let other = sign(failed(right.receipt.clone()), &worker(0));
		assert_noop!(submit(other), Error::<Test>::AlreadyAnswered);
		// Replayed: when the lease has ended, when the replica is let again to the same key, when
		// the job is pruned.
		end_lease(JOB, 0);
		assert_noop!(submit(right.clone()), Error::<Test>::NoSuchLease);
		single(JOB);
		change_lease(JOB, 0, |lease| lease.attempt = 2);
		assert_noop!(submit(right.clone()), Error::<Test>::WrongAttempt);
		end_lease(JOB, 0);
		<ReceiptsPallet as OnJobPruned>::on_job_pruned(JOB, 1);
		assert_noop!(submit(right), Error::<Test>::NoSuchLease);
		assert_eq!(answers_seen(), 1);
	});
}
