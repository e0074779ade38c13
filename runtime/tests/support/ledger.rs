//! What events say, reckoned a second time in numbers that cannot overflow, from the text of
//! `specs/protocol` and not from the code of the pallets.
//!
//! INV-MARKET-ALL-5 is checked here: it is about a stretch of blocks, not about one state.

use aitbc_primitives::{Balance, JobId, JobSpec, LeaseFate, ReplicaIndex, Split};
use aitbc_runtime::{
	AccountId, Balances, Payouts, Runtime, RuntimeEvent,
	configs::market::dynamic_params::payouts as shares,
};
use frame_support::traits::Get;
use num_bigint::BigUint;
use pallet_compute_staking::Event as Staking;
use pallet_jobs::{Event as Job, JobState, RefundReason};
use pallet_payouts::{EraIndex, Event as Payout};
use sp_runtime::PerThing;
use std::collections::BTreeMap;

/// What is known of a job.
#[derive(Clone, Debug, Default)]
struct Account {
	/// What was held for it.
	escrow: BigUint,
	/// What events of payments said.
	paid: BigUint,
	/// Whether the client named its miners.
	handpicked: bool,
	/// Whether a lease that was released was paid in full.
	released_in_full: bool,
}

/// What the lease that a replica had last was begun with.
#[derive(Clone, Debug)]
struct Terms {
	fee: BigUint,
	collateral: BigUint,
	late: BigUint,
	withheld: BigUint,
	full_pay: BigUint,
	time_pay: BigUint,
}

/// What is issued for an era.
#[derive(Clone, Debug, Default)]
struct Era {
	budget: BigUint,
	issued: BigUint,
	arrived: BigUint,
}

/// The second set of books.
pub struct Ledger {
	issuance: BigUint,
	burnt: BigUint,
	gross_at_start: BigUint,
	/// Sum of `JobEnded.paid`.
	ended: BigUint,
	/// Sum of `Paid`.
	settled: BigUint,
	jobs: BTreeMap<JobId, Account>,
	terms: BTreeMap<(JobId, ReplicaIndex), Terms>,
	eras: BTreeMap<EraIndex, Era>,
	/// Slashes for which no lease has ended yet.
	slashes: Vec<(AccountId, LeaseFate, BigUint)>,
	/// The first thing that was not as it should be.
	wrong: Option<String>,
}

/// ⌈ value × part ⌉ if `up`, else ⌊ value × part ⌋.
fn part_of(value: &BigUint, part: &BigUint, whole: u64, up: bool) -> BigUint {
	let product = value * part;
	if up { (product + (whole - 1)) / whole } else { product / whole }
}

fn big<P: PerThing>(part: P) -> BigUint
where
	P::Inner: Into<u64>,
{
	let parts: u64 = part.deconstruct().into();
	BigUint::from(parts)
}

fn sum(parts: &[Balance]) -> BigUint {
	parts.iter().map(|part| BigUint::from(*part)).sum()
}

fn parts_of(split: &Split) -> BigUint {
	sum(&[split.miner, split.delegators, split.validators, split.treasury, split.burned])
}

/// (units × price + tip) × (replicas + tie-breakers).
fn escrow_of(spec: &JobSpec) -> BigUint {
	let units = BigUint::from(spec.units().unwrap_or_default());
	let replicas = u32::from(spec.replication.replicas) + u32::from(spec.replication.tie_breakers);
	(units * spec.max_price_per_unit + spec.tip) * replicas
}

impl Ledger {
	/// Books that begin with the present state.
	pub fn open() -> Self {
		let mut ledger = Self {
			issuance: Balances::total_issuance().into(),
			burnt: BigUint::ZERO,
			gross_at_start: pallet_payouts::Totals::<Runtime>::get().gross.into(),
			ended: BigUint::ZERO,
			settled: BigUint::ZERO,
			jobs: BTreeMap::new(),
			terms: BTreeMap::new(),
			eras: BTreeMap::new(),
			slashes: Vec::new(),
			wrong: None,
		};
		for (job, record) in pallet_jobs::Jobs::<Runtime>::iter() {
			let (escrow, handpicked) = (record.escrow.into(), record.handpicked);
			ledger.jobs.insert(job, Account { escrow, handpicked, ..Default::default() });
			for (replica, _) in &record.leases {
				ledger.note_lease(job, *replica);
			}
		}
		for (era, record) in pallet_payouts::EraTotals::<Runtime>::iter() {
			let (issued, arrived) = (record.emission.into(), record.emission.into());
			ledger.eras.insert(era, Era { budget: record.budget().into(), issued, arrived });
		}
		ledger
	}

	fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
		if !holds && self.wrong.is_none() {
			self.wrong = Some(what());
		}
	}

	/// Notes an event, soon after it happened: what it does not say itself is looked up.
	pub fn note(&mut self, event: &RuntimeEvent) {
		match event {
			RuntimeEvent::Balances(event) => self.note_coins(event),
			RuntimeEvent::Jobs(event) => self.note_job(event),
			RuntimeEvent::Payouts(event) => self.note_payout(event),
			RuntimeEvent::ComputeStaking(event) => self.note_stake(event),
			_ => (),
		}
	}

	/// What was minted and burnt. Whatever changes the issuance must say so.
	fn note_coins(&mut self, event: &pallet_balances::Event<Runtime>) {
		use pallet_balances::Event;
		match event {
			Event::Issued { amount }
			| Event::MintedCredit { amount }
			| Event::Minted { amount, .. } => self.issuance += *amount,
			Event::Rescinded { amount }
			| Event::BurnedDebt { amount }
			| Event::Burned { amount, .. }
			| Event::BurnedHeld { amount, .. } => self.burnt += *amount,
			_ => (),
		}
	}

	fn note_job(&mut self, event: &Job<Runtime>) {
		match event {
			Job::JobPosted { job, escrow, .. } => {
				let escrow = BigUint::from(*escrow);
				let due = pallet_jobs::Specs::<Runtime>::get(job).map(|spec| escrow_of(&spec));
				self.expect(due.as_ref() == Some(&escrow), || {
					format!("{job:?}: {escrow} is held where {due:?} may be due")
				});
				let handpicked = pallet_jobs::Specs::<Runtime>::get(job)
					.is_some_and(|spec| !spec.requirements.allow.is_empty());
				let account = Account { escrow, handpicked, ..Default::default() };
				self.jobs.insert(*job, account);
			}
			Job::LeaseStarted { job, replica, .. } => self.note_lease(*job, *replica),
			Job::LeaseEnded { job, replica, miner, fate, paid, .. } => {
				self.note_end(*job, *replica, miner, *fate, *paid);
			}
			Job::JobEnded { job, state, paid, refunded } => {
				self.note_job_end(*job, state, (*paid).into(), (*refunded).into());
			}
			_ => (),
		}
	}

	fn note_lease(&mut self, job: JobId, replica: ReplicaIndex) {
		let Some(record) = pallet_jobs::Jobs::<Runtime>::get(job) else { return };
		let Some(lease) = record.lease(replica) else { return };
		let units = BigUint::from(record.units);
		let terms = Terms {
			fee: big(lease.fee),
			collateral: lease.bond.collateral.into(),
			late: big(lease.bond.slash_late),
			withheld: big(lease.bond.slash_withheld),
			full_pay: units * lease.price_per_unit + record.tip,
			time_pay: big(record.time_pay),
		};
		self.terms.insert((job, replica), terms);
	}

	/// A lease ended: what was taken and what was paid are those of its fate.
	fn note_end(
		&mut self,
		job: JobId,
		replica: ReplicaIndex,
		miner: &AccountId,
		fate: LeaseFate,
		paid: Balance,
	) {
		let Some(terms) = self.terms.get(&(job, replica)).cloned() else {
			return self
				.expect(false, || format!("{job:?}/{replica}: a lease ended that never began"));
		};
		let forfeit = match fate {
			LeaseFate::Late => part_of(&terms.collateral, &terms.late, 1_000_000_000, true),
			LeaseFate::Withheld => part_of(&terms.collateral, &terms.withheld, 1_000_000_000, true),
			LeaseFate::Wrong => terms.collateral.clone(),
			LeaseFate::Accepted | LeaseFate::Released | LeaseFate::Failed => BigUint::ZERO,
		};
		let taken = self
			.slashes
			.iter()
			.position(|(who, why, _)| who == miner && *why == fate)
			.map(|place| self.slashes.remove(place).2)
			.unwrap_or_default();
		self.expect(taken == forfeit, || {
			format!("{job:?}/{replica}: {fate:?} forfeits {forfeit}, and {taken} was taken")
		});
		let paid = BigUint::from(paid);
		if fate == LeaseFate::Released && paid > BigUint::ZERO && paid == terms.full_pay {
			self.jobs.entry(job).or_default().released_in_full = true;
		}
		let fits = match fate {
			LeaseFate::Accepted => paid == terms.full_pay,
			LeaseFate::Released | LeaseFate::Failed => {
				let part = part_of(&terms.full_pay, &terms.time_pay, 100, false);
				let in_full = fate == LeaseFate::Released && paid == terms.full_pay;
				paid == BigUint::ZERO || paid == part || in_full
			}
			LeaseFate::Late | LeaseFate::Withheld | LeaseFate::Wrong => paid == BigUint::ZERO,
		};
		self.expect(fits, || format!("{job:?}/{replica}: {paid} was paid for {fate:?}, {terms:?}"));
	}

	fn note_job_end(&mut self, job: JobId, state: &JobState, paid: BigUint, refunded: BigUint) {
		let known = self.jobs.remove(&job).unwrap_or_default();
		self.expect(known.escrow == &paid + &refunded, || {
			format!("{job:?}: of {} held, {paid} was paid and {refunded} refunded", known.escrow)
		});
		self.expect(known.paid == paid, || {
			format!("{job:?}: {paid} was paid, and {} arrived at settlement", known.paid)
		});
		// Otherwise only the time of who committed is paid, or of who could not have an input.
		let may_be_full = known.handpicked || matches!(state, JobState::Cancelled);
		self.expect(may_be_full || !known.released_in_full, || {
			format!("{job:?}: full pay for what counts nothing, though {state:?}")
		});
		let nothing = match state {
			JobState::Refunded(RefundReason::Failed(code)) => {
				!known.handpicked && *code != aitbc_primitives::FailureCode::InputUnavailable
			}
			JobState::Refunded(RefundReason::NoQuorum) => !known.handpicked,
			_ => false,
		};
		self.expect(!nothing || paid == BigUint::ZERO, || {
			format!("{job:?}: paid, though {state:?}")
		});
		self.ended += paid;
	}

	fn note_payout(&mut self, event: &Payout<Runtime>) {
		match event {
			Payout::Paid { job, replica, split, .. } => {
				let gross = parts_of(split);
				self.settled += &gross;
				self.jobs.entry(*job).or_default().paid += &gross;
				if let Some(terms) = self.terms.get(&(*job, *replica)).cloned() {
					let fault = split_fault(&gross, &terms.fee, split);
					self.expect(fault.is_none(), || format!("{job:?}/{replica}: {fault:?}"));
				}
			}
			Payout::EraEnded { era, budget, .. } => {
				self.eras.entry(*era).or_default().budget = (*budget).into();
			}
			Payout::EmissionPaid { era, amount, delegators, burned, .. } => {
				let record = self.eras.entry(*era).or_default();
				let lost = BigUint::from(*burned);
				let amount = BigUint::from(*amount);
				record.issued += &amount;
				let fits = &lost + *delegators <= amount && record.issued <= record.budget;
				record.arrived += if fits { amount - lost } else { BigUint::ZERO };
				let shown = record.clone();
				self.expect(fits, || format!("era {era}: more is issued than may be: {shown:?}"));
			}
			Payout::EraPaid { era, emission, .. } => {
				let record = self.eras.remove(era).unwrap_or_default();
				self.expect(record.arrived == BigUint::from(*emission), || {
					format!("era {era}: {emission} is said to have arrived, not {record:?}")
				});
			}
			_ => (),
		}
	}

	fn note_stake(&mut self, event: &Staking<Runtime>) {
		if let Staking::Slashed { miner, fate, amount, own, pool, unbonding } = event {
			let parts = sum(&[*own, *pool, *unbonding]);
			self.expect(parts == BigUint::from(*amount), || {
				format!("{amount} was slashed in parts of {parts}")
			});
			self.slashes.push((miner.clone(), *fate, parts));
		}
	}

	/// Whether the state agrees with everything that was noted.
	///
	/// # Errors
	/// What does not.
	pub fn check(&self) -> Result<(), String> {
		if let Some(wrong) = &self.wrong {
			return Err(wrong.clone());
		}
		let issued = BigUint::from(Balances::total_issuance());
		if &issued + &self.burnt != self.issuance {
			return Err("INV-MARKET-ALL-4: coins appeared or disappeared unsaid".into());
		}
		let gross = BigUint::from(pallet_payouts::Totals::<Runtime>::get().gross);
		if gross != &self.gross_at_start + &self.ended || self.ended != self.settled {
			return Err(format!(
				"INV-MARKET-ALL-5: jobs say they paid {}, settlements {}, and the total grew to {gross}",
				self.ended, self.settled
			));
		}
		if let Some((miner, fate, amount)) = self.slashes.first() {
			return Err(format!("{miner:?} lost {amount} for {fate:?}, and no lease ended so"));
		}
		Ok(())
	}
}

