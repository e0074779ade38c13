//! The integer profile: which WGSL programs have one result on every device.
//!
//! [`check`] takes a client's source and gives a [`Program`], or says which line breaks which rule
//! (INV-COMPUTE-8 … INV-COMPUTE-12, 16, 19, 22). The verdict depends on the source alone, so that
//! every honest miner and the client reach the same one; rules about the job's buffers are apart, in
//! [`Program::check_buffers`].
//!
//! How: a pass over the words of the source finds what the compiler would fold away (floating-point
//! constants), then the compiler's own intermediate form is validated and walked, and an analysis of
//! what differs between invocations finds misplaced barriers.
//!
//! Limits: a data race is not found here; [`crate::shader`] finds it while it interprets a dispatch.
//! Neither is a program that takes too long: its fuel runs out when it runs.

mod bindings;
mod location;
mod walk;
mod words;

use crate::{
	shader::uniform,
	stack::{StackError, on_large_stack},
};
use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};
use naga::valid::{Capabilities, ValidationFlags, Validator};

pub use bindings::BufferError;
pub use location::Location;

/// Largest program, bytes of WGSL source.
pub const MAX_PROGRAM_BYTES: usize = 64 * 1024;
/// Most invocations of one workgroup.
pub const MAX_WORKGROUP_INVOCATIONS: u32 = 256;
/// Most invocations of a workgroup in z.
pub const MAX_WORKGROUP_DEPTH: u32 = 64;
/// Most `var<workgroup>` memory, bytes.
pub const MAX_WORKGROUP_BYTES: u32 = 16 * 1024;
/// Most `var<private>` memory, and most memory of one function's variables, bytes.
pub const MAX_PRIVATE_BYTES: u32 = 8 * 1024;
/// Most expressions and statements, every call counted as what it calls.
pub const MAX_UNFOLDED_SIZE: u64 = 65_536;
/// Name of the entry point.
pub const ENTRY_POINT: &str = "main";

const MAX_MESSAGE_BYTES: usize = 1024;

/// What the profile does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
	/// Floating-point types, constants, functions.
	Float,
	/// Integers that are not 32 bits wide.
	Width,
	/// Textures and samplers.
	Texture,
	/// Subgroup operations and built-in values.
	Subgroup,
	/// Ray queries, mesh stages, cooperative matrices.
	Extension,
	/// The value that an atomic operation returns, or that depends on the order of operations.
	AtomicResult,
	/// Constants that are set from outside.
	Override,
	/// Anything but the one compute entry point `main`.
	EntryPoint,
	/// Resources other than the buffers of a job.
	Binding,
	/// Workgroups that not every device can run.
	WorkgroupSize,
	/// More memory than every device has.
	Memory,
	/// A barrier that only some invocations of a workgroup may come by.
	Barrier,
	/// Two ways to one variable within a function.
	Alias,
	/// More code than every driver compiles, once calls are replaced by what they call.
	Size,
}

impl Rule {
	/// The invariant of `compute.md` that the rule belongs to.
	pub const fn invariant(self) -> &'static str {
		match self {
			Rule::Float | Rule::Width => "INV-COMPUTE-9",
			Rule::Texture | Rule::Subgroup | Rule::Extension | Rule::AtomicResult => {
				"INV-COMPUTE-10"
			}
			Rule::Override | Rule::Binding | Rule::Memory => "INV-COMPUTE-11",
			Rule::EntryPoint | Rule::WorkgroupSize => "INV-COMPUTE-12",
			Rule::Barrier => "INV-COMPUTE-16",
			Rule::Size => "INV-COMPUTE-19",
			Rule::Alias => "INV-COMPUTE-22",
		}
	}

	/// Why the rule is there and what to do instead.
	pub const fn reason(self) -> &'static str {
		match self {
			Rule::Float => {
				"floating-point results differ between devices; use i32 or u32, scaled to fixed point"
			}
			Rule::Width => "not every device has integers of this width; use i32 or u32",
			Rule::Texture => "sampling differs between devices; read a storage buffer instead",
			Rule::Subgroup => {
				"the size of a subgroup differs between devices; use workgroup memory"
			}
			Rule::Extension => "not every device has this",
			Rule::AtomicResult => {
				"what it gives depends on the order of invocations; ignore the result, or read it \
				 from workgroup memory after a barrier"
			}
			Rule::Override => "a program's meaning must be in its source; use const",
			Rule::EntryPoint => {
				"a program has exactly one entry point, `@compute @workgroup_size(…) fn main`"
			}
			Rule::Binding => {
				"buffers are in group 0, numbered from 0: inputs, then parameters, as `var<storage, \
				 read>`, then the output as `var<storage, read_write>`, each an array<…> of u32, i32 \
				 or vectors of them"
			}
			Rule::WorkgroupSize => {
				"every device can run workgroups of up to 256 invocations, 64 of them in z"
			}
			Rule::Memory => {
				"every device has 16 KiB for workgroup variables, 8 KiB for private ones and 8 KiB \
				 for the variables of a function"
			}
			Rule::Barrier => {
				"all invocations of a workgroup must come by a barrier together: place it outside of \
				 branches and loops whose conditions differ between them, and before any return in one"
			}
			Rule::Alias => {
				"a function that reaches a variable in two ways differs between drivers; use the variable \
				 itself, or another one"
			}
			Rule::Size => "drivers replace every call by the function's body; call less, or loop",
		}
	}
}

