// clamp(⌊(sum · multiplier + 2^(shift − 1)) / 2^shift⌋, −128, 127) as a byte (INV-COMPUTE-24), without
// 64-bit integers: two words, of products of 16-bit halves. scale.x is the multiplier, scale.y the
// shift, 1 to 62.
fn requantise(sum: i32, scale: vec2<u32>) -> u32 {
	let word = bitcast<u32>(sum);
	let low = vec2<u32>(word & 0xffffu, scale.x & 0xffffu);
	let high = vec2<u32>(word >> 16u, scale.x >> 16u);
	let lowest = low.x * low.y;
	let middle = high.x * low.y + (lowest >> 16u);
	let carried = low.x * high.y + (middle & 0xffffu);
	let product_low = (carried << 16u) | (lowest & 0xffffu);
	// As unsigned numbers, a negative sum was 2^32 too large.
	let excess = select(0u, scale.x, sum < 0);
	let product_high = high.x * high.y + (middle >> 16u) + (carried >> 16u) - excess;
	let half = 1u << ((scale.y - 1u) & 31u);
	let half_is_low = scale.y <= 32u;
	let rounded_low = product_low + select(0u, half, half_is_low);
	let carry = select(0u, 1u, rounded_low < product_low);
	let rounded = bitcast<i32>(product_high + select(half, 0u, half_is_low) + carry);
	let by = scale.y & 31u;
	var result = rounded >> by;
	if scale.y < 32u {
		let quotient = bitcast<i32>((rounded_low >> by) | (bitcast<u32>(rounded) << (32u - by)));
		// Where the upper word holds more than the sign, the quotient is out of range on its side.
		let limit = select(127, -128, rounded < 0);
		result = select(limit, quotient, result == quotient >> 31u);
	}
	return bitcast<u32>(clamp(result, -128, 127)) & 0xffu;
}
