//! Following a job until it ends.

use crate::{
	commands::{
		job::describe::{state_json, state_line},
		show,
	},
	context::Context,
	error::CliError,
};
use aitbc_client::{
	chain::{Chain, Head},
	errors::ChainError,
	jobs::{EndedLease, JobState, Lease},
};
use aitbc_primitives::{BlockNumber, JobId, LeaseState, ReplicaIndex};
use serde_json::{Value, json};
use std::{process::ExitCode, time::Duration};
use tokio::time::Instant;

/// How watching a job went.
pub struct End {
	job: JobId,
	/// The last state that was seen.
	state: JobState,
	posted_at: BlockNumber,
	ended_at: Option<BlockNumber>,
}

impl End {
	/// For scripts.
	pub fn json(&self) -> Value {
		json!({
			"job": self.job.0,
			"state": state_json(&self.state),
			"posted_block": self.posted_at,
			"ended_block": self.ended_at,
			"timed_out": !self.state.is_ended(),
		})
	}

	/// For people.
	pub fn text(&self) -> String {
		let (job, state) = (self.job.0, state_line(&self.state));
		match self.ended_at {
			Some(block) => {
				let blocks = block.saturating_sub(self.posted_at);
				format!("job {job} is {state} ({blocks} blocks after it was posted)")
			}
			None => format!("job {job} has not ended in time: it is {state}"),
		}
	}

	/// See [`crate::error::EXIT_CODES`].
	pub fn exit_code(&self) -> ExitCode {
		ExitCode::from(match self.state {
			JobState::Settled { .. } => 0,
			JobState::Refunded(_) => 3,
			JobState::Cancelled => 4,
			JobState::Open { .. } | JobState::Leased | JobState::Judging { .. } => 5,
			JobState::OutOfFuel => 6,
		})
	}
}

/// Prints every change of a job until it ends or `timeout_s` seconds have passed. Goes on through
/// restarts of the node.
pub async fn until_end(
	context: &Context,
	chain: &Chain,
	id: JobId,
	timeout_s: u64,
) -> Result<End, CliError> {
	let deadline = Instant::now() + Duration::from_secs(timeout_s.min(u64::from(u32::MAX)));
	let mut blocks = chain.best_blocks();
	let mut seen: Option<Seen> = None;
	let mut head = chain.best().await?;
	// Said once until the node is back.
	let mut trouble = Trouble::default();
	loop {
		match look(chain, head, id).await {
			Ok(now) => {
				trouble.over();
				now.report(context, seen.as_ref());
				if now.end.state.is_ended() {
					return Ok(now.end);
				}
				seen = Some(now);
			}
			Err(CliError::Chain(error)) if error.is_retryable() && seen.is_some() => {
				trouble.tell(context, &error);
			}
			Err(error) => return Err(error),
		}
		head = loop {
			match tokio::time::timeout_at(deadline, blocks.next()).await {
				Ok(Ok(head)) => break head,
				Ok(Err(error)) if error.is_retryable() => trouble.tell(context, &error),
				Ok(Err(error)) => return Err(error.into()),
				Err(_) => {
					return seen.map(|seen| seen.end).ok_or_else(|| {
						CliError::failed(format!("job {} could not be read in time", id.0))
					});
				}
			}
		};
	}
}

/// Whether the node was found to be away.
#[derive(Default)]
struct Trouble {
	told: bool,
}

impl Trouble {
	fn tell(&mut self, context: &Context, error: &ChainError) {
		if !self.told {
			context.progress(&format!("  waiting for the node: {error}"));
		}
		self.told = true;
	}

	fn over(&mut self) {
		self.told = false;
	}
}

/// A job at one block.
struct Seen {
	block: BlockNumber,
	end: End,
	leases: Vec<(ReplicaIndex, Lease)>,
	history: Vec<EndedLease>,
}

async fn look(chain: &Chain, head: Head, id: JobId) -> Result<Seen, CliError> {
	let view = chain.at(head.hash).await?;
	let Some(job) = view.job(id).await? else {
		return Err(CliError::failed(format!(
			"the chain has no job {} at block {}; it never existed, or its record was dropped",
			id.0, head.number
		)));
	};
	let end = End { job: id, state: job.state, posted_at: job.posted_at, ended_at: job.ended_at };
	Ok(Seen { block: head.number, end, leases: job.leases, history: job.history })
}

impl Seen {
	fn report(&self, context: &Context, before: Option<&Seen>) {
		let block = self.block;
		if before.is_none_or(|before| before.end.state != self.end.state) {
			context.progress(&format!("  block {block}: {}", state_line(&self.end.state)));
		}
		let told = before.map_or(0, |before| before.history.len());
		for ended in self.history.iter().skip(told) {
			context.progress(&format!("  block {block}: {}", show::ended_lease_line(ended)));
		}
		let known = |replica: ReplicaIndex, lease: &Lease| {
			before.is_some_and(|before| {
				before.leases.iter().any(|(other, known)| {
					let same = known.attempt == lease.attempt && step(known) == step(lease);
					*other == replica && same
				})
			})
		};
		for (replica, lease) in &self.leases {
			if !known(*replica, lease) {
				context
					.progress(&format!("  block {block}: {}", show::lease_line(*replica, lease)));
			}
		}
	}
}

const fn step(lease: &Lease) -> u8 {
	match lease.state {
		LeaseState::Leased => 0,
		LeaseState::Committed { .. } => 1,
		LeaseState::Revealed { .. } => 2,
	}
}
