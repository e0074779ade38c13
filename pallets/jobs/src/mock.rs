//! A runtime of this pallet alone: the market is a script, settlement pays the whole credit.

use crate as pallet_jobs;
use crate::*;
use aitbc_primitives::{
	Assignment, FailureCode, GemmShape, MAX_INPUTS, MAX_PARAMS_BYTES, Replication, Split, WgslCall,
	WorkerKey,
};
use codec::Encode;
use frame_support::{
	BoundedVec, derive_impl, parameter_types,
	traits::{Hooks, Imbalance, fungible::Balanced},
	weights::RuntimeDbWeight,
};
use sp_core::ConstU32;
use sp_runtime::{
	BuildStorage,
	traits::{BlakeTwo256, Hash as _, IdentityLookup},
};
use std::{cell::RefCell, collections::BTreeMap};

pub type Block = frame_system::mocking::MockBlockU32<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Test>;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances::Pallet<Test>;
	#[runtime::pallet_index(2)]
	pub type JobsPallet = pallet_jobs::Pallet<Test>;
}

/// Least balance of an account, planck.
pub const EXISTENTIAL_DEPOSIT: Balance = 1_000;
/// Coins of each client at genesis, planck.
pub const ENDOWMENT: Balance = 1_000_000_000_000;
pub const PROGRAM_BASE: Balance = 5_000;
pub const PROGRAM_PER_BYTE: Balance = 3;
pub const JOB_DEPOSIT: Balance = 777;
pub const REVEAL_WITHIN: BlockNumber = 4;
pub const RETENTION: BlockNumber = 20;
pub const MAX_WINDOW: BlockNumber = 1_000;

parameter_types! {
	pub const Deposit: Balance = EXISTENTIAL_DEPOSIT;
	pub const ProgramBase: Balance = PROGRAM_BASE;
	pub const ProgramPerByte: Balance = PROGRAM_PER_BYTE;
	pub const JobDepositOf: Balance = JOB_DEPOSIT;
	pub const MaxWindow: BlockNumber = MAX_WINDOW;
	pub const Db: RuntimeDbWeight = RuntimeDbWeight { read: 1_000, write: 2_000 };
	/// Tests make it small.
	pub static ServiceWeight: Weight = Weight::MAX;
	/// What governance may change while jobs are live.
	pub static RevealBlocks: BlockNumber = REVEAL_WITHIN;
	pub static RetainBlocks: BlockNumber = RETENTION;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type DbWeight = Db;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = Deposit;
}

impl Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Matchmaker = ScriptedMarket;
	type Settlement = PayAll;
	type OnPruned = PruneLog;
	type Randomness = SubjectHash;
	type ProgramDepositBase = ProgramBase;
	type ProgramDepositPerByte = ProgramPerByte;
	type JobDeposit = JobDepositOf;
	type RevealWithinBlocks = RevealBlocks;
	type RetentionBlocks = RetainBlocks;
	type MinDeliverBlocks = ConstU32<1>;
	type MaxWindowBlocks = MaxWindow;
	type MaxServiceWeight = ServiceWeight;
	type WeightInfo = ();
}

/// A lease that ended, as the market was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concluded {
	pub miner: AccountId,
	pub class: Class,
	pub fate: LeaseFate,
}

/// A payment, as payouts was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
	pub job: JobId,
	pub replica: ReplicaIndex,
	pub miner: AccountId,
	pub units: u64,
	pub gross: Balance,
}

#[derive(Default)]
struct Script {
	/// Miners in the order in which they are handed out, with their prices.
	miners: Vec<(AccountId, Balance)>,
	/// Collaterals of the leases that are open, each a number of its own.
	open: BTreeMap<Balance, AccountId>,
	next_collateral: Balance,
	concluded: Vec<Concluded>,
	paid: Vec<Paid>,
	pruned: Vec<(JobId, u8)>,
	seeds: Vec<Hash>,
}

