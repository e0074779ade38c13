//! Whole flows: posted, matched, answered, paid, or not.

use super::combined_mock::*;
use crate::{Error, Step};
use aitbc_primitives::{
	Answer, Balance, Cid, FailureCode, JobId, JobSpec, LeaseState, Replication, SignedReceipt,
	Verdict,
};
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::{Error as JobsError, HoldReason, JobState, RefundReason};

fn answer(job: JobId, replica: u8, n: u8) -> SignedReceipt {
	sign(receipt(job, replica, n))
}

/// What the client has when `replicas` were paid and the deposit is still held.
fn after_paying(replicas: u128) -> u128 {
	after_spending(replicas * GROSS)
}

fn after_spending(amount: Balance) -> Balance {
	ENDOWMENT - JOB_DEPOSIT - amount
}

fn right() -> Cid {
	Cid::of_raw(&[0])
}

/// Registers a program and gives a job that runs it.
fn shader() -> JobSpec {
	let program = Cid::of_raw(b"@compute fn main() {}");
	pallet_jobs::Pallet::<Chain>::register_program(signed(STRANGER), program, 21)
		.expect("a new program");
	wgsl(program)
}

const SHADER_GROSS: Balance = 5 * PRICE;

#[test]
fn single_job_should_be_paid_in_the_block_of_its_receipt() {
	execute(|| {
		register(1);
		let job = post(spec());
		assert_eq!(state_of(job), JobState::Leased);
		assert_eq!(miner_info(0).locked, COLLATERAL);
		let receipt = answer(job, 0, 0);
		let treasury = free(&TREASURY);
		assert_ok!(submit(receipt.clone()));
		assert_eq!(state_of(job), JobState::Settled { output: right() });
		assert_eq!(earned(0), net());
		assert_eq!(free(&CLIENT), after_paying(1));
		assert_eq!((slashed(0), miner_info(0).locked, miner_info(0).record.accepted), (0, 0, 1));
		assert_eq!(crate::Receipts::<Chain>::get(job, 0), Some(receipt));
		let totals = pallet_payouts::Totals::<Chain>::get();
		assert_eq!((totals.gross, totals.split.miner), (GROSS, net()));
		let fee = GROSS - net();
		assert_eq!(free(&TREASURY), treasury + TREASURY_SHARE.mul_floor(fee));
		assert_eq!(totals.verified_fee, 0, "one miner's word is no verification");
	});
}

#[test]
fn replicated_job_should_pay_all_when_all_agree() {
	for replicas in 2..=7u8 {
		execute(|| {
			register(7);
			let job = post(replicated(replicas, replicas / 2 + 1));
			let miners = holders(job, replicas);
			let answers = commit_all(job, &vec![0; replicas.into()]);
			assert!(matches!(state_of(job), JobState::Judging { .. }));
			next_block();
			for answer in &answers {
				assert_ok!(reveal(answer));
			}
			assert_eq!(state_of(job), JobState::Settled { output: right() });
			for n in miners {
				assert_eq!((earned(n), slashed(n)), (net(), 0));
			}
			assert_eq!(free(&CLIENT), after_paying(replicas.into()));
			let kept = crate::Receipts::<Chain>::iter_prefix(job).count();
			assert_eq!(kept, usize::from(replicas));
		});
	}
}

#[test]
fn liar_should_be_outvoted_unpaid_and_slashed() {
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let miners = holders(job, 3);
		play(job, &[0, 1, 0]);
		assert_eq!(state_of(job), JobState::Settled { output: right() });
		let liar = miners[1];
		assert_eq!((earned(liar), slashed(liar)), (0, COLLATERAL));
		assert_eq!(miner_info(liar).record.wrong, 1);
		for honest in [miners[0], miners[2]] {
			assert_eq!((earned(honest), slashed(honest)), (net(), 0));
		}
		assert_eq!(free(&CLIENT), after_paying(2));
		let treasury = 2 * TREASURY_SHARE.mul_floor(GROSS - net());
		assert_eq!(free(&TREASURY), EXISTENTIAL_DEPOSIT + COLLATERAL + treasury);
		// Below the least collateral: no further lease until it adds some.
		let next = post(spec());
		assert_ne!(holder(next, 0), liar);
	});
}

