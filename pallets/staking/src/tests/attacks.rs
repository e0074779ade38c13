//! Ways to get more out than one has, to keep others' coins, or to escape a verdict. Each fails. Attacks on
//! registration stand with `register`.

use crate::{
	mock::*,
	shares::{MAX_SHARES_PER_PLANCK, SharePool},
	*,
};
use frame_support::{
	assert_noop, assert_ok,
	traits::{
		LockableCurrency, WithdrawReasons,
		fungible::{InspectHold, hold::Mutate},
	},
};

/// Everything that is an account's, planck: free, staked and on its way out.
fn wealth(number: u8) -> Balance {
	let own = Miners::<Test>::get(account(number)).map_or(0, |info| info.own);
	let staked: Balance = Miners::<Test>::iter_keys()
		.map(|miner| {
			let status = Staking::delegation(miner, account(number));
			status.value + status.chunks.iter().map(|chunk| chunk.value).sum::<Balance>()
		})
		.sum();
	free(number) + own + staked
}

#[test]
fn attack_self_delegation_should_fail_when_a_miner_wants_a_part_of_its_own_reward_twice() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_noop!(delegate(1, 1, LEAST), Error::<Test>::SelfDelegation);
		// Through an account of its own it gets just what its coins are worth.
		assert_ok!(delegate(2, 1, MINIMUM));
		pay(1, 1_000);
		assert_eq!(wealth(1) + wealth(2), 2 * WEALTH + 1_000);
	});
}

/// Shares priced from an empty pool: the first one buys a planck's worth, makes the share dear, and the next
/// one's coins round down to nothing.
#[test]
fn attack_first_depositor_should_gain_nothing_when_it_makes_a_share_dear() {
	execute(|| {
		MinDelegation::set(1);
		MaxDelegationPercent::set(u32::MAX);
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 1));
		// It pays its own miner; nearly all of that is the miner's.
		let paid = 999_000;
		let split = pay(1, paid);
		assert!(split.delegators <= 1_000);
		let price = miner(1).pool.value;
		// Neither less than a share nor a part of a share more than one.
		assert_noop!(delegate(3, 1, price - 1), Error::<Test>::SharePriceTooHigh);
		assert_noop!(delegate(3, 1, 2 * price - 1), Error::<Test>::SharePriceTooHigh);
		// What divides nobody loses by.
		let before = wealth(2);
		assert_ok!(delegate(3, 1, 2 * price));
		assert_eq!((wealth(3), wealth(2)), (WEALTH, before));
	});
}

/// With a minimum that is more than dust shares can still be made dear: a miner that is its own only
/// delegator, through another account, rewards itself and takes shares back, again and again, until one is
/// left that is worth a fortune.
#[test]
fn attack_dear_shares_should_take_nobody_when_a_miner_is_its_own_only_delegator() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, LEAST));
		while miner(1).pool.shares > 1 {
			pay(1, 1_100);
			let SharePool { shares, value } = miner(1).pool;
			let keep = (LEAST * shares).div_ceil(value);
			assert_ok!(undelegate(2, 1, shares - keep));
			wait(UNBONDING);
			assert_ok!(Staking::withdraw_unbonded(signed(2), account(1)));
		}
		pay(1, 1_000_000);
		assert_ok!(Staking::bond_extra(signed(1), 200_000));
		let SharePool { shares, value: price } = miner(1).pool;
		assert!(shares == 1 && price > 50_000);

		// Were it let, the old share would have a quarter of what the next one pays.
		let next = 2 * price - 1;
		let mut pool = miner(1).pool;
		let bought = pool.buy(next).expect("it buys one");
		assert!(4 * (next - pool.worth(bought)) + 1 >= next);

		let before = wealth(2);
		assert_noop!(delegate(3, 1, next), Error::<Test>::SharePriceTooHigh);
		// To the planck: of what it pays above a share the half is the old share's.
		assert_noop!(delegate(3, 1, price + 3), Error::<Test>::SharePriceTooHigh);
		assert_ok!(delegate(3, 1, price + 2));
		assert_eq!((wealth(3), wealth(2)), (WEALTH - 1, before + 1));
	});
}

