//! A chain of this pallet alone, on real balances.

use crate as pallet_payouts;
use crate::*;
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		ConstU128,
		fungible::Inspect,
		tokens::{Fortitude, Precision, Preservation},
	},
};
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
	pub type Payouts = pallet_payouts;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

/// Existential deposit, planck.
pub const DEPOSIT: Balance = 100;
/// What each of the accounts below owns in the beginning, planck.
pub const WEALTH: Balance = 1_000_000;
/// Pays for everything.
pub const CLIENT: u8 = 1;
/// Works.
pub const MINER: u8 = 2;
/// Writes the block.
pub const AUTHOR: u8 = 3;
/// Is the treasury.
pub const TREASURY: u8 = 4;

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<DEPOSIT>;
}

parameter_types! {
	pub static Fee: Permill = Permill::from_parts(25_000);
	pub static ValidatorsShare: Percent = Percent::from_percent(25);
	pub static TreasuryShare: Percent = Percent::from_percent(50);
	pub static BlockAuthor: Option<AccountId> = Some(account(AUTHOR));
	pub static TreasuryAccount: AccountId = account(TREASURY);
	/// Planck that settlements have burnt, by what `settle` returned.
	pub static Burnt: Balance = 0;
}

impl Config for Test {
	type Currency = Balances;
	type Fee = Fee;
	type ValidatorsShare = ValidatorsShare;
	type TreasuryShare = TreasuryShare;
	type BlockAuthor = BlockAuthor;
	type TreasuryAccount = TreasuryAccount;
	type WeightInfo = ();
}

/// Account number `number`.
pub fn account(number: u8) -> AccountId {
	AccountId::new([number; 32])
}

/// Planck of account `number`.
pub fn balance(number: u8) -> Balance {
	Balances::balance(&account(number))
}

/// Takes `amount` planck from the client and settles replica `replica` of job `job` with them.
pub fn settle(job: u64, replica: ReplicaIndex, miner: u8, units: u64, amount: Balance) -> Split {
	let gross = <Balances as fungible::Balanced<AccountId>>::withdraw(
		&account(CLIENT),
		amount,
		Precision::Exact,
		Preservation::Expendable,
		Fortitude::Polite,
	)
	.expect("the client can pay");
	let split = Payouts::settle(JobId(job), replica, &account(miner), units, gross);
	Burnt::mutate(|sum| *sum += split.burned);
	split
}

/// The last event of this pallet.
pub fn last_event() -> Option<Event<Test>> {
	System::events().into_iter().rev().find_map(|record| match record.event {
		RuntimeEvent::Payouts(event) => Some(event),
		_ => None,
	})
}

/// What `do_try_state` complains of.
pub fn violation() -> &'static str {
	match Payouts::do_try_state() {
		Err(DispatchError::Other(text)) => text,
		other => panic!("storage was corrupted, yet do_try_state said {other:?}"),
	}
}

/// Runs a test in block 1 with the present parameters; afterwards checks the invariants and that
/// issuance fell by what was burnt and nothing else.
pub fn execute(test: impl FnOnce()) {
	execute_with_client(WEALTH, test);
}

/// As [`execute`], with a client that owns `wealth` planck.
pub fn execute_with_client(wealth: Balance, test: impl FnOnce()) {
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("genesis builds");
	let balances = [(CLIENT, wealth), (MINER, WEALTH), (AUTHOR, WEALTH), (TREASURY, WEALTH)];
	pallet_balances::GenesisConfig::<Test> {
		balances: balances.map(|(number, amount)| (account(number), amount)).to_vec(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.expect("genesis builds");
	Burnt::set(0);
	sp_io::TestExternalities::new(storage).execute_with(|| {
		System::set_block_number(1);
		let before = <Balances as Inspect<AccountId>>::total_issuance();
		test();
		Payouts::do_try_state().expect("the invariants hold after every test");
		let after = <Balances as Inspect<AccountId>>::total_issuance();
		assert_eq!(after + Burnt::get(), before, "a coin appeared or disappeared");
	});
}
