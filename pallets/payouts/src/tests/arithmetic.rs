//! INV-PAYOUTS-1 against unbounded integers, for every value of the parameters.

use crate::split::split;
use aitbc_primitives::{Balance, Split};
use proptest::prelude::*;
use sp_core::U256;
use sp_runtime::{Percent, Permill};

/// The rule of `specs/protocol/payouts.md` in integers that cannot overflow.
fn by_the_book(gross: Balance, fee: u32, validators: u8, treasury: u8) -> [U256; 4] {
	let gross = U256::from(gross);
	let million = U256::from(1_000_000);
	let hundred = U256::from(100);
	let fee = (gross * U256::from(fee) + million - 1) / million;
	let validators = fee * U256::from(validators) / hundred;
	let treasury = (fee * U256::from(treasury) / hundred).min(fee - validators);
	[gross - fee, validators, treasury, fee - validators - treasury]
}

fn check(gross: Balance, fee: u32, validators: u8, treasury: u8) {
	let Split { miner, validators: author, treasury: state, burned } = split(
		gross,
		Permill::from_parts(fee),
		Percent::from_percent(validators),
		Percent::from_percent(treasury),
	);
	let parts = [miner, author, state, burned].map(U256::from);
	assert_eq!(
		parts,
		by_the_book(gross, fee, validators, treasury),
		"gross {gross}, fee {fee} ppm, shares {validators} % and {treasury} %"
	);
	let sum = parts.into_iter().fold(U256::zero(), |sum, part| sum + part);
	assert_eq!(sum, U256::from(gross), "INV-PAYOUTS-1");
}

#[test]
fn split_should_be_exact_when_every_parameter_is_at_a_boundary() {
	let amounts = [0, 1, 2, 39, 40, 41, 999_999, 1_000_000, 1_000_001, u128::MAX - 1, u128::MAX];
	for gross in amounts {
		for fee in [0, 1, 24_999, 25_000, 500_000, 999_999, 1_000_000] {
			for validators in [0, 1, 25, 50, 99, 100] {
				for treasury in [0, 1, 25, 50, 99, 100] {
					check(gross, fee, validators, treasury);
				}
			}
		}
	}
}

#[test]
fn split_should_favour_the_protocol_when_it_rounds() {
	let default = |gross| {
		let quarter = Percent::from_percent(25);
		split(gross, Permill::from_parts(25_000), quarter, Percent::from_percent(50))
	};
	// A million payments of one planck do not pay anybody a planck too much.
	assert_eq!(default(1), Split { burned: 1, ..Split::default() });
	assert_eq!(default(40), Split { miner: 39, burned: 1, ..Split::default() });
	assert_eq!(default(41), Split { miner: 39, validators: 0, treasury: 1, burned: 1 });
	assert_eq!(default(160), Split { miner: 156, validators: 1, treasury: 2, burned: 1 });
}

#[test]
fn split_should_burn_nothing_and_create_nothing_when_the_shares_exceed_the_fee() {
	let all = Percent::from_percent(100);
	let parts = split(1_000, Permill::one(), all, all);
	assert_eq!(parts, Split { validators: 1_000, ..Split::default() });
	let most = Percent::from_percent(80);
	let parts = split(1_000, Permill::one(), most, most);
	assert_eq!(parts, Split { validators: 800, treasury: 200, ..Split::default() });
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 4_096, ..ProptestConfig::default() })]

	#[test]
	fn split_should_equal_big_integers_when_everything_is_random(
		gross: u128,
		shift in 0u32..128,
		fee in 0..=1_000_000u32,
		validators in 0..=100u8,
		treasury in 0..=100u8,
	) {
		check(gross >> shift, fee, validators, treasury);
		check(u128::MAX - (gross >> shift), fee, validators, treasury);
	}

	#[test]
	fn split_should_never_pay_more_when_a_payment_is_cut_in_two(
		gross in 2u128..,
		cut: u128,
		fee in 0..=1_000_000u32,
	) {
		let cut = cut % gross;
		let share = Percent::from_percent(50);
		let fee = Permill::from_parts(fee);
		let whole = split(gross, fee, share, share).miner;
		let halves = [cut, gross - cut].map(|part| split(part, fee, share, share).miner);
		prop_assert!(halves[0] + halves[1] <= whole);
	}
}
