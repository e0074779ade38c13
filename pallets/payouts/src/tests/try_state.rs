//! `do_try_state` finds what it is there to find.

use crate::{mock::*, *};
use frame_support::hypothetically;

/// Corrupts storage by `change`, and expects `do_try_state` to name invariant `number`.
fn breaks(number: u8, change: impl FnOnce()) {
	hypothetically!({
		change();
		let said = violation();
		assert!(said.starts_with(&format!("INV-PAYOUTS-{number}:")), "{said}");
	});
}

/// A chain with an era that is closed, one that is half paid, and one that runs.
fn with_eras(test: impl FnOnce()) {
	execute(|| {
		settle(work(MINER), 10_000);
		go_to(ERA);
		settle(work(MINER), 10_000);
		settle(work(AUTHOR), 10_000);
		begin_block(2 * ERA);
		poll(meter_for(1));
		settle(work(MINER), 10_000);
		settle(work(AUTHOR), 10_000);
		Payouts::do_try_state().expect("nothing is corrupted yet");
		test();
	});
}

#[test]
fn try_state_should_fail_when_inv_payouts_1_is_broken() {
	with_eras(|| {
		type Change = fn(&mut PaymentTotals);
		let changes: [Change; 6] = [
			|totals| totals.gross += 1,
			|totals| totals.split.miner -= 1,
			|totals| totals.split.delegators += 1,
			|totals| totals.split.validators += 1,
			|totals| totals.split.treasury -= 1,
			|totals| totals.split.burned += 1,
		];
		for change in changes {
			breaks(1, || Totals::<Test>::mutate(change));
		}
	});
}

#[test]
fn try_state_should_fail_when_inv_payouts_2_is_broken() {
	with_eras(|| {
		breaks(2, || Totals::<Test>::mutate(|totals| totals.replicas += 1));
		breaks(2, || Totals::<Test>::mutate(|totals| totals.units -= 1));
		breaks(2, || Totals::<Test>::mutate(|totals| totals.verified_fee += 1));
		breaks(2, || Totals::<Test>::mutate(|totals| totals.emission -= 1));
		// Gross and its parts agree with each other, not with what miners did.
		breaks(2, || {
			Totals::<Test>::mutate(|totals| {
				totals.gross += 1;
				totals.split.burned += 1;
			});
		});
		breaks(2, || Earnings::<Test>::mutate(account(MINER), |all| all.work.units -= 1));
		breaks(2, || Earnings::<Test>::mutate(account(MINER), |all| all.work.gross += 1));
		breaks(2, || Earnings::<Test>::mutate(account(MINER), |all| all.emission += 1));
		breaks(2, || Earnings::<Test>::mutate(account(CLIENT), |all| all.work.miner = 1));
		breaks(2, || Earnings::<Test>::remove(account(MINER)));
	});
}

#[test]
fn try_state_should_fail_when_inv_payouts_3_is_broken() {
	with_eras(|| {
		let done = EraWork::<Test>::get(2, account(MINER));
		// An entry more, of each kind of era: closed, over, running, to come; and without work.
		for era in [0, 1, 2, 3] {
			breaks(3, || EraWork::<Test>::insert(era, account(CLIENT), done));
		}
		breaks(3, || EraWork::<Test>::insert(2, account(CLIENT), WorkSums::default()));
		// An entry fewer, or another.
		breaks(3, || EraWork::<Test>::remove(2, account(MINER)));
		breaks(3, || {
			let _ = EraWork::<Test>::clear_prefix(1, u32::MAX, None);
		});
		breaks(3, || EraWork::<Test>::mutate(2, account(MINER), |work| work.units += 1));
		// The sums.
		breaks(3, || Running::<Test>::mutate(|era| era.miners += 1));
		breaks(3, || Running::<Test>::mutate(|era| era.work.gross += 1));
		let record = EraTotals::<Test>::get(1).expect("it is half paid");
		let broken = [
			EraRecord { miners: 3, ..record },
			EraRecord { paid_miners: 0, ..record },
			EraRecord { paid: WorkSums::default(), ..record },
			EraRecord { work: WorkSums { replicas: 3, ..record.work }, ..record },
		];
		for record in broken {
			breaks(3, || EraTotals::<Test>::insert(1, record));
		}
		// Which eras are open.
		breaks(3, || EraTotals::<Test>::remove(1));
		breaks(3, || EraTotals::<Test>::insert(0, EraRecord::default()));
		breaks(3, || EraTotals::<Test>::insert(2, EraRecord::default()));
		breaks(3, || NextEraToPay::<Test>::put(2));
		breaks(3, || NextEraToPay::<Test>::put(3));
	});
}

#[test]
fn try_state_should_fail_when_inv_payouts_4_is_broken() {
	with_eras(|| {
		breaks(4, || {
			Totals::<Test>::mutate(|totals| totals.emission = totals.verified_fee + 1);
		});
		let record = EraTotals::<Test>::get(1).expect("it is half paid");
		let above_fee = record.paid.verified_fee + 1;
		breaks(4, || EraTotals::<Test>::insert(1, EraRecord { emission: above_fee, ..record }));
		let terms = EmissionTerms { per_era: record.emission - 1, ..record.terms };
		breaks(4, || EraTotals::<Test>::insert(1, EraRecord { terms, ..record }));
	});
}
