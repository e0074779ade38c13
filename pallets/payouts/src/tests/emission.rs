//! The arithmetic of emission against unbounded integers.

use crate::{EmissionTerms, split::split};
use aitbc_primitives::Balance;
use num_bigint::BigUint;
use proptest::prelude::*;
use sp_runtime::{Perbill, Percent, Permill};

const MILLION: u32 = 1_000_000;
const BILLION: u32 = 1_000_000_000;

fn terms(per_era: Balance, share: u32, bond_share: u32) -> EmissionTerms {
	EmissionTerms {
		per_era,
		share: Permill::from_parts(share),
		bond_share: Perbill::from_parts(bond_share),
	}
}

/// No budget, no bond that would be too small.
fn share_only(share: u32) -> EmissionTerms {
	terms(u128::MAX, share, BILLION)
}

/// The rule of `specs/protocol/payouts.md` in integers that cannot overflow.
fn by_the_book(terms: &EmissionTerms, fee: Balance, era_fee: Balance, bond: Balance) -> BigUint {
	let share = |of: Balance| BigUint::from(of) * terms.share.deconstruct() / MILLION;
	let (entitled, total) = (share(fee), share(era_fee));
	if total == BigUint::default() {
		return total;
	}
	let budget = total.clone().min(terms.per_era.into());
	let most = BigUint::from(bond) * terms.bond_share.deconstruct() / BILLION;
	(entitled * budget / total).min(most)
}

fn check(terms: &EmissionTerms, fee: Balance, era_fee: Balance, bond: Balance) {
	let emission = terms.emission(fee, era_fee, bond);
	assert_eq!(
		BigUint::from(emission),
		by_the_book(terms, fee, era_fee, bond),
		"{terms:?}, fee {fee} of {era_fee}, bond {bond}"
	);
	assert!(emission <= fee, "never more than the fee of the work");
}

#[test]
fn emission_should_be_exact_when_every_number_is_at_a_boundary() {
	let amounts = [0, 1, 2, 999_999, 1_000_000, u128::MAX / 2, u128::MAX - 1, u128::MAX];
	for per_era in amounts {
		for (share, bond_share) in [(0, 0), (1, 1), (500_000, BILLION), (MILLION, BILLION)] {
			for era_fee in amounts {
				for fee in amounts.into_iter().filter(|fee| *fee <= era_fee) {
					for bond in amounts {
						check(&terms(per_era, share, bond_share), fee, era_fee, bond);
					}
				}
			}
		}
	}
}

#[test]
fn emission_should_be_the_share_when_the_budget_suffices() {
	assert_eq!(share_only(500_000).emission(1_001, 4_000, u128::MAX), 500);
	assert_eq!(terms(2_000, 500_000, BILLION).emission(1_001, 4_000, u128::MAX), 500);
}

#[test]
fn emission_should_shrink_in_proportion_when_the_budget_does_not_suffice() {
	// 2,000 are due, 1,999 may be issued.
	assert_eq!(terms(1_999, 500_000, BILLION).emission(1_001, 4_000, u128::MAX), 499);
	assert_eq!(terms(1_000, 500_000, BILLION).emission(1_000, 4_000, u128::MAX), 250);
	assert_eq!(terms(0, 500_000, BILLION).emission(1_000, 4_000, u128::MAX), 0);
}

#[test]
fn emission_should_be_bounded_by_the_bond_when_it_is_small() {
	let terms = terms(u128::MAX, MILLION, BILLION / 10);
	assert_eq!(terms.emission(1_000, 1_000, 10_000), 1_000);
	assert_eq!(terms.emission(1_000, 1_000, 9_999), 999);
	assert_eq!(terms.emission(1_000, 1_000, 9), 0);
	assert_eq!(terms.emission(1_000, 1_000, 0), 0);
}

