//! What a job leaves in the state.

use crate::{
	link::{Size, entry_prefix},
	measure::Load,
};
use anyhow::Result;
use sp_crypto_hashing::twox_128;
use std::time::Duration;

/// Bytes (keys and values) and entries of the state per job.
pub struct Sizes {
	/// While it is let.
	pub live: f64,
	pub live_keys: f64,
	/// After it was paid, until its record is dropped.
	pub ended: f64,
	pub ended_keys: f64,
}

/// Lets `count` jobs, looks, has them answered, and looks again.
pub async fn measure(load: &mut Load, count: u32) -> Result<Sizes> {
	let before = state(load).await?;
	load.answering = false;
	load.post(count).await?;
	// Matched at the start of the next block.
	tokio::time::sleep(Duration::from_secs(6)).await;
	let live = state(load).await?;
	load.answering = true;
	load.drain(Duration::from_secs(120)).await?;
	let ended = state(load).await?;
	let per_job = |now: u64, then: u64| (now as f64 - then as f64) / f64::from(count);
	Ok(Sizes {
		live: per_job(live.bytes, before.bytes),
		live_keys: per_job(live.keys, before.keys),
		ended: per_job(ended.bytes, before.bytes),
		ended_keys: per_job(ended.keys, before.keys),
	})
}

async fn state(load: &Load) -> Result<Size> {
	let at = load.best().await?;
	let pallets = ["Jobs", "Receipts", "Market", "ComputeStaking", "Payouts"];
	let mut prefixes: Vec<Vec<u8>> =
		pallets.iter().map(|pallet| twox_128(pallet.as_bytes()).to_vec()).collect();
	prefixes.push(entry_prefix("Balances", "Holds"));
	let mut sum = Size::default();
	for prefix in prefixes {
		let size = load.link.size(&prefix, at).await?;
		sum.keys += size.keys;
		sum.bytes += size.bytes;
	}
	Ok(sum)
}
