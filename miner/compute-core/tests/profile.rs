//! Which programs the integer profile takes, which it refuses, and what it says about them.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use aitbc_compute_core::profile::{self, BufferError, Location, ProfileError, Rule};

const EDGE: &str = include_str!("../../../examples/edge-detect/edge.wgsl");

/// Declarations that every small program here starts with; five lines.
const HEAD: &str = "\
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
var<workgroup> shared_count: atomic<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
";

fn body(line: &str) -> String {
	format!("{HEAD}{line}\n}}\n")
}

fn refusal(source: &str) -> (Location, Rule, String) {
	match profile::check(source.as_bytes()) {
		Err(error @ ProfileError::Refused { location, rule, .. }) => {
			(location, rule, error.to_string())
		}
		other => panic!("expected a refusal of\n{source}\nbut got {other:?}"),
	}
}

#[test]
fn check_should_take_the_example() {
	let program = profile::check(EDGE.as_bytes()).expect("the example keeps the profile");
	assert_eq!(program.workgroup_size(), [8, 8, 1]);
	let names: Vec<_> = program.reads().iter().map(|binding| binding.name.as_str()).collect();
	assert_eq!(names, ["pixels", "size"]);
	assert_eq!(program.output().name, "edges");
}

#[test]
fn check_should_take_what_the_profile_allows() {
	for line in [
		"output[id.x] = input[id.x] / 3u;",
		"output[id.x] = dot4U8Packed(input[0], input[1]);",
		"output[id.x] = bitcast<u32>(-7i >> 2u);",
		"atomicAdd(&shared_count, 1u); workgroupBarrier(); output[0] = atomicLoad(&shared_count);",
		"for (var i = 0u; i < 4u; i++) { output[i] = arrayLength(&input); }",
		"if id.x > 3u { output[0] = countOneBits(input[0]) + firstLeadingBit(7u); }",
		"let v = vec3<i32>(1, 2, 3); output[0] = u32(dot(v, v.zyx));",
	] {
		let source = body(line);
		if let Err(error) = profile::check(source.as_bytes()) {
			panic!("{line}: {error}");
		}
	}
}

#[test]
fn check_should_refuse_what_is_not_deterministic_and_name_the_line() {
	for (line, rule, column, part) in [
		("let x = 1.5; output[0] = 1u;", Rule::Float, 9, "1.5"),
		("output[0] = u32(f32(input[0]));", Rule::Float, 17, "f32"),
		("output[0] = u32(sqrt(4));", Rule::Float, 17, "sqrt"),
		("let x = vec2f(); output[0] = 1u;", Rule::Float, 9, "vec2f"),
		(
			"output[0] = atomicAdd(&shared_count, 1u);",
			Rule::AtomicResult,
			13,
			"result of an atomic",
		),
		("atomicExchange(&shared_count, 1u);", Rule::AtomicResult, 1, "atomic exchange"),
		(
			"atomicCompareExchangeWeak(&shared_count, 1u, 2u);",
			Rule::AtomicResult,
			1,
			"atomic comparison",
		),
		("let x = 1lu; output[0] = 1u;", Rule::Width, 9, "not 32 bits"),
		("output[0] = subgroupAdd(1u);", Rule::Subgroup, 13, "subgroup"),
		("var a: array<u32, 5000>; output[0] = a[id.x];", Rule::Memory, 1, "function variables"),
	] {
		let (location, found, message) = refusal(&body(line));
		assert_eq!((found, location.line), (rule, 6), "{line}: {message}");
		assert_eq!(location.column, column, "{line}: {message}");
		assert!(message.contains(part), "{line}: {message}");
		assert!(message.starts_with("line 6, column "), "{message}");
	}
}

#[test]
fn errors_should_name_the_invariant() {
	let invariant =
		|source: &str| profile::check(source.as_bytes()).expect_err("refused").invariant();
	assert_eq!(invariant(&body("let x = 1.5;")), Some("INV-COMPUTE-9"));
	assert_eq!(invariant(&body("atomicExchange(&shared_count, 1u);")), Some("INV-COMPUTE-10"));
	assert_eq!(invariant(&body("if id.x == 0u { workgroupBarrier(); }")), Some("INV-COMPUTE-16"));
	assert_eq!(invariant("fn main() {"), Some("INV-COMPUTE-8"));
	let thread = ProfileError::Thread { message: String::new() };
	assert_eq!(thread.invariant(), None);
}

