//! Records of what was paid. All sums saturate: a record that stops growing is better than a payment
//! that fails.

use crate::EmissionTerms;
use aitbc_primitives::{AccountId, Balance, BlockNumber, Split};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::fungible;
use scale_info::TypeInfo;

/// Value taken out of an account and not yet given to another.
pub type CreditOf<T> = fungible::Credit<AccountId, <T as crate::Config>::Currency>;

/// Number of an era, from genesis.
pub type EraIndex = u32;

/// Sums over payments. Amounts in planck.
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
pub struct WorkSums {
	/// Replicas paid for.
	pub replicas: u64,
	/// Units they were worth. Wider than what one replica can have, so that nobody fills it up.
	pub units: u128,
	/// What clients paid for them.
	pub gross: Balance,
	/// What of it arrived at the miner.
	pub miner: Balance,
	/// What of it arrived at its delegators.
	pub delegators: Balance,
	/// The fee of work whose answer other replicas gave too, without what went into the pot: what nobody
	/// can get back. Bounds the emission.
	pub verified_fee: Balance,
}

impl WorkSums {
	/// Adds other sums.
	pub(crate) fn add(&mut self, other: &Self) {
		self.replicas = self.replicas.saturating_add(other.replicas);
		self.units = self.units.saturating_add(other.units);
		self.gross = self.gross.saturating_add(other.gross);
		self.miner = self.miner.saturating_add(other.miner);
		self.delegators = self.delegators.saturating_add(other.delegators);
		self.verified_fee = self.verified_fee.saturating_add(other.verified_fee);
	}

	/// Whether nothing was ever added.
	pub(crate) const fn is_empty(&self) -> bool {
		self.replicas == 0
	}
}

/// Everything paid since genesis. Amounts in planck.
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
pub struct PaymentTotals {
	/// Replicas paid for.
	pub replicas: u64,
	/// Units they were worth.
	pub units: u128,
	/// What clients paid for them.
	pub gross: Balance,
	/// Where that money went.
	pub split: Split,
	/// See [`WorkSums::verified_fee`].
	pub verified_fee: Balance,
	/// What was issued on top and arrived.
	pub emission: Balance,
}

impl PaymentTotals {
	/// Adds one payment.
	pub(crate) fn note(&mut self, work: &WorkSums, paid: &Split) {
		self.replicas = self.replicas.saturating_add(work.replicas);
		self.units = self.units.saturating_add(work.units);
		self.gross = self.gross.saturating_add(work.gross);
		self.split.miner = self.split.miner.saturating_add(paid.miner);
		self.split.delegators = self.split.delegators.saturating_add(paid.delegators);
		self.split.validators = self.split.validators.saturating_add(paid.validators);
		self.split.treasury = self.split.treasury.saturating_add(paid.treasury);
		self.split.burned = self.split.burned.saturating_add(paid.burned);
		self.verified_fee = self.verified_fee.saturating_add(work.verified_fee);
	}
}

/// What one miner earned in eras that are closed. Amounts in planck.
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
pub struct MinerEarnings {
	/// Its work and what clients paid for it.
	pub work: WorkSums,
	/// What was issued for it and arrived, at the miner and its delegators together.
	pub emission: Balance,
}

/// The era that runs.
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
pub struct RunningEra {
	/// Which.
	pub era: EraIndex,
	/// How many miners worked in it so far.
	pub miners: u32,
	/// What they did.
	pub work: WorkSums,
}

/// An era that is not closed. Amounts in planck.
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
pub struct EraRecord {
	/// How many miners worked in it.
	pub miners: u32,
	/// What they did.
	pub work: WorkSums,
	/// How emission is reckoned.
	pub terms: EmissionTerms,
	/// How many of the miners are settled for good.
	pub paid_miners: u32,
	/// Their part of the work. Added up, not subtracted from the whole, so that the two agree even where
	/// sums saturate.
	pub paid: WorkSums,
	/// What was issued for it so far and arrived.
	pub emission: Balance,
}

impl EraRecord {
	/// Of an era that ends now.
	pub(crate) fn new(ended: &RunningEra, terms: EmissionTerms) -> Self {
		Self { miners: ended.miners, work: ended.work, terms, ..Self::default() }
	}

	/// Most that is issued for it.
	pub fn budget(&self) -> Balance {
		self.terms.budget(self.work.verified_fee)
	}

	/// What a miner is to be issued for its work in this era.
	pub fn emission_of(&self, work: &WorkSums, bond: Balance) -> Balance {
		// The parts add up to no more than the budget, unless the era's fee saturated.
		let left = self.budget().saturating_sub(self.emission);
		self.terms.emission(work.verified_fee, self.work.verified_fee, bond).min(left)
	}
}

/// A miner's work in an era that is not closed.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct OpenEra {
	/// Which.
	pub era: EraIndex,
	/// First block after it; emission is paid from there on.
	pub ends_at: BlockNumber,
	/// What the miner did in it so far.
	pub work: WorkSums,
	/// What would be issued if the era were paid now, planck. Of the era that runs it is a guess: further
	/// work shares the budget.
	pub expected_emission: Balance,
}

/// Answer of the view function `earnings`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct EarningsReport {
	/// Sums of the eras that are closed.
	pub closed: MinerEarnings,
	/// The others in which the miner worked, oldest first.
	pub open: Vec<OpenEra>,
}
