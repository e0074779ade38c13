//! What the view functions answer. They are not metered: off chain only.

use crate::*;

impl<T: Config> Pallet<T> {
	/// An era that is not closed; of the one that runs, with the present terms.
	pub(crate) fn era_record(era: EraIndex) -> Option<EraRecord> {
		let running = Running::<T>::get();
		if running.era == era {
			return Some(EraRecord::new(&running, Self::present_terms()));
		}
		EraTotals::<T>::get(era)
	}

	/// What a miner earned.
	pub(crate) fn earnings_report(miner: &AccountId) -> EarningsReport {
		let bond = T::Rewards::bond(miner);
		let open = (NextEraToPay::<T>::get()..=Running::<T>::get().era).filter_map(|era| {
			let work = EraWork::<T>::try_get(era, miner).ok()?;
			let expected_emission = Self::era_record(era)?.emission_of(&work, bond);
			let ends_at = era.saturating_add(1).saturating_mul(T::EraBlocks::get());
			Some(OpenEra { era, ends_at, work, expected_emission })
		});
		EarningsReport { closed: Earnings::<T>::get(miner), open: open.collect() }
	}
}
