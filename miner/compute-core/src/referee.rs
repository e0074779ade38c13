//! Whether one element of a product's output is right, from commitments and a short proof.
//!
//! A referee, such as a chain, holds roots and not matrices. To settle an argument over one element it
//! is shown the row of A, the column of B and, with requantisation, the scale that make the element, and
//! the chunk of the output that holds it; all of them are proved against the roots. Then it computes the
//! element: k multiply-adds.
//!
//! # What is committed
//!
//! A proof is short only if what it shows lies side by side. So the root of a factor is that over its
//! *lines* one after another: of A over its rows, of B over its columns, whatever the form of the job
//! stores ([`Roots::of`], INV-COMPUTE-26). For an A that is not transposed and a B that is, this is the root over the
//! input's own bytes, and an int8 output's trace root serves as the root of the next product's A.
//!
//! A line is shown in whole chunks: at most k + 2,046 bytes and two digests a level. For k = 2,048 and
//! square matrices an element takes 5,120 bytes of chunks and 36 digests. (In a B committed row by row,
//! a column would touch up to k chunks: 2 MiB.)
//!
//! # What is not said here
//!
//! Nothing calls the referee yet: no dispute on the chain does (`compute.md` §8.1).
//!
//! Who commits the roots, and how they are bound to the inputs' names (which hash the bytes otherwise),
//! is a matter of the protocol that calls the referee. A wrong root makes a right proof worthless.

use crate::{
	gemm::{Dims, Form, Lines, Product, SCALE_BYTES, Scale, dot, int8},
	merkle::{self, CHUNK_BYTES, Digest32, Hasher},
};
use alloc::vec::Vec;
use core::ops::Range;

/// What a product and its output are committed to with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roots {
	/// Over the rows of A.
	pub a: Digest32,
	/// Over the columns of B.
	pub b: Digest32,
	/// Over the table of scales; over nothing without requantisation.
	pub scales: Digest32,
	/// Over the output: its trace root.
	pub output: Digest32,
}

/// Some bytes of a committed string: the chunks they lie in, and the proof of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
	/// Whole chunks.
	pub chunks: Vec<u8>,
	/// That they belong to the root.
	pub siblings: Vec<Digest32>,
}

/// All that makes one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementProof {
	/// Its row of A.
	pub row: Opening,
	/// Its column of B.
	pub column: Opening,
	/// Its scale, if the form requantises.
	pub scale: Option<Opening>,
	/// The element as it was answered.
	pub element: Opening,
}

/// What of a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
	/// There is no such element.
	Position,
	/// The row of A.
	Row,
	/// The column of B.
	Column,
	/// The scale: it is missing, one too many, or its proof does not hold.
	Scale,
	/// The output.
	Element,
}

/// What the referee says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
	/// The element is what its row, column and scale make.
	Right,
	/// It is not: whoever committed to the output answers for it. So it is if the committed scale is
	/// none that [`Scale`] allows, since a job with such a scale has no output.
	Wrong,
	/// Nothing is shown of the element: whoever made the proof answers for it.
	BadProof(Part),
}

/// All lines one after another.
fn side_by_side(lines: &Lines<'_>) -> Vec<u8> {
	if lines.contiguous {
		return lines.bytes.to_vec();
	}
	(0..lines.count).flat_map(|index| lines.line(index)).map(i8::cast_unsigned).collect()
}

impl Roots {
	/// The roots of a product and what is said to be its output.
	pub fn of(product: &Product<'_>, output: &[u8]) -> Self {
		Self {
			a: merkle::root(&side_by_side(&product.rows())),
			b: merkle::root(&side_by_side(&product.columns())),
			scales: merkle::root(&product.scale_table()),
			output: merkle::root(output),
		}
	}
}

impl Opening {
	fn new(bytes: &[u8], wanted: Range<usize>) -> Option<Self> {
		let chunks = wanted.start / CHUNK_BYTES..wanted.end.div_ceil(CHUNK_BYTES);
		let proof = merkle::prove_range(bytes, chunks.clone())?;
		let end = bytes.len().min(chunks.end * CHUNK_BYTES);
		let chunks = bytes.get(chunks.start * CHUNK_BYTES..end)?.to_vec();
		Some(Self { chunks, siblings: proof.siblings })
	}

