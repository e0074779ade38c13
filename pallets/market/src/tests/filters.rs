//! What turns an offer down: each filter at its boundary, and their order.

use crate::{filters::*, mock::account, *};
use aitbc_primitives::{Capabilities, Cid, Features, Region, Reputation, Requirements};

const NOW: BlockNumber = 50;

/// What is done to a case.
type Change = fn(&mut Case);

/// Something that every filter turns down, until it is mended.
struct Case {
	request: Wanted,
	terms: OfferTerms,
	standing: Option<MinerStanding<AccountId>>,
}

struct Wanted {
	units: u64,
	most: Balance,
	tip: Balance,
	/// Blocks of two seconds.
	window: BlockNumber,
	requirements: Requirements,
	excluded: Vec<AccountId>,
}

fn miner() -> AccountId {
	account(1)
}

fn owner() -> AccountId {
	account(2)
}

fn stranger() -> AccountId {
	account(3)
}

fn standing() -> MinerStanding<AccountId> {
	MinerStanding {
		owner: owner(),
		worker: WorkerKey::from_raw([1; 32]),
		bond: 1_000,
		// (3 × 10 + 5) × 200 %.
		free: 70,
		reputation: Reputation(600),
	}
}

/// An offer that just fits in every respect.
fn fitting() -> Case {
	Case {
		request: Wanted {
			units: 3,
			most: 10,
			tip: 5,
			window: 10,
			requirements: Requirements {
				min_vram_mib: 100,
				min_units_per_second: 20,
				min_reputation: Reputation(600),
				features: Features(0b101),
				region: Some(Region(*b"AT")),
				..Requirements::default()
			},
			excluded: vec![stranger()],
		},
		terms: OfferTerms {
			price_per_unit: 10,
			slots: 1,
			max_units: 3,
			expires_at: NOW + 1,
			device: Capabilities {
				vram_mib: 100,
				units_per_second: 20,
				features: Features(0b111),
				region: Some(Region(*b"AT")),
			},
			warm: BoundedVec::default(),
		},
		standing: Some(standing()),
	}
}

impl Case {
	fn judge(&self) -> Result<Fit, OfferFilter> {
		let request = MatchRequest {
			class: Class::Echo,
			program: Cid::of_raw(b""),
			units: self.request.units,
			max_price_per_unit: self.request.most,
			tip: self.request.tip,
			deliver_within_blocks: self.request.window,
			requirements: &self.request.requirements,
			excluded: &self.request.excluded,
			seed: Hash::zero(),
		};
		judge(&Demand::new(&request, NOW, 200, 2_000), &miner(), &self.terms, || {
			self.standing.clone()
		})
	}
}

/// That a change of the fitting case is turned down by a filter, or by none.
fn judged(change: impl FnOnce(&mut Case)) -> Option<OfferFilter> {
	let mut case = fitting();
	change(&mut case);
	case.judge().err()
}

fn list(names: &[AccountId]) -> BoundedVec<AccountId, ConstU32<8>> {
	BoundedVec::truncate_from(names.to_vec())
}

#[test]
fn judge_should_say_what_to_lock_when_an_offer_fits() {
	assert_eq!(fitting().judge(), Ok(Fit { standing: standing(), collateral: 70 }));
}

#[test]
fn judge_should_turn_down_when_the_offer_has_expired() {
	assert_eq!(judged(|case| case.terms.expires_at = NOW), Some(OfferFilter::Expired));
	assert_eq!(judged(|case| case.terms.expires_at = NOW + 2), None);
}

#[test]
fn judge_should_turn_down_when_the_offer_asks_too_much() {
	assert_eq!(judged(|case| case.terms.price_per_unit = 11), Some(OfferFilter::Price));
	assert_eq!(judged(|case| case.terms.price_per_unit = 1), None);
}

#[test]
fn judge_should_turn_down_when_the_job_is_too_large() {
	assert_eq!(judged(|case| case.terms.max_units = 2), Some(OfferFilter::JobSize));
	assert_eq!(judged(|case| case.terms.max_units = 4), None);
}

