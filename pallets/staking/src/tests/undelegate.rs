//! `undelegate`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn undelegate_should_turn_shares_into_a_chunk_when_they_are_free() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		assert_ok!(undelegate(2, 1, 200));
		let until = 1 + UNBONDING;
		let info = miner(1);
		assert_eq!((info.pool.value, info.unbonding.value, held(1)), (400, 200, MINIMUM + 600));
		assert_eq!(info.bond(), MINIMUM + 400);
		let chunks = vec![ChunkStatus { value: 200, until }];
		assert_eq!(delegation(2, 1), DelegationStatus { shares: 400, value: 400, chunks });
		assert_eq!(
			last_event(),
			Some(Event::Undelegated {
				miner: account(1),
				delegator: account(2),
				shares: 200,
				amount: 200,
				until
			})
		);
		assert_ok!(undelegate(2, 1, 400));
		assert!(!Delegations::<Test>::contains_key(account(1), account(2)));
	});
}

#[test]
fn undelegate_should_give_what_the_shares_are_worth_when_rewards_were_added() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, MINIMUM));
		pay(1, 1_000);
		assert_ok!(undelegate(2, 1, 500));
		assert_eq!(delegation(2, 1).chunks[0].value, 750);
		// What is leaving earns nothing any more.
		pay(1, 1_000);
		assert_eq!(delegation(2, 1).chunks[0].value, 750);
	});
}

#[test]
fn undelegate_should_fail_when_the_origin_has_not_so_many_shares() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Staking::undelegate(origin, account(1), 1), BadOrigin);
		}
		assert_noop!(undelegate(2, 1, 1), Error::<Test>::NotRegistered);
		assert_ok!(register(1, MINIMUM));
		assert_noop!(undelegate(2, 1, 1), Error::<Test>::NotEnoughStaked);
		assert_ok!(delegate(2, 1, 600));
		assert_ok!(delegate(3, 1, 600));
		assert_noop!(undelegate(2, 1, 0), Error::<Test>::AmountInvalid);
		assert_noop!(undelegate(2, 1, 601), Error::<Test>::NotEnoughStaked);
		assert_noop!(undelegate(2, 1, u128::MAX), Error::<Test>::NotEnoughStaked);
		assert_ok!(undelegate(2, 1, 600));
		assert_noop!(undelegate(2, 1, 1), Error::<Test>::NotEnoughStaked);
	});
}

#[test]
fn undelegate_should_leave_nothing_or_the_minimum_when_it_takes_a_part() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 3 * LEAST));
		assert_noop!(undelegate(2, 1, 2 * LEAST + 1), Error::<Test>::DelegationTooLow);
		assert_noop!(undelegate(2, 1, 3 * LEAST - 1), Error::<Test>::DelegationTooLow);
		assert_ok!(undelegate(2, 1, 2 * LEAST));
		assert_ok!(undelegate(2, 1, LEAST));
	});
}

#[test]
fn undelegate_should_still_let_all_go_when_a_slash_left_less_than_the_minimum() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, LEAST));
		lease(1, 550, LeaseFate::Wrong);
		assert_eq!(delegation(2, 1).value, 50);
		assert_noop!(undelegate(2, 1, 1), Error::<Test>::DelegationTooLow);
		assert_ok!(undelegate(2, 1, LEAST));
		assert_eq!(delegation(2, 1).chunks[0].value, 50);
	});
}

#[test]
fn undelegate_should_fail_when_leases_need_the_bond() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		let open = lock(1, MINIMUM + 300).expect("is free");
		assert_noop!(undelegate(2, 1, 301), Error::<Test>::NotEnoughFree);
		assert_noop!(undelegate(2, 1, 600), Error::<Test>::NotEnoughFree);
		assert_ok!(undelegate(2, 1, 300));
		unlock(&open, LeaseFate::Accepted);
		assert_ok!(undelegate(2, 1, 300));
	});
}

#[test]
fn undelegate_should_succeed_when_no_lease_stands_on_what_is_taken() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 4 * MINIMUM));
		// Its part of a reward is more than the miner's own allows: it backs nothing.
		pay(1, 5 * MINIMUM);
		assert_eq!((miner(1).pool.value, miner(1).backing(400)), (8 * MINIMUM, 5 * MINIMUM));
		let open = lock(1, 5 * MINIMUM).expect("is free");
		assert_ok!(undelegate(2, 1, 2 * MINIMUM));
		assert_eq!((miner(1).pool.value, miner(1).free(400)), (4 * MINIMUM, 0));
		assert_noop!(undelegate(2, 1, 1), Error::<Test>::NotEnoughFree);
		unlock(&open, LeaseFate::Accepted);
	});
}

#[test]
fn undelegate_should_keep_the_bond_above_the_leases_when_governance_lets_less_count() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 4 * MINIMUM));
		let open = lock(1, 4 * MINIMUM).expect("is free");
		MaxDelegationPercent::set(100);
		assert_eq!(miner(1).free(100), 0);
		assert_noop!(undelegate(2, 1, MINIMUM + 1), Error::<Test>::NotEnoughFree);
		assert_ok!(undelegate(2, 1, MINIMUM));
		// Even so, one lost lease is paid in full.
		assert_eq!(unlock(&open, LeaseFate::Wrong), 4 * MINIMUM);
	});
}

#[test]
fn undelegate_should_take_so_many_chunks_and_no_more_when_each_ends_in_another_block() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		for _ in 0..CHUNKS {
			assert_ok!(undelegate(2, 1, 1));
			assert_ok!(undelegate(2, 1, 1));
			wait(1);
		}
		assert_noop!(undelegate(2, 1, 1), Error::<Test>::TooManyChunks);
		// Another's are another's.
		assert_ok!(delegate(3, 1, 600));
		assert_ok!(undelegate(3, 1, 600));
	});
}

#[test]
fn undelegate_should_succeed_when_the_miner_is_leaving() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		assert_ok!(Staking::leave(signed(1)));
		assert_ok!(undelegate(2, 1, 600));
		wait(UNBONDING);
		assert_ok!(Staking::withdraw_unbonded(signed(2), account(1)));
		assert_eq!(free(2), WEALTH);
	});
}

#[test]
fn undelegate_should_clear_the_record_when_a_slash_left_nothing() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		lease(1, MINIMUM + 600, LeaseFate::Wrong);
		assert_eq!(delegation(2, 1).value, 0);
		assert_ok!(undelegate(2, 1, 600));
		assert_eq!(delegation(2, 1), DelegationStatus::default());
		assert_eq!(miner(1).pool, Default::default());
	});
}
