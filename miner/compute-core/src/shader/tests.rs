//! The meaning of programs, one rule after the other, and the pass against the reference.

use super::{
	Call, Ending, InterpretError, Limits, MAX_FUEL, Memory, Outcome, Report, Shader, Workgroups,
	fuel,
	generate::{Choices, sample},
};
use crate::profile::{self, Location, ProfileError, Rule};

const LIMITS: Limits = Limits { memory_bytes: 1 << 28, steps: 50_000_000, deadline: None };

/// A program whose `main` has this body; it has an input, an output, and workgroup memory.
fn source(size: u32, body: &str) -> String {
	format!(
		"@group(0) @binding(0) var<storage, read> input: array<i32>;
		@group(0) @binding(1) var<storage, read_write> output: array<i32>;
		var<workgroup> tile: array<i32, 8>;
		var<workgroup> tally: atomic<u32>;
		var<private> notes: array<i32, 4>;
		fn put(place: ptr<function, array<i32, 4>>, index: i32, value: i32) {{
			(*place)[index] = value;
		}}
		@compute @workgroup_size({size})
		fn main(
			@builtin(global_invocation_id) id: vec3<u32>,
			@builtin(local_invocation_index) local: u32,
		) {{
			{body}
		}}"
	)
}

fn shader(source: &str) -> Shader {
	let program = profile::check(source.as_bytes())
		.unwrap_or_else(|error| panic!("the profile refuses:\n{source}\n{error}"));
	Shader::new(&program).unwrap_or_else(|error| panic!("the pass fails on\n{source}\n{error}"))
}

