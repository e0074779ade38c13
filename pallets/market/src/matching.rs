//! How a replica finds a miner.
//!
//! A search looks at no more than [`MAX_PROBES`] offers and writes nothing. Only when it is over do the
//! first dead offers that it met leave the book, so that no place moves while it goes on, and few enough
//! that what it costs is known. Then one of the eligible offers it saw is drawn.

use crate::{
	draw::{Draws, chance},
	filters::{Demand, Fit, judge},
	*,
};
use alloc::vec::Vec;
use core::marker::PhantomData;

/// An offer that would take the replica.
struct Candidate {
	miner: AccountId,
	price_per_unit: Balance,
	used: u16,
	fit: Fit,
}

/// A search on its way.
struct Search<'a, T> {
	demand: Demand<'a>,
	draws: Draws,
	/// Buckets that list offers the client could pay, perhaps.
	filled: BucketSet,
	/// Places that were looked at, in order.
	seen: Vec<Place>,
	/// Offers that fit, with their chances.
	eligible: Vec<(u64, Candidate)>,
	/// Miners whose offers can let nothing.
	dead: Vec<AccountId>,
	_runtime: PhantomData<T>,
}

impl<'a, T: Config> Search<'a, T> {
	fn new(request: &'a MatchRequest<'a, AccountId>) -> Self {
		let highest = bucket_of(request.max_price_per_unit);
		Self {
			demand: Pallet::<T>::demand(request),
			draws: Draws::new(request.seed),
			filled: Filled::<T>::get(request.class).range(0, highest),
			seen: Vec::new(),
			eligible: Vec::new(),
			dead: Vec::new(),
			_runtime: PhantomData,
		}
	}

	fn has_probes(&self, probes: u32) -> bool {
		self.seen.len() < probes as usize
	}

	/// Looks at the offer of one place.
	fn look(&mut self, place: Place) {
		self.seen.push(place);
		let request = self.demand.request;
		let Some((miner, offer)) = Pallet::<T>::listed_at(request.class, place) else { return };
		match Pallet::<T>::judge(&self.demand, &miner, &offer.terms) {
			Ok(fit) => {
				let warm = offer.terms.warm.contains(&request.program);
				let MinerStanding { free, reputation, .. } = fit.standing;
				let weight = chance(free, fit.collateral, reputation, warm);
				let price_per_unit = offer.terms.price_per_unit;
				let candidate = Candidate { miner, price_per_unit, used: offer.used, fit };
				self.eligible.push((weight, candidate));
			}
			Err(OfferFilter::Expired | OfferFilter::MinerInactive) => self.dead.push(miner),
			Err(_) => (),
		}
	}

	/// The first place of a bucket not yet looked at, from a drawn one on and around. At most one more
	/// than were looked at has to be tried.
	fn unseen_in(&mut self, bucket: PriceBucket) -> Option<Place> {
		let len = BookLen::<T>::get((self.demand.request.class, bucket));
		let start = self.draws.below(len)?;
		(start..len)
			.chain(0..start)
			.map(|index| Place { bucket, index })
			.find(|place| !self.seen.contains(place))
	}

	/// Looks at neighbours in one bucket after the other, to the end of the first in which one fits.
	fn cheapest_first(&mut self, probes: u32) {
		let class = self.demand.request.class;
		let mut next = self.filled.first_from(0);
		while let Some(bucket) = next.filter(|_| self.has_probes(probes)) {
			let len = BookLen::<T>::get((class, bucket));
			let start = self.draws.below(len).unwrap_or(0);
			for index in (start..len).chain(0..start) {
				if !self.has_probes(probes) {
					return;
				}
				self.look(Place { bucket, index });
			}
			if !self.eligible.is_empty() {
				return;
			}
			next = bucket.checked_add(1).and_then(|from| self.filled.first_from(from));
		}
	}

	/// Draws buckets, and in each an offer, among those that were not looked at. A bucket is not drawn
	/// again before all were, so that few full buckets cannot hide a nearly empty one.
	fn anywhere(&mut self, probes: u32) {
		// All below the last one is seen.
		let from = self.seen.last().map_or(0, |place| place.bucket);
		let mut open = self.filled.range(from, MAX_PRICE_BUCKET);
		let mut round = open;
		while self.has_probes(probes) && !open.is_empty() {
			if round.is_empty() {
				round = open;
			}
			let rank = self.draws.below(round.count().into()).unwrap_or(0);
			let rank = u16::try_from(rank).unwrap_or(0);
			let Some(bucket) = round.nth(rank) else { return };
			round.set(bucket, false);
			// Either a probe is spent or a bucket is closed: the loop ends.
			match self.unseen_in(bucket) {
				Some(place) => self.look(place),
				None => open.set(bucket, false),
			}
		}
	}

	/// Draws one of the eligible, locks its collateral and takes a slot.
	fn choose(mut self) -> Option<Assignment<AccountId>> {
		let class = self.demand.request.class;
		// Who already has leases is drawn anew after each: not even a seed that is used twice gives
		// everything to one of several equals.
		let used: Vec<u16> = self.eligible.iter().map(|(_, seen)| seen.used).collect();
		self.draws.mix(&used);
		while let Some(Candidate { miner, price_per_unit, fit, .. }) =
			self.draws.take_weighted(&mut self.eligible)
		{
			let Ok(bond) = T::Bonds::lock(&miner, fit.collateral) else { continue };
			Pallet::<T>::take_slot(class, &miner);
			let MinerStanding { owner, worker, .. } = fit.standing;
			return Some(Assignment { miner, owner, worker, price_per_unit, bond });
		}
		None
	}
}

impl<T: Config> Pallet<T> {
	/// What a request asks of an offer now.
	pub(crate) fn demand<'a>(request: &'a MatchRequest<'a, AccountId>) -> Demand<'a> {
		let (factor, block) = (T::CollateralFactorPercent::get(), T::MillisecsPerBlock::get());
		Demand::new(request, Self::now(), factor, block)
	}

	/// Every filter.
	pub(crate) fn judge(
		demand: &Demand,
		miner: &AccountId,
		terms: &OfferTerms,
	) -> Result<Fit, OfferFilter> {
		judge(demand, miner, terms, || T::Bonds::standing(miner, demand.request.class))
	}
}

impl<T: Config> Matchmaker<AccountId> for Pallet<T> {
	fn assign(request: &MatchRequest<AccountId>) -> SearchOutcome<AccountId> {
		let mut search = Search::<T>::new(request);
		search.cheapest_first(MAX_PROBES.div_ceil(2));
		if search.eligible.is_empty() {
			search.anywhere(MAX_PROBES);
		}
		let probes = search.seen.len().saturated_into();
		let mut buried = 0;
		for miner in core::mem::take(&mut search.dead).into_iter().take(MAX_BURIED as usize) {
			Self::bury(request.class, miner);
			buried.saturating_inc();
		}
		SearchOutcome { found: search.choose(), effort: SearchEffort { probes, buried } }
	}

	fn best_ask(class: Class) -> Option<PriceBucket> {
		Filled::<T>::get(class).first_from(0)
	}

	fn conclude(
		miner: &AccountId,
		class: Class,
		worker: &WorkerKey,
		bond: &LeaseBond,
		fate: LeaseFate,
		earned: Balance,
	) {
		T::Bonds::unlock(miner, class, worker, bond, fate, earned);
		Self::free_slot(class, miner);
	}

	fn explain(request: &MatchRequest<AccountId>, limit: u32) -> MatchReport {
		Self::report(request, limit)
	}
}
