//! Offers and the matching of jobs to them.
//!
//! # Overview
//!
//! A miner offers its slots per class at a price per unit. Offers with a free slot are *listed* in a
//! book of price buckets; a job's replica is matched by looking through the cheapest buckets, from a
//! random position in each, until an offer passes every filter.
//!
//! # Design
//!
//! - **Constant cost.** A bucket spans an eighth of a power of two of price, so there are 1,024; a
//!   bitmap per class names those that hold offers. One match reads at most [`Config::MaxProbes`]
//!   offers, however many there are ([`impls`]). The cost of that bound: a job may stay unmatched for a
//!   block although an eligible offer exists beyond the probes; the next attempt starts elsewhere.
//! - **Listed means free.** An offer leaves the book when its last slot is taken, when it expires or
//!   when its miner may take nothing, and comes back when a slot is free again. Only one path writes
//!   the book ([`book`]).
//! - The pallet knows collateral only through [`Bonds`], and is called by jobs through [`Matchmaker`].

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::panic,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

mod book;
mod impls;
mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(any(feature = "try-runtime", feature = "std", test))]
mod try_state;

use aitbc_primitives::{
	AccountId, Assignment, Balance, BlockNumber, Bonds, Class, Hash, LeaseFate, MatchRequest,
	Matchmaker,
};
use frame_support::pallet_prelude::*;
use frame_system::pallet_prelude::*;
use sp_runtime::SaturatedConversion;

#[frame_support::pallet]
#[allow(clippy::expect_used, reason = "what FRAME's macros expand to; our own code has none")]
pub mod pallet {
	use super::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<AccountId = AccountId, Hash = Hash, RuntimeEvent: From<Event<Self>>>
	{
		/// Miners and their collateral.
		type Bonds: Bonds<AccountId>;

		/// Collateral a lease locks, in percent of the most it pays.
		type CollateralFactorPercent: Get<u32>;

		/// Most offers that one match looks at.
		#[pallet::constant]
		type MaxProbes: Get<u32>;

		/// Most slots of one offer.
		#[pallet::constant]
		type MaxSlots: Get<u16>;

		/// Longest life of an offer, blocks.
		#[pallet::constant]
		type MaxOfferBlocks: Get<BlockNumber>;

		/// Cost of the calls.
		type WeightInfo: WeightInfo;

		/// Cost of one `Bonds::lock` and one `Bonds::unlock`.
		type BondsWeight: Get<(Weight, Weight)>;
	}

	/// Every offer, listed or not.
	#[pallet::storage]
	pub type Offers<T: Config> =
		StorageDoubleMap<_, Twox64Concat, Class, Blake2_128Concat, AccountId, Offer>;

	/// The listed offers of a bucket, densely numbered from zero.
	#[pallet::storage]
	pub type Book<T: Config> =
		StorageDoubleMap<_, Twox64Concat, (Class, Bucket), Twox64Concat, u32, AccountId>;

	/// How many offers a bucket lists.
	#[pallet::storage]
	pub type BookLen<T: Config> = StorageMap<_, Twox64Concat, (Class, Bucket), u32, ValueQuery>;

	/// Which buckets list any offer.
	#[pallet::storage]
	pub type Filled<T: Config> = StorageMap<_, Twox64Concat, Class, BucketSet, ValueQuery>;

	#[pallet::event]
	#[allow(missing_docs, reason = "the names of the fields say what they are")]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A miner made or changed an offer.
		OfferSet {
			miner: AccountId,
			class: Class,
			price_per_unit: Balance,
			slots: u16,
			expires_at: BlockNumber,
		},
		/// A miner took an offer back. Its leases go on.
		OfferWithdrawn { miner: AccountId, class: Class },
		/// An offer that could take nothing any more is gone: it had expired, or its miner may take
		/// no lease.
		OfferLapsed { miner: AccountId, class: Class },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account is no miner that may take leases.
		NotAMiner,
		/// A price of zero.
		PriceZero,
		/// No slots, or more than allowed.
		SlotsInvalid,
		/// The expiry is not in the future, or too far in it.
		ExpiryInvalid,
		/// There is no such offer.
		NoSuchOffer,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxProbes::get() > 0, "a match must look at one offer at least");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Makes or replaces the caller's offer for a class.
		///
		/// Origin: signed by a miner. Price in planck per unit; `slots` replicas may run at once;
		/// nothing is let from block `expires_at` on. Leases begun under the old terms keep them.
		/// Emits `OfferSet`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::set_offer())]
		pub fn set_offer(
			origin: OriginFor<T>,
			class: Class,
			price_per_unit: Balance,
			slots: u16,
			expires_at: BlockNumber,
		) -> DispatchResult {
			let miner = ensure_signed(origin)?;
			ensure!(price_per_unit > 0, Error::<T>::PriceZero);
			ensure!(slots > 0 && slots <= T::MaxSlots::get(), Error::<T>::SlotsInvalid);
			let now = Self::now();
			let latest = now.saturating_add(T::MaxOfferBlocks::get());
			ensure!(expires_at > now && expires_at <= latest, Error::<T>::ExpiryInvalid);
			ensure!(T::Bonds::active_worker(&miner).is_some(), Error::<T>::NotAMiner);

			let used = Offers::<T>::get(class, &miner).map_or(0, |old| {
				Self::unlist(class, old.place);
				old.used
			});
			let mut offer = Offer { price_per_unit, slots, used, expires_at, place: None };
			Self::list(class, &miner, &mut offer);
			Offers::<T>::insert(class, &miner, offer);
			Self::deposit_event(Event::OfferSet {
				miner,
				class,
				price_per_unit,
				slots,
				expires_at,
			});
			Ok(())
		}

		/// Takes the caller's offer for a class back.
		///
		/// Origin: signed by the miner. Open leases go on. Emits `OfferWithdrawn`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::withdraw_offer())]
		pub fn withdraw_offer(origin: OriginFor<T>, class: Class) -> DispatchResult {
			let miner = ensure_signed(origin)?;
			let mut offer = Offers::<T>::get(class, &miner).ok_or(Error::<T>::NoSuchOffer)?;
			Self::unlist(class, offer.place.take());
			if offer.used == 0 {
				Offers::<T>::remove(class, &miner);
			} else {
				// Kept until its last lease ends, so that slots in use stay counted.
				offer.expires_at = Self::now();
				Offers::<T>::insert(class, &miner, offer);
			}
			Self::deposit_event(Event::OfferWithdrawn { miner, class });
			Ok(())
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The present block.
	fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}
}
