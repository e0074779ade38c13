//! A runtime of this pallet and of what stands around it: fees, the pool's view of a transaction, calls
//! within calls. The leases are a script, the signatures are real.

use crate as pallet_receipts;
use crate::*;
use aitbc_primitives::{
	Balance, Cid, FailureCode, GemmShape, LeaseBond, Outcome, RECEIPT_VERSION, Receipt,
	Replication, Workload,
};
use frame_support::{
	derive_impl,
	dispatch::{CheckIfFeeless, DispatchInfo, GetDispatchInfo, PostDispatchInfo},
	parameter_types,
	storage::with_storage_layer,
	storage_alias,
	traits::{ConstU8, InstanceFilter, UnfilteredDispatchable},
	weights::{IdentityFee, constants::WEIGHT_REF_TIME_PER_SECOND},
};
use frame_system::limits::BlockWeights;
use pallet_transaction_payment::{ChargeTransactionPayment, FungibleAdapter};
use sp_core::{Pair as _, sr25519::Pair};
use sp_runtime::{
	BuildStorage, DispatchResultWithInfo, Perbill, Permill,
	traits::{BlakeTwo256, DispatchTransaction, IdentityLookup, TransactionExtension},
	transaction_validity::{TransactionSource, TransactionValidityError, ValidTransaction},
};
use std::cell::{Cell, RefCell};

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
	pub type ReceiptsPallet = pallet_receipts::Pallet<Test>;
	#[runtime::pallet_index(2)]
	pub type Balances = pallet_balances::Pallet<Test>;
	#[runtime::pallet_index(3)]
	pub type TransactionPayment = pallet_transaction_payment::Pallet<Test>;
	#[runtime::pallet_index(4)]
	pub type SkipFeeless = pallet_skip_feeless_payment::Pallet<Test>;
	#[runtime::pallet_index(5)]
	pub type Utility = pallet_utility::Pallet<Test>;
	#[runtime::pallet_index(6)]
	pub type Proxy = pallet_proxy::Pallet<Test>;
	#[runtime::pallet_index(7)]
	pub type Multisig = pallet_multisig::Pallet<Test>;
	#[runtime::pallet_index(8)]
	pub type Sudo = pallet_sudo::Pallet<Test>;
}

/// What the chain's runtime has around a transaction, as far as it concerns receipts, in its order.
pub type TxExtension = (
	frame_system::CheckNonZeroSender<Test>,
	PrioritiseReceipts<Test, frame_system::CheckNonce<Test>>,
	frame_system::CheckWeight<Test>,
	pallet_skip_feeless_payment::SkipCheckIfFeeless<Test, ChargeTransactionPayment<Test>>,
);

parameter_types! {
	pub Weights: BlockWeights = BlockWeights::with_sensible_defaults(
		Weight::from_parts(2 * WEIGHT_REF_TIME_PER_SECOND, u64::MAX),
		Perbill::from_percent(75),
	);
	pub const Deposit: Balance = 1;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type BlockWeights = Weights;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = Deposit;
}

#[derive_impl(pallet_transaction_payment::config_preludes::TestDefaultConfig)]
impl pallet_transaction_payment::Config for Test {
	type OnChargeTransaction = FungibleAdapter<Balances, ()>;
	type OperationalFeeMultiplier = ConstU8<5>;
	type WeightToFee = IdentityFee<Balance>;
	type LengthToFee = IdentityFee<Balance>;
}

impl pallet_skip_feeless_payment::Config for Test {
	type RuntimeEvent = RuntimeEvent;
}

impl pallet_utility::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = ();
}

/// May everything.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct AnyProxy;

impl InstanceFilter<RuntimeCall> for AnyProxy {
	fn filter(&self, _: &RuntimeCall) -> bool {
		true
	}
}

impl pallet_proxy::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = AnyProxy;
	type ProxyDepositBase = Deposit;
	type ProxyDepositFactor = Deposit;
	type MaxProxies = ConstU32<4>;
	type WeightInfo = ();
	type MaxPending = ConstU32<4>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = Deposit;
	type AnnouncementDepositFactor = Deposit;
	type BlockNumberProvider = System;
}

