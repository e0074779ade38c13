//! `Matchmaker::assign`: what a match does.

use crate::{mock::*, *};
use frame_support::{assert_ok, assert_storage_noop};
use std::collections::BTreeSet;

#[test]
fn assign_should_take_a_slot_and_lock_collateral_when_an_offer_fits() {
	execute(|| {
		miner_with_offer(1, 100, 2);
		rescript(1, |script| script.owner = account(77));
		let wanted = Wanted { units: 7, tip: 3, ..Wanted::at(100) };
		assert_eq!(
			wanted.assign(),
			Some(Assignment {
				miner: account(1),
				owner: account(77),
				worker: worker(&account(1)),
				price_per_unit: 100,
				// (7 × 100 + 3) × 200 %.
				bond: bond(1_406),
			})
		);
		assert_eq!(stored(1).map(|offer| offer.used), Some(1));
		assert_eq!((free(1), locked(1)), (PLENTY - 1_406, 1_406));
		conclude(1, 1_406, LeaseFate::Accepted);
	});
}

#[test]
fn assign_should_find_nothing_when_the_book_is_empty() {
	execute(|| {
		for price in [0, 1, u128::MAX] {
			assert_storage_noop!(assert_eq!(assign(price, 0), None));
		}
		assert_eq!(Market::best_ask(Class::Echo), None);
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
		let found = assign(400, 0).expect("one is free");
		// Paid is what was asked; locked is what the client put at risk.
		assert_eq!((found.price_per_unit, found.bond.collateral), (100, 800));
	});
}

#[test]
fn assign_should_prefer_the_cheapest_bucket_when_several_fit() {
	execute(|| {
		for (number, price) in [(1, 4_000), (2, 100), (3, 900)] {
			miner_with_offer(number, price, 1);
		}
		for (seed, expected) in [(0, 100), (200, 900), (77, 4_000)] {
			assert_eq!(Market::best_ask(Class::Echo), Some(bucket_of(expected)));
			assert_eq!(assign(5_000, seed).map(|found| found.price_per_unit), Some(expected));
		}
		assert_eq!(assign(5_000, 1), None);
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
	assert!(pick().is_some());
	assert_eq!(pick(), pick());
}

#[test]
fn assign_should_pass_over_an_offer_when_all_its_slots_are_taken() {
	execute(|| {
		miner_with_offer(1, 100, SLOTS);
		for seed in 0..SLOTS {
			assert_eq!(listed(), 1);
			assert!(assign(100, seed.into()).is_some());
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
		make_miner(1, PLENTY);
		assert_ok!(offer(1, OfferTerms { expires_at: 10, ..terms(100, 3) }));
		System::set_block_number(9);
		assert!(assign(100, 0).is_some());
		System::set_block_number(10);
		assert_eq!(assign(100, 0), None);
		// It has left the book but its open lease is still counted.
		assert_eq!(state(1), Some((1, None)));
		conclude(1, 200, LeaseFate::Late);
		assert_eq!(stored(1), None);
	});
}

#[test]
fn assign_should_remove_an_expired_offer_when_it_meets_one_without_leases() {
	execute(|| {
		make_miner(1, PLENTY);
		assert_ok!(offer(1, OfferTerms { expires_at: 10, ..terms(100, 2) }));
		System::set_block_number(2);
		miner_with_offer(2, 100, 1);
		System::set_block_number(10);
		assert_eq!(assign(100, 0).map(|found| found.miner), Some(account(2)));
		assert_eq!(stored(1), None);
	});
}

#[test]
fn assign_should_change_nothing_when_too_little_is_free() {
	execute(|| {
		make_miner(1, 199);
		assert_ok!(offer(1, terms(100, 1)));
		assert_storage_noop!(assert_eq!(assign(100, 0), None));
		assert_eq!(state(1).map(|(used, _)| used), Some(0));
		assert_eq!(free(1), 199);
		// One planck more and it fits.
		rescript(1, |script| script.free = 200);
		assert_eq!(assign(100, 0).map(|found| found.bond.collateral), Some(200));
		assert_eq!(free(1), 0);
	});
}

/// The draw goes on among the others.
#[test]
fn assign_should_take_another_eligible_offer_when_a_lock_fails_all_the_same() {
	execute(|| {
		for number in 0..5 {
			miner_with_offer(number, 100, 1);
		}
		Stubborn::set((0..4).map(account).collect());
		for seed in 0..20 {
			assert_eq!(Wanted::at(100).seeded(seed).sample(), Some(account(4)));
		}
		assert!((0..4).all(|number| state(number).is_some_and(|(used, _)| used == 0)));
		Stubborn::set((0..5).map(account).collect());
		assert_storage_noop!(assert_eq!(assign(100, 0), None));
	});
}

#[test]
fn assign_should_drop_an_offer_when_its_miner_may_take_nothing() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		rescript(1, |script| script.active = false);
		assert_eq!(assign(100, 0), None);
		assert_eq!(locked(1), 0);
		// A dead offer does not lie around: nobody but its miner could bring it back.
		assert_eq!(stored(1), None);
		assert_eq!(
			last_event(),
			Some(Event::OfferLapsed { miner: account(1), class: Class::Echo })
		);
		rescript(1, |script| script.active = true);
		assert_ok!(offer(1, terms(100, 1)));
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
		assert_eq!(state(1), Some((1, None)));
		conclude(1, 200, LeaseFate::Released);
		assert_eq!(state(1).map(|(used, _)| used), Some(0));
		assert_eq!(listed(), 1);
	});
}

