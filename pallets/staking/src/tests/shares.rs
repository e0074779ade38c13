//! The arithmetic of shares, against integers without bounds.

use crate::shares::*;
use aitbc_primitives::Balance;
use num_bigint::BigUint;
use proptest::prelude::*;
use sp_runtime::Permill;

fn big(value: Balance) -> BigUint {
	BigUint::from(value)
}

/// Amounts of every magnitude.
fn amount() -> impl Strategy<Value = Balance> {
	prop_oneof![
		8 => (0u32..128, any::<Balance>()).prop_map(|(shift, bits)| bits >> shift),
		1 => 0..10u128,
		1 => Just(Balance::MAX),
	]
}

/// Pools that do not contradict themselves.
fn pool() -> impl Strategy<Value = SharePool> {
	(amount(), amount()).prop_map(|(shares, value)| SharePool {
		shares,
		value: if shares == 0 { 0 } else { value },
	})
}

/// Whether a share of `after` is worth at least what one of `before` is.
fn no_cheaper(before: SharePool, after: SharePool) -> bool {
	big(after.value) * big(before.shares) >= big(before.value) * big(after.shares)
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 4_096, ..ProptestConfig::default() })]

	#[test]
	fn mul_div_should_round_down_when_the_result_fits(a in amount(), b in amount(), c in amount()) {
		let exact = (c > 0).then(|| big(a) * big(b) / big(c));
		let expected = exact.and_then(|exact| Balance::try_from(exact).ok());
		prop_assert_eq!(mul_div(a, b, c), expected);
	}

	#[test]
	fn buy_should_be_exact_and_make_nobody_poorer_when_anybody_joins(
		mut pool in pool(),
		amount in amount(),
	) {
		let before = pool;
		let exact = match (before.shares, before.value) {
			(0, _) => big(amount),
			(_, 0) => {
				prop_assert_eq!(pool.buy(amount), Err(ShareError::Worthless));
				return Ok(());
			}
			(shares, value) => big(amount) * big(shares) / big(value),
		};
		match pool.buy(amount) {
			Ok(bought) => {
				prop_assert_eq!(big(bought), exact);
				prop_assert_eq!(pool.value - before.value, amount);
				prop_assert!(bought > 0 && pool.shares == before.shares + bought);
				prop_assert!(no_cheaper(before, pool));
				// And the buyer itself no richer.
				prop_assert!(pool.worth(bought) <= amount);
			}
			Err(ShareError::NoShare) => prop_assert_eq!(exact, big(0)),
			Err(ShareError::Overflow) => {
				let fits = |sum: BigUint| sum <= big(Balance::MAX);
				let all = fits(exact.clone()) && fits(exact + big(before.shares))
					&& fits(big(amount) + big(before.value));
				prop_assert!(!all);
			}
			Err(ShareError::Worthless) => prop_assert!(false, "it has a value"),
			Err(ShareError::TooDear) => prop_assert!(false, "it asks no price"),
		}
	}

	/// It is `buy`, or it is refused for a loss above a millionth and above a planck.
	#[test]
	fn buy_fairly_should_refuse_just_what_loses_too_much_when_anybody_joins(
		mut fair in pool(),
		amount in amount(),
	) {
		let (before, mut pool) = (fair, fair);
		let (result, plain) = (fair.buy_fairly(amount), pool.buy(amount));
		let Ok(bought) = plain else {
			prop_assert_eq!((result, fair), (plain, before));
			return Ok(());
		};
		let lost = big(amount) - big(bought) * big(pool.value) / big(pool.shares);
		if lost <= big(1) || lost * big(1_000_000) <= big(amount) {
			prop_assert_eq!((result, fair), (plain, pool));
		} else {
			prop_assert_eq!((result, fair), (Err(ShareError::TooDear), before));
		}
	}

	/// Nobody is turned away where a share is worth less than a millionth of the amount: honest rewards make
	/// shares dearer too, but slowly.
	#[test]
	fn buy_fairly_should_take_everybody_when_shares_are_cheap(
		value in 1..10u128.pow(28),
		price in 1..1_000u128,
		amount in 10u128.pow(9)..10u128.pow(28),
	) {
		let mut pool = SharePool { shares: value.div_ceil(price), value };
		prop_assert!(pool.buy_fairly(amount).is_ok());
	}

	#[test]
	fn most_delegated_should_be_exact_when_it_fits(own in amount(), percent in any::<u32>()) {
		let exact = big(own) * big(percent.into()) / big(100);
		let most = most_delegated(own, percent);
		prop_assert_eq!(big(most), exact.min(big(Balance::MAX)));
	}

	#[test]
	fn sell_should_be_exact_and_make_nobody_poorer_when_anybody_leaves(
		mut pool in pool(),
		shares in amount(),
	) {
		let before = pool;
		let Some(paid) = pool.sell(shares) else {
			prop_assert!(shares > before.shares);
			prop_assert_eq!(pool, before);
			return Ok(());
		};
		if before.shares > 0 {
			prop_assert_eq!(big(paid), big(shares) * big(before.value) / big(before.shares));
		}
		prop_assert_eq!(pool.value + paid, before.value);
		prop_assert!(no_cheaper(before, pool) || pool.shares == 0);
		// The last one leaves nothing behind.
		prop_assert!(pool.shares > 0 || pool.value == 0);
	}

	#[test]
	fn sell_should_never_pay_more_in_pieces_when_a_delegation_is_cut(
		mut whole in pool(),
		cuts in prop::collection::vec(1u128..1_000, 1..20),
	) {
		let sum: Balance = cuts.iter().sum();
		prop_assume!(whole.shares > sum);
		let mut pieces = whole;
		let paid: Balance = cuts.iter().map(|cut| pieces.sell(*cut).expect("there are so many")).sum();
		prop_assert!(paid <= whole.sell(sum).expect("there are so many"));
	}

	/// What `unbonding` relies on: where there are no rewards, a planck always buys a share.
	#[test]
	fn a_share_should_never_be_worth_more_than_a_planck_when_there_are_no_rewards(
		steps in prop::collection::vec((0u8..3, 0u128..1_000_000), 1..100)
	) {
		let mut pool = SharePool::default();
		for (kind, amount) in steps {
			match kind {
				0 if amount > 0 && (pool.shares == 0 || pool.value > 0) => {
					prop_assert!(pool.buy(amount).expect("it always does") >= amount);
				}
				1 => {
					let _ = pool.sell(amount);
				}
				_ => {
					let _ = pool.shrink(amount.min(pool.value));
				}
			}
			prop_assert!(pool.value <= pool.shares);
		}
	}

	#[test]
	fn a_pool_should_never_overflow_when_it_is_not_exhausted(
		shares in amount(),
		value in 1..10u128.pow(28),
		amount in 1..10u128.pow(28),
	) {
		let mut pool = SharePool { shares, value };
		prop_assume!(!pool.is_exhausted());
		match pool.buy(amount) {
			Ok(_) => prop_assert!(!pool.is_exhausted()),
			Err(error) => prop_assert_eq!(error, ShareError::NoShare),
		}
	}

	#[test]
	fn slash_should_add_up_and_take_no_more_than_there_is_when_it_is_divided(
		own in amount(),
		pool in amount(),
		unbonding in amount(),
		amount in amount(),
	) {
		let stakes = Stakes { own, pool, unbonding };
		let total = big(own) + big(pool) + big(unbonding);
		let Some(parts) = stakes.slash(amount) else {
			prop_assert!(big(amount) > total || total > big(Balance::MAX));
			return Ok(());
		};
		prop_assert_eq!(parts.total(), Some(amount));
		let of = |stake| if total == big(0) { big(0) } else { big(amount) * big(stake) / &total };
		// Own bears what rounding leaves over, which is less than one for each part.
		for (part, stake) in
			[(parts.own, own), (parts.pool, pool), (parts.unbonding, unbonding)]
		{
			prop_assert!(part <= stake);
			prop_assert!(big(part) >= of(stake) && big(part) <= of(stake) + big(2));
		}
		prop_assert!(parts.pool == Balance::try_from(of(pool)).expect("fits") || parts.own == own);
		// While leases lock no more than the bond, what is leaving is never wiped out.
		if amount <= own.saturating_add(pool) && unbonding > 0 {
			prop_assert!(parts.unbonding < unbonding);
		}
	}

	#[test]
	fn delegators_part_should_be_exact_and_no_more_than_the_pay_when_it_is_split(
		pay in amount(),
		pool in amount(),
		own in amount(),
		commission in 0..=1_000_000u32,
	) {
		let Some(bond) = pool.checked_add(own) else { return Ok(()) };
		let part = delegators_part(pay, pool, bond, Permill::from_parts(commission));
		prop_assert!(part <= pay);
		let gross = if bond == 0 { big(0) } else { big(pay) * big(pool) / big(bond) };
		let kept = (&gross * big(commission.into()) + big(999_999)) / big(1_000_000);
		prop_assert_eq!(big(part), gross - kept);
	}
}

