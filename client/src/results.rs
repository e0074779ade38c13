//! Checking results without running the job again.

use aitbc_compute_core::{
	freivalds,
	gemm::{Dims, Form, GemmError, Product},
};
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
		/// `A`, `B` or `of scales`.
		name: &'static str,
	},
	/// The inputs or the output do not fit the job.
	#[error("the product cannot be checked: {0}")]
	Size(#[from] GemmError),
	/// It is wrong.
	#[error(
		"the result is NOT the product of A and B; the miner that signed it answers for it, see `aitbc receipt show`"
	)]
	Wrong,
}

/// Checks that `output` is what the job makes of `inputs`: A, B and, where it requantises, the scales.
///
/// Freivalds' method with fresh randomness: wrong sums pass with a chance of at most 2⁻⁶⁴, right ones
/// always. Costs two passes over the three matrices instead of the product. It cannot check an output
/// that was brought back to int8; there the job is run again, on this machine's processor.
///
/// # Errors
/// [`ResultError`].
pub fn check_gemm(spec: &JobSpec, inputs: &[&[u8]], output: &[u8]) -> Result<(), ResultError> {
	let Workload::Gemm(shape) = spec.workload else { return Err(ResultError::NotGemm) };
	for (index, (name, bytes)) in ["A", "B", "of scales"].into_iter().zip(inputs).enumerate() {
		if spec.inputs.get(index) != Some(&Cid::of_raw(bytes)) {
			return Err(ResultError::OtherInput { name });
		}
	}
	let dims = Dims::new(shape.m, shape.k, shape.n)?;
	let product = Product::new(dims, Form::from_params(&spec.params)?, inputs)?;
	let right = if product.form().requantise.is_some() {
		product.quick() == output
	} else {
		let random = || OsRng.next_u32();
		freivalds::check_sums(&product, output, freivalds::DEFAULT_ROUNDS, random)?
	};
	if right { Ok(()) } else { Err(ResultError::Wrong) }
}

#[cfg(test)]
mod tests {
	use super::*;
	use aitbc_compute_core::gemm::{Scale, gemm_reference};
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
		assert_eq!(check_gemm(&spec, &[&a, &b], &product), Ok(()));
		for position in 0..product.len() {
			let mut wrong = product.clone();
			wrong[position] ^= 1;
			assert_eq!(check_gemm(&spec, &[&a, &b], &wrong), Err(ResultError::Wrong));
		}
		let short = check_gemm(&spec, &[&a, &b], &product[1..]);
		assert!(matches!(short, Err(ResultError::Size(_))));
		let swapped = check_gemm(&spec, &[&b, &a], &product);
		assert_eq!(swapped, Err(ResultError::OtherInput { name: "A" }));
		let echo = JobSpec { workload: Workload::Echo, ..spec };
		assert_eq!(check_gemm(&echo, &[&a, &b], &product), Err(ResultError::NotGemm));
	}
	#[test]
	fn check_gemm_should_know_every_form() {
		let (a, b): (Vec<u8>, Vec<u8>) = ((0..12).collect(), (0..8).map(|i| i * 33).collect());
		let half = Scale::new(1, 1).expect("is valid").to_bytes();
		for form in Form::all() {
			let dims = Dims::new(3, 4, 2).expect("a shape");
			let scales = half.repeat(form.scale_count(dims));
			let inputs = [&a[..], &b, &scales];
			let inputs = &inputs[..form.inputs()];
			let mut spec = job(&a, &b);
			spec.params = form.to_params().try_into().expect("one byte");
			spec.inputs = inputs
				.iter()
				.map(|input| Cid::of_raw(input))
				.collect::<Vec<_>>()
				.try_into()
				.expect("at most three");
			let mut output = Product::new(dims, form, inputs).expect("fits").reference();
			assert_eq!(check_gemm(&spec, inputs, &output), Ok(()), "{form:?}");
			output[0] ^= 1;
			assert_eq!(check_gemm(&spec, inputs, &output), Err(ResultError::Wrong), "{form:?}");
			let fewer = check_gemm(&spec, &inputs[1..], &output);
			assert_eq!(fewer, Err(ResultError::OtherInput { name: "A" }));
			let missing = check_gemm(&spec, &inputs[..1], &output);
			assert!(matches!(missing, Err(ResultError::Size(GemmError::Inputs { .. }))));
		}
	}
}
