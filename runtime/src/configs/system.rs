//! Blocks, transactions, migrations.

use super::consensus::time::SLOT_DURATION_MS;
use crate::{
	AccountId, Babe, Balance, Block, BlockNumber, Hash, Migrations, Nonce, PalletInfo, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask, SS58_PREFIX, TxExtension,
	UncheckedExtrinsic, VERSION,
};
use frame_support::{
	derive_impl,
	dispatch::DispatchClass,
	migrations::FreezeChainOnFailedMigration,
	parameter_types,
	weights::{
		Weight,
		constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_SECOND},
	},
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::{
	Perbill, generic,
	traits::{AccountIdLookup, ConstU32, ConstU64},
};
use sp_version::RuntimeVersion;

/// What ordinary transactions may fill of a block; the rest is kept for operational ones.
pub const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);
/// Computing time of one block: a third of the slot, so that blocks are built, sent and checked
/// by everybody within it. Proof size has no meaning on a chain of its own.
pub const MAXIMUM_BLOCK_WEIGHT: Weight =
	Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND * SLOT_DURATION_MS / 1_000 / 3, u64::MAX);
/// Longest block, bytes.
pub const MAXIMUM_BLOCK_LENGTH: u32 = 5 * 1024 * 1024;
/// Blocks whose hashes the chain remembers: how long a mortal transaction can live (80 minutes).
pub const BLOCK_HASH_COUNT: BlockNumber = 2_400;

parameter_types! {
	pub const BlockHashCount: BlockNumber = BLOCK_HASH_COUNT;
	pub const Version: RuntimeVersion = VERSION;
	pub const Ss58Prefix: u16 = SS58_PREFIX;
	pub RuntimeBlockLength: BlockLength = BlockLength::builder()
		.max_length(MAXIMUM_BLOCK_LENGTH)
		.modify_max_length_for_class(DispatchClass::Normal, |length| {
			*length = NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_LENGTH;
		})
		.build();
	pub RuntimeBlockWeights: BlockWeights =
		BlockWeights::with_sensible_defaults(MAXIMUM_BLOCK_WEIGHT, NORMAL_DISPATCH_RATIO);
	/// Share of a block that a running multi-block migration may take.
	pub MigrationWeight: Weight = Perbill::from_percent(80) * RuntimeBlockWeights::get().max_block;
}

/// Migrations that run at once in the first block after an upgrade, oldest first.
///
/// From version 100 to 101 (storage version 0 to 1 of four pallets): single-block, because version 100
/// never ran but on development chains, with few entries.
pub type SingleBlockMigrations = (
	pallet_compute_staking::migrations::MigrateToV1<Runtime>,
	pallet_market::migrations::MigrateToV1<Runtime>,
	pallet_jobs::migrations::MigrateToV1<Runtime>,
	pallet_payouts::migrations::MigrateToV1<Runtime>,
);

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type AccountId = AccountId;
	type AccountData = pallet_balances::AccountData<Balance>;
	type Block = Block;
	type BlockHashCount = BlockHashCount;
	type BlockLength = RuntimeBlockLength;
	type BlockWeights = RuntimeBlockWeights;
	type DbWeight = ParityDbWeight;
	type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
	type Hash = Hash;
	type Lookup = AccountIdLookup<AccountId, ()>;
	type MaxConsumers = ConstU32<128>;
	type MultiBlockMigrator = Migrations;
	type Nonce = Nonce;
	type SingleBlockMigrations = SingleBlockMigrations;
	type SS58Prefix = Ss58Prefix;
	type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
	type Version = Version;
}

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = Babe;
	type MinimumPeriod = ConstU64<{ SLOT_DURATION_MS / 2 }>;
	type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_migrations::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	#[cfg(not(feature = "runtime-benchmarks"))]
	type Migrations = ();
	#[cfg(feature = "runtime-benchmarks")]
	type Migrations = pallet_migrations::mock_helpers::MockedMigrations;
	type CursorMaxLen = ConstU32<65_536>;
	type IdentifierMaxLen = ConstU32<256>;
	type MigrationStatusHandler = ();
	// A half-migrated state must not be built upon: coins are at stake.
	type FailedMigrationHandler = FreezeChainOnFailedMigration;
	type MaxServiceWeight = MigrationWeight;
	type WeightInfo = pallet_migrations::weights::SubstrateWeight<Runtime>;
}

// How pallets make the transactions that need no signature, such as equivocation reports.

impl<C> frame_system::offchain::CreateTransactionBase<C> for Runtime
where
	RuntimeCall: From<C>,
{
	type Extrinsic = UncheckedExtrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<C> frame_system::offchain::CreateBare<C> for Runtime
where
	RuntimeCall: From<C>,
{
	fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
		generic::UncheckedExtrinsic::new_bare(call)
	}
}

impl<C> frame_system::offchain::CreateTransaction<C> for Runtime
where
	RuntimeCall: From<C>,
{
	type Extension = TxExtension;

	fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
		generic::UncheckedExtrinsic::new_transaction(call, extension)
	}
}

impl<C> frame_system::offchain::CreateAuthorizedTransaction<C> for Runtime
where
	RuntimeCall: From<C>,
{
	fn create_extension() -> TxExtension {
		(
			frame_system::AuthorizeCall::new(),
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckMortality::from(generic::Era::Immortal),
			frame_system::CheckNonce::from(0).into(),
			frame_system::CheckWeight::new(),
			pallet_transaction_payment::ChargeTransactionPayment::from(0).into(),
			frame_metadata_hash_extension::CheckMetadataHash::new(false),
			frame_system::WeightReclaim::new(),
		)
	}
}
