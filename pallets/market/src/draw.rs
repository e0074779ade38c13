//! Who is drawn among those that fit: pure arithmetic on a seed.

use aitbc_primitives::{Balance, Hash, Reputation};
use alloc::vec::Vec;
use codec::Encode;
use sp_runtime::traits::{BlakeTwo256, Hash as _};

/// How much more often an offer is drawn whose device has the program ready.
const WARM_FACTOR: u64 = 4;

/// Most leases like the one in question whose free collateral counts.
const MOST_LEASES: Balance = 1 << 20;

/// How often an eligible offer is drawn, in proportion to others:
///
/// ```text
/// ⌊free / needed⌋ × (1 + reputation) × (4 if warm)
/// ```
///
/// That is: as often as its collateral could back such a lease, at most 2²⁰ times. Of those
/// seen, whoever cut its collateral into many miners gains nothing. At least 1; at most 2²⁰ · 10,001 · 4 for a reputation on its
/// scale.
pub fn chance(free: Balance, needed: Balance, reputation: Reputation, warm: bool) -> u64 {
	let leases = free.checked_div(needed.max(1)).unwrap_or(0).clamp(1, MOST_LEASES);
	let standing = u64::from(reputation.0).saturating_add(1);
	let factor = if warm { WARM_FACTOR } else { 1 };
	// At most MOST_LEASES.
	u64::try_from(leases).unwrap_or(1).saturating_mul(standing).saturating_mul(factor)
}

/// Numbers that a seed decides, one after the other.
#[derive(Clone, Debug)]
pub struct Draws {
	seed: Hash,
	drawn: u32,
}

impl Draws {
	/// The numbers of a seed.
	pub fn new(seed: Hash) -> Self {
		Self { seed, drawn: 0 }
	}

	/// Lets what comes depend on `what` too.
	pub fn mix(&mut self, what: &impl Encode) {
		self.seed = BlakeTwo256::hash_of(&(self.seed, what));
	}

	/// The next number.
	fn next(&mut self) -> u64 {
		let hash = BlakeTwo256::hash_of(&(self.seed, self.drawn));
		self.drawn = self.drawn.wrapping_add(1);
		let [a, b, c, d, e, f, g, h, ..] = hash.to_fixed_bytes();
		u64::from_le_bytes([a, b, c, d, e, f, g, h])
	}

	/// One of the numbers below `end`; `None` if there is none. Each is as likely as the others, but for
	/// a part in 2³².
	pub fn below(&mut self, end: u32) -> Option<u32> {
		let rest = self.next().checked_rem(end.into())?;
		u32::try_from(rest).ok()
	}

	/// Takes one of the items out, each as likely as its weight says. `None` if the weights add up to
	/// nothing.
	pub fn take_weighted<Item>(&mut self, items: &mut Vec<(u64, Item)>) -> Option<Item> {
		let total = items.iter().fold(0u64, |sum, (weight, _)| sum.saturating_add(*weight));
		let mut point = self.next().checked_rem(total)?;
		let chosen = items.iter().position(|(weight, _)| match point.checked_sub(*weight) {
			Some(rest) => {
				point = rest;
				false
			}
			None => true,
		})?;
		// `position` is below the length, so this does not panic.
		let (_, item) = items.swap_remove(chosen);
		Some(item)
	}
}
