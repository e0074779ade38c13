//! `Leases::lease` and `Leases::commit`, as receipts calls them.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};

fn may_reveal(job: JobId) -> bool {
	<JobsPallet as LeasesTrait<AccountId>>::may_reveal(job)
}

#[test]
fn lease_should_come_with_its_specification() {
	execute(|| {
		offer_miners(1);
		let lease = <JobsPallet as LeasesTrait<AccountId>>::lease;
		assert_eq!(lease(JobId(0), 0), None);
		let job = post(gemm_spec());
		assert_eq!(lease(job, 0), None);
		begin_block();
		let (found, spec) = lease(job, 0).expect("let");
		assert_eq!((found.miner, spec), (miner(0), gemm_spec()));
		assert_eq!(lease(job, 1), None);
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(lease(job, 0), None);
	});
}

#[test]
fn commit_should_open_reveals_when_the_last_replica_commits() {
	execute(|| {
		offer_miners(3);
		let job = post_leased(replicated(echo_spec(), 3, 2));
		for replica in [2, 0] {
			assert_ok!(commit(job, replica));
			assert!(!may_reveal(job));
			assert_eq!(state_of(job), JobState::Leased);
		}
		take_events();
		run_to(3);
		assert_ok!(commit(job, 1));
		let reveal_by = 3 + REVEAL_WITHIN;
		assert_eq!(state_of(job), JobState::Judging { reveal_by });
		assert!(may_reveal(job));
		assert_eq!(take_events(), [Event::RevealsOpen { job, reveal_by }]);
		let expected = LeaseState::Committed { commitment: Hash::repeat_byte(1) };
		assert_eq!(lease_of(job, 1).expect("open").state, expected);
	});
}

#[test]
fn commit_should_be_taken_before_the_other_replicas_are_let() {
	execute(|| {
		offer_miners(1);
		let job = post(replicated(echo_spec(), 2, 2));
		begin_block();
		assert_ok!(commit(job, 0));
		assert!(!may_reveal(job));
		offer_miners(2);
		begin_block();
		assert_eq!(state_of(job), JobState::Leased);
		assert_ok!(commit(job, 1));
		assert!(may_reveal(job));
	});
}

#[test]
fn commit_should_survive_when_another_replica_is_let_again() {
	execute(|| {
		offer_miners(3);
		let job = post_leased(replicated(echo_spec(), 2, 2));
		assert_ok!(commit(job, 0));
		run_to(13);
		assert_eq!(lease_of(job, 1).expect("let again").miner, miner(2));
		assert!(matches!(lease_of(job, 0).expect("kept").state, LeaseState::Committed { .. }));
		assert_ok!(commit(job, 1));
		assert!(may_reveal(job));
		assert_ok!(answer(job, 0, completed(1)));
		assert_ok!(answer(job, 1, completed(1)));
		assert_eq!((earned(&miner(0)), earned(&miner(1)), earned(&miner(2))), (PRICE, 0, PRICE));
	});
}

#[test]
fn commit_should_fail_when_made_twice() {
	execute(|| {
		offer_miners(2);
		let job = post_leased(replicated(echo_spec(), 2, 2));
		assert_ok!(commit(job, 0));
		assert_noop!(commit(job, 0), Error::<Test>::LeaseState);
		assert_ok!(commit(job, 1));
		assert_noop!(commit(job, 1), Error::<Test>::LeaseState);
	});
}

#[test]
fn commit_should_fail_when_there_is_no_such_lease() {
	execute(|| {
		assert_noop!(commit(JobId(0), 0), Error::<Test>::NoSuchJob);
		offer_miners(1);
		let job = post(replicated(echo_spec(), 2, 2));
		assert_noop!(commit(job, 0), Error::<Test>::NoSuchLease);
		begin_block();
		for replica in [1, 2, u8::MAX] {
			assert_noop!(commit(job, replica), Error::<Test>::NoSuchLease);
		}
		assert_ok!(cancel(job));
		assert_noop!(commit(job, 0), Error::<Test>::NoSuchLease);
	});
}

#[test]
fn commit_should_fail_when_the_job_is_single() {
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		assert_noop!(commit(job, 0), Error::<Test>::LeaseState);
	});
}
