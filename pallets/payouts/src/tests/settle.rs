//! `Settlement::settle` and the dropping of records.

use crate::{mock::*, *};
use frame_support::{
	assert_storage_noop,
	traits::fungible::{Inspect, Mutate},
};

#[test]
fn settle_should_pay_everybody_when_all_accounts_live() {
	execute(|| {
		let split = settle(7, 2, MINER, 5, 10_000);
		let expected = Split { miner: 9_750, validators: 62, treasury: 125, burned: 63 };
		assert_eq!(split, expected);
		assert_eq!(balance(CLIENT), WEALTH - 10_000);
		assert_eq!(balance(MINER), WEALTH + 9_750);
		assert_eq!(balance(AUTHOR), WEALTH + 62);
		assert_eq!(balance(TREASURY), WEALTH + 125);
		let payment = Payment { miner: account(MINER), units: 5, split };
		assert_eq!(Payments::<Test>::get(JobId(7), 2), Some(payment));
		assert_eq!(
			last_event(),
			Some(Event::Paid { job: JobId(7), replica: 2, miner: account(MINER), units: 5, split })
		);
	});
}

#[test]
fn settle_should_pay_nothing_and_still_record_when_the_amount_is_zero() {
	execute(|| {
		assert_eq!(settle(1, 0, MINER, 0, 0), Split::default());
		assert_eq!(balance(MINER), WEALTH);
		assert_eq!(Totals::<Test>::get().replicas, 1);
	});
}

#[test]
fn settle_should_burn_the_planck_when_the_amount_is_one() {
	execute(|| {
		assert_eq!(settle(1, 0, MINER, 1, 1), Split { burned: 1, ..Split::default() });
		assert_eq!(balance(MINER), WEALTH);
	});
}

#[test]
fn settle_should_be_exact_when_the_amount_is_almost_every_coin_there_can_be() {
	let wealth = u128::MAX - 3 * WEALTH;
	execute_with_client(wealth, || {
		let split = settle(1, 0, MINER, u64::MAX, wealth);
		assert_eq!(split.miner + split.validators + split.treasury + split.burned, wealth);
		assert_eq!(balance(MINER), WEALTH + split.miner);
		assert_eq!(balance(CLIENT), 0);
	});
}

#[test]
fn settle_should_burn_the_validators_part_when_the_block_has_no_author() {
	execute(|| {
		BlockAuthor::set(None);
		let split = settle(1, 0, MINER, 1, 10_000);
		assert_eq!(split, Split { miner: 9_750, validators: 0, treasury: 125, burned: 125 });
		assert_eq!(balance(AUTHOR), WEALTH);
	});
}

#[test]
fn settle_should_burn_the_miners_part_when_its_account_is_dead_and_the_part_too_small() {
	execute(|| {
		let split = settle(1, 0, 77, 1, DEPOSIT);
		// 97 planck cannot found an account; the treasury's one reaches a living one.
		assert_eq!(split, Split { treasury: 1, burned: DEPOSIT - 1, ..Split::default() });
		assert_eq!(balance(77), 0);
		let earnings = Earnings::<Test>::get(account(77));
		assert_eq!((earnings.gross, earnings.net), (DEPOSIT, 0));
	});
}

#[test]
fn settle_should_revive_the_miner_when_its_account_was_reaped_and_the_part_suffices() {
	execute(|| {
		Fee::set(Permill::zero());
		Balances::set_balance(&account(MINER), 0);
		Burnt::set(WEALTH);
		assert!(!System::account_exists(&account(MINER)));
		assert_eq!(settle(1, 0, MINER, 1, DEPOSIT - 1).miner, 0);
		assert!(!System::account_exists(&account(MINER)));
		assert_eq!(settle(2, 0, MINER, 1, DEPOSIT).miner, DEPOSIT);
		assert_eq!(balance(MINER), DEPOSIT);
	});
}

#[test]
fn settle_should_count_as_burnt_what_does_not_arrive_when_author_and_treasury_are_dead() {
	execute(|| {
		BlockAuthor::set(Some(account(88)));
		TreasuryAccount::set(account(99));
		// 63 and 125 planck: the treasury's part founds its account, the author's is below the deposit.
		let split = settle(1, 0, MINER, 1, 10_000);
		assert_eq!(split, Split { miner: 9_750, validators: 0, treasury: 125, burned: 125 });
		assert_eq!((balance(88), balance(99)), (0, 125));
	});
}

