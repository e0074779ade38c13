//! Attacks on offers and matching, each of which fails.

use crate::{mock::*, *};
use aitbc_primitives::{Capabilities, Reputation, Requirements};
use frame_support::{assert_ok, assert_storage_noop};
use std::collections::BTreeSet;

/// The one that fits.
const HONEST: u32 = 100_000;
/// What the honest one asks; the attackers ask less.
const PRICE: Balance = 1 << 101;

/// `count` offers that can never take the job, spread over `buckets` cheaper buckets.
fn crowd(count: u32, buckets: u32) {
	fill(0, count, |index| (terms(1 << (index % buckets), 1), 0));
}

/// The honest offer behind them.
fn honest() {
	make_miner(HONEST, u128::MAX);
	assert_ok!(offer(HONEST, terms(PRICE, 1)));
}

/// Of `tries` matches with seeds of their own, how many find the honest offer. None finds another.
fn hits(tries: u64) -> u64 {
	let found = |seed: &u64| match Wanted::at(PRICE).seeded(*seed).sample() {
		Some(miner) => {
			assert_eq!(miner, account(HONEST));
			true
		}
		None => false,
	};
	(0..tries).filter(found).count() as u64
}

/// Sixteen offers, as many as one match looks at, stand in front of the only one that fits.
#[test]
fn attack_sixteen_unfit_offers_in_front_should_hide_nobody() {
	execute(|| {
		crowd(16, 1);
		honest();
		assert_eq!(hits(100), 100);
	});
	execute(|| {
		// One in each of sixteen buckets: the second half draws eight of the nine that are left.
		crowd(16, 16);
		honest();
		assert!(hits(200) > 160, "{}", hits(200));
	});
}

/// A thousand in one bucket hide the honest one no more than sixteen do.
#[test]
fn attack_a_thousand_unfit_offers_in_one_bucket_should_hide_nobody() {
	execute(|| {
		crowd(1_000, 1);
		honest();
		assert_eq!(hits(100), 100);
	});
}

/// A thousand in a hundred buckets leave it one attempt in thirteen.
#[test]
fn attack_a_thousand_unfit_offers_in_many_buckets_should_delay_but_not_hide() {
	execute(|| {
		crowd(1_000, 10);
		honest();
		let hits = hits(100);
		assert!(hits > 60, "{hits} of 100");
	});
	execute(|| {
		crowd(1_000, 100);
		honest();
		let hits = hits(1_000);
		assert!((50..110).contains(&hits), "{hits} of 1,000");
	});
}

/// In its own bucket it is one of many, as among honest competitors: sixteen of all are looked at.
#[test]
fn attack_a_thousand_unfit_offers_at_the_same_price_should_delay_but_not_hide() {
	execute(|| {
		fill(0, 1_000, |_| (terms(PRICE, 1), 0));
		honest();
		let hits = hits(2_000);
		assert!((18..50).contains(&hits), "{hits} of 2,000");
	});
}

/// Dead offers in front are cleared by the matches that meet them, and hide nobody meanwhile.
#[test]
fn attack_a_thousand_expired_offers_in_front_should_hide_nobody() {
	execute(|| {
		crowd(1_000, 1);
		System::set_block_number(1 + LIFE);
		honest();
		// One of the sixteen looks of each match is at the honest one.
		let buried = MAX_BURIED as usize;
		assert_eq!((hits(66), listed()), (66, 1_001 - 66 * buried));
		assert_eq!((hits(500), listed()), (500, 1));
	});
}

/// A claim that no device can keep, or a tiny one, is a filter like the others.
#[test]
fn attack_offers_of_tiny_devices_in_front_should_hide_nobody() {
	execute(|| {
		fill(0, 200, |index| {
			let device = Capabilities { vram_mib: index, ..Capabilities::default() };
			(OfferTerms { max_units: 1, device, ..terms(1, 1) }, u128::MAX)
		});
		honest();
		let requirements = Requirements { min_vram_mib: 1, ..Requirements::default() };
		let wanted = Wanted { units: 2, requirements, ..Wanted::at(PRICE) };
		let device = Capabilities { vram_mib: 1, ..Capabilities::default() };
		assert_ok!(offer(HONEST, OfferTerms { device, ..terms(PRICE, 1) }));
		for seed in 0..50 {
			assert_eq!(wanted.clone().seeded(seed).sample(), Some(account(HONEST)));
		}
	});
}

