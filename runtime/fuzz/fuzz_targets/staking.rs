//! Sequences of calls on the real runtime, most of them of the pallet `staking`.

#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

use support::actions::{Focus, play_bytes};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| play_bytes(bytes, Focus::Staking));
