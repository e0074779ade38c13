use super::*;
use crate::{earnings, jobs, market, miners, stakes};
use aitbc_primitives::MatchReport;
use scale_info::{
	Field, PortableRegistry, Registry, TypeDef, TypeInfo, form::PortableForm, meta_type,
};

/// Crates whose types this library repeats, or writes as what they are made of. Types of all others are
/// used as they are, so that their names are enough.
const REPEATED: [&str; 8] = [
	"pallet_compute_staking",
	"pallet_market",
	"pallet_jobs",
	"pallet_payouts",
	"aitbc_runtime_api",
	"aitbc_client",
	"bounded_collections",
	"sp_arithmetic",
];

/// A type in a line: its fields with their types, its variants with their indexes.
fn shape(types: &PortableRegistry, id: u32) -> String {
	let ty = types.resolve(id).expect("the type is there");
	if let [first, .., name] = ty.path.segments.as_slice()
		&& !REPEATED.contains(&first.as_str())
	{
		return name.clone();
	}
	let list = |parts: Vec<String>| parts.join(", ");
	match &ty.type_def {
		TypeDef::Composite(composite) => fields(types, &composite.fields),
		TypeDef::Variant(variant) => {
			let variants = variant.variants.iter().map(|variant| {
				let fields = fields(types, &variant.fields);
				format!("{} {} {fields}", variant.index, variant.name)
			});
			format!("<{}>", list(variants.collect()))
		}
		TypeDef::Sequence(sequence) => format!("[{}]", shape(types, sequence.type_param.id)),
		TypeDef::Array(array) => {
			format!("[{}; {}]", shape(types, array.type_param.id), array.len)
		}
		TypeDef::Tuple(tuple) => {
			format!("({})", list(tuple.fields.iter().map(|part| shape(types, part.id)).collect()))
		}
		TypeDef::Primitive(primitive) => format!("{primitive:?}").to_lowercase(),
		TypeDef::Compact(compact) => format!("compact {}", shape(types, compact.type_param.id)),
		TypeDef::BitSequence(_) => "bits".into(),
	}
}

fn fields(types: &PortableRegistry, fields: &[Field<PortableForm>]) -> String {
	match fields {
		// A wrapper is encoded as what it wraps.
		[only] if only.name.is_none() => shape(types, only.ty.id),
		_ => {
			let part = |field: &Field<PortableForm>| {
				let name = field.name.as_deref().unwrap_or("_");
				format!("{name}: {}", shape(types, field.ty.id))
			};
			format!("{{{}}}", fields.iter().map(part).collect::<Vec<_>>().join(", "))
		}
	}
}

/// The shape of a type of ours.
fn ours<T: TypeInfo + 'static>() -> String {
	let mut registry = Registry::new();
	let id = registry.register_type(&meta_type::<T>()).id;
	shape(&registry.into(), id)
}

/// The shapes of the keys and of the value of a storage entry.
fn stored(metadata: &Metadata, pallet: &str, entry: &str) -> (Vec<String>, String) {
	let pallet = metadata.pallet_by_name(pallet).expect(pallet);
	let entry = pallet.storage().expect("has storage").entry_by_name(entry).expect(entry);
	let keys = entry.keys().map(|key| shape(metadata.types(), key.key_id)).collect();
	(keys, shape(metadata.types(), entry.value_ty()))
}

/// The shapes of the arguments and of the answer of a view function.
fn asked(metadata: &Metadata, pallet: &str, function: &str) -> (Vec<String>, String) {
	let pallet = metadata.pallet_by_name(pallet).expect(pallet);
	let function = pallet.view_function_by_name(function).expect(function);
	let arguments = function.inputs().map(|input| shape(metadata.types(), input.id)).collect();
	(arguments, shape(metadata.types(), function.output_ty()))
}

