//! Checking results without running the job again.

use aitbc_compute_core::{freivalds, gemm::Dims};
use aitbc_primitives::{Cid, JobSpec, Workload};
use rand::{RngCore, rngs::OsRng};

/// Why a result was not found right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResultError {
	/// Only matrix products have a check that is cheaper than running them.
	#[error("the job is no matrix product; only those can be checked by Freivalds' method")]
	NotGemm,
	/// The factors are not those of the job.
	#[error("matrix {name} is not the one this job was posted with")]
	OtherInput {
		/// `A` or `B`.
		name: &'static str,
	},
	/// Something has not the size of its shape.
	#[error("the product cannot be checked: {reason}")]
	Size {
		/// What, and which size it should have.
		reason: String,
	},
	/// It is wrong.
	#[error(
		"the result is NOT the product of A and B; the miner that signed it answers for it, see `aitbc receipt show`"
	)]
	Wrong,
}

/// Checks that `product` (m·n little-endian int32, row-major) is the product of the job's inputs
/// `a` (m·k int8) and `b` (k·n int8).
///
/// Freivalds' method with fresh randomness: a wrong product passes with a chance of at most 2⁻⁶⁴, a
/// right one always. Costs two passes over the three matrices instead of the product.
///
/// # Errors
/// [`ResultError`].
pub fn check_gemm(spec: &JobSpec, a: &[u8], b: &[u8], product: &[u8]) -> Result<(), ResultError> {
	let Workload::Gemm(shape) = spec.workload else { return Err(ResultError::NotGemm) };
	for (index, (name, bytes)) in [("A", a), ("B", b)].into_iter().enumerate() {
		if spec.inputs.get(index) != Some(&Cid::of_raw(bytes)) {
			return Err(ResultError::OtherInput { name });
		}
	}
	let size = |error: aitbc_compute_core::gemm::GemmError| ResultError::Size {
		reason: error.to_string(),
	};
	let dims = Dims::new(shape.m, shape.k, shape.n).map_err(size)?;
	let random = || OsRng.next_u32();
	let right = freivalds::check_product(dims, a, b, product, freivalds::DEFAULT_ROUNDS, random)
		.map_err(size)?;
	if right { Ok(()) } else { Err(ResultError::Wrong) }
}

#[cfg(test)]
mod tests {
	use super::*;
	use aitbc_compute_core::gemm::gemm_reference;
	use aitbc_primitives::{GemmShape, Replication};

	fn job(a: &[u8], b: &[u8]) -> JobSpec {
		JobSpec {
			workload: Workload::Gemm(GemmShape { m: 3, k: 4, n: 2 }),
			inputs: vec![Cid::of_raw(a), Cid::of_raw(b)].try_into().expect("fits"),
			params: Default::default(),
			units_limit: 1,
			max_price_per_unit: 1,
			tip: 0,
			replication: Replication::SINGLE,
			requirements: Default::default(),
			start_within_blocks: 1,
			deliver_within_blocks: 1,
		}
	}

	#[test]
	fn check_gemm_should_accept_the_product_and_nothing_else() {
		let a: Vec<u8> = (0..12).map(|i| i * 21).collect();
		let b: Vec<u8> = (0..8).map(|i| i * 33).collect();
		let spec = job(&a, &b);
		let dims = Dims::new(3, 4, 2).expect("a shape");
		let product = gemm_reference(dims, &a, &b).expect("sizes fit");
		assert_eq!(check_gemm(&spec, &a, &b, &product), Ok(()));
		for position in 0..product.len() {
			let mut wrong = product.clone();
			wrong[position] ^= 1;
			assert_eq!(check_gemm(&spec, &a, &b, &wrong), Err(ResultError::Wrong));
		}
		let short = check_gemm(&spec, &a, &b, &product[1..]);
		assert!(matches!(short, Err(ResultError::Size { .. })));
		let swapped = check_gemm(&spec, &b, &a, &product);
		assert_eq!(swapped, Err(ResultError::OtherInput { name: "A" }));
		let echo = JobSpec { workload: Workload::Echo, ..spec };
		assert_eq!(check_gemm(&echo, &a, &b, &product), Err(ResultError::NotGemm));
	}
}
