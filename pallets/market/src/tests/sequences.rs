//! Random sequences of calls, matches and lease ends, checked against a model after every step.

use crate::{mock::*, *};
use frame_support::assert_ok;
use proptest::prelude::*;

const MINERS: u32 = 6;

#[derive(Clone, Debug)]
enum Action {
	/// Class, miner, price, slots, life in blocks.
	Offer(usize, u32, Balance, u16, BlockNumber),
	Withdraw(usize, u32),
	/// Class, units, most paid per unit, which miners are excluded, seed.
	Assign(usize, u64, Balance, u8, u8),
	/// Which of the open leases ends.
	Conclude(usize, LeaseFate),
	Wait(BlockNumber),
	/// Miner, whether it may take leases, its free collateral.
	Rescript(u32, bool, Balance),
}

fn price() -> impl Strategy<Value = Balance> {
	// Few enough prices that buckets fill up.
	prop_oneof![6 => 0..40u128, 2 => 90..110u128, 1 => any::<u128>(), 1 => Just(u128::MAX)]
}

fn fate() -> impl Strategy<Value = LeaseFate> {
	prop::sample::select(vec![LeaseFate::Accepted, LeaseFate::Late, LeaseFate::Wrong])
}

fn action() -> impl Strategy<Value = Action> {
	let class = || 0..Class::ALL.len() - 1;
	prop_oneof![
		5 => (class(), 0..MINERS, price(), 0..4u16, 0..30u32)
			.prop_map(|(class, who, price, slots, life)| Action::Offer(class, who, price, slots, life)),
		1 => (class(), 0..MINERS).prop_map(|(class, who)| Action::Withdraw(class, who)),
		6 => (class(), prop_oneof![4 => 1..20u64, 1 => any::<u64>()], price(), any::<u8>(), any::<u8>())
			.prop_map(|(class, units, most, excluded, seed)| {
				Action::Assign(class, units, most, excluded, seed)
			}),
		4 => (any::<usize>(), fate()).prop_map(|(which, fate)| Action::Conclude(which, fate)),
		1 => (1..20u32).prop_map(Action::Wait),
		1 => (0..MINERS, any::<bool>(), prop_oneof![Just(0), 0..2_000u128, Just(1 << 100)])
			.prop_map(|(who, active, free)| Action::Rescript(who, active, free)),
	]
}

struct Lease {
	miner: AccountId,
	class: Class,
	collateral: Balance,
}

/// What a match would find if it looked at every listed offer.
fn any_fits(request: &MatchRequest<AccountId>) -> bool {
	Offers::<Test>::iter_prefix(request.class).any(|(miner, offer)| {
		let collateral = u128::from(request.units)
			.checked_mul(offer.price_per_unit)
			.and_then(|value| value.checked_mul(CollateralFactorPercent::get().into()))
			.map(|scaled| scaled.div_ceil(100));
		let script = Scripts::get()[&miner].clone();
		offer.place.is_some()
			&& offer.expires_at > System::block_number()
			&& offer.price_per_unit <= request.max_price_per_unit
			&& !request.excluded.contains(&miner)
			&& script.active
			&& collateral.is_some_and(|amount| amount <= script.free)
	})
}

fn match_one(leases: &mut Vec<Lease>, request: &MatchRequest<AccountId>) {
	let fits = any_fits(request);
	Asked::set(0);
	let found = Market::assign(request);
	assert!(Asked::get() <= PROBES);
	let Some(Assignment { miner, worker: key, price_per_unit, collateral }) = found else { return };
	assert!(fits, "an unfit offer was matched");
	assert!(price_per_unit <= request.max_price_per_unit);
	assert!(!request.excluded.contains(&miner));
	assert_eq!(key, worker(&miner));
	assert_eq!(collateral, (u128::from(request.units) * price_per_unit * 2));
	leases.push(Lease { miner, class: request.class, collateral });
}

fn apply(leases: &mut Vec<Lease>, action: Action) {
	let now = System::block_number();
	match action {
		Action::Offer(class, who, price, slots, life) => {
			let _ = offer_in(Class::ALL[class], who, price, slots, now + life);
		}
		Action::Withdraw(class, who) => {
			let origin = RuntimeOrigin::signed(account(who));
			let _ = Market::withdraw_offer(origin, Class::ALL[class]);
		}
		Action::Assign(class, units, most, excluded, seed) => {
			let excluded: Vec<_> =
				(0..MINERS).filter(|who| excluded >> who & 1 == 1).map(account).collect();
			let wanted =
				MatchRequest { class: Class::ALL[class], units, ..request(most, seed, &excluded) };
			match_one(leases, &wanted);
		}
		Action::Conclude(which, fate) => {
			let Some(which) = which.checked_rem(leases.len()) else { return };
			let Lease { miner, class, collateral } = leases.swap_remove(which);
			Market::conclude(&miner, class, collateral, fate);
		}
		Action::Wait(blocks) => System::set_block_number(now + blocks),
		Action::Rescript(who, active, free) => rescript(who, |script| {
			script.active = active;
			script.free = free;
		}),
	}
}

fn check(leases: &[Lease]) {
	assert_ok!(Market::do_try_state());
	for who in 0..MINERS {
		for class in Class::ALL {
			let mine = |lease: &&Lease| lease.miner == account(who) && lease.class == class;
			let open = leases.iter().filter(mine).count();
			let used = Offers::<Test>::get(class, account(who)).map_or(0, |offer| offer.used);
			assert_eq!(usize::from(used), open, "slots of {who} in {class:?}");
		}
		let locked: Balance = leases
			.iter()
			.filter(|lease| lease.miner == account(who))
			.map(|lease| lease.collateral)
			.sum();
		assert_eq!(Scripts::get()[&account(who)].locked, locked);
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

	#[test]
	fn any_sequence_should_keep_the_book_whole_when_miners_and_jobs_come_at_random(
		actions in prop::collection::vec(action(), 1..80)
	) {
		execute(|| {
			(0..MINERS).for_each(|who| make_miner(who, 1_000));
			let mut leases = Vec::new();
			for action in actions {
				apply(&mut leases, action);
				check(&leases);
			}
			for Lease { miner, class, collateral } in leases.drain(..) {
				Market::conclude(&miner, class, collateral, LeaseFate::Released);
			}
			check(&leases);
		});
	}

	#[test]
	fn assign_should_find_an_offer_when_few_live_ones_are_listed_and_one_fits(
		offers in prop::collection::vec((1..200u128, 0..2_000u128), 1..=PROBES as usize),
		units in 1..10u64,
		most in 1..200u128,
		seed: u8,
	) {
		execute(|| {
			for (number, (price, free)) in (0u32..).zip(offers) {
				make_miner(number, free);
				assert_ok!(offer(number, price, 1, 50));
			}
			let wanted = MatchRequest { units, ..request(most, seed, &[]) };
			let fits = any_fits(&wanted);
			assert_eq!(Market::assign(&wanted).is_some(), fits);
		});
	}
}
