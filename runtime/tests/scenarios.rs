//! From a posted job to money in the right hands, on the real runtime: every way out of every state that a
//! client or a miner can take.

use crate::support::{
	chain::{World, free, total, with_quick_world, with_world},
	people::people,
	shop::{
		self, ASK, COLLATERAL, all_stake, answer_all, answer_of, commit, end_of, fate_of, fee_of,
		govern, history, leases_of, miner_of, open, open_one, post, post_let, show, stake_of,
		state,
	},
	work::{Claim, PRICE, claimed, echo, lease_of, replicated, shader, wgsl},
};
use aitbc_primitives::{
	Answer, Cid, Class, FailureCode, JobId, JobSpec, LeaseFate, LeaseState, Outcome, Reputation,
};
use aitbc_runtime::{
	AIT, Balance, Balances, ComputeStaking, Jobs, Market, Payouts, Receipts, Runtime, RuntimeEvent,
	RuntimeParameters, Treasury,
	configs::market::{EraBlocks, dynamic_params, terms},
};
use frame_support::traits::fungible::Inspect;
use pallet_jobs::{JobState, RefundReason};
use sp_runtime::{Perbill, Percent, Permill};

const UNAVAILABLE: Claim = Claim::Failure(FailureCode::InputUnavailable);

/// The output that a job is settled with when the truth is told.
fn truth(job: JobId) -> Cid {
	let (_, signed) = claimed(job, leases_of(job)[0], Claim::Truth);
	let Outcome::Completed { output, .. } = signed.receipt.outcome else {
		panic!("the truth is an output")
	};
	output
}

/// What a client has, bound or not, and what its ended jobs will return.
fn wealth(world: &mut World, client: &crate::support::people::Person) -> Balance {
	world.note_events();
	total(&client.id())
}

#[test]
fn a_single_job_should_pay_its_miner_two_blocks_after_it_was_taken() {
	with_world(|world| {
		open(world, 1);
		let (client, miner) = (&people().clients[0], &people().miners[0]);
		let before = (free(&client.id()), free(&miner.id()));
		let posted_at = world.now();
		let job = post(world, client, echo());
		assert_eq!(state(job), Some(JobState::Open { start_by: posted_at + 10 }));
		world.next_block();
		assert_eq!(state(job), Some(JobState::Leased), "let in the block after it was posted");
		let output = truth(job);
		show(world, job, 0, Claim::Truth);
		assert_eq!(state(job), Some(JobState::Settled { output }));
		assert_eq!(world.now(), posted_at + 1);
		assert_eq!(history(job), [(0, LeaseFate::Accepted, ASK)]);
		assert_eq!(free(&miner.id()), before.1 + ASK - fee_of(ASK));
		let deposit = terms().job_deposit;
		let spent = before.0 - free(&client.id()) - deposit;
		assert!((ASK..ASK + AIT / 100).contains(&spent), "the pay and a fee: {spent}");
		// What nobody sent on was kept.
		assert_eq!(Receipts::receipts_of(job).len(), 1);
		assert_eq!(stake_of(miner).record.accepted, 1);
	});
}

#[test]
fn a_replicated_job_should_pay_those_who_agree_in_three_blocks() {
	with_world(|world| {
		open(world, 3);
		let client = &people().clients[0];
		let posted_at = world.now();
		let job = post(world, client, replicated(3, 2, 1));
		world.next_block();
		let leases = leases_of(job);
		assert_eq!(leases.len(), 3);
		for replica in &leases {
			commit(world, job, *replica, Claim::Truth);
		}
		assert!(matches!(state(job), Some(JobState::Judging { .. })));
		world.next_block();
		for replica in &leases {
			show(world, job, *replica, Claim::Truth);
		}
		assert_eq!(world.now(), posted_at + 2);
		assert!(matches!(state(job), Some(JobState::Settled { .. })));
		let (_, paid, refunded) = end_of(world, job).expect("it ended");
		assert_eq!((paid, refunded), (3 * ASK, 4 * PRICE - 3 * ASK));
		assert_eq!(pallet_payouts::Totals::<Runtime>::get().replicas, 3);
	});
}

