//! `submit`.

use crate::{mock::*, *};
use aitbc_primitives::{
	Cid, FailureCode, GemmShape, MAX_INLINE_BYTES, Outcome, Receipt, WgslCall, Workload,
};
use frame_support::{assert_noop, assert_ok};

/// Lets a single job to worker 0 and gives its right answer.
fn leased() -> Receipt {
	let_to(JOB, 0, spec(), &worker(0));
	receipt(JOB, 0, &spec())
}

fn submit(receipt: Receipt) -> DispatchResult {
	crate::mock::submit(sign(receipt, &worker(0)))
}

fn refuse(receipt: Receipt, error: Error<Test>) {
	assert_noop!(submit(receipt), error);
}

/// A shader of ten units, whose fuel may run out.
fn shader() -> JobSpec {
	let workload = Workload::Wgsl(WgslCall {
		program: Cid::of_raw(b"@compute"),
		workgroups: [1, 1, 1],
		output_bytes: 4,
	});
	JobSpec { workload, ..spec() }
}

fn out_of_fuel(spec: &JobSpec) -> Receipt {
	Receipt { outcome: Outcome::OutOfFuel, trace_root: Hash::zero(), ..receipt(JOB, 0, spec) }
}

#[test]
fn submit_should_archive_the_receipt_and_hand_on_its_verdict() {
	execute(|| {
		let answer = sign(leased(), &worker(0));
		let (receipt, verdict) = (answer.receipt.hash(), answer.receipt.verdict());
		assert_ok!(ReceiptsPallet::submit(signed(who(0)), answer.clone()));
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
fn submit_should_take_every_failure_worth_nothing() {
	use FailureCode::*;
	let codes =
		[ProgramInvalid, ProgramRefused, InputInvalid, TimedOut, InputUnavailable, DeviceFault];
	for code in codes {
		execute(|| {
			let answer = Receipt { outcome: Outcome::Failed { code }, ..failed(leased()) };
			refuse(Receipt { units: 1, ..answer.clone() }, Error::WrongUnits);
			let with_trace = Receipt { trace_root: Hash::repeat_byte(1), ..answer.clone() };
			refuse(with_trace, Error::WrongOutput);
			assert_ok!(submit(answer));
			assert_eq!(seen(), [Seen::Answer(JOB, 0, Verdict::Failed(code))]);
		});
	}
}

#[test]
fn submit_should_take_out_of_fuel_for_the_whole_budget_when_it_is_a_shader() {
	execute(|| {
		let_to(JOB, 0, shader(), &worker(0));
		let answer = out_of_fuel(&shader());
		assert_eq!(answer.units, shader().units_limit);
		assert_ok!(submit(answer));
		assert_eq!(seen(), [Seen::Answer(JOB, 0, Verdict::OutOfFuel)]);
	});
}

#[test]
fn submit_should_fail_when_out_of_fuel_has_other_units_or_a_trace() {
	execute(|| {
		let_to(JOB, 0, shader(), &worker(0));
		let right = out_of_fuel(&shader());
		for units in [0, right.units - 1, right.units + 1, u64::MAX] {
			refuse(Receipt { units, ..right.clone() }, Error::WrongUnits);
		}
		let trace_root = Hash::repeat_byte(1);
		refuse(Receipt { trace_root, ..right }, Error::WrongOutput);
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
		let unsigned = SignedReceipt { receipt: right.clone(), signature: [0; 64].into() };
		for answer in [sign(right, &worker(1)), forged, unsigned] {
			assert_noop!(crate::mock::submit(answer), Error::<Test>::SignatureInvalid);
		}
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
fn submit_should_be_charged_for_the_checks_only_when_it_is_refused() {
	execute(|| {
		let right = sign(leased(), &worker(0));
		let call = Call::<Test>::submit { receipt: sign(failed(leased()), &worker(1)) };
		let refused = dispatch_in_full(&RELAY, call).expect_err("signed by another");
		let weight = <() as WeightInfo>::reveal_recorded();
		assert_eq!(refused.post_info.actual_weight, Some(weight));
		let taken = dispatch_in_full(&RELAY, Call::<Test>::submit { receipt: right });
		assert_eq!(
			taken.expect("the right answer").actual_weight,
			Some(<() as WeightInfo>::submit())
		);
	});
}

#[test]
fn pruning_should_drop_the_receipts_of_all_replicas_of_that_job_only() {
	execute(|| {
		for job in [JobId(1), JobId(2)] {
			for replica in 0..MAX_TOTAL_REPLICAS {
				let answer = sign(receipt(job, replica, &spec()), &worker(0));
				Receipts::<Test>::insert(job, replica, answer);
			}
		}
		<ReceiptsPallet as OnJobPruned>::on_job_pruned(JobId(1), MAX_TOTAL_REPLICAS);
		assert_eq!(Receipts::<Test>::iter_prefix(JobId(1)).count(), 0);
		assert_eq!(
			Receipts::<Test>::iter_prefix(JobId(2)).count(),
			usize::from(MAX_TOTAL_REPLICAS)
		);
	});
}
