//! Attacks on the market as a whole, each of which fails: what needs more than one pallet, transactions, a pool,
//! other pallets of the runtime, or governance. What one pallet can be attacked with alone is tested there.

use crate::support::{
	chain::{Sent, World, free, sign, sign_with_nonce, total, with_quick_world},
	people::{Person, people},
	shop::{
		self, ASK, COLLATERAL, all_stake, answer_all, answer_of, call_of, commit, commitment,
		end_of, fate_of, fee_of, govern, history, leases_of, miner_of, offering, open, open_one,
		post, post_let, registration, show, showing, stake_of, state, terms,
	},
	work::{
		Claim, PRICE, claimed, commitment_to, echo, lease_of, receipt_of, replicated, salt_of,
		shader, signed_by, wgsl,
	},
};
use aitbc_primitives::{
	Answer, Class, FailureCode, Features, JobId, JobSpec, LeaseFate, MAX_BATCH, Requirements,
};
use aitbc_runtime::{
	AIT, Balance, Balances, ComputeStaking, Executive, ExistentialDeposit, Jobs, Payouts, Runtime,
	RuntimeCall, RuntimeParameters, System, Treasury, UncheckedExtrinsic,
	configs::{
		governance::ProxyType,
		market::{EraBlocks, dynamic_params, terms as parameters},
	},
};
use frame_support::{storage::with_transaction, traits::fungible::Inspect};
use pallet_jobs::{JobState, RefundReason};
use pallet_receipts::{Error as ReceiptError, LANE_PRIORITY, MAX_FREE_ANSWERS};
use sp_runtime::{
	DispatchError, MultiAddress, Perbill, Percent, Permill, TransactionOutcome,
	transaction_validity::{TransactionSource, TransactionValidity},
};

type Submit = pallet_jobs::Call<Runtime>;
type Staking = pallet_compute_staking::Call<Runtime>;
type Utility = pallet_utility::Call<Runtime>;

fn cancel(job: JobId) -> RuntimeCall {
	Submit::cancel { job }.into()
}

fn transfer(to: &Person, value: Balance) -> RuntimeCall {
	pallet_balances::Call::transfer_allow_death { dest: MultiAddress::Id(to.id()), value }.into()
}

/// What a node's pool says of a transaction.
fn in_pool(extrinsic: UncheckedExtrinsic) -> TransactionValidity {
	let parent = System::parent_hash();
	let validity = with_transaction(|| {
		let validity =
			Executive::validate_transaction(TransactionSource::External, extrinsic, parent);
		// The pool asks a state of its own.
		TransactionOutcome::Rollback(Ok::<_, DispatchError>(validity))
	});
	validity.expect("the transaction is taken back")
}

/// Goes on until the emission of the present era is paid.
fn pay_era(world: &mut World) {
	world.skip(EraBlocks::get() - world.now() % EraBlocks::get());
	world.run_until(30, "the era is closed", || {
		pallet_payouts::NextEraToPay::<Runtime>::get() * EraBlocks::get() + EraBlocks::get()
			> System::block_number()
	});
}

// ---- money ----

#[test]
fn attack_client_and_miners_collude_for_emission() {
	with_quick_world(|world| {
		// The best that governance can be talked into.
		for parameter in [
			dynamic_params::payouts::Parameters::EmissionShare(
				dynamic_params::payouts::EmissionShare,
				Some(Permill::one()),
			),
			dynamic_params::payouts::Parameters::EmissionPerEra(
				dynamic_params::payouts::EmissionPerEra,
				Some(Balance::MAX),
			),
			dynamic_params::payouts::Parameters::EmissionBondShare(
				dynamic_params::payouts::EmissionBondShare,
				Some(Perbill::one()),
			),
			dynamic_params::payouts::Parameters::Fee(
				dynamic_params::payouts::Fee,
				Some(Permill::from_percent(50)),
			),
		] {
			govern(world, RuntimeParameters::Payouts(parameter));
		}
		open(world, 2);
		let gang = [&people().clients[0], &people().miners[0], &people().miners[1]];
		let wealth = || gang.iter().map(|who| total(&who.id())).sum::<Balance>();
		let before = wealth();
		for miner in &gang[1..] {
			world.must(miner, offering(Class::Echo, terms(100 * AIT, 10)));
		}
		for _ in 0..10 {
			let spec = JobSpec { max_price_per_unit: 100 * AIT, ..replicated(2, 2, 1) };
			let job = post_let(world, gang[0], spec);
			answer_all(world, job, &[Claim::Lie(0), Claim::Lie(0)]);
		}
		pay_era(world);
		let totals = pallet_payouts::Totals::<Runtime>::get();
		assert!(totals.emission > 0, "they are paid an emission");
		assert!(totals.emission <= totals.verified_fee, "which their own fee has paid for");
		assert!(wealth() < before, "paying oneself wins nothing");
	});
}

#[test]
fn attack_one_miner_farms_emission_with_single_jobs() {
	with_quick_world(|world| {
		open(world, 1);
		for _ in 0..3 {
			let job = post_let(world, &people().clients[0], echo());
			show(world, job, 0, Claim::Lie(0));
		}
		pay_era(world);
		let totals = pallet_payouts::Totals::<Runtime>::get();
		assert_eq!((totals.replicas, totals.verified_fee, totals.emission), (3, 0, 0));
	});
}

