//! From the command line to a job specification: what `aitbc job submit` takes.

use crate::{
	commands::device::RequirementArgs,
	context::{Context, read_file},
	error::CliError,
	image::decode_png,
};
use aitbc_client::amount::parse_amount;
use aitbc_compute_core::{
	gemm::{Axis, Dims, Form, GemmError, Product},
	profile,
};
use aitbc_data::{DataStore, FolderStore, parse_cid};
use aitbc_primitives::{
	Balance, Cid, GEMM_OPS_PER_UNIT, GemmShape, JobSpec, MAX_DATA_BYTES, MAX_GEMM_DIM, MAX_INPUTS,
	MAX_PARAMS_BYTES, MAX_PROGRAM_BYTES, MAX_REPLICAS, MAX_TIE_BREAKERS, Replication, Requirements,
	SpecError, WgslCall, Workload,
};
use clap::{Args, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// Side of the square of pixels that one workgroup of an image shader covers.
const IMAGE_TILE: u32 = 8;

/// What every kind of job takes.
#[derive(Clone, Debug, Args)]
pub struct Terms {
	/// Wallet that pays
	#[arg(long, value_name = "WALLET")]
	pub from: String,
	/// Most that one unit of one replica may cost, with its unit of money
	#[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
	pub max_price: Balance,
	/// Miners that run the job
	#[arg(long, default_value_t = 1)]
	pub replicas: u8,
	/// Equal results that settle it; the smallest majority if left out
	#[arg(long)]
	pub quorum: Option<u8>,
	/// Further miners that are asked where the answers find no quorum; their price is held too. One
	/// if left out, none for a job of one replica
	#[arg(long)]
	pub tie_breakers: Option<u8>,
	/// What each accepted replica is paid on top of its price; jobs with more are served first
	#[arg(long, value_parser = parse_amount, default_value = "0 AIT", value_name = "AMOUNT")]
	pub tip: Balance,
	/// Most units one replica may use; for shaders also what it is paid for
	#[arg(long)]
	pub units_limit: Option<u64>,
	/// Blocks within which every replica must have found a miner
	#[arg(long, default_value_t = 50, value_name = "BLOCKS")]
	pub start_within: u32,
	/// Blocks within which a miner must answer
	#[arg(long, default_value_t = 30, value_name = "BLOCKS")]
	pub deliver_within: u32,
	/// Wait until the job ends; the exit code is that of `job watch`
	#[arg(long)]
	pub wait: bool,
	/// Longest wait, seconds
	#[arg(long, default_value_t = 600, requires = "wait", value_name = "SECONDS")]
	pub timeout: u64,
	#[command(flatten)]
	pub requirements: RequirementArgs,
}

/// The kinds of work.
#[derive(Clone, Debug, Subcommand)]
#[command(
	after_help = "Examples:\n  aitbc job submit echo --from alice --max-price \"1 MILLI\" --input hello.txt --wait\n  aitbc job submit gemm --from alice --max-price \"1 MILLI\" --m 64 --k 64 --n 64 --a A.bin --b B.bin\n  aitbc job submit wgsl --from alice --max-price \"1 MILLI\" --units-limit 10 --program edge.wgsl --image in.png --replicas 2"
)]
pub enum Kind {
	/// The output is the input: a probe of the whole path
	#[command(
		after_help = "Examples:\n  aitbc job submit echo --from alice --max-price \"1 MILLI\" --input hello.txt\n  aitbc job submit echo --from alice --max-price \"1 MILLI\" --text hello --wait"
	)]
	Echo(EchoArgs),
	/// int8 matrix product C = A·B
	#[command(
		after_help = "Example:\n  aitbc job submit gemm --from alice --max-price \"1 MILLI\" --m 1024 --k 1024 --n 1024 --a A.bin --b B.bin --wait\n\nA has m·k bytes, B k·n bytes, both row by row; C comes as m·n little-endian 32-bit integers, or as m·n bytes with --requantise: each row or column times multiplier / 2^shift, rounded to nearest and clamped to -128 to 127. SCALES has 8 bytes for each: multiplier (0 to 2147483647) and shift (1 to 62), little-endian."
	)]
	Gemm(GemmArgs),
	/// A registered compute shader
	#[command(
		after_help = "Examples:\n  aitbc job submit wgsl --from alice --max-price \"1 MILLI\" --units-limit 10 --program edge.wgsl --image in.png --replicas 2 --wait\n  aitbc job submit wgsl --from alice --max-price \"1 MILLI\" --units-limit 10 --program bafkrei… --input data.bin --params-u32 256,7 --workgroups 4,1,1 --output-bytes 1024\n\nRegister the shader first: aitbc program add edge.wgsl --from alice"
	)]
	Wgsl(WgslArgs),
}

