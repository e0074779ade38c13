//! No quorum at first: one more replica decides, or nobody (adr/0007).

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};

const PAY: Balance = 8 * PRICE;

/// Two of two, one tie-breaker.
fn two() -> JobSpec {
	replicated(gemm_spec(), 2, 2)
}

/// Lets the tie-breaker and has it answer.
fn break_tie(job: JobId, replica: ReplicaIndex, verdict: Verdict) {
	begin_block();
	assert_eq!(state_of(job), JobState::Leased, "the mock has too few miners");
	assert_ok!(commit(job, replica));
	assert_ok!(answer(job, replica, verdict));
}

#[test]
fn judge_should_call_a_tie_breaker_when_two_answers_differ() {
	execute(|| {
		offer_miners(3);
		let job = post_judging(two());
		assert_ok!(answer(job, 0, completed(1)));
		take_events();
		assert_ok!(answer(job, 1, completed(2)));
		assert_eq!(state_of(job), JobState::Open { start_by: 2 + 5 });
		assert_eq!(take_events(), [Event::TieBreakerCalled { job, replica: 2 }]);
		// The others stay revealed, and everything stays held.
		for replica in [0, 1] {
			let lease = lease_of(job, replica).expect("stays");
			assert!(matches!(lease.state, LeaseState::Revealed { .. }));
		}
		assert_eq!(held(HoldReason::Escrow, &CLIENT), 3 * 8 * MAX_PRICE);
		begin_block();
		let lease = lease_of(job, 2).expect("let");
		assert_eq!((lease.miner, lease.attempt, lease.deliver_by), (miner(2), 0, 13));
		assert_eq!(state_of(job), JobState::Leased);
	});
}

#[test]
fn tie_breaker_should_commit_and_reveal_like_the_others() {
	execute(|| {
		offer_miners(3);
		let job = post_answered(two(), &[completed(1), completed(2)]);
		begin_block();
		assert_noop!(answer(job, 2, completed(1)), Error::<Test>::LeaseState);
		// Only it owes anything.
		for replica in [0, 1] {
			assert_noop!(commit(job, replica), Error::<Test>::LeaseState);
			assert_noop!(answer(job, replica, completed(2)), Error::<Test>::LeaseState);
		}
		take_events();
		assert_ok!(commit(job, 2));
		let reveal_by = now() + REVEAL_WITHIN;
		assert_eq!(take_events(), [Event::RevealsOpen { job, reveal_by }]);
		assert_eq!(state_of(job), JobState::Judging { reveal_by });
		assert_noop!(answer(job, 0, completed(2)), Error::<Test>::LeaseState);
		assert_ok!(answer(job, 2, completed(1)));
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
	});
}

#[test]
fn tie_breaker_should_decide_against_the_liar() {
	execute(|| {
		offer_miners(3);
		let before = free(&CLIENT);
		let job = post_answered(two(), &[completed(2), completed(1)]);
		break_tie(job, 2, completed(1));
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Wrong]);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Accepted]);
		assert_eq!(fates_of(&miner(2)), [LeaseFate::Accepted]);
		assert_eq!((earned(&miner(0)), earned(&miner(1)), earned(&miner(2))), (0, PAY, PAY));
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - 2 * PAY);
		assert!(payments().iter().all(|paid| paid.work.verified));
	});
}

#[test]
fn tie_breaker_should_cost_nothing_when_it_is_not_called() {
	execute(|| {
		offer_miners(2);
		let before = free(&CLIENT);
		post_answered(two(), &[completed(1), completed(1)]);
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - 2 * PAY);
	});
}

#[test]
fn tie_breaker_should_lead_to_a_refund_when_three_answers_differ() {
	execute(|| {
		offer_miners(3);
		let before = free(&CLIENT);
		let job = post_answered(two(), &[completed(1), completed(2)]);
		break_tie(job, 2, completed(3));
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		for n in 0..3 {
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Released]);
		}
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT);
		assert!(payments().is_empty());
	});
}

#[test]
fn second_tie_breaker_should_be_called_when_the_first_did_not_decide() {
	execute(|| {
		offer_miners(4);
		let job = post_answered(with_breakers(gemm_spec(), 2, 2, 2), &[completed(1), completed(2)]);
		break_tie(job, 2, completed(3));
		assert!(matches!(state_of(job), JobState::Open { .. }));
		assert_eq!(record_of(job).tie_breakers_called, 2);
		break_tie(job, 3, completed(2));
		assert_eq!(state_of(job), JobState::Settled { output: cid(2) });
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Wrong]);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Accepted]);
		assert_eq!(fates_of(&miner(2)), [LeaseFate::Wrong]);
		assert_eq!(fates_of(&miner(3)), [LeaseFate::Accepted]);
	});
}

#[test]
fn judge_should_replace_who_withholds_by_a_tie_breaker() {
	execute(|| {
		offer_miners(3);
		let job = post_judging(two());
		assert_ok!(answer(job, 0, completed(1)));
		take_events();
		run_to(2 + REVEAL_WITHIN + 1);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Withheld]);
		// Called and let in the same block.
		let fate = LeaseFate::Withheld;
		let ended =
			Event::LeaseEnded { job, replica: 1, attempt: 0, miner: miner(1), fate, paid: 0 };
		let events = take_events();
		assert_eq!(events[..2], [ended, Event::TieBreakerCalled { job, replica: 2 }]);
		assert_eq!(lease_of(job, 1), None);
		assert_eq!(record_of(job).wanted(), 2);
		assert_eq!(state_of(job), JobState::Leased);
		assert_ok!(commit(job, 2));
		assert_ok!(answer(job, 2, completed(1)));
		assert_eq!((earned(&miner(0)), earned(&miner(1)), earned(&miner(2))), (PAY, 0, PAY));
	});
}

