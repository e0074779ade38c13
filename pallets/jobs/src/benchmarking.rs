//! What the calls and the steps of the hook cost, through the whole stack.
//!
//! A queue's page is moved once in 64 entries (see [`fifo`]); the benchmarks measure the other times, and
//! lists that are half full. Jobs with tie-breakers have up to nine leases; what depends on leases is
//! measured up to seven and is linear.

#![allow(
	clippy::arithmetic_side_effects,
	clippy::expect_used,
	reason = "a benchmark whose set-up fails must stop; none is in a chain's runtime"
)]

use super::*;
use crate::queue::Served;
use aitbc_primitives::{
	Capabilities, FailureCode, MAX_BURIED, MAX_INPUTS, MAX_LEASES, MAX_LISTED_MINERS,
	MAX_PARAMS_BYTES, MAX_PRICE_BUCKET, MAX_PROBES, MAX_WARM_PROGRAMS, MILLI_AIT, OfferTerms,
	Replication, Requirements, WgslCall, benchmarking::BenchmarkWorld,
};
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;

type World<T> = <T as Config>::BenchmarkWorld;

/// Most a client of a benchmark pays for a unit, planck: so much that every part of a payment is more than
/// an account must have.
const MAX_PRICE: Balance = 10 * MILLI_AIT;
/// Coins of whoever acts, planck.
const PURSE: Balance = 1_000_000_000 * MILLI_AIT;
/// The first of the miners whose offers are looked at, and of those whose offers are dead.
const LIVING: u32 = 100;
const DEAD: u32 = 200;
/// Entries of a list that is half full.
const HALF: u64 = 32;

/// Who calls. What its account costs is in the fee of every extrinsic.
fn rich<T: Config>() -> AccountId {
	endowed::<T>(whitelisted_caller())
}

/// A client whose jobs the hook ends: nobody else has paid for its account.
fn client<T: Config>() -> AccountId {
	endowed::<T>(account("client", 0, 0))
}

fn endowed<T: Config>(who: AccountId) -> AccountId {
	World::<T>::endow(&who, PURSE);
	who
}

fn program<T: Config>() -> Cid {
	let cid = Cid::of_raw(b"benchmark");
	if !Programs::<T>::contains_key(cid) {
		let owner: AccountId = account("owner", 0, 0);
		World::<T>::endow(&owner, PURSE);
		Pallet::<T>::enter_program(owner, cid, 1_024).expect("the program is new");
	}
	cid
}

/// The longest specification of so many replicas. It denies, but allows everybody else.
fn spec<T: Config>(replicas: u32) -> JobSpec {
	let replicas = u8::try_from(replicas).expect("few");
	let call = WgslCall { program: program::<T>(), workgroups: [1, 1, 1], output_bytes: 4 };
	let quorum = replicas / 2 + 1;
	JobSpec {
		workload: Workload::Wgsl(call),
		inputs: BoundedVec::truncate_from(vec![Cid::of_raw(b"input"); MAX_INPUTS as usize]),
		params: BoundedVec::truncate_from(vec![7; MAX_PARAMS_BYTES as usize]),
		units_limit: 1_000,
		max_price_per_unit: MAX_PRICE,
		tip: MILLI_AIT,
		replication: Replication { replicas, quorum, tie_breakers: u8::from(replicas > 1) },
		requirements: Requirements { deny: named("denied"), ..Default::default() },
		start_within_blocks: T::MaxWindowBlocks::get(),
		deliver_within_blocks: T::MaxWindowBlocks::get(),
	}
}

fn named(name: &'static str) -> BoundedVec<AccountId, ConstU32<MAX_LISTED_MINERS>> {
	let all = (0..MAX_LISTED_MINERS).map(|index| account(name, index, 0)).collect();
	BoundedVec::truncate_from(all)
}

/// Posts a job that nobody has been let.
fn posted<T: Config>(spec: JobSpec) -> JobId {
	posted_by::<T>(client::<T>(), spec)
}

fn posted_by<T: Config>(client: AccountId, spec: JobSpec) -> JobId {
	let job = NextJobId::<T>::get();
	Pallet::<T>::post(client, spec).expect("the job can be posted");
	job
}

