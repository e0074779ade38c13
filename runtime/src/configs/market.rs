//! The compute market: how its pallets meet, and its numbers, which governance can change at any time.

use super::{
	consensus::time::{DAYS, HOURS},
	fees::ToTreasury,
	system::RuntimeBlockWeights,
};
use crate::{
	AIT, AccountId, Authorship, Balance, Balances, BlockNumber, ComputeStaking, Hash, Jobs,
	MILLI_AIT, Market, Payouts, Receipts, Runtime, RuntimeEvent, RuntimeHoldReason, Treasury,
};
use aitbc_primitives::{JobId, OnJobPruned};
use aitbc_runtime_api::MarketTerms;
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	parameter_types,
	traits::{AsEnsureOriginWithArg, ConstU16, ConstU32, Get, Randomness},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_compute_staking::WeightInfo as _;
use sp_runtime::{Perbill, Percent, Permill};

/// Numbers of the market. Each has the value given here until governance stores another.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic_params {
	use super::*;

	/// Miners' collateral.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod staking {
		/// Least collateral of a miner, planck.
		#[codec(index = 0)]
		pub static MinCollateral: Balance = 100 * AIT;
		/// Blocks from leaving until the collateral is free.
		#[codec(index = 1)]
		pub static UnbondingBlocks: BlockNumber = 7 * DAYS;
		/// Collateral locked for a lease, in percent of what the lease can earn.
		#[codec(index = 2)]
		pub static CollateralFactorPercent: u32 = 200;
		/// What a late answer forfeits of the lease's collateral.
		#[codec(index = 3)]
		pub static SlashLate: Perbill = Perbill::from_percent(5);
		/// What a commitment without reveal forfeits of the lease's collateral.
		#[codec(index = 4)]
		pub static SlashWithheld: Perbill = Perbill::from_percent(50);
	}

	/// Programs and jobs.
	#[dynamic_pallet_params]
	#[codec(index = 1)]
	pub mod jobs {
		/// Deposit for a registered program, planck.
		#[codec(index = 0)]
		pub static ProgramDepositBase: Balance = AIT;
		/// Further deposit for each byte of a program, planck.
		#[codec(index = 1)]
		pub static ProgramDepositPerByte: Balance = MILLI_AIT / 10;
		/// Deposit for a job's record, planck.
		#[codec(index = 2)]
		pub static JobDeposit: Balance = 100 * MILLI_AIT;
		/// Blocks from the last commitment within which answers are revealed.
		#[codec(index = 3)]
		pub static RevealWithinBlocks: BlockNumber = 150;
		/// Blocks for which the record of an ended job is kept.
		#[codec(index = 4)]
		pub static RetentionBlocks: BlockNumber = 3 * DAYS;
	}

	/// How a payment is split.
	#[dynamic_pallet_params]
	#[codec(index = 2)]
	pub mod payouts {
		/// The protocol's share of a payment.
		#[codec(index = 0)]
		pub static Fee: Permill = Permill::from_parts(25_000);
		/// The treasury's share of the fee.
		#[codec(index = 1)]
		pub static TreasuryShare: Percent = Percent::from_percent(50);
		/// The block author's share of the fee. What is left is burnt.
		#[codec(index = 2)]
		pub static ValidatorsShare: Percent = Percent::from_percent(25);
	}
}

