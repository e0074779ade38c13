//! The side of this pallet that payouts sees.

use crate::{shares::delegators_part, *};
use frame_support::storage::with_storage_layer;

impl<T: Config> Pallet<T> {
	/// Puts coins of a miner's account on hold; leaves everything as it is if the account cannot.
	///
	/// In a layer of its own: `hold` takes coins before it finds out that it cannot put them anywhere (an
	/// account has a limited number of references), and who pays rewards may be a block hook, which nothing
	/// would roll back.
	fn try_bond(miner: &AccountId, amount: Balance) -> bool {
		let reason = HoldReason::Collateral.into();
		amount == 0 || with_storage_layer(|| T::Currency::hold(&reason, miner, amount)).is_ok()
	}

	/// Puts what of `pay`, already in the miner's account, is to be bonded on hold: the delegators' part,
	/// and the miner's own if it compounds and its account can hold it. Returns what became of it.
	fn bond_pay(
		miner: &AccountId,
		info: &mut MinerInfo,
		pay: Balance,
		delegators: Balance,
	) -> RewardSplit {
		let mut pool = info.pool;
		if pool.grow(delegators).is_none() || !Self::try_bond(miner, delegators) {
			// Never seen: who has delegations has a hold already. The miner's account must not keep it.
			let burned = Self::take_back(miner, delegators);
			let miner = pay.saturating_sub(burned);
			return RewardSplit { miner, delegators: 0, burned };
		}
		info.pool = pool;
		let own = pay.saturating_sub(delegators);
		let bonded = match info.own.checked_add(own) {
			Some(sum) if info.compounding && Self::try_bond(miner, own) => {
				info.own = sum;
				own
			}
			_ => 0,
		};
		if bonded > 0 || delegators > 0 {
			let event = Event::RewardBonded { miner: miner.clone(), own: bonded, pool: delegators };
			Self::deposit_event(event);
		}
		RewardSplit { miner: own, delegators, burned: 0 }
	}

	/// Takes coins that were just paid into an account out of it again, and burns them. Returns how many.
	fn take_back(miner: &AccountId, amount: Balance) -> Balance {
		let (precision, force) = (Precision::BestEffort, Fortitude::Force);
		T::Currency::withdraw(miner, amount, precision, Preservation::Preserve, force)
			.map(|credit| credit.peek())
			.unwrap_or_default()
	}
}

impl<T: Config> Rewards<AccountId, CreditOf<T>> for Pallet<T> {
	fn reward(miner: &AccountId, pay: CreditOf<T>) -> RewardSplit {
		let amount = pay.peek();
		// In one piece: parts that are each too little for an account without coins may be enough together.
		// What the account refuses comes back and is dropped, which burns it.
		if T::Currency::resolve(miner, pay).is_err() {
			return RewardSplit { burned: amount, ..Default::default() };
		}
		// Emission can be claimed by who is a miner no more.
		let Some(mut info) = Miners::<T>::get(miner) else {
			return RewardSplit { miner: amount, ..Default::default() };
		};
		let commission = info.commission.at(Self::now());
		let delegators = delegators_part(amount, info.pool.value, info.bond(), commission);
		let split = Self::bond_pay(miner, &mut info, amount, delegators);
		Miners::<T>::insert(miner, info);
		split
	}

	fn bond(miner: &AccountId) -> Balance {
		Miners::<T>::get(miner).map_or(0, |info| info.bond())
	}
}
