//! The chain behind a node's JSON-RPC, through the client library.

use crate::{
	chain::{Chain, ChainError, Head, Heads, Message, Pause, Registration},
	keys::KeyRing,
	lease::{ChainView, LeaseView},
};
use aitbc_client::{
	chain::{self as client, ChainOptions},
	errors::{ChainError as ClientError, SubmitError},
	jobs::MinerLease,
	miners::MinerStatus,
};
use aitbc_primitives::{AccountId, Hash, WorkerKey};
use futures::{StreamExt, stream};
use std::{sync::Arc, time::Duration};
use tokio::sync::RwLock;

/// How long a message is watched on its way to a block. After that it is left to the pool; whether
/// it arrived shows in the state.
const INCLUSION_TIMEOUT: Duration = Duration::from_secs(20);

/// A node, connected to when it is first needed, and again whenever the connection is gone.
pub struct NodeChain {
	url: String,
	keys: Arc<KeyRing>,
	connection: RwLock<Option<client::Chain>>,
}

impl NodeChain {
	/// The node at `url`, for extrinsics signed by `keys`. Does not connect.
	pub fn new(url: String, keys: Arc<KeyRing>) -> Self {
		Self { url, keys, connection: RwLock::new(None) }
	}

	async fn connection(&self) -> Result<client::Chain, ChainError> {
		if let Some(chain) = self.connection.read().await.as_ref() {
			return Ok(chain.clone());
		}
		let mut connection = self.connection.write().await;
		if let Some(chain) = connection.as_ref() {
			return Ok(chain.clone());
		}
		let mut options = ChainOptions::default();
		options.inclusion_timeout = INCLUSION_TIMEOUT;
		let chain = client::Chain::connect(&self.url, options).await?;
		*connection = Some(chain.clone());
		Ok(chain)
	}
}

impl Chain for NodeChain {
	async fn genesis(&self) -> Result<Hash, ChainError> {
		let chain = self.connection().await?;
		// The library remembers the hash, and refuses a node of another chain when it connects again.
		// Asking for the best block makes it find out.
		chain.best().await?;
		Ok(chain.genesis())
	}

	async fn registration(&self, miner: &AccountId) -> Result<Option<Registration>, ChainError> {
		let view = self.connection().await?.at_best().await?;
		Ok(view.miner(miner).await?.map(|found| Registration {
			worker: found.worker,
			paused: match found.status {
				MinerStatus::Active => None,
				MinerStatus::Chilled => Some(Pause::Chilled),
				MinerStatus::Leaving { .. } => Some(Pause::Leaving),
			},
		}))
	}

	async fn heads(&self) -> Result<Heads, ChainError> {
		let blocks = self.connection().await?.best_blocks();
		let heads = stream::unfold(blocks, |mut blocks| async move {
			let head = blocks.next().await.map_err(ChainError::from);
			Some((head.map(|head| Head { number: head.number, hash: head.hash }), blocks))
		});
		Ok(heads.boxed())
	}

	async fn view(&self, head: Head, miner: &AccountId) -> Result<ChainView, ChainError> {
		let chain = self.connection().await?;
		let finalized = chain.finalized().await?.number;
		let state = chain.at(head.hash).await?;
		let leases = state.miner_leases(miner).await?.into_iter();
		let leases = leases.map(|MinerLease { job, replica, lease, spec, reveal_by }| LeaseView {
			job,
			replica,
			lease,
			spec,
			reveal_by,
		});
		Ok(ChainView { best: head.number, finalized, leases: leases.collect() })
	}

	async fn send(&self, worker: &WorkerKey, message: Message) -> Result<(), ChainError> {
		let chain = self.connection().await?;
		let Some(keys) = self.keys.get(worker) else {
			return Err(ChainError::Refused { reason: "its worker key is not at hand".into() });
		};
		let signer = keys.pair();
		let sent = match message {
			Message::Commit { job, replica, commitment } => {
				chain.submit_commit(signer, job, replica, commitment).await
			}
			Message::Submit { receipt } => chain.submit_receipt(signer, &receipt).await,
			Message::Reveal { receipt, salt } => chain.submit_reveal(signer, &receipt, &salt).await,
		};
		match sent {
			// Still on its way. The state will tell.
			Ok(_) | Err(SubmitError::TimedOut { .. } | SubmitError::Unknown { .. }) => Ok(()),
			// Each step of a lease has one place in the pool. This one stands there since it was sent
			// before: over another connection, or by the process that ran before this one.
			Err(error) if error.is_in_pool() => Ok(()),
			Err(SubmitError::Chain { source, .. }) => Err(source.into()),
			Err(refused) => Err(ChainError::Refused { reason: refused.to_string() }),
		}
	}
}

impl From<ClientError> for ChainError {
	fn from(error: ClientError) -> Self {
		let reason = error.to_string();
		match error {
			ClientError::Url { .. } => ChainError::Address { reason },
			ClientError::WrongGenesis { url, .. } => ChainError::OtherChain { url, reason },
			ClientError::Incompatible { .. } => ChainError::Incompatible { reason },
			ClientError::Connect { url, reason } => ChainError::Unreachable { url, reason },
			_ => ChainError::Query { what: "the state", reason },
		}
	}
}
