//! `set_compounding`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

#[test]
fn set_compounding_should_bond_the_miners_pay_when_it_is_on() {
	execute(|| {
		assert_ok!(register(1, MINIMUM));
		assert_eq!(pay(1, 300).miner, 300);
		assert_eq!((held(1), free(1)), (MINIMUM, WEALTH - MINIMUM + 300));
		assert_ok!(Staking::set_compounding(signed(1), true));
		let event = Event::CompoundingChanged { miner: account(1), compounding: true };
		assert_eq!(last_event(), Some(event));
		assert_eq!(pay(1, 300).miner, 300);
		assert_eq!((miner(1).own, held(1)), (MINIMUM + 300, MINIMUM + 300));
		assert_eq!(
			last_event(),
			Some(Event::RewardBonded { miner: account(1), own: 300, pool: 0 })
		);
		assert_ok!(Staking::set_compounding(signed(1), false));
		assert_eq!(pay(1, 300).miner, 300);
		assert_eq!((held(1), free(1)), (MINIMUM + 300, WEALTH - MINIMUM + 600));
	});
}

#[test]
fn set_compounding_should_fail_when_the_origin_is_not_a_miner() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Staking::set_compounding(origin, true), BadOrigin);
		}
		let result = Staking::set_compounding(signed(1), true);
		assert_noop!(result, Error::<Test>::NotRegistered);
	});
}
