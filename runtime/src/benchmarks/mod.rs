//! Which pallets are benchmarked, and the market they find. Built only with the feature
//! `runtime-benchmarks`, for `frame-omni-bencher`.

mod referee;

use crate::{
	AIT, AccountId, AllPalletsWithSystem, Balance, Balances, ComputeStaking, Jobs, Market, Payouts,
	Runtime, RuntimeOrigin, System, configs::market::TreasuryAccount,
};
use aitbc_primitives::{
	Capabilities, Class, Hash, JobId, JobSpec, OfferTerms, WorkerKey, WorkerSignature,
	benchmarking::BenchmarkWorld, bucket_of, lowest_price_of, worker_consent,
};
use alloc::{format, string::String, vec::Vec};
use frame_benchmarking::{
	BenchmarkBatch, BenchmarkConfig, BenchmarkList, account, baseline::Pallet as BaselineBench,
};
use frame_support::{
	traits::{
		Get, OnPoll, StorageInfo, StorageInfoTrait, WhitelistedStorageKeys, fungible::Mutate as _,
	},
	weights::{Weight, WeightMeter},
};
use frame_system_benchmarking::{
	Pallet as SystemBench, extensions::Pallet as SystemExtensionsBench,
};
use referee::Pallet as RefereeBench;
use sp_core::crypto::KeyTypeId;

impl frame_system_benchmarking::Config for Runtime {}
impl frame_benchmarking::baseline::Config for Runtime {}
impl referee::Config for Runtime {}

frame_benchmarking::define_benchmarks!(
	[frame_benchmarking, BaselineBench::<Runtime>]
	[frame_system, SystemBench::<Runtime>]
	[frame_system_extensions, SystemExtensionsBench::<Runtime>]
	[pallet_balances, crate::Balances]
	[pallet_timestamp, crate::Timestamp]
	[pallet_utility, crate::Utility]
	[pallet_compute_staking, crate::ComputeStaking]
	[pallet_market, crate::Market]
	[pallet_jobs, crate::Jobs]
	[pallet_receipts, crate::Receipts]
	[pallet_payouts, crate::Payouts]
	[aitbc_referee, RefereeBench::<Runtime>]
);

/// What can be benchmarked, and what is stored.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	let mut list = Vec::<BenchmarkList>::new();
	list_benchmarks!(list, extra);
	(list, AllPalletsWithSystem::storage_info())
}

/// Runs one benchmark.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	let mut whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
	// Every settlement pays into these; the hook of payouts is charged for them once a block.
	for account in [Payouts::pot_account(), TreasuryAccount::get()] {
		whitelist.push(frame_system::Account::<Runtime>::hashed_key_for(account).into());
	}
	let mut batches = Vec::<BenchmarkBatch>::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}

/// Kind of the worker keys in the keystore.
const WORKER: KeyTypeId = KeyTypeId(*b"aitb");
/// What a miner of a benchmark has at stake, planck.
const COLLATERAL: Balance = 10_000_000_000 * AIT;

/// The market that the benchmarks find, made with the real calls.
pub struct World;

#[allow(
	clippy::expect_used,
	reason = "a benchmark whose set-up fails must stop; not in a chain's runtime"
)]
impl BenchmarkWorld for World {
	fn endow(who: &AccountId, amount: Balance) {
		Balances::mint_into(who, amount).expect("coins can be made");
	}

	fn worker(index: u32) -> WorkerKey {
		let seed = format!("//worker//{index}").into_bytes();
		sp_io::crypto::sr25519_generate(WORKER, Some(seed))
	}

	fn sign(worker: &WorkerKey, payload: &[u8]) -> WorkerSignature {
		sp_io::crypto::sr25519_sign(WORKER, worker, payload).expect("the key is in the keystore")
	}

	fn miner(index: u32) -> AccountId {
		let miner: AccountId = account("miner", index, 0);
		if pallet_compute_staking::Miners::<Runtime>::contains_key(&miner) {
			return miner;
		}
		Self::endow(&miner, COLLATERAL.saturating_mul(2));
		let worker = Self::worker(index);
		let genesis: Hash = System::block_hash(0);
		let consent = Self::sign(&worker, &worker_consent(genesis, &miner));
		ComputeStaking::register(RuntimeOrigin::signed(miner.clone()), COLLATERAL, worker, consent)
			.expect("the miner can register");
		// The dearest way of being paid: a part goes to the delegators' pool, the rest is bonded.
		ComputeStaking::set_compounding(RuntimeOrigin::signed(miner.clone()), true)
			.expect("a miner can choose");
		let delegator: AccountId = account("delegator", index, 0);
		Self::endow(&delegator, COLLATERAL);
		ComputeStaking::delegate(RuntimeOrigin::signed(delegator), miner.clone(), 1_000 * AIT, 0)
			.expect("coins can be delegated");
		miner
	}

	fn offer(miner: &AccountId, class: Class, terms: OfferTerms) {
		Market::set_offer(RuntimeOrigin::signed(miner.clone()), class, terms)
			.expect("the offer can be made");
	}

	fn leased(client: &AccountId, spec: JobSpec) -> JobId {
		// Each in a bucket of its own.
		let dearest = bucket_of(spec.max_price_per_unit);
		let price = |index: u16| lowest_price_of(dearest.saturating_sub(index));
		let terms = |index: u16| OfferTerms {
			price_per_unit: price(index),
			slots: 256,
			max_units: u64::MAX,
			expires_at: System::block_number().saturating_add(1_000),
			device: Capabilities::default(),
			warm: Default::default(),
		};
		let class = spec.workload.class();
		let mut full = Vec::new();
		for index in 0..u16::from(spec.replication.most_replicas()) {
			let miner = Self::miner(index.into());
			// What a benchmark offered before stays.
			let offered = pallet_market::Offers::<Runtime>::get(class, &miner);
			if offered.is_none_or(|offer| offer.used >= offer.terms.slots) {
				Self::offer(&miner, class, terms(index));
				full.push((miner, index));
			}
		}
		let money = spec.escrow().unwrap_or_default().saturating_add(1_000 * AIT);
		Self::endow(client, money);
		let job = pallet_jobs::NextJobId::<Runtime>::get();
		Jobs::submit(RuntimeOrigin::signed(client.clone()), spec).expect("the job can be posted");
		Self::next_block();
		let mut meter = WeightMeter::with_limit(Weight::MAX);
		Jobs::on_poll(System::block_number(), &mut meter);
		// The dearest way for a lease to end: its offer has no other slot, and is listed again.
		for (miner, index) in full {
			Self::offer(&miner, class, OfferTerms { slots: 1, ..terms(index) });
		}
		job
	}

	fn next_block() {
		System::set_block_number(System::block_number().saturating_add(1));
	}
}
