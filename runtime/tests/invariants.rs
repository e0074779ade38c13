//! Each invariant between the pallets is seen to fail on a state that breaks it, and it alone: a check that
//! cannot fail says nothing.

use crate::support::{
	chain::{World, with_quick_world},
	people::people,
	shop::{open, post_let, stake_of},
	work::{Claim, PRICE, echo, replicated},
};
use aitbc_primitives::{Class, JobId};
use aitbc_runtime::{Balances, Runtime, invariants};
use pallet_compute_staking::{Miners, Workers};
use sp_runtime::TryRuntimeError;

/// A market with a job whose two replicas are let, and what `break_it` makes of it; the state is taken back
/// afterwards.
#[track_caller]
fn should_fail(id: &str, break_it: impl FnOnce(&mut World)) {
	with_quick_world(|world| {
		open(world, 3);
		post_let(world, &people().clients[0], replicated(2, 2, 1));
		world.check();
		let failure = frame_support::storage::with_transaction(|| {
			break_it(world);
			let result = invariants::check();
			sp_runtime::TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>(result))
		});
		let failure = failure.expect("the transaction is taken back");
		let TryRuntimeError::Other(text) = failure.expect_err("the state is broken") else {
			panic!("the failure has no text");
		};
		assert!(text.starts_with(id), "{id} should fail, not: {text}");
	});
}

/// A miner with an open lease.
fn leased_miner() -> aitbc_runtime::AccountId {
	Miners::<Runtime>::iter()
		.find(|(_, info)| info.open_leases > 0)
		.map(|(miner, _)| miner)
		.expect("a replica is let")
}

#[test]
fn inv_market_all_1_should_fail_when_more_is_locked_than_leases_say() {
	should_fail("INV-MARKET-ALL-1", |_| {
		Miners::<Runtime>::mutate(leased_miner(), |info| {
			info.as_mut().expect("is a miner").locked += 1;
		});
	});
}

#[test]
fn inv_market_all_1_should_fail_when_a_lease_is_counted_that_is_none() {
	should_fail("INV-MARKET-ALL-1", |_| {
		let miner = leased_miner();
		let worker = Miners::<Runtime>::mutate(&miner, |info| {
			let info = info.as_mut().expect("is a miner");
			info.open_leases += 1;
			info.worker
		});
		// What staking says of itself still fits.
		Workers::<Runtime>::mutate(worker, |key| key.as_mut().expect("is a key").leases += 1);
	});
}

#[test]
fn inv_market_all_1_should_fail_when_leases_name_another_key() {
	should_fail("INV-MARKET-ALL-1", |_| {
		let worker = stake_of(people().with_id(&leased_miner()).expect("is somebody")).worker;
		let stranger = people().strangers[0].key();
		pallet_jobs::Jobs::<Runtime>::translate_values(|mut job: pallet_jobs::Job| {
			for (_, lease) in job.leases.iter_mut().filter(|(_, lease)| lease.worker == worker) {
				lease.worker = stranger;
			}
			Some(job)
		});
	});
}

#[test]
fn inv_market_all_2_should_fail_when_a_slot_is_taken_by_no_lease() {
	should_fail("INV-MARKET-ALL-2", |_| {
		pallet_market::Offers::<Runtime>::mutate(Class::Echo, leased_miner(), |offer| {
			let offer = offer.as_mut().expect("has an offer");
			offer.terms.slots += 1;
			offer.used += 1;
		});
	});
}

#[test]
fn inv_market_all_3_should_fail_when_a_receipt_has_no_job() {
	should_fail("INV-MARKET-ALL-3", |_| {
		let (job, replica, lease) = crate::support::work::live_leases().remove(0);
		let (_, spec) = crate::support::work::lease_of(job, replica).expect("is let");
		let worker = people().with_key(&lease.worker).expect("is somebody");
		let unknown = JobId(77);
		let receipt =
			crate::support::work::receipt_of(unknown, replica, &lease, &spec, Claim::Truth);
		let signed = crate::support::work::signed_by(worker, receipt);
		pallet_receipts::Receipts::<Runtime>::insert(unknown, replica, signed);
	});
}

#[test]
fn inv_market_all_4_should_fail_when_there_are_more_coins_than_accounts_hold() {
	should_fail("INV-MARKET-ALL-4", |_| {
		pallet_balances::TotalIssuance::<Runtime>::mutate(|all| *all += 1);
	});
	should_fail("INV-MARKET-ALL-4", |_| {
		let stranger = people().strangers[0].id();
		frame_system::Account::<Runtime>::mutate(stranger, |account| account.data.free -= 1);
	});
}

#[test]
fn inv_market_all_4_should_fail_when_coins_appear_without_a_word() {
	with_quick_world(|world| {
		let stranger = people().strangers[0].id();
		frame_system::Account::<Runtime>::mutate(&stranger, |account| account.data.free += 1);
		pallet_balances::TotalIssuance::<Runtime>::mutate(|all| *all += 1);
		assert_eq!(invariants::check(), Ok(()), "a state alone does not show it");
		let failure = world.check_ledger().expect_err("a coin was made");
		assert!(failure.starts_with("INV-MARKET-ALL-4"), "{failure}");
		frame_system::Account::<Runtime>::mutate(&stranger, |account| account.data.free -= 1);
		pallet_balances::TotalIssuance::<Runtime>::mutate(|all| *all -= 1);
		assert!(Balances::total_issuance() > 0);
	});
}

#[test]
fn inv_market_all_5_should_fail_when_totals_grow_without_a_job() {
	with_quick_world(|world| {
		open(world, 1);
		let job = post_let(world, &people().clients[0], echo());
		crate::support::shop::show(world, job, 0, Claim::Truth);
		world.check();
		let totals = pallet_payouts::Totals::<Runtime>::get();
		assert!(totals.gross > 0 && totals.gross < PRICE);
		pallet_payouts::Totals::<Runtime>::mutate(|totals| totals.gross += 1);
		let failure = world.check_ledger().expect_err("a planck was paid by no job");
		assert!(failure.starts_with("INV-MARKET-ALL-5"), "{failure}");
		pallet_payouts::Totals::<Runtime>::put(totals);
		world.check();
	});
}
