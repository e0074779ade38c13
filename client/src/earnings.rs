//! What was paid and issued: in all, and to one miner.

use crate::{chain::View, errors::ChainError, schema};
use aitbc_primitives::{AccountId, Balance, BlockNumber, Split};
use codec::Decode;

/// Number of an era, from genesis.
pub type EraIndex = u32;

/// Sums over payments, planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct WorkSums {
	/// Replicas paid for.
	pub replicas: u64,
	/// Units they were worth.
	pub units: u128,
	/// What clients paid for them.
	pub gross: Balance,
	/// What of it arrived at the miner.
	pub miner: Balance,
	/// What of it arrived at its delegators.
	pub delegators: Balance,
	/// The fee of work whose answer other replicas gave too, less the validators' part.
	pub verified_fee: Balance,
}

/// Everything paid since genesis, as `Payouts.Totals` stores it; planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct PaymentTotals {
	/// Replicas paid for.
	pub replicas: u64,
	/// Units they were worth.
	pub units: u128,
	/// What clients paid for them.
	pub gross: Balance,
	/// Where that money went.
	pub split: Split,
	/// See [`WorkSums::verified_fee`].
	pub verified_fee: Balance,
	/// What was issued on top and arrived.
	pub emission: Balance,
}

/// What a miner earned in eras that are closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct ClosedEras {
	/// Its work and what clients paid for it.
	pub work: WorkSums,
	/// What was issued for it and arrived, at the miner and its delegators together, planck.
	pub emission: Balance,
}

/// A miner's work in an era that is not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct OpenEra {
	/// Which.
	pub era: EraIndex,
	/// First block after it; emission is paid from there on.
	pub ends_at: BlockNumber,
	/// What the miner did in it so far.
	pub work: WorkSums,
	/// What would be issued if the era were paid now, planck. Of the era that runs it is a guess.
	pub expected_emission: Balance,
}

/// What a miner earned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Earnings {
	/// In eras that are closed.
	pub closed: ClosedEras,
	/// In the others in which it worked, oldest first.
	pub open: Vec<OpenEra>,
}

impl Earnings {
	/// All its work since genesis. Sums that do not fit stay at the greatest number, as on chain.
	pub fn work(&self) -> WorkSums {
		self.open.iter().map(|open| open.work).fold(self.closed.work, |sum, work| WorkSums {
			replicas: sum.replicas.saturating_add(work.replicas),
			units: sum.units.saturating_add(work.units),
			gross: sum.gross.saturating_add(work.gross),
			miner: sum.miner.saturating_add(work.miner),
			delegators: sum.delegators.saturating_add(work.delegators),
			verified_fee: sum.verified_fee.saturating_add(work.verified_fee),
		})
	}

	/// What may be issued for the eras that are not closed, planck.
	pub fn expected_emission(&self) -> Balance {
		self.open.iter().fold(0, |sum, open| sum.saturating_add(open.expected_emission))
	}
}

impl View {
	/// Everything paid since genesis.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn payment_totals(&self) -> Result<PaymentTotals, ChainError> {
		let found = self.get(schema::payment_totals(), ()).await?;
		Ok(found.map(|totals| totals.0).unwrap_or_default())
	}

	/// What a miner earned since genesis.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn earnings(&self, miner: &AccountId) -> Result<Earnings, ChainError> {
		self.ask("Payouts", "earnings", &(miner,)).await
	}

	/// The account from which each block pays its author, and what lies in it for that, planck.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn pot(&self) -> Result<(AccountId, Balance), ChainError> {
		self.ask("Payouts", "pot", &()).await
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn earnings_should_add_open_eras_to_the_closed_ones() {
		let work = |units| WorkSums { replicas: 1, units, gross: 10, ..WorkSums::default() };
		let open =
			|era, expected_emission| OpenEra { era, ends_at: 0, work: work(2), expected_emission };
		let closed = ClosedEras { work: work(u128::MAX - 3), emission: 5 };
		let earnings = Earnings { closed, open: vec![open(1, 3), open(2, 4)] };
		let sum = earnings.work();
		assert_eq!((sum.replicas, sum.units, sum.gross), (3, u128::MAX, 30));
		assert_eq!(earnings.expected_emission(), 7);
	}
}
