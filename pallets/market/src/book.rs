//! The only code that writes the book, and how it is read in its order.

use crate::*;

impl<T: Config> Pallet<T> {
	/// Puts an offer into its bucket if it has a free slot and has not expired. Sets `offer.place`;
	/// the caller stores the offer.
	pub(crate) fn list(class: Class, miner: &AccountId, offer: &mut Offer) {
		let full = offer.used >= offer.terms.slots;
		if offer.place.is_some() || full || offer.terms.expires_at <= Self::now() {
			return;
		}
		let bucket = bucket_of(offer.terms.price_per_unit);
		let index = BookLen::<T>::get((class, bucket));
		let Some(len) = index.checked_add(1) else { return };
		Book::<T>::insert((class, bucket), index, miner);
		BookLen::<T>::insert((class, bucket), len);
		if index == 0 {
			Self::set_filled(class, bucket, true);
		}
		offer.place = Some(Place { bucket, index });
	}

	/// Takes an offer out of its bucket; the last one of the bucket moves into the gap. The caller
	/// clears `offer.place`.
	pub(crate) fn unlist(class: Class, place: Option<Place>) {
		let Some(Place { bucket, index }) = place else { return };
		let Some(last) = BookLen::<T>::get((class, bucket)).checked_sub(1) else {
			frame_support::defensive!("an offer is listed in an empty bucket");
			return;
		};
		if let Some(moved) = Book::<T>::take((class, bucket), last).filter(|_| index != last) {
			Offers::<T>::mutate(class, &moved, |offer| {
				if let Some(offer) = offer {
					offer.place = Some(Place { bucket, index });
				}
			});
			Book::<T>::insert((class, bucket), index, moved);
		}
		if last == 0 {
			BookLen::<T>::remove((class, bucket));
			Self::set_filled(class, bucket, false);
		} else {
			BookLen::<T>::insert((class, bucket), last);
		}
	}

	/// Takes a slot of an offer. Where it was the last, the offer leaves the book.
	pub(crate) fn take_slot(class: Class, miner: &AccountId) {
		let Some(mut offer) = Offers::<T>::get(class, miner) else {
			frame_support::defensive!("an offer went between being seen and being taken");
			return;
		};
		offer.used = offer.used.saturating_add(1);
		if offer.used >= offer.terms.slots {
			Self::unlist(class, offer.place.take());
		}
		Offers::<T>::insert(class, miner, offer);
	}

	/// Gives a slot back. The offer is dropped if that was the last lease of an expired one.
	pub(crate) fn free_slot(class: Class, miner: &AccountId) {
		let Some(mut offer) = Offers::<T>::get(class, miner) else {
			frame_support::defensive!("a lease ended whose offer is gone");
			return;
		};
		offer.used = offer.used.saturating_sub(1);
		if offer.used == 0 && offer.terms.expires_at <= Self::now() {
			Self::unlist(class, offer.place);
			Self::lapse(class, miner.clone());
			return;
		}
		Self::list(class, miner, &mut offer);
		Offers::<T>::insert(class, miner, offer);
	}

	/// Takes an offer that can let nothing out of the book, and drops it if it has no lease.
	pub(crate) fn bury(class: Class, miner: AccountId) {
		let Some(mut offer) = Offers::<T>::get(class, &miner) else { return };
		Self::unlist(class, offer.place.take());
		if offer.used == 0 {
			Self::lapse(class, miner);
		} else {
			Offers::<T>::insert(class, miner, offer);
		}
	}

	/// Drops an unlisted offer without leases: only its miner could bring it back, by making it anew.
	fn lapse(class: Class, miner: AccountId) {
		Offers::<T>::remove(class, &miner);
		Self::deposit_event(Event::OfferLapsed { miner, class });
	}

	/// Says whether a bucket lists anything.
	fn set_filled(class: Class, bucket: PriceBucket, filled: bool) {
		Filled::<T>::mutate_exists(class, |stored| {
			let mut set = stored.unwrap_or_default();
			set.set(bucket, filled);
			*stored = (!set.is_empty()).then_some(set);
		});
	}

	/// The filled buckets of a class from one on, cheapest first.
	pub(crate) fn buckets(class: Class, from: PriceBucket) -> impl Iterator<Item = PriceBucket> {
		let filled = Filled::<T>::get(class);
		core::iter::successors(filled.first_from(from), move |&bucket| {
			filled.first_from(bucket.checked_add(1)?)
		})
	}

	/// The listed offers of a class from a place on, cheapest bucket first. Reads as it goes.
	pub(crate) fn walk(
		class: Class,
		from: Place,
	) -> impl Iterator<Item = (Place, AccountId, Offer)> {
		Self::buckets(class, from.bucket)
			.flat_map(move |bucket| {
				let first = if bucket == from.bucket { from.index } else { 0 };
				(first..BookLen::<T>::get((class, bucket)))
					.map(move |index| Place { bucket, index })
			})
			.filter_map(move |place| {
				let (miner, offer) = Self::listed_at(class, place)?;
				Some((place, miner, offer))
			})
	}

	/// The offer that stands at a place of the book. `None` too where it cannot be read: such an entry
	/// costs who meets it one look, and hides nothing.
	pub(crate) fn listed_at(class: Class, place: Place) -> Option<(AccountId, Offer)> {
		let miner = Book::<T>::get((class, place.bucket), place.index)?;
		let Some(offer) = Offers::<T>::get(class, &miner) else {
			log::error!(target: LOG, "{miner:?} is listed in {class:?} without an offer");
			return None;
		};
		Some((miner, offer))
	}
}
