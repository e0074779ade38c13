//! Random sequences of calls and lease events, checked against a model after every step.

use crate::{mock::*, *};
use frame_support::assert_ok;
use proptest::prelude::*;
use std::collections::BTreeMap;

const ACCOUNTS: u8 = 4;

#[derive(Clone, Debug)]
enum Action {
	/// Account, worker number, collateral, and whether the consent is for this account.
	Register(u8, u8, Balance, bool),
	BondExtra(u8, Balance),
	Leave(u8),
	Withdraw(u8),
	Lock(u8, Balance),
	/// Which of the open leases ends, and how.
	Unlock(usize, LeaseFate),
	Wait(BlockNumber),
	/// New minimum and unbonding time.
	Govern(Balance, BlockNumber),
}

fn fate() -> impl Strategy<Value = LeaseFate> {
	prop::sample::select(vec![
		LeaseFate::Accepted,
		LeaseFate::Released,
		LeaseFate::Late,
		LeaseFate::Withheld,
		LeaseFate::Wrong,
		LeaseFate::Failed,
	])
}

fn amount() -> impl Strategy<Value = Balance> {
	prop_oneof![8 => 0..3 * MINIMUM, 1 => Just(WEALTH), 1 => any::<u128>(), 1 => Just(u128::MAX)]
}

fn action() -> impl Strategy<Value = Action> {
	prop_oneof![
		3 => (0..ACCOUNTS, 0..ACCOUNTS, amount(), any::<bool>())
			.prop_map(|(who, worker, amount, own)| Action::Register(who, worker, amount, own)),
		1 => (0..ACCOUNTS, amount()).prop_map(|(who, amount)| Action::BondExtra(who, amount)),
		1 => (0..ACCOUNTS).prop_map(Action::Leave),
		2 => (0..ACCOUNTS).prop_map(Action::Withdraw),
		5 => (0..ACCOUNTS, amount()).prop_map(|(who, amount)| Action::Lock(who, amount)),
		4 => (any::<usize>(), fate()).prop_map(|(which, fate)| Action::Unlock(which, fate)),
		2 => (1..2 * UNBONDING).prop_map(Action::Wait),
		1 => (0..2 * MINIMUM, 0..2 * UNBONDING)
			.prop_map(|(least, blocks)| Action::Govern(least, blocks)),
	]
}

/// Open leases and what every account must own in all.
#[derive(Default)]
struct Model {
	leases: Vec<(u8, Balance)>,
	lost: BTreeMap<u8, Balance>,
}

fn apply(model: &mut Model, action: Action) {
	let signed = |who: u8| RuntimeOrigin::signed(account(who));
	match action {
		Action::Register(who, number, collateral, own) => {
			let consent = consent(number, &account(if own { who } else { who + 1 }));
			let result = Staking::register(signed(who), collateral, worker(number), consent);
			assert!(own || result.is_err(), "a consent for somebody else was taken");
		}
		Action::BondExtra(who, amount) => {
			let _ = Staking::bond_extra(signed(who), amount);
		}
		Action::Leave(who) => {
			let _ = Staking::leave(signed(who));
		}
		Action::Withdraw(who) => {
			let open = model.leases.iter().any(|(miner, _)| *miner == who);
			let result = Staking::withdraw(signed(who));
			assert!(!open || result.is_err(), "collateral left while a lease was open");
		}
		Action::Lock(who, amount) => {
			let free = Staking::free_collateral(&account(who));
			let active = Staking::active_worker(&account(who)).is_some();
			let locked = Staking::lock(&account(who), amount).is_ok();
			assert_eq!(locked, active && amount <= free);
			if locked {
				model.leases.push((who, amount));
			}
		}
		Action::Unlock(which, fate) => {
			let Some(which) = which.checked_rem(model.leases.len()) else { return };
			let (who, amount) = model.leases.swap_remove(which);
			let taken = Staking::unlock(&account(who), amount, fate);
			assert!(taken <= amount);
			assert!(fate != LeaseFate::Wrong || taken == amount, "a proven cheat was let off");
			*model.lost.entry(who).or_default() += taken;
		}
		Action::Wait(blocks) => run_to(System::block_number() + blocks),
		Action::Govern(least, blocks) => {
			MinCollateral::set(least);
			UnbondingBlocks::set(blocks);
		}
	}
}

fn check(model: &Model) {
	assert_ok!(Staking::do_try_state());
	for who in 0..ACCOUNTS {
		let lost = model.lost.get(&who).copied().unwrap_or_default();
		assert_eq!(free(who) + held(who), WEALTH - lost, "account {who}");
		let mine: Vec<_> = model.leases.iter().filter(|(miner, _)| *miner == who).collect();
		let recorded = Miners::<Test>::get(account(who))
			.map_or((0, 0), |info| (info.locked, info.open_leases as usize));
		assert_eq!(recorded, (mine.iter().map(|(_, amount)| amount).sum(), mine.len()));
	}
	for number in 0..ACCOUNTS {
		let registered = WorkerOf::<Test>::contains_key(worker(number));
		assert_eq!(System::sufficients(&worker_account(number)), u32::from(registered));
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

	#[test]
	fn any_sequence_should_keep_the_invariants_when_accounts_act_at_random(
		actions in prop::collection::vec(action(), 1..60)
	) {
		Forfeited::set(0);
		MinCollateral::set(MINIMUM);
		UnbondingBlocks::set(UNBONDING);
		execute(|| {
			let mut model = Model::default();
			for action in actions {
				apply(&mut model, action);
				check(&model);
			}
		});
	}
}
