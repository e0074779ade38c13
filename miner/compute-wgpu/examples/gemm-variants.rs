//! How long each variant of the matrix product takes on a device, upload and read-back included.
//!
//! ```text
//! cargo run --release -p aitbc-compute-wgpu --example gemm-variants -- [DEVICE [SIDE…]]
//! ```

#![allow(clippy::expect_used, reason = "an example fails by panicking")]

use aitbc_compute_wgpu::{DeviceSelector, Gpu};

fn main() {
	let mut arguments = std::env::args().skip(1);
	let selector = arguments.next().unwrap_or_else(|| "auto".to_string());
	let selector: DeviceSelector = selector.parse().expect("a device selector");
	let sides: Vec<u32> =
		arguments.map(|side| side.parse().expect("sides of matrices are numbers")).collect();
	let sides = if sides.is_empty() { vec![256, 512, 1024, 2048] } else { sides };
	let gpu = Gpu::open(&selector).expect("a device opens");
	println!("{}", gpu.info().name);
	for side in sides {
		for (variant, time) in gpu.variant_times(side).expect("the device is right") {
			let operations = 2.0 * f64::from(side).powi(3);
			let rate = operations / time.as_secs_f64() / 1e9;
			println!("{side}³ {variant}: {:.2} ms, {rate:.1} Gop/s", time.as_secs_f64() * 1e3);
		}
	}
}
