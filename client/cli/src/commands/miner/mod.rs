//! `aitbc miner`: registration, collateral, worker keys, offers.

mod offer;
mod show;

use crate::{
	commands::{
		device::{millionths_text, parse_millionths},
		send::{FromArgs, Signer, WorkerArgs, done},
	},
	context::Context,
	error::CliError,
};
use aitbc_client::{
	account::address,
	amount::{format_amount, parse_amount},
	calls,
	market::Terms,
};
use aitbc_primitives::Balance;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use std::process::ExitCode;

pub use show::{offer_json, offer_line};

/// Registration, collateral, worker keys, offers.
#[derive(Debug, Subcommand)]
#[command(
	after_help = "Examples:\n  aitbc miner register --from ada --collateral \"500 AIT\" --worker-key ada-worker\n  aitbc miner offer --from ada --class gemm --price \"2 MILLI\" --slots 2 --expires-in 5000\n  aitbc miner show ada"
)]
pub enum MinerCommand {
	/// Become a miner: collateral is held, a worker key may sign receipts
	#[command(
		after_help = "Example:\n  aitbc miner register --from ada --collateral \"500 AIT\" --worker-key ada-worker\n\nThe worker key is another wallet. It needs no money; it signs its consent here."
	)]
	Register(RegisterArgs),
	/// Add to the own collateral
	#[command(
		visible_alias = "bond",
		after_help = "Example:\n  aitbc miner bond-extra --from ada --amount \"100 AIT\""
	)]
	BondExtra(AmountArgs),
	/// Take part of the own collateral out; it is paid out after the unbonding time
	#[command(
		after_help = "Example:\n  aitbc miner unbond --from ada --amount \"50 AIT\"\n\nWhat is left must be nothing or the least collateral (`aitbc market terms`). A verdict on earlier work\ncan still take part of what is leaving."
	)]
	Unbond(AmountArgs),
	/// Get what was unbonded long enough ago
	#[command(after_help = "Example:\n  aitbc miner withdraw-unbonded --from ada")]
	WithdrawUnbonded(FromArgs),
	/// Let another worker key sign for leases that begin from now on
	#[command(
		after_help = "Example:\n  aitbc miner rotate-worker --from ada --worker-key ada-worker-2\n\nLeases that are open stay with the earlier key: run the worker with both (--worker-key twice) until they\nhave ended, which `aitbc miner show` tells."
	)]
	RotateWorker(RotateArgs),
	/// Take no leases for now; open ones go on
	#[command(after_help = "Example:\n  aitbc miner chill --from ada")]
	Chill(FromArgs),
	/// Take leases again
	#[command(after_help = "Example:\n  aitbc miner resume --from ada")]
	Resume(FromArgs),
	/// Leave for good: no more leases; `withdraw` is possible after the unbonding time
	#[command(
		after_help = "Example:\n  aitbc miner leave --from ada\n\nThis cannot be undone. To pause, use `aitbc miner chill`."
	)]
	Leave(FromArgs),
	/// Get all collateral back, after leaving
	#[command(
		after_help = "Example:\n  aitbc miner withdraw --from ada\n\nPossible when the unbonding time is over, no lease is open and no delegation is left\n(`aitbc stake return` sends those home)."
	)]
	Withdraw(FromArgs),
	/// Set what is kept of the delegators' rewards
	#[command(
		after_help = "Example:\n  aitbc miner commission 7.5% --from ada\n\nLess is in force at once, more after the unbonding time, so that delegators can go first."
	)]
	Commission(CommissionArgs),
	/// Set whether the miner's own pay is added to its collateral at once
	#[command(after_help = "Example:\n  aitbc miner compounding on --from ada")]
	Compounding(CompoundingArgs),
	/// Make or replace the offer for a class of work
	#[command(
		after_help = "Examples:\n  aitbc miner offer --from ada --class wgsl --price \"2 MILLI\" --slots 1 --expires-in 5000\n  aitbc miner offer --from ada --class gemm --price \"1 MILLI\" --max-units 100000 --vram 24576 --speed 4000 --feature dot4-i8 --region DE"
	)]
	Offer(offer::OfferArgs),
	/// Take the offer for a class back; leases go on
	#[command(after_help = "Example:\n  aitbc miner withdraw-offer --from ada --class wgsl")]
	WithdrawOffer(offer::WithdrawOfferArgs),
	/// Describe the device for people, or take the description back
	#[command(
		after_help = "Examples:\n  aitbc miner profile --from ada --backend vulkan --name \"NVIDIA L4\" --driver \"550.90\" --vendor-id 0x10de --device-id 0x27b8\n  aitbc miner profile --from ada --clear\n\nA deposit is held as long as there is a description. `aitbc-miner devices` shows what to write."
	)]
	Profile(offer::ProfileArgs),
	/// Belong to an owner: miners of one owner never hold two replicas of a job
	#[command(subcommand)]
	Owner(OwnerCommand),
	/// Show a miner, or all of them
	#[command(
		after_help = "Examples:\n  aitbc miner show\n  aitbc miner show ada\n  aitbc --json miner show 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	)]
	Show(show::ShowArgs),
}

