//! The calls this library sends, as payloads that any signer can use.

use aitbc_primitives::{
	AccountId, Answer, Balance, Cid, Class, DeviceProfile, Hash, JobId, JobSpec, OfferTerms,
	ReplicaIndex, SignedReceipt, WorkerKey, WorkerSignature,
};
use subxt::{
	ext::scale_encode::EncodeAsFields,
	transactions::{StaticPayload, dynamic},
	utils::{AccountId32, MultiAddress, Static},
};

/// A call with its arguments.
pub type Call<A> = StaticPayload<A>;

/// The arguments of a call.
pub trait Arguments: EncodeAsFields {}

impl<A: EncodeAsFields> Arguments for A {}

/// An account among the arguments.
type Account = Static<AccountId>;

/// `Balances.transfer_keep_alive`.
pub fn transfer(to: &AccountId, amount: Balance) -> Call<(MultiAddress<AccountId32, ()>, Balance)> {
	let to = MultiAddress::Id(AccountId32(*AsRef::<[u8; 32]>::as_ref(to)));
	dynamic("Balances", "transfer_keep_alive", (to, amount))
}

/// `ComputeStaking.register`; `consent` as [`crate::miners::sign_consent`] makes it.
pub fn register_miner(
	collateral: Balance,
	worker: WorkerKey,
	consent: WorkerSignature,
) -> Call<(Balance, Static<WorkerKey>, Static<WorkerSignature>)> {
	dynamic("ComputeStaking", "register", (collateral, Static(worker), Static(consent)))
}

/// `ComputeStaking.bond_extra`.
pub fn bond_extra(amount: Balance) -> Call<(Balance,)> {
	dynamic("ComputeStaking", "bond_extra", (amount,))
}

/// `ComputeStaking.leave`.
pub fn leave() -> Call<()> {
	dynamic("ComputeStaking", "leave", ())
}

/// `ComputeStaking.withdraw`.
pub fn withdraw() -> Call<()> {
	dynamic("ComputeStaking", "withdraw", ())
}

/// `ComputeStaking.unbond`.
pub fn unbond(amount: Balance) -> Call<(Balance,)> {
	dynamic("ComputeStaking", "unbond", (amount,))
}

/// `ComputeStaking.withdraw_unbonded`.
pub fn withdraw_unbonded(miner: &AccountId) -> Call<(Account,)> {
	dynamic("ComputeStaking", "withdraw_unbonded", (Static(miner.clone()),))
}

/// `ComputeStaking.rotate_worker`; `consent` as [`crate::miners::sign_consent`] makes it.
pub fn rotate_worker(
	worker: WorkerKey,
	consent: WorkerSignature,
) -> Call<(Static<WorkerKey>, Static<WorkerSignature>)> {
	dynamic("ComputeStaking", "rotate_worker", (Static(worker), Static(consent)))
}

/// `ComputeStaking.chill`.
pub fn chill() -> Call<()> {
	dynamic("ComputeStaking", "chill", ())
}

/// `ComputeStaking.resume`.
pub fn resume() -> Call<()> {
	dynamic("ComputeStaking", "resume", ())
}

/// `ComputeStaking.set_commission`, in millionths.
pub fn set_commission(commission: u32) -> Call<(Static<u32>,)> {
	dynamic("ComputeStaking", "set_commission", (Static(commission),))
}

/// `ComputeStaking.set_compounding`.
pub fn set_compounding(on: bool) -> Call<(bool,)> {
	dynamic("ComputeStaking", "set_compounding", (on,))
}

/// `ComputeStaking.delegate`.
pub fn delegate(
	miner: &AccountId,
	amount: Balance,
	min_shares: Balance,
) -> Call<(Account, Balance, Balance)> {
	dynamic("ComputeStaking", "delegate", (Static(miner.clone()), amount, min_shares))
}

/// `ComputeStaking.undelegate`.
pub fn undelegate(miner: &AccountId, shares: Balance) -> Call<(Account, Balance)> {
	dynamic("ComputeStaking", "undelegate", (Static(miner.clone()), shares))
}

/// `ComputeStaking.return_delegation`.
pub fn return_delegation(miner: &AccountId, delegator: &AccountId) -> Call<(Account, Account)> {
	let (miner, delegator) = (Static(miner.clone()), Static(delegator.clone()));
	dynamic("ComputeStaking", "return_delegation", (miner, delegator))
}

/// `ComputeStaking.request_owner`.
pub fn request_owner(owner: &AccountId) -> Call<(Account,)> {
	dynamic("ComputeStaking", "request_owner", (Static(owner.clone()),))
}

/// `ComputeStaking.accept_miner`.
pub fn accept_miner(miner: &AccountId) -> Call<(Account,)> {
	dynamic("ComputeStaking", "accept_miner", (Static(miner.clone()),))
}

