//! What the worker knows about its leases beside the chain: the journal's content and what is under
//! way in this process. Plain data, changed only by the daemon's loop.

use crate::{
	lease::{Answer, ChainView, LeaseKey},
	reconcile::Step,
};
use aitbc_primitives::BlockNumber;
use std::collections::{BTreeMap, BTreeSet};

/// How far the work on a lease has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
	/// Nothing is under way. `executions` were begun earlier and did not end: the process died.
	Idle {
		/// Executions that were begun and never ended.
		executions: u8,
	},
	/// A task of this process is working on it.
	Running,
	/// The answer stands in the journal.
	Executed(Box<Answer>),
	/// The journal lost what it knew. An answer may have been sent, so that no other may be made.
	Lost,
}

/// A message that was handed to the node and has not shown in a block yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
	/// Which message.
	pub step: Step,
	/// Best block when it was sent.
	pub since: BlockNumber,
}

/// Whether others can have the output of a replicated job. It is begun only while the job's reveals
/// are open. What an earlier process did is not remembered: storing the same bytes again is harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publication {
	/// As far as this process knows only the worker has it.
	Due {
		/// It is not tried before this block: the last try failed.
		not_before: BlockNumber,
	},
	/// A task of this process is storing it.
	UnderWay,
	/// It lies in the data store.
	Done,
}

/// All that is known of one lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
	/// How far the work has come.
	pub progress: Progress,
	/// What is on its way to a block.
	pub pending: Option<Pending>,
	/// Whether others can have its output.
	pub publication: Publication,
	/// Latest block in which the lease is known to have lived. A node that is still behind it cannot
	/// tell whether the lease has ended.
	pub live_at: BlockNumber,
	/// First best block in which the lease was missing, since it was last seen.
	pub absent_since: Option<BlockNumber>,
	/// Nothing is tried before this block: the last try failed.
	pub not_before: BlockNumber,
}

impl Entry {
	/// An entry with nothing sent and nothing failed.
	pub fn new(progress: Progress) -> Self {
		Self {
			progress,
			pending: None,
			publication: Publication::Due { not_before: 0 },
			live_at: 0,
			absent_since: None,
			not_before: 0,
		}
	}

	/// Whether a task of this process uses what the worker keeps of the lease.
	pub fn is_busy(&self) -> bool {
		self.progress == Progress::Running || self.publication == Publication::UnderWay
	}
}

/// The entries of all leases the worker has touched and not yet forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
	entries: BTreeMap<LeaseKey, Entry>,
}

impl Book {
	/// What is known of `key`.
	pub fn get(&self, key: &LeaseKey) -> Option<&Entry> {
		self.entries.get(key)
	}

	/// All entries in the order of their keys.
	pub fn iter(&self) -> impl Iterator<Item = (&LeaseKey, &Entry)> {
		self.entries.iter()
	}

	/// Tasks under way.
	pub fn running(&self) -> usize {
		self.entries.values().filter(|entry| entry.progress == Progress::Running).count()
	}

	/// The entry of `key`, made if there is none.
	pub fn entry(&mut self, key: LeaseKey) -> &mut Entry {
		self.entries.entry(key).or_insert_with(|| Entry::new(Progress::Idle { executions: 0 }))
	}

	/// Replaces the progress of `key`; what was sent, and what failed, no longer counts.
	pub fn insert(&mut self, key: LeaseKey, progress: Progress) {
		let live_at = self.entries.get(&key).map_or(0, |entry| entry.live_at);
		self.entries.insert(key, Entry { live_at, ..Entry::new(progress) });
	}

	/// Drops what is known of `key`.
	pub fn remove(&mut self, key: &LeaseKey) {
		self.entries.remove(key);
	}

	/// Notes which leases have gone. A lease that comes back, after a re-organisation, is no longer
	/// counted as gone.
	pub fn observe(&mut self, view: &ChainView) {
		let live: BTreeSet<LeaseKey> = view.leases.iter().map(|lease| lease.key()).collect();
		for (key, entry) in &mut self.entries {
			if live.contains(key) {
				entry.live_at = entry.live_at.max(view.best);
			}
			entry.absent_since = match (live.contains(key), entry.absent_since) {
				(true, _) => None,
				(false, Some(since)) => Some(since),
				(false, None) => Some(view.best),
			};
		}
	}

	/// Forgets what was sent: the node that took it may have restarted with an empty pool.
	pub fn clear_pending(&mut self) {
		for entry in self.entries.values_mut() {
			entry.pending = None;
		}
	}
}
