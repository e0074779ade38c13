//! Accounts with coins, made from the development keyring.

use crate::link::Link;
use aitbc_client::{chain::Chain, wallet::Keypair};
use aitbc_primitives::{AIT, Balance};
use anyhow::{Context, Result};
use std::str::FromStr;
use subxt::{dynamic::Value, transactions::dynamic, utils::AccountId32};
use subxt_signer::SecretUri;

/// What each sender gets, planck.
const ENDOWMENT: Balance = 2_000 * AIT;
/// Transfers in one batch.
const BATCH: usize = 100;

/// The pair of a path below the development phrase.
pub fn pair(path: &str) -> Result<Keypair> {
	let uri = SecretUri::from_str(path).with_context(|| format!("{path} is no path"))?;
	Keypair::from_uri(&uri).with_context(|| format!("{path} gives no key"))
}

/// Makes `count` accounts with coins.
pub async fn fund(link: &Link, count: u16) -> Result<Vec<Keypair>> {
	let pairs: Vec<Keypair> =
		(0..count).map(|index| pair(&format!("//load//sender//{index}"))).collect::<Result<_>>()?;
	let chain = link.chain().await?;
	endow(&chain, &pairs, ENDOWMENT, "//Bob").await?;
	Ok(pairs)
}

/// Gives each of the accounts `amount`, from an account of the development keyring.
pub async fn endow(chain: &Chain, who: &[Keypair], amount: Balance, from: &str) -> Result<()> {
	let rich = pair(from)?;
	for part in who.chunks(BATCH) {
		let transfers: Vec<Value> =
			part.iter().map(|to| transfer(&to.public_key().to_account_id(), amount)).collect();
		let batch = dynamic("Utility", "batch_all", (Value::unnamed_composite(transfers),));
		chain.submit(&rich, &batch).await.context("the accounts cannot be funded")?;
	}
	Ok(())
}

fn transfer(to: &AccountId32, amount: Balance) -> Value {
	let to = Value::unnamed_variant("Id", [Value::from_bytes(to.0)]);
	let call =
		Value::named_variant("transfer_keep_alive", [("dest", to), ("value", Value::u128(amount))]);
	Value::unnamed_variant("Balances", [call])
}
