//! `chill` and `resume`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn chill_should_stop_new_leases_and_no_others_when_the_miner_is_active() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		let open = lock(1, 100).expect("is free");
		assert_ok!(Staking::chill(signed(1)));
		assert_eq!(last_event(), Some(Event::MinerChilled { miner: account(1) }));
		assert_eq!(Staking::standing(&account(1), Class::Gemm), None);
		assert_noop!(Staking::lock(&account(1), 0), Error::<Test>::NotEligible);
		assert_eq!(unlock(&open, LeaseFate::Wrong), 100);
	});
}

#[test]
fn chill_should_let_delegations_come_and_go_when_the_miner_is_chilled() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::chill(signed(1)));
		assert_ok!(delegate(2, 1, 500));
		assert_ok!(undelegate(2, 1, 500));
	});
}

#[test]
fn chill_should_fail_when_the_miner_is_not_active() {
	execute(|| {
		assert_noop!(Staking::chill(RuntimeOrigin::none()), BadOrigin);
		assert_noop!(Staking::chill(RuntimeOrigin::root()), BadOrigin);
		assert_noop!(Staking::chill(signed(1)), Error::<Test>::NotRegistered);
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::chill(signed(1)));
		assert_noop!(Staking::chill(signed(1)), Error::<Test>::NotActive);
		assert_ok!(Staking::leave(signed(1)));
		assert_noop!(Staking::chill(signed(1)), Error::<Test>::NotActive);
	});
}

#[test]
fn resume_should_take_leases_again_when_the_miner_is_chilled() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::chill(signed(1)));
		assert_ok!(Staking::resume(signed(1)));
		assert_eq!(last_event(), Some(Event::MinerResumed { miner: account(1) }));
		let open = lock(1, MINIMUM).expect("is free");
		unlock(&open, LeaseFate::Accepted);
	});
}

#[test]
fn resume_should_fail_when_the_miner_is_not_chilled() {
	execute(|| {
		assert_noop!(Staking::resume(RuntimeOrigin::none()), BadOrigin);
		assert_noop!(Staking::resume(RuntimeOrigin::root()), BadOrigin);
		assert_noop!(Staking::resume(signed(1)), Error::<Test>::NotRegistered);
		assert_ok!(register(1, MINIMUM));
		assert_noop!(Staking::resume(signed(1)), Error::<Test>::NotChilled);
		// Leaving cannot be undone.
		assert_ok!(Staking::leave(signed(1)));
		assert_noop!(Staking::resume(signed(1)), Error::<Test>::NotChilled);
	});
}
