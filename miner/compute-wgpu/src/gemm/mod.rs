//! The matrix product, in shards that fit the device and end soon.
//!
//! Transposes are undone when the factors are packed, on the host; requantisation is the end of the
//! kernel, so that only bytes travel back. While the device works on a shard, the host packs the next
//! one and takes in the one before.

mod kernel;
mod pack;
mod tune;
mod variant;

pub(crate) use tune::Kernels;
pub use variant::{GemmVariant, GemmVariantError};

use crate::{
	ComputeError, Gpu,
	submit::{Deadline, Pending},
};
use aitbc_compute_core::gemm::{Axis, Dims, Product, SCALE_BYTES};
use pack::pack;
use std::{ops::Range, time::Duration};
use tune::Kernel;
use variant::WORD;
use wgpu::BufferUsages;

/// Multiply-adds of one dispatch on a device that a driver emulates: about a tenth of a second, so that
/// a desktop stays alive and no driver's watchdog bites.
const SHARD_OPERATIONS: usize = 1 << 31;
/// As much on a GPU, which is at least this many times as quick.
const GPU_FACTOR: usize = 8;

/// Rows and columns of C that one dispatch makes, in whole tiles but for the last ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ShardSize {
	rows: usize,
	columns: usize,
}

/// The largest shard of at most about `operations` whose matrices stay within `limit` bytes each.
fn shard_size(
	dims: Dims,
	variant: GemmVariant,
	limit: usize,
	operations: usize,
) -> Result<ShardSize, ComputeError> {
	// Bytes of a packed row of A or column of B.
	let line = variant.line_words(dims.k()) * WORD;
	let step = variant.line_step();
	let whole = |count: usize| count / step * step;
	// A tile's rows of C must fit as well as a tile's columns of B.
	let fitting = (limit / line).min(limit / (step * 4));
	let columns = whole(fitting).min(dims.n().next_multiple_of(step));
	if columns == 0 {
		return Err(ComputeError::Unsupported {
			limit: "bytes in one buffer",
			needed: (step * line.max(step * 4)) as u64,
			available: limit as u64,
		});
	}
	let quick = (operations / (line * columns)).max(step);
	let rows = (limit / line).min(limit / (columns * 4)).min(quick);
	Ok(ShardSize { rows: whole(rows).min(dims.m().next_multiple_of(step)), columns })
}

fn ranges(total: usize, step: usize) -> impl Iterator<Item = Range<usize>> {
	(0..total).step_by(step).map(move |start| start..total.min(start + step))
}

/// What one dispatch makes.
struct Shard {
	rows: Range<usize>,
	columns: Range<usize>,
}

