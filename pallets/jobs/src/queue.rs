//! The waiting replicas and their matching. In which order they are served is said in [`walk`].

use crate::*;
use codec::Encode;
use sp_runtime::traits::{BlakeTwo256, Hash as _};

/// The pages of one ring.
struct PagesOf<T>(Class, PriceBucket, PhantomData<T>);

impl<T: Config> Pages<Ticket> for PagesOf<T> {
	fn put(&mut self, number: u32, page: Page<Ticket>) {
		RingPages::<T>::insert((self.0, self.1), number, page);
	}

	fn take(&mut self, number: u32) -> Option<Page<Ticket>> {
		RingPages::<T>::take((self.0, self.1), number)
	}
}

/// What serving a ticket came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Served {
	/// It was void, and is gone.
	Void,
	/// No offer is cheap enough for it. It stays.
	Kept,
	/// The market was searched, and nobody found. It stays.
	Searched(SearchEffort),
	/// It was let, and is gone.
	Let(SearchEffort),
}

impl Served {
	/// What it cost.
	fn weight<T: Config>(self) -> Weight {
		let (measured, buried) = match self {
			Self::Void | Self::Kept => (T::WeightInfo::queue_look(), 0),
			Self::Searched(SearchEffort { probes, buried }) => {
				(T::WeightInfo::queue_search(probes, buried), buried)
			}
			Self::Let(SearchEffort { probes, buried }) => {
				(T::WeightInfo::queue_match(probes, buried), buried)
			}
		};
		// The last offer of its bucket moves into the place of one that is buried. In the benchmarks it was
		// looked at before.
		measured.saturating_add(T::DbWeight::get().reads(buried.saturating_mul(2).into()))
	}
}

impl<T: Config> Pallet<T> {
	/// Puts replicas at the back of a ring.
	pub(crate) fn enqueue(
		class: Class,
		bucket: PriceBucket,
		tickets: impl IntoIterator<Item = Ticket>,
	) {
		let mut pages = PagesOf::<T>(class, bucket, PhantomData);
		let mut ring = Rings::<T>::get(class, bucket);
		let was_empty = ring.is_empty();
		for ticket in tickets {
			ring.push(ticket, &mut pages);
		}
		Rings::<T>::insert(class, bucket, ring);
		if was_empty {
			Self::mark(class, bucket, true);
		}
	}

	/// Notes whether a ring has tickets.
	fn mark(class: Class, bucket: PriceBucket, filled: bool) {
		Self::edit_line(class, |line| line.filled.set(bucket, filled));
	}

	fn edit_line(class: Class, edit: impl FnOnce(&mut Line)) {
		Waiting::<T>::mutate(|lines| {
			let mut line = lines.get(&class).copied().unwrap_or_default();
			edit(&mut line);
			if lines.try_insert(class, line).is_err() {
				frame_support::defensive!("more classes than there are");
			}
		});
	}

	/// Most that serving one ticket may cost.
	pub(crate) fn queue_step_weight() -> Weight {
		[Served::Let(SearchEffort::MOST), Served::Searched(SearchEffort::MOST), Served::Kept]
			.into_iter()
			.fold(Weight::zero(), |most, served| most.max(served.weight::<T>()))
	}

