//! Signed receipts: the evidence that a lease was answered.
//!
//! # Overview
//!
//! A worker answers a lease of a *single* job with [`Pallet::submit`]. A *replicated* job is answered in
//! two steps: [`Pallet::commit`] binds the worker to the hash of its receipt and a salt, and once every
//! replica has committed, [`Pallet::reveal`] shows it. Nobody can copy an answer, because the
//! commitment contains the key it was made by, and no reveal is taken before the last commitment.
//! [`Pallet::submit_batch`] takes up to [`MAX_BATCH`] answers of either kind; one that fails does not spoil
//! the others.
//!
//! # Terms
//!
//! - **Receipt**: what a worker says it did, signed with the key its lease was made with.
//! - **Answer**: a receipt that is submitted, or revealed with its salt.
//! - **Verdict**: the part of a receipt in which replicas must agree.
//! - **Lane**: the place of free answers in the pool, before everything that pays.
//!
//! # Example
//!
//! What a worker sends for a replicated job, and what the chain checks of it:
//!
//! ```
//! use aitbc_primitives::{Cid, Hash, JobId, Outcome, RECEIPT_VERSION, Receipt, SignedReceipt, commitment};
//! use sp_core::{Pair as _, sr25519::Pair};
//!
//! let worker = Pair::from_seed(&[7; 32]);
//! let receipt = Receipt {
//!     version: RECEIPT_VERSION,
//!     genesis: Hash::repeat_byte(1),
//!     job: JobId(42),
//!     replica: 0,
//!     attempt: 0,
//!     program: Cid::of_raw(b"aitbc:program:echo:1"),
//!     input_root: Hash::repeat_byte(2), // of the job's specification
//!     outcome: Outcome::Completed { output: Cid::of_raw(b"hello"), inline: Default::default() },
//!     trace_root: Hash::repeat_byte(3),
//!     units: 1,
//!     profile: Hash::zero(),
//!     started_at: 10,
//!     finished_at: 11,
//! };
//! let signature = worker.sign(&receipt.signing_payload());
//! let answer = SignedReceipt { receipt, signature };
//! // First `commit(job, replica, bound)`, and when all have committed, `reveal(answer, salt)`.
//! let salt = [9; 32];
//! let bound = commitment(answer.receipt.hash(), &worker.public(), &salt);
//!
//! assert!(Pair::verify(&answer.signature, answer.receipt.signing_payload(), &worker.public()));
//! let thief = Pair::from_seed(&[8; 32]).public();
//! assert_ne!(bound, commitment(answer.receipt.hash(), &thief, &salt));
//! ```
//!
//! # Design
//!
//! This pallet decides whether a receipt *is an answer to that lease*: format, chain, job, replica,
//! attempt, program, inputs, units, signature of the key that the lease was made with. What the answers
//! mean together (quorum, money) is decided by jobs below it, through [`Leases`].
//!
//! A receipt carries its own signature, so anybody may relay one and pays the fee for it. The lease's
//! worker pays nothing (P7): the very checks of the call are the condition of the exemption, and a call
//! that passes them changes the state so that the next one fails. The free lane is therefore exactly as
//! wide as the leases: two extrinsics each. In the pool it goes before those that pay, through
//! [`PrioritiseReceipts`].
//!
//! # Limits
//!
//! A receipt is kept until its job is pruned: at most [`aitbc_primitives::MAX_TOTAL_REPLICAS`] receipts of
//! at most [`MAX_RECEIPT_BYTES`] for each job on record. A commitment cannot be made in a batch, and of
//! several free transactions of one worker only the next has the lane's priority.

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

pub use extension::PrioritiseReceipts;
pub use lane::{LANE_LONGEVITY, LANE_PRIORITY, Lane, MAX_FREE_ANSWERS, Step};
pub use pallet::*;
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod checks;
mod extension;
mod lane;
mod take;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(any(feature = "try-runtime", feature = "std", test))]
mod try_state;

use aitbc_primitives::{
	AccountId, Answer, BlockNumber, Hash, JobId, JobSpec, Lease, LeaseState, Leases, MAX_BATCH,
	MAX_TOTAL_REPLICAS, OnJobPruned, ReceiptFault, ReplicaIndex, SignedReceipt, Verdict, WorkerKey,
	commitment as commitment_of,
};
use alloc::vec::Vec;
use checks::{Let, Shown};
use frame_support::pallet_prelude::*;
use frame_system::{ensure_signed, pallet_prelude::*};
use sp_runtime::{SaturatedConversion, traits::Verify};

/// Bytes of the longest signed receipt.
pub const MAX_RECEIPT_BYTES: u32 = 1_312;

