//! The device gives what the CPU reference gives, in every bit (INV-COMPUTE-1).
//!
//! The device is chosen by `AITBC_DEVICE`; without it, the preferred one of this machine. A machine
//! without any fails these tests: software devices exist for every system.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use aitbc_compute_core::{
	gemm::{self, Dims, Form, Product, Scale},
	profile::{self, Program},
	shader::Call,
};
use aitbc_compute_wgpu::{ComputeError, DeviceSelector, Gpu, OpenError, list_devices};
use proptest::prelude::*;
use std::{sync::OnceLock, time::Duration};

const EDGE: &str = include_str!("../../../examples/edge-detect/edge.wgsl");
const LIMIT: Duration = Duration::from_secs(60);
const FUEL: u32 = 1000;

fn gpu() -> &'static Gpu {
	static GPU: OnceLock<Gpu> = OnceLock::new();
	GPU.get_or_init(|| {
		let selector = match std::env::var("AITBC_DEVICE") {
			Ok(text) => text.parse().expect("AITBC_DEVICE names a device"),
			Err(_) => DeviceSelector::Auto,
		};
		Gpu::open(&selector).unwrap_or_else(|error| {
			panic!("these tests need a GPU or Debian's package mesa-vulkan-drivers: {error}")
		})
	})
}

/// Bytes of which many are extreme.
fn bytes(count: usize, seed: u64) -> Vec<u8> {
	let mut state = seed | 1;
	let mut next = || {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		state
	};
	let byte = |number: u64| match number % 8 {
		0 => 0x80,
		1 => 0x7f,
		_ => (number >> 32) as u8,
	};
	(0..count).map(|_| byte(next())).collect()
}

/// A table of scales of which many are extreme.
fn scales(count: usize, seed: u64) -> Vec<u8> {
	let numbers = bytes(5 * count, seed);
	let scale = |entry: &[u8]| {
		let multiplier = i32::from_le_bytes(entry[..4].try_into().expect("four bytes")) & i32::MAX;
		// The shifts around a word, and those that bring sums into the range of int8.
		let shift = match entry[4] {
			0x80 => 62,
			0x7f => 1,
			other => u32::from(other) % 62 + 1,
		};
		Scale::new(multiplier, shift).expect("is valid").to_bytes()
	};
	numbers.chunks_exact(5).flat_map(scale).collect()
}

fn check_gemm(dims: Dims, form: Form, seed: u64, buffer_bytes: usize) {
	let a = bytes(dims.m() * dims.k(), seed);
	let b = bytes(dims.k() * dims.n(), !seed);
	let scales = scales(form.scale_count(dims), seed);
	let inputs = [&a[..], &b, &scales];
	let product = Product::new(dims, form, &inputs[..form.inputs()]).expect("sizes fit");
	let output = gpu().product_in_shards(&product, LIMIT, buffer_bytes).expect("the device works");
	let expected = product.quick();
	assert!(output == expected, "{dims:?}, {form:?} with seed {seed}: the device's output differs");
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

	#[test]
	fn gemm_should_equal_the_reference(
		m in 1_u32..80, k in 1_u32..200, n in 1_u32..80, seed in any::<u64>(), shards in any::<bool>(),
		form in prop::sample::select(Form::all().collect::<Vec<_>>()),
	) {
		let dims = Dims::new(m, k, n).expect("within the bounds");
		// Buffers that take about two blocks, or what the device has.
		let smallest = 8 * dims.k().next_multiple_of(4).max(32);
		let buffer_bytes = if shards { 2 * smallest } else { 128 << 20 };
		check_gemm(dims, form, seed, buffer_bytes);
	}
}

#[test]
fn gemm_should_equal_the_reference_at_the_edges() {
	for (m, k, n) in [(1, 1, 1), (1, 16384, 1), (16384, 1, 3), (3, 2, 16384), (257, 129, 255)] {
		let dims = Dims::new(m, k, n).expect("within the bounds");
		for form in Form::all() {
			check_gemm(dims, form, u64::from(m + n), 128 << 20);
		}
	}
}

