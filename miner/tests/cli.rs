//! The command line of `aitbc-miner`.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::Value;
use std::{
	path::Path,
	process::{Command, Output},
};

const EDGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/edge-detect/edge.wgsl");

fn miner(arguments: &[&str]) -> Output {
	Command::new(env!("CARGO_BIN_EXE_aitbc-miner"))
		.args(arguments)
		.output()
		.expect("the binary is built")
}

fn json(output: &Output) -> Value {
	serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
	let path = folder.join(name);
	std::fs::write(&path, bytes).expect("a writable folder");
	path.to_str().expect("a UTF-8 path").to_string()
}

#[test]
fn check_should_name_the_line_that_breaks_the_profile() {
	let folder = tempfile::tempdir().expect("a temporary folder");
	let source = "@group(0) @binding(0) var<storage, read_write> o: array<u32>;\n\
		@compute @workgroup_size(1) fn main() {\n  o[0] = u32(2.5);\n}\n";
	let path = write(folder.path(), "float.wgsl", source.as_bytes());
	let output = miner(&["check", &path, "--json"]);
	assert_eq!(output.status.code(), Some(3), "{output:?}");
	let verdict = json(&output);
	assert_eq!((&verdict["line"], &verdict["column"]), (&Value::from(3), &Value::from(14)));
	assert!(String::from_utf8_lossy(&output.stderr).contains("line 3, column 14"), "{output:?}");

	let output = miner(&["check", EDGE]);
	assert_eq!(output.status.code(), Some(0), "{output:?}");
	assert_eq!(miner(&["check", "/nowhere.wgsl"]).status.code(), Some(1));
}

#[test]
fn run_should_write_the_output() {
	let folder = tempfile::tempdir().expect("a temporary folder");
	let a = write(folder.path(), "a", &[1, 2]);
	let b = write(folder.path(), "b", &[3, 4]);
	let c = folder.path().join("c");
	let c_text = c.to_str().expect("a UTF-8 path");
	let shape = ["run", "gemm", "--m", "1", "--k", "2", "--n", "1"];
	let output = miner(&[&shape[..], &[&a, &b, "-o", c_text, "--json"]].concat());
	assert_eq!(output.status.code(), Some(0), "{output:?}");
	assert_eq!(json(&output)["bytes"], 4);
	assert_eq!(std::fs::read(&c).expect("it was written"), 11_i32.to_le_bytes());

	// (1·3 + 2·4) / 2, rounded; of one row or column nothing but the flags tells the transposes.
	let scales = write(folder.path(), "scales", &[1, 0, 0, 0, 1, 0, 0, 0]);
	for axis in ["row", "column"] {
		let form = ["--transpose-a", "--transpose-b", "--requantise", axis, "--scales", &scales];
		let output = miner(&[&shape[..], &[&a, &b, "-o", c_text], &form].concat());
		assert_eq!(output.status.code(), Some(0), "{output:?}");
		assert_eq!(std::fs::read(&c).expect("it was written"), [6]);
		let without = miner(&[&shape[..], &[&a, &b, "--requantise", axis]].concat());
		assert_eq!(without.status.code(), Some(2), "{without:?}");
	}

	let picture = write(folder.path(), "picture", &[100; 4 * 4 * 4]);
	let arguments = ["run", "wgsl", EDGE, "--workgroups", "1,1,1", "--output-bytes", "64"];
	let more = ["--params-u32", "4,4", "--input", &picture, "-o", c_text];
	let output = miner(&[&arguments[..], &more].concat());
	assert_eq!(output.status.code(), Some(0), "{output:?}");
	let edges = std::fs::read(&c).expect("it was written");
	assert_eq!(edges, [0, 0, 0, 255].repeat(16), "an even picture has no edges");
}

#[test]
fn run_should_exit_by_whose_fault_it_is() {
	let folder = tempfile::tempdir().expect("a temporary folder");
	let short = write(folder.path(), "short", &[1]);
	let job = ["run", "gemm", "--m", "1", "--k", "2", "--n", "1", &short, &short];
	let output = miner(&[&["--json"], &job[..]].concat());
	assert_eq!(output.status.code(), Some(3), "{output:?}");
	assert_eq!(json(&output)["code"], "InputInvalid");
	let output = miner(&["--device", "no such device", "run", "echo", &short]);
	assert_eq!(output.status.code(), Some(4), "{output:?}");
	let text = String::from_utf8_lossy(&output.stderr);
	assert!(text.contains("no device matches `no such device`"), "{text}");
	assert_eq!(miner(&["run", "gemm"]).status.code(), Some(2));
}

#[test]
fn devices_should_list_what_can_be_chosen() {
	let output = miner(&["devices", "--json"]);
	assert_eq!(output.status.code(), Some(0), "{output:?}");
	let devices = json(&output);
	let first = &devices["devices"][0];
	assert_eq!(first["index"], 0, "no device: install mesa-vulkan-drivers");
	assert!(first["name"].is_string() && first["max_binding_bytes"].is_number(), "{devices}");
}