/// All numbers at once, as they are now.
pub fn terms() -> MarketTerms {
	use dynamic_params::{jobs, payouts, staking};
	MarketTerms {
		min_collateral: staking::MinCollateral::get(),
		unbonding_blocks: staking::UnbondingBlocks::get(),
		collateral_factor_percent: staking::CollateralFactorPercent::get(),
		slash_late: staking::SlashLate::get(),
		slash_withheld: staking::SlashWithheld::get(),
		program_deposit_base: jobs::ProgramDepositBase::get(),
		program_deposit_per_byte: jobs::ProgramDepositPerByte::get(),
		job_deposit: jobs::JobDeposit::get(),
		reveal_within_blocks: jobs::RevealWithinBlocks::get(),
		retention_blocks: jobs::RetentionBlocks::get(),
		fee: payouts::Fee::get(),
		treasury_share: payouts::TreasuryShare::get(),
		validators_share: payouts::ValidatorsShare::get(),
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl Default for RuntimeParameters {
	fn default() -> Self {
		RuntimeParameters::Staking(dynamic_params::staking::Parameters::MinCollateral(
			dynamic_params::staking::MinCollateral,
			Some(100 * AIT),
		))
	}
}

impl pallet_parameters::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeParameters = RuntimeParameters;
	type AdminOrigin = AsEnsureOriginWithArg<EnsureRoot<AccountId>>;
	type WeightInfo = ();
}

parameter_types! {
	/// Expiry and matching may take a quarter of a block before any extrinsic.
	pub MaxServiceWeight: Weight =
		Perbill::from_percent(25) * RuntimeBlockWeights::get().max_block;
	/// `Bonds::lock` and `Bonds::unlock`.
	pub BondsWeight: (Weight, Weight) = (
		pallet_compute_staking::weights::SubstrateWeight::<Runtime>::lock(),
		pallet_compute_staking::weights::SubstrateWeight::<Runtime>::unlock(),
	);
}

/// What decides among equal offers: the VRF output of the parent block, which its author could not
/// choose, or that of the last epoch where the parent had none.
///
/// It decides who gets work, never whether work is right: an author that withholds its block to
/// change a match loses the block.
pub struct MatchRandomness;

impl Randomness<Hash, BlockNumber> for MatchRandomness {
	fn random(subject: &[u8]) -> (Hash, BlockNumber) {
		match pallet_babe::ParentBlockRandomness::<Runtime>::random(subject) {
			(Some(random), since) => (random, since),
			(None, _) => pallet_babe::RandomnessFromOneEpochAgo::<Runtime>::random(subject),
		}
	}
}

/// Author of the present block.
pub struct BlockAuthor;

impl Get<Option<AccountId>> for BlockAuthor {
	fn get() -> Option<AccountId> {
		Authorship::author()
	}
}

/// The account of the common money.
pub struct TreasuryAccount;

impl Get<AccountId> for TreasuryAccount {
	fn get() -> AccountId {
		Treasury::account_id()
	}
}

/// Drops what hangs on a pruned job.
pub struct PruneRecords;

impl OnJobPruned for PruneRecords {
	fn on_job_pruned(job: JobId, replicas: u8) {
		Receipts::on_job_pruned(job, replicas);
		Payouts::on_job_pruned(job, replicas);
	}

	fn prune_weight() -> Weight {
		Receipts::prune_weight().saturating_add(Payouts::prune_weight())
	}
}

impl pallet_compute_staking::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type MinCollateral = dynamic_params::staking::MinCollateral;
	type UnbondingBlocks = dynamic_params::staking::UnbondingBlocks;
	type SlashLate = dynamic_params::staking::SlashLate;
	type SlashWithheld = dynamic_params::staking::SlashWithheld;
	type OnSlash = ToTreasury;
	type WeightInfo = pallet_compute_staking::weights::SubstrateWeight<Runtime>;
}

impl pallet_market::Config for Runtime {
	type Bonds = ComputeStaking;
	type CollateralFactorPercent = dynamic_params::staking::CollateralFactorPercent;
	type MaxProbes = ConstU32<16>;
	type MaxSlots = ConstU16<256>;
	type MaxOfferBlocks = ConstU32<{ 30 * DAYS }>;
	type WeightInfo = pallet_market::weights::SubstrateWeight<Runtime>;
	type BondsWeight = BondsWeight;
}

impl pallet_jobs::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Matchmaker = Market;
	type Settlement = Payouts;
	type OnPruned = PruneRecords;
	type Randomness = MatchRandomness;
	type ProgramDepositBase = dynamic_params::jobs::ProgramDepositBase;
	type ProgramDepositPerByte = dynamic_params::jobs::ProgramDepositPerByte;
	type JobDeposit = dynamic_params::jobs::JobDeposit;
	type RevealWithinBlocks = dynamic_params::jobs::RevealWithinBlocks;
	type RetentionBlocks = dynamic_params::jobs::RetentionBlocks;
	type MinDeliverBlocks = ConstU32<8>;
	// A lease binds a miner's slot and collateral; so does an honest replica that waits, committed,
	// for a silent one.
	type MaxWindowBlocks = ConstU32<HOURS>;
	type MaxServiceWeight = MaxServiceWeight;
	type WeightInfo = pallet_jobs::weights::SubstrateWeight<Runtime>;
}

impl pallet_receipts::Config for Runtime {
	type Leases = Jobs;
	type WeightInfo = pallet_receipts::weights::SubstrateWeight<Runtime>;
}

impl pallet_payouts::Config for Runtime {
	type Currency = Balances;
	type Fee = dynamic_params::payouts::Fee;
	type ValidatorsShare = dynamic_params::payouts::ValidatorsShare;
	type TreasuryShare = dynamic_params::payouts::TreasuryShare;
	type BlockAuthor = BlockAuthor;
	type TreasuryAccount = TreasuryAccount;
	type WeightInfo = pallet_payouts::weights::SubstrateWeight<Runtime>;
}
