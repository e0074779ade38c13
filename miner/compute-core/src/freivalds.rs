//! Freivalds' check of a matrix product, over the integers modulo 2⁶⁴.
//!
//! To check C = A·B without computing it, draw r uniformly from [−2³¹, 2³¹)ⁿ **after C is known** and
//! compare A·(B·r) with C·r, in wrapping 64-bit arithmetic. If C is wrong, one round passes with a
//! chance of at most 2⁻³²: an entry of C − A·B that is not zero is smaller than 2³² in size, so its
//! 2-adic valuation is below 32, and at most one value of its coordinate of r satisfies the
//! congruence. The default of two rounds leaves 2⁻⁶⁴. A round costs mk + kn + mn multiply-adds.
//!
//! Whoever knows r before C is fixed can forge C: never derive r from anything that the miner saw.
//!
//! What is checked are the int32 sums. Requantisation is not linear, so that an int8 output cannot be
//! checked this way: either the sums are at hand as well, and requantising them again (mn steps) shows
//! the rest, or single elements are recomputed, which finds a share f of wrong elements with s samples
//! with a chance of 1 − (1 − f)ˢ, and a single wrong one hardly ever.
//!
//! Source: R. Freivalds, *Probabilistic machines can use less running time*, 1977; the bound for a ring
//! with zero divisors is INV-COMPUTE-7.

use crate::{
	gemm::{Dims, GemmError, Lines, Product, int8},
	processor,
};
use alloc::{vec, vec::Vec};

/// Rounds that leave a chance of at most 2⁻⁶⁴.
pub const DEFAULT_ROUNDS: u32 = 2;
/// Rows that one thread takes at a time.
const ROWS: usize = 64;
/// Multiply-adds below which starting threads costs more than it gains.
const THREADS_FROM: usize = 1 << 20;

fn threads(operations: usize) -> usize {
	if operations < THREADS_FROM { 1 } else { processor::threads() }
}

/// A 64-bit vector in the two halves that 32-bit multiplications take.
struct Halves {
	/// value = high·2³² + low, low being signed.
	low: Vec<i32>,
	high: Vec<i32>,
}

impl Halves {
	#[expect(clippy::cast_possible_truncation, reason = "halves are meant")]
	fn of(vector: &[i64]) -> Self {
		let low = vector.iter().map(|&value| value as i32).collect();
		let high = |&value: &i64| (value.wrapping_sub(i64::from(value as i32)) >> 32) as i32;
		Self { low, high: vector.iter().map(high).collect() }
	}
}

#[inline(always)]
fn dot(elements: impl Iterator<Item = i32>, factors: &[i32]) -> i64 {
	elements.zip(factors).fold(0, |sum: i64, (element, &factor)| {
		sum.wrapping_add(i64::from(element) * i64::from(factor))
	})
}

/// `matrix` (rows of `row_bytes`) by something: `element` gives the result's entry of a row.
fn by_rows(matrix: &[u8], row_bytes: usize, entry: impl Fn(&[u8]) -> i64 + Sync) -> Vec<i64> {
	let mut result = vec![0; matrix.len() / row_bytes];
	let parts = result.chunks_mut(ROWS).zip(matrix.chunks(ROWS * row_bytes));
	processor::share(threads(matrix.len()), parts, |(result, rows)| {
		processor::vectorised(
			#[inline(always)]
			|_| {
				for (slot, row) in result.iter_mut().zip(rows.chunks_exact(row_bytes)) {
					*slot = entry(row);
				}
			},
		);
	});
	result
}

/// Σ factors[i] · row i of `matrix`, int8, for rows as long as `width`.
fn combine(matrix: &[u8], width: usize, factors: &Halves) -> Vec<i64> {
	let mut low = vec![0_i64; width];
	let mut high = vec![0_i32; width];
	processor::vectorised(
		#[inline(always)]
		|_| {
			let factors = factors.low.iter().zip(&factors.high);
			for (row, (&factor_low, &factor_high)) in matrix.chunks_exact(width).zip(factors) {
				for ((low, high), &element) in low.iter_mut().zip(&mut high).zip(row) {
					let element = i32::from(int8(element));
					*low = low.wrapping_add(i64::from(element) * i64::from(factor_low));
					*high = high.wrapping_add(element.wrapping_mul(factor_high));
				}
			}
		},
	);
	low.iter().zip(&high).map(|(low, high)| low.wrapping_add(i64::from(*high) << 32)).collect()
}

/// `matrix` (rows × width, int8) times a vector of `width` entries.
fn times(matrix: &[u8], width: usize, vector: &Halves) -> Vec<i64> {
	by_rows(
		matrix,
		width,
		#[inline(always)]
		|row| {
			let elements = || row.iter().map(|&element| i32::from(int8(element)));
			let high = elements().zip(&vector.high).fold(0_i32, |sum, (element, &factor)| {
				sum.wrapping_add(element.wrapping_mul(factor))
			});
			dot(elements(), &vector.low).wrapping_add(i64::from(high) << 32)
		},
	)
}

