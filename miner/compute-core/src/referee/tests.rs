use super::*;
use crate::{
	gemm::{
		Axis,
		tests::{Case, any_case},
	},
	merkle::Blake2,
};
use alloc::vec;
use proptest::prelude::*;

/// A case that was answered.
struct Answer {
	case: Case,
	output: Vec<u8>,
	roots: Roots,
}

impl Answer {
	fn of(case: Case, change: impl FnOnce(&mut Vec<u8>)) -> Self {
		let mut output = case.product().quick();
		change(&mut output);
		let roots = Roots::of(&case.product(), &output);
		Self { case, output, roots }
	}

	fn honest(case: Case) -> Self {
		Self::of(case, |_| ())
	}

	fn prove(&self, row: usize, column: usize) -> ElementProof {
		prove_element(&self.case.product(), &self.output, row, column).expect("it is there")
	}

	fn judge(&self, position: (usize, usize), proof: &ElementProof) -> Verdict {
		judge_element::<Blake2>(self.case.dims, self.case.form, &self.roots, position, proof)
	}
}

/// Rows and columns of more than a chunk, which no chunk begins with.
fn long(form: Form) -> Case {
	Case::new((5, 1500, 7), form, 11)
}

fn bad(part: Part) -> Verdict {
	Verdict::BadProof(part)
}

proptest! {
	#[test]
	fn referee_should_find_every_element_right_when_the_answer_is(
		case in any_case(12, 90, 12), picks in any::<[prop::sample::Index; 2]>(),
	) {
		let position = (picks[0].index(case.dims.m()), picks[1].index(case.dims.n()));
		let answer = Answer::honest(case);
		let proof = answer.prove(position.0, position.1);
		prop_assert_eq!(answer.judge(position, &proof), Verdict::Right);
	}

	#[test]
	fn referee_should_find_an_element_wrong_when_it_is(
		case in any_case(12, 90, 12), picks in any::<[prop::sample::Index; 2]>(), bit in 0_u8..8,
	) {
		let position = (picks[0].index(case.dims.m()), picks[1].index(case.dims.n()));
		let at = (position.0 * case.dims.n() + position.1) * case.form.element_bytes();
		let answer = Answer::of(case, |output| output[at] ^= 1 << bit);
		let proof = answer.prove(position.0, position.1);
		prop_assert_eq!(answer.judge(position, &proof), Verdict::Wrong);
		// The lie is in one element only.
		let other = ((position.0 + 1) % answer.case.dims.m(), position.1);
		let verdict = answer.judge(other, &answer.prove(other.0, other.1));
		prop_assert_eq!(verdict == Verdict::Right, other != position);
	}

	#[test]
	fn referee_should_never_call_a_changed_proof_right_or_wrong(
		form in crate::gemm::tests::any_form(), which in 0_usize..8, at in any::<prop::sample::Index>(),
		bit in 0_u8..8,
	) {
		let answer = Answer::honest(long(form));
		let mut proof = answer.prove(3, 4);
		let openings = [
			(Part::Row, Some(&mut proof.row)),
			(Part::Column, Some(&mut proof.column)),
			(Part::Element, Some(&mut proof.element)),
			(Part::Scale, proof.scale.as_mut()),
		];
		let Some((part, Some(opening))) = openings.into_iter().nth(which / 2) else { return Ok(()) };
		match which % 2 {
			0 => {
				let at = at.index(opening.chunks.len());
				opening.chunks[at] ^= 1 << bit;
			}
			_ if opening.siblings.is_empty() => return Ok(()),
			_ => {
				let at = at.index(opening.siblings.len());
				opening.siblings[at][usize::from(bit)] ^= 1;
			}
		}
		prop_assert_eq!(answer.judge((3, 4), &proof), bad(part));
	}

	#[test]
	fn referee_should_not_panic_whatever_the_bytes(
		case in any_case(6, 40, 6), position in any::<[usize; 2]>(),
		chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 4),
		siblings in prop::collection::vec(any::<[u8; 32]>(), 0..4), scale in any::<bool>(),
	) {
		let answer = Answer::honest(case);
		let opening = |index: usize| Opening {
			chunks: chunks[index].clone(), siblings: siblings.clone(),
		};
		let proof = ElementProof {
			row: opening(0), column: opening(1), scale: scale.then(|| opening(2)), element: opening(3),
		};
		for position in [(position[0], position[1]), (0, 0), (usize::MAX, usize::MAX)] {
			prop_assert!(matches!(answer.judge(position, &proof), Verdict::BadProof(_)));
		}
	}
}

