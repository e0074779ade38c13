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

/// Length of every chunk but the last, bytes.
pub const CHUNK_BYTES: usize = 1024;

const LEAF_DOMAIN: &[u8] = b"aitbc:leaf:v1";
const NODE_DOMAIN: &[u8] = b"aitbc:node:v1";
const EMPTY_DOMAIN: &[u8] = b"aitbc:empty:v1";

/// A blake2b-256 digest.
pub type Digest32 = [u8; 32];

fn hash(domain: &[u8], parts: [&[u8]; 2]) -> Digest32 {
	let mut hasher = Blake2b::<U32>::new();
	hasher.update(domain);
	for part in parts {
		hasher.update(part);
	}
	hasher.finalize().into()
}

fn leaf(chunk: &[u8]) -> Digest32 {
	hash(LEAF_DOMAIN, [chunk, &[]])
}

fn node(left: &Digest32, right: &Digest32) -> Digest32 {
	hash(NODE_DOMAIN, [left, right])
}

/// blake2b-256 of `bytes`, without a separator.
pub fn blake2b_256(bytes: &[u8]) -> Digest32 {
	hash(&[], [bytes, &[]])
}

/// Chunks that `length` bytes make.
pub const fn chunk_count(length: usize) -> usize {
	length.div_ceil(CHUNK_BYTES)
}

fn next_level(level: &[Digest32]) -> Vec<Digest32> {
	level
		.chunks(2)
		.filter_map(|pair| match pair {
			[left, right] => Some(node(left, right)),
			[single] => Some(*single),
			_ => None,
		})
		.collect()
}

/// The root over `bytes`.
pub fn root(bytes: &[u8]) -> Digest32 {
	let mut level: Vec<Digest32> = bytes.chunks(CHUNK_BYTES).map(leaf).collect();
	while level.len() > 1 {
		level = next_level(&level);
	}
	level.first().copied().unwrap_or_else(|| hash(EMPTY_DOMAIN, [&[], &[]]))
}

/// Shows that one chunk belongs to a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
	/// Which chunk, from zero.
	pub index: usize,
	/// Digests beside the way from the leaf to the root, from the bottom; levels on which the node has
	/// no partner have none.
	pub siblings: Vec<Digest32>,
}

/// The proof for chunk `index` of `bytes`; `None` if there is no such chunk.
pub fn prove(bytes: &[u8], index: usize) -> Option<Proof> {
	if index >= chunk_count(bytes.len()) {
		return None;
	}
	let mut level: Vec<Digest32> = bytes.chunks(CHUNK_BYTES).map(leaf).collect();
	let mut position = index;
	let mut siblings = Vec::new();
	while level.len() > 1 {
		siblings.extend(level.get(position ^ 1).copied());
		level = next_level(&level);
		position /= 2;
	}
	Some(Proof { index, siblings })
}

/// Whether `chunk` is chunk `proof.index` of the `chunks` chunks under `root`. Never panics, however
/// the proof was made.
pub fn verify(root: &Digest32, chunks: usize, chunk: &[u8], proof: &Proof) -> bool {
	let length_fits = match chunk.len() {
		0 => false,
		CHUNK_BYTES => true,
		length => length < CHUNK_BYTES && proof.index.checked_add(1) == Some(chunks),
	};
	if !length_fits || proof.index >= chunks {
		return false;
	}
	let mut digest = leaf(chunk);
	let (mut position, mut width) = (proof.index, chunks);
	let mut siblings = proof.siblings.iter();
	while width > 1 {
		// The last node of an odd level moves up as it is.
		if position ^ 1 < width {
			let Some(sibling) = siblings.next() else { return false };
			digest = match position % 2 {
				0 => node(&digest, sibling),
				_ => node(sibling, &digest),
			};
		}
		position /= 2;
		width = width.div_ceil(2);
	}
	siblings.next().is_none() && digest == *root
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;
	use proptest::prelude::*;

	fn bytes(length: usize) -> Vec<u8> {
		(0..length).map(|index| (index * 31 % 251) as u8).collect()
	}

	#[test]
	fn root_should_be_built_as_specified() {
		assert_eq!(root(&[]), hash(b"aitbc:empty:v1", [&[], &[]]));
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
}
