//! The loop that keeps a miner's leases answered.
//!
//! One task follows the best block ([`crate::follower`]) and publishes the newest view; this loop
//! owns the [`Book`], lets [`reconcile`] decide and starts tasks for what takes time: executions and
//! messages. Their number is bounded by the leases the chain gives the miner and by
//! [`Settings::max_open`]. Nothing is shared with the tasks but the directories of the journal and of
//! private outputs.

use crate::{
	book::{Book, Entry, Pending, Progress, Publication},
	chain::{Chain, ChainError, Message},
	executor::{ExecuteError, Executed, Executor},
	follower::{Follower, follow},
	journal::{Journal, JournalError, Loaded, Record},
	keys::KeyRing,
	lease::{Answer, ChainView, LeaseKey, LeaseView},
	outputs::Outputs,
	reconcile::{Action, Policy, SkipReason, Step, reconcile},
};
use aitbc_data::{DataStore, cid_to_string};
use aitbc_miner::Engine;
use aitbc_primitives::{AccountId, BlockNumber, Hash, LeaseState, Verdict, WorkerKey};
use futures::FutureExt;
use std::{
	collections::BTreeMap, future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration,
};
use tokio::{
	sync::{Semaphore, watch},
	task::JoinSet,
	time::timeout,
};

/// Outputs that are put into the data store at once. Each lies in memory meanwhile.
const PUBLICATIONS_MAX: usize = 2;

/// How long and how much.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
	/// Jobs that run at once.
	pub slots: usize,
	/// Most leases worked on at once, those that wait for inputs included.
	pub max_open: usize,
	/// See [`Policy::margin_blocks`].
	pub margin_blocks: BlockNumber,
	/// See [`Policy::resend_blocks`].
	pub resend_blocks: BlockNumber,
	/// Blocks to wait after a failed execution or message.
	pub retry_blocks: BlockNumber,
	/// First pause between two looks for an input.
	pub poll: Duration,
	/// First pause before the node is asked again; doubles up to `reconnect_max`.
	pub reconnect: Duration,
	/// Longest such pause.
	pub reconnect_max: Duration,
	/// Time without a new best block after which the connection is made anew.
	pub stall: Duration,
	/// Longest wait for one answer of the node.
	pub request: Duration,
}

impl Default for Settings {
	fn default() -> Self {
		Self {
			slots: 1,
			max_open: 256,
			margin_blocks: 2,
			resend_blocks: 8,
			retry_blocks: 2,
			poll: Duration::from_millis(250),
			reconnect: Duration::from_millis(500),
			reconnect_max: Duration::from_secs(15),
			stall: Duration::from_secs(60),
			request: Duration::from_secs(30),
		}
	}
}

/// What a daemon is made of.
pub struct Parts<C> {
	/// The node.
	pub chain: Arc<C>,
	/// Whose leases are answered.
	pub miner: AccountId,
	/// Hash of block zero. A node of another chain stops the daemon.
	pub genesis: Hash,
	/// Runs the jobs.
	pub engine: Arc<dyn Engine>,
	/// Holds inputs and outputs.
	pub store: Arc<dyn DataStore>,
	/// Sign receipts.
	pub keys: Arc<KeyRing>,
	/// Remembers answers.
	pub journal: Journal,
	/// What the journal held when it was opened.
	pub loaded: Loaded,
	/// Keeps the outputs of replicated jobs until their reveals are open.
	pub outputs: Outputs,
	/// How long and how much.
	pub settings: Settings,
}

/// Why the daemon stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DaemonError {
	/// The chain cannot be worked with, and trying again does not help.
	#[error(transparent)]
	Chain(#[from] ChainError),
	/// The node is of another chain than before.
	#[error(
		"the node is now of the chain with genesis {found:?}, this worker began on {expected:?}; \
		 check --url"
	)]
	OtherChain {
		/// The worker's chain.
		expected: Hash,
		/// The node's.
		found: Hash,
	},
}

enum Event {
	Executed { key: LeaseKey, executions: u8, result: Result<Executed, ExecuteError> },
	Published { key: LeaseKey, result: Result<(), ExecuteError> },
	Sent { key: LeaseKey, step: Step, result: Result<(), ChainError> },
}

