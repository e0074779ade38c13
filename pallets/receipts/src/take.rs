//! What happens to an answer that passed the checks, alone or in a batch, and what it costs.

use crate::*;
use alloc::collections::BTreeSet;
use frame_support::{
	dispatch::{DispatchErrorWithPostInfo, PostDispatchInfo, WithPostDispatchInfo},
	storage::with_storage_layer,
};

/// What became of a batch.
#[derive(Default)]
pub(crate) struct BatchOutcome {
	pub(crate) taken: u32,
	pub(crate) failed: u32,
	/// What it cost, the batch's own part included.
	pub(crate) weight: Weight,
}

impl<T: Config> Pallet<T> {
	/// Checks an answer, archives its receipt and hands its verdict on. Tells what it cost, also where it
	/// fails.
	pub(crate) fn take(shown: Shown) -> DispatchResultWithPostInfo {
		// At most every check was made, the same for either kind.
		let Let { spec, .. } = Self::check(shown)
			.map_err(|error| error.with_weight(T::WeightInfo::reveal_recorded()))?;
		let (job, replica) = shown.subject();
		let (receipt, verdict) = (shown.signed.receipt.hash(), shown.signed.receipt.verdict());
		Receipts::<T>::insert(job, replica, shown.signed);
		Self::deposit_event(Event::ReceiptTaken { job, replica, receipt, verdict });
		T::Leases::answer(job, replica, verdict)?;
		let cost = match shown.step() {
			// Other replicas are still expected to reveal: this answer was recorded, no more.
			Step::Reveal if T::Leases::may_reveal(job) => T::WeightInfo::reveal_recorded(),
			// The job was judged: it ended, or goes on with one more replica.
			Step::Reveal => Self::judged(spec.replication.most_replicas()),
			_ => T::WeightInfo::submit(),
		};
		Ok(Some(cost).into())
	}

	/// What a reveal costs that has a job of so many replicas judged.
	fn judged(replicas: u8) -> Weight {
		T::WeightInfo::reveal_settled(replicas.into()).max(T::WeightInfo::reveal_recorded())
	}

	/// The most that a reveal can cost.
	pub(crate) fn reveal_weight() -> Weight {
		Self::judged(MAX_TOTAL_REPLICAS)
	}

	/// The most that a submission can cost, refused or taken.
	pub(crate) fn submit_weight() -> Weight {
		T::WeightInfo::submit().max(T::WeightInfo::reveal_recorded())
	}

	/// The most that a batch can cost. A job is judged at most once in it: what follows the last reveal,
	/// the end of the job or one more replica, leaves nothing to reveal in the same block.
	pub(crate) fn batch_weight(answers: &[Answer]) -> Weight {
		let mut judged = BTreeSet::new();
		answers.iter().map(Shown::from).fold(Self::own_weight(answers), |sum, shown| {
			sum.saturating_add(match shown.step() {
				Step::Reveal if judged.insert(shown.subject().0) => Self::reveal_weight(),
				Step::Reveal => T::WeightInfo::reveal_recorded(),
				_ => Self::submit_weight(),
			})
		})
	}

	/// What a batch costs beside its answers.
	fn own_weight(answers: &[Answer]) -> Weight {
		T::WeightInfo::submit_batch(u32::try_from(answers.len()).unwrap_or(MAX_BATCH))
	}

	/// Takes each answer for itself: what one that fails had changed is undone, and the next goes on.
	pub(crate) fn take_batch(answers: &[Answer]) -> BatchOutcome {
		let begun = BatchOutcome { weight: Self::own_weight(answers), ..Default::default() };
		(0u32..).zip(answers).fold(begun, |mut outcome, (index, answer)| {
			let shown = Shown::from(answer);
			let cost = match with_storage_layer(|| Self::take(shown)) {
				Ok(PostDispatchInfo { actual_weight, .. }) => {
					outcome.taken = outcome.taken.saturating_add(1);
					actual_weight
				}
				Err(DispatchErrorWithPostInfo { post_info, error }) => {
					outcome.failed = outcome.failed.saturating_add(1);
					Self::deposit_event(Event::BatchItemFailed { index, error });
					post_info.actual_weight
				}
			};
			let most =
				if shown.salt.is_some() { Self::reveal_weight() } else { Self::submit_weight() };
			outcome.weight = outcome.weight.saturating_add(cost.unwrap_or(most));
			outcome
		})
	}
}
