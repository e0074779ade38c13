//! Draws and chances: pure arithmetic.

use crate::draw::*;
use aitbc_primitives::{Balance, Hash, Reputation};
use proptest::prelude::*;

/// The sum over all classes of (seen − expected)² / expected.
fn chi_squared(seen: &[u32], weights: &[u64]) -> f64 {
	let (rounds, total) = (seen.iter().sum::<u32>(), weights.iter().sum::<u64>());
	seen.iter()
		.zip(weights)
		.map(|(count, weight)| {
			let expected = f64::from(rounds) * *weight as f64 / total as f64;
			(f64::from(*count) - expected).powi(2) / expected
		})
		.sum()
}

#[test]
fn chance_should_be_the_specified_product_when_values_are_known() {
	for (free, needed, reputation, warm, expected) in [
		(0, 1, 0, false, 1),
		(1, 1, 0, false, 1),
		(2, 1, 0, false, 2),
		(3, 1, 0, false, 3),
		(99, 100, 0, false, 1),
		(100, 100, 0, false, 1),
		(199, 100, 0, false, 1),
		(200, 100, 0, false, 2),
		(200, 100, 5_000, false, 2 * 5_001),
		(200, 100, 5_000, true, 2 * 5_001 * 4),
		(0, 0, 10_000, true, 10_001 * 4),
		// Nothing to lock: as if it were one planck.
		(1_000, 0, 0, false, 1_000),
		((1 << 20) - 1, 1, 0, false, (1 << 20) - 1),
		(u128::MAX, 1, 0, false, 1 << 20),
		(u128::MAX, 0, 10_000, true, (1 << 20) * 10_001 * 4),
		(u128::MAX, u128::MAX, u16::MAX, true, 65_536 * 4),
	] {
		assert_eq!(chance(free, needed, Reputation(reputation), warm), expected, "{free}/{needed}");
	}
}

#[test]
fn below_should_be_even_when_drawn_often() {
	for end in [2u32, 3, 7, 16] {
		let mut draws = Draws::new(Hash::repeat_byte(7));
		let mut seen = vec![0; end as usize];
		for _ in 0..10_000 {
			seen[draws.below(end).expect("not empty") as usize] += 1;
		}
		// The 99.9 % bound for 15 degrees of freedom; fewer have less.
		let chi = chi_squared(&seen, &vec![1; end as usize]);
		assert!(chi < 37.7, "{seen:?}: {chi}");
	}
}

#[test]
fn take_weighted_should_follow_the_weights_when_drawn_often() {
	for weights in [vec![1, 1], vec![1, 2, 3, 4], vec![1, 1_000], vec![5, 0, 5], vec![70_000; 16]] {
		let mut draws = Draws::new(Hash::repeat_byte(3));
		let mut seen = vec![0; weights.len()];
		for _ in 0..10_000 {
			let mut items: Vec<_> = weights.iter().copied().zip(0..).collect();
			seen[draws.take_weighted(&mut items).expect("not empty") as usize] += 1;
		}
		let (seen, weights): (Vec<_>, Vec<_>) =
			seen.into_iter().zip(weights).filter(|(_, weight)| *weight > 0).unzip();
		assert_eq!(seen.iter().sum::<u32>(), 10_000, "who has no chance is never drawn");
		let chi = chi_squared(&seen, &weights);
		assert!(chi < 37.7, "{seen:?}: {chi}");
	}
}

#[test]
fn draws_should_find_nothing_when_there_is_nothing() {
	let mut draws = Draws::new(Hash::zero());
	assert_eq!(draws.below(0), None);
	assert_eq!(draws.below(1), Some(0));
	assert_eq!(draws.take_weighted::<u8>(&mut vec![]), None);
	assert_eq!(draws.take_weighted(&mut vec![(0, 'a')]), None);
	assert_eq!(draws.take_weighted(&mut vec![(1, 'a')]), Some('a'));
}

/// The numbers of neighbouring seeds have nothing to do with each other, nor do those after a `mix`.
#[test]
fn draws_should_differ_when_seeds_or_what_is_mixed_in_differ() {
	let of = |seed: u64, mixed: Option<u16>| {
		let mut draws = Draws::new(Hash::from_low_u64_be(seed));
		if let Some(mixed) = mixed {
			draws.mix(&mixed);
		}
		(0..8).map(|_| draws.below(u32::MAX)).collect::<Vec<_>>()
	};
	let cases = [(0, None), (1, None), (0, Some(0)), (0, Some(1)), (1, Some(1))];
	let all: Vec<_> = cases.map(|(seed, mixed)| of(seed, mixed)).to_vec();
	assert_eq!(all, cases.map(|(seed, mixed)| of(seed, mixed)));
	for (index, one) in all.iter().enumerate() {
		assert!(all[..index].iter().all(|other| other != one));
	}
}

proptest! {
	/// Collateral cut into miners that could each back a lease at least has no more chances together than
	/// in one piece.
	#[test]
	fn attack_collateral_in_many_miners_gains_nothing(
		parts in prop::collection::vec(1_000..50_000u128, 1..10), needed in 1..1_000u128, reputation in 0..=10_000u16,
	) {
		let of = |free| chance(free, needed, Reputation(reputation), false);
		let together = of(parts.iter().sum());
		prop_assert!(parts.iter().map(|part| of(*part)).sum::<u64>() <= together);
	}

	#[test]
	fn chance_should_never_fall_when_an_offer_gets_better(
		free: Balance, more: Balance, needed: Balance, reputation in 0..=10_000u16, better in 0..=10_000u16,
	) {
		let one = chance(free.min(more), needed, Reputation(reputation.min(better)), false);
		let other = chance(free.max(more), needed, Reputation(reputation.max(better)), false);
		prop_assert!(one >= 1 && one <= other);
		prop_assert_eq!(chance(free.max(more), needed, Reputation(reputation.max(better)), true), 4 * other);
		prop_assert!(other <= (1 << 20) * 10_001);
	}

	#[test]
	fn below_should_stay_below_when_seeds_are_any(seed: [u8; 32], end in 1u32..) {
		let mut draws = Draws::new(Hash::from(seed));
		for _ in 0..20 {
			prop_assert!(draws.below(end).is_some_and(|drawn| drawn < end));
		}
	}

	/// Every item is taken once, whatever the order.
	#[test]
	fn take_weighted_should_empty_the_list_when_it_is_repeated(
		seed: [u8; 32], weights in prop::collection::vec(1u64..6_000_000, 0..20),
	) {
		let mut draws = Draws::new(Hash::from(seed));
		let mut items: Vec<_> = weights.iter().copied().zip(0usize..).collect();
		let mut taken = Vec::new();
		while let Some(item) = draws.take_weighted(&mut items) {
			taken.push(item);
		}
		taken.sort_unstable();
		prop_assert_eq!(taken, (0..weights.len()).collect::<Vec<_>>());
	}
}