#[test]
fn minority_of_a_shader_should_be_unpaid_and_not_slashed() {
	execute(|| {
		register(3);
		let replication = Replication { replicas: 3, quorum: 2, tie_breakers: 1 };
		let job = post(JobSpec { replication, ..shader() });
		let miners = holders(job, 3);
		play(job, &[0, 1, 0]);
		assert_eq!((earned(miners[1]), slashed(miners[1])), (0, 0));
		assert_eq!(earned(miners[0]), net_of(SHADER_GROSS));
		assert_eq!(free(&CLIENT), after_spending(2 * SHADER_GROSS));
	});
}

#[test]
fn silent_miner_should_lose_the_job_to_another() {
	execute(|| {
		register(2);
		let job = post(spec());
		let silent = holder(job, 0);
		let late = lease(job, 0).expect("open").deliver_by + 1;
		let stale = answer(job, 0, 0);
		run_to(late);
		assert_eq!(slashed(silent), SLASH_LATE.mul_ceil(COLLATERAL));
		assert_eq!(miner_info(silent).record.late, 1);
		let other = holder(job, 0);
		assert_ne!(other, silent);
		// The first miner's answer comes late: it is for another attempt.
		assert_noop!(relay(&stale), Error::<Chain>::WrongAttempt);
		assert_ok!(submit(answer(job, 0, 0)));
		assert_eq!((earned(silent), earned(other)), (0, net()));
		assert_eq!(free(&CLIENT), after_paying(1));
	});
}

#[test]
fn client_should_be_refunded_when_the_attempts_are_used_up() {
	execute(|| {
		register(4);
		let job = post(spec());
		for _ in 0..3 {
			run_to(lease(job, 0).expect("open").deliver_by + 1);
		}
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::AttemptsUsedUp));
		assert_eq!(free(&CLIENT), after_paying(0));
		let late: u32 = (0..4).map(|n| miner_info(n).record.late).sum();
		assert_eq!(late, 3);
	});
}

#[test]
fn client_should_be_refunded_when_three_miners_fail() {
	execute(|| {
		register(4);
		let job = post(spec());
		for _ in 0..3 {
			assert_ok!(submit(sign(failure(job, 0, FailureCode::DeviceFault))));
			next_block();
		}
		let reason = RefundReason::Failed(FailureCode::DeviceFault);
		assert_eq!(state_of(job), JobState::Refunded(reason));
		assert_eq!(free(&CLIENT), after_paying(0));
		assert!((0..4).all(|n| slashed(n) == 0 && earned(n) == 0));
	});
}

#[test]
fn client_should_be_refunded_when_no_miner_offers() {
	execute(|| {
		let job = post(spec());
		run_to(6);
		assert!(matches!(state_of(job), JobState::Open { .. }));
		run_to(7);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		assert_eq!(free(&CLIENT), after_paying(0));
	});
}

#[test]
fn tie_should_be_broken_by_one_more_replica() {
	execute(|| {
		register(3);
		let job = post(replicated(2, 2));
		let miners = holders(job, 2);
		play(job, &[0, 1]);
		assert!(matches!(state_of(job), JobState::Open { .. }));
		// Nothing is paid yet, and nobody is slashed.
		assert!((0..3).all(|n| earned(n) == 0 && slashed(n) == 0));
		next_block();
		let breaker = holder(job, 2);
		assert!(!miners.contains(&breaker));
		// While it is out, the others have answered, and take nothing more.
		for replica in 0..2 {
			let state = lease(job, replica).expect("kept").state;
			assert!(matches!(state, LeaseState::Revealed { .. }));
			assert_eq!(Receipts::due(job, replica), None);
		}
		assert_eq!(Receipts::due(job, 2), Some(Step::Commit));
		let decisive = answer(job, 2, 0);
		assert_ok!(commit(&decisive));
		assert_eq!(Receipts::due(job, 2), Some(Step::Reveal));
		assert_ok!(reveal(&decisive));
		assert_eq!(state_of(job), JobState::Settled { output: right() });
		assert_eq!((earned(miners[0]), earned(breaker)), (net(), net()));
		assert_eq!((earned(miners[1]), slashed(miners[1])), (0, COLLATERAL));
		assert_eq!(free(&CLIENT), after_paying(2));
		assert_eq!(Receipts::receipts_of(job).len(), 3);
	});
}

