//! One benchmark per call, each on its dearest path. Leases are made and ended by the pallets above, whose
//! benchmarks measure this one with them (`specs/adr/0008`).

#![allow(clippy::arithmetic_side_effects, reason = "sums of a benchmark that are known to fit")]

use crate::*;
use aitbc_primitives::{AIT, benchmarking::BenchmarkWorld};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;

/// The account that registers, or delegates. (The world's own accounts are its business.)
const ACTOR: AccountId = AccountId::new([0xac; 32]);

fn signed(who: &AccountId) -> RawOrigin<AccountId> {
	RawOrigin::Signed(who.clone())
}

/// The consent of the world's worker number `index`.
fn consent<T: Config>(index: u32, miner: &AccountId) -> (WorkerKey, WorkerSignature) {
	let worker = T::BenchmarkWorld::worker(index);
	let payload = worker_consent(Pallet::<T>::genesis_hash(), miner);
	(worker, T::BenchmarkWorld::sign(&worker, &payload))
}

/// What the parameters ask for, and some more.
fn ample<T: Config>() -> Balance {
	T::MinCollateral::get().saturating_add(T::MinDelegation::get()).saturating_mul(10) + 1_000 * AIT
}

/// A miner with coins to add, and enough of its own to take delegations.
fn miner<T: Config>() -> Result<AccountId, BenchmarkError> {
	let miner = T::BenchmarkWorld::miner(0);
	T::BenchmarkWorld::endow(&miner, 4 * ample::<T>());
	Pallet::<T>::bond_extra(signed(&miner).into(), 2 * ample::<T>())?;
	Ok(miner)
}

fn to_block<T: Config>(block: BlockNumber) {
	frame_system::Pallet::<T>::set_block_number(block.into());
}

/// Lets `unbond` be called once in each of `count` blocks, so that there are as many chunks.
fn chunks<T: Config>(
	count: u32,
	mut unbond: impl FnMut() -> DispatchResult,
) -> Result<(), BenchmarkError> {
	for _ in 0..count {
		unbond()?;
		to_block::<T>(Pallet::<T>::now() + 1);
	}
	Ok(())
}

