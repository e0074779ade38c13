//! The view functions.

use crate::{mock::*, *};

#[test]
fn earnings_should_be_empty_when_the_account_never_worked() {
	execute(|| {
		assert_eq!(Payouts::earnings(account(MINER)), EarningsReport::default());
	});
}

#[test]
fn earnings_should_tell_closed_and_open_eras_apart_when_there_are_both() {
	execute(|| {
		settle(work(MINER), 10_000);
		go_to(ERA);
		settle(work(MINER), 20_000);
		begin_block(2 * ERA);
		settle(work(MINER), 40_000);
		settle(work(AUTHOR), 40_000);

		let report = Payouts::earnings(account(MINER));
		assert_eq!((report.closed.work.gross, report.closed.emission), (10_000, 94));
		let open: Vec<_> = report
			.open
			.iter()
			.map(|era| (era.era, era.ends_at, era.work.gross, era.expected_emission))
			.collect();
		// 500 less 125, and 1,000 less 250, are verified fee; half of it is expected.
		assert_eq!(open, [(1, 2 * ERA, 20_000, 187), (2, 3 * ERA, 40_000, 375)]);

		// What was expected of the era that is over is what comes.
		poll(Weight::MAX);
		assert_eq!(emission(1, MINER), Some(187));
		let report = Payouts::earnings(account(MINER));
		assert_eq!((report.closed.work.gross, report.closed.emission), (30_000, 281));
		assert_eq!(report.open.len(), 1);
	});
}

#[test]
fn earnings_should_expect_no_more_than_the_bond_allows() {
	execute(|| {
		settle(work(MINER), 40_000);
		DefaultBond::set(100);
		assert_eq!(Payouts::earnings(account(MINER)).open[0].expected_emission, 100);
		DefaultBond::set(0);
		assert_eq!(Payouts::earnings(account(MINER)).open[0].expected_emission, 0);
	});
}

#[test]
fn era_should_tell_what_is_paid_of_it_until_it_is_closed() {
	execute(|| {
		settle(work(MINER), 10_000);
		settle(work(AUTHOR), 10_000);
		let running = Payouts::era(0).expect("it runs");
		assert_eq!((running.miners, running.paid_miners), (2, 0));
		assert_eq!(running.terms, Payouts::present_terms());
		assert_eq!(running.budget(), 188);
		assert_eq!(Payouts::era(1), None);

		begin_block(ERA);
		poll(meter_for(1));
		let over = Payouts::era(0).expect("it is not closed");
		assert_eq!((over.miners, over.paid_miners, over.emission), (2, 1, 94));
		assert_eq!(Payouts::era(1).expect("it runs").miners, 0);

		poll(Weight::MAX);
		assert_eq!(Payouts::era(0), None);
	});
}
