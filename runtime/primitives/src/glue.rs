//! How the compute pallets meet. Each trait is implemented by one pallet and used by the one above:
//!
//! ```text
//! receipts ──Leases──▶ jobs ──Matchmaker──▶ market ──Bonds──▶ staking
//!                        └────Settlement──▶ payouts ──Rewards──▶ ┘
//! ```
//!
//! No pallet names another in its `Config`; mocks stand in for the one below. None of the traits tells
//! what it costs: the calls and steps at the top are benchmarked on the runtime, through the whole stack.

use crate::{
	Balance, BlockNumber, Cid, Class, Hash, JobId, JobSpec, Lease, LeaseBond, LeaseFate,
	PriceBucket, ReplicaIndex, Reputation, Requirements, Verdict, WorkerKey,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{DispatchError, DispatchResult, Permill};

/// A miner that may take leases now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinerStanding<AccountId> {
	/// Whose it is: miners of one owner never hold two replicas of one job. The miner itself unless
	/// it joined an owner.
	pub owner: AccountId,
	/// The key that will sign.
	pub worker: WorkerKey,
	/// What may back leases, planck: own collateral, and as much of the delegations as it allows.
	pub bond: Balance,
	/// The part of it that backs no lease, planck.
	pub free: Balance,
	/// In the class that was asked for.
	pub reputation: Reputation,
}

/// Miners and their collateral. Implemented by staking, used by market.
pub trait Bonds<AccountId> {
	/// A miner that may take new leases; `None` if unknown, chilled, leaving or below the minimum.
	fn standing(miner: &AccountId, class: Class) -> Option<MinerStanding<AccountId>>;

	/// Sets `collateral` aside for a lease, and fixes what a bad end will forfeit of it: a later change
	/// of the parameters does not touch the lease. Fails, changing nothing, if less is free.
	fn lock(miner: &AccountId, collateral: Balance) -> Result<LeaseBond, DispatchError>;

	/// Ends what [`Self::lock`] began: takes the part that `fate` forfeits, frees the rest, notes the
	/// fate. `worker` is the key of the lease; `earned` is what counts for the miner's reputation, planck: what
	/// an accepted answer was paid. Returns what was taken.
	fn unlock(
		miner: &AccountId,
		class: Class,
		worker: &WorkerKey,
		bond: &LeaseBond,
		fate: LeaseFate,
		earned: Balance,
	) -> Balance;
}

/// Where a miner's pay went. The parts add up to it exactly. All planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RewardSplit {
	/// To the miner, its commission included.
	pub miner: Balance,
	/// To its delegators' pool.
	pub delegators: Balance,
	/// To nobody: the account could not take it.
	pub burned: Balance,
}

/// Pay on its way to a miner and those who delegated to it. Implemented by staking, used by payouts.
pub trait Rewards<AccountId, Credit> {
	/// Splits `pay` by commission and delegation and delivers it.
	fn reward(miner: &AccountId, pay: Credit) -> RewardSplit;

	/// What is at stake for the miner's work, planck; zero if it is none.
	fn bond(miner: &AccountId) -> Balance;
}

/// One replica looking for a miner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchRequest<'a, AccountId> {
	/// Offers of which class.
	pub class: Class,
	/// What runs: offers that have it warm are preferred.
	pub program: Cid,
	/// Units one replica is paid for.
	pub units: u64,
	/// Most it may cost per unit, planck.
	pub max_price_per_unit: Balance,
	/// What is paid on top for the replica, planck.
	pub tip: Balance,
	/// Blocks that the miner will have to answer.
	pub deliver_within_blocks: BlockNumber,
	/// What the device and its miner must be.
	pub requirements: &'a Requirements,
	/// Owners that hold or held a replica of this job, and its client.
	pub excluded: &'a [AccountId],
	/// Decides among equals.
	pub seed: Hash,
}

/// The miner that was found. Its slot is taken and its collateral locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment<AccountId> {
	/// Who.
	pub miner: AccountId,
	/// Whose.
	pub owner: AccountId,
	/// With which worker key.
	pub worker: WorkerKey,
	/// At which price, planck.
	pub price_per_unit: Balance,
	/// What was locked.
	pub bond: LeaseBond,
}

/// What a search for a miner came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchOutcome<AccountId> {
	/// Who was found.
	pub found: Option<Assignment<AccountId>>,
	/// What it took.
	pub effort: SearchEffort,
}

/// What a search took: the glue tells no weights, but how much was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchEffort {
	/// Offers that were looked at, at most [`MAX_PROBES`].
	pub probes: u32,
	/// Offers that can let nothing and were taken out of the book, at most [`MAX_BURIED`].
	pub buried: u32,
}

impl SearchEffort {
	/// The most that there can be.
	pub const MOST: Self = Self { probes: MAX_PROBES, buried: MAX_BURIED };
}

/// Most offers that one search looks at.
pub const MAX_PROBES: u32 = 16;
/// Most dead offers that one search takes out of the book.
pub const MAX_BURIED: u32 = 2;

