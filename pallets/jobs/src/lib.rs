//! Jobs: programs, escrow, leases, deadlines.
//!
//! # Overview
//!
//! A client posts a [`JobSpec`]; in the same call the most it may cost is held as escrow. Each replica
//! waits in its class until the matchmaker finds a miner, and is then *leased*. Answers arrive through
//! [`Leases`]; when the last one is in, or the deadline for reveals has passed, the job is judged
//! ([`judge`]). If no answer has a quorum, a *tie-breaker* is called: one more replica, whose price was in
//! the escrow from the beginning. At its end the escrow is settled to the planck ([`escrow`]): paid to the
//! miners whose answer counts, the rest back to the client.
//!
//! Nobody waits for ever (P3): every state in which a job waits has an entry in the expiry queue
//! ([`due`]), so late work is re-let or refunded without anybody asking.
//!
//! # Terms
//!
//! - **Lease**: a replica in the hands of a miner. Its *fate* is how it ended.
//! - **Full pay** of a lease: units × its price, and the tip.
//! - **Ticket**: a replica that waits. **Ring**: the tickets of one class whose bids are alike.
//!
//! # Example
//!
//! What a client binds for two replicas that must agree, and a third if they do not:
//!
//! ```
//! use aitbc_primitives::{JobSpec, Replication, Requirements, Workload};
//!
//! let spec = JobSpec {
//!     workload: Workload::Echo,
//!     inputs: Default::default(),
//!     params: b"ping".to_vec().try_into().expect("four bytes fit"),
//!     units_limit: 1,
//!     max_price_per_unit: 100,
//!     tip: 10,
//!     replication: Replication { replicas: 2, quorum: 2, tie_breakers: 1 },
//!     requirements: Requirements::default(),
//!     start_within_blocks: 20,
//!     deliver_within_blocks: 20,
//! };
//! assert_eq!(spec.validate(), Ok(()));
//! assert_eq!(spec.escrow(), Some((1 * 100 + 10) * 3));
//! ```
//!
//! # Design
//!
//! - What is touched together is one value: a job's open leases and its history stand in its record, the
//!   expiry entries of a block and the tickets of a ring in queues ([`fifo`]) that cost one key while they
//!   are short. Only the specification is apart: it is long and never changes.
//! - All service is done in `on_poll`, before the first transaction of a block: first deadlines, then
//!   matching, in price-time order with turns for the rest ([`walk`], [`queue`]). So what is matched was
//!   fixed in an earlier block (`specs/adr/0005`). Each step asks the weight meter first.
//! - `on_poll` does not run while a migration takes several blocks. Deadlines then wait; they still hold,
//!   because late answers are refused whatever the hook has come to.
//! - Money leaves a job in one place only.
//!
//! The normative text is `specs/protocol/jobs.md`.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::panic,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]

extern crate alloc;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod due;
mod escrow;
pub mod fifo;
mod judge;
mod leases;
pub mod migrations;
mod post;
mod queue;
mod types;
mod views;
pub mod walk;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(any(feature = "try-runtime", feature = "std", test))]
mod try_state;

use aitbc_primitives::{
	AccountId, Balance, BlockNumber, Cid, Class, Hash, JobId, JobSpec, Lease, LeaseFate,
	LeaseState, Leases as LeasesTrait, MAX_ATTEMPTS, MAX_PROGRAM_BYTES, MAX_REPLICAS,
	MAX_TOTAL_REPLICAS, MatchReport, MatchRequest, Matchmaker, OnJobPruned, PaidWork, PriceBucket,
	ReplicaIndex, SearchEffort, SearchOutcome, Settlement, SpecError, Verdict, Workload, bucket_of,
	lowest_price_of, verdict,
};
use alloc::vec::Vec;
use fifo::{Fifo, Page, Pages};
use frame_support::{
	dispatch::PostDispatchInfo,
	pallet_prelude::*,
	traits::{
		Randomness,
		fungible::{self, hold::Balanced as _, hold::Mutate as _},
		tokens::Precision,
	},
	weights::WeightMeter,
};
use frame_system::pallet_prelude::*;
use sp_runtime::{DispatchErrorWithPostInfo, Percent, SaturatedConversion};
use walk::{Line, Lines, Service, Walk};

