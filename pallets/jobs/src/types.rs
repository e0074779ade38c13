//! What is stored about jobs.

use aitbc_primitives::{
	AccountId, Balance, BlockNumber, Cid, Class, FailureCode, JobId, Lease, LeaseFate, LeaseState,
	MAX_LEASES, MAX_TOTAL_REPLICAS, MatchReport, PriceBucket, ReplicaIndex, Replication, Verdict,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, traits::ConstU32, traits::fungible};
use scale_info::TypeInfo;
use sp_runtime::{Percent, SaturatedConversion};

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
	/// The answers differ and no quorum agrees, or can any more.
	#[codec(index = 2)]
	NoQuorum,
	/// The miners agree that the work cannot be done.
	#[codec(index = 3)]
	Failed(FailureCode),
}

/// Where a job stands.
///
/// ```text
/// Open ──▶ Leased ──▶ Judging ──▶ Settled, OutOfFuel
///  ▲ ▲        │        │   └────▶ Refunded
///  │ └────────┘ late   │
///  └───────────────────┘ no quorum: a tie-breaker is called
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
	/// The units limit was reached: paid, without an output. Left only by pruning.
	#[codec(index = 6)]
	OutOfFuel,
}

impl JobState {
	/// Whether nothing can happen any more but pruning.
	pub const fn is_ended(&self) -> bool {
		matches!(self, Self::Settled { .. } | Self::Refunded(_) | Self::Cancelled | Self::OutOfFuel)
	}
}

/// A lease that is over.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct EndedLease {
	/// Of which replica.
	pub replica: ReplicaIndex,
	/// Which letting of it, from zero.
	pub attempt: u8,
	/// Who held it.
	pub miner: AccountId,
	/// Whose that miner was.
	pub owner: AccountId,
	/// How it ended.
	pub fate: LeaseFate,
	/// What left the escrow for it, planck: before the protocol's part is taken.
	pub paid: Balance,
}

/// A job: what of its specification the chain needs to carry it through, and all that became of it.
///
/// Open leases and those that ended stand here and nowhere else: whoever touches one needs the job,
/// and one value costs one write.
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
	/// What it pays on top for each accepted replica, planck.
	pub tip: Balance,
	/// Where its replicas wait: the bucket of what it bids for a unit.
	pub bid: PriceBucket,
	/// How the result is checked.
	pub replication: Replication,
	/// Blocks in which a miner must be found, from posting or re-letting.
	pub start_within_blocks: u32,
	/// Blocks a miner has to answer.
	pub deliver_within_blocks: u32,
	/// Whether its client named the miners that may take it: see [`Self::unproven_pay`].
	pub handpicked: bool,
	/// What of their full pay those get who are paid for their time, as it was when the job was posted.
	pub time_pay: Percent,
	/// When it was posted.
	pub posted_at: BlockNumber,
	/// When it ended.
	pub ended_at: Option<BlockNumber>,
	/// What is still on hold for it, planck; zero once it has ended.
	pub escrow: Balance,
	/// What the client gets back with pruning, planck.
	pub deposit: Balance,
	/// How many tie-breakers were called.
	pub tie_breakers_called: u8,
	/// Where it stands.
	pub state: JobState,
	/// Open leases with their replicas, in the order in which they began.
	pub leases: BoundedVec<(ReplicaIndex, Lease<AccountId>), ConstU32<MAX_OPEN_LEASES>>,
	/// Leases that ended, in the order in which they did.
	pub history: BoundedVec<EndedLease, ConstU32<MAX_LEASES>>,
}

/// Most leases of a job that are open at once: one for each replica.
pub const MAX_OPEN_LEASES: u32 = MAX_TOTAL_REPLICAS as u32;

impl Job {
	/// The open lease of a replica.
	pub fn lease(&self, replica: ReplicaIndex) -> Option<&Lease<AccountId>> {
		self.leases.iter().find(|(index, _)| *index == replica).map(|(_, lease)| lease)
	}

	/// As [`Self::lease`], to be changed.
	pub(crate) fn lease_mut(&mut self, replica: ReplicaIndex) -> Option<&mut Lease<AccountId>> {
		self.leases.iter_mut().find(|(index, _)| *index == replica).map(|(_, lease)| lease)
	}

