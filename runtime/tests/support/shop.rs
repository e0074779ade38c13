//! A market in a few words: miners with offers, jobs, and the steps that answer them.

use super::{
	chain::World,
	people::{Person, people},
	work::{Claim, PRICE, answer, claimed, commitment_to, lease_of, live_leases},
};
use aitbc_primitives::{
	Answer, Capabilities, Class, Features, JobId, JobSpec, LeaseFate, LeaseState, OfferTerms,
	ReplicaIndex, WorkerSignature, worker_consent,
};
use aitbc_runtime::{
	AIT, Balance, Runtime, RuntimeCall, RuntimeEvent, RuntimeParameters, System,
	configs::market::dynamic_params,
};
use frame_support::traits::Get;
use pallet_jobs::JobState;
use sp_core::Pair as _;

/// What the miners of [`open`] have at stake, planck.
pub const COLLATERAL: Balance = 10_000 * AIT;
/// What they ask for a unit, planck.
pub const ASK: Balance = PRICE / 2;

/// A worker's consent to sign for a miner of this chain.
pub fn consent(worker: &Person, miner: &Person) -> WorkerSignature {
	worker.pair.sign(&worker_consent(System::block_hash(0), &miner.id()))
}

/// The call with which a miner registers.
pub fn registration(miner: &Person, worker: &Person, collateral: Balance) -> RuntimeCall {
	let consent = consent(worker, miner);
	pallet_compute_staking::Call::register { collateral, worker: worker.key(), consent }.into()
}

/// Terms of an offer that is good for a day.
pub fn terms(price_per_unit: Balance, slots: u16) -> OfferTerms {
	OfferTerms {
		price_per_unit,
		slots,
		max_units: u64::MAX,
		expires_at: System::block_number() + 43_200,
		device: Capabilities {
			vram_mib: 8_192,
			units_per_second: 1_000,
			features: Features::DOT4_I8,
			region: None,
		},
		warm: Default::default(),
	}
}

/// The call that makes an offer.
pub fn offering(class: Class, terms: OfferTerms) -> RuntimeCall {
	pallet_market::Call::set_offer { class, terms }.into()
}

/// Registers a miner with the worker of the same number, and makes it an offer in every class.
pub fn open_one(world: &mut World, index: usize, price: Balance, slots: u16) -> &'static Person {
	let (miner, worker) = (&people().miners[index], &people().workers[index]);
	world.must(miner, registration(miner, worker, COLLATERAL));
	for class in Class::ALL {
		world.must(miner, offering(class, terms(price, slots)));
	}
	miner
}

/// The first `count` miners with offers of two slots at [`ASK`].
pub fn open(world: &mut World, count: usize) {
	for index in 0..count {
		open_one(world, index, ASK, 2);
	}
}

/// Posts a job that is let in the next block, if anybody takes it.
pub fn post(world: &mut World, client: &Person, spec: JobSpec) -> JobId {
	let job = pallet_jobs::NextJobId::<Runtime>::get();
	world.must(client, pallet_jobs::Call::submit { spec });
	job
}

/// Posts a job and goes on until all its replicas are let.
pub fn post_let(world: &mut World, client: &Person, spec: JobSpec) -> JobId {
	let job = post(world, client, spec);
	world.run_until(3, "every replica is let", || state(job) == Some(JobState::Leased));
	job
}

/// Where a job stands; `None` if it is not on record.
pub fn state(job: JobId) -> Option<JobState> {
	Some(pallet_jobs::Jobs::<Runtime>::get(job)?.state)
}

/// The open leases of a job.
pub fn leases_of(job: JobId) -> Vec<ReplicaIndex> {
	live_leases().into_iter().filter(|(of, ..)| *of == job).map(|(_, replica, _)| replica).collect()
}

/// Who holds the lease of a replica.
pub fn miner_of(job: JobId, replica: ReplicaIndex) -> &'static Person {
	let (lease, _) = lease_of(job, replica).expect("the replica is let");
	people().with_id(&lease.miner).expect("every miner is somebody")
}

/// The call that commits the worker of a lease to a claim.
pub fn commitment(
	job: JobId,
	replica: ReplicaIndex,
	claim: Claim,
) -> (&'static Person, RuntimeCall) {
	let (worker, signed) = claimed(job, replica, claim);
	let commitment = commitment_to(worker, &signed);
	(worker, pallet_receipts::Call::commit { job, replica, commitment }.into())
}

