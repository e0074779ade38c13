//! What the calls and steps cost: estimates in the form of what `scripts/weights` writes, until it has
//! measured.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{
		Weight,
		constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_MICROS},
	},
};

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
	fn assign(p: u32) -> Weight;
	/// `conclude`.
	fn conclude() -> Weight;
}

/// Time of a call or step that is not spent on storage.
const BASE: Weight = Weight::from_parts(50 * WEIGHT_REF_TIME_PER_MICROS, 4_096);
/// Time of looking at one offer that is not spent on storage.
const LOOK: Weight = Weight::from_parts(10 * WEIGHT_REF_TIME_PER_MICROS, 2_048);

/// Weights on a runtime whose database weight is `T::DbWeight`.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Its offer, miner and reputation; the last of the old bucket; two lengths and the set.
	fn set_offer() -> Weight {
		BASE.saturating_add(T::DbWeight::get().reads_writes(9, 9))
	}
	fn withdraw_offer() -> Weight {
		BASE.saturating_add(T::DbWeight::get().reads_writes(6, 7))
	}
	fn set_profile() -> Weight {
		BASE.saturating_add(T::DbWeight::get().reads_writes(6, 3))
	}
	fn clear_profile() -> Weight {
		BASE.saturating_add(T::DbWeight::get().reads_writes(3, 3))
	}
	/// `p` is 1 to 16.
	fn assign(p: u32) -> Weight {
		// A length, a place, the offer, its miner and its reputation for each.
		BASE.saturating_add(LOOK.saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads_writes(6, 8))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
	}
	fn conclude() -> Weight {
		BASE.saturating_add(T::DbWeight::get().reads_writes(8, 9))
	}
}

/// Weights for mocks: those of a chain on ParityDB.
impl WeightInfo for () {
	fn set_offer() -> Weight {
		BASE.saturating_add(ParityDbWeight::get().reads_writes(9, 9))
	}
	fn withdraw_offer() -> Weight {
		BASE.saturating_add(ParityDbWeight::get().reads_writes(6, 7))
	}
	fn set_profile() -> Weight {
		BASE.saturating_add(ParityDbWeight::get().reads_writes(6, 3))
	}
	fn clear_profile() -> Weight {
		BASE.saturating_add(ParityDbWeight::get().reads_writes(3, 3))
	}
	fn assign(p: u32) -> Weight {
		BASE.saturating_add(LOOK.saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads_writes(6, 8))
			.saturating_add(ParityDbWeight::get().reads(5_u64.saturating_mul(p.into())))
	}
	fn conclude() -> Weight {
		BASE.saturating_add(ParityDbWeight::get().reads_writes(8, 9))
	}
}
