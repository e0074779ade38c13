//! `aitbc job`: work to be done for money.

use crate::{
	commands::{show, spec::Kind, watch},
	context::{Context, read_file, write_file},
	error::CliError,
	image::{Picture, encode_png, parse_size},
};
use aitbc_client::{
	account::address,
	amount::format_amount,
	chain::View,
	jobs::{Job, JobState, RefundReason},
	results::{ResultError, check_gemm},
};
use aitbc_data::{DataError, DataStore, cid_to_string};
use aitbc_primitives::{Balance, Cid, JobId, JobSpec, MAX_DATA_BYTES, Outcome, Workload};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::{path::PathBuf, process::ExitCode};

/// Work to be done for money.
#[derive(Debug, Subcommand)]
#[command(
	after_help = "Examples:\n  aitbc job submit echo --from alice --max-price \"1 MILLI\" --text hello --wait\n  aitbc job watch 7\n  aitbc job fetch 7 -o result.bin"
)]
pub enum JobCommand {
	/// Post a job; its price is held at once
	#[command(
		after_help = "Examples:\n  aitbc job submit gemm --from alice --max-price \"1 MILLI\" --m 64 --k 64 --n 64 --a A.bin --b B.bin --wait\n  aitbc job submit gemm --help"
	)]
	Submit(SubmitArgs),
	/// Show a job with its leases, receipts and payments
	#[command(after_help = "Example:\n  aitbc --json job show 7")]
	Show(IdArgs),
	/// List the jobs on record
	#[command(
		after_help = "Examples:\n  aitbc job list\n  aitbc job list --account alice --state open"
	)]
	List(ListArgs),
	/// Print every change of a job until it ends
	#[command(
		after_help = "Example:\n  aitbc job watch 7 --timeout 120\n\nExit codes:\n  0  settled: a result was accepted and paid\n  3  refunded: no miner, no answer, no quorum, or the work cannot be done\n  4  cancelled\n  5  not ended in time"
	)]
	Watch(WatchArgs),
	/// Write a job's result to a file
	#[command(
		after_help = "Examples:\n  aitbc job fetch 7 -o C.bin --verify-gemm A.bin B.bin\n  aitbc job fetch 8 -o edges.png --png 1280x960\n\nThe bytes are checked against the CID that the chain settled on."
	)]
	Fetch(FetchArgs),
	/// Take a job back; replicas that are let already are paid
	#[command(after_help = "Example:\n  aitbc job cancel 7 --from alice")]
	Cancel(CancelArgs),
}

/// Arguments of `job submit`.
#[derive(Debug, Args)]
pub struct SubmitArgs {
	/// What is to be done
	#[command(subcommand)]
	pub kind: Kind,
}

/// A job.
#[derive(Debug, Args)]
pub struct IdArgs {
	/// Number of the job
	job: u64,
}

/// A state on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StateName {
	/// Some replica waits for a miner
	Open,
	/// Every replica is let
	Leased,
	/// Every replica has committed
	Judging,
	/// Paid
	Settled,
	/// The client has its money back
	Refunded,
	/// The client took it back
	Cancelled,
}

/// Arguments of `job list`.
#[derive(Debug, Args)]
pub struct ListArgs {
	/// Only those of this wallet or address
	#[arg(long, value_name = "ACCOUNT")]
	account: Option<String>,
	/// Only those in this state
	#[arg(long, value_enum)]
	state: Option<StateName>,
}

/// Arguments of `job watch`.
#[derive(Debug, Args)]
pub struct WatchArgs {
	/// Number of the job
	job: u64,
	/// Longest wait, seconds
	#[arg(long, default_value_t = 600, value_name = "SECONDS")]
	timeout: u64,
}

/// Arguments of `job fetch`.
#[derive(Debug, Args)]
pub struct FetchArgs {
	/// Number of the job
	job: u64,
	/// File to write
	#[arg(long, short, value_name = "FILE")]
	out: PathBuf,
	/// Write the result as a PNG of that size; it must be one 32-bit word 0xAABBGGRR per pixel
	#[arg(long, value_parser = parse_size, value_name = "WIDTHxHEIGHT")]
	png: Option<(u32, u32)>,
	/// Check a matrix product by Freivalds' method against its factors; a wrong one passes with a
	/// chance of at most 2^-64
	#[arg(long, num_args = 2, value_names = ["A", "B"])]
	verify_gemm: Option<Vec<PathBuf>>,
}

/// Arguments of `job cancel`.
#[derive(Debug, Args)]
pub struct CancelArgs {
	/// Number of the job
	job: u64,
	/// Wallet that posted it
	#[arg(long, value_name = "WALLET")]
	from: String,
}

