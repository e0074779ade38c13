//! `aitbc wallet`: keys and money.

use crate::{
	context::{Context, write_file},
	error::CliError,
};
use aitbc_client::{
	account::address,
	amount::{format_amount, parse_amount},
	balances::Balances,
	wallet::{Secret, Wallet},
};
use aitbc_primitives::Balance;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::{io::Read, path::PathBuf, process::ExitCode};
use zeroize::Zeroizing;

/// Longest phrase or URI, bytes.
const MAX_PHRASE_BYTES: u64 = 1024;

/// Keys and money.
#[derive(Debug, Subcommand)]
#[command(
	after_help = "Examples:\n  aitbc wallet new alice\n  aitbc wallet balance alice\n  aitbc wallet send alice 5Grwva… \"1.5 AIT\"\n\nAmounts have a unit: AIT, MILLI (1/1000 AIT), MICRO (1/1000000 AIT) or planck."
)]
pub enum WalletCommand {
	/// Make a key; its words are shown once
	#[command(
		after_help = "Example:\n  aitbc wallet new alice\n  aitbc wallet new worker1 --password-file pw.txt --phrase-out words.txt"
	)]
	New(NewArgs),
	/// Store a key that exists elsewhere
	#[command(
		after_help = "Examples:\n  aitbc wallet import alice --phrase-file words.txt\n  aitbc wallet import alice --phrase-stdin < words.txt\n  aitbc wallet import alice --polkadot-js exported.json\n  aitbc wallet import alice --dev --uri //Alice"
	)]
	Import(ImportArgs),
	/// List the wallets
	#[command(after_help = "Example:\n  aitbc wallet list")]
	List,
	/// Show what accounts have
	#[command(
		after_help = "Examples:\n  aitbc wallet balance\n  aitbc wallet balance alice\n  aitbc wallet balance 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	)]
	Balance(BalanceArgs),
	/// Send money
	#[command(after_help = "Example:\n  aitbc wallet send alice bob \"1.5 AIT\" --yes")]
	Send(SendArgs),
	/// Show the address of a wallet
	#[command(after_help = "Example:\n  aitbc wallet address alice")]
	Address(NameArgs),
	/// Write the public part of a wallet to a file, for others to trust
	#[command(after_help = "Example:\n  aitbc wallet export-address worker1 -o trusted-keys.txt")]
	ExportAddress(ExportArgs),
}

/// Arguments of `wallet new`.
#[derive(Debug, Args)]
pub struct NewArgs {
	/// Name of the wallet
	name: String,
	/// Write the words to this file instead of showing them
	#[arg(long, value_name = "FILE")]
	phrase_out: Option<PathBuf>,
}

/// Arguments of `wallet import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
	/// Name of the wallet
	name: String,
	#[command(flatten)]
	source: Source,
	/// Confirm that this is for a development chain
	#[arg(long)]
	dev: bool,
}

/// Where an imported key comes from: exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Source {
	/// File with the words, or a seed of 0x and 64 hexadecimal digits
	#[arg(long, value_name = "FILE")]
	phrase_file: Option<PathBuf>,
	/// Read the words or the seed from standard input
	#[arg(long)]
	phrase_stdin: bool,
	/// File that polkadot-js or another wallet exported; it keeps its password
	#[arg(long, value_name = "FILE")]
	polkadot_js: Option<PathBuf>,
	/// A development key such as //Alice, which everybody has
	#[arg(long, requires = "dev", value_name = "URI")]
	uri: Option<String>,
}

/// Arguments of `wallet balance`.
#[derive(Debug, Args)]
pub struct BalanceArgs {
	/// Wallet or address; all wallets if left out
	account: Option<String>,
}

/// Arguments of `wallet send`.
#[derive(Debug, Args)]
pub struct SendArgs {
	/// Wallet that pays
	from: String,
	/// Wallet or address that is paid
	to: String,
	/// How much, with its unit
	#[arg(value_parser = parse_amount)]
	amount: Balance,
}

/// A wallet.
#[derive(Debug, Args)]
pub struct NameArgs {
	/// Name of the wallet
	name: String,
}

/// Arguments of `wallet export-address`.
#[derive(Debug, Args)]
pub struct ExportArgs {
	/// Name of the wallet
	name: String,
	/// File to write
	#[arg(long, short, value_name = "FILE")]
	out: PathBuf,
}

/// Runs a wallet command.
pub async fn run(context: &Context, command: WalletCommand) -> Result<ExitCode, CliError> {
	match command {
		WalletCommand::New(args) => new(context, &args)?,
		WalletCommand::Import(args) => import(context, &args)?,
		WalletCommand::List => list(context)?,
		WalletCommand::Balance(args) => balance(context, &args).await?,
		WalletCommand::Send(args) => send(context, &args).await?,
		WalletCommand::Address(args) => {
			let wallet = context.keystore().get(&args.name)?;
			context.answer(&describe(&wallet), &address(&wallet.account));
		}
		WalletCommand::ExportAddress(args) => export_address(context, &args)?,
	}
	Ok(ExitCode::SUCCESS)
}

fn describe(wallet: &Wallet) -> Value {
	let bytes: &[u8; 32] = wallet.account.as_ref();
	json!({
		"name": wallet.name,
		"address": address(&wallet.account),
		"public_key": format!("0x{}", hex::encode(bytes)),
	})
}

