//! Common money, and tools with which accounts act together, for each other, or later.
//!
//! Root decides; who that is (in the first version the `sudo` key of development chains) is the only
//! thing a later governance has to replace.

use super::consensus::time::DAYS;
use crate::{
	AccountId, Balance, Balances, BlockNumber, MILLI_AIT, OriginCaller, Preimage, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeHoldReason, RuntimeOrigin, System,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	PalletId, parameter_types,
	traits::{
		ConstU32, EqualPrivilegeOnly, GetCallMetadata, InstanceFilter, LinearStoragePrice,
		fungible::HoldConsideration,
		tokens::{PayFromAccount, UnityAssetBalanceConversion},
	},
	weights::Weight,
};
use frame_system::{EnsureRoot, EnsureWithSuccess};
use sp_runtime::{
	Perbill, Permill,
	traits::{BlakeTwo256, IdentityLookup},
};

/// Deposit for an item of storage with `bytes` bytes that a user creates, planck.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
	items as Balance * 100 * MILLI_AIT + bytes as Balance * MILLI_AIT / 10
}

parameter_types! {
	pub const TreasuryPalletId: PalletId = PalletId(*b"aitbc/tr");
	pub const SpendPeriod: BlockNumber = DAYS;
	pub const PayoutPeriod: BlockNumber = 30 * DAYS;
	pub const NoBurn: Permill = Permill::zero();
	pub const MaxSpend: Balance = Balance::MAX;
	// One item, whose key and value take 88 bytes, and 32 bytes for every further signatory.
	pub const MultisigDepositBase: Balance = deposit(1, 88);
	pub const MultisigDepositFactor: Balance = deposit(0, 32);
	// An account's list of proxies, and 33 bytes for each.
	pub const ProxyDepositBase: Balance = deposit(1, 8);
	pub const ProxyDepositFactor: Balance = deposit(0, 33);
	pub const AnnouncementDepositBase: Balance = deposit(1, 8);
	pub const AnnouncementDepositFactor: Balance = deposit(0, 66);
	pub MaximumSchedulerWeight: Weight =
		Perbill::from_percent(50) * super::system::RuntimeBlockWeights::get().max_block;
	pub const PreimageBaseDeposit: Balance = deposit(2, 64);
	pub const PreimageByteDeposit: Balance = deposit(0, 1);
	pub const PreimageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
}

impl pallet_treasury::Config for Runtime {
	type Currency = Balances;
	type RejectOrigin = EnsureRoot<AccountId>;
	type RuntimeEvent = RuntimeEvent;
	type SpendPeriod = SpendPeriod;
	type Burn = NoBurn;
	type PalletId = TreasuryPalletId;
	type BurnDestination = ();
	type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
	type SpendFunds = ();
	type MaxApprovals = ConstU32<100>;
	type SpendOrigin = EnsureWithSuccess<EnsureRoot<AccountId>, AccountId, MaxSpend>;
	type AssetKind = ();
	type Beneficiary = AccountId;
	type BeneficiaryLookup = IdentityLookup<AccountId>;
	type Paymaster = PayFromAccount<Balances, pallet_treasury::TreasuryAccountId<Runtime>>;
	type BalanceConverter = UnityAssetBalanceConversion;
	type PayoutPeriod = PayoutPeriod;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
	type BlockNumberProvider = System;
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl pallet_multisig::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type DepositBase = MultisigDepositBase;
	type DepositFactor = MultisigDepositFactor;
	type MaxSignatories = ConstU32<100>;
	type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
	type BlockNumberProvider = System;
}

