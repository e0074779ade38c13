//! What this library uses of the runtime: names of calls, storage and view functions, the shapes of what
//! is stored.
//!
//! Types that primitives define are encoded as they are; types that only a pallet defines are
//! repeated by this library field by field. `artifacts/metadata.scale` is the metadata of the runtime
//! that this was written for. Tests compare it with the runtime's, and the repeated types with it;
//! [`differences`] compares what is used of it with a node's at every connection, so that nothing is
//! ever decoded as what it is not.

use crate::errors::ChainError;
use aitbc_primitives::{
	AccountId, Balance, Cid, Class, DeviceProfile, JobId, JobSpec, ReplicaIndex, SignedReceipt,
	WorkerKey,
};
use subxt::{
	Metadata,
	ext::scale_decode::DecodeAsType,
	storage::{DynamicAddress, dynamic},
	utils::Static,
};

/// The metadata this library was written for, SCALE-encoded.
pub const METADATA: &[u8] = include_bytes!("../artifacts/metadata.scale");

/// A map from `K` (a tuple) to `V`.
pub(crate) type Map<K, V> = DynamicAddress<K, V>;

/// Calls that are sent.
pub const CALLS: &[(&str, &str)] = &[
	("Balances", "transfer_keep_alive"),
	("ComputeStaking", "register"),
	("ComputeStaking", "bond_extra"),
	("ComputeStaking", "leave"),
	("ComputeStaking", "withdraw"),
	("ComputeStaking", "unbond"),
	("ComputeStaking", "withdraw_unbonded"),
	("ComputeStaking", "rotate_worker"),
	("ComputeStaking", "chill"),
	("ComputeStaking", "resume"),
	("ComputeStaking", "set_commission"),
	("ComputeStaking", "set_compounding"),
	("ComputeStaking", "delegate"),
	("ComputeStaking", "undelegate"),
	("ComputeStaking", "return_delegation"),
	("ComputeStaking", "request_owner"),
	("ComputeStaking", "accept_miner"),
	("ComputeStaking", "leave_owner"),
	("Market", "set_offer"),
	("Market", "withdraw_offer"),
	("Market", "set_profile"),
	("Market", "clear_profile"),
	("Jobs", "register_program"),
	("Jobs", "unregister_program"),
	("Jobs", "submit"),
	("Jobs", "cancel"),
	("Receipts", "commit"),
	("Receipts", "submit"),
	("Receipts", "reveal"),
	("Receipts", "submit_batch"),
];

/// Storage that is read.
pub const STORAGE: &[(&str, &str)] = &[
	("System", "Account"),
	("Balances", "TotalIssuance"),
	("ComputeStaking", "Miners"),
	("ComputeStaking", "Workers"),
	("ComputeStaking", "Delegations"),
	("ComputeStaking", "Unbonding"),
	("Market", "Offers"),
	("Market", "Profiles"),
	("Jobs", "Programs"),
	("Jobs", "Jobs"),
	("Jobs", "Specs"),
	("Jobs", "MinerLeases"),
	("Jobs", "JobsOf"),
	("Receipts", "Receipts"),
	("Payouts", "Totals"),
];

/// View functions that are asked.
pub const VIEWS: &[(&str, &str)] = &[
	("ComputeStaking", "miner_standing"),
	("ComputeStaking", "delegation"),
	("Market", "offers"),
	("Market", "depth"),
	("Jobs", "why_no_match"),
	("Jobs", "quote"),
	("Jobs", "jobs_of"),
	("Jobs", "waiting"),
	("Payouts", "earnings"),
	("Payouts", "pot"),
];

/// Functions of the runtime's own interfaces that are asked.
pub const RUNTIME_APIS: &[(&str, &str)] = &[("MarketApi", "terms")];

/// Constants that are read.
pub const CONSTANTS: &[(&str, &str)] = &[
	("Jobs", "MinDeliverBlocks"),
	("Jobs", "MaxWindowBlocks"),
	("Market", "MaxSlots"),
	("Market", "MaxOfferBlocks"),
];

/// Decodes [`METADATA`].
pub(crate) fn our_metadata() -> Result<Metadata, ChainError> {
	Metadata::decode_from(METADATA).map_err(|error| ChainError::Decode {
		what: "the metadata this program was built with".into(),
		reason: error.to_string(),
	})
}

