//! A chain in memory that keeps the rules of leases, an engine that can be held, and a daemon that
//! can be killed.

use aitbc_data::{DataError, DataStore, FolderStore};
use aitbc_miner::{DeviceProfile, Engine, WorkRequest, WorkResult};
use aitbc_offchain_worker::{
	chain::{Chain, ChainError, Head, Heads, Message, Registration},
	daemon::{DaemonError, Parts, Settings, serve},
	journal::Journal,
	keys::{KeyRing, WorkerKeys},
	lease::{ChainView, LeaseKey, LeaseView},
	outputs::Outputs,
};
use aitbc_primitives::{
	AccountId, BlockNumber, Cid, Hash, JobId, JobSpec, Lease, LeaseBond, LeaseState, ReplicaIndex,
	Replication, SignedReceipt, WgslCall, WorkerKey, Workload, commitment,
};
use futures::{StreamExt, stream};
use std::{
	collections::{BTreeMap, BTreeSet},
	path::Path,
	sync::{
		Arc, Mutex, MutexGuard,
		atomic::{AtomicUsize, Ordering},
	},
	time::Duration,
};
use subxt_signer::sr25519;
use tokio::{
	sync::{oneshot, watch},
	task::JoinHandle,
	time::{sleep, timeout},
};

pub const GENESIS: Hash = Hash::repeat_byte(0xAB);
const BLOCK_TIME: Duration = Duration::from_millis(25);

pub fn miner() -> AccountId {
	AccountId::new([1; 32])
}

pub fn worker() -> WorkerKey {
	WorkerKeys::from_pair(sr25519::dev::alice()).public()
}

/// A key the worker had before, or has now and had not then.
pub fn rotated_worker() -> WorkerKey {
	WorkerKeys::from_pair(sr25519::dev::bob()).public()
}

/// One block's state.
#[derive(Clone, Default)]
struct Block {
	leases: BTreeMap<LeaseKey, LeaseView>,
	/// Jobs whose other replicas have committed, with the last block for reveals.
	others_committed: BTreeMap<LeaseKey, BlockNumber>,
	receipts: BTreeMap<LeaseKey, SignedReceipt>,
}

pub struct State {
	pub genesis: Hash,
	blocks: Vec<Block>,
	pub finalized: BlockNumber,
	pool: Vec<Message>,
	/// Everything that was ever sent, refused or not.
	pub sent: Vec<Message>,
	pub online: bool,
	/// So many messages are refused from now on.
	pub refuse: usize,
}

impl State {
	pub fn best(&self) -> BlockNumber {
		BlockNumber::try_from(self.blocks.len()).expect("few blocks") - 1
	}

	fn tip(&mut self) -> &mut Block {
		self.blocks.last_mut().expect("there is a block zero")
	}

	/// The receipt that was taken for `key`.
	pub fn receipt(&mut self, key: LeaseKey) -> Option<SignedReceipt> {
		self.tip().receipts.get(&key).cloned()
	}

	pub fn lease_state(&mut self, key: LeaseKey) -> Option<LeaseState> {
		self.tip().leases.get(&key).map(|view| view.lease.state)
	}

	pub fn others_commit(&mut self, key: LeaseKey) {
		self.others_commit_until(key, BlockNumber::MAX);
	}

	/// As [`Self::others_commit`]; reveals are taken up to and with block `reveal_by`.
	pub fn others_commit_until(&mut self, key: LeaseKey, reveal_by: BlockNumber) {
		self.tip().others_committed.insert(key, reveal_by);
	}

	/// The answers found no quorum: one more replica is let, whose commitment is waited for.
	pub fn tie(&mut self, key: LeaseKey) {
		self.tip().others_committed.remove(&key);
	}

	/// Ends a lease without an answer.
	pub fn end(&mut self, key: LeaseKey) {
		self.tip().leases.remove(&key);
	}

	/// Lets replica `replica` of a job of two whose answers found no quorum.
	pub fn tie_breaker(&mut self, job: u64, replica: ReplicaIndex, params: &[u8]) -> LeaseKey {
		let first = self.lease(job, &[], params, 2);
		let view = self.tip().leases.remove(&first).expect("just let");
		let view = LeaseView { replica, ..view };
		let key = view.key();
		self.tip().leases.insert(key, view);
		key
	}

