//! The validators' pot: an account without a key, filled by settlements, emptied block by block.
//!
//! Balances removes an account that falls below the existential deposit, and refuses to found one with
//! less. The pot is therefore given its deposit at genesis (by the migration: from the treasury), and
//! only what lies above is paid out, so that it never falls below again. If it has none, parts
//! that are too small to found it cannot be delivered; they are counted as burnt.

use crate::*;
use frame_support::traits::{
	fungible::{Balanced as _, Inspect as _, Mutate as _},
	tokens::{Fortitude, Precision, Preservation},
};
use sp_runtime::traits::AccountIdConversion;

impl<T: Config> Pallet<T> {
	/// The pot's account.
	pub fn pot_account() -> AccountId {
		T::PotId::get().into_account_truncating()
	}

	/// What lies in the pot above its existential deposit, planck.
	pub(crate) fn pot_balance() -> Balance {
		T::Currency::reducible_balance(
			&Self::pot_account(),
			Preservation::Preserve,
			Fortitude::Polite,
		)
	}

	/// Gives the author of the present block its part of the pot.
	pub(crate) fn pay_author() {
		if let Some(author) = T::BlockAuthor::get() {
			Self::give_part(&author);
		}
	}

	/// Gives `author` ⌊pot / `PotDivisor`⌋. What its account cannot take stays for the next.
	pub(crate) fn give_part(author: &AccountId) {
		let divisor = Balance::from(T::PotDivisor::get());
		let part = Self::pot_balance().checked_div(divisor).unwrap_or_default();
		if part == 0 {
			return;
		}
		// One event of Balances tells of it: `Transfer`. A refusal has changed nothing.
		if let Err(error) =
			T::Currency::transfer(&Self::pot_account(), author, part, Preservation::Preserve)
		{
			log::debug!(target: LOG, "the block's author cannot take {part} planck: {error:?}");
		}
	}

	/// What the pot lacks of its existential deposit, planck.
	fn pot_lacks() -> Balance {
		let there = T::Currency::balance(&Self::pot_account());
		T::Currency::minimum_balance().saturating_sub(there)
	}

	/// Issues what the pot lacks of its existential deposit: for genesis only.
	pub(crate) fn issue_pot() {
		let missing = Self::pot_lacks();
		if missing > 0 {
			Self::deliver(&Self::pot_account(), T::Currency::issue(missing));
		}
	}

	/// Takes from the treasury what the pot lacks of its existential deposit. Returns whether the pot has it
	/// now: a treasury that would not survive gives nothing.
	pub(crate) fn found_pot() -> bool {
		let missing = Self::pot_lacks();
		if missing == 0 {
			return true;
		}
		let withdrawn = T::Currency::withdraw(
			&T::TreasuryAccount::get(),
			missing,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		);
		withdrawn.is_ok_and(|credit| Self::deliver(&Self::pot_account(), credit) == missing)
	}
}
