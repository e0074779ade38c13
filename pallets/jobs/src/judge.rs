//! What the answers mean: who is paid, whose lease ends how.

use crate::*;

/// The fate of a lease whose job a quorum settled with `quorum`.
///
/// Only where every honest device must arrive at the same bits is another answer proof of a lie. A
/// client's shader may race or index out of bounds in this version, so that honest miners can differ:
/// of those that do, the minority is not paid, and not slashed (`specs/adr/0004`).
fn fate_against(class: Class, quorum: Verdict, state: &LeaseState) -> LeaseFate {
	let answer = match state {
		LeaseState::Revealed { verdict } => *verdict,
		LeaseState::Committed { .. } => return LeaseFate::Withheld,
		LeaseState::Leased => return LeaseFate::Released,
	};
	match (quorum, answer) {
		(Verdict::Completed { .. }, answer) if answer == quorum => LeaseFate::Accepted,
		(Verdict::Completed { .. }, Verdict::Completed { .. }) if class != Class::Wgsl => {
			LeaseFate::Wrong
		}
		(_, Verdict::Failed(_)) => LeaseFate::Failed,
		// Miners that say the work failed cannot convict one that did it: their words prove nothing.
		_ => LeaseFate::Released,
	}
}

impl<T: Config> Pallet<T> {
	/// Takes the answer of a single job's only lease.
	pub(crate) fn answer_single(
		job: JobId,
		record: Job,
		replica: ReplicaIndex,
		lease: Lease<AccountId>,
		verdict: Verdict,
	) {
		let class = record.class;
		match verdict {
			Verdict::Completed { output, .. } => {
				Leases::<T>::insert(
					job,
					replica,
					Lease { state: LeaseState::Revealed { verdict }, ..lease },
				);
				Self::end_settled(job, record, output, |state| fate_against(class, verdict, state));
			}
			// One miner's word ends nothing: another may try.
			Verdict::Failed(code) => {
				Self::relet(job, record, replica, LeaseFate::Failed, RefundReason::Failed(code));
			}
			Verdict::OutOfFuel => {
				frame_support::defensive!("an outcome that no workload of this version has");
				Self::relet(job, record, replica, LeaseFate::Failed, RefundReason::AttemptsUsedUp);
			}
		}
	}

	/// Decides a replicated job on the answers that were revealed.
	pub(crate) fn judge(job: JobId, record: Job) {
		let class = record.class;
		let revealed: alloc::vec::Vec<Verdict> = Self::leases_of(job, &record)
			.filter_map(|(_, lease)| match lease.state {
				LeaseState::Revealed { verdict } => Some(verdict),
				_ => None,
			})
			.collect();
		match verdict::decide(&revealed, record.replication.quorum) {
			Some(quorum @ Verdict::Completed { output, .. }) => {
				Self::end_settled(job, record, output, |state| fate_against(class, quorum, state));
			}
			Some(quorum @ Verdict::Failed(code)) => {
				let reason = RefundReason::Failed(code);
				Self::end_unpaid(job, record, JobState::Refunded(reason), |state| {
					fate_against(class, quorum, state)
				});
			}
			Some(Verdict::OutOfFuel) | None => {
				Self::end_refunded(job, record, RefundReason::NoQuorum);
			}
		}
	}
}