#[test]
fn client_should_be_refunded_and_nobody_slashed_when_no_quorum_agrees() {
	execute(|| {
		register(4);
		let job = post(replicated(3, 2));
		play(job, &[0, 1, 2]);
		next_block();
		let last = answer(job, 3, 3);
		assert_ok!(commit(&last));
		assert_ok!(reveal(&last));
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert!((0..4).all(|n| slashed(n) == 0 && earned(n) == 0));
		assert_eq!(free(&CLIENT), after_paying(0));
	});
}

#[test]
fn client_should_be_refunded_when_the_tie_breaker_finds_no_miner() {
	execute(|| {
		register(2);
		let job = post(replicated(2, 2));
		play(job, &[0, 1]);
		run_to(now() + 7);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		assert!((0..2).all(|n| slashed(n) == 0 && earned(n) == 0));
		assert_eq!(free(&CLIENT), after_paying(0));
	});
}

#[test]
fn withheld_reveal_should_be_slashed_and_the_others_paid() {
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let miners = holders(job, 3);
		let answers = commit_all(job, &[0, 0, 0]);
		let JobState::Judging { reveal_by } = state_of(job) else { unreachable!() };
		assert_ok!(reveal(&answers[0]));
		run_to(reveal_by);
		assert_ok!(reveal(&answers[2]));
		run_to(reveal_by + 1);
		assert!(matches!(state_of(job), JobState::Settled { .. }));
		let silent = miners[1];
		assert_eq!((earned(silent), slashed(silent)), (0, SLASH_WITHHELD.mul_ceil(COLLATERAL)));
		assert_eq!(miner_info(silent).record.withheld, 1);
		assert_eq!(free(&CLIENT), after_paying(2));
	});
}

#[test]
fn withheld_reveal_should_not_deny_the_quorum() {
	// A tie-breaker takes its place: who commits and keeps silent loses collateral and gains nothing.
	execute(|| {
		register(3);
		let job = post(replicated(2, 2));
		let miners = holders(job, 2);
		let answers = commit_all(job, &[0, 0]);
		assert_ok!(reveal(&answers[0]));
		run_to(now() + REVEAL_WITHIN + 1);
		assert_eq!(slashed(miners[1]), SLASH_WITHHELD.mul_ceil(COLLATERAL));
		if matches!(state_of(job), JobState::Open { .. }) {
			next_block();
		}
		let breaker = holder(job, 2);
		let third = answer(job, 2, 0);
		assert_ok!(commit(&third));
		// The silent one cannot come back.
		assert_noop!(reveal(&answers[1]), Error::<Chain>::NoSuchLease);
		assert_ok!(reveal(&third));
		assert_eq!(state_of(job), JobState::Settled { output: right() });
		assert_eq!((earned(miners[0]), earned(miners[1]), earned(breaker)), (net(), 0, net()));
		assert_eq!(free(&CLIENT), after_paying(2));
	});
}

#[test]
fn quorum_that_failed_should_refund_and_pay_nobody() {
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let code = FailureCode::ProgramInvalid;
		let answers =
			commit_to(vec![failure(job, 0, code), receipt(job, 1, 0), failure(job, 2, code)]);
		for answer in &answers {
			assert_ok!(reveal(answer));
		}
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::Failed(code)));
		assert!((0..3).all(|n| slashed(n) == 0 && earned(n) == 0));
		assert_eq!(free(&CLIENT), after_paying(0));
	});
}

