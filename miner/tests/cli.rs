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

/// A program with a divergent loop, dispatched by the tests below.
const LOOPS: &str = "@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
	for (var i = 0u; i < input[0] + id.x; i++) { output[id.x] += i; }
	output[SLOT] = 1u;
}
";

#[test]
fn explain_should_show_the_line_and_how_to_mend_it() {
	let folder = tempfile::tempdir().expect("a temporary folder");
	let source = LOOPS.replace("[SLOT] = 1u;", "[0] = u32(2.5);");
	let path = write(folder.path(), "float.wgsl", source.as_bytes());
	let output = miner(&["explain", &path]);
	assert_eq!(output.status.code(), Some(3), "{output:?}");
	let text = String::from_utf8_lossy(&output.stdout);
	// The caret stands under the constant.
	let shown = " 5 | \toutput[0] = u32(2.5);\n   | \t                ^\n";
	assert!(
		text.contains("refused at line 5, column 18 (INV-COMPUTE-9)") && text.contains(shown),
		"{text}"
	);
	assert!(text.contains("to mend it  floating-point results differ"), "{text}");
	let verdict = json(&miner(&["explain", &path, "--json"]));
	assert_eq!(verdict["invariant"], "INV-COMPUTE-9");
	assert_eq!(verdict["source_line"], "\toutput[0] = u32(2.5);");
	let broken = write(folder.path(), "broken.wgsl", b"let = 1;");
	assert_eq!(json(&miner(&["explain", &broken, "--json"]))["invariant"], "INV-COMPUTE-8");
}

#[test]
fn explain_should_say_what_a_dispatch_takes_and_find_races() {
	let folder = tempfile::tempdir().expect("a temporary folder");
	let input = write(folder.path(), "input", &5_u32.to_le_bytes());
	let dispatch = ["--workgroups", "2,1,1", "--output-bytes", "64", "--input", &input, "--json"];
	let own = write(folder.path(), "own.wgsl", LOOPS.replace("SLOT", "id.x + 8u").as_bytes());
	let verdict = json(&miner(&[&["explain", &own], &dispatch[..]].concat()));
	assert_eq!(verdict["loops"][0]["line"], 4);
	assert_eq!(verdict["loops"][0]["uniform"], false);
	let found = &verdict["dispatch"];
	// The last of eight invocations takes 5 + 7 rounds, and one to find the end.
	assert_eq!((&found["rounds"], &found["units_limit"]), (&Value::from(13), &Value::from(13)));
	assert_eq!(found["races"], Value::Array(vec![]));
	assert_eq!((&found["interpreted"], &found["workgroups"]), (&Value::from(2), &Value::from(2)));

	let shared = write(folder.path(), "shared.wgsl", LOOPS.replace("SLOT", "9u").as_bytes());
	let verdict = json(&miner(&[&["explain", &shared], &dispatch[..]].concat()));
	let race = &verdict["dispatch"]["races"][0];
	assert_eq!((&race["line"], &race["word"]), (&Value::from(5), &Value::from(9)), "{verdict}");
	let output = miner(&[&["explain", &shared], &dispatch[..6]].concat());
	assert_eq!(output.status.code(), Some(3), "a race is a fault of the job: {output:?}");
	let text = String::from_utf8_lossy(&output.stdout);
	assert!(text.contains("line 5, column 2: invocations 0 and 1 both access word 9"), "{text}");
	assert!(text.contains("a units_limit of 13"), "{text}");

	let endless = LOOPS.replace("SLOT", "9u").replace("for (", "while true { } for (");
	let endless = write(folder.path(), "endless.wgsl", endless.as_bytes());
	let output = miner(&[&["explain", &endless], &dispatch[..]].concat());
	assert_eq!(output.status.code(), Some(3), "{output:?}");
	assert_eq!(json(&output)["dispatch"]["outcome"], "OutOfFuel");
}

#[test]
fn errors_should_be_json_where_that_was_asked_for() {
	let missing = ["--json", "explain", "/nowhere/shader.wgsl"];
	let output = miner(&missing);
	assert_eq!(output.status.code(), Some(1), "{output:?}");
	let error = json(&output)["error"].as_str().expect("a text").to_string();
	assert!(error.contains("cannot read /nowhere/shader.wgsl"), "{error}");
	let output = miner(&["--json", "--device", "no such device", "bench"]);
	assert_eq!(json(&output)["exit_code"], 4, "{output:?}");
}

#[test]
fn conformance_should_sign_what_verify_then_takes() {
	let folder = tempfile::tempdir().expect("a temporary folder");
	let report = folder.path().join("report.json");
	let report = report.to_str().expect("a UTF-8 path");
	let run = ["--device", "cpu", "conformance", "--quick", "--class", "echo", "-o", report];
	let output = miner(&[&run[..], &["--suri", "//Worker"]].concat());
	assert_eq!(output.status.code(), Some(0), "{output:?}");
	assert!(
		String::from_utf8_lossy(&output.stdout).contains("cases as the reference"),
		"{output:?}"
	);
	let output = miner(&["conformance", "--verify", report, "--json"]);
	// What is there holds, but most is left out.
	assert_eq!(output.status.code(), Some(1), "{output:?}");
	let verified = json(&output);
	assert_eq!((&verified["ok"], verified["signer"].is_string()), (&Value::from(false), true));
	assert!(verified["missing"].as_u64().expect("a number") > 100, "{verified}");
	let text = std::fs::read_to_string(report).expect("it was written");
	std::fs::write(report, text.replace("aitbc-compute-core", "another driver")).expect("ours");
	let output = miner(&["conformance", "--verify", report]);
	assert_eq!(output.status.code(), Some(1), "{output:?}");
	assert!(String::from_utf8_lossy(&output.stderr).contains("the signature does not fit"));
}

#[cfg(unix)]
#[test]
fn conformance_should_not_read_a_secret_that_others_can() {
	use std::os::unix::fs::PermissionsExt;
	let folder = tempfile::tempdir().expect("a temporary folder");
	let key = write(folder.path(), "key", b"//Worker\n");
	let run =
		["--device", "cpu", "conformance", "--quick", "--class", "echo", "--json", "--key", &key];
	let mode = |mode| std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode));
	mode(0o644).expect("ours");
	let output = miner(&run);
	assert_eq!(output.status.code(), Some(1), "{output:?}");
	assert!(String::from_utf8_lossy(&output.stderr).contains("chmod 600"), "{output:?}");
	mode(0o600).expect("ours");
	assert!(json(&miner(&run))["signature"]["public"].is_string());
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
	assert!(first["classes"]["wgsl"]["every_job"].is_boolean(), "{devices}");
	assert!(
		devices["unconfined"].is_object() && devices["unconfined"]["error"].is_null(),
		"{devices}"
	);
}
