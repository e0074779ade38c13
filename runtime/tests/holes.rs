//! The fifteen holes of an older market, one test each: the attack is made with signed extrinsics on the real
//! runtime, and fails.

use crate::support::{
	chain::{World, apply, free, sign, total, with_quick_world},
	people::{Person, people},
	shop::{
		self, ASK, COLLATERAL, all_stake, answer_all, answer_of, call_of, commitment, end_of,
		fee_of, history, leases_of, miner_of, offering, open, open_one, post, post_let,
		registration, show, showing, stake_of, state, terms,
	},
	work::{Claim, PRICE, claimed, echo, gemm, lease_of, receipt_of, replicated, signed_by},
};
use aitbc_primitives::{
	Answer, Cid, Class, FailureCode, JobId, JobSpec, LeaseFate, Receipt, SignedReceipt,
	worker_consent,
};
use aitbc_runtime::{
	AIT, Balance, Executive, Receipts, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System,
	UncheckedExtrinsic,
};
use codec::{Decode, DecodeAll, Encode};
use frame_support::{assert_noop, traits::GetCallName};
use num_bigint::BigUint;
use pallet_jobs::{JobState, RefundReason};
use pallet_receipts::Error as ReceiptError;
use sp_core::Pair as _;
use sp_runtime::{
	DispatchError, MultiAddress, Permill,
	traits::Dispatchable,
	transaction_validity::{InvalidTransaction, TransactionSource},
};

type Jobs = pallet_jobs::Call<Runtime>;
type JobsError = pallet_jobs::Error<Runtime>;

/// What comes of a call that somebody with coins sends.
fn outcome(world: &mut World, who: &Person, call: impl Into<RuntimeCall>) -> DispatchError {
	world.must_fail(who, call)
}

fn submitting(receipt: SignedReceipt) -> RuntimeCall {
	call_of(Answer::Submit(receipt))
}

#[test]
fn hole_01_a_miner_that_was_not_assigned_submits_the_result() {
	with_quick_world(|world| {
		open(world, 2);
		let client = &people().clients[0];
		let job = post_let(world, client, echo());
		let (lease, spec) = lease_of(job, 0).expect("is let");
		let right = people().with_key(&lease.worker).expect("is somebody");
		let other = people().workers[..2].iter().find(|who| who.key() != right.key());
		let other = other.expect("two miners, two workers");
		let receipt = receipt_of(job, 0, &lease, &spec, Claim::Truth);
		let forged = signed_by(other, receipt);
		let refused = ReceiptError::<Runtime>::SignatureInvalid;
		assert_eq!(outcome(world, client, submitting(forged.clone())), refused.into());
		// The other worker has no coins: what is not its own lease's answer it cannot even send.
		assert!(world.send(other, submitting(forged)).is_err());
		// Nor can it bind itself to a replicated job that it has no lease of.
		let both = post_let(world, client, replicated(2, 2, 1));
		let commitment = aitbc_runtime::Hash::repeat_byte(1);
		let call = pallet_receipts::Call::commit { job: both, replica: 0, commitment };
		let refused = ReceiptError::<Runtime>::NotTheWorker;
		assert_eq!(outcome(world, client, call), refused.into());
		assert_eq!(state(job), Some(JobState::Leased));
		assert_eq!(pallet_payouts::Totals::<Runtime>::get().gross, 0);
	});
}

#[test]
fn hole_02_a_failed_job_is_posted_as_a_result_and_paid() {
	with_quick_world(|world| {
		open(world, 3);
		let before: Vec<Balance> =
			people().miners[..3].iter().map(|who| total(&who.id())).collect();
		let failed = Claim::Failure(FailureCode::DeviceFault);
		let single = post(world, &people().clients[0], echo());
		for _ in 0..3 {
			world.next_block();
			show(world, single, 0, failed);
		}
		assert_eq!(end_of(world, single).map(|(_, paid, back)| (paid, back)), Some((0, PRICE)));
		let all = post_let(world, &people().clients[0], replicated(3, 2, 1));
		answer_all(world, all, &[failed, failed, failed]);
		let reason = RefundReason::Failed(FailureCode::DeviceFault);
		let end = (JobState::Refunded(reason), 0, 4 * PRICE);
		assert_eq!(end_of(world, all), Some(end));
		let after: Vec<Balance> = people().miners[..3].iter().map(|who| total(&who.id())).collect();
		assert_eq!(before, after);
		// A failure that calls itself complete needs an output, and one with units is none.
		let job = post_let(world, &people().clients[0], echo());
		let (worker, mut signed) = claimed(job, 0, failed);
		signed.receipt.units = 1;
		let greedy = signed_by(worker, signed.receipt);
		let refused = ReceiptError::<Runtime>::WrongUnits;
		assert_eq!(outcome(world, &people().clients[0], submitting(greedy)), refused.into());
	});
}

