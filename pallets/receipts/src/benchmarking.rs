//! What the calls cost, through the whole stack below, and what it costs to find out that one is free.

#![allow(
	clippy::arithmetic_side_effects,
	clippy::expect_used,
	clippy::indexing_slicing,
	reason = "a benchmark whose set-up fails must stop; not in a chain's runtime"
)]

use crate::*;
use aitbc_primitives::{
	Balance, Capabilities, Cid, Class, MAX_INLINE_BYTES, MAX_LISTED_MINERS, MAX_PARAMS_BYTES,
	MAX_REPLICAS, OfferTerms, Outcome, RECEIPT_VERSION, Receipt, Replication, Requirements,
	Workload, benchmarking::BenchmarkWorld,
};
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;

type World<T> = <T as Config>::BenchmarkWorld;

const CLIENT: AccountId = AccountId::new([0xc1; 32]);
const SALT: [u8; 32] = [7; 32];
/// Planck for a unit; every offer asks less.
const PRICE: Balance = aitbc_primitives::AIT;

/// The longest specification that every world can run: all parameters, all names that are denied.
fn spec(replicas: u8) -> JobSpec {
	let replication = if replicas == 1 {
		Replication::SINGLE
	} else {
		Replication { replicas, quorum: replicas / 2 + 1, tie_breakers: 1 }
	};
	let denied = (0..MAX_LISTED_MINERS).map(|n| account("denied", n, 0)).collect::<Vec<_>>();
	JobSpec {
		workload: Workload::Echo,
		inputs: Default::default(),
		params: BoundedVec::truncate_from(vec![5; MAX_PARAMS_BYTES as usize]),
		units_limit: 1,
		max_price_per_unit: PRICE,
		tip: 0,
		replication,
		requirements: Requirements {
			deny: BoundedVec::truncate_from(denied),
			..Default::default()
		},
		start_within_blocks: 100,
		deliver_within_blocks: 100,
	}
}

fn client<T: Config>() -> AccountId {
	World::<T>::endow(&CLIENT, PRICE * 1_000_000);
	CLIENT
}

/// A receipt of the greatest length, unsigned and of no lease.
fn longest(job: JobId, replica: ReplicaIndex) -> Receipt {
	let output = vec![5; MAX_INLINE_BYTES as usize];
	Receipt {
		version: RECEIPT_VERSION,
		genesis: Hash::zero(),
		job,
		replica,
		attempt: 0,
		program: Cid::of_raw(b""),
		input_root: Hash::zero(),
		outcome: Outcome::Completed {
			output: Cid::of_raw(&output),
			inline: BoundedVec::truncate_from(output),
		},
		trace_root: Hash::repeat_byte(3),
		units: 1,
		profile: Hash::repeat_byte(4),
		started_at: 1,
		finished_at: 2,
	}
}

fn let_of<T: Config>(job: JobId, replica: ReplicaIndex) -> Let {
	Pallet::<T>::lease(job, replica).expect("the world let it")
}

/// The right answer to a lease.
fn answer<T: Config>(job: JobId, replica: ReplicaIndex) -> SignedReceipt {
	let Let { lease, spec } = let_of::<T>(job, replica);
	let receipt = Receipt {
		genesis: Pallet::<T>::genesis_hash(),
		attempt: lease.attempt,
		program: spec.workload.program(),
		input_root: spec.input_root(),
		..longest(job, replica)
	};
	let signature = World::<T>::sign(&lease.worker, &receipt.signing_payload());
	SignedReceipt { receipt, signature }
}

fn worker_of<T: Config>(job: JobId, replica: ReplicaIndex) -> AccountId {
	let_of::<T>(job, replica).lease.worker.into()
}

fn bound<T: Config>(answer: &SignedReceipt) -> Hash {
	let Receipt { job, replica, .. } = answer.receipt;
	commitment_of(answer.receipt.hash(), &let_of::<T>(job, replica).lease.worker, &SALT)
}

/// The answers to a job's first replicas.
fn answers_to<T: Config>(job: JobId, replicas: u8) -> Vec<SignedReceipt> {
	(0..replicas).map(|replica| answer::<T>(job, replica)).collect()
}

/// A job of so many replicas, all but the last of which have committed, and all answers.
fn committed_but_one<T: Config>(spec: JobSpec) -> (JobId, Vec<SignedReceipt>) {
	let replicas = spec.replication.replicas;
	let job = World::<T>::leased(&client::<T>(), spec);
	let answers = answers_to::<T>(job, replicas);
	for answer in answers.iter().take(usize::from(replicas) - 1) {
		commit_to::<T>(answer);
	}
	(job, answers)
}

fn commit_to<T: Config>(answer: &SignedReceipt) {
	let Receipt { job, replica, .. } = answer.receipt;
	let origin = RawOrigin::Signed(worker_of::<T>(job, replica)).into();
	Pallet::<T>::commit(origin, job, replica, bound::<T>(answer)).expect("in time");
}

/// A job whose reveals are open, and its answers.
fn committed<T: Config>(spec: JobSpec) -> (JobId, Vec<SignedReceipt>) {
	let (job, answers) = committed_but_one::<T>(spec);
	commit_to::<T>(answers.last().expect("there are replicas"));
	(job, answers)
}

