//! Which kernel is quickest on this device.

use super::{
	kernel, shard_size,
	variant::{EXACT_TERMS, GemmVariant, Means},
};
use crate::{ComputeError, Gpu, submit::Deadline};
use aitbc_compute_core::gemm::{Axis, Dims, Product};
use std::{
	collections::HashMap,
	sync::{Mutex, MutexGuard, OnceLock, PoisonError},
	time::{Duration, Instant},
};

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
	pub variant: GemmVariant,
	pub pipeline: wgpu::ComputePipeline,
	pub layout: wgpu::BindGroupLayout,
}

/// The kernels that were made so far, and the quickest variant once it is known.
#[derive(Default)]
pub(crate) struct Kernels {
	made: Mutex<HashMap<(GemmVariant, Option<Axis>), Kernel>>,
	quickest: OnceLock<GemmVariant>,
}

impl Kernels {
	fn made(&self) -> MutexGuard<'_, HashMap<(GemmVariant, Option<Axis>), Kernel>> {
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
		variant: GemmVariant,
		requantise: Option<Axis>,
	) -> Result<Kernel, ComputeError> {
		let mut made = self.kernels.made();
		if let Some(kernel) = made.get(&(variant, requantise)) {
			return Ok(kernel.clone());
		}
		let layout = self.buffer_layout(if requantise.is_some() { 4 } else { 3 }, 1)?;
		let lanes = self.matrix_units.map_or(1, |units| units.lanes);
		let source = kernel::source(variant, requantise, lanes);
		let pipeline = self.pipeline(wgpu::ShaderSource::Wgsl(source.into()), &layout);
		let kernel = Kernel { variant, pipeline, layout };
		made.insert((variant, requantise), kernel.clone());
		Ok(kernel)
	}

	/// The ways of making a product that the device's limits allow.
	pub fn variants(&self) -> impl Iterator<Item = GemmVariant> {
		GemmVariant::ALL.into_iter().filter(|variant| self.supports(*variant))
	}

	fn supports(&self, variant: GemmVariant) -> bool {
		let invocations = variant.workgroup() * variant.workgroup();
		let (invocations, shared_bytes) = match variant.means {
			Means::Words => (invocations, 0),
			Means::SharedWords => (invocations, 2 * 16 * invocations),
			Means::Matrices(side) => match self.matrix_units {
				Some(units) if units.side == side => {
					(units.lanes as usize, 2 * 4 * variant.block * variant.block)
				}
				_ => return false,
			},
		};
		invocations <= self.limits.max_compute_invocations_per_workgroup as usize
			&& shared_bytes <= self.limits.max_compute_workgroup_storage_size as usize
	}

	/// The variant to use for a product of this size: the quickest that is known, unless most of its
	/// tiles would be padding.
	pub(super) fn variant_for(&self, dims: Dims) -> GemmVariant {
		let known = self.kernels.quickest.get().copied().unwrap_or(GemmVariant::PLAIN);
		let tile = known.line_step();
		if dims.m() < tile || dims.n() < tile { GemmVariant::PLAIN } else { known }
	}

	/// Finds out which way of making a product is quickest on this device. Products use it from now on,
	/// unless another one was settled on before.
	///
	/// # Errors
	/// If the device computes a sample wrongly by the way that is used without this.
	pub fn tune(&self, limit: Duration) -> Result<GemmVariant, ComputeError> {
		let _running = self.occupy();
		let side = if self.is_software() { SOFTWARE_SAMPLE_SIDE } else { SAMPLE_SIDE };
		let times = self.times(side, TRIES, Deadline::after(limit))?;
		for (variant, time) in &times {
			tracing::debug!(%variant, ?time, "matrix product tried");
		}
		// On a tie, the first.
		let Some((quickest, _)) = times.into_iter().min_by_key(|(_, time)| *time) else {
			let message = "no way of making a product works".to_string();
			return Err(ComputeError::Refused { message });
		};
		Ok(*self.kernels.quickest.get_or_init(|| quickest))
	}

	/// Makes products this way from now on, unless another one was settled on before. Its kernel is
	/// compiled now, and so that the driver's compiler is done with it as well, a product is made, of the
	/// largest sums that there can be.
	///
	/// # Errors
	/// If the device fails, or computes that product wrongly.
	pub fn prepare(&self, variant: GemmVariant, limit: Duration) -> Result<(), ComputeError> {
		let _running = self.occupy();
		self.time(variant, &Sample::extremes()?, 1, Deadline::after(limit))?;
		self.kernels.quickest.get_or_init(|| variant);
		Ok(())
	}

	/// How long each variant takes for a sample. Those that the device cannot run, or that give another
	/// product than the reference, are left out.
	///
	/// # Errors
	/// If that is [`GemmVariant::PLAIN`].
	fn times(
		&self,
		side: u32,
		tries: usize,
		deadline: Deadline,
	) -> Result<Vec<(GemmVariant, Duration)>, ComputeError> {
		let (sample, extremes) = (Sample::square(side)?, Sample::extremes()?);
		let mut times = Vec::new();
		for variant in self.variants() {
			let time = self
				.time(variant, &extremes, 1, deadline)
				.and_then(|_| self.time(variant, &sample, tries, deadline));
			match time {
				Ok(quickest) => times.push((variant, quickest)),
				Err(ComputeError::Wrong) if variant == GemmVariant::PLAIN => {
					return Err(ComputeError::Wrong);
				}
				Err(error) => tracing::warn!(?variant, %error, "a way to multiply is left out"),
			}
		}
		Ok(times)
	}

	/// The quickest time of a variant for a sample.
	fn time(
		&self,
		variant: GemmVariant,
		sample: &Sample,
		tries: usize,
		deadline: Deadline,
	) -> Result<Duration, ComputeError> {
		let product = Product::plain(sample.dims, &sample.a, &sample.b)?;
		let shard = shard_size(sample.dims, variant, usize::MAX, usize::MAX)?;
		let mut quickest = Duration::MAX;
		for _ in 0..tries {
			let begin = Instant::now();
			let output = self.run_product(&product, variant, shard, deadline)?;
			quickest = quickest.min(begin.elapsed());
			if output != sample.expected {
				return Err(ComputeError::Wrong);
			}
		}
		Ok(quickest)
	}

	/// How long each variant takes for square matrices, for a person.
	#[doc(hidden)]
	pub fn variant_times(&self, side: u32) -> Result<Vec<(GemmVariant, Duration)>, ComputeError> {
		let _running = self.occupy();
		self.times(side, TRIES, Deadline::after(Duration::from_secs(600)))
	}
}

