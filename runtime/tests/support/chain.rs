//! A chain of the real runtime in memory: genesis, blocks, extrinsics.

use super::{
	alarm, genesis,
	ledger::Ledger,
	people::{Person, people},
};
use aitbc_runtime::{
	AIT, AccountId, AllPalletsWithSystem, Babe, Balance, Balances, BlockNumber, Executive, Header,
	Runtime, RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, RuntimeOrigin, SignedPayload, System,
	TxExtension, UncheckedExtrinsic, configs::consensus::time::SLOT_DURATION_MS,
	genesis_config_presets::get_preset, invariants,
};
use codec::Encode;
use frame_support::{
	dispatch::DispatchResultWithPostInfo,
	storage::{storage_prefix, unhashed},
	traits::{OnFinalize, OnIdle, fungible::Inspect},
	weights::Weight,
};
use sp_consensus_babe::{
	BABE_ENGINE_ID, Slot,
	digests::{PreDigest, SecondaryVRFPreDigest},
	make_vrf_sign_data,
};
use sp_core::{Pair as _, crypto::VrfSecret, sr25519, storage::Storage};
use sp_runtime::{
	ApplyExtrinsicResult, BuildStorage, Digest, DigestItem, MultiAddress, MultiSignature,
	generic::Era,
	traits::{BlakeTwo256, Dispatchable, Hash as _, Header as _},
	transaction_validity::TransactionValidityError,
};
use std::{
	collections::HashMap,
	sync::{LazyLock, Mutex},
};

/// What each person of the tests who has coins begins with, planck.
pub const ENDOWMENT: Balance = 1_000_000 * AIT;
/// The slot of block one. Any but zero.
const FIRST_SLOT: u64 = 1_000;

/// Genesis of the preset `development`, with coins for the people of these tests.
static GENESIS: LazyLock<Storage> = LazyLock::new(|| {
	let preset = get_preset(&"development".into()).expect("the preset exists");
	let mut config: RuntimeGenesisConfig = genesis::from_preset(&preset);
	config.balances.balances.extend(people().with_coins().map(|who| (who.id(), ENDOWMENT)));
	config.build_storage().expect("genesis can be stored")
});

/// A chain in its first block, and the end of it: every invariant is checked after `test`.
pub fn with_world(test: impl FnOnce(&mut World)) {
	run(Blocks::Whole, test);
}

/// As [`with_world`], but the blocks have no state root, which takes most of their time.
pub fn with_quick_world(test: impl FnOnce(&mut World)) {
	run(Blocks::Rootless, test);
}

fn run(blocks: Blocks, test: impl FnOnce(&mut World)) {
	sp_io::TestExternalities::new(GENESIS.clone()).execute_with(|| {
		let mut world = World::begin(blocks);
		test(&mut world);
		world.check();
		world.next_block();
		world.check();
	});
}

/// A chain on which `setup` was done, between two blocks, to be taken up with [`with_quick_copy`].
pub fn made(setup: impl FnOnce(&mut World)) -> Storage {
	sp_io::TestExternalities::new(GENESIS.clone()).execute_with(|| {
		let mut world = World::begin(Blocks::Rootless);
		setup(&mut world);
		world.check();
		world.close_block();
		whole_state()
	})
}

/// Everything that is stored on the chain.
fn whole_state() -> Storage {
	let keys =
		core::iter::successors(sp_io::storage::next_key(&[]), |key| sp_io::storage::next_key(key));
	let top = keys
		.filter_map(|key| {
			let value = sp_io::storage::get(&key)?;
			Some((key, value.to_vec()))
		})
		.collect();
	Storage { top, children_default: Default::default() }
}

/// A chain that goes on from what [`made`] returned, in a new block without state root. What is checked at
/// the end is up to `test`.
pub fn with_quick_copy(of: Storage, test: impl FnOnce(&mut World)) {
	sp_io::TestExternalities::new(of).execute_with(|| {
		let mut world = World::resume(Blocks::Rootless);
		world.open_block();
		test(&mut world);
	});
}

/// How blocks are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocks {
	/// As the node does it.
	Whole,
	/// Every hook runs, but no header is made.
	Rootless,
}

