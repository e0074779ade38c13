//! Attacks that need more than one pallet, and random play of all of them.

use super::combined_mock::*;
use crate::Error;
use aitbc_primitives::{
	AccountId, Answer, Balance, Class, FailureCode, JobId, JobSpec, Receipt, Replication,
	SignedReceipt, worker_consent,
};
use frame_support::{
	assert_noop, assert_ok, dispatch::CheckIfFeeless, storage::with_storage_layer,
	traits::UnfilteredDispatchable,
};
use pallet_jobs::{HoldReason, JobState};
use proptest::prelude::*;
use sp_core::Pair as _;
use sp_runtime::DispatchError;

type Staking = pallet_compute_staking::Pallet<Chain>;
type JobsPallet = pallet_jobs::Pallet<Chain>;

#[test]
fn hole_01_a_miner_that_was_not_assigned_submits_the_result() {
	// Neither is it paid, nor is the result taken in the name of the one that was.
	execute(|| {
		register(2);
		let job = post(spec());
		let assigned = holder(job, 0);
		let forged = sign_with(receipt(job, 0, 0), &worker(1 - assigned));
		assert_noop!(relay(&forged), Error::<Chain>::SignatureInvalid);
		assert_eq!((earned(0), earned(1)), (0, 0));
		assert_eq!(state_of(job), JobState::Leased);
	});
}

#[test]
fn hole_02_a_failed_job_is_posted_as_a_result_and_is_paid() {
	execute(|| {
		register(1);
		let job = post(spec());
		let failed = failure(job, 0, FailureCode::DeviceFault);
		let paid = sign(Receipt { units: UNITS, ..failed.clone() });
		assert_noop!(relay(&paid), Error::<Chain>::WrongUnits);
		assert_ok!(submit(sign(failed)));
		assert_eq!(earned(0), 0);
		assert_eq!(free(&CLIENT), ENDOWMENT - JOB_DEPOSIT - record(job).escrow);
		assert!(matches!(state_of(job), JobState::Open { .. }));
	});
}

#[test]
fn hole_03_units_and_price_come_from_the_miners_own_metrics() {
	// Whatever a receipt says of its machine and its time: pay is units of the shape × price of the lease,
	// and an offer that is made dearer changes no lease that began.
	execute(|| {
		register(1);
		let job = post(spec());
		offer(0, 10 * PRICE, 4);
		let boasting = Receipt {
			started_at: 0,
			finished_at: u32::MAX,
			profile: aitbc_primitives::Hash::repeat_byte(0xff),
			..receipt(job, 0, 0)
		};
		assert_ok!(submit(sign(boasting)));
		assert_eq!((earned(0), free(&CLIENT)), (net(), ENDOWMENT - JOB_DEPOSIT - GROSS));
	});
}

#[test]
fn hole_14_replayed_late_and_duplicate_receipts() {
	execute(|| {
		register(2);
		let first = post(spec());
		let answer = sign(receipt(first, 0, 0));
		assert_ok!(submit(answer.clone()));
		assert_eq!(
			send(vec![Answer::Submit(answer.clone()), Answer::Submit(answer.clone())]),
			(0, 2)
		);
		// The same work again is another job.
		let second = post(spec());
		assert_noop!(relay(&answer), Error::<Chain>::NoSuchLease);
		let mut moved = answer;
		moved.receipt.job = second;
		assert_noop!(relay(&moved), Error::<Chain>::SignatureInvalid);
		assert_eq!((0..2).map(earned).sum::<Balance>(), net());
	});
}

#[test]
fn attack_any_user_slashes_any_bond() {
	// No call slashes; collateral moves only with the end of the miner's own lease.
	execute(|| {
		register(2);
		let job = post(spec());
		let victim = holder(job, 0);
		let forged = sign_with(failure(job, 0, FailureCode::DeviceFault), &worker(1 - victim));
		assert_noop!(relay(&forged), Error::<Chain>::SignatureInvalid);
		assert!(JobsPallet::cancel(signed(STRANGER), job).is_err());
		assert_eq!(slashed(victim), 0);
	});
}