thread_local! {
	static SCRIPT: RefCell<Script> = RefCell::default();
}

fn script<R>(with: impl FnOnce(&mut Script) -> R) -> R {
	SCRIPT.with_borrow_mut(with)
}

/// Hands out the first miner that is cheap enough and not excluded.
pub struct ScriptedMarket;

impl Matchmaker<AccountId> for ScriptedMarket {
	fn assign(request: &MatchRequest<AccountId>) -> Option<Assignment<AccountId>> {
		script(|script| {
			script.seeds.push(request.seed);
			let (miner, price_per_unit) = script
				.miners
				.iter()
				.find(|(miner, price)| {
					*price <= request.max_price_per_unit && !request.excluded.contains(miner)
				})
				.cloned()?;
			script.next_collateral += 1;
			let collateral = script.next_collateral;
			script.open.insert(collateral, miner.clone());
			Some(Assignment { worker: worker_of(&miner), miner, price_per_unit, collateral })
		})
	}

	fn conclude(miner: &AccountId, class: Class, collateral: Balance, fate: LeaseFate) {
		script(|script| {
			let who = script.open.remove(&collateral);
			assert_eq!(who.as_ref(), Some(miner), "a lease was concluded that was not open");
			script.concluded.push(Concluded { miner: miner.clone(), class, fate });
		});
	}

	fn assign_weight() -> Weight {
		Weight::from_parts(3, 0)
	}

	fn conclude_weight() -> Weight {
		Weight::from_parts(5, 0)
	}
}

/// Pays miners everything.
pub struct PayAll;

impl Settlement<AccountId, CreditOf<Test>> for PayAll {
	fn settle(
		job: JobId,
		replica: ReplicaIndex,
		miner: &AccountId,
		units: u64,
		credit: CreditOf<Test>,
	) -> Split {
		let gross = credit.peek();
		Balances::resolve(miner, credit).expect("every miner of the mock can be paid");
		script(|script| {
			script.paid.push(Paid { job, replica, miner: miner.clone(), units, gross });
		});
		Split { miner: gross, ..Default::default() }
	}

	fn settle_weight() -> Weight {
		Weight::from_parts(7, 0)
	}
}

/// Notes what was pruned.
pub struct PruneLog;

impl OnJobPruned for PruneLog {
	fn on_job_pruned(job: JobId, replicas: u8) {
		script(|script| script.pruned.push((job, replicas)));
	}

	fn prune_weight() -> Weight {
		Weight::from_parts(11, 0)
	}
}

/// Randomness that tests can foresee.
pub struct SubjectHash;

impl Randomness<Hash, BlockNumber> for SubjectHash {
	fn random(subject: &[u8]) -> (Hash, BlockNumber) {
		(BlakeTwo256::hash(subject), 0)
	}
}

pub const CLIENT: AccountId = AccountId::new([1; 32]);
pub const OTHER_CLIENT: AccountId = AccountId::new([2; 32]);
/// Has the existential deposit and nothing else.
pub const PAUPER: AccountId = AccountId::new([3; 32]);
/// Largest price a miner of the mock asks for by default.
pub const MAX_PRICE: Balance = 100;
/// What miners of the mock ask for by default.
pub const PRICE: Balance = 60;

/// The n-th miner.
pub fn miner(n: u8) -> AccountId {
	AccountId::new([100 + n; 32])
}

pub fn worker_of(miner: &AccountId) -> WorkerKey {
	WorkerKey::from_raw(BlakeTwo256::hash(&miner.encode()).0)
}

/// Makes miners `0 .. count` available at [`PRICE`].
pub fn offer_miners(count: u8) {
	offer_at((0..count).map(|n| (miner(n), PRICE)).collect());
}

pub fn offer_at(miners: Vec<(AccountId, Balance)>) {
	script(|script| script.miners = miners);
}

