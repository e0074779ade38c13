//! From a lease to its answer: wait for the inputs, run the engine, keep the output, sign, journal.
//!
//! The order is what makes a crash harmless at every point: the output is durable before the answer is
//! signed, and the answer is durable in the journal before anybody can send it. The output of a single
//! job goes into the data store at once, that of a replicated one only when its reveals are open
//! ([`crate::outputs`]).

use crate::{
	journal::{Journal, JournalError},
	keys::KeyRing,
	lease::{Answer, LeaseKey, LeaseView},
	outputs::{OutputError, Outputs},
};
use aitbc_data::{DataError, DataStore};
use aitbc_miner::{Engine, WorkRequest, WorkResult};
use aitbc_primitives::{
	BlockNumber, Cid, FailureCode, Hash, MAX_DATA_BYTES, MAX_INLINE_BYTES, MAX_PROGRAM_BYTES,
	Outcome, RECEIPT_VERSION, Receipt, ReceiptFault, SignedReceipt, Workload,
};
use futures::FutureExt;
use rand::{RngCore, rngs::OsRng};
use std::{sync::Arc, time::Duration};
use tokio::{
	sync::{Semaphore, watch},
	task::spawn_blocking,
	time::{Instant, sleep},
};

/// Blocks that inputs are waited for, at most.
const INPUT_BLOCKS: BlockNumber = 60;
/// Time between two blocks.
const BLOCK_TIME: Duration = Duration::from_secs(2);
/// Most blocks before `deliver_by` at which waiting and running end, and least.
const RESERVE_BLOCKS_MAX: BlockNumber = 30;
const RESERVE_BLOCKS_MIN: BlockNumber = 2;