#[test]
fn hole_03_units_and_price_come_from_the_miners_own_metrics() {
	with_quick_world(|world| {
		open(world, 1);
		let (client, miner) = (&people().clients[0], &people().miners[0]);
		let spec = gemm(64);
		let units = spec.units().expect("it has units");
		let job = post_let(world, client, spec);
		// After the lease began, its miner asks a hundred times as much.
		world.must(miner, offering(Class::Gemm, terms(100 * ASK, 2)));
		for claimed_units in [units + 1, u64::MAX, 0] {
			let (worker, mut signed) = claimed(job, 0, Claim::Truth);
			signed.receipt.units = claimed_units;
			let inflated = signed_by(worker, signed.receipt);
			let refused = ReceiptError::<Runtime>::WrongUnits;
			assert_eq!(outcome(world, client, submitting(inflated)), refused.into());
		}
		show(world, job, 0, Claim::Truth);
		assert_eq!(history(job), [(0, LeaseFate::Accepted, Balance::from(units) * ASK)]);
	});
}

#[test]
fn hole_04_escrow_never_debits_the_buyer_and_anybody_moves_it() {
	with_quick_world(|world| {
		open(world, 1);
		let client = &people().clients[0];
		let before = free(&client.id());
		let spec = JobSpec { tip: 5, ..echo() };
		let job = post(world, client, spec);
		let held = before - free(&client.id());
		assert!(held >= PRICE + 5, "the money leaves the buyer's hands when the job is posted");
		// Nobody else can take a job back, and there is no call that moves escrow at all.
		for stranger in [&people().strangers[0], &people().miners[0]] {
			let refused = outcome(world, stranger, Jobs::cancel { job });
			assert_eq!(refused, JobsError::NotTheClient.into());
		}
		let calls = ["register_program", "unregister_program", "submit", "cancel"];
		assert_eq!(Jobs::get_call_names(), calls);
		let calls = ["commit", "submit", "reveal", "submit_batch"];
		assert_eq!(pallet_receipts::Call::<Runtime>::get_call_names(), calls);
		// Coins in escrow cannot be sent away.
		let dest = MultiAddress::Id(people().strangers[0].id());
		let value = free(&client.id()) + 1;
		let call = pallet_balances::Call::transfer_allow_death { dest, value };
		outcome(world, client, call);
	});
}

#[test]
fn hole_05_the_client_takes_its_money_back_while_the_job_runs() {
	with_quick_world(|world| {
		open(world, 3);
		let client = &people().clients[0];
		// Begun work is paid in full.
		let job = post_let(world, client, echo());
		let miner = miner_of(job, 0);
		let before = free(&miner.id());
		world.must(client, Jobs::cancel { job });
		assert_eq!(free(&miner.id()), before + ASK - fee_of(ASK));
		// And once answers are bound to be shown, nothing can be taken back.
		let job = post_let(world, client, replicated(2, 2, 1));
		for (replica, claim) in [(0, Claim::Truth), (1, Claim::Lie(0))] {
			shop::commit(world, job, replica, claim);
		}
		assert_eq!(outcome(world, client, Jobs::cancel { job }), JobsError::BeingJudged.into());
		show(world, job, 0, Claim::Truth);
		show(world, job, 1, Claim::Lie(0));
		// Nor while a tie-breaker is awaited, when some answers can be read already.
		assert!(matches!(state(job), Some(JobState::Open { .. })));
		assert_eq!(outcome(world, client, Jobs::cancel { job }), JobsError::BeingJudged.into());
	});
}

