//! `register`, and whoever tries to get in by somebody else's key.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::GetCallName};
use sp_core::{Pair as _, ed25519};
use sp_runtime::{TokenError, traits::BadOrigin};

#[test]
fn register_should_hold_the_collateral_and_record_the_miner_when_all_is_valid() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_eq!(miner(1), MinerInfo::new(worker(1), 5_000));
		assert_eq!((held(1), free(1)), (5_000, WEALTH - 5_000));
		assert_eq!(Workers::<Test>::get(worker(1)).map(|key| key.miner), Some(account(1)));
		assert_eq!(
			last_event(),
			Some(Event::MinerRegistered {
				miner: account(1),
				worker: worker(1),
				collateral: 5_000
			})
		);
	});
}

#[test]
fn register_should_let_a_worker_without_coins_send_extrinsics_when_it_succeeds() {
	execute(|| {
		assert!(!System::account_exists(&worker_account(1)));
		assert_ok!(register(1, MINIMUM));
		assert!(System::account_exists(&worker_account(1)));
		assert_eq!(System::sufficients(&worker_account(1)), 1);
		assert_eq!(Balances::free_balance(worker_account(1)), 0);
	});
}

#[test]
fn register_should_fail_when_the_origin_is_not_signed() {
	execute(|| {
		let consent = consent(1, &account(1));
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Staking::register(origin, MINIMUM, worker(1), consent), BadOrigin);
		}
	});
}

#[test]
fn register_should_respect_the_minimum_when_the_collateral_is_at_its_boundary() {
	execute(|| {
		for collateral in [0, 1, MINIMUM - 1] {
			assert_noop!(register(1, collateral), Error::<Test>::CollateralTooLow);
		}
		assert_ok!(register(1, MINIMUM));
		assert_ok!(register(2, MINIMUM + 1));
	});
}

#[test]
fn register_should_fail_when_the_collateral_exceeds_what_the_account_can_hold() {
	execute(|| {
		// The existential deposit stays free.
		let most = WEALTH - DEPOSIT;
		assert_noop!(register(1, most + 1), TokenError::FundsUnavailable);
		assert_noop!(register(1, WEALTH), TokenError::FundsUnavailable);
		assert_noop!(register(1, u128::MAX), TokenError::FundsUnavailable);
		assert_ok!(register(1, most));
		assert_eq!((held(1), free(1)), (most, DEPOSIT));
	});
}

#[test]
fn register_should_fail_when_the_account_has_no_coins() {
	execute(|| {
		assert_noop!(register(77, MINIMUM), TokenError::FundsUnavailable);
		assert!(!System::account_exists(&worker_account(77)));
	});
}

#[test]
fn register_should_fail_when_the_account_is_a_miner_already() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		let again = consent(2, &account(1));
		assert_noop!(
			Staking::register(RuntimeOrigin::signed(account(1)), MINIMUM, worker(2), again),
			Error::<Test>::AlreadyRegistered
		);
		// Nor while it is leaving: its collateral is still within reach of a verdict.
		assert_ok!(Staking::leave(RuntimeOrigin::signed(account(1))));
		assert_noop!(register(1, MINIMUM), Error::<Test>::AlreadyRegistered);
	});
}

/// PEERS hole 9.
#[test]
fn attack_register_over_another_miner_should_fail_when_its_worker_key_is_used() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		let before = miner(1);
		// Even with a consent that the key itself gave to the attacker.
		let granted = consent(1, &account(2));
		assert_noop!(
			Staking::register(RuntimeOrigin::signed(account(2)), MINIMUM, worker(1), granted),
			Error::<Test>::WorkerKeyTaken
		);
		// Another record is made under the attacker's own account, never the victim's.
		assert_ok!(register(2, MINIMUM));
		assert_eq!(miner(1), before);
		assert_eq!(Workers::<Test>::get(worker(1)).map(|key| key.miner), Some(account(1)));
	});
}

#[test]
fn attack_register_should_fail_when_the_worker_key_is_the_miners_own() {
	execute(|| {
		// An account that is the key itself, with coins and a valid consent of its own.
		let miner = worker_account(50);
		assert_ok!(Balances::transfer_allow_death(
			RuntimeOrigin::signed(account(1)),
			miner.clone(),
			2 * MINIMUM
		));
		let consent = consent(50, &miner);
		assert_noop!(
			Staking::register(RuntimeOrigin::signed(miner), MINIMUM, worker(50), consent),
			Error::<Test>::WorkerKeyIsMiner
		);
	});
}

