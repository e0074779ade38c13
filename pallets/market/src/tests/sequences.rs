//! Random sequences of calls, matches and lease ends, checked against a model after every step.

use crate::{mock::*, *};
use aitbc_primitives::{Capabilities, Reputation, Requirements};
use frame_support::assert_ok;
use proptest::prelude::*;

const MINERS: u32 = 6;

#[derive(Clone, Debug)]
enum Action {
	/// Class, miner, price, slots, life in blocks, size of jobs, memory.
	Offer(usize, u32, Balance, u16, BlockNumber, u64, u32),
	Withdraw(usize, u32),
	Assign(Demanded),
	/// Which of the open leases ends.
	Conclude(usize, LeaseFate),
	Wait(BlockNumber),
	/// Miner, whether it may take leases, its free collateral, whose it is, its reputation.
	Rescript(u32, bool, Balance, u32, u16),
	/// Miner, vendor.
	SetProfile(u32, u32),
	ClearProfile(u32),
	/// What the next profiles hold.
	Deposit(Balance),
}

#[derive(Clone, Debug)]
struct Demanded {
	class: usize,
	units: u64,
	most: Balance,
	tip: Balance,
	/// Whom a bit names is excluded.
	excluded: u8,
	min_vram_mib: u32,
	min_reputation: u16,
	/// Allowed and denied, if there is one.
	names: (Option<u32>, Option<u32>),
	seed: u64,
}

fn price() -> impl Strategy<Value = Balance> {
	// Few enough prices that buckets fill up.
	prop_oneof![6 => 0..40u128, 2 => 90..110u128, 1 => any::<u128>(), 1 => Just(u128::MAX)]
}

fn fate() -> impl Strategy<Value = LeaseFate> {
	prop::sample::select(vec![LeaseFate::Accepted, LeaseFate::Late, LeaseFate::Wrong])
}

fn demanded() -> impl Strategy<Value = Demanded> {
	let name = || prop_oneof![4 => Just(None), 1 => (0..MINERS).prop_map(Some)];
	(
		(0..Class::ALL.len() - 1, prop_oneof![4 => 1..20u64, 1 => any::<u64>()], price()),
		(prop_oneof![4 => 0..50u128, 1 => any::<u128>()], any::<u8>(), 0..3u32, 0..3u16),
		((name(), name()), any::<u64>()),
	)
		.prop_map(
			|((class, units, most), (tip, excluded, min_vram_mib, min_reputation), rest)| {
				let (names, seed) = rest;
				Demanded {
					class,
					units,
					most,
					tip,
					excluded,
					min_vram_mib,
					min_reputation,
					names,
					seed,
				}
			},
		)
}

fn action() -> impl Strategy<Value = Action> {
	let class = || 0..Class::ALL.len() - 1;
	let size = prop_oneof![3 => Just(u64::MAX), 1 => 0..20u64];
	prop_oneof![
		6 => (class(), 0..MINERS, price(), 0..4u16, 0..30u32, size, 0..3u32)
			.prop_map(|(a, b, c, d, e, f, g)| Action::Offer(a, b, c, d, e, f, g)),
		1 => (class(), 0..MINERS).prop_map(|(class, who)| Action::Withdraw(class, who)),
		8 => demanded().prop_map(Action::Assign),
		4 => (any::<usize>(), fate()).prop_map(|(which, fate)| Action::Conclude(which, fate)),
		1 => (1..20u32).prop_map(Action::Wait),
		1 => (
			0..MINERS,
			any::<bool>(),
			prop_oneof![Just(0), 0..2_000u128, Just(1 << 100)],
			0..MINERS,
			0..4u16,
		)
			.prop_map(|(a, b, c, d, e)| Action::Rescript(a, b, c, d, e)),
		1 => (0..MINERS, any::<u32>()).prop_map(|(who, vendor)| Action::SetProfile(who, vendor)),
		1 => (0..MINERS).prop_map(Action::ClearProfile),
		1 => prop_oneof![Just(0), 0..1_000u128, any::<u128>()].prop_map(Action::Deposit),
	]
}

