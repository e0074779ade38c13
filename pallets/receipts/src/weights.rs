//! What the calls and steps cost, measured on the runtime by `scripts/weights`.
//!
//! Generated: do not edit. 2026-11-24, steps 20, repeat 12, AMD EPYC,
//! frame-omni-bencher (benchmark CLI 64.0.0), wasm Compiled.

#![cfg_attr(rustfmt, rustfmt_skip)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// Cost of each call and step.
pub trait WeightInfo {
	/// `commit`.
	fn commit() -> Weight;
	/// `submit`.
	fn submit() -> Weight;
	/// `reveal_recorded`.
	fn reveal_recorded() -> Weight;
	/// `reveal_settled`.
	fn reveal_settled(r: u32, ) -> Weight;
	/// `submit_batch`.
	fn submit_batch(n: u32, ) -> Weight;
	/// `prioritise`.
	fn prioritise(n: u32, ) -> Weight;
}

/// Weights on a runtime whose database weight is `T::DbWeight`.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Specs` (r:1 w:0)
	// Proof: `Jobs::Specs` (`max_values`: None, `max_size`: Some(1939), added: 4414, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Deadlines` (r:1 w:1)
	// Proof: `Jobs::Deadlines` (`max_values`: None, `max_size`: Some(1432), added: 3907, mode: `MaxEncodedLen`)
	fn commit() -> Weight {
		// Least time seen: 77_566_000 picoseconds.
		Weight::from_parts(111_600_000, 7841)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Specs` (r:1 w:0)
	// Proof: `Jobs::Specs` (`max_values`: None, `max_size`: Some(1939), added: 4414, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:2 w:2)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:4 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Payouts::EraWork` (r:1 w:1)
	// Proof: `Payouts::EraWork` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Workers` (r:1 w:1)
	// Proof: `ComputeStaking::Workers` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	// Storage: `Market::Offers` (r:1 w:1)
	// Proof: `Market::Offers` (`max_values`: None, `max_size`: Some(244), added: 2719, mode: `MaxEncodedLen`)
	// Storage: `Market::BookLen` (r:1 w:1)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
	// Storage: `Market::Filled` (r:1 w:1)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	// Storage: `Jobs::LiveJobs` (r:1 w:1)
	// Proof: `Jobs::LiveJobs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Deadlines` (r:1 w:1)
	// Proof: `Jobs::Deadlines` (`max_values`: None, `max_size`: Some(1432), added: 3907, mode: `MaxEncodedLen`)
	// Storage: `Jobs::MinerLeases` (r:0 w:1)
	// Proof: `Jobs::MinerLeases` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `Receipts::Receipts` (r:0 w:1)
	// Proof: `Receipts::Receipts` (`max_values`: None, `max_size`: Some(1337), added: 3812, mode: `MaxEncodedLen`)
	// Storage: `Market::Book` (r:0 w:1)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	fn submit() -> Weight {
		// Least time seen: 660_890_000 picoseconds.
		Weight::from_parts(724_259_000, 11034)
			.saturating_add(T::DbWeight::get().reads(19_u64))
			.saturating_add(T::DbWeight::get().writes(16_u64))
	}
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Specs` (r:1 w:0)
	// Proof: `Jobs::Specs` (`max_values`: None, `max_size`: Some(1939), added: 4414, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `Receipts::Receipts` (r:0 w:1)
	// Proof: `Receipts::Receipts` (`max_values`: None, `max_size`: Some(1337), added: 3812, mode: `MaxEncodedLen`)
	fn reveal_recorded() -> Weight {
		// Least time seen: 209_604_000 picoseconds.
		Weight::from_parts(224_260_000, 7841)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Specs` (r:1 w:0)
	// Proof: `Jobs::Specs` (`max_values`: None, `max_size`: Some(1939), added: 4414, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:8 w:8)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:8 w:8)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:4 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Miners` (r:7 w:7)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Payouts::EraWork` (r:7 w:7)
	// Proof: `Payouts::EraWork` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Workers` (r:7 w:7)
	// Proof: `ComputeStaking::Workers` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	// Storage: `Market::Offers` (r:7 w:7)
	// Proof: `Market::Offers` (`max_values`: None, `max_size`: Some(244), added: 2719, mode: `MaxEncodedLen`)
	// Storage: `Market::BookLen` (r:7 w:7)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
	// Storage: `Market::Filled` (r:1 w:1)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	// Storage: `Jobs::LiveJobs` (r:1 w:1)
	// Proof: `Jobs::LiveJobs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Deadlines` (r:1 w:1)
	// Proof: `Jobs::Deadlines` (`max_values`: None, `max_size`: Some(1432), added: 3907, mode: `MaxEncodedLen`)
	// Storage: `Jobs::MinerLeases` (r:0 w:7)
	// Proof: `Jobs::MinerLeases` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `Receipts::Receipts` (r:0 w:1)
	// Proof: `Receipts::Receipts` (`max_values`: None, `max_size`: Some(1337), added: 3812, mode: `MaxEncodedLen`)
	// Storage: `Market::Book` (r:0 w:7)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	/// `r` is 2 to 7.
	fn reveal_settled(r: u32, ) -> Weight {
		// Least time seen: 1_053_987_000 picoseconds.
		Weight::from_parts(571_612_583, 11034)
			// Standard error: 27_042_588.
			.saturating_add(Weight::from_parts(372_155_460, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().reads((7_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes((9_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	// Storage: `Jobs::Jobs` (r:256 w:0)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	/// `n` is 0 to 256.
	fn submit_batch(n: u32, ) -> Weight {
		// Least time seen: 12_002_000 picoseconds.
		Weight::from_parts(55_141_146, 990)
			// Standard error: 235_132.
			.saturating_add(Weight::from_parts(10_212_704, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 6851).saturating_mul(n.into()))
	}
	// Storage: `Jobs::Jobs` (r:16 w:0)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Specs` (r:16 w:0)
	// Proof: `Jobs::Specs` (`max_values`: None, `max_size`: Some(1939), added: 4414, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// `n` is 1 to 16.
	fn prioritise(n: u32, ) -> Weight {
		// Least time seen: 155_892_000 picoseconds.
		Weight::from_parts(160_942_000, 3509)
			// Standard error: 1_873_973.
			.saturating_add(Weight::from_parts(128_190_293, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 6851).saturating_mul(n.into()))
	}
}

/// Weights for mocks: those of a chain on ParityDB.
impl WeightInfo for () {
	fn commit() -> Weight {
		Weight::from_parts(111_600_000, 7841)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn submit() -> Weight {
		Weight::from_parts(724_259_000, 11034)
			.saturating_add(ParityDbWeight::get().reads(19_u64))
			.saturating_add(ParityDbWeight::get().writes(16_u64))
	}
	fn reveal_recorded() -> Weight {
		Weight::from_parts(224_260_000, 7841)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn reveal_settled(r: u32, ) -> Weight {
		Weight::from_parts(571_612_583, 11034)
			.saturating_add(Weight::from_parts(372_155_460, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(12_u64))
			.saturating_add(ParityDbWeight::get().reads((7_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
			.saturating_add(ParityDbWeight::get().writes((9_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	fn submit_batch(n: u32, ) -> Weight {
		Weight::from_parts(55_141_146, 990)
			.saturating_add(Weight::from_parts(10_212_704, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 6851).saturating_mul(n.into()))
	}
	fn prioritise(n: u32, ) -> Weight {
		Weight::from_parts(160_942_000, 3509)
			.saturating_add(Weight::from_parts(128_190_293, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 6851).saturating_mul(n.into()))
	}
}
