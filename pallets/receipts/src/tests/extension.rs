//! `PrioritiseReceipts`, with the real fees around it.

use crate::{mock::*, *};
use aitbc_primitives::{AIT, Balance};
use codec::DecodeAll;
use frame_support::{
	assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
};
use frame_system::CheckNonce;
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{DispatchTransaction, TransactionExtension},
	transaction_validity::{InvalidTransaction, TransactionSource, ValidTransaction},
};

type Wrapped = PrioritiseReceipts<Test, CheckNonce<Test>>;

fn nonce_tag(who: &AccountId, nonce: u32) -> Vec<u8> {
	(who, nonce).encode()
}

fn transfer() -> RuntimeCall {
	pallet_balances::Call::transfer_keep_alive { dest: ROOT, value: 1 }.into()
}

/// Free calls of every kind of worker 0.
fn free_calls() -> Vec<RuntimeCall> {
	let revealed = committed().swap_remove(0);
	let_to(JobId(1), 0, replicated(), &worker(0));
	let batch = vec![Answer::Submit(single(JobId(3))), Answer::Submit(single(JobId(4)))];
	vec![
		Call::commit { job: JobId(1), replica: 0, commitment: Hash::zero() }.into(),
		Call::submit { receipt: single(JobId(2)) }.into(),
		Call::reveal { receipt: revealed, salt: SALT }.into(),
		batch_of(batch).into(),
	]
}

fn own(call: &RuntimeCall) -> &Call<Test> {
	let RuntimeCall::ReceiptsPallet(call) = call else { unreachable!("is a receipt") };
	call
}

#[test]
fn free_calls_should_stand_in_the_lane() {
	execute(|| {
		for call in free_calls() {
			let validity = validate(&who(0), &call, 0).expect("is valid");
			let lane = ReceiptsPallet::lane(&who(0), own(&call)).expect("is free");
			assert_eq!(
				validity,
				ValidTransaction {
					priority: LANE_PRIORITY,
					requires: Vec::new(),
					provides: [vec![nonce_tag(&who(0), 0)], lane.provides].concat(),
					longevity: LANE_LONGEVITY,
					propagate: true,
				}
			);
		}
	});
}

#[test]
fn free_calls_should_come_before_everything_that_pays() {
	execute(|| {
		let lane = validate(&who(0), &free_calls()[0], 0).expect("is valid").priority;
		let priority = |call: &RuntimeCall, tip| {
			let source = TransactionSource::External;
			validate_from(source, &RELAY, call, 0, tip).expect("can pay").priority
		};
		let operational: RuntimeCall = frame_system::Call::set_heap_pages { pages: 1 }.into();
		assert_eq!(operational.get_dispatch_info().class, DispatchClass::Operational);
		assert!(priority(&operational, AIT) < lane);
		// Without a tip the priority is how many of them fill a block. All of them together must tip
		// 2⁶⁴ planck to come before receipts.
		let fill_a_block = priority(&transfer(), 0);
		let tip = Balance::from(u64::MAX / fill_a_block);
		assert!(priority(&transfer(), tip - 1) < lane);
		assert!(priority(&transfer(), tip + 1) > lane);
		assert!(tip * Balance::from(fill_a_block) > 18_000_000 * AIT);
	});
}

#[test]
fn one_step_should_be_one_tag_whatever_the_nonce() {
	execute(|| {
		for call in free_calls() {
			let at = |nonce| validate(&who(0), &call, nonce).expect("is valid").provides;
			let (now, later) = (at(0), at(1));
			assert_ne!(now[0], later[0]);
			assert_eq!(now[1..], later[1..], "a pool would keep both");
		}
	});
}

#[test]
fn call_that_waits_for_another_should_have_no_priority() {
	execute(|| {
		for call in free_calls() {
			for nonce in [1, 2, u32::MAX] {
				let validity = validate(&who(0), &call, nonce).expect("is valid");
				assert_eq!(validity.priority, 0);
				assert_eq!(validity.requires, [nonce_tag(&who(0), nonce - 1)]);
			}
		}
		// It has when those before it are in a block.
		System::inc_account_nonce(who(0));
		let validity = validate(&who(0), &free_calls()[0], 1).expect("is valid");
		assert_eq!(validity.priority, LANE_PRIORITY);
	});
}

#[test]
fn relayed_receipt_should_pay_and_have_no_lane() {
	execute(|| {
		for call in free_calls().into_iter().skip(1) {
			let validity = validate(&RELAY, &call, 0).expect("can pay");
			assert!(validity.priority < LANE_PRIORITY);
			assert_eq!(validity.provides, [nonce_tag(&RELAY, 0)]);
		}
	});
}

#[test]
fn call_that_would_fail_should_be_invalid_when_its_signer_has_no_coins() {
	execute(|| {
		let answer = single(JOB);
		let late: RuntimeCall = Call::submit { receipt: answer.clone() }.into();
		let forged: RuntimeCall = Call::submit { receipt: sign(answer.receipt, &worker(1)) }.into();
		assert!(validate(&who(0), &late, 0).is_ok());
		assert_eq!(validate(&who(0), &forged, 0), Err(InvalidTransaction::Payment.into()));
		System::set_block_number(DELIVER_BY + 1);
		assert_eq!(validate(&who(0), &late, 0), Err(InvalidTransaction::Payment.into()));
	});
}

