//! What has robbed other compute markets, tried on this one.

use crate::{mock::*, *};
use aitbc_primitives::FailureCode;
use frame_support::{
	assert_noop, assert_ok,
	traits::{LockableCurrency, WithdrawReasons, fungible::Mutate, tokens::Preservation},
};

/// `cancel`, by its error alone.
fn cancel_job(job: JobId) -> DispatchResult {
	cancel(job).map(|_| ()).map_err(|error| error.error)
}

#[test]
fn attack_unassigned_miner_answers() {
	// Hole 1: only a lease can be answered, and receipts checks its key. Here: no lease, no answer.
	execute(|| {
		let job = post(echo_spec());
		assert_noop!(answer(job, 0, completed(1)), Error::<Test>::NoSuchLease);
		assert_noop!(answer(JobId(77), 0, completed(1)), Error::<Test>::NoSuchJob);
	});
}

#[test]
fn attack_failed_job_is_paid() {
	// Hole 2.
	execute(|| {
		offer_miners(3);
		let before = free(&CLIENT);
		let job = post_leased(echo_spec());
		for _ in 0..3 {
			assert_ok!(answer(job, 0, FAULT));
			begin_block();
		}
		assert!(matches!(state_of(job), JobState::Refunded(RefundReason::Failed(_))));
		assert!(payments().is_empty());
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT);
	});
}

#[test]
fn attack_units_and_price_come_from_the_miner() {
	// Hole 3: units are a function of the specification, the price is that of the lease.
	execute(|| {
		offer_miners(1);
		let job = post_leased(gemm_spec());
		offer_at(vec![(miner(0), MAX_PRICE)]);
		assert_ok!(answer(job, 0, completed(1)));
		let paid = payments();
		assert_eq!((paid[0].work.units, paid[0].gross), (8, 8 * PRICE));
	});
}

#[test]
fn attack_job_without_the_money() {
	// Holes 4 and 7: nothing is recorded, held or queued for a job that cannot be paid.
	execute(|| {
		let root = sp_io::storage::root(sp_core::storage::StateVersion::V1);
		assert!(JobsPallet::submit(signed(PAUPER), echo_spec()).is_err());
		// Escrow fits, the deposit does not.
		let most = ENDOWMENT - EXISTENTIAL_DEPOSIT - JOB_DEPOSIT + 1;
		let spec = JobSpec { max_price_per_unit: most, ..echo_spec() };
		assert_noop!(
			JobsPallet::submit(signed(CLIENT), spec),
			sp_runtime::TokenError::FundsUnavailable
		);
		assert_eq!(sp_io::storage::root(sp_core::storage::StateVersion::V1), root);
		offer_miners(1);
		run_to(3);
		assert!(asked().is_empty(), "a job that nobody paid for was matched");
	});
}

#[test]
fn attack_client_takes_the_refund_while_the_job_runs() {
	// Hole 5: the miners that hold leases are paid in full first.
	execute(|| {
		offer_miners(3);
		let job = post_leased(replicated(gemm_spec(), 3, 2));
		assert_ok!(cancel_job(job));
		assert_eq!(payments().iter().map(|paid| paid.gross).sum::<Balance>(), 3 * 8 * PRICE);
	});
}

#[test]
fn attack_cancel_without_refund() {
	// Hole 6.
	execute(|| {
		let before = free(&CLIENT);
		let job = post(echo_spec());
		assert_ok!(cancel_job(job));
		assert_eq!(free(&CLIENT) + JOB_DEPOSIT, before);
		run_to(1 + RETENTION);
		assert_eq!(free(&CLIENT), before);
	});
}

#[test]
fn attack_payment_truncates_fractions() {
	// Hole 15: amounts are whole planck; the smallest and the largest survive unchanged.
	execute(|| {
		offer_at(vec![(miner(0), 1)]);
		let job = post_leased(JobSpec { max_price_per_unit: 1, ..echo_spec() });
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(earned(&miner(0)), 1);
		let most = free(&CLIENT) - EXISTENTIAL_DEPOSIT - JOB_DEPOSIT;
		offer_at(vec![(miner(1), most)]);
		let job = post_leased(JobSpec { max_price_per_unit: most, ..echo_spec() });
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(earned(&miner(1)), most);
		assert_eq!(free(&CLIENT), EXISTENTIAL_DEPOSIT);
	});
}

