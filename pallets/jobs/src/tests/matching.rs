//! The waiting replicas: who is let what, in which order, at which cost.

use crate::{mock::*, *};
use frame_support::{assert_ok, traits::Hooks};

/// Weight with room for exactly `steps` searches.
fn room_for(steps: u64) -> Weight {
	<() as WeightInfo>::queue_begin()
		.saturating_add(JobsPallet::queue_step_weight().saturating_mul(steps))
}

/// Serves the rings with so much weight. Returns what it took.
fn serve(weight: Weight) -> Weight {
	let mut meter = WeightMeter::with_limit(weight);
	JobsPallet::serve_rings(&mut meter);
	meter.consumed()
}

/// A job that the only miner of these tests is not to have: it is searched for in vain.
fn in_vain(spec: JobSpec) -> JobSpec {
	let requirements = aitbc_primitives::Requirements {
		deny: BoundedVec::truncate_from(vec![miner(0)]),
		..spec.requirements
	};
	JobSpec { requirements, start_within_blocks: MAX_WINDOW, ..spec }
}

fn priced(max_price_per_unit: Balance, spec: JobSpec) -> JobSpec {
	JobSpec { max_price_per_unit, ..spec }
}

/// Which jobs the market was asked for since `from`, by their maximum price.
fn asked_prices() -> Vec<Balance> {
	asked().into_iter().map(|asked| asked.max_price_per_unit).collect()
}

#[test]
fn matching_should_let_a_job_at_the_start_of_the_next_block() {
	execute(|| {
		offer_miners(1);
		let job = post(gemm_spec());
		take_events();
		assert_eq!(state_of(job), JobState::Open { start_by: 6 });
		begin_block();
		let lease = lease_of(job, 0).expect("let");
		assert_eq!((lease.miner.clone(), lease.worker), (miner(0), worker_of(&miner(0))));
		assert_eq!(lease.owner, miner(0));
		assert_eq!((lease.attempt, lease.price_per_unit, lease.fee), (0, PRICE, FEE));
		assert_eq!((lease.leased_at, lease.deliver_by), (2, 12));
		assert_eq!(lease.state, LeaseState::Leased);
		assert_eq!(state_of(job), JobState::Leased);
		assert!(MinerLeases::<Test>::contains_key(miner(0), (job, 0)));
		assert_eq!(
			take_events(),
			[Event::LeaseStarted {
				job,
				replica: 0,
				attempt: 0,
				miner: miner(0),
				price_per_unit: PRICE,
				deliver_by: 12
			}]
		);
	});
}

#[test]
fn matching_should_ask_for_all_that_the_job_demands() {
	execute(|| {
		register(cid(9));
		let spec = JobSpec { tip: 7, ..in_vain(wgsl_spec()) };
		post(spec.clone());
		offer_owned(vec![(miner(1), miner(50), PRICE)]);
		begin_block();
		let asked = asked().pop().expect("the market was asked");
		assert_eq!((asked.class, asked.program), (Class::Wgsl, cid(9)));
		assert_eq!((asked.units, asked.max_price_per_unit, asked.tip), (5, MAX_PRICE, 7));
		assert_eq!(asked.requirements, spec.requirements);
		assert_eq!(asked.excluded, [CLIENT]);
	});
}

#[test]
fn matching_should_exclude_the_client_and_every_owner_that_had_the_job() {
	execute(|| {
		offer_owned(vec![
			(miner(0), CLIENT, 1),
			(miner(1), miner(50), 1),
			(miner(2), miner(50), 1),
			(miner(3), miner(51), 1),
			(miner(4), miner(52), 1),
		]);
		let job = post_leased(replicated(echo_spec(), 2, 2));
		let owners: Vec<AccountId> =
			(0..2).map(|replica| lease_of(job, replica).expect("let").owner).collect();
		assert_eq!(owners, [miner(50), miner(51)]);
		run_to(13);
		// Both were late, and both owners stay barred.
		assert_eq!(lease_of(job, 0).expect("let again").owner, miner(52));
		assert_eq!(lease_of(job, 1), None);
		assert_eq!(
			asked().pop().expect("asked").excluded,
			[CLIENT, miner(52), miner(50), miner(51)]
		);
	});
}

#[test]
fn matching_should_let_each_replica_to_another_owner() {
	execute(|| {
		offer_miners(3);
		let job = post_leased(replicated(echo_spec(), 3, 2));
		let miners: Vec<AccountId> =
			(0..3).map(|replica| lease_of(job, replica).expect("let").miner).collect();
		assert_eq!(miners, [miner(0), miner(1), miner(2)]);
	});
}

#[test]
fn matching_should_leave_the_job_open_when_a_replica_finds_no_miner() {
	execute(|| {
		offer_miners(2);
		let job = post(replicated(echo_spec(), 3, 2));
		begin_block();
		assert_eq!(state_of(job), JobState::Open { start_by: 6 });
		assert_eq!(lease_of(job, 2), None);
		offer_miners(3);
		begin_block();
		assert_eq!(state_of(job), JobState::Leased);
		assert_eq!(lease_of(job, 2).expect("let").miner, miner(2));
	});
}