/// The price of a share that was quoted is not the one at inclusion: who said the least it takes keeps its
/// coins.
#[test]
fn attack_price_change_should_not_reach_a_delegation_when_it_said_the_least_it_takes() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, MINIMUM));
		let quoted = miner(1).pool.quote(LEAST).expect("it buys some");
		let delegate = |least| Staking::delegate(signed(3), account(1), LEAST, least);
		pay(1, 200);
		assert_noop!(delegate(quoted), Error::<Test>::TooFewShares);
		assert_ok!(delegate(miner(1).pool.quote(LEAST).expect("it buys some")));
	});
}

/// Delegations are taken while a miner has much of its own; then it takes that away, and would go on working
/// on the others' coins.
#[test]
fn attack_skin_out_of_the_game_should_shrink_what_backs_leases_when_a_miner_takes_its_own_away() {
	execute(|| {
		assert_ok!(register(1, 10 * MINIMUM));
		assert_ok!(delegate(2, 1, 40 * MINIMUM));
		let open = lock(1, 20 * MINIMUM).expect("is free");
		// Four fifths of what backs the lease would be gone with the delegations that its own let count.
		assert_noop!(Staking::unbond(signed(1), 9 * MINIMUM), Error::<Test>::NotEnoughFree);
		assert_noop!(Staking::unbond(signed(1), 6 * MINIMUM + 1), Error::<Test>::NotEnoughFree);
		assert_ok!(Staking::unbond(signed(1), 6 * MINIMUM));
		assert_noop!(Staking::unbond(signed(1), 1), Error::<Test>::NotEnoughFree);
		assert_noop!(Staking::lock(&account(1), 1), Error::<Test>::NotEnoughFree);
		unlock(&open, LeaseFate::Accepted);

		assert_ok!(Staking::unbond(signed(1), 3 * MINIMUM));
		let standing = Staking::standing(&account(1), Class::Gemm).expect("has the minimum");
		assert_eq!((standing.bond, standing.free), (5 * MINIMUM, 5 * MINIMUM));
		assert_eq!(miner(1).bond(), 41 * MINIMUM);
		assert_noop!(Staking::lock(&account(1), 5 * MINIMUM + 1), Error::<Test>::NotEnoughFree);
		let open = lock(1, 5 * MINIMUM).expect("is free");
		// Delegations beyond what counts may go: no lease stands on them.
		assert_ok!(undelegate(2, 1, 36 * MINIMUM));
		assert_noop!(undelegate(2, 1, LEAST), Error::<Test>::NotEnoughFree);
		unlock(&open, LeaseFate::Accepted);
	});
}

/// A miner posts jobs of a planck to itself for a name that it has not earned.
#[test]
fn attack_reputation_for_dust_should_buy_next_to_nothing_when_little_is_paid() {
	execute(|| {
		let least = 100 * MINIMUM;
		MinCollateral::set(least);
		assert_ok!(register(1, least));
		assert_ok!(register(2, least));
		let reputation = |number| {
			Staking::standing(&account(number), Class::Gemm).expect("is active").reputation.0
		};
		for _ in 0..100 {
			lease(1, 0, LeaseFate::Accepted);
		}
		assert_eq!(reputation(1), 5_000);
		// Ten of a tenth are one.
		for _ in 0..10 {
			lease(1, least / 10_000, LeaseFate::Accepted);
		}
		lease(2, least / 1_000, LeaseFate::Accepted);
		assert_eq!((reputation(1), reputation(2)), (5_999, 6_000));
		// What is bad counts in full, however little was paid.
		lease(2, 0, LeaseFate::Late);
		assert_eq!(reputation(2), 5_000);
		// A client of one's own that would pay much, and pays a planck, puts much at stake and earns no name.
		for _ in 0..10 {
			let large = lock(1, least).expect("all of it is free");
			unlock_paid(&large, LeaseFate::Accepted, 1);
		}
		assert_eq!(reputation(1), 6_078);
	});
}

