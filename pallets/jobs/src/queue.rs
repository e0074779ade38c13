//! The waiting replicas and their matching.

use crate::*;
use codec::Encode;
use sp_runtime::traits::{BlakeTwo256, Hash as _};

impl<T: Config> Pallet<T> {
	/// Puts a replica at the back of its class's ring.
	pub(crate) fn enqueue(class: Class, ticket: Ticket) {
		QueueEnds::<T>::mutate(class, |ends| {
			Queue::<T>::insert(class, ends.tail, ticket);
			// 2⁶⁴ tickets do not fit the life of the chain.
			ends.tail = ends.tail.saturating_add(1);
		});
	}

	/// Most that serving one ticket may cost.
	pub(crate) fn queue_step_weight() -> Weight {
		T::WeightInfo::queue_step().saturating_add(T::Matchmaker::assign_weight())
	}

	/// Tries every waiting replica once, as far as the meter allows. The classes take turns, and
	/// turns to be first, so that a long queue of one does not starve the others even when a block
	/// has room for a single step.
	pub(crate) fn serve_queues(meter: &mut WeightMeter) {
		let classes = Class::ALL.len() as u64;
		let look = T::DbWeight::get().reads(classes);
		if meter.try_consume(look).is_err() {
			return;
		}
		let mut waiting = Class::ALL.map(|class| {
			let ends = QueueEnds::<T>::get(class);
			(class, ends.tail.saturating_sub(ends.head))
		});
		let first = u64::from(Self::now()).checked_rem(classes).unwrap_or_default();
		waiting.rotate_left(first.saturated_into());
		while waiting.iter().any(|(_, count)| *count > 0) {
			for (class, count) in waiting.iter_mut() {
				let Some(left) = count.checked_sub(1) else { continue };
				if !meter.can_consume(Self::queue_step_weight()) {
					return;
				}
				*count = left;
				meter.consume(Self::serve_head(*class));
			}
		}
	}

	/// Takes the first replica of a ring: let, or void, or back to the end. Returns what it cost: a
	/// replica that no offer could be cheap enough for costs no search.
	fn serve_head(class: Class) -> Weight {
		let mut ends = QueueEnds::<T>::get(class);
		let Some(ticket) = Queue::<T>::take(class, ends.head) else {
			frame_support::defensive!("a waiting queue has a gap");
			return T::WeightInfo::queue_step();
		};
		ends.head = ends.head.saturating_add(1);
		QueueEnds::<T>::insert(class, ends);
		let Some(record) = Self::waiting(&ticket) else { return T::WeightInfo::queue_step() };
		if !T::Matchmaker::may_match(class, record.max_price_per_unit) {
			Self::enqueue(class, ticket);
			return T::WeightInfo::queue_step();
		}
		if !Self::try_let(&ticket, record) {
			Self::enqueue(class, ticket);
		}
		Self::queue_step_weight()
	}

	/// The job of a ticket, if the ticket still stands.
	fn waiting(ticket: &Ticket) -> Option<Job> {
		let record = Jobs::<T>::get(ticket.job)?;
		let JobState::Open { start_by } = record.state else { return None };
		let attempt = record.attempts.get(usize::from(ticket.replica))?;
		let current = *attempt == ticket.attempt && start_by >= Self::now();
		(current && !Leases::<T>::contains_key(ticket.job, ticket.replica)).then_some(record)
	}

	/// What decides among equal offers: chain randomness, bound to this replica and attempt.
	fn seed(ticket: &Ticket) -> Hash {
		let (random, _known_since) = T::Randomness::random(&ticket.encode());
		BlakeTwo256::hash_of(&(random, ticket, frame_system::Pallet::<T>::parent_hash()))
	}

	/// Finds a miner for a replica and writes the lease. Says whether it did.
	fn try_let(ticket: &Ticket, mut record: Job) -> bool {
		let Ticket { job, replica, attempt } = *ticket;
		let request = MatchRequest {
			class: record.class,
			units: record.units,
			max_price_per_unit: record.max_price_per_unit,
			excluded: &record.tried,
			seed: Self::seed(ticket),
		};
		let Some(found) = T::Matchmaker::assign(&request) else { return false };
		if record.tried.try_push(found.miner.clone()).is_err() {
			frame_support::defensive!("a job was let more often than it can be");
			T::Matchmaker::conclude(
				&found.miner,
				record.class,
				found.collateral,
				LeaseFate::Released,
			);
			return false;
		}
		let now = Self::now();
		let deliver_by = now.saturating_add(record.deliver_within_blocks);
		let lease = Lease {
			miner: found.miner.clone(),
			worker: found.worker,
			attempt,
			price_per_unit: found.price_per_unit,
			collateral: found.collateral,
			leased_at: now,
			deliver_by,
			state: LeaseState::Leased,
		};
		Leases::<T>::insert(job, replica, lease);
		MinerLeases::<T>::insert(&found.miner, (job, replica), ());
		Self::schedule(deliver_by.saturating_add(1), DueItem::Delivery { job, replica, attempt });
		if Self::leases_of(job, &record).count() == usize::from(record.replication.replicas) {
			record.state = JobState::Leased;
		}
		Jobs::<T>::insert(job, record);
		Self::deposit_event(Event::LeaseStarted {
			job,
			replica,
			attempt,
			miner: found.miner,
			price_per_unit: found.price_per_unit,
			deliver_by,
		});
		true
	}
}
