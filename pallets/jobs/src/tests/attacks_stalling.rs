//! What has stalled other compute markets, tried on this one. Floods of the expiry queue are in
//! `deadlines`, of the rings without storage in `walk`.

use crate::{mock::*, *};
use aitbc_primitives::Requirements;
use frame_support::{assert_noop, assert_ok};

/// Gives the rings so much weight.
fn serve(weight: Weight) {
	JobsPallet::serve_rings(&mut WeightMeter::with_limit(weight));
}

/// Time for so many searches.
fn room_for(steps: u64) -> Weight {
	let room = <() as WeightInfo>::queue_begin()
		.saturating_add(JobsPallet::queue_step_weight().saturating_mul(steps));
	Weight::from_parts(room.ref_time(), u64::MAX)
}

/// A dear job that the only miner may not have.
fn unmatchable() -> JobSpec {
	JobSpec {
		max_price_per_unit: 10_000,
		requirements: Requirements {
			deny: BoundedVec::truncate_from(vec![miner(0)]),
			..Default::default()
		},
		start_within_blocks: MAX_WINDOW,
		..echo_spec()
	}
}

#[test]
fn attack_unmatchable_jobs_at_the_head() {
	execute(|| {
		for _ in 0..1_000 {
			post(unmatchable());
		}
		let job = post(echo_spec());
		offer_miners(1);
		// Each block has room for two of the dearest searches, for some more of these. Every other goes around.
		for _ in 0..2 {
			serve(room_for(2));
		}
		assert_eq!(state_of(job), JobState::Leased);
		let search = <() as WeightInfo>::queue_search(1, 0).ref_time();
		let most = 2 * room_for(2).ref_time() / search;
		assert!(asked().len() as u64 <= most && most < 40);
	});
}

#[test]
fn attack_queue_of_void_tickets() {
	execute(|| {
		for _ in 0..1_000 {
			let job = post(unmatchable());
			assert_ok!(cancel(job));
		}
		let job = post(echo_spec());
		offer_miners(1);
		serve(room_for(200));
		assert_eq!(state_of(job), JobState::Leased);
		for _ in 0..3 {
			serve(room_for(200));
		}
		assert_eq!(tickets(Class::Echo), 0);
		assert_eq!(RingPages::<Test>::iter_keys().count(), 0);
	});
}

#[test]
fn attack_void_tickets_below_every_offer_stay_for_ever() {
	execute(|| {
		offer_miners(1);
		for _ in 0..500 {
			let job = post(JobSpec { max_price_per_unit: 1, ..echo_spec() });
			assert_ok!(cancel(job));
		}
		// One that stands among them, and is never searched for.
		post(JobSpec { max_price_per_unit: 1, ..echo_spec() });
		begin_block();
		assert_eq!(tickets(Class::Echo), 1);
		assert!(asked().is_empty());
		run_to(9);
		assert_eq!(tickets(Class::Echo), 0);
	});
}

#[test]
fn attack_jobs_beyond_what_a_client_may_have() {
	execute(|| {
		MostLiveJobs::set(100);
		for _ in 0..100 {
			post(echo_spec());
		}
		assert_noop!(JobsPallet::submit(signed(CLIENT), echo_spec()), Error::<Test>::TooManyJobs);
		// Neither cancelling nor the end of the record makes the count go wrong.
		for job in 0..100 {
			assert_ok!(cancel(JobId(job)));
		}
		run_to(30);
		assert_empty();
		for _ in 0..100 {
			post(echo_spec());
		}
		assert_noop!(JobsPallet::submit(signed(CLIENT), echo_spec()), Error::<Test>::TooManyJobs);
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
		let pull = || JobsPallet::unregister_program(signed(OTHER_CLIENT), cid(9));
		assert_noop!(pull(), Error::<Test>::ProgramInUse);
		assert_ok!(answer(job, 0, completed(1)));
		assert_noop!(pull(), Error::<Test>::ProgramInUse);
		run_to(2 + RETENTION);
		assert_ok!(pull());
	});
}

#[test]
fn attack_record_is_pruned_while_it_is_named() {
	// By a ticket, by deadlines that were met, by whoever answers late.
	execute(|| {
		RetainBlocks::set(0);
		let job = post(replicated(echo_spec(), 2, 2));
		assert_ok!(cancel(job));
		begin_block();
		assert_eq!(Jobs::<Test>::get(job), None);
		assert!(Deadlines::<Test>::contains_key(7));
		assert_noop!(answer(job, 0, completed(1)), Error::<Test>::NoSuchJob);
		assert_noop!(commit(job, 0), Error::<Test>::NoSuchJob);
		assert!(!<JobsPallet as LeasesTrait<AccountId>>::may_reveal(job));
		offer_miners(2);
		run_to(8);
		assert!(asked().is_empty());
		assert_empty();
	});
	// Not before it has ended, whatever the queue says.
	execute(|| {
		offer_miners(1);
		let job = post_leased(echo_spec());
		JobsPallet::fall_due(DueItem::Prune { job });
		assert_eq!(state_of(job), JobState::Leased);
		assert!(pruned().is_empty());
	});
}

#[test]
fn attack_windows_of_nothing_or_of_ever() {
	execute(|| {
		let windows = |start_within_blocks, deliver_within_blocks| JobSpec {
			start_within_blocks,
			deliver_within_blocks,
			..echo_spec()
		};
		for (start, deliver) in [(0, 9), (9, 0), (u32::MAX, 9), (9, u32::MAX)] {
			assert_noop!(
				JobsPallet::submit(signed(CLIENT), windows(start, deliver)),
				Error::<Test>::Window
			);
		}
		// The shortest: one block to be found, one to answer.
		offer_miners(1);
		let job = post_leased(windows(1, 1));
		begin_block();
		assert_ok!(answer(job, 0, completed(1)));
		let job = post_leased(windows(1, 1));
		run_to(now() + 2);
		assert_noop!(answer(job, 0, completed(1)), Error::<Test>::NoSuchLease);
		// The longest binds a miner no longer than it says.
		let job = post_leased(windows(MAX_WINDOW, MAX_WINDOW));
		let deliver_by = now() + MAX_WINDOW;
		begin_block_at(deliver_by + 1);
		assert_eq!(record_of(job).history[0].fate, LeaseFate::Late);
	});
}

#[test]
fn attack_numbers_at_the_end_of_time() {
	execute(|| {
		System::set_block_number(u32::MAX - 3);
		DeadlineCursor::<Test>::put(u32::MAX - 2);
		offer_miners(1);
		let job = post_leased(echo_spec());
		assert_eq!(lease_of(job, 0).expect("let").deliver_by, u32::MAX);
		assert_ok!(answer(job, 0, completed(1)));
		begin_block();
	});
}

#[test]
fn attack_history_and_leases_outgrow_their_record() {
	// The longest life a job can have: see `record_should_take_nine_open_leases_and_27_that_ended`. A
	// lease more would find no room, and is not made.
	execute_unchecked(|| {
		let job = post(replicated(echo_spec(), 2, 2));
		offer_miners(50);
		begin_block();
		let lease = lease_of(job, 0).expect("let");
		Jobs::<Test>::mutate(job, |record| {
			let record = record.as_mut().expect("on record");
			while record.leases.try_push((u8::MAX, lease.clone())).is_ok() {}
			record.state = JobState::Open { start_by: 99 };
			record.replication.replicas = 12;
		});
		JobsPallet::enqueue(Class::Echo, 1_000, [Ticket { job, replica: 11, attempt: 0 }]);
		let before = asked().len();
		begin_block();
		assert_eq!(asked().len(), before, "the market was asked for what has no room");
	});
}
