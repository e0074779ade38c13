//! A runtime of all five compute pallets, wired as the chain's is, with real signatures.

use crate as pallet_receipts;
use aitbc_primitives::{
	AccountId, Answer, Balance, BlockNumber, Capabilities, Cid, Class, FailureCode, GemmShape,
	Hash, JobId, JobSpec, Lease, OfferTerms, Outcome, RECEIPT_VERSION, Receipt, ReplicaIndex,
	Replication, SignedReceipt, WgslCall, WorkerKey, Workload, commitment, worker_consent,
};
use frame_support::{
	BoundedVec, PalletId, derive_impl,
	pallet_prelude::*,
	parameter_types,
	storage::with_storage_layer,
	traits::{
		ConstU16, ConstU32, Hooks, OnUnbalanced, Randomness,
		fungible::{Balanced, Credit},
	},
	weights::{WeightMeter, constants::ParityDbWeight},
};
use pallet_jobs::{HoldReason, JobState};
use sp_core::{Pair as _, sr25519::Pair};
use sp_runtime::{
	BuildStorage, Perbill, Percent, Permill,
	traits::{BlakeTwo256, Hash as _, IdentityLookup},
};
use std::{cell::RefCell, collections::BTreeMap};

pub type Block = frame_system::mocking::MockBlockU32<Chain>;

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
	pub struct Chain;

	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Chain>;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances::Pallet<Chain>;
	#[runtime::pallet_index(60)]
	pub type ComputeStaking = pallet_compute_staking::Pallet<Chain>;
	#[runtime::pallet_index(61)]
	pub type Market = pallet_market::Pallet<Chain>;
	#[runtime::pallet_index(62)]
	pub type Jobs = pallet_jobs::Pallet<Chain>;
	#[runtime::pallet_index(63)]
	pub type Receipts = pallet_receipts::Pallet<Chain>;
	#[runtime::pallet_index(64)]
	pub type Payouts = pallet_payouts::Pallet<Chain>;
}

pub const EXISTENTIAL_DEPOSIT: Balance = 1_000;
pub const ENDOWMENT: Balance = 1_000_000_000_000;
pub const MIN_COLLATERAL: Balance = 1_000_000;
pub const JOB_DEPOSIT: Balance = 7_777;
pub const REVEAL_WITHIN: BlockNumber = 4;
pub const RETENTION: BlockNumber = 30;
pub const FEE: Permill = Permill::from_parts(25_000);
pub const VALIDATORS_SHARE: Percent = Percent::from_percent(25);
pub const TREASURY_SHARE: Percent = Percent::from_percent(50);
pub const SLASH_LATE: Perbill = Perbill::from_percent(5);
pub const SLASH_WITHHELD: Perbill = Perbill::from_percent(50);
pub const TIME_PAY: Percent = Percent::from_percent(5);
pub const COLLATERAL_PERCENT: u32 = 200;

pub const CLIENT: AccountId = AccountId::new([1; 32]);
pub const AUTHOR: AccountId = AccountId::new([2; 32]);
pub const TREASURY: AccountId = AccountId::new([3; 32]);
pub const STRANGER: AccountId = AccountId::new([4; 32]);
/// What miners ask for a unit, planck.
pub const PRICE: Balance = 999;
/// What the client allows for a unit, planck.
pub const MAX_PRICE: Balance = 1_500;

