//! Does what the command line asks for.

use crate::{
	chain_spec,
	cli::{Cli, Subcommand},
	service,
};
use aitbc_runtime::opaque::Block;
use sc_cli::SubstrateCli;
use sc_service::{ChainSpec, PartialComponents};

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"AITBC Node".into()
	}

	fn impl_version() -> String {
		env!("CARGO_PKG_VERSION").into()
	}

	fn description() -> String {
		"Node of AITBC, the chain on which GPU compute is bought and sold.\n\n\
		 Try it: aitbc-node --dev --tmp"
			.into()
	}

	fn author() -> String {
		"The AITBC developers".into()
	}

	fn support_url() -> String {
		"see README.md of the source".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> Result<Box<dyn ChainSpec>, String> {
		Ok(Box::new(chain_spec::load(id)?))
	}
}

/// Reads the command line and does it. Returns when the node has been stopped or the command is done.
pub fn run() -> sc_cli::Result<()> {
	let cli = Cli::from_args();
	chain_spec::set_address_format();
	match &cli.subcommand {
		Some(command) => run_command(&cli, command),
		None => cli.create_runner(&cli.run)?.run_node_until_exit(|config| async move {
			service::start(config).map_err(sc_cli::Error::Service)
		}),
	}
}

fn run_command(cli: &Cli, command: &Subcommand) -> sc_cli::Result<()> {
	match command {
		Subcommand::Key(command) => command.run(cli),
		Subcommand::ExportChainSpec(command) => {
			let load = if command.raw { chain_spec::load } else { chain_spec::load_plain };
			command.run(Box::new(load(&command.chain).map_err(sc_cli::Error::Input)?))
		}
		Subcommand::CheckBlock(command) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents { client, task_manager, import_queue, .. } =
				service::new_partial(&config)?;
			Ok((command.run(client, import_queue), task_manager))
		}),
		Subcommand::ExportBlocks(command) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents { client, task_manager, .. } = service::new_partial(&config)?;
			Ok((command.run(client, config.database), task_manager))
		}),
		Subcommand::ExportState(command) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents { client, task_manager, .. } = service::new_partial(&config)?;
			Ok((command.run(client, config.chain_spec), task_manager))
		}),
		Subcommand::ImportBlocks(command) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents { client, task_manager, import_queue, .. } =
				service::new_partial(&config)?;
			Ok((command.run(client, import_queue), task_manager))
		}),
		Subcommand::PurgeChain(command) => {
			cli.create_runner(command)?.sync_run(|config| command.run(config.database))
		}
		Subcommand::Revert(command) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents { client, task_manager, backend, .. } =
				service::new_partial(&config)?;
			Ok((command.run(client, backend, Some(Box::new(service::revert))), task_manager))
		}),
		Subcommand::ChainInfo(command) => {
			cli.create_runner(command)?.sync_run(|config| command.run::<Block>(&config))
		}
	}
}