/// [`ACTOR`] with shares of the miner and `count` chunks. Returns the shares that are left.
fn delegator<T: Config>(miner: &AccountId, count: u32) -> Result<Balance, BenchmarkError> {
	T::BenchmarkWorld::endow(&ACTOR, 4 * ample::<T>());
	let amount = 2 * T::MinDelegation::get() + 1_000_000;
	Pallet::<T>::delegate(signed(&ACTOR).into(), miner.clone(), amount, 0)?;
	chunks::<T>(count, || Pallet::<T>::undelegate(signed(&ACTOR).into(), miner.clone(), 1))?;
	Ok(Delegations::<T>::get(miner, ACTOR))
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register() {
		T::BenchmarkWorld::endow(&ACTOR, 4 * ample::<T>());
		let collateral = ample::<T>();
		let (worker, consent) = consent::<T>(1, &ACTOR);

		#[extrinsic_call]
		_(signed(&ACTOR), collateral, worker, consent);

		assert!(Miners::<T>::contains_key(ACTOR));
	}

	#[benchmark]
	fn bond_extra() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;
		let own = Pallet::<T>::miner(&miner).map(|info| info.own).unwrap_or_default();

		#[extrinsic_call]
		_(signed(&miner), AIT);

		assert_eq!(Miners::<T>::get(miner).map(|info| info.own), Some(own + AIT));
		Ok(())
	}

	#[benchmark]
	fn leave() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;

		#[extrinsic_call]
		_(signed(&miner));

		assert!(Miners::<T>::get(miner).is_some_and(|info| info.is_leaving()));
		Ok(())
	}

	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;
		let most = T::MaxUnbondingChunks::get();
		chunks::<T>(most, || Pallet::<T>::unbond(signed(&miner).into(), 1))?;
		Pallet::<T>::leave(signed(&miner).into())?;
		to_block::<T>(Pallet::<T>::unbonding_end());
		// The others have gone before it.
		for delegator in Delegations::<T>::iter_key_prefix(&miner).collect::<Vec<_>>() {
			Pallet::<T>::return_delegation(signed(&miner).into(), miner.clone(), delegator)?;
		}

		#[extrinsic_call]
		_(signed(&miner));

		assert!(!Miners::<T>::contains_key(miner));
		Ok(())
	}

	#[benchmark]
	fn unbond() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;
		let most = T::MaxUnbondingChunks::get();
		chunks::<T>(most - 1, || Pallet::<T>::unbond(signed(&miner).into(), 1))?;

		#[extrinsic_call]
		_(signed(&miner), AIT);

		assert_eq!(Unbonding::<T>::get(&miner, &miner).len(), most as usize);
		Ok(())
	}

	#[benchmark]
	fn withdraw_unbonded() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;
		delegator::<T>(&miner, T::MaxUnbondingChunks::get())?;
		// All but the last: what is left is written back.
		to_block::<T>(Pallet::<T>::unbonding_end() - 2);

		#[extrinsic_call]
		_(signed(&ACTOR), miner.clone());

		assert_eq!(Unbonding::<T>::get(miner, ACTOR).len(), 1);
		Ok(())
	}

	#[benchmark]
	fn rotate_worker() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;
		let (worker, consent) = consent::<T>(1, &miner);

		#[extrinsic_call]
		_(signed(&miner), worker, consent);

		assert_eq!(Miners::<T>::get(miner).map(|info| info.worker), Some(worker));
		Ok(())
	}

	#[benchmark]
	fn chill() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;

		#[extrinsic_call]
		_(signed(&miner));

		assert_eq!(Miners::<T>::get(miner).map(|info| info.status), Some(MinerStatus::Chilled));
		Ok(())
	}

	#[benchmark]
	fn resume() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;
		Pallet::<T>::chill(signed(&miner).into())?;

		#[extrinsic_call]
		_(signed(&miner));

		assert_eq!(Miners::<T>::get(miner).map(|info| info.status), Some(MinerStatus::Active));
		Ok(())
	}

	#[benchmark]
	fn set_commission() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;

		#[extrinsic_call]
		_(signed(&miner), Permill::from_percent(10));

		assert!(Miners::<T>::get(miner).is_some_and(|info| info.commission.next.is_some()));
		Ok(())
	}

	#[benchmark]
	fn set_compounding() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;

		#[extrinsic_call]
		_(signed(&miner), true);

		assert!(Miners::<T>::get(miner).is_some_and(|info| info.compounding));
		Ok(())
	}

	#[benchmark]
	fn delegate() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;
		T::BenchmarkWorld::endow(&ACTOR, 4 * ample::<T>());
		let amount = T::MinDelegation::get() + 1;

		#[extrinsic_call]
		_(signed(&ACTOR), miner.clone(), amount, amount);

		assert!(Delegations::<T>::get(miner, ACTOR) > 0);
		Ok(())
	}

	#[benchmark]
	fn undelegate() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;
		let most = T::MaxUnbondingChunks::get();
		delegator::<T>(&miner, most - 1)?;

		#[extrinsic_call]
		_(signed(&ACTOR), miner.clone(), 1);

		assert_eq!(Unbonding::<T>::get(miner, ACTOR).len(), most as usize);
		Ok(())
	}

	#[benchmark]
	fn return_delegation() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;
		delegator::<T>(&miner, T::MaxUnbondingChunks::get())?;
		Pallet::<T>::leave(signed(&miner).into())?;
		to_block::<T>(Pallet::<T>::unbonding_end());

		#[extrinsic_call]
		_(signed(&miner), miner.clone(), ACTOR);

		assert_eq!(Delegations::<T>::get(miner, ACTOR), 0);
		Ok(())
	}

	#[benchmark]
	fn request_owner() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;

		#[extrinsic_call]
		_(signed(&miner), ACTOR);

		assert_eq!(Miners::<T>::get(miner).and_then(|info| info.requested_owner), Some(ACTOR));
		Ok(())
	}

	#[benchmark]
	fn accept_miner() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;
		Pallet::<T>::request_owner(signed(&miner).into(), ACTOR)?;

		#[extrinsic_call]
		_(signed(&ACTOR), miner.clone());

		assert_eq!(Miners::<T>::get(miner).and_then(|info| info.owner), Some(ACTOR));
		Ok(())
	}

	#[benchmark]
	fn leave_owner() -> Result<(), BenchmarkError> {
		let miner = miner::<T>()?;
		Pallet::<T>::request_owner(signed(&miner).into(), ACTOR)?;
		Pallet::<T>::accept_miner(signed(&ACTOR).into(), miner.clone())?;

		#[extrinsic_call]
		_(signed(&miner));

		assert_eq!(Miners::<T>::get(miner).and_then(|info| info.owner), None);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::externalities(), crate::mock::Test);
}
