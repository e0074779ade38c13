//! `aitbc job`: work to be done for money.

pub mod describe;
mod fetch;
mod why;

use crate::{
	commands::{
		send::{FromArgs, Signer, done},
		show,
		spec::Kind,
		watch,
	},
	context::Context,
	error::CliError,
};
use aitbc_client::{
	account::address,
	amount::format_amount,
	calls,
	chain::View,
	jobs::{Job, JobState},
	market::Quote,
};
use aitbc_data::cid_to_string;
use aitbc_primitives::{AccountId, Balance, JobId, JobSpec, LeaseState, Workload};
use clap::{Args, Subcommand, ValueEnum};
use describe::{describe, state_json, state_line};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Work to be done for money.
#[derive(Debug, Subcommand)]
#[command(
	after_help = "Examples:\n  aitbc job submit echo --from alice --max-price \"1 MILLI\" --text hello --wait\n  aitbc job why 7\n  aitbc job wait 7\n  aitbc job result 7 -o result.bin"
)]
pub enum JobCommand {
	/// Post a job; its price is held at once
	#[command(
		after_help = "Examples:\n  aitbc job submit gemm --from alice --max-price \"1 MILLI\" --m 64 --k 64 --n 64 --a A.bin --b B.bin --wait\n  aitbc job submit gemm --help"
	)]
	Submit(SubmitArgs),
	/// Tell what a job would bind and which offers would take it, without posting it
	#[command(
		after_help = "Example:\n  aitbc job quote gemm --from alice --max-price \"1 MILLI\" --m 64 --k 64 --n 64 --a A.bin --b B.bin\n\nTakes what `aitbc job submit` takes. Inputs are put into the data folder."
	)]
	Quote(SubmitArgs),
	/// Tell why a job finds no miner: which filter turned down how many offers
	#[command(after_help = "Examples:\n  aitbc job why 7\n  aitbc --json job why 7")]
	Why(IdArgs),
	/// Show a job with its leases, how they ended, receipts and payments
	#[command(after_help = "Example:\n  aitbc --json job show 7")]
	Show(IdArgs),
	/// List the jobs on record
	#[command(
		after_help = "Examples:\n  aitbc job list\n  aitbc job list --account alice --state open"
	)]
	List(ListArgs),
	/// Print every change of a job until it ends
	#[command(
		visible_alias = "wait",
		after_help = "Example:\n  aitbc job watch 7 --timeout 120\n\nExit codes:\n  0  settled: a result was accepted and paid\n  3  refunded: no miner, no answer, no quorum, or the work cannot be done\n  4  cancelled\n  5  not ended in time\n  6  out of fuel: paid, without a result"
	)]
	Watch(WatchArgs),
	/// Write a job's result to a file
	#[command(
		visible_alias = "result",
		after_help = "Examples:\n  aitbc job fetch 7 -o C.bin --verify-gemm A.bin B.bin\n  aitbc job fetch 8 -o edges.png --png 1280x960\n\nThe bytes are checked against the CID that the chain settled on."
	)]
	Fetch(fetch::FetchArgs),
	/// Take a job back; replicas that are let already are paid
	#[command(after_help = "Example:\n  aitbc job cancel 7 --from alice")]
	Cancel(CancelArgs),
}

