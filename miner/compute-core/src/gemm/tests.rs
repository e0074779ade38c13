use super::*;
use alloc::vec;
use proptest::prelude::*;

fn dims(m: u32, k: u32, n: u32) -> Dims {
	Dims::new(m, k, n).expect("within the bounds")
}

/// Numbers for tests, the same for the same seed.
pub(crate) fn numbers(seed: u64) -> impl FnMut() -> u32 {
	let mut state = seed | 1;
	move || {
		state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
		(state >> 32) as u32
	}
}

/// A product's inputs, which any form may take.
#[derive(Clone, Debug)]
pub(crate) struct Case {
	pub dims: Dims,
	pub form: Form,
	pub inputs: Vec<Vec<u8>>,
}

impl Case {
	pub fn new((m, k, n): (u32, u32, u32), form: Form, seed: u64) -> Self {
		let dims = dims(m, k, n);
		let mut next = numbers(seed);
		// A quarter of the elements is extreme.
		let mut bytes = |count: usize| -> Vec<u8> {
			let byte = |number: u32| if number >> 30 == 0 { 0x80 } else { (number >> 8) as u8 };
			(0..count).map(|_| byte(next())).collect()
		};
		let mut inputs = vec![bytes(dims.m * dims.k), bytes(dims.k * dims.n)];
		if form.requantise.is_some() {
			// Most scales bring a typical sum into the range of int8, some do anything.
			let scale = |_| match next() % 4 {
				0 => Scale::new((next() >> 1) as i32, next() % 62 + 1),
				_ => Scale::new((next() >> 1 | 1 << 30) as i32, 35 + next() % 8),
			};
			let scales = (0..form.scale_count(dims)).map(scale);
			inputs.push(scales.flat_map(|scale| scale.expect("is valid").to_bytes()).collect());
		}
		Self { dims, form, inputs }
	}

	pub fn product(&self) -> Product<'_> {
		let inputs: Vec<&[u8]> = self.inputs.iter().map(Vec::as_slice).collect();
		Product::new(self.dims, self.form, &inputs).expect("the inputs fit")
	}
}

pub(crate) fn any_form() -> impl Strategy<Value = Form> {
	prop::sample::select(Form::all().collect::<Vec<_>>())
}

/// Products with dimensions below these.
pub(crate) fn any_case(m: u32, k: u32, n: u32) -> impl Strategy<Value = Case> {
	((1..m, 1..k, 1..n), any_form(), any::<u64>())
		.prop_map(|(shape, form, seed)| Case::new(shape, form, seed))
}

