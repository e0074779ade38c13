//! What to do next, decided from the state of the chain and from what the worker knows.
//!
//! [`reconcile`] is a pure function of one block's state and the [`Book`]. It follows no events: a
//! block that was missed, a re-organisation, a restart of the node or of the worker only change its
//! arguments. It never asks for work that is done or for a message whose effect is on chain.

use crate::{
	book::{Book, Entry, Progress, Publication},
	lease::{Answer, ChainView, LeaseKey, LeaseView},
};
use aitbc_primitives::{BlockNumber, LeaseState, WorkerKey};
use std::fmt;

/// How often a job is executed if the process dies over it. After that the worker answers that its
/// device failed, instead of dying in a circle.
pub const MAX_EXECUTIONS: u8 = 3;

/// Blocks before the end of reveals from which on a reveal no longer waits for the data store. Fewer than the
/// shortest time that the chain gives for reveals.
pub const REVEAL_RESERVE_BLOCKS: BlockNumber = 20;

/// A message the worker owes the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
	/// Bind itself to the answer of a replicated job.
	Commit,
	/// Answer a single job.
	Submit,
	/// Open the commitment.
	Reveal,
}

impl fmt::Display for Step {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Step::Commit => "commit",
			Step::Submit => "submit",
			Step::Reveal => "reveal",
		})
	}
}

/// Why nothing is done about a live lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
	/// Too few blocks are left for an answer to be taken.
	TooLate,
	/// The lease expects the signature of a worker key that this worker does not have.
	OtherKey,
	/// Somebody else committed with our key, or the journal with our commitment is gone.
	OtherCommitment,
	/// The journal's record was corrupt, so that an answer may have been sent already, or this
	/// program made an answer that cannot be one.
	Unanswerable,
}

impl fmt::Display for SkipReason {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			SkipReason::TooLate => "too few blocks are left to answer it",
			SkipReason::OtherKey => {
				"it expects another worker key; if the key was rotated, start the worker with both"
			}
			SkipReason::OtherCommitment => {
				"the commitment on chain is not this worker's: is the key in use elsewhere?"
			}
			SkipReason::Unanswerable => {
				"its journal record is unusable, and a second answer must never be made"
			}
		})
	}
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
	/// Fetch the inputs, run the engine, sign and journal the answer.
	Execute(LeaseKey),
	/// Journal the answer that the device failed, without running the engine again.
	Decline(LeaseKey),
	/// Put the output of a replicated job, whose reveals are open, into the data store.
	Publish(LeaseKey),
	/// Send the journalled answer or its commitment.
	Send(LeaseKey, Step),
	/// Remove the journal's record and the private output: the lease ended in a final block.
	Forget(LeaseKey),
	/// Leave the lease alone.
	Skip(LeaseKey, SkipReason),
}

/// What the decisions depend on beside state.
#[derive(Clone, Debug)]
pub struct Policy {
	/// The keys this worker signs with.
	pub workers: Vec<WorkerKey>,
	/// Most leases that may be worked on at once, those that wait for inputs included.
	pub max_open: usize,
	/// Blocks that must be left before `deliver_by` for an execution to be worth beginning; ≥ 1.
	pub margin_blocks: BlockNumber,
	/// Blocks after which a message that shows no effect is sent again; ≥ 1.
	pub resend_blocks: BlockNumber,
}

/// Decides what to do about every lease, most urgent first. `book` must have observed `view`.
pub fn reconcile(view: &ChainView, book: &Book, policy: &Policy) -> Vec<Action> {
	let mut leases: Vec<&LeaseView> = view.leases.iter().collect();
	leases.sort_by_key(|lease| (lease.lease.deliver_by, lease.key()));
	let mut open = book.running();
	let mut actions = Vec::new();
	for lease in leases {
		let Some(action) = decide(view.best, lease, book.get(&lease.key()), policy) else {
			continue;
		};
		if matches!(action, Action::Execute(_) | Action::Decline(_)) {
			if open >= policy.max_open {
				continue;
			}
			open = open.saturating_add(1);
		}
		actions.push(action);
	}
	let forgotten = book.iter().filter(|(_, entry)| {
		let is_final = entry.absent_since.is_some_and(|since| since <= view.finalized);
		let is_caught_up = entry.live_at <= view.finalized;
		is_final && is_caught_up && !entry.is_busy()
	});
	actions.extend(forgotten.map(|(key, _)| Action::Forget(*key)));
	actions
}

