//! What a miner says about its device.

use aitbc_compute_core::{MAX_DATA_BYTES, merkle};
use aitbc_compute_wgpu::DeviceInfo;
use aitbc_primitives::Hash;
use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};

const DOMAIN: &[u8] = b"aitbc:profile:v1";

/// A device and the software that drives it. Information for people and prices, never evidence.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct DeviceProfile {
	/// The interface the device is reached by: `vulkan`, `metal`, `dx12`, `gl`, or `cpu`.
	pub backend: String,
	/// Who made the device.
	pub vendor: String,
	/// Its name.
	pub device: String,
	/// Its driver with the version.
	pub driver: String,
	/// `discrete`, `integrated`, `virtual`, `software`, `other` or `cpu`.
	pub kind: String,
	/// Largest buffer a shader can see, bytes.
	pub max_binding_bytes: u64,
	/// Version of this engine.
	pub engine: String,
}

impl DeviceProfile {
	/// The profile of an open device.
	pub(crate) fn of_device(info: &DeviceInfo) -> Self {
		Self {
			backend: info.backend.clone(),
			vendor: info.vendor.clone(),
			device: info.name.clone(),
			driver: info.driver.clone(),
			kind: info.kind.clone(),
			max_binding_bytes: info.max_binding_bytes,
			engine: env!("CARGO_PKG_VERSION").to_string(),
		}
	}

	/// The profile of the CPU reference.
	pub(crate) fn of_cpu() -> Self {
		Self {
			backend: "cpu".to_string(),
			vendor: "aitbc".to_string(),
			device: std::env::consts::ARCH.to_string(),
			driver: "aitbc-compute-core".to_string(),
			kind: "cpu".to_string(),
			max_binding_bytes: MAX_DATA_BYTES as u64,
			engine: env!("CARGO_PKG_VERSION").to_string(),
		}
	}

	/// What a person calls it.
	pub fn title(&self) -> String {
		let Self { device, backend, driver, .. } = self;
		format!("{device} ({backend}, {driver})")
	}

	/// What a receipt names the profile by: blake2b-256 of a separator and the SCALE encoding.
	pub fn hash(&self) -> Hash {
		let mut bytes = DOMAIN.to_vec();
		self.encode_to(&mut bytes);
		merkle::blake2b_256(&bytes).into()
	}
}
