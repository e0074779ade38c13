//! A runtime of this pallet alone: the market is a script, settlement pays the whole credit.

use crate as pallet_jobs;
use crate::*;
use aitbc_primitives::{
	Assignment, FailureCode, GemmShape, LeaseBond, MAX_INPUTS, MAX_PARAMS_BYTES, MAX_TIE_BREAKERS,
	OfferFilter, Replication, Requirements, Split, WgslCall, WorkerKey,
};
use codec::Encode;
use frame_support::{
	BoundedVec, derive_impl, parameter_types,
	traits::{Hooks, Imbalance, fungible::Balanced},
	weights::constants::ParityDbWeight,
};
use sp_core::ConstU32;
use sp_runtime::{
	BuildStorage, Perbill, Permill,
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
pub const TIME_PAY: Percent = Percent::from_percent(5);
pub const MAX_LIVE_JOBS: u32 = 100_000;
pub const FEE: Permill = Permill::from_percent(3);

parameter_types! {
	pub const Deposit: Balance = EXISTENTIAL_DEPOSIT;
	pub const ProgramBase: Balance = PROGRAM_BASE;
	pub const ProgramPerByte: Balance = PROGRAM_PER_BYTE;
	pub const MaxWindow: BlockNumber = MAX_WINDOW;
	/// Tests make it small.
	pub static ServiceWeight: Weight = Weight::MAX;
	/// What governance may change while jobs are live.
	pub static JobDepositOf: Balance = JOB_DEPOSIT;
	pub static RevealBlocks: BlockNumber = REVEAL_WITHIN;
	pub static RetainBlocks: BlockNumber = RETENTION;
	pub static TimePart: Percent = TIME_PAY;
	pub static MostLiveJobs: u32 = MAX_LIVE_JOBS;
	pub static FeePart: Permill = FEE;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type DbWeight = ParityDbWeight;
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
	type TimePay = TimePart;
	type MaxLiveJobs = MostLiveJobs;
	type RevealWithinBlocks = RevealBlocks;
	type RetentionBlocks = RetainBlocks;
	type MinDeliverBlocks = ConstU32<1>;
	type MaxWindowBlocks = MaxWindow;
	type MaxServiceWeight = ServiceWeight;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = world::World;
}

/// A lease that ended, as the market was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concluded {
	pub miner: AccountId,
	pub class: Class,
	pub fate: LeaseFate,
	pub earned: Balance,
}

/// A payment, as payouts was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
	pub work: PaidWork<AccountId>,
	pub gross: Balance,
}

/// An offer of the script.
#[derive(Clone, Debug)]
pub struct Offer {
	pub miner: AccountId,
	pub owner: AccountId,
	pub price: Balance,
}

/// What the market was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
	pub class: Class,
	pub program: Cid,
	pub units: u64,
	pub max_price_per_unit: Balance,
	pub tip: Balance,
	pub requirements: Requirements,
	pub excluded: Vec<AccountId>,
	pub seed: Hash,
}

#[derive(Default)]
struct Script {
	/// Offers in the order in which they are handed out.
	offers: Vec<Offer>,
	/// Classes that nobody offers anything for, whatever `offers` says.
	closed: Vec<Class>,
	/// Whether an offer is gone once it was taken.
	one_slot: bool,
	/// Collaterals of the leases that are open, each a number of its own.
	open: BTreeMap<Balance, AccountId>,
	next_collateral: Balance,
	concluded: Vec<Concluded>,
	paid: Vec<Paid>,
	pruned: Vec<(JobId, u8)>,
	asked: Vec<Asked>,
}

thread_local! {
	static SCRIPT: RefCell<Script> = RefCell::default();
}

fn script<R>(with: impl FnOnce(&mut Script) -> R) -> R {
	SCRIPT.with_borrow_mut(with)
}

/// Hands out the first miner that is cheap enough and whose owner is not excluded.
pub struct ScriptedMarket;

/// Why an offer would not be handed out.
fn refusal(offer: &Offer, request: &MatchRequest<AccountId>) -> Option<OfferFilter> {
	if offer.price > request.max_price_per_unit {
		Some(OfferFilter::Price)
	} else if request.requirements.deny.contains(&offer.miner) {
		Some(OfferFilter::Denied)
	} else if request.excluded.contains(&offer.owner) {
		Some(OfferFilter::OwnerTaken)
	} else {
		None
	}
}