/// A job of a client of which so many replicas are let.
fn leased<T: Config>(client: AccountId, leases: u32) -> JobId {
	if leases == 0 {
		return posted_by::<T>(client, spec::<T>(1));
	}
	let job = World::<T>::leased(&client, spec::<T>(leases));
	assert_eq!(record::<T>(job).state, JobState::Leased, "the world has too few miners");
	job
}

fn record<T: Config>(job: JobId) -> Job {
	Jobs::<T>::get(job).expect("on record")
}

fn edit<T: Config>(job: JobId, edit: impl FnOnce(&mut Job)) {
	Jobs::<T>::mutate(job, |record| edit(record.as_mut().expect("on record")));
}

/// A lease that an account had, of a replica that no job of these has.
fn had(owner: AccountId) -> EndedLease {
	EndedLease {
		replica: u8::MAX,
		attempt: 0,
		miner: owner.clone(),
		owner,
		fate: LeaseFate::Failed,
		paid: 0,
	}
}

/// An offer of one slot by miner `index`, for what the `step`-th of sixteen dear buckets asks, let until
/// block `expires_at`.
fn offer<T: Config>(index: u32, step: u32, expires_at: BlockNumber) -> AccountId {
	let bucket = u32::from(bucket_of(MAX_PRICE)).saturating_sub(15).saturating_add(step);
	let terms = OfferTerms {
		price_per_unit: lowest_price_of(PriceBucket::try_from(bucket).expect("a bucket")),
		slots: 1,
		max_units: u64::MAX,
		expires_at,
		device: Capabilities::default(),
		warm: BoundedVec::truncate_from(vec![program::<T>(); MAX_WARM_PROGRAMS as usize]),
	};
	let miner = World::<T>::miner(index);
	World::<T>::offer(&miner, Class::Wgsl, terms);
	miner
}

/// A job with a book of `p` offers, of which it may take none but, if `one_fits`, the dearest. Each has a
/// bucket of its own, so that all are found and its length is read; but for `d` that are dead, with another
/// behind that moves.
fn looking<T: Config>(p: u32, d: u32, one_fits: bool) -> JobId {
	let now = Pallet::<T>::now();
	let mut fit = None;
	for step in 0..p.saturating_sub(d) {
		if step < d {
			offer::<T>(DEAD + step, step, now.saturating_add(1));
		}
		fit = Some(offer::<T>(LIVING + step, step, now.saturating_add(1_000))).filter(|_| one_fits);
	}
	let job = posted::<T>(spec::<T>(1));
	edit::<T>(job, |record| {
		// All that ever offer here: a mock's market keeps offers of the case before.
		let offering = (LIVING..LIVING + MAX_PROBES).chain(DEAD..DEAD + MAX_BURIED);
		let barred = offering.map(World::<T>::miner).filter(|miner| Some(miner) != fit.as_ref());
		let filler = (0..MAX_LEASES).map(|index| account("had", index, 0));
		record.history = BoundedVec::truncate_from(barred.chain(filler).map(had).collect());
	});
	World::<T>::next_block();
	job
}

/// Makes the answers of all leases but one known, for which the client has to pay whatever comes of the job.
fn answered(record: &mut Job, but: Option<ReplicaIndex>) {
	let verdict = Verdict::Completed { output: Cid::of_raw(b"output"), trace_root: Hash::zero() };
	record.handpicked = true;
	for (replica, lease) in record.leases.iter_mut() {
		if Some(*replica) != but {
			lease.state = LeaseState::Revealed { verdict };
		}
	}
}

/// Half a list of void tickets before those of the next job, and of void deadlines beside its own.
fn crowd<T: Config>() {
	let bid = bucket_of(spec::<T>(1).bid_per_unit());
	let void =
		|index| Ticket { job: JobId(u64::MAX.saturating_sub(index)), replica: 0, attempt: 0 };
	Pallet::<T>::enqueue(Class::Wgsl, bid, (0..HALF).map(void));
	let window = T::MaxWindowBlocks::get().saturating_add(1);
	for ahead in [window, T::RetentionBlocks::get()] {
		let block = Pallet::<T>::now().saturating_add(ahead);
		for index in 0..HALF {
			let job = JobId(u64::MAX.saturating_sub(index));
			Pallet::<T>::schedule(block, DueItem::Start { job });
		}
	}
}

