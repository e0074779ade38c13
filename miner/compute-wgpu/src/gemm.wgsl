// int8 matrix product: every invocation makes a block of 8 × 8 elements of C.
//
// Four bytes along k lie in one word, so that `dot4I8Packed` takes four multiply-adds at once. Words
// are ordered by k first: neighbours in x read neighbouring words of B and the same words of A. What
// costs time is reading, not multiplying; hence the large block.

// [step][row block][half]: step s, rows 8r to 8r + 3 and 8r + 4 to 8r + 7.
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
// [step][column block][half].
@group(0) @binding(1) var<storage, read> b: array<vec4<u32>>;
// Steps (words along k), row blocks, column blocks.
@group(0) @binding(2) var<storage, read> shape: array<u32>;
// [row][column block][half].
@group(0) @binding(3) var<storage, read_write> c: array<vec4<i32>>;

fn products(word: u32, words: vec4<u32>) -> vec4<i32> {
	return vec4<i32>(
		dot4I8Packed(word, words.x),
		dot4I8Packed(word, words.y),
		dot4I8Packed(word, words.z),
		dot4I8Packed(word, words.w),
	);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
	let steps = shape[0];
	let row_blocks = shape[1];
	let column_blocks = shape[2];
	if id.x >= column_blocks || id.y >= row_blocks {
		return;
	}
	// Row by row, the left and the right half of the block.
	var left_0 = vec4<i32>();
	var right_0 = vec4<i32>();
	var left_1 = vec4<i32>();
	var right_1 = vec4<i32>();
	var left_2 = vec4<i32>();
	var right_2 = vec4<i32>();
	var left_3 = vec4<i32>();
	var right_3 = vec4<i32>();
	var left_4 = vec4<i32>();
	var right_4 = vec4<i32>();
	var left_5 = vec4<i32>();
	var right_5 = vec4<i32>();
	var left_6 = vec4<i32>();
	var right_6 = vec4<i32>();
	var left_7 = vec4<i32>();
	var right_7 = vec4<i32>();
	var at_a = 2u * id.y;
	var at_b = 2u * id.x;
	for (var step = 0u; step < steps; step++) {
		let upper = a[at_a];
		let lower = a[at_a + 1u];
		let left = b[at_b];
		let right = b[at_b + 1u];
		left_0 += products(upper.x, left);
		right_0 += products(upper.x, right);
		left_1 += products(upper.y, left);
		right_1 += products(upper.y, right);
		left_2 += products(upper.z, left);
		right_2 += products(upper.z, right);
		left_3 += products(upper.w, left);
		right_3 += products(upper.w, right);
		left_4 += products(lower.x, left);
		right_4 += products(lower.x, right);
		left_5 += products(lower.y, left);
		right_5 += products(lower.y, right);
		left_6 += products(lower.z, left);
		right_6 += products(lower.z, right);
		left_7 += products(lower.w, left);
		right_7 += products(lower.w, right);
		at_a += 2u * row_blocks;
		at_b += 2u * column_blocks;
	}
	let line = 2u * column_blocks;
	let first = 8u * id.y * line + 2u * id.x;
	c[first] = left_0;
	c[first + 1u] = right_0;
	c[first + line] = left_1;
	c[first + line + 1u] = right_1;
	c[first + 2u * line] = left_2;
	c[first + 2u * line + 1u] = right_2;
	c[first + 3u * line] = left_3;
	c[first + 3u * line + 1u] = right_3;
	c[first + 4u * line] = left_4;
	c[first + 4u * line + 1u] = right_4;
	c[first + 5u * line] = left_5;
	c[first + 5u * line + 1u] = right_5;
	c[first + 6u * line] = left_6;
	c[first + 6u * line + 1u] = right_6;
	c[first + 7u * line] = left_7;
	c[first + 7u * line + 1u] = right_7;
}
