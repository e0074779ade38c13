//! What backs a lease, and what its ends forfeit.

use super::*;
use proptest::prelude::*;
use sp_core::U256;
use sp_runtime::Perbill;

const FATES: [LeaseFate; 6] = [
	LeaseFate::Accepted,
	LeaseFate::Released,
	LeaseFate::Late,
	LeaseFate::Withheld,
	LeaseFate::Wrong,
	LeaseFate::Failed,
];

fn bond(collateral: Balance, late: u32, withheld: u32) -> LeaseBond {
	LeaseBond {
		collateral,
		slash_late: Perbill::from_parts(late),
		slash_withheld: Perbill::from_parts(withheld),
	}
}

#[test]
fn forfeit_should_take_each_fates_part_when_the_lease_ends() {
	let bond = bond(1_000, 50_000_000, 500_000_000);
	let taken = FATES.map(|fate| bond.forfeit(fate));
	assert_eq!(taken, [0, 0, 50, 500, 1_000, 0]);
}

#[test]
fn forfeit_should_round_up_when_the_part_is_no_whole_planck() {
	assert_eq!(bond(1, 1, 1).forfeit(LeaseFate::Late), 1);
	assert_eq!(bond(19, 50_000_000, 0).forfeit(LeaseFate::Late), 1);
	assert_eq!(bond(21, 50_000_000, 0).forfeit(LeaseFate::Late), 2);
	assert_eq!(bond(u128::MAX, 0, 1).forfeit(LeaseFate::Withheld), u128::MAX / 1_000_000_000 + 1);
}

#[test]
fn forfeit_should_take_nothing_when_collateral_or_part_is_zero() {
	for fate in FATES {
		assert_eq!(bond(0, 1_000_000_000, 1_000_000_000).forfeit(fate), 0);
	}
	for fate in [LeaseFate::Late, LeaseFate::Withheld] {
		assert_eq!(bond(u128::MAX, 0, 0).forfeit(fate), 0);
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 2_048, ..ProptestConfig::default() })]

	#[test]
	fn attack_forfeit_should_never_exceed_the_collateral_when_every_share_is_random(
		collateral: u128,
		shift in 0u32..128,
		late in 0..=1_000_000_000u32,
		withheld in 0..=1_000_000_000u32,
	) {
		for collateral in [collateral >> shift, u128::MAX - (collateral >> shift)] {
			let bond = bond(collateral, late, withheld);
			let book = |parts: u32| {
				let product = U256::from(collateral) * U256::from(parts);
				let billion = U256::from(1_000_000_000u32);
				((product + billion - 1) / billion).as_u128()
			};
			prop_assert_eq!(bond.forfeit(LeaseFate::Late), book(late));
			prop_assert_eq!(bond.forfeit(LeaseFate::Withheld), book(withheld));
			for fate in FATES {
				prop_assert!(bond.forfeit(fate) <= collateral);
			}
		}
	}
}
