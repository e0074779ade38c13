//! A runtime of all five compute pallets, wired as the chain's is, with real signatures.

use crate as pallet_receipts;
use aitbc_primitives::{
	AccountId, Balance, BlockNumber, Cid, Class, FailureCode, GemmShape, Hash, JobId, JobSpec,
	Lease, OnJobPruned, Outcome, RECEIPT_VERSION, Receipt, ReplicaIndex, Replication,
	SignedReceipt, WgslCall, Workload, commitment, worker_consent,
};
use frame_support::{
	BoundedVec, derive_impl,
	pallet_prelude::*,
	parameter_types,
	storage::with_storage_layer,
	traits::{
		ConstU16, ConstU32, Hooks, OnUnbalanced, Randomness,
		fungible::{Balanced, Credit},
	},
	weights::constants::RocksDbWeight,
};
use pallet_compute_staking::WeightInfo as _;
use pallet_jobs::{HoldReason, JobState};
use sp_core::{Pair as _, sr25519::Pair};
use sp_runtime::{
	BuildStorage, Perbill, Percent, Permill,
	traits::{BlakeTwo256, Hash as _, IdentityLookup},
};

pub type Block = frame_system::mocking::MockBlockU32<Chain>;
type StakingWeight = pallet_compute_staking::weights::SubstrateWeight<Chain>;

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
	pub const ProtocolFee: Permill = FEE;
	pub const ForValidators: Percent = VALIDATORS_SHARE;
	pub const ForTreasury: Percent = TREASURY_SHARE;
	pub const TreasuryAccount: AccountId = TREASURY;
	pub Author: Option<AccountId> = Some(AUTHOR);
	pub const ProgramBase: Balance = 5_000;
	pub const ProgramPerByte: Balance = 3;
	pub const JobDepositOf: Balance = JOB_DEPOSIT;
	pub BondsWeight: (Weight, Weight) = (StakingWeight::lock(), StakingWeight::unlock());
	pub const ServiceWeight: Weight = Weight::from_parts(500_000_000_000, u64::MAX);
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Chain {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type DbWeight = RocksDbWeight;
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
	type SlashLate = LateSlash;
	type SlashWithheld = WithheldSlash;
	type OnSlash = ToTreasury;
	type WeightInfo = StakingWeight;
}

impl pallet_market::Config for Chain {
	type Bonds = ComputeStaking;
	type CollateralFactorPercent = ConstU32<200>;
	type MaxProbes = ConstU32<16>;
	type MaxSlots = ConstU16<256>;
	type MaxOfferBlocks = ConstU32<100_000>;
	type WeightInfo = pallet_market::weights::SubstrateWeight<Chain>;
	type BondsWeight = BondsWeight;
}

/// Drops what hangs on a pruned job.
pub struct PruneRecords;

impl OnJobPruned for PruneRecords {
	fn on_job_pruned(job: JobId, replicas: u8) {
		Receipts::on_job_pruned(job, replicas);
		Payouts::on_job_pruned(job, replicas);
	}

	fn prune_weight() -> Weight {
		Receipts::prune_weight().saturating_add(Payouts::prune_weight())
	}
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
	type OnPruned = PruneRecords;
	type Randomness = BlockHash;
	type ProgramDepositBase = ProgramBase;
	type ProgramDepositPerByte = ProgramPerByte;
	type JobDeposit = JobDepositOf;
	type RevealWithinBlocks = ConstU32<REVEAL_WITHIN>;
	type RetentionBlocks = ConstU32<RETENTION>;
	type MinDeliverBlocks = ConstU32<1>;
	type MaxWindowBlocks = ConstU32<1_000>;
	type MaxServiceWeight = ServiceWeight;
	type WeightInfo = pallet_jobs::weights::SubstrateWeight<Chain>;
}

impl pallet_receipts::Config for Chain {
	type Leases = Jobs;
	type WeightInfo = pallet_receipts::weights::SubstrateWeight<Chain>;
}

impl pallet_payouts::Config for Chain {
	type Currency = Balances;
	type Fee = ProtocolFee;
	type ValidatorsShare = ForValidators;
	type TreasuryShare = ForTreasury;
	type BlockAuthor = Author;
	type TreasuryAccount = TreasuryAccount;
	type WeightInfo = pallet_payouts::weights::SubstrateWeight<Chain>;
}

/// Miners the mock knows.
pub const MINERS: u8 = 12;

pub fn miner(n: u8) -> AccountId {
	AccountId::new([100 + n; 32])
}

