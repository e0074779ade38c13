//! The port through which the daemon sees the chain. `node` implements it over JSON-RPC; tests
//! implement it in memory.

use crate::lease::ChainView;
use aitbc_primitives::{
	AccountId, BlockNumber, Hash, JobId, ReplicaIndex, SignedReceipt, WorkerKey,
};
use futures::stream::BoxStream;
use std::future::Future;

/// A new best block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: Hash,
}

/// What the worker tells the chain about one of its leases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
	/// Binds the worker to an answer it does not show yet.
	Commit {
		/// The job.
		job: JobId,
		/// Which of its replicas.
		replica: ReplicaIndex,
		/// See [`aitbc_primitives::commitment`].
		commitment: Hash,
	},
	/// Answers a single job.
	Submit {
		/// The answer.
		receipt: SignedReceipt,
	},
	/// Shows the answer that was committed to.
	Reveal {
		/// The answer.
		receipt: SignedReceipt,
		/// What the commitment was blinded with.
		salt: [u8; 32],
	},
}

/// Why the chain could not be read or told something.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
	/// The node cannot be reached, or hung up.
	#[error("cannot reach the node at {url}: {reason}")]
	Unreachable {
		/// Its address.
		url: String,
		/// What the transport says.
		reason: String,
	},
	/// The node is there and answers nothing new.
	#[error("the node showed no new block for {seconds} s")]
	Stalled {
		/// How long.
		seconds: u64,
	},
	/// The node answered a query with an error, or with what cannot be decoded.
	#[error("cannot read {what} from the node: {reason}")]
	Query {
		/// What was asked for.
		what: &'static str,
		/// What came instead.
		reason: String,
	},
	/// The node does not take an extrinsic.
	#[error("the node refused the extrinsic: {reason}")]
	Refused {
		/// What it says.
		reason: String,
	},
	/// The address cannot be one of a node.
	#[error("{reason}")]
	Address {
		/// What is wrong with it.
		reason: String,
	},
	/// The node is of another chain than before.
	#[error("the node at {url} is of another chain: {reason}")]
	OtherChain {
		/// Its address.
		url: String,
		/// Both genesis hashes.
		reason: String,
	},
	/// The node's runtime is not one this program can speak to.
	#[error("the node's runtime does not fit this program: {reason}; install the matching release")]
	Incompatible {
		/// What differs.
		reason: String,
	},
}

impl ChainError {
	/// Whether the same request may succeed later.
	pub fn is_retryable(&self) -> bool {
		!matches!(
			self,
			ChainError::Address { .. }
				| ChainError::OtherChain { .. }
				| ChainError::Incompatible { .. }
		)
	}
}

/// A miner's registration, as far as its worker must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
	/// The key whose receipts count for new leases.
	pub worker: WorkerKey,
	/// Why the miner gets no new leases, if it does not.
	pub paused: Option<Pause>,
}

/// Why a miner gets no new leases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
	/// It paused by its own wish, and can come back.
	Chilled,
	/// It is on its way out.
	Leaving,
}

/// New best blocks as they come; ends or errs when the connection is lost.
pub type Heads = BoxStream<'static, Result<Head, ChainError>>;

/// A node of the chain. Every method may be called again after it failed: an implementation opens a
/// new connection if the old one is gone. All futures may be dropped at any await point.
pub trait Chain: Send + Sync + 'static {
	/// Hash of block zero, asked from the node and not remembered.
	fn genesis(&self) -> impl Future<Output = Result<Hash, ChainError>> + Send;

	/// The registration of `miner` in the best block; `None` if it has none.
	fn registration(
		&self,
		miner: &AccountId,
	) -> impl Future<Output = Result<Option<Registration>, ChainError>> + Send;

	/// Follows the best block. The first item is the present one.
	fn heads(&self) -> impl Future<Output = Result<Heads, ChainError>> + Send;

	/// The live leases of `miner` in the block `head`.
	fn view(
		&self,
		head: Head,
		miner: &AccountId,
	) -> impl Future<Output = Result<ChainView, ChainError>> + Send;

	/// Signs with the pair of `worker` and hands the extrinsic to the node. `Ok` says that it was taken,
	/// now or before, not that it has its effect for good: that shows in a later [`Self::view`].
	fn send(
		&self,
		worker: &WorkerKey,
		message: Message,
	) -> impl Future<Output = Result<(), ChainError>> + Send;
}
