//! Tests of this pallet over its mock. Whole flows with the other pallets stand in `pallet-receipts`.

mod attacks;
mod cancel;
mod commit_reveal;
mod expiry;
mod invariants;
mod judge;
mod matching;
mod programs;
mod prune;
mod random;
mod submit;
