//! Files, by Landlock: drivers can be read, devices used, nothing else exists.

use landlock::{
	ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, Ruleset,
	RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use std::{env, fs, io, path::PathBuf};

/// The rights that the rules know; a kernel that knows fewer enforces those.
const KNOWN: ABI = ABI::V6;

/// Where distributions keep drivers, their settings, and what the system says of its hardware. Secrets
/// of the user or of services lie in none of them: of /etc and /proc only parts are here.
const READABLE: &[&str] = &[
	"/etc/OpenCL",
	"/etc/drirc",
	"/etc/egl",
	"/etc/glvnd",
	"/etc/ld.so.cache",
	"/etc/nvidia",
	"/etc/vulkan",
	"/gnu/store",
	"/lib",
	"/lib64",
	"/nix/store",
	"/opt/amdgpu",
	"/opt/intel",
	"/opt/rocm",
	"/proc/cpuinfo",
	"/proc/devices",
	"/proc/driver",
	"/proc/meminfo",
	"/proc/modules",
	"/proc/self",
	"/proc/stat",
	"/proc/sys/vm",
	"/proc/version",
	"/run/opengl-driver",
	"/sys",
	"/usr",
];

/// Device nodes that drivers use; those of NVIDIA have numbers.
const DEVICES: &[&str] = &[
	"/dev/dri",
	"/dev/dxg",
	"/dev/kfd",
	"/dev/mali0",
	"/dev/null",
	"/dev/random",
	"/dev/urandom",
	"/dev/zero",
];

/// Folders that the operator names for the loader of libraries or of drivers.
const FOLDER_VARIABLES: &[&str] = &[
	"LD_LIBRARY_PATH",
	"LIBGL_DRIVERS_PATH",
	"VK_ADD_DRIVER_FILES",
	"VK_DRIVER_FILES",
	"VK_ICD_FILENAMES",
	"XDG_CONFIG_DIRS",
	"XDG_DATA_DIRS",
];

fn readable() -> Vec<PathBuf> {
	let named = FOLDER_VARIABLES.iter().filter_map(env::var_os);
	let named: Vec<PathBuf> =
		named.flat_map(|paths| env::split_paths(&paths).collect::<Vec<_>>()).collect();
	let not_everything =
		named.into_iter().filter(|path| path.is_absolute() && path.parent().is_some());
	READABLE.iter().map(PathBuf::from).chain(not_everything).collect()
}

fn devices() -> Vec<PathBuf> {
	let nvidia = fs::read_dir("/dev").into_iter().flatten().flatten().filter_map(|entry| {
		entry
			.file_name()
			.to_str()
			.is_some_and(|name| name.starts_with("nvidia"))
			.then(|| entry.path())
	});
	DEVICES.iter().map(PathBuf::from).chain(nvidia).collect()
}

/// Restricts this thread and those it starts. Gives why not, if the kernel has no Landlock.
pub(super) fn restrict() -> io::Result<Option<String>> {
	let read = AccessFs::ReadFile | AccessFs::ReadDir;
	let device = read | AccessFs::WriteFile | AccessFs::IoctlDev;
	let enforce = || -> Result<_, RulesetError> {
		Ruleset::default()
			.set_compatibility(CompatLevel::BestEffort)
			.handle_access(AccessFs::from_all(KNOWN))?
			.handle_access(AccessNet::from_all(KNOWN))?
			.scope(Scope::from_all(KNOWN))?
			.create()?
			// What does not exist on this machine is passed over.
			.add_rules(path_beneath_rules(readable(), read))?
			.add_rules(path_beneath_rules(devices(), device))?
			.restrict_self()
	};
	let status = enforce().map_err(io::Error::other)?;
	Ok(match (status.ruleset, status.landlock) {
		(_, LandlockStatus::Available { effective_abi, .. }) if effective_abi < ABI::V3 => Some(
			"this kernel's Landlock does not keep files from being emptied that can be read; Linux 6.2 and \
			 later do"
				.to_string(),
		),
		(RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced, _) => None,
		(_, LandlockStatus::NotEnabled) => {
			Some("Landlock is switched off in this kernel".to_string())
		}
		_ => Some("this kernel has no Landlock; Linux 5.13 and later have".to_string()),
	})
}
