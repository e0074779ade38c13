//! Jobs, their leases, and what clients and workers send about them.

use crate::{
	calls,
	chain::{Chain, Included, View},
	errors::{ChainError, SubmitError},
	schema,
	wallet::Keypair,
};
use aitbc_primitives::{
	AccountId, Balance, BlockNumber, Cid, Class, FailureCode, Hash, JobId, JobSpec, LeaseFate,
	PriceBucket, ReplicaIndex, Replication, SignedReceipt,
};
use codec::Decode;
use subxt::{ext::scale_decode::DecodeAsType, utils::Static};

/// A live lease.
pub type Lease = aitbc_primitives::Lease<AccountId>;

/// Most jobs that are listed at once.
pub const MAX_JOBS_LISTED: usize = 100_000;
/// Jobs of one client that are read at once.
const PAGE_JOBS: u32 = 1_000;
/// Most leases of one miner that are listed at once; a miner has at most as many as slots.
pub const MAX_LEASES_LISTED: usize = 10_000;

/// A registered shader, as `Jobs.Programs` stores it.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Program {
	/// Who registered it and gets the deposit back.
	pub owner: AccountId,
	/// Size of the WGSL source, bytes.
	pub size_bytes: u32,
	/// What is held for it, planck.
	pub deposit: Balance,
	/// Jobs on record that run it.
	pub jobs: u32,
}

/// Why a client got its money back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub enum RefundReason {
	/// Some replica found no miner in time.
	#[codec(index = 0)]
	NoMiner,
	/// A replica was let as often as allowed and never answered.
	#[codec(index = 1)]
	AttemptsUsedUp,
	/// The answers differ and no quorum agrees.
	#[codec(index = 2)]
	NoQuorum,
	/// The miners agree that the work cannot be done.
	#[codec(index = 3)]
	Failed(FailureCode),
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub enum JobState {
	/// Some replica waits for a miner.
	#[codec(index = 0)]
	Open {
		/// Last block in which a miner may be found.
		start_by: BlockNumber,
	},
	/// Every replica is let.
	#[codec(index = 1)]
	Leased,
	/// Every replica has committed; reveals are taken.
	#[codec(index = 2)]
	Judging {
		/// Last block in which reveals are taken.
		reveal_by: BlockNumber,
	},
	/// Paid.
	#[codec(index = 3)]
	Settled {
		/// Name of the output.
		output: Cid,
	},
	/// The client has its money back.
	#[codec(index = 4)]
	Refunded(RefundReason),
	/// The client took it back.
	#[codec(index = 5)]
	Cancelled,
	/// The units limit was reached: paid, without an output.
	#[codec(index = 6)]
	OutOfFuel,
}

impl JobState {
	/// Whether nothing can happen any more but that its record is dropped.
	pub const fn is_ended(&self) -> bool {
		matches!(self, Self::Settled { .. } | Self::Refunded(_) | Self::Cancelled | Self::OutOfFuel)
	}

	/// A word for it.
	pub const fn name(&self) -> &'static str {
		match self {
			Self::Open { .. } => "open",
			Self::Leased => "leased",
			Self::Judging { .. } => "judging",
			Self::Settled { .. } => "settled",
			Self::Refunded(_) => "refunded",
			Self::Cancelled => "cancelled",
			Self::OutOfFuel => "out-of-fuel",
		}
	}
}

/// A lease that is over.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct EndedLease {
	/// Of which replica.
	pub replica: ReplicaIndex,
	/// Which letting of it, from zero.
	pub attempt: u8,
	/// Who held it.
	pub miner: AccountId,
	/// Whose that miner was.
	pub owner: AccountId,
	/// How it ended.
	pub fate: LeaseFate,
	/// What left the escrow for it, planck: before the protocol's part is taken.
	pub paid: Balance,
}

/// A job, as `Jobs.Jobs` stores it. What it asks for in full is [`View::spec`].
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Job {
	/// Who pays.
	pub client: AccountId,
	/// Which offers can take it.
	pub class: Class,
	/// Units one replica is paid for.
	pub units: u64,
	/// Most the client pays for a unit, planck.
	pub max_price_per_unit: Balance,
	/// What it pays on top for each accepted replica, planck.
	pub tip: Balance,
	/// Where its replicas wait: the bucket of what it bids for a unit.
	pub bid: PriceBucket,
	/// How the result is checked.
	pub replication: Replication,
	/// Blocks in which a miner must be found, from posting or re-letting.
	pub start_within_blocks: u32,
	/// Blocks a miner has to answer.
	pub deliver_within_blocks: u32,
	/// Whether its client named the miners that may take it: such a job convicts nobody.
	pub handpicked: bool,
	/// What of their full pay those get who are paid for their time, percent.
	pub time_pay: u8,
	/// When it was posted.
	pub posted_at: BlockNumber,
	/// When it ended.
	pub ended_at: Option<BlockNumber>,
	/// What is still held for miners, planck; zero once it has ended.
	pub escrow: Balance,
	/// What the client gets back when the record is dropped, planck.
	pub deposit: Balance,
	/// How many tie-breakers were called.
	pub tie_breakers_called: u8,
	/// Where it stands.
	pub state: JobState,
	/// Open leases with their replicas, in the order in which they began.
	pub leases: Vec<(ReplicaIndex, Lease)>,
	/// Leases that ended, in the order in which they did.
	pub history: Vec<EndedLease>,
}

