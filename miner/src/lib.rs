//! AITBC's GPU engine: takes one unit of work, gives its output or says why there is none.
//!
//! - [`WorkRequest`] and [`WorkResult`] are the whole contract; [`Engine`] carries it out.
//! - [`DeviceEngine`] works in this process: a driver that crashes or hangs takes it along.
//! - [`ProcessEngine`] runs every job in a child process with a time and a memory limit, and kills it.
//!   This is what a miner's daemon uses, in a [`DevicePool`] if it has several devices.
//! - [`conformance`] shows whether a device gives the reference's bits.
//!
//! ```no_run
//! use aitbc_miner::{DeviceEngine, DeviceSelector, Engine, WorkRequest, WorkResult};
//! use aitbc_primitives::Workload;
//! use std::time::Duration;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let engine = DeviceEngine::open(&DeviceSelector::Cpu, Duration::from_secs(10))?;
//! let request = WorkRequest {
//!     workload: Workload::Echo,
//!     params: vec![1, 2, 3],
//!     inputs: vec![],
//!     program: None,
//!     units_limit: 1,
//! };
//! let WorkResult::Completed { output, .. } = engine.execute(&request) else { panic!("no echo") };
//! assert_eq!(output, [1, 2, 3]);
//! # Ok(()) }
//! ```
//!
//! A result is never invented: bytes come back only if every step succeeded; everything else is a
//! [`WorkResult::Failed`] with a code that the chain knows and a message for a person, or a shader that ran
//! out of fuel.

mod child;
pub mod conformance;
mod device_engine;
mod device_pool;
mod device_profile;
mod engine;
mod process;
mod process_engine;
mod sandbox;
mod system;
mod wire;

pub use aitbc_compute_wgpu::{
	DeviceInfo, DeviceSelector, GemmVariant, GemmVariantError, list_devices,
};
pub use child::{ChildSettings, describe, serve};
pub use device_engine::DeviceEngine;
pub use device_pool::DevicePool;
pub use device_profile::DeviceProfile;
pub use engine::{Engine, EngineError, WorkRequest, WorkResult};
pub use process_engine::{
	DEFAULT_MEMORY_LIMIT_BYTES, DEFAULT_TIME_LIMIT, ProcessEngine, ProcessEngineConfig,
};
pub use sandbox::{Confinement, confine};
