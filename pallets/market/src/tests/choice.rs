//! Which of the eligible offers is drawn.

use crate::{mock::*, *};
use aitbc_primitives::{Cid, Reputation};
use frame_support::assert_ok;
use std::collections::BTreeMap;

const ROUNDS: u64 = 2_000;

/// How often each miner is drawn, by number, over fixed seeds.
fn shares(wanted: &Wanted, miners: u32) -> Vec<u32> {
	let mut drawn: BTreeMap<AccountId, u32> = BTreeMap::new();
	for seed in 0..ROUNDS {
		let miner = wanted.clone().seeded(seed).sample().expect("somebody fits");
		*drawn.entry(miner).or_default() += 1;
	}
	(0..miners).map(|number| drawn.get(&account(number)).copied().unwrap_or(0)).collect()
}

/// That counts are as the weights say: chi squared below its 99.9 % bound for up to eight classes.
fn assert_shares(counts: &[u32], weights: &[u64]) {
	let total: u64 = weights.iter().sum();
	let chi: f64 = counts
		.iter()
		.zip(weights)
		.map(|(count, weight)| {
			let expected = ROUNDS as f64 * *weight as f64 / total as f64;
			(f64::from(*count) - expected).powi(2) / expected
		})
		.sum();
	assert!(chi < 24.3, "{counts:?} for {weights:?}: {chi}");
}

#[test]
fn choice_should_be_even_when_all_are_equal() {
	execute(|| {
		(0..8).for_each(|number| miner_with_offer(number, 100, 1));
		assert_shares(&shares(&Wanted::at(100), 8), &[1; 8]);
	});
}

/// More equal offers than one match looks at: where it starts is as even as the draw.
#[test]
fn choice_should_reach_everyone_when_a_bucket_holds_more_than_are_looked_at() {
	execute(|| {
		(0..40).for_each(|number| miner_with_offer(number, 100, 1));
		let counts = shares(&Wanted::at(100), 40);
		// 50 each on average, with a deviation of 7.
		assert!(counts.iter().all(|count| (20..80).contains(count)), "{counts:?}");
	});
}

#[test]
fn choice_should_follow_reputation_when_the_rest_is_equal() {
	execute(|| {
		for (number, reputation) in [(0, 0), (1, 99), (2, 4_999), (3, 9_999)] {
			miner_with_offer(number, 100, 1);
			rescript(number, |script| script.reputation = Reputation(reputation));
		}
		assert_shares(&shares(&Wanted::at(100), 4)[1..], &[100, 5_000, 10_000]);
	});
}

#[test]
fn choice_should_prefer_whoever_has_the_program_ready() {
	execute(|| {
		for number in 0..3 {
			make_miner(number, PLENTY);
			let warm = match number {
				0 => vec![Cid::of_raw(b"other"), program()],
				1 => vec![Cid::of_raw(b"other")],
				_ => vec![],
			};
			let warm = BoundedVec::truncate_from(warm);
			assert_ok!(offer(number, OfferTerms { warm, ..terms(100, 1) }));
		}
		assert_shares(&shares(&Wanted::at(100), 3), &[4, 1, 1]);
	});
}

/// As often as its collateral could back the lease: who cuts it into many miners gains nothing.
#[test]
fn choice_should_grow_in_proportion_to_free_collateral() {
	execute(|| {
		// What a lease locks is 200.
		for (number, free) in [(0, 200), (1, 200 * 2), (2, 200 * 5), (3, 200 * 10)] {
			make_miner(number, free);
			assert_ok!(offer(number, terms(100, 1)));
		}
		assert_shares(&shares(&Wanted::at(100), 4), &[1, 2, 5, 10]);
	});
}

/// Elsewhere the cheapest does not win: it is one of those seen.
#[test]
fn choice_should_draw_among_all_seen_when_the_front_does_not_fit() {
	execute(|| {
		// Eight that never fit, and behind them three that do, each in a bucket of its own.
		(10..18).for_each(|number| {
			make_miner(number, 0);
			assert_ok!(offer(number, terms(10, 1)));
		});
		for (number, price) in [(0, 100), (1, 200), (2, 400)] {
			miner_with_offer(number, price, 1);
		}
		assert_shares(&shares(&Wanted::at(400), 3), &[1, 1, 1]);
	});
}
