//! The compute market: how its pallets meet, and its numbers, which governance can change at any time.

use super::{
	consensus::time::{DAYS, HOURS, MINUTES, SLOT_DURATION_MS},
	fees::ToTreasury,
	system::RuntimeBlockWeights,
};
use crate::{
	AIT, AccountId, Authorship, Balance, Balances, BlockNumber, ComputeStaking, ExistentialDeposit,
	Hash, Jobs, MILLI_AIT, Market, Payouts, Receipts, Runtime, RuntimeEvent, RuntimeHoldReason,
	Treasury,
};
use aitbc_runtime_api::MarketTerms;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use core::marker::PhantomData;
use frame_support::{
	PalletId,
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	parameter_types,
	traits::{AsEnsureOriginWithArg, ConstU16, ConstU32, ConstU128, Get, Randomness},
	weights::Weight,
};
use frame_system::EnsureRoot;
use sp_consensus_babe::{BABE_ENGINE_ID, digests::PreDigest};
use sp_runtime::{
	Perbill, Percent, Permill,
	traits::{BlakeTwo256, Hash as _},
};

/// Numbers of the market. Each has the value given here until governance stores another.
///
/// What is read is what is stored, kept within the bounds given below where a value could make honest
/// work impossible: see [`Within`].
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
		/// Collateral locked for a lease, in percent of what the client put at risk for it.
		#[codec(index = 2)]
		pub static CollateralFactorPercent: u32 = 200;
		/// What a late answer forfeits of the lease's collateral.
		#[codec(index = 3)]
		pub static SlashLate: Perbill = Perbill::from_percent(5);
		/// What a commitment without reveal forfeits of the lease's collateral.
		#[codec(index = 4)]
		///
		/// As much as a lie: otherwise whoever sees that it lied alone would be silent.
		pub static SlashWithheld: Perbill = Perbill::from_percent(100);
		/// Least that one account delegates to one miner, planck.
		#[codec(index = 5)]
		pub static MinDelegation: Balance = 10 * AIT;
		/// Most that may be delegated to a miner, in percent of its own collateral.
		#[codec(index = 6)]
		pub static MaxDelegationPercent: u32 = 1_000;
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
		/// What of their full pay those get who are paid for their time: a quorum that could not have an
		/// input, and who committed to an answer that nobody waited for.
		#[codec(index = 5)]
		pub static TimePay: Percent = Percent::from_percent(5);
		/// Most jobs of one client that have not ended.
		#[codec(index = 6)]
		pub static MaxLiveJobs: u32 = 10_000;
	}

	/// How a payment is split, and what is issued for work.
	#[dynamic_pallet_params]
	#[codec(index = 2)]
	pub mod payouts {
		/// The protocol's share of a payment.
		#[codec(index = 0)]
		pub static Fee: Permill = Permill::from_parts(25_000);
		/// The treasury's share of the fee.
		#[codec(index = 1)]
		pub static TreasuryShare: Percent = Percent::from_percent(50);
		/// The validators' share of the fee. What is left is burnt.
		#[codec(index = 2)]
		pub static ValidatorsShare: Percent = Percent::from_percent(25);
		/// Most that is issued for the work of one era, planck.
		#[codec(index = 3)]
		pub static EmissionPerEra: Balance = 1_000 * AIT;
		/// Most that is issued for verified work, as a share of the fee it paid.
		#[codec(index = 4)]
		pub static EmissionShare: Permill = Permill::from_percent(50);
		/// Most that is issued to one miner for one era, as a share of its bond.
		#[codec(index = 5)]
		pub static EmissionBondShare: Perbill = Perbill::from_parts(1_000_000);
	}

	/// Offers.
	#[dynamic_pallet_params]
	#[codec(index = 3)]
	pub mod market {
		/// Deposit for a device's profile, planck.
		#[codec(index = 0)]
		pub static ProfileDeposit: Balance = 100 * MILLI_AIT;
	}
}

/// A parameter kept between two bounds: outside of them governance would not set a price but stop honest
/// work, such as a time to reveal that nobody can keep.
pub struct Within<Value, Least, Most>(PhantomData<(Value, Least, Most)>);

impl<T: Ord, Value: Get<T>, Least: Get<T>, Most: Get<T>> Get<T> for Within<Value, Least, Most> {
	fn get() -> T {
		Value::get().clamp(Least::get(), Most::get())
	}
}

/// Coins that a parameter may not fall below: otherwise what is held could be less than an account may
/// have, or the rounding of shares could matter.
type AtLeastExistential<Value> = Within<Value, ExistentialDeposit, ConstU128<{ u128::MAX }>>;

/// See [`dynamic_params::staking::MinCollateral`].
pub type MinCollateral = AtLeastExistential<dynamic_params::staking::MinCollateral>;
/// See [`dynamic_params::staking::MinDelegation`].
pub type MinDelegation = AtLeastExistential<dynamic_params::staking::MinDelegation>;
/// See [`dynamic_params::staking::CollateralFactorPercent`].
pub type CollateralFactorPercent =
	Within<dynamic_params::staking::CollateralFactorPercent, ConstU32<100>, ConstU32<100_000>>;
