//! The connection to a node: which chain it is, its blocks, its state, sending extrinsics.

use crate::{
	calls::Arguments,
	errors::{ChainError, Refusal, SubmitError},
	schema,
	wallet::Keypair,
};
use aitbc_primitives::{BlockNumber, Hash};
use codec::{Decode, DecodeAll, Encode};
use std::{sync::Arc, time::Duration};
use subxt::{
	Metadata, OnlineClient, OnlineClientAtBlock, SubstrateConfig,
	backend::LegacyBackend,
	client::Blocks,
	config::{RpcConfigFor, SubstrateExtrinsicParamsBuilder},
	error::DispatchError,
	ext::scale_decode::{DecodeAsFields, DecodeAsType},
	extrinsics::ExtrinsicEvents,
	rpcs::{LegacyRpcMethods, RpcClient},
	storage::{Address, PrefixOf, StorageKeyValue},
	transactions::{StaticPayload, TransactionStatus},
	utils::{AccountId32, H256},
};
use tokio::sync::{Mutex, RwLock};

/// Blocks for which an extrinsic is valid. A power of two.
const MORTALITY_BLOCKS: u64 = 64;
/// How far finality may lag before an extrinsic's life is counted from the best block instead.
const FINALITY_LAG_BLOCKS: u64 = MORTALITY_BLOCKS / 4;
/// How long a connection attempt may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Without a new block for so long, a subscription counts as broken.
const SILENCE: Duration = Duration::from_secs(60);
/// Pause before connecting again; doubled up to [`MAX_BACKOFF`].
const MIN_BACKOFF: Duration = Duration::from_millis(250);
const MAX_BACKOFF: Duration = Duration::from_secs(10);
/// Entries read from the node at a time when a whole map is walked.
const PAGE_ENTRIES: u32 = 256;

/// How to connect.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ChainOptions {
	/// Refuse a node of any other chain.
	pub expected_genesis: Option<Hash>,
	/// How long an extrinsic may take to get into a block.
	pub inclusion_timeout: Duration,
}

impl Default for ChainOptions {
	fn default() -> Self {
		Self { expected_genesis: None, inclusion_timeout: Duration::from_secs(60) }
	}
}

/// A block of the best chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: Hash,
}

/// What a node says about itself.
#[derive(Clone, Debug, serde::Serialize)]
pub struct NodeInfo {
	/// Name of the chain.
	pub chain: String,
	/// Name of the program.
	pub node: String,
	/// Version of the program.
	pub version: String,
	/// Peers it is connected to.
	pub peers: usize,
	/// Whether it is still catching up.
	pub syncing: bool,
	/// Version of the runtime.
	pub spec_version: u32,
}

/// A connection to a node that comes back when it breaks. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Chain {
	inner: Arc<Inner>,
}

struct Inner {
	url: String,
	options: ChainOptions,
	genesis: Hash,
	config: SubstrateConfig,
	link: RwLock<Link>,
	/// Held from asking for the nonce until the extrinsic is in the pool.
	sending: Mutex<()>,
}

#[derive(Clone)]
struct Link {
	generation: u64,
	online: OnlineClient<SubstrateConfig>,
	rpc: LegacyRpcMethods<RpcConfigFor<SubstrateConfig>>,
}

impl Chain {
	/// Connects, and checks that the node's chain and runtime are the ones this program is for.
	///
	/// # Errors
	/// [`ChainError::Connect`], [`ChainError::WrongGenesis`], [`ChainError::Incompatible`].
	pub async fn connect(url: &str, options: ChainOptions) -> Result<Self, ChainError> {
		let config = SubstrateConfig::new();
		let link = open_link(url, &config, 0).await?;
		let genesis = Hash::from(link.online.genesis_hash().0);
		check_genesis(url, options.expected_genesis, genesis)?;
		let chain = Self {
			inner: Arc::new(Inner {
				url: url.into(),
				options,
				genesis,
				config,
				link: RwLock::new(link),
				sending: Mutex::new(()),
			}),
		};
		chain.at_best().await?.check_compatible(url)?;
		Ok(chain)
	}

	/// Hash of block zero.
	pub fn genesis(&self) -> Hash {
		self.inner.genesis
	}

	/// Address of the node.
	pub fn url(&self) -> &str {
		&self.inner.url
	}

