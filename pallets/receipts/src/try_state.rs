//! The invariants of `specs/protocol/receipts.md`, checked against storage.

use crate::*;
use aitbc_primitives::RECEIPT_VERSION;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks INV-RECEIPTS-1 to 3 over every receipt on record.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let genesis = Self::genesis_hash();
		for (job, replica, signed) in Receipts::<T>::iter() {
			let receipt = &signed.receipt;
			ensure!(
				(receipt.job, receipt.replica) == (job, replica) && replica < MAX_TOTAL_REPLICAS,
				"INV-RECEIPTS-1: a receipt is kept under another job or replica"
			);
			ensure!(
				receipt.genesis == genesis && receipt.version == RECEIPT_VERSION,
				"INV-RECEIPTS-2: a receipt of another chain or format is on record"
			);
			if let Ok(Let { lease, .. }) = Self::lease(job, replica) {
				Self::check_against(&signed, &lease)?;
			}
		}
		Ok(())
	}

	/// INV-RECEIPTS-3: a receipt whose replica is let is of an earlier attempt, or it is what the lease
	/// was answered with, signed by the lease's key.
	fn check_against(
		signed: &SignedReceipt,
		lease: &Lease<AccountId>,
	) -> Result<(), TryRuntimeError> {
		let receipt = &signed.receipt;
		if receipt.attempt < lease.attempt {
			return Ok(());
		}
		let answered = LeaseState::Revealed { verdict: receipt.verdict() };
		ensure!(
			receipt.attempt == lease.attempt && lease.state == answered,
			"INV-RECEIPTS-3: a receipt is on record that its lease was not answered with"
		);
		ensure!(
			Self::is_signed_by(signed, &lease.worker),
			"INV-RECEIPTS-3: a receipt on record is not signed by the key of its lease"
		);
		Ok(())
	}
}
