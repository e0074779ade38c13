//! What this library uses of the runtime: names of calls and storage, the shapes of what is stored.
//!
//! Types that primitives define are encoded as they are; types that only a pallet defines are
//! repeated by this library field by field. `artifacts/metadata.scale` is the metadata of the runtime
//! that this was written for. Tests compare it with the runtime's, and the repeated types with it;
//! [`differences`] compares what is used of it with a node's at every connection, so that nothing is
//! ever decoded as what it is not.

use crate::errors::ChainError;
use aitbc_primitives::{
	AccountId, Balance, Cid, Class, JobId, JobSpec, ReplicaIndex, SignedReceipt, WorkerKey,
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
	("Market", "set_offer"),
	("Market", "withdraw_offer"),
	("Jobs", "register_program"),
	("Jobs", "unregister_program"),
	("Jobs", "submit"),
	("Jobs", "cancel"),
	("Receipts", "commit"),
	("Receipts", "submit"),
	("Receipts", "reveal"),
];

/// Storage that is read.
pub const STORAGE: &[(&str, &str)] = &[
	("System", "Account"),
	("Balances", "TotalIssuance"),
	("ComputeStaking", "Miners"),
	("ComputeStaking", "WorkerOf"),
	("Market", "Offers"),
	("Jobs", "Programs"),
	("Jobs", "Jobs"),
	("Jobs", "Specs"),
	("Jobs", "Leases"),
	("Jobs", "MinerLeases"),
	("Jobs", "JobsOf"),
	("Receipts", "Receipts"),
	("Payouts", "Totals"),
	("Payouts", "Earnings"),
	("Payouts", "Payments"),
];

/// Constants that are read.
pub const CONSTANTS: &[(&str, &str)] = &[("Jobs", "MinDeliverBlocks"), ("Jobs", "MaxWindowBlocks")];

/// Decodes [`METADATA`].
pub(crate) fn our_metadata() -> Result<Metadata, ChainError> {
	Metadata::decode_from(METADATA).map_err(|error| ChainError::Decode {
		what: "the metadata this program was built with".into(),
		reason: error.to_string(),
	})
}

/// The used calls, storage entries and constants that `theirs` lacks or has in another shape than
/// `ours`. (Values of constants may differ: they are read from the node.)
pub fn differences(ours: &Metadata, theirs: &Metadata) -> Vec<String> {
	type Shape = fn(&Metadata, &str, &str) -> Option<[u8; 32]>;
	let call: Shape = |metadata, pallet, name| metadata.pallet_by_name(pallet)?.call_hash(name);
	let entry: Shape = |metadata, pallet, name| metadata.pallet_by_name(pallet)?.storage_hash(name);
	let constant: Shape = |metadata, pallet, name| {
		metadata.type_hash(metadata.pallet_by_name(pallet)?.constant_by_name(name)?.ty())
	};
	[("call", CALLS, call), ("storage", STORAGE, entry), ("constant", CONSTANTS, constant)]
		.into_iter()
		.flat_map(|(kind, used, shape)| {
			let differs = move |(pallet, name): &&(&str, &str)| {
				let theirs = shape(theirs, pallet, name);
				theirs.is_none() || theirs != shape(ours, pallet, name)
			};
			let differing = used.iter().filter(differs);
			differing.map(move |(pallet, name)| format!("{kind} {pallet}.{name}"))
		})
		.collect()
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

pub(crate) fn worker_of() -> Map<(Static<WorkerKey>,), Static<AccountId>> {
	dynamic("ComputeStaking", "WorkerOf")
}

pub(crate) fn offers() -> Map<(Static<Class>, Static<AccountId>), Static<crate::miners::Offer>> {
	dynamic("Market", "Offers")
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

pub(crate) fn leases() -> Map<(Static<JobId>, ReplicaIndex), Static<crate::jobs::Lease>> {
	dynamic("Jobs", "Leases")
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

pub(crate) fn payment_totals() -> Map<(), Static<crate::balances::PaymentTotals>> {
	dynamic("Payouts", "Totals")
}

pub(crate) fn earnings() -> Map<(Static<AccountId>,), Static<crate::miners::Earnings>> {
	dynamic("Payouts", "Earnings")
}

pub(crate) fn payments() -> Map<(Static<JobId>, ReplicaIndex), Static<crate::jobs::Payment>> {
	dynamic("Payouts", "Payments")
}

#[cfg(test)]
mod tests {
	use super::*;
	use subxt::ext::scale_type_resolver::{TypeResolver, visitor};

	/// The names of the fields (or variants) of what an entry stores.
	fn parts(metadata: &Metadata, pallet: &str, entry: &str) -> Vec<String> {
		let pallet = metadata.pallet_by_name(pallet).expect(pallet);
		let entry = pallet.storage().expect("has storage").entry_by_name(entry).expect(entry);
		names(metadata, entry.value_ty())
	}

	fn names(metadata: &Metadata, id: u32) -> Vec<String> {
		let visitor = visitor::new((), |(), _| Vec::new()).visit_composite(|(), _, fields| {
			fields.filter_map(|field| field.name.map(str::to_string)).collect()
		});
		metadata.types().resolve_type(id, visitor).expect("the type is there")
	}

	#[test]
	fn repeated_types_should_have_the_fields_of_the_runtimes() {
		let metadata = our_metadata().expect("decodes");
		for (pallet, entry, fields) in [
			("ComputeStaking", "Miners", "worker collateral locked open_leases status record"),
			("Market", "Offers", "price_per_unit slots used expires_at place"),
			("Jobs", "Programs", "owner size_bytes deposit jobs"),
			(
				"Jobs",
				"Jobs",
				"client class units max_price_per_unit replication start_within_blocks \
				 deliver_within_blocks posted_at ended_at escrow deposit attempts tried state",
			),
			("Payouts", "Totals", "replicas units split"),
			("Payouts", "Earnings", "replicas units gross net"),
			("Payouts", "Payments", "miner units split"),
		] {
			let expected: Vec<&str> = fields.split_whitespace().collect();
			assert_eq!(parts(&metadata, pallet, entry), expected, "{pallet}.{entry}");
		}
	}

	#[test]
	fn the_event_that_names_a_job_should_be_in_the_metadata() {
		let metadata = our_metadata().expect("decodes");
		let pallet = metadata.pallet_by_name("Jobs").expect("is there");
		let events = pallet.event_variants().expect("has events");
		let posted = events.iter().find(|event| event.name == "JobPosted").expect("is there");
		assert!(posted.fields.iter().any(|field| field.name.as_deref() == Some("job")));
	}

	#[test]
	fn everything_used_should_be_in_the_metadata() {
		let metadata = our_metadata().expect("decodes");
		assert_eq!(differences(&metadata, &metadata), Vec::<String>::new());
	}
}
