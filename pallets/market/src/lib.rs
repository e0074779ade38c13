//! Offers and the matching of jobs to them.
//!
//! # Overview
//!
//! A miner offers its slots per class: at which price, for jobs of which size, on what device. Offers with
//! a free slot are *listed* in a book of price buckets. A job's replica is matched by looking at few of
//! them, cheapest first, and by drawing one of those that fit.
//!
//! # Terms
//!
//! A *place* is a bucket and a position in it. A *probe* is a look at one place. An offer is *eligible*
//! for a request if it passes every filter, and *dead* if it can let nothing until its miner acts.
//!
//! # Example
//!
//! How a pallet above lets a replica and ends its lease:
//!
//! ```
//! use aitbc_primitives::{AccountId, LeaseFate, MatchRequest, Matchmaker};
//!
//! fn let_and_release<Market: Matchmaker<AccountId>>(request: &MatchRequest<AccountId>) -> bool {
//!     let Some(found) = Market::assign(request).found else { return false };
//!     let class = request.class;
//!     Market::conclude(&found.miner, class, &found.worker, &found.bond, LeaseFate::Released, 0);
//!     true
//! }
//! ```
//!
//! # Design
//!
//! - **Constant cost.** A bucket spans an eighth of a power of two of price, so there are 1,024; a
//!   bitmap per class names those that list anything. One match looks at no more than
//!   [`MAX_PROBES`] offers, however many there are ([`matching`]): half of them the cheapest, half
//!   anywhere, so that offers which never fit cannot hide the rest by standing in front.
//! - **Each rule once.** [`filters`] is one function, asked by matching and by whoever explains why
//!   nothing matched.
//! - **Chance, not only price.** Among the eligible offers seen, [`draw`] takes one, by free collateral,
//!   reputation and whether the program is ready.
//! - **Listed means free.** An offer leaves the book when its last slot is taken, when it expires or
//!   when its miner may take nothing, and comes back when a slot is free again. Only one path writes
//!   the book ([`book`]).
//! - The pallet knows collateral only through [`Bonds`], and is called by jobs through [`Matchmaker`].
//!
//! # Limits
//!
//! A job can stay unmatched for a block although an offer beyond the probes would fit. What a device
//! claims is its miner's word.

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

extern crate alloc;

pub use pallet::*;
pub use types::*;
pub use views::MAX_PAGE;
pub use weights::WeightInfo;

mod book;
mod draw;
mod filters;
mod matching;
pub mod migrations;
mod types;
mod views;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(any(feature = "try-runtime", feature = "std", test))]
mod try_state;

use aitbc_primitives::{
	AccountId, Assignment, Balance, BlockNumber, Bonds, BucketSet, Class, DeviceProfile, Hash,
	LeaseBond, LeaseFate, MAX_BURIED, MAX_PRICE_BUCKET, MAX_PROBES, MatchReport, MatchRequest,
	Matchmaker, MinerStanding, OfferFilter, OfferTerms, PriceBucket, SearchEffort, SearchOutcome,
	WorkerKey, bucket_of, lowest_price_of,
};
use alloc::vec::Vec;
use frame_support::{
	pallet_prelude::*,
	traits::{
		fungible::hold::{Inspect as InspectHold, Mutate as MutateHold},
		tokens::Precision,
	},
};
use frame_system::pallet_prelude::*;
use sp_runtime::{SaturatedConversion, Saturating};

/// Under which name the pallet logs.
const LOG: &str = "runtime::market";

#[frame_support::pallet]
#[allow(clippy::expect_used, reason = "what FRAME's macros expand to; our own code has none")]
pub mod pallet {
	use super::*;