/// Coins that are simply sent to the miner change no share.
#[test]
fn attack_donation_should_not_move_the_price_when_coins_are_sent_to_the_miner() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, LEAST));
		let before = miner(1);
		assert_ok!(Balances::transfer_allow_death(signed(2), account(1), 500_000));
		assert_eq!(miner(1), before);
		assert_ok!(delegate(3, 1, LEAST));
		assert_eq!(delegation(3, 1).shares, LEAST);
	});
}

/// Rounding that pays out one planck too many, a million times.
#[test]
fn attack_rounding_should_never_pay_a_planck_too_much_when_it_is_tried_a_million_times() {
	// A price that divides nothing, and an honest holder.
	let mut pool = SharePool { shares: 1_000_003, value: 1_618_033 };
	let honest = pool.shares;
	let mut purse: i128 = 0;
	let mut seed = 1u64;
	for _ in 0..500_000 {
		seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
		let amount = Balance::from(seed >> 50) + 1;
		let Ok(bought) = pool.buy(amount) else { continue };
		let parts = [bought / 3, bought - bought / 3];
		let paid: Balance = parts.iter().map(|part| pool.sell(*part).expect("it has them")).sum();
		purse += i128::try_from(paid).expect("small") - i128::try_from(amount).expect("small");
		assert!(purse <= 0, "somebody took out more than came in");
	}
	assert!(pool.worth(honest) >= 1_618_033, "it came out of the honest one's part");
}

#[test]
fn attack_rounding_should_never_pay_a_planck_too_much_when_whole_rounds_are_made() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 777));
		pay(1, 1_003);
		lease(1, 101, LeaseFate::Wrong);
		let honest = wealth(2);
		for round in 0..50 {
			if delegate(3, 1, LEAST + round).is_err() {
				assert_noop!(delegate(3, 1, LEAST + round), Error::<Test>::SharePriceTooHigh);
				continue;
			}
			let shares = delegation(3, 1).shares;
			assert_ok!(undelegate(3, 1, shares));
			wait(UNBONDING);
			assert_ok!(Staking::withdraw_unbonded(signed(3), account(1)));
			assert!(free(3) <= WEALTH);
			assert!(wealth(2) >= honest);
		}
	});
}

/// Delegate just before a reward and leave after it.
#[test]
fn attack_reward_sniping_should_bind_the_coins_when_somebody_joins_for_one_reward() {
	execute(|| {
		assert_ok!(register(1, 2_000));
		assert_ok!(delegate(2, 1, 1_000));
		assert_ok!(delegate(3, 1, 1_000));
		pay(1, 1_000);
		let shares = delegation(3, 1).shares;
		assert_ok!(undelegate(3, 1, shares));
		// Its part of that reward and no more; out of the next ones at once, but within reach of verdicts.
		assert_eq!((wealth(3), wealth(2)), (WEALTH + 250, WEALTH + 250));
		pay(1, 1_000);
		assert_eq!(wealth(3), WEALTH + 250);
		let result = Staking::withdraw_unbonded(signed(3), account(1));
		assert_noop!(result, Error::<Test>::NothingDue);
		lease(1, 1_000, LeaseFate::Wrong);
		assert!(wealth(3) < WEALTH + 250);
		wait(UNBONDING - 1);
		let result = Staking::withdraw_unbonded(signed(3), account(1));
		assert_noop!(result, Error::<Test>::NothingDue);
	});
}

/// Who joins later has no part in earlier rewards.
#[test]
fn attack_late_joiner_should_have_no_part_when_the_reward_was_before() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, MINIMUM));
		pay(1, 1_000);
		assert_ok!(delegate(3, 1, MINIMUM));
		assert!(wealth(3) <= WEALTH);
		assert_eq!(wealth(2), WEALTH + 500);
	});
}

