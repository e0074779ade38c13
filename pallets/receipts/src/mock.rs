//! A runtime of this pallet alone: the leases are a script, the signatures are real.

use crate as pallet_receipts;
use crate::*;
use aitbc_primitives::{
	Cid, FailureCode, GemmShape, Outcome, RECEIPT_VERSION, Receipt, Replication, Workload,
};
use frame_support::{
	BoundedVec, derive_impl, dispatch::CheckIfFeeless, storage::with_storage_layer,
	traits::UnfilteredDispatchable,
};
use sp_core::{Pair as _, sr25519::Pair};
use sp_runtime::{BuildStorage, traits::IdentityLookup};
use std::{cell::RefCell, collections::BTreeMap};

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
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

impl Config for Test {
	type Leases = ScriptedLeases;
	type WeightInfo = ();
}

/// What reached the pallet below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
	Commitment(JobId, ReplicaIndex, Hash),
	Answer(JobId, ReplicaIndex, Verdict),
}

#[derive(Default)]
struct Script {
	leases: BTreeMap<(JobId, ReplicaIndex), (Lease<AccountId>, JobSpec)>,
	/// Whether all have committed.
	reveals_open: bool,
	/// What the pallet below says to the next answer.
	refusal: Option<DispatchError>,
	seen: Vec<Seen>,
}

thread_local! {
	static SCRIPT: RefCell<Script> = RefCell::default();
}

fn script<R>(with: impl FnOnce(&mut Script) -> R) -> R {
	SCRIPT.with_borrow_mut(with)
}

/// Leases as the test wrote them.
pub struct ScriptedLeases;

impl ScriptedLeases {
	fn set_state(job: JobId, replica: ReplicaIndex, state: LeaseState) {
		script(|script| {
			let (lease, _) = script.leases.get_mut(&(job, replica)).expect("scripted");
			lease.state = state;
		});
	}
}

impl Leases<AccountId> for ScriptedLeases {
	fn lease(job: JobId, replica: ReplicaIndex) -> Option<(Lease<AccountId>, JobSpec)> {
		script(|script| script.leases.get(&(job, replica)).cloned())
	}

	fn may_reveal(_: JobId) -> bool {
		script(|script| script.reveals_open)
	}

	fn commit(job: JobId, replica: ReplicaIndex, commitment: Hash) -> DispatchResult {
		script(|script| script.seen.push(Seen::Commitment(job, replica, commitment)));
		Self::set_state(job, replica, LeaseState::Committed { commitment });
		Ok(())
	}

	fn answer(job: JobId, replica: ReplicaIndex, verdict: Verdict) -> DispatchResult {
		if let Some(refusal) = script(|script| script.refusal.take()) {
			return Err(refusal);
		}
		script(|script| script.seen.push(Seen::Answer(job, replica, verdict)));
		Self::set_state(job, replica, LeaseState::Revealed { verdict });
		Ok(())
	}

	fn commit_weight() -> Weight {
		Weight::from_parts(1_000, 0)
	}

	fn answer_weight() -> Weight {
		Weight::from_parts(2_000, 0)
	}
}

/// The job of most tests.
pub const JOB: JobId = JobId(7);
/// Last block in which the leases of the mock take an answer.
pub const DELIVER_BY: BlockNumber = 20;
/// Relays receipts and is no worker.
pub const RELAY: AccountId = AccountId::new([9; 32]);
pub const SALT: [u8; 32] = [5; 32];

/// The n-th worker's key.
pub fn worker(n: u8) -> Pair {
	Pair::from_seed(&[n + 1; 32])
}

pub fn account(pair: &Pair) -> AccountId {
	pair.public().into()
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
		replication: Replication::SINGLE,
		start_within_blocks: 5,
		deliver_within_blocks: 10,
	}
}

pub fn replicated() -> JobSpec {
	JobSpec { replication: Replication { replicas: 3, quorum: 2 }, ..spec() }
}

/// Lets replica `replica` of `job` to the worker of that number.
pub fn let_to(job: JobId, replica: ReplicaIndex, spec: JobSpec, worker: &Pair) {
	let lease = Lease {
		miner: AccountId::new([200; 32]),
		worker: worker.public(),
		attempt: 1,
		price_per_unit: 60,
		collateral: 120,
		leased_at: 1,
		deliver_by: DELIVER_BY,
		state: LeaseState::Leased,
	};
	script(|script| script.leases.insert((job, replica), (lease, spec)));
}

/// Ends a lease.
pub fn end_lease(job: JobId, replica: ReplicaIndex) {
	script(|script| script.leases.remove(&(job, replica)));
}

pub fn open_reveals() {
	script(|script| script.reveals_open = true);
}

pub fn refuse_next_answer(error: DispatchError) {
	script(|script| script.refusal = Some(error));
}

pub fn seen() -> Vec<Seen> {
	script(|script| script.seen.clone())
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

/// What a worker commits to.
pub fn commitment(signed: &SignedReceipt, worker: &Pair, salt: &[u8; 32]) -> Hash {
	commitment_of(signed.receipt.hash(), &worker.public(), salt)
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn is_feeless(who: &AccountId, call: &Call<Test>) -> bool {
	CheckIfFeeless::is_feeless(call, &signed(who.clone()))
}

/// Dispatches in a transaction, as the runtime does.
pub fn dispatch(who: &AccountId, call: Call<Test>) -> DispatchResult {
	with_storage_layer(|| {
		call.dispatch_bypass_filter(signed(who.clone())).map(|_| ()).map_err(|error| error.error)
	})
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
	script(|script| *script = Script::default());
	let storage =
		frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis");
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
