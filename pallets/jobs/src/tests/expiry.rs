//! Deadlines: late miners, no miners, missing reveals, floods.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};

#[test]
fn expiry_should_refund_when_no_miner_is_found_in_time() {
	execute(|| {
		let before = free(&CLIENT);
		let job = post(echo_spec());
		run_to(6);
		assert_eq!(state_of(job), JobState::Open { start_by: 6 });
		take_events();
		run_to(7);
		let state = JobState::Refunded(RefundReason::NoMiner);
		assert_eq!(state_of(job), state);
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT);
		assert_eq!(take_events(), [Event::JobEnded { job, state, paid: 0, refunded: MAX_PRICE }]);
	});
}

#[test]
fn expiry_should_relet_to_another_miner_when_the_first_is_silent() {
	execute(|| {
		offer_miners(2);
		let job = post_leased(echo_spec());
		run_to(11);
		assert_eq!(lease_of(job, 0).expect("in time").miner, miner(0));
		run_to(12);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Late]);
		let lease = lease_of(job, 0).expect("let again in the same block");
		assert_eq!((lease.miner, lease.attempt, lease.deliver_by), (miner(1), 1, 22));
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!((earned(&miner(0)), earned(&miner(1))), (0, PRICE));
	});
}

#[test]
fn expiry_should_take_an_answer_in_the_last_block_and_not_in_the_next() {
	for late in [0, 1] {
		execute(|| {
			offer_miners(1);
			let job = post_leased(echo_spec());
			run_to(11);
			// Only the block number moves: the hook is behind, the deadline is not.
			System::set_block_number(11 + late);
			if late == 0 {
				assert_ok!(answer(job, 0, completed(1)));
			} else {
				assert_noop!(answer(job, 0, completed(1)), Error::<Test>::TooLate);
			}
		});
	}
}

#[test]
fn expiry_should_take_a_commitment_in_the_last_block_and_not_in_the_next() {
	for late in [0, 1] {
		execute(|| {
			offer_miners(2);
			let job = post_leased(replicated(echo_spec(), 2, 2));
			run_to(11);
			System::set_block_number(11 + late);
			if late == 0 {
				assert_ok!(commit(job, 0));
			} else {
				assert_noop!(commit(job, 0), Error::<Test>::TooLate);
			}
		});
	}
}

#[test]
fn expiry_should_refund_after_the_last_attempt() {
	execute(|| {
		offer_miners(5);
		let before = free(&CLIENT);
		let job = post_leased(echo_spec());
		run_to(12);
		run_to(23);
		assert_eq!(lease_of(job, 0).expect("third attempt").attempt, 2);
		run_to(33);
		assert_eq!(state_of(job), JobState::Leased);
		run_to(34);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::AttemptsUsedUp));
		for n in 0..3 {
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Late]);
		}
		assert!(fates_of(&miner(3)).is_empty());
		assert_eq!(free(&CLIENT), before - JOB_DEPOSIT);
		assert!(payments().is_empty());
	});
}

#[test]
fn expiry_should_release_the_other_miners_when_one_replica_uses_up_its_attempts() {
	execute(|| {
		offer_miners(5);
		let job = post_leased(replicated(echo_spec(), 3, 2));
		assert_ok!(commit(job, 0));
		assert_ok!(commit(job, 1));
		run_to(40);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::AttemptsUsedUp));
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Released]);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Released]);
		for n in 2..5 {
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Late]);
		}
	});
}

#[test]
fn expiry_should_refund_when_no_other_miner_is_found_after_a_late_one() {
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		run_to(12);
		assert_eq!(state_of(job), JobState::Open { start_by: 17 });
		run_to(17);
		assert_eq!(state_of(job), JobState::Open { start_by: 17 });
		run_to(18);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Late]);
	});
}

