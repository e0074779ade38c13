//! What the steps cost, until `scripts/weights` has measured them on the runtime: keys counted by hand,
//! and 50 µs.

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
	// The author, the pot's and the author's account.
	fn pay_author() -> Weight {
		Weight::from_parts(50_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// Three parameters; the era's record.
	fn end_era() -> Weight {
		Weight::from_parts(50_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	// The next era to pay.
	fn poll() -> Weight {
		Weight::from_parts(5_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	// The era's record, its first entry; the record and the next era to pay.
	fn close_era() -> Weight {
		Weight::from_parts(50_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	// The entry and its key, the miner with its account and holds, its earnings.
	fn pay_miner() -> Weight {
		Weight::from_parts(50_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
}

/// Weights for mocks: those of a chain on ParityDB.
impl WeightInfo for () {
	fn pay_author() -> Weight {
		Weight::from_parts(50_000_000, 0)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn end_era() -> Weight {
		Weight::from_parts(50_000_000, 0)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn poll() -> Weight {
		Weight::from_parts(5_000_000, 0)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
	}
	fn close_era() -> Weight {
		Weight::from_parts(50_000_000, 0)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn pay_miner() -> Weight {
		Weight::from_parts(50_000_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(5_u64))
	}
}
