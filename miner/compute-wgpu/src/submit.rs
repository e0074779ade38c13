//! One dispatch with its buffers, from upload to read-back, with every error caught.

use crate::{ComputeError, Gpu};
use std::{
	sync::{MutexGuard, PoisonError, mpsc},
	time::{Duration, Instant},
};
use wgpu::{BufferUsages, ErrorFilter, PollError, PollType};

/// What a dispatch is made of.
pub(crate) struct Dispatch<'a> {
	pub pipeline: &'a wgpu::ComputePipeline,
	pub layout: &'a wgpu::BindGroupLayout,
	/// Read-only buffers, binding 0 first; lengths are multiples of four.
	pub inputs: &'a [&'a [u8]],
	/// Length of the output buffer, bytes; a multiple of four. Its binding is the next one.
	pub output_bytes: u64,
	/// What one more buffer after the output holds, which is read back as well; none if empty.
	pub control: &'a [u8],
	pub workgroups: [u32; 3],
}

/// A dispatch that the device was sent.
pub(crate) struct Pending {
	submission: wgpu::SubmissionIndex,
	/// Told once its results can be read.
	mapped: mpsc::Receiver<Result<(), wgpu::BufferAsyncError>>,
	/// Length of its results.
	bytes: u64,
}

/// When a task must have ended.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
	start: Instant,
	limit: Duration,
}

impl Deadline {
	pub fn after(limit: Duration) -> Self {
		Self { start: Instant::now(), limit }
	}

	fn left(&self) -> Result<Duration, ComputeError> {
		self.limit
			.checked_sub(self.start.elapsed())
			.filter(|left| !left.is_zero())
			.ok_or(ComputeError::TimedOut { limit: self.limit })
	}
}

impl Gpu {
	/// Waits for the task that runs, if any, then keeps others out.
	pub(crate) fn occupy(&self) -> MutexGuard<'_, ()> {
		self.busy.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Runs `work` and lets its result through only if the device reported no error meanwhile.
	/// `bytes` is what the work's buffers take, for the message.
	pub(crate) fn guarded<T>(
		&self,
		bytes: u64,
		work: impl FnOnce() -> Result<T, ComputeError>,
	) -> Result<T, ComputeError> {
		self.check_lost()?;
		let memory = self.device.push_error_scope(ErrorFilter::OutOfMemory);
		let internal = self.device.push_error_scope(ErrorFilter::Internal);
		let validation = self.device.push_error_scope(ErrorFilter::Validation);
		let result = work();
		// Scopes are a stack: the last one pushed is popped first.
		let refused = pollster::block_on(validation.pop());
		let failed = pollster::block_on(internal.pop());
		let exhausted = pollster::block_on(memory.pop());
		if refused.is_some() || failed.is_some() || exhausted.is_some() {
			self.kernels.forget();
		}
		self.check_lost()?;
		if exhausted.is_some() {
			return Err(ComputeError::OutOfMemory { bytes });
		}
		let stray = self.stray_error.lock().unwrap_or_else(PoisonError::into_inner).take();
		let reported = failed.or(refused).map(|error| error.to_string()).or(stray);
		if let Some(message) = reported {
			return Err(ComputeError::Refused { message });
		}
		result
	}

	fn check_lost(&self) -> Result<(), ComputeError> {
		match self.lost.get() {
			Some(message) => Err(ComputeError::Lost { message: message.clone() }),
			None => Ok(()),
		}
	}

