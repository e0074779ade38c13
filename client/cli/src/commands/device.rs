//! What a device is, and what a job demands of who takes it: on the command line and in words.

use crate::{context::Context, error::CliError};
use aitbc_client::account::address;
use aitbc_primitives::{
	AccountId, Backend, Capabilities, DeviceProfile, Features, MAX_LISTED_MINERS, MAX_PROFILE_TEXT,
	Region, Reputation, Requirements,
};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

/// Ten-thousandths in a percent.
const PER_PERCENT: u16 = 100;
/// Millionths in a percent.
const MILLIONTHS_PER_PERCENT: u32 = 10_000;

/// An ability of a device on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FeatureName {
	/// Packed products of four 8-bit integers in hardware
	#[value(name = "dot4-i8")]
	Dot4I8,
	/// 64-bit integers in shaders
	#[value(name = "shader-int64")]
	ShaderInt64,
	/// Subgroup operations
	#[value(name = "subgroups")]
	Subgroups,
	/// Matrix units that shaders can use
	#[value(name = "cooperative-matrix")]
	CooperativeMatrix,
	/// A driver on the processor instead of a GPU
	#[value(name = "software")]
	Software,
}

impl FeatureName {
	const fn bits(self) -> Features {
		match self {
			Self::Dot4I8 => Features::DOT4_I8,
			Self::ShaderInt64 => Features::SHADER_INT64,
			Self::Subgroups => Features::SUBGROUPS,
			Self::CooperativeMatrix => Features::COOPERATIVE_MATRIX,
			Self::Software => Features::SOFTWARE,
		}
	}
}

/// All abilities that are named.
pub fn features(names: &[FeatureName]) -> Features {
	Features(names.iter().fold(0, |bits, name| bits | name.bits().0))
}

/// The names of abilities; bits without a name as their number.
pub fn feature_names(features: Features) -> Vec<String> {
	let named = FeatureName::value_variants().iter();
	(0..u32::BITS)
		.map(|bit| Features(1 << bit))
		.filter(|bit| features.contains(*bit))
		.map(|bit| {
			let name = named.clone().find(|name| name.bits() == bit);
			let name = name.and_then(|name| name.to_possible_value());
			name.map_or(format!("bit {}", bit.0.ilog2()), |name| name.get_name().to_string())
		})
		.collect()
}

/// Reads two letters of a country.
pub fn parse_region(text: &str) -> Result<Region, String> {
	let upper = text.to_ascii_uppercase();
	let region = <[u8; 2]>::try_from(upper.as_bytes()).ok().map(Region);
	region
		.filter(Region::is_valid)
		.ok_or_else(|| format!("\"{text}\" is not a country of two letters, like DE"))
}

/// The letters of a region.
pub fn region_text(region: &Region) -> String {
	String::from_utf8_lossy(&region.0).into_owned()
}

/// Reads a percentage of 0 to 100 with at most so many decimals, in the unit that they make.
fn parse_percentage(text: &str, decimals: usize) -> Option<u32> {
	let number = text.trim();
	let number = number.strip_suffix('%').unwrap_or(number).trim_end();
	let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
	let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
	if !digits(whole) || !digits(fraction) || fraction.len() > decimals {
		return None;
	}
	let parts: u32 = format!("{whole}{fraction:0<decimals$}").parse().ok()?;
	let all = 10_u32.checked_pow(u32::try_from(decimals).ok()?)?.checked_mul(100)?;
	(parts <= all).then_some(parts)
}

/// Reads a reputation in percent, with at most two decimals.
pub fn parse_reputation(text: &str) -> Result<Reputation, String> {
	parse_percentage(text, 2)
		.and_then(|parts| u16::try_from(parts).ok())
		.map(Reputation)
		.ok_or_else(|| {
			format!("\"{text}\" is not a reputation; write a percentage like 95 or 99.5")
		})
}

/// Reads a share in percent, with at most four decimals, in millionths.
pub fn parse_millionths(text: &str) -> Result<u32, String> {
	parse_percentage(text, 4)
		.ok_or_else(|| format!("\"{text}\" is not a share; write a percentage like 5% or 7.25%"))
}

