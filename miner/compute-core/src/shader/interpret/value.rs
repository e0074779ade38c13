//! Values and types of the profile, all of them made of 32-bit words without padding.

use alloc::{boxed::Box, vec, vec::Vec};
use naga::{ArraySize, Handle, Module, Type, TypeInner};

/// Where a pointer leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
	/// A buffer by its number in group 0.
	Buffer(u32),
	/// Memory of the workgroup.
	Workgroup,
	/// Module-scope memory of the invocation.
	Private,
	/// Variables of the function in this frame.
	Local(u32),
}

/// A place in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
	pub root: Root,
	/// In words.
	pub offset: u32,
}

/// What an expression gives.
#[derive(Clone, Debug, Default)]
pub(super) enum Value {
	/// It was not emitted yet.
	#[default]
	None,
	/// A scalar or a vector.
	Few([u32; 4], u8),
	/// An array, a structure.
	Many(Box<[u32]>),
	Pointer(Pointer),
}

impl Value {
	pub const fn scalar(word: u32) -> Self {
		Self::Few([word, 0, 0, 0], 1)
	}

	pub fn of(words: &[u32]) -> Self {
		let mut few = [0; 4];
		match few.get_mut(..words.len()) {
			Some(slots) => {
				slots.copy_from_slice(words);
				Self::Few(few, words.len() as u8)
			}
			None => Self::Many(words.into()),
		}
	}

	pub fn zero(words: u32) -> Self {
		match words {
			0..=4 => Self::Few([0; 4], words as u8),
			_ => Self::Many(vec![0; words as usize].into()),
		}
	}

	pub fn words(&self) -> &[u32] {
		match self {
			Self::None | Self::Pointer(_) => &[],
			Self::Few(words, count) => words.get(..usize::from(*count)).unwrap_or_default(),
			Self::Many(words) => words,
		}
	}

	pub fn first(&self) -> Option<u32> {
		self.words().first().copied()
	}
}

/// Sizes of a module's types and places of its variables, in words.
pub(super) struct Layout {
	types: Vec<u32>,
	/// Offsets of module-scope variables in their memory; for a buffer, its number.
	pub globals: Vec<u32>,
	pub workgroup_words: u32,
	pub private_words: u32,
}

impl Layout {
	pub fn new(module: &Module) -> Self {
		let mut layout = Self {
			types: Vec::with_capacity(module.types.len()),
			globals: Vec::with_capacity(module.global_variables.len()),
			workgroup_words: 0,
			private_words: 0,
		};
		// A type's parts stand before it.
		for (_, ty) in module.types.iter() {
			let words = layout.words(&ty.inner);
			layout.types.push(words);
		}
		for (_, variable) in module.global_variables.iter() {
			let words = layout.of(variable.ty);
			let place = match variable.space {
				naga::AddressSpace::WorkGroup => grow(&mut layout.workgroup_words, words),
				naga::AddressSpace::Private => grow(&mut layout.private_words, words),
				_ => variable.binding.as_ref().map_or(u32::MAX, |place| place.binding),
			};
			layout.globals.push(place);
		}
		layout
	}

	/// Words of a type; none for what has no size of its own.
	pub fn of(&self, ty: Handle<Type>) -> u32 {
		self.types.get(ty.index()).copied().unwrap_or(0)
	}

	/// Words of a type.
	pub fn words(&self, inner: &TypeInner) -> u32 {
		match inner {
			TypeInner::Scalar(_) | TypeInner::Atomic(_) => 1,
			TypeInner::Vector { size, .. } => u32::from(*size),
			TypeInner::Array { base, size: ArraySize::Constant(count), .. } => {
				self.of(*base).saturating_mul(count.get())
			}
			TypeInner::Struct { members, .. } => members
				.iter()
				.fold(0, |words: u32, member| words.saturating_add(self.of(member.ty))),
			_ => 0,
		}
	}

	/// Words of a structure before one of its members.
	pub fn member_offset(&self, inner: &TypeInner, member: u32) -> Option<u32> {
		let TypeInner::Struct { members, .. } = inner else { return None };
		let before = members.get(..member as usize)?;
		Some(before.iter().fold(0, |words: u32, member| words.saturating_add(self.of(member.ty))))
	}
}

/// Takes `words` more; gives where they begin.
pub(super) fn grow(total: &mut u32, words: u32) -> u32 {
	let begin = *total;
	*total = begin.saturating_add(words);
	begin
}