/// Buffers of one shard at a time.
struct Slot {
	a: wgpu::Buffer,
	shape: wgpu::Buffer,
	scales: Option<wgpu::Buffer>,
	output: wgpu::Buffer,
	staging: wgpu::Buffer,
	/// What the device is making in them.
	running: Option<(Shard, Pending)>,
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
		self.product(&Product::plain(dims, a, b)?, limit)
	}

	/// The output of a product of any form.
	///
	/// # Errors
	/// If the device fails, or `limit` is over.
	pub fn product(&self, product: &Product<'_>, limit: Duration) -> Result<Vec<u8>, ComputeError> {
		self.product_in_shards(product, limit, self.binding_bytes())
	}

	/// [`Self::product`] by this way of making it, even where another is quicker.
	///
	/// # Errors
	/// As there, and if the device's buffers are too small for it.
	pub fn product_by(
		&self,
		variant: GemmVariant,
		product: &Product<'_>,
		limit: Duration,
	) -> Result<Vec<u8>, ComputeError> {
		let deadline = Deadline::after(limit);
		let _running = self.occupy();
		let shard =
			shard_size(product.dims(), variant, self.binding_bytes(), self.shard_operations())?;
		self.run_product(product, variant, shard, deadline)
	}

	/// [`Self::product`] with buffers of at most `buffer_bytes`.
	#[doc(hidden)]
	pub fn product_in_shards(
		&self,
		product: &Product<'_>,
		limit: Duration,
		buffer_bytes: usize,
	) -> Result<Vec<u8>, ComputeError> {
		let deadline = Deadline::after(limit);
		let _running = self.occupy();
		let quickest = self.variant_for(product.dims());
		let size =
			|variant| shard_size(product.dims(), variant, buffer_bytes, self.shard_operations());
		let (variant, shard) = match size(quickest) {
			Ok(shard) => (quickest, shard),
			// It has the smallest tiles.
			Err(_) => (GemmVariant::PLAIN, size(GemmVariant::PLAIN)?),
		};
		self.run_product(product, variant, shard, deadline)
	}

	/// Bytes of the largest buffer that a kernel can see.
	fn binding_bytes(&self) -> usize {
		let binding = self.limits.max_storage_buffer_binding_size.min(self.limits.max_buffer_size);
		usize::try_from(binding).unwrap_or(usize::MAX)
	}

	/// Multiply-adds of one dispatch.
	fn shard_operations(&self) -> usize {
		SHARD_OPERATIONS * if self.is_software() { 1 } else { GPU_FACTOR }
	}

	/// The product by one way of making it, whether it is quick or not.
	fn run_product(
		&self,
		product: &Product<'_>,
		variant: GemmVariant,
		shard: ShardSize,
		deadline: Deadline,
	) -> Result<Vec<u8>, ComputeError> {
		let dims = product.dims();
		let element = product.form().element_bytes();
		// A shard's output lies on the device and where the host reads, in either of two slots.
		let line = variant.line_words(dims.k()) * WORD;
		let bytes =
			4 * shard.rows * shard.columns * element + line * (2 * shard.rows + shard.columns);
		let mut output = vec![0; product.output_bytes()];
		self.guarded(bytes as u64, || {
			let kernel = self.kernel(variant, product.form().requantise)?;
			let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST;
			let b = self.buffer((line * shard.columns) as u64, usage);
			let mut slots = [0, 1].map(|_| self.slot(product, line, shard));
			for columns in ranges(dims.n(), shard.columns) {
				self.queue.write_buffer(&b, 0, &pack(&product.columns(), columns.clone(), variant));
				for rows in ranges(dims.m(), shard.rows) {
					let packed = pack(&product.rows(), rows.clone(), variant);
					slots.rotate_left(1);
					let [slot, _] = &mut slots;
					self.take_in(slot, product, variant, deadline, &mut output)?;
					self.queue.write_buffer(&slot.a, 0, &packed);
					let shard = Shard { rows, columns: columns.clone() };
					self.begin(slot, product, &kernel, &b, shard);
				}
			}
			for slot in &mut slots {
				self.take_in(slot, product, variant, deadline, &mut output)?;
			}
			Ok(())
		})?;
		Ok(output)
	}

	fn slot(&self, product: &Product<'_>, line: usize, shard: ShardSize) -> Slot {
		let form = product.form();
		let ShardSize { rows, columns } = shard;
		let output_bytes = (rows * columns * form.element_bytes()) as u64;
		let upload = BufferUsages::STORAGE | BufferUsages::COPY_DST;
		let scales = form.requantise.map(|axis| match axis {
			Axis::Row => rows,
			Axis::Column => columns,
		});
		Slot {
			a: self.buffer((line * rows) as u64, upload),
			shape: self.buffer(16, upload),
			scales: scales.map(|count| self.buffer((count * SCALE_BYTES) as u64, upload)),
			output: self.buffer(output_bytes, BufferUsages::STORAGE | BufferUsages::COPY_SRC),
			staging: self.buffer(output_bytes, BufferUsages::MAP_READ | BufferUsages::COPY_DST),
			running: None,
		}
	}

	/// Sends a shard to the device, whose rows lie in the slot already.
	fn begin(
		&self,
		slot: &mut Slot,
		product: &Product<'_>,
		kernel: &Kernel,
		b: &wgpu::Buffer,
		shard: Shard,
	) {
		let variant = kernel.variant;
		let step = variant.line_step();
		let blocks = |lines: &Range<usize>| lines.len().next_multiple_of(step) / variant.block;
		let (row_blocks, column_blocks) = (blocks(&shard.rows), blocks(&shard.columns));
		let shape: Vec<u8> = [variant.line_length(product.dims().k()), row_blocks, column_blocks]
			.iter()
			.flat_map(|&count| (count as u32).to_le_bytes())
			.collect();
		self.queue.write_buffer(&slot.shape, 0, &shape);
		let mut buffers = vec![&slot.a, b, &slot.shape];
		if let (Some(buffer), Some(axis)) = (&slot.scales, product.form().requantise) {
			let lines = match axis {
				Axis::Row => &shard.rows,
				Axis::Column => &shard.columns,
			};
			let scales = product.scales().get(lines.clone()).unwrap_or_default();
			let table: Vec<u8> = scales.iter().flat_map(|scale| scale.to_bytes()).collect();
			self.queue.write_buffer(buffer, 0, &table);
			buffers.push(buffer);
		}
		buffers.push(&slot.output);
		let group = self.bind(&kernel.layout, &buffers);
		let side = variant.workgroup();
		let workgroups = [column_blocks.div_ceil(side) as u32, row_blocks.div_ceil(side) as u32, 1];
		let elements = row_blocks * column_blocks * variant.block * variant.block;
		let bytes = (elements * product.form().element_bytes()) as u64;
		let results = [(&slot.output, bytes)];
		let pending = self.submit(&kernel.pipeline, &group, workgroups, &results, &slot.staging);
		slot.running = Some((shard, pending));
	}

	/// Waits for what a slot's shard has become, if there is one, and puts it into its place in C.
	fn take_in(
		&self,
		slot: &mut Slot,
		product: &Product<'_>,
		variant: GemmVariant,
		deadline: Deadline,
		output: &mut [u8],
	) -> Result<(), ComputeError> {
		let Some((shard, pending)) = slot.running.take() else { return Ok(()) };
		self.read_back(&slot.staging, pending, deadline, |bytes| {
			place(product, variant, output, bytes, &shard);
		})
	}
}

