//! `leave_owner`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn leave_owner_should_make_the_miner_its_own_when_it_has_an_owner() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::request_owner(signed(1), account(5)));
		assert_ok!(Staking::accept_miner(signed(5), account(1)));
		assert_ok!(Staking::request_owner(signed(1), account(6)));
		assert_ok!(Staking::leave_owner(signed(1)));
		assert_eq!((miner(1).owner, miner(1).requested_owner), (None, None));
		assert_eq!(last_event(), Some(Event::OwnerLeft { miner: account(1) }));
		let standing = Staking::standing(&account(1), Class::Gemm).expect("is active");
		assert_eq!(standing.owner, account(1));
	});
}

#[test]
fn leave_owner_should_drop_the_request_when_there_is_only_that() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::request_owner(signed(1), account(5)));
		assert_ok!(Staking::leave_owner(signed(1)));
		let result = Staking::accept_miner(signed(5), account(1));
		assert_noop!(result, Error::<Test>::NotRequested);
	});
}

#[test]
fn leave_owner_should_fail_when_there_is_nothing_to_leave() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Staking::leave_owner(origin), BadOrigin);
		}
		assert_noop!(Staking::leave_owner(signed(1)), Error::<Test>::NotRegistered);
		assert_ok!(register(1, MINIMUM));
		assert_noop!(Staking::leave_owner(signed(1)), Error::<Test>::NoOwner);
	});
}
