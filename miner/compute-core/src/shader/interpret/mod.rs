//! The reference: a whole dispatch on the processor, word by word as the specification says.
//!
//! Workgroups run one after another, and within one each invocation runs until it ends or stands at a
//! barrier; with a program that keeps the race rule no other order gives another result. What breaks
//! it is found and reported ([`Race`]). Speed is not its aim: it is what devices are compared with, and
//! what a dispute about a shader can be settled by.
//!
//! Its use of memory, steps and time is bounded by [`Limits`], whatever the program.

mod arith;
mod evaluate;
mod machine;
mod memory;
mod race;
mod value;

use super::Call;
use crate::profile::Location;
use alloc::{
	string::{String, ToString},
	vec,
	vec::Vec,
};
use machine::{Machine, Pause, unsupported};
use memory::{Budget, World};
use naga::{Binding, BuiltIn, Module, TypeInner, valid::ModuleInfo};
use race::Shadow;
use std::time::Instant;
use value::Value;

/// What an interpretation may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// Memory for buffers, what is noted of them, and invocations, bytes.
	pub memory_bytes: u64,
	/// Statements and expressions.
	pub steps: u64,
	/// When it must have ended; looked at every some thousand steps.
	pub deadline: Option<Instant>,
}

impl Default for Limits {
	/// One GiB, and some minutes of a processor.
	fn default() -> Self {
		Self { memory_bytes: 1 << 30, steps: 10_000_000_000, deadline: None }
	}
}

/// Which workgroups are interpreted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Workgroups {
	/// All of them.
	#[default]
	All,
	/// Those whose number (x changes first) leaves `rest` when divided by `step`: a sample.
	Every {
		/// One of how many; zero counts as one.
		step: u64,
		/// Which one.
		rest: u64,
	},
}

impl Workgroups {
	/// The first number, and how far it is from one to the next.
	const fn stride(self) -> (u64, u64) {
		match self {
			Workgroups::All | Workgroups::Every { step: 0 | 1, .. } => (0, 1),
			Workgroups::Every { step, rest } => (rest % step, step),
		}
	}
}

/// Which memory a race is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
	/// The output buffer.
	Output,
	/// The memory of a workgroup.
	Workgroup,
}

/// Two invocations that break the race rule (INV-COMPUTE-18). The program's result is undefined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Race {
	/// Where.
	pub memory: Memory,
	/// Which word of it; in a workgroup's memory variables follow each other as they are declared.
	pub word: u32,
	/// Number in the dispatch of an invocation that touched the word first.
	pub first: u64,
	/// Number of the one that must not have touched it then.
	pub second: u64,
	/// The statement by which that one did, if the compiler knows where it stands.
	pub place: Option<Location>,
}

/// How a dispatch ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
	/// All invocations ended; the output's bytes. Of a sample, only what it wrote is meaningful.
	Completed(Vec<u8>),
	/// An invocation took more rounds than its fuel allows.
	OutOfFuel,
}

/// What an interpretation found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
	/// How it ended.
	pub outcome: Outcome,
	/// Most rounds of one invocation: the least fuel that suffices.
	pub rounds: u32,
	/// Races, one for each word, at most 16.
	pub races: Vec<Race>,
	/// For each word of the output whether it was written other than by atomic operations.
	pub written: Vec<bool>,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InterpretError {
	/// [`Limits::memory_bytes`].
	#[error("interpreting the dispatch takes {needed} bytes of memory, {limit} are allowed")]
	Memory {
		/// What it takes.
		needed: u64,
		/// The limit.
		limit: u64,
	},
	/// [`Limits::steps`].
	#[error("interpreting the dispatch takes more steps than allowed")]
	TooLong,
	/// [`Limits::deadline`].
	#[error("interpreting the dispatch takes more time than allowed")]
	TimedOut,
	/// Invocations of a workgroup stand at different barriers. The profile excludes that.
	#[error("invocations of workgroup {workgroup} wait at different barriers")]
	Barriers {
		/// Its number in the dispatch.
		workgroup: u64,
	},
	/// Something outside of the profile: a fault of this crate, if the program was checked.
	#[error("the program has {what}, which the profile does not; this is a fault of the checker")]
	Unsupported {
		/// What.
		what: String,
	},
}

