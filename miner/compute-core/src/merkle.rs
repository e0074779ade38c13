//! What a result is committed to with: a binary Merkle tree over its bytes in chunks of 1 KiB.
//!
//! ```text
//! leaf(c)    = blake2b-256("aitbc:leaf:v1" ‖ c)          c: 1 to 1024 bytes, only the last one short
//! node(l, r) = blake2b-256("aitbc:node:v1" ‖ l ‖ r)
//! root of nothing = blake2b-256("aitbc:empty:v1")
//! ```
//!
//! Levels are built from left to right; a last node without a partner moves up unchanged
//! (INV-COMPUTE-6). The separators keep a node from passing for a leaf. A root does not fix the number
//! of leaves by itself, so whoever checks a proof must know it from elsewhere.

use alloc::vec::Vec;
use blake2::{Blake2b, Digest, digest::consts::U32};
use core::ops::Range;

/// Length of every chunk but the last, bytes.
pub const CHUNK_BYTES: usize = 1024;

const LEAF_DOMAIN: [u8; 13] = *b"aitbc:leaf:v1";
const NODE_DOMAIN: [u8; 13] = *b"aitbc:node:v1";
const EMPTY_DOMAIN: &[u8] = b"aitbc:empty:v1";

/// A blake2b-256 digest.
pub type Digest32 = [u8; 32];

/// blake2b-256, for those who have a quicker one than this crate's: a runtime hands in its host
/// function.
pub trait Hasher {
	/// The digest of `bytes`, without a separator.
	fn hash(bytes: &[u8]) -> Digest32;
}

/// The hash function in plain Rust.
#[derive(Clone, Copy, Debug)]
pub struct Blake2;

impl Hasher for Blake2 {
	fn hash(bytes: &[u8]) -> Digest32 {
		Blake2b::<U32>::digest(bytes).into()
	}
}

/// The digest of a separator and at most [`CHUNK_BYTES`] more bytes.
fn hash_behind<H: Hasher>(domain: [u8; 13], parts: [&[u8]; 2]) -> Digest32 {
	let mut buffer = [0; 13 + CHUNK_BYTES];
	let mut length = 0;
	for part in [&domain, parts[0], parts[1]] {
		for (slot, byte) in buffer.iter_mut().skip(length).zip(part) {
			*slot = *byte;
		}
		length += part.len();
	}
	H::hash(buffer.get(..length).unwrap_or(&buffer))
}

/// `chunk` has at most [`CHUNK_BYTES`].
fn leaf<H: Hasher>(chunk: &[u8]) -> Digest32 {
	hash_behind::<H>(LEAF_DOMAIN, [chunk, &[]])
}

fn node<H: Hasher>(left: &Digest32, right: &Digest32) -> Digest32 {
	hash_behind::<H>(NODE_DOMAIN, [left, right])
}

/// blake2b-256 of `bytes`, without a separator.
pub fn blake2b_256(bytes: &[u8]) -> Digest32 {
	Blake2::hash(bytes)
}

/// Chunks that `length` bytes make.
pub const fn chunk_count(length: usize) -> usize {
	length.div_ceil(CHUNK_BYTES)
}

fn next_level<H: Hasher>(level: &[Digest32]) -> Vec<Digest32> {
	level
		.chunks(2)
		.filter_map(|pair| match pair {
			[left, right] => Some(node::<H>(left, right)),
			[single] => Some(*single),
			_ => None,
		})
		.collect()
}

/// The root over `bytes`.
pub fn root(bytes: &[u8]) -> Digest32 {
	let mut level: Vec<Digest32> = bytes.chunks(CHUNK_BYTES).map(leaf::<Blake2>).collect();
	while level.len() > 1 {
		level = next_level::<Blake2>(&level);
	}
	level.first().copied().unwrap_or_else(|| Blake2::hash(EMPTY_DOMAIN))
}

/// Shows that neighbouring chunks belong to a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
	/// The first of the chunks, from zero.
	pub index: usize,
	/// Digests beside the way from the chunks to the root, from the bottom, on each level the left one
	/// first; levels on which there is no neighbour have none.
	pub siblings: Vec<Digest32>,
}

