//! No call of the market is free of charge, none is too heavy for a block, and none is forgotten here.

use crate::support::{
	chain::with_quick_world,
	people::people,
	shop::{consent, offering, registration, terms},
	work::{Claim, echo, receipt_of, replicated, shader, signed_by},
};
use aitbc_primitives::{
	Answer, Class, Hash, JobId, JobSpec, Lease, LeaseBond, LeaseState, MAX_BATCH, SignedReceipt,
};
use aitbc_runtime::{AIT, AccountId, Runtime, RuntimeCall, configs::system::RuntimeBlockWeights};
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::GetCallName,
	weights::Weight,
};
use pallet_receipts::MAX_FREE_ANSWERS;
use sp_runtime::{Perbill, Permill};

/// A receipt of no lease; weights do not depend on that.
fn receipt() -> SignedReceipt {
	let worker = &people().workers[0];
	let lease: Lease<AccountId> = Lease {
		miner: people().miners[0].id(),
		owner: people().miners[0].id(),
		worker: worker.key(),
		attempt: 0,
		price_per_unit: 1,
		fee: Permill::zero(),
		bond: LeaseBond {
			collateral: 0,
			slash_late: Perbill::zero(),
			slash_withheld: Perbill::zero(),
		},
		leased_at: 1,
		deliver_by: 2,
		state: LeaseState::Leased,
	};
	signed_by(worker, receipt_of(JobId(0), 0, &lease, &echo(), Claim::Truth))
}

/// One call of each kind, as heavy as it can be.
fn calls_of_staking() -> Vec<RuntimeCall> {
	type Call = pallet_compute_staking::Call<Runtime>;
	let (miner, worker) = (&people().miners[0], &people().workers[0]);
	let (other, consent) = (people().miners[1].id(), consent(worker, miner));
	vec![
		registration(miner, worker, 100 * AIT),
		Call::bond_extra { amount: 1 }.into(),
		Call::leave {}.into(),
		Call::withdraw {}.into(),
		Call::unbond { amount: 1 }.into(),
		Call::withdraw_unbonded { miner: other.clone() }.into(),
		Call::rotate_worker { worker: worker.key(), consent }.into(),
		Call::chill {}.into(),
		Call::resume {}.into(),
		Call::set_commission { commission: Permill::one() }.into(),
		Call::set_compounding { compounding: true }.into(),
		Call::delegate { miner: other.clone(), amount: 1, min_shares: 0 }.into(),
		Call::undelegate { miner: other.clone(), shares: 1 }.into(),
		Call::return_delegation { miner: other.clone(), delegator: other.clone() }.into(),
		Call::request_owner { owner: other.clone() }.into(),
		Call::accept_miner { miner: other }.into(),
		Call::leave_owner {}.into(),
	]
}

fn calls_of_market() -> Vec<RuntimeCall> {
	type Call = pallet_market::Call<Runtime>;
	vec![
		offering(Class::Echo, terms(1, 1)),
		Call::withdraw_offer { class: Class::Echo }.into(),
		Call::set_profile { profile: Default::default() }.into(),
		Call::clear_profile {}.into(),
	]
}

fn calls_of_jobs() -> Vec<RuntimeCall> {
	type Call = pallet_jobs::Call<Runtime>;
	let largest = JobSpec {
		params: vec![0; 1024].try_into().expect("as many as there can be"),
		..replicated(7, 4, 2)
	};
	vec![
		Call::register_program { program: shader(), size_bytes: 65_536 }.into(),
		Call::unregister_program { program: shader() }.into(),
		Call::submit { spec: largest }.into(),
		Call::cancel { job: JobId(0) }.into(),
	]
}

fn calls_of_receipts() -> Vec<RuntimeCall> {
	type Call = pallet_receipts::Call<Runtime>;
	let answers = vec![Answer::Reveal(receipt(), [0; 32]); MAX_FREE_ANSWERS as usize];
	vec![
		Call::commit { job: JobId(0), replica: 0, commitment: Hash::zero() }.into(),
		Call::submit { receipt: receipt() }.into(),
		Call::reveal { receipt: receipt(), salt: [0; 32] }.into(),
		Call::submit_batch { answers: answers.try_into().expect("they fit") }.into(),
	]
}

fn weight_of(call: &RuntimeCall) -> Weight {
	call.get_dispatch_info().call_weight
}

/// Most that one transaction of a user may take.
fn most() -> Weight {
	let limits = RuntimeBlockWeights::get();
	limits.get(DispatchClass::Normal).max_extrinsic.expect("it is limited")
}

#[test]
fn every_call_should_weigh_something_and_fit_a_block() {
	with_quick_world(|_| {
		let pallets = [
			(calls_of_staking(), pallet_compute_staking::Call::<Runtime>::get_call_names()),
			(calls_of_market(), pallet_market::Call::<Runtime>::get_call_names()),
			(calls_of_jobs(), pallet_jobs::Call::<Runtime>::get_call_names()),
			(calls_of_receipts(), pallet_receipts::Call::<Runtime>::get_call_names()),
		];
		for (calls, names) in pallets {
			let found: Vec<_> = calls.iter().map(name_of).collect();
			assert_eq!(found, names, "every call is weighed here, in the order of the pallet");
			for call in calls {
				let weight = weight_of(&call);
				// The cheapest reads and writes something.
				assert!(weight.ref_time() > 10_000_000, "{call:?} weighs {weight:?}");
				// Ten of the dearest fit a block, or one batch.
				let limit = if name_of(&call) == "submit_batch" { most() } else { most() / 10 };
				assert!(weight.all_lte(limit), "{call:?} weighs {weight:?}");
			}
		}
	});
}

fn name_of(call: &RuntimeCall) -> &'static str {
	use frame_support::traits::GetCallMetadata;
	call.get_call_metadata().function_name
}

#[test]
fn a_batch_of_seven_eighths_of_the_most_should_fit_a_block() {
	with_quick_world(|_| {
		// How many of the dearest fit depends on what was measured; it is about as many as there may be.
		let answers = vec![Answer::Submit(receipt()); MAX_BATCH as usize / 8 * 7];
		let answers = answers.try_into().expect("they fit");
		let call: RuntimeCall = pallet_receipts::Call::submit_batch { answers }.into();
		let weight = weight_of(&call);
		assert!(weight.all_lte(most()), "{weight:?} of {:?}", most());
	});
}

#[test]
fn a_heavier_argument_should_weigh_more() {
	with_quick_world(|_| {
		let job = |replicas: u8| {
			let spec = replicated(replicas, replicas, 1);
			weight_of(&pallet_jobs::Call::submit { spec }.into())
		};
		assert!(job(2).ref_time() < job(7).ref_time());
		let batch = |count: usize| {
			let answers = vec![Answer::Submit(receipt()); count];
			let answers = answers.try_into().expect("they fit");
			weight_of(&pallet_receipts::Call::submit_batch { answers }.into())
		};
		assert!(batch(1).ref_time() * 8 < batch(16).ref_time());
	});
}

#[test]
fn hooks_should_leave_most_of_a_block_to_transactions() {
	use aitbc_runtime::configs::market::{MaxEmissionWeight, MaxServiceWeight};
	let taken = MaxServiceWeight::get().saturating_add(MaxEmissionWeight::get());
	// Of time; the proof size of a chain that carries no proofs has no limit.
	let most = Perbill::from_percent(40) * RuntimeBlockWeights::get().max_block;
	assert!(taken.ref_time() <= most.ref_time(), "{taken:?}");
}