	/// The bytes `wanted` of the `length` under `root`; `None` if that is not shown. Looks at no more
	/// bytes than it must be given.
	fn open<H: Hasher>(
		&self,
		root: &Digest32,
		length: usize,
		wanted: Range<usize>,
	) -> Option<&[u8]> {
		let index = wanted.start / CHUNK_BYTES;
		let start = index.checked_mul(CHUNK_BYTES)?;
		let end = wanted.end.div_ceil(CHUNK_BYTES).checked_mul(CHUNK_BYTES)?.min(length);
		if Some(self.chunks.len()) != end.checked_sub(start) {
			return None;
		}
		let count = merkle::chunk_count(length);
		if !merkle::verify_range::<H>(root, count, index, &self.chunks, &self.siblings) {
			return None;
		}
		self.chunks.get(wanted.start.checked_sub(start)?..wanted.end.checked_sub(start)?)
	}
}

/// Where item `index` of items of `size` bytes lies.
fn place(index: usize, size: usize) -> Range<usize> {
	let start = index.saturating_mul(size);
	start..start.saturating_add(size)
}

/// Makes the proof for the element at `row`, `column` of a product's `output`. `None` if there is no
/// such element.
pub fn prove_element(
	product: &Product<'_>,
	output: &[u8],
	row: usize,
	column: usize,
) -> Option<ElementProof> {
	let (dims, form) = (product.dims(), product.form());
	if row >= dims.m() || column >= dims.n() {
		return None;
	}
	let scale = match form.scale_index(row, column) {
		Some(index) => Some(Opening::new(&product.scale_table(), place(index, SCALE_BYTES))?),
		None => None,
	};
	let element = place(row * dims.n() + column, form.element_bytes());
	Some(ElementProof {
		row: Opening::new(&side_by_side(&product.rows()), place(row, dims.k()))?,
		column: Opening::new(&side_by_side(&product.columns()), place(column, dims.k()))?,
		scale,
		element: Opening::new(output, element)?,
	})
}

/// Judges the element at `row`, `column` (INV-COMPUTE-27).
///
/// Never panics, whatever the proof. Does k multiply-adds and hashes at most 2·(k + 2,046) + 2·1,024 bytes
/// of chunks and the digests above them, or less if the proof is bad.
pub fn judge_element<H: Hasher>(
	dims: Dims,
	form: Form,
	roots: &Roots,
	(row, column): (usize, usize),
	proof: &ElementProof,
) -> Verdict {
	match judge::<H>(dims, form, roots, (row, column), proof) {
		Ok(true) => Verdict::Right,
		Ok(false) => Verdict::Wrong,
		Err(part) => Verdict::BadProof(part),
	}
}

fn judge<'a, H: Hasher>(
	dims: Dims,
	form: Form,
	roots: &Roots,
	(row, column): (usize, usize),
	proof: &'a ElementProof,
) -> Result<bool, Part> {
	if row >= dims.m() || column >= dims.n() {
		return Err(Part::Position);
	}
	let (m, k, n) = (dims.m(), dims.k(), dims.n());
	// The cheapest to refuse come first.
	let element = place(row * n + column, form.element_bytes());
	let element = proof.element.open::<H>(&roots.output, form.output_bytes(dims), element);
	let element = element.ok_or(Part::Element)?;
	let scale = match (form.scale_index(row, column), &proof.scale) {
		(Some(index), Some(opening)) => {
			let entry = place(index, SCALE_BYTES);
			let entry = opening.open::<H>(&roots.scales, form.scale_bytes(dims), entry);
			Some(entry.and_then(|entry| entry.try_into().ok()).ok_or(Part::Scale)?)
		}
		(None, None) => None,
		_ => return Err(Part::Scale),
	};
	let row = proof.row.open::<H>(&roots.a, m * k, place(row, k)).ok_or(Part::Row)?;
	let column = proof.column.open::<H>(&roots.b, n * k, place(column, k)).ok_or(Part::Column)?;
	let int8s = |line: &'a [u8]| line.iter().map(|&byte| int8(byte));
	let sum = dot(int8s(row), int8s(column));
	Ok(match scale.map(Scale::from_bytes) {
		None => element == sum.to_le_bytes(),
		Some(Some(scale)) => element == scale.requantise(sum).to_le_bytes(),
		Some(None) => false,
	})
}

#[cfg(test)]
mod tests;
