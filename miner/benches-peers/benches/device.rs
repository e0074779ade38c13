//! The int8 product on a device beside burn's f32 product (cubecl's kernels, tuned by burn itself) of the
//! same shape through the same wgpu adapter, in turns. An operation is a multiplication or an addition:
//! 2·n³ each. Both times begin with the data where a program has it (bytes here, a tensor of the device
//! there: ours uploads and downloads as well) and end when the product can be read by the processor.
//!
//! ```text
//! cargo bench --bench device [-- SIDE…]
//! ```
//!
//! burn takes the adapter that wgpu prefers; name a driver with `VK_DRIVER_FILES` where there are several.

#![allow(clippy::expect_used, reason = "a benchmark fails by panicking")]

use aitbc_compute_core::gemm::{Dims, Product};
use aitbc_compute_wgpu::{DeviceSelector, Gpu};
use burn_tensor::{Device, Tensor, TensorData};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(600);
/// Until so much time has gone into a side and a library, or so many runs; the quickest counts.
const BUDGET: Duration = Duration::from_secs(20);
const RUNS: usize = 20;

fn bytes(count: usize) -> Vec<u8> {
	(0..count as u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

/// The quickest of each, in turns.
fn best<const N: usize>(mut runs: [&mut dyn FnMut(); N]) -> [Duration; N] {
	let mut best = [Duration::MAX; N];
	let begin = Instant::now();
	for turn in 0..RUNS {
		for (best, run) in best.iter_mut().zip(&mut runs) {
			let start = Instant::now();
			run();
			*best = (*best).min(start.elapsed());
		}
		if turn > 0 && begin.elapsed() > BUDGET * N as u32 {
			break;
		}
	}
	best
}

fn main() {
	// cargo adds `--bench`.
	let sides: Vec<u32> = std::env::args().skip(1).filter_map(|side| side.parse().ok()).collect();
	let sides = if sides.is_empty() { vec![256, 512, 1024, 2048, 4096] } else { sides };
	let gpu = Gpu::open(&DeviceSelector::Auto).expect("a device opens");
	let variant = gpu.tune(LIMIT).expect("the device multiplies rightly");
	println!("{} ({}), {variant}", gpu.info().name, gpu.info().driver);
	let device = Device::default();
	println!("burn: {device:?}");
	println!("{:>5} {:>14} {:>14} {:>7}", "side", "ours, Gop/s", "burn, Gflop/s", "ratio");
	for side in sides {
		let count = (side * side) as usize;
		let (a, b) = (bytes(count), bytes(count + 1));
		let dims = Dims::new(side, side, side).expect("within the bounds");
		let product = Product::plain(dims, &a, &b[1..]).expect("sizes fit");
		let tensor = |bytes: &[u8]| -> Tensor<2> {
			let floats: Vec<f32> = bytes.iter().map(|byte| f32::from(byte.cast_signed())).collect();
			Tensor::from_data(TensorData::new(floats, [side as usize; 2]), &device)
		};
		let (x, y) = (tensor(&a), tensor(&b[1..]));
		let mut sample = 0.0;
		let mut ours = || {
			gpu.product(&product, LIMIT).expect("the device works");
		};
		let mut theirs = || {
			// Lazy: nothing is computed before somebody wants to read it.
			let values = x.clone().matmul(y.clone()).into_data().to_vec::<f32>();
			sample = values.expect("floats")[0];
		};
		// Compiles, and tunes what burn tunes.
		ours();
		theirs();
		let [ours, theirs] = best([&mut ours, &mut theirs]);
		let rate = |time: Duration| 2.0 * f64::from(side).powi(3) / time.as_secs_f64() / 1e9;
		let (ours, theirs) = (rate(ours), rate(theirs));
		println!("{side:>5} {ours:>14.1} {theirs:>14.1} {:>7.2}", ours / theirs);
		assert!(sample.is_finite());
	}
}
