//! What a miner says of its device, and what a job can demand of it.

use crate::{AccountId, Balance, BlockNumber, Cid};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::BoundedVec;

/// Most miners that a job allows or denies by name.
pub const MAX_LISTED_MINERS: u32 = 8;
/// Most programs that an offer names as warm.
pub const MAX_WARM_PROGRAMS: u32 = 4;
/// Longest name or driver version in a profile, bytes.
pub const MAX_PROFILE_TEXT: u32 = 64;

/// How well a miner did what it was let, in ten-thousandths: from chain events only.
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
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct Reputation(pub u16);

impl Reputation {
	/// The best there is.
	pub const MAX: Self = Self(10_000);
}

/// Abilities that a device may have, one bit each. Bits without a name here may be set: they mean
/// nothing to the chain, which compares only.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct Features(pub u32);

impl Features {
	/// Packed products of four 8-bit integers in hardware.
	pub const DOT4_I8: Self = Self(1 << 0);
	/// Integers of 64 bits in shaders.
	pub const SHADER_INT64: Self = Self(1 << 1);
	/// Subgroup operations.
	pub const SUBGROUPS: Self = Self(1 << 2);
	/// Matrix units that shaders can use.
	pub const COOPERATIVE_MATRIX: Self = Self(1 << 3);
	/// Not a physical GPU but a driver on the processor.
	pub const SOFTWARE: Self = Self(1 << 31);

	/// Whether every bit of `wanted` is set.
	pub const fn contains(self, wanted: Self) -> bool {
		self.0 & wanted.0 == wanted.0
	}
}

/// Two letters of ISO 3166-1 for the place of a device, upper case.
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
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct Region(pub [u8; 2]);

impl Region {
	/// Whether both bytes are capital letters.
	pub fn is_valid(&self) -> bool {
		self.0.iter().all(u8::is_ascii_uppercase)
	}
}

/// What of a device decides whether it can take a job. The miner's own word: wrong claims show in
/// failed leases and cost reputation.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Capabilities {
	/// Memory of the device, MiB.
	pub vram_mib: u32,
	/// Units of the class per second, as measured by the miner.
	pub units_per_second: u32,
	/// What it can do.
	pub features: Features,
	/// Where it stands.
	pub region: Option<Region>,
}

/// What a miner offers for one class of work.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct OfferTerms {
	/// Planck per unit.
	pub price_per_unit: Balance,
	/// Replicas it runs at once.
	pub slots: u16,
	/// Units of the largest job it takes.
	pub max_units: u64,
	/// First block in which nothing is let any more.
	pub expires_at: BlockNumber,
	/// What the device can do.
	pub device: Capabilities,
	/// Programs that are ready to run.
	pub warm: BoundedVec<Cid, ConstU32<MAX_WARM_PROGRAMS>>,
}

/// The interface through which a device is driven.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum Backend {
	/// No GPU: the reference on the processor.
	#[default]
	#[codec(index = 0)]
	Cpu,
	/// Vulkan.
	#[codec(index = 1)]
	Vulkan,
	/// Metal.
	#[codec(index = 2)]
	Metal,
	/// Direct3D 12.
	#[codec(index = 3)]
	Dx12,
	/// OpenGL.
	#[codec(index = 4)]
	Gl,
}

/// What a person wants to know of a device before trusting it. Information, never evidence.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct DeviceProfile {
	/// How it is driven.
	pub backend: Backend,
	/// PCI number of its vendor.
	pub vendor_id: u32,
	/// PCI number of its model.
	pub device_id: u32,
	/// Its name, UTF-8.
	pub name: BoundedVec<u8, ConstU32<MAX_PROFILE_TEXT>>,
	/// Its driver with version, UTF-8.
	pub driver: BoundedVec<u8, ConstU32<MAX_PROFILE_TEXT>>,
	/// Largest storage buffer, bytes.
	pub max_buffer_bytes: u64,
	/// libp2p peer id under which the miner's data is found; empty if none.
	pub peer_id: BoundedVec<u8, ConstU32<MAX_PROFILE_TEXT>>,
}

/// What a job demands of who takes it. The default demands nothing.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Requirements {
	/// Memory of the device, MiB.
	pub min_vram_mib: u32,
	/// Claimed units per second.
	pub min_units_per_second: u32,
	/// Reputation in the job's class.
	pub min_reputation: Reputation,
	/// Abilities the device must have.
	pub features: Features,
	/// Where it must stand.
	pub region: Option<Region>,
	/// If not empty, only these miners or owners are asked.
	pub allow: BoundedVec<AccountId, ConstU32<MAX_LISTED_MINERS>>,
	/// These miners or owners are not asked.
	pub deny: BoundedVec<AccountId, ConstU32<MAX_LISTED_MINERS>>,
}

impl Requirements {
	/// Whether they contradict nothing: at most the best reputation, letters for a region, and no
	/// name both allowed and denied.
	pub fn is_valid(&self) -> bool {
		self.min_reputation <= Reputation::MAX
			&& self.region.is_none_or(|region| region.is_valid())
			&& !self.allow.iter().any(|name| self.deny.contains(name))
	}
}
