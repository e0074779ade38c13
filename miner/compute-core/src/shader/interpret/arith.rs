//! Integer arithmetic as the profile defines it (`compute.md` §5.3), word by word.

use alloc::vec::Vec;
use naga::{BinaryOperator, MathFunction, ScalarKind, UnaryOperator};

/// A unary operation; `None` if the profile has none such.
pub(super) const fn unary(op: UnaryOperator, word: u32) -> Option<u32> {
	Some(match op {
		UnaryOperator::Negate => word.wrapping_neg(),
		UnaryOperator::LogicalNot => (word == 0) as u32,
		UnaryOperator::BitwiseNot => !word,
	})
}

/// A binary operation on operands of the kind `kind` (of the left one, for a shift).
pub(super) const fn binary(
	op: BinaryOperator,
	kind: ScalarKind,
	left: u32,
	right: u32,
) -> Option<u32> {
	let is_signed = match kind {
		ScalarKind::Sint => true,
		ScalarKind::Uint | ScalarKind::Bool => false,
		_ => return None,
	};
	let (signed_left, signed_right) = (left as i32, right as i32);
	// x/0 = x, x%0 = 0, MIN/−1 = MIN, MIN%−1 = 0.
	let ends_division = right == 0 || (is_signed && signed_left == i32::MIN && signed_right == -1);
	let is_less = if is_signed { signed_left < signed_right } else { left < right };
	Some(match op {
		BinaryOperator::Add => left.wrapping_add(right),
		BinaryOperator::Subtract => left.wrapping_sub(right),
		BinaryOperator::Multiply => left.wrapping_mul(right),
		BinaryOperator::Divide if ends_division => left,
		BinaryOperator::Modulo if ends_division => 0,
		BinaryOperator::Divide if is_signed => (signed_left / signed_right) as u32,
		BinaryOperator::Divide => left / right,
		BinaryOperator::Modulo if is_signed => (signed_left % signed_right) as u32,
		BinaryOperator::Modulo => left % right,
		BinaryOperator::Equal => (left == right) as u32,
		BinaryOperator::NotEqual => (left != right) as u32,
		BinaryOperator::Less => is_less as u32,
		BinaryOperator::LessEqual => (is_less || left == right) as u32,
		BinaryOperator::Greater => !(is_less || left == right) as u32,
		BinaryOperator::GreaterEqual => !is_less as u32,
		BinaryOperator::And | BinaryOperator::LogicalAnd => left & right,
		BinaryOperator::InclusiveOr | BinaryOperator::LogicalOr => left | right,
		BinaryOperator::ExclusiveOr => left ^ right,
		BinaryOperator::ShiftLeft => left << (right & 31),
		BinaryOperator::ShiftRight if is_signed => (signed_left >> (right & 31)) as u32,
		BinaryOperator::ShiftRight => left >> (right & 31),
	})
}

/// A built-in function whose result is made component by component.
pub(super) fn component(
	fun: MathFunction,
	kind: ScalarKind,
	word: u32,
	second: u32,
	third: u32,
	fourth: u32,
) -> Option<u32> {
	let is_signed = kind == ScalarKind::Sint;
	let lower = |left: u32, right: u32| {
		if is_signed { (left as i32).min(right as i32) as u32 } else { left.min(right) }
	};
	let upper = |left: u32, right: u32| {
		if is_signed { (left as i32).max(right as i32) as u32 } else { left.max(right) }
	};
	// No bit set is all ones, as −1 or as the largest u32.
	let place = |bits: u32| if bits == 0 { u32::MAX } else { 31 - bits.leading_zeros() };
	Some(match fun {
		MathFunction::Abs if is_signed => (word as i32).unsigned_abs(),
		MathFunction::Abs => word,
		MathFunction::Min => lower(word, second),
		MathFunction::Max => upper(word, second),
		MathFunction::Clamp => lower(upper(word, second), third),
		MathFunction::Sign => (word as i32).signum() as u32,
		MathFunction::CountTrailingZeros => word.trailing_zeros(),
		MathFunction::CountLeadingZeros => word.leading_zeros(),
		MathFunction::CountOneBits => word.count_ones(),
		MathFunction::ReverseBits => word.reverse_bits(),
		MathFunction::ExtractBits => extract_bits(is_signed, word, second, third),
		MathFunction::InsertBits => insert_bits(word, second, third, fourth),
		MathFunction::FirstTrailingBit => match word {
			0 => u32::MAX,
			_ => word.trailing_zeros(),
		},
		// Of a negative number the highest bit that is not a copy of the sign.
		MathFunction::FirstLeadingBit if is_signed && (word as i32) < 0 => place(!word),
		MathFunction::FirstLeadingBit => place(word),
		_ => return None,
	})
}

