//! From the storage of version 0.

use crate::{
	migrations::{MigrateToV1, v0},
	mock::*,
	*,
};
use aitbc_primitives::{LeaseBond, Replication};
use frame_support::{
	assert_ok,
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion, fungible::MutateHold},
};
use sp_runtime::{Perbill, Permill};

/// The block in which the upgrade happens.
const NOW: BlockNumber = 20;

fn old_spec(spec: JobSpec) -> v0::JobSpec {
	v0::JobSpec {
		workload: spec.workload,
		inputs: spec.inputs,
		params: spec.params,
		units_limit: spec.units_limit,
		max_price_per_unit: spec.max_price_per_unit,
		replication: v0::Replication {
			replicas: spec.replication.replicas,
			quorum: spec.replication.quorum,
		},
		start_within_blocks: spec.start_within_blocks,
		deliver_within_blocks: spec.deliver_within_blocks,
	}
}

/// A chain of version 0, made by hand.
#[derive(Default)]
struct Old {
	jobs: u64,
	due: std::collections::BTreeMap<BlockNumber, u32>,
}

impl Old {
	/// Enters a job with its money, and its specification.
	fn job(
		&mut self,
		spec: JobSpec,
		state: JobState,
		tried: &[AccountId],
		attempts: &[u8],
	) -> JobId {
		let job = JobId(self.jobs);
		self.jobs += 1;
		NextJobId::<Test>::put(JobId(self.jobs));
		let units = spec.units().expect("valid");
		let replicas = spec.replication.replicas;
		let full = Balance::from(units) * spec.max_price_per_unit * Balance::from(replicas);
		let escrow = if state.is_ended() { 0 } else { full };
		assert_ok!(Balances::hold(&HoldReason::Escrow.into(), &CLIENT, escrow));
		assert_ok!(Balances::hold(&HoldReason::JobDeposit.into(), &CLIENT, JOB_DEPOSIT));
		let mut record = v0::Job {
			client: CLIENT,
			class: spec.workload.class(),
			units,
			max_price_per_unit: spec.max_price_per_unit,
			replication: v0::Replication { replicas, quorum: spec.replication.quorum },
			start_within_blocks: spec.start_within_blocks,
			deliver_within_blocks: spec.deliver_within_blocks,
			posted_at: 3,
			ended_at: state.is_ended().then_some(9),
			escrow,
			deposit: JOB_DEPOSIT,
			attempts: [0; 7],
			tried: BoundedVec::truncate_from(tried.to_vec()),
			state,
		};
		record.attempts[..attempts.len()].copy_from_slice(attempts);
		v0::Jobs::<Test>::insert(job, record);
		v0::Specs::<Test>::insert(job, old_spec(spec));
		JobsOf::<Test>::insert(CLIENT, job, ());
		job
	}

	fn lease(&self, job: JobId, replica: u8, who: u8, attempt: u8, state: LeaseState) {
		let lease = v0::Lease0 {
			miner: miner(who),
			worker: worker_of(&miner(who)),
			attempt,
			price_per_unit: PRICE,
			collateral: 1_000,
			leased_at: 15,
			deliver_by: 25,
			state,
		};
		v0::Leases::<Test>::insert(job, replica, lease);
		MinerLeases::<Test>::insert(miner(who), (job, replica), ());
	}

	fn due(&mut self, block: BlockNumber, item: DueItem) {
		let len = self.due.entry(block).or_default();
		v0::Due::<Test>::insert(block, *len, item);
		*len += 1;
		v0::DueLen::<Test>::insert(block, *len);
	}

	fn tickets(&self, class: Class, head: u64, tickets: &[Ticket]) {
		for (index, ticket) in (head..).zip(tickets) {
			v0::Queue::<Test>::insert(class, index, ticket);
		}
		let tail = head + tickets.len() as u64;
		v0::QueueEnds::<Test>::insert(class, v0::RingEnds { head, tail });
	}
}

/// Jobs in every state.
struct Sample {
	single: JobId,
	open: JobId,
	judging: JobId,
	ended: JobId,
}

fn ticket(job: JobId, replica: u8, attempt: u8) -> Ticket {
	Ticket { job, replica, attempt }
}