fn bytes(words: &[i32]) -> Vec<u8> {
	words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn words(bytes: &[u8]) -> Vec<i32> {
	bytes
		.chunks_exact(4)
		.map(|word| i32::from_le_bytes(word.try_into().expect("four bytes")))
		.collect()
}

/// Interprets a program as it is and instrumented, checks that both agree, and gives the report.
fn run(shader: &Shader, call: &Call<'_>, fuel: u32) -> Report {
	let report = shader.interpret(call, fuel, Workgroups::All, LIMITS).expect("within the limits");
	let instrumented = shader.interpret_instrumented(call, fuel, LIMITS);
	let (ending, output) = instrumented.expect("within the limits");
	match &report.outcome {
		Outcome::Completed(expected) => {
			assert_eq!(ending, Ending::Completed);
			assert_eq!(words(&output), words(expected), "the pass changed the output");
		}
		Outcome::OutOfFuel => assert_eq!(ending, Ending::OutOfFuel),
	}
	report
}

/// What a body gives on the input; without races.
fn results(body: &str, input: &[i32], outputs: usize) -> Vec<i32> {
	let inputs = [bytes(input)];
	let call = Call { inputs: &inputs, params: &[], workgroups: [1; 3], output_bytes: outputs * 4 };
	let report = run(&shader(&source(1, body)), &call, 1000);
	assert_eq!(report.races, []);
	match report.outcome {
		Outcome::Completed(output) => words(&output),
		Outcome::OutOfFuel => panic!("out of fuel: {body}"),
	}
}

#[test]
fn indexes_should_be_clamped_to_the_last_element() {
	let past = [-1, i32::MIN, i32::MAX, 4, 3, 0];
	for (body, expected) in [
		// A buffer that is read: its last element is input[5].
		("output[0] = input[input[0]] + input[u32(input[1])] + input[input[2]];", 0),
		("output[0] = input[6] - input[4000000000u];", 0),
		// Private, function and workgroup memory; the array behind a pointer; vectors.
		("notes[3] = 7; output[0] = notes[input[0]] + notes[input[3]];", 14),
		("notes[input[1]] = 9; output[0] = notes[3];", 9),
		("var a: array<i32, 4>; a[input[2]] = 5; output[0] = a[3] + a[0];", 5),
		("var a: array<i32, 4>; put(&a, input[0], 6); output[0] = a[3];", 6),
		("tile[input[0]] = 8; output[0] = tile[7] + tile[6];", 8),
		("let v = vec3<i32>(1, 2, 3); output[0] = v[input[0]] * v[input[3]];", 9),
		("var v = vec3<i32>(1, 2, 3); v[input[2]] = 8; output[0] = v.z;", 8),
		("let a = array<i32, 3>(4, 5, 6); output[0] = a[input[4]] * a[input[0]];", 36),
		// Nested: the row is clamped as well as the column.
		("var m: array<vec2<i32>, 3>; m[input[0]][input[3]] = 3; output[0] = m[2].y;", 3),
		// The output: nothing else is written.
		("output[input[0]] = 2; output[i32(arrayLength(&output)) + 5] = 4;", 0),
	] {
		assert_eq!(results(body, &past, 3)[0], expected, "{body}");
	}
	assert_eq!(results("output[input[1]] = 2; output[7] += 4;", &past, 3), [0, 0, 6]);
}

#[test]
fn shift_counts_should_be_taken_modulo_32() {
	let input = [32, 33, -1, i32::MIN, 1];
	for (body, expected) in [
		("output[0] = input[4] << u32(input[0]);", 1),
		("output[0] = input[4] << u32(input[1]);", 2),
		("output[0] = input[4] << u32(input[2]);", i32::MIN),
		("output[0] = input[3] >> u32(input[2]);", -1),
		("output[0] = i32(u32(input[3]) >> u32(input[2]));", 1),
		("var a = input[4]; a <<= u32(input[1]); output[0] = a;", 2),
		("let v = vec2<i32>(1) << vec2<u32>(33u, u32(input[0])); output[0] = v.x * 10 + v.y;", 21),
		("output[0] = input[4] << 31u;", i32::MIN),
	] {
		// A constant count of 32 or more does not compile.
		let body = body.replace("33u", "u32(input[1])");
		assert_eq!(results(&body, &input, 1), [expected], "{body}");
	}
}

#[test]
fn arithmetic_should_be_what_the_specification_says() {
	let input = [i32::MIN, -1, 0, 7, i32::MAX, 0x7fc0_0001];
	for (body, expected) in [
		("output[0] = input[0] / input[1];", i32::MIN),
		("output[0] = input[0] % input[1];", 0),
		("output[0] = input[3] / input[2];", 7),
		("output[0] = input[3] % input[2];", 0),
		("output[0] = i32(u32(input[1]) / u32(input[2]));", -1),
		("output[0] = input[4] + 1;", i32::MIN),
		("output[0] = abs(input[0]);", i32::MIN),
		("output[0] = -input[0];", i32::MIN),
		("var a = 7; a /= input[2]; output[0] = a;", 7),
		// The bits of a NaN are a number like any other.
		(
			"output[0] = input[5]; notes[0] = input[5]; output[0] += notes[0] - input[5];",
			0x7fc0_0001,
		),
		("output[0] = max(input[5], bitcast<i32>(0xffc00000u));", 0x7fc0_0001),
		("output[0] = select(1, 2, vec2<i32>(input[1]).x < 0) + i32(input[2] == 0);", 3),
		("output[0] = dot(vec3<i32>(input[1]), vec3<i32>(2, 3, 4));", -9),
		("output[0] = extractBits(input[0], 31u, u32(input[3]));", -1),
		("switch input[3] { case 7, 8: { output[0] = 1; } default: { output[0] = 2; } }", 1),
		("switch input[2] { case 7: { output[0] = 1; } default: { output[0] = 2; } }", 2),
	] {
		assert_eq!(results(body, &input, 1), [expected], "{body}");
	}
}

#[test]
fn memory_should_begin_as_zeros_for_every_workgroup() {
	let body = "
		var local_sum: array<i32, 4>;
		for (var round = 0; round < 2; round++) {
			var fresh: array<i32, 2>;
			output[id.x] += fresh[0] + local_sum[1] + notes[2] + tile[local];
			fresh[0] = 9;
		}
		local_sum[1] = 9;
		notes[2] = 9;
		tile[local] = 9;
	";
	let inputs = [bytes(&[0])];
	let call =
		Call { inputs: &inputs, params: &[], workgroups: [3, 1, 1], output_bytes: 8 * 3 * 4 };
	let report = run(&shader(&source(8, body)), &call, 10);
	assert_eq!(report.outcome, Outcome::Completed(vec![0; 8 * 3 * 4]));
	assert_eq!(report.races, []);
}

#[test]
fn fuel_should_count_rounds_exactly() {
	let inputs = [bytes(&[0; 8])];
	let call = Call { inputs: &inputs, params: &[], workgroups: [2, 1, 1], output_bytes: 64 };
	for (body, rounds) in [
		("output[id.x] = 1;", 0),
		// The round in which the condition is found false counts.
		("for (var i = 0u; i < 5u; i++) { output[id.x] += 1; }", 6),
		("var i = 0; loop { if i == 3 { break; } i++; }", 4),
		("var i = 0; loop { i++; continuing { break if i == 3; } }", 3),
		("var a: array<i32, 4>; put(&a, 1, 2); put(&a, 1, 2);", 0),
		("loop { if output[id.x] == 0 { break; } }", 1),
		("for (var i = 0; i < 2; i++) { for (; ; ) { if i >= 0 { break; } } }", 3 + 2),
		("for (var i = 0u; i < 3u; i++) { for (var k = 0u; k < 2u; k++) { } }", 4 + 3 * 3),
		// Only some take many rounds.
		("if id.x == 5u { for (var i = 0u; i < 7u; i++) { continue; } }", 8),
		// With barriers, inside and outside of uniform loops.
		("for (var i = 0u; i < 3u; i++) { tile[local] = 1; workgroupBarrier(); }", 4),
		(
			"for (var i = 0u; i < 3u; i++) { workgroupBarrier(); \
			 for (var k = 0u; k < local; k++) { } }",
			4 + 3 * 4,
		),
	] {
		let shader = shader(&source(4, body));
		let report = run(&shader, &call, rounds);
		assert!(matches!(report.outcome, Outcome::Completed(_)), "{body}");
		assert_eq!(report.rounds, rounds, "{body}");
		if rounds > 0 {
			assert_eq!(run(&shader, &call, rounds - 1).outcome, Outcome::OutOfFuel, "{body}");
		}
	}
	assert_eq!(fuel(1), 1);
	assert_eq!(fuel(60_001), MAX_FUEL);
	assert_eq!(fuel(u64::MAX), MAX_FUEL);
}

#[test]
fn programs_without_end_should_run_out_of_fuel() {
	let inputs = [bytes(&[1; 4])];
	let call = Call { inputs: &inputs, params: &[], workgroups: [2, 1, 1], output_bytes: 64 };
	let nest = |depth: usize| {
		let open: String = (0..depth)
			.map(|level| format!("for (var i{level} = 0u; i{level} < 1000u; i{level}++) {{ "))
			.collect();
		format!("{open} output[id.x] += 1; {}", "}".repeat(depth))
	};
	for body in [
		"loop { output[id.x] += 1; if input[0] == 0 { break; } }".to_string(),
		"while input[0] == 1 { }".to_string(),
		"loop { continuing { break if input[0] == 0; } }".to_string(),
		"loop { if input[0] == 1 { continue; } break; }".to_string(),
		nest(2),
		nest(30),
		// Others wait at barriers: in the loop, after it, and after a loop that ends apart.
		"loop { workgroupBarrier(); if input[0] == 0 { break; } }".to_string(),
		"if local == 1u { loop { if input[0] == 0 { break; } } } workgroupBarrier();".to_string(),
		"for (var k = 0u; k < 4u; k++) { while local >= 2u { } workgroupBarrier(); }".to_string(),
		// What decides about barriers is made by a loop that runs dry.
		"var n = 0u; for (var k = 0u; k < 900u; k++) { n += k; } \
		 if local == 1u { while true { } } \
		 for (var k = 0u; k < n % 7u; k++) { workgroupBarrier(); }"
			.to_string(),
	] {
		let shader = shader(&source(4, &body));
		assert_eq!(run(&shader, &call, 1000).outcome, Outcome::OutOfFuel, "{body}");
	}
}

#[test]
fn control_should_say_how_a_device_ended() {
	let quiet = shader(
		&source(1, "output[0] = 1;")
			.replace("var<workgroup>", "var<private>")
			.replace("atomic<u32>", "u32"),
	);
	let sharing = shader(&source(1, "output[0] = 1;"));
	let flags = |dry: u8, cut: u8| [9, 0, 0, 0, dry, 0, 0, 0, cut, 0, 0, 0];
	for (control, alone, shared) in [
		(flags(0, 0), Ending::Completed, Ending::Completed),
		(flags(1, 0), Ending::OutOfFuel, Ending::OutOfFuel),
		(flags(0, 1), Ending::Cut, Ending::Cut),
		// Where invocations learn from each other, one that was cut may have misled the other.
		(flags(1, 1), Ending::OutOfFuel, Ending::Cut),
	] {
		assert_eq!(quiet.ending(&control), Some(alone));
		assert_eq!(sharing.ending(&control), Some(shared));
	}
	assert_eq!(quiet.ending(&[0; 8]), None);
	assert_eq!(quiet.control_binding(), 2);
	let words = words(&shader(&source(24, "output[0] = 1;")).control(0x0102_0304));
	assert_eq!(words[..3], [0x0102_0304, 0, 0]);
	// Enough rounds that the last loop can be ended early.
	assert!(words[3] > 1);
	assert_eq!(words[4..], [24, 1, 1, 24]);
}

#[test]
fn rounds_should_be_counted_right_whether_the_loop_counts_them_or_not() {
	let inputs = [bytes(&[5, -3, 1, i32::MAX - 2])];
	let call = Call { inputs: &inputs, params: &[], workgroups: [1; 3], output_bytes: 16 };
	let counted = [
		("for (var i = 0u; i < 7u; i++) { output[0] += 1; }", 8),
		("for (var i = input[1]; i != input[0]; i = 1 + i) { output[0] += i; }", 9),
		// The counter wraps.
		("for (var i = input[3]; i != -2147483640; i++) { output[0] += i; }", 12),
		("var i = 4294967290u; while i != 3u { output[0] += 1; i += 1u; }", 10),
		("for (var i = 0; i < 9; i++) { if i == 5 { break; } output[0] += i; }", 6),
		("for (var i = 0; i < 9; i++) { if i == 5 { continue; } output[0] += i; }", 10),
		(
			"for (var i = 0; i < 9; i++) { switch i { case 2: { break; } default: { output[0] += i; } } }",
			10,
		),
		(
			"for (var i = 0; i < 9; i++) { switch i { case 2: { continue; } default: { } } output[0] += i; }",
			10,
		),
		("var i = 0; loop { if i >= 4 { break; } output[0] += i; continuing { i++; } }", 5),
		("var i = 0; while i < 6 { if input[0] == i { break; } i++; output[0] += i; }", 6),
		// In another loop, which cannot have a counter then.
		("for (var k = 0; k < 3; k++) { for (var i = k; i < 3; i++) { output[0] += i; } }", 13),
		// With a function that takes no rounds.
		(
			"var a: array<i32, 4>; for (var i = 0; i < 3; i++) { put(&a, i, i); } output[0] = a[2];",
			4,
		),
		// Two counters, one of which is also changed elsewhere.
		("var k = 0; for (var i = 0; i < 4; i++) { k++; if i == 2 { k = 9; } } output[0] = k;", 5),
	];
	let others = [
		// A step that is skipped, taken twice, or behind a place where the loop is left.
		(
			"var i = 0; for (var n = 9; n > 0; n--) { if n == 4 { continue; } i++; } output[0] = i;",
			10,
		),
		("var i = 0; while i < 8 { i++; i++; output[0] += i; }", 5),
		("var i = 0; while i < 8 { i++; if i == 5 { break; } output[0] += i; }", 5),
		("var i = 0; while i < 8 { if i == 5 { i++; continue; } i++; output[0] += i; }", 9),
		("var i = 0; while i < 8 { if i < 9 { i++; } output[0] += i; }", 9),
		(
			"var i = 0; loop { if i > 5 { break; } continuing { i++; break if i == 3; } } output[0] = i;",
			3,
		),
		// Not a step of one, and one of something else.
		("for (var i = 0; i < 9; i += 2) { output[0] += i; }", 6),
		("var k = 4; for (var i = 0; i < 9; i = k + 1) { k++; output[0] += i; }", 5),
		(
			"let next = input[2] + 1; var n = 0; var i = input[2]; while n < 4 { n += 2; i = next; } output[0] = i;",
			3,
		),
		// By way of a pointer.
		("var a: array<i32, 4>; var i = 0; while i < 3 { a[0]++; i = a[0]; } output[0] = i;", 4),
	];
	for (body, rounds) in counted.into_iter().chain(others) {
		let shader = shader(&source(1, body));
		let report = run(&shader, &call, rounds);
		assert!(matches!(report.outcome, Outcome::Completed(_)), "{body}");
		assert_eq!(report.rounds, rounds, "{body}");
		assert_eq!(run(&shader, &call, rounds - 1).outcome, Outcome::OutOfFuel, "{body}");
		// What came before counts.
		let before = format!("for (var z = 0; z < 3; z++) {{ output[1] += z; }} {body}");
		let shader = self::shader(&source(1, &before));
		assert!(matches!(run(&shader, &call, rounds + 4).outcome, Outcome::Completed(_)), "{body}");
		assert_eq!(run(&shader, &call, rounds + 3).outcome, Outcome::OutOfFuel, "{body}");
	}
}

#[test]
fn barriers_should_order_the_workgroup() {
	let body = "
		tile[local] = i32(local) * 10;
		workgroupBarrier();
		output[id.x] = tile[7u - local];
		workgroupBarrier();
		if local == 3u { tile[0] = 77; }
		output[id.x] += workgroupUniformLoad(&tile[0]);
		atomicAdd(&tally, local);
		workgroupBarrier();
		output[id.x] += i32(atomicLoad(&tally)) * 1000;
	";
	let inputs = [bytes(&[0])];
	let call = Call { inputs: &inputs, params: &[], workgroups: [1; 3], output_bytes: 32 };
	let report = run(&shader(&source(8, body)), &call, 0);
	let expected: Vec<i32> = (0..8).map(|local| (7 - local) * 10 + 77 + 28_000).collect();
	assert_eq!(report.outcome, Outcome::Completed(bytes(&expected)));
	assert_eq!(report.races, []);
}

#[test]
fn races_should_be_found() {
	let inputs = [bytes(&[0; 8])];
	let call = Call { inputs: &inputs, params: &[], workgroups: [2, 1, 1], output_bytes: 64 };
	let find = |body: &str| {
		let shader = shader(&source(4, body));
		let report = shader.interpret(&call, 100, Workgroups::All, LIMITS).expect("it ends");
		report.races.first().map(|race| (race.memory, race.word, race.first, race.second))
	};
	for (body, race) in [
		("output[0] = 1;", Some((Memory::Output, 0, 0, 1))),
		("output[id.x] = output[id.x + 1u];", Some((Memory::Output, 1, 0, 1))),
		// A barrier does not order the output between invocations.
		(
			"output[id.x] = 1; storageBarrier(); output[id.x] += output[id.x ^ 1u];",
			Some((Memory::Output, 1, 1, 0)),
		),
		("tile[local / 2u] = 1;", Some((Memory::Workgroup, 0, 0, 1))),
		("tile[local] = 1; output[id.x] = tile[local ^ 1u];", Some((Memory::Workgroup, 1, 0, 1))),
		(
			"tile[local] = 1; storageBarrier(); output[id.x] = tile[local ^ 1u];",
			Some((Memory::Workgroup, 1, 1, 0)),
		),
		("atomicAdd(&tally, 1u); atomicMax(&tally, 1u);", Some((Memory::Workgroup, 8, 0, 1))),
		(
			"atomicAdd(&tally, 1u); output[id.x] = i32(atomicLoad(&tally));",
			Some((Memory::Workgroup, 8, 0, 1)),
		),
		("atomicStore(&tally, local);", Some((Memory::Workgroup, 8, 0, 1))),
		("atomicAdd(&tally, 1u); atomicSub(&tally, 1u); output[id.x] = tile[0];", None),
		("tile[local] = 1; workgroupBarrier(); output[id.x] = tile[local ^ 1u];", None),
		("output[id.x] = 1; output[id.x] += output[id.x] + input[0];", None),
	] {
		assert_eq!(find(body), race, "{body}");
	}
}

#[test]
fn a_sample_of_workgroups_should_give_its_part_of_the_output() {
	let inputs = [bytes(&[0])];
	let call = Call { inputs: &inputs, params: &[], workgroups: [2, 2, 1], output_bytes: 32 };
	let source = source(2, "output[id.x + id.y * 4u] = i32(id.x + id.y * 4u) + 1;");
	let sample = Workgroups::Every { step: 3, rest: 1 };
	let report = shader(&source).interpret(&call, 0, sample, LIMITS).expect("it ends");
	assert_eq!(report.written, [false, false, true, true, false, false, false, false]);
	assert_eq!(report.outcome, Outcome::Completed(bytes(&[0, 0, 3, 4, 0, 0, 0, 0])));
}

#[test]
fn interpretation_should_end_whatever_the_dispatch() {
	let inputs = [bytes(&[1])];
	let huge =
		Call { inputs: &inputs, params: &[], workgroups: [65_535; 3], output_bytes: 64 << 20 };
	let body = "output[id.x] = 1;";
	let limits = Limits { memory_bytes: 1 << 30, steps: 100_000, deadline: None };
	let shader = shader(&source(4, body));
	let result = shader.interpret(&huge, 10, Workgroups::All, limits);
	assert!(matches!(result, Err(InterpretError::TooLong)));
	// A sample costs what it takes, however much it leaves out.
	let sample = Workgroups::Every { step: u64::MAX, rest: 5 };
	assert!(shader.interpret(&huge, 10, sample, limits).is_ok());
	let small = Limits { memory_bytes: 1 << 20, ..limits };
	let result = shader.interpret(&huge, 10, Workgroups::All, small);
	assert!(matches!(result, Err(InterpretError::Memory { limit: 1_048_576, .. })), "{result:?}");
}

#[test]
fn interpretation_should_end_at_its_deadline() {
	let inputs = [bytes(&[1])];
	let huge = Call { inputs: &inputs, params: &[], workgroups: [65_535; 3], output_bytes: 4 };
	let begin = std::time::Instant::now();
	let deadline = begin.checked_add(std::time::Duration::from_millis(50));
	let limits = Limits { deadline, steps: u64::MAX, ..LIMITS };
	let shader = shader(&source(1, "output[0] = input[0];"));
	let result = shader.interpret(&huge, 10, Workgroups::All, limits);
	assert_eq!(result, Err(InterpretError::TimedOut));
	assert!(begin.elapsed().as_secs() < 5, "took {:?}", begin.elapsed());
}

#[test]
fn loops_and_races_should_be_placed_in_the_source() {
	let shader = shader(&source(
		4,
		"for (var i = 0u; i < 3u; i++) { output[local] += 1; }
		while output[local] < 2 { output[local] += 1; }
		output[7] = input[local];",
	));
	let line = |place: Option<Location>| place.map(|place| place.line);
	let loops: Vec<_> =
		shader.loops().iter().map(|one| (line(one.place), one.is_uniform)).collect();
	assert_eq!(loops, [(Some(14), true), (Some(15), false)]);
	let inputs = [bytes(&[1, 2, 3, 4])];
	let call = Call { inputs: &inputs, params: &[], workgroups: [1; 3], output_bytes: 32 };
	let report = shader.interpret(&call, 9, Workgroups::All, LIMITS).expect("it ends");
	let races: Vec<_> = report.races.iter().map(|race| (race.word, line(race.place))).collect();
	assert_eq!(races, [(7, Some(16))]);
}

#[test]
fn barriers_should_be_refused_where_control_flow_may_diverge() {
	for body in [
		"if local == 0u { workgroupBarrier(); }",
		"if input[local] == 0 { storageBarrier(); }",
		"if local == 0u { return; } workgroupBarrier();",
		"for (var i = 0u; i < local; i++) { workgroupBarrier(); }",
		"for (var i = 0u; i < 4u; i++) { if local == i { break; } workgroupBarrier(); }",
		"for (var i = 0u; i < 4u; i++) { workgroupBarrier(); if local == i { break; } }",
		"for (var i = 0u; i < 4u; i++) { if local == i { continue; } workgroupBarrier(); }",
		"loop { workgroupBarrier(); continuing { break if local == 0u; } }",
		"var n = 1u; if local == 0u { n = 2u; } for (var i = 0u; i < n; i++) { workgroupBarrier(); }",
		"var n = 1u; n += local; if n == 2u { workgroupBarrier(); }",
		"switch local { case 1u: { workgroupBarrier(); } default: {} }",
		"if tile[0] == 1 { workgroupBarrier(); }",
		"if output[0] == 1 { workgroupBarrier(); }",
		"if notes[local] == 1 { workgroupBarrier(); }",
		"notes[1] = i32(local); if notes[0] == 1 { workgroupBarrier(); }",
		"var a: array<i32, 4>; put(&a, 0, 1); if a[0] == 1 { workgroupBarrier(); }",
		"output[id.x] = workgroupUniformLoad(&tile[local]);",
		"if local == 1u { output[id.x] = workgroupUniformLoad(&tile[0]); }",
	] {
		let source = source(4, body);
		match profile::check(source.as_bytes()) {
			Err(error @ ProfileError::Refused { rule: Rule::Barrier, location, .. }) => {
				assert_eq!(location.line, 14, "{body}: {error}");
			}
			other => panic!("{body}: {other:?}"),
		}
	}
	// Through calls.
	let called = source(4, "if local == 0u { wait(); }")
		.replace("fn put", "fn wait() { workgroupBarrier(); } fn put");
	assert!(profile::check(called.as_bytes()).is_err());
	let given = source(4, "wait(local);")
		.replace("fn put", "fn wait(n: u32) { if n == 1u { workgroupBarrier(); } } fn put");
	assert!(profile::check(given.as_bytes()).is_err());
	let result = source(4, "if which(local) == 1u { workgroupBarrier(); }").replace(
		"fn put",
		"fn which(n: u32) -> u32 { if n == 1u { return 2u; } return 1u; } fn put",
	);
	assert!(profile::check(result.as_bytes()).is_err());
}

#[test]
fn barriers_should_be_taken_where_control_flow_is_uniform() {
	for body in [
		"for (var s = 4u; s > 0u; s >>= 1u) { if local < s { tile[local] += tile[local + s]; } \
		 workgroupBarrier(); }",
		"if input[0] == 1 { workgroupBarrier(); }",
		"let n = arrayLength(&input) % 5u; for (var i = 0u; i < n; i++) { workgroupBarrier(); }",
		"if workgroupUniformLoad(&tile[0]) == 1 { workgroupBarrier(); }",
		"for (var i = 0u; i < 9u; i++) { for (var k = 0u; k < local; k++) { if k == 2u { break; } } \
		 workgroupBarrier(); if i == 7u { break; } }",
		"switch input[1] { case 1: { workgroupBarrier(); } default: { } } workgroupBarrier();",
		"notes[0] = 3; for (var i = 0; i < notes[0]; i++) { workgroupBarrier(); }",
		"if local == 0u { tile[0] = 1; } else { switch local { case 1u: { break; } default: {} } } \
		 workgroupBarrier();",
		"var a: array<i32, 4>; if local == 1u { put(&a, 0, 1); } workgroupBarrier();",
	] {
		let inputs = [bytes(&[1, 1, 3])];
		let call = Call { inputs: &inputs, params: &[], workgroups: [1; 3], output_bytes: 64 };
		run(&shader(&source(4, body)), &call, 200);
	}
}

#[test]
fn programs_that_unfold_without_bound_should_be_refused() {
	let mut chain = String::from("fn deep0() -> i32 { return notes[0]; }\n");
	for level in 1..40 {
		let before = level - 1;
		chain.push_str(&format!(
			"fn deep{level}() -> i32 {{ return deep{before}() + deep{before}(); }}\n"
		));
	}
	let with = |last: u32| {
		let body = format!("output[0] = deep{last}();");
		source(1, &body).replace("fn put", &format!("{chain}fn put"))
	};
	match profile::check(with(39).as_bytes()) {
		Err(ProfileError::Refused { rule: Rule::Size, .. }) => {}
		other => panic!("{other:?}"),
	}
}

/// How many random programs a test takes.
fn samples(short: u64) -> u64 {
	if std::env::var("AITBC_LONG").is_ok() { short * 30 } else { short }
}

#[test]
fn random_programs_should_mean_the_same_before_and_after_the_pass() {
	let (mut dry, mut complete, mut sharing) = (0, 0, 0);
	for seed in 0..samples(200) {
		let sample = sample(&mut Choices::seeded(seed));
		let shader = shader(&sample.source);
		let call = sample.call();
		let short = Limits { steps: 1_000_000, ..LIMITS };
		let result = shader.interpret(&call, sample.fuel, Workgroups::All, short);
		let report = match result {
			Ok(report) => report,
			Err(InterpretError::TooLong) => continue,
			Err(error) => panic!("seed {seed}: {error}\n{}", sample.source),
		};
		assert_eq!(report.races, [], "seed {seed}:\n{}", sample.source);
		let (ending, output) = shader
			.interpret_instrumented(&call, sample.fuel, Limits { steps: 1 << 32, ..LIMITS })
			.unwrap_or_else(|error| panic!("seed {seed}: {error}\n{}", sample.source));
		match report.outcome {
			Outcome::Completed(expected) => {
				complete += 1;
				sharing += u32::from(shader.has_barrier);
				assert_eq!(ending, Ending::Completed, "seed {seed}:\n{}", sample.source);
				assert!(output == expected, "seed {seed}: another output\n{}", sample.source);
			}
			Outcome::OutOfFuel => {
				dry += 1;
				assert_eq!(ending, Ending::OutOfFuel, "seed {seed}:\n{}", sample.source);
			}
		}
	}
	println!("{complete} completed, {sharing} of them with barriers, {dry} ran out of fuel");
	// The test is about both; each must be common.
	assert!(complete > dry && dry > complete / 20 && sharing > complete / 20);
}

/// Loops of every shape, most of which count themselves or nearly do.
struct Loops<'a> {
	choices: &'a mut Choices,
	text: String,
	names: u32,
}

