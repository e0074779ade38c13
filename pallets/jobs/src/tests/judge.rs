//! What the answers mean.

use crate::{mock::*, *};
use aitbc_primitives::FailureCode;
use frame_support::assert_ok;
use proptest::prelude::*;

/// Judges a job of these answers; `None` is a reveal that never comes.
fn judged(quorum: u8, answers: &[Option<Verdict>]) -> JobId {
	let replicas = u8::try_from(answers.len()).expect("few");
	offer_miners(replicas);
	let job = post_judging(replicated(gemm_spec(), replicas, quorum));
	for (replica, verdict) in (0..).zip(answers) {
		if let Some(verdict) = verdict {
			assert_ok!(answer(job, replica, *verdict));
		}
	}
	run_to(now() + REVEAL_WITHIN + 1);
	assert!(state_of(job).is_ended());
	job
}

fn fates(count: u8) -> Vec<LeaseFate> {
	(0..count)
		.map(|n| {
			let fates = fates_of(&miner(n));
			assert_eq!(fates.len(), 1, "a lease ends once");
			fates[0]
		})
		.collect()
}

const PAY: Balance = 8 * PRICE;

#[test]
fn judge_should_settle_at_once_when_the_last_answer_is_in() {
	execute(|| {
		offer_miners(2);
		let before = free(&CLIENT);
		let job = post_judging(replicated(gemm_spec(), 2, 2));
		assert_ok!(answer(job, 1, completed(1)));
		take_events();
		assert_ok!(answer(job, 0, completed(1)));
		let state = JobState::Settled { output: cid(1) };
		assert_eq!(state_of(job), state);
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - 2 * PAY);
		let ended = |replica| Event::LeaseEnded {
			job,
			replica,
			attempt: 0,
			miner: miner(replica),
			fate: LeaseFate::Accepted,
		};
		let refunded = 2 * 8 * (MAX_PRICE - PRICE);
		assert_eq!(
			take_events(),
			[ended(0), ended(1), Event::JobEnded { job, state, paid: 2 * PAY, refunded }]
		);
		assert_eq!(
			payments(),
			(0..2)
				.map(|n| Paid { job, replica: n, miner: miner(n), units: 8, gross: PAY })
				.collect::<Vec<_>>()
		);
	});
}

#[test]
fn judge_should_slash_the_liar_when_a_quorum_disagrees() {
	execute(|| {
		let job = judged(2, &[Some(completed(1)), Some(completed(2)), Some(completed(1))]);
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(fates(3), [LeaseFate::Accepted, LeaseFate::Wrong, LeaseFate::Accepted]);
		assert_eq!((earned(&miner(0)), earned(&miner(1)), earned(&miner(2))), (PAY, 0, PAY));
	});
}

#[test]
fn judge_should_release_the_minority_unpaid_when_the_job_is_a_shader() {
	execute(|| {
		register(cid(9));
		offer_miners(3);
		let job = post_judging(replicated(wgsl_spec(), 3, 2));
		for (replica, n) in [(0, 1), (1, 2), (2, 1)] {
			assert_ok!(answer(job, replica, completed(n)));
		}
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(fates(3), [LeaseFate::Accepted, LeaseFate::Released, LeaseFate::Accepted]);
		assert_eq!(earned(&miner(1)), 0);
		assert!(earned(&miner(0)) > 0);
	});
}

#[test]
fn judge_should_count_another_trace_as_another_answer() {
	execute(|| {
		let other = Verdict::Completed { output: cid(1), trace_root: Hash::repeat_byte(9) };
		let job = judged(2, &[Some(completed(1)), Some(other), Some(completed(1))]);
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(fates(3), [LeaseFate::Accepted, LeaseFate::Wrong, LeaseFate::Accepted]);
	});
}

#[test]
fn judge_should_refund_and_slash_nobody_when_all_differ() {
	execute(|| {
		let before = free(&CLIENT);
		let job = judged(2, &[Some(completed(1)), Some(completed(2)), Some(completed(3))]);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!(fates(3), [LeaseFate::Released; 3]);
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT);
	});
}

#[test]
fn judge_should_refund_when_the_quorum_is_missed_by_one() {
	execute(|| {
		let (right, wrong) = (Some(completed(1)), Some(completed(2)));
		let job = judged(4, &[right, wrong, right, wrong, right, wrong, None]);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		let mut expected = [LeaseFate::Released; 7];
		expected[6] = LeaseFate::Withheld;
		assert_eq!(fates(7), expected);
		assert!(payments().is_empty());
	});
}

#[test]
fn judge_should_settle_when_the_quorum_is_reached_exactly() {
	execute(|| {
		let (right, wrong) = (Some(completed(1)), Some(completed(2)));
		let job = judged(4, &[right, wrong, right, wrong, right, wrong, right]);
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(payments().len(), 4);
		assert_eq!(fates(7).iter().filter(|fate| **fate == LeaseFate::Wrong).count(), 3);
	});
}