impl Job {
	/// The open lease of a replica.
	pub fn lease(&self, replica: ReplicaIndex) -> Option<&Lease> {
		self.leases.iter().find(|(index, _)| *index == replica).map(|(_, lease)| lease)
	}

	/// What went to miners and protocol so far, planck.
	pub fn paid(&self) -> Balance {
		self.history.iter().fold(0, |sum: Balance, ended| sum.saturating_add(ended.paid))
	}

	/// Last block in which reveals are taken; `None` while not every replica has committed.
	pub const fn reveal_by(&self) -> Option<BlockNumber> {
		match self.state {
			JobState::Judging { reveal_by } => Some(reveal_by),
			_ => None,
		}
	}
}

/// What the chain allows for a job's windows, blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowLimits {
	/// Shortest time a miner may be given to answer.
	pub shortest_deliver: BlockNumber,
	/// Longest window of either kind.
	pub longest: BlockNumber,
}

impl WindowLimits {
	/// Whether the chain takes a job with these windows.
	pub fn allow(&self, spec: &JobSpec) -> bool {
		let (start, deliver) = (spec.start_within_blocks, spec.deliver_within_blocks);
		start <= self.longest && (self.shortest_deliver..=self.longest).contains(&deliver)
	}
}

/// A lease of a miner with what must be known to answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinerLease {
	/// The job.
	pub job: JobId,
	/// Which of its replicas.
	pub replica: ReplicaIndex,
	/// The lease.
	pub lease: Lease,
	/// What the job asks for.
	pub spec: JobSpec,
	/// See [`Job::reveal_by`].
	pub reveal_by: Option<BlockNumber>,
}

/// A job that was posted.
#[derive(Debug)]
pub struct Posted {
	/// Its number.
	pub job: JobId,
	/// Where it was posted.
	pub included: Included,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct JobField {
	job: Static<JobId>,
}

impl View {
	/// A job on record; `None` if there never was one or its record was dropped.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn job(&self, job: JobId) -> Result<Option<Job>, ChainError> {
		let found = self.get(schema::jobs(), (Static(job),)).await?;
		Ok(found.map(|job| job.0))
	}

