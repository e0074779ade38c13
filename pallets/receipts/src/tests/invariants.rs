//! `do_try_state` finds what is broken.

use crate::{mock::*, *};
use aitbc_primitives::Receipt;

fn breaks(invariant: &str, corrupt: impl FnOnce(SignedReceipt)) {
	execute_unchecked(|| {
		let good = sign(receipt(JOB, 0, &spec()), &worker(0));
		Receipts::<Test>::insert(JOB, 0, good.clone());
		assert_eq!(ReceiptsPallet::do_try_state(), Ok(()));
		corrupt(good);
		let error = ReceiptsPallet::do_try_state().expect_err("corrupted storage passed");
		let DispatchError::Other(message) = error else {
			unreachable!("the check says what is wrong: {error:?}")
		};
		assert!(message.starts_with(invariant), "expected {invariant}, found {message}");
	});
}

#[test]
fn inv_receipts_1_should_fail_when_a_receipt_is_kept_elsewhere() {
	breaks("INV-RECEIPTS-1", |good| Receipts::<Test>::insert(JobId(8), 0, good));
	breaks("INV-RECEIPTS-1", |good| Receipts::<Test>::insert(JOB, 1, good));
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