#[test]
fn attack_cancel_and_receipt_in_one_block() {
	for receipt_first in [true, false] {
		with_quick_world(|world| {
			open(world, 1);
			let client = &people().clients[0];
			let job = post_let(world, client, echo());
			let (worker, call) = showing(job, 0, Claim::Truth);
			if receipt_first {
				world.must(worker, call);
				world.must_fail(client, cancel(job));
			} else {
				world.must(client, cancel(job));
				assert!(world.send(worker, call).is_err(), "there is no lease to answer any more");
			}
			assert_eq!(history(job).len(), 1, "one end");
			assert_eq!(end_of(world, job).map(|(_, paid, back)| paid + back), Some(PRICE));
		});
	}
}

#[test]
fn attack_cancel_twice_in_one_transaction() {
	with_quick_world(|world| {
		let client = &people().clients[0];
		let job = post(world, client, echo());
		let before = free(&client.id());
		let twice = vec![cancel(job), cancel(job)];
		world.must_fail(client, Utility::batch_all { calls: twice.clone() });
		assert!(matches!(state(job), Some(JobState::Open { .. })), "all of it is taken back");
		world.must(client, Utility::force_batch { calls: twice });
		assert!(free(&client.id()) < before + PRICE, "refunded once");
		assert!(Jobs::job(job).is_some_and(|(record, _)| record.escrow == 0));
	});
}

#[test]
fn attack_expiry_and_receipt_in_one_block() {
	with_quick_world(|world| {
		open(world, 1);
		let client = &people().clients[0];
		// In the last block it is taken.
		let job = post_let(world, client, echo());
		let deliver_by = lease_of(job, 0).expect("is let").0.deliver_by;
		world.run(deliver_by - world.now());
		show(world, job, 0, Claim::Truth);
		world.run(3);
		assert_eq!(history(job), [(0, LeaseFate::Accepted, ASK)], "and its deadline is void");
		// In the block after it the deadline comes first, whatever the author would like.
		let job = post_let(world, client, echo());
		let (_, call) = showing(job, 0, Claim::Truth);
		let deliver_by = lease_of(job, 0).expect("is let").0.deliver_by;
		world.run(deliver_by - world.now() + 1);
		let refused = ReceiptError::<Runtime>::NoSuchLease;
		assert_eq!(world.must_fail(client, call), refused.into());
		assert_eq!(history(job), [(0, LeaseFate::Late, 0)]);
	});
}

#[test]
fn attack_batch_of_two_receipts_for_one_job() {
	with_quick_world(|world| {
		open(world, 1);
		let job = post_let(world, &people().clients[0], echo());
		let (worker, answer) = answer_of(job, 0, Claim::Truth);
		let (_, lie) = answer_of(job, 0, Claim::Lie(0));
		let answers = vec![answer.clone(), lie, answer].try_into().expect("three fit");
		let call = pallet_receipts::Call::submit_batch { answers };
		assert!(
			world.send(worker, call.clone()).is_err(),
			"it is not free, and a worker has no coins"
		);
		world.must(&people().strangers[0], call);
		assert_eq!(history(job), [(0, LeaseFate::Accepted, ASK)]);
		assert_eq!(pallet_payouts::Totals::<Runtime>::get().gross, ASK);
	});
}

#[test]
fn attack_the_escrow_account_is_emptied_reaped_and_burnt() {
	with_quick_world(|world| {
		open(world, 1);
		let client = &people().clients[2];
		let waiting = post(world, client, echo());
		let job = post_let(world, client, echo());
		let dest = MultiAddress::Id(people().strangers[0].id());
		world.must(client, pallet_balances::Call::transfer_all { dest, keep_alive: false });
		let held = Balances::total_balance(&client.id()) - free(&client.id());
		assert!(held >= PRICE + parameters().job_deposit, "what is bound stays");
		let value = held;
		if let Ok(Sent { outcome, .. }) =
			world.send(client, pallet_balances::Call::burn { value, keep_alive: false })
		{
			assert!(outcome.is_err(), "bound coins cannot be burnt");
		}
		let before = total(&people().miners[0].id());
		world.run_until(3, "is let", || leases_of(job).len() + history(job).len() > 0);
		for job in [job, waiting] {
			if !leases_of(job).is_empty() {
				show(world, job, 0, Claim::Truth);
			}
		}
		assert!(total(&people().miners[0].id()) > before, "and pays the miner");
	});
}

#[test]
fn attack_a_miner_sells_its_collateral_twice() {
	with_quick_world(|world| {
		open(world, 1);
		let miner = &people().miners[0];
		let staked = all_stake(miner);
		// Staked for a validator, sent away, held for jobs, named as a delegation: it is bound already.
		let all = total(&miner.id());
		let value = free(&miner.id());
		let payee = pallet_staking::RewardDestination::Staked;
		world.must(miner, pallet_staking::Call::bond { value: value - AIT, payee });
		assert!(all - staked >= value - AIT);
		let more = Staking::bond_extra { amount: 10 * AIT };
		world.must_fail(miner, more);
		world.must_fail(miner, transfer(&people().strangers[0], 10 * AIT));
		let dear = JobSpec { max_price_per_unit: 10 * AIT, ..echo() };
		world.must_fail(miner, Submit::submit { spec: dear });
		let itself = Staking::delegate { miner: miner.id(), amount: 10 * AIT, min_shares: 0 };
		world.must_fail(miner, itself);
		assert_eq!(all_stake(miner), staked);
	});
}

