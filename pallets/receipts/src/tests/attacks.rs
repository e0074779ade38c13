//! Receipts that are not an answer to the lease, by the way in which somebody would try it.

use crate::{mock::*, *};
use aitbc_primitives::{Cid, FailureCode, Outcome, Receipt, Workload};
use codec::DecodeAll;
use frame_support::{assert_noop, assert_ok};
use proptest::prelude::*;

#[test]
fn attack_program_silently_replaced() {
	execute(|| {
		let program = Workload::Echo.program();
		let answer = Receipt { program, ..single(JOB).receipt };
		assert_noop!(submit(sign(answer, &worker(0))), Error::<Test>::WrongProgram);
	});
}

#[test]
fn attack_receipt_for_another_job() {
	execute(|| {
		let mut answer = single(JOB);
		single(JobId(8));
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
		assert_ok!(commit(&who(0), 1, commitment(&moved, &worker(0), &SALT)));
		open_reveals();
		assert_noop!(reveal(&moved, SALT), Error::<Test>::SignatureInvalid);
	});
}

#[test]
fn attack_receipt_of_another_attempt() {
	execute(|| {
		let right = single(JOB).receipt;
		for attempt in [0, 2, u8::MAX] {
			let other = Receipt { attempt, ..right.clone() };
			assert_noop!(submit(sign(other, &worker(0))), Error::<Test>::WrongAttempt);
		}
	});
}

#[test]
fn attack_receipt_of_another_chain() {
	execute(|| {
		let right = single(JOB).receipt;
		for genesis in [Hash::zero(), Hash::repeat_byte(1)] {
			let answer = Receipt { genesis, ..right.clone() };
			assert_noop!(submit(sign(answer, &worker(0))), Error::<Test>::WrongChain);
		}
	});
}

#[test]
fn attack_receipt_of_another_version() {
	execute(|| {
		let right = single(JOB).receipt;
		for version in [0, 2, u8::MAX] {
			let answer = Receipt { version, ..right.clone() };
			assert_noop!(submit(sign(answer, &worker(0))), Error::<Test>::WrongVersion);
		}
	});
}

#[test]
fn attack_signature_over_the_receipt_without_its_domain() {
	// What a worker signs for another purpose is no receipt, and a receipt is nothing else.
	execute(|| {
		use sp_core::Pair as _;
		let right = single(JOB).receipt;
		for payload in [
			right.encode(),
			right.hash().encode(),
			[b"<Bytes>".to_vec(), right.signing_payload(), b"</Bytes>".to_vec()].concat(),
		] {
			let signature = worker(0).sign(&payload);
			let answer = SignedReceipt { receipt: right.clone(), signature };
			assert_noop!(submit(answer), Error::<Test>::SignatureInvalid);
		}
	});
}

#[test]
fn attack_commitment_copied_by_another() {
	// The copy is taken, and can never be revealed: the copier's key is not in it.
	execute(|| {
		let original = let_three().swap_remove(0);
		let bound = commitment(&original, &worker(0), &SALT);
		for replica in 0..3 {
			assert_ok!(commit(&who(replica), replica, bound));
		}
		assert_ok!(reveal(&original, SALT));
		let copied = Receipt { replica: 1, ..original.receipt };
		assert_noop!(reveal(&sign(copied, &worker(1)), SALT), Error::<Test>::CommitmentMismatch);
	});
}

#[test]
fn attack_commitment_relayed_for_the_worker() {
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		assert_noop!(commit(&RELAY, 0, Hash::zero()), Error::<Test>::NotTheWorker);
	});
}

#[test]
fn attack_reveal_before_all_have_committed() {
	// The last one cannot wait for the others' answers: none is shown before its commitment stands.
	execute(|| {
		let answers = let_three();
		for answer in &answers[..2] {
			assert_ok!(commit_to(answer));
		}
		for answer in &answers {
			assert_noop!(reveal(answer, SALT), Error::<Test>::TooEarly);
			let call = batch_of(vec![Answer::Reveal(answer.clone(), SALT)]);
			assert_ok!(dispatch(&RELAY, call));
		}
		assert_eq!(answers_seen(), 0);
	});
}

