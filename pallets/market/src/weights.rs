//! What the calls and steps cost, measured on the runtime by `scripts/weights`.
//!
//! Generated: do not edit. 2026-11-24, steps 20, repeat 20, AMD EPYC,
//! frame-omni-bencher (benchmark CLI 64.0.0), wasm Compiled.

#![cfg_attr(rustfmt, rustfmt_skip)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// Cost of each call and step.
pub trait WeightInfo {
	/// `set_offer`.
	fn set_offer() -> Weight;
	/// `withdraw_offer`.
	fn withdraw_offer() -> Weight;
	/// `set_profile`.
	fn set_profile() -> Weight;
	/// `clear_profile`.
	fn clear_profile() -> Weight;
	/// `assign`.
	fn assign(p: u32, ) -> Weight;
	/// `conclude`.
	fn conclude() -> Weight;
}

/// Weights on a runtime whose database weight is `T::DbWeight`.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `ComputeStaking::Miners` (r:1 w:0)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Market::Offers` (r:2 w:2)
	// Proof: `Market::Offers` (`max_values`: None, `max_size`: Some(244), added: 2719, mode: `MaxEncodedLen`)
	// Storage: `Market::BookLen` (r:2 w:2)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
	// Storage: `Market::Book` (r:1 w:3)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	// Storage: `Market::Filled` (r:1 w:1)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	fn set_offer() -> Weight {
		// Least time seen: 184_656_000 picoseconds.
		Weight::from_parts(216_617_000, 6428)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	// Storage: `Market::Offers` (r:2 w:2)
	// Proof: `Market::Offers` (`max_values`: None, `max_size`: Some(244), added: 2719, mode: `MaxEncodedLen`)
	// Storage: `Market::BookLen` (r:1 w:1)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
	// Storage: `Market::Book` (r:1 w:2)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	fn withdraw_offer() -> Weight {
		// Least time seen: 96_330_000 picoseconds.
		Weight::from_parts(132_969_000, 6428)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:0)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:3 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Market::Profiles` (r:1 w:1)
	// Proof: `Market::Profiles` (`max_values`: None, `max_size`: Some(279), added: 2754, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	fn set_profile() -> Weight {
		// Least time seen: 210_655_000 picoseconds.
		Weight::from_parts(247_775_000, 8523)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	// Storage: `Market::Profiles` (r:1 w:1)
	// Proof: `Market::Profiles` (`max_values`: None, `max_size`: Some(279), added: 2754, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	fn clear_profile() -> Weight {
		// Least time seen: 156_514_000 picoseconds.
		Weight::from_parts(165_169_000, 3744)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	// Storage: `Parameters::Parameters` (r:5 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Market::Filled` (r:1 w:1)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	// Storage: `Market::BookLen` (r:16 w:1)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
	// Storage: `Market::Book` (r:16 w:1)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	// Storage: `Market::Offers` (r:16 w:1)
	// Proof: `Market::Offers` (`max_values`: None, `max_size`: Some(244), added: 2719, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Miners` (r:16 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Workers` (r:1 w:1)
	// Proof: `ComputeStaking::Workers` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// `p` is 1 to 16.
	fn assign(p: u32, ) -> Weight {
		// Least time seen: 121_448_000 picoseconds.
		Weight::from_parts(117_743_165, 13545)
			// Standard error: 1_511_823.
			.saturating_add(Weight::from_parts(50_663_919, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(6_u64))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(p.into()))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Workers` (r:1 w:1)
	// Proof: `ComputeStaking::Workers` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	// Storage: `Market::Offers` (r:1 w:1)
	// Proof: `Market::Offers` (`max_values`: None, `max_size`: Some(244), added: 2719, mode: `MaxEncodedLen`)
	// Storage: `Market::BookLen` (r:1 w:1)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
	// Storage: `Market::Filled` (r:1 w:1)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	// Storage: `Market::Book` (r:0 w:1)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	fn conclude() -> Weight {
		// Least time seen: 135_454_000 picoseconds.
		Weight::from_parts(141_465_000, 3810)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
}

/// Weights for mocks: those of a chain on ParityDB.
impl WeightInfo for () {
	fn set_offer() -> Weight {
		Weight::from_parts(216_617_000, 6428)
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
	}
	fn withdraw_offer() -> Weight {
		Weight::from_parts(132_969_000, 6428)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn set_profile() -> Weight {
		Weight::from_parts(247_775_000, 8523)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn clear_profile() -> Weight {
		Weight::from_parts(165_169_000, 3744)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn assign(p: u32, ) -> Weight {
		Weight::from_parts(117_743_165, 13545)
			.saturating_add(Weight::from_parts(50_663_919, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(p.into()))
	}
	fn conclude() -> Weight {
		Weight::from_parts(141_465_000, 3810)
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
	}
}