#[test]
fn attack_cancel_in_the_block_of_the_receipt() {
	// Whichever comes first excludes the other.
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		assert_ok!(cancel_job(job));
		assert_noop!(answer(job, 0, completed(1)), Error::<Test>::NoSuchLease);
		assert_eq!(payments().len(), 1);
	});
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		assert_ok!(answer(job, 0, completed(1)));
		assert_noop!(cancel_job(job), Error::<Test>::JobEnded);
		assert_eq!(payments().len(), 1);
	});
}

#[test]
fn attack_expiry_in_the_block_of_the_answer() {
	// The hook runs before the extrinsics of a block: on time is paid, one block later is late.
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		run_to(12);
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Accepted]);
		run_to(14);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Accepted]);
	});
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		run_to(13);
		assert_noop!(answer(job, 0, completed(1)), Error::<Test>::NoSuchLease);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Late]);
	});
}

#[test]
fn attack_two_answers_of_one_lease() {
	execute(|| {
		offer_miners(3);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		assert_ok!(answer(job, 0, completed(1)));
		assert_noop!(answer(job, 0, completed(2)), Error::<Test>::LeaseState);
		assert_ok!(answer(job, 1, completed(2)));
		// A tie: who answered may not think better of it.
		for replica in [0, 1] {
			assert_noop!(answer(job, replica, completed(1)), Error::<Test>::LeaseState);
			assert_noop!(commit(job, replica), Error::<Test>::LeaseState);
		}
		begin_block();
		assert_ok!(commit(job, 2));
		for replica in [0, 1] {
			assert_noop!(answer(job, replica, completed(1)), Error::<Test>::LeaseState);
		}
		assert_ok!(answer(job, 2, completed(2)));
		assert_eq!(payments().len(), 2);
	});
}

/// Blocks after which every deadline of these jobs is over.
const LONG: BlockNumber = 15;

/// A way in which a job might end, forced by hand where the hook would do it.
type WayOut = fn(JobId);

fn force_answers(job: JobId, verdict: Verdict) {
	for replica in 0..MAX_TOTAL_REPLICAS {
		let _refused = answer(job, replica, verdict);
	}
}

fn force_late(job: JobId) {
	for (replica, attempt) in (0..MAX_TOTAL_REPLICAS).flat_map(|r| (0..3).map(move |a| (r, a))) {
		JobsPallet::fall_due(DueItem::Delivery { job, replica, attempt });
		begin_block();
	}
}

const WAYS: [WayOut; 8] = [
	|job| {
		let _refused = cancel_job(job);
	},
	|job| force_answers(job, completed(1)),
	|job| force_answers(job, FAULT),
	|job| force_answers(job, UNAVAILABLE),
	|job| {
		System::set_block_number(now() + LONG);
		force_late(job);
	},
	|job| {
		System::set_block_number(now() + LONG);
		JobsPallet::fall_due(DueItem::Start { job });
	},
	|job| {
		System::set_block_number(now() + LONG);
		JobsPallet::fall_due(DueItem::Reveal { job });
	},
	|_| run_to(now() + LONG),
];

#[test]
fn attack_refund_and_payment_by_any_two_ways_out() {
	let single = || post_leased(gemm_spec());
	let waiting = || post(replicated(gemm_spec(), 3, 2));
	let leased = || post_leased(replicated(gemm_spec(), 3, 2));
	let judging = || post_judging(replicated(gemm_spec(), 3, 2));
	let tied = || post_answered(replicated(gemm_spec(), 2, 2), &[completed(1), completed(2)]);
	let starts: [fn() -> JobId; 5] = [single, waiting, leased, judging, tied];
	for start in starts {
		for (first, second) in WAYS.iter().flat_map(|a| WAYS.iter().map(move |b| (a, b))) {
			execute(|| {
				RetainBlocks::set(1_000_000);
				offer_miners(12);
				let job = start();
				first(job);
				if !state_of(job).is_ended() {
					second(job);
					return;
				}
				let money = || (free(&CLIENT), held(HoldReason::Escrow, &CLIENT), payments().len());
				let (record, before) = (record_of(job), money());
				second(job);
				assert_eq!(record_of(job), record, "an ended job changed");
				assert_eq!(money(), before, "an ended job moved money");
			});
		}
	}
}

#[test]
fn attack_client_reads_an_answer_and_cancels() {
	execute(|| {
		offer_miners(2);
		let job = post_judging(replicated(gemm_spec(), 2, 2));
		assert_ok!(answer(job, 0, completed(1)));
		assert_noop!(cancel_job(job), Error::<Test>::BeingJudged);
		assert_ok!(answer(job, 1, completed(2)));
		// Open again, for a tie-breaker: the answers are public all the same.
		assert!(matches!(state_of(job), JobState::Open { .. }));
		assert_noop!(cancel_job(job), Error::<Test>::BeingJudged);
	});
}

