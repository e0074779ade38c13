//! The cost of one match does not grow with the number of offers.

use crate::{mock::*, *};
use frame_support::{assert_ok, assert_storage_noop};

const MANY: u32 = 1_000;

/// A thousand offers in one bucket whose miners have no collateral left.
#[test]
fn assign_should_stop_at_its_probes_when_a_thousand_offers_cannot_lock() {
	execute(|| {
		fill(0, MANY, |_| (terms(1, 1), 0));
		Asked::set(0);
		for seed in 0..10 {
			assert_storage_noop!(assert_eq!(assign(1_000, seed), None));
		}
		assert_eq!(Asked::get(), 10 * PROBES);
	});
}

/// The same in more buckets than there are probes.
#[test]
fn assign_should_stop_at_its_probes_when_the_offers_lie_in_many_buckets() {
	execute(|| {
		fill(0, 100, |index| (terms(1 << index, 1), 0));
		Asked::set(0);
		for seed in 0..10 {
			assert_storage_noop!(assert_eq!(assign(u128::MAX / 2, seed), None));
		}
		assert_eq!(Asked::get(), 10 * PROBES);
	});
}

/// Where there are fewer offers than probes, each is looked at once and no more.
#[test]
fn assign_should_look_at_each_offer_once_when_there_are_few() {
	for count in 0..=PROBES {
		execute(|| {
			// Two to a bucket.
			fill(0, count, |index| (terms(8 << (index / 2), 1), 0));
			Asked::set(0);
			assert_storage_noop!(assert_eq!(assign(u128::MAX / 2, count.into()), None));
			assert_eq!(Asked::get(), count);
		});
	}
}

/// Each match clears a few of the dead offers that it meets, so that what it costs is known; none comes back.
#[test]
fn attack_a_book_of_dead_offers_makes_no_match_dear() {
	execute(|| {
		fill(0, MANY, |_| (terms(1, 1), 1_000));
		System::set_block_number(1 + LIFE);
		Asked::set(0);
		for round in 1..=MANY / MAX_BURIED {
			let outcome = Market::assign(&Wanted::at(1_000).seeded(round.into()).request());
			let probes = MAX_PROBES.min(MANY - (round - 1) * MAX_BURIED);
			assert_eq!(outcome.effort, SearchEffort { probes, buried: MAX_BURIED });
			assert_eq!(listed() as u32, MANY - round * MAX_BURIED);
		}
		assert_eq!(Offers::<Test>::iter().count(), 0);
		assert_eq!(Asked::get(), 0, "an expired offer costs no look at its miner");
		assert!(!Filled::<Test>::contains_key(Class::Echo));
	});
}

/// What one match reads, by the size of its proof: the height of the trie grows, the reads do not.
#[test]
fn assign_should_read_the_same_when_there_are_ten_times_as_many_offers() {
	let read = |offers: u32, buckets: u32| {
		reset();
		let mut storage = externalities();
		storage.execute_with(|| {
			fill(0, offers, |index| (terms(1 << (index % buckets), 1), 0));
		});
		storage.commit_all().expect("the overlay has no open transaction");
		let (found, proof) = storage.execute_and_prove(|| assign(u128::MAX / 2, 9));
		assert_eq!(found, None);
		storage.execute_with(|| Market::do_try_state().expect("the invariants hold"));
		proof.encoded_size()
	};
	for buckets in [1, 100] {
		let (few, many) = (read(100, buckets), read(1_000, buckets));
		// All of the thousand offers would be ten times as much.
		assert!(
			many < 3 * few,
			"{few} bytes for 100 offers, {many} for 1,000 in {buckets} buckets"
		);
	}
}

#[test]
fn withdraw_offer_should_touch_two_offers_when_a_thousand_share_its_bucket() {
	execute(|| {
		fill(0, MANY, |_| (terms(100, 1), 0));
		let before: Vec<_> = (0..MANY).map(stored).collect();
		assert_ok!(Market::withdraw_offer(RuntimeOrigin::signed(account(0)), Class::Echo));
		let changed = (0..MANY).zip(before).filter(|(number, old)| stored(*number) != *old);
		assert_eq!(changed.count(), 2);
	});
}
