//! Others' coins behind a miner.

use crate::{shares::most_delegated, *};
use frame_support::traits::{
	fungible::Inspect as _,
	tokens::{DepositConsequence, Provenance},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_delegate(
		delegator: AccountId,
		miner: AccountId,
		amount: Balance,
		min_shares: Balance,
	) -> DispatchResult {
		ensure!(delegator != miner, Error::<T>::SelfDelegation);
		let shares = Self::update(&miner, |info| {
			ensure!(!info.is_leaving(), Error::<T>::Leaving);
			ensure!(amount >= T::MinDelegation::get(), Error::<T>::DelegationTooLow);
			ensure!(amount > 0, Error::<T>::AmountInvalid);
			let shares = info.pool.buy_fairly(amount).map_err(Error::<T>::from)?;
			ensure!(shares >= min_shares, Error::<T>::TooFewShares);
			let most = most_delegated(info.own, T::MaxDelegationPercent::get());
			ensure!(info.pool.value <= most, Error::<T>::DelegationTooHigh);
			T::Currency::transfer_and_hold(
				&HoldReason::Collateral.into(),
				&delegator,
				&miner,
				amount,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Polite,
			)?;
			Ok(shares)
		})?;
		Delegations::<T>::try_mutate(&miner, &delegator, |held| {
			*held = held
				.checked_add(shares)
				.ok_or_else(|| Self::inconsistent("a delegator has more shares than there are"))?;
			Ok::<_, Error<T>>(())
		})?;
		Self::deposit_event(Event::Delegated { miner, delegator, amount, shares });
		Ok(())
	}

	pub(crate) fn do_undelegate(
		delegator: AccountId,
		miner: AccountId,
		shares: Balance,
	) -> DispatchResult {
		let held = Delegations::<T>::get(&miner, &delegator);
		let (amount, until, left) = Self::update(&miner, |info| {
			ensure!(shares > 0, Error::<T>::AmountInvalid);
			let left = held.checked_sub(shares).ok_or(Error::<T>::NotEnoughStaked)?;
			let amount = info
				.pool
				.sell(shares)
				.ok_or_else(|| Self::inconsistent("a delegator has more shares than there are"))?;
			// The whole bond is the measure, not what backs leases: delegations above what the miner's own
			// allows back none, so taking those takes nothing away; below it the two are the same.
			ensure!(info.locked <= info.bond(), Error::<T>::NotEnoughFree);
			let enough = left == 0 || info.pool.worth(left) >= T::MinDelegation::get();
			ensure!(enough, Error::<T>::DelegationTooLow);
			let until = Self::begin_to_unbond(&miner, &delegator, info, amount)?;
			Ok((amount, until, left))
		})?;
		Self::set_delegation(&miner, &delegator, left);
		Self::deposit_event(Event::Undelegated { miner, delegator, shares, amount, until });
		Ok(())
	}

	fn set_delegation(miner: &AccountId, delegator: &AccountId, shares: Balance) {
		if shares == 0 {
			Delegations::<T>::remove(miner, delegator);
		} else {
			Delegations::<T>::insert(miner, delegator, shares);
		}
	}

	pub(crate) fn do_return_delegation(miner: AccountId, delegator: AccountId) -> DispatchResult {
		let (returned, forfeited) = Self::update(&miner, |info| {
			Self::ensure_left(info)?;
			// What the miner itself has goes by `withdraw`.
			ensure!(miner != delegator, Error::<T>::NoDelegation);
			let shares = Delegations::<T>::get(&miner, &delegator);
			let chunks = Unbonding::<T>::get(&miner, &delegator);
			ensure!(shares > 0 || !chunks.is_empty(), Error::<T>::NoDelegation);
			let active = info.pool.sell(shares);
			let leaving = info.unbonding.sell(Self::shares_of(&chunks)?);
			let amount = active
				.zip(leaving)
				.and_then(|(active, leaving)| active.checked_add(leaving))
				.ok_or_else(|| Self::inconsistent("a delegator has more shares than there are"))?;
			Self::return_coins(&miner, &delegator, amount)
		})?;
		Delegations::<T>::remove(&miner, &delegator);
		Unbonding::<T>::remove(&miner, &delegator);
		Self::deposit_event(Event::DelegationReturned { miner, delegator, returned, forfeited });
		Ok(())
	}

	/// Pays `amount` to a delegator, who may be asleep. An account without coins cannot take less than the
	/// existential deposit; that is forfeited, or a dead account with a planck here could keep the miner
	/// from withdrawing for ever. Returns what was paid and what was forfeited.
	fn return_coins(
		miner: &AccountId,
		delegator: &AccountId,
		amount: Balance,
	) -> Result<(Balance, Balance), DispatchError> {
		let fits = T::Currency::can_deposit(delegator, amount, Provenance::Extant);
		if fits != DepositConsequence::BelowMinimum {
			Self::pay_out(miner, delegator, amount)?;
			return Ok((amount, 0));
		}
		let (credit, missing) = T::Currency::slash(&HoldReason::Collateral.into(), miner, amount);
		T::OnSlash::on_unbalanced(credit);
		ensure!(missing == 0, Self::inconsistent("less is on hold than on record"));
		Ok((0, amount))
	}

	/// What a staker has with a miner, for whoever asks from outside.
	pub(crate) fn delegation_status(miner: &AccountId, staker: &AccountId) -> DelegationStatus {
		let Some(info) = Miners::<T>::get(miner) else { return DelegationStatus::default() };
		let shares = Delegations::<T>::get(miner, staker);
		let chunk = |chunk: &UnbondingChunk| ChunkStatus {
			value: info.unbonding.worth(chunk.shares),
			until: chunk.until,
		};
		DelegationStatus {
			shares,
			value: info.pool.worth(shares),
			chunks: Unbonding::<T>::get(miner, staker).iter().map(chunk).collect(),
		}
	}
}
