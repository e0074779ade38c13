//! Clients' shaders on a device: random ones give what the interpreter gives, and hostile ones end as
//! the specification says (`compute.md` §5).
//!
//! The device is chosen as in `conformance.rs`. `AITBC_LONG=1` runs 10,000 random programs instead of
//! 320; `AITBC_SEED=n` runs the one of that number and prints it.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use aitbc_compute_core::{
	profile,
	shader::{
		Call, InterpretError, Limits, MAX_FUEL, Outcome, Shader, Workgroups,
		generate::{Choices, operations, sample},
	},
};
use aitbc_compute_wgpu::{ComputeError, DeviceSelector, Gpu};
use std::{ops::Range, sync::OnceLock, time::Duration};

const LIMIT: Duration = Duration::from_secs(120);
const LIMITS: Limits = Limits { memory_bytes: 1 << 28, steps: 2_000_000, deadline: None };

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

fn on_device(source: &str, call: &Call<'_>, fuel: u32) -> Result<Vec<u8>, ComputeError> {
	let program = profile::check(source.as_bytes())
		.unwrap_or_else(|error| panic!("the profile refuses:\n{source}\n{error}"));
	gpu().run_wgsl(&program, call, fuel, LIMIT)
}

fn interpreted(
	source: &str,
	call: &Call<'_>,
	fuel: u32,
	limits: Limits,
) -> Result<Outcome, InterpretError> {
	let program = profile::check(source.as_bytes()).expect("the program keeps the profile");
	let shader = Shader::new(&program).expect("the compiler takes it");
	let report = shader.interpret(call, fuel, Workgroups::All, limits)?;
	assert_eq!(report.races, [], "{source}");
	Ok(report.outcome)
}

/// What the device gave, in the interpreter's words.
fn outcome(result: Result<Vec<u8>, ComputeError>) -> Result<Outcome, ComputeError> {
	match result {
		Ok(output) => Ok(Outcome::Completed(output)),
		Err(ComputeError::OutOfFuel { .. }) => Ok(Outcome::OutOfFuel),
		Err(error) => Err(error),
	}
}

/// Runs random programs; gives how many completed and how many ran out of fuel.
fn compare(seeds: Range<u64>) -> (u32, u32) {
	let (mut completed, mut dry) = (0, 0);
	for seed in seeds {
		let made = sample(&mut Choices::seeded(seed));
		let (source, fuel, call) = (&made.source, made.fuel, made.call());
		let expected = match interpreted(source, &call, fuel, LIMITS) {
			Ok(expected) => expected,
			Err(InterpretError::TooLong) => continue,
			Err(error) => panic!("seed {seed}: {error}\n{source}"),
		};
		// With more than enough fuel the device is watched as well.
		let watched = seed % 2 == 0 && matches!(expected, Outcome::Completed(_));
		let fuel = if watched { MAX_FUEL } else { fuel };
		let found = outcome(on_device(source, &call, fuel))
			.unwrap_or_else(|error| panic!("seed {seed}: {error}\n{source}"));
		match expected {
			Outcome::Completed(_) => completed += 1,
			Outcome::OutOfFuel => dry += 1,
		}
		assert!(found == expected, "seed {seed}: the device differs on\n{source}");
	}
	(completed, dry)
}

#[test]
fn random_programs_should_give_what_the_interpreter_gives() {
	if let Ok(seed) = std::env::var("AITBC_SEED") {
		let seed = seed.parse().expect("AITBC_SEED is a number");
		println!("{}", sample(&mut Choices::seeded(seed)).source);
		compare(seed..seed + 1);
		return;
	}
	let count = if std::env::var("AITBC_LONG").is_ok() { 10_000 } else { 320 };
	let (completed, dry) = compare(1_000_000..1_000_000 + count);
	println!("{completed} completed, {dry} ran out of fuel");
	assert!(completed + dry >= 300 && dry > 10, "{completed} completed, {dry} ran dry");
}

/// A program whose `main` has this body.
fn attack(size: u32, body: &str) -> String {
	format!(
		"@group(0) @binding(0) var<storage, read> input: array<i32>;
		@group(0) @binding(1) var<storage, read_write> output: array<i32>;
		var<workgroup> tile: array<i32, 64>;
		var<private> notes: array<i32, 4>;
		@compute @workgroup_size({size})
		fn main(
			@builtin(global_invocation_id) id: vec3<u32>,
			@builtin(local_invocation_index) local: u32,
		) {{
			{body}
		}}"
	)
}

