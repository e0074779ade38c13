//! `bond_extra`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{TokenError, traits::BadOrigin};

fn bond_extra(number: u8, amount: Balance) -> DispatchResult {
	Staking::bond_extra(RuntimeOrigin::signed(account(number)), amount)
}

#[test]
fn bond_extra_should_add_to_the_collateral_when_the_miner_is_active() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(bond_extra(1, 1));
		assert_ok!(bond_extra(1, 500));
		assert_eq!((miner(1).own, held(1)), (MINIMUM + 501, MINIMUM + 501));
		assert_eq!(
			last_event(),
			Some(Event::CollateralAdded { miner: account(1), added: 500, own: MINIMUM + 501 })
		);
	});
}

#[test]
fn bond_extra_should_fail_when_the_origin_is_not_signed() {
	execute(|| {
		assert_noop!(Staking::bond_extra(RuntimeOrigin::root(), 1), BadOrigin);
		assert_noop!(Staking::bond_extra(RuntimeOrigin::none(), 1), BadOrigin);
	});
}

#[test]
fn bond_extra_should_fail_when_the_account_is_no_miner() {
	execute(|| {
		assert_noop!(bond_extra(1, 1), Error::<Test>::NotRegistered);
	});
}

#[test]
fn bond_extra_should_fail_when_the_amount_is_zero() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_noop!(bond_extra(1, 0), Error::<Test>::AmountInvalid);
	});
}

#[test]
fn bond_extra_should_fail_when_the_sum_does_not_fit() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_noop!(bond_extra(1, u128::MAX), Error::<Test>::AmountInvalid);
		assert_noop!(bond_extra(1, u128::MAX - MINIMUM + 1), Error::<Test>::AmountInvalid);
		// The largest sum that fits is refused by the account instead.
		assert!(bond_extra(1, u128::MAX - MINIMUM).is_err());
	});
}

#[test]
fn bond_extra_should_stop_at_what_the_account_can_hold_when_it_asks_for_more() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		let most = WEALTH - MINIMUM - DEPOSIT;
		assert_noop!(bond_extra(1, most + 1), TokenError::FundsUnavailable);
		assert_ok!(bond_extra(1, most));
		assert_noop!(bond_extra(1, 1), TokenError::FundsUnavailable);
	});
}

#[test]
fn bond_extra_should_fail_when_the_miner_is_leaving() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::leave(RuntimeOrigin::signed(account(1))));
		assert_noop!(bond_extra(1, 1), Error::<Test>::Leaving);
	});
}

#[test]
fn bond_extra_should_succeed_when_the_miner_is_chilled() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::chill(signed(1)));
		assert_ok!(bond_extra(1, 1));
		assert_eq!(miner(1).own, MINIMUM + 1);
	});
}

#[test]
fn bond_extra_should_bring_a_miner_back_when_slashes_took_it_below_the_minimum() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		lease(1, 1, LeaseFate::Wrong);
		assert_eq!(Staking::standing(&account(1), Class::Gemm), None);
		assert_ok!(bond_extra(1, 1));
		assert!(Staking::standing(&account(1), Class::Gemm).is_some());
	});
}
