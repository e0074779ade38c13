//! What can go wrong between this program and a chain.

use aitbc_primitives::Hash;
use subxt::error::{
	BackendError, BlocksError, DispatchError, ExtrinsicError, OnlineClientAtBlockError, RpcError,
	StorageError, TransactionEventsError, TransactionProgressError,
};

/// Why something could not be read from the chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
	/// Not an address of a node.
	#[error(
		"\"{url}\" is not the address of a node; it must start with ws:// or wss://, like ws://127.0.0.1:9944"
	)]
	Url {
		/// What was given.
		url: String,
	},
	/// Nobody answers there.
	#[error("cannot reach the node at {url}: {reason}; is it running, and is its RPC port right?")]
	Connect {
		/// Where.
		url: String,
		/// What the transport says.
		reason: String,
	},
	/// The node serves another chain than the one asked for.
	#[error(
		"the node at {url} serves the chain with genesis {found:?}, not {expected:?}; use a node of the right chain, or leave the expected genesis out"
	)]
	WrongGenesis {
		/// Where.
		url: String,
		/// The genesis that was asked for.
		expected: Hash,
		/// The one it has.
		found: Hash,
	},
	/// The node's runtime differs in something this program uses.
	#[error(
		"the runtime of the node at {url} (spec version {spec_version}) does not fit this program: {what}; use the release of this program that was made for that runtime"
	)]
	Incompatible {
		/// Where.
		url: String,
		/// The runtime's version.
		spec_version: u32,
		/// Calls and storage that are missing or different.
		what: String,
	},
	/// The connection broke, or the node refused.
	#[error("the node could not {doing}: {reason}")]
	Rpc {
		/// What was asked of it.
		doing: &'static str,
		/// What it, or the connection, says.
		reason: String,
	},
	/// No such block, or its state is gone.
	#[error(
		"the node has no state of block {block:?}: {reason}; ask for a newer block, or an archive node"
	)]
	NoState {
		/// The block.
		block: Hash,
		/// What the node says.
		reason: String,
	},
	/// The answer is not what the metadata announces.
	#[error("cannot read {what} from the chain: {reason}; this program and the runtime do not fit")]
	Decode {
		/// Which item.
		what: String,
		/// What the decoder says.
		reason: String,
	},
	/// More entries than a caller is willing to hold.
	#[error("{what} has more than {limit} entries; ask for fewer at a time")]
	TooMany {
		/// Which item.
		what: String,
		/// The limit.
		limit: usize,
	},
}

impl ChainError {
	/// Whether asking again, perhaps after a pause, may succeed without anybody changing anything.
	pub fn is_retryable(&self) -> bool {
		matches!(self, Self::Connect { .. } | Self::Rpc { .. })
	}

	pub(crate) fn storage(what: String, error: StorageError) -> Self {
		match error {
			StorageError::CannotFetchValue(error)
			| StorageError::CannotIterateValues(error)
			| StorageError::StreamFailure(error) => {
				Self::Rpc { doing: "read the state", reason: format!("{what}: {error}") }
			}
			other => Self::Decode { what, reason: other.to_string() },
		}
	}

	pub(crate) fn at_block(block: Hash, error: OnlineClientAtBlockError) -> Self {
		let reason = error.to_string();
		match error {
			OnlineClientAtBlockError::CannotGetBlockHeader { reason: source, .. }
			| OnlineClientAtBlockError::CannotGetSpecVersion { reason: source, .. }
			| OnlineClientAtBlockError::CannotGetCurrentBlock { reason: source } => {
				if user_error(&source).is_some() {
					Self::NoState { block, reason: source.to_string() }
				} else {
					Self::Rpc { doing: "open a block", reason: source.to_string() }
				}
			}
			OnlineClientAtBlockError::BlockHeaderNotFound { .. }
			| OnlineClientAtBlockError::BlockNotFound { .. } => Self::NoState { block, reason },
			OnlineClientAtBlockError::CannotGetMetadata { .. } => {
				Self::Rpc { doing: "send its metadata", reason }
			}
			_ => Self::Decode { what: "the runtime's metadata".into(), reason },
		}
	}

