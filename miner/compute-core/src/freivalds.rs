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
	processor::{self, Vectors},
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

/// Digits of a 64-bit number.
const DIGITS: usize = 4;
/// How many products of an int8 and a digit, at most 2²² in size each, are added up in 32 bits, which have room
/// for 511.
const BLOCK: usize = 480;

/// A vector of 64-bit numbers as signed 16-bit digits: all the lowest ones, then the next ones, as far as
/// they are not all zero. Processors multiply 16-bit numbers several at a time.
///
/// An entry is Σ digit·2^(16·place), modulo 2⁶⁴.
struct Digits(Vec<Vec<i16>>);

impl Digits {
	#[expect(clippy::cast_possible_truncation, reason = "the lowest digit is meant")]
	fn of(mut entries: Vec<i64>) -> Self {
		let mut places: Vec<Vec<i16>> = (0..DIGITS)
			.map(|_| {
				let digit = |entry: &mut i64| {
					let digit = *entry as i16;
					*entry = entry.wrapping_sub(i64::from(digit)) >> 16;
					digit
				};
				entries.iter_mut().map(digit).collect()
			})
			.collect();
		while places.pop_if(|digits| digits.iter().all(|digit| *digit == 0)).is_some() {}
		Self(places)
	}

	/// Σ elements[i]·entry i, int8 elements.
	#[inline(always)]
	fn dot(&self, vectors: Option<Vectors>, elements: &[u8]) -> i64 {
		// Loops rather than closures, which would not be compiled for the vector instructions.
		let mut total = 0_i64;
		for digits in self.0.iter().rev() {
			total <<= 16;
			for (elements, digits) in elements.chunks(BLOCK).zip(digits.chunks(BLOCK)) {
				total = total.wrapping_add(i64::from(dot_block(vectors, elements, digits)));
			}
		}
		total
	}

	/// Adds Σ entry i · row i of `matrix`, int8, to as many totals as a row has elements.
	#[inline(always)]
	fn combine(&self, matrix: &[u8], totals: &mut [i64]) {
		let width = totals.len();
		let mut sums = vec![0_i32; width];
		for (place, digits) in self.0.iter().enumerate() {
			for (rows, digits) in matrix.chunks(BLOCK * width).zip(digits.chunks(BLOCK)) {
				sums.fill(0);
				for (row, &digit) in rows.chunks_exact(width).zip(digits) {
					for (sum, &element) in sums.iter_mut().zip(row) {
						let product = i32::from(int8(element)).wrapping_mul(i32::from(digit));
						*sum = sum.wrapping_add(product);
					}
				}
				for (total, &sum) in totals.iter_mut().zip(&sums) {
					*total = total.wrapping_add(i64::from(sum) << (16 * place));
				}
			}
		}
	}
}

/// Σ elements[i]·digits[i], of at most [`BLOCK`].
#[inline(always)]
fn dot_block(vectors: Option<Vectors>, elements: &[u8], digits: &[i16]) -> i32 {
	#[cfg(all(feature = "std", target_arch = "x86_64"))]
	if let Some(vectors) = vectors {
		let (elements, elements_left) = elements.as_chunks::<16>();
		let (digits, digits_left) = digits.as_chunks::<16>();
		let mut sums = vectors.avx._mm256_setzero_si256();
		for (elements, digits) in elements.iter().zip(digits) {
			let elements = vectors.avx2._mm256_cvtepi8_epi16(pulp::cast(*elements));
			let products = vectors.avx2._mm256_madd_epi16(elements, pulp::cast(*digits));
			sums = vectors.avx2._mm256_add_epi32(sums, products);
		}
		let sums: [i32; 8] = pulp::cast(sums);
		let sum = sums.into_iter().fold(0, i32::wrapping_add);
		return sum.wrapping_add(dot_block(None, elements_left, digits_left));
	}
	let _ = vectors;
	elements.iter().zip(digits).fold(0, |sum: i32, (&element, &digit)| {
		sum.wrapping_add(i32::from(int8(element)).wrapping_mul(i32::from(digit)))
	})
}

