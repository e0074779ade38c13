//! What a client asks for.

use crate::{Balance, Cid, Hash, Requirements};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::BoundedVec;

/// Largest inline parameter block of a job, bytes.
pub const MAX_PARAMS_BYTES: u32 = 1024;
/// Most inputs of one job.
pub const MAX_INPUTS: u32 = 8;
/// Most replicas a job begins with.
pub const MAX_REPLICAS: u8 = 7;
/// Most further replicas a job without a quorum may get.
pub const MAX_TIE_BREAKERS: u8 = 2;
/// Most replicas a job may ever have.
pub const MAX_TOTAL_REPLICAS: u8 = MAX_REPLICAS + MAX_TIE_BREAKERS;
/// Most leases one job may ever have: every replica may be let [`MAX_ATTEMPTS`] times.
pub const MAX_LEASES: u32 = MAX_TOTAL_REPLICAS as u32 * MAX_ATTEMPTS as u32;
/// How often one replica is let before its job is given up.
pub const MAX_ATTEMPTS: u8 = 3;
/// Largest program (WGSL source) that can be registered, bytes.
pub const MAX_PROGRAM_BYTES: u32 = 64 * 1024;
/// Largest single input or output, bytes.
pub const MAX_DATA_BYTES: u32 = 64 * 1024 * 1024;
/// Largest dimension of a matrix product: keeps every int32 accumulator exact (COMPUTE: k ≤ 131,071).
pub const MAX_GEMM_DIM: u32 = 16 * 1024;
/// Most workgroups of one dispatch in one dimension; what every WebGPU adapter offers.
pub const MAX_WORKGROUPS: u32 = 65_535;
/// Multiply-adds of a matrix product that make one unit of work.
pub const GEMM_OPS_PER_UNIT: u64 = 1 << 20;

/// Number of a job, unique for the life of the chain.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
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
pub struct JobId(pub u64);

/// Which of a job's parallel executions is meant, from zero.
pub type ReplicaIndex = u8;

/// The kinds of work that are priced apart. An offer names one.
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
pub enum Class {
	/// Latency probe: the output is the input.
	#[codec(index = 0)]
	Echo,
	/// int8 matrix product.
	#[codec(index = 1)]
	Gemm,
	/// A client's compute shader in the integer profile. (Index 2 is kept for `Graph`.)
	#[codec(index = 3)]
	Wgsl,
}

impl Class {
	/// Every class there is, in the order in which the chain serves their queues.
	pub const ALL: [Class; 3] = [Class::Echo, Class::Gemm, Class::Wgsl];
}

/// C = A·B with A of m × k and B of k × n.
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
pub struct GemmShape {
	/// Rows of A and C.
	pub m: u32,
	/// Columns of A, rows of B.
	pub k: u32,
	/// Columns of B and C.
	pub n: u32,
}

/// One dispatch of a registered shader.
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
pub struct WgslCall {
	/// CID of the WGSL source, registered on chain beforehand.
	pub program: Cid,
	/// Workgroups in x, y, z.
	pub workgroups: [u32; 3],
	/// Size of the output buffer, bytes; a multiple of four.
	pub output_bytes: u32,
}

/// What is to be computed.
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
pub enum Workload {
	/// Output = the one input, or the inline parameters if there is none.
	#[codec(index = 0)]
	Echo,
	/// Inputs A, B (int8, row-major); output C (int32 little-endian, row-major). The parameters may say
	/// otherwise, see INV-COMPUTE-23 and 24.
	#[codec(index = 1)]
	Gemm(GemmShape),
	/// Inputs are read-only storage buffers, see `specs/protocol/compute.md`.
	#[codec(index = 3)]
	Wgsl(WgslCall),
}

impl Workload {
	/// The class whose offers can take this work.
	pub const fn class(&self) -> Class {
		match self {
			Workload::Echo => Class::Echo,
			Workload::Gemm(_) => Class::Gemm,
			Workload::Wgsl(_) => Class::Wgsl,
		}
	}

	/// CID of the program. Built-in programs are named by the CID of their name.
	pub fn program(&self) -> Cid {
		match self {
			Workload::Echo => Cid::of_raw(b"aitbc:program:echo:1"),
			Workload::Gemm(_) => Cid::of_raw(b"aitbc:program:gemm:1"),
			Workload::Wgsl(call) => call.program,
		}
	}
}

