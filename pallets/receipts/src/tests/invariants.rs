//! `do_try_state` finds what is broken.

use crate::{mock::*, *};
use aitbc_primitives::Receipt;
use frame_support::assert_ok;

fn fails(invariant: &str) {
	let error = ReceiptsPallet::do_try_state().expect_err("corrupted storage passed");
	let DispatchError::Other(message) = error else {
		unreachable!("the check says what is wrong: {error:?}")
	};
	assert!(message.starts_with(invariant), "expected {invariant}, found {message}");
}

/// A receipt of no live lease is on record; then something goes wrong.
fn breaks(invariant: &str, corrupt: impl FnOnce(SignedReceipt)) {
	execute_unchecked(|| {
		let good = sign(receipt(JOB, 0, &spec()), &worker(0));
		Receipts::<Test>::insert(JOB, 0, good.clone());
		assert_eq!(ReceiptsPallet::do_try_state(), Ok(()));
		corrupt(good);
		fails(invariant);
	});
}

/// A receipt of a live lease that it answered is on record; then something goes wrong.
fn breaks_while_let(corrupt: impl FnOnce(SignedReceipt)) {
	execute_unchecked(|| {
		let answers = committed();
		assert_ok!(reveal(&answers[0], SALT));
		assert_eq!(ReceiptsPallet::do_try_state(), Ok(()));
		corrupt(answers[0].clone());
		fails("INV-RECEIPTS-3");
	});
}

#[test]
fn inv_receipts_1_should_fail_when_a_receipt_is_kept_elsewhere() {
	breaks("INV-RECEIPTS-1", |good| Receipts::<Test>::insert(JobId(8), 0, good));
	breaks("INV-RECEIPTS-1", |good| Receipts::<Test>::insert(JOB, 1, good));
	breaks("INV-RECEIPTS-1", |good| {
		let receipt = Receipt { replica: MAX_TOTAL_REPLICAS, ..good.receipt };
		let beyond = SignedReceipt { receipt, ..good };
		Receipts::<Test>::insert(JOB, MAX_TOTAL_REPLICAS, beyond);
	});
}

#[test]
fn inv_receipts_2_should_fail_when_a_receipt_is_of_another_chain_or_format() {
	breaks("INV-RECEIPTS-2", |good| {
		let receipt = Receipt { genesis: Hash::zero(), ..good.receipt };
		Receipts::<Test>::insert(JOB, 0, SignedReceipt { receipt, ..good });
	});
	breaks("INV-RECEIPTS-2", |good| {
		let receipt = Receipt { version: 2, ..good.receipt };
		Receipts::<Test>::insert(JOB, 0, SignedReceipt { receipt, ..good });
	});
}

#[test]
fn inv_receipts_3_should_fail_when_a_receipt_is_not_what_its_lease_was_answered_with() {
	// An answer that was never given.
	breaks_while_let(|good| {
		let receipt = Receipt { replica: 1, ..good.receipt };
		Receipts::<Test>::insert(JOB, 1, sign(receipt, &worker(1)));
	});
	// Another verdict than the lease's.
	breaks_while_let(|good| {
		Receipts::<Test>::insert(JOB, 0, sign(failed(good.receipt), &worker(0)));
	});
	// An attempt that is still to come.
	breaks_while_let(|good| {
		let receipt = Receipt { attempt: 2, ..good.receipt };
		Receipts::<Test>::insert(JOB, 0, sign(receipt, &worker(0)));
	});
	// Signed by another than the lease's key, over another receipt, or not at all.
	breaks_while_let(|good| {
		Receipts::<Test>::insert(JOB, 0, sign(good.receipt, &worker(1)));
	});
	breaks_while_let(|good| {
		let receipt = Receipt { profile: Hash::zero(), ..good.receipt };
		Receipts::<Test>::insert(JOB, 0, SignedReceipt { receipt, ..good });
	});
	breaks_while_let(|good| {
		let unsigned = SignedReceipt { signature: [0; 64].into(), ..good };
		Receipts::<Test>::insert(JOB, 0, unsigned);
	});
}

#[test]
fn inv_receipts_3_should_hold_when_the_receipt_is_of_an_earlier_attempt() {
	execute(|| {
		let answer = sign(failed(single(JOB).receipt), &worker(0));
		assert_ok!(submit(answer));
		// Let again, to another key: what the first said is kept until the second has answered.
		let_to(JOB, 0, spec(), &worker(1));
		change_lease(JOB, 0, |lease| lease.attempt = 2);
		assert_eq!(ReceiptsPallet::do_try_state(), Ok(()));
		let second = Receipt { attempt: 2, ..receipt(JOB, 0, &spec()) };
		assert_ok!(submit(sign(second.clone(), &worker(1))));
		assert_eq!(Receipts::<Test>::get(JOB, 0).map(|kept| kept.receipt), Some(second));
	});
}
