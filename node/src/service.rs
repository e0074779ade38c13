//! The node's parts and how they are put together.

use crate::rpc;
use aitbc_runtime::{BlockNumber, Hash, apis::RuntimeApi, opaque::Block};
use futures::{FutureExt, StreamExt};
use sc_client_api::{Backend, BlockBackend};
use sc_consensus::DefaultImportQueue;
use sc_consensus_babe::{BabeLink, BabeWorkerHandle, SlotProportion};
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaBlockImport, LinkHalf, SharedVoterState, VotingRulesBuilder,
};
use sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging;
use sc_executor::WasmExecutor;
use sc_network::{
	Event, NetworkBackend, NetworkEventStream,
	config::{FullNetworkConfiguration, NetworkBackendType},
	service::{
		NotificationMetrics,
		traits::{NetworkService, NotificationService},
	},
};
use sc_service::{
	BuildNetworkParams, Configuration, Error as ServiceError, PartialComponents, SpawnTasksParams,
	TFullBackend, TFullClient, TaskManager, WarpSyncConfig,
};
use sc_telemetry::{Telemetry, TelemetryHandle, TelemetryWorker};
use sc_transaction_pool::TransactionPoolHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::{SlotDuration, inherents::InherentDataProvider as SlotInherent};
use sp_keystore::KeystorePtr;
use sp_timestamp::InherentDataProvider as TimestampInherent;
use std::{future::Future, path::PathBuf, pin::Pin, sync::Arc, time::Duration};

/// At the latest after so many blocks a proof of finality is kept.
const GRANDPA_JUSTIFICATION_PERIOD: BlockNumber = 512;
/// How long GRANDPA waits for a message to spread: a sixth of a slot.
const GRANDPA_GOSSIP: Duration = Duration::from_millis(333);
/// Part of a slot that an author spends on filling its block; the rest is for sending it.
const PROPOSAL_SLOT_PORTION: f32 = 0.5;

/// Runs the wasm runtime with the standard host functions, and no others.
pub type Executor = WasmExecutor<sp_io::SubstrateHostFunctions>;
/// The chain as this node knows it.
pub type FullClient = TFullClient<Block, RuntimeApi, Executor>;
/// Its database.
pub type FullBackend = TFullBackend<Block>;
/// Its choice among forks.
pub type FullSelectChain = sc_consensus::LongestChain<FullBackend, Block>;
/// Transactions that wait.
pub type Pool = TransactionPoolHandle<Block, FullClient>;

type GrandpaImport = GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
type GrandpaLink = LinkHalf<Block, FullClient, FullSelectChain>;
type BabeImport = sc_consensus_babe::BabeBlockImport<
	Block,
	FullClient,
	GrandpaImport,
	Inherents,
	FullSelectChain,
>;

/// What every block must begin with: its slot and its time.
#[derive(Clone, Copy)]
pub struct Inherents {
	slot_duration: SlotDuration,
}

impl sp_inherents::CreateInherentDataProviders<Block, ()> for Inherents {
	type InherentDataProviders = (SlotInherent, TimestampInherent);

	fn create_inherent_data_providers<'a, 'b>(
		&'a self,
		_parent: Hash,
		(): (),
	) -> Pin<
		Box<
			dyn Future<
					Output = Result<
						Self::InherentDataProviders,
						Box<dyn std::error::Error + Send + Sync>,
					>,
				> + Send
				+ 'b,
		>,
	>
	where
		'a: 'b,
		Self: 'b,
	{
		let timestamp = TimestampInherent::from_system_time();
		let slot = SlotInherent::from_timestamp_and_slot_duration(*timestamp, self.slot_duration);
		Box::pin(std::future::ready(Ok((slot, timestamp))))
	}
}

/// Parts of consensus that are made before the network is.
pub struct ConsensusParts {
	block_import: BabeImport,
	babe_link: BabeLink<Block>,
	babe_worker: BabeWorkerHandle<Block>,
	grandpa_link: GrandpaLink,
	inherents: Inherents,
	telemetry: Option<Telemetry>,
}

/// A node without network: what commands on the database need.
pub type Partial = PartialComponents<
	FullClient,
	FullBackend,
	FullSelectChain,
	DefaultImportQueue<Block>,
	Pool,
	ConsensusParts,
>;

