//! `aitbc stake`: coins that stand behind somebody else's miner.

use crate::{
	commands::send::{FromArgs, Signer, done},
	context::Context,
	error::CliError,
};
use aitbc_client::{
	account::address,
	amount::{format_amount, parse_amount},
	chain::View,
	stakes::Delegation,
};
use aitbc_primitives::{AccountId, Balance};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Coins that stand behind somebody else's miner.
#[derive(Debug, Subcommand)]
#[command(
	after_help = "Examples:\n  aitbc stake delegate --from bob --miner ada --amount \"50 AIT\"\n  aitbc stake show bob\n  aitbc stake undelegate --from bob --miner ada --all\n\nWho stakes on a miner has a part in what it earns and in what it forfeits."
)]
pub enum StakeCommand {
	/// Stake on a miner
	#[command(
		after_help = "Example:\n  aitbc stake delegate --from bob --miner ada --amount \"50 AIT\"\n\n`aitbc market terms` tells the least, `aitbc miner show` the miner's commission."
	)]
	Delegate(DelegateArgs),
	/// Take a stake back; it is paid out after the unbonding time
	#[command(
		after_help = "Examples:\n  aitbc stake undelegate --from bob --miner ada --amount \"20 AIT\"\n  aitbc stake undelegate --from bob --miner ada --all\n\nA verdict on earlier work can still take part of what is leaving."
	)]
	Undelegate(UndelegateArgs),
	/// Get what was taken back long enough ago
	#[command(after_help = "Example:\n  aitbc stake withdraw --from bob --miner ada")]
	Withdraw(WithdrawArgs),
	/// Send all that a delegator has with a miner home, once the miner's leaving is over
	#[command(
		after_help = "Example:\n  aitbc stake return --from ada --miner ada --delegator bob\n\nAnybody may do so: a miner that left needs it before it can withdraw its own."
	)]
	Return(ReturnArgs),
	/// Show what an account has with miners, or what a miner's delegators have
	#[command(
		after_help = "Examples:\n  aitbc stake show bob\n  aitbc stake show bob --miner ada\n  aitbc --json stake show --miner ada"
	)]
	Show(ShowArgs),
}

/// A miner to stake on.
#[derive(Debug, Args)]
pub struct MinerArgs {
	/// Wallet or address of the miner
	#[arg(long, value_name = "ACCOUNT")]
	miner: String,
}

/// Arguments of `stake delegate`.
#[derive(Debug, Args)]
pub struct DelegateArgs {
	#[command(flatten)]
	from: FromArgs,
	#[command(flatten)]
	miner: MinerArgs,
	/// How much, with its unit
	#[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
	amount: Balance,
	/// Only if it buys at least so many shares: their price can change before the stake is in a block
	#[arg(long, value_name = "SHARES", default_value_t = 0)]
	min_shares: Balance,
}

/// Arguments of `stake undelegate`.
#[derive(Debug, Args)]
pub struct UndelegateArgs {
	#[command(flatten)]
	from: FromArgs,
	#[command(flatten)]
	miner: MinerArgs,
	#[command(flatten)]
	part: Part,
}

/// How much of a stake.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Part {
	/// Shares that are worth at least so much
	#[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
	amount: Option<Balance>,
	/// So many shares
	#[arg(long)]
	shares: Option<Balance>,
	/// Everything
	#[arg(long)]
	all: bool,
}

/// Arguments of `stake withdraw`.
#[derive(Debug, Args)]
pub struct WithdrawArgs {
	#[command(flatten)]
	from: FromArgs,
	#[command(flatten)]
	miner: MinerArgs,
}

/// Arguments of `stake return`.
#[derive(Debug, Args)]
pub struct ReturnArgs {
	#[command(flatten)]
	from: FromArgs,
	#[command(flatten)]
	miner: MinerArgs,
	/// Wallet or address of the delegator
	#[arg(long, value_name = "ACCOUNT")]
	delegator: String,
}

