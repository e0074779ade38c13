//! `aitbc miner`: registration and offers.

use crate::{commands::show, context::Context, error::CliError};
use aitbc_client::{
	account::{address, worker_address},
	amount::{format_amount, parse_amount},
	chain::{Included, View},
	miners::{Miner, MinerStatus},
	wallet::Keypair,
};
use aitbc_primitives::{AccountId, Balance, BlockNumber, Class};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::{path::PathBuf, process::ExitCode};

/// Registration and offers of a miner.
#[derive(Debug, Subcommand)]
#[command(
	after_help = "Examples:\n  aitbc miner register --from alice --collateral \"500 AIT\" --worker-key worker1\n  aitbc miner offer --from alice --class gemm --price \"2 MILLI\" --slots 2 --expires-in 5000\n  aitbc miner show alice"
)]
pub enum MinerCommand {
	/// Become a miner: collateral is held, a worker key may sign receipts
	#[command(
		after_help = "Example:\n  aitbc miner register --from alice --collateral \"500 AIT\" --worker-key worker1\n\nThe worker key is another wallet. It needs no money; it signs its consent here."
	)]
	Register(RegisterArgs),
	/// Add collateral
	#[command(after_help = "Example:\n  aitbc miner bond --from alice --amount \"100 AIT\"")]
	Bond(BondArgs),
	/// Make or change the offer for a class of work
	#[command(
		after_help = "Example:\n  aitbc miner offer --from alice --class wgsl --price \"2 MILLI\" --slots 1 --expires-in 5000"
	)]
	Offer(OfferArgs),
	/// Take the offer for a class back
	#[command(after_help = "Example:\n  aitbc miner withdraw-offer --from alice --class wgsl")]
	WithdrawOffer(WithdrawOfferArgs),
	/// Show a miner, or all of them
	#[command(
		after_help = "Examples:\n  aitbc miner show\n  aitbc miner show alice\n  aitbc --json miner show 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	)]
	Show(ShowArgs),
	/// Announce that the miner leaves; it takes no more leases
	#[command(after_help = "Example:\n  aitbc miner leave --from alice")]
	Leave(FromArgs),
	/// Take the collateral back, after the unbonding time
	#[command(after_help = "Example:\n  aitbc miner withdraw --from alice")]
	Withdraw(FromArgs),
}

/// Who signs.
#[derive(Debug, Args)]
pub struct FromArgs {
	/// Wallet of the miner
	#[arg(long, value_name = "WALLET")]
	from: String,
}

/// Arguments of `miner register`.
#[derive(Debug, Args)]
pub struct RegisterArgs {
	#[command(flatten)]
	from: FromArgs,
	/// What is held, with its unit
	#[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
	collateral: Balance,
	/// Wallet whose key signs receipts
	#[arg(long, value_name = "WALLET")]
	worker_key: String,
	/// Password file of the worker key, where it differs from the miner's
	#[arg(long, value_name = "FILE")]
	worker_password_file: Option<PathBuf>,
}

/// Arguments of `miner bond`.
#[derive(Debug, Args)]
pub struct BondArgs {
	#[command(flatten)]
	from: FromArgs,
	/// What is added, with its unit
	#[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
	amount: Balance,
}

/// A class of work on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ClassName {
	/// Latency probe
	Echo,
	/// int8 matrix product
	Gemm,
	/// Compute shader
	Wgsl,
}

impl From<ClassName> for Class {
	fn from(name: ClassName) -> Self {
		match name {
			ClassName::Echo => Class::Echo,
			ClassName::Gemm => Class::Gemm,
			ClassName::Wgsl => Class::Wgsl,
		}
	}
}

/// Arguments of `miner offer`.
#[derive(Debug, Args)]
pub struct OfferArgs {
	#[command(flatten)]
	from: FromArgs,
	/// Which work
	#[arg(long, value_enum)]
	class: ClassName,
	/// Price of one unit, with its unit of money
	#[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
	price: Balance,
	/// Replicas that are run at once
	#[arg(long, default_value_t = 1)]
	slots: u16,
	/// Blocks from now for which the offer holds
	#[arg(long, default_value_t = 10_000, value_name = "BLOCKS")]
	expires_in: BlockNumber,
}

/// Arguments of `miner withdraw-offer`.
#[derive(Debug, Args)]
pub struct WithdrawOfferArgs {
	#[command(flatten)]
	from: FromArgs,
	/// Which work
	#[arg(long, value_enum)]
	class: ClassName,
}

/// Arguments of `miner show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
	/// Wallet or address; all miners if left out
	account: Option<String>,
}

/// Runs a miner command.
pub async fn run(context: &Context, command: MinerCommand) -> Result<ExitCode, CliError> {
	match command {
		MinerCommand::Register(args) => register(context, &args).await?,
		MinerCommand::Bond(args) => {
			let (chain, pair) = signer(context, &args.from).await?;
			let amount = format_amount(args.amount);
			context.confirm(&format!("Hold {amount} more of {} as collateral", args.from.from))?;
			let included = chain.bond_extra(&pair, args.amount).await?;
			done(context, &included, &format!("{amount} collateral added"));
		}
		MinerCommand::Offer(args) => offer(context, &args).await?,
		MinerCommand::WithdrawOffer(args) => {
			let (chain, pair) = signer(context, &args.from).await?;
			let included = chain.withdraw_offer(&pair, args.class.into()).await?;
			done(context, &included, "offer taken back");
		}
		MinerCommand::Show(args) => show_miners(context, &args).await?,
		MinerCommand::Leave(args) => {
			let (chain, pair) = signer(context, &args).await?;
			let included = chain.leave(&pair).await?;
			done(context, &included, "leaving; withdraw the collateral after the unbonding time");
		}
		MinerCommand::Withdraw(args) => {
			let (chain, pair) = signer(context, &args).await?;
			let included = chain.withdraw(&pair).await?;
			done(context, &included, "collateral is free");
		}
	}
	Ok(ExitCode::SUCCESS)
}

