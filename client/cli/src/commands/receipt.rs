//! `aitbc receipt`: what miners signed.

use crate::{
	commands::show,
	context::{Context, parse_hash, read_text, write_file},
	error::CliError,
};
use aitbc_client::receipts::{
	Expectation, MAX_KEYS_FILE_BYTES, MAX_RECEIPT_FILE_BYTES, ReceiptFile, TrustedKeys,
	signer_address, verify_offline,
};
use aitbc_primitives::{JobId, ReplicaIndex, SignedReceipt};
use clap::{Args, Subcommand};
use serde_json::json;
use std::{path::PathBuf, process::ExitCode};

/// What miners signed.
#[derive(Debug, Subcommand)]
#[command(
	after_help = "Examples:\n  aitbc receipt show 7/0 --out receipt.json\n  aitbc receipt verify receipt.json --trusted keys.txt --genesis 0x…"
)]
pub enum ReceiptCommand {
	/// Show the accepted receipts of a job
	#[command(
		after_help = "Examples:\n  aitbc receipt show 7\n  aitbc receipt show 7/1 --out receipt.json"
	)]
	Show(ShowArgs),
	/// Check a receipt without a chain: who signed it, and whether it is what it claims to be
	#[command(
		after_help = "Example:\n  aitbc receipt verify receipt.json --trusted keys.txt --genesis 0x…\n\nThe file of trusted keys has one worker key per line, as `aitbc wallet export-address` writes them.\nExit code 0: valid; 1: not valid."
	)]
	Verify(VerifyArgs),
}

/// Arguments of `receipt show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
	/// The job, or one of its replicas
	#[arg(value_parser = parse_target, value_name = "JOB[/REPLICA]")]
	target: (JobId, Option<ReplicaIndex>),
	/// Write the receipt to a file that can be checked without a chain
	#[arg(long, value_name = "FILE")]
	out: Option<PathBuf>,
}

/// Arguments of `receipt verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
	/// File that `receipt show --out` wrote, or the SCALE bytes in hexadecimal
	file: PathBuf,
	/// File with the worker keys that are trusted
	#[arg(long, value_name = "FILE")]
	trusted: PathBuf,
	/// Genesis hash of the chain it must be of
	#[arg(long, value_name = "HASH")]
	genesis: String,
	/// The job it must be of
	#[arg(long)]
	job: Option<u64>,
	/// The replica it must be of
	#[arg(long)]
	replica: Option<ReplicaIndex>,
}

fn parse_target(text: &str) -> Result<(JobId, Option<ReplicaIndex>), String> {
	let fail = || format!("\"{text}\" is neither a job like 7 nor a replica like 7/1");
	let (job, replica) = match text.split_once('/') {
		Some((job, replica)) => (job, Some(replica.parse().map_err(|_| fail())?)),
		None => (text, None),
	};
	Ok((JobId(job.parse().map_err(|_| fail())?), replica))
}

/// Runs a receipt command.
pub async fn run(context: &Context, command: ReceiptCommand) -> Result<ExitCode, CliError> {
	match command {
		ReceiptCommand::Show(args) => show_receipts(context, &args).await?,
		ReceiptCommand::Verify(args) => verify(context, &args)?,
	}
	Ok(ExitCode::SUCCESS)
}

async fn show_receipts(context: &Context, args: &ShowArgs) -> Result<(), CliError> {
	let (job, replica) = args.target;
	let view = context.chain().await?.at_best().await?;
	let found: Vec<SignedReceipt> = match replica {
		Some(replica) => view.receipt(job, replica).await?.into_iter().collect(),
		None => view.receipts(job).await?.into_iter().map(|(_, receipt)| receipt).collect(),
	};
	if found.is_empty() {
		return Err(CliError::failed(format!(
			"the chain has no accepted receipt of job {}; it may not be answered yet, or its record was dropped",
			job.0
		)));
	}
	if let Some(out) = &args.out {
		let [receipt] = found.as_slice() else {
			let advice = format!("say which, like {}/0", job.0);
			return Err(CliError::usage(format!("job {} has several receipts; {advice}", job.0)));
		};
		let file = ReceiptFile::new(receipt, show::receipt(&receipt.receipt));
		let mut text = serde_json::to_string_pretty(&file)
			.map_err(|error| CliError::failed(format!("cannot write the receipt: {error}")))?;
		text.push('\n');
		write_file(out, text.as_bytes())?;
	}
	let values: Vec<_> = found.iter().map(show::signed_receipt).collect();
	let texts: Vec<_> = found.iter().map(show::receipt_text).collect();
	context.answer(&json!(values), &texts.join("\n\n"));
	Ok(())
}

fn verify(context: &Context, args: &VerifyArgs) -> Result<(), CliError> {
	let genesis = parse_hash(&args.genesis)?;
	let signed = ReceiptFile::parse(&read_text(&args.file, MAX_RECEIPT_FILE_BYTES)?)?;
	let trusted = TrustedKeys::parse(&read_text(&args.trusted, MAX_KEYS_FILE_BYTES)?)?;
	let expected =
		Expectation { genesis, job: args.job.map(JobId), replica: args.replica, spec: None };
	let key = verify_offline(&signed, &trusted, &expected)?;
	let signer = signer_address(&key);
	let value = json!({
		"valid": true,
		"signer": signer,
		"receipt": show::receipt(&signed.receipt),
	});
	let text = format!("valid, signed by {signer}\n{}", show::receipt_text(&signed));
	context.answer(&value, &text);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn targets_should_be_jobs_or_replicas() {
		assert_eq!(parse_target("7"), Ok((JobId(7), None)));
		assert_eq!(parse_target("7/1"), Ok((JobId(7), Some(1))));
		for text in ["", "/", "7/", "/1", "7/256", "-1", "7/1/2", "x"] {
			assert!(parse_target(text).is_err(), "{text}");
		}
	}
}
