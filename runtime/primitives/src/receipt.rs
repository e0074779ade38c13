//! What a miner says it did, and how it is bound to the lease.

use crate::{BlockNumber, Cid, Class, Hash, JobId, JobSpec, Lease, ReplicaIndex};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, sr25519};
use sp_runtime::BoundedVec;

/// The hot sr25519 key a miner's worker signs receipts with; apart from the account with the money.
pub type WorkerKey = sr25519::Public;
/// Its signatures.
pub type WorkerSignature = sr25519::Signature;

/// The receipt format this code reads and writes.
pub const RECEIPT_VERSION: u8 = 1;
/// Largest output that may travel inside a receipt, bytes.
pub const MAX_INLINE_BYTES: u32 = 1024;

const RECEIPT_DOMAIN: &[u8] = b"aitbc:receipt:v1";
const COMMIT_DOMAIN: &[u8] = b"aitbc:commit:v1";
const WORKER_DOMAIN: &[u8] = b"aitbc:worker:v1";

/// Why a miner could not do the work. Deterministic reasons come first: every honest miner reports
/// the same one, so that a quorum of them ends the job.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "std", derive(core::hash::Hash, serde::Serialize, serde::Deserialize))]
pub enum FailureCode {
	/// The program's bytes do not parse or do not validate.
	#[codec(index = 0)]
	ProgramInvalid,
	/// The program uses what the integer profile forbids.
	#[codec(index = 1)]
	ProgramRefused,
	/// An input's size does not fit the workload.
	#[codec(index = 2)]
	InputInvalid,
	/// The work did not end within the engine's time limit.
	#[codec(index = 3)]
	TimedOut,
	/// The program or an input could not be fetched, or did not hash to its CID.
	#[codec(index = 16)]
	InputUnavailable,
	/// The device was lost, lacks a feature, or ran out of memory.
	#[codec(index = 17)]
	DeviceFault,
}

/// How an execution ended.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Outcome {
	/// The output exists.
	#[codec(index = 0)]
	Completed {
		/// Name of the output's bytes.
		output: Cid,
		/// The bytes themselves, where they are few. Must hash to `output` if not empty.
		inline: BoundedVec<u8, ConstU32<MAX_INLINE_BYTES>>,
	},
	/// The units limit was reached first: what ran is paid for, and there is no output. Only a shader
	/// can end so.
	#[codec(index = 1)]
	OutOfFuel,
	/// There is no output.
	#[codec(index = 2)]
	Failed {
		/// Why.
		code: FailureCode,
	},
}

/// The part of a receipt in which replicas must agree, small enough to be stored while they reveal.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Verdict {
	/// An output, with the trace that led to it.
	#[codec(index = 0)]
	Completed {
		/// Name of the output's bytes.
		output: Cid,
		/// Merkle root over the program's step outputs.
		trace_root: Hash,
	},
	/// The units limit was reached.
	#[codec(index = 1)]
	OutOfFuel,
	/// No output, for this reason.
	#[codec(index = 2)]
	Failed(FailureCode),
}

/// What a worker signs.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Receipt {
	/// [`RECEIPT_VERSION`].
	pub version: u8,
	/// Hash of block zero: a receipt of another chain is void.
	pub genesis: Hash,
	/// The job.
	pub job: JobId,
	/// Which of its replicas.
	pub replica: ReplicaIndex,
	/// Which letting of that replica.
	pub attempt: u8,
	/// The program that ran.
	pub program: Cid,
	/// [`JobSpec::input_root`].
	pub input_root: Hash,
	/// How it ended.
	pub outcome: Outcome,
	/// Merkle root over the program's step outputs; zero unless completed.
	pub trace_root: Hash,
	/// Units the outcome is worth; for `Completed` and `OutOfFuel` exactly [`JobSpec::units`], else zero.
	pub units: u64,
	/// blake2b-256 of the device profile. Information, never evidence.
	pub profile: Hash,
	/// Block at which the worker began. Information.
	pub started_at: BlockNumber,
	/// Block at which it ended. Information.
	pub finished_at: BlockNumber,
}

/// A receipt with its worker's signature over [`Receipt::signing_payload`].
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct SignedReceipt {
	/// What is signed.
	pub receipt: Receipt,
	/// By whom: the lease's worker key.
	pub signature: WorkerSignature,
}