#[test]
fn attack_registration_overwrites_another_miner() {
	// Neither the record nor the worker key of another can be taken.
	execute(|| {
		register(1);
		let key = worker(0).public();
		assert_noop!(
			Staking::register(signed(miner(0)), MIN_COLLATERAL, key, consent_of(0, &worker(0))),
			pallet_compute_staking::Error::<Chain>::AlreadyRegistered
		);
		assert_noop!(
			Staking::register(signed(miner(1)), MIN_COLLATERAL, key, consent_of(1, &worker(0))),
			pallet_compute_staking::Error::<Chain>::WorkerKeyTaken
		);
		// A consent given to another miner is not one for this miner.
		let other = worker(5).sign(&worker_consent(genesis(), &miner(2)));
		assert_noop!(
			Staking::register(signed(miner(1)), MIN_COLLATERAL, worker(5).public(), other),
			pallet_compute_staking::Error::<Chain>::ConsentInvalid
		);
	});
}

#[test]
fn attack_offer_in_another_miners_name() {
	// The offer is the signer's own, and the signer must be a miner.
	execute(|| {
		register(1);
		assert_noop!(
			Market::set_offer(signed(STRANGER), Class::Gemm, terms(1, 1)),
			pallet_market::Error::<Chain>::NotAMiner
		);
	});
}

#[test]
fn attack_one_bond_backs_many_leases() {
	// Slots are many, collateral is not: what one bond cannot back is not let.
	execute(|| {
		register_at(0, PRICE, 200);
		let affordable = MIN_COLLATERAL / COLLATERAL;
		for _ in 0..affordable + 5 {
			JobsPallet::submit(signed(CLIENT), spec()).expect("a valid job");
		}
		next_block();
		assert_eq!(JobsPallet::open_leases().count() as u128, affordable);
		assert!(miner_info(0).locked <= miner_info(0).bond());
	});
}

#[test]
fn attack_unbond_cheat_and_leave_before_the_verdict() {
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let liar = holder(job, 1);
		assert_ok!(Staking::leave(signed(miner(liar))));
		run_to(now() + 9);
		let answers = commit_all(job, &[0, 1, 0]);
		run_to(now() + 2);
		assert_noop!(
			Staking::withdraw(signed(miner(liar))),
			pallet_compute_staking::Error::<Chain>::LeasesOpen
		);
		for answer in &answers {
			assert_ok!(reveal(answer));
		}
		assert_eq!(slashed(liar), COLLATERAL);
		assert_ok!(Staking::withdraw(signed(miner(liar))));
		assert_eq!(free(&miner(liar)), 2 * MIN_COLLATERAL - COLLATERAL);
	});
}

#[test]
fn attack_key_rotated_under_the_lease() {
	// The lease keeps the key that it began with: the new one cannot answer it, the old one can, for free,
	// and nothing that begins later.
	execute(|| {
		register(1);
		let job = post(spec());
		let old = key_of(job, 0);
		assert_ok!(rotate(0, 20));
		let new = worker(20);
		let later = post(spec());
		let call =
			|answer: &SignedReceipt| crate::Call::<Chain>::submit { receipt: answer.clone() };

		let by_new = sign_with(receipt(job, 0, 0), &new);
		assert_noop!(relay(&by_new), Error::<Chain>::SignatureInvalid);
		let by_old = sign_with(receipt(later, 0, 0), &old);
		assert_noop!(relay(&by_old), Error::<Chain>::SignatureInvalid);

		let right = sign(receipt(job, 0, 0));
		assert!(!call(&right).is_feeless(&signed(account(&new))));
		assert!(call(&right).is_feeless(&signed(account(&old))));
		assert_ok!(submit(right));
		let right = sign(receipt(later, 0, 0));
		assert!(call(&right).is_feeless(&signed(account(&new))));
		assert_ok!(submit(right));
		assert_eq!(earned(0), 2 * net());
	});
}

#[test]
fn attack_old_key_registered_by_another_while_its_lease_is_open() {
	// A retired key stays taken until its last lease has ended: no other miner's receipts are mixed up with it.
	execute(|| {
		register(1);
		let job = post(spec());
		assert_ok!(rotate(0, 20));
		let consent = consent_of(1, &worker(0));
		let register_old = || {
			let key = worker(0).public();
			Staking::register(signed(miner(1)), MIN_COLLATERAL, key, consent)
		};
		assert_noop!(register_old(), pallet_compute_staking::Error::<Chain>::WorkerKeyTaken);
		assert_ok!(submit(sign(receipt(job, 0, 0))));
		assert_ok!(register_old());
	});
}

