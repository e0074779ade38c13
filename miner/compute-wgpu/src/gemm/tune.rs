//! Which kernel is quickest on this device.

use super::{
	kernel::{self, Variant},
	shard_size,
};
use crate::{ComputeError, Gpu, submit::Deadline};
use aitbc_compute_core::gemm::{Axis, Dims, Product};
use std::{
	collections::HashMap,
	sync::{Mutex, MutexGuard, OnceLock, PoisonError},
	time::{Duration, Instant},
};

/// Multiply-adds of a product from which on it pays to try all variants first.
const TUNE_FROM: u64 = 1 << 35;
/// Side of the square matrices that are tried: large enough that a dispatch takes longer than its
/// submission.
const SAMPLE_SIDE: u32 = 1024;
/// As much on a device that a driver emulates.
const SOFTWARE_SAMPLE_SIDE: u32 = 512;
/// How often each variant is tried; the quickest time counts.
const TRIES: usize = 3;

/// A kernel ready to run.
#[derive(Clone)]
pub(super) struct Kernel {
	pub variant: Variant,
	pub pipeline: wgpu::ComputePipeline,
	pub layout: wgpu::BindGroupLayout,
}

/// The kernels that were made so far, and the quickest variant once it is known.
#[derive(Default)]
pub(crate) struct Kernels {
	made: Mutex<HashMap<(Variant, Option<Axis>), Kernel>>,
	quickest: OnceLock<Variant>,
}

impl Kernels {
	fn made(&self) -> MutexGuard<'_, HashMap<(Variant, Option<Axis>), Kernel>> {
		self.made.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Forgets all kernels: one that was made while something failed may be of no use.
	pub fn forget(&self) {
		self.made().clear();
	}
}

impl Gpu {
	/// The kernel of a variant, compiled if it was not before. Call it inside [`Self::guarded`].
	pub(super) fn kernel(
		&self,
		variant: Variant,
		requantise: Option<Axis>,
	) -> Result<Kernel, ComputeError> {
		let mut made = self.kernels.made();
		if let Some(kernel) = made.get(&(variant, requantise)) {
			return Ok(kernel.clone());
		}
		let layout = self.buffer_layout(if requantise.is_some() { 4 } else { 3 }, 1)?;
		let source = kernel::source(variant, requantise);
		let pipeline = self.pipeline(wgpu::ShaderSource::Wgsl(source.into()), &layout);
		let kernel = Kernel { variant, pipeline, layout };
		made.insert((variant, requantise), kernel.clone());
		Ok(kernel)
	}

	fn supports(&self, variant: Variant) -> bool {
		let invocations = variant.workgroup() * variant.workgroup();
		let shared_bytes = if variant.shared { 2 * 16 * invocations } else { 0 };
		invocations <= self.limits.max_compute_invocations_per_workgroup as usize
			&& shared_bytes <= self.limits.max_compute_workgroup_storage_size as usize
	}

	/// The variant to use for a product of this size. The first large one of a process tries all of them.
	///
	/// # Errors
	/// If the device computes the sample wrongly by the variant that smaller products use.
	pub(super) fn variant_for(
		&self,
		dims: Dims,
		deadline: Deadline,
	) -> Result<Variant, ComputeError> {
		if let Some(known) = self.kernels.quickest.get() {
			return Ok(*known);
		}
		if dims.operations() < TUNE_FROM {
			return Ok(Variant::PLAIN);
		}
		let side = if self.is_software() { SOFTWARE_SAMPLE_SIDE } else { SAMPLE_SIDE };
		let times = self.times(side, TRIES, deadline)?;
		for (variant, time) in &times {
			tracing::debug!(?variant, ?time, "matrix product tried");
		}
		// On a tie, and if all fail, the first.
		let quickest = times.iter().min_by_key(|(_, time)| *time);
		let quickest = quickest.map_or(Variant::PLAIN, |(variant, _)| *variant);
		Ok(*self.kernels.quickest.get_or_init(|| quickest))
	}