#[test]
fn attack_answer_changed_after_the_others_were_seen() {
	execute(|| {
		for replica in 0..3 {
			let_to(JOB, replica, replicated(), &worker(replica));
			let answer = sign(failed(receipt(JOB, replica, &replicated())), &worker(replica));
			assert_ok!(commit_to(&answer));
		}
		let better = sign(receipt(JOB, 1, &replicated()), &worker(1));
		assert_noop!(reveal(&better, SALT), Error::<Test>::CommitmentMismatch);
	});
}

#[test]
fn attack_two_commitments() {
	// Neither a second of one's own, nor one for the lease of another, nor in the place of a reveal.
	execute(|| {
		let answers = let_three();
		assert_ok!(commit_to(&answers[0]));
		let second = Hash::repeat_byte(2);
		assert_noop!(commit(&who(0), 0, second), Error::<Test>::AlreadyAnswered);
		assert_noop!(commit(&who(0), 1, second), Error::<Test>::NotTheWorker);
		for answer in &answers[1..] {
			assert_ok!(commit_to(answer));
		}
		assert_noop!(commit(&who(0), 0, second), Error::<Test>::AlreadyAnswered);
		assert_ok!(reveal(&answers[0], SALT));
		assert_noop!(commit(&who(0), 0, second), Error::<Test>::AlreadyAnswered);
	});
}

#[test]
fn attack_salt_reused_across_jobs() {
	// Whoever saw a salt can guess at other commitments of the same worker, and no more: they cannot be
	// opened before all have committed, with another receipt, nor by a copy.
	execute(|| {
		let first = committed();
		assert_ok!(reveal(&first[0], SALT));
		let other = JobId(8);
		for replica in 0..3 {
			let_to(other, replica, replicated(), &worker(replica));
		}
		let answer = |replica: u8| sign(receipt(other, replica, &replicated()), &worker(replica));
		assert_ok!(commit_to(&answer(0)));
		assert_noop!(reveal(&answer(0), SALT), Error::<Test>::TooEarly);
		let copy = commitment(&answer(0), &worker(0), &SALT);
		for replica in 1..3 {
			let call = Call::commit { job: other, replica, commitment: copy };
			assert_ok!(dispatch(&who(replica), call));
		}
		let changed = sign(failed(answer(0).receipt), &worker(0));
		assert_noop!(reveal(&changed, SALT), Error::<Test>::CommitmentMismatch);
		assert_noop!(reveal(&answer(1), SALT), Error::<Test>::CommitmentMismatch);
		assert_ok!(reveal(&answer(0), SALT));
	});
}

#[test]
fn attack_out_of_fuel_of_work_that_is_not_metered() {
	execute(|| {
		let params = BoundedVec::truncate_from(vec![1]);
		let echo =
			JobSpec { workload: Workload::Echo, inputs: Default::default(), params, ..spec() };
		for spec in [spec(), echo] {
			let_to(JOB, 0, spec.clone(), &worker(0));
			for units in [0, receipt(JOB, 0, &spec).units, spec.units_limit] {
				let answer = Receipt {
					outcome: Outcome::OutOfFuel,
					trace_root: Hash::zero(),
					units,
					..receipt(JOB, 0, &spec)
				};
				assert_noop!(submit(sign(answer, &worker(0))), Error::<Test>::WrongUnits);
			}
		}
	});
}

#[test]
fn attack_inputs_unavailable_with_an_output() {
	execute(|| {
		let right = single(JOB).receipt;
		let unavailable = Outcome::Failed { code: FailureCode::InputUnavailable };
		let answer = Receipt { outcome: unavailable, ..right };
		assert_noop!(submit(sign(answer, &worker(0))), Error::<Test>::WrongUnits);
	});
}

#[test]
fn attack_key_rotated_under_the_lease() {
	// The lease keeps its key: the new one cannot answer it, the old one can, and only this lease.
	execute(|| {
		let right = single(JOB);
		let (old, new) = (worker(0), worker(1));
		assert_noop!(submit(sign(right.receipt.clone(), &new)), Error::<Test>::SignatureInvalid);
		let_to(JobId(8), 0, spec(), &new);
		assert_noop!(
			submit(sign(receipt(JobId(8), 0, &spec()), &old)),
			Error::<Test>::SignatureInvalid
		);
		assert!(!is_feeless(&account(&new), &Call::submit { receipt: right.clone() }));
		assert!(is_feeless(&account(&old), &Call::submit { receipt: right.clone() }));
		assert_ok!(submit(right));
	});
}

