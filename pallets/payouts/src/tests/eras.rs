//! Eras and the payment of emission: `on_initialize`, `on_poll`.

use crate::{mock::*, *};
use aitbc_primitives::PaidWork;
use frame_support::assert_storage_noop;

/// Verified fee of a payment of 10,000: 250 of fee less 62 for the pot.
const VERIFIED: Balance = 188;

#[test]
fn on_initialize_should_file_the_era_with_its_terms_when_it_is_over() {
	execute(|| {
		settle(work(MINER), 10_000);
		settle(work(AUTHOR), 10_000);
		let work = Running::<Test>::get().work;
		begin_block(ERA - 1);
		assert_eq!(EraTotals::<Test>::iter().count(), 0);
		begin_block(ERA);
		let terms = EmissionTerms {
			per_era: USUAL_PER_ERA,
			share: USUAL_EMISSION_SHARE,
			bond_share: Perbill::one(),
		};
		let record = EraRecord { miners: 2, work, terms, ..EraRecord::default() };
		assert_eq!(EraTotals::<Test>::get(0), Some(record));
		assert_eq!(Running::<Test>::get(), RunningEra { era: 1, ..RunningEra::default() });
		let ended =
			Event::EraEnded { era: 0, miners: 2, verified_fee: 2 * VERIFIED, budget: VERIFIED };
		assert_eq!(events().last(), Some(&ended));
	});
}

#[test]
fn on_initialize_should_file_nothing_when_nobody_worked() {
	execute(|| {
		begin_block(5 * ERA);
		assert_eq!(Running::<Test>::get().era, 5);
		assert_eq!(EraTotals::<Test>::iter().count(), 0);
		assert_eq!(events(), []);
	});
}

#[test]
fn on_poll_should_pay_each_miner_and_close_the_era_when_it_is_over() {
	execute(|| {
		settle(work(MINER), 10_000);
		settle(work(AUTHOR), 40_000);
		go_to(ERA - 1);
		assert_eq!(emissions().len(), 0);
		let before = (balance(MINER), issuance());
		// 1,000 of fee less 250 for the pot.
		let issued = VERIFIED / 2 + 750 / 2;
		begin_block(ERA);
		poll(Weight::MAX);
		assert_eq!(emission(0, MINER), Some(VERIFIED / 2));
		assert_eq!(emission(0, AUTHOR), Some(750 / 2));
		assert_eq!(balance(MINER), before.0 + VERIFIED / 2);
		assert_eq!(issuance(), before.1 + issued);
		let paid = Event::EraPaid { era: 0, miners: 2, emission: issued };
		assert_eq!(events().last(), Some(&paid));
		assert_eq!(NextEraToPay::<Test>::get(), 1);
		assert_eq!(EraTotals::<Test>::iter().count(), 0);
		assert_eq!(EraWork::<Test>::iter().count(), 0);
		let earnings = Earnings::<Test>::get(account(MINER));
		assert_eq!((earnings.work.gross, earnings.emission), (10_000, VERIFIED / 2));
		assert_eq!(Totals::<Test>::get().emission, issued);
	});
}

#[test]
fn on_poll_should_add_to_earlier_earnings_when_a_miner_worked_in_two_eras() {
	execute(|| {
		settle(work(MINER), 10_000);
		go_to(ERA);
		settle(work(MINER), 40_000);
		go_to(2 * ERA);
		let earnings = Earnings::<Test>::get(account(MINER));
		assert_eq!((earnings.work.replicas, earnings.work.gross), (2, 50_000));
		assert_eq!(earnings.emission, VERIFIED / 2 + 750 / 2);
	});
}

#[test]
fn on_poll_should_issue_nothing_and_still_close_when_no_work_was_verified() {
	execute(|| {
		settle(PaidWork { verified: false, ..work(MINER) }, 10_000);
		let before = balance(MINER);
		go_to(ERA);
		assert_eq!(emission(0, MINER), Some(0));
		assert_eq!(balance(MINER), before);
		assert_eq!(events().last(), Some(&Event::EraPaid { era: 0, miners: 1, emission: 0 }));
		assert_eq!(Earnings::<Test>::get(account(MINER)).work.gross, 10_000);
	});
}

#[test]
fn on_poll_should_divide_the_budget_when_more_is_due_than_it_holds() {
	execute(|| {
		EmissionPerEra::set(100);
		settle(work(MINER), 10_000);
		settle(work(AUTHOR), 30_000);
		go_to(ERA);
		// 188 × ½ and 563 × ½ are due (30,000 pay 750, of which 187 go into the pot).
		assert_eq!(emission(0, MINER), Some(94 * 100 / 375));
		assert_eq!(emission(0, AUTHOR), Some(281 * 100 / 375));
	});
}

