//! The product on a processor, quickly: register blocks, packed factors, all threads.
//!
//! An int8 times an int8 fits int16 × int16 → int32, and processors multiply pairs of int16 and add
//! each pair's products in one instruction. So lines are packed as *pairs*: one 32-bit word holds two
//! neighbouring elements of a line as int16. [`ROWS`] rows of A and [`COLUMNS`] columns of B make a tile
//! of C, whose sums stay in registers over the whole length of the lines.
//!
//! The way of blocking is that of K. Goto and R. van de Geijn, *Anatomy of high-performance matrix
//! multiplication*, 2008. Sums are exact, so their order does not matter.

use super::{Form, Lines, Product, Scale, int8};
use crate::processor;
use alloc::{vec, vec::Vec};

/// Rows of a tile: with [`COLUMNS`], what sixteen 256-bit registers can hold.
const ROWS: usize = 6;
/// Columns of a tile.
const COLUMNS: usize = 16;
/// Most rows that one thread takes at a time: they are packed once for all columns, and stay in the
/// second-level cache if k is not huge.
const STRIP_ROWS: usize = 8 * ROWS;
/// Multiply-adds, about three milliseconds of them, below which starting threads, and waiting for one that
/// a busy machine has put aside, costs more than it gains.
const THREADS_FROM: u64 = 1 << 28;

/// Two int16: the element at an even place of a line in the lower half, its neighbour in the upper.
type Pair = i32;
type Tile = [[i32; COLUMNS]; ROWS];

fn pair(even: u8, odd: u8) -> Pair {
	i32::from(int8(even)) & 0xffff | i32::from(int8(odd)) << 16
}

/// Packs the lines from `first` on into a panel: for each pair along k, that of every line. Zeros stand
/// for lines and elements that are not there.
#[inline(always)]
fn pack<const WIDTH: usize>(lines: &Lines<'_>, first: usize, panel: &mut [[Pair; WIDTH]]) {
	if lines.contiguous {
		for (slot, line) in lines.bytes.chunks_exact(lines.k).skip(first).take(WIDTH).enumerate() {
			for (pairs, elements) in panel.iter_mut().zip(line.chunks(2)) {
				if let ([x, rest @ ..], Some(word)) = (elements, pairs.get_mut(slot)) {
					*word = pair(*x, rest.first().copied().unwrap_or(0));
				}
			}
		}
	} else {
		for (pairs, elements) in panel.iter_mut().zip(lines.bytes.chunks(2 * lines.count)) {
			let (even, odd) = elements.split_at(lines.count);
			let even = even.get(first..).unwrap_or_default();
			let odd = odd.get(first..).unwrap_or_default();
			for (word, (x, y)) in pairs.iter_mut().zip(even.iter().zip(odd)) {
				*word = pair(*x, *y);
			}
			// The last step of an odd k.
			if odd.is_empty() {
				for (word, x) in pairs.iter_mut().zip(even) {
					*word = pair(*x, 0);
				}
			}
		}
	}
}

/// What makes a tile from two panels.
trait Multiplier: Copy {
	fn tile(self, rows: &[[Pair; ROWS]], columns: &[[Pair; COLUMNS]]) -> Tile;
}

/// Whatever the compiler makes of it.
#[derive(Clone, Copy)]
struct Portable;

impl Multiplier for Portable {
	#[inline(always)]
	fn tile(self, rows: &[[Pair; ROWS]], columns: &[[Pair; COLUMNS]]) -> Tile {
		let even = |pair: Pair| pair << 16 >> 16;
		let odd = |pair: Pair| pair >> 16;
		let mut tile = [[0; COLUMNS]; ROWS];
		for (rows, columns) in rows.iter().zip(columns) {
			for (sums, &x) in tile.iter_mut().zip(rows) {
				for (sum, &y) in sums.iter_mut().zip(columns) {
					let both = even(x) * even(y) + odd(x) * odd(y);
					*sum = both.wrapping_add(*sum);
				}
			}
		}
		tile
	}
}

#[cfg(all(feature = "std", target_arch = "x86_64"))]
impl Multiplier for processor::Vectors {
	#[inline(always)]
	fn tile(self, rows: &[[Pair; ROWS]], columns: &[[Pair; COLUMNS]]) -> Tile {
		let (avx, avx2) = (self.avx, self.avx2);
		let mut tile = [[avx._mm256_setzero_si256(); 2]; ROWS];
		for (rows, columns) in rows.iter().zip(columns) {
			let [left, right] = pulp::cast(*columns);
			for (sums, &x) in tile.iter_mut().zip(rows) {
				let x = avx._mm256_set1_epi32(x);
				let [sum_left, sum_right] = sums;
				*sum_left = avx2._mm256_add_epi32(*sum_left, avx2._mm256_madd_epi16(x, left));
				*sum_right = avx2._mm256_add_epi32(*sum_right, avx2._mm256_madd_epi16(x, right));
			}
		}
		pulp::cast(tile)
	}
}

/// Some rows of the output and what they are made from.
struct Strip<'a> {
	product: &'a Product<'a>,
	/// Panels of B, one after another.
	columns: &'a [[Pair; COLUMNS]],
	/// The first row.
	first: usize,
	/// Whole rows, at most [`STRIP_ROWS`].
	output: &'a mut [u8],
}

