//! The int8 matrix product, in all its forms.
//!
//! `C[i][j] = Σ A[i][l] · B[l][j]` over `l`, wrapping modulo 2³². A is m × k, B is k × n, both int8, one
//! byte an element; C is m × n int32, little-endian. All are row-major (INV-COMPUTE-3). A [`Form`] may
//! say that a factor is stored transposed (INV-COMPUTE-23) and that C is brought back to int8
//! (INV-COMPUTE-24, [`Scale`]).
//!
//! A product is the same whatever the storage: rows of A times columns of B, both k long. [`Lines`] are
//! these rows and columns, and the only place that knows how they lie in memory.

mod form;
mod quick;
mod scale;

pub use form::{Axis, Form};
pub use scale::{SCALE_BYTES, Scale};

use alloc::vec::Vec;

/// Largest dimension.
pub const MAX_DIM: u32 = 16 * 1024;

/// The shape of a product that passed the bounds: every dimension in 1 ..= [`MAX_DIM`], every matrix
/// at most [`crate::MAX_DATA_BYTES`] long, C counted as int32 whatever the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dims {
	m: usize,
	k: usize,
	n: usize,
}

/// Why there is no product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GemmError {
	/// A dimension is zero or too large.
	#[error("matrix dimension {name} is {value}, must be 1 to {MAX_DIM}")]
	Dimension {
		/// `m`, `k` or `n`.
		name: &'static str,
		/// What it is.
		value: u32,
	},
	/// A matrix would not fit the largest input or output.
	#[error("matrix {name} would take {bytes} bytes, at most {max} are allowed", max = crate::MAX_DATA_BYTES)]
	TooLarge {
		/// `A`, `B` or `C`.
		name: &'static str,
		/// What it would take.
		bytes: u64,
	},
	/// A matrix has not the size of its shape.
	#[error("matrix {name} has {actual} bytes, its shape {rows} × {columns} needs {expected}")]
	Size {
		/// `A`, `B` or `C`.
		name: &'static str,
		/// Its rows, as stored.
		rows: usize,
		/// Its columns, as stored.
		columns: usize,
		/// Bytes it should have.
		expected: usize,
		/// Bytes it has.
		actual: usize,
	},
	/// The parameters are no form.
	#[error("a matrix product has no parameters or one byte of flags, not {bytes} bytes")]
	Params {
		/// Their length.
		bytes: usize,
	},
	/// The flags are no form.
	#[error("flags {flags:#04x} of a matrix product are not defined; they are 0x01 to 0x0b")]
	Flags {
		/// What they are.
		flags: u8,
	},
	/// The form takes another number of inputs.
	#[error("a matrix product of this form has {expected} inputs, not {actual}")]
	Inputs {
		/// 2, or 3 with a table of scales.
		expected: usize,
		/// How many there are.
		actual: usize,
	},
	/// The table of scales has another length.
	#[error("the table of scales has {actual} bytes, {entries} entries need {expected}")]
	ScalesSize {
		/// One for each row or column of C.
		entries: usize,
		/// Bytes it should have.
		expected: usize,
		/// Bytes it has.
		actual: usize,
	},
	/// An entry of the table of scales is out of bounds.
	#[error(
		"scale {index} is {multiplier} / 2^{shift}; multipliers are 0 to 2147483647, shifts 1 to 62"
	)]
	Scale {
		/// Which entry.
		index: usize,
		/// Its multiplier.
		multiplier: i32,
		/// Its shift.
		shift: u32,
	},
}

impl Dims {
	/// Takes a shape, if it is within the bounds. The sizes of the three matrices cannot overflow then.
	pub fn new(m: u32, k: u32, n: u32) -> Result<Self, GemmError> {
		for (name, value) in [("m", m), ("k", k), ("n", n)] {
			if !(1..=MAX_DIM).contains(&value) {
				return Err(GemmError::Dimension { name, value });
			}
		}
		for (name, rows, columns, size) in [("A", m, k, 1), ("B", k, n, 1), ("C", m, n, 4)] {
			let bytes = u64::from(rows) * u64::from(columns) * size;
			if bytes > crate::MAX_DATA_BYTES as u64 {
				return Err(GemmError::TooLarge { name, bytes });
			}
		}
		Ok(Self { m: m as usize, k: k as usize, n: n as usize })
	}

