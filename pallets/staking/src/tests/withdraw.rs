//! `withdraw`: the way out, and who tries to take it early.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

fn withdraw(number: u8) -> DispatchResult {
	Staking::withdraw(signed(number))
}

fn leave(number: u8) {
	assert_ok!(Staking::leave(signed(number)));
}

#[test]
fn withdraw_should_return_everything_when_the_unbonding_time_is_over() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		leave(1);
		run_to(UNBONDING);
		assert_noop!(withdraw(1), Error::<Test>::StillUnbonding);
		run_to(1 + UNBONDING);
		assert_ok!(withdraw(1));
		assert_eq!((held(1), free(1)), (0, WEALTH));
		assert!(!Miners::<Test>::contains_key(account(1)));
		assert!(!Workers::<Test>::contains_key(worker(1)));
		assert_eq!(
			last_event(),
			Some(Event::MinerWithdrawn { miner: account(1), returned: 5_000 })
		);
		assert_noop!(withdraw(1), Error::<Test>::NotRegistered);
	});
}

#[test]
fn withdraw_should_return_what_was_unbonding_too_when_it_was_not_taken_before() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_ok!(Staking::unbond(signed(1), 3_000));
		leave(1);
		wait(UNBONDING);
		assert_ok!(withdraw(1));
		assert_eq!((held(1), free(1)), (0, WEALTH));
		assert!(Unbonding::<Test>::iter().next().is_none());
	});
}

#[test]
fn withdraw_should_fail_when_the_origin_is_not_a_miner() {
	execute(|| {
		assert_noop!(Staking::withdraw(RuntimeOrigin::none()), BadOrigin);
		assert_noop!(Staking::withdraw(RuntimeOrigin::root()), BadOrigin);
		assert_noop!(withdraw(1), Error::<Test>::NotRegistered);
	});
}

#[test]
fn withdraw_should_fail_when_the_miner_never_announced_that_it_leaves() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		run_to(1_000);
		assert_noop!(withdraw(1), Error::<Test>::NotLeaving);
		assert_ok!(Staking::chill(signed(1)));
		assert_noop!(withdraw(1), Error::<Test>::NotLeaving);
	});
}

#[test]
fn withdraw_should_fail_when_a_lease_is_open_however_long_ago_the_miner_left() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		let first = lock(1, 100).expect("is free");
		// A lease that locks nothing counts too.
		let second = lock(1, 0).expect("is free");
		leave(1);
		run_to(1_000);
		assert_noop!(withdraw(1), Error::<Test>::LeasesOpen);
		unlock(&first, LeaseFate::Accepted);
		assert_noop!(withdraw(1), Error::<Test>::LeasesOpen);
		unlock(&second, LeaseFate::Accepted);
		assert_ok!(withdraw(1));
	});
}

#[test]
fn withdraw_should_fail_when_delegations_are_still_here() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 500));
		assert_ok!(delegate(3, 1, 500));
		assert_ok!(undelegate(3, 1, 500));
		leave(1);
		wait(UNBONDING);
		assert_noop!(withdraw(1), Error::<Test>::DelegationsLeft);
		assert_ok!(Staking::return_delegation(signed(1), account(1), account(2)));
		// A chunk of somebody else is enough.
		assert_noop!(withdraw(1), Error::<Test>::DelegationsLeft);
		assert_ok!(Staking::withdraw_unbonded(signed(3), account(1)));
		assert_ok!(withdraw(1));
		assert_eq!((free(1), free(2), free(3)), (WEALTH, WEALTH, WEALTH));
	});
}

#[test]
fn withdraw_should_succeed_when_slashes_took_everything() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_eq!(lease(1, MINIMUM, LeaseFate::Wrong), MINIMUM);
		leave(1);
		wait(UNBONDING);
		assert_ok!(withdraw(1));
		assert_eq!(last_event(), Some(Event::MinerWithdrawn { miner: account(1), returned: 0 }));
		assert_eq!(free(1), WEALTH - MINIMUM);
	});
}

/// The reference that lets a worker without coins send its receipts ends with its work.
#[test]
fn withdraw_should_leak_no_reference_when_a_miner_comes_and_goes_many_times() {
	execute(|| {
		for _ in 0..20 {
			assert_ok!(register(1, MINIMUM));
			assert_eq!(System::sufficients(&worker_account(1)), 1);
			leave(1);
			wait(UNBONDING);
			assert_ok!(withdraw(1));
			assert_eq!(System::sufficients(&worker_account(1)), 0);
			assert!(!System::account_exists(&worker_account(1)));
		}
		assert_eq!(free(1), WEALTH);
	});
}

#[test]
fn withdraw_should_leave_the_workers_coins_alone_when_its_account_has_some() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Balances::transfer_allow_death(signed(2), worker_account(1), 700));
		leave(1);
		wait(UNBONDING);
		assert_ok!(withdraw(1));
		assert!(System::account_exists(&worker_account(1)));
		assert_eq!(Balances::free_balance(worker_account(1)), 700);
	});
}

#[test]
fn withdraw_should_succeed_when_a_miner_is_another_miners_worker() {
	execute(|| {
		// Account W is the worker of miner 1 and a miner itself.
		let middle = worker_account(1);
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Balances::transfer_allow_death(signed(2), middle.clone(), 2 * MINIMUM));
		let consent = consent(60, &middle);
		let origin = RuntimeOrigin::signed(middle.clone());
		assert_ok!(Staking::register(origin.clone(), MINIMUM, worker(60), consent));
		leave(1);
		wait(UNBONDING);
		assert_ok!(withdraw(1));
		// Its own collateral and its own worker are untouched.
		let standing = Staking::standing(&middle, Class::Gemm).expect("it is active");
		assert_eq!(standing.worker, worker(60));
		assert_ok!(Staking::leave(origin));
	});
}
