//! INV-PAYOUTS-1 against unbounded integers, for every value of the parameters.

use crate::split::{Plan, split};
use aitbc_primitives::Balance;
use num_bigint::BigUint;
use proptest::prelude::*;
use sp_runtime::{Percent, Permill};

/// The rule of `specs/protocol/payouts.md` in integers that cannot overflow.
fn by_the_book(gross: Balance, fee: u32, validators: u8, treasury: u8) -> [BigUint; 4] {
	let gross = BigUint::from(gross);
	let million = BigUint::from(1_000_000u32);
	let hundred = BigUint::from(100u32);
	let fee = ((&gross * fee + &million - 1u32) / &million).min(gross.clone());
	let validators = &fee * validators / &hundred;
	let treasury = (&fee * treasury / &hundred).min(&fee - &validators);
	let burned = &fee - &validators - &treasury;
	[gross - fee, validators, treasury, burned]
}

fn check(gross: Balance, fee: u32, validators: u8, treasury: u8) {
	let plan = split(
		gross,
		Permill::from_parts(fee),
		Percent::from_percent(validators),
		Percent::from_percent(treasury),
	);
	let parts = [plan.pay, plan.validators, plan.treasury, plan.burned].map(BigUint::from);
	assert_eq!(
		parts,
		by_the_book(gross, fee, validators, treasury),
		"gross {gross}, fee {fee} ppm, shares {validators} % and {treasury} %"
	);
	assert_eq!(parts.into_iter().sum::<BigUint>(), BigUint::from(gross), "INV-PAYOUTS-1");
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
	assert_eq!(default(1), Plan { burned: 1, ..Plan::default() });
	assert_eq!(default(40), Plan { pay: 39, burned: 1, ..Plan::default() });
	assert_eq!(default(41), Plan { pay: 39, validators: 0, treasury: 1, burned: 1 });
	assert_eq!(default(160), Plan { pay: 156, validators: 1, treasury: 2, burned: 1 });
}

#[test]
fn attack_shares_above_the_whole_fee_should_be_cut_to_what_is_left() {
	let all = Percent::from_percent(100);
	let parts = split(1_000, Permill::one(), all, all);
	assert_eq!(parts, Plan { validators: 1_000, ..Plan::default() });
	let most = Percent::from_percent(80);
	let parts = split(1_000, Permill::one(), most, most);
	assert_eq!(parts, Plan { validators: 800, treasury: 200, ..Plan::default() });
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 2_048, ..ProptestConfig::default() })]

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
		let whole = split(gross, fee, share, share).pay;
		let halves = [cut, gross - cut].map(|part| split(part, fee, share, share).pay);
		prop_assert!(halves[0] + halves[1] <= whole);
	}
}
