//! AITBC's compute tasks on any adapter that wgpu can open, without a window.
//!
//! The meaning of every task is that of `aitbc-compute-core`; here it is only made quick. A device that
//! is lost, lacks something, or runs out of memory is an error, and so is every error that the driver
//! reports while a task runs: bytes come back only if nothing went wrong (INV-COMPUTE-5).
//!
//! ```no_run
//! use aitbc_compute_core::gemm::Dims;
//! use aitbc_compute_wgpu::{DeviceSelector, Gpu};
//! use std::time::Duration;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let gpu = Gpu::open(&DeviceSelector::Auto)?;
//! let product = gpu.gemm(Dims::new(1, 1, 1)?, &[2], &[3], Duration::from_secs(10))?;
//! assert_eq!(product, 6_i32.to_le_bytes());
//! # Ok(()) }
//! ```
//!
//! Limits: a dispatch cannot be interrupted from inside the process. The time limits here end the
//! waiting, not the work; only killing the process ends that.

mod device;
mod error;
mod gemm;
mod submit;
mod wgsl;

pub use device::{DeviceInfo, DeviceSelector, Gpu, list_devices};
pub use error::{ComputeError, OpenError, SelectorError};
pub use gemm::{GemmVariant, GemmVariantError};
