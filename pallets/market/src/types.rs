//! Offers and the price scale.

use aitbc_primitives::{Balance, BlockNumber};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Number of a price bucket: cheaper prices have smaller ones.
pub type Bucket = u16;

/// Steps per power of two of price.
const STEPS_LOG2: u32 = 3;
/// 128 powers of two, eight steps each.
const WORDS: usize = 16;

/// The bucket of a price. Monotone; prices in one bucket differ by less than an eighth.
pub fn bucket_of(price: Balance) -> Bucket {
	let Some(exponent) = price.checked_ilog2() else { return 0 };
	// The bits below the leading one, three of them.
	let fraction = if exponent >= STEPS_LOG2 {
		price >> exponent.saturating_sub(STEPS_LOG2)
	} else {
		price << STEPS_LOG2.saturating_sub(exponent)
	} & 0b111;
	let bucket = u128::from(exponent << STEPS_LOG2) | fraction;
	// At most 127·8 + 7.
	Bucket::try_from(bucket).unwrap_or(Bucket::MAX)
}

/// Where a listed offer stands in the book.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Place {
	/// Its bucket.
	pub bucket: Bucket,
	/// Its number in the bucket.
	pub index: u32,
}

/// What a miner offers for one class.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Offer {
	/// Planck per unit.
	pub price_per_unit: Balance,
	/// Replicas it runs at once.
	pub slots: u16,
	/// Slots with an open lease; may exceed `slots` after the offer was made smaller.
	pub used: u16,
	/// First block in which nothing is let any more.
	pub expires_at: BlockNumber,
	/// Where it is listed, if it is.
	pub place: Option<Place>,
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
	pub fn set(&mut self, bucket: Bucket, member: bool) {
		let bit = 1u64 << (bucket & 63);
		if let Some(word) = self.0.get_mut(usize::from(bucket >> 6)) {
			*word = if member { *word | bit } else { *word & !bit };
		}
	}

	/// Whether the bucket is a member.
	pub fn contains(&self, bucket: Bucket) -> bool {
		self.0.get(usize::from(bucket >> 6)).is_some_and(|word| word & (1u64 << (bucket & 63)) != 0)
	}

	/// How many members there are.
	pub fn count(&self) -> u16 {
		self.0.iter().fold(0, |sum: u16, word| {
			sum.saturating_add(u16::try_from(word.count_ones()).unwrap_or(u16::MAX))
		})
	}

	/// The smallest member that is at least `from`.
	pub fn first_from(&self, from: Bucket) -> Option<Bucket> {
		let start = usize::from(from >> 6);
		self.0.iter().enumerate().skip(start).find_map(|(index, word)| {
			let word = if index == start { word & (u64::MAX << (from & 63)) } else { *word };
			let offset =
				Bucket::try_from(word.checked_ilog2().map(|_| word.trailing_zeros())?).ok()?;
			Bucket::try_from(index << 6).ok()?.checked_add(offset)
		})
	}
}
