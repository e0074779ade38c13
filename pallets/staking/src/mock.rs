//! A chain of this pallet alone, on real balances.

use crate as pallet_compute_staking;
use crate::*;
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		ConstU32, ConstU128, Hooks,
		fungible::{Inspect, InspectHold},
	},
};
use sp_core::{Pair as _, sr25519};
use sp_runtime::{BuildStorage, DispatchError, traits::IdentityLookup};
use std::{cell::RefCell, collections::BTreeMap};

/// Another pallet that holds coins.
#[frame_support::pallet]
pub mod other {
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {}

	/// Why it does.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Not what is tested here.
		Other,
	}
}

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
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Staking = pallet_compute_staking;
	#[runtime::pallet_index(3)]
	pub type Other = other;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

impl other::Config for Test {}

/// Existential deposit, planck.
pub const DEPOSIT: Balance = 10;
/// What each of [`account`] owns in the beginning, planck.
pub const WEALTH: Balance = 1_000_000;
/// Least collateral in the beginning, planck.
pub const MINIMUM: Balance = 1_000;
/// Least delegation in the beginning, planck.
pub const LEAST: Balance = 100;
/// Unbonding time in the beginning, blocks.
pub const UNBONDING: BlockNumber = 10;
/// Least unbonding time, blocks.
pub const MIN_UNBONDING: BlockNumber = 5;
/// Most chunks.
pub const CHUNKS: u32 = 4;
/// Blocks until half is forgotten.
pub const HALF_LIFE: BlockNumber = 1_000;

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<DEPOSIT>;
}

parameter_types! {
	pub static MinCollateral: Balance = MINIMUM;
	pub static UnbondingBlocks: BlockNumber = UNBONDING;
	pub static SlashLate: Perbill = Perbill::from_percent(5);
	pub static SlashWithheld: Perbill = Perbill::from_percent(50);
	pub static MinDelegation: Balance = LEAST;
	pub static MaxDelegationPercent: u32 = 400;
	/// What `OnSlash` has been handed so far.
	pub static Forfeited: Balance = 0;
	/// Pay that came into the world and was not burnt.
	pub static Paid: Balance = 0;
}

fn reset_parameters() {
	MinCollateral::set(MINIMUM);
	UnbondingBlocks::set(UNBONDING);
	SlashLate::set(Perbill::from_percent(5));
	SlashWithheld::set(Perbill::from_percent(50));
	MinDelegation::set(LEAST);
	MaxDelegationPercent::set(400);
	Forfeited::set(0);
	Paid::set(0);
}

/// Counts what it is handed and burns it.
pub struct CountAndBurn;

impl OnUnbalanced<CreditOf<Test>> for CountAndBurn {
	fn on_nonzero_unbalanced(credit: CreditOf<Test>) {
		Forfeited::mutate(|sum| *sum = sum.checked_add(credit.peek()).expect("a test's sum fits"));
	}
}

impl Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type MinCollateral = MinCollateral;
	type UnbondingBlocks = UnbondingBlocks;
	type MinUnbondingBlocks = ConstU32<MIN_UNBONDING>;
	type SlashLate = SlashLate;
	type SlashWithheld = SlashWithheld;
	type MinDelegation = MinDelegation;
	type MaxDelegationPercent = MaxDelegationPercent;
	type MaxUnbondingChunks = ConstU32<CHUNKS>;
	type ReputationHalfLife = ConstU32<HALF_LIFE>;
	type OnSlash = CountAndBurn;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = World;
}

/// Account number `number`; those below ten own [`WEALTH`].
pub fn account(number: u8) -> AccountId {
	AccountId::new([number; 32])
}

/// The origin of account number `number`.
pub fn signed(number: u8) -> RuntimeOrigin {
	RuntimeOrigin::signed(account(number))
}

/// Key pair of worker number `number`.
pub fn worker_pair(number: u8) -> sr25519::Pair {
	sr25519::Pair::from_seed(&[number; 32])
}

thread_local! {
	/// Keys and consents made before: curves are slow where nothing is optimised.
	static KEYS: RefCell<BTreeMap<u8, WorkerKey>> = const { RefCell::new(BTreeMap::new()) };
	static CONSENTS: RefCell<BTreeMap<(u8, Vec<u8>), WorkerSignature>> =
		const { RefCell::new(BTreeMap::new()) };
}

