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
fn standing_should_be_none_when_the_miner_may_take_nothing() {
	execute(|| {
		let standing = || Staking::standing(&account(1), Class::Gemm);
		assert_eq!(standing(), None);
		assert_ok!(register(1, MINIMUM));
		assert!(standing().is_some());
		// Governance raises the minimum by one planck, and takes it back.
		MinCollateral::set(MINIMUM + 1);
		assert_eq!(standing(), None);
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotEligible);
		MinCollateral::set(MINIMUM);
		assert_ok!(Staking::chill(signed(1)));
		assert_eq!(standing(), None);
		assert_ok!(Staking::resume(signed(1)));
		assert!(standing().is_some());
		assert_ok!(Staking::leave(signed(1)));
		assert_eq!(standing(), None);
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotEligible);
	});
}

#[test]
fn standing_should_tell_bond_and_free_when_delegations_and_leases_are_there() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		let open = lock(1, 400).expect("is free");
		let expected = MinerStanding {
			owner: account(1),
			worker: worker(1),
			bond: MINIMUM + 600,
			free: MINIMUM + 200,
			reputation: aitbc_primitives::Reputation(5_000),
		};
		assert_eq!(Staking::standing(&account(1), Class::Gemm), Some(expected));
		unlock(&open, LeaseFate::Accepted);
	});
}

#[test]
fn standing_should_change_only_in_the_class_of_the_lease_when_one_ends() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		lease(1, 0, LeaseFate::Wrong);
		let reputation =
			|class| Staking::standing(&account(1), class).expect("is active").reputation.0;
		assert_eq!(reputation(Class::Gemm), 1_000);
		assert_eq!((reputation(Class::Echo), reputation(Class::Wgsl)), (5_000, 5_000));
		// The memory of it fades.
		wait(HALF_LIFE);
		assert!((1_500..1_700).contains(&reputation(Class::Gemm)));
	});
}

/// Many leases on one bond.
#[test]
fn lock_should_fail_when_the_leases_together_exceed_the_bond() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		let open: Vec<_> = (0..10).map(|_| lock(1, MINIMUM / 10).expect("is free")).collect();
		assert_eq!((miner(1).open_leases, miner(1).free(400)), (10, 0));
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotEnoughFree);
		// A lease that locks nothing may still begin, and is counted.
		let nothing = lock(1, 0).expect("is free");
		assert_eq!(miner(1).open_leases, 11);
		for ended in open.iter().chain([&nothing]) {
			unlock(ended, LeaseFate::Accepted);
		}
		assert_eq!((miner(1).open_leases, miner(1).locked), (0, 0));
	});
}

#[test]
fn lock_should_respect_the_bond_when_the_amount_is_at_its_boundary() {
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
fn lock_should_count_delegations_as_far_as_the_miners_own_allows_when_they_are_more() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 600));
		let backing = |percent| {
			MaxDelegationPercent::set(percent);
			let standing = Staking::standing(&account(1), Class::Gemm).expect("is active");
			let most = standing.free;
			assert_eq!((standing.bond, most), (miner(1).backing(percent), miner(1).free(percent)));
			let more = Staking::lock(&account(1), most + 1);
			assert_noop!(more, Error::<Test>::NotEnoughFree);
			frame_support::hypothetically!({
				assert_ok!(Staking::lock(&account(1), most));
			});
			standing.bond
		};
		assert_eq!([0, 59, 60, 61].map(backing), [MINIMUM, 1_590, 1_600, 1_600]);
		assert_eq!(backing(u32::MAX), 1_600);
		assert_eq!(miner(1).bond(), 1_600);
	});
}

