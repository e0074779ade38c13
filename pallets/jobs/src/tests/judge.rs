//! What the answers mean.

use crate::{mock::*, *};
use aitbc_primitives::FailureCode;
use frame_support::assert_ok;
use proptest::prelude::*;

/// Plays a job through: replicas and then tie-breakers give these answers; `None` is a reveal that never
/// comes.
fn judged(spec: JobSpec, answers: &[Option<Verdict>]) -> JobId {
	let most = spec.replication.most_replicas();
	assert_eq!(answers.len(), usize::from(most));
	offer_miners(most);
	let job = post(spec);
	let mut replica = 0;
	while !state_of(job).is_ended() {
		begin_block();
		let first = replica;
		while lease_of(job, replica).is_some() {
			assert_ok!(commit(job, replica));
			replica += 1;
		}
		for replica in first..replica {
			if let Some(verdict) = answers[usize::from(replica)] {
				assert_ok!(answer(job, replica, verdict));
			}
		}
	}
	job
}

fn gemm(replicas: u8, quorum: u8) -> JobSpec {
	replicated(gemm_spec(), replicas, quorum)
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
use LeaseFate::{Accepted, Failed, Released, Withheld, Wrong};

#[test]
fn judge_should_settle_at_once_when_the_last_answer_is_in() {
	execute(|| {
		offer_miners(2);
		let before = free(&CLIENT);
		let job = post_judging(JobSpec { tip: 5, ..gemm(2, 2) });
		assert_ok!(answer(job, 1, completed(1)));
		take_events();
		assert_ok!(answer(job, 0, completed(1)));
		let state = JobState::Settled { output: cid(1) };
		assert_eq!(state_of(job), state);
		let paid = PAY + 5;
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - 2 * paid);
		let ended = |replica| Event::LeaseEnded {
			job,
			replica,
			attempt: 0,
			miner: miner(replica),
			fate: Accepted,
			paid,
		};
		let refunded = 3 * (8 * MAX_PRICE + 5) - 2 * paid;
		assert_eq!(
			take_events(),
			[ended(0), ended(1), Event::JobEnded { job, state, paid: 2 * paid, refunded }]
		);
		let work = |n| PaidWork {
			job,
			replica: n,
			miner: miner(n),
			class: Class::Gemm,
			units: 8,
			fee: FEE,
			verified: true,
		};
		assert_eq!(payments(), [0, 1].map(|n| Paid { work: work(n), gross: paid }));
		let history = |replica| EndedLease {
			replica,
			attempt: 0,
			miner: miner(replica),
			owner: miner(replica),
			fate: Accepted,
			paid,
		};
		assert_eq!(record_of(job).history.to_vec(), [history(0), history(1)]);
	});
}

#[test]
fn judge_should_pay_by_the_fee_of_the_lease_when_governance_changed_it() {
	execute(|| {
		offer_miners(2);
		let job = post_judging(gemm(2, 2));
		FeePart::set(sp_runtime::Permill::from_percent(90));
		assert_ok!(answer(job, 0, completed(1)));
		assert_ok!(answer(job, 1, completed(1)));
		assert!(payments().iter().all(|paid| paid.work.fee == FEE));
	});
}

#[test]
fn judge_should_slash_the_liar_when_a_quorum_disagrees() {
	execute(|| {
		offer_miners(3);
		let answers = [completed(1), completed(2), completed(1)];
		let job = post_answered(gemm(3, 2), &answers);
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(fates(3), [Accepted, Wrong, Accepted]);
		assert_eq!((earned(&miner(0)), earned(&miner(1)), earned(&miner(2))), (PAY, 0, PAY));
	});
}

#[test]
fn judge_should_release_the_minority_unpaid_when_the_job_is_a_shader() {
	for other in [completed(2), Verdict::OutOfFuel] {
		execute(|| {
			register(cid(9));
			offer_miners(3);
			let answers = [completed(1), other, completed(1)];
			let job = post_answered(replicated(wgsl_spec(), 3, 2), &answers);
			assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
			assert_eq!(fates(3), [Accepted, Released, Accepted]);
			assert_eq!(earned(&miner(1)), 0);
			assert!(earned(&miner(0)) > 0);
		});
	}
}

