//! How storage came to its present layout. Single block: `specs/adr/0009`.

use crate::*;
use alloc::vec::Vec;
use codec::DecodeAll;
use core::{fmt, marker::PhantomData};
use frame_support::{
	migrations::VersionedMigration, storage::unhashed, traits::UncheckedOnRuntimeUpgrade,
	weights::Weight,
};

const LOG: &str = "runtime::staking";

/// The layout of version 0: miners without delegators, one key each.
#[allow(missing_docs, reason = "what `storage_alias` expands to")]
pub mod v0 {
	use super::*;

	/// See [`crate::MinerStatus`].
	#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
	pub enum MinerStatus {
		/// Takes leases.
		#[codec(index = 0)]
		Active,
		/// Takes none.
		#[codec(index = 1)]
		Leaving {
			/// When it may withdraw.
			until: BlockNumber,
		},
	}

	/// See [`crate::MinerInfo`].
	#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
	pub struct MinerInfo {
		/// The key that signs its receipts.
		pub worker: WorkerKey,
		/// What is on hold, planck.
		pub collateral: Balance,
		/// The part of it that backs open leases, planck.
		pub locked: Balance,
		/// How many leases are open.
		pub open_leases: u32,
		/// Whether it takes leases.
		pub status: MinerStatus,
		/// How its leases ended.
		pub record: Record,
	}

	/// Which miner a key signs for.
	#[frame_support::storage_alias]
	pub type WorkerOf<T: Config> =
		StorageMap<Pallet<T>, Blake2_128Concat, WorkerKey, AccountId, OptionQuery>;
}

/// From version 0 to 1: room for delegations, owners, several keys, reputation. Nothing of it is there yet,
/// so every miner begins with none; its record goes on.
pub type MigrateToV1<T> =
	VersionedMigration<0, 1, UncheckedToV1<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// [`MigrateToV1`] without the look at the version.
pub struct UncheckedToV1<T>(PhantomData<T>);

/// A value of version 0 as it is stored; `None`, with an error in the log, if it is none.
fn read_v0<V: DecodeAll>(key: &[u8]) -> Option<V> {
	let bytes = unhashed::get_raw(key)?;
	V::decode_all(&mut bytes.as_slice())
		.inspect_err(|error| {
			log::error!(target: LOG, "not migrated, left as it is: {}: {error}", Hex(key));
		})
		.ok()
}

/// A storage key as a person looks for it in a state.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
	}
}

impl<T: Config> UncheckedToV1<T> {
	fn migrate_miner(miner: &AccountId) -> Option<()> {
		let key = Miners::<T>::hashed_key_for(miner);
		let v0::MinerInfo { worker, collateral, locked, open_leases, status, record } =
			read_v0(&key)?;
		let status = match status {
			v0::MinerStatus::Active => MinerStatus::Active,
			v0::MinerStatus::Leaving { until } => MinerStatus::Leaving { until },
		};
		let info =
			MinerInfo { locked, open_leases, status, record, ..MinerInfo::new(worker, collateral) };
		Miners::<T>::insert(miner, info);
		// The reference that its account got when it registered stays.
		v0::WorkerOf::<T>::remove(worker);
		let key = WorkerInfo { miner: miner.clone(), leases: open_leases, retired: false };
		Workers::<T>::insert(worker, key);
		Some(())
	}
}

impl<T: Config> UncheckedOnRuntimeUpgrade for UncheckedToV1<T> {
	fn on_runtime_upgrade() -> Weight {
		let miners: Vec<AccountId> = Miners::<T>::iter_keys().collect();
		let found: u64 = miners.len().saturated_into();
		let migrated = miners.iter().filter_map(Self::migrate_miner).count();
		log::info!(target: LOG, "{migrated} of {found} miners migrated");
		// Each: the key of the map and the value; the record, the old and the new worker.
		T::DbWeight::get()
			.reads_writes(found.saturating_mul(2), found.saturating_mul(3))
			.saturating_add(Weight::from_parts(found.saturating_mul(20_000_000), 0))
	}

	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<Vec<u8>, sp_runtime::TryRuntimeError> {
		let miners: Vec<(AccountId, Option<v0::MinerInfo>)> = Miners::<T>::iter_keys()
			.map(|miner| {
				let info = read_v0(&Miners::<T>::hashed_key_for(&miner));
				(miner, info)
			})
			.collect();
		Ok(miners.encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(state: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		let before: Vec<(AccountId, Option<v0::MinerInfo>)> =
			DecodeAll::decode_all(&mut state.as_slice())
				.map_err(|_| "not what pre_upgrade wrote")?;
		for (miner, old) in before {
			let Some(old) = old else { continue };
			let info = Miners::<T>::get(&miner).ok_or("a miner was lost")?;
			ensure!(
				info.own == old.collateral
					&& info.locked == old.locked
					&& info.open_leases == old.open_leases
					&& info.record == old.record,
				"a miner was changed"
			);
			let key = Workers::<T>::get(old.worker).ok_or("a worker key was lost")?;
			ensure!(key.miner == miner && key.leases == old.open_leases, "a key was changed");
			ensure!(!v0::WorkerOf::<T>::contains_key(old.worker), "a key was left behind");
		}
		Ok(())
	}
}
