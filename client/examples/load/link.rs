//! The connection to the node: what it is asked, and extrinsics with nonces that are counted here.

use aitbc_client::{chain::ChainOptions, wallet::Keypair};
use aitbc_primitives::Hash;
use anyhow::{Context, Result, anyhow};
use codec::{Decode, DecodeAll};
use sp_crypto_hashing::twox_128;
use std::{collections::HashMap, sync::Arc};
use subxt::{
	OnlineClient, OnlineClientAtBlock, SubstrateConfig,
	backend::LegacyBackend,
	client::Blocks,
	config::SubstrateExtrinsicParamsBuilder,
	ext::scale_encode::EncodeAsFields,
	rpcs::{RpcClient, rpc_params},
	transactions::StaticPayload,
	utils::H256,
};

/// Keys read at once.
const PAGE: u32 = 1_000;

/// A node.
#[derive(Clone)]
pub struct Link {
	rpc: RpcClient,
	online: OnlineClient<SubstrateConfig>,
	/// Metadata and versions are the same for all of the run.
	at: Arc<OnlineClientAtBlock<SubstrateConfig>>,
	genesis: Hash,
	url: String,
}

/// What is on chain under a prefix.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
	/// Entries.
	pub keys: u64,
	/// Bytes of keys and values.
	pub bytes: u64,
}

impl Link {
	/// Connects.
	pub async fn open(url: &str) -> Result<Self> {
		let rpc = RpcClient::from_insecure_url(url).await?;
		let backend: LegacyBackend<SubstrateConfig> = LegacyBackend::builder().build(rpc.clone());
		let online =
			OnlineClient::from_backend_with_config(SubstrateConfig::new(), Arc::new(backend))
				.await?;
		let genesis = Hash::from(online.genesis_hash().0);
		let at = Arc::new(online.at_current_block().await?);
		Ok(Self { rpc, online, at, genesis, url: url.into() })
	}

	/// Hash of block zero.
	pub fn genesis(&self) -> Hash {
		self.genesis
	}

	/// The project's own client, for what is not measured.
	pub async fn chain(&self) -> Result<aitbc_client::chain::Chain> {
		Ok(aitbc_client::chain::Chain::connect(&self.url, ChainOptions::default()).await?)
	}

	/// The newest best block.
	pub async fn best(&self) -> Result<Hash> {
		let text: String = self.rpc.request("chain_getBlockHash", rpc_params![]).await?;
		let bytes: [u8; 32] =
			bytes_of(&text)?.try_into().ok().context("the node's best block has no hash")?;
		Ok(Hash::from(bytes))
	}

	/// New best blocks as they come.
	pub async fn best_blocks(&self) -> Result<Blocks<SubstrateConfig>> {
		Ok(self.online.stream_best_blocks().await?)
	}

	/// A signed extrinsic.
	pub fn sign<D: EncodeAsFields>(
		&self,
		who: &Keypair,
		nonce: u64,
		call: &StaticPayload<D>,
	) -> Result<Vec<u8>> {
		let params = SubstrateExtrinsicParamsBuilder::new().nonce(nonce).build();
		let signed = self
			.at
			.transactions()
			.create_v4_signable_offline(call, params)
			.and_then(|mut signable| signable.sign(who))?;
		Ok(signed.into_encoded())
	}

	/// Puts an extrinsic into the node's pool. Returns what the node says against it.
	pub async fn send(&self, extrinsic: &[u8]) -> Result<()> {
		let hex = format!("0x{}", hex::encode(extrinsic));
		self.rpc
			.request::<serde_json::Value>("author_submitExtrinsic", rpc_params![hex])
			.await
			.map(|_| ())
			.map_err(|error| anyhow!("the node refused an extrinsic: {error:?}"))
	}

	/// How many extrinsics of an account are in blocks up to this one.
	pub async fn nonces(&self, accounts: &[[u8; 32]], at: Hash) -> Result<Vec<u64>> {
		let keys: Vec<Vec<u8>> = accounts
			.iter()
			.map(|who| {
				let mut key = entry_prefix("System", "Account");
				key.extend(sp_crypto_hashing::blake2_128(who));
				key.extend(who);
				key
			})
			.collect();
		let values = self.values(&keys, at).await?;
		keys.iter()
			.map(|key| match values.get(key) {
				Some(value) => Ok(u64::from(u32::decode(&mut value.as_slice())?)),
				None => Ok(0),
			})
			.collect()
	}

