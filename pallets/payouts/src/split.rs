//! The arithmetic of the split. Pure; property tests compare it with unbounded integers.

use aitbc_primitives::{Balance, Split};
use sp_runtime::{Percent, Permill};

/// Splits `gross` planck. The parts add up to `gross` for every value of the parameters.
pub fn split(gross: Balance, fee: Permill, validators: Percent, treasury: Percent) -> Split {
	let fee = fee.mul_ceil(gross).min(gross);
	let validators = validators.mul_floor(fee).min(fee);
	let treasury = treasury.mul_floor(fee).min(fee.saturating_sub(validators));
	Split {
		miner: gross.saturating_sub(fee),
		validators,
		treasury,
		burned: fee.saturating_sub(validators).saturating_sub(treasury),
	}
}
