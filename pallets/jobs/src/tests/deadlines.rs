//! Deadlines: late miners, no miners, floods.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::Hooks};

/// Weight with room for the deadlines of one block, at most `steps` of the dearest; none for matching.
fn room_for(steps: u64) -> Weight {
	let time = JobsPallet::service_weight()
		.saturating_add(<() as WeightInfo>::due_look(0))
		.saturating_add(JobsPallet::due_step_weight().saturating_mul(steps));
	Weight::from_parts(time.ref_time(), u64::MAX)
}

#[test]
fn deadline_should_refund_when_no_miner_is_found_in_time() {
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
fn deadline_should_relet_to_another_miner_when_the_first_is_silent() {
	execute(|| {
		offer_miners(2);
		let job = post_leased(echo_spec());
		run_to(12);
		assert_eq!(lease_of(job, 0).expect("in time").miner, miner(0));
		run_to(13);
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Late]);
		let lease = lease_of(job, 0).expect("let again in the same block");
		assert_eq!((lease.miner, lease.attempt, lease.deliver_by), (miner(1), 1, 23));
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
		assert_eq!((earned(&miner(0)), earned(&miner(1))), (0, PRICE));
		let fates: Vec<_> =
			record_of(job).history.iter().map(|end| (end.attempt, end.fate)).collect();
		assert_eq!(fates, [(0, LeaseFate::Late), (1, LeaseFate::Accepted)]);
	});
}

#[test]
fn deadline_should_take_an_answer_in_the_last_block_and_not_in_the_next() {
	for late in [0, 1] {
		execute(|| {
			offer_miners(1);
			let job = post_leased(echo_spec());
			// Only the block number moves: the hook is behind, the deadline is not.
			System::set_block_number(12 + late);
			if late == 0 {
				assert_ok!(answer(job, 0, completed(1)));
			} else {
				assert_noop!(answer(job, 0, completed(1)), Error::<Test>::TooLate);
			}
		});
	}
}

#[test]
fn deadline_should_take_a_commitment_in_the_last_block_and_not_in_the_next() {
	for late in [0, 1] {
		execute(|| {
			offer_miners(2);
			let job = post_leased(replicated(echo_spec(), 2, 2));
			System::set_block_number(12 + late);
			if late == 0 {
				assert_ok!(commit(job, 0));
			} else {
				assert_noop!(commit(job, 0), Error::<Test>::TooLate);
			}
		});
	}
}

#[test]
fn deadline_should_not_take_a_reveal_after_the_window() {
	execute(|| {
		offer_miners(2);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		System::set_block_number(3 + REVEAL_WITHIN);
		assert!(!<JobsPallet as LeasesTrait<AccountId>>::may_reveal(job));
		assert_noop!(answer(job, 0, completed(1)), Error::<Test>::TooLate);
		System::set_block_number(2 + REVEAL_WITHIN);
		assert!(<JobsPallet as LeasesTrait<AccountId>>::may_reveal(job));
		assert_ok!(answer(job, 0, completed(1)));
	});
}

#[test]
fn deadline_should_refund_after_the_last_attempt() {
	execute(|| {
		offer_miners(5);
		let before = free(&CLIENT);
		let job = post_leased(echo_spec());
		run_to(24);
		assert_eq!(lease_of(job, 0).expect("third attempt").attempt, 2);
		run_to(34);
		assert_eq!(state_of(job), JobState::Leased);
		run_to(35);
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
fn deadline_should_release_the_other_miners_when_one_replica_uses_up_its_attempts() {
	execute(|| {
		offer_miners(5);
		let job = post_leased(replicated(echo_spec(), 3, 2));
		assert_ok!(commit(job, 0));
		assert_ok!(commit(job, 1));
		run_to(40);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::AttemptsUsedUp));
		for n in 0..2 {
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Released]);
			assert_eq!(earned(&miner(n)), PRICE * 5 / 100, "their time is paid");
		}
		for n in 2..5 {
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Late]);
		}
	});
}

#[test]
fn deadline_should_refund_when_no_other_miner_is_found_after_a_late_one() {
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		run_to(13);
		assert_eq!(state_of(job), JobState::Open { start_by: 18 });
		run_to(18);
		assert_eq!(state_of(job), JobState::Open { start_by: 18 });
		run_to(19);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Late]);
	});
}

