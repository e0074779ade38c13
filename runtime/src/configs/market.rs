//! The compute market: its numbers, which governance can change at any time.

use super::consensus::time::DAYS;
use crate::{AIT, AccountId, Balance, BlockNumber, MILLI_AIT, Runtime, RuntimeEvent};
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	traits::AsEnsureOriginWithArg,
};
use frame_system::EnsureRoot;
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
		pub static RevealWithinBlocks: BlockNumber = 10;
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
