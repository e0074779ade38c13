//! The exemption and the lane, used for anything but their purpose.

use crate::{mock::*, *};
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_runtime::transaction_validity::{InvalidTransaction, ValidTransaction};
use std::collections::{BTreeMap, BTreeSet};

/// What a pool does with what the runtime tells it of each transaction, as far as it matters here.
///
/// As in `sc-transaction-pool`: what requires tags that nothing ready provides waits; of those that
/// provide one tag the first stays unless a later one has more priority; a full pool drops the
/// worst by priority, ready or waiting, for one that is better.
#[derive(Default)]
struct Pool {
	held: Vec<ValidTransaction>,
}

impl Pool {
	const ROOM: usize = 8;

	fn provided(&self) -> BTreeSet<&Vec<u8>> {
		self.held
			.iter()
			.filter(|held| held.requires.is_empty())
			.flat_map(|held| &held.provides)
			.collect()
	}

	fn submit(&mut self, tx: ValidTransaction) -> bool {
		let ready = tx.requires.is_empty();
		let rivals = |held: &ValidTransaction| {
			held.requires.is_empty() && held.provides.iter().any(|tag| tx.provides.contains(tag))
		};
		let rival = self.held.iter().filter(|held| rivals(held)).map(|held| held.priority).max();
		if ready && rival.is_some_and(|priority| priority >= tx.priority) {
			return false;
		}
		if self.held.len() == Self::ROOM {
			let worst = (0..Self::ROOM).min_by_key(|place| self.held[*place].priority);
			let worst = worst.expect("is full");
			if self.held[worst].priority >= tx.priority {
				return false;
			}
			self.held.remove(worst);
		}
		self.held.push(tx);
		true
	}
}

fn commit_call(byte: u8) -> RuntimeCall {
	Call::commit { job: JOB, replica: 0, commitment: Hash::repeat_byte(byte) }.into()
}

fn transfer() -> RuntimeCall {
	pallet_balances::Call::transfer_keep_alive { dest: ROOT, value: 1 }.into()
}

#[test]
fn attack_lane_flooded_with_future_nonces() {
	// One lease is one place in the pool, not as many as there are nonces: what waits for another
	// transaction has no priority and drives nobody out, though it costs nothing to make.
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		let mut pool = Pool::default();
		for nonce in 0..Pool::ROOM as u32 {
			let paying = validate(&RELAY, &transfer(), nonce).expect("can pay");
			let ready = ValidTransaction { requires: Vec::new(), ..paying };
			assert!(pool.submit(ready));
		}
		for nonce in 1..100 {
			for byte in 0..3 {
				let free = validate(&who(0), &commit_call(byte), nonce).expect("is free");
				assert!(!pool.submit(free), "a waiting transaction drove out one that pays");
			}
		}
		// The one that is next does come in.
		assert!(pool.submit(validate(&who(0), &commit_call(1), 0).expect("is free")));
		assert_eq!(pool.held.iter().filter(|held| held.priority == LANE_PRIORITY).count(), 1);
	});
}

#[test]
fn attack_one_step_sent_many_times() {
	// With following nonces, where the pool knows those before, or with other words.
	execute(|| {
		let_to(JOB, 0, replicated(), &worker(0));
		let mut pool = Pool::default();
		assert!(pool.submit(validate(&who(0), &commit_call(1), 0).expect("is free")));
		assert!(!pool.submit(validate(&who(0), &commit_call(2), 0).expect("is free")));
		for nonce in 1..10 {
			let next = validate(&who(0), &commit_call(2), nonce).expect("is free");
			let promoted = ValidTransaction { requires: Vec::new(), ..next };
			assert!(!pool.submit(promoted), "the pool has two of one step");
		}
		assert_eq!(pool.provided().len(), 2);
	});
}

#[test]
fn attack_one_step_alone_and_in_a_batch() {
	execute(|| {
		let (first, second) = (single(JobId(1)), single(JobId(2)));
		let alone = Call::submit { receipt: first.clone() }.into();
		let both = batch_of(vec![Answer::Submit(second), Answer::Submit(first)]).into();
		for order in [[&alone, &both], [&both, &alone]] {
			let mut pool = Pool::default();
			let taken: Vec<bool> = (0..)
				.zip(order)
				.map(|(nonce, call)| {
					let validity = validate(&who(0), call, nonce).expect("is free");
					pool.submit(ValidTransaction { requires: Vec::new(), ..validity })
				})
				.collect();
			assert_eq!(taken, [true, false]);
		}
	});
}