#[test]
fn referee_should_refuse_when_the_proof_is_of_another_element() {
	let answer = Answer::honest(long(Form { requantise: Some(Axis::Row), ..Form::PLAIN }));
	let proof = answer.prove(3, 4);
	assert_eq!(answer.judge((3, 4), &proof), Verdict::Right);
	// The chunk of the output holds all elements here, and the row is the same.
	assert_eq!(answer.judge((3, 5), &proof), bad(Part::Column));
	assert_eq!(answer.judge((2, 4), &proof), bad(Part::Row));
	for position in [(5, 0), (0, 7), (usize::MAX, 0), (0, usize::MAX)] {
		assert_eq!(answer.judge(position, &proof), bad(Part::Position));
		assert!(
			prove_element(&answer.case.product(), &answer.output, position.0, position.1).is_none()
		);
	}
}

#[test]
fn referee_should_refuse_when_parts_are_swapped_or_borrowed() {
	// A and B are of one shape, so that their lines have the same lengths.
	let case = Case::new((6, 1500, 6), Form { transpose_b: true, ..Form::PLAIN }, 5);
	let answer = Answer::honest(case);
	let proof = answer.prove(2, 2);
	let mut swapped = proof.clone();
	core::mem::swap(&mut swapped.row, &mut swapped.column);
	assert_eq!(answer.judge((2, 2), &swapped), bad(Part::Row));
	let borrowed = ElementProof { row: answer.prove(3, 2).row, ..proof.clone() };
	assert_eq!(answer.judge((2, 2), &borrowed), bad(Part::Row));
	let borrowed = ElementProof { column: answer.prove(2, 3).column, ..proof.clone() };
	assert_eq!(answer.judge((2, 2), &borrowed), bad(Part::Column));
	// Of another job: its output is not under this root.
	let mut other = Answer::honest(Case::new((6, 1500, 6), answer.case.form, 6));
	assert_eq!(other.judge((2, 2), &proof), bad(Part::Element));
	other.roots.output = answer.roots.output;
	assert_eq!(other.judge((2, 2), &proof), bad(Part::Row));
	other.roots.a = answer.roots.a;
	assert_eq!(other.judge((2, 2), &proof), bad(Part::Column));
}

#[test]
fn referee_should_refuse_when_lengths_are_others() {
	let answer = Answer::honest(long(Form { requantise: Some(Axis::Column), ..Form::PLAIN }));
	let proof = answer.prove(3, 4);
	type Pick = fn(&mut ElementProof) -> &mut Opening;
	let parts: [(Part, Pick); 4] = [
		(Part::Row, |proof| &mut proof.row),
		(Part::Column, |proof| &mut proof.column),
		(Part::Scale, |proof| proof.scale.as_mut().expect("it has one")),
		(Part::Element, |proof| &mut proof.element),
	];
	for (part, opening) in parts {
		let with = |change: &dyn Fn(&mut Opening)| {
			let mut changed = proof.clone();
			change(opening(&mut changed));
			answer.judge((3, 4), &changed)
		};
		assert_eq!(with(&|_| ()), Verdict::Right);
		assert_eq!(with(&|opening| opening.chunks.clear()), bad(part));
		assert_eq!(with(&|opening| opening.chunks.truncate(opening.chunks.len() - 1)), bad(part));
		assert_eq!(with(&|opening| opening.chunks.push(0)), bad(part));
		assert_eq!(with(&|opening| opening.chunks.extend([0; CHUNK_BYTES])), bad(part));
		// Left over.
		assert_eq!(with(&|opening| opening.siblings.push([0; 32])), bad(part));
		assert_eq!(with(&|opening| opening.siblings.extend([[0; 32]; 10_000])), bad(part));
	}
	// One too few.
	let mut short = proof.clone();
	assert!(short.row.siblings.pop().is_some());
	assert_eq!(answer.judge((3, 4), &short), bad(Part::Row));
}