/// Offers made and taken back within a block leave nothing behind.
#[test]
fn attack_offers_made_and_withdrawn_in_one_block_should_leave_no_trace() {
	execute(|| {
		miner_with_offer(1, 100, 1);
		make_miner(2, PLENTY);
		System::reset_events();
		let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
		for round in 0..100u32 {
			assert_ok!(offer(2, terms(1 << (round % 100), 1)));
			assert_ok!(Market::withdraw_offer(RuntimeOrigin::signed(account(2)), Class::Echo));
		}
		System::reset_events();
		assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), before);
		assert_eq!(assign(100, 0).map(|found| found.miner), Some(account(1)));
	});
	execute(|| {
		make_miner(1, PLENTY);
		let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
		assert_ok!(offer(1, terms(1, 1)));
		assert_ok!(Market::withdraw_offer(RuntimeOrigin::signed(account(1)), Class::Echo));
		System::reset_events();
		assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), before);
	});
}

/// An offer shrunk below the slots in use takes nothing until enough leases have ended.
#[test]
fn attack_shrinking_below_the_slots_in_use_should_free_none() {
	execute(|| {
		miner_with_offer(1, 100, 3);
		for seed in 0..3 {
			assert!(assign(100, seed).is_some());
		}
		assert_ok!(offer(1, terms(100, 1)));
		assert_eq!(state(1), Some((3, None)));
		for left in [2, 1] {
			conclude(1, 200, LeaseFate::Accepted);
			assert_eq!(state(1), Some((left, None)));
			assert_eq!(assign(100, 0), None);
		}
		conclude(1, 200, LeaseFate::Accepted);
		assert_eq!(listed(), 1);
		assert!(assign(100, 0).is_some());
	});
}

/// Withdrawing, and offering anew, does not make a slot out of one that is taken.
#[test]
fn attack_withdrawing_and_offering_again_should_forget_no_lease() {
	execute(|| {
		miner_with_offer(1, 100, 2);
		for seed in 0..2 {
			assert!(assign(100, seed).is_some());
			for _ in 0..3 {
				let origin = RuntimeOrigin::signed(account(1));
				assert_ok!(Market::withdraw_offer(origin, Class::Echo));
				assert_ok!(offer(1, terms(100, 2)));
			}
		}
		assert_eq!(assign(100, 9), None);
		assert_eq!(state(1), Some((2, None)));
	});
}

/// Nothing is let by an offer that expires while leased, and its slots come back once.
#[test]
fn attack_an_offer_that_expires_while_leased_should_let_no_more() {
	execute(|| {
		miner_with_offer(1, 100, 3);
		assert!(assign(100, 0).is_some());
		assert!(assign(100, 1).is_some());
		System::set_block_number(1 + LIFE);
		assert_eq!(assign(100, 2), None);
		conclude(1, 200, LeaseFate::Accepted);
		assert_eq!((state(1), assign(100, 3)), (Some((1, None)), None));
		conclude(1, 200, LeaseFate::Accepted);
		assert_eq!((stored(1), locked(1)), (None, 0));
	});
}

/// Whoever leaves staking with offers listed gets nothing by them, and they go.
#[test]
fn attack_a_miner_that_left_should_get_nothing_by_its_offers() {
	execute(|| {
		make_miner(1, PLENTY);
		for class in Class::ALL {
			assert_ok!(offer_in(class, 1, terms(1, SLOTS)));
		}
		miner_with_offer(2, 100, 1);
		scripts(|all| all.remove(&account(1)));
		for class in Class::ALL {
			let found = Wanted { class, ..Wanted::at(100) }.assign();
			let expected = (class == Class::Echo).then(|| account(2));
			assert_eq!(found.map(|found| found.miner), expected);
			assert_eq!(Offers::<Test>::get(class, account(1)), None);
		}
	});
}

