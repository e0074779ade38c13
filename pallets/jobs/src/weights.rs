//! What the calls and steps cost, measured on the runtime by `scripts/weights`.
//!
//! Generated: do not edit. 2026-11-24, steps 20, repeat 20, AMD EPYC,
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
		// Least time seen: 102_713_000 picoseconds.
		Weight::from_parts(105_048_000, 6012)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `Jobs::Programs` (r:1 w:1)
	// Proof: `Jobs::Programs` (`max_values`: None, `max_size`: Some(105), added: 2580, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	fn unregister_program() -> Weight {
		// Least time seen: 84_870_000 picoseconds.
		Weight::from_parts(87_785_000, 3658)
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
		// Least time seen: 204_424_000 picoseconds.
		Weight::from_parts(216_020_367, 8523)
			// Standard error: 287_203.
			.saturating_add(Weight::from_parts(1_132_679, 0).saturating_mul(r.into()))
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
	// Storage: `Market::BookLen` (r:1 w:1)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
	// Storage: `Jobs::LiveJobs` (r:1 w:1)
	// Proof: `Jobs::LiveJobs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Deadlines` (r:1 w:1)
	// Proof: `Jobs::Deadlines` (`max_values`: None, `max_size`: Some(1432), added: 3907, mode: `MaxEncodedLen`)
	// Storage: `Jobs::MinerLeases` (r:0 w:7)
	// Proof: `Jobs::MinerLeases` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `Market::Book` (r:0 w:7)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	// Storage: `Market::Filled` (r:1 w:1)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	/// `r` is 0 to 7.
	fn cancel(r: u32, ) -> Weight {
		// Least time seen: 112_531_000 picoseconds.
		Weight::from_parts(117_821_000, 7841)
			// Standard error: 8_512_261.
			.saturating_add(Weight::from_parts(469_507_706, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((8_u64).saturating_mul(r.into())))
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
		// Least time seen: 95_349_000 picoseconds.
		Weight::from_parts(114_595_000, 8826)
			.saturating_add(T::DbWeight::get().reads(7_u64))
	}
	// Storage: `Jobs::Rings` (r:1 w:1)
	// Proof: `Jobs::Rings` (`max_values`: None, `max_size`: Some(1311), added: 3786, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Jobs` (r:1 w:0)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	fn queue_look() -> Weight {
		// Least time seen: 39_013_000 picoseconds.
		Weight::from_parts(48_230_000, 7841)
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
		// Least time seen: 417_914_000 picoseconds.
		Weight::from_parts(446_698_000, 16056)
			// Standard error: 1_022_545.
			.saturating_add(Weight::from_parts(33_465_527, 0).saturating_mul(p.into()))
			// Standard error: 9_098_475.
			.saturating_add(Weight::from_parts(39_788_809, 0).saturating_mul(d.into()))
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
		// Least time seen: 332_194_000 picoseconds.
		Weight::from_parts(240_003_289, 8523)
			// Standard error: 1_442_250.
			.saturating_add(Weight::from_parts(39_204_738, 0).saturating_mul(p.into()))
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
		// Least time seen: 6_994_000 picoseconds.
		Weight::from_parts(16_065_100, 4897)
			// Standard error: 65_992.
			.saturating_add(Weight::from_parts(7_139_144, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 6851).saturating_mul(n.into()))
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
	// Storage: `Market::BookLen` (r:1 w:1)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
	// Storage: `Jobs::LiveJobs` (r:1 w:1)
	// Proof: `Jobs::LiveJobs` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	// Storage: `Jobs::Deadlines` (r:1 w:1)
	// Proof: `Jobs::Deadlines` (`max_values`: None, `max_size`: Some(1432), added: 3907, mode: `MaxEncodedLen`)
	// Storage: `Jobs::MinerLeases` (r:0 w:7)
	// Proof: `Jobs::MinerLeases` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	// Storage: `Market::Book` (r:0 w:7)
	// Proof: `Market::Book` (`max_values`: None, `max_size`: Some(55), added: 2530, mode: `MaxEncodedLen`)
	// Storage: `Market::Filled` (r:1 w:1)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	/// `r` is 0 to 7.
	fn due_start(r: u32, ) -> Weight {
		// Least time seen: 104_416_000 picoseconds.
		Weight::from_parts(106_861_000, 7841)
			// Standard error: 9_043_984.
			.saturating_add(Weight::from_parts(494_946_123, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((8_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Miners` (r:7 w:7)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:8 w:8)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:7 w:7)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:4 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Workers` (r:7 w:7)
	// Proof: `ComputeStaking::Workers` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	// Storage: `Market::Offers` (r:7 w:7)
	// Proof: `Market::Offers` (`max_values`: None, `max_size`: Some(244), added: 2719, mode: `MaxEncodedLen`)
	// Storage: `Market::BookLen` (r:1 w:1)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
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
	// Storage: `Market::Filled` (r:1 w:1)
	// Proof: `Market::Filled` (`max_values`: None, `max_size`: Some(137), added: 2612, mode: `MaxEncodedLen`)
	/// `r` is 1 to 7.
	fn due_delivery(r: u32, ) -> Weight {
		// Least time seen: 278_422_000 picoseconds.
		Weight::from_parts(357_374_329, 8545)
			// Standard error: 7_155_175.
			.saturating_add(Weight::from_parts(307_106_760, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((8_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
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
	// Storage: `Payouts::EraWork` (r:6 w:6)
	// Proof: `Payouts::EraWork` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Workers` (r:7 w:7)
	// Proof: `ComputeStaking::Workers` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	// Storage: `Market::Offers` (r:7 w:7)
	// Proof: `Market::Offers` (`max_values`: None, `max_size`: Some(244), added: 2719, mode: `MaxEncodedLen`)
	// Storage: `Market::BookLen` (r:1 w:1)
	// Proof: `Market::BookLen` (`max_values`: None, `max_size`: Some(15), added: 2490, mode: `MaxEncodedLen`)
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
		// Least time seen: 938_471_000 picoseconds.
		Weight::from_parts(295_032_556, 11034)
			// Standard error: 21_924_006.
			.saturating_add(Weight::from_parts(378_522_116, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((8_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	// Storage: `Jobs::Jobs` (r:1 w:1)
	// Proof: `Jobs::Jobs` (`max_values`: None, `max_size`: Some(4376), added: 6851, mode: `MaxEncodedLen`)
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
		// Least time seen: 101_680_000 picoseconds.
		Weight::from_parts(153_739_965, 7841)
			// Standard error: 493_713.
			.saturating_add(Weight::from_parts(6_201_215, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(r.into())))
	}
}

/// Weights for mocks: those of a chain on ParityDB.
impl WeightInfo for () {
	fn register_program() -> Weight {
		Weight::from_parts(105_048_000, 6012)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn unregister_program() -> Weight {
		Weight::from_parts(87_785_000, 3658)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn submit(r: u32, ) -> Weight {
		Weight::from_parts(216_020_367, 8523)
			.saturating_add(Weight::from_parts(1_132_679, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
	}
	fn cancel(r: u32, ) -> Weight {
		Weight::from_parts(117_821_000, 7841)
			.saturating_add(Weight::from_parts(469_507_706, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
			.saturating_add(ParityDbWeight::get().writes((8_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	fn queue_begin() -> Weight {
		Weight::from_parts(114_595_000, 8826)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
	}
	fn queue_look() -> Weight {
		Weight::from_parts(48_230_000, 7841)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn queue_match(p: u32, d: u32, ) -> Weight {
		Weight::from_parts(446_698_000, 16056)
			.saturating_add(Weight::from_parts(33_465_527, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(39_788_809, 0).saturating_mul(d.into()))
			.saturating_add(ParityDbWeight::get().reads(16_u64))
			.saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(ParityDbWeight::get().writes(10_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(d.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(p.into()))
	}
	fn queue_search(p: u32, d: u32, ) -> Weight {
		Weight::from_parts(240_003_289, 8523)
			.saturating_add(Weight::from_parts(39_204_738, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads(11_u64))
			.saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(d.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(p.into()))
	}
	fn due_look(n: u32, ) -> Weight {
		Weight::from_parts(16_065_100, 4897)
			.saturating_add(Weight::from_parts(7_139_144, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(Weight::from_parts(0, 6851).saturating_mul(n.into()))
	}
	fn due_start(r: u32, ) -> Weight {
		Weight::from_parts(106_861_000, 7841)
			.saturating_add(Weight::from_parts(494_946_123, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
			.saturating_add(ParityDbWeight::get().writes((8_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	fn due_delivery(r: u32, ) -> Weight {
		Weight::from_parts(357_374_329, 8545)
			.saturating_add(Weight::from_parts(307_106_760, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((8_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	fn due_reveal(r: u32, ) -> Weight {
		Weight::from_parts(295_032_556, 11034)
			.saturating_add(Weight::from_parts(378_522_116, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
			.saturating_add(ParityDbWeight::get().writes((8_u64).saturating_mul(r.into())))
			.saturating_add(Weight::from_parts(0, 2820).saturating_mul(r.into()))
	}
	fn due_prune(r: u32, ) -> Weight {
		Weight::from_parts(153_739_965, 7841)
			.saturating_add(Weight::from_parts(6_201_215, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(r.into())))
	}
}
