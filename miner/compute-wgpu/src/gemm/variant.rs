//! The ways there are of making a product on a device.

use std::{fmt, str::FromStr};

/// Elements along k in one word, as bytes.
pub(super) const WORD: usize = 4;
/// As much as 16-bit floats.
const HALVES: usize = 2;
/// Words of one `vec4`.
pub(super) const VECTOR: usize = 4;

/// How a kernel goes about a matrix product. The result is the same; which is quickest depends on the
/// device ([`crate::Gpu::tune`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GemmVariant {
	/// Rows and columns of one block: of an invocation, or of a workgroup's matrices.
	pub(super) block: usize,
	pub(super) means: Means,
}

/// What multiplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Means {
	/// Every invocation for itself, four elements at once; it reads what it needs.
	Words,
	/// As before, but a workgroup copies what it reads to its own memory first.
	SharedWords,
	/// The device's matrix units, for float matrices of this side. Numbers of int8 are exact in them, and
	/// so are sums of up to [`EXACT_TERMS`] products, in whatever order they add them.
	Matrices(u32),
}

/// Products of int8, at most 2¹⁴ each, whose sum a 32-bit float holds exactly: 2²⁴.
pub(super) const EXACT_TERMS: usize = 1 << 10;

impl GemmVariant {
	/// Runs well everywhere and needs the least of a device.
	pub(super) const PLAIN: Self = Self { block: 8, means: Means::Words };
	/// All there are.
	pub const ALL: [Self; 6] = [
		Self::PLAIN,
		Self { block: 4, means: Means::Words },
		Self { block: 8, means: Means::SharedWords },
		Self { block: 4, means: Means::SharedWords },
		Self { block: 32, means: Means::Matrices(8) },
		Self { block: 32, means: Means::Matrices(16) },
	];

	/// Blocks of a workgroup in each direction.
	pub(super) const fn workgroup(self) -> usize {
		match self.means {
			Means::Words => 8,
			Means::SharedWords => 16,
			Means::Matrices(_) => 1,
		}
	}

	/// Lines that are packed together: numbers of rows and columns are padded to a multiple of it.
	pub(super) const fn line_step(self) -> usize {
		match self.means {
			Means::SharedWords => self.block * self.workgroup(),
			Means::Words | Means::Matrices(_) => self.block,
		}
	}

	/// Words along k that are taken together: they are padded to a multiple of it.
	pub(super) const fn word_step(self) -> usize {
		match self.means {
			Means::Words => 1,
			// Every invocation copies one vector of each factor.
			Means::SharedWords => VECTOR * self.workgroup() / self.block,
			Means::Matrices(side) => side as usize / HALVES,
		}
	}

	/// Words of a packed line.
	pub(super) const fn line_words(self, k: usize) -> usize {
		let in_a_word = match self.means {
			Means::Words | Means::SharedWords => WORD,
			Means::Matrices(_) => HALVES,
		};
		k.div_ceil(in_a_word).next_multiple_of(self.word_step())
	}

	/// Length of a packed line, as the kernel is told it: in steps, or in elements.
	pub(super) const fn line_length(self, k: usize) -> usize {
		match self.means {
			Means::Words | Means::SharedWords => self.line_words(k),
			Means::Matrices(_) => self.line_words(k) * HALVES,
		}
	}
}

/// A text that names no way of making a product.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no way of making a product called `{0}`")]
pub struct GemmVariantError(String);

impl fmt::Display for GemmVariant {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { block, means } = self;
		write!(formatter, "{block}x{block}")?;
		match means {
			Means::Words => Ok(()),
			Means::SharedWords => formatter.write_str("-shared"),
			Means::Matrices(side) => write!(formatter, "-matrix{side}"),
		}
	}
}

impl FromStr for GemmVariant {
	type Err = GemmVariantError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let found = Self::ALL.into_iter().find(|variant| variant.to_string() == text);
		found.ok_or_else(|| GemmVariantError(text.to_string()))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn variant_should_read_what_it_writes() {
		for variant in GemmVariant::ALL {
			assert_eq!(variant.to_string().parse(), Ok(variant));
		}
		assert!("9x9".parse::<GemmVariant>().is_err());
	}
}