#[test]
fn judge_should_pay_in_full_when_a_quorum_ran_out_of_fuel() {
	execute(|| {
		register(cid(9));
		offer_miners(4);
		let answers = [Verdict::OutOfFuel, completed(1), Verdict::OutOfFuel, FAULT];
		let job = post_answered(replicated(wgsl_spec(), 4, 3), &answers);
		assert!(matches!(state_of(job), JobState::Open { .. }));
		offer_miners(5);
		begin_block();
		assert_ok!(commit(job, 4));
		assert_ok!(answer(job, 4, Verdict::OutOfFuel));
		assert_eq!(state_of(job), JobState::OutOfFuel);
		assert_eq!(fates(5), [Accepted, Released, Accepted, Failed, Accepted]);
		assert_eq!(payments().iter().map(|paid| paid.gross).sum::<Balance>(), 3 * 5 * PRICE);
		assert!(payments().iter().all(|paid| paid.work.verified));
	});
}

#[test]
fn judge_should_count_another_trace_as_another_answer() {
	execute(|| {
		offer_miners(3);
		let other = Verdict::Completed { output: cid(1), trace_root: Hash::repeat_byte(9) };
		let job = post_answered(gemm(3, 2), &[completed(1), other, completed(1)]);
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(fates(3), [Accepted, Wrong, Accepted]);
	});
}

#[test]
fn judge_should_refund_and_slash_nobody_when_all_differ() {
	execute(|| {
		let before = free(&CLIENT);
		let answers = [1, 2, 3, 4].map(|n| Some(completed(n)));
		let job = judged(gemm(3, 2), &answers);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!(fates(4), [Released; 4]);
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT);
	});
}

#[test]
fn judge_should_refund_when_the_quorum_is_missed_by_one() {
	execute(|| {
		let (right, wrong) = (Some(completed(1)), Some(completed(2)));
		let answers = [right, wrong, right, wrong, right, wrong, None, Some(FAULT)];
		let job = judged(gemm(7, 4), &answers);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		let mut expected = [Released; 8];
		(expected[6], expected[7]) = (Withheld, Failed);
		assert_eq!(fates(8), expected);
		assert!(payments().is_empty());
	});
}

#[test]
fn judge_should_settle_when_the_quorum_is_reached_exactly() {
	execute(|| {
		offer_miners(7);
		let answers = [1, 2, 1, 2, 1, 2, 1].map(completed);
		let job = post_answered(gemm(7, 4), &answers);
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(payments().len(), 4);
		assert_eq!(fates(7).iter().filter(|fate| **fate == Wrong).count(), 3);
	});
}

#[test]
fn judge_should_settle_without_who_withholds_when_the_others_are_a_quorum() {
	execute(|| {
		offer_miners(3);
		let job = post_judging(gemm(3, 2));
		let reveal_by = 2 + REVEAL_WITHIN;
		assert_eq!(state_of(job), JobState::Judging { reveal_by });
		assert_ok!(answer(job, 0, completed(1)));
		run_to(reveal_by);
		assert_ok!(answer(job, 1, completed(1)));
		assert_eq!(state_of(job), JobState::Judging { reveal_by });
		run_to(reveal_by + 1);
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(fates(3), [Accepted, Accepted, Withheld]);
		assert_eq!((earned(&miner(0)), earned(&miner(1)), earned(&miner(2))), (PAY, PAY, 0));
	});
}

#[test]
fn judge_should_slash_all_when_nobody_reveals() {
	execute(|| {
		let job = judged(gemm(2, 2), &[None; 3]);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!([fates_of(&miner(0)), fates_of(&miner(1))], [[Withheld], [Withheld]]);
	});
}

#[test]
fn judge_should_refund_when_a_quorum_says_failed() {
	for code in [
		FailureCode::ProgramInvalid,
		FailureCode::ProgramRefused,
		FailureCode::InputInvalid,
		FailureCode::TimedOut,
		FailureCode::DeviceFault,
	] {
		execute(|| {
			offer_miners(3);
			let failed = Verdict::Failed(code);
			let job = post_answered(gemm(3, 2), &[failed, completed(1), failed]);
			assert_eq!(state_of(job), JobState::Refunded(RefundReason::Failed(code)));
			// Words convict nobody: who did the work keeps its collateral.
			assert_eq!(fates(3), [Failed, Released, Failed]);
			assert!(payments().is_empty());
		});
	}
}

