//! CIDs as text: what people paste, what files are called.

use crate::CidError;
use aitbc_primitives::{Cid, CidCodec};
use cid::multihash::Multihash;

/// Multicodec of plain bytes.
const CODEC_RAW: u64 = 0x55;
/// Multicodec of UnixFS nodes.
const CODEC_DAG_PB: u64 = 0x70;
/// Multihash code of sha2-256.
const HASH_SHA2_256: u64 = 0x12;
/// Longest text that [`parse_cid`] looks at, characters. The longest common form (base16) of such a
/// CID has 73.
const MAX_TEXT_CHARS: usize = 128;

/// The usual text of a CID: multibase base32, `bafkrei…` for raw bytes, `bafybei…` for UnixFS.
pub fn cid_to_string(cid: &Cid) -> String {
	let codec = match cid.codec {
		CidCodec::Raw => CODEC_RAW,
		CidCodec::DagPb => CODEC_DAG_PB,
	};
	match Multihash::<64>::wrap(HASH_SHA2_256, &cid.digest) {
		Ok(hash) => cid::Cid::new_v1(codec, hash).to_string(),
		// `wrap` refuses digests of more than 64 bytes; these have 32.
		Err(_) => String::new(),
	}
}

/// Reads a CID in any multibase. Only version 1, raw or dag-pb, sha2-256 names data of AITBC.
///
/// # Errors
/// [`CidError`] says which of these does not hold.
pub fn parse_cid(text: &str) -> Result<Cid, CidError> {
	let shown = || text.chars().take(MAX_TEXT_CHARS).collect::<String>();
	if text.len() > MAX_TEXT_CHARS {
		return Err(CidError::NotACid { text: shown(), reason: "it is too long".into() });
	}
	let parsed = cid::Cid::try_from(text)
		.map_err(|error| CidError::NotACid { text: shown(), reason: error.to_string() })?;
	if parsed.version() != cid::Version::V1 {
		return Err(CidError::Version { text: shown() });
	}
	let codec = match parsed.codec() {
		CODEC_RAW => CidCodec::Raw,
		CODEC_DAG_PB => CidCodec::DagPb,
		codec => return Err(CidError::Codec { text: shown(), codec }),
	};
	let hash = parsed.hash();
	match (hash.code(), <[u8; 32]>::try_from(hash.digest())) {
		(HASH_SHA2_256, Ok(digest)) => Ok(Cid { codec, digest }),
		(code, _) => Err(CidError::Hash { text: shown(), code }),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn cid_to_string_should_match_other_implementations() {
		// `ipfs add --raw-leaves --cid-version=1` of the five bytes `hello`.
		let text = "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq";
		assert_eq!(cid_to_string(&Cid::of_raw(b"hello")), text);
		assert_eq!(parse_cid(text).expect("a valid CID"), Cid::of_raw(b"hello"));
	}

	#[test]
	fn parse_cid_should_say_why_when_text_is_no_cid_of_ours() {
		// Version 0 of an arbitrary digest.
		let v0 = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG";
		assert!(matches!(parse_cid(v0), Err(CidError::Version { .. })));
		for text in ["", "b", "../../etc/passwd", "bafkrei", "\u{0}", "/etc/passwd"] {
			assert!(matches!(parse_cid(text), Err(CidError::NotACid { .. })), "{text:?}");
		}
		let long = "b".repeat(1 << 20);
		let error = parse_cid(&long).expect_err("too long").to_string();
		assert!(error.len() < 300, "{}", error.len());
		let hash = Multihash::<64>::wrap(0x13, &[1; 64]).expect("fits");
		let sha512 = cid::Cid::new_v1(CODEC_RAW, hash).to_string();
		assert!(matches!(
			parse_cid(&sha512),
			Err(CidError::Hash { code: 0x13, .. } | CidError::NotACid { .. })
		));
		let hash = Multihash::<64>::wrap(HASH_SHA2_256, &[1; 32]).expect("fits");
		let cbor = cid::Cid::new_v1(0x71, hash).to_string();
		assert!(matches!(parse_cid(&cbor), Err(CidError::Codec { codec: 0x71, .. })));
	}

	proptest! {
		#[test]
		fn text_should_round_trip(digest: [u8; 32], dag: bool) {
			let codec = if dag { CidCodec::DagPb } else { CidCodec::Raw };
			let cid = Cid { codec, digest };
			let text = cid_to_string(&cid);
			prop_assert!(text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
			prop_assert_eq!(parse_cid(&text).expect("own output"), cid);
		}

		#[test]
		fn parse_cid_should_not_panic_when_text_is_arbitrary(text in ".{0,200}") {
			let _ = parse_cid(&text);
		}
	}
}
