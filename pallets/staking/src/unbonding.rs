//! What is on its way out, and how it is paid.

use crate::*;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_unbond(miner: AccountId, amount: Balance) -> DispatchResult {
		let until = Self::update(&miner, |info| {
			ensure!(!info.is_leaving(), Error::<T>::Leaving);
			ensure!(amount > 0, Error::<T>::AmountInvalid);
			info.own = info.own.checked_sub(amount).ok_or(Error::<T>::NotEnoughStaked)?;
			// A planck of its own takes those delegations with it that it let count.
			let backing = info.backing(T::MaxDelegationPercent::get());
			ensure!(info.locked <= backing, Error::<T>::NotEnoughFree);
			let enough = info.own == 0 || info.own >= T::MinCollateral::get();
			ensure!(enough, Error::<T>::CollateralTooLow);
			Self::begin_to_unbond(&miner, &miner, info, amount)
		})?;
		Self::deposit_event(Event::CollateralUnbonding { miner, amount, until });
		Ok(())
	}

	/// Makes `amount`, just taken from an active stake, leave. Returns when it may go.
	pub(crate) fn begin_to_unbond(
		miner: &AccountId,
		staker: &AccountId,
		info: &mut MinerInfo,
		amount: Balance,
	) -> Result<BlockNumber, DispatchError> {
		let until = Self::unbonding_end();
		if amount == 0 {
			// Shares that slashes made worthless: there is nothing to wait for.
			return Ok(until);
		}
		let shares = info.unbonding.buy(amount).map_err(Error::<T>::from)?;
		let mut chunks = Unbonding::<T>::get(miner, staker);
		if let Some(chunk) = chunks.iter_mut().find(|chunk| chunk.until == until) {
			chunk.shares = chunk.shares.checked_add(shares).ok_or(Error::<T>::AmountInvalid)?;
		} else {
			chunks
				.try_push(UnbondingChunk { shares, until })
				.map_err(|_| Error::<T>::TooManyChunks)?;
		}
		Unbonding::<T>::insert(miner, staker, chunks);
		Ok(until)
	}

	pub(crate) fn do_withdraw_unbonded(staker: AccountId, miner: AccountId) -> DispatchResult {
		let now = Self::now();
		let mut chunks = Unbonding::<T>::get(&miner, &staker);
		let mut due = chunks.clone();
		due.retain(|chunk| chunk.until <= now);
		chunks.retain(|chunk| chunk.until > now);
		ensure!(!due.is_empty(), Error::<T>::NothingDue);
		let amount = Self::update(&miner, |info| {
			let shares = Self::shares_of(&due)?;
			let amount = info
				.unbonding
				.sell(shares)
				.ok_or_else(|| Self::inconsistent("chunks of more shares than there are"))?;
			Self::pay_out(&miner, &staker, amount)?;
			Ok(amount)
		})?;

		if chunks.is_empty() {
			Unbonding::<T>::remove(&miner, &staker);
		} else {
			Unbonding::<T>::insert(&miner, &staker, chunks);
		}
		Self::deposit_event(Event::UnbondedWithdrawn { miner, staker, amount });
		Ok(())
	}

	/// The shares of some chunks together.
	pub(crate) fn shares_of(chunks: &[UnbondingChunk]) -> Result<Balance, Error<T>> {
		chunks
			.iter()
			.try_fold(0, |sum: Balance, chunk| sum.checked_add(chunk.shares))
			.ok_or_else(|| Self::inconsistent("chunks of more shares than there are"))
	}

	/// Pays `amount`, no longer on record, out of the miner's hold to who staked it.
	///
	/// Other restrictions on the *miner's* account (locks, freezes) do not bind coins of a delegator,
	/// hence the force: otherwise a miner could keep them by freezing its own.
	pub(crate) fn pay_out(
		miner: &AccountId,
		staker: &AccountId,
		amount: Balance,
	) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		let reason = HoldReason::Collateral.into();
		if miner == staker {
			T::Currency::release(&reason, miner, amount, Precision::Exact)?;
		} else {
			T::Currency::transfer_on_hold(
				&reason,
				miner,
				staker,
				amount,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)?;
		}
		Ok(())
	}
}