#[test]
fn on_poll_should_pay_the_delegators_of_the_emission_when_staking_says_so() {
	execute(|| {
		settle(work(MINER), 10_000);
		DelegatorsShare::set(Permill::from_percent(50));
		go_to(ERA);
		let paid = Event::EmissionPaid {
			era: 0,
			miner: account(MINER),
			amount: 94,
			delegators: 47,
			burned: 0,
		};
		assert!(events().contains(&paid));
		assert_eq!(balance(DELEGATOR), WEALTH + 47);
		assert_eq!(Earnings::<Test>::get(account(MINER)).emission, 94);
	});
}

#[test]
fn on_poll_should_go_on_in_the_next_block_when_the_meter_allows_one_miner() {
	execute(|| {
		for miner in 100..105 {
			settle(work(miner), 10_000);
		}
		begin_block(ERA);
		for paid in 1..=5 {
			poll(meter_for(1));
			assert_eq!(emissions().len(), paid);
			assert_eq!(NextEraToPay::<Test>::get(), 0);
			assert_eq!(EraTotals::<Test>::get(0).map(|era| era.paid_miners), Some(paid as u32));
			Payouts::do_try_state().expect("the invariants hold in the middle of an era");
		}
		poll(meter_for(1));
		assert_eq!(NextEraToPay::<Test>::get(), 1);
		let emission = 5 * (VERIFIED / 2);
		assert_eq!(events().last(), Some(&Event::EraPaid { era: 0, miners: 5, emission }));
	});
}

#[test]
fn on_poll_should_ask_before_each_step_when_the_meter_is_small() {
	execute(|| {
		settle(work(MINER), 10_000);
		begin_block(ERA);
		let short = |by: Weight| meter_for(1) - by;
		assert_storage_noop!(assert_eq!(poll(Weight::zero()), Weight::zero()));
		let step = Weight::from_parts(1, 0);
		assert_storage_noop!(poll(short(step)));
		assert_storage_noop!(poll(short(step + <() as WeightInfo>::pay_miner())));
		let look = <() as WeightInfo>::poll();
		assert_storage_noop!(assert_eq!(poll(look), look));
		assert_storage_noop!(assert_eq!(poll(look - step), Weight::zero()));
		// One miner is paid, and nothing is left to look for the next.
		assert_eq!(poll(meter_for(1)), meter_for(1));
		assert_eq!(emissions().len(), 1);
	});
}

#[test]
fn on_poll_should_take_no_more_than_its_part_of_a_block_when_the_block_is_empty() {
	execute(|| {
		for miner in 100..110 {
			settle(work(miner), 10_000);
		}
		MaxServiceWeight::set(meter_for(3));
		begin_block(ERA);
		assert_eq!(poll(Weight::MAX), meter_for(3));
		assert_eq!(emissions().len(), 3);
	});
}

#[test]
fn on_poll_should_pay_several_eras_oldest_first_when_it_is_behind() {
	execute(|| {
		for era in 0..3 {
			begin_block((era * ERA).max(1));
			settle(work(MINER), 10_000);
			settle(work(AUTHOR), 10_000);
		}
		begin_block(7 * ERA);
		poll(Weight::MAX);
		let closed: Vec<_> = events()
			.into_iter()
			.filter_map(|event| match event {
				Event::EraPaid { era, .. } => Some(era),
				_ => None,
			})
			.collect();
		assert_eq!(closed, [0, 1, 2]);
		// Eras without work are passed over.
		assert_eq!(NextEraToPay::<Test>::get(), 7);
	});
}

#[test]
fn on_poll_should_only_look_when_nothing_is_due() {
	execute(|| {
		go_to(ERA);
		settle(work(MINER), 10_000);
		for block in ERA + 1..2 * ERA {
			begin_block(block);
			assert_storage_noop!(assert_eq!(poll(Weight::MAX), <() as WeightInfo>::poll()));
		}
	});
}

#[test]
fn on_poll_should_find_the_era_that_ended_when_on_initialize_did_not_run() {
	execute(|| {
		settle(work(MINER), 10_000);
		System::set_block_number(ERA);
		poll(Weight::MAX);
		assert_eq!(emission(0, MINER), Some(VERIFIED / 2));
	});
}

#[test]
fn integrity_test_should_pass_when_one_miner_fits() {
	execute(|| {
		MaxServiceWeight::set(meter_for(1));
		<Payouts as frame_support::traits::Hooks<BlockNumber>>::integrity_test();
	});
}

#[test]
#[should_panic(expected = "MaxServiceWeight must allow paying one miner")]
fn integrity_test_should_fail_when_no_miner_fits() {
	MaxServiceWeight::set(meter_for(1) - Weight::from_parts(1, 0));
	<Payouts as frame_support::traits::Hooks<BlockNumber>>::integrity_test();
}
