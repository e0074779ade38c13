//! Whether a receipt is an answer to its lease. Nothing here changes state: the calls, the exemption
//! from fees, the lane and the view functions all ask the same questions.

use crate::*;

/// A receipt as it is shown: with the salt of its commitment, or at once.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
	pub(crate) signed: &'a SignedReceipt,
	/// `None` for the answer to a single job.
	pub(crate) salt: Option<&'a [u8; 32]>,
}

impl<'a> From<&'a Answer> for Shown<'a> {
	fn from(answer: &'a Answer) -> Self {
		match answer {
			Answer::Submit(signed) => Self { signed, salt: None },
			Answer::Reveal(signed, salt) => Self { signed, salt: Some(salt) },
		}
	}
}

impl Shown<'_> {
	/// The job and the replica that the receipt names.
	pub(crate) const fn subject(&self) -> (JobId, ReplicaIndex) {
		(self.signed.receipt.job, self.signed.receipt.replica)
	}

	/// Which step of the lease it takes.
	pub(crate) const fn step(&self) -> Step {
		if self.salt.is_some() { Step::Reveal } else { Step::Submit }
	}
}

/// A lease with the specification of its job.
pub(crate) struct Let {
	pub(crate) lease: Lease<AccountId>,
	pub(crate) spec: JobSpec,
}

impl Let {
	/// Whether the account is that of the worker key of the lease.
	pub(crate) fn is_of(&self, who: &AccountId) -> bool {
		*who == AccountId::from(self.lease.worker)
	}
}

impl<T: Config> Pallet<T> {
	/// What was let as this replica, while the lease lives.
	pub(crate) fn lease(job: JobId, replica: ReplicaIndex) -> Result<Let, DispatchError> {
		let (lease, spec) = T::Leases::lease(job, replica).ok_or(Error::<T>::NoSuchLease)?;
		Ok(Let { lease, spec })
	}

	/// Hash of block zero, which names the chain.
	pub(crate) fn genesis_hash() -> Hash {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::from(0u32))
	}

	/// The present block.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// Whether the lease still waits for its first answer.
	fn ensure_unanswered(lease: &Lease<AccountId>) -> DispatchResult {
		ensure!(lease.state == LeaseState::Leased, Error::<T>::AlreadyAnswered);
		ensure!(Self::now() <= lease.deliver_by, Error::<T>::TooLate);
		Ok(())
	}

	/// What the lease of a replica waits for. `None` if there is no such lease, if it is answered, if its
	/// time is over, or if the others have not committed yet.
	pub(crate) fn step_due(job: JobId, replica: ReplicaIndex) -> Option<Step> {
		let Let { lease, spec } = Self::lease(job, replica).ok()?;
		match lease.state {
			LeaseState::Leased => {
				Self::ensure_unanswered(&lease).ok()?;
				Some(if spec.replication.commits() { Step::Commit } else { Step::Submit })
			}
			LeaseState::Committed { .. } => T::Leases::may_reveal(job).then_some(Step::Reveal),
			LeaseState::Revealed { .. } => None,
		}
	}

	/// Every condition of [`Pallet::commit`]. The lease, if they hold.
	pub(crate) fn check_commit(
		signer: &AccountId,
		job: JobId,
		replica: ReplicaIndex,
	) -> Result<Let, DispatchError> {
		let found = Self::lease(job, replica)?;
		ensure!(found.is_of(signer), Error::<T>::NotTheWorker);
		ensure!(found.spec.replication.commits(), Error::<T>::MustSubmit);
		Self::ensure_unanswered(&found.lease)?;
		Ok(found)
	}

	/// Every condition of [`Pallet::submit`], or of [`Pallet::reveal`] if there is a salt. The lease, if
	/// they hold.
	pub(crate) fn check(shown: Shown) -> Result<Let, DispatchError> {
		let (job, replica) = shown.subject();
		let found = Self::lease(job, replica)?;
		Self::check_terms(shown, &found)?;
		Self::check_signature(shown, &found.lease)?;
		Ok(found)
	}

	/// Every condition but the signature, which is the dearest. What needs no hashing comes first.
	pub(crate) fn check_terms(shown: Shown, found: &Let) -> DispatchResult {
		let (job, replica) = shown.subject();
		let receipt = &shown.signed.receipt;
		let Let { lease, spec } = found;
		match shown.salt {
			None => {
				ensure!(!spec.replication.commits(), Error::<T>::MustCommit);
				Self::ensure_unanswered(lease)?;
			}
			Some(salt) => {
				ensure!(spec.replication.commits(), Error::<T>::MustSubmit);
				let commitment = match lease.state {
					LeaseState::Leased => return Err(Error::<T>::TooEarly.into()),
					LeaseState::Committed { commitment } => commitment,
					LeaseState::Revealed { .. } => return Err(Error::<T>::AlreadyAnswered.into()),
				};
				ensure!(T::Leases::may_reveal(job), Error::<T>::TooEarly);
				let opened = commitment_of(receipt.hash(), &lease.worker, salt);
				ensure!(opened == commitment, Error::<T>::CommitmentMismatch);
			}
		}
		receipt
			.check_binding(Self::genesis_hash(), job, replica, lease, spec)
			.map_err(|fault| Error::<T>::from(fault).into())
	}

	/// Whether the worker of the lease signed every field of the receipt.
	pub(crate) fn check_signature(shown: Shown, lease: &Lease<AccountId>) -> DispatchResult {
		ensure!(Self::is_signed_by(shown.signed, &lease.worker), Error::<T>::SignatureInvalid);
		Ok(())
	}

	/// Whether the signature is that of this key, over this receipt.
	pub(crate) fn is_signed_by(signed: &SignedReceipt, worker: &WorkerKey) -> bool {
		signed.signature.verify(signed.receipt.signing_payload().as_slice(), worker)
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