	/// The newest block of the best chain.
	///
	/// # Errors
	/// [`ChainError::Connect`] if the connection is broken and cannot be made anew.
	pub async fn best(&self) -> Result<Head, ChainError> {
		self.at_best().await.map(|view| view.head())
	}

	/// The newest finalized block.
	///
	/// # Errors
	/// As [`Self::best`].
	pub async fn finalized(&self) -> Result<Head, ChainError> {
		let link = self.link().await;
		match link.rpc.chain_get_finalized_head().await {
			Ok(hash) => self.at(Hash::from(hash.0)).await.map(|view| view.head()),
			Err(error) => {
				self.reconnect(link.generation, error.to_string()).await?;
				Err(ChainError::rpc("tell the finalized block", error))
			}
		}
	}

	/// The state at the newest block of the best chain. Connects again if the connection broke.
	///
	/// # Errors
	/// As [`Self::best`].
	pub async fn at_best(&self) -> Result<View, ChainError> {
		let link = self.link().await;
		let hash = match link.rpc.chain_get_block_hash(None).await {
			Ok(hash) => hash,
			Err(error) => {
				let link = self.reconnect(link.generation, error.to_string()).await?;
				link.rpc
					.chain_get_block_hash(None)
					.await
					.map_err(|error| ChainError::rpc("tell the best block", error))?
			}
		};
		let hash = hash.ok_or_else(|| ChainError::rpc("tell the best block", "it has none"))?;
		self.at(Hash::from(hash.0)).await
	}

	/// The state at a block.
	///
	/// # Errors
	/// [`ChainError::NoState`] if the node does not have it.
	pub async fn at(&self, hash: Hash) -> Result<View, ChainError> {
		let at = self
			.link()
			.await
			.online
			.at_block(H256(hash.0))
			.await
			.map_err(|error| ChainError::at_block(hash, error))?;
		let number = BlockNumber::try_from(at.block_number()).unwrap_or(BlockNumber::MAX);
		Ok(View { head: Head { number, hash }, at })
	}

	/// New blocks of the best chain, as they come. Follows the node through restarts.
	pub fn best_blocks(&self) -> BestBlocks {
		BestBlocks { chain: self.clone(), blocks: None, backoff: MIN_BACKOFF }
	}

	/// What the node says about itself.
	///
	/// # Errors
	/// As [`Self::best`].
	pub async fn node_info(&self) -> Result<NodeInfo, ChainError> {
		let spec_version = self.at_best().await?.at.spec_version();
		let rpc = self.link().await.rpc;
		let ask = |error| ChainError::rpc("describe itself", error);
		let health = rpc.system_health().await.map_err(ask)?;
		Ok(NodeInfo {
			chain: rpc.system_chain().await.map_err(ask)?,
			node: rpc.system_name().await.map_err(ask)?,
			version: rpc.system_version().await.map_err(ask)?,
			peers: health.peers,
			syncing: health.is_syncing,
			spec_version,
		})
	}

	/// Signs a call, sends it, and waits until it is in a block of the best chain and has succeeded
	/// there.
	///
	/// Cancel-safe as far as the connection goes; a call that was sent stays sent.
	///
	/// # Errors
	/// [`SubmitError`]. [`SubmitError::is_retryable`] tells whether to send it again.
	pub async fn submit<D: Arguments>(
		&self,
		signer: &Keypair,
		call: &StaticPayload<D>,
	) -> Result<Included, SubmitError> {
		let name = format!("{}.{}", call.pallet_name(), call.call_name());
		let limit = self.inner.options.inclusion_timeout;
		match tokio::time::timeout(limit, self.submit_and_wait(signer, call, &name)).await {
			Ok(result) => result,
			Err(_) => Err(SubmitError::TimedOut { call: name, seconds: limit.as_secs() }),
		}
	}

