//! The order of service, without storage: a block serves as many tickets as it has room for, and whoever
//! waits has a turn within a bound.

use crate::walk::*;
use aitbc_primitives::{BucketSet, Class, PriceBucket};
use proptest::prelude::*;
use std::collections::{BTreeMap, VecDeque};

/// Rings in memory. A ticket is a number.
#[derive(Clone, Default)]
struct Rings {
	rings: BTreeMap<(Class, PriceBucket), VecDeque<u64>>,
	lines: BTreeMap<Class, Line>,
	floors: BTreeMap<Class, PriceBucket>,
	block: u64,
}

impl Rings {
	fn push(&mut self, class: Class, bucket: PriceBucket, ticket: u64) {
		self.rings.entry((class, bucket)).or_default().push_back(ticket);
		self.lines.entry(class).or_default().filled.set(bucket, true);
	}

	/// Serves one block of `room` steps, none of which finds a miner. Returns the tickets in their order.
	fn serve(&mut self, room: usize) -> Vec<u64> {
		let walks = self
			.lines
			.iter()
			.map(|(class, line)| (*class, Walk::new(*line, self.floors.get(class).copied())));
		let mut service = Service::new(walks.collect::<Vec<_>>(), self.block);
		self.block += 1;
		let mut served = Vec::new();
		while served.len() < room {
			let rings = &self.rings;
			let length =
				|class, bucket| rings.get(&(class, bucket)).map_or(0, |ring| ring.len() as u64);
			let Some(place) = service.next(length) else { break };
			let ring = self.rings.get_mut(&place).expect("only filled rings are served");
			let ticket = ring.pop_front().expect("it has tickets");
			ring.push_back(ticket);
			served.push(ticket);
		}
		for (class, stopped) in service.stopped() {
			let line = self.lines.get_mut(&class).expect("known");
			*line = Line { filled: line.filled, ..*stopped };
		}
		served
	}

	/// Blocks until a ticket is served.
	fn blocks_until(&mut self, ticket: u64, room: usize, most: u32) -> u32 {
		(1..=most)
			.find(|_| self.serve(room).contains(&ticket))
			.unwrap_or_else(|| panic!("ticket {ticket} waited {most} blocks"))
	}
}

fn open(floors: &[(Class, PriceBucket)]) -> Rings {
	Rings { floors: floors.iter().copied().collect(), ..Default::default() }
}

#[test]
fn walk_should_alternate_between_the_dearest_and_the_round() {
	let mut rings = open(&[(Class::Echo, 0)]);
	for ticket in [100, 101, 102, 103] {
		rings.push(Class::Echo, 900, ticket);
	}
	rings.push(Class::Echo, 500, 50);
	rings.push(Class::Echo, 400, 40);
	// Dearest; around from the top; dearest; around, one bucket further; …
	assert_eq!(rings.serve(6), [100, 101, 102, 50, 103, 40]);
	// The next block goes on where the round stopped, and each is served once.
	assert_eq!(rings.serve(2), [100, 101]);
	assert_eq!(rings.serve(2), [102, 50]);
	assert_eq!(rings.serve(2), [103, 40]);
}

#[test]
fn walk_should_serve_each_ticket_at_most_once_in_a_block() {
	let mut rings = open(&[(Class::Echo, 0)]);
	for ticket in 0..10 {
		rings.push(Class::Echo, (ticket % 3) as PriceBucket, ticket);
	}
	let mut served = rings.serve(100);
	served.sort_unstable();
	assert_eq!(served, (0..10).collect::<Vec<_>>());
}

#[test]
fn walk_should_pass_over_buckets_below_the_cheapest_offer() {
	let mut rings = open(&[(Class::Echo, 500)]);
	rings.push(Class::Echo, 499, 1);
	rings.push(Class::Echo, 500, 2);
	rings.push(Class::Echo, 501, 3);
	assert_eq!(rings.serve(9), [3, 2]);
	rings.floors.clear();
	assert!(rings.serve(9).is_empty(), "nobody offers anything");
}

#[test]
fn walk_should_keep_its_turn_when_a_block_has_room_for_one() {
	let mut rings = open(&[(Class::Echo, 0)]);
	rings.push(Class::Echo, 9, 90);
	rings.push(Class::Echo, 9, 91);
	rings.push(Class::Echo, 1, 10);
	assert_eq!((0..6).flat_map(|_| rings.serve(1)).collect::<Vec<_>>(), [90, 91, 90, 10, 91, 90]);
}

#[test]
fn walk_should_skip_a_bucket_that_the_set_names_in_error() {
	let mut filled = BucketSet::default();
	filled.set(7, true);
	filled.set(3, true);
	let mut walk = Walk::new(Line { filled, ..Default::default() }, Some(0));
	assert_eq!(walk.next(|bucket| u64::from(bucket == 3)), Some(3));
	assert_eq!(walk.next(|bucket| u64::from(bucket == 3)), None);
}

