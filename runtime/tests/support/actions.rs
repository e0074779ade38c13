//! What people may do on the chain, as bytes: eight for each action. Property tests draw the bytes, fuzzers
//! mutate them, and both mean the same, so that a failure of one can be kept for the other.
//!
//! An action is small numbers only. What they mean (which lease is the third, what half of a balance is)
//! is decided when it is done, by the state of the chain: most actions can succeed wherever they stand in
//! a sequence, and stay meaningful when a sequence is shrunk.

mod content;
mod play;

pub use play::{Start, play, play_bytes};

use super::work::Claim;
use aitbc_primitives::{Class, FailureCode};
use aitbc_runtime::configs::governance::ProxyType;

/// Bytes of one action.
pub const FRAME: usize = 8;

/// Which pallet the actions are mostly for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
	/// None.
	All,
	/// `pallet-compute-staking`.
	Staking,
	/// `pallet-market`.
	Market,
	/// `pallet-jobs`.
	Jobs,
	/// `pallet-receipts`.
	Receipts,
	/// `pallet-payouts`: work that is paid, parameters, time.
	Payouts,
}

/// How much time passes without a hook being run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leap {
	/// Some blocks.
	Blocks(u8),
	/// Up to the first block of the next era of payouts, or the last of this one.
	Era(bool),
	/// As long as collateral is bound.
	Unbonding,
}

/// What is wrong with an answer that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
	/// Nothing.
	None,
	/// A field says what it must not, but is signed.
	Field(u8),
	/// A bit is changed after signing.
	Bit(u8),
	/// Somebody else signed.
	Signer(u8),
	/// The salt is not that of the commitment.
	Salt,
	/// It is submitted where it should be revealed, or the reverse.
	Kind,
	/// It is not what was committed.
	Other(Claim),
}

/// In what a call is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
	/// Nothing.
	None,
	/// `utility.batch_all`, the call twice.
	Twice,
	/// `utility.force_batch`, the call twice.
	TwiceForced,
	/// `utility.batch`, in another one.
	Nested,
	/// `proxy.proxy`, sent by a stranger.
	Proxied(u8),
	/// `sudo.sudo_as`.
	SudoAs,
	/// `multisig.as_multi_threshold_1`: in the name of another account than the signer's.
	Multisig,
}

/// A call of somebody. Numbers choose among what there is; amounts among what is interesting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say what they are")]
pub enum Deed {
	Register { worker: u8, amount: u8, consenting: u8 },
	BondExtra { amount: u8 },
	Leave,
	Withdraw,
	Unbond { amount: u8 },
	WithdrawUnbonded { miner: u8 },
	RotateWorker { worker: u8, consenting: u8 },
	Chill,
	Resume,
	SetCommission { commission: u8 },
	SetCompounding { on: bool },
	Delegate { miner: u8, amount: u8 },
	Undelegate { miner: u8, portion: u8 },
	ReturnDelegation { miner: u8, delegator: u8 },
	RequestOwner { owner: u8 },
	AcceptMiner { miner: u8 },
	LeaveOwner,
	SetOffer { class: Class, bytes: [u8; 5] },
	WithdrawOffer { class: Class },
	SetProfile { bytes: [u8; 2] },
	ClearProfile,
	RegisterProgram { program: u8, size: u8 },
	UnregisterProgram { program: u8 },
	Submit { bytes: [u8; 6] },
	Cancel { job: u8 },
	Commit { lease: u8, claim: Claim },
	Show { lease: u8, claim: Claim, flaw: Flaw },
	Batch { leases: [u8; 4], claim: Claim, flaw: Flaw },
	Transfer { to: u8, amount: u8, all: bool },
	Burn { amount: u8 },
	StakeCoins { amount: u8 },
	AddProxy { to: u8, kind: ProxyType },
	RemoveProxies,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
	/// Blocks are made.
	Blocks(u8),
	/// Numbers pass.
	Leap(Leap),
	/// Governance sets a parameter to one of the values in question.
	Govern {
		/// Which parameter.
		parameter: u8,
		/// Which value.
		value: u8,
	},
	/// Every open lease takes its next step, with one of these claims, or none.
	Rush([u8; 6]),
	/// Somebody sends a call.
	Send {
		/// Who, among those whose business it is, or among all.
		by: u8,
		/// In what.
		wrap: Wrap,
		/// What.
		deed: Deed,
	},
}