#[test]
fn attack_register_should_fail_when_the_worker_key_is_stolen_without_consent() {
	execute(|| {
		let attacker = account(2);
		// Signed by a key that the attacker does have.
		let forged = consent(2, &attacker);
		assert_noop!(
			Staking::register(RuntimeOrigin::signed(attacker.clone()), MINIMUM, worker(1), forged),
			Error::<Test>::ConsentInvalid
		);
		// No signature at all.
		let empty = WorkerSignature::from_raw([0; 64]);
		assert_noop!(
			Staking::register(RuntimeOrigin::signed(attacker), MINIMUM, worker(1), empty),
			Error::<Test>::ConsentInvalid
		);
	});
}

#[test]
fn register_should_fail_when_the_consent_was_given_to_another_miner() {
	execute(|| {
		let for_first = consent(1, &account(1));
		assert_noop!(
			Staking::register(RuntimeOrigin::signed(account(2)), MINIMUM, worker(1), for_first),
			Error::<Test>::ConsentInvalid
		);
	});
}

#[test]
fn register_should_fail_when_the_consent_was_given_on_another_chain() {
	execute(|| {
		let elsewhere = worker_pair(1).sign(&worker_consent(Hash::repeat_byte(0xee), &account(1)));
		assert_noop!(
			Staking::register(RuntimeOrigin::signed(account(1)), MINIMUM, worker(1), elsewhere),
			Error::<Test>::ConsentInvalid
		);
	});
}

#[test]
fn register_should_fail_when_one_bit_of_the_consent_is_flipped() {
	execute(|| {
		let good = consent(1, &account(1));
		for bit in 0..512 {
			let mut bytes = good.0;
			bytes[bit / 8] ^= 1 << (bit % 8);
			let bad = WorkerSignature::from_raw(bytes);
			assert_noop!(
				Staking::register(RuntimeOrigin::signed(account(1)), MINIMUM, worker(1), bad),
				Error::<Test>::ConsentInvalid
			);
		}
	});
}

/// The identity of the curve verifies signatures that anybody can make: no key at all.
#[test]
fn attack_register_should_fail_when_the_worker_key_is_all_zero() {
	execute(|| {
		let zero = WorkerKey::from_raw([0; 32]);
		// R = identity, s = 0, with schnorrkel's marker bit.
		let mut forged = [0u8; 64];
		forged[63] = 0x80;
		let forged = WorkerSignature::from_raw(forged);
		let payload = worker_consent(System::block_hash(0), &account(1));
		assert!(forged.verify(payload.as_slice(), &zero), "the check would be superfluous");
		assert_noop!(
			Staking::register(RuntimeOrigin::signed(account(1)), MINIMUM, zero, forged),
			Error::<Test>::ConsentInvalid
		);
	});
}

#[test]
fn register_should_fail_when_the_worker_key_is_of_another_curve_or_no_point() {
	execute(|| {
		let miner = account(1);
		let payload = worker_consent(System::block_hash(0), &miner);
		let pair = ed25519::Pair::from_seed(&[1; 32]);
		let signature = WorkerSignature::from_raw(pair.sign(&payload).0);
		for key in [pair.public().0, [0xff; 32]] {
			assert_noop!(
				Staking::register(
					RuntimeOrigin::signed(miner.clone()),
					MINIMUM,
					WorkerKey::from_raw(key),
					signature
				),
				Error::<Test>::ConsentInvalid
			);
		}
	});
}

#[test]
fn register_should_succeed_when_a_key_is_free_again_and_works_for_another_miner() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::leave(RuntimeOrigin::signed(account(1))));
		run_to(1 + UNBONDING);
		assert_ok!(Staking::withdraw(RuntimeOrigin::signed(account(1))));
		let consent = consent(1, &account(2));
		assert_ok!(Staking::register(
			RuntimeOrigin::signed(account(2)),
			MINIMUM,
			worker(1),
			consent
		));
		assert_eq!(System::sufficients(&worker_account(1)), 1);
		assert_eq!(Workers::<Test>::get(worker(1)).map(|key| key.miner), Some(account(2)));
	});
}

/// The money that backs leases cannot also be spent.
#[test]
fn register_should_keep_the_collateral_out_of_reach_when_the_account_sends_all_it_has() {
	execute(|| {
		assert_ok!(register(1, 5_000));
		assert_ok!(Balances::transfer_all(RuntimeOrigin::signed(account(1)), account(2), false));
		assert_eq!(held(1), 5_000);
		assert!(free(1) >= DEPOSIT);
	});
}

/// PEERS hole 8: slashing is in reach of the market's pallets alone. No call does it.
#[test]
fn attack_slash_or_lock_should_fail_when_a_user_looks_for_a_call_that_does() {
	let calls = [
		"register",
		"bond_extra",
		"leave",
		"withdraw",
		"unbond",
		"withdraw_unbonded",
		"rotate_worker",
		"chill",
		"resume",
		"set_commission",
		"set_compounding",
		"delegate",
		"undelegate",
		"return_delegation",
		"request_owner",
		"accept_miner",
		"leave_owner",
	];
	assert_eq!(Call::<Test>::get_call_names(), calls);
}
