//! Measures what one node settles: transfers per second, `Echo` jobs per second, how many blocks a job
//! takes from post to pay, and how many bytes of state it leaves. `scripts/bench-chain` starts a node for
//! it; the figures stand in `specs/protocol/performance.md`.
//!
//! The miners are real as far as the chain can see: registered, with collateral, offers and worker keys;
//! their "work" is echoing four bytes, so that what is measured is the chain.

#![allow(
	clippy::unwrap_used,
	clippy::expect_used,
	reason = "a tool of the developers, which stops with what went wrong"
)]

mod accounts;
mod link;
mod measure;
mod miners;
mod sizes;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use link::Link;
use measure::{Load, Phase};
use serde_json::json;
use std::{path::PathBuf, time::Duration};

/// Measures what a development node settles.
///
/// The node must be fresh (`aitbc-node --dev --tmp`): accounts are funded from the development keyring.
#[derive(Clone, Debug, Parser)]
#[command(name = "load", version)]
struct Arguments {
	/// Address of the node
	#[arg(long, default_value = "ws://127.0.0.1:9944")]
	url: String,
	/// Accounts that send transfers and jobs
	#[arg(long, default_value_t = 96, value_parser = clap::value_parser!(u16).range(1..=1_000))]
	senders: u16,
	/// Most extrinsics of one sender in the pool
	#[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=64))]
	ahead: u32,
	/// Miners
	#[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
	miners: u16,
	/// Answers that a worker puts into one extrinsic; at most 16 are free of fees
	#[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=16))]
	batch: u16,
	/// Length of each phase, blocks
	#[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(5..=1_000))]
	blocks: u32,
	/// Jobs whose bytes are counted
	#[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5_000))]
	sized_jobs: u32,
	/// File for the figures as JSON
	#[arg(long)]
	out: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
	let arguments = Arguments::parse();
	ensure!(
		["ws://127.0.0.1:", "ws://localhost:", "ws://[::1]:"]
			.iter()
			.any(|local| arguments.url.starts_with(local)),
		"{}: only a node on this machine is put under load",
		arguments.url
	);
	let link = Link::open(&arguments.url).await.context("the node does not answer")?;
	println!("funding {} senders and {} miners", arguments.senders, arguments.miners);
	let senders = accounts::fund(&link, arguments.senders).await?;
	let miners = miners::enlist(&link, arguments.miners).await?;
	let mut load = Load::new(link, senders, miners, arguments.ahead, arguments.batch);

	let transfers = load.run(Phase::Transfers, arguments.blocks).await?;
	println!("transfers: {:.1} per second, {}", transfers.per_second, transfers.fullness());
	load.drain(Duration::from_secs(60)).await?;
	let jobs = load.run(Phase::Jobs { per_block: None }, arguments.blocks).await?;
	println!("jobs:      {:.1} per second, {}", jobs.per_second, jobs.fullness());
	load.drain(Duration::from_secs(120)).await?;
	let half = (jobs.per_block / 2.0).max(1.0);
	let latency = load.latency(half, arguments.blocks).await?;
	println!("at {half:.0} jobs per block, blocks from post to pay: {latency}");
	load.drain(Duration::from_secs(120)).await?;
	let sizes = sizes::measure(&mut load, arguments.sized_jobs).await?;
	println!("bytes of state: {:.0} per live job, {:.0} per ended job", sizes.live, sizes.ended);

	let ratio = jobs.per_second / transfers.per_second;
	println!("jobs : transfers = 1 : {:.2}", 1.0 / ratio);
	if let Some(path) = &arguments.out {
		let figures = json!({
			"transfers_per_second": transfers.per_second,
			"transfer_block_fullness": transfers.mean_fullness.total(),
			"jobs_per_second": jobs.per_second,
			"job_block_fullness": jobs.mean_fullness.total(),
			"jobs_to_transfers": ratio,
			"answers_per_extrinsic": arguments.batch,
			"latency_blocks": latency.as_json(),
			"latency_load_jobs_per_block": half,
			"bytes_per_live_job": sizes.live,
			"keys_per_live_job": sizes.live_keys,
			"bytes_per_ended_job": sizes.ended,
			"keys_per_ended_job": sizes.ended_keys,
		});
		std::fs::write(path, format!("{figures:#}\n"))
			.with_context(|| format!("cannot write {}", path.display()))?;
	}
	Ok(())
}
