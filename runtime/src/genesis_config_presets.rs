//! The chains a person can start: what stands in block zero.
//!
//! * `development`: one validator, Alice.
//! * `local_testnet`: four validators, Alice, Bob, Charlie and Dave.
//!
//! Both fund the accounts of the well-known development keyring and make Alice the sudo key. The
//! secrets of all of them are public: such a chain is for trying things out.

use crate::{
	AIT, AccountId, BabeConfig, Balance, BalancesConfig, RuntimeGenesisConfig, SessionConfig,
	SessionKeys, StakingConfig, SudoConfig, configs::consensus::BABE_GENESIS_EPOCH_CONFIG,
};
use alloc::{string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use pallet_staking::StakerStatus;
use serde_json::Value;
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET, PresetId};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::Perbill;

/// What every funded account begins with, planck.
pub const ENDOWMENT: Balance = 1_000_000 * AIT;
/// What every validator has staked, planck.
pub const STAKE: Balance = 500_000 * AIT;

/// A validator of the development keyring: who owns the stake, and with which keys it signs.
struct Validator {
	stash: AccountId,
	keys: SessionKeys,
}

impl Validator {
	/// The stake lies with `stash`; `sr25519` and `ed25519` are the same name's keys.
	fn new(stash: Sr25519Keyring, sr25519: Sr25519Keyring, ed25519: Ed25519Keyring) -> Self {
		Self {
			stash: stash.to_account_id(),
			keys: SessionKeys {
				grandpa: ed25519.public().into(),
				babe: sr25519.public().into(),
				authority_discovery: sr25519.public().into(),
			},
		}
	}
}

/// The people of the development keyring that hold coins, and their stashes.
fn funded() -> [Sr25519Keyring; 12] {
	[
		Sr25519Keyring::Alice,
		Sr25519Keyring::Bob,
		Sr25519Keyring::Charlie,
		Sr25519Keyring::Dave,
		Sr25519Keyring::Eve,
		Sr25519Keyring::Ferdie,
		Sr25519Keyring::AliceStash,
		Sr25519Keyring::BobStash,
		Sr25519Keyring::CharlieStash,
		Sr25519Keyring::DaveStash,
		Sr25519Keyring::EveStash,
		Sr25519Keyring::FerdieStash,
	]
}

fn genesis(validators: Vec<Validator>) -> Value {
	let count = u32::try_from(validators.len()).unwrap_or(u32::MAX);
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances: funded().iter().map(|key| (key.to_account_id(), ENDOWMENT)).collect(),
		},
		babe: BabeConfig { epoch_config: BABE_GENESIS_EPOCH_CONFIG },
		session: SessionConfig {
			keys: validators
				.iter()
				.map(|v| (v.stash.clone(), v.stash.clone(), v.keys.clone()))
				.collect(),
		},
		staking: StakingConfig {
			validator_count: count,
			minimum_validator_count: 1,
			slash_reward_fraction: Perbill::from_percent(10),
			min_validator_bond: 10_000 * AIT,
			min_nominator_bond: 10 * AIT,
			stakers: validators
				.iter()
				.map(|v| (v.stash.clone(), v.stash.clone(), STAKE, StakerStatus::Validator))
				.collect(),
		},
		sudo: SudoConfig { key: Some(Sr25519Keyring::Alice.to_account_id()) },
	})
}

fn alice() -> Validator {
	Validator::new(Sr25519Keyring::AliceStash, Sr25519Keyring::Alice, Ed25519Keyring::Alice)
}

fn development() -> Value {
	genesis(vec![alice()])
}

fn local_testnet() -> Value {
	genesis(vec![
		alice(),
		Validator::new(Sr25519Keyring::BobStash, Sr25519Keyring::Bob, Ed25519Keyring::Bob),
		Validator::new(
			Sr25519Keyring::CharlieStash,
			Sr25519Keyring::Charlie,
			Ed25519Keyring::Charlie,
		),
		Validator::new(Sr25519Keyring::DaveStash, Sr25519Keyring::Dave, Ed25519Keyring::Dave),
	])
}

/// The preset `id` as JSON that patches the default genesis; `None` if there is no such preset.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_str() {
		DEV_RUNTIME_PRESET => development(),
		LOCAL_TESTNET_RUNTIME_PRESET => local_testnet(),
		_ => return None,
	};
	Some(patch.to_string().into_bytes())
}

/// Every preset there is.
pub fn preset_names() -> Vec<PresetId> {
	vec![PresetId::from(DEV_RUNTIME_PRESET), PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET)]
}