/// Undelegating or unbonding does not take coins out of reach of the verdict on work already let.
#[test]
fn attack_slash_escape_should_fail_when_stake_is_taken_out_before_the_verdict() {
	execute(|| {
		assert_ok!(register(1, 4_000));
		assert_ok!(delegate(2, 1, 2_000));
		let cheat = lock(1, 3_000).expect("is free");
		// Half of everything backs the lease. What is free may go, but only as far as `unbonding`.
		assert_ok!(undelegate(2, 1, 2_000));
		assert_ok!(Staking::unbond(signed(1), 1_000));
		assert_noop!(Staking::unbond(signed(1), 1_000), Error::<Test>::NotEnoughFree);
		assert_eq!(unlock(&cheat, LeaseFate::Wrong), 3_000);
		assert_eq!((wealth(2), wealth(1)), (WEALTH - 1_000, WEALTH - 2_000));
	});
}

/// Unbond, then cheat, then leave before the verdict.
#[test]
fn attack_leaving_before_the_verdict_should_fail_when_a_lease_is_open() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		let cheat = lock(1, 2_000).expect("is free");
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert_noop!(Staking::withdraw(signed(1)), Error::<Test>::LeasesOpen);
		assert_eq!(unlock(&cheat, LeaseFate::Wrong), 2_000);
		assert_ok!(Staking::withdraw(signed(1)));
		assert_eq!(free(1), WEALTH - 2_000);
		assert_eq!(Forfeited::get(), 2_000);
	});
}

/// A slash larger than what there is takes that, reports it, and touches nothing else.
#[test]
fn attack_slash_larger_than_the_stake_should_take_the_stake_and_no_more() {
	for amount in [2_501, u128::MAX] {
		execute(|| {
			assert_ok!(register(1, 2 * MINIMUM));
			assert_ok!(delegate(2, 1, 500));
			assert_ok!(Staking::unbond(signed(1), MINIMUM));
			let mut open = lock(1, MINIMUM).expect("is free");
			open.bond.collateral = amount;
			assert_eq!(unlock(&open, LeaseFate::Wrong), 2_500);
			assert_eq!(miner(1).stakes(), Stakes::default());
			assert_eq!((held(1), free(1)), (0, WEALTH - 2_000));
			assert_eq!(Forfeited::get(), 2_500);
		});
	}
}

/// A pool wiped out and then joined: the new one must not pay for, or share with, the old ones.
#[test]
fn attack_wiped_pool_should_take_nobody_when_it_has_shares_without_value() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 500));
		lease(1, MINIMUM + 500, LeaseFate::Wrong);
		assert_noop!(delegate(3, 1, LEAST), Error::<Test>::Leaving);
		assert_noop!(Staking::bond_extra(signed(1), MINIMUM), Error::<Test>::Leaving);
		// Were it not expelled, the pool would refuse.
		edit(1, |info| info.status = MinerStatus::Active);
		assert_ok!(Staking::bond_extra(signed(1), MINIMUM));
		assert_noop!(delegate(3, 1, LEAST), Error::<Test>::PoolWorthless);
		// Once the old ones are gone it is a new pool.
		assert_ok!(undelegate(2, 1, 500));
		assert_ok!(delegate(3, 1, LEAST));
		assert_eq!((wealth(2), wealth(3)), (WEALTH - 500, WEALTH));
	});
}

