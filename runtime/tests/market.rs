//! The market on the real runtime, its pallets together. One program, so that the runtime is linked once.

#![allow(
	clippy::expect_used,
	clippy::panic,
	clippy::indexing_slicing,
	reason = "a test fails by panicking"
)]

mod attack_index;
mod attacks;
mod holes;
mod invariants;
mod scenarios;
mod sequences;
mod support;
mod upgrade;
mod weights;