	/// Lets replica zero of a job that runs a shader of so many units.
	pub fn shader(&mut self, job: u64, program: Cid, units_limit: u64) -> LeaseKey {
		let key = self.lease(job, &[], &[], 1);
		let call = WgslCall { program, workgroups: [1; 3], output_bytes: 4 };
		let view = self.tip().leases.get_mut(&key).expect("just let");
		view.spec = JobSpec { workload: Workload::Wgsl(call), units_limit, ..view.spec.clone() };
		key
	}

	/// Lets replica zero of a job of `inputs` for `window` blocks.
	pub fn lease(&mut self, job: u64, inputs: &[Cid], params: &[u8], replicas: u8) -> LeaseKey {
		self.lease_within(job, inputs, params, replicas, 400)
	}

	pub fn lease_within(
		&mut self,
		job: u64,
		inputs: &[Cid],
		params: &[u8],
		replicas: u8,
		window: BlockNumber,
	) -> LeaseKey {
		let spec = JobSpec {
			workload: Workload::Echo,
			inputs: inputs.to_vec().try_into().expect("few inputs"),
			params: params.to_vec().try_into().expect("short parameters"),
			units_limit: 1,
			max_price_per_unit: 1,
			tip: 0,
			replication: Replication {
				replicas,
				quorum: replicas,
				tie_breakers: u8::from(replicas > 1),
			},
			requirements: Default::default(),
			start_within_blocks: 10,
			deliver_within_blocks: window,
		};
		let best = self.best();
		let lease = Lease {
			miner: miner(),
			worker: worker(),
			attempt: 0,
			owner: miner(),
			price_per_unit: 1,
			fee: Default::default(),
			bond: LeaseBond {
				collateral: 1,
				slash_late: Default::default(),
				slash_withheld: Default::default(),
			},
			leased_at: best,
			deliver_by: best + window,
			state: LeaseState::Leased,
		};
		let view = LeaseView { job: JobId(job), replica: 0, lease, spec, reveal_by: None };
		let key = view.key();
		self.tip().leases.insert(key, view);
		key
	}

	/// Hashes of all receipts that were ever shown or committed to for a job.
	pub fn answers(&self, job: u64) -> BTreeSet<Hash> {
		let hash = |message: &Message| match message {
			Message::Submit { receipt } | Message::Reveal { receipt, .. } => {
				(receipt.receipt.job == JobId(job)).then(|| receipt.receipt.hash())
			}
			Message::Commit { .. } => None,
		};
		self.sent.iter().filter_map(hash).collect()
	}

	pub fn commitments(&self, of: u64) -> BTreeSet<Hash> {
		let commitment = |message: &Message| match message {
			Message::Commit { job, commitment, .. } => (*job == JobId(of)).then_some(*commitment),
			_ => None,
		};
		self.sent.iter().filter_map(commitment).collect()
	}

	fn make_block(&mut self) {
		let number = self.best() + 1;
		let mut block = self.blocks.last().cloned().expect("there is a block zero");
		for message in std::mem::take(&mut self.pool) {
			apply(&mut block, number, self.genesis, message);
		}
		block.leases.retain(|_, view| {
			number <= view.lease.deliver_by || !matches!(view.lease.state, LeaseState::Leased)
		});
		self.blocks.push(block);
		self.finalized = self.finalized.max(number.saturating_sub(3));
	}

	/// Takes back so many blocks.
	pub fn reorg(&mut self, depth: usize) {
		let length = self.blocks.len() - depth;
		assert!(length > self.finalized as usize, "final blocks stay");
		self.blocks.truncate(length);
	}

	/// Gives the lease the worker's other key, as if the one it began under had been rotated.
	pub fn rotate(&mut self, key: LeaseKey) {
		let view = self.tip().leases.get_mut(&key).expect("the lease lives");
		view.lease.worker = rotated_worker();
	}

