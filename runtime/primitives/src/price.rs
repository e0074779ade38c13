//! The scale on which prices are sorted: offers by what they ask, waiting jobs by what they bid.

use crate::Balance;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Number of a price bucket: cheaper prices have smaller ones.
pub type PriceBucket = u16;

/// Steps per power of two of price.
const STEPS_LOG2: u32 = 3;
/// 128 powers of two, eight steps each.
const WORDS: usize = 16;
/// The bucket of the dearest price.
pub const MAX_PRICE_BUCKET: PriceBucket = 1_023;

/// The bucket of a price. Monotone; prices in one bucket differ by less than an eighth.
pub fn bucket_of(price: Balance) -> PriceBucket {
	let Some(exponent) = price.checked_ilog2() else { return 0 };
	// The bits below the leading one, three of them.
	let fraction = if exponent >= STEPS_LOG2 {
		price >> exponent.saturating_sub(STEPS_LOG2)
	} else {
		price << STEPS_LOG2.saturating_sub(exponent)
	} & 0b111;
	let bucket = u128::from(exponent << STEPS_LOG2) | fraction;
	// At most 127·8 + 7.
	PriceBucket::try_from(bucket).unwrap_or(MAX_PRICE_BUCKET)
}

/// The lowest price above zero that stands in this bucket or a dearer one, planck. Below a price of
/// eight, where a step is less than one planck, some buckets hold no price of their own.
pub fn lowest_price_of(bucket: PriceBucket) -> Balance {
	let bucket = bucket.min(MAX_PRICE_BUCKET);
	let exponent = u32::from(bucket >> STEPS_LOG2);
	let eighths = 8 | Balance::from(bucket & 0b111);
	if exponent >= STEPS_LOG2 {
		eighths << exponent.saturating_sub(STEPS_LOG2)
	} else {
		let shift = STEPS_LOG2.saturating_sub(exponent);
		eighths.div_ceil(1 << shift)
	}
}

/// A set of buckets.
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
pub struct BucketSet([u64; WORDS]);

impl BucketSet {
	/// Adds or removes a bucket.
	pub fn set(&mut self, bucket: PriceBucket, member: bool) {
		let bit = 1u64 << (bucket & 63);
		if let Some(word) = self.0.get_mut(usize::from(bucket >> 6)) {
			*word = if member { *word | bit } else { *word & !bit };
		}
	}

	/// Whether the bucket is a member.
	pub fn contains(&self, bucket: PriceBucket) -> bool {
		self.0.get(usize::from(bucket >> 6)).is_some_and(|word| word & (1u64 << (bucket & 63)) != 0)
	}

	/// How many members there are.
	pub fn count(&self) -> u16 {
		self.0.iter().fold(0, |sum: u16, word| {
			sum.saturating_add(u16::try_from(word.count_ones()).unwrap_or(u16::MAX))
		})
	}

	/// Whether there is none.
	pub fn is_empty(&self) -> bool {
		self.0.iter().all(|word| *word == 0)
	}

	/// The member before which `rank` smaller ones stand.
	pub fn nth(&self, rank: u16) -> Option<PriceBucket> {
		let mut rank = u32::from(rank);
		self.0.iter().enumerate().find_map(|(index, word)| {
			let members = word.count_ones();
			if rank >= members {
				rank = rank.saturating_sub(members);
				return None;
			}
			// Takes the lowest bit off as often as there are members before the one that is meant.
			let rest = (0..rank).fold(*word, |word, _| word & word.wrapping_sub(1));
			let offset = PriceBucket::try_from(rest.trailing_zeros()).ok()?;
			PriceBucket::try_from(index << 6).ok()?.checked_add(offset)
		})
	}

	/// The members from `from` to `to`, both included; none if `from` is the larger.
	pub fn range(&self, from: PriceBucket, to: PriceBucket) -> Self {
		let (first, last) = (usize::from(from >> 6), usize::from(to >> 6));
		let mut kept = *self;
		for (index, word) in kept.0.iter_mut().enumerate() {
			if index < first || index > last {
				*word = 0;
			}
			if index == first {
				*word &= u64::MAX << (from & 63);
			}
			if index == last {
				*word &= u64::MAX >> 63u16.saturating_sub(to & 63);
			}
		}
		kept
	}

	/// The smallest member that is at least `from`.
	pub fn first_from(&self, from: PriceBucket) -> Option<PriceBucket> {
		let start = usize::from(from >> 6);
		self.0.iter().enumerate().skip(start).find_map(|(index, word)| {
			let word = if index == start { word & (u64::MAX << (from & 63)) } else { *word };
			let offset =
				PriceBucket::try_from(word.checked_ilog2().map(|_| word.trailing_zeros())?).ok()?;
			PriceBucket::try_from(index << 6).ok()?.checked_add(offset)
		})
	}

	/// The largest member that is at most `to`.
	pub fn last_to(&self, to: PriceBucket) -> Option<PriceBucket> {
		let to = to.min(MAX_PRICE_BUCKET);
		let end = usize::from(to >> 6);
		let kept = u64::MAX >> 63u16.saturating_sub(to & 63);
		self.0.iter().enumerate().take(end.saturating_add(1)).rev().find_map(|(index, word)| {
			let word = if index == end { word & kept } else { *word };
			let offset = PriceBucket::try_from(word.checked_ilog2()?).ok()?;
			PriceBucket::try_from(index << 6).ok()?.checked_add(offset)
		})
	}
}
