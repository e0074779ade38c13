//! How the program fails: in words, as JSON, as an exit code.

use aitbc_client::{
	account::AddressError,
	amount::AmountError,
	errors::{ChainError, SubmitError},
	receipts::ReceiptError,
	wallet::WalletError,
};
use aitbc_data::{CidError, DataError};
use std::process::ExitCode;

/// Shown by `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done (job watch: the job is settled and paid)
  1  failed; standard error says why and what to do
  2  the command line is wrong; nothing was done
  3  job watch: the job was refunded
  4  job watch: the job was cancelled
  5  job watch: the job did not end in time
  6  job watch: the job ran out of fuel; it is paid, and has no result";

/// The command line is wrong.
const USAGE: u8 = 2;

/// An error on its way to the user.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
	/// The arguments contradict each other or cannot be read. Nothing was done.
	#[error("{message}")]
	Usage {
		/// What is wrong and what would be right.
		message: String,
	},
	/// Something did not work.
	#[error("{message}")]
	Failed {
		/// What, with what value, and what to do.
		message: String,
	},
	/// The user said no.
	#[error("not confirmed; nothing was sent")]
	Declined,
	/// Of keys.
	#[error(transparent)]
	Wallet(#[from] WalletError),
	/// Of amounts.
	#[error(transparent)]
	Amount(#[from] AmountError),
	/// Of addresses.
	#[error(transparent)]
	Address(#[from] AddressError),
	/// Of CIDs.
	#[error(transparent)]
	Cid(#[from] CidError),
	/// Of the data folder.
	#[error(transparent)]
	Data(#[from] DataError),
	/// Of receipts.
	#[error(transparent)]
	Receipt(#[from] ReceiptError),
	/// Of reading the chain.
	#[error(transparent)]
	Chain(#[from] ChainError),
	/// Of sending extrinsics.
	#[error(transparent)]
	Submit(#[from] SubmitError),
}

impl CliError {
	/// A plain failure.
	pub fn failed(message: impl Into<String>) -> Self {
		Self::Failed { message: message.into() }
	}

	/// A wrong command line.
	pub fn usage(message: impl Into<String>) -> Self {
		Self::Usage { message: message.into() }
	}

	/// A short stable word for scripts.
	fn kind(&self) -> &'static str {
		match self {
			Self::Usage { .. } => "usage",
			Self::Failed { .. } => "failed",
			Self::Declined => "declined",
			Self::Wallet(_) => "wallet",
			Self::Amount(_) => "amount",
			Self::Address(_) => "address",
			Self::Cid(_) => "cid",
			Self::Data(_) => "data",
			Self::Receipt(_) => "receipt",
			Self::Chain(_) => "chain",
			Self::Submit(_) => "submit",
		}
	}

	/// What a person can do about it, where the error itself does not say.
	fn advice(&self) -> Option<&'static str> {
		let Self::Submit(error) = self else { return None };
		error.pallet_error().and_then(advice_on)
	}

	fn is_retryable(&self) -> bool {
		match self {
			Self::Chain(error) => error.is_retryable(),
			Self::Submit(error) => error.is_retryable(),
			Self::Data(error) => error.is_retryable(),
			_ => false,
		}
	}

	/// What the process ends with.
	pub fn exit_code(&self) -> ExitCode {
		match self {
			Self::Usage { .. } | Self::Amount(_) | Self::Address(_) | Self::Cid(_) => {
				ExitCode::from(USAGE)
			}
			_ => ExitCode::FAILURE,
		}
	}

	/// Writes it to standard error.
	pub fn print(&self, json: bool) {
		if json {
			let error = serde_json::json!({
				"error": {
					"kind": self.kind(),
					"message": self.to_string(),
					"advice": self.advice(),
					"retryable": self.is_retryable(),
				}
			});
			eprintln!("{error}");
		} else {
			eprintln!("error: {self}");
			if let Some(advice) = self.advice() {
				eprintln!("       {advice}");
			}
		}
	}
}

/// What to do about what a pallet refused. Its own words say what was wrong.
fn advice_on(pallet_error: &str) -> Option<&'static str> {
	Some(match pallet_error {
		"ComputeStaking::NotRegistered" => "`aitbc miner show` lists the miners there are",
		"ComputeStaking::CollateralTooLow" | "ComputeStaking::DelegationTooLow" => {
			"`aitbc market terms` tells the least"
		}
		"ComputeStaking::DelegationTooHigh" => {
			"stake less, or on a miner with more collateral of its own"
		}
		"ComputeStaking::SharePriceTooHigh" => {
			"few shares of this miner are worth very much; stake far more, or on another miner"
		}
		"ComputeStaking::TooFewShares" => {
			"the price of a share has risen; ask for fewer with --min-shares, or stake more"
		}
		"ComputeStaking::WorkerKeyTaken" => "use a wallet of its own for each worker",
		"ComputeStaking::Leaving" => {
			"leaving cannot be undone; a miner that has withdrawn can register anew"
		}
		"ComputeStaking::StillUnbonding" | "ComputeStaking::NothingDue" => {
			"`aitbc miner show` and `aitbc stake show` tell from which block on it is possible"
		}
		"ComputeStaking::NotLeaving" => {
			"`aitbc miner leave` comes first; to take a part out, use `aitbc miner unbond`"
		}
		"ComputeStaking::LeasesOpen" => {
			"wait until they have ended; `aitbc miner chill` sees to it that no new ones begin"
		}
		"ComputeStaking::NotEnoughFree" => {
			"open leases need it; take less, or wait until they have ended"
		}
		"ComputeStaking::TooManyChunks" => "get what is due first, or wait until some of it is",
		"ComputeStaking::DelegationsLeft" => {
			"`aitbc stake show --miner` names them, `aitbc stake return` sends each home"
		}
		"ComputeStaking::NotEligible" | "Market::NotAMiner" => {
			"`aitbc miner show` tells why the miner may take no leases"
		}
		"ComputeStaking::NotRequested" => "the miner asks first, with `aitbc miner owner request`",
		"Jobs::TooManyJobs" => "wait for jobs to end, or `aitbc job cancel` some",
		"Jobs::ProgramInUse" => "wait until the records of its jobs are dropped",
		"Jobs::ProgramUnknown" => "`aitbc program add` registers a shader",
		_ => return None,
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use aitbc_primitives::Hash;

	#[test]
	fn advice_should_be_given_on_what_a_pallet_refused_only() {
		let failed = |error: &str| {
			CliError::from(SubmitError::Failed {
				call: "ComputeStaking.withdraw".into(),
				block: Hash::zero(),
				error: error.into(),
				docs: "Leases are still open.".into(),
			})
		};
		let advice = failed("ComputeStaking::LeasesOpen").advice().expect("there is some");
		assert!(advice.contains("aitbc miner chill"), "{advice}");
		assert_eq!(failed("Receipts::TooLate").advice(), None);
		assert_eq!(CliError::failed("ComputeStaking::LeasesOpen").advice(), None);
	}
}
