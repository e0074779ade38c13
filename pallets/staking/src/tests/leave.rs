//! `leave`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn leave_should_start_the_unbonding_time_when_the_miner_is_active() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		run_to(5);
		assert_ok!(Staking::leave(signed(1)));
		let until = 5 + UNBONDING;
		assert_eq!(miner(1).status, MinerStatus::Leaving { until });
		assert_eq!(last_event(), Some(Event::MinerLeaving { miner: account(1), until }));
		assert_eq!(held(1), MINIMUM);
	});
}

#[test]
fn leave_should_start_the_unbonding_time_when_the_miner_is_chilled() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::chill(signed(1)));
		assert_ok!(Staking::leave(signed(1)));
		assert_eq!(miner(1).status, MinerStatus::Leaving { until: 1 + UNBONDING });
	});
}

#[test]
fn leave_should_fail_when_the_origin_is_not_a_miner() {
	execute(|| {
		assert_noop!(Staking::leave(RuntimeOrigin::none()), BadOrigin);
		assert_noop!(Staking::leave(RuntimeOrigin::root()), BadOrigin);
		assert_noop!(Staking::leave(signed(1)), Error::<Test>::NotRegistered);
	});
}

#[test]
fn leave_should_fail_when_the_miner_is_leaving_already() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::leave(signed(1)));
		assert_noop!(Staking::leave(signed(1)), Error::<Test>::Leaving);
	});
}

#[test]
fn leave_should_keep_its_end_when_governance_changes_the_unbonding_time() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::leave(signed(1)));
		UnbondingBlocks::set(1_000);
		run_to(1 + UNBONDING);
		assert_ok!(Staking::withdraw(signed(1)));
	});
}

/// Governance cannot let a miner out before the longest lease is over.
#[test]
fn leave_should_take_the_constant_when_governance_asks_for_less() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		UnbondingBlocks::set(MIN_UNBONDING - 1);
		assert_ok!(Staking::leave(signed(1)));
		assert_eq!(miner(1).status, MinerStatus::Leaving { until: 1 + MIN_UNBONDING });
		assert_ok!(register(2, MINIMUM));
		UnbondingBlocks::set(MIN_UNBONDING + 1);
		assert_ok!(Staking::leave(signed(2)));
		assert_eq!(miner(2).status, MinerStatus::Leaving { until: 2 + MIN_UNBONDING });
	});
}

#[test]
fn leave_should_not_wrap_when_the_unbonding_time_is_the_maximum() {
	execute(|| {
		UnbondingBlocks::set(u32::MAX);
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::leave(signed(1)));
		run_to(u32::MAX - 1);
		assert_noop!(Staking::withdraw(signed(1)), Error::<Test>::StillUnbonding);
	});
}