/// What is locked can be more than what backs it only where nobody who acts can help it.
#[test]
fn lock_should_fail_when_a_slash_or_governance_left_less_than_is_locked() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 4 * MINIMUM));
		// A slash of two planck: 0.4 of them are its own, which bears what rounding leaves over, and with it
		// goes what of the delegations it let count.
		let [kept, lost] = [4_998, 2].map(|amount| lock(1, amount).expect("is free"));
		unlock(&lost, LeaseFate::Wrong);
		assert_eq!((miner(1).own, miner(1).pool.value), (999, 3_999));
		assert_eq!((miner(1).backing(400), miner(1).locked), (4_995, 4_998));
		assert_eq!(miner(1).free(400), 0);
		MinCollateral::set(1);
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotEnoughFree);
		// The lease is paid for in full all the same: it is taken from all that is there.
		assert_ok!(Staking::do_try_state());
		assert_eq!(unlock(&kept, LeaseFate::Wrong), 4_998);
	});
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 4 * MINIMUM));
		let open = lock(1, 3 * MINIMUM).expect("is free");
		MaxDelegationPercent::set(100);
		assert_eq!((miner(1).backing(100), miner(1).free(100)), (2 * MINIMUM, 0));
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotEnoughFree);
		// What locks nothing may begin, as `standing` says.
		unlock(&lock(1, 0).expect("is free"), LeaseFate::Accepted);
		unlock(&open, LeaseFate::Accepted);
	});
}

#[test]
fn lock_should_fail_when_the_account_is_no_miner() {
	execute(|| {
		assert_noop!(Staking::lock(&account(1), 0), Error::<Test>::NotEligible);
		assert_noop!(Staking::lock(&account(1), u128::MAX), Error::<Test>::NotEligible);
	});
}

#[test]
fn lock_should_fail_when_the_number_of_leases_does_not_fit() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		edit(1, |info| info.open_leases = u32::MAX);
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotEnoughFree);
		edit(1, |info| info.open_leases = 0);
		Workers::<Test>::mutate(worker(1), |key| key.as_mut().expect("known").leases = u32::MAX);
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotEnoughFree);
		Workers::<Test>::mutate(worker(1), |key| key.as_mut().expect("known").leases = 0);
	});
}

#[test]
fn lock_should_fix_the_slash_shares_when_the_lease_begins() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		let late = lock(1, 1_000).expect("is free");
		let withheld = lock(1, 1_000).expect("is free");
		SlashLate::set(Perbill::one());
		SlashWithheld::set(Perbill::zero());
		assert_eq!(unlock(&late, LeaseFate::Late), 50);
		assert_eq!(unlock(&withheld, LeaseFate::Withheld), 500);
		assert_eq!(lease(1, 1_000, LeaseFate::Late), 1_000);
		assert_eq!(lease(1, 1_000, LeaseFate::Withheld), 0);
	});
}

#[test]
fn unlock_should_take_what_the_fate_forfeits_when_a_lease_ends() {
	let taken = [0, 0, 50, 500, 1_000, 0];
	for (fate, expected) in FATES.into_iter().zip(taken) {
		execute(|| {
			assert_ok!(register(1, 5_000));
			assert_eq!(lease(1, 1_000, fate), expected, "{fate:?}");
			let info = miner(1);
			assert_eq!(info.own, 5_000 - expected);
			assert_eq!((info.locked, info.open_leases), (0, 0));
			assert_eq!((held(1), free(1)), (5_000 - expected, WEALTH - 5_000));
			assert_eq!(Forfeited::get(), expected);
			let event = Event::Slashed {
				miner: account(1),
				fate,
				amount: expected,
				own: expected,
				pool: 0,
				unbonding: 0,
			};
			assert_eq!(last_event() == Some(event), expected > 0);
		});
	}
}

#[test]
fn unlock_should_take_from_all_stakes_in_proportion_when_it_slashes() {
	execute(|| {
		assert_ok!(register(1, 4_000));
		assert_ok!(delegate(2, 1, 3_000));
		assert_ok!(delegate(3, 1, 2_000));
		assert_ok!(undelegate(3, 1, 1_000));
		assert_ok!(Staking::unbond(signed(1), 1_000));
		// Own 3,000, pool 4,000, unbonding 2,000 of 9,000. 1,001 is 333.67, 444.89 and 222.44.
		assert_eq!(lease(1, 1_001, LeaseFate::Wrong), 1_001);
		assert_eq!(
			last_event(),
			Some(Event::Slashed {
				miner: account(1),
				fate: LeaseFate::Wrong,
				amount: 1_001,
				own: 335,
				pool: 444,
				unbonding: 222,
			})
		);
		let info = miner(1);
		assert_eq!((info.own, info.pool.value, info.unbonding.value), (2_665, 3_556, 1_778));
		assert_eq!((delegation(2, 1).value, delegation(3, 1).value), (2_667, 889));
	});
}

