//! A client's shader.

use crate::{
	ComputeError, Gpu,
	submit::{Deadline, Dispatch},
};
use aitbc_compute_core::{
	profile::Program,
	shader::{Call, Ending, Shader},
};
use std::{borrow::Cow, time::Duration};
use wgpu::ShaderSource;

/// Zeros at the end, up to a multiple of four bytes.
fn padded(bytes: &[u8]) -> Cow<'_, [u8]> {
	if bytes.len().is_multiple_of(4) {
		return Cow::Borrowed(bytes);
	}
	let mut padded = bytes.to_vec();
	padded.resize(bytes.len().next_multiple_of(4), 0);
	Cow::Owned(padded)
}

impl Gpu {
	/// Runs one dispatch of `program` (INV-COMPUTE-4), each invocation with `fuel` (INV-COMPUTE-17).
	///
	/// The inputs are bound in their order, then the parameters unless they are empty, then the output:
	/// zeros that the program may change. Returns the output.
	///
	/// # Errors
	/// If the buffers do not fit the program, the device cannot run it, an invocation runs out of
	/// fuel, or `limit` is over. In the last case the device may still be at work, and this object is
	/// of no use until it is done.
	pub fn run_wgsl(
		&self,
		program: &Program,
		call: &Call<'_>,
		fuel: u32,
		limit: Duration,
	) -> Result<Vec<u8>, ComputeError> {
		let Call { inputs, params, workgroups, output_bytes } = *call;
		if !self.info().has_exact_shaders() {
			return Err(ComputeError::Inexact { backend: self.info().backend.clone() });
		}
		program.check_buffers(inputs, params, workgroups, output_bytes)?;
		let shader = Shader::new(program)?;
		let deadline = Deadline::after(limit);
		let _running = self.occupy();
		let data: Vec<Cow<'_, [u8]>> = inputs
			.iter()
			.map(|input| padded(input))
			.chain((!params.is_empty()).then(|| padded(params)))
			.collect();
		let inputs: Vec<&[u8]> = data.iter().map(|bytes| bytes.as_ref()).collect();
		let uploaded: usize = inputs.iter().map(|bytes| bytes.len()).sum();
		// The output exists twice: where the shader writes and where the host reads.
		let bytes = uploaded as u64 + 2 * output_bytes as u64;
		let (mut output, ending) = self.guarded(bytes, || {
			// The output and the control buffer.
			let layout = self.buffer_layout(inputs.len(), 2)?;
			let module = ShaderSource::Naga(Cow::Owned(shader.instrumented().clone()));
			let pipeline = self.pipeline(module, &layout);
			let dispatch = Dispatch {
				pipeline: &pipeline,
				layout: &layout,
				inputs: &inputs,
				output_bytes: output_bytes as u64,
				control: &shader.control(fuel),
				workgroups,
			};
			self.dispatch(&dispatch, deadline, |bytes| {
				let control = bytes.get(output_bytes..).unwrap_or_default();
				(bytes.to_vec(), shader.ending(control))
			})
		})?;
		match ending {
			Some(Ending::Completed) => {
				output.truncate(output_bytes);
				Ok(output)
			}
			Some(Ending::OutOfFuel) => Err(ComputeError::OutOfFuel { fuel }),
			Some(Ending::Cut) => Err(ComputeError::LoopCut),
			None => Err(ComputeError::Refused { message: "no control buffer".to_string() }),
		}
	}
}
