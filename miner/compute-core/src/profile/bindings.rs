//! Which buffers a program has, and whether a job's fit.

use super::walk::Walk;
use super::{Binding, MAX_PRIVATE_BYTES, MAX_WORKGROUP_BYTES, ProfileError, Program, Rule};
use crate::{MAX_INPUTS, MAX_WORKGROUPS};
use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};
use naga::{AddressSpace, ArraySize, GlobalVariable, Span, StorageAccess, TypeInner};

struct Declared {
	number: u32,
	writable: bool,
	atomic: bool,
	binding: Binding,
	span: Span,
}

/// Checks all module-scope variables; returns the read-only buffers and the output.
pub(super) fn check(walk: &Walk<'_>) -> Result<(Vec<Binding>, Binding), ProfileError> {
	let (mut workgroup_bytes, mut private_bytes) = (0_u32, 0_u32);
	let mut declared = Vec::new();
	for (handle, variable) in walk.module.global_variables.iter() {
		let span = walk.module.global_variables.get_span(handle);
		if let Some((rule, what)) = walk.finding(variable.ty) {
			return walk.refuse(span, rule, what);
		}
		if !variable.memory_decorations.is_empty() {
			return walk.refuse(span, Rule::Extension, "a coherent or volatile variable");
		}
		let what = match variable.space {
			AddressSpace::WorkGroup => {
				let bytes = &mut workgroup_bytes;
				add_memory(walk, variable, span, bytes, MAX_WORKGROUP_BYTES)?;
				continue;
			}
			AddressSpace::Private => {
				let bytes = &mut private_bytes;
				add_memory(walk, variable, span, bytes, MAX_PRIVATE_BYTES)?;
				continue;
			}
			AddressSpace::Storage { access } => {
				declared.push(buffer(walk, variable, access, span)?);
				continue;
			}
			AddressSpace::Uniform => "a uniform buffer",
			AddressSpace::Immediate => "an immediate variable",
			_ => "a resource that is no storage buffer",
		};
		return walk.refuse(span, Rule::Binding, what);
	}
	declared.sort_by_key(|buffer| buffer.number);
	sequence(walk, declared)
}

fn add_memory(
	walk: &Walk<'_>,
	variable: &GlobalVariable,
	span: Span,
	bytes: &mut u32,
	most: u32,
) -> Result<(), ProfileError> {
	*bytes = bytes.saturating_add(walk.size_of(variable.ty));
	if *bytes > most {
		return walk.refuse(
			span,
			Rule::Memory,
			format!("more than {most} bytes of such variables"),
		);
	}
	Ok(())
}

fn buffer(
	walk: &Walk<'_>,
	variable: &GlobalVariable,
	access: StorageAccess,
	span: Span,
) -> Result<Declared, ProfileError> {
	let name = variable.name.clone().unwrap_or_default();
	let Some(place) = variable.binding.filter(|place| place.group == 0) else {
		return walk.refuse(span, Rule::Binding, format!("the buffer {name} outside of group 0"));
	};
	let writable = access.contains(StorageAccess::STORE);
	if !access.contains(StorageAccess::LOAD) {
		return walk.refuse(span, Rule::Binding, format!("the write-only buffer {name}"));
	}
	let element = match walk.inner(variable.ty) {
		Some(TypeInner::Array { base, size: ArraySize::Dynamic, stride }) => {
			walk.inner(*base).map(|inner| (inner, *stride))
		}
		_ => None,
	};
	let (atomic, stride) = match element {
		Some((TypeInner::Atomic(_), stride)) => (true, stride),
		Some((TypeInner::Scalar(_) | TypeInner::Vector { .. }, stride)) => (false, stride),
		_ => {
			let what = format!("the type of the buffer {name}");
			return walk.refuse(span, Rule::Binding, what);
		}
	};
	Ok(Declared {
		number: place.binding,
		writable,
		atomic,
		binding: Binding { name, stride },
		span,
	})
}