#[test]
fn attack_a_donation_moves_the_price_of_shares() {
	with_quick_world(|world| {
		open(world, 1);
		let miner = &people().miners[0];
		let [first, second] = [&people().delegators[0], &people().delegators[1]];
		let least = parameters().min_delegation;
		world.must(first, Staking::delegate { miner: miner.id(), amount: least, min_shares: 0 });
		// Coins sent to the account are the miner's; they are no stake, and nobody's share is worth more.
		world.must(&people().strangers[0], transfer(miner, 500_000 * AIT));
		world.must(second, Staking::delegate { miner: miner.id(), amount: least, min_shares: 0 });
		for delegator in [first, second] {
			let held = ComputeStaking::delegation(miner.id(), delegator.id());
			assert_eq!((held.shares, held.value), (least, least));
		}
	});
}

#[test]
fn attack_stake_is_taken_out_between_the_lie_and_the_verdict() {
	with_quick_world(|world| {
		open(world, 3);
		let job = post_let(world, &people().clients[0], replicated(3, 2, 1));
		let liar = miner_of(job, 0);
		commit(world, job, 0, Claim::Lie(0));
		let locked = stake_of(liar).locked;
		// All that is free may leave; what backs the lease may not.
		let unbond = |amount| Staking::unbond { amount };
		world.must_fail(liar, unbond(COLLATERAL));
		world.must(liar, unbond(COLLATERAL - parameters().min_collateral));
		world.must(liar, Staking::leave {});
		world.must_fail(liar, Staking::withdraw {});
		let before = all_stake(liar);
		for replica in [1, 2] {
			commit(world, job, replica, Claim::Truth);
		}
		for (replica, claim) in [(0, Claim::Lie(0)), (1, Claim::Truth), (2, Claim::Truth)] {
			show(world, job, replica, claim);
		}
		assert_eq!(fate_of(job, liar), Some(LeaseFate::Wrong));
		assert_eq!(all_stake(liar), before - locked, "and what was leaving bears its part");
		assert!(stake_of(liar).unbonding.value < COLLATERAL - parameters().min_collateral);
	});
}

#[test]
fn attack_fees_are_paid_out_of_escrow() {
	with_quick_world(|world| {
		let client = &people().clients[0];
		let job = post(world, client, echo());
		let left = 10 * ExistentialDeposit::get();
		world.must(client, transfer(&people().strangers[0], free(&client.id()) - left));
		while world.send(client, frame_system::Call::remark { remark: vec![0; 64] }).is_ok() {}
		assert!(free(&client.id()) < left);
		assert_eq!(Jobs::job(job).map(|(record, _)| record.escrow), Some(PRICE));
		assert!(world.send(client, cancel(job)).is_err(), "not even to cancel; it ends by itself");
		world.run(12);
		assert_eq!(state(job), Some(JobState::Refunded(RefundReason::NoMiner)));
		world.must(client, frame_system::Call::remark { remark: vec![] });
	});
}

#[test]
fn attack_sums_that_overflow_only_in_the_second_replica() {
	with_quick_world(|world| {
		let client = &people().clients[0];
		for (price, tip) in [
			(Balance::MAX / 2, 0),
			(Balance::MAX / 3 + 1, 0),
			(1, Balance::MAX),
			(1, Balance::MAX / 2),
		] {
			let spec = JobSpec { max_price_per_unit: price, tip, ..replicated(2, 2, 1) };
			let refused = pallet_jobs::Error::<Runtime>::EscrowOverflow;
			assert_eq!(world.must_fail(client, Submit::submit { spec }), refused.into());
		}
		let spec = JobSpec { units_limit: u64::MAX, max_price_per_unit: Balance::MAX, ..wgsl(1) };
		world.must_fail(client, Submit::submit { spec });
	});
}

// ---- leases, receipts, verdicts ----

#[test]
fn attack_a_commitment_is_copied_from_the_block() {
	with_quick_world(|world| {
		open(world, 2);
		let job = post_let(world, &people().clients[0], replicated(2, 2, 1));
		let (honest, call) = commitment(job, 0, Claim::Truth);
		world.must(honest, call);
		// The copier repeats the hash, and what it opens is not its own.
		let (copier, signed) = claimed(job, 1, Claim::Truth);
		let (_, seen) = claimed(job, 0, Claim::Truth);
		let copied = commitment_to(honest, &seen);
		let call = pallet_receipts::Call::commit { job, replica: 1, commitment: copied };
		world.must(copier, call);
		show(world, job, 0, Claim::Truth);
		let stranger = &people().strangers[0];
		for salt in [salt_of(job, 0), salt_of(job, 1)] {
			let refused = ReceiptError::<Runtime>::CommitmentMismatch;
			let call = call_of(Answer::Reveal(signed.clone(), salt));
			assert_eq!(world.must_fail(stranger, call), refused.into());
		}
		let Some(JobState::Judging { reveal_by }) = state(job) else {
			panic!("it is being judged")
		};
		world.skip(reveal_by - world.now());
		let thief = people().with_key(&copier.key()).expect("is a worker");
		assert_eq!(thief.name, copier.name);
		assert!(history(job).contains(&(1, LeaseFate::Withheld, 0)));
	});
}

