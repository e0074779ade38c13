//! `Matchmaker::assign`: who gets the work.

use crate::{mock::*, *};
use frame_support::{assert_ok, assert_storage_noop};
use std::collections::BTreeSet;

#[test]
fn assign_should_take_a_slot_and_lock_collateral_when_an_offer_fits() {
	execute(|| {
		miner_with_offer(1, 100, 2);
		let wanted = MatchRequest { units: 7, ..request(100, 0, &[]) };
		assert_eq!(
			Market::assign(&wanted),
			Some(Assignment {
				miner: account(1),
				worker: worker(&account(1)),
				price_per_unit: 100,
				// 7 × 100 × 200 %.
				collateral: 1_400
			})
		);
		assert_eq!(stored(1).map(|offer| offer.used), Some(1));
		assert_eq!(ScriptedBonds::free_collateral(&account(1)), 1_000_000 - 1_400);
		conclude(1, 1_400, LeaseFate::Accepted);
	});
}

#[test]
fn assign_should_find_nothing_when_the_book_is_empty() {
	execute(|| {
		for price in [0, 1, u128::MAX] {
			assert_storage_noop!(assert_eq!(assign(price, 0), None));
		}
	});
}

#[test]
fn assign_should_respect_the_clients_price_when_an_offer_is_at_its_boundary() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		// 99 and 100 share a bucket: the bucket alone does not decide.
		assert_eq!(bucket_of(99), bucket_of(100));
		for price in [0, 1, 99] {
			assert_storage_noop!(assert_eq!(assign(price, 0), None));
		}
		assert_eq!(assign(100, 0).map(|found| found.price_per_unit), Some(100));
	});
}

#[test]
fn assign_should_pay_the_offers_price_when_the_client_would_pay_more() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		assert_eq!(assign(u128::MAX, 0).map(|found| found.price_per_unit), Some(100));
	});
}

#[test]
fn assign_should_prefer_the_cheapest_bucket_when_several_fit() {
	execute(|| {
		for (number, price) in [(1, 4_000), (2, 100), (3, 900)] {
			miner_with_offer(number, price, 1);
		}
		for (seed, expected) in [(0u8, 100), (200, 900), (77, 4_000)] {
			assert_eq!(assign(u128::MAX, seed).map(|found| found.price_per_unit), Some(expected));
		}
		assert_eq!(assign(u128::MAX, 1), None);
	});
}

#[test]
fn assign_should_choose_each_of_equal_offers_when_seeds_differ() {
	execute(|| {
		let mut chosen = BTreeSet::new();
		for number in 0..8 {
			miner_with_offer(number, 100, 1);
		}
		for seed in 0..64 {
			let found = assign(100, seed).expect("one of eight is free");
			Market::conclude(&found.miner, Class::Echo, found.collateral, LeaseFate::Accepted);
			chosen.insert(found.miner);
		}
		assert_eq!(chosen.len(), 8);
	});
}

#[test]
fn assign_should_be_the_same_when_the_seed_is_the_same() {
	let pick = || {
		let mut found = None;
		execute(|| {
			(0..8).for_each(|number| miner_with_offer(number, 100, 1));
			found = assign(100, 42);
		});
		found
	};
	assert_eq!(pick(), pick());
}

#[test]
fn assign_should_pass_over_an_offer_when_all_its_slots_are_taken() {
	execute(|| {
		miner_with_offer(1, 100, SLOTS);
		for seed in 0..SLOTS {
			assert_eq!(listed(), 1);
			assert!(assign(100, seed as u8).is_some());
		}
		assert_eq!(listed(), 0);
		assert_storage_noop!(assert_eq!(assign(100, 0), None));
		conclude(1, 200, LeaseFate::Accepted);
		assert!(assign(100, 0).is_some());
	});
}

#[test]
fn assign_should_stop_letting_when_an_offer_expires() {
	execute(|| {
		make_miner(1, 1_000_000);
		assert_ok!(offer(1, 100, 2, 10));
		System::set_block_number(9);
		assert!(assign(100, 0).is_some());
		System::set_block_number(10);
		assert_eq!(assign(100, 0), None);
		// It has left the book but its open lease is still counted.
		assert_eq!(stored(1).map(|offer| (offer.used, offer.place)), Some((1, None)));
		conclude(1, 200, LeaseFate::Late);
		assert_eq!(stored(1), None);
	});
}

#[test]
fn assign_should_remove_an_expired_offer_when_it_meets_one_without_leases() {
	execute(|| {
		make_miner(1, 1_000_000);
		assert_ok!(offer(1, 100, 2, 10));
		miner_with_offer(2, 100, 1);
		System::set_block_number(10);
		assert_eq!(assign(100, 0).map(|found| found.miner), Some(account(2)));
		assert_eq!(assign(100, 0), None);
		assert_eq!(stored(1), None);
	});
}