/// Puts a lone ticket of a job before the market.
fn serve<T: Config>(job: JobId, floor: PriceBucket) -> Served {
	let bid = record::<T>(job).bid;
	let (_, random) = Pallet::<T>::begin_service();
	let served = Pallet::<T>::serve_head(Class::Wgsl, bid, |ticket| {
		Pallet::<T>::try_ticket(ticket, Some(floor), random)
	});
	// What the hook asks after each match.
	core::hint::black_box(T::Matchmaker::best_ask(Class::Wgsl));
	served
}

/// What a search took; the mock's market knows no buckets.
fn assert_served(served: Served, kind: fn(SearchEffort) -> Served, probes: u32, buried: u32) {
	let mocked = kind(SearchEffort { probes: 1, buried: 0 });
	assert!([kind(SearchEffort { probes, buried }), mocked].contains(&served), "{served:?}");
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register_program() {
		let owner = rich::<T>();
		let cid = Cid::of_raw(b"new");

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), cid, MAX_PROGRAM_BYTES);

		assert!(Programs::<T>::contains_key(cid));
	}

	#[benchmark]
	fn unregister_program() {
		let owner = rich::<T>();
		let cid = Cid::of_raw(b"new");
		Pallet::<T>::enter_program(owner.clone(), cid, 1).expect("the program is new");

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), cid);

		assert!(!Programs::<T>::contains_key(cid));
	}

	#[benchmark]
	fn submit(r: Linear<1, 7>) {
		let client = rich::<T>();
		let requirements = Requirements { allow: named("allowed"), ..spec::<T>(r).requirements };
		let spec = JobSpec { requirements, ..spec::<T>(r) };
		crowd::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(client.clone()), spec);

		assert_eq!(LiveJobs::<T>::get(client), 1);
	}

	#[benchmark]
	fn cancel(r: Linear<0, 7>) {
		let job = leased::<T>(rich::<T>(), r);
		crowd::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), job);

		assert_eq!(record::<T>(job).state, JobState::Cancelled);
		assert_eq!(record::<T>(job).history.len(), r as usize);
	}

	/// The beginning of a block's matching.
	#[benchmark]
	fn queue_begin() {
		for class in Class::ALL {
			Pallet::<T>::enqueue(class, 9, [Ticket { job: JobId(9), replica: 0, attempt: 0 }]);
		}
		offer::<T>(100, 15, Pallet::<T>::now().saturating_add(1_000));

		#[block]
		{
			core::hint::black_box(Pallet::<T>::begin_service());
		}
	}

	/// A ticket that stands, and that no offer is cheap enough for.
	#[benchmark]
	fn queue_look() {
		let job = posted::<T>(spec::<T>(7));
		let bid = record::<T>(job).bid;
		crowd::<T>();
		let served;

		#[block]
		{
			served = Pallet::<T>::serve_head(Class::Wgsl, bid, |ticket| {
				Pallet::<T>::try_ticket(ticket, Some(MAX_PRICE_BUCKET), Hash::zero())
			});
		}

		assert_eq!(served, Served::Kept);
	}

	/// A ticket that finds a miner: of `p` offers that are looked at the last, while `d` dead ones leave.
	#[benchmark]
	fn queue_match(p: Linear<5, 16>, d: Linear<0, 2>) {
		let job = looking::<T>(p, d, true);
		let served;

		#[block]
		{
			served = serve::<T>(job, 0);
		}

		assert_served(served, Served::Let, p, d);
	}

	/// A ticket that finds nobody among `p` offers, while `d` dead ones leave.
	#[benchmark]
	fn queue_search(p: Linear<5, 16>, d: Linear<0, 2>) {
		let job = looking::<T>(p, d, false);
		let served;

		#[block]
		{
			served = serve::<T>(job, 0);
		}

		assert_served(served, Served::Searched, p, d);
	}

	/// The list of a block with so many deadlines that were met.
	#[benchmark]
	fn due_look(n: Linear<0, 64>) {
		let block = Pallet::<T>::now().saturating_add(1);
		for _ in 0..n {
			let job = posted::<T>(spec::<T>(1));
			Pallet::<T>::schedule(block, DueItem::Delivery { job, replica: 0, attempt: 0 });
		}
		DeadlineCursor::<T>::put(block);
		World::<T>::next_block();
		let mut meter = WeightMeter::new();

		#[block]
		{
			Pallet::<T>::serve_due(&mut meter);
		}

		assert_eq!(DeadlineCursor::<T>::get(), block.saturating_add(1));
	}

	/// A job that found no miner for its last replica.
	#[benchmark]
	fn due_start(r: Linear<0, 7>) {
		let job = leased::<T>(client::<T>(), r);
		let start_by = Pallet::<T>::now();
		edit::<T>(job, |record| {
			answered(record, None);
			record.state = JobState::Open { start_by };
		});
		World::<T>::next_block();
		crowd::<T>();

		#[block]
		{
			Pallet::<T>::fall_due(DueItem::Start { job });
		}

		assert_eq!(record::<T>(job).state, JobState::Refunded(RefundReason::NoMiner));
	}

	/// A late lease that was the last attempt.
	#[benchmark]
	fn due_delivery(r: Linear<1, 7>) {
		let job = leased::<T>(client::<T>(), r);
		let deliver_by = Pallet::<T>::now();
		edit::<T>(job, |record| {
			for attempt in 0..2u32 {
				let ended = EndedLease { replica: 0, ..had(account("had", attempt, 0)) };
				record.history.try_push(ended).expect("there is room");
			}
			answered(record, Some(0));
			let lease = record.lease_mut(0).expect("let");
			(lease.attempt, lease.deliver_by) = (2, deliver_by);
		});
		World::<T>::next_block();
		crowd::<T>();

		#[block]
		{
			Pallet::<T>::fall_due(DueItem::Delivery { job, replica: 0, attempt: 2 });
		}

		assert_eq!(record::<T>(job).state, JobState::Refunded(RefundReason::AttemptsUsedUp));
	}

	/// A quorum that is paid, without the one who did not reveal.
	#[benchmark]
	fn due_reveal(r: Linear<3, 7>) {
		let job = leased::<T>(client::<T>(), r);
		let last = u8::try_from(r).expect("few") - 1;
		for replica in 0..=last {
			<Pallet<T> as LeasesTrait<AccountId>>::commit(job, replica, Hash::zero())
				.expect("the lease is open");
		}
		let output = Cid::of_raw(b"output");
		let verdict = Verdict::Completed { output, trace_root: Hash::zero() };
		for replica in 0..last {
			<Pallet<T> as LeasesTrait<AccountId>>::answer(job, replica, verdict)
				.expect("the lease is open");
		}
		let reveal_by = Pallet::<T>::now();
		edit::<T>(job, |record| record.state = JobState::Judging { reveal_by });
		World::<T>::next_block();
		crowd::<T>();

		#[block]
		{
			Pallet::<T>::fall_due(DueItem::Reveal { job });
		}

		assert_eq!(record::<T>(job).state, JobState::Settled { output });
	}

	/// The end of a record.
	#[benchmark]
	fn due_prune(r: Linear<1, 7>) {
		let job = posted::<T>(spec::<T>(r));
		edit::<T>(job, |record| {
			let all = (0..MAX_LEASES).map(|index| had(account("had", index, 0))).collect();
			record.history = BoundedVec::truncate_from(all);
		});
		let reason = RefundReason::Failed(FailureCode::TimedOut);
		Pallet::<T>::end_refunded(job, record::<T>(job), reason);
		World::<T>::next_block();

		#[block]
		{
			Pallet::<T>::fall_due(DueItem::Prune { job });
		}

		assert!(!Jobs::<T>::contains_key(job));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::externalities(), crate::mock::Test);
}
