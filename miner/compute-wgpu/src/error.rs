//! What can go wrong on a device.

use crate::DeviceSelector;
use aitbc_compute_core::{gemm::GemmError, profile::BufferError, shader::ShaderError};
use std::time::Duration;

/// Why a text names no device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectorError {
	/// There is nothing.
	#[error(
		"the device selector is empty; use auto, cpu, cpu-software, an index, or a part of a \
		 device's name"
	)]
	Empty,
}

/// Why no device could be opened.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
	/// This machine shows no adapter at all.
	#[error(
		"no GPU adapter found: install your GPU's Vulkan driver, or Debian's mesa-vulkan-drivers \
		 for a software device; `--device cpu` does without"
	)]
	NoAdapter,
	/// There are adapters, but none that was asked for.
	#[error("no device matches `{selector}`; there are: {available}")]
	NoMatch {
		/// What was asked for.
		selector: DeviceSelector,
		/// What there is.
		available: String,
	},
	/// The adapter cannot do what the tasks need.
	#[error("device {device} lacks {missing}, which AITBC's tasks need")]
	Unsupported {
		/// Its name.
		device: String,
		/// What it lacks.
		missing: &'static str,
	},
	/// The driver does not open the device.
	#[error("cannot open device {device}: {message}")]
	Request {
		/// Its name.
		device: String,
		/// What the driver says.
		message: String,
	},
}

/// Why a device gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComputeError {
	/// The device is gone: unplugged, reset, or its driver crashed. Open it again.
	#[error("the device was lost: {message}")]
	Lost {
		/// What the driver says.
		message: String,
	},
	/// The device has too little memory for the buffers.
	#[error("the device ran out of memory for {bytes} bytes of buffers")]
	OutOfMemory {
		/// What the buffers of the task take together.
		bytes: u64,
	},
	/// The task exceeds a limit of the device.
	#[error("the task needs {needed} {limit}, the device has {available}")]
	Unsupported {
		/// Name of the limit.
		limit: &'static str,
		/// What the task needs.
		needed: u64,
		/// What the device has.
		available: u64,
	},
	/// The interface that the device is reached by does not keep the profile's arithmetic.
	#[error(
		"shaders do not run through {backend}: its integer division is not the specified one; use the \
		 device's Vulkan, Metal or Direct3D 12 driver"
	)]
	Inexact {
		/// Its name.
		backend: String,
	},
	/// The device was tried on a product that is known, and gave another. It must not answer at all.
	#[error("the device computes matrix products wrongly")]
	Wrong,
	/// The driver or wgpu refused the task.
	#[error("the device refused the task: {message}")]
	Refused {
		/// Why.
		message: String,
	},
	/// No result within the time limit. The device may still be at work.
	#[error("no result within {} s", .limit.as_secs_f32())]
	TimedOut {
		/// The limit.
		limit: Duration,
	},
	/// An invocation of the program took more rounds of loops than its fuel allows. Every device says
	/// the same.
	#[error("the program ran out of fuel: an invocation took more than {fuel} rounds of loops")]
	OutOfFuel {
		/// What each invocation had.
		fuel: u32,
	},
	/// The device ended a loop that the program had not ended; see `compute.md` §5.6.
	#[error(
		"the device ended a loop of the program by itself: its invocations take too many rounds for \
		 this device, together with those that run beside them"
	)]
	LoopCut,
	/// The program could not be made ready for the device.
	#[error(transparent)]
	Shader(#[from] ShaderError),
	/// The matrices do not fit their shape.
	#[error(transparent)]
	Gemm(#[from] GemmError),
	/// The buffers do not fit the program.
	#[error(transparent)]
	Buffers(#[from] BufferError),
}

impl ComputeError {
	/// Whether the job, rather than this device, is at fault: every device says the same.
	pub const fn is_input_fault(&self) -> bool {
		matches!(self, ComputeError::Gemm(_) | ComputeError::Buffers(_))
	}

	/// Whether the program's fuel was used up: every device says the same.
	pub const fn is_out_of_fuel(&self) -> bool {
		matches!(self, ComputeError::OutOfFuel { .. })
	}

	/// Whether the time was up.
	pub const fn is_timeout(&self) -> bool {
		matches!(self, ComputeError::TimedOut { .. })
	}
}
