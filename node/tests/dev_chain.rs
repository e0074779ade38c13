//! Starts the real node: a development chain makes blocks and answers JSON-RPC; wrong input gives an
//! error that says what to do.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
	io::{Read, Write},
	net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
	process::{Child, Command, Stdio},
	time::{Duration, Instant},
};

/// How long a node may take to its first block before the test gives up. (The goal, ten seconds, is
/// measured apart: tests share a machine with others.)
const FIRST_BLOCK_WITHIN: Duration = Duration::from_secs(120);

/// A node that is stopped when the test ends, however it ends.
struct Node {
	process: Child,
	rpc: SocketAddr,
}

impl Drop for Node {
	fn drop(&mut self) {
		let _ = self.process.kill();
		let _ = self.process.wait();
	}
}

impl Node {
	fn start_dev() -> Self {
		let [rpc, p2p, prometheus] = free_ports();
		let process = Command::new(env!("CARGO_BIN_EXE_aitbc-node"))
			.args(["--dev", "--tmp", "--no-mdns"])
			.args(["--rpc-port", &rpc.to_string()])
			.args(["--port", &p2p.to_string()])
			.args(["--prometheus-port", &prometheus.to_string()])
			.stdout(Stdio::null())
			.stderr(Stdio::null())
			.spawn()
			.expect("the node starts");
		Self { process, rpc: SocketAddr::from((Ipv4Addr::LOCALHOST, rpc)) }
	}

	/// Calls a method over HTTP and gives its result back; `None` while the node does not answer.
	fn call(&self, method: &str, params: serde_json::Value) -> Option<serde_json::Value> {
		let request = serde_json::json!({
			"jsonrpc": "2.0", "id": 1, "method": method, "params": params,
		})
		.to_string();
		let mut stream = TcpStream::connect_timeout(&self.rpc, Duration::from_secs(2)).ok()?;
		stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
		write!(
			stream,
			"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
			 Content-Length: {}\r\nConnection: close\r\n\r\n{request}",
			request.len()
		)
		.ok()?;
		let mut response = String::new();
		stream.read_to_string(&mut response).ok()?;
		let body = response.split_once("\r\n\r\n")?.1;
		// The body may be sent in chunks, whose sizes stand around it.
		let json = body.get(body.find('{')?..=body.rfind('}')?)?;
		let answer: serde_json::Value = serde_json::from_str(json).ok()?;
		answer.get("result").cloned()
	}

	/// Number of the best block; `None` while the node does not answer.
	fn best_block(&self) -> Option<u32> {
		let header = self.call("chain_getHeader", serde_json::json!([]))?;
		u32::from_str_radix(header["number"].as_str()?.trim_start_matches("0x"), 16).ok()
	}
}

/// Three ports nobody listens on. They are free again when this returns; another process would have to
/// take them within milliseconds to disturb the test.
fn free_ports() -> [u16; 3] {
	let listeners = [(); 3].map(|()| {
		TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("the system gives a free port")
	});
	listeners.map(|listener| listener.local_addr().expect("it is bound").port())
}

