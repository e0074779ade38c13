//! One module per group of commands.

mod chain;
pub mod job;
mod miner;
mod program;
mod receipt;
mod show;
mod spec;
mod wallet;
mod watch;

use crate::{context::Context, error::CliError};
use clap::Subcommand;
use std::process::ExitCode;

/// The groups.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// Keys and money
	#[command(subcommand)]
	Wallet(wallet::WalletCommand),
	/// Shaders that jobs may run
	#[command(subcommand)]
	Program(program::ProgramCommand),
	/// Work to be done for money
	#[command(subcommand)]
	Job(job::JobCommand),
	/// Registration and offers of a miner
	#[command(subcommand)]
	Miner(miner::MinerCommand),
	/// What miners signed
	#[command(subcommand)]
	Receipt(receipt::ReceiptCommand),
	/// The chain itself
	#[command(subcommand)]
	Chain(chain::ChainCommand),
}

/// Runs a command.
pub async fn run(context: &Context, command: Command) -> Result<ExitCode, CliError> {
	match command {
		Command::Wallet(command) => wallet::run(context, command).await,
		Command::Program(command) => program::run(context, command).await,
		Command::Job(command) => job::run(context, command).await,
		Command::Miner(command) => miner::run(context, command).await,
		Command::Receipt(command) => receipt::run(context, command).await,
		Command::Chain(command) => chain::run(context, command).await,
	}
}
