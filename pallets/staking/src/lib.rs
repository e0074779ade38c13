//! Miners, their collateral and their worker keys; who delegates to them; what they are known for.
//!
//! # Overview
//!
//! A *miner* is an account that holds collateral here and has named a *worker key*: a hot sr25519 key
//! that signs receipts and has no coins. Each lease sets a part of the *bond* aside ([`Bonds::lock`]); how
//! the lease ends decides how much of that part is forfeited, and what is thought of the miner in future
//! ([`Bonds::unlock`]). The sum of what is set aside never exceeds the bond, so one bond cannot back two
//! cheats (INV-STAKING-1). Others' coins are set aside only as far as the miner's own stand beside them.
//!
//! Others may stake on a miner ([`Pallet::delegate`]): they have a part in what it earns
//! ([`Rewards::reward`]) and in what it forfeits. What leaves, the miner's own or delegated, waits for the
//! unbonding time within reach of every verdict on work done with it.
//!
//! # Terms
//!
//! - *own*: the miner's active collateral. *pool*: the active delegations. *unbonding*: what is leaving.
//!   *bond*: own and pool together. *backing*: what of it may back leases, own and so much of the pool as
//!   own allows. *locked*: what backs open leases.
//! - *share*: a part of pool or unbonding. Rewards and slashes change what a share is worth, at a cost that
//!   does not depend on how many have one:
//!
//! ```
//! use pallet_compute_staking::shares::SharePool;
//!
//! let mut pool = SharePool::default();
//! let first = pool.buy(1_000).expect("an empty pool sells a share for a planck");
//! pool.grow(500).expect("there is somebody to own the reward");
//! let second = pool.buy(1_500).expect("a share costs one and a half planck now");
//! assert_eq!((first, second), (1_000, 1_000));
//! pool.shrink(1_000).expect("the slash is less than what is there");
//! assert_eq!((pool.worth(first), pool.worth(second)), (1_000, 1_000));
//! ```
//!
//! # Design
//!
//! Everything staked on a miner lies on hold in the *miner's* account under one reason, so that a slash is
//! one change of one account, however many delegators there are. The delegators' coins are out of the
//! miner's reach there: only this pallet knows the reason, and it pays them out by what the shares say.
//!
//! The pallet knows nothing of offers or jobs: the market above it calls the [`Bonds`] trait, payouts the
//! [`Rewards`] trait. Forfeited value goes to [`Config::OnSlash`] as an imbalance, so it cannot be counted
//! twice or lost silently.
//!
//! Registration gives the worker's account a *sufficient* reference: without it an account that holds
//! no coins could not send the fee-less extrinsics that answer a lease (P7).
//!
//! The arithmetic stands apart, in [`shares`] and [`reputation`]. Normative text:
//! `specs/protocol/staking.md`.
//!
//! # Limits
//!
//! Delegators' rewards are always compounded. What backs an open lease cannot be undelegated before the
//! lease ends. A consent of a worker key does not expire.

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
pub use weights::WeightInfo;

mod bonds;
mod delegations;
mod miners;
mod owners;
mod rewards;
mod types;
mod unbonding;
mod workers;

pub mod migrations;
pub mod reputation;
pub mod shares;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(any(feature = "try-runtime", feature = "std", test))]
mod try_state;

pub use types::*;

use aitbc_primitives::{
	AccountId, Balance, BlockNumber, Bonds, Class, Hash, LeaseBond, LeaseFate, MinerStanding,
	RewardSplit, Rewards, WorkerKey, WorkerSignature, worker_consent,
};
use frame_support::{
	pallet_prelude::*,
	traits::{
		Imbalance, OnUnbalanced,
		fungible::{self, Balanced as _, hold::Balanced as _, hold::Mutate as _},
		tokens::{Fortitude, Precision, Preservation, Restriction},
	},
};
use frame_system::pallet_prelude::*;
use shares::{ShareError, Stakes};
use sp_runtime::{Perbill, Permill, SaturatedConversion, traits::Verify};

#[frame_support::pallet]
#[allow(clippy::expect_used, reason = "what FRAME's macros expand to; our own code has none")]
pub mod pallet {
	use super::*;