#[test]
fn dev_chain_should_make_blocks_and_answer() {
	let mut node = Node::start_dev();
	let started = Instant::now();
	while node.best_block().is_none_or(|number| number < 1) {
		let ended = node.process.try_wait().expect("its state can be asked");
		assert!(ended.is_none(), "the node stopped by itself: {ended:?}");
		assert!(started.elapsed() < FIRST_BLOCK_WITHIN, "no block within {FIRST_BLOCK_WITHIN:?}");
		std::thread::sleep(Duration::from_millis(200));
	}
	println!("first block after {:?}", started.elapsed());

	let none = serde_json::json!([]);
	let chain = node.call("system_chain", none.clone()).expect("it answers");
	assert_eq!(chain, "AITBC Development");
	let properties = node.call("system_properties", none.clone()).expect("it answers");
	assert_eq!(properties["tokenSymbol"], "AIT");
	assert_eq!(properties["tokenDecimals"], 12);
	assert_eq!(properties["ss58Format"], 42);
	let version = node.call("state_getRuntimeVersion", none.clone()).expect("it answers");
	assert_eq!(version["specName"], "aitbc");

	let methods = node.call("rpc_methods", none).expect("it answers");
	let methods: Vec<&str> = methods["methods"]
		.as_array()
		.expect("a list")
		.iter()
		.filter_map(serde_json::Value::as_str)
		.collect();
	for method in [
		"author_submitAndWatchExtrinsic",
		"babe_epochAuthorship",
		"chainHead_v1_follow",
		"chainSpec_v1_genesisHash",
		"grandpa_proveFinality",
		"payment_queryInfo",
		"sync_state_genSyncSpec",
		"system_accountNextIndex",
		"transactionWatch_v1_submitAndWatch",
	] {
		assert!(methods.contains(&method), "{method} is missing of {methods:?}");
	}
}

#[test]
fn unknown_chain_should_be_a_clear_error() {
	let output = Command::new(env!("CARGO_BIN_EXE_aitbc-node"))
		.args(["--chain", "/no/such/chain.json", "--tmp"])
		.output()
		.expect("the node starts");
	assert!(!output.status.success());
	let error = String::from_utf8_lossy(&output.stderr);
	assert!(error.contains("/no/such/chain.json"), "{error}");
	assert!(error.contains("export-chain-spec"), "{error}");
	assert!(!error.contains("panicked"), "{error}");
}

#[test]
fn broken_chain_file_should_be_a_clear_error() {
	let directory = tempfile::tempdir().expect("a temporary folder");
	let path = directory.path().join("broken.json");
	std::fs::write(&path, "{ \"name\": \"half a").expect("it can be written");
	let output = Command::new(env!("CARGO_BIN_EXE_aitbc-node"))
		.args(["export-chain-spec", "--chain"])
		.arg(&path)
		.output()
		.expect("the node starts");
	assert!(!output.status.success());
	let error = String::from_utf8_lossy(&output.stderr);
	assert!(error.contains("broken.json"), "{error}");
	assert!(!error.contains("panicked"), "{error}");
}

/// What `export-chain-spec` with `arguments` writes.
fn export(arguments: &[&str]) -> serde_json::Value {
	let output = Command::new(env!("CARGO_BIN_EXE_aitbc-node"))
		.arg("export-chain-spec")
		.args(arguments)
		.output()
		.expect("the node starts");
	assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
	serde_json::from_slice(&output.stdout).expect("the specification is JSON")
}

#[test]
fn known_chains_should_be_exported() {
	for (chain, id) in [("dev", "aitbc_dev"), ("local", "aitbc_local")] {
		let spec = export(&["--chain", chain]);
		assert_eq!(spec["id"], id);
		assert_eq!(spec["properties"]["tokenSymbol"], "AIT");
		assert_eq!(spec["properties"]["tokenDecimals"], 12);
		assert_eq!(spec["properties"]["ss58Format"], 42);
	}
}

/// The native runtime computes the genesis of a chain called by name, the wasm runtime that of a plain
/// file.
#[test]
fn exported_file_should_be_the_same_chain_as_its_name() {
	let directory = tempfile::tempdir().expect("a temporary folder");
	let plain = directory.path().join("plain.json");
	std::fs::write(&plain, export(&["--chain", "dev"]).to_string()).expect("it can be written");
	let from_file = export(&["--chain", plain.to_str().expect("a readable path"), "--raw"]);
	let from_name = export(&["--chain", "dev", "--raw"]);
	let storage = &from_name["genesis"]["raw"]["top"];
	assert!(storage["0x3a636f6465"].is_string(), "the runtime's code is part of the genesis");
	assert!(from_file["genesis"]["raw"]["top"] == *storage, "the genesis differs");
}
