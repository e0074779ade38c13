//! `submit`.

use crate::{mock::*, *};
use aitbc_primitives::{Cid, GemmShape, MAX_INLINE_BYTES, Outcome, Receipt, Workload};
use frame_support::{BoundedVec, assert_noop, assert_ok};

/// Lets a single job to worker 0 and gives its right answer.
fn leased() -> Receipt {
	let_to(JOB, 0, spec(), &worker(0));
	receipt(JOB, 0, &spec())
}

fn submit(receipt: Receipt) -> DispatchResult {
	ReceiptsPallet::submit(signed(RELAY), sign(receipt, &worker(0)))
}

fn refuse(receipt: Receipt, error: Error<Test>) {
	assert_noop!(submit(receipt), error);
}

#[test]
fn submit_should_archive_the_receipt_and_hand_on_its_verdict() {
	execute(|| {
		let answer = sign(leased(), &worker(0));
		let (receipt, verdict) = (answer.receipt.hash(), answer.receipt.verdict());
		assert_ok!(ReceiptsPallet::submit(signed(account(&worker(0))), answer.clone()));
		assert_eq!(Receipts::<Test>::get(JOB, 0), Some(answer));
		assert_eq!(seen(), [Seen::Answer(JOB, 0, verdict)]);
		assert_eq!(take_events(), [Event::ReceiptTaken { job: JOB, replica: 0, receipt, verdict }]);
	});
}

#[test]
fn submit_should_take_a_relayed_receipt() {
	execute(|| {
		assert_ok!(submit(leased()));
	});
}

