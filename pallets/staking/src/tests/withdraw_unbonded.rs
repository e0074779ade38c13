//! `withdraw_unbonded`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{TokenError, traits::BadOrigin};

fn withdraw_unbonded(staker: u8, miner: u8) -> DispatchResult {
	Staking::withdraw_unbonded(signed(staker), account(miner))
}

#[test]
fn withdraw_unbonded_should_pay_what_is_due_and_keep_the_rest_when_there_are_several_chunks() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_ok!(Staking::unbond(signed(1), 100));
		wait(2);
		assert_ok!(Staking::unbond(signed(1), 200));
		wait(UNBONDING - 3);
		assert_noop!(withdraw_unbonded(1, 1), Error::<Test>::NothingDue);
		wait(1);
		assert_ok!(withdraw_unbonded(1, 1));
		assert_eq!((held(1), free(1)), (4_900, WEALTH - 4_900));
		assert_eq!(delegation(1, 1).chunks, [ChunkStatus { value: 200, until: 3 + UNBONDING }]);
		assert_eq!(
			last_event(),
			Some(Event::UnbondedWithdrawn { miner: account(1), staker: account(1), amount: 100 })
		);
		assert_noop!(withdraw_unbonded(1, 1), Error::<Test>::NothingDue);
		wait(2);
		assert_ok!(withdraw_unbonded(1, 1));
		assert_eq!((held(1), miner(1).unbonding), (4_700, Default::default()));
		assert!(!Unbonding::<Test>::contains_key(account(1), account(1)));
	});
}

#[test]
fn withdraw_unbonded_should_pay_the_delegator_when_the_coins_lie_with_the_miner() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 700));
		assert_ok!(undelegate(2, 1, 700));
		assert_eq!((free(2), held(1)), (WEALTH - 700, MINIMUM + 700));
		wait(UNBONDING);
		assert_ok!(withdraw_unbonded(2, 1));
		assert_eq!((free(2), held(1), free(1)), (WEALTH, MINIMUM, WEALTH - MINIMUM));
		assert_eq!(
			last_event(),
			Some(Event::UnbondedWithdrawn { miner: account(1), staker: account(2), amount: 700 })
		);
	});
}

#[test]
fn withdraw_unbonded_should_fail_when_the_origin_has_nothing_there() {
	execute(|| {
		let nobody = Staking::withdraw_unbonded(RuntimeOrigin::none(), account(1));
		assert_noop!(nobody, BadOrigin);
		assert_noop!(Staking::withdraw_unbonded(RuntimeOrigin::root(), account(1)), BadOrigin);
		assert_noop!(withdraw_unbonded(1, 1), Error::<Test>::NothingDue);
		assert_ok!(register(1, 5_000));
		assert_ok!(Staking::unbond(signed(1), 100));
		wait(UNBONDING);
		// What is due is the miner's, nobody else's.
		assert_noop!(withdraw_unbonded(2, 1), Error::<Test>::NothingDue);
	});
}

#[test]
fn withdraw_unbonded_should_succeed_when_the_miner_is_leaving_or_chilled() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_ok!(delegate(2, 1, 700));
		assert_ok!(Staking::unbond(signed(1), 100));
		assert_ok!(Staking::chill(signed(1)));
		assert_ok!(undelegate(2, 1, 700));
		wait(UNBONDING);
		assert_ok!(withdraw_unbonded(1, 1));
		assert_ok!(Staking::leave(signed(1)));
		assert_ok!(withdraw_unbonded(2, 1));
	});
}

#[test]
fn withdraw_unbonded_should_pay_less_when_the_miner_was_slashed_meanwhile() {
	execute(|| {
		assert_ok!(register(1, 3_000));
		assert_ok!(delegate(2, 1, 1_000));
		assert_ok!(undelegate(2, 1, 1_000));
		assert_eq!(lease(1, 2_000, LeaseFate::Wrong), 2_000);
		assert_eq!(delegation(2, 1).chunks[0].value, 500);
		wait(UNBONDING);
		assert_ok!(withdraw_unbonded(2, 1));
		assert_eq!(free(2), WEALTH - 500);
		assert_eq!(miner(1).own, 1_500);
	});
}

#[test]
fn withdraw_unbonded_should_wait_when_the_delegators_account_cannot_take_so_little() {
	execute(|| {
		MinDelegation::set(1);
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, DEPOSIT - 1));
		assert_ok!(undelegate(2, 1, DEPOSIT - 1));
		wait(UNBONDING);
		empty(2, 0);
		assert_noop!(withdraw_unbonded(2, 1), TokenError::CannotCreate);
		// With a planck of its own it is enough.
		assert_ok!(Balances::transfer_allow_death(signed(3), account(2), DEPOSIT));
		assert_ok!(withdraw_unbonded(2, 1));
		assert_eq!(free(2), 2 * DEPOSIT - 1);
	});
}
