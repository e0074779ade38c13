//! The invariants of `specs/protocol/jobs.md`, checked against storage.

use crate::*;
use alloc::collections::{BTreeMap, BTreeSet};
use codec::Encode;
use frame_support::traits::fungible::InspectHold;
use sp_runtime::TryRuntimeError;

/// What of an account is on hold, planck.
#[derive(Default)]
struct Held {
	escrow: Balance,
	jobs: Balance,
	programs: Balance,
}

/// Every entry of a queue, oldest first, if its pages are those that its head says.
fn entries<Item: Clone>(
	list: &Fifo<Item>,
	page: impl Fn(u32) -> Option<Page<Item>>,
) -> Option<Vec<Item>> {
	let mut all = Vec::new();
	for number in list.pages() {
		let page = page(number).filter(|page| page.is_full())?;
		all.extend(page);
	}
	all.extend(list.ends().cloned());
	Some(all)
}

impl<T: Config> Pallet<T> {
	/// Checks INV-JOBS-1 … 6 over everything on record.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_money()?;
		Self::check_leases()?;
		Self::check_jobs()?;
		Self::check_deadlines()?;
		Self::check_rings()?;
		Self::check_programs()
	}

	/// INV-JOBS-1: what is on hold is what the jobs and programs on record account for.
	fn check_money() -> Result<(), TryRuntimeError> {
		// Every account, so that a hold nobody accounts for is found too.
		let mut expected: BTreeMap<AccountId, Held> =
			frame_system::Account::<T>::iter_keys().map(|who| (who, Held::default())).collect();
		for record in Jobs::<T>::iter_values() {
			let full = record.share().saturating_mul(record.replication.most_replicas().into());
			ensure!(
				record.escrow == if record.state.is_ended() { 0 } else { full },
				"INV-JOBS-1: the escrow of a job does not fit its state"
			);
			ensure!(
				record.paid() <= if record.state.is_ended() { full } else { 0 },
				"INV-JOBS-1: more was paid than was held, or before the end"
			);
			let held = expected.entry(record.client).or_default();
			held.escrow = held.escrow.saturating_add(record.escrow);
			held.jobs = held.jobs.saturating_add(record.deposit);
		}
		for info in Programs::<T>::iter_values() {
			let held = expected.entry(info.owner).or_default();
			held.programs = held.programs.saturating_add(info.deposit);
		}
		for (who, Held { escrow, jobs, programs }) in expected {
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

	/// INV-JOBS-2: leases belong to live jobs, one to each replica and owner, are indexed, and cost no more
	/// than their share.
	fn check_leases() -> Result<(), TryRuntimeError> {
		let mut open = 0usize;
		for (job, record) in Jobs::<T>::iter() {
			open = open.saturating_add(record.leases.len());
			ensure!(
				record.leases.is_empty() || !record.state.is_ended(),
				"INV-JOBS-2: an ended job has a lease"
			);
			let replicas: BTreeSet<ReplicaIndex> =
				record.leases.iter().map(|(replica, _)| *replica).collect();
			let owners: BTreeSet<&AccountId> =
				record.leases.iter().map(|(_, lease)| &lease.owner).collect();
			ensure!(
				replicas.len() == record.leases.len() && owners.len() == record.leases.len(),
				"INV-JOBS-2: two leases of one replica or one owner"
			);
			for (replica, lease) in &record.leases {
				ensure!(*replica < record.replicas(), "INV-JOBS-2: a replica too many");
				ensure!(
					lease.price_per_unit <= record.max_price_per_unit,
					"INV-JOBS-2: a lease costs more than the client's maximum"
				);
				ensure!(
					lease.attempt == record.attempt(*replica)
						&& record.history.iter().all(|ended| ended.owner != lease.owner),
					"INV-JOBS-2: a lease is not the present letting of its replica"
				);
				ensure!(
					MinerLeases::<T>::contains_key(&lease.miner, (job, *replica)),
					"INV-JOBS-2: a lease is not indexed by its miner"
				);
			}
		}
		ensure!(
			MinerLeases::<T>::iter_keys().count() == open,
			"INV-JOBS-2: the miners' index names leases that are not open"
		);
		Ok(())
	}

	/// INV-JOBS-3: records, specifications and indexes name the same jobs; states fit leases.
	fn check_jobs() -> Result<(), TryRuntimeError> {
		let jobs = Jobs::<T>::iter_keys().count();
		ensure!(
			Specs::<T>::iter_keys().count() == jobs && JobsOf::<T>::iter_keys().count() == jobs,
			"INV-JOBS-3: a specification or an index entry without its job"
		);
		let mut live: BTreeMap<AccountId, u32> = BTreeMap::new();
		for (job, record) in Jobs::<T>::iter() {
			ensure!(Specs::<T>::contains_key(job), "INV-JOBS-3: a job without its specification");
			ensure!(JobsOf::<T>::contains_key(&record.client, job), "INV-JOBS-3: not indexed");
			let (let_to, wanted) = (record.leases.len(), usize::from(record.wanted()));
			let owing = record.leases.iter().any(|(_, lease)| lease.state == LeaseState::Leased);
			let fits = match record.state {
				JobState::Open { .. } => let_to < wanted,
				JobState::Leased => let_to == wanted,
				JobState::Judging { .. } => let_to == wanted && !owing,
				_ => let_to == 0 && record.ended_at.is_some(),
			};
			ensure!(fits, "INV-JOBS-3: the state does not fit the leases");
			ensure!(
				record.tie_breakers_called <= record.replication.tie_breakers,
				"INV-JOBS-3: more tie-breakers than are paid for"
			);
			if !record.state.is_ended() {
				let count = live.entry(record.client).or_default();
				*count = count.saturating_add(1);
			}
		}
		let counted: BTreeMap<AccountId, u32> = LiveJobs::<T>::iter().collect();
		ensure!(counted == live, "INV-JOBS-3: a client's count is not that of its live jobs");
		Ok(())
	}

	/// INV-JOBS-4: no deadline is lost, and every state that something can wait in has its entry.
	fn check_deadlines() -> Result<(), TryRuntimeError> {
		let mut due: BTreeSet<(BlockNumber, Vec<u8>)> = BTreeSet::new();
		let mut pruned: BTreeSet<JobId> = BTreeSet::new();
		let mut pages = 0usize;
		for (block, list) in Deadlines::<T>::iter() {
			ensure!(!list.is_empty(), "INV-JOBS-4: the list of a block is empty");
			ensure!(
				block >= DeadlineCursor::<T>::get(),
				"INV-JOBS-4: a deadline lies behind the cursor"
			);
			pages = pages.saturating_add(list.pages().len());
			let items = entries(&list, |number| DeadlinePages::<T>::get(block, number))
				.ok_or("INV-JOBS-4: the expiry queue lost a page")?;
			for item in items {
				if let DueItem::Prune { job } = item {
					pruned.insert(job);
				}
				due.insert((block, item.encode()));
			}
		}
		ensure!(
			DeadlinePages::<T>::iter_keys().count() == pages,
			"INV-JOBS-4: a page of deadlines that no list names"
		);
		let kept = |after: BlockNumber, item: DueItem| {
			due.contains(&(after.saturating_add(1), item.encode()))
		};
		for (job, record) in Jobs::<T>::iter() {
			for (replica, lease) in &record.leases {
				let (replica, attempt) = (*replica, lease.attempt);
				ensure!(
					lease.state != LeaseState::Leased
						|| kept(lease.deliver_by, DueItem::Delivery { job, replica, attempt }),
					"INV-JOBS-4: a lease without a deadline"
				);
			}
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

	/// INV-JOBS-5: the rings have no gap, the sets name them, and who waits is in one.
	fn check_rings() -> Result<(), TryRuntimeError> {
		let mut tickets: BTreeSet<(Class, PriceBucket, Ticket)> = BTreeSet::new();
		let mut filled: BTreeMap<Class, u16> = BTreeMap::new();
		let lines = Waiting::<T>::get();
		let mut pages = 0usize;
		for (class, bucket, ring) in Rings::<T>::iter() {
			ensure!(!ring.is_empty(), "INV-JOBS-5: a ring is empty");
			let named = lines.get(&class).is_some_and(|line| line.filled.contains(bucket));
			ensure!(named, "INV-JOBS-5: a ring that the set does not name");
			let count = filled.entry(class).or_default();
			*count = count.saturating_add(1);
			pages = pages.saturating_add(ring.pages().len());
			let items = entries(&ring, |number| RingPages::<T>::get((class, bucket), number))
				.ok_or("INV-JOBS-5: a ring has a gap")?;
			tickets.extend(items.into_iter().map(|ticket| (class, bucket, ticket)));
		}
		for (class, line) in lines {
			ensure!(
				line.filled.count() == filled.get(&class).copied().unwrap_or_default(),
				"INV-JOBS-5: the set names a ring without tickets"
			);
		}
		ensure!(
			RingPages::<T>::iter_keys().count() == pages,
			"INV-JOBS-5: a page of tickets that no ring names"
		);
		for (job, record) in Jobs::<T>::iter() {
			// After `start_by` its tickets are void, and it waits for nothing but its refund.
			if matches!(record.state, JobState::Open { start_by } if start_by < Self::now()) {
				continue;
			}
			let waits = record.waiting().all(|replica| {
				let attempt = record.attempt(replica);
				tickets.contains(&(record.class, record.bid, Ticket { job, replica, attempt }))
			});
			ensure!(waits, "INV-JOBS-5: a replica waits in no ring");
		}
		Ok(())
	}

	/// INV-JOBS-6: a program counts the jobs on record that name it.
	fn check_programs() -> Result<(), TryRuntimeError> {
		let mut named: BTreeMap<Cid, u32> = BTreeMap::new();
		for spec in Specs::<T>::iter_values() {
			if let Workload::Wgsl(call) = spec.workload {
				let count = named.entry(call.program).or_default();
				*count = count.saturating_add(1);
			}
		}
		for (program, info) in Programs::<T>::iter() {
			ensure!(
				named.remove(&program).unwrap_or_default() == info.jobs,
				"INV-JOBS-6: a program's count is not that of the jobs that name it"
			);
		}
		ensure!(named.is_empty(), "INV-JOBS-6: a job names a program that is not registered");
		Ok(())
	}
}
