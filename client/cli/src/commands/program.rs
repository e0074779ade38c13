//! `aitbc program`: shaders that jobs may run.

use crate::{
	commands::show,
	context::{Context, read_file},
	error::CliError,
};
use aitbc_client::{account::address, amount::format_amount};
use aitbc_compute_core::profile;
use aitbc_data::{DataStore, cid_to_string, parse_cid};
use aitbc_primitives::MAX_PROGRAM_BYTES;
use clap::{Args, Subcommand};
use serde_json::json;
use std::{path::PathBuf, process::ExitCode};

/// Shaders that jobs may run.
#[derive(Debug, Subcommand)]
#[command(
	after_help = "Examples:\n  aitbc program add edge.wgsl --from alice\n  aitbc program show bafkrei…"
)]
pub enum ProgramCommand {
	/// Check a shader, store it in the data folder, register it on chain
	#[command(
		after_help = "Example:\n  aitbc program add edge.wgsl --from alice\n\nRegistering holds a deposit, which `aitbc program remove` gives back."
	)]
	Add(AddArgs),
	/// Show a registered shader
	#[command(after_help = "Example:\n  aitbc program show bafkrei…")]
	Show(CidArgs),
	/// Take a shader's registration and its deposit back
	#[command(after_help = "Example:\n  aitbc program remove bafkrei… --from alice")]
	Remove(RemoveArgs),
	/// Check a shader without a chain
	#[command(after_help = "Example:\n  aitbc program check edge.wgsl")]
	Check(CheckArgs),
}

/// Arguments of `program add`.
#[derive(Debug, Args)]
pub struct AddArgs {
	/// The WGSL source
	file: PathBuf,
	/// Wallet that pays fee and deposit
	#[arg(long, value_name = "WALLET")]
	from: String,
}

/// A program.
#[derive(Debug, Args)]
pub struct CidArgs {
	/// CID of the WGSL source
	cid: String,
}

/// Arguments of `program remove`.
#[derive(Debug, Args)]
pub struct RemoveArgs {
	/// CID of the WGSL source
	cid: String,
	/// Wallet that registered it
	#[arg(long, value_name = "WALLET")]
	from: String,
}

/// Arguments of `program check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
	/// The WGSL source
	file: PathBuf,
}

/// Runs a program command.
pub async fn run(context: &Context, command: ProgramCommand) -> Result<ExitCode, CliError> {
	match command {
		ProgramCommand::Add(args) => add(context, &args).await?,
		ProgramCommand::Show(args) => show_program(context, &args).await?,
		ProgramCommand::Remove(args) => remove(context, &args).await?,
		ProgramCommand::Check(args) => check(context, &args)?,
	}
	Ok(ExitCode::SUCCESS)
}

fn load(file: &std::path::Path) -> Result<(Vec<u8>, profile::Program), CliError> {
	let bytes = read_file(file, u64::from(MAX_PROGRAM_BYTES))?;
	let program = profile::check(&bytes)
		.map_err(|error| CliError::failed(format!("{}: {error}", file.display())))?;
	Ok((bytes, program))
}

fn check(context: &Context, args: &CheckArgs) -> Result<(), CliError> {
	let (bytes, program) = load(&args.file)?;
	let cid = cid_to_string(&aitbc_primitives::Cid::of_raw(&bytes));
	let reads: Vec<&str> = program.reads().iter().map(|buffer| buffer.name.as_str()).collect();
	let [x, y, z] = program.workgroup_size();
	let value = json!({
		"cid": cid,
		"size_bytes": bytes.len(),
		"workgroup_size": [x, y, z],
		"reads": reads,
		"output": program.output().name,
	});
	let text = format!(
		"{cid}\n  keeps the integer profile; {} bytes, workgroups of {x}×{y}×{z}\n  reads {}, writes {}",
		bytes.len(),
		if reads.is_empty() { "nothing".into() } else { reads.join(", ") },
		program.output().name
	);
	context.answer(&value, &text);
	Ok(())
}

async fn add(context: &Context, args: &AddArgs) -> Result<(), CliError> {
	// Checked and stored before anything is paid: a program nobody can fetch is of no use.
	let (bytes, _) = load(&args.file)?;
	context.keystore().get(&args.from)?;
	let cid = context.store()?.put(&bytes)?;
	let text = cid_to_string(&cid);
	let chain = context.chain().await?;
	if let Some(known) = chain.at_best().await?.program(&cid).await? {
		let value = json!({ "cid": text, "registered": false, "owner": address(&known.owner) });
		let owner = address(&known.owner);
		context.answer(&value, &format!("{text}\n  was registered before, by {owner}"));
		return Ok(());
	}
	let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
	context.confirm(&format!("Register {text} for a fee and a deposit of {}", args.from))?;
	let pair = context.unlock(&args.from)?;
	let included = chain.register_program(&pair, &cid, size).await?;
	let deposit =
		chain.at(included.head.hash).await?.program(&cid).await?.map(|found| found.deposit);
	let value = json!({
		"cid": text,
		"registered": true,
		"size_bytes": size,
		"deposit_planck": deposit.map(|deposit| deposit.to_string()),
		"block": included.head.number,
		"block_hash": show::hash(&included.head.hash),
	});
	let deposit = deposit.map(format_amount).unwrap_or_else(|| "unknown".into());
	let number = included.head.number;
	context.answer(&value, &format!("{text}\n  registered in block {number}, deposit {deposit}"));
	Ok(())
}

async fn show_program(context: &Context, args: &CidArgs) -> Result<(), CliError> {
	let cid = parse_cid(&args.cid)?;
	let text = cid_to_string(&cid);
	let view = context.chain().await?.at_best().await?;
	let Some(program) = view.program(&cid).await? else {
		return Err(CliError::failed(format!(
			"{text} is not registered; `aitbc program add` registers a shader"
		)));
	};
	let here = context.store()?.contains(&cid)?;
	let value = json!({
		"cid": text,
		"owner": address(&program.owner),
		"size_bytes": program.size_bytes,
		"deposit_planck": program.deposit.to_string(),
		"jobs": program.jobs,
		"in_data_folder": here,
	});
	let text = format!(
		"{text}\n  owner    {}\n  size     {} bytes\n  deposit  {}\n  jobs     {} open\n  data     {}",
		address(&program.owner),
		program.size_bytes,
		format_amount(program.deposit),
		program.jobs,
		if here { "in the data folder" } else { "not in the data folder" }
	);
	context.answer(&value, &text);
	Ok(())
}

async fn remove(context: &Context, args: &RemoveArgs) -> Result<(), CliError> {
	let cid = parse_cid(&args.cid)?;
	context.keystore().get(&args.from)?;
	let chain = context.chain().await?;
	let pair = context.unlock(&args.from)?;
	let included = chain.unregister_program(&pair, &cid).await?;
	let text = cid_to_string(&cid);
	let number = included.head.number;
	let value =
		json!({ "cid": text, "block": number, "block_hash": show::hash(&included.head.hash) });
	context.answer(&value, &format!("{text} is no longer registered (block {number})"));
	Ok(())
}
