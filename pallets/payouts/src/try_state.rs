//! The invariants of `specs/protocol/payouts.md`, checked against storage.

use crate::*;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks INV-PAYOUTS-2: what miners earned adds up to the totals.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut sum = MinerEarnings::default();
		for earnings in Earnings::<T>::iter_values() {
			sum.replicas = sum.replicas.saturating_add(earnings.replicas);
			sum.units = sum.units.saturating_add(earnings.units);
			sum.gross = sum.gross.saturating_add(earnings.gross);
			sum.net = sum.net.saturating_add(earnings.net);
		}
		let PaymentTotals { replicas, units, split } = Totals::<T>::get();
		ensure!(
			(sum.replicas, sum.units, sum.net) == (replicas, units, split.miner),
			"INV-PAYOUTS-2: the miners' earnings do not add up to the totals"
		);
		let gross = split
			.miner
			.saturating_add(split.validators)
			.saturating_add(split.treasury)
			.saturating_add(split.burned);
		ensure!(sum.gross == gross, "INV-PAYOUTS-1: the parts do not add up to what was paid");
		Ok(())
	}
}