/// A miner slashes itself again and again to make shares of `unbonding` so cheap that their number does not
/// fit any more, and nobody could undelegate: it is expelled long before, and the delegators get their coins
/// without those shares.
#[test]
fn attack_share_dilution_should_not_trap_delegators_when_a_miner_slashes_itself() {
	execute(|| {
		let stake = 400_000;
		assert_ok!(register(1, stake));
		let mut purses = [4, 5, 6, 7, 8, 9].into_iter();
		// A little of its own is always unbonding, so that the price is kept; then it loses all the rest.
		for _ in 0..3 {
			assert_ok!(Staking::bond_extra(signed(1), 1_000));
			assert_ok!(Staking::unbond(signed(1), 1_000));
			wait(1);
			for _ in 0..2 {
				frame_support::hypothetically!({
					// The exit of a delegator is open.
					assert_ok!(delegate(2, 1, LEAST));
					assert_ok!(undelegate(2, 1, LEAST));
				});
				let SharePool { shares, value } = miner(1).unbonding;
				if shares > MAX_SHARES_PER_PLANCK && value < 10 {
					// One who did not see it coming.
					assert_ok!(delegate(2, 1, 100_000));
				}
				assert_eq!(lease(1, stake, LeaseFate::Wrong), stake);
				let purse = purses.next().expect("there are enough");
				let coins = WEALTH - DEPOSIT;
				assert_ok!(Balances::transfer_allow_death(signed(purse), account(1), coins));
				if !miner(1).is_leaving() {
					let own = miner(1).own;
					assert_ok!(Staking::bond_extra(signed(1), stake - own));
				}
			}
		}
		// Its last slash made a planck worth more than 10^9 shares: it is out, and nobody is trapped.
		assert_eq!(miner(1).unbonding.value, 1);
		assert!(events().contains(&Event::MinerExpelled { miner: account(1) }));
		wait(UNBONDING);
		let left = delegation(2, 1).value;
		assert_eq!(left, 20_001);
		assert_ok!(Staking::return_delegation(signed(2), account(1), account(2)));
		assert_eq!(free(2), WEALTH - 100_000 + left);
		assert_ok!(Staking::withdraw(signed(1)));
	});
	// At the very end of the range.
	execute(|| {
		assert_ok!(register(1, 2 * MINIMUM));
		assert_ok!(delegate(2, 1, 1_000));
		assert_ok!(Staking::unbond(signed(1), MINIMUM));
		let cheap = MAX_SHARES_PER_PLANCK * MINIMUM;
		edit(1, |info| info.unbonding.shares = cheap);
		let until = 1 + UNBONDING;
		let chunks: ChunksOf<Test> =
			vec![UnbondingChunk { shares: cheap, until }].try_into().expect("one");
		Unbonding::<Test>::insert(account(1), account(1), chunks);
		// The cheapest that is allowed still sells.
		frame_support::hypothetically!({
			assert_ok!(undelegate(2, 1, 1_000));
		});
		lease(1, 10, LeaseFate::Wrong);
		assert!(miner(1).is_leaving());
		wait(UNBONDING);
		assert_ok!(Staking::return_delegation(signed(3), account(1), account(2)));
		assert_eq!(free(2), WEALTH - 3);
		assert_ok!(Staking::withdraw(signed(1)));
	});
}

/// A key that is retired belongs to its miner until its last lease has ended: nobody else can answer, or be
/// late, in its name.
#[test]
fn attack_retired_key_should_stay_taken_when_another_miner_wants_it_before_its_leases_end() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		let open = lock(1, 100).expect("is free");
		assert_ok!(rotate(1, 11));
		let granted = consent(1, &account(2));
		let again = || Staking::register(signed(2), MINIMUM, worker(1), granted);
		assert_noop!(again(), Error::<Test>::WorkerKeyTaken);
		assert_ok!(register(3, MINIMUM));
		let granted_to_3 = consent(1, &account(3));
		let result = Staking::rotate_worker(signed(3), worker(1), granted_to_3);
		assert_noop!(result, Error::<Test>::WorkerKeyTaken);
		unlock(&open, LeaseFate::Accepted);
		assert_ok!(again());
		assert_eq!(Workers::<Test>::get(worker(1)).map(|key| key.miner), Some(account(2)));
	});
}

