//! What the calls and steps cost, measured on the runtime by `scripts/weights`.
//!
//! Generated: do not edit. 2026-11-24, steps 20, repeat 20, AMD EPYC,
//! frame-omni-bencher (benchmark CLI 64.0.0), wasm Compiled.

#![cfg_attr(rustfmt, rustfmt_skip)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::{constants::ParityDbWeight, Weight}};

/// Cost of each call and step.
pub trait WeightInfo {
	/// `register`.
	fn register() -> Weight;
	/// `bond_extra`.
	fn bond_extra() -> Weight;
	/// `leave`.
	fn leave() -> Weight;
	/// `withdraw`.
	fn withdraw() -> Weight;
	/// `unbond`.
	fn unbond() -> Weight;
	/// `withdraw_unbonded`.
	fn withdraw_unbonded() -> Weight;
	/// `rotate_worker`.
	fn rotate_worker() -> Weight;
	/// `chill`.
	fn chill() -> Weight;
	/// `resume`.
	fn resume() -> Weight;
	/// `set_commission`.
	fn set_commission() -> Weight;
	/// `set_compounding`.
	fn set_compounding() -> Weight;
	/// `delegate`.
	fn delegate() -> Weight;
	/// `undelegate`.
	fn undelegate() -> Weight;
	/// `return_delegation`.
	fn return_delegation() -> Weight;
	/// `request_owner`.
	fn request_owner() -> Weight;
	/// `accept_miner`.
	fn accept_miner() -> Weight;
	/// `leave_owner`.
	fn leave_owner() -> Weight;
}

/// Weights on a runtime whose database weight is `T::DbWeight`.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Workers` (r:1 w:1)
	// Proof: `ComputeStaking::Workers` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	fn register() -> Weight {
		// Least time seen: 315_271_000 picoseconds.
		Weight::from_parts(390_863_000, 6196)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:1 w:1)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	fn bond_extra() -> Weight {
		// Least time seen: 184_255_000 picoseconds.
		Weight::from_parts(230_723_000, 3810)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	fn leave() -> Weight {
		// Least time seen: 61_705_000 picoseconds.
		Weight::from_parts(84_989_000, 3810)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Unbonding` (r:1 w:1)
	// Proof: `ComputeStaking::Unbonding` (`max_values`: None, `max_size`: Some(257), added: 2732, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Workers` (r:0 w:1)
	// Proof: `ComputeStaking::Workers` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	fn withdraw() -> Weight {
		// Least time seen: 120_947_000 picoseconds.
		Weight::from_parts(125_966_000, 6196)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:3 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Unbonding` (r:1 w:1)
	// Proof: `ComputeStaking::Unbonding` (`max_values`: None, `max_size`: Some(257), added: 2732, mode: `MaxEncodedLen`)
	fn unbond() -> Weight {
		// Least time seen: 74_570_000 picoseconds.
		Weight::from_parts(109_094_000, 8523)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Storage: `ComputeStaking::Unbonding` (r:1 w:1)
	// Proof: `ComputeStaking::Unbonding` (`max_values`: None, `max_size`: Some(257), added: 2732, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn withdraw_unbonded() -> Weight {
		// Least time seen: 181_581_000 picoseconds.
		Weight::from_parts(197_610_000, 6196)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Workers` (r:2 w:2)
	// Proof: `ComputeStaking::Workers` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn rotate_worker() -> Weight {
		// Least time seen: 231_935_000 picoseconds.
		Weight::from_parts(260_719_000, 6196)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	fn chill() -> Weight {
		// Least time seen: 52_298_000 picoseconds.
		Weight::from_parts(63_059_000, 3810)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	fn resume() -> Weight {
		// Least time seen: 52_288_000 picoseconds.
		Weight::from_parts(59_973_000, 3810)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	fn set_commission() -> Weight {
		// Least time seen: 66_595_000 picoseconds.
		Weight::from_parts(76_564_000, 3810)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	fn set_compounding() -> Weight {
		// Least time seen: 42_038_000 picoseconds.
		Weight::from_parts(66_946_000, 3810)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Delegations` (r:1 w:1)
	// Proof: `ComputeStaking::Delegations` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	fn delegate() -> Weight {
		// Least time seen: 190_868_000 picoseconds.
		Weight::from_parts(211_226_000, 6196)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	// Storage: `ComputeStaking::Delegations` (r:1 w:1)
	// Proof: `ComputeStaking::Delegations` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Unbonding` (r:1 w:1)
	// Proof: `ComputeStaking::Unbonding` (`max_values`: None, `max_size`: Some(257), added: 2732, mode: `MaxEncodedLen`)
	fn undelegate() -> Weight {
		// Least time seen: 72_325_000 picoseconds.
		Weight::from_parts(115_617_000, 6012)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Delegations` (r:1 w:1)
	// Proof: `ComputeStaking::Delegations` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	// Storage: `ComputeStaking::Unbonding` (r:1 w:1)
	// Proof: `ComputeStaking::Unbonding` (`max_values`: None, `max_size`: Some(257), added: 2732, mode: `MaxEncodedLen`)
	// Storage: `System::Account` (r:2 w:2)
	// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
	fn return_delegation() -> Weight {
		// Least time seen: 180_098_000 picoseconds.
		Weight::from_parts(223_950_000, 6196)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	fn request_owner() -> Weight {
		// Least time seen: 54_202_000 picoseconds.
		Weight::from_parts(61_586_000, 3810)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	fn accept_miner() -> Weight {
		// Least time seen: 31_990_000 picoseconds.
		Weight::from_parts(63_439_000, 3810)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// Storage: `ComputeStaking::Miners` (r:1 w:1)
	// Proof: `ComputeStaking::Miners` (`max_values`: None, `max_size`: Some(345), added: 2820, mode: `MaxEncodedLen`)
	fn leave_owner() -> Weight {
		// Least time seen: 51_897_000 picoseconds.
		Weight::from_parts(68_980_000, 3810)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

/// Weights for mocks: those of a chain on ParityDB.
impl WeightInfo for () {
	fn register() -> Weight {
		Weight::from_parts(390_863_000, 6196)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn bond_extra() -> Weight {
		Weight::from_parts(230_723_000, 3810)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn leave() -> Weight {
		Weight::from_parts(84_989_000, 3810)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn withdraw() -> Weight {
		Weight::from_parts(125_966_000, 6196)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
	}
	fn unbond() -> Weight {
		Weight::from_parts(109_094_000, 8523)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn withdraw_unbonded() -> Weight {
		Weight::from_parts(197_610_000, 6196)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn rotate_worker() -> Weight {
		Weight::from_parts(260_719_000, 6196)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn chill() -> Weight {
		Weight::from_parts(63_059_000, 3810)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn resume() -> Weight {
		Weight::from_parts(59_973_000, 3810)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn set_commission() -> Weight {
		Weight::from_parts(76_564_000, 3810)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn set_compounding() -> Weight {
		Weight::from_parts(66_946_000, 3810)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn delegate() -> Weight {
		Weight::from_parts(211_226_000, 6196)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn undelegate() -> Weight {
		Weight::from_parts(115_617_000, 6012)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn return_delegation() -> Weight {
		Weight::from_parts(223_950_000, 6196)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
	}
	fn request_owner() -> Weight {
		Weight::from_parts(61_586_000, 3810)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn accept_miner() -> Weight {
		Weight::from_parts(63_439_000, 3810)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn leave_owner() -> Weight {
		Weight::from_parts(68_980_000, 3810)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
}
