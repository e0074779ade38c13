//! The invariants of `specs/protocol/jobs.md`, checked against storage.

use crate::*;
use alloc::collections::BTreeMap;
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
		let mut expected: BTreeMap<AccountId, (Balance, Balance, Balance)> = BTreeMap::new();
		for record in Jobs::<T>::iter_values() {
			ensure!(
				!record.state.is_ended() || record.escrow == 0,
				"INV-JOBS-1: an ended job has escrow"
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
		for class in Class::ALL {
			let RingEnds { head, tail } = QueueEnds::<T>::get(class);
			let waiting: u64 = Queue::<T>::iter_key_prefix(class).count() as u64;
			ensure!(
				tail.checked_sub(head) == Some(waiting),
				"INV-JOBS-5: a waiting queue has a gap"
			);
		}
		Ok(())
	}
}