#[test]
fn judge_should_turn_down_when_the_device_has_less_than_is_demanded() {
	let device = |change: fn(&mut Capabilities)| judged(|case| change(&mut case.terms.device));
	assert_eq!(device(|device| device.vram_mib = 99), Some(OfferFilter::Vram));
	assert_eq!(device(|device| device.vram_mib = 101), None);
	assert_eq!(device(|device| device.units_per_second = 19), Some(OfferFilter::Speed));
	assert_eq!(device(|device| device.units_per_second = 21), None);
	for missing in [0b110, 0b011, 0b010, 0] {
		let lacking = judged(|case| case.terms.device.features = Features(missing));
		assert_eq!(lacking, Some(OfferFilter::Features));
	}
	assert_eq!(device(|device| device.features = Features(0b101)), None);
	assert_eq!(device(|device| device.features = Features(u32::MAX)), None);
	assert_eq!(device(|device| device.region = None), Some(OfferFilter::Region));
	assert_eq!(device(|device| device.region = Some(Region(*b"AU"))), Some(OfferFilter::Region));
}

/// Half of the window must be enough, by what the miner says it does in a second. Who says nothing is asked
/// nothing.
#[test]
fn judge_should_turn_down_when_the_job_cannot_be_done_in_its_window() {
	// A planck each, so that the collateral fits.
	let judged = |units, window, units_per_second| {
		judged(|case| {
			(case.request.units, case.request.window) = (units, window);
			(case.request.most, case.request.tip, case.terms.price_per_unit) = (1, 0, 1);
			case.terms.max_units = u64::MAX;
			case.terms.device.units_per_second = units_per_second;
			case.request.requirements.min_units_per_second = 0;
			case.standing = Some(MinerStanding { free: u128::MAX, ..standing() });
		})
	};
	// 20 units/s × 10 blocks × 2 s, halved.
	assert_eq!(judged(200, 10, 20), None);
	assert_eq!(judged(201, 10, 20), Some(OfferFilter::Window));
	assert_eq!(judged(201, 11, 20), None);
	assert_eq!(judged(201, 10, 21), None);
	assert_eq!(judged(u64::MAX, 1, 0), None);
	assert_eq!(judged(u64::MAX >> 2, u32::MAX, u32::MAX), None);
	assert_eq!(judged(1, 0, u32::MAX), Some(OfferFilter::Window));
}

#[test]
fn judge_should_ask_nothing_of_the_device_when_nothing_is_demanded() {
	let nothing = |case: &mut Case| {
		case.request.requirements = Requirements::default();
		case.terms.device = Capabilities::default();
		case.standing = Some(MinerStanding { reputation: Reputation(0), ..standing() });
	};
	assert_eq!(judged(nothing), None);
	assert_eq!(judged(|case| case.request.requirements.region = None), None);
}

#[test]
fn judge_should_turn_down_when_an_allow_list_names_neither_miner_nor_owner() {
	let allow = |names: &[AccountId]| judged(|case| case.request.requirements.allow = list(names));
	assert_eq!(allow(&[]), None);
	assert_eq!(allow(&[stranger()]), Some(OfferFilter::NotAllowed));
	assert_eq!(allow(&[stranger(), miner()]), None);
	assert_eq!(allow(&[stranger(), owner()]), None);
}

#[test]
fn judge_should_turn_down_when_a_deny_list_names_miner_or_owner() {
	let deny = |names: &[AccountId]| judged(|case| case.request.requirements.deny = list(names));
	assert_eq!(deny(&[stranger()]), None);
	assert_eq!(deny(&[stranger(), miner()]), Some(OfferFilter::Denied));
	assert_eq!(deny(&[stranger(), owner()]), Some(OfferFilter::Denied));
}

#[test]
fn judge_should_turn_down_when_the_miner_may_take_no_lease() {
	assert_eq!(judged(|case| case.standing = None), Some(OfferFilter::MinerInactive));
}

/// Whose an inactive miner is is not known: lists can only name the miner itself.
#[test]
fn judge_should_blame_the_lists_for_an_inactive_miner_only_when_they_name_it() {
	let inactive = |allow: &[AccountId], deny: &[AccountId]| {
		judged(|case| {
			case.standing = None;
			case.request.requirements.allow = list(allow);
			case.request.requirements.deny = list(deny);
		})
	};
	assert_eq!(inactive(&[stranger()], &[]), Some(OfferFilter::MinerInactive));
	assert_eq!(inactive(&[miner()], &[]), Some(OfferFilter::MinerInactive));
	assert_eq!(inactive(&[], &[owner()]), Some(OfferFilter::MinerInactive));
	assert_eq!(inactive(&[], &[miner()]), Some(OfferFilter::Denied));
}

#[test]
fn judge_should_turn_down_when_miner_or_owner_is_excluded() {
	for (name, expected) in [
		(miner(), Some(OfferFilter::OwnerTaken)),
		(owner(), Some(OfferFilter::OwnerTaken)),
		(stranger(), None),
	] {
		assert_eq!(judged(|case| case.request.excluded.push(name)), expected);
	}
}

