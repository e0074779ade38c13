//! Records of what was paid.

use aitbc_primitives::{AccountId, Balance, Split};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::fungible;
use scale_info::TypeInfo;

/// Value taken out of an account and not yet given to another.
pub type CreditOf<T> = fungible::Credit<AccountId, <T as crate::Config>::Currency>;

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
	pub units: u64,
	/// Where the money went.
	pub split: Split,
}

impl PaymentTotals {
	/// Adds one payment.
	pub(crate) fn note(&mut self, units: u64, paid: &Split) {
		self.replicas = self.replicas.saturating_add(1);
		self.units = self.units.saturating_add(units);
		self.split.miner = self.split.miner.saturating_add(paid.miner);
		self.split.validators = self.split.validators.saturating_add(paid.validators);
		self.split.treasury = self.split.treasury.saturating_add(paid.treasury);
		self.split.burned = self.split.burned.saturating_add(paid.burned);
	}
}

/// What one miner earned since genesis. Amounts in planck.
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
	/// Replicas it was paid for.
	pub replicas: u64,
	/// Units they were worth.
	pub units: u64,
	/// What clients paid for them.
	pub gross: Balance,
	/// What arrived.
	pub net: Balance,
}

impl MinerEarnings {
	/// Adds one payment.
	pub(crate) fn note(&mut self, units: u64, gross: Balance, net: Balance) {
		self.replicas = self.replicas.saturating_add(1);
		self.units = self.units.saturating_add(units);
		self.gross = self.gross.saturating_add(gross);
		self.net = self.net.saturating_add(net);
	}
}

/// One payment.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Payment {
	/// Who was paid.
	pub miner: AccountId,
	/// For how many units.
	pub units: u64,
	/// Where the money went.
	pub split: Split,
}
