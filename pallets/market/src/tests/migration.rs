//! From the storage of version 100.

use crate::{
	migrations::{MigrateToV1, v0},
	mock::*,
	*,
};
use aitbc_primitives::Capabilities;
use frame_support::{
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade},
	weights::RuntimeDbWeight,
};

/// Rewrites every offer as it was stored before.
fn downgrade() -> Vec<(Vec<u8>, v0::Offer)> {
	let mut old = Vec::new();
	for (class, miner, offer) in Offers::<Test>::iter().collect::<Vec<_>>() {
		let key = Offers::<Test>::hashed_key_for(class, miner);
		let before = v0::Offer {
			price_per_unit: offer.terms.price_per_unit,
			slots: offer.terms.slots,
			used: offer.used,
			expires_at: offer.terms.expires_at,
			place: offer.place,
		};
		unhashed::put(&key, &before);
		old.push((key, before));
	}
	StorageVersion::new(0).put::<Market>();
	old
}

/// Listed, partly let, fully let and withdrawn offers in two classes.
fn busy_market() {
	for number in 0..10 {
		miner_with_offer(number, 100 + u128::from(number % 3) * 400, 2);
		frame_support::assert_ok!(offer_in(Class::Gemm, number, terms(7, 1)));
	}
	for seed in 0..9 {
		assert!(assign(1_000, seed).is_some());
	}
	let leased = (0..10).find(|number| state(*number).is_some_and(|(used, _)| used > 0));
	let origin = RuntimeOrigin::signed(account(leased.expect("nine leases are open")));
	frame_support::assert_ok!(Market::withdraw_offer(origin, Class::Echo));
}

#[test]
fn migration_should_translate_every_offer_when_the_storage_is_of_version_0() {
	execute(|| {
		busy_market();
		let before = Offers::<Test>::iter().count();
		let old = downgrade();
		assert_eq!(old.len(), before);
		let weight = MigrateToV1::<Test>::on_runtime_upgrade();
		let db: RuntimeDbWeight = <Test as frame_system::Config>::DbWeight::get();
		let (count, writes) = (2 * before as u64 + 2, before as u64 + 1);
		assert!(weight.all_gte(db.reads_writes(count, writes)));
		assert_eq!(Market::on_chain_storage_version(), 1);
		assert_eq!(Offers::<Test>::iter().count(), before);
		for (key, old) in old {
			let terms = OfferTerms {
				price_per_unit: old.price_per_unit,
				slots: old.slots,
				max_units: u64::MAX,
				expires_at: old.expires_at,
				device: Capabilities::default(),
				warm: BoundedVec::default(),
			};
			let expected = Offer { terms, used: old.used, place: old.place };
			assert_eq!(unhashed::get::<Offer>(&key), Some(expected));
		}
		// The market goes on: a match, the end of a lease.
		assert!(assign(1_000, 77).is_some());
	});
}

#[test]
fn migration_should_do_nothing_when_it_runs_again() {
	execute(|| {
		busy_market();
		downgrade();
		MigrateToV1::<Test>::on_runtime_upgrade();
		frame_support::assert_storage_noop!(MigrateToV1::<Test>::on_runtime_upgrade());
	});
}

/// What does not decode is left as it is, and keeps nobody else from being translated.
#[test]
fn migration_should_leave_a_value_when_it_does_not_decode() {
	execute(|| {
		for number in 0..3 {
			miner_with_offer(number, 100, 2);
		}
		let old = downgrade();
		let key = Offers::<Test>::hashed_key_for(Class::Echo, account(1));
		let whole = unhashed::get_raw(&key).expect("it is stored");
		let longer = [&whole[..], &[0]].concat();
		for broken in [&[][..], &whole[..whole.len() - 1], &longer] {
			frame_support::hypothetically!({
				unhashed::put_raw(&key, broken);
				MigrateToV1::<Test>::on_runtime_upgrade();
				assert_eq!(unhashed::get_raw(&key).as_deref(), Some(broken));
				for number in [0, 2] {
					assert!(stored(number).is_some());
				}
				// It is still in the book, where it hides nobody.
				for seed in 0..4 {
					assert!(Wanted::at(100).seeded(seed).sample().is_some());
				}
			});
		}
		assert_eq!(old.len(), 3);
		MigrateToV1::<Test>::on_runtime_upgrade();
	});
}

#[test]
fn migration_should_set_the_version_when_nothing_is_stored() {
	execute(|| {
		assert!(downgrade().is_empty());
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_eq!(Market::on_chain_storage_version(), 1);
	});
}

#[cfg(feature = "try-runtime")]
#[test]
fn migration_should_pass_its_checks_when_they_are_run_and_fail_them_when_an_offer_is_lost() {
	execute(|| {
		busy_market();
		downgrade();
		let state = MigrateToV1::<Test>::pre_upgrade().expect("everything can be read");
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_eq!(MigrateToV1::<Test>::post_upgrade(state.clone()), Ok(()));
		let (class, miner) = Offers::<Test>::iter_keys().next().expect("there are offers");
		frame_support::hypothetically!({
			Offers::<Test>::remove(class, &miner);
			assert!(MigrateToV1::<Test>::post_upgrade(state.clone()).is_err());
		});
		frame_support::hypothetically!({
			Offers::<Test>::mutate(class, &miner, |offer| {
				offer.as_mut().expect("there is an offer").used += 1;
			});
			assert!(MigrateToV1::<Test>::post_upgrade(state.clone()).is_err());
		});
	});
}
