//! The benchmarks run, over scripted leases and through the whole stack.

use super::combined_mock::{Chain, externalities};
use crate::{benchmarking::test, mock};

const NAMES: [&str; 6] =
	["commit", "submit", "reveal_recorded", "reveal_settled", "submit_batch", "prioritise"];

#[test]
fn benchmarks_should_run_over_scripted_leases() {
	for name in NAMES {
		mock::execute_unchecked(|| test::<mock::Test>(name).expect(name));
	}
}

#[test]
fn benchmarks_should_run_through_the_whole_stack() {
	for name in NAMES {
		externalities().execute_with(|| test::<Chain>(name).expect(name));
	}
}
