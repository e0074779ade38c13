//! The waiting queues: who is let what, in which order, at which cost.

use crate::{mock::*, *};
use frame_support::assert_ok;

/// Weight of exactly `steps` tickets at the end of a block.
fn weight_of_steps(steps: u64) -> Weight {
	let look = <Test as frame_system::Config>::DbWeight::get().reads(Class::ALL.len() as u64);
	look.saturating_add(JobsPallet::queue_step_weight().saturating_mul(steps))
}

fn idle(weight: Weight) -> Weight {
	JobsPallet::on_idle(now(), weight)
}

#[test]
fn matching_should_let_a_job_in_the_block_it_was_posted_in() {
	execute(|| {
		offer_miners(1);
		let job = post(gemm_spec());
		take_events();
		end_block();
		let lease = lease_of(job, 0).expect("let");
		assert_eq!((lease.miner.clone(), lease.worker), (miner(0), worker_of(&miner(0))));
		assert_eq!((lease.attempt, lease.price_per_unit), (0, PRICE));
		assert_eq!((lease.leased_at, lease.deliver_by), (1, 11));
		assert_eq!(lease.state, LeaseState::Leased);
		assert_eq!(state_of(job), JobState::Leased);
		assert!(MinerLeases::<Test>::contains_key(miner(0), (job, 0)));
		assert_eq!(
			take_events(),
			[Event::LeaseStarted {
				job,
				replica: 0,
				attempt: 0,
				miner: miner(0),
				price_per_unit: PRICE,
				deliver_by: 11
			}]
		);
	});
}

#[test]
fn matching_should_let_each_replica_to_another_miner() {
	execute(|| {
		offer_miners(3);
		let job = post_leased(replicated(echo_spec(), 3, 2));
		let miners: Vec<AccountId> =
			(0..3).map(|replica| lease_of(job, replica).expect("let").miner).collect();
		assert_eq!(miners, [miner(0), miner(1), miner(2)]);
	});
}

#[test]
fn matching_should_leave_the_job_open_when_a_replica_finds_no_miner() {
	execute(|| {
		offer_miners(2);
		let job = post(replicated(echo_spec(), 3, 2));
		end_block();
		assert_eq!(state_of(job), JobState::Open { start_by: 6 });
		assert_eq!(lease_of(job, 2), None);
		offer_miners(3);
		begin_block();
		assert_eq!(state_of(job), JobState::Leased);
		assert_eq!(lease_of(job, 2).expect("let").miner, miner(2));
	});
}

#[test]
fn matching_should_find_a_miner_in_the_last_block_of_the_window_and_not_after() {
	for late in [false, true] {
		execute(|| {
			let job = post(echo_spec());
			run_to(6);
			if late {
				end_block();
			}
			offer_miners(1);
			match late {
				false => {
					end_block();
					assert_eq!(state_of(job), JobState::Leased);
				}
				true => {
					begin_block();
					assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
				}
			}
		});
	}
}

#[test]
fn matching_should_not_let_after_the_window_when_expiry_is_behind() {
	execute(|| {
		let job = post(echo_spec());
		run_to(5);
		// No hook has weight enough for the expiry queue at the start of the next blocks.
		ServiceWeight::set(Weight::zero());
		run_to(9);
		assert_eq!(state_of(job), JobState::Open { start_by: 6 });
		offer_miners(1);
		ServiceWeight::set(Weight::MAX);
		end_block();
		assert_eq!(lease_of(job, 0), None);
		begin_block();
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
	});
}

#[test]
fn matching_should_pay_no_more_than_the_client_allows() {
	execute(|| {
		offer_at(vec![(miner(0), MAX_PRICE + 1)]);
		let job = post(echo_spec());
		end_block();
		assert_eq!(lease_of(job, 0), None);
		offer_at(vec![(miner(0), MAX_PRICE)]);
		begin_block();
		assert_eq!(lease_of(job, 0).expect("let").price_per_unit, MAX_PRICE);
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(earned(&miner(0)), MAX_PRICE);
	});
}

#[test]
fn matching_should_not_be_blocked_when_the_head_of_the_queue_is_unmatchable() {
	execute(|| {
		offer_at(vec![(miner(0), PRICE)]);
		let cheap = JobSpec { max_price_per_unit: 1, ..echo_spec() };
		let stuck: Vec<JobId> = (0..50).map(|_| post(cheap.clone())).collect();
		let job = post(echo_spec());
		end_block();
		assert_eq!(state_of(job), JobState::Leased);
		assert!(stuck.iter().all(|job| matches!(state_of(*job), JobState::Open { .. })));
	});
}

