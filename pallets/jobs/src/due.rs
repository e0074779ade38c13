//! The expiry queue: how the chain keeps every deadline.

use crate::*;

impl<T: Config> Pallet<T> {
	/// Enters a deadline that falls due at the start of `block`, which must lie in the future.
	pub(crate) fn schedule(block: BlockNumber, item: DueItem) {
		let index = DueLen::<T>::get(block);
		// 2³² entries of one block would have cost more fees than there are coins.
		let Some(len) = index.checked_add(1) else {
			frame_support::defensive!("the expiry queue of one block is full");
			return;
		};
		Due::<T>::insert(block, index, item);
		DueLen::<T>::insert(block, len);
	}

	/// Most that one step may cost: an entry, and the dearest thing it can set off.
	pub(crate) fn due_step_weight() -> Weight {
		let prune = T::WeightInfo::prune().saturating_add(T::OnPruned::prune_weight());
		T::WeightInfo::due_step().saturating_add(Self::end_weight().max(prune))
	}

	/// What ending one job costs.
	fn ending(record: &Job) -> Weight {
		Self::end_weight_of(record.replication.replicas)
	}

	/// Works through what is due, as far as the meter allows; the cursor keeps the place. A step is
	/// begun only if the dearest fits, and charged what it did: most deadlines were met.
	pub(crate) fn serve_due(meter: &mut WeightMeter) {
		let now = Self::now();
		let look = T::DbWeight::get().reads_writes(2, 1);
		if meter.try_consume(look).is_err() {
			return;
		}
		let start = DueCursor::<T>::get();
		let mut cursor = start;
		while cursor.block <= now {
			if meter.try_consume(look).is_err() {
				break;
			}
			let len = DueLen::<T>::get(cursor.block);
			if cursor.index >= len {
				if len > 0 {
					DueLen::<T>::remove(cursor.block);
				}
				let Some(next) = cursor.block.checked_add(1) else { break };
				cursor = Cursor { block: next, index: 0 };
				continue;
			}
			if !meter.can_consume(Self::due_step_weight()) {
				break;
			}
			let item = Due::<T>::take(cursor.block, cursor.index);
			cursor.index = cursor.index.saturating_add(1);
			let done = item.map_or(Weight::zero(), |item| Self::fall_due(item, now));
			meter.consume(T::WeightInfo::due_step().saturating_add(done));
		}
		if cursor != start {
			DueCursor::<T>::put(cursor);
		}
	}

	/// Does what a deadline calls for. Returns what it cost beyond looking.
	fn fall_due(item: DueItem, now: BlockNumber) -> Weight {
		match item {
			DueItem::Start { job } => {
				let Some(record) = Jobs::<T>::get(job) else { return Weight::zero() };
				// A job that was re-let has a later deadline, with an entry of its own.
				if !matches!(record.state, JobState::Open { start_by } if start_by < now) {
					return Weight::zero();
				}
				let cost = Self::ending(&record);
				Self::end_refunded(job, record, RefundReason::NoMiner);
				cost
			}
			DueItem::Delivery { job, replica, attempt } => {
				let late = Leases::<T>::get(job, replica).filter(|lease| {
					lease.attempt == attempt
						&& lease.state == LeaseState::Leased
						&& lease.deliver_by < now
				});
				let Some(record) = Jobs::<T>::get(job).filter(|_| late.is_some()) else {
					return Weight::zero();
				};
				let cost = Self::ending(&record);
				Self::relet(job, record, replica, LeaseFate::Late, RefundReason::AttemptsUsedUp);
				cost
			}
			DueItem::Reveal { job } => {
				let Some(record) = Jobs::<T>::get(job) else { return Weight::zero() };
				if !matches!(record.state, JobState::Judging { reveal_by } if reveal_by < now) {
					return Weight::zero();
				}
				let cost = Self::ending(&record);
				Self::judge(job, record);
				cost
			}
			DueItem::Prune { job } => {
				Self::prune(job);
				T::WeightInfo::prune().saturating_add(T::OnPruned::prune_weight())
			}
		}
	}

	/// Drops the record of an ended job.
	fn prune(job: JobId) {
		let Some(record) = Jobs::<T>::get(job).filter(|record| record.state.is_ended()) else {
			return;
		};
		Self::return_deposit(&record);
		if let Some(JobSpec { workload: Workload::Wgsl(call), .. }) = Specs::<T>::take(job) {
			Programs::<T>::mutate(call.program, |info| {
				if let Some(info) = info {
					info.jobs = info.jobs.saturating_sub(1);
				}
			});
		}
		JobsOf::<T>::remove(&record.client, job);
		Jobs::<T>::remove(job);
		T::OnPruned::on_job_pruned(job, record.replication.replicas);
		Self::deposit_event(Event::JobPruned { job });
	}
}
