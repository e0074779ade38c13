//! The command line, shared by the worker and by builds of it for tests.

use crate::{
	daemon::Settings,
	keys::{KeyError, read_password},
	worker::{WorkerConfig, WorkerError, run},
};
use aitbc_client::account::parse_address;
use aitbc_miner::{
	DEFAULT_MEMORY_LIMIT_BYTES, DEFAULT_TIME_LIMIT, DevicePool, DeviceSelector, Engine,
	EngineError, ProcessEngine, ProcessEngineConfig,
};
use aitbc_primitives::AccountId;
use clap::{Parser, ValueEnum};
use std::{
	io::{self, IsTerminal},
	path::PathBuf,
	process::ExitCode,
	sync::Arc,
	time::Duration,
};
use tracing_subscriber::EnvFilter;
use zeroize::Zeroizing;

/// Exit code when something must be put right before a start can succeed.
const EXIT_REFUSED: u8 = 2;
/// How long threads of jobs that were stopped are waited for.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

const MIB: u64 = 1024 * 1024;

const EXAMPLES: &str = "\
Examples:
  A miner on this machine, with a node beside it:
    aitbc-offchain-worker --miner 5Grwva… --worker-key ~/.aitbc/keys/worker.json \\
      --password-file ~/.aitbc/worker.password --state-dir ~/.aitbc/worker --data /srv/aitbc-data

  After `aitbc miner rotate-worker`, while leases of the earlier key live:
    aitbc-offchain-worker --worker-key new.json --worker-key old.json …

  Two GPUs, a job on each at once:
    aitbc-offchain-worker --device 0 --device 1 …

  Without a GPU, two jobs at once, logs for a machine to read:
    aitbc-offchain-worker --device cpu --slots 2 --log-format json …

Exit codes: 0 stopped by a signal, 1 stopped by a fault, 2 not started: something must be put right.
RUST_LOG sets what is logged, like RUST_LOG=info,aitbc_offchain_worker=debug.";

/// Answers the leases the chain gives a miner: runs their jobs, signs and sends the receipts.
#[derive(Debug, Parser)]
#[command(name = "aitbc-offchain-worker", version, after_help = EXAMPLES)]
pub struct Arguments {
	/// JSON-RPC of a node, ws:// or wss://
	#[arg(long, env = "AITBC_URL", default_value = "ws://127.0.0.1:9944")]
	url: String,

	/// Account that is registered as the miner (SS58)
	#[arg(long, value_name = "ADDRESS", value_parser = parse_account)]
	miner: AccountId,

	/// Keystore file of the worker key, made by `aitbc wallet new`; after a rotation once more for the
	/// earlier key, until its leases have ended
	#[arg(long, value_name = "FILE", required = true)]
	worker_key: Vec<PathBuf>,

	/// File whose one line is the keys' password, or one for each key in their order; without it
	/// AITBC_PASSWORD is used
	#[arg(long, value_name = "FILE")]
	password_file: Vec<PathBuf>,

	/// Directory of this worker's crash journal and of outputs that must not be seen yet, up to 64 MiB
	/// for each open lease; one worker, one directory
	#[arg(long, value_name = "DIR")]
	state_dir: PathBuf,

	/// Directory with job data, shared with the clients
	#[arg(long, env = "AITBC_DATA", value_name = "DIR")]
	data: PathBuf,

	/// What the jobs run on: cpu, auto, or a number or part of a name from `aitbc-miner devices`; once
	/// for each device, and a job goes to the one that has the fewest
	#[arg(long, env = "AITBC_DEVICE", default_value = "auto")]
	device: Vec<DeviceSelector>,

	/// Jobs that run at once; by default one for each device
	#[arg(long, value_parser = clap::value_parser!(u16).range(1..=64))]
	slots: Option<u16>,

	/// Longest run of one job, seconds
	#[arg(
		long, value_name = "SECONDS", default_value_t = DEFAULT_TIME_LIMIT.as_secs(),
		value_parser = clap::value_parser!(u64).range(1..=86_400)
	)]
	job_time_limit: u64,

	/// Most memory one job may use, MiB
	#[arg(
		long, value_name = "MIB", default_value_t = DEFAULT_MEMORY_LIMIT_BYTES / MIB,
		value_parser = clap::value_parser!(u64).range(256..=1_048_576)
	)]
	memory_limit: u64,

	/// The aitbc-miner program that runs the jobs; by default the one beside this program
	#[arg(long, value_name = "FILE")]
	miner_program: Option<PathBuf>,

	/// How log lines look
	#[arg(long, value_enum, default_value_t = LogFormat::Text)]
	log_format: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
	/// For people.
	Text,
	/// One JSON object per line.
	Json,
}

