//! The matrix product, in shards that fit the device and end soon.

use crate::{
	ComputeError, Gpu,
	submit::{Deadline, Dispatch},
};
use aitbc_compute_core::gemm::Dims;
use std::{ops::Range, time::Duration};

const SOURCE: &str = include_str!("gemm.wgsl");
/// Rows and columns of one invocation's block.
const BLOCK: usize = 8;
/// Elements along k in one word, one byte each.
const WORD: usize = 4;
/// Blocks of one workgroup in each direction.
const WORKGROUP: usize = 8;
/// Multiply-adds of one dispatch: about a tenth of a second on a software device, so that a desktop
/// that shares the GPU stays alive and no driver's watchdog bites.
const SHARD_OPERATIONS: usize = 1 << 31;

/// Rows and columns of C that one dispatch makes, in whole blocks but for the last ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ShardSize {
	rows: usize,
	columns: usize,
}

/// The largest shard whose matrices stay within `limit` bytes each.
fn shard_size(dims: Dims, limit: usize) -> Result<ShardSize, ComputeError> {
	// Bytes of a packed row of A or column of B.
	let line = dims.k().next_multiple_of(WORD);
	let whole_blocks = |count: usize| count / BLOCK * BLOCK;
	// A block's rows of C must fit as well as a block's columns of B.
	let fitting = (limit / line).min(limit / (BLOCK * 4));
	let columns = whole_blocks(fitting).min(dims.n().next_multiple_of(BLOCK));
	if columns == 0 {
		return Err(ComputeError::Unsupported {
			limit: "bytes in one buffer",
			needed: (BLOCK * line.max(BLOCK * 4)) as u64,
			available: limit as u64,
		});
	}
	let quick = (SHARD_OPERATIONS / (line * columns)).max(BLOCK);
	let rows = (limit / line).min(limit / (columns * 4)).min(quick);
	Ok(ShardSize { rows: whole_blocks(rows).min(dims.m().next_multiple_of(BLOCK)), columns })
}

fn ranges(total: usize, step: usize) -> impl Iterator<Item = Range<usize>> {
	(0..total).step_by(step).map(move |start| start..total.min(start + step))
}

/// Words of A for `rows`: for each step along k a word of every row, zeros past the edges. Bytes.
fn pack_a(dims: Dims, a: &[u8], rows: Range<usize>) -> Vec<u8> {
	let width = rows.len().next_multiple_of(BLOCK);
	let steps = dims.k().div_ceil(WORD);
	let mut packed = vec![0; steps * width * WORD];
	let lines = a.chunks_exact(dims.k()).skip(rows.start).take(rows.len());
	for (row, line) in lines.enumerate() {
		for (step, word) in line.chunks(WORD).enumerate() {
			let start = (step * width + row) * WORD;
			if let Some(slot) = packed.get_mut(start..start + word.len()) {
				slot.copy_from_slice(word);
			}
		}
	}
	packed
}

/// Words of B for `columns`: for each step along k a word of every column, zeros past the edges. Bytes.
fn pack_b(dims: Dims, b: &[u8], columns: Range<usize>) -> Vec<u8> {
	let width = columns.len().next_multiple_of(BLOCK);
	let steps = dims.k().div_ceil(WORD);
	let mut packed = vec![0; steps * width * WORD];
	let lines_of_steps = b.chunks(dims.n() * WORD);
	for (words, lines) in packed.chunks_exact_mut(width * WORD).zip(lines_of_steps) {
		for (lane, line) in lines.chunks_exact(dims.n()).enumerate() {
			let elements = line.iter().skip(columns.start).take(columns.len());
			for (word, &element) in words.chunks_exact_mut(WORD).zip(elements) {
				if let Some(slot) = word.get_mut(lane) {
					*slot = element;
				}
			}
		}
	}
	packed
}

impl Gpu {
	/// C = A·B (INV-COMPUTE-3): `a` is m·k bytes, `b` k·n bytes, the result 4·m·n bytes.
	///
	/// # Errors
	/// If a matrix has not the size of its shape, the device fails, or `limit` is over.
	pub fn gemm(
		&self,
		dims: Dims,
		a: &[u8],
		b: &[u8],
		limit: Duration,
	) -> Result<Vec<u8>, ComputeError> {
		let binding = self.limits.max_storage_buffer_binding_size.min(self.limits.max_buffer_size);
		self.gemm_in_shards(dims, a, b, limit, usize::try_from(binding).unwrap_or(usize::MAX))
	}