struct Daemon<C> {
	chain: Arc<C>,
	executor: Executor,
	policy: Policy,
	settings: Settings,
	book: Book,
	view: Arc<ChainView>,
	connection: u64,
	/// What was last logged of each live lease.
	logged: BTreeMap<LeaseKey, Logged>,
	tasks: JoinSet<Event>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Logged {
	state: Option<&'static str>,
	skipped: Option<SkipReason>,
}

/// Answers the miner's leases until `shutdown` completes, or until the chain turns out not to be
/// the one that was meant. Node failures, missing inputs, device faults and full disks are logged
/// and waited out.
///
/// On shutdown no new work begins; executions under way are abandoned and will be begun again.
pub async fn serve<C: Chain>(
	parts: Parts<C>,
	shutdown: impl Future<Output = ()>,
) -> Result<(), DaemonError> {
	let (best_sender, best) = watch::channel(0);
	let (views_sender, mut views) = watch::channel(None);
	let follower = Follower {
		chain: parts.chain.clone(),
		miner: parts.miner.clone(),
		genesis: parts.genesis,
		settings: parts.settings,
	};
	let mut daemon = Daemon::new(parts, best);
	let mut following = std::pin::pin!(follow(follower, views_sender));
	let mut shutdown = std::pin::pin!(shutdown);
	let ended = loop {
		tokio::select! {
			error = &mut following => break Err(error),
			() = &mut shutdown => break Ok(()),
			Ok(()) = views.changed() => {
				let Some(followed) = views.borrow_and_update().clone() else { continue };
				best_sender.send_replace(followed.view.best);
				if daemon.connection != followed.connection {
					daemon.connection = followed.connection;
					daemon.book.clear_pending();
				}
				daemon.view = followed.view;
				daemon.log_changes();
				daemon.book.observe(&daemon.view);
				daemon.act();
			},
			Some(event) = daemon.tasks.join_next() => {
				match event {
					Ok(event) => daemon.handle(event),
					Err(error) => tracing::error!(%error, "a task was lost"),
				}
				daemon.act();
			},
		}
	};
	daemon.stop().await;
	ended
}

impl<C: Chain> Daemon<C> {
	fn new(parts: Parts<C>, best: watch::Receiver<BlockNumber>) -> Self {
		let Parts {
			chain, genesis, engine, store, keys, journal, loaded, outputs, settings, ..
		} = parts;
		let policy = Policy {
			workers: keys.public(),
			max_open: settings.max_open,
			margin_blocks: settings.margin_blocks.max(1),
			resend_blocks: settings.resend_blocks.max(1),
		};
		let slots = Arc::new(Semaphore::new(settings.slots.max(1)));
		let publications = Arc::new(Semaphore::new(PUBLICATIONS_MAX));
		let poll = settings.poll;
		let executor = Executor {
			engine,
			store,
			journal,
			outputs,
			keys,
			genesis,
			slots,
			publications,
			best,
			poll,
		};
		Self {
			chain,
			executor,
			policy,
			settings,
			book: book_of(loaded),
			view: Arc::default(),
			connection: 0,
			logged: BTreeMap::new(),
			tasks: JoinSet::new(),
		}
	}

	/// Does what [`reconcile`] says. Called after every change of the view or the book.
	fn act(&mut self) {
		let view = self.view.clone();
		let leases: BTreeMap<LeaseKey, &LeaseView> =
			view.leases.iter().map(|lease| (lease.key(), lease)).collect();
		for action in reconcile(&view, &self.book, &self.policy) {
			match action {
				Action::Execute(key) | Action::Decline(key) => {
					let Some(lease) = leases.get(&key) else { continue };
					self.start(key, lease, matches!(action, Action::Decline(_)));
				}
				Action::Publish(key) => self.publish(key),
				Action::Send(key, step) => {
					let Some(lease) = leases.get(&key) else { continue };
					self.send(key, step, lease.lease.worker);
				}
				Action::Forget(key) => self.forget(key),
				Action::Skip(key, reason) => self.log_skip(key, reason),
			}
		}
	}

	fn start(&mut self, key: LeaseKey, lease: &LeaseView, decline: bool) {
		let entry = self.book.entry(key);
		let executions = match entry.progress {
			Progress::Idle { executions } => executions,
			// `reconcile` starts nothing that is under way, done, or lost.
			Progress::Running | Progress::Executed(_) | Progress::Lost => return,
		};
		entry.progress = Progress::Running;
		let (executor, lease) = (self.executor.clone(), lease.clone());
		let block = self.view.best;
		if decline {
			log_warn(
				key,
				block,
				format_args!("declined: {executions} executions ended in a crash"),
			);
		} else {
			log(key, block, format_args!("accepted"));
		}
		let work = async move {
			if decline {
				executor.decline(&lease).await
			} else {
				executor.execute(&lease, executions).await
			}
		};
		self.tasks.spawn(async move {
			let result = AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| {
				Err(ExecuteError::Panicked { reason: "while a lease was worked on".into() })
			});
			Event::Executed { key, executions, result }
		});
	}

