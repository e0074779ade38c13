//! The side of this pallet that the market sees.

use crate::*;

impl<T: Config> Pallet<T> {
	/// The miner, if it may be let anything now.
	fn eligible(miner: &AccountId) -> Option<MinerInfo> {
		Miners::<T>::get(miner).filter(|info| {
			info.status == MinerStatus::Active && info.collateral >= T::MinCollateral::get()
		})
	}

	/// The part of a lease's collateral that its end costs the miner, rounded up.
	fn forfeit(amount: Balance, fate: LeaseFate) -> Balance {
		match fate {
			LeaseFate::Accepted | LeaseFate::Released | LeaseFate::Failed => 0,
			LeaseFate::Late => T::SlashLate::get().mul_ceil(amount),
			LeaseFate::Withheld => T::SlashWithheld::get().mul_ceil(amount),
			LeaseFate::Wrong => amount,
		}
	}
}

impl Record {
	fn note(&mut self, fate: LeaseFate) {
		let counter = match fate {
			LeaseFate::Accepted => &mut self.accepted,
			LeaseFate::Failed => &mut self.failed,
			LeaseFate::Late => &mut self.late,
			LeaseFate::Withheld => &mut self.withheld,
			LeaseFate::Wrong => &mut self.wrong,
			LeaseFate::Released => return,
		};
		*counter = counter.saturating_add(1);
	}
}

impl<T: Config> Bonds<AccountId> for Pallet<T> {
	fn active_worker(miner: &AccountId) -> Option<WorkerKey> {
		Self::eligible(miner).map(|info| info.worker)
	}

	fn free_collateral(miner: &AccountId) -> Balance {
		Self::eligible(miner).map_or(0, |info| info.collateral.saturating_sub(info.locked))
	}

	fn lock(miner: &AccountId, amount: Balance) -> DispatchResult {
		let mut info = Self::eligible(miner).ok_or(Error::<T>::NotRegistered)?;
		let locked = info.locked.checked_add(amount).ok_or(Error::<T>::NotEnoughFree)?;
		ensure!(locked <= info.collateral, Error::<T>::NotEnoughFree);
		info.locked = locked;
		info.open_leases = info.open_leases.checked_add(1).ok_or(Error::<T>::NotEnoughFree)?;
		Miners::<T>::insert(miner, info);
		Ok(())
	}

	fn unlock(miner: &AccountId, amount: Balance, fate: LeaseFate) -> Balance {
		let Some(mut info) = Miners::<T>::get(miner) else {
			frame_support::defensive!("a lease of an account that is no miner ended");
			return 0;
		};
		let forfeited = Self::forfeit(amount, fate);
		let mut taken: Balance = 0;
		if forfeited > 0 {
			let (credit, missing) =
				T::Currency::slash(&HoldReason::Collateral.into(), miner, forfeited);
			taken = forfeited.saturating_sub(missing);
			T::OnSlash::on_unbalanced(credit);
		}
		info.locked = info.locked.saturating_sub(amount);
		info.open_leases = info.open_leases.saturating_sub(1);
		info.collateral = info.collateral.saturating_sub(taken);
		info.record.note(fate);
		Miners::<T>::insert(miner, info);
		if taken > 0 {
			Self::deposit_event(Event::Slashed { miner: miner.clone(), fate, amount: taken });
		}
		taken
	}
}