#[test]
fn worth_should_be_zero_when_there_are_no_shares() {
	assert_eq!(SharePool::default().worth(5), 0);
	assert_eq!(SharePool::default().sell(0), Some(0));
	assert_eq!(SharePool::default().sell(1), None);
}

#[test]
fn buy_fairly_should_tolerate_a_planck_or_a_millionth_when_the_amount_is_at_the_boundary() {
	// Many shares of 1,001 planck each: what is paid above a whole number of them is theirs.
	let pool = SharePool { shares: 10u128.pow(20), value: 1_001 * 10u128.pow(20) };
	let buys = |amount| {
		let mut pool = pool;
		pool.buy_fairly(amount)
	};
	assert_eq!((buys(1_000), buys(0)), (Err(ShareError::NoShare), Err(ShareError::NoShare)));
	// Below two million a planck.
	assert_eq!((buys(1_001), buys(1_002)), (Ok(1), Ok(1)));
	assert_eq!(buys(1_003), Err(ShareError::TooDear));
	// 1,998 × 1,001 is 1,999,998.
	assert_eq!([1_999_999, 2_000_000].map(buys), [Ok(1_998), Ok(1_998)]);
	assert_eq!(buys(2_000_001), Err(ShareError::TooDear));
	// Of what buys a million of them a millionth is a share: nobody is refused any more.
	let many = 1_001_000_000;
	assert_eq!([many + 1_000, many + 1_001].map(buys), [Ok(1_000_000), Ok(1_000_001)]);
}

