//! `do_try_state` finds what it is there to find.

use crate::{mock::*, shares::MAX_SHARES_PER_PLANCK, *};
use frame_support::{assert_ok, hypothetically, traits::fungible::hold::Mutate as _};

/// Runs a corruption and checks what is said of it; nothing of it stays.
fn corrupted(complaint: &str, corruption: impl FnOnce()) {
	hypothetically!({
		corruption();
		let said = violation();
		assert!(said.starts_with(complaint), "{said} is not {complaint}");
	});
}

/// A miner with a delegator, chunks of both, an open lease, and a retired key with another.
fn scene() -> [OpenLease; 2] {
	assert_ok!(register(1, 5 * MINIMUM));
	assert_ok!(register(2, MINIMUM));
	assert_ok!(delegate(3, 1, 700));
	assert_ok!(undelegate(3, 1, 200));
	assert_ok!(Staking::unbond(signed(1), 300));
	let first = lock(1, 400).expect("is free");
	assert_ok!(rotate(1, 11));
	let second = lock(1, 500).expect("is free");
	assert_ok!(Staking::do_try_state());
	[first, second]
}

fn edit_key(number: u8, change: impl FnOnce(&mut WorkerInfo)) {
	Workers::<Test>::mutate(worker(number), |key| change(key.as_mut().expect("known")));
}

#[test]
fn try_state_should_fail_when_inv_staking_1_is_broken() {
	execute(|| {
		scene();
		corrupted("INV-STAKING-1:", || edit(1, |info| info.locked = info.bond() + 1));
	});
}

#[test]
fn try_state_should_fail_when_inv_staking_2_is_broken() {
	execute(|| {
		scene();
		corrupted("INV-STAKING-2: what is staked", || edit(1, |info| info.own += 1));
		corrupted("INV-STAKING-2: what is staked", || edit(1, |info| info.own -= 1));
		corrupted("INV-STAKING-2: what is staked", || edit(1, |info| info.own = u128::MAX));
		corrupted("INV-STAKING-2: what is staked", || edit(1, |info| info.pool.value += 1));
		corrupted("INV-STAKING-2: what is staked", || edit(1, |info| info.unbonding.value -= 1));
		let reason = HoldReason::Collateral.into();
		corrupted("INV-STAKING-2: what is staked", || {
			assert_ok!(Balances::hold(&reason, &account(1), 1));
		});
		corrupted("INV-STAKING-2: collateral of an account", || {
			assert_ok!(Balances::hold(&reason, &account(5), 1));
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_staking_3_is_broken() {
	execute(|| {
		scene();
		corrupted("INV-STAKING-3: a miner's worker key is unknown", || {
			Workers::<Test>::remove(worker(2));
		});
		corrupted("INV-STAKING-3: a miner's worker key leads elsewhere", || {
			edit_key(2, |key| key.miner = account(1));
		});
		corrupted("INV-STAKING-3: a miner's worker key leads elsewhere", || {
			edit_key(2, |key| key.retired = true);
		});
		let key = |miner, leases, retired| WorkerInfo { miner: account(miner), leases, retired };
		corrupted("INV-STAKING-3: a worker key without a miner", || {
			Workers::<Test>::insert(worker(20), key(5, 0, false));
		});
		corrupted("INV-STAKING-3: a worker key that its miner has not", || {
			Workers::<Test>::insert(worker(20), key(2, 0, false));
		});
		corrupted("INV-STAKING-3: a retired worker key without leases", || {
			Workers::<Test>::insert(worker(20), key(2, 0, true));
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_staking_4_is_broken() {
	execute(|| {
		scene();
		// Of the present key, and of the retired one.
		for number in [1, 11] {
			corrupted("INV-STAKING-4:", || {
				System::dec_sufficients(&worker_account(number));
			});
		}
	});
}

#[test]
fn try_state_should_fail_when_inv_staking_5_is_broken() {
	execute(|| {
		scene();
		corrupted("INV-STAKING-5: collateral is locked", || edit(2, |info| info.locked = 1));
		corrupted("INV-STAKING-5: the leases", || edit(1, |info| info.open_leases += 1));
		corrupted("INV-STAKING-5: the leases", || edit_key(11, |key| key.leases += 1));
		corrupted("INV-STAKING-5: the leases", || edit_key(1, |key| key.leases -= 1));
	});
}

#[test]
fn try_state_should_fail_when_inv_staking_6_is_broken() {
	execute(|| {
		scene();
		corrupted("INV-STAKING-6: the delegators' shares", || {
			edit(1, |info| info.pool.shares += 1)
		});
		corrupted("INV-STAKING-6: the delegators' shares", || {
			Delegations::<Test>::insert(account(1), account(3), 499);
		});
		corrupted("INV-STAKING-6: the delegators' shares", || {
			Delegations::<Test>::insert(account(1), account(4), u128::MAX);
		});
		corrupted("INV-STAKING-6: the chunks' shares", || {
			edit(1, |info| info.unbonding.shares += 1);
		});
		corrupted("INV-STAKING-6: the chunks' shares", || {
			Unbonding::<Test>::remove(account(1), account(1));
		});
		corrupted("INV-STAKING-6: delegations that nobody", || {
			edit(1, |info| info.pool.shares = 0);
			Delegations::<Test>::remove(account(1), account(3));
		});
		corrupted("INV-STAKING-6: what is unbonding became more", || {
			edit(1, |info| {
				info.own -= 1;
				info.unbonding.value += 1;
			});
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_staking_7_is_broken() {
	execute(|| {
		scene();
		corrupted("INV-STAKING-7: a delegation", || {
			Delegations::<Test>::insert(account(1), account(4), 0);
		});
		corrupted("INV-STAKING-7: a delegation", || {
			Delegations::<Test>::insert(account(5), account(4), 1);
		});
		let until = 5;
		let chunks = |shares: &[Balance]| -> ChunksOf<Test> {
			let chunks = shares.iter().map(|shares| UnbondingChunk { shares: *shares, until });
			chunks.collect::<Vec<_>>().try_into().expect("few")
		};
		corrupted("INV-STAKING-7: a chunk", || {
			Unbonding::<Test>::insert(account(1), account(4), chunks(&[]));
		});
		corrupted("INV-STAKING-7: a chunk", || {
			Unbonding::<Test>::insert(account(1), account(4), chunks(&[0]));
		});
		corrupted("INV-STAKING-7: a chunk", || {
			Unbonding::<Test>::insert(account(5), account(4), chunks(&[1]));
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_staking_8_is_broken() {
	execute(|| {
		scene();
		let shares = 501 * MAX_SHARES_PER_PLANCK;
		let dilute = || {
			edit(1, |info| info.pool.shares = shares);
			Delegations::<Test>::insert(account(1), account(3), shares);
		};
		corrupted("INV-STAKING-8:", dilute);
		hypothetically!({
			dilute();
			assert_ok!(Staking::leave(signed(1)));
			assert_ok!(Staking::do_try_state());
		});
	});
}
