//! Buckets of price and sets of buckets: pure arithmetic.

use crate::types::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Every bucket there is.
const BUCKETS: Bucket = 1_024;

#[test]
fn bucket_of_should_span_the_scale_when_prices_are_extreme() {
	assert_eq!(bucket_of(0), 0);
	assert_eq!(bucket_of(1), 0);
	assert_eq!(bucket_of(2), 8);
	assert_eq!(bucket_of(u128::MAX), BUCKETS - 1);
	assert_eq!(bucket_of(1 << 127), 127 * 8);
	assert_eq!(bucket_of((1 << 127) - 1), 127 * 8 - 1);
}

#[test]
fn bucket_set_should_ignore_a_bucket_when_it_is_off_the_scale() {
	let mut set = BucketSet::default();
	for bucket in [BUCKETS, BUCKETS + 1, Bucket::MAX] {
		set.set(bucket, true);
		assert!(!set.contains(bucket));
	}
	assert_eq!(set, BucketSet::default());
	for from in [0, BUCKETS - 1, BUCKETS, Bucket::MAX] {
		assert_eq!(set.first_from(from), None);
	}
}

proptest! {
	#[test]
	fn bucket_of_should_be_monotone_when_prices_are_any(a: u128, b: u128, shift in 0u32..128) {
		let (a, b) = (a >> shift, b >> shift);
		prop_assert!(bucket_of(a) < BUCKETS);
		prop_assert_eq!(a.min(b), if bucket_of(a) <= bucket_of(b) { a.min(b) } else { b });
		if a <= b {
			prop_assert!(bucket_of(a) <= bucket_of(b));
		}
	}

	#[test]
	fn bucket_of_should_hold_prices_within_an_eighth_when_they_share_it(
		a in 1u128.., b: u128, shift in 0u32..128
	) {
		let a = (a >> shift).max(1);
		let b = a.saturating_add(b % (a / 4 + 2));
		if bucket_of(a) == bucket_of(b) {
			// 8 (b − a) ≤ a, without overflow.
			prop_assert!((b - a) <= a / 8, "{} and {}", a, b);
		}
	}

	#[test]
	fn bucket_set_should_behave_as_a_set_when_members_come_and_go(
		changes in prop::collection::vec((0..BUCKETS, any::<bool>()), 0..200),
		from in prop::collection::vec(0..BUCKETS, 1..20),
	) {
		let mut set = BucketSet::default();
		let mut model = BTreeSet::new();
		for (bucket, member) in changes {
			set.set(bucket, member);
			if member { model.insert(bucket); } else { model.remove(&bucket); }
			prop_assert_eq!(set.contains(bucket), member);
		}
		for from in from {
			prop_assert_eq!(set.first_from(from), model.range(from..).next().copied());
		}
		prop_assert_eq!(usize::from(set.count()), model.len());
	}
}
