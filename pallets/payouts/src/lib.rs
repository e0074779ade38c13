//! Settlement: what becomes of the money a client paid for a replica, and what is issued for it.
//!
//! # Overview
//!
//! Jobs hands over the gross amount as a *credit*: value that has left the client's escrow and belongs
//! to nobody yet. It is split here into the miner's pay, the validators' part, the treasury's and a burnt
//! rest, exactly (INV-PAYOUTS-1), and paid in the block that accepts the receipt. What the miner and its
//! delegators get of the pay is for staking to say ([`Rewards`]).
//!
//! Work whose answer other replicas gave too earns an *emission* on top, once an *era* is over, bounded by
//! the fee that this work paid (INV-PAYOUTS-4). There are no calls.
//!
//! # Terms
//!
//! * *Era*: [`Config::EraBlocks`] blocks. The one that runs keeps its sums in [`Running`]; one that is over
//!   and not yet paid has a record in [`EraTotals`]; a paid one has none.
//! * *Pot*: the account from which each block pays its author.
//! * *Verified fee*: what the fee of verified work left with nobody in particular: all of it but the part
//!   that went into the pot. Emission never exceeds it.
//!
//! # Example
//!
//! ```
//! use pallet_payouts::split::{Plan, split};
//! use sp_runtime::{Percent, Permill};
//!
//! let quarter = Percent::from_percent(25);
//! let plan = split(160, Permill::from_parts(25_000), quarter, Percent::from_percent(50));
//! assert_eq!(plan, Plan { pay: 156, validators: 1, treasury: 2, burned: 1 });
//! ```
//!
//! # Design
//!
//! *Rounding.* The fee is rounded up, its parts down, the burnt part is the remainder: rounding favours the
//! protocol and no planck is created. No value of the parameters breaks this: shares that exceed the
//! fee are cut to what is left of it.
//!
//! *Few writes.* A settlement is the most frequent thing on this chain. It touches one key of its own that
//! is not touched by every other ([`EraWork`]); the sums since genesis and of the running era are two small
//! values that stay in the block's cache, charged once per block.
//!
//! *An era's terms are fixed when it ends*, at the start of the first block after it, before any
//! transaction: what governance changes later touches neither who was paid already nor who comes last in
//! the order of the hashes.
//!
//! *The pot has no event of its own*: Balances says `Transfer` from the pot to the author in each block.
//!
//! # Limits
//!
//! [`Earnings`] keeps an entry for each account that was ever paid. Making one costs at least the
//! collateral that a miner needs. Undecodable entries of [`EraWork`] are passed over and left in place;
//! [`Pallet::do_try_state`] reports them.

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

pub use emission::EmissionTerms;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

pub mod emission;
mod eras;
pub mod migrations;
mod pot;
mod settle;
pub mod split;
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
	AccountId, Balance, BlockNumber, Class, Hash, JobId, ReplicaIndex, Rewards, Split,
};
use frame_support::{PalletId, pallet_prelude::*, traits::fungible, weights::WeightMeter};
use frame_system::pallet_prelude::*;
use sp_runtime::{Perbill, Percent, Permill, SaturatedConversion};

/// Target of this pallet's log.
const LOG: &str = "runtime::payouts";

#[frame_support::pallet]
#[allow(clippy::expect_used, reason = "what FRAME's macros expand to; our own code has none")]
pub mod pallet {
	use super::*;

	/// The layout of this version; see [`migrations`].
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<AccountId = AccountId, Hash = Hash, RuntimeEvent: From<Event<Self>>>
	{
		/// What jobs are paid in.
		type Currency: fungible::Balanced<AccountId, Balance = Balance>
			+ fungible::Mutate<AccountId, Balance = Balance>;

		/// Divides pay among the miner and its delegators.
		type Rewards: Rewards<AccountId, CreditOf<Self>>;

		/// The protocol's part of payments of leases that begin now.
		type Fee: Get<Permill>;

		/// The validators' part of the fee.
		type ValidatorsShare: Get<Percent>;

		/// The treasury's part of the fee. What neither gets is burnt.
		type TreasuryShare: Get<Percent>;

		/// Most that is issued for the work of one era, planck.
		type EmissionPerEra: Get<Balance>;

		/// Part of the verified fee that is issued to who earned it.
		type EmissionShare: Get<Permill>;

		/// Most that a miner is issued for one era, as a part of its bond.
		type EmissionBondShare: Get<Perbill>;

		/// Blocks of an era; not zero. A change needs a migration: eras are counted from genesis.
		#[pallet::constant]
		type EraBlocks: Get<BlockNumber>;

		/// A block's author gets one part of this many of the pot; not zero.
		#[pallet::constant]
		type PotDivisor: Get<u32>;

		/// Names the pot's account.
		#[pallet::constant]
		type PotId: Get<PalletId>;

		/// Author of the present block.
		type BlockAuthor: Get<Option<AccountId>>;

		/// The treasury's account.
		type TreasuryAccount: Get<AccountId>;

		/// Most that paying emission may take of one block.
		#[pallet::constant]
		type MaxServiceWeight: Get<Weight>;

		/// Cost of the steps.
		type WeightInfo: WeightInfo;

		/// What the benchmarks need below.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkWorld: aitbc_primitives::benchmarking::BenchmarkWorld;
	}