#[test]
fn attack_commit_without_reveal_denies_the_quorum() {
	// The withholder is slashed and replaced; the others lose nothing.
	execute(|| {
		offer_miners(3);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		assert_ok!(answer(job, 0, completed(1)));
		run_to(3 + REVEAL_WITHIN);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Withheld]);
		assert_noop!(answer(job, 1, completed(1)), Error::<Test>::LeaseState);
		assert_ok!(commit(job, 2));
		assert_noop!(answer(job, 1, completed(1)), Error::<Test>::NoSuchLease);
		assert_ok!(answer(job, 2, completed(1)));
		assert_eq!([0, 1, 2].map(|n| earned(&miner(n))), [PRICE, 0, PRICE]);
	});
}

#[test]
fn attack_client_with_an_accomplice_reads_an_honest_result_for_nothing() {
	// The accomplice answers nonsense, so that nobody would be paid. The tie-breaker decides.
	execute(|| {
		let accomplice = miner(0);
		offer_miners(3);
		let before = free(&CLIENT);
		let job = post_answered(replicated(gemm_spec(), 2, 2), &[completed(9), completed(1)]);
		begin_block();
		assert_ok!(commit(job, 2));
		assert_ok!(answer(job, 2, completed(1)));
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(fates_of(&accomplice), [LeaseFate::Wrong]);
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT - 2 * 8 * PRICE);
	});
}

/// A job for which the client names its accomplices and a victim.
fn named(replicas: u8, quorum: u8) -> JobSpec {
	let mut spec = replicated(gemm_spec(), replicas, quorum);
	spec.requirements.allow = (0..3).map(miner).collect::<Vec<_>>().try_into().expect("few");
	spec
}

#[test]
fn attack_client_with_two_accomplices_has_a_named_miner_slashed() {
	execute(|| {
		offer_miners(3);
		let job = post_answered(named(3, 2), &[completed(9), completed(9), completed(1)]);
		assert_eq!(state_of(job), JobState::Settled { output: cid(9) });
		assert_eq!(fates_of(&miner(2)), [LeaseFate::Released]);
		// Nor does it say anything of those whom the client chose that they agree.
		assert!(payments().iter().all(|paid| !paid.work.verified));
		assert!(concluded().iter().all(|end| end.earned == 0));
	});
}

#[test]
fn attack_client_reads_the_answer_of_a_named_miner_and_no_answer_counts() {
	let pay = 8 * PRICE;
	// Two accomplices say what nobody else does.
	execute(|| {
		offer_miners(3);
		let job = post_answered(named(2, 2), &[completed(9), completed(1)]);
		begin_block();
		assert_ok!(commit(job, 2));
		assert_ok!(answer(job, 2, completed(8)));
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!(earned(&miner(1)), pay);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Released]);
	});
	// They say that it cannot be done.
	execute(|| {
		offer_miners(3);
		let fault = Verdict::Failed(FailureCode::DeviceFault);
		let job = post_answered(named(3, 2), &[fault, fault, completed(1)]);
		assert_eq!(
			state_of(job),
			JobState::Refunded(RefundReason::Failed(FailureCode::DeviceFault))
		);
		assert_eq!([0, 1, 2].map(|n| earned(&miner(n))), [0, 0, pay]);
	});
	// One lies, and no tie-breaker can be found.
	execute(|| {
		offer_miners(2);
		let job = post_answered(named(2, 2), &[completed(9), completed(1)]);
		run_to(20);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		assert_eq!(earned(&miner(1)), pay);
	});
}

#[test]
fn attack_client_names_a_second_miner_that_never_comes() {
	execute(|| {
		offer_miners(1);
		let job = post(named(2, 2));
		begin_block();
		assert_ok!(commit(job, 0));
		run_to(20);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		// Its answer has not been read; its time is paid, whoever may answer.
		assert_eq!(earned(&miner(0)), 8 * PRICE * 5 / 100);
	});
}

#[test]
fn attack_client_cancels_when_a_named_miner_has_committed() {
	execute(|| {
		offer_miners(1);
		let job = post(named(2, 2));
		begin_block();
		assert_ok!(commit(job, 0));
		assert_ok!(cancel_job(job));
		assert_eq!(earned(&miner(0)), 8 * PRICE);
	});
}

#[test]
fn attack_single_liar_of_two_makes_the_honest_one_work_for_nothing() {
	execute(|| {
		offer_miners(3);
		let job = post_answered(replicated(gemm_spec(), 2, 2), &[completed(1), completed(9)]);
		begin_block();
		assert_ok!(commit(job, 2));
		assert_ok!(answer(job, 2, completed(1)));
		assert_eq!(earned(&miner(0)), 8 * PRICE);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Wrong]);
	});
}