const HOSTILE: [i32; 8] = [i32::MIN, -1, 0, 1, 32, 33, i32::MAX, 0x7fc0_0001];

fn inputs() -> [Vec<u8>; 1] {
	[HOSTILE.iter().flat_map(|word| word.to_le_bytes()).collect()]
}

fn call(inputs: &[Vec<u8>], groups: u32, outputs: usize) -> Call<'_> {
	let output_bytes = outputs * 4;
	Call { inputs, params: &[], workgroups: [groups, 1, 1], output_bytes }
}

#[test]
fn hostile_words_should_have_one_meaning() {
	let inputs = inputs();
	let call = call(&inputs, 1, 8);
	for body in [
		// Reads and writes outside of every kind of memory.
		"output[input[1]] = 5; output[input[0]] += 2; output[u32(input[6])] *= 3;",
		"output[0] = input[input[1]] ^ input[u32(input[0])] ^ input[100u];",
		"notes[input[1]] = 4; output[0] = notes[input[6]] + notes[input[5]];",
		"tile[input[0]] = 4; output[0] = tile[input[1]] + tile[input[6]];",
		"var v = vec4<i32>(1, 2, 3, 4); v[input[1]] = 9; output[0] = v[input[0]] + v.z;",
		"let a = array<i32, 3>(7, 8, 9); output[0] = a[input[1]] + a[input[4]];",
		// Memory that nobody wrote to.
		"var a: array<i32, 16>; output[1] = a[input[3]] + notes[2] + tile[9] + output[7];",
		// Shifts by 32 and more.
		"output[0] = input[3] << u32(input[4]); output[1] = input[0] >> u32(input[5]);
		output[2] = input[1] << u32(input[1]); output[3] = i32(u32(input[1]) >> u32(input[6]));",
		// Division.
		"output[0] = input[6] / input[2]; output[1] = input[6] % input[2];
		output[2] = input[0] / input[1]; output[3] = input[0] % input[1];
		output[4] = i32(u32(input[0]) / u32(input[2])); output[5] = i32(u32(input[0]) % u32(input[2]));
		let v = vec2<i32>(input[0], input[6]) / vec2<i32>(input[1], input[2]);
		output[6] = v.x; output[7] = v.y;",
		// Integers that look like NaN, infinities, subnormal numbers.
		"for (var i = 0; i < 8; i++) { output[i] = input[7] ^ (i << 29u); }",
		"var a = array<i32, 2>(input[7], i32(0xff800000u)); output[0] = a[0]; output[1] = a[1];
		notes[0] = 1; output[2] = select(a[1], a[0], input[7] > 0); output[3] = min(a[0], a[1]);
		tile[1] = i32(0x7f800001u); output[4] = tile[1] + notes[0] - 1;",
		"output[0] = abs(input[0]); output[1] = -input[0]; output[2] = input[6] + input[3];
		output[3] = input[0] * input[1]; output[4] = clamp(input[2], input[6], input[0]);",
	] {
		let source = attack(1, body);
		let expected = interpreted(&source, &call, 100, LIMITS).expect("it ends");
		assert_eq!(outcome(on_device(&source, &call, 100)), Ok(expected), "{body}");
	}
}

#[test]
fn every_operation_should_give_what_the_interpreter_gives() {
	for program in operations::programs() {
		let made = &program.sample;
		let (source, call) = (&made.source, made.call());
		let Ok(Outcome::Completed(expected)) = interpreted(source, &call, made.fuel, LIMITS) else {
			panic!("it ends:\n{source}");
		};
		let found = on_device(source, &call, made.fuel).expect("the device works");
		let differs = expected.chunks(4).zip(found.chunks(4)).position(|(one, two)| one != two);
		if let Some(word) = differs {
			panic!("{}", program.describe(word));
		}
	}
}

