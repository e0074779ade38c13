//! A worker that lies: one bit of every output is wrong, and the trace root is made to fit.
//!
//! For tests and the demo, which show that such a miner is outvoted, not paid, and slashed. It is a
//! program of its own, so that the worker that is released has no way to do this.

use aitbc_compute_core::merkle;
use aitbc_miner::{DeviceProfile, Engine, WorkRequest, WorkResult};
use std::{process::ExitCode, sync::Arc};

struct Liar(Arc<dyn Engine>);

impl Engine for Liar {
	fn execute(&self, request: &WorkRequest) -> WorkResult {
		match self.0.execute(request) {
			WorkResult::Completed { mut output, .. } => {
				if let Some(byte) = output.first_mut() {
					*byte ^= 1;
				}
				let trace_root = merkle::root(&output).into();
				WorkResult::Completed { output, trace_root }
			}
			failed => failed,
		}
	}

	fn profile(&self) -> &DeviceProfile {
		self.0.profile()
	}
}

fn main() -> ExitCode {
	aitbc_offchain_worker::cli::main(|engine| Arc::new(Liar(engine)))
}
