//! Actions, done on a chain.

use super::{
	Action, Deed, Flaw, Focus, Leap, Wrap, claim,
	content::{self, amount, pick, portion},
};
use crate::support::{
	chain::{World, free, made, total, with_quick_copy, with_quick_world},
	people::{Person, people},
	shop::{self, ASK, COLLATERAL, call_of, consent, offering, registration},
	work::{Claim, answer, commitment_to, lease_of, live_leases, receipt_of, shader, signed_by},
};
use aitbc_primitives::{
	Answer, Class, Hash, JobId, Lease, LeaseState, Leases as _, ReplicaIndex, SignedReceipt,
};
use aitbc_runtime::{
	AIT, AccountId, Balance, BlockNumber, Jobs, Receipts, Runtime, RuntimeCall,
	configs::{governance::ProxyType, market::EraBlocks},
};
use pallet_jobs::JobState;
use sp_core::storage::Storage;
use sp_runtime::{AccountId32, MultiAddress, Permill};
use std::{collections::BTreeMap, sync::LazyLock};

/// On what chain a sequence begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
	/// In block one.
	Genesis,
	/// On one with miners, offers, delegations, owners, proxies and a program.
	Market,
}

/// Blocks after which everything is checked, at the latest.
const CHECK_EVERY: usize = 5;

/// A chain with everything that a market has.
static MARKET: LazyLock<Storage> = LazyLock::new(|| made(prepare));

fn prepare(world: &mut World) {
	let all = people();
	let (client, owner) = (&all.clients[0], &all.owners[0]);
	for index in 0..6 {
		let miner = &all.miners[index];
		world.must(miner, registration(miner, &all.workers[index], COLLATERAL));
		for class in Class::ALL {
			let price = ASK + Balance::from(index as u64) * (ASK / 10);
			world.must(miner, offering(class, shop::terms(price, 2)));
		}
	}
	for (miner, delegator, stake) in [(0, 0, 500), (0, 1, 5_000), (1, 2, 10)] {
		let miner = all.miners[miner].id();
		let amount = stake * AIT;
		let call = pallet_compute_staking::Call::delegate { miner, amount, min_shares: 0 };
		world.must(&all.delegators[delegator], call);
	}
	for index in [4, 5] {
		let miner = &all.miners[index];
		world.must(miner, pallet_compute_staking::Call::request_owner { owner: owner.id() });
		world.must(owner, pallet_compute_staking::Call::accept_miner { miner: miner.id() });
	}
	let call = pallet_jobs::Call::register_program { program: shader(), size_bytes: 100 };
	world.must(client, call);
	for (who, to, proxy_type) in [
		(&all.miners[0], &all.strangers[0], ProxyType::Mining),
		(client, &all.strangers[1], ProxyType::Client),
		(&all.clients[1], &all.strangers[1], ProxyType::Any),
	] {
		world.must(who, adding_proxy(to, proxy_type));
	}
}

fn adding_proxy(delegate: &Person, proxy_type: ProxyType) -> RuntimeCall {
	let delegate = MultiAddress::Id(delegate.id());
	pallet_proxy::Call::add_proxy { delegate, proxy_type, delay: 0 }.into()
}

/// Does what bytes mean on a chain of its own, and checks it all along.
///
/// # Panics
/// If anything does not hold that must.
pub fn play(start: Start, actions: &[Action]) {
	let run = |world: &mut World| {
		let mut player = Player { world, committed: BTreeMap::new() };
		for (index, action) in actions.iter().enumerate() {
			player.act(action);
			if index % CHECK_EVERY == CHECK_EVERY - 1 {
				player.world.check();
			}
		}
		player.world.check();
		player.let_all_end();
	};
	match start {
		Start::Genesis => with_quick_world(run),
		Start::Market => with_quick_copy(MARKET.clone(), run),
	}
}

/// Whose business a call is.
fn usual(role: &[Person], by: u8) -> &Person {
	// Three in four know their place.
	let all: Vec<_> = people().all().collect();
	if by < 192 { &role[usize::from(by) % role.len()] } else { all[usize::from(by) % all.len()] }
}

fn anybody(byte: u8) -> &'static Person {
	let all: Vec<_> = people().all().collect();
	all[usize::from(byte) % all.len()]
}

fn miner(byte: u8) -> &'static Person {
	&people().miners[usize::from(byte) % people().miners.len()]
}

struct Player<'a> {
	world: &'a mut World,
	/// What workers are committed to.
	committed: BTreeMap<(JobId, ReplicaIndex, u8), Claim>,
}

/// A live lease.
type Live = (JobId, ReplicaIndex, Lease<AccountId>);