#[test]
fn judge_should_not_let_others_work_when_no_answer_can_reach_the_quorum() {
	execute(|| {
		offer_miners(4);
		// Unanimity of three was asked for, and one tie-breaker cannot bring it.
		let spec = replicated(gemm_spec(), 3, 3);
		let job = post_answered(spec, &[completed(1), completed(2), completed(3)]);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert!(fates_of(&miner(3)).is_empty());
	});
	execute(|| {
		offer_miners(3);
		let job = post_judging(two());
		run_to(2 + REVEAL_WITHIN + 1);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Withheld]);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Withheld]);
	});
	execute(|| {
		// With two in reserve they could still agree.
		offer_miners(4);
		let job = post_judging(with_breakers(gemm_spec(), 2, 2, 2));
		run_to(2 + REVEAL_WITHIN + 1);
		break_tie_after_silence(job);
	});
}

fn break_tie_after_silence(job: JobId) {
	assert_eq!(state_of(job), JobState::Leased);
	assert_eq!(record_of(job).wanted(), 1);
	assert_ok!(commit(job, 2));
	assert_ok!(answer(job, 2, completed(1)));
	// Only one knows it yet.
	break_tie(job, 3, completed(1));
	assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
	assert_eq!((earned(&miner(2)), earned(&miner(3))), (PAY, PAY));
}

#[test]
fn tie_breaker_should_be_let_again_when_it_is_late() {
	execute(|| {
		offer_miners(4);
		let job = post_answered(two(), &[completed(1), completed(2)]);
		begin_block();
		let deliver_by = lease_of(job, 2).expect("let").deliver_by;
		run_to(deliver_by + 1);
		assert_eq!(fates_of(&miner(2)), [LeaseFate::Late]);
		let lease = lease_of(job, 2).expect("let again");
		assert_eq!((lease.miner, lease.attempt), (miner(3), 1));
		assert_ok!(commit(job, 2));
		assert_ok!(answer(job, 2, completed(1)));
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
	});
}

#[test]
fn refund_should_release_revealed_answers_when_no_tie_breaker_is_found() {
	execute(|| {
		offer_miners(2);
		let before = free(&CLIENT);
		let job = post_answered(two(), &[completed(1), FAULT]);
		run_to(2 + 5 + 1);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Released]);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Released]);
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT);
	});
}

#[test]
fn refund_should_release_revealed_answers_when_the_tie_breakers_attempts_are_used_up() {
	execute(|| {
		offer_miners(5);
		let job = post_answered(two(), &[completed(1), completed(2)]);
		run_to(3 + 3 * 11);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::AttemptsUsedUp));
		for n in [0, 1] {
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Released]);
		}
		for n in 2..5 {
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Late]);
		}
		assert!(payments().is_empty());
	});
}

#[test]
fn tie_breaker_that_withholds_should_lose_and_nobody_else() {
	execute(|| {
		offer_miners(3);
		let job = post_answered(two(), &[completed(1), completed(2)]);
		begin_block();
		assert_ok!(commit(job, 2));
		run_to(now() + REVEAL_WITHIN + 1);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Released]);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Released]);
		assert_eq!(fates_of(&miner(2)), [LeaseFate::Withheld]);
	});
}

#[test]
fn tie_breaker_should_never_be_an_owner_that_had_the_job() {
	execute(|| {
		offer_miners(2);
		let job = post_answered(two(), &[completed(1), completed(2)]);
		offer_owned(vec![
			(miner(0), miner(0), 1),
			(miner(10), miner(1), 1),
			(miner(11), CLIENT, 1),
			(miner(12), miner(40), 2),
		]);
		begin_block();
		assert_eq!(lease_of(job, 2).expect("let").miner, miner(12));
	});
}

#[test]
fn record_should_take_nine_open_leases_and_27_that_ended() {
	execute(|| {
		// Seven that must agree, two tie-breakers; every replica but the two last is late twice.
		let spec = with_breakers(gemm_spec(), 7, 7, 2);
		offer_miners(30);
		let job = post(spec);
		run_to(2 + 22);
		assert_eq!(record_of(job).history.len(), 14);
		for replica in 0..7 {
			assert_eq!(lease_of(job, replica).expect("let").attempt, 2);
			assert_ok!(commit(job, replica));
		}
		for replica in 0..6 {
			assert_ok!(answer(job, replica, completed(1)));
		}
		assert_ok!(answer(job, 6, completed(2)));
		for replica in [7, 8] {
			for attempt in 0..2 {
				begin_block();
				let lease = lease_of(job, replica).expect("let");
				assert_eq!(lease.attempt, attempt);
				run_to(lease.deliver_by);
			}
			begin_block();
			assert_ok!(commit(job, replica));
			assert_ok!(answer(job, replica, completed(if replica == 7 { 3 } else { 1 })));
		}
		let record = record_of(job);
		assert_eq!(record.state, JobState::Settled { output: cid(1) });
		assert_eq!(record.history.len(), 27);
		assert!(record.history.is_full());
		assert_eq!(payments().len(), 7);
	});
}