#[test]
fn hole_06_cancel_does_not_refund() {
	with_quick_world(|world| {
		let client = &people().clients[0];
		let before = free(&client.id());
		let spec = JobSpec { tip: 3, ..replicated(3, 2, 2) };
		let job = pallet_jobs::NextJobId::<Runtime>::get();
		let mut fees = world.must(client, Jobs::submit { spec });
		fees += world.must(client, Jobs::cancel { job });
		let deposit = aitbc_runtime::configs::market::terms().job_deposit;
		assert_eq!(free(&client.id()), before - fees - deposit);
		assert_eq!(end_of(world, job), Some((JobState::Cancelled, 0, 5 * (PRICE + 3))));
		assert_eq!(outcome(world, client, Jobs::cancel { job }), JobsError::JobEnded.into());
	});
}

#[test]
fn hole_07_escrow_fails_and_the_job_runs_unpaid() {
	with_quick_world(|world| {
		open(world, 1);
		let client = &people().clients[0];
		let dest = MultiAddress::Id(people().strangers[0].id());
		let value = free(&client.id()) - AIT;
		world.must(client, pallet_balances::Call::transfer_allow_death { dest, value });
		let next = pallet_jobs::NextJobId::<Runtime>::get();
		let dear = JobSpec { max_price_per_unit: 2 * AIT, ..echo() };
		outcome(world, client, Jobs::submit { spec: dear });
		assert_eq!(state(next), None, "no money, no job");
		assert_eq!(pallet_jobs::NextJobId::<Runtime>::get(), next);
		// Enough for the escrow alone is not enough: the whole of it is held, with the deposit.
		let spec = JobSpec { max_price_per_unit: free(&client.id()) - AIT / 20, ..echo() };
		outcome(world, client, Jobs::submit { spec });
		assert_eq!(state(next), None);
		world.run(2);
		assert_eq!(stake_of(&people().miners[0]).open_leases, 0);
	});
}

#[test]
fn hole_08_any_user_slashes_any_bond() {
	with_quick_world(|world| {
		open(world, 1);
		let miner = &people().miners[0];
		let job = post_let(world, &people().clients[0], echo());
		let before = (stake_of(miner), all_stake(miner));
		// The trait that slashes is reached from no call: these are all the calls there are.
		let names = pallet_compute_staking::Call::<Runtime>::get_call_names();
		assert!(!names.iter().any(|name| name.contains("slash") || name.contains("lock")));
		let other = miner.id();
		type Staking = pallet_compute_staking::Call<Runtime>;
		let aimed: Vec<RuntimeCall> = vec![
			Staking::withdraw_unbonded { miner: other.clone() }.into(),
			Staking::undelegate { miner: other.clone(), shares: 1 }.into(),
			Staking::return_delegation { miner: other.clone(), delegator: other.clone() }.into(),
			Staking::accept_miner { miner: other.clone() }.into(),
			Staking::leave {}.into(),
			Staking::withdraw {}.into(),
			Staking::unbond { amount: 1 }.into(),
			Staking::chill {}.into(),
			pallet_market::Call::<Runtime>::withdraw_offer { class: Class::Echo }.into(),
			Jobs::cancel { job }.into(),
		];
		for call in aimed {
			outcome(world, &people().strangers[0], call);
		}
		assert_eq!((stake_of(miner), all_stake(miner)), before);
	});
}

#[test]
fn hole_09_a_registration_overwrites_another_miners_record() {
	with_quick_world(|world| {
		open(world, 1);
		let (miner, worker) = (&people().miners[0], &people().workers[0]);
		let before = stake_of(miner);
		type Error = pallet_compute_staking::Error<Runtime>;
		// The same account again, with another key.
		let again = registration(miner, &people().workers[9], COLLATERAL);
		assert_eq!(outcome(world, miner, again), Error::AlreadyRegistered.into());
		// Another account with the same key, even if the key consents.
		let thief = &people().miners[1];
		let stolen = registration(thief, worker, COLLATERAL);
		assert_eq!(outcome(world, thief, stolen), Error::WorkerKeyTaken.into());
		// Another account with a key that consented to the first.
		let consent = worker.pair.sign(&worker_consent(System::block_hash(0), &miner.id()));
		let call = pallet_compute_staking::Call::register {
			collateral: COLLATERAL,
			worker: people().workers[9].key(),
			consent,
		};
		assert_eq!(outcome(world, thief, call), Error::ConsentInvalid.into());
		assert_eq!(stake_of(miner), before);
		assert!(!pallet_compute_staking::Miners::<Runtime>::contains_key(thief.id()));
	});
}

