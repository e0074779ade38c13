//! Why a job finds no miner, and what posting one would mean: the filters' counts, and a sentence.

use super::{describe::state_json, describe::state_line, require};
use crate::{
	commands::{
		device::{feature_names, region_text, reputation_text},
		show,
		spec::Kind,
	},
	context::Context,
	error::CliError,
};
use aitbc_client::{
	amount::format_amount,
	jobs::{Job, JobState},
	market::Quote,
};
use aitbc_primitives::{Features, JobId, JobSpec, MatchReport, OfferFilter, ReplicaIndex};
use serde_json::{Value, json};
use std::process::ExitCode;

/// A filter in a word.
const fn filter_name(filter: OfferFilter) -> &'static str {
	match filter {
		OfferFilter::Expired => "expired",
		OfferFilter::Price => "price",
		OfferFilter::JobSize => "job-size",
		OfferFilter::Vram => "vram",
		OfferFilter::Speed => "speed",
		OfferFilter::Window => "window",
		OfferFilter::Features => "features",
		OfferFilter::Region => "region",
		OfferFilter::NotAllowed => "not-allowed",
		OfferFilter::Denied => "denied",
		OfferFilter::MinerInactive => "miner-inactive",
		OfferFilter::OwnerTaken => "owner-taken",
		OfferFilter::Reputation => "reputation",
		OfferFilter::Collateral => "collateral",
	}
}

/// What is the matter with the offers that a filter turned down.
fn reason(filter: OfferFilter, spec: &JobSpec) -> String {
	let wanted = &spec.requirements;
	match filter {
		OfferFilter::Expired => "expired".into(),
		OfferFilter::Price => {
			format!("asking more than {} per unit", format_amount(spec.max_price_per_unit))
		}
		OfferFilter::JobSize => {
			format!("taking no job of {} units", spec.units().unwrap_or_default())
		}
		OfferFilter::Vram => format!("with less than {} MiB of memory", wanted.min_vram_mib),
		OfferFilter::Speed => {
			format!("claiming fewer than {} units per second", wanted.min_units_per_second)
		}
		OfferFilter::Window => format!(
			"too slow, by their own claim, for {} units in half of {} blocks",
			spec.units().unwrap_or_default(),
			spec.deliver_within_blocks
		),
		OfferFilter::Features => {
			format!("lacking one of {}", feature_names(wanted.features).join(", "))
		}
		OfferFilter::Region => {
			format!("not in {}", wanted.region.as_ref().map_or("the region".into(), region_text))
		}
		OfferFilter::NotAllowed => "not among those that the job allows".into(),
		OfferFilter::Denied => "among those that the job denies".into(),
		OfferFilter::MinerInactive => {
			"of miners that take no leases: chilled, leaving, or short of collateral".into()
		}
		OfferFilter::OwnerTaken => {
			"of owners that have or had a replica of the job, or of its client".into()
		}
		OfferFilter::Reputation => {
			format!("with a reputation below {}", reputation_text(wanted.min_reputation))
		}
		OfferFilter::Collateral => {
			"with too little free collateral for what the job puts at risk".into()
		}
	}
}

/// What a client can do about a filter.
fn advice(filter: OfferFilter, spec: &JobSpec) -> &'static str {
	match filter {
		OfferFilter::Price => "Offer more: --max-price",
		OfferFilter::JobSize => "Cut the work into smaller jobs",
		OfferFilter::Vram => "Demand less memory: --min-vram",
		OfferFilter::Speed => "Demand less speed: --min-speed",
		OfferFilter::Window => "Give them more time: --deliver-within",
		OfferFilter::Features if !spec.requirements.features.contains(Features::SOFTWARE) => {
			"Demand fewer abilities: --feature"
		}
		OfferFilter::Features => "A device in software is demanded: leave --feature software out",
		OfferFilter::Region => "Leave --region out",
		OfferFilter::NotAllowed => "Allow more miners: --allow",
		OfferFilter::Denied => "Deny fewer miners: --deny",
		OfferFilter::OwnerTaken => {
			"It needs miners of more owners than there are: ask for fewer --replicas"
		}
		OfferFilter::Reputation => "Demand less reputation: --min-reputation",
		OfferFilter::Collateral => {
			"Wait for leases to end, or put less at risk: a lower --max-price or --tip"
		}
		OfferFilter::Expired | OfferFilter::MinerInactive => "Wait for other offers",
	}
}

