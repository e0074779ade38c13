//! Ways to be paid twice, for nothing, or to keep others from being paid. Those against single parts
//! stand with them: `split`, `emission`, `pot`.

use crate::{mock::*, *};
use aitbc_primitives::PaidWork;
use frame_support::{assert_storage_noop, hypothetically, storage::unhashed};
use proptest::prelude::*;

/// A replica at the last block of an era, one at the first of the next, before and after the hooks have
/// run; and a hook that is made to run again and again.
#[test]
fn attack_claiming_twice_at_an_eras_edge_should_pay_each_era_once() {
	execute(|| {
		go_to(ERA - 1);
		settle(work(MINER), 10_000);
		poll(Weight::MAX);
		// Another pallet's hook settles in the first block, before this pallet's own.
		System::set_block_number(ERA);
		settle(work(MINER), 20_000);
		go_to(ERA);
		settle(work(MINER), 20_000);
		poll(Weight::MAX);
		go_to(ERA);
		assert_eq!(emission(0, MINER), Some(94));
		assert_eq!(emission(1, MINER), None);
		assert_eq!(Running::<Test>::get().work.gross, 40_000);
		go_to(2 * ERA - 1);
		assert_eq!(emission(1, MINER), None);
		for _ in 0..3 {
			go_to(2 * ERA);
		}
		assert_eq!(emission(1, MINER), Some(375));
		assert_storage_noop!(poll(Weight::MAX));
	});
}

/// Who is paid last, in an order that nobody chose, gets what who was paid first got.
#[test]
fn attack_changing_the_terms_of_an_era_that_is_over_should_change_nothing() {
	for (share, per_era, bond_share) in
		[(Permill::one(), u128::MAX, Perbill::one()), (Permill::zero(), 0, Perbill::zero())]
	{
		execute(|| {
			for miner in [MINER, AUTHOR, CLIENT] {
				settle(work(miner), 10_000);
			}
			begin_block(ERA);
			poll(meter_for(1));
			EmissionShare::set(share);
			EmissionPerEra::set(per_era);
			EmissionBondShare::set(bond_share);
			Fee::set(Permill::one());
			go_to(3 * ERA);
			let issued: Vec<_> = emissions().into_values().collect();
			assert_eq!(issued, [94, 94, 94]);
		});
	}
}

/// The era that is running is reckoned by what holds when it ends; the fee of a lease by what held when it
/// began.
#[test]
fn attack_changing_the_terms_of_the_running_era_should_not_touch_the_fee_of_a_lease() {
	execute(|| {
		let leased = work(MINER);
		Fee::set(Permill::one());
		settle(leased, 10_000);
		assert_eq!(Running::<Test>::get().work.verified_fee, 188);
		EmissionShare::set(Permill::one());
		go_to(ERA);
		assert_eq!(emission(0, MINER), Some(188));
	});
}

/// A shader's client states its units: they are worth nothing here, the fee is.
#[test]
fn attack_inflated_units_should_earn_no_more_emission() {
	execute(|| {
		EmissionPerEra::set(100);
		settle(PaidWork { units: u64::MAX, ..work(MINER) }, 10_000);
		settle(PaidWork { units: u64::MAX, ..work(MINER) }, 0);
		settle(PaidWork { units: 1, ..work(AUTHOR) }, 10_000);
		go_to(ERA);
		assert_eq!((emission(0, MINER), emission(0, AUTHOR)), (Some(50), Some(50)));
		// Nor can they fill up the sums.
		assert_eq!(Totals::<Test>::get().units, 2 * u128::from(u64::MAX) + 1);
	});
}

/// A single job's answer is anybody's word, and so is the price of a job between friends.
#[test]
fn attack_paying_oneself_for_unverified_work_should_earn_no_emission() {
	execute(|| {
		EmissionShare::set(Permill::one());
		let split = settle(PaidWork { verified: false, ..work(CLIENT) }, 500_000);
		go_to(ERA);
		assert_eq!(emission(0, CLIENT), Some(0));
		assert_eq!(balance(CLIENT), WEALTH - 500_000 + split.miner);
	});
}