/// Buffers must be numbered without a gap, and only the last one is written.
fn sequence(
	walk: &Walk<'_>,
	mut declared: Vec<Declared>,
) -> Result<(Vec<Binding>, Binding), ProfileError> {
	for (expected, buffer) in declared.iter().enumerate() {
		if u32::try_from(expected).ok() != Some(buffer.number) {
			let what = format!("binding {} where {expected} comes next", buffer.number);
			return walk.refuse(buffer.span, Rule::Binding, what);
		}
	}
	let Some(output) = declared.pop() else {
		return walk.refuse(Span::UNDEFINED, Rule::Binding, "a program without buffers");
	};
	if !output.writable {
		let what = format!("the last buffer {} being read-only", output.binding.name);
		return walk.refuse(output.span, Rule::Binding, what);
	}
	if let Some(buffer) = declared.iter().find(|buffer| buffer.writable || buffer.atomic) {
		let what = format!("the writable buffer {} before the last one", buffer.binding.name);
		return walk.refuse(buffer.span, Rule::Binding, what);
	}
	// One more than the inputs, for the parameters.
	if let Some(buffer) = declared.get(MAX_INPUTS.saturating_add(1)) {
		let what = format!("more than {MAX_INPUTS} inputs and the parameters");
		return walk.refuse(buffer.span, Rule::Binding, what);
	}
	Ok((declared.into_iter().map(|buffer| buffer.binding).collect(), output.binding))
}

const fn describe_params(has_params: &bool) -> &'static str {
	if *has_params { "parameters" } else { "no parameters" }
}

/// Why a job's buffers or dispatch do not fit a program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BufferError {
	/// Not as many as the program declares.
	#[error(
		"the program reads {declared} buffers, but the job has {inputs} inputs and {params}",
		params = describe_params(.has_params)
	)]
	Count {
		/// Read-only buffers of the program.
		declared: usize,
		/// Inputs of the job.
		inputs: usize,
		/// Whether the job has parameters.
		has_params: bool,
	},
	/// A buffer that does not hold one element.
	#[error("buffer {name} has {bytes} bytes, one element of the program's array takes {stride}")]
	TooSmall {
		/// Its name in the program.
		name: String,
		/// What the job gives, padded to a multiple of four bytes.
		bytes: usize,
		/// What one element takes.
		stride: u32,
	},
	/// A buffer above the limit.
	#[error("buffer {name} has {bytes} bytes, at most {max} are allowed", max = crate::MAX_DATA_BYTES)]
	TooLarge {
		/// Its name in the program.
		name: String,
		/// What the job gives.
		bytes: usize,
	},
	/// The output or the parameters are not made of 32-bit words.
	#[error("buffer {name} has {bytes} bytes, which is not a multiple of 4")]
	Unaligned {
		/// Its name in the program.
		name: String,
		/// Its length.
		bytes: usize,
	},
	/// A dispatch of nothing, or of more than every device takes.
	#[error("dispatch of {0} × {1} × {2} workgroups; each must be 1 to {MAX_WORKGROUPS}", .workgroups[0], .workgroups[1], .workgroups[2])]
	Workgroups {
		/// In x, y, z.
		workgroups: [u32; 3],
	},
}

impl Program {
	/// Checks that a job's buffers and dispatch fit this program (INV-COMPUTE-13).
	///
	/// `inputs` and `params` are unpadded; `output_bytes` is what the job asks for.
	///
	/// # Errors
	/// If they do not; the job can never run then.
	pub fn check_buffers(
		&self,
		inputs: &[Vec<u8>],
		params: &[u8],
		workgroups: [u32; 3],
		output_bytes: usize,
	) -> Result<(), BufferError> {
		let has_params = !params.is_empty();
		let given = inputs.len().saturating_add(usize::from(has_params));
		if given != self.reads.len() {
			let declared = self.reads.len();
			return Err(BufferError::Count { declared, inputs: inputs.len(), has_params });
		}
		let lengths = inputs.iter().map(Vec::len).chain(has_params.then_some(params.len()));
		for (binding, bytes) in self.reads.iter().zip(lengths) {
			check_size(binding, bytes)?;
		}
		check_size(&self.output, output_bytes)?;
		let output = (self.output.name.to_string(), output_bytes);
		for (name, bytes) in [("parameters".to_string(), params.len()), output] {
			if !bytes.is_multiple_of(4) {
				return Err(BufferError::Unaligned { name, bytes });
			}
		}
		if workgroups.iter().any(|count| !(1..=MAX_WORKGROUPS).contains(count)) {
			return Err(BufferError::Workgroups { workgroups });
		}
		Ok(())
	}
}

fn check_size(binding: &Binding, bytes: usize) -> Result<(), BufferError> {
	if bytes > crate::MAX_DATA_BYTES {
		return Err(BufferError::TooLarge { name: binding.name.clone(), bytes });
	}
	let padded = bytes.next_multiple_of(4);
	if padded < binding.stride as usize {
		let stride = binding.stride;
		return Err(BufferError::TooSmall { name: binding.name.clone(), bytes: padded, stride });
	}
	Ok(())
}