/// What a signed extrinsic that was included led to.
#[derive(Debug)]
pub struct Sent {
	/// What its call returned.
	pub outcome: Result<(), sp_runtime::DispatchError>,
	/// What the sender paid, planck.
	pub fee: Balance,
}

/// A chain with an open block. Lives inside externalities.
pub struct World {
	blocks: Blocks,
	slot: u64,
	/// How many numbers the next block leaves out.
	gap: BlockNumber,
	parent: aitbc_runtime::Hash,
	/// What events say, reckoned apart.
	ledger: Ledger,
	/// Every event since the beginning, in order.
	pub log: Vec<RuntimeEvent>,
	/// Events of the open block that are in `log` already.
	logged: usize,
}

impl World {
	fn begin(blocks: Blocks) -> Self {
		let mut world = Self::between_blocks(blocks, FIRST_SLOT);
		world.parent = BlakeTwo256::hash(b"genesis of the tests");
		world.open_block();
		world
	}

	/// Takes up a chain whose last block is ended, in the slot after its last.
	pub fn resume(blocks: Blocks) -> Self {
		Self::between_blocks(blocks, u64::from(Babe::current_slot()).saturating_add(1))
	}

	fn between_blocks(blocks: Blocks, slot: u64) -> Self {
		alarm::listen();
		let parent = BlakeTwo256::hash_of(&System::block_number());
		let ledger = Ledger::open();
		Self { blocks, slot, gap: 0, parent, ledger, log: Vec::new(), logged: 0 }
	}

	/// Begins the second books anew with the present state: after an upgrade, whose old layout they cannot
	/// read.
	pub fn reopen_books(&mut self) {
		self.note_events();
		self.ledger = Ledger::open();
	}

	/// Begins a block: hooks, the time, and what is done before the first transaction.
	pub fn open_block(&mut self) {
		self.open_block_with_inherents();
		Executive::inherents_applied();
		self.note_events();
	}