	/// What a job on record asks for.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn spec(&self, job: JobId) -> Result<Option<JobSpec>, ChainError> {
		let found = self.get(schema::specs(), (Static(job),)).await?;
		Ok(found.map(|spec| spec.0))
	}

	/// What the runtime allows for windows.
	///
	/// # Errors
	/// [`ChainError`].
	pub fn window_limits(&self) -> Result<WindowLimits, ChainError> {
		Ok(WindowLimits {
			shortest_deliver: self.constant("Jobs", "MinDeliverBlocks")?,
			longest: self.constant("Jobs", "MaxWindowBlocks")?,
		})
	}

	/// The jobs on record, in the order of their numbers; of one client if one is given.
	///
	/// # Errors
	/// [`ChainError::TooMany`] above [`MAX_JOBS_LISTED`].
	pub async fn jobs(&self, client: Option<&AccountId>) -> Result<Vec<(JobId, Job)>, ChainError> {
		let mut jobs = match client {
			None => {
				let found = self.list(schema::jobs(), (), MAX_JOBS_LISTED).await?;
				found.into_iter().map(|((id,), job)| (id.0, job.0)).collect()
			}
			Some(client) => {
				let prefix = (Static(client.clone()),);
				let ids = self.list(schema::jobs_of(), prefix, MAX_JOBS_LISTED).await?;
				let mut jobs = Vec::with_capacity(ids.len());
				for ((_, id), ()) in ids {
					if let Some(job) = self.job(id.0).await? {
						jobs.push((id.0, job));
					}
				}
				jobs
			}
		};
		jobs.sort_by_key(|(id, _)| *id);
		Ok(jobs)
	}

	/// The jobs on record of a client with their states, oldest first: fewer questions than
	/// [`Self::jobs`], and less to read.
	///
	/// # Errors
	/// [`ChainError::TooMany`] above [`MAX_JOBS_LISTED`].
	pub async fn jobs_of(&self, client: &AccountId) -> Result<Vec<(JobId, JobState)>, ChainError> {
		let mut jobs: Vec<(JobId, JobState)> = Vec::new();
		loop {
			let after = jobs.last().map(|(job, _)| *job);
			let arguments = (client, after, PAGE_JOBS);
			let page: Vec<(JobId, JobState)> = self.ask("Jobs", "jobs_of", &arguments).await?;
			if page.is_empty() {
				break;
			}
			jobs.extend(page);
			if jobs.len() > MAX_JOBS_LISTED {
				return Err(ChainError::TooMany {
					what: "Jobs.jobs_of".into(),
					limit: MAX_JOBS_LISTED,
				});
			}
		}
		jobs.sort_by_key(|(id, _)| *id);
		Ok(jobs)
	}

	/// The live leases of a miner with their jobs' specifications, oldest job first.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn miner_leases(&self, miner: &AccountId) -> Result<Vec<MinerLease>, ChainError> {
		let prefix = (Static(miner.clone()),);
		let keys = self.list(schema::miner_leases(), prefix, MAX_LEASES_LISTED).await?;
		let mut leases = Vec::with_capacity(keys.len());
		for ((_, key), ()) in keys {
			// A miner holds no two leases of one job, so that no record is read twice.
			let (id, replica) = key.0;
			let (Some(job), Some(spec)) = (self.job(id).await?, self.spec(id).await?) else {
				continue;
			};
			if let Some(lease) = job.lease(replica).cloned() {
				let reveal_by = job.reveal_by();
				leases.push(MinerLease { job: id, replica, lease, spec, reveal_by });
			}
		}
		leases.sort_by_key(|lease| (lease.job, lease.replica));
		Ok(leases)
	}

	/// A registered shader.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn program(&self, cid: &Cid) -> Result<Option<Program>, ChainError> {
		let found = self.get(schema::programs(), (Static(*cid),)).await?;
		Ok(found.map(|program| program.0))
	}
}

impl Chain {
	/// Registers a shader of `size_bytes` bytes; holds a deposit.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn register_program(
		&self,
		owner: &Keypair,
		cid: &Cid,
		size_bytes: u32,
	) -> Result<Included, SubmitError> {
		self.submit(owner, &calls::register_program(cid, size_bytes)).await
	}

	/// Takes a shader's registration and its deposit back.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn unregister_program(
		&self,
		owner: &Keypair,
		cid: &Cid,
	) -> Result<Included, SubmitError> {
		self.submit(owner, &calls::unregister_program(cid)).await
	}

	/// Posts a job; its escrow and deposit are held in the same call.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn submit_job(
		&self,
		client: &Keypair,
		spec: &JobSpec,
	) -> Result<Posted, SubmitError> {
		let included = self.submit(client, &calls::submit_job(spec)).await?;
		let JobField { job } = included.event("Jobs", "JobPosted")?;
		Ok(Posted { job: job.0, included })
	}

	/// Cancels a job of the signer's.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn cancel_job(&self, client: &Keypair, job: JobId) -> Result<Included, SubmitError> {
		self.submit(client, &calls::cancel_job(job)).await
	}

	/// Commits to an answer; `commitment` as [`aitbc_primitives::commitment`] makes it. Feeless for
	/// the worker of the live lease.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn submit_commit(
		&self,
		worker: &Keypair,
		job: JobId,
		replica: ReplicaIndex,
		commitment: Hash,
	) -> Result<Included, SubmitError> {
		self.submit(worker, &calls::commit(job, replica, commitment)).await
	}

	/// Answers the lease of a job with one replica. Feeless for the worker of the live lease.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn submit_receipt(
		&self,
		worker: &Keypair,
		receipt: &SignedReceipt,
	) -> Result<Included, SubmitError> {
		self.submit(worker, &calls::submit_receipt(receipt)).await
	}

	/// Shows the answer that was committed with `salt`. Feeless for the worker of the live lease.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn submit_reveal(
		&self,
		worker: &Keypair,
		receipt: &SignedReceipt,
		salt: &[u8; 32],
	) -> Result<Included, SubmitError> {
		self.submit(worker, &calls::reveal(receipt, salt)).await
	}

	/// As [`View::job`], at the newest block.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn job(&self, job: JobId) -> Result<Option<Job>, ChainError> {
		self.at_best().await?.job(job).await
	}

	/// As [`View::miner_leases`], at the newest block.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn miner_leases(&self, miner: &AccountId) -> Result<Vec<MinerLease>, ChainError> {
		self.at_best().await?.miner_leases(miner).await
	}
}
