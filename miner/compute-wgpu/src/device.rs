//! Finding and opening a device.

use crate::{OpenError, SelectorError, gemm::Kernels};
use aitbc_compute_core::{
	MAX_DATA_BYTES, MAX_INPUTS, MAX_WORKGROUPS,
	profile::{MAX_WORKGROUP_BYTES, MAX_WORKGROUP_DEPTH, MAX_WORKGROUP_INVOCATIONS},
};
use std::{
	fmt,
	str::FromStr,
	sync::{Arc, Mutex, OnceLock},
};
use wgpu::{
	Adapter, AdapterInfo, Backend, Backends, CooperativeScalarType, DeviceType, Instance,
	InstanceDescriptor,
};

/// Which device is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceSelector {
	/// The quickest kind there is: a discrete GPU, an integrated one, …, a software device.
	#[default]
	Auto,
	/// No device: the processor, by the CPU reference.
	Cpu,
	/// A device that a driver emulates on the processor (Mesa's lavapipe, Microsoft's WARP).
	Software,
	/// The device with this number in [`list_devices`].
	Index(usize),
	/// The first device whose name contains this, whatever the case.
	Name(String),
}

impl FromStr for DeviceSelector {
	type Err = SelectorError;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let text = text.trim();
		match text.to_ascii_lowercase().as_str() {
			"" => Err(SelectorError::Empty),
			"auto" => Ok(Self::Auto),
			"cpu" => Ok(Self::Cpu),
			"cpu-software" | "software" => Ok(Self::Software),
			_ => Ok(text.parse().map_or_else(|_| Self::Name(text.to_string()), Self::Index)),
		}
	}
}

impl fmt::Display for DeviceSelector {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Auto => formatter.write_str("auto"),
			Self::Cpu => formatter.write_str("cpu"),
			Self::Software => formatter.write_str("cpu-software"),
			Self::Index(index) => write!(formatter, "{index}"),
			Self::Name(name) => formatter.write_str(name),
		}
	}
}

/// What a device says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
	/// Its number in [`list_devices`].
	pub index: usize,
	/// Its name.
	pub name: String,
	/// The interface it is reached by: `vulkan`, `metal`, `dx12`, `gl`.
	pub backend: String,
	/// Who made it, with the PCI vendor id.
	pub vendor: String,
	/// `discrete`, `integrated`, `virtual`, `software` or `other`.
	pub kind: String,
	/// Driver and its version.
	pub driver: String,
	/// Largest buffer a shader can see, bytes.
	pub max_binding_bytes: u64,
	/// Most invocations of a workgroup.
	pub max_workgroup_invocations: u32,
	/// Most invocations of a workgroup in z.
	pub max_workgroup_depth: u32,
	/// Most memory of a workgroup, bytes.
	pub max_workgroup_bytes: u32,
	/// Most buffers of a program, the engine's own one included.
	pub max_buffers: u32,
	/// Most workgroups of a dispatch in one dimension.
	pub max_workgroups: u32,
	/// Whether it runs compute shaders at all.
	pub has_compute: bool,
	/// Abilities beyond what every device has, as wgpu names them, that tasks may come to use.
	pub features: Vec<&'static str>,
}

/// Buffers of a matrix product's kernel: the factors, their shape, the scales, the result.
const GEMM_BUFFERS: u64 = 5;
/// Most buffers of a program of the profile: inputs, parameters, the output, and the engine's own.
const PROGRAM_BUFFERS: u64 = MAX_INPUTS as u64 + 3;

/// Abilities that integer kernels profit from.
const FEATURES: &[(wgpu::Features, &str)] = &[
	(wgpu::Features::SHADER_INT64, "SHADER_INT64"),
	(wgpu::Features::SHADER_F16, "SHADER_F16"),
	(wgpu::Features::SUBGROUP, "SUBGROUP"),
	(wgpu::Features::EXPERIMENTAL_COOPERATIVE_MATRIX, "COOPERATIVE_MATRIX"),
	(wgpu::Features::TIMESTAMP_QUERY, "TIMESTAMP_QUERY"),
];

impl DeviceInfo {
	/// What the device lacks to run matrix products; nothing if it can run all.
	pub fn gemm_gaps(&self) -> Vec<String> {
		self.gaps(&[("storage buffers", self.max_buffers.into(), GEMM_BUFFERS)])
	}

