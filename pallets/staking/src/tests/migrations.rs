//! From the layout of version 0.

use crate::{
	migrations::{MigrateToV1, v0},
	mock::*,
	*,
};
use frame_support::{
	assert_ok,
	storage::unhashed,
	traits::{OnRuntimeUpgrade, fungible::hold::Mutate as _},
};

fn record() -> Record {
	Record { accepted: 5, failed: 4, late: 3, withheld: 2, wrong: 1 }
}

/// A miner as version 0 left it.
fn old_miner(number: u8, locked: Balance, open_leases: u32, status: v0::MinerStatus) {
	let info = v0::MinerInfo {
		worker: worker(number),
		collateral: 5_000,
		locked,
		open_leases,
		status,
		record: record(),
	};
	unhashed::put(&Miners::<Test>::hashed_key_for(account(number)), &info);
	v0::WorkerOf::<Test>::insert(worker(number), account(number));
	System::inc_sufficients(&worker_account(number));
	assert_ok!(Balances::hold(&HoldReason::Collateral.into(), &account(number), 5_000));
}

fn migrate() -> Weight {
	StorageVersion::new(0).put::<Staking>();
	#[cfg(feature = "try-runtime")]
	let state = MigrateToV1::<Test>::pre_upgrade().expect("the old layout can be read");
	let weight = MigrateToV1::<Test>::on_runtime_upgrade();
	#[cfg(feature = "try-runtime")]
	MigrateToV1::<Test>::post_upgrade(state).expect("nothing was lost");
	assert_eq!(Staking::on_chain_storage_version(), 1);
	weight
}

#[test]
fn migration_should_translate_every_miner_when_they_are_in_any_state() {
	execute(|| {
		old_miner(1, 0, 0, v0::MinerStatus::Active);
		old_miner(2, 700, 3, v0::MinerStatus::Active);
		old_miner(3, 500, 1, v0::MinerStatus::Leaving { until: 77 });
		assert!(migrate().ref_time() > 0);
		for (number, locked, open_leases, status) in [
			(1, 0, 0, MinerStatus::Active),
			(2, 700, 3, MinerStatus::Active),
			(3, 500, 1, MinerStatus::Leaving { until: 77 }),
		] {
			let expected = MinerInfo {
				locked,
				open_leases,
				status,
				record: record(),
				..MinerInfo::new(worker(number), 5_000)
			};
			assert_eq!(miner(number), expected);
			let key = WorkerInfo { miner: account(number), leases: open_leases, retired: false };
			assert_eq!(Workers::<Test>::get(worker(number)), Some(key));
			assert_eq!(System::sufficients(&worker_account(number)), 1);
		}
		assert!(v0::WorkerOf::<Test>::iter().next().is_none());
		assert_ok!(Staking::do_try_state());
		// Leases that began before end as they would have, under the key they named.
		let bond = LeaseBond {
			collateral: 700,
			slash_late: SlashLate::get(),
			slash_withheld: SlashWithheld::get(),
		};
		for collateral in [500, 100, 100] {
			let bond = LeaseBond { collateral, ..bond };
			unlock(&OpenLease { miner: 2, worker: worker(2), bond }, LeaseFate::Accepted);
		}
		let last = LeaseBond { collateral: 500, ..bond };
		unlock(&OpenLease { miner: 3, worker: worker(3), bond: last }, LeaseFate::Wrong);
		run_to(77);
		assert_ok!(Staking::withdraw(signed(3)));
		assert_eq!(free(3), WEALTH - 500);
	});
}

#[test]
fn migration_should_leave_a_value_in_place_when_it_does_not_decode() {
	execute(|| {
		old_miner(1, 0, 0, v0::MinerStatus::Active);
		let key = Miners::<Test>::hashed_key_for(account(2));
		let broken = [1u8, 2, 3];
		unhashed::put_raw(&key, &broken);
		v0::WorkerOf::<Test>::insert(worker(2), account(2));
		migrate();
		assert_eq!(unhashed::get_raw(&key).as_deref(), Some(&broken[..]));
		assert_eq!(v0::WorkerOf::<Test>::get(worker(2)), Some(account(2)));
		assert_eq!(miner(1).own, 5_000);
		assert!(Workers::<Test>::contains_key(worker(1)));
	});
}

#[test]
fn migration_should_do_nothing_when_it_ran_already() {
	execute(|| {
		old_miner(1, 0, 0, v0::MinerStatus::Active);
		migrate();
		assert_ok!(delegate(2, 1, 500));
		let before = miner(1);
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_eq!(miner(1), before);
		// Even if somebody set the version back: what is of the new layout is no value of the old one.
		migrate();
		assert_eq!(miner(1), before);
	});
}

#[test]
fn migration_should_do_nothing_when_there_is_nobody() {
	execute(|| {
		migrate();
		assert_eq!(Miners::<Test>::iter().count(), 0);
	});
}