#[test]
fn grow_should_fail_when_nobody_would_own_it_or_it_does_not_fit() {
	let mut pool = SharePool::default();
	assert_eq!((pool.grow(0), pool.grow(1)), (Some(()), None));
	pool = SharePool { shares: 1, value: Balance::MAX };
	assert_eq!((pool.grow(0), pool.grow(1)), (Some(()), None));
	assert_eq!(pool, SharePool { shares: 1, value: Balance::MAX });
}

#[test]
fn shrink_should_fail_when_there_is_less() {
	let mut pool = SharePool { shares: 7, value: 7 };
	assert_eq!(pool.shrink(8), None);
	assert_eq!(pool.shrink(7), Some(()));
	assert_eq!(pool.buy(1), Err(ShareError::Worthless));
}

#[test]
fn is_exhausted_should_change_at_the_bound_when_shares_get_cheaper() {
	assert!(!SharePool::default().is_exhausted());
	let mut pool = SharePool { shares: 3 * MAX_SHARES_PER_PLANCK, value: 3 };
	assert!(!pool.is_exhausted());
	pool.shares += 1;
	assert!(pool.is_exhausted());
	assert!(SharePool { shares: 1, value: 0 }.is_exhausted());
	assert!(!SharePool { shares: Balance::MAX, value: Balance::MAX }.is_exhausted());
}

#[test]
fn slash_should_divide_at_the_ends_of_the_range_when_amounts_are_extreme() {
	let all = Stakes { own: Balance::MAX, pool: 0, unbonding: 0 };
	assert_eq!(all.slash(Balance::MAX), Some(all));
	let too_much = Stakes { own: Balance::MAX, pool: 1, unbonding: 0 };
	assert_eq!(too_much.slash(1), None);
	assert_eq!(Stakes::default().slash(0), Some(Stakes::default()));
	assert_eq!(Stakes::default().slash(1), None);
	let one_each = Stakes { own: 1, pool: 1, unbonding: 1 };
	assert_eq!(one_each.slash(1), Some(Stakes { own: 1, pool: 0, unbonding: 0 }));
	assert_eq!(one_each.slash(2), Some(Stakes { own: 1, pool: 1, unbonding: 0 }));
	assert_eq!(one_each.slash(3), Some(one_each));
}