	/// The layout of storage: see [`crate::migrations`].
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
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

		/// Least own collateral with which a miner registers and is let anything, planck.
		type MinCollateral: Get<Balance>;

		/// Blocks for which what leaves stays within reach of a verdict.
		type UnbondingBlocks: Get<BlockNumber>;

		/// The same, whatever governance says: more than the longest lease lasts.
		#[pallet::constant]
		type MinUnbondingBlocks: Get<BlockNumber>;

		/// Part of a lease's collateral that a late answer forfeits.
		type SlashLate: Get<Perbill>;

		/// Part of a lease's collateral that a withheld reveal forfeits.
		type SlashWithheld: Get<Perbill>;

		/// Least that is delegated at once, and least that may be left of a delegation, planck.
		type MinDelegation: Get<Balance>;

		/// Most that may be delegated to a miner, in percent of its own collateral.
		type MaxDelegationPercent: Get<u32>;

		/// Most parts in which a staker's coins leave one miner at the same time.
		#[pallet::constant]
		type MaxUnbondingChunks: Get<u32>;

		/// Blocks in which the memory of a lease's end fades to a half.
		#[pallet::constant]
		type ReputationHalfLife: Get<BlockNumber>;

		/// Takes what is forfeited.
		type OnSlash: OnUnbalanced<CreditOf<Self>>;

		/// Cost of the calls.
		type WeightInfo: WeightInfo;

