//! What the small numbers of an action stand for: amounts, offers, jobs, parameters.

use crate::support::{
	shop::ASK,
	work::{PRICE, echo, gemm, shader, wgsl},
};
use aitbc_primitives::{
	Capabilities, Cid, DeviceProfile, Features, JobSpec, OfferTerms, Region, Replication,
	Reputation, Requirements,
};
use aitbc_runtime::{
	AIT, Balance, BlockNumber, ExistentialDeposit, MILLI_AIT, RuntimeParameters, System,
	configs::market::dynamic_params as params,
};
use sp_runtime::{Perbill, Percent, Permill};

/// Picks by a byte.
pub fn pick<T: Clone>(from: &[T], byte: u8) -> T {
	from[usize::from(byte) % from.len()].clone()
}

/// An amount that somebody might try, planck; `has` is what the account has.
pub fn amount(byte: u8, has: Balance) -> Balance {
	match byte {
		// Something usual.
		0..=127 => Balance::from(byte) * 10 * AIT + 10 * AIT,
		// A part of what there is.
		128..=191 => has / 64 * Balance::from(byte - 127),
		_ => pick(
			&[
				0,
				1,
				ExistentialDeposit::get() - 1,
				ExistentialDeposit::get(),
				10 * AIT - 1,
				100 * AIT - 1,
				100 * AIT,
				has,
				has.saturating_add(1),
				u64::MAX.into(),
				Balance::MAX / 2,
				Balance::MAX,
			],
			byte - 192,
		),
	}
}

/// A part of some shares.
pub fn portion(byte: u8, of: Balance) -> Balance {
	match byte {
		0..=99 => of,
		100..=199 => of / 100 * Balance::from(byte - 99),
		_ => pick(&[0, 1, of.saturating_sub(1), of.saturating_add(1), Balance::MAX], byte),
	}
}

/// Terms of an offer.
pub fn terms(bytes: [u8; 5]) -> OfferTerms {
	let [price, slots, size, expiry, device] = bytes;
	let prices = [ASK, ASK, ASK / 2, ASK + 1, PRICE, PRICE + 1, 1, 7, AIT, Balance::MAX, 0];
	let now = System::block_number();
	let blocks: BlockNumber =
		pick(&[43_200, 5_000, 20, 3, 1, 30 * 43_200, u32::MAX, 0], expiry / 8);
	let region = pick(&[None, None, Some(Region(*b"DE")), Some(Region(*b"x1"))], device / 16);
	OfferTerms {
		price_per_unit: pick(&prices, price),
		slots: pick(&[2, 4, 1, 256, 257, 0], slots / 8),
		max_units: pick(&[u64::MAX, 1_000, 64, 1, 0], size / 16),
		expires_at: now.saturating_add(blocks),
		device: Capabilities {
			vram_mib: u32::from(device) * 128,
			units_per_second: u32::from(device),
			features: if device.is_multiple_of(2) {
				Features::DOT4_I8
			} else {
				Features::default()
			},
			region,
		},
		warm: if device > 200 {
			vec![shader()].try_into().unwrap_or_default()
		} else {
			Default::default()
		},
	}
}

/// A description of a device.
pub fn profile(bytes: [u8; 2]) -> DeviceProfile {
	let [text, size] = bytes;
	let name = vec![pick(b"aZ\xff\xc3 ", text); usize::from(size % 65)];
	DeviceProfile { name: name.try_into().unwrap_or_default(), ..DeviceProfile::default() }
}

/// A program by its number: the one that jobs name, and others.
pub fn program(byte: u8) -> Cid {
	if byte < 128 { shader() } else { Cid::of_raw(&[byte]) }
}

/// A size of a program, bytes.
pub fn size(byte: u8) -> u32 {
	pick(&[100, 4_096, 65_536, 65_537, 1, 0, u32::MAX], byte)
}

fn requirements(byte: u8) -> Requirements {
	let who = &crate::support::people::people().miners;
	let one = || vec![who[0].id()].try_into().unwrap_or_default();
	match byte {
		0..=199 => Requirements::default(),
		200..=207 => Requirements { min_reputation: Reputation(5_001), ..Default::default() },
		208..=215 => Requirements { allow: one(), ..Default::default() },
		216..=223 => Requirements { deny: one(), ..Default::default() },
		224..=231 => Requirements { features: Features::DOT4_I8, ..Default::default() },
		232..=239 => Requirements { region: Some(Region(*b"DE")), ..Default::default() },
		240..=247 => Requirements { min_vram_mib: 16_384, ..Default::default() },
		_ => Requirements { allow: one(), deny: one(), ..Default::default() },
	}
}

