//! What can be read of the market without a transaction. Nothing here runs in a block, so nothing
//! here is metered.

use crate::*;
use alloc::{collections::BTreeMap, vec::Vec};

/// Most offers of one page.
pub const MAX_PAGE: u32 = 512;

impl<T: Config> Pallet<T> {
	/// The filled buckets of a class with what they list.
	pub(crate) fn depth_of(class: Class) -> Vec<DepthLevel> {
		Self::buckets(class, 0)
			.map(|bucket| DepthLevel {
				bucket,
				lowest_price: lowest_price_of(bucket),
				offers: BookLen::<T>::get((class, bucket)),
			})
			.collect()
	}

	/// Up to `limit` listed offers from a place on.
	pub(crate) fn page(class: Class, from: Place, limit: u32) -> OfferPage {
		let mut walk = Self::walk(class, from);
		let offers = walk
			.by_ref()
			.take(limit.min(MAX_PAGE) as usize)
			.map(|(_, miner, offer)| (miner, offer))
			.collect();
		OfferPage { offers, next: walk.next().map(|(place, ..)| place) }
	}

	/// Asks the filters of a match, changing nothing.
	pub(crate) fn report(request: &MatchRequest<AccountId>, limit: u32) -> MatchReport {
		let demand = Self::demand(request);
		let class = request.class;
		let mut report = MatchReport {
			listed: Self::buckets(class, 0)
				.fold(0, |sum: u32, bucket| sum.saturating_add(BookLen::<T>::get((class, bucket)))),
			..MatchReport::default()
		};
		let mut refused: BTreeMap<OfferFilter, u32> = BTreeMap::new();
		for (_, miner, offer) in Self::walk(class, Place::START).take(limit as usize) {
			report.examined = report.examined.saturating_add(1);
			match Self::judge(&demand, &miner, &offer.terms) {
				Ok(_) => {
					let price = offer.terms.price_per_unit;
					report.eligible = report.eligible.saturating_add(1);
					report.lowest_price =
						Some(report.lowest_price.map_or(price, |lowest| lowest.min(price)));
				}
				Err(filter) => {
					let count = refused.entry(filter).or_default();
					*count = count.saturating_add(1);
				}
			}
		}
		report.refused = refused.into_iter().collect();
		report
	}
}