/// Why the program ends with an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
	/// No password was given.
	#[error("no password for the worker key: give --password-file, or set AITBC_PASSWORD")]
	NoPassword,
	/// Neither one password for all keys nor one for each.
	#[error("{files} password files for {keys} worker keys; give one for all, or one for each")]
	Passwords {
		/// How many password files.
		files: usize,
		/// How many keys.
		keys: usize,
	},
	/// The password cannot be read.
	#[error(transparent)]
	Password(#[from] KeyError),
	/// The program that runs the jobs is missing, or its device cannot be used.
	#[error("{0} (see --miner-program and --device)")]
	Engine(#[from] EngineError),
	/// The operating system gives no threads.
	#[error("cannot start: {0}")]
	Runtime(io::Error),
	/// The worker did not start, or stopped.
	#[error(transparent)]
	Worker(#[from] WorkerError),
}

impl CliError {
	fn exit_code(&self) -> ExitCode {
		match self {
			CliError::Worker(WorkerError::Daemon(_)) => ExitCode::FAILURE,
			_ => ExitCode::from(EXIT_REFUSED),
		}
	}
}

/// The whole program: reads the command line, runs a worker whose engine is passed through `wrap`,
/// reports errors on standard error.
pub fn main(wrap: impl FnOnce(Arc<dyn Engine>) -> Arc<dyn Engine>) -> ExitCode {
	let arguments = Arguments::parse();
	log_to_stderr(arguments.log_format);
	match start(arguments, wrap) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			tracing::error!("{error}");
			error.exit_code()
		}
	}
}

fn start(
	arguments: Arguments,
	wrap: impl FnOnce(Arc<dyn Engine>) -> Arc<dyn Engine>,
) -> Result<(), CliError> {
	let passwords = passwords(&arguments)?;
	let pool = devices(&arguments)?;
	for profile in pool.profiles() {
		tracing::info!(
			device = profile.device,
			backend = profile.backend,
			driver = profile.driver,
			"device"
		);
	}
	if pool.has_likes() {
		tracing::warn!(
			"two of the devices look alike: if it is one that --device names twice, its jobs share it"
		);
	}
	let slots = arguments.slots.map_or(pool.count(), usize::from);
	let engine = wrap(Arc::new(pool));
	let config = WorkerConfig {
		url: arguments.url,
		miner: arguments.miner,
		worker_keys: arguments.worker_key.into_iter().zip(passwords).collect(),
		state_dir: arguments.state_dir,
		data_dir: arguments.data,
		settings: Settings { slots, ..Settings::default() },
	};
	let runtime = tokio::runtime::Builder::new_multi_thread()
		.enable_all()
		.build()
		.map_err(CliError::Runtime)?;
	let result = runtime.block_on(run(config, engine));
	// Threads that wait for a stopped job's process must not hold the program up.
	runtime.shutdown_timeout(STOP_TIMEOUT);
	Ok(result?)
}

/// One password for each key.
fn passwords(arguments: &Arguments) -> Result<Vec<Zeroizing<String>>, CliError> {
	let keys = arguments.worker_key.len();
	match arguments.password_file.as_slice() {
		[] => match std::env::var("AITBC_PASSWORD") {
			Ok(password) if !password.is_empty() => Ok(vec![Zeroizing::new(password); keys]),
			_ => Err(CliError::NoPassword),
		},
		[path] => Ok(vec![read_password(path)?; keys]),
		paths if paths.len() == keys => {
			Ok(paths.iter().map(|path| read_password(path)).collect::<Result<_, _>>()?)
		}
		paths => Err(CliError::Passwords { files: paths.len(), keys }),
	}
}

fn devices(arguments: &Arguments) -> Result<DevicePool<ProcessEngine>, EngineError> {
	let executable = match &arguments.miner_program {
		Some(path) => path.clone(),
		None => ProcessEngine::executable_beside_this()?,
	};
	let engines = arguments.device.iter().map(|device| {
		ProcessEngine::new(ProcessEngineConfig {
			executable: executable.clone(),
			device: device.clone(),
			time_limit: Duration::from_secs(arguments.job_time_limit),
			memory_limit_bytes: arguments.memory_limit.saturating_mul(MIB),
			is_warm: true,
		})
	});
	DevicePool::new(engines.collect::<Result<Vec<_>, _>>()?)
}

fn log_to_stderr(format: LogFormat) {
	let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
	let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
	match format {
		LogFormat::Text => builder.with_ansi(io::stderr().is_terminal()).init(),
		LogFormat::Json => builder.json().flatten_event(true).init(),
	}
}

fn parse_account(text: &str) -> Result<AccountId, String> {
	parse_address(text).map_err(|error| error.to_string())
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
	fn arguments_should_refuse_what_cannot_be() {
		let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
		let parse = |miner: &str, more: &[&str]| {
			let fixed = ["worker", "--worker-key", "k.json", "--state-dir", "s", "--data", "d"];
			let miner = ["--miner", miner];
			let all = fixed.iter().chain(&miner).chain(more);
			Arguments::try_parse_from(all).map(drop).map_err(|error| error.to_string())
		};
		parse(alice, &["--slots", "2"]).expect("a good command line");
		let refused = parse("5Grwva", &[]).expect_err("half an address");
		assert!(refused.contains("5Grwva"), "{refused}");
		parse(alice, &["--device", "0", "--device", "llvmpipe"]).expect("two devices");
		for more in [["--slots", "0"], ["--slots", "65"], ["--job-time-limit", "0"]] {
			parse(alice, &more).expect_err("out of range");
		}
	}
}
