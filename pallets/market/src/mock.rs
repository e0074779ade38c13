//! A chain of this pallet and coins, over miners that the test scripts.

use crate as pallet_market;
use crate::*;
use aitbc_primitives::{Capabilities, Cid, Reputation, Requirements};
use frame_support::{assert_ok, derive_impl, parameter_types};
use sp_runtime::{BuildStorage, DispatchError, Perbill, traits::IdentityLookup};
use std::{cell::RefCell, collections::BTreeMap};

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
	pub type Market = pallet_market::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = Deposit;
}

/// Most offers one match looks at.
pub const PROBES: u32 = MAX_PROBES;
/// Most slots of one offer.
pub const SLOTS: u16 = 8;
/// Longest life of an offer, blocks.
pub const LIFE: BlockNumber = 100;
/// Least balance of an account, planck.
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
/// Collateral of a miner that has plenty, planck.
pub const PLENTY: Balance = 1_000_000;

/// A miner as the test wants it.
#[derive(Clone, Debug)]
pub struct Script {
	/// Whether it may take leases.
	pub active: bool,
	/// Whose it is.
	pub owner: AccountId,
	/// In every class.
	pub reputation: Reputation,
	/// Collateral that backs no lease, planck.
	pub free: Balance,
	/// Collateral that backs leases, planck.
	pub locked: Balance,
}

/// A lease that ended, as staking was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
	pub miner: AccountId,
	pub class: Class,
	pub worker: WorkerKey,
	pub bond: LeaseBond,
	pub fate: LeaseFate,
	pub earned: Balance,
}

parameter_types! {
	pub const Deposit: Balance = EXISTENTIAL_DEPOSIT;
	pub const MaxSlots: u16 = SLOTS;
	pub const MaxOfferBlocks: BlockNumber = LIFE;
	/// What governance may change at any time.
	pub static CollateralFactorPercent: u32 = 200;
	pub static ProfileDeposit: Balance = 500;
	/// How often it was asked how a miner stands.
	pub static Asked: u32 = 0;
	/// Miners whose collateral cannot be locked, whatever they have free.
	pub static Stubborn: Vec<AccountId> = Vec::new();
	/// How leases ended, in order.
	pub static EndedLeases: Vec<Ended> = Vec::new();
}

thread_local! {
	/// The miners there are. Not a `static` parameter: that one is copied whenever it is looked at.
	static SCRIPTS: RefCell<BTreeMap<AccountId, Script>> = const { RefCell::new(BTreeMap::new()) };
}

/// Reads or changes the scripts of all miners.
pub fn scripts<R>(use_them: impl FnOnce(&mut BTreeMap<AccountId, Script>) -> R) -> R {
	SCRIPTS.with_borrow_mut(use_them)
}

/// Miners without a pallet behind them.
pub struct ScriptedBonds;

impl Bonds<AccountId> for ScriptedBonds {
	fn standing(miner: &AccountId, _: Class) -> Option<MinerStanding<AccountId>> {
		Asked::mutate(|count| *count += 1);
		let script = scripts(|all| all.get(miner).filter(|script| script.active).cloned())?;
		Some(MinerStanding {
			owner: script.owner,
			worker: worker(miner),
			bond: script.free.saturating_add(script.locked),
			free: script.free,
			reputation: script.reputation,
		})
	}

	fn lock(miner: &AccountId, collateral: Balance) -> Result<LeaseBond, DispatchError> {
		ensure!(!Stubborn::get().contains(miner), DispatchError::Other("stubborn"));
		scripts(|all| {
			let script = all.get_mut(miner).filter(|script| script.active);
			let script = script.ok_or(DispatchError::Other("no miner"))?;
			ensure!(script.free >= collateral, DispatchError::Other("too little is free"));
			script.free -= collateral;
			script.locked += collateral;
			Ok(bond(collateral))
		})
	}

	fn unlock(
		miner: &AccountId,
		class: Class,
		worker: &WorkerKey,
		bond: &LeaseBond,
		fate: LeaseFate,
		earned: Balance,
	) -> Balance {
		let ended =
			Ended { miner: miner.clone(), class, worker: *worker, bond: *bond, fate, earned };
		EndedLeases::mutate(|all| all.push(ended));
		scripts(|all| {
			let script = all.get_mut(miner).expect("only miners hold leases");
			script.locked -= bond.collateral;
			script.free += bond.collateral;
		});
		0
	}
}

impl Config for Test {
	type Bonds = ScriptedBonds;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type CollateralFactorPercent = CollateralFactorPercent;
	type ProfileDeposit = ProfileDeposit;
	type MillisecsPerBlock = ConstU32<2_000>;
	type MaxSlots = MaxSlots;
	type MaxOfferBlocks = MaxOfferBlocks;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = World;
}

