//! Random sequences of calls, leases and rewards. After every step: the invariants hold, every coin is
//! somewhere, and nobody has gained by a call of its own or lost by one of another's.

use crate::{mock::*, *};
use frame_support::{
	assert_ok,
	traits::{GetCallName, UnfilteredDispatchable},
};
use proptest::{prelude::*, test_runner::TestRunner};
use std::{cell::RefCell, collections::BTreeMap};

const ACCOUNTS: u8 = 5;
const KEYS: u8 = 8;

thread_local! {
	/// How often each call succeeded: sequences in which little does would test little.
	static SUCCEEDED: RefCell<BTreeMap<&'static str, u32>> = const { RefCell::new(BTreeMap::new()) };
}

#[derive(Clone, Debug)]
enum Action {
	/// Account, worker number, collateral, and whether the consent is for this account.
	Register(u8, u8, Balance, bool),
	BondExtra(u8, Balance),
	Unbond(u8, Balance),
	/// Which of those who have chunks.
	WithdrawUnbonded(usize),
	Leave(u8),
	Withdraw(u8),
	/// Account and worker number.
	Rotate(u8, u8),
	Chill(u8),
	Resume(u8),
	Commission(u8, u32),
	Compounding(u8, bool),
	/// Delegator, miner.
	Delegate(u8, u8, Balance),
	/// Which of the delegations, and which part of its shares, in eighths.
	Undelegate(usize, u8),
	/// By whom, and which of the delegations or of those who have chunks.
	Return(u8, usize),
	/// Miner, owner.
	RequestOwner(u8, u8),
	/// Miner; its owner if it asked one, else this.
	AcceptMiner(u8, u8),
	LeaveOwner(u8),
	Lock(u8, Balance),
	/// Which of the open leases ends, and how.
	Unlock(usize, LeaseFate),
	Reward(u8, Balance),
	/// The whole way out, from whatever state it is in.
	Depart(u8),
	Wait(BlockNumber),
	/// New minimum, unbonding time, least delegation, most delegations in percent.
	Govern(Balance, BlockNumber, Balance, u32),
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

fn who() -> impl Strategy<Value = u8> {
	0..ACCOUNTS
}

fn amount() -> impl Strategy<Value = Balance> {
	prop_oneof![
		10 => 0..3 * MINIMUM,
		4 => 0..20 * MINIMUM,
		1 => Just(WEALTH),
		1 => any::<u128>(),
		1 => Just(u128::MAX),
	]
}

fn stakers() -> impl Strategy<Value = Action> {
	prop_oneof![
		4 => (who(), who(), amount()).prop_map(|(who, miner, n)| Action::Delegate(who, miner, n)),
		4 => (any::<usize>(), 0..10u8).prop_map(|(which, n)| Action::Undelegate(which, n)),
		2 => any::<usize>().prop_map(Action::WithdrawUnbonded),
		2 => (who(), any::<usize>()).prop_map(|(by, which)| Action::Return(by, which)),
	]
}

fn miners() -> impl Strategy<Value = Action> {
	prop_oneof![
		2 => (who(), 0..KEYS, amount(), prop::bool::weighted(0.9))
			.prop_map(|(who, worker, n, own)| Action::Register(who, worker, n, own)),
		2 => (who(), amount()).prop_map(|(who, n)| Action::BondExtra(who, n)),
		2 => (who(), amount()).prop_map(|(who, n)| Action::Unbond(who, n)),
		1 => who().prop_map(Action::Leave),
		4 => who().prop_map(Action::Withdraw),
		2 => (who(), 0..KEYS).prop_map(|(who, worker)| Action::Rotate(who, worker)),
		1 => who().prop_map(Action::Chill),
		2 => who().prop_map(Action::Resume),
		1 => (who(), 0..=1_000_000u32).prop_map(|(who, parts)| Action::Commission(who, parts)),
		1 => (who(), any::<bool>()).prop_map(|(who, on)| Action::Compounding(who, on)),
		1 => (who(), who()).prop_map(|(who, owner)| Action::RequestOwner(who, owner)),
		2 => (who(), who()).prop_map(|(who, owner)| Action::AcceptMiner(who, owner)),
		2 => who().prop_map(Action::LeaveOwner),
	]
}

fn action() -> impl Strategy<Value = Action> {
	prop_oneof![
		12 => miners(),
		12 => stakers(),
		6 => (who(), amount()).prop_map(|(who, n)| Action::Lock(who, n)),
		5 => (any::<usize>(), fate()).prop_map(|(which, fate)| Action::Unlock(which, fate)),
		3 => (who(), 0..10 * MINIMUM).prop_map(|(who, n)| Action::Reward(who, n)),
		1 => who().prop_map(Action::Depart),
		4 => (1..2 * UNBONDING).prop_map(Action::Wait),
		1 => (0..2 * MINIMUM, 0..2 * UNBONDING, 0..2 * LEAST, 0..1_000u32)
			.prop_map(|(least, blocks, part, most)| Action::Govern(least, blocks, part, most)),
	]
}

/// Everything that is an account's, planck: free, staked, and on its way out.
fn wealth(number: u8) -> Balance {
	let who = account(number);
	let own = Miners::<Test>::get(&who).map_or(0, |info| info.own);
	let staked: Balance = Miners::<Test>::iter()
		.map(|(miner, info)| {
			let chunks = Unbonding::<Test>::get(&miner, &who);
			let leaving = chunks.iter().map(|chunk| chunk.shares).sum();
			info.pool.worth(Delegations::<Test>::get(&miner, &who)) + info.unbonding.worth(leaving)
		})
		.sum();
	free(number) + own + staked
}

fn everybodys() -> Vec<Balance> {
	(0..ACCOUNTS).map(wealth).collect()
}

/// Of all who have something with a miner (shares or chunks, as asked), one: miner and staker.
fn pick(which: usize, shares: bool, chunks: bool) -> Option<(AccountId, AccountId)> {
	let delegations = Delegations::<Test>::iter_keys().filter(|_| shares);
	let mut all: Vec<_> =
		delegations.chain(Unbonding::<Test>::iter_keys().filter(|_| chunks)).collect();
	all.sort();
	all.get(which.checked_rem(all.len())?).cloned()
}

/// The number of an account.
fn number_of(who: &AccountId) -> u8 {
	let bytes: &[u8] = who.as_ref();
	bytes[0]
}

/// By how much the leases of each miner lock more than what backs them.
fn uncovered() -> BTreeMap<AccountId, Balance> {
	let percent = MaxDelegationPercent::get();
	let missing = |info: &MinerInfo| info.locked.saturating_sub(info.backing(percent));
	Miners::<Test>::iter().map(|(miner, info)| (miner, missing(&info))).collect()
}

/// Of no miner's leases is more uncovered than `before`, by more than `rounding`.
fn assert_covered(before: &BTreeMap<AccountId, Balance>, rounding: Balance) {
	for (miner, missing) in uncovered() {
		let earlier = before.get(&miner).copied().unwrap_or_default();
		assert!(missing <= earlier + rounding, "what backs {miner:?}'s leases is gone");
	}
}

/// A call, and who makes it. `None` if the step is not a call, or there is nothing to call it for.
fn call(action: &Action) -> Option<(u8, Call<Test>)> {
	Some(match action.clone() {
		Action::Register(who, number, collateral, own) => {
			let consent = consent(number, &account(if own { who } else { who + 1 }));
			(who, Call::register { collateral, worker: worker(number), consent })
		}
		Action::BondExtra(who, amount) => (who, Call::bond_extra { amount }),
		Action::Unbond(who, amount) => (who, Call::unbond { amount }),
		Action::WithdrawUnbonded(which) => {
			let (miner, staker) = pick(which, false, true)?;
			(number_of(&staker), Call::withdraw_unbonded { miner })
		}
		Action::Leave(who) => (who, Call::leave {}),
		Action::Withdraw(who) => (who, Call::withdraw {}),
		Action::Rotate(who, to) => {
			let consent = consent(to, &account(who));
			(who, Call::rotate_worker { worker: worker(to), consent })
		}
		Action::Chill(who) => (who, Call::chill {}),
		Action::Resume(who) => (who, Call::resume {}),
		Action::Commission(who, parts) => {
			(who, Call::set_commission { commission: Permill::from_parts(parts) })
		}
		Action::Compounding(who, compounding) => (who, Call::set_compounding { compounding }),
		Action::Delegate(who, miner, amount) => {
			(who, Call::delegate { miner: account(miner), amount, min_shares: 0 })
		}
		Action::Undelegate(which, eighths) => {
			let (miner, delegator) = pick(which, true, false)?;
			let held = Delegations::<Test>::get(&miner, &delegator);
			let shares = held * Balance::from(eighths) / 8;
			(number_of(&delegator), Call::undelegate { miner, shares })
		}
		Action::Return(by, which) => {
			let (miner, delegator) = pick(which, true, true)?;
			(by, Call::return_delegation { miner, delegator })
		}
		Action::RequestOwner(who, owner) => (who, Call::request_owner { owner: account(owner) }),
		Action::AcceptMiner(who, owner) => {
			let asked = Miners::<Test>::get(account(who)).and_then(|info| info.requested_owner);
			let owner = asked.map_or(owner, |asked| number_of(&asked));
			(owner, Call::accept_miner { miner: account(who) })
		}
		Action::LeaveOwner(who) => (who, Call::leave_owner {}),
		_ => return None,
	})
}

/// Makes a call. Nobody loses by it whose coins it does not move, and whose it moves does not gain. (The
/// others may, by a planck: what rounding leaves over is theirs.)
fn make(who: u8, call: Call<Test>, open: &[OpenLease]) {
	let before = everybodys();
	let mover = match &call {
		Call::return_delegation { delegator, .. } => number_of(delegator),
		_ => who,
	};
	let leaving = matches!(call, Call::withdraw {} | Call::leave_owner {});
	let stolen = match &call {
		Call::register { worker, consent, .. } => {
			let payload = worker_consent(System::block_hash(0), &account(who));
			!consent.verify(payload.as_slice(), worker)
		}
		_ => false,
	};
	let name = call.get_call_name();
	// Where a percentage was lowered, what backs no lease may still go.
	let backing = uncovered();
	let result = call.dispatch_bypass_filter(signed(who));
	SUCCEEDED.with_borrow_mut(|calls| {
		*calls.entry(name).or_default() += u32::from(result.is_ok());
	});
	assert_covered(&backing, 0);
	assert!(!stolen || result.is_err(), "a consent for somebody else was taken");
	let busy = open.iter().any(|lease| lease.miner == who);
	assert!(!(leaving && busy) || result.is_err(), "it left with a lease in hand");
	for (number, (before, after)) in before.into_iter().zip(everybodys()).enumerate() {
		if number == usize::from(mover) {
			assert!(after <= before, "account {number} gained {}", after - before);
		} else {
			assert!(after >= before, "account {number} lost {}", before - after);
		}
	}
}

fn step(open: &mut Vec<OpenLease>, action: Action) {
	if let Some((who, call)) = call(&action) {
		return make(who, call, open);
	}
	let (before, backing) = (everybodys(), uncovered());
	match action {
		Action::Lock(who, amount) => {
			let free = Staking::standing(&account(who), Class::Gemm).map(|standing| standing.free);
			let lease = lock(who, amount);
			assert_eq!(lease.is_ok(), free.is_some_and(|free| amount <= free));
			open.extend(lease);
			assert_covered(&backing, 0);
			assert_eq!(everybodys(), before);
		}
		Action::Unlock(which, fate) => {
			let Some(which) = which.checked_rem(open.len()) else { return };
			let lease = open.swap_remove(which);
			let taken = unlock(&lease, fate);
			assert_eq!(taken, lease.bond.forfeit(fate), "a verdict was not carried out");
			// Its own bears what rounding leaves over, two planck at most, and with it goes what it let count.
			let percent = Balance::from(MaxDelegationPercent::get());
			assert_covered(&backing, 2 + (2 * percent).div_ceil(100) + 1);
			assert!(before.iter().zip(everybodys()).all(|(before, after)| after <= *before));
		}
		Action::Reward(who, amount) => {
			let split = pay(who, amount);
			assert_eq!(split.burned, 0);
			assert_covered(&backing, 0);
			assert!(before.iter().zip(everybodys()).all(|(before, after)| after >= *before));
		}
		Action::Depart(who) if Miners::<Test>::contains_key(account(who)) => depart(who, open),
		Action::Wait(blocks) => {
			wait(blocks);
			assert_eq!(everybodys(), before);
		}
		Action::Govern(least, blocks, part, most) => {
			MinCollateral::set(least);
			UnbondingBlocks::set(blocks);
			MinDelegation::set(part);
			MaxDelegationPercent::set(most);
			assert_eq!(everybodys(), before);
		}
		_ => {}
	}
}

/// Whatever happened before: once its leases have ended and the time is over, a miner and all who staked on
/// it get everything back.
fn depart(who: u8, open: &mut Vec<OpenLease>) {
	if !miner(who).is_leaving() {
		make(who, Call::leave {}, open);
	}
	open.retain(|lease| {
		let mine = lease.miner == who;
		if mine {
			unlock(lease, LeaseFate::Released);
		}
		!mine
	});
	let MinerStatus::Leaving { until } = miner(who).status else { panic!("it could not leave") };
	run_to(until.max(System::block_number()));
	let before = everybodys();
	let mut stakers: Vec<_> = Delegations::<Test>::iter_key_prefix(account(who))
		.chain(Unbonding::<Test>::iter_key_prefix(account(who)))
		.filter(|staker| *staker != account(who))
		.collect();
	stakers.sort();
	stakers.dedup();
	for delegator in stakers {
		let miner = account(who);
		make(number_of(&delegator), Call::return_delegation { miner, delegator }, open);
	}
	make(who, Call::withdraw {}, open);
	assert!(!Miners::<Test>::contains_key(account(who)) && held(who) == 0);
	let better = |(before, after): (&Balance, Balance)| after >= *before;
	assert!(before.iter().zip(everybodys()).all(better));
}

fn check(open: &[OpenLease], before: Balance) {
	assert_ok!(Staking::do_try_state());
	let all: Balance = (0..10).map(|number| free(number) + held(number)).sum();
	assert_eq!(all + Forfeited::get(), before + Paid::get());
	for number in 0..ACCOUNTS {
		let mine: Vec<_> = open.iter().filter(|lease| lease.miner == number).collect();
		let recorded = Miners::<Test>::get(account(number))
			.map_or((0, 0), |info| (info.locked, info.open_leases as usize));
		assert_eq!(recorded, (mine.iter().map(|lease| lease.bond.collateral).sum(), mine.len()));
	}
	for number in 0..KEYS {
		let leases = open.iter().filter(|lease| lease.worker == worker(number)).count();
		let key = Workers::<Test>::get(worker(number));
		assert_eq!(System::sufficients(&worker_account(number)), u32::from(key.is_some()));
		assert_eq!(key.map_or(0, |key| key.leases as usize), leases);
	}
}

/// Three miners with delegations, so that there is something to act on.
fn begin() {
	for number in 0..3 {
		assert_ok!(register(number, 20 * MINIMUM));
		for delegator in (0..ACCOUNTS).filter(|delegator| *delegator != number) {
			assert_ok!(delegate(delegator, number, MINIMUM + Balance::from(delegator)));
		}
		assert_ok!(Staking::request_owner(signed(number), account(number + 1)));
	}
}

#[test]
fn any_sequence_should_keep_the_invariants_when_accounts_act_at_random() {
	// Where nothing is optimised a case takes a second.
	let full = ProptestConfig::default().cases;
	let cases = if cfg!(debug_assertions) { full / 8 } else { full };
	let config = ProptestConfig { cases, source_file: Some(file!()), ..ProptestConfig::default() };
	let actions = prop::collection::vec(action(), 1..120);
	let result = TestRunner::new(config).run(&actions, |actions| {
		execute(|| {
			begin();
			let before = issuance();
			let mut open = Vec::new();
			for action in actions {
				step(&mut open, action);
				check(&open, before);
			}
		});
		Ok(())
	});
	if let Err(failure) = result {
		panic!("{failure}");
	}
	// With enough cases no call was only refused.
	let succeeded = SUCCEEDED.with_borrow(Clone::clone);
	let never = |call: &&str| succeeded.get(call).is_none_or(|count| *count == 0);
	let idle: Vec<_> = Call::<Test>::get_call_names().iter().filter(|call| never(call)).collect();
	assert!(cases < 256 || idle.is_empty(), "{idle:?} never did anything: {succeeded:?}");
}