#[test]
fn expiry_should_use_up_attempts_when_three_miners_fail() {
	execute(|| {
		offer_miners(3);
		let job = post_leased(echo_spec());
		for attempt in 0..3 {
			assert_eq!(lease_of(job, 0).expect("let").attempt, attempt);
			assert_ok!(answer(job, 0, FAULT));
			end_block();
			begin_block();
		}
		let reason = RefundReason::Failed(aitbc_primitives::FailureCode::DeviceFault);
		assert_eq!(state_of(job), JobState::Refunded(reason));
		for n in 0..3 {
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Failed]);
			assert_eq!(earned(&miner(n)), 0);
		}
	});
}

#[test]
fn expiry_should_ignore_the_deadline_of_an_earlier_attempt() {
	execute(|| {
		offer_miners(2);
		let job = post_leased(echo_spec());
		run_to(5);
		assert_ok!(answer(job, 0, FAULT));
		end_block();
		let lease = lease_of(job, 0).expect("let again");
		assert_eq!((lease.attempt, lease.deliver_by), (1, 15));
		// Block 12: the first attempt's entry falls due and is void.
		run_to(15);
		assert_eq!(lease_of(job, 0).expect("still in time").attempt, 1);
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(earned(&miner(1)), PRICE);
	});
}

#[test]
fn expiry_should_judge_when_a_reveal_is_missing() {
	execute(|| {
		offer_miners(3);
		let job = post_judging(replicated(echo_spec(), 3, 2));
		let reveal_by = 1 + REVEAL_WITHIN;
		assert_eq!(state_of(job), JobState::Judging { reveal_by });
		assert_ok!(answer(job, 0, completed(1)));
		run_to(reveal_by);
		assert_ok!(answer(job, 1, completed(1)));
		assert_eq!(state_of(job), JobState::Judging { reveal_by });
		run_to(reveal_by + 1);
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!(fates_of(&miner(2)), [LeaseFate::Withheld]);
		assert_eq!((earned(&miner(0)), earned(&miner(1)), earned(&miner(2))), (PRICE, PRICE, 0));
	});
}

#[test]
fn expiry_should_not_take_a_reveal_after_the_window() {
	execute(|| {
		offer_miners(2);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		run_to(1 + REVEAL_WITHIN);
		System::set_block_number(2 + REVEAL_WITHIN);
		assert!(!<JobsPallet as LeasesTrait<AccountId>>::may_reveal(job));
		assert_noop!(answer(job, 0, completed(1)), Error::<Test>::TooLate);
	});
}

#[test]
fn expiry_should_refund_when_a_late_lease_is_found_after_the_time_to_start() {
	execute(|| {
		offer_miners(1);
		let spec = JobSpec { deliver_within_blocks: 1, ..replicated(echo_spec(), 2, 2) };
		let job = post(spec);
		end_block();
		// Nothing is expired for a while, but tickets are served, and the waiting one is void.
		System::set_block_number(7);
		end_block();
		offer_miners(3);
		begin_block();
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Late]);
	});
}

#[test]
fn expiry_should_not_punish_commitments_when_a_replica_finds_no_miner() {
	execute(|| {
		offer_miners(2);
		let job = post(replicated(echo_spec(), 3, 2));
		end_block();
		assert_ok!(commit(job, 0));
		assert_ok!(commit(job, 1));
		run_to(7);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Released]);
		assert_eq!(fates_of(&miner(1)), [LeaseFate::Released]);
	});
}

#[test]
fn expiry_should_keep_its_terms_when_governance_changes_parameters() {
	execute(|| {
		offer_miners(2);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		RevealBlocks::set(100);
		run_to(2 + REVEAL_WITHIN);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
		RetainBlocks::set(1_000_000);
		run_to(2 + REVEAL_WITHIN + RETENTION);
		assert_eq!(Jobs::<Test>::get(job), None);
	});
}

#[test]
fn expiry_should_work_when_the_reveal_window_is_zero() {
	execute(|| {
		offer_miners(2);
		RevealBlocks::set(0);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		assert_ok!(answer(job, 0, completed(1)));
		assert_ok!(answer(job, 1, completed(1)));
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });

		let job = post_judging(replicated(echo_spec(), 2, 2));
		run_to(2);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
	});
}

