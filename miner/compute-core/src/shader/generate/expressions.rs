//! Random expressions. What the compiler would evaluate itself is avoided where it refuses edge cases
//! of constants (a shift by 32, a division by zero); at run time they are welcome.

use super::{Generator, Place, Ty};
use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};

/// An expression's text, and whether the compiler knows its value.
pub(super) struct Text {
	pub code: String,
	pub constant: bool,
}

impl Text {
	fn variable(code: impl Into<String>) -> Self {
		Self { code: code.into(), constant: false }
	}
}

impl Generator<'_> {
	/// Any expression of a type.
	pub(super) fn expression(&mut self, ty: Ty, depth: u32) -> Text {
		if depth == 0 || self.choices.percent(15) {
			return self.leaf(ty);
		}
		match ty {
			Ty::Bool => self.boolean(depth - 1),
			Ty::Word { signed } => self.scalar(signed, depth - 1),
			Ty::Vector { signed, size } => self.vector(signed, size, depth - 1),
		}
	}

	/// An expression whose value the compiler does not know.
	pub(super) fn unknown(&mut self, ty: Ty, depth: u32) -> String {
		let text = self.expression(ty, depth);
		if text.constant { self.known_variable(ty) } else { text.code }
	}

	/// Something that is always in scope.
	fn known_variable(&mut self, ty: Ty) -> String {
		match ty {
			Ty::Bool => "(flat != 1u)".to_string(),
			Ty::Word { signed: false } => "flat".to_string(),
			Ty::Word { signed: true } => "i32(flat)".to_string(),
			Ty::Vector { signed, size } => {
				let scalar = self.known_variable(Ty::Word { signed });
				format!("{}({scalar})", Ty::Vector { signed, size }.name())
			}
		}
	}

	fn literal(&mut self, ty: Ty) -> Text {
		let code = match ty {
			Ty::Bool => ["false", "true"][self.choices.below(2) as usize].to_string(),
			Ty::Word { signed: false } => format!("{}u", self.choices.number()),
			Ty::Word { signed: true } => match self.choices.number() as i32 {
				i32::MIN => "i32(-2147483648)".to_string(),
				number => format!("{number}i"),
			},
			Ty::Vector { signed, size } => {
				let parts: Vec<String> =
					(0..size).map(|_| self.literal(Ty::Word { signed }).code).collect();
				format!("{}({})", ty.name(), parts.join(", "))
			}
		};
		Text { code, constant: true }
	}

	fn leaf(&mut self, ty: Ty) -> Text {
		if self.choices.percent(25) {
			return self.literal(ty);
		}
		let names: Vec<String> = self
			.scope
			.iter()
			.filter(|place| place.ty == ty && place.count.is_none())
			.map(|place| place.name.clone())
			.collect();
		if names.is_empty() || self.choices.percent(10) {
			return self.element(ty).unwrap_or_else(|| {
				let code = self.known_variable(ty);
				Text::variable(code)
			});
		}
		let index = self.choices.below(names.len() as u32) as usize;
		Text::variable(names.get(index).cloned().unwrap_or_default())
	}

	/// An element of some array, at any index.
	fn element(&mut self, ty: Ty) -> Option<Text> {
		let arrays: Vec<String> = self
			.scope
			.iter()
			.filter(|place| place.ty == ty && place.count.is_some())
			.map(|place| place.name.clone())
			.collect();
		let index = self.choices.below(arrays.len() as u32) as usize;
		let name = arrays.get(index)?.clone();
		let index = self.index();
		Some(Text::variable(format!("{name}[{index}]")))
	}

	/// An index that may lie anywhere.
	pub(super) fn index(&mut self) -> String {
		let signed = self.choices.percent(40);
		let depth = self.choices.below(2);
		self.unknown(Ty::Word { signed }, depth)
	}

	fn scalar(&mut self, signed: bool, depth: u32) -> Text {
		let ty = Ty::Word { signed };
		let code = match self.choices.below(12) {
			0..=3 => return self.arithmetic(ty, depth),
			4 => {
				let other = self.unknown(Ty::Word { signed: !signed }, depth);
				match self.choices.below(2) {
					0 => format!("{}({other})", ty.name()),
					_ => format!("bitcast<{}>({other})", ty.name()),
				}
			}
			5 => {
				let boolean = self.unknown(Ty::Bool, depth);
				format!("{}({boolean})", ty.name())
			}
			6 => match self.element(ty) {
				Some(text) => return text,
				None => self.unknown(ty, depth),
			},
			7 => {
				let size = 2 + self.choices.below(3);
				let vector = self.unknown(Ty::Vector { signed, size }, depth);
				match self.choices.below(2) {
					0 => format!("{vector}.{}", ["x", "y"][self.choices.below(2) as usize]),
					_ => format!("{vector}[{}]", self.index()),
				}
			}
			8 => self.packed(signed, depth),
			9 => match self.call(ty, depth) {
				Some(code) => code,
				None => self.unknown(ty, depth),
			},
			10 if !signed => match self.choices.below(2) {
				0 => "arrayLength(&first)".to_string(),
				_ => "arrayLength(&second)".to_string(),
			},
			_ => self.builtin(ty, depth),
		};
		Text::variable(code)
	}

	/// A call of a function of the program, if one gives this type.
	fn call(&mut self, ty: Ty, depth: u32) -> Option<String> {
		let fitting: Vec<usize> = self
			.functions
			.iter()
			.enumerate()
			.filter(|(_, function)| function.result == ty)
			.map(|(index, _)| index)
			.collect();
		let index = self.choices.pick(&fitting).filter(|_| !fitting.is_empty())?;
		let function = self.functions.get(index)?.clone();
		let mut arguments: Vec<String> = function
			.arguments
			.iter()
			.map(|argument| self.unknown(*argument, depth.min(1)))
			.collect();
		if function.takes_pointer {
			arguments.push("&shelf".to_string());
		}
		Some(format!("{}({})", function.name, arguments.join(", ")))
	}

	/// A built-in function that works on each component.
	fn builtin(&mut self, ty: Ty, depth: u32) -> String {
		let word = match ty {
			Ty::Vector { size, .. } => Ty::Vector { signed: false, size },
			_ => Ty::Word { signed: false },
		};
		let one = self.unknown(ty, depth);
		let index = self.choices.below(14);
		let unary = [
			"countOneBits",
			"firstLeadingBit",
			"firstTrailingBit",
			"countLeadingZeros",
			"countTrailingZeros",
			"reverseBits",
			"abs",
		];
		if let Some(name) = unary.get(index as usize) {
			return format!("{name}({one})");
		}
		let two = self.expression(ty, depth).code;
		match index {
			7 => format!("min({one}, {two})"),
			8 => format!("max({two}, {one})"),
			9 => format!("clamp({one}, {}, {two})", self.unknown(ty, depth)),
			10 => {
				let (offset, count) = (self.bit_place(), self.bit_place());
				format!("extractBits({one}, {offset}, {count})")
			}
			11 => {
				let (offset, count) = (self.bit_place(), self.bit_place());
				format!("insertBits({one}, {two}, {offset}, {count})")
			}
			12 if ty != word => format!("sign({one})"),
			_ => {
				let condition = self.unknown(Ty::Bool, depth);
				format!("select({one}, {two}, {condition})")
			}
		}
	}

	/// Where a bit field begins or ends: sometimes outside of the word.
	fn bit_place(&mut self) -> String {
		let word = self.unknown(Ty::Word { signed: false }, 1);
		if self.choices.percent(70) { format!("({word} % 40u)") } else { word }
	}

	fn packed(&mut self, signed: bool, depth: u32) -> String {
		let word = Ty::Word { signed: false };
		let (one, two) = (self.unknown(word, depth), self.unknown(word, depth));
		if signed {
			return match self.choices.below(2) {
				0 => format!("dot4I8Packed({one}, {two})"),
				_ => {
					let left = self.unknown(Ty::Vector { signed, size: 3 }, depth);
					let right = self.unknown(Ty::Vector { signed, size: 3 }, depth);
					format!("dot({left}, {right})")
				}
			};
		}
		let name = match self.choices.below(5) {
			0 => return format!("dot4U8Packed({one}, {two})"),
			1 => "pack4xI8",
			2 => "pack4xI8Clamp",
			3 => "pack4xU8",
			_ => "pack4xU8Clamp",
		};
		let signed = name.contains("xI8");
		let vector = self.unknown(Ty::Vector { signed, size: 4 }, depth);
		format!("{name}({vector})")
	}

	/// A binary or unary operation.
	fn arithmetic(&mut self, ty: Ty, depth: u32) -> Text {
		let left = self.unknown(ty, depth);
		let code = match self.choices.below(12) {
			op @ 0..=5 => {
				let right = self.expression(ty, depth).code;
				format!("({left} {} {right})", ["+", "-", "*", "&", "|", "^"][op as usize])
			}
			op @ 6..=7 => {
				let right = self.unknown(ty, depth);
				format!("({left} {} {right})", ["/", "%"][op as usize - 6])
			}
			op @ 8..=9 => {
				let count = match ty {
					Ty::Vector { size, .. } => Ty::Vector { signed: false, size },
					_ => Ty::Word { signed: false },
				};
				let right = match (count, self.choices.percent(30)) {
					(Ty::Word { .. }, true) => format!("{}u", self.choices.below(32)),
					_ => self.unknown(count, depth),
				};
				format!("({left} {} {right})", ["<<", ">>"][op as usize - 8])
			}
			10 if ty != (Ty::Word { signed: false }) && !ty.is_unsigned_vector() => {
				format!("(-{left})")
			}
			_ => format!("(~{left})"),
		};
		Text::variable(code)
	}

	fn boolean(&mut self, depth: u32) -> Text {
		let signed = self.choices.percent(50);
		let code = match self.choices.below(6) {
			0 => {
				let (left, right) = (self.unknown(Ty::Bool, depth), self.unknown(Ty::Bool, depth));
				format!(
					"({left} {} {right})",
					["&&", "||", "&", "|"][self.choices.below(4) as usize]
				)
			}
			1 => format!("(!{})", self.unknown(Ty::Bool, depth)),
			2 => {
				let size = 2 + self.choices.below(3);
				let left = self.unknown(Ty::Vector { signed, size }, depth);
				let right = self.unknown(Ty::Vector { signed, size }, depth);
				let fun = ["all", "any"][self.choices.below(2) as usize];
				format!("{fun}({left} {} {right})", self.comparison())
			}
			_ => {
				let left = self.unknown(Ty::Word { signed }, depth);
				let right = self.expression(Ty::Word { signed }, depth).code;
				format!("({left} {} {right})", self.comparison())
			}
		};
		Text::variable(code)
	}

	fn comparison(&mut self) -> &'static str {
		["<", "<=", ">", ">=", "==", "!="][self.choices.below(6) as usize]
	}

	fn vector(&mut self, signed: bool, size: u32, depth: u32) -> Text {
		let ty = Ty::Vector { signed, size };
		let code = match self.choices.below(8) {
			0..=2 => return self.arithmetic(ty, depth),
			3 => self.builtin(ty, depth),
			4 if size == 4 => {
				let word = self.unknown(Ty::Word { signed: false }, depth);
				let name = if signed { "unpack4xI8" } else { "unpack4xU8" };
				format!("{name}({word})")
			}
			5 => {
				let from = self.unknown(Ty::Vector { signed, size: 3 }, depth);
				let pattern = ["", "", "zx", "yxz", "xzzy"][size as usize];
				format!("{from}.{pattern}")
			}
			6 => {
				let vector = self.unknown(ty, depth);
				let scalar = self.unknown(Ty::Word { signed }, depth);
				format!("({vector} {} {scalar})", ["+", "*", "/"][self.choices.below(3) as usize])
			}
			_ => {
				let parts: Vec<String> =
					(0..size).map(|_| self.unknown(Ty::Word { signed }, depth)).collect();
				format!("{}({})", ty.name(), parts.join(", "))
			}
		};
		Text::variable(code)
	}

	/// Some variable that can be assigned to.
	pub(super) fn target(&mut self) -> Option<Place> {
		let places: Vec<usize> = self
			.scope
			.iter()
			.enumerate()
			.filter(|(_, place)| place.mutable)
			.map(|(index, _)| index)
			.collect();
		let index = self.choices.pick(&places).filter(|_| !places.is_empty())?;
		self.scope.get(index).cloned()
	}
}
