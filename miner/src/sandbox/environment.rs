//! The environment of a child: what drivers need to be found, and nothing else.

use std::{env, ffi::OsString};

/// Names by which an operator says where drivers are and how they behave.
const NAMES: &[&str] = &[
	"LD_LIBRARY_PATH",
	"RUST_BACKTRACE",
	"RUST_LOG",
	"XDG_CONFIG_DIRS",
	"XDG_DATA_DIRS",
	// Where Windows and macOS keep what their own libraries look for.
	#[cfg(windows)]
	"PATH",
	#[cfg(windows)]
	"SystemDrive",
	#[cfg(windows)]
	"SystemRoot",
	#[cfg(windows)]
	"TEMP",
	#[cfg(windows)]
	"windir",
	#[cfg(target_os = "macos")]
	"TMPDIR",
];

/// Families of such names.
const PREFIXES: &[&str] = &[
	"AMD_",
	"ANV_",
	"CUDA_VISIBLE_",
	"GALLIUM_",
	"INTEL_",
	"LIBGL_",
	"LP_",
	"MESA_",
	"NVIDIA_",
	"RADV_",
	"VK_",
	"WGPU_",
	"__EGL_",
	"__GLX_",
	"__GL_",
	"__NV_",
];

/// Drivers keep compiled shaders on disk: what strangers wrote would outlive its job.
const CACHES_OFF: &[(&str, &str)] =
	&[("MESA_SHADER_CACHE_DISABLE", "true"), ("__GL_SHADER_DISK_CACHE", "0")];

fn is_for_drivers(name: &str) -> bool {
	NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The whole environment of a child.
pub fn driver_variables() -> Vec<(OsString, OsString)> {
	let kept = env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_for_drivers));
	let off = CACHES_OFF.iter().map(|(name, value)| (name.into(), value.into()));
	kept.chain(off).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn secrets_should_not_be_for_drivers() {
		for name in
			["AITBC_PASSWORD", "AITBC_DEVICE", "HOME", "SSH_AUTH_SOCK", "AWS_SECRET_ACCESS_KEY"]
		{
			assert!(!is_for_drivers(name), "{name}");
		}
		for name in
			["VK_DRIVER_FILES", "LP_NUM_THREADS", "LD_LIBRARY_PATH", "NVIDIA_VISIBLE_DEVICES"]
		{
			assert!(is_for_drivers(name), "{name}");
		}
	}
}
