//! `aitbc market`: what is offered, what waits, and the numbers that hold for everybody.

use crate::{
	commands::{
		device::millionths_text,
		miner::{offer_json, offer_line},
		show::{self, ClassName},
	},
	context::Context,
	error::CliError,
};
use aitbc_client::{account::address, amount::format_amount, chain::View, market::Terms};
use aitbc_primitives::Class;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::process::ExitCode;

/// What is offered, what waits, and the numbers that hold for everybody.
#[derive(Debug, Subcommand)]
#[command(
	after_help = "Examples:\n  aitbc market depth\n  aitbc market offers --class gemm --limit 20\n  aitbc --json market terms"
)]
pub enum MarketCommand {
	/// Show at which prices there are offers, and at which bids replicas wait
	#[command(
		after_help = "Examples:\n  aitbc market depth\n  aitbc --json market depth --class gemm\n\nPrices are sorted in steps of an eighth; shown is the lowest of each step."
	)]
	Depth(DepthArgs),
	/// List the offers that can take a replica, cheapest first
	#[command(after_help = "Example:\n  aitbc market offers --class wgsl --limit 20")]
	Offers(OffersArgs),
	/// Show what governance has set: collateral, deposits, fee, slashes, times
	#[command(after_help = "Example:\n  aitbc market terms")]
	Terms,
}

/// Arguments of `market depth`.
#[derive(Debug, Args)]
pub struct DepthArgs {
	/// Only this work
	#[arg(long, value_enum)]
	class: Option<ClassName>,
}

/// Arguments of `market offers`.
#[derive(Debug, Args)]
pub struct OffersArgs {
	/// Only this work
	#[arg(long, value_enum)]
	class: Option<ClassName>,
	/// Most offers of a class
	#[arg(long, default_value_t = 100, value_name = "COUNT")]
	limit: usize,
}

/// Runs a market command.
pub async fn run(context: &Context, command: MarketCommand) -> Result<ExitCode, CliError> {
	let view = context.chain().await?.at_best().await?;
	match command {
		MarketCommand::Depth(args) => depth(context, &view, &args).await?,
		MarketCommand::Offers(args) => offers(context, &view, &args).await?,
		MarketCommand::Terms => {
			let terms = view.terms().await?;
			context.answer(&terms_json(&terms), &terms_text(&terms));
		}
	}
	Ok(ExitCode::SUCCESS)
}

fn classes(only: Option<ClassName>) -> Vec<Class> {
	only.map_or(Class::ALL.to_vec(), |class| vec![class.into()])
}

async fn depth(context: &Context, view: &View, args: &DepthArgs) -> Result<(), CliError> {
	let mut values = Vec::new();
	let mut lines = Vec::new();
	for class in classes(args.class) {
		let (asks, bids) = (view.depth(class).await?, view.waiting(class).await?);
		values.push(json!({
			"class": show::class(class),
			"asks": asks.iter().map(|level| json!({
				"bucket": level.bucket,
				"lowest_price_planck": level.lowest_price.to_string(),
				"offers": level.offers,
			})).collect::<Vec<_>>(),
			"bids": bids.iter().map(|level| json!({
				"lowest_bid_planck": level.lowest_bid.to_string(),
				"replicas": level.replicas,
			})).collect::<Vec<_>>(),
		}));
		lines.push(show::class(class).to_string());
		lines.extend(asks.iter().map(|level| {
			let from = format_amount(level.lowest_price);
			format!("  {:>6}  offered, from {from} per unit", level.offers)
		}));
		lines.extend(bids.iter().map(|level| {
			let from = format_amount(level.lowest_bid);
			format!("  {:>6}  waiting, bidding from {from} per unit", level.replicas)
		}));
		if asks.is_empty() && bids.is_empty() {
			lines.push("  nothing is offered, and nothing waits".into());
		}
	}
	context.answer(&json!(values), &lines.join("\n"));
	Ok(())
}