	/// Whether `signer` is the key of the message's lease, as far as the lease still lives.
	fn signs(&mut self, signer: &WorkerKey, message: &Message) -> bool {
		let (job, replica) = match message {
			Message::Commit { job, replica, .. } => (*job, *replica),
			Message::Submit { receipt } | Message::Reveal { receipt, .. } => {
				(receipt.receipt.job, receipt.receipt.replica)
			}
		};
		let lease = self.tip().leases.get(&LeaseKey { job, replica, attempt: 0 });
		lease.is_none_or(|view| view.lease.worker == *signer)
	}

	pub fn lose_pool(&mut self) {
		self.pool.clear();
	}
}

fn apply(block: &mut Block, number: BlockNumber, genesis: Hash, message: Message) {
	let key_of = |job, replica| LeaseKey { job, replica, attempt: 0 };
	match message {
		Message::Commit { job, replica, commitment } => {
			let Some(view) = block.leases.get_mut(&key_of(job, replica)) else { return };
			assert!(view.spec.replication.commits(), "a commit for a single job");
			if view.lease.state == LeaseState::Leased && number <= view.lease.deliver_by {
				view.lease.state = LeaseState::Committed { commitment };
			}
		}
		Message::Submit { receipt } => {
			let key = key_of(receipt.receipt.job, receipt.receipt.replica);
			let Some(view) = block.leases.get(&key) else { return };
			assert!(!view.spec.replication.commits(), "a submit for a replicated job");
			if view.lease.state == LeaseState::Leased && number <= view.lease.deliver_by {
				check(&receipt, genesis, view);
				block.leases.remove(&key);
				block.receipts.insert(key, receipt);
			}
		}
		Message::Reveal { receipt, salt } => {
			let key = key_of(receipt.receipt.job, receipt.receipt.replica);
			let reveal_by = block.others_committed.get(&key).copied();
			let Some(view) = block.leases.get_mut(&key) else { return };
			let LeaseState::Committed { commitment: bound } = view.lease.state else { return };
			let reveal_by = reveal_by.expect("a reveal before all have committed");
			assert!(number <= reveal_by, "a reveal after its time");
			assert_eq!(bound, commitment(receipt.receipt.hash(), &view.lease.worker, &salt));
			check(&receipt, genesis, view);
			view.lease.state = LeaseState::Revealed { verdict: receipt.receipt.verdict() };
			block.receipts.insert(key, receipt);
		}
	}
}

fn check(receipt: &SignedReceipt, genesis: Hash, view: &LeaseView) {
	receipt
		.receipt
		.check_binding(genesis, view.job, view.replica, &view.lease, &view.spec)
		.expect("the receipt fits the lease");
	let signature = sr25519::Signature(receipt.signature.0);
	let key = sr25519::PublicKey(view.lease.worker.0);
	let payload = receipt.receipt.signing_payload();
	assert!(sr25519::verify(&signature, payload, &key), "the signature holds");
}

/// A node that makes a block every 25 ms.
pub struct FakeChain {
	state: Mutex<State>,
	heads: watch::Sender<BlockNumber>,
}

impl FakeChain {
	pub fn start() -> Arc<Self> {
		let state = State {
			genesis: GENESIS,
			blocks: vec![Block::default()],
			finalized: 0,
			pool: Vec::new(),
			sent: Vec::new(),
			online: true,
			refuse: 0,
		};
		let chain = Arc::new(Self { state: Mutex::new(state), heads: watch::Sender::new(0) });
		let ticking = Arc::downgrade(&chain);
		tokio::spawn(async move {
			loop {
				sleep(BLOCK_TIME).await;
				let Some(chain) = ticking.upgrade() else { break };
				let best = {
					let mut state = chain.state();
					state.make_block();
					state.best()
				};
				chain.heads.send_replace(best);
			}
		});
		chain
	}

	pub fn state(&self) -> MutexGuard<'_, State> {
		self.state.lock().expect("no test panics with the lock held")
	}

	/// Waits until `holds`, half a minute at most.
	pub async fn until(&self, what: &str, holds: impl Fn(&mut State) -> bool) {
		let wait = async {
			while !holds(&mut self.state()) {
				sleep(Duration::from_millis(5)).await;
			}
		};
		timeout(Duration::from_secs(30), wait).await.unwrap_or_else(|_| panic!("never: {what}"));
	}

	fn reach(&self) -> Result<MutexGuard<'_, State>, ChainError> {
		let state = self.state();
		if state.online { Ok(state) } else { Err(unreachable_node()) }
	}
}

