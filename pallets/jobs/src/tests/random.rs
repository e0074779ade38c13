//! Random sequences of calls, answers, blocks and changes of parameters: the invariants hold after each
//! step, no coin comes or goes, every job is settled to the planck, and in the end nobody waits.

use crate::{mock::*, *};
use aitbc_primitives::FailureCode;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Step {
	Submit {
		other: bool,
		replicas: u8,
		extra_quorum: u8,
		tie_breakers: u8,
		class: u8,
		price: Balance,
		tip: Balance,
		start: u32,
		deliver: u32,
	},
	Cancel {
		other: bool,
		job: u64,
	},
	/// Commits to what is let of a job, or to one replica.
	Commit {
		job: u64,
		replica: Option<u8>,
	},
	/// Answers for what may be answered of a job, or for one replica.
	Answer {
		job: u64,
		replica: Option<u8>,
		verdict: u8,
	},
	Miners {
		count: u8,
		owners: u8,
		price: Balance,
	},
	Programs {
		register: bool,
	},
	Parameters {
		reveal: u32,
		retention: u32,
		deposit: Balance,
		part: u8,
		live: u32,
	},
	Advance {
		blocks: u32,
	},
	/// Blocks pass in which no hook runs.
	Skip {
		blocks: u32,
	},
	/// The hook of one block gets room for so many steps only.
	Starved {
		steps: u64,
	},
}

fn any_step() -> impl Strategy<Value = Step> {
	let submit = (
		any::<bool>(),
		prop_oneof![2 => Just(1u8), 3 => 2u8..=7],
		(0u8..3, 1u8..=2, 0u8..3),
		(1u128..150, 0u128..300),
		(1u32..8, 1u32..8),
	);
	prop_oneof![
		4 => submit.prop_map(|(other, replicas, (extra_quorum, tie_breakers, class), (price, tip), (start, deliver))| {
			Step::Submit {
				other, replicas, extra_quorum, tie_breakers, class, price, tip, start, deliver,
			}
		}),
		1 => (any::<bool>(), 0u64..16).prop_map(|(other, job)| Step::Cancel { other, job }),
		8 => (0u64..16, prop::option::weighted(0.3, 0u8..9))
			.prop_map(|(job, replica)| Step::Commit { job, replica }),
		8 => (0u64..16, prop::option::weighted(0.6, 0u8..9), 0u8..8)
			.prop_map(|(job, replica, verdict)| Step::Answer { job, replica, verdict }),
		3 => (0u8..16, 1u8..16, 1u128..150)
			.prop_map(|(count, owners, price)| Step::Miners { count, owners, price }),
		1 => any::<bool>().prop_map(|register| Step::Programs { register }),
		1 => (0u32..6, 0u32..30, 0u128..2_000, 0u8..=100, 0u32..20).prop_map(
			|(reveal, retention, deposit, part, live)| Step::Parameters {
				reveal, retention, deposit, part, live,
			}
		),
		5 => (1u32..5).prop_map(|blocks| Step::Advance { blocks }),
		1 => (1u32..20).prop_map(|blocks| Step::Skip { blocks }),
		1 => (0u64..4).prop_map(|steps| Step::Starved { steps }),
	]
}

fn verdict(n: u8) -> Verdict {
	match n {
		0 => FAULT,
		1 => Verdict::Failed(FailureCode::ProgramInvalid),
		2 => completed(2),
		3 => UNAVAILABLE,
		4 => Verdict::OutOfFuel,
		_ => completed(1),
	}
}

/// In a transaction, as a call would be; what it was refused for is none of this test's business.
fn attempt(call: impl FnOnce() -> DispatchResult) {
	let _refused = frame_support::storage::with_storage_layer(call);
}

fn submit(step: Step) {
	let Step::Submit {
		other,
		replicas,
		extra_quorum,
		tie_breakers,
		class,
		price,
		tip,
		start,
		deliver,
	} = step
	else {
		return;
	};
	let spec = [echo_spec(), gemm_spec(), wgsl_spec()][usize::from(class)].clone();
	let quorum = (replicas / 2 + 1 + extra_quorum).min(replicas);
	let tie_breakers = if replicas == 1 { 0 } else { tie_breakers };
	let spec = JobSpec {
		max_price_per_unit: price,
		tip,
		start_within_blocks: start,
		deliver_within_blocks: deliver,
		..with_breakers(spec, replicas, quorum, tie_breakers)
	};
	attempt(|| JobsPallet::submit(signed(client(other)), spec));
}

fn client(other: bool) -> AccountId {
	if other { OTHER_CLIENT } else { CLIENT }
}

/// One replica, or all there can be.
fn chosen(replica: Option<u8>) -> impl Iterator<Item = u8> {
	let all = replica.is_none().then_some(0..MAX_TOTAL_REPLICAS).into_iter().flatten();
	replica.into_iter().chain(all)
}