/// Jobs posted in one block with one deadline.
const FLOOD: u64 = 10_000;

#[test]
fn expiry_should_lose_no_entry_when_one_block_is_flooded() {
	execute(|| {
		let spec = JobSpec { max_price_per_unit: 1, ..echo_spec() };
		for _ in 0..FLOOD {
			post(spec.clone());
		}
		assert_eq!(DueLen::<Test>::get(7), FLOOD as u32);
		// Room for a hundred steps and the looks between them.
		let hundred = JobsPallet::due_step_weight().saturating_mul(101);
		ServiceWeight::set(hundred);
		System::set_block_number(6);
		let (mut done, mut blocks) = (0, 0);
		while DueCursor::<Test>::get().block <= 7 {
			let next = now() + 1;
			System::set_block_number(next);
			let used = JobsPallet::on_initialize(next);
			assert!(used.all_lte(hundred), "the hook took more than its share");
			let Cursor { block, index } = DueCursor::<Test>::get();
			assert!(block > 7 || index >= done + 90, "the hook stood still at {index}");
			done = index;
			blocks += 1;
		}
		assert!(blocks <= 112, "{blocks} blocks for {FLOOD} entries");
		assert!(blocks >= 99, "{blocks} blocks did what has no room in them");
		assert_eq!(Due::<Test>::iter_prefix(7).count(), 0);
		assert!(Jobs::<Test>::iter_values().all(|job| job.state.is_ended()));
		assert_eq!(held(HoldReason::Escrow, &CLIENT), 0);
	});
}

#[test]
fn expiry_should_serve_new_jobs_when_the_hook_is_behind() {
	execute(|| {
		let spec = JobSpec { max_price_per_unit: 1, ..echo_spec() };
		for _ in 0..500 {
			post(spec.clone());
		}
		offer_miners(1);
		let limit = JobsPallet::due_step_weight().saturating_mul(5);
		ServiceWeight::set(limit);
		System::set_block_number(7);
		JobsPallet::on_initialize(7);
		// What the extrinsics leave at the end of the block is for matching alone.
		let job = post(gemm_spec());
		end_block();
		assert_eq!(state_of(job), JobState::Leased);
	});
}

#[test]
fn expiry_should_go_on_when_an_entry_names_nothing() {
	execute(|| {
		// The prune entry of a job that has not ended is void, too.
		JobsPallet::schedule(7, DueItem::Prune { job: JobId(0) });
		let (job, replica, attempt) = (JobId(99), 200, 9);
		for item in [
			DueItem::Start { job },
			DueItem::Delivery { job, replica, attempt },
			DueItem::Reveal { job },
			DueItem::Prune { job },
		] {
			JobsPallet::schedule(7, item);
		}
		let job = post(echo_spec());
		JobsPallet::schedule(7, DueItem::Reveal { job });
		JobsPallet::schedule(7, DueItem::Delivery { job, replica, attempt });
		run_to(7);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		assert_eq!(DueLen::<Test>::get(7), 0);
		assert_eq!(DueCursor::<Test>::get(), Cursor { block: 8, index: 0 });
	});
}

#[test]
fn expiry_should_catch_up_when_blocks_were_skipped() {
	execute(|| {
		let (first, second) = (post(echo_spec()), post(echo_spec()));
		System::set_block_number(500);
		JobsPallet::on_initialize(500);
		for job in [first, second] {
			assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		}
		assert_eq!(DueCursor::<Test>::get(), Cursor { block: 501, index: 0 });
	});
}

#[test]
fn expiry_should_do_nothing_when_the_meter_is_empty() {
	execute(|| {
		let job = post(echo_spec());
		ServiceWeight::set(Weight::zero());
		System::set_block_number(7);
		assert_eq!(JobsPallet::on_initialize(7), Weight::zero());
		assert!(!state_of(job).is_ended());
		ServiceWeight::set(Weight::MAX);
		begin_block();
		assert!(state_of(job).is_ended());
	});
}
