//! `set_profile`.

use crate::{mock::*, *};
use aitbc_primitives::{Backend, MAX_PROFILE_TEXT};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{TokenError, traits::BadOrigin};

fn text(bytes: &[u8]) -> BoundedVec<u8, ConstU32<MAX_PROFILE_TEXT>> {
	BoundedVec::try_from(bytes.to_vec()).expect("short enough")
}

fn card() -> DeviceProfile {
	DeviceProfile {
		backend: Backend::Vulkan,
		vendor_id: 0x1002,
		device_id: 0x744c,
		name: text("Größte Karte".as_bytes()),
		driver: text(b"radv 25.1"),
		max_buffer_bytes: u64::MAX,
		peer_id: text(&[0xff, 0xfe]),
	}
}

fn set(number: u32, profile: DeviceProfile) -> DispatchResult {
	Market::set_profile(RuntimeOrigin::signed(account(number)), profile)
}

fn held(number: u32) -> Balance {
	Balances::balance_on_hold(&HoldReason::Profile.into(), &account(number))
}

fn miner_with_coins(number: u32, coins: Balance) {
	make_miner(number, 0);
	endow(&account(number), coins);
}

#[test]
fn set_profile_should_hold_the_deposit_once_when_it_is_repeated() {
	execute(|| {
		miner_with_coins(1, 10_000);
		assert_ok!(set(1, card()));
		assert_eq!(Profiles::<Test>::get(account(1)), Some((card(), 500)));
		assert_eq!(held(1), 500);
		assert_eq!(last_event(), Some(Event::ProfileSet { miner: account(1), profile: card() }));
		// The second one costs nothing, and changes the first.
		let other = DeviceProfile { vendor_id: 7, ..card() };
		assert_ok!(set(1, other.clone()));
		assert_eq!(Profiles::<Test>::get(account(1)), Some((other, 500)));
		assert_eq!(held(1), 500);
	});
}

/// ATTACKS, Money: a parameter that is changed does not reach back.
#[test]
fn set_profile_should_keep_its_deposit_when_the_parameter_changes() {
	execute(|| {
		miner_with_coins(1, 10_000);
		miner_with_coins(2, 10_000);
		assert_ok!(set(1, card()));
		for deposit in [9_000, 0] {
			ProfileDeposit::set(deposit);
			assert_ok!(set(1, card()));
			assert_eq!((held(1), Market::do_try_state()), (500, Ok(())));
		}
		assert_ok!(set(2, card()));
		assert_eq!(held(2), 0);
		assert_eq!(Profiles::<Test>::get(account(2)), Some((card(), 0)));
	});
}

#[test]
fn set_profile_should_fail_when_the_origin_is_not_a_miner() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Market::set_profile(origin, card()), BadOrigin);
		}
		endow(&account(1), 10_000);
		assert_noop!(set(1, card()), Error::<Test>::NotAMiner);
		make_miner(1, 0);
		rescript(1, |script| script.active = false);
		assert_noop!(set(1, card()), Error::<Test>::NotAMiner);
	});
}

#[test]
fn set_profile_should_fail_when_its_text_is_not_utf_8() {
	execute(|| {
		miner_with_coins(1, 10_000);
		for broken in [&[0xffu8][..], &[0xc3], &[0xed, 0xa0, 0x80], b"abc\xf0\x9f"] {
			let name = DeviceProfile { name: text(broken), ..card() };
			assert_noop!(set(1, name), Error::<Test>::TextInvalid);
			let driver = DeviceProfile { driver: text(broken), ..card() };
			assert_noop!(set(1, driver), Error::<Test>::TextInvalid);
		}
		let longest = [b'x'; MAX_PROFILE_TEXT as usize];
		for whole in [&[][..], &longest, "é".as_bytes()] {
			assert_ok!(set(1, DeviceProfile { name: text(whole), ..card() }));
		}
	});
}

#[test]
fn set_profile_should_respect_the_balance_when_it_is_at_its_boundary() {
	execute(|| {
		// The account lives on with the least balance that one has.
		miner_with_coins(1, 500 + EXISTENTIAL_DEPOSIT - 1);
		assert_noop!(set(1, card()), TokenError::FundsUnavailable);
		assert_eq!(Profiles::<Test>::get(account(1)), None);
		endow(&account(1), 1);
		assert_ok!(set(1, card()));
		assert_eq!(held(1), 500);
	});
}

/// What a profile says is never looked at by a match.
#[test]
fn set_profile_should_change_no_match_when_it_boasts() {
	execute(|| {
		// With two slots each, so that no offer leaves its place.
		miner_with_offer(1, 100, 2);
		miner_with_offer(2, 100, 2);
		endow(&account(2), 10_000);
		let sample =
			|| (0..50).map(|seed| Wanted::at(100).seeded(seed).sample()).collect::<Vec<_>>();
		let before = sample();
		assert_ok!(set(2, card()));
		assert_eq!(sample(), before);
	});
}