	async fn submit_and_wait<D: Arguments>(
		&self,
		signer: &Keypair,
		call: &StaticPayload<D>,
		name: &str,
	) -> Result<Included, SubmitError> {
		let on_chain = |source| SubmitError::Chain { call: name.into(), source };
		let mut progress = {
			let _turn = self.inner.sending.lock().await;
			let view = self.at_best().await.map_err(on_chain)?;
			let account = signer.public_key().to_account_id();
			let params = self.params(&view, &account).await.map_err(on_chain)?;
			let built = |error| SubmitError::from_extrinsic(name, error);
			view.at
				.transactions()
				.create_v4_signable(call, &account, params)
				.await
				.and_then(|mut signable| signable.sign(signer))
				.map_err(built)?
				.submit_and_watch()
				.await
				.map_err(built)?
		};
		while let Some(status) = progress.next().await {
			let status = status.map_err(|error| SubmitError::from_progress(name, error))?;
			let block = match status {
				TransactionStatus::InBestBlock(block)
				| TransactionStatus::InFinalizedBlock(block) => block,
				TransactionStatus::Error { message }
				| TransactionStatus::Invalid { message }
				| TransactionStatus::Dropped { message } => {
					return Err(SubmitError::Dropped { call: name.into(), reason: message });
				}
				TransactionStatus::Validated
				| TransactionStatus::Broadcasted
				| TransactionStatus::NoLongerInBestBlock => continue,
			};
			let hash = Hash::from(block.block_hash().0);
			let events = block
				.wait_for_success()
				.await
				.map_err(|error| SubmitError::from_events(name, hash, error))?;
			let at = self.at(hash).await.map_err(on_chain)?;
			return Ok(Included { head: at.head, call: name.into(), events });
		}
		let reason = "the node stopped reporting on it".into();
		Err(SubmitError::Dropped { call: name.into(), reason })
	}

	/// Nonce (counting what waits in the pool) and life span of the next extrinsic.
	async fn params(
		&self,
		view: &View,
		account: &AccountId32,
	) -> Result<subxt::config::DefaultExtrinsicParams<SubstrateConfig>, ChainError> {
		let rpc = self.link().await.rpc;
		let nonce = rpc
			.system_account_next_index(account)
			.await
			.map_err(|error| ChainError::rpc("tell the account's nonce", error))?;
		let params = SubstrateExtrinsicParamsBuilder::new().nonce(nonce);
		// Counted from a finalized block, the extrinsic outlives a re-org.
		let finalized = self.finalized().await?;
		let lag = u64::from(view.head.number.saturating_sub(finalized.number));
		let from = if lag <= FINALITY_LAG_BLOCKS { finalized } else { view.head };
		Ok(params
			.mortal_from_unchecked(MORTALITY_BLOCKS, u64::from(from.number), H256(from.hash.0))
			.build())
	}

	async fn link(&self) -> Link {
		self.inner.link.read().await.clone()
	}

	/// Replaces the connection `broken`, unless somebody else did so already.
	async fn reconnect(&self, broken: u64, reason: String) -> Result<Link, ChainError> {
		let mut link = self.inner.link.write().await;
		if link.generation == broken {
			tracing::debug!(url = %self.inner.url, %reason, "connecting again");
			let fresh =
				open_link(&self.inner.url, &self.inner.config, broken.wrapping_add(1)).await?;
			let genesis = Hash::from(fresh.online.genesis_hash().0);
			check_genesis(&self.inner.url, Some(self.inner.genesis), genesis)?;
			*link = fresh;
		}
		Ok(link.clone())
	}
}

async fn open_link(
	url: &str,
	config: &SubstrateConfig,
	generation: u64,
) -> Result<Link, ChainError> {
	if !(url.starts_with("ws://") || url.starts_with("wss://")) {
		return Err(ChainError::Url { url: url.into() });
	}
	// The layers of the client each put the same words in front.
	let fail = |reason: String| ChainError::Connect {
		url: url.into(),
		reason: reason.replace("RPC error: client error: ", ""),
	};
	let open = async {
		let client = RpcClient::from_insecure_url(url).await.map_err(|e| fail(e.to_string()))?;
		let backend: LegacyBackend<SubstrateConfig> =
			LegacyBackend::builder().storage_page_size(PAGE_ENTRIES).build(client.clone());
		let online = OnlineClient::from_backend_with_config(config.clone(), Arc::new(backend))
			.await
			.map_err(|e| fail(e.to_string()))?;
		Ok(Link { generation, online, rpc: LegacyRpcMethods::new(client) })
	};
	tokio::time::timeout(CONNECT_TIMEOUT, open)
		.await
		.unwrap_or_else(|_| Err(fail(format!("no answer within {} s", CONNECT_TIMEOUT.as_secs()))))
}

fn check_genesis(url: &str, expected: Option<Hash>, found: Hash) -> Result<(), ChainError> {
	match expected {
		Some(expected) if expected != found => {
			Err(ChainError::WrongGenesis { url: url.into(), expected, found })
		}
		_ => Ok(()),
	}
}

