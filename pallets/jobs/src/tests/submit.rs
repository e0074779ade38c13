//! `submit`.

use crate::{mock::*, *};
use aitbc_primitives::{
	GemmShape, MAX_GEMM_DIM, MAX_TIE_BREAKERS, Region, Reputation, Requirements,
};
use frame_support::{BoundedVec, assert_noop, assert_ok, dispatch::GetDispatchInfo};
use sp_runtime::{DispatchError, TokenError};

fn refuse(spec: JobSpec, error: Error<Test>) {
	assert_noop!(JobsPallet::submit(signed(CLIENT), spec), error);
}

#[test]
fn submit_should_hold_escrow_and_deposit_in_the_same_call() {
	execute(|| {
		let before = free(&CLIENT);
		let spec = JobSpec { tip: 11, ..replicated(gemm_spec(), 3, 2) };
		assert_ok!(JobsPallet::submit(signed(CLIENT), spec.clone()));
		// One tie-breaker is paid for in advance.
		let (job, escrow) = (JobId(0), (8 * MAX_PRICE + 11) * 4);
		assert_eq!(held(HoldReason::Escrow, &CLIENT), escrow);
		assert_eq!(held(HoldReason::JobDeposit, &CLIENT), JOB_DEPOSIT);
		assert_eq!(free(&CLIENT), before - escrow - JOB_DEPOSIT);
		assert_eq!(Specs::<Test>::get(job), Some(spec));
		assert!(JobsOf::<Test>::contains_key(CLIENT, job));
		let record = Jobs::<Test>::get(job).expect("on record");
		assert_eq!((record.units, record.escrow, record.posted_at), (8, escrow, 1));
		assert_eq!((record.tip, record.bid), (11, bucket_of(MAX_PRICE + 1)));
		assert_eq!(record.time_pay, TIME_PAY);
		assert_eq!(record.state, JobState::Open { start_by: 6 });
		assert_eq!(record.waiting().collect::<Vec<_>>(), [0, 1, 2]);
		assert_eq!(tickets(Class::Gemm), 3);
		assert_eq!(LiveJobs::<Test>::get(CLIENT), 1);
		assert_eq!(
			take_events(),
			[Event::JobPosted { job, client: CLIENT, class: Class::Gemm, escrow }]
		);
		assert_eq!(NextJobId::<Test>::get(), JobId(1));
	});
}

#[test]
fn submit_should_number_jobs_of_all_clients_in_one_sequence() {
	execute(|| {
		assert_ok!(JobsPallet::submit(signed(CLIENT), echo_spec()));
		assert_ok!(JobsPallet::submit(signed(OTHER_CLIENT), echo_spec()));
		assert_ok!(JobsPallet::submit(signed(CLIENT), echo_spec()));
		let of = |who| {
			let mut jobs: Vec<JobId> = JobsOf::<Test>::iter_key_prefix(who).collect();
			jobs.sort();
			jobs
		};
		assert_eq!(of(CLIENT), [JobId(0), JobId(2)]);
		assert_eq!(of(OTHER_CLIENT), [JobId(1)]);
	});
}