#[test]
fn hole_10_offers_need_no_signature() {
	with_quick_world(|world| {
		let miner = open_one(world, 0, ASK, 2);
		let cheap = || offering(Class::Echo, terms(1, 256));
		// No pool takes it; an author that puts it into a block all the same changes nothing.
		let bare = || UncheckedExtrinsic::new_bare(cheap());
		let source = TransactionSource::External;
		let hash = System::parent_hash();
		assert!(Executive::validate_transaction(source, bare(), hash).is_err());
		let offers = pallet_market::Offers::<Runtime>::iter().collect::<Vec<_>>();
		assert_eq!(apply(bare()), Ok(Err(DispatchError::BadOrigin)));
		assert_eq!(pallet_market::Offers::<Runtime>::iter().collect::<Vec<_>>(), offers);
		let by_nobody = cheap().dispatch(RuntimeOrigin::none());
		assert_eq!(by_nobody.map_err(|error| error.error), Err(DispatchError::BadOrigin));
		// In the miner's name, signed by somebody else.
		let impostor = miner.impersonated_by(&people().strangers[0]);
		let forged = apply(sign(&impostor, cheap(), 0));
		assert_eq!(forged, Err(InvalidTransaction::BadProof.into()));
		// By somebody else, for itself.
		let error: DispatchError = pallet_market::Error::<Runtime>::NotAMiner.into();
		assert_eq!(outcome(world, &people().strangers[0], cheap()), error);
		let offer = pallet_market::Offers::<Runtime>::get(Class::Echo, miner.id());
		assert_eq!(offer.expect("is there").terms.price_per_unit, ASK);
	});
}

#[test]
fn hole_11_the_requested_model_is_silently_replaced() {
	with_quick_world(|world| {
		open(world, 1);
		let client = &people().clients[0];
		let job = post_let(world, client, gemm(64));
		type Change = fn(&mut Receipt);
		let changes: [(Change, ReceiptError<Runtime>); 3] = [
			(
				|receipt| receipt.program = Cid::of_raw(b"a cheaper model"),
				ReceiptError::WrongProgram,
			),
			(|receipt| receipt.input_root = Default::default(), ReceiptError::WrongInputs),
			(|receipt| receipt.input_root = gemm(32).input_root(), ReceiptError::WrongInputs),
		];
		for (change, refused) in changes {
			let (worker, mut signed) = claimed(job, 0, Claim::Truth);
			change(&mut signed.receipt);
			let other = signed_by(worker, signed.receipt);
			assert_eq!(outcome(world, client, submitting(other)), refused.into());
		}
		// The root binds workload with its shape, inputs in their order, and parameters.
		let spec = gemm(64);
		let inputs: Vec<_> = spec.inputs.iter().rev().copied().collect();
		let swapped = JobSpec { inputs: inputs.try_into().expect("as many"), ..spec.clone() };
		assert_ne!(spec.input_root(), swapped.input_root());
		show(world, job, 0, Claim::Truth);
		let taken = Receipts::receipts_of(job).remove(0).1.receipt;
		assert_eq!((taken.program, taken.input_root), (spec.workload.program(), spec.input_root()));
	});
}

