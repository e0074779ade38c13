//! Coins behind a miner: shares, delegations, what is on its way out.

use crate::{
	calls,
	chain::{Chain, Included, View},
	errors::{ChainError, SubmitError},
	schema,
	wallet::Keypair,
};
use aitbc_primitives::{AccountId, Balance, BlockNumber};
use codec::Decode;
use subxt::{ext::scale_decode::DecodeAsType, utils::Static};

/// Most stakes that are listed at once.
pub const MAX_STAKES_LISTED: usize = 100_000;

/// A value that many own by shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct SharePool {
	/// How many shares there are.
	pub shares: Balance,
	/// What they are worth together, planck.
	pub value: Balance,
}

impl SharePool {
	/// What `shares` are worth, planck, rounded down as the chain does.
	pub fn worth(&self, shares: Balance) -> Balance {
		mul_div(shares, self.value, self.shares).map_or(0, |(worth, _)| worth)
	}

	/// The fewest shares that are worth at least `amount`; `None` if the pool has no value.
	pub fn shares_for(&self, amount: Balance) -> Option<Balance> {
		let (shares, rest) = mul_div(amount, self.shares, self.value)?;
		if rest == 0 { Some(shares) } else { shares.checked_add(1) }
	}
}

/// ⌊a × b / c⌋ through 256 bits, with the remainder. `None` if `c` is zero or the result does not fit.
pub(crate) fn mul_div(a: u128, b: u128, c: u128) -> Option<(u128, u128)> {
	if c == 0 {
		return None;
	}
	let (mut quotient, mut rest): (u128, u128) = (0, 0);
	// Horner's scheme over the bits of `a`, divided by `c` as it grows: quotient × c + rest is the product
	// of `b` and the bits of `a` so far.
	let (whole, part) = (b.checked_div(c)?, b.checked_rem(c)?);
	for bit in (0..u128::BITS).rev() {
		quotient = quotient.checked_mul(2)?;
		rest = add_mod(rest, rest, c, &mut quotient)?;
		if a >> bit & 1 == 1 {
			quotient = quotient.checked_add(whole)?;
			rest = add_mod(rest, part, c, &mut quotient)?;
		}
	}
	Some((quotient, rest))
}

/// (x + y) mod c of x, y < c; counts the c that was taken off.
fn add_mod(x: u128, y: u128, c: u128, quotient: &mut u128) -> Option<u128> {
	let room = c.checked_sub(x)?;
	if y < room {
		return x.checked_add(y);
	}
	*quotient = quotient.checked_add(1)?;
	y.checked_sub(room)
}

/// Part of what a staker has on its way out of a miner, as `ComputeStaking.Unbonding` stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct UnbondingChunk {
	/// Shares of the miner's `unbonding`.
	pub shares: Balance,
	/// First block in which it is paid out.
	pub until: BlockNumber,
}

/// What a staker has with a miner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Delegation {
	/// Shares of the pool of active delegations.
	pub shares: Balance,
	/// What they are worth now, planck.
	pub value: Balance,
	/// What is leaving, in the order in which it was asked for.
	pub chunks: Vec<Chunk>,
}

impl Delegation {
	/// Whether there is nothing.
	pub fn is_empty(&self) -> bool {
		self.shares == 0 && self.chunks.is_empty()
	}

	/// What can be paid out in `block`, planck.
	pub fn due(&self, block: BlockNumber) -> Balance {
		let due = self.chunks.iter().filter(|chunk| chunk.until <= block);
		due.fold(0, |sum, chunk| sum.saturating_add(chunk.value))
	}
}

/// Part of what is leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Chunk {
	/// What it is worth now, planck; a slash can still make it less.
	pub value: Balance,
	/// First block in which it is paid out.
	pub until: BlockNumber,
}

/// A delegation that was made.
#[derive(Debug)]
pub struct Delegated {
	/// The shares it bought.
	pub shares: Balance,
	/// Where.
	pub included: Included,
}

