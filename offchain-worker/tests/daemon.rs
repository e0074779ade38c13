//! The daemon against a chain in memory: the whole path, and what may go wrong on it.

// Helpers beside the tests fail a test as the tests themselves do.
#![allow(clippy::expect_used, clippy::panic)]

mod support;

use aitbc_data::{DataStore, FolderStore};
use aitbc_offchain_worker::{
	chain::Message,
	daemon::DaemonError,
	journal::{Journal, Record},
	lease::LeaseKey,
};
use aitbc_primitives::{
	Cid, FailureCode, Hash, JobId, LeaseState, MAX_INLINE_BYTES, Outcome, SignedReceipt,
};
use std::{
	fs,
	path::PathBuf,
	sync::{
		Arc,
		atomic::{AtomicUsize, Ordering},
	},
	time::Duration,
};
use support::{FakeChain, FakeEngine, FullStore, Running};
use tokio::time::sleep;

struct World {
	home: tempfile::TempDir,
	chain: Arc<FakeChain>,
	engine: Arc<FakeEngine>,
	store: FolderStore,
}

impl World {
	fn new() -> Self {
		let home = tempfile::tempdir().expect("a temporary directory");
		let store = FolderStore::open(home.path().join("data")).expect("a new store");
		Self { home, chain: FakeChain::start(), engine: FakeEngine::new(), store }
	}

	fn start(&self) -> Running {
		self.start_with(Arc::new(self.store.clone()))
	}

	fn start_with(&self, store: Arc<dyn DataStore>) -> Running {
		Running::start(&self.chain, &self.engine, store, self.home.path())
	}

	async fn receipt(&self, key: LeaseKey) -> SignedReceipt {
		self.chain.until("a receipt", |state| state.receipt(key).is_some()).await;
		self.chain.state().receipt(key).expect("just seen")
	}

	async fn committed(&self, key: LeaseKey) {
		self.chain
			.until("a commitment", |state| {
				matches!(state.lease_state(key), Some(LeaseState::Committed { .. }))
			})
			.await;
	}

	/// Lets so many blocks go by.
	async fn blocks(&self, count: u32) {
		let until = self.chain.state().best() + count;
		self.chain.until("blocks", |state| state.best() >= until).await;
	}

	/// Lets the present block become final, and the worker see it.
	async fn finality(&self) {
		let until = self.chain.state().best() + 5;
		self.chain.until("finality", |state| state.finalized >= until).await;
	}

	/// Lets a replica of a job of two whose output is long, and waits until it is committed to. Its
	/// name, and what it is.
	async fn long_output(&self) -> (LeaseKey, Vec<u8>) {
		self.engine.zeros.store(LONG, Ordering::SeqCst);
		let key = self.chain.state().lease(1, &[], b"hello", 2);
		self.committed(key).await;
		(key, [&b"hello"[..], &vec![0; LONG]].concat())
	}

	fn is_stored(&self, output: &[u8]) -> bool {
		self.store.get(&Cid::of_raw(output), output.len() as u64).is_ok()
	}

	fn reveals(&self) -> usize {
		let reveal = |message: &&Message| matches!(message, Message::Reveal { .. });
		self.chain.state().sent.iter().filter(reveal).count()
	}

	fn journal_files(&self) -> usize {
		self.files("journal")
	}

	fn files(&self, of: &str) -> usize {
		let files = fs::read_dir(self.home.path().join(of)).expect("the worker made it");
		files.filter(|file| file.as_ref().is_ok_and(|file| file.path().is_file())).count()
	}
}

/// Bytes that no receipt has room for.
const LONG: usize = MAX_INLINE_BYTES as usize;

