//! The pass over the source's words: floating point that the compiler evaluates while it reads.
//!
//! The compiler folds constants, so that `i32(sqrt(2.0) * 1000.0)` leaves only an integer behind, made
//! by the host's own floating-point functions. This pass refuses such literals, types and functions
//! where they stand, and gives every refusal of floating point an exact place.

use super::{Location, ProfileError, Rule};
use alloc::{format, string::String, vec::Vec};

/// Types with floating-point elements.
const FLOAT_TYPES: [&str; 3] = ["f16", "f32", "f64"];
/// Predeclared aliases end in these after a prefix of [`FLOAT_ALIAS_PREFIXES`].
const FLOAT_ALIAS_SUFFIXES: [char; 2] = ['f', 'h'];
const FLOAT_ALIAS_PREFIXES: [&str; 12] = [
	"vec2", "vec3", "vec4", "mat2x2", "mat2x3", "mat2x4", "mat3x2", "mat3x3", "mat3x4", "mat4x2",
	"mat4x3", "mat4x4",
];
/// Functions that take or give floating point only.
const FLOAT_FUNCTIONS: &[&str] = &[
	"acos",
	"acosh",
	"asin",
	"asinh",
	"atan",
	"atan2",
	"atanh",
	"ceil",
	"cos",
	"cosh",
	"cross",
	"degrees",
	"determinant",
	"distance",
	"dpdx",
	"dpdxCoarse",
	"dpdxFine",
	"dpdy",
	"dpdyCoarse",
	"dpdyFine",
	"exp",
	"exp2",
	"faceForward",
	"floor",
	"fma",
	"fract",
	"frexp",
	"fwidth",
	"fwidthCoarse",
	"fwidthFine",
	"inverse",
	"inverseSqrt",
	"isinf",
	"isnan",
	"ldexp",
	"length",
	"log",
	"log2",
	"mix",
	"modf",
	"normalize",
	"outerProduct",
	"pack2x16float",
	"pack2x16snorm",
	"pack2x16unorm",
	"pack4x8snorm",
	"pack4x8unorm",
	"pow",
	"quantizeToF16",
	"radians",
	"reflect",
	"refract",
	"round",
	"saturate",
	"sin",
	"sinh",
	"smoothstep",
	"sqrt",
	"step",
	"tan",
	"tanh",
	"trunc",
	"unpack2x16float",
	"unpack2x16snorm",
	"unpack2x16unorm",
	"unpack4x8snorm",
	"unpack4x8unorm",
];

enum Kind<'a> {
	Word(&'a str),
	Number(&'a str),
	Mark(char),
}

struct Token<'a> {
	offset: usize,
	kind: Kind<'a>,
}

/// Refuses floating-point literals, type names and calls of floating-point functions.
pub(super) fn check(source: &str) -> Result<(), ProfileError> {
	let tokens = tokens(source);
	// A function that the program declares itself hides the built-in one of that name.
	let declared: Vec<&str> = tokens
		.windows(2)
		.filter_map(|pair| match pair {
			[Token { kind: Kind::Word("fn"), .. }, Token { kind: Kind::Word(name), .. }] => {
				Some(*name)
			}
			_ => None,
		})
		.collect();
	for (index, token) in tokens.iter().enumerate() {
		let what: String = match token.kind {
			Kind::Number(number) if is_float(number) => {
				format!("the floating-point constant {number}")
			}
			Kind::Word(word) if is_float_type(word) => format!("the floating-point type {word}"),
			Kind::Word(word) if FLOAT_FUNCTIONS.contains(&word) && !declared.contains(&word) => {
				let next = tokens.get(index.saturating_add(1));
				if !matches!(next, Some(Token { kind: Kind::Mark('('), .. })) {
					continue;
				}
				format!("the floating-point function {word}")
			}
			_ => continue,
		};
		let location = Location::at(source, token.offset);
		return Err(ProfileError::Refused { location, rule: Rule::Float, what });
	}
	Ok(())
}

fn is_float_type(word: &str) -> bool {
	FLOAT_TYPES.contains(&word)
		|| word
			.strip_suffix(FLOAT_ALIAS_SUFFIXES)
			.is_some_and(|prefix| FLOAT_ALIAS_PREFIXES.contains(&prefix))
}

/// Whether a number token is a floating-point literal of WGSL.
fn is_float(number: &str) -> bool {
	let lower = number.to_ascii_lowercase();
	match lower.strip_prefix("0x") {
		Some(hex) => hex.contains(['.', 'p']),
		None => lower.contains(['.', 'e', 'f', 'h']),
	}
}

