//! The arithmetic of the split. Pure; property tests compare it with unbounded integers.

use aitbc_primitives::Balance;
use sp_runtime::{Percent, Permill};

/// What is to become of a gross amount. The parts add up to it exactly. All planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
	/// To the miner and its delegators.
	pub pay: Balance,
	/// To the validators' pot.
	pub validators: Balance,
	/// To the treasury.
	pub treasury: Balance,
	/// To nobody.
	pub burned: Balance,
}

/// Splits `gross` planck. The parts add up to `gross` for every value of the parameters.
pub fn split(gross: Balance, fee: Permill, validators: Percent, treasury: Percent) -> Plan {
	let fee = fee.mul_ceil(gross).min(gross);
	let validators = validators.mul_floor(fee).min(fee);
	let treasury = treasury.mul_floor(fee).min(fee.saturating_sub(validators));
	Plan {
		pay: gross.saturating_sub(fee),
		validators,
		treasury,
		burned: fee.saturating_sub(validators).saturating_sub(treasury),
	}
}
