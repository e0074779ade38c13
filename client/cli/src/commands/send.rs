//! What commands that sign share: the wallet, the question before money moves, the answer afterwards.

use crate::{commands::show, context::Context, error::CliError};
use aitbc_client::{
	calls::{Arguments, Call},
	chain::{Chain, Included},
	wallet::Keypair,
};
use aitbc_primitives::AccountId;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Who signs.
#[derive(Debug, Args)]
pub struct FromArgs {
	/// Wallet that signs
	#[arg(long, value_name = "WALLET")]
	pub from: String,
}

/// The worker key that gives its consent.
#[derive(Debug, Args)]
pub struct WorkerArgs {
	/// Wallet whose key signs receipts
	#[arg(long, value_name = "WALLET")]
	worker_key: String,
	/// Password file of the worker key, where it differs from the miner's
	#[arg(long, value_name = "FILE")]
	worker_password_file: Option<PathBuf>,
}

impl WorkerArgs {
	/// Whether there is such a wallet: asked before a password is.
	pub fn check(&self, context: &Context) -> Result<AccountId, CliError> {
		Ok(context.keystore().get(&self.worker_key)?.account)
	}

	/// The key.
	pub fn unlock(&self, context: &Context) -> Result<Keypair, CliError> {
		match self.worker_password_file.as_deref() {
			Some(path) => context.unlock_with(&self.worker_key, Path::new(path)),
			None => context.unlock(&self.worker_key),
		}
	}
}

/// A connection and the wallet that signs; the wallet is looked for first, its password asked for last.
pub struct Signer<'a> {
	/// The connection.
	pub chain: Chain,
	/// The signer's account.
	pub account: AccountId,
	context: &'a Context,
	name: &'a str,
}

impl<'a> Signer<'a> {
	/// Finds the wallet and connects.
	pub async fn open(context: &'a Context, from: &'a FromArgs) -> Result<Self, CliError> {
		let account = context.keystore().get(&from.from)?.account;
		let chain = context.chain().await?;
		Ok(Self { chain, account, context, name: &from.from })
	}

	/// The name of its wallet.
	pub fn name(&self) -> &str {
		self.name
	}

	/// Asks before money moves.
	pub fn confirm(&self, question: &str) -> Result<(), CliError> {
		self.context.confirm(question)
	}

	/// The key, after asking for the password.
	pub fn unlock(&self) -> Result<Keypair, CliError> {
		self.context.unlock(self.name)
	}

	/// Sends a call and says that it is done.
	pub async fn send<A: Arguments>(&self, call: &Call<A>, what: &str) -> Result<(), CliError> {
		let included = self.chain.submit(&self.unlock()?, call).await?;
		done(self.context, &included, json!({}), what);
		Ok(())
	}
}

/// Says what came of a call: `value`, an object, with the block it is in.
pub fn done(context: &Context, included: &Included, mut value: Value, what: &str) {
	let number = included.head.number;
	if let Some(object) = value.as_object_mut() {
		object.insert("block".into(), json!(number));
		object.insert("block_hash".into(), json!(show::hash(&included.head.hash)));
	}
	context.answer(&value, &format!("{what} (block {number})"));
}