#[test]
fn attack_three_different_answers() {
	// Nothing is proven: nobody is paid, and nobody convicted.
	execute(|| {
		offer_miners(3);
		let before = free(&CLIENT);
		let job = post_answered(replicated(gemm_spec(), 2, 2), &[completed(1), completed(2)]);
		begin_block();
		assert_ok!(commit(job, 2));
		assert_ok!(answer(job, 2, completed(3)));
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert!(concluded().iter().all(|end| end.fate == LeaseFate::Released));
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT);
	});
}

#[test]
fn attack_tie_breaker_is_silent() {
	// Three times late, or committed and silent: it loses, the first two are released, and it ends.
	execute(|| {
		offer_miners(5);
		let job = post_answered(replicated(gemm_spec(), 2, 2), &[completed(1), completed(2)]);
		run_to(40);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::AttemptsUsedUp));
		for n in 2..5 {
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Late]);
		}
	});
	execute(|| {
		offer_miners(3);
		let job = post_answered(replicated(gemm_spec(), 2, 2), &[completed(1), completed(2)]);
		begin_block();
		assert_ok!(commit(job, 2));
		run_to(20);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		assert_eq!(fates_of(&miner(2)), [LeaseFate::Withheld]);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Released]);
	});
}

#[test]
fn attack_colluding_failures_convict_an_honest_miner() {
	execute(|| {
		offer_miners(3);
		post_answered(replicated(echo_spec(), 3, 2), &[FAULT, FAULT, completed(1)]);
		assert_eq!(fates_of(&miner(2)), [LeaseFate::Released]);
	});
}

#[test]
fn attack_unavailable_inputs_are_farmed_by_one_miner() {
	execute(|| {
		// Alone: nothing, however often.
		offer_miners(3);
		let job = post_leased(gemm_spec());
		for _ in 0..3 {
			assert_ok!(answer(job, 0, UNAVAILABLE));
			begin_block();
		}
		assert!(matches!(state_of(job), JobState::Refunded(RefundReason::Failed(_))));
		assert!(payments().is_empty());
	});
	execute(|| {
		// In a minority: nothing, whatever the others say.
		for others in [completed(1), FAULT] {
			offer_miners(3);
			post_answered(replicated(gemm_spec(), 3, 2), &[UNAVAILABLE, others, others]);
			assert_eq!(earned(&miner(0)), 0);
		}
	});
	execute(|| {
		// With a quorum of accomplices: a part, from their client's own money, and no emission.
		offer_miners(2);
		post_answered(replicated(gemm_spec(), 2, 2), &[UNAVAILABLE, UNAVAILABLE]);
		assert_eq!(payments().iter().map(|paid| paid.gross).sum::<Balance>(), 2 * 24);
		assert!(payments().iter().all(|paid| !paid.work.verified));
	});
}

#[test]
fn attack_client_is_the_miner() {
	// Its own offers are never asked, whoever stands as their owner.
	execute(|| {
		offer_owned(vec![(CLIENT, CLIENT, 1), (miner(0), CLIENT, 1)]);
		let job = post(gemm_spec());
		run_to(4);
		assert_eq!(record_of(job).leases.len(), 0);
	});
}

#[test]
fn attack_one_owner_takes_two_replicas_or_the_same_again() {
	execute(|| {
		offer_owned(vec![(miner(0), miner(9), 1), (miner(1), miner(9), 1)]);
		let job = post(replicated(echo_spec(), 2, 2));
		run_to(4);
		assert_eq!(record_of(job).leases.len(), 1);
		// It is silent, and is not let the job a second time, by whichever of its miners.
		run_to(12);
		assert_eq!(record_of(job).leases.len(), 0);
	});
	execute(|| {
		offer_owned(vec![(miner(0), miner(9), 1), (miner(1), miner(9), 1)]);
		let job = post_leased(gemm_spec());
		run_to(15);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Late]);
		assert_eq!(lease_of(job, 0), None);
	});
}

#[test]
fn attack_price_raised_after_the_lease() {
	// The terms of a lease are those of the moment it began.
	execute(|| {
		offer_miners(2);
		let job = post_leased(replicated(echo_spec(), 2, 2));
		offer_at(vec![(miner(0), MAX_PRICE), (miner(1), MAX_PRICE)]);
		for replica in 0..2 {
			assert_ok!(commit(job, replica));
		}
		for replica in 0..2 {
			assert_ok!(answer(job, replica, completed(1)));
		}
		assert!(payments().iter().all(|paid| paid.gross == PRICE));
	});
}