/// Every shift, with sums and multipliers at all their edges.
#[test]
fn requantisation_should_equal_the_reference_for_every_shift() {
	use gemm::Axis;
	let dims = Dims::new(62 * 6, 16384, 5).expect("within the bounds");
	// Sums of 2²⁸, about −2²⁸, 1, 0 and −1.
	let a = vec![0x80; dims.m() * dims.k()];
	let column = |first: u8, rest: u8, l: usize| if l == 0 { first } else { rest };
	let b: Vec<u8> =
		(0..dims.k()).flat_map(|l| [0x80, 0x7f, column(1, 0, l), 0, column(0xff, 0, l)]).collect();
	let multipliers = [0, 1, 0xffff, 0x1_0000, 1 << 30, i32::MAX];
	let scales: Vec<u8> = (1..=62)
		.flat_map(|shift| multipliers.map(|multiplier| Scale::new(multiplier, shift)))
		.flat_map(|scale| scale.expect("is valid").to_bytes())
		.collect();
	let form = Form { requantise: Some(Axis::Row), ..Form::PLAIN };
	let product = Product::new(dims, form, &[&a, &b, &scales]).expect("sizes fit");
	let output = gpu().product(&product, LIMIT).expect("the device works");
	assert!(output == product.quick());
}

#[test]
fn gemm_should_be_exact_when_every_element_is_extreme() {
	let dims = Dims::new(5, 16384, 6).expect("within the bounds");
	for (x, y) in [(0x80, 0x80), (0x80, 0x7f), (0x7f, 0x7f)] {
		let (a, b) = (vec![x; 5 * 16384], vec![y; 16384 * 6]);
		let expected = gemm::gemm_reference(dims, &a, &b).expect("sizes fit");
		assert_eq!(gpu().gemm(dims, &a, &b, LIMIT), Ok(expected));
	}
}

#[test]
fn gemm_should_fail_when_a_matrix_has_another_size() {
	let dims = Dims::new(2, 2, 2).expect("within the bounds");
	let error = gpu().gemm(dims, &[0; 4], &[0; 3], LIMIT).expect_err("B is too short");
	assert!(error.is_input_fault(), "{error}");
}

/// What `edge.wgsl` says, in plain Rust.
fn edges(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
	let brightness = |x: isize, y: isize| {
		let column = x.clamp(0, width as isize - 1) as usize;
		let row = y.clamp(0, height as isize - 1) as usize;
		let pixel = &pixels[(row * width + column) * 4..][..3];
		let weighted =
			77 * u32::from(pixel[0]) + 150 * u32::from(pixel[1]) + 29 * u32::from(pixel[2]);
		(weighted >> 8) as i32
	};
	let mut output = Vec::with_capacity(pixels.len());
	for y in 0..height as isize {
		for x in 0..width as isize {
			let column =
				|x: isize| brightness(x, y - 1) + 2 * brightness(x, y) + brightness(x, y + 1);
			let row = |y: isize| brightness(x - 1, y) + 2 * brightness(x, y) + brightness(x + 1, y);
			let across = column(x + 1) - column(x - 1);
			let down = row(y + 1) - row(y - 1);
			let grey = (across.abs() + down.abs()).min(255) as u8;
			output.extend_from_slice(&[grey, grey, grey, 255]);
		}
	}
	output
}

fn program(source: &str) -> Program {
	profile::check(source.as_bytes()).expect("the program keeps the profile")
}

fn run_one_group(
	program: &Program,
	inputs: &[Vec<u8>],
	output_bytes: usize,
) -> Result<Vec<u8>, ComputeError> {
	let call = Call { inputs, params: &[], workgroups: [1, 1, 1], output_bytes };
	gpu().run_wgsl(program, &call, FUEL, LIMIT)
}

