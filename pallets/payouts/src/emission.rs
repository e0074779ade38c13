//! The arithmetic of emission. Pure; property tests compare it with unbounded integers.
//!
//! What makes it safe is that each of the functions rounds down and takes minima: nobody is ever issued
//! more than the verified fee of its own work, whatever the other numbers are.

use aitbc_primitives::Balance;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{Perbill, Permill, Rounding, helpers_128bit::multiply_by_rational_with_rounding};

/// By which an era's emission is reckoned: the parameters as they were when it ended.
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
pub struct EmissionTerms {
	/// Most that is issued for the era, planck.
	pub per_era: Balance,
	/// Part of the verified fee that is issued.
	pub share: Permill,
	/// Most that one miner is issued, as a part of its bond.
	pub bond_share: Perbill,
}

impl EmissionTerms {
	/// What a verified fee entitles to while the budget lasts, planck.
	pub fn entitled(&self, verified_fee: Balance) -> Balance {
		self.share.mul_floor(verified_fee).min(verified_fee)
	}

	/// Most that is issued for an era with this verified fee, planck.
	pub fn budget(&self, era_fee: Balance) -> Balance {
		self.entitled(era_fee).min(self.per_era)
	}

	/// What a miner is issued for `verified_fee` planck of the era's `era_fee`, with `bond` planck at stake.
	pub fn emission(&self, verified_fee: Balance, era_fee: Balance, bond: Balance) -> Balance {
		let entitled = self.entitled(verified_fee);
		// Not more than `entitled`, since the budget is not more than what the whole era entitles to. `None`
		// where nobody is entitled to anything, or where `era_fee` is less than its part.
		let part = multiply_by_rational_with_rounding(
			entitled,
			self.budget(era_fee),
			self.entitled(era_fee),
			Rounding::Down,
		);
		part.unwrap_or_default().min(entitled).min(self.bond_share.mul_floor(bond))
	}
}
