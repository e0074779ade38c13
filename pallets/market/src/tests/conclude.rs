//! `Matchmaker::conclude`: slots come back however a lease ends.

use crate::{mock::*, *};
use frame_support::assert_ok;

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
			conclude(1, found.bond.collateral, fate);
			assert_eq!(listed(), 1);
			let (miner, class) = (account(1), Class::Echo);
			let ended = Ended {
				worker: worker(&miner),
				miner,
				class,
				bond: bond(200),
				fate,
				earned: EARNED,
			};
			assert_eq!(EndedLeases::get().last(), Some(&ended));
		}
		assert_eq!(free(1), PLENTY);
	});
}

/// The key of the lease is told, not the one that the miner has now.
#[test]
fn conclude_should_name_the_leases_own_key_when_the_miner_has_another() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		let found = assign(100, 0).expect("one is free");
		let old = WorkerKey::from_raw([9; 32]);
		Market::conclude(&account(1), Class::Echo, &old, &found.bond, LeaseFate::Released, 0);
		assert_eq!(EndedLeases::get().last().map(|ended| ended.worker), Some(old));
	});
}

#[test]
fn conclude_should_put_the_offer_behind_the_others_when_it_is_listed_again() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		miner_with_offer(2, 100, 1);
		let first = assign(100, 0).expect("two are free");
		release(Class::Echo, &first);
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
		assert_eq!(state(1), Some((1, None)));
		conclude(1, 200, LeaseFate::Late);
		assert_eq!(stored(1), None);
		assert_eq!(
			last_event(),
			Some(Event::OfferLapsed { miner: account(1), class: Class::Echo })
		);
	});
}

#[test]
fn conclude_should_respect_the_expiry_when_it_is_at_its_boundary() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		for (now, stays) in [(LIFE, true), (LIFE + 1, false)] {
			assert!(assign(100, 0).is_some());
			System::set_block_number(now);
			conclude(1, 200, LeaseFate::Accepted);
			assert_eq!(stored(1).is_some(), stays);
		}
	});
}

#[test]
fn conclude_should_remove_the_offer_when_it_expires_while_still_listed() {
	execute(|| {
		miner_with_offer(1, 100, 2);
		miner_with_offer(2, 100, 2);
		let found = assign(100, 0).expect("two are free");
		System::set_block_number(1 + LIFE);
		release(Class::Echo, &found);
		assert_eq!(Offers::<Test>::get(Class::Echo, &found.miner), None);
		assert_eq!(listed(), 1);
	});
}

/// A lease ends in the class in which it began.
#[test]
fn conclude_should_leave_other_classes_alone_when_a_miner_offers_several() {
	execute(|| {
		make_miner(1, PLENTY);
		for class in Class::ALL {
			assert_ok!(offer_in(class, 1, terms(100, 2)));
			assert!(Wanted { class, ..Wanted::at(100) }.assign().is_some());
		}
		Market::conclude(
			&account(1),
			Class::Gemm,
			&worker(&account(1)),
			&bond(200),
			LeaseFate::Wrong,
			0,
		);
		let used = |class| Offers::<Test>::get(class, account(1)).map(|offer| offer.used);
		assert_eq!(Class::ALL.map(used), [Some(1), Some(0), Some(1)]);
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
		release(Class::Echo, &found);
		assert_eq!(locked(1), 0);
	});
}