	pub(crate) fn rpc(doing: &'static str, error: impl std::fmt::Display) -> Self {
		Self::Rpc { doing, reason: error.to_string() }
	}

	pub(crate) fn question(what: &str, error: impl std::fmt::Display) -> Self {
		Self::Rpc { doing: "answer a question", reason: format!("{what}: {error}") }
	}

	pub(crate) fn blocks(error: BlocksError) -> Self {
		Self::rpc("follow the chain", error)
	}
}

/// Why an extrinsic did not do what it was sent for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
	/// The chain could not be asked.
	#[error("cannot send {call}: {source}")]
	Chain {
		/// `Pallet.call`.
		call: String,
		/// What failed.
		source: ChainError,
	},
	/// The extrinsic could not be built.
	#[error("cannot build {call}: {reason}")]
	Build {
		/// `Pallet.call`.
		call: String,
		/// What failed.
		reason: String,
	},
	/// The node's pool refused it; it cost nothing.
	#[error("the node refused {call}: {reason}{}", advice(.reason))]
	Refused {
		/// `Pallet.call`.
		call: String,
		/// The JSON-RPC error code.
		code: i32,
		/// What the node says.
		reason: String,
	},
	/// It left the pool without getting into a block, because of a re-org, its nonce, or its age.
	#[error("{call} left the node's pool before it got into a block: {reason}; send it again")]
	Dropped {
		/// `Pallet.call`.
		call: String,
		/// What the node says.
		reason: String,
	},
	/// It is in a block, and failed there.
	#[error("{call} failed in block {block:?}: {error}{}{docs}", if .docs.is_empty() { "" } else { ": " })]
	Failed {
		/// `Pallet.call`.
		call: String,
		/// The block.
		block: Hash,
		/// `Pallet::Error` or the kind of dispatch error.
		error: String,
		/// The error's documentation, one line.
		docs: String,
	},
	/// Not in a block in time. It may still get into one.
	#[error(
		"{call} was sent but is in no block after {seconds} s; look at its effect before you send it again"
	)]
	TimedOut {
		/// `Pallet.call`.
		call: String,
		/// How long it was waited for.
		seconds: u64,
	},
	/// In a block, but what came of it could not be read.
	#[error("{call} is in block {block:?}, but its outcome could not be read: {reason}")]
	Unknown {
		/// `Pallet.call`.
		call: String,
		/// The block.
		block: Hash,
		/// What failed.
		reason: String,
	},
}

impl SubmitError {
	/// Whether sending the same call again, perhaps after a pause, may succeed. After
	/// [`Self::TimedOut`] and [`Self::Unknown`] look at the chain first: the call may have had its
	/// effect.
	pub fn is_retryable(&self) -> bool {
		match self {
			Self::Chain { source, .. } => source.is_retryable(),
			Self::Refused { code, reason, .. } => match code {
				// Temporarily banned, already in the pool, priority too low, pool full, no room.
				1012..=1016 => true,
				// Invalid: only what a new nonce or a newer era cures.
				1010 => reason.contains("outdated") || reason.contains("ancient"),
				_ => false,
			},
			Self::Dropped { .. } | Self::TimedOut { .. } | Self::Unknown { .. } => true,
			Self::Build { .. } | Self::Failed { .. } => false,
		}
	}

	/// Whether the node has the same already: the very extrinsic, or another one for the same step of the
	/// same lease.
	pub fn is_in_pool(&self) -> bool {
		// Already imported; priority too low to replace what is there.
		matches!(self, Self::Refused { code: 1013 | 1014, .. })
	}

	/// `Pallet::Error` if the call got into a block and was refused by a pallet.
	pub fn pallet_error(&self) -> Option<&str> {
		match self {
			Self::Failed { error, .. } => Some(error),
			_ => None,
		}
	}