fn reveal_first<T: Config>(answers: &[SignedReceipt], count: usize) {
	for answer in answers.iter().take(count) {
		let origin = RawOrigin::Signed(CLIENT).into();
		Pallet::<T>::reveal(origin, answer.clone(), SALT).expect("committed");
	}
}

#[cfg(test)]
pub(crate) use benchmarks::test;

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The commitment that opens the reveals.
	#[benchmark]
	fn commit() {
		let (job, answers) = committed_but_one::<T>(spec(MAX_REPLICAS));
		let last = answers.last().expect("there are replicas");
		let replica = last.receipt.replica;
		let (worker, commitment) = (worker_of::<T>(job, replica), bound::<T>(last));

		#[extrinsic_call]
		_(RawOrigin::Signed(worker), job, replica, commitment);

		assert!(T::Leases::may_reveal(job));
	}

	/// The receipt that has a single job paid.
	#[benchmark]
	fn submit() {
		let job = World::<T>::leased(&client::<T>(), spec(1));
		let answer = answer::<T>(job, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(CLIENT), answer);

		assert!(Receipts::<T>::contains_key(job, 0));
	}

	/// A reveal after which others are still expected.
	#[benchmark]
	fn reveal_recorded() {
		let (job, answers) = committed::<T>(spec(MAX_REPLICAS));
		let index = usize::from(MAX_REPLICAS) - 2;
		reveal_first::<T>(&answers, index);
		let answer = answers[index].clone();

		#[extrinsic_call]
		reveal(RawOrigin::Signed(CLIENT), answer, SALT);

		assert!(T::Leases::may_reveal(job));
	}

	/// The reveal that has all of `r` replicas paid. A job with tie-breakers has up to nine; they cost the
	/// same each.
	#[benchmark]
	fn reveal_settled(r: Linear<2, { MAX_REPLICAS as u32 }>) {
		let replicas = u8::try_from(r).expect("at most seven");
		let (job, answers) = committed::<T>(spec(replicas));
		let index = usize::from(replicas) - 1;
		reveal_first::<T>(&answers, index);
		let answer = answers[index].clone();

		#[extrinsic_call]
		reveal(RawOrigin::Signed(CLIENT), answer, SALT);

		assert!(!T::Leases::may_reveal(job));
	}

	/// What a batch of `n` costs beside its answers: each is of no lease.
	#[benchmark]
	fn submit_batch(n: Linear<0, MAX_BATCH>) {
		let answers = (0..n)
			.map(|index| {
				let receipt = longest(JobId(u64::MAX - u64::from(index)), 0);
				Answer::Reveal(SignedReceipt { receipt, signature: [0; 64].into() }, SALT)
			})
			.collect::<Vec<_>>();

		#[extrinsic_call]
		_(RawOrigin::Signed(CLIENT), BoundedVec::truncate_from(answers));

		frame_system::Pallet::<T>::assert_last_event(
			Event::<T>::BatchTaken { taken: 0, failed: n }.into(),
		);
	}

	/// Finding out that a batch of `n` reveals is free.
	#[benchmark]
	fn prioritise(n: Linear<1, MAX_FREE_ANSWERS>) {
		// Two miners that take all of it, so that one worker has every batch.
		let miners = [World::<T>::miner(0), World::<T>::miner(1)];
		for miner in &miners {
			let terms = OfferTerms {
				price_per_unit: 1,
				slots: 64,
				max_units: 1,
				expires_at: Pallet::<T>::now() + 1_000,
				device: Capabilities::default(),
				warm: Default::default(),
			};
			World::<T>::offer(miner, Class::Echo, terms);
		}
		let mut spec = spec(2);
		spec.requirements.allow = BoundedVec::truncate_from(miners.to_vec());
		let (client, worker) = (client::<T>(), World::<T>::worker(0));
		// All are let before the first is committed to: the time to reveal may be short.
		let jobs: Vec<_> = (0..n).map(|_| World::<T>::leased(&client, spec.clone())).collect();
		let answers = jobs
			.into_iter()
			.map(|job| {
				let answers = answers_to::<T>(job, 2);
				answers.iter().for_each(commit_to::<T>);
				let own = answers
					.into_iter()
					.find(|answer| let_of::<T>(job, answer.receipt.replica).lease.worker == worker);
				Answer::Reveal(own.expect("one of the two"), SALT)
			})
			.collect::<Vec<_>>();
		let call = Call::<T>::submit_batch { answers: BoundedVec::truncate_from(answers) };
		let who = AccountId::from(worker);
		let lane;

		#[block]
		{
			lane = Pallet::<T>::lane(&who, &call);
		}

		assert_eq!(lane.map(|lane| lane.provides.len()), Some(n as usize));
	}

	/// Runs a benchmark over the range of its components, on whatever runtime.
	#[cfg(test)]
	pub(crate) fn test<T: Config>(name: &str) -> Result<(), BenchmarkError> {
		Pallet::<T>::test_bench_by_name(name.as_bytes())
	}
}