fn tokens(source: &str) -> Vec<Token<'_>> {
	let mut tokens = Vec::new();
	let mut offset = 0_usize;
	while let Some(rest) = source.get(offset..).filter(|rest| !rest.is_empty()) {
		let length = skipped(rest);
		if length > 0 {
			offset = offset.saturating_add(length);
			continue;
		}
		let first = rest.chars().next().unwrap_or(' ');
		let is_number = first.is_ascii_digit()
			|| (first == '.' && rest.chars().nth(1).is_some_and(|next| next.is_ascii_digit()));
		let length = if is_number {
			number_length(rest)
		} else if is_word(first) {
			rest.find(|character| !is_word(character)).unwrap_or(rest.len())
		} else {
			first.len_utf8()
		};
		let text = rest.get(..length).unwrap_or(rest);
		let kind = match (is_number, is_word(first)) {
			(true, _) => Kind::Number(text),
			(false, true) => Kind::Word(text),
			(false, false) => Kind::Mark(first),
		};
		tokens.push(Token { offset, kind });
		offset = offset.saturating_add(length.max(1));
	}
	tokens
}

fn is_word(character: char) -> bool {
	character == '_' || character.is_alphanumeric()
}

/// Bytes of white space or of one comment at the start; zero if there is neither.
fn skipped(text: &str) -> usize {
	if text.starts_with("//") {
		return text.find('\n').unwrap_or(text.len());
	}
	if text.starts_with("/*") {
		return comment_length(text);
	}
	text.find(|character: char| !character.is_whitespace()).unwrap_or(text.len())
}

/// Bytes of the block comment at the start; such comments nest.
fn comment_length(text: &str) -> usize {
	let bytes = text.as_bytes();
	let (mut depth, mut index) = (0_usize, 0_usize);
	while let Some(pair) = bytes.get(index..index.saturating_add(2)) {
		let step = match pair {
			b"/*" => {
				depth = depth.saturating_add(1);
				2
			}
			b"*/" => {
				depth = depth.saturating_sub(1);
				2
			}
			_ => 1,
		};
		index = index.saturating_add(step);
		if depth == 0 {
			return index;
		}
	}
	text.len()
}

/// Bytes of the number at the start, a sign in its exponent included.
fn number_length(text: &str) -> usize {
	let is_hex = text.starts_with("0x") || text.starts_with("0X");
	let mut before = ' ';
	for (index, character) in text.char_indices() {
		let exponent = if is_hex { ['p', 'P'] } else { ['e', 'E'] };
		let is_sign = matches!(character, '+' | '-') && exponent.contains(&before);
		if !(is_word(character) || character == '.' || is_sign) {
			return index;
		}
		before = character;
	}
	text.len()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn refused(source: &str) -> Option<(u32, u32, String)> {
		match check(source) {
			Err(ProfileError::Refused { location, what, .. }) => {
				Some((location.line, location.column, what))
			}
			_ => None,
		}
	}

	#[test]
	fn floats_should_be_found_where_they_stand() {
		for (source, line, column, what) in [
			("let a = 1.0;", 1, 9, "the floating-point constant 1.0"),
			("\n  let a = .5;", 2, 11, "the floating-point constant .5"),
			("a = 1e-3;", 1, 5, "the floating-point constant 1e-3"),
			("a = 2f;", 1, 5, "the floating-point constant 2f"),
			("a = 0x1.8p3;", 1, 5, "the floating-point constant 0x1.8p3"),
			("var a: f32;", 1, 8, "the floating-point type f32"),
			("/* /* 1.0 */ 2.0 */ vec3f(0)", 1, 21, "the floating-point type vec3f"),
			("i32(sqrt (2))", 1, 5, "the floating-point function sqrt"),
		] {
			assert_eq!(refused(source), Some((line, column, what.into())), "{source}");
		}
	}

	#[test]
	fn integers_should_pass() {
		for source in [
			"let a = 0xfe; // 1.0",
			"a = 12u + 0x1fu - 7i;",
			"let step = 3u; let length = step; v.x = a1e5;",
			"fn mix(a: u32) -> u32 { return a; } let b = mix(3u);",
			"let nested = array(1, 2);",
			"1 /* never closed",
		] {
			assert_eq!(check(source), Ok(()), "{source}");
		}
	}
}
