//! Files, by Landlock: drivers can be read, devices used, nothing else opened.

use landlock::{
	ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, Ruleset,
	RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use std::{
	env, fs,
	io::{self, Read},
	path::{Path, PathBuf},
};

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

/// Those of them that name manifests, files or folders of files: each says where a driver's library is.
const MANIFEST_VARIABLES: &[&str] = &["VK_ADD_DRIVER_FILES", "VK_DRIVER_FILES", "VK_ICD_FILENAMES"];
/// Where packages put manifests.
const MANIFEST_FOLDERS: &[&str] =
	&["/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d", "/usr/share/vulkan/icd.d"];
/// No manifest is as long.
const MAX_MANIFEST_BYTES: u64 = 64 * 1024;

fn paths_in(variable: &&str) -> Vec<PathBuf> {
	env::var_os(variable).map_or_else(Vec::new, |paths| env::split_paths(&paths).collect())
}

fn readable() -> Vec<PathBuf> {
	let named = FOLDER_VARIABLES.iter().flat_map(paths_in);
	let manifests = MANIFEST_VARIABLES.iter().flat_map(paths_in);
	let manifests = manifests.chain(MANIFEST_FOLDERS.iter().map(PathBuf::from));
	let libraries = manifests.flat_map(files_of).filter_map(|manifest| library_of(&manifest));
	// As they are once links and dots are followed.
	let real = |path: PathBuf| path.canonicalize().ok();
	let libraries = libraries.filter_map(real).filter(|path| path.is_file());
	let named = named.filter(|path| path.is_absolute()).filter_map(real);
	let not_everything = named.chain(libraries).filter(|path| path.parent().is_some());
	READABLE.iter().map(PathBuf::from).chain(not_everything).collect()
}

/// The file, or the files in the folder.
fn files_of(path: PathBuf) -> Vec<PathBuf> {
	match fs::read_dir(&path) {
		Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
		Err(_) => vec![path],
	}
}

/// The library that a Vulkan driver's manifest names by its place, rather than leaving that to the loader.
/// What is no manifest names none; the Vulkan loader complains of it.
fn library_of(manifest: &Path) -> Option<PathBuf> {
	let mut text = Vec::new();
	// A pipe would never be opened to its end.
	manifest.is_file().then_some(())?;
	fs::File::open(manifest).ok()?.take(MAX_MANIFEST_BYTES).read_to_end(&mut text).ok()?;
	let value: serde_json::Value = serde_json::from_slice(&text).ok()?;
	let library = Path::new(value.get("ICD")?.get("library_path")?.as_str()?);
	let is_place = library.components().nth(1).is_some();
	is_place.then(|| manifest.parent().map(|folder| folder.join(library))).flatten()
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

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn library_should_be_where_its_manifest_says() {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let library = |text: &str| {
			let manifest = folder.path().join("driver.json");
			fs::write(&manifest, text).expect("writable");
			library_of(&manifest)
		};
		let named = |path: &str| library(&format!(r#"{{"ICD": {{"library_path": "{path}"}}}}"#));
		assert_eq!(named("/opt/driver/libvulkan.so"), Some("/opt/driver/libvulkan.so".into()));
		assert_eq!(named("./libvulkan.so"), Some(folder.path().join("./libvulkan.so")));
		assert_eq!(named("lib/libvulkan.so"), Some(folder.path().join("lib/libvulkan.so")));
		// Found by the loader, in folders of the system.
		assert_eq!(named("libvulkan.so"), None);
		assert_eq!(named("/"), None);
		assert_eq!(library("{}"), None);
		assert_eq!(library("no manifest"), None);
		assert_eq!(library_of(Path::new("/nowhere")), None);
	}
}