/// Blocks of the best chain; see [`Chain::best_blocks`].
pub struct BestBlocks {
	chain: Chain,
	blocks: Option<(u64, Blocks<SubstrateConfig>)>,
	backoff: Duration,
}

impl BestBlocks {
	/// Waits for the next block. Blocks may be skipped while the connection is away, and repeated or
	/// replaced by a re-org. Cancel-safe.
	///
	/// # Errors
	/// [`ChainError`] for each failed attempt to connect; calling again tries again, after a pause
	/// that grows up to ten seconds.
	pub async fn next(&mut self) -> Result<Head, ChainError> {
		let (generation, blocks) = match &mut self.blocks {
			Some(blocks) => blocks,
			empty => empty.insert(subscribe(&self.chain, &mut self.backoff).await?),
		};
		let broken = match tokio::time::timeout(SILENCE, blocks.next()).await {
			Ok(Some(Ok(block))) => {
				self.backoff = MIN_BACKOFF;
				let number = BlockNumber::try_from(block.number()).unwrap_or(BlockNumber::MAX);
				return Ok(Head { number, hash: Hash::from(block.hash().0) });
			}
			Ok(Some(Err(error))) => ChainError::blocks(error),
			Ok(None) => ChainError::rpc("follow the chain", "the subscription ended"),
			Err(_) => {
				let reason = format!("no new block for {} s", SILENCE.as_secs());
				ChainError::rpc("follow the chain", reason)
			}
		};
		let generation = *generation;
		self.blocks = None;
		pause(&mut self.backoff).await;
		self.chain.reconnect(generation, broken.to_string()).await?;
		Err(broken)
	}
}

async fn subscribe(
	chain: &Chain,
	backoff: &mut Duration,
) -> Result<(u64, Blocks<SubstrateConfig>), ChainError> {
	// Connects again if need be.
	if let Err(error) = chain.at_best().await {
		pause(backoff).await;
		return Err(error);
	}
	let link = chain.link().await;
	match link.online.stream_best_blocks().await {
		Ok(blocks) => Ok((link.generation, blocks)),
		Err(error) => {
			pause(backoff).await;
			Err(ChainError::blocks(error))
		}
	}
}

async fn pause(backoff: &mut Duration) {
	tokio::time::sleep(*backoff).await;
	*backoff = backoff.saturating_mul(2).min(MAX_BACKOFF);
}

/// The state of the chain at one block.
pub struct View {
	head: Head,
	at: OnlineClientAtBlock<SubstrateConfig>,
}

impl View {
	/// Which block.
	pub fn head(&self) -> Head {
		self.head
	}

	/// One entry of the state; `None` if it is not there and has no default.
	pub(crate) async fn get<A: Address>(
		&self,
		entry: A,
		key: A::KeyParts,
	) -> Result<Option<A::Value>, ChainError> {
		let what = format!("{}.{}", entry.pallet_name(), entry.entry_name());
		let found = self
			.at
			.storage()
			.try_fetch(entry, key)
			.await
			.map_err(|error| ChainError::storage(what.clone(), error))?;
		found
			.map(|value| value.decode())
			.transpose()
			.map_err(|error| ChainError::Decode { what, reason: error.to_string() })
	}

	/// The entries of a map below a prefix of its key, `limit` at most.
	pub(crate) async fn list<A: Address, K: PrefixOf<A::KeyParts>>(
		&self,
		entry: A,
		prefix: K,
		limit: usize,
	) -> Result<Vec<(A::KeyParts, A::Value)>, ChainError> {
		let mut found = Vec::new();
		self.walk(entry, prefix, |key, value| {
			found.push((key, value));
			found.len() <= limit
		})
		.await
		.and_then(|what| {
			if found.len() > limit { Err(ChainError::TooMany { what, limit }) } else { Ok(found) }
		})
	}

	/// Hands the entries of a map below a prefix to `visit`, page by page, while it returns true.
	pub(crate) async fn walk<A: Address, K: PrefixOf<A::KeyParts>>(
		&self,
		entry: A,
		prefix: K,
		mut visit: impl FnMut(A::KeyParts, A::Value) -> bool,
	) -> Result<String, ChainError> {
		let what = format!("{}.{}", entry.pallet_name(), entry.entry_name());
		let failed = |error| ChainError::storage(what.clone(), error);
		let mut entries = self.at.storage().iter(entry, prefix).await.map_err(failed)?;
		while let Some(entry) = entries.next().await {
			let (key, value) = decode_entry(&what, entry.map_err(failed)?)?;
			if !visit(key, value) {
				break;
			}
		}
		Ok(what)
	}