/// Arguments of `miner register`.
#[derive(Debug, Args)]
pub struct RegisterArgs {
	#[command(flatten)]
	from: FromArgs,
	/// What is held, with its unit
	#[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
	collateral: Balance,
	#[command(flatten)]
	worker: WorkerArgs,
}

/// Arguments of `miner rotate-worker`.
#[derive(Debug, Args)]
pub struct RotateArgs {
	#[command(flatten)]
	from: FromArgs,
	#[command(flatten)]
	worker: WorkerArgs,
}

/// Arguments of `miner bond-extra` and `miner unbond`.
#[derive(Debug, Args)]
pub struct AmountArgs {
	#[command(flatten)]
	from: FromArgs,
	/// How much, with its unit
	#[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
	amount: Balance,
}

/// Arguments of `miner commission`.
#[derive(Debug, Args)]
pub struct CommissionArgs {
	/// Percent, with at most four decimals
	#[arg(value_parser = parse_millionths, value_name = "PERCENT")]
	commission: u32,
	#[command(flatten)]
	from: FromArgs,
}

/// On or off, on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
	/// Pay is bonded
	On,
	/// Pay goes to the account
	Off,
}

/// Arguments of `miner compounding`.
#[derive(Debug, Args)]
pub struct CompoundingArgs {
	/// Whether
	#[arg(value_enum)]
	switch: Switch,
	#[command(flatten)]
	from: FromArgs,
}

/// Who owns a miner.
#[derive(Debug, Subcommand)]
#[command(
	after_help = "Examples:\n  aitbc miner owner request --from ada --owner bob\n  aitbc miner owner accept --from bob --miner ada\n  aitbc miner owner leave --from ada"
)]
pub enum OwnerCommand {
	/// Ask to belong to an owner; replaces an earlier request
	#[command(after_help = "Example:\n  aitbc miner owner request --from ada --owner bob")]
	Request(RequestArgs),
	/// Agree that a miner that asked belongs to this account
	#[command(
		after_help = "Example:\n  aitbc miner owner accept --from bob --miner ada\n\nPossible while the miner has no open lease."
	)]
	Accept(AcceptArgs),
	/// Belong to oneself again, and drop a request
	#[command(after_help = "Example:\n  aitbc miner owner leave --from ada")]
	Leave(FromArgs),
}

/// Arguments of `miner owner request`.
#[derive(Debug, Args)]
pub struct RequestArgs {
	#[command(flatten)]
	from: FromArgs,
	/// Wallet or address to belong to
	#[arg(long, value_name = "ACCOUNT")]
	owner: String,
}

/// Arguments of `miner owner accept`.
#[derive(Debug, Args)]
pub struct AcceptArgs {
	#[command(flatten)]
	from: FromArgs,
	/// Wallet or address of the miner
	#[arg(long, value_name = "ACCOUNT")]
	miner: String,
}

/// Runs a miner command.
pub async fn run(context: &Context, command: MinerCommand) -> Result<ExitCode, CliError> {
	let simple = |from| Signer::open(context, from);
	match &command {
		MinerCommand::Register(args) => register(context, args).await?,
		MinerCommand::BondExtra(args) => {
			let signer = simple(&args.from).await?;
			let amount = format_amount(args.amount);
			signer.confirm(&format!("Hold {amount} more of {} as collateral", signer.name()))?;
			let what = format!("{amount} collateral added");
			signer.send(&calls::bond_extra(args.amount), &what).await?;
		}
		MinerCommand::Unbond(args) => unbond(context, args).await?,
		MinerCommand::WithdrawUnbonded(from) => withdraw_unbonded(context, from).await?,
		MinerCommand::RotateWorker(args) => rotate(context, args).await?,
		MinerCommand::Chill(from) => {
			let what = "chilled: no new leases until `aitbc miner resume`";
			simple(from).await?.send(&calls::chill(), what).await?;
		}
		MinerCommand::Resume(from) => {
			simple(from).await?.send(&calls::resume(), "takes leases again").await?;
		}
		MinerCommand::Leave(from) => leave(context, from).await?,
		MinerCommand::Withdraw(from) => {
			simple(from).await?.send(&calls::withdraw(), "collateral is free").await?;
		}
		MinerCommand::Commission(args) => {
			let what = format!(
				"commission of {}: at once if it is less than before, else after the unbonding time",
				millionths_text(args.commission)
			);
			simple(&args.from).await?.send(&calls::set_commission(args.commission), &what).await?;
		}
		MinerCommand::Compounding(args) => {
			let (on, what) = match args.switch {
				Switch::On => (true, "pay is added to the collateral from now on"),
				Switch::Off => (false, "pay goes to the account from now on"),
			};
			simple(&args.from).await?.send(&calls::set_compounding(on), what).await?;
		}
		MinerCommand::Offer(args) => offer::set(context, args).await?,
		MinerCommand::WithdrawOffer(args) => {
			let call = calls::withdraw_offer(args.class.into());
			simple(&args.from).await?.send(&call, "offer taken back").await?;
		}
		MinerCommand::Profile(args) => offer::profile(context, args).await?,
		MinerCommand::Owner(command) => owner(context, command).await?,
		MinerCommand::Show(args) => show::run(context, args).await?,
	}
	Ok(ExitCode::SUCCESS)
}