#[test]
fn matching_should_find_a_miner_in_the_last_block_of_the_window_and_not_after() {
	for late in [false, true] {
		execute(|| {
			let job = post(echo_spec());
			run_to(if late { 6 } else { 5 });
			offer_miners(1);
			begin_block();
			match late {
				false => assert_eq!(state_of(job), JobState::Leased),
				true => assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner)),
			}
		});
	}
}

#[test]
fn matching_should_not_let_after_the_window_when_deadlines_are_behind() {
	execute(|| {
		let job = post(echo_spec());
		System::set_block_number(7);
		offer_miners(1);
		serve(Weight::MAX);
		assert_eq!(lease_of(job, 0), None);
		assert!(asked().is_empty(), "a void ticket was taken to the market");
		begin_block_at(7);
		assert_eq!(state_of(job), JobState::Refunded(RefundReason::NoMiner));
	});
}

#[test]
fn matching_should_pay_no_more_than_the_client_allows() {
	execute(|| {
		offer_at(vec![(miner(0), MAX_PRICE + 1)]);
		let job = post(echo_spec());
		begin_block();
		assert_eq!(lease_of(job, 0), None);
		offer_at(vec![(miner(0), MAX_PRICE)]);
		begin_block();
		assert_eq!(lease_of(job, 0).expect("let").price_per_unit, MAX_PRICE);
		assert_ok!(answer(job, 0, completed(1)));
		assert_eq!(earned(&miner(0)), MAX_PRICE);
	});
}

#[test]
fn matching_should_serve_the_dearest_bid_first_and_equal_ones_in_their_order() {
	execute(|| {
		for price in [100, 400, 200, 401] {
			post(in_vain(priced(price, echo_spec())));
		}
		// Its tip makes it the dearest: 100 + 1,000 for its one unit.
		post(in_vain(JobSpec { tip: 1_000, ..priced(101, echo_spec()) }));
		offer_at(vec![(miner(0), 10)]);
		begin_block();
		// Every second turn goes around: from the top, and one bucket further down each time.
		assert_eq!(asked_prices(), [101, 400, 401, 200, 100]);
	});
}

#[test]
fn matching_should_spread_the_tip_over_the_units() {
	execute(|| {
		// 100 + 80 / 8 = 110 for a unit.
		post(JobSpec { tip: 80, ..gemm_spec() });
		let bucket = bucket_of(110);
		assert_eq!(JobsPallet::waiting(Class::Gemm), [(lowest_price_of(bucket), 1)]);
	});
}

#[test]
fn matching_should_look_and_not_search_when_only_the_tip_reaches_the_cheapest_offer() {
	execute(|| {
		offer_at(vec![(miner(0), 1_000)]);
		let job = post(JobSpec { tip: 10_000, ..echo_spec() });
		begin_block();
		assert!(asked().is_empty(), "the market was searched for a price that nobody asks");
		assert!(matches!(state_of(job), JobState::Open { .. }));
		offer_at(vec![(miner(0), MAX_PRICE)]);
		begin_block();
		assert_eq!(state_of(job), JobState::Leased);
	});
}

#[test]
fn matching_should_pass_over_a_bucket_below_the_cheapest_offer() {
	execute(|| {
		offer_at(vec![(miner(0), 1_000)]);
		let job = post(echo_spec());
		let none = room_for(0).saturating_add(<() as WeightInfo>::queue_look());
		// The beginning, and one look of the sweep.
		assert_eq!(serve(Weight::MAX), none);
		assert!(asked().is_empty());
		// In the same bucket as the offer it is asked for.
		offer_at(vec![(miner(0), MAX_PRICE + 1)]);
		assert_eq!(bucket_of(MAX_PRICE), bucket_of(MAX_PRICE + 1));
		serve(Weight::MAX);
		assert_eq!(asked().len(), 1);
		assert!(matches!(state_of(job), JobState::Open { .. }));
	});
}

#[test]
fn matching_should_stop_searching_when_the_last_offer_is_taken() {
	execute(|| {
		offer_miners(1);
		one_slot_each();
		let first = post(priced(500, echo_spec()));
		let second = post(echo_spec());
		let expected = room_for(0)
			.saturating_add(<() as WeightInfo>::queue_match(1, 0))
			// The sweep passes by where nobody is asked any more.
			.saturating_add(<() as WeightInfo>::queue_look());
		assert_eq!(serve(Weight::MAX), expected);
		assert_eq!(state_of(first), JobState::Leased);
		assert!(matches!(state_of(second), JobState::Open { .. }));
		assert_eq!(asked().len(), 1);
	});
}

#[test]
fn matching_should_sweep_void_tickets_that_nobody_searches_for() {
	execute(|| {
		let kept = post(JobSpec { start_within_blocks: MAX_WINDOW, ..echo_spec() });
		for _ in 0..5 {
			let job = post(echo_spec());
			assert_ok!(cancel(job));
		}
		assert_eq!(tickets(Class::Echo), 6);
		// One that stands goes to the back; then the void ones come, and it again.
		begin_block();
		assert_eq!(tickets(Class::Echo), 6);
		begin_block();
		assert_eq!(tickets(Class::Echo), 1);
		assert_ok!(cancel(kept));
		begin_block();
		assert_eq!(tickets(Class::Echo), 0);
		assert_eq!(Rings::<Test>::iter_keys().count(), 0);
	});
}

