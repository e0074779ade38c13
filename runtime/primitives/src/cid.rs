//! Content identifiers: how programs and data are named.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What the bytes behind a [`Cid`] are. Discriminants are the multicodec codes.
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
#[cfg_attr(feature = "std", derive(core::hash::Hash))]
pub enum CidCodec {
	/// `0x55`: plain bytes.
	#[codec(index = 0)]
	Raw,
	/// `0x70`: a UnixFS node whose leaves are raw blocks.
	#[codec(index = 1)]
	DagPb,
}

/// A CIDv1 whose multihash is sha2-256: the name of a program, an input or an output.
///
/// The chain never sees the bytes; whoever fetches them must check that they hash to `digest`.
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
#[cfg_attr(feature = "std", derive(core::hash::Hash))]
pub struct Cid {
	/// What the bytes are.
	pub codec: CidCodec,
	/// sha2-256 of the bytes.
	pub digest: [u8; 32],
}

impl Cid {
	/// The CID of plain bytes.
	pub fn of_raw(bytes: &[u8]) -> Self {
		Self { codec: CidCodec::Raw, digest: sp_crypto_hashing::sha2_256(bytes) }
	}
}