#[test]
fn a_liar_should_lose_the_collateral_of_its_lease_to_the_treasury() {
	with_world(|world| {
		open(world, 3);
		let job = post_let(world, &people().clients[0], replicated(3, 2, 1));
		let liar = miner_of(job, 1);
		let before = (all_stake(liar), Balances::balance(&Treasury::account_id()));
		answer_all(world, job, &[Claim::Truth, Claim::Lie(0), Claim::Truth]);
		assert_eq!(fate_of(job, liar), Some(LeaseFate::Wrong));
		// Twice what the client put at risk, whatever the liar asked.
		assert_eq!(all_stake(liar), before.0 - 2 * PRICE);
		assert!(Balances::balance(&Treasury::account_id()) >= before.1 + 2 * PRICE);
		assert_eq!(stake_of(liar).record.wrong, 1);
		let standing = ComputeStaking::miner_standing(liar.id(), Class::Echo).expect("is a miner");
		// 10,000 × (0 + 2) / (0 + 16 + 4).
		assert_eq!(standing.reputation, Reputation(1_000));
		assert_eq!(end_of(world, job).map(|(_, paid, _)| paid), Some(2 * ASK));
	});
}

#[test]
fn a_different_answer_to_a_shader_should_cost_the_work_and_no_more() {
	with_world(|world| {
		open(world, 3);
		let client = &people().clients[0];
		let program = shader();
		world.must(client, pallet_jobs::Call::register_program { program, size_bytes: 100 });
		let spec = JobSpec { replication: replicated(3, 2, 1).replication, ..wgsl(10) };
		let job = post_let(world, client, spec);
		let odd = miner_of(job, 2);
		let before = all_stake(odd);
		answer_all(world, job, &[Claim::Truth, Claim::Truth, Claim::Lie(0)]);
		assert_eq!(fate_of(job, odd), Some(LeaseFate::Released));
		assert_eq!(all_stake(odd), before);
		assert_eq!(end_of(world, job).map(|(_, paid, _)| paid), Some(20 * ASK));
	});
}

#[test]
fn a_silent_miner_should_lose_a_part_and_another_do_the_work() {
	with_world(|world| {
		open(world, 2);
		let job = post_let(world, &people().clients[0], echo());
		let silent = miner_of(job, 0);
		let deliver_by = lease_of(job, 0).expect("is let").0.deliver_by;
		let before = all_stake(silent);
		world.run(deliver_by - world.now());
		assert_eq!(fate_of(job, silent), None, "still in time");
		world.next_block();
		assert_eq!(fate_of(job, silent), Some(LeaseFate::Late));
		assert_eq!(all_stake(silent), before - Perbill::from_percent(5) * (2 * PRICE));
		// Deadlines come before matching: the replica is let again in the same block.
		let other = miner_of(job, 0);
		assert_ne!(other.id(), silent.id());
		assert_eq!(lease_of(job, 0).expect("is let").0.attempt, 1);
		show(world, job, 0, Claim::Truth);
		assert_eq!(fate_of(job, other), Some(LeaseFate::Accepted));
	});
}

#[test]
fn a_job_should_be_refunded_when_three_miners_were_silent() {
	with_quick_world(|world| {
		open(world, 3);
		let client = &people().clients[0];
		let job = post(world, client, echo());
		world.run_until(100, "the job ended", || state(job).is_some_and(|state| state.is_ended()));
		assert_eq!(state(job), Some(JobState::Refunded(RefundReason::AttemptsUsedUp)));
		assert_eq!(history(job).len(), 3);
		assert_eq!(
			end_of(world, job).map(|(_, paid, refunded)| (paid, refunded)),
			Some((0, PRICE))
		);
	});
}

#[test]
fn a_late_answer_should_be_refused() {
	with_quick_world(|world| {
		open(world, 1);
		let job = post_let(world, &people().clients[0], echo());
		let (worker, call) = shop::showing(job, 0, Claim::Truth);
		let deliver_by = lease_of(job, 0).expect("is let").0.deliver_by;
		world.run(deliver_by + 1 - world.now());
		assert_eq!(leases_of(job).len(), 0, "nobody else is there to take it");
		assert!(world.send(worker, call).is_err(), "a worker cannot pay for what is refused");
		world.run(20);
		assert_eq!(state(job), Some(JobState::Refunded(RefundReason::NoMiner)));
	});
}

