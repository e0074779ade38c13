//! From int32 sums back to int8.

use super::GemmError;
use alloc::vec::Vec;

/// Length of one entry of a table of scales.
pub const SCALE_BYTES: usize = 8;

/// A factor of `multiplier` / 2^`shift` for one row or column of C.
///
/// The product of a sum and a multiplier is rounded once, to the nearest integer and up where two are
/// as near (INV-COMPUTE-24): one addition and one arithmetic shift, as in TOSA's `RESCALE` and
/// TensorFlow Lite's single rounding, whose quantised models therefore keep their bits. (gemmlowp's
/// older way rounds twice.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
	multiplier: i32,
	shift: u32,
}

impl Scale {
	/// Shifts there are. The largest keeps product and rounding term within int64: 2⁶² + 2⁶¹ < 2⁶³.
	const SHIFTS: core::ops::RangeInclusive<u32> = 1..=62;

	/// A scale, if its multiplier is not negative and its shift is 1 to 62.
	pub fn new(multiplier: i32, shift: u32) -> Option<Self> {
		(multiplier >= 0 && Self::SHIFTS.contains(&shift)).then_some(Self { multiplier, shift })
	}

	/// Reads one entry: multiplier (int32) and shift (uint32), little-endian.
	pub fn from_bytes(entry: [u8; SCALE_BYTES]) -> Option<Self> {
		let (multiplier, shift) = words(entry);
		Self::new(multiplier, shift)
	}

	/// The entry of a table.
	pub fn to_bytes(self) -> [u8; SCALE_BYTES] {
		let [a, b, c, d] = self.multiplier.to_le_bytes();
		let [e, f, g, h] = self.shift.to_le_bytes();
		[a, b, c, d, e, f, g, h]
	}

	/// clamp(⌊(sum · multiplier + 2^(shift − 1)) / 2^shift⌋, −128, 127).
	#[expect(clippy::cast_possible_truncation, reason = "clamped before")]
	pub fn requantise(self, sum: i32) -> i8 {
		let product = i64::from(sum) * i64::from(self.multiplier);
		let rounded = (product + (1 << (self.shift - 1))) >> self.shift;
		rounded.clamp(i8::MIN.into(), i8::MAX.into()) as i8
	}
}

fn words([a, b, c, d, e, f, g, h]: [u8; SCALE_BYTES]) -> (i32, u32) {
	(i32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]))
}

/// Reads a table of `entries` scales.
pub(super) fn read(entries: usize, table: &[u8]) -> Result<Vec<Scale>, GemmError> {
	let expected = entries * SCALE_BYTES;
	if table.len() != expected {
		return Err(GemmError::ScalesSize { entries, expected, actual: table.len() });
	}
	let (table, _) = table.as_chunks();
	let scale = |(index, &entry)| {
		let (multiplier, shift) = words(entry);
		Scale::new(multiplier, shift).ok_or(GemmError::Scale { index, multiplier, shift })
	};
	table.iter().enumerate().map(scale).collect()
}