#[test]
fn deadline_of_an_earlier_attempt_should_be_passed_over() {
	execute(|| {
		offer_miners(2);
		let job = post_leased(echo_spec());
		run_to(5);
		assert_ok!(answer(job, 0, FAULT));
		begin_block();
		let lease = lease_of(job, 0).expect("let again");
		assert_eq!((lease.attempt, lease.deliver_by), (1, 16));
		// Block 13: the first attempt's entry falls due and is void.
		run_to(16);
		assert_eq!(lease_of(job, 0).expect("still in time").attempt, 1);
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(earned(&miner(1)), PRICE);
	});
}

#[test]
fn late_lease_should_end_the_job_when_the_time_to_start_is_over() {
	execute(|| {
		offer_miners(1);
		let spec = JobSpec { deliver_within_blocks: 1, ..replicated(echo_spec(), 2, 2) };
		let job = post(spec);
		begin_block();
		assert!(matches!(state_of(job), JobState::Open { start_by: 6 }));
		// Nothing is served for a while, and the waiting ticket is void.
		offer_miners(3);
		begin_block_at(7);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		assert_eq!(fates_of(&miner(0)), [LeaseFate::Late]);
	});
}

#[test]
fn deadline_should_not_punish_commitments_when_a_replica_finds_no_miner() {
	execute(|| {
		offer_miners(2);
		let job = post(replicated(echo_spec(), 3, 2));
		begin_block();
		assert_ok!(commit(job, 0));
		assert_ok!(commit(job, 1));
		run_to(7);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		for n in 0..2 {
			assert_eq!(fates_of(&miner(n)), [LeaseFate::Released]);
			assert_eq!(earned(&miner(n)), PRICE * 5 / 100, "their time is paid");
		}
	});
}

#[test]
fn deadline_should_work_when_the_reveal_window_is_zero() {
	execute(|| {
		offer_miners(2);
		RevealBlocks::set(0);
		post_answered(replicated(echo_spec(), 2, 2), &[completed(1), completed(1)]);
		let job = post_judging(replicated(echo_spec(), 2, 2));
		begin_block();
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoQuorum));
	});
}

/// Jobs posted in one block with one deadline.
const FLOOD: u32 = 1_000;

#[test]
fn attack_expiry_queue_of_one_block_is_flooded() {
	// 10,000 entries: a thousand jobs, and nine void ones before each. None is lost, and the hook keeps
	// to its share.
	execute(|| {
		let spec = JobSpec { max_price_per_unit: 1, ..echo_spec() };
		for _ in 0..FLOOD {
			for index in 0..9 {
				let job = JobId(u64::MAX - index);
				JobsPallet::schedule(7, DueItem::Start { job });
			}
			post(spec.clone());
		}
		assert_eq!(Deadlines::<Test>::get(7).len(), 10_000);
		let limit = room_for(10);
		ServiceWeight::set(limit);
		System::set_block_number(6);
		let (mut left, mut blocks) = (10_000, 0);
		while DeadlineCursor::<Test>::get() <= 7 {
			assert!(begin_block().all_lte(limit), "the hook took more than its share");
			let now_left = Deadlines::<Test>::get(7).len();
			assert!(now_left == 0 || now_left <= left - 50, "the hook stood still at {now_left}");
			left = now_left;
			blocks += 1;
		}
		assert!(blocks >= 5, "{blocks} blocks did what has no room in them");
		assert_eq!(DeadlinePages::<Test>::iter_keys().count(), 0);
		assert!(Jobs::<Test>::iter_values().all(|job| job.state.is_ended()));
		assert_eq!(held(HoldReason::Escrow, &CLIENT), 0);
		ServiceWeight::set(Weight::MAX);
		run_to(now() + RETENTION);
		assert_empty();
	});
}

