//! Signed receipts: the evidence that a lease was answered.
//!
//! # Overview
//!
//! A worker answers a lease of a *single* job with [`Pallet::submit`]. A *replicated* job is answered in
//! two steps: [`Pallet::commit`] binds the worker to the hash of its receipt and a salt, and once every
//! replica has committed, [`Pallet::reveal`] shows it. Nobody can copy an answer, because the
//! commitment contains the key it was made by, and no reveal is taken before the last commitment.
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
//! wide as the leases: two extrinsics each.

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

pub use pallet::*;
pub use weights::WeightInfo;

pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(any(feature = "try-runtime", feature = "std", test))]
mod try_state;

use aitbc_primitives::{
	AccountId, BlockNumber, Hash, JobId, JobSpec, Lease, LeaseState, Leases, OnJobPruned,
	ReceiptFault, ReplicaIndex, SignedReceipt, Verdict, commitment as commitment_of,
};
use frame_support::pallet_prelude::*;
use frame_system::{ensure_signed, pallet_prelude::*};
use sp_runtime::{SaturatedConversion, traits::Verify};

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
		/// The leases that receipts answer.
		type Leases: Leases<AccountId>;

		/// Cost of the calls.
		type WeightInfo: WeightInfo;
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
		Committed { job: JobId, replica: ReplicaIndex, commitment: Hash },
		/// A worker's answer was taken.
		ReceiptTaken { job: JobId, replica: ReplicaIndex, receipt: Hash, verdict: Verdict },
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
		/// Not every replica has committed yet.
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
		#[pallet::weight(T::WeightInfo::commit().saturating_add(T::Leases::commit_weight()))]
		#[pallet::feeless_if(|origin: &OriginFor<T>, job: &JobId, replica: &ReplicaIndex, _: &Hash| -> bool {
			Pallet::<T>::check_commit(origin.clone(), *job, *replica).is_ok()
		})]
		pub fn commit(
			origin: OriginFor<T>,
			job: JobId,
			replica: ReplicaIndex,
			commitment: Hash,
		) -> DispatchResult {
			Self::check_commit(origin, job, replica)?;
			T::Leases::commit(job, replica, commitment)?;
			Self::deposit_event(Event::Committed { job, replica, commitment });
			Ok(())
		}

		/// Answers the lease of a single job.
		///
		/// Origin: signed by anybody; the lease's worker pays no fee. Emits `ReceiptTaken`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::submit().saturating_add(T::Leases::answer_weight()))]
		#[pallet::feeless_if(|origin: &OriginFor<T>, receipt: &SignedReceipt| -> bool {
			Pallet::<T>::from_worker(origin, receipt) && Pallet::<T>::check_submit(receipt).is_ok()
		})]
		pub fn submit(origin: OriginFor<T>, receipt: SignedReceipt) -> DispatchResult {
			ensure_signed(origin)?;
			Self::check_submit(&receipt)?;
			Self::take(receipt)
		}

		/// Shows the answer that was committed.
		///
		/// Origin: signed by anybody; the lease's worker pays no fee. `salt` is the one in the
		/// commitment. Emits `ReceiptTaken`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::reveal().saturating_add(T::Leases::answer_weight()))]
		#[pallet::feeless_if(|origin: &OriginFor<T>, receipt: &SignedReceipt, salt: &[u8; 32]| -> bool {
			Pallet::<T>::from_worker(origin, receipt)
				&& Pallet::<T>::check_reveal(receipt, salt).is_ok()
		})]
		pub fn reveal(
			origin: OriginFor<T>,
			receipt: SignedReceipt,
			salt: [u8; 32],
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::check_reveal(&receipt, &salt)?;
			let (job, replica) = (receipt.receipt.job, receipt.receipt.replica);
			Self::take(receipt)?;
			// Only the last reveal ends the job; the others are charged what recording costs, so that
			// a block has room for many.
			let recorded = T::WeightInfo::reveal().saturating_add(T::Leases::commit_weight());
			let open = T::Leases::lease(job, replica).is_some();
			Ok(open.then_some(recorded).into())
		}
	}
}

impl<T: Config> Pallet<T> {
	fn lease(
		job: JobId,
		replica: ReplicaIndex,
	) -> Result<(Lease<AccountId>, JobSpec), DispatchError> {
		T::Leases::lease(job, replica).ok_or(Error::<T>::NoSuchLease.into())
	}

