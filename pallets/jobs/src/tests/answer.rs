//! `Leases::answer`, as receipts calls it. What the answers of a quorum mean is in `judge`.

use crate::{mock::*, *};
use aitbc_primitives::FailureCode;
use frame_support::{assert_noop, assert_ok};

const PAY: Balance = 8 * PRICE;

#[test]
fn answer_should_pay_the_miner_when_a_single_job_completes() {
	execute(|| {
		offer_miners(1);
		let before = free(&CLIENT);
		let job = post_leased(JobSpec { tip: 3, ..gemm_spec() });
		take_events();
		assert_ok!(answer(job, 0, completed(3)));
		let state = JobState::Settled { output: cid(3) };
		assert_eq!(state_of(job), state);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Accepted]);
		let paid = PAY + 3;
		assert_eq!(earned(&miner(0)), paid);
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - paid);
		let work = PaidWork {
			job,
			replica: 0,
			miner: miner(0),
			class: Class::Gemm,
			units: 8,
			fee: FEE,
			// Nobody else said so.
			verified: false,
		};
		assert_eq!(payments(), [Paid { work, gross: paid }]);
		assert_eq!(concluded().last().map(|end| end.earned), Some(PAY));
		let record = record_of(job);
		assert_eq!((record.ended_at, record.escrow, record.leases.len()), (Some(2), 0, 0));
		let (replica, attempt, fate) = (0, 0, LeaseFate::Accepted);
		let (miner, owner) = (miner(0), miner(0));
		let ended = EndedLease { replica, attempt, miner: miner.clone(), owner, fate, paid };
		assert_eq!(record.history.to_vec(), [ended]);
		assert_eq!(MinerLeases::<Test>::iter_keys().count(), 0);
		assert_eq!(LiveJobs::<Test>::get(CLIENT), 0);
		let refunded = 8 * (MAX_PRICE - PRICE);
		assert_eq!(
			take_events(),
			[
				Event::LeaseEnded { job, replica, attempt, miner, fate, paid },
				Event::JobEnded { job, state, paid, refunded }
			]
		);
	});
}

#[test]
fn answer_should_pay_in_full_when_a_single_shader_runs_out_of_fuel() {
	execute(|| {
		register(cid(9));
		offer_miners(1);
		let job = post_leased(wgsl_spec());
		assert_ok!(answer(job, 0, Verdict::OutOfFuel));
		assert_eq!(state_of(job), JobState::OutOfFuel);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Accepted]);
		assert_eq!(earned(&miner(0)), 5 * PRICE);
		run_to(2 + RETENTION);
		assert_eq!(Jobs::<Test>::get(job), None);
	});
}

#[test]
fn answer_should_fail_when_what_is_not_metered_runs_out_of_fuel() {
	execute(|| {
		offer_miners(3);
		for spec in [echo_spec(), gemm_spec()] {
			let single = post_leased(spec.clone());
			assert_noop!(answer(single, 0, Verdict::OutOfFuel), Error::<Test>::NotMetered);
			let job = post_judging(replicated(spec, 2, 2));
			assert_noop!(answer(job, 0, Verdict::OutOfFuel), Error::<Test>::NotMetered);
		}
	});
}

#[test]
fn answer_should_let_another_try_when_a_single_job_fails() {
	execute(|| {
		offer_miners(2);
		let job = post_leased(gemm_spec());
		take_events();
		assert_ok!(answer(job, 0, FAULT));
		assert_eq!(state_of(job), JobState::Open { start_by: 7 });
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Failed]);
		let (replica, attempt, fate) = (0, 0, LeaseFate::Failed);
		let ended = Event::LeaseEnded { job, replica, attempt, miner: miner(0), fate, paid: 0 };
		assert_eq!(take_events(), [ended]);
		begin_block();
		let lease = lease_of(job, 0).expect("let again");
		assert_eq!((lease.miner, lease.attempt), (miner(1), 1));
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!((earned(&miner(0)), earned(&miner(1))), (0, PAY));
	});
}

#[test]
fn answer_should_use_up_attempts_when_three_miners_fail() {
	execute(|| {
		offer_miners(4);
		let job = post_leased(echo_spec());
		for attempt in 0..3 {
			assert_eq!(lease_of(job, 0).expect("let").attempt, attempt);
			assert_ok!(answer(job, 0, FAULT));
			begin_block();
		}
		let reason = RefundReason::Failed(FailureCode::DeviceFault);
		assert_eq!(state_of(job), JobState::Refunded(reason));
		for n in 0..3 {
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Failed]);
			assert_eq!(earned(&miner(n)), 0);
		}
	});
}

#[test]
fn answer_should_fail_before_all_have_committed() {
	execute(|| {
		offer_miners(2);
		let job = post_leased(replicated(echo_spec(), 2, 2));
		assert_noop!(answer(job, 0, completed(1)), Error::<Test>::LeaseState);
		assert_ok!(commit(job, 0));
		assert_noop!(answer(job, 0, completed(1)), Error::<Test>::LeaseState);
		assert_ok!(commit(job, 1));
		assert_ok!(answer(job, 0, completed(1)));
	});
}

#[test]
fn answer_should_fail_when_given_twice() {
	execute(|| {
		offer_miners(2);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		assert_ok!(answer(job, 0, completed(1)));
		for verdict in [completed(1), completed(2), FAULT] {
			assert_noop!(answer(job, 0, verdict), Error::<Test>::LeaseState);
		}
	});
}

#[test]
fn answer_should_fail_when_there_is_no_such_lease() {
	execute(|| {
		assert_noop!(answer(JobId(0), 0, completed(1)), Error::<Test>::NoSuchJob);
		offer_miners(2);
		let single = post(echo_spec());
		assert_noop!(answer(single, 0, completed(1)), Error::<Test>::NoSuchLease);
		begin_block();
		assert_noop!(answer(single, 1, completed(1)), Error::<Test>::NoSuchLease);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		assert_noop!(answer(job, 2, completed(1)), Error::<Test>::NoSuchLease);
	});
}

#[test]
fn answer_should_fail_when_the_job_has_ended() {
	execute(|| {
		offer_miners(2);
		let single = post_leased(echo_spec());
		assert_ok!(answer(single, 0, completed(1)));
		assert_noop!(answer(single, 0, completed(1)), Error::<Test>::NoSuchLease);
		let job = post_answered(replicated(echo_spec(), 2, 2), &[completed(1); 2]);
		assert_noop!(answer(job, 1, completed(1)), Error::<Test>::LeaseState);
	});
}