/// Runs a job command.
pub async fn run(context: &Context, command: JobCommand) -> Result<ExitCode, CliError> {
	match command {
		JobCommand::Submit(args) => submit(context, &args.kind).await,
		JobCommand::Show(args) => show_job(context, JobId(args.job)).await,
		JobCommand::List(args) => list(context, &args).await,
		JobCommand::Watch(args) => {
			let chain = context.chain().await?;
			let end = watch::until_end(context, &chain, JobId(args.job), args.timeout).await?;
			context.answer(&end.json(), &end.text());
			Ok(end.exit_code())
		}
		JobCommand::Fetch(args) => fetch(context, &args).await,
		JobCommand::Cancel(args) => cancel(context, &args).await,
	}
}

async fn submit(context: &Context, kind: &Kind) -> Result<ExitCode, CliError> {
	let terms = kind.terms();
	context.keystore().get(&terms.from)?;
	let spec = kind.build(context)?;
	let escrow = spec.escrow().unwrap_or_default();
	let chain = context.chain().await?;
	let view = chain.at_best().await?;
	check_postable(context, &view, &terms.from, &spec, escrow).await?;
	let line = show::spec_line(&spec);
	context.confirm(&format!("Post {line} for at most {}", format_amount(escrow)))?;
	let pair = context.unlock(&terms.from)?;
	let posted = chain.submit_job(&pair, &spec).await?;
	let head = posted.included.head;
	let record = chain.at(head.hash).await?.job(posted.job).await?;
	let deposit = record.map(|record| record.deposit);
	let mut value = json!({
		"job": posted.job.0,
		"posted_block": head.number,
		"block_hash": show::hash(&head.hash),
		"escrow_planck": escrow.to_string(),
		"deposit_planck": deposit.map(|deposit| deposit.to_string()),
		"spec": show::spec(&spec),
	});
	let deposit = deposit.map_or("unknown".into(), format_amount);
	let text = format!(
		"job {}: {line}\n  posted in block {}; {} held in escrow, deposit {deposit}",
		posted.job.0,
		head.number,
		format_amount(escrow)
	);
	if !terms.wait {
		context.answer(&value, &text);
		return Ok(ExitCode::SUCCESS);
	}
	context.progress(&text);
	let end = watch::until_end(context, &chain, posted.job, terms.timeout).await?;
	if let Some(object) = value.as_object_mut() {
		object.insert("end".into(), end.json());
	}
	context.answer(&value, &end.text());
	Ok(end.exit_code())
}

/// What would make the chain refuse the job, found before a fee is paid for the refusal.
async fn check_postable(
	context: &Context,
	view: &View,
	from: &str,
	spec: &JobSpec,
	escrow: Balance,
) -> Result<(), CliError> {
	if let Workload::Wgsl(call) = &spec.workload
		&& view.program(&call.program).await?.is_none()
	{
		let cid = cid_to_string(&call.program);
		return Err(CliError::failed(format!(
			"the shader {cid} is not registered; run: aitbc program add FILE --from {from}"
		)));
	}
	let limits = view.window_limits()?;
	if !limits.allow(spec) {
		return Err(CliError::usage(format!(
			"--start-within {} --deliver-within {} is not allowed: at most {} blocks, and at least {} to deliver",
			spec.start_within_blocks,
			spec.deliver_within_blocks,
			limits.longest,
			limits.shortest_deliver
		)));
	}
	let payer = context.keystore().get(from)?.account;
	let free = view.balance(&payer).await?.free;
	if free <= escrow {
		let (free, escrow) = (format_amount(free), format_amount(escrow));
		return Err(CliError::failed(format!(
			"{from} has {free}, but this job holds {escrow} and a deposit, and costs a fee; send it money, or lower --max-price or --replicas"
		)));
	}
	Ok(())
}

/// A state, as JSON.
pub fn state_json(state: &JobState) -> Value {
	let mut value = json!({ "name": state.name() });
	let extra = match state {
		JobState::Open { start_by } => Some(("start_by", json!(start_by))),
		JobState::Judging { reveal_by } => Some(("reveal_by", json!(reveal_by))),
		JobState::Settled { output } => Some(("output", json!(cid_to_string(output)))),
		JobState::Refunded(reason) => Some(("reason", json!(refund(reason)))),
		JobState::Leased | JobState::Cancelled => None,
	};
	if let (Some((key, extra)), Some(object)) = (extra, value.as_object_mut()) {
		object.insert(key.into(), extra);
	}
	value
}

