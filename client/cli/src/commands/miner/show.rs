//! A miner with everything that hangs on it.

use crate::{
	commands::{
		device::{
			capabilities, capabilities_line, millionths_text, percent, profile, profile_line,
			reputation_text,
		},
		show,
	},
	context::Context,
	error::CliError,
};
use aitbc_client::{
	account::{address, worker_address},
	amount::format_amount,
	chain::View,
	earnings::Earnings,
	market::Offer,
	miners::{Miner, MinerStatus},
};
use aitbc_data::cid_to_string;
use aitbc_primitives::{AccountId, BlockNumber, Class, Reputation};
use clap::Args;
use serde_json::{Value, json};

/// Arguments of `miner show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
	/// Wallet or address; all miners if left out
	account: Option<String>,
}

/// Shows one miner or all.
pub async fn run(context: &Context, args: &ShowArgs) -> Result<(), CliError> {
	let account = args.account.as_deref().map(|text| context.account(text)).transpose()?;
	let view = context.chain().await?.at_best().await?;
	let Some(account) = account else {
		let mut values = Vec::new();
		let mut lines = Vec::new();
		for (account, miner) in view.miners().await? {
			let (value, text) = describe(&view, &account, &miner).await?;
			values.push(value);
			lines.push(text);
		}
		let text = if lines.is_empty() { "no miners".into() } else { lines.join("\n\n") };
		context.answer(&json!(values), &text);
		return Ok(());
	};
	let Some(miner) = view.miner(&account).await? else {
		let account = address(&account);
		return Err(CliError::failed(format!(
			"{account} is not registered as a miner; see `aitbc miner register --help`"
		)));
	};
	let (value, text) = describe(&view, &account, &miner).await?;
	context.answer(&value, &text);
	Ok(())
}

/// What is known of a miner beside its record.
struct Around {
	max_delegation_percent: u32,
	offers: Vec<(Class, Offer)>,
	reputation: Vec<(Class, Reputation)>,
	earnings: Earnings,
	profile: Option<aitbc_primitives::DeviceProfile>,
	leaving: aitbc_client::stakes::Delegation,
	block: BlockNumber,
}

async fn describe(
	view: &View,
	account: &AccountId,
	miner: &Miner,
) -> Result<(Value, String), CliError> {
	let mut offers = Vec::new();
	let mut reputation = Vec::new();
	for class in Class::ALL {
		if let Some(standing) = view.miner_standing(account, class).await? {
			reputation.push((class, standing.reputation));
		}
		if let Some(offer) = view.offer(class, account).await? {
			offers.push((class, offer));
		}
	}
	let around = Around {
		max_delegation_percent: view.terms().await?.max_delegation_percent,
		offers,
		reputation,
		earnings: view.earnings(account).await?,
		profile: view.profile(account).await?.map(|(profile, _)| profile),
		leaving: view.delegation(account, account).await?,
		block: view.head().number,
	};
	Ok((json_of(account, miner, &around), text_of(account, miner, &around)))
}

fn json_of(account: &AccountId, miner: &Miner, around: &Around) -> Value {
	let until = match miner.status {
		MinerStatus::Leaving { until } => Some(until),
		MinerStatus::Active | MinerStatus::Chilled => None,
	};
	let announced = miner.commission.announced(around.block);
	let work = around.earnings.work();
	json!({
		"miner": address(account),
		"worker": worker_address(&miner.worker),
		"owner": miner.owner.as_ref().map(address),
		"requested_owner": miner.requested_owner.as_ref().map(address),
		"status": miner.status.name(),
		"leaving_until": until,
		"takes_leases": !around.reputation.is_empty(),
		"own_planck": miner.own.to_string(),
		"delegated_planck": miner.pool.value.to_string(),
		"bond_planck": miner.bond().to_string(),
		"locked_planck": miner.locked.to_string(),
		"free_planck": miner.free(around.max_delegation_percent).to_string(),
		"unbonding_planck": miner.unbonding.value.to_string(),
		"unbonding": around.leaving.chunks.iter().map(|chunk| json!({
			"amount_planck": chunk.value.to_string(),
			"until": chunk.until,
		})).collect::<Vec<_>>(),
		"open_leases": miner.open_leases,
		"commission_millionths": miner.commission.at(around.block),
		"announced_commission": announced.map(|(millionths, from)| json!({
			"millionths": millionths,
			"from": from,
		})),
		"compounding": miner.compounding,
		"record": miner.record,
		"reputation_percent": around.reputation.iter().map(|(class, reputation)| {
			(show::class(*class).to_string(), json!(percent(*reputation)))
		}).collect::<serde_json::Map<_, _>>(),
		"earnings": {
			"replicas": work.replicas,
			"units": work.units.to_string(),
			"gross_planck": work.gross.to_string(),
			"net_planck": work.miner.to_string(),
			"delegators_planck": work.delegators.to_string(),
			"emission_planck": around.earnings.closed.emission.to_string(),
			"expected_emission_planck": around.earnings.expected_emission().to_string(),
		},
		"offers": around.offers.iter().map(|(class, offer)| offer_json(*class, offer)).collect::<Vec<_>>(),
		"profile": around.profile.as_ref().map(profile),
	})
}