	/// As [`World::open_block`], but for what comes after the inherents: the first transaction sets it off.
	pub fn open_block_with_inherents(&mut self) {
		let gap = core::mem::take(&mut self.gap);
		System::set_block_number(System::block_number() + gap);
		let number = System::block_number() + 1;
		let mut header = Header::new(
			number,
			Default::default(),
			Default::default(),
			self.parent,
			Digest { logs: vec![claim(self.slot)] },
		);
		header.set_parent_hash(self.parent);
		Executive::initialize_block(&header);
		let now = self.slot * SLOT_DURATION_MS;
		let time = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now });
		Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(time))
			.expect("the time can be set")
			.expect("the time can be set");
		self.logged = 0;
		self.note_events();
	}

	/// Ends the open block.
	pub fn close_block(&mut self) {
		match self.blocks {
			Blocks::Whole => {
				self.parent = Executive::finalize_block().hash();
			}
			Blocks::Rootless => {
				end_without_root();
				self.parent = BlakeTwo256::hash_of(&self.parent);
			}
		}
		self.note_events();
		self.slot += 1;
	}

	/// Ends the open block and begins the next.
	pub fn next_block(&mut self) {
		self.close_block();
		self.open_block();
	}

	/// Ends the open block and begins one whose number is `blocks` more than the next: as for the hooks of
	/// the market while a migration goes on.
	pub fn skip(&mut self, blocks: BlockNumber) {
		self.close_block();
		self.gap = blocks;
		self.open_block();
	}

	/// `count` times [`World::next_block`].
	pub fn run(&mut self, count: u32) {
		for _ in 0..count {
			self.next_block();
		}
	}

	/// Makes blocks until `done`, at most `most`.
	///
	/// # Panics
	/// If it is not done by then.
	pub fn run_until(&mut self, most: u32, what: &str, mut done: impl FnMut() -> bool) {
		for _ in 0..most {
			if done() {
				return;
			}
			self.next_block();
		}
		assert!(done(), "after {most} blocks still not: {what}");
	}

	/// Number of the open block.
	pub fn now(&self) -> BlockNumber {
		System::block_number()
	}

	/// Moves the events of the open block that are new to the log and the ledger.
	pub fn note_events(&mut self) {
		let records = System::read_events_no_consensus().skip(self.logged);
		let before = self.log.len();
		self.log.extend(records.map(|record| record.event));
		self.logged += self.log.len() - before;
		for event in &self.log[before..] {
			self.ledger.note(event);
		}
	}

	/// The first event that `pick` makes something of.
	pub fn find<R>(&mut self, pick: impl FnMut(&RuntimeEvent) -> Option<R>) -> Option<R> {
		self.note_events();
		self.log.iter().find_map(pick)
	}

	/// How many events satisfy `test`.
	pub fn count(&mut self, mut test: impl FnMut(&RuntimeEvent) -> bool) -> usize {
		self.note_events();
		self.log.iter().filter(|event| test(event)).count()
	}

	/// Includes a signed extrinsic in the open block.
	///
	/// # Errors
	/// If it may not be included.
	pub fn send(
		&mut self,
		who: &Person,
		call: impl Into<RuntimeCall>,
	) -> Result<Sent, TransactionValidityError> {
		self.note_events();
		let before = self.log.len();
		let outcome = Executive::apply_extrinsic(sign(who, call.into(), 0))?;
		self.note_events();
		let fee = self.log[before..].iter().map(fee_of).sum();
		Ok(Sent { outcome, fee })
	}

	/// As [`World::send`], and it must succeed. Returns the fee.
	pub fn must(&mut self, who: &Person, call: impl Into<RuntimeCall>) -> Balance {
		let call = call.into();
		let shown = format!("{call:?}");
		let sent = self.send(who, call);
		let sent =
			sent.unwrap_or_else(|error| panic!("{} may not send {shown}: {error:?}", who.name));
		if let Err(error) = sent.outcome {
			panic!("{} failed in {shown}: {error:?}", who.name);
		}
		sent.fee
	}

	/// As [`World::send`], and it must be included and fail. Returns why.
	pub fn must_fail(
		&mut self,
		who: &Person,
		call: impl Into<RuntimeCall>,
	) -> sp_runtime::DispatchError {
		let call = call.into();
		let shown = format!("{call:?}");
		let sent = self.send(who, call);
		let sent =
			sent.unwrap_or_else(|error| panic!("{} may not send {shown}: {error:?}", who.name));
		sent.outcome.expect_err(&shown)
	}

	/// Dispatches without an extrinsic around it: no signature, no fee.
	pub fn call(
		&mut self,
		who: &Person,
		call: impl Into<RuntimeCall>,
	) -> DispatchResultWithPostInfo {
		call.into().dispatch(RuntimeOrigin::signed(who.id()))
	}

	/// Dispatches as root.
	pub fn root(&mut self, call: impl Into<RuntimeCall>) -> DispatchResultWithPostInfo {
		call.into().dispatch(RuntimeOrigin::root())
	}

	/// Every invariant of the market, the coins, and that nothing happened that was thought impossible.
	///
	/// # Panics
	/// If one does not hold.
	pub fn check(&mut self) {
		self.note_events();
		if let Err(error) = invariants::check() {
			panic!("in block {}: {error:?}", self.now());
		}
		if let Err(error) = self.check_ledger() {
			panic!("in block {}: {error}", self.now());
		}
		if let Some(alarm) = alarm::raised() {
			panic!("in block {}: {alarm}", self.now());
		}
	}

	/// Whether the state is what events say: see [`Ledger`].
	///
	/// # Errors
	/// What differs.
	pub fn check_ledger(&mut self) -> Result<(), String> {
		self.note_events();
		self.ledger.check()
	}
}

/// The fee of which an event tells, planck.
fn fee_of(event: &RuntimeEvent) -> Balance {
	use pallet_transaction_payment::Event;
	match event {
		RuntimeEvent::TransactionPayment(Event::TransactionFeePaid { actual_fee, .. }) => {
			*actual_fee
		}
		_ => 0,
	}
}

/// All coins of an account, planck.
pub fn total(who: &AccountId) -> Balance {
	Balances::total_balance(who)
}

