//! The metadata that clients are built from is this runtime's.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::{env, fs, path::PathBuf};

const UPDATE: &str = "AITBC_UPDATE_METADATA";

/// The newest stable version of the runtime's metadata, SCALE-encoded.
fn of_runtime() -> Vec<u8> {
	let versions = aitbc_runtime::Runtime::metadata_versions();
	// The draft of the next version is listed as `u32::MAX`.
	let newest = versions.into_iter().filter(|version| *version != u32::MAX).max();
	let newest = newest.expect("a runtime has metadata");
	let metadata = aitbc_runtime::Runtime::metadata_at_version(newest).expect("is listed");
	metadata.to_vec()
}

#[test]
fn checked_in_metadata_should_be_the_runtimes() {
	let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../client/artifacts/metadata.scale");
	let runtime = of_runtime();
	if env::var_os(UPDATE).is_some() {
		fs::write(&path, &runtime).expect("the file can be written");
		return;
	}
	let checked_in = fs::read(&path).unwrap_or_default();
	assert!(
		checked_in == runtime,
		"{} ({} bytes) is not the metadata of the runtime ({} bytes). If the runtime was changed on purpose, run:\n\n  {UPDATE}=1 cargo nextest run --release --workspace checked_in_metadata\n\nand build everything that uses aitbc-client anew.",
		path.display(),
		checked_in.len(),
		runtime.len()
	);
}
