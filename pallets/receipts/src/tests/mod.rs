//! Tests of this pallet over scripted leases, and of all five compute pallets together.

mod attacks;
mod combined;
mod combined_attacks;
mod combined_mock;
mod commit;
mod feeless;
mod invariants;
mod layout;
mod reveal;
mod submit;
