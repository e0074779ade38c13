//! From version 100: the state of a chain that ran it for 256 blocks, with jobs in every state, is taken over in
//! the first block of this version, as a node does it; nobody loses a planck, and what was begun is finished.

use crate::support::{
	chain::{Blocks, World, total},
	people::people,
	shop::{call_of, fate_of, open, post_let, show, state},
	work::{Claim, answer, commitment_to, echo, lease_of, live_leases, receipt_of, signed_by},
};
use aitbc_primitives::{JobId, JobSpec, LeaseFate, LeaseState, Leases as _, Requirements};
use aitbc_runtime::{
	AIT, AccountId, Balance, Balances, Executive, Jobs, Runtime, System, VERSION, invariants,
};
use frame_support::traits::{GetStorageVersion, StorageVersion};
use pallet_jobs::JobState;
use sp_core::storage::Storage;
use std::collections::{BTreeMap, BTreeSet};

#[derive(serde::Deserialize)]
struct Snapshot {
	spec_version: u32,
	block: u32,
	keys: BTreeMap<String, String>,
}

fn bytes(text: &str) -> Vec<u8> {
	sp_core::bytes::from_hex(text).expect("the snapshot is hexadecimal")
}

/// The chain of version 100 between two blocks.
fn with_snapshot(test: impl FnOnce(&mut World)) {
	let snapshot: Snapshot = serde_json::from_str(include_str!("data/state-v100.json"))
		.expect("the snapshot is as it was made");
	assert_eq!(snapshot.spec_version, 100);
	let top = snapshot.keys.iter().map(|(key, value)| (bytes(key), bytes(value))).collect();
	let state = Storage { top, children_default: Default::default() };
	sp_io::TestExternalities::new(state).execute_with(|| {
		assert_eq!(System::block_number(), snapshot.block);
		let mut world = World::resume(Blocks::Whole);
		test(&mut world);
	});
}

/// Everybody's coins.
fn wealth() -> BTreeMap<AccountId, Balance> {
	frame_system::Account::<Runtime>::iter_keys().map(|who| (who.clone(), total(&who))).collect()
}

/// Every open lease takes its next step, truthfully.
fn work(world: &mut World) {
	for (job, replica, lease) in live_leases() {
		let Some((_, spec)) = lease_of(job, replica) else { continue };
		let Some(worker) = people().with_key(&lease.worker) else { continue };
		let signed = signed_by(worker, receipt_of(job, replica, &lease, &spec, Claim::Truth));
		let commits = spec.replication.commits();
		let _ = match lease.state {
			LeaseState::Leased if commits => {
				let commitment = commitment_to(worker, &signed);
				world.send(worker, pallet_receipts::Call::commit { job, replica, commitment })
			}
			LeaseState::Revealed { .. } => continue,
			LeaseState::Committed { .. } if !Jobs::may_reveal(job) => continue,
			_ => world.send(worker, call_of(answer(signed, commits))),
		};
	}
}

#[test]
fn an_upgrade_should_take_every_record_over_and_move_no_coins() {
	with_snapshot(|world| {
		let before = wealth();
		let issuance = Balances::total_issuance();
		let versions = || {
			[
				pallet_compute_staking::Pallet::<Runtime>::on_chain_storage_version(),
				pallet_market::Pallet::<Runtime>::on_chain_storage_version(),
				pallet_jobs::Pallet::<Runtime>::on_chain_storage_version(),
				pallet_payouts::Pallet::<Runtime>::on_chain_storage_version(),
			]
		};
		assert_eq!(versions(), [StorageVersion::new(0); 4]);
		world.open_block_with_inherents();
		assert_eq!(versions(), [StorageVersion::new(1); 4]);
		let last = frame_system::LastRuntimeUpgrade::<Runtime>::get().expect("is noted");
		assert_eq!(last.spec_version.0, VERSION.spec_version);
		let moved: Vec<_> = wealth()
			.into_iter()
			.filter(|(who, has)| before.get(who).is_none_or(|had| had != has))
			.map(|(who, has)| (who.clone(), before.get(&who).copied(), has))
			.collect();
		// The treasury gives the pot what its account needs.
		assert!(moved.len() <= 2, "{moved:#?}");
		assert_eq!(Balances::total_issuance(), issuance);
		assert_eq!(invariants::check(), Ok(()));
		assert_eq!(pallet_compute_staking::Miners::<Runtime>::iter().count(), 8);
		assert!(pallet_jobs::Jobs::<Runtime>::iter_values().any(|job| !job.state.is_ended()));
		world.reopen_books();
		Executive::inherents_applied();
		world.check();
	});
}

#[test]
fn an_upgrade_should_be_done_once() {
	with_snapshot(|world| {
		world.open_block();
		world.reopen_books();
		world.next_block();
		let jobs = pallet_jobs::Jobs::<Runtime>::iter().count();
		// As if the version had been forgotten: what is migrated is not migrated again.
		frame_system::LastRuntimeUpgrade::<Runtime>::kill();
		world.next_block();
		assert_eq!(pallet_jobs::Jobs::<Runtime>::iter().count(), jobs);
		world.check();
	});
}

/// Miners, a client and their coins, for a chain that knows none of them: Alice has enough.
fn newcomers(world: &mut World) {
	let names = people();
	for who in names.miners.iter().take(4).chain(names.clients.iter().take(1)) {
		let dest = who.id().into();
		let gift = pallet_balances::Call::transfer_keep_alive { dest, value: 20_000 * AIT };
		world.must(&names.alice, gift);
	}
	open(world, 4);
}

#[test]
fn jobs_that_were_begun_before_an_upgrade_should_be_finished_after_it() {
	with_snapshot(|world| {
		world.open_block();
		world.reopen_books();
		let live: Vec<JobId> = pallet_jobs::Jobs::<Runtime>::iter()
			.filter(|(_, job)| !job.state.is_ended())
			.map(|(job, _)| job)
			.collect();
		assert!(live.len() > 3 && !live_leases().is_empty(), "{} live jobs", live.len());
		// The miners of then are gone, and their leases late: others take the work over.
		newcomers(world);
		let mut settled = BTreeSet::new();
		for _ in 0..2_500 {
			work(world);
			world.next_block();
			let done = |job: &&JobId| matches!(state(**job), Some(JobState::Settled { .. }));
			settled.extend(live.iter().filter(done).copied());
			if live.iter().all(|job| state(*job).is_none_or(|state| state.is_ended())) {
				break;
			}
		}
		world.check();
		assert!(!settled.is_empty(), "what could be answered is paid");
		assert!(
			live_leases().iter().all(|(job, ..)| !live.contains(job)),
			"nothing waits for ever"
		);
	});
}

#[test]
fn new_work_should_be_done_with_what_was_there_before_an_upgrade() {
	with_snapshot(|world| {
		world.open_block();
		world.reopen_books();
		newcomers(world);
		let miner = &people().miners[0];
		let allow = vec![miner.id()].try_into().expect("one fits");
		let requirements = Requirements { allow, ..Default::default() };
		let spec = JobSpec { requirements, ..echo() };
		let job = post_let(world, &people().clients[0], spec);
		show(world, job, 0, Claim::Truth);
		assert_eq!(fate_of(job, miner), Some(LeaseFate::Accepted));
		world.check();
	});
}