/// What `entry` makes of each row of `matrix` and each of the vectors, by vector. A row is read once for all.
fn by_rows<V: Sync>(
	matrix: &[u8],
	row_bytes: usize,
	vectors: &[V],
	entry: impl Fn(Option<Vectors>, &[u8], &V) -> i64 + Sync,
) -> Vec<Vec<i64>> {
	let count = vectors.len();
	if count == 0 {
		return Vec::new();
	}
	let mut entries = vec![0; matrix.len() / row_bytes * count];
	let parts = entries.chunks_mut(ROWS * count).zip(matrix.chunks(ROWS * row_bytes));
	processor::share(threads(matrix.len()), parts, |(entries, rows)| {
		processor::vectorised(
			#[inline(always)]
			|instructions| {
				let rows = rows.chunks_exact(row_bytes);
				for (slots, row) in entries.chunks_exact_mut(count).zip(rows) {
					for (slot, vector) in slots.iter_mut().zip(vectors) {
						*slot = entry(instructions, row, vector);
					}
				}
			},
		);
	});
	(0..count).map(|first| entries.iter().skip(first).step_by(count).copied().collect()).collect()
}

/// `matrix` (rows × width, int8) times vectors of `width` entries.
fn times(matrix: &[u8], width: usize, vectors: &[Digits]) -> Vec<Vec<i64>> {
	by_rows(
		matrix,
		width,
		vectors,
		#[inline(always)]
		|instructions, row, vector| vector.dot(instructions, row),
	)
}

/// Σ entry i · row i of `matrix`, int8, for rows as long as `width`, for each vector.
fn combine(matrix: &[u8], width: usize, vectors: &[Digits]) -> Vec<Vec<i64>> {
	let mut combined = vec![vec![0_i64; width]; vectors.len()];
	let parts = combined.iter_mut().zip(vectors);
	processor::share(threads(matrix.len()), parts, |(totals, vector)| {
		processor::vectorised(
			#[inline(always)]
			|_| vector.combine(matrix, totals),
		);
	});
	combined
}

/// The vectors of all lines' dot products with vectors of k entries.
fn lines_times(lines: &Lines<'_>, vectors: &[Digits]) -> Vec<Vec<i64>> {
	if lines.contiguous {
		times(lines.bytes, lines.k, vectors)
	} else {
		combine(lines.bytes, lines.count, vectors)
	}
}

/// The sums of all lines, each times its entry of a vector.
fn lines_combined(lines: &Lines<'_>, vectors: &[Digits]) -> Vec<Vec<i64>> {
	if lines.contiguous {
		combine(lines.bytes, lines.k, vectors)
	} else {
		times(lines.bytes, lines.count, vectors)
	}
}

/// `sums` (rows × n, int32 little-endian) times vectors of n entries.
fn sums_times(sums: &[u8], n: usize, vectors: &[Vec<i32>]) -> Vec<Vec<i64>> {
	by_rows(
		sums,
		n * 4,
		vectors,
		#[inline(always)]
		|_, row, vector| {
			let (words, _) = row.as_chunks();
			let words = words.iter().map(|&word| i64::from(i32::from_le_bytes(word)));
			words.zip(vector).fold(0, |sum: i64, (word, &factor)| {
				sum.wrapping_add(word.wrapping_mul(i64::from(factor)))
			})
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
	let n = product.dims().n();
	let vectors: Vec<Vec<i32>> =
		(0..rounds).map(|_| (0..n).map(|_| random().cast_signed()).collect()).collect();
	let digits = |vector: &Vec<i32>| Digits::of(vector.iter().copied().map(i64::from).collect());
	let drawn: Vec<Digits> = vectors.iter().map(digits).collect();
	let combined = lines_combined(&product.columns(), &drawn);
	let combined: Vec<Digits> = combined.into_iter().map(Digits::of).collect();
	Ok(lines_times(&product.rows(), &combined) == sums_times(sums, n, &vectors))
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
			let digits = [Digits::of(vector.to_vec())];
			prop_assert_eq!(times(&matrix, 4, &digits), [expected.clone()]);
			let transposed: Vec<u8> =
				(0..4).flat_map(|l| matrix.iter().skip(l).step_by(4).copied()).collect();
			prop_assert_eq!(combine(&transposed, 3, &digits), [expected]);
		}
	}

	#[test]
	fn dot_and_combine_should_not_overflow_when_all_is_extreme() {
		let length = 3 * BLOCK + 5;
		for entry in [i64::from(i16::MIN), i64::from(i16::MAX), -0x7fff_8000_8000_8000, i64::MAX] {
			let digits = [Digits::of(vec![entry; length])];
			for element in [-128_i8, 127] {
				let expected = i64::from(element).wrapping_mul(entry).wrapping_mul(length as i64);
				let matrix = vec![element.cast_unsigned(); length];
				assert_eq!(times(&matrix, length, &digits), [[expected]]);
				assert_eq!(combine(&matrix, 1, &digits), [[expected]]);
			}
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