#[test]
fn hole_12_inputs_are_fetched_from_any_url() {
	// An input has one form, 33 bytes long: the kind of its bytes and their sha2-256. There is no place for
	// a scheme, a host or a path, and what is fetched must hash to it. That miners keep to it is tested with
	// the store: `get_should_fail_and_put_should_repair_when_corrupt`,
	// `get_should_fail_when_the_block_is_a_link_or_folder` and
	// `parse_cid_should_say_why_when_text_is_no_cid_of_ours` in `client/data`.
	use codec::MaxEncodedLen;
	assert_eq!(Cid::max_encoded_len(), 33);
	for url in ["file:///etc/passwd", "http://169.254.169.254/latest/meta-data/", "../../keys"] {
		let text = url.as_bytes();
		assert!(Cid::decode_all(&mut &text[..]).is_err(), "{url}");
		assert!(Cid::decode(&mut &url.encode()[..]).is_err(), "{url}");
	}
	// Everything else that a job names is a number or such a name; its only free bytes are parameters, which
	// are the input themselves.
	with_quick_world(|world| {
		let client = &people().clients[0];
		let path = b"file:///etc/passwd".to_vec();
		let spec = JobSpec { params: path.try_into().expect("it is short"), ..echo() };
		let root = spec.input_root();
		let job = post(world, client, spec);
		let (_, kept) = aitbc_runtime::Jobs::job(job).expect("is on record");
		assert!(kept.inputs.is_empty() && kept.input_root() == root, "bytes to echo, and no more");
		let both = JobSpec { inputs: gemm(1).inputs, ..echo() };
		assert_eq!(outcome(world, client, Jobs::submit { spec: both }), JobsError::Inputs.into());
	});
}

#[test]
fn hole_13_receipt_fields_are_added_or_changed_after_signing() {
	with_quick_world(|world| {
		open(world, 1);
		let client = &people().clients[0];
		let job = post_let(world, client, echo());
		// Fields that no rule binds are bound by the signature alone.
		type Change = fn(&mut Receipt);
		let changes: [Change; 4] = [
			|receipt| receipt.profile = aitbc_runtime::Hash::repeat_byte(9),
			|receipt| receipt.started_at += 1,
			|receipt| receipt.finished_at += 1,
			|receipt| receipt.trace_root = aitbc_runtime::Hash::repeat_byte(9),
		];
		for change in changes {
			let (_, mut signed) = claimed(job, 0, Claim::Truth);
			change(&mut signed.receipt);
			let refused = ReceiptError::<Runtime>::SignatureInvalid;
			assert_eq!(outcome(world, client, submitting(signed)), refused.into());
		}
		let (_, signed) = claimed(job, 0, Claim::Lie(0));
		let (_, other) = claimed(job, 0, Claim::Truth);
		let grafted = SignedReceipt { receipt: other.receipt, signature: signed.signature };
		let refused = ReceiptError::<Runtime>::SignatureInvalid;
		assert_eq!(outcome(world, client, submitting(grafted)), refused.into());
		// And there is no room for more fields.
		let mut longer = signed.encode();
		longer.push(0);
		assert!(SignedReceipt::decode_all(&mut &longer[..]).is_err());
		assert_eq!(state(job), Some(JobState::Leased));
	});
}

#[test]
fn hole_14_receipts_are_replayed_late_or_sent_twice() {
	with_quick_world(|world| {
		open(world, 2);
		let client = &people().clients[0];
		let job = post_let(world, client, echo());
		let (worker, call) = showing(job, 0, Claim::Truth);
		world.must(worker, call.clone());
		// Twice: in the same block, and later.
		let gone: DispatchError = ReceiptError::<Runtime>::NoSuchLease.into();
		assert_eq!(outcome(world, client, call.clone()), gone);
		world.next_block();
		assert_eq!(outcome(world, client, call.clone()), gone);
		assert_eq!(history(job).len(), 1);
		// For another job: the very bytes, and with the number changed.
		let next = post_let(world, client, echo());
		let RuntimeCall::Receipts(pallet_receipts::Call::submit { receipt: mut old }) = call else {
			panic!("a submission")
		};
		old.receipt.job = next;
		let refused = outcome(world, client, submitting(old));
		assert!(
			[
				ReceiptError::<Runtime>::SignatureInvalid.into(),
				ReceiptError::<Runtime>::WrongAttempt.into()
			]
			.contains(&refused)
		);
		// For a later letting of the replica: the miner was late, another has it now.
		let (_, late) = showing(next, 0, Claim::Truth);
		let deliver_by = lease_of(next, 0).expect("is let").0.deliver_by;
		world.skip(deliver_by - world.now());
		assert_eq!(lease_of(next, 0).expect("is let again").0.attempt, 1);
		let refused: DispatchError = ReceiptError::<Runtime>::WrongAttempt.into();
		assert_eq!(outcome(world, client, late), refused);
		// For another chain.
		let (worker, mut signed) = claimed(next, 0, Claim::Truth);
		signed.receipt.genesis = aitbc_runtime::Hash::repeat_byte(3);
		let foreign = signed_by(worker, signed.receipt);
		let refused: DispatchError = ReceiptError::<Runtime>::WrongChain.into();
		assert_eq!(outcome(world, client, submitting(foreign)), refused);
	});
}

