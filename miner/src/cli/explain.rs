//! `aitbc-miner explain`: what a shader costs, or why it is refused.

use super::{Fault, parse_workgroups, read_file};
use aitbc_compute_core::{
	merkle,
	profile::{
		self, Location, MAX_UNFOLDED_SIZE, MAX_WORKGROUP_INVOCATIONS, ProfileError, Program,
	},
	shader::{
		Call, InterpretError, Limits, Loop, MAX_FUEL, Memory, Outcome, Race, Report, Shader,
		Workgroups,
	},
};
use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};
use std::{
	path::PathBuf,
	time::{Duration, Instant},
};

/// How many workgroups are interpreted where all of them take too long.
const SAMPLE: u64 = 16;

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
	/// WGSL source.
	program: PathBuf,
	/// Workgroups in x, y and z: interpret this dispatch.
	#[arg(long, value_parser = parse_workgroups, value_name = "X,Y,Z", requires = "output_bytes")]
	workgroups: Option<[u32; 3]>,
	/// Length of the output, a multiple of four.
	#[arg(long, requires = "workgroups")]
	output_bytes: Option<u32>,
	/// An input; binding 0 is the first one given.
	#[arg(long, requires = "workgroups")]
	input: Vec<PathBuf>,
	/// Parameters: 32-bit words in the buffer after the inputs.
	#[arg(long, value_delimiter = ',', value_name = "N,…", requires = "workgroups")]
	params_u32: Vec<u32>,
	/// Time for interpreting. A dispatch that takes longer is interpreted in part.
	#[arg(long, default_value_t = 10)]
	seconds: u64,
}

/// What interpreting a dispatch found.
struct Trial {
	report: Report,
	interpreted: u64,
	workgroups: u64,
}

pub(super) fn run(json: bool, arguments: &ExplainArguments) -> Result<(), Fault> {
	let source = read_file(&arguments.program)?;
	let name = arguments.program.display().to_string();
	let program = match profile::check(&source) {
		Ok(program) => program,
		Err(error) => {
			if json {
				println!("{}", refusal_json(&source, &error));
				return Err(Fault::of_job(format!("{name}: {error}")).told());
			}
			print_refusal(&name, &source, &error);
			return Err(Fault::of_job(format!("no miner would run {name}")));
		}
	};
	let shader = Shader::new(&program).context("the pass that makes programs safe")?;
	let trial = match (arguments.workgroups, arguments.output_bytes) {
		(Some(workgroups), Some(output_bytes)) => {
			Some(try_out(&program, &shader, arguments, workgroups, output_bytes as usize)?)
		}
		_ => None,
	};
	if json {
		println!("{}", verdict_json(&program, &shader, trial.as_ref()));
	} else {
		print_verdict(&name, &program, &shader);
		match &trial {
			Some(trial) => print_trial(trial),
			None => println!(
				"  rounds      unknown: give --workgroups, --output-bytes and the inputs to try it"
			),
		}
	}
	let fault = trial.as_ref().and_then(fault);
	fault.map_or(Ok(()), |fault| Err(Fault::of_job(format!("{name}: {fault}")).told()))
}

/// Why nobody should post the job that was tried.
fn fault(trial: &Trial) -> Option<&'static str> {
	if !trial.report.races.is_empty() {
		return Some("the dispatch has a data race: do not post it");
	}
	let is_dry = matches!(trial.report.outcome, Outcome::OutOfFuel);
	is_dry.then_some("the dispatch runs out of fuel, whatever is paid: do not post it")
}

