//! Jobs: programs, escrow, leases, deadlines.
//!
//! # Overview
//!
//! A client posts a [`JobSpec`]; in the same call the most it may cost is held as escrow. Each replica
//! waits in its class's queue until the matchmaker finds a miner, and is then *leased*. Answers arrive
//! through [`Leases`]; when the last one is in, or the deadline for reveals has passed, the job is judged
//! ([`judge`]) and its escrow settled to the planck: paid to the miners whose answer counts, the rest
//! back to the client.
//!
//! Nobody waits for ever (P3): every state in which a job waits has an entry in the expiry queue
//! ([`due`]), so late work is re-let or refunded without anybody asking.
//!
//! # Design
//!
//! - The expiry queue has no bound per block that could be filled: entries are numbered within their
//!   block and a cursor remembers how far the hook has come, so that what does not fit in one block is
//!   done in the next (INV-JOBS-4). Entries of deadlines that were met stay and are passed over.
//! - The waiting queues are rings: a replica that finds no miner goes to the back, so that it never
//!   blocks those behind it. Each step asks the weight meter first ([`queue`]).
//! - The hook runs twice a block: at its start with a guaranteed share ([`Config::MaxServiceWeight`]),
//!   expiry first; and at its end with what the extrinsics left, so that a job is matched in the very
//!   block it was posted in.
//! - Money leaves a job in one place only ([`escrow`]).

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

mod due;
mod escrow;
mod judge;
mod leases;
mod queue;
mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(any(feature = "try-runtime", feature = "std", test))]
mod try_state;

use aitbc_primitives::{
	AccountId, Balance, BlockNumber, Cid, Class, Hash, JobId, JobSpec, Lease, LeaseFate,
	LeaseState, Leases as LeasesTrait, MAX_ATTEMPTS, MAX_PROGRAM_BYTES, MAX_REPLICAS, MatchRequest,
	Matchmaker, OnJobPruned, ReplicaIndex, Settlement, SpecError, Verdict, Workload, verdict,
};
use frame_support::{
	pallet_prelude::*,
	traits::{
		Randomness,
		fungible::{self, hold::Balanced as _, hold::Mutate as _},
		tokens::Precision,
	},
	weights::WeightMeter,
};
use frame_system::pallet_prelude::*;
use sp_runtime::SaturatedConversion;

#[frame_support::pallet]
#[allow(clippy::expect_used, reason = "what FRAME's macros expand to; our own code has none")]
pub mod pallet {
	use super::*;

	#[pallet::pallet]
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

		/// Most weight that expiry and matching together may take at the start of a block.
		#[pallet::constant]
		type MaxServiceWeight: Get<Weight>;

		/// Cost of the calls and steps.
		type WeightInfo: WeightInfo;
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

	/// Number of the next job.
	#[pallet::storage]
	pub type NextJobId<T: Config> = StorageValue<_, JobId, ValueQuery>;

	/// Every job on record.
	#[pallet::storage]
	pub type Jobs<T: Config> = StorageMap<_, Twox64Concat, JobId, Job>;

	/// What each job on record asks for. Apart from [`Jobs`], which changes often.
	#[pallet::storage]
	pub type Specs<T: Config> = StorageMap<_, Twox64Concat, JobId, JobSpec>;

	/// The jobs of each client.
	#[pallet::storage]
	pub type JobsOf<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, AccountId, Twox64Concat, JobId, ()>;

	/// Open leases.
	#[pallet::storage]
	pub type Leases<T: Config> =
		StorageDoubleMap<_, Twox64Concat, JobId, Twox64Concat, ReplicaIndex, Lease<AccountId>>;

	/// The open leases of each miner.
	#[pallet::storage]
	pub type MinerLeases<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, AccountId, Twox64Concat, (JobId, ReplicaIndex), ()>;

	/// Replicas that wait for a miner: a ring per class.
	#[pallet::storage]
	pub type Queue<T: Config> = StorageDoubleMap<_, Twox64Concat, Class, Twox64Concat, u64, Ticket>;

	/// Where each ring begins and ends.
	#[pallet::storage]
	pub type QueueEnds<T: Config> = StorageMap<_, Twox64Concat, Class, RingEnds, ValueQuery>;