fn offers(count: u32) -> String {
	match count {
		0 => "no offer".into(),
		1 => "one offer".into(),
		more => format!("{more} offers"),
	}
}

/// The filters that turned offers down, the most frequent first.
fn refusals(report: &MatchReport) -> Vec<(OfferFilter, u32)> {
	let mut refused = report.refused.clone();
	refused.sort_by_key(|(filter, count)| (std::cmp::Reverse(*count), *filter));
	refused
}

/// What it all means.
pub fn sentence(report: &MatchReport, spec: &JobSpec) -> String {
	let class = show::class(spec.workload.class());
	if report.listed == 0 {
		return format!(
			"Nobody offers {class} now, or every slot is taken. A miner offers with `aitbc miner offer --class {class}`."
		);
	}
	if report.eligible > 0 {
		let lowest = report
			.lowest_price
			.map_or(String::new(), |price| format!(", from {} per unit", format_amount(price)));
		let takers = offers(report.eligible);
		let verb = if report.eligible == 1 { "takes" } else { "take" };
		let needed = u32::from(spec.replication.replicas);
		if report.eligible < needed {
			return format!(
				"Only {takers} {verb} it now{lowest}, and its {needed} replicas need as many owners: the others wait. {}",
				refusals(report).first().map_or(String::new(), |(filter, _)| {
					format!("{}, or wait for other offers.", advice(*filter, spec))
				})
			)
			.trim_end()
			.to_string();
		}
		return format!("{} {verb} it now{lowest}.", capitalised(&takers));
	}
	let refused = refusals(report);
	let parts: Vec<_> = refused
		.iter()
		.map(|(filter, count)| format!("{count} {}", reason(*filter, spec)))
		.collect();
	let unseen = report.listed.saturating_sub(report.examined);
	let rest =
		if unseen > 0 { format!(" ({unseen} dearer ones were not asked)") } else { String::new() };
	let advice =
		refused.first().map_or("Wait for other offers", |(filter, _)| advice(*filter, spec));
	let nobody = match report.examined {
		1 => format!("The one offer in {class} does not take it"),
		many => format!("None of the {many} offers in {class} takes it"),
	};
	format!("{nobody}: {}{rest}. {advice}.", parts.join("; "))
}

