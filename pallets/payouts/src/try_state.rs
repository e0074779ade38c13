//! The invariants of `specs/protocol/payouts.md`, checked against storage.

use crate::*;
use alloc::collections::BTreeMap;
use sp_runtime::TryRuntimeError;

/// What the entries of [`EraWork`] say of an era.
#[derive(Default)]
struct Entries {
	miners: u32,
	work: WorkSums,
}

impl<T: Config> Pallet<T> {
	/// Checks every invariant.
	///
	/// # Errors
	/// The first that does not hold, by its id.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let totals = Totals::<T>::get();
		Self::check_totals(&totals)?;
		Self::check_eras()?;
		Self::check_sums(&totals)
	}

	/// INV-PAYOUTS-1 and INV-PAYOUTS-4 of the sums since genesis.
	fn check_totals(totals: &PaymentTotals) -> Result<(), TryRuntimeError> {
		let Split { miner, delegators, validators, treasury, burned } = totals.split;
		let sum = [miner, delegators, validators, treasury, burned]
			.into_iter()
			.fold(0, Balance::saturating_add);
		ensure!(sum == totals.gross, "INV-PAYOUTS-1: the parts do not add up to what clients paid");
		ensure!(
			totals.emission <= totals.verified_fee,
			"INV-PAYOUTS-4: more was issued than verified work paid in fees"
		);
		Ok(())
	}

	/// INV-PAYOUTS-3, and INV-PAYOUTS-4 of each era.
	fn check_eras() -> Result<(), TryRuntimeError> {
		let mut entries: BTreeMap<EraIndex, Entries> = BTreeMap::new();
		for (era, _, work) in EraWork::<T>::iter() {
			ensure!(!work.is_empty(), "INV-PAYOUTS-3: an entry without work");
			let entry = entries.entry(era).or_default();
			entry.miners = entry.miners.saturating_add(1);
			entry.work.add(&work);
		}
		let next = NextEraToPay::<T>::get();
		let running = Running::<T>::get();
		let found = entries.remove(&running.era).unwrap_or_default();
		ensure!(
			(found.miners, found.work) == (running.miners, running.work),
			"INV-PAYOUTS-3: the entries of the running era are not its sums"
		);
		ensure!(
			running.miners == 0 || running.era >= next,
			"INV-PAYOUTS-3: the running era is closed"
		);
		for (era, record) in EraTotals::<T>::iter() {
			ensure!(
				era >= next && era < running.era,
				"INV-PAYOUTS-3: a record of an era that is closed or not over"
			);
			let mut found = entries.remove(&era).unwrap_or_default();
			found.miners = found.miners.saturating_add(record.paid_miners);
			found.work.add(&record.paid);
			ensure!(
				(found.miners, found.work) == (record.miners, record.work),
				"INV-PAYOUTS-3: what is paid and what is not do not add up to the era"
			);
			ensure!(
				record.emission <= record.budget().min(record.paid.verified_fee),
				"INV-PAYOUTS-4: more was issued for an era than its budget or its fees"
			);
		}
		ensure!(entries.is_empty(), "INV-PAYOUTS-3: work of an era that is closed or not begun");
		Ok(())
	}

	/// INV-PAYOUTS-2: closed and open eras together are the sums since genesis.
	fn check_sums(totals: &PaymentTotals) -> Result<(), TryRuntimeError> {
		let (mut sum, mut emission) = (WorkSums::default(), 0);
		for earnings in Earnings::<T>::iter_values() {
			sum.add(&earnings.work);
			emission = Balance::saturating_add(emission, earnings.emission);
		}
		for work in EraWork::<T>::iter_values() {
			sum.add(&work);
		}
		let expected = WorkSums {
			replicas: totals.replicas,
			units: totals.units,
			gross: totals.gross,
			miner: totals.split.miner,
			delegators: totals.split.delegators,
			verified_fee: totals.verified_fee,
		};
		ensure!(
			sum == expected && emission == totals.emission,
			"INV-PAYOUTS-2: what miners earned does not add up to the totals"
		);
		Ok(())
	}
}
