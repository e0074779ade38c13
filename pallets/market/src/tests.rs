//! Tests by call. Each runs through [`crate::mock::execute`], which checks the invariants after it.

mod assign;
mod bounds;
mod conclude;
mod price_scale;
mod sequences;
mod set_offer;
mod try_state;
mod withdraw_offer;
