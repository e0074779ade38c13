//! What the benchmarks of a pallet need to find below it. Weights are measured through the whole stack
//! (`specs/adr/0008`), so the runtime makes a real market; a pallet names no other.

use crate::{AccountId, Balance, Class, JobId, JobSpec, OfferTerms, WorkerKey, WorkerSignature};

/// Fills the chain for a benchmark. Implemented by the runtime, and by mocks as far as they need it.
pub trait BenchmarkWorld {
	/// Gives an account coins, planck.
	fn endow(who: &AccountId, amount: Balance);

	/// A worker key whose pair is in the keystore; the same for the same number.
	fn worker(index: u32) -> WorkerKey;

	/// Signs with the pair of [`Self::worker`].
	fn sign(worker: &WorkerKey, payload: &[u8]) -> WorkerSignature;

	/// Registers miner number `index` with [`Self::worker`] of that number and collateral for many leases.
	/// Idempotent.
	fn miner(index: u32) -> AccountId;

	/// The offer of a miner for a class, listed.
	fn offer(miner: &AccountId, class: Class, terms: OfferTerms);

	/// Posts a job of `client` and lets all its replicas to miners of their own, made as needed.
	fn leased(client: &AccountId, spec: JobSpec) -> JobId;

	/// Ends the present block and begins the next, without running any hook.
	fn next_block();
}
