//! The phases: a load, and what the chain makes of it block by block.

use crate::{
	link::{Fullness, Link, entry_prefix, hash},
	miners::{Miner, job},
};
use aitbc_client::{calls, wallet::Keypair};
use aitbc_primitives::{AccountId, BlockNumber, Hash, JobId};
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::{
	collections::BTreeSet,
	fmt,
	time::{Duration, Instant},
};

/// Blocks at the beginning of a phase that are not counted: pool and queues fill.
const WARM_UP_BLOCKS: u32 = 4;
/// Without a block for so long, the node is taken to be dead.
const SILENCE: Duration = Duration::from_secs(30);

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
	/// Transfers between the senders, as many as fit.
	Transfers,
	/// Jobs: so many a block, or as many as fit.
	Jobs {
		/// Jobs posted for each block.
		per_block: Option<f64>,
	},
	/// Nothing: what is under way ends.
	Drain,
}

/// What a phase came to.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
	/// Transfers included, or jobs settled, per second.
	pub per_second: f64,
	/// The same per block.
	pub per_block: f64,
	/// How full the blocks were, on average.
	pub mean_fullness: Fullness,
}

impl Rate {
	/// In words.
	pub fn fullness(&self) -> String {
		let Fullness { normal, operational, mandatory } = self.mean_fullness;
		let [total, normal, operational, mandatory] =
			[self.mean_fullness.total(), normal, operational, mandatory].map(|share| share * 100.0);
		format!(
			"{:.0} per block, blocks {total:.0} % full (transactions {normal:.0}, operational \
			 {operational:.0}, hooks {mandatory:.0})",
			self.per_block
		)
	}
}

/// Blocks from post to pay.
#[derive(Clone, Debug)]
pub struct Latency(Vec<u32>);

impl Latency {
	fn quantile(&self, share: f64) -> u32 {
		let last = self.0.len().saturating_sub(1);
		self.0.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
	}

	/// As JSON.
	pub fn as_json(&self) -> serde_json::Value {
		json!({
			"jobs": self.0.len(),
			"p50": self.quantile(0.5),
			"p95": self.quantile(0.95),
			"p99": self.quantile(0.99),
			"most": self.quantile(1.0),
		})
	}
}

impl fmt::Display for Latency {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		let [p50, p95, p99, most] = [0.5, 0.95, 0.99, 1.0].map(|share| self.quantile(share));
		write!(f, "p50 {p50}, p95 {p95}, p99 {p99}, most {most} ({} jobs)", self.0.len())
	}
}

/// A block as it is counted.
struct Seen {
	hash: Hash,
	extrinsics: usize,
	fullness: Fullness,
	settled: u64,
	at: Instant,
}

/// Everybody who sends.
pub struct Load {
	pub link: Link,
	senders: Vec<Keypair>,
	next: Vec<u64>,
	miners: Vec<Miner>,
	ahead: u32,
	batch: usize,
	/// Whether workers answer.
	pub answering: bool,
}

impl Load {
	/// Ready to send.
	pub fn new(
		link: Link,
		senders: Vec<Keypair>,
		miners: Vec<Miner>,
		ahead: u32,
		batch: u16,
	) -> Self {
		let next = vec![0; senders.len()];
		Self { link, senders, next, miners, ahead, batch: batch.into(), answering: true }
	}

	/// Runs a phase for so many counted blocks.
	pub async fn run(&mut self, phase: Phase, blocks: u32) -> Result<Rate> {
		let seen = self.drive(phase, WARM_UP_BLOCKS + blocks, |_| false).await?;
		let counted = &seen[(WARM_UP_BLOCKS as usize).min(seen.len().saturating_sub(2))..];
		let (Some(first), Some(last)) = (counted.first(), counted.last()) else {
			bail!("the chain made no blocks");
		};
		let amount = match phase {
			// All but the one that tells the time.
			Phase::Transfers => counted
				.iter()
				.skip(1)
				.map(|block| block.extrinsics.saturating_sub(1))
				.sum::<usize>() as f64,
			_ => (last.settled - first.settled) as f64,
		};
		let count = (counted.len() - 1).max(1) as f64;
		let mean = |share: fn(&Fullness) -> f64| {
			counted.iter().skip(1).map(|block| share(&block.fullness)).sum::<f64>() / count
		};
		Ok(Rate {
			per_second: amount / (last.at - first.at).as_secs_f64(),
			per_block: amount / count,
			mean_fullness: Fullness {
				normal: mean(|fullness| fullness.normal),
				operational: mean(|fullness| fullness.operational),
				mandatory: mean(|fullness| fullness.mandatory),
			},
		})
	}

	/// Lets what is under way end.
	pub async fn drain(&mut self, limit: Duration) -> Result<()> {
		let blocks = u32::try_from(limit.as_secs() / 2).unwrap_or(u32::MAX);
		// Nothing but the time in two blocks, and no lease.
		let mut quiet = 0;
		self.drive(Phase::Drain, blocks, |block| {
			quiet = if block.extrinsics <= 1 { quiet + 1 } else { 0 };
			quiet >= 3
		})
		.await?;
		let used = self.nonces_at_best().await?;
		self.next = used;
		Ok(())
	}