#[test]
fn matching_should_reach_every_ticket_when_a_block_has_weight_for_one() {
	execute(|| {
		offer_at(vec![(miner(0), PRICE)]);
		for _ in 0..4 {
			post(in_vain(echo_spec()));
		}
		let job = post(echo_spec());
		for _ in 0..4 {
			serve(room_for(1));
			assert!(matches!(state_of(job), JobState::Open { .. }));
		}
		serve(room_for(1));
		assert_eq!(state_of(job), JobState::Leased);
	});
}

#[test]
fn matching_should_serve_every_class_when_a_block_has_weight_for_one() {
	execute(|| {
		register(cid(9));
		for _ in 0..20 {
			post(in_vain(echo_spec()));
		}
		let gemm = post(gemm_spec());
		let wgsl = post(wgsl_spec());
		offer_miners(1);
		for _ in 0..3 {
			serve(room_for(1));
			System::set_block_number(now() + 1);
		}
		assert_eq!(state_of(gemm), JobState::Leased);
		assert_eq!(state_of(wgsl), JobState::Leased);
	});
}

#[test]
fn matching_should_do_nothing_when_the_meter_is_empty() {
	execute(|| {
		offer_miners(1);
		let job = post(echo_spec());
		assert_eq!(serve(Weight::zero()), Weight::zero());
		let short = room_for(1).saturating_sub(Weight::from_parts(1, 0));
		assert_eq!(serve(short), room_for(0));
		assert!(matches!(state_of(job), JobState::Open { .. }));
		let matched = room_for(0).saturating_add(<() as WeightInfo>::queue_match(1, 0));
		assert_eq!(serve(room_for(1)), matched);
		assert_eq!(state_of(job), JobState::Leased);
	});
}

#[test]
fn matching_should_be_charged_what_it_did() {
	// The mock's market looks at one offer.
	let step = |of: fn(u32, u32) -> Weight| room_for(0).saturating_add(of(1, 0));
	execute(|| {
		offer_miners(1);
		post(in_vain(echo_spec()));
		assert_eq!(serve(Weight::MAX), step(<() as WeightInfo>::queue_search));
		post(gemm_spec());
		close_classes(&[Class::Echo]);
		assert_eq!(
			serve(Weight::MAX),
			step(<() as WeightInfo>::queue_match).saturating_add(<() as WeightInfo>::queue_look())
		);
	});
	execute(|| {
		offer_miners(1);
		let job = post(echo_spec());
		assert_ok!(cancel(job));
		assert_eq!(serve(Weight::MAX), step(|_, _| <() as WeightInfo>::queue_look()));
	});
}

#[test]
fn matching_should_never_use_more_than_the_service_weight() {
	execute(|| {
		offer_miners(1);
		for _ in 0..40 {
			post(in_vain(echo_spec()));
		}
		for steps in 1..20 {
			let limit = room_for(steps).saturating_add(JobsPallet::service_weight());
			ServiceWeight::set(limit);
			assert!(begin_block().all_lte(limit));
		}
	});
}

#[test]
fn matching_should_leave_what_other_hooks_were_given() {
	execute(|| {
		offer_miners(1);
		let job = post(echo_spec());
		// The block has room for nothing, whatever this pallet may take.
		System::set_block_number(2);
		let mut meter = WeightMeter::with_limit(JobsPallet::service_weight());
		JobsPallet::on_poll(2, &mut meter);
		assert!(meter.remaining().is_zero());
		assert!(matches!(state_of(job), JobState::Open { .. }));
	});
}

#[test]
fn matching_should_seed_each_attempt_anew() {
	execute(|| {
		offer_miners(1);
		post(in_vain(replicated(echo_spec(), 2, 2)));
		begin_block();
		begin_block();
		let mut seeds: Vec<Hash> = asked().into_iter().map(|asked| asked.seed).collect();
		assert_eq!(seeds.len(), 4);
		seeds.sort();
		seeds.dedup();
		assert_eq!(seeds.len(), 4, "two draws had one seed");
	});
}

#[test]
fn integrity_test_should_want_room_for_one_deadline_and_one_match() {
	execute(|| {
		JobsPallet::integrity_test();
		// A quarter is kept from deadlines, however few they need.
		let least = JobsPallet::service_weight()
			.saturating_add(JobsPallet::due_weight())
			.saturating_add(room_for(1))
			.max(room_for(1).saturating_mul(4));
		// Proof size means nothing here, and a block has plenty.
		let limit = |time: u64| ServiceWeight::set(Weight::from_parts(time, u64::MAX));
		limit(least.ref_time());
		JobsPallet::integrity_test();
		limit(least.ref_time() - 1);
		assert!(std::panic::catch_unwind(JobsPallet::integrity_test).is_err());
	});
}
