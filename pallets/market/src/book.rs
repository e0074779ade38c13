//! The only code that writes the book.

use crate::*;

impl<T: Config> Pallet<T> {
	/// Puts an offer into its bucket if it has a free slot and has not expired. Sets `offer.place`;
	/// the caller stores the offer.
	pub(crate) fn list(class: Class, miner: &AccountId, offer: &mut Offer) {
		if offer.place.is_some() || offer.used >= offer.slots || offer.expires_at <= Self::now() {
			return;
		}
		let bucket = bucket_of(offer.price_per_unit);
		let index = BookLen::<T>::get((class, bucket));
		let Some(len) = index.checked_add(1) else { return };
		Book::<T>::insert((class, bucket), index, miner);
		BookLen::<T>::insert((class, bucket), len);
		if index == 0 {
			Filled::<T>::mutate(class, |set| set.set(bucket, true));
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
			Filled::<T>::mutate(class, |set| set.set(bucket, false));
		} else {
			BookLen::<T>::insert((class, bucket), last);
		}
	}
}
