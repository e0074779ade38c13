//! What the calls and steps cost, measured on the runtime by `scripts/weights`.
//!
//! Generated: do not edit. 2026-11-24, steps 20, repeat 12, AMD EPYC,
//! frame-omni-bencher (benchmark CLI 64.0.0), wasm Compiled.

#![cfg_attr(rustfmt, rustfmt_skip)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// Cost of each call and step.
pub trait WeightInfo {
	/// `register_program`.
	fn register_program() -> Weight;
	/// `unregister_program`.
	fn unregister_program() -> Weight;
	/// `submit`.
	fn submit(r: u32, ) -> Weight;
	/// `cancel`.
	fn cancel(r: u32, ) -> Weight;
	/// `queue_begin`.
	fn queue_begin() -> Weight;
	/// `queue_look`.
	fn queue_look() -> Weight;
	/// `queue_match`.
	fn queue_match(p: u32, d: u32, ) -> Weight;
	/// `queue_search`.
	fn queue_search(p: u32, d: u32, ) -> Weight;
	/// `due_look`.
	fn due_look(n: u32, ) -> Weight;
	/// `due_start`.
	fn due_start(r: u32, ) -> Weight;
	/// `due_delivery`.
	fn due_delivery(r: u32, ) -> Weight;
	/// `due_reveal`.
	fn due_reveal(r: u32, ) -> Weight;
	/// `due_prune`.
	fn due_prune(r: u32, ) -> Weight;
}