#[test]
fn submit_should_fail_when_origin_is_not_signed() {
	execute(|| {
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(JobsPallet::submit(origin, echo_spec()), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn submit_should_fail_when_replicas_quorum_or_tie_breakers_are_out_of_bounds() {
	execute(|| {
		for (replicas, quorum) in
			[(0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (4, 2), (7, 3), (7, 8), (8, 5), (255, 255)]
		{
			refuse(replicated(echo_spec(), replicas, quorum), Error::Replication);
		}
		for tie_breakers in [1, 2, 3, 255] {
			refuse(with_breakers(echo_spec(), 1, 1, tie_breakers), Error::Replication);
		}
		for tie_breakers in [0, MAX_TIE_BREAKERS + 1, 255] {
			refuse(with_breakers(echo_spec(), 2, 2, tie_breakers), Error::Replication);
		}
		for (replicas, quorum) in [(1, 1), (2, 2), (3, 2), (4, 3), (7, 4), (7, 7)] {
			post(replicated(echo_spec(), replicas, quorum));
		}
		for tie_breakers in 1..=MAX_TIE_BREAKERS {
			post(with_breakers(echo_spec(), 7, 4, tie_breakers));
		}
	});
}

#[test]
fn submit_should_fail_when_requirements_contradict_themselves() {
	execute(|| {
		let demanding = |requirements| JobSpec { requirements, ..echo_spec() };
		let named = |who: AccountId| BoundedVec::truncate_from(vec![who]);
		let reputation =
			|points| Requirements { min_reputation: Reputation(points), ..Default::default() };
		refuse(demanding(reputation(10_001)), Error::Requirements);
		let region = |letters| Requirements { region: Some(Region(letters)), ..Default::default() };
		refuse(demanding(region(*b"de")), Error::Requirements);
		refuse(
			demanding(Requirements {
				allow: named(miner(1)),
				deny: named(miner(1)),
				..Default::default()
			}),
			Error::Requirements,
		);
		post(demanding(reputation(10_000)));
		post(demanding(region(*b"DE")));
		post(demanding(Requirements {
			allow: named(miner(1)),
			deny: named(miner(2)),
			..Default::default()
		}));
	});
}

#[test]
fn submit_should_fail_when_the_client_has_as_many_live_jobs_as_it_may() {
	execute(|| {
		MostLiveJobs::set(2);
		let first = post(echo_spec());
		post(echo_spec());
		refuse(echo_spec(), Error::TooManyJobs);
		// Others are not concerned, and what has ended does not count, though it is on record.
		assert_ok!(JobsPallet::submit(signed(OTHER_CLIENT), echo_spec()));
		assert_ok!(cancel(first));
		post(echo_spec());
		refuse(echo_spec(), Error::TooManyJobs);
		MostLiveJobs::set(0);
		assert_noop!(JobsPallet::submit(signed(PAUPER), echo_spec()), Error::<Test>::TooManyJobs);
	});
}

#[test]
fn submit_should_be_charged_by_its_replicas() {
	execute(|| {
		let weight = |replicas| {
			let spec = replicated(echo_spec(), replicas, 1);
			crate::Call::<Test>::submit { spec }.get_dispatch_info().call_weight
		};
		assert_eq!(weight(1), <() as WeightInfo>::submit(1));
		assert_eq!(weight(MAX_REPLICAS), <() as WeightInfo>::submit(MAX_REPLICAS.into()));
		// Refused, whatever it asks for.
		assert_eq!(weight(u8::MAX), <() as WeightInfo>::submit(MAX_REPLICAS.into()));
	});
}

#[test]
fn submit_should_fail_when_price_is_zero_or_the_sum_overflows() {
	execute(|| {
		let priced = |max_price_per_unit, spec| JobSpec { max_price_per_unit, ..spec };
		refuse(priced(0, echo_spec()), Error::PriceZero);
		refuse(priced(u128::MAX, gemm_spec()), Error::EscrowOverflow);
		// The replicas fit, the tie-breaker does not.
		refuse(priced(u128::MAX / 3 + 1, replicated(echo_spec(), 2, 2)), Error::EscrowOverflow);
		refuse(priced(u128::MAX / 4 + 1, replicated(echo_spec(), 3, 2)), Error::EscrowOverflow);
		// Its tip does not.
		let tipped = |tip, spec| JobSpec { tip, ..spec };
		refuse(tipped(u128::MAX, echo_spec()), Error::EscrowOverflow);
		refuse(tipped(u128::MAX - MAX_PRICE + 1, echo_spec()), Error::EscrowOverflow);
		// What fits 128 bits is refused for want of money, not by an overflow.
		for spec in [
			priced(u128::MAX, echo_spec()),
			priced(u128::MAX / 3, replicated(echo_spec(), 2, 2)),
			priced(u128::MAX / 4, replicated(echo_spec(), 3, 2)),
			tipped(u128::MAX - MAX_PRICE, echo_spec()),
		] {
			assert_noop!(JobsPallet::submit(signed(CLIENT), spec), TokenError::FundsUnavailable);
		}
		assert_ok!(JobsPallet::submit(signed(CLIENT), priced(1, echo_spec())));
	});
}

#[test]
fn submit_should_take_exactly_what_the_client_can_hold() {
	execute(|| {
		// Everything but the existential deposit.
		let most = ENDOWMENT - EXISTENTIAL_DEPOSIT - JOB_DEPOSIT;
		let priced = |max_price_per_unit| JobSpec { max_price_per_unit, ..echo_spec() };
		assert_noop!(
			JobsPallet::submit(signed(CLIENT), priced(most + 1)),
			TokenError::FundsUnavailable
		);
		assert_ok!(JobsPallet::submit(signed(CLIENT), priced(most)));
		assert_eq!(free(&CLIENT), EXISTENTIAL_DEPOSIT);
		assert_noop!(JobsPallet::submit(signed(CLIENT), priced(1)), TokenError::FundsUnavailable);
	});
}

#[test]
fn submit_should_check_windows_on_both_sides() {
	execute(|| {
		let windows = |start_within_blocks, deliver_within_blocks| JobSpec {
			start_within_blocks,
			deliver_within_blocks,
			..echo_spec()
		};
		for (start, deliver) in
			[(0, 1), (1, 0), (MAX_WINDOW + 1, 1), (1, MAX_WINDOW + 1), (u32::MAX, u32::MAX)]
		{
			refuse(windows(start, deliver), Error::Window);
		}
		assert_ok!(JobsPallet::submit(signed(CLIENT), windows(1, 1)));
		assert_ok!(JobsPallet::submit(signed(CLIENT), windows(MAX_WINDOW, MAX_WINDOW)));
	});
}

#[test]
fn submit_should_fail_when_units_limit_is_below_the_work() {
	execute(|| {
		let limited = |units_limit, spec| JobSpec { units_limit, ..spec };
		register(cid(9));
		refuse(limited(0, echo_spec()), Error::UnitsLimit);
		refuse(limited(7, gemm_spec()), Error::UnitsLimit);
		refuse(limited(0, wgsl_spec()), Error::UnitsLimit);
		assert_ok!(JobsPallet::submit(signed(CLIENT), limited(8, gemm_spec())));
		assert_ok!(JobsPallet::submit(signed(CLIENT), limited(1, wgsl_spec())));
	});
}

#[test]
fn submit_should_fail_when_inputs_do_not_fit_the_workload() {
	execute(|| {
		register(cid(9));
		let inputs = |count: usize, spec| JobSpec {
			inputs: BoundedVec::truncate_from(vec![cid(1); count]),
			..spec
		};
		refuse(inputs(1, echo_spec()), Error::Inputs);
		refuse(JobSpec { params: Default::default(), ..echo_spec() }, Error::Inputs);
		for count in [0, 1, 3, 8] {
			refuse(inputs(count, gemm_spec()), Error::Inputs);
		}
		for count in [0, 8] {
			assert_ok!(JobsPallet::submit(signed(CLIENT), inputs(count, wgsl_spec())));
		}
	});
}

#[test]
fn submit_should_fail_when_shape_or_params_do_not_fit_the_workload() {
	execute(|| {
		register(cid(9));
		let gemm = |m, k, n| JobSpec {
			workload: Workload::Gemm(GemmShape { m, k, n }),
			units_limit: u64::MAX,
			..gemm_spec()
		};
		let most = MAX_GEMM_DIM;
		for (m, k, n) in [
			(0, 1, 1),
			(1, 0, 1),
			(1, 1, 0),
			(most + 1, 1, 1),
			(1, most + 1, 1),
			(1, 1, most + 1),
			(most, most, 1),
			(most, 1, most),
			(u32::MAX, u32::MAX, u32::MAX),
		] {
			refuse(gemm(m, k, n), Error::Shape);
		}
		assert_ok!(JobsPallet::submit(signed(CLIENT), gemm(1, most, 1)));
		let wgsl = |workgroups, output_bytes| {
			let spec = wgsl_spec();
			let Workload::Wgsl(call) = spec.workload else { return spec };
			let workload =
				Workload::Wgsl(aitbc_primitives::WgslCall { workgroups, output_bytes, ..call });
			JobSpec { workload, ..spec }
		};
		for (groups, bytes) in
			[([0, 1, 1], 4), ([1, 1, 65_536], 4), ([1; 3], 0), ([1; 3], 3), ([1; 3], u32::MAX)]
		{
			refuse(wgsl(groups, bytes), Error::Shape);
		}
		let with_params = |bytes: usize, spec| JobSpec {
			params: BoundedVec::truncate_from(vec![0; bytes]),
			..spec
		};
		refuse(with_params(4, gemm_spec()), Error::Params);
		refuse(with_params(3, wgsl_spec()), Error::Params);
		assert_ok!(JobsPallet::submit(signed(CLIENT), with_params(4, wgsl_spec())));
	});
}

#[test]
fn submit_should_fail_when_program_is_not_registered() {
	execute(|| {
		refuse(wgsl_spec(), Error::ProgramUnknown);
		register(cid(9));
		assert_ok!(JobsPallet::submit(signed(CLIENT), wgsl_spec()));
		assert_eq!(Programs::<Test>::get(cid(9)).expect("registered").jobs, 1);
	});
}

#[test]
fn submit_should_take_the_largest_specification() {
	execute(|| {
		register(cid(9));
		let spec = largest_spec();
		let escrow = spec.escrow().expect("fits");
		offer_miners(MAX_REPLICAS);
		let job = post_leased(spec);
		assert_eq!(held(HoldReason::Escrow, &CLIENT), escrow);
		assert_eq!(MinerLeases::<Test>::iter_keys().count(), 7);
		assert_ok!(cancel(job));
		assert_eq!(held(HoldReason::Escrow, &CLIENT), 0);
		assert_eq!(payments().len(), 7);
	});
}

#[test]
fn submit_should_fail_when_no_number_is_left() {
	execute(|| {
		NextJobId::<Test>::put(JobId(u64::MAX));
		refuse(echo_spec(), Error::Exhausted);
		NextJobId::<Test>::put(JobId(u64::MAX - 1));
		assert_ok!(JobsPallet::submit(signed(CLIENT), echo_spec()));
		refuse(echo_spec(), Error::Exhausted);
	});
}

#[test]
fn submit_should_fail_when_the_program_cannot_count_another_job() {
	execute(|| {
		register(cid(9));
		let count = |jobs| {
			Programs::<Test>::mutate(cid(9), |info| info.as_mut().expect("registered").jobs = jobs);
		};
		count(u32::MAX);
		refuse(wgsl_spec(), Error::Exhausted);
		count(0);
	});
}
