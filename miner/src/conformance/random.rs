//! Random jobs, each a function of its class and number.

use super::cases::{echo, gemm_in, scales, wgsl_of};
use crate::WorkRequest;
use aitbc_compute_core::{
	gemm::{Axis, Dims, Form},
	shader::generate::{Choices, sample},
};
use aitbc_primitives::Class;

/// Where the random programs begin; other numbers than the tests of the interpreter use.
const FIRST_PROGRAM: u64 = 7_000_000;

/// The job of this number.
pub(super) fn job(class: Class, number: u64) -> WorkRequest {
	match class {
		Class::Echo => random_echo(&mut Choices::seeded(number)),
		Class::Gemm => random_gemm(&mut Choices::seeded(!number)),
		Class::Wgsl => {
			let made = sample(&mut Choices::seeded(FIRST_PROGRAM + number));
			let units_limit = u64::from(made.fuel);
			WorkRequest { units_limit, ..wgsl_of(made) }
		}
	}
}

/// One input or parameters, at times both or neither.
fn random_echo(choices: &mut Choices) -> WorkRequest {
	let inputs = match choices.below(8) {
		0 => vec![],
		1 => vec![bytes(choices, 5), bytes(choices, 9)],
		_ => {
			let count = choices.below(5000);
			vec![bytes(choices, count)]
		}
	};
	let with_params = inputs.is_empty() || choices.percent(5);
	let count = if with_params { choices.below(1026) } else { 0 };
	echo(inputs, bytes(choices, count))
}

/// Any form, sides of up to some dozens, seldom matrices that do not fit their shape.
fn random_gemm(choices: &mut Choices) -> WorkRequest {
	let [m, k, n] = [40, 300, 40].map(|most| 1 + choices.below(most));
	let (mut a, b) = (bytes(choices, m * k), bytes(choices, k * n));
	if choices.percent(3) {
		a.pop();
	}
	let form = Form {
		transpose_a: choices.percent(30),
		transpose_b: choices.percent(30),
		requantise: match choices.below(3) {
			0 => None,
			1 => Some(Axis::Row),
			_ => Some(Axis::Column),
		},
	};
	let count = Dims::new(m, k, n).map_or(0, |dims| form.scale_count(dims));
	let table = scales(choices, count);
	gemm_in(form, [m, k, n], a, b, &table)
}

/// Bytes of which a quarter are the ends of int8's range.
pub(super) fn bytes(choices: &mut Choices, count: u32) -> Vec<u8> {
	let mut byte = || match choices.below(8) {
		0 => 0x80,
		1 => 0x7f,
		_ => choices.word().to_le_bytes()[0],
	};
	(0..count).map(|_| byte()).collect()
}
