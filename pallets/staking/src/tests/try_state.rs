//! `do_try_state` finds what it is there to find.

use crate::{mock::*, *};
use frame_support::{assert_ok, hypothetically};

fn edit(number: u8, change: impl FnOnce(&mut MinerInfo)) {
	Miners::<Test>::mutate(account(number), |info| change(info.as_mut().expect("registered")));
}

#[test]
fn try_state_should_fail_when_inv_staking_1_is_broken() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		hypothetically!({
			edit(1, |info| info.locked = MINIMUM + 1);
			assert!(violation().starts_with("INV-STAKING-1:"));
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_staking_2_is_broken() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		for wrong in [MINIMUM - 1, MINIMUM + 1, 0, u128::MAX] {
			hypothetically!({
				edit(1, |info| info.collateral = wrong);
				assert!(violation().starts_with("INV-STAKING-2:"));
			});
		}
	});
}

#[test]
fn try_state_should_fail_when_inv_staking_3_is_broken() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(register(2, MINIMUM));
		hypothetically!({
			WorkerOf::<Test>::insert(worker(1), account(2));
			assert!(violation().starts_with("INV-STAKING-3:"));
		});
		hypothetically!({
			WorkerOf::<Test>::remove(worker(1));
			assert!(violation().starts_with("INV-STAKING-3:"));
		});
		hypothetically!({
			WorkerOf::<Test>::insert(worker(3), account(1));
			assert!(violation().starts_with("INV-STAKING-3: a worker key without a miner"));
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_staking_4_is_broken() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		hypothetically!({
			System::dec_sufficients(&worker_account(1));
			assert!(violation().starts_with("INV-STAKING-4:"));
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_staking_5_is_broken() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		hypothetically!({
			edit(1, |info| info.locked = 1);
			assert!(violation().starts_with("INV-STAKING-5:"));
		});
	});
}
