//! How things of the chain are shown: as JSON with amounts in planck (text, since they exceed what
//! JSON numbers hold exactly), and in words.

use crate::commands::device;
use aitbc_client::{
	account::{address, worker_address},
	amount::format_amount,
	jobs::{EndedLease, Lease},
};
use aitbc_data::cid_to_string;
use aitbc_primitives::{
	Class, FailureCode, Hash, JobSpec, LeaseFate, LeaseState, Outcome, Receipt, SignedReceipt,
	Verdict, Workload,
};
use serde_json::{Value, json};

/// `0x…`.
pub fn hash(hash: &Hash) -> String {
	format!("0x{}", hex::encode(hash.as_bytes()))
}

/// A class of work on the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum ClassName {
	/// Latency probe
	Echo,
	/// int8 matrix product
	Gemm,
	/// Compute shader
	Wgsl,
}

impl From<ClassName> for Class {
	fn from(name: ClassName) -> Self {
		match name {
			ClassName::Echo => Class::Echo,
			ClassName::Gemm => Class::Gemm,
			ClassName::Wgsl => Class::Wgsl,
		}
	}
}

/// A class, in small letters.
pub const fn class(class: Class) -> &'static str {
	match class {
		Class::Echo => "echo",
		Class::Gemm => "gemm",
		Class::Wgsl => "wgsl",
	}
}

/// Why a miner could not do the work.
pub const fn failure(code: FailureCode) -> &'static str {
	match code {
		FailureCode::ProgramInvalid => "the program does not parse or validate",
		FailureCode::ProgramRefused => "the program uses what the integer profile forbids",
		FailureCode::InputInvalid => "an input does not fit the work",
		FailureCode::TimedOut => "the work did not end within the engine's time limit",
		FailureCode::InputUnavailable => "the program or an input could not be fetched",
		FailureCode::DeviceFault => "the miner's device failed",
	}
}

fn failure_name(code: FailureCode) -> String {
	format!("{code:?}")
}

/// What was asked for.
pub fn spec(spec: &JobSpec) -> Value {
	let workload = match &spec.workload {
		Workload::Echo => json!({ "kind": "echo" }),
		Workload::Gemm(shape) => {
			json!({ "kind": "gemm", "m": shape.m, "k": shape.k, "n": shape.n })
		}
		Workload::Wgsl(call) => json!({
			"kind": "wgsl",
			"program": cid_to_string(&call.program),
			"workgroups": call.workgroups,
			"output_bytes": call.output_bytes,
		}),
	};
	json!({
		"workload": workload,
		"inputs": spec.inputs.iter().map(cid_to_string).collect::<Vec<_>>(),
		"params": format!("0x{}", hex::encode(&spec.params)),
		"units": spec.units(),
		"units_limit": spec.units_limit,
		"max_price_per_unit_planck": spec.max_price_per_unit.to_string(),
		"tip_planck": spec.tip.to_string(),
		"replicas": spec.replication.replicas,
		"quorum": spec.replication.quorum,
		"tie_breakers": spec.replication.tie_breakers,
		"requirements": device::requirements(&spec.requirements),
		"start_within_blocks": spec.start_within_blocks,
		"deliver_within_blocks": spec.deliver_within_blocks,
	})
}

/// What was asked for, in a line.
pub fn spec_line(spec: &JobSpec) -> String {
	let work = match &spec.workload {
		Workload::Echo => "echo".to_string(),
		Workload::Gemm(shape) => format!("gemm {}×{}×{}", shape.m, shape.k, shape.n),
		Workload::Wgsl(call) => {
			let [x, y, z] = call.workgroups;
			format!("wgsl {} over {x}×{y}×{z} workgroups", cid_to_string(&call.program))
		}
	};
	let (replicas, quorum) = (spec.replication.replicas, spec.replication.quorum);
	let mut parts = vec![work];
	parts.push(if replicas == 1 {
		"one miner".into()
	} else {
		format!("{quorum} of {replicas} miners")
	});
	match spec.replication.tie_breakers {
		0 => {}
		1 => parts.push("a tie-breaker at hand".into()),
		more => parts.push(format!("{more} tie-breakers at hand")),
	}
	if spec.tip > 0 {
		parts.push(format!("tip {}", format_amount(spec.tip)));
	}
	let wanted = device::requirements_line(&spec.requirements);
	parts.extend((!wanted.is_empty()).then_some(wanted));
	parts.join(", ")
}

/// An answer.
pub fn verdict(verdict: &Verdict) -> Value {
	match verdict {
		Verdict::Completed { output, trace_root } => json!({
			"kind": "completed",
			"output": cid_to_string(output),
			"trace_root": hash(trace_root),
		}),
		Verdict::OutOfFuel => json!({ "kind": "out-of-fuel" }),
		Verdict::Failed(code) => json!({
			"kind": "failed",
			"code": failure_name(*code),
			"reason": failure(*code),
		}),
	}
}

/// An answer, in words.
pub fn verdict_line(verdict: &Verdict) -> String {
	match verdict {
		Verdict::Completed { output, .. } => format!("completed, output {}", cid_to_string(output)),
		Verdict::OutOfFuel => "out of fuel".into(),
		Verdict::Failed(code) => format!("failed: {}", failure(*code)),
	}
}

