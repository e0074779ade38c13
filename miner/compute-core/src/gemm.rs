//! The int8 × int8 → int32 matrix product.
//!
//! `C[i][j] = Σ A[i][l] · B[l][j]` over `l`, wrapping modulo 2³². A is m × k, B is k × n, both int8,
//! row-major, one byte an element; C is m × n int32, row-major, little-endian (INV-COMPUTE-3).

use alloc::{vec, vec::Vec};

/// Largest dimension.
pub const MAX_DIM: u32 = 16 * 1024;

/// The shape of a product that passed the bounds: every dimension in 1 ..= [`MAX_DIM`], every matrix
/// at most [`crate::MAX_DATA_BYTES`] long.
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
		/// Its rows.
		rows: usize,
		/// Its columns.
		columns: usize,
		/// Bytes it should have.
		expected: usize,
		/// Bytes it has.
		actual: usize,
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

	/// Length of C, bytes.
	pub const fn output_bytes(&self) -> usize {
		self.m * self.n * 4
	}

	/// Multiply-adds of the product.
	pub const fn operations(&self) -> u64 {
		self.m as u64 * self.k as u64 * self.n as u64
	}

	/// Checks that A and B have the sizes of this shape, bytes.
	pub fn check_inputs(&self, a: &[u8], b: &[u8]) -> Result<(), GemmError> {
		check_size("A", self.m, self.k, 1, a)?;
		check_size("B", self.k, self.n, 1, b)
	}

	/// Checks that C has the size of this shape, bytes.
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

/// The product as its definition reads: the reference that every other way must equal in every bit.
///
/// `a` is m·k bytes, `b` k·n bytes; returns 4·m·n bytes.
///
/// # Errors
/// If a matrix has not the size of its shape.
pub fn gemm_reference(dims: Dims, a: &[u8], b: &[u8]) -> Result<Vec<u8>, GemmError> {
	dims.check_inputs(a, b)?;
	let mut output = Vec::with_capacity(dims.output_bytes());
	for row in a.chunks_exact(dims.k) {
		for column in 0..dims.n {
			let elements = b.iter().skip(column).step_by(dims.n);
			let sum = row.iter().zip(elements).fold(0_i32, |sum, (&x, &y)| {
				sum.wrapping_add(i32::from(int8(x)) * i32::from(int8(y)))
			});
			output.extend_from_slice(&sum.to_le_bytes());
		}
	}
	Ok(output)
}

/// Columns of B that one pass over a row of A meets, so that the row stays in registers.
const LANES: usize = 4;

/// B transposed and widened once, for many rows of A: the quick way on a processor.
///
/// A product of two int8 fits int16 × int16 → int32, which compilers turn into the multiply-add
/// instructions that every 64-bit processor has.
#[derive(Clone, Debug)]
pub struct PackedB {
	dims: Dims,
	/// n columns of k elements each, one after another.
	columns: Vec<i16>,
}

impl PackedB {
	/// Packs `b`, k·n bytes. Takes 2·k·n bytes of memory.
	///
	/// # Errors
	/// If `b` has not the size of its shape.
	pub fn new(dims: Dims, b: &[u8]) -> Result<Self, GemmError> {
		check_size("B", dims.k, dims.n, 1, b)?;
		let mut columns = vec![0_i16; dims.k * dims.n];
		for (index, column) in columns.chunks_exact_mut(dims.k).enumerate() {
			let elements = b.iter().skip(index).step_by(dims.n);
			for (slot, &byte) in column.iter_mut().zip(elements) {
				*slot = i16::from(int8(byte));
			}
		}
		Ok(Self { dims, columns })
	}

	/// Multiplies some rows of A: `rows` is r·k bytes, returns 4·r·n bytes. Rows are independent, so
	/// that callers can share them out to threads.
	///
	/// # Errors
	/// If `rows` is not a whole number of rows.
	pub fn multiply_rows(&self, rows: &[u8]) -> Result<Vec<u8>, GemmError> {
		let Dims { k, n, .. } = self.dims;
		let count = rows.len() / k;
		check_size("A", count, k, 1, rows)?;
		let mut output = Vec::with_capacity(count * n * 4);
		let mut wide_row = vec![0_i16; k];
		for row in rows.chunks_exact(k) {
			for (slot, &byte) in wide_row.iter_mut().zip(row) {
				*slot = i16::from(int8(byte));
			}
			let blocks = self.columns.chunks_exact(k * LANES);
			let rest = blocks.remainder();
			for block in blocks {
				for sum in dot_block(&wide_row, block) {
					output.extend_from_slice(&sum.to_le_bytes());
				}
			}
			for column in rest.chunks_exact(k) {
				output.extend_from_slice(&dot(&wide_row, column).to_le_bytes());
			}
		}
		Ok(output)
	}
}

