//! Runtime APIs of the AITBC chain: what clients and explorers ask that is neither one storage item
//! nor one pallet's view function.

#![cfg_attr(not(feature = "std"), no_std)]

use aitbc_primitives::{Balance, BlockNumber};
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_runtime::{Perbill, Percent, Permill};

/// The market's numbers as governance has set them at the block that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct MarketTerms {
	/// Least collateral of a miner, planck.
	pub min_collateral: Balance,
	/// Blocks from leaving or unbonding until the collateral is free.
	pub unbonding_blocks: BlockNumber,
	/// Collateral locked for a lease, in percent of what the client put at risk for it.
	pub collateral_factor_percent: u32,
	/// What a late answer forfeits of the lease's collateral.
	pub slash_late: Perbill,
	/// What a commitment without reveal forfeits of the lease's collateral.
	pub slash_withheld: Perbill,
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
	/// What of their full pay those get who are paid for their time.
	pub time_pay: Percent,
	/// Most jobs of one client that have not ended.
	pub max_live_jobs: u32,
	/// The protocol's share of a payment.
	pub fee: Permill,
	/// The treasury's share of the fee.
	pub treasury_share: Percent,
	/// The validators' share of the fee. What is left is burnt.
	pub validators_share: Percent,
	/// Most that is issued for the work of one era, planck.
	pub emission_per_era: Balance,
	/// Most that is issued for verified work, as a share of the fee it paid.
	pub emission_share: Permill,
	/// Most that is issued to one miner for one era, as a share of its bond.
	pub emission_bond_share: Perbill,
	/// Blocks of an era.
	pub era_blocks: BlockNumber,
	/// Deposit for a device's profile, planck.
	pub profile_deposit: Balance,
}

sp_api::decl_runtime_apis! {
	/// Questions about the compute market as a whole.
	pub trait MarketApi {
		/// What holds at this block for everybody.
		fn terms() -> MarketTerms;
	}
}
