//! What is stored about a miner.

use aitbc_primitives::{AccountId, Balance, BlockNumber, WorkerKey};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::fungible;
use scale_info::TypeInfo;

/// Value taken out of an account and not yet given to another.
pub type CreditOf<T> = fungible::Credit<AccountId, <T as crate::Config>::Currency>;

/// Whether a miner may be let anything.
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
pub enum MinerStatus {
	/// Takes leases. Left by `leave`.
	#[codec(index = 0)]
	Active,
	/// Takes none; collateral can be withdrawn from block `until` on. Left by `withdraw`.
	#[codec(index = 1)]
	Leaving {
		/// First block in which `withdraw` succeeds.
		until: BlockNumber,
	},
}

/// How a miner's leases ended, counted since it registered.
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
pub struct Record {
	/// Answers accepted and paid.
	pub accepted: u32,
	/// Answers that said the work failed.
	pub failed: u32,
	/// Leases without an answer in time.
	pub late: u32,
	/// Commitments never revealed.
	pub withheld: u32,
	/// Answers that differed from the quorum's.
	pub wrong: u32,
}

/// A miner.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct MinerInfo {
	/// The key that signs its receipts.
	pub worker: WorkerKey,
	/// What is on hold, planck.
	pub collateral: Balance,
	/// The part of it that backs open leases, planck; never more than `collateral`.
	pub locked: Balance,
	/// How many leases are open.
	pub open_leases: u32,
	/// Whether it takes leases.
	pub status: MinerStatus,
	/// How its leases ended.
	pub record: Record,
}

impl MinerInfo {
	/// A miner that has just registered.
	pub fn new(worker: WorkerKey, collateral: Balance) -> Self {
		Self {
			worker,
			collateral,
			locked: 0,
			open_leases: 0,
			status: MinerStatus::Active,
			record: Record::default(),
		}
	}
}
