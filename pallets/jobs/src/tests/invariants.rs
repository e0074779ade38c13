//! `do_try_state` finds what is broken: one test for each way in which storage can be corrupted.

use crate::{mock::*, *};
use frame_support::{assert_ok, traits::fungible::MutateHold};

/// A chain with a waiting, a leased, a judged and an ended job and a program; then `corrupt`; then
/// the check must name `invariant`.
fn breaks(invariant: &str, corrupt: impl FnOnce(Sample)) {
	execute_unchecked(|| {
		let sample = Sample::build();
		check_state();
		corrupt(sample);
		let error = JobsPallet::do_try_state().expect_err("corrupted storage passed the check");
		let sp_runtime::DispatchError::Other(message) = error else {
			unreachable!("the check says what is wrong: {error:?}")
		};
		assert!(message.starts_with(invariant), "expected {invariant}, found {message}");
	});
}

struct Sample {
	waiting: JobId,
	leased: JobId,
	judging: JobId,
	ended: JobId,
}

impl Sample {
	fn build() -> Self {
		JobsPallet::register_program(signed(CLIENT), cid(9), 100).expect("a new program");
		offer_miners(3);
		let leased = post_leased(wgsl_spec());
		let judging = post_judging(replicated(echo_spec(), 3, 2));
		let ended = post_leased(gemm_spec());
		assert_ok!(answer(ended, 0, completed(1)));
		offer_miners(0);
		let waiting = post(replicated(echo_spec(), 2, 2));
		Self { waiting, leased, judging, ended }
	}
}

fn edit_job(job: JobId, edit: impl FnOnce(&mut Job)) {
	Jobs::<Test>::mutate(job, |record| edit(record.as_mut().expect("on record")));
}

fn edit_lease(job: JobId, edit: impl FnOnce(&mut Lease<AccountId>)) {
	Leases::<Test>::mutate(job, 0, |lease| edit(lease.as_mut().expect("open")));
}

/// Removes the expiry entry that `which` picks, with the counters kept in step.
fn forget_deadline(which: impl Fn(&DueItem) -> bool) {
	let (block, index, _) =
		Due::<Test>::iter().find(|(_, _, item)| which(item)).expect("there is such a deadline");
	let last = DueLen::<Test>::get(block) - 1;
	let moved = Due::<Test>::take(block, last).expect("the entries have no gap");
	if index != last {
		Due::<Test>::insert(block, index, moved);
	}
	DueLen::<Test>::insert(block, last);
}

#[test]
fn try_state_should_pass_when_nothing_is_broken() {
	execute(|| {
		Sample::build();
		for _ in 0..60 {
			check_state();
			run_to(now() + 1);
		}
	});
}

#[test]
fn inv_jobs_1_should_fail_when_escrow_and_hold_differ() {
	let hold = |reason: HoldReason| {
		assert_ok!(Balances::hold(&reason.into(), &CLIENT, 1));
	};
	breaks("INV-JOBS-1", |_| hold(HoldReason::Escrow));
	breaks("INV-JOBS-1", |_| hold(HoldReason::JobDeposit));
	breaks("INV-JOBS-1", |_| hold(HoldReason::ProgramDeposit));
	breaks("INV-JOBS-1", |_| {
		let reason = HoldReason::Escrow.into();
		assert_ok!(Balances::release(&reason, &CLIENT, 1, Precision::Exact));
	});
	breaks("INV-JOBS-1", |sample| edit_job(sample.waiting, |job| job.escrow += 1));
	breaks("INV-JOBS-1", |sample| edit_job(sample.ended, |job| job.deposit -= 1));
	breaks("INV-JOBS-1", |_| Programs::<Test>::remove(cid(9)));
}

#[test]
fn inv_jobs_1_should_fail_when_an_ended_job_has_escrow() {
	breaks("INV-JOBS-1", |sample| {
		assert_ok!(Balances::hold(&HoldReason::Escrow.into(), &CLIENT, 5));
		edit_job(sample.ended, |job| job.escrow = 5);
	});
}

#[test]
fn inv_jobs_1_should_fail_when_money_is_held_of_an_account_without_jobs() {
	breaks("INV-JOBS-1", |_| {
		// A client whose jobs are all gone.
		assert_ok!(Balances::hold(&HoldReason::Escrow.into(), &OTHER_CLIENT, 1));
	});
}

#[test]
fn inv_jobs_2_should_fail_when_a_lease_has_no_live_job() {
	breaks("INV-JOBS-2", |sample| {
		let lease = lease_of(sample.leased, 0).expect("open");
		MinerLeases::<Test>::insert(&lease.miner, (JobId(99), 0), ());
		Leases::<Test>::insert(JobId(99), 0, lease);
	});
	breaks("INV-JOBS-2", |sample| {
		let lease = lease_of(sample.leased, 0).expect("open");
		MinerLeases::<Test>::insert(&lease.miner, (sample.ended, 0), ());
		Leases::<Test>::insert(sample.ended, 0, lease);
	});
	breaks("INV-JOBS-2", |sample| {
		let lease = lease_of(sample.leased, 0).expect("open");
		MinerLeases::<Test>::insert(&lease.miner, (sample.leased, 1), ());
		Leases::<Test>::insert(sample.leased, 1, lease);
	});
}