fn little_endian(values: &[i32]) -> Vec<u8> {
	values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[test]
fn gemm_should_give_the_known_product() {
	// [1 2; -3 4] · [5 6; 7 -128]
	let a = [1, 2, 0xfd, 4];
	let b = [5, 6, 7, 0x80];
	let expected = little_endian(&[19, -250, 13, -530]);
	assert_eq!(gemm_reference(dims(2, 2, 2), &a, &b), Ok(expected));
}

#[test]
fn gemm_should_give_the_known_product_when_factors_are_transposed() {
	// [1 2 3; 4 5 6] · [1 -1; 0 2; -3 1] = [-8 6; -14 12]
	let (a, a_transposed) = ([1, 2, 3, 4, 5, 6], [1, 4, 2, 5, 3, 6]);
	let (b, b_transposed) = ([1, 0xff, 0, 2, 0xfd, 1], [1, 0, 0xfd, 0xff, 2, 1]);
	let expected = little_endian(&[-8, 6, -14, 12]);
	for (transpose_a, transpose_b) in [(false, false), (false, true), (true, false), (true, true)] {
		let a = if transpose_a { &a_transposed } else { &a };
		let b = if transpose_b { &b_transposed } else { &b };
		let form = Form { transpose_a, transpose_b, requantise: None };
		let product = Product::new(dims(2, 3, 2), form, &[a, b]).expect("sizes fit");
		assert_eq!(product.reference(), expected, "{form:?}");
	}
}

#[test]
fn gemm_should_give_the_known_bytes_when_it_requantises() {
	// [10; -10] · [1 3] = [10 30; -10 -30]; a half and a quarter, by row and by column.
	let scales = [Scale::new(1, 1), Scale::new(1, 2)];
	let table: Vec<u8> =
		scales.iter().flat_map(|scale| scale.expect("is valid").to_bytes()).collect();
	for (axis, expected) in [(Axis::Row, [5, 15, -2_i8, -7]), (Axis::Column, [5, 8, -5, -7])] {
		let form = Form { requantise: Some(axis), ..Form::PLAIN };
		let product = Product::new(dims(2, 1, 2), form, &[&[10, 0xf6], &[1, 3], &table]);
		let output = product.expect("sizes fit").reference();
		assert_eq!(output, expected.map(|value| value.to_le_bytes()[0]), "{axis:?}");
	}
}

#[test]
fn requantise_should_round_to_nearest_and_up_when_between() {
	let half = Scale::new(1, 1).expect("is valid");
	for (sum, expected) in
		[(-5, -2), (-4, -2), (-3, -1), (-2, -1), (-1, 0), (0, 0), (1, 1), (2, 1), (3, 2)]
	{
		assert_eq!(half.requantise(sum), expected, "{sum} / 2");
	}
	let quarter = Scale::new(1, 2).expect("is valid");
	for (sum, expected) in [(-3, -1), (-2, 0), (-1, 0), (1, 0), (2, 1), (3, 1)] {
		assert_eq!(quarter.requantise(sum), expected, "{sum} / 4");
	}
}

#[test]
fn requantise_should_clamp_and_never_overflow_when_everything_is_extreme() {
	for (sum, high) in [(i32::MAX, true), (1 << 28, true), (i32::MIN, false), (-(1 << 28), false)] {
		let clamped = if high { 127 } else { -128 };
		let largest = |shift| Scale::new(i32::MAX, shift).expect("is valid").requantise(sum);
		assert_eq!(largest(1), clamped);
		assert_eq!(largest(31), clamped);
		// Less than a half of a half of everything.
		assert!((-1..=1).contains(&largest(62)), "{sum}");
		assert_eq!(Scale::new(0, 62).map(|zero| zero.requantise(sum)), Some(0));
	}
	let one = |sum| Scale::new(1 << 30, 30).expect("is valid").requantise(sum);
	let around = [-129, -128, -127, 126, 127, 128].map(one);
	assert_eq!(around, [-128, -128, -127, 126, 127, 127]);
}

#[test]
fn scale_should_be_refused_when_out_of_bounds() {
	assert!(Scale::new(-1, 1).is_none() && Scale::new(i32::MIN, 1).is_none());
	assert!(Scale::new(1, 0).is_none() && Scale::new(1, 63).is_none());
	assert!(Scale::new(1, u32::MAX).is_none());
	for (multiplier, shift) in [(0, 1), (0, 62), (i32::MAX, 1), (i32::MAX, 62)] {
		let scale = Scale::new(multiplier, shift).expect("within the bounds");
		assert_eq!(Scale::from_bytes(scale.to_bytes()), Some(scale));
	}
	let form = Form { requantise: Some(Axis::Column), ..Form::PLAIN };
	let with = |table: &[u8]| Product::new(dims(1, 1, 2), form, &[&[1], &[2, 3], table]).map(drop);
	let good = [1, 0, 0, 0, 1, 0, 0, 0];
	let bad = [1, 0, 0, 0, 63, 0, 0, 0];
	assert_eq!(with(&[good, good].concat()), Ok(()));
	let error = GemmError::Scale { index: 1, multiplier: 1, shift: 63 };
	assert_eq!(with(&[good, bad].concat()), Err(error));
	for length in [0, 8, 15, 17, 24] {
		let error = GemmError::ScalesSize { entries: 2, expected: 16, actual: length };
		assert_eq!(with(&vec![1; length]), Err(error));
	}
}

#[test]
fn form_should_read_what_it_writes_and_nothing_else() {
	assert_eq!(Form::all().count(), 12);
	for form in Form::all() {
		assert_eq!(Form::from_params(&form.to_params()), Ok(form));
	}
	assert_eq!(Form::PLAIN.to_params(), []);
	for flags in 0..=u8::MAX {
		match Form::from_params(&[flags]) {
			Ok(form) => assert_eq!(form.to_params(), [flags]),
			Err(error) => assert_eq!(error, GemmError::Flags { flags }),
		}
		assert_eq!(Form::from_params(&[flags]).is_ok(), (1..=11).contains(&flags));
	}
	assert_eq!(Form::from_params(&[1, 0]), Err(GemmError::Params { bytes: 2 }));
	let every_bit = Form { transpose_a: true, transpose_b: true, requantise: Some(Axis::Column) };
	assert_eq!(every_bit.to_params(), [0b1011]);
}

#[test]
fn product_should_be_refused_when_its_inputs_are_of_another_count() {
	let one: &[u8] = &[1];
	let scale: &[u8] = &[1, 0, 0, 0, 1, 0, 0, 0];
	for form in Form::all() {
		for inputs in [&[][..], &[one], &[one, one], &[one, one, scale], &[one, one, scale, scale]]
		{
			let product = Product::new(dims(1, 1, 1), form, inputs).map(drop);
			let expected = form.inputs();
			let error = GemmError::Inputs { expected, actual: inputs.len() };
			assert_eq!(product, if inputs.len() == expected { Ok(()) } else { Err(error) });
		}
	}
}

#[test]
fn gemm_should_be_exact_when_every_element_is_extreme() {
	let shape = dims(1, MAX_DIM, 1);
	let lowest = vec![0x80; MAX_DIM as usize];
	let expected = (16_384_i32 * 16_384).to_le_bytes().to_vec();
	assert_eq!(gemm_reference(shape, &lowest, &lowest), Ok(expected.clone()));
	assert_eq!(gemm_quick(shape, &lowest, &lowest), Ok(expected));
}

#[test]
fn gemm_should_refuse_a_matrix_of_another_size() {
	let shape = dims(2, 3, 4);
	let short = gemm_reference(shape, &[0; 5], &[0; 12]);
	let error = GemmError::Size { name: "A", rows: 2, columns: 3, expected: 6, actual: 5 };
	assert_eq!(short, Err(error));
	assert!(gemm_quick(shape, &[0; 6], &[0; 13]).is_err());
	let message = alloc::string::ToString::to_string(&error);
	assert_eq!(message, "matrix A has 5 bytes, its shape 2 × 3 needs 6");
	let form = Form { transpose_b: true, ..Form::PLAIN };
	let error = GemmError::Size { name: "B", rows: 4, columns: 3, expected: 12, actual: 1 };
	assert_eq!(Product::new(shape, form, &[&[0; 6], &[0]]).map(drop), Err(error));
}

#[test]
fn dims_should_be_refused_when_out_of_bounds() {
	assert_eq!(Dims::new(0, 1, 1), Err(GemmError::Dimension { name: "m", value: 0 }));
	let large = MAX_DIM + 1;
	assert_eq!(Dims::new(1, 1, large), Err(GemmError::Dimension { name: "n", value: large }));
	assert!(Dims::new(MAX_DIM, 1, 1024).is_ok());
	assert!(matches!(Dims::new(MAX_DIM, 1, 1025), Err(GemmError::TooLarge { name: "C", .. })));
}

proptest! {
	#[test]
	fn lines_should_be_the_same_however_they_are_stored(
		count in 1_usize..9, k in 1_usize..9, seed in any::<u64>(),
	) {
		let mut next = numbers(seed);
		let bytes: Vec<u8> = (0..count * k).map(|_| next() as u8).collect();
		let transposed: Vec<u8> =
			(0..k).flat_map(|l| bytes.iter().skip(l).step_by(k).copied().collect::<Vec<_>>()).collect();
		let side_by_side = Lines { bytes: &bytes, count, k, contiguous: true };
		let apart = Lines { bytes: &transposed, count, k, contiguous: false };
		for index in 0..count {
			let line: Vec<i8> = side_by_side.line(index).collect();
			prop_assert_eq!(line.len(), k);
			prop_assert_eq!(line, apart.line(index).collect::<Vec<_>>());
		}
		prop_assert_eq!(side_by_side.line(count).count() + apart.line(count).count(), 0);
	}
}
