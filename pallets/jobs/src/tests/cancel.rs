//! `cancel`, in every state.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::GetDispatchInfo};
use sp_runtime::DispatchError;

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
			[Event::JobEnded { job, state: JobState::Cancelled, paid: 0, refunded: 4 * MAX_PRICE }]
		);
		assert!(payments().is_empty());
		assert_eq!(LiveJobs::<Test>::get(CLIENT), 0);
	});
}

#[test]
fn cancel_should_pay_the_miner_in_full_when_the_job_is_let() {
	execute(|| {
		offer_miners(1);
		let job = post_leased(JobSpec { tip: 9, ..gemm_spec() });
		take_events();
		assert_ok!(cancel(job));
		let (paid, refunded) = (8 * PRICE + 9, 8 * (MAX_PRICE - PRICE));
		assert_eq!(earned(&miner(0)), paid);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Released]);
		assert!(payments().iter().all(|paid| !paid.work.verified));
		assert_eq!(
			take_events(),
			[
				Event::LeaseEnded {
					job,
					replica: 0,
					attempt: 0,
					miner: miner(0),
					fate: LeaseFate::Released,
					paid,
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
		begin_block();
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
fn cancel_should_not_pay_leases_that_ended_before() {
	execute(|| {
		offer_miners(2);
		let before = free(&CLIENT);
		let job = post_leased(gemm_spec());
		run_to(13);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Late]);
		assert_ok!(cancel(job));
		assert_eq!((earned(&miner(0)), earned(&miner(1))), (0, 8 * PRICE));
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - 8 * PRICE);
	});
}

#[test]
fn cancel_should_fail_when_the_answers_are_in() {
	execute(|| {
		offer_miners(2);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		assert_noop!(without_post_info(job), Error::<Test>::BeingJudged);
		assert_ok!(answer(job, 0, completed(1)));
		assert_noop!(without_post_info(job), Error::<Test>::BeingJudged);
	});
}

/// `cancel`, by its error alone.
fn without_post_info(job: JobId) -> DispatchResult {
	cancel(job).map(|_| ()).map_err(|error| error.error)
}

#[test]
fn cancel_should_fail_when_a_tie_breaker_is_awaited_or_works() {
	execute(|| {
		offer_miners(2);
		let job = post_answered(replicated(echo_spec(), 2, 2), &[completed(1), completed(2)]);
		assert!(matches!(state_of(job), JobState::Open { .. }));
		assert_noop!(without_post_info(job), Error::<Test>::BeingJudged);
		offer_miners(3);
		begin_block();
		assert_eq!(state_of(job), JobState::Leased);
		assert_noop!(without_post_info(job), Error::<Test>::BeingJudged);
		assert_ok!(commit(job, 2));
		assert_noop!(without_post_info(job), Error::<Test>::BeingJudged);
	});
}

#[test]
fn cancel_should_be_taken_when_all_withheld_and_no_answer_is_known() {
	execute(|| {
		offer_miners(3);
		let job = post_judging(with_breakers(gemm_spec(), 2, 2, 2));
		run_to(2 + REVEAL_WITHIN + 1);
		assert_eq!(state_of(job), JobState::Leased);
		assert_ok!(cancel(job));
		assert_eq!([0, 1, 2].map(|n| earned(&miner(n))), [0, 0, 8 * PRICE]);
	});
}

#[test]
fn cancel_should_fail_when_the_job_has_ended() {
	execute(|| {
		offer_miners(1);
		let settled = post_leased(echo_spec());
		assert_ok!(answer(settled, 0, completed(1)));
		assert_noop!(without_post_info(settled), Error::<Test>::JobEnded);

		let cancelled = post(echo_spec());
		assert_ok!(cancel(cancelled));
		assert_noop!(without_post_info(cancelled), Error::<Test>::JobEnded);

		offer_miners(0);
		let refunded = post(echo_spec());
		run_to(now() + 6);
		assert_eq!(state_of(refunded), JobState::Refunded(RefundReason::NoMiner));
		assert_noop!(without_post_info(refunded), Error::<Test>::JobEnded);
	});
}

#[test]
fn cancel_should_fail_when_the_record_is_gone() {
	execute(|| {
		assert_noop!(without_post_info(JobId(0)), Error::<Test>::NoSuchJob);
		assert_noop!(without_post_info(JobId(u64::MAX)), Error::<Test>::NoSuchJob);
		let job = post(echo_spec());
		assert_ok!(cancel(job));
		run_to(1 + RETENTION);
		assert_noop!(without_post_info(job), Error::<Test>::NoSuchJob);
	});
}

#[test]
fn cancel_should_fail_when_caller_is_not_the_client() {
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		let error_of = |origin| JobsPallet::cancel(origin, job).map_err(|error| error.error);
		for who in [OTHER_CLIENT, PAUPER, miner(0)] {
			assert_noop!(error_of(signed(who)), Error::<Test>::NotTheClient);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(error_of(origin), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn cancel_should_leave_a_void_ticket_that_the_hook_passes_over() {
	execute(|| {
		let job = post(echo_spec());
		assert_ok!(cancel(job));
		assert_eq!(tickets(Class::Echo), 1);
		offer_miners(1);
		run_to(3);
		assert_eq!(lease_of(job, 0), None);
		assert_eq!(tickets(Class::Echo), 0);
		assert!(asked().is_empty(), "a void ticket was taken to the market");
	});
}

#[test]
fn cancel_should_leave_other_jobs_of_the_client_alone() {
	execute(|| {
		offer_miners(1);
		let (kept, gone) = (post(gemm_spec()), post(echo_spec()));
		begin_block();
		assert_ok!(cancel(gone));
		assert_eq!(state_of(kept), JobState::Leased);
		assert_eq!(held(HoldReason::Escrow, &CLIENT), 8 * MAX_PRICE);
		assert_eq!(LiveJobs::<Test>::get(CLIENT), 1);
	});
}

#[test]
fn cancel_should_give_back_the_weight_of_leases_that_there_are_not() {
	execute(|| {
		offer_miners(7);
		let declared =
			crate::Call::<Test>::cancel { job: JobId(0) }.get_dispatch_info().call_weight;
		for replicas in [1u8, 3, 7] {
			let job = post_leased(replicated(echo_spec(), replicas, replicas));
			let used = cancel(job).expect("it can be cancelled").actual_weight.expect("it is told");
			assert_eq!(used, <() as WeightInfo>::cancel(replicas.into()));
			assert!(used.all_lte(declared));
			let refused = cancel(job).expect_err("it is over").post_info.actual_weight;
			assert_eq!(refused, Some(<() as WeightInfo>::cancel(0)));
		}
	});
}