impl pallet_multisig::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type DepositBase = Deposit;
	type DepositFactor = Deposit;
	type MaxSignatories = ConstU32<4>;
	type WeightInfo = ();
	type BlockNumberProvider = System;
}

#[derive_impl(pallet_sudo::config_preludes::TestDefaultConfig)]
impl pallet_sudo::Config for Test {}

impl Config for Test {
	type Leases = ScriptedLeases;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = ScriptedLeases;
}

/// What reached the pallet below.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Seen {
	Commitment(JobId, ReplicaIndex, Hash),
	Answer(JobId, ReplicaIndex, Verdict),
}

// The script is kept in storage, so that it is rolled back with everything else.
#[storage_alias]
type Scripted = StorageDoubleMap<
	Script,
	Twox64Concat,
	JobId,
	Twox64Concat,
	ReplicaIndex,
	(Lease<AccountId>, JobSpec),
>;
#[storage_alias]
type RevealsOpen = StorageMap<Script, Twox64Concat, JobId, (), OptionQuery>;
#[storage_alias]
type Log = StorageValue<Script, Vec<Seen>, ValueQuery>;

thread_local! {
	/// What the pallet below says to the next answer.
	static REFUSAL: RefCell<Option<DispatchError>> = const { RefCell::new(None) };
	/// How often a lease was looked up, and how often it was asked whether reveals are open.
	static LOOKUPS: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
}

/// Leases as the test wrote them.
pub struct ScriptedLeases;

impl ScriptedLeases {
	fn set_state(job: JobId, replica: ReplicaIndex, state: LeaseState) {
		let (lease, spec) = Scripted::get(job, replica).expect("scripted");
		Scripted::insert(job, replica, (Lease { state, ..lease }, spec));
	}

	fn count(job: JobId, wanted: fn(&LeaseState) -> bool) -> usize {
		Scripted::iter_prefix_values(job).filter(|(lease, _)| wanted(&lease.state)).count()
	}
}

impl Leases<AccountId> for ScriptedLeases {
	fn lease(job: JobId, replica: ReplicaIndex) -> Option<(Lease<AccountId>, JobSpec)> {
		LOOKUPS.set((LOOKUPS.get().0 + 1, LOOKUPS.get().1));
		Scripted::get(job, replica)
	}

	fn may_reveal(job: JobId) -> bool {
		LOOKUPS.set((LOOKUPS.get().0, LOOKUPS.get().1 + 1));
		RevealsOpen::contains_key(job)
	}

	fn commit(job: JobId, replica: ReplicaIndex, commitment: Hash) -> DispatchResult {
		Log::append(Seen::Commitment(job, replica, commitment));
		Self::set_state(job, replica, LeaseState::Committed { commitment });
		let (_, spec) = Scripted::get(job, replica).expect("scripted");
		let committed = Self::count(job, |state| matches!(state, LeaseState::Committed { .. }));
		if committed == usize::from(spec.replication.replicas) {
			RevealsOpen::insert(job, ());
		}
		Ok(())
	}

	fn answer(job: JobId, replica: ReplicaIndex, verdict: Verdict) -> DispatchResult {
		if let Some(refusal) = REFUSAL.take() {
			return Err(refusal);
		}
		Log::append(Seen::Answer(job, replica, verdict));
		Self::set_state(job, replica, LeaseState::Revealed { verdict });
		if Self::count(job, |state| !matches!(state, LeaseState::Revealed { .. })) == 0 {
			RevealsOpen::remove(job);
		}
		Ok(())
	}
}

/// The job of most tests.
pub const JOB: JobId = JobId(7);
/// Last block in which the leases of the mock take an answer.
pub const DELIVER_BY: BlockNumber = 20;
/// Relays receipts and is no worker. Has coins.
pub const RELAY: AccountId = AccountId::new([9; 32]);
/// Holds the sudo key. Has coins.
pub const ROOT: AccountId = AccountId::new([8; 32]);
pub const SALT: [u8; 32] = [5; 32];
pub const ENDOWMENT: Balance = u64::MAX as Balance * 1_000;