/// What can turn an offer down, in the order in which it is asked.
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
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum OfferFilter {
	/// The offer has expired.
	#[codec(index = 0)]
	Expired,
	/// It asks more than the job pays.
	#[codec(index = 1)]
	Price,
	/// The job has more units than the offer takes.
	#[codec(index = 2)]
	JobSize,
	/// The device has too little memory.
	#[codec(index = 3)]
	Vram,
	/// It claims too few units per second.
	#[codec(index = 4)]
	Speed,
	/// By its own claim it could not do the work well within the time the job gives.
	#[codec(index = 13)]
	Window,
	/// It lacks an ability.
	#[codec(index = 5)]
	Features,
	/// It stands elsewhere.
	#[codec(index = 6)]
	Region,
	/// The job does not name the miner or its owner among those it allows.
	#[codec(index = 7)]
	NotAllowed,
	/// The job denies the miner or its owner.
	#[codec(index = 8)]
	Denied,
	/// The miner may take no lease: chilled, leaving, or below the least collateral.
	#[codec(index = 9)]
	MinerInactive,
	/// Its owner holds or held a replica of the job, or is the client.
	#[codec(index = 10)]
	OwnerTaken,
	/// Its reputation is too low.
	#[codec(index = 11)]
	Reputation,
	/// Too little of its collateral is free.
	#[codec(index = 12)]
	Collateral,
}

/// What the filters said of the offers of a class, for a job that waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct MatchReport {
	/// Offers listed in the class: with a free slot.
	pub listed: u32,
	/// Offers that were looked at, cheapest first; fewer than `listed` if there are very many.
	pub examined: u32,
	/// Offers that would take the job now.
	pub eligible: u32,
	/// Lowest price among those, planck.
	pub lowest_price: Option<Balance>,
	/// How many offers each filter turned down first. Filters that turned down none are absent.
	pub refused: Vec<(OfferFilter, u32)>,
}

/// Offers and their matching. Implemented by market, used by jobs.
pub trait Matchmaker<AccountId> {
	/// Finds a miner for one replica, takes a slot of its offer and locks its collateral. Where none is
	/// found, nothing changes that a client could see. Its cost is bounded, whatever the number of
	/// offers.
	fn assign(request: &MatchRequest<AccountId>) -> SearchOutcome<AccountId>;

	/// The bucket of the cheapest listed offer: no job that bids below it can be matched.
	fn best_ask(class: Class) -> Option<PriceBucket>;

	/// Gives the slot back and ends the lock, see [`Bonds::unlock`].
	fn conclude(
		miner: &AccountId,
		class: Class,
		worker: &WorkerKey,
		bond: &LeaseBond,
		fate: LeaseFate,
		earned: Balance,
	);

	/// Runs the filters of [`Self::assign`] dry over at most `limit` offers. For view functions only:
	/// its cost is not metered.
	fn explain(request: &MatchRequest<AccountId>, limit: u32) -> MatchReport;
}

/// What became of a gross payment; the parts add up to it exactly. All planck.
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
pub struct Split {
	/// To the miner.
	pub miner: Balance,
	/// To those who delegated to it.
	pub delegators: Balance,
	/// To the validators' pot.
	pub validators: Balance,
	/// To the treasury.
	pub treasury: Balance,
	/// To nobody.
	pub burned: Balance,
}

/// What is paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidWork<AccountId> {
	/// Of which job.
	pub job: JobId,
	/// Which replica.
	pub replica: ReplicaIndex,
	/// Who did it.
	pub miner: AccountId,
	/// In which class.
	pub class: Class,
	/// Units paid for.
	pub units: u64,
	/// The protocol's part, as it was when the lease began.
	pub fee: Permill,
	/// Whether other replicas arrived at the same answer: only such work earns emission.
	pub verified: bool,
}

/// Paying miners. Implemented by payouts, used by jobs. `Credit` is value already taken out of the
/// client's escrow: whatever an implementation does not hand on ceases to exist and is counted as burnt.
pub trait Settlement<AccountId, Credit> {
	/// The protocol's part of payments of leases that begin now.
	fn fee() -> Permill;

	/// Splits `gross` and pays it out.
	fn settle(work: PaidWork<AccountId>, gross: Credit) -> Split;
}

/// Leases as receipts see them. Implemented by jobs, used by receipts.
pub trait Leases<AccountId> {
	/// The live lease of a replica with its job's specification.
	fn lease(job: JobId, replica: ReplicaIndex) -> Option<(Lease<AccountId>, JobSpec)>;

	/// Whether every replica of the job has committed, so that reveals may begin.
	fn may_reveal(job: JobId) -> bool;

	/// Records a commitment. The lease must be `Leased` and in time, the job replicated.
	fn commit(job: JobId, replica: ReplicaIndex, commitment: Hash) -> DispatchResult;

	/// Records an answer whose evidence has been checked: of a single job's lease, or the reveal of
	/// a committed one. Settles the job if it was the last.
	fn answer(job: JobId, replica: ReplicaIndex, verdict: Verdict) -> Result<(), DispatchError>;
}

/// Told when the record of an ended job is dropped, so that what hangs on it goes too.
pub trait OnJobPruned {
	/// The job had `replicas` replicas.
	fn on_job_pruned(job: JobId, replicas: u8);
}

impl OnJobPruned for () {
	fn on_job_pruned(_: JobId, _: u8) {}
}
