//! Weights of the SDK's pallets that are worth measuring here. Our own pallets carry theirs.

pub mod pallet_balances;