/// Why a source is no program of the profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
	/// There is nothing.
	#[error("the program is empty; it must be WGSL source text")]
	Empty,
	/// Too long.
	#[error("the program has {bytes} bytes, at most {max} are allowed", max = MAX_PROGRAM_BYTES)]
	TooLarge {
		/// How long it is.
		bytes: usize,
	},
	/// No text.
	#[error("the program is not UTF-8 text: line {line} has an invalid byte at offset {offset}")]
	NotText {
		/// Line, from one.
		line: u32,
		/// Offset of the byte in the program.
		offset: usize,
	},
	/// The WGSL parser does not take it.
	#[error("{location}: the program does not parse: {message}")]
	Parse {
		/// Where.
		location: Location,
		/// What the parser says.
		message: String,
	},
	/// It parses, but breaks WGSL's own rules.
	#[error("{location}: the program is not valid WGSL: {message}")]
	Invalid {
		/// Where.
		location: Location,
		/// What the validator says.
		message: String,
	},
	/// Valid WGSL that the profile does not allow.
	#[error("{location}: {what} is not allowed: {reason}", reason = .rule.reason())]
	Refused {
		/// Where.
		location: Location,
		/// Which rule it breaks.
		rule: Rule,
		/// What stands there.
		what: String,
	},
	/// The compiler itself failed on the program. Taken as the program's fault.
	#[error("the shader compiler failed on the program: {message}")]
	Compiler {
		/// What it said.
		message: String,
	},
	/// This machine could not run the check.
	#[error("cannot start the thread that checks the program: {message}")]
	Thread {
		/// What the system says.
		message: String,
	},
}

impl ProfileError {
	/// Whether the program is valid WGSL that the profile refuses, as opposed to no WGSL at all.
	pub const fn is_refusal(&self) -> bool {
		matches!(self, ProfileError::Refused { .. })
	}

	/// Whether this machine is to blame and the verdict therefore means nothing.
	pub const fn is_local(&self) -> bool {
		matches!(self, ProfileError::Thread { .. })
	}

	/// The invariant of `compute.md` that the program breaks; none if it is not the program's fault.
	pub const fn invariant(&self) -> Option<&'static str> {
		match self {
			ProfileError::Refused { rule, .. } => Some(rule.invariant()),
			ProfileError::Thread { .. } => None,
			_ => Some("INV-COMPUTE-8"),
		}
	}

	/// Where in the source, if it is one place.
	pub const fn location(&self) -> Option<Location> {
		match self {
			ProfileError::Parse { location, .. }
			| ProfileError::Invalid { location, .. }
			| ProfileError::Refused { location, .. } => Some(*location),
			_ => None,
		}
	}
}

/// A buffer that a program declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
	/// Its name in the source.
	pub name: String,
	/// Size of one element including padding, bytes: the least the buffer may have.
	pub stride: u32,
}

/// A source that keeps the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
	source: String,
	workgroup_size: [u32; 3],
	reads: Vec<Binding>,
	output: Binding,
	unfolded_size: u64,
}

impl Program {
	/// The WGSL source, as it was given.
	pub fn source(&self) -> &str {
		&self.source
	}

