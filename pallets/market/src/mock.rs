//! A chain of this pallet alone, over miners that the test scripts.

use crate as pallet_market;
use crate::*;
use aitbc_primitives::WorkerKey;
use frame_support::{derive_impl, ensure, parameter_types};
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
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Market = pallet_market;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

/// Most offers one match looks at.
pub const PROBES: u32 = 16;
/// Most slots of one offer.
pub const SLOTS: u16 = 8;
/// Longest life of an offer, blocks.
pub const LIFE: BlockNumber = 100;

/// A miner as the test wants it.
#[derive(Clone, Debug)]
pub struct Script {
	/// Whether it may take leases.
	pub active: bool,
	/// Collateral that backs no lease, planck.
	pub free: Balance,
	/// Collateral that backs leases, planck.
	pub locked: Balance,
}

parameter_types! {
	pub const MaxProbes: u32 = PROBES;
	pub const MaxSlots: u16 = SLOTS;
	pub const MaxOfferBlocks: BlockNumber = LIFE;
	pub static CollateralFactorPercent: u32 = 200;
	/// The miners there are.
	pub static Scripts: BTreeMap<AccountId, Script> = BTreeMap::new();
	/// How often a match asked for a miner's worker key.
	pub static Asked: u32 = 0;
	/// How the leases of each miner ended, in order.
	pub static Ended: Vec<(AccountId, Balance, LeaseFate)> = Vec::new();
}

/// Miners without a pallet behind them.
pub struct ScriptedBonds;

impl Bonds<AccountId> for ScriptedBonds {
	fn active_worker(miner: &AccountId) -> Option<WorkerKey> {
		Asked::mutate(|count| *count += 1);
		Scripts::get().get(miner).filter(|script| script.active).map(|_| worker(miner))
	}

	fn free_collateral(miner: &AccountId) -> Balance {
		Scripts::get().get(miner).filter(|script| script.active).map_or(0, |script| script.free)
	}

	fn lock(miner: &AccountId, amount: Balance) -> DispatchResult {
		Scripts::mutate(|scripts| {
			let script = scripts.get_mut(miner).filter(|script| script.active);
			let script = script.ok_or(DispatchError::Other("no miner"))?;
			ensure!(script.free >= amount, DispatchError::Other("too little is free"));
			script.free -= amount;
			script.locked += amount;
			Ok(())
		})
	}

	fn unlock(miner: &AccountId, amount: Balance, fate: LeaseFate) -> Balance {
		Ended::mutate(|ended| ended.push((miner.clone(), amount, fate)));
		Scripts::mutate(|scripts| {
			let script = scripts.get_mut(miner).expect("only miners hold leases");
			script.locked -= amount;
			script.free += amount;
		});
		0
	}
}

impl Config for Test {
	type Bonds = ScriptedBonds;
	type CollateralFactorPercent = CollateralFactorPercent;
	type MaxProbes = MaxProbes;
	type MaxSlots = MaxSlots;
	type MaxOfferBlocks = MaxOfferBlocks;
	type WeightInfo = ();
	type BondsWeight = BondsWeight;
}

parameter_types! {
	pub const BondsWeight: (Weight, Weight) = (Weight::from_parts(7, 0), Weight::from_parts(11, 0));
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

/// Makes account `number` a miner with `free` planck of collateral.
pub fn make_miner(number: u32, free: Balance) {
	let script = Script { active: true, free, locked: 0 };
	Scripts::mutate(|scripts| scripts.insert(account(number), script));
}

/// Changes what miner `number` is.
pub fn rescript(number: u32, change: impl FnOnce(&mut Script)) {
	Scripts::mutate(|scripts| change(scripts.get_mut(&account(number)).expect("is a miner")));
}

/// An Echo offer of account `number`.
pub fn offer(number: u32, price: Balance, slots: u16, expires_at: BlockNumber) -> DispatchResult {
	offer_in(Class::Echo, number, price, slots, expires_at)
}

/// An offer of account `number`.
pub fn offer_in(
	class: Class,
	number: u32,
	price: Balance,
	slots: u16,
	expires_at: BlockNumber,
) -> DispatchResult {
	Market::set_offer(RuntimeOrigin::signed(account(number)), class, price, slots, expires_at)
}

/// A miner with plenty of collateral and an Echo offer of `slots` slots that lives long.
pub fn miner_with_offer(number: u32, price: Balance, slots: u16) {
	make_miner(number, 1_000_000);
	let latest = System::block_number() + LIFE;
	frame_support::assert_ok!(offer(number, price, slots, latest));
}

/// The Echo offer of account `number`.
pub fn stored(number: u32) -> Option<Offer> {
	Offers::<Test>::get(Class::Echo, account(number))
}

/// A request for one Echo unit.
pub fn request(
	max_price: Balance,
	seed: u8,
	excluded: &[AccountId],
) -> MatchRequest<'_, AccountId> {
	MatchRequest {
		class: Class::Echo,
		units: 1,
		max_price_per_unit: max_price,
		excluded,
		seed: Hash::repeat_byte(seed),
	}
}

/// Matches one Echo unit.
pub fn assign(max_price: Balance, seed: u8) -> Option<Assignment<AccountId>> {
	Market::assign(&request(max_price, seed, &[]))
}

/// Ends an Echo lease of account `number`.
pub fn conclude(number: u32, collateral: Balance, fate: LeaseFate) {
	Market::conclude(&account(number), Class::Echo, collateral, fate);
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
	Scripts::set(BTreeMap::new());
	Asked::set(0);
	Ended::set(Vec::new());
	CollateralFactorPercent::set(200);
	externalities().execute_with(|| {
		System::set_block_number(1);
		test();
		Market::do_try_state().expect("the invariants hold after every test");
	});
}

/// Storage at genesis.
pub fn externalities() -> sp_io::TestExternalities {
	let genesis = frame_system::GenesisConfig::<Test>::default();
	sp_io::TestExternalities::new(genesis.build_storage().expect("genesis builds"))
}
