//! The shaders of the matrix product, written out for each block size: one family for words of four
//! elements, of which the following speaks, and one for the device's matrix units ([`write_matrices`]).
//!
//! Four elements of a line, one byte each, lie in one word, so that `dot4I8Packed` takes four
//! multiply-adds at once. Words are ordered by k first: neighbours in x read neighbouring words of B and
//! the same words of A. What costs time is reading, not multiplying; hence blocks of several rows and
//! columns for each invocation, and tiles that a workgroup shares.

use super::variant::{EXACT_TERMS, GemmVariant, Means, VECTOR};
use aitbc_compute_core::gemm::Axis;
use std::fmt::Write;

/// What a kernel of words begins with, and one of matrix units. Lengths are in words along k (steps) and in blocks.
const HEAD: &str = include_str!("head.wgsl");
const MATRIX_HEAD: &str = include_str!("matrix.wgsl");
const REQUANTISE: &str = include_str!("requantise.wgsl");

const COMPONENTS: [char; VECTOR] = ['x', 'y', 'z', 'w'];

/// The shader's source. `lanes` are the invocations that use the device's matrix units together.
pub(super) fn source(variant: GemmVariant, requantise: Option<Axis>, lanes: u32) -> String {
	let mut text = String::new();
	// Writing to a string does not fail.
	let _ = match variant.means {
		Means::Words | Means::SharedWords => write_words(&mut text, variant, requantise),
		Means::Matrices(side) => {
			write_matrices(&mut text, variant.block, side as usize, lanes, requantise)
		}
	};
	text
}

/// What the product is written to, and how an element is requantised.
fn write_output(text: &mut String, requantise: Option<Axis>) -> std::fmt::Result {
	if requantise.is_none() {
		return writeln!(
			text,
			"@group(0) @binding(3) var<storage, read_write> c: array<vec4<i32>>;"
		);
	}
	writeln!(text, "@group(0) @binding(3) var<storage, read> scales: array<vec2<u32>>;")?;
	writeln!(text, "@group(0) @binding(4) var<storage, read_write> c: array<u32>;")?;
	text.push_str(REQUANTISE);
	Ok(())
}

/// The word of four neighbouring sums, each with its scale.
fn requantised(sums: impl Iterator<Item = String>, scale: impl Fn(usize) -> String) -> String {
	let byte = |(lane, sum)| format!("requantise({sum}, {}) << {}u", scale(lane), 8 * lane);
	sums.enumerate().map(byte).collect::<Vec<_>>().join(" | ")
}

