//! Putting the parts together: checks at the start, then the daemon until a signal.

use crate::{
	chain::{Chain, ChainError, Pause},
	daemon::{DaemonError, Parts, Settings, serve},
	journal::{Journal, JournalError, Loaded},
	keys::{KeyError, KeyRing, WorkerKeys},
	node::NodeChain,
	outputs::{OutputError, Outputs},
	state_dir::{StateDir, StateDirError},
};
use aitbc_client::account::{address, worker_address};
use aitbc_data::{DataError, FolderStore};
use aitbc_miner::Engine;
use aitbc_primitives::AccountId;
use std::{future::Future, io, path::PathBuf, sync::Arc};
use tokio::time::sleep;

/// What a worker is told at its start.
#[derive(Debug)]
pub struct WorkerConfig {
	/// The node's JSON-RPC, `ws://` or `wss://`.
	pub url: String,
	/// Whose leases are answered.
	pub miner: AccountId,
	/// Keystore files of the worker keys with what opens each: the registered one, and after a
	/// rotation the earlier ones whose leases still live.
	pub worker_keys: Vec<(PathBuf, zeroize::Zeroizing<String>)>,
	/// Where the journal lies, and outputs that must not be seen yet. Belongs to one worker.
	pub state_dir: PathBuf,
	/// Where job data lies. Shared with the clients.
	pub data_dir: PathBuf,
	/// How long and how much.
	pub settings: Settings,
}