#[test]
fn attack_receipt_replayed_against_the_next_attempt() {
	// The same miner never gets a second attempt; another miner's receipt is signed by another key.
	execute(|| {
		register(2);
		let job = post(spec());
		let failed = sign(failure(job, 0, FailureCode::DeviceFault));
		assert_ok!(submit(failed.clone()));
		next_block();
		assert_noop!(relay(&failed), Error::<Chain>::WrongAttempt);
		let attempt = lease(job, 0).expect("let again").attempt;
		let moved = Receipt { attempt, ..failed.receipt };
		let moved = SignedReceipt { receipt: moved, ..failed };
		assert_noop!(relay(&moved), Error::<Chain>::SignatureInvalid);
	});
}

#[test]
fn attack_receipt_of_a_pruned_job() {
	execute(|| {
		register(1);
		let job = post(spec());
		let answer = sign(receipt(job, 0, 0));
		assert_ok!(submit(answer.clone()));
		run_to(now() + RETENTION);
		assert!(pallet_jobs::Jobs::<Chain>::get(job).is_none());
		assert_noop!(relay(&answer), Error::<Chain>::NoSuchLease);
		assert_eq!(send(vec![Answer::Submit(answer)]), (0, 1));
		assert_eq!(earned(0), net());
	});
}

#[test]
fn attack_two_receipts_in_one_transaction() {
	execute(|| {
		register(1);
		let job = post(spec());
		let answer = sign(receipt(job, 0, 0));
		let both = with_storage_layer::<(), DispatchError, _>(|| {
			relay(&answer)?;
			relay(&answer)
		});
		assert_eq!(both, Err(Error::<Chain>::NoSuchLease.into()));
		assert_eq!(earned(0), 0, "half of it was kept");
		assert_eq!(send(vec![Answer::Submit(answer.clone()), Answer::Submit(answer)]), (1, 1));
		assert_eq!(earned(0), net());
	});
}

#[test]
fn attack_outcomes_are_mixed_to_be_paid_twice() {
	// A completed and a failed answer of one lease, in either order: one is taken.
	for first in 0..2 {
		execute(|| {
			register(1);
			let job = post(spec());
			let right = Answer::Submit(sign(receipt(job, 0, 0)));
			let failed = Answer::Submit(sign(failure(job, 0, FailureCode::InputUnavailable)));
			let both = if first == 0 { vec![right, failed] } else { vec![failed, right] };
			assert_eq!(send(both), (1, 1));
			assert_eq!(earned(0), if first == 0 { net() } else { 0 });
		});
	}
}

#[test]
fn attack_colluders_withhold_until_an_honest_one_stands_alone() {
	// Two of three commit and keep silent: the honest one is not outvoted by silence, and they are slashed.
	execute(|| {
		register(6);
		let replication = Replication { replicas: 3, quorum: 2, tie_breakers: 2 };
		let job = post(JobSpec { replication, ..spec() });
		let miners = holders(job, 3);
		let answers = commit_all(job, &[0, 0, 0]);
		assert_ok!(reveal(&answers[0]));
		run_to(now() + REVEAL_WITHIN + 1);
		for silent in &miners[1..] {
			assert_eq!(slashed(*silent), SLASH_WITHHELD.mul_ceil(COLLATERAL));
		}
		if matches!(state_of(job), JobState::Open { .. }) {
			next_block();
		}
		let breaker = sign(receipt(job, 3, 0));
		assert_ok!(commit(&breaker));
		assert_ok!(reveal(&breaker));
		assert!(matches!(state_of(job), JobState::Settled { .. }));
		assert_eq!(earned(miners[0]), net());
	});
}

#[test]
fn attack_client_feeds_inputs_that_nobody_can_read() {
	// It pays a part for everybody's time, and nobody is slashed.
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let code = FailureCode::InputUnavailable;
		let answers = commit_to((0..3).map(|replica| failure(job, replica, code)).collect());
		for answer in &answers {
			assert_ok!(reveal(answer));
		}
		assert!(matches!(state_of(job), JobState::Refunded(_)));
		let part = net_of(TIME_PAY.mul_floor(GROSS));
		assert!((0..3).all(|n| slashed(n) == 0 && earned(n) == part));
	});
}

