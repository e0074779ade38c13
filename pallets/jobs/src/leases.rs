//! The side of this pallet that receipts see, and how leases end.

use crate::*;

impl<T: Config> Pallet<T> {
	/// The open leases of a job, by replica.
	pub(crate) fn leases_of(
		job: JobId,
		record: &Job,
	) -> impl Iterator<Item = (ReplicaIndex, Lease<AccountId>)> + use<T> {
		(0..record.replication.replicas)
			.filter_map(move |replica| Some((replica, Leases::<T>::get(job, replica)?)))
	}

	/// Ends a lease: slot and collateral go back, less what `fate` forfeits.
	pub(crate) fn end_lease(
		job: JobId,
		class: Class,
		replica: ReplicaIndex,
		lease: Lease<AccountId>,
		fate: LeaseFate,
	) {
		Leases::<T>::remove(job, replica);
		MinerLeases::<T>::remove(&lease.miner, (job, replica));
		T::Matchmaker::conclude(&lease.miner, class, lease.collateral, fate);
		let Lease { miner, attempt, .. } = lease;
		Self::deposit_event(Event::LeaseEnded { job, replica, attempt, miner, fate });
	}

	/// Ends the lease of one replica and lets it wait for another miner; after the last attempt the
	/// job ends with `reason`.
	pub(crate) fn relet(
		job: JobId,
		mut record: Job,
		replica: ReplicaIndex,
		fate: LeaseFate,
		reason: RefundReason,
	) {
		if let Some(lease) = Leases::<T>::get(job, replica) {
			Self::end_lease(job, record.class, replica, lease, fate);
		}
		let Some(attempt) = record.attempts.get_mut(usize::from(replica)) else {
			frame_support::defensive!("a replica beyond the largest number of replicas");
			return;
		};
		*attempt = attempt.saturating_add(1);
		let attempt = *attempt;
		if attempt >= MAX_ATTEMPTS {
			Self::end_refunded(job, record, reason);
			return;
		}
		// Where the expiry queue is behind, another replica's time to find a miner may be over, and
		// its ticket void: a new deadline would revive the job without it.
		if matches!(record.state, JobState::Open { start_by } if start_by < Self::now()) {
			Self::end_refunded(job, record, RefundReason::NoMiner);
			return;
		}
		let start_by = Self::now().saturating_add(record.start_within_blocks);
		record.state = JobState::Open { start_by };
		Self::enqueue(record.class, Ticket { job, replica, attempt });
		Self::schedule(start_by.saturating_add(1), DueItem::Start { job });
		Jobs::<T>::insert(job, record);
	}

	/// A lease that still owes its first answer, in time.
	fn unanswered(
		job: JobId,
		replica: ReplicaIndex,
	) -> Result<(Job, Lease<AccountId>), DispatchError> {
		let record = Jobs::<T>::get(job).ok_or(Error::<T>::NoSuchJob)?;
		let lease = Leases::<T>::get(job, replica).ok_or(Error::<T>::NoSuchLease)?;
		ensure!(lease.state == LeaseState::Leased, Error::<T>::LeaseState);
		ensure!(Self::now() <= lease.deliver_by, Error::<T>::TooLate);
		Ok((record, lease))
	}
}

impl<T: Config> LeasesTrait<AccountId> for Pallet<T> {
	fn lease(job: JobId, replica: ReplicaIndex) -> Option<(Lease<AccountId>, JobSpec)> {
		Some((Leases::<T>::get(job, replica)?, Specs::<T>::get(job)?))
	}

	fn may_reveal(job: JobId) -> bool {
		Jobs::<T>::get(job).is_some_and(
			|record| matches!(record.state, JobState::Judging { reveal_by } if reveal_by >= Self::now()),
		)
	}

	fn commit(job: JobId, replica: ReplicaIndex, commitment: Hash) -> DispatchResult {
		let (mut record, mut lease) = Self::unanswered(job, replica)?;
		ensure!(record.replication.commits(), Error::<T>::LeaseState);
		lease.state = LeaseState::Committed { commitment };
		Leases::<T>::insert(job, replica, lease);
		let committed = Self::leases_of(job, &record)
			.filter(|(_, lease)| matches!(lease.state, LeaseState::Committed { .. }))
			.count();
		if committed == usize::from(record.replication.replicas) {
			let reveal_by = Self::now().saturating_add(T::RevealWithinBlocks::get());
			record.state = JobState::Judging { reveal_by };
			Jobs::<T>::insert(job, record);
			Self::schedule(reveal_by.saturating_add(1), DueItem::Reveal { job });
			Self::deposit_event(Event::RevealsOpen { job, reveal_by });
		}
		Ok(())
	}

	fn answer(job: JobId, replica: ReplicaIndex, verdict: Verdict) -> DispatchResult {
		let record = Jobs::<T>::get(job).ok_or(Error::<T>::NoSuchJob)?;
		if !record.replication.commits() {
			let (record, lease) = Self::unanswered(job, replica)?;
			Self::answer_single(job, record, replica, lease, verdict);
			return Ok(());
		}
		let JobState::Judging { reveal_by } = record.state else {
			return Err(Error::<T>::LeaseState.into());
		};
		ensure!(Self::now() <= reveal_by, Error::<T>::TooLate);
		let mut lease = Leases::<T>::get(job, replica).ok_or(Error::<T>::NoSuchLease)?;
		ensure!(matches!(lease.state, LeaseState::Committed { .. }), Error::<T>::LeaseState);
		lease.state = LeaseState::Revealed { verdict };
		Leases::<T>::insert(job, replica, lease);
		let complete = Self::leases_of(job, &record)
			.all(|(_, lease)| matches!(lease.state, LeaseState::Revealed { .. }));
		if complete {
			Self::judge(job, record);
		}
		Ok(())
	}

	fn commit_weight() -> Weight {
		T::WeightInfo::commit()
	}

	fn answer_weight() -> Weight {
		Self::end_weight()
	}
}