/// Everything used that `theirs` lacks or has in another shape than `ours`. (Values of constants may
/// differ: they are read from the node.)
pub fn differences(ours: &Metadata, theirs: &Metadata) -> Vec<String> {
	type Shape = fn(&Metadata, &str, &str) -> Option<[u8; 32]>;
	let call: Shape = |metadata, pallet, name| metadata.pallet_by_name(pallet)?.call_hash(name);
	let entry: Shape = |metadata, pallet, name| metadata.pallet_by_name(pallet)?.storage_hash(name);
	let constant: Shape = |metadata, pallet, name| {
		metadata.type_hash(metadata.pallet_by_name(pallet)?.constant_by_name(name)?.ty())
	};
	let view: Shape = |metadata, pallet, name| {
		Some(metadata.pallet_by_name(pallet)?.view_function_by_name(name)?.hash())
	};
	let api: Shape = |metadata, api, name| {
		Some(metadata.runtime_api_trait_by_name(api)?.method_by_name(name)?.hash())
	};
	let parts = [
		("call", CALLS, call),
		("storage", STORAGE, entry),
		("constant", CONSTANTS, constant),
		("view function", VIEWS, view),
		("interface", RUNTIME_APIS, api),
	];
	let differing = parts.into_iter().flat_map(|(kind, used, shape)| {
		let differs = move |(pallet, name): &&(&str, &str)| {
			let theirs = shape(theirs, pallet, name);
			theirs.is_none() || theirs != shape(ours, pallet, name)
		};
		let differing = used.iter().filter(differs);
		differing.map(move |(pallet, name)| format!("{kind} {pallet}.{name}"))
	});
	differing.collect()
}

/// `System.Account`.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct AccountInfo {
	pub data: AccountData,
}

/// The balances of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct AccountData {
	pub free: Balance,
	pub reserved: Balance,
	pub frozen: Balance,
}

pub(crate) fn accounts() -> Map<(Static<AccountId>,), AccountInfo> {
	dynamic("System", "Account")
}

pub(crate) fn total_issuance() -> Map<(), Balance> {
	dynamic("Balances", "TotalIssuance")
}

pub(crate) fn miners() -> Map<(Static<AccountId>,), Static<crate::miners::Miner>> {
	dynamic("ComputeStaking", "Miners")
}

pub(crate) fn workers() -> Map<(Static<WorkerKey>,), Static<crate::miners::Worker>> {
	dynamic("ComputeStaking", "Workers")
}

/// A miner, and who staked on it.
type StakeKey = (Static<AccountId>, Static<AccountId>);

pub(crate) fn delegations() -> Map<StakeKey, Balance> {
	dynamic("ComputeStaking", "Delegations")
}

pub(crate) fn unbonding() -> Map<StakeKey, Static<Vec<crate::stakes::UnbondingChunk>>> {
	dynamic("ComputeStaking", "Unbonding")
}

pub(crate) fn offers() -> Map<(Static<Class>, Static<AccountId>), Static<crate::market::Offer>> {
	dynamic("Market", "Offers")
}

pub(crate) fn profiles() -> Map<(Static<AccountId>,), Static<(DeviceProfile, Balance)>> {
	dynamic("Market", "Profiles")
}

pub(crate) fn programs() -> Map<(Static<Cid>,), Static<crate::jobs::Program>> {
	dynamic("Jobs", "Programs")
}

pub(crate) fn jobs() -> Map<(Static<JobId>,), Static<crate::jobs::Job>> {
	dynamic("Jobs", "Jobs")
}

pub(crate) fn specs() -> Map<(Static<JobId>,), Static<JobSpec>> {
	dynamic("Jobs", "Specs")
}

/// A miner, and one of its leases.
type MinerLeaseKey = (Static<AccountId>, Static<(JobId, ReplicaIndex)>);

pub(crate) fn miner_leases() -> Map<MinerLeaseKey, ()> {
	dynamic("Jobs", "MinerLeases")
}

pub(crate) fn jobs_of() -> Map<(Static<AccountId>, Static<JobId>), ()> {
	dynamic("Jobs", "JobsOf")
}

pub(crate) fn receipts() -> Map<(Static<JobId>, ReplicaIndex), Static<SignedReceipt>> {
	dynamic("Receipts", "Receipts")
}

pub(crate) fn payment_totals() -> Map<(), Static<crate::earnings::PaymentTotals>> {
	dynamic("Payouts", "Totals")
}

#[cfg(test)]
mod tests;