/// See [`dynamic_params::staking::UnbondingBlocks`]. What ends beyond any horizon would never be paid out.
pub type UnbondingBlocks =
	Within<dynamic_params::staking::UnbondingBlocks, MinUnbondingBlocks, ConstU32<{ 60 * DAYS }>>;
/// See [`dynamic_params::staking::SlashWithheld`]. Were silence cheap, whoever sees that it lied alone would be
/// silent.
pub type SlashWithheld =
	Within<dynamic_params::staking::SlashWithheld, LeastSlashWithheld, WholeSlash>;
/// See [`dynamic_params::staking::SlashLate`]. Were it nothing, slots could be blocked for nothing.
pub type SlashLate = Within<dynamic_params::staking::SlashLate, LeastSlashLate, WholeSlash>;
/// See [`dynamic_params::staking::MaxDelegationPercent`]. Without a bound miners would work on others' coins.
pub type MaxDelegationPercent =
	Within<dynamic_params::staking::MaxDelegationPercent, ConstU32<0>, ConstU32<1_000>>;
/// See [`dynamic_params::jobs::TimePay`]. Were it more than being late costs,
/// owners together could let jobs starve to which they committed nonsense.
pub type TimePay = Within<dynamic_params::jobs::TimePay, NoTimePay, MostTimePay>;
/// See [`dynamic_params::jobs::MaxLiveJobs`]. None would close the market.
pub type MaxLiveJobs = Within<dynamic_params::jobs::MaxLiveJobs, ConstU32<1>, ConstU32<1_000_000>>;
/// See [`dynamic_params::jobs::JobDeposit`]. A record that costs nothing fills the chain.
pub type JobDeposit = AtLeastExistential<dynamic_params::jobs::JobDeposit>;
/// See [`dynamic_params::payouts::Fee`].
pub type Fee = Within<dynamic_params::payouts::Fee, NoFee, MostFee>;
/// See [`dynamic_params::jobs::RevealWithinBlocks`].
pub type RevealWithinBlocks =
	Within<dynamic_params::jobs::RevealWithinBlocks, ConstU32<MINUTES>, ConstU32<HOURS>>;
/// See [`dynamic_params::jobs::RetentionBlocks`].
pub type RetentionBlocks =
	Within<dynamic_params::jobs::RetentionBlocks, ConstU32<MINUTES>, ConstU32<{ 365 * DAYS }>>;