#[test]
fn what_is_read_of_storage_should_be_what_the_runtime_writes() {
	let metadata = our_metadata().expect("decodes");
	let check = |pallet: &str, entry: &str, keys: &[String], value: String| {
		let expected = (keys.to_vec(), value);
		assert_eq!(stored(&metadata, pallet, entry), expected, "{pallet}.{entry}");
	};
	let account = || ours::<AccountId>();
	check("ComputeStaking", "Miners", &[account()], ours::<miners::Miner>());
	check("ComputeStaking", "Workers", &[ours::<WorkerKey>()], ours::<miners::Worker>());
	check("ComputeStaking", "Delegations", &[account(), account()], ours::<Balance>());
	let chunks = ours::<Vec<stakes::UnbondingChunk>>();
	check("ComputeStaking", "Unbonding", &[account(), account()], chunks);
	check("Market", "Offers", &[ours::<Class>(), account()], ours::<market::Offer>());
	check("Market", "Profiles", &[account()], ours::<(DeviceProfile, Balance)>());
	check("Jobs", "Programs", &[ours::<Cid>()], ours::<jobs::Program>());
	check("Jobs", "Jobs", &[ours::<JobId>()], ours::<jobs::Job>());
	check("Jobs", "Specs", &[ours::<JobId>()], ours::<JobSpec>());
	let lease = ours::<(JobId, ReplicaIndex)>();
	check("Jobs", "MinerLeases", &[account(), lease], ours::<()>());
	check("Jobs", "JobsOf", &[account(), ours::<JobId>()], ours::<()>());
	let replica = [ours::<JobId>(), ours::<ReplicaIndex>()];
	check("Receipts", "Receipts", &replica, ours::<SignedReceipt>());
	check("Payouts", "Totals", &[], ours::<earnings::PaymentTotals>());
}

#[test]
fn what_is_asked_should_be_what_the_runtime_answers() {
	let metadata = our_metadata().expect("decodes");
	let check = |pallet: &str, function: &str, arguments: &[String], answer: String| {
		let expected = (arguments.to_vec(), answer);
		assert_eq!(asked(&metadata, pallet, function), expected, "{pallet}.{function}");
	};
	let (account, class, job) = (ours::<AccountId>(), ours::<Class>(), ours::<JobId>());
	let number = ours::<u32>();
	check(
		"ComputeStaking",
		"miner_standing",
		&[account.clone(), class.clone()],
		ours::<Option<miners::Standing>>(),
	);
	check(
		"ComputeStaking",
		"delegation",
		&[account.clone(), account.clone()],
		ours::<stakes::Delegation>(),
	);
	check(
		"Market",
		"offers",
		&[class.clone(), ours::<market::Place>(), number.clone()],
		ours::<market::OfferPage>(),
	);
	check("Market", "depth", std::slice::from_ref(&class), ours::<Vec<market::DepthLevel>>());
	check(
		"Jobs",
		"why_no_match",
		std::slice::from_ref(&job),
		ours::<Option<Vec<(ReplicaIndex, MatchReport)>>>(),
	);
	let quote = format!("<0 Ok {}, 1 Err DispatchError>", ours::<market::Quote>());
	check("Jobs", "quote", &[ours::<JobSpec>()], quote);
	check(
		"Jobs",
		"jobs_of",
		&[account.clone(), ours::<Option<JobId>>(), number],
		ours::<Vec<(JobId, jobs::JobState)>>(),
	);
	check("Jobs", "waiting", &[class], ours::<Vec<(Balance, u64)>>());
	check("Payouts", "earnings", std::slice::from_ref(&account), ours::<earnings::Earnings>());
	check("Payouts", "pot", &[], ours::<(AccountId, Balance)>());
}

#[test]
fn the_markets_terms_should_be_what_the_runtime_answers() {
	let metadata = our_metadata().expect("decodes");
	let api = metadata.runtime_api_trait_by_name("MarketApi").expect("is there");
	let terms = api.method_by_name("terms").expect("is there");
	assert_eq!(shape(metadata.types(), terms.output_ty()), ours::<market::Terms>());
}

#[test]
fn events_that_are_read_should_have_their_fields() {
	let metadata = our_metadata().expect("decodes");
	for (pallet, event, fields) in [
		("Jobs", "JobPosted", &["job"][..]),
		("ComputeStaking", "Delegated", &["shares"]),
		("ComputeStaking", "Undelegated", &["amount", "until"]),
		("ComputeStaking", "CollateralUnbonding", &["amount", "until"]),
		("ComputeStaking", "UnbondedWithdrawn", &["amount"]),
		("ComputeStaking", "DelegationReturned", &["returned"]),
	] {
		let events = metadata.pallet_by_name(pallet).expect(pallet).event_variants();
		let found = events.expect("has events").iter().find(|variant| variant.name == event);
		let found = found.unwrap_or_else(|| panic!("no {pallet}.{event}"));
		for wanted in fields {
			let known = found.fields.iter().any(|field| field.name.as_deref() == Some(wanted));
			assert!(known, "{pallet}.{event} has no {wanted}");
		}
	}
}

#[test]
fn everything_used_should_be_in_the_metadata() {
	let metadata = our_metadata().expect("decodes");
	assert_eq!(differences(&metadata, &metadata), Vec::<String>::new());
}
