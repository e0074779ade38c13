//! What the tests of the whole runtime share, and the fuzz targets of `runtime/fuzz` with them.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod actions;
pub mod alarm;
pub mod chain;
pub mod genesis;
pub mod ledger;
pub mod people;
pub mod shop;
pub mod work;