#[test]
fn attack_flood_of_deadlines_stops_matching() {
	execute(|| {
		let spec = JobSpec { max_price_per_unit: 1, ..echo_spec() };
		for _ in 0..500 {
			post(spec.clone());
		}
		offer_miners(1);
		System::set_block_number(6);
		let job = post(gemm_spec());
		ServiceWeight::set(room_for(6));
		begin_block();
		assert!(Deadlines::<Test>::get(7).len() > 400, "there was no flood");
		assert_eq!(state_of(job), JobState::Leased);
	});
}

#[test]
fn deadline_should_go_on_when_an_entry_names_nothing() {
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
		assert!(!Deadlines::<Test>::contains_key(7));
		assert_eq!(DeadlineCursor::<Test>::get(), 8);
	});
}

#[test]
fn deadline_should_be_charged_what_it_set_off() {
	let base = || {
		JobsPallet::service_weight()
			.saturating_add(<() as WeightInfo>::due_look(0))
			.saturating_add(<() as WeightInfo>::queue_begin())
	};
	let look = <() as WeightInfo>::due_look(1).saturating_sub(<() as WeightInfo>::due_look(0));
	execute(|| {
		// Nothing at all.
		assert_eq!(begin_block(), base());
		JobsPallet::schedule(3, DueItem::Start { job: JobId(9) });
		JobsPallet::schedule(3, DueItem::Start { job: JobId(9) });
		assert_eq!(begin_block(), base().saturating_add(look).saturating_add(look));
	});
	execute(|| {
		offer_miners(2);
		let job = post_leased(replicated(echo_spec(), 2, 2));
		let fall = JobsPallet::fall_due;
		assert_eq!(fall(DueItem::Start { job }), look);
		System::set_block_number(lease_of(job, 0).expect("let").deliver_by + 1);
		let late = DueItem::Delivery { job, replica: 0, attempt: 0 };
		assert_eq!(fall(late), <() as WeightInfo>::due_delivery(2));
		// The other entries of a job that is open again are void until their time.
		assert_eq!(fall(DueItem::Start { job }), look);
		assert_eq!(fall(DueItem::Reveal { job }), look);
		assert_eq!(fall(DueItem::Prune { job }), look);
		System::set_block_number(now() + 10);
		assert_eq!(fall(DueItem::Start { job }), <() as WeightInfo>::due_start(1));
		assert_eq!(fall(DueItem::Prune { job }), <() as WeightInfo>::due_prune(2));
	});
}

#[test]
fn deadline_should_catch_up_when_blocks_were_skipped() {
	// As after a migration of several blocks, in which no such hook runs.
	execute(|| {
		let (first, second) = (post(echo_spec()), post(echo_spec()));
		begin_block_at(500);
		for job in [first, second] {
			assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
		}
		assert_eq!(DeadlineCursor::<Test>::get(), 501);
	});
}

#[test]
fn deadline_should_do_nothing_when_the_meter_is_empty() {
	execute(|| {
		let job = post(echo_spec());
		ServiceWeight::set(Weight::zero());
		System::set_block_number(6);
		assert_eq!(begin_block(), Weight::zero());
		assert!(!state_of(job).is_ended());
		ServiceWeight::set(Weight::MAX);
		begin_block();
		assert!(state_of(job).is_ended());
	});
}

#[test]
fn deadline_should_have_room_for_one_however_small_the_share() {
	execute(|| {
		let jobs: Vec<JobId> = (0..3).map(|_| post(echo_spec())).collect();
		System::set_block_number(6);
		DeadlineCursor::<Test>::put(7);
		ServiceWeight::set(room_for(1));
		let ended = || jobs.iter().filter(|job| state_of(**job).is_ended()).count();
		for count in 1..=3 {
			begin_block();
			assert_eq!(ended(), count);
		}
		ServiceWeight::set(room_for(1).saturating_sub(Weight::from_parts(1, 0)));
		let job = post(echo_spec());
		System::set_block_number(now() + 10);
		begin_block();
		assert!(!state_of(job).is_ended());
	});
}

#[test]
fn on_poll_should_be_all_there_is() {
	execute(|| {
		let job = post(echo_spec());
		System::set_block_number(9);
		assert_eq!(JobsPallet::on_initialize(9), Weight::zero());
		assert_eq!(JobsPallet::on_idle(9, Weight::MAX), Weight::zero());
		assert!(!state_of(job).is_ended());
	});
}
