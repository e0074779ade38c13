//! What can be asked from outside.

use crate::{mock::*, *};
use frame_support::assert_ok;

#[test]
fn miner_standing_should_say_what_the_market_is_told_when_it_asks() {
	execute(|| {
		assert_eq!(Staking::miner_standing(account(1), Class::Gemm), None);
		assert_ok!(register(1, MINIMUM));
		lease(1, 100, LeaseFate::Late);
		assert_ok!(Staking::bond_extra(signed(1), 5));
		let told = Staking::standing(&account(1), Class::Gemm).expect("is active");
		let answer = Standing {
			owner: told.owner,
			worker: told.worker,
			bond: told.bond,
			free: told.free,
			reputation: told.reputation,
		};
		assert_eq!(answer.reputation.0, 4_000);
		assert_eq!(Staking::miner_standing(account(1), Class::Gemm), Some(answer));
	});
}

#[test]
fn delegation_should_add_up_what_can_be_had_when_slashes_and_rewards_changed_it() {
	execute(|| {
		assert_eq!(delegation(2, 1), DelegationStatus::default());
		assert_ok!(register(1, MINIMUM));
		assert_ok!(delegate(2, 1, MINIMUM));
		pay(1, 1_000);
		assert_ok!(undelegate(2, 1, 200));
		wait(1);
		assert_ok!(undelegate(2, 1, 200));
		lease(1, 250, LeaseFate::Wrong);
		let status = delegation(2, 1);
		assert_eq!((status.shares, status.value), (600, 810));
		let untils = [1 + UNBONDING, 2 + UNBONDING];
		let chunks = untils.map(|until| ChunkStatus { value: 270, until });
		assert_eq!(status.chunks, chunks);
		wait(UNBONDING);
		assert_ok!(Staking::withdraw_unbonded(signed(2), account(1)));
		assert_eq!(free(2), WEALTH - MINIMUM + 540);
	});
}
