//! What checking a matrix product costs beside making it, at 2048³.
#![allow(clippy::expect_used, reason = "a benchmark fails by panicking")]
#![allow(missing_docs, reason = "criterion's macros make a main function")]

use aitbc_compute_core::{
	freivalds,
	gemm::{Dims, Form, Product},
	merkle::Blake2,
	referee::{self, Roots, Verdict},
};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

const SIDE: u32 = 2048;

fn bytes(count: usize, factor: u32) -> Vec<u8> {
	(0..count as u32).map(|index| (index.wrapping_mul(factor) >> 24) as u8).collect()
}

fn checks(criterion: &mut Criterion) {
	let dims = Dims::new(SIDE, SIDE, SIDE).expect("within the bounds");
	let elements = dims.m() * dims.k();
	let (a, b) = (bytes(elements, 2_654_435_761), bytes(elements, 2_246_822_519));
	// The quickest way of making it is that with both factors' lines side by side.
	let form = Form { transpose_b: true, ..Form::PLAIN };
	let transposed = Form { transpose_a: true, ..form };
	let product = Product::new(dims, form, &[&a, &b]).expect("sizes fit");
	let output = product.quick();
	let roots = Roots::of(&product, &output);
	let proof = referee::prove_element(&product, &output, 1000, 1000).expect("is there");

	let mut group = criterion.benchmark_group("2048");
	group.sample_size(10);
	group.bench_function("product", |bencher| bencher.iter(|| black_box(&product).quick()));
	group.bench_function("product-one-thread", |bencher| {
		bencher.iter(|| black_box(&product).quick_on(1));
	});
	for (name, form) in [("freivalds", Form::PLAIN), ("freivalds-transposed", transposed)] {
		let product = Product::new(dims, form, &[&a, &b]).expect("sizes fit");
		let sums = product.sums();
		group.bench_function(name, |bencher| {
			let mut state = 1_u64;
			let mut random = || {
				state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
				(state >> 32) as u32
			};
			bencher.iter(|| {
				let rounds = freivalds::DEFAULT_ROUNDS;
				assert_eq!(freivalds::check_sums(&product, &sums, rounds, &mut random), Ok(true));
			});
		});
	}
	group.bench_function("referee-one-element", |bencher| {
		bencher.iter(|| {
			let position = (1000, 1000);
			let verdict =
				referee::judge_element::<Blake2>(dims, form, &roots, position, black_box(&proof));
			assert_eq!(verdict, Verdict::Right);
		});
	});
	group.finish();
}

criterion_group!(benches, checks);
criterion_main!(benches);
