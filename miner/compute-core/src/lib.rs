//! What each AITBC compute task means, without any device.
//!
//! Every task is exact integer arithmetic, so its result is one string of bytes, whoever computes it
//! and on whatever hardware. This crate holds that meaning in its plainest form (the reference),
//! one quicker form for processors, what a result is committed to with ([`merkle`]), the cheap check
//! of a matrix product ([`freivalds`]), the verdict over one element of it ([`referee`]), the rules a client's shader must keep ([`profile`]), and what it
//! means ([`shader`]).
//!
//! The normative text is `specs/protocol/compute.md`; invariant ids (`INV-COMPUTE-…`) in these docs
//! refer to it.
//!
//! ```
//! use aitbc_compute_core::gemm::{self, Dims};
//!
//! let dims = Dims::new(1, 2, 1).expect("a row times a column");
//! // (-2)·3 + 5·7 = 29, as one little-endian int32.
//! let product = gemm::gemm_reference(dims, &[0xfe, 5], &[3, 7]).expect("sizes fit the shape");
//! assert_eq!(product, 29_i32.to_le_bytes());
//! ```
//!
//! Limits: without the `std` feature there is neither [`profile`] nor [`shader`], since they need a
//! shader compiler.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod echo;
pub mod freivalds;
pub mod gemm;
pub mod merkle;
mod processor;
#[cfg(feature = "std")]
pub mod profile;
pub mod referee;
#[cfg(feature = "std")]
pub mod shader;
#[cfg(feature = "std")]
mod stack;

/// Largest single input or output, bytes.
pub const MAX_DATA_BYTES: usize = 64 * 1024 * 1024;
/// Most inputs of one job.
pub const MAX_INPUTS: usize = 8;
/// Largest inline parameter block, bytes.
pub const MAX_PARAMS_BYTES: usize = 1024;
/// Most workgroups of one dispatch in one dimension.
pub const MAX_WORKGROUPS: u32 = 65_535;