#[test]
fn an_answer_that_is_withheld_should_cost_what_a_lie_costs_and_be_replaced() {
	with_world(|world| {
		open(world, 3);
		let job = post_let(world, &people().clients[0], replicated(2, 2, 1));
		let (honest, silent) = (miner_of(job, 0), miner_of(job, 1));
		let before = all_stake(silent);
		commit(world, job, 0, Claim::Truth);
		commit(world, job, 1, Claim::Truth);
		show(world, job, 0, Claim::Truth);
		let Some(JobState::Judging { reveal_by }) = state(job) else { panic!("reveals are open") };
		world.skip(reveal_by - world.now());
		assert_eq!(fate_of(job, silent), Some(LeaseFate::Withheld));
		assert_eq!(all_stake(silent), before - 2 * PRICE, "twice the value, as for a lie");
		// The honest answer stays, and a third replica takes the place of the silent one.
		assert_eq!(leases_of(job), [0, 2]);
		commit(world, job, 2, Claim::Truth);
		show(world, job, 2, Claim::Truth);
		assert!(matches!(state(job), Some(JobState::Settled { .. })));
		assert_eq!(fate_of(job, honest), Some(LeaseFate::Accepted));
		assert_eq!(end_of(world, job).map(|(_, paid, _)| paid), Some(2 * ASK));
	});
}

#[test]
fn a_tie_breaker_should_decide_between_two_answers() {
	with_world(|world| {
		open(world, 3);
		let job = post_let(world, &people().clients[0], replicated(2, 2, 1));
		let (honest, liar) = (miner_of(job, 0), miner_of(job, 1));
		answer_all(world, job, &[Claim::Truth, Claim::Lie(0)]);
		assert!(matches!(state(job), Some(JobState::Open { .. })), "the answers differ");
		world.next_block();
		assert_eq!(leases_of(job), [0, 1, 2]);
		let third = miner_of(job, 2);
		commit(world, job, 2, Claim::Truth);
		show(world, job, 2, Claim::Truth);
		assert_eq!(fate_of(job, honest), Some(LeaseFate::Accepted));
		assert_eq!(fate_of(job, third), Some(LeaseFate::Accepted));
		assert_eq!(fate_of(job, liar), Some(LeaseFate::Wrong));
		let (_, paid, refunded) = end_of(world, job).expect("it ended");
		assert_eq!((paid, refunded), (2 * ASK, 3 * PRICE - 2 * ASK));
	});
}

#[test]
fn answers_should_be_worth_nothing_when_no_two_agree() {
	with_quick_world(|world| {
		open(world, 3);
		let job = post_let(world, &people().clients[0], replicated(2, 2, 1));
		answer_all(world, job, &[Claim::Truth, Claim::Lie(0)]);
		world.next_block();
		commit(world, job, 2, Claim::Lie(1));
		show(world, job, 2, Claim::Lie(1));
		assert_eq!(state(job), Some(JobState::Refunded(RefundReason::NoQuorum)));
		assert!(
			history(job).iter().all(|(_, fate, paid)| (*fate, *paid) == (LeaseFate::Released, 0))
		);
	});
}

#[test]
fn a_shader_out_of_fuel_should_be_paid_and_have_no_output() {
	with_world(|world| {
		open(world, 2);
		let client = &people().clients[0];
		let program = shader();
		world.must(client, pallet_jobs::Call::register_program { program, size_bytes: 100 });
		let single = post_let(world, client, JobSpec { tip: 5, ..wgsl(3) });
		show(world, single, 0, Claim::OutOfFuel);
		assert_eq!(state(single), Some(JobState::OutOfFuel));
		assert_eq!(history(single), [(0, LeaseFate::Accepted, 3 * ASK + 5)]);
		let spec = JobSpec { replication: replicated(2, 2, 1).replication, ..wgsl(3) };
		let both = post_let(world, client, spec);
		answer_all(world, both, &[Claim::OutOfFuel, Claim::OutOfFuel]);
		assert_eq!(state(both), Some(JobState::OutOfFuel));
	});
}

#[test]
fn an_unavailable_input_should_cost_the_client_the_time_of_those_who_looked() {
	with_world(|world| {
		open(world, 3);
		let job = post_let(world, &people().clients[0], replicated(2, 2, 1));
		answer_all(world, job, &[UNAVAILABLE, UNAVAILABLE]);
		let reason = RefundReason::Failed(FailureCode::InputUnavailable);
		assert_eq!(state(job), Some(JobState::Refunded(reason)));
		let part = Percent::from_percent(5).mul_floor(ASK);
		assert_eq!(history(job).iter().map(|(.., paid)| *paid).collect::<Vec<_>>(), [part, part]);
		// One miner's word alone is worth nothing: others try, and nobody is paid.
		let single = post(world, &people().clients[1], echo());
		for _ in 0..3 {
			world.next_block();
			show(world, single, 0, UNAVAILABLE);
		}
		assert_eq!(state(single), Some(JobState::Refunded(reason)));
		assert_eq!(end_of(world, single).map(|(_, paid, _)| paid), Some(0));
	});
}