pub fn concluded() -> Vec<Concluded> {
	script(|script| script.concluded.clone())
}

/// How the leases of one miner ended, in order.
pub fn fates_of(who: &AccountId) -> Vec<LeaseFate> {
	concluded().into_iter().filter(|end| end.miner == *who).map(|end| end.fate).collect()
}

pub fn payments() -> Vec<Paid> {
	script(|script| script.paid.clone())
}

pub fn pruned() -> Vec<(JobId, u8)> {
	script(|script| script.pruned.clone())
}

/// What the market was asked with, in order.
pub fn seeds() -> Vec<Hash> {
	script(|script| script.seeds.clone())
}

/// The pallet's invariants, and that market and leases agree.
pub fn check_state() {
	Pallet::<Test>::do_try_state().expect("the invariants hold");
	let open = script(|script| script.open.clone());
	assert_eq!(Leases::<Test>::iter().count(), open.len(), "market and leases disagree");
	for lease in Leases::<Test>::iter_values() {
		assert_eq!(open.get(&lease.collateral), Some(&lease.miner), "another lease's collateral");
	}
}

fn externalities() -> sp_io::TestExternalities {
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	let mut balances =
		vec![(CLIENT, ENDOWMENT), (OTHER_CLIENT, ENDOWMENT), (PAUPER, EXISTENTIAL_DEPOSIT)];
	balances.extend((0..100).map(|n| (miner(n), EXISTENTIAL_DEPOSIT)));
	pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("balances fit");
	storage.into()
}

/// Runs a test in a fresh chain, checks every invariant at its end and that no coin came or went.
pub fn execute(test: impl FnOnce()) {
	execute_unchecked(|| {
		let issued = Balances::total_issuance();
		test();
		check_state();
		assert_eq!(Balances::total_issuance(), issued, "coins appeared or disappeared");
	});
}

/// As [`execute`], for tests that break storage on purpose.
pub fn execute_unchecked(test: impl FnOnce()) {
	script(|script| *script = Script::default());
	ServiceWeight::set(Weight::MAX);
	RevealBlocks::set(REVEAL_WITHIN);
	RetainBlocks::set(RETENTION);
	externalities().execute_with(|| {
		run_to(1);
		test();
	});
}

/// Ends the present block: what `on_idle` does with an empty block.
pub fn end_block() {
	JobsPallet::on_idle(System::block_number(), Weight::MAX);
}

/// Begins the next block.
pub fn begin_block() {
	let next = System::block_number() + 1;
	System::set_block_number(next);
	JobsPallet::on_initialize(next);
}

/// Ends blocks until `block` has begun.
pub fn run_to(block: BlockNumber) {
	while System::block_number() < block {
		end_block();
		begin_block();
	}
}

