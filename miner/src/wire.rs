//! What the engine and its child process say to each other: frames on the child's standard input and
//! output, each a magic word, a length and a SCALE encoding.

use crate::{Confinement, DeviceProfile, WorkRequest, WorkResult};
use aitbc_compute_core::{MAX_DATA_BYTES, MAX_INPUTS};
use codec::{Decode, DecodeAll, Encode};
use std::io::{self, Read, Write};

/// Tells a frame from whatever a driver may print.
const MAGIC: [u8; 4] = *b"aitw";
/// Room for everything in a message but its data.
const SLACK_BYTES: usize = 1024 * 1024;
/// Longest message to the child.
pub(crate) const MAX_REQUEST_BYTES: usize = MAX_INPUTS * MAX_DATA_BYTES + SLACK_BYTES;
/// Longest message from the child.
pub(crate) const MAX_RESPONSE_BYTES: usize = MAX_DATA_BYTES + SLACK_BYTES;

/// To the child; it gets one.
#[derive(Debug, Encode, Decode)]
pub(crate) enum ChildRequest {
	/// Open the device and say what it is and what holds the child.
	#[codec(index = 0)]
	Probe,
	/// Do a job.
	#[codec(index = 1)]
	Execute(WorkRequest),
}

/// From the child; it gives one.
#[derive(Debug, Encode, Decode)]
pub(crate) enum ChildResponse {
	/// The device, and what the child may not do.
	#[codec(index = 0)]
	Probed(DeviceProfile, Confinement),
	/// How the job ended.
	#[codec(index = 1)]
	Done(WorkResult),
	/// The device could not be opened.
	#[codec(index = 2)]
	NoDevice(String),
}

/// Writes one message.
pub(crate) fn write(to: &mut impl Write, message: &impl Encode) -> io::Result<()> {
	let body = message.encode();
	let length = u32::try_from(body.len())
		.map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "message too long"))?;
	to.write_all(&MAGIC)?;
	to.write_all(&length.to_le_bytes())?;
	to.write_all(&body)?;
	to.flush()
}

/// Reads one message of at most `limit` bytes.
///
/// # Errors
/// If the stream ends early, or holds anything else.
pub(crate) fn read<T: Decode>(from: &mut impl Read, limit: usize) -> io::Result<T> {
	let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
	let (mut magic, mut length) = ([0; 4], [0; 4]);
	from.read_exact(&mut magic)?;
	if magic != MAGIC {
		return Err(invalid("unexpected output in place of a message".to_string()));
	}
	from.read_exact(&mut length)?;
	let length = u32::from_le_bytes(length);
	if length as usize > limit {
		return Err(invalid(format!("a message of {length} bytes, at most {limit} are allowed")));
	}
	// Beyond a message of one input, memory grows with what arrives, not with what is announced.
	let mut body = Vec::with_capacity((length as usize).min(MAX_RESPONSE_BYTES));
	from.take(u64::from(length)).read_to_end(&mut body)?;
	if body.len() != length as usize {
		return Err(io::ErrorKind::UnexpectedEof.into());
	}
	T::decode_all(&mut body.as_slice()).map_err(|error| invalid(error.to_string()))
}

#[cfg(test)]
mod tests {
	use super::*;
	use aitbc_primitives::Workload;

	fn request() -> WorkRequest {
		WorkRequest {
			workload: Workload::Echo,
			params: vec![],
			inputs: vec![vec![7; 1000]],
			program: None,
			units_limit: 1,
		}
	}

	fn encoded() -> Vec<u8> {
		let mut bytes = Vec::new();
		write(&mut bytes, &ChildRequest::Execute(request())).expect("a vector takes everything");
		bytes
	}

	#[test]
	fn read_should_give_what_was_written() {
		let message = read::<ChildRequest>(&mut encoded().as_slice(), 2000).expect("whole");
		let ChildRequest::Execute(read) = message else { panic!("{message:?}") };
		assert_eq!(read, request());
	}

	#[test]
	fn read_should_fail_when_the_message_is_broken() {
		let whole = encoded();
		let kind = |bytes: &[u8], limit| {
			read::<ChildRequest>(&mut &*bytes, limit).expect_err("broken").kind()
		};
		for length in [0, 3, 7, 8, whole.len() - 1] {
			assert_eq!(kind(&whole[..length], 2000), io::ErrorKind::UnexpectedEof);
		}
		assert_eq!(kind(&whole, 100), io::ErrorKind::InvalidData);
		assert_eq!(kind(b"warning: no display", 2000), io::ErrorKind::InvalidData);
		let mut longer = whole.clone();
		longer[4] += 1;
		longer.push(0);
		assert_eq!(kind(&longer, 2000), io::ErrorKind::InvalidData);
	}
}
