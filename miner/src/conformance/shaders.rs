//! The named shader cases: arithmetic, memory, fuel, barriers, atomics, and every verdict.

use super::{
	Case,
	cases::{case, large, wgsl_of},
};
use crate::WorkRequest;
use aitbc_compute_core::{
	MAX_DATA_BYTES,
	profile::MAX_PROGRAM_BYTES,
	shader::{MAX_FUEL, generate::Sample},
};
use aitbc_primitives::{Cid, Workload};

/// Numbers at which arithmetic, indexes and float units break: the ends of i32, −1, 32, a NaN's bits.
const INPUT: [i32; 8] = [i32::MIN, -1, 0, 1, 32, 33, i32::MAX, 0x7fc0_0001];
const EDGE: &str = include_str!("../../../examples/edge-detect/edge.wgsl");

/// All of them.
pub(super) fn named() -> Vec<Case> {
	let mut cases: Vec<Case> = MEANINGS
		.iter()
		.map(|&(id, dispatch, body)| {
			case(&format!("wgsl/{id}"), dispatch.of(&program(dispatch, body)))
		})
		.collect();
	cases.extend(fuel());
	cases.extend(sizes());
	cases.extend(verdicts());
	cases.extend(misfits());
	cases
}

/// How a small program is dispatched.
#[derive(Clone, Copy)]
struct Dispatch {
	/// Invocations of a workgroup, as WGSL text.
	size: &'static str,
	groups: [u32; 3],
	/// Words of the output.
	words: usize,
	units: u64,
}

const ONE: Dispatch = Dispatch { size: "1", groups: [1; 3], words: 8, units: 100 };
const MANY: Dispatch = Dispatch { size: "64", groups: [3, 1, 1], words: 192, units: 100 };

impl Dispatch {
	/// A job of this dispatch with [`INPUT`].
	fn of(self, source: &str) -> WorkRequest {
		let made = Sample {
			source: source.to_string(),
			inputs: vec![INPUT.iter().flat_map(|word| word.to_le_bytes()).collect()],
			params: vec![],
			workgroups: self.groups,
			output_bytes: self.words * 4,
			fuel: 0,
		};
		WorkRequest { units_limit: self.units, ..wgsl_of(made) }
	}
}

/// A program whose `main` has this body.
fn program(dispatch: Dispatch, body: &str) -> String {
	let size = dispatch.size;
	format!(
		"@group(0) @binding(0) var<storage, read> input: array<i32>;
@group(0) @binding(1) var<storage, read_write> output: array<i32>;
var<workgroup> tile: array<i32, 64>;
var<workgroup> tally: atomic<i32>;
var<private> notes: array<i32, 4>;
fn fill(place: ptr<function, array<i32, 4>>, start: i32) -> i32 {{
	for (var i = 0; i < 4; i++) {{ (*place)[i] = start + i; }}
	return (*place)[start];
}}
fn early(x: i32) -> i32 {{ if x < 0 {{ return -1; }} else if x == 0 {{ return 7; }} return x; }}
@compute @workgroup_size({size})
fn main(
	@builtin(global_invocation_id) id: vec3<u32>,
	@builtin(local_invocation_id) place: vec3<u32>,
	@builtin(local_invocation_index) local: u32,
	@builtin(workgroup_id) group: vec3<u32>,
	@builtin(num_workgroups) groups: vec3<u32>,
) {{
	{body}
}}
"
	)
}

/// Six groups of thirty invocations, in all three dimensions.
const CUBE: Dispatch = Dispatch { size: "3, 2, 5", groups: [2, 3, 2], words: 360 * 4, units: 100 };

