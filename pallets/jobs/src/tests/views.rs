//! What can be asked without a transaction.

use crate::{mock::*, *};
use aitbc_primitives::OfferFilter;
use frame_support::assert_ok;

#[test]
fn why_no_match_should_say_what_each_offer_lacks() {
	execute(|| {
		assert_eq!(JobsPallet::why_no_match(JobId(0)), None);
		offer_owned(vec![
			(miner(0), miner(0), MAX_PRICE + 1),
			(miner(1), CLIENT, 1),
			(miner(2), miner(2), 7),
		]);
		let job = post(replicated(echo_spec(), 2, 2));
		let reports = JobsPallet::why_no_match(job).expect("on record");
		assert_eq!(reports.iter().map(|(replica, _)| *replica).collect::<Vec<_>>(), [0, 1]);
		begin_block();
		// The one that fits has the first replica now.
		let reports = JobsPallet::why_no_match(job).expect("on record");
		let [(replica, report)] = reports.as_slice() else { unreachable!("one waits") };
		assert_eq!(*replica, 1);
		assert_eq!((report.listed, report.eligible, report.lowest_price), (3, 0, None));
		assert_eq!(report.refused, [(OfferFilter::Price, 1), (OfferFilter::OwnerTaken, 2)]);
		assert_ok!(cancel(job));
		assert_eq!(JobsPallet::why_no_match(job), Some(Vec::new()));
	});
}

#[test]
fn why_no_match_should_ask_what_matching_asks() {
	execute(|| {
		// A replica for which nobody is eligible is not let, and one that is let had somebody.
		for price in [1, MAX_PRICE, MAX_PRICE + 1] {
			offer_at(vec![(miner(0), price)]);
			let job = post(echo_spec());
			let reports = JobsPallet::why_no_match(job).expect("on record");
			begin_block();
			assert_eq!(reports[0].1.eligible == 1, state_of(job) == JobState::Leased);
		}
	});
}

#[test]
fn quote_should_name_units_escrow_deposit_and_offers() {
	execute(|| {
		offer_at(vec![(miner(0), 70), (miner(1), 50), (miner(2), 101)]);
		let spec = JobSpec { tip: 5, ..replicated(gemm_spec(), 2, 2) };
		let quote = JobsPallet::quote(spec.clone()).expect("it could be posted");
		assert_eq!((quote.units, quote.escrow), (8, (8 * MAX_PRICE + 5) * 3));
		assert_eq!(quote.deposit, JOB_DEPOSIT);
		assert_eq!((quote.report.eligible, quote.report.lowest_price), (2, Some(50)));
		post(spec);
		assert_eq!(held(HoldReason::Escrow, &CLIENT), quote.escrow);
	});
}

#[test]
fn quote_should_fail_as_posting_would() {
	execute(|| {
		let refused = |spec: JobSpec| {
			let quoted = JobsPallet::quote(spec.clone()).expect_err("it would be refused");
			let posted = JobsPallet::submit(signed(CLIENT), spec).expect_err("it is refused");
			assert_eq!(quoted, posted);
		};
		refused(wgsl_spec());
		refused(JobSpec { max_price_per_unit: 0, ..echo_spec() });
		refused(JobSpec { start_within_blocks: MAX_WINDOW + 1, ..echo_spec() });
		refused(with_breakers(echo_spec(), 2, 2, 0));
		register(cid(9));
		assert!(JobsPallet::quote(wgsl_spec()).is_ok());
	});
}

#[test]
fn job_should_come_with_leases_history_and_specification() {
	execute(|| {
		offer_miners(2);
		let job = post_leased(gemm_spec());
		run_to(13);
		let (record, spec) = JobsPallet::job(job).expect("on record");
		assert_eq!(spec, gemm_spec());
		assert_eq!(record.lease(0).expect("let").miner, miner(1));
		assert_eq!(record.history[0].miner, miner(0));
		assert_eq!(JobsPallet::job(JobId(9)), None);
	});
}

#[test]
fn jobs_of_should_give_every_job_once_when_it_is_paged() {
	execute(|| {
		let mut jobs: Vec<JobId> = (0..7).map(|_| post(echo_spec())).collect();
		assert_ok!(JobsPallet::submit(signed(OTHER_CLIENT), echo_spec()));
		assert_ok!(cancel(jobs[3]));
		for limit in [1, 2, 3, 7, 8, u32::MAX] {
			let (mut found, mut after) = (Vec::new(), None);
			loop {
				let page = JobsPallet::jobs_of(CLIENT, after, limit);
				assert!(page.len() <= limit as usize);
				let Some((last, _)) = page.last() else { break };
				after = Some(*last);
				found.extend(page);
			}
			for (job, state) in &found {
				assert_eq!(*state, state_of(*job));
			}
			let mut found: Vec<JobId> = found.into_iter().map(|(job, _)| job).collect();
			found.sort();
			jobs.sort();
			assert_eq!(found, jobs);
		}
		assert!(JobsPallet::jobs_of(CLIENT, None, 0).is_empty());
		assert!(JobsPallet::jobs_of(PAUPER, None, 9).is_empty());
		// A job that is none of the client's is a place like any other.
		assert!(JobsPallet::jobs_of(CLIENT, Some(JobId(99)), 9).len() <= 7);
	});
}

#[test]
fn waiting_should_list_rings_from_the_dearest() {
	execute(|| {
		for price in [8, 64, 64, 1_000] {
			post(JobSpec { max_price_per_unit: price, ..echo_spec() });
		}
		post(replicated(JobSpec { max_price_per_unit: 9, ..echo_spec() }, 3, 2));
		let lowest = |price| lowest_price_of(bucket_of(price));
		assert_eq!(JobsPallet::waiting(Class::Echo), [(lowest(1_000), 1), (64, 2), (9, 3), (8, 1)]);
		assert!(JobsPallet::waiting(Class::Gemm).is_empty());
	});
}