	/// Rows of A and C.
	pub const fn m(&self) -> usize {
		self.m
	}

	/// Columns of A, rows of B.
	pub const fn k(&self) -> usize {
		self.k
	}

	/// Columns of B and C.
	pub const fn n(&self) -> usize {
		self.n
	}

	/// Length of C as int32, bytes. With requantisation the output is a quarter of it, see
	/// [`Form::output_bytes`].
	pub const fn output_bytes(&self) -> usize {
		self.m * self.n * 4
	}

	/// Multiply-adds of the product.
	pub const fn operations(&self) -> u64 {
		self.m as u64 * self.k as u64 * self.n as u64
	}

	/// Checks that C, as int32, has the size of this shape, bytes.
	pub fn check_output(&self, c: &[u8]) -> Result<(), GemmError> {
		check_size("C", self.m, self.n, 4, c)
	}
}

fn check_size(
	name: &'static str,
	rows: usize,
	columns: usize,
	size: usize,
	bytes: &[u8],
) -> Result<(), GemmError> {
	let expected = rows * columns * size;
	if bytes.len() == expected {
		Ok(())
	} else {
		Err(GemmError::Size { name, rows, columns, expected, actual: bytes.len() })
	}
}

/// One byte as the int8 it stands for.
pub(crate) const fn int8(byte: u8) -> i8 {
	i8::from_le_bytes([byte])
}

/// The rows of A or the columns of B: `count` lines of `k` elements each, however they are stored.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a> {
	/// count·k bytes.
	pub bytes: &'a [u8],
	/// How many lines there are: m of A, n of B.
	pub count: usize,
	/// Elements of a line.
	pub k: usize,
	/// Whether a line's elements lie side by side, line after line; if not, all lines' first elements
	/// do, then their second ones.
	pub contiguous: bool,
}

impl<'a> Lines<'a> {
	/// Checks the size of the matrix that the lines are those of.
	fn new(
		name: &'static str,
		(count, k): (usize, usize),
		contiguous: bool,
		bytes: &'a [u8],
	) -> Result<Self, GemmError> {
		let (rows, columns) = if contiguous { (count, k) } else { (k, count) };
		check_size(name, rows, columns, 1, bytes)?;
		Ok(Self { bytes, count, k, contiguous })
	}

	/// The elements of one line; nothing if there is no such line.
	pub fn line(&self, index: usize) -> impl Iterator<Item = i8> + use<'a> {
		let (start, step) = if self.contiguous { (index * self.k, 1) } else { (index, self.count) };
		let count = if index < self.count { self.k } else { 0 };
		self.bytes.iter().skip(start).step_by(step).take(count).map(|&byte| int8(byte))
	}
}

/// A product with its inputs, all of which were checked against its shape and form.
#[derive(Clone, Debug)]
pub struct Product<'a> {
	dims: Dims,
	form: Form,
	rows: Lines<'a>,
	columns: Lines<'a>,
	scales: Vec<Scale>,
}

