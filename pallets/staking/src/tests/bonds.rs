//! The [`Bonds`] side: what leases lock and what their ends cost.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};

const FATES: [LeaseFate; 6] = [
	LeaseFate::Accepted,
	LeaseFate::Released,
	LeaseFate::Late,
	LeaseFate::Withheld,
	LeaseFate::Wrong,
	LeaseFate::Failed,
];

#[test]
fn active_worker_should_answer_none_when_the_miner_may_take_nothing() {
	execute(|| {
		assert_eq!(Staking::active_worker(&account(1)), None);
		assert_eq!(Staking::free_collateral(&account(1)), 0);
		assert_ok!(register(1, MINIMUM));
		assert_eq!(Staking::active_worker(&account(1)), Some(worker(1)));
		assert_eq!(Staking::free_collateral(&account(1)), MINIMUM);
		// Governance raises the minimum by one planck, and takes it back.
		MinCollateral::set(MINIMUM + 1);
		assert_eq!(Staking::active_worker(&account(1)), None);
		assert_eq!(Staking::free_collateral(&account(1)), 0);
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotRegistered);
		MinCollateral::set(MINIMUM);
		assert_ok!(Staking::leave(RuntimeOrigin::signed(account(1))));
		assert_eq!(Staking::active_worker(&account(1)), None);
		assert_eq!(Staking::free_collateral(&account(1)), 0);
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotRegistered);
	});
}

/// Many leases on one bond.
#[test]
fn lock_should_fail_when_the_leases_together_exceed_the_collateral() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		for _ in 0..10 {
			assert_ok!(Staking::lock(&account(1), MINIMUM / 10));
		}
		assert_eq!(miner(1).open_leases, 10);
		assert_eq!(Staking::free_collateral(&account(1)), 0);
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotEnoughFree);
		// A lease that locks nothing may still begin, and is counted.
		assert_ok!(Staking::lock(&account(1), 0));
		assert_eq!(miner(1).open_leases, 11);
	});
}

#[test]
fn lock_should_respect_the_collateral_when_the_amount_is_at_its_boundary() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_noop!(Staking::lock(&account(1), MINIMUM + 1), Error::<Test>::NotEnoughFree);
		assert_noop!(Staking::lock(&account(1), u128::MAX), Error::<Test>::NotEnoughFree);
		assert_ok!(Staking::lock(&account(1), MINIMUM));
		// The sum does not fit any more: an error, not a wrap.
		assert_noop!(Staking::lock(&account(1), u128::MAX), Error::<Test>::NotEnoughFree);
	});
}

#[test]
fn lock_should_fail_when_the_account_is_no_miner() {
	execute(|| {
		assert_noop!(Staking::lock(&account(1), 0), Error::<Test>::NotRegistered);
		assert_noop!(Staking::lock(&account(1), u128::MAX), Error::<Test>::NotRegistered);
	});
}

#[test]
fn lock_should_fail_when_the_number_of_leases_does_not_fit() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		Miners::<Test>::mutate(account(1), |info| {
			info.as_mut().expect("registered").open_leases = u32::MAX;
		});
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotEnoughFree);
	});
}

#[test]
fn unlock_should_take_what_the_fate_forfeits_when_a_lease_ends() {
	let taken = [0, 0, 50, 500, 1_000, 0];
	for (fate, expected) in FATES.into_iter().zip(taken) {
		Forfeited::set(0);
		execute(|| {
			assert_ok!(register(1, 5_000));
			assert_ok!(Staking::lock(&account(1), 1_000));
			assert_eq!(Staking::unlock(&account(1), 1_000, fate), expected, "{fate:?}");
			let info = miner(1);
			assert_eq!(info.collateral, 5_000 - expected);
			assert_eq!((info.locked, info.open_leases), (0, 0));
			assert_eq!((held(1), free(1)), (5_000 - expected, WEALTH - 5_000));
			assert_eq!(Forfeited::get(), expected);
			let event = Event::Slashed { miner: account(1), fate, amount: expected };
			assert_eq!(last_event() == Some(event), expected > 0);
		});
	}
}

#[test]
fn unlock_should_count_each_fate_in_its_own_place_when_leases_end() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		for (times, fate) in FATES.into_iter().enumerate() {
			for _ in 0..=times {
				assert_ok!(Staking::lock(&account(1), 0));
				Staking::unlock(&account(1), 0, fate);
			}
		}
		// Released is no fault and no merit.
		let expected = Record { accepted: 1, late: 3, withheld: 4, wrong: 5, failed: 6 };
		assert_eq!(miner(1).record, expected);
	});
}