impl Demanded {
	fn wanted(&self) -> Wanted {
		let names =
			|who: Option<u32>| BoundedVec::truncate_from(who.map(account).into_iter().collect());
		Wanted {
			class: Class::ALL[self.class],
			units: self.units,
			most: self.most,
			tip: self.tip,
			requirements: Requirements {
				min_vram_mib: self.min_vram_mib,
				min_reputation: Reputation(self.min_reputation),
				allow: names(self.names.0),
				deny: names(self.names.1),
				..Requirements::default()
			},
			excluded: (0..MINERS)
				.filter(|who| self.excluded >> who & 1 == 1)
				.map(account)
				.collect(),
			seed: Hash::from_low_u64_be(self.seed),
		}
	}
}

struct Open {
	class: Class,
	found: Assignment<AccountId>,
}

/// Whether an offer fits, said anew and in another way than the pallet says it.
fn fits(wanted: &Wanted, miner: &AccountId, offer: &Offer) -> bool {
	let Some(script) = scripts(|all| all.get(miner).cloned()) else { return false };
	let needed = u128::from(wanted.units)
		.checked_mul(wanted.most)
		.and_then(|value| value.checked_add(wanted.tip))
		.and_then(|value| value.checked_mul(2));
	let Requirements { min_vram_mib, min_reputation, allow, deny, .. } = &wanted.requirements;
	let is_in =
		|names: &[AccountId]| names.iter().any(|name| name == miner || *name == script.owner);
	offer.place.is_some()
		&& offer.terms.expires_at > System::block_number()
		&& offer.terms.price_per_unit <= wanted.most
		&& offer.terms.max_units >= wanted.units
		&& offer.terms.device.vram_mib >= *min_vram_mib
		&& (allow.is_empty() || is_in(allow))
		&& !is_in(deny)
		&& !is_in(&wanted.excluded)
		&& script.active
		&& script.reputation >= *min_reputation
		&& needed.is_some_and(|needed| needed <= script.free)
}

/// The offers that fit, with what they ask.
fn all_that_fit(wanted: &Wanted) -> Vec<(AccountId, Balance)> {
	Offers::<Test>::iter_prefix(wanted.class)
		.filter(|(miner, offer)| fits(wanted, miner, offer))
		.map(|(miner, offer)| (miner, offer.terms.price_per_unit))
		.collect()
}

/// There are fewer offers than probes, so a match finds one exactly if one fits; and it takes it from the
/// cheapest bucket that has one, unless more stand in front than the first half looks at.
fn match_one(leases: &mut Vec<Open>, wanted: &Wanted) {
	let fit = all_that_fit(wanted);
	let report = wanted.explain(u32::MAX);
	assert_eq!(report.eligible as usize, fit.len());
	assert_eq!(report.lowest_price, fit.iter().map(|(_, price)| *price).min());
	let refused: u32 = report.refused.iter().map(|(_, count)| count).sum();
	assert_eq!(report.eligible + refused, report.examined);
	Asked::set(0);
	let Some(found) = wanted.assign() else {
		assert!(fit.is_empty(), "one fits and none is found");
		return;
	};
	assert!(Asked::get() <= PROBES);
	assert!(fit.contains(&(found.miner.clone(), found.price_per_unit)));
	let cheapest = fit.iter().map(|(_, price)| bucket_of(*price)).min();
	assert_eq!(Some(bucket_of(found.price_per_unit)), cheapest);
	assert_eq!(found.worker, worker(&found.miner));
	assert_eq!(found.owner, scripts(|all| all[&found.miner].owner.clone()));
	assert_eq!(found.bond.collateral, (u128::from(wanted.units) * wanted.most + wanted.tip) * 2);
	leases.push(Open { class: wanted.class, found });
}