/// What the benchmarks of this pallet need of a chain.
#[cfg(feature = "runtime-benchmarks")]
pub struct World;

#[cfg(feature = "runtime-benchmarks")]
impl aitbc_primitives::benchmarking::BenchmarkWorld for World {
	fn endow(who: &AccountId, amount: Balance) {
		endow(who, amount);
	}

	fn worker(index: u32) -> WorkerKey {
		worker(&account(index))
	}

	fn sign(_: &WorkerKey, _: &[u8]) -> aitbc_primitives::WorkerSignature {
		panic!("nothing here is signed by a worker")
	}

	fn miner(index: u32) -> AccountId {
		make_miner(index, 1 << 100);
		endow(&account(index), 1_000_000_000);
		account(index)
	}

	fn offer(miner: &AccountId, class: Class, terms: OfferTerms) {
		assert_ok!(Market::set_offer(RuntimeOrigin::signed(miner.clone()), class, terms));
	}

	fn leased(_: &AccountId, _: aitbc_primitives::JobSpec) -> aitbc_primitives::JobId {
		panic!("there are no jobs here")
	}

	fn next_block() {
		System::set_block_number(System::block_number() + 1);
	}
}

/// Account number `number`.
pub fn account(number: u32) -> AccountId {
	let mut bytes = [0x5a; 32];
	bytes[..4].copy_from_slice(&number.to_le_bytes());
	AccountId::new(bytes)
}

/// The worker key of a scripted miner.
pub fn worker(miner: &AccountId) -> WorkerKey {
	let mut bytes: [u8; 32] = miner.clone().into();
	bytes.reverse();
	WorkerKey::from_raw(bytes)
}

/// What `lock` says of a lease.
pub fn bond(collateral: Balance) -> LeaseBond {
	LeaseBond {
		collateral,
		slash_late: Perbill::from_percent(5),
		slash_withheld: Perbill::from_percent(50),
	}
}

/// Gives an account coins.
pub fn endow(who: &AccountId, amount: Balance) {
	use frame_support::traits::fungible::Mutate;
	assert_ok!(<Balances as Mutate<AccountId>>::mint_into(who, amount));
}

/// Makes account `number` a miner of its own with `free` planck of collateral.
pub fn make_miner(number: u32, free: Balance) {
	let (owner, reputation) = (account(number), Reputation(5_000));
	let script = Script { active: true, owner, reputation, free, locked: 0 };
	scripts(|all| all.insert(account(number), script));
}

/// Changes what miner `number` is.
pub fn rescript(number: u32, change: impl FnOnce(&mut Script)) {
	scripts(|all| change(all.get_mut(&account(number)).expect("is a miner")));
}

/// What miner `number` has free.
pub fn free(number: u32) -> Balance {
	scripts(|all| all[&account(number)].free)
}

/// What of miner `number` backs leases.
pub fn locked(number: u32) -> Balance {
	scripts(|all| all[&account(number)].locked)
}

/// The program that requests of the tests run.
pub fn program() -> Cid {
	Cid::of_raw(b"a program")
}

/// Terms that fit every request whose price is not below theirs, to `LIFE` from now.
pub fn terms(price: Balance, slots: u16) -> OfferTerms {
	OfferTerms {
		price_per_unit: price,
		slots,
		max_units: u64::MAX,
		expires_at: System::block_number().saturating_add(LIFE),
		device: Capabilities::default(),
		warm: BoundedVec::default(),
	}
}

/// An Echo offer of account `number`.
pub fn offer(number: u32, terms: OfferTerms) -> DispatchResult {
	offer_in(Class::Echo, number, terms)
}

/// An offer of account `number`.
pub fn offer_in(class: Class, number: u32, terms: OfferTerms) -> DispatchResult {
	Market::set_offer(RuntimeOrigin::signed(account(number)), class, terms)
}

/// A miner with plenty of collateral and an Echo offer of `slots` slots that lives long.
pub fn miner_with_offer(number: u32, price: Balance, slots: u16) {
	make_miner(number, PLENTY);
	assert_ok!(offer(number, terms(price, slots)));
}

/// Fills the Echo book with the offers of `count` miners from number `first` on; `describe` says what each
/// asks and has free. For tests, and for whoever measures what a match costs among many.
pub fn fill(first: u32, count: u32, describe: impl Fn(u32) -> (OfferTerms, Balance)) {
	for index in 0..count {
		let (terms, free) = describe(index);
		make_miner(first + index, free);
		assert_ok!(offer(first + index, terms));
	}
}

