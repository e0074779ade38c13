//! `do_try_state` finds what it is there to find.

use crate::{mock::*, *};
use frame_support::{assert_ok, hypothetically};

fn edit(number: u32, change: impl FnOnce(&mut Offer)) {
	Offers::<Test>::mutate(Class::Echo, account(number), |offer| {
		change(offer.as_mut().expect("there is an offer"));
	});
}

fn bucket() -> (Class, PriceBucket) {
	(Class::Echo, bucket_of(100))
}

fn two_offers(test: impl FnOnce()) {
	execute(|| {
		miner_with_offer(1, 100, 2);
		miner_with_offer(2, 100, 2);
		test();
	});
}

#[test]
fn try_state_should_fail_when_inv_market_1_is_broken() {
	two_offers(|| {
		for used in [2, 3, u16::MAX] {
			hypothetically!({
				edit(1, |offer| offer.used = used);
				assert!(violation().starts_with("INV-MARKET-1:"));
			});
		}
	});
}

#[test]
fn try_state_should_fail_when_inv_market_2_is_broken_by_an_offer() {
	two_offers(|| {
		hypothetically!({
			edit(1, |offer| offer.terms.price_per_unit = 5_000);
			assert!(violation().starts_with("INV-MARKET-2:"));
		});
		hypothetically!({
			edit(1, |offer| offer.place = Some(Place { bucket: bucket().1, index: 1 }));
			assert!(violation().starts_with("INV-MARKET-2:"));
		});
		hypothetically!({
			edit(1, |offer| {
				offer.place = None;
				offer.used = 1;
			});
			assert!(violation().starts_with("INV-MARKET-2:"));
		});
		hypothetically!({
			Offers::<Test>::remove(Class::Echo, account(1));
			assert!(violation().starts_with("INV-MARKET-2:"));
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_market_2_is_broken_by_the_book() {
	two_offers(|| {
		hypothetically!({
			Book::<Test>::insert(bucket(), 0, account(9));
			assert!(violation().starts_with("INV-MARKET-2:"));
		});
		hypothetically!({
			Book::<Test>::insert(bucket(), 2, account(9));
			assert!(violation().starts_with("INV-MARKET-2:"));
		});
		hypothetically!({
			Book::<Test>::remove(bucket(), 1);
			assert!(violation().starts_with("INV-MARKET-2:"));
		});
		hypothetically!({
			BookLen::<Test>::insert(bucket(), 1);
			assert!(violation().starts_with("INV-MARKET-2:"));
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_market_3_is_broken() {
	two_offers(|| {
		hypothetically!({
			BookLen::<Test>::insert(bucket(), 3);
			assert!(violation().starts_with("INV-MARKET-3:"));
		});
		hypothetically!({
			BookLen::<Test>::insert((Class::Gemm, 3), 0);
			assert!(violation().starts_with("INV-MARKET-3:"));
		});
		hypothetically!({
			Filled::<Test>::mutate(Class::Echo, |set| set.set(bucket().1, false));
			assert!(violation().starts_with("INV-MARKET-3:"));
		});
		hypothetically!({
			Filled::<Test>::mutate(Class::Wgsl, |set| set.set(17, true));
			assert!(violation().starts_with("INV-MARKET-3: a bucket in the set lists nothing"));
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_market_4_is_broken() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		assert!(assign(100, 0).is_some());
		hypothetically!({
			edit(1, |offer| offer.used = 0);
			assert!(violation().starts_with("INV-MARKET-4:"));
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_market_5_is_broken() {
	execute(|| {
		make_miner(1, 0);
		endow(&account(1), 10_000);
		let origin = RuntimeOrigin::signed(account(1));
		assert_ok!(Market::set_profile(origin, DeviceProfile::default()));
		hypothetically!({
			Profiles::<Test>::remove(account(1));
			assert!(violation().starts_with("INV-MARKET-5: a deposit is on hold"));
		});
		let reason = RuntimeHoldReason::from(HoldReason::Profile);
		hypothetically!({
			assert_ok!(Balances::release(&reason, &account(1), 1, Precision::Exact));
			assert!(violation().starts_with("INV-MARKET-5: a profile's deposit"));
		});
		hypothetically!({
			assert_ok!(Balances::hold(&reason, &account(1), 1));
			assert!(violation().starts_with("INV-MARKET-5: a profile's deposit"));
		});
		hypothetically!({
			Profiles::<Test>::insert(account(2), (DeviceProfile::default(), 500));
			assert!(violation().starts_with("INV-MARKET-5: a profile's deposit"));
		});
	});
}
