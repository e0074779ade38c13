//! What the AITBC chain is: a proof-of-stake chain (BABE, GRANDPA, nominated validators) on which
//! GPU compute is bought and sold.
//!
//! * [`configs`] decides every number and wires the pallets to each other.
//! * [`apis`] is what the node and clients may ask.
//! * [`genesis_config_presets`] describes the chains a person can start.
//! * [`invariants`] checks what must hold between the pallets of the market.
//!
//! Pallet indices are part of the chain's encoding and are never reused.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]
// `parameter_types!`, `dynamic_params` and the runtime macro generate public items without documentation.
#![allow(missing_docs)]
// The runtime's macros nest deeper than the default limit.
#![recursion_limit = "512"]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
pub mod genesis_config_presets;
#[cfg(any(feature = "std", feature = "try-runtime"))]
pub mod invariants;
#[cfg(test)]
mod tests;
mod weights;

use alloc::{borrow::Cow, vec::Vec};
use pallet_session::historical as pallet_session_historical;
use sp_runtime::{MultiAddress, generic, impl_opaque_keys, traits::BlakeTwo256};
use sp_version::RuntimeVersion;

pub use aitbc_primitives::{
	AIT, AccountId, Balance, BlockNumber, Hash, MICRO_AIT, MILLI_AIT, Nonce, Signature,
};
pub use configs::{
	consensus::time,
	fees::ExistentialDeposit,
	market::{RuntimeParameters, dynamic_params},
};

/// Symbol of the chain's coin.
pub const TOKEN_SYMBOL: &str = "AIT";
/// Decimals of the chain's coin.
pub const TOKEN_DECIMALS: u8 = 12;
/// Prefix of textual addresses.
pub const SS58_PREFIX: u16 = 42;

impl_opaque_keys! {
	/// The keys with which a validator takes part in consensus.
	pub struct SessionKeys {
		/// Votes for finality.
		pub grandpa: Grandpa,
		/// Claims slots and seals blocks.
		pub babe: Babe,
		/// Signs the addresses at which the validator is reached.
		pub authority_discovery: AuthorityDiscovery,
	}
}

/// Which runtime this is. `spec_version` rises with every change of behaviour,
/// `transaction_version` with every change of how a signed extrinsic is encoded.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("aitbc"),
	impl_name: Cow::Borrowed("aitbc-node"),
	authoring_version: 1,
	spec_version: 102,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 2,
	system_version: 1,
};

/// How accounts are named in calls.
pub type Address = MultiAddress<AccountId, ()>;
/// Block header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// Block of this runtime.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// Extrinsic as it stands in a block or comes from the network.
pub type UncheckedExtrinsic =
	generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What is signed.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;
/// Checks and effects around every transaction, in their order.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckMortality<Runtime>,
	pallet_receipts::PrioritiseReceipts<Runtime, frame_system::CheckNonce<Runtime>>,
	frame_system::CheckWeight<Runtime>,
	pallet_skip_feeless_payment::SkipCheckIfFeeless<
		Runtime,
		pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);
/// Runs blocks.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

/// Types for code that handles blocks without knowing the runtime.
pub mod opaque {
	use sp_runtime::{generic, traits::BlakeTwo256};

	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	/// Header; the same as the runtime's.
	pub type Header = generic::Header<crate::BlockNumber, BlakeTwo256>;
	/// Block whose extrinsics are bytes.
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
	/// Name of a block.
	pub type BlockId = generic::BlockId<Block>;
}

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	// The base of every chain.
	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Runtime>;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp::Pallet<Runtime>;

	// Consensus. Babe comes before Session, Staking before Session: genesis is built in this order.
	#[runtime::pallet_index(2)]
	pub type Babe = pallet_babe::Pallet<Runtime>;
	#[runtime::pallet_index(3)]
	pub type Authorship = pallet_authorship::Pallet<Runtime>;

	// Coins and fees.
	#[runtime::pallet_index(4)]
	pub type Balances = pallet_balances::Pallet<Runtime>;
	#[runtime::pallet_index(5)]
	pub type TransactionPayment = pallet_transaction_payment::Pallet<Runtime>;
	#[runtime::pallet_index(6)]
	pub type SkipFeelessPayment = pallet_skip_feeless_payment::Pallet<Runtime>;

	// Validators.
	#[runtime::pallet_index(10)]
	pub type Staking = pallet_staking::Pallet<Runtime>;
	#[runtime::pallet_index(11)]
	pub type Offences = pallet_offences::Pallet<Runtime>;
	#[runtime::pallet_index(12)]
	pub type Historical = pallet_session_historical::Pallet<Runtime>;
	#[runtime::pallet_index(13)]
	pub type Session = pallet_session::Pallet<Runtime>;
	#[runtime::pallet_index(14)]
	pub type Grandpa = pallet_grandpa::Pallet<Runtime>;
	#[runtime::pallet_index(15)]
	pub type AuthorityDiscovery = pallet_authority_discovery::Pallet<Runtime>;

	// Common goods.
	#[runtime::pallet_index(20)]
	pub type Treasury = pallet_treasury::Pallet<Runtime>;
	#[runtime::pallet_index(21)]
	pub type Parameters = pallet_parameters::Pallet<Runtime>;
	#[runtime::pallet_index(22)]
	pub type Migrations = pallet_migrations::Pallet<Runtime>;

	// Tools for accounts.
	#[runtime::pallet_index(30)]
	pub type Utility = pallet_utility::Pallet<Runtime>;
	#[runtime::pallet_index(31)]
	pub type Multisig = pallet_multisig::Pallet<Runtime>;
	#[runtime::pallet_index(32)]
	pub type Proxy = pallet_proxy::Pallet<Runtime>;
	#[runtime::pallet_index(33)]
	pub type Scheduler = pallet_scheduler::Pallet<Runtime>;
	#[runtime::pallet_index(34)]
	pub type Preimage = pallet_preimage::Pallet<Runtime>;

	// The compute market. Jobs comes first of those with hooks: it drives the others.
	#[runtime::pallet_index(60)]
	pub type ComputeStaking = pallet_compute_staking::Pallet<Runtime>;
	#[runtime::pallet_index(61)]
	pub type Market = pallet_market::Pallet<Runtime>;
	#[runtime::pallet_index(62)]
	pub type Jobs = pallet_jobs::Pallet<Runtime>;
	#[runtime::pallet_index(63)]
	pub type Receipts = pallet_receipts::Pallet<Runtime>;
	#[runtime::pallet_index(64)]
	pub type Payouts = pallet_payouts::Pallet<Runtime>;

	#[runtime::pallet_index(255)]
	pub type Sudo = pallet_sudo::Pallet<Runtime>;
}