/// With the whole fee issued, the author of all blocks that is client and miner too would be paid the
/// validators' part twice, if emission did not leave it out.
#[test]
fn attack_a_validator_that_pays_itself_should_lose_the_rest_when_the_whole_fee_is_issued() {
	execute(|| {
		EmissionShare::set(Permill::one());
		BlockAuthor::set(Some(account(CLIENT)));
		settle(work(CLIENT), 1_000_000);
		// 25,000 of fee, of which a quarter went into the pot.
		assert_eq!(pot(), DEPOSIT + 6_250);
		go_to(ERA);
		assert_eq!(emission(0, CLIENT), Some(18_750));
		for block in ERA + 1..20 * ERA {
			go_to(block);
		}
		// All that it lacks are the last planck of the pot, which cannot be divided.
		assert_eq!(balance(CLIENT), WEALTH - (pot() - DEPOSIT));
		assert!(pot() - DEPOSIT < u128::from(DIVISOR));
	});
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

	/// Client, miner, delegator and the author of every block are one person, for every value of the
	/// parameters.
	#[test]
	fn attack_paying_oneself_should_never_gain_on_chain_whatever_the_parameters(
		fee in prop_oneof![Just(1_000_000), 0..=1_000_000u32],
		validators in 0..=100u8,
		treasury in 0..=100u8,
		share in prop_oneof![Just(1_000_000), 0..=1_000_000u32],
		per_era in prop_oneof![Just(u128::MAX), 0..1_000_000u128],
		bond_share in prop_oneof![Just(1_000_000_000), 0..=1_000_000_000u32],
		delegated in 0..=1_000_000u32,
		amounts in prop::collection::vec(0..WEALTH / 8, 1..8),
	) {
		execute(|| {
			Fee::set(Permill::from_parts(fee));
			ValidatorsShare::set(Percent::from_percent(validators));
			TreasuryShare::set(Percent::from_percent(treasury));
			EmissionShare::set(Permill::from_parts(share));
			EmissionPerEra::set(per_era);
			EmissionBondShare::set(Perbill::from_parts(bond_share));
			DelegatorsShare::set(Permill::from_parts(delegated));
			let owned = || balance(CLIENT) + balance(DELEGATOR) + balance(AUTHOR);
			let before = owned();
			for amount in &amounts {
				settle(work(CLIENT), *amount);
			}
			for block in 2..15 * ERA {
				go_to(block);
			}
			assert!(owned() <= before, "{} became {}", before, owned());
		});
	}
}

#[test]
fn attack_a_miner_without_a_bond_should_earn_no_emission() {
	execute(|| {
		DefaultBond::set(0);
		settle(work(MINER), 10_000);
		settle(work(AUTHOR), 10_000);
		Bonds::mutate(|bonds| bonds.insert(account(AUTHOR), 50));
		go_to(ERA);
		assert_eq!(emission(0, MINER), Some(0));
		// The other gets what its bond allows, and nothing of what was left.
		assert_eq!(emission(0, AUTHOR), Some(50));
		assert_eq!(NextEraToPay::<Test>::get(), 1);
	});
}

/// Thousands of miners, each worth one payment, and a block that has room for seven; meanwhile work goes on
/// and eras queue up.
#[test]
fn attack_an_era_with_thousands_of_entries_should_be_paid_without_a_heavy_block() {
	const MINERS: u32 = 2_000;
	execute_with_client(1_000_000_000, || {
		for miner in 0..MINERS {
			settle(work(1_000 + miner), 8_000);
		}
		let mut paid = 0;
		let mut block = ERA;
		while NextEraToPay::<Test>::get() == 0 {
			begin_block(block);
			settle(work(MINER), 8_000);
			assert!(poll(meter_for(7)).all_lte(meter_for(7)));
			let now = EraTotals::<Test>::get(0).map_or(MINERS, |era| era.paid_miners);
			assert!(now - paid <= 7);
			paid = now;
			block += 1;
		}
		// The last look of the block in which the last miner was paid finds the era empty.
		assert_eq!(block, ERA + MINERS.div_ceil(7));
		// Nor is anything lost of the eras that ended meanwhile.
		poll(Weight::MAX);
		let eras = (block - 1) / ERA;
		assert_eq!(NextEraToPay::<Test>::get(), eras);
		assert_eq!(emissions().len(), (MINERS + eras - 1) as usize);
		assert!(emissions().into_values().all(|issued| issued > 0));
	});
}

/// Blocks that are full for days.
#[test]
fn attack_blocks_without_room_should_delay_payments_and_lose_none() {
	execute(|| {
		for era in 0..30 {
			begin_block((era * ERA).max(1));
			settle(work(MINER), 10_000);
			assert_eq!(poll(Weight::zero()), Weight::zero());
		}
		begin_block(30 * ERA);
		assert_eq!(EraTotals::<Test>::iter().count(), 30);
		poll(Weight::MAX);
		assert_eq!(emissions().into_values().collect::<Vec<_>>(), [94; 30]);
	});
}