fn apply(leases: &mut Vec<Open>, action: Action) {
	let now = System::block_number();
	match action {
		Action::Offer(class, who, price, slots, life, max_units, vram_mib) => {
			let device = Capabilities { vram_mib, ..Capabilities::default() };
			let expires_at = now + life;
			let terms = OfferTerms { max_units, expires_at, device, ..terms(price, slots) };
			let _ = offer_in(Class::ALL[class], who, terms);
		}
		Action::Withdraw(class, who) => {
			let origin = RuntimeOrigin::signed(account(who));
			let _ = Market::withdraw_offer(origin, Class::ALL[class]);
		}
		Action::Assign(demanded) => match_one(leases, &demanded.wanted()),
		Action::Conclude(which, fate) => {
			let Some(which) = which.checked_rem(leases.len()) else { return };
			let Open { class, found } = leases.swap_remove(which);
			Market::conclude(&found.miner, class, &found.worker, &found.bond, fate, 0);
		}
		Action::Wait(blocks) => System::set_block_number(now + blocks),
		Action::Rescript(who, active, free, owner, reputation) => rescript(who, |script| {
			script.active = active;
			script.free = free;
			script.owner = account(owner);
			script.reputation = Reputation(reputation);
		}),
		Action::SetProfile(who, vendor_id) => {
			let profile = DeviceProfile { vendor_id, ..DeviceProfile::default() };
			let _ = Market::set_profile(RuntimeOrigin::signed(account(who)), profile);
		}
		Action::ClearProfile(who) => {
			let _ = Market::clear_profile(RuntimeOrigin::signed(account(who)));
		}
		Action::Deposit(deposit) => ProfileDeposit::set(deposit),
	}
}

fn check(leases: &[Open]) {
	assert_ok!(Market::do_try_state());
	for who in 0..MINERS {
		let of_miner = |lease: &&Open| lease.found.miner == account(who);
		for class in Class::ALL {
			let open = leases.iter().filter(of_miner).filter(|lease| lease.class == class).count();
			let used = Offers::<Test>::get(class, account(who)).map_or(0, |offer| offer.used);
			assert_eq!(usize::from(used), open, "slots of {who} in {class:?}");
		}
		let collateral = |lease: &Open| lease.found.bond.collateral;
		assert_eq!(locked(who), leases.iter().filter(of_miner).map(collateral).sum::<Balance>());
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

	#[test]
	fn any_sequence_should_keep_the_book_whole_when_miners_and_jobs_come_at_random(
		actions in prop::collection::vec(action(), 1..80)
	) {
		execute(|| {
			for who in 0..MINERS {
				make_miner(who, 1_000);
				endow(&account(who), 5_000);
			}
			let mut leases = Vec::new();
			for action in actions {
				apply(&mut leases, action);
				check(&leases);
			}
			for Open { class, found } in leases.drain(..) {
				release(class, &found);
			}
			check(&leases);
		});
	}

	/// As many as one match looks at, in any buckets: one that fits is found, and is one that fits.
	#[test]
	fn assign_should_find_an_offer_when_no_more_than_the_probes_are_listed_and_one_fits(
		offers in prop::collection::vec((1..2_000u128, 0..20_000u128), 1..=PROBES as usize),
		units in 1..10u64,
		most in 1..2_000u128,
		seed: u64,
	) {
		execute(|| {
			for (number, (price, free)) in (0u32..).zip(offers) {
				make_miner(number, free);
				assert_ok!(offer(number, terms(price, 1)));
			}
			let wanted = Wanted { units, ..Wanted::at(most).seeded(seed) };
			let fit = all_that_fit(&wanted);
			match wanted.assign() {
				Some(found) => assert!(fit.contains(&(found.miner, found.price_per_unit))),
				None => assert!(fit.is_empty()),
			}
		});
	}
}
