//! Miners, their collateral and their worker keys.
//!
//! # Overview
//!
//! A *miner* is an account that holds collateral here and has named a *worker key*: a hot sr25519 key
//! that signs receipts and has no coins. Each lease sets a part of the collateral aside
//! ([`Bonds::lock`]); how the lease ends decides how much of that part is forfeited
//! ([`Bonds::unlock`]). The sum of what is set aside never exceeds the collateral, so one bond cannot
//! back two cheats (INV-STAKING-1).
//!
//! A miner leaves in two steps, [`Pallet::leave`] and, after the unbonding time and once no lease is
//! open, [`Pallet::withdraw`]: collateral stays within reach of every verdict on work done with it.
//!
//! # Design
//!
//! The pallet knows nothing of offers or jobs: the market above it calls the [`Bonds`] trait. Forfeited
//! value goes to [`Config::OnSlash`] as an imbalance, so it cannot be counted twice or lost silently.
//!
//! Registration gives the worker's account a *sufficient* reference: without it an account that holds
//! no coins could not send the fee-less extrinsics that answer a lease (P7).

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
pub use weights::WeightInfo;

mod bonds;
mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(any(feature = "try-runtime", feature = "std", test))]
mod try_state;

pub use types::*;

use aitbc_primitives::{
	AccountId, Balance, BlockNumber, Bonds, Hash, LeaseFate, WorkerKey, WorkerSignature,
	worker_consent,
};
use frame_support::{
	pallet_prelude::*,
	traits::{
		OnUnbalanced,
		fungible::{self, hold::Balanced as _, hold::Mutate as _},
		tokens::Precision,
	},
};
use frame_system::pallet_prelude::*;
use sp_runtime::{Perbill, SaturatedConversion, traits::Verify};

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
		/// Where collateral is held.
		type Currency: fungible::hold::Mutate<AccountId, Reason = Self::RuntimeHoldReason, Balance = Balance>
			+ fungible::hold::Balanced<AccountId, Reason = Self::RuntimeHoldReason, Balance = Balance>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// Least collateral a miner needs to be let anything, planck.
		type MinCollateral: Get<Balance>;

		/// Blocks between `leave` and the earliest `withdraw`.
		type UnbondingBlocks: Get<BlockNumber>;

		/// Part of a lease's collateral that a late answer forfeits.
		type SlashLate: Get<Perbill>;

		/// Part of a lease's collateral that a withheld reveal forfeits.
		type SlashWithheld: Get<Perbill>;

		/// Takes what is forfeited.
		type OnSlash: OnUnbalanced<CreditOf<Self>>;

		/// Cost of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Why value is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// A miner's collateral.
		#[codec(index = 0)]
		Collateral,
	}

	/// Every miner. Keyed by an account that the holder chose, hence the cryptographic hasher.
	#[pallet::storage]
	pub type Miners<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, MinerInfo>;

	/// Which miner a worker key signs for: a key works for one miner only.
	#[pallet::storage]
	pub type WorkerOf<T: Config> = StorageMap<_, Blake2_128Concat, WorkerKey, AccountId>;

	#[pallet::event]
	#[allow(missing_docs, reason = "the names of the fields say what they are")]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A miner registered and its collateral is held.
		MinerRegistered { miner: AccountId, worker: WorkerKey, collateral: Balance },
		/// A miner added collateral.
		CollateralAdded { miner: AccountId, added: Balance, collateral: Balance },
		/// A miner takes no more leases and may withdraw from block `until` on.
		MinerLeaving { miner: AccountId, until: BlockNumber },
		/// A miner is gone and its collateral free.
		MinerWithdrawn { miner: AccountId, returned: Balance },
		/// A lease ended badly and part of its collateral is gone.
		Slashed { miner: AccountId, fate: LeaseFate, amount: Balance },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account is a miner already.
		AlreadyRegistered,
		/// The account is not a miner.
		NotRegistered,
		/// Less collateral than the minimum.
		CollateralTooLow,
		/// The worker key signs for a miner already.
		WorkerKeyTaken,
		/// The worker key must not be the key of the account that holds the money.
		WorkerKeyIsMiner,
		/// The worker key did not sign its consent to work for this miner on this chain.
		ConsentInvalid,
		/// The miner is leaving.
		Leaving,
		/// The miner has not announced that it leaves.
		NotLeaving,
		/// The unbonding time is not over.
		StillUnbonding,
		/// Leases are still open.
		LeasesOpen,
		/// Less collateral is free than the lease needs.
		NotEnoughFree,
		/// The amount is zero, or the sum does not fit.
		AmountInvalid,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Becomes a miner.
		///
		/// Origin: signed by the account that will hold the collateral. `consent` is the worker
		/// key's signature over [`worker_consent`], without which anybody could take over
		/// somebody else's key.
		///
		/// Emits `MinerRegistered`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(
			origin: OriginFor<T>,
			collateral: Balance,
			worker: WorkerKey,
			consent: WorkerSignature,
		) -> DispatchResult {
			let miner = ensure_signed(origin)?;
			ensure!(!Miners::<T>::contains_key(&miner), Error::<T>::AlreadyRegistered);
			ensure!(collateral >= T::MinCollateral::get(), Error::<T>::CollateralTooLow);
			ensure!(AccountId::from(worker) != miner, Error::<T>::WorkerKeyIsMiner);
			ensure!(!WorkerOf::<T>::contains_key(worker), Error::<T>::WorkerKeyTaken);
			// The identity of the curve is a key under which anybody can sign.
			ensure!(worker != WorkerKey::default(), Error::<T>::ConsentInvalid);
			let payload = worker_consent(Self::genesis_hash(), &miner);
			ensure!(consent.verify(payload.as_slice(), &worker), Error::<T>::ConsentInvalid);
			T::Currency::hold(&HoldReason::Collateral.into(), &miner, collateral)?;

			frame_system::Pallet::<T>::inc_sufficients(&worker.into());
			WorkerOf::<T>::insert(worker, &miner);
			Miners::<T>::insert(&miner, MinerInfo::new(worker, collateral));
			Self::deposit_event(Event::MinerRegistered { miner, worker, collateral });
			Ok(())
		}

		/// Adds collateral.
		///
		/// Origin: signed by the miner, which must not be leaving. Emits `CollateralAdded`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::bond_extra())]
		pub fn bond_extra(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			let miner = ensure_signed(origin)?;
			let mut info = Miners::<T>::get(&miner).ok_or(Error::<T>::NotRegistered)?;
			ensure!(info.status == MinerStatus::Active, Error::<T>::Leaving);
			ensure!(amount > 0, Error::<T>::AmountInvalid);
			info.collateral =
				info.collateral.checked_add(amount).ok_or(Error::<T>::AmountInvalid)?;
			T::Currency::hold(&HoldReason::Collateral.into(), &miner, amount)?;

			let collateral = info.collateral;
			Miners::<T>::insert(&miner, info);
			Self::deposit_event(Event::CollateralAdded { miner, added: amount, collateral });
			Ok(())
		}

		/// Takes no more leases; starts the unbonding time.
		///
		/// Origin: signed by the miner. Open leases go on and can still be slashed. Emits
		/// `MinerLeaving`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			let miner = ensure_signed(origin)?;
			let mut info = Miners::<T>::get(&miner).ok_or(Error::<T>::NotRegistered)?;
			ensure!(info.status == MinerStatus::Active, Error::<T>::Leaving);
			// The end is fixed now: a later change of the parameter does not touch it.
			let until = Self::now().saturating_add(T::UnbondingBlocks::get());
			info.status = MinerStatus::Leaving { until };
			Miners::<T>::insert(&miner, info);
			Self::deposit_event(Event::MinerLeaving { miner, until });
			Ok(())
		}

		/// Takes the collateral back.
		///
		/// Origin: signed by the miner, after the unbonding time and with no lease open. Emits
		/// `MinerWithdrawn`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>) -> DispatchResult {
			let miner = ensure_signed(origin)?;
			let info = Miners::<T>::get(&miner).ok_or(Error::<T>::NotRegistered)?;
			let MinerStatus::Leaving { until } = info.status else {
				return Err(Error::<T>::NotLeaving.into());
			};
			ensure!(Self::now() >= until, Error::<T>::StillUnbonding);
			ensure!(info.open_leases == 0 && info.locked == 0, Error::<T>::LeasesOpen);
			let returned = T::Currency::release(
				&HoldReason::Collateral.into(),
				&miner,
				info.collateral,
				Precision::BestEffort,
			)?;

			Miners::<T>::remove(&miner);
			WorkerOf::<T>::remove(info.worker);
			frame_system::Pallet::<T>::dec_sufficients(&info.worker.into());
			Self::deposit_event(Event::MinerWithdrawn { miner, returned });
			Ok(())
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The present block.
	fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// Hash of block zero, which names the chain.
	fn genesis_hash() -> Hash {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::from(0u32))
	}
}
