//! The keys that sign for miners.

use crate::*;

impl<T: Config> Pallet<T> {
	/// Fails unless `worker` may begin to sign for `miner`.
	pub(crate) fn ensure_key_free(
		miner: &AccountId,
		worker: &WorkerKey,
		consent: &WorkerSignature,
	) -> Result<(), Error<T>> {
		ensure!(AccountId::from(*worker) != *miner, Error::<T>::WorkerKeyIsMiner);
		ensure!(!Workers::<T>::contains_key(worker), Error::<T>::WorkerKeyTaken);
		// The identity of the curve is a key under which anybody can sign.
		ensure!(*worker != WorkerKey::default(), Error::<T>::ConsentInvalid);
		let payload = worker_consent(Self::genesis_hash(), miner);
		ensure!(consent.verify(payload.as_slice(), worker), Error::<T>::ConsentInvalid);
		Ok(())
	}

	/// Makes a key sign for a miner, and its account able to send what it signs.
	pub(crate) fn bind_key(miner: &AccountId, worker: WorkerKey) {
		frame_system::Pallet::<T>::inc_sufficients(&worker.into());
		let info = WorkerInfo { miner: miner.clone(), leases: 0, retired: false };
		Workers::<T>::insert(worker, info);
	}

	/// Forgets a key that no lease names.
	pub(crate) fn release_key(worker: &WorkerKey) {
		Workers::<T>::remove(worker);
		frame_system::Pallet::<T>::dec_sufficients(&(*worker).into());
	}

	pub(crate) fn do_rotate_worker(
		miner: AccountId,
		worker: WorkerKey,
		consent: &WorkerSignature,
	) -> DispatchResult {
		let mut info = Self::miner(&miner)?;
		Self::ensure_key_free(&miner, &worker, consent)?;
		let retired = core::mem::replace(&mut info.worker, worker);
		let key = Workers::<T>::get(retired)
			.ok_or_else(|| Self::inconsistent("a miner's key is unknown"))?;

		Self::bind_key(&miner, worker);
		Miners::<T>::insert(&miner, info);
		Self::deposit_event(Event::WorkerRotated { miner: miner.clone(), retired, worker });
		if key.leases == 0 {
			Self::release_key(&retired);
			Self::deposit_event(Event::WorkerReleased { miner, worker: retired });
		} else {
			Workers::<T>::insert(retired, WorkerInfo { retired: true, ..key });
		}
		Ok(())
	}

	/// Notes that a lease of the key begins.
	pub(crate) fn count_lease(worker: &WorkerKey) -> DispatchResult {
		let mut key = Workers::<T>::get(worker)
			.ok_or_else(|| Self::inconsistent("a miner's key is unknown"))?;
		key.leases = key.leases.checked_add(1).ok_or(Error::<T>::NotEnoughFree)?;
		Workers::<T>::insert(worker, key);
		Ok(())
	}

	/// Notes that a lease of the key has ended; a retired key goes with its last one.
	pub(crate) fn uncount_lease(worker: &WorkerKey) {
		let Some(mut key) = Workers::<T>::get(worker) else {
			frame_support::defensive!("a lease of an unknown key ended");
			return;
		};
		key.leases = key.leases.saturating_sub(1);
		if key.retired && key.leases == 0 {
			Self::release_key(worker);
			Self::deposit_event(Event::WorkerReleased { miner: key.miner, worker: *worker });
		} else {
			Workers::<T>::insert(worker, key);
		}
	}
}
