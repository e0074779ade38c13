//! Random programs of the integer profile, each with the data to run it on.
//!
//! They keep the race rule by construction: an invocation writes its own words of the output and its
//! own slot of workgroup memory, others read that slot behind a barrier, and shared words are changed
//! by atomic operations of one kind. Everything else is as wild as the profile allows: indexes past
//! either end, shifts by any count, divisions by zero, loops that end late or never.

mod choices;
mod expressions;
pub mod operations;
mod statements;

use alloc::{format, string::String, vec::Vec};
pub use choices::Choices;

/// Words of the output that belong to one invocation.
const SLOTS: u32 = 4;
/// Elements of arrays.
const ELEMENTS: u32 = 5;

/// A program with a dispatch of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
	/// WGSL.
	pub source: String,
	/// Inputs of the job.
	pub inputs: Vec<Vec<u8>>,
	/// Parameters of the job.
	pub params: Vec<u8>,
	/// Workgroups in x, y, z.
	pub workgroups: [u32; 3],
	/// Length of the output.
	pub output_bytes: usize,
	/// Fuel that is enough for some.
	pub fuel: u32,
}

impl Sample {
	/// The dispatch.
	pub fn call(&self) -> super::Call<'_> {
		super::Call {
			inputs: &self.inputs,
			params: &self.params,
			workgroups: self.workgroups,
			output_bytes: self.output_bytes,
		}
	}
}

/// Types of variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ty {
	Bool,
	Word { signed: bool },
	Vector { signed: bool, size: u32 },
}

impl Ty {
	fn name(self) -> String {
		let scalar = |signed| if signed { "i32" } else { "u32" };
		match self {
			Ty::Bool => "bool".into(),
			Ty::Word { signed } => scalar(signed).into(),
			Ty::Vector { signed, size } => format!("vec{size}<{}>", scalar(signed)),
		}
	}

	const fn is_unsigned_vector(self) -> bool {
		matches!(self, Ty::Vector { signed: false, .. })
	}
}

/// A variable in scope.
#[derive(Clone)]
struct Place {
	name: String,
	/// Of its elements, for an array.
	ty: Ty,
	count: Option<u32>,
	mutable: bool,
}

/// A function of the program.
#[derive(Clone)]
struct Signature {
	name: String,
	arguments: Vec<Ty>,
	/// Whether its last argument is a pointer to an array of u32.
	takes_pointer: bool,
	result: Ty,
}

/// What a program's output is made with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
	/// Each invocation has its own words.
	Own,
	/// There is one invocation, which may write anywhere.
	Alone,
	/// All words are shared, and changed by atomic operations of this name.
	Atomic(&'static str),
}

struct Generator<'c> {
	choices: &'c mut Choices,
	text: String,
	indent: usize,
	scope: Vec<Place>,
	functions: Vec<Signature>,
	names: u32,
	/// Statements that may still come.
	budget: u32,
	mode: Mode,
	/// Whether the program shares memory within a workgroup.
	shares: bool,
	/// Loops around the statement that comes next.
	loops: u32,
	/// Whether a `return` without a value may stand here.
	may_return: bool,
}

/// Makes a program.
pub fn sample(choices: &mut Choices) -> Sample {
	let sizes = [[1, 1, 1], [4, 1, 1], [8, 2, 1], [3, 1, 5], [32, 1, 1], [5, 5, 1]];
	let mut size = choices.pick(&sizes).unwrap_or([1, 1, 1]);
	let mut workgroups = [1 + choices.below(2), 1 + choices.below(2), 1];
	let atomics = ["atomicAdd", "atomicMin", "atomicMax", "atomicXor", "atomicOr", "atomicAnd"];
	let mode = match choices.below(5) {
		0 => Mode::Alone,
		1 => Mode::Atomic(choices.pick(&atomics).unwrap_or("atomicAdd")),
		_ => Mode::Own,
	};
	if mode == Mode::Alone {
		(size, workgroups) = ([1; 3], [1; 3]);
	}
	let count = size.iter().product::<u32>();
	let invocations = count * workgroups.iter().product::<u32>();
	let shares = mode != Mode::Alone && choices.percent(50);
	let data = |choices: &mut Choices, words: u32| -> Vec<u8> {
		(0..words).flat_map(|_| choices.number().to_le_bytes()).collect()
	};
	let words = 4 + choices.below(24);
	let inputs = [data(choices, words), data(choices, 9)].to_vec();
	let params = if choices.percent(50) { data(choices, 3) } else { Vec::new() };
	let fuel = 40 + choices.below(300);
	let budget = 10 + choices.below(25);
	let mut generator = Generator {
		choices,
		text: String::new(),
		indent: 0,
		scope: Vec::new(),
		functions: Vec::new(),
		names: 0,
		budget,
		mode,
		shares,
		loops: 0,
		may_return: false,
	};
	generator.program(size, count, !params.is_empty());
	let source = generator.text;
	let output_bytes = (invocations * SLOTS * 4) as usize;
	Sample { source, inputs, params, workgroups, output_bytes, fuel }
}
