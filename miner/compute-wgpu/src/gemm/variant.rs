//! The ways there are of making a product on a device.

use std::{fmt, str::FromStr};

/// Words of one `vec4`.
pub(super) const VECTOR: usize = 4;

/// How a kernel goes about a matrix product. The result is the same; which is quickest depends on the
/// device ([`crate::Gpu::tune`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GemmVariant {
	/// Rows and columns of one invocation's block: 4 or 8.
	pub(super) block: usize,
	/// Whether a workgroup copies what it reads to its own memory first.
	pub(super) shared: bool,
}

impl GemmVariant {
	/// Runs well everywhere and needs the least of a device.
	pub(super) const PLAIN: Self = Self { block: 8, shared: false };
	/// All there are.
	pub const ALL: [Self; 4] = [
		Self::PLAIN,
		Self { block: 4, shared: false },
		Self { block: 8, shared: true },
		Self { block: 4, shared: true },
	];

	/// Invocations of a workgroup in each direction.
	pub(super) const fn workgroup(self) -> usize {
		if self.shared { 16 } else { 8 }
	}

	/// Lines that are packed together: numbers of rows and columns are padded to a multiple of it.
	pub(super) const fn line_step(self) -> usize {
		if self.shared { self.block * self.workgroup() } else { self.block }
	}

	/// Words along k that are taken together: they are padded to a multiple of it.
	pub(super) const fn word_step(self) -> usize {
		// Every invocation copies one vector of each factor.
		if self.shared { VECTOR * self.workgroup() / self.block } else { 1 }
	}
}

/// A text that names no way of making a product.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no way of making a product called `{0}`")]
pub struct GemmVariantError(String);

impl fmt::Display for GemmVariant {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self { block, shared } = self;
		write!(formatter, "{block}x{block}{}", if *shared { "-shared" } else { "" })
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
