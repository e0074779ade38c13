//! From the storage of version 100 to that of version 101 (`specs/adr/0009`).
//!
//! Leases move into their jobs, deadlines and tickets into queues of pages; tickets wait by what their jobs
//! bid. What version 100 did not know is what it meant: no tip, no tie-breakers, no requirements; each
//! miner its own owner; what leases forfeit as it was in its constants. Deadlines and escrow stay as they are.

use crate::*;
use alloc::collections::BTreeMap;
use codec::DecodeAll;
use frame_support::{
	migrations::VersionedMigration, storage::unhashed, traits::UncheckedOnRuntimeUpgrade,
};

/// See the module.
pub type MigrateToV1<T> =
	VersionedMigration<0, 1, UncheckedToV1<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// What was stored.
pub(crate) mod v0 {
	use super::*;
	use aitbc_primitives::{
		LeaseBond, MAX_INPUTS, MAX_PARAMS_BYTES, Replication as Replication1, WorkerKey,
	};
	use frame_support::storage_alias;
	use sp_runtime::{Perbill, Permill};

	/// Replicas and quorum.
	#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
	pub struct Replication {
		/// Miners that run the job.
		pub replicas: u8,
		/// Equal results that settle it.
		pub quorum: u8,
	}

	impl From<Replication> for Replication1 {
		fn from(old: Replication) -> Self {
			// Its escrow has no room for more.
			Self { replicas: old.replicas, quorum: old.quorum, tie_breakers: 0 }
		}
	}

	/// A specification without tip, tie-breakers and requirements.
	#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
	pub struct JobSpec {
		/// As now.
		pub workload: Workload,
		/// As now.
		pub inputs: BoundedVec<Cid, ConstU32<MAX_INPUTS>>,
		/// As now.
		pub params: BoundedVec<u8, ConstU32<MAX_PARAMS_BYTES>>,
		/// As now.
		pub units_limit: u64,
		/// As now.
		pub max_price_per_unit: Balance,
		/// Without tie-breakers.
		pub replication: Replication,
		/// As now.
		pub start_within_blocks: u32,
		/// As now.
		pub deliver_within_blocks: u32,
	}

	impl From<JobSpec> for crate::JobSpec {
		fn from(old: JobSpec) -> Self {
			Self {
				workload: old.workload,
				inputs: old.inputs,
				params: old.params,
				units_limit: old.units_limit,
				max_price_per_unit: old.max_price_per_unit,
				tip: 0,
				replication: old.replication.into(),
				requirements: Default::default(),
				start_within_blocks: old.start_within_blocks,
				deliver_within_blocks: old.deliver_within_blocks,
			}
		}
	}

	/// A job without its leases.
	#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
	pub struct Job {
		/// As now.
		pub client: AccountId,
		/// As now.
		pub class: Class,
		/// As now.
		pub units: u64,
		/// As now.
		pub max_price_per_unit: Balance,
		/// Without tie-breakers.
		pub replication: Replication,
		/// As now.
		pub start_within_blocks: u32,
		/// As now.
		pub deliver_within_blocks: u32,
		/// As now.
		pub posted_at: BlockNumber,
		/// As now.
		pub ended_at: Option<BlockNumber>,
		/// As now.
		pub escrow: Balance,
		/// As now.
		pub deposit: Balance,
		/// How often each replica was let before.
		pub attempts: [u8; MAX_REPLICAS as usize],
		/// Every miner that ever held one of its leases, those that hold one included.
		pub tried: BoundedVec<AccountId, ConstU32<21>>,
		/// As now, but for the states that are new.
		pub state: JobState,
	}