/// Shares that were turned into coins on their way out.
#[derive(Debug)]
pub struct Undelegated {
	/// What they were worth, planck.
	pub amount: Balance,
	/// First block in which it is paid out.
	pub until: BlockNumber,
	/// Where.
	pub included: Included,
}

/// What was paid out.
#[derive(Debug)]
pub struct Withdrawn {
	/// How much, planck.
	pub amount: Balance,
	/// Where.
	pub included: Included,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct SharesField {
	shares: Balance,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct LeavingFields {
	amount: Balance,
	until: BlockNumber,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct AmountField {
	amount: Balance,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct ReturnedField {
	returned: Balance,
}

impl View {
	/// What an account has with a miner. Of the miner itself: what of its own is leaving.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn delegation(
		&self,
		miner: &AccountId,
		staker: &AccountId,
	) -> Result<Delegation, ChainError> {
		self.ask("ComputeStaking", "delegation", &(miner, staker)).await
	}

	/// Who has delegated to a miner and not gone entirely: its delegators, in the order of their addresses.
	///
	/// # Errors
	/// [`ChainError::TooMany`] above [`MAX_STAKES_LISTED`].
	pub async fn delegators(&self, miner: &AccountId) -> Result<Vec<AccountId>, ChainError> {
		let prefix = || (Static(miner.clone()),);
		let active = self.list(schema::delegations(), prefix(), MAX_STAKES_LISTED).await?;
		let leaving = self.list(schema::unbonding(), prefix(), MAX_STAKES_LISTED).await?;
		let active = active.into_iter().map(|((_, staker), _)| staker.0);
		let leaving = leaving.into_iter().map(|((_, staker), _)| staker.0);
		let mut stakers: Vec<_> = active.chain(leaving).filter(|staker| staker != miner).collect();
		stakers.sort();
		stakers.dedup();
		Ok(stakers)
	}

	/// The miners with which an account has anything. Goes through the stakes of all accounts.
	///
	/// # Errors
	/// [`ChainError::TooMany`] above [`MAX_STAKES_LISTED`].
	pub async fn staked_with(&self, staker: &AccountId) -> Result<Vec<AccountId>, ChainError> {
		let active = self.list(schema::delegations(), (), MAX_STAKES_LISTED).await?;
		let leaving = self.list(schema::unbonding(), (), MAX_STAKES_LISTED).await?;
		let active = active.into_iter().map(|(key, _)| key);
		let leaving = leaving.into_iter().map(|(key, _)| key);
		let mut miners: Vec<_> = active
			.chain(leaving)
			.filter(|(_, of)| of.0 == *staker)
			.map(|(miner, _)| miner.0)
			.collect();
		miners.sort();
		miners.dedup();
		Ok(miners)
	}
}

impl Chain {
	/// Stakes `amount` on a miner, if it buys at least `min_shares` (0: however many).
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn delegate(
		&self,
		delegator: &Keypair,
		miner: &AccountId,
		amount: Balance,
		min_shares: Balance,
	) -> Result<Delegated, SubmitError> {
		let call = calls::delegate(miner, amount, min_shares);
		let included = self.submit(delegator, &call).await?;
		let SharesField { shares } = included.event("ComputeStaking", "Delegated")?;
		Ok(Delegated { shares, included })
	}

	/// Takes shares back; what they are worth is paid out after the unbonding time.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn undelegate(
		&self,
		delegator: &Keypair,
		miner: &AccountId,
		shares: Balance,
	) -> Result<Undelegated, SubmitError> {
		let included = self.submit(delegator, &calls::undelegate(miner, shares)).await?;
		let LeavingFields { amount, until } = included.event("ComputeStaking", "Undelegated")?;
		Ok(Undelegated { amount, until, included })
	}

	/// Takes part of a miner's own collateral out, after the unbonding time.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn unbond(
		&self,
		miner: &Keypair,
		amount: Balance,
	) -> Result<Undelegated, SubmitError> {
		let included = self.submit(miner, &calls::unbond(amount)).await?;
		let LeavingFields { amount, until } =
			included.event("ComputeStaking", "CollateralUnbonding")?;
		Ok(Undelegated { amount, until, included })
	}

	/// Pays out what the signer, the miner itself or a delegator, took out long enough ago.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn withdraw_unbonded(
		&self,
		staker: &Keypair,
		miner: &AccountId,
	) -> Result<Withdrawn, SubmitError> {
		let included = self.submit(staker, &calls::withdraw_unbonded(miner)).await?;
		let AmountField { amount } = included.event("ComputeStaking", "UnbondedWithdrawn")?;
		Ok(Withdrawn { amount, included })
	}