#[test]
fn attack_answers_are_read_before_the_last_commitment() {
	with_quick_world(|world| {
		open(world, 3);
		let job = post_let(world, &people().clients[0], replicated(3, 2, 1));
		for replica in [0, 1] {
			commit(world, job, replica, Claim::Truth);
		}
		let (worker, call) = showing(job, 0, Claim::Truth);
		assert!(world.send(worker, call.clone()).is_err(), "not free");
		let refused: DispatchError = ReceiptError::<Runtime>::TooEarly.into();
		assert_eq!(world.must_fail(&people().strangers[0], call), refused);
	});
}

#[test]
fn attack_a_quorum_is_denied_by_silence() {
	// Two of three commit and never reveal: the third is neither punished nor out of its time.
	with_quick_world(|world| {
		open(world, 5);
		let job = post_let(world, &people().clients[0], replicated(3, 2, 2));
		let honest = miner_of(job, 0);
		let silent = [miner_of(job, 1), miner_of(job, 2)];
		let before: Vec<_> = silent.iter().map(|miner| all_stake(miner)).collect();
		for replica in 0..3 {
			commit(world, job, replica, Claim::Truth);
		}
		show(world, job, 0, Claim::Truth);
		let Some(JobState::Judging { reveal_by }) = state(job) else {
			panic!("it is being judged")
		};
		world.skip(reveal_by - world.now());
		for (miner, before) in silent.iter().zip(before) {
			assert_eq!(fate_of(job, miner), Some(LeaseFate::Withheld));
			// All that the lease locked: twice the value.
			assert_eq!(all_stake(miner), before - 2 * PRICE);
		}
		assert_eq!(leases_of(job), [0, 3]);
		commit(world, job, 3, Claim::Truth);
		show(world, job, 3, Claim::Truth);
		assert_eq!(fate_of(job, honest), Some(LeaseFate::Accepted));
	});
}

#[test]
fn attack_a_worker_key_is_used_for_two_miners() {
	with_quick_world(|world| {
		open(world, 2);
		let (first, second) = (&people().miners[0], &people().miners[1]);
		let key = &people().workers[0];
		let error = pallet_compute_staking::Error::<Runtime>::WorkerKeyTaken;
		let consent = shop::consent(key, second);
		let rotate = Staking::rotate_worker { worker: key.key(), consent };
		assert_eq!(world.must_fail(second, rotate.clone()), error.into());
		// Not even while its lease of the first ends.
		let job = post_let(world, &people().clients[0], echo());
		let miner = miner_of(job, 0);
		let (mine, other) =
			if miner.name == first.name { (first, second) } else { (second, first) };
		let old = people().with_key(&stake_of(mine).worker).expect("is a worker");
		let new = &people().workers[9];
		let consent = shop::consent(new, mine);
		world.must(mine, Staking::rotate_worker { worker: new.key(), consent });
		let consent = shop::consent(old, other);
		let rotate = Staking::rotate_worker { worker: old.key(), consent };
		let error = pallet_compute_staking::Error::<Runtime>::WorkerKeyTaken;
		assert_eq!(world.must_fail(other, rotate.clone()), error.into());
		show(world, job, 0, Claim::Truth);
		world.must(other, rotate);
	});
}

#[test]
fn attack_the_new_key_answers_the_old_lease() {
	with_quick_world(|world| {
		open(world, 1);
		let (miner, new) = (&people().miners[0], &people().workers[9]);
		let job = post_let(world, &people().clients[0], echo());
		let consent = shop::consent(new, miner);
		world.must(miner, Staking::rotate_worker { worker: new.key(), consent });
		let (lease, spec) = lease_of(job, 0).expect("is let");
		let signed = signed_by(new, receipt_of(job, 0, &lease, &spec, Claim::Lie(0)));
		let call = call_of(Answer::Submit(signed));
		assert!(world.send(new, call.clone()).is_err());
		let refused = ReceiptError::<Runtime>::SignatureInvalid;
		assert_eq!(world.must_fail(&people().strangers[0], call), refused.into());
	});
}

#[test]
fn attack_a_client_makes_miners_late_or_lets_to_itself() {
	with_quick_world(|world| {
		open(world, 1);
		let miner = &people().miners[0];
		// The shortest time is one that can be kept, and no attempt is made with the client's own miner.
		let short = JobSpec { deliver_within_blocks: 7, ..echo() };
		let refused = pallet_jobs::Error::<Runtime>::Window;
		let client = &people().clients[0];
		assert_eq!(world.must_fail(client, Submit::submit { spec: short }), refused.into());
		let own = post(world, miner, echo());
		world.run(5);
		assert!(leases_of(own).is_empty());
	});
}