/// Opens the database and makes the parts around it.
pub fn new_partial(config: &Configuration) -> Result<Partial, ServiceError> {
	let telemetry = new_telemetry(config)?;
	let handle = telemetry.as_ref().map(|(_, telemetry)| telemetry.handle());
	let executor: Executor = sc_service::new_wasm_executor(&config.executor);
	let (client, backend, keystore_container, task_manager) =
		sc_service::new_full_parts::<Block, RuntimeApi, _>(
			config,
			handle.clone(),
			executor,
			Vec::new(),
		)?;
	let client = Arc::new(client);
	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});
	let select_chain = sc_consensus::LongestChain::new(backend.clone());
	let transaction_pool = Arc::from(
		sc_transaction_pool::Builder::new(
			task_manager.spawn_essential_handle(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);

	let (import_queue, other) =
		new_consensus(config, &client, &select_chain, &transaction_pool, &task_manager, telemetry)?;
	Ok(PartialComponents {
		client,
		backend,
		task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other,
	})
}

/// BABE over GRANDPA: who may make the next block, and how blocks are checked when they come in.
fn new_consensus(
	config: &Configuration,
	client: &Arc<FullClient>,
	select_chain: &FullSelectChain,
	transaction_pool: &Arc<Pool>,
	task_manager: &TaskManager,
	telemetry: Option<Telemetry>,
) -> Result<(DefaultImportQueue<Block>, ConsensusParts), ServiceError> {
	let handle = telemetry.as_ref().map(|telemetry| telemetry.handle());
	let (grandpa_import, grandpa_link) = sc_consensus_grandpa::block_import(
		client.clone(),
		GRANDPA_JUSTIFICATION_PERIOD,
		client,
		select_chain.clone(),
		handle.clone(),
	)?;
	let justification_import = grandpa_import.clone();
	let babe_config = sc_consensus_babe::configuration(&**client)?;
	let slot_duration = babe_config.slot_duration();
	let inherents = Inherents { slot_duration };
	let (block_import, babe_link) = sc_consensus_babe::block_import(
		babe_config,
		grandpa_import,
		client.clone(),
		inherents,
		select_chain.clone(),
		OffchainTransactionPoolFactory::new(transaction_pool.clone()),
	)?;
	let (import_queue, babe_worker) =
		sc_consensus_babe::import_queue(sc_consensus_babe::ImportQueueParams {
			link: babe_link.clone(),
			block_import: block_import.clone(),
			justification_import: Some(Box::new(justification_import)),
			client: client.clone(),
			slot_duration,
			spawner: &task_manager.spawn_essential_handle(),
			registry: config.prometheus_registry(),
			telemetry: handle,
		})?;
	let other =
		ConsensusParts { block_import, babe_link, babe_worker, grandpa_link, inherents, telemetry };
	Ok((import_queue, other))
}

/// Telemetry is off unless the command line names an endpoint.
fn new_telemetry(
	config: &Configuration,
) -> Result<Option<(TelemetryWorker, Telemetry)>, ServiceError> {
	let Some(endpoints) = config.telemetry_endpoints.clone().filter(|e| !e.is_empty()) else {
		return Ok(None);
	};
	let worker = TelemetryWorker::new(16)?;
	let telemetry = worker.handle().new_telemetry(endpoints);
	Ok(Some((worker, telemetry)))
}

/// Takes back what consensus noted about the last `blocks` blocks.
pub fn revert(
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	blocks: BlockNumber,
) -> Result<(), sc_cli::Error> {
	sc_consensus_babe::revert(client.clone(), backend, blocks)?;
	sc_consensus_grandpa::revert(client, blocks)?;
	Ok(())
}

/// Starts a node over the network backend that `config` names.
pub fn start(config: Configuration) -> Result<TaskManager, ServiceError> {
	match config.network.network_backend {
		NetworkBackendType::Libp2p => start_over::<sc_network::NetworkWorker<Block, Hash>>(config),
		NetworkBackendType::Litep2p => start_over::<sc_network::Litep2pNetworkBackend>(config),
	}
}

fn start_over<Network: NetworkBackend<Block, Hash>>(
	config: Configuration,
) -> Result<TaskManager, ServiceError> {
	let PartialComponents {
		client,
		backend,
		mut task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: mut consensus,
	} = new_partial(&config)?;
	let keystore = keystore_container.keystore();
	let registry = config.prometheus_registry().cloned();

	let metrics = Network::register_notification_metrics(registry.as_ref());
	let mut net_config =
		FullNetworkConfiguration::<_, _, Network>::new(&config.network, registry.clone());
	let grandpa_network = join_grandpa(&client, &config, &mut net_config, metrics.clone())?;
	let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
		sc_service::build_network(BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: transaction_pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(warp_sync(&backend, &consensus)),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	let node = Node {
		client: client.clone(),
		backend: backend.clone(),
		pool: transaction_pool.clone(),
		select_chain: select_chain.clone(),
		keystore: keystore.clone(),
		network: network.clone(),
		sync: sync_service.clone(),
		registry,
		telemetry: consensus.telemetry.as_ref().map(|telemetry| telemetry.handle()),
	};
	let settings = Settings::of(&config);
	if config.offchain_worker.enabled {
		node.spawn_offchain_workers(&task_manager, settings.is_authority)?;
	}
	let voter_state = SharedVoterState::empty();
	let rpc_deps = node.rpc_deps(&config, &consensus, voter_state.clone());
	sc_service::spawn_tasks(SpawnTasksParams {
		config,
		client,
		backend,
		task_manager: &mut task_manager,
		keystore,
		transaction_pool,
		rpc_builder: Box::new(move |executor| rpc::create(&rpc_deps, executor)),
		network,
		system_rpc_tx,
		tx_handler_controller,
		sync_service,
		telemetry: consensus.telemetry.as_mut(),
		tracing_execute_block: None,
	})?;
	node.spawn_consensus(&task_manager, consensus, settings, voter_state, grandpa_network)?;
	Ok(task_manager)
}

/// Lets others skip to the last finalised block by GRANDPA's proofs.
fn warp_sync(backend: &Arc<FullBackend>, consensus: &ConsensusParts) -> WarpSyncConfig<Block> {
	WarpSyncConfig::WithProvider(Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
		backend.clone(),
		consensus.grandpa_link.shared_authority_set().clone(),
		Vec::new(),
	)))
}

