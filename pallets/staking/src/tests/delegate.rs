//! `delegate`.

use crate::{mock::*, shares::SharePool, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{TokenError, traits::BadOrigin};

#[test]
fn delegate_should_move_coins_to_the_miners_hold_and_give_shares_when_all_is_valid() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		assert_eq!((free(2), held(1), free(1)), (WEALTH - 600, MINIMUM + 600, WEALTH - MINIMUM));
		let info = miner(1);
		assert_eq!((info.pool.shares, info.pool.value, info.own), (600, 600, MINIMUM));
		assert_eq!((info.bond(), Staking::bond(&account(1))), (MINIMUM + 600, MINIMUM + 600));
		let expected = DelegationStatus { shares: 600, value: 600, chunks: vec![] };
		assert_eq!(delegation(2, 1), expected);
		assert_eq!(
			last_event(),
			Some(Event::Delegated {
				miner: account(1),
				delegator: account(2),
				amount: 600,
				shares: 600
			})
		);
	});
}

#[test]
fn delegate_should_back_leases_when_the_miners_own_collateral_is_the_minimum() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		assert_noop!(Staking::lock(&account(1), MINIMUM + 601), Error::<Test>::NotEnoughFree);
		let open = lock(1, MINIMUM + 600).expect("is free");
		unlock(&open, LeaseFate::Accepted);
		// But others' coins cannot stand in for its own.
		MinCollateral::set(MINIMUM + 1);
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotEligible);
	});
}

#[test]
fn delegate_should_give_shares_at_their_present_worth_when_rewards_and_slashes_changed_it() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, MINIMUM));
		// Half of it is the delegator's: its shares are worth 1,500.
		pay(1, 1_000);
		assert_ok!(delegate(3, 1, 1_000));
		assert_eq!(delegation(3, 1).shares, 666);
		assert_eq!((delegation(2, 1).value, delegation(3, 1).value), (1_500, 999));
		// A slash of half of everything.
		lease(1, 1_750, LeaseFate::Wrong);
		assert_eq!((delegation(2, 1).value, delegation(3, 1).value), (750, 499));
		assert_ok!(delegate(3, 1, 500));
		assert_eq!(delegation(3, 1).value, 999);
	});
}

#[test]
fn delegate_should_fail_when_the_origin_is_not_signed() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Staking::delegate(origin, account(1), LEAST, 0), BadOrigin);
		}
	});
}

#[test]
fn delegate_should_fail_when_the_account_is_no_miner_or_leaves() {
	execute(|| {
		assert_noop!(delegate(2, 1, LEAST), Error::<Test>::NotRegistered);
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::leave(signed(1)));
		assert_noop!(delegate(2, 1, LEAST), Error::<Test>::Leaving);
	});
}

#[test]
fn delegate_should_respect_the_minimum_when_the_amount_is_at_its_boundary() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_noop!(delegate(2, 1, 0), Error::<Test>::DelegationTooLow);
		assert_noop!(delegate(2, 1, LEAST - 1), Error::<Test>::DelegationTooLow);
		assert_ok!(delegate(2, 1, LEAST));
		// Also of an amount that is added.
		assert_noop!(delegate(2, 1, LEAST - 1), Error::<Test>::DelegationTooLow);
		MinDelegation::set(0);
		assert_noop!(delegate(2, 1, 0), Error::<Test>::AmountInvalid);
		assert_ok!(delegate(2, 1, 1));
	});
}

#[test]
fn delegate_should_respect_the_maximum_when_the_sum_is_at_its_boundary() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_noop!(delegate(2, 1, 4 * MINIMUM + 1), Error::<Test>::DelegationTooHigh);
		assert_ok!(delegate(2, 1, 4 * MINIMUM - LEAST));
		assert_noop!(delegate(3, 1, LEAST + 1), Error::<Test>::DelegationTooHigh);
		assert_ok!(delegate(3, 1, LEAST));
		assert_noop!(delegate(3, 1, LEAST), Error::<Test>::DelegationTooHigh);
		MaxDelegationPercent::set(u32::MAX);
		assert_ok!(delegate(3, 1, LEAST));
		MaxDelegationPercent::set(0);
		assert_noop!(delegate(3, 1, LEAST), Error::<Test>::DelegationTooHigh);
	});
}

#[test]
fn delegate_should_fail_when_a_share_costs_more_than_the_amount() {
	execute(|| {
		MinDelegation::set(1);
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 1));
		pay(1, 2_002);
		assert_eq!(miner(1).pool.value, 3);
		assert_noop!(delegate(3, 1, 2), Error::<Test>::SharePriceTooHigh);
		assert_ok!(delegate(3, 1, 3));
	});
}

#[test]
fn delegate_should_fail_when_it_buys_fewer_shares_than_asked() {
	execute(|| {
		let delegate = |amount, least| Staking::delegate(signed(2), account(1), amount, least);
		assert_ok!(register(1, MINIMUM));
		assert_noop!(delegate(600, 601), Error::<Test>::TooFewShares);
		assert_noop!(delegate(600, u128::MAX), Error::<Test>::TooFewShares);
		assert_ok!(delegate(600, 600));
		// A share is worth a planck and a half now.
		pay(1, 800);
		assert_eq!(miner(1).pool.value, 900);
		assert_noop!(delegate(300, 201), Error::<Test>::TooFewShares);
		assert_ok!(delegate(300, 200));
		assert_ok!(delegate(300, 0));
		assert_eq!(delegation(2, 1).shares, 1_000);
	});
}

#[test]
fn delegate_should_lose_a_millionth_and_no_more_when_shares_are_dear() {
	execute(|| {
		assert_ok!(register(1, WEALTH / 2));
		assert_ok!(delegate(2, 1, LEAST));
		let coins = 10 * WEALTH;
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), account(3), coins));
		Paid::mutate(|paid| *paid += coins - WEALTH);
		// A share is worth a thousand planck.
		let own = miner(1).own;
		pay(1, 999 * (own + LEAST));
		MaxDelegationPercent::set(u32::MAX);
		let SharePool { shares, value } = miner(1).pool;
		assert_eq!((shares, value), (LEAST, 1_000 * LEAST));
		let amount = |above: Balance| 2_000_000 + above;
		assert_noop!(delegate(3, 1, amount(60)), Error::<Test>::SharePriceTooHigh);
		// Of 2,100 shares 100 are the other's: of what is paid above 2,000 of them it has a twenty-first.
		assert_noop!(delegate(3, 1, amount(43)), Error::<Test>::SharePriceTooHigh);
		assert_ok!(delegate(3, 1, amount(42)));
		assert_eq!(delegation(3, 1).value, amount(40));
	});
}

#[test]
fn delegate_should_stop_at_what_the_account_can_give_when_it_asks_for_more() {
	execute(|| {
		assert_ok!(register(1, WEALTH / 2));
		let most = WEALTH - DEPOSIT;
		assert_noop!(delegate(2, 1, most + 1), TokenError::FundsUnavailable);
		assert_ok!(delegate(2, 1, most));
		assert_eq!(free(2), DEPOSIT);
		// What is delegated cannot be delegated again.
		assert_noop!(delegate(2, 1, LEAST), TokenError::FundsUnavailable);
	});
}

#[test]
fn delegate_should_fail_when_the_sum_does_not_fit() {
	execute(|| {
		MaxDelegationPercent::set(u32::MAX);
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, LEAST));
		assert_noop!(delegate(3, 1, u128::MAX), Error::<Test>::AmountInvalid);
		assert!(delegate(3, 1, u128::MAX - LEAST).is_err());
	});
}