fn replication(byte: u8) -> Replication {
	let (replicas, quorum, tie_breakers) = pick(
		&[
			(1, 1, 0),
			(1, 1, 0),
			(1, 1, 0),
			(2, 2, 1),
			(2, 2, 1),
			(2, 2, 2),
			(3, 2, 1),
			(3, 2, 2),
			(3, 3, 2),
			(4, 3, 1),
			(5, 3, 2),
			(7, 4, 2),
			(7, 7, 1),
			// Not allowed.
			(0, 0, 0),
			(8, 5, 1),
			(2, 1, 1),
			(3, 2, 0),
			(2, 2, 3),
		],
		byte / 4,
	);
	Replication { replicas, quorum, tie_breakers }
}

/// A job.
pub fn spec(bytes: [u8; 6]) -> JobSpec {
	let [work, replicas, price, tip, windows, wants] = bytes;
	let work = match work % 8 {
		0..=2 => echo(),
		3 | 4 => gemm(u32::from(work) + 1),
		5 | 6 => wgsl(u64::from(work) * 3 + 1),
		_ => JobSpec { units_limit: pick(&[0, 1, u64::MAX], work / 8), ..wgsl(1) },
	};
	let prices =
		[PRICE, PRICE, PRICE, ASK, ASK - 1, 2 * PRICE, 100 * PRICE, 1, 7, AIT, Balance::MAX, 0];
	let tips = [0, 0, 0, 1, 7, MILLI_AIT, AIT, 1_000 * AIT, Balance::MAX];
	JobSpec {
		max_price_per_unit: pick(&prices, price),
		tip: pick(&tips, tip / 8),
		replication: replication(replicas),
		requirements: requirements(wants),
		start_within_blocks: pick(&[10, 5, 2, 1, 60, 1_800, 0, 1_801], windows / 32),
		deliver_within_blocks: pick(&[20, 10, 8, 8, 30, 1_800, 7, 1_801], windows % 32),
		..work
	}
}

/// One of a parameter's values in question, or its default.
macro_rules! choose {
	($group:ident, $module:ident, $name:ident, $values:expr, $byte:expr) => {
		RuntimeParameters::$group(params::$module::Parameters::$name(
			params::$module::$name,
			pick(&$values, $byte),
		))
	};
}

/// A parameter and what governance makes of it; `None` stands for the value it has by default.
pub fn parameter(which: u8, value: u8) -> RuntimeParameters {
	let coins = [None, Some(0), Some(1), Some(AIT), Some(u64::MAX.into()), Some(Balance::MAX)];
	let numbers = [None, Some(0), Some(1), Some(200), Some(100_001), Some(u32::MAX)];
	let parts = [0, 1, 50_000, 500_000, 999_999, 1_000_000];
	let permills = parts.map(|part| Some(Permill::from_parts(part)));
	let perbills = parts.map(|part| Some(Perbill::from_parts(part * 1_000)));
	let percents = [0, 1, 25, 50, 99, 100].map(|part| Some(Percent::from_percent(part)));
	match which % 22 {
		0 => choose!(Staking, staking, MinCollateral, coins, value),
		1 => choose!(Staking, staking, UnbondingBlocks, numbers, value),
		2 => choose!(Staking, staking, CollateralFactorPercent, numbers, value),
		3 => choose!(Staking, staking, SlashLate, perbills, value),
		4 => choose!(Staking, staking, SlashWithheld, perbills, value),
		5 => choose!(Staking, staking, MinDelegation, coins, value),
		6 => choose!(Staking, staking, MaxDelegationPercent, numbers, value),
		7 => choose!(Jobs, jobs, ProgramDepositBase, coins, value),
		8 => choose!(Jobs, jobs, ProgramDepositPerByte, coins, value),
		9 => choose!(Jobs, jobs, JobDeposit, coins, value),
		10 => choose!(Jobs, jobs, RevealWithinBlocks, numbers, value),
		11 => choose!(Jobs, jobs, RetentionBlocks, numbers, value),
		12 => choose!(Jobs, jobs, TimePay, percents, value),
		13 => choose!(Jobs, jobs, MaxLiveJobs, numbers, value),
		14 => choose!(Payouts, payouts, Fee, permills, value),
		15 => choose!(Payouts, payouts, TreasuryShare, percents, value),
		16 => choose!(Payouts, payouts, ValidatorsShare, percents, value),
		17 => choose!(Payouts, payouts, EmissionPerEra, coins, value),
		18 => choose!(Payouts, payouts, EmissionShare, permills, value),
		19 => choose!(Payouts, payouts, EmissionBondShare, perbills, value),
		20 => choose!(Market, market, ProfileDeposit, coins, value),
		// The one that matters most to what a liar can win, once more.
		_ => choose!(Payouts, payouts, EmissionShare, [Some(Permill::one())], value),
	}
}