#[test]
fn judge_should_turn_down_when_the_reputation_is_too_low() {
	let reputed = |points| {
		judged(|case| {
			let reputation = Reputation(points);
			case.standing = Some(MinerStanding { reputation, ..standing() });
		})
	};
	assert_eq!(reputed(599), Some(OfferFilter::Reputation));
	assert_eq!(reputed(601), None);
}

#[test]
fn judge_should_turn_down_when_too_little_is_free() {
	let having = |free| judged(|case| case.standing = Some(MinerStanding { free, ..standing() }));
	assert_eq!(having(69), Some(OfferFilter::Collateral));
	assert_eq!(having(71), None);
	// What is at stake altogether does not matter.
	assert_eq!(having(0), Some(OfferFilter::Collateral));
}

#[test]
fn judge_should_refuse_collateral_when_the_value_does_not_fit() {
	let rich = || Some(MinerStanding { free: u128::MAX, ..standing() });
	for (units, most, tip, fits) in [
		(u64::MAX, u128::MAX, 0, false),
		(1, u128::MAX, 0, false),
		(1, u128::MAX, 1, false),
		(2, u128::MAX / 2, 2, false),
		// Twice the value is one more than fits, and just what fits.
		(1, u128::MAX / 2, 1, false),
		(1, u128::MAX / 2, 0, true),
		(0, u128::MAX, 0, true),
	] {
		let found = judged(|case| {
			case.standing = rich();
			case.terms.max_units = u64::MAX;
			case.terms.device.units_per_second = 0;
			case.request.requirements.min_units_per_second = 0;
			case.request.units = units;
			case.request.most = most;
			case.request.tip = tip;
		});
		let expected = (!fits).then_some(OfferFilter::Collateral);
		assert_eq!(found, expected, "{units} × {most} + {tip}");
	}
}

/// Mends one thing after the other: the first that is broken is always the reason.
#[test]
fn judge_should_name_the_first_filter_when_several_turn_an_offer_down() {
	let mut case = fitting();
	case.terms.expires_at = NOW;
	case.terms.price_per_unit = 11;
	case.terms.max_units = 2;
	case.terms.device = Capabilities::default();
	case.request.window = 0;
	case.request.requirements.allow = list(&[stranger()]);
	case.request.requirements.deny = list(&[owner()]);
	case.request.excluded.push(owner());
	case.standing = Some(MinerStanding { reputation: Reputation(0), free: 0, ..standing() });
	let mend: [(OfferFilter, Change); 13] = [
		(OfferFilter::Expired, |case| case.terms.expires_at = NOW + 1),
		(OfferFilter::Price, |case| case.terms.price_per_unit = 10),
		(OfferFilter::JobSize, |case| case.terms.max_units = 3),
		(OfferFilter::Vram, |case| case.terms.device.vram_mib = 100),
		(OfferFilter::Speed, |case| case.terms.device.units_per_second = 20),
		(OfferFilter::Window, |case| case.request.window = 10),
		(OfferFilter::Features, |case| case.terms.device.features = Features(0b101)),
		(OfferFilter::Region, |case| case.terms.device.region = Some(Region(*b"AT"))),
		(OfferFilter::NotAllowed, |case| case.request.requirements.allow = list(&[])),
		(OfferFilter::Denied, |case| case.request.requirements.deny = list(&[])),
		(OfferFilter::OwnerTaken, |case| case.request.excluded.clear()),
		(OfferFilter::Reputation, |case| case.request.requirements.min_reputation = Reputation(0)),
		(OfferFilter::Collateral, |case| case.standing = Some(standing())),
	];
	let mut last = None;
	for (filter, mended) in mend {
		assert_eq!(case.judge().err(), Some(filter));
		assert!(last < Some(filter), "they are asked in the order of the enumeration");
		last = Some(filter);
		mended(&mut case);
	}
	assert!(case.judge().is_ok());
}

/// The dear question is asked of nobody whom the offer itself rules out.
#[test]
fn judge_should_not_ask_how_the_miner_stands_when_the_offer_says_enough() {
	let case = fitting();
	let request = MatchRequest {
		class: Class::Echo,
		program: Cid::of_raw(b""),
		units: 4,
		max_price_per_unit: 10,
		tip: 0,
		deliver_within_blocks: 10,
		requirements: &case.request.requirements,
		excluded: &[],
		seed: Hash::zero(),
	};
	let demand = Demand::new(&request, NOW, 200, 2_000);
	let refused = judge(&demand, &miner(), &case.terms, || panic!("it is asked all the same"));
	assert_eq!(refused, Err(OfferFilter::JobSize));
}
