//! The invariants of `specs/protocol/market.md`, checked against storage.

use crate::*;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks INV-MARKET-1 … 4 over every offer.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut listed = 0u32;
		for (class, miner, offer) in Offers::<T>::iter() {
			let Some(Place { bucket, index }) = offer.place else {
				ensure!(offer.used > 0, "INV-MARKET-4: an offer without leases is not listed");
				continue;
			};
			listed = listed.saturating_add(1);
			ensure!(offer.used < offer.slots, "INV-MARKET-1: a full offer is listed");
			ensure!(
				bucket == bucket_of(offer.price_per_unit),
				"INV-MARKET-2: an offer is listed at another price"
			);
			ensure!(
				index < BookLen::<T>::get((class, bucket)),
				"INV-MARKET-2: an offer is listed beyond the end of its bucket"
			);
			ensure!(
				Book::<T>::get((class, bucket), index) == Some(miner),
				"INV-MARKET-2: the book and an offer disagree on its place"
			);
		}
		let booked: u32 = Book::<T>::iter_keys().count().saturated_into();
		ensure!(booked == listed, "INV-MARKET-2: the book lists what is no offer");
		let mut counted = 0u32;
		let mut buckets = 0u32;
		for ((class, bucket), len) in BookLen::<T>::iter() {
			counted = counted.saturating_add(len);
			buckets = buckets.saturating_add(1);
			ensure!(
				len > 0 && Filled::<T>::get(class).contains(bucket),
				"INV-MARKET-3: a bucket with offers is not in the set"
			);
		}
		let members = Filled::<T>::iter_values()
			.fold(0u32, |sum, set| sum.saturating_add(set.count().into()));
		ensure!(members == buckets, "INV-MARKET-3: a bucket in the set lists nothing");
		ensure!(counted == listed, "INV-MARKET-3: the buckets' lengths do not add up");
		Ok(())
	}
}