/// Interprets the dispatch, all of it if that does not take too long.
fn try_out(
	program: &Program,
	shader: &Shader,
	arguments: &ExplainArguments,
	workgroups: [u32; 3],
	output_bytes: usize,
) -> Result<Trial, Fault> {
	let inputs: Vec<Vec<u8>> =
		arguments.input.iter().map(|path| read_file(path)).collect::<Result<_, _>>()?;
	let params: Vec<u8> = arguments.params_u32.iter().flat_map(|word| word.to_le_bytes()).collect();
	program
		.check_buffers(&inputs, &params, workgroups, output_bytes)
		.map_err(|error| Fault::of_job(error.to_string()))?;
	let call = Call { inputs: &inputs, params: &params, workgroups, output_bytes };
	let count: u64 = workgroups.iter().map(|side| u64::from(*side)).product();
	// Half of the time is for the whole dispatch, the rest for a sample of it.
	let half = Duration::from_secs(arguments.seconds) / 2;
	let interpret = |selected| {
		let deadline = Instant::now().checked_add(half);
		let limits = Limits { deadline, ..Limits::default() };
		shader.interpret(&call, MAX_FUEL, selected, limits)
	};
	let step = count.div_ceil(SAMPLE);
	let trial = match interpret(Workgroups::All) {
		Err(InterpretError::TimedOut | InterpretError::TooLong) if step > 1 => {
			let sample = interpret(Workgroups::Every { step, rest: 0 });
			sample.map(|report| (report, count.div_ceil(step)))
		}
		result => result.map(|report| (report, count)),
	};
	let (report, interpreted) = trial.with_context(|| {
		let seconds = arguments.seconds;
		format!("the dispatch cannot be interpreted here within {seconds} s; give more --seconds, or try fewer workgroups")
	})?;
	Ok(Trial { report, interpreted, workgroups: count })
}

fn line_of(source: &[u8], place: Location) -> Option<String> {
	let text = std::str::from_utf8(source).ok()?;
	let line = text.lines().nth(place.line.checked_sub(1)? as usize)?;
	Some(line.to_string())
}

fn print_refusal(name: &str, source: &[u8], error: &ProfileError) {
	let verdict = if error.is_refusal() { "refused" } else { "invalid" };
	let rule = error.invariant().map_or_else(String::new, |rule| format!(" ({rule})"));
	let place = error.location().map_or_else(String::new, |place| format!(" at {place}"));
	println!("{name}: {verdict}{place}{rule}");
	let shown = error.location().and_then(|place| Some((place, line_of(source, place)?)));
	if let Some((place, line)) = shown {
		let number = place.line.to_string();
		let margin = " ".repeat(number.len());
		// Tabs stay tabs, so that the caret stands under its character.
		let before: String = line
			.chars()
			.take(place.column.saturating_sub(1) as usize)
			.map(|character| if character == '\t' { '\t' } else { ' ' })
			.collect();
		println!(" {margin} |\n {number} | {line}\n {margin} | {before}^");
	}
	match error {
		ProfileError::Refused { rule, what, .. } => {
			println!("  found       {what}");
			println!("  to mend it  {}", rule.reason());
		}
		ProfileError::Parse { message, .. } | ProfileError::Invalid { message, .. } => {
			println!("  found       {message}");
		}
		other => println!("  found       {other}"),
	}
}

fn refusal_json(source: &[u8], error: &ProfileError) -> Value {
	let place = error.location();
	let mend = match error {
		ProfileError::Refused { rule, .. } => Some(rule.reason()),
		_ => None,
	};
	json!({
		"ok": false,
		"refused": error.is_refusal(),
		"invariant": error.invariant(),
		"line": place.map(|it| it.line),
		"column": place.map(|it| it.column),
		"source_line": place.and_then(|place| line_of(source, place)),
		"message": error.to_string(),
		"mend": mend,
	})
}

fn print_verdict(name: &str, program: &Program, shader: &Shader) {
	println!("{name}: keeps the integer profile");
	let [x, y, z] = program.workgroup_size();
	let invocations = x * y * z;
	println!(
		"  workgroup   {x} × {y} × {z}: {invocations} invocations, at most {MAX_WORKGROUP_INVOCATIONS}"
	);
	let output = (program.output(), "written");
	let buffers = program.reads().iter().map(|binding| (binding, "read")).chain([output]);
	for (number, (binding, access)) in buffers.enumerate() {
		let head = if number == 0 { "buffers" } else { "" };
		let (name, stride) = (&binding.name, binding.stride);
		println!("  {head:10}  {number}: {name}, {access}, {stride} bytes an element");
	}
	println!(
		"  size        {} expressions and statements, at most {MAX_UNFOLDED_SIZE}",
		program.unfolded_size()
	);
	for (number, one) in shader.loops().iter().enumerate() {
		let head = if number == 0 { "loops" } else { "" };
		let place = place_text(one.place);
		let kind = match one.is_uniform {
			true => "uniform: all invocations of a workgroup take as many rounds",
			false => "divergent: each invocation counts for itself, which is slower",
		};
		println!("  {head:10}  {place}: {kind}");
	}
	if shader.loops().is_empty() {
		println!("  loops       none: any units_limit is enough");
	}
}