impl Loops<'_> {
	fn pick(&mut self, from: &[&str]) -> String {
		let index = self.choices.below(from.len() as u32);
		from[index as usize].to_string()
	}

	fn condition(&mut self) -> String {
		let number = self.choices.below(12);
		let simple =
			["i < N", "j < N", "u < Nu", "i != N", "u != Nu", "(i & 3) != 3", "output[id.x] < N"];
		let more = ["i < N && j < 9", "u < Nu || i < 3", "i < N && j + i < 12 && u != 7u", "true"];
		let from = if self.choices.percent(70) { &simple[..] } else { &more[..] };
		self.pick(from).replace('N', &number.to_string())
	}

	fn step(&mut self) -> String {
		self.pick(&[
			"i++;",
			"i++;",
			"i++;",
			"j += 1;",
			"u = 1u + u;",
			"u++;",
			"i += 2;",
			"i--;",
			"j = i + 1;",
		])
	}

	fn statements(&mut self, depth: u32, in_loop: bool) {
		for _ in 0..self.choices.below(4) {
			let (condition, step) = (self.condition(), self.step());
			match self.choices.below(14) {
				0..=4 => self.text += &step,
				5 => self.text += &format!("if {condition} {{ {step} }}"),
				6 if in_loop => self.text += &format!("if {condition} {{ break; }}"),
				7 if in_loop => self.text += &format!("if !({condition}) {{ {step} continue; }}"),
				8 if in_loop => {
					self.text += &format!(
						"switch i {{ case 1: {{ {step} break; }} case 2, 5: {{ continue; }} default: {{ u += 1u; }} }}"
					);
				}
				9 => self.text += "advance(&i);",
				10 => self.text += "around(u % 5u);",
				11 if self.choices.percent(30) => {
					self.text += &format!("if {condition} {{ return; }}")
				}
				12 => self.text += &format!("{{ {step} }}"),
				13 if depth > 0 => self.any_loop(depth - 1),
				_ => self.text += "output[id.x] += i + j * 7 + i32(u);",
			}
		}
	}

	fn any_loop(&mut self, depth: u32) {
		let (condition, step) = (self.condition(), self.step());
		match self.choices.below(5) {
			0 => {
				self.names += 1;
				let name = format!("n{}", self.names);
				let start = self.pick(&["0", "i", "-2", "2147483646", "i32(local)"]);
				let update =
					self.pick(&["NAME++", "NAME += 1", "NAME = 1 + NAME", "NAME += 2", "i++"]);
				let bound = self.pick(&["NAME != 9", "NAME < 7", "NAME < 4 && i < 9", "u < 6u"]);
				self.text += &format!("for (var NAME = {start}; {bound}; {update}) {{")
					.replace("NAME", &name);
				self.statements(depth, true);
				self.text += "}";
			}
			1 | 2 => {
				self.text += &format!("while {condition} {{");
				self.statements(depth, true);
				if self.choices.percent(80) {
					self.text += &step;
				}
				self.text += "}";
			}
			3 => {
				self.text += &format!("loop {{ if {condition} {{ }} else {{ break; }}");
				self.statements(depth, true);
				let other = self.step();
				self.text += &format!("continuing {{ {step}");
				if self.choices.percent(30) {
					self.text += &other;
				}
				if self.choices.percent(20) {
					self.text += "break if i == 6;";
				}
				self.text += "} }";
			}
			_ => {
				self.text += "loop {";
				self.statements(depth, true);
				self.text += &format!("if {condition} {{ break; }} {step}");
				self.text += "}";
			}
		}
	}
}

