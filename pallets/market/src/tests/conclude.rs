//! `Matchmaker::conclude`: slots come back however a lease ends.

use crate::{mock::*, *};

const FATES: [LeaseFate; 6] = [
	LeaseFate::Accepted,
	LeaseFate::Released,
	LeaseFate::Late,
	LeaseFate::Withheld,
	LeaseFate::Wrong,
	LeaseFate::Failed,
];

#[test]
fn conclude_should_free_the_slot_and_the_lock_when_a_lease_ends_in_any_way() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		for fate in FATES {
			let found = assign(100, 0).expect("the slot is free again");
			assert_eq!(listed(), 0);
			conclude(1, found.collateral, fate);
			assert_eq!(listed(), 1);
			assert_eq!(Ended::get().last(), Some(&(account(1), 200, fate)));
		}
		assert_eq!(Scripts::get()[&account(1)].free, 1_000_000);
	});
}

#[test]
fn conclude_should_put_the_offer_behind_the_others_when_it_is_listed_again() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		miner_with_offer(2, 100, 1);
		let first = assign(100, 0).expect("two are free");
		Market::conclude(&first.miner, Class::Echo, first.collateral, LeaseFate::Accepted);
		let place = Offers::<Test>::get(Class::Echo, &first.miner).and_then(|offer| offer.place);
		assert_eq!(place, Some(Place { bucket: bucket_of(100), index: 1 }));
	});
}

#[test]
fn conclude_should_remove_the_offer_when_it_expired_and_this_was_the_last_lease() {
	execute(|| {
		miner_with_offer(1, 100, 2);
		assert!(assign(100, 0).is_some());
		assert!(assign(100, 0).is_some());
		System::set_block_number(1 + LIFE);
		conclude(1, 200, LeaseFate::Late);
		assert_eq!(stored(1).map(|offer| (offer.used, offer.place)), Some((1, None)));
		conclude(1, 200, LeaseFate::Late);
		assert_eq!(stored(1), None);
		assert_eq!(
			last_event(),
			Some(Event::OfferLapsed { miner: account(1), class: Class::Echo })
		);
	});
}

#[test]
fn conclude_should_remove_the_offer_when_it_expires_while_still_listed() {
	execute(|| {
		miner_with_offer(1, 100, 2);
		miner_with_offer(2, 100, 2);
		let found = assign(100, 0).expect("two are free");
		System::set_block_number(1 + LIFE);
		Market::conclude(&found.miner, Class::Echo, found.collateral, LeaseFate::Late);
		assert_eq!(Offers::<Test>::get(Class::Echo, &found.miner), None);
		assert_eq!(listed(), 1);
	});
}

/// The money is never held up by a missing record.
#[cfg(not(debug_assertions))]
#[test]
fn conclude_should_still_end_the_lock_when_the_offer_is_gone() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		let found = assign(100, 0).expect("one is free");
		Offers::<Test>::remove(Class::Echo, account(1));
		conclude(1, found.collateral, LeaseFate::Accepted);
		assert_eq!(Scripts::get()[&account(1)].locked, 0);
	});
}