fn place_text(place: Option<Location>) -> String {
	place.map_or_else(|| "somewhere".to_string(), |place| place.to_string())
}

fn print_trial(trial: &Trial) {
	let Trial { report, interpreted, workgroups } = trial;
	let part = if interpreted == workgroups { "all" } else { "a sample" };
	println!("  tried       {interpreted} of {workgroups} workgroups, {part}");
	let at_least = if interpreted == workgroups { "" } else { "at least " };
	let rounds = report.rounds;
	match &report.outcome {
		Outcome::Completed(_) => {
			println!("  rounds      {at_least}{rounds} in the hungriest invocation");
			println!(
				"  fuel        {at_least}{rounds} for each: a units_limit of {at_least}{}",
				units(report)
			);
		}
		Outcome::OutOfFuel => {
			println!("  rounds      more than {MAX_FUEL} in one invocation");
			println!(
				"  fuel        OutOfFuel, whatever the units_limit: no invocation has more than {MAX_FUEL}"
			);
		}
	}
	if let (Outcome::Completed(output), true) = (&report.outcome, interpreted == workgroups) {
		let root = hex::encode(merkle::root(output));
		println!("  output      {} bytes, trace root 0x{root}", output.len());
	}
	match report.races.as_slice() {
		[] if interpreted == workgroups => println!("  races       none in this dispatch"),
		[] => println!("  races       none in the sample; between other workgroups there may be"),
		races => {
			for (number, race) in races.iter().enumerate() {
				let head = if number == 0 { "races" } else { "" };
				println!("  {head:10}  {}", race_text(race));
			}
			println!(
				"              the result is undefined (INV-COMPUTE-18): miners may disagree, and none is paid"
			);
		}
	}
}

/// The least that a job must buy; it buys at least one.
fn units(report: &Report) -> u32 {
	report.rounds.max(1)
}

const fn memory_name(memory: Memory) -> &'static str {
	match memory {
		Memory::Output => "the output",
		Memory::Workgroup => "workgroup memory",
	}
}

fn race_text(race: &Race) -> String {
	let Race { memory, word, first, second, place } = *race;
	let (place, memory) = (place_text(place), memory_name(memory));
	format!("{place}: invocations {first} and {second} both access word {word} of {memory}")
}

fn loop_json(one: &Loop) -> Value {
	json!({
		"line": one.place.map(|it| it.line),
		"column": one.place.map(|it| it.column),
		"uniform": one.is_uniform,
	})
}

fn verdict_json(program: &Program, shader: &Shader, trial: Option<&Trial>) -> Value {
	let reads: Vec<_> = program.reads().iter().map(|binding| &binding.name).collect();
	json!({
		"ok": true,
		"workgroup_size": program.workgroup_size(),
		"reads": reads,
		"output": program.output().name,
		"size": program.unfolded_size(),
		"size_limit": MAX_UNFOLDED_SIZE,
		"loops": shader.loops().iter().map(loop_json).collect::<Vec<_>>(),
		"dispatch": trial.map(trial_json),
	})
}

fn trial_json(trial: &Trial) -> Value {
	let Trial { report, interpreted, workgroups } = trial;
	let races = report.races.iter().map(|race| {
		json!({
			"memory": memory_name(race.memory),
			"word": race.word,
			"invocations": [race.first, race.second],
			"line": race.place.map(|it| it.line),
			"column": race.place.map(|it| it.column),
		})
	});
	let (outcome, units, root) = match &report.outcome {
		Outcome::Completed(output) => {
			let whole = interpreted == workgroups;
			let root = whole.then(|| format!("0x{}", hex::encode(merkle::root(output))));
			("Completed", Some(units(report)), root)
		}
		Outcome::OutOfFuel => ("OutOfFuel", None, None),
	};
	json!({
		"workgroups": workgroups,
		"interpreted": interpreted,
		"outcome": outcome,
		"rounds": report.rounds,
		"units_limit": units,
		"trace_root": root,
		"races": races.collect::<Vec<_>>(),
	})
}
