//! A chain of this pallet alone, on real balances. Staking is played by [`TestRewards`].

use crate as pallet_payouts;
use crate::*;
use aitbc_primitives::{PaidWork, RewardSplit, Settlement};
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		ConstU32, ConstU128, Hooks, Imbalance,
		fungible::{Balanced, Inspect, Mutate},
		tokens::{Fortitude, Precision, Preservation},
	},
	weights::constants::ParityDbWeight,
};
use sp_runtime::{BuildStorage, DispatchError, traits::IdentityLookup};
use std::collections::BTreeMap;

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
	pub type Payouts = pallet_payouts;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type DbWeight = ParityDbWeight;
}

/// Existential deposit, planck.
pub const DEPOSIT: Balance = 100;
/// What each of the accounts below owns in the beginning, planck.
pub const WEALTH: Balance = 1_000_000;
/// Blocks of an era.
pub const ERA: BlockNumber = 10;
/// A block's author gets one part of this many of the pot.
pub const DIVISOR: u32 = 10;
/// The protocol's part of a payment.
pub const USUAL_FEE: Permill = Permill::from_parts(25_000);
/// The validators' part of it.
pub const USUAL_VALIDATORS_SHARE: Percent = Percent::from_percent(25);
/// The treasury's part of it.
pub const USUAL_TREASURY_SHARE: Percent = Percent::from_percent(50);
/// Most that is issued for an era, planck.
pub const USUAL_PER_ERA: Balance = 1_000_000;
/// Part of the verified fee that is issued.
pub const USUAL_EMISSION_SHARE: Permill = Permill::from_percent(50);
/// What is at stake for every miner, planck: more than any emission.
pub const USUAL_BOND: Balance = u128::MAX / 2;
/// Pays for everything.
pub const CLIENT: u32 = 1;
/// Works.
pub const MINER: u32 = 2;
/// Writes the block.
pub const AUTHOR: u32 = 3;
/// Is the treasury.
pub const TREASURY: u32 = 4;
/// Has delegated to whoever works.
pub const DELEGATOR: u32 = 5;

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<DEPOSIT>;
}

parameter_types! {
	pub const PotId: PalletId = PalletId(*b"test/pot");
	pub static Fee: Permill = USUAL_FEE;
	pub static ValidatorsShare: Percent = USUAL_VALIDATORS_SHARE;
	pub static TreasuryShare: Percent = USUAL_TREASURY_SHARE;
	pub static EmissionPerEra: Balance = USUAL_PER_ERA;
	pub static EmissionShare: Permill = USUAL_EMISSION_SHARE;
	pub static EmissionBondShare: Perbill = Perbill::one();
	pub static BlockAuthor: Option<AccountId> = Some(account(AUTHOR));
	pub static TreasuryAccount: AccountId = account(TREASURY);
	pub static MaxServiceWeight: Weight = Weight::MAX;
	/// What is at stake for a miner that [`Bonds`] does not name.
	pub static DefaultBond: Balance = USUAL_BOND;
	pub static Bonds: BTreeMap<AccountId, Balance> = BTreeMap::new();
	/// What of all pay goes to [`DELEGATOR`].
	pub static DelegatorsShare: Permill = Permill::zero();
	/// Planck that tests themselves made and destroyed, modulo 2¹²⁸.
	pub static Outside: Balance = 0;
}

/// Staking as far as this pallet sees it.
pub struct TestRewards;

impl Rewards<AccountId, CreditOf<Test>> for TestRewards {
	fn reward(miner: &AccountId, pay: CreditOf<Test>) -> RewardSplit {
		let total = pay.peek();
		let (for_delegators, for_miner) = pay.split(DelegatorsShare::get().mul_floor(total));
		let delegators = Payouts::deliver(&account(DELEGATOR), for_delegators);
		let own = Payouts::deliver(miner, for_miner);
		RewardSplit { miner: own, delegators, burned: total - own - delegators }
	}

	fn bond(miner: &AccountId) -> Balance {
		Bonds::get().get(miner).copied().unwrap_or_else(DefaultBond::get)
	}
}