#[test]
fn check_should_refuse_resources_that_a_job_has_not() {
	let main = "@compute @workgroup_size(1) fn main() {}";
	let output = "@group(0) @binding(0) var<storage, read_write> output: array<u32>;";
	for (line, rule, part) in [
		("@group(0) @binding(1) var picture: texture_2d<u32>;", Rule::Texture, "texture"),
		("@group(0) @binding(1) var filtered: sampler;", Rule::Texture, "sampler"),
		("@group(1) @binding(1) var<storage, read> b: array<u32>;", Rule::Binding, "group 0"),
		(
			"@group(0) @binding(2) var<storage, read_write> b: array<u32>;",
			Rule::Binding,
			"binding 2",
		),
		(
			"@group(0) @binding(0) var<storage, read_write> b: array<u32>;",
			Rule::Binding,
			"binding 0",
		),
		(
			"@group(0) @binding(1) var<storage, read_write> b: array<u32>;",
			Rule::Binding,
			"writable",
		),
		("@group(0) @binding(1) var<storage, read> b: array<u32>;", Rule::Binding, "read-only"),
		("@group(0) @binding(1) var<uniform> b: vec4<u32>;", Rule::Binding, "uniform"),
		(
			"@group(0) @binding(1) var<storage, read_write> b: u32;",
			Rule::Binding,
			"type of the buffer",
		),
		(
			"@group(0) @binding(1) var<storage, read_write> b: array<array<u32, 2>>;",
			Rule::Binding,
			"type of the buffer",
		),
		("var<workgroup> large: array<u32, 4097>;", Rule::Memory, "16384"),
		("var<private> large: array<u32, 2049>;", Rule::Memory, "8192"),
		("override size: u32 = 4;", Rule::Override, "override"),
		("struct Unused { a: mat2x2<f32> }", Rule::Float, "f32"),
	] {
		let (location, found, message) = refusal(&format!("{output}\n{line}\n{main}\n"));
		assert_eq!(found, rule, "{line}: {message}");
		assert!(message.contains(part), "{line}: {message}");
		// Of two buffers with the same number the earlier one stands in the wrong place just as well.
		assert!(location.line == 2 || part == "writable", "{line}: {message}");
	}
}

#[test]
fn check_should_refuse_other_entry_points() {
	let output = "@group(0) @binding(0) var<storage, read_write> output: array<u32>;\n";
	for (rest, rule, line, part) in [
		("fn main() {}", Rule::EntryPoint, 1, "0 entry points"),
		("@compute @workgroup_size(1)\nfn start() {}", Rule::EntryPoint, 3, "start"),
		("@fragment fn main() {}", Rule::EntryPoint, 2, "Fragment"),
		(
			"@compute @workgroup_size(1) fn main() {}\n@compute @workgroup_size(1) fn two() {}",
			Rule::EntryPoint,
			3,
			"2 entry points",
		),
		("@compute @workgroup_size(16, 17) fn main() {}", Rule::WorkgroupSize, 2, "16 × 17 × 1"),
		("@compute @workgroup_size(1, 1, 65) fn main() {}", Rule::WorkgroupSize, 2, "1 × 1 × 65"),
	] {
		let (location, found, message) = refusal(&format!("{output}{rest}"));
		assert_eq!((found, location.line), (rule, line), "{rest}: {message}");
		assert!(message.contains(part), "{rest}: {message}");
	}
	for size in ["256", "16, 16", "4, 1, 64"] {
		let source = format!("{output}@compute @workgroup_size({size}) fn main() {{}}");
		assert!(profile::check(source.as_bytes()).is_ok(), "{size}");
	}
}

#[test]
fn check_should_refuse_two_ways_to_one_variable() {
	let output = "@group(0) @binding(0) var<storage, read_write> output: array<u32>;";
	let rest = "\
var<private> shared_by_all: u32;
fn two(a: ptr<function, u32>, b: ptr<function, u32>) { *a += *b; }
fn one(a: ptr<function, u32>, b: ptr<function, u32>) { two(b, a); BODY }
fn own(a: ptr<private, u32>) { *a += 1u; }
@compute @workgroup_size(1) fn main() { var x = 1u; var y = 2u; one(&x, &y); MAIN output[0] = x; }";
	let with = |body: &str, main: &str| {
		format!("{output}\n{}", rest.replace("BODY", body).replace("MAIN", main))
	};
	assert!(profile::check(with("", "").as_bytes()).is_ok());
	for (body, main, line, part) in [
		("", "two(&x, &x);", 6, "two pointers"),
		("two(a, a);", "", 4, "two pointers"),
		("", "own(&shared_by_all);", 6, "module-scope"),
	] {
		let (location, rule, message) = refusal(&with(body, main));
		assert_eq!((rule, location.line), (Rule::Alias, line), "{message}");
		assert!(message.contains(part), "{message}");
	}
}

