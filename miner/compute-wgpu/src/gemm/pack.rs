//! What the kernels read: words of four elements along k, or lines of 16-bit floats.

use super::variant::{GemmVariant, Means, WORD};
use aitbc_compute_core::gemm::Lines;
use std::ops::Range;

/// Some lines as the kernel reads them. Bytes.
pub(super) fn pack(lines: &Lines<'_>, wanted: Range<usize>, variant: GemmVariant) -> Vec<u8> {
	match variant.means {
		Means::Words | Means::SharedWords => pack_words(lines, wanted, variant),
		Means::Matrices(_) => pack_halves(lines, wanted, variant),
	}
}

/// For each step along k a word of every line, zeros past the edges. Bytes.
fn pack_words(lines: &Lines<'_>, wanted: Range<usize>, variant: GemmVariant) -> Vec<u8> {
	let width = wanted.len().next_multiple_of(variant.line_step());
	let mut packed = vec![0; variant.line_words(lines.k) * width * WORD];
	if lines.contiguous {
		let chosen = lines.bytes.chunks_exact(lines.k).skip(wanted.start).take(wanted.len());
		for (slot, line) in chosen.enumerate() {
			let words = packed.as_chunks_mut::<WORD>().0.iter_mut().skip(slot).step_by(width);
			for (word, elements) in words.zip(line.chunks(WORD)) {
				for (byte, element) in word.iter_mut().zip(elements) {
					*byte = *element;
				}
			}
		}
	} else {
		let steps = lines.bytes.chunks(lines.count * WORD);
		for (words, step) in packed.chunks_exact_mut(width * WORD).zip(steps) {
			for (lane, elements) in step.chunks_exact(lines.count).enumerate() {
				let elements = elements.get(wanted.clone()).unwrap_or_default();
				let bytes = words.iter_mut().skip(lane).step_by(WORD);
				for (byte, element) in bytes.zip(elements) {
					*byte = *element;
				}
			}
		}
	}
	packed
}

/// Lines of 16-bit floats, one after another, zeros past the edges. Bytes.
fn pack_halves(lines: &Lines<'_>, wanted: Range<usize>, variant: GemmVariant) -> Vec<u8> {
	let line_bytes = variant.line_words(lines.k) * WORD;
	let mut packed = vec![0; wanted.len().next_multiple_of(variant.line_step()) * line_bytes];
	for (line, index) in packed.chunks_exact_mut(line_bytes).zip(wanted) {
		for (half, element) in line.as_chunks_mut().0.iter_mut().zip(lines.line(index)) {
			*half = half_float(element).to_le_bytes();
		}
	}
	packed
}

/// The bits of the 16-bit float that is this number (IEEE 754 binary16).
fn half_float(number: i8) -> u16 {
	let magnitude = u16::from(number.unsigned_abs());
	let Some(exponent) = magnitude.checked_ilog2() else { return 0 };
	let fraction = magnitude << (10 - exponent) & 0x3ff;
	u16::from(number < 0) << 15 | (15 + exponent as u16) << 10 | fraction
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn half_floats_should_be_the_numbers() {
		for number in i8::MIN..=i8::MAX {
			let bits = half_float(number);
			let fraction = f32::from(bits & 0x3ff | u16::from(bits & 0x7c00 != 0) << 10) / 1024.0;
			let scale = 2_f32.powi(i32::from(bits >> 10 & 0x1f) - 15);
			let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
			assert_eq!(sign * fraction * scale, f32::from(number), "{bits:#06x}");
		}
	}
}