/// Offers leave the middle of a bucket while leases begin and end around them.
#[test]
fn attack_moving_a_bucket_under_open_leases_should_mix_nobody_up() {
	execute(|| {
		for number in 0..20 {
			miner_with_offer(number, 100, 2);
		}
		let mut leases: Vec<_> = (0..30).filter_map(|seed| assign(100, seed)).collect();
		assert_eq!(leases.len(), 30);
		for number in (0..20).step_by(3) {
			let origin = RuntimeOrigin::signed(account(number));
			assert_ok!(Market::withdraw_offer(origin, Class::Echo));
			assert_ok!(Market::do_try_state());
		}
		for number in (0..20).step_by(6) {
			assert_ok!(offer(number, terms(101, 4)));
			assert_ok!(Market::do_try_state());
		}
		while let Some(found) = leases.pop() {
			let open = leases.iter().filter(|lease| lease.miner == found.miner).count();
			release(Class::Echo, &found);
			let used = Offers::<Test>::get(Class::Echo, &found.miner).map_or(0, |offer| offer.used);
			assert_eq!(usize::from(used), open);
			assert_ok!(Market::do_try_state());
		}
		assert!((0..20).all(|number| locked(number) == 0));
	});
}

/// A seed that is used again and again does not give one of several equals everything.
#[test]
fn attack_a_reused_seed_should_not_choose_the_same_miner() {
	execute(|| {
		for number in 0..8 {
			miner_with_offer(number, 100, SLOTS);
		}
		let chosen: Vec<_> =
			(0..16).filter_map(|_| assign(100, 7)).map(|found| found.miner).collect();
		assert_eq!(chosen.len(), 16);
		let distinct: BTreeSet<_> = chosen.iter().collect();
		assert!(distinct.len() > 4, "{} of 8", distinct.len());
	});
}

/// The replicas of one job go to different miners even where their seeds are the same.
#[test]
fn attack_a_reused_seed_should_give_replicas_to_different_miners() {
	execute(|| {
		for number in 0..7 {
			miner_with_offer(number, 100, SLOTS);
		}
		let mut wanted = Wanted::at(100).seeded(7);
		for _ in 0..7 {
			let found = wanted.assign().expect("somebody is left");
			assert!(!wanted.excluded.contains(&found.owner));
			wanted.excluded.push(found.owner);
		}
		assert_storage_noop!(assert_eq!(wanted.assign(), None));
	});
}

/// Miners of one owner, however many, get one replica of a job.
#[test]
fn attack_one_owners_many_miners_should_get_one_replica() {
	execute(|| {
		let owner = account(500);
		for number in 0..12 {
			miner_with_offer(number, 100, SLOTS);
			rescript(number, |script| script.owner = owner.clone());
		}
		for number in 12..14 {
			miner_with_offer(number, 130, SLOTS);
		}
		let mut wanted = Wanted::at(200);
		let mut owners = Vec::new();
		for seed in 0..3 {
			wanted = wanted.seeded(seed);
			// The twelve share a bucket, the others are in another: both halves of the search have work.
			let found = wanted.assign().expect("one of three owners is left");
			wanted.excluded.push(found.owner.clone());
			owners.push(found.owner);
		}
		assert_eq!(owners[0], owner);
		assert_eq!(owners.iter().collect::<BTreeSet<_>>().len(), 3);
		assert_eq!(wanted.assign(), None);
	});
}

/// A client that mines does not get its own job, neither by its own name nor by that of its miners' owner;
/// nor does an owner whose miner was excluded by name.
#[test]
fn attack_a_client_should_not_get_its_own_job() {
	execute(|| {
		for number in 0..3 {
			miner_with_offer(number, 100, 1);
		}
		// The client owns miner 1, and is itself miner 0.
		rescript(1, |script| script.owner = account(0));
		let wanted = Wanted { excluded: vec![account(0)], ..Wanted::at(100) };
		for seed in 0..50 {
			assert_eq!(wanted.clone().seeded(seed).sample(), Some(account(2)));
		}
		let by_miner = Wanted { excluded: vec![account(1), account(2)], ..Wanted::at(100) };
		assert_eq!(by_miner.sample(), Some(account(0)));
	});
}