/// An offer, as JSON.
pub fn offer_json(class: Class, offer: &Offer) -> Value {
	let terms = &offer.terms;
	json!({
		"class": show::class(class),
		"price_per_unit_planck": terms.price_per_unit.to_string(),
		"slots": terms.slots,
		"used": offer.used,
		"max_units": (terms.max_units < u64::MAX).then_some(terms.max_units),
		"expires_at": terms.expires_at,
		"listed": offer.place.is_some(),
		"device": capabilities(&terms.device),
		"warm": terms.warm.iter().map(cid_to_string).collect::<Vec<_>>(),
	})
}

/// An offer, in a line.
pub fn offer_line(offer: &Offer) -> String {
	let terms = &offer.terms;
	let mut line = format!(
		"{} per unit, {} of {} slots used, until block {}",
		format_amount(terms.price_per_unit),
		offer.used,
		terms.slots,
		terms.expires_at
	);
	if terms.max_units < u64::MAX {
		line.push_str(&format!(", up to {} units", terms.max_units));
	}
	let device = capabilities_line(&terms.device);
	if !device.is_empty() {
		line.push_str(&format!(" ({device})"));
	}
	line
}

fn text_of(account: &AccountId, miner: &Miner, around: &Around) -> String {
	let status = match miner.status {
		MinerStatus::Leaving { until } => format!("leaving until block {until}"),
		MinerStatus::Active if around.reputation.is_empty() => {
			"active, but with too little collateral of its own to take leases".into()
		}
		MinerStatus::Active | MinerStatus::Chilled => miner.status.name().to_string(),
	};
	let record = miner.record;
	let (work, earnings) = (around.earnings.work(), &around.earnings);
	let mut lines = vec![
		address(account),
		format!("  worker      {}", worker_address(&miner.worker)),
		format!("  status      {status}"),
		format!(
			"  collateral  {} own, {} delegated; {} of it locked by {} leases",
			format_amount(miner.own),
			format_amount(miner.pool.value),
			format_amount(miner.locked),
			miner.open_leases
		),
		format!(
			"  leases      {} accepted, {} failed, {} late, {} withheld, {} wrong",
			record.accepted, record.failed, record.late, record.withheld, record.wrong
		),
		format!(
			"  earned      {} for {} units, {} issued ({} more expected)",
			format_amount(work.miner),
			work.units,
			format_amount(earnings.closed.emission),
			format_amount(earnings.expected_emission())
		),
	];
	lines.extend(optional_lines(miner, around));
	lines.join("\n")
}

/// What not every miner has.
fn optional_lines(miner: &Miner, around: &Around) -> Vec<String> {
	let mut lines = Vec::new();
	if let Some(owner) = &miner.owner {
		lines.push(format!("  owner       {}", address(owner)));
	}
	if let Some(owner) = &miner.requested_owner {
		lines.push(format!("  asks for    {} as its owner", address(owner)));
	}
	if miner.pool.value > 0 || miner.commission.at(around.block) > 0 {
		let now = millionths_text(miner.commission.at(around.block));
		let raise =
			miner.commission.announced(around.block).map_or(String::new(), |(next, from)| {
				format!(", {} from block {from} on", millionths_text(next))
			});
		lines.push(format!("  commission  {now}{raise}"));
	}
	if miner.compounding {
		lines.push("  pay         is added to the collateral".into());
	}
	lines.extend(around.leaving.chunks.iter().map(|chunk| {
		format!("  unbonding   {} until block {}", format_amount(chunk.value), chunk.until)
	}));
	if !around.reputation.is_empty() {
		let parts = around.reputation.iter().map(|(class, reputation)| {
			format!("{} in {}", reputation_text(*reputation), show::class(*class))
		});
		lines.push(format!("  reputation  {}", parts.collect::<Vec<_>>().join(", ")));
	}
	lines.extend(
		around.profile.as_ref().map(|known| format!("  device      {}", profile_line(known))),
	);
	lines.extend(around.offers.iter().map(|(class, offer)| {
		format!("  offer       {}: {}", show::class(*class), offer_line(offer))
	}));
	lines
}
