//! From the storage of version 100.

use crate::{
	migrations::{MigrateToV1, UncheckedToV1, v0},
	mock::*,
	*,
};
use codec::Encode;
use frame_support::{
	assert_storage_noop,
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade},
	weights::RuntimeDbWeight,
};

/// Three payments of two miners as version 100 left them, and its pot: none.
fn fill() {
	StorageVersion::new(0).put::<Payouts>();
	let split = |by: u128| v0::Split {
		miner: 975 * by,
		validators: 6 * by,
		treasury: 12 * by,
		burned: 7 * by,
	};
	let totals = v0::PaymentTotals { replicas: 3, units: 30, split: split(3) };
	unhashed::put_raw(&Totals::<Test>::hashed_key(), &totals.encode());
	for (number, by) in [(MINER, 2u64), (AUTHOR, 1)] {
		let earned = v0::MinerEarnings {
			replicas: by,
			units: 10 * by,
			gross: 1_000 * u128::from(by),
			net: 975 * u128::from(by),
		};
		unhashed::put_raw(&Earnings::<Test>::hashed_key_for(account(number)), &earned.encode());
		for replica in 0..by {
			let payment = v0::Payment { miner: account(number), units: 10, split: split(1) };
			v0::Payments::<Test>::insert(JobId(number.into()), replica as u8, payment);
		}
	}
	set_balance(&Payouts::pot_account(), 0);
}

/// Runs the migration as the runtime does, with the checks of try-runtime around it.
fn migrate() -> Weight {
	let before = UncheckedToV1::<Test>::note_before();
	let weight = MigrateToV1::<Test>::on_runtime_upgrade();
	UncheckedToV1::<Test>::check_after(before).expect("everything was translated");
	weight
}

#[test]
fn migration_should_translate_every_sum_and_drop_the_payments_when_version_100_paid() {
	execute(|| {
		fill();
		let weight = migrate();
		assert_eq!(
			Totals::<Test>::get(),
			PaymentTotals {
				replicas: 3,
				units: 30,
				gross: 3_000,
				split: Split {
					miner: 2_925,
					delegators: 0,
					validators: 18,
					treasury: 36,
					burned: 21,
				},
				verified_fee: 0,
				emission: 0,
			}
		);
		let work = WorkSums {
			replicas: 2,
			units: 20,
			gross: 2_000,
			miner: 1_950,
			delegators: 0,
			verified_fee: 0,
		};
		let earnings = Earnings::<Test>::get(account(MINER));
		assert_eq!(earnings, MinerEarnings { work, emission: 0 });
		assert_eq!(v0::Payments::<Test>::iter().count(), 0);
		assert_eq!(Payouts::on_chain_storage_version(), 1);
		// Two miners, three payments, and what is there once; one more each for the version.
		let database: RuntimeDbWeight = <Test as frame_system::Config>::DbWeight::get();
		assert_eq!(weight, database.reads_writes(4 + 3 + 6 + 1, 2 + 3 + 5 + 1));
	});
}

#[test]
fn migration_should_found_the_pot_from_the_treasury_when_it_can() {
	execute(|| {
		fill();
		migrate();
		assert_eq!((pot(), balance(TREASURY)), (DEPOSIT, WEALTH - DEPOSIT));
	});
}

#[test]
fn migration_should_leave_the_pot_to_the_first_payment_when_the_treasury_is_poor() {
	execute(|| {
		fill();
		set_balance(&account(TREASURY), DEPOSIT);
		migrate();
		assert_eq!((pot(), balance(TREASURY)), (0, DEPOSIT));
		assert_eq!(settle(work(MINER), 20_000).validators, 125);
		assert_eq!(pot(), 125);
	});
}

/// Otherwise the first blocks would walk through all eras since genesis.
#[test]
fn migration_should_begin_with_the_present_era_when_the_chain_is_old() {
	execute(|| {
		System::set_block_number(7 * ERA + 3);
		fill();
		migrate();
		assert_eq!(NextEraToPay::<Test>::get(), 7);
		assert_eq!(Running::<Test>::get(), RunningEra { era: 7, ..RunningEra::default() });
		settle(work(MINER), 10_000);
		go_to(8 * ERA);
		assert_eq!(emission(7, MINER), Some(94));
		assert_eq!(Earnings::<Test>::get(account(MINER)).work.gross, 12_000);
	});
}

#[test]
fn migration_should_do_nothing_when_it_has_run() {
	execute(|| {
		fill();
		migrate();
		assert_storage_noop!(MigrateToV1::<Test>::on_runtime_upgrade());
	});
}

#[test]
fn migration_should_do_nothing_but_begin_when_nothing_was_paid() {
	execute(|| {
		StorageVersion::new(0).put::<Payouts>();
		migrate();
		assert!(!Totals::<Test>::exists());
		assert_eq!(Earnings::<Test>::iter().count(), 0);
	});
}

#[test]
fn migration_should_leave_what_does_not_decode_when_there_is_any() {
	execute(|| {
		fill();
		let key = Earnings::<Test>::hashed_key_for(account(77));
		unhashed::put_raw(&key, &[1, 2, 3]);
		migrate();
		assert_eq!(unhashed::get_raw(&key), Some(vec![1, 2, 3]));
		assert_eq!(Earnings::<Test>::get(account(MINER)).work.replicas, 2);
		unhashed::kill(&key);
	});
}

/// The bound is the number of entries, and an entry that lies in the database, not in the block's cache,
/// counts against it.
#[test]
fn migration_should_drop_every_payment_when_they_lie_in_the_database() {
	let mut chain = sp_io::TestExternalities::default();
	chain.execute_with(|| {
		for job in 0..100 {
			let split = v0::Split::default();
			let payment = v0::Payment { miner: account(MINER), units: 1, split };
			v0::Payments::<Test>::insert(JobId(job), 0, payment);
		}
	});
	chain.commit_all().expect("it can be stored");
	chain.execute_with(|| {
		assert_eq!(v0::Payments::<Test>::iter().count(), 100);
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_eq!(v0::Payments::<Test>::iter().count(), 0);
	});
}
