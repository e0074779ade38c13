//! `rotate_worker`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn rotate_worker_should_free_the_old_key_when_it_has_no_lease() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(rotate(1, 11));
		assert_eq!(miner(1).worker, worker(11));
		assert!(!Workers::<Test>::contains_key(worker(1)));
		assert_eq!(System::sufficients(&worker_account(1)), 0);
		assert_eq!(System::sufficients(&worker_account(11)), 1);
		let mut events = events();
		assert_eq!(
			events.split_off(events.len() - 2),
			[
				Event::WorkerRotated { miner: account(1), retired: worker(1), worker: worker(11) },
				Event::WorkerReleased { miner: account(1), worker: worker(1) },
			]
		);
	});
}

#[test]
fn rotate_worker_should_keep_the_old_key_able_to_answer_when_it_has_leases() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		let [first, second] = [100, 200].map(|amount| lock(1, amount).expect("is free"));
		assert_ok!(rotate(1, 11));
		let retired = WorkerInfo { miner: account(1), leases: 2, retired: true };
		assert_eq!(Workers::<Test>::get(worker(1)), Some(retired));
		assert_eq!(System::sufficients(&worker_account(1)), 1);
		// New leases are the new key's.
		let third = lock(1, 300).expect("is free");
		assert_eq!(third.worker, worker(11));
		assert_eq!(Workers::<Test>::get(worker(11)).map(|key| key.leases), Some(1));
		unlock(&first, LeaseFate::Accepted);
		assert!(Workers::<Test>::contains_key(worker(1)));
		unlock(&second, LeaseFate::Late);
		// The last one frees it.
		assert!(!Workers::<Test>::contains_key(worker(1)));
		assert_eq!(System::sufficients(&worker_account(1)), 0);
		let released = Event::WorkerReleased { miner: account(1), worker: worker(1) };
		assert_eq!(last_event(), Some(released));
		unlock(&third, LeaseFate::Accepted);
		assert!(Workers::<Test>::contains_key(worker(11)));
	});
}

#[test]
fn rotate_worker_should_keep_several_retired_keys_when_each_has_a_lease() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		let mut open = vec![lock(1, 100).expect("is free")];
		for next in 11..15 {
			assert_ok!(rotate(1, next));
			open.push(lock(1, 100).expect("is free"));
		}
		assert_eq!(Workers::<Test>::iter().count(), 5);
		assert_ok!(Staking::do_try_state());
		for ended in open {
			unlock(&ended, LeaseFate::Accepted);
			assert_ok!(Staking::do_try_state());
		}
		assert_eq!(Workers::<Test>::iter_keys().collect::<Vec<_>>(), [worker(14)]);
	});
}

#[test]
fn rotate_worker_should_fail_when_the_origin_is_not_a_miner() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let result = Staking::rotate_worker(origin, worker(11), consent(11, &account(1)));
			assert_noop!(result, BadOrigin);
		}
		assert_noop!(rotate(1, 11), Error::<Test>::NotRegistered);
	});
}

#[test]
fn rotate_worker_should_fail_when_the_key_is_taken() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_ok!(register(2, 5_000));
		// The present one, another miner's, and one that is retired.
		assert_noop!(rotate(1, 1), Error::<Test>::WorkerKeyTaken);
		assert_noop!(rotate(1, 2), Error::<Test>::WorkerKeyTaken);
		let open = lock(1, 100).expect("is free");
		assert_ok!(rotate(1, 11));
		assert_noop!(rotate(1, 1), Error::<Test>::WorkerKeyTaken);
		unlock(&open, LeaseFate::Accepted);
		assert_ok!(rotate(1, 1));
	});
}

#[test]
fn rotate_worker_should_fail_when_the_key_gave_no_consent() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		let to = |consent| Staking::rotate_worker(signed(1), worker(11), consent);
		assert_noop!(to(consent(11, &account(2))), Error::<Test>::ConsentInvalid);
		assert_noop!(to(consent(1, &account(1))), Error::<Test>::ConsentInvalid);
		let empty = WorkerSignature::from_raw([0; 64]);
		assert_noop!(to(empty), Error::<Test>::ConsentInvalid);
		let zero = WorkerKey::from_raw([0; 32]);
		let result = Staking::rotate_worker(signed(1), zero, empty);
		assert_noop!(result, Error::<Test>::ConsentInvalid);
	});
}

#[test]
fn rotate_worker_should_fail_when_the_key_is_the_miners_own() {
	execute(|| {
		let middle = worker_account(50);
		assert_ok!(Balances::transfer_allow_death(signed(1), middle.clone(), 2 * MINIMUM));
		let origin = RuntimeOrigin::signed(middle.clone());
		let first = consent(60, &middle);
		assert_ok!(Staking::register(origin.clone(), MINIMUM, worker(60), first));
		let own = consent(50, &middle);
		let result = Staking::rotate_worker(origin, worker(50), own);
		assert_noop!(result, Error::<Test>::WorkerKeyIsMiner);
	});
}

/// What is open under a lost key can still be answered by nobody; but the way out is not blocked.
#[test]
fn rotate_worker_should_succeed_when_the_miner_is_chilled_or_leaving() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::chill(signed(1)));
		assert_ok!(rotate(1, 11));
		let standing = Staking::standing(&account(1), Class::Gemm);
		assert_eq!(standing, None);
		assert_ok!(Staking::leave(signed(1)));
		assert_ok!(rotate(1, 12));
		wait(UNBONDING);
		assert_ok!(Staking::withdraw(signed(1)));
		assert_eq!(Workers::<Test>::iter().count(), 0);
	});
}