impl Player<'_> {
	fn act(&mut self, action: &Action) {
		match *action {
			Action::Blocks(count) => self.world.run(count.into()),
			Action::Leap(leap) => self.leap(leap),
			Action::Govern { parameter, value } => {
				shop::govern(self.world, content::parameter(parameter, value));
			}
			Action::Rush(claims) => self.rush(claims),
			Action::Send { by, wrap, deed } => {
				if let Some((who, call)) = self.call(by, deed) {
					self.send(who, wrap, call);
				}
			}
		}
	}

	fn leap(&mut self, leap: Leap) {
		let now = self.world.now();
		let blocks = match leap {
			Leap::Blocks(count) => count.into(),
			Leap::Era(first) => {
				let left = EraBlocks::get() - now % EraBlocks::get();
				left.saturating_sub(if first { 1 } else { 2 })
			}
			Leap::Unbonding => aitbc_runtime::configs::market::terms().unbonding_blocks.min(50_000),
		};
		self.world.skip(blocks);
	}

	/// Every open lease takes its next step, as its worker sees it.
	fn rush(&mut self, claims: [u8; 6]) {
		for (index, live) in live_leases().into_iter().enumerate().take(24) {
			let byte = claims[index % claims.len()].rotate_left(index as u32 / 6);
			// One in eight is silent.
			if byte >= 224 {
				continue;
			}
			let (job, replica, lease) = &live;
			let Some((_, spec)) = lease_of(*job, *replica) else { continue };
			let Some(worker) = people().with_key(&lease.worker) else { continue };
			let deed = match lease.state {
				LeaseState::Leased if spec.replication.commits() => self.commit(&live, claim(byte)),
				LeaseState::Leased => self.show(&live, claim(byte), Flaw::None).map(call_of),
				LeaseState::Committed { .. } if Jobs::may_reveal(*job) => {
					let claim = self.committed_to(&live);
					self.show(&live, claim, Flaw::None).map(call_of)
				}
				_ => None,
			};
			if let Some(call) = deed {
				self.send(worker, Wrap::None, call);
			}
		}
	}

	fn committed_to(&self, (job, replica, lease): &Live) -> Claim {
		self.committed.get(&(*job, *replica, lease.attempt)).copied().unwrap_or(Claim::Truth)
	}

	/// The call that commits a worker to a claim.
	fn commit(&mut self, (job, replica, lease): &Live, claim: Claim) -> Option<RuntimeCall> {
		let (_, spec) = lease_of(*job, *replica)?;
		let worker = people().with_key(&lease.worker)?;
		let signed = signed_by(worker, receipt_of(*job, *replica, lease, &spec, claim));
		self.committed.entry((*job, *replica, lease.attempt)).or_insert(claim);
		let (job, replica) = (*job, *replica);
		let commitment = commitment_to(worker, &signed);
		Some(pallet_receipts::Call::commit { job, replica, commitment }.into())
	}

	/// The answer to a lease that claims this, or has something wrong with it.
	fn show(&self, (job, replica, lease): &Live, claim: Claim, flaw: Flaw) -> Option<Answer> {
		let (_, spec) = lease_of(*job, *replica)?;
		let worker = people().with_key(&lease.worker)?;
		let claim = if let Flaw::Other(claim) = flaw { claim } else { claim };
		let mut receipt = receipt_of(*job, *replica, lease, &spec, claim);
		if let Flaw::Field(which) = flaw {
			spoil(&mut receipt, which);
		}
		let signer = if let Flaw::Signer(who) = flaw { anybody(who) } else { worker };
		let mut signed: SignedReceipt = signed_by(signer, receipt);
		if let Flaw::Bit(which) = flaw {
			spoil(&mut signed.receipt, which);
		}
		let commits = spec.replication.commits() != (flaw == Flaw::Kind);
		let mut shown = answer(signed, commits);
		if let (Answer::Reveal(_, salt), Flaw::Salt) = (&mut shown, flaw) {
			salt[31] ^= 1;
		}
		Some(shown)
	}

	/// What somebody sends, and who does; `None` if there is nothing to send it about.
	fn call(&mut self, by: u8, deed: Deed) -> Option<(&'static Person, RuntimeCall)> {
		let all = people();
		Some(match deed {
			Deed::Commit { lease, claim } => {
				let live = pick_live(lease)?;
				let call = self.commit(&live, claim)?;
				(self.worker_or(&live, by), call)
			}
			Deed::Show { lease, claim, flaw } => {
				let live = pick_live(lease)?;
				let claim = match live.2.state {
					LeaseState::Committed { .. } => self.committed_to(&live),
					_ => claim,
				};
				let call = call_of(self.show(&live, claim, flaw)?);
				(self.worker_or(&live, by), call)
			}
			Deed::Batch { leases, claim, flaw } => self.batch(by, leases, claim, flaw)?,
			Deed::Submit { .. }
			| Deed::Cancel { .. }
			| Deed::RegisterProgram { .. }
			| Deed::UnregisterProgram { .. } => {
				let who = usual(&all.clients, by);
				(who, client_call(who, deed)?)
			}
			Deed::Delegate { .. } | Deed::Undelegate { .. } => {
				let who = usual(&all.delegators, by);
				(who, staking_call(who, deed)?)
			}
			Deed::AcceptMiner { .. } => {
				let who = usual(&all.owners, by);
				(who, staking_call(who, deed)?)
			}
			Deed::WithdrawUnbonded { .. }
			| Deed::ReturnDelegation { .. }
			| Deed::Transfer { .. }
			| Deed::Burn { .. }
			| Deed::StakeCoins { .. }
			| Deed::AddProxy { .. }
			| Deed::RemoveProxies => {
				let who = anybody(by);
				(who, staking_call(who, deed).or_else(|| coin_call(who, deed))?)
			}
			_ => {
				let who = usual(&all.miners, by);
				(who, staking_call(who, deed).or_else(|| market_call(deed))?)
			}
		})
	}

	fn worker_or(&self, (_, _, lease): &Live, by: u8) -> &'static Person {
		let worker = people().with_key(&lease.worker);
		worker.filter(|_| by < 192).unwrap_or_else(|| anybody(by))
	}

	fn batch(
		&mut self,
		by: u8,
		leases: [u8; 4],
		claim: Claim,
		flaw: Flaw,
	) -> Option<(&'static Person, RuntimeCall)> {
		let first = pick_live(leases[0])?;
		let mut answers = Vec::new();
		for (index, byte) in leases.into_iter().enumerate() {
			let live = pick_live(byte)?;
			let claim = match live.2.state {
				LeaseState::Committed { .. } => self.committed_to(&live),
				_ => claim,
			};
			// What is wrong with one must not spoil the others.
			let flaw = if index == 1 { flaw } else { Flaw::None };
			answers.push(self.show(&live, claim, flaw)?);
		}
		let answers = answers.try_into().ok()?;
		let call = pallet_receipts::Call::submit_batch { answers };
		Some((self.worker_or(&first, by), call.into()))
	}

	/// Sends a call, and sees to it that it is free exactly where it should be (INV-RECEIPTS-5).
	fn send(&mut self, who: &Person, wrap: Wrap, call: RuntimeCall) {
		let (who, call) = wrapped(who, wrap, call);
		let lane = match &call {
			RuntimeCall::Receipts(call) => Receipts::lane(&who.id(), call),
			_ => None,
		};
		let shown = format!("{call:?}");
		// What cannot be included (no coins, a full block) changes nothing.
		let Ok(sent) = self.world.send(who, call) else { return };
		if wrap == Wrap::SudoAs {
			// Root's calls are free by themselves.
			return;
		}
		let free = sent.fee == 0;
		assert_eq!(free, lane.is_some(), "{} paid {} for {shown}", who.name, sent.fee);
		assert!(!free || sent.outcome.is_ok(), "{} failed for nothing in {shown}", who.name);
	}

	/// Nobody waits for ever (P3): whatever happened, every job ends by itself, and all money that was bound
	/// for it is free again.
	fn let_all_end(&mut self) {
		for _ in 0..200 {
			let Some(next) = next_deadline() else { break };
			self.world.skip(next.saturating_sub(self.world.now()));
		}
		assert_eq!(next_deadline(), None, "every job ends by itself");
		self.world.check();
		for (_, job) in pallet_jobs::Jobs::<Runtime>::iter() {
			assert_eq!((job.escrow, job.leases.len()), (0, 0), "an ended job binds nothing");
		}
		for (miner, info) in pallet_compute_staking::Miners::<Runtime>::iter() {
			assert_eq!((info.locked, info.open_leases), (0, 0), "{miner:?} is free");
		}
		for (class, miner, offer) in pallet_market::Offers::<Runtime>::iter() {
			assert_eq!(offer.used, 0, "{miner:?} runs nothing of {class:?}");
		}
	}
}

