//! `reveal`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};

/// Lets three replicas to workers 0 … 2, who commit to the same right answer.
fn committed() -> Vec<SignedReceipt> {
	let answers = let_three();
	for (replica, answer) in (0..).zip(&answers) {
		let key = worker(replica);
		let commitment = commitment(answer, &key, &SALT);
		assert_ok!(ReceiptsPallet::commit(signed(account(&key)), JOB, replica, commitment));
	}
	open_reveals();
	take_events();
	answers
}

fn let_three() -> Vec<SignedReceipt> {
	(0..3)
		.map(|replica| {
			let_to(JOB, replica, replicated(), &worker(replica));
			sign(receipt(JOB, replica, &replicated()), &worker(replica))
		})
		.collect()
}

fn reveal(answer: &SignedReceipt, salt: [u8; 32]) -> DispatchResult {
	ReceiptsPallet::reveal(signed(RELAY), answer.clone(), salt)
		.map(|_| ())
		.map_err(|failed| failed.error)
}

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
		let key = worker(0);
		assert_noop!(reveal(&answers[0], SALT), Error::<Test>::TooEarly);
		let commitment = commitment(&answers[0], &key, &SALT);
		assert_ok!(ReceiptsPallet::commit(signed(account(&key)), JOB, 0, commitment));
		assert_noop!(reveal(&answers[0], SALT), Error::<Test>::TooEarly);
		open_reveals();
		assert_ok!(reveal(&answers[0], SALT));
		assert_noop!(reveal(&answers[1], SALT), Error::<Test>::TooEarly);
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
		let key = worker(0);
		let mut wrong = receipt(JOB, 0, &replicated());
		wrong.units += 1;
		let wrong = sign(wrong, &key);
		let commitment = commitment(&wrong, &key, &SALT);
		assert_ok!(ReceiptsPallet::commit(signed(account(&key)), JOB, 0, commitment));
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
		let_to(JOB, 0, spec(), &worker(0));
		let answer = sign(receipt(JOB, 0, &spec()), &worker(0));
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
