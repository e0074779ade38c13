//! The commands, and what they exit with.

mod bench;
mod conformance;
mod devices;
mod explain;
mod jobs;

use aitbc_miner::{
	ChildSettings, DEFAULT_MEMORY_LIMIT_BYTES, DEFAULT_TIME_LIMIT, DeviceSelector, EngineError,
	GemmVariant, describe, serve,
};
use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use serde_json::json;
use std::{
	io::{IsTerminal, Read},
	path::{Path, PathBuf},
	process::ExitCode,
	time::Duration,
};

/// The job itself is at fault: every machine would say the same.
const EXIT_JOB: u8 = 3;
/// This machine or its device is at fault.
const EXIT_DEVICE: u8 = 4;
/// Files of that size or more are not read to the end: no job has as much data.
const MAX_FILE_BYTES: u64 = 128 * 1024 * 1024;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a file cannot be read or written, a report does not hold
  2  wrong arguments
  3  the job is at fault: its program is invalid or refused, its inputs do not fit, its fuel runs out
  4  the device is at fault: missing, lost, too slow, out of memory, not as the reference";

const EXAMPLES: &str = "\
Examples:
  aitbc-miner devices
  aitbc-miner explain filter.wgsl
  aitbc-miner run gemm --m 64 --k 64 --n 64 a.bin b.bin -o c.bin
  aitbc-miner run wgsl filter.wgsl --workgroups 128,96,1 --output-bytes 3145728 \\
      --input pixels.bin --params-u32 1024,768 -o edges.bin
  aitbc-miner --device cpu-software bench --json";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  aitbc-miner explain filter.wgsl
  aitbc-miner explain filter.wgsl --workgroups 8,8,1 --output-bytes 16384 \\
      --input pixels.bin --params-u32 64,64
  aitbc-miner --json explain filter.wgsl";

const CONFORMANCE_EXAMPLES: &str = "\
Examples:
  aitbc-miner conformance --quick
  aitbc-miner --device cpu conformance --class gemm,wgsl
  aitbc-miner conformance --key worker.secret -o report.json
  aitbc-miner conformance --verify report.json";

/// Runs AITBC's compute tasks on this machine.
#[derive(Debug, Parser)]
#[command(name = "aitbc-miner", version, after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub struct Arguments {
	/// The device: auto, cpu (the reference, without a GPU), cpu-software (an emulated GPU), a number from
	/// `devices`, or a part of a device's name.
	#[arg(long, global = true, env = "AITBC_DEVICE", default_value = "auto")]
	device: DeviceSelector,
	/// Print results as JSON.
	#[arg(long, global = true)]
	json: bool,
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// List the devices that can be chosen, the preferred one first.
	Devices,
	/// Run one job from files, in a child process that is killed when its time is over.
	Run(RunArguments),
	/// Measure what the device does of each class of work.
	Bench {
		/// Time to spend on each of five measurements, seconds.
		#[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..))]
		seconds: u64,
	},
	/// Compare this device with the reference, bit by bit: is it fit to mine?
	#[command(after_help = CONFORMANCE_EXAMPLES)]
	Conformance(conformance::ConformanceArguments),
	/// Say what a shader costs, or which line breaks the integer profile, why, and how to mend it.
	#[command(visible_alias = "check", after_help = EXPLAIN_EXAMPLES)]
	Explain(explain::ExplainArguments),
	/// What the engine starts for every job. Speaks a binary protocol on standard input and output.
	#[command(hide = true)]
	Exec {
		/// Data memory, bytes.
		#[arg(long)]
		memory_limit_bytes: u64,
		/// A way of making products to make ready before the job comes.
		#[arg(long)]
		gemm_variant: Option<GemmVariant>,
		/// Do no job: say which device is there without a sandbox.
		#[arg(long)]
		describe: bool,
	},
}