#[test]
fn attack_an_owner_is_left_or_joined_with_a_lease_in_hand() {
	with_quick_world(|world| {
		open(world, 2);
		let owner = &people().owners[0];
		let (first, second) = (&people().miners[0], &people().miners[1]);
		for miner in [first, second] {
			world.must(miner, Staking::request_owner { owner: owner.id() });
			world.must(owner, Staking::accept_miner { miner: miner.id() });
		}
		let job = post(world, &people().clients[0], replicated(2, 2, 1));
		world.next_block();
		assert_eq!(leases_of(job).len(), 1);
		let busy = miner_of(job, 0);
		let refused = pallet_compute_staking::Error::<Runtime>::LeasesOpen;
		assert_eq!(world.must_fail(busy, Staking::leave_owner {}), refused.into());
		// The other may go: the owner that holds the lease stays barred, and so does who left it.
		let idle = if busy.name == first.name { second } else { first };
		world.must(idle, Staking::leave_owner {});
		world.next_block();
		assert_eq!(leases_of(job).len(), 2, "it is another's miner now");
		// Nobody is made anybody's miner without asking.
		let refused = pallet_compute_staking::Error::<Runtime>::NotRequested;
		let stranger = &people().strangers[0];
		let call = Staking::accept_miner { miner: idle.id() };
		assert_eq!(world.must_fail(stranger, call), refused.into());
	});
}

#[test]
fn attack_failures_that_a_majority_claims_convict_the_honest() {
	with_quick_world(|world| {
		open(world, 5);
		let unavailable = Claim::Failure(FailureCode::InputUnavailable);
		let job = post_let(world, &people().clients[0], replicated(5, 3, 1));
		let honest = miner_of(job, 4);
		let before = all_stake(honest);
		let claims = [unavailable, unavailable, unavailable, Claim::Truth, Claim::Truth];
		answer_all(world, job, &claims);
		assert_eq!(fate_of(job, honest), Some(LeaseFate::Released));
		assert_eq!(all_stake(honest), before);
		let most = Percent::from_percent(5).mul_floor(ASK) * 3;
		assert_eq!(
			end_of(world, job).map(|(_, paid, _)| paid),
			Some(most),
			"and earn next to nothing"
		);
	});
}

// ---- stalling ----

#[test]
fn attack_unmatchable_jobs_stand_at_the_head() {
	with_quick_world(|world| {
		open(world, 1);
		let attacker = &people().clients[1];
		let nowhere = Requirements { features: Features(1 << 20), ..Requirements::default() };
		for _ in 0..300 {
			let dear =
				JobSpec { max_price_per_unit: 10 * PRICE, requirements: nowhere.clone(), ..echo() };
			let call = Submit::submit { spec: dear };
			if world.send(attacker, call.clone()).is_err() {
				world.next_block();
				world.must(attacker, call);
			}
		}
		let job = post(world, &people().clients[0], echo());
		world.run_until(4, "the cheap job is let", || !leases_of(job).is_empty());
	});
}

#[test]
fn attack_one_block_is_filled_with_deadlines() {
	with_quick_world(|world| {
		let attacker = &people().clients[1];
		let count = 400;
		let due = world.now() + 60;
		let first = pallet_jobs::NextJobId::<Runtime>::get().0;
		for _ in 0..count {
			let posting = |now| {
				let spec = JobSpec { start_within_blocks: due - now, ..echo() };
				RuntimeCall::from(Submit::submit { spec })
			};
			if world.send(attacker, posting(world.now())).is_err() {
				world.next_block();
				world.must(attacker, posting(world.now()));
			}
		}
		let left = || {
			(first..first + count)
				.filter(|job| state(JobId(*job)).is_some_and(|job| !job.is_ended()))
		};
		assert_eq!(left().count(), 400, "nobody took any");
		world.run(due - world.now());
		open(world, 1);
		let job = post(world, &people().clients[0], echo());
		// All fall due at once, more than a block has room for: the rest waits, the honest do not.
		world.next_block();
		assert!((1..400).contains(&left().count()), "{} are left", left().count());
		assert_eq!(leases_of(job).len(), 1, "an honest job is let meanwhile");
		world.run_until(10, "all have ended", || left().count() == 0);
	});
}

#[test]
fn attack_offers_are_made_and_withdrawn_within_a_block() {
	with_quick_world(|world| {
		open(world, 3);
		let busy = &people().miners[0];
		let job = post(world, &people().clients[0], replicated(2, 2, 1));
		for price in [1, ASK, PRICE, 1] {
			world.must(busy, offering(Class::Echo, terms(price, 1)));
			world.must(busy, pallet_market::Call::withdraw_offer { class: Class::Echo });
		}
		world.check();
		world.next_block();
		assert_eq!(leases_of(job).len(), 2);
		assert!(leases_of(job).iter().all(|replica| miner_of(job, *replica).name != busy.name));
	});
}

#[test]
fn attack_dead_offers_hide_the_living() {
	with_quick_world(|world| {
		// Six cheap offers whose miners cannot take anything stand in front of a dear one that can.
		for index in 0..6 {
			let miner = open_one(world, index, 1 + index as Balance, 2);
			world.must(miner, Staking::chill {});
		}
		open_one(world, 6, ASK, 2);
		let job = post_let(world, &people().clients[0], echo());
		assert_eq!(miner_of(job, 0).name, "miner6");
		// Two of the dead were taken away.
		assert_eq!(pallet_market::Offers::<Runtime>::iter_prefix(Class::Echo).count(), 7 - 2);
	});
}

