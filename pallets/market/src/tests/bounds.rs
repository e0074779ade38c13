//! The cost of one match does not grow with the number of offers.

use crate::{mock::*, *};
use frame_support::{assert_ok, assert_storage_noop};

const MANY: u32 = 1_000;

/// A thousand offers in one bucket whose miners have no collateral left.
#[test]
fn assign_should_stop_at_its_probes_when_a_thousand_offers_cannot_lock() {
	execute(|| {
		for number in 0..MANY {
			make_miner(number, 0);
			assert_ok!(offer(number, 1, 1, 50));
		}
		Asked::set(0);
		assert_storage_noop!(assert_eq!(assign(u128::MAX, 3), None));
		assert_eq!(Asked::get(), PROBES);
	});
}

/// The same in as many buckets as there are probes and more.
#[test]
fn assign_should_stop_at_its_probes_when_the_offers_lie_in_many_buckets() {
	execute(|| {
		for number in 0..100 {
			make_miner(number, 0);
			assert_ok!(offer(number, 1 << number, 1, 50));
		}
		Asked::set(0);
		assert_storage_noop!(assert_eq!(assign(u128::MAX, 3), None));
		assert_eq!(Asked::get(), PROBES);
	});
}

/// Each match clears at most as many expired offers as it may look at, and none comes back.
#[test]
fn assign_should_clear_expired_offers_piecemeal_when_there_are_a_thousand() {
	execute(|| {
		for number in 0..MANY {
			make_miner(number, 1_000);
			assert_ok!(offer(number, 1, 1, 50));
		}
		System::set_block_number(50);
		Asked::set(0);
		for round in 1..=MANY / PROBES {
			assert_eq!(assign(u128::MAX, round as u8), None);
			assert_eq!(listed() as u32, MANY - round * PROBES);
			assert_ok!(Market::do_try_state());
		}
		assert_eq!(assign(u128::MAX, 0), None);
		assert_eq!(Offers::<Test>::iter().count(), 0);
		assert_eq!(Asked::get(), 0, "an expired offer costs no look at its miner");
	});
}

/// A job behind many offers that do not fit it is found by a later attempt.
#[test]
fn assign_should_find_the_one_fit_offer_when_attempts_start_at_different_places() {
	execute(|| {
		for number in 0..100 {
			make_miner(number, if number == 50 { 200 } else { 0 });
			assert_ok!(offer(number, 100, 1, 50));
		}
		let found = (0..=255).find_map(|seed| assign(100, seed)).expect("some seed starts near it");
		assert_eq!(found.miner, account(50));
	});
}

/// What one match reads, by the size of its proof: the height of the trie grows, the reads do not.
#[test]
fn assign_should_read_the_same_when_there_are_ten_times_as_many_offers() {
	let read = |offers: u32| {
		let mut storage = externalities();
		storage.execute_with(|| {
			System::set_block_number(1);
			for number in 0..offers {
				make_miner(number, 0);
				assert_ok!(offer(number, 100, 1, 50));
			}
		});
		storage.commit_all().expect("the overlay has no open transaction");
		let (found, proof) = storage.execute_and_prove(|| assign(100, 9));
		assert_eq!(found, None);
		storage.execute_with(|| Market::do_try_state().expect("the invariants hold"));
		proof.encoded_size()
	};
	let (few, many) = (read(100), read(1_000));
	// All of the thousand offers would be ten times as much.
	assert!(many < 3 * few, "{few} bytes for 100 offers, {many} for 1,000");
}

#[test]
fn withdraw_offer_should_touch_two_offers_when_a_thousand_share_its_bucket() {
	execute(|| {
		for number in 0..MANY {
			make_miner(number, 0);
			assert_ok!(offer(number, 100, 1, 50));
		}
		let before: Vec<_> = (0..MANY).map(stored).collect();
		assert_ok!(Market::withdraw_offer(RuntimeOrigin::signed(account(0)), Class::Echo));
		let changed = (0..MANY).zip(before).filter(|(number, old)| stored(*number) != *old);
		assert_eq!(changed.count(), 2);
	});
}