impl Strip<'_> {
	#[inline(always)]
	fn fill(self, multiplier: impl Multiplier) {
		let Product { dims, form, rows, scales, .. } = self.product;
		let pairs = dims.k().div_ceil(2);
		let line_bytes = dims.n() * form.element_bytes();
		let height = self.output.len() / line_bytes;
		let mut packed = vec![[0; ROWS]; height.div_ceil(ROWS) * pairs];
		for (panel, first) in packed.chunks_exact_mut(pairs).zip((self.first..).step_by(ROWS)) {
			pack(rows, first, panel);
		}
		for (columns, column) in self.columns.chunks_exact(pairs).zip((0..).step_by(COLUMNS)) {
			let blocks = self.output.chunks_mut(ROWS * line_bytes);
			for ((rows, block), row) in
				packed.chunks_exact(pairs).zip(blocks).zip((self.first..).step_by(ROWS))
			{
				let tile = multiplier.tile(rows, columns);
				let lines = block.chunks_exact_mut(line_bytes);
				for ((sums, line), row) in tile.iter().zip(lines).zip(row..) {
					let line = line.get_mut(column * form.element_bytes()..).unwrap_or_default();
					write(*form, scales, (row, column), sums, line);
				}
			}
		}
	}
}

/// Writes sums of C from `row`, `column` on to their place, as many as fit.
#[inline(always)]
fn write(
	form: Form,
	scales: &[Scale],
	(row, column): (usize, usize),
	sums: &[i32; COLUMNS],
	line: &mut [u8],
) {
	if form.requantise.is_none() {
		let (elements, _) = line.as_chunks_mut();
		for (element, sum) in elements.iter_mut().zip(sums) {
			*element = sum.to_le_bytes();
		}
	} else {
		for ((element, sum), column) in line.iter_mut().zip(sums).zip(column..) {
			if let Some(scale) = form.scale_of(scales, row, column) {
				[*element] = scale.requantise(*sum).to_le_bytes();
			}
		}
	}
}

#[cfg(all(feature = "std", target_arch = "x86_64"))]
fn fill(strip: Strip<'_>) {
	processor::vectorised(
		#[inline(always)]
		|vectors| match vectors {
			Some(vectors) => strip.fill(vectors),
			None => strip.fill(Portable),
		},
	);
}

#[cfg(not(all(feature = "std", target_arch = "x86_64")))]
fn fill(strip: Strip<'_>) {
	strip.fill(Portable);
}

impl Product<'_> {
	/// The product, quicker than [`Self::reference`] and equal to it in every bit. With the feature
	/// `std`, all processors work on it. Takes 2·k·n bytes of memory more than the output.
	pub fn quick(&self) -> Vec<u8> {
		let many = self.dims.operations() >= THREADS_FROM;
		self.quick_on(if many { processor::threads() } else { 1 })
	}

	/// [`Self::quick`] on this many threads.
	pub fn quick_on(&self, threads: usize) -> Vec<u8> {
		let (m, n) = (self.dims.m(), self.dims.n());
		let pairs = self.dims.k().div_ceil(2);
		let mut columns = vec![[0; COLUMNS]; n.div_ceil(COLUMNS) * pairs];
		let panels = columns.chunks_exact_mut(pairs).zip((0..).step_by(COLUMNS));
		processor::share(threads, panels, |(panel, first)| {
			processor::vectorised(
				#[inline(always)]
				|_| pack(&self.columns, first, panel),
			);
		});
		let mut output = vec![0; self.output_bytes()];
		let strip_rows = m.div_ceil(threads.max(1)).next_multiple_of(ROWS).min(STRIP_ROWS);
		let line_bytes = n * self.form.element_bytes();
		let strips = output.chunks_mut(strip_rows * line_bytes).zip((0..).step_by(strip_rows));
		processor::share(threads, strips, |(output, first)| {
			fill(Strip { product: self, columns: &columns, first, output });
		});
		output
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::gemm::tests::{Case, any_case};
	use proptest::prelude::*;

	/// What processors without the vector instructions do.
	fn portable(product: &Product<'_>) -> Vec<u8> {
		let pairs = product.dims.k().div_ceil(2);
		let mut columns = vec![[0; COLUMNS]; product.dims.n().div_ceil(COLUMNS) * pairs];
		for (panel, first) in columns.chunks_exact_mut(pairs).zip((0..).step_by(COLUMNS)) {
			pack(&product.columns, first, panel);
		}
		let mut output = vec![0; product.output_bytes()];
		Strip { product, columns: &columns, first: 0, output: &mut output }.fill(Portable);
		output
	}

	proptest! {
		#[test]
		fn quick_product_should_equal_the_reference(case in any_case(70, 70, 40), threads in 1_usize..4) {
			let product = case.product();
			let expected = product.reference();
			prop_assert!(product.quick_on(threads) == expected);
			prop_assert!(portable(&product) == expected);
		}
	}

	#[test]
	fn quick_product_should_equal_the_reference_when_strips_are_shared() {
		for form in Form::all() {
			// Six strips, the last of them short, for four threads.
			let case = Case::new((257, 129, 65), form, 7);
			let product = case.product();
			assert!(product.quick_on(4) == product.reference(), "{form:?}");
		}
	}
}