	impl Job {
		/// The job as it stands now, given the leases that are open.
		pub(crate) fn translate(
			self,
			leases: BoundedVec<(ReplicaIndex, Lease<AccountId>), ConstU32<MAX_OPEN_LEASES>>,
		) -> crate::Job {
			let history = if self.state.is_ended() {
				// How its leases ended is in the events of their blocks; nothing hangs on it any more.
				BoundedVec::new()
			} else {
				self.history(&leases)
			};
			crate::Job {
				client: self.client,
				class: self.class,
				units: self.units,
				max_price_per_unit: self.max_price_per_unit,
				tip: 0,
				bid: bucket_of(self.max_price_per_unit),
				replication: self.replication.into(),
				start_within_blocks: self.start_within_blocks,
				deliver_within_blocks: self.deliver_within_blocks,
				handpicked: false,
				time_pay: Percent::zero(),
				posted_at: self.posted_at,
				ended_at: self.ended_at,
				escrow: self.escrow,
				deposit: self.deposit,
				tie_breakers_called: 0,
				state: self.state,
				leases,
				history,
			}
		}

		/// Who had a lease and how many each replica had is known, but not which of them which, nor how
		/// they ended: `Released` says nothing of anybody. It keeps the attempts, and keeps those miners
		/// from a second lease. Where a name is missing, the client stands in, who may have none anyway.
		fn history(
			&self,
			leases: &[(ReplicaIndex, Lease<AccountId>)],
		) -> BoundedVec<EndedLease, ConstU32<{ aitbc_primitives::MAX_LEASES }>> {
			let holds = |miner: &AccountId| leases.iter().any(|(_, lease)| lease.miner == *miner);
			let mut names = self.tried.iter().filter(|miner| !holds(miner));
			let mut history = BoundedVec::new();
			for (replica, attempts) in (0..self.replication.replicas).zip(self.attempts) {
				for attempt in 0..attempts {
					let miner = names.next().unwrap_or(&self.client).clone();
					let ended = EndedLease {
						replica,
						attempt,
						owner: miner.clone(),
						miner,
						fate: LeaseFate::Released,
						paid: 0,
					};
					if history.try_push(ended).is_err() {
						log::error!(target: LOG, "a job of version 0 had more leases than it can");
					}
				}
			}
			history
		}
	}

	/// A lease without owner, fee and shares.
	#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
	pub struct Lease0 {
		/// As now.
		pub miner: AccountId,
		/// As now.
		pub worker: WorkerKey,
		/// As now.
		pub attempt: u8,
		/// As now.
		pub price_per_unit: Balance,
		/// What is locked for it, planck.
		pub collateral: Balance,
		/// As now.
		pub leased_at: BlockNumber,
		/// As now.
		pub deliver_by: BlockNumber,
		/// As now.
		pub state: LeaseState,
	}

	/// What a late answer forfeited of a lease's collateral.
	pub const SLASH_LATE: Perbill = Perbill::from_percent(5);
	/// What a withheld reveal forfeited of it.
	pub const SLASH_WITHHELD: Perbill = Perbill::from_percent(50);

	impl Lease0 {
		/// The lease as it stands now, with the protocol's part of the payment.
		pub(crate) fn translate(self, fee: Permill) -> Lease<AccountId> {
			Lease {
				owner: self.miner.clone(),
				miner: self.miner,
				worker: self.worker,
				attempt: self.attempt,
				price_per_unit: self.price_per_unit,
				fee,
				bond: LeaseBond {
					collateral: self.collateral,
					slash_late: SLASH_LATE,
					slash_withheld: SLASH_WITHHELD,
				},
				leased_at: self.leased_at,
				deliver_by: self.deliver_by,
				state: self.state,
			}
		}
	}

	/// Where a ring began and ended: entries are `head .. tail`.
	#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
	pub struct RingEnds {
		/// The entry that was served next.
		pub head: u64,
		/// Where the next entry went.
		pub tail: u64,
	}

	/// A place in the expiry queue: everything before it is done.
	#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
	pub struct Cursor {
		/// The block whose entries were being looked at.
		pub block: BlockNumber,
		/// The next of its entries.
		pub index: u32,
	}

	/// Jobs, under the same keys as now.
	#[storage_alias]
	pub type Jobs<T: Config> = StorageMap<Pallet<T>, Twox64Concat, JobId, Job>;

