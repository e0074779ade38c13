//! Miners, their offers and what they earned.

use crate::{
	calls,
	chain::{Chain, Included, View},
	errors::{ChainError, SubmitError},
	schema,
	wallet::Keypair,
};
use aitbc_primitives::{
	AccountId, Balance, BlockNumber, Class, Hash, WorkerKey, WorkerSignature, worker_consent,
};
use codec::Decode;
use subxt::utils::Static;

/// Most miners that are listed at once.
pub const MAX_MINERS_LISTED: usize = 10_000;

/// Whether a miner may be let anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
pub enum MinerStatus {
	/// Takes leases.
	#[codec(index = 0)]
	Active,
	/// Takes none, and can withdraw from block `until` on.
	#[codec(index = 1)]
	Leaving {
		/// First block in which it can withdraw.
		until: BlockNumber,
	},
}

/// How a miner's leases ended, counted since it registered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Decode, serde::Serialize)]
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

/// A miner, as `ComputeStaking.Miners` stores it.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Miner {
	/// The key that signs its receipts.
	pub worker: WorkerKey,
	/// What is on hold, planck.
	pub collateral: Balance,
	/// The part of it that backs open leases, planck.
	pub locked: Balance,
	/// How many leases are open.
	pub open_leases: u32,
	/// Whether it takes leases.
	pub status: MinerStatus,
	/// How its leases ended.
	pub record: Record,
}

/// Where an offer stands in the order book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
pub struct Place {
	/// Its price bucket.
	pub bucket: u16,
	/// Its number in the bucket.
	pub index: u32,
}

/// What a miner offers for one class, as `Market.Offers` stores it.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Offer {
	/// Planck per unit.
	pub price_per_unit: Balance,
	/// Replicas it runs at once.
	pub slots: u16,
	/// Slots with an open lease.
	pub used: u16,
	/// First block in which nothing is let any more.
	pub expires_at: BlockNumber,
	/// Where it is listed, if it is: a full or expired offer is not.
	pub place: Option<Place>,
}

/// What one miner earned since genesis, as `Payouts.Earnings` stores it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Decode, serde::Serialize)]
pub struct Earnings {
	/// Replicas it was paid for.
	pub replicas: u64,
	/// Units they were worth.
	pub units: u64,
	/// What clients paid for them, planck.
	pub gross: Balance,
	/// What arrived, planck.
	pub net: Balance,
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

	/// The miner that a worker key signs for.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn miner_of_worker(
		&self,
		worker: &WorkerKey,
	) -> Result<Option<AccountId>, ChainError> {
		let found = self.get(schema::worker_of(), (Static(*worker),)).await?;
		Ok(found.map(|account| account.0))
	}

	/// A miner's offer for a class.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn offer(
		&self,
		class: Class,
		miner: &AccountId,
	) -> Result<Option<Offer>, ChainError> {
		let found = self.get(schema::offers(), (Static(class), miner.clone().into())).await?;
		Ok(found.map(|offer| offer.0))
	}

	/// What a miner earned since genesis.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn earnings(&self, miner: &AccountId) -> Result<Earnings, ChainError> {
		let found = self.get(schema::earnings(), (miner.clone().into(),)).await?;
		Ok(found.map(|earnings| earnings.0).unwrap_or_default())
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
		let account = AccountId::from(miner.public_key().0);
		let consent = sign_consent(worker, self.genesis(), &account);
		let worker = WorkerKey::from(worker.public_key().0);
		self.submit(miner, &calls::register_miner(collateral, worker, consent)).await
	}

	/// Adds collateral.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn bond_extra(
		&self,
		miner: &Keypair,
		amount: Balance,
	) -> Result<Included, SubmitError> {
		self.submit(miner, &calls::bond_extra(amount)).await
	}

	/// Announces that the miner leaves: it takes no more leases.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn leave(&self, miner: &Keypair) -> Result<Included, SubmitError> {
		self.submit(miner, &calls::leave()).await
	}

	/// Takes the collateral back, after the unbonding time.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn withdraw(&self, miner: &Keypair) -> Result<Included, SubmitError> {
		self.submit(miner, &calls::withdraw()).await
	}

	/// Makes or changes the offer for a class.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn set_offer(
		&self,
		miner: &Keypair,
		class: Class,
		price_per_unit: Balance,
		slots: u16,
		expires_at: BlockNumber,
	) -> Result<Included, SubmitError> {
		self.submit(miner, &calls::set_offer(class, price_per_unit, slots, expires_at)).await
	}

	/// Takes the offer for a class back. Leases go on.
	///
	/// # Errors
	/// [`SubmitError`].
	pub async fn withdraw_offer(
		&self,
		miner: &Keypair,
		class: Class,
	) -> Result<Included, SubmitError> {
		self.submit(miner, &calls::withdraw_offer(class)).await
	}
}
