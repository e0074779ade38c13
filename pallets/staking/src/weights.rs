//! What the calls and steps cost: storage accesses counted, and an allowance of 50 µs each (250 µs where a signature is checked), until
//! `scripts/weights` has measured them on the runtime and replaced this file.

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
	fn register() -> Weight {
		Weight::from_parts(250_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	fn bond_extra() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	fn leave() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn withdraw() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	fn unbond() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	fn withdraw_unbonded() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	fn rotate_worker() -> Weight {
		Weight::from_parts(250_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	fn chill() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn resume() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn set_commission() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn set_compounding() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn delegate() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	fn undelegate() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	fn return_delegation() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	fn request_owner() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn accept_miner() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn leave_owner() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

/// Weights for mocks: those of a chain on ParityDB.
impl WeightInfo for () {
	fn register() -> Weight {
		Weight::from_parts(250_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn bond_extra() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn leave() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn withdraw() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
	}
	fn unbond() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn withdraw_unbonded() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn rotate_worker() -> Weight {
		Weight::from_parts(250_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
	}
	fn chill() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn resume() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn set_commission() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn set_compounding() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn delegate() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
	fn undelegate() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn return_delegation() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
	}
	fn request_owner() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn accept_miner() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn leave_owner() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
}
