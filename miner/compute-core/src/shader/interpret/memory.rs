//! The memory that invocations share, and what a dispatch may use of this machine.

use super::{
	InterpretError, Memory, Race,
	race::{Access, Shadow},
};
use alloc::vec::Vec;

/// Most races that are reported one by one.
const MAX_RACES: usize = 16;

/// Buffers, the running workgroup's memory, and who touched what.
pub(super) struct World {
	/// By their numbers in group 0.
	pub buffers: Vec<Vec<u32>>,
	/// Number of the output among them.
	pub output: u32,
	pub workgroup: Vec<u32>,
	pub output_shadow: Shadow,
	pub workgroup_shadow: Shadow,
	pub races: Vec<Race>,
	/// How many steps may still be taken.
	pub steps_left: u64,
}

impl World {
	/// Takes steps from what is left.
	pub fn spend(&mut self, steps: u64) -> Result<(), InterpretError> {
		self.steps_left = self.steps_left.checked_sub(steps).ok_or(InterpretError::TooLong)?;
		Ok(())
	}

	/// Notes that `who` touches words of a buffer.
	pub fn touch_buffer(&mut self, buffer: u32, words: (u32, u32), who: u64, access: Access) {
		if buffer != self.output {
			return;
		}
		for word in words.0..words.0.saturating_add(words.1) {
			if let Some(first) = self.output_shadow.touch(word, who, access) {
				self.report(Race { memory: Memory::Output, word, first, second: who });
			}
		}
	}

	/// Notes that `who` touches words of the workgroup's memory.
	pub fn touch_workgroup(&mut self, words: (u32, u32), who: u64, access: Access) {
		for word in words.0..words.0.saturating_add(words.1) {
			if let Some(first) = self.workgroup_shadow.touch(word, who, access) {
				self.report(Race { memory: Memory::Workgroup, word, first, second: who });
			}
		}
	}

	fn report(&mut self, race: Race) {
		let is_new =
			self.races.iter().all(|known| (known.memory, known.word) != (race.memory, race.word));
		if is_new && self.races.len() < MAX_RACES {
			self.races.push(race);
		}
	}
}