/// A workgroup makes a block of float matrices, [`EXACT_TERMS`] products to a sum at a time, and adds them
/// up as integers in its own memory.
fn write_matrices(
	text: &mut String,
	block: usize,
	side: usize,
	lanes: u32,
	requantise: Option<Axis>,
) -> std::fmt::Result {
	let (count, elements, quads) = (block / side, block * block, block / VECTOR);
	let tiles = || (0..count).flat_map(|i| (0..count).map(move |j| (i, j)));
	writeln!(text, "enable f16;\nenable wgpu_cooperative_matrix;")?;
	text.push_str(MATRIX_HEAD);
	write_output(text, requantise)?;
	writeln!(text, "var<workgroup> floats: array<f32, {elements}>;")?;
	writeln!(text, "var<workgroup> sums: array<i32, {elements}>;")?;
	writeln!(text, "@compute @workgroup_size({lanes})")?;
	writeln!(text, "fn main(")?;
	writeln!(text, "\t@builtin(local_invocation_index) index: u32,")?;
	writeln!(text, "\t@builtin(workgroup_id) group: vec3<u32>,")?;
	writeln!(text, ") {{")?;
	writeln!(text, "\tlet line = shape.x;")?;
	writeln!(text, "\tlet row = {block}u * group.y;")?;
	writeln!(text, "\tlet column = {block}u * group.x;")?;
	let each = format!("for (var at = index; at < {elements}u; at += {lanes}u)");
	writeln!(text, "\t{each} {{ sums[at] = 0; }}")?;
	writeln!(text, "\tfor (var part = 0u; part < line; part += {EXACT_TERMS}u) {{")?;
	writeln!(text, "\t\tlet end = min(part + {EXACT_TERMS}u, line);")?;
	for (i, j) in tiles() {
		writeln!(text, "\t\tvar c_{i}_{j} = coop_mat{side}x{side}<f32, C>();")?;
	}
	writeln!(text, "\t\tfor (var at = part; at < end; at += {side}u) {{")?;
	for i in 0..count {
		let line = i * side;
		// Both factors' lines lie side by side: rows of A, columns of B.
		writeln!(
			text,
			"\t\t\tlet a_{i} = coopLoadT<coop_mat{side}x{side}<f16, A>>(&a[(row + {line}u) * line + at], line);"
		)?;
		writeln!(
			text,
			"\t\t\tlet b_{i} = coopLoad<coop_mat{side}x{side}<f16, B>>(&b[(column + {line}u) * line + at], line);"
		)?;
	}
	for (i, j) in tiles() {
		writeln!(text, "\t\t\tc_{i}_{j} = coopMultiplyAdd(a_{i}, b_{j}, c_{i}_{j});")?;
	}
	writeln!(text, "\t\t}}")?;
	for (i, j) in tiles() {
		let first = i * side * block + j * side;
		writeln!(text, "\t\tcoopStoreT(c_{i}_{j}, &floats[{first}u], {block}u);")?;
	}
	writeln!(text, "\t\tworkgroupBarrier();")?;
	writeln!(text, "\t\t{each} {{ sums[at] += i32(floats[at]); }}")?;
	writeln!(text, "\t\tworkgroupBarrier();")?;
	writeln!(text, "\t}}")?;
	writeln!(text, "\tfor (var quad = index; quad < {}u; quad += {lanes}u) {{", elements / VECTOR)?;
	writeln!(text, "\t\tlet i = row + quad / {quads}u;")?;
	writeln!(text, "\t\tlet j = quad % {quads}u;")?;
	writeln!(text, "\t\tlet slot = i * ({quads}u * shape.z) + {quads}u * group.x + j;")?;
	let sums = (0..VECTOR).map(|lane| format!("sums[{VECTOR}u * quad + {lane}u]"));
	let value = match requantise {
		None => format!("vec4<i32>({})", sums.collect::<Vec<_>>().join(", ")),
		Some(axis) => {
			let scale = |lane| match axis {
				Axis::Row => "scales[i]".to_string(),
				Axis::Column => format!("scales[column + {VECTOR}u * j + {lane}u]"),
			};
			requantised(sums, scale)
		}
	};
	writeln!(text, "\t\tc[slot] = {value};")?;
	writeln!(text, "\t}}\n}}")
}

/// Every invocation makes a block of its own.
fn write_words(
	text: &mut String,
	variant: GemmVariant,
	requantise: Option<Axis>,
) -> std::fmt::Result {
	let (block, shared) = (variant.block, variant.means == Means::SharedWords);
	let (side, vectors) = (variant.workgroup(), block / VECTOR);
	text.push_str(HEAD);
	write_output(text, requantise)?;
	if shared {
		let size = side * side;
		writeln!(text, "var<workgroup> tile_a: array<vec4<u32>, {size}>;")?;
		writeln!(text, "var<workgroup> tile_b: array<vec4<u32>, {size}>;")?;
	}
	writeln!(text, "@compute @workgroup_size({side}, {side})")?;
	writeln!(text, "fn main(")?;
	writeln!(text, "\t@builtin(global_invocation_id) id: vec3<u32>,")?;
	writeln!(text, "\t@builtin(local_invocation_id) local: vec3<u32>,")?;
	writeln!(text, "\t@builtin(local_invocation_index) index: u32,")?;
	writeln!(text, "\t@builtin(workgroup_id) group: vec3<u32>,")?;
	writeln!(text, ") {{")?;
	writeln!(text, "\tlet steps = shape.x;")?;
	writeln!(text, "\tlet line_a = {vectors}u * shape.y;")?;
	writeln!(text, "\tlet line_b = {vectors}u * shape.z;")?;
	for row in 0..block {
		for half in 0..vectors {
			writeln!(text, "\tvar sum_{row}_{half} = vec4<i32>();")?;
		}
	}
	if shared {
		write_shared_loop(text, variant)?
	} else {
		write_plain_loop(text, variant)?
	}
	write_end(text, variant, requantise)
}

