//! The latency probe: what goes in comes out.

use alloc::vec::Vec;

/// Why an echo has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EchoError {
	/// None or several things could be meant.
	#[error(
		"echo needs one input or parameters and not both, but has {inputs} inputs and {params_bytes} \
		 bytes of parameters"
	)]
	Sources {
		/// How many inputs there are.
		inputs: usize,
		/// How long the parameters are, bytes.
		params_bytes: usize,
	},
}

/// The one input; or the parameters, if there is no input (INV-COMPUTE-2).
///
/// # Errors
/// Unless exactly one of the two is there.
pub fn echo(inputs: &[Vec<u8>], params: &[u8]) -> Result<Vec<u8>, EchoError> {
	match (inputs, params) {
		([input], []) => Ok(input.clone()),
		([], [_, ..]) => Ok(params.to_vec()),
		_ => Err(EchoError::Sources { inputs: inputs.len(), params_bytes: params.len() }),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;

	#[test]
	fn echo_should_return_its_source_when_there_is_one() {
		assert_eq!(echo(&[vec![1, 2]], &[]), Ok(vec![1, 2]));
		assert_eq!(echo(&[], &[3]), Ok(vec![3]));
		// An empty input is an input.
		assert_eq!(echo(&[vec![]], &[]), Ok(vec![]));
	}

	#[test]
	fn echo_should_fail_when_the_source_is_ambiguous() {
		assert_eq!(echo(&[], &[]), Err(EchoError::Sources { inputs: 0, params_bytes: 0 }));
		assert_eq!(echo(&[vec![1]], &[2]), Err(EchoError::Sources { inputs: 1, params_bytes: 1 }));
		let two = [vec![1], vec![2]];
		assert_eq!(echo(&two, &[]), Err(EchoError::Sources { inputs: 2, params_bytes: 0 }));
	}
}
