//! One replica of a job, let to one miner.

use crate::{Balance, BlockNumber, Hash, Verdict, WorkerKey};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{Perbill, Permill};

/// Where a lease stands. Leases that ended are removed; how they ended is in the events and in the
/// job's result.
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
pub enum LeaseState {
	/// The miner owes an answer until `deliver_by`. Left by `commit`, `submit`, or expiry.
	#[codec(index = 0)]
	Leased,
	/// The miner is bound to the hash of its answer. Left by `reveal`, or expiry of `reveal_by`.
	#[codec(index = 1)]
	Committed {
		/// See [`crate::commitment`].
		commitment: Hash,
	},
	/// The answer is known; the verdict is near.
	#[codec(index = 2)]
	Revealed {
		/// What the miner says came out.
		verdict: Verdict,
	},
}

/// What backs a lease, with the terms that were in force when it began.
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
pub struct LeaseBond {
	/// Collateral locked, planck.
	pub collateral: Balance,
	/// What of it a late answer forfeits.
	pub slash_late: Perbill,
	/// What of it a withheld reveal forfeits.
	pub slash_withheld: Perbill,
}

impl LeaseBond {
	/// What an end of this kind forfeits, planck, rounded up; never more than the collateral.
	pub fn forfeit(&self, fate: LeaseFate) -> Balance {
		match fate {
			LeaseFate::Accepted | LeaseFate::Released | LeaseFate::Failed => 0,
			LeaseFate::Late => self.slash_late.mul_ceil(self.collateral),
			LeaseFate::Withheld => self.slash_withheld.mul_ceil(self.collateral),
			LeaseFate::Wrong => self.collateral,
		}
	}
}

/// A replica of a job in the hands of a miner.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Lease<AccountId> {
	/// Who holds it.
	pub miner: AccountId,
	/// Whose that miner is.
	pub owner: AccountId,
	/// The key that must sign its receipt, as it was when the lease began.
	pub worker: WorkerKey,
	/// How often this replica was let before.
	pub attempt: u8,
	/// What the miner is paid for a unit, planck; at most the client's maximum.
	pub price_per_unit: Balance,
	/// The protocol's part of the payment, as it was when the lease began.
	pub fee: Permill,
	/// What backs it.
	pub bond: LeaseBond,
	/// When it began.
	pub leased_at: BlockNumber,
	/// Last block in which an answer (receipt or commitment) is taken.
	pub deliver_by: BlockNumber,
	/// Where it stands.
	pub state: LeaseState,
}

/// How a lease ended, as far as the miner's collateral and reputation are concerned.
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
#[cfg_attr(feature = "std", derive(serde::Serialize))]
pub enum LeaseFate {
	/// Its answer was accepted. Nothing is taken.
	#[codec(index = 0)]
	Accepted,
	/// Ended through no fault of the miner: cancelled, or the replicas found no quorum.
	#[codec(index = 1)]
	Released,
	/// No answer by `deliver_by`. A small part is taken.
	#[codec(index = 2)]
	Late,
	/// Committed and then did not reveal. A medium part is taken.
	#[codec(index = 3)]
	Withheld,
	/// Its answer differs from the quorum's. The lease's whole collateral is taken.
	#[codec(index = 4)]
	Wrong,
	/// The miner itself answered that it could not do the work. Nothing is taken, nothing is paid.
	#[codec(index = 5)]
	Failed,
}