/// A module with what is needed to run it.
pub(super) struct Target<'m> {
	pub module: &'m Module,
	pub info: &'m ModuleInfo,
	pub source: &'m str,
	/// None for a module that counts its fuel itself.
	pub fuel: Option<u32>,
	pub has_barrier: bool,
}

/// What the host finds afterwards.
pub(super) struct End {
	pub out_of_fuel: bool,
	pub rounds: u32,
	pub races: Vec<Race>,
	pub written: Vec<bool>,
	pub buffers: Vec<Vec<u32>>,
}

/// Words of some bytes, zeros at the end.
pub(super) fn words_of(bytes: &[u8]) -> Vec<u32> {
	let word = |chunk: &[u8]| {
		let mut word = [0; 4];
		for (slot, byte) in word.iter_mut().zip(chunk) {
			*slot = *byte;
		}
		u32::from_le_bytes(word)
	};
	bytes.chunks(4).map(word).collect()
}

/// Interprets a dispatch; `control` is one more buffer after the output.
pub(super) fn run(
	target: &Target<'_>,
	call: &Call<'_>,
	control: Option<Vec<u32>>,
	workgroups: Workgroups,
	limits: Limits,
) -> Result<End, InterpretError> {
	let machine = Machine::new(target)?;
	let Some(entry) = target.module.entry_points.first() else {
		return Err(unsupported("no entry point"));
	};
	let size = entry.workgroup_size;
	let invocations: u64 = size.iter().map(|side| u64::from(*side)).product();
	let alive = if target.has_barrier { invocations } else { 1 };
	let read: u64 = call.inputs.iter().map(|input| input.len() as u64).sum();
	// A word of output is there as it began, as it is, and with who touched it; one of workgroup memory without
	// the first.
	let needed = read
		+ 4 * call.output_bytes as u64
		+ 12 * u64::from(machine.layout.workgroup_words)
		+ alive.saturating_mul(machine.invocation_bytes());
	if needed > limits.memory_bytes {
		return Err(InterpretError::Memory { needed, limit: limits.memory_bytes });
	}
	let mut buffers: Vec<Vec<u32>> = call.inputs.iter().map(|input| words_of(input)).collect();
	if !call.params.is_empty() {
		buffers.push(words_of(call.params));
	}
	let output = buffers.len() as u32;
	let output_words = call.output_bytes / 4;
	buffers.push(vec![0; output_words]);
	buffers.extend(control);
	let group_words = machine.layout.workgroup_words as usize;
	let mut world = World {
		buffers,
		output,
		workgroup: vec![0; group_words],
		output_shadow: Shadow::new(output_words),
		workgroup_shadow: Shadow::new(group_words),
		races: Vec::new(),
		budget: Budget::new(limits),
	};
	let mut dispatch = Dispatch { machine: &machine, call, size, rounds: 0 };
	let out_of_fuel = dispatch.all_groups(&mut world, workgroups, target.has_barrier)?;
	Ok(End {
		out_of_fuel,
		rounds: dispatch.rounds,
		races: world.races,
		written: world.output_shadow.written(),
		buffers: world.buffers,
	})
}

/// A dispatch under way.
struct Dispatch<'a, 'm> {
	machine: &'a Machine<'m>,
	call: &'a Call<'a>,
	/// Invocations of a workgroup.
	size: [u32; 3],
	rounds: u32,
}

impl Dispatch<'_, '_> {
	/// Gives whether fuel ran out.
	fn all_groups(
		&mut self,
		world: &mut World,
		selected: Workgroups,
		has_barrier: bool,
	) -> Result<bool, InterpretError> {
		let [columns, rows, planes] = self.call.workgroups.map(u64::from);
		// Each coordinate is below its side, which is a u32.
		let place = |number: u64| {
			let x = number % columns;
			let y = number / columns % rows;
			let z = number / columns / rows;
			[x, y, z].map(|side| side as u32)
		};
		let count = columns.saturating_mul(rows).saturating_mul(planes);
		let (mut number, step) = selected.stride();
		while number < count {
			world.budget.spend(1)?;
			if self.group(world, place(number), number, has_barrier)? {
				return Ok(true);
			}
			number = number.saturating_add(step);
		}
		Ok(false)
	}