/// Most answers of one batch.
pub const MAX_BATCH: u32 = 256;

/// One item of a batch.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Answer {
	/// The answer to a single job's lease.
	#[codec(index = 0)]
	Submit(SignedReceipt),
	/// The answer that was committed with this salt.
	#[codec(index = 1)]
	Reveal(SignedReceipt, [u8; 32]),
}

impl Answer {
	/// The receipt it carries.
	pub const fn receipt(&self) -> &SignedReceipt {
		match self {
			Self::Submit(receipt) | Self::Reveal(receipt, _) => receipt,
		}
	}
}

/// Why a receipt cannot be an answer to a lease.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ReceiptFault {
	/// Another format.
	Version,
	/// Another chain.
	Genesis,
	/// Another job or replica than the lease's.
	Lease,
	/// An earlier letting of the replica.
	Attempt,
	/// Another program.
	Program,
	/// Other inputs, parameters or shape.
	Inputs,
	/// Not the units this outcome is worth.
	Units,
	/// `inline` does not hash to `output`, or a trace root without an output.
	Output,
}

impl Receipt {
	/// The bytes a worker signs: a domain separator, then the SCALE encoding.
	pub fn signing_payload(&self) -> Vec<u8> {
		let mut payload = RECEIPT_DOMAIN.to_vec();
		self.encode_to(&mut payload);
		payload
	}

	/// blake2b-256 of [`Self::signing_payload`]: the receipt's name.
	pub fn hash(&self) -> Hash {
		sp_crypto_hashing::blake2_256(&self.signing_payload()).into()
	}

	/// What the replicas are compared by.
	pub fn verdict(&self) -> Verdict {
		match &self.outcome {
			Outcome::Completed { output, .. } => {
				Verdict::Completed { output: *output, trace_root: self.trace_root }
			}
			Outcome::OutOfFuel => Verdict::OutOfFuel,
			Outcome::Failed { code } => Verdict::Failed(*code),
		}
	}

	/// Checks every field that says what the receipt is about. The signature is checked elsewhere.
	pub fn check_binding<AccountId>(
		&self,
		genesis: Hash,
		job: JobId,
		replica: ReplicaIndex,
		lease: &Lease<AccountId>,
		spec: &JobSpec,
	) -> Result<(), ReceiptFault> {
		let require = |holds: bool, fault| if holds { Ok(()) } else { Err(fault) };
		require(self.version == RECEIPT_VERSION, ReceiptFault::Version)?;
		require(self.genesis == genesis, ReceiptFault::Genesis)?;
		require(self.job == job && self.replica == replica, ReceiptFault::Lease)?;
		require(self.attempt == lease.attempt, ReceiptFault::Attempt)?;
		require(self.program == spec.workload.program(), ReceiptFault::Program)?;
		require(self.input_root == spec.input_root(), ReceiptFault::Inputs)?;
		match &self.outcome {
			Outcome::Completed { output, inline } => {
				require(Some(self.units) == spec.units(), ReceiptFault::Units)?;
				let inline_fits = inline.is_empty() || Cid::of_raw(inline) == *output;
				require(inline_fits, ReceiptFault::Output)
			}
			Outcome::OutOfFuel => {
				// Only shaders are metered while they run; everything else costs what its shape says.
				let metered = spec.workload.class() == Class::Wgsl;
				require(metered && Some(self.units) == spec.units(), ReceiptFault::Units)?;
				require(self.trace_root == Hash::zero(), ReceiptFault::Output)
			}
			Outcome::Failed { .. } => {
				require(self.units == 0, ReceiptFault::Units)?;
				require(self.trace_root == Hash::zero(), ReceiptFault::Output)
			}
		}
	}
}

/// What a worker publishes before it reveals: bound to its own key, so that nobody can repeat it.
pub fn commitment(receipt: Hash, worker: &WorkerKey, salt: &[u8; 32]) -> Hash {
	sp_crypto_hashing::blake2_256(&(COMMIT_DOMAIN, receipt, worker, salt).encode()).into()
}

/// What a worker key signs to agree that it works for `miner` on the chain `genesis`. Without it
/// anybody could register somebody else's key.
pub fn worker_consent<AccountId: Encode>(genesis: Hash, miner: &AccountId) -> Vec<u8> {
	(WORKER_DOMAIN, genesis, miner).encode()
}
