//! A queue of any length that costs one storage key as long as it is short.
//!
//! Both ends stand in the *head*, which is one value; only what lies between fills pages of their own.
//! Adding or taking touches the head alone, but for one time in [`PAGE`], when a whole page is moved.
//! Nobody can make the next one dear without having paid for a page of cheap ones. Pure: how pages are
//! kept is the caller's.

use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, traits::ConstU32};
use scale_info::TypeInfo;

/// Entries of a page.
pub const PAGE: u32 = 64;

/// Entries of a queue that are kept apart from its head.
pub type Page<Item> = BoundedVec<Item, ConstU32<PAGE>>;

/// Where the pages of one queue are.
pub trait Pages<Item> {
	/// Keeps a page under a number that is not in use.
	fn put(&mut self, number: u32, page: Page<Item>);

	/// Takes a page away.
	fn take(&mut self, number: u32) -> Option<Page<Item>>;
}

/// The head of a queue: first in, first out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Fifo<Item> {
	/// The oldest entries; the next one to be taken is the last of them.
	front: Page<Item>,
	/// The newest entries, in their order.
	back: Page<Item>,
	/// The oldest of the full pages between them.
	first: u32,
	/// One past the newest of these pages.
	end: u32,
}

impl<Item> Default for Fifo<Item> {
	fn default() -> Self {
		Self { front: Page::new(), back: Page::new(), first: 0, end: 0 }
	}
}

impl<Item> Fifo<Item> {
	/// Adds an entry at the end.
	pub fn push(&mut self, item: Item, pages: &mut impl Pages<Item>) {
		let Err(item) = self.back.try_push(item) else { return };
		let full = core::mem::take(&mut self.back);
		if self.front.is_empty() && self.first == self.end {
			self.front = reversed(full);
		} else {
			pages.put(self.end, full);
			// 2³² pages of entries would have cost more fees than there are coins.
			self.end = self.end.saturating_add(1);
		}
		if self.back.try_push(item).is_err() {
			frame_support::defensive!("an empty page takes an entry");
		}
	}

	/// Takes the oldest entry.
	pub fn pop(&mut self, pages: &mut impl Pages<Item>) -> Option<Item> {
		while self.front.is_empty() && self.first < self.end {
			// A page that is missing is passed over: its queue must not stop for it.
			self.front = reversed(pages.take(self.first).unwrap_or_default());
			self.first = self.first.saturating_add(1);
		}
		if self.front.is_empty() {
			self.front = reversed(core::mem::take(&mut self.back));
		}
		self.front.pop()
	}

	/// How many entries there are.
	pub fn len(&self) -> u64 {
		let ends = self.front.len().saturating_add(self.back.len());
		let pages = u64::from(self.end.saturating_sub(self.first));
		pages.saturating_mul(PAGE.into()).saturating_add(u64::try_from(ends).unwrap_or(u64::MAX))
	}

	/// Whether there is none.
	pub fn is_empty(&self) -> bool {
		self.front.is_empty() && self.back.is_empty() && self.first == self.end
	}

	/// Numbers of the pages.
	pub fn pages(&self) -> core::ops::Range<u32> {
		self.first..self.end
	}

	/// The entries in the head, without those of the pages between.
	pub fn ends(&self) -> impl Iterator<Item = &Item> {
		self.front.iter().rev().chain(self.back.iter())
	}
}

fn reversed<Item>(page: Page<Item>) -> Page<Item> {
	let mut page = page;
	let items: &mut [Item] = page.as_mut();
	items.reverse();
	page
}
