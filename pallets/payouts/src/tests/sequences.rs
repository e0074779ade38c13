//! Random sequences of payments, blocks and accidents: the invariants hold after each step, and in the end
//! everybody was paid once for each era, within its fee.

use crate::{mock::*, *};
use aitbc_primitives::PaidWork;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What can happen.
#[derive(Clone, Debug)]
enum Step {
	Settle { miner: u32, amount: Balance, fee: u32, units: u64, verified: bool },
	Blocks { blocks: BlockNumber, miners_per_block: u64 },
	Terms { share: u32, per_era: Balance, bond_share: u32, delegated: u32 },
	Shares { validators: u8, treasury: u8 },
	Kill { miner: u32 },
	Bond { miner: u32, bond: Balance },
	Author { author: Option<u32> },
}

/// A few miners, so that they meet again.
fn miner() -> impl Strategy<Value = u32> {
	10..15u32
}

fn step() -> impl Strategy<Value = Step> {
	let settle = (
		miner(),
		prop_oneof![0..500u128, 0..100_000u128],
		0..=1_000_000u32,
		any::<u64>(),
		any::<bool>(),
	)
		.prop_map(|(miner, amount, fee, units, verified)| Step::Settle {
			miner,
			amount,
			fee,
			units,
			verified,
		});
	let terms = (0..=1_000_000u32, 0..50_000u128, 0..=1_000_000_000u32, 0..=1_000_000u32).prop_map(
		|(share, per_era, bond_share, delegated)| Step::Terms {
			share,
			per_era,
			bond_share,
			delegated,
		},
	);
	prop_oneof![
		8 => settle,
		4 => (1..2 * ERA, 0..4u64)
			.prop_map(|(blocks, miners_per_block)| Step::Blocks { blocks, miners_per_block }),
		1 => terms,
		1 => (0..=100u8, 0..=100u8)
			.prop_map(|(validators, treasury)| Step::Shares { validators, treasury }),
		1 => miner().prop_map(|miner| Step::Kill { miner }),
		1 => (miner(), 0..100_000u128).prop_map(|(miner, bond)| Step::Bond { miner, bond }),
		1 => prop::option::of(miner()).prop_map(|author| Step::Author { author }),
	]
}

/// Does it. `fees` collects the verified fee of each miner and era.
fn apply(step: Step, fees: &mut BTreeMap<(EraIndex, AccountId), Balance>) {
	match step {
		Step::Settle { miner, amount, fee, units, verified } => {
			let fee = Permill::from_parts(fee);
			let split = settle(PaidWork { fee, units, verified, ..work(miner) }, amount);
			assert_eq!(sum(&split), amount, "INV-PAYOUTS-1");
			let of_pay = fee.mul_ceil(amount);
			let era = System::block_number() / ERA;
			let noted = fees.entry((era, account(miner))).or_default();
			*noted += if verified { of_pay - split.validators } else { 0 };
		}
		Step::Blocks { blocks, miners_per_block } => {
			for _ in 0..blocks {
				begin_block(System::block_number() + 1);
				let limit = if miners_per_block == 0 {
					Weight::zero()
				} else {
					meter_for(miners_per_block)
				};
				poll(limit);
			}
		}
		Step::Terms { share, per_era, bond_share, delegated } => {
			EmissionShare::set(Permill::from_parts(share));
			EmissionPerEra::set(per_era);
			EmissionBondShare::set(Perbill::from_parts(bond_share));
			DelegatorsShare::set(Permill::from_parts(delegated));
		}
		Step::Shares { validators, treasury } => {
			ValidatorsShare::set(Percent::from_percent(validators));
			TreasuryShare::set(Percent::from_percent(treasury));
		}
		Step::Kill { miner } => set_balance(&account(miner), 0),
		Step::Bond { miner, bond } => {
			Bonds::mutate(|bonds| bonds.insert(account(miner), bond));
		}
		Step::Author { author } => BlockAuthor::set(author.map(account)),
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

	#[test]
	fn any_sequence_should_keep_the_invariants_and_pay_everybody_once(
		steps in prop::collection::vec(step(), 1..60),
	) {
		execute_with_client(100 * WEALTH, || {
			let mut fees = BTreeMap::new();
			for step in steps {
				apply(step.clone(), &mut fees);
				Payouts::do_try_state().unwrap_or_else(|broken| panic!("{step:?}: {broken:?}"));
			}
			let era = System::block_number() / ERA;
			go_to((era + 1) * ERA);
			let issued = emissions();
			assert!(issued.keys().eq(fees.keys()), "everybody who worked was paid, and nobody else");
			for (key, amount) in &issued {
				assert!(*amount <= fees[key], "INV-PAYOUTS-4");
			}
			assert_eq!(EraWork::<Test>::iter().count() + EraTotals::<Test>::iter().count(), 0);
			assert_eq!(NextEraToPay::<Test>::get(), era + 1);
		});
	}
}