/// Arguments of `job submit echo`.
#[derive(Clone, Debug, Args)]
#[group(id = "payload", required = true, multiple = false, args = ["input", "text"])]
pub struct EchoArgs {
	#[command(flatten)]
	pub terms: Terms,
	/// File to be echoed, or the CID of one in the data folder
	#[arg(long, value_name = "FILE|CID")]
	input: Option<String>,
	/// Text to be echoed, at most 1 KiB; travels on chain
	#[arg(long)]
	text: Option<String>,
}

/// Arguments of `job submit gemm`.
#[derive(Clone, Debug, Args)]
pub struct GemmArgs {
	#[command(flatten)]
	pub terms: Terms,
	/// Rows of A and C
	#[arg(long)]
	m: u32,
	/// Columns of A, rows of B
	#[arg(long)]
	k: u32,
	/// Columns of B and C
	#[arg(long)]
	n: u32,
	/// File with A, or its CID
	#[arg(long, value_name = "FILE|CID")]
	a: String,
	/// File with B, or its CID
	#[arg(long, value_name = "FILE|CID")]
	b: String,
	/// A is stored column by column
	#[arg(long)]
	transpose_a: bool,
	/// B is stored column by column
	#[arg(long)]
	transpose_b: bool,
	/// Bring C back to bytes, with a scale for each row or each column
	#[arg(long, value_enum, value_name = "AXIS", requires = "scales")]
	requantise: Option<ScaledAxis>,
	/// File with the scales, or its CID
	#[arg(long, value_name = "FILE|CID", requires = "requantise")]
	scales: Option<String>,
}

/// What of C has a scale of its own.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ScaledAxis {
	Row,
	Column,
}

/// Arguments of `job submit wgsl`.
#[derive(Clone, Debug, Args)]
pub struct WgslArgs {
	#[command(flatten)]
	pub terms: Terms,
	/// The shader: its file, or its CID
	#[arg(long, value_name = "FILE|CID")]
	program: String,
	/// Input buffers in the order of their bindings: files, or CIDs
	#[arg(long, value_name = "FILE|CID", conflicts_with = "image")]
	input: Vec<String>,
	/// A PNG as the one input: a 32-bit word 0xAABBGGRR per pixel. Sets parameters width and height,
	/// workgroups of 8×8 pixels and an output of the same size, unless they are given
	#[arg(long, value_name = "PNG")]
	image: Option<PathBuf>,
	/// Workgroups in x, y, z
	#[arg(long, value_parser = parse_workgroups, value_name = "X,Y,Z", required_unless_present = "image")]
	workgroups: Option<[u32; 3]>,
	/// Size of the output buffer
	#[arg(long, value_name = "BYTES", required_unless_present = "image")]
	output_bytes: Option<u32>,
	/// Parameters as 32-bit numbers
	#[arg(long, value_delimiter = ',', value_name = "A,B,…", conflicts_with = "params_file")]
	params_u32: Vec<u32>,
	/// Parameters as a file of at most 1 KiB
	#[arg(long, value_name = "FILE")]
	params_file: Option<PathBuf>,
}