/// Every invocation reads for itself.
fn write_plain_loop(text: &mut String, variant: GemmVariant) -> std::fmt::Result {
	let vectors = variant.block / VECTOR;
	// No invocation is missed at a barrier: there is none.
	writeln!(text, "\tif id.y >= shape.y || id.x >= shape.z {{ return; }}")?;
	writeln!(text, "\tvar at_a = {vectors}u * id.y;")?;
	writeln!(text, "\tvar at_b = {vectors}u * id.x;")?;
	writeln!(text, "\tfor (var step = 0u; step < steps; step++) {{")?;
	for half in 0..vectors {
		writeln!(text, "\t\tlet a_{half} = a[at_a + {half}u];")?;
		writeln!(text, "\t\tlet b_{half} = b[at_b + {half}u];")?;
	}
	write_products(text, variant)?;
	writeln!(text, "\t\tat_a += line_a;")?;
	writeln!(text, "\t\tat_b += line_b;")?;
	writeln!(text, "\t}}")
}

/// A workgroup copies some steps of its rows and columns, then every invocation reads the copies.
fn write_shared_loop(text: &mut String, variant: GemmVariant) -> std::fmt::Result {
	let vectors = variant.block / VECTOR;
	let (words, line) = (variant.word_step(), vectors * variant.workgroup());
	writeln!(text, "\tvar at_a = index / {line}u * line_a + {line}u * group.y + index % {line}u;")?;
	writeln!(text, "\tvar at_b = index / {line}u * line_b + {line}u * group.x + index % {line}u;")?;
	writeln!(text, "\tfor (var step = 0u; step < steps; step += {words}u) {{")?;
	writeln!(text, "\t\tworkgroupBarrier();")?;
	writeln!(text, "\t\ttile_a[index] = a[at_a];")?;
	writeln!(text, "\t\ttile_b[index] = b[at_b];")?;
	writeln!(text, "\t\tworkgroupBarrier();")?;
	writeln!(text, "\t\tat_a += {words}u * line_a;")?;
	writeln!(text, "\t\tat_b += {words}u * line_b;")?;
	writeln!(text, "\t\tfor (var word = 0u; word < {words}u; word++) {{")?;
	for half in 0..vectors {
		writeln!(
			text,
			"\t\tlet a_{half} = tile_a[word * {line}u + {vectors}u * local.y + {half}u];"
		)?;
		writeln!(
			text,
			"\t\tlet b_{half} = tile_b[word * {line}u + {vectors}u * local.x + {half}u];"
		)?;
	}
	write_products(text, variant)?;
	writeln!(text, "\t\t}}")?;
	writeln!(text, "\t}}")
}

fn write_products(text: &mut String, variant: GemmVariant) -> std::fmt::Result {
	for row in 0..variant.block {
		let component = COMPONENTS.get(row % VECTOR).unwrap_or(&'x');
		for half in 0..variant.block / VECTOR {
			let word = format_args!("a_{}.{component}", row / VECTOR);
			writeln!(text, "\t\tsum_{row}_{half} += products({word}, b_{half});")?;
		}
	}
	Ok(())
}

/// Stores the block.
fn write_end(
	text: &mut String,
	variant: GemmVariant,
	requantise: Option<Axis>,
) -> std::fmt::Result {
	let GemmVariant { block, .. } = variant;
	let vectors = block / VECTOR;
	writeln!(text, "\tlet row = {block}u * id.y;")?;
	writeln!(text, "\tlet column = {block}u * id.x;")?;
	writeln!(text, "\tlet first = row * line_b + {vectors}u * id.x;")?;
	for row in 0..block {
		for half in 0..vectors {
			let slot = format!("c[first + {row}u * line_b + {half}u]");
			let sum = format!("sum_{row}_{half}");
			let Some(axis) = requantise else {
				writeln!(text, "\t{slot} = {sum};")?;
				continue;
			};
			let scale = |lane: usize| match axis {
				Axis::Row => format!("scales[row + {row}u]"),
				Axis::Column => format!("scales[column + {}u]", half * VECTOR + lane),
			};
			let sums = COMPONENTS.iter().map(|component| format!("{sum}.{component}"));
			writeln!(text, "\t{slot} = {};", requantised(sums, scale))?;
		}
	}
	writeln!(text, "}}")
}
