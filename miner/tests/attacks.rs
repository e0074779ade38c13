//! What strangers may try, through the real binary: each attempt ends in its defined outcome, in time.
//!
//! Every shader here runs on a device (`AITBC_DEVICE`, else the preferred one of this machine) and on the
//! reference. What a driver itself could be talked into doing is in `sandbox.rs`.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use aitbc_miner::{
	DEFAULT_MEMORY_LIMIT_BYTES, DeviceSelector, Engine, ProcessEngine, ProcessEngineConfig,
	WorkRequest, WorkResult,
};
use aitbc_primitives::{Cid, FailureCode, WgslCall, Workload};
use std::{
	path::PathBuf,
	time::{Duration, Instant},
};

fn devices() -> [DeviceSelector; 2] {
	let device = match std::env::var("AITBC_DEVICE") {
		Ok(text) => text.parse().expect("AITBC_DEVICE names a device"),
		Err(_) => DeviceSelector::Auto,
	};
	[DeviceSelector::Cpu, device]
}

fn engine(device: DeviceSelector, time_limit: Duration, memory_limit_bytes: u64) -> ProcessEngine {
	let executable = PathBuf::from(env!("CARGO_BIN_EXE_aitbc-miner"));
	let config =
		ProcessEngineConfig { executable, device, time_limit, memory_limit_bytes, is_warm: false };
	ProcessEngine::new(config).unwrap_or_else(|error| {
		panic!("these tests need a GPU or Debian's package mesa-vulkan-drivers: {error}")
	})
}

/// A job of a program whose `main` has this body; its output has `words` words.
fn attack(size: u32, groups: [u32; 3], words: usize, body: &str) -> WorkRequest {
	let source = format!(
		"@group(0) @binding(0) var<storage, read> input: array<i32>;
		@group(0) @binding(1) var<storage, read_write> output: array<i32>;
		var<workgroup> tile: array<i32, 2048>;
		var<private> notes: array<i32, 64>;
		@compute @workgroup_size({size})
		fn main(
			@builtin(global_invocation_id) id: vec3<u32>,
			@builtin(local_invocation_index) local: u32,
		) {{
			{body}
		}}"
	)
	.into_bytes();
	let input =
		[i32::MIN, -1, 0, 1, i32::MAX, 0x7fc0_0001].iter().flat_map(|word| word.to_le_bytes());
	let call = WgslCall {
		program: Cid::of_raw(&source),
		workgroups: groups,
		output_bytes: words as u32 * 4,
	};
	WorkRequest {
		workload: Workload::Wgsl(call),
		params: vec![],
		inputs: vec![input.collect()],
		program: Some(source),
		units_limit: u64::MAX,
	}
}

fn words(result: WorkResult) -> Vec<i32> {
	let WorkResult::Completed { output, .. } = result else { panic!("{result:?}") };
	let word = |bytes: &[u8]| i32::from_le_bytes(bytes.try_into().expect("four bytes"));
	output.chunks_exact(4).map(word).collect()
}

/// What every device gives within a minute.
fn everywhere(request: &WorkRequest) -> WorkResult {
	let [reference, device] = devices().map(|device| {
		engine(device, Duration::from_secs(60), DEFAULT_MEMORY_LIMIT_BYTES).execute(request)
	});
	assert_eq!(
		std::mem::discriminant(&reference),
		std::mem::discriminant(&device),
		"{reference:?}, but {device:?}"
	);
	if let WorkResult::Completed { .. } = reference {
		assert_eq!(reference, device);
	}
	device
}

#[test]
fn loops_without_an_end_should_run_out_of_fuel() {
	let nest: String = (0..20)
		.map(|level| format!("for (var i{level} = 0; i{level} < 99; i{level}++) {{ "))
		.collect();
	let nest = format!("{nest} output[id.x] += 1; {}", "}".repeat(20));
	for body in
		["while true { }", "loop { output[0] += 1; continuing { break if input[2] == 1; } }", &nest]
	{
		let result = everywhere(&attack(1, [1; 3], 4, body));
		assert!(matches!(result, WorkResult::OutOfFuel { .. }), "{body}: {result:?}");
	}
}

