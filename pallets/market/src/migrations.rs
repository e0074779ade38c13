//! From the storage of version 100 to that of version 101 (`specs/adr/0009`).

use crate::*;
use aitbc_primitives::Capabilities;
use codec::DecodeAll;
use core::marker::PhantomData;
use frame_support::{
	migrations::VersionedMigration, storage::unhashed, traits::UncheckedOnRuntimeUpgrade,
};

/// Offers gain the size of the largest job, a device and warm programs. The book is as it was.
pub type MigrateToV1<T> =
	VersionedMigration<0, 1, UncheckedToV1<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// What was stored.
pub mod v0 {
	use super::*;

	/// An offer without a device.
	#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
	pub struct Offer {
		/// Planck per unit.
		pub price_per_unit: Balance,
		/// Replicas it runs at once.
		pub slots: u16,
		/// Slots with an open lease.
		pub used: u16,
		/// First block in which nothing is let any more.
		pub expires_at: BlockNumber,
		/// Where it is listed, if it is.
		pub place: Option<Place>,
	}

	impl From<Offer> for crate::Offer {
		/// What it did not say, it did not exclude: jobs of any size, and no device that a job could
		/// demand something of.
		fn from(old: Offer) -> Self {
			let terms = OfferTerms {
				price_per_unit: old.price_per_unit,
				slots: old.slots,
				max_units: u64::MAX,
				expires_at: old.expires_at,
				device: Capabilities::default(),
				warm: BoundedVec::default(),
			};
			Self { terms, used: old.used, place: old.place }
		}
	}
}

/// The translation, without the look at the storage version.
pub struct UncheckedToV1<T>(PhantomData<T>);

impl<T: Config> UncheckedToV1<T> {
	/// Every stored offer by its key, as old; the raw key where the value is none.
	fn stored() -> impl Iterator<Item = (Vec<u8>, Option<v0::Offer>)> {
		Offers::<T>::iter_keys().map(|(class, miner)| {
			let key = Offers::<T>::hashed_key_for(class, miner);
			let offer = unhashed::get_raw(&key)
				.and_then(|value| v0::Offer::decode_all(&mut value.as_slice()).ok());
			(key, offer)
		})
	}
}

impl<T: Config> UncheckedOnRuntimeUpgrade for UncheckedToV1<T> {
	fn on_runtime_upgrade() -> Weight {
		let (mut seen, mut translated) = (0u64, 0u64);
		for (key, offer) in Self::stored() {
			seen = seen.saturating_add(1);
			let Some(offer) = offer else {
				log::error!(target: LOG, "an offer does not decode and is left as it is: {key:?}");
				continue;
			};
			unhashed::put(&key, &Offer::from(offer));
			translated = translated.saturating_add(1);
		}
		log::info!(target: LOG, "{translated} of {seen} offers translated");
		// The key is found, then its value is read.
		T::DbWeight::get().reads_writes(seen.saturating_mul(2).saturating_add(1), translated)
	}

	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<Vec<u8>, sp_runtime::TryRuntimeError> {
		Ok(Self::stored().collect::<Vec<_>>().encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(state: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		let before = Vec::<(Vec<u8>, Option<v0::Offer>)>::decode(&mut state.as_slice())
			.map_err(|_| "what was noted of the offers does not decode")?;
		let after = Offers::<T>::iter_keys().count();
		ensure!(after == before.len(), "offers came or went");
		for (key, old) in before {
			// What did not decode is left to whoever reads the log.
			let Some(old) = old else { continue };
			ensure!(
				unhashed::get::<Offer>(&key) == Some(old.into()),
				"an offer was not translated"
			);
		}
		Ok(())
	}
}
