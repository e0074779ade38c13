//! Miners: their collateral, their worker keys, what they are known for.

use crate::{
	calls,
	chain::{Chain, Included, View},
	errors::{ChainError, SubmitError},
	schema,
	stakes::{SharePool, mul_div},
	wallet::Keypair,
};
use aitbc_primitives::{
	AccountId, Balance, BlockNumber, Class, Hash, Reputation, WorkerKey, WorkerSignature,
	worker_consent,
};
use codec::Decode;
use subxt::utils::Static;

/// Most miners that are listed at once.
pub const MAX_MINERS_LISTED: usize = 10_000;

/// Whether a miner may be let anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub enum MinerStatus {
	/// Takes leases, if its own collateral is at least the minimum.
	#[codec(index = 0)]
	Active,
	/// Takes none, and can withdraw from block `until` on.
	#[codec(index = 1)]
	Leaving {
		/// First block in which it can withdraw.
		until: BlockNumber,
	},
	/// Takes none until it resumes.
	#[codec(index = 2)]
	Chilled,
}

impl MinerStatus {
	/// A word for it.
	pub const fn name(&self) -> &'static str {
		match self {
			Self::Active => "active",
			Self::Leaving { .. } => "leaving",
			Self::Chilled => "chilled",
		}
	}
}

/// How a miner's leases ended, counted since it registered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Decode, serde::Serialize)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Record {
	/// Answers accepted and paid.
	pub accepted: u32,
	/// Answers that said the work failed.
	pub failed: u32,
	/// Leases without an answer in time.
	pub late: u32,
	/// Commitments never revealed.
	pub withheld: u32,
	/// Answers that differed from the quorum's.
	pub wrong: u32,
}

/// What a miner keeps of its delegators' rewards, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Commission {
	/// In force until the next one is.
	pub now: u32,
	/// A higher one, and the block from which it is in force.
	pub next: Option<(u32, BlockNumber)>,
}

impl Commission {
	/// What is in force in `block`, in millionths.
	pub fn at(&self, block: BlockNumber) -> u32 {
		self.next.filter(|(_, from)| *from <= block).map_or(self.now, |(next, _)| next)
	}

	/// A raise that was announced and is not in force in `block`: how much, and from when on.
	pub fn announced(&self, block: BlockNumber) -> Option<(u32, BlockNumber)> {
		self.next.filter(|(_, from)| *from > block)
	}
}

/// How a miner's leases of one class ended, as the chain remembers it: it fades with time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Score {
	/// Answers that were accepted; one is 2³².
	pub good: u64,
	/// Leases that ended badly, by how badly.
	pub bad: u64,
	/// The block up to which both have faded.
	pub at: BlockNumber,
}

/// The scores of a miner, by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Scores {
	/// In class `Echo`.
	pub echo: Score,
	/// In class `Gemm`.
	pub gemm: Score,
	/// In class `Wgsl`.
	pub wgsl: Score,
}

/// A miner, as `ComputeStaking.Miners` stores it.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Miner {
	/// The key that signs the receipts of leases that begin now.
	pub worker: WorkerKey,
	/// Whose it is; its own if `None`.
	pub owner: Option<AccountId>,
	/// Whose it would like to be.
	pub requested_owner: Option<AccountId>,
	/// Its own active collateral, planck.
	pub own: Balance,
	/// The active delegations.
	pub pool: SharePool,
	/// What is leaving, the miner's own part included.
	pub unbonding: SharePool,
	/// What of the bond backs open leases, planck.
	pub locked: Balance,
	/// How many leases are open.
	pub open_leases: u32,
	/// Whether it takes leases.
	pub status: MinerStatus,
	/// What it keeps of its delegators' rewards.
	pub commission: Commission,
	/// Whether its own pay is bonded at once.
	pub compounding: bool,
	/// How its leases ended.
	pub record: Record,
	/// The same per class, faded with time.
	pub reputation: Scores,
}

impl Miner {
	/// Own collateral and active delegations, planck: what rewards are divided by.
	pub const fn bond(&self) -> Balance {
		self.own.saturating_add(self.pool.value)
	}