#[test]
fn endless_programs_should_run_out_of_fuel() {
	let inputs = inputs();
	let call = call(&inputs, 2, 64);
	let nest: String = (0..20)
		.map(|level| format!("for (var i{level} = 0; i{level} < 99; i{level}++) {{ "))
		.collect();
	let nest = format!("{nest} output[id.x] += 1; {}", "}".repeat(20));
	for body in [
		"loop { output[id.x] += 1; if input[2] == 1 { break; } }",
		"while true { }",
		nest.as_str(),
		"if local == 7u { while true { } }",
		"loop { workgroupBarrier(); if input[2] == 1 { break; } }",
		"while local > 3u { } workgroupBarrier(); output[id.x] = 1;",
		"for (var k = 0; k < 9; k++) { tile[local] = k; workgroupBarrier(); while local > 3u { } }",
	] {
		let source = attack(32, body);
		for fuel in [1, 1000, MAX_FUEL] {
			let result = on_device(&source, &call, fuel);
			assert_eq!(result, Err(ComputeError::OutOfFuel { fuel }), "{body}");
		}
	}
}

#[test]
fn fuel_should_be_exact_at_its_limit() {
	let inputs = inputs();
	let call = call(&inputs, 1, 32);
	// As many rounds as the most fuel allows, in all invocations.
	let body = "for (var i = 1u; i < 60000u; i++) { output[id.x] += i32(i); }";
	let source = attack(32, body);
	let sum = (1..60_000_i32).fold(0, |sum: i32, term| sum.wrapping_add(term));
	let expected: Vec<u8> = (0..32).flat_map(|_| sum.to_le_bytes()).collect();
	assert_eq!(on_device(&source, &call, MAX_FUEL), Ok(expected));
	let fuel = MAX_FUEL - 1;
	assert_eq!(on_device(&source, &call, fuel), Err(ComputeError::OutOfFuel { fuel }));
}

#[test]
fn loops_that_the_device_ends_should_never_give_a_result() {
	let many = |rounds: u32| {
		format!(
			"for (var turn = 0u; turn < 32u; turn++) {{
				if turn == local {{ for (var i = 0; i < {rounds}; i++) {{ output[id.x] += 1; }} }}
			}}"
		)
	};
	// A software device goes through the loops of a branch even if nobody takes it.
	let dead = |condition: &str, copies: usize| {
		let inner =
			format!("if {condition} {{ for (var i = 0; i < 3; i++) {{ output[id.x] += i; }} }}");
		format!("for (var t = 0; t < 3000; t++) {{ output[id.x] += 1; {} }}", inner.repeat(copies))
	};
	let dead_loops = dead("input[1] == 77", 40);
	let inputs = inputs();
	for (body, expected) in [
		// Each invocation takes its rounds while the others of its vector wait: together they take more
		// than Mesa's software device has patience for.
		(many(10_000), 10_000),
		(many(3_900), 3_900),
		(dead("input[1] == 77", 40), 3000),
		(dead("input[local] == 77", 40), 3000),
		(dead("input[1] == 77", 4), 3000),
		(format!("if local < 32u {{ {dead_loops} return; }} output[0] = 1;"), 3000),
		(format!("{dead_loops} for (var t = 0; t < 5; t++) {{ output[id.x] += 1; }}"), 3005),
	] {
		let expected: Vec<u8> = (0..32).flat_map(|_| i32::to_le_bytes(expected)).collect();
		match on_device(&attack(32, &body), &call(&inputs, 1, 32), MAX_FUEL) {
			Err(error @ ComputeError::LoopCut) => {
				println!("{}: {error}", gpu().info().name);
				assert!(!error.is_out_of_fuel() && !error.is_input_fault());
			}
			result => assert_eq!(result, Ok(expected), "{body}"),
		}
	}
}

#[test]
fn invocations_that_do_not_exist_should_take_no_rounds() {
	// Mesa's software device runs eight invocations where a workgroup has three.
	let inputs = inputs();
	for (size, arguments) in [
		("3", "@builtin(local_invocation_index) l: u32"),
		(
			"1",
			"@builtin(local_invocation_index) l: u32, @builtin(local_invocation_id) id: vec3<u32>",
		),
		("9", "@builtin(local_invocation_index) l: u32, @builtin(workgroup_id) group: vec3<u32>"),
		("3, 1, 3", "@builtin(local_invocation_index) l: u32"),
	] {
		let count: u32 =
			size.split(", ").map(|side| side.parse::<u32>().expect("a number")).product();
		for stranger in count..count.next_multiple_of(8) {
			let source = format!(
				"@group(0) @binding(0) var<storage, read> input: array<i32>;
				@group(0) @binding(1) var<storage, read_write> output: array<u32>;
				@compute @workgroup_size({size}) fn main({arguments}) {{
					loop {{
						if l == {stranger}u {{ continue; }}
						for (var k = 0u; k < l; k++) {{ output[l] += 1u; }}
						break;
					}}
					for (var k = 0u; k < l; k++) {{ output[l] += 1u; }}
				}}"
			);
			let expected: Vec<u8> = (0..count).flat_map(|l| (2 * l).to_le_bytes()).collect();
			let call = Call { output_bytes: expected.len(), ..call(&inputs, 1, 1) };
			assert_eq!(on_device(&source, &call, MAX_FUEL), Ok(expected), "{size}, {stranger}");
		}
	}
}