#[test]
fn random_loops_should_be_counted_as_the_reference_counts() {
	let (mut dry, mut complete) = (0, 0);
	for seed in 0..samples(500) {
		let mut choices = Choices::seeded(9_000_000 + seed);
		let mut loops = Loops { choices: &mut choices, text: String::new(), names: 0 };
		for _ in 0..2 {
			loops.any_loop(2);
			loops.statements(1, false);
		}
		let body = format!(
			"var i = i32(local) + input[0]; var j = 0; var u = local ^ 2u; {} output[id.x] += i;",
			loops.text
		);
		let functions = "fn advance(place: ptr<function, i32>) { *place += 1; }
			fn around(count: u32) { for (var k = 0u; k < count; k++) { notes[0] += 1; } }
			@compute";
		let source = source(4, &body).replacen("@compute", functions, 1);
		let shader = shader(&source);
		let inputs = [bytes(&[-1])];
		let call = Call { inputs: &inputs, params: &[], workgroups: [1; 3], output_bytes: 16 };
		let report = run(&shader, &call, 700);
		match report.outcome {
			Outcome::Completed(_) => {
				complete += 1;
				run(&shader, &call, report.rounds);
				if let Some(less) = report.rounds.checked_sub(1) {
					let dry = run(&shader, &call, less).outcome;
					assert_eq!(dry, Outcome::OutOfFuel, "seed {seed}:\n{source}");
				}
			}
			Outcome::OutOfFuel => dry += 1,
		}
	}
	println!("{complete} completed, {dry} ran out of fuel");
	assert!(complete > dry / 4 && dry > complete / 20);
}

#[test]
fn any_bytes_should_make_a_program() {
	for length in 0..40_u8 {
		let bytes: Vec<u8> = (0..length).map(|index| index.wrapping_mul(97) ^ length).collect();
		let sample = sample(&mut Choices::from_bytes(&bytes));
		shader(&sample.source);
	}
}