	/// Whether shaders keep the profile's arithmetic through the device's interface.
	///
	/// naga writes a plain `/` and `%` for OpenGL, without the checks that it has elsewhere: division by
	/// zero and MIN/−1 come out otherwise (INV-COMPUTE-20), which the conformance suite shows.
	pub fn has_exact_shaders(&self) -> bool {
		self.backend != Backend::Gl.to_str()
	}

	/// What the device lacks to run every program of the profile. It may still run smaller ones, but a
	/// miner of it would answer the others with a `DeviceFault`.
	pub fn shader_gaps(&self) -> Vec<String> {
		let mut gaps = self.gaps(&[
			("storage buffers", self.max_buffers.into(), PROGRAM_BUFFERS),
			("bytes in one buffer", self.max_binding_bytes, MAX_DATA_BYTES as u64),
			(
				"invocations of a workgroup",
				self.max_workgroup_invocations.into(),
				MAX_WORKGROUP_INVOCATIONS.into(),
			),
			(
				"invocations of a workgroup in z",
				self.max_workgroup_depth.into(),
				MAX_WORKGROUP_DEPTH.into(),
			),
			(
				"bytes of workgroup memory",
				self.max_workgroup_bytes.into(),
				MAX_WORKGROUP_BYTES.into(),
			),
			("workgroups in a dimension", self.max_workgroups.into(), MAX_WORKGROUPS.into()),
		]);
		if !self.has_exact_shaders() {
			gaps.push(format!("exact integer division, which {} has not", self.backend));
		}
		gaps
	}

	/// Limits, as (name, what there is, what is needed), that are too low.
	fn gaps(&self, limits: &[(&str, u64, u64)]) -> Vec<String> {
		let compute = (!self.has_compute).then(|| "compute shaders".to_string());
		let short = limits.iter().filter(|(_, has, needs)| has < needs);
		compute
			.into_iter()
			.chain(short.map(|(name, has, needs)| format!("{needs} {name}, it has {has}")))
			.collect()
	}

	fn of(index: usize, adapter: &Adapter) -> Self {
		let info = adapter.get_info();
		let limits = adapter.limits();
		let driver = format!("{} {}", info.driver, info.driver_info);
		Self {
			index,
			backend: info.backend.to_str().to_string(),
			vendor: vendor(info.vendor),
			kind: kind(info.device_type).to_string(),
			driver: driver.trim().to_string(),
			name: info.name,
			max_binding_bytes: limits.max_storage_buffer_binding_size,
			max_workgroup_invocations: limits.max_compute_invocations_per_workgroup,
			max_workgroup_depth: limits.max_compute_workgroup_size_z,
			max_workgroup_bytes: limits.max_compute_workgroup_storage_size,
			max_buffers: limits.max_storage_buffers_per_shader_stage,
			max_workgroups: limits.max_compute_workgroups_per_dimension,
			has_compute: has_compute(adapter),
			features: FEATURES
				.iter()
				.filter(|(feature, _)| adapter.features().contains(*feature))
				.map(|(_, name)| *name)
				.collect(),
		}
	}
}

fn has_compute(adapter: &Adapter) -> bool {
	let flags = adapter.get_downlevel_capabilities().flags;
	flags.contains(wgpu::DownlevelFlags::COMPUTE_SHADERS)
}

fn vendor(id: u32) -> String {
	let name = match id {
		0x1002 => "AMD",
		0x1010 => "Imagination",
		0x106b => "Apple",
		0x10de => "NVIDIA",
		0x13b5 => "ARM",
		0x1414 => "Microsoft",
		0x5143 => "Qualcomm",
		0x8086 => "Intel",
		0x1_0005 => "Mesa",
		_ => "vendor",
	};
	format!("{name} ({id:#06x})")
}

fn kind(device_type: DeviceType) -> &'static str {
	match device_type {
		DeviceType::DiscreteGpu => "discrete",
		DeviceType::IntegratedGpu => "integrated",
		DeviceType::VirtualGpu => "virtual",
		DeviceType::Cpu => "software",
		DeviceType::Other => "other",
	}
}

/// Adapters in the order of preference, which their numbers follow.
fn adapters() -> Vec<Adapter> {
	let descriptor = InstanceDescriptor::new_without_display_handle();
	let instance = Instance::new(descriptor);
	let mut adapters = pollster::block_on(instance.enumerate_adapters(Backends::all()));
	adapters.sort_by_key(|adapter| preference(&adapter.get_info()));
	adapters
}