#[test]
fn submit_should_fail_when_origin_is_not_signed() {
	execute(|| {
		let answer = sign(leased(), &worker(0));
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(ReceiptsPallet::submit(origin, answer.clone()), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn submit_should_take_a_failure_worth_nothing() {
	execute(|| {
		let answer = failed(leased());
		refuse(Receipt { units: 1, ..answer.clone() }, Error::WrongUnits);
		refuse(Receipt { trace_root: Hash::repeat_byte(1), ..answer.clone() }, Error::WrongOutput);
		assert_ok!(submit(answer.clone()));
		assert_eq!(seen(), [Seen::Answer(JOB, 0, answer.verdict())]);
	});
}

#[test]
fn submit_should_fail_when_the_job_is_replicated() {
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		refuse(receipt(JOB, 0, &replicated()), Error::MustCommit);
	});
}

#[test]
fn submit_should_fail_when_there_is_no_such_lease() {
	execute(|| {
		let right = leased();
		refuse(Receipt { job: JobId(8), ..right.clone() }, Error::NoSuchLease);
		refuse(Receipt { replica: 1, ..right.clone() }, Error::NoSuchLease);
		end_lease(JOB, 0);
		refuse(right, Error::NoSuchLease);
	});
}

#[test]
fn submit_should_fail_when_submitted_twice() {
	execute(|| {
		let right = leased();
		assert_ok!(submit(right.clone()));
		refuse(right.clone(), Error::AlreadyAnswered);
		refuse(failed(right), Error::AlreadyAnswered);
	});
}

#[test]
fn submit_should_be_taken_in_the_last_block_and_not_in_the_next() {
	execute(|| {
		let right = leased();
		System::set_block_number(DELIVER_BY + 1);
		refuse(right.clone(), Error::TooLate);
		System::set_block_number(DELIVER_BY);
		assert_ok!(submit(right));
	});
}

#[test]
fn submit_should_fail_when_a_field_contradicts_the_lease() {
	execute(|| {
		let right = leased();
		let cases = [
			(Receipt { version: 0, ..right.clone() }, Error::WrongVersion),
			(Receipt { version: 2, ..right.clone() }, Error::WrongVersion),
			(Receipt { genesis: Hash::zero(), ..right.clone() }, Error::WrongChain),
			(Receipt { attempt: 0, ..right.clone() }, Error::WrongAttempt),
			(Receipt { attempt: 2, ..right.clone() }, Error::WrongAttempt),
			(Receipt { program: Cid::of_raw(b"other"), ..right.clone() }, Error::WrongProgram),
			(Receipt { input_root: Hash::zero(), ..right.clone() }, Error::WrongInputs),
			(Receipt { units: 0, ..right.clone() }, Error::WrongUnits),
			(Receipt { units: right.units + 1, ..right.clone() }, Error::WrongUnits),
			(Receipt { units: u64::MAX, ..right.clone() }, Error::WrongUnits),
			(Receipt { outcome: Outcome::OutOfFuel, ..right.clone() }, Error::WrongUnits),
			(Receipt { outcome: Outcome::OutOfFuel, units: 0, ..right.clone() }, Error::WrongUnits),
		];
		for (receipt, error) in cases {
			refuse(receipt, error);
		}
		assert_ok!(submit(right));
	});
}

#[test]
fn submit_should_fail_when_inputs_are_in_another_order_or_of_another_shape() {
	execute(|| {
		let right = leased();
		let reversed = spec().inputs.iter().rev().copied().collect();
		let swapped = JobSpec { inputs: BoundedVec::truncate_from(reversed), ..spec() };
		let shape = GemmShape { m: 2, k: 8, n: 4 };
		let reshaped = JobSpec { workload: Workload::Gemm(shape), ..spec() };
		let with_params = JobSpec { params: BoundedVec::truncate_from(vec![0]), ..spec() };
		for other in [swapped, reshaped, with_params] {
			let input_root = other.input_root();
			refuse(Receipt { input_root, ..right.clone() }, Error::WrongInputs);
		}
	});
}

#[test]
fn submit_should_check_the_inline_output_against_its_name() {
	execute(|| {
		let right = leased();
		let with = |output: Cid, inline: Vec<u8>| Receipt {
			outcome: Outcome::Completed { output, inline: BoundedVec::truncate_from(inline) },
			..right.clone()
		};
		refuse(with(Cid::of_raw(b"claimed"), b"shown".to_vec()), Error::WrongOutput);
		refuse(with(Cid::of_raw(b""), vec![0]), Error::WrongOutput);
		// An output that is named only is not on chain: nothing to compare.
		let_to(JobId(1), 0, spec(), &worker(0));
		assert_ok!(submit(Receipt {
			job: JobId(1),
			..with(Cid::of_raw(b"elsewhere"), Vec::new())
		}));
		let largest = vec![9; MAX_INLINE_BYTES as usize];
		assert_ok!(submit(with(Cid::of_raw(&largest), largest)));
	});
}

#[test]
fn submit_should_fail_when_the_signature_is_not_the_workers() {
	execute(|| {
		let right = leased();
		let mut forged = sign(right.clone(), &worker(0));
		forged.signature = sign(failed(right.clone()), &worker(0)).signature;
		for answer in [sign(right.clone(), &worker(1)), forged] {
			assert_noop!(
				ReceiptsPallet::submit(signed(account(&worker(0))), answer),
				Error::<Test>::SignatureInvalid
			);
		}
		let unsigned = SignedReceipt { receipt: right, signature: [0; 64].into() };
		assert_noop!(
			ReceiptsPallet::submit(signed(RELAY), unsigned),
			Error::<Test>::SignatureInvalid
		);
	});
}

#[test]
fn submit_should_change_nothing_when_jobs_refuses_the_answer() {
	execute(|| {
		let answer = sign(leased(), &worker(0));
		let refusal = DispatchError::Other("refused below");
		refuse_next_answer(refusal);
		let call = Call::<Test>::submit { receipt: answer };
		assert_noop!(dispatch(&RELAY, call.clone()), refusal);
		assert_eq!(Receipts::<Test>::iter().count(), 0);
		assert_ok!(dispatch(&RELAY, call));
	});
}

#[test]
fn pruning_should_drop_the_receipts_of_all_replicas_of_that_job_only() {
	execute(|| {
		for job in [JobId(1), JobId(2)] {
			for replica in 0..3 {
				let answer = sign(receipt(job, replica, &spec()), &worker(0));
				Receipts::<Test>::insert(job, replica, answer);
			}
		}
		<ReceiptsPallet as OnJobPruned>::on_job_pruned(JobId(1), 3);
		assert_eq!(Receipts::<Test>::iter_prefix(JobId(1)).count(), 0);
		assert_eq!(Receipts::<Test>::iter_prefix(JobId(2)).count(), 3);
	});
}