#[test]
fn wgsl_should_equal_plain_rust_for_the_example() {
	let program = program(EDGE);
	for (width, height) in [(1, 1), (8, 8), (37, 21), (3, 200), (640, 411)] {
		let pixels = bytes(width * height * 4, (width * height) as u64);
		let params: Vec<u8> =
			[width as u32, height as u32].iter().flat_map(|side| side.to_le_bytes()).collect();
		let groups = [width.div_ceil(8) as u32, height.div_ceil(8) as u32, 1];
		let inputs = [pixels.clone()];
		let call = Call {
			inputs: &inputs,
			params: &params,
			workgroups: groups,
			output_bytes: pixels.len(),
		};
		let output = gpu().run_wgsl(&program, &call, FUEL, LIMIT);
		let expected = edges(&pixels, width, height);
		assert!(output.expect("the device works") == expected, "{width} × {height} differs");
	}
}

#[test]
fn wgsl_should_see_zeros_where_nothing_was_given() {
	// The input's last word is padded; the output, workgroup memory and variables begin as zeros.
	let program = program(
		"@group(0) @binding(0) var<storage, read> input: array<u32>;
		@group(0) @binding(1) var<storage, read_write> output: array<u32>;
		var<workgroup> tile: array<u32, 64>;
		@compute @workgroup_size(64)
		fn main(@builtin(local_invocation_index) i: u32) {
			var local: array<u32, 8>;
			if i == 0u { output[0] = input[1] + tile[63] + local[i] + output[1] + arrayLength(&input); }
		}",
	);
	let output = run_one_group(&program, &[vec![9, 0, 0, 0, 7]], 256);
	let output = output.expect("the device works");
	assert_eq!(output.len(), 256);
	assert_eq!(output[..4], 9_u32.to_le_bytes());
	assert!(output[4..].iter().all(|byte| *byte == 0));
}

#[test]
fn wgsl_should_compute_integers_as_specified() {
	let program = program(INTEGER_RULES);
	let input: Vec<u8> =
		[i32::MIN, -1, 0, 7, i32::MAX].iter().flat_map(|value| value.to_le_bytes()).collect();
	let output = run_one_group(&program, &[input], 40);
	let words: Vec<i32> = output
		.expect("the device works")
		.chunks_exact(4)
		.map(|word| i32::from_le_bytes(word.try_into().expect("four bytes")))
		.collect();
	let expected = [i32::MIN, 7, 0, 0, -1, i32::MIN, -2, 1, -128 * 127 * 4, 31];
	assert_eq!(words, expected);
}

/// What WGSL defines where other languages do not; see `specs/protocol/compute.md`.
const INTEGER_RULES: &str = "
@group(0) @binding(0) var<storage, read> input: array<i32>;
@group(0) @binding(1) var<storage, read_write> output: array<i32>;
@compute @workgroup_size(1)
fn main() {
	output[0] = input[0] / input[1];
	output[1] = input[3] / input[2];
	output[2] = input[3] % input[2];
	output[3] = input[0] % input[1];
	output[4] = input[1] >> 31u;
	output[5] = input[4] + 1i;
	output[6] = input[4] * 2i;
	output[7] = i32(u32(input[1]) >> 31u);
	output[8] = dot4I8Packed(0x80808080u, 0x7f7f7f7fu + u32(input[2]));
	output[9] = i32(firstLeadingBit(u32(input[0])));
}
";

#[test]
fn wgsl_should_fail_when_the_buffers_do_not_fit() {
	let program = program(EDGE);
	let error = run_one_group(&program, &[vec![0; 4]], 4);
	assert!(matches!(error, Err(ComputeError::Buffers(_))), "{error:?}");
}

#[test]
fn open_should_fail_when_nothing_matches() {
	for selector in ["no such device", "99", "cpu"] {
		let selector: DeviceSelector = selector.parse().expect("a selector");
		let error = Gpu::open(&selector).expect_err("there is none").to_string();
		assert!(error.contains(&format!("`{selector}`")), "{error}");
		let first = list_devices().into_iter().next().expect("a device, see the head of this file");
		assert!(error.contains(&first.name), "{error}");
	}
	assert!(matches!(Gpu::open(&DeviceSelector::Index(99)), Err(OpenError::NoMatch { .. })));
}