/// The block from which on the job that waits longest for something waits no more; `None` if none waits.
fn next_deadline() -> Option<BlockNumber> {
	pallet_jobs::Jobs::<Runtime>::iter_values()
		.filter_map(|job| match job.state {
			JobState::Open { start_by } => Some(start_by),
			JobState::Judging { reveal_by } => Some(reveal_by),
			JobState::Leased => job.leases.iter().map(|(_, lease)| lease.deliver_by).max(),
			_ => None,
		})
		.max()
}

/// Makes a field of a receipt say what it must not.
fn spoil(receipt: &mut aitbc_primitives::Receipt, which: u8) {
	let other = Hash::repeat_byte(0xee);
	match which % 11 {
		0 => receipt.version ^= 3,
		1 => receipt.genesis = other,
		2 => receipt.job.0 ^= 1,
		3 => receipt.replica ^= 1,
		4 => receipt.attempt ^= 1,
		5 => receipt.program.digest[0] ^= 1,
		6 => receipt.input_root = other,
		7 => receipt.units = receipt.units.wrapping_sub(1),
		8 => receipt.units = u64::MAX,
		9 => receipt.trace_root = other,
		_ => receipt.profile = other,
	}
}

fn pick_live(byte: u8) -> Option<Live> {
	let live = live_leases();
	(!live.is_empty()).then(|| pick(&live, byte))
}

