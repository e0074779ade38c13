//! How jobs and programs come on record, and how clients take them off.

use crate::*;

/// What a specification comes to, where it needs no more than itself.
pub(crate) struct Terms {
	pub(crate) units: u64,
	pub(crate) escrow: Balance,
}

impl<T: Config> Pallet<T> {
	/// [`Pallet::register_program`] for a known owner.
	pub(crate) fn enter_program(owner: AccountId, program: Cid, size_bytes: u32) -> DispatchResult {
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

	/// [`Pallet::unregister_program`] for a known caller.
	pub(crate) fn forget_program(caller: &AccountId, program: Cid) -> DispatchResult {
		let info = Programs::<T>::get(program).ok_or(Error::<T>::ProgramUnknown)?;
		ensure!(*caller == info.owner, Error::<T>::NotTheOwner);
		ensure!(info.jobs == 0, Error::<T>::ProgramInUse);
		T::Currency::release(
			&HoldReason::ProgramDeposit.into(),
			caller,
			info.deposit,
			Precision::BestEffort,
		)?;

		Programs::<T>::remove(program);
		Self::deposit_event(Event::ProgramUnregistered { program });
		Ok(())
	}

	/// Checks a specification against itself and the constants of the chain.
	pub(crate) fn check_spec(spec: &JobSpec) -> Result<Terms, Error<T>> {
		spec.validate()?;
		let longest = T::MaxWindowBlocks::get();
		let delivery = T::MinDeliverBlocks::get()..=longest;
		if spec.start_within_blocks > longest || !delivery.contains(&spec.deliver_within_blocks) {
			return Err(Error::Window);
		}
		let escrow = spec.escrow().ok_or(Error::EscrowOverflow)?;
		let units = spec.units().ok_or(Error::UnitsLimit)?;
		Ok(Terms { units, escrow })
	}

	/// [`Pallet::submit`] for a known client.
	pub(crate) fn post(client: AccountId, spec: JobSpec) -> DispatchResult {
		let Terms { units, escrow } = Self::check_spec(&spec)?;
		let job = NextJobId::<T>::get();
		let next = JobId(job.0.checked_add(1).ok_or(Error::<T>::Exhausted)?);
		let program = Self::named_program(&spec)?;
		let live = LiveJobs::<T>::get(&client);
		ensure!(live < T::MaxLiveJobs::get(), Error::<T>::TooManyJobs);
		let deposit = T::JobDeposit::get();
		T::Currency::hold(&HoldReason::Escrow.into(), &client, escrow)?;
		T::Currency::hold(&HoldReason::JobDeposit.into(), &client, deposit)?;

		if let Some((cid, info)) = program {
			Programs::<T>::insert(cid, info);
		}
		NextJobId::<T>::put(next);
		JobsOf::<T>::insert(&client, job, ());
		LiveJobs::<T>::insert(&client, live.saturating_add(1));
		let now = Self::now();
		let class = spec.workload.class();
		let start_by = now.saturating_add(spec.start_within_blocks);
		let record = Job {
			client: client.clone(),
			class,
			units,
			max_price_per_unit: spec.max_price_per_unit,
			tip: spec.tip,
			bid: bucket_of(spec.bid_per_unit()),
			replication: spec.replication,
			start_within_blocks: spec.start_within_blocks,
			deliver_within_blocks: spec.deliver_within_blocks,
			handpicked: !spec.requirements.allow.is_empty(),
			time_pay: T::TimePay::get(),
			posted_at: now,
			ended_at: None,
			escrow,
			deposit,
			tie_breakers_called: 0,
			state: JobState::Open { start_by },
			leases: BoundedVec::new(),
			history: BoundedVec::new(),
		};
		Self::schedule(start_by.saturating_add(1), DueItem::Start { job });
		let replicas = 0..record.replication.replicas;
		let tickets = replicas.map(|replica| Ticket { job, replica, attempt: 0 });
		Self::enqueue(class, record.bid, tickets);
		Jobs::<T>::insert(job, record);
		Specs::<T>::insert(job, spec);
		Self::deposit_event(Event::JobPosted { job, client, class, escrow });
		Ok(())
	}

	/// The registered program a job names, with the job counted. Built-in programs need none.
	pub(crate) fn named_program(
		spec: &JobSpec,
	) -> Result<Option<(Cid, ProgramInfo)>, DispatchError> {
		let Workload::Wgsl(call) = spec.workload else { return Ok(None) };
		let mut info = Programs::<T>::get(call.program).ok_or(Error::<T>::ProgramUnknown)?;
		info.jobs = info.jobs.checked_add(1).ok_or(Error::<T>::Exhausted)?;
		Ok(Some((call.program, info)))
	}

	/// [`Pallet::cancel`] for a known caller. Returns how many leases were open.
	pub(crate) fn take_back(caller: &AccountId, job: JobId) -> Result<u32, DispatchError> {
		let record = Jobs::<T>::get(job).ok_or(Error::<T>::NoSuchJob)?;
		ensure!(*caller == record.client, Error::<T>::NotTheClient);
		ensure!(!record.state.is_ended(), Error::<T>::JobEnded);
		// Where a tie-breaker is awaited, the answers of the others are public.
		let judging = matches!(record.state, JobState::Judging { .. });
		ensure!(!judging && record.revealed().is_empty(), Error::<T>::BeingJudged);

		let leases = record.leases.len().saturated_into();
		Self::end_cancelled(job, record);
		Ok(leases)
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
			SpecError::Requirements => Self::Requirements,
		}
	}
}