/// A state, in words.
pub fn state_line(state: &JobState) -> String {
	match state {
		JobState::Open { start_by } => format!("open, a miner must be found by block {start_by}"),
		JobState::Leased => "leased, miners are at work".into(),
		JobState::Judging { reveal_by } => {
			format!("judging, miners reveal their answers by block {reveal_by}")
		}
		JobState::Settled { output } => format!("settled, output {}", cid_to_string(output)),
		JobState::Refunded(reason) => format!("refunded: {}", refund(reason)),
		JobState::Cancelled => "cancelled".into(),
	}
}

fn refund(reason: &RefundReason) -> String {
	match reason {
		RefundReason::NoMiner => "no miner was found in time".into(),
		RefundReason::AttemptsUsedUp => "its miners did not answer".into(),
		RefundReason::NoQuorum => "the answers differ and no quorum agrees".into(),
		RefundReason::Failed(code) => format!("its miners agree that {}", show::failure(*code)),
	}
}

/// A job with everything that hangs on it, as JSON and in words.
pub async fn describe(view: &View, id: JobId, job: &Job) -> Result<(Value, String), CliError> {
	let spec = view.spec(id).await?;
	let (leases, receipts) = (view.leases(id).await?, view.receipts(id).await?);
	let payments = view.payments(id).await?;
	let value = json!({
		"job": id.0,
		"client": address(&job.client),
		"class": show::class(job.class),
		"state": state_json(&job.state),
		"posted_block": job.posted_at,
		"ended_block": job.ended_at,
		"units": job.units,
		"escrow_planck": job.escrow.to_string(),
		"deposit_planck": job.deposit.to_string(),
		"miners": job.tried.iter().map(address).collect::<Vec<_>>(),
		"spec": spec.as_ref().map(show::spec),
		"leases": leases.iter().map(|(replica, lease)| show::lease(*replica, lease)).collect::<Vec<_>>(),
		"receipts": receipts.iter().map(|(_, receipt)| show::receipt(&receipt.receipt)).collect::<Vec<_>>(),
		"payments": payments.iter().map(|(replica, payment)| json!({
			"replica": replica,
			"miner": address(&payment.miner),
			"units": payment.units,
			"miner_planck": payment.split.miner.to_string(),
			"validators_planck": payment.split.validators.to_string(),
			"treasury_planck": payment.split.treasury.to_string(),
			"burned_planck": payment.split.burned.to_string(),
		})).collect::<Vec<_>>(),
	});
	let mut lines = vec![
		format!("job {}", id.0),
		format!("  state     {}", state_line(&job.state)),
		format!("  work      {}", spec.as_ref().map_or("unknown".into(), show::spec_line)),
		format!("  client    {}", address(&job.client)),
		format!(
			"  posted    block {}{}",
			job.posted_at,
			job.ended_at.map(|block| format!(", ended block {block}")).unwrap_or_default()
		),
		format!(
			"  money     {} in escrow, {} deposit",
			format_amount(job.escrow),
			format_amount(job.deposit)
		),
	];
	lines.extend(
		leases
			.iter()
			.map(|(replica, lease)| format!("  lease     {}", show::lease_line(*replica, lease))),
	);
	lines.extend(receipts.iter().map(|(replica, receipt)| {
		format!("  receipt   replica {replica}: {}", show::verdict_line(&receipt.receipt.verdict()))
	}));
	lines.extend(payments.iter().map(|(replica, payment)| {
		let (amount, miner) = (format_amount(payment.split.miner), address(&payment.miner));
		format!("  paid      {amount} to {miner} for replica {replica}")
	}));
	Ok((value, lines.join("\n")))
}

async fn require(view: &View, id: JobId) -> Result<Job, CliError> {
	view.job(id).await?.ok_or_else(|| {
		CliError::failed(format!(
			"the chain has no job {}; it never existed, or its record was dropped",
			id.0
		))
	})
}

async fn show_job(context: &Context, id: JobId) -> Result<ExitCode, CliError> {
	let view = context.chain().await?.at_best().await?;
	let job = require(&view, id).await?;
	let (value, text) = describe(&view, id, &job).await?;
	context.answer(&value, &text);
	Ok(ExitCode::SUCCESS)
}

