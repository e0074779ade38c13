//! A job with everything that hangs on it, as JSON and in words.

use crate::{commands::show, error::CliError};
use aitbc_client::{
	account::address,
	amount::format_amount,
	chain::View,
	jobs::{Job, JobState, RefundReason},
};
use aitbc_data::cid_to_string;
use aitbc_primitives::{JobId, JobSpec, ReplicaIndex, SignedReceipt};
use serde_json::{Value, json};

/// A state, as JSON.
pub fn state_json(state: &JobState) -> Value {
	let mut value = json!({ "name": state.name() });
	let extra = match state {
		JobState::Open { start_by } => Some(("start_by", json!(start_by))),
		JobState::Judging { reveal_by } => Some(("reveal_by", json!(reveal_by))),
		JobState::Settled { output } => Some(("output", json!(cid_to_string(output)))),
		JobState::Refunded(reason) => Some(("reason", json!(refund(reason)))),
		JobState::Leased | JobState::Cancelled | JobState::OutOfFuel => None,
	};
	if let (Some((key, extra)), Some(object)) = (extra, value.as_object_mut()) {
		object.insert(key.into(), extra);
	}
	value
}

/// A state, in words.
pub fn state_line(state: &JobState) -> String {
	match state {
		JobState::Open { start_by } => format!("open, a miner must be found by block {start_by}"),
		JobState::Leased => "leased, miners are at work".into(),
		JobState::Judging { reveal_by } => {
			format!("judging, miners reveal their answers by block {reveal_by}")
		}
		JobState::Settled { output } => format!("settled, output {}", cid_to_string(output)),
		JobState::Refunded(reason) => format!("refunded: {}", refund(reason)),
		JobState::Cancelled => "cancelled".into(),
		JobState::OutOfFuel => "out of fuel: paid, without an output".into(),
	}
}

fn refund(reason: &RefundReason) -> String {
	match reason {
		RefundReason::NoMiner => "no miner was found in time".into(),
		RefundReason::AttemptsUsedUp => "its miners did not answer".into(),
		RefundReason::NoQuorum => "the answers differ and no quorum agrees".into(),
		RefundReason::Failed(code) => format!("its miners agree that {}", show::failure(*code)),
	}
}

/// A job with everything that hangs on it.
pub async fn describe(view: &View, id: JobId, job: &Job) -> Result<(Value, String), CliError> {
	let spec = view.spec(id).await?;
	let receipts = view.receipts(id).await?;
	Ok((json_of(id, job, spec.as_ref(), &receipts), text_of(id, job, spec.as_ref(), &receipts)))
}

fn json_of(
	id: JobId,
	job: &Job,
	spec: Option<&JobSpec>,
	receipts: &[(ReplicaIndex, SignedReceipt)],
) -> Value {
	json!({
		"job": id.0,
		"client": address(&job.client),
		"class": show::class(job.class),
		"state": state_json(&job.state),
		"posted_block": job.posted_at,
		"ended_block": job.ended_at,
		"units": job.units,
		"escrow_planck": job.escrow.to_string(),
		"deposit_planck": job.deposit.to_string(),
		"paid_planck": job.paid().to_string(),
		"tie_breakers_called": job.tie_breakers_called,
		"spec": spec.map(show::spec),
		"leases": job.leases.iter().map(|(replica, lease)| show::lease(*replica, lease)).collect::<Vec<_>>(),
		"history": job.history.iter().map(show::ended_lease).collect::<Vec<_>>(),
		"receipts": receipts.iter().map(|(_, receipt)| show::receipt(&receipt.receipt)).collect::<Vec<_>>(),
	})
}

fn text_of(
	id: JobId,
	job: &Job,
	spec: Option<&JobSpec>,
	receipts: &[(ReplicaIndex, SignedReceipt)],
) -> String {
	let mut lines = vec![
		format!("job {}", id.0),
		format!("  state     {}", state_line(&job.state)),
		format!("  work      {}", spec.map_or("unknown".into(), show::spec_line)),
		format!("  client    {}", address(&job.client)),
		format!(
			"  posted    block {}{}",
			job.posted_at,
			job.ended_at.map(|block| format!(", ended block {block}")).unwrap_or_default()
		),
		format!(
			"  money     {} paid, {} in escrow, {} deposit",
			format_amount(job.paid()),
			format_amount(job.escrow),
			format_amount(job.deposit)
		),
	];
	if job.tie_breakers_called > 0 {
		lines.push(format!("  no quorum {} tie-breakers called", job.tie_breakers_called));
	}
	lines.extend(
		job.leases
			.iter()
			.map(|(replica, lease)| format!("  lease     {}", show::lease_line(*replica, lease))),
	);
	lines.extend(
		job.history.iter().map(|ended| format!("  ended     {}", show::ended_lease_line(ended))),
	);
	lines.extend(receipts.iter().map(|(replica, receipt)| {
		format!("  receipt   replica {replica}: {}", show::verdict_line(&receipt.receipt.verdict()))
	}));
	lines.join("\n")
}
