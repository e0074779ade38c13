//! What can be asked without a transaction.

use crate::{mock::*, *};
use frame_support::assert_ok;

#[test]
fn receipts_of_should_list_a_jobs_receipts_by_replica() {
	execute(|| {
		let answers = committed();
		for replica in [2, 0, 1] {
			assert_ok!(reveal(&answers[replica], SALT));
		}
		assert_ok!(submit(single(JobId(8))));
		let expected: Vec<_> = (0..).zip(answers).collect();
		assert_eq!(ReceiptsPallet::receipts_of(JOB), expected);
		assert_eq!(ReceiptsPallet::receipts_of(JobId(9)), []);
	});
}

#[test]
fn due_should_tell_what_a_lease_waits_for() {
	execute(|| {
		assert_eq!(ReceiptsPallet::due(JOB, 0), None);
		let answers = let_three();
		assert_eq!(ReceiptsPallet::due(JOB, 0), Some(Step::Commit));
		assert_ok!(commit_to(&answers[0]));
		// The others have not committed.
		assert_eq!(ReceiptsPallet::due(JOB, 0), None);
		for answer in &answers[1..] {
			assert_ok!(commit_to(answer));
		}
		assert_eq!(ReceiptsPallet::due(JOB, 0), Some(Step::Reveal));
		assert_ok!(reveal(&answers[0], SALT));
		assert_eq!(ReceiptsPallet::due(JOB, 0), None);
		single(JobId(8));
		assert_eq!(ReceiptsPallet::due(JobId(8), 0), Some(Step::Submit));
		System::set_block_number(DELIVER_BY);
		assert_eq!(ReceiptsPallet::due(JobId(8), 0), Some(Step::Submit));
		System::set_block_number(DELIVER_BY + 1);
		assert_eq!(ReceiptsPallet::due(JobId(8), 0), None);
	});
}

#[test]
fn try_answer_should_tell_what_the_call_would() {
	execute(|| {
		let right = single(JobId(8));
		let revealed = committed().swap_remove(0);
		let cases = [
			Answer::Submit(right.clone()),
			Answer::Submit(sign(right.receipt.clone(), &worker(1))),
			Answer::Submit(revealed.clone()),
			Answer::Reveal(revealed.clone(), SALT),
			Answer::Reveal(revealed, [0; 32]),
			Answer::Reveal(right, SALT),
			Answer::Submit(sign(receipt(JobId(9), 0, &spec()), &worker(0))),
		];
		for answer in cases {
			let before = sp_io::storage::root(Default::default());
			let told = ReceiptsPallet::try_answer(answer.clone());
			assert_eq!(sp_io::storage::root(Default::default()), before);
			assert_eq!(told, dispatch(&RELAY, call_of(answer)));
		}
	});
}