fn unreachable_node() -> ChainError {
	ChainError::Unreachable { url: "memory".into(), reason: "switched off".into() }
}

impl Chain for FakeChain {
	async fn genesis(&self) -> Result<Hash, ChainError> {
		Ok(self.reach()?.genesis)
	}

	async fn registration(&self, of: &AccountId) -> Result<Option<Registration>, ChainError> {
		drop(self.reach()?);
		let registration = Registration { worker: worker(), paused: None };
		Ok((*of == miner()).then_some(registration))
	}

	async fn heads(&self) -> Result<Heads, ChainError> {
		drop(self.reach()?);
		let mut receiver = self.heads.subscribe();
		receiver.mark_changed();
		let heads = stream::unfold(receiver, |mut receiver| async move {
			receiver.changed().await.ok()?;
			let number = *receiver.borrow_and_update();
			Some((Ok(Head { number, hash: Hash::zero() }), receiver))
		});
		Ok(heads.boxed())
	}

	async fn view(&self, _: Head, _: &AccountId) -> Result<ChainView, ChainError> {
		let mut state = self.reach()?;
		let (best, finalized) = (state.best(), state.finalized);
		let block = state.tip().clone();
		let leases = block.leases.into_iter().map(|(key, mut view)| {
			let committed = matches!(view.lease.state, LeaseState::Committed { .. });
			view.reveal_by = block.others_committed.get(&key).copied().filter(|_| committed);
			view
		});
		Ok(ChainView { best, finalized, leases: leases.collect() })
	}

	async fn send(&self, signer: &WorkerKey, message: Message) -> Result<(), ChainError> {
		let mut state = self.reach()?;
		assert!(state.signs(signer, &message), "sent with another key than the lease's");
		state.sent.push(message.clone());
		if state.refuse > 0 {
			state.refuse -= 1;
			return Err(ChainError::Refused { reason: "as the test wants it".into() });
		}
		state.pool.push(message);
		Ok(())
	}
}

/// Echoes, as often and as soon as the test lets it.
pub struct FakeEngine {
	profile: DeviceProfile,
	pub executions: AtomicUsize,
	pub running: AtomicUsize,
	pub most_running: AtomicUsize,
	/// While false, executions do not end.
	pub go: Mutex<bool>,
	/// So many executions panic from now on.
	pub panics: AtomicUsize,
	/// So many executions run out of fuel from now on.
	pub starving: AtomicUsize,
	/// So many zeros follow what is echoed.
	pub zeros: AtomicUsize,
}

impl FakeEngine {
	pub fn new() -> Arc<Self> {
		Arc::new(Self {
			profile: DeviceProfile {
				backend: "cpu".into(),
				vendor: "test".into(),
				device: "echo".into(),
				driver: "none".into(),
				kind: "cpu".into(),
				max_binding_bytes: 0,
				engine: "0".into(),
			},
			executions: AtomicUsize::new(0),
			running: AtomicUsize::new(0),
			most_running: AtomicUsize::new(0),
			go: Mutex::new(true),
			panics: AtomicUsize::new(0),
			starving: AtomicUsize::new(0),
			zeros: AtomicUsize::new(0),
		})
	}

	pub fn hold(&self, held: bool) {
		*self.go.lock().expect("no test panics with the lock held") = !held;
	}

	pub fn executions(&self) -> usize {
		self.executions.load(Ordering::SeqCst)
	}

	pub async fn until_executions(&self, count: usize) {
		let wait = async {
			while self.executions() < count {
				sleep(Duration::from_millis(5)).await;
			}
		};
		timeout(Duration::from_secs(30), wait).await.expect("the engine is called");
	}
}