fn preference(info: &AdapterInfo) -> (u8, u8) {
	let kind = match info.device_type {
		DeviceType::DiscreteGpu => 0,
		DeviceType::IntegratedGpu => 1,
		DeviceType::VirtualGpu => 2,
		DeviceType::Other => 3,
		DeviceType::Cpu => 4,
	};
	// OpenGL shows devices a second time, with fewer abilities.
	(kind, u8::from(info.backend == Backend::Gl))
}

/// All devices of this machine, the preferred one first; none is opened.
pub fn list_devices() -> Vec<DeviceInfo> {
	adapters().iter().enumerate().map(|(index, adapter)| DeviceInfo::of(index, adapter)).collect()
}

/// Units of a device that multiply small matrices of 16-bit floats into sums of 32-bit floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MatrixUnits {
	/// Rows and columns of each matrix: 8 or 16.
	pub side: u32,
	/// Invocations that do it together.
	pub lanes: u32,
}

impl MatrixUnits {
	/// What it takes to use them.
	const FEATURES: wgpu::Features =
		wgpu::Features::EXPERIMENTAL_COOPERATIVE_MATRIX.union(wgpu::Features::SHADER_F16);

	/// The largest that the engine has a kernel for.
	fn of(adapter: &Adapter) -> Option<Self> {
		if !adapter.features().contains(Self::FEATURES) {
			return None;
		}
		let lanes = adapter.get_info().subgroup_max_size;
		let fits = |side: u32| {
			adapter.cooperative_matrix_properties().iter().any(|offered| {
				[offered.m_size, offered.n_size, offered.k_size] == [side; 3]
					&& offered.ab_type == CooperativeScalarType::F16
					&& offered.cr_type == CooperativeScalarType::F32
			})
		};
		let side = [16, 8].into_iter().find(|side| fits(*side))?;
		(lanes > 0).then_some(Self { side, lanes })
	}

	/// wgpu's consent to features that are not finished.
	#[expect(unsafe_code, reason = "the way wgpu asks for it")]
	fn consent() -> wgpu::ExperimentalFeatures {
		// SAFETY: the one such feature is used by the engine's own kernel alone, which keeps to the sizes
		// and types that the adapter offers. Strangers' shaders cannot name its types (INV-COMPUTE-9).
		unsafe { wgpu::ExperimentalFeatures::enabled() }
	}
}

/// An open device.
///
/// Its methods block, may be called from any thread, and run one after another.
pub struct Gpu {
	pub(crate) device: wgpu::Device,
	pub(crate) queue: wgpu::Queue,
	pub(crate) limits: wgpu::Limits,
	/// Set once, when the driver says that the device is gone.
	pub(crate) lost: Arc<OnceLock<String>>,
	/// Errors that the driver reports outside of any task's scope.
	pub(crate) stray_error: Arc<Mutex<Option<String>>>,
	/// Held while a task runs.
	pub(crate) busy: Mutex<()>,
	/// Shaders of the matrix product.
	pub(crate) kernels: Kernels,
	pub(crate) matrix_units: Option<MatrixUnits>,
	info: DeviceInfo,
}

impl fmt::Debug for Gpu {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		formatter.debug_struct("Gpu").field("info", &self.info).finish_non_exhaustive()
	}
}