/// The n-th worker's key.
pub fn worker(n: u8) -> Pair {
	Pair::from_seed(&[n + 1; 32])
}

pub fn account(pair: &Pair) -> AccountId {
	pair.public().into()
}

/// The account of the n-th worker.
pub fn who(n: u8) -> AccountId {
	account(&worker(n))
}

pub fn genesis() -> Hash {
	System::block_hash(0)
}

/// A matrix product of one unit.
pub fn spec() -> JobSpec {
	JobSpec {
		workload: Workload::Gemm(GemmShape { m: 4, k: 4, n: 4 }),
		inputs: BoundedVec::truncate_from(vec![Cid::of_raw(b"a"), Cid::of_raw(b"b")]),
		params: Default::default(),
		units_limit: 10,
		max_price_per_unit: 100,
		tip: 0,
		replication: Replication::SINGLE,
		requirements: Default::default(),
		start_within_blocks: 5,
		deliver_within_blocks: 10,
	}
}

pub fn replicated() -> JobSpec {
	JobSpec { replication: Replication { replicas: 3, quorum: 2, tie_breakers: 1 }, ..spec() }
}

/// Lets replica `replica` of `job` to the worker, whose account is made to exist.
pub fn let_to(job: JobId, replica: ReplicaIndex, spec: JobSpec, worker: &Pair) {
	if System::sufficients(&account(worker)) == 0 {
		System::inc_sufficients(&account(worker));
	}
	let miner = AccountId::new([200; 32]);
	let bond = LeaseBond {
		collateral: 120,
		slash_late: Perbill::from_percent(5),
		slash_withheld: Perbill::from_percent(50),
	};
	let lease = Lease {
		owner: miner.clone(),
		miner,
		worker: worker.public(),
		attempt: 1,
		price_per_unit: 60,
		fee: Permill::from_percent(2),
		bond,
		leased_at: 1,
		deliver_by: DELIVER_BY,
		state: LeaseState::Leased,
	};
	Scripted::insert(job, replica, (lease, spec));
}

/// Lets three replicas of [`JOB`] to workers 0 … 2 and gives their right answers.
pub fn let_three() -> Vec<SignedReceipt> {
	(0..3)
		.map(|replica| {
			let_to(JOB, replica, replicated(), &worker(replica));
			sign(receipt(JOB, replica, &replicated()), &worker(replica))
		})
		.collect()
}

/// As [`let_three`]; all three commit with [`SALT`].
pub fn committed() -> Vec<SignedReceipt> {
	let answers = let_three();
	for answer in &answers {
		commit_to(answer).expect("in time");
	}
	take_events();
	answers
}

/// Ends a lease.
pub fn end_lease(job: JobId, replica: ReplicaIndex) {
	Scripted::remove(job, replica);
}

/// Changes a lease as nobody but the test could.
pub fn change_lease(job: JobId, replica: ReplicaIndex, change: impl FnOnce(&mut Lease<AccountId>)) {
	let (mut lease, spec) = Scripted::get(job, replica).expect("scripted");
	change(&mut lease);
	Scripted::insert(job, replica, (lease, spec));
}

pub fn open_reveals() {
	RevealsOpen::insert(JOB, ());
}

pub fn close_reveals() {
	RevealsOpen::remove(JOB);
}

pub fn refuse_next_answer(error: DispatchError) {
	REFUSAL.set(Some(error));
}

pub fn seen() -> Vec<Seen> {
	Log::get()
}

/// Answers that reached the pallet below.
pub fn answers_seen() -> usize {
	seen().iter().filter(|seen| matches!(seen, Seen::Answer(..))).count()
}

/// What `question` makes this pallet ask: look-ups of leases, and questions whether reveals are open.
pub fn asked<R>(question: impl FnOnce() -> R) -> (R, (u32, u32)) {
	LOOKUPS.set((0, 0));
	(question(), LOOKUPS.get())
}

