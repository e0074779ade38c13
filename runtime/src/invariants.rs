//! What must hold between the pallets of the market, beyond what each checks of itself.
//!
//! The ids are those of `specs/protocol/README.md`. Reads the whole of the market's storage: for tests
//! and for tools that check a state, never for a block.

use crate::{
	AccountId, Balance, Balances, ComputeStaking, Jobs, Market, Payouts, Receipts, Runtime,
};
use aitbc_primitives::{Class, WorkerKey};
use alloc::collections::BTreeMap;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

/// What the open leases say of a miner.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Exposure {
	leases: u32,
	collateral: Balance,
}

/// What all open leases say.
#[derive(Default)]
struct Exposed {
	miners: BTreeMap<AccountId, Exposure>,
	keys: BTreeMap<WorkerKey, u32>,
	offers: BTreeMap<(Class, AccountId), u32>,
}

impl Exposed {
	fn now() -> Self {
		let mut exposed = Self::default();
		for job in pallet_jobs::Jobs::<Runtime>::iter_values() {
			for (_, lease) in job.leases {
				let miner = exposed.miners.entry(lease.miner.clone()).or_default();
				miner.leases = miner.leases.saturating_add(1);
				miner.collateral = miner.collateral.saturating_add(lease.bond.collateral);
				let key = exposed.keys.entry(lease.worker).or_default();
				*key = key.saturating_add(1);
				let slots = exposed.offers.entry((job.class, lease.miner)).or_default();
				*slots = slots.saturating_add(1);
			}
		}
		exposed
	}
}

/// Checks every invariant of the five pallets, and those between them that a state can break. (The other is
/// INV-MARKET-ALL-5, of which the tests of this runtime keep account.)
///
/// # Errors
/// The first that does not hold, by its id.
pub fn check() -> Result<(), TryRuntimeError> {
	ComputeStaking::do_try_state()?;
	Market::do_try_state()?;
	Jobs::do_try_state()?;
	Receipts::do_try_state()?;
	Payouts::do_try_state()?;
	let exposed = Exposed::now();
	check_miners(exposed.miners)?;
	check_keys(exposed.keys)?;
	check_offers(exposed.offers)?;
	check_receipts()?;
	check_issuance()
}

/// INV-MARKET-ALL-1: what a miner has locked is the collateral of its open leases, and their number is known.
fn check_miners(mut exposed: BTreeMap<AccountId, Exposure>) -> Result<(), TryRuntimeError> {
	for (miner, info) in pallet_compute_staking::Miners::<Runtime>::iter() {
		let found = exposed.remove(&miner).unwrap_or_default();
		let recorded = Exposure { leases: info.open_leases, collateral: info.locked };
		ensure!(found == recorded, "INV-MARKET-ALL-1: exposure is not that of the open leases");
	}
	ensure!(exposed.is_empty(), "INV-MARKET-ALL-1: a lease of an account that is no miner");
	Ok(())
}

/// INV-MARKET-ALL-1: the leases of each worker key are those that name it.
fn check_keys(mut named: BTreeMap<WorkerKey, u32>) -> Result<(), TryRuntimeError> {
	for (key, info) in pallet_compute_staking::Workers::<Runtime>::iter() {
		let found = named.remove(&key).unwrap_or_default();
		ensure!(
			found == info.leases,
			"INV-MARKET-ALL-1: a key's leases are not those that name it"
		);
	}
	ensure!(named.is_empty(), "INV-MARKET-ALL-1: a lease names an unknown key");
	Ok(())
}

/// INV-MARKET-ALL-2: the slots in use of an offer are the open leases of its class and miner.
fn check_offers(mut used: BTreeMap<(Class, AccountId), u32>) -> Result<(), TryRuntimeError> {
	for (class, miner, offer) in pallet_market::Offers::<Runtime>::iter() {
		let found = used.remove(&(class, miner)).unwrap_or_default();
		ensure!(
			found == u32::from(offer.used),
			"INV-MARKET-ALL-2: the slots in use are not the open leases"
		);
	}
	ensure!(used.is_empty(), "INV-MARKET-ALL-2: a lease without an offer");
	Ok(())
}

/// INV-MARKET-ALL-3: receipts on record belong to jobs on record.
fn check_receipts() -> Result<(), TryRuntimeError> {
	let orphan = pallet_receipts::Receipts::<Runtime>::iter_keys()
		.any(|(job, _)| !pallet_jobs::Jobs::<Runtime>::contains_key(job));
	ensure!(!orphan, "INV-MARKET-ALL-3: a receipt of no job on record");
	Ok(())
}

/// INV-MARKET-ALL-4 (P2): the coins of all accounts are all the coins there are.
fn check_issuance() -> Result<(), TryRuntimeError> {
	let sum = frame_system::Account::<Runtime>::iter_values()
		.try_fold(0, |sum: Balance, account| {
			sum.checked_add(account.data.free)?.checked_add(account.data.reserved)
		})
		.ok_or("INV-MARKET-ALL-4: the sum of all balances does not fit")?;
	ensure!(
		sum == Balances::total_issuance(),
		"INV-MARKET-ALL-4: the accounts hold more or less than there is"
	);
	Ok(())
}