impl Engine for FakeEngine {
	fn execute(&self, request: &WorkRequest) -> WorkResult {
		self.executions.fetch_add(1, Ordering::SeqCst);
		let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
		self.most_running.fetch_max(running, Ordering::SeqCst);
		let taken = |left: usize| left.checked_sub(1);
		let panics = self.panics.fetch_update(Ordering::SeqCst, Ordering::SeqCst, taken);
		// A test that ends with the engine held must not keep its thread for ever.
		for _ in 0..2_000 {
			if *self.go.lock().expect("no test panics with the lock held") {
				break;
			}
			std::thread::sleep(Duration::from_millis(5));
		}
		self.running.fetch_sub(1, Ordering::SeqCst);
		assert!(panics.is_err(), "the test wants a panic");
		if self.starving.fetch_update(Ordering::SeqCst, Ordering::SeqCst, taken).is_ok() {
			return WorkResult::OutOfFuel { message: "as the test wants it".into() };
		}
		let mut output = request.inputs.first().cloned().unwrap_or_else(|| request.params.clone());
		output.resize(output.len() + self.zeros.load(Ordering::SeqCst), 0);
		let trace_root = aitbc_compute_core::merkle::root(&output).into();
		WorkResult::Completed { output, trace_root }
	}

	fn profile(&self) -> &DeviceProfile {
		&self.profile
	}
}

/// A store whose first writes fail for want of space.
pub struct FullStore {
	pub inner: FolderStore,
	pub failures: AtomicUsize,
}

impl DataStore for FullStore {
	fn put(&self, bytes: &[u8]) -> Result<Cid, DataError> {
		let taken = |left: usize| left.checked_sub(1);
		if self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, taken).is_ok() {
			let path = self.inner.root().to_owned();
			let source = std::io::ErrorKind::StorageFull.into();
			return Err(DataError::Io { doing: "write", path, source });
		}
		self.inner.put(bytes)
	}

	fn get(&self, cid: &Cid, max_bytes: u64) -> Result<Vec<u8>, DataError> {
		self.inner.get(cid, max_bytes)
	}

	fn contains(&self, cid: &Cid) -> Result<bool, DataError> {
		self.inner.contains(cid)
	}
}

pub fn settings() -> Settings {
	Settings {
		slots: 2,
		poll: Duration::from_millis(10),
		reconnect: Duration::from_millis(10),
		reconnect_max: Duration::from_millis(40),
		stall: Duration::from_secs(5),
		request: Duration::from_secs(5),
		..Settings::default()
	}
}

/// A daemon of this process.
pub struct Running {
	stop: oneshot::Sender<()>,
	task: JoinHandle<Result<(), DaemonError>>,
}

impl Running {
	/// Starts a daemon on `home/journal`, `home/outputs` and `store`.
	pub fn start(
		chain: &Arc<FakeChain>,
		engine: &Arc<FakeEngine>,
		store: Arc<dyn DataStore>,
		home: &Path,
	) -> Self {
		let (journal, loaded) = Journal::open(&home.join("journal")).expect("the journal opens");
		let outputs = Outputs::open(&home.join("outputs"), &loaded).expect("the outputs open");
		let parts = Parts {
			chain: chain.clone(),
			miner: miner(),
			genesis: GENESIS,
			engine: engine.clone(),
			store,
			keys: Arc::new(KeyRing::new([
				WorkerKeys::from_pair(sr25519::dev::bob()),
				WorkerKeys::from_pair(sr25519::dev::alice()),
			])),
			journal,
			loaded,
			outputs,
			settings: settings(),
		};
		let (stop, stopped) = oneshot::channel::<()>();
		let task = tokio::spawn(serve(parts, async move {
			let _ = stopped.await;
		}));
		Self { stop, task }
	}

	/// As kill -9 does: nothing more is run.
	pub async fn kill(self) {
		self.task.abort();
		let _ = self.task.await;
	}

	/// As SIGTERM does.
	pub async fn stop(self) -> Result<(), DaemonError> {
		let _ = self.stop.send(());
		ended(self.task).await
	}

	/// Waits for the daemon to end by itself.
	pub async fn ended(self) -> Result<(), DaemonError> {
		ended(self.task).await
	}
}

async fn ended(task: JoinHandle<Result<(), DaemonError>>) -> Result<(), DaemonError> {
	timeout(Duration::from_secs(30), task)
		.await
		.expect("the daemon ends")
		.expect("the daemon does not panic")
}