	/// Serves waiting replicas, each at most once, as far as the meter allows.
	pub(crate) fn serve_rings(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::queue_begin()).is_err() {
			return;
		}
		let (mut service, random) = Self::begin_service();
		while meter.can_consume(Self::queue_step_weight()) {
			let length = |class, bucket| Rings::<T>::get(class, bucket).len();
			let Some((class, bucket)) = service.next(length) else { break };
			let floor = service.floor(class);
			let served =
				Self::serve_head(class, bucket, |ticket| Self::try_ticket(ticket, floor, random));
			meter.consume(served.weight::<T>());
			if matches!(served, Served::Let(_)) {
				service.set_floor(class, T::Matchmaker::best_ask(class));
			}
		}
		for (class, bucket) in service.sweep() {
			Self::sweep(class, bucket, meter);
		}
		for (class, stopped) in service.stopped() {
			Self::note_stop(class, stopped);
		}
	}

	/// The lines as they are now, and what decides among equal offers in this block.
	pub(crate) fn begin_service() -> (Service, Hash) {
		let walks: Vec<(Class, Walk)> = Waiting::<T>::get()
			.into_iter()
			.filter(|(_, line)| line.filled.last_to(PriceBucket::MAX).is_some())
			.map(|(class, line)| (class, Walk::new(line, T::Matchmaker::best_ask(class))))
			.collect();
		let (random, _known_since) = T::Randomness::random(b"aitbc:match");
		let random = BlakeTwo256::hash_of(&(random, frame_system::Pallet::<T>::parent_hash()));
		(Service::new(walks, Self::now().into()), random)
	}

	/// Keeps where the walks of a class stopped; which buckets are filled may have changed since.
	fn note_stop(class: Class, stopped: &Line) {
		let Line { cursor, around, swept, .. } = *stopped;
		let old = Waiting::<T>::get().get(&class).copied().unwrap_or_default();
		if (old.cursor, old.around, old.swept) != (cursor, around, swept) {
			Self::edit_line(class, |line| {
				*line = Line { filled: line.filled, cursor, around, swept }
			});
		}
	}

	/// Takes the oldest ticket of a ring to `serve`; puts it to the back if it stays.
	pub(crate) fn serve_head(
		class: Class,
		bucket: PriceBucket,
		serve: impl FnOnce(&Ticket) -> Served,
	) -> Served {
		let mut pages = PagesOf::<T>(class, bucket, PhantomData);
		let mut ring = Rings::<T>::get(class, bucket);
		let served = match ring.pop(&mut pages) {
			Some(ticket) => {
				let served = serve(&ticket);
				if matches!(served, Served::Kept | Served::Searched(_)) {
					ring.push(ticket, &mut pages);
				}
				served
			}
			None => Served::Void,
		};
		if ring.is_empty() {
			Rings::<T>::remove(class, bucket);
			Self::mark(class, bucket, false);
		} else {
			Rings::<T>::insert(class, bucket, ring);
		}
		served
	}

	/// Drops void tickets from a bucket that no offer is cheap enough for, up to the first that stands.
	/// Each is dropped once, so the work is paid for by those who posted them.
	fn sweep(class: Class, bucket: PriceBucket, meter: &mut WeightMeter) {
		while meter.try_consume(T::WeightInfo::queue_look()).is_ok() {
			let look = |ticket: &Ticket| match Self::standing(ticket) {
				Some(_) => Served::Kept,
				None => Served::Void,
			};
			if Self::serve_head(class, bucket, look) != Served::Void
				|| !Rings::<T>::contains_key(class, bucket)
			{
				return;
			}
		}
	}

	/// Looks for a miner for a ticket, if it stands and any offer could be cheap enough.
	pub(crate) fn try_ticket(ticket: &Ticket, floor: Option<PriceBucket>, random: Hash) -> Served {
		let Some(record) = Self::standing(ticket) else { return Served::Void };
		// Its bid may lie above by its tip, which no miner is paid for its price.
		if floor.is_none_or(|floor| bucket_of(record.max_price_per_unit) < floor) {
			return Served::Kept;
		}
		let Some(spec) = Specs::<T>::get(ticket.job) else {
			frame_support::defensive!("a job without its specification");
			return Served::Void;
		};
		let seed = BlakeTwo256::hash_of(&(random, ticket.encode()));
		Self::try_let(ticket, record, &spec, seed)
	}

	/// The job of a ticket, if the ticket still stands.
	fn standing(ticket: &Ticket) -> Option<Job> {
		let record = Jobs::<T>::get(ticket.job)?;
		let JobState::Open { start_by } = record.state else { return None };
		let current = start_by >= Self::now() && record.attempt(ticket.replica) == ticket.attempt;
		let waits = record.waiting().any(|replica| replica == ticket.replica);
		(current && waits && !record.leases.is_full()).then_some(record)
	}

	/// What the market is asked for a replica of a job.
	pub(crate) fn request<'a>(
		spec: &'a JobSpec,
		units: u64,
		excluded: &'a [AccountId],
		seed: Hash,
	) -> MatchRequest<'a, AccountId> {
		MatchRequest {
			class: spec.workload.class(),
			program: spec.workload.program(),
			units,
			max_price_per_unit: spec.max_price_per_unit,
			tip: spec.tip,
			deliver_within_blocks: spec.deliver_within_blocks,
			requirements: &spec.requirements,
			excluded,
			seed,
		}
	}

	/// Finds a miner for a replica and writes the lease.
	fn try_let(ticket: &Ticket, mut record: Job, spec: &JobSpec, seed: Hash) -> Served {
		let Ticket { job, replica, attempt } = *ticket;
		let excluded = record.excluded();
		let request = Self::request(spec, record.units, &excluded, seed);
		let SearchOutcome { found, effort } = T::Matchmaker::assign(&request);
		let Some(found) = found else { return Served::Searched(effort) };
		let (now, miner, price_per_unit) = (Self::now(), found.miner, found.price_per_unit);
		let deliver_by = now.saturating_add(record.deliver_within_blocks);
		let lease = Lease {
			miner: miner.clone(),
			owner: found.owner,
			worker: found.worker,
			attempt,
			price_per_unit,
			fee: T::Settlement::fee(),
			bond: found.bond,
			leased_at: now,
			deliver_by,
			state: LeaseState::Leased,
		};
		if record.leases.try_push((replica, lease)).is_err() {
			frame_support::defensive!("a ticket stands only where there is room for its lease");
		}
		MinerLeases::<T>::insert(&miner, (job, replica), ());
		Self::schedule(deliver_by.saturating_add(1), DueItem::Delivery { job, replica, attempt });
		if record.leases.len() == usize::from(record.wanted()) {
			record.state = JobState::Leased;
		}
		Jobs::<T>::insert(job, record);
		Self::deposit_event(Event::LeaseStarted {
			job,
			replica,
			attempt,
			miner,
			price_per_unit,
			deliver_by,
		});
		Served::Let(effort)
	}
}
