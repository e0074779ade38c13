//! `reveal`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};

#[test]
fn reveal_should_archive_the_receipt_and_hand_on_its_verdict() {
	execute(|| {
		let answers = committed();
		let (receipt, verdict) = (answers[1].receipt.hash(), answers[1].receipt.verdict());
		assert_ok!(reveal(&answers[1], SALT));
		assert_eq!(Receipts::<Test>::get(JOB, 1), Some(answers[1].clone()));
		assert_eq!(seen().last(), Some(&Seen::Answer(JOB, 1, verdict)));
		assert_eq!(take_events(), [Event::ReceiptTaken { job: JOB, replica: 1, receipt, verdict }]);
	});
}

#[test]
fn reveal_should_fail_when_origin_is_not_signed() {
	execute(|| {
		let answers = committed();
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				ReceiptsPallet::reveal(origin, answers[0].clone(), SALT),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn reveal_should_fail_when_not_all_have_committed() {
	execute(|| {
		let answers = let_three();
		assert_noop!(reveal(&answers[0], SALT), Error::<Test>::TooEarly);
		assert_ok!(commit_to(&answers[0]));
		assert_noop!(reveal(&answers[0], SALT), Error::<Test>::TooEarly);
		assert_ok!(commit_to(&answers[1]));
		assert_noop!(reveal(&answers[0], SALT), Error::<Test>::TooEarly);
		assert_ok!(commit_to(&answers[2]));
		assert_ok!(reveal(&answers[0], SALT));
	});
}

#[test]
fn reveal_should_fail_when_the_time_of_reveals_is_over() {
	execute(|| {
		let answers = committed();
		close_reveals();
		assert_noop!(reveal(&answers[0], SALT), Error::<Test>::TooEarly);
	});
}

#[test]
fn reveal_should_fail_when_the_salt_is_another() {
	execute(|| {
		let answers = committed();
		for salt in [[0; 32], [6; 32], [u8::MAX; 32]] {
			assert_noop!(reveal(&answers[0], salt), Error::<Test>::CommitmentMismatch);
		}
		assert_ok!(reveal(&answers[0], SALT));
	});
}

#[test]
fn reveal_should_fail_when_the_receipt_is_not_the_committed_one() {
	execute(|| {
		let answers = committed();
		let changed = sign(failed(answers[0].receipt.clone()), &worker(0));
		assert_noop!(reveal(&changed, SALT), Error::<Test>::CommitmentMismatch);
	});
}

#[test]
fn reveal_should_fail_when_the_committed_receipt_is_void() {
	execute(|| {
		let_three();
		let mut wrong = receipt(JOB, 0, &replicated());
		wrong.units += 1;
		let wrong = sign(wrong, &worker(0));
		assert_ok!(commit_to(&wrong));
		open_reveals();
		assert_noop!(reveal(&wrong, SALT), Error::<Test>::WrongUnits);
	});
}

#[test]
fn reveal_should_fail_when_the_signature_is_not_the_workers() {
	execute(|| {
		let answers = committed();
		let forged = sign(answers[0].receipt.clone(), &worker(1));
		assert_noop!(reveal(&forged, SALT), Error::<Test>::SignatureInvalid);
	});
}

#[test]
fn reveal_should_fail_when_shown_twice() {
	execute(|| {
		let answers = committed();
		assert_ok!(reveal(&answers[0], SALT));
		assert_noop!(reveal(&answers[0], SALT), Error::<Test>::AlreadyAnswered);
	});
}

#[test]
fn reveal_should_fail_when_the_job_is_single_or_unknown() {
	execute(|| {
		let answer = single(JOB);
		assert_noop!(reveal(&answer, SALT), Error::<Test>::MustSubmit);
		end_lease(JOB, 0);
		assert_noop!(reveal(&answer, SALT), Error::<Test>::NoSuchLease);
	});
}

#[test]
fn reveal_should_not_look_at_the_deadline_of_the_first_answer() {
	execute(|| {
		let answers = committed();
		System::set_block_number(DELIVER_BY + 1);
		assert_ok!(reveal(&answers[0], SALT));
	});
}

#[test]
fn reveal_should_be_charged_for_what_it_did() {
	execute(|| {
		let answers = committed();
		let of = |answer: &SignedReceipt, salt| {
			dispatch_in_full(&RELAY, Call::reveal { receipt: answer.clone(), salt })
		};
		let recorded = Some(<() as WeightInfo>::reveal_recorded());
		let refused = of(&answers[0], [0; 32]).expect_err("another salt");
		assert_eq!(refused.post_info.actual_weight, recorded);
		for answer in &answers[..2] {
			assert_eq!(of(answer, SALT).expect("committed").actual_weight, recorded);
		}
		// The last one has the job judged, with as many replicas as it may have.
		let judged = Some(<() as WeightInfo>::reveal_settled(4));
		assert_eq!(of(&answers[2], SALT).expect("committed").actual_weight, judged);
	});
}

#[test]
fn reveal_should_be_charged_in_full_when_jobs_refuses_the_answer() {
	execute(|| {
		let answers = committed();
		refuse_next_answer(DispatchError::Other("refused below"));
		let call = Call::reveal { receipt: answers[0].clone(), salt: SALT };
		let refused = dispatch_in_full(&RELAY, call).expect_err("refused below");
		assert_eq!(refused.post_info.actual_weight, None);
		assert_eq!(Receipts::<Test>::iter().count(), 0);
	});
}