	/// Posts so many jobs a block and reads from their records how long they took.
	pub async fn latency(&mut self, per_block: f64, blocks: u32) -> Result<Latency> {
		let from = self.next_job().await?;
		self.drive(Phase::Jobs { per_block: Some(per_block) }, blocks, |_| false).await?;
		let to = self.next_job().await?;
		self.drain(Duration::from_secs(120)).await?;
		let at = self.best().await?;
		let keys: Vec<Vec<u8>> = (from..to).map(|job| record_key(JobId(job))).collect();
		let records = self.link.values(&keys, at).await?;
		let mut took = Vec::new();
		for value in records.values() {
			let record: aitbc_client::jobs::Job = codec::Decode::decode(&mut value.as_slice())
				.context("a job's record does not decode")?;
			let ended: BlockNumber = record.ended_at.context("a job has not ended")?;
			took.push(ended.saturating_sub(record.posted_at));
		}
		took.sort_unstable();
		Ok(Latency(took))
	}

	/// Follows the best chain for `blocks` blocks or until `done`, and keeps the load up.
	async fn drive(
		&mut self,
		phase: Phase,
		blocks: u32,
		mut done: impl FnMut(&Seen) -> bool,
	) -> Result<Vec<Seen>> {
		let mut heads = self.link.best_blocks().await?;
		let mut numbers = BTreeSet::new();
		let mut seen = Vec::new();
		let mut owed = 0.0;
		while seen.len() < blocks as usize {
			let head = tokio::time::timeout(SILENCE, heads.next())
				.await
				.context("no new block for half a minute")?
				.context("the node ended the subscription")??;
			if !numbers.insert(head.number()) {
				continue;
			}
			let block = self.look(hash(head.hash())).await?;
			if self.answering {
				for miner in &mut self.miners {
					miner.answer(&self.link, block.hash, self.batch).await?;
				}
			}
			self.feed(phase, block.hash, &mut owed).await?;
			let over = done(&block);
			seen.push(block);
			if over {
				break;
			}
		}
		Ok(seen)
	}

	async fn look(&self, at: Hash) -> Result<Seen> {
		let (extrinsics, fullness) = self.link.block(at).await?;
		// The first field: replicas paid for.
		let settled = self.link.get(&entry_prefix("Payouts", "Totals"), at).await?.unwrap_or(0u64);
		Ok(Seen { hash: at, extrinsics, fullness, settled, at: Instant::now() })
	}

	/// Sends what the phase asks for, for one block.
	async fn feed(&mut self, phase: Phase, at: Hash, owed: &mut f64) -> Result<()> {
		let accounts: Vec<[u8; 32]> =
			self.senders.iter().map(|sender| sender.public_key().0).collect();
		let used = self.link.nonces(&accounts, at).await?;
		let mut budget = match phase {
			Phase::Transfers | Phase::Jobs { per_block: None } => usize::MAX,
			Phase::Jobs { per_block: Some(rate) } => {
				*owed += rate;
				let whole = owed.floor();
				*owed -= whole;
				whole as usize
			}
			Phase::Drain => 0,
		};
		// In turns, so that a sender's extrinsics are spread.
		for round in 0..u64::from(self.ahead) {
			for (index, used) in used.iter().enumerate() {
				let waiting = self.next[index].saturating_sub(*used);
				if budget == 0 || waiting > round || waiting >= u64::from(self.ahead) {
					continue;
				}
				self.send_one(phase, index).await?;
				budget -= 1;
			}
		}
		Ok(())
	}

	async fn send_one(&mut self, phase: Phase, index: usize) -> Result<()> {
		let (sender, nonce) = (&self.senders[index], self.next[index]);
		let bytes = match phase {
			Phase::Transfers => {
				let to = &self.senders[(index + 1) % self.senders.len()];
				let to = AccountId::new(to.public_key().0);
				self.link.sign(sender, nonce, &calls::transfer(&to, 1))?
			}
			_ => self.link.sign(sender, nonce, &calls::submit_job(&job(0)))?,
		};
		self.link.send(&bytes).await?;
		self.next[index] += 1;
		Ok(())
	}

	/// Posts `count` jobs, spread over the senders, and waits until all are in blocks.
	pub async fn post(&mut self, count: u32) -> Result<()> {
		let target = self.next_job().await? + u64::from(count);
		let rate = f64::from(count);
		let mut owed = 0.0;
		let at = self.best().await?;
		self.feed(Phase::Jobs { per_block: Some(rate) }, at, &mut owed).await?;
		let mut heads = self.link.best_blocks().await?;
		for _ in 0..30 {
			tokio::time::timeout(SILENCE, heads.next()).await.context("no new block")?;
			if self.next_job().await? >= target {
				return Ok(());
			}
		}
		bail!("{count} jobs are not in blocks after 30 of them; fewer, or more senders")
	}

	async fn nonces_at_best(&self) -> Result<Vec<u64>> {
		let accounts: Vec<[u8; 32]> =
			self.senders.iter().map(|sender| sender.public_key().0).collect();
		self.link.nonces(&accounts, self.best().await?).await
	}

	async fn next_job(&self) -> Result<u64> {
		let at = self.best().await?;
		Ok(self.link.get(&entry_prefix("Jobs", "NextJobId"), at).await?.unwrap_or_default())
	}

	/// The newest best block.
	pub async fn best(&self) -> Result<Hash> {
		self.link.best().await
	}
}

/// Where the record of a job lies in the state.
pub fn record_key(job: JobId) -> Vec<u8> {
	let bytes = codec::Encode::encode(&job);
	let mut key = entry_prefix("Jobs", "Jobs");
	key.extend(sp_crypto_hashing::twox_64(&bytes));
	key.extend(bytes);
	key
}
