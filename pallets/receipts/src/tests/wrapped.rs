//! Answers within other calls: they work, they pay, and they are taken once.

use crate::{mock::*, *};
use frame_support::assert_ok;
use sp_runtime::transaction_validity::InvalidTransaction;

fn submission(job: JobId) -> RuntimeCall {
	Call::submit { receipt: single(job) }.into()
}

fn in_batch(calls: Vec<RuntimeCall>) -> RuntimeCall {
	pallet_utility::Call::batch_all { calls }.into()
}

/// The worker's account gets coins, so that it can pay.
fn endow(who: &AccountId) {
	Balances::force_set_balance(RuntimeOrigin::root(), who.clone(), ENDOWMENT).expect("root");
}

#[test]
fn wrapped_answers_should_be_taken_and_paid_for() {
	execute(|| {
		endow(&who(0));
		assert_ok!(Proxy::add_proxy(signed(who(0)), RELAY, AnyProxy, 0));
		let proxied = |call: RuntimeCall| {
			pallet_proxy::Call::proxy { real: who(0), force_proxy_type: None, call: Box::new(call) }
				.into()
		};
		let one_of_two = |call: RuntimeCall| {
			pallet_multisig::Call::as_multi_threshold_1 {
				other_signatories: vec![ROOT],
				call: Box::new(call),
			}
			.into()
		};
		let let_for_commit = |job: u64| -> RuntimeCall {
			let_to(JobId(job), 0, replicated(), &worker(0));
			Call::commit { job: JobId(job), replica: 0, commitment: Hash::zero() }.into()
		};
		let as_worker: RuntimeCall =
			pallet_sudo::Call::sudo_as { who: who(0), call: Box::new(let_for_commit(10)) }.into();
		let cases: Vec<(AccountId, RuntimeCall)> = vec![
			(who(0), in_batch(vec![submission(JobId(1)), let_for_commit(11)])),
			(RELAY, in_batch(vec![submission(JobId(2)), submission(JobId(3))])),
			(RELAY, proxied(let_for_commit(12))),
			(RELAY, one_of_two(submission(JobId(4)))),
			(ROOT, as_worker),
		];
		for (sender, call) in cases {
			let validity = validate(&sender, &call, next_nonce(&sender)).expect("can pay");
			assert!(validity.priority < LANE_PRIORITY, "{call:?} has a lane");
			assert_eq!(validity.provides.len(), 1);
			let before = free(&sender);
			assert_ok!(transact(&sender, call).expect("can pay"));
			// The holder of the sudo key is given back what it paid, whatever it did.
			assert!(free(&sender) < before || sender == ROOT, "nothing was paid");
		}
		assert_eq!(answers_seen(), 4);
		assert_eq!(seen().len(), 7);
	});
}

#[test]
fn commitment_should_not_be_made_by_the_owner_of_a_multisig() {
	// The inner origin is the multisig's account, which is no worker.
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		endow(&who(0));
		let call = Call::commit { job: JOB, replica: 0, commitment: Hash::zero() }.into();
		let wrapped: RuntimeCall = pallet_multisig::Call::as_multi_threshold_1 {
			other_signatories: vec![RELAY],
			call: Box::new(call),
		}
		.into();
		let result = transact(&who(0), wrapped).expect("can pay").map_err(|failed| failed.error);
		assert_eq!(result.map(|_| ()), Err(Error::<Test>::NotTheWorker.into()));
	});
}

#[test]
fn root_should_answer_for_nobody() {
	execute(|| {
		let call = Box::new(submission(JOB));
		assert_ok!(transact(&ROOT, pallet_sudo::Call::sudo { call }.into()).expect("can pay"));
		assert_eq!(answers_seen(), 0);
		let sudid = System::events().into_iter().find_map(|record| match record.event {
			RuntimeEvent::Sudo(pallet_sudo::Event::Sudid { sudo_result }) => Some(sudo_result),
			_ => None,
		});
		assert_eq!(sudid, Some(Err(DispatchError::BadOrigin)));
	});
}

#[test]
fn attack_two_receipts_in_one_batch_of_calls() {
	execute(|| {
		let receipt = single(JOB);
		let twice: Vec<RuntimeCall> = vec![
			Call::submit { receipt: receipt.clone() }.into(),
			Call::submit { receipt: receipt.clone() }.into(),
		];
		let result = transact(&RELAY, in_batch(twice.clone())).expect("can pay");
		assert_eq!(
			result.map(|_| ()).map_err(|failed| failed.error),
			Err(Error::<Test>::AlreadyAnswered.into())
		);
		assert_eq!(answers_seen(), 0, "half a batch was kept");
		// Where each call stands alone, one of them is taken.
		let forced = pallet_utility::Call::force_batch { calls: twice };
		assert_ok!(transact(&RELAY, forced.into()).expect("can pay"));
		assert_eq!(answers_seen(), 1);
	});
}

#[test]
fn attack_a_batch_of_answers_within_a_batch_of_calls() {
	execute(|| {
		let answers = vec![Answer::Submit(single(JobId(1))), Answer::Submit(single(JobId(2)))];
		let batch: RuntimeCall = batch_of(answers).into();
		let inner = pallet_utility::Call::batch { calls: vec![batch.clone(), batch.clone()] };
		let nested = in_batch(vec![batch, inner.into()]);
		assert_ok!(transact(&RELAY, nested).expect("can pay"));
		assert_eq!(answers_seen(), 2);
		let summaries: Vec<_> = take_events()
			.into_iter()
			.filter(|event| matches!(event, Event::BatchTaken { .. }))
			.collect();
		assert_eq!(
			summaries,
			[
				Event::BatchTaken { taken: 2, failed: 0 },
				Event::BatchTaken { taken: 0, failed: 2 },
				Event::BatchTaken { taken: 0, failed: 2 },
			]
		);
	});
}

#[test]
fn attack_free_call_carries_others_within() {
	// What is free alone is not free as a carrier: a worker without coins cannot send it at all.
	execute(|| {
		let rider: RuntimeCall = frame_system::Call::remark { remark: vec![0; 1_000] }.into();
		let carrier = in_batch(vec![submission(JOB), rider]);
		assert_eq!(
			transact(&who(0), carrier).expect_err("is not free"),
			InvalidTransaction::Payment.into()
		);
	});
}
