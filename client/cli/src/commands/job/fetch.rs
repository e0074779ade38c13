//! A job's result: from the data folder or a receipt, checked, into a file.

use super::{describe::state_line, require};
use crate::{
	context::{Context, read_file, write_file},
	error::CliError,
	image::{Picture, encode_png, parse_size},
};
use aitbc_client::{
	chain::View,
	jobs::JobState,
	results::{ResultError, check_gemm},
};
use aitbc_data::{DataError, DataStore, cid_to_string};
use aitbc_primitives::{Cid, JobId, JobSpec, MAX_DATA_BYTES, Outcome};
use clap::Args;
use serde_json::{Value, json};
use std::{path::PathBuf, process::ExitCode};

/// Arguments of `job fetch`.
#[derive(Debug, Args)]
pub struct FetchArgs {
	/// Number of the job
	job: u64,
	/// File to write
	#[arg(long, short, value_name = "FILE")]
	out: PathBuf,
	/// Write the result as a PNG of that size; it must be one 32-bit word 0xAABBGGRR per pixel
	#[arg(long, value_parser = parse_size, value_name = "WIDTHxHEIGHT")]
	png: Option<(u32, u32)>,
	/// Check a matrix product against its inputs: by Freivalds' method, where a wrong one passes with a
	/// chance of at most 2^-64, or by running it again, if the job came with scales
	#[arg(long, num_args = 2..=3, value_names = ["A", "B", "SCALES"])]
	verify_gemm: Option<Vec<PathBuf>>,
}

/// Why there is no result, and what to do.
fn without_result(id: JobId, state: &JobState) -> String {
	let line = state_line(state);
	let advice = match state {
		JobState::Open { .. } | JobState::Leased | JobState::Judging { .. } => {
			format!("; `aitbc job wait {}` waits for it", id.0)
		}
		JobState::OutOfFuel => "; post it again with a larger --units-limit".into(),
		JobState::Settled { .. } | JobState::Refunded(_) | JobState::Cancelled => String::new(),
	};
	format!("job {} has no result: it is {line}{advice}", id.0)
}

/// Writes the result.
pub async fn run(context: &Context, args: &FetchArgs) -> Result<ExitCode, CliError> {
	let id = JobId(args.job);
	let store = context.store()?;
	let view = context.chain().await?.at_best().await?;
	let job = require(&view, id).await?;
	let JobState::Settled { output } = job.state else {
		return Err(CliError::failed(without_result(id, &job.state)));
	};
	let bytes = match store.get(&output, u64::from(MAX_DATA_BYTES)) {
		Err(DataError::Missing { cid, place }) => match inline(&view, id, &output).await? {
			Some(bytes) => bytes,
			None => return Err(DataError::Missing { cid, place }.into()),
		},
		other => other?,
	};
	let mut checked = Value::Null;
	if let Some(inputs) = &args.verify_gemm {
		let spec = view.spec(id).await?;
		verify_gemm(spec.as_ref(), inputs, &bytes)?;
		// With scales an output is int8, which Freivalds' method cannot check.
		checked = json!(if inputs.len() > 2 { "rerun" } else { "freivalds" });
	}
	let written = match args.png {
		Some((width, height)) => encode_png(&Picture { width, height, rgba: bytes })?,
		None => bytes,
	};
	write_file(&args.out, &written)?;
	let value = json!({
		"job": id.0,
		"output": cid_to_string(&output),
		"file": args.out.display().to_string(),
		"bytes": written.len(),
		"verified": checked,
	});
	let note = if checked.is_null() { "" } else { "; the product is right" };
	let text = format!("{} ({} bytes{note})", args.out.display(), written.len());
	context.answer(&value, &text);
	Ok(ExitCode::SUCCESS)
}

/// The result from a receipt, where it is small enough to travel in one.
async fn inline(view: &View, id: JobId, output: &Cid) -> Result<Option<Vec<u8>>, CliError> {
	let receipts = view.receipts(id).await?;
	Ok(receipts.into_iter().find_map(|(_, signed)| match signed.receipt.outcome {
		Outcome::Completed { inline, .. }
			if !inline.is_empty() && Cid::of_raw(&inline) == *output =>
		{
			Some(inline.into_inner())
		}
		_ => None,
	}))
}

fn verify_gemm(spec: Option<&JobSpec>, inputs: &[PathBuf], product: &[u8]) -> Result<(), CliError> {
	let Some(spec) = spec else {
		return Err(CliError::usage("--verify-gemm needs a job on record"));
	};
	let inputs: Result<Vec<Vec<u8>>, _> =
		inputs.iter().map(|path| read_file(path, u64::from(MAX_DATA_BYTES))).collect();
	let inputs = inputs?;
	let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
	check_gemm(spec, &inputs, product).map_err(|error| match error {
		ResultError::NotGemm | ResultError::OtherInput { .. } => CliError::usage(error.to_string()),
		other => CliError::failed(format!("{other}; nothing was written")),
	})
}
