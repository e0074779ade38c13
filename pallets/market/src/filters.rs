//! What an offer must satisfy to take a replica: each rule once, asked by matching and by whoever
//! wants to know why nothing matched. No storage is touched here but through `standing`.

use aitbc_primitives::{
	AccountId, Balance, BlockNumber, MatchRequest, MinerStanding, OfferFilter, OfferTerms,
};
use sp_runtime::{Rounding, helpers_128bit::multiply_by_rational_with_rounding};

/// A replica that looks for a miner.
#[derive(Clone, Debug)]
pub struct Demand<'a> {
	/// What it asks for.
	pub request: &'a MatchRequest<'a, AccountId>,
	/// The present block.
	pub now: BlockNumber,
	/// What its lease would lock, planck; `None` if that does not fit 128 bits.
	pub collateral: Option<Balance>,
	/// How long the miner would have, milliseconds.
	window_ms: u64,
}

impl<'a> Demand<'a> {
	/// `factor_percent` is what of the client's value a lease locks, `block_ms` how long a block takes.
	pub fn new(
		request: &'a MatchRequest<'a, AccountId>,
		now: BlockNumber,
		factor_percent: u32,
		block_ms: u32,
	) -> Self {
		let window_ms = u64::from(request.deliver_within_blocks).saturating_mul(block_ms.into());
		Self { request, now, collateral: collateral_for(request, factor_percent), window_ms }
	}

	/// Whether a device that does so many units per second has done the job in half the time, which
	/// leaves the other half for fetching, storing and a full chain. Who claims nothing is not held to it.
	fn fits_window(&self, units_per_second: u32) -> bool {
		let done = u128::from(units_per_second).saturating_mul(self.window_ms.into());
		let wanted = u128::from(self.request.units).saturating_mul(2 * 1_000);
		units_per_second == 0 || wanted <= done
	}
}

/// An offer that would take the replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
	/// Its miner, as it stands.
	pub standing: MinerStanding<AccountId>,
	/// What is to be locked, planck; the miner has it free.
	pub collateral: Balance,
}

/// What a lease locks, rounded up: of the value that the client puts at risk, not of the price asked. Who
/// asks less does not risk less.
fn collateral_for(request: &MatchRequest<AccountId>, factor_percent: u32) -> Option<Balance> {
	let value = Balance::from(request.units)
		.checked_mul(request.max_price_per_unit)?
		.checked_add(request.tip)?;
	multiply_by_rational_with_rounding(value, factor_percent.into(), 100, Rounding::Up)
}

/// Whether an offer would take the replica, or which filter turns it down first, in the order of
/// [`OfferFilter`]. `standing` is dear, so it is asked once at most, and only where the offer alone does
/// not rule itself out.
pub fn judge(
	demand: &Demand,
	miner: &AccountId,
	terms: &OfferTerms,
	standing: impl FnOnce() -> Option<MinerStanding<AccountId>>,
) -> Result<Fit, OfferFilter> {
	judge_terms(demand, terms)?;
	let request = demand.request;
	let wanted = request.requirements;
	let standing = standing();
	// Whose a miner is that may take no lease is not known. The lists speak of it by its own name only,
	// and an allow list that does not name it leaves the question to the next filters.
	let named = |names: &[AccountId]| {
		let owner = standing.as_ref().map(|standing| &standing.owner);
		names.contains(miner) || owner.is_some_and(|owner| names.contains(owner))
	};
	let allowed = wanted.allow.is_empty() || standing.is_none() || named(&wanted.allow);
	pass(allowed, OfferFilter::NotAllowed)?;
	pass(!named(&wanted.deny), OfferFilter::Denied)?;
	let taken = named(request.excluded);
	let standing = standing.ok_or(OfferFilter::MinerInactive)?;
	pass(!taken, OfferFilter::OwnerTaken)?;
	pass(standing.reputation >= wanted.min_reputation, OfferFilter::Reputation)?;
	let collateral = demand
		.collateral
		.filter(|needed| *needed <= standing.free)
		.ok_or(OfferFilter::Collateral)?;
	Ok(Fit { standing, collateral })
}

/// The filters that the offer alone answers.
fn judge_terms(demand: &Demand, terms: &OfferTerms) -> Result<(), OfferFilter> {
	let request = demand.request;
	let wanted = request.requirements;
	let device = &terms.device;
	pass(demand.now < terms.expires_at, OfferFilter::Expired)?;
	pass(terms.price_per_unit <= request.max_price_per_unit, OfferFilter::Price)?;
	pass(request.units <= terms.max_units, OfferFilter::JobSize)?;
	pass(device.vram_mib >= wanted.min_vram_mib, OfferFilter::Vram)?;
	pass(device.units_per_second >= wanted.min_units_per_second, OfferFilter::Speed)?;
	pass(demand.fits_window(device.units_per_second), OfferFilter::Window)?;
	pass(device.features.contains(wanted.features), OfferFilter::Features)?;
	pass(wanted.region.is_none() || wanted.region == device.region, OfferFilter::Region)
}

fn pass(passes: bool, filter: OfferFilter) -> Result<(), OfferFilter> {
	if passes { Ok(()) } else { Err(filter) }
}