/// A job by a number: one of those on record, now and then one that is not.
fn job(byte: u8) -> JobId {
	let mut jobs: Vec<_> = pallet_jobs::Jobs::<Runtime>::iter_keys().collect();
	jobs.sort_unstable();
	if jobs.is_empty() || byte > 250 { JobId(u64::from(byte) << 32) } else { pick(&jobs, byte) }
}

fn client_call(who: &Person, deed: Deed) -> Option<RuntimeCall> {
	type Call = pallet_jobs::Call<Runtime>;
	Some(match deed {
		Deed::Submit { bytes } => Call::submit { spec: content::spec(bytes) }.into(),
		Deed::Cancel { job: byte } => {
			// The client's own, if it has one.
			let mut own: Vec<_> =
				pallet_jobs::JobsOf::<Runtime>::iter_key_prefix(who.id()).collect();
			own.sort_unstable();
			let job = if own.is_empty() || byte > 230 { job(byte) } else { pick(&own, byte) };
			Call::cancel { job }.into()
		}
		Deed::RegisterProgram { program, size } => Call::register_program {
			program: content::program(program),
			size_bytes: content::size(size),
		}
		.into(),
		Deed::UnregisterProgram { program } => {
			Call::unregister_program { program: content::program(program) }.into()
		}
		_ => return None,
	})
}

fn market_call(deed: Deed) -> Option<RuntimeCall> {
	type Call = pallet_market::Call<Runtime>;
	Some(match deed {
		Deed::SetOffer { class, bytes } => offering(class, content::terms(bytes)),
		Deed::WithdrawOffer { class } => Call::withdraw_offer { class }.into(),
		Deed::SetProfile { bytes } => Call::set_profile { profile: content::profile(bytes) }.into(),
		Deed::ClearProfile => Call::clear_profile {}.into(),
		_ => return None,
	})
}

fn staking_call(who: &Person, deed: Deed) -> Option<RuntimeCall> {
	type Call = pallet_compute_staking::Call<Runtime>;
	let workers = &people().workers;
	let worker = |byte: u8| {
		// Usually a worker, also one that works already; sometimes the key of an account with coins.
		if byte < 240 { &workers[usize::from(byte) % workers.len()] } else { anybody(byte) }
	};
	let signature = |key: &Person, by: u8| {
		// Usually that of the key itself for this miner.
		if by < 224 { consent(key, who) } else { consent(anybody(by), miner(by)) }
	};
	let stake = || pallet_compute_staking::Miners::<Runtime>::get(who.id());
	let own = || stake().map_or(0, |info| info.own);
	Some(match deed {
		Deed::Register { worker: key, amount: byte, consenting } => {
			let key = worker(key);
			let consent = signature(key, consenting);
			let collateral = amount(byte, free(&who.id()));
			Call::register { collateral, worker: key.key(), consent }.into()
		}
		Deed::BondExtra { amount: byte } => {
			Call::bond_extra { amount: amount(byte, free(&who.id())) }.into()
		}
		Deed::Leave => Call::leave {}.into(),
		Deed::Withdraw => Call::withdraw {}.into(),
		Deed::Unbond { amount: byte } => Call::unbond { amount: amount(byte, own()) }.into(),
		Deed::WithdrawUnbonded { miner: byte } => {
			Call::withdraw_unbonded { miner: miner(byte).id() }.into()
		}
		Deed::RotateWorker { worker: key, consenting } => {
			let key = worker(key);
			let consent = signature(key, consenting);
			Call::rotate_worker { worker: key.key(), consent }.into()
		}
		Deed::Chill => Call::chill {}.into(),
		Deed::Resume => Call::resume {}.into(),
		Deed::SetCommission { commission } => {
			let commission = Permill::from_parts(u32::from(commission) * 4_000);
			Call::set_commission { commission }.into()
		}
		Deed::SetCompounding { on } => Call::set_compounding { compounding: on }.into(),
		Deed::Delegate { miner: byte, amount: much } => {
			let (miner, amount) = (miner(byte).id(), amount(much, free(&who.id())));
			Call::delegate { miner, amount, min_shares: 0 }.into()
		}
		Deed::Undelegate { miner: byte, portion: much } => {
			let miner = miner(byte).id();
			let held = pallet_compute_staking::Delegations::<Runtime>::get(&miner, who.id());
			Call::undelegate { miner, shares: portion(much, held) }.into()
		}
		Deed::ReturnDelegation { miner: byte, delegator } => {
			let delegators = &people().delegators;
			let delegator = usual(delegators, delegator).id();
			Call::return_delegation { miner: miner(byte).id(), delegator }.into()
		}
		Deed::RequestOwner { owner } => {
			Call::request_owner { owner: usual(&people().owners, owner).id() }.into()
		}
		Deed::AcceptMiner { miner: byte } => Call::accept_miner { miner: miner(byte).id() }.into(),
		Deed::LeaveOwner => Call::leave_owner {}.into(),
		_ => return None,
	})
}

