//! Tests of this pallet over scripted leases, and of all five compute pallets together.

mod attacks;
mod attacks_lane;
mod batch;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
mod combined;
mod combined_attacks;
mod combined_mock;
mod commit;
mod extension;
mod feeless;
mod holes;
mod invariants;
mod lane;
mod layout;
mod reveal;
mod submit;
mod views;
mod wrapped;
