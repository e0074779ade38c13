//! Who makes blocks, who finalises them, who may do so, and what cheating costs.

use self::time::{
	BONDING_ERAS, EPOCH_DURATION_SLOTS, REPORT_LONGEVITY_SLOTS, SESSIONS_PER_ERA, SLASH_DEFER_ERAS,
	SLOT_DURATION_MS,
};
use super::fees::ToTreasury;
use crate::{
	AIT, AccountId, Babe, Balance, Balances, Historical, Offences, Runtime, RuntimeEvent,
	RuntimeHoldReason, Session, SessionKeys, Staking, Timestamp,
};
use frame_election_provider_support::{
	SequentialPhragmen,
	bounds::{ElectionBounds, ElectionBoundsBuilder},
	onchain,
};
use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU32, ConstU64, ConstU128, Nothing},
};
use frame_system::EnsureRoot;
use pallet_session::disabling::UpToLimitWithReEnablingDisablingStrategy;
use sp_runtime::{
	Perbill,
	curve::PiecewiseLinear,
	traits::{ConvertInto, OpaqueKeys},
};

/// The chain's clock.
pub mod time {
	use crate::BlockNumber;

	/// Milliseconds of one slot; a block is made in nearly every slot.
	pub const SLOT_DURATION_MS: u64 = 2_000;
	/// Blocks of a minute.
	pub const MINUTES: BlockNumber = 60_000 / SLOT_DURATION_MS as BlockNumber;
	/// Blocks of an hour.
	pub const HOURS: BlockNumber = MINUTES * 60;
	/// Blocks of a day.
	pub const DAYS: BlockNumber = HOURS * 24;
	/// Slots of an epoch, which is also a session: ten minutes.
	pub const EPOCH_DURATION_SLOTS: u64 = 300;
	/// Sessions of an era, after which validators are elected and rewarded: an hour.
	pub const SESSIONS_PER_ERA: u32 = 6;
	/// Eras for which a stake stays slashable after it is withdrawn: seven days.
	pub const BONDING_ERAS: u32 = 24 * 7;
	/// Eras in which governance can cancel a slash: two days.
	pub const SLASH_DEFER_ERAS: u32 = 24 * 2;
	/// Eras for which rewards can be claimed: two weeks.
	pub const HISTORY_ERAS: u32 = 24 * 14;
	/// Slots within which an equivocation can be reported: as long as there is a stake to slash.
	pub const REPORT_LONGEVITY_SLOTS: u64 =
		BONDING_ERAS as u64 * SESSIONS_PER_ERA as u64 * EPOCH_DURATION_SLOTS;
}

/// One slot in four has a primary claim, and every slot has a secondary one, so that few are empty.
pub const BABE_GENESIS_EPOCH_CONFIG: sp_consensus_babe::BabeEpochConfiguration =
	sp_consensus_babe::BabeEpochConfiguration {
		c: (1, 4),
		allowed_slots: sp_consensus_babe::AllowedSlots::PrimaryAndSecondaryVRFSlots,
	};

/// Most validators at a time. The election runs within one block and finality is voted by all.
pub const MAX_VALIDATORS: u32 = 100;
/// Most nominators whose stake counts, all validators together.
pub const MAX_ELECTING_VOTERS: u32 = 1_000;
/// Most validators one nominator can name.
pub const MAX_NOMINATIONS: u32 = 16;

// What the stakers are paid a year, as a share of all coins: 1 % when nobody stakes, up to 5 % when
// half of the coins are staked, less beyond.
pallet_staking_reward_curve::build! {
	const REWARD_CURVE: PiecewiseLinear<'static> = curve!(
		min_inflation: 0_010_000,
		max_inflation: 0_050_000,
		ideal_stake: 0_500_000,
		falloff: 0_050_000,
		max_piece_count: 40,
		test_precision: 0_005_000,
	);
}

parameter_types! {
	pub const RewardCurve: &'static PiecewiseLinear<'static> = &REWARD_CURVE;
	pub ElectionsBounds: ElectionBounds = ElectionBoundsBuilder::default()
		.voters_count(MAX_ELECTING_VOTERS.into())
		.targets_count(MAX_VALIDATORS.saturating_mul(2).into())
		.build();
}

