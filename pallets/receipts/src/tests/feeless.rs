//! Who pays no fee: exactly the lease's worker, for exactly the calls that succeed, once (P7).

use crate::{mock::*, *};
use aitbc_primitives::{Cid, Outcome, Receipt};
use frame_support::assert_ok;
use proptest::prelude::*;

fn commit_call(replica: ReplicaIndex, commitment: Hash) -> Call<Test> {
	Call::commit { job: JOB, replica, commitment }
}

fn singles(count: u32) -> Vec<Answer> {
	(0..u64::from(count)).map(|job| Answer::Submit(single(JobId(job)))).collect()
}

#[test]
fn commit_should_be_feeless_once() {
	execute(|| {
		let call = commit_call(0, Hash::zero());
		assert!(!is_feeless(&who(0), &call));
		let_to(JOB, 0, replicated(), &worker(0));
		assert!(is_feeless(&who(0), &call));
		assert!(!is_feeless(&RELAY, &call));
		assert_ok!(dispatch(&who(0), call.clone()));
		assert!(!is_feeless(&who(0), &call));
	});
}

#[test]
fn submit_should_be_feeless_once_and_for_the_worker_only() {
	execute(|| {
		let call = Call::submit { receipt: single(JOB) };
		assert!(!is_feeless(&RELAY, &call));
		assert!(is_feeless(&who(0), &call));
		assert_ok!(dispatch(&who(0), call.clone()));
		assert!(!is_feeless(&who(0), &call));
	});
}

#[test]
fn submit_should_cost_a_fee_when_the_receipt_is_wrong() {
	execute(|| {
		let right = single(JOB);
		let forged = sign(right.receipt.clone(), &worker(1));
		let inflated = sign(Receipt { units: 99, ..right.receipt.clone() }, &worker(0));
		for receipt in [forged, inflated] {
			assert!(!is_feeless(&who(0), &Call::submit { receipt }));
		}
		System::set_block_number(DELIVER_BY + 1);
		assert!(!is_feeless(&who(0), &Call::submit { receipt: right }));
	});
}

#[test]
fn reveal_should_be_feeless_once_and_for_the_worker_only() {
	execute(|| {
		let answers = let_three();
		let call = Call::reveal { receipt: answers[0].clone(), salt: SALT };
		for answer in &answers {
			assert!(!is_feeless(&who(0), &call));
			assert_ok!(commit_to(answer));
		}
		assert!(!is_feeless(&RELAY, &call));
		let other = Call::reveal { receipt: answers[0].clone(), salt: [0; 32] };
		assert!(!is_feeless(&who(0), &other));
		assert!(is_feeless(&who(0), &call));
		assert_ok!(dispatch(&who(0), call.clone()));
		assert!(!is_feeless(&who(0), &call));
	});
}

#[test]
fn batch_should_be_feeless_up_to_sixteen_answers() {
	execute(|| {
		let answers = singles(MAX_FREE_ANSWERS + 1);
		let fits = batch_of(answers[..MAX_FREE_ANSWERS as usize].to_vec());
		assert!(is_feeless(&who(0), &fits));
		assert!(!is_feeless(&RELAY, &fits));
		assert!(!is_feeless(&who(0), &batch_of(answers)));
		assert_ok!(dispatch(&who(0), fits.clone()));
		assert!(!is_feeless(&who(0), &fits));
	});
}

#[test]
fn batch_should_be_feeless_when_it_mixes_submissions_and_reveals() {
	execute(|| {
		let submitted = single(JobId(1));
		let revealed = committed().swap_remove(0);
		let both = vec![Answer::Submit(submitted), Answer::Reveal(revealed, SALT)];
		assert!(is_feeless(&who(0), &batch_of(both)));
	});
}

#[test]
fn batch_should_cost_a_fee_when_one_answer_is_wrong_or_anothers() {
	execute(|| {
		let right = singles(3);
		for place in 0..3 {
			let with = |answer: Answer| {
				let mut answers = right.clone();
				answers[place] = answer;
				is_feeless(&who(0), &batch_of(answers))
			};
			let Answer::Submit(signed) = right[place].clone() else { unreachable!() };
			assert!(with(Answer::Submit(signed.clone())));
			assert!(!with(Answer::Submit(sign(signed.receipt.clone(), &worker(1)))));
			assert!(!with(Answer::Reveal(signed, SALT)));
			let_to(JobId(99), 0, spec(), &worker(1));
			let anothers = sign(receipt(JobId(99), 0, &spec()), &worker(1));
			assert!(!with(Answer::Submit(anothers)));
		}
	});
}