/// `ComputeStaking.leave_owner`.
pub fn leave_owner() -> Call<()> {
	dynamic("ComputeStaking", "leave_owner", ())
}

/// `Market.set_offer`.
pub fn set_offer(class: Class, terms: OfferTerms) -> Call<(Static<Class>, Static<OfferTerms>)> {
	dynamic("Market", "set_offer", (Static(class), Static(terms)))
}

/// `Market.withdraw_offer`.
pub fn withdraw_offer(class: Class) -> Call<(Static<Class>,)> {
	dynamic("Market", "withdraw_offer", (Static(class),))
}

/// `Market.set_profile`.
pub fn set_profile(profile: &DeviceProfile) -> Call<(Static<DeviceProfile>,)> {
	dynamic("Market", "set_profile", (Static(profile.clone()),))
}

/// `Market.clear_profile`.
pub fn clear_profile() -> Call<()> {
	dynamic("Market", "clear_profile", ())
}

/// `Jobs.register_program`.
pub fn register_program(cid: &Cid, size_bytes: u32) -> Call<(Static<Cid>, u32)> {
	dynamic("Jobs", "register_program", (Static(*cid), size_bytes))
}

/// `Jobs.unregister_program`.
pub fn unregister_program(cid: &Cid) -> Call<(Static<Cid>,)> {
	dynamic("Jobs", "unregister_program", (Static(*cid),))
}

/// `Jobs.submit`.
pub fn submit_job(spec: &JobSpec) -> Call<(Static<JobSpec>,)> {
	dynamic("Jobs", "submit", (Static(spec.clone()),))
}

/// `Jobs.cancel`.
pub fn cancel_job(job: JobId) -> Call<(Static<JobId>,)> {
	dynamic("Jobs", "cancel", (Static(job),))
}

/// `Receipts.commit`.
pub fn commit(
	job: JobId,
	replica: ReplicaIndex,
	commitment: Hash,
) -> Call<(Static<JobId>, ReplicaIndex, Static<Hash>)> {
	dynamic("Receipts", "commit", (Static(job), replica, Static(commitment)))
}

/// `Receipts.submit`.
pub fn submit_receipt(receipt: &SignedReceipt) -> Call<(Static<SignedReceipt>,)> {
	dynamic("Receipts", "submit", (Static(receipt.clone()),))
}

/// `Receipts.reveal`.
pub fn reveal(
	receipt: &SignedReceipt,
	salt: &[u8; 32],
) -> Call<(Static<SignedReceipt>, Static<[u8; 32]>)> {
	dynamic("Receipts", "reveal", (Static(receipt.clone()), Static(*salt)))
}

