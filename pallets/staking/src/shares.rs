//! How a value is divided: shares of a pool, the parts of a slash, the parts of a reward. Arithmetic only;
//! no storage and no currency.
//!
//! Rounding never favours who acts: a buyer gets shares rounded down, a seller value rounded down, and what
//! that leaves over belongs to the shares that stay. So the value of a share never falls by buying or
//! selling, and nobody can take out more than went in, however often.

use aitbc_primitives::Balance;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{Permill, Rounding, helpers_128bit::multiply_by_rational_with_rounding};

/// How many shares a planck may become before a pool counts as exhausted.
///
/// A slash makes shares cheap, so that the same amount buys more of them. Without a bound a pool that was
/// slashed again and again would give out more shares than 128 bits count, and then nobody could move any
/// more. With it, a pool of all the coins there can be (below 10²⁹ planck) has less than 2¹²⁸ of them.
pub const MAX_SHARES_PER_PLANCK: Balance = 1_000_000_000;

/// Rounding may take one part in so many of what is paid for shares: see [`SharePool::buy_fairly`].
pub const TOLERATED_LOSS: Balance = 1_000_000;

/// ⌊a × b / c⌋, through 256 bits. `None` if `c` is zero or the result does not fit.
pub const fn mul_div(a: Balance, b: Balance, c: Balance) -> Option<Balance> {
	multiply_by_rational_with_rounding(a, b, c, Rounding::Down)
}

/// Why an amount buys no share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareError {
	/// Shares without value: nobody can say what one costs.
	Worthless,
	/// The amount is worth less than one share.
	NoShare,
	/// A share is worth so much that rounding would take too large a part of the amount.
	TooDear,
	/// The sum does not fit.
	Overflow,
}

/// A value that many own by shares. A change of the value alone changes what every share is worth.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct SharePool {
	/// How many shares there are.
	pub shares: Balance,
	/// What they are worth together, planck; zero if there are none.
	pub value: Balance,
}

impl SharePool {
	/// The shares that `amount` would buy, rounded down.
	///
	/// # Errors
	/// If it buys none, see [`ShareError`].
	pub fn quote(&self, amount: Balance) -> Result<Balance, ShareError> {
		let shares = match (self.shares, self.value) {
			(0, _) => amount,
			(_, 0) => return Err(ShareError::Worthless),
			(shares, value) => mul_div(amount, shares, value).ok_or(ShareError::Overflow)?,
		};
		if shares == 0 { Err(ShareError::NoShare) } else { Ok(shares) }
	}

	/// Adds `amount` and says how many shares it bought.
	///
	/// # Errors
	/// See [`Self::quote`]; then nothing has changed.
	pub fn buy(&mut self, amount: Balance) -> Result<Balance, ShareError> {
		let bought = self.quote(amount)?;
		let shares = self.shares.checked_add(bought).ok_or(ShareError::Overflow)?;
		let value = self.value.checked_add(amount).ok_or(ShareError::Overflow)?;
		*self = Self { shares, value };
		Ok(bought)
	}

	/// The same for somebody who joins others: refuses where the shares would be worth, once they are
	/// bought, less than `amount` by more than a millionth of it (see [`TOLERATED_LOSS`]; by more than a
	/// planck where that is more, which rounding can always take).
	///
	/// Rounding leaves up to the price of one share to those who have shares already. Who has all of them
	/// could otherwise make them few and dear, and take up to a quarter of what the next one pays.
	///
	/// # Errors
	/// See [`Self::quote`], and [`ShareError::TooDear`]; then nothing has changed.
	pub fn buy_fairly(&mut self, amount: Balance) -> Result<Balance, ShareError> {
		let mut pool = *self;
		let bought = pool.buy(amount)?;
		let lost = amount.saturating_sub(pool.worth(bought));
		let tolerated = amount.checked_div(TOLERATED_LOSS).unwrap_or_default().max(1);
		if lost > tolerated {
			return Err(ShareError::TooDear);
		}
		*self = pool;
		Ok(bought)
	}

	/// What `shares` are worth, planck, rounded down. All shares together are worth the whole value.
	pub fn worth(&self, shares: Balance) -> Balance {
		mul_div(shares, self.value, self.shares).unwrap_or_default()
	}

	/// Takes `shares` out and says what they were worth. `None`, changing nothing, if there are fewer.
	pub fn sell(&mut self, shares: Balance) -> Option<Balance> {
		let left = self.shares.checked_sub(shares)?;
		let paid = self.worth(shares);
		let value = self.value.checked_sub(paid)?;
		*self = Self { shares: left, value };
		Some(paid)
	}

	/// Adds a reward: every share is worth more. `None`, changing nothing, if nobody would own it or it
	/// does not fit.
	pub fn grow(&mut self, amount: Balance) -> Option<()> {
		(self.shares > 0 || amount == 0).then_some(())?;
		self.value = self.value.checked_add(amount)?;
		Some(())
	}

	/// Takes a slash: every share is worth less. `None`, changing nothing, if there is less than that.
	pub fn shrink(&mut self, amount: Balance) -> Option<()> {
		self.value = self.value.checked_sub(amount)?;
		Some(())
	}

	/// Whether slashes made the shares so cheap that the pool must not sell any more of them: see
	/// [`MAX_SHARES_PER_PLANCK`].
	pub fn is_exhausted(&self) -> bool {
		self.shares > self.value.saturating_mul(MAX_SHARES_PER_PLANCK)
	}
}

/// What is at stake for a miner, or what a slash takes of it, planck.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Stakes {
	/// The miner's own.
	pub own: Balance,
	/// The active delegations.
	pub pool: Balance,
	/// What is leaving.
	pub unbonding: Balance,
}

impl Stakes {
	/// All of it; `None` if the sum does not fit.
	pub fn total(&self) -> Option<Balance> {
		self.own.checked_add(self.pool)?.checked_add(self.unbonding)
	}

	/// The parts of a slash of `amount`: in proportion, each rounded down, and the rest from `own`, then
	/// `pool`, then `unbonding`. They add up to `amount`. `None` if there is less than that.
	pub fn slash(&self, amount: Balance) -> Option<Self> {
		let total = self.total().filter(|total| amount <= *total)?;
		let part = |stake| mul_div(amount, stake, total).unwrap_or_default();
		let mut parts =
			Self { own: part(self.own), pool: part(self.pool), unbonding: part(self.unbonding) };
		let mut rest = amount.checked_sub(parts.total()?)?;
		for (part, stake) in [
			(&mut parts.own, self.own),
			(&mut parts.pool, self.pool),
			(&mut parts.unbonding, self.unbonding),
		] {
			let more = rest.min(stake.checked_sub(*part)?);
			*part = part.checked_add(more)?;
			rest = rest.checked_sub(more)?;
		}
		Some(parts)
	}
}

/// Most that may be delegated to a miner, planck: `percent` of what is its own, rounded down.
pub fn most_delegated(own: Balance, percent: u32) -> Balance {
	// What does not fit 128 bits is more than there is.
	mul_div(own, percent.into(), 100).unwrap_or(Balance::MAX)
}

/// The delegators' part of a pay, planck: in proportion to what of the bond is theirs, rounded down, less
/// the miner's commission, rounded up. All else is the miner's.
pub fn delegators_part(
	pay: Balance,
	pool_value: Balance,
	bond: Balance,
	commission: Permill,
) -> Balance {
	let gross = mul_div(pay, pool_value, bond).unwrap_or_default();
	gross.saturating_sub(commission.mul_ceil(gross))
}