#[test]
fn dispatches_of_years_should_time_out_on_every_device() {
	let mut huge = attack(
		64,
		[65_535; 3],
		4,
		"for (var i = 0; i < 999; i++) { notes[i % 9] += i; }
		if notes[3] == 7 { output[0] = 1; }",
	);
	huge.units_limit = u64::MAX;
	for device in devices() {
		let engine = engine(device, Duration::from_secs(2), DEFAULT_MEMORY_LIMIT_BYTES);
		let begin = Instant::now();
		let result = engine.execute(&huge);
		let timed_out = matches!(&result, WorkResult::Failed { code: FailureCode::TimedOut, .. });
		assert!(timed_out, "{result:?}");
		assert!(begin.elapsed() < Duration::from_secs(6), "took {:?}", begin.elapsed());
	}
}

#[test]
fn output_should_have_its_declared_length_whatever_is_written() {
	// Every write is clamped into the buffer: past its end by one, by a lot, and before its beginning.
	let body =
		"output[4] = 11; output[5000000] = 12; output[input[0]] = 13; output[input[1]] += 100;";
	let result = words(everywhere(&attack(1, [1; 3], 4, body)));
	assert_eq!(result, [0, 0, 0, 113]);
}

#[test]
fn reads_outside_should_give_the_last_element_and_nothing_else() {
	let body =
		"output[0] = input[6]; output[1] = input[input[1]]; output[2] = input[u32(input[4])];
		notes[63] = 9; output[3] = notes[input[0]];";
	assert_eq!(
		words(everywhere(&attack(1, [1; 3], 4, body))),
		[0x7fc0_0001, 0x7fc0_0001, 0x7fc0_0001, 9]
	);
}

#[test]
fn memory_should_hold_nothing_of_an_earlier_job() {
	let fill = attack(
		64,
		[256, 1, 1],
		1 << 20,
		"for (var i = 0u; i < 32u; i++) { tile[local * 32u + i] = 0x5ec2e7; notes[i * 2u] = 0x5ec2e7; }
		for (var i = 0u; i < 64u; i++) { output[id.x * 64u + i] = tile[local * 32u] ^ notes[2] ^ 0x5ec2e7; }",
	);
	// Whatever is found in any memory is put together; the output itself is not written to.
	let look = attack(
		64,
		[256, 1, 1],
		1 << 20,
		"var local_array: array<i32, 64>; var found = 0;
		for (var i = 0u; i < 32u; i++) { found |= tile[local * 32u + i] | notes[i * 2u] | local_array[i * 2u]; }
		if found != 0 { output[id.x] = found; }",
	);
	for device in devices() {
		let engine = engine(device, Duration::from_secs(60), DEFAULT_MEMORY_LIMIT_BYTES);
		assert!(words(engine.execute(&fill)).contains(&0x5ec2e7));
		assert!(words(engine.execute(&look)).iter().all(|word| *word == 0));
	}
}

#[test]
fn integers_that_look_like_nan_should_stay_as_they_are() {
	let body = "var a = vec4<i32>(input[5]); notes[0] = a.x; tile[0] = notes[0];
		output[0] = tile[0]; output[1] = a.y ^ i32(0x80000000u); output[2] = max(a.z, 0); output[3] = -a.w;";
	let nan = 0x7fc0_0001;
	assert_eq!(words(everywhere(&attack(1, [1; 3], 4, body))), [nan, nan ^ i32::MIN, nan, -nan]);
}

#[test]
fn races_should_harm_only_their_own_result() {
	// One of the values that were written, on every device; the rest of the output is untouched.
	let request = attack(64, [4, 1, 1], 4, "output[0] = i32(id.x) + 1;");
	for device in devices() {
		let engine = engine(device, Duration::from_secs(60), DEFAULT_MEMORY_LIMIT_BYTES);
		let result = words(engine.execute(&request));
		assert!((1..=256).contains(&result[0]) && result[1..] == [0, 0, 0], "{result:?}");
	}
}

#[test]
fn memory_bombs_should_be_device_faults() {
	// Half a GiB of inputs and 64 MiB of output for a process that may have 300 MiB.
	let mut bomb = attack(1, [1; 3], 1 << 24, "output[0] = input[0];");
	bomb.inputs = vec![vec![1; 64 << 20]];
	for device in devices() {
		let limit = 300 << 20;
		let engine = engine(device.clone(), Duration::from_secs(60), limit);
		let result = engine.execute(&bomb);
		let is_fault = matches!(&result, WorkResult::Failed { code: FailureCode::DeviceFault, .. });
		assert!(is_fault, "{device}: {result:?}");
		// The next job is not concerned.
		let small = attack(1, [1; 3], 4, "output[0] = 1;");
		assert_eq!(words(engine.execute(&small)), [1, 0, 0, 0], "{device}");
	}
}
