//! Miners, and the workers that answer for them.

use crate::{
	accounts::{endow, pair},
	link::{Link, entry_prefix},
	measure::record_key,
};
use aitbc_client::{calls, miners::sign_consent, wallet::Keypair};
use aitbc_primitives::{
	AIT, AccountId, Answer, Balance, Capabilities, Cid, Class, Hash, JobId, JobSpec, OfferTerms,
	Outcome, RECEIPT_VERSION, Receipt, ReplicaIndex, Replication, SignedReceipt, WorkerKey,
	WorkerSignature, Workload,
};
use anyhow::{Context, Result, ensure};
use codec::{Decode, DecodeAll};
use std::collections::HashSet;

/// What each miner has at stake, planck.
const COLLATERAL: Balance = 50_000 * AIT;
/// Price of every offer, and what every job pays at most, planck per unit.
pub const PRICE: Balance = AIT / 1_000;
/// Blocks in a row after which a refused worker gives up.
const MAX_REFUSED: u32 = 20;
/// Slots of an offer: the most that there may be.
const SLOTS: u16 = 256;
/// Length of (twox64 of the key, job, replica) at the end of a key of `MinerLeases`.
const LEASE_BYTES: usize = 8 + 8 + 1;

/// A miner with its worker.
pub struct Miner {
	worker: Keypair,
	prefix: Vec<u8>,
	answered: HashSet<(JobId, ReplicaIndex)>,
	/// The worker's next nonce.
	nonce: u64,
	/// Blocks in a row in which the pool took nothing of it.
	refused: u32,
}

/// The job of this measurement: one miner echoes four bytes.
pub fn job(tip: Balance) -> JobSpec {
	JobSpec {
		workload: Workload::Echo,
		inputs: Default::default(),
		params: b"load".to_vec().try_into().expect("four bytes fit"),
		units_limit: 1,
		max_price_per_unit: PRICE,
		tip,
		replication: Replication::SINGLE,
		requirements: Default::default(),
		start_within_blocks: 300,
		deliver_within_blocks: 300,
	}
}

/// Registers miners with an offer each.
pub async fn enlist(link: &Link, count: u16) -> Result<Vec<Miner>> {
	let chain = link.chain().await?;
	let accounts: Vec<Keypair> =
		(0..count).map(|index| pair(&format!("//load//miner//{index}"))).collect::<Result<_>>()?;
	endow(&chain, &accounts, COLLATERAL.saturating_mul(2), "//Charlie").await?;
	let mut miners = Vec::new();
	for (index, account) in accounts.iter().enumerate() {
		let worker = pair(&format!("//load//worker//{index}"))?;
		let id = AccountId::new(account.public_key().0);
		let key = WorkerKey::from(worker.public_key().0);
		let consent = sign_consent(&worker, link.genesis(), &id);
		chain
			.submit(account, &calls::register_miner(COLLATERAL, key, consent))
			.await
			.with_context(|| format!("miner {index} cannot register"))?;
		let expires_at = chain.best().await?.number.saturating_add(40_000);
		let terms = OfferTerms {
			price_per_unit: PRICE,
			slots: SLOTS,
			max_units: u64::MAX,
			expires_at,
			device: Capabilities::default(),
			warm: Default::default(),
		};
		chain
			.submit(account, &calls::set_offer(Class::Echo, terms))
			.await
			.with_context(|| format!("miner {index} cannot make an offer"))?;
		let bytes: &[u8; 32] = id.as_ref();
		let mut prefix = entry_prefix("Jobs", "MinerLeases");
		prefix.extend(sp_crypto_hashing::blake2_128(bytes));
		prefix.extend(bytes);
		miners.push(Miner { worker, prefix, answered: HashSet::new(), nonce: 0, refused: 0 });
	}
	Ok(miners)
}

impl Miner {
	/// Answers leases of the block that were not answered yet, as many as one extrinsic takes: of free ones
	/// only the next of an account goes before those that pay. Returns how many.
	pub async fn answer(&mut self, link: &Link, at: Hash, batch: usize) -> Result<usize> {
		let keys = link.keys(&self.prefix, usize::from(SLOTS), at).await?;
		let open: HashSet<(JobId, ReplicaIndex)> =
			keys.iter().map(|key| lease_of(key)).collect::<Result<_>>()?;
		self.answered.retain(|lease| open.contains(lease));
		let mut due: Vec<_> = open.difference(&self.answered).copied().collect();
		due.sort_unstable();
		due.truncate(batch.max(1));
		let records: Vec<Vec<u8>> = due.iter().map(|(job, _)| record_key(*job)).collect();
		let records = link.values(&records, at).await?;
		let mut receipts = Vec::new();
		for (job, replica) in &due {
			let record = records.get(&record_key(*job)).context("a lease without its job")?;
			let record = aitbc_client::jobs::Job::decode(&mut record.as_slice())?;
			// It may have ended since the keys were read.
			if let Some(lease) = record.lease(*replica) {
				receipts.push(self.receipt(link.genesis(), *job, *replica, lease.attempt));
			}
		}
		let count = receipts.len();
		let bytes = match receipts.as_slice() {
			[] => return Ok(0),
			[one] => link.sign(&self.worker, self.nonce, &calls::submit_receipt(one))?,
			_ => {
				let answers = receipts.into_iter().map(Answer::Submit).collect();
				link.sign(&self.worker, self.nonce, &calls::submit_batch(answers))?
			}
		};
		// The pool may not have looked at this block yet, and a receipt without a lease is not free:
		// the next block brings another try.
		if let Err(error) = link.send(&bytes).await {
			self.refused += 1;
			ensure!(self.refused < MAX_REFUSED, "{} blocks long: {error}", self.refused);
			return Ok(0);
		}
		self.refused = 0;
		self.nonce += 1;
		self.answered.extend(due);
		Ok(count)
	}

	fn receipt(
		&self,
		genesis: Hash,
		job: JobId,
		replica: ReplicaIndex,
		attempt: u8,
	) -> SignedReceipt {
		let spec = self::job(0);
		let receipt = Receipt {
			version: RECEIPT_VERSION,
			genesis,
			job,
			replica,
			attempt,
			program: spec.workload.program(),
			input_root: spec.input_root(),
			outcome: Outcome::Completed {
				output: Cid::of_raw(&spec.params),
				inline: spec.params.to_vec().try_into().expect("four bytes fit"),
			},
			trace_root: Hash::zero(),
			units: 1,
			profile: Hash::zero(),
			started_at: 0,
			finished_at: 0,
		};
		let signature = self.worker.sign(&receipt.signing_payload()).0;
		SignedReceipt { receipt, signature: WorkerSignature::from(signature) }
	}
}

fn lease_of(key: &[u8]) -> Result<(JobId, ReplicaIndex)> {
	ensure!(key.len() > LEASE_BYTES, "a key of MinerLeases is too short");
	let tail = &key[key.len() - LEASE_BYTES + 8..];
	<(JobId, ReplicaIndex)>::decode_all(&mut &*tail).context("a key of MinerLeases does not decode")
}