/// The proof for the chunk `index` of `bytes`; `None` if there is no such chunk.
pub fn prove(bytes: &[u8], index: usize) -> Option<Proof> {
	prove_range(bytes, index..index.checked_add(1)?)
}

/// One proof for these chunks of `bytes` together (INV-COMPUTE-25); `None` if there are not all of them, or none is
/// wanted.
pub fn prove_range(bytes: &[u8], chunks: Range<usize>) -> Option<Proof> {
	if chunks.is_empty() || chunks.end > chunk_count(bytes.len()) {
		return None;
	}
	let mut level: Vec<Digest32> = bytes.chunks(CHUNK_BYTES).map(leaf::<Blake2>).collect();
	let Range { start: index, mut end } = chunks;
	let mut start = index;
	let mut siblings = Vec::new();
	while level.len() > 1 {
		if !start.is_multiple_of(2) {
			siblings.extend(level.get(start - 1).copied());
		}
		if !end.is_multiple_of(2) {
			// The last node of an odd level has none.
			siblings.extend(level.get(end).copied());
		}
		level = next_level::<Blake2>(&level);
		(start, end) = (start / 2, end.div_ceil(2));
	}
	Some(Proof { index, siblings })
}

/// Whether `chunk` is chunk `proof.index` of the `chunks` chunks under `root`. Never panics, however
/// the proof was made.
pub fn verify(root: &Digest32, chunks: usize, chunk: &[u8], proof: &Proof) -> bool {
	let Proof { index, siblings } = proof;
	chunk.len() <= CHUNK_BYTES && verify_range::<Blake2>(root, chunks, *index, chunk, siblings)
}