/// The right answer to a lease of the mock.
pub fn receipt(job: JobId, replica: ReplicaIndex, spec: &JobSpec) -> Receipt {
	let output = b"sixteen words of output".to_vec();
	Receipt {
		version: RECEIPT_VERSION,
		genesis: genesis(),
		job,
		replica,
		attempt: 1,
		program: spec.workload.program(),
		input_root: spec.input_root(),
		outcome: Outcome::Completed {
			output: Cid::of_raw(&output),
			inline: BoundedVec::truncate_from(output),
		},
		trace_root: Hash::repeat_byte(3),
		units: spec.units().expect("the specification has units"),
		profile: Hash::repeat_byte(4),
		started_at: 2,
		finished_at: 3,
	}
}

/// The right way to say that the work failed.
pub fn failed(receipt: Receipt) -> Receipt {
	Receipt {
		outcome: Outcome::Failed { code: FailureCode::DeviceFault },
		trace_root: Hash::zero(),
		units: 0,
		..receipt
	}
}

pub fn sign(receipt: Receipt, worker: &Pair) -> SignedReceipt {
	let signature = worker.sign(&receipt.signing_payload());
	SignedReceipt { receipt, signature }
}

/// The right answer of worker 0 to a single job, which is let to it.
pub fn single(job: JobId) -> SignedReceipt {
	let_to(job, 0, spec(), &worker(0));
	sign(receipt(job, 0, &spec()), &worker(0))
}