	/// [`Self::gemm`] with buffers of at most `buffer_bytes`.
	#[doc(hidden)]
	pub fn gemm_in_shards(
		&self,
		dims: Dims,
		a: &[u8],
		b: &[u8],
		limit: Duration,
		buffer_bytes: usize,
	) -> Result<Vec<u8>, ComputeError> {
		dims.check_inputs(a, b)?;
		let deadline = Deadline::after(limit);
		let shard = shard_size(dims, buffer_bytes)?;
		let _running = self.occupy();
		let mut output = vec![0; dims.output_bytes()];
		let bytes = shard.rows * shard.columns * 8 + dims.k() * (shard.rows + shard.columns);
		self.guarded(bytes as u64, || {
			let layout = self.buffer_layout(3, 1)?;
			let pipeline = self.pipeline(wgpu::ShaderSource::Wgsl(SOURCE.into()), &layout);
			for columns in ranges(dims.n(), shard.columns) {
				let packed_b = pack_b(dims, b, columns.clone());
				for rows in ranges(dims.m(), shard.rows) {
					let packed_a = pack_a(dims, a, rows.clone());
					let row_blocks = rows.len().div_ceil(BLOCK);
					let column_blocks = columns.len().div_ceil(BLOCK);
					let steps = dims.k().div_ceil(WORD);
					let shape: Vec<u8> = [steps, row_blocks, column_blocks]
						.iter()
						.flat_map(|&count| (count as u32).to_le_bytes())
						.collect();
					let dispatch = Dispatch {
						pipeline: &pipeline,
						layout: &layout,
						inputs: &[&packed_a, &packed_b, &shape],
						control: &[],
						output_bytes: (row_blocks * column_blocks * BLOCK * BLOCK * 4) as u64,
						workgroups: [
							column_blocks.div_ceil(WORKGROUP) as u32,
							row_blocks.div_ceil(WORKGROUP) as u32,
							1,
						],
					};
					self.dispatch(&dispatch, deadline, |product| {
						place(dims, &mut output, product, &rows, &columns);
					})?;
				}
			}
			Ok(())
		})?;
		Ok(output)
	}
}

/// Copies a shard's product, whose rows are padded to whole blocks, to its place in C.
fn place(
	dims: Dims,
	output: &mut [u8],
	product: &[u8],
	rows: &Range<usize>,
	columns: &Range<usize>,
) {
	let padded_line = columns.len().next_multiple_of(BLOCK) * 4;
	let lines = output.chunks_exact_mut(dims.n() * 4).skip(rows.start).take(rows.len());
	for (line, source) in lines.zip(product.chunks_exact(padded_line)) {
		let slot = line.get_mut(columns.start * 4..columns.end * 4);
		if let (Some(slot), Some(source)) = (slot, source.get(..columns.len() * 4)) {
			slot.copy_from_slice(source);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn shards_should_fit_the_device() {
		let dims = Dims::new(1000, 1000, 1000).expect("within the bounds");
		let whole = ShardSize { rows: 1000, columns: 1000 };
		assert_eq!(shard_size(dims, 128 << 20), Ok(whole));
		let small = shard_size(dims, 64 * 1024).expect("blocks of 8 × 8 fit");
		assert_eq!(small, ShardSize { rows: 64, columns: 64 });
		let smallest = shard_size(dims, 8 * 1000).expect("one block fits");
		assert_eq!(smallest, ShardSize { rows: 8, columns: 8 });
		assert!(shard_size(dims, 7999).is_err());
		let flat = Dims::new(1, 1, 9).expect("within the bounds");
		assert_eq!(shard_size(flat, 256), Ok(ShardSize { rows: 8, columns: 8 }));
		assert!(shard_size(flat, 255).is_err());
		let large = Dims::new(4096, 4096, 4096).expect("within the bounds");
		let shard = shard_size(large, 128 << 20).expect("fits");
		assert!(shard.rows * shard.columns * 4096 <= SHARD_OPERATIONS);
	}

	#[test]
	fn packing_should_pad_with_zeros() {
		let dims = Dims::new(2, 5, 1).expect("within the bounds");
		let a = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
		// Two steps of eight words.
		let mut expected = vec![0; 64];
		expected[..8].copy_from_slice(&[1, 2, 3, 4, 6, 7, 8, 9]);
		expected[32] = 5;
		expected[36] = 10;
		assert_eq!(pack_a(dims, &a, 0..2), expected);
		let mut expected = vec![0; 64];
		expected[..4].copy_from_slice(&[1, 2, 3, 4]);
		expected[32] = 5;
		assert_eq!(pack_b(dims, &[1, 2, 3, 4, 5], 0..1), expected);
	}
}