	/// Hash of block zero, which names the chain.
	fn genesis_hash() -> Hash {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::from(0u32))
	}

	/// Whether the lease still waits for its first answer.
	fn ensure_unanswered(lease: &Lease<AccountId>) -> DispatchResult {
		ensure!(lease.state == LeaseState::Leased, Error::<T>::AlreadyAnswered);
		let now: BlockNumber = frame_system::Pallet::<T>::block_number().saturated_into();
		ensure!(now <= lease.deliver_by, Error::<T>::TooLate);
		Ok(())
	}

	/// Whether the signer is the worker of the lease that the receipt names. Cheap; decides only who
	/// pays.
	fn from_worker(origin: &OriginFor<T>, signed: &SignedReceipt) -> bool {
		let Ok(signer) = ensure_signed(origin.clone()) else { return false };
		Self::lease(signed.receipt.job, signed.receipt.replica)
			.is_ok_and(|(lease, _)| signer == AccountId::from(lease.worker))
	}

	/// Every condition of [`Pallet::commit`].
	fn check_commit(origin: OriginFor<T>, job: JobId, replica: ReplicaIndex) -> DispatchResult {
		let signer = ensure_signed(origin)?;
		let (lease, spec) = Self::lease(job, replica)?;
		ensure!(signer == AccountId::from(lease.worker), Error::<T>::NotTheWorker);
		ensure!(spec.replication.commits(), Error::<T>::MustSubmit);
		Self::ensure_unanswered(&lease)
	}

	/// Every condition of [`Pallet::submit`].
	fn check_submit(signed: &SignedReceipt) -> DispatchResult {
		let (lease, spec) = Self::lease(signed.receipt.job, signed.receipt.replica)?;
		ensure!(!spec.replication.commits(), Error::<T>::MustCommit);
		Self::ensure_unanswered(&lease)?;
		Self::check_receipt(signed, &lease, &spec)
	}

	/// Every condition of [`Pallet::reveal`].
	fn check_reveal(signed: &SignedReceipt, salt: &[u8; 32]) -> DispatchResult {
		let job = signed.receipt.job;
		let (lease, spec) = Self::lease(job, signed.receipt.replica)?;
		ensure!(spec.replication.commits(), Error::<T>::MustSubmit);
		let commitment = match lease.state {
			LeaseState::Leased => return Err(Error::<T>::TooEarly.into()),
			LeaseState::Committed { commitment } => commitment,
			LeaseState::Revealed { .. } => return Err(Error::<T>::AlreadyAnswered.into()),
		};
		ensure!(T::Leases::may_reveal(job), Error::<T>::TooEarly);
		let shown = commitment_of(signed.receipt.hash(), &lease.worker, salt);
		ensure!(shown == commitment, Error::<T>::CommitmentMismatch);
		Self::check_receipt(signed, &lease, &spec)
	}

	/// Binding first, then the signature: it is the dearest check.
	fn check_receipt(
		signed: &SignedReceipt,
		lease: &Lease<AccountId>,
		spec: &JobSpec,
	) -> DispatchResult {
		let SignedReceipt { receipt, signature } = signed;
		receipt
			.check_binding(Self::genesis_hash(), receipt.job, receipt.replica, lease, spec)
			.map_err(Error::<T>::from)?;
		let authentic = signature.verify(receipt.signing_payload().as_slice(), &lease.worker);
		ensure!(authentic, Error::<T>::SignatureInvalid);
		Ok(())
	}

	/// Archives a checked receipt and hands its verdict on.
	fn take(signed: SignedReceipt) -> DispatchResult {
		let (job, replica) = (signed.receipt.job, signed.receipt.replica);
		let (receipt, verdict) = (signed.receipt.hash(), signed.receipt.verdict());
		Receipts::<T>::insert(job, replica, signed);
		Self::deposit_event(Event::ReceiptTaken { job, replica, receipt, verdict });
		T::Leases::answer(job, replica, verdict)
	}
}

impl<T> From<ReceiptFault> for Error<T> {
	fn from(fault: ReceiptFault) -> Self {
		match fault {
			ReceiptFault::Version => Self::WrongVersion,
			ReceiptFault::Genesis => Self::WrongChain,
			ReceiptFault::Lease => Self::WrongLease,
			ReceiptFault::Attempt => Self::WrongAttempt,
			ReceiptFault::Program => Self::WrongProgram,
			ReceiptFault::Inputs => Self::WrongInputs,
			ReceiptFault::Units => Self::WrongUnits,
			ReceiptFault::Output => Self::WrongOutput,
		}
	}
}

impl<T: Config> OnJobPruned for Pallet<T> {
	fn on_job_pruned(job: JobId, replicas: u8) {
		for replica in 0..replicas {
			Receipts::<T>::remove(job, replica);
		}
	}

	fn prune_weight() -> Weight {
		T::WeightInfo::prune(aitbc_primitives::MAX_REPLICAS.into())
	}
}