#[test]
fn attack_escrow_overflows_only_with_the_tie_breakers() {
	execute(|| {
		let spec =
			|price| JobSpec { max_price_per_unit: price, ..with_breakers(echo_spec(), 3, 2, 2) };
		// Fits three times, but not five times.
		assert_noop!(
			JobsPallet::submit(signed(CLIENT), spec(u128::MAX / 4)),
			Error::<Test>::EscrowOverflow
		);
		// Is affordable three times, but not five times.
		assert_noop!(
			JobsPallet::submit(signed(CLIENT), spec(ENDOWMENT / 4)),
			sp_runtime::TokenError::FundsUnavailable
		);
	});
}

#[test]
fn attack_tip_overflows() {
	execute(|| {
		for (price, tip) in [(1, u128::MAX), (u128::MAX, 1), (u128::MAX / 2 + 1, u128::MAX / 2 + 1)]
		{
			let spec = JobSpec { max_price_per_unit: price, tip, ..echo_spec() };
			assert_noop!(JobsPallet::submit(signed(CLIENT), spec), Error::<Test>::EscrowOverflow);
		}
		// The largest bid there is stands in a bucket.
		let spec = JobSpec { max_price_per_unit: 1, tip: u128::MAX - 1, ..echo_spec() };
		assert_eq!(bucket_of(spec.bid_per_unit()), aitbc_primitives::MAX_PRICE_BUCKET);
	});
}

#[test]
fn attack_parameters_change_under_a_live_job() {
	execute(|| {
		offer_miners(2);
		let job = post_judging(replicated(gemm_spec(), 2, 2));
		RevealBlocks::set(100);
		TimePart::set(Percent::one());
		JobDepositOf::set(5 * JOB_DEPOSIT);
		MostLiveJobs::set(0);
		assert_eq!(state_of(job), JobState::Judging { reveal_by: 2 + REVEAL_WITHIN });
		assert_ok!(answer(job, 0, UNAVAILABLE));
		run_to(2 + REVEAL_WITHIN);
		assert_ok!(answer(job, 1, UNAVAILABLE));
		// The part is that of the day on which the job was posted.
		assert_eq!([0, 1].map(|n| earned(&miner(n))), [24, 24]);
		RetainBlocks::set(1_000_000);
		run_to(2 + REVEAL_WITHIN + RETENTION);
		assert_eq!(Jobs::<Test>::get(job), None);
		assert_eq!(free(&CLIENT), ENDOWMENT - 48);
	});
}

#[test]
fn attack_escrow_account_spends_what_is_held() {
	execute(|| {
		let price = ENDOWMENT / 2;
		offer_at(vec![(miner(0), price)]);
		let job = post_leased(JobSpec { max_price_per_unit: price, ..echo_spec() });
		let everything = free(&CLIENT);
		let transfer = |amount, preservation| {
			<Balances as Mutate<AccountId>>::transfer(&CLIENT, &OTHER_CLIENT, amount, preservation)
		};
		assert!(
			transfer(everything, Preservation::Expendable).is_err(),
			"the account that holds escrow was reaped"
		);
		// Down to the existential deposit it may go; the escrow is still there.
		assert_ok!(transfer(everything - EXISTENTIAL_DEPOSIT, Preservation::Preserve));
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(earned(&miner(0)), price);
	});
}

#[test]
fn attack_escrow_account_is_frozen_and_holds_for_others() {
	execute(|| {
		offer_miners(2);
		let paid = post_leased(gemm_spec());
		let refunded = post(JobSpec { max_price_per_unit: 1, ..echo_spec() });
		Balances::set_lock(*b"governed", &CLIENT, ENDOWMENT, WithdrawReasons::all());
		// Another hold of the same account, for another reason.
		assert_ok!(JobsPallet::register_program(signed(CLIENT), cid(1), 1_000));
		let programs = held(HoldReason::ProgramDeposit, &CLIENT);
		assert_ok!(answer(paid, 0, completed(1)));
		assert_eq!(earned(&miner(0)), 8 * PRICE);
		assert_ok!(cancel_job(refunded));
		assert_eq!(held(HoldReason::Escrow, &CLIENT), 0);
		assert_eq!(held(HoldReason::ProgramDeposit, &CLIENT), programs);
		run_to(now() + RETENTION);
		assert_eq!(held(HoldReason::JobDeposit, &CLIENT), 0);
	});
}
