//! `aitbc-miner`: the engine on the command line.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
	cli::run(cli::Arguments::parse())
}
