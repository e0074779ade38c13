//! `commit`.

use crate::{mock::*, *};
use aitbc_primitives::Replication;
use frame_support::{assert_noop, assert_ok};

const COMMITMENT: Hash = Hash::repeat_byte(1);

fn commit(who: &AccountId, replica: ReplicaIndex) -> DispatchResult {
	crate::mock::commit(who, replica, COMMITMENT)
}

#[test]
fn commit_should_bind_the_worker_when_its_lease_is_open() {
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		assert_ok!(commit(&who(0), 0));
		assert_eq!(seen(), [Seen::Commitment(JOB, 0, COMMITMENT)]);
		assert_eq!(
			take_events(),
			[Event::Committed { job: JOB, replica: 0, commitment: COMMITMENT }]
		);
		assert_eq!(Receipts::<Test>::iter().count(), 0);
	});
}

#[test]
fn commit_should_be_taken_of_every_replica_when_there_are_seven() {
	execute(|| {
		let replication = Replication { replicas: 7, quorum: 4, tie_breakers: 2 };
		for replica in 0..7 {
			let_to(JOB, replica, JobSpec { replication, ..spec() }, &worker(replica));
		}
		for replica in 0..7 {
			assert!(!ScriptedLeases::may_reveal(JOB));
			assert_ok!(commit(&who(replica), replica));
		}
		assert!(ScriptedLeases::may_reveal(JOB));
	});
}

#[test]
fn commit_should_fail_when_signer_is_not_the_worker() {
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		let_to(JOB, 1, replicated(), &worker(1));
		// A stranger, the worker of another replica, and the miner whose money it is.
		for who in [RELAY, who(1), AccountId::new([200; 32])] {
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
		assert_noop!(commit(&who(0), 0), Error::<Test>::NoSuchLease);
		let_to(JOB, 0, replicated(), &worker(0));
		for replica in [1, u8::MAX] {
			assert_noop!(commit(&who(0), replica), Error::<Test>::NoSuchLease);
		}
		end_lease(JOB, 0);
		assert_noop!(commit(&who(0), 0), Error::<Test>::NoSuchLease);
	});
}

#[test]
fn commit_should_fail_when_the_job_is_single() {
	execute(|| {
		let_to(JOB, 0, spec(), &worker(0));
		assert_noop!(commit(&who(0), 0), Error::<Test>::MustSubmit);
	});
}

#[test]
fn commit_should_fail_when_made_twice() {
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		assert_ok!(commit(&who(0), 0));
		assert_noop!(commit(&who(0), 0), Error::<Test>::AlreadyAnswered);
		assert_noop!(
			crate::mock::commit(&who(0), 0, Hash::repeat_byte(2)),
			Error::<Test>::AlreadyAnswered
		);
	});
}

#[test]
fn commit_should_fail_when_the_answer_is_revealed() {
	execute(|| {
		let answers = committed();
		assert_ok!(reveal(&answers[0], SALT));
		assert_noop!(commit(&who(0), 0), Error::<Test>::AlreadyAnswered);
	});
}

#[test]
fn commit_should_be_taken_in_the_last_block_and_not_in_the_next() {
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		System::set_block_number(DELIVER_BY + 1);
		assert_noop!(commit(&who(0), 0), Error::<Test>::TooLate);
		System::set_block_number(DELIVER_BY);
		assert_ok!(commit(&who(0), 0));
	});
}

#[test]
fn commit_should_be_taken_of_a_tie_breaker_when_the_others_are_revealed() {
	execute(|| {
		for answer in committed() {
			assert_ok!(reveal(&answer, SALT));
		}
		// No quorum: one more replica is let; the first three keep what they revealed.
		let_to(JOB, 3, replicated(), &worker(3));
		let answer = sign(receipt(JOB, 3, &replicated()), &worker(3));
		assert_ok!(commit_to(&answer));
		open_reveals();
		assert_ok!(reveal(&answer, SALT));
		assert_eq!(ReceiptsPallet::receipts_of(JOB).len(), 4);
	});
}