/// A key swapped in the middle of a lease: the lease is the old key's, and what it forfeits is the miner's.
#[test]
fn attack_key_swap_should_not_shed_the_lease_when_a_miner_rotates_in_the_middle() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		let open = lock(1, 400).expect("is free");
		for next in 11..15 {
			assert_ok!(rotate(1, next));
		}
		let key = Workers::<Test>::get(worker(1)).expect("it has a lease");
		assert_eq!((key.miner, key.leases, key.retired), (account(1), 1, true));
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert_noop!(Staking::withdraw(signed(1)), Error::<Test>::LeasesOpen);
		assert_eq!(unlock(&open, LeaseFate::Wrong), 400);
		assert_ok!(Staking::withdraw(signed(1)));
		assert_eq!(Workers::<Test>::iter().count(), 0);
	});
}

/// Nobody can bar another's miners from jobs by joining its group, nor be drawn into one.
#[test]
fn attack_owner_group_should_take_nobody_when_one_side_does_not_agree() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(register(2, MINIMUM));
		let owner = |number| Staking::standing(&account(number), Class::Gemm).map(|s| s.owner);
		// The miner alone.
		assert_ok!(Staking::request_owner(signed(1), account(2)));
		assert_eq!(owner(1), Some(account(1)));
		// The owner alone.
		let result = Staking::accept_miner(signed(1), account(2));
		assert_noop!(result, Error::<Test>::NotRequested);
		assert_eq!(owner(2), Some(account(2)));
		// A request that was withdrawn cannot be taken up.
		assert_ok!(Staking::leave_owner(signed(1)));
		let result = Staking::accept_miner(signed(2), account(1));
		assert_noop!(result, Error::<Test>::NotRequested);
	});
}

/// Leaving the group with a replica in hand, to take the next one as somebody else.
#[test]
fn attack_owner_change_should_fail_when_a_lease_is_open() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::request_owner(signed(1), account(5)));
		assert_ok!(Staking::accept_miner(signed(5), account(1)));
		let open = lock(1, 0).expect("is free");
		assert_noop!(Staking::leave_owner(signed(1)), Error::<Test>::LeasesOpen);
		assert_ok!(Staking::request_owner(signed(1), account(6)));
		let result = Staking::accept_miner(signed(6), account(1));
		assert_noop!(result, Error::<Test>::LeasesOpen);
		assert_eq!(miner(1).owner, Some(account(5)));
		unlock(&open, LeaseFate::Accepted);
		assert_ok!(Staking::leave_owner(signed(1)));
	});
}

/// Commission raised just before a large reward.
#[test]
fn attack_commission_should_not_reach_a_reward_when_it_is_raised_before_it() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, MINIMUM));
		assert_ok!(Staking::set_commission(signed(1), Permill::one()));
		assert_eq!(pay(1, 1_000).delegators, 500);
		wait(UNBONDING - 1);
		assert!(pay(1, 1_000).delegators > 0);
		// A delegator that goes when it hears of it is out, in full, when the raise begins.
		let shares = delegation(2, 1).shares;
		assert_ok!(undelegate(2, 1, shares));
		let worth = wealth(2);
		wait(1);
		pay(1, 1_000);
		assert_eq!(wealth(2), worth);
	});
}

/// A miner locks or holds its own account to keep the delegators' coins in it.
#[test]
fn attack_frozen_account_should_not_keep_delegators_coins_when_the_miner_locks_it() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 700));
		assert_ok!(delegate(3, 1, 300));
		Balances::set_lock(*b"elsewise", &account(1), Balance::MAX, WithdrawReasons::all());
		let other = other::HoldReason::Other.into();
		assert_ok!(Balances::hold(&other, &account(1), WEALTH - MINIMUM - DEPOSIT));
		assert_ok!(undelegate(2, 1, 700));
		wait(UNBONDING);
		assert_ok!(Staking::withdraw_unbonded(signed(2), account(1)));
		assert_eq!(free(2), WEALTH);
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert_ok!(Staking::return_delegation(signed(3), account(1), account(3)));
		assert_eq!(free(3), WEALTH);
		// The other hold is untouched.
		assert_eq!(Balances::balance_on_hold(&other, &account(1)), WEALTH - MINIMUM - DEPOSIT);
	});
}

