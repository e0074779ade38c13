//! Money: what accounts have, what there is in all, sending it.

use crate::{
	calls,
	chain::{Chain, Included, View},
	errors::{ChainError, SubmitError},
	schema,
	wallet::Keypair,
};
use aitbc_primitives::{AccountId, Balance};

/// What an account has, planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Balances {
	/// Can be spent, less what is frozen.
	pub free: Balance,
	/// Held: collateral, escrow, deposits.
	pub reserved: Balance,
	/// The part of the sum that cannot leave the account.
	pub frozen: Balance,
}

/// The sum of everything that accounts have, at one block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Audit {
	/// What the chain says there is, planck.
	pub total_issuance: Balance,
	/// Sum of the free balances of all accounts, planck.
	pub free: Balance,
	/// Sum of what is held on all accounts, planck.
	pub reserved: Balance,
	/// How many accounts there are.
	pub accounts: u64,
}

impl Audit {
	/// Whether every coin that exists is on some account.
	pub fn adds_up(&self) -> bool {
		self.free.checked_add(self.reserved) == Some(self.total_issuance)
	}
}

impl View {
	/// What an account has. An account nobody ever paid has nothing.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn balance(&self, account: &AccountId) -> Result<Balances, ChainError> {
		let found = self.get(schema::accounts(), (account.clone().into(),)).await?;
		let data = found.map(|found| found.data).unwrap_or_default();
		Ok(Balances { free: data.free, reserved: data.reserved, frozen: data.frozen })
	}

	/// Goes through all accounts and adds up what they have. Takes one request per 256 accounts.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn audit(&self) -> Result<Audit, ChainError> {
		let total_issuance = self.get(schema::total_issuance(), ()).await?.unwrap_or_default();
		let mut audit = Audit { total_issuance, ..Audit::default() };
		let mut overflow = false;
		let what = self
			.walk(schema::accounts(), (), |_, account| {
				let free = audit.free.checked_add(account.data.free);
				let reserved = audit.reserved.checked_add(account.data.reserved);
				overflow |= free.is_none() || reserved.is_none();
				audit.free = free.unwrap_or(Balance::MAX);
				audit.reserved = reserved.unwrap_or(Balance::MAX);
				audit.accounts = audit.accounts.saturating_add(1);
				!overflow
			})
			.await?;
		if overflow {
			return Err(ChainError::Decode {
				what,
				reason: "the sum does not fit 128 bits".into(),
			});
		}
		Ok(audit)
	}
}

impl Chain {
	/// Sends money. The sender keeps at least what an account needs to exist.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn transfer(
		&self,
		from: &Keypair,
		to: &AccountId,
		amount: Balance,
	) -> Result<Included, SubmitError> {
		self.submit(from, &calls::transfer(to, amount)).await
	}
}