#[derive(Debug, Args)]
struct RunArguments {
	#[command(subcommand)]
	job: jobs::Job,
	/// Where to write the output's bytes.
	#[arg(short, long, global = true)]
	output: Option<PathBuf>,
	/// Time for the job, seconds.
	#[arg(
		long, global = true, default_value_t = DEFAULT_TIME_LIMIT.as_secs(),
		value_parser = clap::value_parser!(u64).range(1..),
	)]
	time_limit: u64,
	/// Data memory for the job, bytes.
	#[arg(long, global = true, default_value_t = DEFAULT_MEMORY_LIMIT_BYTES)]
	memory_limit: u64,
}

/// Why a command failed, with what the program exits with.
struct Fault {
	code: u8,
	error: anyhow::Error,
	/// Whether it was already printed as JSON, where that was asked for.
	is_told: bool,
}

impl From<anyhow::Error> for Fault {
	fn from(error: anyhow::Error) -> Self {
		Self { code: 1, error, is_told: false }
	}
}

impl From<EngineError> for Fault {
	fn from(error: EngineError) -> Self {
		Self { code: EXIT_DEVICE, error: error.into(), is_told: false }
	}
}

impl Fault {
	fn of_job(message: String) -> Self {
		Self { code: EXIT_JOB, error: anyhow::Error::msg(message), is_told: false }
	}

	/// It, after a JSON value that says the same.
	fn told(self) -> Self {
		Self { is_told: true, ..self }
	}
}

/// Does what the arguments say.
pub fn run(arguments: Arguments) -> ExitCode {
	let Arguments { device, json, command } = arguments;
	let is_child = matches!(command, Command::Exec { .. });
	start_log(is_child);
	let result = match command {
		Command::Devices => {
			devices::run(json);
			Ok(())
		}
		Command::Run(arguments) => jobs::run(device, json, &arguments),
		Command::Bench { seconds } => bench::run(&device, json, Duration::from_secs(seconds)),
		Command::Conformance(arguments) => conformance::run(&device, json, &arguments),
		Command::Explain(arguments) => explain::run(json, &arguments),
		Command::Exec { describe: true, .. } => {
			describe(&device).context("the engine process").map_err(Fault::from)
		}
		Command::Exec { memory_limit_bytes: memory_bytes, gemm_variant, .. } => {
			let settings = ChildSettings { device, memory_bytes, gemm_variant };
			serve(&settings).context("the engine process").map_err(Fault::from)
		}
	};
	match result {
		Ok(()) => ExitCode::SUCCESS,
		Err(Fault { code, error, is_told }) => {
			if json && !is_told {
				println!("{}", json!({ "error": format!("{error:#}"), "exit_code": code }));
			}
			eprintln!("aitbc-miner: {error:#}");
			ExitCode::from(code)
		}
	}
}

/// Logs to standard error what `RUST_LOG` asks for; by default warnings, in a child nothing.
fn start_log(is_child: bool) {
	let default = if is_child { "off" } else { "warn" };
	let filter = tracing_subscriber::EnvFilter::try_from_default_env()
		.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
	tracing_subscriber::fmt()
		.with_env_filter(filter)
		.with_writer(std::io::stderr)
		.with_ansi(std::io::stderr().is_terminal())
		.init();
}

fn parse_workgroups(text: &str) -> Result<[u32; 3], String> {
	let numbers: Result<Vec<u32>, _> = text.split(',').map(|part| part.trim().parse()).collect();
	numbers
		.ok()
		.and_then(|numbers| numbers.try_into().ok())
		.ok_or_else(|| "three numbers are needed, such as 128,96,1".to_string())
}

/// The whole of a file, if it is no larger than any job's data.
fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
	let open = || format!("cannot read {}", path.display());
	let file = std::fs::File::open(path).with_context(open)?;
	let mut bytes = Vec::new();
	file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).with_context(open)?;
	if bytes.len() as u64 == MAX_FILE_BYTES {
		anyhow::bail!("{} is larger than any job's data may be", path.display());
	}
	Ok(bytes)
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	#[test]
	fn arguments_should_be_consistent() {
		Arguments::command().debug_assert();
	}

	#[test]
	fn help_should_name_the_exit_codes() {
		let help = Arguments::command().render_long_help().to_string();
		assert!(help.contains("Exit codes") && help.contains("run wgsl"), "{help}");
	}
}
