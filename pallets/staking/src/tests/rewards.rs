//! The [`Rewards`] side: who has which part of a pay.

use crate::{mock::*, *};
use frame_support::assert_ok;

#[test]
fn reward_should_be_the_miners_when_nobody_delegated() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_eq!(pay(1, 777), RewardSplit { miner: 777, delegators: 0, burned: 0 });
		assert_eq!((held(1), free(1)), (MINIMUM, WEALTH - MINIMUM + 777));
	});
}

#[test]
fn reward_should_be_split_by_stake_and_commission_when_others_delegated() {
	execute(|| {
		assert_ok!(register(1, 2_000));
		assert_ok!(delegate(2, 1, 1_000));
		// A third of 1,000, rounded down.
		assert_eq!(pay(1, 1_000), RewardSplit { miner: 667, delegators: 333, burned: 0 });
		assert_eq!((miner(1).own, miner(1).pool.value, held(1)), (2_000, 1_333, 3_333));
		assert_eq!(free(1), WEALTH - 2_000 + 667);
		assert_eq!(
			last_event(),
			Some(Event::RewardBonded { miner: account(1), own: 0, pool: 333 })
		);
		assert_ok!(Staking::set_commission(signed(1), Permill::from_percent(10)));
		wait(UNBONDING);
		// ⌊1,000 × 1,333 / 3,333⌋ = 399, of which 39.9, rounded up, stays with the miner.
		assert_eq!(pay(1, 1_000), RewardSplit { miner: 641, delegators: 359, burned: 0 });
	});
}

#[test]
fn reward_should_be_bonded_whole_when_the_miner_compounds() {
	execute(|| {
		assert_ok!(register(1, 2_000));
		assert_ok!(delegate(2, 1, 1_000));
		assert_ok!(Staking::set_compounding(signed(1), true));
		assert_eq!(pay(1, 1_000), RewardSplit { miner: 667, delegators: 333, burned: 0 });
		assert_eq!((miner(1).own, miner(1).pool.value, held(1)), (2_667, 1_333, 4_000));
		assert_eq!(free(1), WEALTH - 2_000);
	});
}

#[test]
fn reward_should_give_nothing_to_what_is_leaving_when_it_is_split() {
	execute(|| {
		assert_ok!(register(1, 2_000));
		assert_ok!(delegate(2, 1, 1_000));
		assert_ok!(undelegate(2, 1, 1_000));
		assert_eq!(pay(1, 1_000).delegators, 0);
		assert_eq!(miner(1).unbonding.value, 1_000);
	});
}

#[test]
fn reward_should_arrive_when_the_miner_is_chilled_or_leaving() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, MINIMUM));
		assert_ok!(Staking::chill(signed(1)));
		assert_eq!(pay(1, 100), RewardSplit { miner: 50, delegators: 50, burned: 0 });
		assert_ok!(Staking::leave(signed(1)));
		assert_ok!(Staking::set_compounding(signed(1), true));
		assert!(pay(1, 100).delegators > 0);
	});
}

#[test]
fn reward_should_be_the_accounts_when_it_is_a_miner_no_more() {
	execute(|| {
		assert_eq!(pay(1, 500), RewardSplit { miner: 500, delegators: 0, burned: 0 });
		assert_eq!((held(1), free(1)), (0, WEALTH + 500));
		assert_eq!(Staking::bond(&account(1)), 0);
	});
}

#[test]
fn reward_should_be_the_miners_when_everything_was_slashed() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 500));
		lease(1, MINIMUM + 500, LeaseFate::Wrong);
		assert_eq!(Staking::bond(&account(1)), 0);
		assert_eq!(pay(1, 100), RewardSplit { miner: 100, delegators: 0, burned: 0 });
	});
}

#[test]
fn reward_should_change_nothing_when_it_is_zero() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 500));
		let before = miner(1);
		assert_eq!(pay(1, 0), RewardSplit::default());
		assert_eq!(miner(1), before);
	});
}

#[test]
fn bond_should_be_own_and_pool_when_some_is_leaving() {
	execute(|| {
		assert_ok!(register(1, 3_000));
		assert_ok!(delegate(2, 1, 1_000));
		assert_ok!(Staking::unbond(signed(1), 500));
		assert_ok!(undelegate(2, 1, 200));
		assert_eq!(Staking::bond(&account(1)), 2_500 + 800);
	});
}