/// How many miners run the job and how many of them must agree.
///
/// `1 of 1` is the *single* tier: the miner's signature is the only evidence on chain, and the
/// client checks the result itself (a matrix product by Freivalds, cheaply).
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
pub struct Replication {
	/// Miners that run the job, 1 ..= [`MAX_REPLICAS`].
	pub replicas: u8,
	/// Equal results that settle it; more than half of `replicas`.
	pub quorum: u8,
	/// Further replicas that may be let where the answers find no quorum; at least one if `replicas` is
	/// more than one, at most [`MAX_TIE_BREAKERS`]. Their price is in the escrow from the beginning.
	pub tie_breakers: u8,
}

impl Replication {
	/// One miner, no comparison.
	pub const SINGLE: Self = Self { replicas: 1, quorum: 1, tie_breakers: 0 };

	/// Most replicas that may be let, tie-breakers included.
	pub const fn most_replicas(&self) -> u8 {
		self.replicas.saturating_add(self.tie_breakers)
	}

	fn is_valid(&self) -> bool {
		let Self { replicas, quorum, tie_breakers } = *self;
		let majority = u16::from(quorum).saturating_mul(2) > u16::from(replicas);
		let breakers = if replicas == 1 { 0..=0 } else { 1..=MAX_TIE_BREAKERS };
		(1..=MAX_REPLICAS).contains(&replicas)
			&& quorum <= replicas
			&& majority
			&& breakers.contains(&tie_breakers)
	}

	/// Whether answers are committed before they are revealed.
	pub const fn commits(&self) -> bool {
		self.replicas > 1
	}
}

/// A job as the client posts it.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct JobSpec {
	/// What is computed.
	pub workload: Workload,
	/// Data it is computed from.
	pub inputs: BoundedVec<Cid, ConstU32<MAX_INPUTS>>,
	/// Inline parameters.
	pub params: BoundedVec<u8, ConstU32<MAX_PARAMS_BYTES>>,
	/// Most units one replica may use.
	pub units_limit: u64,
	/// Most the client pays for one unit of one replica, planck.
	pub max_price_per_unit: Balance,
	/// What the client pays for each accepted replica on top of its price, planck. Counts in the order
	/// in which jobs are served.
	pub tip: Balance,
	/// How the result is checked.
	pub replication: Replication,
	/// Who may run it.
	pub requirements: Requirements,
	/// Blocks from posting within which every replica must have found a miner.
	pub start_within_blocks: u32,
	/// Blocks from the lease within which a miner must answer.
	pub deliver_within_blocks: u32,
}

/// Why a [`JobSpec`] can never be run. The chain refuses it, the client says so before it pays a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecError {
	/// `replicas` is zero or more than [`MAX_REPLICAS`], `quorum` is no majority of it, or
	/// `tie_breakers` is not 1 to [`MAX_TIE_BREAKERS`] (zero for one replica).
	Replication,
	/// `units_limit` is zero or less than the work of the shape.
	UnitsLimit,
	/// `max_price_per_unit` is zero.
	PriceZero,
	/// A window of zero blocks.
	WindowZero,
	/// The number of inputs does not fit the workload.
	Inputs,
	/// A dimension is zero or too large.
	Shape,
	/// Parameters of a shader that are no multiple of four bytes, or of a matrix product that are no
	/// form.
	Params,
	/// (units × price + tip) × replicas does not fit 128 bits.
	EscrowOverflow,
	/// The requirements contradict themselves, see [`Requirements::is_valid`].
	Requirements,
}

/// Inputs of a matrix product with these inline parameters: A, B and, where they say that C is
/// requantised, the scales. `None` if they are no form (INV-COMPUTE-23).
fn gemm_inputs(params: &[u8]) -> Option<usize> {
	match params {
		// Bits 0 and 1 are transposes, bits 2 and 3 the numbers 0 to 2: no scales, by row, by column.
		// A byte of zero would say what no byte says.
		[] | [0x01..=0x03] => Some(2),
		[0x04..=0x0b] => Some(3),
		_ => None,
	}
}

