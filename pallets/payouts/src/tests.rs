//! Tests. Those with storage run through [`crate::mock::execute`], which checks the invariants and
//! the issuance after each.

mod attacks;
mod emission;
mod eras;
mod migration;
mod pot;
mod sequences;
mod settle;
mod split;
mod try_state;
mod views;