/// A share in percent, without useless zeros.
pub fn millionths_text(share: u32) -> String {
	let (whole, part) = (share / MILLIONTHS_PER_PERCENT, share % MILLIONTHS_PER_PERCENT);
	let text = format!("{whole}.{part:04}");
	format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A reputation in percent.
pub fn reputation_text(reputation: Reputation) -> String {
	format!("{}.{:02} %", reputation.0 / PER_PERCENT, reputation.0 % PER_PERCENT)
}

/// What a device can do, as JSON.
pub fn capabilities(device: &Capabilities) -> Value {
	json!({
		"vram_mib": device.vram_mib,
		"units_per_second": device.units_per_second,
		"features": feature_names(device.features),
		"region": device.region.as_ref().map(region_text),
	})
}

/// What a device can do, in a line; empty if its miner says nothing of it.
pub fn capabilities_line(device: &Capabilities) -> String {
	let mut parts = Vec::new();
	if device.vram_mib > 0 {
		parts.push(format!("{} MiB", device.vram_mib));
	}
	if device.units_per_second > 0 {
		parts.push(format!("{} units/s", device.units_per_second));
	}
	parts.extend(feature_names(device.features));
	parts.extend(device.region.as_ref().map(region_text));
	parts.join(", ")
}

/// What an offer says of its device.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What the device can do")]
pub struct CapabilityArgs {
	/// Its memory
	#[arg(long, default_value_t = 0, value_name = "MIB")]
	vram: u32,
	/// Units of the class per second, as `aitbc-miner bench` measures them for echo and gemm
	#[arg(long, default_value_t = 0, value_name = "UNITS")]
	speed: u32,
	/// Something it can do; may be given several times
	#[arg(long, value_enum, value_name = "NAME")]
	feature: Vec<FeatureName>,
	/// Country it stands in
	#[arg(long, value_parser = parse_region, value_name = "CC")]
	region: Option<Region>,
}

impl CapabilityArgs {
	/// What the options say.
	pub fn build(&self) -> Capabilities {
		Capabilities {
			vram_mib: self.vram,
			units_per_second: self.speed,
			features: features(&self.feature),
			region: self.region,
		}
	}
}

/// How a device is driven, on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BackendName {
	/// No GPU: the reference on the processor
	Cpu,
	/// Vulkan
	Vulkan,
	/// Metal
	Metal,
	/// Direct3D 12
	Dx12,
	/// OpenGL
	Gl,
}

impl From<BackendName> for Backend {
	fn from(name: BackendName) -> Self {
		match name {
			BackendName::Cpu => Self::Cpu,
			BackendName::Vulkan => Self::Vulkan,
			BackendName::Metal => Self::Metal,
			BackendName::Dx12 => Self::Dx12,
			BackendName::Gl => Self::Gl,
		}
	}
}

const fn backend_text(backend: Backend) -> &'static str {
	match backend {
		Backend::Cpu => "cpu",
		Backend::Vulkan => "vulkan",
		Backend::Metal => "metal",
		Backend::Dx12 => "dx12",
		Backend::Gl => "gl",
	}
}

/// A description of a device.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "The device")]
pub struct ProfileFields {
	/// How it is driven
	#[arg(long, value_enum, required_unless_present = "clear")]
	backend: Option<BackendName>,
	/// Its name
	#[arg(long, required_unless_present = "clear", value_name = "TEXT")]
	name: Option<String>,
	/// Its driver with version
	#[arg(long, default_value = "", value_name = "TEXT")]
	driver: String,
	/// PCI number of its vendor, like 0x10de
	#[arg(long, value_parser = parse_number, default_value = "0", value_name = "NUMBER")]
	vendor_id: u32,
	/// PCI number of its model
	#[arg(long, value_parser = parse_number, default_value = "0", value_name = "NUMBER")]
	device_id: u32,
	/// Largest storage buffer
	#[arg(long, default_value_t = 0, value_name = "BYTES")]
	max_buffer_bytes: u64,
	/// libp2p peer id under which the miner's data is found
	#[arg(long, default_value = "", value_name = "TEXT")]
	peer_id: String,
}

