//! What the calls and steps cost, measured on the runtime by `scripts/weights`.
//!
//! Generated: do not edit. 2026-11-24, steps 20, repeat 20, AMD EPYC,
//! frame-omni-bencher (benchmark CLI 64.0.0), wasm Compiled.

#![cfg_attr(rustfmt, rustfmt_skip)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// Cost of each call and step.
pub trait WeightInfo {
	/// `pay_author`.
	fn pay_author() -> Weight;
	/// `end_era`.
	fn end_era() -> Weight;
	/// `poll`.
	fn poll() -> Weight;
	/// `close_era`.
	fn close_era() -> Weight;
	/// `pay_miner`.
	fn pay_miner() -> Weight;
}

/// Weights on a runtime whose database weight is `T::DbWeight`.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn pay_author() -> Weight {
		// Least time seen: 76_143_000 picoseconds.
		Weight::from_parts(95_269_000, 3593)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Parameters::Parameters` (r:3 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Payouts::EraTotals` (r:0 w:1)
	// Proof: `Payouts::EraTotals` (`max_values`: None, `max_size`: Some(236), added: 2711, mode: `MaxEncodedLen`)
	fn end_era() -> Weight {
		// Least time seen: 28_874_000 picoseconds.
		Weight::from_parts(32_881_000, 8523)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Payouts::NextEraToPay` (r:1 w:0)
	// Proof: `Payouts::NextEraToPay` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn poll() -> Weight {
		// Least time seen: 4_369_000 picoseconds.
		Weight::from_parts(5_000_000, 1489)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	// Storage: `Payouts::NextEraToPay` (r:1 w:1)
	// Proof: `Payouts::NextEraToPay` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	// Storage: `Payouts::EraTotals` (r:1 w:1)
	// Proof: `Payouts::EraTotals` (`max_values`: None, `max_size`: Some(236), added: 2711, mode: `MaxEncodedLen`)
	// Storage: `Payouts::EraWork` (r:1 w:0)
	// Proof: `Payouts::EraWork` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	fn close_era() -> Weight {
		// Least time seen: 30_869_000 picoseconds.
		Weight::from_parts(37_721_000, 3701)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Payouts::EraWork` (r:2 w:1)
	// Proof: `Payouts::EraWork` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `Payouts::Earnings` (r:1 w:1)
	// Proof: `Payouts::Earnings` (`max_values`: None, `max_size`: Some(152), added: 2627, mode: `MaxEncodedLen`)
	fn pay_miner() -> Weight {
		// Least time seen: 258_075_000 picoseconds.
		Weight::from_parts(327_564_000, 6236)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
}

/// Weights for mocks: those of a chain on ParityDB.
impl WeightInfo for () {
	fn pay_author() -> Weight {
		Weight::from_parts(95_269_000, 3593)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn end_era() -> Weight {
		Weight::from_parts(32_881_000, 8523)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn poll() -> Weight {
		Weight::from_parts(5_000_000, 1489)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
	fn close_era() -> Weight {
		Weight::from_parts(37_721_000, 3701)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn pay_miner() -> Weight {
		Weight::from_parts(327_564_000, 6236)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
}
