//! Coins, and what transactions cost.
//!
//! A transaction costs
//!
//! ```text
//! base fee + length × 1 µAIT/byte + multiplier × weight × 100 µAIT per base weight + tip
//! ```
//!
//! where the base fee is the price of the base weight (what an empty transaction takes, some 0.1 ms),
//! that is 100 µAIT. A transfer costs about half a milli-AIT. The multiplier starts at one, rises
//! while blocks are fuller than a quarter and falls while they are emptier, never below one tenth.
//!
//! Fees and tips go to the author of the block. Nothing is burnt: what an author cannot take, and
//! the dust of accounts that fall below the existential deposit, goes to the treasury.

use crate::{
	AccountId, Authorship, Balance, Balances, MICRO_AIT, MILLI_AIT, Runtime, RuntimeEvent,
	RuntimeFreezeReason, RuntimeHoldReason, System,
};
use frame_support::{
	parameter_types,
	traits::{
		ConstU8, ConstU32, OnUnbalanced, VariantCountOf,
		fungible::{Balanced, Credit},
		tokens::imbalance::ResolveTo,
	},
	weights::{
		ConstantMultiplier, WeightToFeeCoefficient, WeightToFeeCoefficients, WeightToFeePolynomial,
		constants::ExtrinsicBaseWeight,
	},
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{FixedPointNumber, Perbill, Perquintill, traits::Bounded};

/// Price of the base weight of one transaction, planck.
pub const BASE_WEIGHT_FEE: Balance = 100 * MICRO_AIT;
/// Price of one byte of a transaction, planck.
pub const BYTE_FEE: Balance = MICRO_AIT;

parameter_types! {
	/// The least an account holds: below it, it is removed.
	pub const ExistentialDeposit: Balance = MILLI_AIT;
	pub const ByteFee: Balance = BYTE_FEE;
	/// Fullness of blocks at which the fee multiplier rests.
	pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
	/// How fast the multiplier follows: at most about 30 % a day at 43,200 full blocks.
	pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(1, 100_000);
	pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_rational(1, 10);
	pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

/// Where coins go that nobody else can take.
pub type ToTreasury = ResolveTo<pallet_treasury::TreasuryAccountId<Runtime>, Balances>;

/// Gives fees and tips to the author of the block, or else to the treasury.
pub struct ToAuthor;

impl OnUnbalanced<Credit<AccountId, Balances>> for ToAuthor {
	fn on_nonzero_unbalanced(fees: Credit<AccountId, Balances>) {
		let left = match Authorship::author() {
			Some(author) => Balances::resolve(&author, fees).err(),
			None => Some(fees),
		};
		if let Some(left) = left {
			ToTreasury::on_unbalanced(left);
		}
	}
}

/// Price of computing time: linear.
pub struct WeightFee;

impl WeightToFeePolynomial for WeightFee {
	type Balance = Balance;

	fn polynomial() -> WeightToFeeCoefficients<Balance> {
		let base = Balance::from(ExtrinsicBaseWeight::get().ref_time().max(1));
		core::iter::once(WeightToFeeCoefficient {
			degree: 1,
			negative: false,
			coeff_frac: Perbill::from_rational(BASE_WEIGHT_FEE % base, base),
			coeff_integer: BASE_WEIGHT_FEE / base,
		})
		.collect()
	}
}

impl pallet_balances::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type WeightInfo = crate::weights::pallet_balances::WeightInfo<Runtime>;
	type Balance = Balance;
	type DustRemoval = ToTreasury;
	type ExistentialDeposit = ExistentialDeposit;
	type AccountStore = System;
	type ReserveIdentifier = [u8; 8];
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxLocks = ConstU32<50>;
	type MaxReserves = ConstU32<50>;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type DoneSlashHandler = ();
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, ToAuthor>;
	type WeightToFee = WeightFee;
	type LengthToFee = ConstantMultiplier<Balance, ByteFee>;
	type FeeMultiplierUpdate = TargetedFeeAdjustment<
		Self,
		TargetBlockFullness,
		AdjustmentVariable,
		MinimumMultiplier,
		MaximumMultiplier,
	>;
	type OperationalFeeMultiplier = ConstU8<5>;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

impl pallet_skip_feeless_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
}