#[test]
fn attack_free_lane_for_everything_but_ones_own_answer() {
	execute(|| {
		let right = single(JOB);
		let commitment_of_another: RuntimeCall = {
			let_to(JobId(8), 0, replicated(), &worker(1));
			Call::commit { job: JobId(8), replica: 0, commitment: Hash::zero() }.into()
		};
		let too_many: Vec<_> = (0..u64::from(MAX_FREE_ANSWERS) + 1)
			.map(|job| Answer::Submit(single(JobId(100 + job))))
			.collect();
		let cases: Vec<RuntimeCall> = vec![
			transfer(),
			frame_system::Call::remark { remark: vec![0; 10_000] }.into(),
			commitment_of_another,
			// Not what the lease waits for.
			Call::commit { job: JOB, replica: 0, commitment: Hash::zero() }.into(),
			Call::reveal { receipt: right.clone(), salt: SALT }.into(),
			batch_of(Vec::new()).into(),
			batch_of(too_many).into(),
			batch_of(vec![Answer::Submit(right.clone()), Answer::Submit(right.clone())]).into(),
			pallet_utility::Call::batch { calls: vec![Call::submit { receipt: right }.into()] }
				.into(),
		];
		for call in cases {
			assert_eq!(
				validate(&who(0), &call, 0),
				Err(InvalidTransaction::Payment.into()),
				"{call:?} is free"
			);
			assert!(transact(&who(0), call).is_err());
		}
		assert_eq!(seen(), []);
	});
}

#[test]
fn attack_large_batch_of_junk_with_one_free_answer() {
	// One right answer does not carry 15 of no lease, nor 255.
	execute(|| {
		let right = Answer::Submit(single(JOB));
		for length in [2, MAX_FREE_ANSWERS, MAX_BATCH] {
			let mut answers = vec![right.clone()];
			for job in 1..u64::from(length) {
				let junk = sign(receipt(JobId(1_000 + job), 0, &spec()), &worker(0));
				answers.push(Answer::Submit(junk));
			}
			let call = batch_of(answers).into();
			assert_eq!(validate(&who(0), &call, 0), Err(InvalidTransaction::Payment.into()));
		}
	});
}

#[test]
fn attack_verification_for_nothing() {
	// Neither who does not exist, nor who has coins and no lease, has a signature verified before it
	// pays: the look-up of the first lease ends it.
	execute(|| {
		let answers: Vec<_> = (0..u64::from(MAX_FREE_ANSWERS))
			.map(|job| Answer::Submit(single(JobId(job))))
			.collect();
		let call: RuntimeCall = batch_of(answers).into();
		let nobody = AccountId::new([77; 32]);
		let (result, question) = asked(|| validate(&nobody, &call, 0));
		assert_eq!((result, question), (Err(InvalidTransaction::Payment.into()), (0, 0)));
		let (result, question) = asked(|| validate(&RELAY, &call, 0));
		// Once for the lane, once for the fee.
		assert_eq!((result.is_ok(), question), (true, (2, 0)));
	});
}

#[test]
fn attack_fee_of_another_is_skipped() {
	// A relayer does not travel on the worker's exemption, also not with the worker's own call.
	execute(|| {
		let call: RuntimeCall = Call::submit { receipt: single(JOB) }.into();
		let poor = AccountId::new([66; 32]);
		System::inc_sufficients(&poor);
		assert_eq!(validate(&poor, &call, 0), Err(InvalidTransaction::Payment.into()));
		let before = free(&RELAY);
		assert_ok!(transact(&RELAY, call).expect("can pay"));
		assert!(free(&RELAY) < before);
	});
}

/// Steps of one worker with three leases: which lease, and what it does for it.
fn any_play() -> impl Strategy<Value = Vec<(u8, u8, u32)>> {
	prop::collection::vec((0u8..3, 0u8..4, 0u32..3), 1..24)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(100))]

	/// However a worker without coins plays, no step of a lease is taken twice without a fee: two free
	/// extrinsics for a replicated lease, one for a single.
	#[test]
	fn attack_free_extrinsics_beyond_the_leases(play in any_play()) {
		execute(|| {
			let singles = [single(JobId(1)), single(JobId(2))];
			let reveals = let_three();
			for answer in &reveals[1..] {
				assert_ok!(commit_to(answer));
			}
			let mut taken: BTreeMap<u8, u32> = BTreeMap::new();
			for (lease, step, byte) in play {
				let salt = if byte == 0 { [0; 32] } else { SALT };
				let call: Call<Test> = match (lease, step) {
					(2, 0) => {
						let bound = commitment(&reveals[0], &worker(0), &SALT);
						Call::commit { job: JOB, replica: 0, commitment: bound }
					}
					(2, _) => Call::reveal { receipt: reveals[0].clone(), salt },
					(lease, 0) => {
						batch_of(vec![Answer::Submit(singles[usize::from(lease)].clone())])
					}
					(lease, _) => Call::submit { receipt: singles[usize::from(lease)].clone() },
				};
				if let Ok(result) = transact(&who(0), call.into()) {
					assert_ok!(result);
					*taken.entry(lease).or_default() += 1;
				}
			}
			let most = |lease: u8| if lease == 2 { 2 } else { 1 };
			assert!(taken.iter().all(|(lease, count)| *count <= most(*lease)));
			let total: u32 = taken.values().sum();
			assert_eq!(System::account_nonce(who(0)), total);
		});
	}
}