impl pallet_babe::Config for Runtime {
	type EpochDuration = ConstU64<EPOCH_DURATION_SLOTS>;
	type ExpectedBlockTime = ConstU64<SLOT_DURATION_MS>;
	type EpochChangeTrigger = pallet_babe::ExternalTrigger;
	type DisabledValidators = Session;
	type WeightInfo = ();
	type MaxAuthorities = ConstU32<MAX_VALIDATORS>;
	type MaxNominators = ConstU32<MAX_ELECTING_VOTERS>;
	type KeyOwnerProof = sp_session::MembershipProof;
	type EquivocationReportSystem = pallet_babe::EquivocationReportSystem<
		Self,
		Offences,
		Historical,
		ConstU64<REPORT_LONGEVITY_SLOTS>,
	>;
}

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = ConstU32<MAX_VALIDATORS>;
	type MaxNominators = ConstU32<MAX_ELECTING_VOTERS>;
	type MaxSetIdSessionEntries = ConstU64<{ (BONDING_ERAS * SESSIONS_PER_ERA) as u64 }>;
	type KeyOwnerProof = sp_session::MembershipProof;
	type EquivocationReportSystem = pallet_grandpa::EquivocationReportSystem<
		Self,
		Offences,
		Historical,
		ConstU64<REPORT_LONGEVITY_SLOTS>,
	>;
}

impl pallet_authorship::Config for Runtime {
	type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Babe>;
	type EventHandler = Staking;
}

impl pallet_authority_discovery::Config for Runtime {
	type MaxAuthorities = ConstU32<MAX_VALIDATORS>;
}

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = Babe;
	type NextSessionRotation = Babe;
	type SessionManager = pallet_session::historical::NoteHistoricalRoot<Self, Staking>;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type Keys = SessionKeys;
	type DisablingStrategy = UpToLimitWithReEnablingDisablingStrategy;
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	// Anybody may store session keys: the deposit keeps the storage from being filled.
	type KeyDeposit = ConstU128<{ AIT / 10 }>;
}

impl pallet_session::historical::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = pallet_staking::UnitIdentificationOf<Self>;
}

impl pallet_offences::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = pallet_session::historical::IdentificationTuple<Self>;
	type OnOffenceHandler = Staking;
}

/// The election of validators: within one block, so bounded tightly.
pub struct OnChainElection;

impl onchain::Config for OnChainElection {
	type System = Runtime;
	type Solver = SequentialPhragmen<AccountId, Perbill>;
	type DataProvider = Staking;
	type WeightInfo = frame_election_provider_support::weights::SubstrateWeight<Runtime>;
	type MaxWinnersPerPage = ConstU32<MAX_VALIDATORS>;
	type MaxBackersPerWinner = ConstU32<MAX_ELECTING_VOTERS>;
	type Bounds = ElectionsBounds;
	type Sort = ConstBool<true>;
}

/// How much the staking benchmarks create.
pub struct StakingBenchmarks;

impl pallet_staking::BenchmarkingConfig for StakingBenchmarks {
	type MaxValidators = ConstU32<MAX_VALIDATORS>;
	type MaxNominators = ConstU32<MAX_ELECTING_VOTERS>;
}

// The pallet is deprecated in favour of one that lives on another chain than the validators do. On a
// chain of its own there is no other that wires to sessions, BABE and offences.
impl pallet_staking::Config for Runtime {
	type OldCurrency = Balances;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type CurrencyBalance = Balance;
	type UnixTime = Timestamp;
	type CurrencyToVote = sp_staking::currency_to_vote::U128CurrencyToVote;
	type ElectionProvider = onchain::OnChainExecution<OnChainElection>;
	type GenesisElectionProvider = Self::ElectionProvider;
	type NominationsQuota = pallet_staking::FixedNominationsQuota<MAX_NOMINATIONS>;
	type HistoryDepth = ConstU32<{ time::HISTORY_ERAS }>;
	type RewardRemainder = ToTreasury;
	type RuntimeEvent = RuntimeEvent;
	type Slash = ToTreasury;
	type Reward = ();
	type SessionsPerEra = ConstU32<SESSIONS_PER_ERA>;
	type BondingDuration = ConstU32<BONDING_ERAS>;
	type SlashDeferDuration = ConstU32<SLASH_DEFER_ERAS>;
	type AdminOrigin = EnsureRoot<AccountId>;
	type SessionInterface = Self;
	type EraPayout = pallet_staking::ConvertCurve<RewardCurve>;
	type NextNewSession = Session;
	type MaxExposurePageSize = ConstU32<64>;
	type MaxValidatorSet = ConstU32<MAX_VALIDATORS>;
	type VoterList = pallet_staking::UseNominatorsAndValidatorsMap<Self>;
	type TargetList = pallet_staking::UseValidatorsMap<Self>;
	type MaxUnlockingChunks = ConstU32<32>;
	type MaxControllersInDeprecationBatch = ConstU32<100>;
	type EventListeners = ();
	type Filter = Nothing;
	type BenchmarkingConfig = StakingBenchmarks;
	type WeightInfo = pallet_staking::weights::SubstrateWeight<Runtime>;
}
