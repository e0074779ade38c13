//! How the compute pallets meet. Each trait is implemented by one pallet and used by the one above:
//!
//! ```text
//! receipts ──Leases──▶ jobs ──Matchmaker──▶ market ──Bonds──▶ staking
//!                        └────Settlement──▶ payouts
//! ```
//!
//! No pallet names another in its `Config`; mocks stand in for the one below.

use crate::{
	Balance, Class, Hash, JobId, JobSpec, Lease, LeaseFate, ReplicaIndex, Verdict, WorkerKey,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{DispatchError, DispatchResult};

/// Miners and their collateral. Implemented by staking, used by market.
pub trait Bonds<AccountId> {
	/// The worker key of a miner that may take new leases; `None` if unknown or leaving.
	fn active_worker(miner: &AccountId) -> Option<WorkerKey>;

	/// Collateral that backs no lease yet, planck; zero if the miner may take no lease.
	fn free_collateral(miner: &AccountId) -> Balance;

	/// Sets `amount` aside for a lease. Fails, changing nothing, if less is free.
	fn lock(miner: &AccountId, amount: Balance) -> DispatchResult;

	/// Ends what [`Self::lock`] began: takes the part that `fate` forfeits, frees the rest. Returns
	/// what was taken.
	fn unlock(miner: &AccountId, amount: Balance, fate: LeaseFate) -> Balance;
}

/// One replica looking for a miner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchRequest<'a, AccountId> {
	/// Offers of which class.
	pub class: Class,
	/// Units one replica is paid for.
	pub units: u64,
	/// Most it may cost per unit, planck.
	pub max_price_per_unit: Balance,
	/// Miners that hold or held a replica of this job.
	pub excluded: &'a [AccountId],
	/// Decides among equals.
	pub seed: Hash,
}

/// The miner that was found. Its slot is taken and its collateral locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment<AccountId> {
	/// Who.
	pub miner: AccountId,
	/// With which worker key.
	pub worker: WorkerKey,
	/// At which price, planck.
	pub price_per_unit: Balance,
	/// What was locked, planck.
	pub collateral: Balance,
}

/// Offers and their matching. Implemented by market, used by jobs.
pub trait Matchmaker<AccountId> {
	/// Finds a miner for one replica, takes a slot of its offer and locks its collateral. `None`
	/// changes nothing that a client could see. Cost is bounded by [`Self::assign_weight`].
	fn assign(request: &MatchRequest<AccountId>) -> Option<Assignment<AccountId>>;

	/// Whether any listed offer could be cheap enough: a cheap question before the dear one.
	fn may_match(_class: Class, _max_price_per_unit: Balance) -> bool {
		true
	}

	/// Gives the slot back and ends the lock.
	fn conclude(miner: &AccountId, class: Class, collateral: Balance, fate: LeaseFate);

	/// Most that one [`Self::assign`] may cost.
	fn assign_weight() -> sp_weights::Weight;

	/// Most that one [`Self::conclude`] may cost.
	fn conclude_weight() -> sp_weights::Weight;
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
	/// To the author of the settling block.
	pub validators: Balance,
	/// To the treasury.
	pub treasury: Balance,
	/// To nobody.
	pub burned: Balance,
}

/// Paying miners. Implemented by payouts, used by jobs. `Credit` is value already taken out of the
/// client's escrow: whatever an implementation does not hand on ceases to exist and is counted as burnt.
pub trait Settlement<AccountId, Credit> {
	/// Splits `gross` and pays it out.
	fn settle(
		job: JobId,
		replica: ReplicaIndex,
		miner: &AccountId,
		units: u64,
		gross: Credit,
	) -> Split;

	/// Most that one [`Self::settle`] may cost.
	fn settle_weight() -> sp_weights::Weight;
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

	/// Most that one [`Self::commit`] may cost.
	fn commit_weight() -> sp_weights::Weight;

	/// Most that one [`Self::answer`] may cost, settling included.
	fn answer_weight() -> sp_weights::Weight;
}

/// Told when the record of an ended job is dropped, so that what hangs on it goes too.
pub trait OnJobPruned {
	/// The job had `replicas` replicas.
	fn on_job_pruned(job: JobId, replicas: u8);

	/// Most that one call may cost.
	fn prune_weight() -> sp_weights::Weight;
}

impl OnJobPruned for () {
	fn on_job_pruned(_: JobId, _: u8) {}

	fn prune_weight() -> sp_weights::Weight {
		sp_weights::Weight::zero()
	}
}