#[test]
fn judge_should_pay_a_part_when_a_quorum_could_not_have_an_input() {
	execute(|| {
		offer_at((0..4).map(|n| (miner(n), 61)).collect());
		let before = free(&CLIENT);
		let answers = [UNAVAILABLE, UNAVAILABLE, completed(1), FAULT];
		let job = post_answered(JobSpec { tip: 1, ..gemm(4, 3) }, &answers);
		offer_miners(5);
		begin_block();
		assert_ok!(commit(job, 4));
		take_events();
		assert_ok!(answer(job, 4, UNAVAILABLE));
		let state = JobState::Refunded(RefundReason::Failed(FailureCode::InputUnavailable));
		assert_eq!(state_of(job), state);
		assert_eq!(fates(5), [Failed, Failed, Released, Failed, Failed]);
		// 5 % of 8 · 61 + 1 = 489 is 24.45; of 8 · 60 + 1 = 481, 24.05.
		let earned = [0, 1, 2, 3, 4].map(|n| earned(&miner(n)));
		assert_eq!(earned, [24, 24, 0, 0, 24]);
		assert!(payments().iter().all(|paid| !paid.work.verified));
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - 3 * 24);
		let refunded = 5 * (8 * MAX_PRICE + 1) - 72;
		let ended = Event::JobEnded { job, state, paid: 72, refunded };
		assert_eq!(take_events().pop(), Some(ended));
	});
}

#[test]
fn judge_should_pay_nothing_for_an_input_when_the_parameter_is_zero_and_all_when_it_is_one() {
	for (part, expected) in [(Percent::zero(), 0), (Percent::one(), PAY)] {
		execute(|| {
			TimePart::set(part);
			offer_miners(2);
			post_answered(gemm(2, 2), &[UNAVAILABLE, UNAVAILABLE]);
			assert_eq!([earned(&miner(0)), earned(&miner(1))], [expected; 2]);
			assert_eq!(fates(2), [Failed; 2]);
		});
	}
}

#[test]
fn judge_should_not_pay_nor_slash_a_miner_that_failed_when_others_completed() {
	execute(|| {
		offer_miners(3);
		let job = post_answered(gemm(3, 2), &[UNAVAILABLE, completed(1), completed(1)]);
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(fates(3), [Failed, Accepted, Accepted]);
		assert_eq!(earned(&miner(0)), 0);
	});
}

#[test]
fn judge_should_not_find_a_quorum_in_failures_of_different_kinds() {
	execute(|| {
		let other = Some(Verdict::Failed(FailureCode::TimedOut));
		let job = judged(gemm(3, 2), &[Some(FAULT), other, Some(completed(1)), Some(UNAVAILABLE)]);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!(fates(4), [Failed, Failed, Released, Failed]);
	});
}

/// How a job must end: the fates and pays of those that were asked, and the answer, if any counts.
#[derive(Debug, PartialEq)]
struct Ending {
	fates: Vec<LeaseFate>,
	paid: Vec<Balance>,
	answer: Option<Verdict>,
}

