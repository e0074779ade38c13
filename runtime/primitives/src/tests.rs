//! Tests of the rules that every part applies.

mod device;
mod job;
mod lease;
mod price;
mod receipt;
mod verdict;

use crate::*;
use sp_runtime::BoundedVec;

/// A valid matrix product: 64³, two replicas that must agree.
fn gemm_spec() -> JobSpec {
	JobSpec {
		workload: Workload::Gemm(GemmShape { m: 64, k: 64, n: 64 }),
		inputs: BoundedVec::truncate_from(vec![Cid::of_raw(b"a"), Cid::of_raw(b"b")]),
		params: BoundedVec::default(),
		units_limit: 10,
		max_price_per_unit: 1_000,
		tip: 7,
		replication: Replication { replicas: 2, quorum: 2, tie_breakers: 1 },
		requirements: Requirements::default(),
		start_within_blocks: 10,
		deliver_within_blocks: 20,
	}
}

/// A valid probe with inline parameters.
fn echo_spec() -> JobSpec {
	JobSpec {
		workload: Workload::Echo,
		inputs: BoundedVec::default(),
		params: BoundedVec::truncate_from(vec![1, 2, 3]),
		units_limit: 1,
		..gemm_spec()
	}
}

/// A valid dispatch of a shader.
fn wgsl_spec() -> JobSpec {
	let program = Cid::of_raw(b"@compute @workgroup_size(1) fn main() {}");
	let call = WgslCall { program, workgroups: [2, 3, 4], output_bytes: 16 };
	JobSpec { workload: Workload::Wgsl(call), units_limit: 500, ..gemm_spec() }
}

/// The `count` inputs of a job.
fn inputs(count: u8) -> BoundedVec<Cid, sp_core::ConstU32<MAX_INPUTS>> {
	BoundedVec::truncate_from((0..count).map(|number| Cid::of_raw(&[number])).collect())
}