impl Matchmaker<AccountId> for ScriptedMarket {
	fn assign(request: &MatchRequest<AccountId>) -> SearchOutcome<AccountId> {
		let found = script(|script| {
			script.asked.push(Asked {
				class: request.class,
				program: request.program,
				units: request.units,
				max_price_per_unit: request.max_price_per_unit,
				tip: request.tip,
				requirements: request.requirements.clone(),
				excluded: request.excluded.to_vec(),
				seed: request.seed,
			});
			if script.closed.contains(&request.class) {
				return None;
			}
			let place = script.offers.iter().position(|offer| refusal(offer, request).is_none())?;
			let Offer { miner, owner, price } = script.offers[place].clone();
			if script.one_slot {
				script.offers.remove(place);
			}
			script.next_collateral += 1;
			let collateral = script.next_collateral;
			script.open.insert(collateral, miner.clone());
			let (slash_late, slash_withheld) =
				(Perbill::from_percent(5), Perbill::from_percent(50));
			let bond = LeaseBond { collateral, slash_late, slash_withheld };
			Some(Assignment {
				worker: worker_of(&miner),
				miner,
				owner,
				price_per_unit: price,
				bond,
			})
		});
		SearchOutcome { found, effort: SearchEffort { probes: 1, buried: 0 } }
	}

	fn best_ask(class: Class) -> Option<PriceBucket> {
		script(|script| {
			let closed = script.closed.contains(&class);
			let cheapest = script.offers.iter().map(|offer| bucket_of(offer.price)).min();
			cheapest.filter(|_| !closed)
		})
	}

	fn conclude(
		miner: &AccountId,
		class: Class,
		worker: &WorkerKey,
		bond: &LeaseBond,
		fate: LeaseFate,
		earned: Balance,
	) {
		script(|script| {
			let who = script.open.remove(&bond.collateral);
			assert_eq!(who.as_ref(), Some(miner), "a lease was concluded that was not open");
			assert_eq!(*worker, worker_of(miner), "another key than the lease's");
			script.concluded.push(Concluded { miner: miner.clone(), class, fate, earned });
		});
	}

	fn explain(request: &MatchRequest<AccountId>, limit: u32) -> MatchReport {
		script(|script| {
			let mut report = MatchReport::default();
			for offer in script.offers.iter().take(limit as usize) {
				report.listed += 1;
				report.examined += 1;
				match refusal(offer, request) {
					None => {
						report.eligible += 1;
						let lowest = report.lowest_price.unwrap_or(Balance::MAX).min(offer.price);
						report.lowest_price = Some(lowest);
					}
					Some(filter) => {
						match report.refused.iter_mut().find(|(known, _)| *known == filter) {
							Some((_, count)) => *count += 1,
							None => report.refused.push((filter, 1)),
						}
					}
				}
			}
			report
		})
	}
}

/// Pays miners everything.
pub struct PayAll;

impl Settlement<AccountId, CreditOf<Test>> for PayAll {
	fn fee() -> Permill {
		FeePart::get()
	}

	fn settle(work: PaidWork<AccountId>, credit: CreditOf<Test>) -> Split {
		let gross = credit.peek();
		Balances::resolve(&work.miner, credit).expect("every miner of the mock can be paid");
		script(|script| script.paid.push(Paid { work, gross }));
		Split { miner: gross, ..Default::default() }
	}
}

/// Notes what was pruned.
pub struct PruneLog;

impl OnJobPruned for PruneLog {
	fn on_job_pruned(job: JobId, replicas: u8) {
		script(|script| script.pruned.push((job, replicas)));
	}
}

/// Randomness that tests can foresee.
pub struct SubjectHash;

