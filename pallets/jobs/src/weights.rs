//! What the calls and steps cost. Estimates in the shape that `scripts/weights` generates, until it has
//! measured them: storage accesses counted through the whole stack, plus 50 µs.

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
	fn register_program() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	fn unregister_program() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// `r` is 1 to 7.
	fn submit(r: u32, ) -> Weight {
		Weight::from_parts(90_000_000, 4_096)
			.saturating_add(Weight::from_parts(2_000_000, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// `r` is 0 to 7.
	fn cancel(r: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 4_096)
			.saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((8_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(8_u64))
			.saturating_add(T::DbWeight::get().writes((9_u64).saturating_mul(r.into())))
	}
	fn queue_begin() -> Weight {
		Weight::from_parts(20_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(8_u64))
	}
	fn queue_look() -> Weight {
		Weight::from_parts(15_000_000, 4_096)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// `p` is 5 to 16, `d` 0 to 2.
	fn queue_match(p: u32, d: u32, ) -> Weight {
		Weight::from_parts(150_000_000, 4_096)
			.saturating_add(Weight::from_parts(10_000_000, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(20_000_000, 0).saturating_mul(d.into()))
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(d.into())))
			.saturating_add(T::DbWeight::get().writes(12_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(d.into())))
	}
	/// `p` is 5 to 16, `d` 0 to 2.
	fn queue_search(p: u32, d: u32, ) -> Weight {
		Weight::from_parts(100_000_000, 4_096)
			.saturating_add(Weight::from_parts(10_000_000, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(20_000_000, 0).saturating_mul(d.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(d.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(d.into())))
	}
	/// `n` is 0 to 64.
	fn due_look(n: u32, ) -> Weight {
		Weight::from_parts(10_000_000, 4_096)
			.saturating_add(Weight::from_parts(6_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// `r` is 0 to 7.
	fn due_start(r: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 4_096)
			.saturating_add(Weight::from_parts(50_000_000, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(r.into())))
	}
	/// `r` is 1 to 7.
	fn due_delivery(r: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 4_096)
			.saturating_add(Weight::from_parts(50_000_000, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(r.into())))
	}
	/// `r` is 2 to 7.
	fn due_reveal(r: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 4_096)
			.saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads((8_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(8_u64))
			.saturating_add(T::DbWeight::get().writes((9_u64).saturating_mul(r.into())))
	}
	/// `r` is 1 to 7.
	fn due_prune(r: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 4_096)
			.saturating_add(Weight::from_parts(4_000_000, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(6_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(r.into())))
	}
}

/// Weights for mocks: those of a chain on ParityDB.
impl WeightInfo for () {
	fn register_program() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(3_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn unregister_program() -> Weight {
		Weight::from_parts(50_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn submit(r: u32, ) -> Weight {
		Weight::from_parts(90_000_000, 4_096)
			.saturating_add(Weight::from_parts(2_000_000, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
	}
	fn cancel(r: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 4_096)
			.saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().reads((8_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
			.saturating_add(ParityDbWeight::get().writes((9_u64).saturating_mul(r.into())))
	}
	fn queue_begin() -> Weight {
		Weight::from_parts(20_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(8_u64))
	}
	fn queue_look() -> Weight {
		Weight::from_parts(15_000_000, 4_096)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	/// `p` is 5 to 16, `d` 0 to 2.
	fn queue_match(p: u32, d: u32, ) -> Weight {
		Weight::from_parts(150_000_000, 4_096)
			.saturating_add(Weight::from_parts(10_000_000, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(20_000_000, 0).saturating_mul(d.into()))
			.saturating_add(ParityDbWeight::get().reads(10_u64))
			.saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(d.into())))
			.saturating_add(ParityDbWeight::get().writes(12_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(d.into())))
	}
	/// `p` is 5 to 16, `d` 0 to 2.
	fn queue_search(p: u32, d: u32, ) -> Weight {
		Weight::from_parts(100_000_000, 4_096)
			.saturating_add(Weight::from_parts(10_000_000, 0).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(20_000_000, 0).saturating_mul(d.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(p.into())))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(d.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(d.into())))
	}
	fn due_look(n: u32, ) -> Weight {
		Weight::from_parts(10_000_000, 4_096)
			.saturating_add(Weight::from_parts(6_000_000, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn due_start(r: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 4_096)
			.saturating_add(Weight::from_parts(50_000_000, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
			.saturating_add(ParityDbWeight::get().writes((6_u64).saturating_mul(r.into())))
	}
	fn due_delivery(r: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 4_096)
			.saturating_add(Weight::from_parts(50_000_000, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().reads((6_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(7_u64))
			.saturating_add(ParityDbWeight::get().writes((6_u64).saturating_mul(r.into())))
	}
	fn due_reveal(r: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 4_096)
			.saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().reads((8_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(8_u64))
			.saturating_add(ParityDbWeight::get().writes((9_u64).saturating_mul(r.into())))
	}
	fn due_prune(r: u32, ) -> Weight {
		Weight::from_parts(60_000_000, 4_096)
			.saturating_add(Weight::from_parts(4_000_000, 0).saturating_mul(r.into()))
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().reads((1_u64).saturating_mul(r.into())))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
			.saturating_add(ParityDbWeight::get().writes((1_u64).saturating_mul(r.into())))
	}
}
