//! What the engine and its child process say to each other: frames on the child's standard input and
//! output, each a magic word, a length and a SCALE encoding.

use crate::{
	Confinement, DeviceProfile, WorkRequest, WorkResult,
	conformance::{CaseResult, Extent},
};
use aitbc_compute_core::{MAX_DATA_BYTES, MAX_INPUTS};
use aitbc_primitives::Class;
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

/// To the child; it gets one. `Request` is a [`WorkRequest`], or a reference to one.
#[derive(Debug, Encode, Decode)]
pub(crate) enum ChildRequest<Request = WorkRequest> {
	/// Try all ways of making a matrix product and say which is quickest.
	#[codec(index = 0)]
	Tune,
	/// Do a job, within so many milliseconds.
	#[codec(index = 1)]
	Execute(Request, u64),
	/// Run the conformance suite of these classes, from the case of this number on.
	#[codec(index = 2)]
	Suite(Extent, Vec<Class>, u32),
}

/// From the child: first, unasked, `Ready` or `NoDevice`, then what answers its request; from a scout
/// `Unconfined` or `NoDevice`.
#[derive(Debug, Encode, Decode)]
pub(crate) enum ChildResponse {
	/// The device is open, and this is what the child may not do.
	#[codec(index = 0)]
	Ready(DeviceProfile, Confinement),
	/// The device could not be opened, or computes wrongly.
	#[codec(index = 1)]
	NoDevice(String),
	/// The quickest way, for the command line of further children; none if there is no choice.
	#[codec(index = 2)]
	Tuned(Option<String>),
	/// How the job ended.
	#[codec(index = 3)]
	Done(WorkResult),
	/// The device that is there without a sandbox, from a child that does nothing else.
	#[codec(index = 4)]
	Unconfined(DeviceProfile),
	/// What the device gave for the suite's next case; one after another until the last.
	#[codec(index = 5)]
	Case(CaseResult),
}

/// Writes one message.
pub(crate) fn write(to: &mut impl Write, message: &impl Encode) -> io::Result<()> {
	to.write_all(&frame(message)?)?;
	to.flush()
}

/// One message, to be written.
pub(crate) fn frame(message: &impl Encode) -> io::Result<Vec<u8>> {
	let mut bytes = [MAGIC, [0; 4]].concat();
	let head = bytes.len();
	message.encode_to(&mut bytes);
	let length = u32::try_from(bytes.len().saturating_sub(head))
		.map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "message too long"))?;
	if let Some(slot) = bytes.get_mut(MAGIC.len()..head) {
		slot.copy_from_slice(&length.to_le_bytes());
	}
	Ok(bytes)
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
		write(&mut bytes, &ChildRequest::Execute(&request(), 1))
			.expect("a vector takes everything");
		bytes
	}

	#[test]
	fn read_should_give_what_was_written() {
		let message = read::<ChildRequest>(&mut encoded().as_slice(), 2000).expect("whole");
		let ChildRequest::Execute(read, 1) = message else { panic!("{message:?}") };
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
		let length = u32::try_from(whole.len() - 8 + 1).expect("short");
		longer[4..8].copy_from_slice(&length.to_le_bytes());
		longer.push(0);
		assert_eq!(kind(&longer, 2000), io::ErrorKind::InvalidData);
	}
}
