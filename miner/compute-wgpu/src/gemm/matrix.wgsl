// Rows of A, one after another.
@group(0) @binding(0) var<storage, read> a: array<f16>;
// Columns of B, one after another.
@group(0) @binding(1) var<storage, read> b: array<f16>;
// Elements of a line, row blocks, column blocks.
@group(0) @binding(2) var<storage, read> shape: vec3<u32>;