/// Public key of worker number `number`.
pub fn worker(number: u8) -> WorkerKey {
	KEYS.with_borrow_mut(|keys| *keys.entry(number).or_insert_with(|| worker_pair(number).public()))
}

/// Account of worker number `number`.
pub fn worker_account(number: u8) -> AccountId {
	worker(number).into()
}

/// What worker `number` signs to work for `miner` on this chain.
pub fn consent(number: u8, miner: &AccountId) -> WorkerSignature {
	let payload = worker_consent(System::block_hash(0), miner);
	CONSENTS.with_borrow_mut(|consents| {
		*consents
			.entry((number, payload.clone()))
			.or_insert_with(|| worker_pair(number).sign(&payload))
	})
}

/// Registers account `number` with its worker of the same number.
pub fn register(number: u8, collateral: Balance) -> DispatchResult {
	let consent = consent(number, &account(number));
	Staking::register(signed(number), collateral, worker(number), consent)
}

/// Gives account `number` another worker.
pub fn rotate(number: u8, to: u8) -> DispatchResult {
	Staking::rotate_worker(signed(number), worker(to), consent(to, &account(number)))
}

/// Stakes coins of one account on another.
pub fn delegate(delegator: u8, miner: u8, amount: Balance) -> DispatchResult {
	Staking::delegate(signed(delegator), account(miner), amount, 0)
}

/// Takes shares back.
pub fn undelegate(delegator: u8, miner: u8, shares: Balance) -> DispatchResult {
	Staking::undelegate(signed(delegator), account(miner), shares)
}

/// An open lease.
#[derive(Clone, Debug)]
pub struct OpenLease {
	/// Whose.
	pub miner: u8,
	/// Under which key.
	pub worker: WorkerKey,
	/// What backs it.
	pub bond: LeaseBond,
}

/// Begins a lease as the market does.
pub fn lock(number: u8, collateral: Balance) -> Result<OpenLease, DispatchError> {
	let standing = Staking::standing(&account(number), Class::Gemm);
	let bond = Staking::lock(&account(number), collateral)?;
	let worker = standing.expect("what can be locked has a standing").worker;
	Ok(OpenLease { miner: number, worker, bond })
}

/// Ends it; an accepted one is paid what it locked. Returns what was taken.
pub fn unlock(lease: &OpenLease, fate: LeaseFate) -> Balance {
	unlock_paid(lease, fate, lease.bond.collateral)
}

/// The same for other pay. Returns what was taken.
pub fn unlock_paid(lease: &OpenLease, fate: LeaseFate, earned: Balance) -> Balance {
	Staking::unlock(&account(lease.miner), Class::Gemm, &lease.worker, &lease.bond, fate, earned)
}

/// A lease of `collateral` that ends in `fate`. Returns what was taken.
pub fn lease(number: u8, collateral: Balance, fate: LeaseFate) -> Balance {
	unlock(&lock(number, collateral).expect("so much is free"), fate)
}

/// Pays a miner with coins that were not there before, as payouts does from a client's escrow.
pub fn pay(number: u8, amount: Balance) -> RewardSplit {
	let split = Staking::reward(&account(number), Balances::issue(amount));
	let parts =
		split.miner.checked_add(split.delegators).and_then(|sum| sum.checked_add(split.burned));
	assert_eq!(parts, Some(amount), "the parts of a pay are the pay");
	Paid::mutate(|sum| *sum = sum.checked_add(amount - split.burned).expect("a test's sum fits"));
	split
}

/// The record of miner `number`.
pub fn miner(number: u8) -> MinerInfo {
	Miners::<Test>::get(account(number)).expect("the miner is registered")
}

/// Changes the record of miner `number` by force.
pub fn edit(number: u8, change: impl FnOnce(&mut MinerInfo)) {
	Miners::<Test>::mutate(account(number), |info| change(info.as_mut().expect("registered")));
}

/// What a delegator has with a miner.
pub fn delegation(delegator: u8, miner: u8) -> DelegationStatus {
	Staking::delegation(account(miner), account(delegator))
}