#[test]
fn check_should_say_where_the_source_does_not_parse() {
	let error = profile::check(b"fn main() {\n  let = 3;\n}").expect_err("no WGSL");
	let ProfileError::Parse { location, .. } = error else { panic!("{error:?}") };
	assert_eq!(location.line, 2);

	// A function that gives nothing back parses, and does not validate.
	let invalid = body("output[0] = none();\n}\nfn none() -> u32 {");
	let error = profile::check(invalid.as_bytes()).expect_err("nothing is returned");
	let ProfileError::Invalid { location, .. } = error else { panic!("{error:?}") };
	assert!((8..=9).contains(&location.line), "{location}");
}

#[test]
fn check_should_refuse_bytes_that_are_no_program() {
	assert_eq!(profile::check(b""), Err(ProfileError::Empty));
	assert_eq!(profile::check(b" \n\t"), Err(ProfileError::Empty));
	let large = vec![b' '; 100 * 1024 * 1024];
	assert_eq!(profile::check(&large), Err(ProfileError::TooLarge { bytes: large.len() }));
	let longest = format!("{EDGE}{}", " ".repeat(profile::MAX_PROGRAM_BYTES - EDGE.len()));
	assert!(profile::check(longest.as_bytes()).is_ok());
	assert!(profile::check(format!("{longest} ").as_bytes()).is_err());
	let offset = 4;
	assert_eq!(profile::check(b"a\nb\n\xff"), Err(ProfileError::NotText { line: 3, offset }));
}

#[test]
fn check_should_end_when_the_source_is_hostile() {
	let nested = "(".repeat(60_000);
	assert!(profile::check(body(&format!("let x = {nested};")).as_bytes()).is_err());
	let blocks = format!("{}{}", "{".repeat(30_000), "}".repeat(30_000));
	assert!(profile::check(body(&blocks).as_bytes()).is_err());
	// Each type holds the one before twice.
	let mut types = String::from("struct S0 { a: u32 }\n");
	for level in 1..64 {
		let before = level - 1;
		types.push_str(&format!("struct S{level} {{ a: S{before}, b: S{before} }}\n"));
	}
	assert!(profile::check(types.as_bytes()).is_err());
	let minus = "-".repeat(60_000);
	assert!(profile::check(body(&format!("let x = {minus}1i;")).as_bytes()).is_err());
}

#[test]
fn buffers_should_be_refused_when_they_do_not_fit() {
	let program = profile::check(body("output[0] = input[0];").as_bytes()).expect("fine");
	let one = [vec![1_u8, 2, 3]];
	let check = |inputs: &[Vec<u8>], params: &[u8], groups, output| {
		program.check_buffers(inputs, params, groups, output)
	};
	assert_eq!(check(&one, &[], [1, 1, 1], 4), Ok(()));
	// Parameters take the place of an input.
	assert_eq!(check(&[], &[1, 0, 0, 0], [1, 1, 1], 4), Ok(()));
	assert!(matches!(check(&[], &[], [1; 3], 4), Err(BufferError::Count { .. })));
	assert!(matches!(check(&one, &[0; 4], [1; 3], 4), Err(BufferError::Count { .. })));
	assert!(matches!(check(&[vec![]], &[], [1; 3], 4), Err(BufferError::TooSmall { .. })));
	assert!(matches!(check(&one, &[], [1; 3], 0), Err(BufferError::TooSmall { .. })));
	assert!(matches!(check(&one, &[], [1; 3], 6), Err(BufferError::Unaligned { .. })));
	assert!(matches!(check(&one, &[], [1, 0, 1], 4), Err(BufferError::Workgroups { .. })));
	assert!(matches!(check(&one, &[], [1, 1, 65_536], 4), Err(BufferError::Workgroups { .. })));
	let large = aitbc_compute_core::MAX_DATA_BYTES + 4;
	assert!(matches!(check(&one, &[], [1; 3], large), Err(BufferError::TooLarge { .. })));
}
