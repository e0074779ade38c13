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

	/// Works through what is due, as far as the meter allows; the cursor keeps the place.
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
			if meter.try_consume(Self::due_step_weight()).is_err() {
				break;
			}
			let item = Due::<T>::take(cursor.block, cursor.index);
			cursor.index = cursor.index.saturating_add(1);
			if let Some(item) = item {
				Self::fall_due(item, now);
			}
		}
		if cursor != start {
			DueCursor::<T>::put(cursor);
		}
	}

	fn fall_due(item: DueItem, now: BlockNumber) {
		match item {
			DueItem::Start { job } => {
				let Some(record) = Jobs::<T>::get(job) else { return };
				// A job that was re-let has a later deadline, with an entry of its own.
				if matches!(record.state, JobState::Open { start_by } if start_by < now) {
					Self::end_refunded(job, record, RefundReason::NoMiner);
				}
			}
			DueItem::Delivery { job, replica, attempt } => {
				let late = Leases::<T>::get(job, replica).filter(|lease| {
					lease.attempt == attempt
						&& lease.state == LeaseState::Leased
						&& lease.deliver_by < now
				});
				let Some(record) = Jobs::<T>::get(job).filter(|_| late.is_some()) else { return };
				Self::relet(job, record, replica, LeaseFate::Late, RefundReason::AttemptsUsedUp);
			}
			DueItem::Reveal { job } => {
				let Some(record) = Jobs::<T>::get(job) else { return };
				if matches!(record.state, JobState::Judging { reveal_by } if reveal_by < now) {
					Self::judge(job, record);
				}
			}
			DueItem::Prune { job } => Self::prune(job),
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
