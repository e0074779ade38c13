//! How a job ends: the only code through which money leaves it.
//!
//! Every way out goes through [`Pallet::close`]: leases are ended, accepted ones paid from the escrow,
//! what is left of it released to the client. Escrow in = paid + refunded, exactly (INV-JOBS-1).

use crate::*;
use frame_support::traits::Imbalance;

/// What a lease's end means for the money.
struct LeaseEnd {
	fate: LeaseFate,
	paid: bool,
}

impl<T: Config> Pallet<T> {
	/// Most that ending a job of the largest number of replicas may cost.
	pub(crate) fn end_weight() -> Weight {
		Self::end_weight_of(MAX_REPLICAS)
	}

	/// Most that ending a job of so many replicas may cost.
	pub(crate) fn end_weight_of(replicas: u8) -> Weight {
		let per_lease =
			T::Matchmaker::conclude_weight().saturating_add(T::Settlement::settle_weight());
		T::WeightInfo::settle(replicas.into())
			.saturating_add(per_lease.saturating_mul(replicas.into()))
	}

	/// Ends a job with a result. Leases that `fate` accepts are paid.
	pub(crate) fn end_settled(
		job: JobId,
		record: Job,
		output: Cid,
		fate: impl Fn(&LeaseState) -> LeaseFate,
	) {
		Self::close(job, record, JobState::Settled { output }, |state| {
			let fate = fate(state);
			LeaseEnd { fate, paid: fate == LeaseFate::Accepted }
		});
	}

	/// Ends a job without a result; nobody is paid.
	pub(crate) fn end_unpaid(
		job: JobId,
		record: Job,
		state: JobState,
		fate: impl Fn(&LeaseState) -> LeaseFate,
	) {
		Self::close(job, record, state, |state| LeaseEnd { fate: fate(state), paid: false });
	}

	/// Refunds a job. Of the leases that are open then, only those that withheld a reveal while one
	/// was due lose anything.
	pub(crate) fn end_refunded(job: JobId, record: Job, reason: RefundReason) {
		let reveals_were_due = matches!(record.state, JobState::Judging { .. });
		Self::end_unpaid(job, record, JobState::Refunded(reason), |state| match state {
			LeaseState::Committed { .. } if reveals_were_due => LeaseFate::Withheld,
			LeaseState::Revealed { verdict: Verdict::Failed(_) } => LeaseFate::Failed,
			_ => LeaseFate::Released,
		});
	}

	/// Cancels a job. Open leases are paid in full.
	pub(crate) fn end_cancelled(job: JobId, record: Job) {
		Self::close(job, record, JobState::Cancelled, |_| LeaseEnd {
			fate: LeaseFate::Released,
			paid: true,
		});
	}

	/// Ends every lease and the job.
	fn close(
		job: JobId,
		mut record: Job,
		state: JobState,
		end_of: impl Fn(&LeaseState) -> LeaseEnd,
	) {
		let mut paid: Balance = 0;
		for (replica, lease) in Self::leases_of(job, &record) {
			let end = end_of(&lease.state);
			if end.paid {
				paid = paid.saturating_add(Self::pay(job, &mut record, replica, &lease));
			}
			Self::end_lease(job, record.class, replica, lease, end.fate);
		}
		let refunded = Self::release(HoldReason::Escrow, &record.client, record.escrow);
		let now = Self::now();
		record.escrow = 0;
		record.state = state;
		record.ended_at = Some(now);
		Jobs::<T>::insert(job, record);
		let prune_at = now.saturating_add(T::RetentionBlocks::get().max(1));
		Self::schedule(prune_at, DueItem::Prune { job });
		Self::deposit_event(Event::JobEnded { job, state, paid, refunded });
	}

	/// Pays one lease from the escrow. Returns the gross amount, planck.
	fn pay(
		job: JobId,
		record: &mut Job,
		replica: ReplicaIndex,
		lease: &Lease<AccountId>,
	) -> Balance {
		// Price ≤ the client's maximum and escrow = maximum × units × replicas, so it always suffices.
		let due =
			Balance::from(record.units).saturating_mul(lease.price_per_unit).min(record.escrow);
		let (credit, _missing) =
			T::Currency::slash(&HoldReason::Escrow.into(), &record.client, due);
		let gross = credit.peek();
		record.escrow = record.escrow.saturating_sub(gross);
		T::Settlement::settle(job, replica, &lease.miner, record.units, credit);
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