/// Arguments of `stake show`.
#[derive(Debug, Args)]
#[group(id = "whose", required = true, multiple = true, args = ["account", "miner"])]
pub struct ShowArgs {
	/// Wallet or address of who staked; all delegators of the miner if left out
	account: Option<String>,
	/// Only with this miner
	#[arg(long, value_name = "ACCOUNT")]
	miner: Option<String>,
}

/// Runs a stake command.
pub async fn run(context: &Context, command: StakeCommand) -> Result<ExitCode, CliError> {
	match &command {
		StakeCommand::Delegate(args) => delegate(context, args).await?,
		StakeCommand::Undelegate(args) => undelegate(context, args).await?,
		StakeCommand::Withdraw(args) => {
			let miner = context.account(&args.miner.miner)?;
			let signer = Signer::open(context, &args.from).await?;
			let withdrawn = signer.chain.withdraw_unbonded(&signer.unlock()?, &miner).await?;
			let value = json!({ "amount_planck": withdrawn.amount.to_string() });
			let what = format!("{} are free", format_amount(withdrawn.amount));
			done(context, &withdrawn.included, value, &what);
		}
		StakeCommand::Return(args) => {
			let miner = context.account(&args.miner.miner)?;
			let delegator = context.account(&args.delegator)?;
			let signer = Signer::open(context, &args.from).await?;
			let pair = signer.unlock()?;
			let returned = signer.chain.return_delegation(&pair, &miner, &delegator).await?;
			let value = json!({ "amount_planck": returned.amount.to_string() });
			let (amount, to) = (format_amount(returned.amount), address(&delegator));
			done(context, &returned.included, value, &format!("{amount} returned to {to}"));
		}
		StakeCommand::Show(args) => show(context, args).await?,
	}
	Ok(ExitCode::SUCCESS)
}

async fn delegate(context: &Context, args: &DelegateArgs) -> Result<(), CliError> {
	let miner = context.account(&args.miner.miner)?;
	let signer = Signer::open(context, &args.from).await?;
	let view = signer.chain.at_best().await?;
	let (terms, known) = (view.terms().await?, view.miner(&miner).await?);
	let Some(known) = known else {
		let miner = address(&miner);
		return Err(CliError::failed(format!(
			"{miner} is no miner; `aitbc miner show` lists those there are"
		)));
	};
	let amount = format_amount(args.amount);
	if args.amount < terms.min_delegation {
		let least = format_amount(terms.min_delegation);
		return Err(CliError::usage(format!("--amount {amount} is too little: at least {least}")));
	}
	let most = known.own.saturating_mul(terms.max_delegation_percent.into()) / 100;
	let room = most.saturating_sub(known.pool.value);
	if args.amount > room {
		let room = format_amount(room);
		return Err(CliError::failed(format!(
			"{} has only so much collateral of its own that {room} more can be delegated to it; stake less, or on another miner",
			args.miner.miner
		)));
	}
	signer.confirm(&format!("Stake {amount} of {} on {}", signer.name(), args.miner.miner))?;
	let (pair, least) = (signer.unlock()?, args.min_shares);
	let delegated = signer.chain.delegate(&pair, &miner, args.amount, least).await?;
	let value = json!({
		"miner": address(&miner),
		"delegator": address(&signer.account),
		"amount_planck": args.amount.to_string(),
		"shares": delegated.shares.to_string(),
	});
	let what = format!("{amount} stand behind {}", address(&miner));
	done(context, &delegated.included, value, &what);
	Ok(())
}