	/// A constant of a pallet.
	pub(crate) fn constant<V: DecodeAsType>(
		&self,
		pallet: &str,
		name: &str,
	) -> Result<V, ChainError> {
		let address = subxt::constants::dynamic::<V>(pallet, name);
		self.at.constants().entry(address).map_err(|error| ChainError::Decode {
			what: format!("{pallet}.{name}"),
			reason: error.to_string(),
		})
	}

	/// The answer of a pallet's view function.
	///
	/// The library's own call leaves out the frame that the runtime's interface has around arguments and
	/// answer (`execute_view_function(id, Vec<u8>) -> Result<Vec<u8>, _>`); here it is.
	pub(crate) async fn ask<A: Encode, R: Decode>(
		&self,
		pallet: &str,
		function: &str,
		arguments: &A,
	) -> Result<R, ChainError> {
		let answer = self.ask_for_bytes(pallet, function, arguments).await?;
		R::decode_all(&mut &answer[..])
			.map_err(|error| undecodable(pallet, function, error.to_string()))
	}

	/// As [`Self::ask`], of a function that may refuse.
	pub(crate) async fn try_ask<A: Encode, R: Decode>(
		&self,
		pallet: &str,
		function: &str,
		arguments: &A,
	) -> Result<Result<R, Refusal>, ChainError> {
		let answer = self.ask_for_bytes(pallet, function, arguments).await?;
		let failed = |reason: String| undecodable(pallet, function, reason);
		match answer.split_first() {
			Some((0, mut value)) => {
				R::decode_all(&mut value).map(Ok).map_err(|error| failed(error.to_string()))
			}
			Some((1, error)) => DispatchError::decode_from(error, self.at.metadata())
				.map(|error| Err(Refusal::from(&error)))
				.map_err(|error| failed(error.to_string())),
			_ => Err(failed("it is no result".into())),
		}
	}

	async fn ask_for_bytes<A: Encode>(
		&self,
		pallet: &str,
		function: &str,
		arguments: &A,
	) -> Result<Vec<u8>, ChainError> {
		let failed = |reason: String| undecodable(pallet, function, reason);
		let known = self.at.metadata_ref().pallet_by_name(pallet);
		let known = known.and_then(|pallet| pallet.view_function_by_name(function));
		let known = known.ok_or_else(|| failed("the runtime has no such function".into()))?;
		let call = view_call(known.query_id(), arguments);
		let answer = self.at.view_functions().call_raw(Some(&call)).await;
		let answer =
			answer.map_err(|error| ChainError::question(&format!("{pallet}.{function}"), error))?;
		view_answer(&answer).map_err(failed)
	}

	/// The answer of a function of one of the runtime's interfaces.
	pub(crate) async fn call_api<A: Encode, R: Decode>(
		&self,
		api: &str,
		function: &str,
		arguments: &A,
	) -> Result<R, ChainError> {
		let what = format!("{api}.{function}");
		let answer = self
			.at
			.runtime_apis()
			.call_raw(&format!("{api}_{function}"), Some(&arguments.encode()))
			.await
			.map_err(|error| ChainError::question(&what, error))?;
		R::decode_all(&mut &answer[..])
			.map_err(|error| ChainError::Decode { what, reason: error.to_string() })
	}

	fn check_compatible(&self, url: &str) -> Result<(), ChainError> {
		let differing = schema::differences(&schema::our_metadata()?, self.at.metadata_ref());
		if differing.is_empty() {
			return Ok(());
		}
		Err(ChainError::Incompatible {
			url: url.into(),
			spec_version: self.at.spec_version(),
			what: differing.join(", "),
		})
	}

	/// The metadata of the runtime at this block.
	pub fn metadata(&self) -> &Metadata {
		self.at.metadata_ref()
	}
}

fn undecodable(pallet: &str, function: &str, reason: String) -> ChainError {
	ChainError::Decode { what: format!("{pallet}.{function}"), reason }
}

