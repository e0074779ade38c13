//! The end of a record.

use crate::{mock::*, *};
use frame_support::assert_ok;

#[test]
fn prune_should_return_the_deposit_and_drop_everything_when_the_time_is_over() {
	execute(|| {
		register(cid(9));
		offer_miners(1);
		let before = free(&CLIENT);
		let job = post_leased(wgsl_spec());
		assert_ok!(answer(job, 0, completed(1)));
		run_to(1 + RETENTION);
		assert!(Jobs::<Test>::contains_key(job));
		assert_eq!(held(HoldReason::JobDeposit, &CLIENT), JOB_DEPOSIT);
		take_events();
		run_to(2 + RETENTION);
		assert_empty();
		assert_eq!(Programs::<Test>::get(cid(9)).expect("registered").jobs, 0);
		assert_eq!(free(&CLIENT), before - 5 * PRICE);
		assert_eq!(pruned(), [(job, 1)]);
		assert_eq!(take_events(), [Event::JobPruned { job }]);
	});
}

#[test]
fn prune_should_follow_every_way_out() {
	execute(|| {
		let none = post(echo_spec());
		run_to(7);
		offer_miners(7);
		let cancelled = post_leased(replicated(echo_spec(), 7, 4));
		assert_ok!(cancel(cancelled));
		let split = post_answered(
			replicated(echo_spec(), 3, 3),
			&[completed(1), completed(2), completed(3)],
		);
		run_to(9 + RETENTION);
		assert_empty();
		let mut dropped = pruned();
		dropped.sort();
		assert_eq!(dropped, [(none, 1), (cancelled, 7), (split, 3)]);
		assert_eq!(free(&CLIENT), ENDOWMENT - 7 * PRICE);
	});
}

#[test]
fn prune_should_name_tie_breakers_that_were_called() {
	execute(|| {
		offer_miners(3);
		let job = post_answered(replicated(echo_spec(), 2, 2), &[completed(1), completed(2)]);
		begin_block();
		assert_ok!(commit(job, 2));
		assert_ok!(answer(job, 2, completed(1)));
		run_to(3 + RETENTION);
		assert_eq!(pruned(), [(job, 3)]);
	});
}

#[test]
fn prune_should_happen_in_the_next_block_when_retention_is_zero() {
	execute(|| {
		RetainBlocks::set(0);
		let job = post(echo_spec());
		assert_ok!(cancel(job));
		assert!(Jobs::<Test>::contains_key(job));
		run_to(2);
		assert!(!Jobs::<Test>::contains_key(job));
	});
}

#[test]
fn prune_should_leave_no_storage_behind() {
	execute(|| {
		offer_miners(3);
		for _ in 0..5 {
			post_answered(replicated(echo_spec(), 3, 2), &[completed(1); 3]);
		}
		post_leased(echo_spec());
		// Deadlines that were met, late ones, and the records themselves: all of it goes.
		run_to(200);
		assert_empty();
	});
}
