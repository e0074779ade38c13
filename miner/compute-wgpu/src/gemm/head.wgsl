// [step][row], four rows in a vector: four elements of a row of A in each word.
@group(0) @binding(0) var<storage, read> a: array<vec4<u32>>;
// [step][column].
@group(0) @binding(1) var<storage, read> b: array<vec4<u32>>;
// Steps (words along k), row blocks, column blocks.
@group(0) @binding(2) var<storage, read> shape: vec3<u32>;

fn products(word: u32, words: vec4<u32>) -> vec4<i32> {
	return vec4<i32>(
		dot4I8Packed(word, words.x),
		dot4I8Packed(word, words.y),
		dot4I8Packed(word, words.z),
		dot4I8Packed(word, words.w),
	);
}