/// The miner cannot spend what lies on hold in its account.
#[test]
fn attack_delegated_coins_should_be_out_of_reach_when_the_miner_spends_all_it_has() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 700));
		assert_ok!(Balances::transfer_all(signed(1), account(5), false));
		assert_noop!(Staking::unbond(signed(1), MINIMUM + 1), Error::<Test>::NotEnoughStaked);
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		assert_noop!(Staking::withdraw(signed(1)), Error::<Test>::DelegationsLeft);
		assert_eq!((held(1), wealth(2)), (MINIMUM + 700, WEALTH));
	});
}

/// Sending a delegator's coins home is a favour when the miner is gone, and a nuisance before.
#[test]
fn attack_return_delegation_should_fail_when_the_miner_is_active() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, 700));
		wait(1_000);
		let give_back = || Staking::return_delegation(signed(5), account(1), account(2));
		assert_noop!(give_back(), Error::<Test>::NotLeaving);
		assert_ok!(Staking::chill(signed(1)));
		assert_noop!(give_back(), Error::<Test>::NotLeaving);
	});
}

/// A dead account with dust here cannot keep a miner from leaving.
#[test]
fn attack_sleeping_delegator_should_not_keep_the_miner_when_it_does_nothing() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		for delegator in 2..6 {
			assert_ok!(delegate(delegator, 1, LEAST));
			assert_ok!(undelegate(delegator, 1, LEAST));
			assert_ok!(Balances::transfer_all(signed(delegator), account(9), false));
		}
		lease(1, 950, LeaseFate::Wrong);
		assert_ok!(Staking::leave(signed(1)));
		wait(UNBONDING);
		for delegator in 2..6 {
			let home = Staking::return_delegation(signed(1), account(1), account(delegator));
			assert_ok!(home);
		}
		assert_ok!(Staking::withdraw(signed(1)));
		assert!(Delegations::<Test>::iter().next().is_none());
		assert!(Unbonding::<Test>::iter().next().is_none());
	});
}

/// A parameter changed while coins are unbonding and leases are open does not reach them.
#[test]
fn attack_parameter_change_should_not_reach_what_began_before() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_ok!(delegate(2, 1, 700));
		let open = lock(1, 1_000).expect("is free");
		assert_ok!(undelegate(2, 1, 700));
		UnbondingBlocks::set(u32::MAX);
		SlashLate::set(Perbill::one());
		MinCollateral::set(u128::MAX);
		MinDelegation::set(u128::MAX);
		MaxDelegationPercent::set(0);
		assert_eq!(unlock(&open, LeaseFate::Late), 50);
		wait(UNBONDING);
		assert_ok!(Staking::withdraw_unbonded(signed(2), account(1)));
		// And the way out of everything is open.
		assert_ok!(Staking::unbond(signed(1), miner(1).own));
	});
}

/// Sums at the end of the range are errors, and change nothing.
#[test]
fn attack_overflow_should_fail_when_amounts_are_at_the_end_of_the_range() {
	execute(|| {
		MaxDelegationPercent::set(u32::MAX);
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, LEAST));
		pay(1, 1_000);
		for amount in [u128::MAX, u128::MAX - MINIMUM, u128::MAX / 2] {
			assert!(register(5, amount).is_err());
			assert!(Staking::bond_extra(signed(1), amount).is_err());
			assert!(Staking::unbond(signed(1), amount).is_err());
			assert!(delegate(3, 1, amount).is_err());
			assert!(undelegate(2, 1, amount).is_err());
			assert!(Staking::lock(&account(1), amount).is_err());
		}
		assert_ok!(Staking::do_try_state());
		// Shares so cheap that their number is near the end of the range, and beyond it.
		frame_support::hypothetically!({
			edit(1, |info| info.pool.shares = 1 << 100);
			assert_ok!(delegate(3, 1, WEALTH / 2));
			edit(1, |info| info.pool.shares = u128::MAX);
			assert_noop!(delegate(4, 1, WEALTH / 2), Error::<Test>::AmountInvalid);
		});
	});
}
