//! `leave` and `withdraw`: the way out, and who tries to take it early.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

fn leave(number: u8) -> DispatchResult {
	Staking::leave(RuntimeOrigin::signed(account(number)))
}

fn withdraw(number: u8) -> DispatchResult {
	Staking::withdraw(RuntimeOrigin::signed(account(number)))
}

#[test]
fn leave_should_start_the_unbonding_time_when_the_miner_is_active() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		run_to(5);
		assert_ok!(leave(1));
		let until = 5 + UNBONDING;
		assert_eq!(miner(1).status, MinerStatus::Leaving { until });
		assert_eq!(last_event(), Some(Event::MinerLeaving { miner: account(1), until }));
		assert_eq!(held(1), MINIMUM);
	});
}

#[test]
fn leave_should_fail_when_the_origin_is_not_a_miner() {
	execute(|| {
		assert_noop!(Staking::leave(RuntimeOrigin::none()), BadOrigin);
		assert_noop!(Staking::leave(RuntimeOrigin::root()), BadOrigin);
		assert_noop!(leave(1), Error::<Test>::NotRegistered);
	});
}

#[test]
fn leave_should_fail_when_the_miner_is_leaving_already() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(leave(1));
		assert_noop!(leave(1), Error::<Test>::Leaving);
	});
}

#[test]
fn leave_should_keep_its_end_when_governance_changes_the_unbonding_time() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(leave(1));
		UnbondingBlocks::set(1_000);
		run_to(1 + UNBONDING);
		assert_ok!(withdraw(1));
	});
}

#[test]
fn leave_should_not_wrap_when_the_unbonding_time_is_the_maximum() {
	execute(|| {
		UnbondingBlocks::set(u32::MAX);
		assert_ok!(register(1, MINIMUM));
		assert_ok!(leave(1));
		run_to(u32::MAX - 1);
		assert_noop!(withdraw(1), Error::<Test>::StillUnbonding);
	});
}

#[test]
fn withdraw_should_return_everything_when_the_unbonding_time_is_over() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_ok!(leave(1));
		run_to(UNBONDING);
		assert_noop!(withdraw(1), Error::<Test>::StillUnbonding);
		run_to(1 + UNBONDING);
		assert_ok!(withdraw(1));
		assert_eq!((held(1), free(1)), (0, WEALTH));
		assert!(!Miners::<Test>::contains_key(account(1)));
		assert!(!WorkerOf::<Test>::contains_key(worker(1)));
		assert_eq!(
			last_event(),
			Some(Event::MinerWithdrawn { miner: account(1), returned: 5_000 })
		);
		assert_noop!(withdraw(1), Error::<Test>::NotRegistered);
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
	});
}

#[test]
fn withdraw_should_fail_when_a_lease_is_open_however_long_ago_the_miner_left() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::lock(&account(1), 100));
		// A lease that locks nothing counts too.
		assert_ok!(Staking::lock(&account(1), 0));
		assert_ok!(leave(1));
		run_to(1_000);
		assert_noop!(withdraw(1), Error::<Test>::LeasesOpen);
		Staking::unlock(&account(1), 100, LeaseFate::Accepted);
		assert_noop!(withdraw(1), Error::<Test>::LeasesOpen);
		Staking::unlock(&account(1), 0, LeaseFate::Accepted);
		assert_ok!(withdraw(1));
	});
}

/// Unbond, then cheat, then leave before the verdict.
#[test]
fn withdraw_should_return_what_the_verdict_left_when_the_miner_unbonds_and_then_cheats() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_ok!(Staking::lock(&account(1), 2_000));
		assert_ok!(leave(1));
		run_to(1 + UNBONDING);
		assert_noop!(withdraw(1), Error::<Test>::LeasesOpen);
		assert_eq!(Staking::unlock(&account(1), 2_000, LeaseFate::Wrong), 2_000);
		assert_ok!(withdraw(1));
		assert_eq!(free(1), WEALTH - 2_000);
		assert_eq!(Forfeited::get(), 2_000);
	});
}

#[test]
fn withdraw_should_succeed_when_slashes_took_everything() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::lock(&account(1), MINIMUM));
		assert_eq!(Staking::unlock(&account(1), MINIMUM, LeaseFate::Wrong), MINIMUM);
		assert_ok!(leave(1));
		run_to(1 + UNBONDING);
		assert_ok!(withdraw(1));
		assert_eq!(last_event(), Some(Event::MinerWithdrawn { miner: account(1), returned: 0 }));
		assert_eq!(free(1), WEALTH - MINIMUM);
	});
}

/// The reference that lets a worker without coins send its receipts ends with its work.
#[test]
fn withdraw_should_leak_no_reference_when_a_miner_comes_and_goes_many_times() {
	execute(|| {
		for round in 0..20u32 {
			assert_ok!(register(1, MINIMUM));
			assert_eq!(System::sufficients(&worker_account(1)), 1);
			assert_ok!(leave(1));
			run_to(1 + (round + 1) * UNBONDING);
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
		assert_ok!(Balances::transfer_allow_death(
			RuntimeOrigin::signed(account(2)),
			worker_account(1),
			700
		));
		assert_ok!(leave(1));
		run_to(1 + UNBONDING);
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
		assert_ok!(Balances::transfer_allow_death(
			RuntimeOrigin::signed(account(2)),
			middle.clone(),
			2 * MINIMUM
		));
		let consent = consent(60, &middle);
		let origin = RuntimeOrigin::signed(middle.clone());
		assert_ok!(Staking::register(origin.clone(), MINIMUM, worker(60), consent));
		assert_ok!(leave(1));
		run_to(1 + UNBONDING);
		assert_ok!(withdraw(1));
		// Its own collateral and its own worker are untouched.
		assert_eq!(Staking::active_worker(&middle), Some(worker(60)));
		assert_ok!(Staking::leave(origin));
	});
}