	fn group(
		&mut self,
		world: &mut World,
		group: [u32; 3],
		number: u64,
		has_barrier: bool,
	) -> Result<bool, InterpretError> {
		world.budget.spend(world.workgroup.len() as u64 / 8)?;
		world.workgroup.fill(0);
		world.workgroup_shadow.clear();
		let count: u32 = self.size.iter().product();
		let first = number.saturating_mul(u64::from(count));
		if !has_barrier {
			for index in 0..count {
				let arguments = self.arguments(group, index)?;
				let who = first.saturating_add(u64::from(index));
				let mut invocation = self.machine.invocation(who, arguments, world)?;
				let pause = self.machine.run(&mut invocation, world)?;
				self.rounds = self.rounds.max(invocation.rounds);
				if pause == Pause::OutOfFuel {
					return Ok(true);
				}
			}
			return Ok(false);
		}
		let mut invocations = Vec::with_capacity(count as usize);
		for index in 0..count {
			let arguments = self.arguments(group, index)?;
			let who = first.saturating_add(u64::from(index));
			invocations.push(self.machine.invocation(who, arguments, world)?);
		}
		loop {
			let mut common = None;
			for invocation in &mut invocations {
				let pause = self.machine.run(invocation, world)?;
				self.rounds = self.rounds.max(invocation.rounds);
				if pause == Pause::OutOfFuel {
					return Ok(true);
				}
				if *common.get_or_insert(pause) != pause {
					return Err(InterpretError::Barriers { workgroup: number });
				}
			}
			match common {
				Some(Pause::Barrier(stop)) if stop.orders_workgroup => {
					world.budget.spend(world.workgroup.len() as u64 / 8)?;
					world.workgroup_shadow.clear();
				}
				Some(Pause::Barrier(_)) => {}
				_ => return Ok(false),
			}
		}
	}

	/// The entry point's arguments for one invocation.
	fn arguments(&self, group: [u32; 3], index: u32) -> Result<Vec<Value>, InterpretError> {
		let module = self.machine.module;
		let entry = module.entry_points.first().ok_or_else(|| unsupported("no entry point"))?;
		let mut values = Vec::with_capacity(entry.function.arguments.len());
		for argument in &entry.function.arguments {
			let mut words = Vec::new();
			let ty = module.types.get_handle(argument.ty).map_err(unsupported)?;
			match (&argument.binding, &ty.inner) {
				(Some(binding), _) => self.builtin(binding, group, index, &mut words)?,
				(None, TypeInner::Struct { members, .. }) => {
					for member in members {
						let binding = member.binding.as_ref();
						let binding = binding.ok_or_else(|| unsupported("an unbound member"))?;
						self.builtin(binding, group, index, &mut words)?;
					}
				}
				_ => return Err(unsupported("an unbound argument")),
			}
			values.push(Value::of(&words));
		}
		Ok(values)
	}

	fn builtin(
		&self,
		binding: &Binding,
		group: [u32; 3],
		index: u32,
		words: &mut Vec<u32>,
	) -> Result<(), InterpretError> {
		let [width, height, _] = self.size;
		let local = [index % width, index / width % height, index / width / height];
		let [x, y, z] = [0, 1, 2].map(|axis: usize| {
			let begin = group.get(axis).zip(self.size.get(axis));
			let begin = begin.map_or(0, |(group, size)| group.wrapping_mul(*size));
			begin.wrapping_add(local.get(axis).copied().unwrap_or(0))
		});
		match binding {
			Binding::BuiltIn(BuiltIn::GlobalInvocationId) => words.extend([x, y, z]),
			Binding::BuiltIn(BuiltIn::LocalInvocationId) => words.extend(local),
			Binding::BuiltIn(BuiltIn::LocalInvocationIndex) => words.push(index),
			Binding::BuiltIn(BuiltIn::WorkGroupId) => words.extend(group),
			Binding::BuiltIn(BuiltIn::WorkGroupSize) => words.extend(self.size),
			Binding::BuiltIn(BuiltIn::NumWorkGroups) => words.extend(self.call.workgroups),
			other => return Err(unsupported(format_args!("{other:?}").to_string())),
		}
		Ok(())
	}
}