/// The answer that claims this, as it stands in a batch.
pub fn answer_of(job: JobId, replica: ReplicaIndex, claim: Claim) -> (&'static Person, Answer) {
	let (_, spec) = lease_of(job, replica).expect("the lease is live");
	let (worker, signed) = claimed(job, replica, claim);
	(worker, answer(signed, spec.replication.commits()))
}

/// The call that shows an answer.
pub fn call_of(answer: Answer) -> RuntimeCall {
	match answer {
		Answer::Submit(receipt) => pallet_receipts::Call::submit { receipt }.into(),
		Answer::Reveal(receipt, salt) => pallet_receipts::Call::reveal { receipt, salt }.into(),
	}
}

/// The call that shows the answer to a lease.
pub fn showing(job: JobId, replica: ReplicaIndex, claim: Claim) -> (&'static Person, RuntimeCall) {
	let (worker, answer) = answer_of(job, replica, claim);
	(worker, call_of(answer))
}

/// Commits a worker to a claim.
pub fn commit(world: &mut World, job: JobId, replica: ReplicaIndex, claim: Claim) {
	let (worker, call) = commitment(job, replica, claim);
	assert_eq!(world.must(worker, call), 0, "a worker pays no fee");
}

/// Shows the answer to a lease, of either kind of job.
pub fn show(world: &mut World, job: JobId, replica: ReplicaIndex, claim: Claim) {
	let (worker, call) = showing(job, replica, claim);
	assert_eq!(world.must(worker, call), 0, "a worker pays no fee");
}

/// Commits and reveals: one claim for each open lease of a replicated job that is unanswered, in order.
pub fn answer_all(world: &mut World, job: JobId, claims: &[Claim]) {
	let open: Vec<_> = live_leases()
		.into_iter()
		.filter(|(of, _, lease)| *of == job && lease.state == LeaseState::Leased)
		.map(|(_, replica, _)| replica)
		.collect();
	assert_eq!(open.len(), claims.len(), "one claim for each lease of {job:?}");
	for (replica, claim) in open.iter().zip(claims) {
		commit(world, job, *replica, *claim);
	}
	for (replica, claim) in open.iter().zip(claims) {
		show(world, job, *replica, *claim);
	}
}

/// How the leases of a job ended, in that order, and what was paid for each.
pub fn history(job: JobId) -> Vec<(ReplicaIndex, LeaseFate, Balance)> {
	let record = pallet_jobs::Jobs::<Runtime>::get(job).expect("the job is on record");
	record.history.iter().map(|ended| (ended.replica, ended.fate, ended.paid)).collect()
}

/// The fates of a job's leases by miner.
pub fn fate_of(job: JobId, miner: &Person) -> Option<LeaseFate> {
	let record = pallet_jobs::Jobs::<Runtime>::get(job)?;
	record.history.iter().find(|ended| ended.miner == miner.id()).map(|ended| ended.fate)
}

/// What a job's end paid and refunded.
pub fn end_of(world: &mut World, job: JobId) -> Option<(JobState, Balance, Balance)> {
	world.find(|event| match event {
		RuntimeEvent::Jobs(pallet_jobs::Event::JobEnded { job: of, state, paid, refunded })
			if *of == job =>
		{
			Some((*state, *paid, *refunded))
		}
		_ => None,
	})
}

/// The record of a miner.
pub fn stake_of(miner: &Person) -> pallet_compute_staking::MinerInfo {
	pallet_compute_staking::Miners::<Runtime>::get(miner.id()).expect("is a miner")
}

/// Everything staked on a miner, planck.
pub fn all_stake(miner: &Person) -> Balance {
	let info = stake_of(miner);
	info.own + info.pool.value + info.unbonding.value
}

/// Sets a parameter as governance does.
pub fn govern(world: &mut World, parameter: RuntimeParameters) {
	let call = pallet_parameters::Call::<Runtime>::set_parameter { key_value: parameter };
	world.root(call).expect("root may change parameters");
}

/// The protocol's fee of a gross amount, planck.
pub fn fee_of(gross: Balance) -> Balance {
	dynamic_params::payouts::Fee::get().mul_ceil(gross)
}
