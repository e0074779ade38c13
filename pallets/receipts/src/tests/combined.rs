//! Whole flows: posted, matched, answered, paid, or not.

use super::combined_mock::*;
use aitbc_primitives::{Cid, FailureCode, LeaseState, SignedReceipt, Split};
use frame_support::{assert_noop, assert_ok};
use pallet_jobs::{Error as JobsError, HoldReason, JobState, RefundReason};

fn answer(job: aitbc_primitives::JobId, replica: u8, n: u8) -> SignedReceipt {
	sign(receipt(job, replica, n))
}

/// What the client has when `replicas` were paid and the deposit is still held.
fn after_paying(replicas: u128) -> u128 {
	ENDOWMENT - JOB_DEPOSIT - replicas * GROSS
}

#[test]
fn single_job_should_be_paid_in_the_block_of_its_receipt() {
	execute(|| {
		register(1);
		let job = post(spec());
		assert_eq!(state_of(job), JobState::Leased);
		assert_eq!(miner_info(0).locked, COLLATERAL);
		let receipt = answer(job, 0, 0);
		assert_ok!(submit(receipt.clone()));
		assert_eq!(state_of(job), JobState::Settled { output: Cid::of_raw(&[0]) });
		assert_eq!(earned(0), net());
		assert_eq!(free(&CLIENT), after_paying(1));
		assert_eq!((slashed(0), miner_info(0).locked, miner_info(0).record.accepted), (0, 0, 1));
		assert_eq!(crate::Receipts::<Chain>::get(job, 0), Some(receipt));
		let payment = pallet_payouts::Payments::<Chain>::get(job, 0).expect("noted");
		let fee = GROSS - net();
		let Split { miner, validators, treasury, burned } = payment.split;
		assert_eq!(miner + validators + treasury + burned, GROSS);
		assert_eq!(validators, VALIDATORS_SHARE.mul_floor(fee));
		assert_eq!(treasury, TREASURY_SHARE.mul_floor(fee));
		assert_eq!(free(&AUTHOR), EXISTENTIAL_DEPOSIT + validators);
		assert_eq!(free(&TREASURY), EXISTENTIAL_DEPOSIT + treasury);
	});
}

#[test]
fn replicated_job_should_pay_all_when_all_agree() {
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let answers = commit_all(job, &[0, 0, 0]);
		assert!(matches!(state_of(job), JobState::Judging { .. }));
		next_block();
		for answer in &answers {
			assert_ok!(reveal(answer));
		}
		assert!(matches!(state_of(job), JobState::Settled { .. }));
		for n in 0..3 {
			assert_eq!((earned(n), slashed(n)), (net(), 0));
		}
		assert_eq!(free(&CLIENT), after_paying(3));
		assert_eq!(crate::Receipts::<Chain>::iter_prefix(job).count(), 3);
	});
}

#[test]
fn liar_should_be_outvoted_unpaid_and_slashed() {
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let holders: Vec<u8> = (0..3).map(|replica| holder(job, replica)).collect();
		for answer in commit_all(job, &[0, 1, 0]) {
			assert_ok!(reveal(&answer));
		}
		assert_eq!(state_of(job), JobState::Settled { output: Cid::of_raw(&[0]) });
		let liar = holders[1];
		assert_eq!((earned(liar), slashed(liar)), (0, COLLATERAL));
		assert_eq!(miner_info(liar).record.wrong, 1);
		for honest in [holders[0], holders[2]] {
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
		assert_noop!(submit(stale), crate::Error::<Chain>::WrongAttempt);
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
fn client_should_be_refunded_and_nobody_slashed_when_no_quorum_agrees() {
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		for answer in commit_all(job, &[0, 1, 2]) {
			assert_ok!(reveal(&answer));
		}
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert!((0..3).all(|n| slashed(n) == 0 && earned(n) == 0));
		assert_eq!(free(&CLIENT), after_paying(0));
	});
}

#[test]
fn withheld_reveal_should_be_slashed_and_the_others_paid() {
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let holders: Vec<u8> = (0..3).map(|replica| holder(job, replica)).collect();
		let answers = commit_all(job, &[0, 0, 0]);
		let JobState::Judging { reveal_by } = state_of(job) else { unreachable!() };
		assert_ok!(reveal(&answers[0]));
		run_to(reveal_by);
		assert_ok!(reveal(&answers[2]));
		run_to(reveal_by + 1);
		assert!(matches!(state_of(job), JobState::Settled { .. }));
		let silent = holders[1];
		assert_eq!((earned(silent), slashed(silent)), (0, SLASH_WITHHELD.mul_ceil(COLLATERAL)));
		assert_eq!(miner_info(silent).record.withheld, 1);
		assert_eq!(free(&CLIENT), after_paying(2));
	});
}

