//! What the steps of the hooks cost, measured on the runtime. Settling has no benchmark of its own: it is
//! measured where it happens, in the calls of receipts and jobs (`specs/adr/0008`).

use crate::*;
use aitbc_primitives::{AIT, benchmarking::BenchmarkWorld};
use frame_benchmarking::{BenchmarkError, account, v2::*};
use frame_support::traits::fungible::Inspect as _;

/// An era in which one miner did verified work.
const WORK: WorkSums = WorkSums {
	replicas: 1,
	units: 1,
	gross: 40 * AIT,
	miner: 39 * AIT,
	delegators: 0,
	verified_fee: AIT,
};

/// Its record, with terms under which the whole fee is issued.
fn record() -> EraRecord {
	let ended = RunningEra { era: 0, miners: 1, work: WORK };
	let terms = EmissionTerms { per_era: AIT, share: Permill::one(), bond_share: Perbill::one() };
	EraRecord::new(&ended, terms)
}

/// Goes to the first block of era `era`, without running a hook.
fn go_to_era<T: Config>(era: EraIndex) {
	let block = era.saturating_mul(T::EraBlocks::get());
	frame_system::Pallet::<T>::set_block_number(block.into());
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The part founds the author's account: the dearest case.
	#[benchmark]
	fn pay_author() {
		let divisor = Balance::from(T::PotDivisor::get());
		T::BenchmarkWorld::endow(
			&Pallet::<T>::pot_account(),
			divisor.saturating_add(1).saturating_mul(AIT),
		);
		let author: AccountId = account("author", 0, 0);

		#[block]
		{
			// No digest names an author here; that it is looked up is measured all the same.
			let _none = T::BlockAuthor::get();
			Pallet::<T>::give_part(&author);
		}

		assert!(T::Currency::balance(&author) >= AIT);
	}

	#[benchmark]
	fn end_era() {
		Running::<T>::put(RunningEra { era: 0, miners: 1, work: WORK });
		go_to_era::<T>(1);

		#[block]
		{
			Pallet::<T>::turn_era();
		}

		assert_eq!(EraTotals::<T>::get(0).map(|record| record.work), Some(WORK));
	}

	/// Nothing is due.
	#[benchmark]
	fn poll() {
		go_to_era::<T>(1);
		NextEraToPay::<T>::put(1);
		Running::<T>::put(RunningEra { era: 1, ..RunningEra::default() });

		#[block]
		{
			Pallet::<T>::pay_eras(&mut WeightMeter::new());
		}

		assert_eq!(NextEraToPay::<T>::get(), 1);
	}

	/// The last miner is paid already.
	#[benchmark]
	fn close_era() {
		go_to_era::<T>(1);
		NextEraToPay::<T>::put(0);
		Running::<T>::put(RunningEra { era: 1, ..RunningEra::default() });
		let record = EraRecord { paid_miners: 1, paid: WORK, ..record() };
		EraTotals::<T>::insert(0, record);

		#[block]
		{
			Pallet::<T>::pay_eras(&mut WeightMeter::new());
		}

		assert_eq!(NextEraToPay::<T>::get(), 1);
		assert!(!EraTotals::<T>::contains_key(0));
	}

	#[benchmark]
	fn pay_miner() -> Result<(), BenchmarkError> {
		let miner = T::BenchmarkWorld::miner(0);
		EraWork::<T>::insert(0, &miner, WORK);
		let mut record = record();

		#[block]
		{
			if let Some((miner, work)) = EraWork::<T>::iter_prefix(0).next() {
				Pallet::<T>::pay_miner(0, &mut record, &miner, &work);
			}
		}

		if Totals::<T>::get().emission == 0 || Earnings::<T>::get(&miner).work != WORK {
			return Err(BenchmarkError::Stop("nothing was issued"));
		}
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::externalities(), crate::mock::Test);
}