fn dot(row: &[i16], column: &[i16]) -> i32 {
	row.iter()
		.zip(column)
		.fold(0_i32, |sum, (&x, &y)| sum.wrapping_add(i32::from(x).wrapping_mul(i32::from(y))))
}

/// [`LANES`] dot products of one row with columns that lie one after another.
fn dot_block(row: &[i16], block: &[i16]) -> [i32; LANES] {
	let mut sums = [0_i32; LANES];
	for (sum, column) in sums.iter_mut().zip(block.chunks_exact(row.len())) {
		*sum = dot(row, column);
	}
	sums
}

/// The product, quicker than [`gemm_reference`] and equal to it in every bit, on the calling thread.
///
/// # Errors
/// If a matrix has not the size of its shape.
pub fn gemm_quick(dims: Dims, a: &[u8], b: &[u8]) -> Result<Vec<u8>, GemmError> {
	dims.check_inputs(a, b)?;
	PackedB::new(dims, b)?.multiply_rows(a)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn dims(m: u32, k: u32, n: u32) -> Dims {
		Dims::new(m, k, n).expect("within the bounds")
	}

	#[test]
	fn gemm_should_give_the_known_product() {
		// [1 2; -3 4] · [5 6; 7 -128]
		let a = [1, 2, 0xfd, 4];
		let b = [5, 6, 7, 0x80];
		let expected: Vec<u8> =
			[19_i32, -250, 13, -530].iter().flat_map(|value| value.to_le_bytes()).collect();
		assert_eq!(gemm_reference(dims(2, 2, 2), &a, &b), Ok(expected));
	}

	#[test]
	fn gemm_should_be_exact_when_every_element_is_extreme() {
		let shape = dims(1, MAX_DIM, 1);
		let lowest = vec![0x80; MAX_DIM as usize];
		let expected = (16_384_i32 * 16_384).to_le_bytes().to_vec();
		assert_eq!(gemm_reference(shape, &lowest, &lowest), Ok(expected.clone()));
		assert_eq!(gemm_quick(shape, &lowest, &lowest), Ok(expected));
	}

	#[test]
	fn gemm_should_refuse_a_matrix_of_another_size() {
		let shape = dims(2, 3, 4);
		let short = gemm_reference(shape, &[0; 5], &[0; 12]);
		let error = GemmError::Size { name: "A", rows: 2, columns: 3, expected: 6, actual: 5 };
		assert_eq!(short, Err(error));
		assert!(gemm_quick(shape, &[0; 6], &[0; 13]).is_err());
		let message = alloc::string::ToString::to_string(&error);
		assert_eq!(message, "matrix A has 5 bytes, its shape 2 × 3 needs 6");
	}

	#[test]
	fn dims_should_be_refused_when_out_of_bounds() {
		assert_eq!(Dims::new(0, 1, 1), Err(GemmError::Dimension { name: "m", value: 0 }));
		let large = MAX_DIM + 1;
		assert_eq!(Dims::new(1, 1, large), Err(GemmError::Dimension { name: "n", value: large }));
		assert!(Dims::new(MAX_DIM, 1, 1024).is_ok());
		assert!(matches!(Dims::new(MAX_DIM, 1, 1025), Err(GemmError::TooLarge { name: "C", .. })));
	}

	proptest! {
		#[test]
		fn quick_product_should_equal_the_reference(
			m in 1_u32..12, k in 1_u32..70, n in 1_u32..12, seed in any::<u64>(),
		) {
			let shape = dims(m, k, n);
			let mut state = seed | 1;
			let mut bytes = |count: usize| -> Vec<u8> {
				(0..count).map(|_| {
					state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
					// A quarter of the elements is extreme.
					match state >> 62 { 0 => 0x80, _ => (state >> 33) as u8 }
				}).collect()
			};
			let a = bytes(shape.m() * shape.k());
			let b = bytes(shape.k() * shape.n());
			prop_assert_eq!(gemm_quick(shape, &a, &b), gemm_reference(shape, &a, &b));
		}
	}
}
