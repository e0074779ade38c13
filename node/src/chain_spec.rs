//! Chain specifications: the runtime with one of its genesis presets, or a file.

use aitbc_runtime::{SS58_PREFIX, TOKEN_DECIMALS, TOKEN_SYMBOL, WASM_BINARY};
use sc_chain_spec::{ChainSpecExtension, ChainType, GenericChainSpec, Properties};
use sc_sync_state_rpc::LightSyncStateExtension;
use serde::{Deserialize, Serialize};
use sp_core::crypto::Ss58AddressFormat;
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

/// Loads the specification called `id`: `dev`, `local` (also the empty name), or a path to a file.
/// The error is a sentence for the user.
pub fn load(id: &str) -> Result<ChainSpec, String> {
	match id {
		"dev" => preset(
			"AITBC Development",
			"aitbc_dev",
			ChainType::Development,
			sp_genesis_builder::DEV_RUNTIME_PRESET,
		),
		"" | "local" => preset(
			"AITBC Local Testnet",
			"aitbc_local",
			ChainType::Local,
			sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET,
		),
		path => ChainSpec::from_json_file(PathBuf::from(path)).map_err(|error| {
			format!(
				"cannot load the chain \"{path}\": it is none of the known chains (dev, local), and \
				 read as the path of a specification file it gives: {error}. Write a file with \
				 `aitbc-node export-chain-spec --chain local --output FILE`"
			)
		}),
	}
}

fn preset(name: &str, id: &str, chain_type: ChainType, preset: &str) -> Result<ChainSpec, String> {
	let code = WASM_BINARY.ok_or(
		"this node was built without the wasm runtime (SKIP_WASM_BUILD was set), so it knows no \
		 chain by name; build it again without that variable, or name a specification file",
	)?;
	// Wallets read the symbol, the decimals and the address prefix from here.
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), TOKEN_SYMBOL.into());
	properties.insert("tokenDecimals".into(), TOKEN_DECIMALS.into());
	properties.insert("ss58Format".into(), SS58_PREFIX.into());
	Ok(ChainSpec::builder(code, Extensions::default())
		.with_name(name)
		.with_id(id)
		.with_protocol_id(id)
		.with_chain_type(chain_type)
		.with_genesis_config_preset_name(preset)
		.with_properties(properties)
		.build())
}

/// Makes the program print addresses in the chain's format.
pub fn set_address_format() {
	sp_core::crypto::set_default_ss58_version(Ss58AddressFormat::custom(SS58_PREFIX));
}

#[cfg(test)]
mod tests {
	use super::*;
	use sc_chain_spec::ChainSpec as _;
	use sp_runtime::BuildStorage;

	#[test]
	fn known_chains_should_build_their_genesis() {
		for (id, name) in [("dev", "aitbc_dev"), ("local", "aitbc_local"), ("", "aitbc_local")] {
			let spec = load(id).expect("the chain is known");
			assert_eq!(spec.id(), name);
			let storage = spec.build_storage().expect("the preset builds");
			assert!(storage.top.contains_key(sp_core::storage::well_known_keys::CODE));
			assert_eq!(spec.properties()["tokenSymbol"], "AIT");
			assert_eq!(spec.properties()["tokenDecimals"], 12);
		}
	}

	#[test]
	fn a_specification_should_survive_being_written_and_read() {
		let directory = tempfile::tempdir().expect("a temporary folder");
		let path = directory.path().join("chain.json");
		let written = load("dev").expect("the chain is known");
		std::fs::write(&path, written.as_json(true).expect("it can be written")).expect("writes");
		let read = load(path.to_str().expect("a readable path")).expect("it can be read");
		assert_eq!(read.id(), written.id());
		assert_eq!(
			read.build_storage().expect("raw").top,
			written.build_storage().expect("built").top
		);
	}

	#[test]
	fn bad_files_should_be_named_in_the_error() {
		let error = load("/no/such/file.json").err().expect("no file");
		assert!(error.contains("/no/such/file.json") && error.contains("export-chain-spec"));
		let directory = tempfile::tempdir().expect("a temporary folder");
		let path = directory.path().join("bad.json");
		std::fs::write(&path, "{ \"name\": 7 ").expect("writes");
		let error = load(path.to_str().expect("a readable path")).err().expect("not a spec");
		assert!(error.contains("bad.json"), "{error}");
	}
}