#[test]
fn sweep_should_come_by_each_bucket_that_nobody_searches() {
	let mut line = Line::default();
	for bucket in [0, 10, 20, 500, 1_023] {
		line.filled.set(bucket, true);
	}
	let mut swept = Vec::new();
	for floor in [Some(500), Some(500), Some(500), Some(500), None, None, Some(0)] {
		let mut walk = Walk::new(line, floor);
		swept.push(walk.sweep());
		let service = Service::new([(Class::Echo, walk)], 0);
		let stopped = *service.stopped().next().expect("one class").1;
		line = stopped;
	}
	assert_eq!(swept, [Some(20), Some(10), Some(0), Some(20), Some(10), Some(0), None]);
}

#[test]
fn service_should_give_the_classes_turns_and_turns_to_be_first() {
	let mut rings = open(&[(Class::Echo, 0), (Class::Gemm, 0), (Class::Wgsl, 0)]);
	for (class, ticket) in Class::ALL.into_iter().zip([0, 100, 200]) {
		for number in 0..9 {
			rings.push(class, 5, ticket + number);
		}
	}
	assert_eq!(rings.serve(4), [0, 100, 200, 1]);
	assert_eq!(rings.serve(4), [101, 201, 2, 102]);
	assert_eq!(rings.serve(1), [202]);
	assert_eq!(rings.serve(1), [3]);
	assert_eq!(rings.serve(1), [103]);
}

#[test]
fn attack_ten_thousand_dear_tickets_before_one_that_is_cheap() {
	// In one bucket, and spread over all that are dearer.
	for buckets in [1u16, 1_000] {
		let mut rings = open(&[(Class::Gemm, 0)]);
		for ticket in 0..10_000u64 {
			let bucket = 1_023 - (ticket % u64::from(buckets)) as PriceBucket;
			rings.push(Class::Gemm, bucket, ticket);
		}
		rings.push(Class::Gemm, 1, u64::MAX);
		let waited = rings.blocks_until(u64::MAX, 2, u32::from(buckets) + 2);
		assert!(waited <= u32::from(buckets) + 2);
	}
}

#[test]
fn attack_other_classes_are_flooded_and_a_block_has_room_for_two() {
	let mut rings = open(&[(Class::Echo, 0), (Class::Gemm, 0), (Class::Wgsl, 0)]);
	for ticket in 0..10_000u64 {
		let class = if ticket % 2 == 0 { Class::Echo } else { Class::Wgsl };
		rings.push(class, 1_000, ticket);
	}
	for ticket in 10_000..20_000u64 {
		rings.push(Class::Gemm, 1_000, ticket);
	}
	rings.push(Class::Gemm, 1, u64::MAX);
	// Of three blocks a class has two turns; every second goes around two buckets.
	rings.blocks_until(u64::MAX, 2, 9);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	/// Whatever waits, each ticket at or above the floor has its turn within twice the number of buckets
	/// times its place in its ring, in turns of its class.
	#[test]
	fn service_should_reach_every_ticket_within_a_bound(
		tickets in prop::collection::vec((0usize..3, 0u16..40, 1u64..6), 1..60),
		floor in 0u16..20,
		room in 1usize..5,
	) {
		let mut rings = open(&Class::ALL.map(|class| (class, floor)));
		let mut number = 0;
		for (class, bucket, count) in tickets {
			for _ in 0..count {
				rings.push(Class::ALL[class], bucket, number);
				number += 1;
			}
		}
		let all = rings.clone();
		for ((class, bucket), ring) in &all.rings {
			let buckets = all.rings.keys().filter(|(other, _)| other == class).count();
			for (place, ticket) in ring.iter().enumerate() {
				if *bucket < floor {
					prop_assert!(!rings.clone().serve(1_000).contains(ticket));
					continue;
				}
				// Three classes: at least `room` turns of a class in three blocks.
				let turns = 2 * buckets * (place + 1) + 2;
				let most = 3 * turns.div_ceil(room) + 3;
				rings.clone().blocks_until(*ticket, room, most as u32);
			}
		}
	}

	/// With room for all, a block serves all that any offer is cheap enough for, once.
	#[test]
	fn service_should_serve_everything_when_there_is_room(
		tickets in prop::collection::vec((0usize..3, 0u16..1_024), 0..200),
		floor in 0u16..1_024,
		start in any::<(u16, bool)>(),
	) {
		let mut rings = open(&Class::ALL.map(|class| (class, floor)));
		for (number, (class, bucket)) in tickets.iter().enumerate() {
			rings.push(Class::ALL[*class], *bucket, number as u64);
		}
		for line in rings.lines.values_mut() {
			(line.cursor, line.around) = start;
		}
		let mut served = rings.serve(1_000);
		served.sort_unstable();
		let expected: Vec<u64> = (0..tickets.len())
			.filter(|number| tickets[*number].1 >= floor)
			.map(|number| number as u64)
			.collect();
		prop_assert_eq!(served, expected);
	}
}
