//! Coming and going, and what a miner decides of itself.

use crate::*;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register(
		miner: AccountId,
		collateral: Balance,
		worker: WorkerKey,
		consent: &WorkerSignature,
	) -> DispatchResult {
		ensure!(!Miners::<T>::contains_key(&miner), Error::<T>::AlreadyRegistered);
		ensure!(collateral >= T::MinCollateral::get(), Error::<T>::CollateralTooLow);
		Self::ensure_key_free(&miner, &worker, consent)?;
		T::Currency::hold(&HoldReason::Collateral.into(), &miner, collateral)?;

		Self::bind_key(&miner, worker);
		Miners::<T>::insert(&miner, MinerInfo::new(worker, collateral));
		Self::deposit_event(Event::MinerRegistered { miner, worker, collateral });
		Ok(())
	}

	pub(crate) fn do_bond_extra(miner: AccountId, amount: Balance) -> DispatchResult {
		let own = Self::update(&miner, |info| {
			ensure!(!info.is_leaving(), Error::<T>::Leaving);
			ensure!(amount > 0, Error::<T>::AmountInvalid);
			info.own = info.own.checked_add(amount).ok_or(Error::<T>::AmountInvalid)?;
			T::Currency::hold(&HoldReason::Collateral.into(), &miner, amount)?;
			Ok(info.own)
		})?;
		Self::deposit_event(Event::CollateralAdded { miner, added: amount, own });
		Ok(())
	}

	pub(crate) fn do_leave(miner: AccountId) -> DispatchResult {
		let until = Self::update(&miner, |info| {
			ensure!(!info.is_leaving(), Error::<T>::Leaving);
			Ok(Self::begin_to_leave(info))
		})?;
		Self::deposit_event(Event::MinerLeaving { miner, until });
		Ok(())
	}

	/// The end is fixed now: a later change of the parameter does not touch it.
	pub(crate) fn begin_to_leave(info: &mut MinerInfo) -> BlockNumber {
		let until = Self::unbonding_end();
		info.status = MinerStatus::Leaving { until };
		until
	}

	/// Fails unless the leaving of a miner is over: no verdict on it can be outstanding.
	pub(crate) fn ensure_left(info: &MinerInfo) -> Result<(), Error<T>> {
		let MinerStatus::Leaving { until } = info.status else {
			return Err(Error::NotLeaving);
		};
		ensure!(Self::now() >= until, Error::<T>::StillUnbonding);
		ensure!(info.open_leases == 0 && info.locked == 0, Error::<T>::LeasesOpen);
		Ok(())
	}

	pub(crate) fn do_withdraw(miner: AccountId) -> DispatchResult {
		let info = Self::miner(&miner)?;
		Self::ensure_left(&info)?;
		let own_shares = Self::shares_of(&Unbonding::<T>::get(&miner, &miner))?;
		ensure!(
			info.pool.shares == 0 && info.unbonding.shares == own_shares,
			Error::<T>::DelegationsLeft
		);
		let returned = info
			.own
			.checked_add(info.unbonding.value)
			.ok_or_else(|| Self::inconsistent("more is on hold than there can be"))?;
		Self::pay_out(&miner, &miner, returned)?;

		Unbonding::<T>::remove(&miner, &miner);
		Miners::<T>::remove(&miner);
		Self::release_key(&info.worker);
		Self::deposit_event(Event::MinerWithdrawn { miner, returned });
		Ok(())
	}

	pub(crate) fn do_chill(miner: AccountId) -> DispatchResult {
		Self::update(&miner, |info| {
			ensure!(info.status == MinerStatus::Active, Error::<T>::NotActive);
			info.status = MinerStatus::Chilled;
			Ok(())
		})?;
		Self::deposit_event(Event::MinerChilled { miner });
		Ok(())
	}

	pub(crate) fn do_resume(miner: AccountId) -> DispatchResult {
		Self::update(&miner, |info| {
			ensure!(info.status == MinerStatus::Chilled, Error::<T>::NotChilled);
			info.status = MinerStatus::Active;
			Ok(())
		})?;
		Self::deposit_event(Event::MinerResumed { miner });
		Ok(())
	}

	pub(crate) fn do_set_commission(miner: AccountId, commission: Permill) -> DispatchResult {
		let from = Self::update(&miner, |info| {
			Ok(info.commission.change(commission, Self::now(), Self::unbonding_end()))
		})?;
		Self::deposit_event(Event::CommissionChanged { miner, commission, from });
		Ok(())
	}

	pub(crate) fn do_set_compounding(miner: AccountId, compounding: bool) -> DispatchResult {
		Self::update(&miner, |info| {
			info.compounding = compounding;
			Ok(())
		})?;
		Self::deposit_event(Event::CompoundingChanged { miner, compounding });
		Ok(())
	}
}