/// Miner, author, treasury and client may be one account: nothing doubles.
#[test]
fn settle_should_conserve_the_sum_when_one_account_plays_every_part() {
	execute(|| {
		BlockAuthor::set(Some(account(CLIENT)));
		TreasuryAccount::set(account(CLIENT));
		let split = settle(1, 0, CLIENT, 1, 10_000);
		assert_eq!(balance(CLIENT), WEALTH - split.burned);
		assert_eq!(split.miner + split.validators + split.treasury + split.burned, 10_000);
	});
}

#[test]
fn settle_should_revive_the_client_when_it_pays_itself_with_its_last_coin() {
	execute(|| {
		let split = settle(1, 0, CLIENT, 1, WEALTH);
		assert_eq!(balance(CLIENT), split.miner);
	});
}

#[test]
fn settle_should_use_the_present_parameters_when_governance_changed_them() {
	execute(|| {
		Fee::set(Permill::one());
		ValidatorsShare::set(Percent::from_percent(100));
		TreasuryShare::set(Percent::from_percent(100));
		let split = settle(1, 0, MINER, 1, 1_000);
		assert_eq!(split, Split { validators: 1_000, ..Split::default() });
		Fee::set(Permill::zero());
		assert_eq!(settle(2, 0, MINER, 1, 1_000), Split { miner: 1_000, ..Split::default() });
	});
}

#[test]
fn totals_should_add_up_when_many_replicas_are_paid() {
	execute(|| {
		let mut sum = Split::default();
		for job in 0..20u64 {
			let miner = if job % 3 == 0 { MINER } else { AUTHOR };
			let split = settle(job, (job % 7) as u8, miner, job, 100 + u128::from(job) * 37);
			sum.miner += split.miner;
			sum.validators += split.validators;
			sum.treasury += split.treasury;
			sum.burned += split.burned;
		}
		let totals = Totals::<Test>::get();
		assert_eq!((totals.replicas, totals.units, totals.split), (20, 190, sum));
		let miner = Earnings::<Test>::get(account(MINER));
		let author = Earnings::<Test>::get(account(AUTHOR));
		assert_eq!((miner.replicas, author.replicas), (7, 13));
		assert_eq!(miner.net + author.net, sum.miner);
	});
}

#[test]
fn totals_should_stop_at_the_maximum_when_units_would_overflow() {
	execute(|| {
		settle(1, 0, MINER, u64::MAX, 100);
		settle(2, 0, AUTHOR, u64::MAX, 100);
		settle(3, 0, MINER, u64::MAX, 100);
		assert_eq!(Totals::<Test>::get().units, u64::MAX);
	});
}

#[test]
fn on_job_pruned_should_drop_the_jobs_payments_and_no_others_when_a_job_is_forgotten() {
	execute(|| {
		for replica in 0..3 {
			settle(1, replica, MINER, 1, 1_000);
			settle(2, replica, MINER, 1, 1_000);
		}
		let totals = Totals::<Test>::get();
		Payouts::on_job_pruned(JobId(1), 3);
		assert_eq!(Payments::<Test>::iter_prefix(JobId(1)).count(), 0);
		assert_eq!(Payments::<Test>::iter_prefix(JobId(2)).count(), 3);
		// What was paid was paid.
		assert_eq!(Totals::<Test>::get(), totals);
		assert_storage_noop!(Payouts::on_job_pruned(JobId(1), 3));
		assert_storage_noop!(Payouts::on_job_pruned(JobId(2), 0));
		assert_storage_noop!(Payouts::on_job_pruned(JobId(u64::MAX), u8::MAX));
	});
}

/// No call of a user moves money here.
#[test]
fn issuance_should_fall_by_the_burnt_part_when_a_payment_is_settled() {
	execute(|| {
		let before = <Balances as Inspect<AccountId>>::total_issuance();
		let split = settle(1, 0, MINER, 1, 100_000);
		let after = <Balances as Inspect<AccountId>>::total_issuance();
		assert_eq!(before - after, split.burned);
	});
}
