//! The commands, and what they exit with.

mod bench;
mod jobs;

use aitbc_compute_core::profile;
use aitbc_miner::{
	ChildLimits, DEFAULT_MEMORY_LIMIT_BYTES, DEFAULT_TIME_LIMIT, DeviceSelector, EngineError,
	list_devices, serve,
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
/// Most bytes that are read of a file: one more than any job may have.
const MAX_FILE_BYTES: u64 = 128 * 1024 * 1024;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a file cannot be read or written
  2  wrong arguments
  3  the job is at fault: its program is invalid or refused, its inputs do not fit, it does not end
  4  the device is at fault: missing, lost, out of memory";

const EXAMPLES: &str = "\
Examples:
  aitbc-miner devices
  aitbc-miner check filter.wgsl
  aitbc-miner run gemm --m 64 --k 64 --n 64 a.bin b.bin -o c.bin
  aitbc-miner run wgsl filter.wgsl --workgroups 128,96,1 --output-bytes 3145728 \\
      --input pixels.bin --params-u32 1024,768 -o edges.bin
  aitbc-miner --device cpu-software bench --json";

/// Runs AITBC's compute tasks on this machine.
#[derive(Debug, Parser)]
#[command(name = "aitbc-miner", version, after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub struct Arguments {
	/// The device: auto, cpu (no device, no shaders), cpu-software (an emulated GPU), a number from
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
		/// Time to spend on each class, seconds.
		#[arg(long, default_value_t = 2)]
		seconds: u64,
	},
	/// Say whether a program keeps the integer profile; if not, which line breaks it and why.
	Check {
		/// WGSL source.
		program: PathBuf,
	},
	/// What the engine starts for every job. Speaks a binary protocol on standard input and output.
	#[command(hide = true)]
	Exec {
		/// Time for the job, milliseconds.
		#[arg(long)]
		time_limit_ms: u64,
		/// Data memory, bytes.
		#[arg(long)]
		memory_limit_bytes: u64,
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
	#[arg(long, global = true, default_value_t = DEFAULT_TIME_LIMIT.as_secs())]
	time_limit: u64,
	/// Data memory for the job, bytes.
	#[arg(long, global = true, default_value_t = DEFAULT_MEMORY_LIMIT_BYTES)]
	memory_limit: u64,
}

/// Why a command failed, with what the program exits with.
struct Fault {
	code: u8,
	error: anyhow::Error,
}

impl From<anyhow::Error> for Fault {
	fn from(error: anyhow::Error) -> Self {
		Self { code: 1, error }
	}
}

impl From<EngineError> for Fault {
	fn from(error: EngineError) -> Self {
		Self { code: EXIT_DEVICE, error: error.into() }
	}
}

impl Fault {
	fn of_job(message: String) -> Self {
		Self { code: EXIT_JOB, error: anyhow::Error::msg(message) }
	}
}

/// Does what the arguments say.
pub fn run(arguments: Arguments) -> ExitCode {
	let Arguments { device, json, command } = arguments;
	let is_child = matches!(command, Command::Exec { .. });
	start_log(is_child);
	let result = match command {
		Command::Devices => {
			devices(json);
			Ok(())
		}
		Command::Run(arguments) => jobs::run(device, json, &arguments),
		Command::Bench { seconds } => bench::run(&device, json, Duration::from_secs(seconds)),
		Command::Check { program } => check(&program, json),
		Command::Exec { time_limit_ms, memory_limit_bytes } => {
			let time = Duration::from_millis(time_limit_ms);
			let limits = ChildLimits { time, memory_bytes: memory_limit_bytes };
			serve(&device, limits).context("the engine process").map_err(Fault::from)
		}
	};
	match result {
		Ok(()) => ExitCode::SUCCESS,
		Err(Fault { code, error }) => {
			eprintln!("aitbc-miner: {error:#}");
			ExitCode::from(code)
		}
	}
}

/// Logs to standard error what `RUST_LOG` asks for; by default warnings, in a child errors only.
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

fn devices(json: bool) {
	let devices = list_devices();
	if json {
		let list: Vec<_> = devices
			.iter()
			.map(|device| {
				json!({
					"index": device.index,
					"name": device.name,
					"kind": device.kind,
					"backend": device.backend,
					"vendor": device.vendor,
					"driver": device.driver,
					"max_binding_bytes": device.max_binding_bytes,
					"max_workgroup_invocations": device.max_workgroup_invocations,
				})
			})
			.collect();
		println!("{}", json!({ "devices": list }));
		return;
	}
	if devices.is_empty() {
		println!(
			"no device: install your GPU's Vulkan driver, or Debian's mesa-vulkan-drivers for a \
			 software device"
		);
	}
	for device in devices {
		println!(
			"{}: {} ({}, {}, {}, {})",
			device.index, device.name, device.kind, device.backend, device.vendor, device.driver
		);
	}
}

fn check(path: &Path, json: bool) -> Result<(), Fault> {
	let source = read_file(path)?;
	match profile::check(&source) {
		Ok(program) => {
			let [x, y, z] = program.workgroup_size();
			if json {
				let reads: Vec<_> = program.reads().iter().map(|binding| &binding.name).collect();
				let (size, output) = (program.workgroup_size(), &program.output().name);
				let verdict =
					json!({ "ok": true, "workgroup_size": size, "reads": reads, "output": output });
				println!("{verdict}");
			} else {
				let reads = program.reads().len();
				println!("{}: keeps the integer profile", path.display());
				println!("workgroup {x} × {y} × {z}, reads {reads} buffers, writes one");
			}
			Ok(())
		}
		Err(error) => {
			if json {
				let place = error.location();
				let (line, column) = (place.map(|it| it.line), place.map(|it| it.column));
				println!(
					"{}",
					json!({
						"ok": false,
						"refused": error.is_refusal(),
						"line": line,
						"column": column,
						"message": error.to_string(),
					})
				);
			}
			Err(Fault::of_job(format!("{}: {error}", path.display())))
		}
	}
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