fn capitalised(text: &str) -> String {
	let mut letters = text.chars();
	letters
		.next()
		.map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// The counts, as JSON.
fn report_json(report: &MatchReport, spec: &JobSpec) -> Value {
	json!({
		"listed": report.listed,
		"examined": report.examined,
		"eligible": report.eligible,
		"lowest_price_planck": report.lowest_price.map(|price| price.to_string()),
		"refused": report.refused.iter().map(|(filter, count)| json!({
			"filter": filter_name(*filter),
			"offers": count,
			"reason": reason(*filter, spec),
		})).collect::<Vec<_>>(),
		"sentence": sentence(report, spec),
	})
}

/// The counts, as a table.
fn report_table(report: &MatchReport, spec: &JobSpec) -> Vec<String> {
	let class = show::class(spec.workload.class());
	let mut lines = vec![
		format!("  {:>6}  offers listed in {class}", report.listed),
		format!("  {:>6}  looked at", report.examined),
	];
	lines.extend(refusals(report).iter().map(|(filter, count)| {
		format!("  {count:>6}  refused by {:14}  {}", filter_name(*filter), reason(*filter, spec))
	}));
	lines.push(format!("  {:>6}  would take it now", report.eligible));
	lines
}

/// `job why`.
pub async fn run(context: &Context, id: JobId) -> Result<ExitCode, CliError> {
	let view = context.chain().await?.at_best().await?;
	let job = require(&view, id).await?;
	let reports = view.why_no_match(id).await?.unwrap_or_default();
	let spec = view.spec(id).await?;
	let Some(spec) = spec else {
		return Err(CliError::failed(format!("the chain has no specification of job {}", id.0)));
	};
	let value = json!({
		"job": id.0,
		"state": state_json(&job.state),
		"waiting": reports.iter().map(|(replica, report)| {
			let mut value = report_json(report, &spec);
			if let Some(object) = value.as_object_mut() {
				object.insert("replica".into(), json!(replica));
			}
			value
		}).collect::<Vec<_>>(),
	});
	context.answer(&value, &text_of(id, &job, &spec, &reports));
	Ok(ExitCode::SUCCESS)
}

fn text_of(
	id: JobId,
	job: &Job,
	spec: &JobSpec,
	reports: &[(ReplicaIndex, MatchReport)],
) -> String {
	let state = state_line(&job.state);
	if reports.is_empty() {
		let nothing = "no replica of it waits for a miner";
		return format!("job {} is {state}; {nothing}", id.0);
	}
	let mut lines = vec![
		format!("job {} is {state}", id.0),
		format!(
			"  {}; {} per unit at most",
			show::spec_line(spec),
			format_amount(spec.max_price_per_unit)
		),
	];
	// Replicas that were told the same are told of once.
	let mut told: Vec<(&MatchReport, Vec<String>)> = Vec::new();
	for (replica, report) in reports {
		match told.iter_mut().find(|(known, _)| *known == report) {
			Some((_, replicas)) => replicas.push(replica.to_string()),
			None => told.push((report, vec![replica.to_string()])),
		}
	}
	for (report, replicas) in told {
		let of = if replicas.len() == 1 { "replica" } else { "replicas" };
		lines.push(format!("{of} {}", replicas.join(", ")));
		lines.extend(report_table(report, spec));
		lines.push(sentence(report, spec));
	}
	if let JobState::Open { start_by } = job.state {
		lines.push(format!(
			"It waits until block {start_by}; then its money comes back. `aitbc job cancel {}` takes it back now.",
			id.0
		));
	}
	lines.join("\n")
}

/// `job quote`.
pub async fn quote(context: &Context, kind: &Kind) -> Result<ExitCode, CliError> {
	let payer = context.account(&kind.terms().from)?;
	let spec = kind.build(context)?;
	let view = context.chain().await?.at_best().await?;
	let Quote { units, escrow, deposit, report } = view.quote(&spec).await?.map_err(|refusal| {
		CliError::failed(format!("the chain would refuse this job: {refusal}"))
	})?;
	let free = view.balance(&payer).await?.free;
	let value = json!({
		"units": units,
		"escrow_planck": escrow.to_string(),
		"deposit_planck": deposit.to_string(),
		"free_planck": free.to_string(),
		"spec": show::spec(&spec),
		"report": report_json(&report, &spec),
	});
	let mut lines = vec![
		show::spec_line(&spec),
		format!(
			"  {units} units per replica, at most {} each",
			format_amount(spec.max_price_per_unit)
		),
		format!(
			"  {} held in escrow, {} deposit; {} has {}",
			format_amount(escrow),
			format_amount(deposit),
			kind.terms().from,
			format_amount(free)
		),
	];
	lines.extend(report_table(&report, &spec));
	lines.push(sentence(&report, &spec));
	context.answer(&value, &lines.join("\n"));
	Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
	use super::*;
	use aitbc_primitives::{MILLI_AIT, Region, Replication, Reputation, Requirements, Workload};

	fn spec(replicas: u8) -> JobSpec {
		JobSpec {
			workload: Workload::Echo,
			inputs: Default::default(),
			params: b"hi".to_vec().try_into().expect("fits"),
			units_limit: 1,
			max_price_per_unit: MILLI_AIT,
			tip: 0,
			replication: Replication { replicas, quorum: 1, tie_breakers: 0 },
			requirements: Requirements {
				min_vram_mib: 8_192,
				min_reputation: Reputation(9_500),
				region: Some(Region(*b"DE")),
				features: Features::SUBGROUPS,
				..Requirements::default()
			},
			start_within_blocks: 10,
			deliver_within_blocks: 10,
		}
	}

	fn report(listed: u32, eligible: u32, refused: &[(OfferFilter, u32)]) -> MatchReport {
		MatchReport {
			listed,
			examined: listed,
			eligible,
			lowest_price: (eligible > 0).then_some(MILLI_AIT / 2),
			refused: refused.to_vec(),
		}
	}

	const FILTERS: [OfferFilter; 14] = [
		OfferFilter::Expired,
		OfferFilter::Price,
		OfferFilter::JobSize,
		OfferFilter::Vram,
		OfferFilter::Speed,
		OfferFilter::Window,
		OfferFilter::Features,
		OfferFilter::Region,
		OfferFilter::NotAllowed,
		OfferFilter::Denied,
		OfferFilter::MinerInactive,
		OfferFilter::OwnerTaken,
		OfferFilter::Reputation,
		OfferFilter::Collateral,
	];

	#[test]
	fn sentences_should_say_what_turned_offers_down_and_what_to_do() {
		let none = sentence(&report(0, 0, &[]), &spec(1));
		assert!(none.starts_with("Nobody offers echo now"), "{none}");

		let refused = [(OfferFilter::Price, 1), (OfferFilter::Vram, 3)];
		let turned_down = sentence(&report(4, 0, &refused), &spec(1));
		assert_eq!(
			turned_down,
			"None of the 4 offers in echo takes it: 3 with less than 8192 MiB of memory; 1 asking more than 0.001 AIT per unit. Demand less memory: --min-vram."
		);
		let one = sentence(&report(1, 0, &refused[..1]), &spec(1));
		assert!(one.starts_with("The one offer in echo does not take it: 1 asking"), "{one}");

		let unseen = MatchReport { listed: 10, ..report(4, 0, &refused) };
		assert!(sentence(&unseen, &spec(1)).contains("(6 dearer ones were not asked)"));

		let taken = sentence(&report(4, 2, &refused[..1]), &spec(2));
		assert_eq!(taken, "2 offers take it now, from 0.0005 AIT per unit.");
		let one = sentence(&report(1, 1, &[]), &spec(1));
		assert_eq!(one, "One offer takes it now, from 0.0005 AIT per unit.");
		let few = sentence(&report(4, 1, &[(OfferFilter::OwnerTaken, 3)]), &spec(3));
		assert!(few.starts_with("Only one offer takes it now"), "{few}");
		assert!(few.contains("--replicas"), "{few}");
		assert!(!sentence(&report(1, 1, &[]), &spec(3)).ends_with(' '));
	}

	#[test]
	fn every_filter_should_have_its_words() {
		let (mut names, mut reasons) = (Vec::new(), Vec::new());
		for filter in FILTERS {
			names.push(filter_name(filter));
			reasons.push(reason(filter, &spec(1)));
			assert!(!advice(filter, &spec(1)).ends_with('.'));
		}
		for words in [&mut names.iter().map(ToString::to_string).collect(), &mut reasons] {
			words.sort();
			words.dedup();
			assert_eq!(words.len(), FILTERS.len());
		}
	}

	#[test]
	fn tables_should_count_and_json_should_say_the_same() {
		let refused = [(OfferFilter::Expired, 1), (OfferFilter::Region, 2)];
		let report = report(5, 2, &refused);
		let table = report_table(&report, &spec(1)).join("\n");
		let places =
			["5  offers listed", "2  refused by region", "1  refused by expired", "2  would"];
		let found: Vec<_> = places.iter().filter_map(|part| table.find(part)).collect();
		assert_eq!(found.len(), places.len(), "{table}");
		assert!(found.is_sorted(), "{table}");
		let value = report_json(&report, &spec(1));
		assert_eq!(value["refused"][1]["filter"], "region");
		assert_eq!(value["refused"][1]["offers"], 2);
		assert_eq!(value["lowest_price_planck"], "500000000");
	}
}