async fn signer(
	context: &Context,
	from: &FromArgs,
) -> Result<(aitbc_client::chain::Chain, Keypair), CliError> {
	context.keystore().get(&from.from)?;
	let chain = context.chain().await?;
	let pair = context.unlock(&from.from)?;
	Ok((chain, pair))
}

fn done(context: &Context, included: &Included, what: &str) {
	let number = included.head.number;
	let value = json!({ "block": number, "block_hash": show::hash(&included.head.hash) });
	context.answer(&value, &format!("{what} (block {number})"));
}

async fn register(context: &Context, args: &RegisterArgs) -> Result<(), CliError> {
	let worker = context.keystore().get(&args.worker_key)?;
	let (chain, pair) = signer(context, &args.from).await?;
	let worker_pair = match &args.worker_password_file {
		Some(path) => context.unlock_with(&worker.name, path)?,
		None => context.unlock(&worker.name)?,
	};
	let amount = format_amount(args.collateral);
	context.confirm(&format!("Hold {amount} of {} as collateral", args.from.from))?;
	let included = chain.register_miner(&pair, &worker_pair, args.collateral).await?;
	let miner = AccountId::from(pair.public_key().0);
	let value = json!({
		"miner": address(&miner),
		"worker": address(&worker.account),
		"collateral_planck": args.collateral.to_string(),
		"block": included.head.number,
		"block_hash": show::hash(&included.head.hash),
	});
	let (miner, worker) = (address(&miner), address(&worker.account));
	let number = included.head.number;
	context.answer(&value, &format!("{miner} is a miner with worker {worker} (block {number})"));
	Ok(())
}

async fn offer(context: &Context, args: &OfferArgs) -> Result<(), CliError> {
	let (chain, pair) = signer(context, &args.from).await?;
	let now = chain.best().await?.number;
	let expires_at = now.checked_add(args.expires_in).ok_or_else(|| {
		CliError::usage(format!(
			"--expires-in {} is beyond the last block there can be",
			args.expires_in
		))
	})?;
	let included =
		chain.set_offer(&pair, args.class.into(), args.price, args.slots, expires_at).await?;
	let value = json!({
		"class": show::class(args.class.into()),
		"price_per_unit_planck": args.price.to_string(),
		"slots": args.slots,
		"expires_at": expires_at,
		"block": included.head.number,
		"block_hash": show::hash(&included.head.hash),
	});
	let price = format_amount(args.price);
	context.answer(&value, &format!("offered until block {expires_at} at {price} per unit"));
	Ok(())
}

async fn show_miners(context: &Context, args: &ShowArgs) -> Result<(), CliError> {
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

/// A miner's offers, as JSON and in a line each.
async fn describe_offers(
	view: &View,
	account: &AccountId,
) -> Result<(Vec<Value>, Vec<String>), CliError> {
	let mut offers = Vec::new();
	let mut lines = Vec::new();
	for class in Class::ALL {
		let Some(offer) = view.offer(class, account).await? else { continue };
		offers.push(json!({
			"class": show::class(class),
			"price_per_unit_planck": offer.price_per_unit.to_string(),
			"slots": offer.slots,
			"used": offer.used,
			"expires_at": offer.expires_at,
			"listed": offer.place.is_some(),
		}));
		lines.push(format!(
			"  offer       {} at {} per unit, {} of {} slots used, until block {}",
			show::class(class),
			format_amount(offer.price_per_unit),
			offer.used,
			offer.slots,
			offer.expires_at
		));
	}
	Ok((offers, lines))
}

async fn describe(
	view: &View,
	account: &AccountId,
	miner: &Miner,
) -> Result<(Value, String), CliError> {
	let earnings = view.earnings(account).await?;
	let (offers, lines) = describe_offers(view, account).await?;
	let (status, until) = match miner.status {
		MinerStatus::Active => ("active", None),
		MinerStatus::Leaving { until } => ("leaving", Some(until)),
	};
	let value = json!({
		"miner": address(account),
		"worker": worker_address(&miner.worker),
		"status": status,
		"leaving_until": until,
		"collateral_planck": miner.collateral.to_string(),
		"locked_planck": miner.locked.to_string(),
		"open_leases": miner.open_leases,
		"record": miner.record,
		"earnings": {
			"replicas": earnings.replicas,
			"units": earnings.units,
			"gross_planck": earnings.gross.to_string(),
			"net_planck": earnings.net.to_string(),
		},
		"offers": offers,
	});
	let record = miner.record;
	let mut text = format!(
		"{}\n  worker      {}\n  status      {status}{}\n  collateral  {} ({} locked by {} leases)\n  leases      {} accepted, {} failed, {} late, {} withheld, {} wrong\n  earned      {} for {} units",
		address(account),
		worker_address(&miner.worker),
		until.map(|until| format!(" until block {until}")).unwrap_or_default(),
		format_amount(miner.collateral),
		format_amount(miner.locked),
		miner.open_leases,
		record.accepted,
		record.failed,
		record.late,
		record.withheld,
		record.wrong,
		format_amount(earnings.net),
		earnings.units
	);
	for line in lines {
		text.push('\n');
		text.push_str(&line);
	}
	Ok((value, text))
}
