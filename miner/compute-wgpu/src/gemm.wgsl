// int8 matrix product: every invocation makes a block of 4 × 4 elements of C.
//
// Four bytes along k lie in one word, so that `dot4I8Packed` takes four multiply-adds at once. Words
// are ordered by k first: neighbours in x read neighbouring words of B and the same words of A.

// [step][row block]: step s, rows 4r to 4r + 3.
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
// [step][column block].
@group(0) @binding(1) var<storage, read> b: array<vec4<u32>>;
// Steps (words along k), row blocks, column blocks.
@group(0) @binding(2) var<storage, read> shape: array<u32>;
// [row][column block].
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
	var sum_0 = vec4<i32>();
	var sum_1 = vec4<i32>();
	var sum_2 = vec4<i32>();
	var sum_3 = vec4<i32>();
	var at_a = id.y;
	var at_b = id.x;
	for (var step = 0u; step < steps; step++) {
		let words_a = a[at_a];
		let words_b = b[at_b];
		sum_0 += products(words_a.x, words_b);
		sum_1 += products(words_a.y, words_b);
		sum_2 += products(words_a.z, words_b);
		sum_3 += products(words_a.w, words_b);
		at_a += row_blocks;
		at_b += column_blocks;
	}
	let first = 4u * id.y * column_blocks + id.x;
	c[first] = sum_0;
	c[first + column_blocks] = sum_1;
	c[first + 2u * column_blocks] = sum_2;
	c[first + 3u * column_blocks] = sum_3;
}