parameter_types! {
	pub const Deposit: Balance = EXISTENTIAL_DEPOSIT;
	pub const MinCollateralOf: Balance = MIN_COLLATERAL;
	pub const LateSlash: Perbill = SLASH_LATE;
	pub const WithheldSlash: Perbill = SLASH_WITHHELD;
	pub const MinDelegation: Balance = 1_000;
	pub const ProfileDeposit: Balance = 10_000;
	pub const ProtocolFee: Permill = FEE;
	pub const ForValidators: Percent = VALIDATORS_SHARE;
	pub const ForTreasury: Percent = TREASURY_SHARE;
	/// Off, unless a test turns it on: what miners earn is then what clients pay.
	pub static EmissionPerEra: Balance = 0;
	pub const EmissionShare: Permill = Permill::from_percent(50);
	pub const EmissionBondShare: Perbill = Perbill::from_percent(1);
	pub const Pot: PalletId = PalletId(*b"test/pot");
	pub const TreasuryAccount: AccountId = TREASURY;
	pub Author: Option<AccountId> = Some(AUTHOR);
	pub const ProgramBase: Balance = 5_000;
	pub const ProgramPerByte: Balance = 3;
	pub const JobDepositOf: Balance = JOB_DEPOSIT;
	pub const TimePay: Percent = TIME_PAY;
	pub const ServiceWeight: Weight = Weight::MAX;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Chain {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type DbWeight = ParityDbWeight;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Chain {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = Deposit;
}

/// Puts what is forfeited into the treasury.
pub struct ToTreasury;

impl OnUnbalanced<Credit<AccountId, Balances>> for ToTreasury {
	fn on_nonzero_unbalanced(credit: Credit<AccountId, Balances>) {
		Balances::resolve(&TREASURY, credit).expect("the treasury exists");
	}
}

impl pallet_compute_staking::Config for Chain {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type MinCollateral = MinCollateralOf;
	type UnbondingBlocks = ConstU32<10>;
	type MinUnbondingBlocks = ConstU32<5>;
	type SlashLate = LateSlash;
	type SlashWithheld = WithheldSlash;
	type MinDelegation = MinDelegation;
	type MaxDelegationPercent = ConstU32<400>;
	type MaxUnbondingChunks = ConstU32<4>;
	type ReputationHalfLife = ConstU32<1_000>;
	type OnSlash = ToTreasury;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = World;
}

impl pallet_market::Config for Chain {
	type Bonds = ComputeStaking;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type CollateralFactorPercent = ConstU32<COLLATERAL_PERCENT>;
	type ProfileDeposit = ProfileDeposit;
	type MillisecsPerBlock = ConstU32<2_000>;
	type MaxSlots = ConstU16<256>;
	type MaxOfferBlocks = ConstU32<100_000>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = World;
}

/// Another number in every block.
pub struct BlockHash;

impl Randomness<Hash, BlockNumber> for BlockHash {
	fn random(subject: &[u8]) -> (Hash, BlockNumber) {
		(BlakeTwo256::hash_of(&(System::block_number(), subject)), 0)
	}
}

impl pallet_jobs::Config for Chain {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Matchmaker = Market;
	type Settlement = Payouts;
	type OnPruned = Receipts;
	type Randomness = BlockHash;
	type ProgramDepositBase = ProgramBase;
	type ProgramDepositPerByte = ProgramPerByte;
	type JobDeposit = JobDepositOf;
	type TimePay = TimePay;
	type MaxLiveJobs = ConstU32<1_000>;
	type RevealWithinBlocks = ConstU32<REVEAL_WITHIN>;
	type RetentionBlocks = ConstU32<RETENTION>;
	type MinDeliverBlocks = ConstU32<1>;
	type MaxWindowBlocks = ConstU32<1_000>;
	type MaxServiceWeight = ServiceWeight;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = World;
}

impl pallet_receipts::Config for Chain {
	type Leases = Jobs;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = World;
}

impl pallet_payouts::Config for Chain {
	type Currency = Balances;
	type Rewards = ComputeStaking;
	type Fee = ProtocolFee;
	type ValidatorsShare = ForValidators;
	type TreasuryShare = ForTreasury;
	type EmissionPerEra = EmissionPerEra;
	type EmissionShare = EmissionShare;
	type EmissionBondShare = EmissionBondShare;
	type EraBlocks = ConstU32<25>;
	type PotDivisor = ConstU32<10>;
	type PotId = Pot;
	type BlockAuthor = Author;
	type TreasuryAccount = TreasuryAccount;
	type MaxServiceWeight = ServiceWeight;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = World;
}

/// Miners the mock knows.
pub const MINERS: u8 = 12;
/// Worker keys the mock knows: the miners' first ones, and those that they may rotate to.
pub const WORKERS: u8 = 4 * MINERS;

pub fn miner(n: u8) -> AccountId {
	AccountId::new([100 + n; 32])
}

thread_local! {
	/// Keys that were made, by their public half.
	static PAIRS: RefCell<BTreeMap<WorkerKey, Pair>> = RefCell::default();
}

pub fn worker(n: u8) -> Pair {
	let pair = Pair::from_seed(&[n + 1; 32]);
	PAIRS.with_borrow_mut(|pairs| pairs.insert(pair.public(), pair.clone()));
	pair
}

/// The pair of a key of the mock.
pub fn pair_of(key: &WorkerKey) -> Pair {
	PAIRS.with_borrow(|pairs| pairs.get(key).cloned()).expect("a key that was made")
}

pub fn account(pair: &Pair) -> AccountId {
	pair.public().into()
}

pub fn genesis() -> Hash {
	System::block_hash(0)
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Registers miner `n` with worker `n` and offers every class at `price`.
pub fn register_at(n: u8, price: Balance, slots: u16) {
	let consent = consent_of(n, &worker(n));
	ComputeStaking::register(signed(miner(n)), MIN_COLLATERAL, worker(n).public(), consent)
		.expect("a new miner");
	offer(n, price, slots);
}

pub fn consent_of(n: u8, worker: &Pair) -> aitbc_primitives::WorkerSignature {
	worker.sign(&worker_consent(genesis(), &miner(n)))
}

pub fn terms(price_per_unit: Balance, slots: u16) -> OfferTerms {
	OfferTerms {
		price_per_unit,
		slots,
		max_units: u64::MAX,
		expires_at: now() + 10_000,
		device: Capabilities::default(),
		warm: Default::default(),
	}
}

pub fn offer(n: u8, price: Balance, slots: u16) {
	for class in Class::ALL {
		Market::set_offer(signed(miner(n)), class, terms(price, slots)).expect("a miner");
	}
}

/// Registers miners `0 .. count` at [`PRICE`] with four slots.
pub fn register(count: u8) {
	for n in 0..count {
		register_at(n, PRICE, 4);
	}
}

/// Miner `n` signs with worker `key` from now on.
pub fn rotate(n: u8, key: u8) -> DispatchResult {
	let key = worker(key);
	let consent = consent_of(n, &key);
	ComputeStaking::rotate_worker(signed(miner(n)), key.public(), consent)
}

pub fn now() -> BlockNumber {
	System::block_number()
}

/// Begins the next block: its author is paid, deadlines are kept, replicas let, eras paid.
pub fn next_block() {
	let next = now() + 1;
	System::set_block_number(next);
	Payouts::on_initialize(next);
	let mut meter = WeightMeter::new();
	Jobs::on_poll(next, &mut meter);
	Payouts::on_poll(next, &mut meter);
}

/// Begins the next block of a chain that is too busy to keep deadlines.
pub fn next_block_without_hooks() {
	System::set_block_number(now() + 1);
}

pub fn run_to(block: BlockNumber) {
	while now() < block {
		next_block();
	}
}

/// Every invariant of every pallet, and those between them.
pub fn check_state() {
	ComputeStaking::do_try_state().expect("staking's invariants");
	Market::do_try_state().expect("market's invariants");
	Jobs::do_try_state().expect("jobs' invariants");
	Receipts::do_try_state().expect("receipts' invariants");
	Payouts::do_try_state().expect("payouts' invariants");
	let open: Vec<_> = Jobs::open_leases().collect();
	for (who, info) in pallet_compute_staking::Miners::<Chain>::iter() {
		let own: Vec<_> = open.iter().filter(|(_, _, lease)| lease.miner == who).collect();
		let locked: Balance = own.iter().map(|(_, _, lease)| lease.bond.collateral).sum();
		assert_eq!(info.locked, locked, "collateral is locked for leases that are not open");
		assert_eq!(info.open_leases as usize, own.len());
		for class in Class::ALL {
			let offer = pallet_market::Offers::<Chain>::get(class, &who);
			let used = own.iter().filter(|(job, ..)| record(*job).class == class).count();
			assert_eq!(offer.map_or(0, |offer| usize::from(offer.used)), used, "lost slots");
		}
	}
	for (job, replica) in pallet_receipts::Receipts::<Chain>::iter_keys() {
		assert!(replica < record(job).replicas(), "a receipt of a replica that never was");
	}
}

/// What settlement burnt since genesis less what was issued, planck.
fn burned_less_issued() -> i128 {
	let totals = pallet_payouts::Totals::<Chain>::get();
	let signed = |amount: Balance| i128::try_from(amount).expect("small");
	signed(totals.split.burned) - signed(totals.emission)
}

/// What would be issued if nothing had been burnt or issued since genesis.
pub fn coins() -> i128 {
	i128::try_from(Balances::total_issuance()).expect("small") + burned_less_issued()
}

pub fn externalities() -> sp_io::TestExternalities {
	let mut storage =
		frame_system::GenesisConfig::<Chain>::default().build_storage().expect("a genesis");
	let pot = pallet_payouts::Pallet::<Chain>::pot_account();
	let mut balances = vec![
		(CLIENT, ENDOWMENT),
		(AUTHOR, EXISTENTIAL_DEPOSIT),
		(TREASURY, EXISTENTIAL_DEPOSIT),
		(pot, EXISTENTIAL_DEPOSIT),
		(STRANGER, ENDOWMENT),
	];
	balances.extend((0..MINERS).map(|n| (miner(n), 2 * MIN_COLLATERAL)));
	pallet_balances::GenesisConfig::<Chain> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("balances fit");
	storage.into()
}

/// Runs a test in a fresh chain; at its end every invariant holds and every coin is accounted for.
pub fn execute(test: impl FnOnce()) {
	EmissionPerEra::set(0);
	externalities().execute_with(|| {
		run_to(1);
		let before = coins();
		test();
		check_state();
		assert_eq!(coins(), before, "coins appeared or disappeared");
	});
}

/// A matrix product of eight units.
pub fn spec() -> JobSpec {
	JobSpec {
		workload: Workload::Gemm(GemmShape { m: 256, k: 256, n: 128 }),
		inputs: BoundedVec::truncate_from(vec![Cid::of_raw(b"a"), Cid::of_raw(b"b")]),
		params: Default::default(),
		units_limit: 8,
		max_price_per_unit: MAX_PRICE,
		tip: 0,
		replication: Replication::SINGLE,
		requirements: Default::default(),
		start_within_blocks: 5,
		deliver_within_blocks: 10,
	}
}

/// [`spec`] with replicas, and one tie-breaker.
pub fn replicated(replicas: u8, quorum: u8) -> JobSpec {
	JobSpec { replication: Replication { replicas, quorum, tie_breakers: 1 }, ..spec() }
}

/// A shader of `program`; five units.
pub fn wgsl(program: Cid) -> JobSpec {
	let workload = Workload::Wgsl(WgslCall { program, workgroups: [8, 8, 1], output_bytes: 1_024 });
	JobSpec { workload, units_limit: 5, ..spec() }
}

pub const UNITS: u64 = 8;
/// What one replica of [`spec`] is paid, before the fee.
pub const GROSS: Balance = UNITS as Balance * PRICE;
/// What a lease of it locks: by what the client allows, not by what the miner asks.
pub const COLLATERAL: Balance = UNITS as Balance * MAX_PRICE * COLLATERAL_PERCENT as Balance / 100;

/// What arrives at the miner of a payment.
pub fn net_of(gross: Balance) -> Balance {
	gross - FEE.mul_ceil(gross)
}

/// What arrives at the miner of one replica.
pub fn net() -> Balance {
	net_of(GROSS)
}

/// Posts a job and lets the market find its miners.
pub fn post(spec: JobSpec) -> JobId {
	let job = pallet_jobs::NextJobId::<Chain>::get();
	Jobs::submit(signed(CLIENT), spec).expect("a valid job");
	next_block();
	job
}

pub fn record(job: JobId) -> pallet_jobs::Job {
	pallet_jobs::Jobs::<Chain>::get(job).expect("on record")
}

pub fn state_of(job: JobId) -> JobState {
	record(job).state
}

pub fn lease(job: JobId, replica: ReplicaIndex) -> Option<Lease<AccountId>> {
	pallet_jobs::Jobs::<Chain>::get(job)?.lease(replica).cloned()
}

/// The number of the miner that holds a lease.
pub fn holder(job: JobId, replica: ReplicaIndex) -> u8 {
	let who = lease(job, replica).expect("open").miner;
	(0..MINERS).find(|n| miner(*n) == who).expect("a miner of the mock")
}

/// The numbers of the miners of the first replicas.
pub fn holders(job: JobId, replicas: u8) -> Vec<u8> {
	(0..replicas).map(|replica| holder(job, replica)).collect()
}

/// The pair of the key that a lease began with.
pub fn key_of(job: JobId, replica: ReplicaIndex) -> Pair {
	pair_of(&lease(job, replica).expect("open").worker)
}

/// The n-th result; zero is the right one.
pub fn receipt(job: JobId, replica: ReplicaIndex, n: u8) -> Receipt {
	let spec = pallet_jobs::Specs::<Chain>::get(job).expect("on record");
	Receipt {
		version: RECEIPT_VERSION,
		genesis: genesis(),
		job,
		replica,
		attempt: lease(job, replica).expect("open").attempt,
		program: spec.workload.program(),
		input_root: spec.input_root(),
		outcome: Outcome::Completed {
			output: Cid::of_raw(&[n]),
			inline: BoundedVec::truncate_from(vec![n]),
		},
		trace_root: Hash::repeat_byte(n),
		units: spec.units().expect("has units"),
		profile: Hash::zero(),
		started_at: now(),
		finished_at: now(),
	}
}

pub fn failure(job: JobId, replica: ReplicaIndex, code: FailureCode) -> Receipt {
	Receipt {
		outcome: Outcome::Failed { code },
		trace_root: Hash::zero(),
		units: 0,
		..receipt(job, replica, 0)
	}
}

pub fn out_of_fuel(job: JobId, replica: ReplicaIndex) -> Receipt {
	Receipt { outcome: Outcome::OutOfFuel, trace_root: Hash::zero(), ..receipt(job, replica, 0) }
}

/// Signed by the key that the lease began with.
pub fn sign(receipt: Receipt) -> SignedReceipt {
	let key = key_of(receipt.job, receipt.replica);
	sign_with(receipt, &key)
}

pub fn sign_with(receipt: Receipt, key: &Pair) -> SignedReceipt {
	let signature = key.sign(&receipt.signing_payload());
	SignedReceipt { receipt, signature }
}

/// A salt of its own for each lease.
pub fn salt(receipt: &SignedReceipt) -> [u8; 32] {
	BlakeTwo256::hash_of(&(receipt.receipt.job, receipt.receipt.replica)).0
}

fn plain(result: DispatchResultWithPostInfo) -> DispatchResult {
	result.map(|_| ()).map_err(|failed| failed.error)
}

/// Sent by a stranger, in a transaction.
pub fn relay(answer: &SignedReceipt) -> DispatchResult {
	with_storage_layer(|| plain(Receipts::submit(signed(STRANGER), answer.clone())))
}

/// Sent by the lease's worker, in a transaction.
pub fn submit(answer: SignedReceipt) -> DispatchResult {
	let key = key_of(answer.receipt.job, answer.receipt.replica);
	with_storage_layer(|| plain(Receipts::submit(signed(account(&key)), answer)))
}

pub fn commit(answer: &SignedReceipt) -> DispatchResult {
	let (job, replica) = (answer.receipt.job, answer.receipt.replica);
	let key = key_of(job, replica);
	let bound = commitment(answer.receipt.hash(), &key.public(), &salt(answer));
	with_storage_layer(|| Receipts::commit(signed(account(&key)), job, replica, bound))
}

pub fn reveal(answer: &SignedReceipt) -> DispatchResult {
	let salt = salt(answer);
	with_storage_layer(|| plain(Receipts::reveal(signed(STRANGER), answer.clone(), salt)))
}

/// A reveal as an item of a batch.
pub fn shown(answer: SignedReceipt) -> Answer {
	let salt = salt(&answer);
	Answer::Reveal(answer, salt)
}

/// A batch of a stranger, in a transaction. How many answers were taken and failed.
pub fn send(answers: Vec<Answer>) -> (u32, u32) {
	let answers = answers.try_into().expect("not too many");
	System::reset_events();
	with_storage_layer(|| plain(Receipts::submit_batch(signed(STRANGER), answers)))
		.expect("a batch as such succeeds");
	System::events()
		.into_iter()
		.find_map(|record| match record.event {
			RuntimeEvent::Receipts(crate::Event::BatchTaken { taken, failed }) => {
				Some((taken, failed))
			}
			_ => None,
		})
		.expect("a batch ends with its summary")
}

/// Commits to one answer for each replica, in order.
pub fn commit_all(job: JobId, answers: &[u8]) -> Vec<SignedReceipt> {
	commit_to((0..).zip(answers).map(|(replica, n)| receipt(job, replica, *n)).collect())
}

/// Signs answers and commits to them, in order.
pub fn commit_to(answers: Vec<Receipt>) -> Vec<SignedReceipt> {
	let answers: Vec<_> = answers.into_iter().map(sign).collect();
	for answer in &answers {
		commit(answer).expect("in time");
	}
	answers
}

/// Commits to answers and reveals them.
pub fn play(job: JobId, answers: &[u8]) {
	for answer in commit_all(job, answers) {
		reveal(&answer).expect("committed");
	}
}

pub fn held(reason: HoldReason, who: &AccountId) -> Balance {
	<Balances as frame_support::traits::fungible::InspectHold<AccountId>>::balance_on_hold(
		&reason.into(),
		who,
	)
}

pub fn free(who: &AccountId) -> Balance {
	Balances::free_balance(who)
}

/// What miner `n` was paid, planck.
pub fn earned(n: u8) -> Balance {
	free(&miner(n)) - MIN_COLLATERAL
}

/// What miner `n` has forfeited, planck.
pub fn slashed(n: u8) -> Balance {
	MIN_COLLATERAL - miner_info(n).own
}

pub fn miner_info(n: u8) -> pallet_compute_staking::MinerInfo {
	pallet_compute_staking::Miners::<Chain>::get(miner(n)).expect("registered")
}

/// A market made by hand: miner `n` is miner `n` of the mock.
#[cfg(feature = "runtime-benchmarks")]
pub struct World;

#[cfg(feature = "runtime-benchmarks")]
impl aitbc_primitives::benchmarking::BenchmarkWorld for World {
	fn endow(who: &AccountId, amount: Balance) {
		use frame_support::traits::fungible::Mutate;
		Balances::mint_into(who, amount).expect("fits");
	}

	fn worker(index: u32) -> WorkerKey {
		worker(u8::try_from(index).expect("few workers")).public()
	}

	fn sign(key: &WorkerKey, payload: &[u8]) -> aitbc_primitives::WorkerSignature {
		pair_of(key).sign(payload)
	}

	fn miner(index: u32) -> AccountId {
		let n = u8::try_from(index).expect("few miners");
		if !pallet_compute_staking::Miners::<Chain>::contains_key(miner(n)) {
			let collateral = 1_000_000 * aitbc_primitives::AIT;
			Self::endow(&miner(n), 2 * collateral);
			let consent = consent_of(n, &worker(n));
			let key = worker(n).public();
			ComputeStaking::register(signed(miner(n)), collateral, key, consent)
				.expect("a new miner");
		}
		miner(n)
	}

	fn offer(miner: &AccountId, class: Class, terms: OfferTerms) {
		Market::set_offer(signed(miner.clone()), class, terms).expect("a miner");
	}

	fn leased(client: &AccountId, spec: JobSpec) -> JobId {
		for index in 0..spec.replication.replicas {
			let miner = Self::miner(index.into());
			let class = spec.workload.class();
			if !pallet_market::Offers::<Chain>::contains_key(class, &miner) {
				Self::offer(&miner, class, terms(1, 64));
			}
		}
		let job = pallet_jobs::NextJobId::<Chain>::get();
		Jobs::submit(signed(client.clone()), spec).expect("a valid job");
		Self::next_block();
		Jobs::on_poll(now(), &mut WeightMeter::new());
		assert_eq!(state_of(job), JobState::Leased);
		job
	}

	fn next_block() {
		next_block_without_hooks();
	}
}
