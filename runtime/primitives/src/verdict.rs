//! Which of the revealed answers counts. Pure: no storage, no money.

use crate::Verdict;
use alloc::vec::Vec;

/// How often each answer was given.
fn tally(revealed: &[Verdict]) -> Vec<(Verdict, usize)> {
	let mut seen: Vec<(Verdict, usize)> = Vec::new();
	for verdict in revealed {
		match seen.iter_mut().find(|(known, _)| known == verdict) {
			Some((_, count)) => *count = count.saturating_add(1),
			None => seen.push((*verdict, 1)),
		}
	}
	seen
}

/// The answer that at least `quorum` replicas gave, if any did.
///
/// `quorum` is more than half of the replicas that a job begins with, so at most one answer of theirs can
/// reach it. Tie-breakers are asked one at a time, and only while none has: so at most one ever does.
pub fn decide(revealed: &[Verdict], quorum: u8) -> Option<Verdict> {
	tally(revealed)
		.into_iter()
		.find(|(_, count)| *count >= usize::from(quorum))
		.map(|(verdict, _)| verdict)
}

/// Whether some answer could still reach the quorum if up to `further` replicas gave it. Where none could,
/// it would be wrong to let others work.
pub fn within_reach(revealed: &[Verdict], quorum: u8, further: u8) -> bool {
	let most = tally(revealed).into_iter().map(|(_, count)| count).max().unwrap_or_default();
	most.saturating_add(usize::from(further)) >= usize::from(quorum)
}