/// What one account may do in the name of another.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	scale_info::TypeInfo,
)]
pub enum ProxyType {
	/// Everything.
	#[default]
	#[codec(index = 0)]
	Any,
	/// Everything but what moves the account's coins to others.
	#[codec(index = 1)]
	NonTransfer,
	/// What concerns the common money and parameters.
	#[codec(index = 2)]
	Governance,
	/// Validating and nominating.
	#[codec(index = 3)]
	Staking,
	/// Running a miner: its collateral, offers and receipts.
	#[codec(index = 4)]
	Mining,
	/// Posting and cancelling compute jobs, which spends the account's coins.
	#[codec(index = 5)]
	Client,
	/// Only withdrawing what another proxy has announced.
	#[codec(index = 6)]
	CancelProxy,
}

/// Pallets whose calls hand the account's coins to others, or act as somebody else.
pub(crate) const TRANSFER_PALLETS: [&str; 4] = ["Balances", "Jobs", "Sudo", "Treasury"];
/// Pallets of common affairs.
pub(crate) const GOVERNANCE_PALLETS: [&str; 3] = ["Treasury", "Parameters", "Preimage"];
/// Pallets of validators.
pub(crate) const STAKING_PALLETS: [&str; 2] = ["Staking", "Session"];
/// Pallets of miners.
pub(crate) const MINING_PALLETS: [&str; 3] = ["ComputeStaking", "Market", "Receipts"];
/// Pallets of clients.
pub(crate) const CLIENT_PALLETS: [&str; 1] = ["Jobs"];

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		// A batch's own calls come through this filter again, one by one.
		let pallet = call.get_call_metadata().pallet_name;
		let among = |pallets: &[&str]| pallets.contains(&pallet) || pallet == "Utility";
		// Delegated coins lie with the miner, and bear what happens to it.
		let delegates = matches!(
			call,
			RuntimeCall::ComputeStaking(pallet_compute_staking::Call::delegate { .. })
		);
		match self {
			ProxyType::Any => true,
			ProxyType::NonTransfer => !TRANSFER_PALLETS.contains(&pallet) && !delegates,
			ProxyType::Governance => among(&GOVERNANCE_PALLETS),
			ProxyType::Staking => among(&STAKING_PALLETS),
			ProxyType::Mining => among(&MINING_PALLETS) && !delegates,
			ProxyType::Client => among(&CLIENT_PALLETS),
			ProxyType::CancelProxy => {
				matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }))
			}
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		match (self, other) {
			(mine, theirs) if mine == theirs => true,
			(ProxyType::Any, _) => true,
			(_, ProxyType::Any) => false,
			(ProxyType::NonTransfer, ProxyType::Staking | ProxyType::Mining) => true,
			(ProxyType::NonTransfer, ProxyType::CancelProxy) => true,
			_ => false,
		}
	}
}

impl pallet_proxy::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = ProxyType;
	type ProxyDepositBase = ProxyDepositBase;
	type ProxyDepositFactor = ProxyDepositFactor;
	type MaxProxies = ConstU32<32>;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
	type MaxPending = ConstU32<32>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = AnnouncementDepositBase;
	type AnnouncementDepositFactor = AnnouncementDepositFactor;
	type BlockNumberProvider = System;
}

impl pallet_scheduler::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type PalletsOrigin = OriginCaller;
	type RuntimeCall = RuntimeCall;
	type MaximumWeight = MaximumSchedulerWeight;
	type ScheduleOrigin = EnsureRoot<AccountId>;
	type OriginPrivilegeCmp = EqualPrivilegeOnly;
	#[cfg(not(feature = "runtime-benchmarks"))]
	type MaxScheduledPerBlock = ConstU32<50>;
	#[cfg(feature = "runtime-benchmarks")]
	type MaxScheduledPerBlock = ConstU32<512>;
	type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
	type Preimages = Preimage;
	type BlockNumberProvider = System;
}

impl pallet_preimage::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type ManagerOrigin = EnsureRoot<AccountId>;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		PreimageHoldReason,
		LinearStoragePrice<PreimageBaseDeposit, PreimageByteDeposit, Balance>,
	>;
}

impl pallet_sudo::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WeightInfo = pallet_sudo::weights::SubstrateWeight<Runtime>;
}
