use super::*;
use crate::{book::Pending, lease::Answer};
use aitbc_primitives::{
	AccountId, Cid, FailureCode, Hash, JobId, JobSpec, Lease, LeaseBond, Outcome, RECEIPT_VERSION,
	Receipt, Replication, SignedReceipt, Verdict, WorkerSignature, Workload,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const DELIVER_BY: BlockNumber = 30;
const REVEAL_BY: BlockNumber = 100;

fn worker() -> WorkerKey {
	WorkerKey::from([7; 32])
}

/// The key before the last rotation.
fn old_worker() -> WorkerKey {
	WorkerKey::from([6; 32])
}

fn policy() -> Policy {
	Policy {
		workers: vec![worker(), old_worker()],
		max_open: 4,
		margin_blocks: 2,
		resend_blocks: 4,
	}
}

fn key(job: u64) -> LeaseKey {
	LeaseKey { job: JobId(job), replica: 0, attempt: 0 }
}

fn lease(key: LeaseKey, replicas: u8, state: LeaseState) -> LeaseView {
	let spec = JobSpec {
		workload: Workload::Echo,
		inputs: Default::default(),
		params: Default::default(),
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
		deliver_within_blocks: 20,
	};
	let lease = Lease {
		miner: AccountId::new([1; 32]),
		worker: worker(),
		attempt: key.attempt,
		owner: AccountId::new([1; 32]),
		price_per_unit: 1,
		fee: Default::default(),
		bond: LeaseBond {
			collateral: 1,
			slash_late: Default::default(),
			slash_withheld: Default::default(),
		},
		leased_at: 1,
		deliver_by: DELIVER_BY,
		state,
	};
	LeaseView { job: key.job, replica: key.replica, lease, spec, reveal_by: None }
}

/// An answer to `key`; another `serial` makes another one: in turn a failure, one with an output, and one
/// that contains its output.
fn answer(key: LeaseKey, serial: u64) -> Answer {
	let receipt = Receipt {
		version: RECEIPT_VERSION,
		genesis: Hash::zero(),
		job: key.job,
		replica: key.replica,
		attempt: key.attempt,
		program: Cid::of_raw(b""),
		input_root: Hash::zero(),
		outcome: match serial % 3 {
			0 => Outcome::Failed { code: FailureCode::DeviceFault },
			1 => Outcome::Completed { output: Cid::of_raw(b"long"), inline: Default::default() },
			_ => {
				let inline = b"short".to_vec().try_into().expect("short");
				Outcome::Completed { output: Cid::of_raw(b"short"), inline }
			}
		},
		trace_root: Hash::from_low_u64_be(serial),
		units: 0,
		profile: Hash::zero(),
		started_at: 0,
		finished_at: 0,
	};
	let signature = WorkerSignature::from([0; 64]);
	Answer { receipt: SignedReceipt { receipt, signature }, salt: [1; 32] }
}

fn executed(key: LeaseKey) -> Progress {
	Progress::Executed(Box::new(answer(key, 0)))
}

fn committed(key: LeaseKey) -> LeaseState {
	LeaseState::Committed { commitment: answer(key, 0).commitment(&worker()) }
}

fn revealed() -> LeaseState {
	LeaseState::Revealed { verdict: Verdict::Failed(FailureCode::DeviceFault) }
}

fn decide_one(best: BlockNumber, lease: LeaseView, entry: Option<Entry>) -> Vec<Action> {
	let mut book = Book::default();
	if let Some(entry) = entry {
		*book.entry(lease.key()) = entry;
	}
	let view = ChainView { best, finalized: 0, leases: vec![lease] };
	book.observe(&view);
	reconcile(&view, &book, &policy())
}

/// A name, the best block, a lease, what is known of it, and what must be done.
type Case = (&'static str, BlockNumber, LeaseView, Option<Entry>, Vec<Action>);

#[track_caller]
fn check(cases: impl IntoIterator<Item = Case>) {
	for (name, best, lease, entry, expected) in cases {
		assert_eq!(decide_one(best, lease, entry), expected, "{name}");
	}
}

fn done(key: LeaseKey) -> Option<Entry> {
	Some(Entry::new(executed(key)))
}

fn may_reveal(view: LeaseView) -> LeaseView {
	LeaseView { reveal_by: Some(REVEAL_BY), ..view }
}

#[test]
fn reconcile_should_execute_and_answer_in_time() {
	let k = key(1);
	let leased = |replicas| lease(k, replicas, LeaseState::Leased);
	let idle = |executions| Some(Entry::new(Progress::Idle { executions }));
	let running = Some(Entry::new(Progress::Running));
	let lost = Some(Entry::new(Progress::Lost));
	let submit = vec![Action::Send(k, Step::Submit)];
	let skip = |reason| vec![Action::Skip(k, reason)];
	check([
		("new", 5, leased(1), None, vec![Action::Execute(k)]),
		("new, replicated", 5, leased(2), None, vec![Action::Execute(k)]),
		("crashed once", 5, leased(1), idle(1), vec![Action::Execute(k)]),
		("crashed too often", 5, leased(1), idle(MAX_EXECUTIONS), vec![Action::Decline(k)]),
		("running", 5, leased(1), running, vec![]),
		("executed, single", 5, leased(1), done(k), submit.clone()),
		("executed, replicated", 5, leased(2), done(k), vec![Action::Send(k, Step::Commit)]),
		("last block to begin", DELIVER_BY - 2, leased(1), None, vec![Action::Execute(k)]),
		("too late to begin", DELIVER_BY - 1, leased(1), None, vec![Action::Decline(k)]),
		("last block to send", DELIVER_BY - 1, leased(1), done(k), submit),
		("too late to send", DELIVER_BY, leased(1), done(k), skip(SkipReason::TooLate)),
		("corrupt record", 5, leased(1), lost, skip(SkipReason::Unanswerable)),
	]);
}

#[test]
fn reconcile_should_reveal_what_it_committed_in_time() {
	let k = key(1);
	let committed = || lease(k, 2, committed(k));
	let other = LeaseState::Committed { commitment: Hash::repeat_byte(9) };
	let reveal = vec![Action::Send(k, Step::Reveal)];
	let skip = |reason| vec![Action::Skip(k, reason)];
	let (last, late) = (REVEAL_BY - 1, REVEAL_BY);
	check([
		("others have not committed", 5, committed(), done(k), vec![]),
		("all have", 5, may_reveal(committed()), done(k), reveal.clone()),
		("last block, after deliver_by", last, may_reveal(committed()), done(k), reveal),
		("too late", late, may_reveal(committed()), done(k), skip(SkipReason::TooLate)),
		("revealed", 5, lease(k, 2, revealed()), done(k), vec![]),
		("another's", 5, lease(k, 2, other), done(k), skip(SkipReason::OtherCommitment)),
		("the journal is gone", 5, committed(), None, skip(SkipReason::OtherCommitment)),
	]);
}

#[test]
fn reconcile_should_publish_only_when_reveals_are_open_and_before_it_reveals() {
	let k = key(1);
	let bound =
		|serial| LeaseState::Committed { commitment: answer(k, serial).commitment(&worker()) };
	let open = |serial| may_reveal(lease(k, 2, bound(serial)));
	let entry = |serial, publication| {
		let progress = Progress::Executed(Box::new(answer(k, serial)));
		Some(Entry { publication, ..Entry::new(progress) })
	};
	let due = |not_before| Publication::Due { not_before };
	let (busy, ready) = (Publication::UnderWay, Publication::Done);
	let publish = || vec![Action::Publish(k)];
	let reveal = || vec![Action::Send(k, Step::Reveal)];
	let skip = |reason| vec![Action::Skip(k, reason)];
	let (long, short) = (1, 2);
	// From here on silence would cost more than an output that comes later.
	let wait = REVEAL_BY - REVEAL_RESERVE_BLOCKS;
	let sent = |entry: Option<Entry>| {
		let pending = Some(Pending { step: Step::Reveal, since: wait });
		entry.map(|entry| Entry { pending, ..entry })
	};
	let other = may_reveal(lease(k, 2, LeaseState::Committed { commitment: Hash::zero() }));
	check([
		(
			"not committed",
			5,
			lease(k, 2, LeaseState::Leased),
			entry(long, due(0)),
			vec![Action::Send(k, Step::Commit)],
		),
		("others have not committed", 5, lease(k, 2, bound(long)), entry(long, due(0)), vec![]),
		("the same, short", 5, lease(k, 2, bound(short)), entry(short, due(0)), vec![]),
		("all have", 5, open(long), entry(long, due(0)), publish()),
		("being stored", 5, open(long), entry(long, busy), vec![]),
		("could not be stored", 5, open(long), entry(long, due(6)), vec![]),
		("again", 6, open(long), entry(long, due(6)), publish()),
		("stored", 6, open(long), entry(long, ready), reveal()),
		("too late", REVEAL_BY, open(long), entry(long, due(0)), skip(SkipReason::TooLate)),
		("another's", 5, other, entry(long, due(0)), skip(SkipReason::OtherCommitment)),
		("not stored, time left", wait - 1, open(long), entry(long, busy), vec![]),
		("not stored, time running out", wait, open(long), entry(long, busy), reveal()),
		("the same, to be tried again", wait, open(long), entry(long, due(0)), reveal()),
		("sent, still to be stored", wait, open(long), sent(entry(long, due(0))), publish()),
		("all have, short", 5, open(short), entry(short, due(0)), publish()),
		("being stored, short", 5, open(short), entry(short, busy), reveal()),
		("could not be stored, short", 5, open(short), entry(short, due(6)), reveal()),
		("revealed", 5, may_reveal(lease(k, 2, revealed())), entry(long, due(0)), vec![]),
		(
			"single",
			5,
			lease(k, 1, LeaseState::Leased),
			entry(long, due(0)),
			vec![Action::Send(k, Step::Submit)],
		),
	]);
}

#[test]
fn reconcile_should_treat_a_tie_breaker_like_any_replica() {
	let k = key(1);
	let b = LeaseKey { replica: 2, ..k };
	let breaker = |state| lease(b, 2, state);
	check([
		("revealed before, one more at work", 5, lease(k, 2, revealed()), done(k), vec![]),
		("revealed before, judged again", 5, may_reveal(lease(k, 2, revealed())), done(k), vec![]),
		("new", 5, breaker(LeaseState::Leased), None, vec![Action::Execute(b)]),
		("executed", 5, breaker(LeaseState::Leased), done(b), vec![Action::Send(b, Step::Commit)]),
		("committed", 5, breaker(committed(b)), done(b), vec![]),
		(
			"all committed",
			5,
			may_reveal(breaker(committed(b))),
			done(b),
			vec![Action::Send(b, Step::Reveal)],
		),
	]);
}

#[test]
fn reconcile_should_answer_with_the_key_that_a_lease_names() {
	let k = key(1);
	let of_key = |worker, state| {
		let mut view = lease(k, 2, state);
		view.lease.worker = worker;
		view
	};
	let unknown = of_key(WorkerKey::from([8; 32]), LeaseState::Leased);
	let with_old = LeaseState::Committed { commitment: answer(k, 0).commitment(&old_worker()) };
	let skip = |reason| vec![Action::Skip(k, reason)];
	check([
		("unknown", 5, unknown, None, skip(SkipReason::OtherKey)),
		("retired", 5, of_key(old_worker(), LeaseState::Leased), None, vec![Action::Execute(k)]),
		(
			"committed with the retired one",
			5,
			may_reveal(of_key(old_worker(), with_old)),
			done(k),
			vec![Action::Send(k, Step::Reveal)],
		),
		(
			"committed with the new one for a lease of the retired one",
			5,
			may_reveal(of_key(old_worker(), committed(k))),
			done(k),
			skip(SkipReason::OtherCommitment),
		),
	]);
}

#[test]
fn reconcile_should_send_again_only_when_no_effect_shows() {
	let k = key(1);
	let pending = |step, since| {
		let pending = Some(Pending { step, since });
		Some(Entry { pending, ..Entry::new(executed(k)) })
	};
	let leased = || lease(k, 2, LeaseState::Leased);
	assert_eq!(decide_one(8, leased(), pending(Step::Commit, 5)), []);
	let again = [Action::Send(k, Step::Commit)];
	assert_eq!(decide_one(9, leased(), pending(Step::Commit, 5)), again);
	// A re-organisation may take the best block back behind the one in which it was sent.
	assert_eq!(decide_one(3, leased(), pending(Step::Commit, 5)), []);
	let revealing = may_reveal(lease(k, 2, committed(k)));
	let reveal = [Action::Send(k, Step::Reveal)];
	assert_eq!(decide_one(6, revealing, pending(Step::Commit, 5)), reveal);
	let failed = Entry { not_before: 7, ..Entry::new(executed(k)) };
	assert_eq!(decide_one(6, leased(), Some(failed.clone())), []);
	assert_eq!(decide_one(7, leased(), Some(failed)), again);
}

#[test]
fn reconcile_should_begin_the_most_urgent_and_no_more_than_allowed() {
	let mut leases: Vec<_> = (0..6).map(|job| lease(key(job), 1, LeaseState::Leased)).collect();
	leases[5].lease.deliver_by = DELIVER_BY - 5;
	let view = ChainView { best: 1, finalized: 1, leases };
	let mut book = Book::default();
	book.insert(key(0), Progress::Running);
	book.observe(&view);
	let expected = [key(5), key(1), key(2)].map(Action::Execute);
	assert_eq!(reconcile(&view, &book, &policy()), expected);
}

#[test]
fn reconcile_should_forget_only_what_is_gone_for_good() {
	let k = key(1);
	let mut book = Book::default();
	book.insert(k, executed(k));
	let mut step = |best, finalized, live: bool| {
		let leases = live.then(|| lease(k, 1, revealed())).into_iter().collect();
		let view = ChainView { best, finalized, leases };
		book.observe(&view);
		reconcile(&view, &book, &policy())
	};
	assert_eq!(step(10, 8, false), []);
	assert_eq!(step(11, 9, true), [], "a re-organisation brought it back");
	assert_eq!(step(12, 10, false), []);
	assert_eq!(step(13, 11, false), []);
	assert_eq!(step(14, 12, false), [Action::Forget(k)]);
}

#[test]
fn reconcile_should_not_forget_what_a_task_still_uses() {
	let k = key(1);
	let mut book = Book::default();
	book.insert(k, executed(k));
	book.entry(k).publication = Publication::UnderWay;
	let view = ChainView { best: 10, finalized: 10, leases: vec![] };
	book.observe(&view);
	assert_eq!(reconcile(&view, &book, &policy()), []);
	book.entry(k).publication = Publication::Done;
	assert_eq!(reconcile(&view, &book, &policy()), [Action::Forget(k)]);
}

#[test]
fn reconcile_should_forget_nothing_while_the_node_is_behind() {
	let k = key(1);
	let mut book = Book::default();
	*book.entry(k) = Entry { live_at: 500, ..Entry::new(executed(k)) };
	let mut step = |best, finalized| {
		let view = ChainView { best, finalized, leases: vec![] };
		book.observe(&view);
		reconcile(&view, &book, &policy())
	};
	assert_eq!(step(100, 100), [], "a node that has not synced yet");
	assert_eq!(step(500, 499), []);
	assert_eq!(step(501, 500), [Action::Forget(k)]);
}

// ---- a model of chain, pool, disk and process under random faults ----

#[derive(Clone, Debug)]
enum Op {
	/// A block is made from the pool's messages, or without them.
	Block { with_pool: bool },
	/// A new lease.
	Lease { replicas: u8 },
	/// The other replicas of a job commit.
	OthersCommit(usize),
	/// The engine ends.
	Finish(usize),
	/// The engine or the disk fails; the process lives.
	Fail(usize),
	/// An output that is being stored is, or the store fails.
	Store { index: usize, works: bool },
	/// A lease ends by the chain's own doing.
	End(usize),
	/// kill -9, and a new start from the disk.
	Crash,
	/// The node loses its pool and the worker its connection.
	NodeRestart,
	/// The best block goes back.
	Reorg { depth: usize },
	/// Everything up to so many blocks below the best is final.
	Finalize { lag: usize },
}

fn op() -> impl Strategy<Value = Op> {
	prop_oneof![
		6 => any::<bool>().prop_map(|with_pool| Op::Block { with_pool }),
		2 => (1..3_u8).prop_map(|replicas| Op::Lease { replicas }),
		2 => (0..8_usize).prop_map(Op::OthersCommit),
		4 => (0..8_usize).prop_map(Op::Finish),
		1 => (0..8_usize).prop_map(Op::Fail),
		4 => (0..8_usize, any::<bool>()).prop_map(|(index, works)| Op::Store { index, works }),
		1 => (0..8_usize).prop_map(Op::End),
		1 => Just(Op::Crash),
		1 => Just(Op::NodeRestart),
		1 => (1..4_usize).prop_map(|depth| Op::Reorg { depth }),
		2 => (0..4_usize).prop_map(|lag| Op::Finalize { lag }),
	]
}

#[derive(Clone, Default)]
struct Block {
	leases: BTreeMap<LeaseKey, LeaseView>,
	/// Jobs whose other replicas have committed, with the last block for reveals.
	others_committed: BTreeMap<LeaseKey, BlockNumber>,
}

#[derive(Clone)]
enum OnDisk {
	Started(u8),
	Executed(Box<Answer>),
}

#[derive(Default)]
struct Model {
	/// The best chain; the index is the block's number.
	blocks: Vec<Block>,
	finalized: usize,
	pool: Vec<(LeaseKey, Step, Answer)>,
	disk: BTreeMap<LeaseKey, OnDisk>,
	book: Book,
	/// Executions that had ended with the process before the one under way.
	begun: BTreeMap<LeaseKey, u8>,
	next: u64,
	answered: BTreeMap<LeaseKey, Answer>,
	sent: BTreeMap<LeaseKey, BTreeSet<Hash>>,
	accepted: BTreeMap<LeaseKey, Hash>,
	/// Whose outputs others can have.
	stored: BTreeSet<LeaseKey>,
}

impl Model {
	fn best(&self) -> BlockNumber {
		self.blocks.len() as BlockNumber - 1
	}

	fn nth(&self, index: usize) -> Option<LeaseKey> {
		let leases = &self.blocks.last()?.leases;
		leases.keys().nth(index % leases.len().max(1)).copied()
	}

	fn apply(&mut self, op: &Op) {
		match op {
			Op::Block { with_pool } => self.make_block(*with_pool),
			Op::Lease { replicas } => {
				let key = key(self.next);
				self.next += 1;
				let mut view = lease(key, *replicas, LeaseState::Leased);
				view.lease.deliver_by = self.best() + 15;
				self.edit(|block| drop(block.leases.insert(key, view)));
			}
			Op::OthersCommit(index) => {
				let Some(key) = self.nth(*index) else { return };
				let reveal_by = self.best() + 15 + REVEAL_RESERVE_BLOCKS;
				self.edit(|block| {
					block.others_committed.entry(key).or_insert(reveal_by);
				});
			}
			Op::Finish(index) => {
				let Some(key) = self.nth(*index) else { return };
				if self.is_running(&key) {
					self.finish(key);
				}
			}
			Op::Fail(index) => {
				let Some(key) = self.nth(*index) else { return };
				if self.is_running(&key) {
					// The same execution is begun again; it is no crash.
					let executions = self.begun.get(&key).copied().unwrap_or_default();
					self.book.insert(key, Progress::Idle { executions });
				}
			}
			Op::Store { index, works } => {
				let Some(key) = self.nth(*index) else { return };
				let not_before = self.best() + 2;
				let entry = self.book.entry(key);
				if entry.publication == Publication::UnderWay {
					entry.publication = Publication::Due { not_before };
					if *works {
						entry.publication = Publication::Done;
						self.stored.insert(key);
					}
				}
			}
			Op::End(index) => {
				let Some(key) = self.nth(*index) else { return };
				self.edit(|block| drop(block.leases.remove(&key)));
			}
			Op::Crash => {
				self.book = Book::default();
				for (key, record) in &self.disk {
					let progress = match record {
						OnDisk::Started(executions) => Progress::Idle { executions: *executions },
						OnDisk::Executed(answer) => Progress::Executed(answer.clone()),
					};
					self.book.insert(*key, progress);
				}
			}
			Op::NodeRestart => {
				self.pool.clear();
				self.book.clear_pending();
			}
			Op::Reorg { depth } => {
				let length = self.blocks.len().saturating_sub(*depth).max(self.finalized + 1);
				self.blocks.truncate(length);
			}
			Op::Finalize { lag } => {
				let number = (self.best() as usize).saturating_sub(*lag);
				self.finalized = self.finalized.max(number);
			}
		}
	}

	/// Changes state in a new block, as the chain would.
	fn edit(&mut self, change: impl FnOnce(&mut Block)) {
		let mut block = self.blocks.last().cloned().unwrap_or_default();
		change(&mut block);
		self.blocks.push(block);
	}

	fn make_block(&mut self, with_pool: bool) {
		let pool = if with_pool { std::mem::take(&mut self.pool) } else { Vec::new() };
		let number = self.best() + 1;
		let mut block = self.blocks.last().cloned().unwrap_or_default();
		for (key, step, answer) in pool {
			let Some(view) = block.leases.get_mut(&key) else { continue };
			let commitment = answer.commitment(&worker());
			match (step, &view.lease.state) {
				(Step::Commit, LeaseState::Leased) if number <= view.lease.deliver_by => {
					assert!(view.spec.replication.commits());
					view.lease.state = LeaseState::Committed { commitment };
				}
				(Step::Submit, LeaseState::Leased) if number <= view.lease.deliver_by => {
					assert!(!view.spec.replication.commits());
					self.accepted.insert(key, answer.receipt.receipt.hash());
					block.leases.remove(&key);
				}
				// A re-organisation may have taken the others' commitments back since it was sent.
				(Step::Reveal, LeaseState::Committed { commitment: bound })
					if block.others_committed.get(&key).is_some_and(|by| number <= *by) =>
				{
					assert_eq!(*bound, commitment, "a reveal of something else");
					self.accepted.insert(key, answer.receipt.receipt.hash());
					view.lease.state = revealed();
				}
				_ => {}
			}
		}
		self.blocks.push(block);
	}

	fn is_running(&self, key: &LeaseKey) -> bool {
		self.book.get(key).is_some_and(|entry| entry.progress == Progress::Running)
	}

	fn finish(&mut self, key: LeaseKey) {
		let answer = answer(key, self.next);
		self.next += 1;
		let before = self.disk.insert(key, OnDisk::Executed(Box::new(answer.clone())));
		assert!(!matches!(before, Some(OnDisk::Executed(_))), "executed twice: {key}");
		self.answered.insert(key, answer.clone());
		self.book.insert(key, Progress::Executed(Box::new(answer)));
	}

	fn view(&self) -> ChainView {
		let block = self.blocks.last().cloned().unwrap_or_default();
		let leases = block.leases.into_iter().map(|(key, mut view)| {
			let committed = matches!(view.lease.state, LeaseState::Committed { .. });
			view.reveal_by = block.others_committed.get(&key).copied().filter(|_| committed);
			view
		});
		let leases = leases.collect();
		ChainView { best: self.best(), finalized: self.finalized as BlockNumber, leases }
	}

	/// What the daemon does after every change.
	fn act(&mut self) {
		let view = self.view();
		self.book.observe(&view);
		for action in reconcile(&view, &self.book, &policy()) {
			match action {
				Action::Execute(key) => {
					let executions = match self.book.get(&key).map(|entry| &entry.progress) {
						Some(Progress::Idle { executions }) => *executions,
						_ => 0,
					};
					let on_disk = self.disk.get(&key);
					assert!(!matches!(on_disk, Some(OnDisk::Executed(_))), "doubled: {key}");
					assert!(!self.is_running(&key), "work is doubled: {key}");
					assert!(executions < MAX_EXECUTIONS, "a circle of crashes: {key}");
					self.disk.insert(key, OnDisk::Started(executions + 1));
					self.begun.insert(key, executions);
					self.book.insert(key, Progress::Running);
				}
				Action::Decline(key) => self.finish(key),
				Action::Publish(key) => {
					let lease = view.leases.iter().find(|lease| lease.key() == key);
					let lease = lease.expect("published after its end");
					assert!(lease.reveal_by.is_some_and(|by| view.best < by), "too early: {key}");
					assert!(matches!(lease.lease.state, LeaseState::Committed { .. }));
					self.book.entry(key).publication = Publication::UnderWay;
				}
				Action::Send(key, step) => self.send(key, step, view.best),
				Action::Forget(key) => {
					assert!(!view.leases.iter().any(|lease| lease.key() == key));
					self.disk.remove(&key);
					self.book.remove(&key);
				}
				Action::Skip(_, reason) => assert_eq!(reason, SkipReason::TooLate),
			}
		}
	}

	fn send(&mut self, key: LeaseKey, step: Step, best: BlockNumber) {
		let Some(OnDisk::Executed(answer)) = self.disk.get(&key).cloned() else {
			panic!("sent before the answer was journalled: {key}");
		};
		assert_eq!(Some(&*answer), self.answered.get(&key));
		if step == Step::Reveal {
			let block = self.blocks.last().expect("there is block zero");
			let reveal_by = block.others_committed.get(&key).expect("all have committed");
			assert!(best < *reveal_by, "a reveal that the chain would refuse: {key}");
			let can_be_had = answer.output().is_none() || answer.inline().is_some();
			let urgent = best + REVEAL_RESERVE_BLOCKS >= *reveal_by;
			assert!(
				can_be_had || urgent || self.stored.contains(&key),
				"a reveal of what is not there: {key}"
			);
		}
		let sent = self.sent.entry(key).or_default();
		sent.insert(answer.receipt.receipt.hash());
		assert_eq!(sent.len(), 1, "two receipts for {key}");
		self.book.entry(key).pending = Some(Pending { step, since: best });
		self.pool.push((key, step, *answer));
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	/// INV: whatever happens, a lease gets one answer, made once; it is committed to before it is
	/// shown, and shown only when it may be, its output first.
	#[test]
	fn one_lease_should_get_one_answer(ops in proptest::collection::vec(op(), 1..120)) {
		let mut model = Model { blocks: vec![Block::default()], ..Model::default() };
		for op in &ops {
			model.apply(op);
			model.act();
		}
		for (key, accepted) in &model.accepted {
			prop_assert_eq!(model.sent.get(key).map(|sent| sent.contains(accepted)), Some(true));
		}
	}

	/// With no more faults every lease that is still in time is answered.
	#[test]
	fn every_lease_should_be_answered_when_faults_end(
		ops in proptest::collection::vec(op(), 1..60),
		replicas in 1..3_u8,
	) {
		let mut model = Model { blocks: vec![Block::default()], ..Model::default() };
		for op in &ops {
			model.apply(op);
			model.act();
		}
		// Leases of before may fill all places; they end first.
		for block in model.blocks.last_mut().into_iter() {
			block.leases.clear();
		}
		model.book = Book::default();
		let key = key(model.next);
		model.apply(&Op::Lease { replicas });
		for _ in 0..12 {
			model.act();
			model.apply(&Op::Finish(0));
			model.act();
			model.apply(&Op::OthersCommit(0));
			model.act();
			model.apply(&Op::Store { index: 0, works: true });
			model.act();
			model.apply(&Op::Block { with_pool: true });
		}
		prop_assert!(model.accepted.contains_key(&key));
	}
}
