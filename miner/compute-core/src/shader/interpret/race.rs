//! Who touched which word: the race rule (INV-COMPUTE-18), checked while a dispatch is interpreted.

use alloc::{vec, vec::Vec};

/// How a word is touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
	Read,
	Write,
	/// By an atomic operation of this kind; additions and subtractions are of one kind.
	Update(u8),
}

/// Bits of a word's state. The lower ones name the first invocation that touched it.
const OWNER_BITS: u32 = 56;
const OWNER: u64 = (1 << OWNER_BITS) - 1;
const READ: u64 = 1 << OWNER_BITS;
const WRITTEN: u64 = 1 << (OWNER_BITS + 1);
const SHARED: u64 = 1 << (OWNER_BITS + 2);
/// The kind of the only atomic operations, in three bits above; zero if there was none.
const KIND: u32 = OWNER_BITS + 3;

impl Access {
	const fn bits(self) -> u64 {
		match self {
			Access::Read => READ,
			Access::Write => WRITTEN,
			Access::Update(kind) => (kind as u64) << KIND,
		}
	}
}

/// The state of some memory's words.
pub(super) struct Shadow {
	words: Vec<u64>,
}

impl Shadow {
	pub fn new(words: usize) -> Self {
		Self { words: vec![0; words] }
	}

	/// Forgets everything: a barrier.
	pub fn clear(&mut self) {
		self.words.fill(0);
	}

	/// Notes an access by the invocation `who`; gives the first invocation that touched the word if
	/// the rule is broken.
	pub fn touch(&mut self, word: u32, who: u64, access: Access) -> Option<u64> {
		let state = self.words.get_mut(word as usize)?;
		// Zero means that nobody did.
		let name = (who + 1) & OWNER;
		let before = *state & !(OWNER | SHARED);
		if *state == 0 {
			*state = name | access.bits();
		} else if *state & SHARED == 0 && *state & OWNER == name {
			*state = name | combine(before, access.bits());
		} else if before == access.bits() && access != Access::Write {
			*state |= SHARED;
		} else {
			return Some((*state & OWNER) - 1);
		}
		None
	}

	/// Which words were written other than by atomic operations.
	pub fn written(&self) -> Vec<bool> {
		self.words.iter().map(|state| state & WRITTEN != 0).collect()
	}
}

/// What one invocation did to a word altogether. Atomic operations of two kinds, and anything beside
/// them, count as a plain write: nobody else may touch the word.
const fn combine(before: u64, access: u64) -> u64 {
	if before == access { before } else { WRITTEN | ((before | access) & READ) }
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn touch_should_find_every_race_and_nothing_else() {
		use Access::{Read, Update, Write};
		for (accesses, race) in [
			(&[(0, Write), (0, Read), (0, Update(1)), (0, Write)][..], None),
			(&[(0, Read), (1, Read), (2, Read)], None),
			(&[(0, Update(2)), (1, Update(2)), (0, Update(2))], None),
			(&[(3, Write), (1, Read)], Some(3)),
			(&[(3, Read), (1, Write)], Some(3)),
			(&[(3, Write), (1, Write)], Some(3)),
			(&[(3, Read), (1, Read), (3, Write)], Some(3)),
			(&[(3, Update(1)), (1, Update(2))], Some(3)),
			(&[(3, Update(1)), (1, Update(1)), (1, Read)], Some(3)),
			(&[(3, Update(1)), (3, Update(2)), (1, Update(2))], Some(3)),
			(&[(3, Read), (3, Update(2)), (1, Update(2))], Some(3)),
			(&[(3, Read), (3, Write), (1, Read)], Some(3)),
		] {
			let mut shadow = Shadow::new(1);
			let found = accesses.iter().find_map(|(who, access)| shadow.touch(0, *who, *access));
			assert_eq!(found, race, "{accesses:?}");
		}
	}

	#[test]
	fn clear_should_forget() {
		let mut shadow = Shadow::new(2);
		assert_eq!(shadow.touch(1, 0, Access::Write), None);
		assert_eq!(shadow.written(), [false, true]);
		shadow.clear();
		assert_eq!(shadow.touch(1, 1, Access::Write), None);
	}
}
