//! `cancel`, in every state.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn cancel(job: JobId) -> DispatchResult {
	JobsPallet::cancel(signed(CLIENT), job)
}

#[test]
fn cancel_should_refund_everything_when_nothing_is_let() {
	execute(|| {
		let before = free(&CLIENT);
		let job = post(replicated(echo_spec(), 3, 2));
		take_events();
		assert_ok!(cancel(job));
		assert_eq!(state_of(job), JobState::Cancelled);
		assert_eq!(held(HoldReason::Escrow, &CLIENT), 0);
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT);
		assert_eq!(
			take_events(),
			[Event::JobEnded { job, state: JobState::Cancelled, paid: 0, refunded: 3 * MAX_PRICE }]
		);
		assert!(payments().is_empty());
	});
}

#[test]
fn cancel_should_pay_the_miner_in_full_when_the_job_is_let() {
	execute(|| {
		offer_miners(1);
		let job = post_leased(gemm_spec());
		take_events();
		assert_ok!(cancel(job));
		let (paid, refunded) = (8 * PRICE, 8 * (MAX_PRICE - PRICE));
		assert_eq!(earned(&miner(0)), paid);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Released]);
		assert_eq!(
			take_events(),
			[
				Event::LeaseEnded {
					job,
					replica: 0,
					attempt: 0,
					miner: miner(0),
					fate: LeaseFate::Released
				},
				Event::JobEnded { job, state: JobState::Cancelled, paid, refunded }
			]
		);
	});
}

#[test]
fn cancel_should_pay_only_replicas_that_are_let_when_some_wait() {
	execute(|| {
		offer_miners(2);
		let before = free(&CLIENT);
		let job = post(replicated(gemm_spec(), 3, 2));
		end_block();
		assert!(matches!(state_of(job), JobState::Open { .. }));
		assert_ok!(commit(job, 0));
		assert_ok!(cancel(job));
		assert_eq!(payments().len(), 2);
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - 2 * 8 * PRICE);
	});
}

#[test]
fn cancel_should_pay_committed_replicas_when_others_have_not_answered() {
	execute(|| {
		offer_miners(3);
		let job = post_leased(replicated(echo_spec(), 3, 2));
		assert_ok!(commit(job, 0));
		assert_ok!(commit(job, 2));
		assert_ok!(cancel(job));
		for n in 0..3 {
			assert_eq!(earned(&miner(n)), PRICE);
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Released]);
		}
	});
}

#[test]
fn cancel_should_fail_when_the_answers_are_in() {
	execute(|| {
		offer_miners(2);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		assert_noop!(cancel(job), Error::<Test>::BeingJudged);
		assert_ok!(answer(job, 0, completed(1)));
		assert_noop!(cancel(job), Error::<Test>::BeingJudged);
	});
}

#[test]
fn cancel_should_fail_when_the_job_has_ended() {
	execute(|| {
		offer_miners(1);
		let settled = post_leased(echo_spec());
		assert_ok!(answer(settled, 0, completed(1)));
		assert_noop!(cancel(settled), Error::<Test>::JobEnded);

		let cancelled = post(echo_spec());
		assert_ok!(cancel(cancelled));
		assert_noop!(cancel(cancelled), Error::<Test>::JobEnded);

		offer_miners(0);
		let refunded = post(echo_spec());
		run_to(now() + 6);
		assert_eq!(state_of(refunded), JobState::Refunded(RefundReason::NoMiner));
		assert_noop!(cancel(refunded), Error::<Test>::JobEnded);
	});
}

#[test]
fn cancel_should_fail_when_the_record_is_gone() {
	execute(|| {
		assert_noop!(cancel(JobId(0)), Error::<Test>::NoSuchJob);
		assert_noop!(cancel(JobId(u64::MAX)), Error::<Test>::NoSuchJob);
		let job = post(echo_spec());
		assert_ok!(cancel(job));
		run_to(1 + RETENTION);
		assert_noop!(cancel(job), Error::<Test>::NoSuchJob);
	});
}

#[test]
fn cancel_should_fail_when_caller_is_not_the_client() {
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		for who in [OTHER_CLIENT, PAUPER, miner(0)] {
			assert_noop!(JobsPallet::cancel(signed(who), job), Error::<Test>::NotTheClient);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(JobsPallet::cancel(origin, job), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn cancel_should_leave_a_void_ticket_that_the_hook_passes_over() {
	execute(|| {
		let job = post(echo_spec());
		assert_ok!(cancel(job));
		offer_miners(1);
		run_to(3);
		assert_eq!(lease_of(job, 0), None);
		let RingEnds { head, tail } = QueueEnds::<Test>::get(Class::Echo);
		assert_eq!(head, tail);
		assert!(seeds().is_empty(), "a void ticket was taken to the market");
	});
}

#[test]
fn cancel_should_leave_other_jobs_of_the_client_alone() {
	execute(|| {
		offer_miners(1);
		let (kept, gone) = (post_leased(gemm_spec()), post_leased(echo_spec()));
		assert_ok!(cancel(gone));
		assert_eq!(state_of(kept), JobState::Leased);
		assert_eq!(held(HoldReason::Escrow, &CLIENT), 8 * MAX_PRICE);
	});
}