	/// How long each variant takes for a sample. Those that the device cannot run, or that give another
	/// product than the reference, are left out.
	///
	/// # Errors
	/// If that is [`Variant::PLAIN`].
	fn times(
		&self,
		side: u32,
		tries: usize,
		deadline: Deadline,
	) -> Result<Vec<(Variant, Duration)>, ComputeError> {
		let dims = Dims::new(side, side, side)?;
		// All bytes there are, in an order that no row repeats.
		let bytes = |factor: u32| -> Vec<u8> {
			(0..side * side).map(|index| (index.wrapping_mul(factor) >> 24) as u8).collect()
		};
		let (a, b) = (bytes(2_654_435_761), bytes(2_246_822_519));
		let product = Product::plain(dims, &a, &b)?;
		let expected = product.quick();
		let time = |variant: Variant| {
			let shard = shard_size(dims, variant, usize::MAX, usize::MAX)?;
			let mut quickest = Duration::MAX;
			for _ in 0..tries {
				let begin = Instant::now();
				let output = self.run_product(&product, variant, shard, deadline)?;
				quickest = quickest.min(begin.elapsed());
				if output != expected {
					return Err(ComputeError::Wrong);
				}
			}
			Ok(quickest)
		};
		let mut times = Vec::new();
		for variant in Variant::ALL.into_iter().filter(|variant| self.supports(*variant)) {
			match time(variant) {
				Ok(quickest) => times.push((variant, quickest)),
				Err(ComputeError::Wrong) if variant == Variant::PLAIN => {
					return Err(ComputeError::Wrong);
				}
				Err(error) => tracing::warn!(?variant, %error, "a way to multiply is left out"),
			}
		}
		Ok(times)
	}

	/// How long each variant takes for square matrices, for a person.
	#[doc(hidden)]
	pub fn variant_times(&self, side: u32) -> Result<Vec<(String, Duration)>, ComputeError> {
		let _running = self.occupy();
		let times = self.times(side, TRIES, Deadline::after(Duration::from_secs(600)))?;
		Ok(times.into_iter().map(|(variant, time)| (format!("{variant:?}"), time)).collect())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::DeviceSelector;
	use aitbc_compute_core::gemm::{Form, Scale};

	fn gpu() -> Gpu {
		Gpu::open(&DeviceSelector::Auto).expect("there is a device, software at least")
	}

	#[test]
	fn every_variant_should_be_tried() {
		let gpu = gpu();
		let deadline = Deadline::after(Duration::from_secs(60));
		// Those that fail or are wrong would be missing.
		let times = gpu.times(203, 1, deadline).expect("the device is right");
		let tried: Vec<_> = times.iter().map(|(variant, _)| *variant).collect();
		assert_eq!(tried, Variant::ALL);
	}

	#[test]
	fn every_variant_should_be_exact_in_every_form() {
		let gpu = gpu();
		// No tile divides these, and there are several shards.
		let dims = Dims::new(150, 77, 201).expect("within the bounds");
		let a: Vec<u8> = (0..150 * 77).map(|index| (index * 37 % 251) as u8).collect();
		let b: Vec<u8> = (0..77 * 201).map(|index| (index * 91 % 253) as u8).collect();
		let scale = |index: usize| Scale::new((1 << 30) + index as i32, 38 + index as u32 % 4);
		let table: Vec<u8> =
			(0..201).flat_map(|index| scale(index).expect("is valid").to_bytes()).collect();
		for form in Form::all() {
			let scales = &table[..form.scale_bytes(dims)];
			let inputs = [&a[..], &b, scales];
			let product = Product::new(dims, form, &inputs[..form.inputs()]).expect("fits");
			let expected = product.reference();
			for variant in Variant::ALL {
				// Room for one tile, or for some small ones.
				let tile = variant.line_step() * variant.line_step() * 4;
				let shard = shard_size(dims, variant, tile.max(8192), 1).expect("fits");
				assert!(shard.rows < 150 && shard.columns < 201, "{shard:?}");
				let deadline = Deadline::after(Duration::from_secs(60));
				let output = gpu.run_product(&product, variant, shard, deadline);
				assert!(output.expect("the device works") == expected, "{variant:?}, {form:?}");
			}
		}
	}
}