/// What is wrong with the parts of a payment, by `payouts.md` §1.
fn split_fault(gross: &BigUint, fee_share: &BigUint, split: &Split) -> Option<String> {
	let fee = part_of(gross, fee_share, 1_000_000, true).min(gross.clone());
	let validators = part_of(&fee, &big(shares::ValidatorsShare::get()), 100, false);
	let treasury = part_of(&fee, &big(shares::TreasuryShare::get()), 100, false);
	let treasury = treasury.min(&fee - &validators);
	let burned = &fee - &validators - &treasury;
	let pay = gross - &fee;
	let paid = sum(&[split.miner, split.delegators]);
	// What cannot be delivered is burnt instead, whole.
	let delivered = |part: Balance, due: &BigUint| part == 0 || BigUint::from(part) == *due;
	let whole = BigUint::from(split.validators) == validators
		&& BigUint::from(split.treasury) == treasury
		&& BigUint::from(split.burned) == burned;
	let pot = Payouts::pot_account();
	let fits = delivered(split.validators, &validators)
		&& delivered(split.treasury, &treasury)
		&& paid <= pay
		&& BigUint::from(split.burned) >= burned
		&& (!whole || paid == pay);
	(!fits).then(|| format!("{gross} is split {split:?}; the pot is {pot:?}"))
}
