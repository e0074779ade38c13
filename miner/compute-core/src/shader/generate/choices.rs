//! Where a random program comes from.

use alloc::vec::Vec;

/// A source of decisions: a seed for tests, bytes for fuzzers. Bytes that are used up read as zeros, so
/// that every string of bytes is a program.
pub struct Choices {
	state: u64,
	bytes: Option<Vec<u8>>,
	at: usize,
}

impl Choices {
	/// Decisions that look random.
	pub const fn seeded(seed: u64) -> Self {
		Self { state: seed, bytes: None, at: 0 }
	}

	/// Decisions of a fuzzer.
	pub fn from_bytes(bytes: &[u8]) -> Self {
		Self { state: 0, bytes: Some(bytes.to_vec()), at: 0 }
	}

	/// A number with all its bits.
	pub fn word(&mut self) -> u32 {
		if let Some(bytes) = &self.bytes {
			let mut word = [0; 4];
			for slot in &mut word {
				*slot = bytes.get(self.at).copied().unwrap_or(0);
				self.at += 1;
			}
			return u32::from_le_bytes(word);
		}
		// splitmix64
		self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut mixed = self.state;
		mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		((mixed ^ (mixed >> 31)) >> 32) as u32
	}

	/// A number below `bound`, which is not zero. A fuzzer spends one byte on it.
	pub fn below(&mut self, bound: u32) -> u32 {
		if let Some(bytes) = &self.bytes {
			let byte = bytes.get(self.at).copied().unwrap_or(0);
			self.at += 1;
			return u32::from(byte) % bound.max(1);
		}
		self.word() % bound.max(1)
	}

	/// Whether something of this many chances in a hundred happens.
	pub fn percent(&mut self, chances: u32) -> bool {
		self.below(100) < chances
	}

	/// One of several; the first if there is none.
	pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
		let index = self.below(from.len() as u32) as usize;
		from.get(index).copied()
	}

	/// A number at which arithmetic tends to break.
	pub fn number(&mut self) -> u32 {
		const EDGES: [u32; 12] =
			[0, 1, 2, 3, 7, 31, 32, 255, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
		match self.below(3) {
			0 => self.word(),
			1 => self.below(16),
			_ => self.pick(&EDGES).unwrap_or(0),
		}
	}
}