	fn publish(&mut self, key: LeaseKey) {
		let entry = self.book.entry(key);
		let Progress::Executed(answer) = &entry.progress else { return };
		let (executor, answer) = (self.executor.clone(), answer.clone());
		entry.publication = Publication::UnderWay;
		self.tasks.spawn(async move {
			let published = AssertUnwindSafe(executor.publish(key, answer)).catch_unwind().await;
			let result = published.unwrap_or_else(|_| {
				Err(ExecuteError::Panicked { reason: "while an output was stored".into() })
			});
			Event::Published { key, result }
		});
	}

	/// Sends with the key that the lease names.
	fn send(&mut self, key: LeaseKey, step: Step, worker: WorkerKey) {
		let since = self.view.best;
		let entry = self.book.entry(key);
		let Progress::Executed(answer) = &entry.progress else { return };
		let message = message(key, step, answer, &worker);
		entry.pending = Some(Pending { step, since });
		let (chain, request) = (self.chain.clone(), self.settings.request);
		self.tasks.spawn(async move {
			let seconds = request.as_secs();
			let sent = AssertUnwindSafe(timeout(request, chain.send(&worker, message)))
				.catch_unwind()
				.await;
			let result = match sent {
				Ok(Ok(result)) => result,
				Ok(Err(_)) => Err(ChainError::Stalled { seconds }),
				Err(_) => Err(ChainError::Refused { reason: "sending it panicked".into() }),
			};
			Event::Sent { key, step, result }
		});
	}

	fn handle(&mut self, event: Event) {
		match event {
			Event::Executed { key, executions, result } => {
				self.handle_executed(key, executions, result);
			}
			Event::Published { key, result } => self.handle_published(key, result),
			Event::Sent { key, step, result: Ok(()) } => {
				log(key, self.view.best, format_args!("{step} taken"));
			}
			Event::Sent { key, step, result: Err(error) } => {
				let block = self.view.best;
				log_warn(key, block, format_args!("{step} not sent: {error}"));
				let not_before = block.saturating_add(self.settings.retry_blocks);
				let entry = self.book.entry(key);
				entry.pending = None;
				entry.not_before = not_before;
			}
		}
	}

	fn handle_executed(
		&mut self,
		key: LeaseKey,
		executions: u8,
		result: Result<Executed, ExecuteError>,
	) {
		let block = self.view.best;
		let not_before = block.saturating_add(self.settings.retry_blocks);
		let progress = match result {
			Ok(Executed::Answered(answer)) => {
				let verdict = answer.receipt.receipt.verdict();
				log(key, block, format_args!("answer ready: {}", describe_verdict(&verdict)));
				self.book.insert(key, Progress::Executed(answer));
				return self.book.observe(&self.view);
			}
			Ok(Executed::TooLate) => Progress::Idle { executions },
			Err(ExecuteError::Journal(JournalError::AlreadyAnswered { .. })) => self.recorded(key),
			Err(error) if error.is_retryable() => {
				log_warn(key, block, format_args!("not executed, trying again: {error}"));
				Progress::Idle { executions }
			}
			// As if the process had died over it.
			Err(ExecuteError::Panicked { reason }) => {
				log_warn(key, block, format_args!("a thread panicked over it: {reason}"));
				Progress::Idle { executions: executions.saturating_add(1) }
			}
			Err(error) => {
				log_warn(key, block, format_args!("not executed, left alone: {error}"));
				Progress::Lost
			}
		};
		self.book.insert(key, progress);
		self.book.entry(key).not_before = not_before;
		self.book.observe(&self.view);
	}

	fn handle_published(&mut self, key: LeaseKey, result: Result<(), ExecuteError>) {
		let block = self.view.best;
		self.book.entry(key).publication = match result {
			Ok(()) => {
				log(key, block, format_args!("output stored"));
				Publication::Done
			}
			Err(error) => {
				log_warn(key, block, format_args!("output not stored, trying again: {error}"));
				Publication::Due { not_before: block.saturating_add(self.settings.retry_blocks) }
			}
		};
	}

	/// The first answer is the one that counts.
	fn recorded(&self, key: LeaseKey) -> Progress {
		match self.executor.journal.answer(key) {
			Ok(Some(answer)) => Progress::Executed(Box::new(answer)),
			Ok(None) => Progress::Idle { executions: 0 },
			Err(_) => Progress::Lost,
		}
	}