async fn offers(context: &Context, view: &View, args: &OffersArgs) -> Result<(), CliError> {
	let mut values = Vec::new();
	let mut lines = Vec::new();
	for class in classes(args.class) {
		for (miner, offer) in view.offers(class, args.limit).await? {
			let mut value = offer_json(class, &offer);
			if let Some(object) = value.as_object_mut() {
				object.insert("miner".into(), json!(address(&miner)));
			}
			values.push(value);
			let (class, miner) = (show::class(class), address(&miner));
			lines.push(format!("{class:4}  {miner}  {}", offer_line(&offer)));
		}
	}
	let text = if lines.is_empty() {
		"nothing is offered; `aitbc miner offer` makes an offer".into()
	} else {
		lines.join("\n")
	};
	context.answer(&json!(values), &text);
	Ok(())
}

fn terms_json(terms: &Terms) -> Value {
	json!({
		"min_collateral_planck": terms.min_collateral.to_string(),
		"unbonding_blocks": terms.unbonding_blocks,
		"collateral_factor_percent": terms.collateral_factor_percent,
		"slash_late_billionths": terms.slash_late,
		"slash_withheld_billionths": terms.slash_withheld,
		"min_delegation_planck": terms.min_delegation.to_string(),
		"max_delegation_percent": terms.max_delegation_percent,
		"program_deposit_base_planck": terms.program_deposit_base.to_string(),
		"program_deposit_per_byte_planck": terms.program_deposit_per_byte.to_string(),
		"job_deposit_planck": terms.job_deposit.to_string(),
		"profile_deposit_planck": terms.profile_deposit.to_string(),
		"reveal_within_blocks": terms.reveal_within_blocks,
		"retention_blocks": terms.retention_blocks,
		"time_pay_percent": terms.time_pay,
		"max_live_jobs": terms.max_live_jobs,
		"fee_millionths": terms.fee,
		"treasury_share_percent": terms.treasury_share,
		"validators_share_percent": terms.validators_share,
		"emission_per_era_planck": terms.emission_per_era.to_string(),
		"emission_share_millionths": terms.emission_share,
		"emission_bond_share_billionths": terms.emission_bond_share,
		"era_blocks": terms.era_blocks,
	})
}

/// Thousandths of a millionth, in percent.
fn billionths_text(share: u32) -> String {
	millionths_text(share / 1_000)
}

fn terms_text(terms: &Terms) -> String {
	let lines = [
		("least collateral of a miner", format_amount(terms.min_collateral)),
		("least delegation", format_amount(terms.min_delegation)),
		(
			"most delegation",
			format!("{} % of the miner's own collateral", terms.max_delegation_percent),
		),
		("unbonding", format!("{} blocks", terms.unbonding_blocks)),
		(
			"a lease locks",
			format!("{} % of what the client puts at risk", terms.collateral_factor_percent),
		),
		("a late answer forfeits", format!("{} of it", billionths_text(terms.slash_late))),
		("a withheld reveal", format!("{} of it", billionths_text(terms.slash_withheld))),
		("reveals are taken for", format!("{} blocks", terms.reveal_within_blocks)),
		("records are kept for", format!("{} blocks", terms.retention_blocks)),
		("deposit for a job", format_amount(terms.job_deposit)),
		(
			"deposit for a program",
			format!(
				"{} and {} per byte",
				format_amount(terms.program_deposit_base),
				format_amount(terms.program_deposit_per_byte)
			),
		),
		("deposit for a profile", format_amount(terms.profile_deposit)),
		("live jobs of a client", format!("at most {}", terms.max_live_jobs)),
		(
			"fee",
			format!(
				"{} of a payment: {} % of it to validators, {} % to the treasury, the rest burnt",
				millionths_text(terms.fee),
				terms.validators_share,
				terms.treasury_share
			),
		),
		(
			"time without a result",
			format!("{} % of full pay: an input is absent, or the job is given up", terms.time_pay),
		),
		(
			"emission",
			format!(
				"{} of the fee of verified work, at most {} in an era of {} blocks and {} of a miner's bond",
				millionths_text(terms.emission_share),
				format_amount(terms.emission_per_era),
				terms.era_blocks,
				billionths_text(terms.emission_bond_share)
			),
		),
	];
	let lines: Vec<_> = lines.iter().map(|(name, value)| format!("{name:28} {value}")).collect();
	lines.join("\n")
}
