//! `do_try_state` finds what is broken: one test for each way in which storage can be corrupted.

use crate::{fifo::Pages, mock::*, *};
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

/// Pages that are nowhere.
struct Nowhere;

impl<Item> Pages<Item> for Nowhere {
	fn put(&mut self, _: u32, _: Page<Item>) {
		unreachable!("the lists of these tests are short")
	}

	fn take(&mut self, _: u32) -> Option<Page<Item>> {
		None
	}
}

fn edit_job(job: JobId, edit: impl FnOnce(&mut Job)) {
	Jobs::<Test>::mutate(job, |record| edit(record.as_mut().expect("on record")));
}

fn edit_lease(job: JobId, edit: impl FnOnce(&mut Lease<AccountId>)) {
	edit_job(job, |record| edit(record.lease_mut(0).expect("open")));
}

/// Removes the expiry entry that `which` picks.
fn forget_deadline(which: impl Fn(&DueItem) -> bool) {
	let (block, mut list) = Deadlines::<Test>::iter()
		.find(|(_, list)| list.ends().any(&which))
		.expect("there is such a deadline");
	let mut rest = Fifo::default();
	while let Some(item) = list.pop(&mut Nowhere) {
		if !which(&item) {
			rest.push(item, &mut Nowhere);
		}
	}
	if rest.is_empty() {
		Deadlines::<Test>::remove(block);
	} else {
		Deadlines::<Test>::insert(block, rest);
	}
}