#[test]
fn inv_jobs_2_should_fail_when_a_lease_costs_more_than_the_maximum() {
	breaks("INV-JOBS-2", |sample| {
		edit_lease(sample.leased, |lease| lease.price_per_unit = MAX_PRICE + 1);
	});
}

#[test]
fn inv_jobs_2_should_fail_when_index_and_leases_differ() {
	breaks("INV-JOBS-2", |sample| MinerLeases::<Test>::remove(miner(0), (sample.leased, 0)));
	breaks("INV-JOBS-2", |sample| MinerLeases::<Test>::insert(miner(7), (sample.leased, 0), ()));
	breaks("INV-JOBS-2", |sample| edit_lease(sample.leased, |lease| lease.miner = miner(7)));
}

#[test]
fn inv_jobs_2_should_fail_when_a_holder_was_not_noted() {
	breaks("INV-JOBS-2", |sample| edit_job(sample.leased, |job| job.tried = Default::default()));
}

#[test]
fn inv_jobs_3_should_fail_when_a_job_lost_its_specification_or_index() {
	breaks("INV-JOBS-3", |sample| Specs::<Test>::remove(sample.waiting));
	breaks("INV-JOBS-3", |_| Specs::<Test>::insert(JobId(99), echo_spec()));
	breaks("INV-JOBS-3", |sample| JobsOf::<Test>::remove(CLIENT, sample.waiting));
	breaks("INV-JOBS-3", |_| JobsOf::<Test>::insert(CLIENT, JobId(99), ()));
	breaks("INV-JOBS-3", |sample| {
		JobsOf::<Test>::remove(CLIENT, sample.waiting);
		JobsOf::<Test>::insert(OTHER_CLIENT, sample.waiting, ());
	});
}

#[test]
fn inv_jobs_3_should_fail_when_the_state_does_not_fit_the_leases() {
	breaks("INV-JOBS-3", |sample| edit_job(sample.waiting, |job| job.state = JobState::Leased));
	breaks("INV-JOBS-3", |sample| {
		edit_job(sample.leased, |job| job.state = JobState::Open { start_by: 6 });
	});
	breaks("INV-JOBS-3", |sample| {
		let lease = Leases::<Test>::take(sample.judging, 2).expect("open");
		MinerLeases::<Test>::remove(lease.miner, (sample.judging, 2));
	});
}

#[test]
fn inv_jobs_4_should_fail_when_a_deadline_is_lost() {
	breaks("INV-JOBS-4", |_| Due::<Test>::remove(6, 0));
	breaks("INV-JOBS-4", |_| Due::<Test>::remove(7, 0));
	breaks("INV-JOBS-4", |_| forget_deadline(|item| matches!(item, DueItem::Reveal { .. })));
	breaks("INV-JOBS-4", |_| forget_deadline(|item| matches!(item, DueItem::Prune { .. })));
	breaks("INV-JOBS-4", |sample| {
		let job = sample.waiting;
		forget_deadline(|item| *item == DueItem::Start { job });
	});
	breaks("INV-JOBS-4", |sample| {
		let wanted = DueItem::Delivery { job: sample.leased, replica: 0, attempt: 0 };
		forget_deadline(|item| *item == wanted);
	});
}

#[test]
fn inv_jobs_4_should_fail_when_the_cursor_or_a_length_is_wrong() {
	breaks("INV-JOBS-4", |_| DueCursor::<Test>::put(Cursor { block: 8, index: 0 }));
	breaks("INV-JOBS-4", |_| DueLen::<Test>::insert(7, 1));
	breaks("INV-JOBS-4", |_| DueLen::<Test>::remove(7));
	breaks("INV-JOBS-4", |sample| {
		Due::<Test>::insert(0, 0, DueItem::Start { job: sample.waiting });
		DueLen::<Test>::insert(0, 1);
	});
}

#[test]
fn inv_jobs_5_should_fail_when_a_ring_has_a_gap() {
	breaks("INV-JOBS-5", |_| {
		let RingEnds { head, .. } = QueueEnds::<Test>::get(Class::Echo);
		Queue::<Test>::remove(Class::Echo, head);
	});
	breaks("INV-JOBS-5", |_| QueueEnds::<Test>::mutate(Class::Echo, |ends| ends.tail += 1));
	breaks("INV-JOBS-5", |_| {
		QueueEnds::<Test>::insert(Class::Gemm, RingEnds { head: 2, tail: 1 });
	});
}

#[test]
fn inv_jobs_5_should_fail_when_a_replica_waits_in_no_queue() {
	breaks("INV-JOBS-5", |_| {
		QueueEnds::<Test>::mutate(Class::Echo, |ends| {
			Queue::<Test>::remove(Class::Echo, ends.head);
			ends.head += 1;
		});
	});
	breaks("INV-JOBS-5", |sample| edit_job(sample.waiting, |job| job.attempts[1] = 1));
}