#[test]
fn batch_should_cost_a_fee_when_a_job_is_named_twice() {
	execute(|| {
		let answer = Answer::Submit(single(JOB));
		assert!(!is_feeless(&who(0), &batch_of(vec![answer.clone(), answer])));
		// Not even where one worker holds two replicas, which matching forbids.
		for replica in 0..2 {
			let_to(JobId(1), replica, replicated(), &worker(0));
			let answer = sign(receipt(JobId(1), replica, &replicated()), &worker(0));
			let bound = commitment(&answer, &worker(0), &SALT);
			let call = Call::commit { job: JobId(1), replica, commitment: bound };
			assert_ok!(dispatch(&who(0), call));
		}
		let_to(JobId(1), 2, replicated(), &worker(2));
		let call = Call::commit { job: JobId(1), replica: 2, commitment: Hash::zero() };
		assert_ok!(dispatch(&who(2), call));
		let reveals: Vec<_> = (0..2)
			.map(|replica| {
				let receipt = receipt(JobId(1), replica, &replicated());
				Answer::Reveal(sign(receipt, &worker(0)), SALT)
			})
			.collect();
		assert!(is_feeless(&who(0), &batch_of(reveals[..1].to_vec())));
		assert!(!is_feeless(&who(0), &batch_of(reveals)));
	});
}

/// What may be wrong with an extrinsic.
#[derive(Clone, Copy, Debug)]
struct Twist {
	single: bool,
	signer: u8,
	key: u8,
	state: u8,
	reveals_open: bool,
	late: bool,
	field: u8,
	salt: bool,
	kind: u8,
}

fn any_twist() -> impl Strategy<Value = Twist> {
	(any::<bool>(), 0u8..3, 0u8..6, 0u8..4, any::<bool>(), 0u8..4, 0u8..24, 0u8..6, 0u8..5)
		.prop_map(|(single, signer, key, state, reveals_open, late, field, salt, kind)| Twist {
			single,
			signer,
			key,
			state,
			reveals_open,
			late: late == 0,
			field,
			salt: salt == 0,
			kind,
		})
}

fn twisted(right: Receipt, field: u8) -> Receipt {
	match field {
		0 => Receipt { version: 9, ..right },
		1 => Receipt { genesis: Hash::zero(), ..right },
		2 => Receipt { attempt: 0, ..right },
		3 => Receipt { program: Cid::of_raw(b"x"), ..right },
		4 => Receipt { input_root: Hash::zero(), ..right },
		5 => Receipt { units: right.units + 1, ..right },
		6 => Receipt { outcome: Outcome::OutOfFuel, ..right },
		7 => Receipt { job: JobId(1), ..right },
		8 => Receipt { replica: 1, ..right },
		9 | 10 => failed(right),
		_ => right,
	}
}

/// The call of a twist. A batch carries a second answer that is right beside the twisted one.
fn twisted_call(twist: Twist, answer: SignedReceipt, beside: SignedReceipt) -> Call<Test> {
	let salt = if twist.salt { [0; 32] } else { SALT };
	match twist.kind {
		0 => commit_call(0, commitment(&answer, &worker(0), &salt)),
		1 => Call::submit { receipt: answer },
		2 => Call::reveal { receipt: answer, salt },
		3 => batch_of(vec![Answer::Submit(beside), Answer::Submit(answer)]),
		_ => batch_of(vec![Answer::Reveal(answer, salt), Answer::Submit(beside)]),
	}
}

/// Whether a call does all that it says: of a batch, each answer.
fn succeeds(signer: &AccountId, call: Call<Test>) -> bool {
	take_events();
	let outcome = dispatch(signer, call);
	let failed = take_events().iter().any(|event| matches!(event, Event::BatchItemFailed { .. }));
	outcome.is_ok() && !failed
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(500))]

	/// The exemption is exactly the worker's success, it and the lane are one, and a second call is never
	/// exempt.
	#[test]
	fn feeless_should_mean_that_the_workers_call_succeeds(twist in any_twist()) {
		execute(|| {
			let key = worker(0);
			let spec = if twist.single { spec() } else { replicated() };
			let beside = single(JobId(2));
			let_to(JOB, 0, spec.clone(), &key);
			let signer = if twist.signer == 0 { RELAY } else { account(&key) };
			let signing = if twist.key == 0 { worker(1) } else { key.clone() };
			let answer = sign(twisted(receipt(JOB, 0, &spec), twist.field), &signing);
			if twist.state > 0 {
				let bound = commitment(&answer, &key, &SALT);
				let _refused = dispatch(&account(&key), commit_call(0, bound));
			}
			if twist.reveals_open {
				open_reveals();
			}
			if twist.state > 2 {
				let call = Call::reveal { receipt: answer.clone(), salt: SALT };
				let _refused = dispatch(&RELAY, call);
			}
			if twist.late {
				System::set_block_number(DELIVER_BY + 1);
			}
			let call = twisted_call(twist, answer, beside);
			let feeless = is_feeless(&signer, &call);
			assert_eq!(ReceiptsPallet::lane(&signer, &call).is_some(), feeless);
			let succeeded = succeeds(&signer, call.clone());
			assert_eq!(feeless, succeeded && signer == account(&key));
			assert!(!is_feeless(&signer, &call), "a second call of the same kind was free");
		});
	}
}