#[test]
fn a_failure_should_be_no_success_however_many_agree() {
	with_quick_world(|world| {
		open(world, 3);
		let invalid = Claim::Failure(FailureCode::ProgramInvalid);
		let job = post_let(world, &people().clients[0], replicated(3, 2, 1));
		let honest = miner_of(job, 2);
		answer_all(world, job, &[invalid, invalid, Claim::Truth]);
		assert_eq!(
			state(job),
			Some(JobState::Refunded(RefundReason::Failed(FailureCode::ProgramInvalid)))
		);
		assert_eq!(end_of(world, job).map(|(_, paid, _)| paid), Some(0));
		assert_eq!(fate_of(job, honest), Some(LeaseFate::Released), "and they convict nobody");
	});
}

#[test]
fn a_cancelled_job_should_pay_the_work_that_was_begun_and_refund_the_rest() {
	with_world(|world| {
		let client = &people().clients[0];
		let waiting = post(world, client, echo());
		let before = wealth(world, client);
		world.must(client, pallet_jobs::Call::cancel { job: waiting });
		assert_eq!(end_of(world, waiting), Some((JobState::Cancelled, 0, PRICE)));
		open(world, 2);
		// Two of three find a miner.
		let job = post(world, client, JobSpec { tip: 11, ..replicated(3, 2, 1) });
		world.next_block();
		assert_eq!(leases_of(job).len(), 2);
		world.must(client, pallet_jobs::Call::cancel { job });
		let pay = ASK + 11;
		let escrow = 4 * (PRICE + 11);
		assert_eq!(end_of(world, job), Some((JobState::Cancelled, 2 * pay, escrow - 2 * pay)));
		assert!(history(job).iter().all(|(_, fate, _)| *fate == LeaseFate::Released));
		assert!(wealth(world, client) < before - 2 * pay);
	});
}

#[test]
fn a_record_should_be_dropped_in_time_and_its_deposit_returned() {
	with_quick_world(|world| {
		let retention = dynamic_params::jobs::Parameters::RetentionBlocks(
			dynamic_params::jobs::RetentionBlocks,
			Some(30),
		);
		govern(world, RuntimeParameters::Jobs(retention));
		open(world, 1);
		let client = &people().clients[0];
		let job = post_let(world, client, echo());
		show(world, job, 0, Claim::Truth);
		let before = free(&client.id());
		world.run(29);
		assert!(state(job).is_some());
		world.next_block();
		assert_eq!(state(job), None);
		assert_eq!(free(&client.id()), before + terms().job_deposit);
		assert!(Receipts::receipts_of(job).is_empty());
	});
}

#[test]
fn miners_of_one_owner_should_share_no_job() {
	with_world(|world| {
		open(world, 3);
		let owner = &people().owners[0];
		for index in [0, 1] {
			let miner = &people().miners[index];
			world.must(miner, pallet_compute_staking::Call::request_owner { owner: owner.id() });
			world.must(owner, pallet_compute_staking::Call::accept_miner { miner: miner.id() });
		}
		let job = post(world, &people().clients[0], replicated(3, 2, 1));
		world.run(9);
		assert_eq!(leases_of(job).len(), 2, "three miners, two owners");
		assert!(leases_of(job).iter().any(|replica| miner_of(job, *replica).name == "miner2"));
		let report = Jobs::why_no_match(job).expect("the job is on record");
		assert_eq!(report.len(), 1);
		assert!(
			report[0]
				.1
				.refused
				.iter()
				.any(|(filter, _)| { *filter == aitbc_primitives::OfferFilter::OwnerTaken })
		);
		// Nor does a client get its own miners.
		let own = post(world, owner, echo());
		world.run(3);
		assert_eq!(leases_of(own).len(), 1);
		assert_eq!(miner_of(own, 0).name, "miner2");
	});
}

