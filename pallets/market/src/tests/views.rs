//! What can be read without a transaction.

use crate::{mock::*, *};
use frame_support::assert_ok;

#[test]
fn offer_should_be_shown_when_it_is_listed_or_not() {
	execute(|| {
		assert_eq!(Market::offer(account(1), Class::Echo), None);
		miner_with_offer(1, 100, 1);
		assert_eq!(Market::offer(account(1), Class::Echo), stored(1));
		assert_eq!(Market::offer(account(1), Class::Gemm), None);
		assert!(assign(100, 0).is_some());
		let shown = Market::offer(account(1), Class::Echo).expect("it is leased");
		assert_eq!((shown.used, shown.place), (1, None));
	});
}

#[test]
fn profile_should_be_shown_when_there_is_one() {
	execute(|| {
		make_miner(1, 0);
		endow(&account(1), 10_000);
		assert_eq!(Market::profile(account(1)), None);
		let profile = DeviceProfile { vendor_id: 7, ..DeviceProfile::default() };
		assert_ok!(Market::set_profile(RuntimeOrigin::signed(account(1)), profile.clone()));
		assert_eq!(Market::profile(account(1)), Some(profile));
	});
}

#[test]
fn depth_should_list_filled_buckets_cheapest_first_when_there_are_some() {
	execute(|| {
		assert_eq!(Market::depth(Class::Echo), []);
		for (number, price) in [(0, 900), (1, 100), (2, 101), (3, u128::MAX), (4, 1)] {
			miner_with_offer(number, price, 1);
		}
		let level = |price, lowest_price, offers| DepthLevel {
			bucket: bucket_of(price),
			lowest_price,
			offers,
		};
		assert_eq!(
			Market::depth(Class::Echo),
			[level(1, 1, 1), level(100, 96, 2), level(900, 896, 1), level(u128::MAX, 15 << 124, 1)]
		);
		assert_eq!(Market::depth(Class::Wgsl), []);
	});
}

/// Every page is full but the last, and all of them together are the book.
#[test]
fn offers_should_come_in_pages_when_there_are_more_than_asked_for() {
	execute(|| {
		// 7 in one bucket, 5 in another.
		fill(0, 12, |index| (terms(if index % 12 < 7 { 100 } else { 900 }, 1), 0));
		for limit in [1, 2, 5, 7, 11, 12, 13] {
			let (mut from, mut seen) = (Some(Place::START), Vec::new());
			while let Some(place) = from {
				let page = Market::offers(Class::Echo, place, limit);
				let full = page.offers.len() == limit as usize;
				assert!(full || page.next.is_none());
				seen.extend(page.offers);
				from = page.next;
			}
			assert_eq!(seen.len(), 12);
			assert!(seen.is_sorted_by_key(|(_, offer)| offer.place));
			for (miner, offer) in seen {
				assert_eq!(Offers::<Test>::get(Class::Echo, miner), Some(offer));
			}
		}
	});
}

#[test]
fn offers_should_begin_where_they_are_asked_to_when_the_place_is_anywhere() {
	execute(|| {
		fill(0, 4, |index| (terms(if index < 3 { 100 } else { 900 }, 1), 0));
		let (cheap, dear) = (bucket_of(100), bucket_of(900));
		for (bucket, index, count) in [
			(0, 9, 4),
			(cheap, 0, 4),
			(cheap, 2, 2),
			(cheap, 3, 1),
			(cheap, u32::MAX, 1),
			(cheap + 1, 7, 1),
			(dear, 0, 1),
			(dear, 1, 0),
			(dear + 1, 0, 0),
			(u16::MAX, u32::MAX, 0),
		] {
			let page = Market::offers(Class::Echo, Place { bucket, index }, 10);
			assert_eq!((page.offers.len(), page.next), (count, None));
		}
		let none = Market::offers(Class::Echo, Place::START, 0);
		assert_eq!((none.offers.len(), none.next), (0, Some(Place { bucket: cheap, index: 0 })));
	});
}

#[test]
fn offers_should_never_exceed_a_page_when_more_are_asked_for() {
	execute(|| {
		fill(0, MAX_PAGE + 1, |_| (terms(100, 1), 0));
		let page = Market::offers(Class::Echo, Place::START, u32::MAX);
		assert_eq!(page.offers.len(), MAX_PAGE as usize);
		assert_eq!(page.next, Some(Place { bucket: bucket_of(100), index: MAX_PAGE }));
	});
}
