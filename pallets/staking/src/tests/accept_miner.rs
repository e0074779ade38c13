//! `accept_miner`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn accept_miner_should_make_it_the_owners_when_it_was_asked() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::request_owner(signed(1), account(5)));
		assert_ok!(Staking::accept_miner(signed(5), account(1)));
		assert_eq!((miner(1).owner, miner(1).requested_owner), (Some(account(5)), None));
		let event = Event::OwnerJoined { miner: account(1), owner: account(5) };
		assert_eq!(last_event(), Some(event));
		let standing = Staking::standing(&account(1), Class::Gemm).expect("is active");
		assert_eq!(standing.owner, account(5));
		// One request, one consent.
		let result = Staking::accept_miner(signed(5), account(1));
		assert_noop!(result, Error::<Test>::NotRequested);
	});
}

#[test]
fn accept_miner_should_move_the_miner_when_it_has_an_owner_already() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		for owner in [5, 6] {
			assert_ok!(Staking::request_owner(signed(1), account(owner)));
			assert_ok!(Staking::accept_miner(signed(owner), account(1)));
			assert_eq!(miner(1).owner, Some(account(owner)));
		}
	});
}

#[test]
fn accept_miner_should_fail_when_it_was_not_asked() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Staking::accept_miner(origin, account(1)), BadOrigin);
		}
		let accept = |owner| Staking::accept_miner(signed(owner), account(1));
		assert_noop!(accept(5), Error::<Test>::NotRegistered);
		assert_ok!(register(1, MINIMUM));
		assert_noop!(accept(5), Error::<Test>::NotRequested);
		assert_ok!(Staking::request_owner(signed(1), account(5)));
		assert_noop!(accept(6), Error::<Test>::NotRequested);
		assert_noop!(accept(1), Error::<Test>::NotRequested);
	});
}

/// It would hold a replica of a job under one owner and take the next under another.
#[test]
fn accept_miner_should_fail_when_a_lease_is_open() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_ok!(Staking::request_owner(signed(1), account(5)));
		let open = lock(1, 0).expect("is free");
		let result = Staking::accept_miner(signed(5), account(1));
		assert_noop!(result, Error::<Test>::LeasesOpen);
		unlock(&open, LeaseFate::Accepted);
		assert_ok!(Staking::accept_miner(signed(5), account(1)));
	});
}