#[test]
fn attack_worker_without_coins_is_kept_from_answering() {
	// P7: the worker's account exists without coins, and its commit, reveal and receipt are free.
	execute(|| {
		register(2);
		let is_free = |replica: u8, job: JobId, call: crate::Call<Chain>| {
			let who = account(&key_of(job, replica));
			assert_eq!(free(&who), 0);
			assert!(System::sufficients(&who) > 0);
			call.is_feeless(&signed(who))
		};
		let single = post(spec());
		let answer = sign(receipt(single, 0, 0));
		assert!(is_free(0, single, crate::Call::submit { receipt: answer.clone() }));
		let answers = vec![Answer::Submit(answer)].try_into().expect("fits");
		assert!(is_free(0, single, crate::Call::submit_batch { answers }));
		let job = post(replicated(2, 2));
		let call = crate::Call::commit { job, replica: 0, commitment: Default::default() };
		assert!(is_free(0, job, call));
		let answers = commit_all(job, &[0, 0]);
		for (replica, answer) in (0..).zip(answers) {
			let salt = salt(&answer);
			assert!(is_free(replica, job, crate::Call::reveal { receipt: answer, salt }));
		}
	});
}

#[derive(Clone, Debug)]
enum Play {
	Post { replicas: u8, breakers: u8, start: u32, deliver: u32, shader: bool, tip: u128 },
	Cancel { job: u64 },
	Commit(Said),
	Reveal(Said),
	Submit(Said),
	Batch(Vec<(Said, bool)>),
	Offer { miner: u8, price: u128, slots: u16 },
	Withdraw { miner: u8 },
	Leave { miner: u8 },
	Rotate { miner: u8, key: u8 },
	Advance { blocks: u32, busy: bool },
}

/// An answer to a lease, right or wrong.
#[derive(Clone, Copy, Debug)]
struct Said {
	job: u64,
	replica: u8,
	result: u8,
}

fn any_said() -> impl Strategy<Value = Said> {
	(0u64..8, 0u8..5, 0u8..10).prop_map(|(job, replica, result)| Said { job, replica, result })
}

fn any_play() -> impl Strategy<Value = Play> {
	prop_oneof![
		4 => (1u8..=3, 1u8..=2, 1u32..8, 1u32..8, 0u8..4, 0u128..100).prop_map(
			|(replicas, breakers, start, deliver, shader, tip)| Play::Post {
				replicas,
				breakers,
				start,
				deliver,
				shader: shader == 0,
				tip,
			}
		),
		1 => (0u64..8).prop_map(|job| Play::Cancel { job }),
		6 => any_said().prop_map(Play::Commit),
		5 => any_said().prop_map(Play::Reveal),
		2 => any_said().prop_map(Play::Submit),
		3 => prop::collection::vec((any_said(), any::<bool>()), 1..8).prop_map(Play::Batch),
		2 => (0..MINERS, 1u128..2_000, 1u16..4)
			.prop_map(|(miner, price, slots)| Play::Offer { miner, price, slots }),
		1 => (0..MINERS).prop_map(|miner| Play::Withdraw { miner }),
		1 => (0..MINERS).prop_map(|miner| Play::Leave { miner }),
		1 => (0..MINERS, MINERS..WORKERS).prop_map(|(miner, key)| Play::Rotate { miner, key }),
		5 => (1u32..4, 0u8..4)
			.prop_map(|(blocks, busy)| Play::Advance { blocks, busy: busy == 0 }),
	]
}

/// Receipts with a fixed time, so that a reveal shows what was committed some blocks before.
fn random_answer(Said { job, replica, result }: Said) -> Option<SignedReceipt> {
	let job = JobId(job);
	lease(job, replica)?;
	let receipt = match result {
		0 => failure(job, replica, FailureCode::DeviceFault),
		1 => failure(job, replica, FailureCode::InputUnavailable),
		2 => out_of_fuel(job, replica),
		3 => receipt(job, replica, 1),
		_ => receipt(job, replica, 0),
	};
	Some(sign(Receipt { started_at: 0, finished_at: 0, ..receipt }))
}