#[test]
fn attack_signature_that_is_no_signature() {
	execute(|| {
		let right = single(JOB);
		for bytes in [[0; 64], [0xff; 64], [1; 64]] {
			let answer = SignedReceipt { signature: bytes.into(), ..right.clone() };
			assert_noop!(submit(answer), Error::<Test>::SignatureInvalid);
		}
	});
}

#[test]
fn attack_all_zero_worker_key() {
	// Staking takes no such key. Where one stood in a lease, no signature would be its own.
	execute(|| {
		let right = single(JOB).receipt;
		change_lease(JOB, 0, |lease| lease.worker = WorkerKey::from_raw([0; 32]));
		for bytes in [[0; 64], [0xff; 64]] {
			let answer = SignedReceipt { receipt: right.clone(), signature: bytes.into() };
			assert_noop!(submit(answer), Error::<Test>::SignatureInvalid);
		}
		assert_noop!(submit(sign(right, &worker(0))), Error::<Test>::SignatureInvalid);
	});
}

#[test]
fn attack_oversize_inline_output() {
	execute(|| {
		let answer = single(JOB);
		// Its length says 1,025; what follows does not matter.
		let mut bytes = answer.encode();
		let offset = 1 + 32 + 8 + 1 + 1 + 33 + 32 + 1 + 33;
		assert_eq!(bytes[offset], 23 << 2);
		bytes.splice(offset..offset + 1, codec::Compact(1_025u32).encode());
		bytes.extend([0; 2_000]);
		assert!(SignedReceipt::decode(&mut &bytes[..]).is_err());
	});
}

#[test]
fn attack_relayer_changes_what_it_relays() {
	// It may leave an answer away or send it twice, and pays for it; it can change nothing.
	execute(|| {
		let answers = committed();
		let relayed = &answers[0];
		let mut other = relayed.clone();
		other.receipt.profile = Hash::zero();
		assert_noop!(reveal(&other, SALT), Error::<Test>::CommitmentMismatch);
		// The signature is no part of what was committed, and may not be replaced either.
		let forged = sign(relayed.receipt.clone(), &worker(9));
		assert_noop!(reveal(&forged, SALT), Error::<Test>::SignatureInvalid);
		let call = Call::reveal { receipt: relayed.clone(), salt: SALT };
		assert_ok!(dispatch(&RELAY, call.clone()));
		assert_noop!(dispatch(&RELAY, call), Error::<Test>::AlreadyAnswered);
		assert_eq!(seen().last(), Some(&Seen::Answer(JOB, 0, relayed.receipt.verdict())));
	});
}

/// The right answer with an inline output of any length.
fn answered(output: &[u8]) -> SignedReceipt {
	let outcome = Outcome::Completed {
		output: Cid::of_raw(output),
		inline: BoundedVec::truncate_from(output.to_vec()),
	};
	sign(Receipt { outcome, ..receipt(JOB, 0, &spec()) }, &worker(0))
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(300))]

	/// Whatever bit of a signed receipt is changed, it is not taken.
	#[test]
	fn attack_one_bit_changed(bit in any::<prop::sample::Index>(), length in 0usize..64) {
		execute(|| {
			let_to(JOB, 0, spec(), &worker(0));
			let right = answered(&vec![7; length]);
			let mut bytes = right.encode();
			let bit = bit.index(bytes.len() * 8);
			bytes[bit / 8] ^= 1 << (bit % 8);
			if let Ok(changed) = SignedReceipt::decode_all(&mut &bytes[..]) {
				assert!(submit(changed.clone()).is_err(), "bit {bit} does not matter");
				assert!(!is_feeless(&who(0), &Call::submit { receipt: changed }));
			}
			assert!(seen().is_empty());
			assert_ok!(submit(right));
		});
	}

	/// Whatever bit of the salt is changed, it is another commitment.
	#[test]
	fn attack_commitment_with_one_bit_changed(bit in 0usize..256) {
		execute(|| {
			let answers = committed();
			let mut salt = SALT;
			salt[bit / 8] ^= 1 << (bit % 8);
			assert_noop!(reveal(&answers[0], salt), Error::<Test>::CommitmentMismatch);
		});
	}
}
