//! Offers as they are stored and shown.

use aitbc_primitives::{AccountId, Balance, OfferTerms, PriceBucket};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Where a listed offer stands in the book. Ordered as the book is read: cheapest bucket first.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Place {
	/// Its bucket.
	pub bucket: PriceBucket,
	/// Its number in the bucket.
	pub index: u32,
}

impl Place {
	/// The first place there is.
	pub const START: Self = Self { bucket: 0, index: 0 };
}

/// What a miner offers for one class, and how much of it is taken.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Offer {
	/// What it said last. Leases begun under earlier terms keep those.
	pub terms: OfferTerms,
	/// Slots with an open lease; may exceed `terms.slots` after the offer was made smaller.
	pub used: u16,
	/// Where it is listed, if it is.
	pub place: Option<Place>,
}

/// One bucket of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DepthLevel {
	/// Which.
	pub bucket: PriceBucket,
	/// The lowest price that stands in it, planck. No offer in it asks less, none an eighth more.
	pub lowest_price: Balance,
	/// How many offers it lists.
	pub offers: u32,
}

/// A part of the book, cheapest first.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct OfferPage {
	/// Listed offers with their miners.
	pub offers: Vec<(AccountId, Offer)>,
	/// Where the next part begins; `None` at the end of the book.
	pub next: Option<Place>,
}