/// Where this pallet's messages go.
const LOG: &str = "runtime::jobs";

#[frame_support::pallet]
#[allow(clippy::expect_used, reason = "what FRAME's macros expand to; our own code has none")]
pub mod pallet {
	use super::*;

	/// Of the layout of the storage. See [`migrations`].
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<AccountId = AccountId, Hash = Hash, RuntimeEvent: From<Event<Self>>>
	{
		/// Where escrow and deposits are held.
		type Currency: fungible::hold::Mutate<AccountId, Reason = Self::RuntimeHoldReason, Balance = Balance>
			+ fungible::hold::Balanced<AccountId, Reason = Self::RuntimeHoldReason, Balance = Balance>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// Finds miners.
		type Matchmaker: Matchmaker<AccountId>;

		/// Pays miners.
		type Settlement: Settlement<AccountId, CreditOf<Self>>;

		/// Drops what hangs on an ended job.
		type OnPruned: OnJobPruned;

		/// Decides among equal offers. Must not be known to a miner when it makes its offer.
		type Randomness: Randomness<Hash, BlockNumberFor<Self>>;

		/// Deposit for registering a program, planck.
		type ProgramDepositBase: Get<Balance>;

		/// Deposit per byte of a program, planck. (Its bytes are not on chain; the deposit keeps
		/// clients from registering what nobody can store.)
		type ProgramDepositPerByte: Get<Balance>;

		/// Deposit for a job's record, planck; returned when the record is dropped.
		type JobDeposit: Get<Balance>;

		/// What of their full pay those get who are paid for their time: who agree that an input cannot be
		/// had, and who committed to an answer that nobody waited for. Holds for jobs that are posted from
		/// now on.
		type TimePay: Get<Percent>;

		/// Most jobs of one client that have not ended.
		type MaxLiveJobs: Get<u32>;

		/// Blocks that all workers have to reveal once the last has committed.
		type RevealWithinBlocks: Get<BlockNumber>;

		/// Blocks that the record of an ended job is kept.
		type RetentionBlocks: Get<BlockNumber>;

		/// Shortest time a miner may be given to answer, blocks: no client can make an honest miner
		/// late by asking for the impossible.
		#[pallet::constant]
		type MinDeliverBlocks: Get<BlockNumber>;

		/// Longest window a job may ask for, blocks.
		#[pallet::constant]
		type MaxWindowBlocks: Get<BlockNumber>;

		/// Most weight that deadlines and matching together may take of a block.
		#[pallet::constant]
		type MaxServiceWeight: Get<Weight>;

		/// Cost of the calls and steps, through the whole stack.
		type WeightInfo: WeightInfo;

		/// What the benchmarks find below this pallet.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkWorld: aitbc_primitives::benchmarking::BenchmarkWorld;
	}