/// The largest collateral, reputation and warmth there are, sixteen times over, add up.
#[test]
fn attack_weights_of_the_largest_collateral_should_not_overflow() {
	execute(|| {
		fill(0, PROBES, |_| {
			let warm = BoundedVec::truncate_from(vec![program()]);
			(OfferTerms { warm, ..terms(1, 1) }, u128::MAX)
		});
		for number in 0..PROBES {
			rescript(number, |script| script.reputation = Reputation(u16::MAX));
		}
		for factor in [0, 1, u32::MAX] {
			CollateralFactorPercent::set(factor);
			for seed in 0..20 {
				assert!(Wanted::at(1).seeded(seed).sample().is_some());
			}
		}
	});
}

/// Values whose collateral does not fit are refused as such. Nothing panics, nothing is let for less.
#[test]
fn attack_values_near_the_largest_amount_should_be_refused_for_collateral() {
	execute(|| {
		make_miner(1, u128::MAX);
		assert_ok!(offer(1, terms(1, 1)));
		for (units, most, tip) in [
			(1, u128::MAX, 0),
			(2, u128::MAX, 0),
			(u64::MAX, u128::MAX, u128::MAX),
			(1, u128::MAX / 2, 1),
			(1, 1, u128::MAX),
			(u64::MAX, u128::MAX >> 63, 0),
		] {
			let wanted = Wanted { units, tip, ..Wanted::at(most) };
			assert_storage_noop!(assert_eq!(wanted.assign(), None));
			assert_eq!(wanted.explain(9).refused, [(OfferFilter::Collateral, 1)]);
		}
		// Twice this is the largest that fits; and no units and no tip are worth nothing.
		let fits = Wanted::at(u128::MAX / 2);
		assert_eq!(fits.assign().map(|found| found.bond.collateral), Some(u128::MAX - 1));
		conclude(1, u128::MAX - 1, LeaseFate::Accepted);
		let nothing = Wanted { units: 0, ..Wanted::at(u128::MAX) };
		assert_eq!(nothing.assign().map(|found| found.bond.collateral), Some(0));
	});
}

/// Who asks one planck, to be drawn first and to lose nothing by a lie, locks what the client risks.
#[test]
fn attack_a_cheap_liar_should_lock_the_clients_value() {
	execute(|| {
		miner_with_offer(1, 1, 1);
		let wanted = Wanted { units: 10, tip: 77, ..Wanted::at(5_000) };
		let found = wanted.assign().expect("it is cheap, and can lock");
		assert_eq!((found.price_per_unit, found.bond.collateral), (1, 2 * (10 * 5_000 + 77)));
		release(Class::Echo, &found);
		// It has enough for its own price a thousand times over, but not for the client's.
		rescript(1, |script| script.free = 2 * (10 * 5_000 + 77) - 1);
		assert_eq!(wanted.assign(), None);
		assert_eq!(wanted.explain(9).refused, [(OfferFilter::Collateral, 1)]);
	});
}

/// Governance changes the factor while leases are open: they end as they began.
#[test]
fn attack_a_changed_factor_should_not_reach_open_leases() {
	execute(|| {
		miner_with_offer(1, 100, 2);
		let before = assign(100, 0).expect("one is free");
		CollateralFactorPercent::set(300);
		let after = assign(100, 1).expect("another is free");
		assert_eq!((before.bond.collateral, after.bond.collateral), (200, 300));
		release(Class::Echo, &before);
		assert_eq!(locked(1), 300);
		release(Class::Echo, &after);
		assert_eq!(locked(1), 0);
	});
}

/// Profiles cost their deposit each, and one who is no miner cannot fill the chain with them.
#[test]
fn attack_profiles_should_cost_a_deposit_each() {
	execute(|| {
		for number in 0..20 {
			endow(&account(number), 10_000);
			let origin = RuntimeOrigin::signed(account(number));
			assert!(Market::set_profile(origin.clone(), DeviceProfile::default()).is_err());
			make_miner(number, 0);
			assert_ok!(Market::set_profile(origin, DeviceProfile::default()));
		}
		let reason = RuntimeHoldReason::from(HoldReason::Profile);
		let held: Balance =
			(0..20).map(|number| Balances::balance_on_hold(&reason, &account(number))).sum();
		assert_eq!(held, 20 * 500);
	});
}