#[test]
fn unlock_should_not_wrap_the_record_when_a_counter_is_full() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		Miners::<Test>::mutate(account(1), |info| {
			info.as_mut().expect("registered").record.accepted = u32::MAX;
		});
		assert_ok!(Staking::lock(&account(1), 0));
		Staking::unlock(&account(1), 0, LeaseFate::Accepted);
		assert_eq!(miner(1).record.accepted, u32::MAX);
	});
}

/// Rounding favours the protocol: no lease is too small to be slashed.
#[test]
fn unlock_should_round_the_forfeit_up_when_it_is_a_fraction_of_a_planck() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		for (amount, fate, expected) in [
			(1, LeaseFate::Late, 1),
			(20, LeaseFate::Late, 1),
			(21, LeaseFate::Late, 2),
			(1, LeaseFate::Withheld, 1),
			(3, LeaseFate::Withheld, 2),
			(1, LeaseFate::Wrong, 1),
			(0, LeaseFate::Wrong, 0),
		] {
			assert_ok!(Staking::lock(&account(1), amount));
			assert_eq!(Staking::unlock(&account(1), amount, fate), expected, "{amount} {fate:?}");
		}
	});
}

#[test]
fn unlock_should_take_at_most_the_lease_when_the_shares_are_the_maximum() {
	execute(|| {
		SlashLate::set(Perbill::one());
		SlashWithheld::set(Perbill::one());
		assert_ok!(register(1, 5_000));
		for fate in [LeaseFate::Late, LeaseFate::Withheld] {
			assert_ok!(Staking::lock(&account(1), 700));
			assert_eq!(Staking::unlock(&account(1), 700, fate), 700);
		}
		assert_eq!(miner(1).collateral, 3_600);
	});
}

#[test]
fn unlock_should_take_nothing_when_the_shares_are_zero() {
	execute(|| {
		SlashLate::set(Perbill::zero());
		assert_ok!(register(1, 5_000));
		assert_ok!(Staking::lock(&account(1), 700));
		assert_eq!(Staking::unlock(&account(1), 700, LeaseFate::Late), 0);
		assert_eq!(miner(1).record.late, 1);
	});
}

/// Slash larger than the bond: it takes the bond, reports what it took, and touches nothing else.
#[test]
fn unlock_should_take_the_bond_and_no_more_when_the_slash_is_larger() {
	for amount in [MINIMUM + 1, u128::MAX] {
		Forfeited::set(0);
		execute(|| {
			assert_ok!(register(1, MINIMUM));
			assert_ok!(Staking::lock(&account(1), MINIMUM));
			assert_eq!(Staking::unlock(&account(1), amount, LeaseFate::Wrong), MINIMUM);
			assert_eq!((miner(1).collateral, miner(1).locked), (0, 0));
			assert_eq!((held(1), free(1)), (0, WEALTH - MINIMUM));
			assert_eq!(Forfeited::get(), MINIMUM);
		});
	}
}

#[test]
fn unlock_should_leave_the_other_leases_covered_when_one_is_lost() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::lock(&account(1), 600));
		assert_ok!(Staking::lock(&account(1), 400));
		Staking::unlock(&account(1), 600, LeaseFate::Wrong);
		let info = miner(1);
		assert_eq!((info.collateral, info.locked, info.open_leases), (400, 400, 1));
		// Below the minimum now: nothing new, but the open lease can still be lost in full.
		assert_eq!(Staking::active_worker(&account(1)), None);
		assert_eq!(Staking::unlock(&account(1), 400, LeaseFate::Wrong), 400);
		assert_eq!(miner(1).collateral, 0);
	});
}

#[test]
fn unlock_should_leave_another_miner_alone_when_it_slashes() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_ok!(register(2, 5_000));
		let before = miner(2);
		assert_ok!(Staking::lock(&account(1), 5_000));
		Staking::unlock(&account(1), 5_000, LeaseFate::Wrong);
		assert_eq!(miner(2), before);
		assert_eq!(held(2), 5_000);
	});
}

#[cfg(not(debug_assertions))]
#[test]
fn unlock_should_change_nothing_when_the_account_is_no_miner() {
	execute(|| {
		frame_support::assert_storage_noop!(assert_eq!(
			Staking::unlock(&account(1), u128::MAX, LeaseFate::Wrong),
			0
		));
	});
}