impl Gpu {
	/// Opens the device that `selector` names.
	///
	/// # Errors
	/// If there is no such device, it lacks what the tasks need, or its driver fails.
	/// [`DeviceSelector::Cpu`] names none.
	pub fn open(selector: &DeviceSelector) -> Result<Self, OpenError> {
		let adapters = adapters();
		if adapters.is_empty() {
			return Err(OpenError::NoAdapter);
		}
		let (index, adapter) = select(selector, &adapters)?;
		let info = DeviceInfo::of(index, adapter);
		if !info.has_compute {
			let missing = "compute shaders";
			return Err(OpenError::Unsupported { device: info.name, missing });
		}
		let limits = adapter.limits();
		let matrix_units = MatrixUnits::of(adapter);
		let (features, consent) = match matrix_units {
			Some(_) => (MatrixUnits::FEATURES, MatrixUnits::consent()),
			None => (wgpu::Features::empty(), wgpu::ExperimentalFeatures::disabled()),
		};
		let request = adapter.request_device(&wgpu::DeviceDescriptor {
			label: Some("aitbc"),
			required_features: features,
			required_limits: limits.clone(),
			experimental_features: consent,
			memory_hints: wgpu::MemoryHints::MemoryUsage,
			trace: wgpu::Trace::Off,
		});
		let (device, queue) = pollster::block_on(request).map_err(|error| OpenError::Request {
			device: info.name.clone(),
			message: error.to_string(),
		})?;
		let lost = Arc::new(OnceLock::new());
		let notice = Arc::clone(&lost);
		device.set_device_lost_callback(move |reason, message| {
			notice.get_or_init(|| format!("{reason:?}: {message}"));
		});
		// wgpu's own handler panics.
		let stray_error = Arc::new(Mutex::new(None));
		let stray = Arc::clone(&stray_error);
		device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
			if let Ok(mut slot) = stray.lock() {
				slot.get_or_insert_with(|| error.to_string());
			}
		}));
		let busy = Mutex::new(());
		let kernels = Kernels::default();
		Ok(Self { device, queue, limits, lost, stray_error, busy, kernels, matrix_units, info })
	}

	/// Whether a driver emulates the device on the processor.
	pub(crate) fn is_software(&self) -> bool {
		self.info.kind == kind(DeviceType::Cpu)
	}

	/// What the device says about itself.
	pub fn info(&self) -> &DeviceInfo {
		&self.info
	}
}

fn select<'a>(
	selector: &DeviceSelector,
	adapters: &'a [Adapter],
) -> Result<(usize, &'a Adapter), OpenError> {
	let matches = |index: usize, info: &AdapterInfo| match selector {
		DeviceSelector::Auto => true,
		DeviceSelector::Cpu => false,
		DeviceSelector::Software => info.device_type == DeviceType::Cpu,
		DeviceSelector::Index(wanted) => index == *wanted,
		DeviceSelector::Name(part) => info.name.to_lowercase().contains(&part.to_lowercase()),
	};
	let mut numbered = adapters.iter().enumerate();
	numbered.find(|(index, adapter)| matches(*index, &adapter.get_info())).ok_or_else(|| {
		let names = adapters.iter().enumerate().map(|(index, adapter)| {
			let info = adapter.get_info();
			format!("{index}: {} ({})", info.name, info.backend.to_str())
		});
		let available = names.collect::<Vec<_>>().join(", ");
		OpenError::NoMatch { selector: selector.clone(), available }
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn gaps_should_name_each_limit_that_is_too_low() {
		let mut info = DeviceInfo {
			index: 0,
			name: String::new(),
			backend: String::new(),
			vendor: String::new(),
			kind: String::new(),
			driver: String::new(),
			max_binding_bytes: 64 << 20,
			max_workgroup_invocations: 256,
			max_workgroup_depth: 64,
			max_workgroup_bytes: 16 << 10,
			max_buffers: 11,
			max_workgroups: 65_535,
			has_compute: true,
			features: vec![],
		};
		assert!(info.gemm_gaps().is_empty() && info.shader_gaps().is_empty());
		info.max_buffers = 8;
		assert!(info.gemm_gaps().is_empty());
		assert_eq!(info.shader_gaps(), ["11 storage buffers, it has 8"]);
		info.has_compute = false;
		assert_eq!(info.gemm_gaps(), ["compute shaders"]);
		assert_eq!(info.shader_gaps().len(), 2);
		info.backend = "gl".to_string();
		assert_eq!(info.gemm_gaps(), ["compute shaders"]);
		assert_eq!(info.shader_gaps().len(), 3);
	}

	#[test]
	fn selector_should_read_what_it_writes() {
		for (text, selector) in [
			("auto", DeviceSelector::Auto),
			("cpu", DeviceSelector::Cpu),
			("cpu-software", DeviceSelector::Software),
			("2", DeviceSelector::Index(2)),
			("GeForce RTX", DeviceSelector::Name("GeForce RTX".into())),
		] {
			assert_eq!(text.parse(), Ok(selector.clone()));
			assert_eq!(selector.to_string(), text);
		}
		assert_eq!(" Software ".parse(), Ok(DeviceSelector::Software));
		assert_eq!("".parse::<DeviceSelector>(), Err(SelectorError::Empty));
	}
}