async fn list(context: &Context, args: &ListArgs) -> Result<ExitCode, CliError> {
	let account = args.account.as_deref().map(|text| context.account(text)).transpose()?;
	let view = context.chain().await?.at_best().await?;
	let wanted = args.state.and_then(|state| state.to_possible_value());
	let mut jobs = view.jobs(account.as_ref()).await?;
	if let Some(wanted) = wanted {
		jobs.retain(|(_, job)| job.state.name() == wanted.get_name());
	}
	let values: Vec<Value> = jobs
		.iter()
		.map(|(id, job)| {
			json!({
				"job": id.0,
				"class": show::class(job.class),
				"state": state_json(&job.state),
				"client": address(&job.client),
				"posted_block": job.posted_at,
				"ended_block": job.ended_at,
				"replicas": job.replication.replicas,
				"quorum": job.replication.quorum,
				"escrow_planck": job.escrow.to_string(),
			})
		})
		.collect();
	let lines: Vec<String> = jobs
		.iter()
		.map(|(id, job)| {
			let (class, state) = (show::class(job.class), state_line(&job.state));
			format!("{:6}  {class:4}  block {:8}  {state}", id.0, job.posted_at)
		})
		.collect();
	let text = if lines.is_empty() { "no such jobs".into() } else { lines.join("\n") };
	context.answer(&json!(values), &text);
	Ok(ExitCode::SUCCESS)
}

async fn fetch(context: &Context, args: &FetchArgs) -> Result<ExitCode, CliError> {
	let id = JobId(args.job);
	let store = context.store()?;
	let view = context.chain().await?.at_best().await?;
	let job = require(&view, id).await?;
	let JobState::Settled { output } = job.state else {
		let state = state_line(&job.state);
		return Err(CliError::failed(format!("job {} has no result: it is {state}", id.0)));
	};
	let bytes = match store.get(&output, u64::from(MAX_DATA_BYTES)) {
		Err(DataError::Missing { cid, place }) => match inline(&view, id, &output).await? {
			Some(bytes) => bytes,
			None => return Err(DataError::Missing { cid, place }.into()),
		},
		other => other?,
	};
	let mut checked = Value::Null;
	if let Some(factors) = &args.verify_gemm {
		let spec = view.spec(id).await?;
		verify_gemm(spec.as_ref(), factors, &bytes)?;
		checked = json!("freivalds");
	}
	let written = match args.png {
		Some((width, height)) => encode_png(&Picture { width, height, rgba: bytes })?,
		None => bytes,
	};
	write_file(&args.out, &written)?;
	let value = json!({
		"job": id.0,
		"output": cid_to_string(&output),
		"file": args.out.display().to_string(),
		"bytes": written.len(),
		"verified": checked,
	});
	let note = if checked.is_null() { "" } else { "; the product is right" };
	let text = format!("{} ({} bytes{note})", args.out.display(), written.len());
	context.answer(&value, &text);
	Ok(ExitCode::SUCCESS)
}

/// The result from a receipt, where it is small enough to travel in one.
async fn inline(view: &View, id: JobId, output: &Cid) -> Result<Option<Vec<u8>>, CliError> {
	let receipts = view.receipts(id).await?;
	Ok(receipts.into_iter().find_map(|(_, signed)| match signed.receipt.outcome {
		Outcome::Completed { inline, .. }
			if !inline.is_empty() && Cid::of_raw(&inline) == *output =>
		{
			Some(inline.into_inner())
		}
		_ => None,
	}))
}

fn verify_gemm(
	spec: Option<&JobSpec>,
	factors: &[PathBuf],
	product: &[u8],
) -> Result<(), CliError> {
	let (Some(spec), [a, b]) = (spec, factors) else {
		return Err(CliError::usage("--verify-gemm takes two files, A and B, and a job on record"));
	};
	let a = read_file(a, u64::from(MAX_DATA_BYTES))?;
	let b = read_file(b, u64::from(MAX_DATA_BYTES))?;
	check_gemm(spec, &a, &b, product).map_err(|error| match error {
		ResultError::NotGemm | ResultError::OtherInput { .. } => CliError::usage(error.to_string()),
		other => CliError::failed(format!("{other}; nothing was written")),
	})
}

async fn cancel(context: &Context, args: &CancelArgs) -> Result<ExitCode, CliError> {
	context.keystore().get(&args.from)?;
	let chain = context.chain().await?;
	let id = JobId(args.job);
	require(&chain.at_best().await?, id).await?;
	context.confirm(&format!("Cancel job {}; replicas that are let already are paid", id.0))?;
	let pair = context.unlock(&args.from)?;
	let included = chain.cancel_job(&pair, id).await?;
	let number = included.head.number;
	let value =
		json!({ "job": id.0, "block": number, "block_hash": show::hash(&included.head.hash) });
	context.answer(&value, &format!("job {} is cancelled (block {number})", id.0));
	Ok(ExitCode::SUCCESS)
}