#[test]
fn quorum_for_unavailable_inputs_should_be_paid_a_part() {
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let miners = holders(job, 3);
		let code = FailureCode::InputUnavailable;
		let answers = commit_to(vec![
			failure(job, 0, code),
			failure(job, 1, code),
			failure(job, 2, FailureCode::DeviceFault),
		]);
		for answer in &answers {
			assert_ok!(reveal(answer));
		}
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::Failed(code)));
		let part = TIME_PAY.mul_floor(GROSS);
		assert_eq!(holders_earned(&miners), [net_of(part), net_of(part), 0]);
		assert!((0..3).all(|n| slashed(n) == 0));
		assert_eq!(free(&CLIENT), after_spending(2 * part));
	});
}

fn holders_earned(miners: &[u8]) -> Vec<Balance> {
	miners.iter().map(|n| earned(*n)).collect()
}

#[test]
fn one_miners_word_that_inputs_are_unavailable_should_earn_nothing() {
	execute(|| {
		register(1);
		let job = post(spec());
		assert_ok!(submit(sign(failure(job, 0, FailureCode::InputUnavailable))));
		assert_eq!((earned(0), slashed(0)), (0, 0));
		assert!(matches!(state_of(job), JobState::Open { .. }));
	});
}

#[test]
fn single_shader_should_be_paid_for_its_whole_budget_also_when_the_fuel_runs_out() {
	for exhausted in [false, true] {
		execute(|| {
			register(1);
			let job = post(shader());
			let said = if exhausted { out_of_fuel(job, 0) } else { receipt(job, 0, 0) };
			assert_ok!(submit(sign(said)));
			let state = state_of(job);
			let settled = JobState::Settled { output: right() };
			assert_eq!(state, if exhausted { JobState::OutOfFuel } else { settled });
			assert_eq!(earned(0), net_of(SHADER_GROSS));
			assert_eq!(free(&CLIENT), after_spending(SHADER_GROSS));
			assert_eq!(pallet_payouts::Totals::<Chain>::get().units, 5);
		});
	}
}

#[test]
fn quorum_for_out_of_fuel_should_be_paid() {
	execute(|| {
		register(3);
		let replication = Replication { replicas: 3, quorum: 2, tie_breakers: 1 };
		let job = post(JobSpec { replication, ..shader() });
		let miners = holders(job, 3);
		let answers = commit_to(vec![out_of_fuel(job, 0), receipt(job, 1, 0), out_of_fuel(job, 2)]);
		for answer in &answers {
			assert_ok!(reveal(answer));
		}
		assert_eq!(state_of(job), JobState::OutOfFuel);
		let paid = net_of(SHADER_GROSS);
		assert_eq!(holders_earned(&miners), [paid, 0, paid]);
		assert!((0..3).all(|n| slashed(n) == 0));
		assert_eq!(free(&CLIENT), after_spending(2 * SHADER_GROSS));
	});
}

#[test]
fn cancel_should_pay_or_refund_by_state() {
	let cancel = |job| pallet_jobs::Pallet::<Chain>::cancel(signed(CLIENT), job);
	let refuse = |job, error: JobsError<Chain>| {
		let failed = cancel(job).map(|_| ()).map_err(|failed| failed.error);
		assert_eq!(failed, Err(error.into()));
	};
	// Open: everything back.
	execute(|| {
		let job = post(spec());
		assert_ok!(cancel(job));
		assert_eq!(free(&CLIENT), after_paying(0));
	});
	// Leased, one committed: all miners paid, collateral free.
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let committed = answer(job, 0, 0);
		assert_ok!(commit(&committed));
		assert_ok!(cancel(job));
		assert!((0..3).all(|n| earned(n) == net() && slashed(n) == 0));
		assert_eq!(free(&CLIENT), after_paying(3));
		assert_noop!(reveal(&committed), Error::<Chain>::NoSuchLease);
	});
	// Some let, some waiting.
	execute(|| {
		register(2);
		let job = post(replicated(3, 2));
		assert_ok!(cancel(job));
		assert_eq!(free(&CLIENT), after_paying(2));
	});
	// Judging, settled: no more.
	execute(|| {
		register(2);
		let job = post(replicated(2, 2));
		let answers = commit_all(job, &[0, 0]);
		refuse(job, JobsError::BeingJudged);
		for answer in &answers {
			assert_ok!(reveal(answer));
		}
		refuse(job, JobsError::JobEnded);
		assert_eq!(free(&CLIENT), after_paying(2));
	});
	// A tie-breaker is out: answers have been revealed.
	execute(|| {
		register(3);
		let job = post(replicated(2, 2));
		play(job, &[0, 1]);
		refuse(job, JobsError::BeingJudged);
		next_block();
		refuse(job, JobsError::BeingJudged);
	});
}