#[test]
fn hole_15_fractions_are_lost_on_the_way_to_storage() {
	with_quick_world(|world| {
		open(world, 1);
		let miner = &people().miners[0];
		let client = &people().clients[0];
		world.must(
			&people().delegators[0],
			pallet_compute_staking::Call::delegate {
				miner: miner.id(),
				amount: 1_000 * AIT + 1,
				min_shares: 0,
			},
		);
		let commission = Permill::from_parts(123_457);
		world.must(miner, pallet_compute_staking::Call::set_commission { commission });
		// Prices at which every share has a fraction.
		for price in [1, 7, 41, 999, 123_456_789_012_345] {
			world.must(miner, offering(Class::Gemm, terms(price, 2)));
			let spec = JobSpec { max_price_per_unit: price, tip: 3, ..gemm(3) };
			let gross = BigUint::from(spec.units().expect("has units")) * price + 3u32;
			let job = post_let(world, client, spec);
			show(world, job, 0, Claim::Truth);
			let paid: BigUint = history(job).iter().map(|(.., paid)| BigUint::from(*paid)).sum();
			assert_eq!(paid, gross, "at {price} a unit");
			let split = world.find_last_split(job);
			let parts =
				[split.miner, split.delegators, split.validators, split.treasury, split.burned];
			assert_eq!(parts.into_iter().map(BigUint::from).sum::<BigUint>(), gross);
			world.check();
		}
	});
}

#[test]
fn every_hole_should_fail_as_a_dispatch_and_change_nothing() {
	// The same without a fee around it: `assert_noop` compares the whole storage.
	with_quick_world(|world| {
		open(world, 2);
		let client = &people().clients[0];
		let job = post_let(world, client, echo());
		let both = post_let(world, client, replicated(2, 2, 1));
		let (_, signed) = claimed(job, 0, Claim::Truth);
		let thief = RuntimeOrigin::signed(people().strangers[0].id());
		let (_, committing) = commitment(both, 0, Claim::Truth);
		let dispatch =
			|call: RuntimeCall| call.dispatch(thief.clone()).map_err(|error| error.error);
		let flipped = SignedReceipt { signature: Default::default(), ..signed };
		assert_noop!(
			dispatch(submitting(flipped)),
			DispatchError::from(ReceiptError::<Runtime>::SignatureInvalid)
		);
		assert_noop!(
			dispatch(committing),
			DispatchError::from(ReceiptError::<Runtime>::NotTheWorker)
		);
		assert_noop!(
			dispatch(Jobs::cancel { job }.into()),
			DispatchError::from(JobsError::NotTheClient)
		);
		assert_noop!(
			dispatch(Jobs::cancel { job: JobId(u64::MAX) }.into()),
			DispatchError::from(JobsError::NoSuchJob)
		);
		let (_, early) = answer_of(both, 0, Claim::Truth);
		assert_noop!(
			dispatch(call_of(early)),
			DispatchError::from(ReceiptError::<Runtime>::TooEarly)
		);
		assert_eq!(leases_of(both).len(), 2);
	});
}

impl World {
	/// How the last payment of a job was divided.
	fn find_last_split(&mut self, job: JobId) -> aitbc_primitives::Split {
		self.note_events();
		let paid = self.log.iter().rev().find_map(|event| match event {
			RuntimeEvent::Payouts(pallet_payouts::Event::Paid { job: of, split, .. })
				if *of == job =>
			{
				Some(*split)
			}
			_ => None,
		});
		paid.expect("the job was paid for")
	}
}