/// Planck of account `number` on hold as collateral.
pub fn held(number: u8) -> Balance {
	Balances::balance_on_hold(&HoldReason::Collateral.into(), &account(number))
}

/// Planck of account `number` that no hold keeps.
pub fn free(number: u8) -> Balance {
	Balances::balance(&account(number))
}

/// Planck of everybody.
pub fn issuance() -> Balance {
	<Balances as Inspect<AccountId>>::total_issuance()
}

/// Leaves account `number`, which lives by another pallet's grace, with no free coins but `left`.
pub fn empty(number: u8, left: Balance) {
	System::inc_providers(&account(number));
	let rest = free(number) - left;
	Balances::transfer_allow_death(signed(number), account(99), rest).expect("it can be spent");
	assert_eq!(free(number), left);
}

/// The events of this pallet, oldest first.
pub fn events() -> Vec<Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Staking(event) => Some(event),
			_ => None,
		})
		.collect()
}

/// The last event of this pallet.
pub fn last_event() -> Option<Event<Test>> {
	events().pop()
}

/// What `do_try_state` complains of.
pub fn violation() -> &'static str {
	match Staking::do_try_state() {
		Err(DispatchError::Other(text)) => text,
		other => panic!("storage was corrupted, yet do_try_state said {other:?}"),
	}
}

/// Goes to a block.
pub fn run_to(block: BlockNumber) {
	System::set_block_number(block);
	Staking::on_initialize(block);
}

/// Lets `blocks` pass.
pub fn wait(blocks: BlockNumber) {
	run_to(System::block_number() + blocks);
}

/// The chain in block 1.
pub fn externalities() -> sp_io::TestExternalities {
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("genesis builds");
	pallet_balances::GenesisConfig::<Test> {
		balances: (0..10).map(|number| (account(number), WEALTH)).collect(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("genesis builds");
	let mut chain = sp_io::TestExternalities::new(storage);
	chain.execute_with(|| run_to(1));
	chain
}

/// Runs a test in block 1 and checks the invariants and the sum of all coins after it.
pub fn execute(test: impl FnOnce()) {
	reset_parameters();
	externalities().execute_with(|| {
		let before = issuance();
		test();
		Staking::do_try_state().expect("the invariants hold after every test");
		let accounts: Balance = frame_system::Account::<Test>::iter_values()
			.map(|account| account.data.free + account.data.reserved)
			.sum();
		assert_eq!(
			accounts,
			issuance(),
			"an account has coins that were never issued, or lacks some"
		);
		assert_eq!(issuance() + Forfeited::get(), before + Paid::get(), "a coin (dis)appeared");
	});
}

/// A market of miners with keys that the benchmarks can sign with.
#[cfg(feature = "runtime-benchmarks")]
pub struct World;

#[cfg(feature = "runtime-benchmarks")]
impl aitbc_primitives::benchmarking::BenchmarkWorld for World {
	fn endow(who: &AccountId, amount: Balance) {
		use frame_support::traits::fungible::Mutate;
		Balances::mint_into(who, amount).expect("the sum of a benchmark's coins fits");
	}

	fn worker(index: u32) -> WorkerKey {
		worker(u8::try_from(index).expect("a benchmark needs few workers"))
	}

	fn sign(key: &WorkerKey, payload: &[u8]) -> WorkerSignature {
		let pair = (0..=u8::MAX).map(worker_pair).find(|pair| pair.public() == *key);
		pair.expect("one of the workers").sign(payload)
	}

	fn miner(index: u32) -> AccountId {
		let number = u8::try_from(index).expect("a benchmark needs few miners");
		if !Miners::<Test>::contains_key(account(number)) {
			register(number, WEALTH / 2).expect("the account has coins");
		}
		account(number)
	}

	fn offer(_: &AccountId, _: Class, _: aitbc_primitives::OfferTerms) {
		unimplemented!("no benchmark of this pallet needs offers")
	}

	fn leased(_: &AccountId, _: aitbc_primitives::JobSpec) -> aitbc_primitives::JobId {
		unimplemented!("no benchmark of this pallet needs jobs")
	}

	fn next_block() {
		wait(1);
	}
}