/// The Echo offer of account `number`.
pub fn stored(number: u32) -> Option<Offer> {
	Offers::<Test>::get(Class::Echo, account(number))
}

/// How many slots of the Echo offer of account `number` are taken, and where it stands.
pub fn state(number: u32) -> Option<(u16, Option<Place>)> {
	stored(number).map(|offer| (offer.used, offer.place))
}

/// What a job of a test demands.
#[derive(Clone, Debug)]
pub struct Wanted {
	pub class: Class,
	pub units: u64,
	pub most: Balance,
	pub tip: Balance,
	pub requirements: Requirements,
	pub excluded: Vec<AccountId>,
	pub seed: Hash,
}

impl Default for Wanted {
	fn default() -> Self {
		Self {
			class: Class::Echo,
			units: 1,
			most: 1_000,
			tip: 0,
			requirements: Requirements::default(),
			excluded: Vec::new(),
			seed: Hash::zero(),
		}
	}
}

impl Wanted {
	/// One Echo unit for at most `most`.
	pub fn at(most: Balance) -> Self {
		Self { most, ..Self::default() }
	}

	/// With another seed.
	pub fn seeded(mut self, seed: u64) -> Self {
		self.seed = Hash::from_low_u64_be(seed);
		self
	}

	pub fn request(&self) -> MatchRequest<'_, AccountId> {
		MatchRequest {
			class: self.class,
			program: program(),
			units: self.units,
			max_price_per_unit: self.most,
			tip: self.tip,
			deliver_within_blocks: 10,
			requirements: &self.requirements,
			excluded: &self.excluded,
			seed: self.seed,
		}
	}

	pub fn assign(&self) -> Option<Assignment<AccountId>> {
		let SearchOutcome { found, effort } = Market::assign(&self.request());
		assert!(effort.probes <= MAX_PROBES && effort.buried <= MAX_BURIED.min(effort.probes));
		found
	}

	pub fn explain(&self, limit: u32) -> MatchReport {
		Market::explain(&self.request(), limit)
	}

	/// The miner that a match gives it, which gives the slot back at once.
	pub fn sample(&self) -> Option<AccountId> {
		let found = self.assign()?;
		release(self.class, &found);
		Some(found.miner)
	}
}

/// Matches one Echo unit for at most `most`.
pub fn assign(most: Balance, seed: u64) -> Option<Assignment<AccountId>> {
	Wanted::at(most).seeded(seed).assign()
}

/// Ends a lease that was just let.
pub fn release(class: Class, found: &Assignment<AccountId>) {
	Market::conclude(&found.miner, class, &found.worker, &found.bond, LeaseFate::Accepted, 0);
}

/// What leases earn that [`conclude`] ends.
pub const EARNED: Balance = 77;

/// Ends an Echo lease of account `number`.
pub fn conclude(number: u32, collateral: Balance, fate: LeaseFate) {
	let miner = account(number);
	Market::conclude(&miner, Class::Echo, &worker(&miner), &bond(collateral), fate, EARNED);
}

/// Echo offers that are listed.
pub fn listed() -> usize {
	Offers::<Test>::iter_prefix_values(Class::Echo).filter(|offer| offer.place.is_some()).count()
}

/// The last event of this pallet.
pub fn last_event() -> Option<Event<Test>> {
	System::events().into_iter().rev().find_map(|record| match record.event {
		RuntimeEvent::Market(event) => Some(event),
		_ => None,
	})
}

/// What `do_try_state` complains of.
pub fn violation() -> &'static str {
	match Market::do_try_state() {
		Err(DispatchError::Other(text)) => text,
		other => panic!("storage was corrupted, yet do_try_state said {other:?}"),
	}
}

/// Runs a test in block 1 and checks the invariants after it.
pub fn execute(test: impl FnOnce()) {
	reset();
	externalities().execute_with(|| {
		test();
		Market::do_try_state().expect("the invariants hold after every test");
	});
}

/// Forgets what earlier tests on this thread scripted.
pub fn reset() {
	scripts(BTreeMap::clear);
	Asked::set(0);
	Stubborn::set(Vec::new());
	EndedLeases::set(Vec::new());
	CollateralFactorPercent::set(200);
	ProfileDeposit::set(500);
}

/// Storage at genesis, in block 1.
pub fn externalities() -> sp_io::TestExternalities {
	let genesis = frame_system::GenesisConfig::<Test>::default();
	let mut storage = sp_io::TestExternalities::new(genesis.build_storage().expect("it builds"));
	storage.execute_with(|| System::set_block_number(1));
	storage
}