#[test]
fn matching_should_reach_every_ticket_when_a_block_has_weight_for_one() {
	execute(|| {
		offer_at(vec![(miner(0), PRICE)]);
		let cheap = JobSpec { max_price_per_unit: 1, ..echo_spec() };
		for _ in 0..4 {
			post(cheap.clone());
		}
		let job = post(echo_spec());
		for _ in 0..4 {
			idle(weight_of_steps(1));
			assert!(matches!(state_of(job), JobState::Open { .. }));
		}
		idle(weight_of_steps(1));
		assert_eq!(state_of(job), JobState::Leased);
	});
}

#[test]
fn matching_should_serve_every_class_when_a_block_has_weight_for_one() {
	execute(|| {
		register(cid(9));
		// Nobody offers anything to the echo jobs; they must not starve the others.
		let cheap = JobSpec { max_price_per_unit: 1, start_within_blocks: 100, ..echo_spec() };
		for _ in 0..20 {
			post(cheap.clone());
		}
		let gemm = post(JobSpec { start_within_blocks: 100, ..gemm_spec() });
		let wgsl = post(JobSpec { start_within_blocks: 100, ..wgsl_spec() });
		offer_miners(1);
		for _ in 0..3 {
			idle(weight_of_steps(1));
			System::set_block_number(now() + 1);
		}
		assert_eq!(state_of(gemm), JobState::Leased);
		assert_eq!(state_of(wgsl), JobState::Leased);
	});
}

#[test]
fn matching_should_take_turns_between_classes() {
	execute(|| {
		let cheap = JobSpec { max_price_per_unit: 1, ..echo_spec() };
		for _ in 0..100 {
			post(cheap.clone());
		}
		let gemm = post(gemm_spec());
		offer_miners(1);
		idle(weight_of_steps(3));
		assert_eq!(state_of(gemm), JobState::Leased);
	});
}

#[test]
fn matching_should_do_nothing_when_the_meter_is_empty() {
	execute(|| {
		offer_miners(1);
		let job = post(echo_spec());
		assert_eq!(idle(Weight::zero()), Weight::zero());
		let short = weight_of_steps(1).saturating_sub(Weight::from_parts(1, 0));
		assert!(idle(short).all_lte(short));
		assert!(matches!(state_of(job), JobState::Open { .. }));
		assert_eq!(idle(weight_of_steps(1)), weight_of_steps(1));
		assert_eq!(state_of(job), JobState::Leased);
	});
}

#[test]
fn matching_should_never_use_more_than_the_service_weight() {
	execute(|| {
		offer_miners(1);
		for _ in 0..10 {
			post(echo_spec());
		}
		let limit = weight_of_steps(3);
		ServiceWeight::set(limit);
		assert!(idle(Weight::MAX).all_lte(limit));
		assert_eq!(Leases::<Test>::iter().count(), 3);
		System::set_block_number(2);
		assert!(JobsPallet::on_initialize(2).all_lte(limit));
	});
}

#[test]
fn matching_should_pass_over_void_tickets_within_the_meter() {
	execute(|| {
		for _ in 0..200 {
			let job = post(echo_spec());
			assert_ok!(JobsPallet::cancel(signed(CLIENT), job));
		}
		let job = post(echo_spec());
		offer_miners(1);
		idle(weight_of_steps(150));
		assert!(matches!(state_of(job), JobState::Open { .. }));
		idle(weight_of_steps(51));
		assert_eq!(state_of(job), JobState::Leased);
		assert_eq!(seeds().len(), 1, "a void ticket reached the market");
	});
}

#[test]
fn matching_should_ask_with_a_seed_of_its_own_for_every_ticket_and_block() {
	execute(|| {
		post(replicated(echo_spec(), 3, 2));
		post(echo_spec());
		end_block();
		let first = seeds();
		assert_eq!(first.len(), 4);
		let distinct: std::collections::BTreeSet<Hash> = first.iter().copied().collect();
		assert_eq!(distinct.len(), 4);
	});
}

#[test]
fn integrity_test_should_panic_when_no_step_fits_the_service_weight() {
	execute(|| {
		let least = JobsPallet::due_step_weight().max(JobsPallet::queue_step_weight());
		ServiceWeight::set(least);
		JobsPallet::integrity_test();
		ServiceWeight::set(least.saturating_sub(Weight::from_parts(1, 0)));
		assert!(std::panic::catch_unwind(JobsPallet::integrity_test).is_err());
	});
}
