//! Jobs, and what workers say of them.

use super::people::{Person, people};
use aitbc_primitives::{
	Answer, Cid, FailureCode, GemmShape, JobId, JobSpec, Lease, Leases as _, Outcome,
	RECEIPT_VERSION, Receipt, ReplicaIndex, Replication, Requirements, SignedReceipt, WgslCall,
	Workload, commitment,
};
use aitbc_runtime::{AccountId, Balance, Hash, Jobs, System};
use sp_core::Pair as _;

/// The price that the tests use where none matters, planck per unit.
pub const PRICE: Balance = 1_000_000_000;

/// One miner echoes four bytes.
pub fn echo() -> JobSpec {
	JobSpec {
		workload: Workload::Echo,
		inputs: Default::default(),
		params: b"ping".to_vec().try_into().expect("it is short"),
		units_limit: 1,
		max_price_per_unit: PRICE,
		tip: 0,
		replication: Replication::SINGLE,
		requirements: Requirements::default(),
		start_within_blocks: 10,
		deliver_within_blocks: 20,
	}
}

/// As [`echo`], by several.
pub fn replicated(replicas: u8, quorum: u8, tie_breakers: u8) -> JobSpec {
	JobSpec { replication: Replication { replicas, quorum, tie_breakers }, ..echo() }
}

/// A matrix product of some units.
pub fn gemm(dimension: u32) -> JobSpec {
	let shape = GemmShape { m: dimension, k: 1024, n: 1024 };
	JobSpec {
		workload: Workload::Gemm(shape),
		inputs: vec![Cid::of_raw(b"a"), Cid::of_raw(b"b")].try_into().expect("two fit"),
		params: Default::default(),
		units_limit: u64::from(dimension),
		..echo()
	}
}

/// The name of the shader that the tests register.
pub fn shader() -> Cid {
	Cid::of_raw(b"@compute @workgroup_size(1) fn main() {}")
}

/// A run of [`shader`] with a budget.
pub fn wgsl(units: u64) -> JobSpec {
	let call = WgslCall { program: shader(), workgroups: [1, 1, 1], output_bytes: 4 };
	JobSpec {
		workload: Workload::Wgsl(call),
		params: Default::default(),
		units_limit: units,
		..echo()
	}
}

/// The live lease of a replica with its job's specification.
pub fn lease_of(job: JobId, replica: ReplicaIndex) -> Option<(Lease<AccountId>, JobSpec)> {
	Jobs::lease(job, replica)
}

/// Every live lease, in order.
pub fn live_leases() -> Vec<(JobId, ReplicaIndex, Lease<AccountId>)> {
	let mut leases: Vec<_> = Jobs::open_leases().collect();
	leases.sort_by_key(|(job, replica, _)| (*job, *replica));
	leases
}

/// What a worker claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
	/// What the job means.
	Truth,
	/// An output that somebody made up; equal numbers give equal outputs.
	Lie(u8),
	/// The budget ran out.
	OutOfFuel,
	/// There is no output.
	Failure(FailureCode),
}

impl Claim {
	fn outcome(self, spec: &JobSpec) -> Outcome {
		let completed = |bytes: &[u8]| Outcome::Completed {
			output: Cid::of_raw(bytes),
			inline: bytes.to_vec().try_into().unwrap_or_default(),
		};
		match self {
			// What these jobs compute does not matter to the chain: their input root stands for it.
			Self::Truth => completed(spec.input_root().as_bytes()),
			Self::Lie(number) => completed(&[b'l', b'i', b'e', number]),
			Self::OutOfFuel => Outcome::OutOfFuel,
			Self::Failure(code) => Outcome::Failed { code },
		}
	}
}

/// The receipt that claims this of a live lease.
pub fn receipt_of(
	job: JobId,
	replica: ReplicaIndex,
	lease: &Lease<AccountId>,
	spec: &JobSpec,
	claim: Claim,
) -> Receipt {
	let outcome = claim.outcome(spec);
	let failed = matches!(outcome, Outcome::Failed { .. });
	Receipt {
		version: RECEIPT_VERSION,
		genesis: System::block_hash(0),
		job,
		replica,
		attempt: lease.attempt,
		program: spec.workload.program(),
		input_root: spec.input_root(),
		outcome,
		trace_root: Hash::zero(),
		units: if failed { 0 } else { spec.units().unwrap_or_default() },
		profile: Hash::repeat_byte(7),
		started_at: lease.leased_at,
		finished_at: lease.leased_at,
	}
}

/// A receipt with the signature of `who`.
pub fn signed_by(who: &Person, receipt: Receipt) -> SignedReceipt {
	let signature = who.pair.sign(&receipt.signing_payload());
	SignedReceipt { receipt, signature }
}

/// The worker of a live lease with the receipt that claims this.
///
/// # Panics
/// If there is no such lease.
pub fn claimed(
	job: JobId,
	replica: ReplicaIndex,
	claim: Claim,
) -> (&'static Person, SignedReceipt) {
	let (lease, spec) = lease_of(job, replica).expect("the lease is live");
	let worker = people().with_key(&lease.worker).expect("every worker is somebody");
	(worker, signed_by(worker, receipt_of(job, replica, &lease, &spec, claim)))
}

/// The salt that the worker of a replica uses.
pub fn salt_of(job: JobId, replica: ReplicaIndex) -> [u8; 32] {
	let mut salt = [replica; 32];
	salt[..8].copy_from_slice(&job.0.to_le_bytes());
	salt
}

/// What binds `worker` to this receipt.
pub fn commitment_to(worker: &Person, signed: &SignedReceipt) -> Hash {
	let receipt = &signed.receipt;
	let salt = salt_of(receipt.job, receipt.replica);
	commitment(receipt.hash(), &worker.key(), &salt)
}

/// The answer to a lease that shows this receipt.
pub fn answer(signed: SignedReceipt, commits: bool) -> Answer {
	if commits {
		let salt = salt_of(signed.receipt.job, signed.receipt.replica);
		Answer::Reveal(signed, salt)
	} else {
		Answer::Submit(signed)
	}
}
