//! What is stored about jobs.

use aitbc_primitives::{
	AccountId, Balance, BlockNumber, Cid, Class, FailureCode, JobId, MAX_LEASES, MAX_REPLICAS,
	ReplicaIndex, Replication,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, traits::ConstU32, traits::fungible};
use scale_info::TypeInfo;

/// Value taken out of an account and not yet given to another.
pub type CreditOf<T> = fungible::Credit<AccountId, <T as crate::Config>::Currency>;

/// A program that jobs may name.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ProgramInfo {
	/// Who registered it.
	pub owner: AccountId,
	/// How long it is.
	pub size_bytes: u32,
	/// What the owner gets back, planck.
	pub deposit: Balance,
	/// Jobs on record that name it.
	pub jobs: u32,
}

/// Why a client got its money back.
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
pub enum RefundReason {
	/// Some replica found no miner in time.
	#[codec(index = 0)]
	NoMiner,
	/// A replica was let as often as allowed and never answered.
	#[codec(index = 1)]
	AttemptsUsedUp,
	/// The answers differ and no quorum agrees.
	#[codec(index = 2)]
	NoQuorum,
	/// The miners agree that the work cannot be done.
	#[codec(index = 3)]
	Failed(FailureCode),
}

/// Where a job stands.
///
/// ```text
/// Open ──▶ Leased ──▶ Judging ──▶ Settled
///   ▲         │          └──────▶ Refunded
///   └─────────┘ a lease is late
/// ```
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
pub enum JobState {
	/// Some replica waits for a miner. Left by the matching hook, by `cancel`, or after `start_by`.
	#[codec(index = 0)]
	Open {
		/// Last block in which a miner may be found.
		start_by: BlockNumber,
	},
	/// Every replica is let. Left by the last answer, by `cancel`, or by a late lease.
	#[codec(index = 1)]
	Leased,
	/// Every replica has committed. Left by the last reveal, or after `reveal_by`.
	#[codec(index = 2)]
	Judging {
		/// Last block in which reveals are taken.
		reveal_by: BlockNumber,
	},
	/// Paid. Left only by pruning.
	#[codec(index = 3)]
	Settled {
		/// Name of the output.
		output: Cid,
	},
	/// The client has its money back. Left only by pruning.
	#[codec(index = 4)]
	Refunded(RefundReason),
	/// The client took it back. Left only by pruning.
	#[codec(index = 5)]
	Cancelled,
}

impl JobState {
	/// Whether nothing can happen any more but pruning.
	pub const fn is_ended(&self) -> bool {
		matches!(self, Self::Settled { .. } | Self::Refunded(_) | Self::Cancelled)
	}
}

/// A job.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Job {
	/// Who pays.
	pub client: AccountId,
	/// Which offers can take it.
	pub class: Class,
	/// Units one replica is paid for.
	pub units: u64,
	/// Most the client pays for a unit, planck.
	pub max_price_per_unit: Balance,
	/// How the result is checked.
	pub replication: Replication,
	/// Blocks in which a miner must be found, from posting or re-letting.
	pub start_within_blocks: u32,
	/// Blocks a miner has to answer.
	pub deliver_within_blocks: u32,
	/// When it was posted.
	pub posted_at: BlockNumber,
	/// When it ended.
	pub ended_at: Option<BlockNumber>,
	/// What is still on hold for it, planck; zero once it has ended.
	pub escrow: Balance,
	/// What the client gets back with pruning, planck.
	pub deposit: Balance,
	/// How often each replica was let before.
	pub attempts: [u8; MAX_REPLICAS as usize],
	/// Every miner that ever held one of its leases: none gets a second.
	pub tried: BoundedVec<AccountId, ConstU32<MAX_LEASES>>,
	/// Where it stands.
	pub state: JobState,
}

/// A replica that waits for a miner. Void unless the job is open and `attempt` is the present one.
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
pub struct Ticket {
	/// Whose.
	pub job: JobId,
	/// Which.
	pub replica: ReplicaIndex,
	/// How often it was let before.
	pub attempt: u8,
}

/// Where a ring begins and ends: entries are `head .. tail`.
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
pub struct RingEnds {
	/// The entry that is served next.
	pub head: u64,
	/// Where the next entry goes.
	pub tail: u64,
}

/// A deadline. Void if its state was left before.
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
pub enum DueItem {
	/// A miner for every replica.
	#[codec(index = 0)]
	Start {
		/// Of which job.
		job: JobId,
	},
	/// An answer to a lease.
	#[codec(index = 1)]
	Delivery {
		/// Of which job.
		job: JobId,
		/// Which replica.
		replica: ReplicaIndex,
		/// Which letting.
		attempt: u8,
	},
	/// The last reveal.
	#[codec(index = 2)]
	Reveal {
		/// Of which job.
		job: JobId,
	},
	/// The end of the record.
	#[codec(index = 3)]
	Prune {
		/// Of which job.
		job: JobId,
	},
}

/// A place in the expiry queue: everything before it is done.
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
pub struct Cursor {
	/// The block whose entries are being looked at.
	pub block: BlockNumber,
	/// The next of its entries.
	pub index: u32,
}