impl<'a> Product<'a> {
	/// Takes the inputs of a job in their order: A, B and, with requantisation, the table of scales.
	///
	/// # Errors
	/// If there are more or fewer of them, one has not the size of its shape, or a scale is out of
	/// bounds.
	pub fn new(dims: Dims, form: Form, inputs: &[&'a [u8]]) -> Result<Self, GemmError> {
		let expected = form.inputs();
		let (a, b, scales) = match *inputs {
			[a, b] if expected == 2 => (a, b, Vec::new()),
			[a, b, table] if expected == 3 => (a, b, scale::read(form.scale_count(dims), table)?),
			_ => return Err(GemmError::Inputs { expected, actual: inputs.len() }),
		};
		let rows = Lines::new("A", (dims.m, dims.k), !form.transpose_a, a)?;
		let columns = Lines::new("B", (dims.n, dims.k), form.transpose_b, b)?;
		Ok(Self { dims, form, rows, columns, scales })
	}

	/// The product without transposes and requantisation: `a` is m·k bytes, `b` k·n bytes.
	///
	/// # Errors
	/// If a matrix has not the size of its shape.
	pub fn plain(dims: Dims, a: &'a [u8], b: &'a [u8]) -> Result<Self, GemmError> {
		Self::new(dims, Form::PLAIN, &[a, b])
	}

	/// Its shape.
	pub const fn dims(&self) -> Dims {
		self.dims
	}

	/// Its form.
	pub const fn form(&self) -> Form {
		self.form
	}

	/// Rows of A.
	pub const fn rows(&self) -> Lines<'a> {
		self.rows
	}

	/// Columns of B.
	pub const fn columns(&self) -> Lines<'a> {
		self.columns
	}

	/// Scales of the rows or columns of C, as the form says; none without requantisation.
	pub fn scales(&self) -> &[Scale] {
		&self.scales
	}

	/// The third input, nothing without requantisation.
	pub fn scale_table(&self) -> Vec<u8> {
		self.scales.iter().flat_map(|scale| scale.to_bytes()).collect()
	}

	/// Length of the output, bytes.
	pub const fn output_bytes(&self) -> usize {
		self.form.output_bytes(self.dims)
	}

	/// The same factors, without requantisation.
	fn unscaled(&self) -> Self {
		let form = Form { requantise: None, ..self.form };
		Self { form, scales: Vec::new(), ..*self }
	}

	/// C before any requantisation, quickly: 4·m·n bytes of int32.
	pub fn sums(&self) -> Vec<u8> {
		self.unscaled().quick()
	}

	/// One element of C before any requantisation; zero if there is none.
	pub(crate) fn sum(&self, row: usize, column: usize) -> i32 {
		dot(self.rows.line(row), self.columns.line(column))
	}

	/// The product as its definition reads: the reference that every other way must equal in every bit.
	pub fn reference(&self) -> Vec<u8> {
		let mut output = Vec::with_capacity(self.output_bytes());
		for row in 0..self.dims.m {
			for column in 0..self.dims.n {
				let sum = self.sum(row, column);
				match self.form.scale_of(&self.scales, row, column) {
					Some(scale) => output.extend(scale.requantise(sum).to_le_bytes()),
					None => output.extend(sum.to_le_bytes()),
				}
			}
		}
		output
	}
}

/// The dot product of two lines, wrapping modulo 2³².
pub(crate) fn dot(x: impl Iterator<Item = i8>, y: impl Iterator<Item = i8>) -> i32 {
	x.zip(y).fold(0, |sum: i32, (x, y)| sum.wrapping_add(i32::from(x) * i32::from(y)))
}

/// [`Product::reference`] of a plain product: `a` is m·k bytes, `b` k·n bytes; returns 4·m·n bytes.
///
/// # Errors
/// If a matrix has not the size of its shape.
pub fn gemm_reference(dims: Dims, a: &[u8], b: &[u8]) -> Result<Vec<u8>, GemmError> {
	Ok(Product::plain(dims, a, b)?.reference())
}

/// [`Product::quick`] of a plain product: `a` is m·k bytes, `b` k·n bytes; returns 4·m·n bytes.
///
/// # Errors
/// If a matrix has not the size of its shape.
pub fn gemm_quick(dims: Dims, a: &[u8], b: &[u8]) -> Result<Vec<u8>, GemmError> {
	Ok(Product::plain(dims, a, b)?.quick())
}

#[cfg(test)]
pub(crate) mod tests;