impl Kind {
	/// What is common to all.
	pub fn terms(&self) -> &Terms {
		match self {
			Kind::Echo(args) => &args.terms,
			Kind::Gemm(args) => &args.terms,
			Kind::Wgsl(args) => &args.terms,
		}
	}

	/// Stores the inputs in the data folder and builds the specification. Everything that can be
	/// known to fail is found here, before anything is paid.
	pub fn build(&self, context: &Context) -> Result<JobSpec, CliError> {
		let store = context.store()?;
		let requirements = self.terms().requirements.build(context)?;
		let spec = match self {
			Kind::Echo(args) => args.build(&store),
			Kind::Gemm(args) => args.build(&store),
			Kind::Wgsl(args) => args.build(&store),
		}?;
		let spec = JobSpec { requirements, ..spec };
		spec.validate().map_err(|error| CliError::usage(explain(error, &spec)))?;
		Ok(spec)
	}
}

impl Terms {
	fn spec(
		&self,
		workload: Workload,
		inputs: Vec<Cid>,
		params: Vec<u8>,
		units_limit: u64,
	) -> Result<JobSpec, CliError> {
		let replicas = self.replicas;
		let quorum = self.quorum.unwrap_or_else(|| (replicas / 2).saturating_add(1));
		let tie_breakers = self.tie_breakers.unwrap_or(u8::from(replicas > 1));
		Ok(JobSpec {
			workload,
			inputs: inputs
				.try_into()
				.map_err(|_| CliError::usage(format!("a job takes at most {MAX_INPUTS} inputs")))?,
			params: params.try_into().map_err(|_| {
				CliError::usage(format!("parameters have at most {MAX_PARAMS_BYTES} bytes"))
			})?,
			units_limit: self.units_limit.unwrap_or(units_limit),
			max_price_per_unit: self.max_price,
			tip: self.tip,
			replication: Replication { replicas, quorum, tie_breakers },
			requirements: Requirements::default(),
			start_within_blocks: self.start_within,
			deliver_within_blocks: self.deliver_within,
		})
	}
}

impl EchoArgs {
	fn build(&self, store: &FolderStore) -> Result<JobSpec, CliError> {
		let (inputs, params) = match (&self.input, &self.text) {
			(Some(input), _) => (vec![stored(store, input)?], Vec::new()),
			(None, Some(text)) => (Vec::new(), text.clone().into_bytes()),
			(None, None) => (Vec::new(), Vec::new()),
		};
		self.terms.spec(Workload::Echo, inputs, params, 1)
	}
}

impl GemmArgs {
	fn build(&self, store: &FolderStore) -> Result<JobSpec, CliError> {
		let shape = GemmShape { m: self.m, k: self.k, n: self.n };
		let form = Form {
			transpose_a: self.transpose_a,
			transpose_b: self.transpose_b,
			requantise: self.requantise.map(|axis| match axis {
				ScaledAxis::Row => Axis::Row,
				ScaledAxis::Column => Axis::Column,
			}),
		};
		// What the miners would find out, before anything is paid.
		let refused = |error: GemmError| CliError::usage(error.to_string());
		let dims = Dims::new(self.m, self.k, self.n).map_err(refused)?;
		let names = [Some(&self.a), Some(&self.b), self.scales.as_ref()];
		let loaded: Result<Vec<_>, _> =
			names.into_iter().flatten().map(|input| load(store, input)).collect();
		let (cids, inputs): (Vec<Cid>, Vec<Vec<u8>>) = loaded?.into_iter().unzip();
		let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
		Product::new(dims, form, &inputs).map_err(refused)?;
		let units = dims.operations().div_ceil(GEMM_OPS_PER_UNIT);
		self.terms.spec(Workload::Gemm(shape), cids, form.to_params(), units)
	}
}

