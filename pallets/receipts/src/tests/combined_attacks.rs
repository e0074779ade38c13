//! Attacks that need more than one pallet, and random play of all of them.

use super::combined_mock::*;
use crate::Error;
use aitbc_primitives::{FailureCode, JobId, Receipt};
use frame_support::{
	assert_noop, assert_ok, dispatch::CheckIfFeeless, storage::with_storage_layer,
};
use pallet_jobs::{HoldReason, JobState};
use proptest::prelude::*;
use sp_core::Pair as _;
use sp_runtime::DispatchError;

type Staking = pallet_compute_staking::Pallet<Chain>;
type JobsPallet = pallet_jobs::Pallet<Chain>;

#[test]
fn attack_any_user_slashes_any_bond() {
	// Hole 8: no call slashes; collateral moves only with the end of the miner's own lease.
	execute(|| {
		register(2);
		let job = post(spec());
		let victim = holder(job, 0);
		let forged = sign_with(failure(job, 0, FailureCode::DeviceFault), &worker(1 - victim));
		assert_noop!(
			crate::Pallet::<Chain>::submit(signed(STRANGER), forged),
			Error::<Chain>::SignatureInvalid
		);
		assert_noop!(
			JobsPallet::cancel(signed(STRANGER), job),
			pallet_jobs::Error::<Chain>::NotTheClient
		);
		assert_eq!(slashed(victim), 0);
	});
}

#[test]
fn attack_registration_overwrites_another_miner() {
	// Hole 9: neither the record nor the worker key of another can be taken.
	execute(|| {
		register(1);
		let consent =
			|who: u8| worker(0).sign(&aitbc_primitives::worker_consent(genesis(), &miner(who)));
		let key = worker(0).public();
		assert_noop!(
			Staking::register(signed(miner(0)), MIN_COLLATERAL, key, consent(0)),
			pallet_compute_staking::Error::<Chain>::AlreadyRegistered
		);
		assert_noop!(
			Staking::register(signed(miner(1)), MIN_COLLATERAL, key, consent(1)),
			pallet_compute_staking::Error::<Chain>::WorkerKeyTaken
		);
		// A consent given to another miner is not one for this miner.
		let other = worker(5).sign(&aitbc_primitives::worker_consent(genesis(), &miner(2)));
		assert_noop!(
			Staking::register(signed(miner(1)), MIN_COLLATERAL, worker(5).public(), other),
			pallet_compute_staking::Error::<Chain>::ConsentInvalid
		);
	});
}

