//! What the node's JSON-RPC offers beside what every Substrate node does: nonces, fees, BABE,
//! GRANDPA, and specifications for light clients.

use crate::service::{FullBackend, FullClient, FullSelectChain, Pool};
use aitbc_runtime::{AccountId, Balance, BlockNumber, Hash, Nonce, opaque::Block};
use jsonrpsee::RpcModule;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_babe_rpc::{Babe, BabeApiServer};
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use sc_service::ChainSpec;
use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What GRANDPA's calls need.
pub struct GrandpaDeps {
	/// The round the voter is in.
	pub voter_state: SharedVoterState,
	/// Who votes.
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
	/// Justifications as they come.
	pub justifications: GrandpaJustificationStream<Block>,
	/// Proofs of finality.
	pub finality: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// What the calls need.
pub struct FullDeps {
	/// The chain.
	pub client: Arc<FullClient>,
	/// Transactions that wait.
	pub pool: Arc<Pool>,
	/// Which fork is the best.
	pub select_chain: FullSelectChain,
	/// The specification the node was started with.
	pub chain_spec: Box<dyn ChainSpec>,
	/// The node's keys.
	pub keystore: KeystorePtr,
	/// BABE's epochs.
	pub babe: BabeWorkerHandle<Block>,
	/// GRANDPA's state.
	pub grandpa: GrandpaDeps,
}

/// Puts the calls together. Fails if the chain specification has no place for a light client's state.
pub fn create(
	deps: &FullDeps,
	executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, sc_service::Error> {
	let client = &deps.client;
	let mut module = RpcModule::new(());
	let merged: Result<(), jsonrpsee::core::RegisterMethodError> = (|| {
		module.merge(SystemApiServer::<Hash, AccountId, Nonce>::into_rpc(
			System::<_, _, Block>::new(client.clone(), deps.pool.clone()),
		))?;
		module.merge(TransactionPaymentApiServer::<
			Hash,
			pallet_transaction_payment::RuntimeDispatchInfo<Balance>,
		>::into_rpc(TransactionPayment::<_, Block>::new(client.clone())))?;
		module.merge(
			Babe::new(
				client.clone(),
				deps.babe.clone(),
				deps.keystore.clone(),
				deps.select_chain.clone(),
			)
			.into_rpc(),
		)?;
		module.merge(
			Grandpa::new(
				executor,
				deps.grandpa.authority_set.clone(),
				deps.grandpa.voter_state.clone(),
				deps.grandpa.justifications.clone(),
				deps.grandpa.finality.clone(),
			)
			.into_rpc(),
		)
	})();
	merged.map_err(application_error)?;
	let sync_state = SyncState::new(
		deps.chain_spec.cloned_box(),
		client.clone(),
		deps.grandpa.authority_set.clone(),
		deps.babe.clone(),
	)
	.map_err(application_error)?;
	module.merge(sync_state.into_rpc()).map_err(application_error)?;
	Ok(module)
}

fn application_error(error: impl std::error::Error + Send + Sync + 'static) -> sc_service::Error {
	sc_service::Error::Application(Box::new(error))
}
