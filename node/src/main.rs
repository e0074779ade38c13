//! The AITBC node: takes part in the chain as validator or follower and serves JSON-RPC.

#![allow(clippy::result_large_err, reason = "the SDK's own error type, met at start-up only")]

mod chain_spec;
mod cli;
mod command;
mod rpc;
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("Error: {error}");
			ExitCode::FAILURE
		}
	}
}
