//! What has robbed, stalled or fooled other compute markets, tried on this one.

use crate::{mock::*, *};
use frame_support::{
	assert_noop, assert_ok,
	traits::{LockableCurrency, WithdrawReasons, fungible::Mutate},
};

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
			end_block();
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
		assert_eq!((paid[0].units, paid[0].gross), (8, 8 * PRICE));
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
		assert!(seeds().is_empty(), "a job that nobody paid for was matched");
	});
}

#[test]
fn attack_client_takes_the_refund_while_the_job_runs() {
	// Hole 5: the miners that hold leases are paid in full first.
	execute(|| {
		offer_miners(3);
		let job = post_leased(replicated(gemm_spec(), 3, 2));
		assert_ok!(JobsPallet::cancel(signed(CLIENT), job));
		assert_eq!(payments().iter().map(|paid| paid.gross).sum::<Balance>(), 3 * 8 * PRICE);
	});
}

#[test]
fn attack_cancel_without_refund() {
	// Hole 6.
	execute(|| {
		let before = free(&CLIENT);
		let job = post(echo_spec());
		assert_ok!(JobsPallet::cancel(signed(CLIENT), job));
		assert_eq!(free(&CLIENT) + JOB_DEPOSIT, before);
		run_to(1 + RETENTION);
		assert_eq!(free(&CLIENT), before);
	});
}

#[test]
fn attack_cancel_and_answer_in_one_block() {
	// Refund and payment both reachable: whichever comes first excludes the other.
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		assert_ok!(JobsPallet::cancel(signed(CLIENT), job));
		assert_noop!(answer(job, 0, completed(1)), Error::<Test>::NoSuchLease);
		assert_eq!(payments().len(), 1);
	});
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		assert_ok!(answer(job, 0, completed(1)));
		assert_noop!(JobsPallet::cancel(signed(CLIENT), job), Error::<Test>::JobEnded);
		assert_eq!(payments().len(), 1);
	});
}

#[test]
fn attack_escrow_account_spends_what_is_held() {
	execute(|| {
		offer_miners(1);
		let price = ENDOWMENT / 2;
		offer_at(vec![(miner(0), price)]);
		let job = post_leased(JobSpec { max_price_per_unit: price, ..echo_spec() });
		let everything = free(&CLIENT);
		assert!(
			<Balances as Mutate<AccountId>>::transfer(
				&CLIENT,
				&OTHER_CLIENT,
				everything,
				frame_support::traits::tokens::Preservation::Expendable,
			)
			.is_err(),
			"the account that holds escrow was reaped"
		);
		// Down to the existential deposit it may go; the escrow is still there.
		assert_ok!(<Balances as Mutate<AccountId>>::transfer(
			&CLIENT,
			&OTHER_CLIENT,
			everything - EXISTENTIAL_DEPOSIT,
			frame_support::traits::tokens::Preservation::Preserve,
		));
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(earned(&miner(0)), price);
	});
}

#[test]
fn attack_client_is_the_miner() {
	execute(|| {
		offer_at(vec![(CLIENT, PRICE)]);
		let before = free(&CLIENT);
		let job = post_leased(gemm_spec());
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT);
	});
	execute(|| {
		offer_at(vec![(CLIENT, PRICE)]);
		let before = free(&CLIENT);
		let job = post_leased(gemm_spec());
		assert_ok!(JobsPallet::cancel(signed(CLIENT), job));
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT);
	});
}

#[test]
fn attack_one_miner_takes_two_replicas_or_the_same_again() {
	execute(|| {
		offer_miners(1);
		let job = post(replicated(echo_spec(), 2, 2));
		run_to(4);
		assert_eq!(Leases::<Test>::iter_prefix(job).count(), 1);
		// It is silent, and is not let the job a second time.
		run_to(12);
		assert!(lease_of(job, 0).is_none());
		assert_eq!(Leases::<Test>::iter_prefix(job).count(), 0);
	});
}

#[test]
fn attack_expiry_in_the_block_of_the_answer() {
	// The hook runs before the extrinsics of a block: on time is paid, one block later is late.
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		run_to(11);
		assert_ok!(answer(job, 0, completed(1)));
		run_to(12);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Accepted]);
	});
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		run_to(12);
		assert_noop!(answer(job, 0, completed(1)), Error::<Test>::NoSuchLease);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Late]);
	});
}

#[test]
fn attack_commit_without_reveal_denies_the_quorum() {
	// The others are not punished for it, the withholder is.
	execute(|| {
		offer_miners(2);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		assert_ok!(answer(job, 0, completed(1)));
		run_to(2 + REVEAL_WITHIN);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Released]);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Withheld]);
	});
}

#[test]
fn attack_colluding_failures_convict_an_honest_miner() {
	execute(|| {
		offer_miners(3);
		let job = post_judging(replicated(echo_spec(), 3, 2));
		assert_ok!(answer(job, 0, FAULT));
		assert_ok!(answer(job, 1, FAULT));
		assert_ok!(answer(job, 2, completed(1)));
		assert_eq!(fates_of(&miner(2)), [LeaseFate::Released]);
	});
}

#[test]
fn attack_queue_of_void_tickets() {
	execute(|| {
		for _ in 0..1_000 {
			let job = post(echo_spec());
			assert_ok!(JobsPallet::cancel(signed(CLIENT), job));
		}
		let job = post(echo_spec());
		offer_miners(1);
		ServiceWeight::set(JobsPallet::queue_step_weight().saturating_mul(400));
		for _ in 0..3 {
			end_block();
		}
		assert_eq!(state_of(job), JobState::Leased);
	});
}

#[test]
fn attack_one_bad_item_aborts_the_hook() {
	// A job whose storage is broken falls due between two good ones.
	execute_unchecked(|| {
		let jobs: Vec<JobId> = (0..3).map(|_| post(echo_spec())).collect();
		Jobs::<Test>::remove(jobs[1]);
		run_to(7);
		assert!(state_of(jobs[0]).is_ended());
		assert!(state_of(jobs[2]).is_ended());
		offer_miners(1);
		let job = post_leased(echo_spec());
		assert_ok!(answer(job, 0, completed(1)));
	});
}

#[test]
fn attack_program_pulled_from_under_a_running_job() {
	execute(|| {
		register(cid(9));
		offer_miners(1);
		let job = post_leased(wgsl_spec());
		assert_noop!(
			JobsPallet::unregister_program(signed(OTHER_CLIENT), cid(9)),
			Error::<Test>::ProgramInUse
		);
		assert_ok!(answer(job, 0, completed(1)));
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
fn attack_frozen_client_does_not_keep_miners_from_their_pay() {
	execute(|| {
		offer_miners(1);
		let job = post_leased(gemm_spec());
		Balances::set_lock(*b"governed", &CLIENT, ENDOWMENT, WithdrawReasons::all());
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(earned(&miner(0)), 8 * PRICE);
	});
}