#[test]
fn delegators_should_share_what_a_miner_earns_and_what_it_loses() {
	with_world(|world| {
		open_one(world, 0, PRICE, 2);
		let miner = &people().miners[0];
		let delegator = &people().delegators[0];
		world.must(miner, pallet_compute_staking::Call::set_compounding { compounding: true });
		let call = pallet_compute_staking::Call::delegate {
			miner: miner.id(),
			amount: COLLATERAL,
			min_shares: 0,
		};
		world.must(delegator, call);
		let value = || ComputeStaking::delegation(miner.id(), delegator.id()).value;
		assert_eq!(value(), COLLATERAL);
		let price = 100 * AIT;
		let dear = JobSpec { max_price_per_unit: price, ..echo() };
		world.must(miner, shop::offering(Class::Echo, shop::terms(price, 2)));
		let job = post_let(world, &people().clients[0], dear.clone());
		show(world, job, 0, Claim::Truth);
		let pay = price - fee_of(price);
		assert_eq!(value(), COLLATERAL + pay / 2, "half of the bond, half of the pay");
		assert_eq!(stake_of(miner).own, COLLATERAL + pay - pay / 2);
		// And the same of a slash.
		let job = post_let(world, &people().clients[0], dear);
		let (before, own) = (value(), stake_of(miner).own);
		let deliver_by = lease_of(job, 0).expect("is let").0.deliver_by;
		world.skip(deliver_by - world.now());
		let slashed = Perbill::from_percent(5) * (2 * price);
		assert_eq!(before - value() + own - stake_of(miner).own, slashed);
		assert!((before - value()).abs_diff(slashed / 2) < AIT);
		// The stake can be taken back, when its time is over.
		let shares = ComputeStaking::delegation(miner.id(), delegator.id()).shares;
		world.must(
			delegator,
			pallet_compute_staking::Call::undelegate { miner: miner.id(), shares },
		);
		let call = pallet_compute_staking::Call::withdraw_unbonded { miner: miner.id() };
		world.must_fail(delegator, call.clone());
		let due = all_stake(miner) - stake_of(miner).own;
		world.skip(terms().unbonding_blocks);
		let coins = free(&delegator.id());
		let fee = world.must(delegator, call);
		assert_eq!(free(&delegator.id()) + fee, coins + due);
	});
}

#[test]
fn a_miner_should_leave_with_all_that_is_its_own() {
	with_quick_world(|world| {
		let miner = &people().miners[0];
		let before = free(&miner.id());
		open(world, 1);
		world.must(miner, pallet_compute_staking::Call::leave {});
		world.must_fail(miner, pallet_compute_staking::Call::withdraw {});
		world.skip(terms().unbonding_blocks);
		world.must(miner, pallet_compute_staking::Call::withdraw {});
		assert!(!pallet_compute_staking::Miners::<Runtime>::contains_key(miner.id()));
		assert!(before - free(&miner.id()) < AIT / 10, "all but fees is there again");
		// Its offers go when they are met.
		let job = post(world, &people().clients[0], echo());
		world.next_block();
		assert_eq!(leases_of(job).len(), 0);
		assert!(pallet_market::Offers::<Runtime>::get(Class::Echo, miner.id()).is_none());
	});
}

#[test]
fn verified_work_of_an_era_should_earn_an_emission_after_it() {
	with_quick_world(|world| {
		open(world, 2);
		let client = &people().clients[0];
		let price = 100 * AIT;
		let spec = JobSpec { max_price_per_unit: price, ..replicated(2, 2, 1) };
		for miner in &people().miners[..2] {
			world.must(miner, shop::offering(Class::Echo, shop::terms(price, 2)));
		}
		let job = post_let(world, client, spec);
		answer_all(world, job, &[Claim::Truth, Claim::Truth]);
		// A single job's answer is nobody's but its miner's word, and earns none.
		let alone =
			post_let(world, &people().clients[1], JobSpec { max_price_per_unit: price, ..echo() });
		show(world, alone, 0, Claim::Truth);
		let issued = Balances::total_issuance();
		let before: Balance = people().miners[..2].iter().map(|miner| total(&miner.id())).sum();
		let fees = fee_of(price) * 2;
		let totals = pallet_payouts::Totals::<Runtime>::get();
		assert!(totals.verified_fee <= fees && totals.emission == 0);
		world.skip(EraBlocks::get() - world.now() % EraBlocks::get());
		world.run_until(20, "the era is paid", || {
			pallet_payouts::Totals::<Runtime>::get().emission > 0
		});
		let after: Balance = people().miners[..2].iter().map(|miner| total(&miner.id())).sum();
		let emission = pallet_payouts::Totals::<Runtime>::get().emission;
		let entitled = 2 * (Permill::from_percent(50).mul_floor(totals.verified_fee / 2));
		assert_eq!(emission, entitled.min(2 * (COLLATERAL / 1_000)));
		assert_eq!(after - before, emission);
		assert_eq!(Balances::total_issuance(), issued + emission);
		// And it is over.
		world.run(3);
		assert_eq!(pallet_payouts::Totals::<Runtime>::get().emission, emission);
		assert_eq!(pallet_payouts::EraWork::<Runtime>::iter().count(), 0);
	});
}

