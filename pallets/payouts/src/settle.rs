//! Paying for a replica.

use crate::{split::split, *};
use aitbc_primitives::{PaidWork, RewardSplit, Settlement};
use frame_support::traits::{Imbalance as _, fungible::Balanced as _};

impl<T: Config> Pallet<T> {
	/// Pays `credit` to `who`. Returns what arrived: an account that cannot take it leaves it to be
	/// burnt, which the caller counts.
	pub(crate) fn deliver(who: &AccountId, credit: CreditOf<T>) -> Balance {
		let amount = credit.peek();
		if amount == 0 {
			// Balances would say `Deposit` of nothing.
			return 0;
		}
		match T::Currency::resolve(who, credit) {
			Ok(()) => amount,
			Err(_burnt) => 0,
		}
	}

	/// Hands pay or emission to staking. The parts of the answer add up to `credit`.
	pub(crate) fn reward(miner: &AccountId, credit: CreditOf<T>) -> RewardSplit {
		let amount = credit.peek();
		if amount == 0 {
			return RewardSplit::default();
		}
		let said = T::Rewards::reward(miner, credit);
		let split = consistent(amount, said);
		if split != said {
			defensive!("a reward's parts do not add up to it");
		}
		split
	}

	/// Adds a payment to the sums.
	fn note(work: &PaidWork<AccountId>, gross: Balance, fee: Balance, paid: &Split) {
		// The author of a block may be the one who is paid here: what went into the pot can come back to
		// it, and must not be issued to it a second time.
		let verified_fee = if work.verified { fee.saturating_sub(paid.validators) } else { 0 };
		let sums = WorkSums {
			replicas: 1,
			units: work.units.into(),
			gross,
			miner: paid.miner,
			delegators: paid.delegators,
			verified_fee,
		};
		Totals::<T>::mutate(|totals| totals.note(&sums, paid));
		// The block's first settlement may come before this pallet's `on_initialize`.
		Self::turn_era();
		Running::<T>::mutate(|running| {
			let first = EraWork::<T>::mutate(running.era, &work.miner, |entry| {
				let first = entry.is_empty();
				entry.add(&sums);
				first
			});
			running.miners = running.miners.saturating_add(first.into());
			running.work.add(&sums);
		});
	}
}

impl<T: Config> Settlement<AccountId, CreditOf<T>> for Pallet<T> {
	fn fee() -> Permill {
		T::Fee::get()
	}

	fn settle(work: PaidWork<AccountId>, gross: CreditOf<T>) -> Split {
		let total = gross.peek();
		let plan = split(total, work.fee, T::ValidatorsShare::get(), T::TreasuryShare::get());
		let (pay, rest) = gross.split(plan.pay);
		let (for_validators, rest) = rest.split(plan.validators);
		let (for_treasury, to_burn) = rest.split(plan.treasury);
		drop(to_burn);

		let RewardSplit { miner, delegators, burned: lost } = Self::reward(&work.miner, pay);
		let validators = Self::deliver(&Self::pot_account(), for_validators);
		let treasury = Self::deliver(&T::TreasuryAccount::get(), for_treasury);
		let undelivered = plan
			.validators
			.saturating_sub(validators)
			.saturating_add(plan.treasury.saturating_sub(treasury));
		let burned = plan.burned.saturating_add(lost).saturating_add(undelivered);
		let paid = Split { miner, delegators, validators, treasury, burned };

		Self::note(&work, total, total.saturating_sub(plan.pay), &paid);
		let PaidWork { job, replica, miner, class, units, .. } = work;
		Self::deposit_event(Event::Paid { job, replica, miner, class, units, split: paid });
		paid
	}
}

/// The parts that `said` names, cut so that they add up to `amount`: what is recorded must not be more
/// than there was.
pub(crate) fn consistent(amount: Balance, said: RewardSplit) -> RewardSplit {
	let miner = said.miner.min(amount);
	let delegators = said.delegators.min(amount.saturating_sub(miner));
	let burned = amount.saturating_sub(miner).saturating_sub(delegators);
	RewardSplit { miner, delegators, burned }
}