#[test]
fn withheld_reveals_should_be_slashed_when_they_deny_the_quorum() {
	execute(|| {
		register(2);
		let job = post(replicated(2, 2));
		let silent = holder(job, 1);
		let answers = commit_all(job, &[0, 0]);
		assert_ok!(reveal(&answers[0]));
		run_to(now() + REVEAL_WITHIN + 1);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!(slashed(silent), SLASH_WITHHELD.mul_ceil(COLLATERAL));
		assert_eq!(slashed(1 - silent), 0);
	});
}

#[test]
fn quorum_that_failed_should_refund_and_pay_nobody() {
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let code = FailureCode::ProgramInvalid;
		let answers =
			[sign(failure(job, 0, code)), sign(receipt(job, 1, 0)), sign(failure(job, 2, code))];
		for answer in &answers {
			assert_ok!(commit(answer));
		}
		for answer in &answers {
			assert_ok!(reveal(answer));
		}
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::Failed(code)));
		assert!((0..3).all(|n| slashed(n) == 0 && earned(n) == 0));
		assert_eq!(free(&CLIENT), after_paying(0));
	});
}

#[test]
fn cancel_should_pay_or_refund_by_state() {
	let cancel = |job| pallet_jobs::Pallet::<Chain>::cancel(signed(CLIENT), job);
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
		assert_ok!(commit(&answer(job, 0, 0)));
		assert_ok!(cancel(job));
		assert!((0..3).all(|n| earned(n) == net() && slashed(n) == 0));
		assert_eq!(free(&CLIENT), after_paying(3));
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
		assert_noop!(cancel(job), JobsError::<Chain>::BeingJudged);
		for answer in &answers {
			assert_ok!(reveal(answer));
		}
		assert_noop!(cancel(job), JobsError::<Chain>::JobEnded);
		assert_eq!(free(&CLIENT), after_paying(2));
	});
}

#[test]
fn cancel_and_receipt_in_one_block_should_pay_once_in_either_order() {
	execute(|| {
		register(1);
		let job = post(spec());
		let answer = answer(job, 0, 0);
		assert_ok!(pallet_jobs::Pallet::<Chain>::cancel(signed(CLIENT), job));
		assert_noop!(
			crate::Pallet::<Chain>::submit(signed(STRANGER), answer),
			crate::Error::<Chain>::NoSuchLease
		);
		assert_eq!((earned(0), free(&CLIENT)), (net(), after_paying(1)));
	});
	execute(|| {
		register(1);
		let job = post(spec());
		assert_ok!(submit(answer(job, 0, 0)));
		assert_noop!(
			pallet_jobs::Pallet::<Chain>::cancel(signed(CLIENT), job),
			JobsError::<Chain>::JobEnded
		);
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
		assert_noop!(
			crate::Pallet::<Chain>::submit(signed(STRANGER), answer),
			crate::Error::<Chain>::NoSuchLease
		);
		assert_eq!((earned(0), slashed(0)), (0, SLASH_LATE.mul_ceil(COLLATERAL)));
	});
}

#[test]
fn pruning_should_drop_receipts_and_payments_with_the_job() {
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		for answer in commit_all(job, &[0, 0, 0]) {
			assert_ok!(reveal(&answer));
		}
		let ended = now();
		run_to(ended + RETENTION - 1);
		assert_eq!(crate::Receipts::<Chain>::iter_prefix(job).count(), 3);
		run_to(ended + RETENTION);
		assert_eq!(crate::Receipts::<Chain>::iter_prefix(job).count(), 0);
		assert_eq!(pallet_payouts::Payments::<Chain>::iter_prefix(job).count(), 0);
		assert_eq!(free(&CLIENT), ENDOWMENT - 3 * GROSS);
		assert_eq!(held(HoldReason::JobDeposit, &CLIENT), 0);
	});
}

#[test]
fn shader_job_should_be_paid_for_its_whole_budget() {
	execute(|| {
		register(1);
		let program = Cid::of_raw(b"@compute fn main() {}");
		assert_ok!(pallet_jobs::Pallet::<Chain>::register_program(signed(STRANGER), program, 21));
		let job = post(wgsl(program));
		assert_ok!(submit(answer(job, 0, 0)));
		let payment = pallet_payouts::Payments::<Chain>::get(job, 0).expect("paid");
		assert_eq!(payment.units, 5);
		assert_eq!(free(&CLIENT), ENDOWMENT - JOB_DEPOSIT - 5 * PRICE);
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
