//! The int8 product on the processor beside the `gemm` crate's f32 product of the same shape, on the
//! same threads. An operation is a multiplication or an addition: 2·n³ each.

#![allow(clippy::expect_used, reason = "a benchmark fails by panicking")]

use aitbc_compute_core::gemm::{Dims, Product};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gemm::Parallelism;
use std::hint::black_box;

fn bytes(count: usize) -> Vec<u8> {
	(0..count as u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn f32_product(parallelism: Parallelism, side: usize, a: &[f32], b: &[f32], c: &mut [f32]) {
	let (columns, rows) = (1, side as isize);
	// SAFETY: the three matrices are side × side, row-major.
	unsafe {
		gemm::gemm(
			side,
			side,
			side,
			c.as_mut_ptr(),
			columns,
			rows,
			false,
			a.as_ptr(),
			columns,
			rows,
			b.as_ptr(),
			columns,
			rows,
			0.0,
			1.0,
			false,
			false,
			false,
			parallelism,
		);
	}
}

fn products(criterion: &mut Criterion) {
	for (name, threads, parallelism) in
		[("one-thread", 1, Parallelism::None), ("all-threads", 0, Parallelism::Rayon(0))]
	{
		let mut group = criterion.benchmark_group(name);
		group.sample_size(10);
		for side in [256, 512, 1024, 2048] {
			group.throughput(Throughput::Elements(2 * (side as u64).pow(3)));
			let (a, b) = (bytes(side * side), bytes(side * side + 1));
			let dims = Dims::new(side as u32, side as u32, side as u32).expect("within the bounds");
			let product = Product::plain(dims, &a, &b[1..]).expect("sizes fit");
			group.bench_function(BenchmarkId::new("aitbc-int8", side), |bencher| {
				bencher.iter(|| match threads {
					0 => black_box(&product).quick(),
					threads => black_box(&product).quick_on(threads),
				});
			});
			let float = |bytes: &[u8]| -> Vec<f32> {
				bytes.iter().map(|byte| f32::from(byte.cast_signed())).collect()
			};
			let (a, b, mut c) = (float(&a), float(&b[1..]), vec![0.0; side * side]);
			group.bench_function(BenchmarkId::new("gemm-crate-f32", side), |bencher| {
				bencher.iter(|| f32_product(parallelism, side, black_box(&a), &b, &mut c));
			});
		}
		group.finish();
	}
}

criterion_group!(benches, products);
criterion_main!(benches);