	/// Takes the open lease of a replica out.
	pub(crate) fn take_lease(&mut self, replica: ReplicaIndex) -> Option<Lease<AccountId>> {
		let place = self.leases.iter().position(|(index, _)| *index == replica)?;
		Some(self.leases.remove(place).1)
	}

	/// Replicas so far: those it began with, and the tie-breakers that were called.
	pub const fn replicas(&self) -> u8 {
		self.replication.replicas.saturating_add(self.tie_breakers_called)
	}

	/// How often a replica was let and the lease has ended.
	pub fn attempt(&self, replica: ReplicaIndex) -> u8 {
		self.history.iter().filter(|ended| ended.replica == replica).count().saturated_into()
	}

	/// Whether a replica withheld its reveal: it answers no more, and another was called in its place.
	fn withheld(&self, replica: ReplicaIndex) -> bool {
		let same = |ended: &EndedLease| ended.replica == replica;
		self.history.iter().any(|ended| same(ended) && ended.fate == LeaseFate::Withheld)
	}

	/// How many replicas must hold a lease so that none waits.
	pub fn wanted(&self) -> u8 {
		let gone = (0..self.replicas()).filter(|replica| self.withheld(*replica)).count();
		self.replicas().saturating_sub(gone.saturated_into())
	}

	/// Replicas that need a miner, whether or not there is still time to find one.
	pub fn waiting(&self) -> impl Iterator<Item = ReplicaIndex> + '_ {
		let open = matches!(self.state, JobState::Open { .. });
		(0..if open { self.replicas() } else { 0 })
			.filter(|replica| self.lease(*replica).is_none() && !self.withheld(*replica))
	}

	/// Who may have none of its leases any more: the client, and every owner that has or had one.
	pub fn excluded(&self) -> Vec<AccountId> {
		let open = self.leases.iter().map(|(_, lease)| &lease.owner);
		let ended = self.history.iter().map(|ended| &ended.owner);
		core::iter::once(&self.client).chain(open).chain(ended).cloned().collect()
	}

	/// The answers that were revealed.
	pub(crate) fn revealed(&self) -> Vec<Verdict> {
		self.leases
			.iter()
			.filter_map(|(_, lease)| match lease.state {
				LeaseState::Revealed { verdict } => Some(verdict),
				_ => None,
			})
			.collect()
	}

	/// What a lease is paid if its answer is accepted, planck. At most [`Self::share`].
	pub fn full_pay(&self, lease: &Lease<AccountId>) -> Balance {
		Balance::from(self.units).saturating_mul(lease.price_per_unit).saturating_add(self.tip)
	}

	/// What a lease is paid for its miner's time, planck, rounded down.
	pub fn time_pay(&self, lease: &Lease<AccountId>) -> Balance {
		self.time_pay.mul_floor(self.full_pay(lease))
	}

	/// What a lease is paid whose job ends with no answer that counts, planck.
	///
	/// A commitment that nobody waited for is paid for its time. An answer that was shown has been read, but
	/// nothing says that it is right: it is paid nothing, lest nonsense earn; but in full where the client
	/// named who may answer. It could have named accomplices, who see to it that no answer counts
	/// (`specs/adr/0012`).
	pub fn unproven_pay(&self, lease: &Lease<AccountId>) -> Balance {
		match lease.state {
			LeaseState::Committed { .. } => self.time_pay(lease),
			LeaseState::Revealed { verdict: Verdict::Completed { .. } | Verdict::OutOfFuel }
				if self.handpicked =>
			{
				self.full_pay(lease)
			}
			LeaseState::Leased | LeaseState::Revealed { .. } => 0,
		}
	}

	/// What is held for each replica, planck.
	pub fn share(&self) -> Balance {
		Balance::from(self.units).saturating_mul(self.max_price_per_unit).saturating_add(self.tip)
	}

	/// What went to miners and protocol so far, planck.
	pub fn paid(&self) -> Balance {
		self.history.iter().fold(0, |sum: Balance, ended| sum.saturating_add(ended.paid))
	}
}

/// A replica that waits for a miner. Void unless its job is open and in time, `attempt` is the present
/// one and the replica is not let.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
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

/// What posting a job would mean.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Quote {
	/// Units one replica is paid for.
	pub units: u64,
	/// What would be held for miners, planck.
	pub escrow: Balance,
	/// What would be held for the record, planck.
	pub deposit: Balance,
	/// Which offers would take a replica now.
	pub report: MatchReport,
}
