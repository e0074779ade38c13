//! The named cases: the edges of each class.

use super::{Case, Jobs, random::bytes, shaders};
use crate::WorkRequest;
use aitbc_compute_core::{
	MAX_DATA_BYTES, MAX_PARAMS_BYTES,
	gemm::{Axis, Dims, Form, Scale},
	shader::generate::{Choices, Sample, operations},
};
use aitbc_primitives::{Cid, GemmShape, WgslCall, Workload};

/// All of them.
pub(super) fn named() -> Vec<Case> {
	let mut cases = echoes();
	cases.extend(products());
	cases.extend(forms());
	cases.extend(shaders::named());
	cases.extend(operations::programs().into_iter().enumerate().map(|(index, program)| {
		case(&format!("wgsl/operations-{index}"), wgsl_of(program.sample))
	}));
	cases
}

/// A case of one job; its class is the job's.
pub(super) fn case(id: &str, request: WorkRequest) -> Case {
	let class = request.workload.class();
	Case { id: id.to_string(), class, jobs: Jobs::One(Box::new(request)), is_large: false }
}

/// A case that takes seconds on a processor.
pub(super) fn large(id: &str, request: WorkRequest) -> Case {
	Case { is_large: true, ..case(id, request) }
}

fn job(workload: Workload, inputs: Vec<Vec<u8>>) -> WorkRequest {
	WorkRequest { workload, params: vec![], inputs, program: None, units_limit: u64::MAX }
}

pub(super) fn echo(inputs: Vec<Vec<u8>>, params: Vec<u8>) -> WorkRequest {
	WorkRequest { params, ..job(Workload::Echo, inputs) }
}

pub(super) fn gemm([m, k, n]: [u32; 3], a: Vec<u8>, b: Vec<u8>) -> WorkRequest {
	job(Workload::Gemm(GemmShape { m, k, n }), vec![a, b])
}

/// A product in some form; `a` and `b` as they are stored.
pub(super) fn gemm_in(
	form: Form,
	dims: [u32; 3],
	a: Vec<u8>,
	b: Vec<u8>,
	scales: &[Scale],
) -> WorkRequest {
	let mut request = WorkRequest { params: form.to_params(), ..gemm(dims, a, b) };
	if form.requantise.is_some() {
		request.inputs.push(scales.iter().flat_map(|scale| scale.to_bytes()).collect());
	}
	request
}

/// Scales of which some leave nothing of a sum and some let it overflow int8.
pub(super) fn scales(choices: &mut Choices, count: usize) -> Vec<Scale> {
	let mut scale = || {
		let (multiplier, shift) = match choices.below(8) {
			0 => (i32::MAX, 1),
			1 => (i32::MAX, 62),
			2 => (0, 1 + choices.below(62)),
			3 => (1, 1 + choices.below(20)),
			_ => ((choices.word() >> 1).cast_signed(), 38 + choices.below(14)),
		};
		Scale::new(multiplier, shift)
	};
	(0..count).filter_map(|_| scale()).collect()
}

/// A shader's job, with all the fuel there is.
pub(super) fn wgsl_of(sample: Sample) -> WorkRequest {
	let source = sample.source.into_bytes();
	let call = WgslCall {
		program: Cid::of_raw(&source),
		workgroups: sample.workgroups,
		output_bytes: sample.output_bytes as u32,
	};
	WorkRequest {
		params: sample.params,
		program: Some(source),
		..job(Workload::Wgsl(call), sample.inputs)
	}
}

fn echoes() -> Vec<Case> {
	let some = |count| bytes(&mut Choices::seeded(1), count);
	vec![
		case("echo/one-byte", echo(vec![vec![0xff]], vec![])),
		case("echo/empty-input", echo(vec![vec![]], vec![])),
		case("echo/parameters", echo(vec![], vec![1])),
		case("echo/most-parameters", echo(vec![], some(MAX_PARAMS_BYTES as u32))),
		case("echo/one-chunk", echo(vec![some(1024)], vec![])),
		case("echo/one-byte-over-a-chunk", echo(vec![some(1025)], vec![])),
		case("echo/one-mebibyte-and-one", echo(vec![some((1 << 20) + 1)], vec![])),
		large("echo/largest", echo(vec![vec![7; MAX_DATA_BYTES]], vec![])),
		case("echo/too-large", echo(vec![vec![7; MAX_DATA_BYTES + 1]], vec![])),
		case("echo/too-many-parameters", echo(vec![], some(MAX_PARAMS_BYTES as u32 + 1))),
		case("echo/nothing", echo(vec![], vec![])),
		case("echo/two-inputs", echo(vec![vec![1], vec![2]], vec![])),
		case("echo/input-and-parameters", echo(vec![vec![1]], vec![2])),
	]
}