	/// Returns all that a delegator has with a miner whose leaving is over. Anybody may sign.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn return_delegation(
		&self,
		signer: &Keypair,
		miner: &AccountId,
		delegator: &AccountId,
	) -> Result<Withdrawn, SubmitError> {
		let included = self.submit(signer, &calls::return_delegation(miner, delegator)).await?;
		let ReturnedField { returned } = included.event("ComputeStaking", "DelegationReturned")?;
		Ok(Withdrawn { amount: returned, included })
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn shares_should_be_worth_their_part() {
		let pool = SharePool { shares: 3, value: 10 };
		assert_eq!([0, 1, 2, 3].map(|shares| pool.worth(shares)), [0, 3, 6, 10]);
		assert_eq!(
			[0, 1, 3, 4, 10].map(|amount| pool.shares_for(amount)),
			[0, 1, 1, 2, 3].map(Some)
		);
		assert_eq!(SharePool::default().worth(5), 0);
		assert_eq!(SharePool { shares: 5, value: 0 }.shares_for(1), None);
	}

	#[test]
	fn mul_div_should_keep_within_its_bounds() {
		const MAX: u128 = u128::MAX;
		for (a, b, c, expected) in [
			(MAX, MAX, MAX, Some((MAX, 0))),
			(MAX, MAX - 1, MAX, Some((MAX - 1, 0))),
			(MAX, 2, MAX, Some((2, 0))),
			(MAX, 1, 2, Some((MAX / 2, 1))),
			(MAX, MAX, MAX - 1, None),
			(2, MAX, 1, None),
			(1, 1, 0, None),
			(0, MAX, 1, Some((0, 0))),
		] {
			assert_eq!(mul_div(a, b, c), expected, "{a} × {b} / {c}");
		}
	}

	#[test]
	fn delegations_should_say_what_is_due() {
		let chunks = vec![Chunk { value: 3, until: 10 }, Chunk { value: 4, until: 20 }];
		let delegation = Delegation { chunks, ..Delegation::default() };
		assert_eq!([9, 10, 20].map(|block| delegation.due(block)), [0, 3, 7]);
		assert!(!delegation.is_empty());
	}

	proptest! {
		#[test]
		fn mul_div_should_be_exact(a: u64, b: u64, c in 1..u64::MAX) {
			let product = u128::from(a) * u128::from(b);
			let expected = (product / u128::from(c), product % u128::from(c));
			prop_assert_eq!(mul_div(a.into(), b.into(), c.into()), Some(expected));
		}

		#[test]
		fn mul_div_should_undo_a_multiplication(a in 1..u128::MAX, c in 1..u128::MAX) {
			prop_assert_eq!(mul_div(a, c, c), Some((a, 0)));
			prop_assert_eq!(mul_div(c, a, c), Some((a, 0)));
		}

		#[test]
		fn shares_for_should_be_the_fewest(shares in 1..u64::MAX, value in 1..u64::MAX, amount: u64) {
			let pool = SharePool { shares: shares.into(), value: value.into() };
			let fewest = pool.shares_for(amount.into()).expect("has value");
			// Of more than there are one must ask another way: worth is not bounded by the pool.
			prop_assert!(pool.worth(fewest) >= amount.into());
			prop_assert!(fewest == 0 || pool.worth(fewest - 1) < amount.into());
		}
	}
}