	/// The part of the bond that may back leases, planck: delegations count up to
	/// `max_delegation_percent` (see [`crate::market::Terms`]) of its own collateral.
	pub fn backing(&self, max_delegation_percent: u32) -> Balance {
		// What does not fit 128 bits is more than there is.
		let most = mul_div(self.own, max_delegation_percent.into(), 100);
		let most = most.map_or(Balance::MAX, |(most, _)| most);
		self.own.saturating_add(self.pool.value.min(most))
	}

	/// The part of [`Self::backing`] that backs no lease, planck.
	pub fn free(&self, max_delegation_percent: u32) -> Balance {
		self.backing(max_delegation_percent).saturating_sub(self.locked)
	}
}

/// What a worker key does, as `ComputeStaking.Workers` stores it.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Worker {
	/// Whom it signs for.
	pub miner: AccountId,
	/// How many open leases name it.
	pub leases: u32,
	/// Whether another key has taken its place: it only ends what it began.
	pub retired: bool,
}

/// What counts of a miner when leases are let.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Standing {
	/// Whose it is; the miner itself unless it joined an owner.
	pub owner: AccountId,
	/// The key that will sign.
	pub worker: WorkerKey,
	/// What is at stake, planck.
	pub bond: Balance,
	/// The part of it that backs no lease, planck.
	pub free: Balance,
	/// In the class that was asked for, as of now.
	pub reputation: Reputation,
}

/// The worker key's consent to work for `miner` on the chain `genesis`.
pub fn sign_consent(worker: &Keypair, genesis: Hash, miner: &AccountId) -> WorkerSignature {
	WorkerSignature::from(worker.sign(&worker_consent(genesis, miner)).0)
}

impl View {
	/// A miner; `None` if the account is not registered.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn miner(&self, account: &AccountId) -> Result<Option<Miner>, ChainError> {
		let found = self.get(schema::miners(), (account.clone().into(),)).await?;
		Ok(found.map(|miner| miner.0))
	}

	/// All miners.
	///
	/// # Errors
	/// [`ChainError::TooMany`] above [`MAX_MINERS_LISTED`].
	pub async fn miners(&self) -> Result<Vec<(AccountId, Miner)>, ChainError> {
		let found = self.list(schema::miners(), (), MAX_MINERS_LISTED).await?;
		Ok(found.into_iter().map(|((account,), miner)| (account.0, miner.0)).collect())
	}

	/// What a worker key does, retired ones that still have leases included.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn worker(&self, worker: &WorkerKey) -> Result<Option<Worker>, ChainError> {
		let found = self.get(schema::workers(), (Static(*worker),)).await?;
		Ok(found.map(|worker| worker.0))
	}

	/// What counts when leases of a class are let; `None` if the miner may take none now.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn miner_standing(
		&self,
		miner: &AccountId,
		class: Class,
	) -> Result<Option<Standing>, ChainError> {
		self.ask("ComputeStaking", "miner_standing", &(miner, class)).await
	}
}

impl Chain {
	/// Becomes a miner: `collateral` is held on the signer's account. `worker` signs its consent.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn register_miner(
		&self,
		miner: &Keypair,
		worker: &Keypair,
		collateral: Balance,
	) -> Result<Included, SubmitError> {
		let (worker, consent) = self.consenting(miner, worker);
		self.submit(miner, &calls::register_miner(collateral, worker, consent)).await
	}

	/// Lets `worker` sign for the leases that begin from now on. It signs its consent.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn rotate_worker(
		&self,
		miner: &Keypair,
		worker: &Keypair,
	) -> Result<Included, SubmitError> {
		let (worker, consent) = self.consenting(miner, worker);
		self.submit(miner, &calls::rotate_worker(worker, consent)).await
	}

	fn consenting(&self, miner: &Keypair, worker: &Keypair) -> (WorkerKey, WorkerSignature) {
		let account = AccountId::from(miner.public_key().0);
		let consent = sign_consent(worker, self.genesis(), &account);
		(WorkerKey::from(worker.public_key().0), consent)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn commission_should_rise_when_it_was_announced_for() {
		let commission = Commission { now: 10, next: Some((20, 100)) };
		assert_eq!((commission.at(99), commission.at(100)), (10, 20));
		assert_eq!(commission.announced(99), Some((20, 100)));
		assert_eq!(commission.announced(100), None);
	}
}