	/// What has been paid since genesis. Every settlement writes it, so nearly every block does: it is
	/// charged once per block (`on_initialize`), not per settlement.
	#[pallet::storage]
	#[pallet::whitelist_storage]
	pub type Totals<T: Config> = StorageValue<_, PaymentTotals, ValueQuery>;

	/// The era that runs, and its work so far. Charged like [`Totals`].
	#[pallet::storage]
	#[pallet::whitelist_storage]
	pub type Running<T: Config> = StorageValue<_, RunningEra, ValueQuery>;

	/// What each miner earned in eras that are closed.
	#[pallet::storage]
	pub type Earnings<T: Config> =
		StorageMap<_, Blake2_128Concat, AccountId, MinerEarnings, ValueQuery>;

	/// What each miner did in an era that is not closed. Emptied as the era is paid.
	#[pallet::storage]
	pub type EraWork<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		EraIndex,
		Blake2_128Concat,
		AccountId,
		WorkSums,
		ValueQuery,
	>;

	/// Eras that are over and not yet paid. Nobody chooses the key, hence the cheap hasher.
	#[pallet::storage]
	pub type EraTotals<T: Config> = StorageMap<_, Twox64Concat, EraIndex, EraRecord>;

	/// Every era before this one is closed.
	#[pallet::storage]
	pub type NextEraToPay<T: Config> = StorageValue<_, EraIndex, ValueQuery>;

	#[pallet::event]
	#[allow(missing_docs, reason = "the names of the fields say what they are")]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A replica was paid for.
		#[codec(index = 0)]
		Paid {
			job: JobId,
			replica: ReplicaIndex,
			miner: AccountId,
			class: Class,
			units: u64,
			split: Split,
		},
		/// An era is over in which work was done: at most `budget` will be issued for it.
		#[codec(index = 1)]
		EraEnded { era: EraIndex, miners: u32, verified_fee: Balance, budget: Balance },
		/// A miner's work of an era is settled for good. `amount` was issued for it, of which its delegators
		/// got `delegators`, nobody `burned`, and the miner the rest. Zero without verified work, or without
		/// a bond.
		#[codec(index = 2)]
		EmissionPaid {
			era: EraIndex,
			miner: AccountId,
			amount: Balance,
			delegators: Balance,
			burned: Balance,
		},
		/// Everybody who worked in an era is settled for good; `emission` arrived.
		#[codec(index = 3)]
		EraPaid { era: EraIndex, miners: u32, emission: Balance },
	}

	/// Gives the pot its existential deposit, as the treasury does with its account: otherwise what the
	/// first blocks put in would be too little to found it, and be burnt.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		#[serde(skip)]
		_config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::issue_pot();
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			// The second summand: what every settlement of this block writes, once for all of them. Two
			// values of this pallet, and the accounts of pot and treasury.
			let mut weight =
				T::WeightInfo::pay_author().saturating_add(T::DbWeight::get().reads_writes(4, 4));
			Self::pay_author();
			if Self::turn_era() {
				weight.saturating_accrue(T::WeightInfo::end_era());
			}
			weight
		}

		fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
			let limit = meter.remaining().min(T::MaxServiceWeight::get());
			let mut service = WeightMeter::with_limit(limit);
			Self::pay_eras(&mut service);
			meter.consume(service.consumed());
		}

		#[cfg(feature = "std")]
		fn integrity_test() {
			assert!(T::EraBlocks::get() > 0, "an era has blocks");
			assert!(T::PotDivisor::get() > 0, "the pot is divided");
			let least = T::WeightInfo::poll()
				.saturating_add(T::WeightInfo::close_era())
				.saturating_add(T::WeightInfo::pay_miner());
			assert!(
				T::MaxServiceWeight::get().all_gte(least),
				"MaxServiceWeight must allow paying one miner, or nobody is ever paid"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What a miner earned: the sums of closed eras, and each era that is not closed with what it may
		/// expect for it.
		pub fn earnings(miner: AccountId) -> EarningsReport {
			Self::earnings_report(&miner)
		}

		/// An era that is not closed: its work, what of it is paid, and the terms of its emission (of the one
		/// that runs: the present ones). `None` if it is closed, has not begun, or is over and saw no work.
		pub fn era(era: EraIndex) -> Option<EraRecord> {
			Self::era_record(era)
		}

		/// The pot's account, and what lies in it above its existential deposit, planck.
		pub fn pot() -> (AccountId, Balance) {
			(Self::pot_account(), Self::pot_balance())
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The present block.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}
}