#[test]
fn attack_offer_in_another_miners_name() {
	// Hole 10: the offer is the signer's own, and the signer must be a miner.
	execute(|| {
		register(1);
		assert_noop!(
			pallet_market::Pallet::<Chain>::set_offer(
				signed(STRANGER),
				aitbc_primitives::Class::Gemm,
				1,
				1,
				now() + 10
			),
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
		let open = pallet_jobs::Leases::<Chain>::iter().count() as u128;
		assert_eq!(open, affordable);
		assert!(miner_info(0).locked <= miner_info(0).collateral);
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
fn attack_receipt_replayed_against_the_next_attempt() {
	// The same miner never gets a second attempt; another miner's receipt is signed by another key.
	execute(|| {
		register(2);
		let job = post(spec());
		let failed = sign(failure(job, 0, FailureCode::DeviceFault));
		assert_ok!(submit(failed.clone()));
		next_block();
		assert_noop!(
			crate::Pallet::<Chain>::submit(signed(STRANGER), failed.clone()),
			Error::<Chain>::WrongAttempt
		);
		let attempt = lease(job, 0).expect("let again").attempt;
		let moved = Receipt { attempt, ..failed.receipt };
		let moved = aitbc_primitives::SignedReceipt { receipt: moved, ..failed };
		assert_noop!(
			crate::Pallet::<Chain>::submit(signed(STRANGER), moved),
			Error::<Chain>::SignatureInvalid
		);
	});
}

#[test]
fn attack_two_receipts_in_one_batch() {
	execute(|| {
		register(1);
		let job = post(spec());
		let answer = sign(receipt(job, 0, 0));
		let batch = with_storage_layer::<(), DispatchError, _>(|| {
			crate::Pallet::<Chain>::submit(signed(STRANGER), answer.clone())?;
			crate::Pallet::<Chain>::submit(signed(STRANGER), answer.clone())
		});
		assert_eq!(batch, Err(Error::<Chain>::NoSuchLease.into()));
		assert_eq!(earned(0), 0, "half a batch was kept");
		assert_ok!(submit(answer));
	});
}

#[test]
fn attack_client_feeds_inputs_that_nobody_can_read() {
	// Miners that cannot fetch lose nothing but their time.
	execute(|| {
		register(3);
		let job = post(replicated(3, 2));
		let answers: Vec<_> = (0..3)
			.map(|replica| sign(failure(job, replica, FailureCode::InputUnavailable)))
			.collect();
		for answer in &answers {
			assert_ok!(commit(answer));
		}
		for answer in &answers {
			assert_ok!(reveal(answer));
		}
		assert!(matches!(state_of(job), JobState::Refunded(_)));
		assert!((0..3).all(|n| slashed(n) == 0));
	});
}

#[test]
fn attack_worker_without_coins_is_kept_from_answering() {
	// P7: the worker's account exists without coins, and its commit, reveal and receipt are free.
	execute(|| {
		register(2);
		let is_free = |replica: u8, job: JobId, call: crate::Call<Chain>| {
			let who = account(&worker(holder(job, replica)));
			assert_eq!(free(&who), 0);
			call.is_feeless(&signed(who))
		};
		let single = post(spec());
		let answer = sign(receipt(single, 0, 0));
		assert!(is_free(0, single, crate::Call::submit { receipt: answer }));
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
enum Step {
	Post { replicas: u8, start: u32, deliver: u32 },
	Cancel { job: u64 },
	Commit { job: u64, replica: u8, result: u8 },
	Reveal { job: u64, replica: u8, result: u8 },
	Submit { job: u64, replica: u8, result: u8 },
	Offer { miner: u8, price: u128, slots: u16 },
	Withdraw { miner: u8 },
	Leave { miner: u8 },
	Advance { blocks: u32 },
}

fn any_step() -> impl Strategy<Value = Step> {
	let answer = (0u64..8, 0u8..3, 0u8..8);
	prop_oneof![
		3 => (1u8..=3, 1u32..8, 1u32..8)
			.prop_map(|(replicas, start, deliver)| Step::Post { replicas, start, deliver }),
		1 => (0u64..8).prop_map(|job| Step::Cancel { job }),
		6 => answer.clone()
			.prop_map(|(job, replica, result)| Step::Commit { job, replica, result }),
		5 => answer.clone()
			.prop_map(|(job, replica, result)| Step::Reveal { job, replica, result }),
		2 => answer.prop_map(|(job, replica, result)| Step::Submit { job, replica, result }),
		2 => (0..MINERS, 1u128..2_000, 1u16..4)
			.prop_map(|(miner, price, slots)| Step::Offer { miner, price, slots }),
		1 => (0..MINERS).prop_map(|miner| Step::Withdraw { miner }),
		1 => (0..MINERS).prop_map(|miner| Step::Leave { miner }),
		4 => (1u32..4).prop_map(|blocks| Step::Advance { blocks }),
	]
}

/// Receipts with a fixed time, so that a reveal shows what was committed some blocks before.
fn random_answer(job: u64, replica: u8, result: u8) -> Option<aitbc_primitives::SignedReceipt> {
	let job = JobId(job);
	lease(job, replica)?;
	let receipt = match result {
		0 => failure(job, replica, FailureCode::DeviceFault),
		1 => receipt(job, replica, 1),
		_ => receipt(job, replica, 0),
	};
	Some(sign(Receipt { started_at: 0, finished_at: 0, ..receipt }))
}

fn apply(step: Step) {
	let layered = |call: &dyn Fn() -> Result<(), DispatchError>| {
		// Refusals are part of the play.
		let _refused = with_storage_layer(call);
	};
	match step {
		Step::Post { replicas, start, deliver } => {
			let quorum = replicas / 2 + 1;
			let spec = aitbc_primitives::JobSpec {
				start_within_blocks: start,
				deliver_within_blocks: deliver,
				..super::combined_mock::replicated(replicas, quorum)
			};
			assert_ok!(JobsPallet::submit(signed(CLIENT), spec));
		}
		Step::Cancel { job } => layered(&|| JobsPallet::cancel(signed(CLIENT), JobId(job))),
		Step::Commit { job, replica, result } => {
			if let Some(answer) = random_answer(job, replica, result) {
				let _refused = commit(&answer);
			}
		}
		Step::Reveal { job, replica, result } => {
			if let Some(answer) = random_answer(job, replica, result) {
				let _refused = reveal(&answer);
			}
		}
		Step::Submit { job, replica, result } => {
			if let Some(answer) = random_answer(job, replica, result) {
				let _refused = submit(answer);
			}
		}
		Step::Offer { miner: n, price, slots } => layered(&|| {
			let class = aitbc_primitives::Class::Gemm;
			let who = signed(miner(n));
			pallet_market::Pallet::<Chain>::set_offer(who, class, price, slots, now() + 10)
		}),
		Step::Withdraw { miner: n } => layered(&|| {
			let class = aitbc_primitives::Class::Gemm;
			pallet_market::Pallet::<Chain>::withdraw_offer(signed(miner(n)), class)
		}),
		Step::Leave { miner: n } => layered(&|| Staking::leave(signed(miner(n)))),
		Step::Advance { blocks } => run_to(now() + blocks),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(120))]

	#[test]
	fn any_play_should_keep_every_invariant_and_every_coin(
		steps in prop::collection::vec(any_step(), 1..50)
	) {
		execute(|| {
			register(6);
			let issued = Balances::total_issuance() + burned();
			for step in steps {
				apply(step);
				check_state();
				assert_eq!(Balances::total_issuance() + burned(), issued);
			}
			run_to(now() + 7 * (8 + 8) + REVEAL_WITHIN + RETENTION + 2);
			assert_eq!(pallet_jobs::Jobs::<Chain>::iter().count(), 0, "somebody waits for ever");
			assert_eq!(crate::Receipts::<Chain>::iter().count(), 0);
			assert_eq!(held(HoldReason::Escrow, &CLIENT), 0);
			assert_eq!(held(HoldReason::JobDeposit, &CLIENT), 0);
			assert!((0..6).all(|n| miner_info(n).locked == 0));
		});
	}
}