impl Randomness<Hash, BlockNumber> for SubjectHash {
	fn random(subject: &[u8]) -> (Hash, BlockNumber) {
		(BlakeTwo256::hash_of(&(subject, System::block_number())), 0)
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

/// Makes miners `0 .. count` available at [`PRICE`], each its own owner.
pub fn offer_miners(count: u8) {
	offer_at((0..count).map(|n| (miner(n), PRICE)).collect());
}

pub fn offer_at(miners: Vec<(AccountId, Balance)>) {
	offer_owned(miners.into_iter().map(|(miner, price)| (miner.clone(), miner, price)).collect());
}

/// Miners with their owners and prices.
pub fn offer_owned(miners: Vec<(AccountId, AccountId, Balance)>) {
	let offers =
		miners.into_iter().map(|(miner, owner, price)| Offer { miner, owner, price }).collect();
	script(|script| script.offers = offers);
}

/// No offers for these classes any more.
pub fn close_classes(classes: &[Class]) {
	script(|script| script.closed = classes.to_vec());
}

/// From now on an offer is gone once it was taken.
pub fn one_slot_each() {
	script(|script| script.one_slot = true);
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

/// What the market was asked for, in order.
pub fn asked() -> Vec<Asked> {
	script(|script| script.asked.clone())
}

/// Makes the market take a lease for its own. Returns its collateral.
pub fn adopt(miner: &AccountId) -> Balance {
	script(|script| {
		script.next_collateral += 1;
		script.open.insert(script.next_collateral, miner.clone());
		script.next_collateral
	})
}

/// The pallet's invariants, and that market and leases agree.
pub fn check_state() {
	Pallet::<Test>::do_try_state().expect("the invariants hold");
	let open = script(|script| script.open.clone());
	assert_eq!(JobsPallet::open_leases().count(), open.len(), "market and leases disagree");
	for (_, _, lease) in JobsPallet::open_leases() {
		let holder = open.get(&lease.bond.collateral);
		assert_eq!(holder, Some(&lease.miner), "another lease's collateral");
	}
}

pub fn externalities() -> sp_io::TestExternalities {
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	let mut balances =
		vec![(CLIENT, ENDOWMENT), (OTHER_CLIENT, ENDOWMENT), (PAUPER, EXISTENTIAL_DEPOSIT)];
	balances.extend((0..40).map(|n| (miner(n), EXISTENTIAL_DEPOSIT)));
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
	JobDepositOf::set(JOB_DEPOSIT);
	RevealBlocks::set(REVEAL_WITHIN);
	RetainBlocks::set(RETENTION);
	TimePart::set(TIME_PAY);
	MostLiveJobs::set(MAX_LIVE_JOBS);
	FeePart::set(FEE);
	externalities().execute_with(|| {
		run_to(1);
		test();
	});
}

/// Begins the next block: deadlines and matching. Returns what they took.
pub fn begin_block() -> Weight {
	begin_block_at(now() + 1)
}

/// As [`begin_block`], with any number.
pub fn begin_block_at(block: BlockNumber) -> Weight {
	System::set_block_number(block);
	let mut meter = WeightMeter::new();
	JobsPallet::on_poll(block, &mut meter);
	meter.consumed()
}

/// Begins blocks up to `block`.
pub fn run_to(block: BlockNumber) {
	while now() < block {
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
		tip: 0,
		replication: Replication::SINGLE,
		requirements: Requirements::default(),
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
		tip: 1,
		replication: Replication {
			replicas: MAX_REPLICAS,
			quorum: 4,
			tie_breakers: MAX_TIE_BREAKERS,
		},
		requirements: Requirements {
			deny: BoundedVec::truncate_from(vec![PAUPER; 8]),
			..Default::default()
		},
		start_within_blocks: MAX_WINDOW,
		deliver_within_blocks: MAX_WINDOW,
	}
}

/// One tie-breaker for more than one replica.
pub fn replicated(spec: JobSpec, replicas: u8, quorum: u8) -> JobSpec {
	with_breakers(spec, replicas, quorum, u8::from(replicas > 1))
}

pub fn with_breakers(spec: JobSpec, replicas: u8, quorum: u8, tie_breakers: u8) -> JobSpec {
	JobSpec { replication: Replication { replicas, quorum, tie_breakers }, ..spec }
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

/// Posts a job and begins the next block, in which the market works on it.
pub fn post_leased(spec: JobSpec) -> JobId {
	let job = post(spec);
	begin_block();
	assert_eq!(state_of(job), JobState::Leased, "the mock has too few miners");
	job
}

/// Posts a replicated job and commits to every replica in the next block.
pub fn post_judging(spec: JobSpec) -> JobId {
	let replicas = spec.replication.replicas;
	let job = post_leased(spec);
	for replica in 0..replicas {
		commit(job, replica).expect("in time");
	}
	job
}

/// As [`post_judging`], with these answers.
pub fn post_answered(spec: JobSpec, answers: &[Verdict]) -> JobId {
	let job = post_judging(spec);
	for (replica, verdict) in (0..).zip(answers) {
		answer(job, replica, *verdict).expect("in time");
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

pub fn cancel(job: JobId) -> frame_support::dispatch::DispatchResultWithPostInfo {
	JobsPallet::cancel(signed(CLIENT), job)
}

/// The n-th result.
pub fn completed(n: u8) -> Verdict {
	Verdict::Completed { output: cid(n), trace_root: Hash::repeat_byte(n) }
}

pub const FAULT: Verdict = Verdict::Failed(FailureCode::DeviceFault);
pub const UNAVAILABLE: Verdict = Verdict::Failed(FailureCode::InputUnavailable);

pub fn record_of(job: JobId) -> Job {
	Jobs::<Test>::get(job).expect("on record")
}

pub fn state_of(job: JobId) -> JobState {
	record_of(job).state
}

pub fn lease_of(job: JobId, replica: ReplicaIndex) -> Option<Lease<AccountId>> {
	Jobs::<Test>::get(job)?.lease(replica).cloned()
}

/// Tickets of a class, void ones included.
pub fn tickets(class: Class) -> u64 {
	JobsPallet::waiting(class).into_iter().map(|(_, tickets)| tickets).sum()
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

/// Nothing of any job is left in storage.
pub fn assert_empty() {
	assert_eq!(Jobs::<Test>::iter_keys().count(), 0);
	assert_eq!(Specs::<Test>::iter_keys().count(), 0);
	assert_eq!(JobsOf::<Test>::iter_keys().count(), 0);
	assert_eq!(LiveJobs::<Test>::iter_keys().count(), 0);
	assert_eq!(MinerLeases::<Test>::iter_keys().count(), 0);
	assert_eq!(Rings::<Test>::iter_keys().count() + RingPages::<Test>::iter_keys().count(), 0);
	assert_eq!(Deadlines::<Test>::iter_keys().count(), 0);
	assert_eq!(DeadlinePages::<Test>::iter_keys().count(), 0);
	for who in [CLIENT, OTHER_CLIENT] {
		assert_eq!(held(HoldReason::Escrow, &who), 0);
		assert_eq!(held(HoldReason::JobDeposit, &who), 0);
	}
}

#[cfg(feature = "runtime-benchmarks")]
mod world {
	use super::*;
	use aitbc_primitives::{OfferTerms, WorkerSignature, benchmarking::BenchmarkWorld};
	use frame_support::traits::fungible::Mutate;

	pub struct World;

	impl BenchmarkWorld for World {
		fn endow(who: &AccountId, amount: Balance) {
			Balances::mint_into(who, amount).expect("coins can be made");
		}

		fn worker(index: u32) -> WorkerKey {
			worker_of(&Self::miner(index))
		}

		fn sign(_: &WorkerKey, _: &[u8]) -> WorkerSignature {
			WorkerSignature::default()
		}

		fn miner(index: u32) -> AccountId {
			let miner = miner(u8::try_from(index % 150).expect("less than 150"));
			Self::endow(&miner, EXISTENTIAL_DEPOSIT);
			miner
		}

		fn offer(miner: &AccountId, _: Class, terms: OfferTerms) {
			let (miner, price) = (miner.clone(), terms.price_per_unit);
			script(|script| script.offers.push(Offer { owner: miner.clone(), miner, price }));
		}

		fn leased(client: &AccountId, spec: JobSpec) -> JobId {
			Self::endow(client, spec.escrow().expect("a valid job"));
			for index in 0..spec.replication.most_replicas() {
				let miner = Self::miner(index.into());
				let price = spec.max_price_per_unit;
				script(|script| script.offers.push(Offer { owner: miner.clone(), miner, price }));
			}
			let job = NextJobId::<Test>::get();
			JobsPallet::submit(signed(client.clone()), spec).expect("a valid job");
			begin_block();
			job
		}

		fn next_block() {
			System::set_block_number(now() + 1);
		}
	}
}