/// Name, dispatch, and body of `main`: what arithmetic, memory and control flow mean.
#[rustfmt::skip]
const MEANINGS: &[(&str, Dispatch, &str)] = &[
	("write-outside-output", ONE,
		"output[input[1]] = 5; output[input[0]] += 2; output[u32(input[6])] *= 3;"),
	("read-outside-input", ONE,
		"output[0] = input[input[1]] ^ input[u32(input[0])] ^ input[100u]; output[1] = input[8];"),
	("outside-private", ONE, "notes[input[1]] = 4; output[0] = notes[input[6]] + notes[input[5]];"),
	("outside-workgroup", ONE,
		"tile[input[0]] = 4; output[0] = tile[input[1]] + tile[input[6]];"),
	("outside-vector", ONE,
		"var v = vec4<i32>(1, 2, 3, 4); v[input[1]] = 9; output[0] = v[input[0]] + v.z;"),
	("outside-value", ONE,
		"let a = array<i32, 3>(7, 8, 9); output[0] = a[input[1]] + a[input[4]];"),
	("zeroed-memory", ONE,
		"var a: array<i32, 16>; var b: vec4<i32>; var c: bool;
		output[1] = a[input[3]] + notes[2] + tile[9] + output[7] + b.w + i32(c) + atomicLoad(&tally);"),
	("zeroed-workgroup-of-each-group", MANY,
		"output[id.x] = tile[local]; workgroupBarrier(); tile[local] = i32(id.x) + 1;"),
	("shifts", ONE,
		"output[0] = input[3] << u32(input[4]); output[1] = input[0] >> u32(input[5]);
		output[2] = input[1] << u32(input[1]); output[3] = i32(u32(input[1]) >> u32(input[6]));
		output[4] = input[0] >> 31u; output[5] = i32(u32(input[0]) >> 31u);"),
	("division", ONE,
		"output[0] = input[6] / input[2]; output[1] = input[6] % input[2];
		output[2] = input[0] / input[1]; output[3] = input[0] % input[1];
		output[4] = i32(u32(input[0]) / u32(input[2])); output[5] = i32(u32(input[0]) % u32(input[2]));
		let v = vec2<i32>(input[0], input[6]) / vec2<i32>(input[1], input[2]);
		output[6] = v.x; output[7] = v.y;"),
	("overflow", ONE,
		"output[0] = abs(input[0]); output[1] = -input[0]; output[2] = input[6] + input[3];
		output[3] = input[0] * input[1]; output[4] = clamp(input[2], input[6], input[0]);
		output[5] = input[0] - input[3]; output[6] = input[6] * input[6];"),
	("words-of-nan", ONE,
		"var a = array<i32, 2>(input[7], i32(0xff800000u)); output[0] = a[0]; output[1] = a[1];
		notes[0] = 1; output[2] = select(a[1], a[0], input[7] > 0); output[3] = min(a[0], a[1]);
		tile[1] = i32(0x7f800001u); output[4] = tile[1] + notes[0] - 1;
		for (var i = 5; i < 8; i++) { output[i] = input[7] ^ (i << 29u); }"),
	("packed-products", ONE,
		"output[0] = dot4I8Packed(0x80808080u, 0x7f7f7f7fu + u32(input[2]));
		output[1] = dot4I8Packed(0x80808080u, 0x80808080u + u32(input[2]));
		output[2] = i32(dot4U8Packed(0xffffffffu, u32(input[1])));"),
	("builtins", CUBE,
		"let i = (id.z * groups.y * 2u + id.y) * groups.x * 3u + id.x;
		output[i * 4u] = i32(id.x + 100u * id.y + 10000u * id.z);
		output[i * 4u + 1u] = i32(place.x + 100u * place.y + 10000u * place.z);
		output[i * 4u + 2u] = i32(group.x + 100u * group.y + 10000u * group.z);
		output[i * 4u + 3u] = i32(local + 100u * groups.x + 1000u * groups.y + 10000u * groups.z);"),
	("array-lengths", ONE,
		"output[0] = i32(arrayLength(&input)); output[1] = i32(arrayLength(&output));"),
	("functions-and-pointers", ONE,
		"var a: array<i32, 4>; output[0] = fill(&a, 2) * 10 + a[3]; output[1] = fill(&a, -9);
		output[2] = early(input[0]); output[3] = early(input[2]); output[4] = early(input[6]);"),
	("control-flow", MANY,
		"var sum = 0;
		for (var i = 0u; i < 20u; i++) {
			if i == local % 7u { continue; }
			switch i % 5u { case 0u, 1u: { sum += 1; } case 2u: { sum *= 3; break; } default: { sum ^= i32(i); } }
			if sum > 40 { break; }
		}
		loop { sum += 1; continuing { break if sum % 3 == 0; } }
		output[id.x] = sum;"),
	("short-circuit", ONE,
		"notes[0] = 1; let a = input[2] != 0 && input[1] / input[2] > 0; let b = input[3] == 1 || notes[input[4]] > 0;
		output[0] = select(1, 2, a) + 10 * select(1, 2, b);"),
	("copies-of-arrays", ONE,
		"var a = array<i32, 4>(1, 2, 3, 4); var b = a; b[input[3]] = 9; output[0] = a[1] * 100 + b[1];
		notes = b; output[1] = notes[1]; let c = notes; notes[2] = 0; output[2] = c[2];"),
	("reduction", MANY,
		"tile[local] = i32(id.x * id.x); workgroupBarrier();
		for (var half = 32u; half > 0u; half /= 2u) {
			if local < half { tile[local] += tile[local + half]; }
			workgroupBarrier();
		}
		if local == 0u { output[group.x] = tile[0]; }"),
	("uniform-load", MANY,
		"if local == 9u { tile[3] = i32(group.x) + 5; }
		let n = workgroupUniformLoad(&tile[3]);
		for (var i = 0; i < n; i++) { workgroupBarrier(); tile[local] += i; }
		output[id.x] = tile[local];"),
	("barrier-after-divergence", MANY,
		"if local % 3u == 1u { tile[local] = 1; } workgroupBarrier();
		output[id.x] = tile[(local + 1u) % 64u] + 2 * tile[(local + 63u) % 64u];"),
	("workgroup-atomics", MANY,
		"atomicAdd(&tally, i32(local)); workgroupBarrier(); output[id.x] = atomicLoad(&tally);
		workgroupBarrier(); atomicMax(&tally, 5000 + i32(local)); workgroupBarrier();
		output[id.x] += atomicLoad(&tally);"),
];

/// Programs that change shared words of the output by atomic operations.
fn atomics() -> Vec<Case> {
	let operations = [
		("atomicAdd", "i32"),
		("atomicSub", "u32"),
		("atomicMin", "i32"),
		("atomicMax", "i32"),
		("atomicMin", "u32"),
		("atomicMax", "u32"),
		("atomicAnd", "u32"),
		("atomicOr", "u32"),
		("atomicXor", "u32"),
	];
	let source = |name: &str, ty: &str| {
		format!(
			"@group(0) @binding(0) var<storage, read> input: array<{ty}>;
@group(0) @binding(1) var<storage, read_write> output: array<atomic<{ty}>>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
	{name}(&output[id.x % 5u], input[id.x % 8u] * {ty}(id.x + 1u));
}}
"
		)
	};
	let job = |(name, ty): (&str, &str)| {
		let id = format!("wgsl/{name}-{ty}");
		case(&id, Dispatch { words: 5, groups: [4, 2, 1], ..MANY }.of(&source(name, ty)))
	};
	operations.into_iter().map(job).collect()
}

/// Fuel that is just enough, and one less.
fn fuel() -> Vec<Case> {
	const COUNT: &str = "for (var i = 1u; i < ROUNDSu; i++) { output[id.x] += i32(i); }";
	const DIVERGENT: &str = "for (var i = 0u; i < local; i++) { output[id.x] += i32(i); }";
	const NEST: &str =
		"for (var i = 0; i < 3; i++) { for (var k = 0; k < 4; k++) { output[id.x] += i * k; } }";
	const UNIFORM: &str = "for (var i = 0; i < 5; i++) { tile[local] += i; workgroupBarrier(); }
	while local > 60u { tile[local] = 1; if tile[0] == 10 { break; } } output[id.x] = tile[local];";
	let rounds = |count: u32| COUNT.replace("ROUNDS", &count.to_string());
	let make = |id: &str, units: u64, dispatch: Dispatch, body: &str| {
		let dispatch = Dispatch { units, ..dispatch };
		case(&format!("wgsl/fuel-{id}"), dispatch.of(&program(dispatch, body)))
	};
	let most = u64::from(MAX_FUEL);
	// Some devices fill their vectors with invocations that do not exist: the rounds of those are nobody's.
	let surplus = |size: &'static str, nobody: u32, words: usize| {
		let body = format!(
			"loop {{ if local == {nobody}u {{ continue; }} output[id.x] += 1; break; }} {DIVERGENT}"
		);
		make(&format!("surplus-{size}"), 100, Dispatch { size, words, ..ONE }, &body)
	};
	let row = Dispatch { size: "32", groups: [1; 3], words: 32, units: 0 };
	vec![
		make("none-and-no-loop", 0, ONE, "output[0] = 1;"),
		make("none-and-a-loop", 0, ONE, &rounds(1)),
		make("enough", 10, ONE, &rounds(10)),
		make("one-too-few", 9, ONE, &rounds(10)),
		make("divergent-enough", 64, MANY, DIVERGENT),
		make("divergent-one-too-few", 63, MANY, DIVERGENT),
		// Four rounds outside, the last of which finds the end; five in each of three inside.
		make("nest-enough", 19, MANY, NEST),
		make("nest-one-too-few", 18, MANY, NEST),
		make("uniform-enough", 7, MANY, UNIFORM),
		make("uniform-one-too-few", 6, MANY, UNIFORM),
		make("most", most, row, &rounds(MAX_FUEL)),
		make("most-one-too-few", most - 1, row, &rounds(MAX_FUEL)),
		make("many", 4000, row, &rounds(4000)),
		surplus("1", 4, 1),
		surplus("3", 4, 3),
		surplus("9", 12, 9),
		make("more-than-there-is", u64::MAX, row, &rounds(MAX_FUEL + 1)),
		make("endless", 1000, MANY, "while true { output[id.x] += 1; }"),
		make("endless-in-one", 1000, MANY, "if id.x == 70u { while true { } }"),
		make(
			"endless-between-barriers",
			100,
			MANY,
			"loop { workgroupBarrier(); if input[2] == 1 { break; } }",
		),
		make("endless-before-a-barrier", 100, MANY, "while local > 3u { } workgroupBarrier();"),
	]
}

/// Inputs, outputs and dispatches of odd sizes.
fn sizes() -> Vec<Case> {
	let copy = "@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
	if id.x < arrayLength(&output) { output[id.x] = input[id.x] * 3u + id.x; }
}
";
	let copied = |inputs: Vec<u8>, words: u32| {
		wgsl_of(Sample {
			source: copy.to_string(),
			inputs: vec![inputs],
			params: vec![],
			workgroups: [words.div_ceil(64), 1, 1],
			output_bytes: words as usize * 4,
			fuel: 0,
		})
	};
	let vectors = "@group(0) @binding(0) var<storage, read> input: array<vec3<i32>>;
@group(0) @binding(1) var<storage, read> params: array<u32>;
@group(0) @binding(2) var<storage, read_write> output: array<vec2<i32>>;
@compute @workgroup_size(1) fn main() {
	output[0] = input[params[0]].zx; output[arrayLength(&input)] = vec2(i32(arrayLength(&output)), 1);
}
";
	let picture = |width: u32, height: u32| {
		let bytes = width * height * 4;
		wgsl_of(Sample {
			source: EDGE.to_string(),
			inputs: vec![(0..bytes).map(|i| ((i * i) >> 3) as u8).collect()],
			params: [width, height].iter().flat_map(|side| side.to_le_bytes()).collect(),
			workgroups: [width.div_ceil(8), height.div_ceil(8), 1],
			output_bytes: bytes as usize,
			fuel: 0,
		})
	};
	let wide = Dispatch { size: "1", groups: [65_535, 1, 1], words: 65_535, units: 0 };
	let mut cases = atomics();
	cases.extend([
		case("wgsl/input-of-one-byte", copied(vec![0xff], 1)),
		case("wgsl/input-of-five-bytes", copied(vec![1, 2, 3, 4, 5], 3)),
		case("wgsl/output-of-one-word", copied(vec![9; 400], 1)),
		case("wgsl/output-of-odd-words", copied(vec![9; 1003], 251)),
		case(
			"wgsl/vectors-that-fit-not-whole",
			wgsl_of(Sample {
				source: vectors.to_string(),
				inputs: vec![(0..44).collect()],
				params: 7_u32.to_le_bytes().to_vec(),
				workgroups: [1; 3],
				output_bytes: 28,
				fuel: 0,
			}),
		),
		case("wgsl/picture-of-one-pixel", picture(1, 1)),
		case("wgsl/picture-odd", picture(37, 21)),
		case("wgsl/most-groups-in-a-row", wide.of(&program(wide, "output[id.x] = i32(id.x);"))),
		large("wgsl/largest-output", copied(vec![5; 1 << 20], (MAX_DATA_BYTES / 4) as u32)),
	]);
	cases
}

/// A program for each rule of the profile, and bytes that are none.
fn verdicts() -> Vec<Case> {
	let whole = |id: &str, source: &[u8]| {
		let mut request = ONE.of("");
		if let Workload::Wgsl(call) = &mut request.workload {
			call.program = Cid::of_raw(source);
		}
		case(&format!("wgsl/{id}"), WorkRequest { program: Some(source.to_vec()), ..request })
	};
	let body = |id: &str, body: &str| whole(id, program(ONE, body).as_bytes());
	let main = "@compute @workgroup_size(1) fn main() { output[0] = input[0]; }";
	let buffers = "@group(0) @binding(0) var<storage, read> input: array<i32>;
@group(0) @binding(1) var<storage, read_write> output: array<i32>;
";
	let with = |id: &str, rest: &str| whole(id, format!("{buffers}{rest}\n").as_bytes());
	let doubling: String = (1..18)
		.map(|level| {
			let before = level - 1;
			format!("fn f{level}(x: i32) -> i32 {{ return f{before}(x) + f{before}(x + 1); }}\n")
		})
		.collect();
	let doubling = format!(
		"fn f0(x: i32) -> i32 {{ return x * 3; }}\n{doubling}\
		@compute @workgroup_size(1) fn main() {{ output[0] = f17(input[0]); }}"
	);
	vec![
		whole("invalid-empty", b""),
		whole("invalid-blank", b" \n\t"),
		whole("invalid-bytes", b"fn \xff"),
		whole("invalid-too-large", &vec![b' '; MAX_PROGRAM_BYTES + 1]),
		whole("invalid-no-wgsl", b"int main(void) { return 0; }"),
		body("invalid-type", "output[0] = true;"),
		body("invalid-name", "output[0] = nothing;"),
		body("refused-float", "output[0] = i32(f32(input[0]));"),
		body("refused-float-constant", "let x = 1.5;"),
		body("refused-width", "let x = 1lu;"),
		body("refused-subgroup", "output[0] = subgroupAdd(1);"),
		body("refused-atomic-result", "output[0] = atomicAdd(&tally, 1);"),
		body("refused-atomic-exchange", "atomicExchange(&tally, 1);"),
		body("refused-barrier", "if local == 0u { workgroupBarrier(); }"),
		with("refused-texture", &format!("@group(0) @binding(2) var t: texture_2d<u32>;\n{main}")),
		with("refused-override", &format!("override n: i32 = 4;\n{main}")),
		with(
			"refused-binding",
			&format!("@group(1) @binding(0) var<storage, read> b: array<u32>;\n{main}"),
		),
		with("refused-workgroup-memory", &format!("var<workgroup> w: array<u32, 4097>;\n{main}")),
		with("refused-private-memory", &format!("var<private> p: array<u32, 2049>;\n{main}")),
		with("refused-entry-point", "@compute @workgroup_size(1) fn start() {}"),
		with("refused-workgroup-size", "@compute @workgroup_size(16, 17) fn main() {}"),
		with("refused-size", &doubling),
		with(
			"refused-alias",
			"fn two(a: ptr<function, i32>, b: ptr<function, i32>) { *a += *b; }
@compute @workgroup_size(1) fn main() { var x = 1; two(&x, &x); output[0] = x; }",
		),
	]
}

/// Jobs that do not fit their program.
fn misfits() -> Vec<Case> {
	let plain = ONE.of(&program(ONE, "output[0] = input[0];"));
	let with = |id: &str, inputs: Vec<Vec<u8>>, params: Vec<u8>| {
		case(&format!("wgsl/{id}"), WorkRequest { inputs, params, ..plain.clone() })
	};
	let dispatched = |id: &str, groups: [u32; 3], bytes: u32| {
		let mut request = plain.clone();
		if let Workload::Wgsl(call) = &mut request.workload {
			(call.workgroups, call.output_bytes) = (groups, bytes);
		}
		case(&format!("wgsl/{id}"), request)
	};
	vec![
		with("parameters-for-an-input", vec![], vec![1, 0, 0, 0]),
		with("misfit-no-input", vec![], vec![]),
		with("misfit-two-inputs", vec![vec![1; 4]; 2], vec![]),
		with("misfit-input-and-parameters", vec![vec![1; 4]], vec![0; 4]),
		with("misfit-empty-input", vec![vec![]], vec![]),
		with("misfit-nine-inputs", vec![vec![1; 4]; 9], vec![]),
		with("misfit-odd-parameters", vec![], vec![1, 0, 0]),
		dispatched("misfit-no-groups", [1, 0, 1], 4),
		dispatched("misfit-too-many-groups", [1, 1, 65_536], 4),
		dispatched("misfit-no-output", [1; 3], 0),
		dispatched("misfit-odd-output", [1; 3], 6),
		dispatched("misfit-output-too-large", [1; 3], MAX_DATA_BYTES as u32 + 4),
		case("wgsl/program-missing", WorkRequest { program: None, ..plain }),
	]
}

#[cfg(test)]
mod tests {
	use super::*;
	use aitbc_compute_core::{
		profile,
		shader::{Call, Limits, Outcome, Shader, Workgroups, fuel},
	};

	#[test]
	fn cases_should_run_without_races_unless_their_names_say_otherwise() {
		let fails = ["wgsl/invalid-", "wgsl/refused-", "wgsl/misfit-", "wgsl/program-missing"];
		let runs = |case: &&Case| !fails.iter().any(|prefix| case.id.starts_with(prefix));
		for case in named().iter().filter(runs).filter(|case| !case.is_large) {
			let request = case.jobs().next().expect("a named case has a job");
			let (Workload::Wgsl(call), Some(source)) = (request.workload, &request.program) else {
				panic!("{} is no shader", case.id);
			};
			let program = profile::check(source);
			let program = program.unwrap_or_else(|error| panic!("{}: {error}", case.id));
			let (inputs, params) = (&request.inputs, &request.params);
			let (workgroups, output_bytes) = (call.workgroups, call.output_bytes as usize);
			let fits = program.check_buffers(inputs, params, workgroups, output_bytes);
			fits.unwrap_or_else(|error| panic!("{}: {error}", case.id));
			let call = Call { inputs, params, workgroups, output_bytes };
			let shader = Shader::new(&program).expect("the compiler takes it");
			let fuel = fuel(request.units_limit);
			let report = shader.interpret(&call, fuel, Workgroups::All, Limits::default());
			let report = report.expect("within the limits");
			assert_eq!(report.races, [], "{}", case.id);
			let should_run_dry = ["too-few", "endless", "a-loop", "more-than-there-is"]
				.iter()
				.any(|part| case.id.contains(part));
			let is_dry = report.outcome == Outcome::OutOfFuel;
			assert_eq!(is_dry, should_run_dry, "{}: {} rounds", case.id, report.rounds);
		}
	}

	#[test]
	fn verdicts_should_be_those_of_their_names() {
		for case in verdicts() {
			let request = case.jobs().next().expect("a named case has a job");
			let error = profile::check(&request.program.expect("a program")).expect_err(&case.id);
			assert_eq!(
				error.is_refusal(),
				case.id.starts_with("wgsl/refused-"),
				"{}: {error}",
				case.id
			);
		}
	}
}
