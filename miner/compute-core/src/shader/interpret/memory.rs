//! The memory that invocations share, and what a dispatch may use of this machine.

use super::{
	InterpretError, Limits, Memory, Race,
	race::{Access, Shadow},
};
use crate::profile::Location;
use alloc::vec::Vec;
use std::time::Instant;

/// Most races that are reported one by one.
const MAX_RACES: usize = 16;
/// Steps between two looks at the clock: well below a millisecond.
const STEPS_PER_LOOK: u64 = 1 << 14;

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
	pub budget: Budget,
}

/// Steps and time that are left.
pub(super) struct Budget {
	/// Steps before the next look at the clock.
	portion: u64,
	/// Steps after it.
	reserve: u64,
	deadline: Option<Instant>,
}

impl Budget {
	pub const fn new(limits: Limits) -> Self {
		Self { portion: 0, reserve: limits.steps, deadline: limits.deadline }
	}

	/// Takes steps from what is left.
	pub fn spend(&mut self, steps: u64) -> Result<(), InterpretError> {
		match self.portion.checked_sub(steps) {
			Some(left) => {
				self.portion = left;
				Ok(())
			}
			None => self.spend_reserve(steps),
		}
	}

	#[cold]
	fn spend_reserve(&mut self, steps: u64) -> Result<(), InterpretError> {
		if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
			return Err(InterpretError::TimedOut);
		}
		let left = self.portion.saturating_add(self.reserve);
		let left = left.checked_sub(steps).ok_or(InterpretError::TooLong)?;
		self.portion = left.min(STEPS_PER_LOOK);
		self.reserve = left.saturating_sub(self.portion);
		Ok(())
	}
}

impl World {
	/// Notes that `who` touches words of a buffer.
	pub fn touch_buffer(&mut self, buffer: u32, words: (u32, u32), who: u64, access: Access) {
		if buffer != self.output {
			return;
		}
		for word in words.0..words.0.saturating_add(words.1) {
			if let Some(first) = self.output_shadow.touch(word, who, access) {
				self.report(Memory::Output, word, first, who);
			}
		}
	}

	/// Notes that `who` touches words of the workgroup's memory.
	pub fn touch_workgroup(&mut self, words: (u32, u32), who: u64, access: Access) {
		for word in words.0..words.0.saturating_add(words.1) {
			if let Some(first) = self.workgroup_shadow.touch(word, who, access) {
				self.report(Memory::Workgroup, word, first, who);
			}
		}
	}

	fn report(&mut self, memory: Memory, word: u32, first: u64, second: u64) {
		let is_new = self.races.iter().all(|known| (known.memory, known.word) != (memory, word));
		if is_new && self.races.len() < MAX_RACES {
			self.races.push(Race { memory, word, first, second, place: None });
		}
	}

	/// Notes where the races after the first `known` ones are.
	pub fn place_races(&mut self, known: usize, place: Option<Location>) {
		for race in self.races.iter_mut().skip(known) {
			race.place = place;
		}
	}
}