/// One miner never holds two replicas of a job.
#[test]
fn assign_should_give_replicas_to_different_miners_when_the_earlier_ones_are_excluded() {
	execute(|| {
		for number in 0..3 {
			miner_with_offer(number, 100 + u128::from(number), SLOTS);
		}
		let mut excluded = Vec::new();
		for seed in 0..3 {
			let found = Market::assign(&request(u128::MAX, seed, &excluded));
			let miner = found.expect("somebody is left").miner;
			assert!(!excluded.contains(&miner));
			excluded.push(miner);
		}
		assert_storage_noop!(assert_eq!(Market::assign(&request(u128::MAX, 9, &excluded)), None));
	});
}

#[test]
fn assign_should_change_nothing_when_the_lock_fails() {
	execute(|| {
		make_miner(1, 199);
		assert_ok!(offer(1, 100, 1, 50));
		assert_storage_noop!(assert_eq!(assign(100, 0), None));
		assert_eq!(stored(1).map(|offer| offer.used), Some(0));
		assert_eq!(Scripts::get()[&account(1)].free, 199);
		// One planck more and it fits.
		rescript(1, |script| script.free = 200);
		assert_eq!(assign(100, 0).map(|found| found.collateral), Some(200));
		assert_eq!(Scripts::get()[&account(1)].free, 0);
	});
}

#[test]
fn assign_should_try_the_next_offer_when_the_lock_of_the_first_fails() {
	execute(|| {
		make_miner(1, 0);
		assert_ok!(offer(1, 10, 1, 50));
		miner_with_offer(2, 10, 1);
		miner_with_offer(3, 5_000, 1);
		assert_eq!(assign(u128::MAX, 0).map(|found| found.miner), Some(account(2)));
		assert_eq!(assign(u128::MAX, 0).map(|found| found.miner), Some(account(3)));
		assert_eq!(assign(u128::MAX, 0), None);
		assert_eq!(listed(), 1);
	});
}

#[test]
fn assign_should_never_use_a_miner_when_it_may_take_nothing() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		rescript(1, |script| script.active = false);
		assert_eq!(assign(100, 0), None);
		assert_eq!(Scripts::get()[&account(1)].locked, 0);
		// A dead offer does not lie around: nobody but its miner could bring it back.
		assert_eq!(stored(1), None);
		assert_eq!(
			last_event(),
			Some(Event::OfferLapsed { miner: account(1), class: Class::Echo })
		);
		rescript(1, |script| script.active = true);
		assert_ok!(offer(1, 100, 1, 50));
		assert!(assign(100, 0).is_some());
	});
}

#[test]
fn assign_should_keep_the_slots_of_a_dead_offer_counted_when_it_has_leases() {
	execute(|| {
		miner_with_offer(1, 100, 2);
		assert!(assign(100, 0).is_some());
		rescript(1, |script| script.active = false);
		assert_eq!(assign(100, 0), None);
		assert_eq!(stored(1).map(|offer| (offer.used, offer.place)), Some((1, None)));
		conclude(1, 200, LeaseFate::Released);
		assert_eq!(stored(1).map(|offer| offer.used), Some(0));
	});
}

#[test]
fn assign_should_skip_an_offer_when_units_times_price_does_not_fit() {
	execute(|| {
		make_miner(1, u128::MAX);
		assert_ok!(offer(1, u128::MAX, 1, 50));
		for units in [1, 2, u64::MAX] {
			let wanted = MatchRequest { units, ..request(u128::MAX, 0, &[]) };
			assert_storage_noop!(assert_eq!(Market::assign(&wanted), None));
		}
		// A price at which twice the value just fits.
		let most = u128::MAX / 200;
		assert_ok!(offer(1, most, 1, 50));
		assert!(assign(u128::MAX, 0).is_some());
	});
}

#[test]
fn assign_should_round_the_collateral_up_when_the_factor_makes_fractions() {
	execute(|| {
		for (factor, price, expected) in [
			(0, 100, 0),
			(1, 1, 1),
			(150, 1, 2),
			(150, 3, 5),
			(100, 7, 7),
			(u32::MAX, 1, 42_949_673),
		] {
			CollateralFactorPercent::set(factor);
			make_miner(1, u128::MAX / 2);
			assert_ok!(offer(1, price, 1, 50));
			assert_eq!(assign(price, 0).map(|found| found.collateral), Some(expected));
			conclude(1, expected, LeaseFate::Accepted);
		}
	});
}

#[test]
fn assign_weight_should_include_the_lock_when_it_is_asked_for() {
	let lock_only = Market::assign_weight() - <() as WeightInfo>::assign(PROBES);
	assert_eq!(lock_only, BondsWeight::get().0);
	let unlock_only = Market::conclude_weight() - <() as WeightInfo>::conclude();
	assert_eq!(unlock_only, BondsWeight::get().1);
}