impl Sample {
	fn build() -> Self {
		System::set_block_number(NOW);
		register(cid(9));
		Programs::<Test>::mutate(cid(9), |info| info.as_mut().expect("registered").jobs = 1);
		StorageVersion::new(0).put::<JobsPallet>();
		Waiting::<Test>::kill();
		DeadlineCursor::<Test>::kill();
		let mut old = Old::default();
		let revealed = LeaseState::Revealed { verdict: completed(1) };
		let committed = LeaseState::Committed { commitment: Hash::repeat_byte(1) };

		// Let for the second time.
		let single = old.job(gemm_spec(), JobState::Leased, &[miner(0), miner(1)], &[1]);
		old.lease(single, 0, 1, 1, LeaseState::Leased);
		old.due(26, DueItem::Delivery { job: single, replica: 0, attempt: 1 });
		// One committed; one waits for the third time; one for the first.
		let state = JobState::Open { start_by: 24 };
		let tried = [miner(2), miner(3), miner(4)];
		let open = old.job(
			JobSpec { start_within_blocks: 5, ..replicated(echo_spec(), 3, 2) },
			state,
			&tried,
			&[0, 2, 0],
		);
		old.lease(open, 0, 3, 0, committed);
		old.due(25, DueItem::Start { job: open });
		let judging = old.job(
			replicated(wgsl_spec(), 2, 2),
			JobState::Judging { reveal_by: 22 },
			&[miner(5), miner(6)],
			&[],
		);
		old.lease(judging, 0, 5, 0, revealed);
		old.lease(judging, 1, 6, 0, committed);
		old.due(23, DueItem::Reveal { job: judging });
		let ended = old.job(echo_spec(), JobState::Cancelled, &[miner(7)], &[]);
		old.due(29, DueItem::Prune { job: ended });
		// What was met and what is void is in the queues, too; the hook is one block behind.
		old.due(19, DueItem::Start { job: single });
		old.due(25, DueItem::Delivery { job: open, replica: 1, attempt: 1 });
		v0::DueCursor::<Test>::put(v0::Cursor { block: 19, index: 0 });
		old.tickets(
			Class::Echo,
			7,
			&[ticket(ended, 0, 0), ticket(open, 2, 0), ticket(open, 1, 1), ticket(open, 1, 2)],
		);
		old.tickets(Class::Gemm, 3, &[]);
		Self { single, open, judging, ended }
	}
}

/// The leases of the sample are none of the scripted market's: it would not know them at their end.
fn migrated(test: impl FnOnce(Sample)) {
	execute_unchecked(|| {
		let sample = Sample::build();
		assert_eq!(JobsPallet::on_chain_storage_version(), 0);
		let weight = MigrateToV1::<Test>::on_runtime_upgrade();
		assert!(weight.ref_time() > 0);
		assert_eq!(JobsPallet::on_chain_storage_version(), 1);
		assert_ok!(JobsPallet::do_try_state());
		test(sample);
	});
}

#[test]
fn migration_should_keep_jobs_with_their_deadlines_and_escrow() {
	migrated(|sample| {
		let record = record_of(sample.open);
		assert_eq!(record.state, JobState::Open { start_by: 24 });
		assert_eq!((record.escrow, record.deposit), (3 * MAX_PRICE, JOB_DEPOSIT));
		assert_eq!((record.tip, record.tie_breakers_called), (0, 0));
		assert_eq!(record.replication, Replication { replicas: 3, quorum: 2, tie_breakers: 0 });
		assert_eq!(record.time_pay, Percent::zero());
		assert_eq!((record.posted_at, record.ended_at), (3, None));
		assert_eq!([0, 1, 2].map(|replica| record.attempt(replica)), [0, 2, 0]);
		let ended = record_of(sample.ended);
		assert_eq!((ended.state, ended.ended_at), (JobState::Cancelled, Some(9)));
		assert!(ended.history.is_empty());
		assert_eq!(LiveJobs::<Test>::get(CLIENT), 3);
		let spec = Specs::<Test>::get(sample.single).expect("on record");
		assert_eq!(spec, gemm_spec());
	});
}

#[test]
fn migration_should_move_leases_into_their_jobs() {
	migrated(|sample| {
		let lease = lease_of(sample.single, 0).expect("open");
		let expected = Lease {
			miner: miner(1),
			owner: miner(1),
			worker: worker_of(&miner(1)),
			attempt: 1,
			price_per_unit: PRICE,
			fee: FEE,
			bond: LeaseBond {
				collateral: 1_000,
				slash_late: Perbill::from_percent(5),
				slash_withheld: Perbill::from_percent(50),
			},
			leased_at: 15,
			deliver_by: 25,
			state: LeaseState::Leased,
		};
		assert_eq!(lease, expected);
		assert_eq!(FEE, Permill::from_percent(3));
		assert_eq!(v0::Leases::<Test>::iter_keys().count(), 0);
		assert_eq!(JobsPallet::open_leases().count(), 4);
	});
}

#[test]
fn migration_should_keep_earlier_miners_from_a_second_lease() {
	migrated(|sample| {
		assert_eq!(record_of(sample.single).excluded(), [CLIENT, miner(1), miner(0)]);
		offer_miners(5);
		begin_block();
		// Miners 2, 3 and 4 had it; replica 2 goes to the first that had not.
		let record = record_of(sample.open);
		assert_eq!(record.excluded()[1..], [3, 0, 1, 2, 4].map(miner));
		let held = [1, 2].map(|replica| record.lease(replica).expect("let").miner.clone());
		assert_eq!(held, [miner(1), miner(0)]);
	});
}

#[test]
fn migration_should_enter_tickets_by_their_bids_and_drop_void_ones() {
	migrated(|sample| {
		assert_eq!(tickets(Class::Echo), 2);
		let ring = Rings::<Test>::get(Class::Echo, bucket_of(MAX_PRICE));
		let expected = [ticket(sample.open, 2, 0), ticket(sample.open, 1, 2)];
		assert_eq!(ring.ends().copied().collect::<Vec<_>>(), expected);
		assert_eq!(v0::Queue::<Test>::iter_keys().count(), 0);
		assert_eq!(v0::QueueEnds::<Test>::iter_keys().count(), 0);
	});
}