#[test]
fn referee_should_want_a_scale_when_the_form_does_and_only_then() {
	let scaled = Answer::honest(long(Form { requantise: Some(Axis::Row), ..Form::PLAIN }));
	let without = ElementProof { scale: None, ..scaled.prove(1, 1) };
	assert_eq!(scaled.judge((1, 1), &without), bad(Part::Scale));
	let plain = Answer::honest(long(Form::PLAIN));
	let with = ElementProof { scale: scaled.prove(1, 1).scale, ..plain.prove(1, 1) };
	assert_eq!(plain.judge((1, 1), &with), bad(Part::Scale));
	// The scale of another row, in another chunk of the table.
	let case = Case::new((200, 3, 2), scaled.case.form, 3);
	let answer = Answer::honest(case);
	let proof = ElementProof { scale: answer.prove(0, 1).scale, ..answer.prove(199, 1) };
	assert_eq!(answer.judge((199, 1), &proof), bad(Part::Scale));
}

#[test]
fn referee_should_call_an_output_wrong_when_its_committed_scale_is_impossible() {
	let mut answer = Answer::honest(long(Form { requantise: Some(Axis::Row), ..Form::PLAIN }));
	let mut proof = answer.prove(3, 4);
	// A shift of 63 in row 3: no engine gives an output for it.
	let mut table = answer.case.product().scale_table();
	table[3 * SCALE_BYTES + 4] = 63;
	answer.roots.scales = merkle::root(&table);
	proof.scale = Opening::new(&table, place(3, SCALE_BYTES));
	assert_eq!(answer.judge((3, 4), &proof), Verdict::Wrong);
}

#[test]
fn roots_should_be_those_of_the_inputs_when_lines_lie_side_by_side() {
	let case = Case::new((40, 60, 50), Form { transpose_b: true, ..Form::PLAIN }, 1);
	let output = case.product().quick();
	let roots = Roots::of(&case.product(), &output);
	assert_eq!((roots.a, roots.b), (merkle::root(&case.inputs[0]), merkle::root(&case.inputs[1])));
	assert_eq!((roots.scales, roots.output), (merkle::root(&[]), merkle::root(&output)));
	// The same factors, stored otherwise.
	let a: Vec<u8> = (0..60)
		.flat_map(|l| (0..40).map(move |i| (i, l)))
		.map(|(i, l)| case.inputs[0][i * 60 + l])
		.collect();
	let form = Form { transpose_a: true, ..case.form };
	let stored_otherwise = Product::new(case.dims, form, &[&a, &case.inputs[1]]).expect("fits");
	assert_eq!(Roots::of(&stored_otherwise, &output), roots);
}

#[test]
fn proof_should_be_as_short_as_the_documentation_says() {
	let dims = Dims::new(2048, 2048, 2048).expect("within the bounds");
	let zeros = vec![0; 2048 * 2048];
	let form = Form { transpose_b: true, ..Form::PLAIN };
	let product = Product::new(dims, form, &[&zeros, &zeros]).expect("fits");
	let proof = prove_element(&product, &vec![0; dims.output_bytes()], 1000, 1000);
	let proof = proof.expect("it is there");
	let openings = [&proof.row, &proof.column, &proof.element];
	let chunks: usize = openings.iter().map(|opening| opening.chunks.len()).sum();
	let digests: usize = openings.iter().map(|opening| opening.siblings.len()).sum();
	assert_eq!((chunks, digests), (5120, 36));
}
