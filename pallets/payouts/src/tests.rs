//! Tests. Those with storage run through [`crate::mock::execute`], which checks the invariants and
//! the issuance after each.

mod arithmetic;
mod settle;
mod try_state;