	/// Invocations of a workgroup in x, y, z.
	pub const fn workgroup_size(&self) -> [u32; 3] {
		self.workgroup_size
	}

	/// The read-only buffers, binding 0 first: the inputs and, if there are any, the parameters.
	pub fn reads(&self) -> &[Binding] {
		&self.reads
	}

	/// Expressions and statements, every call counted as what it calls; at most
	/// [`MAX_UNFOLDED_SIZE`].
	pub const fn unfolded_size(&self) -> u64 {
		self.unfolded_size
	}

	/// The output buffer; its binding follows the last of [`Self::reads`].
	pub const fn output(&self) -> &Binding {
		&self.output
	}
}

/// Checks that `source` keeps the profile.
///
/// Does not panic, whatever the bytes are, and ends in time bounded by their length.
///
/// # Errors
/// See [`ProfileError`]; every refusal names the line.
pub fn check(source: &[u8]) -> Result<Program, ProfileError> {
	if source.is_empty() {
		return Err(ProfileError::Empty);
	}
	if source.len() > MAX_PROGRAM_BYTES {
		return Err(ProfileError::TooLarge { bytes: source.len() });
	}
	let text = core::str::from_utf8(source).map_err(|error| {
		let offset = error.valid_up_to();
		let newlines = source.iter().take(offset).filter(|byte| **byte == b'\n').count();
		ProfileError::NotText { line: newlines as u32 + 1, offset }
	})?;
	if text.trim().is_empty() {
		return Err(ProfileError::Empty);
	}
	match on_large_stack("profile-check", || check_text(text)) {
		Ok(verdict) => verdict,
		Err(StackError::Thread(message)) => Err(ProfileError::Thread { message }),
		Err(StackError::Panic(message)) => {
			Err(ProfileError::Compiler { message: shorten(&message) })
		}
	}
}

fn check_text(source: &str) -> Result<Program, ProfileError> {
	let module =
		naga::front::wgsl::parse_str(source).map_err(|error| parse_error(source, &error))?;
	words::check(source)?;
	// First with everything that the compiler knows, so that the walk can say what is refused; then
	// with nothing optional.
	let validate = |capabilities| {
		Validator::new(ValidationFlags::all(), capabilities)
			.validate(&module)
			.map_err(|error| validation_error(source, &error))
	};
	let info = validate(Capabilities::all())?;
	let walk = walk::Walk::new(source, &module, &info)?;
	walk.check_functions()?;
	let workgroup_size = walk.check_entry_point()?;
	let (reads, output) = bindings::check(&walk)?;
	walk.check_types()?;
	let unfolded_size = walk.check_size()?;
	if let Some(span) = uniform::analyse(&module).misplaced_barrier() {
		return walk.refuse(span, Rule::Barrier, "a barrier in non-uniform control flow");
	}
	validate(Capabilities::empty())?;
	Ok(Program { source: source.to_string(), workgroup_size, reads, output, unfolded_size })
}

fn parse_error(source: &str, error: &naga::front::wgsl::ParseError) -> ProfileError {
	let mut labels = error.labels();
	let first = labels.next();
	let location = first.and_then(|(span, _)| Location::of(source, span)).unwrap_or_default();
	let label = first.map(|(_, label)| label).filter(|label| !label.is_empty());
	let message = match label {
		Some(label) => format!("{} ({label})", error.message()),
		None => error.message().to_string(),
	};
	ProfileError::Parse { location, message: shorten(&message) }
}

fn validation_error(
	source: &str,
	error: &naga::WithSpan<naga::valid::ValidationError>,
) -> ProfileError {
	// The last span is the innermost: the expression rather than its function.
	let location = error.spans().filter_map(|(span, _)| Location::of(source, *span)).last();
	let mut message = error.as_inner().to_string();
	let mut cause = core::error::Error::source(error.as_inner());
	while let Some(inner) = cause {
		message = format!("{message}: {inner}");
		cause = inner.source();
	}
	ProfileError::Invalid { location: location.unwrap_or_default(), message: shorten(&message) }
}

/// At most [`MAX_MESSAGE_BYTES`] of a message that may quote hostile input.
fn shorten(message: &str) -> String {
	let end = message.floor_char_boundary(MAX_MESSAGE_BYTES);
	match message.get(..end) {
		Some(start) if end < message.len() => format!("{start}…"),
		_ => message.to_string(),
	}
}