fn failure(receipt: &SignedReceipt) -> Option<FailureCode> {
	match receipt.receipt.outcome {
		Outcome::Failed { code } => Some(code),
		_ => None,
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_job_should_be_executed_and_answered() {
	let world = World::new();
	let input = vec![7; MAX_INLINE_BYTES as usize + 1];
	let cid = world.store.put(&input).expect("room");
	let running = world.start();
	let large = world.chain.state().lease(1, &[cid], &[], 1);
	let small = world.chain.state().lease(2, &[], b"hello", 1);
	let receipt = world.receipt(large).await.receipt;
	assert_eq!(
		receipt.outcome,
		Outcome::Completed { output: cid, inline: Default::default() },
		"a large output travels by name"
	);
	let receipt = world.receipt(small).await.receipt;
	let Outcome::Completed { output, inline } = receipt.outcome else { panic!("completed") };
	assert_eq!(inline.to_vec(), b"hello");
	assert_eq!(world.store.get(&output, 100).expect("stored"), b"hello");
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leases_should_be_answered_with_their_own_key_when_it_was_rotated() {
	let world = World::new();
	let (of_old, of_new) = {
		let mut state = world.chain.state();
		let of_old = state.lease(1, &[], b"before", 1);
		state.rotate(of_old);
		(of_old, state.lease(2, &[], b"after", 2))
	};
	let running = world.start();
	// The chain in memory checks signer and signature.
	world.receipt(of_old).await;
	world.committed(of_new).await;
	world.chain.state().others_commit(of_new);
	world.receipt(of_new).await;
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replicated_job_should_be_committed_then_revealed_then_forgotten() {
	let world = World::new();
	let running = world.start();
	let key = world.chain.state().lease(1, &[], b"hello", 2);
	world.committed(key).await;
	sleep(Duration::from_millis(100)).await;
	assert!(world.chain.state().answers(1).is_empty(), "nothing is shown before all committed");
	world.chain.state().others_commit(key);
	world.receipt(key).await;
	assert_eq!(world.journal_files(), 1, "kept while the lease lives");
	world.chain.state().end(key);
	let finalized = world.chain.state().best() + 8;
	world.chain.until("finality", |state| state.finalized >= finalized).await;
	assert_eq!(world.journal_files(), 0);
	assert_eq!(world.chain.state().sent.len(), 2, "one commit and one reveal");
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tie_breaker_should_be_answered_like_any_other_replica() {
	let world = World::new();
	let running = world.start();
	let key = world.chain.state().tie_breaker(1, 2, b"hello");
	world.committed(key).await;
	world.chain.state().others_commit(key);
	assert_eq!(world.receipt(key).await.receipt.replica, 2);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revealed_lease_should_wait_for_the_tie_breaker_without_a_word() {
	let world = World::new();
	let running = world.start();
	let key = world.chain.state().lease(1, &[], b"hello", 2);
	world.committed(key).await;
	world.chain.state().others_commit(key);
	world.receipt(key).await;
	world.chain.state().tie(key);
	sleep(Duration::from_millis(150)).await;
	world.chain.state().others_commit(key);
	sleep(Duration::from_millis(150)).await;
	assert_eq!(world.chain.state().sent.len(), 2, "one commit and one reveal");
	assert_eq!(world.journal_files(), 1, "kept while the lease lives");
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reveal_that_would_come_too_late_should_not_be_sent() {
	let world = World::new();
	let running = world.start();
	let key = world.chain.state().lease(1, &[], b"hello", 2);
	world.committed(key).await;
	{
		let mut state = world.chain.state();
		let best = state.best();
		state.others_commit_until(key, best);
	}
	let other = world.chain.state().lease(2, &[], b"hello", 1);
	world.receipt(other).await;
	let reveals = |message: &Message| matches!(message, Message::Reveal { .. });
	assert!(!world.chain.state().sent.iter().any(reveals));
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_between_commit_and_reveal_should_reveal_what_it_committed() {
	let world = World::new();
	let running = world.start();
	let key = world.chain.state().lease(1, &[], b"hello", 2);
	world.committed(key).await;
	running.kill().await;
	world.chain.state().others_commit(key);
	let running = world.start();
	world.receipt(key).await;
	assert_eq!(world.engine.executions(), 1, "the work is not done again");
	assert_eq!(world.chain.state().commitments(1).len(), 1);
	assert_eq!(world.chain.state().answers(1).len(), 1);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_at_any_time_should_give_one_answer() {
	for delay_ms in [0, 5, 15, 25, 40, 60, 90] {
		let world = World::new();
		let key = world.chain.state().lease(1, &[], b"hello", 2);
		world.chain.state().others_commit(key);
		for _ in 0..2 {
			let running = world.start();
			sleep(Duration::from_millis(delay_ms)).await;
			running.kill().await;
		}
		let running = world.start();
		world.receipt(key).await;
		assert_eq!(world.chain.state().commitments(1).len(), 1, "after {delay_ms} ms");
		assert_eq!(world.chain.state().answers(1).len(), 1, "after {delay_ms} ms");
		running.stop().await.expect("a clean end");
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_over_a_job_should_begin_it_again() {
	let world = World::new();
	world.engine.hold(true);
	let running = world.start();
	let key = world.chain.state().lease(1, &[], b"hello", 1);
	world.engine.until_executions(1).await;
	running.kill().await;
	let running = world.start();
	world.engine.until_executions(2).await;
	world.engine.hold(false);
	world.receipt(key).await;
	assert_eq!(world.chain.state().answers(1).len(), 1);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_always_crashes_the_worker_should_be_declined() {
	let world = World::new();
	let key = world.chain.state().lease(1, &[], b"hello", 1);
	let (journal, _) = Journal::open(&world.home.path().join("journal")).expect("opens");
	journal.started(key, 3, 0).expect("writable");
	let running = world.start();
	let receipt = world.receipt(key).await;
	assert_eq!(failure(&receipt), Some(FailureCode::DeviceFault));
	assert_eq!(world.engine.executions(), 0);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_panics_should_be_tried_again_and_then_declined() {
	let world = World::new();
	world.engine.panics.store(1, Ordering::SeqCst);
	let running = world.start();
	let first = world.chain.state().lease(1, &[], b"hello", 1);
	assert_eq!(failure(&world.receipt(first).await), None);
	world.engine.panics.store(100, Ordering::SeqCst);
	let second = world.chain.state().lease(2, &[], b"hello", 1);
	assert_eq!(failure(&world.receipt(second).await), Some(FailureCode::DeviceFault));
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shader_that_runs_out_of_fuel_should_be_answered_with_its_whole_budget() {
	let world = World::new();
	world.engine.starving.store(1, Ordering::SeqCst);
	let program = world.store.put(b"a shader").expect("room");
	let running = world.start();
	let key = world.chain.state().shader(1, program, 700);
	// The chain in memory checks that the receipt fits the lease.
	let receipt = world.receipt(key).await.receipt;
	assert_eq!((receipt.outcome, receipt.units), (Outcome::OutOfFuel, 700));
	assert_eq!(receipt.trace_root, Hash::zero());
	assert_eq!(world.engine.executions(), 1);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_on_purpose_should_not_count_as_a_crash() {
	let world = World::new();
	world.engine.hold(true);
	let running = world.start();
	let key = world.chain.state().lease(1, &[], b"hello", 1);
	world.engine.until_executions(1).await;
	running.stop().await.expect("a clean end");
	let (_, loaded) = Journal::open(&world.home.path().join("journal")).expect("opens");
	assert!(!loaded.records.contains_key(&key));
	world.engine.hold(false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_input_that_comes_late_should_be_waited_for() {
	let world = World::new();
	let running = world.start();
	let key = world.chain.state().lease(1, &[Cid::of_raw(b"late")], &[], 1);
	let other = world.chain.state().lease(2, &[], b"now", 1);
	world.receipt(other).await;
	assert!(world.chain.state().receipt(key).is_none());
	world.store.put(b"late").expect("room");
	assert_eq!(failure(&world.receipt(key).await), None);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_input_that_never_comes_should_be_reported_in_time() {
	let world = World::new();
	let running = world.start();
	let key = world.chain.state().lease_within(1, &[Cid::of_raw(b"never")], &[], 1, 100);
	let receipt = world.receipt(key).await;
	assert_eq!(failure(&receipt), Some(FailureCode::InputUnavailable));
	assert_eq!(receipt.receipt.units, 0);
	assert_eq!(world.engine.executions(), 0);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_corrupt_input_should_be_reported_at_once() {
	let world = World::new();
	let running = world.start();
	let cid = world.store.put(b"broken").expect("room");
	fs::write(world.store.path_of(&cid), b"something else").expect("writable");
	let key = world.chain.state().lease(1, &[cid], &[], 1);
	let receipt = world.receipt(key).await;
	assert_eq!(failure(&receipt), Some(FailureCode::InputUnavailable));
	// Long before the lease's 400 blocks are over: every look costs reading and hashing it all.
	assert!(receipt.receipt.finished_at < 100);
	assert_eq!(world.engine.executions(), 0);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_store_should_be_waited_out() {
	let world = World::new();
	let failures = AtomicUsize::new(4);
	let full = Arc::new(FullStore { inner: world.store.clone(), failures });
	let running = world.start_with(full);
	let key = world.chain.state().lease(1, &[], b"hello", 1);
	assert_eq!(failure(&world.receipt(key).await), None);
	assert_eq!(world.engine.executions(), 1, "the work is not done again");
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_restarts_with_an_empty_pool_should_get_the_message_again() {
	let world = World::new();
	let running = world.start();
	world.engine.hold(true);
	let key = world.chain.state().lease(1, &[], b"hello", 2);
	world.engine.until_executions(1).await;
	world.chain.state().online = false;
	world.engine.hold(false);
	sleep(Duration::from_millis(150)).await;
	assert!(world.chain.state().sent.is_empty());
	world.chain.state().online = true;
	world.chain.until("a commit in the pool", |state| !state.sent.is_empty()).await;
	{
		let mut state = world.chain.state();
		state.lose_pool();
		state.online = false;
	}
	sleep(Duration::from_millis(100)).await;
	world.chain.state().online = true;
	world.committed(key).await;
	world.chain.state().others_commit(key);
	world.receipt(key).await;
	assert_eq!(world.chain.state().commitments(1).len(), 1);
	assert_eq!(world.chain.state().answers(1).len(), 1);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commitment_that_is_reorganised_away_should_be_made_again() {
	let world = World::new();
	let running = world.start();
	let key = world.chain.state().lease(1, &[], b"hello", 2);
	world.committed(key).await;
	let reverted = {
		let mut state = world.chain.state();
		while state.lease_state(key) != Some(LeaseState::Leased) {
			state.reorg(1);
		}
		state.lease_state(key)
	};
	assert_eq!(reverted, Some(LeaseState::Leased));
	world.committed(key).await;
	world.chain.state().others_commit(key);
	world.receipt(key).await;
	assert_eq!(world.engine.executions(), 1);
	assert_eq!(world.chain.state().commitments(1).len(), 1, "the same commitment");
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_message_should_be_tried_again() {
	let world = World::new();
	world.chain.state().refuse = 2;
	let running = world.start();
	let key = world.chain.state().lease(1, &[], b"hello", 1);
	world.receipt(key).await;
	assert_eq!(world.chain.state().sent.len(), 3);
	assert_eq!(world.chain.state().answers(1).len(), 1);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_of_another_chain_should_stop_the_worker() {
	let world = World::new();
	let running = world.start();
	let key = world.chain.state().lease(1, &[], b"hello", 1);
	world.receipt(key).await;
	{
		let mut state = world.chain.state();
		state.genesis = Hash::zero();
		state.online = false;
	}
	sleep(Duration::from_millis(80)).await;
	world.chain.state().online = true;
	let error = running.ended().await.expect_err("another chain");
	assert!(matches!(error, DaemonError::OtherChain { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_should_run_in_no_more_than_the_given_slots() {
	let world = World::new();
	world.engine.hold(true);
	let running = world.start();
	let keys: Vec<_> = {
		let mut state = world.chain.state();
		(0..5).map(|job| state.lease(job, &[], b"hello", 1)).collect()
	};
	world.engine.until_executions(2).await;
	sleep(Duration::from_millis(100)).await;
	assert_eq!(world.engine.executions(), 2);
	world.engine.hold(false);
	for key in keys {
		world.receipt(key).await;
	}
	assert_eq!(world.engine.most_running.load(Ordering::SeqCst), 2);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_whose_record_is_corrupt_should_be_left_alone() {
	let world = World::new();
	let key = LeaseKey { job: JobId(1), replica: 0, attempt: 0 };
	let directory = world.home.path().join("journal");
	let (journal, _) = Journal::open(&directory).expect("opens");
	journal.started(key, 1, 0).expect("writable");
	let file = fs::read_dir(&directory)
		.expect("listable")
		.filter_map(|entry| entry.ok().map(|entry| entry.path()))
		.find(|path| path.is_file())
		.expect("one record");
	fs::write(&file, b"rot").expect("writable");
	let running = world.start();
	assert_eq!(world.chain.state().lease_within(1, &[], b"hello", 1, 20), key);
	let other = world.chain.state().lease(2, &[], b"hello", 1);
	world.receipt(other).await;
	world.chain.until("its end", |state| state.lease_state(key).is_none()).await;
	let touched = |message: &Message| matches!(message, Message::Submit { receipt } if receipt.receipt.job == JobId(1));
	assert!(!world.chain.state().sent.iter().any(touched));
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_in_the_journal_should_be_sent_by_the_next_worker() {
	let world = World::new();
	world.chain.state().refuse = usize::MAX;
	let running = world.start();
	let key = world.chain.state().lease(1, &[], b"hello", 1);
	world.chain.until("a try", |state| !state.sent.is_empty()).await;
	running.kill().await;
	let (_, loaded) = Journal::open(&world.home.path().join("journal")).expect("opens");
	let Some(Record::Executed(answer)) = loaded.records.get(&key) else { panic!("journalled") };
	world.chain.state().refuse = 0;
	let running = world.start();
	assert_eq!(world.receipt(key).await, answer.receipt);
	assert_eq!(world.engine.executions(), 1);
	running.stop().await.expect("a clean end");
}

/// A co-replica that shares the store looks there for what it has not computed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_output_copied_from_the_store_before_the_reveal() {
	let world = World::new();
	let running = world.start();
	let short = world.chain.state().lease(2, &[], b"short", 2);
	world.committed(short).await;
	let (long, output) = world.long_output().await;
	world.blocks(10).await;
	assert!(!world.is_stored(&output) && !world.is_stored(b"short"));
	for key in [long, short] {
		world.chain.state().others_commit(key);
		world.receipt(key).await;
	}
	assert!(world.is_stored(&output) && world.is_stored(b"short"));
	running.stop().await.expect("a clean end");
}

/// A client waits for the output, and sees to it that the job is given up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_output_taken_and_the_job_given_up() {
	let world = World::new();
	let running = world.start();
	let (long, output) = world.long_output().await;
	world.engine.zeros.store(0, Ordering::SeqCst);
	let short = world.chain.state().lease(2, &[], b"short", 2);
	world.committed(short).await;
	assert_eq!(world.files("outputs"), 1, "the journal holds the short one");
	world.chain.state().end(long);
	world.chain.state().end(short);
	world.finality().await;
	assert!(!world.is_stored(&output) && !world.is_stored(b"short"));
	assert_eq!((world.files("outputs"), world.journal_files()), (0, 0), "nothing is left");
	running.stop().await.expect("a clean end");
}

/// As before, with the worker down while the job is given up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_output_taken_from_a_worker_that_restarts() {
	let world = World::new();
	let running = world.start();
	let (key, output) = world.long_output().await;
	running.kill().await;
	world.chain.state().end(key);
	let running = world.start();
	world.finality().await;
	assert!(!world.is_stored(&output));
	assert_eq!((world.files("outputs"), world.journal_files()), (0, 0));
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_output_copied_while_a_worker_restarts_before_its_reveal() {
	let world = World::new();
	let running = world.start();
	let (key, output) = world.long_output().await;
	running.kill().await;
	let running = world.start();
	world.blocks(10).await;
	assert!(!world.is_stored(&output), "a restart shows nothing");
	world.chain.state().others_commit(key);
	world.receipt(key).await;
	assert!(world.is_stored(&output));
	assert_eq!(world.engine.executions(), 1, "the work is not done again");
	world.chain.state().end(key);
	world.finality().await;
	assert_eq!(world.files("outputs"), 0);
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reveal_should_wait_for_the_store_when_the_output_is_not_in_it() {
	let world = World::new();
	let full =
		Arc::new(FullStore { inner: world.store.clone(), failures: AtomicUsize::new(usize::MAX) });
	let running = world.start_with(full.clone());
	let (key, output) = world.long_output().await;
	world.chain.state().others_commit(key);
	world.blocks(10).await;
	assert!(full.failures.load(Ordering::SeqCst) < usize::MAX, "it is tried");
	assert_eq!(world.reveals(), 0);
	full.failures.store(0, Ordering::SeqCst);
	world.receipt(key).await;
	assert!(world.is_stored(&output));
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reveal_that_contains_the_output_should_not_wait_for_the_store() {
	let world = World::new();
	let full =
		Arc::new(FullStore { inner: world.store.clone(), failures: AtomicUsize::new(usize::MAX) });
	let running = world.start_with(full);
	let key = world.chain.state().lease(1, &[], b"hello", 2);
	world.committed(key).await;
	world.chain.state().others_commit(key);
	world.receipt(key).await;
	running.stop().await.expect("a clean end");
}

/// A running worker whose jobs have long outputs, and what lies in the place of the directory for them:
/// nothing can be written below what is no directory.
fn world_that_keeps_nothing() -> (World, Running, PathBuf) {
	let world = World::new();
	world.engine.zeros.store(LONG, Ordering::SeqCst);
	let running = world.start();
	let outputs = world.home.path().join("outputs");
	fs::remove_dir(&outputs).expect("empty");
	fs::write(&outputs, b"").expect("writable");
	(world, running, outputs)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_output_that_cannot_be_kept_should_not_be_committed_to() {
	let (world, running, outputs) = world_that_keeps_nothing();
	let key = world.chain.state().lease(1, &[], b"hello", 2);
	world.engine.until_executions(1).await;
	world.blocks(10).await;
	assert!(world.chain.state().sent.is_empty());
	fs::remove_file(&outputs).expect("ours");
	fs::create_dir(&outputs).expect("room again");
	world.committed(key).await;
	world.chain.state().others_commit(key);
	assert_eq!(failure(&world.receipt(key).await), None);
	assert_eq!(world.engine.executions(), 1, "the work is not done again");
	running.stop().await.expect("a clean end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_output_that_can_never_be_kept_should_be_reported_in_time() {
	let (world, running, _) = world_that_keeps_nothing();
	let key = world.chain.state().lease_within(1, &[], b"hello", 2, 60);
	world.committed(key).await;
	world.chain.state().others_commit(key);
	assert_eq!(failure(&world.receipt(key).await), Some(FailureCode::DeviceFault));
	running.stop().await.expect("a clean end");
}

/// Earlier versions stored every output before they journalled the answer, and kept none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_of_an_earlier_version_should_be_revealed() {
	let world = World::new();
	let running = world.start();
	let (key, output) = world.long_output().await;
	running.kill().await;
	fs::remove_dir_all(world.home.path().join("outputs")).expect("ours");
	let running = world.start();
	world.chain.state().others_commit(key);
	world.blocks(10).await;
	assert_eq!(world.reveals(), 0, "nobody could have what it names");
	world.store.put(&output).expect("room");
	world.receipt(key).await;
	running.stop().await.expect("a clean end");
}