pub fn now() -> BlockNumber {
	System::block_number()
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn cid(n: u8) -> Cid {
	Cid::of_raw(&[n])
}

/// A single echo job: one unit, [`MAX_PRICE`].
pub fn echo_spec() -> JobSpec {
	JobSpec {
		workload: Workload::Echo,
		inputs: Default::default(),
		params: BoundedVec::truncate_from(b"ping".to_vec()),
		units_limit: 1,
		max_price_per_unit: MAX_PRICE,
		replication: Replication::SINGLE,
		start_within_blocks: 5,
		deliver_within_blocks: 10,
	}
}

/// A matrix product of eight units.
pub fn gemm_spec() -> JobSpec {
	JobSpec {
		workload: Workload::Gemm(GemmShape { m: 256, k: 256, n: 128 }),
		inputs: BoundedVec::truncate_from(vec![cid(1), cid(2)]),
		params: Default::default(),
		units_limit: 8,
		..echo_spec()
	}
}

/// A shader of `cid(9)`, which must be registered; five units.
pub fn wgsl_spec() -> JobSpec {
	JobSpec {
		workload: Workload::Wgsl(WgslCall {
			program: cid(9),
			workgroups: [1, 1, 1],
			output_bytes: 4,
		}),
		params: Default::default(),
		units_limit: 5,
		..echo_spec()
	}
}

/// The largest specification there is, in bytes and in replicas.
pub fn largest_spec() -> JobSpec {
	JobSpec {
		workload: Workload::Wgsl(WgslCall {
			program: cid(9),
			workgroups: [aitbc_primitives::MAX_WORKGROUPS; 3],
			output_bytes: aitbc_primitives::MAX_DATA_BYTES,
		}),
		inputs: BoundedVec::<Cid, ConstU32<MAX_INPUTS>>::truncate_from(vec![cid(1); 8]),
		params: BoundedVec::<u8, ConstU32<MAX_PARAMS_BYTES>>::truncate_from(vec![7; 1024]),
		units_limit: 1_000_000,
		max_price_per_unit: 1_000,
		replication: Replication { replicas: MAX_REPLICAS, quorum: 4 },
		start_within_blocks: MAX_WINDOW,
		deliver_within_blocks: MAX_WINDOW,
	}
}

pub fn replicated(spec: JobSpec, replicas: u8, quorum: u8) -> JobSpec {
	JobSpec { replication: Replication { replicas, quorum }, ..spec }
}

pub fn register(program: Cid) {
	JobsPallet::register_program(signed(OTHER_CLIENT), program, 100).expect("a new program");
}

/// Posts a job of [`CLIENT`].
pub fn post(spec: JobSpec) -> JobId {
	let job = NextJobId::<Test>::get();
	JobsPallet::submit(signed(CLIENT), spec).expect("a valid job");
	job
}

/// Posts a job and lets the market work on it at the end of the block.
pub fn post_leased(spec: JobSpec) -> JobId {
	let job = post(spec);
	end_block();
	assert_eq!(state_of(job), JobState::Leased, "the mock has too few miners");
	job
}

/// Posts a replicated job and commits to every replica.
pub fn post_judging(spec: JobSpec) -> JobId {
	let replicas = spec.replication.replicas;
	let job = post_leased(spec);
	for replica in 0..replicas {
		commit(job, replica).expect("in time");
	}
	job
}

pub fn commit(job: JobId, replica: ReplicaIndex) -> DispatchResult {
	<JobsPallet as LeasesTrait<AccountId>>::commit(job, replica, Hash::repeat_byte(replica))
}

/// An answer through the trait, in a transaction as a call would be.
pub fn answer(job: JobId, replica: ReplicaIndex, verdict: Verdict) -> DispatchResult {
	frame_support::storage::with_storage_layer(|| {
		<JobsPallet as LeasesTrait<AccountId>>::answer(job, replica, verdict)
	})
}

/// The n-th result.
pub fn completed(n: u8) -> Verdict {
	Verdict::Completed { output: cid(n), trace_root: Hash::repeat_byte(n) }
}

pub const FAULT: Verdict = Verdict::Failed(FailureCode::DeviceFault);

pub fn state_of(job: JobId) -> JobState {
	Jobs::<Test>::get(job).expect("on record").state
}

pub fn lease_of(job: JobId, replica: ReplicaIndex) -> Option<Lease<AccountId>> {
	Leases::<Test>::get(job, replica)
}

/// What is on hold of `who` for `reason`, planck.
pub fn held(reason: HoldReason, who: &AccountId) -> Balance {
	<Balances as frame_support::traits::fungible::InspectHold<AccountId>>::balance_on_hold(
		&reason.into(),
		who,
	)
}

pub fn free(who: &AccountId) -> Balance {
	Balances::free_balance(who)
}

/// What a miner earned, planck.
pub fn earned(who: &AccountId) -> Balance {
	free(who) - EXISTENTIAL_DEPOSIT
}

/// Events of this pallet since the last call, oldest first.
pub fn take_events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::JobsPallet(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