#[test]
fn emission_should_be_zero_when_there_is_no_verified_work() {
	assert_eq!(share_only(MILLION).emission(0, 0, u128::MAX), 0);
	assert_eq!(share_only(MILLION).emission(0, 1_000, u128::MAX), 0);
	assert_eq!(share_only(0).emission(1_000, 1_000, u128::MAX), 0);
}

#[test]
fn attack_a_part_larger_than_its_era_should_not_be_issued_more_than_its_fee() {
	// Cannot be, unless the era's sum saturated.
	for (fee, era_fee) in [(2, 1), (u128::MAX, 1), (u128::MAX, u128::MAX - 1), (1, 0)] {
		assert!(share_only(MILLION).emission(fee, era_fee, u128::MAX) <= fee);
		assert!(terms(7, MILLION, BILLION).emission(fee, era_fee, u128::MAX) <= fee);
	}
}

prop_compose! {
	fn any_terms()(
		per_era: u128,
		shift in 0u32..128,
		share in prop_oneof![Just(MILLION), 0..=MILLION],
		bond_share in prop_oneof![Just(BILLION), 0..=BILLION],
	) -> EmissionTerms {
		terms(per_era >> shift, share, bond_share)
	}
}

prop_compose! {
	/// Of any size, small ones as often as large ones.
	fn amount()(amount: u128, shift in 0u32..128) -> Balance {
		amount >> shift
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 2_048, ..ProptestConfig::default() })]

	#[test]
	fn emission_should_equal_big_integers_when_everything_is_random(
		terms in any_terms(),
		one in amount(),
		other in amount(),
		bond in amount(),
	) {
		check(&terms, one.min(other), one.max(other), bond);
	}

	/// However the work of an era is divided among miners: the budget holds, and so does the fee.
	#[test]
	fn emissions_should_stay_within_the_budget_when_an_era_has_many_miners(
		terms in any_terms(),
		fees in prop::collection::vec(amount(), 1..20),
		bond in amount(),
	) {
		let fees: Vec<_> = fees.into_iter().map(|fee| fee / 20).collect();
		let era_fee: Balance = fees.iter().sum();
		let issued: Balance =
			fees.iter().map(|fee| terms.emission(*fee, era_fee, bond)).sum();
		prop_assert!(issued <= terms.per_era);
		prop_assert!(issued <= terms.budget(era_fee));
		prop_assert!(issued <= era_fee);
	}

	/// One miner that goes by two names, and divides work and bond among them.
	#[test]
	fn attack_two_names_should_never_be_issued_more_than_one(
		terms in any_terms(),
		fees in (amount(), amount(), amount()),
		bonds in (amount(), amount()),
	) {
		let (mine, yours, others) = (fees.0 / 3, fees.1 / 3, fees.2 / 3);
		let era_fee = mine + yours + others;
		let (own, other) = (bonds.0 / 2, bonds.1 / 2);
		let two = terms.emission(mine, era_fee, own) + terms.emission(yours, era_fee, other);
		prop_assert!(two <= terms.emission(mine + yours, era_fee, own + other));
	}

	/// Who is client, miner, delegators and the author of every block gets back pay, emission and pot: never
	/// more than it paid, by the unbounded integers too.
	#[test]
	fn attack_paying_oneself_should_never_gain_whatever_the_parameters(
		gross in amount(),
		fee in 0..=MILLION,
		validators in 0..=100u8,
		treasury in 0..=100u8,
		terms in any_terms(),
		others in amount(),
		bond in amount(),
	) {
		let plan = split(
			gross,
			Permill::from_parts(fee),
			Percent::from_percent(validators),
			Percent::from_percent(treasury),
		);
		let verified_fee = gross - plan.pay - plan.validators;
		let era_fee = verified_fee.saturating_add(others);
		let emission = terms.emission(verified_fee, era_fee, bond);
		prop_assert!(emission <= gross - plan.pay);
		let back = BigUint::from(plan.pay) + plan.validators + emission;
		prop_assert!(back <= BigUint::from(gross), "{back} of {gross}");
	}
}
