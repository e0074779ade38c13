//! What can go wrong with names and with blocks.

use std::{io, path::PathBuf};

/// Why a text is not the name of data of AITBC.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CidError {
	/// Not a CID at all.
	#[error("\"{text}\" is not a CID ({reason}); expected something like bafkrei…")]
	NotACid {
		/// The text, cut if it is long.
		text: String,
		/// What the parser says.
		reason: String,
	},
	/// A CIDv0.
	#[error("\"{text}\" is a CIDv0; convert it to a CIDv1 with raw leaves")]
	Version {
		/// The text.
		text: String,
	},
	/// Neither raw nor dag-pb.
	#[error(
		"\"{text}\" names data of multicodec {codec:#x}; only raw (0x55) and dag-pb (0x70) are used here"
	)]
	Codec {
		/// The text.
		text: String,
		/// Its multicodec.
		codec: u64,
	},
	/// Not sha2-256.
	#[error("\"{text}\" uses the hash function {code:#x}; only sha2-256 (0x12) is used here")]
	Hash {
		/// The text.
		text: String,
		/// Its multihash code.
		code: u64,
	},
}

/// Why data could not be stored or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
	/// Nothing is stored under this name.
	#[error("no data named {cid} in {place}; whoever made it must store it there first")]
	Missing {
		/// Name of what was looked for.
		cid: String,
		/// Where.
		place: String,
	},
	/// What is stored does not hash to its name.
	#[error("the data in {} does not hash to its name {cid}; delete the file and store it again", path.display())]
	Corrupt {
		/// Name the bytes should have.
		cid: String,
		/// The file.
		path: PathBuf,
	},
	/// Larger than the caller takes, or than anything may be.
	#[error("data {cid} has {bytes} bytes; at most {max_bytes} are taken here")]
	TooLarge {
		/// Name of the data, or what it was to be.
		cid: String,
		/// Its size.
		bytes: u64,
		/// The limit.
		max_bytes: u64,
	},
	/// A directory, link, pipe or device where a block should be.
	#[error("{} should be a plain file with the data {cid}, but is not; remove it", path.display())]
	NotAFile {
		/// Name of the data.
		cid: String,
		/// What is in the way.
		path: PathBuf,
	},
	/// The file system refused.
	#[error("cannot {doing} {}: {source}", path.display())]
	Io {
		/// What was attempted.
		doing: &'static str,
		/// On which path.
		path: PathBuf,
		/// What the system says.
		source: io::Error,
	},
}

impl DataError {
	/// Whether the same call may succeed later without anybody repairing anything: the data may yet
	/// arrive, or the system was short of something for a moment.
	pub fn is_retryable(&self) -> bool {
		match self {
			Self::Missing { .. } => true,
			Self::Io { source, .. } => !matches!(
				source.kind(),
				io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput
			),
			Self::Corrupt { .. } | Self::TooLarge { .. } | Self::NotAFile { .. } => false,
		}
	}
}
