//! Settlement: what becomes of the money a client paid for a replica.
//!
//! # Overview
//!
//! Jobs hands over the gross amount as a *credit*: value that has left the client's escrow and belongs
//! to nobody yet. It is split here into the miner's part, the validators', the treasury's and a burnt
//! rest, exactly (INV-PAYOUTS-1), and paid in the block that accepts the receipt.
//!
//! # Rounding
//!
//! The fee is rounded up, its parts down, the burnt part is the remainder: rounding favours the
//! protocol and no planck is created. No value of the parameters breaks this: shares that exceed the
//! fee are cut to what is left of it.

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

pub mod split;
mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(any(feature = "try-runtime", feature = "std", test))]
mod try_state;

use aitbc_primitives::{
	AccountId, Balance, Hash, JobId, OnJobPruned, ReplicaIndex, Settlement, Split,
};
use frame_support::{
	pallet_prelude::*,
	traits::{
		Imbalance,
		fungible::{self, Balanced as _},
	},
};
use frame_system::pallet_prelude::*;
use sp_runtime::{Percent, Permill};

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
		/// What jobs are paid in.
		type Currency: fungible::Balanced<AccountId, Balance = Balance>;

		/// The protocol's part of every payment.
		type Fee: Get<Permill>;

		/// The validators' part of the fee.
		type ValidatorsShare: Get<Percent>;

		/// The treasury's part of the fee. What neither gets is burnt.
		type TreasuryShare: Get<Percent>;

		/// Author of the present block, who takes the validators' part.
		type BlockAuthor: Get<Option<AccountId>>;

		/// The treasury's account.
		type TreasuryAccount: Get<AccountId>;

		/// Cost of settling.
		type WeightInfo: WeightInfo;
	}

	/// What has been paid since genesis.
	#[pallet::storage]
	pub type Totals<T: Config> = StorageValue<_, PaymentTotals, ValueQuery>;

	/// What each miner earned since genesis.
	#[pallet::storage]
	pub type Earnings<T: Config> =
		StorageMap<_, Blake2_128Concat, AccountId, MinerEarnings, ValueQuery>;

	/// The payments of jobs that are still on record.
	#[pallet::storage]
	pub type Payments<T: Config> =
		StorageDoubleMap<_, Twox64Concat, JobId, Twox64Concat, ReplicaIndex, Payment>;

	#[pallet::event]
	#[allow(missing_docs, reason = "the names of the fields say what they are")]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A replica was paid for.
		Paid { job: JobId, replica: ReplicaIndex, miner: AccountId, units: u64, split: Split },
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Pays `credit` to `who`. Returns what arrived: an account that cannot take it leaves it to be
	/// burnt, which the caller counts.
	fn pay(who: &AccountId, credit: CreditOf<T>) -> Balance {
		let amount = credit.peek();
		match T::Currency::resolve(who, credit) {
			Ok(()) => amount,
			Err(_burnt) => 0,
		}
	}
}

impl<T: Config> Settlement<AccountId, CreditOf<T>> for Pallet<T> {
	fn settle(
		job: JobId,
		replica: ReplicaIndex,
		miner: &AccountId,
		units: u64,
		gross: CreditOf<T>,
	) -> Split {
		let total = gross.peek();
		let planned =
			split::split(total, T::Fee::get(), T::ValidatorsShare::get(), T::TreasuryShare::get());
		let (for_miner, rest) = gross.split(planned.miner);
		let (for_validators, rest) = rest.split(planned.validators);
		let (for_treasury, to_burn) = rest.split(planned.treasury);
		drop(to_burn);

		let mut paid = Split { miner: Self::pay(miner, for_miner), ..Default::default() };
		if let Some(author) = T::BlockAuthor::get() {
			paid.validators = Self::pay(&author, for_validators);
		}
		paid.treasury = Self::pay(&T::TreasuryAccount::get(), for_treasury);
		let delivered = paid.miner.saturating_add(paid.validators).saturating_add(paid.treasury);
		paid.burned = total.saturating_sub(delivered);

		Totals::<T>::mutate(|totals| totals.note(units, &paid));
		Earnings::<T>::mutate(miner, |earnings| earnings.note(units, total, paid.miner));
		Payments::<T>::insert(job, replica, Payment { miner: miner.clone(), units, split: paid });
		Self::deposit_event(Event::Paid { job, replica, miner: miner.clone(), units, split: paid });
		paid
	}

	fn settle_weight() -> Weight {
		T::WeightInfo::settle()
	}
}

impl<T: Config> OnJobPruned for Pallet<T> {
	fn on_job_pruned(job: JobId, replicas: u8) {
		for replica in 0..replicas {
			Payments::<T>::remove(job, replica);
		}
	}

	fn prune_weight() -> Weight {
		T::WeightInfo::prune(aitbc_primitives::MAX_REPLICAS.into())
	}
}