	/// The layout of what is stored.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<AccountId = AccountId, Hash = Hash, RuntimeEvent: From<Event<Self>>>
	{
		/// Miners and their collateral.
		type Bonds: Bonds<AccountId>;

		/// Where deposits are held.
		type Currency: InspectHold<AccountId, Balance = Balance>
			+ MutateHold<AccountId, Reason = Self::RuntimeHoldReason, Balance = Balance>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// Collateral a lease locks, in percent of the most the client pays for it.
		type CollateralFactorPercent: Get<u32>;

		/// Deposit for a device's profile, planck.
		type ProfileDeposit: Get<Balance>;

		/// Milliseconds from one block to the next: what a miner says it does in a second is held against
		/// the blocks that a job gives it.
		#[pallet::constant]
		type MillisecsPerBlock: Get<u32>;

		/// Most slots of one offer.
		#[pallet::constant]
		type MaxSlots: Get<u16>;

		/// Longest life of an offer, blocks.
		#[pallet::constant]
		type MaxOfferBlocks: Get<BlockNumber>;

		/// Cost of the calls and steps.
		type WeightInfo: WeightInfo;

		/// Fills the chain for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkWorld: aitbc_primitives::benchmarking::BenchmarkWorld;
	}

	/// Why coins are on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The deposit for a device's profile.
		#[codec(index = 0)]
		Profile,
	}

	/// Every offer, listed or not.
	#[pallet::storage]
	pub type Offers<T: Config> =
		StorageDoubleMap<_, Twox64Concat, Class, Blake2_128Concat, AccountId, Offer>;

	/// The listed offers of a bucket, densely numbered from zero.
	#[pallet::storage]
	pub type Book<T: Config> =
		StorageDoubleMap<_, Twox64Concat, (Class, PriceBucket), Twox64Concat, u32, AccountId>;

	/// How many offers a bucket lists.
	#[pallet::storage]
	pub type BookLen<T: Config> =
		StorageMap<_, Twox64Concat, (Class, PriceBucket), u32, ValueQuery>;

	/// Which buckets list any offer.
	#[pallet::storage]
	pub type Filled<T: Config> = StorageMap<_, Twox64Concat, Class, BucketSet, ValueQuery>;

	/// What miners say of their devices, for people, and the deposit held for it, planck.
	#[pallet::storage]
	pub type Profiles<T: Config> =
		StorageMap<_, Blake2_128Concat, AccountId, (DeviceProfile, Balance)>;

	#[pallet::event]
	#[allow(missing_docs, reason = "the names of the fields say what they are")]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A miner made or changed an offer.
		OfferSet { miner: AccountId, class: Class, terms: OfferTerms },
		/// A miner took an offer back. Its leases go on.
		OfferWithdrawn { miner: AccountId, class: Class },
		/// An offer that could take nothing any more is gone: it had expired, or its miner may take
		/// no lease.
		OfferLapsed { miner: AccountId, class: Class },
		/// A miner described its device, or described it anew.
		ProfileSet { miner: AccountId, profile: DeviceProfile },
		/// A profile is gone, and its deposit returned.
		ProfileCleared { miner: AccountId },
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
		/// An offer for jobs of no units.
		MaxUnitsZero,
		/// A region that is not two capital letters.
		RegionInvalid,
		/// A name that is not UTF-8.
		TextInvalid,
		/// There is no profile.
		NoProfile,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxSlots::get() > 0, "no offer could have a slot");
			assert!(T::MaxOfferBlocks::get() > 0, "no offer could have a life");
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
		/// Origin: signed by a miner that may take leases. `terms.slots` replicas may run at once; nothing
		/// is let from block `terms.expires_at` on. Leases begun under the old terms keep them, and their
		/// slots stay counted. Fails with the error that names the field. Emits `OfferSet`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::set_offer())]
		pub fn set_offer(origin: OriginFor<T>, class: Class, terms: OfferTerms) -> DispatchResult {
			let miner = ensure_signed(origin)?;
			Self::check_terms(&terms)?;
			Self::ensure_miner(&miner, class)?;

			let used = Offers::<T>::get(class, &miner).map_or(0, |old| {
				Self::unlist(class, old.place);
				old.used
			});
			let mut offer = Offer { terms: terms.clone(), used, place: None };
			Self::list(class, &miner, &mut offer);
			Offers::<T>::insert(class, &miner, offer);
			Self::deposit_event(Event::OfferSet { miner, class, terms });
			Ok(())
		}

		/// Takes the caller's offer for a class back.
		///
		/// Origin: signed by the miner, whatever became of it. Open leases go on; the record stays until
		/// the last of them ends. Fails with `NoSuchOffer`. Emits `OfferWithdrawn`.
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
				offer.terms.expires_at = Self::now();
				Offers::<T>::insert(class, &miner, offer);
			}
			Self::deposit_event(Event::OfferWithdrawn { miner, class });
			Ok(())
		}

		/// Describes the caller's device, or describes it anew.
		///
		/// Origin: signed by a miner that may take leases. Holds `ProfileDeposit` with the first
		/// description; later ones change nothing about it. Fails with `TextInvalid`, `NotAMiner`, or
		/// what the hold says. Emits `ProfileSet`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_profile())]
		pub fn set_profile(origin: OriginFor<T>, profile: DeviceProfile) -> DispatchResult {
			let miner = ensure_signed(origin)?;
			for text in [&profile.name, &profile.driver] {
				ensure!(core::str::from_utf8(text).is_ok(), Error::<T>::TextInvalid);
			}
			// Any class will do: whether a miner may take leases does not depend on it.
			Self::ensure_miner(&miner, Class::Echo)?;
			let deposit = match Profiles::<T>::get(&miner) {
				Some((_, deposit)) => deposit,
				None => {
					let deposit = T::ProfileDeposit::get();
					T::Currency::hold(&HoldReason::Profile.into(), &miner, deposit)?;
					deposit
				}
			};
			Profiles::<T>::insert(&miner, (&profile, deposit));
			Self::deposit_event(Event::ProfileSet { miner, profile });
			Ok(())
		}

		/// Takes the caller's profile back and returns its deposit.
		///
		/// Origin: signed by whose profile it is, a miner or not any more. Fails with `NoProfile`. Emits
		/// `ProfileCleared`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::clear_profile())]
		pub fn clear_profile(origin: OriginFor<T>) -> DispatchResult {
			let miner = ensure_signed(origin)?;
			let (_, deposit) = Profiles::<T>::take(&miner).ok_or(Error::<T>::NoProfile)?;
			// What is there is returned: nothing keeps a way out shut.
			let best = Precision::BestEffort;
			T::Currency::release(&HoldReason::Profile.into(), &miner, deposit, best)?;
			Self::deposit_event(Event::ProfileCleared { miner });
			Ok(())
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// A miner's offer for a class, listed or not.
		pub fn offer(miner: AccountId, class: Class) -> Option<Offer> {
			Offers::<T>::get(class, miner)
		}

		/// Listed offers of a class, cheapest bucket first, from a place on: at most `limit` of them, and
		/// never more than [`MAX_PAGE`]. `next` of the answer is where the next page begins.
		pub fn offers(class: Class, from: Place, limit: u32) -> OfferPage {
			Self::page(class, from, limit)
		}

		/// The filled buckets of a class, cheapest first, with what they list.
		pub fn depth(class: Class) -> Vec<DepthLevel> {
			Self::depth_of(class)
		}

		/// What a miner says of its device.
		pub fn profile(miner: AccountId) -> Option<DeviceProfile> {
			Profiles::<T>::get(miner).map(|(profile, _)| profile)
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The present block.
	fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	fn ensure_miner(miner: &AccountId, class: Class) -> DispatchResult {
		ensure!(T::Bonds::standing(miner, class).is_some(), Error::<T>::NotAMiner);
		Ok(())
	}

	fn check_terms(terms: &OfferTerms) -> DispatchResult {
		ensure!(terms.price_per_unit > 0, Error::<T>::PriceZero);
		let slots = 1..=T::MaxSlots::get();
		ensure!(slots.contains(&terms.slots), Error::<T>::SlotsInvalid);
		ensure!(terms.max_units > 0, Error::<T>::MaxUnitsZero);
		let now = Self::now();
		let latest = now.saturating_add(T::MaxOfferBlocks::get());
		let in_time = terms.expires_at > now && terms.expires_at <= latest;
		ensure!(in_time, Error::<T>::ExpiryInvalid);
		let region = terms.device.region;
		ensure!(region.is_none_or(|region| region.is_valid()), Error::<T>::RegionInvalid);
		Ok(())
	}
}
