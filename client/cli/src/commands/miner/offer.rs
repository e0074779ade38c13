//! Offers and profiles.

use crate::{
	commands::{
		device::{CapabilityArgs, ProfileFields, capabilities, profile as profile_json},
		send::{FromArgs, Signer, done},
		show::{self, ClassName},
	},
	context::Context,
	error::CliError,
};
use aitbc_client::{
	amount::{format_amount, parse_amount},
	calls,
};
use aitbc_data::parse_cid;
use aitbc_primitives::{Balance, BlockNumber, Class, MAX_WARM_PROGRAMS, OfferTerms};
use clap::Args;
use serde_json::json;

/// Arguments of `miner offer`.
#[derive(Debug, Args)]
pub struct OfferArgs {
	#[command(flatten)]
	from: FromArgs,
	/// Which work
	#[arg(long, value_enum)]
	class: ClassName,
	/// Price of one unit, with its unit of money
	#[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
	price: Balance,
	/// Replicas that are run at once
	#[arg(long, default_value_t = 1)]
	slots: u16,
	/// Units of the largest job that is taken; any size if left out
	#[arg(long, value_name = "UNITS")]
	max_units: Option<u64>,
	/// Blocks from now for which the offer holds
	#[arg(long, default_value_t = 10_000, value_name = "BLOCKS")]
	expires_in: BlockNumber,
	/// CID of a program that is ready to run; may be given several times
	#[arg(long, value_name = "CID")]
	warm: Vec<String>,
	#[command(flatten)]
	device: CapabilityArgs,
}

/// Arguments of `miner withdraw-offer`.
#[derive(Debug, Args)]
pub struct WithdrawOfferArgs {
	#[command(flatten)]
	pub from: FromArgs,
	/// Which work
	#[arg(long, value_enum)]
	pub class: ClassName,
}

/// Arguments of `miner profile`.
#[derive(Debug, Args)]
pub struct ProfileArgs {
	#[command(flatten)]
	from: FromArgs,
	/// Take the description back, and its deposit
	#[arg(long, conflicts_with_all = ["backend", "name"])]
	clear: bool,
	#[command(flatten)]
	fields: ProfileFields,
}

/// Makes or replaces an offer.
pub async fn set(context: &Context, args: &OfferArgs) -> Result<(), CliError> {
	let warm: Result<Vec<_>, _> = args.warm.iter().map(|cid| parse_cid(cid)).collect();
	let warm = warm?
		.try_into()
		.map_err(|_| CliError::usage(format!("--warm may be given {MAX_WARM_PROGRAMS} times")))?;
	let signer = Signer::open(context, &args.from).await?;
	let view = signer.chain.at_best().await?;
	let limits = view.offer_limits()?;
	if args.price == 0 {
		return Err(CliError::usage("--price must be more than zero"));
	}
	if !(1..=limits.most_slots).contains(&args.slots) {
		let (slots, most) = (args.slots, limits.most_slots);
		return Err(CliError::usage(format!("--slots {slots} is not possible: 1 to {most}")));
	}
	if !(1..=limits.longest_blocks).contains(&args.expires_in) {
		let (blocks, longest) = (args.expires_in, limits.longest_blocks);
		return Err(CliError::usage(format!(
			"--expires-in {blocks} is not possible: 1 to {longest} blocks"
		)));
	}
	if args.max_units == Some(0) {
		return Err(CliError::usage("--max-units must be more than zero"));
	}
	let class = Class::from(args.class);
	if view.miner_standing(&signer.account, class).await?.is_none() {
		return Err(CliError::failed(format!(
			"{} may take no leases now: it is not registered, chilled, leaving, or has too little collateral; see `aitbc miner show {}`",
			signer.name(),
			signer.name()
		)));
	}
	let terms = OfferTerms {
		price_per_unit: args.price,
		slots: args.slots,
		max_units: args.max_units.unwrap_or(u64::MAX),
		expires_at: view.head().number.saturating_add(args.expires_in),
		device: args.device.build(),
		warm,
	};
	let included =
		signer.chain.submit(&signer.unlock()?, &calls::set_offer(class, terms.clone())).await?;
	let value = json!({
		"class": show::class(class),
		"price_per_unit_planck": args.price.to_string(),
		"slots": args.slots,
		"max_units": args.max_units,
		"expires_at": terms.expires_at,
		"device": capabilities(&terms.device),
		"warm": args.warm,
	});
	let (price, until) = (format_amount(args.price), terms.expires_at);
	done(context, &included, value, &format!("offered until block {until} at {price} per unit"));
	Ok(())
}

/// Describes the device, or takes the description back.
pub async fn profile(context: &Context, args: &ProfileArgs) -> Result<(), CliError> {
	if args.clear {
		let signer = Signer::open(context, &args.from).await?;
		let what = "the description is gone, and its deposit is free";
		return signer.send(&calls::clear_profile(), what).await;
	}
	let described = args.fields.build()?;
	let signer = Signer::open(context, &args.from).await?;
	let view = signer.chain.at_best().await?;
	if view.profile(&signer.account).await?.is_none() {
		let deposit = format_amount(view.terms().await?.profile_deposit);
		signer.confirm(&format!("Hold {deposit} of {} as a deposit", signer.name()))?;
	}
	let call = calls::set_profile(&described);
	let included = signer.chain.submit(&signer.unlock()?, &call).await?;
	done(context, &included, profile_json(&described), "the device is described");
	Ok(())
}
