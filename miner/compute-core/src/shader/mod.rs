//! What a program of the integer profile means, and how it is made safe to run (`compute.md` §5).
//!
//! [`crate::profile`] says which programs may run. This module makes the meaning of those complete, in
//! two ways that must agree on every program, which is what the tests are about:
//!
//! - [`Shader::instrumented`] is the program with clamped indexes, masked shift counts and counted
//!   fuel, for a device. The host gives it one more buffer, [`control`], and learns from it afterwards
//!   how the dispatch ended ([`Shader::ending`]).
//! - [`Shader::interpret`] runs the program as it was written on the processor. It is the reference,
//!   and it finds data races.
//!
//! ```
//! use aitbc_compute_core::{
//!     profile,
//!     shader::{Call, Limits, Outcome, Shader, Workgroups},
//! };
//!
//! let program = profile::check(
//!     b"@group(0) @binding(0) var<storage, read_write> squares: array<u32>;
//!     @compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
//!         squares[id.x] = id.x * id.x;
//!     }",
//! )?;
//! let call = Call { inputs: &[], params: &[], workgroups: [1, 1, 1], output_bytes: 16 };
//! let report = Shader::new(&program)?.interpret(&call, 1, Workgroups::All, Limits::default())?;
//! let squares = [0_u32, 1, 4, 9].map(u32::to_le_bytes).concat();
//! assert_eq!(report.outcome, Outcome::Completed(squares));
//! assert!(report.races.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Limits: a data race is found only where an interpreted dispatch has one; a device may end a program
//! for reasons of its own, which is then a failure of that device.

#[cfg(any(test, feature = "generate"))]
pub mod generate;
mod instrument;
mod interpret;
#[cfg(test)]
mod tests;
pub(crate) mod uniform;

use crate::{
	profile::{Location, Program},
	stack::{StackError, on_large_stack},
};
use alloc::{
	string::{String, ToString},
	vec::Vec,
};
pub use interpret::{InterpretError, Limits, Memory, Outcome, Race, Report, Workgroups};
use naga::{
	AddressSpace, Module,
	valid::{Capabilities, ModuleInfo, ValidationFlags, Validator},
};

/// Most fuel of an invocation. Mesa's software device ends loops after 65,535 rounds, the smallest known limit of
/// this kind: this keeps one invocation below it, see [`Ending::Cut`] for several.
pub const MAX_FUEL: u32 = 60_000;
/// Length of the control buffer, bytes.
pub const CONTROL_BYTES: usize = 32;

/// Rounds of the loop by which an invocation finds out whether the device ends loops early. The device ends it
/// after the first; the others are for compilers that move a round out of a loop.
const CANARY_ROUNDS: u32 = 3;

/// Fuel of each invocation of a job: how many rounds of loops it may take (INV-COMPUTE-17).
pub fn fuel(units_limit: u64) -> u32 {
	u32::try_from(units_limit).unwrap_or(u32::MAX).min(MAX_FUEL)
}

/// How a dispatch of an instrumented program ended on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
	/// All invocations ended; the output is the job's.
	Completed,
	/// An invocation ran out of fuel. The output means nothing.
	OutOfFuel,
	/// The device ended a loop that the program had not ended. The output means nothing, and neither
	/// does what this device says about fuel.
	Cut,
}

/// One dispatch: what a job gives its program. The sizes must fit the program, see
/// [`Program::check_buffers`].
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
	/// Inputs, in their order.
	pub inputs: &'a [Vec<u8>],
	/// Parameters; none if empty.
	pub params: &'a [u8],
	/// Workgroups in x, y, z.
	pub workgroups: [u32; 3],
	/// Length of the output, bytes.
	pub output_bytes: usize,
}

/// Why a checked program could not be made ready. Never the job's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShaderError {
	/// The compiler or the pass failed on it.
	#[error("the shader compiler failed on a program that was checked: {message}")]
	Compiler {
		/// What it said.
		message: String,
	},
	/// This machine could not start a thread.
	#[error("cannot start the thread that compiles the program: {message}")]
	Thread {
		/// What the system says.
		message: String,
	},
}

struct Instrumented {
	module: Module,
	info: ModuleInfo,
}

/// A program ready to run.
pub struct Shader {
	source: String,
	module: Module,
	info: ModuleInfo,
	instrumented: Instrumented,
	has_barrier: bool,
	/// Whether invocations learn from each other while they run.
	communicates: bool,
	control_binding: u32,
	workgroup_size: [u32; 3],
	loops: Vec<Loop>,
}

/// A loop of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loop {
	/// Where it stands, if the compiler knows.
	pub place: Option<Location>,
	/// Whether all invocations of a workgroup take as many rounds of it (INV-COMPUTE-16). The rounds
	/// of others are counted for each invocation by itself, which devices are slower at.
	pub is_uniform: bool,
}

impl core::fmt::Debug for Shader {
	fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		formatter
			.debug_struct("Shader")
			.field("has_barrier", &self.has_barrier)
			.field("control_binding", &self.control_binding)
			.finish_non_exhaustive()
	}
}

impl Shader {
	/// Makes a program ready.
	///
	/// # Errors
	/// If the compiler fails on it, which [`crate::profile::check`] should have found, or this machine
	/// has no thread left.
	pub fn new(program: &Program) -> Result<Self, ShaderError> {
		match on_large_stack("shader", || Self::compile(program)) {
			Ok(Ok(shader)) => Ok(shader),
			Ok(Err(message)) | Err(StackError::Panic(message)) => {
				Err(ShaderError::Compiler { message })
			}
			Err(StackError::Thread(message)) => Err(ShaderError::Thread { message }),
		}
	}

