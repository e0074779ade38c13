//! Tests by call. Each runs through [`crate::mock::execute`], which checks the invariants after it.

mod bond_extra;
mod bonds;
mod leave_withdraw;
mod register;
mod sequences;
mod try_state;
