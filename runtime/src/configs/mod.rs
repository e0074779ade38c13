//! How each pallet is configured, by theme.
//!
//! The weights are those the pallets bring along, measured by their authors on a reference machine
//! with benchmarks that are generic over the runtime.

pub mod consensus;
pub mod fees;
pub mod governance;
pub mod market;
pub mod system;
