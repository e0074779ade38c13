//! What one match costs, by how many offers and how many waiting jobs there are.
//!
//! The real runtime, native, its state in a trie in memory. Each sample is the hook of one block that has
//! room for a fixed number of matches; it is undone afterwards. The time for one match should not depend on
//! either number (P5).
//!
//! ```sh
//! cargo bench --package aitbc-runtime --bench matching
//! ```

#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::panic,
	missing_docs,
	reason = "a measurement that cannot go on stops"
)]

#[path = "../tests/support/genesis.rs"]
mod genesis;

use aitbc_primitives::{
	Capabilities, Class, JobSpec, OfferTerms, Replication, WorkerKey, WorkerSignature, Workload,
	worker_consent,
};
use aitbc_runtime::{
	AIT, AccountId, Balances, ComputeStaking, Jobs, Market, Runtime, RuntimeGenesisConfig,
	RuntimeOrigin, System, genesis_config_presets::get_preset,
};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use frame_support::{
	storage::{TransactionOutcome, with_transaction},
	traits::{OnPoll, fungible::Mutate},
	weights::{Weight, WeightMeter},
};
use sp_core::{Pair as _, sr25519};
use sp_runtime::{BuildStorage, DispatchError};

const OFFERS: [u32; 3] = [100, 1_000, 10_000];
const WAITING: [u32; 2] = [10, 100_000];
/// Matches in one sample; as many as the smaller queue has.
const MATCHES: usize = 10;
/// Jobs that one client posts.
const JOBS_OF_CLIENT: u32 = 5_000;
const PRICE: u128 = AIT / 1_000;

fn account(kind: u8, index: u32) -> AccountId {
	let mut bytes = [kind; 32];
	bytes[..4].copy_from_slice(&index.to_le_bytes());
	AccountId::new(bytes)
}

fn chain() -> sp_io::TestExternalities {
	let preset = get_preset(&"development".into()).expect("the preset exists");
	let config: RuntimeGenesisConfig = genesis::from_preset(&preset);
	sp_io::TestExternalities::new(config.build_storage().expect("can be stored"))
}

/// Miner number `index` with an offer whose price is one of sixteen buckets.
fn enlist(index: u32) {
	let miner = account(1, index);
	Balances::mint_into(&miner, 1_000_000 * AIT).expect("coins can be made");
	let mut seed = [7; 32];
	seed[..4].copy_from_slice(&index.to_le_bytes());
	let pair = sr25519::Pair::from_seed(&seed);
	let worker: WorkerKey = pair.public();
	let consent: WorkerSignature = pair.sign(&worker_consent(System::block_hash(0), &miner));
	let origin = RuntimeOrigin::signed(miner);
	ComputeStaking::register(origin.clone(), 100_000 * AIT, worker, consent).expect("registers");
	let terms = OfferTerms {
		price_per_unit: PRICE + PRICE / 8 * u128::from(index % 16),
		slots: 256,
		max_units: u64::MAX,
		expires_at: 100_000,
		device: Capabilities::default(),
		warm: Default::default(),
	};
	Market::set_offer(origin, Class::Echo, terms).expect("offers");
}

fn post(index: u32) {
	let client = account(2, index / JOBS_OF_CLIENT);
	if index.is_multiple_of(JOBS_OF_CLIENT) {
		Balances::mint_into(&client, 1_000_000 * AIT).expect("coins can be made");
	}
	let spec = JobSpec {
		workload: Workload::Echo,
		inputs: Default::default(),
		params: b"ping".to_vec().try_into().expect("is short"),
		units_limit: 1,
		max_price_per_unit: PRICE * 4,
		tip: 0,
		replication: Replication::SINGLE,
		requirements: Default::default(),
		start_within_blocks: 1_000,
		deliver_within_blocks: 100,
	};
	Jobs::submit(RuntimeOrigin::signed(client), spec).expect("is posted");
}

/// The weight that serving the queues takes for `MATCHES` matches: found by trying, since it is the
/// pallet's own affair.
fn room() -> Weight {
	let leases = || pallet_jobs::MinerLeases::<Runtime>::iter_keys().count();
	let mut limit = Weight::from_parts(1_000_000_000, u64::MAX);
	loop {
		let found = undone(|| {
			poll(limit);
			leases()
		});
		if found >= MATCHES {
			return limit;
		}
		limit = limit.saturating_add(Weight::from_parts(50_000_000, 0));
	}
}

fn poll(limit: Weight) {
	let mut meter = WeightMeter::with_limit(limit);
	Jobs::on_poll(System::block_number(), &mut meter);
}

fn undone<R>(work: impl FnOnce() -> R) -> R {
	with_transaction(|| TransactionOutcome::Rollback(Ok::<R, DispatchError>(work())))
		.expect("there is room for a transaction")
}

fn matching(criterion: &mut Criterion) {
	let mut group = criterion.benchmark_group("match");
	group.sample_size(30);
	group.throughput(Throughput::Elements(MATCHES as u64));
	for offers in OFFERS {
		for waiting in WAITING {
			let mut chain = chain();
			chain.execute_with(|| {
				System::set_block_number(1);
				(0..offers).for_each(enlist);
				(0..waiting).for_each(post);
				System::set_block_number(2);
				System::reset_events();
			});
			chain.commit_all().expect("the state can be written");
			chain.execute_with(|| {
				let limit = room();
				let id = BenchmarkId::new(format!("{offers} offers"), format!("{waiting} waiting"));
				group.bench_with_input(id, &limit, |bencher, limit| {
					bencher.iter_batched(
						|| (),
						|()| undone(|| poll(*limit)),
						BatchSize::PerIteration,
					);
				});
			});
		}
	}
	group.finish();
}

criterion_group!(benches, matching);
criterion_main!(benches);
