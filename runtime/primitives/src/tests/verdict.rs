//! Which answer counts: compared with counting by hand over every small case.

use super::*;
use crate::verdict::{decide, within_reach};
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

#[test]
fn decide_should_find_at_most_one_answer_when_tie_breakers_are_asked_one_at_a_time() {
	let [one, other, failed, ..] = answers();
	for replicas in 2..=MAX_REPLICAS {
		for quorum in replicas / 2 + 1..=replicas {
			for code in 0..3u32.pow(u32::from(replicas) + 2) {
				let pick = |position: u8| code / 3u32.pow(position.into()) % 3;
				let all: Vec<_> = (0..replicas + MAX_TIE_BREAKERS)
					.map(|position| [one, other, failed][pick(position) as usize])
					.collect();
				for asked in usize::from(replicas)..=all.len() {
					let Some(decided) = decide(&all[..asked], quorum) else { continue };
					let enough = |answer: &Verdict| {
						all[..asked].iter().filter(|given| *given == answer).count()
							>= usize::from(quorum)
					};
					let reached = [one, other, failed].iter().filter(|a| enough(a)).count();
					assert_eq!((reached, enough(&decided)), (1, true));
					break;
				}
			}
		}
	}
}

#[test]
fn within_reach_should_say_whether_equal_answers_would_decide() {
	let [one, other, failed, ..] = answers();
	// A liar of two: the third decides.
	assert!(within_reach(&[one, other], 2, 1));
	// Somebody withheld.
	assert!(within_reach(&[one], 2, 1));
	assert!(!within_reach(&[one], 3, 1));
	// Nobody revealed.
	assert!(!within_reach(&[], 2, 1));
	assert!(within_reach(&[], 2, 2));
	// Unanimity was asked for.
	assert!(!within_reach(&[one, other, failed], 3, 1));
	assert!(within_reach(&[one, other, failed], 3, 2));
	assert!(within_reach(&[failed, one, failed], 3, 1));
}

proptest! {
	/// Within reach exactly if there are further answers with which [`decide`] finds one.
	#[test]
	fn within_reach_should_agree_with_decide_when_every_answer_is_tried(
		picks in prop::collection::vec(0..4usize, 0..=MAX_REPLICAS as usize),
		quorum in 1..=MAX_REPLICAS,
		further in 0..=MAX_TIE_BREAKERS,
	) {
		let revealed: Vec<_> = picks.iter().map(|pick| answers()[*pick]).collect();
		let decides = answers().into_iter().any(|answer| {
			let mut all = revealed.clone();
			all.extend(vec![answer; further.into()]);
			decide(&all, quorum).is_some()
		});
		prop_assert_eq!(within_reach(&revealed, quorum, further), decides);
	}

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
