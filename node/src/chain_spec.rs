//! Chain specifications: the runtime with one of its genesis presets, or a file.

use aitbc_runtime::{
	RuntimeGenesisConfig, SS58_PREFIX, TOKEN_DECIMALS, TOKEN_SYMBOL, WASM_BINARY,
	genesis_config_presets,
};
use sc_chain_spec::{
	ChainSpec as _, ChainSpecExtension, ChainType, GenericChainSpec, Properties, json_patch,
};
use sc_sync_state_rpc::LightSyncStateExtension;
use serde::{Deserialize, Serialize};
use sp_core::{
	crypto::Ss58AddressFormat,
	storage::{Storage, well_known_keys},
};
use sp_runtime::BuildStorage;
use std::path::PathBuf;

/// What a specification says beside the genesis.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
	/// Where a light client may begin; filled in by the call `sync_state_genSyncSpec`.
	pub light_sync_state: LightSyncStateExtension,
}

/// A chain specification of this node.
pub type ChainSpec = GenericChainSpec<Extensions>;

/// A chain whose genesis the runtime carries.
struct KnownChain {
	name: &'static str,
	id: &'static str,
	chain_type: ChainType,
	preset: &'static str,
}

/// The chain that goes by the name `chain` on the command line.
fn known(chain: &str) -> Option<KnownChain> {
	match chain {
		"dev" => Some(KnownChain {
			name: "AITBC Development",
			id: "aitbc_dev",
			chain_type: ChainType::Development,
			preset: sp_genesis_builder::DEV_RUNTIME_PRESET,
		}),
		"" | "local" => Some(KnownChain {
			name: "AITBC Local Testnet",
			id: "aitbc_local",
			chain_type: ChainType::Local,
			preset: sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET,
		}),
		_ => None,
	}
}

/// Loads the specification called `chain`: `dev`, `local` (also the empty name), or a path to a file.
/// The error is a sentence for the user.
///
/// The genesis of a known chain is computed by the native runtime, which spares two compilations of
/// the wasm runtime at each start; a test compares it with what the wasm runtime computes.
pub fn load(chain: &str) -> Result<ChainSpec, String> {
	let Some(known) = known(chain) else { return load_file(chain) };
	let mut spec = plain_spec(&known)?;
	spec.set_storage(native_genesis(known.preset)?);
	Ok(spec)
}

/// As [`load`], but a known chain's genesis stays a configuration that a person can read and edit.
pub fn load_plain(chain: &str) -> Result<ChainSpec, String> {
	known(chain).map_or_else(|| load_file(chain), |known| plain_spec(&known))
}

fn load_file(path: &str) -> Result<ChainSpec, String> {
	ChainSpec::from_json_file(PathBuf::from(path)).map_err(|error| {
		format!(
			"cannot load the chain \"{path}\": it is none of the known chains (dev, local), and read \
			 as the path of a specification file it gives: {error}. Write a file with \
			 `aitbc-node export-chain-spec --chain local --output FILE`"
		)
	})
}

fn wasm_code() -> Result<&'static [u8], String> {
	WASM_BINARY.ok_or_else(|| {
		"this node was built without the wasm runtime (SKIP_WASM_BUILD was set), so it knows no chain \
		 by name; build it again without that variable, or name a specification file"
			.into()
	})
}

/// The preset as a patch of the default genesis.
fn preset_patch(preset: &str) -> Result<serde_json::Value, String> {
	let json = genesis_config_presets::get_preset(&preset.into())
		.ok_or_else(|| format!("the runtime has no genesis preset \"{preset}\""))?;
	serde_json::from_slice(&json)
		.map_err(|error| format!("the genesis preset \"{preset}\" is not JSON: {error}"))
}

fn plain_spec(chain: &KnownChain) -> Result<ChainSpec, String> {
	// Wallets read the symbol, the decimals and the address prefix from here.
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), TOKEN_SYMBOL.into());
	properties.insert("tokenDecimals".into(), TOKEN_DECIMALS.into());
	properties.insert("ss58Format".into(), SS58_PREFIX.into());
	Ok(ChainSpec::builder(wasm_code()?, Extensions::default())
		.with_name(chain.name)
		.with_id(chain.id)
		.with_protocol_id(chain.id)
		.with_chain_type(chain.chain_type.clone())
		.with_genesis_config_patch(preset_patch(chain.preset)?)
		.with_properties(properties)
		.build())
}

/// The storage of block zero, computed without wasm.
fn native_genesis(preset: &str) -> Result<Storage, String> {
	let explain = |error: serde_json::Error| {
		format!("the genesis preset \"{preset}\" does not fit the runtime: {error}")
	};
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).map_err(explain)?;
	json_patch::merge(&mut config, preset_patch(preset)?);
	let config: RuntimeGenesisConfig = serde_json::from_value(config).map_err(explain)?;
	let mut storage = config.build_storage()?;
	storage.top.insert(well_known_keys::CODE.to_vec(), wasm_code()?.to_vec());
	Ok(storage)
}

/// Makes the program print addresses in the chain's format.
pub fn set_address_format() {
	sp_core::crypto::set_default_ss58_version(Ss58AddressFormat::custom(SS58_PREFIX));
}
