//! The worker's program. See the library for what it does.

use std::process::ExitCode;

fn main() -> ExitCode {
	aitbc_offchain_worker::cli::main(|engine| engine)
}