/// The coins of an account that are not on hold, planck.
pub fn free(who: &AccountId) -> Balance {
	Balances::balance(who)
}

/// What Alice claims a slot with. The signatures are kept: every chain of these tests begins alike.
fn claim(slot: u64) -> DigestItem {
	/// Slot, epoch, and the epoch's randomness.
	type Slots = HashMap<(u64, u64, [u8; 32]), sr25519::vrf::VrfSignature>;
	static CLAIMS: LazyLock<Mutex<Slots>> = LazyLock::new(Default::default);
	let begun = *pallet_babe::GenesisSlot::<Runtime>::get() != 0;
	let current = if begun { Babe::current_epoch() } else { first_epoch() };
	let over = begun && slot.saturating_sub(*current.start_slot) >= current.duration;
	let epoch = if over { Babe::next_epoch() } else { current };
	let key = (slot, epoch.epoch_index, epoch.randomness);
	let mut claims = CLAIMS.lock().expect("no test panics while it holds the lock");
	let vrf_signature = claims
		.entry(key)
		.or_insert_with(|| {
			let data = make_vrf_sign_data(&epoch.randomness, Slot::from(slot), epoch.epoch_index);
			people().alice.pair.vrf_sign(&data)
		})
		.clone();
	let claim = SecondaryVRFPreDigest { authority_index: 0, slot: slot.into(), vrf_signature };
	DigestItem::PreRuntime(BABE_ENGINE_ID, PreDigest::SecondaryVRF(claim).encode())
}

/// The epoch before the first block has said when it begins.
fn first_epoch() -> sp_consensus_babe::Epoch {
	let mut epoch = Babe::current_epoch();
	epoch.start_slot = FIRST_SLOT.into();
	epoch
}

/// What `Executive::finalize_block` does, but for the header.
fn end_without_root() {
	if !System::inherents_applied() {
		Executive::inherents_applied();
	}
	System::note_finished_extrinsics();
	let number = System::block_number();
	let used = AllPalletsWithSystem::on_idle(number, remaining_weight());
	System::register_extra_weight_unchecked(
		used,
		frame_support::dispatch::DispatchClass::Mandatory,
	);
	AllPalletsWithSystem::on_finalize(number);
	// The part of `System::finalize` that later blocks depend on.
	frame_system::InherentsApplied::<Runtime>::kill();
	unhashed::kill(&storage_prefix(b"System", b"ExtrinsicCount"));
}

fn remaining_weight() -> Weight {
	let limits = <Runtime as frame_system::Config>::BlockWeights::get();
	limits.max_block.saturating_sub(System::block_weight().total())
}

/// The extensions of an extrinsic that lives for ever.
pub fn extension(nonce: aitbc_runtime::Nonce, tip: Balance) -> TxExtension {
	(
		frame_system::AuthorizeCall::new(),
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckMortality::from(Era::Immortal),
		frame_system::CheckNonce::from(nonce).into(),
		frame_system::CheckWeight::new(),
		pallet_transaction_payment::ChargeTransactionPayment::from(tip).into(),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
		frame_system::WeightReclaim::new(),
	)
}

/// A call as `who` signs it, with the account's next nonce.
pub fn sign(who: &Person, call: RuntimeCall, tip: Balance) -> UncheckedExtrinsic {
	sign_with_nonce(who, call, System::account_nonce(who.id()), tip)
}

/// A call as `who` signs it.
pub fn sign_with_nonce(
	who: &Person,
	call: RuntimeCall,
	nonce: aitbc_runtime::Nonce,
	tip: Balance,
) -> UncheckedExtrinsic {
	let payload = SignedPayload::new(call, extension(nonce, tip)).expect("the chain has begun");
	let signature = payload.using_encoded(|payload| who.pair.sign(payload));
	let (call, extension, _) = payload.deconstruct();
	UncheckedExtrinsic::new_signed(
		call,
		MultiAddress::Id(who.id()),
		MultiSignature::Sr25519(signature),
		extension,
	)
}

/// Includes any extrinsic.
pub fn apply(extrinsic: UncheckedExtrinsic) -> ApplyExtrinsicResult {
	Executive::apply_extrinsic(extrinsic)
}