pub fn worker(n: u8) -> Pair {
	Pair::from_seed(&[n + 1; 32])
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

/// Registers miner `n` and offers every class at `price`.
pub fn register_at(n: u8, price: Balance, slots: u16) {
	let consent = worker(n).sign(&worker_consent(genesis(), &miner(n)));
	ComputeStaking::register(signed(miner(n)), MIN_COLLATERAL, worker(n).public(), consent)
		.expect("a new miner");
	offer(n, price, slots);
}

pub fn offer(n: u8, price: Balance, slots: u16) {
	for class in Class::ALL {
		Market::set_offer(signed(miner(n)), class, price, slots, now() + 10_000)
			.expect("a registered miner");
	}
}

/// Registers miners `0 .. count` at [`PRICE`] with four slots.
pub fn register(count: u8) {
	for n in 0..count {
		register_at(n, PRICE, 4);
	}
}

pub fn now() -> BlockNumber {
	System::block_number()
}

/// Ends the present block and begins the next.
pub fn next_block() {
	Jobs::on_idle(now(), Weight::MAX);
	let next = now() + 1;
	System::set_block_number(next);
	Jobs::on_initialize(next);
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
	for (who, info) in pallet_compute_staking::Miners::<Chain>::iter() {
		let leases: Vec<_> = pallet_jobs::MinerLeases::<Chain>::iter_key_prefix(&who)
			.map(|(job, replica)| (job, lease(job, replica).expect("indexed")))
			.collect();
		let locked: Balance = leases.iter().map(|(_, lease)| lease.collateral).sum();
		assert_eq!(info.locked, locked, "collateral is locked for leases that are not open");
		assert_eq!(info.open_leases as usize, leases.len());
		for (class, offer) in Class::ALL.map(|class| (class, offer_of(&who, class))) {
			let used = leases.iter().filter(|(job, _)| record(*job).class == class).count();
			assert_eq!(offer.map_or(0, |offer| usize::from(offer.used)), used, "lost slots");
		}
	}
	for (job, replica, payment) in pallet_payouts::Payments::<Chain>::iter() {
		assert!(replica < record(job).replication.replicas && payment.units == record(job).units);
	}
}

fn offer_of(who: &AccountId, class: Class) -> Option<pallet_market::Offer> {
	pallet_market::Offers::<Chain>::get(class, who)
}

/// What settlement burnt since genesis, planck.
pub fn burned() -> Balance {
	pallet_payouts::Totals::<Chain>::get().split.burned
}

/// Runs a test in a fresh chain; at its end every invariant holds and every coin is accounted for.
pub fn execute(test: impl FnOnce()) {
	let mut storage =
		frame_system::GenesisConfig::<Chain>::default().build_storage().expect("a genesis");
	let mut balances = vec![
		(CLIENT, ENDOWMENT),
		(AUTHOR, EXISTENTIAL_DEPOSIT),
		(TREASURY, EXISTENTIAL_DEPOSIT),
		(STRANGER, ENDOWMENT),
	];
	balances.extend((0..MINERS).map(|n| (miner(n), 2 * MIN_COLLATERAL)));
	pallet_balances::GenesisConfig::<Chain> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("balances fit");
	sp_io::TestExternalities::from(storage).execute_with(|| {
		run_to(1);
		let issued = Balances::total_issuance();
		test();
		check_state();
		assert_eq!(Balances::total_issuance() + burned(), issued, "coins appeared or disappeared");
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
		replication: Replication::SINGLE,
		start_within_blocks: 5,
		deliver_within_blocks: 10,
	}
}

pub fn replicated(replicas: u8, quorum: u8) -> JobSpec {
	JobSpec { replication: Replication { replicas, quorum }, ..spec() }
}

/// A shader of `program`; five units.
pub fn wgsl(program: Cid) -> JobSpec {
	let workload = Workload::Wgsl(WgslCall { program, workgroups: [8, 8, 1], output_bytes: 1_024 });
	JobSpec { workload, units_limit: 5, ..spec() }
}

pub const UNITS: u64 = 8;
/// What one replica of [`spec`] is paid, before the fee.
pub const GROSS: Balance = UNITS as Balance * PRICE;
/// What a lease of it locks.
pub const COLLATERAL: Balance = 2 * GROSS;

/// What arrives at the miner of one replica.
pub fn net() -> Balance {
	GROSS - FEE.mul_ceil(GROSS)
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
	pallet_jobs::Leases::<Chain>::get(job, replica)
}

/// The number of the miner that holds a lease.
pub fn holder(job: JobId, replica: ReplicaIndex) -> u8 {
	let who = lease(job, replica).expect("open").miner;
	(0..MINERS).find(|n| miner(*n) == who).expect("a miner of the mock")
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

/// Signed by the key of the lease's holder.
pub fn sign(receipt: Receipt) -> SignedReceipt {
	let key = worker(holder(receipt.job, receipt.replica));
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

/// Sent by the holder's worker, in a transaction.
pub fn submit(answer: SignedReceipt) -> DispatchResult {
	let key = worker(holder(answer.receipt.job, answer.receipt.replica));
	with_storage_layer(|| Receipts::submit(signed(account(&key)), answer))
}

pub fn commit(answer: &SignedReceipt) -> DispatchResult {
	let (job, replica) = (answer.receipt.job, answer.receipt.replica);
	let key = worker(holder(job, replica));
	let bound = commitment(answer.receipt.hash(), &key.public(), &salt(answer));
	with_storage_layer(|| Receipts::commit(signed(account(&key)), job, replica, bound))
}

pub fn reveal(answer: &SignedReceipt) -> DispatchResult {
	let salt = salt(answer);
	with_storage_layer(|| {
		Receipts::reveal(signed(STRANGER), answer.clone(), salt)
			.map(|_| ())
			.map_err(|failed| failed.error)
	})
}

/// Commits to one answer for each replica, in order.
pub fn commit_all(job: JobId, answers: &[u8]) -> Vec<SignedReceipt> {
	let answers: Vec<SignedReceipt> =
		(0..).zip(answers).map(|(replica, n)| sign(receipt(job, replica, *n))).collect();
	for answer in &answers {
		commit(answer).expect("in time");
	}
	answers
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
	MIN_COLLATERAL - miner_info(n).collateral
}

pub fn miner_info(n: u8) -> pallet_compute_staking::MinerInfo {
	pallet_compute_staking::Miners::<Chain>::get(miner(n)).expect("registered")
}
