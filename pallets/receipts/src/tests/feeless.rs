//! Who pays no fee: exactly the lease's worker, for exactly the calls that succeed, once (P7).

use crate::{mock::*, *};
use aitbc_primitives::{Cid, Outcome, Receipt};
use frame_support::{assert_ok, dispatch::GetDispatchInfo};
use proptest::prelude::*;

fn commit_call(replica: ReplicaIndex, commitment: Hash) -> Call<Test> {
	Call::commit { job: JOB, replica, commitment }
}

#[test]
fn commit_should_be_feeless_once() {
	execute(|| {
		let (key, call) = (worker(0), commit_call(0, Hash::zero()));
		assert!(!is_feeless(&account(&key), &call));
		let_to(JOB, 0, replicated(), &key);
		assert!(is_feeless(&account(&key), &call));
		assert!(!is_feeless(&RELAY, &call));
		assert_ok!(dispatch(&account(&key), call.clone()));
		assert!(!is_feeless(&account(&key), &call));
	});
}

#[test]
fn submit_should_be_feeless_once_and_for_the_worker_only() {
	execute(|| {
		let key = worker(0);
		let_to(JOB, 0, spec(), &key);
		let call = Call::submit { receipt: sign(receipt(JOB, 0, &spec()), &key) };
		assert!(!is_feeless(&RELAY, &call));
		assert!(is_feeless(&account(&key), &call));
		assert_ok!(dispatch(&account(&key), call.clone()));
		assert!(!is_feeless(&account(&key), &call));
	});
}

#[test]
fn submit_should_cost_a_fee_when_the_receipt_is_wrong() {
	execute(|| {
		let key = worker(0);
		let_to(JOB, 0, spec(), &key);
		let right = receipt(JOB, 0, &spec());
		let forged = sign(right.clone(), &worker(1));
		let late = sign(right.clone(), &key);
		let inflated = sign(Receipt { units: 99, ..right }, &key);
		for receipt in [forged, inflated] {
			assert!(!is_feeless(&account(&key), &Call::submit { receipt }));
		}
		System::set_block_number(DELIVER_BY + 1);
		assert!(!is_feeless(&account(&key), &Call::submit { receipt: late }));
	});
}

#[test]
fn reveal_should_be_feeless_once_and_for_the_worker_only() {
	execute(|| {
		let key = worker(0);
		let_to(JOB, 0, replicated(), &key);
		let receipt = sign(receipt(JOB, 0, &replicated()), &key);
		assert_ok!(dispatch(&account(&key), commit_call(0, commitment(&receipt, &key, &SALT))));
		let call = Call::reveal { receipt: receipt.clone(), salt: SALT };
		assert!(!is_feeless(&account(&key), &call));
		open_reveals();
		assert!(!is_feeless(&RELAY, &call));
		assert!(!is_feeless(&account(&key), &Call::reveal { receipt, salt: [0; 32] }));
		assert!(is_feeless(&account(&key), &call));
		assert_ok!(dispatch(&account(&key), call.clone()));
		assert!(!is_feeless(&account(&key), &call));
	});
}

#[test]
fn every_call_should_weigh_what_it_sets_off_below() {
	execute(|| {
		let answer = sign(receipt(JOB, 0, &spec()), &worker(0));
		let below = |call: Call<Test>| call.get_dispatch_info().call_weight;
		assert!(below(commit_call(0, Hash::zero())).all_gte(ScriptedLeases::commit_weight()));
		for call in
			[Call::submit { receipt: answer.clone() }, Call::reveal { receipt: answer, salt: SALT }]
		{
			assert!(below(call).all_gte(ScriptedLeases::answer_weight()));
		}
	});
}

/// What may be wrong with an extrinsic.
#[derive(Clone, Copy, Debug)]
struct Twist {
	single: bool,
	signer: u8,
	key: u8,
	state: u8,
	reveals_open: bool,
	late: bool,
	field: u8,
	salt: bool,
	kind: u8,
}

fn any_twist() -> impl Strategy<Value = Twist> {
	(any::<bool>(), 0u8..3, 0u8..6, 0u8..4, any::<bool>(), 0u8..4, 0u8..24, 0u8..6, 0u8..3)
		.prop_map(|(single, signer, key, state, reveals_open, late, field, salt, kind)| Twist {
			single,
			signer,
			key,
			state,
			reveals_open,
			late: late == 0,
			field,
			salt: salt == 0,
			kind,
		})
}

fn twisted(right: Receipt, field: u8) -> Receipt {
	match field {
		0 => Receipt { version: 9, ..right },
		1 => Receipt { genesis: Hash::zero(), ..right },
		2 => Receipt { attempt: 0, ..right },
		3 => Receipt { program: Cid::of_raw(b"x"), ..right },
		4 => Receipt { input_root: Hash::zero(), ..right },
		5 => Receipt { units: right.units + 1, ..right },
		6 => Receipt { outcome: Outcome::OutOfFuel, ..right },
		7 => Receipt { job: JobId(1), ..right },
		8 => Receipt { replica: 1, ..right },
		9 | 10 => failed(right),
		_ => right,
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(600))]

	/// The exemption is exactly the worker's success, and a second call is never exempt.
	#[test]
	fn feeless_should_mean_that_the_workers_call_succeeds(twist in any_twist()) {
		execute(|| {
			let key = worker(0);
			let spec = if twist.single { spec() } else { replicated() };
			let_to(JOB, 0, spec.clone(), &key);
			let signer = if twist.signer == 0 { RELAY } else { account(&key) };
			let signing = if twist.key == 0 { worker(1) } else { key.clone() };
			let answer = sign(twisted(receipt(JOB, 0, &spec), twist.field), &signing);
			if twist.state > 0 {
				let bound = commitment(&answer, &key, &SALT);
				let _refused = dispatch(&account(&key), commit_call(0, bound));
			}
			if twist.reveals_open {
				open_reveals();
			}
			if twist.state > 2 {
				let call = Call::reveal { receipt: answer.clone(), salt: SALT };
				let _refused = dispatch(&RELAY, call);
			}
			if twist.late {
				System::set_block_number(DELIVER_BY + 1);
			}
			let salt = if twist.salt { [0; 32] } else { SALT };
			let call = match twist.kind {
				0 => commit_call(0, commitment(&answer, &key, &salt)),
				1 => Call::submit { receipt: answer },
				_ => Call::reveal { receipt: answer, salt },
			};
			let feeless = is_feeless(&signer, &call);
			let succeeded = dispatch(&signer, call.clone()).is_ok();
			assert_eq!(feeless, succeeded && signer == account(&key));
			assert!(!is_feeless(&signer, &call), "a second call of the same kind was free");
		});
	}
}