/// What a worker commits to.
pub fn commitment(signed: &SignedReceipt, worker: &Pair, salt: &[u8; 32]) -> Hash {
	commitment_of(signed.receipt.hash(), &worker.public(), salt)
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn plain(result: DispatchResultWithPostInfo) -> DispatchResult {
	result.map(|_| ()).map_err(|failed| failed.error)
}

pub fn commit(who: &AccountId, replica: ReplicaIndex, commitment: Hash) -> DispatchResult {
	ReceiptsPallet::commit(signed(who.clone()), JOB, replica, commitment)
}

/// Worker `n` commits to its answer to replica `n`, with [`SALT`].
pub fn commit_to(answer: &SignedReceipt) -> DispatchResult {
	let replica = answer.receipt.replica;
	let bound = commitment(answer, &worker(replica), &SALT);
	ReceiptsPallet::commit(signed(who(replica)), answer.receipt.job, replica, bound)
}

/// Relayed by one who is no worker.
pub fn submit(answer: SignedReceipt) -> DispatchResult {
	plain(ReceiptsPallet::submit(signed(RELAY), answer))
}

/// Relayed by one who is no worker.
pub fn reveal(answer: &SignedReceipt, salt: [u8; 32]) -> DispatchResult {
	plain(ReceiptsPallet::reveal(signed(RELAY), answer.clone(), salt))
}

/// The call that shows `answer`, at once or with a salt.
pub fn call_of(answer: Answer) -> Call<Test> {
	match answer {
		Answer::Submit(receipt) => Call::submit { receipt },
		Answer::Reveal(receipt, salt) => Call::reveal { receipt, salt },
	}
}

pub fn batch_of(answers: Vec<Answer>) -> Call<Test> {
	Call::submit_batch { answers: answers.try_into().expect("not too many") }
}

pub fn is_feeless(who: &AccountId, call: &Call<Test>) -> bool {
	CheckIfFeeless::is_feeless(call, &signed(who.clone()))
}

/// Dispatches in a transaction, as the runtime does. What it cost comes with it.
pub fn dispatch_in_full(who: &AccountId, call: Call<Test>) -> DispatchResultWithPostInfo {
	with_storage_layer(|| call.dispatch_bypass_filter(signed(who.clone())))
}

/// Dispatches in a transaction, as the runtime does.
pub fn dispatch(who: &AccountId, call: Call<Test>) -> DispatchResult {
	plain(dispatch_in_full(who, call))
}

pub fn extension(nonce: u32, tip: Balance) -> TxExtension {
	(
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckNonce::from(nonce).into(),
		frame_system::CheckWeight::new(),
		ChargeTransactionPayment::from(tip).into(),
	)
}

/// What a transaction of `call` weighs.
pub fn info_of(call: &RuntimeCall) -> DispatchInfo {
	DispatchInfo { extension_weight: extension(0, 0).weight(call), ..call.get_dispatch_info() }
}

/// What a pool is told of a transaction that comes from `source`.
pub fn validate_from(
	source: TransactionSource,
	who: &AccountId,
	call: &RuntimeCall,
	nonce: u32,
	tip: Balance,
) -> Result<ValidTransaction, TransactionValidityError> {
	extension(nonce, tip)
		.validate_only(
			Some(who.clone()).into(),
			call,
			&info_of(call),
			call.encoded_size(),
			source,
			0,
		)
		.map(|(validity, _, _)| validity)
}

/// What a pool is told of a transaction without a tip.
pub fn validate(
	who: &AccountId,
	call: &RuntimeCall,
	nonce: u32,
) -> Result<ValidTransaction, TransactionValidityError> {
	validate_from(TransactionSource::External, who, call, nonce, 0)
}

pub fn next_nonce(who: &AccountId) -> u32 {
	System::account_nonce(who)
}

/// Runs a transaction in the present block, with the account's next nonce.
pub fn transact(
	who: &AccountId,
	call: RuntimeCall,
) -> Result<DispatchResultWithInfo<PostDispatchInfo>, TransactionValidityError> {
	let (info, length) = (info_of(&call), call.encoded_size());
	extension(next_nonce(who), 0).dispatch_transaction(
		Some(who.clone()).into(),
		call,
		&info,
		length,
		0,
	)
}

/// Runs a test in a fresh chain and checks the invariants at its end.
pub fn execute(test: impl FnOnce()) {
	execute_unchecked(|| {
		test();
		ReceiptsPallet::do_try_state().expect("the invariants hold");
	});
}

/// As [`execute`], for tests that break storage on purpose.
pub fn execute_unchecked(test: impl FnOnce()) {
	REFUSAL.set(None);
	let mut storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
	let balances = vec![(RELAY, ENDOWMENT), (ROOT, ENDOWMENT)];
	pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.expect("balances fit");
	pallet_sudo::GenesisConfig::<Test> { key: Some(ROOT) }
		.assimilate_storage(&mut storage)
		.expect("a key");
	sp_io::TestExternalities::from(storage).execute_with(|| {
		System::set_block_number(5);
		test();
	});
}

/// Events of this pallet since the last call, oldest first.
pub fn take_events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::ReceiptsPallet(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}

pub fn free(who: &AccountId) -> Balance {
	Balances::free_balance(who)
}

/// Leases appear out of the air.
#[cfg(feature = "runtime-benchmarks")]
impl aitbc_primitives::benchmarking::BenchmarkWorld for ScriptedLeases {
	fn endow(who: &AccountId, amount: Balance) {
		use frame_support::traits::fungible::Mutate;
		Balances::mint_into(who, amount).expect("fits");
	}

	fn worker(index: u32) -> WorkerKey {
		worker(u8::try_from(index).expect("few workers")).public()
	}

	fn sign(key: &WorkerKey, payload: &[u8]) -> aitbc_primitives::WorkerSignature {
		let pair = (0..64).map(worker).find(|pair| pair.public() == *key).expect("one of ours");
		pair.sign(payload)
	}

	fn miner(index: u32) -> AccountId {
		AccountId::new([100 + u8::try_from(index).expect("few miners"); 32])
	}

	fn offer(_: &AccountId, _: aitbc_primitives::Class, _: aitbc_primitives::OfferTerms) {}

	fn leased(_: &AccountId, spec: JobSpec) -> JobId {
		let job = (1..).map(JobId).find(|job| Scripted::iter_prefix(*job).next().is_none());
		let job = job.expect("numbers do not end");
		let named = spec.requirements.allow.clone();
		for replica in 0..spec.replication.replicas {
			let index = named.get(usize::from(replica)).map_or(replica, |miner| {
				let bytes: &[u8; 32] = miner.as_ref();
				bytes[0] - 100
			});
			let_to(job, replica, spec.clone(), &worker(index));
		}
		job
	}

	fn next_block() {
		System::set_block_number(System::block_number() + 1);
	}
}