#[test]
fn unlock_should_count_each_fate_in_its_own_place_when_leases_end() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		for (times, fate) in FATES.into_iter().enumerate() {
			for _ in 0..=times {
				lease(1, 0, fate);
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
		edit(1, |info| info.record.accepted = u32::MAX);
		lease(1, 0, LeaseFate::Accepted);
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
			assert_eq!(lease(1, amount, fate), expected, "{amount} {fate:?}");
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
			assert_eq!(lease(1, 700, fate), 700);
		}
		assert_eq!(miner(1).own, 3_600);
	});
}

#[test]
fn unlock_should_take_nothing_when_the_shares_are_zero() {
	execute(|| {
		SlashLate::set(Perbill::zero());
		assert_ok!(register(1, 5_000));
		assert_eq!(lease(1, 700, LeaseFate::Late), 0);
		assert_eq!(miner(1).record.late, 1);
	});
}

#[test]
fn unlock_should_leave_the_other_leases_covered_when_one_is_lost() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		let [first, second] = [600, 400].map(|amount| lock(1, amount).expect("is free"));
		unlock(&first, LeaseFate::Wrong);
		let info = miner(1);
		assert_eq!((info.own, info.locked, info.open_leases), (400, 400, 1));
		// Below the minimum now: nothing new, but the open lease can still be lost in full.
		assert_eq!(Staking::standing(&account(1), Class::Gemm), None);
		assert_eq!(unlock(&second, LeaseFate::Wrong), 400);
		assert_eq!(miner(1).own, 0);
	});
}

#[test]
fn unlock_should_leave_another_miner_alone_when_it_slashes() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_ok!(register(2, 5_000));
		assert_ok!(delegate(3, 2, 500));
		let before = miner(2);
		lease(1, 5_000, LeaseFate::Wrong);
		assert_eq!(miner(2), before);
		assert_eq!((held(2), delegation(3, 2).value), (5_500, 500));
	});
}

#[test]
fn unlock_should_expel_the_miner_when_nothing_is_left_of_the_delegations() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 500));
		lease(1, MINIMUM + 500, LeaseFate::Wrong);
		let until = 1 + UNBONDING;
		assert_eq!(miner(1).status, MinerStatus::Leaving { until });
		let mut events = events();
		assert_eq!(
			events.split_off(events.len() - 2),
			[
				Event::MinerExpelled { miner: account(1) },
				Event::MinerLeaving { miner: account(1), until },
			]
		);
		assert_noop!(delegate(3, 1, LEAST), Error::<Test>::Leaving);
	});
}

#[test]
fn unlock_should_let_a_miner_go_on_when_it_lost_everything_but_had_no_delegations() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		lease(1, MINIMUM, LeaseFate::Wrong);
		assert_eq!(miner(1).status, MinerStatus::Active);
		assert_ok!(Staking::bond_extra(signed(1), MINIMUM));
		assert!(Staking::standing(&account(1), Class::Gemm).is_some());
	});
}

#[cfg(debug_assertions)]
#[test]
#[should_panic = "a lease of an account that is no miner ended"]
fn unlock_should_complain_when_the_account_is_no_miner() {
	execute(|| {
		let bond = LeaseBond {
			collateral: u128::MAX,
			slash_late: Perbill::one(),
			slash_withheld: Perbill::one(),
		};
		unlock(&OpenLease { miner: 1, worker: worker(1), bond }, LeaseFate::Wrong);
	});
}

#[cfg(not(debug_assertions))]
#[test]
fn unlock_should_change_nothing_when_the_account_is_no_miner() {
	execute(|| {
		let bond = LeaseBond {
			collateral: u128::MAX,
			slash_late: Perbill::one(),
			slash_withheld: Perbill::one(),
		};
		let lease = OpenLease { miner: 1, worker: worker(1), bond };
		frame_support::assert_storage_noop!(assert_eq!(unlock(&lease, LeaseFate::Wrong), 0));
	});
}