	fn forget(&mut self, key: LeaseKey) {
		if let Err(error) = self.executor.outputs.discard(key) {
			return log_warn(key, self.view.best, format_args!("cannot forget: {error}"));
		}
		match self.executor.journal.forget(key) {
			Ok(()) => self.book.remove(&key),
			Err(error) => log_warn(key, self.view.best, format_args!("cannot forget: {error}")),
		}
	}

	fn log_changes(&mut self) {
		let block = self.view.best;
		let mut before = std::mem::take(&mut self.logged);
		for lease in &self.view.leases {
			let key = lease.key();
			let mut logged = before.remove(&key).unwrap_or_default();
			let state = describe(&lease.lease.state);
			if logged.state != Some(state) {
				match lease.lease.state {
					LeaseState::Leased => {
						let by = lease.lease.deliver_by;
						log(key, block, format_args!("{state}, to be answered by block {by}"));
					}
					_ => log(key, block, format_args!("{state}")),
				}
				logged = Logged { state: Some(state), skipped: None };
			}
			self.logged.insert(key, logged);
		}
		for key in before.into_keys() {
			log(key, block, format_args!("ended"));
		}
	}

	fn log_skip(&mut self, key: LeaseKey, reason: SkipReason) {
		let logged = self.logged.entry(key).or_default();
		if logged.skipped != Some(reason) {
			logged.skipped = Some(reason);
			log_warn(key, self.view.best, format_args!("left alone: {reason}"));
		}
	}

	/// Drops all tasks. Executions that were stopped on purpose do not count as crashes.
	async fn stop(mut self) {
		self.executor.slots.close();
		self.tasks.abort_all();
		while self.tasks.join_next().await.is_some() {}
		let running = self.book.iter().filter(|(_, entry)| entry.progress == Progress::Running);
		for (key, _) in running {
			if let Err(error) = self.executor.journal.withdraw_start(*key) {
				log_warn(*key, self.view.best, format_args!("cannot withdraw its start: {error}"));
			}
		}
	}
}

fn book_of(loaded: Loaded) -> Book {
	let mut book = Book::default();
	for (key, record) in loaded.records {
		let (progress, live_at) = match record {
			Record::Started { executions, at } => (Progress::Idle { executions }, at),
			Record::Executed(answer) => {
				let live_at = answer.receipt.receipt.finished_at;
				(Progress::Executed(answer), live_at)
			}
		};
		*book.entry(key) = Entry { live_at, ..Entry::new(progress) };
	}
	// A quarantined record outweighs a usable one: nobody knows which answer was sent, nor when its
	// lease lived, so that it is never forgotten.
	for key in loaded.quarantined.into_iter().filter_map(|record| record.key) {
		let live_at = BlockNumber::MAX;
		*book.entry(key) = Entry { live_at, ..Entry::new(Progress::Lost) };
	}
	book
}

fn message(key: LeaseKey, step: Step, answer: &Answer, worker: &WorkerKey) -> Message {
	let receipt = || answer.receipt.clone();
	match step {
		Step::Commit => Message::Commit {
			job: key.job,
			replica: key.replica,
			commitment: answer.commitment(worker),
		},
		Step::Submit => Message::Submit { receipt: receipt() },
		Step::Reveal => Message::Reveal { receipt: receipt(), salt: answer.salt },
	}
}

fn describe_verdict(verdict: &Verdict) -> String {
	match verdict {
		Verdict::Completed { output, .. } => format!("output {}", cid_to_string(output)),
		Verdict::OutOfFuel => "out of fuel".into(),
		Verdict::Failed(code) => format!("failed, {code:?}"),
	}
}

fn describe(state: &LeaseState) -> &'static str {
	match state {
		LeaseState::Leased => "leased",
		LeaseState::Committed { .. } => "committed",
		LeaseState::Revealed { .. } => "revealed",
	}
}

fn log(key: LeaseKey, block: BlockNumber, event: std::fmt::Arguments<'_>) {
	let LeaseKey { job, replica, attempt } = key;
	tracing::info!(job = job.0, replica, attempt, block, "{event}");
}

fn log_warn(key: LeaseKey, block: BlockNumber, event: std::fmt::Arguments<'_>) {
	let LeaseKey { job, replica, attempt } = key;
	tracing::warn!(job = job.0, replica, attempt, block, "{event}");
}
