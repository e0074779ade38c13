//! The runtime as a whole: that its chains begin, that its numbers fit together, that fees and deposits
//! go where they should.

#[path = "../tests/support/genesis.rs"]
mod genesis;

use crate::{
	AIT, Balances, ExistentialDeposit, MILLI_AIT, Runtime, RuntimeCall, RuntimeGenesisConfig,
	RuntimeOrigin, Session, Staking, System, TransactionPayment, Treasury,
	configs::{
		fees::{BYTE_FEE, ToAuthor, ToTreasury},
		governance::{self, ProxyType},
		market::dynamic_params,
		system::{BLOCK_HASH_COUNT, RuntimeBlockLength, RuntimeBlockWeights},
	},
	genesis_config_presets::{STAKE, get_preset, preset_names},
};
use codec::Encode;
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::{
		Get, InstanceFilter, OnUnbalanced, PalletInfoAccess, PalletsInfoAccess,
		fungible::{Balanced, Inspect},
	},
	weights::constants::ExtrinsicBaseWeight,
};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{BuildStorage, Perbill, traits::StaticLookup};

/// A chain of the preset `name` in block one.
fn chain(name: &str) -> sp_io::TestExternalities {
	let preset = get_preset(&name.into()).expect("the preset exists");
	let config: RuntimeGenesisConfig = genesis::from_preset(&preset);
	let storage = config.build_storage().expect("genesis can be stored");
	let mut chain = sp_io::TestExternalities::new(storage);
	chain.execute_with(|| System::set_block_number(1));
	chain
}

#[test]
fn presets_should_start_a_chain_with_their_validators() {
	for (name, validators) in [("development", 1), ("local_testnet", 4)] {
		chain(name).execute_with(|| {
			assert_eq!(Session::validators().len(), validators, "{name}");
			assert_eq!(pallet_babe::Authorities::<Runtime>::get().len(), validators, "{name}");
			assert_eq!(crate::Grandpa::grandpa_authorities().len(), validators, "{name}");
			assert_eq!(crate::AuthorityDiscovery::authorities().len(), validators, "{name}");
			let stash = Sr25519Keyring::AliceStash.to_account_id();
			assert_eq!(Staking::ledger(stash.into()).expect("Alice stakes").active, STAKE);
			assert_eq!(Balances::balance(&Treasury::account_id()), ExistentialDeposit::get());
			assert_eq!(
				pallet_sudo::Key::<Runtime>::get(),
				Some(Sr25519Keyring::Alice.to_account_id())
			);
		});
	}
	assert_eq!(preset_names().len(), 2);
	assert!(get_preset(&"mainnet".into()).is_none());
}

#[test]
fn default_genesis_should_have_no_sudo_key() {
	let storage = RuntimeGenesisConfig::default().build_storage().expect("genesis can be stored");
	sp_io::TestExternalities::new(storage)
		.execute_with(|| assert_eq!(pallet_sudo::Key::<Runtime>::get(), None));
}

#[test]
fn block_limits_should_be_consistent_and_fit_the_slot() {
	RuntimeBlockWeights::get().validate().expect("the block weights are consistent");
	let whole = RuntimeBlockWeights::get().max_block;
	// A third of two seconds, in picoseconds.
	assert_eq!(whole.ref_time(), 666_666_666_666);
	let normal = RuntimeBlockWeights::get().get(DispatchClass::Normal).max_total;
	assert_eq!(normal, Some(Perbill::from_percent(75) * whole));
	assert_eq!(*RuntimeBlockLength::get().max.get(DispatchClass::Normal), 5 * 1024 * 1024 * 3 / 4);
	// The same as the chain's own check on start.
	sp_io::TestExternalities::default().execute_with(|| {
		<crate::AllPalletsWithSystem as frame_support::traits::IntegrityTest>::integrity_test()
	});
	assert_eq!(<Runtime as frame_system::Config>::BlockHashCount::get(), BLOCK_HASH_COUNT);
}

#[test]
fn weights_of_calls_should_not_be_zero() {
	let bob = <Runtime as frame_system::Config>::Lookup::unlookup(Sr25519Keyring::Bob.into());
	let transfer =
		RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive { dest: bob, value: AIT });
	let remark = RuntimeCall::System(frame_system::Call::remark { remark: vec![0; 1024] });
	for call in [transfer, remark] {
		assert!(call.get_dispatch_info().call_weight.ref_time() > 0, "{call:?}");
	}
}

#[test]
fn transfer_should_cost_about_half_a_milli_ait() {
	chain("development").execute_with(|| {
		let bob = <Runtime as frame_system::Config>::Lookup::unlookup(Sr25519Keyring::Bob.into());
		let call = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
			dest: bob,
			value: AIT,
		});
		// Signature, address and extensions take some 110 bytes more.
		let length = u32::try_from(call.encoded_size() + 110).expect("a transfer is short");
		let fee = TransactionPayment::compute_fee(length, &call.get_dispatch_info(), 0);
		assert!((MILLI_AIT / 5..MILLI_AIT).contains(&fee), "a transfer costs {fee} planck");
		assert_eq!(TransactionPayment::length_to_fee(7), 7 * BYTE_FEE);
		let base = TransactionPayment::weight_to_fee(ExtrinsicBaseWeight::get());
		assert!(base.abs_diff(MILLI_AIT / 10) < 10, "the base weight costs {base} planck");
	});
}

