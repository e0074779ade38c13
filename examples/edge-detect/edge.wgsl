// Edge detection: the Sobel operator on a picture, in integers, so that every device gives the same
// picture bit for bit.
//
// Dispatch ceil(width / 8) × ceil(height / 8) × 1 workgroups.

// One pixel in a word: red in the lowest byte, then green, blue, alpha; rows from top to bottom.
@group(0) @binding(0) var<storage, read> pixels: array<u32>;
// Width and height in pixels.
@group(0) @binding(1) var<storage, read> size: array<u32>;
// The edges: grey, opaque, as many pixels as the picture has.
@group(0) @binding(2) var<storage, read_write> edges: array<u32>;

// Brightness from 0 to 255 after ITU-R BT.601, in 256ths: 77 + 150 + 29 = 256.
// Outside of the picture lie copies of its border.
fn brightness(x: i32, y: i32) -> i32 {
	let column = clamp(x, 0i, i32(size[0]) - 1i);
	let row = clamp(y, 0i, i32(size[1]) - 1i);
	let pixel = pixels[u32(row) * size[0] + u32(column)];
	let red = pixel & 0xffu;
	let green = (pixel >> 8u) & 0xffu;
	let blue = (pixel >> 16u) & 0xffu;
	return i32((77u * red + 150u * green + 29u * blue) >> 8u);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
	if id.x >= size[0] || id.y >= size[1] {
		return;
	}
	let x = i32(id.x);
	let y = i32(id.y);

	let top_left = brightness(x - 1i, y - 1i);
	let top = brightness(x, y - 1i);
	let top_right = brightness(x + 1i, y - 1i);
	let left = brightness(x - 1i, y);
	let right = brightness(x + 1i, y);
	let bottom_left = brightness(x - 1i, y + 1i);
	let bottom = brightness(x, y + 1i);
	let bottom_right = brightness(x + 1i, y + 1i);

	let across = top_right + 2i * right + bottom_right - top_left - 2i * left - bottom_left;
	let down = bottom_left + 2i * bottom + bottom_right - top_left - 2i * top - top_right;
	let edge = u32(min(abs(across) + abs(down), 255i));

	edges[id.y * size[0] + id.x] = edge | (edge << 8u) | (edge << 16u) | 0xff000000u;
}
