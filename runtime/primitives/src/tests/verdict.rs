//! Which answer counts: compared with counting by hand over every small case.

use super::*;
use crate::verdict::decide;
use proptest::prelude::*;

/// Four answers that differ in one thing each.
fn answers() -> [Verdict; 4] {
	let output = Cid::of_raw(b"out");
	[
		Verdict::Completed { output, trace_root: Hash::zero() },
		Verdict::Completed { output, trace_root: Hash::repeat_byte(1) },
		Verdict::Failed(FailureCode::ProgramInvalid),
		Verdict::OutOfFuel,
	]
}

fn brute_force(revealed: &[Verdict], quorum: u8) -> Option<Verdict> {
	answers().into_iter().find(|answer| {
		revealed.iter().filter(|other| *other == answer).count() >= usize::from(quorum)
	})
}

#[test]
fn decide_should_equal_brute_force_when_every_small_case_is_tried() {
	let answers = answers();
	for replicas in 1..=MAX_REPLICAS {
		for code in 0..4u32.pow(replicas.into()) {
			let revealed: Vec<_> = (0..u32::from(replicas))
				.map(|position| answers[(code / 4u32.pow(position) % 4) as usize])
				.collect();
			for quorum in replicas / 2 + 1..=replicas {
				assert_eq!(decide(&revealed, quorum), brute_force(&revealed, quorum));
			}
		}
	}
}

#[test]
fn decide_should_answer_none_when_nobody_revealed() {
	for quorum in 1..=u8::MAX {
		assert_eq!(decide(&[], quorum), None);
	}
}

#[test]
fn decide_should_want_every_bit_equal_when_only_the_trace_differs() {
	let [one, other, ..] = answers();
	assert_eq!(decide(&[one, other], 2), None);
	assert_eq!(decide(&[one, one], 2), Some(one));
	assert_eq!(decide(&[one, other, one], 2), Some(one));
}

#[test]
fn decide_should_let_failures_win_when_a_quorum_reports_the_same_one() {
	let same = Verdict::Failed(FailureCode::InputUnavailable);
	let different = Verdict::Failed(FailureCode::DeviceFault);
	assert_eq!(decide(&[same, same, different], 2), Some(same));
	assert_eq!(decide(&[same, different], 2), None);
}

proptest! {
	#[test]
	fn decide_should_not_depend_on_the_order_when_answers_are_shuffled(
		revealed in prop::collection::vec(0..4usize, 1..=MAX_REPLICAS as usize)
			.prop_map(|picks| picks.into_iter().map(|pick| answers()[pick]).collect::<Vec<_>>())
			.prop_shuffle(),
		extra in 0..MAX_REPLICAS,
	) {
		let majority = revealed.len() as u8 / 2 + 1;
		let quorum = (majority + extra).min(revealed.len() as u8);
		let mut sorted = revealed.clone();
		sorted.sort();
		prop_assert_eq!(decide(&revealed, quorum), decide(&sorted, quorum));
	}
}
