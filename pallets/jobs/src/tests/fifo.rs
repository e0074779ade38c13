//! The queue of pages, compared with one that has none.

use crate::fifo::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, VecDeque};

/// Pages in memory.
#[derive(Default)]
struct Shelf(BTreeMap<u32, Page<u32>>);

impl Pages<u32> for Shelf {
	fn put(&mut self, number: u32, page: Page<u32>) {
		assert!(page.is_full(), "a page is put away before it is full");
		assert!(self.0.insert(number, page).is_none(), "page {number} is in use");
	}

	fn take(&mut self, number: u32) -> Option<Page<u32>> {
		self.0.remove(&number)
	}
}

#[test]
fn fifo_should_keep_to_its_head_when_it_is_short() {
	let (mut fifo, mut shelf) = (Fifo::default(), Shelf::default());
	assert!(fifo.is_empty());
	assert_eq!(fifo.pop(&mut shelf), None);
	for item in 0..2 * PAGE {
		fifo.push(item, &mut shelf);
	}
	assert!(shelf.0.is_empty());
	assert_eq!(fifo.len(), 128);
	fifo.push(128, &mut shelf);
	assert_eq!(shelf.0.len(), 1);
	for item in 0..=2 * PAGE {
		assert_eq!(fifo.pop(&mut shelf), Some(item));
	}
	assert!(fifo.is_empty() && shelf.0.is_empty());
}

#[test]
fn fifo_should_move_a_page_once_in_as_many_entries_as_it_has() {
	let (mut fifo, mut shelf) = (Fifo::default(), Shelf::default());
	for item in 0..100 * PAGE {
		fifo.push(item, &mut shelf);
	}
	// Whatever is taken and added now, two pages are moved for each 64 entries that go round.
	let mut moved = 0;
	for item in 0..10 * PAGE {
		let before = fifo.pages();
		assert_eq!(fifo.pop(&mut shelf), Some(item));
		fifo.push(item, &mut shelf);
		let after = fifo.pages();
		moved += (after.start - before.start) + (after.end - before.end);
	}
	assert!(moved <= 2 * 10 + 2, "{moved} pages were moved");
}

#[test]
fn fifo_should_go_on_when_a_page_is_missing() {
	let (mut fifo, mut shelf) = (Fifo::default(), Shelf::default());
	for item in 0..4 * PAGE {
		fifo.push(item, &mut shelf);
	}
	let lost = fifo.pages().start;
	shelf.0.remove(&lost);
	let rest: Vec<u32> = std::iter::from_fn(|| fifo.pop(&mut shelf)).collect();
	assert_eq!(rest.len(), 3 * PAGE as usize);
	assert!(fifo.is_empty());
}

proptest! {
	#[test]
	fn fifo_should_be_a_queue(steps in prop::collection::vec(prop_oneof![
		3 => (1u32..200).prop_map(i64::from),
		2 => (1u32..200).prop_map(|count| -i64::from(count)),
	], 1..60)) {
		let (mut fifo, mut shelf) = (Fifo::default(), Shelf::default());
		let mut plain = VecDeque::new();
		let mut next = 0;
		for step in steps {
			for _ in 0..step.unsigned_abs() {
				if step > 0 {
					fifo.push(next, &mut shelf);
					plain.push_back(next);
					next += 1;
				} else {
					prop_assert_eq!(fifo.pop(&mut shelf), plain.pop_front());
				}
			}
			prop_assert_eq!(fifo.len(), plain.len() as u64);
			prop_assert_eq!(fifo.is_empty(), plain.is_empty());
			prop_assert_eq!(fifo.pages().count(), shelf.0.len());
			let mut all: Vec<u32> =
				fifo.pages().flat_map(|number| shelf.0[&number].to_vec()).collect();
			all.extend(fifo.ends());
			all.sort_unstable();
			let mut sorted: Vec<u32> = plain.iter().copied().collect();
			sorted.sort_unstable();
			prop_assert_eq!(all, sorted);
		}
	}
}