	/// What falls due in a block, numbered from zero.
	#[pallet::storage]
	pub type Due<T: Config> =
		StorageDoubleMap<_, Twox64Concat, BlockNumber, Twox64Concat, u32, DueItem>;

	/// How many entries a block has.
	#[pallet::storage]
	pub type DueLen<T: Config> = StorageMap<_, Twox64Concat, BlockNumber, u32, ValueQuery>;

	/// The next entry to look at.
	#[pallet::storage]
	pub type DueCursor<T: Config> = StorageValue<_, Cursor, ValueQuery>;

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
		/// A lease ended.
		LeaseEnded {
			job: JobId,
			replica: ReplicaIndex,
			attempt: u8,
			miner: AccountId,
			fate: LeaseFate,
		},
		/// A job ended. `paid` went to miners and protocol, `refunded` is the client's again.
		JobEnded { job: JobId, state: JobState, paid: Balance, refunded: Balance },
		/// The record of an ended job was dropped and its deposit returned.
		JobPruned { job: JobId },
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
		/// The answers are in: the job is being judged.
		BeingJudged,
		/// The lease cannot take this answer in its present state.
		LeaseState,
		/// The deadline has passed.
		TooLate,
		/// Replicas must be 1 to 7 and the quorum more than half of them.
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
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			let mut meter = WeightMeter::with_limit(T::MaxServiceWeight::get());
			Self::serve_due(&mut meter);
			Self::serve_queues(&mut meter);
			meter.consumed()
		}

		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(remaining.min(T::MaxServiceWeight::get()));
			Self::serve_queues(&mut meter);
			meter.consumed()
		}

		fn integrity_test() {
			let needed = Self::due_step_weight().max(Self::queue_step_weight());
			assert!(
				T::MaxServiceWeight::get().all_gte(needed),
				"the hook could not take a single step: {needed:?}"
			);
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
		/// Origin: signed; a deposit by size is held. The chain keeps the name and the size; the
		/// bytes are the owner's to provide. Emits `ProgramRegistered`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_program())]
		pub fn register_program(
			origin: OriginFor<T>,
			program: Cid,
			size_bytes: u32,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			ensure!((1..=MAX_PROGRAM_BYTES).contains(&size_bytes), Error::<T>::ProgramSize);
			ensure!(!Programs::<T>::contains_key(program), Error::<T>::ProgramKnown);
			let deposit = T::ProgramDepositPerByte::get()
				.checked_mul(size_bytes.into())
				.and_then(|bytes| bytes.checked_add(T::ProgramDepositBase::get()))
				.ok_or(Error::<T>::EscrowOverflow)?;
			T::Currency::hold(&HoldReason::ProgramDeposit.into(), &owner, deposit)?;

			let info = ProgramInfo { owner: owner.clone(), size_bytes, deposit, jobs: 0 };
			Programs::<T>::insert(program, info);
			Self::deposit_event(Event::ProgramRegistered { program, owner, size_bytes });
			Ok(())
		}

		/// Forgets a program that no job on record names, and returns its deposit.
		///
		/// Origin: signed by the owner. Emits `ProgramUnregistered`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::unregister_program())]
		pub fn unregister_program(origin: OriginFor<T>, program: Cid) -> DispatchResult {
			let caller = ensure_signed(origin)?;
			let info = Programs::<T>::get(program).ok_or(Error::<T>::ProgramUnknown)?;
			ensure!(caller == info.owner, Error::<T>::NotTheOwner);
			ensure!(info.jobs == 0, Error::<T>::ProgramInUse);
			T::Currency::release(
				&HoldReason::ProgramDeposit.into(),
				&caller,
				info.deposit,
				Precision::BestEffort,
			)?;

			Programs::<T>::remove(program);
			Self::deposit_event(Event::ProgramUnregistered { program });
			Ok(())
		}

		/// Posts a job. Its escrow, [`JobSpec::escrow`], and a deposit are held at once: a job
		/// without the money does not exist.
		///
		/// Origin: signed by the client. Emits `JobPosted`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::submit())]
		pub fn submit(origin: OriginFor<T>, spec: JobSpec) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::post(client, spec)
		}

		/// Takes a job back.
		///
		/// Origin: signed by the client, before the answers are judged. Replicas already let are
		/// paid in full, the rest is refunded: a miner's work is not taken back by a change of mind.
		/// Emits `JobEnded`.
		#[pallet::call_index(3)]
		#[pallet::weight(Pallet::<T>::end_weight())]
		pub fn cancel(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let caller = ensure_signed(origin)?;
			let record = Jobs::<T>::get(job).ok_or(Error::<T>::NoSuchJob)?;
			ensure!(caller == record.client, Error::<T>::NotTheClient);
			match record.state {
				JobState::Open { .. } | JobState::Leased => {}
				JobState::Judging { .. } => return Err(Error::<T>::BeingJudged.into()),
				_ => return Err(Error::<T>::JobEnded.into()),
			}
			Self::end_cancelled(job, record);
			Ok(())
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The present block.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// [`Pallet::submit`] for a known client.
	fn post(client: AccountId, spec: JobSpec) -> DispatchResult {
		spec.validate().map_err(Error::<T>::from)?;
		let longest = T::MaxWindowBlocks::get();
		let delivery = T::MinDeliverBlocks::get()..=longest;
		ensure!(
			spec.start_within_blocks <= longest && delivery.contains(&spec.deliver_within_blocks),
			Error::<T>::Window
		);
		let escrow = spec.escrow().ok_or(Error::<T>::EscrowOverflow)?;
		let units = spec.units().ok_or(Error::<T>::UnitsLimit)?;
		let job = NextJobId::<T>::get();
		let next = JobId(job.0.checked_add(1).ok_or(Error::<T>::Exhausted)?);
		let program = Self::named_program(&spec)?;
		let deposit = T::JobDeposit::get();
		T::Currency::hold(&HoldReason::Escrow.into(), &client, escrow)?;
		T::Currency::hold(&HoldReason::JobDeposit.into(), &client, deposit)?;

		if let Some((cid, info)) = program {
			Programs::<T>::insert(cid, info);
		}
		NextJobId::<T>::put(next);
		JobsOf::<T>::insert(&client, job, ());
		let now = Self::now();
		let class = spec.workload.class();
		let start_by = now.saturating_add(spec.start_within_blocks);
		let record = Job {
			client: client.clone(),
			class,
			units,
			max_price_per_unit: spec.max_price_per_unit,
			replication: spec.replication,
			start_within_blocks: spec.start_within_blocks,
			deliver_within_blocks: spec.deliver_within_blocks,
			posted_at: now,
			ended_at: None,
			escrow,
			deposit,
			attempts: [0; MAX_REPLICAS as usize],
			tried: Default::default(),
			state: JobState::Open { start_by },
		};
		Self::schedule(start_by.saturating_add(1), DueItem::Start { job });
		for replica in 0..record.replication.replicas {
			Self::enqueue(class, Ticket { job, replica, attempt: 0 });
		}
		Jobs::<T>::insert(job, record);
		Specs::<T>::insert(job, spec);
		Self::deposit_event(Event::JobPosted { job, client, class, escrow });
		Ok(())
	}

	/// The registered program a job names, with the job counted. Built-in programs need none.
	fn named_program(spec: &JobSpec) -> Result<Option<(Cid, ProgramInfo)>, DispatchError> {
		let Workload::Wgsl(call) = spec.workload else { return Ok(None) };
		let mut info = Programs::<T>::get(call.program).ok_or(Error::<T>::ProgramUnknown)?;
		info.jobs = info.jobs.checked_add(1).ok_or(Error::<T>::Exhausted)?;
		Ok(Some((call.program, info)))
	}
}

impl<T> From<SpecError> for Error<T> {
	fn from(error: SpecError) -> Self {
		match error {
			SpecError::Replication => Self::Replication,
			SpecError::UnitsLimit => Self::UnitsLimit,
			SpecError::PriceZero => Self::PriceZero,
			SpecError::WindowZero => Self::Window,
			SpecError::Inputs => Self::Inputs,
			SpecError::Shape => Self::Shape,
			SpecError::Params => Self::Params,
			SpecError::EscrowOverflow => Self::EscrowOverflow,
		}
	}
}