impl WgslArgs {
	fn build(&self, store: &FolderStore) -> Result<JobSpec, CliError> {
		let Some(units_limit) = self.terms.units_limit else {
			let why = "a shader's budget is bought whole";
			return Err(CliError::usage(format!("--units-limit is needed: {why}")));
		};
		let (program, source) = self.program(store)?;
		let picture = self.image.as_deref().map(read_picture).transpose()?;
		let (inputs, size) = match &picture {
			Some(picture) => {
				let cid = store.put(&picture.rgba)?;
				(vec![cid], Some((picture.width, picture.height)))
			}
			None => {
				let inputs: Result<Vec<Cid>, CliError> =
					self.input.iter().map(|input| stored(store, input)).collect();
				(inputs?, None)
			}
		};
		let params = self.params(size)?;
		let tiles = |pixels: u32| pixels.div_ceil(IMAGE_TILE);
		let of_image = size.map(|(width, height)| [tiles(width), tiles(height), 1]);
		let workgroups = self.workgroups.or(of_image).unwrap_or([0; 3]);
		let of_image = size.map(|(width, height)| width.saturating_mul(height).saturating_mul(4));
		let output_bytes = self.output_bytes.or(of_image).unwrap_or(0);
		let contents: Result<Vec<Vec<u8>>, _> =
			inputs.iter().map(|cid| store.get(cid, u64::from(MAX_DATA_BYTES))).collect();
		let output_size = usize::try_from(output_bytes).unwrap_or(usize::MAX);
		source.check_buffers(&contents?, &params, workgroups, output_size).map_err(|error| {
			CliError::usage(format!("the job does not fit the shader: {error}"))
		})?;
		let call = WgslCall { program, workgroups, output_bytes };
		self.terms.spec(Workload::Wgsl(call), inputs, params, units_limit)
	}

	/// The shader's CID and the checked program.
	fn program(&self, store: &FolderStore) -> Result<(Cid, profile::Program), CliError> {
		let (cid, bytes) = match parse_cid(&self.program) {
			Ok(cid) => (cid, store.get(&cid, u64::from(MAX_PROGRAM_BYTES))?),
			Err(_) => {
				let path = Path::new(&self.program);
				let bytes = read_file(path, u64::from(MAX_PROGRAM_BYTES))?;
				(store.put(&bytes)?, bytes)
			}
		};
		let program = profile::check(&bytes)
			.map_err(|error| CliError::usage(format!("the shader {}: {error}", self.program)))?;
		Ok((cid, program))
	}

	fn params(&self, image: Option<(u32, u32)>) -> Result<Vec<u8>, CliError> {
		if let Some(path) = &self.params_file {
			return read_file(path, u64::from(MAX_PARAMS_BYTES));
		}
		let words = match image {
			Some((width, height)) if self.params_u32.is_empty() => vec![width, height],
			_ => self.params_u32.clone(),
		};
		Ok(words.iter().flat_map(|word| word.to_le_bytes()).collect())
	}
}

fn read_picture(path: &Path) -> Result<crate::image::Picture, CliError> {
	let bytes = read_file(path, u64::from(MAX_DATA_BYTES))?;
	decode_png(&bytes, &path.display().to_string())
}

/// The CID of data given as a CID or as a file, which is stored.
fn stored(store: &FolderStore, input: &str) -> Result<Cid, CliError> {
	load(store, input).map(|(cid, _)| cid)
}

/// As [`stored`], with the data.
fn load(store: &FolderStore, input: &str) -> Result<(Cid, Vec<u8>), CliError> {
	match parse_cid(input) {
		// A miner could not fetch it either if it is not there.
		Ok(cid) => Ok((cid, store.get(&cid, u64::from(MAX_DATA_BYTES))?)),
		Err(_) => {
			let bytes = read_file(Path::new(input), u64::from(MAX_DATA_BYTES))?;
			Ok((store.put(&bytes)?, bytes))
		}
	}
}

