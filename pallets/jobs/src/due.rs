//! The expiry queue: how the chain keeps every deadline.

use crate::*;

/// The pages of one block's deadlines.
struct PagesOf<T>(BlockNumber, PhantomData<T>);

impl<T: Config> Pages<DueItem> for PagesOf<T> {
	fn put(&mut self, number: u32, page: Page<DueItem>) {
		DeadlinePages::<T>::insert(self.0, number, page);
	}

	fn take(&mut self, number: u32) -> Option<Page<DueItem>> {
		DeadlinePages::<T>::take(self.0, number)
	}
}

impl<T: Config> Pallet<T> {
	/// Enters a deadline that falls due at the start of `block`, which lies in the future.
	pub(crate) fn schedule(block: BlockNumber, item: DueItem) {
		Self::enter_deadline(block.max(Self::now().saturating_add(1)), item);
	}

	/// [`Self::schedule`] for a block that the cursor has not passed.
	pub(crate) fn enter_deadline(block: BlockNumber, item: DueItem) {
		Deadlines::<T>::mutate(block, |list| {
			list.push(item, &mut PagesOf::<T>(block, PhantomData))
		});
	}

	/// Most that one entry may cost: the dearest thing it can set off.
	pub(crate) fn due_step_weight() -> Weight {
		let most = MAX_TOTAL_REPLICAS.into();
		Self::look_weight()
			.max(T::WeightInfo::due_start(most))
			.max(T::WeightInfo::due_delivery(most))
			.max(T::WeightInfo::due_reveal(most))
			.max(T::WeightInfo::due_prune(most))
	}

	/// Least with which it makes sense to open the list of a block.
	pub(crate) fn due_weight() -> Weight {
		T::WeightInfo::due_look(0).saturating_add(Self::due_step_weight())
	}

	/// Works through what is due, as far as the meter allows; the cursor keeps the place. A step is
	/// begun only if the dearest fits, and charged what it did: most deadlines were met.
	pub(crate) fn serve_due(meter: &mut WeightMeter) {
		let now = Self::now();
		let start = DeadlineCursor::<T>::get();
		let mut block = start;
		while block <= now && meter.can_consume(Self::due_weight()) {
			meter.consume(T::WeightInfo::due_look(0));
			let mut list = Deadlines::<T>::take(block);
			if !Self::serve_list(block, &mut list, meter) {
				Deadlines::<T>::insert(block, list);
				break;
			}
			let Some(next) = block.checked_add(1) else { break };
			block = next;
		}
		if block != start {
			DeadlineCursor::<T>::put(block);
		}
	}

	/// Works through the deadlines of one block. Says whether none is left.
	fn serve_list(block: BlockNumber, list: &mut Fifo<DueItem>, meter: &mut WeightMeter) -> bool {
		let mut pages = PagesOf::<T>(block, PhantomData);
		while !list.is_empty() {
			if !meter.can_consume(Self::due_step_weight()) {
				return false;
			}
			if let Some(item) = list.pop(&mut pages) {
				meter.consume(Self::fall_due(item));
			}
		}
		true
	}

	/// What looking at one entry costs, beyond what its list does.
	fn look_weight() -> Weight {
		T::WeightInfo::due_look(1).saturating_sub(T::WeightInfo::due_look(0))
	}

	/// Does what a deadline calls for. Returns what it cost.
	pub(crate) fn fall_due(item: DueItem) -> Weight {
		let now = Self::now();
		let (DueItem::Start { job }
		| DueItem::Delivery { job, .. }
		| DueItem::Reveal { job }
		| DueItem::Prune { job }) = item;
		let Some(record) = Jobs::<T>::get(job) else { return Self::look_weight() };
		let leases = record.leases.len().saturated_into();
		match (item, record.state) {
			// A job that was re-let has a later deadline, with an entry of its own.
			(DueItem::Start { .. }, JobState::Open { start_by }) if start_by < now => {
				Self::end_refunded(job, record, RefundReason::NoMiner);
				T::WeightInfo::due_start(leases)
			}
			(DueItem::Delivery { replica, attempt, .. }, _)
				if record.lease(replica).is_some_and(|lease| {
					lease.attempt == attempt
						&& lease.state == LeaseState::Leased
						&& lease.deliver_by < now
				}) =>
			{
				Self::relet(job, record, replica, LeaseFate::Late, RefundReason::AttemptsUsedUp);
				T::WeightInfo::due_delivery(leases)
			}
			(DueItem::Reveal { .. }, JobState::Judging { reveal_by }) if reveal_by < now => {
				Self::judge(job, record);
				T::WeightInfo::due_reveal(leases)
			}
			(DueItem::Prune { .. }, state) if state.is_ended() => {
				let replicas = record.replicas();
				Self::prune(job, record);
				T::WeightInfo::due_prune(replicas.into())
			}
			_ => Self::look_weight(),
		}
	}

	/// Drops the record of an ended job.
	fn prune(job: JobId, record: Job) {
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
		T::OnPruned::on_job_pruned(job, record.replicas());
		Self::deposit_event(Event::JobPruned { job });
	}
}
