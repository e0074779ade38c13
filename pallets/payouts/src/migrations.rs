//! From the storage of version 100 to that of version 101 (`specs/adr/0009`).

use crate::*;
use alloc::vec::Vec;
use codec::DecodeAll;
use core::marker::PhantomData;
use frame_support::{
	migrations::VersionedMigration, storage::unhashed, traits::UncheckedOnRuntimeUpgrade,
};

/// Sums gain the delegators' part and the emission, of which there was none. The payments of single
/// replicas are dropped: the job's record and the event tell of them. The pot gets its account.
pub type MigrateToV1<T> =
	VersionedMigration<0, 1, UncheckedToV1<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// What was stored.
#[allow(missing_docs, reason = "of what the macro for storage aliases makes")]
pub mod v0 {
	use super::*;

	/// A payment's parts, before there were delegators.
	#[derive(
		Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo,
	)]
	pub struct Split {
		/// To the miner.
		pub miner: Balance,
		/// To the author of the settling block.
		pub validators: Balance,
		/// To the treasury.
		pub treasury: Balance,
		/// To nobody.
		pub burned: Balance,
	}

	/// Everything paid since genesis.
	#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
	pub struct PaymentTotals {
		/// Replicas paid for.
		pub replicas: u64,
		/// Units they were worth.
		pub units: u64,
		/// Where the money went.
		pub split: Split,
	}

	/// What one miner earned since genesis.
	#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
	pub struct MinerEarnings {
		/// Replicas it was paid for.
		pub replicas: u64,
		/// Units they were worth.
		pub units: u64,
		/// What clients paid for them.
		pub gross: Balance,
		/// What arrived.
		pub net: Balance,
	}

	/// One payment.
	#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
	pub struct Payment {
		/// Who was paid.
		pub miner: AccountId,
		/// For how many units.
		pub units: u64,
		/// Where the money went.
		pub split: Split,
	}

	/// The payments of jobs that were on record.
	#[frame_support::storage_alias]
	pub type Payments<T: Config> =
		StorageDoubleMap<Pallet<T>, Twox64Concat, JobId, Twox64Concat, ReplicaIndex, Payment>;

	impl From<PaymentTotals> for crate::PaymentTotals {
		fn from(old: PaymentTotals) -> Self {
			let Split { miner, validators, treasury, burned } = old.split;
			let fee = validators.saturating_add(treasury).saturating_add(burned);
			Self {
				replicas: old.replicas,
				units: old.units.into(),
				gross: miner.saturating_add(fee),
				split: aitbc_primitives::Split {
					miner,
					delegators: 0,
					validators,
					treasury,
					burned,
				},
				verified_fee: 0,
				emission: 0,
			}
		}
	}

	impl From<MinerEarnings> for crate::MinerEarnings {
		fn from(old: MinerEarnings) -> Self {
			let work = WorkSums {
				replicas: old.replicas,
				units: old.units.into(),
				gross: old.gross,
				miner: old.net,
				delegators: 0,
				verified_fee: 0,
			};
			Self { work, emission: 0 }
		}
	}
}

/// A stored value by its raw key, as old; `None` where it does not decode.
type Stored<V> = (Vec<u8>, Option<V>);

/// The translation, without the look at the storage version.
pub struct UncheckedToV1<T>(PhantomData<T>);

impl<T: Config> UncheckedToV1<T> {
	fn read<V: Decode>(key: Vec<u8>) -> Stored<V> {
		let value = unhashed::get_raw(&key);
		(key, value.and_then(|value| V::decode_all(&mut value.as_slice()).ok()))
	}

	/// The sums since genesis, if anything was ever paid.
	fn stored_totals() -> Option<Stored<v0::PaymentTotals>> {
		Totals::<T>::exists().then(|| Self::read(Totals::<T>::hashed_key().to_vec()))
	}

	/// The sums of every miner.
	fn stored_earnings() -> impl Iterator<Item = Stored<v0::MinerEarnings>> {
		Earnings::<T>::iter_keys().map(|miner| Self::read(Earnings::<T>::hashed_key_for(miner)))
	}

	/// Writes the new form of an old value. Returns whether there was one.
	fn translate<Old, New: From<Old> + Encode>((key, old): Stored<Old>, what: &str) -> bool {
		let Some(old) = old else {
			log::error!(target: LOG, "{what} does not decode and is left as it is: {key:?}");
			return false;
		};
		unhashed::put(&key, &New::from(old));
		true
	}