#[test]
fn attack_collateral_is_locked_for_nothing() {
	with_quick_world(|world| {
		open_one(world, 0, ASK, 256);
		let (client, miner) = (&people().clients[0], &people().miners[0]);
		// To lock all of it, the client binds half as much of its own, and pays when it takes that back.
		let price = COLLATERAL / 2;
		let dear = JobSpec { max_price_per_unit: price, ..echo() };
		let job = post_let(world, client, dear);
		let free =
			|| ComputeStaking::miner_standing(miner.id(), Class::Echo).map(|miner| miner.free);
		assert_eq!(free(), Some(0));
		assert_eq!(Jobs::job(job).map(|(record, _)| record.escrow), Some(price));
		world.must(client, cancel(job));
		assert_eq!(
			history(job),
			[(0, LeaseFate::Released, ASK)],
			"the miner is paid what it asked"
		);
		assert_eq!(free(), Some(COLLATERAL));
	});
}

// ---- the free lane, the pool ----

#[test]
fn attack_a_worker_fills_the_pool_with_free_transactions() {
	with_quick_world(|world| {
		open(world, 2);
		let job = post_let(world, &people().clients[0], replicated(2, 2, 1));
		let (worker, call) = commitment(job, 0, Claim::Truth);
		let nonce = System::account_nonce(worker.id());
		let first = in_pool(sign_with_nonce(worker, call.clone(), nonce, 0)).expect("is valid");
		assert_eq!(first.priority, LANE_PRIORITY);
		for later in 1..5 {
			let next = in_pool(sign_with_nonce(worker, call.clone(), nonce + later, 0));
			let next = next.expect("waits for the one before");
			assert!(next.priority < 1_000, "what waits drives out nobody: {}", next.priority);
			let same = first.provides.iter().filter(|tag| next.provides.contains(tag)).count();
			assert_eq!(same, 1, "a pool keeps one for each step");
		}
		// One is included, and then nothing is free any more.
		world.must(worker, call.clone());
		assert!(in_pool(sign(worker, call.clone(), 0)).is_err());
		assert!(world.send(worker, call).is_err());
	});
}

#[test]
fn attack_tips_starve_receipts() {
	with_quick_world(|world| {
		open(world, 1);
		let job = post_let(world, &people().clients[0], echo());
		let (worker, call) = showing(job, 0, Claim::Truth);
		let receipt = in_pool(sign(worker, call, 0)).expect("is valid");
		let remark = RuntimeCall::from(frame_system::Call::remark { remark: vec![] });
		// What it takes to fill a block with such is said where the priority is.
		for tip in [0, AIT, 500 * AIT] {
			let rich =
				in_pool(sign(&people().strangers[0], remark.clone(), tip)).expect("is valid");
			assert!(rich.priority < receipt.priority, "a tip of {tip} comes first");
		}
	});
}

#[test]
fn attack_a_free_lane_is_used_for_something_else() {
	with_quick_world(|world| {
		open(world, 1);
		let job = post_let(world, &people().clients[0], echo());
		let (worker, call) = showing(job, 0, Claim::Truth);
		let wrapped: Vec<RuntimeCall> = vec![
			Utility::batch { calls: vec![call.clone()] }.into(),
			pallet_proxy::Call::proxy {
				real: MultiAddress::Id(worker.id()),
				force_proxy_type: None,
				call: Box::new(call.clone()),
			}
			.into(),
			frame_system::Call::remark { remark: vec![0; 4_096] }.into(),
			pallet_receipts::Call::submit_batch { answers: Default::default() }.into(),
			transfer(&people().strangers[0], 0),
		];
		for call in wrapped {
			assert!(in_pool(sign(worker, call.clone(), 0)).is_err(), "{call:?}");
			assert!(world.send(worker, call).is_err(), "a worker has nothing to pay with");
		}
		// A tip is not a way to be taken for free either: there are no coins to tip with.
		world.must(worker, call);
	});
}

#[test]
fn attack_a_batch_makes_the_chain_check_signatures_for_nothing() {
	with_quick_world(|world| {
		open_one(world, 0, ASK, 256);
		let client = &people().clients[0];
		let jobs: Vec<_> = (0..=MAX_FREE_ANSWERS).map(|_| post(world, client, echo())).collect();
		world.run_until(5, "all are let", || jobs.iter().all(|job| !leases_of(*job).is_empty()));
		let worker = &people().workers[0];
		let answers: Vec<_> = jobs.iter().map(|job| answer_of(*job, 0, Claim::Truth).1).collect();
		let batch = |answers: &[Answer]| pallet_receipts::Call::submit_batch {
			answers: answers.to_vec().try_into().expect("they fit"),
		};
		// One more than may be free is not even looked at.
		assert!(in_pool(sign(worker, batch(&answers).into(), 0)).is_err());
		// One that is bad spoils the freedom of all, and so does one that is named twice.
		let mut bad = answers[..4].to_vec();
		bad[3] = bad[0].clone();
		assert!(in_pool(sign(worker, batch(&bad).into(), 0)).is_err());
		let free = &answers[..MAX_FREE_ANSWERS as usize];
		assert_eq!(world.must(worker, batch(free)), 0);
		const { assert!(MAX_BATCH > MAX_FREE_ANSWERS) };
	});
}

// ---- access ----