	/// Specifications, under the same keys as now.
	#[storage_alias]
	pub type Specs<T: Config> = StorageMap<Pallet<T>, Twox64Concat, JobId, JobSpec>;

	/// Open leases.
	#[storage_alias]
	pub type Leases<T: Config> =
		StorageDoubleMap<Pallet<T>, Twox64Concat, JobId, Twox64Concat, ReplicaIndex, Lease0>;

	/// One ring for each class.
	#[storage_alias]
	pub type Queue<T: Config> =
		StorageDoubleMap<Pallet<T>, Twox64Concat, Class, Twox64Concat, u64, Ticket>;

	/// Where each ring began and ended.
	#[storage_alias]
	pub type QueueEnds<T: Config> =
		StorageMap<Pallet<T>, Twox64Concat, Class, RingEnds, ValueQuery>;

	/// What fell due in a block, numbered.
	#[storage_alias]
	pub type Due<T: Config> =
		StorageDoubleMap<Pallet<T>, Twox64Concat, BlockNumber, Twox64Concat, u32, DueItem>;

	/// How many entries a block had.
	#[storage_alias]
	pub type DueLen<T: Config> = StorageMap<Pallet<T>, Twox64Concat, BlockNumber, u32, ValueQuery>;

	/// The next entry to look at.
	#[storage_alias]
	pub type DueCursor<T: Config> = StorageValue<Pallet<T>, Cursor, ValueQuery>;
}

/// The translation, without the look at the storage version.
pub struct UncheckedToV1<T>(PhantomData<T>);

/// How many values were read and written.
#[derive(Default)]
struct Count {
	reads: u64,
	writes: u64,
}

impl Count {
	/// Notes values that were read and put elsewhere.
	fn moved(&mut self, values: u64) {
		self.reads = self.reads.saturating_add(values);
		self.writes = self.writes.saturating_add(values.saturating_mul(2));
	}
}

/// What stands under a key as an old value; what does not decode is reported, and left as it is.
fn old<Value: Decode>(key: &[u8]) -> Option<Value> {
	let raw = unhashed::get_raw(key)?;
	let value = Value::decode_all(&mut raw.as_slice()).ok();
	if value.is_none() {
		log::error!(target: LOG, "a value does not decode and is left as it is: {key:02x?}");
	}
	value
}

impl<T: Config> UncheckedToV1<T> {
	/// Moves the leases of version 0 out of their map, by job.
	fn take_leases(
		count: &mut Count,
	) -> BTreeMap<JobId, BoundedVec<(ReplicaIndex, Lease<AccountId>), ConstU32<MAX_OPEN_LEASES>>> {
		let fee = T::Settlement::fee();
		let mut leases: BTreeMap<JobId, BoundedVec<_, _>> = BTreeMap::new();
		let keys: Vec<(JobId, ReplicaIndex)> = v0::Leases::<T>::iter_keys().collect();
		for (job, replica) in keys {
			count.moved(1);
			let key = v0::Leases::<T>::hashed_key_for(job, replica);
			let live = old::<v0::Job>(&v0::Jobs::<T>::hashed_key_for(job))
				.is_some_and(|record| !record.state.is_ended());
			if !live {
				log::error!(target: LOG, "a lease of no live job is left as it is: {key:02x?}");
				continue;
			}
			let Some(lease) = old::<v0::Lease0>(&key) else { continue };
			if leases.entry(job).or_default().try_push((replica, lease.translate(fee))).is_ok() {
				unhashed::kill(&key);
			}
		}
		leases
	}