/// Copies a shard's product, whose rows are padded to whole tiles, to its place in C.
fn place(
	product: &Product<'_>,
	variant: GemmVariant,
	output: &mut [u8],
	bytes: &[u8],
	Shard { rows, columns }: &Shard,
) {
	let element = product.form().element_bytes();
	let padded_line = columns.len().next_multiple_of(variant.line_step()) * element;
	let line_bytes = product.dims().n() * element;
	let lines = output.chunks_exact_mut(line_bytes).skip(rows.start).take(rows.len());
	for (line, source) in lines.zip(bytes.chunks_exact(padded_line)) {
		let slot = line.get_mut(columns.start * element..columns.end * element);
		if let (Some(slot), Some(source)) = (slot, source.get(..columns.len() * element)) {
			slot.copy_from_slice(source);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use aitbc_compute_core::gemm::Lines;

	#[test]
	fn shards_should_fit_the_device() {
		let size = |dims, limit| shard_size(dims, GemmVariant::PLAIN, limit, SHARD_OPERATIONS);
		let dims = Dims::new(1000, 1000, 1000).expect("within the bounds");
		let whole = ShardSize { rows: 1000, columns: 1000 };
		assert_eq!(size(dims, 128 << 20), Ok(whole));
		let small = size(dims, 64 * 1024).expect("blocks of 8 × 8 fit");
		assert_eq!(small, ShardSize { rows: 64, columns: 64 });
		let smallest = size(dims, 8 * 1000).expect("one block fits");
		assert_eq!(smallest, ShardSize { rows: 8, columns: 8 });
		assert!(size(dims, 7999).is_err());
		let flat = Dims::new(1, 1, 9).expect("within the bounds");
		assert_eq!(size(flat, 256), Ok(ShardSize { rows: 8, columns: 8 }));
		assert!(size(flat, 255).is_err());
		let large = Dims::new(4096, 4096, 4096).expect("within the bounds");
		let shard = size(large, 128 << 20).expect("fits");
		assert!(shard.rows * shard.columns * 4096 <= SHARD_OPERATIONS);
	}

	#[test]
	fn packing_should_pad_with_zeros_however_lines_are_stored() {
		let bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
		// Two steps of eight words.
		let mut expected = vec![0; 64];
		expected[..8].copy_from_slice(&[1, 2, 3, 4, 6, 7, 8, 9]);
		expected[32] = 5;
		expected[36] = 10;
		let lines = Lines { bytes: &bytes, count: 2, k: 5, contiguous: true };
		assert_eq!(pack(&lines, 0..2, GemmVariant::PLAIN), expected);
		let transposed = [1, 6, 2, 7, 3, 8, 4, 9, 5, 10];
		let lines = Lines { bytes: &transposed, contiguous: false, ..lines };
		assert_eq!(pack(&lines, 0..2, GemmVariant::PLAIN), expected);
		let mut second = vec![0; 64];
		second[..4].copy_from_slice(&[6, 7, 8, 9]);
		second[32] = 10;
		assert_eq!(pack(&lines, 1..2, GemmVariant::PLAIN), second);
		// Tiles of 64 lines and 16 words.
		let tiled = GemmVariant { block: 4, means: variant::Means::SharedWords };
		assert_eq!(pack(&lines, 1..2, tiled).len(), 16 * 64 * WORD);
	}
}
