//! What the answers mean: who is paid, whose lease ends how.

use crate::{escrow::LeaseEnd, *};
use aitbc_primitives::FailureCode;

/// The fate of a lease whose job a quorum ended with `answer`.
///
/// Only where every honest device must arrive at the same bits is another answer proof of a lie. A
/// client's shader may race or index out of bounds in this version, so that honest miners can differ:
/// of those that do, the minority is not paid, and not slashed (`specs/adr/0004`). Nor is it where the
/// client named who may answer: it could have named its accomplices (`specs/adr/0012`).
fn fate_against(record: &Job, answer: Verdict, state: &LeaseState) -> LeaseFate {
	let own = match state {
		LeaseState::Revealed { verdict } => *verdict,
		LeaseState::Committed { .. } => return LeaseFate::Withheld,
		LeaseState::Leased => return LeaseFate::Released,
	};
	let convicts = record.class != Class::Wgsl && !record.handpicked;
	match (answer, own) {
		// Even where they are the quorum: a failure is not a success (P4).
		(_, Verdict::Failed(_)) => LeaseFate::Failed,
		(answer, own) if answer == own => LeaseFate::Accepted,
		(Verdict::Completed { .. }, _) if convicts => LeaseFate::Wrong,
		// Miners that say the work failed cannot convict one that did it: their words prove nothing.
		_ => LeaseFate::Released,
	}
}

/// How a lease ends whose job a quorum, or the only miner, ended with `answer`.
fn end_against(answer: Verdict, record: &Job, lease: &Lease<AccountId>) -> LeaseEnd {
	let fate = fate_against(record, answer, &lease.state);
	let compared = record.replication.commits();
	let unavailable = Verdict::Failed(FailureCode::InputUnavailable);
	let agrees = matches!(lease.state, LeaseState::Revealed { verdict } if verdict == answer);
	let due = match (fate, answer) {
		(LeaseFate::Accepted, _) => record.full_pay(lease),
		// For the time of those whom others bear out.
		(LeaseFate::Failed, _) if compared && agrees && answer == unavailable => {
			record.time_pay(lease)
		}
		(LeaseFate::Released, Verdict::Failed(_)) => record.unproven_pay(lease),
		_ => 0,
	};
	// Miners that the client chose do not check each other: such work earns no emission.
	let verified = compared && !record.handpicked && fate == LeaseFate::Accepted;
	LeaseEnd { fate, due, verified }
}

/// How a lease ends whose job is given up because no answer has a quorum.
fn end_without_quorum(record: &Job, lease: &Lease<AccountId>) -> LeaseEnd {
	match lease.state {
		LeaseState::Committed { .. } => LeaseEnd::unpaid(LeaseFate::Withheld),
		LeaseState::Revealed { verdict: Verdict::Failed(_) } => LeaseEnd::unpaid(LeaseFate::Failed),
		_ => LeaseEnd::released(record.unproven_pay(lease)),
	}
}

impl<T: Config> Pallet<T> {
	/// Takes the answer of a single job's only lease, which stands in the record as revealed.
	pub(crate) fn answer_single(job: JobId, record: Job, replica: ReplicaIndex, answer: Verdict) {
		match answer {
			Verdict::Completed { .. } | Verdict::OutOfFuel => Self::end_with(job, record, answer),
			// One miner's word ends nothing: another may try.
			Verdict::Failed(code) => {
				Self::relet(job, record, replica, LeaseFate::Failed, RefundReason::Failed(code));
			}
		}
	}

	/// Decides a replicated job on the answers that were revealed.
	pub(crate) fn judge(job: JobId, record: Job) {
		let revealed = record.revealed();
		let quorum = record.replication.quorum;
		if let Some(answer) = verdict::decide(&revealed, quorum) {
			return Self::end_with(job, record, answer);
		}
		let left = record.replication.tie_breakers.saturating_sub(record.tie_breakers_called);
		if left > 0 && verdict::within_reach(&revealed, quorum, left) {
			return Self::call_tie_breaker(job, record);
		}
		Self::close(job, record, JobState::Refunded(RefundReason::NoQuorum), end_without_quorum);
	}

	/// Ends a job with the answer that counts.
	fn end_with(job: JobId, record: Job, answer: Verdict) {
		let state = match answer {
			Verdict::Completed { output, .. } => JobState::Settled { output },
			Verdict::OutOfFuel => JobState::OutOfFuel,
			Verdict::Failed(code) => JobState::Refunded(RefundReason::Failed(code)),
		};
		Self::close(job, record, state, |record, lease| end_against(answer, record, lease));
	}

	/// Lets one more replica wait for a miner. Those that revealed stay, those that did not are out.
	fn call_tie_breaker(job: JobId, mut record: Job) {
		for (replica, lease) in core::mem::take(&mut record.leases) {
			if matches!(lease.state, LeaseState::Committed { .. }) {
				let end = LeaseEnd::unpaid(LeaseFate::Withheld);
				Self::end_lease(job, &mut record, replica, lease, end);
			} else if record.leases.try_push((replica, lease)).is_err() {
				frame_support::defensive!("what stood in a record fits it");
			}
		}
		let replica = record.replicas();
		record.tie_breakers_called = record.tie_breakers_called.saturating_add(1);
		Self::deposit_event(Event::TieBreakerCalled { job, replica });
		Self::wait_for_miner(job, record, replica);
	}
}
