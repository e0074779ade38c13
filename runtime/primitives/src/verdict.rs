//! Which of the revealed answers counts. Pure: no storage, no money.

use crate::Verdict;
use alloc::vec::Vec;

/// The answer that at least `quorum` replicas gave, if any did.
///
/// `quorum` is more than half of the replicas, so at most one answer can reach it.
pub fn decide(revealed: &[Verdict], quorum: u8) -> Option<Verdict> {
	let mut seen: Vec<(Verdict, usize)> = Vec::new();
	for verdict in revealed {
		match seen.iter_mut().find(|(known, _)| known == verdict) {
			Some((_, count)) => *count = count.saturating_add(1),
			None => seen.push((*verdict, 1)),
		}
	}
	seen.into_iter().find(|(_, count)| *count >= usize::from(quorum)).map(|(verdict, _)| verdict)
}