#[test]
fn judge_should_slash_who_withholds_a_reveal_even_without_a_quorum() {
	execute(|| {
		let job = judged(2, &[Some(completed(1)), None, None]);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!(fates(3), [LeaseFate::Released, LeaseFate::Withheld, LeaseFate::Withheld]);
	});
}

#[test]
fn judge_should_slash_all_when_nobody_reveals() {
	execute(|| {
		let job = judged(2, &[None, None]);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!(fates(2), [LeaseFate::Withheld; 2]);
	});
}

#[test]
fn judge_should_refund_when_a_quorum_says_failed() {
	execute(|| {
		let code = FailureCode::ProgramInvalid;
		let failed = Some(Verdict::Failed(code));
		let job = judged(2, &[failed, Some(completed(1)), failed]);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::Failed(code)));
		// Words convict nobody: who did the work keeps its collateral.
		assert_eq!(fates(3), [LeaseFate::Failed, LeaseFate::Released, LeaseFate::Failed]);
		assert!(payments().is_empty());
	});
}

#[test]
fn judge_should_not_pay_nor_slash_a_miner_that_failed_when_others_completed() {
	execute(|| {
		let job = judged(2, &[Some(FAULT), Some(completed(1)), Some(completed(1))]);
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(fates(3), [LeaseFate::Failed, LeaseFate::Accepted, LeaseFate::Accepted]);
		assert_eq!(earned(&miner(0)), 0);
	});
}

#[test]
fn judge_should_not_find_a_quorum_in_failures_of_different_kinds() {
	execute(|| {
		let other = Verdict::Failed(FailureCode::TimedOut);
		let job = judged(2, &[Some(FAULT), Some(other), Some(completed(1))]);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!(fates(3), [LeaseFate::Failed, LeaseFate::Failed, LeaseFate::Released]);
	});
}

#[test]
fn answer_should_pay_the_miner_when_a_single_job_completes() {
	execute(|| {
		offer_miners(1);
		let before = free(&CLIENT);
		let job = post_leased(gemm_spec());
		assert_ok!(answer(job, 0, completed(3)));
		assert_eq!(state_of(job), JobState::Settled { output: cid(3) });
		assert_eq!(fates(1), [LeaseFate::Accepted]);
		assert_eq!(earned(&miner(0)), PAY);
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - PAY);
		assert_eq!(Jobs::<Test>::get(job).expect("on record").ended_at, Some(1));
	});
}

#[test]
fn answer_should_let_another_try_when_a_single_job_fails() {
	execute(|| {
		offer_miners(2);
		let job = post_leased(gemm_spec());
		assert_ok!(answer(job, 0, FAULT));
		assert_eq!(state_of(job), JobState::Open { start_by: 6 });
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Failed]);
		end_block();
		let lease = lease_of(job, 0).expect("let again");
		assert_eq!((lease.miner, lease.attempt), (miner(1), 1));
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!((earned(&miner(0)), earned(&miner(1))), (0, PAY));
	});
}

fn any_answer() -> impl Strategy<Value = Option<Verdict>> {
	prop_oneof![
		4 => (1u8..4).prop_map(|n| Some(completed(n))),
		1 => Just(Some(FAULT)),
		1 => Just(Some(Verdict::Failed(FailureCode::ProgramInvalid))),
		1 => Just(None),
	]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(200))]

	/// P1, P2, P4: only the quorum's answer is paid, only another completed one or a missing reveal
	/// is slashed, and the client pays exactly for what was accepted.
	#[test]
	fn judge_should_pay_the_quorum_and_nobody_else(
		answers in prop::collection::vec(any_answer(), 2..=7),
		extra in 0u8..4,
	) {
		execute(|| {
			let replicas = answers.len() as u8;
			let quorum = (replicas / 2 + 1 + extra).min(replicas);
			let before = free(&CLIENT);
			let job = judged(quorum, &answers);
			let revealed: Vec<Verdict> = answers.iter().flatten().copied().collect();
			let winner = revealed
				.iter()
				.find(|v| revealed.iter().filter(|w| w == v).count() >= usize::from(quorum))
				.copied();
			let mut accepted = 0;
			for (fate, answer) in fates(replicas).into_iter().zip(&answers) {
				let expected = match (answer, winner) {
					(None, _) => LeaseFate::Withheld,
					(Some(Verdict::Failed(_)), _) => LeaseFate::Failed,
					(Some(a), Some(w @ Verdict::Completed { .. })) if *a == w => {
						accepted += 1;
						LeaseFate::Accepted
					}
					(Some(_), Some(Verdict::Completed { .. })) => LeaseFate::Wrong,
					_ => LeaseFate::Released,
				};
				assert_eq!(fate, expected);
			}
			assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - accepted * PAY);
			assert_eq!(payments().len() as u128, accepted);
			assert_eq!(matches!(state_of(job), JobState::Settled { .. }), accepted > 0);
		});
	}
}
