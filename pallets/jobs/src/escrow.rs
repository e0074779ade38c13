//! How leases and jobs end: the only code through which money leaves a job.
//!
//! Every way out goes through [`Pallet::close`]: leases are ended, what is due for them is paid from the
//! escrow, what is left of it released to the client. Escrow in = paid + refunded, exactly (INV-JOBS-1).

use crate::*;
use frame_support::traits::Imbalance;

/// What the end of a lease means.
pub(crate) struct LeaseEnd {
	/// For the miner's collateral and reputation.
	pub(crate) fate: LeaseFate,
	/// What is paid for it, planck.
	pub(crate) due: Balance,
	/// Whether others gave the same answer.
	pub(crate) verified: bool,
}

impl LeaseEnd {
	/// An end without pay.
	pub(crate) const fn unpaid(fate: LeaseFate) -> Self {
		Self { fate, due: 0, verified: false }
	}

	/// An end that is not the miner's fault.
	pub(crate) const fn released(due: Balance) -> Self {
		Self { fate: LeaseFate::Released, due, verified: false }
	}
}

impl<T: Config> Pallet<T> {
	/// Refunds a job that is given up before it is judged: whoever holds a lease then is not to blame. Who has
	/// answered, or bound itself to an answer, may be paid: see [`Job::unproven_pay`].
	pub(crate) fn end_refunded(job: JobId, record: Job, reason: RefundReason) {
		Self::close(job, record, JobState::Refunded(reason), |record, lease| {
			LeaseEnd::released(record.unproven_pay(lease))
		});
	}

	/// Cancels a job. Open leases are paid in full.
	pub(crate) fn end_cancelled(job: JobId, record: Job) {
		Self::close(job, record, JobState::Cancelled, |record, lease| {
			LeaseEnd::released(record.full_pay(lease))
		});
	}

	/// Ends every lease and the job.
	pub(crate) fn close(
		job: JobId,
		mut record: Job,
		state: JobState,
		end_of: impl Fn(&Job, &Lease<AccountId>) -> LeaseEnd,
	) {
		for (replica, lease) in core::mem::take(&mut record.leases) {
			let end = end_of(&record, &lease);
			Self::end_lease(job, &mut record, replica, lease, end);
		}
		let refunded = Self::release(HoldReason::Escrow, &record.client, record.escrow);
		LiveJobs::<T>::mutate_exists(&record.client, |live| {
			*live = live.and_then(|live| live.checked_sub(1)).filter(|live| *live > 0);
		});
		let now = Self::now();
		let paid = record.paid();
		record.escrow = 0;
		record.state = state;
		record.ended_at = Some(now);
		Jobs::<T>::insert(job, record);
		let prune_at = now.saturating_add(T::RetentionBlocks::get().max(1));
		Self::schedule(prune_at, DueItem::Prune { job });
		Self::deposit_event(Event::JobEnded { job, state, paid, refunded });
	}

	/// Ends a lease that was taken out of the record: the miner is paid what is due, slot and collateral go
	/// back, less what the fate forfeits. The record is the caller's to store.
	pub(crate) fn end_lease(
		job: JobId,
		record: &mut Job,
		replica: ReplicaIndex,
		lease: Lease<AccountId>,
		end: LeaseEnd,
	) {
		let paid = Self::pay(job, record, replica, &lease, &end);
		let Lease { miner, owner, worker, attempt, bond, .. } = lease;
		MinerLeases::<T>::remove(&miner, (job, replica));
		let fate = end.fate;
		// What says something of the miner: not pay from a client that named who may have it, nor a tip, with
		// which it can outbid nobody and choose all the same (`specs/adr/0012`).
		let counts = fate == LeaseFate::Accepted && !record.handpicked;
		let earned = if counts { paid.saturating_sub(record.tip) } else { 0 };
		T::Matchmaker::conclude(&miner, record.class, &worker, &bond, fate, earned);
		let ended = EndedLease { replica, attempt, miner: miner.clone(), owner, fate, paid };
		if record.history.try_push(ended).is_err() {
			frame_support::defensive!("a job was let more often than it can be");
		}
		Self::deposit_event(Event::LeaseEnded { job, replica, attempt, miner, fate, paid });
	}

	/// Pays for one lease from the escrow. Returns the gross amount, planck.
	fn pay(
		job: JobId,
		record: &mut Job,
		replica: ReplicaIndex,
		lease: &Lease<AccountId>,
		end: &LeaseEnd,
	) -> Balance {
		// Price ≤ the client's maximum, and each lease that is paid has its share, so it always suffices.
		let due = end.due.min(record.escrow);
		if due == 0 {
			return 0;
		}
		let (credit, _missing) =
			T::Currency::slash(&HoldReason::Escrow.into(), &record.client, due);
		let gross = credit.peek();
		record.escrow = record.escrow.saturating_sub(gross);
		let work = PaidWork {
			job,
			replica,
			miner: lease.miner.clone(),
			class: record.class,
			units: record.units,
			fee: lease.fee,
			verified: end.verified,
		};
		T::Settlement::settle(work, credit);
		gross
	}

	/// Frees what is held. Returns what was freed, planck.
	fn release(reason: HoldReason, who: &AccountId, amount: Balance) -> Balance {
		let freed = T::Currency::release(&reason.into(), who, amount, Precision::BestEffort);
		frame_support::defensive_assert!(freed == Ok(amount), "less was on hold than on record");
		freed.unwrap_or_default()
	}

	/// Returns the deposit of a pruned job.
	pub(crate) fn return_deposit(record: &Job) {
		Self::release(HoldReason::JobDeposit, &record.client, record.deposit);
	}
}
