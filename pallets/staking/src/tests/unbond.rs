//! `unbond`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

fn unbond(number: u8, amount: Balance) -> DispatchResult {
	Staking::unbond(signed(number), amount)
}

#[test]
fn unbond_should_move_own_collateral_to_what_is_leaving_when_it_is_free() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		run_to(3);
		assert_ok!(unbond(1, 1_500));
		let until = 3 + UNBONDING;
		let info = miner(1);
		assert_eq!((info.own, info.unbonding.value, held(1)), (3_500, 1_500, 5_000));
		assert_eq!(info.bond(), 3_500);
		assert_eq!(delegation(1, 1).chunks, [ChunkStatus { value: 1_500, until }]);
		assert_eq!(
			last_event(),
			Some(Event::CollateralUnbonding { miner: account(1), amount: 1_500, until })
		);
	});
}

#[test]
fn unbond_should_fail_when_the_origin_is_not_a_miner() {
	execute(|| {
		assert_noop!(Staking::unbond(RuntimeOrigin::none(), 1), BadOrigin);
		assert_noop!(Staking::unbond(RuntimeOrigin::root(), 1), BadOrigin);
		assert_noop!(unbond(1, 1), Error::<Test>::NotRegistered);
	});
}

#[test]
fn unbond_should_fail_when_the_amount_is_zero_or_more_than_its_own() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 500));
		assert_noop!(unbond(1, 0), Error::<Test>::AmountInvalid);
		assert_noop!(unbond(1, MINIMUM + 1), Error::<Test>::NotEnoughStaked);
		assert_noop!(unbond(1, u128::MAX), Error::<Test>::NotEnoughStaked);
		assert_ok!(unbond(1, MINIMUM));
	});
}

#[test]
fn unbond_should_leave_nothing_or_the_minimum_when_it_takes_a_part() {
	execute(|| {
		assert_ok!(register(1, 2 * MINIMUM));
		assert_noop!(unbond(1, MINIMUM + 1), Error::<Test>::CollateralTooLow);
		assert_noop!(unbond(1, 2 * MINIMUM - 1), Error::<Test>::CollateralTooLow);
		assert_ok!(unbond(1, MINIMUM));
		assert_noop!(unbond(1, 1), Error::<Test>::CollateralTooLow);
		assert_ok!(unbond(1, MINIMUM));
		assert_eq!(miner(1).own, 0);
		// It is a miner still, but is let nothing.
		assert_eq!(Staking::standing(&account(1), Class::Gemm), None);
	});
}

#[test]
fn unbond_should_fail_when_leases_need_the_bond() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		let open = lock(1, 3_000).expect("is free");
		assert_noop!(unbond(1, 2_001), Error::<Test>::NotEnoughFree);
		assert_noop!(unbond(1, 5_000), Error::<Test>::NotEnoughFree);
		assert_ok!(unbond(1, 2_000));
		unlock(&open, LeaseFate::Accepted);
		assert_ok!(unbond(1, 3_000));
	});
}

#[test]
fn unbond_should_fail_when_leases_need_delegations_that_its_own_lets_count() {
	execute(|| {
		assert_ok!(register(1, 2 * MINIMUM));
		assert_ok!(delegate(2, 1, 6 * MINIMUM));
		let open = lock(1, 5 * MINIMUM + 5).expect("is free");
		// Of 1,001 and 6,000 count 1,001 and 4,004: all that is locked. Without a lease the minimum is enough.
		assert_noop!(unbond(1, MINIMUM), Error::<Test>::NotEnoughFree);
		assert_ok!(unbond(1, MINIMUM - 1));
		assert_noop!(unbond(1, 1), Error::<Test>::NotEnoughFree);
		// A percentage lowered by governance takes nothing from the lease, but nothing more may go.
		MaxDelegationPercent::set(100);
		assert_ok!(Staking::bond_extra(signed(1), 1));
		assert_noop!(unbond(1, 1), Error::<Test>::NotEnoughFree);
		unlock(&open, LeaseFate::Accepted);
		assert_ok!(unbond(1, 2));
	});
}

#[test]
fn unbond_should_fail_when_the_miner_is_leaving() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::leave(signed(1)));
		assert_noop!(unbond(1, MINIMUM), Error::<Test>::Leaving);
	});
}

#[test]
fn unbond_should_succeed_when_the_miner_is_chilled() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::chill(signed(1)));
		assert_ok!(unbond(1, MINIMUM));
	});
}

#[test]
fn unbond_should_take_so_many_chunks_and_no_more_when_each_ends_in_another_block() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		for chunk in 0..CHUNKS {
			assert_ok!(unbond(1, 10));
			// The same end is the same chunk.
			assert_ok!(unbond(1, 5));
			assert_eq!(delegation(1, 1).chunks.len(), chunk as usize + 1);
			wait(1);
		}
		assert_noop!(unbond(1, 10), Error::<Test>::TooManyChunks);
		wait(UNBONDING);
		assert_ok!(Staking::withdraw_unbonded(signed(1), account(1)));
		assert_ok!(unbond(1, 10));
	});
}

#[test]
fn unbond_should_keep_its_end_when_governance_changes_the_unbonding_time() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_ok!(unbond(1, 10));
		UnbondingBlocks::set(1_000);
		wait(UNBONDING);
		assert_ok!(Staking::withdraw_unbonded(signed(1), account(1)));
		UnbondingBlocks::set(0);
		assert_ok!(unbond(1, 10));
		wait(MIN_UNBONDING - 1);
		let result = Staking::withdraw_unbonded(signed(1), account(1));
		assert_noop!(result, Error::<Test>::NothingDue);
		wait(1);
		assert_ok!(Staking::withdraw_unbonded(signed(1), account(1)));
	});
}
