//! The invariants of `specs/protocol/receipts.md`, checked against storage.

use crate::*;
use aitbc_primitives::RECEIPT_VERSION;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks INV-RECEIPTS-1 and 2 over every receipt on record.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let genesis = Self::genesis_hash();
		for (job, replica, SignedReceipt { receipt, .. }) in Receipts::<T>::iter() {
			ensure!(
				(receipt.job, receipt.replica) == (job, replica),
				"INV-RECEIPTS-1: a receipt is kept under another job or replica"
			);
			ensure!(
				receipt.genesis == genesis && receipt.version == RECEIPT_VERSION,
				"INV-RECEIPTS-2: a receipt of another chain or format is on record"
			);
		}
		Ok(())
	}
}
