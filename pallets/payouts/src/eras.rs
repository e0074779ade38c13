//! Eras, and the emission that is paid after each.
//!
//! The steps ask the meter first and go on in the next block: nothing is lost while it allows nothing, eras
//! queue up. A miner's entry is removed in the step that pays it, before anything else, so that nobody is
//! paid twice; a payment that does not arrive is burnt, said in the event, and does not hold up the queue.

use crate::*;
use aitbc_primitives::RewardSplit;
use frame_support::traits::{Imbalance as _, fungible::Balanced as _};

impl<T: Config> Pallet<T> {
	/// The present era.
	pub(crate) fn current_era() -> EraIndex {
		// `integrity_test` refuses eras without blocks; were there any, era zero would just never end.
		Self::now().checked_div(T::EraBlocks::get()).unwrap_or_default()
	}

	/// How the emission of an era that ends now is reckoned.
	pub(crate) fn present_terms() -> EmissionTerms {
		EmissionTerms {
			per_era: T::EmissionPerEra::get(),
			share: T::EmissionShare::get(),
			bond_share: T::EmissionBondShare::get(),
		}
	}

	/// Begins the present era if it has not begun: files the sums of the one before, with the terms that
	/// hold for it from now on. Returns whether there was anything to file. An era never runs backwards,
	/// so that no work enters one that is closed.
	pub(crate) fn turn_era() -> bool {
		let era = Self::current_era();
		let ended = Running::<T>::get();
		if ended.era >= era {
			return false;
		}
		Running::<T>::put(RunningEra { era, ..RunningEra::default() });
		if ended.miners == 0 {
			return false;
		}
		let record = EraRecord::new(&ended, Self::present_terms());
		EraTotals::<T>::insert(ended.era, record);
		Self::deposit_event(Event::EraEnded {
			era: ended.era,
			miners: record.miners,
			verified_fee: record.work.verified_fee,
			budget: record.budget(),
		});
		true
	}

	/// Pays the eras that are over, oldest first, as far as the meter allows.
	pub(crate) fn pay_eras(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::poll()).is_err() {
			return;
		}
		Self::turn_era();
		let present = Self::current_era();
		let first = NextEraToPay::<T>::get();
		let mut era = first;
		while era < present
			&& meter.try_consume(T::WeightInfo::close_era()).is_ok()
			&& Self::pay_era(era, meter)
		{
			era = era.saturating_add(1);
		}
		if era > first {
			NextEraToPay::<T>::put(era);
		}
	}

	/// Pays the miners of an era as far as the meter allows. Returns whether the era is closed.
	fn pay_era(era: EraIndex, meter: &mut WeightMeter) -> bool {
		let Some(mut record) = EraTotals::<T>::get(era) else {
			// Nobody worked in it.
			return true;
		};
		let paid_before = record.paid_miners;
		// One iterator for all steps of the block: a new one would have to walk past every entry removed
		// before. Only what it has passed is removed.
		let mut entries = EraWork::<T>::iter_prefix(era);
		while meter.can_consume(T::WeightInfo::pay_miner()) {
			let Some((miner, work)) = entries.next() else {
				Self::close_era(era, &record);
				return true;
			};
			meter.consume(T::WeightInfo::pay_miner());
			Self::pay_miner(era, &mut record, &miner, &work);
		}
		if record.paid_miners > paid_before {
			EraTotals::<T>::insert(era, record);
		}
		false
	}

	/// Settles the work of one miner in one era for good.
	pub(crate) fn pay_miner(
		era: EraIndex,
		record: &mut EraRecord,
		miner: &AccountId,
		work: &WorkSums,
	) {
		EraWork::<T>::remove(era, miner);
		let planned = record.emission_of(work, T::Rewards::bond(miner));
		// Nothing is issued beyond what issuance can count: the credit may be smaller than planned.
		let issued = if planned > 0 { T::Currency::issue(planned) } else { CreditOf::<T>::zero() };
		let amount = issued.peek();
		let RewardSplit { miner: own, delegators, burned } = Self::reward(miner, issued);
		let arrived = own.saturating_add(delegators);

		record.paid_miners = record.paid_miners.saturating_add(1);
		record.paid.add(work);
		record.emission = record.emission.saturating_add(arrived);
		Totals::<T>::mutate(|totals| totals.emission = totals.emission.saturating_add(arrived));
		Earnings::<T>::mutate(miner, |earnings| {
			earnings.work.add(work);
			earnings.emission = earnings.emission.saturating_add(arrived);
		});
		let miner = miner.clone();
		Self::deposit_event(Event::EmissionPaid { era, miner, amount, delegators, burned });
	}

	/// Drops the record of an era whose last entry is gone.
	fn close_era(era: EraIndex, record: &EraRecord) {
		if record.paid_miners != record.miners {
			log::error!(
				target: LOG,
				"era {era} had {} miners, and {} could be read and paid",
				record.miners,
				record.paid_miners
			);
		}
		EraTotals::<T>::remove(era);
		Self::deposit_event(Event::EraPaid {
			era,
			miners: record.paid_miners,
			emission: record.emission,
		});
	}
}
