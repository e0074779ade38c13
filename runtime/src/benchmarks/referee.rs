//! What the referee's steps cost in the runtime's wasm: no call uses them yet, and whoever plans one
//! (a dispute) wants to know first. Prints, with `scripts/weights --referee`, rather than writing weights.

#![allow(
	clippy::arithmetic_side_effects,
	clippy::expect_used,
	reason = "a benchmark whose set-up fails must stop; not in a chain's runtime"
)]

use aitbc_compute_core::{
	freivalds,
	gemm::{Dims, Form, Product},
	merkle::{Digest32, Hasher},
	referee::{self, Roots, Verdict, prove_element},
};
use alloc::{vec, vec::Vec};
use core::hint::black_box;
use frame_benchmarking::v2::*;

/// What is measured belongs to no pallet.
pub struct Pallet<T: Config>(frame_system::Pallet<T>);
/// Nothing is asked of the runtime.
pub trait Config: frame_system::Config {}

/// blake2b-256 by the host, as calls of the runtime would have it.
struct HostHasher;

impl Hasher for HostHasher {
	fn hash(bytes: &[u8]) -> Digest32 {
		sp_io::hashing::blake2_256(bytes)
	}
}

/// Elements along k of the matrices whose size varies otherwise.
const LINE: u32 = 1_000;

/// Bytes of which no neighbours are alike.
fn noise(count: u32) -> Vec<u8> {
	let byte = |index: u32| index.wrapping_mul(2_654_435_761).to_le_bytes();
	(0..count).map(|index| byte(index).last().copied().unwrap_or_default()).collect()
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// t thousand multiply-adds of dot products.
	#[benchmark(extra)]
	fn multiply_add(t: Linear<1, 1_000>) {
		let dims = Dims::new(t, LINE, 1).expect("within the bounds");
		let (a, b) = (noise(t * LINE), noise(LINE));
		let product = Product::plain(dims, &a, &b).expect("sizes fit");
		let output;
		#[block]
		{
			output = black_box(&product).reference();
		}
		assert_eq!(output.len(), dims.m() * 4);
	}

	/// One round of Freivalds' check of a product of square matrices of side s.
	#[benchmark(extra)]
	fn check_sums(s: Linear<1, 512>) {
		let dims = Dims::new(s, s, s).expect("within the bounds");
		let (a, b) = (noise(s * s), noise(s * s));
		let product = Product::plain(dims, &a, &b).expect("sizes fit");
		let sums = product.sums();
		let mut state = 1_u32;
		let random = || {
			state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
			state
		};
		let is_right;
		#[block]
		{
			is_right = freivalds::check_sums(black_box(&product), &sums, 1, random);
		}
		assert_eq!(is_right, Ok(true));
	}

	/// The verdict over one element of a product of k multiply-adds to an element, proofs included.
	#[benchmark(extra)]
	fn judge(k: Linear<1, 16_384>) {
		// As deep as the trees of a product of 2,048 rows and columns of this length are, but for A's and
		// B's other lines, which nobody has to make up.
		let dims = Dims::new(64, k, 64).expect("within the bounds");
		let (a, b) = (noise(64 * k), noise(64 * k));
		let form = Form { transpose_b: true, ..Form::default() };
		let inputs = [&a[..], &b];
		let product = Product::new(dims, form, &inputs).expect("sizes fit");
		let output = product.quick();
		let roots = Roots::of(&product, &output);
		let proof = prove_element(&product, &output, 63, 63).expect("there is such an element");
		let verdict;
		#[block]
		{
			verdict = referee::judge_element::<HostHasher>(
				dims,
				form,
				&roots,
				(63, 63),
				black_box(&proof),
			);
		}
		assert_eq!(verdict, Verdict::Right);
	}

	/// Hashes of c chunks of 1 KiB.
	#[benchmark(extra)]
	fn hash_chunks(c: Linear<1, 256>) {
		let chunk = vec![5; 1024];
		#[block]
		{
			for _ in 0..c {
				black_box(HostHasher::hash(black_box(&chunk)));
			}
		}
	}
}
