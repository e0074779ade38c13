//! Matching.

use crate::*;

/// Why an offer was passed over.
enum Refusal {
	/// It can take nothing until its miner acts: it leaves the book.
	Dead,
	/// It cannot take this one.
	Unfit,
}

impl<T: Config> Pallet<T> {
	/// Collateral that a lease worth at most `value` locks, rounded up; `None` if it does not fit.
	fn collateral_for(value: Balance) -> Option<Balance> {
		value
			.checked_mul(T::CollateralFactorPercent::get().into())
			.map(|scaled| scaled.div_ceil(100))
	}

	/// Every filter, cheapest first.
	fn try_offer(
		miner: &AccountId,
		offer: &Offer,
		request: &MatchRequest<AccountId>,
	) -> Result<Assignment<AccountId>, Refusal> {
		if offer.expires_at <= Self::now() {
			return Err(Refusal::Dead);
		}
		let price_per_unit = offer.price_per_unit;
		if price_per_unit > request.max_price_per_unit || request.excluded.contains(miner) {
			return Err(Refusal::Unfit);
		}
		let worker = T::Bonds::active_worker(miner).ok_or(Refusal::Dead)?;
		let collateral = Balance::from(request.units)
			.checked_mul(price_per_unit)
			.and_then(Self::collateral_for)
			.ok_or(Refusal::Unfit)?;
		T::Bonds::lock(miner, collateral).map_err(|_| Refusal::Unfit)?;
		Ok(Assignment { miner: miner.clone(), worker, price_per_unit, collateral })
	}

	/// Drops an unlisted offer without leases: only its miner could bring it back, by making it anew.
	fn lapse(class: Class, miner: AccountId) {
		Offers::<T>::remove(class, &miner);
		Self::deposit_event(Event::OfferLapsed { miner, class });
	}

	/// Looks through one bucket from a position that `seed` decides. Spends `probes`.
	fn search_bucket(
		request: &MatchRequest<AccountId>,
		bucket: Bucket,
		probes: &mut u32,
	) -> Option<Assignment<AccountId>> {
		let class = request.class;
		let len = BookLen::<T>::get((class, bucket));
		let [a, b, c, d, ..] = *request.seed.as_fixed_bytes();
		let mut index = u32::from_le_bytes([a, b, c, d]).checked_rem(len)?;
		for _ in 0..len {
			*probes = probes.checked_sub(1)?;
			let miner = Book::<T>::get((class, bucket), index)?;
			let mut offer = Offers::<T>::get(class, &miner)?;
			match Self::try_offer(&miner, &offer, request) {
				Ok(assignment) => {
					offer.used = offer.used.saturating_add(1);
					if offer.used >= offer.slots {
						Self::unlist(class, offer.place.take());
					}
					Offers::<T>::insert(class, &miner, offer);
					return Some(assignment);
				}
				Err(Refusal::Dead) => {
					Self::unlist(class, offer.place.take());
					if offer.used == 0 {
						Self::lapse(class, miner);
					} else {
						Offers::<T>::insert(class, &miner, offer);
					}
					// Another offer stands at this position now.
				}
				Err(Refusal::Unfit) => index = index.saturating_add(1),
			}
			let left = BookLen::<T>::get((class, bucket));
			index = index.checked_rem(left)?;
		}
		None
	}
}

impl<T: Config> Matchmaker<AccountId> for Pallet<T> {
	fn assign(request: &MatchRequest<AccountId>) -> Option<Assignment<AccountId>> {
		let highest = bucket_of(request.max_price_per_unit);
		let filled = Filled::<T>::get(request.class);
		let mut probes = T::MaxProbes::get();
		let mut from: Bucket = 0;
		while let Some(bucket) = filled.first_from(from).filter(|found| *found <= highest) {
			if let Some(found) = Self::search_bucket(request, bucket, &mut probes) {
				return Some(found);
			}
			if probes == 0 {
				break;
			}
			from = bucket.saturating_add(1);
		}
		None
	}

	fn may_match(class: Class, max_price_per_unit: Balance) -> bool {
		let highest = bucket_of(max_price_per_unit);
		Filled::<T>::get(class).first_from(0).is_some_and(|bucket| bucket <= highest)
	}

	fn conclude(miner: &AccountId, class: Class, collateral: Balance, fate: LeaseFate) {
		T::Bonds::unlock(miner, collateral, fate);
		let Some(mut offer) = Offers::<T>::get(class, miner) else {
			frame_support::defensive!("a lease ended whose offer is gone");
			return;
		};
		offer.used = offer.used.saturating_sub(1);
		if offer.used == 0 && offer.expires_at <= Self::now() {
			Self::unlist(class, offer.place);
			Self::lapse(class, miner.clone());
			return;
		}
		Self::list(class, miner, &mut offer);
		Offers::<T>::insert(class, miner, offer);
	}

	fn assign_weight() -> Weight {
		let (lock, _) = T::BondsWeight::get();
		T::WeightInfo::assign(T::MaxProbes::get()).saturating_add(lock)
	}

	fn conclude_weight() -> Weight {
		let (_, unlock) = T::BondsWeight::get();
		T::WeightInfo::conclude().saturating_add(unlock)
	}
}
