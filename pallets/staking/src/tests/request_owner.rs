//! `request_owner`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn request_owner_should_note_the_wish_and_nothing_else_when_nobody_agreed() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::request_owner(signed(1), account(5)));
		assert_eq!(miner(1).requested_owner, Some(account(5)));
		let event = Event::OwnerRequested { miner: account(1), owner: account(5) };
		assert_eq!(last_event(), Some(event));
		let standing = Staking::standing(&account(1), Class::Gemm).expect("is active");
		assert_eq!(standing.owner, account(1));
	});
}

#[test]
fn request_owner_should_replace_the_request_when_there_is_one() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::request_owner(signed(1), account(5)));
		assert_ok!(Staking::request_owner(signed(1), account(6)));
		let result = Staking::accept_miner(signed(5), account(1));
		assert_noop!(result, Error::<Test>::NotRequested);
		assert_ok!(Staking::accept_miner(signed(6), account(1)));
	});
}

#[test]
fn request_owner_should_fail_when_it_is_the_miner_itself_or_no_miner_asks() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Staking::request_owner(origin, account(5)), BadOrigin);
		}
		let result = Staking::request_owner(signed(1), account(5));
		assert_noop!(result, Error::<Test>::NotRegistered);
		assert_ok!(register(1, MINIMUM));
		let result = Staking::request_owner(signed(1), account(1));
		assert_noop!(result, Error::<Test>::OwnerIsMiner);
	});
}
