//! The side of this pallet that the market sees. That a lease began or ended is told by the pallets above;
//! here it is told what it took.

use crate::{reputation::merit, *};

impl<T: Config> Pallet<T> {
	/// The miner, if it may be let anything now.
	fn eligible(miner: &AccountId) -> Option<MinerInfo> {
		Miners::<T>::get(miner).filter(|info| info.may_take_leases(T::MinCollateral::get()))
	}

	/// Takes `amount` of everything staked on a miner, in proportion. Returns the parts.
	fn slash(miner: &AccountId, info: &mut MinerInfo, amount: Balance) -> Stakes {
		if amount == 0 {
			return Stakes::default();
		}
		let (credit, _) = T::Currency::slash(&HoldReason::Collateral.into(), miner, amount);
		let taken = credit.peek();
		T::OnSlash::on_unbalanced(credit);
		let Some((parts, own, pool, unbonding)) = info.stakes().slash(taken).and_then(|parts| {
			let mut pools = (info.pool, info.unbonding);
			pools.0.shrink(parts.pool)?;
			pools.1.shrink(parts.unbonding)?;
			Some((parts, info.own.checked_sub(parts.own)?, pools.0, pools.1))
		}) else {
			frame_support::defensive!("more was on hold than on record");
			return Stakes::default();
		};
		info.own = own;
		info.pool = pool;
		info.unbonding = unbonding;
		parts
	}

	/// Makes a miner leave whose shares slashes made so cheap that no more can be sold: the delegators get
	/// what is left without them.
	fn expel_if_exhausted(miner: &AccountId, info: &mut MinerInfo) {
		if info.is_leaving() || !info.is_exhausted() {
			return;
		}
		let until = Self::begin_to_leave(info);
		Self::deposit_event(Event::MinerExpelled { miner: miner.clone() });
		Self::deposit_event(Event::MinerLeaving { miner: miner.clone(), until });
	}
}

impl<T: Config> Bonds<AccountId> for Pallet<T> {
	fn standing(miner: &AccountId, class: Class) -> Option<MinerStanding<AccountId>> {
		let info = Self::eligible(miner)?;
		let score = info.reputation.of(class);
		let percent = T::MaxDelegationPercent::get();
		Some(MinerStanding {
			worker: info.worker,
			bond: info.backing(percent),
			free: info.free(percent),
			reputation: score.reputation(Self::now(), T::ReputationHalfLife::get()),
			owner: info.owner.unwrap_or_else(|| miner.clone()),
		})
	}

	fn lock(miner: &AccountId, collateral: Balance) -> Result<LeaseBond, DispatchError> {
		let mut info = Self::eligible(miner).ok_or(Error::<T>::NotEligible)?;
		let free = info.free(T::MaxDelegationPercent::get());
		ensure!(collateral <= free, Error::<T>::NotEnoughFree);
		info.locked = info.locked.checked_add(collateral).ok_or(Error::<T>::NotEnoughFree)?;
		info.open_leases = info.open_leases.checked_add(1).ok_or(Error::<T>::NotEnoughFree)?;
		Self::count_lease(&info.worker)?;
		Miners::<T>::insert(miner, info);
		Ok(LeaseBond {
			collateral,
			slash_late: T::SlashLate::get(),
			slash_withheld: T::SlashWithheld::get(),
		})
	}

	fn unlock(
		miner: &AccountId,
		class: Class,
		worker: &WorkerKey,
		bond: &LeaseBond,
		fate: LeaseFate,
		earned: Balance,
	) -> Balance {
		let Some(mut info) = Miners::<T>::get(miner) else {
			frame_support::defensive!("a lease of an account that is no miner ended");
			return 0;
		};
		let Stakes { own, pool, unbonding } = Self::slash(miner, &mut info, bond.forfeit(fate));
		let amount = own.saturating_add(pool).saturating_add(unbonding);
		info.locked = info.locked.saturating_sub(bond.collateral);
		info.open_leases = info.open_leases.saturating_sub(1);
		info.record.note(fate);
		let half_life = T::ReputationHalfLife::get();
		let merit = merit(earned, T::MinCollateral::get());
		info.reputation.of_mut(class).note(fate, merit, Self::now(), half_life);
		if amount > 0 {
			let miner = miner.clone();
			Self::deposit_event(Event::Slashed { miner, fate, amount, own, pool, unbonding });
		}
		Self::expel_if_exhausted(miner, &mut info);
		Miners::<T>::insert(miner, info);
		Self::uncount_lease(worker);
		amount
	}
}
