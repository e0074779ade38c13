//! `clear_profile`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use sp_runtime::traits::BadOrigin;

fn clear(number: u32) -> DispatchResult {
	Market::clear_profile(RuntimeOrigin::signed(account(number)))
}

fn with_profile(number: u32) {
	make_miner(number, 0);
	endow(&account(number), 10_000);
	let origin = RuntimeOrigin::signed(account(number));
	assert_ok!(Market::set_profile(origin, DeviceProfile::default()));
}

#[test]
fn clear_profile_should_return_the_deposit_when_there_is_one() {
	execute(|| {
		with_profile(1);
		assert_eq!(<Balances as Inspect<_>>::balance(&account(1)), 9_500);
		assert_ok!(clear(1));
		assert_eq!(<Balances as Inspect<_>>::balance(&account(1)), 10_000);
		assert_eq!(Profiles::<Test>::get(account(1)), None);
		assert_eq!(last_event(), Some(Event::ProfileCleared { miner: account(1) }));
	});
}

#[test]
fn clear_profile_should_fail_when_there_is_none() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::clear_profile(origin), BadOrigin);
		}
		with_profile(1);
		assert_noop!(clear(2), Error::<Test>::NoProfile);
		assert_ok!(clear(1));
		assert_noop!(clear(1), Error::<Test>::NoProfile);
	});
}

#[test]
fn clear_profile_should_return_what_was_held_when_the_parameter_has_changed() {
	execute(|| {
		with_profile(1);
		ProfileDeposit::set(1);
		assert_ok!(clear(1));
		assert_eq!(<Balances as Inspect<_>>::balance(&account(1)), 10_000);
	});
}

/// The way out is open to whoever is a miner no more.
#[test]
fn clear_profile_should_work_when_its_miner_has_left() {
	execute(|| {
		with_profile(1);
		scripts(|all| all.clear());
		assert_ok!(clear(1));
		assert_eq!(<Balances as Inspect<_>>::balance(&account(1)), 10_000);
	});
}
