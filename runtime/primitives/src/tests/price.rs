//! The price scale.

use super::*;
use proptest::prelude::*;

#[test]
fn last_to_should_find_the_largest_member_when_there_is_one() {
	let mut set = BucketSet::default();
	assert_eq!(set.last_to(MAX_PRICE_BUCKET), None);
	for bucket in [3, 64, 1_023] {
		set.set(bucket, true);
	}
	for (to, found) in [
		(2, None),
		(3, Some(3)),
		(63, Some(3)),
		(64, Some(64)),
		(1_022, Some(64)),
		(1_023, Some(1_023)),
		(u16::MAX, Some(1_023)),
	] {
		assert_eq!(set.last_to(to), found, "{to}");
	}
}

#[test]
fn bucket_of_should_grow_with_the_price_when_it_crosses_each_step() {
	for (price, bucket) in
		[(0, 0), (1, 0), (2, 8), (3, 12), (4, 16), (7, 22), (8, 24), (9, 25), (15, 31), (16, 32)]
	{
		assert_eq!(bucket_of(price), bucket, "{price}");
	}
	assert_eq!(bucket_of(17), bucket_of(16));
	assert_eq!(bucket_of(18), bucket_of(16) + 1);
	assert_eq!(bucket_of(u128::MAX), MAX_PRICE_BUCKET);
	assert_eq!(bucket_of(1 << 127), MAX_PRICE_BUCKET - 7);
}

#[test]
fn lowest_price_should_be_the_least_that_reaches_the_bucket_when_prices_are_small() {
	for bucket in 0..64 {
		let least = (1..).find(|price| bucket_of(*price) >= bucket);
		assert_eq!(Some(lowest_price_of(bucket)), least, "{bucket}");
	}
	assert_eq!(lowest_price_of(MAX_PRICE_BUCKET), 15 << 124);
	// There is no dearer bucket.
	assert_eq!(lowest_price_of(u16::MAX), 15 << 124);
}

#[test]
fn bucket_set_should_ignore_what_it_cannot_hold_when_the_number_is_too_large() {
	let mut set = BucketSet::default();
	for bucket in [MAX_PRICE_BUCKET + 1, u16::MAX] {
		set.set(bucket, true);
		assert!(!set.contains(bucket));
		assert_eq!(set.first_from(bucket), None);
	}
	assert_eq!(set, BucketSet::default());
}

#[test]
fn bucket_set_should_be_empty_when_its_last_member_left() {
	let mut set = BucketSet::default();
	assert!(set.is_empty());
	for bucket in [0, 63, 64, MAX_PRICE_BUCKET] {
		set.set(bucket, true);
		assert!(!set.is_empty());
		set.set(bucket, false);
		assert!(set.is_empty());
	}
}

#[test]
fn nth_should_count_from_the_smallest_when_words_are_full_and_empty() {
	let mut set = BucketSet::default();
	assert_eq!(set.nth(0), None);
	(128..192).chain([700, MAX_PRICE_BUCKET]).for_each(|bucket| set.set(bucket, true));
	for (rank, found) in [
		(0, Some(128)),
		(63, Some(191)),
		(64, Some(700)),
		(65, Some(MAX_PRICE_BUCKET)),
		(66, None),
		(u16::MAX, None),
	] {
		assert_eq!(set.nth(rank), found, "{rank}");
	}
}

#[test]
fn range_should_keep_what_lies_between_when_its_ends_are_extreme() {
	let mut set = BucketSet::default();
	let members = [0, 63, 64, 127, 128, MAX_PRICE_BUCKET];
	members.iter().for_each(|bucket| set.set(*bucket, true));
	assert_eq!(set.range(0, MAX_PRICE_BUCKET), set);
	assert_eq!(set.range(0, u16::MAX), set);
	assert_eq!(set.range(63, 127).count(), 3);
	for bucket in members {
		assert_eq!(set.range(bucket, bucket).first_from(0), Some(bucket));
		assert_eq!(set.range(bucket, bucket).count(), 1);
	}
	for (from, to) in [(64, 63), (1, 0), (2, 62), (MAX_PRICE_BUCKET + 1, u16::MAX), (u16::MAX, 0)] {
		assert!(set.range(from, to).is_empty(), "{from} to {to}");
	}
}

proptest! {
	#[test]
	fn bucket_should_be_monotone_and_narrow_when_prices_are_any(
		price: u128,
		other: u128,
		shift in 0u32..128,
	) {
		let (price, other) = (price >> shift, other >> shift);
		let (low, high) = (price.min(other), price.max(other));
		prop_assert!(bucket_of(low) <= bucket_of(high));
		prop_assert!(bucket_of(high) <= MAX_PRICE_BUCKET);
		if low >= 8 && bucket_of(low) == bucket_of(high) {
			// Less than an eighth apart.
			prop_assert!(high - low <= low / 8);
		}
	}

	#[test]
	fn lowest_price_should_stand_in_its_bucket_when_prices_reach_eight(bucket in 24u16..=1_023) {
		let lowest = lowest_price_of(bucket);
		prop_assert_eq!(bucket_of(lowest), bucket);
		prop_assert!(bucket_of(lowest - 1) < bucket);
	}

	#[test]
	fn first_and_last_should_agree_with_a_plain_search(
		members in prop::collection::btree_set(0u16..=1_023, 0..20),
		at in 0u16..=1_023,
	) {
		let mut set = BucketSet::default();
		for bucket in &members {
			set.set(*bucket, true);
		}
		prop_assert_eq!(set.first_from(at), members.range(at..).next().copied());
		prop_assert_eq!(set.last_to(at), members.range(..=at).next_back().copied());
		prop_assert_eq!(usize::from(set.count()), members.len());
		prop_assert_eq!(set.is_empty(), members.is_empty());
	}

	#[test]
	fn bucket_set_should_behave_as_a_set_when_members_come_and_go(
		changes in prop::collection::vec((0u16..=1_023, any::<bool>()), 0..200),
		(from, to) in (0u16..=1_100, 0u16..=1_100),
	) {
		let mut set = BucketSet::default();
		let mut model = std::collections::BTreeSet::new();
		for (bucket, member) in changes {
			set.set(bucket, member);
			if member { model.insert(bucket); } else { model.remove(&bucket); }
			prop_assert_eq!(set.contains(bucket), member);
		}
		for (rank, bucket) in (0u16..).zip(&model) {
			prop_assert_eq!(set.nth(rank), Some(*bucket));
		}
		prop_assert_eq!(set.nth(set.count()), None);
		let kept = set.range(from, to);
		for bucket in 0..=MAX_PRICE_BUCKET {
			let within = from <= bucket && bucket <= to;
			prop_assert_eq!(kept.contains(bucket), within && model.contains(&bucket));
		}
	}
}
