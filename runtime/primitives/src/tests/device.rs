//! What a device is said to be.

use super::*;
use codec::{DecodeAll, Encode};

#[test]
fn features_should_contain_each_other_bit_by_bit_when_compared() {
	let both = Features(Features::DOT4_I8.0 | Features::SUBGROUPS.0);
	assert!(both.contains(Features::DOT4_I8) && both.contains(Features::SUBGROUPS));
	assert!(both.contains(Features::default()) && both.contains(both));
	assert!(!both.contains(Features::SHADER_INT64));
	assert!(!Features::DOT4_I8.contains(both));
	// Bits without a name are compared like the others.
	assert!(!both.contains(Features(1 << 17)));
	assert!(Features(u32::MAX).contains(Features(1 << 17)));
}

#[test]
fn region_should_be_valid_when_it_is_two_capital_letters() {
	for (letters, valid) in
		[(*b"DE", true), (*b"AZ", true), (*b"dE", false), (*b"D1", false), ([0, 0], false)]
	{
		assert_eq!(Region(letters).is_valid(), valid);
	}
	assert!(!Region([b'A' - 1, b'Z' + 1]).is_valid());
}

#[test]
fn requirements_should_demand_nothing_when_they_are_the_default() {
	let none = Requirements::default();
	assert!(none.is_valid());
	assert!(none.allow.is_empty() && none.deny.is_empty());
	assert_eq!((none.min_vram_mib, none.min_units_per_second), (0, 0));
}

#[test]
fn requirements_should_refuse_to_decode_when_a_list_is_longer_than_its_bound() {
	let names = |count: u8| (0..count).map(|number| AccountId::new([number; 32])).collect();
	let bytes = |count: u8| {
		let names: Vec<AccountId> = names(count);
		(0u32, 0u32, Reputation(0), Features(0), None::<Region>, names, Vec::<AccountId>::new())
			.encode()
	};
	let most = MAX_LISTED_MINERS as u8;
	let full = Requirements::decode_all(&mut bytes(most).as_slice());
	assert_eq!(full.map(|wanted| wanted.allow.len()), Ok(usize::from(most)));
	assert!(Requirements::decode_all(&mut bytes(most + 1).as_slice()).is_err());
}

#[test]
fn reputation_should_be_ordered_when_compared() {
	assert!(Reputation(1) > Reputation::default());
	assert!(Reputation(9_999) < Reputation::MAX);
}