/// Weights on a runtime whose database weight is `T::DbWeight`.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `Jobs::Programs` (r:1 w:1)
	// Proof: `Jobs::Programs` (`max_values`: None, `max_size`: Some(105), added: 2580, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	fn register_program() -> Weight {
		// Least time seen: 178_985_000 picoseconds.
		Weight::from_parts(206_287_000, 6012)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Jobs::Programs` (r:1 w:1)
	// Proof: `Jobs::Programs` (`max_values`: None, `max_size`: Some(105), added: 2580, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	fn unregister_program() -> Weight {
		// Least time seen: 131_987_000 picoseconds.
		Weight::from_parts(171_101_000, 3658)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Jobs::Programs` (r:1 w:1)
	// Proof: `Jobs::Programs` (`max_values`: None, `max_size`: Some(105), added: 2580, mode: `MaxEncodedLen`)
	// Storage: `Jobs::LiveJobs` (r:1 w:1)
	// Proof: `Jobs::LiveJobs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:3 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Deadlines` (r:1 w:1)
	// Proof: `Jobs::Deadlines` (`max_values`: None, `max_size`: Some(1432), added: 3907, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Rings` (r:1 w:1)
	// Proof: `Jobs::Rings` (`max_values`: None, `max_size`: Some(1311), added: 3786, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Jobs` (r:0 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `Jobs::JobsOf` (r:0 w:1)
	// Proof: `Jobs::JobsOf` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Specs` (r:0 w:1)
	// Proof: `Jobs::Specs` (`max_values`: None, `max_size`: Some(1939), added: 4414, mode: `MaxEncodedLen`)
	/// `r` is 1 to 7.
	fn submit(r: u32, ) -> Weight {
		// Least time seen: 304_932_000 picoseconds.
		Weight::from_parts(421_902_292, 8523)
			// Standard error: 1_015_860.
			.saturating_add(Weight::from_parts(698_063, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:8 w:8)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:4 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:7 w:7)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
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
	// Storage: `Market::Book` (r:0 w:7)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	/// `r` is 0 to 7.
	fn cancel(r: u32, ) -> Weight {
		// Least time seen: 195_797_000 picoseconds.
		Weight::from_parts(718_649_750, 7841)
			// Standard error: 17_257_587.
			.saturating_add(Weight::from_parts(278_284_538, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads((7_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((9_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	// Storage: `Market::Filled` (r:3 w:0)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	// Storage: `Babe::AuthorVrfRandomness` (r:1 w:0)
	// Proof: `Babe::AuthorVrfRandomness` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
	// Storage: `Babe::NextRandomness` (r:1 w:0)
	// Proof: `Babe::NextRandomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	// Storage: `Babe::EpochStart` (r:1 w:0)
	// Proof: `Babe::EpochStart` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `System::ParentHash` (r:1 w:0)
	// Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	fn queue_begin() -> Weight {
		// Least time seen: 45_115_000 picoseconds.
		Weight::from_parts(48_892_000, 8826)
			.saturating_add(T::DbWeight::get().reads(7_u64))
	}
	// Storage: `Jobs::Rings` (r:1 w:1)
	// Proof: `Jobs::Rings` (`max_values`: None, `max_size`: Some(1311), added: 3786, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Jobs` (r:1 w:0)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	fn queue_look() -> Weight {
		// Least time seen: 25_568_000 picoseconds.
		Weight::from_parts(27_703_000, 7841)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `Market::Filled` (r:1 w:1)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	// Storage: `Babe::AuthorVrfRandomness` (r:1 w:0)
	// Proof: `Babe::AuthorVrfRandomness` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
	// Storage: `Babe::NextRandomness` (r:1 w:0)
	// Proof: `Babe::NextRandomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	// Storage: `Babe::EpochStart` (r:1 w:0)
	// Proof: `Babe::EpochStart` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `System::ParentHash` (r:1 w:0)
	// Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Rings` (r:1 w:1)
	// Proof: `Jobs::Rings` (`max_values`: None, `max_size`: Some(1311), added: 3786, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Specs` (r:1 w:0)
	// Proof: `Jobs::Specs` (`max_values`: None, `max_size`: Some(1939), added: 4414, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:6 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Market::BookLen` (r:14 w:3)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
	// Storage: `Market::Book` (r:16 w:5)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	// Storage: `Market::Offers` (r:16 w:5)
	// Proof: `Market::Offers` (`max_values`: None, `max_size`: Some(244), added: 2719, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Miners` (r:14 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Workers` (r:1 w:1)
	// Proof: `ComputeStaking::Workers` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Deadlines` (r:1 w:1)
	// Proof: `Jobs::Deadlines` (`max_values`: None, `max_size`: Some(1432), added: 3907, mode: `MaxEncodedLen`)
	// Storage: `Jobs::MinerLeases` (r:0 w:1)
	// Proof: `Jobs::MinerLeases` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	/// `p` is 5 to 16.
	/// `d` is 0 to 2.
	fn queue_match(p: u32, d: u32, ) -> Weight {
		// Least time seen: 398_076_000 picoseconds.
		Weight::from_parts(409_156_692, 16056)
			// Standard error: 1_983_047.
			.saturating_add(Weight::from_parts(35_566_792, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(16_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(10_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(d.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(p.into()))
	}
	// Storage: `Jobs::Jobs` (r:1 w:0)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `Market::Filled` (r:1 w:0)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	// Storage: `Babe::AuthorVrfRandomness` (r:1 w:0)
	// Proof: `Babe::AuthorVrfRandomness` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
	// Storage: `Babe::NextRandomness` (r:1 w:0)
	// Proof: `Babe::NextRandomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	// Storage: `Babe::EpochStart` (r:1 w:0)
	// Proof: `Babe::EpochStart` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	// Storage: `System::ParentHash` (r:1 w:0)
	// Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Rings` (r:1 w:1)
	// Proof: `Jobs::Rings` (`max_values`: None, `max_size`: Some(1311), added: 3786, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Specs` (r:1 w:0)
	// Proof: `Jobs::Specs` (`max_values`: None, `max_size`: Some(1939), added: 4414, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:3 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `Market::BookLen` (r:14 w:2)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
	// Storage: `Market::Book` (r:16 w:4)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	// Storage: `Market::Offers` (r:16 w:4)
	// Proof: `Market::Offers` (`max_values`: None, `max_size`: Some(244), added: 2719, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Miners` (r:14 w:0)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	/// `p` is 5 to 16.
	/// `d` is 0 to 2.
	fn queue_search(p: u32, d: u32, ) -> Weight {
		// Least time seen: 318_547_000 picoseconds.
		Weight::from_parts(79_225_864, 8523)
			// Standard error: 1_577_268.
			.saturating_add(Weight::from_parts(41_763_457, 0).saturating_mul(p.into()))
			// Standard error: 7_163_069.
			.saturating_add(Weight::from_parts(32_017_323, 0).saturating_mul(d.into()))
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(d.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(p.into()))
	}
	// Storage: `Jobs::Deadlines` (r:1 w:1)
	// Proof: `Jobs::Deadlines` (`max_values`: None, `max_size`: Some(1432), added: 3907, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Jobs` (r:64 w:0)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	/// `n` is 0 to 64.
	fn due_look(n: u32, ) -> Weight {
		// Least time seen: 6_803_000 picoseconds.
		Weight::from_parts(10_962_257, 4897)
			// Standard error: 99_312.
			.saturating_add(Weight::from_parts(7_069_495, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 6851).saturating_mul(n.into()))
	}
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
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
	// Storage: `Market::Book` (r:0 w:7)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	/// `r` is 0 to 7.
	fn due_start(r: u32, ) -> Weight {
		// Least time seen: 109_737_000 picoseconds.
		Weight::from_parts(47_721_130, 7841)
			// Standard error: 16_256_702.
			.saturating_add(Weight::from_parts(463_005_984, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((7_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(6_u64))
			.saturating_add(T::DbWeight::get().writes((9_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Miners` (r:7 w:7)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:8 w:8)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:8 w:8)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:4 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Workers` (r:7 w:7)
	// Proof: `ComputeStaking::Workers` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	// Storage: `Market::Offers` (r:7 w:7)
	// Proof: `Market::Offers` (`max_values`: None, `max_size`: Some(244), added: 2719, mode: `MaxEncodedLen`)
	// Storage: `Market::BookLen` (r:7 w:7)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
	// Storage: `Market::Filled` (r:1 w:1)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	// Storage: `Payouts::EraWork` (r:6 w:6)
	// Proof: `Payouts::EraWork` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	// Storage: `Jobs::LiveJobs` (r:1 w:1)
	// Proof: `Jobs::LiveJobs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Deadlines` (r:1 w:1)
	// Proof: `Jobs::Deadlines` (`max_values`: None, `max_size`: Some(1432), added: 3907, mode: `MaxEncodedLen`)
	// Storage: `Jobs::MinerLeases` (r:0 w:7)
	// Proof: `Jobs::MinerLeases` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `Market::Book` (r:0 w:7)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	/// `r` is 1 to 7.
	fn due_delivery(r: u32, ) -> Weight {
		// Least time seen: 257_143_000 picoseconds.
		Weight::from_parts(198_323_481, 8545)
			// Standard error: 18_204_672.
			.saturating_add(Weight::from_parts(347_446_901, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((7_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((9_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:8 w:8)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:8 w:8)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:4 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Miners` (r:7 w:7)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Payouts::EraWork` (r:6 w:6)
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
	// Storage: `Market::Book` (r:0 w:7)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	/// `r` is 3 to 7.
	fn due_reveal(r: u32, ) -> Weight {
		// Least time seen: 1_097_879_000 picoseconds.
		Weight::from_parts(1_657_035_180, 11034)
			// Standard error: 20_520_372.
			.saturating_add(Weight::from_parts(61_531_586, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().reads((7_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((9_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Specs` (r:1 w:1)
	// Proof: `Jobs::Specs` (`max_values`: None, `max_size`: Some(1939), added: 4414, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Programs` (r:1 w:1)
	// Proof: `Jobs::Programs` (`max_values`: None, `max_size`: Some(105), added: 2580, mode: `MaxEncodedLen`)
	// Storage: `Jobs::JobsOf` (r:0 w:1)
	// Proof: `Jobs::JobsOf` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	// Storage: `Receipts::Receipts` (r:0 w:7)
	// Proof: `Receipts::Receipts` (`max_values`: None, `max_size`: Some(1337), added: 3812, mode: `MaxEncodedLen`)
	/// `r` is 1 to 7.
	fn due_prune(r: u32, ) -> Weight {
		// Least time seen: 105_538_000 picoseconds.
		Weight::from_parts(106_337_489, 7841)
			// Standard error: 164_580.
			.saturating_add(Weight::from_parts(2_276_369, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(r.into())))
	}
}

/// Weights for mocks: those of a chain on ParityDB.
impl WeightInfo for () {
	fn register_program() -> Weight {
		Weight::from_parts(206_287_000, 6012)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn unregister_program() -> Weight {
		Weight::from_parts(171_101_000, 3658)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn submit(r: u32, ) -> Weight {
		Weight::from_parts(421_902_292, 8523)
			.saturating_add(Weight::from_parts(698_063, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
	}
	fn cancel(r: u32, ) -> Weight {
		Weight::from_parts(718_649_750, 7841)
			.saturating_add(Weight::from_parts(278_284_538, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().reads((7_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
			.saturating_add(ParityDbWeight::get().writes((9_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	fn queue_begin() -> Weight {
		Weight::from_parts(48_892_000, 8826)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
	}
	fn queue_look() -> Weight {
		Weight::from_parts(27_703_000, 7841)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn queue_match(p: u32, d: u32, ) -> Weight {
		Weight::from_parts(409_156_692, 16056)
			.saturating_add(Weight::from_parts(35_566_792, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads(16_u64))
			.saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(ParityDbWeight::get().writes(10_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(d.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(p.into()))
	}
	fn queue_search(p: u32, d: u32, ) -> Weight {
		Weight::from_parts(79_225_864, 8523)
			.saturating_add(Weight::from_parts(41_763_457, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(32_017_323, 0).saturating_mul(d.into()))
			.saturating_add(ParityDbWeight::get().reads(11_u64))
			.saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(d.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(p.into()))
	}
	fn due_look(n: u32, ) -> Weight {
		Weight::from_parts(10_962_257, 4897)
			.saturating_add(Weight::from_parts(7_069_495, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 6851).saturating_mul(n.into()))
	}
	fn due_start(r: u32, ) -> Weight {
		Weight::from_parts(47_721_130, 7841)
			.saturating_add(Weight::from_parts(463_005_984, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().reads((7_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
			.saturating_add(ParityDbWeight::get().writes((9_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	fn due_delivery(r: u32, ) -> Weight {
		Weight::from_parts(198_323_481, 8545)
			.saturating_add(Weight::from_parts(347_446_901, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().reads((7_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
			.saturating_add(ParityDbWeight::get().writes((9_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	fn due_reveal(r: u32, ) -> Weight {
		Weight::from_parts(1_657_035_180, 11034)
			.saturating_add(Weight::from_parts(61_531_586, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().reads((7_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
			.saturating_add(ParityDbWeight::get().writes((9_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	fn due_prune(r: u32, ) -> Weight {
		Weight::from_parts(106_337_489, 7841)
			.saturating_add(Weight::from_parts(2_276_369, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(r.into())))
	}
}