		/// Makes what benchmarks need.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkWorld: aitbc_primitives::benchmarking::BenchmarkWorld;
	}

	/// Why value is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// What is staked on the account as a miner, by itself and by others.
		#[codec(index = 0)]
		Collateral,
	}

	/// Every miner. Keyed by an account that the holder chose, hence the cryptographic hasher; so are the
	/// maps below.
	#[pallet::storage]
	pub type Miners<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, MinerInfo>;

	/// What each worker key does. A key works for one miner only, also after it was retired, until the last
	/// lease that names it has ended.
	#[pallet::storage]
	pub type Workers<T: Config> = StorageMap<_, Blake2_128Concat, WorkerKey, WorkerInfo>;

	/// Shares of a miner's pool, by miner and delegator. None is zero.
	#[pallet::storage]
	pub type Delegations<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		AccountId,
		Blake2_128Concat,
		AccountId,
		Balance,
		ValueQuery,
	>;

	/// What is on its way out of a miner, by miner and staker (a delegator, or the miner itself). None is
	/// empty.
	#[pallet::storage]
	pub type Unbonding<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		AccountId,
		Blake2_128Concat,
		AccountId,
		ChunksOf<T>,
		ValueQuery,
	>;

	#[pallet::event]
	#[allow(missing_docs, reason = "the names of the fields say what they are")]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A miner registered and its collateral is held.
		MinerRegistered { miner: AccountId, worker: WorkerKey, collateral: Balance },
		/// A miner added to its own collateral, which is `own` now.
		CollateralAdded { miner: AccountId, added: Balance, own: Balance },
		/// A miner takes no more leases and may withdraw from block `until` on.
		MinerLeaving { miner: AccountId, until: BlockNumber },
		/// A miner is gone and its collateral free.
		MinerWithdrawn { miner: AccountId, returned: Balance },
		/// A lease ended badly and part of what is at stake is gone: `amount`, of which these parts.
		Slashed {
			miner: AccountId,
			fate: LeaseFate,
			amount: Balance,
			own: Balance,
			pool: Balance,
			unbonding: Balance,
		},
		/// Slashes left next to nothing of what others staked on a miner, or of what was leaving: it is
		/// made to leave. `MinerLeaving` follows.
		MinerExpelled { miner: AccountId },
		/// Part of a miner's own collateral is paid out from block `until` on.
		CollateralUnbonding { miner: AccountId, amount: Balance, until: BlockNumber },
		/// What left a miner was paid out.
		UnbondedWithdrawn { miner: AccountId, staker: AccountId, amount: Balance },
		/// Another key signs for a miner's leases from now on.
		WorkerRotated { miner: AccountId, retired: WorkerKey, worker: WorkerKey },
		/// A key that was retired has no leases any more, and is free.
		WorkerReleased { miner: AccountId, worker: WorkerKey },
		/// A miner takes no leases for now.
		MinerChilled { miner: AccountId },
		/// A miner takes leases again.
		MinerResumed { miner: AccountId },
		/// A miner's commission is this from block `from` on.
		CommissionChanged { miner: AccountId, commission: Permill, from: BlockNumber },
		/// A miner's own pay is bonded at once, or not any more.
		CompoundingChanged { miner: AccountId, compounding: bool },
		/// Coins were staked on a miner.
		Delegated { miner: AccountId, delegator: AccountId, amount: Balance, shares: Balance },
		/// Shares were turned into coins that are paid out from block `until` on.
		Undelegated {
			miner: AccountId,
			delegator: AccountId,
			shares: Balance,
			amount: Balance,
			until: BlockNumber,
		},
		/// All that a delegator had with a miner that is gone was returned. `forfeited` is what an account
		/// without coins could not take: less than the existential deposit.
		DelegationReturned {
			miner: AccountId,
			delegator: AccountId,
			returned: Balance,
			forfeited: Balance,
		},
		/// A miner asks to belong to an owner.
		OwnerRequested { miner: AccountId, owner: AccountId },
		/// A miner belongs to an owner.
		OwnerJoined { miner: AccountId, owner: AccountId },
		/// A miner belongs to itself, and asks nobody.
		OwnerLeft { miner: AccountId },
		/// Pay was bonded: to the miner's own collateral, and to its delegators' pool.
		RewardBonded { miner: AccountId, own: Balance, pool: Balance },
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
		/// Less of what backs leases is free than that.
		NotEnoughFree,
		/// The amount is zero, or the sum does not fit.
		AmountInvalid,
		/// The miner may take no lease: chilled, leaving, or below the minimum.
		NotEligible,
		/// There is not that much of it.
		NotEnoughStaked,
		/// Too many parts are leaving at the same time.
		TooManyChunks,
		/// Nothing can be paid out yet.
		NothingDue,
		/// The miner is not active.
		NotActive,
		/// The miner is not chilled.
		NotChilled,
		/// A miner cannot delegate to itself: it adds to its collateral.
		SelfDelegation,
		/// Less is delegated, or would be left, than the minimum.
		DelegationTooLow,
		/// More would be delegated than the miner's own collateral allows.
		DelegationTooHigh,
		/// Slashes left shares without value: nothing can be added to them.
		PoolWorthless,
		/// Others' coins are still with the miner: return them first.
		DelegationsLeft,
		/// The account has nothing with this miner as a delegator.
		NoDelegation,
		/// A miner belongs to itself without asking.
		OwnerIsMiner,
		/// The miner did not ask to belong to this owner.
		NotRequested,
		/// The miner belongs to itself and asks nobody.
		NoOwner,
		/// What is stored contradicts itself. Never returned while the invariants hold.
		Inconsistent,
		/// A share is worth so much that rounding would take a part of the amount that counts.
		SharePriceTooHigh,
		/// The amount buys fewer shares than were asked for.
		TooFewShares,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxUnbondingChunks::get() > 0, "nobody could take anything out");
			assert!(T::ReputationHalfLife::get() > 0, "nothing would be remembered");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What counts when leases are let, see [`aitbc_primitives::Bonds::standing`]; `None` if the
		/// miner may take none now.
		pub fn miner_standing(miner: AccountId, class: Class) -> Option<Standing> {
			Self::standing(&miner, class).map(|standing| Standing {
				owner: standing.owner,
				worker: standing.worker,
				bond: standing.bond,
				free: standing.free,
				reputation: standing.reputation,
			})
		}

		/// What a delegator has with a miner; also what of the miner's own is leaving.
		pub fn delegation(miner: AccountId, delegator: AccountId) -> DelegationStatus {
			Self::delegation_status(&miner, &delegator)
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
		/// Fails if the account is a miner already, the collateral is below the minimum or more than the
		/// account can hold, or the key is taken, the miner's own, all zero, or gave no consent.
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
			Self::do_register(ensure_signed(origin)?, collateral, worker, &consent)
		}

		/// Adds to its own collateral.
		///
		/// Origin: signed by the miner, which must not be leaving. Fails if the amount is zero or more than
		/// the account can hold. Emits `CollateralAdded`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::bond_extra())]
		pub fn bond_extra(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			Self::do_bond_extra(ensure_signed(origin)?, amount)
		}

		/// Takes no more leases; starts the unbonding time. Cannot be undone.
		///
		/// Origin: signed by the miner. Open leases go on and can still be slashed. Fails if it is leaving
		/// already. Emits `MinerLeaving`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			Self::do_leave(ensure_signed(origin)?)
		}

		/// Takes all of its own back, what is unbonding included, and is a miner no more.
		///
		/// Origin: signed by the miner. Fails before the unbonding time of [`Self::leave`] is over, while a
		/// lease is open, and while others' coins are still here (see [`Self::return_delegation`]). Emits
		/// `MinerWithdrawn`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>) -> DispatchResult {
			Self::do_withdraw(ensure_signed(origin)?)
		}

		/// Takes part of its own collateral out, after the unbonding time.
		///
		/// Origin: signed by the miner, which must not be leaving. Fails if the amount is zero or more than
		/// its own, if leases need it, or the delegations that only its own lets back them, if what is left
		/// is neither nothing nor the minimum, or if too many parts are leaving already. Emits `CollateralUnbonding`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::unbond())]
		pub fn unbond(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			Self::do_unbond(ensure_signed(origin)?, amount)
		}

		/// Pays out what left `miner` long enough ago.
		///
		/// Origin: signed by who staked it: the miner itself or a delegator. Fails if nothing is due, or if
		/// the account cannot take it (without coins it can take no less than the existential deposit).
		/// Emits `UnbondedWithdrawn`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::withdraw_unbonded())]
		pub fn withdraw_unbonded(origin: OriginFor<T>, miner: AccountId) -> DispatchResult {
			Self::do_withdraw_unbonded(ensure_signed(origin)?, miner)
		}

		/// Lets another key sign for leases from now on. The present one goes on for those it has.
		///
		/// Origin: signed by the miner; a lost or stolen key is replaced by the account with the money.
		/// Fails if the key is taken (also if it is the present one), the miner's own, all zero, or gave no
		/// consent. Emits `WorkerRotated`, and `WorkerReleased` if the present key has no leases.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::rotate_worker())]
		pub fn rotate_worker(
			origin: OriginFor<T>,
			worker: WorkerKey,
			consent: WorkerSignature,
		) -> DispatchResult {
			Self::do_rotate_worker(ensure_signed(origin)?, worker, &consent)
		}

		/// Takes no leases for now. Open ones go on.
		///
		/// Origin: signed by the miner, which must be active. Emits `MinerChilled`.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::chill())]
		pub fn chill(origin: OriginFor<T>) -> DispatchResult {
			Self::do_chill(ensure_signed(origin)?)
		}

		/// Takes leases again.
		///
		/// Origin: signed by the miner, which must be chilled. Emits `MinerResumed`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::resume())]
		pub fn resume(origin: OriginFor<T>) -> DispatchResult {
			Self::do_resume(ensure_signed(origin)?)
		}

		/// Sets what the miner keeps of its delegators' rewards: less at once, more after the unbonding
		/// time, so that they can go first. Replaces a raise announced earlier.
		///
		/// Origin: signed by the miner. Emits `CommissionChanged`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_commission())]
		pub fn set_commission(origin: OriginFor<T>, commission: Permill) -> DispatchResult {
			Self::do_set_commission(ensure_signed(origin)?, commission)
		}

		/// Sets whether the miner's own pay is added to its collateral at once.
		///
		/// Origin: signed by the miner. Emits `CompoundingChanged`.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::set_compounding())]
		pub fn set_compounding(origin: OriginFor<T>, compounding: bool) -> DispatchResult {
			Self::do_set_compounding(ensure_signed(origin)?, compounding)
		}

		/// Stakes coins on a miner, if they buy at least `min_shares` (0: however many): the price at
		/// inclusion may be another than the one that was seen.
		///
		/// Origin: signed by the delegator, whose account keeps the existential deposit. Fails for the
		/// miner itself, if the miner is leaving, if the amount is below the minimum, if it buys fewer
		/// shares than asked, or shares so dear that rounding would take more than a millionth of it (and
		/// more than a planck), if more would be delegated than the miner's own collateral allows, or if
		/// the miner's account cannot take it. Emits `Delegated`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::delegate())]
		pub fn delegate(
			origin: OriginFor<T>,
			miner: AccountId,
			amount: Balance,
			min_shares: Balance,
		) -> DispatchResult {
			Self::do_delegate(ensure_signed(origin)?, miner, amount, min_shares)
		}

		/// Takes shares back; they are paid out after the unbonding time.
		///
		/// Origin: signed by the delegator. Fails if the shares are none or more than it has, if leases
		/// need the bond, if what is left is less than the minimum but not nothing, or if too many parts
		/// are leaving already. Emits `Undelegated`.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::undelegate())]
		pub fn undelegate(
			origin: OriginFor<T>,
			miner: AccountId,
			shares: Balance,
		) -> DispatchResult {
			Self::do_undelegate(ensure_signed(origin)?, miner, shares)
		}

		/// Returns all that a delegator has with a miner whose leaving is over.
		///
		/// Origin: signed by anybody, so that a miner can withdraw although a delegator sleeps. Fails
		/// before the unbonding time of the miner is over, while a lease is open, or if there is nothing.
		/// Emits `DelegationReturned`.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::return_delegation())]
		pub fn return_delegation(
			origin: OriginFor<T>,
			miner: AccountId,
			delegator: AccountId,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_return_delegation(miner, delegator)
		}

		/// Asks to belong to `owner`; replaces an earlier request.
		///
		/// Origin: signed by the miner. Fails for the miner itself. Emits `OwnerRequested`.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::request_owner())]
		pub fn request_owner(origin: OriginFor<T>, owner: AccountId) -> DispatchResult {
			Self::do_request_owner(ensure_signed(origin)?, owner)
		}

		/// Agrees that a miner belongs to the caller.
		///
		/// Origin: signed by the owner that the miner asked. Fails while the miner has a lease: it would
		/// hold it under one owner and take the next under another. Emits `OwnerJoined`.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::accept_miner())]
		pub fn accept_miner(origin: OriginFor<T>, miner: AccountId) -> DispatchResult {
			Self::do_accept_miner(ensure_signed(origin)?, miner)
		}

		/// Belongs to itself again, and drops a request.
		///
		/// Origin: signed by the miner, which must have no lease. Fails if there is nothing to leave. Emits
		/// `OwnerLeft`.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::leave_owner())]
		pub fn leave_owner(origin: OriginFor<T>) -> DispatchResult {
			Self::do_leave_owner(ensure_signed(origin)?)
		}
	}
}

