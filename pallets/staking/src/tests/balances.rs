//! What `Balances` does with existential deposits, dust, locks, other holds, dead accounts and full
//! reference counters, on each way coins take here. [`execute`] checks after each that no coin was lost.

use crate::{mock::*, *};
use frame_support::{
	assert_noop, assert_ok,
	traits::{
		LockableCurrency, WithdrawReasons,
		fungible::{Inspect, InspectHold},
	},
};
use sp_runtime::TokenError;

/// Locks everything an account has, as vesting or voting would.
fn freeze(number: u8) {
	Balances::set_lock(*b"elsewise", &account(number), Balance::MAX, WithdrawReasons::all());
}

fn hold_elsewhere(number: u8, amount: Balance) {
	let reason = other::HoldReason::Other.into();
	assert_ok!(<Balances as fungible::hold::Mutate<_>>::hold(&reason, &account(number), amount));
}

/// Uses up the references that an account may have.
fn use_up_consumers(number: u8) {
	while System::inc_consumers(&account(number)).is_ok() {}
}

#[test]
fn register_should_hold_coins_that_are_locked_when_a_lock_covers_everything() {
	execute(|| {
		freeze(1);
		assert_ok!(register(1, MINIMUM));
		assert_eq!(held(1), MINIMUM);
		// A lock does not protect them from a verdict.
		assert_eq!(lease(1, MINIMUM, LeaseFate::Wrong), MINIMUM);
	});
}

#[test]
fn delegate_should_fail_when_the_delegators_coins_are_locked() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		freeze(2);
		assert_noop!(delegate(2, 1, LEAST), TokenError::FundsUnavailable);
	});
}

#[test]
fn slash_should_leave_other_holds_alone_when_it_takes_everything() {
	execute(|| {
		hold_elsewhere(1, 5_000);
		assert_ok!(register(1, MINIMUM));
		lease(1, MINIMUM, LeaseFate::Wrong);
		assert_eq!(Balances::total_balance_on_hold(&account(1)), 5_000);
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert_ok!(Staking::withdraw(signed(1)));
		assert_eq!(Balances::total_balance_on_hold(&account(1)), 5_000);
	});
}

#[test]
fn delegate_should_work_when_the_miner_has_no_free_coins() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		empty(1, 0);
		assert_ok!(delegate(2, 1, 500));
		assert_eq!((held(1), free(1)), (MINIMUM + 500, 0));
		assert_ok!(undelegate(2, 1, 500));
		wait(UNBONDING);
		assert_ok!(Staking::withdraw_unbonded(signed(2), account(1)));
		assert_eq!((held(1), free(1), free(2)), (MINIMUM, 0, WEALTH));
	});
}

#[test]
fn delegate_should_fail_when_the_miner_s_account_cannot_take_so_little() {
	execute(|| {
		MinDelegation::set(1);
		assert_ok!(register(1, MINIMUM));
		empty(1, 0);
		assert_noop!(delegate(2, 1, DEPOSIT - 1), TokenError::CannotCreate);
		assert_ok!(delegate(2, 1, DEPOSIT));
	});
}

#[test]
fn delegate_should_fail_when_the_miners_account_is_dead() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		lease(1, MINIMUM, LeaseFate::Wrong);
		assert_ok!(Balances::transfer_all(signed(1), account(3), false));
		assert!(!System::account_exists(&account(1)));
		MaxDelegationPercent::set(u32::MAX);
		assert_noop!(delegate(2, 1, LEAST), Error::<Test>::DelegationTooHigh);
		// Its record can be cleared all the same.
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert_ok!(Staking::withdraw(signed(1)));
		assert!(!System::account_exists(&account(1)));
	});
}

#[test]
fn reward_should_be_burnt_when_the_account_is_dead_and_the_pay_too_small() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		lease(1, MINIMUM, LeaseFate::Wrong);
		assert_ok!(Balances::transfer_all(signed(1), account(3), false));
		let before = issuance();
		let burnt = RewardSplit { miner: 0, delegators: 0, burned: DEPOSIT - 1 };
		assert_eq!(pay(1, DEPOSIT - 1), burnt);
		assert_eq!(issuance(), before);
		assert_eq!(pay(1, DEPOSIT).miner, DEPOSIT);
		assert_eq!(free(1), DEPOSIT);
	});
}

#[test]
fn reward_should_be_burnt_when_the_miner_has_no_free_coins_and_the_pay_is_too_small() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, MINIMUM));
		empty(1, 0);
		assert_eq!(pay(1, DEPOSIT - 1).burned, DEPOSIT - 1);
		assert_eq!(held(1), 2 * MINIMUM);
		// Each part alone is too small, together they are not.
		let split = RewardSplit { miner: DEPOSIT / 2, delegators: DEPOSIT / 2, burned: 0 };
		assert_eq!(pay(1, DEPOSIT), split);
		assert_eq!((held(1), free(1)), (2 * MINIMUM + DEPOSIT / 2, DEPOSIT / 2));
	});
}