/// The answers of one batch.
pub type Batch = BoundedVec<Answer, ConstU32<MAX_BATCH>>;

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
		/// The leases that receipts answer. Whatever passes the checks of this pallet must be taken by
		/// it: an answer that it refused could be repeated without a fee.
		type Leases: Leases<AccountId>;

		/// Cost of the calls.
		type WeightInfo: WeightInfo;

		/// What benchmarks need to find below.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkWorld: aitbc_primitives::benchmarking::BenchmarkWorld;
	}

	/// The receipts that were taken, of jobs still on record.
	#[pallet::storage]
	pub type Receipts<T: Config> =
		StorageDoubleMap<_, Twox64Concat, JobId, Twox64Concat, ReplicaIndex, SignedReceipt>;

	#[pallet::event]
	#[allow(missing_docs, reason = "the names of the fields say what they are")]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A worker committed to its answer.
		#[codec(index = 0)]
		Committed { job: JobId, replica: ReplicaIndex, commitment: Hash },
		/// A worker's answer was taken.
		#[codec(index = 1)]
		ReceiptTaken { job: JobId, replica: ReplicaIndex, receipt: Hash, verdict: Verdict },
		/// An answer of a batch was refused; it changed nothing.
		#[codec(index = 2)]
		BatchItemFailed { index: u32, error: DispatchError },
		/// A batch was gone through.
		#[codec(index = 3)]
		BatchTaken { taken: u32, failed: u32 },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no such open lease.
		NoSuchLease,
		/// The signer is not the worker of this lease.
		NotTheWorker,
		/// The lease has been answered, or its answer committed.
		AlreadyAnswered,
		/// The lease's deadline has passed.
		TooLate,
		/// The job is replicated: its answers are committed first.
		MustCommit,
		/// The job has one replica: its answer is submitted at once.
		MustSubmit,
		/// Reveals are not open: not every replica has committed yet, or their time is over.
		TooEarly,
		/// Receipt and salt are not what was committed.
		CommitmentMismatch,
		/// The signature is not the worker's over this receipt.
		SignatureInvalid,
		/// The receipt has another version than the runtime.
		WrongVersion,
		/// The receipt is for another chain.
		WrongChain,
		/// The receipt is for another job or replica.
		WrongLease,
		/// The receipt is for another letting of this replica.
		WrongAttempt,
		/// The receipt names another program.
		WrongProgram,
		/// The receipt names other inputs, parameters or shapes.
		WrongInputs,
		/// The receipt claims other units than the work is worth.
		WrongUnits,
		/// The receipt's inline output or trace root contradicts its outcome.
		WrongOutput,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Binds the caller to its answer.
		///
		/// Origin: signed by the worker key of the lease, which pays no fee while the lease is open
		/// and unanswered. `commitment` is [`aitbc_primitives::commitment`]. Emits `Committed`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::commit())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, job: &JobId, replica: &ReplicaIndex, _: &Hash| -> bool {
			Pallet::<T>::is_free_commit(origin, *job, *replica)
		})]
		pub fn commit(
			origin: OriginFor<T>,
			job: JobId,
			replica: ReplicaIndex,
			commitment: Hash,
		) -> DispatchResult {
			let signer = ensure_signed(origin)?;
			Self::check_commit(&signer, job, replica)?;
			T::Leases::commit(job, replica, commitment)?;
			Self::deposit_event(Event::Committed { job, replica, commitment });
			Ok(())
		}

		/// Answers the lease of a single job.
		///
		/// Origin: signed by anybody; the lease's worker pays no fee. Emits `ReceiptTaken`. An answer that
		/// is refused is charged for the checks.
		#[pallet::call_index(1)]
		#[pallet::weight(Pallet::<T>::submit_weight())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, receipt: &SignedReceipt| -> bool {
			Pallet::<T>::is_free(origin, Shown { signed: receipt, salt: None })
		})]
		pub fn submit(origin: OriginFor<T>, receipt: SignedReceipt) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::take(Shown { signed: &receipt, salt: None })
		}

		/// Shows the answer that was committed.
		///
		/// Origin: signed by anybody; the lease's worker pays no fee. `salt` is the one in the
		/// commitment. Emits `ReceiptTaken`. Only the reveal that has the job judged is charged for that;
		/// the others for what recording costs, those that are refused for the checks, so that a block
		/// has room for many.
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::reveal_weight())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, receipt: &SignedReceipt, salt: &[u8; 32]| -> bool {
			Pallet::<T>::is_free(origin, Shown { signed: receipt, salt: Some(salt) })
		})]
		pub fn reveal(
			origin: OriginFor<T>,
			receipt: SignedReceipt,
			salt: [u8; 32],
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::take(Shown { signed: &receipt, salt: Some(&salt) })
		}

		/// Gives many answers, each for itself: one that is refused changes nothing and does not
		/// keep the others from being taken.
		///
		/// Origin: signed by anybody. No fee is due of up to [`MAX_FREE_ANSWERS`] answers of different jobs
		/// that are all the signer's own and all taken. Emits `ReceiptTaken` or `BatchItemFailed` for each
		/// answer, in order, and `BatchTaken` at the end. The weight is the worst case of each answer until it
		/// is known what they did: very many reveals of different jobs do not fit into a block.
		#[pallet::call_index(3)]
		#[pallet::weight(Pallet::<T>::batch_weight(answers))]
		#[pallet::feeless_if(|origin: &OriginFor<T>, answers: &Batch| -> bool {
			Pallet::<T>::is_free_batch(origin, answers)
		})]
		pub fn submit_batch(origin: OriginFor<T>, answers: Batch) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let take::BatchOutcome { taken, failed, weight } = Self::take_batch(&answers);
			Self::deposit_event(Event::BatchTaken { taken, failed });
			Ok(Some(weight).into())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The receipts on record of a job, by replica.
		pub fn receipts_of(job: JobId) -> Vec<(ReplicaIndex, SignedReceipt)> {
			let mut found: Vec<_> = Receipts::<T>::iter_prefix(job).collect();
			found.sort_by_key(|(replica, _)| *replica);
			found
		}

		/// What the lease of a replica waits for now. `None` if there is no such lease, if it is answered,
		/// if its time is over, or if it is committed and the others are not.
		pub fn due(job: JobId, replica: ReplicaIndex) -> Option<Step> {
			Self::step_due(job, replica)
		}

		/// Whether an answer would be taken now, and if not, what is wrong with it.
		pub fn try_answer(answer: Answer) -> Result<(), DispatchError> {
			Self::check(Shown::from(&answer)).map(|_| ())
		}
	}
}

impl<T: Config> OnJobPruned for Pallet<T> {
	fn on_job_pruned(job: JobId, replicas: u8) {
		for replica in 0..replicas {
			Receipts::<T>::remove(job, replica);
		}
	}
}