/// What seven bytes mean, once it is known what kind of action they are.
type Reading = fn([u8; FRAME - 1]) -> Action;

/// The kinds of actions: how often each is drawn, whose business it is, and what its bytes mean. The first two
/// bytes are who sends a call, and in what. The simplest stands first: it is what shrinking tends to.
const KINDS: [(u16, Focus, Reading); 37] = [
	(24, Focus::All, |[_, _, a, ..]| Action::Blocks(a % 12 + 1)),
	(22, Focus::All, |[_, rest @ ..]| Action::Rush(rest)),
	(22, Focus::Jobs, |[by, how, a, b, c, d, e]| {
		send(by, how, Deed::Submit { bytes: [a, b, c, d, e, by] })
	}),
	(5, Focus::Payouts, |[_, _, parameter, value, ..]| Action::Govern { parameter, value }),
	(2, Focus::Payouts, |[_, _, a, ..]| Action::Leap(leap(a))),
	(6, Focus::Receipts, |[by, how, lease, b, ..]| {
		send(by, how, Deed::Commit { lease, claim: claim(b) })
	}),
	(10, Focus::Receipts, |[by, how, lease, b, c, d, _]| {
		send(by, how, Deed::Show { lease, claim: claim(b), flaw: flaw(c, d) })
	}),
	(5, Focus::Receipts, |[by, how, leases @ .., e]| {
		send(by, how, Deed::Batch { leases, claim: claim(e), flaw: flaw(e / 16, by) })
	}),
	(6, Focus::Jobs, |[by, how, job, ..]| send(by, how, Deed::Cancel { job })),
	(2, Focus::Jobs, |[by, how, program, size, ..]| {
		send(by, how, Deed::RegisterProgram { program, size })
	}),
	(2, Focus::Jobs, |[by, how, program, ..]| send(by, how, Deed::UnregisterProgram { program })),
	(4, Focus::Staking, |[by, how, worker, amount, consenting, ..]| {
		send(by, how, Deed::Register { worker, amount, consenting })
	}),
	(2, Focus::Staking, |[by, how, amount, ..]| send(by, how, Deed::BondExtra { amount })),
	(1, Focus::Staking, |[by, how, ..]| send(by, how, Deed::Leave)),
	(2, Focus::Staking, |[by, how, ..]| send(by, how, Deed::Withdraw)),
	(3, Focus::Staking, |[by, how, amount, ..]| send(by, how, Deed::Unbond { amount })),
	(2, Focus::Staking, |[by, how, miner, ..]| send(by, how, Deed::WithdrawUnbonded { miner })),
	(3, Focus::Staking, |[by, how, worker, consenting, ..]| {
		send(by, how, Deed::RotateWorker { worker, consenting })
	}),
	(1, Focus::Staking, |[by, how, ..]| send(by, how, Deed::Chill)),
	(2, Focus::Staking, |[by, how, ..]| send(by, how, Deed::Resume)),
	(2, Focus::Staking, |[by, how, commission, ..]| {
		send(by, how, Deed::SetCommission { commission })
	}),
	(2, Focus::Staking, |[by, how, a, ..]| {
		send(by, how, Deed::SetCompounding { on: a.is_multiple_of(2) })
	}),
	(5, Focus::Staking, |[by, how, miner, amount, ..]| {
		send(by, how, Deed::Delegate { miner, amount })
	}),
	(4, Focus::Staking, |[by, how, miner, portion, ..]| {
		send(by, how, Deed::Undelegate { miner, portion })
	}),
	(2, Focus::Staking, |[by, how, miner, delegator, ..]| {
		send(by, how, Deed::ReturnDelegation { miner, delegator })
	}),
	(2, Focus::Staking, |[by, how, owner, ..]| send(by, how, Deed::RequestOwner { owner })),
	(2, Focus::Staking, |[by, how, miner, ..]| send(by, how, Deed::AcceptMiner { miner })),
	(1, Focus::Staking, |[by, how, ..]| send(by, how, Deed::LeaveOwner)),
	(8, Focus::Market, |[by, how, bytes @ ..]| {
		send(by, how, Deed::SetOffer { class: class(by), bytes })
	}),
	(2, Focus::Market, |[by, how, a, ..]| send(by, how, Deed::WithdrawOffer { class: class(a) })),
	(2, Focus::Market, |[by, how, a, b, ..]| send(by, how, Deed::SetProfile { bytes: [a, b] })),
	(1, Focus::Market, |[by, how, ..]| send(by, how, Deed::ClearProfile)),
	(4, Focus::Payouts, |[by, how, to, amount, c, ..]| {
		send(by, how, Deed::Transfer { to, amount, all: c > 230 })
	}),
	(1, Focus::Payouts, |[by, how, amount, ..]| send(by, how, Deed::Burn { amount })),
	(1, Focus::Staking, |[by, how, amount, ..]| send(by, how, Deed::StakeCoins { amount })),
	(1, Focus::Staking, |[by, how, to, b, ..]| {
		send(by, how, Deed::AddProxy { to, kind: proxy_type(b) })
	}),
	(1, Focus::Staking, |[by, how, ..]| send(by, how, Deed::RemoveProxies)),
];

