//! `set_offer`.

use crate::{mock::*, *};
use aitbc_primitives::{Capabilities, Cid, Features, MAX_WARM_PROGRAMS, Region};
use frame_support::{assert_noop, assert_ok, traits::GetCallName};
use sp_runtime::traits::BadOrigin;

#[test]
fn set_offer_should_list_the_offer_when_all_is_valid() {
	execute(|| {
		make_miner(1, 0);
		let warm: Vec<_> = (0..MAX_WARM_PROGRAMS).map(|n| Cid::of_raw(&[n as u8])).collect();
		let terms = OfferTerms {
			price_per_unit: 100,
			slots: 2,
			max_units: 7,
			expires_at: 50,
			device: Capabilities {
				vram_mib: 8_192,
				units_per_second: 3,
				features: Features(u32::MAX),
				region: Some(Region(*b"AT")),
			},
			warm: BoundedVec::truncate_from(warm),
		};
		assert_ok!(offer(1, terms.clone()));
		let bucket = bucket_of(100);
		let place = Some(Place { bucket, index: 0 });
		assert_eq!(stored(1), Some(Offer { terms: terms.clone(), used: 0, place }));
		assert_eq!(Book::<Test>::get((Class::Echo, bucket), 0), Some(account(1)));
		let miner = account(1);
		assert_eq!(last_event(), Some(Event::OfferSet { miner, class: Class::Echo, terms }));
	});
}

/// PEERS hole 10: an offer is signed, and by a miner.
#[test]
fn set_offer_should_fail_when_the_origin_is_not_a_miner() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::set_offer(origin, Class::Echo, terms(1, 1)), BadOrigin);
		}
		assert_noop!(offer(1, terms(1, 1)), Error::<Test>::NotAMiner);
		make_miner(1, 1_000);
		rescript(1, |script| script.active = false);
		assert_noop!(offer(1, terms(1, 1)), Error::<Test>::NotAMiner);
		rescript(1, |script| script.active = true);
		assert_ok!(offer(1, terms(1, 1)));
	});
}

#[test]
fn set_offer_should_respect_the_price_when_it_is_at_its_boundary() {
	execute(|| {
		make_miner(1, 1_000);
		assert_noop!(offer(1, terms(0, 1)), Error::<Test>::PriceZero);
		assert_ok!(offer(1, terms(1, 1)));
		assert_ok!(offer(1, terms(u128::MAX, 1)));
		assert_eq!(listed(), 1);
	});
}

#[test]
fn set_offer_should_respect_the_slots_when_they_are_at_their_boundary() {
	execute(|| {
		make_miner(1, 1_000);
		for slots in [0, SLOTS + 1, u16::MAX] {
			assert_noop!(offer(1, terms(1, slots)), Error::<Test>::SlotsInvalid);
		}
		assert_ok!(offer(1, terms(1, 1)));
		assert_ok!(offer(1, terms(1, SLOTS)));
	});
}

#[test]
fn set_offer_should_respect_the_job_size_when_it_is_at_its_boundary() {
	execute(|| {
		make_miner(1, 1_000);
		let of_size = |max_units| OfferTerms { max_units, ..terms(1, 1) };
		assert_noop!(offer(1, of_size(0)), Error::<Test>::MaxUnitsZero);
		assert_ok!(offer(1, of_size(1)));
		assert_ok!(offer(1, of_size(u64::MAX)));
	});
}

#[test]
fn set_offer_should_respect_the_expiry_when_it_is_at_its_boundary() {
	execute(|| {
		make_miner(1, 1_000);
		System::set_block_number(7);
		let until = |expires_at| OfferTerms { expires_at, ..terms(1, 1) };
		for expires_at in [0, 6, 7, 7 + LIFE + 1, u32::MAX] {
			assert_noop!(offer(1, until(expires_at)), Error::<Test>::ExpiryInvalid);
		}
		assert_ok!(offer(1, until(8)));
		assert_ok!(offer(1, until(7 + LIFE)));
	});
}

#[test]
fn set_offer_should_not_wrap_when_the_chain_is_very_old() {
	execute(|| {
		make_miner(1, 1_000);
		System::set_block_number(u32::MAX - 1);
		let last = OfferTerms { expires_at: u32::MAX, ..terms(1, 1) };
		assert_ok!(offer(1, last.clone()));
		System::set_block_number(u32::MAX);
		assert_noop!(offer(1, last), Error::<Test>::ExpiryInvalid);
	});
}

#[test]
fn set_offer_should_respect_the_region_when_its_letters_are_at_their_boundary() {
	execute(|| {
		make_miner(1, 1_000);
		let within = |region| {
			let device = Capabilities { region: Some(Region(region)), ..Capabilities::default() };
			OfferTerms { device, ..terms(1, 1) }
		};
		for region in [*b"at", *b"A@", *b"[Z", *b"A1", [0, 0], [0xff, 0xff]] {
			assert_noop!(offer(1, within(region)), Error::<Test>::RegionInvalid);
		}
		assert_ok!(offer(1, within(*b"AZ")));
		assert_ok!(offer(1, within(*b"ZA")));
	});
}

#[test]
fn set_offer_should_move_the_offer_when_its_price_changes() {
	execute(|| {
		for number in 1..=3 {
			miner_with_offer(number, 100, 1);
		}
		// The first of the bucket leaves; the last takes its place.
		assert_ok!(offer(1, terms(5_000, 1)));
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
			assert_ok!(offer(1, terms(100, 1)));
		}
		assert_eq!((listed(), Offers::<Test>::iter().count()), (1, 1));
		assert_eq!(BookLen::<Test>::get((Class::Echo, bucket_of(100))), 1);
	});
}

#[test]
fn set_offer_should_keep_classes_apart_when_one_miner_offers_all() {
	execute(|| {
		make_miner(1, PLENTY);
		for (price, class) in (1u128..).zip(Class::ALL) {
			assert_ok!(offer_in(class, 1, terms(price * 100, 1)));
		}
		assert_eq!(assign(1_000, 0).map(|found| found.price_per_unit), Some(100));
		assert_eq!(assign(1_000, 0), None);
		let gemm = Wanted { class: Class::Gemm, ..Wanted::default() };
		assert_eq!(gemm.assign().map(|found| found.price_per_unit), Some(200));
	});
}

#[test]
fn set_offer_should_keep_used_slots_counted_when_it_is_made_again_mid_lease() {
	execute(|| {
		miner_with_offer(1, 100, 2);
		assert!(assign(300, 0).is_some());
		assert_ok!(offer(1, terms(300, 2)));
		assert_eq!(stored(1).map(|offer| offer.used), Some(1));
		assert!(assign(300, 0).is_some());
		assert_eq!(assign(300, 0), None);
		conclude(1, 600, LeaseFate::Accepted);
		conclude(1, 600, LeaseFate::Accepted);
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
		assert_eq!(
			Call::<Test>::get_call_names(),
			["set_offer", "withdraw_offer", "set_profile", "clear_profile"]
		);
	});
}