/// Products in every form, and tables of scales at the edges.
fn forms() -> Vec<Case> {
	let shape = [37, 70, 29];
	let [m, k, n] = shape;
	let Ok(dims) = Dims::new(m, k, n) else { return vec![] };
	let choices = &mut Choices::seeded(23);
	let (a, b) = (bytes(choices, m * k), bytes(choices, k * n));
	let mut cases = Vec::new();
	for form in Form::all() {
		let table = scales(choices, form.scale_count(dims));
		let id = format!("gemm/form-{:02x}", form.to_params().first().copied().unwrap_or_default());
		cases.push(case(&id, gemm_in(form, shape, a.clone(), b.clone(), &table)));
	}
	// One row, so that a column is a sum: from the least to the most, ties among them.
	let by_column = Form { requantise: Some(Axis::Column), ..Form::PLAIN };
	let sums: Vec<u8> = (0..=u8::MAX).collect();
	for (multiplier, shift) in
		[(0, 1), (1, 1), (1, 2), (3, 3), (1, 62), (i32::MAX, 1), (i32::MAX, 31), (i32::MAX, 62)]
	{
		let table: Vec<Scale> =
			Scale::new(multiplier, shift).into_iter().cycle().take(256).collect();
		let request = gemm_in(by_column, [1, 1, 256], vec![1], sums.clone(), &table);
		cases.push(case(&format!("gemm/scale-{multiplier}-{shift}"), request));
	}
	let table = scales(choices, dims.m());
	let by_row = Form { requantise: Some(Axis::Row), ..Form::PLAIN };
	let good = gemm_in(by_row, shape, a, b, &table);
	let spoilt = |id: &str, spoil: &dyn Fn(&mut WorkRequest)| {
		let mut request = good.clone();
		spoil(&mut request);
		case(&format!("gemm/{id}"), request)
	};
	let with_last = |entry: [u8; 8]| {
		move |request: &mut WorkRequest| {
			if let Some(table) = request.inputs.last_mut() {
				table.truncate(table.len().saturating_sub(entry.len()));
				table.extend(entry);
			}
		}
	};
	cases.extend([
		spoilt("shift-zero", &with_last([1, 0, 0, 0, 0, 0, 0, 0])),
		spoilt("shift-63", &with_last([1, 0, 0, 0, 63, 0, 0, 0])),
		spoilt("shift-too-wide", &with_last([1, 0, 0, 0, 1, 1, 0, 0])),
		spoilt("multiplier-negative", &with_last([0, 0, 0, 0x80, 1, 0, 0, 0])),
		spoilt("scale-short", &|request| {
			if let Some(table) = request.inputs.last_mut() {
				table.pop();
			}
		}),
		spoilt("table-missing", &|request| {
			request.inputs.pop();
		}),
		spoilt("flags-unknown", &|request| request.params = vec![0x0c]),
		spoilt("flags-too-many", &|request| request.params.push(0)),
	]);
	cases
}

fn products() -> Vec<Case> {
	let random = |id: &str, dims: [u32; 3]| {
		let [m, k, n] = dims;
		let choices = &mut Choices::seeded(u64::from(m) << 32 | u64::from(n));
		case(&format!("gemm/{id}"), gemm(dims, bytes(choices, m * k), bytes(choices, k * n)))
	};
	let even = |id: &str, dims: [u32; 3], a: i8, b: i8| {
		let [m, k, n] = dims.map(|side| side as usize);
		let (a, b) = (vec![a as u8; m * k], vec![b as u8; k * n]);
		case(&format!("gemm/{id}"), gemm(dims, a, b))
	};
	let plain = gemm([2, 2, 2], vec![1; 4], vec![1; 4]);
	let three = WorkRequest { inputs: vec![vec![1; 4]; 3], ..plain.clone() };
	let one = WorkRequest { inputs: vec![vec![1; 4]], ..plain.clone() };
	let with_params = WorkRequest { params: vec![0], ..plain.clone() };
	vec![
		even("smallest", [1, 1, 1], -128, -128),
		even("least-by-least", [5, 16_384, 6], -128, -128),
		even("least-by-most", [5, 16_384, 6], -128, 127),
		even("most-by-most", [5, 16_384, 6], 127, 127),
		even("zeros", [9, 33, 17], 0, -128),
		random("one-row", [1, 16_384, 1]),
		random("tall", [16_384, 1, 3]),
		random("wide", [3, 2, 16_384]),
		random("odd", [257, 129, 255]),
		random("one-below-a-word", [7, 3, 7]),
		random("one-above-a-word", [9, 5, 9]),
		random("primes", [61, 127, 67]),
		random("whole-blocks", [64, 64, 64]),
		random("one-over-whole-blocks", [65, 65, 65]),
		// Over 2³¹ multiply-adds: more than one dispatch on a device that a driver emulates.
		Case { is_large: true, ..random("several-shards", [1291, 1297, 1301]) },
		Case { is_large: true, ..random("deep-shards", [520, 16_384, 260]) },
		// Matrices of 64 MiB: the largest, and beyond the smallest binding that wgpu promises.
		Case { is_large: true, ..random("largest-result", [4096, 5, 4096]) },
		Case { is_large: true, ..random("largest-input", [4096, 16_384, 2]) },
		even("side-zero", [0, 2, 2], 1, 1),
		even("side-too-long", [1, 16_385, 1], 1, 1),
		case("gemm/short-a", gemm([2, 2, 2], vec![1; 3], vec![1; 4])),
		case("gemm/long-b", gemm([2, 2, 2], vec![1; 4], vec![1; 5])),
		case("gemm/three-inputs", three),
		case("gemm/one-input", one),
		case("gemm/parameters", with_params),
		case("gemm/result-too-large", gemm([16_384, 1, 16_384], vec![1; 16_384], vec![1; 16_384])),
	]
}