#[test]
fn fees_should_not_be_lost_when_no_author_is_known() {
	chain("development").execute_with(|| {
		let issuance = Balances::total_issuance();
		let treasury = Balances::balance(&Treasury::account_id());
		let payer = Sr25519Keyring::Alice.to_account_id();
		let fee = withdraw(&payer, MILLI_AIT);
		ToAuthor::on_unbalanced(fee);
		assert_eq!(Balances::balance(&Treasury::account_id()), treasury + MILLI_AIT);
		ToTreasury::on_unbalanced(withdraw(&payer, 1));
		assert_eq!(Balances::balance(&Treasury::account_id()), treasury + MILLI_AIT + 1);
		assert_eq!(Balances::total_issuance(), issuance);
	});
}

fn withdraw(
	who: &crate::AccountId,
	amount: crate::Balance,
) -> frame_support::traits::fungible::Credit<crate::AccountId, Balances> {
	use frame_support::traits::tokens::{Fortitude, Precision, Preservation};
	<Balances as Balanced<_>>::withdraw(
		who,
		amount,
		Precision::Exact,
		Preservation::Preserve,
		Fortitude::Polite,
	)
	.expect("a funded account can pay")
}

#[test]
fn parameters_should_have_their_defaults_and_change_only_by_root() {
	chain("development").execute_with(|| {
		assert_eq!(dynamic_params::staking::MinCollateral::get(), 100 * AIT);
		assert_eq!(dynamic_params::payouts::Fee::get().deconstruct(), 25_000);
		let change = || {
			crate::RuntimeParameters::Staking(dynamic_params::staking::Parameters::MinCollateral(
				dynamic_params::staking::MinCollateral,
				Some(7 * AIT),
			))
		};
		let stranger = RuntimeOrigin::signed(Sr25519Keyring::Eve.to_account_id());
		assert!(crate::Parameters::set_parameter(stranger, change()).is_err());
		assert_eq!(dynamic_params::staking::MinCollateral::get(), 100 * AIT);
		crate::Parameters::set_parameter(RuntimeOrigin::root(), change())
			.expect("root may change parameters");
		assert_eq!(dynamic_params::staking::MinCollateral::get(), 7 * AIT);
	});
}

#[test]
fn market_terms_should_be_what_governance_set() {
	chain("development").execute_with(|| {
		let terms = crate::configs::market::terms();
		assert_eq!(terms.min_collateral, 100 * AIT);
		assert_eq!(terms.unbonding_blocks, 7 * crate::time::DAYS);
		let fee = dynamic_params::payouts::Parameters::Fee(
			dynamic_params::payouts::Fee,
			Some(sp_runtime::Permill::from_percent(1)),
		);
		crate::Parameters::set_parameter(
			RuntimeOrigin::root(),
			crate::RuntimeParameters::Payouts(fee),
		)
		.expect("root may change parameters");
		assert_eq!(crate::configs::market::terms().fee, sp_runtime::Permill::from_percent(1));
	});
}

#[test]
fn metadata_should_be_produced_and_name_the_extensions_in_order() {
	let metadata = Runtime::metadata();
	assert!(metadata.encode().len() > 10_000);
	let metadata = Runtime::metadata_ir();
	let extensions: Vec<_> = metadata
		.extrinsic
		.extensions_v0()
		.expect("there is a version 0 of the extensions")
		.into_iter()
		.map(|extension| extension.identifier)
		.collect();
	let expected = [
		"AuthorizeCall",
		"CheckNonZeroSender",
		"CheckSpecVersion",
		"CheckTxVersion",
		"CheckGenesis",
		"CheckMortality",
		"CheckNonce",
		"CheckWeight",
		"ChargeTransactionPayment",
		"CheckMetadataHash",
		"WeightReclaim",
	];
	assert_eq!(extensions, expected);
}

#[test]
fn proxy_filters_should_name_only_pallets_that_exist() {
	let infos = crate::AllPalletsWithSystem::infos();
	let known = |name: &str| infos.iter().any(|info| info.name == name);
	let named = governance::TRANSFER_PALLETS
		.iter()
		.chain(&governance::GOVERNANCE_PALLETS)
		.chain(&governance::STAKING_PALLETS)
		.chain(&governance::MINING_PALLETS)
		.chain(&governance::CLIENT_PALLETS);
	for name in named {
		assert!(known(name), "no pallet is called {name}");
	}
	assert_eq!(<System as PalletInfoAccess>::index(), 0);
}

#[test]
fn proxy_filters_should_keep_coins_from_limited_proxies() {
	let bob = <Runtime as frame_system::Config>::Lookup::unlookup(Sr25519Keyring::Bob.into());
	let transfer =
		RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive { dest: bob, value: AIT });
	assert!(ProxyType::Any.filter(&transfer));
	for limited in [
		ProxyType::NonTransfer,
		ProxyType::Governance,
		ProxyType::Staking,
		ProxyType::Mining,
		ProxyType::Client,
		ProxyType::CancelProxy,
	] {
		assert!(!limited.filter(&transfer), "{limited:?}");
		assert!(ProxyType::Any.is_superset(&limited));
		assert!(!limited.is_superset(&ProxyType::Any), "{limited:?}");
	}
	let chill = RuntimeCall::Staking(pallet_staking::Call::chill {});
	assert!(ProxyType::Staking.filter(&chill));
	assert!(!ProxyType::Mining.filter(&chill));
}
