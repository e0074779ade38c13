//! In which order waiting replicas are served. Pure: knows buckets and how many wait there, no storage.
//!
//! Each class has a line of buckets. Its turns go, alternately, to the dearest bucket and around all of
//! them, one ticket of each bucket in turn. So dear jobs go first, and however many dear ones wait in vain,
//! a bucket has its turn again after at most twice as many turns as there are buckets with tickets.

use aitbc_primitives::{BucketSet, Class, MAX_PRICE_BUCKET, PriceBucket};
use alloc::collections::{BTreeMap, VecDeque};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedBTreeMap, traits::ConstU32};
use scale_info::TypeInfo;

/// Classes there are.
const CLASSES: u32 = Class::ALL.len() as u32;

/// The line of each class in which anything ever waited.
pub type Lines = BoundedBTreeMap<Class, Line, ConstU32<CLASSES>>;

/// The buckets of a class in which replicas wait, and where its walks stopped.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Line {
	/// Buckets with tickets.
	pub filled: BucketSet,
	/// The bucket that was served last on the way around.
	pub cursor: PriceBucket,
	/// Whether the next turn goes around; otherwise it goes to the dearest.
	pub around: bool,
	/// The bucket that was swept last: of those that no offer is cheap enough for.
	pub swept: PriceBucket,
}

/// What one block does with the line of one class. No ticket is served twice.
#[derive(Clone, Debug)]
pub struct Walk {
	line: Line,
	/// Buckets with tickets that this block has not served.
	open: BucketSet,
	/// How many those are, of the buckets that were served.
	left: BTreeMap<PriceBucket, u64>,
	/// The bucket of the cheapest offer; `None` if there is none.
	floor: Option<PriceBucket>,
}

impl Walk {
	/// Begins a block.
	pub fn new(line: Line, floor: Option<PriceBucket>) -> Self {
		Self { line, open: line.filled, left: BTreeMap::new(), floor }
	}

	/// The bucket whose oldest ticket is to be served; `None` if all were, or no offer is cheap enough.
	/// `len_of` says how many tickets a bucket has.
	pub fn next(&mut self, len_of: impl Fn(PriceBucket) -> u64) -> Option<PriceBucket> {
		loop {
			let bucket = if self.line.around { self.below(self.line.cursor) } else { None }
				.or_else(|| self.dearest())?;
			let left = self.left.entry(bucket).or_insert_with(|| len_of(bucket));
			let served = left.checked_sub(1);
			*left = served.unwrap_or_default();
			if *left == 0 {
				self.open.set(bucket, false);
			}
			if served.is_some() {
				if self.line.around {
					self.line.cursor = bucket;
				}
				self.line.around = !self.line.around;
				return Some(bucket);
			}
		}
	}

	/// The dearest bucket that is open and that some offer is cheap enough for.
	fn dearest(&self) -> Option<PriceBucket> {
		let floor = self.floor?;
		self.open.last_to(MAX_PRICE_BUCKET).filter(|bucket| *bucket >= floor)
	}

	/// As [`Self::dearest`], below a bucket.
	fn below(&self, bucket: PriceBucket) -> Option<PriceBucket> {
		let floor = self.floor?;
		self.open.last_to(bucket.checked_sub(1)?).filter(|bucket| *bucket >= floor)
	}

	/// A bucket that no offer is cheap enough for, each in turn: what became void there must go, though
	/// nobody searches.
	pub fn sweep(&mut self) -> Option<PriceBucket> {
		let top = match self.floor {
			Some(floor) => floor.checked_sub(1)?,
			None => MAX_PRICE_BUCKET,
		};
		let further = self.line.swept.checked_sub(1);
		let bucket = further
			.and_then(|to| self.line.filled.last_to(to.min(top)))
			.or_else(|| self.line.filled.last_to(top))?;
		self.line.swept = bucket;
		Some(bucket)
	}
}

/// What one block does with all classes.
#[derive(Clone, Debug)]
pub struct Service {
	walks: VecDeque<(Class, Walk)>,
}

impl Service {
	/// Begins a block. The class that comes first changes with `block`.
	pub fn new(walks: impl IntoIterator<Item = (Class, Walk)>, block: u64) -> Self {
		let mut walks: VecDeque<_> = walks.into_iter().collect();
		let classes = u64::try_from(walks.len()).unwrap_or_default();
		let first = block.checked_rem(classes).unwrap_or_default();
		// Less than the number of classes.
		walks.rotate_left(usize::try_from(first).unwrap_or_default());
		Self { walks }
	}

	/// Whose oldest ticket is to be served now; the classes take turns.
	pub fn next(
		&mut self,
		len_of: impl Fn(Class, PriceBucket) -> u64,
	) -> Option<(Class, PriceBucket)> {
		for _ in 0..self.walks.len() {
			let (class, mut walk) = self.walks.pop_front()?;
			let found = walk.next(|bucket| len_of(class, bucket));
			self.walks.push_back((class, walk));
			if let Some(bucket) = found {
				return Some((class, bucket));
			}
		}
		None
	}

	/// The cheapest offer for a class, if there is one.
	pub fn floor(&self, class: Class) -> Option<PriceBucket> {
		self.walks.iter().find(|(known, _)| *known == class).and_then(|(_, walk)| walk.floor)
	}

	/// An offer was taken: the cheapest may be another now.
	pub fn set_floor(&mut self, class: Class, floor: Option<PriceBucket>) {
		for (_, walk) in self.walks.iter_mut().filter(|(known, _)| *known == class) {
			walk.floor = floor;
		}
	}

	/// One bucket of each class that no offer is cheap enough for.
	pub fn sweep(&mut self) -> impl Iterator<Item = (Class, PriceBucket)> + '_ {
		self.walks.iter_mut().filter_map(|(class, walk)| Some((*class, walk.sweep()?)))
	}

	/// Where the walks stopped.
	pub fn stopped(&self) -> impl Iterator<Item = (Class, &Line)> {
		self.walks.iter().map(|(class, walk)| (*class, &walk.line))
	}
}