	/// Drops every payment. Returns how many there were.
	fn clear_payments() -> u64 {
		let entries = v0::Payments::<T>::iter_keys().fold(0u32, |count, _| count.saturating_add(1));
		// All of them: the bound is there so that what remains, if anything does, is seen.
		let cleared = v0::Payments::<T>::clear(entries, None);
		if cleared.maybe_cursor.is_some() {
			log::error!(target: LOG, "not all of {entries} payments could be dropped");
		}
		log::info!(target: LOG, "{entries} payments dropped");
		entries.into()
	}
}

impl<T: Config> UncheckedOnRuntimeUpgrade for UncheckedToV1<T> {
	fn on_runtime_upgrade() -> Weight {
		if let Some(stored) = Self::stored_totals() {
			Self::translate::<_, PaymentTotals>(stored, "the sum of all payments");
		}
		let (mut seen, mut translated) = (0u64, 0u64);
		for stored in Self::stored_earnings() {
			seen = seen.saturating_add(1);
			if Self::translate::<_, MinerEarnings>(stored, "a miner's earnings") {
				translated = translated.saturating_add(1);
			}
		}
		log::info!(target: LOG, "earnings of {translated} of {seen} miners translated");
		let payments = Self::clear_payments();

		// The upgrade runs before the block's number is known: this is the era of the block before. No era
		// has work yet, so an early one does no harm; from genesis on it would be a long walk.
		let era = Pallet::<T>::current_era();
		NextEraToPay::<T>::put(era);
		Running::<T>::put(RunningEra { era, ..RunningEra::default() });
		if !Pallet::<T>::found_pot() {
			log::warn!(
				target: LOG,
				"the treasury cannot found the pot: the first part that is large enough will, smaller ones are burnt"
			);
		}
		// Of each entry the key is found, then its value read. The last terms: totals, eras, two accounts.
		let reads = seen.saturating_mul(2).saturating_add(payments).saturating_add(6);
		T::DbWeight::get()
			.reads_writes(reads, translated.saturating_add(payments).saturating_add(5))
	}

	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<Vec<u8>, sp_runtime::TryRuntimeError> {
		Ok(Self::note_before().encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(state: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		let before = Before::decode_all(&mut state.as_slice())
			.map_err(|_| "what was noted of the payments does not decode")?;
		Self::check_after(before)
	}
}

/// What [`UncheckedToV1::check_after`] compares with.
#[cfg(any(feature = "try-runtime", test))]
#[derive(Encode, Decode)]
pub(crate) struct Before {
	totals: Option<Stored<v0::PaymentTotals>>,
	earnings: Vec<Stored<v0::MinerEarnings>>,
	issuance: Balance,
}

#[cfg(any(feature = "try-runtime", test))]
impl<T: Config> UncheckedToV1<T> {
	/// Notes what is to be translated.
	pub(crate) fn note_before() -> Before {
		use frame_support::traits::fungible::Inspect as _;
		Before {
			totals: Self::stored_totals(),
			earnings: Self::stored_earnings().collect(),
			issuance: T::Currency::total_issuance(),
		}
	}

	/// Checks that everything that could be read was translated and nothing else changed.
	pub(crate) fn check_after(before: Before) -> Result<(), sp_runtime::TryRuntimeError> {
		use frame_support::traits::fungible::Inspect as _;
		if let Some((_, Some(old))) = before.totals {
			ensure!(Totals::<T>::get() == old.into(), "the totals were not translated");
		}
		let after = Earnings::<T>::iter_keys().count();
		ensure!(after == before.earnings.len(), "earnings came or went");
		for (key, old) in before.earnings {
			// What did not decode is left to whoever reads the log.
			let Some(old) = old else { continue };
			ensure!(
				unhashed::get::<MinerEarnings>(&key) == Some(old.into()),
				"a miner's earnings were not translated"
			);
		}
		ensure!(v0::Payments::<T>::iter_keys().next().is_none(), "payments are left");
		ensure!(NextEraToPay::<T>::get() == Pallet::<T>::current_era(), "eras begin elsewhere");
		ensure!(T::Currency::total_issuance() == before.issuance, "coins came or went");
		Ok(())
	}
}