/// A live lease.
pub fn lease(replica: u8, lease: &Lease) -> Value {
	let (state, answer) = match &lease.state {
		LeaseState::Leased => ("leased", Value::Null),
		LeaseState::Committed { commitment } => {
			("committed", json!({ "commitment": hash(commitment) }))
		}
		LeaseState::Revealed { verdict: found } => ("revealed", verdict(found)),
	};
	json!({
		"replica": replica,
		"attempt": lease.attempt,
		"miner": address(&lease.miner),
		"owner": address(&lease.owner),
		"worker": worker_address(&lease.worker),
		"price_per_unit_planck": lease.price_per_unit.to_string(),
		"fee_millionths": lease.fee.deconstruct(),
		"collateral_planck": lease.bond.collateral.to_string(),
		"leased_at": lease.leased_at,
		"deliver_by": lease.deliver_by,
		"state": state,
		"answer": answer,
	})
}

/// A live lease, in a line.
pub fn lease_line(replica: u8, lease: &Lease) -> String {
	let state = match &lease.state {
		LeaseState::Leased => format!("owes an answer by block {}", lease.deliver_by),
		LeaseState::Committed { .. } => "has committed".into(),
		LeaseState::Revealed { verdict } => verdict_line(verdict),
	};
	format!("replica {replica} at {}: {state}", address(&lease.miner))
}

/// How a lease ended.
pub const fn fate(fate: LeaseFate) -> &'static str {
	match fate {
		LeaseFate::Accepted => "accepted",
		LeaseFate::Released => "released",
		LeaseFate::Late => "late",
		LeaseFate::Withheld => "withheld",
		LeaseFate::Wrong => "wrong",
		LeaseFate::Failed => "failed",
	}
}

/// How a lease ended, for people.
const fn fate_line(fate: LeaseFate) -> &'static str {
	match fate {
		LeaseFate::Accepted => "its answer was accepted",
		LeaseFate::Released => "it was released through no fault of its miner",
		LeaseFate::Late => {
			"its miner did not answer in time, and forfeited a small part of what it had locked"
		}
		LeaseFate::Withheld => {
			"its miner withheld its answer, and forfeited a part of what it had locked"
		}
		LeaseFate::Wrong => "its answer was wrong, and all that it had locked is gone",
		LeaseFate::Failed => "its miner said that the work failed",
	}
}

/// A lease that ended.
pub fn ended_lease(ended: &EndedLease) -> Value {
	json!({
		"replica": ended.replica,
		"attempt": ended.attempt,
		"miner": address(&ended.miner),
		"owner": address(&ended.owner),
		"fate": fate(ended.fate),
		"paid_planck": ended.paid.to_string(),
	})
}

/// A lease that ended, in a line.
pub fn ended_lease_line(ended: &EndedLease) -> String {
	let paid = match ended.paid {
		0 => "not paid".into(),
		paid => format!("paid {}", format_amount(paid)),
	};
	let (replica, miner) = (ended.replica, address(&ended.miner));
	format!("replica {replica} at {miner}: {}; {paid}", fate_line(ended.fate))
}

/// What a worker signed.
pub fn receipt(receipt: &Receipt) -> Value {
	let outcome = match &receipt.outcome {
		Outcome::Completed { output, inline } => json!({
			"kind": "completed",
			"output": cid_to_string(output),
			"inline": format!("0x{}", hex::encode(inline)),
		}),
		Outcome::OutOfFuel => json!({ "kind": "out-of-fuel" }),
		Outcome::Failed { code } => {
			json!({ "kind": "failed", "code": failure_name(*code), "reason": failure(*code) })
		}
	};
	json!({
		"version": receipt.version,
		"genesis": hash(&receipt.genesis),
		"job": receipt.job.0,
		"replica": receipt.replica,
		"attempt": receipt.attempt,
		"program": cid_to_string(&receipt.program),
		"input_root": hash(&receipt.input_root),
		"outcome": outcome,
		"trace_root": hash(&receipt.trace_root),
		"units": receipt.units,
		"profile": hash(&receipt.profile),
		"started_at": receipt.started_at,
		"finished_at": receipt.finished_at,
		"hash": hash(&receipt.hash()),
	})
}

/// A receipt with its signature.
pub fn signed_receipt(signed: &SignedReceipt) -> Value {
	let signature: &[u8] = signed.signature.as_ref();
	json!({
		"receipt": receipt(&signed.receipt),
		"signature": format!("0x{}", hex::encode(signature)),
	})
}

/// A receipt, in words.
pub fn receipt_text(signed: &SignedReceipt) -> String {
	let receipt = &signed.receipt;
	format!(
		"job {} replica {} (attempt {})\n  outcome     {}\n  units       {}\n  trace root  {}\n  program     {}\n  worked from block {} to {}\n  receipt     {}",
		receipt.job.0,
		receipt.replica,
		receipt.attempt,
		verdict_line(&receipt.verdict()),
		receipt.units,
		hash(&receipt.trace_root),
		cid_to_string(&receipt.program),
		receipt.started_at,
		receipt.finished_at,
		hash(&receipt.hash())
	)
}
