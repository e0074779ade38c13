//! What a product's parameters say.

use super::{Dims, GemmError, SCALE_BYTES, Scale};
use alloc::{vec, vec::Vec};

const TRANSPOSE_A: u8 = 1;
const TRANSPOSE_B: u8 = 1 << 1;
const PER_ROW: u8 = 1 << 2;
const PER_COLUMN: u8 = 2 << 2;
/// Bits 2 and 3: they hold a number, of which 3 is not defined.
const REQUANTISE: u8 = 3 << 2;

/// What of C has a scale of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Axis {
	/// Every row: m scales.
	Row,
	/// Every column: n scales.
	Column,
}

/// How the factors are stored and what becomes of the sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
	/// A is stored as k × m.
	pub transpose_a: bool,
	/// B is stored as n × k.
	pub transpose_b: bool,
	/// C is brought back to int8 with a third input, a table of scales.
	pub requantise: Option<Axis>,
}

impl Form {
	/// A and B as they are, C as int32: what a job without parameters means.
	pub const PLAIN: Self = Self { transpose_a: false, transpose_b: false, requantise: None };

	/// Every form there is, the plain one first.
	pub fn all() -> impl Iterator<Item = Self> {
		core::iter::once(Self::PLAIN)
			.chain((0..=u8::MAX).filter_map(|flags| Self::read(flags).ok()))
	}

	/// Reads a job's inline parameters: none for the plain form, one byte of flags for every other.
	///
	/// # Errors
	/// If they are longer, or flags that are not defined. Zero is not: each form has one encoding.
	pub fn from_params(params: &[u8]) -> Result<Self, GemmError> {
		match *params {
			[] => Ok(Self::PLAIN),
			[flags] => Self::read(flags),
			_ => Err(GemmError::Params { bytes: params.len() }),
		}
	}

	fn read(flags: u8) -> Result<Self, GemmError> {
		let requantise = match flags & REQUANTISE {
			0 => None,
			PER_ROW => Some(Axis::Row),
			PER_COLUMN => Some(Axis::Column),
			_ => return Err(GemmError::Flags { flags }),
		};
		let form = Self {
			transpose_a: flags & TRANSPOSE_A != 0,
			transpose_b: flags & TRANSPOSE_B != 0,
			requantise,
		};
		// What writes other flags has bits that mean nothing, or none at all.
		if form.to_params() == [flags] { Ok(form) } else { Err(GemmError::Flags { flags }) }
	}

	/// The inline parameters that say this form.
	pub fn to_params(self) -> Vec<u8> {
		let axis = match self.requantise {
			None => 0,
			Some(Axis::Row) => PER_ROW,
			Some(Axis::Column) => PER_COLUMN,
		};
		let transposes = u8::from(self.transpose_a) | u8::from(self.transpose_b) << 1;
		if self == Self::PLAIN { Vec::new() } else { vec![transposes | axis] }
	}

	/// How many inputs a product of this form has.
	pub const fn inputs(self) -> usize {
		if self.requantise.is_some() { 3 } else { 2 }
	}

	/// Entries of the table of scales.
	pub const fn scale_count(self, dims: Dims) -> usize {
		match self.requantise {
			None => 0,
			Some(Axis::Row) => dims.m(),
			Some(Axis::Column) => dims.n(),
		}
	}

	/// Length of the table of scales, bytes.
	pub const fn scale_bytes(self, dims: Dims) -> usize {
		self.scale_count(dims) * SCALE_BYTES
	}

	/// Bytes of one element of the output: 1 with requantisation, else 4.
	pub const fn element_bytes(self) -> usize {
		if self.requantise.is_some() { 1 } else { 4 }
	}

	/// Length of the output, bytes.
	pub const fn output_bytes(self, dims: Dims) -> usize {
		dims.m() * dims.n() * self.element_bytes()
	}

	/// Which entry of the table of scales is that of an element of C.
	pub const fn scale_index(self, row: usize, column: usize) -> Option<usize> {
		match self.requantise {
			None => None,
			Some(Axis::Row) => Some(row),
			Some(Axis::Column) => Some(column),
		}
	}

	/// The scale of an element of C.
	pub(super) fn scale_of(self, scales: &[Scale], row: usize, column: usize) -> Option<Scale> {
		scales.get(self.scale_index(row, column)?).copied()
	}
}