#[test]
fn attack_limited_proxies_reach_the_coins() {
	with_quick_world(|world| {
		open(world, 1);
		let (miner, hot) = (&people().miners[0], &people().strangers[0]);
		let delegate = MultiAddress::Id(hot.id());
		let proxy_type = ProxyType::Mining;
		world.must(miner, pallet_proxy::Call::add_proxy { delegate, proxy_type, delay: 0 });
		let real = MultiAddress::Id(miner.id());
		let by_proxy = |call: RuntimeCall| pallet_proxy::Call::proxy {
			real: real.clone(),
			force_proxy_type: None,
			call: Box::new(call),
		};
		let other = people().miners[1].id();
		let barred: Vec<RuntimeCall> = vec![
			transfer(hot, AIT),
			Submit::submit { spec: echo() }.into(),
			Submit::register_program { program: shader(), size_bytes: 1 }.into(),
			Staking::delegate { miner: other, amount: 10 * AIT, min_shares: 0 }.into(),
			Utility::batch_all { calls: vec![transfer(hot, AIT)] }.into(),
			Utility::batch { calls: vec![Submit::submit { spec: echo() }.into()] }.into(),
			pallet_proxy::Call::add_proxy {
				delegate: MultiAddress::Id(hot.id()),
				proxy_type: ProxyType::Any,
				delay: 0,
			}
			.into(),
		];
		let before = total(&miner.id());
		for call in barred {
			// The proxy's own transaction succeeds; what it carries does not.
			let shown = format!("{call:?}");
			let from = world.log.len();
			world.must(hot, by_proxy(call));
			let refused = world.log[from..].iter().any(|event| {
				use pallet_proxy::Event::ProxyExecuted;
				use pallet_utility::Event::BatchInterrupted;
				matches!(
					event,
					aitbc_runtime::RuntimeEvent::Proxy(ProxyExecuted { result: Err(_) })
						| aitbc_runtime::RuntimeEvent::Utility(BatchInterrupted { .. })
				)
			});
			assert!(refused, "{shown}");
		}
		assert_eq!(total(&miner.id()), before);
		world.must(hot, by_proxy(Staking::chill {}.into()));
		assert!(ComputeStaking::miner_standing(miner.id(), Class::Echo).is_none());
	});
}

#[test]
fn attack_governance_changes_terms_of_what_is_live() {
	with_quick_world(|world| {
		open(world, 3);
		let client = &people().clients[0];
		let job = post_let(world, client, replicated(2, 2, 1));
		let late = post_let(world, client, echo());
		let (liar, silent) = (miner_of(job, 1), miner_of(late, 0));
		let before = all_stake(silent);
		for replica in [0, 1] {
			commit(world, job, replica, if replica == 0 { Claim::Truth } else { Claim::Lie(0) });
		}
		let judging = state(job);
		use dynamic_params::{jobs, payouts, staking};
		let all = Some(Perbill::one());
		let changes = [
			RuntimeParameters::Staking(staking::Parameters::SlashLate(staking::SlashLate, all)),
			RuntimeParameters::Staking(staking::Parameters::SlashWithheld(
				staking::SlashWithheld,
				all,
			)),
			RuntimeParameters::Staking(staking::Parameters::MinCollateral(
				staking::MinCollateral,
				Some(Balance::MAX),
			)),
			RuntimeParameters::Staking(staking::Parameters::CollateralFactorPercent(
				staking::CollateralFactorPercent,
				Some(u32::MAX),
			)),
			RuntimeParameters::Payouts(payouts::Parameters::Fee(
				payouts::Fee,
				Some(Permill::one()),
			)),
			RuntimeParameters::Jobs(jobs::Parameters::RevealWithinBlocks(
				jobs::RevealWithinBlocks,
				Some(0),
			)),
			RuntimeParameters::Jobs(jobs::Parameters::MaxLiveJobs(jobs::MaxLiveJobs, Some(0))),
			RuntimeParameters::Jobs(jobs::Parameters::JobDeposit(
				jobs::JobDeposit,
				Some(Balance::MAX),
			)),
		];
		for change in changes {
			govern(world, change);
		}
		assert_eq!(state(job), judging, "the time to reveal is what it was");
		// Below the new minimum a miner takes no new lease, but ends the ones it has.
		let deliver_by = lease_of(late, 0).expect("is let").0.deliver_by;
		show(world, job, 0, Claim::Truth);
		world.run(deliver_by + 1 - world.now());
		assert_eq!(before - all_stake(silent), Perbill::from_percent(5) * (2 * PRICE));
		show(world, job, 1, Claim::Lie(0));
		assert!(leases_of(job).contains(&0), "a tie-breaker is called, whom nobody can be now");
		world.run(11);
		assert_eq!(state(job), Some(JobState::Refunded(RefundReason::NoMiner)));
		assert_eq!(fate_of(job, liar), Some(LeaseFate::Released));
	});
}

#[test]
fn attack_a_fee_is_raised_after_the_lease_began() {
	with_quick_world(|world| {
		open(world, 1);
		let miner = &people().miners[0];
		let job = post_let(world, &people().clients[0], echo());
		let pay = ASK - fee_of(ASK);
		let fee = dynamic_params::payouts::Parameters::Fee(
			dynamic_params::payouts::Fee,
			Some(Permill::one()),
		);
		govern(world, RuntimeParameters::Payouts(fee));
		let before = free(&miner.id());
		show(world, job, 0, Claim::Truth);
		assert_eq!(free(&miner.id()), before + pay);
	});
}