/// A miner that let its account die cannot take a payment below the existential deposit.
#[test]
fn attack_a_dead_miner_should_not_hold_up_the_queue() {
	execute(|| {
		for miner in [77, MINER, 78] {
			settle(work(miner), 10_000);
		}
		set_balance(&account(77), 0);
		set_balance(&account(78), 0);
		let before = (issuance(), balance(MINER));
		go_to(ERA);
		let burned = |miner| Event::EmissionPaid {
			era: 0,
			miner: account(miner),
			amount: 94,
			delegators: 0,
			burned: 94,
		};
		assert!(events().contains(&burned(77)) && events().contains(&burned(78)));
		assert_eq!(events().last(), Some(&Event::EraPaid { era: 0, miners: 3, emission: 94 }));
		assert_eq!((issuance(), balance(MINER)), (before.0 + 94, before.1 + 94));
		assert_eq!(Earnings::<Test>::get(account(77)).emission, 0);
	});
}

/// Neither the treasury nor the pot nor the miner can take its part.
#[test]
fn attack_nobody_alive_should_burn_the_whole_payment_and_say_so() {
	execute(|| {
		TreasuryAccount::set(account(99));
		set_balance(&Payouts::pot_account(), 0);
		let before = issuance();
		let split = settle(work(77), DEPOSIT);
		assert_eq!(split, Split { burned: DEPOSIT, ..Split::default() });
		assert_eq!(before - issuance(), DEPOSIT);
	});
}

/// One coin less than all there can be, paid round and round: sums stop at the maximum, the invariants hold,
/// and no more is issued than issuance can count.
#[test]
fn attack_sums_at_their_maximum_should_neither_wrap_nor_issue_more_than_fits() {
	const HEADROOM: Balance = 50;
	let wealth = u128::MAX - 4 * WEALTH - DEPOSIT - HEADROOM;
	execute_with_client(wealth, || {
		Fee::set(Permill::one());
		ValidatorsShare::set(Percent::zero());
		TreasuryShare::set(Percent::from_percent(100));
		TreasuryAccount::set(account(CLIENT));
		EmissionShare::set(Permill::one());
		EmissionPerEra::set(u128::MAX);
		for miner in [MINER, AUTHOR, MINER] {
			settle(work(miner), wealth);
			assert_eq!(balance(CLIENT), wealth);
		}
		let totals = Totals::<Test>::get();
		assert_eq!((totals.gross, totals.verified_fee), (u128::MAX, u128::MAX));
		assert_eq!(totals.split.treasury, u128::MAX);
		go_to(ERA);
		let mut issued: Vec<_> = emissions().into_values().collect();
		issued.sort_unstable();
		assert_eq!(issued, [0, HEADROOM]);
		assert_eq!(issuance(), u128::MAX);
		settle(work(MINER), wealth);
		go_to(2 * ERA);
		assert_eq!(emission(1, MINER), Some(0));
	});
}

/// An upgrade that makes eras longer and forgets the migration: their numbers would run backwards.
#[test]
fn attack_an_era_that_would_run_backwards_should_take_no_work_into_a_closed_one() {
	execute(|| {
		settle(work(MINER), 10_000);
		go_to(3 * ERA);
		assert_eq!(NextEraToPay::<Test>::get(), 3);
		System::set_block_number(ERA);
		settle(work(MINER), 10_000);
		assert_eq!(Running::<Test>::get().era, 3);
		assert_eq!(EraWork::<Test>::iter_prefix(1).count(), 0);
		go_to(4 * ERA);
		assert_eq!(emission(3, MINER), Some(94));
	});
}

/// A value that does not decode is passed over, left, and reported.
#[test]
fn attack_a_broken_entry_should_not_hold_up_the_queue() {
	execute(|| {
		for miner in [MINER, AUTHOR, CLIENT] {
			settle(work(miner), 10_000);
		}
		hypothetically!({
			let key = EraWork::<Test>::hashed_key_for(0, account(AUTHOR));
			unhashed::put_raw(&key, &[1]);
			go_to(ERA);
			assert_eq!(emission(0, MINER), Some(94));
			assert_eq!(emission(0, AUTHOR), None);
			assert_eq!(emission(0, CLIENT), Some(94));
			assert_eq!(events().last(), Some(&Event::EraPaid { era: 0, miners: 2, emission: 188 }));
			assert!(unhashed::exists(&key));
			assert!(violation().starts_with("INV-PAYOUTS-2:"));
		});
	});
}
