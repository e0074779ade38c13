//! What the ends of its leases say of a miner. Arithmetic only.
//!
//! A *good* and a *bad* number per class fade with time: what they were worth in one block is worth half
//! of it a half-life later. The weight of the past falls along straight lines between the multiples of the
//! half-life, and its fall from one block to another does not depend on how often one looks in between:
//! who has many leases fades no slower than who has few.

use crate::shares::mul_div;
use aitbc_primitives::{Balance, BlockNumber, Class, LeaseFate, Reputation};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// One lease, in the unit in which they are counted. The fraction keeps what fades slowly.
pub const ONE: u64 = 1 << 32;

/// An accepted answer counts in full that was paid one part in so many of the least collateral.
const FULL_MERIT: Balance = 1_000;

/// What everybody is given in advance: as many good leases as bad ones. It makes the first ends of leases
/// count for little, and is where everybody returns to who does nothing.
const PRIOR: u128 = 2 * ONE as u128;

/// The ends of a miner's leases in one class, faded up to a block.
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
pub struct Score {
	/// Answers that were accepted, by what they were paid, in units of [`ONE`].
	pub good: u64,
	/// Leases that ended badly, by how badly, in units of [`ONE`].
	pub bad: u64,
	/// The block up to which both have faded.
	pub at: BlockNumber,
}

/// What is left of `value` after the blocks from `from` to `to`, rounded down.
pub fn fade(value: u64, from: BlockNumber, to: BlockNumber, half_life: BlockNumber) -> u64 {
	let half_life = half_life.max(1);
	if to <= from {
		return value;
	}
	// The weight of a block is 2^-halvings × (1 − since / (2 × half-life)): it falls from one to a half
	// within a half-life.
	let halvings = |block: BlockNumber| block.checked_div(half_life).unwrap_or_default();
	let weight = |block: BlockNumber| {
		let since = block.checked_rem(half_life).unwrap_or_default();
		u128::from(half_life).saturating_mul(2).saturating_sub(since.into())
	};
	let scaled =
		u128::from(value).saturating_mul(weight(to)).checked_div(weight(from)).unwrap_or_default();
	let halved = scaled.checked_shr(halvings(to).saturating_sub(halvings(from)));
	u64::try_from(halved.unwrap_or_default()).unwrap_or(u64::MAX)
}

/// What an accepted answer is worth, in units of [`ONE`], that was paid `earned` where `least` is the least
/// collateral of a miner: all of [`ONE`] from a thousandth of that on, below it in proportion, rounded down.
/// Otherwise jobs of a few planck, which anybody can let to its own miner, would buy as good a name as work that
/// somebody wanted: what is paid leaves the protocol its fee.
pub fn merit(earned: Balance, least: Balance) -> u64 {
	let full = least.checked_div(FULL_MERIT).unwrap_or_default().max(1);
	let merit = mul_div(ONE.into(), earned.min(full), full);
	merit.and_then(|merit| merit.try_into().ok()).unwrap_or_default()
}

/// What the end of a lease adds to the good and to the bad. Only the good depends on what was paid.
const fn weight(fate: LeaseFate, merit: u64) -> (u64, u64) {
	match fate {
		LeaseFate::Accepted => (merit, 0),
		LeaseFate::Released => (0, 0),
		LeaseFate::Failed => (0, ONE / 4),
		LeaseFate::Late => (0, ONE),
		LeaseFate::Withheld => (0, 4 * ONE),
		LeaseFate::Wrong => (0, 16 * ONE),
	}
}

impl Score {
	/// The score as it is in block `now`.
	pub fn faded(&self, now: BlockNumber, half_life: BlockNumber) -> Self {
		Self {
			good: fade(self.good, self.at, now, half_life),
			bad: fade(self.bad, self.at, now, half_life),
			at: self.at.max(now),
		}
	}

	/// Notes the end of a lease; `merit` is what it is worth if it was accepted, see [`merit`].
	pub fn note(&mut self, fate: LeaseFate, merit: u64, now: BlockNumber, half_life: BlockNumber) {
		let (good, bad) = weight(fate, merit);
		let faded = self.faded(now, half_life);
		*self = Self {
			good: faded.good.saturating_add(good),
			bad: faded.bad.saturating_add(bad),
			at: faded.at,
		};
	}

	/// 10,000 × (good + 2) / (good + bad + 4), rounded down.
	pub fn reputation(&self, now: BlockNumber, half_life: BlockNumber) -> Reputation {
		let Self { good, bad, .. } = self.faded(now, half_life);
		let favourable = u128::from(good).saturating_add(PRIOR);
		let all = favourable.saturating_add(bad.into()).saturating_add(PRIOR);
		let scaled = favourable.saturating_mul(Reputation::MAX.0.into()).checked_div(all);
		Reputation(scaled.and_then(|scaled| scaled.try_into().ok()).unwrap_or_default())
	}
}

/// The scores of a miner.
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
pub struct Scores {
	/// In class `Echo`.
	pub echo: Score,
	/// In class `Gemm`.
	pub gemm: Score,
	/// In class `Wgsl`.
	pub wgsl: Score,
}

impl Scores {
	/// The score in a class.
	pub const fn of(&self, class: Class) -> &Score {
		match class {
			Class::Echo => &self.echo,
			Class::Gemm => &self.gemm,
			Class::Wgsl => &self.wgsl,
		}
	}

	/// The same, to be changed.
	pub const fn of_mut(&mut self, class: Class) -> &mut Score {
		match class {
			Class::Echo => &mut self.echo,
			Class::Gemm => &mut self.gemm,
			Class::Wgsl => &mut self.wgsl,
		}
	}
}
