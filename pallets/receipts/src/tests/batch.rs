//! `submit_batch`.

use crate::{mock::*, *};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
};
use proptest::prelude::*;

fn send(answers: Vec<Answer>) -> DispatchResultWithPostInfo {
	dispatch_in_full(&RELAY, batch_of(answers))
}

/// What [`send`] reports at the end: answers taken and failed.
fn summary() -> (u32, u32) {
	match take_events().last() {
		Some(Event::BatchTaken { taken, failed }) => (*taken, *failed),
		other => unreachable!("a batch ends with its summary: {other:?}"),
	}
}

#[test]
fn submit_batch_should_take_every_answer_in_order() {
	execute(|| {
		let submitted = single(JobId(1));
		let revealed = committed();
		assert_ok!(send(vec![
			Answer::Submit(submitted.clone()),
			Answer::Reveal(revealed[2].clone(), SALT),
		]));
		let taken = |signed: &SignedReceipt| Event::ReceiptTaken {
			job: signed.receipt.job,
			replica: signed.receipt.replica,
			receipt: signed.receipt.hash(),
			verdict: signed.receipt.verdict(),
		};
		assert_eq!(
			take_events(),
			[taken(&submitted), taken(&revealed[2]), Event::BatchTaken { taken: 2, failed: 0 }]
		);
		assert_eq!(Receipts::<Test>::get(JobId(1), 0), Some(submitted));
		assert_eq!(Receipts::<Test>::get(JOB, 2), Some(revealed[2].clone()));
	});
}

#[test]
fn submit_batch_should_take_the_others_when_one_is_bad() {
	for bad in 0..3 {
		execute(|| {
			let mut answers: Vec<_> = (1..=3).map(|job| single(JobId(job))).collect();
			answers[bad] = sign(answers[bad].receipt.clone(), &worker(1));
			assert_ok!(send(answers.iter().cloned().map(Answer::Submit).collect()));
			let index = u32::try_from(bad).expect("small");
			let error = Error::<Test>::SignatureInvalid.into();
			let events = take_events();
			assert_eq!(events[bad], Event::BatchItemFailed { index, error });
			assert_eq!(events.last(), Some(&Event::BatchTaken { taken: 2, failed: 1 }));
			for (place, answer) in answers.into_iter().enumerate() {
				let kept = Receipts::<Test>::get(answer.receipt.job, 0);
				assert_eq!(kept, (place != bad).then_some(answer));
			}
		});
	}
}

#[test]
fn submit_batch_should_undo_what_a_refused_answer_had_changed() {
	execute(|| {
		let answers: Vec<_> = (1..=2).map(|job| Answer::Submit(single(JobId(job)))).collect();
		// Refused by jobs, after the receipt of the first was archived.
		let error = DispatchError::Unavailable;
		refuse_next_answer(error);
		assert_ok!(send(answers));
		let events = take_events();
		assert_eq!(events[0], Event::BatchItemFailed { index: 0, error });
		assert_eq!(events.len(), 3);
		assert_eq!(Receipts::<Test>::iter_keys().collect::<Vec<_>>(), [(JobId(2), 0)]);
	});
}

#[test]
fn submit_batch_should_take_one_of_two_answers_to_one_lease() {
	execute(|| {
		let right = single(JOB);
		let other = sign(failed(right.receipt.clone()), &worker(0));
		let twice = vec![
			Answer::Submit(right.clone()),
			Answer::Submit(right.clone()),
			Answer::Submit(other),
		];
		assert_ok!(send(twice));
		assert_eq!(summary(), (1, 2));
		assert_eq!(answers_seen(), 1);
		assert_eq!(Receipts::<Test>::get(JOB, 0), Some(right));
	});
}

#[test]
fn submit_batch_should_take_all_reveals_of_one_job() {
	execute(|| {
		let answers = committed();
		assert_ok!(send(answers.into_iter().map(|answer| Answer::Reveal(answer, SALT)).collect()));
		assert_eq!(summary(), (3, 0));
	});
}

#[test]
fn submit_batch_should_take_as_many_as_fit_and_no_more() {
	execute(|| {
		let answers: Vec<_> =
			(0..u64::from(MAX_BATCH)).map(|job| Answer::Submit(single(JobId(job)))).collect();
		assert_ok!(send(answers.clone()));
		assert_eq!(summary(), (MAX_BATCH, 0));
		let too_many = [answers.clone(), vec![answers[0].clone()]].concat();
		assert!(Batch::try_from(too_many.clone()).is_err());
		assert!(Batch::decode(&mut &too_many.encode()[..]).is_err());
	});
}