/// What has nothing to do with the market but moves, binds or destroys the coins in it.
fn coin_call(who: &Person, deed: Deed) -> Option<RuntimeCall> {
	type Call = pallet_balances::Call<Runtime>;
	let has = total(&who.id());
	Some(match deed {
		Deed::Transfer { to, amount: byte, all } => {
			let dest = MultiAddress::Id(receiver(to));
			if all {
				Call::transfer_all { dest, keep_alive: false }.into()
			} else {
				Call::transfer_allow_death { dest, value: amount(byte, free(&who.id())) }.into()
			}
		}
		Deed::Burn { amount: byte } => {
			Call::burn { value: amount(byte, has), keep_alive: false }.into()
		}
		Deed::StakeCoins { amount: byte } => pallet_staking::Call::bond {
			value: amount(byte, has),
			payee: pallet_staking::RewardDestination::Staked,
		}
		.into(),
		Deed::AddProxy { to, kind } => adding_proxy(anybody(to), kind),
		Deed::RemoveProxies => pallet_proxy::Call::remove_proxies {}.into(),
		_ => return None,
	})
}

/// Who is given coins: somebody, or one of the accounts without a key.
fn receiver(byte: u8) -> AccountId32 {
	match byte {
		255 => aitbc_runtime::Payouts::pot_account(),
		254 => aitbc_runtime::Treasury::account_id(),
		_ => anybody(byte).id(),
	}
}

/// A call in a wrapping, and who sends that.
fn wrapped(who: &Person, wrap: Wrap, call: RuntimeCall) -> (&Person, RuntimeCall) {
	type Utility = pallet_utility::Call<Runtime>;
	let real = MultiAddress::Id(who.id());
	let again = || vec![call.clone(), call.clone()];
	match wrap {
		Wrap::None => (who, call),
		Wrap::Twice => (who, Utility::batch_all { calls: again() }.into()),
		Wrap::TwiceForced => (who, Utility::force_batch { calls: again() }.into()),
		Wrap::Nested => {
			let inner = Utility::batch { calls: again() }.into();
			(who, Utility::batch { calls: vec![inner] }.into())
		}
		Wrap::Proxied(byte) => {
			let strangers = &people().strangers;
			let sender = &strangers[usize::from(byte) % strangers.len()];
			let call = Box::new(call);
			(sender, pallet_proxy::Call::proxy { real, force_proxy_type: None, call }.into())
		}
		Wrap::SudoAs => {
			let call = Box::new(call);
			(&people().alice, pallet_sudo::Call::sudo_as { who: real, call }.into())
		}
		Wrap::Multisig => {
			let call = Box::new(call);
			let other_signatories = vec![people().paupers[0].id()];
			(who, pallet_multisig::Call::as_multi_threshold_1 { other_signatories, call }.into())
		}
	}
}

/// A sequence from bytes, as fuzzers have them: the first says where it begins.
pub fn play_bytes(bytes: &[u8], focus: Focus) {
	let Some((first, rest)) = bytes.split_first() else { return };
	let start = if first.is_multiple_of(4) { Start::Genesis } else { Start::Market };
	play(start, &Action::script(rest, focus));
}