fn parse_workgroups(text: &str) -> Result<[u32; 3], String> {
	let fail = || format!("\"{text}\" is not three numbers; write them like 16,16,1");
	let numbers: Result<Vec<u32>, _> = text.split(',').map(str::parse).collect();
	numbers.map_err(|_| fail())?.try_into().map_err(|_| fail())
}

/// What a person can do about a specification that can never run.
fn explain(error: SpecError, spec: &JobSpec) -> String {
	let Replication { replicas, quorum, tie_breakers } = spec.replication;
	match error {
		SpecError::Replication => format!(
			"{quorum} of {replicas} replicas with {tie_breakers} tie-breakers is not possible: at most {MAX_REPLICAS} replicas, a quorum of more than half of them, and 1 to {MAX_TIE_BREAKERS} tie-breakers (none for one replica)"
		),
		SpecError::UnitsLimit => match spec.units() {
			Some(units) => format!(
				"--units-limit {} is too small: this work takes {units} units",
				spec.units_limit
			),
			None => format!("--units-limit {} is not possible", spec.units_limit),
		},
		SpecError::PriceZero => "--max-price must be more than zero".into(),
		SpecError::WindowZero => "--start-within and --deliver-within must be at least one block".into(),
		SpecError::Inputs => format!("this work does not take {} inputs", spec.inputs.len()),
		SpecError::Shape => format!(
			"the shape is not possible: {:?}; dimensions of matrices are 1 to {MAX_GEMM_DIM}, workgroups 1 to 65535 per dimension, and no input or output has more than {MAX_DATA_BYTES} bytes, outputs of shaders in multiples of 4",
			spec.workload
		),
		SpecError::Params => "these parameters do not fit the work: shaders take multiples of 4 bytes, matrix products none or one byte of flags".into(),
		SpecError::EscrowOverflow => format!(
			"(units × price + tip) × replicas does not fit any amount (price {} planck); lower --max-price or --tip",
			spec.max_price_per_unit
		),
		SpecError::Requirements => "the requirements contradict themselves: nobody can be allowed and denied at once".into(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		commands::{Command, job::JobCommand},
		options::Options,
	};
	use clap::Parser;

	fn kind(arguments: &[&str]) -> Result<(Kind, Context), clap::Error> {
		let mut line = vec!["aitbc", "job", "submit"];
		line.extend_from_slice(arguments);
		let options = Options::try_parse_from(line)?;
		let Command::Job(JobCommand::Submit(submit)) = options.command else { unreachable!() };
		Ok((*submit.kind, Context::new(options.global).expect("has folders")))
	}

	const TERMS: [&str; 4] = ["--from", "alice", "--max-price", "2 MILLI"];

	fn build(folder: &Path, arguments: &[&str]) -> Result<JobSpec, CliError> {
		let data = folder.join("data");
		let mut line = arguments.to_vec();
		line.extend_from_slice(&TERMS);
		line.extend_from_slice(&["--data", data.to_str().expect("text")]);
		let (kind, context) = kind(&line).map_err(|error| CliError::usage(error.to_string()))?;
		kind.build(&context)
	}

	#[test]
	fn gemm_should_be_checked_against_its_files() {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let (a, b) = (folder.path().join("a"), folder.path().join("b"));
		std::fs::write(&a, [1; 6]).expect("writes");
		std::fs::write(&b, [2; 12]).expect("writes");
		let (a, b) = (a.to_str().expect("text"), b.to_str().expect("text"));
		let shape = ["gemm", "--m", "2", "--k", "3", "--n", "4", "--a"];
		let spec = build(folder.path(), &[&shape[..], &[a, "--b", b]].concat()).expect("builds");
		assert_eq!(spec.units(), Some(1));
		assert_eq!(spec.replication, Replication::SINGLE);
		let swapped = build(folder.path(), &[&shape[..], &[b, "--b", a]].concat());
		let text = swapped.expect_err("refuses").to_string();
		assert!(text.contains("has 12 bytes") && text.contains("needs 6"), "{text}");
		let large = ["gemm", "--m", "2", "--k", "16385", "--n", "4", "--a", a, "--b", b];
		let text = build(folder.path(), &large).expect_err("refuses").to_string();
		assert!(text.contains("dimension k is 16385"), "{text}");
	}

	#[test]
	fn gemm_should_say_its_form() {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let file = |name: &str, bytes: &[u8]| {
			let path = folder.path().join(name);
			std::fs::write(&path, bytes).expect("writes");
			path.to_str().expect("text").to_string()
		};
		let (a, b) = (file("a", &[1; 6]), file("b", &[2; 12]));
		let good = file("scales", &[1, 0, 0, 0, 1, 0, 0, 0].repeat(4));
		let bad = file("zeros", &[0; 32]);
		let line = ["gemm", "--m", "2", "--k", "3", "--n", "4", "--a", &a, "--b", &b];
		let with = |more: &[&str]| build(folder.path(), &[&line[..], more].concat());
		let columns = with(&["--transpose-b", "--requantise", "column", "--scales", &good]);
		let spec = columns.expect("builds");
		assert_eq!((spec.params.as_slice(), spec.inputs.len()), (&[0b1010][..], 3));
		assert_eq!(with(&["--transpose-a"]).expect("builds").params.as_slice(), [1]);
		for (more, expected) in [
			(&["--requantise", "row", "--scales", &good][..], "2 entries need 16"),
			(&["--requantise", "column", "--scales", &bad], "scale 0 is 0 / 2^0"),
			(&["--requantise", "column"], "--scales"),
			(&["--scales", &good], "--requantise"),
		] {
			let text = with(more).expect_err("refuses").to_string();
			assert!(text.contains(expected), "{text}");
		}
	}

	#[test]
	fn echo_should_take_one_source() {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let spec =
			build(folder.path(), &["echo", "--text", "hi", "--replicas", "3"]).expect("builds");
		assert_eq!(spec.replication, Replication { replicas: 3, quorum: 2, tie_breakers: 1 });
		assert_eq!((spec.tip, &spec.requirements), (0, &Requirements::default()));
		assert_eq!(spec.params.as_slice(), b"hi");
		assert!(build(folder.path(), &["echo"]).is_err());
		assert!(build(folder.path(), &["echo", "--text", "hi", "--input", "x"]).is_err());
		let long = "x".repeat(1025);
		assert!(build(folder.path(), &["echo", "--text", &long]).is_err());
		let missing = aitbc_data::cid_to_string(&Cid::of_raw(b"nobody has this"));
		let error = build(folder.path(), &["echo", "--input", &missing]).expect_err("refuses");
		assert!(matches!(error, CliError::Data(_)), "{error}");
	}

	#[test]
	fn impossible_terms_should_be_refused_before_anything_is_paid() {
		let folder = tempfile::tempdir().expect("a temporary folder");
		for (arguments, expected) in [
			(&["--replicas", "0"][..], "0 replicas"),
			(&["--replicas", "8"], "8 replicas"),
			(&["--replicas", "4", "--quorum", "2"], "2 of 4"),
			(&["--replicas", "2", "--tie-breakers", "0"], "0 tie-breakers"),
			(&["--replicas", "2", "--tie-breakers", "3"], "3 tie-breakers"),
			(&["--tie-breakers", "1"], "none for one replica"),
			(&["--allow", ALICE, "--deny", ALICE], "allowed and denied"),
			(&["--start-within", "0"], "at least one block"),
			(&["--deliver-within", "0"], "at least one block"),
			(&["--units-limit", "0"], "--units-limit 0"),
		] {
			let line = [&["echo", "--text", "hi"][..], arguments].concat();
			let text = build(folder.path(), &line).expect_err("refuses").to_string();
			assert!(text.contains(expected), "{text}");
		}
	}

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	#[test]
	fn terms_should_say_who_may_run_it() {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let spec = build(
			folder.path(),
			&[
				&["echo", "--text", "hi", "--tip", "3 MILLI", "--replicas", "2"][..],
				&["--tie-breakers", "2", "--min-vram", "8192", "--min-speed", "5"],
				&["--min-reputation", "95", "--feature", "subgroups", "--feature", "dot4-i8"],
				&["--region", "de", "--deny", ALICE],
			]
			.concat(),
		);
		let spec = spec.expect("builds");
		assert_eq!(spec.tip, 3_000_000_000);
		assert_eq!(spec.replication.tie_breakers, 2);
		let wanted = spec.requirements;
		assert_eq!((wanted.min_vram_mib, wanted.min_units_per_second), (8192, 5));
		assert_eq!(wanted.min_reputation.0, 9_500);
		assert_eq!(wanted.features.0, 0b101);
		assert_eq!(wanted.region.map(|region| region.0), Some(*b"DE"));
		assert_eq!((wanted.allow.len(), wanted.deny.len()), (0, 1));
		let nine = ["--allow", ALICE].repeat(9);
		let error = build(folder.path(), &[&["echo", "--text", "hi"][..], &nine].concat());
		assert!(error.expect_err("refuses").to_string().contains("8 times"));
	}

	#[test]
	fn prices_of_zero_and_of_everything_should_be_refused() {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let data = folder.path().join("data");
		for (price, expected) in [
			("0 AIT", "more than zero"),
			("340282366920938463463374607431768211455 planck", "does not fit"),
		] {
			let line = [
				"echo",
				"--text",
				"hi",
				"--replicas",
				"2",
				"--from",
				"a",
				"--max-price",
				price,
				"--data",
				data.to_str().expect("text"),
			];
			let (kind, context) = kind(&line).expect("parses");
			let text = kind.build(&context).expect_err("refuses").to_string();
			assert!(text.contains(expected), "{text}");
		}
	}

	#[test]
	fn images_should_set_what_shaders_need() {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let picture = crate::image::Picture { width: 17, height: 9, rgba: vec![3; 17 * 9 * 4] };
		let image = folder.path().join("in.png");
		std::fs::write(&image, crate::image::encode_png(&picture).expect("encodes"))
			.expect("writes");
		let shader = folder.path().join("copy.wgsl");
		std::fs::write(&shader, COPY).expect("writes");
		let line = [
			"wgsl",
			"--units-limit",
			"5",
			"--program",
			shader.to_str().expect("text"),
			"--image",
			image.to_str().expect("text"),
		];
		let spec = build(folder.path(), &line).expect("builds");
		let Workload::Wgsl(call) = spec.workload else { panic!("another workload") };
		assert_eq!((call.workgroups, call.output_bytes), ([3, 2, 1], 17 * 9 * 4));
		assert_eq!(spec.params.as_slice(), [17u32.to_le_bytes(), 9u32.to_le_bytes()].concat());
		assert_eq!(spec.inputs.as_slice(), [Cid::of_raw(&picture.rgba)]);
		assert_eq!(call.program, Cid::of_raw(COPY.as_bytes()));
	}

	const COPY: &str = "
@group(0) @binding(0) var<storage, read> pixels: array<u32>;
@group(0) @binding(1) var<storage, read> size: array<u32>;
@group(0) @binding(2) var<storage, read_write> result: array<u32>;
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
	if id.x < size[0] && id.y < size[1] {
		let at = id.y * size[0] + id.x;
		result[at] = pixels[at];
	}
}
";

	#[test]
	fn workgroups_should_be_three_numbers() {
		assert_eq!(parse_workgroups("1,2,3"), Ok([1, 2, 3]));
		for text in ["", "1", "1,2", "1,2,3,4", "1,2,x", "-1,2,3"] {
			assert!(parse_workgroups(text).is_err(), "{text}");
		}
	}
}