/// All numbers at once, as they are now.
pub fn terms() -> MarketTerms {
	use dynamic_params::{jobs, market, payouts};
	MarketTerms {
		min_collateral: MinCollateral::get(),
		unbonding_blocks: UnbondingBlocks::get(),
		collateral_factor_percent: CollateralFactorPercent::get(),
		slash_late: SlashLate::get(),
		slash_withheld: SlashWithheld::get(),
		min_delegation: MinDelegation::get(),
		max_delegation_percent: MaxDelegationPercent::get(),
		program_deposit_base: jobs::ProgramDepositBase::get(),
		program_deposit_per_byte: jobs::ProgramDepositPerByte::get(),
		job_deposit: JobDeposit::get(),
		reveal_within_blocks: RevealWithinBlocks::get(),
		retention_blocks: RetentionBlocks::get(),
		time_pay: TimePay::get(),
		max_live_jobs: MaxLiveJobs::get(),
		fee: Fee::get(),
		treasury_share: payouts::TreasuryShare::get(),
		validators_share: payouts::ValidatorsShare::get(),
		emission_per_era: payouts::EmissionPerEra::get(),
		emission_share: payouts::EmissionShare::get(),
		emission_bond_share: payouts::EmissionBondShare::get(),
		era_blocks: EraBlocks::get(),
		profile_deposit: market::ProfileDeposit::get(),
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
	/// Expiry and matching may take a third of a block before any extrinsic. Posting a job and answering it
	/// weigh about twice what letting it does: so nothing waits for the other when blocks are full of jobs
	/// (`specs/protocol/performance.md`).
	pub MaxServiceWeight: Weight =
		Perbill::from_rational(1u32, 3) * RuntimeBlockWeights::get().max_block;
	/// Paying the emission of past eras may take a twentieth.
	pub MaxEmissionWeight: Weight =
		Perbill::from_percent(5) * RuntimeBlockWeights::get().max_block;
	/// Longer than any job can live (seven replicas and two tie-breakers, each let three times with the
	/// longest windows: under two days), and than the challenge windows to come.
	pub const MinUnbondingBlocks: BlockNumber = 3 * DAYS;
	pub const LeastSlashLate: Perbill = Perbill::from_percent(5);
	pub const LeastSlashWithheld: Perbill = Perbill::from_percent(50);
	pub const NoTimePay: Percent = Percent::zero();
	pub const MostTimePay: Percent = Percent::from_percent(5);
	pub const NoFee: Permill = Permill::zero();
	pub const MostFee: Permill = Permill::from_percent(20);
	pub const WholeSlash: Perbill = Perbill::from_percent(100);
	/// How long half of a reputation lasts.
	pub const ReputationHalfLife: BlockNumber = 7 * DAYS;
	/// Blocks for which verified work is counted together.
	pub const EraBlocks: BlockNumber = 6 * HOURS;
	/// Names the account of the validators' pot.
	pub const PotId: PalletId = PalletId(*b"aitbcpot");
}

/// What decides among equal offers: the VRF output with which the author of *this* block claimed its
/// slot, with that of the parent block.
///
/// Matching runs before any transaction of the block. Whoever acted in an earlier block, its author
/// included, could not know the output; the author of this block can foresee it, but the jobs and
/// offers it is applied to are fixed: all it could do is give up its block. (One who makes two blocks in
/// a row can arrange the first for the second: `specs/protocol/market.md` §Limits.) It decides who gets
/// work, never whether work is right.
pub struct MatchRandomness;

impl MatchRandomness {
	/// The VRF output in the claim of this block's slot. Secondary slots have one too.
	fn of_this_block() -> Option<Vec<u8>> {
		frame_system::Pallet::<Runtime>::digest().logs.iter().find_map(|item| {
			let (engine, mut claim) = item.as_pre_runtime()?;
			(engine == BABE_ENGINE_ID).then_some(())?;
			Some(PreDigest::decode(&mut claim).ok()?.vrf_signature()?.pre_output.encode())
		})
	}
}

impl Randomness<Hash, BlockNumber> for MatchRandomness {
	fn random(subject: &[u8]) -> (Hash, BlockNumber) {
		let (parent, _) = pallet_babe::ParentBlockRandomness::<Runtime>::random(subject);
		let (epoch, since) = pallet_babe::RandomnessFromOneEpochAgo::<Runtime>::random(subject);
		(BlakeTwo256::hash_of(&(Self::of_this_block(), parent, epoch)), since)
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

impl pallet_compute_staking::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type MinCollateral = MinCollateral;
	type MinDelegation = MinDelegation;
	type MaxDelegationPercent = MaxDelegationPercent;
	type UnbondingBlocks = UnbondingBlocks;
	type MinUnbondingBlocks = MinUnbondingBlocks;
	type MaxUnbondingChunks = ConstU32<8>;
	type SlashLate = SlashLate;
	type SlashWithheld = SlashWithheld;
	type ReputationHalfLife = ReputationHalfLife;
	type OnSlash = ToTreasury;
	type WeightInfo = pallet_compute_staking::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = crate::benchmarks::World;
}

impl pallet_market::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Bonds = ComputeStaking;
	type CollateralFactorPercent = CollateralFactorPercent;
	type ProfileDeposit = dynamic_params::market::ProfileDeposit;
	type MillisecsPerBlock = ConstU32<{ SLOT_DURATION_MS as u32 }>;
	type MaxSlots = ConstU16<256>;
	type MaxOfferBlocks = ConstU32<{ 30 * DAYS }>;
	type WeightInfo = pallet_market::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = crate::benchmarks::World;
}

impl pallet_jobs::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Matchmaker = Market;
	type Settlement = Payouts;
	type OnPruned = Receipts;
	type Randomness = MatchRandomness;
	type ProgramDepositBase = dynamic_params::jobs::ProgramDepositBase;
	type ProgramDepositPerByte = dynamic_params::jobs::ProgramDepositPerByte;
	type JobDeposit = JobDeposit;
	type RevealWithinBlocks = RevealWithinBlocks;
	type RetentionBlocks = RetentionBlocks;
	type TimePay = TimePay;
	type MaxLiveJobs = MaxLiveJobs;
	type MinDeliverBlocks = ConstU32<8>;
	// A lease binds a miner's slot and collateral; so does an honest replica that waits, committed,
	// for a silent one.
	type MaxWindowBlocks = ConstU32<HOURS>;
	type MaxServiceWeight = MaxServiceWeight;
	type WeightInfo = pallet_jobs::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = crate::benchmarks::World;
}

impl pallet_receipts::Config for Runtime {
	type Leases = Jobs;
	type WeightInfo = pallet_receipts::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = crate::benchmarks::World;
}

impl pallet_payouts::Config for Runtime {
	type Currency = Balances;
	type Rewards = ComputeStaking;
	type Fee = Fee;
	type ValidatorsShare = dynamic_params::payouts::ValidatorsShare;
	type TreasuryShare = dynamic_params::payouts::TreasuryShare;
	type EmissionPerEra = dynamic_params::payouts::EmissionPerEra;
	type EmissionShare = dynamic_params::payouts::EmissionShare;
	type EmissionBondShare = dynamic_params::payouts::EmissionBondShare;
	type EraBlocks = EraBlocks;
	type PotId = PotId;
	type PotDivisor = ConstU32<256>;
	type BlockAuthor = BlockAuthor;
	type TreasuryAccount = TreasuryAccount;
	type MaxServiceWeight = MaxEmissionWeight;
	type WeightInfo = pallet_payouts::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkWorld = crate::benchmarks::World;
}
