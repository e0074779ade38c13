//! `withdraw_offer`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

fn withdraw(number: u32) -> DispatchResult {
	Market::withdraw_offer(RuntimeOrigin::signed(account(number)), Class::Echo)
}

#[test]
fn withdraw_offer_should_remove_the_offer_when_no_lease_is_open() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		assert_ok!(withdraw(1));
		assert_eq!(stored(1), None);
		assert_eq!(assign(1_000, 0), None);
		let expected = Event::OfferWithdrawn { miner: account(1), class: Class::Echo };
		assert_eq!(last_event(), Some(expected));
		assert_noop!(withdraw(1), Error::<Test>::NoSuchOffer);
	});
}

#[test]
fn withdraw_offer_should_fail_when_there_is_no_such_offer() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::withdraw_offer(origin, Class::Echo), BadOrigin);
		}
		assert_noop!(withdraw(1), Error::<Test>::NoSuchOffer);
		miner_with_offer(1, 100, 1);
		assert_noop!(
			Market::withdraw_offer(RuntimeOrigin::signed(account(1)), Class::Gemm),
			Error::<Test>::NoSuchOffer
		);
		assert_noop!(withdraw(2), Error::<Test>::NoSuchOffer);
	});
}

#[test]
fn withdraw_offer_should_keep_slots_counted_when_leases_are_open() {
	execute(|| {
		miner_with_offer(1, 100, 3);
		assert!(assign(100, 0).is_some());
		assert!(assign(100, 0).is_some());
		assert_ok!(withdraw(1));
		assert_eq!(state(1), Some((2, None)));
		assert_eq!(assign(100, 0), None);
		// One lease ends: still no slot for anybody, for the offer is withdrawn.
		conclude(1, 200, LeaseFate::Accepted);
		assert_eq!(assign(100, 0), None);
		conclude(1, 200, LeaseFate::Wrong);
		assert_eq!(stored(1), None);
		let lapsed = Event::OfferLapsed { miner: account(1), class: Class::Echo };
		assert_eq!(last_event(), Some(lapsed));
	});
}

#[test]
fn withdraw_offer_should_work_when_its_miner_is_a_miner_no_more() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		scripts(|all| all.clear());
		assert_ok!(withdraw(1));
		assert_eq!(stored(1), None);
	});
}

#[test]
fn withdraw_offer_should_let_the_miner_return_when_it_offers_again_mid_lease() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		assert!(assign(100, 0).is_some());
		assert_ok!(withdraw(1));
		assert_ok!(offer(1, terms(100, 2)));
		// The open lease still takes one of the two slots.
		assert!(assign(100, 0).is_some());
		assert_eq!(assign(100, 0), None);
		conclude(1, 200, LeaseFate::Accepted);
		conclude(1, 200, LeaseFate::Accepted);
		assert_eq!(stored(1).map(|offer| offer.used), Some(0));
	});
}