#[test]
fn batch_should_have_no_lane_when_it_is_longer_than_what_is_free() {
	execute(|| {
		Balances::force_set_balance(RuntimeOrigin::root(), who(0), ENDOWMENT).expect("root");
		let answers: Vec<_> = (0..u64::from(MAX_FREE_ANSWERS) + 1)
			.map(|job| Answer::Submit(single(JobId(job))))
			.collect();
		let fits = batch_of(answers[..MAX_FREE_ANSWERS as usize].to_vec()).into();
		let validity = validate(&who(0), &fits, 0).expect("is free");
		assert_eq!(validity.priority, LANE_PRIORITY);
		assert_eq!(validity.provides.len(), 1 + MAX_FREE_ANSWERS as usize);
		let longer = batch_of(answers).into();
		let validity = validate(&who(0), &longer, 0).expect("can pay");
		assert!(validity.priority < LANE_PRIORITY);
		assert_eq!(validity.provides, [nonce_tag(&who(0), 0)]);
		// And it does pay.
		let before = free(&who(0));
		assert_ok!(transact(&who(0), longer).expect("is valid"));
		assert!(free(&who(0)) < before);
	});
}

#[test]
fn account_that_does_not_exist_should_be_turned_away_before_anything_is_looked_up() {
	execute(|| {
		let call = Call::submit { receipt: single(JOB) }.into();
		let (validity, question) = asked(|| validate(&who(3), &call, 0));
		assert_eq!(validity, Err(InvalidTransaction::Payment.into()));
		assert_eq!(question, (0, 0));
	});
}

#[test]
fn nothing_should_be_looked_up_for_the_lane_within_a_block() {
	execute(|| {
		let call: RuntimeCall = Call::submit { receipt: single(JOB) }.into();
		let of = |source| asked(|| validate_from(source, &who(0), &call, 0, 0).expect("is valid"));
		// In the pool for the lane and for the fee, in a block for the fee.
		assert_eq!(of(TransactionSource::External).1, (2, 0));
		assert_eq!(of(TransactionSource::Local).1, (2, 0));
		let (validity, question) = of(TransactionSource::InBlock);
		assert_eq!(question, (1, 0));
		assert_eq!(validity.priority, 0);
	});
}

#[test]
fn free_call_should_be_free_and_pay_a_second_time() {
	execute(|| {
		for call in free_calls() {
			assert_eq!(free(&who(0)), 0);
			assert_ok!(transact(&who(0), call.clone()).expect("is free"));
			let skipped = System::events().into_iter().any(|record| {
				matches!(
					record.event,
					RuntimeEvent::SkipFeeless(
						pallet_skip_feeless_payment::Event::FeeSkipped { .. }
					)
				)
			});
			assert!(skipped);
			System::reset_events();
			let again = transact(&who(0), call).expect_err("is not free");
			assert_eq!(again, InvalidTransaction::Payment.into());
		}
		assert_eq!(System::account_nonce(who(0)), 4);
	});
}

#[test]
fn relayed_receipt_should_cost_its_relayer_the_fee() {
	execute(|| {
		let before = free(&RELAY);
		let receipt = single(JOB);
		assert_ok!(transact(&RELAY, Call::submit { receipt }.into()).expect("can pay"));
		assert_eq!(answers_seen(), 1);
		let relayed = before - free(&RELAY);
		assert!(relayed > 0);
		assert_eq!(free(&who(0)), 0);
		// At least what the call weighs.
		let weight = Balance::from(<() as WeightInfo>::submit().ref_time());
		assert!(relayed >= weight);
	});
}

#[test]
fn weight_should_account_for_finding_out_what_is_free() {
	execute(|| {
		let inner = |call: &RuntimeCall| CheckNonce::<Test>::from(0).weight(call);
		let own =
			|call: &RuntimeCall| Wrapped::from(CheckNonce::from(0)).weight(call) - inner(call);
		let one = <() as WeightInfo>::prioritise(1);
		for call in free_calls().into_iter().take(3) {
			assert_eq!(own(&call), one);
		}
		let many = |count: u32| {
			let answers = (0..u64::from(count)).map(|job| Answer::Submit(single(JobId(job))));
			own(&batch_of(answers.collect()).into())
		};
		assert_eq!(many(2), <() as WeightInfo>::prioritise(2));
		assert_eq!(many(MAX_FREE_ANSWERS), <() as WeightInfo>::prioritise(MAX_FREE_ANSWERS));
		// Not looked at.
		assert_eq!(many(MAX_FREE_ANSWERS + 1), one);
		assert_eq!(own(&transfer()), Weight::zero());
	});
}

#[test]
fn extension_should_be_invisible_to_signers() {
	let wrapped = CheckNonce::<Test>::from(300);
	let extension = Wrapped::from(wrapped.clone());
	assert_eq!(extension.encode(), wrapped.encode());
	let read = Wrapped::decode_all(&mut &wrapped.encode()[..]);
	assert_eq!(read, Ok(extension));
	assert_eq!(<Wrapped as TransactionExtension<RuntimeCall>>::IDENTIFIER, "CheckNonce");
	let metadata = <Wrapped as TransactionExtension<RuntimeCall>>::metadata();
	let inner = <CheckNonce<Test> as TransactionExtension<RuntimeCall>>::metadata();
	assert_eq!(metadata.len(), 1);
	assert_eq!(metadata[0].identifier, inner[0].identifier);
	assert_eq!(metadata[0].ty, inner[0].ty);
	assert_eq!(Wrapped::type_info(), CheckNonce::<Test>::type_info());
}

#[test]
fn extension_should_give_no_priority_when_nothing_tells_which_is_next() {
	execute(|| {
		for call in free_calls() {
			let alone = PrioritiseReceipts::<Test, ()>::from(());
			let source = TransactionSource::External;
			let (validity, ..) = alone
				.validate_only(Some(who(0)).into(), &call, &info_of(&call), 0, source, 0)
				.expect("is valid");
			let lane = ReceiptsPallet::lane(&who(0), own(&call)).expect("is free");
			assert_eq!((validity.priority, validity.provides), (0, lane.provides));
		}
	});
}