/// Why a worker did not start, or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
	/// The key cannot be used.
	#[error(transparent)]
	Key(#[from] KeyError),
	/// The state directory cannot be used.
	#[error(transparent)]
	StateDir(#[from] StateDirError),
	/// The journal cannot be read.
	#[error(transparent)]
	Journal(#[from] JournalError),
	/// The outputs of earlier work cannot be looked through.
	#[error(transparent)]
	Output(#[from] OutputError),
	/// The data directory cannot be used.
	#[error("cannot use the data directory: {0}")]
	Data(#[from] DataError),
	/// The node cannot be used.
	#[error(transparent)]
	Chain(#[from] ChainError),
	/// The daemon stopped.
	#[error(transparent)]
	Daemon(#[from] DaemonError),
	/// Nobody of that address mines.
	#[error(
		"{miner} is not registered as a miner; run: aitbc miner register (its worker key is {key})"
	)]
	NotRegistered {
		/// The address.
		miner: String,
		/// The worker key's address.
		key: String,
	},
	/// Receipts signed by this key would not count.
	#[error(
		"the worker key registered for {miner} is {registered}, which is not among {given}; check \
		 --worker-key"
	)]
	OtherKey {
		/// The miner's address.
		miner: String,
		/// The address of the key on chain.
		registered: String,
		/// The addresses of the keys in the files.
		given: String,
	},
	/// The operating system delivers no signals.
	#[error("cannot listen for signals: {0}")]
	Signals(io::Error),
}

/// Runs a worker until SIGINT or SIGTERM, with its jobs executed by `engine`.
///
/// A node that cannot be reached is waited for, at the start as well as later.
///
/// # Errors
/// [`WorkerError`]: whatever a person must put right before a worker can work.
pub async fn run(config: WorkerConfig, engine: Arc<dyn Engine>) -> Result<(), WorkerError> {
	let mut signals = Signals::listen().map_err(WorkerError::Signals)?;
	let prepared = tokio::select! {
		signal = signals.next() => {
			tracing::info!(signal, "stopped before the node was reached");
			return Ok(());
		},
		prepared = prepare(config, engine) => prepared,
	};
	// The state directory stays locked until the daemon has ended.
	let (parts, _state) = prepared?;
	let shutdown = async {
		let signal = signals.next().await;
		tracing::info!(signal, "stopping");
	};
	Ok(serve(parts, shutdown).await?)
}

async fn prepare(
	config: WorkerConfig,
	engine: Arc<dyn Engine>,
) -> Result<(Parts<NodeChain>, StateDir), WorkerError> {
	let WorkerConfig { url, miner, worker_keys, state_dir, data_dir, settings } = config;
	let state = StateDir::open(&state_dir)?;
	let keys: Result<Vec<_>, _> =
		worker_keys.iter().map(|(path, password)| WorkerKeys::open(path, password)).collect();
	let keys = Arc::new(KeyRing::new(keys?));
	drop(worker_keys);
	let store = Arc::new(FolderStore::open(&data_dir)?);
	let chain = Arc::new(NodeChain::new(url, keys.clone()));
	let genesis = patiently(&settings, || chain.genesis()).await?;
	state.bind(genesis, &miner)?;
	check_registration(chain.as_ref(), &settings, &miner, &keys).await?;
	let (journal, loaded) = Journal::open(&state.journal())?;
	report(&loaded);
	let outputs = Outputs::open(&state.outputs(), &loaded)?;
	tracing::info!(
		miner = address(&miner),
		worker_keys = addresses(&keys),
		?genesis,
		device = engine.profile().device,
		slots = settings.slots,
		"ready"
	);
	let parts =
		Parts { chain, miner, genesis, engine, store, keys, journal, loaded, outputs, settings };
	Ok((parts, state))
}

/// Asks again and again while the node cannot answer; a node may start after its worker.
async fn patiently<T, F: Future<Output = Result<T, ChainError>>>(
	settings: &Settings,
	ask: impl Fn() -> F,
) -> Result<T, ChainError> {
	let mut pause = settings.reconnect;
	loop {
		match ask().await {
			Err(error) if error.is_retryable() => {
				tracing::warn!(%error, "waiting for the node");
				sleep(pause).await;
				pause = pause.saturating_mul(2).min(settings.reconnect_max);
			}
			other => return other,
		}
	}
}

async fn check_registration<C: Chain>(
	chain: &C,
	settings: &Settings,
	miner: &AccountId,
	keys: &KeyRing,
) -> Result<(), WorkerError> {
	let Some(found) = patiently(settings, || chain.registration(miner)).await? else {
		let key = addresses(keys);
		return Err(WorkerError::NotRegistered { miner: address(miner), key });
	};
	if keys.get(&found.worker).is_none() {
		return Err(WorkerError::OtherKey {
			miner: address(miner),
			registered: worker_address(&found.worker),
			given: addresses(keys),
		});
	}
	match found.paused {
		Some(Pause::Chilled) => tracing::warn!(
			miner = address(miner),
			"the miner is chilled: it gets no new leases until `aitbc miner resume`"
		),
		Some(Pause::Leaving) => {
			tracing::warn!(miner = address(miner), "the miner is leaving: it gets no new leases");
		}
		None => {}
	}
	Ok(())
}

fn addresses(keys: &KeyRing) -> String {
	let addresses: Vec<String> = keys.public().iter().map(worker_address).collect();
	addresses.join(", ")
}

fn report(loaded: &Loaded) {
	for found in &loaded.quarantined {
		let path = found.path.display();
		match found.corruption {
			Some(corruption) => tracing::error!(
				%path, %corruption, "a journal record is corrupt and was set aside; its lease, if it \
				 is still live, will not be answered"
			),
			None => tracing::debug!(%path, "a record set aside earlier"),
		}
	}
	if !loaded.records.is_empty() {
		tracing::info!(records = loaded.records.len(), "taking up earlier work");
	}
}

#[cfg(unix)]
struct Signals {
	interrupt: tokio::signal::unix::Signal,
	terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
	fn listen() -> io::Result<Self> {
		use tokio::signal::unix::{SignalKind, signal};
		let interrupt = signal(SignalKind::interrupt())?;
		Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
	}

	async fn next(&mut self) -> &'static str {
		tokio::select! {
			_ = self.interrupt.recv() => "SIGINT",
			_ = self.terminate.recv() => "SIGTERM",
		}
	}
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
	fn listen() -> io::Result<Self> {
		Ok(Self)
	}

	async fn next(&mut self) -> &'static str {
		match tokio::signal::ctrl_c().await {
			Ok(()) => "Ctrl-C",
			Err(_) => std::future::pending().await,
		}
	}
}
