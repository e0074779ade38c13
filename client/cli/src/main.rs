//! `aitbc`: wallet, jobs, miners and receipts of the AITBC chain on the command line.
//!
//! Results go to standard output, for people or, with `--json`, as one JSON document. Everything
//! else, errors included, goes to standard error. The exit code says how it went: see
//! [`error::EXIT_CODES`].

mod commands;
mod context;
mod error;
mod image;
mod options;

use clap::Parser;
use context::Context;
use error::CliError;
use options::Options;
use std::process::ExitCode;

fn main() -> ExitCode {
	let options = Options::parse();
	let json = options.global.json;
	start_log();
	let result = tokio::runtime::Builder::new_multi_thread()
		.worker_threads(2)
		.enable_all()
		.build()
		.map_err(|error| CliError::failed(format!("cannot start: {error}")))
		.and_then(|runtime| runtime.block_on(run(options)));
	match result {
		Ok(code) => code,
		Err(error) => {
			error.print(json);
			error.exit_code()
		}
	}
}

async fn run(options: Options) -> Result<ExitCode, CliError> {
	let context = Context::new(options.global)?;
	commands::run(&context, options.command).await
}

/// Diagnostics on standard error; silent unless `RUST_LOG` asks.
fn start_log() {
	use tracing_subscriber::{EnvFilter, fmt};
	let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("off"));
	// Fails only if a log exists already.
	let _ = fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