/// Dead offers leave the book when the search is over, so that it looks at every place once.
#[test]
fn assign_should_look_at_every_offer_once_when_dead_ones_stand_between() {
	for seed in 0..50 {
		execute(|| {
			for number in 0..8 {
				miner_with_offer(number, 100, 1);
				rescript(number, |script| script.active = number == 5);
			}
			Asked::set(0);
			assert_eq!(assign(100, seed).map(|found| found.miner), Some(account(5)));
			assert_eq!(Asked::get(), 8);
			assert_eq!(Offers::<Test>::iter().count() as u32, 8 - MAX_BURIED);
		});
	}
}

#[test]
fn assign_should_round_the_collateral_up_when_the_factor_makes_fractions() {
	execute(|| {
		for (factor, price, tip, expected) in [
			(0, 100, 0, 0),
			(1, 1, 0, 1),
			(150, 1, 0, 2),
			(150, 3, 0, 5),
			(150, 2, 1, 5),
			(100, 7, 0, 7),
			(u32::MAX, 1, 0, 42_949_673),
		] {
			CollateralFactorPercent::set(factor);
			make_miner(1, u128::MAX / 2);
			assert_ok!(offer(1, terms(price, 1)));
			let found = Wanted { tip, ..Wanted::at(price) }.assign();
			assert_eq!(found.map(|found| found.bond.collateral), Some(expected));
			conclude(1, expected, LeaseFate::Accepted);
		}
	});
}

/// What stands behind the first bucket in which one fits is not looked at.
#[test]
fn assign_should_stop_after_the_first_bucket_when_one_in_it_fits() {
	execute(|| {
		for (number, price) in [(0, 100), (1, 101), (2, 500), (3, 900)] {
			miner_with_offer(number, price, 1);
		}
		assert_eq!(bucket_of(100), bucket_of(101));
		Asked::set(0);
		assert!(assign(1_000, 3).is_some());
		assert_eq!(Asked::get(), 2);
	});
}

/// An entry that cannot be read, as one that did not survive a migration, hides nothing else.
#[test]
fn assign_should_find_the_others_when_an_entry_of_the_book_is_broken() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		miner_with_offer(2, 100, 1);
		miner_with_offer(3, 200, 1);
		frame_support::hypothetically!({
			Offers::<Test>::remove(Class::Echo, account(1));
			let mut found = BTreeSet::new();
			for seed in 0..2 {
				found.extend(assign(200, seed).map(|found| found.miner));
			}
			assert_eq!(found, BTreeSet::from([account(2), account(3)]));
		});
		release_all(&[1, 2, 3]);
	});
}

/// The scripts are not storage: what `hypothetically` let is still locked in them.
fn release_all(numbers: &[u32]) {
	numbers.iter().for_each(|number| make_miner(*number, PLENTY));
}