/// Adds GRANDPA's protocol, which is named after the genesis, to the network.
fn join_grandpa<Network: NetworkBackend<Block, Hash>>(
	client: &FullClient,
	config: &Configuration,
	net_config: &mut FullNetworkConfiguration<Block, Hash, Network>,
	metrics: NotificationMetrics,
) -> Result<GrandpaNetwork, ServiceError> {
	let genesis = client.block_hash(0)?.ok_or_else(|| {
		ServiceError::Other("the database holds no genesis block; purge it and sync again".into())
	})?;
	let protocol = sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
	let (peers, notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<_, Network>(
		protocol.clone(),
		metrics,
		net_config.peer_store_handle(),
	);
	net_config.add_notification_protocol(peers);
	Ok(GrandpaNetwork { protocol, notifications })
}

/// What is still needed of the configuration after the RPC server has taken it.
struct Settings {
	role: sc_network::config::Role,
	is_authority: bool,
	node_name: String,
	force_authoring: bool,
	grandpa_enabled: bool,
	publish_local_addresses: bool,
	public_addresses: Vec<sc_network::Multiaddr>,
	network_directory: Option<PathBuf>,
}

impl Settings {
	fn of(config: &Configuration) -> Self {
		Self {
			role: config.role,
			is_authority: config.role.is_authority(),
			node_name: config.network.node_name.clone(),
			force_authoring: config.force_authoring,
			grandpa_enabled: !config.disable_grandpa,
			publish_local_addresses: config.network.allow_non_globals_in_dht,
			public_addresses: config.network.public_addresses.clone(),
			network_directory: config.network.net_config_path.clone(),
		}
	}
}

/// GRANDPA's part of the network.
struct GrandpaNetwork {
	protocol: sc_network::ProtocolName,
	notifications: Box<dyn NotificationService>,
}

/// The running parts that tasks share.
struct Node {
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	pool: Arc<Pool>,
	select_chain: FullSelectChain,
	keystore: KeystorePtr,
	network: Arc<dyn NetworkService>,
	sync: Arc<sc_network_sync::SyncingService<Block>>,
	registry: Option<substrate_prometheus_endpoint::Registry>,
	telemetry: Option<TelemetryHandle>,
}

impl Node {
	/// Lets the runtime's off-chain workers run after each new best block.
	fn spawn_offchain_workers(
		&self,
		tasks: &TaskManager,
		is_validator: bool,
	) -> Result<(), ServiceError> {
		let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
			runtime_api_provider: self.client.clone(),
			keystore: Some(self.keystore.clone()),
			offchain_db: self.backend.offchain_storage(),
			transaction_pool: Some(OffchainTransactionPoolFactory::new(self.pool.clone())),
			network_provider: Arc::new(self.network.clone()),
			is_validator,
			enable_http_requests: false,
			custom_extensions: |_| Vec::new(),
		})?;
		tasks.spawn_handle().spawn(
			"offchain-workers-runner",
			"offchain-worker",
			workers.run(self.client.clone(), tasks.spawn_handle()).boxed(),
		);
		Ok(())
	}

	fn rpc_deps(
		&self,
		config: &Configuration,
		consensus: &ConsensusParts,
		voter_state: SharedVoterState,
	) -> rpc::FullDeps {
		let authority_set = consensus.grandpa_link.shared_authority_set().clone();
		rpc::FullDeps {
			client: self.client.clone(),
			pool: self.pool.clone(),
			select_chain: self.select_chain.clone(),
			chain_spec: config.chain_spec.cloned_box(),
			keystore: self.keystore.clone(),
			babe: consensus.babe_worker.clone(),
			grandpa: rpc::GrandpaDeps {
				voter_state,
				justifications: consensus.grandpa_link.justification_stream(),
				finality: FinalityProofProvider::new_for_service(
					self.backend.clone(),
					Some(authority_set.clone()),
				),
				authority_set,
			},
		}
	}

	/// Makes, discovers and finalises blocks, as far as the node's role goes.
	fn spawn_consensus(
		&self,
		tasks: &TaskManager,
		consensus: ConsensusParts,
		settings: Settings,
		voter_state: SharedVoterState,
		grandpa_network: GrandpaNetwork,
	) -> Result<(), ServiceError> {
		let ConsensusParts { block_import, babe_link, grandpa_link, inherents, telemetry, .. } =
			consensus;
		if settings.is_authority {
			self.spawn_babe(tasks, block_import, babe_link, inherents, settings.force_authoring)?;
			self.spawn_authority_discovery(tasks, &settings);
		}
		if settings.grandpa_enabled {
			self.spawn_grandpa(tasks, grandpa_link, &settings, voter_state, grandpa_network)?;
		}
		// The telemetry lives as long as the node does.
		tasks.spawn_handle().spawn("telemetry-keeper", None, async move {
			let _telemetry = telemetry;
			std::future::pending::<()>().await
		});
		Ok(())
	}

	fn spawn_babe(
		&self,
		tasks: &TaskManager,
		block_import: BabeImport,
		babe_link: BabeLink<Block>,
		inherents: Inherents,
		force_authoring: bool,
	) -> Result<(), ServiceError> {
		let env = sc_basic_authorship::ProposerFactory::new(
			tasks.spawn_handle(),
			self.client.clone(),
			self.pool.clone(),
			self.registry.as_ref(),
			self.telemetry.clone(),
		);
		let babe = sc_consensus_babe::start_babe(sc_consensus_babe::BabeParams {
			keystore: self.keystore.clone(),
			client: self.client.clone(),
			select_chain: self.select_chain.clone(),
			env,
			block_import,
			sync_oracle: self.sync.clone(),
			justification_sync_link: self.sync.clone(),
			create_inherent_data_providers: inherents,
			force_authoring,
			backoff_authoring_blocks: Some(BackoffAuthoringOnFinalizedHeadLagging::default()),
			babe_link,
			block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SLOT_PORTION),
			max_block_proposal_slot_portion: None,
			telemetry: self.telemetry.clone(),
		})?;
		tasks.spawn_essential_handle().spawn_blocking(
			"babe-proposer",
			Some("block-authoring"),
			babe,
		);
		Ok(())
	}

	/// Publishes this validator's addresses and finds those of the others.
	fn spawn_authority_discovery(&self, tasks: &TaskManager, settings: &Settings) {
		let events =
			self.network.event_stream("authority-discovery").filter_map(|event| async move {
				match event {
					Event::Dht(event) => Some(event),
					_ => None,
				}
			});
		let (worker, _service) = sc_authority_discovery::new_worker_and_service_with_config(
			sc_authority_discovery::WorkerConfig {
				publish_non_global_ips: settings.publish_local_addresses,
				public_addresses: settings.public_addresses.clone(),
				persisted_cache_directory: settings.network_directory.clone(),
				..Default::default()
			},
			self.client.clone(),
			Arc::new(self.network.clone()),
			Box::pin(events),
			sc_authority_discovery::Role::PublishAndDiscover(self.keystore.clone()),
			self.registry.clone(),
			tasks.spawn_handle(),
		);
		tasks.spawn_handle().spawn("authority-discovery-worker", Some("networking"), worker.run());
	}

	/// Follows finality; a validator votes too.
	fn spawn_grandpa(
		&self,
		tasks: &TaskManager,
		link: GrandpaLink,
		settings: &Settings,
		shared_voter_state: SharedVoterState,
		network: GrandpaNetwork,
	) -> Result<(), ServiceError> {
		let config = sc_consensus_grandpa::Config {
			gossip_duration: GRANDPA_GOSSIP,
			justification_generation_period: GRANDPA_JUSTIFICATION_PERIOD,
			observer_enabled: false,
			local_role: settings.role,
			name: Some(settings.node_name.clone()),
			keystore: settings.is_authority.then(|| self.keystore.clone()),
			telemetry: self.telemetry.clone(),
			protocol_name: network.protocol,
		};
		let voter = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
			config,
			link,
			network: self.network.clone(),
			sync: self.sync.clone(),
			notification_service: network.notifications,
			voting_rule: VotingRulesBuilder::default().build(),
			prometheus_registry: self.registry.clone(),
			shared_voter_state,
			telemetry: self.telemetry.clone(),
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(self.pool.clone()),
		})?;
		tasks.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
		Ok(())
	}
}