/// The arguments of `RuntimeViewFunction.execute_view_function`.
fn view_call<A: Encode>(id: &[u8; 32], arguments: &A) -> Vec<u8> {
	(id, arguments.encode()).encode()
}

/// Why a runtime did not run a view function.
#[derive(Debug, Decode)]
enum ViewFault {
	NotImplemented,
	NotFound([u8; 32]),
	Codec,
}

/// What a view function answered, out of what `RuntimeViewFunction.execute_view_function` did.
fn view_answer(mut answer: &[u8]) -> Result<Vec<u8>, String> {
	let framed = Result::<Vec<u8>, ViewFault>::decode_all(&mut answer);
	framed.map_err(|error| error.to_string())?.map_err(|fault| match fault {
		ViewFault::NotImplemented => "the runtime has no view functions".to_string(),
		ViewFault::NotFound(id) => format!("the runtime has no function 0x{}", hex::encode(id)),
		ViewFault::Codec => "the runtime cannot read the arguments".to_string(),
	})
}

fn decode_entry<A: Address>(
	what: &str,
	entry: StorageKeyValue<'_, A>,
) -> Result<(A::KeyParts, A::Value), ChainError> {
	let failed = |reason: String| ChainError::Decode { what: what.into(), reason };
	let key =
		entry.key().and_then(|key| key.decode()).map_err(|error| failed(error.to_string()))?;
	let value = entry.value().decode().map_err(|error| failed(error.to_string()))?;
	Ok((key, value))
}

/// An extrinsic that is in a block and succeeded.
#[derive(Debug)]
pub struct Included {
	/// The block.
	pub head: Head,
	call: String,
	events: ExtrinsicEvents<SubstrateConfig>,
}

impl Included {
	/// The fields of the first event of that name which the extrinsic emitted.
	pub(crate) fn event<E: DecodeAsFields>(
		&self,
		pallet: &str,
		event: &str,
	) -> Result<E, SubmitError> {
		let failed = |reason: String| SubmitError::Unknown {
			call: self.call.clone(),
			block: self.head.hash,
			reason,
		};
		for found in self.events.iter() {
			let found = found.map_err(|error| failed(error.to_string()))?;
			if found.pallet_name() == pallet && found.event_name() == event {
				return found
					.decode_fields_unchecked_as::<E>()
					.map_err(|error| failed(error.to_string()));
			}
		}
		Err(failed(format!("it emitted no {pallet}.{event}")))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn view_functions_should_be_asked_in_the_frame_of_the_runtimes_interface() {
		let call = view_call(&[7; 32], &(1u32, 2u8));
		assert_eq!(call, [&[7; 32][..], &[20], &[1, 0, 0, 0, 2]].concat());
		// Ok, with an answer of two bytes.
		assert_eq!(view_answer(&[0, 8, 1, 9]), Ok(vec![1, 9]));
		for (answer, expected) in [
			(&[1, 0][..], "no view functions"),
			(&[&[1, 1], &[0xab; 32][..]].concat(), "0xabab"),
			(&[1, 2], "arguments"),
		] {
			let error = view_answer(answer).expect_err("is a fault");
			assert!(error.contains(expected), "{error}");
		}
		for broken in [&[][..], &[0], &[0, 4], &[0, 4, 9, 9], &[1, 3], &[2]] {
			assert!(view_answer(broken).is_err(), "{broken:?}");
		}
	}

	#[test]
	fn another_chain_should_be_refused() {
		let (ours, theirs) = (Hash::repeat_byte(1), Hash::repeat_byte(2));
		assert!(check_genesis("ws://x", None, theirs).is_ok());
		assert!(check_genesis("ws://x", Some(ours), ours).is_ok());
		let error = check_genesis("ws://x", Some(ours), theirs).expect_err("refuses");
		assert!(!error.is_retryable());
		let text = error.to_string();
		assert!(text.contains("0x0101") && text.contains("0x0202"), "{text}");
	}

	#[tokio::test]
	async fn connect_should_say_why_it_cannot() {
		let connect = |url: &'static str| Chain::connect(url, ChainOptions::default());
		let error = connect("localhost:9944").await.err().expect("refuses");
		assert!(matches!(error, ChainError::Url { .. }), "{error}");
		assert!(!error.is_retryable());
		let error = connect("ws://127.0.0.1:1").await.err().expect("refuses");
		assert!(matches!(error, ChainError::Connect { .. }), "{error}");
		assert!(error.is_retryable());
	}
}