	/// A value of the state.
	pub async fn get<T: Decode>(&self, key: &[u8], at: Hash) -> Result<Option<T>> {
		let values = self.values(&[key.to_vec()], at).await?;
		// The first fields of a value are enough for some questions.
		values
			.get(key)
			.map(|value| T::decode(&mut value.as_slice()).context("a value does not decode"))
			.transpose()
	}

	/// Values of the state, by key; absent ones are left out.
	pub async fn values(&self, keys: &[Vec<u8>], at: Hash) -> Result<HashMap<Vec<u8>, Vec<u8>>> {
		#[derive(serde::Deserialize)]
		struct Changes {
			changes: Vec<(String, Option<String>)>,
		}
		let mut found = HashMap::new();
		for page in keys.chunks(PAGE as usize) {
			let texts: Vec<String> =
				page.iter().map(|key| format!("0x{}", hex::encode(key))).collect();
			let sets: Vec<Changes> = self
				.rpc
				.request("state_queryStorageAt", rpc_params![texts, format!("{at:?}")])
				.await
				.context("the node does not tell its state")?;
			for (key, value) in sets.into_iter().flat_map(|set| set.changes) {
				if let Some(value) = value {
					found.insert(bytes_of(&key)?, bytes_of(&value)?);
				}
			}
		}
		Ok(found)
	}

	/// Keys of the state that begin with `prefix`, `limit` at most.
	pub async fn keys(&self, prefix: &[u8], limit: usize, at: Hash) -> Result<Vec<Vec<u8>>> {
		let mut found: Vec<Vec<u8>> = Vec::new();
		while found.len() < limit {
			let start = found.last().map(|key| format!("0x{}", hex::encode(key)));
			let prefix = format!("0x{}", hex::encode(prefix));
			let page: Vec<String> = self
				.rpc
				.request("state_getKeysPaged", rpc_params![prefix, PAGE, start, format!("{at:?}")])
				.await
				.context("the node does not tell its keys")?;
			let full = page.len() == PAGE as usize;
			for key in page {
				found.push(bytes_of(&key)?);
			}
			if !full {
				break;
			}
		}
		found.truncate(limit);
		Ok(found)
	}

	/// Entries and bytes under a prefix.
	pub async fn size(&self, prefix: &[u8], at: Hash) -> Result<Size> {
		let keys = self.keys(prefix, usize::MAX, at).await?;
		let values = self.values(&keys, at).await?;
		let bytes = values.iter().map(|(key, value)| (key.len() + value.len()) as u64).sum();
		Ok(Size { keys: values.len() as u64, bytes })
	}

	/// Number of extrinsics in a block, and how full it is.
	pub async fn block(&self, at: Hash) -> Result<(usize, Fullness)> {
		let block: serde_json::Value =
			self.rpc.request("chain_getBlock", rpc_params![format!("{at:?}")]).await?;
		let count = block["block"]["extrinsics"].as_array().map_or(0, Vec::len);
		// Three classes of compact (time, size).
		type Weights = [(codec::Compact<u64>, codec::Compact<u64>); 3];
		let used = self
			.values(&[entry_prefix("System", "BlockWeight")], at)
			.await?
			.into_values()
			.next()
			.map(|value| Weights::decode_all(&mut value.as_slice()))
			.transpose()?;
		let share = |(time, _): (codec::Compact<u64>, _)| time.0 as f64 / MAX_BLOCK_TIME_PS;
		let [normal, operational, mandatory] = used.map_or([0.0; 3], |used| used.map(share));
		Ok((count, Fullness { normal, operational, mandatory }))
	}
}

/// The weight of a block, by classes, against the most there may be of all: 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fullness {
	/// Transactions, answers of workers among them.
	pub normal: f64,
	/// What may use the part of a block that is kept from those.
	pub operational: f64,
	/// The hooks: deadlines, matching.
	pub mandatory: f64,
}

impl Fullness {
	/// All classes.
	pub fn total(&self) -> f64 {
		self.normal + self.operational + self.mandatory
	}
}

/// The runtime's most computing time of a block, picoseconds: a third of two seconds.
const MAX_BLOCK_TIME_PS: f64 = 666_666_666_666.0;

/// Where an entry of a pallet lies in the state.
pub fn entry_prefix(pallet: &str, entry: &str) -> Vec<u8> {
	[twox_128(pallet.as_bytes()), twox_128(entry.as_bytes())].concat()
}

/// Hash of a block that the client library names.
pub fn hash(of: H256) -> Hash {
	Hash::from(of.0)
}

fn bytes_of(text: &str) -> Result<Vec<u8>> {
	hex::decode(text.trim_start_matches("0x")).context("the node answered with no hex")
}
