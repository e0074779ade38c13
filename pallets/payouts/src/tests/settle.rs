//! `Settlement::settle`: paying for a replica.

use crate::{mock::*, settle::consistent, *};
use aitbc_primitives::{PaidWork, RewardSplit, Settlement};

/// A fee that is 25 ‰ of 10,000: 250, of which 62 for the pot, 125 for the treasury, 63 burnt.
const USUAL: Split =
	Split { miner: 9_750, delegators: 0, validators: 62, treasury: 125, burned: 63 };

#[test]
fn fee_should_be_the_parameter_when_governance_changes_it() {
	execute(|| {
		let fee = <Payouts as Settlement<AccountId, CreditOf<Test>>>::fee;
		assert_eq!(fee(), USUAL_FEE);
		Fee::set(Permill::one());
		assert_eq!(fee(), Permill::one());
	});
}

#[test]
fn settle_should_pay_everybody_when_all_accounts_live() {
	execute(|| {
		let work = PaidWork { job: JobId(7), replica: 2, units: 5, ..work(MINER) };
		let split = settle(work, 10_000);
		assert_eq!(split, USUAL);
		assert_eq!(balance(CLIENT), WEALTH - 10_000);
		assert_eq!(balance(MINER), WEALTH + 9_750);
		assert_eq!(balance(AUTHOR), WEALTH);
		assert_eq!(pot(), DEPOSIT + 62);
		assert_eq!(balance(TREASURY), WEALTH + 125);
		let paid = Event::Paid {
			job: JobId(7),
			replica: 2,
			miner: account(MINER),
			class: Class::Gemm,
			units: 5,
			split,
		};
		assert_eq!(events(), [paid]);
	});
}

#[test]
fn settle_should_note_the_work_in_every_sum_when_it_is_verified() {
	execute(|| {
		settle(PaidWork { units: 5, ..work(MINER) }, 10_000);
		settle(PaidWork { units: 6, ..work(MINER) }, 10_000);
		let sums = WorkSums {
			replicas: 2,
			units: 11,
			gross: 20_000,
			miner: 19_500,
			delegators: 0,
			// Without the pot's 62 of each 250.
			verified_fee: 2 * 188,
		};
		assert_eq!(EraWork::<Test>::get(0, account(MINER)), sums);
		assert_eq!(Running::<Test>::get(), RunningEra { era: 0, miners: 1, work: sums });
		let totals = Totals::<Test>::get();
		assert_eq!((totals.replicas, totals.units, totals.gross), (2, 11, 20_000));
		assert_eq!((totals.verified_fee, totals.emission), (376, 0));
		assert_eq!(sum(&totals.split), 20_000);
		assert!(!Earnings::<Test>::contains_key(account(MINER)));
	});
}

#[test]
fn settle_should_note_no_verified_fee_when_nobody_else_gave_the_answer() {
	execute(|| {
		let split = settle(PaidWork { verified: false, ..work(MINER) }, 10_000);
		assert_eq!(split, USUAL);
		assert_eq!(Running::<Test>::get().work.verified_fee, 0);
		assert_eq!(Totals::<Test>::get().verified_fee, 0);
	});
}

#[test]
fn settle_should_count_each_miner_once_when_several_work_in_an_era() {
	execute(|| {
		for miner in [MINER, AUTHOR, MINER, DELEGATOR] {
			settle(work(miner), 1_000);
		}
		assert_eq!(Running::<Test>::get().miners, 3);
		assert_eq!(EraWork::<Test>::iter_prefix(0).count(), 3);
	});
}

#[test]
fn settle_should_pay_the_delegators_when_staking_says_so() {
	execute(|| {
		DelegatorsShare::set(Permill::from_percent(40));
		let split = settle(work(MINER), 10_000);
		assert_eq!(split, Split { miner: 5_850, delegators: 3_900, ..USUAL });
		assert_eq!(balance(DELEGATOR), WEALTH + 3_900);
		let noted = Running::<Test>::get().work;
		assert_eq!((noted.miner, noted.delegators), (5_850, 3_900));
	});
}

#[test]
fn settle_should_pay_nothing_and_still_record_when_the_amount_is_zero() {
	execute(|| {
		assert_eq!(settle(work(MINER), 0), Split::default());
		assert_eq!(balance(MINER), WEALTH);
		assert_eq!(Totals::<Test>::get().replicas, 1);
		// Balances is not asked to deposit nothing.
		let of_balances = System::events().into_iter().filter(|record| {
			matches!(&record.event, RuntimeEvent::Balances(pallet_balances::Event::Deposit { .. }))
		});
		assert_eq!(of_balances.count(), 0);
	});
}

#[test]
fn settle_should_burn_the_planck_when_the_amount_is_one() {
	execute(|| {
		assert_eq!(settle(work(MINER), 1), Split { burned: 1, ..Split::default() });
		assert_eq!(balance(MINER), WEALTH);
	});
}

#[test]
fn settle_should_be_exact_when_the_amount_is_almost_every_coin_there_can_be() {
	let wealth = u128::MAX - 5 * WEALTH;
	execute_with_client(wealth, || {
		let split = settle(PaidWork { units: u64::MAX, ..work(MINER) }, wealth);
		assert_eq!(sum(&split), wealth);
		assert_eq!(balance(MINER), WEALTH + split.miner);
		assert_eq!(balance(CLIENT), 0);
	});
}