/// The table of `specs/protocol/jobs.md` §3, by brute force.
fn expected(spec: &JobSpec, answers: &[Option<Verdict>]) -> Ending {
	let Replication { replicas, quorum, tie_breakers } = spec.replication;
	let count = |known: &[Verdict], answer: &Verdict| known.iter().filter(|v| *v == answer).count();
	let mut asked = usize::from(replicas);
	let answer = loop {
		let known: Vec<Verdict> = answers[..asked].iter().flatten().copied().collect();
		let winner = known.iter().find(|v| count(&known, v) >= usize::from(quorum));
		if winner.is_some() {
			break winner.copied();
		}
		let left = usize::from(replicas + tie_breakers) - asked;
		let most = known.iter().map(|v| count(&known, v)).max().unwrap_or(0);
		if left == 0 || most + left < usize::from(quorum) {
			break None;
		}
		asked += 1;
	};
	let wgsl = spec.workload.class() == Class::Wgsl;
	let named = !spec.requirements.allow.is_empty();
	let fate = |given: &Option<Verdict>| match (given, answer) {
		(None, _) => Withheld,
		(Some(Verdict::Failed(_)), _) => Failed,
		(Some(given), Some(answer)) if *given == answer => Accepted,
		(Some(_), Some(Verdict::Completed { .. })) if !wgsl && !named => Wrong,
		_ => Released,
	};
	let pay = Balance::from(spec.units().expect("valid")) * PRICE + spec.tip;
	let due = |given: &Option<Verdict>| match answer {
		Some(Verdict::Completed { .. } | Verdict::OutOfFuel) if *given == answer => pay,
		Some(UNAVAILABLE) if *given == answer => pay * 5 / 100,
		Some(Verdict::Completed { .. } | Verdict::OutOfFuel) => 0,
		// Read, and nobody bears it out or denies it.
		_ => match given {
			Some(Verdict::Completed { .. } | Verdict::OutOfFuel) if named => pay,
			_ => 0,
		},
	};
	let asked = &answers[..asked];
	Ending {
		fates: asked.iter().map(fate).collect(),
		paid: asked.iter().map(due).collect(),
		answer,
	}
}

use aitbc_primitives::Replication;

fn any_answer() -> impl Strategy<Value = Option<Verdict>> {
	prop_oneof![
		4 => (1u8..4).prop_map(|n| Some(completed(n))),
		1 => Just(Some(FAULT)),
		2 => Just(Some(UNAVAILABLE)),
		1 => Just(Some(Verdict::OutOfFuel)),
		1 => Just(None),
	]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(200))]

	/// P1, P2, P4: the table of the specification, whatever is answered.
	#[test]
	fn judge_should_pay_the_quorum_and_nobody_else(
		answers in prop::collection::vec(any_answer(), 9),
		replicas in 2u8..=7,
		tie_breakers in 1u8..=2,
		extra in 0u8..4,
		shader in any::<bool>(),
		named in any::<bool>(),
		tip in 0u128..50,
	) {
		execute(|| {
			register(cid(9));
			let quorum = (replicas / 2 + 1 + extra).min(replicas);
			let spec = if shader { wgsl_spec() } else { gemm_spec() };
			let mut spec = JobSpec { tip, ..with_breakers(spec, replicas, quorum, tie_breakers) };
			if named {
				// The mock's market does not ask whom.
				spec.requirements.allow = BoundedVec::truncate_from(vec![miner(0)]);
			}
			let answers: Vec<Option<Verdict>> = answers[..usize::from(replicas + tie_breakers)]
				.iter()
				// Only a shader can run out of fuel.
				.map(|given| given.filter(|v| shader || *v != Verdict::OutOfFuel))
				.collect();
			let before = free(&CLIENT);
			let job = judged(spec.clone(), &answers);
			let ending = expected(&spec, &answers);
			let record = record_of(job);
			let of = |replica: usize| {
				let mut ends = record.history.iter().filter(|end| usize::from(end.replica) == replica);
				let end = ends.next().expect("every replica that was asked has ended");
				assert!(ends.next().is_none(), "a lease ended twice");
				end.clone()
			};
			let asked = 0..ending.fates.len();
			let found = Ending {
				fates: asked.clone().map(|replica| of(replica).fate).collect(),
				paid: asked.map(|replica| of(replica).paid).collect(),
				answer: match record.state {
					JobState::Settled { .. } | JobState::OutOfFuel => ending.answer,
					JobState::Refunded(RefundReason::Failed(code)) => Some(Verdict::Failed(code)),
					_ => None,
				},
			};
			assert_eq!(found, ending);
			assert_eq!(record.history.len(), ending.fates.len());
			assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - ending.paid.iter().sum::<Balance>());
			assert_eq!(
				payments().iter().map(|paid| paid.gross).sum::<Balance>(),
				ending.paid.iter().sum::<Balance>()
			);
		});
	}
}