/// Whether `bytes` are the chunks from `index` on, one after another, of the `chunks` chunks under
/// `root`. Never panics, however the proof was made. Hashes `bytes`, fewer nodes
/// than there are chunks in it, and two more for each level: whoever bounds `bytes` bounds the work.
pub fn verify_range<H: Hasher>(
	root: &Digest32,
	chunks: usize,
	index: usize,
	bytes: &[u8],
	siblings: &[Digest32],
) -> bool {
	let Some(mut end) = index.checked_add(chunk_count(bytes.len())) else { return false };
	// Only the last chunk of all may be short.
	let whole = bytes.len().is_multiple_of(CHUNK_BYTES) || end == chunks;
	if bytes.is_empty() || end > chunks || !whole {
		return false;
	}
	let mut level: Vec<Digest32> = bytes.chunks(CHUNK_BYTES).map(leaf::<H>).collect();
	let (mut start, mut width) = (index, chunks);
	let mut siblings = siblings.iter();
	while width > 1 {
		if !start.is_multiple_of(2) {
			let Some(left) = siblings.next() else { return false };
			level.insert(0, *left);
		}
		if !end.is_multiple_of(2) && end < width {
			let Some(right) = siblings.next() else { return false };
			level.push(*right);
		}
		level = next_level::<H>(&level);
		(start, end, width) = (start / 2, end.div_ceil(2), width.div_ceil(2));
	}
	siblings.next().is_none() && level == [*root]
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;

	fn leaf(chunk: &[u8]) -> Digest32 {
		super::leaf::<Blake2>(chunk)
	}

	fn node(left: &Digest32, right: &Digest32) -> Digest32 {
		super::node::<Blake2>(left, right)
	}

	use proptest::prelude::*;

	fn bytes(length: usize) -> Vec<u8> {
		(0..length).map(|index| (index * 31 % 251) as u8).collect()
	}

	#[test]
	fn root_should_be_built_as_specified() {
		assert_eq!(root(&[]), blake2b_256(b"aitbc:empty:v1"));
		assert_eq!(leaf(&[7, 8]), blake2b_256(b"aitbc:leaf:v1\x07\x08"));
		let pair = [b"aitbc:node:v1", &[1; 32][..], &[2; 32]].concat();
		assert_eq!(node(&[1; 32], &[2; 32]), blake2b_256(&pair));
		assert_eq!(root(&[7]), leaf(&[7]));
		let data = bytes(2 * CHUNK_BYTES + 5);
		let leaves: Vec<_> = data.chunks(CHUNK_BYTES).map(leaf).collect();
		assert_eq!(root(&data), node(&node(&leaves[0], &leaves[1]), &leaves[2]));
	}

	#[test]
	fn root_should_differ_when_the_tree_is_read_otherwise() {
		let data = bytes(2 * CHUNK_BYTES);
		let inner: Vec<u8> = data.chunks(CHUNK_BYTES).flat_map(leaf).collect();
		assert_ne!(root(&data), root(&inner), "a node is not a leaf");
		assert_ne!(root(&[0]), root(&[0, 0]), "the length counts");
	}

	proptest! {
		#[test]
		fn proof_should_hold_for_its_chunk_only(
			length in 1_usize..20_000, pick in any::<prop::sample::Index>(), flip in any::<u8>(),
		) {
			let data = bytes(length);
			let count = chunk_count(length);
			let index = pick.index(count);
			let chunk: Vec<u8> = data.chunks(CHUNK_BYTES).nth(index).expect("index < count").to_vec();
			let top = root(&data);
			let proof = prove(&data, index).expect("index < count");
			prop_assert!(verify(&top, count, &chunk, &proof));
			prop_assert!(prove(&data, count).is_none());

			let mut wrong = chunk.clone();
			let position = usize::from(flip) % wrong.len();
			wrong[position] ^= 1;
			prop_assert!(!verify(&top, count, &wrong, &proof));
			let moved = Proof { index: index + 1, ..proof.clone() };
			prop_assert!(!verify(&top, count, &chunk, &moved));
			let mut longer = proof.clone();
			longer.siblings.push([flip; 32]);
			prop_assert!(!verify(&top, count, &chunk, &longer));
		}
	}

	#[test]
	fn verify_should_not_panic_when_numbers_are_extreme() {
		let proof = Proof { index: usize::MAX, siblings: vec![[0; 32]; 70] };
		assert!(!verify(&[0; 32], usize::MAX, &[1; CHUNK_BYTES], &proof));
		let last = Proof { index: usize::MAX - 1, ..proof };
		assert!(!verify(&[0; 32], usize::MAX, &[1; CHUNK_BYTES], &last));
	}

	proptest! {
		#[test]
		fn range_proof_should_hold_for_its_chunks_only(
			length in 1_usize..20_000, picks in any::<[prop::sample::Index; 2]>(), flip in any::<u8>(),
		) {
			let data = bytes(length);
			let count = chunk_count(length);
			let (x, y) = (picks[0].index(count), picks[1].index(count));
			let range = x.min(y)..x.max(y) + 1;
			let part = &data[range.start * CHUNK_BYTES..length.min(range.end * CHUNK_BYTES)];
			let top = root(&data);
			let proof = prove_range(&data, range.clone()).expect("they are there");
			let holds = |count, part: &[u8], proof: &Proof| {
				verify_range::<Blake2>(&top, count, proof.index, part, &proof.siblings)
			};
			prop_assert!(holds(count, part, &proof));
			// Two digests a level at most.
			prop_assert!(proof.siblings.len() <= 2 * count.next_power_of_two().ilog2() as usize);

			let mut wrong = part.to_vec();
			let position = usize::from(flip) * 97 % wrong.len();
			wrong[position] ^= 1;
			prop_assert!(!holds(count, &wrong, &proof));
			prop_assert!(!holds(count, &part[..part.len() - 1], &proof));
			prop_assert!(!holds(count, &[part, &[0]].concat(), &proof));
			prop_assert!(!holds(count, &[], &proof));
			for index in [proof.index + 1, proof.index.wrapping_sub(1), usize::MAX] {
				let moved = Proof { index, ..proof.clone() };
				prop_assert!(!holds(count, part, &moved));
			}
			let mut other = proof.clone();
			other.siblings.push([flip; 32]);
			prop_assert!(!holds(count, part, &other));
			other.siblings.truncate(proof.siblings.len().saturating_sub(1));
			prop_assert!(proof.siblings.is_empty() || !holds(count, part, &other));
			prop_assert!(prove_range(&data, range.start..count + 1).is_none());
			prop_assert!(prove_range(&data, x..x).is_none());
		}
	}
}
