//! `commit`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};

const COMMITMENT: Hash = Hash::repeat_byte(1);

fn commit(who: &AccountId, replica: ReplicaIndex) -> DispatchResult {
	ReceiptsPallet::commit(signed(who.clone()), JOB, replica, COMMITMENT)
}

#[test]
fn commit_should_bind_the_worker_when_its_lease_is_open() {
	execute(|| {
		let key = worker(0);
		let_to(JOB, 0, replicated(), &key);
		assert_ok!(commit(&account(&key), 0));
		assert_eq!(seen(), [Seen::Commitment(JOB, 0, COMMITMENT)]);
		assert_eq!(
			take_events(),
			[Event::Committed { job: JOB, replica: 0, commitment: COMMITMENT }]
		);
		assert_eq!(Receipts::<Test>::iter().count(), 0);
	});
}

#[test]
fn commit_should_fail_when_signer_is_not_the_worker() {
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		let_to(JOB, 1, replicated(), &worker(1));
		// A stranger, the worker of another replica, and the miner whose money it is.
		for who in [RELAY, account(&worker(1)), AccountId::new([200; 32])] {
			assert_noop!(commit(&who, 0), Error::<Test>::NotTheWorker);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				ReceiptsPallet::commit(origin, JOB, 0, COMMITMENT),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn commit_should_fail_when_there_is_no_such_lease() {
	execute(|| {
		let key = worker(0);
		assert_noop!(commit(&account(&key), 0), Error::<Test>::NoSuchLease);
		let_to(JOB, 0, replicated(), &key);
		for replica in [1, u8::MAX] {
			assert_noop!(commit(&account(&key), replica), Error::<Test>::NoSuchLease);
		}
		end_lease(JOB, 0);
		assert_noop!(commit(&account(&key), 0), Error::<Test>::NoSuchLease);
	});
}

#[test]
fn commit_should_fail_when_the_job_is_single() {
	execute(|| {
		let key = worker(0);
		let_to(JOB, 0, spec(), &key);
		assert_noop!(commit(&account(&key), 0), Error::<Test>::MustSubmit);
	});
}

#[test]
fn commit_should_fail_when_made_twice() {
	execute(|| {
		let key = worker(0);
		let_to(JOB, 0, replicated(), &key);
		assert_ok!(commit(&account(&key), 0));
		assert_noop!(commit(&account(&key), 0), Error::<Test>::AlreadyAnswered);
		assert_noop!(
			ReceiptsPallet::commit(signed(account(&key)), JOB, 0, Hash::repeat_byte(2)),
			Error::<Test>::AlreadyAnswered
		);
	});
}

#[test]
fn commit_should_be_taken_in_the_last_block_and_not_in_the_next() {
	execute(|| {
		let key = worker(0);
		let_to(JOB, 0, replicated(), &key);
		System::set_block_number(DELIVER_BY + 1);
		assert_noop!(commit(&account(&key), 0), Error::<Test>::TooLate);
		System::set_block_number(DELIVER_BY);
		assert_ok!(commit(&account(&key), 0));
	});
}
