//! `do_try_state` finds what it is there to find.

use crate::{mock::*, *};
use frame_support::hypothetically;

#[test]
fn try_state_should_fail_when_inv_payouts_1_is_broken() {
	execute(|| {
		settle(1, 0, MINER, 5, 10_000);
		hypothetically!({
			Totals::<Test>::mutate(|totals| totals.split.burned += 1);
			assert!(violation().starts_with("INV-PAYOUTS-1:"));
		});
		hypothetically!({
			Totals::<Test>::mutate(|totals| totals.split.treasury -= 1);
			assert!(violation().starts_with("INV-PAYOUTS-1:"));
		});
		hypothetically!({
			Earnings::<Test>::mutate(account(MINER), |earnings| earnings.gross += 1);
			assert!(violation().starts_with("INV-PAYOUTS-1:"));
		});
	});
}

#[test]
fn try_state_should_fail_when_inv_payouts_2_is_broken() {
	execute(|| {
		settle(1, 0, MINER, 5, 10_000);
		hypothetically!({
			Totals::<Test>::mutate(|totals| totals.replicas += 1);
			assert!(violation().starts_with("INV-PAYOUTS-2:"));
		});
		hypothetically!({
			Earnings::<Test>::mutate(account(MINER), |earnings| earnings.units -= 1);
			assert!(violation().starts_with("INV-PAYOUTS-2:"));
		});
		hypothetically!({
			Earnings::<Test>::remove(account(MINER));
			assert!(violation().starts_with("INV-PAYOUTS-2:"));
		});
		hypothetically!({
			Earnings::<Test>::mutate(account(AUTHOR), |earnings| earnings.net = 1);
			assert!(violation().starts_with("INV-PAYOUTS-2:"));
		});
	});
}
