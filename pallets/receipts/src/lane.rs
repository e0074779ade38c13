//! Who pays no fee (P7), and the lane that such calls have in the pool.
//!
//! A call is free if and only if its signer is the worker of every lease it answers and all of it
//! succeeds. It then changes each of these leases, so that it cannot be repeated.
//!
//! Whether it is free is found out before anybody has paid, so the order of the checks matters: what
//! costs a storage look-up comes first, for all leases; what costs hashing next; signatures last, and
//! only of somebody who holds every lease that is named. A batch of more than [`MAX_FREE_ANSWERS`] pays.

use crate::*;
use alloc::{collections::BTreeSet, vec, vec::Vec};
use sp_runtime::transaction_validity::{
	TransactionLongevity, TransactionPriority, TransactionTag, ValidTransaction,
};

/// Most answers of a batch that pays no fee.
pub const MAX_FREE_ANSWERS: u32 = 16;

/// Where free receipts stand in the pool.
///
/// The greatest number but one. The priority of a transaction that pays is, in planck, its tip times how
/// often it fits into a block, cut off at the greatest number: to fill a block with transactions that
/// come before receipts one tips 2⁶⁴ planck, over 18 million AIT, for every block. Calls of the
/// operational class stand behind as well: anybody can send one that fails at the price of its
/// weight, and the quarter of a block that is theirs alone cannot be filled by receipts. The greatest
/// number itself is left to what consensus reports about its own members.
pub const LANE_PRIORITY: TransactionPriority = TransactionPriority::MAX - 1;

/// Blocks that a free receipt stays in a pool.
pub const LANE_LONGEVITY: TransactionLongevity = 64;

const TAG_DOMAIN: &[u8] = b"aitbc:receipt-lane:v1";

/// What brings a lease forward. Each is taken once for each letting of a replica.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Step {
	/// [`Pallet::commit`].
	#[codec(index = 0)]
	Commit,
	/// [`Pallet::submit`].
	#[codec(index = 1)]
	Submit,
	/// [`Pallet::reveal`].
	#[codec(index = 2)]
	Reveal,
}

/// The place in the pool of a call that pays no fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
	/// One tag for each step that the call takes. A pool keeps one transaction for each tag.
	pub provides: Vec<TransactionTag>,
}

impl Lane {
	/// What the pool is told of a transaction that is `next` of its account, or waits for others.
	///
	/// Only the next goes before those that pay. One that waits holds memory of the pool and can
	/// be made in any number; with the priority of the lane it would drive everybody else out.
	pub fn validity(self, next: bool) -> ValidTransaction {
		ValidTransaction {
			priority: if next { LANE_PRIORITY } else { 0 },
			provides: self.provides,
			longevity: LANE_LONGEVITY,
			..Default::default()
		}
	}
}

/// Names a step of a letting.
fn tag(job: JobId, replica: ReplicaIndex, attempt: u8, step: Step) -> TransactionTag {
	(TAG_DOMAIN, job, replica, attempt, step).encode()
}

impl<T: Config> Pallet<T> {
	/// The lane of a call that would cost `who` no fee now; `None` for every other call.
	pub fn lane(who: &AccountId, call: &Call<T>) -> Option<Lane> {
		let provides = match call {
			Call::commit { job, replica, .. } => {
				let found = Self::check_commit(who, *job, *replica).ok()?;
				vec![tag(*job, *replica, found.lease.attempt, Step::Commit)]
			}
			Call::submit { receipt } => {
				Self::free_tags(who, &[Shown { signed: receipt, salt: None }])?
			}
			Call::reveal { receipt, salt } => {
				Self::free_tags(who, &[Shown { signed: receipt, salt: Some(salt) }])?
			}
			Call::submit_batch { answers } => Self::free_tags_of_batch(who, answers)?,
			_ => return None,
		};
		Some(Lane { provides })
	}

	/// Whether an origin would pay no fee for this commitment.
	pub(crate) fn is_free_commit(origin: &OriginFor<T>, job: JobId, replica: ReplicaIndex) -> bool {
		ensure_signed(origin.clone())
			.is_ok_and(|who| Self::check_commit(&who, job, replica).is_ok())
	}

	/// Whether an origin would pay no fee for this answer.
	pub(crate) fn is_free(origin: &OriginFor<T>, shown: Shown) -> bool {
		ensure_signed(origin.clone()).is_ok_and(|who| Self::free_tags(&who, &[shown]).is_some())
	}

	/// Whether an origin would pay no fee for this batch.
	pub(crate) fn is_free_batch(origin: &OriginFor<T>, answers: &[Answer]) -> bool {
		ensure_signed(origin.clone())
			.is_ok_and(|who| Self::free_tags_of_batch(&who, answers).is_some())
	}

	fn free_tags_of_batch(who: &AccountId, answers: &[Answer]) -> Option<Vec<TransactionTag>> {
		// Before anything is allocated for each of them.
		if u32::try_from(answers.len()).ok()? > MAX_FREE_ANSWERS {
			return None;
		}
		Self::free_tags(who, &answers.iter().map(Shown::from).collect::<Vec<_>>())
	}

	/// The tags of answers that `who` may give without a fee; `None` if it may not give them all.
	///
	/// No job may be named twice: one answer could end the job that the next one is for.
	fn free_tags(who: &AccountId, answers: &[Shown]) -> Option<Vec<TransactionTag>> {
		let mut jobs = BTreeSet::new();
		if answers.is_empty() || !answers.iter().all(|shown| jobs.insert(shown.subject().0)) {
			return None;
		}
		let leases = answers
			.iter()
			.map(|shown| {
				let (job, replica) = shown.subject();
				Self::lease(job, replica).ok().filter(|found| found.is_of(who))
			})
			.collect::<Option<Vec<Let>>>()?;
		let pairs = || answers.iter().zip(&leases);
		if !pairs().all(|(shown, found)| Self::check_terms(*shown, found).is_ok()) {
			return None;
		}
		pairs()
			.map(|(shown, Let { lease, .. })| {
				Self::check_signature(*shown, lease).ok()?;
				let (job, replica) = shown.subject();
				Some(tag(job, replica, lease.attempt, shown.step()))
			})
			.collect()
	}
}
