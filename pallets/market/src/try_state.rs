//! The invariants of `specs/protocol/market.md`, checked against storage.

use crate::*;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks INV-MARKET-1 … 5 over every offer and every account.
	///
	/// # Errors
	/// The first that does not hold, by its id.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let listed = Self::check_offers()?;
		Self::check_book(listed)?;
		Self::check_profiles()
	}

	/// INV-MARKET-1, -2, -4. Returns how many offers are listed.
	fn check_offers() -> Result<u32, TryRuntimeError> {
		let mut listed = 0u32;
		for (class, miner, offer) in Offers::<T>::iter() {
			let Some(Place { bucket, index }) = offer.place else {
				ensure!(offer.used > 0, "INV-MARKET-4: an offer without leases is not listed");
				continue;
			};
			listed = listed.saturating_add(1);
			ensure!(offer.used < offer.terms.slots, "INV-MARKET-1: a full offer is listed");
			ensure!(
				bucket == bucket_of(offer.terms.price_per_unit),
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
		Ok(listed)
	}

	/// INV-MARKET-3.
	fn check_book(listed: u32) -> Result<(), TryRuntimeError> {
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

	/// INV-MARKET-5. An account without a profile is one without a deposit.
	fn check_profiles() -> Result<(), TryRuntimeError> {
		let reason = HoldReason::Profile.into();
		let held = |who: &AccountId| T::Currency::balance_on_hold(&reason, who);
		for (miner, (_, deposit)) in Profiles::<T>::iter() {
			ensure!(held(&miner) == deposit, "INV-MARKET-5: a profile's deposit is not on hold");
		}
		for account in frame_system::Account::<T>::iter_keys() {
			ensure!(
				Profiles::<T>::contains_key(&account) || held(&account) == 0,
				"INV-MARKET-5: a deposit is on hold without a profile"
			);
		}
		Ok(())
	}
}