#[test]
fn attack_unbonding_is_made_shorter_than_jobs_can_live() {
	with_quick_world(|world| {
		let change = dynamic_params::staking::Parameters::UnbondingBlocks(
			dynamic_params::staking::UnbondingBlocks,
			Some(0),
		);
		govern(world, RuntimeParameters::Staking(change));
		open(world, 1);
		let miner = &people().miners[0];
		world.must(miner, Staking::leave {});
		world.run(10);
		world.must_fail(miner, Staking::withdraw {});
		assert_eq!(parameters().unbonding_blocks, 129_600);
	});
}

#[test]
fn attack_pallet_accounts_are_used_by_strangers() {
	with_quick_world(|world| {
		let (pot, _) = Payouts::pot();
		let treasury = Treasury::account_id();
		let before = (Balances::balance(&pot), Balances::balance(&treasury));
		let stranger = &people().strangers[0];
		for account in [pot.clone(), treasury.clone()] {
			let real = MultiAddress::Id(account);
			let call = Box::new(transfer(stranger, AIT));
			let proxy =
				pallet_proxy::Call::proxy { real: real.clone(), force_proxy_type: None, call };
			world.must_fail(stranger, proxy);
			let call = Box::new(transfer(stranger, AIT));
			world.must_fail(stranger, pallet_sudo::Call::sudo_as { who: real, call });
		}
		// Fees of these calls go to the block's author, not there.
		assert_eq!((Balances::balance(&pot), Balances::balance(&treasury)), before);
	});
}

#[test]
fn attack_emission_is_claimed_twice_at_an_eras_edge() {
	with_quick_world(|world| {
		open(world, 2);
		let client = &people().clients[0];
		let price = 10 * AIT;
		for miner in &people().miners[..2] {
			world.must(miner, offering(Class::Echo, terms(price, 4)));
		}
		let spec =
			JobSpec { max_price_per_unit: price, deliver_within_blocks: 60, ..replicated(2, 2, 1) };
		// One job is answered in the last block of an era, the other in the first of the next.
		world.skip(EraBlocks::get() - world.now() % EraBlocks::get() - 6);
		let (first, second) = (post(world, client, spec.clone()), post(world, client, spec));
		world.next_block();
		for job in [first, second] {
			for replica in [0, 1] {
				commit(world, job, replica, Claim::Truth);
			}
		}
		while !(world.now() + 1).is_multiple_of(EraBlocks::get()) {
			world.next_block();
		}
		for replica in [0, 1] {
			show(world, first, replica, Claim::Truth);
		}
		let fee = pallet_payouts::Totals::<Runtime>::get().verified_fee;
		world.next_block();
		for replica in [0, 1] {
			show(world, second, replica, Claim::Truth);
		}
		world.run(3);
		let paid = pallet_payouts::Totals::<Runtime>::get().emission;
		let most =
			|fee: Balance| Permill::from_percent(50).mul_floor(fee / 2).min(COLLATERAL / 1_000) * 2;
		assert_eq!(paid, most(fee), "the first era's work, once");
		pay_era(world);
		let all = pallet_payouts::Totals::<Runtime>::get();
		assert_eq!(all.emission, most(fee) + most(all.verified_fee - fee));
		pay_era(world);
		assert_eq!(pallet_payouts::Totals::<Runtime>::get().emission, all.emission);
	});
}

#[test]
fn attack_an_offer_is_made_when_the_seed_is_known() {
	// Who sees a job can still undercut, but not in the block that lets it: what is matched was fixed before.
	with_quick_world(|world| {
		open(world, 1);
		let (client, late) = (&people().clients[0], &people().miners[1]);
		let job = post(world, client, echo());
		world.next_block();
		assert_eq!(miner_of(job, 0).name, "miner0", "let before the first transaction");
		world.must(late, registration(late, &people().workers[1], COLLATERAL));
		world.must(late, offering(Class::Echo, terms(1, 2)));
		assert_eq!(miner_of(job, 0).name, "miner0");
	});
}

#[test]
fn attack_equal_miners_are_not_drawn_equally() {
	with_quick_world(|world| {
		for index in 0..4 {
			open_one(world, index, ASK, 64);
		}
		let jobs: Vec<_> = (0..48).map(|_| post(world, &people().clients[0], echo())).collect();
		world.run_until(10, "all are let", || jobs.iter().all(|job| !leases_of(*job).is_empty()));
		for index in 0..4 {
			let name = &people().miners[index].name;
			let got = jobs.iter().filter(|job| miner_of(**job, 0).name == *name).count();
			assert!((3..=24).contains(&got), "{name} got {got} of 48");
		}
	});
}

#[test]
fn attack_a_program_is_taken_away_under_its_jobs() {
	with_quick_world(|world| {
		open(world, 1);
		let (owner, client) = (&people().clients[1], &people().clients[0]);
		let program = shader();
		world.must(owner, Submit::register_program { program, size_bytes: 100 });
		let error = pallet_jobs::Error::<Runtime>::ProgramKnown;
		let again = Submit::register_program { program, size_bytes: 1 };
		assert_eq!(world.must_fail(client, again), error.into());
		let job = post_let(world, client, wgsl(3));
		let error = pallet_jobs::Error::<Runtime>::ProgramInUse;
		let forget = Submit::unregister_program { program };
		let error: sp_runtime::DispatchError = error.into();
		assert_eq!(world.must_fail(owner, forget.clone()), error);
		show(world, job, 0, Claim::Truth);
		assert_eq!(world.must_fail(owner, forget), error, "its record still names it");
	});
}
