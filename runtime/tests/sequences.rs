//! Random sequences of calls by random people over the real runtime: after each few every invariant of the
//! market must hold, and in the end every job must end and free what it bound.
//!
//! A few hundred sequences by default; with `AITBC_LONG=1` ten thousand of at least fifty actions. What fails
//! is shrunk, shown as actions and kept in `proptest-regressions/sequences.txt`, to be committed.

use crate::support::actions::{Action, FRAME, Focus, Start, play, play_bytes};
use proptest::{
	collection::vec,
	prelude::*,
	test_runner::{FileFailurePersistence, TestError, TestRunner},
};
use std::{env, fs, path::PathBuf};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/sequences.txt");
/// Actions of one sequence, at least and at most.
const ACTIONS: core::ops::Range<usize> = 50..70;

fn long() -> bool {
	env::var_os("AITBC_LONG").is_some()
}

/// Tries `usual` sequences, or `many` in the long lane.
fn try_sequences(focus: Focus, usual: u32, many: u32) {
	let cases = if long() { many } else { usual };
	let config = ProptestConfig {
		cases,
		max_shrink_iters: 4_000,
		failure_persistence: Some(Box::new(FileFailurePersistence::Direct(KEPT))),
		source_file: Some(file!()),
		..ProptestConfig::default()
	};
	let start = prop_oneof![3 => Just(Start::Market), 1 => Just(Start::Genesis)];
	let frames = vec(any::<[u8; FRAME]>(), ACTIONS);
	let outcome = TestRunner::new(config).run(&(start, frames), |(start, frames)| {
		let actions: Vec<_> = frames.iter().map(|frame| Action::decode(*frame, focus)).collect();
		play(start, &actions);
		Ok(())
	});
	if let Err(TestError::Fail(reason, (start, frames))) = outcome {
		let actions: Vec<_> = frames.iter().map(|frame| Action::decode(*frame, focus)).collect();
		panic!("{reason}\nfrom {start:?}, {focus:?}, by {actions:#?}");
	}
	outcome.expect("nothing but a failure stops it");
}

#[test]
fn everything_should_hold_whatever_anybody_does() {
	try_sequences(Focus::All, 60, 5_000);
}

#[test]
fn everything_should_hold_whatever_stakers_do() {
	try_sequences(Focus::Staking, 20, 1_000);
}

#[test]
fn everything_should_hold_whatever_sellers_do() {
	try_sequences(Focus::Market, 20, 1_000);
}

#[test]
fn everything_should_hold_whatever_clients_do() {
	try_sequences(Focus::Jobs, 20, 1_000);
}

#[test]
fn everything_should_hold_whatever_workers_do() {
	try_sequences(Focus::Receipts, 20, 1_000);
}

#[test]
fn everything_should_hold_whatever_governance_and_payers_do() {
	try_sequences(Focus::Payouts, 20, 1_000);
}

#[test]
fn sequences_that_fuzzers_found_should_hold() {
	// NAME-FOCUS.bin, as the fuzzer left it.
	let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/sequences");
	for entry in fs::read_dir(folder).expect("the folder is there") {
		let path = entry.expect("it can be read").path();
		let name = path.file_stem().and_then(|name| name.to_str()).expect("it has a name");
		let focus = match name.rsplit('-').next() {
			Some("staking") => Focus::Staking,
			Some("market") => Focus::Market,
			Some("jobs") => Focus::Jobs,
			Some("receipts") => Focus::Receipts,
			Some("payouts") => Focus::Payouts,
			_ => continue,
		};
		play_bytes(&fs::read(&path).expect("it can be read"), focus);
	}
}

#[test]
fn every_kind_of_action_should_be_drawn() {
	for focus in [Focus::All, Focus::Staking, Focus::Market, Focus::Jobs, Focus::Receipts] {
		let mut seen: Vec<_> = (0..=u8::MAX)
			.map(|first| Action::decode([first, 0, 0, 0, 0, 0, 0, 0], focus))
			.map(|action| match action {
				Action::Send { deed, .. } => {
					format!("{deed:?}").chars().take_while(|c| c.is_alphanumeric()).collect()
				}
				other => format!("{other:?}").chars().take_while(|c| c.is_alphanumeric()).collect(),
			})
			.collect::<Vec<String>>();
		seen.sort_unstable();
		seen.dedup();
		assert_eq!(seen.len(), 37, "{focus:?} draws {seen:?}");
	}
}