async fn register(context: &Context, args: &RegisterArgs) -> Result<(), CliError> {
	let worker = args.worker.check(context)?;
	let signer = Signer::open(context, &args.from).await?;
	let Terms { min_collateral, .. } = signer.chain.at_best().await?.terms().await?;
	if args.collateral < min_collateral {
		let (given, least) = (format_amount(args.collateral), format_amount(min_collateral));
		return Err(CliError::usage(format!(
			"--collateral {given} is too little: a miner needs at least {least}"
		)));
	}
	let amount = format_amount(args.collateral);
	signer.confirm(&format!("Hold {amount} of {} as collateral", signer.name()))?;
	let (pair, worker_pair) = (signer.unlock()?, args.worker.unlock(context)?);
	let included = signer.chain.register_miner(&pair, &worker_pair, args.collateral).await?;
	let (miner, worker) = (address(&signer.account), address(&worker));
	let value = json!({
		"miner": miner,
		"worker": worker,
		"collateral_planck": args.collateral.to_string(),
	});
	done(context, &included, value, &format!("{miner} is a miner with worker {worker}"));
	Ok(())
}

async fn rotate(context: &Context, args: &RotateArgs) -> Result<(), CliError> {
	let worker = args.worker.check(context)?;
	let signer = Signer::open(context, &args.from).await?;
	let (pair, worker_pair) = (signer.unlock()?, args.worker.unlock(context)?);
	let included = signer.chain.rotate_worker(&pair, &worker_pair).await?;
	let (miner, worker) = (address(&signer.account), address(&worker));
	let value = json!({ "miner": miner, "worker": worker });
	let what = format!("{worker} signs for leases from now on");
	done(context, &included, value, &what);
	Ok(())
}

async fn unbond(context: &Context, args: &AmountArgs) -> Result<(), CliError> {
	let signer = Signer::open(context, &args.from).await?;
	let asked = format_amount(args.amount);
	signer.confirm(&format!("Take {asked} out of the collateral of {}", signer.name()))?;
	let unbonded = signer.chain.unbond(&signer.unlock()?, args.amount).await?;
	let until = unbonded.until;
	let value = json!({ "amount_planck": unbonded.amount.to_string(), "until": until });
	let what = format!(
		"{asked} leave the collateral; `aitbc miner withdraw-unbonded` gets them from block {until} on"
	);
	done(context, &unbonded.included, value, &what);
	Ok(())
}

async fn withdraw_unbonded(context: &Context, from: &FromArgs) -> Result<(), CliError> {
	let signer = Signer::open(context, from).await?;
	let withdrawn = signer.chain.withdraw_unbonded(&signer.unlock()?, &signer.account).await?;
	let value = json!({ "amount_planck": withdrawn.amount.to_string() });
	let what = format!("{} are free", format_amount(withdrawn.amount));
	done(context, &withdrawn.included, value, &what);
	Ok(())
}

async fn leave(context: &Context, from: &FromArgs) -> Result<(), CliError> {
	let signer = Signer::open(context, from).await?;
	let blocks = signer.chain.at_best().await?.terms().await?.unbonding_blocks;
	signer.confirm(&format!(
		"{} leaves for good, and gets its collateral after {blocks} blocks",
		signer.name()
	))?;
	let what = format!("leaving; `aitbc miner withdraw` is possible after {blocks} blocks");
	signer.send(&calls::leave(), &what).await
}

async fn owner(context: &Context, command: &OwnerCommand) -> Result<(), CliError> {
	match command {
		OwnerCommand::Request(args) => {
			let owner = context.account(&args.owner)?;
			let what =
				format!("{} was asked; it agrees with `aitbc miner owner accept`", address(&owner));
			let signer = Signer::open(context, &args.from).await?;
			signer.send(&calls::request_owner(&owner), &what).await
		}
		OwnerCommand::Accept(args) => {
			let miner = context.account(&args.miner)?;
			let signer = Signer::open(context, &args.from).await?;
			let what = format!("{} belongs to {}", address(&miner), address(&signer.account));
			signer.send(&calls::accept_miner(&miner), &what).await
		}
		OwnerCommand::Leave(from) => {
			let signer = Signer::open(context, from).await?;
			signer.send(&calls::leave_owner(), "belongs to itself").await
		}
	}
}