	/// A layout of `inputs` read-only buffers and `outputs` others.
	pub(crate) fn buffer_layout(
		&self,
		inputs: usize,
		outputs: usize,
	) -> Result<wgpu::BindGroupLayout, ComputeError> {
		let buffers = (inputs + outputs) as u64;
		let available = u64::from(self.limits.max_storage_buffers_per_shader_stage);
		if buffers > available {
			let limit = "storage buffers";
			return Err(ComputeError::Unsupported { limit, needed: buffers, available });
		}
		let entries: Vec<_> = (0..inputs + outputs)
			.zip(0_u32..)
			.map(|(index, binding)| wgpu::BindGroupLayoutEntry {
				binding,
				visibility: wgpu::ShaderStages::COMPUTE,
				ty: wgpu::BindingType::Buffer {
					ty: wgpu::BufferBindingType::Storage { read_only: index < inputs },
					has_dynamic_offset: false,
					min_binding_size: None,
				},
				count: None,
			})
			.collect();
		let descriptor = wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries };
		Ok(self.device.create_bind_group_layout(&descriptor))
	}

	/// Compiles the entry point `main` of a program, with all of wgpu's run-time checks.
	pub(crate) fn pipeline(
		&self,
		source: wgpu::ShaderSource<'_>,
		layout: &wgpu::BindGroupLayout,
	) -> wgpu::ComputePipeline {
		let descriptor = wgpu::ShaderModuleDescriptor { label: None, source };
		let module = self.device.create_shader_module(descriptor);
		let layout = self.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
			label: None,
			bind_group_layouts: &[Some(layout)],
			immediate_size: 0,
		});
		self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
			label: None,
			layout: Some(&layout),
			module: &module,
			entry_point: Some(aitbc_compute_core::profile::ENTRY_POINT),
			compilation_options: wgpu::PipelineCompilationOptions::default(),
			cache: None,
		})
	}

	/// Whether a buffer of this length can be bound.
	pub(crate) fn check_binding(&self, bytes: u64) -> Result<(), ComputeError> {
		let available =
			self.limits.max_storage_buffer_binding_size.min(self.limits.max_buffer_size);
		if bytes <= available {
			return Ok(());
		}
		Err(ComputeError::Unsupported { limit: "bytes in one buffer", needed: bytes, available })
	}

	/// Uploads, dispatches once, waits, and hands the output's bytes to `read`, those of the control
	/// buffer behind them. Call it inside [`Self::guarded`].
	pub(crate) fn dispatch<T>(
		&self,
		dispatch: &Dispatch<'_>,
		deadline: Deadline,
		read: impl FnOnce(&[u8]) -> T,
	) -> Result<T, ComputeError> {
		self.check_binding(dispatch.output_bytes)?;
		let mut buffers = Vec::with_capacity(dispatch.inputs.len() + 1);
		for bytes in dispatch.inputs {
			let size = bytes.len() as u64;
			self.check_binding(size)?;
			let buffer = self.buffer(size, BufferUsages::STORAGE | BufferUsages::COPY_DST);
			self.queue.write_buffer(&buffer, 0, bytes);
			buffers.push(buffer);
		}
		// New buffers are zero for the shader: wgpu clears them.
		let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC;
		let output = self.buffer(dispatch.output_bytes, usage);
		let control_bytes = dispatch.control.len() as u64;
		let control = (control_bytes > 0).then(|| {
			let buffer = self.buffer(control_bytes, usage | BufferUsages::COPY_DST);
			self.queue.write_buffer(&buffer, 0, dispatch.control);
			buffer
		});
		let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
		let staging = self.buffer(dispatch.output_bytes + control_bytes, usage);
		let bound: Vec<&wgpu::Buffer> = buffers.iter().chain([&output]).chain(&control).collect();
		let group = self.bind(dispatch.layout, &bound);
		let mut results = vec![(&output, dispatch.output_bytes)];
		results.extend(control.as_ref().map(|control| (control, control_bytes)));
		let pending =
			self.submit(dispatch.pipeline, &group, dispatch.workgroups, &results, &staging);
		self.read_back(&staging, pending, deadline, read)
	}

	/// Binds buffers, binding 0 first.
	pub(crate) fn bind(
		&self,
		layout: &wgpu::BindGroupLayout,
		buffers: &[&wgpu::Buffer],
	) -> wgpu::BindGroup {
		let entries: Vec<_> = buffers
			.iter()
			.zip(0_u32..)
			.map(|(buffer, binding)| wgpu::BindGroupEntry {
				binding,
				resource: buffer.as_entire_binding(),
			})
			.collect();
		self.device.create_bind_group(&wgpu::BindGroupDescriptor {
			label: None,
			layout,
			entries: &entries,
		})
	}

	/// Sends one dispatch to the device; the beginnings of `results` are copied to `staging` afterwards,
	/// one behind the other. Does not wait.
	pub(crate) fn submit(
		&self,
		pipeline: &wgpu::ComputePipeline,
		group: &wgpu::BindGroup,
		[x, y, z]: [u32; 3],
		results: &[(&wgpu::Buffer, u64)],
		staging: &wgpu::Buffer,
	) -> Pending {
		let mut encoder = self.device.create_command_encoder(&Default::default());
		{
			let mut pass = encoder.begin_compute_pass(&Default::default());
			pass.set_pipeline(pipeline);
			pass.set_bind_group(0, group, &[]);
			pass.dispatch_workgroups(x, y, z);
		}
		let mut bytes = 0;
		for (buffer, length) in results {
			encoder.copy_buffer_to_buffer(buffer, 0, staging, bytes, *length);
			bytes += length;
		}
		let submission = self.queue.submit([encoder.finish()]);
		let (sender, mapped) = mpsc::channel();
		staging.slice(..bytes).map_async(wgpu::MapMode::Read, move |result| {
			// The receiver is gone only if nobody waits any more.
			let _ = sender.send(result);
		});
		Pending { submission, mapped, bytes }
	}

	/// A new buffer, zero until something is written.
	pub(crate) fn buffer(&self, size: u64, usage: BufferUsages) -> wgpu::Buffer {
		self.device.create_buffer(&wgpu::BufferDescriptor {
			label: None,
			size,
			usage,
			mapped_at_creation: false,
		})
	}

	/// Waits for a dispatch and hands what was copied to `staging` to `read`.
	pub(crate) fn read_back<T>(
		&self,
		staging: &wgpu::Buffer,
		pending: Pending,
		deadline: Deadline,
		read: impl FnOnce(&[u8]) -> T,
	) -> Result<T, ComputeError> {
		let Pending { submission, mapped, bytes } = pending;
		let refused = |message: String| ComputeError::Refused { message };
		let timeout = Some(deadline.left()?);
		match self.device.poll(PollType::Wait { submission_index: Some(submission), timeout }) {
			Ok(_) => {}
			Err(PollError::Timeout) => {
				return Err(ComputeError::TimedOut { limit: deadline.limit });
			}
			Err(error) => return Err(refused(error.to_string())),
		}
		// Callbacks have run by now. One that has not belongs to work that was never taken.
		mapped
			.try_recv()
			.map_err(|_| refused("the output was never mapped".to_string()))?
			.map_err(|error| refused(error.to_string()))?;
		let result = {
			let view = staging
				.slice(..bytes)
				.get_mapped_range()
				.map_err(|error| refused(error.to_string()))?;
			read(&view)
		};
		staging.unmap();
		Ok(result)
	}
}