fn decide(
	best: BlockNumber,
	view: &LeaseView,
	entry: Option<&Entry>,
	policy: &Policy,
) -> Option<Action> {
	let key = view.key();
	let lease = &view.lease;
	let skip = |reason| Some(Action::Skip(key, reason));
	if matches!(lease.state, LeaseState::Revealed { .. }) {
		return None;
	}
	if !policy.workers.contains(&lease.worker) {
		return skip(SkipReason::OtherKey);
	}
	match (&lease.state, entry.map(|entry| &entry.progress)) {
		(_, Some(Progress::Running)) => None,
		(_, Some(Progress::Lost)) => skip(SkipReason::Unanswerable),
		(LeaseState::Committed { commitment }, Some(Progress::Executed(answer))) => {
			if answer.commitment(&lease.worker) != *commitment {
				return skip(SkipReason::OtherCommitment);
			}
			match view.reveal_by {
				// Until all have committed, also while a tie-breaker is looked for.
				None => None,
				Some(reveal_by) if best >= reveal_by => skip(SkipReason::TooLate),
				Some(reveal_by) => reveal((best, reveal_by), key, answer, entry, policy),
			}
		}
		(LeaseState::Committed { .. }, _) => skip(SkipReason::OtherCommitment),
		(_, Some(Progress::Executed(_))) => {
			// The message can be in the next block at the earliest.
			if best >= lease.deliver_by {
				return skip(SkipReason::TooLate);
			}
			let step = if view.spec.replication.commits() { Step::Commit } else { Step::Submit };
			send(best, key, step, entry, policy)
		}
		(_, idle) => {
			if best >= lease.deliver_by {
				return skip(SkipReason::TooLate);
			}
			if best.saturating_add(policy.margin_blocks) > lease.deliver_by {
				// Too late to do the work, not to say so: silence costs collateral.
				return Some(Action::Decline(key));
			}
			if entry.is_some_and(|entry| entry.not_before > best) {
				return None;
			}
			match idle {
				Some(Progress::Idle { executions }) if *executions >= MAX_EXECUTIONS => {
					Some(Action::Decline(key))
				}
				_ => Some(Action::Execute(key)),
			}
		}
	}
}

/// The output comes first, so that nobody is paid for what cannot be had. A reveal that contains it
/// waits for no store, and none waits to the end: silence costs the lease's collateral, a store that is
/// slow or full does not.
fn reveal(
	(best, reveal_by): (BlockNumber, BlockNumber),
	key: LeaseKey,
	answer: &Answer,
	entry: Option<&Entry>,
	policy: &Policy,
) -> Option<Action> {
	let publication = entry?.publication;
	let has_output = answer.output().is_some();
	let publish = matches!(publication, Publication::Due { not_before } if not_before <= best)
		.then_some(Action::Publish(key))
		.filter(|_| has_output);
	let urgent = best.saturating_add(REVEAL_RESERVE_BLOCKS) >= reveal_by;
	if publish.is_some() && !urgent {
		return publish;
	}
	let settled = !has_output || publication == Publication::Done;
	let may_go = urgent || settled || answer.inline().is_some();
	let send = may_go.then(|| send(best, key, Step::Reveal, entry, policy)).flatten();
	send.or(publish)
}

fn send(
	best: BlockNumber,
	key: LeaseKey,
	step: Step,
	entry: Option<&Entry>,
	policy: &Policy,
) -> Option<Action> {
	let entry = entry?;
	let under_way = entry.pending.is_some_and(|pending| {
		pending.step == step && best < pending.since.saturating_add(policy.resend_blocks)
	});
	(!under_way && entry.not_before <= best).then_some(Action::Send(key, step))
}

#[cfg(test)]
mod tests;