impl ProfileFields {
	/// What the options say.
	pub fn build(&self) -> Result<DeviceProfile, CliError> {
		let text = |option: &str, text: &str| {
			text.as_bytes().to_vec().try_into().map_err(|_| {
				CliError::usage(format!("--{option} has at most {MAX_PROFILE_TEXT} bytes"))
			})
		};
		Ok(DeviceProfile {
			backend: self.backend.map(Backend::from).unwrap_or_default(),
			vendor_id: self.vendor_id,
			device_id: self.device_id,
			name: text("name", self.name.as_deref().unwrap_or_default())?,
			driver: text("driver", &self.driver)?,
			max_buffer_bytes: self.max_buffer_bytes,
			peer_id: text("peer-id", &self.peer_id)?,
		})
	}
}

/// Reads a number, also in hexadecimal.
fn parse_number(text: &str) -> Result<u32, String> {
	let number = match text.strip_prefix("0x") {
		Some(digits) => u32::from_str_radix(digits, 16),
		None => text.parse(),
	};
	number.map_err(|_| format!("\"{text}\" is not a number like 4318 or 0x10de"))
}

/// What a miner wrote, without what a terminal would take as a command.
fn written(text: &[u8]) -> String {
	let text = String::from_utf8_lossy(text);
	text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// A description of a device, as JSON.
pub fn profile(profile: &DeviceProfile) -> Value {
	json!({
		"backend": backend_text(profile.backend),
		"vendor_id": profile.vendor_id,
		"device_id": profile.device_id,
		"name": written(&profile.name),
		"driver": written(&profile.driver),
		"max_buffer_bytes": profile.max_buffer_bytes,
		"peer_id": written(&profile.peer_id),
	})
}

/// A description of a device, in a line.
pub fn profile_line(profile: &DeviceProfile) -> String {
	let name = written(&profile.name);
	let (backend, driver) = (backend_text(profile.backend), written(&profile.driver));
	if driver.is_empty() {
		format!("{name} ({backend})")
	} else {
		format!("{name} ({backend}, {driver})")
	}
}

/// What a job may demand.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Who may run it")]
pub struct RequirementArgs {
	/// Memory the device must have
	#[arg(long, default_value_t = 0, value_name = "MIB")]
	min_vram: u32,
	/// Units per second the miner must claim
	#[arg(long, default_value_t = 0, value_name = "UNITS")]
	min_speed: u32,
	/// Reputation the miner must have in the job's class, percent
	#[arg(long, value_parser = parse_reputation, value_name = "PERCENT")]
	min_reputation: Option<Reputation>,
	/// Ability the device must have; may be given several times
	#[arg(long, value_enum, value_name = "NAME")]
	feature: Vec<FeatureName>,
	/// Country the device must stand in
	#[arg(long, value_parser = parse_region, value_name = "CC")]
	region: Option<Region>,
	/// Ask only this miner or this owner's miners (wallet or address); may be given several times
	#[arg(long, value_name = "ACCOUNT")]
	allow: Vec<String>,
	/// Do not ask this miner or this owner's miners; may be given several times
	#[arg(long, value_name = "ACCOUNT")]
	deny: Vec<String>,
}

impl RequirementArgs {
	/// What the options say.
	pub fn build(&self, context: &Context) -> Result<Requirements, CliError> {
		let named = |option: &str, texts: &[String]| {
			let accounts: Result<Vec<AccountId>, CliError> =
				texts.iter().map(|text| context.account(text)).collect();
			accounts?.try_into().map_err(|_| {
				CliError::usage(format!("--{option} may be given {MAX_LISTED_MINERS} times"))
			})
		};
		Ok(Requirements {
			min_vram_mib: self.min_vram,
			min_units_per_second: self.min_speed,
			min_reputation: self.min_reputation.unwrap_or_default(),
			features: features(&self.feature),
			region: self.region,
			allow: named("allow", &self.allow)?,
			deny: named("deny", &self.deny)?,
		})
	}
}

/// What a job demands, as JSON.
pub fn requirements(wanted: &Requirements) -> Value {
	json!({
		"min_vram_mib": wanted.min_vram_mib,
		"min_units_per_second": wanted.min_units_per_second,
		"min_reputation_percent": percent(wanted.min_reputation),
		"features": feature_names(wanted.features),
		"region": wanted.region.as_ref().map(region_text),
		"allow": wanted.allow.iter().map(address).collect::<Vec<_>>(),
		"deny": wanted.deny.iter().map(address).collect::<Vec<_>>(),
	})
}

/// A reputation as a number, percent.
pub fn percent(reputation: Reputation) -> f64 {
	f64::from(reputation.0) / f64::from(PER_PERCENT)
}

/// What a job demands, in words; empty if nothing.
pub fn requirements_line(wanted: &Requirements) -> String {
	let mut parts = Vec::new();
	if wanted.min_vram_mib > 0 {
		parts.push(format!("at least {} MiB", wanted.min_vram_mib));
	}
	if wanted.min_units_per_second > 0 {
		parts.push(format!("at least {} units/s", wanted.min_units_per_second));
	}
	if wanted.min_reputation > Reputation::default() {
		parts.push(format!("reputation {} or better", reputation_text(wanted.min_reputation)));
	}
	parts.extend(feature_names(wanted.features));
	parts.extend(wanted.region.as_ref().map(|region| format!("in {}", region_text(region))));
	let listed = |names: &[AccountId]| names.iter().map(address).collect::<Vec<_>>().join(" or ");
	if !wanted.allow.is_empty() {
		parts.push(format!("only {}", listed(&wanted.allow)));
	}
	if !wanted.deny.is_empty() {
		parts.push(format!("not {}", listed(&wanted.deny)));
	}
	parts.join(", ")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn reputations_should_be_read_in_percent() {
		for (text, parts) in [
			("0", 0),
			("95", 9_500),
			("99.5", 9_950),
			("99.05", 9_905),
			("100", 10_000),
			("7 %", 700),
		] {
			assert_eq!(parse_reputation(text), Ok(Reputation(parts)), "{text}");
		}
		for text in ["", "-1", "100.01", "101", "1.234", "x", ".5", "5.", "70000", "1e1"] {
			assert!(parse_reputation(text).is_err(), "{text}");
		}
		assert_eq!(reputation_text(Reputation(9_905)), "99.05 %");
	}

	#[test]
	fn shares_should_be_read_in_percent_and_written_back() {
		for (text, millionths, shown) in [
			("0", 0, "0 %"),
			("7.5%", 75_000, "7.5 %"),
			("100", 1_000_000, "100 %"),
			("0.0001", 1, "0.0001 %"),
			("10.02 %", 100_200, "10.02 %"),
		] {
			assert_eq!(parse_millionths(text), Ok(millionths), "{text}");
			assert_eq!(millionths_text(millionths), shown);
		}
		for text in ["", "%", "-1", "100.0001", "1.00001", "5%%", "99999999999"] {
			assert!(parse_millionths(text).is_err(), "{text}");
		}
	}

	#[test]
	fn devices_should_be_described_in_what_a_terminal_can_take() {
		let profile = DeviceProfile {
			name: b"evil\x1b[2Jname".to_vec().try_into().expect("fits"),
			driver: vec![0xff, b'1'].try_into().expect("fits"),
			..DeviceProfile::default()
		};
		assert_eq!(profile_line(&profile), "evil?[2Jname (cpu, \u{fffd}1)");
		assert_eq!(parse_number("0x10de"), Ok(0x10de));
		assert_eq!(parse_number("7"), Ok(7));
		for text in ["", "0x", "x", "-1", "4294967296"] {
			assert!(parse_number(text).is_err(), "{text}");
		}
	}

	#[test]
	fn what_is_not_said_of_a_device_should_not_be_shown() {
		assert_eq!(capabilities_line(&Capabilities::default()), "");
		let device = CapabilityArgs {
			vram: 5,
			speed: 0,
			feature: vec![FeatureName::Software],
			region: Some(Region(*b"DE")),
		};
		assert_eq!(capabilities_line(&device.build()), "5 MiB, software, DE");
	}

	#[test]
	fn regions_should_be_two_letters() {
		assert_eq!(parse_region("de"), Ok(Region(*b"DE")));
		for text in ["", "D", "DEU", "1A", "Ä", "D "] {
			assert!(parse_region(text).is_err(), "{text}");
		}
	}

	#[test]
	fn features_should_have_names_and_unknown_bits_numbers() {
		let all = features(FeatureName::value_variants());
		assert_eq!(
			feature_names(all),
			["dot4-i8", "shader-int64", "subgroups", "cooperative-matrix", "software"]
		);
		assert_eq!(feature_names(Features(1 << 7)), ["bit 7"]);
		assert_eq!(feature_names(Features::default()), Vec::<String>::new());
	}
}
