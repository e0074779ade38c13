//! One module per group of commands.

mod chain;
mod device;
pub mod job;
mod market;
mod miner;
mod program;
mod receipt;
mod send;
mod show;
mod spec;
mod stake;
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
	/// Registration, collateral, worker keys and offers of a miner
	#[command(subcommand)]
	Miner(miner::MinerCommand),
	/// Coins that stand behind somebody else's miner
	#[command(subcommand)]
	Stake(stake::StakeCommand),
	/// What is offered, what waits, and the numbers that hold for everybody
	#[command(subcommand)]
	Market(market::MarketCommand),
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
		Command::Stake(command) => stake::run(context, command).await,
		Command::Market(command) => market::run(context, command).await,
		Command::Receipt(command) => receipt::run(context, command).await,
		Command::Chain(command) => chain::run(context, command).await,
	}
}