#[test]
fn the_makers_of_blocks_should_be_paid_from_the_pot() {
	with_quick_world(|world| {
		open(world, 1);
		let job = post_let(world, &people().clients[0], echo());
		show(world, job, 0, Claim::Truth);
		let (_, pot) = Payouts::pot();
		assert!(pot > 0);
		world.run(3);
		let (_, left) = Payouts::pot();
		assert!(left < pot, "each block gives its author a part");
		assert!(left > pot / 2);
	});
}

#[test]
fn a_batch_should_be_relayed_by_anybody_who_pays_for_it() {
	with_world(|world| {
		open(world, 2);
		let client = &people().clients[0];
		let jobs: Vec<_> = (0..3).map(|_| post(world, client, echo())).collect();
		world.next_block();
		let mut answers: Vec<Answer> =
			jobs.iter().map(|job| answer_of(*job, 0, Claim::Truth).1).collect();
		// One that is wrong does not spoil the others.
		answers.insert(1, answers[0].clone());
		let answers = answers.try_into().expect("four fit");
		let fee =
			world.must(&people().strangers[0], pallet_receipts::Call::submit_batch { answers });
		assert!(fee > 0);
		for job in jobs {
			assert!(matches!(state(job), Some(JobState::Settled { .. })));
		}
		let taken = world.count(|event| {
			matches!(
				event,
				RuntimeEvent::Receipts(pallet_receipts::Event::BatchTaken { taken: 3, failed: 1 })
			)
		});
		assert_eq!(taken, 1);
	});
}

#[test]
fn a_worker_without_coins_should_answer_a_batch_without_a_fee() {
	with_quick_world(|world| {
		open(world, 1);
		let jobs: Vec<_> = (0..2).map(|_| post(world, &people().clients[0], echo())).collect();
		world.next_block();
		let worker = &people().workers[0];
		assert_eq!(total(&worker.id()), 0);
		let answers = jobs.iter().map(|job| answer_of(*job, 0, Claim::Truth).1).collect::<Vec<_>>();
		let answers = answers.try_into().expect("two fit");
		assert_eq!(world.must(worker, pallet_receipts::Call::submit_batch { answers }), 0);
		assert!(jobs.iter().all(|job| matches!(state(*job), Some(JobState::Settled { .. }))));
	});
}

#[test]
fn a_rotated_key_should_end_what_it_began_and_the_new_one_sign_for_the_rest() {
	with_quick_world(|world| {
		open(world, 1);
		let (miner, old, new) = (&people().miners[0], &people().workers[0], &people().workers[8]);
		let client = &people().clients[0];
		let first = post_let(world, client, echo());
		let consent = shop::consent(new, miner);
		let call = pallet_compute_staking::Call::rotate_worker { worker: new.key(), consent };
		world.must(miner, call);
		let second = post_let(world, client, echo());
		assert_eq!(lease_of(first, 0).expect("is let").0.worker, old.key());
		assert_eq!(lease_of(second, 0).expect("is let").0.worker, new.key());
		show(world, second, 0, Claim::Truth);
		show(world, first, 0, Claim::Truth);
		assert!(!pallet_compute_staking::Workers::<Runtime>::contains_key(old.key()));
	});
}

#[test]
fn the_best_offer_that_fits_should_get_the_work() {
	with_quick_world(|world| {
		open_one(world, 0, PRICE, 1);
		open_one(world, 1, ASK, 1);
		let client = &people().clients[0];
		let first = post_let(world, client, echo());
		assert_eq!(miner_of(first, 0).name, "miner1", "the cheaper one");
		let second = post_let(world, client, echo());
		assert_eq!(miner_of(second, 0).name, "miner0", "whose slot is free");
		let third = post(world, client, echo());
		world.next_block();
		assert!(leases_of(third).is_empty());
		show(world, first, 0, Claim::Truth);
		world.next_block();
		assert_eq!(miner_of(third, 0).name, "miner1", "its slot is free again");
		assert_eq!(Market::depth(Class::Echo).len(), 0);
		let open = lease_of(third, 0).expect("is let").0;
		assert_eq!((open.state, open.price_per_unit), (LeaseState::Leased, ASK));
	});
}