impl JobSpec {
	/// Checks everything that needs no state: shapes, counts, sums.
	pub fn validate(&self) -> Result<(), SpecError> {
		if !self.replication.is_valid() {
			return Err(SpecError::Replication);
		}
		if !self.requirements.is_valid() {
			return Err(SpecError::Requirements);
		}
		if self.max_price_per_unit == 0 {
			return Err(SpecError::PriceZero);
		}
		if self.start_within_blocks == 0 || self.deliver_within_blocks == 0 {
			return Err(SpecError::WindowZero);
		}
		self.validate_workload()?;
		if self.units().is_none_or(|units| units > self.units_limit) {
			return Err(SpecError::UnitsLimit);
		}
		self.escrow().map(|_| ()).ok_or(SpecError::EscrowOverflow)
	}

	fn validate_workload(&self) -> Result<(), SpecError> {
		match self.workload {
			Workload::Echo => {
				// Either one input or parameters: the output must be unambiguous.
				let sources =
					self.inputs.len().saturating_add(usize::from(!self.params.is_empty()));
				if sources == 1 { Ok(()) } else { Err(SpecError::Inputs) }
			}
			Workload::Gemm(GemmShape { m, k, n }) => {
				let fits = |d: u32| (1..=MAX_GEMM_DIM).contains(&d);
				let bytes = |rows: u32, columns: u32, size: u64| {
					u64::from(rows).saturating_mul(u64::from(columns)).saturating_mul(size)
				};
				let largest = bytes(m, k, 1).max(bytes(k, n, 1)).max(bytes(m, n, 4));
				if !(fits(m) && fits(k) && fits(n)) || largest > u64::from(MAX_DATA_BYTES) {
					return Err(SpecError::Shape);
				}
				let inputs = gemm_inputs(&self.params).ok_or(SpecError::Params)?;
				if self.inputs.len() == inputs { Ok(()) } else { Err(SpecError::Inputs) }
			}
			Workload::Wgsl(call) => {
				let groups = call.workgroups.iter().all(|g| (1..=MAX_WORKGROUPS).contains(g));
				let output = call.output_bytes;
				if !groups || output == 0 || output > MAX_DATA_BYTES || !output.is_multiple_of(4) {
					return Err(SpecError::Shape);
				}
				if self.params.len().is_multiple_of(4) { Ok(()) } else { Err(SpecError::Params) }
			}
		}
	}

	/// Units that one completed replica is paid for: a pure function of the specification, never of
	/// what a miner reports. `None` if it would be zero or overflow.
	///
	/// A shader's budget is bought whole in this version: its units are `units_limit`.
	pub fn units(&self) -> Option<u64> {
		let units = match self.workload {
			Workload::Echo => 1,
			Workload::Gemm(GemmShape { m, k, n }) => u64::from(m)
				.checked_mul(u64::from(k))?
				.checked_mul(u64::from(n))?
				.div_ceil(GEMM_OPS_PER_UNIT),
			Workload::Wgsl(_) => self.units_limit,
		};
		(units > 0).then_some(units)
	}

	/// What is held when the job is posted: the most that all replicas together may cost,
	/// tie-breakers and tips included, planck.
	pub fn escrow(&self) -> Option<Balance> {
		Balance::from(self.units()?)
			.checked_mul(self.max_price_per_unit)?
			.checked_add(self.tip)?
			.checked_mul(Balance::from(self.replication.most_replicas()))
	}

	/// What the job bids per unit, the tip spread over its units; planck, rounded down. The order in
	/// which jobs are served follows it.
	pub fn bid_per_unit(&self) -> Balance {
		let units = Balance::from(self.units().unwrap_or(1)).max(1);
		self.max_price_per_unit.saturating_add(self.tip.checked_div(units).unwrap_or_default())
	}

	/// Binds a receipt to everything that determines the result: workload with its shape, inputs in
	/// their order, parameters.
	pub fn input_root(&self) -> Hash {
		let preimage: Vec<u8> =
			(b"aitbc:input:v1", &self.workload, &self.inputs, &self.params).encode();
		sp_crypto_hashing::blake2_256(&preimage).into()
	}
}
