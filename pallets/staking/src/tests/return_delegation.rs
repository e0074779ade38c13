//! `return_delegation`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

fn give_back(by: u8, miner: u8, delegator: u8) -> DispatchResult {
	Staking::return_delegation(signed(by), account(miner), account(delegator))
}

#[test]
fn return_delegation_should_return_shares_and_chunks_when_the_miner_has_left() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		assert_ok!(undelegate(2, 1, 200));
		assert_ok!(Staking::leave(signed(1)));
		wait(2);
		// A chunk that would be due later than the miner goes.
		assert_ok!(undelegate(2, 1, 100));
		wait(UNBONDING - 2);
		assert_ok!(give_back(5, 1, 2));
		assert_eq!((free(2), held(1)), (WEALTH, MINIMUM));
		assert_eq!(delegation(2, 1), DelegationStatus::default());
		assert_eq!(
			last_event(),
			Some(Event::DelegationReturned {
				miner: account(1),
				delegator: account(2),
				returned: 600,
				forfeited: 0
			})
		);
		assert_ok!(Staking::withdraw(signed(1)));
	});
}

#[test]
fn return_delegation_should_fail_when_the_leaving_is_not_over() {
	execute(|| {
		assert_noop!(give_back(5, 1, 2), Error::<Test>::NotRegistered);
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		assert_noop!(give_back(5, 1, 2), Error::<Test>::NotLeaving);
		assert_ok!(Staking::chill(signed(1)));
		assert_noop!(give_back(2, 1, 2), Error::<Test>::NotLeaving);
		assert_ok!(Staking::leave(signed(1)));
		run_to(UNBONDING);
		assert_noop!(give_back(1, 1, 2), Error::<Test>::StillUnbonding);
		run_to(1 + UNBONDING);
		assert_ok!(give_back(1, 1, 2));
	});
}

#[test]
fn return_delegation_should_fail_when_a_lease_is_open() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		let open = lock(1, 0).expect("is free");
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert_noop!(give_back(5, 1, 2), Error::<Test>::LeasesOpen);
		unlock(&open, LeaseFate::Accepted);
		assert_ok!(give_back(5, 1, 2));
	});
}

#[test]
fn return_delegation_should_fail_when_there_is_nothing() {
	execute(|| {
		assert_ok!(register(1, 3 * MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		assert_ok!(Staking::unbond(signed(1), MINIMUM));
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert_noop!(give_back(5, 1, 3), Error::<Test>::NoDelegation);
		// What the miner unbonds is its own: that goes by `withdraw`.
		assert_noop!(give_back(5, 1, 1), Error::<Test>::NoDelegation);
		assert_ok!(give_back(5, 1, 2));
		assert_noop!(give_back(5, 1, 2), Error::<Test>::NoDelegation);
	});
}

#[test]
fn return_delegation_should_fail_when_the_origin_is_not_signed() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let result = Staking::return_delegation(origin, account(1), account(2));
			assert_noop!(result, BadOrigin);
		}
	});
}

#[test]
fn return_delegation_should_clear_the_record_when_a_slash_left_nothing() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		lease(1, MINIMUM + 600, LeaseFate::Wrong);
		wait(UNBONDING);
		assert_ok!(give_back(5, 1, 2));
		assert_eq!(free(2), WEALTH - 600);
		assert_ok!(Staking::withdraw(signed(1)));
	});
}
