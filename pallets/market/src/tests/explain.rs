//! `Matchmaker::explain`: why nothing matched, or what would.

use crate::{mock::*, *};
use aitbc_primitives::{Capabilities, Reputation, Requirements};
use frame_support::{assert_ok, assert_storage_noop};

#[test]
fn explain_should_say_nothing_when_the_class_is_empty() {
	execute(|| {
		assert_eq!(Wanted::default().explain(100), MatchReport::default());
		make_miner(1, PLENTY);
		assert_ok!(offer_in(Class::Gemm, 1, terms(1, 1)));
		assert_eq!(Wanted::default().explain(100), MatchReport::default());
	});
}

/// One offer for each filter, and two that fit.
#[test]
fn explain_should_count_what_each_filter_refused_when_all_refuse_something() {
	execute(|| {
		for number in 0..10 {
			miner_with_offer(number, 100 + u128::from(number), 1);
		}
		let with = |number, change: fn(&mut OfferTerms)| {
			let mut changed = terms(100 + u128::from(number), 1);
			change(&mut changed);
			assert_ok!(offer(number, changed));
		};
		let large = Capabilities { vram_mib: 5, ..Capabilities::default() };
		for number in 0..10 {
			assert_ok!(offer(number, OfferTerms { device: large, ..terms(100, 1) }));
		}
		with(0, |terms| terms.expires_at = 2);
		with(1, |terms| terms.price_per_unit = 2_000);
		with(2, |terms| terms.max_units = 1);
		with(3, |terms| terms.device.vram_mib = 4);
		rescript(5, |script| script.active = false);
		rescript(6, |script| script.reputation = Reputation(9));
		rescript(7, |script| script.free = 1);
		assert_ok!(offer(9, OfferTerms { device: large, ..terms(90, 1) }));
		System::set_block_number(2);
		let requirements = Requirements {
			min_vram_mib: 5,
			min_reputation: Reputation(10),
			deny: BoundedVec::truncate_from(vec![account(4)]),
			..Requirements::default()
		};
		let wanted = Wanted { units: 2, requirements, ..Wanted::default() };
		let report = MatchReport {
			listed: 10,
			examined: 10,
			eligible: 2,
			lowest_price: Some(90),
			refused: vec![
				(OfferFilter::Expired, 1),
				(OfferFilter::Price, 1),
				(OfferFilter::JobSize, 1),
				(OfferFilter::Vram, 1),
				(OfferFilter::Denied, 1),
				(OfferFilter::MinerInactive, 1),
				(OfferFilter::Reputation, 1),
				(OfferFilter::Collateral, 1),
			],
		};
		assert_storage_noop!(assert_eq!(wanted.explain(100), report));
	});
}

#[test]
fn explain_should_look_at_the_cheapest_first_when_it_is_limited() {
	execute(|| {
		for (number, price) in [(0, 900), (1, 100), (2, 400), (3, 101)] {
			miner_with_offer(number, price, 1);
		}
		for (limit, examined, eligible, lowest) in [
			(0, 0, 0, None),
			(1, 1, 1, Some(100)),
			(2, 2, 2, Some(100)),
			(3, 3, 3, Some(100)),
			(4, 4, 3, Some(100)),
			(u32::MAX, 4, 3, Some(100)),
		] {
			let report = Wanted::at(500).explain(limit);
			assert_eq!(
				(report.listed, report.examined, report.eligible, report.lowest_price),
				(4, examined, eligible, lowest)
			);
		}
	});
}

/// It sees what a match misses.
#[test]
fn explain_should_find_the_one_that_fits_when_a_match_does_not_look_that_far() {
	execute(|| {
		fill(0, 300, |index| (terms(100, 1), if index == 299 { 200 } else { 0 }));
		let wanted = Wanted::at(100);
		assert!((0..5).any(|seed| wanted.clone().seeded(seed).sample().is_none()));
		let report = wanted.explain(1_000);
		assert_eq!((report.eligible, report.lowest_price), (1, Some(100)));
		assert_eq!(report.refused, [(OfferFilter::Collateral, 299)]);
	});
}