#[test]
fn cancel_and_receipt_in_one_block_should_pay_once_in_either_order() {
	execute(|| {
		register(1);
		let job = post(spec());
		let answer = answer(job, 0, 0);
		assert_ok!(pallet_jobs::Pallet::<Chain>::cancel(signed(CLIENT), job));
		assert_noop!(relay(&answer), Error::<Chain>::NoSuchLease);
		assert_eq!((earned(0), free(&CLIENT)), (net(), after_paying(1)));
	});
	execute(|| {
		register(1);
		let job = post(spec());
		assert_ok!(submit(answer(job, 0, 0)));
		assert!(pallet_jobs::Pallet::<Chain>::cancel(signed(CLIENT), job).is_err());
		assert_eq!((earned(0), free(&CLIENT)), (net(), after_paying(1)));
	});
}

#[test]
fn receipt_should_be_taken_in_the_last_block_and_expire_in_the_next() {
	execute(|| {
		register(1);
		let job = post(spec());
		run_to(lease(job, 0).expect("open").deliver_by);
		assert_ok!(submit(answer(job, 0, 0)));
		next_block();
		assert_eq!((earned(0), slashed(0)), (net(), 0));
	});
	execute(|| {
		register(1);
		let job = post(spec());
		let answer = answer(job, 0, 0);
		run_to(lease(job, 0).expect("open").deliver_by + 1);
		assert_noop!(relay(&answer), Error::<Chain>::NoSuchLease);
		assert_eq!((earned(0), slashed(0)), (0, SLASH_LATE.mul_ceil(COLLATERAL)));
	});
}

#[test]
fn deadlines_should_hold_when_the_chain_is_behind_with_them() {
	execute(|| {
		register(4);
		let single = post(spec());
		let job = post(replicated(3, 2));
		let late = answer(single, 0, 0);
		let answers = commit_all(job, &[0, 0, 0]);
		let JobState::Judging { reveal_by } = state_of(job) else { unreachable!() };
		assert_ok!(reveal(&answers[0]));
		while now() < reveal_by {
			next_block_without_hooks();
		}
		assert_ok!(reveal(&answers[1]));
		next_block_without_hooks();
		// The lease still stands there, committed, and takes nothing; and nobody tries for free.
		assert!(matches!(lease(job, 2).expect("kept").state, LeaseState::Committed { .. }));
		assert_noop!(reveal(&answers[2]), Error::<Chain>::TooEarly);
		assert_eq!(Receipts::due(job, 2), None);
		while now() <= lease(single, 0).expect("kept").deliver_by {
			next_block_without_hooks();
		}
		assert_noop!(relay(&late), Error::<Chain>::TooLate);
		next_block();
		assert_eq!(state_of(job), JobState::Settled { output: right() });
	});
}

#[test]
fn pruning_should_drop_receipts_with_the_job_those_of_tie_breakers_too() {
	execute(|| {
		register(4);
		let job = post(replicated(3, 2));
		play(job, &[0, 1, 2]);
		next_block();
		let last = answer(job, 3, 0);
		assert_ok!(commit(&last));
		assert_ok!(reveal(&last));
		let ended = now();
		run_to(ended + RETENTION - 1);
		assert_eq!(crate::Receipts::<Chain>::iter_prefix(job).count(), 4);
		assert_noop!(reveal(&last), Error::<Chain>::NoSuchLease);
		run_to(ended + RETENTION);
		assert_eq!(crate::Receipts::<Chain>::iter().count(), 0);
		assert_noop!(reveal(&last), Error::<Chain>::NoSuchLease);
		assert_eq!(free(&CLIENT), ENDOWMENT - 2 * GROSS);
		assert_eq!(held(HoldReason::JobDeposit, &CLIENT), 0);
	});
}