/// The vector of all lines' dot products with `vector`, k entries.
fn lines_times(lines: &Lines<'_>, vector: &Halves) -> Vec<i64> {
	if lines.contiguous {
		times(lines.bytes, lines.k, vector)
	} else {
		combine(lines.bytes, lines.count, vector)
	}
}

/// The sum of all lines, each times its entry of `vector`.
fn lines_combined(lines: &Lines<'_>, vector: &Halves) -> Vec<i64> {
	if lines.contiguous {
		combine(lines.bytes, lines.k, vector)
	} else {
		times(lines.bytes, lines.count, vector)
	}
}

/// `sums` (rows × r.len(), int32 little-endian) times r.
fn sums_times(sums: &[u8], r: &[i32]) -> Vec<i64> {
	by_rows(
		sums,
		r.len() * 4,
		#[inline(always)]
		|row| {
			let (words, _) = row.as_chunks();
			dot(words.iter().map(|&word| i32::from_le_bytes(word)), r)
		},
	)
}

/// Whether `sums` (4·m·n bytes, int32) passes `rounds` rounds as A·B of this product, before any
/// requantisation. `random` gives uniform 32-bit numbers that nobody could foresee when the sums were
/// fixed.
///
/// Right sums always pass. Zero rounds check nothing but sizes.
///
/// # Errors
/// If the sums have not the size of the shape.
pub fn check_sums(
	product: &Product<'_>,
	sums: &[u8],
	rounds: u32,
	mut random: impl FnMut() -> u32,
) -> Result<bool, GemmError> {
	product.dims().check_output(sums)?;
	for _ in 0..rounds {
		let r: Vec<i32> = (0..product.dims().n()).map(|_| random().cast_signed()).collect();
		let wide: Vec<i64> = r.iter().copied().map(i64::from).collect();
		let combined = lines_combined(&product.columns(), &Halves::of(&wide));
		if lines_times(&product.rows(), &Halves::of(&combined)) != sums_times(sums, &r) {
			return Ok(false);
		}
	}
	Ok(true)
}

/// [`check_sums`] of a plain product: `a` is m·k bytes, `b` k·n bytes, `c` 4·m·n bytes.
///
/// # Errors
/// If a matrix has not the size of its shape.
pub fn check_product(
	dims: Dims,
	a: &[u8],
	b: &[u8],
	c: &[u8],
	rounds: u32,
	random: impl FnMut() -> u32,
) -> Result<bool, GemmError> {
	check_sums(&Product::plain(dims, a, b)?, c, rounds, random)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::gemm::tests::{any_case, numbers};
	use proptest::prelude::*;

	proptest! {
		#[test]
		fn check_should_pass_the_right_sums_and_no_others(
			case in any_case(9, 40, 9), seed in any::<u64>(),
			pick in any::<prop::sample::Index>(), bit in 0_u8..8,
		) {
			let product = case.product();
			let mut sums = product.sums();
			prop_assert_eq!(check_sums(&product, &sums, 2, numbers(seed)), Ok(true));
			// One flipped bit anywhere, the sign bit included.
			let position = pick.index(sums.len());
			sums[position] ^= 1 << bit;
			prop_assert_eq!(check_sums(&product, &sums, 2, numbers(seed)), Ok(false));
		}

		#[test]
		fn times_and_combine_should_be_modulo_two_to_the_64(
			matrix in prop::collection::vec(any::<u8>(), 12), vector in any::<[i64; 4]>(),
		) {
			let expected: Vec<i64> = matrix
				.chunks_exact(4)
				.map(|row| {
					row.iter().zip(vector).fold(0_i64, |sum, (&element, factor)| {
						sum.wrapping_add(i64::from(int8(element)).wrapping_mul(factor))
					})
				})
				.collect();
			let halves = Halves::of(&vector);
			prop_assert_eq!(times(&matrix, 4, &halves), expected.clone());
			let transposed: Vec<u8> =
				(0..4).flat_map(|l| matrix.iter().skip(l).step_by(4).copied()).collect();
			prop_assert_eq!(combine(&transposed, 3, &halves), expected);
		}
	}

	#[test]
	fn check_should_pass_when_sums_are_extreme_and_work_is_shared() {
		let dims = Dims::new(129, 16_384, 65).expect("within the bounds");
		let (a, b) = (vec![0x80; 129 * 16_384], vec![0x80; 16_384 * 65]);
		let mut c: Vec<u8> = (0..129 * 65).flat_map(|_| (1_i32 << 28).to_le_bytes()).collect();
		assert_eq!(check_product(dims, &a, &b, &c, 2, numbers(5)), Ok(true));
		c[129 * 65 * 4 - 1] ^= 0x80;
		assert_eq!(check_product(dims, &a, &b, &c, 2, numbers(5)), Ok(false));
	}

	#[test]
	fn check_should_fail_when_sizes_do_not_fit() {
		let dims = Dims::new(1, 1, 1).expect("within the bounds");
		assert!(check_product(dims, &[1], &[1], &[1, 0, 0], 2, || 1).is_err());
		assert!(check_product(dims, &[], &[1], &[1, 0, 0, 0], 2, || 1).is_err());
	}
}
