//! What the view functions answer.

use crate::*;

/// Most offers that are asked why they do not take a job.
const MOST_OFFERS: u32 = 1_000;
/// Most jobs of one answer.
const MOST_JOBS: u32 = 1_000;

impl<T: Config> Pallet<T> {
	/// See [`Pallet::why_no_match`].
	pub(crate) fn unmatched(job: JobId) -> Option<Vec<(ReplicaIndex, MatchReport)>> {
		let record = Jobs::<T>::get(job)?;
		let spec = Specs::<T>::get(job)?;
		let excluded = record.excluded();
		let request = Self::request(&spec, record.units, &excluded, Hash::zero());
		// All of them ask for the same.
		let mut report = None;
		let reports = record.waiting().map(|replica| {
			let explain = || T::Matchmaker::explain(&request, MOST_OFFERS);
			(replica, report.get_or_insert_with(explain).clone())
		});
		Some(reports.collect())
	}

	/// See [`Pallet::quote`].
	pub(crate) fn quote_of(spec: &JobSpec) -> Result<Quote, DispatchError> {
		let post::Terms { units, escrow } = Self::check_spec(spec)?;
		Self::named_program(spec)?;
		let request = Self::request(spec, units, &[], Hash::zero());
		let report = T::Matchmaker::explain(&request, MOST_OFFERS);
		Ok(Quote { units, escrow, deposit: T::JobDeposit::get(), report })
	}

	/// See [`Pallet::jobs_of`].
	pub(crate) fn page_of_jobs(
		client: AccountId,
		after: Option<JobId>,
		limit: u32,
	) -> Vec<(JobId, JobState)> {
		let jobs = match after {
			None => JobsOf::<T>::iter_key_prefix(&client),
			Some(job) => {
				let last = JobsOf::<T>::hashed_key_for(&client, job);
				JobsOf::<T>::iter_key_prefix_from(&client, last)
			}
		};
		jobs.take(limit.min(MOST_JOBS).saturated_into())
			.filter_map(|job| Some((job, Jobs::<T>::get(job)?.state)))
			.collect()
	}

	/// See [`Pallet::waiting`].
	pub(crate) fn depth(class: Class) -> Vec<(Balance, u64)> {
		let filled = Waiting::<T>::get().get(&class).copied().unwrap_or_default().filled;
		let mut depth = Vec::new();
		let mut next = filled.last_to(PriceBucket::MAX);
		while let Some(bucket) = next {
			depth.push((lowest_price_of(bucket), Rings::<T>::get(class, bucket).len()));
			next = bucket.checked_sub(1).and_then(|to| filled.last_to(to));
		}
		depth
	}
}
