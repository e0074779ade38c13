//! Random sequences of calls, answers and blocks: the invariants hold after each step, no coin comes
//! or goes, and in the end nobody waits.

use crate::{mock::*, *};
use aitbc_primitives::FailureCode;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
	Submit {
		other: bool,
		replicas: u8,
		extra_quorum: u8,
		class: u8,
		start: u32,
		deliver: u32,
	},
	Cancel {
		other: bool,
		job: u64,
	},
	Commit {
		job: u64,
		replica: u8,
	},
	Answer {
		job: u64,
		replica: u8,
		verdict: u8,
	},
	Miners {
		count: u8,
		price: Balance,
	},
	Advance {
		blocks: u32,
	},
	/// The hook of one block gets room for so many steps only.
	Starved {
		steps: u64,
	},
}

fn any_step() -> impl Strategy<Value = Step> {
	prop_oneof![
		3 => (any::<bool>(), 1u8..=7, 0u8..3, 0u8..3, 1u32..8, 1u32..8).prop_map(
			|(other, replicas, extra_quorum, class, start, deliver)| Step::Submit {
				other, replicas, extra_quorum, class, start, deliver,
			}
		),
		1 => (any::<bool>(), 0u64..12).prop_map(|(other, job)| Step::Cancel { other, job }),
		6 => (0u64..12, 0u8..8).prop_map(|(job, replica)| Step::Commit { job, replica }),
		6 => (0u64..12, 0u8..8, 0u8..5)
			.prop_map(|(job, replica, verdict)| Step::Answer { job, replica, verdict }),
		2 => (0u8..12, 1u128..150).prop_map(|(count, price)| Step::Miners { count, price }),
		4 => (1u32..5).prop_map(|blocks| Step::Advance { blocks }),
		1 => (0u64..4).prop_map(|steps| Step::Starved { steps }),
	]
}

fn submit(who: AccountId, replicas: u8, extra: u8, class: u8, start: u32, deliver: u32) {
	let spec = [echo_spec(), gemm_spec(), wgsl_spec()][usize::from(class)].clone();
	let quorum = (replicas / 2 + 1 + extra).min(replicas);
	let spec = JobSpec {
		start_within_blocks: start,
		deliver_within_blocks: deliver,
		..replicated(spec, replicas, quorum)
	};
	JobsPallet::submit(signed(who), spec).expect("the client is rich");
}

fn apply(step: Step) {
	let client = |other| if other { OTHER_CLIENT } else { CLIENT };
	let layered = frame_support::storage::with_storage_layer::<(), DispatchError, _>;
	match step {
		Step::Submit { other, replicas, extra_quorum, class, start, deliver } => {
			submit(client(other), replicas, extra_quorum, class, start, deliver);
		}
		Step::Cancel { other, job } => {
			let _refused = layered(|| JobsPallet::cancel(signed(client(other)), JobId(job)));
		}
		Step::Commit { job, replica } => {
			let _refused = commit(JobId(job), replica);
		}
		Step::Answer { job, replica, verdict } => {
			let verdict = match verdict {
				0 => FAULT,
				1 => Verdict::Failed(FailureCode::ProgramInvalid),
				2 => completed(2),
				_ => completed(1),
			};
			let _refused = answer(JobId(job), replica, verdict);
		}
		Step::Miners { count, price } => {
			offer_at((0..count).map(|n| (miner(n), price)).collect());
		}
		Step::Advance { blocks } => run_to(now() + blocks),
		Step::Starved { steps } => {
			ServiceWeight::set(JobsPallet::due_step_weight().saturating_mul(steps));
			end_block();
			begin_block();
			ServiceWeight::set(Weight::MAX);
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(200))]

	#[test]
	fn any_sequence_should_keep_the_invariants_and_every_coin(
		steps in prop::collection::vec(any_step(), 1..40)
	) {
		execute(|| {
			register(cid(9));
			let coins = Balances::total_issuance();
			for step in steps {
				apply(step);
				check_state();
				assert_eq!(Balances::total_issuance(), coins);
			}
			// P3: left alone, every job ends, and every planck is somebody's to spend.
			offer_miners(0);
			run_to(now() + 3 * (8 + 8) + REVEAL_WITHIN + RETENTION + 2);
			assert_eq!(Jobs::<Test>::iter().count(), 0, "somebody waits for ever");
			assert_eq!(Due::<Test>::iter().count() + DueLen::<Test>::iter().count(), 0);
			for who in [CLIENT, OTHER_CLIENT] {
				assert_eq!(held(HoldReason::Escrow, &who), 0);
				assert_eq!(held(HoldReason::JobDeposit, &who), 0);
			}
		});
	}
}
