//! The invariants of `specs/protocol/staking.md`, checked against storage.

use crate::*;
use alloc::collections::BTreeMap;
use frame_support::traits::fungible::InspectHold;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks INV-STAKING-1 … 8 over everything that is stored.
	///
	/// # Errors
	/// The first that does not hold, by its id.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut leases: BTreeMap<AccountId, u64> = BTreeMap::new();
		for key in Workers::<T>::iter_values() {
			let sum = leases.entry(key.miner).or_default();
			*sum = sum.saturating_add(key.leases.into());
		}
		for (miner, info) in Miners::<T>::iter() {
			Self::check_bond(&miner, &info)?;
			Self::check_keys(&miner, &info)?;
			ensure!(
				leases.get(&miner).copied().unwrap_or_default() == u64::from(info.open_leases),
				"INV-STAKING-5: the leases of a miner's keys are not its leases"
			);
			Self::check_shares(&miner, &info)?;
			ensure!(
				info.is_leaving() || !info.is_exhausted(),
				"INV-STAKING-8: a miner goes on whose shares are worth nothing"
			);
		}
		Self::check_holds()?;
		Self::check_orphans()
	}

	fn check_bond(miner: &AccountId, info: &MinerInfo) -> Result<(), TryRuntimeError> {
		ensure!(info.locked <= info.bond(), "INV-STAKING-1: leases lock more than the bond");
		let held = T::Currency::balance_on_hold(&HoldReason::Collateral.into(), miner);
		ensure!(
			Some(held) == info.stakes().total(),
			"INV-STAKING-2: what is staked on record is not what is on hold"
		);
		Ok(())
	}

	fn check_keys(miner: &AccountId, info: &MinerInfo) -> Result<(), TryRuntimeError> {
		let key = Workers::<T>::get(info.worker)
			.ok_or("INV-STAKING-3: a miner's worker key is unknown")?;
		ensure!(
			key.miner == *miner && !key.retired,
			"INV-STAKING-3: a miner's worker key leads elsewhere, or is retired"
		);
		ensure!(
			info.open_leases > 0 || info.locked == 0,
			"INV-STAKING-5: collateral is locked without a lease"
		);
		Ok(())
	}

	fn check_shares(miner: &AccountId, info: &MinerInfo) -> Result<(), TryRuntimeError> {
		let mut delegated = Delegations::<T>::iter_prefix_values(miner);
		let sum = delegated.try_fold(0, |sum: Balance, shares| sum.checked_add(shares));
		ensure!(
			sum == Some(info.pool.shares),
			"INV-STAKING-6: the delegators' shares are not those of the pool"
		);
		let sum = Unbonding::<T>::iter_prefix_values(miner)
			.flatten()
			.try_fold(0, |sum: Balance, chunk| sum.checked_add(chunk.shares));
		ensure!(
			sum == Some(info.unbonding.shares),
			"INV-STAKING-6: the chunks' shares are not those of what is unbonding"
		);
		ensure!(
			info.pool.shares > 0 || info.pool.value == 0,
			"INV-STAKING-6: delegations that nobody has a share of"
		);
		ensure!(
			info.unbonding.value <= info.unbonding.shares,
			"INV-STAKING-6: what is unbonding became more"
		);
		Ok(())
	}

	/// No account but a miner's has coins on hold for this pallet.
	fn check_holds() -> Result<(), TryRuntimeError> {
		let reason = HoldReason::Collateral.into();
		for account in frame_system::Account::<T>::iter_keys() {
			ensure!(
				Miners::<T>::contains_key(&account)
					|| T::Currency::balance_on_hold(&reason, &account) == 0,
				"INV-STAKING-2: collateral of an account that is no miner"
			);
		}
		Ok(())
	}

	/// Nothing is on record that no miner's record leads to.
	fn check_orphans() -> Result<(), TryRuntimeError> {
		for (worker, key) in Workers::<T>::iter() {
			let info = Miners::<T>::get(&key.miner)
				.ok_or("INV-STAKING-3: a worker key without a miner")?;
			ensure!(
				key.retired != (info.worker == worker),
				"INV-STAKING-3: a worker key that its miner has not, and that is not retired"
			);
			ensure!(
				!key.retired || key.leases > 0,
				"INV-STAKING-3: a retired worker key without leases"
			);
			ensure!(
				frame_system::Account::<T>::get(AccountId::from(worker)).sufficients > 0,
				"INV-STAKING-4: a worker could not send its receipts"
			);
		}
		for (miner, _, shares) in Delegations::<T>::iter() {
			ensure!(
				shares > 0 && Miners::<T>::contains_key(miner),
				"INV-STAKING-7: a delegation that is empty, or to no miner"
			);
		}
		for (miner, _, chunks) in Unbonding::<T>::iter() {
			let whole = !chunks.is_empty() && chunks.iter().all(|chunk| chunk.shares > 0);
			ensure!(
				whole && Miners::<T>::contains_key(miner),
				"INV-STAKING-7: a chunk that is empty, or of no miner"
			);
		}
		Ok(())
	}
}