async fn undelegate(context: &Context, args: &UndelegateArgs) -> Result<(), CliError> {
	let miner = context.account(&args.miner.miner)?;
	let signer = Signer::open(context, &args.from).await?;
	let view = signer.chain.at_best().await?;
	let held = view.delegation(&miner, &signer.account).await?;
	if held.shares == 0 {
		return Err(CliError::failed(format!(
			"{} has nothing staked on {}; `aitbc stake show {}` tells where it has",
			signer.name(),
			args.miner.miner,
			signer.name()
		)));
	}
	let pool = view.miner(&miner).await?.map(|miner| miner.pool).unwrap_or_default();
	let shares = match &args.part {
		Part { shares: Some(shares), .. } => *shares,
		Part { amount: Some(amount), .. } => {
			let wanted = pool.shares_for(*amount).filter(|shares| *shares <= held.shares);
			wanted.ok_or_else(|| {
				let (amount, value) = (format_amount(*amount), format_amount(held.value));
				CliError::usage(format!(
					"--amount {amount} is more than the stake is worth ({value}); use --all"
				))
			})?
		}
		Part { .. } => held.shares,
	};
	let left = pool.worth(held.shares.saturating_sub(shares));
	let least = view.terms().await?.min_delegation;
	if shares < held.shares && left < least {
		let (left, least) = (format_amount(left), format_amount(least));
		return Err(CliError::usage(format!(
			"that would leave {left}, less than the least delegation of {least}; take less, or use --all"
		)));
	}
	signer.confirm(&format!("Take {shares} of {} shares back", held.shares))?;
	let undelegated = signer.chain.undelegate(&signer.unlock()?, &miner, shares).await?;
	let (amount, until) = (format_amount(undelegated.amount), undelegated.until);
	let value = json!({
		"miner": address(&miner),
		"shares": shares.to_string(),
		"amount_planck": undelegated.amount.to_string(),
		"until": until,
	});
	let what =
		format!("{amount} are leaving; `aitbc stake withdraw` gets them from block {until} on");
	done(context, &undelegated.included, value, &what);
	Ok(())
}

async fn show(context: &Context, args: &ShowArgs) -> Result<(), CliError> {
	let of = |text: &Option<String>| text.as_deref().map(|text| context.account(text)).transpose();
	let (account, miner) = (of(&args.account)?, of(&args.miner)?);
	let view = context.chain().await?.at_best().await?;
	let pairs: Vec<(AccountId, AccountId)> = match (account, miner) {
		(Some(account), Some(miner)) => vec![(miner, account)],
		(Some(account), None) => {
			let miners = view.staked_with(&account).await?;
			miners.into_iter().map(|miner| (miner, account.clone())).collect()
		}
		(None, Some(miner)) => {
			let stakers = view.delegators(&miner).await?;
			stakers.into_iter().map(|staker| (miner.clone(), staker)).collect()
		}
		(None, None) => Vec::new(),
	};
	let mut values = Vec::new();
	let mut lines = Vec::new();
	for (miner, staker) in pairs {
		let held = view.delegation(&miner, &staker).await?;
		if !held.is_empty() {
			values.push(json_of(&view, &miner, &staker, &held));
			lines.push(text_of(&view, &miner, &staker, &held));
		}
	}
	let text = if lines.is_empty() { "no stakes".into() } else { lines.join("\n\n") };
	context.answer(&json!(values), &text);
	Ok(())
}

fn json_of(view: &View, miner: &AccountId, staker: &AccountId, held: &Delegation) -> Value {
	json!({
		"miner": address(miner),
		"delegator": address(staker),
		"shares": held.shares.to_string(),
		"value_planck": held.value.to_string(),
		"unbonding": held.chunks.iter().map(|chunk| json!({
			"amount_planck": chunk.value.to_string(),
			"until": chunk.until,
		})).collect::<Vec<_>>(),
		"due_planck": held.due(view.head().number).to_string(),
	})
}

fn text_of(view: &View, miner: &AccountId, staker: &AccountId, held: &Delegation) -> String {
	let mut lines = vec![
		format!("{} with miner {}", address(staker), address(miner)),
		format!("  staked     {} ({} shares)", format_amount(held.value), held.shares),
	];
	lines.extend(held.chunks.iter().map(|chunk| {
		format!("  unbonding  {} until block {}", format_amount(chunk.value), chunk.until)
	}));
	let due = held.due(view.head().number);
	if due > 0 {
		lines.push(format!("  free now   {} (`aitbc stake withdraw`)", format_amount(due)));
	}
	lines.join("\n")
}