impl<T: Config> From<ShareError> for Error<T> {
	fn from(error: ShareError) -> Self {
		match error {
			ShareError::Worthless => Self::PoolWorthless,
			ShareError::NoShare | ShareError::TooDear => Self::SharePriceTooHigh,
			ShareError::Overflow => Self::AmountInvalid,
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The present block.
	fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// First block in which what begins to leave now may go.
	fn unbonding_end() -> BlockNumber {
		let blocks = T::UnbondingBlocks::get().max(T::MinUnbondingBlocks::get());
		Self::now().saturating_add(blocks)
	}

	/// Hash of block zero, which names the chain.
	fn genesis_hash() -> Hash {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::from(0u32))
	}

	/// The record of a miner.
	fn miner(miner: &AccountId) -> Result<MinerInfo, Error<T>> {
		Miners::<T>::get(miner).ok_or(Error::NotRegistered)
	}

	/// Changes the record of a miner, unless the change fails.
	fn update<R>(
		miner: &AccountId,
		change: impl FnOnce(&mut MinerInfo) -> Result<R, DispatchError>,
	) -> Result<R, DispatchError> {
		let mut info = Self::miner(miner)?;
		let result = change(&mut info)?;
		Miners::<T>::insert(miner, info);
		Ok(result)
	}

	/// What must not happen while the invariants hold.
	fn inconsistent(what: &'static str) -> Error<T> {
		frame_support::defensive!(what);
		Error::Inconsistent
	}
}
