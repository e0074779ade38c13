//! Tests of this pallet over its mock. Whole flows with the other pallets stand in `pallet-receipts` and in
//! the runtime.

mod answer;
mod attacks_money;
mod attacks_stalling;
mod cancel;
mod commit;
mod deadlines;
mod fifo;
mod invariants;
mod judge;
mod matching;
mod migration;
mod programs;
mod prune;
mod random;
mod submit;
mod tie_breakers;
mod views;
mod walk;
