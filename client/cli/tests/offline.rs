//! The real binary, as far as it goes without a node: wallets, checks, exit codes, errors.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
	path::Path,
	process::{Command, Output},
};

/// An address nobody listens on.
const NOWHERE: &str = "ws://127.0.0.1:1";

fn aitbc(folder: &Path, arguments: &[&str]) -> Output {
	Command::new(env!("CARGO_BIN_EXE_aitbc"))
		.args(arguments)
		.env_clear()
		.env("HOME", folder)
		.env("AITBC_PASSWORD", "correct horse")
		.output()
		.expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn ok(folder: &Path, arguments: &[&str]) -> String {
	let output = aitbc(folder, arguments);
	assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
	text(&output.stdout)
}

#[track_caller]
fn fails(folder: &Path, arguments: &[&str], code: i32) -> String {
	let output = aitbc(folder, arguments);
	let errors = text(&output.stderr);
	assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
	assert!(!errors.contains("panicked"), "{errors}");
	errors
}

fn folder() -> tempfile::TempDir {
	tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn a_wallet_should_be_made_listed_and_imported_again() {
	let folder = folder();
	let home = folder.path();
	let made = ok(home, &["wallet", "new", "alice"]);
	let address = made.lines().next().expect("an address").to_string();
	let phrase = made.lines().last().expect("words").trim().to_string();
	assert_eq!(phrase.split(' ').count(), 12);
	assert!(ok(home, &["wallet", "list"]).contains(&address));
	assert_eq!(ok(home, &["wallet", "address", "alice"]).trim(), address);

	let words = home.join("words");
	std::fs::write(&words, &phrase).expect("writes");
	let words = words.to_str().expect("text");
	let again = ok(home, &["--json", "wallet", "import", "copy", "--phrase-file", words]);
	let again: serde_json::Value = serde_json::from_str(&again).expect("JSON");
	assert_eq!(again["address"], address.as_str());

	let stored = home.join(".local/share/aitbc/wallets/alice.json");
	let stored_text = std::fs::read_to_string(&stored).expect("reads");
	assert!(!stored_text.contains(&phrase));
	let other = ["wallet", "import", "third", "--polkadot-js", stored.to_str().expect("text")];
	assert_eq!(ok(home, &other).trim(), address);
}

#[test]
fn a_wallet_should_never_be_overwritten() {
	let folder = folder();
	ok(folder.path(), &["wallet", "new", "alice"]);
	let before = ok(folder.path(), &["wallet", "address", "alice"]);
	let error = fails(folder.path(), &["wallet", "new", "alice"], 1);
	assert!(error.contains("already"), "{error}");
	assert_eq!(ok(folder.path(), &["wallet", "address", "alice"]), before);
}

#[test]
fn development_keys_should_need_the_dev_flag() {
	let folder = folder();
	fails(folder.path(), &["wallet", "import", "a", "--uri", "//Alice"], 2);
	let address = ok(folder.path(), &["wallet", "import", "a", "--dev", "--uri", "//Alice"]);
	assert_eq!(address.trim(), "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
}

#[test]
fn wrong_command_lines_should_end_with_two() {
	let folder = folder();
	for arguments in [
		&["nonsense"][..],
		&["wallet", "send", "a", "b", "5"],
		&["wallet", "send", "a", "b", "-1 AIT"],
		&["job", "show", "x"],
		&["job", "submit", "echo", "--from", "a", "--max-price", "1 AIT"],
		&["job", "fetch", "1", "-o", "x", "--png", "0x0"],
		&["job", "why", "x"],
		&["job", "quote", "echo", "--text", "hi"],
		&["job", "list", "--state", "lost"],
		&["receipt", "show", "1/x"],
		&["market", "offers", "--class", "x"],
		&["miner", "unbond", "--from", "a", "--amount", "5"],
		&["miner", "commission", "101%", "--from", "a"],
		&["miner", "compounding", "maybe", "--from", "a"],
		&["miner", "profile", "--from", "a"],
		&["miner", "profile", "--from", "a", "--clear", "--name", "b"],
		&[
			"miner", "offer", "--from", "a", "--class", "echo", "--price", "1 AIT", "--region",
			"DEU",
		],
		&["miner", "owner", "accept", "--from", "a"],
		&["stake", "show"],
		&["stake", "undelegate", "--from", "a", "--miner", "b"],
		&["stake", "undelegate", "--from", "a", "--miner", "b", "--all", "--shares", "1"],
	] {
		let error = fails(folder.path(), arguments, 2);
		assert!(!error.is_empty(), "{arguments:?}");
	}
}

#[test]
fn whoever_signs_should_have_a_wallet() {
	let folder = folder();
	let home = folder.path();
	ok(home, &["wallet", "new", "alice"]);
	let address = ok(home, &["wallet", "address", "alice"]);
	for arguments in [
		&["miner", "register", "--collateral", "1 AIT", "--worker-key", "alice"][..],
		&["miner", "bond-extra", "--amount", "1 AIT"],
		&["miner", "bond", "--amount", "1 AIT"],
		&["miner", "unbond", "--amount", "1 AIT"],
		&["miner", "withdraw-unbonded"],
		&["miner", "rotate-worker", "--worker-key", "alice"],
		&["miner", "chill"],
		&["miner", "resume"],
		&["miner", "leave"],
		&["miner", "withdraw"],
		&["miner", "commission", "5%"],
		&["miner", "compounding", "on"],
		&["miner", "offer", "--class", "echo", "--price", "1 MILLI"],
		&["miner", "withdraw-offer", "--class", "echo"],
		&["miner", "profile", "--clear"],
		&["miner", "profile", "--backend", "cpu", "--name", "x"],
		&["miner", "owner", "request", "--owner", address.trim()],
		&["miner", "owner", "accept", "--miner", "alice"],
		&["miner", "owner", "leave"],
		&["stake", "delegate", "--miner", "alice", "--amount", "1 AIT"],
		&["stake", "undelegate", "--miner", "alice", "--all"],
		&["stake", "withdraw", "--miner", "alice"],
		&["stake", "return", "--miner", "alice", "--delegator", "alice"],
		&["job", "cancel", "1"],
	] {
		// Told before a node is asked, and before money could move.
		let line = [&["--url", NOWHERE][..], arguments, &["--from", "nobody"]].concat();
		let error = fails(home, &line, 1);
		assert!(error.contains("no wallet \"nobody\""), "{arguments:?}: {error}");
		let line = [&["--url", NOWHERE, "--yes"][..], arguments, &["--from", "alice"]].concat();
		let error = fails(home, &line, 1);
		assert!(error.contains(NOWHERE), "{arguments:?}: {error}");
	}
	let worker = ["miner", "register", "--collateral", "1 AIT", "--worker-key", "nobody"];
	let error = fails(home, &[&worker[..], &["--from", "alice"]].concat(), 1);
	assert!(error.contains("no wallet \"nobody\""), "{error}");
}

#[test]
fn questions_should_need_no_wallet() {
	let folder = folder();
	let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	for arguments in [
		&["market", "depth"][..],
		&["market", "offers", "--class", "gemm"],
		&["market", "terms"],
		&["miner", "show", alice],
		&["stake", "show", alice],
		&["stake", "show", "--miner", alice],
		&["job", "show", "1"],
		&["job", "why", "1"],
		&["job", "wait", "1"],
		&["job", "result", "1", "-o", "x"],
		&["job", "quote", "echo", "--text", "hi", "--from", alice, "--max-price", "1 MILLI"],
	] {
		let line = [&["--json", "--url", NOWHERE][..], arguments].concat();
		let error = fails(folder.path(), &line, 1);
		let error: serde_json::Value = serde_json::from_str(&error).expect("JSON");
		assert_eq!(error["error"]["kind"], "chain", "{arguments:?}: {error}");
	}
}

#[test]
fn an_unreachable_node_should_be_told() {
	let folder = folder();
	let error = fails(folder.path(), &["--url", NOWHERE, "chain", "info"], 1);
	assert!(error.contains(NOWHERE) && error.contains("is it running"), "{error}");
	let error = fails(folder.path(), &["--json", "--url", NOWHERE, "chain", "info"], 1);
	let error: serde_json::Value = serde_json::from_str(&error).expect("JSON");
	assert_eq!(error["error"]["kind"], "chain");
	assert_eq!(error["error"]["retryable"], true);
	let error = fails(folder.path(), &["--url", "http://localhost", "chain", "info"], 1);
	assert!(error.contains("ws://"), "{error}");
}

#[test]
fn shaders_should_be_checked_before_anything_is_paid() {
	let folder = folder();
	let home = folder.path();
	let check = |source: &[u8]| {
		let file = home.join("shader.wgsl");
		std::fs::write(&file, source).expect("writes");
		let file = file.to_str().expect("text").to_string();
		aitbc(home, &["--url", NOWHERE, "program", "check", &file])
	};
	let good = b"@group(0) @binding(0) var<storage, read_write> result: array<u32>;
@compute @workgroup_size(1) fn main() { result[0] = 1u; }";
	assert!(check(good).status.success());
	let float = b"@group(0) @binding(0) var<storage, read_write> result: array<f32>;
@compute @workgroup_size(1) fn main() { result[0] = 1.5; }";
	for source in [&b""[..], b"not wgsl", &[0xff, 0xfe], float, &vec![b' '; 100 * 1024 * 1024]] {
		let output = check(source);
		let error = text(&output.stderr);
		assert_eq!(output.status.code(), Some(1), "{error}");
		assert!(error.starts_with("error: ") && !error.contains("panicked"), "{error}");
	}
}

#[test]
fn jobs_should_be_checked_before_a_node_is_asked() {
	let folder = folder();
	let home = folder.path();
	ok(home, &["wallet", "new", "alice"]);
	let submit = |arguments: &[&str]| {
		let mut line = vec!["--url", NOWHERE, "--yes", "job", "submit"];
		line.extend_from_slice(arguments);
		let output = aitbc(home, &line);
		(output.status.code(), text(&output.stderr))
	};
	let terms = ["--from", "alice", "--max-price", "1 MILLI"];
	let (code, error) =
		submit(&[&["echo", "--text", "hi", "--replicas", "9"], &terms[..]].concat());
	assert_eq!(code, Some(2), "{error}");
	assert!(error.contains("replicas"), "{error}");
	let (code, error) =
		submit(&[&["echo", "--text", "hi", "--tie-breakers", "1"], &terms[..]].concat());
	assert_eq!(code, Some(2), "{error}");
	assert!(error.contains("tie-breakers"), "{error}");
	let (code, error) = submit(
		&[&["echo", "--text", "hi", "--allow", "alice", "--deny", "alice"], &terms[..]].concat(),
	);
	assert_eq!(code, Some(2), "{error}");
	assert!(error.contains("contradict"), "{error}");
	let (code, error) = submit(&["echo", "--text", "hi", "--from", "bob", "--max-price", "1 AIT"]);
	assert_eq!(code, Some(1), "{error}");
	assert!(error.contains("no wallet \"bob\""), "{error}");
	// Nothing is wrong with this one but the node.
	let (code, error) = submit(&[&["echo", "--text", "hi"], &terms[..]].concat());
	assert_eq!(code, Some(1), "{error}");
	assert!(error.contains(NOWHERE), "{error}");
}

#[test]
fn receipts_should_be_refused_when_files_are_wrong() {
	let folder = folder();
	let home = folder.path();
	let genesis = "0x".to_string() + &"11".repeat(32);
	let receipt = home.join("receipt.json");
	let keys = home.join("keys.txt");
	std::fs::write(&keys, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\n").expect("writes");
	std::fs::write(&receipt, "{}").expect("writes");
	let (receipt, keys) = (receipt.to_str().expect("text"), keys.to_str().expect("text"));
	let verify = ["receipt", "verify", receipt, "--trusted", keys, "--genesis"];
	let error = fails(home, &[&verify[..], &[&genesis]].concat(), 1);
	assert!(error.contains("no receipt file"), "{error}");
	fails(home, &[&verify[..], &["0x12"]].concat(), 2);
}

#[test]
fn help_should_have_examples_and_exit_codes() {
	let folder = folder();
	let help = ok(folder.path(), &["--help"]);
	assert!(help.contains("Examples:") && help.contains("Exit codes:"), "{help}");
	for name in ["watch", "wait"] {
		assert!(ok(folder.path(), &["job", name, "--help"]).contains("refunded"));
	}
}