/// The ring in which the echo job waits.
fn edit_ring(edit: impl FnOnce(&mut Fifo<Ticket>)) {
	Rings::<Test>::mutate(Class::Echo, bucket_of(MAX_PRICE), edit);
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
	breaks("INV-JOBS-1", |sample| edit_job(sample.waiting, |job| job.tip += 1));
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
fn inv_jobs_1_should_fail_when_more_was_paid_than_held_or_before_the_end() {
	breaks("INV-JOBS-1", |sample| {
		edit_job(sample.ended, |job| job.history[0].paid = 8 * MAX_PRICE + 1);
	});
	breaks("INV-JOBS-1", |sample| {
		let ended = record_of(sample.ended).history[0].clone();
		edit_job(sample.waiting, |job| job.history.try_push(ended).expect("there is room"));
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
fn inv_jobs_2_should_fail_when_a_lease_belongs_to_no_live_job_or_replica() {
	breaks("INV-JOBS-2", |sample| {
		let lease = lease_of(sample.leased, 0).expect("open");
		MinerLeases::<Test>::insert(&lease.miner, (sample.ended, 0), ());
		edit_job(sample.ended, |job| job.leases.try_push((0, lease)).expect("there is room"));
	});
	breaks("INV-JOBS-2", |sample| {
		let lease = Lease { owner: miner(9), ..lease_of(sample.leased, 0).expect("open") };
		MinerLeases::<Test>::insert(&lease.miner, (sample.leased, 1), ());
		edit_job(sample.leased, |job| job.leases.try_push((1, lease)).expect("there is room"));
	});
}

#[test]
fn inv_jobs_2_should_fail_when_two_leases_are_of_one_replica_or_owner() {
	breaks("INV-JOBS-2", |sample| edit_job(sample.judging, |job| job.leases[1].0 = 0));
	breaks("INV-JOBS-2", |sample| {
		edit_job(sample.judging, |job| job.leases[1].1.owner = job.leases[0].1.owner.clone());
	});
	breaks("INV-JOBS-2", |sample| {
		let (replica, attempt, owner) = (2, 0, miner(0));
		let (miner, fate, paid) = (miner(0), LeaseFate::Late, 0);
		let ended = EndedLease { replica, attempt, miner, owner, fate, paid };
		edit_job(sample.judging, |job| job.history.try_push(ended).expect("there is room"));
	});
}

#[test]
fn inv_jobs_2_should_fail_when_a_lease_costs_more_than_the_maximum() {
	breaks("INV-JOBS-2", |sample| {
		edit_lease(sample.leased, |lease| lease.price_per_unit = MAX_PRICE + 1);
	});
}

#[test]
fn inv_jobs_2_should_fail_when_a_lease_is_of_another_attempt() {
	breaks("INV-JOBS-2", |sample| edit_lease(sample.leased, |lease| lease.attempt = 1));
}

#[test]
fn inv_jobs_2_should_fail_when_index_and_leases_differ() {
	breaks("INV-JOBS-2", |sample| MinerLeases::<Test>::remove(miner(0), (sample.leased, 0)));
	breaks("INV-JOBS-2", |sample| MinerLeases::<Test>::insert(miner(7), (sample.leased, 0), ()));
	breaks("INV-JOBS-2", |sample| edit_lease(sample.leased, |lease| lease.miner = miner(7)));
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
fn inv_jobs_3_should_fail_when_a_count_of_live_jobs_is_wrong() {
	breaks("INV-JOBS-3", |_| LiveJobs::<Test>::insert(CLIENT, 2));
	breaks("INV-JOBS-3", |_| LiveJobs::<Test>::insert(OTHER_CLIENT, 1));
	breaks("INV-JOBS-3", |_| LiveJobs::<Test>::remove(CLIENT));
}

#[test]
fn inv_jobs_3_should_fail_when_the_state_does_not_fit_the_leases() {
	breaks("INV-JOBS-3", |sample| edit_job(sample.waiting, |job| job.state = JobState::Leased));
	breaks("INV-JOBS-3", |sample| {
		edit_job(sample.leased, |job| job.state = JobState::Open { start_by: 6 });
	});
	breaks("INV-JOBS-3", |sample| {
		let lease = lease_of(sample.judging, 2).expect("open");
		MinerLeases::<Test>::remove(lease.miner, (sample.judging, 2));
		edit_job(sample.judging, |job| assert!(job.take_lease(2).is_some()));
	});
	breaks("INV-JOBS-3", |sample| {
		edit_lease(sample.judging, |lease| lease.state = LeaseState::Leased);
	});
	breaks("INV-JOBS-3", |sample| edit_job(sample.ended, |job| job.ended_at = None));
	breaks("INV-JOBS-3", |sample| edit_job(sample.waiting, |job| job.tie_breakers_called = 2));
}

#[test]
fn inv_jobs_4_should_fail_when_a_deadline_is_lost() {
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
fn inv_jobs_4_should_fail_when_the_cursor_or_a_page_is_wrong() {
	breaks("INV-JOBS-4", |_| DeadlineCursor::<Test>::put(30));
	breaks("INV-JOBS-4", |_| Deadlines::<Test>::insert(99, Fifo::default()));
	breaks("INV-JOBS-4", |_| DeadlinePages::<Test>::insert(99, 0, Page::<DueItem>::new()));
	let crowd = || {
		for index in 0..300 {
			JobsPallet::schedule(50, DueItem::Start { job: JobId(1_000 + index) });
		}
		check_state();
	};
	breaks("INV-JOBS-4", |_| {
		crowd();
		DeadlinePages::<Test>::remove(50, 1);
	});
	breaks("INV-JOBS-4", |_| {
		crowd();
		DeadlinePages::<Test>::mutate(50, 1, |page| {
			page.as_mut().expect("there is one").pop();
		});
	});
}

#[test]
fn inv_jobs_5_should_fail_when_a_ring_or_its_name_is_wrong() {
	let line = |edit: fn(&mut Line)| {
		Waiting::<Test>::mutate(|lines| edit(lines.get_mut(&Class::Echo).expect("known")));
	};
	breaks("INV-JOBS-5", |_| line(|line| line.filled.set(1_000, true)));
	breaks("INV-JOBS-5", |_| line(|line| line.filled = Default::default()));
	breaks("INV-JOBS-5", |_| Rings::<Test>::insert(Class::Gemm, 7, Fifo::default()));
	breaks("INV-JOBS-5", |_| {
		RingPages::<Test>::insert((Class::Echo, 1), 0, Page::<Ticket>::new());
	});
	breaks("INV-JOBS-5", |_| {
		let void = |index: u64| Ticket { job: JobId(1_000 + index), replica: 0, attempt: 0 };
		JobsPallet::enqueue(Class::Wgsl, 3, (0..300).map(void));
		check_state();
		RingPages::<Test>::remove((Class::Wgsl, 3), 1);
	});
}

#[test]
fn inv_jobs_5_should_fail_when_a_replica_waits_in_no_ring() {
	breaks("INV-JOBS-5", |_| edit_ring(|ring| assert!(ring.pop(&mut Nowhere).is_some())));
	breaks("INV-JOBS-5", |sample| {
		// Let again and again, and no ticket for it.
		let (replica, attempt, owner) = (1, 0, miner(9));
		let (miner, fate, paid) = (miner(9), LeaseFate::Late, 0);
		let ended = EndedLease { replica, attempt, miner, owner, fate, paid };
		edit_job(sample.waiting, |job| job.history.try_push(ended).expect("there is room"));
	});
	breaks("INV-JOBS-5", |sample| edit_job(sample.waiting, |job| job.bid += 1));
	breaks("INV-JOBS-5", |sample| edit_job(sample.waiting, |job| job.tie_breakers_called = 1));
}

#[test]
fn inv_jobs_6_should_fail_when_a_program_is_counted_wrong() {
	let count = |jobs| {
		Programs::<Test>::mutate(cid(9), |info| info.as_mut().expect("registered").jobs = jobs);
	};
	breaks("INV-JOBS-6", |_| count(0));
	breaks("INV-JOBS-6", |_| count(2));
	breaks("INV-JOBS-6", |_| {
		let info = Programs::<Test>::take(cid(9)).expect("registered");
		Programs::<Test>::insert(cid(8), ProgramInfo { jobs: 1, ..info });
	});
}
