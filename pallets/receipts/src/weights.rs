//! What the calls and steps cost. Estimates in the shape that `scripts/weights` generates, until it has
//! measured them: storage accesses counted through the whole stack, plus 50 µs, plus 60 µs for each signature.

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
	fn commit() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	fn submit() -> Weight {
		Weight::from_parts(160_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(26_u64))
			.saturating_add(T::DbWeight::get().writes(20_u64))
	}
	fn reveal_recorded() -> Weight {
		Weight::from_parts(120_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// `r` is 2 to 7.
	fn reveal_settled(r: u32, ) -> Weight {
		Weight::from_parts(120_000_000, 4_096)
			.saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(14_u64))
			.saturating_add(T::DbWeight::get().reads((12_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(12_u64))
			.saturating_add(T::DbWeight::get().writes((8_u64).saturating_mul(r.into())))
	}
	/// `n` is 0 to 256.
	fn submit_batch(n: u32, ) -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(Weight::from_parts(10_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
	}
	/// `n` is 1 to 16.
	fn prioritise(n: u32, ) -> Weight {
		Weight::from_parts(20_000_000, 4_096)
			.saturating_add(Weight::from_parts(90_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(n.into())))
	}
}

/// Weights for mocks: those of a chain on ParityDB.
impl WeightInfo for () {
	fn commit() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn submit() -> Weight {
		Weight::from_parts(160_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(26_u64))
			.saturating_add(ParityDbWeight::get().writes(20_u64))
	}
	fn reveal_recorded() -> Weight {
		Weight::from_parts(120_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn reveal_settled(r: u32, ) -> Weight {
		Weight::from_parts(120_000_000, 4_096)
			.saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(14_u64))
			.saturating_add(ParityDbWeight::get().reads((12_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(12_u64))
			.saturating_add(ParityDbWeight::get().writes((8_u64).saturating_mul(r.into())))
	}
	fn submit_batch(n: u32, ) -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(Weight::from_parts(10_000_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(n.into())))
	}
	fn prioritise(n: u32, ) -> Weight {
		Weight::from_parts(20_000_000, 4_096)
			.saturating_add(Weight::from_parts(90_000_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(n.into())))
	}
}
