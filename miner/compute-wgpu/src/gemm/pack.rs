//! What the kernels read: words of four elements along k.

use super::{kernel::WORD, variant::GemmVariant};
use aitbc_compute_core::gemm::Lines;
use std::ops::Range;

/// Words of some lines: for each step along k one of every line, zeros past the edges. Bytes.
pub(super) fn pack(lines: &Lines<'_>, wanted: Range<usize>, variant: GemmVariant) -> Vec<u8> {
	let width = wanted.len().next_multiple_of(variant.line_step());
	let mut packed = vec![0; steps(lines.k, variant) * width * WORD];
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

/// Words along k, padded.
pub(super) fn steps(k: usize, variant: GemmVariant) -> usize {
	k.div_ceil(WORD).next_multiple_of(variant.word_step())
}
