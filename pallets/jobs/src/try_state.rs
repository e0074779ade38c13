//! The invariants of `specs/protocol/jobs.md`, checked against storage.

use crate::*;
use alloc::collections::{BTreeMap, BTreeSet};
use codec::Encode;
use frame_support::traits::fungible::InspectHold;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks INV-JOBS-1 … 5 over everything on record.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_money()?;
		Self::check_leases()?;
		Self::check_queues()
	}

	/// INV-JOBS-1: what is on hold is what the jobs and programs on record account for.
	fn check_money() -> Result<(), TryRuntimeError> {
		// Every account, so that a hold nobody accounts for is found too.
		let mut expected: BTreeMap<AccountId, (Balance, Balance, Balance)> =
			frame_system::Account::<T>::iter_keys().map(|who| (who, (0, 0, 0))).collect();
		for record in Jobs::<T>::iter_values() {
			let full = Balance::from(record.units)
				.saturating_mul(record.max_price_per_unit)
				.saturating_mul(record.replication.replicas.into());
			ensure!(
				record.escrow == if record.state.is_ended() { 0 } else { full },
				"INV-JOBS-1: the escrow of a job does not fit its state"
			);
			let sums = expected.entry(record.client).or_default();
			sums.0 = sums.0.saturating_add(record.escrow);
			sums.1 = sums.1.saturating_add(record.deposit);
		}
		for info in Programs::<T>::iter_values() {
			let sums = expected.entry(info.owner).or_default();
			sums.2 = sums.2.saturating_add(info.deposit);
		}
		for (who, (escrow, jobs, programs)) in expected {
			let held = |reason: HoldReason| T::Currency::balance_on_hold(&reason.into(), &who);
			ensure!(
				held(HoldReason::Escrow) == escrow,
				"INV-JOBS-1: the escrow on hold is not that of the open jobs"
			);
			ensure!(
				held(HoldReason::JobDeposit) == jobs
					&& held(HoldReason::ProgramDeposit) == programs,
				"INV-JOBS-1: the deposits on hold are not those on record"
			);
		}
		Ok(())
	}

	/// INV-JOBS-2: leases belong to live jobs, are indexed, and cost no more than their share.
	fn check_leases() -> Result<(), TryRuntimeError> {
		let mut open = 0u32;
		for (job, replica, lease) in Leases::<T>::iter() {
			open = open.saturating_add(1);
			let record = Jobs::<T>::get(job).ok_or("INV-JOBS-2: a lease without a job")?;
			ensure!(!record.state.is_ended(), "INV-JOBS-2: an ended job has a lease");
			ensure!(replica < record.replication.replicas, "INV-JOBS-2: a replica too many");
			ensure!(
				lease.price_per_unit <= record.max_price_per_unit,
				"INV-JOBS-2: a lease costs more than the client's maximum"
			);
			ensure!(
				MinerLeases::<T>::contains_key(&lease.miner, (job, replica)),
				"INV-JOBS-2: a lease is not indexed by its miner"
			);
			ensure!(record.tried.contains(&lease.miner), "INV-JOBS-2: a lease nobody noted");
		}
		let indexed: u32 = MinerLeases::<T>::iter_keys().count().saturated_into();
		ensure!(indexed == open, "INV-JOBS-2: the miners' index names leases that are not open");
		Self::check_jobs()
	}

	/// INV-JOBS-3: records, specifications and index name the same jobs; states fit leases.
	fn check_jobs() -> Result<(), TryRuntimeError> {
		let jobs = Jobs::<T>::iter_keys().count();
		ensure!(
			Specs::<T>::iter_keys().count() == jobs && JobsOf::<T>::iter_keys().count() == jobs,
			"INV-JOBS-3: a specification or an index entry without its job"
		);
		for (job, record) in Jobs::<T>::iter() {
			ensure!(Specs::<T>::contains_key(job), "INV-JOBS-3: a job without its specification");
			ensure!(JobsOf::<T>::contains_key(&record.client, job), "INV-JOBS-3: not indexed");
			let leased = Self::leases_of(job, &record).count();
			let all = usize::from(record.replication.replicas);
			let fits = match record.state {
				JobState::Open { .. } => leased < all,
				JobState::Leased | JobState::Judging { .. } => leased == all,
				_ => leased == 0,
			};
			ensure!(fits, "INV-JOBS-3: the state does not fit the number of leases");
		}
		Ok(())
	}

	/// INV-JOBS-4: no deadline is lost. INV-JOBS-5: the rings have no gap.
	fn check_queues() -> Result<(), TryRuntimeError> {
		let entries: u32 = Due::<T>::iter_keys().count().saturated_into();
		let Cursor { block, index } = DueCursor::<T>::get();
		let announced = DueLen::<T>::iter().fold(0u32, |sum, (at, len)| {
			let done = if at == block { index } else { 0 };
			sum.saturating_add(len.saturating_sub(done))
		});
		ensure!(entries == announced, "INV-JOBS-4: the expiry queue lost or gained an entry");
		ensure!(
			Due::<T>::iter_keys().all(|(at, _)| at >= block),
			"INV-JOBS-4: a deadline lies behind the cursor"
		);
		Self::check_deadlines()?;
		for class in Class::ALL {
			let RingEnds { head, tail } = QueueEnds::<T>::get(class);
			let waiting: u64 = Queue::<T>::iter_key_prefix(class).count() as u64;
			ensure!(
				tail.checked_sub(head) == Some(waiting),
				"INV-JOBS-5: a waiting queue has a gap"
			);
		}
		let tickets: BTreeSet<(JobId, ReplicaIndex, u8)> = Queue::<T>::iter_values()
			.map(|ticket| (ticket.job, ticket.replica, ticket.attempt))
			.collect();
		for (job, record) in Jobs::<T>::iter() {
			// After `start_by` its tickets are void, and it waits for nothing but its refund.
			let JobState::Open { start_by } = record.state else { continue };
			if start_by < Self::now() {
				continue;
			}
			let waits =
				(0..record.replication.replicas).zip(record.attempts).all(|(replica, attempt)| {
					Leases::<T>::contains_key(job, replica)
						|| tickets.contains(&(job, replica, attempt))
				});
			ensure!(waits, "INV-JOBS-5: a replica waits in no queue");
		}
		Ok(())
	}

	/// INV-JOBS-4: every state that something can wait in has its entry in the expiry queue.
	fn check_deadlines() -> Result<(), TryRuntimeError> {
		let mut due: BTreeSet<(BlockNumber, alloc::vec::Vec<u8>)> = BTreeSet::new();
		let mut pruned: BTreeSet<JobId> = BTreeSet::new();
		for (block, _, item) in Due::<T>::iter() {
			if let DueItem::Prune { job } = item {
				pruned.insert(job);
			}
			due.insert((block, item.encode()));
		}
		let kept = |after: BlockNumber, item: DueItem| {
			due.contains(&(after.saturating_add(1), item.encode()))
		};
		for (job, replica, lease) in Leases::<T>::iter() {
			let attempt = lease.attempt;
			ensure!(
				lease.state != LeaseState::Leased
					|| kept(lease.deliver_by, DueItem::Delivery { job, replica, attempt }),
				"INV-JOBS-4: a lease without a deadline"
			);
		}
		for (job, record) in Jobs::<T>::iter() {
			let kept = match record.state {
				JobState::Open { start_by } => kept(start_by, DueItem::Start { job }),
				JobState::Judging { reveal_by } => kept(reveal_by, DueItem::Reveal { job }),
				JobState::Leased => true,
				_ => pruned.contains(&job),
			};
			ensure!(kept, "INV-JOBS-4: a job without a deadline");
		}
		Ok(())
	}
}