#[test]
fn submit_batch_should_fit_into_a_block_when_all_are_submissions() {
	execute(|| {
		let answers: Vec<_> =
			(0..u64::from(MAX_BATCH)).map(|job| Answer::Submit(single(JobId(job)))).collect();
		let class = Weights::get().get(DispatchClass::Normal).clone();
		let weight = batch_of(answers).get_dispatch_info().call_weight;
		assert!(weight.all_lte(class.max_extrinsic.expect("is limited")));
	});
}

#[test]
fn submit_batch_should_do_nothing_when_it_is_empty() {
	execute(|| {
		assert_ok!(send(Vec::new()));
		assert_eq!(take_events(), [Event::BatchTaken { taken: 0, failed: 0 }]);
		assert!(!is_feeless(&who(0), &batch_of(Vec::new())));
	});
}

#[test]
fn submit_batch_should_fail_when_origin_is_not_signed() {
	execute(|| {
		let answers: Batch = vec![Answer::Submit(single(JOB))].try_into().expect("fits");
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				ReceiptsPallet::submit_batch(origin, answers.clone()),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn submit_batch_should_count_on_judging_each_job_once() {
	execute(|| {
		let answers = committed();
		let reveals: Vec<_> =
			answers.into_iter().map(|answer| Answer::Reveal(answer, SALT)).collect();
		let call = batch_of(reveals);
		let recorded = <() as WeightInfo>::reveal_recorded();
		let own = <() as WeightInfo>::submit_batch(3);
		let most =
			own + <() as WeightInfo>::reveal_settled(MAX_TOTAL_REPLICAS.into()) + recorded * 2;
		assert_eq!(call.get_dispatch_info().call_weight, most);
		let did = own + <() as WeightInfo>::reveal_settled(4) + recorded * 2;
		assert_eq!(dispatch_in_full(&RELAY, call).expect("taken").actual_weight, Some(did));
	});
}

/// An answer that may be right: to one of three single jobs or to one of the three replicas of [`JOB`].
fn any_answer() -> impl Strategy<Value = (u8, u8, u8)> {
	(0u8..6, 0u8..8, 0u8..4)
}

fn answer_of((lease, fault, salt): (u8, u8, u8)) -> Answer {
	let (job, replica, spec) = match lease {
		0..3 => (JobId(u64::from(lease)), 0, spec()),
		_ => (JOB, lease - 3, replicated()),
	};
	let right = receipt(job, replica, &spec);
	let key = worker(if lease < 3 { 0 } else { replica });
	let signed = match fault {
		0 => sign(right, &worker(9)),
		1 => sign(failed(right), &key),
		2 => sign(aitbc_primitives::Receipt { attempt: 0, ..right }, &key),
		_ => sign(right, &key),
	};
	let salt = if salt == 0 { [0; 32] } else { SALT };
	if lease < 3 { Answer::Submit(signed) } else { Answer::Reveal(signed, salt) }
}

fn all_let() {
	for job in 0..3 {
		single(JobId(job));
	}
	committed();
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(100))]

	/// A batch does what its answers do one by one, and never costs more than it said.
	#[test]
	fn batch_should_do_what_its_answers_do_alone(
		shapes in prop::collection::vec(any_answer(), 0..12)
	) {
		// Signatures differ from one time to the next.
		let end = || {
			let kept: Vec<_> = Receipts::<Test>::iter().map(|(_, _, kept)| kept.receipt).collect();
			(kept, seen())
		};
		let mut alone = Vec::new();
		execute(|| {
			all_let();
			let results: Vec<_> = shapes
				.iter()
				.map(|shape| dispatch(&RELAY, call_of(answer_of(*shape))))
				.collect();
			alone.push((end(), results));
		});
		execute(|| {
			all_let();
			let call = batch_of(shapes.iter().copied().map(answer_of).collect());
			let most = call.get_dispatch_info().call_weight;
			let cost = dispatch_in_full(&RELAY, call).expect("a batch as such succeeds");
			assert!(cost.actual_weight.expect("is told").all_lte(most));
			let (state, results) = &alone[0];
			assert_eq!(&end(), state);
			let events = take_events();
			assert_eq!(events.len(), results.len() + 1);
			for (index, (event, result)) in (0u32..).zip(events.iter().zip(results)) {
				match result {
					Ok(()) => assert!(matches!(event, Event::ReceiptTaken { .. })),
					Err(error) => {
						assert_eq!(*event, Event::BatchItemFailed { index, error: *error });
					}
				}
			}
		});
	}
}