/// Why a lease was not answered this time.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError {
	/// The journal cannot be read or written.
	#[error(transparent)]
	Journal(#[from] JournalError),
	/// The output cannot be kept or stored.
	#[error(transparent)]
	Output(#[from] OutputError),
	/// The operating system gave no random bytes for the salt.
	#[error("the operating system gives no random bytes: {reason}")]
	Random {
		/// What it says.
		reason: String,
	},
	/// The answer would not be taken by the chain. A fault of this program.
	#[error("the receipt does not fit the lease ({0:?}); this is a fault of the worker, report it")]
	Unbound(ReceiptFault),
	/// The lease expects the signature of a key this worker does not have.
	#[error("the lease expects another worker key")]
	OtherKey,
	/// A thread of this process panicked.
	#[error("a worker thread panicked: {reason}")]
	Panicked {
		/// What it says.
		reason: String,
	},
}

impl ExecuteError {
	/// Whether another try may succeed.
	pub fn is_retryable(&self) -> bool {
		match self {
			ExecuteError::Journal(error) => error.is_retryable(),
			ExecuteError::Output(_) | ExecuteError::Random { .. } => true,
			ExecuteError::Unbound(_) | ExecuteError::OtherKey | ExecuteError::Panicked { .. } => {
				false
			}
		}
	}
}

/// How the work on a lease ended.
#[derive(Debug)]
pub enum Executed {
	/// The answer stands in the journal.
	Answered(Box<Answer>),
	/// Its turn came when too few blocks were left. Nothing was done.
	TooLate,
}

/// What executions share. Cheap to clone.
#[derive(Clone)]
pub struct Executor {
	/// Runs the jobs.
	pub engine: Arc<dyn Engine>,
	/// Holds inputs and outputs.
	pub store: Arc<dyn DataStore>,
	/// Remembers the answers.
	pub journal: Journal,
	/// Keeps the outputs of replicated jobs until their reveals are open.
	pub outputs: Outputs,
	/// Signs them, each with the key of its lease.
	pub keys: Arc<KeyRing>,
	/// Hash of block zero.
	pub genesis: Hash,
	/// One permit per job that may run at once.
	pub slots: Arc<Semaphore>,
	/// One permit per output that may be published at once. Never closed.
	pub publications: Arc<Semaphore>,
	/// Number of the best block.
	pub best: watch::Receiver<BlockNumber>,
	/// First pause between two looks for an input, and between two tries to keep an output; grows
	/// to ten times as much.
	pub poll: Duration,
}

/// The bytes a job is computed from.
struct Fetched {
	program: Option<Vec<u8>>,
	inputs: Vec<Vec<u8>>,
}

/// What the receipt says beside what the lease says.
struct Finding {
	outcome: Outcome,
	trace_root: Hash,
	/// Names what found it.
	profile: Hash,
	started_at: BlockNumber,
}

impl Executor {
	/// Works out the answer to `view`. `executions` were begun before and ended with the process.
	///
	/// Cancel-safe in the sense of the journal: dropped at any point, the lease can be taken up again.
	/// An engine that is running then goes on until its own limits, its result unused.
	pub async fn execute(
		&self,
		view: &LeaseView,
		executions: u8,
	) -> Result<Executed, ExecuteError> {
		let mut pause = self.poll;
		loop {
			let late = self.best() >= give_up_block(view).min(input_block(view));
			if !self.inputs_present(view).await? {
				if late {
					return self
						.unavailable(view, "the program or an input is not in the data store")
						.await;
				}
				self.pause(&mut pause).await;
				continue;
			}
			// Only who has all inputs at hand takes a slot, so that absent data delays nobody else.
			let mut best = self.best.clone();
			let given_up = best.wait_for(|best| *best >= give_up_block(view));
			let slot = tokio::select! {
				slot = self.slots.acquire() => slot,
				// The block's guard must not live across the answer.
				() = given_up.map(drop) => return self.decline(view).await,
			};
			let Ok(slot) = slot else { return Ok(Executed::TooLate) };
			if self.best() >= view.lease.deliver_by {
				return Ok(Executed::TooLate);
			}
			match self.fetch(view).await? {
				Ok(fetched) => return self.run(view, fetched, executions).await,
				Err(error) if !error.is_retryable() || self.best() >= give_up_block(view) => {
					return self.unavailable(view, &error.to_string()).await;
				}
				Err(error) => {
					tracing::debug!(job = view.job.0, %error, "waiting for inputs");
					drop(slot);
					self.pause(&mut pause).await;
				}
			}
		}
	}

	/// Answers that the device failed, without trying again.
	pub async fn decline(&self, view: &LeaseView) -> Result<Executed, ExecuteError> {
		self.answer(view, self.not_run(FailureCode::DeviceFault)).await
	}

	/// What is said of a job that no device was asked to do.
	fn not_run(&self, code: FailureCode) -> Finding {
		Finding {
			outcome: Outcome::Failed { code },
			trace_root: Hash::zero(),
			profile: self.engine.profile().hash(),
			started_at: self.best(),
		}
	}

	async fn unavailable(&self, view: &LeaseView, reason: &str) -> Result<Executed, ExecuteError> {
		log_failure(view.key(), FailureCode::InputUnavailable, reason);
		self.answer(view, self.not_run(FailureCode::InputUnavailable)).await
	}

	async fn run(
		&self,
		view: &LeaseView,
		fetched: Fetched,
		executions: u8,
	) -> Result<Executed, ExecuteError> {
		let started_at = self.best();
		let executions = executions.saturating_add(1);
		let (journal, key) = (self.journal.clone(), view.key());
		blocking(move || journal.started(key, executions, started_at)).await??;
		let request = WorkRequest {
			workload: view.spec.workload,
			params: view.spec.params.to_vec(),
			inputs: fetched.inputs,
			program: fetched.program,
			units_limit: view.spec.units_limit,
		};
		let engine = self.engine.clone();
		let began = Instant::now();
		// An answer that the work failed, in time, costs nothing; none in time costs collateral.
		let limit =
			BLOCK_TIME.saturating_mul(give_up_block(view).saturating_sub(started_at).max(1));
		let (result, profile) = blocking(move || {
			let (result, profile) = engine.execute_within(&request, limit);
			(result, profile.hash())
		})
		.await?;
		let (outcome, trace_root) = match result {
			WorkResult::Completed { output, trace_root } => {
				(self.keep_output(view, output).await?, trace_root)
			}
			WorkResult::OutOfFuel { message } => {
				tracing::info!(job = key.job.0, replica = key.replica, message, "out of fuel");
				(Outcome::OutOfFuel, Hash::zero())
			}
			WorkResult::Failed { code, message } => {
				log_failure(key, code, &message);
				(Outcome::Failed { code }, Hash::zero())
			}
		};
		let finding = Finding { outcome, trace_root, profile, started_at };
		let answer = self.answer(view, finding).await?;
		tracing::info!(
			job = key.job.0,
			replica = key.replica,
			attempt = key.attempt,
			block = self.best(),
			elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
			"executed"
		);
		Ok(answer)
	}

	/// Makes the output durable, trying again for as long as a failure can still be reported in time:
	/// in the data store if the job is single; else where nobody else can read it, because whoever
	/// shares the store could copy it before committing, or have it and never pay.
	async fn keep_output(
		&self,
		view: &LeaseView,
		output: Vec<u8>,
	) -> Result<Outcome, ExecuteError> {
		let key = view.key();
		let failed = Outcome::Failed { code: FailureCode::DeviceFault };
		// An output that may not exist is not the miner's fault to hide: it could not be done.
		if output.len() > MAX_DATA_BYTES as usize {
			log_failure(key, FailureCode::DeviceFault, "the output is larger than any data may be");
			return Ok(failed);
		}
		let is_private = view.spec.replication.commits();
		let is_inline = !output.is_empty() && output.len() <= MAX_INLINE_BYTES as usize;
		let (output, outcome) = blocking(move || {
			let inline = if is_inline { output.clone() } else { Vec::new() };
			let inline = inline.try_into().unwrap_or_default();
			let outcome = Outcome::Completed { output: Cid::of_raw(&output), inline };
			(Arc::new(output), outcome)
		})
		.await?;
		if is_private && is_inline {
			// The receipt contains it, and the journal the receipt.
			return Ok(outcome);
		}
		let mut pause = self.poll;
		loop {
			let (store, outputs, bytes) =
				(self.store.clone(), self.outputs.clone(), output.clone());
			let kept = blocking(move || match is_private {
				true => outputs.keep(key, &bytes),
				false => store.put(&bytes).map(drop).map_err(OutputError::from),
			});
			match kept.await? {
				Ok(()) => return Ok(outcome),
				Err(error) if self.best() >= give_up_block(view) => {
					log_failure(key, FailureCode::DeviceFault, &error.to_string());
					return Ok(failed);
				}
				Err(error) => {
					tracing::warn!(job = key.job.0, %error, "cannot keep the output, trying again");
					self.pause(&mut pause).await;
				}
			}
		}
	}

	/// Puts the output of an answer into the data store. For replicated jobs whose reveals are open.
	///
	/// Cancel-safe: dropped, it may be called again.
	pub async fn publish(&self, key: LeaseKey, answer: Box<Answer>) -> Result<(), ExecuteError> {
		let permit = self.publications.clone().acquire_owned().await.ok();
		let (outputs, store) = (self.outputs.clone(), self.store.clone());
		let published = blocking(move || {
			// Held by the thread: it goes on with the bytes when this future is dropped.
			let _permit = permit;
			outputs.publish(key, &answer, store.as_ref())
		});
		Ok(published.await??)
	}

	async fn answer(&self, view: &LeaseView, finding: Finding) -> Result<Executed, ExecuteError> {
		let keys = self.keys.get(&view.lease.worker).ok_or(ExecuteError::OtherKey)?;
		let units = view.spec.units().unwrap_or_default();
		// What ran until the fuel was used up is worth the fuel.
		let (units, trace_root) = match finding.outcome {
			Outcome::Completed { .. } => (units, finding.trace_root),
			Outcome::OutOfFuel => (units, Hash::zero()),
			Outcome::Failed { .. } => (0, Hash::zero()),
		};
		let receipt = Receipt {
			version: RECEIPT_VERSION,
			genesis: self.genesis,
			job: view.job,
			replica: view.replica,
			attempt: view.lease.attempt,
			program: view.spec.workload.program(),
			input_root: view.spec.input_root(),
			outcome: finding.outcome,
			trace_root,
			units,
			profile: finding.profile,
			started_at: finding.started_at,
			finished_at: self.best(),
		};
		receipt
			.check_binding(self.genesis, view.job, view.replica, &view.lease, &view.spec)
			.map_err(ExecuteError::Unbound)?;
		let mut salt = [0; 32];
		OsRng
			.try_fill_bytes(&mut salt)
			.map_err(|error| ExecuteError::Random { reason: error.to_string() })?;
		let signature = keys.sign(&receipt.signing_payload());
		let answer = Box::new(Answer { receipt: SignedReceipt { receipt, signature }, salt });
		let (journal, key, record) = (self.journal.clone(), view.key(), answer.clone());
		blocking(move || journal.executed(key, &record)).await??;
		Ok(Executed::Answered(answer))
	}

	async fn inputs_present(&self, view: &LeaseView) -> Result<bool, ExecuteError> {
		let store = self.store.clone();
		let names: Vec<Cid> = program(view).into_iter().chain(view.spec.inputs.clone()).collect();
		// A store that cannot even look is treated as one that does not have it yet.
		blocking(move || names.iter().all(|cid| store.contains(cid).unwrap_or(false))).await
	}

	async fn fetch(&self, view: &LeaseView) -> Result<Result<Fetched, DataError>, ExecuteError> {
		let store = self.store.clone();
		let program = program(view);
		let inputs = view.spec.inputs.clone();
		blocking(move || {
			let program =
				program.map(|cid| store.get(&cid, u64::from(MAX_PROGRAM_BYTES))).transpose()?;
			let inputs = inputs.iter().map(|cid| store.get(cid, u64::from(MAX_DATA_BYTES)));
			Ok(Fetched { program, inputs: inputs.collect::<Result<_, _>>()? })
		})
		.await
	}

	fn best(&self) -> BlockNumber {
		*self.best.borrow()
	}

	async fn pause(&self, pause: &mut Duration) {
		sleep(*pause).await;
		*pause = pause.saturating_mul(2).min(self.poll.saturating_mul(10));
	}
}

/// The block at which missing inputs, and an output that cannot be kept, are given up: a quarter of the
/// window before its end, so that the answer that says so is still in time.
fn give_up_block(view: &LeaseView) -> BlockNumber {
	let window = view.lease.deliver_by.saturating_sub(view.lease.leased_at);
	let reserve = (window / 4).clamp(RESERVE_BLOCKS_MIN, RESERVE_BLOCKS_MAX);
	view.lease.deliver_by.saturating_sub(reserve)
}

/// The block at which inputs that never came are given up: they must not hold a slot and collateral
/// for as long as a client likes.
fn input_block(view: &LeaseView) -> BlockNumber {
	view.lease.leased_at.saturating_add(INPUT_BLOCKS)
}

fn program(view: &LeaseView) -> Option<Cid> {
	match view.spec.workload {
		Workload::Wgsl(call) => Some(call.program),
		Workload::Echo | Workload::Gemm(_) => None,
	}
}

fn log_failure(key: LeaseKey, code: FailureCode, reason: &str) {
	tracing::warn!(
		job = key.job.0,
		replica = key.replica,
		attempt = key.attempt,
		?code,
		reason,
		"the work could not be done"
	);
}

async fn blocking<T: Send + 'static>(
	work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ExecuteError> {
	spawn_blocking(work).await.map_err(|error| ExecuteError::Panicked { reason: error.to_string() })
}
