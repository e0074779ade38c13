//! The validators' pot: `on_initialize`, genesis.

use crate::{mock::*, *};
use frame_support::{assert_storage_noop, traits::fungible::Inspect, weights::RuntimeDbWeight};

/// Fills the pot to `amount` planck above its deposit.
fn fill(amount: Balance) {
	set_balance(&Payouts::pot_account(), DEPOSIT + amount);
}

/// `on_initialize` of block 2, apart from the block's number.
fn initialize() {
	begin_block(2);
}

#[test]
fn genesis_should_give_the_pot_its_deposit() {
	execute(|| {
		assert_eq!(pot(), DEPOSIT);
		assert_eq!(Payouts::pot(), (Payouts::pot_account(), 0));
		// The coins of all accounts are all there are.
		assert_eq!(issuance(), 5 * WEALTH + DEPOSIT);
		// A second time there is nothing to do.
		assert_storage_noop!(Payouts::issue_pot());
	});
}

#[test]
fn on_initialize_should_give_the_author_its_part_when_there_is_one() {
	execute(|| {
		fill(1_009);
		initialize();
		assert_eq!(balance(AUTHOR), WEALTH + 100);
		assert_eq!(pot(), DEPOSIT + 909);
		initialize();
		assert_eq!(balance(AUTHOR), WEALTH + 190);
		assert_eq!(Payouts::pot(), (Payouts::pot_account(), 819));
	});
}

#[test]
fn on_initialize_should_say_so_once_through_balances_when_it_pays_the_author() {
	execute(|| {
		fill(1_000);
		System::reset_events();
		initialize();
		let told: Vec<_> = System::events().into_iter().map(|record| record.event).collect();
		let transfer = pallet_balances::Event::Transfer {
			from: Payouts::pot_account(),
			to: account(AUTHOR),
			amount: 100,
		};
		assert_eq!(told, [RuntimeEvent::Balances(transfer)]);
	});
}

#[test]
fn on_initialize_should_change_no_balance_when_a_part_is_less_than_a_planck() {
	execute(|| {
		fill(u128::from(DIVISOR) - 1);
		System::set_block_number(2);
		assert_storage_noop!(Payouts::pay_author());
		fill(u128::from(DIVISOR));
		Payouts::pay_author();
		assert_eq!(balance(AUTHOR), WEALTH + 1);
	});
}

#[test]
fn on_initialize_should_leave_the_pot_alone_when_the_block_has_no_author() {
	execute(|| {
		fill(1_000);
		BlockAuthor::set(None);
		assert_storage_noop!(Payouts::pay_author());
	});
}

#[test]
fn on_initialize_should_leave_the_part_in_the_pot_when_the_author_cannot_take_it() {
	execute(|| {
		BlockAuthor::set(Some(account(88)));
		fill(990);
		assert_storage_noop!(Payouts::pay_author());
		// A part as large as the deposit founds the account.
		fill(1_000);
		Payouts::pay_author();
		assert_eq!((balance(88), pot()), (DEPOSIT, DEPOSIT + 900));
	});
}

#[test]
fn on_initialize_should_return_what_it_took_when_an_era_ends_and_when_none_does() {
	execute(|| {
		let database: RuntimeDbWeight = <Test as frame_system::Config>::DbWeight::get();
		let ordinary = <() as WeightInfo>::pay_author() + database.reads_writes(4, 4);
		assert_eq!(begin_block(2), ordinary);
		settle(work(MINER), 1_000);
		assert_eq!(begin_block(ERA - 1), ordinary);
		assert_eq!(begin_block(ERA), ordinary + <() as WeightInfo>::end_era());
		assert_eq!(begin_block(ERA + 1), ordinary);
	});
}

/// The pot is never reaped, however often it is emptied.
#[test]
fn attack_a_pot_that_is_emptied_for_ever_should_keep_its_deposit() {
	execute(|| {
		fill(123_456);
		for block in 2..2_000 {
			begin_block(block);
			assert!(pot() >= DEPOSIT);
		}
		assert_eq!(pot(), DEPOSIT + u128::from(DIVISOR) - 1);
	});
}

/// What is too little to found the pot is burnt, and said so; nothing is dust.
#[test]
fn attack_a_dead_pot_should_have_its_parts_counted_as_burnt() {
	execute(|| {
		set_balance(&Payouts::pot_account(), 0);
		let before = issuance();
		// 250 of fee: 62 for the pot.
		let split = settle(work(MINER), 10_000);
		assert_eq!((split.validators, split.burned), (0, 63 + 62));
		assert_eq!(before - issuance(), split.burned);
		// What did not reach the pot cannot come back to an author.
		assert_eq!(Totals::<Test>::get().verified_fee, 250);
		assert_storage_noop!(Payouts::pay_author());
		// 400 of fee: 100 for the pot, as much as it needs.
		let split = settle(work(MINER), 16_000);
		assert_eq!((split.validators, pot()), (100, DEPOSIT));
	});
}

/// A pot that somebody else filled pays the next authors like any other.
#[test]
fn attack_a_donation_to_the_pot_should_only_enrich_validators() {
	execute(|| {
		let donation = 10_000;
		<Balances as frame_support::traits::fungible::Mutate<_>>::transfer(
			&account(CLIENT),
			&Payouts::pot_account(),
			donation,
			frame_support::traits::tokens::Preservation::Expendable,
		)
		.expect("the client has the coins");
		let totals = Totals::<Test>::get();
		initialize();
		assert_eq!(balance(AUTHOR), WEALTH + donation / u128::from(DIVISOR));
		assert_eq!(Totals::<Test>::get(), totals);
	});
}

#[test]
fn found_pot_should_take_from_the_treasury_when_the_pot_lacks_its_deposit() {
	execute(|| {
		assert_storage_noop!(assert!(Payouts::found_pot()));
		set_balance(&Payouts::pot_account(), 0);
		let before = issuance();
		assert!(Payouts::found_pot());
		assert_eq!((pot(), balance(TREASURY)), (DEPOSIT, WEALTH - DEPOSIT));
		assert_eq!(issuance(), before);
	});
}

#[test]
fn found_pot_should_change_nothing_when_the_treasury_would_not_survive() {
	execute(|| {
		set_balance(&Payouts::pot_account(), 0);
		set_balance(&account(TREASURY), 2 * DEPOSIT - 1);
		assert_storage_noop!(assert!(!Payouts::found_pot()));
		set_balance(&account(TREASURY), 2 * DEPOSIT);
		assert!(Payouts::found_pot());
		assert_eq!((pot(), balance(TREASURY)), (DEPOSIT, DEPOSIT));
		assert_eq!(Balances::minimum_balance(), DEPOSIT);
	});
}