#[test]
fn entry_points_should_keep_their_arguments() {
	let body = "var n = 0u; while n < in.id.x { n++; } output[in.index] = n + 10u * in.id.y;";
	for members in [
		"@builtin(local_invocation_index) index: u32, @builtin(local_invocation_id) id: vec3<u32>",
		"@builtin(local_invocation_index) index: u32, @builtin(global_invocation_id) id: vec3<u32>",
	] {
		let source = format!(
			"struct In {{ {members} }}
			@group(0) @binding(0) var<storage, read> input: array<i32>;
			@group(0) @binding(1) var<storage, read_write> output: array<u32>;
			@compute @workgroup_size(3, 2) fn main(in: In) {{ {body} }}"
		);
		let inputs = inputs();
		let expected: Vec<u8> =
			[0, 1, 2, 10, 11, 12_u32].into_iter().flat_map(u32::to_le_bytes).collect();
		assert_eq!(on_device(&source, &call(&inputs, 1, 6), MAX_FUEL), Ok(expected), "{members}");
	}
}

#[test]
fn loops_should_not_be_ended_where_no_device_has_to() {
	let inputs = inputs();
	let body = "for (var turn = 0u; turn < 32u; turn++) {
		if turn == local { for (var i = 0; i < 1800; i++) { output[id.x] += 1; } }
	}";
	let expected: Vec<u8> = (0..32).flat_map(|_| 1800_i32.to_le_bytes()).collect();
	assert_eq!(on_device(&attack(32, body), &call(&inputs, 1, 32), MAX_FUEL), Ok(expected));
}

#[test]
fn barriers_should_not_be_missed_where_the_device_ends_loops() {
	// One invocation runs dry, and the others wait for it at tens of thousands of barriers.
	let body = "if local == 1u { while true { } }
		for (var k = 0u; k < 50000u; k++) { tile[local] += 1; workgroupBarrier(); }
		output[id.x] = tile[local];";
	let inputs = inputs();
	let result = on_device(&attack(32, body), &call(&inputs, 1, 32), MAX_FUEL);
	let fuel = MAX_FUEL;
	assert!(
		matches!(result, Err(ComputeError::LoopCut))
			|| result == Err(ComputeError::OutOfFuel { fuel }),
		"{result:?}"
	);
}

#[test]
fn huge_dispatches_should_end_when_the_time_is_over() {
	// In a process of its own, so that nobody waits for the device afterwards; here only the
	// interpreter, and a dispatch that is merely large.
	let inputs = inputs();
	let large = Call { workgroups: [65_535, 1, 1], ..call(&inputs, 1, 65_535) };
	let output = on_device(&attack(1, "output[id.x] = i32(id.x);"), &large, 1);
	let expected: Vec<u8> = (0..65_535_i32).flat_map(i32::to_le_bytes).collect();
	assert_eq!(output, Ok(expected));
	let huge = Call { workgroups: [65_535; 3], ..call(&inputs, 1, 64) };
	let result = interpreted(&attack(1, "output[id.x] = 1;"), &huge, 1, LIMITS);
	assert_eq!(result, Err(InterpretError::TooLong));
}

#[test]
fn races_should_be_found_by_the_interpreter_and_harm_nobody_on_the_device() {
	let source = attack(32, "output[0] = i32(id.x); tile[0] = output[0];");
	let inputs = inputs();
	let call = call(&inputs, 2, 4);
	let program = profile::check(source.as_bytes()).expect("the profile does not see races");
	let shader = Shader::new(&program).expect("the compiler takes it");
	let report = shader.interpret(&call, 1, Workgroups::All, LIMITS).expect("it ends");
	assert!(!report.races.is_empty());
	let output = on_device(&source, &call, 1).expect("any value of one of them");
	assert!(output[..4] != [0xff; 4] && output[4..].iter().all(|byte| *byte == 0));
}