	/// Gives jobs their leases, and clients the count of their jobs.
	fn translate_jobs(count: &mut Count) {
		let mut leases = Self::take_leases(count);
		let jobs: Vec<JobId> = v0::Jobs::<T>::iter_keys().collect();
		for job in jobs {
			count.moved(1);
			let Some(record) = old::<v0::Job>(&v0::Jobs::<T>::hashed_key_for(job)) else {
				continue;
			};
			let record = record.translate(leases.remove(&job).unwrap_or_default());
			if !record.state.is_ended() {
				LiveJobs::<T>::mutate(&record.client, |live| *live = live.saturating_add(1));
				count.moved(1);
			}
			Jobs::<T>::insert(job, record);
		}
		let specs: Vec<JobId> = v0::Specs::<T>::iter_keys().collect();
		for job in specs {
			count.moved(1);
			if let Some(spec) = old::<v0::JobSpec>(&v0::Specs::<T>::hashed_key_for(job)) {
				Specs::<T>::insert(job, JobSpec::from(spec));
			}
		}
	}

	/// Enters every ticket that still stands by what its job bids, in the old order.
	fn translate_tickets(count: &mut Count) {
		let classes: Vec<Class> = v0::QueueEnds::<T>::iter_keys().collect();
		for class in classes {
			let ends = v0::QueueEnds::<T>::take(class);
			for index in ends.head..ends.tail {
				count.moved(1);
				let key = v0::Queue::<T>::hashed_key_for(class, index);
				let Some(ticket) = old::<Ticket>(&key) else { continue };
				unhashed::kill(&key);
				let Some(record) = Jobs::<T>::get(ticket.job) else { continue };
				let present = record.attempt(ticket.replica) == ticket.attempt;
				if present && record.waiting().any(|replica| replica == ticket.replica) {
					Pallet::<T>::enqueue(record.class, record.bid, [ticket]);
				}
			}
		}
	}

	/// Enters every deadline for its block, in the old order.
	fn translate_deadlines(count: &mut Count) {
		let v0::Cursor { block: cursor, .. } = v0::DueCursor::<T>::take();
		DeadlineCursor::<T>::put(cursor);
		let mut entries: Vec<(BlockNumber, u32)> = v0::Due::<T>::iter_keys().collect();
		entries.sort_unstable();
		for (block, index) in entries {
			count.moved(1);
			let key = v0::Due::<T>::hashed_key_for(block, index);
			let Some(item) = old::<DueItem>(&key) else { continue };
			unhashed::kill(&key);
			Pallet::<T>::enter_deadline(block.max(cursor), item);
		}
		let lengths: Vec<BlockNumber> = v0::DueLen::<T>::iter_keys().collect();
		for block in lengths {
			count.moved(1);
			v0::DueLen::<T>::remove(block);
		}
	}
}

impl<T: Config> UncheckedOnRuntimeUpgrade for UncheckedToV1<T> {
	fn on_runtime_upgrade() -> Weight {
		let mut count = Count::default();
		Self::translate_jobs(&mut count);
		Self::translate_tickets(&mut count);
		Self::translate_deadlines(&mut count);
		T::DbWeight::get().reads_writes(count.reads, count.writes)
	}

	/// What must be the same afterwards.
	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<Vec<u8>, sp_runtime::TryRuntimeError> {
		let jobs = v0::Jobs::<T>::iter_values();
		let escrow = jobs.fold(0u128, |sum, job| sum.saturating_add(job.escrow));
		let leases = v0::Leases::<T>::iter_values().count() as u64;
		let deadlines = v0::Due::<T>::iter_values().count() as u64;
		let jobs = v0::Jobs::<T>::iter_values().count() as u64;
		Ok((jobs, escrow, leases, deadlines).encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(before: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		let escrow =
			Jobs::<T>::iter_values().fold(0u128, |sum, job| sum.saturating_add(job.escrow));
		let leases = Pallet::<T>::open_leases().count() as u64;
		let deadlines =
			Deadlines::<T>::iter_values().fold(0u64, |sum, list| sum.saturating_add(list.len()));
		let jobs = Jobs::<T>::iter_values().count() as u64;
		let after = (jobs, escrow, leases, deadlines).encode();
		ensure!(before == after, "jobs, escrow, leases or deadlines were lost or added");
		Pallet::<T>::do_try_state()
	}
}
