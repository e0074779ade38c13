//! The lane: which calls have one, its tags, and what is asked to find out.

use crate::{mock::*, *};
use frame_support::assert_ok;
use std::collections::BTreeSet;

fn tags(who: &AccountId, call: &Call<Test>) -> Vec<Vec<u8>> {
	ReceiptsPallet::lane(who, call).expect("is free").provides
}

fn commit_call(commitment: Hash) -> Call<Test> {
	Call::commit { job: JOB, replica: 0, commitment }
}

#[test]
fn lane_should_name_the_step_and_not_what_is_said_in_it() {
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		let one = tags(&who(0), &commit_call(Hash::zero()));
		assert_eq!(one.len(), 1);
		assert_eq!(one, tags(&who(0), &commit_call(Hash::repeat_byte(1))));
		let right = single(JobId(1));
		let other = sign(failed(right.receipt.clone()), &worker(0));
		assert_eq!(
			tags(&who(0), &Call::submit { receipt: right }),
			tags(&who(0), &Call::submit { receipt: other })
		);
	});
}

#[test]
fn lane_should_differ_by_job_replica_attempt_and_step() {
	execute(|| {
		let mut seen = BTreeSet::new();
		let mut add = |tags: Vec<Vec<u8>>| {
			for tag in tags {
				assert!(seen.insert(tag), "two steps share a tag");
			}
		};
		add(tags(&who(0), &Call::submit { receipt: single(JobId(1)) }));
		add(tags(&who(0), &Call::submit { receipt: single(JobId(2)) }));
		change_lease(JobId(1), 0, |lease| lease.attempt = 2);
		let again = aitbc_primitives::Receipt { attempt: 2, ..receipt(JobId(1), 0, &spec()) };
		add(tags(&who(0), &Call::submit { receipt: sign(again, &worker(0)) }));
		let answers = let_three();
		for replica in 0..3 {
			let call = Call::commit { job: JOB, replica, commitment: Hash::zero() };
			add(tags(&who(replica), &call));
		}
		for answer in &answers {
			assert_ok!(commit_to(answer));
		}
		for (replica, receipt) in (0..).zip(answers) {
			add(tags(&who(replica), &Call::reveal { receipt, salt: SALT }));
		}
		assert_eq!(seen.len(), 9);
	});
}

#[test]
fn lane_of_a_batch_should_have_the_tags_of_its_answers() {
	execute(|| {
		let (first, second) = (single(JobId(1)), single(JobId(2)));
		let reveal = committed().swap_remove(0);
		let alone = [
			tags(&who(0), &Call::submit { receipt: first.clone() }),
			tags(&who(0), &Call::submit { receipt: second.clone() }),
			tags(&who(0), &Call::reveal { receipt: reveal.clone(), salt: SALT }),
		]
		.concat();
		let answers =
			vec![Answer::Submit(first), Answer::Submit(second), Answer::Reveal(reveal, SALT)];
		assert_eq!(tags(&who(0), &batch_of(answers)), alone);
	});
}

#[test]
fn lane_should_look_at_one_lease_when_the_first_is_anothers() {
	execute(|| {
		let answers: Vec<_> = (0..u64::from(MAX_FREE_ANSWERS))
			.map(|job| Answer::Submit(single(JobId(job))))
			.collect();
		let (lane, asked) = asked(|| ReceiptsPallet::lane(&RELAY, &batch_of(answers)));
		assert_eq!((lane, asked), (None, (1, 0)));
	});
}

#[test]
fn lane_should_check_no_terms_when_the_last_is_anothers() {
	// Only terms ask whether reveals are open, and only after the terms a signature is checked.
	execute(|| {
		let own = committed().swap_remove(0);
		let_to(JobId(1), 0, spec(), &worker(1));
		let anothers = sign(receipt(JobId(1), 0, &spec()), &worker(1));
		let answers = vec![Answer::Reveal(own.clone(), SALT), Answer::Submit(anothers)];
		let (lane, question) = asked(|| ReceiptsPallet::lane(&who(0), &batch_of(answers)));
		assert_eq!((lane, question), (None, (2, 0)));
		let call = batch_of(vec![Answer::Reveal(own, SALT)]);
		let (lane, question) = asked(|| ReceiptsPallet::lane(&who(0), &call));
		assert_eq!((lane.is_some(), question), (true, (1, 1)));
	});
}

#[test]
fn lane_should_look_at_each_lease_once_when_all_are_free() {
	execute(|| {
		let answers: Vec<_> = (0..u64::from(MAX_FREE_ANSWERS))
			.map(|job| Answer::Submit(single(JobId(job))))
			.collect();
		let (lane, question) = asked(|| ReceiptsPallet::lane(&who(0), &batch_of(answers)));
		assert_eq!((lane.is_some(), question), (true, (MAX_FREE_ANSWERS, 0)));
	});
}

#[test]
fn lane_should_look_at_nothing_when_the_batch_is_too_long_or_names_a_job_twice() {
	execute(|| {
		let answers: Vec<_> = (0..u64::from(MAX_FREE_ANSWERS) + 1)
			.map(|job| Answer::Submit(single(JobId(job))))
			.collect();
		let twice = vec![answers[0].clone(), answers[1].clone(), answers[0].clone()];
		for batch in [answers, twice, Vec::new()] {
			let (lane, question) = asked(|| ReceiptsPallet::lane(&who(0), &batch_of(batch)));
			assert_eq!((lane, question), (None, (0, 0)));
		}
	});
}

#[test]
fn lane_should_have_the_priority_only_when_it_is_the_next_of_its_account() {
	let lane = Lane { provides: vec![vec![1]] };
	assert_eq!(lane.clone().validity(true).priority, LANE_PRIORITY);
	assert_eq!(lane.validity(false).priority, 0);
}

#[test]
fn terms_should_be_told_before_the_signature() {
	execute(|| {
		let right = single(JOB).receipt;
		let wrong = aitbc_primitives::Receipt { units: 0, ..right };
		let forged = SignedReceipt { receipt: wrong, signature: [0; 64].into() };
		assert_eq!(submit(forged), Err(Error::<Test>::WrongUnits.into()));
	});
}
