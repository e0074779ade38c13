//! Freivalds' check of a matrix product, over the integers modulo 2⁶⁴.
//!
//! To check C = A·B without computing it, draw r uniformly from [0, 2³²)ⁿ **after C is known** and
//! compare A·(B·r) with C·r, in wrapping 64-bit arithmetic. If C is wrong, one round passes with a
//! chance of at most 2⁻³²: an entry of C − A·B that is not zero is smaller than 2³² in size, so its
//! 2-adic valuation is below 32, and at most one value of its coordinate of r satisfies the
//! congruence. The default of two rounds leaves 2⁻⁶⁴. A round costs mk + kn + mn multiply-adds.
//!
//! Whoever knows r before C is fixed can forge C: never derive r from anything that the miner saw.
//!
//! Source: R. Freivalds, *Probabilistic machines can use less running time*, 1977; the bound for a ring
//! with zero divisors is INV-COMPUTE-7.

use crate::gemm::{Dims, GemmError, int8};
use alloc::vec::Vec;

/// Rounds that leave a chance of at most 2⁻⁶⁴.
pub const DEFAULT_ROUNDS: u32 = 2;

fn signed(byte: u8) -> u64 {
	// Two's complement: the wrapping product of sign-extended values is the product modulo 2⁶⁴.
	i64::from(int8(byte)).cast_unsigned()
}

/// `matrix` (rows × vector.len(), int8) times `vector`, modulo 2⁶⁴.
fn times(matrix: &[u8], vector: &[u64]) -> Vec<u64> {
	matrix
		.chunks_exact(vector.len())
		.map(|row| {
			row.iter().zip(vector).fold(0_u64, |sum, (&element, &factor)| {
				sum.wrapping_add(signed(element).wrapping_mul(factor))
			})
		})
		.collect()
}

/// `matrix` (rows × vector.len(), int32 little-endian) times `vector`, modulo 2⁶⁴.
fn times_int32(matrix: &[u8], vector: &[u64]) -> Vec<u64> {
	let element = |bytes: &[u8]| match bytes {
		[a, b, c, d] => i64::from(i32::from_le_bytes([*a, *b, *c, *d])).cast_unsigned(),
		_ => 0,
	};
	matrix
		.chunks_exact(vector.len().saturating_mul(4))
		.map(|row| {
			row.chunks_exact(4).zip(vector).fold(0_u64, |sum, (bytes, &factor)| {
				sum.wrapping_add(element(bytes).wrapping_mul(factor))
			})
		})
		.collect()
}

/// Whether `c` (4·m·n bytes) passes `rounds` rounds as the product of `a` (m·k bytes) and `b` (k·n
/// bytes). `random` gives uniform 32-bit numbers that nobody could foresee when C was fixed.
///
/// A right product always passes. Zero rounds check nothing but sizes.
///
/// # Errors
/// If a matrix has not the size of its shape.
pub fn check_product(
	dims: Dims,
	a: &[u8],
	b: &[u8],
	c: &[u8],
	rounds: u32,
	mut random: impl FnMut() -> u32,
) -> Result<bool, GemmError> {
	dims.check_inputs(a, b)?;
	dims.check_output(c)?;
	for _ in 0..rounds {
		let r: Vec<u64> = (0..dims.n()).map(|_| u64::from(random())).collect();
		if times(a, &times(b, &r)) != times_int32(c, &r) {
			return Ok(false);
		}
	}
	Ok(true)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::gemm::gemm_reference;
	use proptest::prelude::*;

	fn generator(seed: u64) -> impl FnMut() -> u32 {
		let mut state = seed;
		move || {
			state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
			(state >> 32) as u32
		}
	}

	proptest! {
		#[test]
		fn check_should_pass_the_right_product_and_no_other(
			m in 1_u32..9, k in 1_u32..40, n in 1_u32..9, seed in any::<u64>(),
			pick in any::<prop::sample::Index>(), bit in 0_u8..8,
		) {
			let dims = Dims::new(m, k, n).expect("within the bounds");
			let mut numbers = generator(seed);
			let a: Vec<u8> = (0..dims.m() * dims.k()).map(|_| numbers() as u8).collect();
			let b: Vec<u8> = (0..dims.k() * dims.n()).map(|_| numbers() as u8).collect();
			let mut c = gemm_reference(dims, &a, &b).expect("sizes fit");
			prop_assert_eq!(check_product(dims, &a, &b, &c, 2, generator(!seed)), Ok(true));
			// One flipped bit anywhere, the sign bit included.
			let position = pick.index(c.len());
			c[position] ^= 1 << bit;
			prop_assert_eq!(check_product(dims, &a, &b, &c, 2, generator(!seed)), Ok(false));
		}
	}

	#[test]
	fn check_should_fail_when_sizes_do_not_fit() {
		let dims = Dims::new(1, 1, 1).expect("within the bounds");
		assert!(check_product(dims, &[1], &[1], &[1, 0, 0], 2, || 1).is_err());
		assert!(check_product(dims, &[], &[1], &[1, 0, 0, 0], 2, || 1).is_err());
	}
}
