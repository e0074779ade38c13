//! `register_program` and `unregister_program`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, TokenError};

#[test]
fn register_program_should_hold_deposit_by_size() {
	execute(|| {
		assert_ok!(JobsPallet::register_program(signed(CLIENT), cid(1), 1_000));
		let deposit = PROGRAM_BASE + 1_000 * PROGRAM_PER_BYTE;
		assert_eq!(held(HoldReason::ProgramDeposit, &CLIENT), deposit);
		let info = ProgramInfo { owner: CLIENT, size_bytes: 1_000, deposit, jobs: 0 };
		assert_eq!(Programs::<Test>::get(cid(1)), Some(info));
		assert_eq!(
			take_events(),
			[Event::ProgramRegistered { program: cid(1), owner: CLIENT, size_bytes: 1_000 }]
		);
	});
}

#[test]
fn register_program_should_take_sizes_up_to_the_largest_only() {
	execute(|| {
		for size in [0, MAX_PROGRAM_BYTES + 1, u32::MAX] {
			assert_noop!(
				JobsPallet::register_program(signed(CLIENT), cid(1), size),
				Error::<Test>::ProgramSize
			);
		}
		assert_ok!(JobsPallet::register_program(signed(CLIENT), cid(1), 1));
		assert_ok!(JobsPallet::register_program(signed(CLIENT), cid(2), MAX_PROGRAM_BYTES));
	});
}

#[test]
fn register_program_should_fail_when_somebody_registered_it_before() {
	execute(|| {
		assert_ok!(JobsPallet::register_program(signed(CLIENT), cid(1), 10));
		for who in [CLIENT, OTHER_CLIENT] {
			assert_noop!(
				JobsPallet::register_program(signed(who), cid(1), 10),
				Error::<Test>::ProgramKnown
			);
		}
	});
}

#[test]
fn register_program_should_fail_when_origin_is_not_signed_or_has_no_coins() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				JobsPallet::register_program(origin, cid(1), 10),
				DispatchError::BadOrigin
			);
		}
		assert_noop!(
			JobsPallet::register_program(signed(PAUPER), cid(1), 10),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn unregister_program_should_return_the_deposit() {
	execute(|| {
		let before = free(&CLIENT);
		assert_ok!(JobsPallet::register_program(signed(CLIENT), cid(1), 10));
		take_events();
		assert_ok!(JobsPallet::unregister_program(signed(CLIENT), cid(1)));
		assert_eq!(free(&CLIENT), before);
		assert_eq!(held(HoldReason::ProgramDeposit, &CLIENT), 0);
		assert_eq!(Programs::<Test>::get(cid(1)), None);
		assert_eq!(take_events(), [Event::ProgramUnregistered { program: cid(1) }]);
		// The name is free again, for anybody.
		assert_ok!(JobsPallet::register_program(signed(OTHER_CLIENT), cid(1), 10));
	});
}

#[test]
fn unregister_program_should_fail_when_caller_is_not_the_owner() {
	execute(|| {
		assert_noop!(
			JobsPallet::unregister_program(signed(CLIENT), cid(1)),
			Error::<Test>::ProgramUnknown
		);
		assert_ok!(JobsPallet::register_program(signed(CLIENT), cid(1), 10));
		assert_noop!(
			JobsPallet::unregister_program(signed(OTHER_CLIENT), cid(1)),
			Error::<Test>::NotTheOwner
		);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(JobsPallet::unregister_program(origin, cid(1)), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn unregister_program_should_fail_until_the_last_job_is_pruned() {
	execute(|| {
		register(cid(9));
		let (first, second) = (post(wgsl_spec()), post(wgsl_spec()));
		assert_eq!(Programs::<Test>::get(cid(9)).expect("registered").jobs, 2);
		assert_ok!(cancel(first));
		run_to(2);
		assert_ok!(cancel(second));
		run_to(1 + RETENTION);
		assert_eq!(Programs::<Test>::get(cid(9)).expect("registered").jobs, 1);
		assert_noop!(
			JobsPallet::unregister_program(signed(OTHER_CLIENT), cid(9)),
			Error::<Test>::ProgramInUse
		);
		run_to(2 + RETENTION);
		assert_ok!(JobsPallet::unregister_program(signed(OTHER_CLIENT), cid(9)));
	});
}
