//! Tests by call. Each runs through [`crate::mock::execute`], which checks the invariants after it.

mod accept_miner;
mod attacks;
mod balances;
mod bond_extra;
mod bonds;
mod chill_resume;
mod delegate;
mod leave;
mod leave_owner;
mod migrations;
mod register;
mod reputation;
mod request_owner;
mod return_delegation;
mod rewards;
mod rotate_worker;
mod sequences;
mod set_commission;
mod set_compounding;
mod shares;
mod try_state;
mod unbond;
mod undelegate;
mod views;
mod withdraw;
mod withdraw_unbonded;