#[test]
fn batch_should_settle_jobs_of_both_kinds_each_once() {
	execute(|| {
		register(5);
		let single = post(spec());
		let replicated = post(replicated(3, 2));
		let submitted = answer(single, 0, 0);
		let mut items = vec![Answer::Submit(submitted.clone()), Answer::Submit(submitted)];
		let reveals = commit_all(replicated, &[0, 0, 0]);
		items.extend(reveals.into_iter().map(shown));
		items.push(items[2].clone());
		assert_eq!(send(items), (4, 2));
		assert_eq!(state_of(single), JobState::Settled { output: right() });
		assert_eq!(state_of(replicated), JobState::Settled { output: right() });
		assert_eq!((0..5).map(earned).sum::<Balance>(), 4 * net());
		assert_eq!(free(&CLIENT), after_paying(4) - JOB_DEPOSIT);
	});
}

#[test]
fn batch_should_call_one_tie_breaker_when_its_last_reveal_ends_in_a_tie() {
	execute(|| {
		register(3);
		let job = post(replicated(2, 2));
		let answers = commit_all(job, &[0, 1]);
		let mut items: Vec<_> = answers.iter().cloned().map(shown).collect();
		items.extend(items.clone());
		assert_eq!(send(items), (2, 2));
		assert_eq!(record(job).tie_breakers_called, 1);
		assert_eq!(
			record(job).leases.iter().map(|(_, lease)| lease.state).collect::<Vec<_>>(),
			answers
				.iter()
				.map(|answer| LeaseState::Revealed { verdict: answer.receipt.verdict() })
				.collect::<Vec<_>>()
		);
	});
}

#[test]
fn tip_should_be_part_of_the_pay() {
	execute(|| {
		register(1);
		let tip = 12_345;
		let job = post(JobSpec { tip, ..spec() });
		assert_ok!(submit(answer(job, 0, 0)));
		assert_eq!(earned(0), net_of(GROSS + tip));
		assert_eq!(free(&CLIENT), after_spending(GROSS + tip));
	});
}

#[test]
fn miner_that_leaves_should_still_answer_and_be_paid() {
	execute(|| {
		register(1);
		let job = post(spec());
		assert_ok!(pallet_compute_staking::Pallet::<Chain>::leave(signed(miner(0))));
		next_block();
		assert_ok!(submit(answer(job, 0, 0)));
		assert_eq!(earned(0), net());
	});
}

#[test]
fn committed_replica_should_wait_while_another_is_let_again() {
	execute(|| {
		register(3);
		let job = post(replicated(2, 2));
		let first = answer(job, 0, 0);
		assert_ok!(commit(&first));
		let silent = holder(job, 1);
		run_to(lease(job, 1).expect("open").deliver_by + 1);
		assert_ne!(holder(job, 1), silent);
		assert!(matches!(lease(job, 0).expect("kept").state, LeaseState::Committed { .. }));
		let second = answer(job, 1, 0);
		assert_ok!(commit(&second));
		assert_ok!(reveal(&second));
		assert_ok!(reveal(&first));
		assert!(matches!(state_of(job), JobState::Settled { .. }));
		assert_eq!(free(&CLIENT), after_paying(2));
	});
}

#[test]
fn failure_of_an_earlier_attempt_should_stand_until_the_next_has_answered() {
	execute(|| {
		register(2);
		let job = post(spec());
		let failed = sign(failure(job, 0, FailureCode::DeviceFault));
		assert_ok!(submit(failed.clone()));
		next_block();
		assert_eq!(Receipts::receipts_of(job), [(0, failed)]);
		check_state();
		let right = answer(job, 0, 0);
		assert_ok!(submit(right.clone()));
		assert_eq!(Receipts::receipts_of(job), [(0, right.clone())]);
		assert!(matches!(right.receipt.verdict(), Verdict::Completed { .. }));
	});
}