/// Arguments of `job submit`.
#[derive(Debug, Args)]
pub struct SubmitArgs {
	/// What is to be done
	#[command(subcommand)]
	pub kind: Box<Kind>,
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
	/// Paid, without an output
	OutOfFuel,
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

/// Arguments of `job cancel`.
#[derive(Debug, Args)]
pub struct CancelArgs {
	/// Number of the job
	job: u64,
	#[command(flatten)]
	from: FromArgs,
}

/// Runs a job command.
pub async fn run(context: &Context, command: JobCommand) -> Result<ExitCode, CliError> {
	match command {
		JobCommand::Submit(args) => submit(context, &args.kind).await,
		JobCommand::Quote(args) => why::quote(context, &args.kind).await,
		JobCommand::Why(args) => why::run(context, JobId(args.job)).await,
		JobCommand::Show(args) => show_job(context, JobId(args.job)).await,
		JobCommand::List(args) => list(context, &args).await,
		JobCommand::Watch(args) => {
			let chain = context.chain().await?;
			let end = watch::until_end(context, &chain, JobId(args.job), args.timeout).await?;
			context.answer(&end.json(), &end.text());
			Ok(end.exit_code())
		}
		JobCommand::Fetch(args) => fetch::run(context, &args).await,
		JobCommand::Cancel(args) => cancel(context, &args).await,
	}
}

async fn submit(context: &Context, kind: &Kind) -> Result<ExitCode, CliError> {
	let terms = kind.terms();
	let payer = context.keystore().get(&terms.from)?.account;
	let spec = kind.build(context)?;
	let chain = context.chain().await?;
	let view = chain.at_best().await?;
	let Quote { escrow, deposit, report, .. } =
		check_postable(&view, &terms.from, &payer, &spec).await?;
	let line = show::spec_line(&spec);
	if report.eligible < u32::from(spec.replication.replicas) {
		context.progress(&format!("note: {}", why::sentence(&report, &spec)));
	}
	context.confirm(&format!("Post {line} for at most {}", format_amount(escrow)))?;
	let pair = context.unlock(&terms.from)?;
	let posted = chain.submit_job(&pair, &spec).await?;
	let head = posted.included.head;
	let mut value = json!({
		"job": posted.job.0,
		"posted_block": head.number,
		"block_hash": show::hash(&head.hash),
		"escrow_planck": escrow.to_string(),
		"deposit_planck": deposit.to_string(),
		"spec": show::spec(&spec),
		"eligible_offers": report.eligible,
	});
	let text = format!(
		"job {}: {line}\n  posted in block {}; {} held in escrow, deposit {}",
		posted.job.0,
		head.number,
		format_amount(escrow),
		format_amount(deposit)
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
	view: &View,
	from: &str,
	payer: &AccountId,
	spec: &JobSpec,
) -> Result<Quote, CliError> {
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
	let quote = view.quote(spec).await?.map_err(|refusal| {
		CliError::failed(format!("the chain would refuse this job: {refusal}"))
	})?;
	let free = view.balance(payer).await?.free;
	if free <= quote.escrow.saturating_add(quote.deposit) {
		let (escrow, deposit) = (format_amount(quote.escrow), format_amount(quote.deposit));
		let free = format_amount(free);
		return Err(CliError::failed(format!(
			"{from} has {free}, but this job holds {escrow} and a deposit of {deposit}, and costs a fee; send it money, or lower --max-price or --replicas"
		)));
	}
	Ok(quote)
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
	let is_wanted =
		|state: &JobState| wanted.as_ref().is_none_or(|wanted| state.name() == wanted.get_name());
	let jobs = match &account {
		None => view.jobs(None).await?,
		Some(client) => {
			let mut jobs = Vec::new();
			for (id, state) in view.jobs_of(client).await? {
				if is_wanted(&state)
					&& let Some(job) = view.job(id).await?
				{
					jobs.push((id, job));
				}
			}
			jobs
		}
	};
	let jobs: Vec<(JobId, Job)> =
		jobs.into_iter().filter(|(_, job)| is_wanted(&job.state)).collect();
	let values: Vec<Value> = jobs.iter().map(|(id, job)| listed(*id, job)).collect();
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

fn listed(id: JobId, job: &Job) -> Value {
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
		"paid_planck": job.paid().to_string(),
	})
}

async fn cancel(context: &Context, args: &CancelArgs) -> Result<ExitCode, CliError> {
	let signer = Signer::open(context, &args.from).await?;
	let id = JobId(args.job);
	let job = require(&signer.chain.at_best().await?, id).await?;
	check_cancellable(&signer, id, &job)?;
	let cost = match job.leases.len() {
		0 => "nothing is let, so that it costs nothing".to_string(),
		1 => format!("one replica is let and is paid {}", format_amount(cancel_cost(&job))),
		more => {
			format!("{more} replicas are let and are paid {}", format_amount(cancel_cost(&job)))
		}
	};
	signer.confirm(&format!("Cancel job {}; {cost}", id.0))?;
	let included = signer.chain.submit(&signer.unlock()?, &calls::cancel_job(id)).await?;
	done(context, &included, json!({ "job": id.0 }), &format!("job {} is cancelled", id.0));
	Ok(ExitCode::SUCCESS)
}

/// What the chain would refuse.
fn check_cancellable(signer: &Signer<'_>, id: JobId, job: &Job) -> Result<(), CliError> {
	let (id, state) = (id.0, state_line(&job.state));
	if job.client != signer.account {
		let client = address(&job.client);
		return Err(CliError::failed(format!(
			"job {id} was posted by {client}, who alone can cancel it"
		)));
	}
	if job.state.is_ended() {
		return Err(CliError::failed(format!("job {id} has ended: it is {state}")));
	}
	let shown = |state: &LeaseState| matches!(state, LeaseState::Revealed { .. });
	let revealed = job.leases.iter().any(|(_, lease)| shown(&lease.state));
	if revealed || matches!(job.state, JobState::Judging { .. }) {
		return Err(CliError::failed(format!(
			"job {id} is {state}: its answers are being compared, so that it can no longer be cancelled"
		)));
	}
	Ok(())
}

/// What cancelling now would pay to the miners at work, planck.
fn cancel_cost(job: &Job) -> Balance {
	job.leases.iter().fold(0, |sum: Balance, (_, lease)| {
		let work = Balance::from(job.units).saturating_mul(lease.price_per_unit);
		sum.saturating_add(work.saturating_add(job.tip))
	})
}