/// Offset and count, cut to the word.
fn bit_field(offset: u32, count: u32) -> (u32, u32) {
	let offset = offset.min(32);
	(offset, count.min(32 - offset))
}

fn extract_bits(is_signed: bool, word: u32, offset: u32, count: u32) -> u32 {
	let (offset, count) = bit_field(offset, count);
	if count == 0 {
		return 0;
	}
	let top = word << (32 - offset - count);
	if is_signed { ((top as i32) >> (32 - count)) as u32 } else { top >> (32 - count) }
}

fn insert_bits(word: u32, bits: u32, offset: u32, count: u32) -> u32 {
	let (offset, count) = bit_field(offset, count);
	if count == 0 {
		return word;
	}
	let mask = (u32::MAX >> (32 - count)) << offset;
	(word & !mask) | ((bits << offset) & mask)
}

/// A built-in function of whole vectors; `None` if this is none.
pub(super) fn whole(fun: MathFunction, left: &[u32], right: &[u32]) -> Option<Vec<u32>> {
	let sum = |products: &mut dyn Iterator<Item = u32>| {
		products.fold(0, |sum: u32, product| sum.wrapping_add(product))
	};
	let first = left.first().copied().unwrap_or(0);
	let second = right.first().copied().unwrap_or(0);
	let unpacked = first.to_le_bytes();
	let pack = |byte: &dyn Fn(u32) -> u8| {
		let bytes: Vec<u8> = left.iter().map(|word| byte(*word)).collect();
		<[u8; 4]>::try_from(bytes).ok().map(|bytes| alloc::vec![u32::from_le_bytes(bytes)])
	};
	Some(match fun {
		MathFunction::Dot => {
			alloc::vec![sum(&mut left.iter().zip(right).map(|(x, y)| x.wrapping_mul(*y)))]
		}
		MathFunction::Dot4U8Packed => {
			let pairs = unpacked.into_iter().zip(second.to_le_bytes());
			alloc::vec![sum(&mut pairs.map(|(x, y)| u32::from(x) * u32::from(y)))]
		}
		MathFunction::Dot4I8Packed => {
			let pairs = unpacked.into_iter().zip(second.to_le_bytes());
			let product = |(x, y)| (i32::from(x as i8) * i32::from(y as i8)) as u32;
			alloc::vec![sum(&mut pairs.map(product))]
		}
		MathFunction::Pack4xI8 | MathFunction::Pack4xU8 => return pack(&|word| word as u8),
		MathFunction::Pack4xI8Clamp => {
			return pack(&|word| (word as i32).clamp(-128, 127) as u8);
		}
		MathFunction::Pack4xU8Clamp => return pack(&|word| word.min(255) as u8),
		MathFunction::Unpack4xI8 => unpacked.map(|byte| i32::from(byte as i8) as u32).to_vec(),
		MathFunction::Unpack4xU8 => unpacked.map(u32::from).to_vec(),
		_ => return None,
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use naga::{BinaryOperator as Op, MathFunction as Fun, ScalarKind::Sint, ScalarKind::Uint};

	const MIN: u32 = 0x8000_0000;
	const MINUS_ONE: u32 = u32::MAX;

	#[test]
	fn binary_should_define_what_other_languages_do_not() {
		for (op, kind, left, right, expected) in [
			(Op::Divide, Sint, MIN, MINUS_ONE, MIN),
			(Op::Modulo, Sint, MIN, MINUS_ONE, 0),
			(Op::Divide, Uint, MIN, MINUS_ONE, 0),
			(Op::Divide, Sint, 7, 0, 7),
			(Op::Modulo, Sint, 7, 0, 0),
			(Op::Divide, Uint, 7, 0, 7),
			(Op::Modulo, Uint, 7, 0, 0),
			(Op::Divide, Sint, (-7_i32) as u32, 2, (-3_i32) as u32),
			(Op::Modulo, Sint, (-7_i32) as u32, 2, MINUS_ONE),
			(Op::ShiftLeft, Uint, 1, 32, 1),
			(Op::ShiftLeft, Uint, 1, 0xffff_ffe1, 2),
			(Op::ShiftRight, Sint, MIN, 63, MINUS_ONE),
			(Op::ShiftRight, Uint, MIN, 63, 1),
			(Op::Add, Sint, 0x7fff_ffff, 1, MIN),
			(Op::Multiply, Sint, 0x7fff_ffff, 2, (-2_i32) as u32),
			(Op::Less, Sint, MIN, 0, 1),
			(Op::Less, Uint, MIN, 0, 0),
			(Op::GreaterEqual, Sint, 5, 5, 1),
			(Op::Greater, Uint, 5, 5, 0),
		] {
			assert_eq!(binary(op, kind, left, right), Some(expected), "{op:?} {left} {right}");
		}
		assert_eq!(binary(Op::Add, ScalarKind::Float, 0, 0), None);
	}

	#[test]
	fn bit_functions_should_follow_wgsl() {
		let call = |fun, kind, arguments: [u32; 4]| {
			let [a, b, c, d] = arguments;
			component(fun, kind, a, b, c, d)
		};
		for (fun, kind, arguments, expected) in [
			(Fun::Abs, Sint, [MIN, 0, 0, 0], MIN),
			(Fun::ExtractBits, Uint, [0xabcd_1234, 8, 8, 0], 0x12),
			(Fun::ExtractBits, Sint, [0x0000_8000, 8, 8, 0], 0xffff_ff80),
			(Fun::ExtractBits, Uint, [0xabcd_1234, 40, 8, 0], 0),
			(Fun::ExtractBits, Uint, [0xabcd_1234, 28, 99, 0], 0xa),
			(Fun::ExtractBits, Uint, [0xabcd_1234, 0, 32, 0], 0xabcd_1234),
			(Fun::InsertBits, Uint, [0, MINUS_ONE, 4, 8], 0xff0),
			(Fun::InsertBits, Uint, [7, MINUS_ONE, 32, 8], 7),
			(Fun::InsertBits, Uint, [7, 9, 0, 32], 9),
			(Fun::FirstLeadingBit, Uint, [0, 0, 0, 0], MINUS_ONE),
			(Fun::FirstLeadingBit, Sint, [MINUS_ONE, 0, 0, 0], MINUS_ONE),
			(Fun::FirstLeadingBit, Sint, [MIN, 0, 0, 0], 30),
			(Fun::FirstTrailingBit, Uint, [8, 0, 0, 0], 3),
			(Fun::CountLeadingZeros, Uint, [0, 0, 0, 0], 32),
			(Fun::Clamp, Sint, [5, 9, 3, 0], 3),
		] {
			assert_eq!(call(fun, kind, arguments), Some(expected), "{fun:?} {arguments:?}");
		}
	}

	#[test]
	fn packed_functions_should_follow_wgsl() {
		let dot = whole(Fun::Dot4I8Packed, &[0x8080_8080], &[0x7f7f_7f7f]);
		assert_eq!(dot, Some(vec![(-128 * 127 * 4_i32) as u32]));
		let dot = whole(Fun::Dot4U8Packed, &[MINUS_ONE], &[MINUS_ONE]);
		assert_eq!(dot, Some(vec![255 * 255 * 4]));
		let words = [0x1ff, MINUS_ONE, 3, 0x80];
		assert_eq!(whole(Fun::Pack4xU8, &words, &[]), Some(vec![0x8003_ffff]));
		assert_eq!(whole(Fun::Pack4xI8Clamp, &words, &[]), Some(vec![0x7f03_ff7f]));
		assert_eq!(whole(Fun::Unpack4xI8, &[0x0000_80ff], &[]).map(|it| it[1]), Some(0xffff_ff80));
	}
}
