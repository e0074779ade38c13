//! The arithmetic of reputation, against integers without bounds.

use crate::reputation::*;
use aitbc_primitives::{Balance, BlockNumber, Class, LeaseFate, Reputation};
use num_bigint::BigUint;
use proptest::prelude::*;

const HALF_LIFE: BlockNumber = 1_000;

fn score(good: u64, bad: u64) -> Score {
	Score { good: good * ONE, bad: bad * ONE, at: 0 }
}

fn fate() -> impl Strategy<Value = LeaseFate> {
	prop::sample::select(vec![
		LeaseFate::Accepted,
		LeaseFate::Released,
		LeaseFate::Late,
		LeaseFate::Withheld,
		LeaseFate::Wrong,
		LeaseFate::Failed,
	])
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 2_048, ..ProptestConfig::default() })]

	#[test]
	fn fade_should_be_exact_when_any_time_passes(
		value in any::<u64>(),
		from in any::<BlockNumber>(),
		blocks in any::<BlockNumber>(),
		half_life in 1..=BlockNumber::MAX,
	) {
		let to = from.saturating_add(blocks);
		let weight = |block: BlockNumber| {
			BigUint::from(2 * u64::from(half_life) - u64::from(block % half_life))
		};
		let halvings = to / half_life - from / half_life;
		let exact = (BigUint::from(value) * weight(to) / weight(from)) >> halvings.min(1_000);
		prop_assert_eq!(BigUint::from(fade(value, from, to, half_life)), exact);
	}

	#[test]
	fn fade_should_halve_when_a_half_life_passes(
		value in any::<u64>(),
		from in 0..1_000_000u32,
		half_life in 1..1_000_000u32,
	) {
		prop_assert_eq!(fade(value, from, from + half_life, half_life), value / 2);
	}

	/// Who is looked at often fades no slower, but for rounding.
	#[test]
	fn fade_should_not_depend_on_the_stops_when_time_passes(
		value in 0..u64::MAX / 2,
		stops in prop::collection::vec(0..500u32, 1..20),
	) {
		let (mut at, mut stepwise) = (0, value);
		for blocks in &stops {
			stepwise = fade(stepwise, at, at + blocks, HALF_LIFE);
			at += blocks;
		}
		let at_once = fade(value, 0, at, HALF_LIFE);
		prop_assert!(stepwise <= at_once && at_once - stepwise <= 2 * stops.len() as u64);
	}

	#[test]
	fn reputation_should_be_exact_and_bounded_when_anything_happened(
		good in any::<u64>(),
		bad in any::<u64>(),
	) {
		let two = BigUint::from(2 * ONE);
		let favourable = BigUint::from(good) + &two;
		let exact = BigUint::from(10_000u32) * &favourable / (favourable + BigUint::from(bad) + two);
		let Reputation(reputation) = Score { good, bad, at: 7 }.reputation(7, HALF_LIFE);
		prop_assert_eq!(BigUint::from(reputation), exact);
		prop_assert!(reputation <= Reputation::MAX.0);
	}

	#[test]
	fn reputation_should_move_the_right_way_when_a_lease_ends(
		good in 0..1_000_000u64,
		bad in 0..1_000_000u64,
		fate in fate(),
		merit in 0..=ONE,
	) {
		let before = score(good, bad);
		let mut after = before;
		after.note(fate, merit, 0, HALF_LIFE);
		// Bad is bad in full, whatever was at stake.
		let mut full = before;
		full.note(fate, ONE, 0, HALF_LIFE);
		prop_assert_eq!(after.bad, full.bad);
		prop_assert_eq!(full.good - after.good, if fate == LeaseFate::Accepted { ONE - merit } else { 0 });
		let [before, after] = [before, after].map(|score| score.reputation(0, HALF_LIFE));
		match fate {
			LeaseFate::Accepted => prop_assert!(after >= before),
			LeaseFate::Released => prop_assert_eq!(after, before),
			_ => prop_assert!(after <= before),
		}
	}

	#[test]
	fn merit_should_be_exact_and_bounded_when_anything_was_paid(
		earned in any::<Balance>(),
		shifts in (0..128u32, 0..128u32),
		least in any::<Balance>(),
	) {
		let (earned, least) = (earned >> shifts.0, least >> shifts.1);
		let full = (least / 1_000).max(1);
		let exact = BigUint::from(ONE) * BigUint::from(earned.min(full)) / BigUint::from(full);
		prop_assert_eq!(BigUint::from(merit(earned, least)), exact);
		prop_assert!(merit(earned, least) <= ONE);
		prop_assert!(merit(earned, least) <= merit(earned.saturating_add(1), least));
	}

	/// Work cut into pieces is worth no more than in one.
	#[test]
	fn merit_should_add_up_to_no_more_when_a_lease_is_cut(
		pieces in prop::collection::vec(0..1_000_000u128, 1..20),
		least in 0..10u128.pow(10),
	) {
		let full = (least / 1_000).max(1);
		let sum: u64 = pieces.iter().map(|piece| merit((*piece).min(full), least)).sum();
		let whole: Balance = pieces.iter().map(|piece| (*piece).min(full)).sum();
		prop_assert!(u128::from(sum) <= u128::from(ONE) * whole / full);
	}

	/// Nobody is remembered for ever, for good or bad.
	#[test]
	fn reputation_should_return_to_the_middle_when_nothing_happens(
		good in any::<u64>(),
		bad in any::<u64>(),
	) {
		let score = Score { good, bad, at: 3 };
		let mut last = score.reputation(3, HALF_LIFE).0.abs_diff(5_000);
		for halvings in 1..70 {
			let now = score.reputation(3 + halvings * HALF_LIFE, HALF_LIFE).0.abs_diff(5_000);
			prop_assert!(now <= last + 1);
			last = now;
		}
		prop_assert_eq!(last, 0);
	}
}

