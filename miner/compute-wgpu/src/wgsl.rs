//! A client's shader.

use crate::{
	ComputeError, Gpu,
	submit::{Deadline, Dispatch},
};
use aitbc_compute_core::profile::Program;
use std::{borrow::Cow, time::Duration};

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
	/// Runs one dispatch of `program` (INV-COMPUTE-4).
	///
	/// `inputs` are bound in their order, then `params` unless they are empty, then the output:
	/// `output_bytes` zeros that the program may change. Returns the output, `output_bytes` long.
	///
	/// # Errors
	/// If the buffers do not fit the program, the device cannot run it, or `limit` is over. In the
	/// last case the device may still be at work, and this object is of no use until it is done.
	pub fn run_wgsl(
		&self,
		program: &Program,
		inputs: &[Vec<u8>],
		params: &[u8],
		workgroups: [u32; 3],
		output_bytes: usize,
		limit: Duration,
	) -> Result<Vec<u8>, ComputeError> {
		program.check_buffers(inputs, params, workgroups, output_bytes)?;
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
		self.guarded(bytes, || {
			let layout = self.buffer_layout(inputs.len())?;
			let pipeline = self.pipeline(program.source(), &layout);
			let dispatch = Dispatch {
				pipeline: &pipeline,
				layout: &layout,
				inputs: &inputs,
				output_bytes: output_bytes as u64,
				workgroups,
			};
			self.dispatch(&dispatch, deadline, <[u8]>::to_vec)
		})
	}
}