impl Config for Test {
	type Currency = Balances;
	type Rewards = TestRewards;
	type Fee = Fee;
	type ValidatorsShare = ValidatorsShare;
	type TreasuryShare = TreasuryShare;
	type EmissionPerEra = EmissionPerEra;
	type EmissionShare = EmissionShare;
	type EmissionBondShare = EmissionBondShare;
	type EraBlocks = ConstU32<ERA>;
	type PotDivisor = ConstU32<DIVISOR>;
	type PotId = PotId;
	type BlockAuthor = BlockAuthor;
	type TreasuryAccount = TreasuryAccount;
	type MaxServiceWeight = MaxServiceWeight;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = World;
}

/// What the benchmarks need: coins and miners.
#[cfg(feature = "runtime-benchmarks")]
pub struct World;

#[cfg(feature = "runtime-benchmarks")]
impl aitbc_primitives::benchmarking::BenchmarkWorld for World {
	fn endow(who: &AccountId, amount: Balance) {
		give(who, amount);
	}

	fn worker(index: u32) -> aitbc_primitives::WorkerKey {
		let raw: [u8; 32] = account(index).into();
		raw.into()
	}

	fn sign(_: &aitbc_primitives::WorkerKey, _: &[u8]) -> aitbc_primitives::WorkerSignature {
		[0; 64].into()
	}

	fn miner(index: u32) -> AccountId {
		let miner = account(1_000 + index);
		give(&miner, WEALTH);
		miner
	}

	fn offer(_: &AccountId, _: Class, _: aitbc_primitives::OfferTerms) {}

	fn leased(_: &AccountId, _: aitbc_primitives::JobSpec) -> JobId {
		JobId(0)
	}

	fn next_block() {
		System::set_block_number(System::block_number() + 1);
	}
}

/// Account number `number`.
pub fn account(number: u32) -> AccountId {
	let mut raw = [1; 32];
	raw[..4].copy_from_slice(&number.to_le_bytes());
	AccountId::new(raw)
}

/// Planck of account `number`.
pub fn balance(number: u32) -> Balance {
	Balances::balance(&account(number))
}

/// Planck of the pot, its existential deposit included.
pub fn pot() -> Balance {
	Balances::balance(&Payouts::pot_account())
}

/// Every coin there is.
pub fn issuance() -> Balance {
	<Balances as Inspect<AccountId>>::total_issuance()
}

/// Makes an account own `amount` planck, out of nothing or into it.
pub fn set_balance(who: &AccountId, amount: Balance) {
	let before = issuance();
	Balances::set_balance(who, amount);
	Outside::mutate(|sum| *sum = sum.wrapping_add(issuance().wrapping_sub(before)));
	assert_eq!(Balances::balance(who), amount, "the balance could be set");
}

/// Gives an account `amount` planck more.
#[cfg(feature = "runtime-benchmarks")]
pub fn give(who: &AccountId, amount: Balance) {
	set_balance(who, Balances::balance(who) + amount);
}

/// Replica 0 of job 1 by `miner`: one unit, verified, under the present fee.
pub fn work(miner: u32) -> PaidWork<AccountId> {
	PaidWork {
		job: JobId(1),
		replica: 0,
		miner: account(miner),
		class: Class::Gemm,
		units: 1,
		fee: Fee::get(),
		verified: true,
	}
}

/// Takes `amount` planck from the client and settles `work` with them.
pub fn settle(work: PaidWork<AccountId>, amount: Balance) -> Split {
	settle_for(CLIENT, work, amount)
}

/// As [`settle`], with another client.
pub fn settle_for(client: u32, work: PaidWork<AccountId>, amount: Balance) -> Split {
	let gross = <Balances as Balanced<AccountId>>::withdraw(
		&account(client),
		amount,
		Precision::Exact,
		Preservation::Expendable,
		Fortitude::Polite,
	)
	.expect("the client can pay");
	<Payouts as Settlement<_, _>>::settle(work, gross)
}

/// The sum of a payment's parts.
pub fn sum(split: &Split) -> Balance {
	split.miner + split.delegators + split.validators + split.treasury + split.burned
}

/// Begins block `number`: runs `on_initialize`, not `on_poll`.
pub fn begin_block(number: BlockNumber) -> Weight {
	System::set_block_number(number);
	Payouts::on_initialize(number)
}

/// Begins block `number`, and lets `on_poll` take what it wants.
pub fn go_to(number: BlockNumber) {
	begin_block(number);
	poll(Weight::MAX);
}

