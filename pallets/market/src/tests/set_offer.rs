//! `set_offer`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::GetCallName};
use sp_runtime::traits::BadOrigin;

#[test]
fn set_offer_should_list_the_offer_when_all_is_valid() {
	execute(|| {
		make_miner(1, 0);
		assert_ok!(offer(1, 100, 2, 50));
		let bucket = bucket_of(100);
		assert_eq!(
			stored(1),
			Some(Offer {
				price_per_unit: 100,
				slots: 2,
				used: 0,
				expires_at: 50,
				place: Some(Place { bucket, index: 0 })
			})
		);
		assert_eq!(Book::<Test>::get((Class::Echo, bucket), 0), Some(account(1)));
		assert_eq!(
			last_event(),
			Some(Event::OfferSet {
				miner: account(1),
				class: Class::Echo,
				price_per_unit: 100,
				slots: 2,
				expires_at: 50
			})
		);
	});
}

/// PEERS hole 10: an offer is signed, and by a miner.
#[test]
fn set_offer_should_fail_when_the_origin_is_not_a_miner() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::set_offer(origin, Class::Echo, 1, 1, 2), BadOrigin);
		}
		assert_noop!(offer(1, 1, 1, 2), Error::<Test>::NotAMiner);
		make_miner(1, 1_000);
		rescript(1, |script| script.active = false);
		assert_noop!(offer(1, 1, 1, 2), Error::<Test>::NotAMiner);
	});
}

#[test]
fn set_offer_should_respect_the_price_when_it_is_at_its_boundary() {
	execute(|| {
		make_miner(1, 1_000);
		assert_noop!(offer(1, 0, 1, 2), Error::<Test>::PriceZero);
		assert_ok!(offer(1, 1, 1, 2));
		assert_ok!(offer(1, u128::MAX, 1, 2));
		assert_eq!(listed(), 1);
	});
}

#[test]
fn set_offer_should_respect_the_slots_when_they_are_at_their_boundary() {
	execute(|| {
		make_miner(1, 1_000);
		for slots in [0, SLOTS + 1, u16::MAX] {
			assert_noop!(offer(1, 1, slots, 2), Error::<Test>::SlotsInvalid);
		}
		assert_ok!(offer(1, 1, 1, 2));
		assert_ok!(offer(1, 1, SLOTS, 2));
	});
}

#[test]
fn set_offer_should_respect_the_expiry_when_it_is_at_its_boundary() {
	execute(|| {
		make_miner(1, 1_000);
		System::set_block_number(7);
		for expires_at in [0, 6, 7, 7 + LIFE + 1, u32::MAX] {
			assert_noop!(offer(1, 1, 1, expires_at), Error::<Test>::ExpiryInvalid);
		}
		assert_ok!(offer(1, 1, 1, 8));
		assert_ok!(offer(1, 1, 1, 7 + LIFE));
	});
}

#[test]
fn set_offer_should_not_wrap_when_the_chain_is_very_old() {
	execute(|| {
		make_miner(1, 1_000);
		System::set_block_number(u32::MAX - 1);
		assert_ok!(offer(1, 1, 1, u32::MAX));
		System::set_block_number(u32::MAX);
		assert_noop!(offer(1, 1, 1, u32::MAX), Error::<Test>::ExpiryInvalid);
	});
}

#[test]
fn set_offer_should_move_the_offer_when_its_price_changes() {
	execute(|| {
		for number in 1..=3 {
			miner_with_offer(number, 100, 1);
		}
		// The first of the bucket leaves; the last takes its place.
		assert_ok!(offer(1, 5_000, 1, 50));
		assert_eq!(listed(), 3);
		let old = (Class::Echo, bucket_of(100));
		assert_eq!(BookLen::<Test>::get(old), 2);
		assert_eq!(Book::<Test>::get(old, 0), Some(account(3)));
		assert_eq!(BookLen::<Test>::get((Class::Echo, bucket_of(5_000))), 1);
	});
}

#[test]
fn set_offer_should_keep_one_offer_per_class_when_it_is_repeated() {
	execute(|| {
		make_miner(1, 1_000);
		for _ in 0..50 {
			assert_ok!(offer(1, 100, 1, 50));
		}
		assert_eq!((listed(), Offers::<Test>::iter().count()), (1, 1));
		assert_eq!(BookLen::<Test>::get((Class::Echo, bucket_of(100))), 1);
	});
}

#[test]
fn set_offer_should_keep_classes_apart_when_one_miner_offers_all() {
	execute(|| {
		make_miner(1, 1_000_000);
		for (price, class) in (1u128..).zip(Class::ALL) {
			assert_ok!(offer_in(class, 1, price * 100, 1, 50));
		}
		let found = assign(u128::MAX, 0).expect("there is an Echo offer");
		assert_eq!(found.price_per_unit, 100);
		assert_eq!(assign(u128::MAX, 0), None);
		let gemm = MatchRequest { class: Class::Gemm, ..request(u128::MAX, 0, &[]) };
		assert_eq!(Market::assign(&gemm).expect("there is a Gemm offer").price_per_unit, 200);
	});
}

#[test]
fn set_offer_should_keep_used_slots_counted_when_it_is_made_again_mid_lease() {
	execute(|| {
		miner_with_offer(1, 100, 2);
		assert!(assign(100, 0).is_some());
		assert_ok!(offer(1, 300, 2, 50));
		assert_eq!(stored(1).map(|offer| offer.used), Some(1));
		assert!(assign(300, 0).is_some());
		assert_eq!(assign(300, 0), None);
		conclude(1, 200, LeaseFate::Accepted);
		conclude(1, 600, LeaseFate::Accepted);
	});
}

/// An offer shrunk below the slots in use takes nothing until enough leases have ended.
#[test]
fn set_offer_should_stay_unlisted_when_it_is_shrunk_below_what_is_used() {
	execute(|| {
		miner_with_offer(1, 100, 3);
		for seed in 0..3 {
			assert!(assign(100, seed).is_some());
		}
		assert_ok!(offer(1, 100, 1, 50));
		assert_eq!(stored(1).map(|offer| (offer.used, offer.place)), Some((3, None)));
		for left in [2, 1] {
			conclude(1, 200, LeaseFate::Accepted);
			assert_eq!(stored(1).map(|offer| (offer.used, offer.place)), Some((left, None)));
			assert_eq!(assign(100, 0), None);
		}
		conclude(1, 200, LeaseFate::Accepted);
		assert_eq!(listed(), 1);
		assert!(assign(100, 0).is_some());
	});
}

/// Only a miner's own signature changes its offer: no call names another account.
#[test]
fn set_offer_should_leave_another_miners_offer_alone_when_an_attacker_offers_the_same() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		let before = stored(1);
		miner_with_offer(2, 100, 1);
		assert_ok!(Market::withdraw_offer(RuntimeOrigin::signed(account(2)), Class::Echo));
		assert_eq!(stored(1), before);
		assert_eq!(Call::<Test>::get_call_names(), ["set_offer", "withdraw_offer"]);
	});
}
