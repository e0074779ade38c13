//! The invariants of `specs/protocol/staking.md`, checked against storage.

use crate::*;
use frame_support::traits::fungible::InspectHold;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks INV-STAKING-1 … 5 over every miner.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut miners = 0u32;
		for (miner, info) in Miners::<T>::iter() {
			miners = miners.saturating_add(1);
			ensure!(
				info.locked <= info.collateral,
				"INV-STAKING-1: leases lock more than the collateral"
			);
			let held = T::Currency::balance_on_hold(&HoldReason::Collateral.into(), &miner);
			ensure!(
				held == info.collateral,
				"INV-STAKING-2: the collateral on record is not what is on hold"
			);
			ensure!(
				WorkerOf::<T>::get(info.worker) == Some(miner),
				"INV-STAKING-3: a miner's worker key leads elsewhere"
			);
			ensure!(
				frame_system::Account::<T>::get(AccountId::from(info.worker)).sufficients > 0,
				"INV-STAKING-4: a worker could not send its receipts"
			);
			ensure!(
				info.open_leases > 0 || info.locked == 0,
				"INV-STAKING-5: collateral is locked without a lease"
			);
		}
		let workers: u32 = WorkerOf::<T>::iter_keys().count().saturated_into();
		ensure!(workers == miners, "INV-STAKING-3: a worker key without a miner");
		Ok(())
	}
}