#[test]
fn reward_should_be_bonded_whole_when_the_miner_has_no_free_coins_and_compounds() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, MINIMUM));
		assert_ok!(Staking::set_compounding(signed(1), true));
		for left in [0, DEPOSIT - 1, DEPOSIT] {
			empty(1, left);
			let before = held(1);
			assert_eq!(pay(1, 100).burned, 0);
			assert_eq!((held(1), free(1)), (before + 100, left));
			assert_ok!(Balances::transfer_allow_death(signed(3), account(1), 100));
		}
	});
}

#[test]
fn reward_should_be_bonded_when_the_miners_account_is_locked() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, MINIMUM));
		freeze(1);
		assert_ok!(Staking::set_compounding(signed(1), true));
		assert_eq!(pay(1, 100), RewardSplit { miner: 50, delegators: 50, burned: 0 });
		assert_eq!(held(1), 2 * MINIMUM + 100);
	});
}

/// `hold` takes the coins from the account before it finds that it may not put them anywhere.
#[test]
fn reward_should_be_left_free_when_the_account_can_hold_nothing_and_compounds() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::set_compounding(signed(1), true));
		lease(1, MINIMUM, LeaseFate::Wrong);
		use_up_consumers(1);
		let before = free(1);
		assert_eq!(pay(1, 100), RewardSplit { miner: 100, delegators: 0, burned: 0 });
		assert_eq!((held(1), free(1), miner(1).own), (0, before + 100, 0));
		// Nor is it bonded where the existential deposit is needed.
		System::dec_consumers(&account(1));
		assert_eq!(pay(1, 100).miner, 100);
		assert_eq!(held(1), 100);
	});
}

#[test]
fn reward_should_keep_the_existential_deposit_when_it_revives_an_account_and_compounds() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::set_compounding(signed(1), true));
		lease(1, MINIMUM, LeaseFate::Wrong);
		assert_ok!(Balances::transfer_all(signed(1), account(3), false));
		// It cannot hold all, so it holds nothing.
		assert_eq!(pay(1, 100), RewardSplit { miner: 100, delegators: 0, burned: 0 });
		assert_eq!((held(1), free(1)), (0, 100));
		assert_eq!(pay(1, 90).miner, 90);
		assert_eq!((held(1), free(1)), (90, 100));
	});
}

/// Never seen in earnest: a pool without its hold. The delegators' part must not stay with the miner.
#[test]
fn reward_should_be_burnt_when_the_delegators_part_cannot_be_held() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		lease(1, MINIMUM, LeaseFate::Wrong);
		use_up_consumers(1);
		edit(1, |info| info.pool = shares::SharePool { shares: 1_000, value: 1_000 });
		let before = free(1);
		assert_eq!(pay(1, 100), RewardSplit { miner: 0, delegators: 0, burned: 100 });
		assert_eq!((free(1), held(1)), (before, 0));
		edit(1, |info| info.pool = Default::default());
	});
}

#[test]
fn withdraw_should_wait_when_the_miner_has_no_free_coins_and_gets_too_little() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		lease(1, MINIMUM - 1, LeaseFate::Wrong);
		empty(1, 0);
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert_noop!(Staking::withdraw(signed(1)), TokenError::CannotCreate);
		assert_ok!(Balances::transfer_allow_death(signed(3), account(1), DEPOSIT));
		assert_ok!(Staking::withdraw(signed(1)));
		assert_eq!((held(1), free(1)), (0, DEPOSIT + 1));
	});
}

#[test]
fn withdraw_should_succeed_when_the_miners_account_is_locked() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		freeze(1);
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert_ok!(Staking::withdraw(signed(1)));
		assert_eq!(held(1), 0);
	});
}

/// A dead account with a few planck here would keep the miner's collateral for ever.
#[test]
fn return_delegation_should_forfeit_dust_when_the_delegators_account_is_dead() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, LEAST));
		assert_ok!(delegate(3, 1, LEAST));
		// Of 100 planck 5 are left to each.
		lease(1, 1_140, LeaseFate::Wrong);
		assert_eq!(delegation(2, 1).value, 5);
		assert_ok!(Balances::transfer_all(signed(2), account(4), false));
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert!(!System::account_exists(&account(2)));
		let forfeited = Forfeited::get();
		assert_ok!(Staking::return_delegation(signed(9), account(1), account(2)));
		assert_eq!(Forfeited::get(), forfeited + 5);
		assert_eq!(
			last_event(),
			Some(Event::DelegationReturned {
				miner: account(1),
				delegator: account(2),
				returned: 0,
				forfeited: 5
			})
		);
		// Who has an account gets it.
		assert_ok!(Staking::return_delegation(signed(9), account(1), account(3)));
		assert_eq!(free(3), WEALTH - LEAST + 5);
		assert_ok!(Staking::withdraw(signed(1)));
	});
}

#[test]
fn return_delegation_should_revive_a_dead_account_when_it_can_live_on_what_it_gets() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, LEAST));
		assert_ok!(Balances::transfer_all(signed(2), account(4), false));
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert!(!System::account_exists(&account(2)));
		assert_ok!(Staking::return_delegation(signed(9), account(1), account(2)));
		assert_eq!(Balances::total_balance(&account(2)), LEAST);
	});
}
