//! What is stored, and what the view functions answer.

use crate::{
	reputation::Scores,
	shares::{SharePool, Stakes, most_delegated},
};
use aitbc_primitives::{AccountId, Balance, BlockNumber, LeaseFate, Reputation, WorkerKey};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, traits::fungible};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// Value taken out of an account and not yet given to another.
pub type CreditOf<T> = fungible::Credit<AccountId, <T as crate::Config>::Currency>;

/// What a staker has on its way out of one miner.
pub type ChunksOf<T> = BoundedVec<UnbondingChunk, <T as crate::Config>::MaxUnbondingChunks>;

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
	/// Takes leases, if its own collateral is at least the minimum. Left by `chill`, `leave`, and a slash
	/// that exhausts a pool.
	#[codec(index = 0)]
	Active,
	/// Takes none, for good; collateral and delegations can be taken back from block `until` on. Left by
	/// `withdraw`.
	#[codec(index = 1)]
	Leaving {
		/// First block in which `withdraw` and `return_delegation` succeed.
		until: BlockNumber,
	},
	/// Takes none for now. Left by `resume`, `leave`, and a slash that exhausts a pool.
	#[codec(index = 2)]
	Chilled,
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

impl Record {
	/// Counts the end of a lease. `Released` is neither fault nor merit.
	pub fn note(&mut self, fate: LeaseFate) {
		let counter = match fate {
			LeaseFate::Accepted => &mut self.accepted,
			LeaseFate::Failed => &mut self.failed,
			LeaseFate::Late => &mut self.late,
			LeaseFate::Withheld => &mut self.withheld,
			LeaseFate::Wrong => &mut self.wrong,
			LeaseFate::Released => return,
		};
		*counter = counter.saturating_add(1);
	}
}

/// What a miner keeps of its delegators' rewards.
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
pub struct Commission {
	/// In force until the next one is.
	pub now: Permill,
	/// A higher one, and the block from which it is in force.
	pub next: Option<(Permill, BlockNumber)>,
}

impl Commission {
	/// What is in force in `block`.
	pub fn at(&self, block: BlockNumber) -> Permill {
		self.next.filter(|(_, from)| *from <= block).map_or(self.now, |(next, _)| next)
	}

	/// Lowers it at once, or raises it from block `notice` on; forgets a raise announced earlier. Returns
	/// the block from which the new one is in force.
	pub fn change(&mut self, to: Permill, now: BlockNumber, notice: BlockNumber) -> BlockNumber {
		let present = self.at(now);
		let raise = to > present && notice > now;
		*self = if raise {
			Self { now: present, next: Some((to, notice)) }
		} else {
			Self { now: to, next: None }
		};
		if raise { notice } else { now }
	}
}

/// A miner.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct MinerInfo {
	/// The key that signs the receipts of leases that begin now.
	pub worker: WorkerKey,
	/// Whose it is; its own if `None`.
	pub owner: Option<AccountId>,
	/// Whose it would like to be.
	pub requested_owner: Option<AccountId>,
	/// Its own active collateral, planck.
	pub own: Balance,
	/// The active delegations.
	pub pool: SharePool,
	/// What is leaving, the miner's own part included.
	pub unbonding: SharePool,
	/// What of the bond backs open leases, planck; never more than the bond.
	pub locked: Balance,
	/// How many leases are open.
	pub open_leases: u32,
	/// Whether it takes leases.
	pub status: MinerStatus,
	/// What it keeps of its delegators' rewards.
	pub commission: Commission,
	/// Whether its own pay is bonded at once.
	pub compounding: bool,
	/// How its leases ended.
	pub record: Record,
	/// The same per class, faded with time.
	pub reputation: Scores,
}

impl MinerInfo {
	/// A miner that has just registered.
	pub fn new(worker: WorkerKey, own: Balance) -> Self {
		Self {
			worker,
			owner: None,
			requested_owner: None,
			own,
			pool: SharePool::default(),
			unbonding: SharePool::default(),
			locked: 0,
			open_leases: 0,
			status: MinerStatus::Active,
			commission: Commission::default(),
			compounding: false,
			record: Record::default(),
			reputation: Scores::default(),
		}
	}

	/// Own collateral and active delegations, planck: what rewards are divided by. Saturating, but it
	/// cannot: all of it lies on hold in one account.
	pub const fn bond(&self) -> Balance {
		self.own.saturating_add(self.pool.value)
	}

	/// The part of the bond that backs leases, planck, where `percent` of a miner's own may be delegated to
	/// it: delegations beyond that do not count, whether it took its own away after they came or rewards
	/// made them more. So nobody works on others' coins alone.
	pub fn backing(&self, percent: u32) -> Balance {
		let counted = self.pool.value.min(most_delegated(self.own, percent));
		self.own.saturating_add(counted)
	}

	/// The part of [`Self::backing`] that backs no lease yet, planck. None if what is locked is more, as it
	/// can be after a slash, or where the percentage was lowered.
	pub fn free(&self, percent: u32) -> Balance {
		self.backing(percent).saturating_sub(self.locked)
	}

	/// Everything that can be slashed.
	pub const fn stakes(&self) -> Stakes {
		Stakes { own: self.own, pool: self.pool.value, unbonding: self.unbonding.value }
	}

	/// Whether it may take leases, where `least` is the least collateral of its own.
	pub fn may_take_leases(&self, least: Balance) -> bool {
		self.status == MinerStatus::Active && self.own >= least
	}

	/// Whether it is on its way out.
	pub const fn is_leaving(&self) -> bool {
		matches!(self.status, MinerStatus::Leaving { .. })
	}

	/// Whether one of the pools has been slashed to next to nothing.
	pub fn is_exhausted(&self) -> bool {
		self.pool.is_exhausted() || self.unbonding.is_exhausted()
	}
}

/// What a worker key does.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct WorkerInfo {
	/// Whom it signs for.
	pub miner: AccountId,
	/// How many open leases name it.
	pub leases: u32,
	/// Whether another key has taken its place: it only ends what it began.
	pub retired: bool,
}

/// Part of what a staker has on its way out of a miner.
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
pub struct UnbondingChunk {
	/// Shares of the miner's `unbonding`.
	pub shares: Balance,
	/// First block in which it is paid out.
	pub until: BlockNumber,
}

/// What [`aitbc_primitives::Bonds::standing`] says of a miner, for whoever asks from outside.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Standing {
	/// Whose it is; the miner itself unless it joined an owner.
	pub owner: AccountId,
	/// The key that will sign.
	pub worker: WorkerKey,
	/// What backs leases, planck: its own, and as much of its delegations as its own allows.
	pub bond: Balance,
	/// The part of it that backs no lease, planck.
	pub free: Balance,
	/// In the class that was asked for.
	pub reputation: Reputation,
}

/// What a staker has with a miner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DelegationStatus {
	/// Shares of the pool of active delegations.
	pub shares: Balance,
	/// What they are worth now, planck.
	pub value: Balance,
	/// What is leaving, in the order in which it was asked for.
	pub chunks: Vec<ChunkStatus>,
}

/// Part of what is leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ChunkStatus {
	/// What it is worth now, planck; a slash can still make it less.
	pub value: Balance,
	/// First block in which it is paid out.
	pub until: BlockNumber,
}
