//! The side of this pallet that receipts see, and how a replica comes to be let again.

use crate::{escrow::LeaseEnd, *};

impl<T: Config> Pallet<T> {
	/// Ends the lease of one replica and lets it wait for another miner; after the last attempt the
	/// job ends with `reason`.
	pub(crate) fn relet(
		job: JobId,
		mut record: Job,
		replica: ReplicaIndex,
		fate: LeaseFate,
		reason: RefundReason,
	) {
		if let Some(lease) = record.take_lease(replica) {
			Self::end_lease(job, &mut record, replica, lease, LeaseEnd::unpaid(fate));
		}
		if record.attempt(replica) >= MAX_ATTEMPTS {
			return Self::end_refunded(job, record, reason);
		}
		// Where the expiry queue is behind, another replica's time to find a miner may be over, and
		// its ticket void: a new deadline would revive the job without it.
		if matches!(record.state, JobState::Open { start_by } if start_by < Self::now()) {
			return Self::end_refunded(job, record, RefundReason::NoMiner);
		}
		Self::wait_for_miner(job, record, replica);
	}

	/// Opens a job for a replica that needs a miner, and stores it.
	pub(crate) fn wait_for_miner(job: JobId, mut record: Job, replica: ReplicaIndex) {
		let start_by = Self::now().saturating_add(record.start_within_blocks);
		record.state = JobState::Open { start_by };
		let attempt = record.attempt(replica);
		Self::enqueue(record.class, record.bid, [Ticket { job, replica, attempt }]);
		Self::schedule(start_by.saturating_add(1), DueItem::Start { job });
		Jobs::<T>::insert(job, record);
	}

	/// The open lease of a replica, if it still owes its first answer, and in time.
	fn unanswered(
		record: &mut Job,
		replica: ReplicaIndex,
	) -> Result<&mut Lease<AccountId>, DispatchError> {
		let lease = record.lease_mut(replica).ok_or(Error::<T>::NoSuchLease)?;
		ensure!(lease.state == LeaseState::Leased, Error::<T>::LeaseState);
		ensure!(Self::now() <= lease.deliver_by, Error::<T>::TooLate);
		Ok(lease)
	}

	/// Every open lease. Reads all jobs: for tests and for tools that check a state.
	pub fn open_leases() -> impl Iterator<Item = (JobId, ReplicaIndex, Lease<AccountId>)> {
		Jobs::<T>::iter().flat_map(|(job, record)| {
			record.leases.into_iter().map(move |(replica, lease)| (job, replica, lease))
		})
	}
}

impl<T: Config> LeasesTrait<AccountId> for Pallet<T> {
	fn lease(job: JobId, replica: ReplicaIndex) -> Option<(Lease<AccountId>, JobSpec)> {
		let lease = Jobs::<T>::get(job)?.take_lease(replica)?;
		Some((lease, Specs::<T>::get(job)?))
	}

	fn may_reveal(job: JobId) -> bool {
		Jobs::<T>::get(job).is_some_and(
			|record| matches!(record.state, JobState::Judging { reveal_by } if reveal_by >= Self::now()),
		)
	}

	fn commit(job: JobId, replica: ReplicaIndex, commitment: Hash) -> DispatchResult {
		let mut record = Jobs::<T>::get(job).ok_or(Error::<T>::NoSuchJob)?;
		let commits = record.replication.commits();
		let lease = Self::unanswered(&mut record, replica)?;
		ensure!(commits, Error::<T>::LeaseState);

		lease.state = LeaseState::Committed { commitment };
		let all_let = record.leases.len() == usize::from(record.wanted());
		let owing = record.leases.iter().any(|(_, lease)| lease.state == LeaseState::Leased);
		if all_let && !owing {
			let reveal_by = Self::now().saturating_add(T::RevealWithinBlocks::get());
			record.state = JobState::Judging { reveal_by };
			Self::schedule(reveal_by.saturating_add(1), DueItem::Reveal { job });
			Self::deposit_event(Event::RevealsOpen { job, reveal_by });
		}
		Jobs::<T>::insert(job, record);
		Ok(())
	}

	fn answer(job: JobId, replica: ReplicaIndex, verdict: Verdict) -> DispatchResult {
		let mut record = Jobs::<T>::get(job).ok_or(Error::<T>::NoSuchJob)?;
		// Receipts refuses it, too; here it would be paid.
		let metered = record.class == Class::Wgsl;
		ensure!(metered || verdict != Verdict::OutOfFuel, Error::<T>::NotMetered);
		if !record.replication.commits() {
			Self::unanswered(&mut record, replica)?.state = LeaseState::Revealed { verdict };
			Self::answer_single(job, record, replica, verdict);
			return Ok(());
		}
		let JobState::Judging { reveal_by } = record.state else {
			return Err(Error::<T>::LeaseState.into());
		};
		ensure!(Self::now() <= reveal_by, Error::<T>::TooLate);
		let lease = record.lease_mut(replica).ok_or(Error::<T>::NoSuchLease)?;
		ensure!(matches!(lease.state, LeaseState::Committed { .. }), Error::<T>::LeaseState);

		lease.state = LeaseState::Revealed { verdict };
		if record.revealed().len() == record.leases.len() {
			Self::judge(job, record);
		} else {
			Jobs::<T>::insert(job, record);
		}
		Ok(())
	}
}
