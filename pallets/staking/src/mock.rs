//! A chain of this pallet alone, on real balances.

use crate as pallet_compute_staking;
use crate::*;
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		ConstU128, Hooks, Imbalance,
		fungible::{Inspect, InspectHold},
	},
};
use sp_core::{Pair as _, sr25519};
use sp_runtime::{BuildStorage, DispatchError, traits::IdentityLookup};

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
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Staking = pallet_compute_staking;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

/// Existential deposit, planck.
pub const DEPOSIT: Balance = 10;
/// What each of [`account`] owns in the beginning, planck.
pub const WEALTH: Balance = 1_000_000;
/// Least collateral in the beginning, planck.
pub const MINIMUM: Balance = 1_000;
/// Unbonding time in the beginning, blocks.
pub const UNBONDING: BlockNumber = 10;

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
	/// What `OnSlash` has been handed so far.
	pub static Forfeited: Balance = 0;
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
	type SlashLate = SlashLate;
	type SlashWithheld = SlashWithheld;
	type OnSlash = CountAndBurn;
	type WeightInfo = ();
}

/// Account number `number`; those below ten own [`WEALTH`].
pub fn account(number: u8) -> AccountId {
	AccountId::new([number; 32])
}

/// Key pair of worker number `number`.
pub fn worker_pair(number: u8) -> sr25519::Pair {
	sr25519::Pair::from_seed(&[number; 32])
}

/// Public key of worker number `number`.
pub fn worker(number: u8) -> WorkerKey {
	worker_pair(number).public()
}

/// Account of worker number `number`.
pub fn worker_account(number: u8) -> AccountId {
	worker(number).into()
}

/// What worker `number` signs to work for `miner` on this chain.
pub fn consent(number: u8, miner: &AccountId) -> WorkerSignature {
	worker_pair(number).sign(&worker_consent(System::block_hash(0), miner))
}

/// Registers account `number` with its worker of the same number.
pub fn register(number: u8, collateral: Balance) -> DispatchResult {
	let miner = account(number);
	let consent = consent(number, &miner);
	Staking::register(RuntimeOrigin::signed(miner), collateral, worker(number), consent)
}

/// The record of miner `number`.
pub fn miner(number: u8) -> MinerInfo {
	Miners::<Test>::get(account(number)).expect("the miner is registered")
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

/// The last event of this pallet.
pub fn last_event() -> Option<Event<Test>> {
	System::events().into_iter().rev().find_map(|record| match record.event {
		RuntimeEvent::Staking(event) => Some(event),
		_ => None,
	})
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

/// Runs a test in block 1 and checks the invariants and the sum of all coins after it.
pub fn execute(test: impl FnOnce()) {
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("genesis builds");
	pallet_balances::GenesisConfig::<Test> {
		balances: (0..10).map(|number| (account(number), WEALTH)).collect(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("genesis builds");
	sp_io::TestExternalities::new(storage).execute_with(|| {
		run_to(1);
		let before = issuance();
		test();
		Staking::do_try_state().expect("the invariants hold after every test");
		assert_eq!(issuance() + Forfeited::get(), before, "a coin appeared or disappeared");
	});
}