fn apply(step: Step) {
	match step {
		Step::Submit { .. } => submit(step),
		Step::Cancel { other, job } => {
			attempt(|| {
				JobsPallet::cancel(signed(client(other)), JobId(job))
					.map(|_| ())
					.map_err(|error| error.error)
			});
		}
		Step::Commit { job, replica } => {
			for replica in chosen(replica) {
				attempt(|| commit(JobId(job), replica));
			}
		}
		Step::Answer { job, replica, verdict: n } => {
			for replica in chosen(replica) {
				attempt(|| answer(JobId(job), replica, verdict(n)));
			}
		}
		Step::Miners { count, owners, price } => offer_owned(
			(0..count)
				.map(|n| (miner(n), miner(50 + n % owners), price + Balance::from(n)))
				.collect(),
		),
		Step::Programs { register: true } => {
			attempt(|| JobsPallet::register_program(signed(OTHER_CLIENT), cid(9), 7));
		}
		Step::Programs { register: false } => {
			attempt(|| JobsPallet::unregister_program(signed(OTHER_CLIENT), cid(9)));
		}
		Step::Parameters { reveal, retention, deposit, part, live } => {
			RevealBlocks::set(reveal);
			RetainBlocks::set(retention);
			JobDepositOf::set(deposit);
			TimePart::set(Percent::from_percent(part));
			MostLiveJobs::set(live);
		}
		Step::Advance { blocks } => run_to(now() + blocks),
		Step::Skip { blocks } => System::set_block_number(now() + blocks),
		Step::Starved { steps } => {
			let room = JobsPallet::service_weight()
				.saturating_add(JobsPallet::due_step_weight().saturating_mul(steps));
			ServiceWeight::set(room);
			begin_block();
			ServiceWeight::set(Weight::MAX);
		}
	}
}

/// What the events say of the money of each job.
#[derive(Default)]
struct Ledger {
	escrow: BTreeMap<JobId, Balance>,
	paid: BTreeMap<JobId, Balance>,
	open: BTreeMap<(JobId, ReplicaIndex), u8>,
}

impl Ledger {
	/// Every job's escrow = paid + refunded; every lease begins once and ends once.
	fn note(&mut self, event: Event<Test>) {
		match event {
			Event::JobPosted { job, escrow, .. } => {
				assert_eq!(self.escrow.insert(job, escrow), None);
			}
			Event::LeaseStarted { job, replica, attempt, .. } => {
				assert_eq!(self.open.insert((job, replica), attempt), None, "two leases at once");
			}
			Event::LeaseEnded { job, replica, attempt, paid, .. } => {
				assert_eq!(self.open.remove(&(job, replica)), Some(attempt), "it ended twice");
				*self.paid.entry(job).or_default() += paid;
			}
			Event::JobEnded { job, paid, refunded, .. } => {
				let escrow = self.escrow.remove(&job).expect("a job ends once");
				assert_eq!(paid + refunded, escrow, "escrow is not paid + refunded");
				assert_eq!(self.paid.remove(&job).unwrap_or_default(), paid);
				// Unless it was pruned in the same step.
				let record = Jobs::<Test>::get(job);
				assert!(record.is_none_or(|record| record.paid() == paid), "the record differs");
			}
			_ => {}
		}
	}

	/// State and events name the same live jobs, and as many open leases.
	fn check(&self) {
		let known: Vec<JobId> = self.escrow.keys().copied().collect();
		let mut live: Vec<JobId> = Jobs::<Test>::iter()
			.filter(|(_, record)| !record.state.is_ended())
			.map(|(job, _)| job)
			.collect();
		live.sort();
		assert_eq!(known, live, "events and state know other live jobs");
		assert_eq!(self.open.len(), JobsPallet::open_leases().count());
	}
}

/// `AITBC_LONG=1` makes it last.
fn cases() -> u32 {
	if std::env::var_os("AITBC_LONG").is_some_and(|value| value == "1") { 200 * 50 } else { 200 }
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases()))]

	#[test]
	fn any_sequence_should_keep_the_invariants_and_every_coin(
		steps in prop::collection::vec(any_step(), 60)
	) {
		execute(|| {
			register(cid(9));
			offer_miners(12);
			let coins = Balances::total_issuance();
			let mut ledger = Ledger::default();
			for step in steps {
				apply(step);
				check_state();
				take_events().into_iter().for_each(|event| ledger.note(event));
				ledger.check();
				assert_eq!(Balances::total_issuance(), coins);
			}
			let paid: Balance = payments().iter().map(|paid| paid.gross).sum();
			let earned: Balance = (0..40).map(|n| earned(&miner(n))).sum();
			assert_eq!(paid, earned);
			// P3: left alone, every job ends, and every planck is somebody's to spend.
			offer_miners(0);
			run_to(now() + 3 * (8 + 8) + REVEAL_WITHIN + 30 + 20);
			assert_empty();
		});
	}
}