/// A product with what it must give.
struct Sample {
	dims: Dims,
	a: Vec<u8>,
	b: Vec<u8>,
	expected: Vec<u8>,
}

impl Sample {
	/// Deep, with the largest sums on the way that there can be: matrix units that keep fewer bits of a sum
	/// than a 32-bit float has, or add in floats of fewer bits, give another product.
	fn extremes() -> Result<Self, ComputeError> {
		// Some whole parts of exact sums, and one that is not.
		let dims = Dims::new(64, 3 * EXACT_TERMS as u32 + 5, 64)?;
		// By line: all −128, all 127, both in turns, −128 and then ones, anything.
		let element = |line: usize, at: usize| match line % 5 {
			0 => 0x80,
			1 => 0x7f,
			2 => [0x80, 0x7f][at % 2],
			3 => [0x80, 1][usize::from(at % EXACT_TERMS > EXACT_TERMS / 2)],
			_ => ((line * 31 + at) as u32).wrapping_mul(2_654_435_761).to_le_bytes()[3],
		};
		let (m, k, n) = (dims.m(), dims.k(), dims.n());
		let a: Vec<u8> = (0..m).flat_map(|row| (0..k).map(move |at| element(row, at))).collect();
		let b: Vec<u8> =
			(0..k).flat_map(|at| (0..n).map(move |column| element(column / 5, at))).collect();
		Self::of(dims, a, b)
	}

	/// A product of square matrices.
	fn square(side: u32) -> Result<Self, ComputeError> {
		let dims = Dims::new(side, side, side)?;
		// All bytes there are, in an order that no row repeats.
		let bytes = |factor: u32| -> Vec<u8> {
			(0..side * side).map(|index| (index.wrapping_mul(factor) >> 24) as u8).collect()
		};
		Self::of(dims, bytes(2_654_435_761), bytes(2_246_822_519))
	}

	fn of(dims: Dims, a: Vec<u8>, b: Vec<u8>) -> Result<Self, ComputeError> {
		let expected = Product::plain(dims, &a, &b)?.quick();
		Ok(Self { dims, a, b, expected })
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
		assert_eq!(tried, gpu.variants().collect::<Vec<_>>());
		assert!(tried.len() >= 4, "{tried:?}");
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
			for variant in gpu.variants() {
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
