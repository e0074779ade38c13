//! Tests by call. Each runs through [`crate::mock::execute`], which checks the invariants after it.

mod assign;
mod attacks;
mod bounds;
mod choice;
mod clear_profile;
mod conclude;
mod draw;
mod explain;
mod filters;
mod migration;
mod sequences;
mod set_offer;
mod set_profile;
mod try_state;
mod views;
mod withdraw_offer;