fn new(context: &Context, args: &NewArgs) -> Result<(), CliError> {
	// Told before a password is asked for.
	let path = context.keystore().path_of(&args.name)?;
	if path.exists() {
		let name = args.name.clone();
		return Err(aitbc_client::wallet::WalletError::Exists { name, path }.into());
	}
	if context.json() && args.phrase_out.is_none() {
		let advice = "its words would get into scripts' logs; add --phrase-out FILE";
		return Err(CliError::usage(format!("--json cannot show a new wallet: {advice}")));
	}
	let password = context.new_password(&args.name)?;
	let (secret, phrase) = Secret::generate()?;
	if let Some(out) = &args.phrase_out {
		write_secret(out, &phrase)?;
	}
	let wallet = context.keystore().create(&args.name, &secret, &password)?;
	let shown = address(&wallet.account);
	let text = if args.phrase_out.is_some() {
		format!("{shown}\n{}", path.display())
	} else {
		format!(
			"{shown}\n{}\n\nWrite these words down. They bring the wallet back when the file or the password is lost,\nand whoever has them has the money:\n\n  {}",
			path.display(),
			*phrase
		)
	};
	context.answer(&describe(&wallet), &text);
	Ok(())
}

/// Writes the words to a new file that only its owner can read.
fn write_secret(path: &std::path::Path, phrase: &str) -> Result<(), CliError> {
	use std::io::Write;
	let mut options = std::fs::OpenOptions::new();
	options.write(true).create_new(true);
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	options
		.open(path)
		.and_then(|mut file| {
			writeln!(file, "{phrase}")?;
			file.sync_all()
		})
		.map_err(|error| CliError::failed(format!("cannot write {}: {error}", path.display())))
}

fn import(context: &Context, args: &ImportArgs) -> Result<(), CliError> {
	let keystore = context.keystore();
	keystore.path_of(&args.name)?;
	let wallet = if let Some(exported) = &args.source.polkadot_js {
		let password = context.password("Password of the exported file: ")?;
		keystore.import_json(&args.name, exported, &password)?
	} else {
		let secret = match (&args.source.uri, &args.source.phrase_file) {
			(Some(uri), _) => Secret::from_uri(uri)?,
			(None, Some(path)) => {
				let text = Zeroizing::new(crate::context::read_text(path, MAX_PHRASE_BYTES)?);
				Secret::from_phrase(&text)?
			}
			(None, None) => {
				let mut text = Zeroizing::new(String::new());
				std::io::stdin().take(MAX_PHRASE_BYTES).read_to_string(&mut text).map_err(
					|error| CliError::failed(format!("cannot read the phrase: {error}")),
				)?;
				Secret::from_phrase(&text)?
			}
		};
		let password = context.new_password(&args.name)?;
		keystore.create(&args.name, &secret, &password)?
	};
	context.answer(&describe(&wallet), &address(&wallet.account));
	Ok(())
}

fn list(context: &Context) -> Result<(), CliError> {
	let wallets = context.keystore().list()?;
	let value = json!(wallets.iter().map(describe).collect::<Vec<_>>());
	let lines: Vec<String> = wallets
		.iter()
		.map(|wallet| format!("{:20} {}", wallet.name, address(&wallet.account)))
		.collect();
	let folder = context.keystore().folder().display();
	let text = if lines.is_empty() {
		format!("no wallets in {folder}; `aitbc wallet new NAME` makes one")
	} else {
		lines.join("\n")
	};
	context.answer(&value, &text);
	Ok(())
}

async fn balance(context: &Context, args: &BalanceArgs) -> Result<(), CliError> {
	let accounts = match &args.account {
		Some(text) => vec![(text.clone(), context.account(text)?)],
		None => {
			let wallets = context.keystore().list()?;
			wallets.into_iter().map(|wallet| (wallet.name, wallet.account)).collect()
		}
	};
	let view = context.chain().await?.at_best().await?;
	let mut values = Vec::new();
	let mut lines = Vec::new();
	for (name, account) in accounts {
		let Balances { free, reserved, frozen } = view.balance(&account).await?;
		values.push(json!({
			"name": name,
			"address": address(&account),
			"free_planck": free.to_string(),
			"reserved_planck": reserved.to_string(),
			"frozen_planck": frozen.to_string(),
		}));
		let (free, reserved) = (format_amount(free), format_amount(reserved));
		lines.push(format!("{name:20} free {free:>24}   held {reserved:>24}"));
	}
	let head = view.head();
	context.answer(&json!({ "block": head.number, "accounts": values }), &lines.join("\n"));
	Ok(())
}

async fn send(context: &Context, args: &SendArgs) -> Result<(), CliError> {
	let to = context.account(&args.to)?;
	let from = context.keystore().get(&args.from)?;
	if args.amount == 0 {
		return Err(CliError::usage("an amount of zero cannot be sent"));
	}
	let amount = format_amount(args.amount);
	let chain = context.chain().await?;
	context.confirm(&format!("Send {amount} from {} to {}", from.name, address(&to)))?;
	let pair = context.unlock(&args.from)?;
	let included = chain.transfer(&pair, &to, args.amount).await?;
	let value = json!({
		"from": address(&from.account),
		"to": address(&to),
		"amount_planck": args.amount.to_string(),
		"block": included.head.number,
		"block_hash": format!("{:?}", included.head.hash),
	});
	let to = address(&to);
	context.answer(&value, &format!("sent {amount} to {to} in block {}", included.head.number));
	Ok(())
}

fn export_address(context: &Context, args: &ExportArgs) -> Result<(), CliError> {
	let wallet = context.keystore().get(&args.name)?;
	let line = format!("{} {}\n", address(&wallet.account), wallet.name);
	write_file(&args.out, line.as_bytes())?;
	context.answer(&describe(&wallet), &args.out.display().to_string());
	Ok(())
}
