//! The market: offers, the book, and which of them would take a job.

use crate::{
	chain::View,
	errors::{ChainError, Refusal},
	schema,
};
use aitbc_primitives::{
	AccountId, Balance, BlockNumber, Class, DeviceProfile, JobId, JobSpec, MatchReport, OfferTerms,
	PriceBucket, ReplicaIndex,
};
use codec::Decode;
use subxt::utils::Static;

/// Most offers that are read at once.
const PAGE_OFFERS: u32 = 256;

/// Where an offer stands in the order book. Ordered as the book is read: cheapest bucket first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, codec::Encode, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Place {
	/// Its price bucket.
	pub bucket: PriceBucket,
	/// Its number in the bucket.
	pub index: u32,
}

/// What a miner offers for one class, as `Market.Offers` stores it.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Offer {
	/// What it said last.
	pub terms: OfferTerms,
	/// Slots with an open lease.
	pub used: u16,
	/// Where it is listed, if it is: a full or expired offer is not.
	pub place: Option<Place>,
}

/// One bucket of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct DepthLevel {
	/// Which.
	pub bucket: PriceBucket,
	/// The lowest price that stands in it, planck; no offer in it asks an eighth more.
	pub lowest_price: Balance,
	/// How many offers it lists.
	pub offers: u32,
}

#[derive(Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub(crate) struct OfferPage {
	offers: Vec<(AccountId, Offer)>,
	next: Option<Place>,
}

/// One bucket of the replicas that wait for a miner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingLevel {
	/// The lowest bid that waits in it, planck per unit; none in it bids an eighth more.
	pub lowest_bid: Balance,
	/// How many wait in it; jobs that ended are counted until the chain comes by.
	pub replicas: u64,
}

/// What the chain allows for an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferLimits {
	/// Most slots.
	pub most_slots: u16,
	/// Longest life, blocks.
	pub longest_blocks: BlockNumber,
}

/// What posting a job would mean.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Quote {
	/// Units one replica is paid for.
	pub units: u64,
	/// What would be held for miners, planck.
	pub escrow: Balance,
	/// What would be held for the record, planck.
	pub deposit: Balance,
	/// Which offers would take a replica now.
	pub report: MatchReport,
}

/// The market's numbers, as governance has set them. Shares of one in the unit that the name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct Terms {
	/// Least collateral of a miner's own, planck.
	pub min_collateral: Balance,
	/// Blocks from leaving or unbonding until the collateral is free.
	pub unbonding_blocks: BlockNumber,
	/// Collateral locked for a lease, in percent of what the client put at risk for it.
	pub collateral_factor_percent: u32,
	/// What a late answer forfeits of the lease's collateral, in billionths.
	pub slash_late: u32,
	/// What a commitment without reveal forfeits of it, in billionths.
	pub slash_withheld: u32,
	/// Least that one account delegates to one miner, planck.
	pub min_delegation: Balance,
	/// Most that may be delegated to a miner, in percent of its own collateral.
	pub max_delegation_percent: u32,
	/// Deposit for a registered program, planck.
	pub program_deposit_base: Balance,
	/// Further deposit for each byte of a program, planck.
	pub program_deposit_per_byte: Balance,
	/// Deposit for a job's record, planck.
	pub job_deposit: Balance,
	/// Blocks from the last commitment within which answers are revealed.
	pub reveal_within_blocks: BlockNumber,
	/// Blocks for which the record of an ended job is kept.
	pub retention_blocks: BlockNumber,
	/// What of their full pay those get who are paid for their time, in hundredths.
	pub time_pay: u8,
	/// Most jobs of one client that have not ended.
	pub max_live_jobs: u32,
	/// The protocol's share of a payment, in millionths.
	pub fee: u32,
	/// The treasury's share of the fee, in hundredths.
	pub treasury_share: u8,
	/// The validators' share of the fee, in hundredths. What is left is burnt.
	pub validators_share: u8,
	/// Most that is issued for the work of one era, planck.
	pub emission_per_era: Balance,
	/// Most that is issued for verified work, as a share of the fee it paid, in millionths.
	pub emission_share: u32,
	/// Most that is issued to one miner for one era, as a share of its bond, in billionths.
	pub emission_bond_share: u32,
	/// Blocks of an era.
	pub era_blocks: BlockNumber,
	/// Deposit for a device's profile, planck.
	pub profile_deposit: Balance,
}

impl View {
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

	/// The listed offers of a class, cheapest bucket first; the first `limit` of them.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn offers(
		&self,
		class: Class,
		limit: usize,
	) -> Result<Vec<(AccountId, Offer)>, ChainError> {
		let mut found = Vec::new();
		let mut next = Some(Place { bucket: 0, index: 0 });
		while let Some(from) = next {
			let left = limit.saturating_sub(found.len());
			let page = u32::try_from(left).unwrap_or(u32::MAX).min(PAGE_OFFERS);
			if page == 0 {
				break;
			}
			let part: OfferPage = self.ask("Market", "offers", &(class, from, page)).await?;
			// A page that does not lead on must not be read for ever.
			next = part.next.filter(|place| *place > from);
			found.extend(part.offers);
		}
		Ok(found)
	}

	/// The filled buckets of a class, cheapest first.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn depth(&self, class: Class) -> Result<Vec<DepthLevel>, ChainError> {
		self.ask("Market", "depth", &(class,)).await
	}

	/// What a miner says of its device, and the deposit held for it, planck.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn profile(
		&self,
		miner: &AccountId,
	) -> Result<Option<(DeviceProfile, Balance)>, ChainError> {
		let found = self.get(schema::profiles(), (miner.clone().into(),)).await?;
		Ok(found.map(|profile| profile.0))
	}

	/// What the runtime allows for offers.
	///
	/// # Errors
	/// [`ChainError`].
	pub fn offer_limits(&self) -> Result<OfferLimits, ChainError> {
		Ok(OfferLimits {
			most_slots: self.constant("Market", "MaxSlots")?,
			longest_blocks: self.constant("Market", "MaxOfferBlocks")?,
		})
	}

	/// The market's numbers at this block.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn terms(&self) -> Result<Terms, ChainError> {
		self.call_api("MarketApi", "terms", &()).await
	}

	/// What the filters of matching say of the listed offers, for each replica of a job that waits; empty if
	/// none does, `None` if there is no such job. The chain asks a thousand offers at most.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn why_no_match(
		&self,
		job: JobId,
	) -> Result<Option<Vec<(ReplicaIndex, MatchReport)>>, ChainError> {
		self.ask("Jobs", "why_no_match", &(job,)).await
	}

	/// What posting a job would mean, or why the chain would refuse it. Who asks is not known to it: offers
	/// of its own are counted as if they could take the job.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn quote(&self, spec: &JobSpec) -> Result<Result<Quote, Refusal>, ChainError> {
		self.try_ask("Jobs", "quote", &(spec,)).await
	}

	/// How many replicas wait in a class, dearest bids first.
	///
	/// # Errors
	/// [`ChainError`].
	pub async fn waiting(&self, class: Class) -> Result<Vec<WaitingLevel>, ChainError> {
		let levels: Vec<(Balance, u64)> = self.ask("Jobs", "waiting", &(class,)).await?;
		let level = |(lowest_bid, replicas)| WaitingLevel { lowest_bid, replicas };
		Ok(levels.into_iter().map(level).collect())
	}
}