	fn compile(program: &Program) -> Result<Self, String> {
		let module = naga::front::wgsl::parse_str(program.source())
			.map_err(|error| error.message().to_string())?;
		let info = validate(&module)?;
		let uniformity = uniform::analyse(&module);
		let control_binding = program.reads().len() as u32 + 1;
		let result = instrument::instrument((&module, &info), &uniformity, control_binding)?;
		let instrumented = Instrumented { info: validate(&result)?, module: result };
		let communicates = module
			.global_variables
			.iter()
			.any(|(_, variable)| variable.space == AddressSpace::WorkGroup);
		let has_barrier = uniformity.has_barrier();
		let loops = uniformity.loops(&module, program.source());
		let entry = module.entry_points.first().ok_or("a program without an entry point")?;
		let workgroup_size = entry.workgroup_size;
		Ok(Self {
			source: program.source().to_string(),
			module,
			info,
			instrumented,
			has_barrier,
			communicates,
			control_binding,
			workgroup_size,
			loops,
		})
	}

	/// The program for a device. Its buffers are those of the program, and the control buffer.
	pub const fn instrumented(&self) -> &Module {
		&self.instrumented.module
	}

	/// What the control buffer must hold before a dispatch in which each invocation has so much fuel.
	pub fn control(&self, fuel: u32) -> [u8; CONTROL_BYTES] {
		let [x, y, z] = self.workgroup_size;
		let mut bytes = [0; CONTROL_BYTES];
		// At most 1,024.
		let count = x.saturating_mul(y).saturating_mul(z);
		let words = [fuel, 0, 0, CANARY_ROUNDS, x, y, z, count];
		for (slot, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
			*slot = word.to_le_bytes();
		}
		bytes
	}

	/// Number of the control buffer in group 0: one more than the output's.
	pub const fn control_binding(&self) -> u32 {
		self.control_binding
	}

	/// The program's loops, in the order of their functions.
	pub fn loops(&self) -> &[Loop] {
		&self.loops
	}

	/// What the control buffer says after the dispatch; `None` if it is too short.
	pub fn ending(&self, control: &[u8]) -> Option<Ending> {
		let words = interpret::words_of(control);
		let flag = |member: u32| words.get(member as usize).map(|word| *word != 0);
		let (dry, cut) = (flag(instrument::DRY)?, flag(instrument::CUT)?);
		// An invocation that a device cut does not say that it ran out of fuel. If it cannot mislead
		// others either, those who say so are right.
		Some(if dry && !(cut && self.communicates) {
			Ending::OutOfFuel
		} else if cut {
			Ending::Cut
		} else {
			Ending::Completed
		})
	}

	/// Runs a dispatch of the program as it was written, with `fuel` for each invocation.
	///
	/// # Errors
	/// If that takes more than `limits` allow.
	pub fn interpret(
		&self,
		call: &Call<'_>,
		fuel: u32,
		workgroups: Workgroups,
		limits: Limits,
	) -> Result<Report, InterpretError> {
		let target = interpret::Target {
			module: &self.module,
			info: &self.info,
			source: &self.source,
			fuel: Some(fuel),
			has_barrier: self.has_barrier,
		};
		let end = interpret::run(&target, call, None, workgroups, limits)?;
		let outcome = match end.out_of_fuel {
			true => Outcome::OutOfFuel,
			false => Outcome::Completed(output(&end, call)),
		};
		Ok(Report { outcome, rounds: end.rounds, races: end.races, written: end.written })
	}

	/// Runs a dispatch of the instrumented program, as a device would: for tests of the pass.
	///
	/// # Errors
	/// If that takes more than `limits` allow.
	#[doc(hidden)]
	pub fn interpret_instrumented(
		&self,
		call: &Call<'_>,
		fuel: u32,
		limits: Limits,
	) -> Result<(Ending, Vec<u8>), InterpretError> {
		let Instrumented { module, info } = &self.instrumented;
		let (source, has_barrier) = (self.source.as_str(), self.has_barrier);
		let target = interpret::Target { module, info, source, fuel: None, has_barrier };
		let words = interpret::words_of(&self.control(fuel));
		let end = interpret::run(&target, call, Some(words), Workgroups::All, limits)?;
		let bytes: Vec<u8> = end
			.buffers
			.get(self.control_binding as usize)
			.into_iter()
			.flatten()
			.flat_map(|word| word.to_le_bytes())
			.collect();
		let ending = self
			.ending(&bytes)
			.ok_or_else(|| InterpretError::Unsupported { what: "no control buffer".to_string() })?;
		Ok((ending, output(&end, call)))
	}
}

fn output(end: &interpret::End, call: &Call<'_>) -> Vec<u8> {
	let number = call.inputs.len() + usize::from(!call.params.is_empty());
	let words = end.buffers.get(number).into_iter().flatten();
	words.flat_map(|word| word.to_le_bytes()).collect()
}

fn validate(module: &Module) -> Result<ModuleInfo, String> {
	Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(module).map_err(
		|error| {
			let mut message = error.as_inner().to_string();
			let mut cause = core::error::Error::source(error.as_inner());
			while let Some(inner) = cause {
				message = alloc::format!("{message}: {inner}");
				cause = inner.source();
			}
			message
		},
	)
}