#[test]
fn migration_should_keep_deadlines_in_their_blocks_and_order() {
	migrated(|sample| {
		assert_eq!(DeadlineCursor::<Test>::get(), 19);
		let at = |block| Deadlines::<Test>::get(block).ends().copied().collect::<Vec<_>>();
		let (job, replica, attempt) = (sample.open, 1, 1);
		assert_eq!(at(25), [DueItem::Start { job }, DueItem::Delivery { job, replica, attempt }]);
		assert_eq!(at(19), [DueItem::Start { job: sample.single }]);
		assert_eq!(at(23), [DueItem::Reveal { job: sample.judging }]);
		assert_eq!(v0::Due::<Test>::iter_keys().count(), 0);
		assert_eq!(v0::DueLen::<Test>::iter_keys().count(), 0);
		assert!(!v0::DueCursor::<Test>::exists());
	});
}

#[test]
fn migrated_jobs_should_go_on() {
	migrated(|sample| {
		// One reveals, and both are paid: two of two, no tie-breaker.
		assert_ok!(answer_unconcluded(sample.judging, 1));
		run_to(28);
		assert_eq!(record_of(sample.ended).state, JobState::Cancelled);
		run_to(29);
		assert_eq!(Jobs::<Test>::get(sample.ended), None);
		check_state();
	});
}

/// What `answer` would do up to the end of the job, which the scripted market cannot conclude.
fn answer_unconcluded(job: JobId, replica: u8) -> DispatchResult {
	let record = record_of(job);
	assert!(matches!(record.state, JobState::Judging { reveal_by: 22 }));
	assert!(<JobsPallet as LeasesTrait<AccountId>>::may_reveal(job));
	assert!(matches!(record.lease(replica).expect("open").state, LeaseState::Committed { .. }));
	// Taken over by the market, as the runtime's was all along.
	adopt_leases();
	answer(job, replica, completed(1))?;
	assert_eq!(state_of(job), JobState::Settled { output: cid(1) });
	assert_eq!((earned(&miner(5)), earned(&miner(6))), (5 * PRICE, 5 * PRICE));
	Ok(())
}

/// Tells the scripted market of the leases that it did not make.
fn adopt_leases() {
	let leases: Vec<(JobId, u8)> =
		JobsPallet::open_leases().map(|(job, replica, _)| (job, replica)).collect();
	for (job, replica) in leases {
		Jobs::<Test>::mutate(job, |record| {
			let lease = record.as_mut().and_then(|record| record.lease_mut(replica)).expect("open");
			lease.bond.collateral = adopt(&lease.miner);
		});
	}
}

#[test]
fn migration_should_leave_what_does_not_decode() {
	execute_unchecked(|| {
		Sample::build();
		let broken = [
			v0::Jobs::<Test>::hashed_key_for(JobId(50)),
			v0::Specs::<Test>::hashed_key_for(JobId(50)),
			v0::Leases::<Test>::hashed_key_for(JobId(0), 3),
			v0::Queue::<Test>::hashed_key_for(Class::Echo, 9),
			v0::Due::<Test>::hashed_key_for(26, 9),
		];
		for key in &broken {
			unhashed::put_raw(key, &[0xff; 5]);
		}
		// A lease of no job is not dropped either.
		let lost = v0::Leases::<Test>::hashed_key_for(JobId(77), 0);
		let lease = v0::Leases::<Test>::get(JobId(0), 0).expect("open");
		v0::Leases::<Test>::insert(JobId(77), 0, lease);
		MigrateToV1::<Test>::on_runtime_upgrade();
		for key in broken {
			assert_eq!(unhashed::get_raw(&key), Some(vec![0xff; 5]), "it was touched");
		}
		assert!(unhashed::exists(&lost));
		assert_eq!(JobsPallet::open_leases().count(), 4);
	});
}

#[test]
fn migration_should_happen_once() {
	migrated(|_| {
		let root = || sp_io::storage::root(sp_core::storage::StateVersion::V1);
		let before = root();
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_eq!(root(), before);
	});
}

#[test]
fn migration_should_find_nothing_on_a_new_chain() {
	execute(|| {
		StorageVersion::new(0).put::<JobsPallet>();
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_empty();
		offer_miners(1);
		post_leased(echo_spec());
	});
}

#[cfg(feature = "try-runtime")]
#[test]
fn upgrade_checks_should_pass_and_notice_a_loss() {
	execute_unchecked(|| {
		Sample::build();
		let before = MigrateToV1::<Test>::pre_upgrade().expect("version 0 is in order");
		MigrateToV1::<Test>::on_runtime_upgrade();
		assert_ok!(MigrateToV1::<Test>::post_upgrade(before.clone()));
		Jobs::<Test>::remove(JobId(0));
		assert!(MigrateToV1::<Test>::post_upgrade(before).is_err());
	});
}