	pub(crate) fn from_extrinsic(call: &str, error: ExtrinsicError) -> Self {
		let call = call.to_string();
		let backend = match &error {
			ExtrinsicError::ErrorSubmittingTransaction(error)
			| ExtrinsicError::TransactionStatusStreamError(error) => error,
			ExtrinsicError::AccountNonceError { .. } => {
				let source = ChainError::rpc("tell the account's nonce", error);
				return Self::Chain { call, source };
			}
			_ => return Self::Build { call, reason: error.to_string() },
		};
		match user_error(backend) {
			Some(user) => {
				let data = user.data.as_ref().map_or("", |data| data.get()).trim_matches('"');
				let reason = if data.is_empty() {
					user.message.clone()
				} else {
					format!("{}: {data}", user.message)
				};
				Self::Refused { call, code: user.code, reason }
			}
			None => Self::Chain { call, source: ChainError::rpc("take the extrinsic", backend) },
		}
	}

	pub(crate) fn from_progress(call: &str, error: TransactionProgressError) -> Self {
		Self::Chain { call: call.into(), source: ChainError::rpc("follow the extrinsic", error) }
	}

	pub(crate) fn from_events(call: &str, block: Hash, error: TransactionEventsError) -> Self {
		let call = call.to_string();
		let TransactionEventsError::ExtrinsicFailed(error) = error else {
			return Self::Unknown { call, block, reason: error.to_string() };
		};
		let Refusal { error, docs } = Refusal::from(&error);
		Self::Failed { call, block, error, docs }
	}
}

/// Why a pallet would refuse what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}{}{docs}", if .docs.is_empty() { "" } else { ": " })]
pub struct Refusal {
	/// `Pallet::Error` or the kind of dispatch error.
	pub error: String,
	/// The error's documentation, one line.
	pub docs: String,
}

impl From<&DispatchError> for Refusal {
	fn from(error: &DispatchError) -> Self {
		let DispatchError::Module(module) = error else {
			return Self { error: error.to_string(), docs: String::new() };
		};
		let docs = module.details().map(|details| details.variant.docs.join(" "));
		Self {
			error: module.details_string(),
			docs: docs.map(|docs| docs.trim().to_string()).unwrap_or_default(),
		}
	}
}

/// What a person can do about the most frequent refusals.
fn advice(reason: &str) -> &'static str {
	if reason.contains("pay some fees") {
		"; send the account some AIT for the fee first"
	} else if reason.contains("bad signature") || reason.contains("BadProof") {
		"; this program and the runtime may not fit"
	} else {
		""
	}
}

/// The error that the node itself gave back, if it was not the connection that failed.
fn user_error(error: &BackendError) -> Option<&subxt::rpcs::UserError> {
	match error {
		BackendError::Rpc(RpcError::ClientError(subxt::rpcs::Error::User(user))) => Some(user),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn refused(code: i32, reason: &str) -> SubmitError {
		SubmitError::Refused { call: "Jobs.submit".into(), code, reason: reason.into() }
	}

	#[test]
	fn only_what_time_cures_should_be_retryable() {
		assert!(refused(1010, "Invalid Transaction: Transaction is outdated").is_retryable());
		assert!(
			refused(1010, "Invalid Transaction: Transaction has an ancient birth block")
				.is_retryable()
		);
		assert!(refused(1014, "Priority is too low").is_retryable());
		assert!(refused(1014, "Priority is too low").is_in_pool());
		assert!(!refused(1010, "Invalid Transaction").is_in_pool());
		assert!(refused(1016, "Immediately Dropped").is_retryable());
		assert!(
			!refused(1010, "Invalid Transaction: Transaction has a bad signature").is_retryable()
		);
		let poor = refused(1010, "Invalid Transaction: Inability to pay some fees");
		assert!(!poor.is_retryable());
		assert!(poor.to_string().contains("send the account some AIT"), "{poor}");
		let failed = SubmitError::Failed {
			call: "Receipts.commit".into(),
			block: Hash::zero(),
			error: "Receipts::TooLate".into(),
			docs: "The lease's deadline has passed.".into(),
		};
		assert!(!failed.is_retryable());
		assert_eq!(failed.pallet_error(), Some("Receipts::TooLate"));
		let late = SubmitError::TimedOut { call: "Receipts.commit".into(), seconds: 60 };
		assert!(late.is_retryable());
	}
}
