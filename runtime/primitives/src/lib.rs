//! What every part of AITBC agrees on: ids, the job specification, receipts, outcomes, and the glue
//! traits through which the compute pallets meet.
//!
//! This crate has no logic that touches storage or the network. Runtime, miner, client and worker
//! all encode and compare the very same types, so a rule that both sides must apply (units of a
//! shape, the digest a worker signs, the verdict over revealed results) stands here once.
//!
//! The normative text is `specs/protocol/`.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod cid;
mod device;
mod glue;
mod job;
mod lease;
mod price;
mod receipt;
pub mod verdict;

#[cfg(test)]
mod tests;

pub use cid::*;
pub use device::*;
pub use glue::*;
pub use job::*;
pub use lease::*;
pub use price::*;
pub use receipt::*;

use sp_runtime::{
	MultiSignature,
	traits::{IdentifyAccount, Verify},
};

/// Any of the signature schemes a wallet may use.
pub type Signature = MultiSignature;
/// 32 bytes: an sr25519, ed25519 public key, or the hash of something longer.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// An amount of AIT in planck; [`AIT`] planck are one AIT.
pub type Balance = u128;
/// Blocks since genesis.
pub type BlockNumber = u32;
/// How many extrinsics an account has sent.
pub type Nonce = u32;
/// 256-bit hash of blocks, receipts, commitments.
pub type Hash = sp_core::H256;

/// One AIT in planck (12 decimals).
pub const AIT: Balance = 1_000_000_000_000;
/// 10⁻³ AIT.
pub const MILLI_AIT: Balance = AIT / 1_000;
/// 10⁻⁶ AIT.
pub const MICRO_AIT: Balance = AIT / 1_000_000;