#[test]
fn reputation_should_follow_the_table_when_one_lease_ends() {
	for (fate, expected) in [
		(LeaseFate::Accepted, 6_000),
		(LeaseFate::Released, 5_000),
		(LeaseFate::Failed, 4_705),
		(LeaseFate::Late, 4_000),
		(LeaseFate::Withheld, 2_500),
		(LeaseFate::Wrong, 1_000),
	] {
		let mut score = Score::default();
		score.note(fate, ONE, 5, HALF_LIFE);
		assert_eq!(score.reputation(5, HALF_LIFE), Reputation(expected), "{fate:?}");
	}
}

#[test]
fn merit_should_be_whole_from_a_thousandth_of_the_least_collateral_when_it_is_at_the_boundary() {
	let part = [0, 1, 5, 9].map(|earned| merit(earned, 10_000));
	assert_eq!(part, [0, ONE / 10, ONE / 2, ONE * 9 / 10]);
	assert_eq!([10, 11, Balance::MAX].map(|earned| merit(earned, 10_000)), [ONE; 3]);
	// A thousandth is a planck at least.
	for least in [0, 1, 999, 1_000, 1_999] {
		assert_eq!([0, 1].map(|earned| merit(earned, least)), [0, ONE]);
	}
	assert_eq!(merit(Balance::MAX, Balance::MAX), ONE);
	assert_eq!(merit(1, Balance::MAX), 0);
}

#[test]
fn note_should_saturate_when_the_numbers_are_full() {
	let mut full = Score { good: u64::MAX, bad: u64::MAX, at: 0 };
	full.note(LeaseFate::Accepted, ONE, 0, HALF_LIFE);
	full.note(LeaseFate::Wrong, ONE, 0, HALF_LIFE);
	assert_eq!((full.good, full.bad), (u64::MAX, u64::MAX));
	assert_eq!(full.reputation(0, HALF_LIFE), Reputation(5_000));
}

#[test]
fn fade_should_change_nothing_when_no_time_passes_or_it_runs_backwards() {
	assert_eq!(fade(77, 5, 5, HALF_LIFE), 77);
	assert_eq!(fade(77, 5, 4, HALF_LIFE), 77);
	// A half-life of zero is refused by the pallet; here it is one block.
	assert_eq!(fade(77, 5, 6, 0), 38);
	assert_eq!(fade(u64::MAX, 0, u32::MAX, 1), 0);
}

#[test]
fn scores_should_be_apart_when_classes_differ() {
	let mut scores = Scores::default();
	for (class, fate) in
		Class::ALL.into_iter().zip([LeaseFate::Accepted, LeaseFate::Late, LeaseFate::Wrong])
	{
		scores.of_mut(class).note(fate, ONE, 0, HALF_LIFE);
	}
	let all = Class::ALL.map(|class| scores.of(class).reputation(0, HALF_LIFE).0);
	assert_eq!(all, [6_000, 4_000, 1_000]);
}