	/// Why value is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The most that a client's open jobs may still cost.
		#[codec(index = 0)]
		Escrow,
		/// Deposits for the records of a client's jobs.
		#[codec(index = 1)]
		JobDeposit,
		/// Deposits for programs.
		#[codec(index = 2)]
		ProgramDeposit,
	}

	/// Programs that jobs may name.
	#[pallet::storage]
	pub type Programs<T: Config> = StorageMap<_, Blake2_128Concat, Cid, ProgramInfo>;

	/// Number of the next job. Written at most once for a block's jobs: the hook is charged for it.
	#[pallet::storage]
	#[pallet::whitelist_storage]
	pub type NextJobId<T: Config> = StorageValue<_, JobId, ValueQuery>;

	/// Every job on record, with its leases.
	#[pallet::storage]
	pub type Jobs<T: Config> = StorageMap<_, Twox64Concat, JobId, Job>;

	/// What each job on record asks for. Apart from [`Jobs`], which changes often.
	#[pallet::storage]
	pub type Specs<T: Config> = StorageMap<_, Twox64Concat, JobId, JobSpec>;

	/// The jobs on record of each client.
	#[pallet::storage]
	pub type JobsOf<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, AccountId, Twox64Concat, JobId, ()>;

	/// How many jobs of each client have not ended.
	#[pallet::storage]
	pub type LiveJobs<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, u32, ValueQuery>;

	/// The open leases of each miner.
	#[pallet::storage]
	pub type MinerLeases<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, AccountId, Twox64Concat, (JobId, ReplicaIndex), ()>;

	/// In which buckets of each class replicas wait, and how far their service has come. Touched in every
	/// block: the hook is charged for it.
	#[pallet::storage]
	#[pallet::whitelist_storage]
	pub type Waiting<T: Config> = StorageValue<_, Lines, ValueQuery>;

	/// Replicas that wait for a miner: a ring for each class and bucket of the bid.
	#[pallet::storage]
	pub type Rings<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		Class,
		Twox64Concat,
		PriceBucket,
		Fifo<Ticket>,
		ValueQuery,
	>;

	/// What of long rings does not fit into their heads.
	#[pallet::storage]
	pub type RingPages<T: Config> =
		StorageDoubleMap<_, Twox64Concat, (Class, PriceBucket), Twox64Concat, u32, Page<Ticket>>;

	/// What falls due at the start of a block.
	#[pallet::storage]
	pub type Deadlines<T: Config> =
		StorageMap<_, Twox64Concat, BlockNumber, Fifo<DueItem>, ValueQuery>;

	/// What of many deadlines in one block does not fit into their head.
	#[pallet::storage]
	pub type DeadlinePages<T: Config> =
		StorageDoubleMap<_, Twox64Concat, BlockNumber, Twox64Concat, u32, Page<DueItem>>;

	/// The block whose deadlines are to be looked at next: those of all earlier ones are done. Touched in
	/// every block: the hook is charged for it.
	#[pallet::storage]
	#[pallet::whitelist_storage]
	pub type DeadlineCursor<T: Config> = StorageValue<_, BlockNumber, ValueQuery>;

	#[pallet::event]
	#[allow(missing_docs, reason = "the names of the fields say what they are")]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A program can be named by jobs now.
		ProgramRegistered { program: Cid, owner: AccountId, size_bytes: u32 },
		/// A program can no longer be named.
		ProgramUnregistered { program: Cid },
		/// A job was posted and its escrow is held.
		JobPosted { job: JobId, client: AccountId, class: Class, escrow: Balance },
		/// A replica was let to a miner.
		LeaseStarted {
			job: JobId,
			replica: ReplicaIndex,
			attempt: u8,
			miner: AccountId,
			price_per_unit: Balance,
			deliver_by: BlockNumber,
		},
		/// All replicas have committed; reveals are taken until `reveal_by`.
		RevealsOpen { job: JobId, reveal_by: BlockNumber },
		/// A lease ended. `paid` left the escrow for it. Unless the job ended, too, or goes on without
		/// this replica, the replica waits again.
		LeaseEnded {
			job: JobId,
			replica: ReplicaIndex,
			attempt: u8,
			miner: AccountId,
			fate: LeaseFate,
			paid: Balance,
		},
		/// A job ended. `paid` went to miners and protocol, `refunded` is the client's again.
		JobEnded { job: JobId, state: JobState, paid: Balance, refunded: Balance },
		/// The record of an ended job was dropped and its deposit returned.
		JobPruned { job: JobId },
		/// The answers found no quorum: one more replica waits for a miner.
		TieBreakerCalled { job: JobId, replica: ReplicaIndex },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The program is registered already.
		ProgramKnown,
		/// There is no such program.
		ProgramUnknown,
		/// A program of no bytes, or of more than allowed.
		ProgramSize,
		/// Jobs that name the program are still on record.
		ProgramInUse,
		/// The caller is not the owner.
		NotTheOwner,
		/// There is no such job.
		NoSuchJob,
		/// There is no such open lease.
		NoSuchLease,
		/// The caller is not the job's client.
		NotTheClient,
		/// The job has ended.
		JobEnded,
		/// Answers are known: the job is being judged.
		BeingJudged,
		/// The lease cannot take this answer in its present state.
		LeaseState,
		/// The deadline has passed.
		TooLate,
		/// Replicas must be 1 to 7, the quorum more than half of them, tie-breakers 1 or 2 for more
		/// than one replica and none for one.
		Replication,
		/// The units limit is zero or less than the work.
		UnitsLimit,
		/// A price of zero.
		PriceZero,
		/// A window of zero blocks, or shorter or longer than allowed.
		Window,
		/// The number of inputs does not fit the workload.
		Inputs,
		/// A dimension is zero or too large.
		Shape,
		/// Parameters that do not fit the workload.
		Params,
		/// The escrow does not fit 128 bits.
		EscrowOverflow,
		/// No number is left.
		Exhausted,
		/// The client has as many jobs that have not ended as it may.
		TooManyJobs,
		/// The requirements contradict themselves.
		Requirements,
		/// Only a shader can run out of fuel.
		NotMetered,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Deadlines, then matching, before the first transaction. Does not run while a migration takes
		/// several blocks: what falls due meanwhile is done after it, in order.
		fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
			Self::serve(meter);
		}

		fn integrity_test() {
			let limit = T::MaxServiceWeight::get();
			let matching = limit.saturating_sub(Self::for_deadlines(limit));
			let needed = Self::service_weight().saturating_add(Self::due_weight());
			assert!(
				Self::for_deadlines(limit).all_gte(needed),
				"the hook could not keep a single deadline: {needed:?}"
			);
			let needed = T::WeightInfo::queue_begin().saturating_add(Self::queue_step_weight());
			assert!(matching.all_gte(needed), "the hook could not make a single match: {needed:?}");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers a program, so that jobs can name it.
		///
		/// The chain keeps the name and the size; the bytes are the owner's to provide.
		///
		/// - Origin: signed. `ProgramDepositBase` and `ProgramDepositPerByte` × `size_bytes` are held.
		/// - `program`: CID of the WGSL source. `size_bytes`: its length, 1 to 65,536.
		/// - Errors: [`Error::ProgramSize`], [`Error::ProgramKnown`], or the deposit cannot be held.
		/// - Emits [`Event::ProgramRegistered`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_program())]
		pub fn register_program(
			origin: OriginFor<T>,
			program: Cid,
			size_bytes: u32,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::enter_program(owner, program, size_bytes)
		}

		/// Forgets a program that no job on record names, and returns its deposit.
		///
		/// - Origin: signed by the owner.
		/// - Errors: [`Error::ProgramUnknown`], [`Error::NotTheOwner`], [`Error::ProgramInUse`].
		/// - Emits [`Event::ProgramUnregistered`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::unregister_program())]
		pub fn unregister_program(origin: OriginFor<T>, program: Cid) -> DispatchResult {
			let caller = ensure_signed(origin)?;
			Self::forget_program(&caller, program)
		}

		/// Posts a job. Its escrow, [`JobSpec::escrow`], and a deposit are held at once: a job
		/// without the money does not exist.
		///
		/// - Origin: signed by the client, who may have `MaxLiveJobs` jobs that have not ended.
		/// - `spec`: what is asked for. It never changes.
		/// - Errors: those of [`JobSpec::validate`], [`Error::Window`], [`Error::ProgramUnknown`],
		///   [`Error::TooManyJobs`], [`Error::EscrowOverflow`], or the money cannot be held.
		/// - Emits [`Event::JobPosted`]. The replicas are matched from the next block on.
		/// - Weight: by the number of replicas.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::submit(spec.replication.replicas.min(MAX_REPLICAS).into()))]
		pub fn submit(origin: OriginFor<T>, spec: JobSpec) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::post(client, spec)
		}

		/// Takes a job back.
		///
		/// Replicas already let are paid in full, the rest is refunded: a miner's work is not taken back
		/// by a change of mind.
		///
		/// - Origin: signed by the client, as long as no answer is known.
		/// - Errors: [`Error::NoSuchJob`], [`Error::NotTheClient`], [`Error::BeingJudged`],
		///   [`Error::JobEnded`].
		/// - Emits [`Event::LeaseEnded`] for each open lease, [`Event::JobEnded`].
		/// - Weight: of the most leases; what there are fewer is given back.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::cancel(MAX_REPLICAS.into()))]
		pub fn cancel(origin: OriginFor<T>, job: JobId) -> DispatchResultWithPostInfo {
			let caller = ensure_signed(origin)?;
			Self::take_back(&caller, job)
				.map(|leases| Some(T::WeightInfo::cancel(leases)).into())
				.map_err(|error| DispatchErrorWithPostInfo {
					// What ends no lease has at most looked.
					post_info: PostDispatchInfo {
						actual_weight: Some(T::WeightInfo::cancel(0)),
						pays_fee: Pays::Yes,
					},
					error,
				})
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// For each replica of a job that waits, what the offers of its class say to it; `None` if there
		/// is no such job. At most 1,000 offers are asked.
		pub fn why_no_match(job: JobId) -> Option<Vec<(ReplicaIndex, MatchReport)>> {
			Self::unmatched(job)
		}

		/// What posting a job would bind, and which offers would take it now; or why it would be refused.
		/// Who asks is not known: offers of its own are counted.
		pub fn quote(spec: JobSpec) -> Result<Quote, DispatchError> {
			Self::quote_of(&spec)
		}

		/// A job on record, with what it asks for.
		pub fn job(job: JobId) -> Option<(Job, JobSpec)> {
			Some((Jobs::<T>::get(job)?, Specs::<T>::get(job)?))
		}

		/// Jobs on record of a client with their states, in the order of storage, at most `limit` of
		/// them (and 1,000). To go on, ask with the last one as `after`.
		pub fn jobs_of(
			client: AccountId,
			after: Option<JobId>,
			limit: u32,
		) -> Vec<(JobId, JobState)> {
			Self::page_of_jobs(client, after, limit)
		}

		/// How many tickets wait in a class, dearest bids first, each with the lowest bid of its bucket,
		/// planck per unit. A job that ended leaves its tickets until they are come by.
		pub fn waiting(class: Class) -> Vec<(Balance, u64)> {
			Self::depth(class)
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The present block.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// All that this pallet does in a block on its own account.
	fn serve(meter: &mut WeightMeter) {
		let limit = meter.remaining().min(T::MaxServiceWeight::get());
		let mut own = WeightMeter::with_limit(limit);
		if own.try_consume(Self::service_weight()).is_ok() {
			let mut deadlines = WeightMeter::with_limit(
				Self::for_deadlines(limit).saturating_sub(own.consumed()).min(own.remaining()),
			);
			Self::serve_due(&mut deadlines);
			own.consume(deadlines.consumed());
			Self::serve_rings(&mut own);
		}
		meter.consume(own.consumed());
	}

	/// What of the hook's share deadlines may take: all but a quarter, so that no flood of them stops
	/// matching; but always enough for one.
	pub(crate) fn for_deadlines(limit: Weight) -> Weight {
		let most = limit.saturating_sub(limit.div(4));
		most.max(Self::service_weight().saturating_add(Self::due_weight())).min(limit)
	}

	/// What a block is charged for the values that benchmarks do not count since every block touches
	/// them: [`DeadlineCursor`], [`Waiting`], [`NextJobId`].
	pub(crate) fn service_weight() -> Weight {
		T::DbWeight::get().reads_writes(3, 3)
	}
}
