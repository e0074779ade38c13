//! What the worker calls a lease, and the answer it owes for one.

use aitbc_primitives::{
	AccountId, BlockNumber, Cid, Hash, JobId, JobSpec, Lease, Outcome, ReplicaIndex, SignedReceipt,
	WorkerKey, commitment,
};
use codec::{Decode, Encode};
use std::fmt;

/// Names one letting of one replica of one job. A lease that is re-let has another key, so what was
/// done for the earlier letting is never taken for the later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct LeaseKey {
	/// The job.
	pub job: JobId,
	/// Which of its replicas.
	pub replica: ReplicaIndex,
	/// Which letting of the replica.
	pub attempt: u8,
}

impl fmt::Display for LeaseKey {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "job {} replica {} attempt {}", self.job.0, self.replica, self.attempt)
	}
}

/// A lease as it stands in one block, with all that is needed to answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseView {
	/// The job.
	pub job: JobId,
	/// Which of its replicas.
	pub replica: ReplicaIndex,
	/// The lease itself.
	pub lease: Lease<AccountId>,
	/// What is to be computed.
	pub spec: JobSpec,
	/// Last block in which the job's reveals are taken; `None` while not every replica is bound to its
	/// answer.
	pub reveal_by: Option<BlockNumber>,
}

impl LeaseView {
	/// The lease's name.
	pub fn key(&self) -> LeaseKey {
		LeaseKey { job: self.job, replica: self.replica, attempt: self.lease.attempt }
	}
}

/// The worker's leases as of one block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainView {
	/// Number of the block that was read: the node's best.
	pub best: BlockNumber,
	/// Number of the last block that can no longer be re-organised away.
	pub finalized: BlockNumber,
	/// The miner's live leases in that block.
	pub leases: Vec<LeaseView>,
}

/// The one answer to a lease. Once it is in the journal no other is ever made.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Answer {
	/// What is claimed, signed by the worker key.
	pub receipt: SignedReceipt,
	/// Blinds the commitment of a replicated job until the reveal.
	pub salt: [u8; 32],
}

impl Answer {
	/// The hash that is committed to; see [`aitbc_primitives::commitment`].
	pub fn commitment(&self, worker: &WorkerKey) -> Hash {
		commitment(self.receipt.receipt.hash(), worker, &self.salt)
	}

	/// Name of the output, if the answer is one.
	pub fn output(&self) -> Option<&Cid> {
		match &self.receipt.receipt.outcome {
			Outcome::Completed { output, .. } => Some(output),
			Outcome::OutOfFuel | Outcome::Failed { .. } => None,
		}
	}

	/// The output itself, if the receipt contains it.
	pub fn inline(&self) -> Option<&[u8]> {
		match &self.receipt.receipt.outcome {
			Outcome::Completed { inline, .. } if !inline.is_empty() => Some(inline),
			_ => None,
		}
	}
}