fn send(by: u8, how: u8, deed: Deed) -> Action {
	Action::Send { by, wrap: wrap(how), deed }
}

/// How much more often what is in focus is drawn. All weights together stay within 256, so that a byte can
/// draw every kind.
const EMPHASIS: u16 = 3;

/// What a byte draws.
fn reading(byte: u8, focus: Focus) -> Reading {
	let weight = |(count, of, _): &(u16, Focus, Reading)| {
		u32::from(if *of == focus && focus != Focus::All { count * EMPHASIS } else { *count })
	};
	let total: u32 = KINDS.iter().map(weight).sum();
	let mut point = u32::from(byte) * total / 256;
	for kind in &KINDS {
		match point.checked_sub(weight(kind)) {
			Some(rest) => point = rest,
			None => return kind.2,
		}
	}
	KINDS[0].2
}

fn class(byte: u8) -> Class {
	Class::ALL[usize::from(byte) % Class::ALL.len()]
}

/// What a worker says: the truth more often than not.
pub(super) fn claim(byte: u8) -> Claim {
	match byte % 16 {
		0..=9 => Claim::Truth,
		10 => Claim::Lie(0),
		11 => Claim::Lie(1),
		12 => Claim::OutOfFuel,
		13 => Claim::Failure(FailureCode::InputUnavailable),
		14 => Claim::Failure(FailureCode::ProgramInvalid),
		_ => Claim::Failure(FailureCode::DeviceFault),
	}
}

fn flaw(byte: u8, more: u8) -> Flaw {
	match byte % 16 {
		0..=9 => Flaw::None,
		10 => Flaw::Field(more),
		11 => Flaw::Bit(more),
		12 => Flaw::Signer(more),
		13 => Flaw::Salt,
		14 => Flaw::Kind,
		_ => Flaw::Other(claim(more)),
	}
}

fn wrap(byte: u8) -> Wrap {
	match byte {
		0..=207 => Wrap::None,
		208..=217 => Wrap::Twice,
		218..=227 => Wrap::TwiceForced,
		228..=233 => Wrap::Nested,
		234..=245 => Wrap::Proxied(byte),
		246..=250 => Wrap::SudoAs,
		_ => Wrap::Multisig,
	}
}

fn leap(byte: u8) -> Leap {
	match byte {
		0..=199 => Leap::Blocks(byte),
		200..=235 => Leap::Era(byte.is_multiple_of(2)),
		_ => Leap::Unbonding,
	}
}

fn proxy_type(byte: u8) -> ProxyType {
	match byte % 5 {
		0 => ProxyType::Mining,
		1 => ProxyType::Client,
		2 => ProxyType::NonTransfer,
		3 => ProxyType::CancelProxy,
		_ => ProxyType::Any,
	}
}

impl Action {
	/// What eight bytes mean.
	pub fn decode(frame: [u8; FRAME], focus: Focus) -> Self {
		let [first, rest @ ..] = frame;
		reading(first, focus)(rest)
	}

	/// What a run of bytes means; what is left over is ignored.
	pub fn script(bytes: &[u8], focus: Focus) -> Vec<Self> {
		let (frames, _rest) = bytes.as_chunks::<FRAME>();
		frames.iter().map(|frame| Self::decode(*frame, focus)).collect()
	}
}
