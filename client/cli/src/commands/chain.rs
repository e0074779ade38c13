//! `aitbc chain`: the chain itself.

use crate::{
	commands::show,
	context::{Context, parse_hash},
	error::CliError,
};
use aitbc_client::{account::address, amount::format_amount};
use clap::{Args, Subcommand};
use serde_json::json;
use std::process::ExitCode;

/// The chain itself.
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:\n  aitbc chain info\n  aitbc --json chain issuance")]
pub enum ChainCommand {
	/// Show the node, its chain and its newest blocks
	#[command(after_help = "Example:\n  aitbc chain info --url ws://127.0.0.1:9944")]
	Info,
	/// Add up what all accounts have and compare it with the total issuance
	#[command(
		after_help = "Examples:\n  aitbc chain issuance\n  aitbc --json chain issuance --at 0x…\n\nExit code 1 if the sums differ."
	)]
	Issuance(IssuanceArgs),
}

/// Arguments of `chain issuance`.
#[derive(Debug, Args)]
pub struct IssuanceArgs {
	/// Hash of the block; the newest one if left out
	#[arg(long, value_name = "HASH")]
	at: Option<String>,
}

/// Runs a chain command.
pub async fn run(context: &Context, command: ChainCommand) -> Result<ExitCode, CliError> {
	match command {
		ChainCommand::Info => info(context).await,
		ChainCommand::Issuance(args) => issuance(context, &args).await,
	}
}

async fn info(context: &Context) -> Result<ExitCode, CliError> {
	let chain = context.chain().await?;
	let node = chain.node_info().await?;
	let (best, finalized) = (chain.best().await?, chain.finalized().await?);
	let value = json!({
		"url": chain.url(),
		"genesis": show::hash(&chain.genesis()),
		"node": node,
		"best": { "number": best.number, "hash": show::hash(&best.hash) },
		"finalized": { "number": finalized.number, "hash": show::hash(&finalized.hash) },
	});
	let text = format!(
		"{} at {}\n  genesis    {}\n  node       {} {}, {} peers{}\n  runtime    spec version {}\n  best       {} {}\n  finalized  {} {}",
		node.chain,
		chain.url(),
		show::hash(&chain.genesis()),
		node.node,
		node.version,
		node.peers,
		if node.syncing { ", catching up" } else { "" },
		node.spec_version,
		best.number,
		show::hash(&best.hash),
		finalized.number,
		show::hash(&finalized.hash)
	);
	context.answer(&value, &text);
	Ok(ExitCode::SUCCESS)
}

async fn issuance(context: &Context, args: &IssuanceArgs) -> Result<ExitCode, CliError> {
	let at = args.at.as_deref().map(parse_hash).transpose()?;
	let chain = context.chain().await?;
	let view = match at {
		Some(hash) => chain.at(hash).await?,
		None => chain.at_best().await?,
	};
	let audit = view.audit().await?;
	let totals = view.payment_totals().await?;
	let (pot, in_pot) = view.pot().await?;
	let head = view.head();
	let value = json!({
		"block": head.number,
		"block_hash": show::hash(&head.hash),
		"total_issuance_planck": audit.total_issuance.to_string(),
		"free_planck": audit.free.to_string(),
		"reserved_planck": audit.reserved.to_string(),
		"accounts": audit.accounts,
		"adds_up": audit.adds_up(),
		"payouts": {
			"replicas": totals.replicas,
			// More than JSON numbers hold exactly.
			"units": totals.units.to_string(),
			"gross_planck": totals.gross.to_string(),
			"miner_planck": totals.split.miner.to_string(),
			"delegators_planck": totals.split.delegators.to_string(),
			"validators_planck": totals.split.validators.to_string(),
			"treasury_planck": totals.split.treasury.to_string(),
			"burned_planck": totals.split.burned.to_string(),
			"emission_planck": totals.emission.to_string(),
		},
		"pot": { "account": address(&pot), "planck": in_pot.to_string() },
	});
	let text = format!(
		"block {}\n  total issuance  {}\n  free            {}\n  held            {}\n  accounts        {}\n  paid            {} to miners, {} to delegators, {} to validators, {} to the treasury, {} burnt\n  validators' pot {}\n  issued for work {}\n  {}",
		head.number,
		format_amount(audit.total_issuance),
		format_amount(audit.free),
		format_amount(audit.reserved),
		audit.accounts,
		format_amount(totals.split.miner),
		format_amount(totals.split.delegators),
		format_amount(totals.split.validators),
		format_amount(totals.split.treasury),
		format_amount(totals.split.burned),
		format_amount(in_pot),
		format_amount(totals.emission),
		if audit.adds_up() { "every coin is on some account" } else { "THE SUMS DIFFER" }
	);
	context.answer(&value, &text);
	Ok(if audit.adds_up() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
