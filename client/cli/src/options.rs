//! The command line as a whole.

use crate::{commands::Command, error::EXIT_CODES};
use clap::{Args, Parser};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  aitbc wallet new alice
  aitbc job submit gemm --from alice --m 64 --k 64 --n 64 --a A.bin --b B.bin --max-price \"5 MILLI\" --wait
  aitbc job why 7
  aitbc job result 7 -o result.bin
  aitbc miner show ada
  aitbc market depth
  aitbc --json chain issuance";

/// Wallet, jobs, miners and receipts of the AITBC chain.
#[derive(Debug, Parser)]
#[command(name = "aitbc", version, after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub struct Options {
	#[command(flatten)]
	pub global: GlobalOptions,
	#[command(subcommand)]
	pub command: Command,
}

/// Options that every command takes.
#[derive(Clone, Debug, Args)]
pub struct GlobalOptions {
	/// Address of the node
	#[arg(
		long,
		global = true,
		env = "AITBC_URL",
		default_value = "ws://127.0.0.1:9944",
		value_name = "URL"
	)]
	pub url: String,
	/// Refuse a node whose chain has another genesis
	#[arg(long = "chain-genesis", global = true, env = "AITBC_GENESIS", value_name = "HASH")]
	pub chain_genesis: Option<String>,
	/// Write the result as JSON, and errors too
	#[arg(long, global = true)]
	pub json: bool,
	/// Folder of job data that client and miners share
	#[arg(long, global = true, env = "AITBC_DATA", value_name = "DIR")]
	pub data: Option<PathBuf>,
	/// Folder of the wallets
	#[arg(long, global = true, env = "AITBC_WALLET_DIR", value_name = "DIR")]
	pub wallet_dir: Option<PathBuf>,
	/// File whose first line is the wallet's password (else AITBC_PASSWORD, else a prompt)
	#[arg(long, global = true, value_name = "FILE")]
	pub password_file: Option<PathBuf>,
	/// Do not ask before money moves
	#[arg(long, short = 'y', global = true)]
	pub yes: bool,
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	#[test]
	fn the_command_line_should_be_consistent() {
		Options::command().debug_assert();
	}

	#[test]
	fn every_command_should_have_examples() {
		fn visit(command: &clap::Command, path: &str) {
			let path = format!("{path} {}", command.get_name());
			let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
			assert!(help.contains("Example"), "{path} has no examples");
			for sub in command.get_subcommands() {
				visit(sub, &path);
			}
		}
		visit(&Options::command(), "");
	}
}
