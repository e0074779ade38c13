//! Every operation and built-in function of the profile, on numbers at which arithmetic tends to break.

use super::Sample;
use alloc::{format, string::String, vec, vec::Vec};

/// Operations on `a`, `b`, `c` (u32) and `i`, `j`, `k` (the same bits as i32); vectors give one word.
#[rustfmt::skip]
pub const OPERATIONS: &[&str] = &[
	"a + b", "a - b", "a * b", "a / b", "a % b", "a & b", "a | b", "a ^ b", "~a", "a << b", "a >> b",
	"u32(i + j)", "u32(i - j)", "u32(i * j)", "u32(i / j)", "u32(i % j)", "u32(-i)", "u32(~i)",
	"u32(i << b)", "u32(i >> b)", "u32(a < b)", "u32(a <= b)", "u32(a > b)", "u32(a >= b)",
	"u32(a == b)", "u32(a != b)", "u32(i < j)", "u32(i <= j)", "u32(i > j)", "u32(i >= j)",
	"u32(bool(a) && bool(b))", "u32(bool(i) || bool(j))", "u32(!bool(a))",
	"min(a, b)", "max(a, b)", "clamp(a, b, c)", "abs(a)", "select(a, b, c > 7u)",
	"u32(min(i, j))", "u32(max(i, j))", "u32(clamp(i, j, k))", "u32(abs(i))", "u32(sign(i))",
	"countOneBits(a)", "countLeadingZeros(a)", "countTrailingZeros(a)", "reverseBits(a)",
	"firstLeadingBit(a)", "firstTrailingBit(a)", "u32(firstLeadingBit(i))",
	"u32(firstTrailingBit(i))", "u32(countLeadingZeros(i))", "u32(countOneBits(i))",
	"extractBits(a, b, c)", "u32(extractBits(i, b, c))", "insertBits(a, b, c, b)",
	"extractBits(a, b % 33u, c % 33u)", "u32(extractBits(i, b % 33u, c % 33u))",
	"insertBits(a, c, b % 33u, c % 33u)", "u32(insertBits(i, k, b % 33u, c % 33u))",
	"dot4U8Packed(a, b)", "u32(dot4I8Packed(a, b))", "dot(vec3(a, b, c), vec3(c, a, b))",
	"u32(dot(vec2(i, j), vec2(k, i)))", "pack4xU8(vec4(a, b, c, a))", "pack4xI8(vec4(i, j, k, i))",
	"pack4xU8Clamp(vec4(a, b, c, a))", "pack4xI8Clamp(vec4(i, j, k, i))", "unpack4xU8(a).z",
	"u32(unpack4xI8(a).w)", "(vec2(a, b) / vec2(b, c)).y", "u32((vec3(i, j, k) % vec3(j, k, i)).z)",
	"(vec2(a, b) << vec2(b, c)).x", "u32((vec2(i, j) >> vec2(b, c)).y)", "u32(abs(vec2(i, j)).x)",
	"u32(firstLeadingBit(vec2(i, j)).y)", "u32(all(vec3(i, j, k) <= vec3(j, k, i)))",
	"u32(any(vec2(a, b) != vec2(b, c)))", "select(vec2(a, b), vec2(b, c), vec2(i, j) < vec2(k)).y",
	"vec4(a, b, c, a).wzyx.y", "vec4(a, b, c, a)[b]", "u32(vec3(i, j, k)[i])", "bitcast<u32>(i)",
	"u32(all(vec3(i, j, k) * j == vec3(i, j, k) * vec3(j)))", "(vec2(a, b) + c).x",
];

const NUMBERS: [u32; 20] = [
	0,
	1,
	2,
	3,
	7,
	31,
	32,
	33,
	127,
	128,
	255,
	256,
	0x7f80,
	0x7fff_ffff,
	0x8000_0000,
	0x8000_0001,
	0xffff_ff80,
	0xffff_fffe,
	0xffff_ffff,
	0x1234_5678,
];

/// Most operations of one program.
const PER_PROGRAM: usize = 16;

/// A program that applies some operations to every pair of numbers.
#[derive(Clone, Debug)]
pub struct OperationProgram {
	/// Which operations; an invocation writes a word for each, up to 16.
	pub operations: &'static [&'static str],
	/// The program with its dispatch.
	pub sample: Sample,
}

impl OperationProgram {
	/// Which operation on which numbers a word of the output belongs to.
	pub fn describe(&self, word: usize) -> String {
		let (pair, slot) = (word / PER_PROGRAM, word % PER_PROGRAM);
		let number = |index: usize| NUMBERS.get(index % NUMBERS.len()).copied().unwrap_or(0);
		let operation = self.operations.get(slot).copied().unwrap_or("nothing");
		let (a, b) = (number(pair), number(pair / NUMBERS.len()));
		format!("{operation} for a = {a:#x}, b = {b:#x}")
	}
}

/// Programs that together have all of [`OPERATIONS`].
pub fn programs() -> Vec<OperationProgram> {
	OPERATIONS
		.chunks(PER_PROGRAM)
		.map(|operations| OperationProgram { operations, sample: sample(operations) })
		.collect()
}

fn sample(operations: &[&str]) -> Sample {
	let lines: String = operations
		.iter()
		.enumerate()
		.map(|(slot, text)| format!("\toutput[place + {slot}u] = {text};\n"))
		.collect();
	let count = NUMBERS.len() as u32;
	let source = format!(
		"@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@compute @workgroup_size({count})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
	let a = input[id.x]; let b = input[id.y]; let c = input[(id.x * 7u + id.y) % {count}u];
	let i = i32(a); let j = i32(b); let k = i32(c);
	let place = (id.y * {count}u + id.x) * {PER_PROGRAM}u;
{lines}}}
"
	);
	Sample {
		source,
		inputs: vec![NUMBERS.iter().flat_map(|number| number.to_le_bytes()).collect()],
		params: Vec::new(),
		workgroups: [1, count, 1],
		output_bytes: NUMBERS.len() * NUMBERS.len() * PER_PROGRAM * 4,
		fuel: 1,
	}
}