/// `Receipts.submit_batch`; at most [`aitbc_primitives::MAX_BATCH`] answers.
pub fn submit_batch(answers: Vec<Answer>) -> Call<(Static<Vec<Answer>>,)> {
	dynamic("Receipts", "submit_batch", (Static(answers),))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::schema;
	use aitbc_primitives::{
		Backend, Capabilities, Features, GemmShape, Outcome, RECEIPT_VERSION, Receipt, Region,
		Replication, Reputation, Requirements, WgslCall, Workload,
	};
	use std::sync::Arc;
	use subxt::{
		OfflineClient, OfflineClientAtBlock, SubstrateConfig,
		config::substrate::SpecVersionForRange, transactions::Payload,
	};

	fn offline() -> OfflineClientAtBlock<SubstrateConfig> {
		let metadata = schema::our_metadata().expect("decodes");
		let range =
			SpecVersionForRange { block_range: 0..1, spec_version: 0, transaction_version: 0 };
		let config = SubstrateConfig::builder()
			.set_metadata_for_spec_versions([(0, Arc::new(metadata))])
			.set_spec_version_for_block_ranges([range])
			.build();
		OfflineClient::new_with_config(config).at_block(0u32).expect("has metadata")
	}

	/// Reads the call back by the runtime's own description of it, and writes it again.
	fn check<C: Payload>(seen: &mut Vec<(String, String)>, call: C) {
		let client = offline();
		let bytes = client.tx().call_data(&call).expect("encodes");
		let name = format!("{}.{}", call.pallet_name(), call.call_name());
		let read = client.tx().from_call_data_bytes(&bytes).expect(&name);
		assert_eq!(client.tx().call_data(&read).expect(&name), bytes, "{name}");
		seen.push((call.pallet_name().into(), call.call_name().into()));
	}

	fn spec(workload: Workload) -> JobSpec {
		JobSpec {
			workload,
			inputs: vec![Cid::of_raw(b"a"), Cid::of_raw(b"b")].try_into().expect("fits"),
			params: vec![1, 2, 3, 4].try_into().expect("fits"),
			units_limit: u64::MAX,
			max_price_per_unit: u128::MAX,
			tip: u128::MAX,
			replication: Replication { replicas: 3, quorum: 2, tie_breakers: 1 },
			requirements: Requirements {
				min_vram_mib: 1,
				min_units_per_second: 2,
				min_reputation: Reputation(3),
				features: Features(4),
				region: Some(Region(*b"DE")),
				allow: vec![AccountId::from([1; 32])].try_into().expect("fits"),
				deny: vec![AccountId::from([2; 32])].try_into().expect("fits"),
			},
			start_within_blocks: 5,
			deliver_within_blocks: 6,
		}
	}

	fn receipt(outcome: Outcome) -> SignedReceipt {
		let receipt = Receipt {
			version: RECEIPT_VERSION,
			genesis: Hash::repeat_byte(1),
			job: JobId(7),
			replica: 1,
			attempt: 2,
			program: Cid::of_raw(b"p"),
			input_root: Hash::repeat_byte(2),
			outcome,
			trace_root: Hash::repeat_byte(3),
			units: 4,
			profile: Hash::repeat_byte(5),
			started_at: 6,
			finished_at: 7,
		};
		SignedReceipt { receipt, signature: WorkerSignature::from([9; 64]) }
	}

	fn terms() -> OfferTerms {
		let device = Capabilities {
			vram_mib: 1,
			units_per_second: 2,
			features: Features::SOFTWARE,
			region: Some(Region(*b"DE")),
		};
		OfferTerms {
			price_per_unit: u128::MAX,
			slots: 3,
			max_units: u64::MAX,
			expires_at: 4,
			device,
			warm: vec![Cid::of_raw(b"w")].try_into().expect("fits"),
		}
	}

	fn profile() -> DeviceProfile {
		let text = |text: &[u8]| text.to_vec().try_into().expect("fits");
		DeviceProfile {
			backend: Backend::Vulkan,
			vendor_id: 1,
			device_id: 2,
			name: text(b"a device"),
			driver: text(b"a driver"),
			max_buffer_bytes: u64::MAX,
			peer_id: text(b"a peer"),
		}
	}

	#[test]
	fn every_call_should_be_what_the_runtime_expects() {
		let account = AccountId::from([7; 32]);
		let (worker, consent) = (WorkerKey::from([1; 32]), WorkerSignature::from([2; 64]));
		let cid = Cid::of_raw(b"x");
		let inline = b"out".to_vec().try_into().expect("fits");
		let seen = &mut Vec::new();
		check(seen, transfer(&account, u128::MAX));
		check(seen, register_miner(5, worker, consent));
		check(seen, bond_extra(6));
		check(seen, leave());
		check(seen, withdraw());
		check(seen, unbond(7));
		check(seen, withdraw_unbonded(&account));
		check(seen, rotate_worker(worker, consent));
		check(seen, chill());
		check(seen, resume());
		check(seen, set_commission(1_000_000));
		check(seen, set_compounding(true));
		check(seen, delegate(&account, 8, 9));
		check(seen, undelegate(&account, u128::MAX));
		check(seen, return_delegation(&account, &AccountId::from([8; 32])));
		check(seen, request_owner(&account));
		check(seen, accept_miner(&account));
		check(seen, leave_owner());
		check(seen, set_profile(&profile()));
		check(seen, clear_profile());
		for class in Class::ALL {
			check(seen, set_offer(class, terms()));
			check(seen, withdraw_offer(class));
		}
		check(seen, register_program(&cid, 9));
		check(seen, unregister_program(&cid));
		let call = WgslCall { program: cid, workgroups: [1, 2, 3], output_bytes: 4 };
		let shape = GemmShape { m: 1, k: 2, n: 3 };
		for workload in [Workload::Echo, Workload::Gemm(shape), Workload::Wgsl(call)] {
			check(seen, submit_job(&spec(workload)));
		}
		check(seen, cancel_job(JobId(1)));
		check(seen, commit(JobId(1), 2, Hash::repeat_byte(3)));
		check(seen, submit_receipt(&receipt(Outcome::OutOfFuel)));
		let completed = receipt(Outcome::Completed { output: cid, inline });
		check(seen, reveal(&completed, &[8; 32]));
		let submitted = Answer::Submit(receipt(Outcome::OutOfFuel));
		check(seen, submit_batch(vec![submitted, Answer::Reveal(completed, [9; 32])]));
		for (pallet, call) in schema::CALLS {
			let known = seen.iter().any(|(p, c)| p == pallet && c == call);
			assert!(known, "{pallet}.{call} is listed but not tried");
		}
		for (pallet, call) in seen {
			let known = schema::CALLS.contains(&(pallet.as_str(), call.as_str()));
			assert!(known, "{pallet}.{call} is sent but not listed");
		}
	}
}