#[test]
fn settle_should_burn_the_pay_when_the_miner_is_dead_and_the_pay_too_small() {
	execute(|| {
		let split = settle(work(77), DEPOSIT);
		// 97 planck cannot found an account; the treasury's one reaches a living one.
		assert_eq!(split, Split { treasury: 1, burned: DEPOSIT - 1, ..Split::default() });
		assert_eq!(balance(77), 0);
		let noted = EraWork::<Test>::get(0, account(77));
		assert_eq!((noted.gross, noted.miner), (DEPOSIT, 0));
	});
}

#[test]
fn settle_should_revive_the_miner_when_its_account_was_reaped_and_the_pay_suffices() {
	execute(|| {
		Fee::set(Permill::zero());
		set_balance(&account(MINER), 0);
		assert!(!System::account_exists(&account(MINER)));
		assert_eq!(settle(work(MINER), DEPOSIT - 1).miner, 0);
		assert!(!System::account_exists(&account(MINER)));
		assert_eq!(settle(work(MINER), DEPOSIT).miner, DEPOSIT);
		assert_eq!(balance(MINER), DEPOSIT);
	});
}

/// Miner, delegator, treasury and client may be one account: nothing doubles.
#[test]
fn settle_should_conserve_the_sum_when_one_account_plays_every_part() {
	execute(|| {
		TreasuryAccount::set(account(CLIENT));
		let split = settle(work(CLIENT), 10_000);
		assert_eq!(balance(CLIENT), WEALTH - split.burned - split.validators);
		assert_eq!(sum(&split), 10_000);
	});
}

#[test]
fn settle_should_revive_the_client_when_it_pays_itself_with_its_last_coin() {
	execute(|| {
		let split = settle(work(CLIENT), WEALTH);
		assert_eq!(balance(CLIENT), split.miner);
	});
}

#[test]
fn settle_should_use_the_fee_of_the_lease_when_the_parameter_has_changed() {
	execute(|| {
		let before = work(MINER);
		Fee::set(Permill::one());
		assert_eq!(settle(before, 10_000), USUAL);
		ValidatorsShare::set(Percent::from_percent(100));
		let all = settle(work(MINER), 1_000);
		assert_eq!(all, Split { validators: 1_000, ..Split::default() });
		let none = PaidWork { fee: Permill::zero(), ..work(MINER) };
		assert_eq!(settle(none, 1_000), Split { miner: 1_000, ..Split::default() });
	});
}

#[test]
fn settle_should_begin_the_era_itself_when_no_hook_has_run() {
	execute(|| {
		settle(work(MINER), 10_000);
		System::set_block_number(ERA - 1);
		settle(work(MINER), 10_000);
		assert_eq!(Running::<Test>::get().era, 0);
		System::set_block_number(ERA);
		settle(work(MINER), 10_000);
		let running = Running::<Test>::get();
		assert_eq!((running.era, running.work.replicas), (1, 1));
		let ended = EraTotals::<Test>::get(0).expect("there was work");
		assert_eq!((ended.miners, ended.work.replicas), (1, 2));
	});
}

#[test]
fn totals_should_add_up_when_many_replicas_are_paid() {
	execute(|| {
		let mut parts = Split::default();
		for job in 0..20u64 {
			let miner = if job % 3 == 0 { MINER } else { AUTHOR };
			let work = PaidWork { job: JobId(job), units: job, ..work(miner) };
			let split = settle(work, 100 + u128::from(job) * 37);
			parts.miner += split.miner;
			parts.validators += split.validators;
			parts.treasury += split.treasury;
			parts.burned += split.burned;
		}
		let totals = Totals::<Test>::get();
		assert_eq!((totals.replicas, totals.units, totals.split), (20, 190, parts));
		let miner = EraWork::<Test>::get(0, account(MINER));
		let author = EraWork::<Test>::get(0, account(AUTHOR));
		assert_eq!((miner.replicas, author.replicas), (7, 13));
		assert_eq!(miner.miner + author.miner, parts.miner);
	});
}

#[test]
fn issuance_should_fall_by_the_burnt_part_when_a_payment_is_settled() {
	execute(|| {
		let before = issuance();
		let split = settle(work(MINER), 100_000);
		assert_eq!(before - issuance(), split.burned);
	});
}

#[test]
fn settle_should_count_as_burnt_what_does_not_arrive_when_the_treasury_is_dead() {
	execute(|| {
		// 99 planck do not found an account, 100 do.
		TreasuryAccount::set(account(99));
		assert_eq!(settle(work(MINER), 7_920).treasury, 0);
		assert_eq!(balance(99), 0);
		assert_eq!(settle(work(MINER), 8_000).treasury, DEPOSIT);
		assert_eq!(balance(99), DEPOSIT);
	});
}

#[test]
fn consistent_should_cut_the_parts_when_they_exceed_the_amount() {
	let parts = |miner, delegators, burned| RewardSplit { miner, delegators, burned };
	assert_eq!(consistent(10, parts(7, 2, 1)), parts(7, 2, 1));
	assert_eq!(consistent(10, parts(7, 2, 0)), parts(7, 2, 1));
	assert_eq!(consistent(10, parts(7, 4, 0)), parts(7, 3, 0));
	assert_eq!(consistent(10, parts(11, 4, 9)), parts(10, 0, 0));
	assert_eq!(consistent(0, parts(u128::MAX, u128::MAX, 1)), parts(0, 0, 0));
}
