//! Places in a source text.

use core::fmt;
use naga::Span;

/// A place in a program's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
	/// Line, from one.
	pub line: u32,
	/// Column in characters, from one.
	pub column: u32,
}

impl Default for Location {
	/// The source as a whole.
	fn default() -> Self {
		Self { line: 1, column: 1 }
	}
}

impl fmt::Display for Location {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(formatter, "line {}, column {}", self.line, self.column)
	}
}

impl Location {
	/// The place of a byte offset; the end of the text if it is past it or inside a character.
	pub(super) fn at(source: &str, offset: usize) -> Self {
		let before = source.get(..offset).unwrap_or(source);
		let line = before.matches('\n').count() as u32 + 1;
		let column = before.rsplit('\n').next().map_or(0, |text| text.chars().count()) as u32 + 1;
		Self { line, column }
	}

	/// Where a span begins, if the compiler knows it.
	pub(crate) fn of(source: &str, span: Span) -> Option<Self> {
		span.to_range().map(|range| Self::at(source, range.start))
	}
}
