//! `set_commission`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

fn set(percent: u32) -> DispatchResult {
	Staking::set_commission(signed(1), Permill::from_percent(percent))
}

fn in_force() -> Permill {
	miner(1).commission.at(System::block_number())
}

#[test]
fn set_commission_should_begin_after_the_unbonding_time_when_it_is_higher() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_eq!(in_force(), Permill::zero());
		assert_ok!(set(20));
		let from = 1 + UNBONDING;
		let commission = Permill::from_percent(20);
		assert_eq!(
			last_event(),
			Some(Event::CommissionChanged { miner: account(1), commission, from })
		);
		run_to(from - 1);
		assert_eq!(in_force(), Permill::zero());
		run_to(from);
		assert_eq!(in_force(), commission);
	});
}

#[test]
fn set_commission_should_begin_at_once_when_it_is_lower() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(set(20));
		wait(UNBONDING);
		assert_ok!(set(19));
		let commission = Permill::from_percent(19);
		assert_eq!(in_force(), commission);
		let from = System::block_number();
		assert_eq!(
			last_event(),
			Some(Event::CommissionChanged { miner: account(1), commission, from })
		);
	});
}

#[test]
fn set_commission_should_forget_the_raise_announced_earlier_when_it_is_set_again() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(set(20));
		wait(UNBONDING);
		assert_ok!(set(50));
		// The same as now.
		assert_ok!(set(20));
		assert_eq!(miner(1).commission, Commission { now: Permill::from_percent(20), next: None });
		// A new raise has a notice of its own, also if it is lower than the one before.
		assert_ok!(set(50));
		wait(UNBONDING - 1);
		assert_ok!(set(40));
		wait(1);
		assert_eq!(in_force(), Permill::from_percent(20));
		wait(UNBONDING - 1);
		assert_eq!(in_force(), Permill::from_percent(40));
	});
}

#[test]
fn set_commission_should_take_all_or_nothing_when_it_is_at_its_ends() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, MINIMUM));
		assert_eq!(pay(1, 100), RewardSplit { miner: 50, delegators: 50, burned: 0 });
		assert_ok!(set(100));
		wait(UNBONDING);
		assert_eq!(pay(1, 100), RewardSplit { miner: 100, delegators: 0, burned: 0 });
		assert_ok!(set(0));
		assert!(pay(1, 100).delegators > 50);
	});
}

#[test]
fn set_commission_should_fail_when_the_origin_is_not_a_miner() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Staking::set_commission(origin, Permill::one()), BadOrigin);
		}
		assert_noop!(set(1), Error::<Test>::NotRegistered);
	});
}