/// Runs `on_poll` with a meter of `limit`. Returns what it took.
pub fn poll(limit: Weight) -> Weight {
	let mut meter = WeightMeter::with_limit(limit);
	Payouts::on_poll(System::block_number(), &mut meter);
	assert!(meter.consumed().all_lte(limit));
	meter.consumed()
}

/// A meter that allows to pay `miners` miners of one era and nothing more.
pub fn meter_for(miners: u64) -> Weight {
	<() as WeightInfo>::poll()
		+ <() as WeightInfo>::close_era()
		+ <() as WeightInfo>::pay_miner() * miners
}

/// The events of this pallet.
pub fn events() -> Vec<Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Payouts(event) => Some(event),
			_ => None,
		})
		.collect()
}

/// What was issued to each miner for each era, by the events. No pair comes twice.
pub fn emissions() -> BTreeMap<(EraIndex, AccountId), Balance> {
	let mut paid = BTreeMap::new();
	for event in events() {
		if let Event::EmissionPaid { era, miner, amount, .. } = event {
			let before = paid.insert((era, miner), amount);
			assert_eq!(before, None, "paid twice for era {era}");
		}
	}
	paid
}

/// What miner `number` was issued for `era`.
pub fn emission(era: EraIndex, number: u32) -> Option<Balance> {
	emissions().get(&(era, account(number))).copied()
}

/// What `do_try_state` complains of.
pub fn violation() -> &'static str {
	match Payouts::do_try_state() {
		Err(DispatchError::Other(text)) => text,
		other => panic!("storage was corrupted, yet do_try_state said {other:?}"),
	}
}

/// Gives every parameter its value: tests and cases may share a thread.
fn reset() {
	Fee::set(USUAL_FEE);
	ValidatorsShare::set(USUAL_VALIDATORS_SHARE);
	TreasuryShare::set(USUAL_TREASURY_SHARE);
	EmissionPerEra::set(USUAL_PER_ERA);
	EmissionShare::set(USUAL_EMISSION_SHARE);
	EmissionBondShare::set(Perbill::one());
	BlockAuthor::set(Some(account(AUTHOR)));
	TreasuryAccount::set(account(TREASURY));
	MaxServiceWeight::set(Weight::MAX);
	DefaultBond::set(USUAL_BOND);
	Bonds::set(BTreeMap::new());
	DelegatorsShare::set(Permill::zero());
	Outside::set(0);
}

/// Storage with a client that owns `wealth` planck.
fn storage(wealth: Balance) -> sp_io::TestExternalities {
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("genesis builds");
	let others = [MINER, AUTHOR, TREASURY, DELEGATOR].map(|number| (account(number), WEALTH));
	let mut balances = vec![(account(CLIENT), wealth)];
	balances.extend(others);
	pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("genesis builds");
	GenesisConfig::<Test>::default().assimilate_storage(&mut storage).expect("genesis builds");
	sp_io::TestExternalities::new(storage)
}

/// A chain in block 1.
#[cfg(feature = "runtime-benchmarks")]
pub fn externalities() -> sp_io::TestExternalities {
	let mut chain = storage(WEALTH);
	chain.execute_with(|| System::set_block_number(1));
	chain
}

/// Runs a test in block 1 with the present parameters; afterwards checks the invariants and that
/// issuance fell by what was burnt, rose by what was issued and arrived, and did nothing else.
pub fn execute(test: impl FnOnce()) {
	execute_with_client(WEALTH, test);
}

/// As [`execute`], with a client that owns `wealth` planck.
pub fn execute_with_client(wealth: Balance, test: impl FnOnce()) {
	reset();
	storage(wealth).execute_with(|| {
		System::set_block_number(1);
		let before = issuance();
		test();
		Payouts::do_try_state().expect("the invariants hold after every test");
		assert_eq!(issuance(), expected_issuance(before), "a coin appeared or disappeared");
	});
}

/// What issuance must be now if it was `before` in the beginning: by the events. Modulo 2¹²⁸, which is
/// exact, since issuance itself never wraps.
fn expected_issuance(before: Balance) -> Balance {
	events().into_iter().fold(before.wrapping_add(Outside::get()), |sum, event| match event {
		Event::Paid { split, .. } => sum.wrapping_sub(split.burned),
		Event::EmissionPaid { amount, burned, .. } => sum.wrapping_add(amount - burned),
		_ => sum,
	})
}