/// Relays what the worker would send: free for it if and only if it is taken.
fn answered(call: crate::Call<Chain>, answer: &SignedReceipt) {
	let Receipt { job, replica, .. } = answer.receipt;
	let worker: AccountId = account(&key_of(job, replica));
	let free = call.is_feeless(&signed(worker));
	let taken = with_storage_layer(|| call.dispatch_bypass_filter(signed(STRANGER)));
	assert_eq!(free, taken.is_ok(), "{taken:?}");
}

fn program() -> aitbc_primitives::Cid {
	aitbc_primitives::Cid::of_raw(b"@compute fn main() {}")
}

fn job_of(replicas: u8, tie_breakers: u8, shader: bool) -> JobSpec {
	let tie_breakers = if replicas == 1 { 0 } else { tie_breakers };
	let replication = Replication { replicas, quorum: replicas / 2 + 1, tie_breakers };
	JobSpec { replication, ..if shader { wgsl(program()) } else { spec() } }
}

fn apply(play: Play) {
	let layered = |call: &dyn Fn() -> Result<(), DispatchError>| {
		// Refusals are part of the play.
		let _refused = with_storage_layer(call);
	};
	match play {
		Play::Post { replicas, breakers, start, deliver, shader, tip } => {
			let spec = JobSpec {
				start_within_blocks: start,
				deliver_within_blocks: deliver,
				tip,
				..job_of(replicas, breakers, shader)
			};
			assert_ok!(JobsPallet::submit(signed(CLIENT), spec));
		}
		Play::Cancel { job } => layered(&|| {
			JobsPallet::cancel(signed(CLIENT), JobId(job))
				.map(|_| ())
				.map_err(|failed| failed.error)
		}),
		Play::Commit(said) => {
			if let Some(answer) = random_answer(said) {
				let _refused = commit(&answer);
			}
		}
		Play::Reveal(said) => {
			if let Some(answer) = random_answer(said) {
				let (receipt, salt) = (answer.clone(), salt(&answer));
				answered(crate::Call::reveal { receipt, salt }, &answer);
			}
		}
		Play::Submit(said) => {
			if let Some(answer) = random_answer(said) {
				answered(crate::Call::submit { receipt: answer.clone() }, &answer);
			}
		}
		Play::Batch(items) => {
			let answers = items.into_iter().filter_map(|(said, at_once)| {
				let answer = random_answer(said)?;
				Some(if at_once { Answer::Submit(answer) } else { shown(answer) })
			});
			let _counts = send(answers.collect());
		}
		Play::Offer { miner: n, price, slots } => {
			layered(&|| Market::set_offer(signed(miner(n)), Class::Gemm, terms(price, slots)));
		}
		Play::Withdraw { miner: n } => {
			layered(&|| Market::withdraw_offer(signed(miner(n)), Class::Gemm));
		}
		Play::Leave { miner: n } => layered(&|| Staking::leave(signed(miner(n)))),
		Play::Rotate { miner: n, key } => layered(&|| rotate(n, key)),
		Play::Advance { blocks, busy } => {
			for _ in 0..blocks {
				if busy { next_block_without_hooks() } else { next_block() }
			}
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(80))]

	#[test]
	fn any_play_should_keep_every_invariant_and_every_coin(
		plays in prop::collection::vec(any_play(), 1..50)
	) {
		execute(|| {
			EmissionPerEra::set(1_000_000);
			register(6);
			JobsPallet::register_program(signed(STRANGER), program(), 21).expect("a new program");
			let before = coins();
			for play in plays {
				apply(play);
				check_state();
				assert_eq!(coins(), before);
			}
			// Five replicas, each let three times, one after the other, are the longest life.
			run_to(now() + 15 * (8 + 8) + 3 * REVEAL_WITHIN + RETENTION + 2);
			assert_eq!(pallet_jobs::Jobs::<Chain>::iter().count(), 0, "somebody waits for ever");
			assert_eq!(crate::Receipts::<Chain>::iter().count(), 0);
			assert_eq!(held(HoldReason::Escrow, &CLIENT), 0);
			assert_eq!(held(HoldReason::JobDeposit, &CLIENT), 0);
			assert!((0..6).all(|n| miner_info(n).locked == 0));
		});
	}
}
