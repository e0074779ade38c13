//! The engine in a killable child process, through the real binary.
//!
//! Device: `AITBC_DEVICE`, else the preferred one of this machine; see the conformance tests of
//! aitbc-compute-wgpu.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use aitbc_miner::{
	DEFAULT_MEMORY_LIMIT_BYTES, DeviceEngine, DeviceSelector, Engine, EngineError, ProcessEngine,
	ProcessEngineConfig, WorkRequest, WorkResult,
};
use aitbc_primitives::{Cid, Class, FailureCode, GemmShape, WgslCall, Workload};
use std::{
	io::Write,
	path::PathBuf,
	process::{Command, Stdio},
	time::{Duration, Instant},
};

const HEAD: &str = "\
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(1)
fn main() {
";

fn device() -> DeviceSelector {
	match std::env::var("AITBC_DEVICE") {
		Ok(text) => text.parse().expect("AITBC_DEVICE names a device"),
		Err(_) => DeviceSelector::Auto,
	}
}

fn config(time_limit: Duration) -> ProcessEngineConfig {
	ProcessEngineConfig {
		executable: PathBuf::from(env!("CARGO_BIN_EXE_aitbc-miner")),
		device: device(),
		time_limit,
		memory_limit_bytes: DEFAULT_MEMORY_LIMIT_BYTES,
		is_warm: false,
	}
}

fn engine(time_limit: Duration) -> ProcessEngine {
	ProcessEngine::new(config(time_limit)).unwrap_or_else(|error| {
		panic!("these tests need a GPU or Debian's package mesa-vulkan-drivers: {error}")
	})
}

fn shader(body: &str, input: Vec<u8>) -> WorkRequest {
	let program = format!("{HEAD}{body}\n}}\n").into_bytes();
	shader_of(program, input)
}

fn shader_of(program: Vec<u8>, input: Vec<u8>) -> WorkRequest {
	let call = WgslCall { program: Cid::of_raw(&program), workgroups: [1, 1, 1], output_bytes: 8 };
	WorkRequest {
		workload: Workload::Wgsl(call),
		params: vec![],
		inputs: vec![input],
		program: Some(program),
		units_limit: 1,
	}
}

fn gemm(m: u32, k: u32, n: u32, a: Vec<u8>, b: Vec<u8>) -> WorkRequest {
	WorkRequest {
		workload: Workload::Gemm(GemmShape { m, k, n }),
		params: vec![],
		inputs: vec![a, b],
		program: None,
		units_limit: 1,
	}
}

fn failure(result: WorkResult) -> (FailureCode, String) {
	match result {
		WorkResult::Failed { code, message } => (code, message),
		WorkResult::Completed { output, .. } => panic!("completed with {} bytes", output.len()),
		WorkResult::OutOfFuel { message } => panic!("out of fuel: {message}"),
	}
}

#[test]
fn execute_should_equal_the_cpu_when_the_job_is_a_product() {
	let bytes = |count: usize, factor: usize| (0..count).map(|i| (i * factor) as u8).collect();
	let request = gemm(33, 70, 19, bytes(33 * 70, 37), bytes(70 * 19, 91));
	let cpu = DeviceEngine::open(&DeviceSelector::Cpu, Duration::from_secs(60)).expect("no device");
	let expected = cpu.execute(&request);
	assert!(matches!(expected, WorkResult::Completed { .. }), "{expected:?}");
	assert_eq!(engine(Duration::from_secs(60)).execute(&request), expected);
}

#[test]
fn execute_should_complete_a_shader_and_an_echo() {
	let engine = engine(Duration::from_secs(60));
	let result = engine.execute(&shader("output[1] = input[0] + 1u;", vec![41]));
	let WorkResult::Completed { output, trace_root } = result else { panic!("{result:?}") };
	assert_eq!(output, [0, 0, 0, 0, 42, 0, 0, 0]);
	assert_eq!(trace_root, aitbc_compute_core::merkle::root(&output).into());
	let echo = WorkRequest { workload: Workload::Echo, program: None, ..shader("", vec![5; 3000]) };
	let result = engine.execute(&echo);
	let WorkResult::Completed { output, .. } = result else { panic!("{result:?}") };
	assert_eq!(output, [5; 3000]);
	assert_ne!(engine.profile().hash(), Default::default());
}

#[test]
fn execute_should_time_out_when_the_shader_never_ends() {
	let engine = engine(Duration::from_secs(2));
	// Fuel ends every loop, so what takes for ever is the number of invocations: together, years.
	let mut endless =
		shader("for (var i = 0u; i < 1000u; i++) { output[0] += input[0]; }", vec![7]);
	if let Workload::Wgsl(call) = &mut endless.workload {
		call.workgroups = [65_535; 3];
	}
	endless.units_limit = u64::MAX;
	let begin = Instant::now();
	let (code, message) = failure(engine.execute(&endless));
	assert_eq!(code, FailureCode::TimedOut, "{message}");
	assert!(begin.elapsed() < Duration::from_secs(6), "took {:?}", begin.elapsed());
	// The device is fine for the next one.
	let result = engine.execute(&shader("output[0] = 1u;", vec![7]));
	assert!(matches!(result, WorkResult::Completed { .. }), "{result:?}");
}

#[test]
fn execute_should_say_that_fuel_ran_out_when_a_shader_takes_too_many_rounds() {
	let engine = engine(Duration::from_secs(60));
	let loops = "for (var i = 0u; i < input[0]; i++) { output[0] += i; }";
	// Nine rounds, and one in which the condition is found false.
	for (units_limit, is_enough) in [(1, false), (9, false), (10, true), (u64::MAX, true)] {
		let request = WorkRequest { units_limit, ..shader(loops, vec![9]) };
		match engine.execute(&request) {
			WorkResult::Completed { output, .. } => {
				assert!(is_enough, "{units_limit} units");
				assert_eq!(output[..4], 36_u32.to_le_bytes());
			}
			WorkResult::OutOfFuel { message } => {
				assert!(!is_enough, "{units_limit} units: {message}");
				assert!(message.contains("out of fuel"), "{message}");
			}
			failed => panic!("{failed:?}"),
		}
	}
	// A loop without an end that only one invocation takes.
	let endless = shader("while input[0] == 9u { }", vec![9]);
	let result = engine.execute(&WorkRequest { units_limit: u64::MAX, ..endless });
	let WorkResult::OutOfFuel { message } = result else { panic!("{result:?}") };
	assert!(message.contains("more than 60000 rounds"), "{message}");
}

#[test]
fn execute_should_say_why_when_the_program_is_wrong() {
	let engine = engine(Duration::from_secs(60));
	for (source, expected, part) in [
		(format!("{HEAD}let = 1;\n}}"), FailureCode::ProgramInvalid, "line 5"),
		(format!("{HEAD}output[0] = true;\n}}"), FailureCode::ProgramInvalid, "line 5"),
		(format!("{HEAD}\nlet x = 1.5;\n}}"), FailureCode::ProgramRefused, "line 6"),
		(String::new(), FailureCode::ProgramInvalid, "empty"),
		(" ".repeat(100_000_000), FailureCode::ProgramInvalid, "100000000 bytes"),
	] {
		let (code, message) = failure(engine.execute(&shader_of(source.into_bytes(), vec![1])));
		assert_eq!(code, expected, "{message}");
		assert!(message.contains(part), "{message}");
	}
	let missing = WorkRequest { program: None, ..shader("", vec![1]) };
	assert_eq!(failure(engine.execute(&missing)).0, FailureCode::InputUnavailable);
}

#[test]
fn execute_should_say_why_when_the_inputs_do_not_fit() {
	let engine = engine(Duration::from_secs(60));
	let mut no_input = shader("output[0] = input[0];", vec![]);
	no_input.inputs.clear();
	for (request, part) in [
		(gemm(2, 2, 2, vec![0; 4], vec![0; 5]), "matrix B has 5 bytes"),
		(gemm(0, 2, 2, vec![], vec![0; 4]), "dimension m is 0"),
		(shader("output[0] = input[0];", vec![]), "buffer input has 0 bytes"),
		(no_input, "reads 1 buffers"),
		(gemm(1, 1, 1, vec![0; (64 << 20) + 1], vec![0]), "input 0 has 67108865 bytes"),
	] {
		let (code, message) = failure(engine.execute(&request));
		assert_eq!(code, FailureCode::InputInvalid, "{message}");
		assert!(message.contains(part), "{message}");
	}
}

#[test]
fn execute_should_report_a_device_fault_when_memory_is_short() {
	// Enough to start and to open the device, too little for the job.
	let mut config = config(Duration::from_secs(60));
	config.memory_limit_bytes = 1 << 30;
	let engine = ProcessEngine::new(config).expect("the device opens in a gibibyte");
	let reads: String = (0..8)
		.map(|i| format!("@group(0) @binding({i}) var<storage, read> i{i}: array<u32>;\n"))
		.collect();
	let program = format!(
		"{reads}@group(0) @binding(8) var<storage, read_write> output: array<u32>;\n\
		 @compute @workgroup_size(1) fn main() {{ output[0] = i0[0] + i7[0]; }}\n"
	);
	let mut many = shader_of(program.into_bytes(), vec![]);
	many.inputs = vec![vec![1; 64 << 20]; 8];
	let (code, message) = failure(engine.execute(&many));
	assert_eq!(code, FailureCode::DeviceFault, "{message}");
	let small = gemm(1, 1, 1, vec![2], vec![3]);
	assert!(matches!(engine.execute(&small), WorkResult::Completed { .. }));
}

#[test]
fn new_should_fail_when_there_is_no_such_engine() {
	let no_device = ProcessEngineConfig {
		device: "no such device".parse().expect("a selector"),
		..config(Duration::from_secs(10))
	};
	let error = ProcessEngine::new(no_device).expect_err("no such device").to_string();
	assert!(error.contains("no device matches `no such device`; there are: 0: "), "{error}");
	let no_file =
		ProcessEngineConfig { executable: "/nowhere/aitbc-miner".into(), ..config(Duration::MAX) };
	assert!(matches!(ProcessEngine::new(no_file), Err(EngineError::Executable { .. })));
	assert!(matches!(ProcessEngine::new(config(Duration::ZERO)), Err(EngineError::NoTime)));
}

/// A program in `folder` that becomes the real one after some lines of shell.
#[cfg(unix)]
fn miner_after(folder: &std::path::Path, lines: &str) -> PathBuf {
	use std::os::unix::fs::PermissionsExt;
	let executable = folder.join("aitbc-miner");
	let miner = env!("CARGO_BIN_EXE_aitbc-miner");
	std::fs::write(&executable, format!("#!/bin/sh\n{lines}\nexec '{miner}' \"$@\"\n"))
		.expect("a writable folder");
	std::fs::set_permissions(&executable, std::fs::Permissions::from_mode(0o755)).expect("ours");
	executable
}

/// One that does something else from the second time on.
#[cfg(unix)]
fn miner_that_starts_once(folder: &std::path::Path, otherwise: &str) -> PathBuf {
	let mark = folder.join("used");
	let mark = mark.display();
	miner_after(folder, &format!("if [ -e '{mark}' ]; then {otherwise}; fi\n: >'{mark}'"))
}

#[cfg(unix)]
#[test]
fn execute_should_report_a_device_fault_when_the_child_crashes() {
	let folder = tempfile::tempdir().expect("a temporary folder");
	// Does the first job, and dies the second time.
	let executable = miner_that_starts_once(folder.path(), "echo broken driver >&2; kill -SEGV $$");
	let config = ProcessEngineConfig { executable, ..config(Duration::from_secs(20)) };
	let engine = ProcessEngine::new(config).expect("the probe works");
	let job = shader("output[0] = 1u;", vec![1]);
	assert!(matches!(engine.execute(&job), WorkResult::Completed { .. }));
	let (code, message) = failure(engine.execute(&job));
	assert_eq!(code, FailureCode::DeviceFault, "{message}");
	assert!(message.contains("signal: 11") && message.contains("broken driver"), "{message}");
}

#[test]
fn warm_engine_should_do_jobs_in_processes_that_stand_by() {
	let config = ProcessEngineConfig { is_warm: true, ..config(Duration::from_secs(60)) };
	let engine = ProcessEngine::new(config).expect("the device opens");
	let product = gemm(1, 2, 1, vec![2, 0xff], vec![3, 4]);
	let filter = shader("output[1] = input[0] + 1u;", vec![41]);
	// Two at once, so that one finds no process, and then as many as stand by.
	for _ in 0..2 {
		std::thread::scope(|scope| {
			for _ in 0..2 {
				scope.spawn(|| {
					let result = engine.execute(&product);
					let WorkResult::Completed { output, .. } = result else { panic!("{result:?}") };
					assert_eq!(output, 2_i32.to_le_bytes());
					let result = engine.execute(&filter);
					let WorkResult::Completed { output, .. } = result else { panic!("{result:?}") };
					assert_eq!(output, [0, 0, 0, 0, 42, 0, 0, 0]);
				});
			}
		});
	}
}

#[cfg(target_os = "linux")]
#[test]
fn warm_engine_should_replace_a_process_that_died_while_it_stood_by() {
	let config = ProcessEngineConfig { is_warm: true, ..config(Duration::from_secs(60)) };
	let engine = ProcessEngine::new(config).expect("the device opens");
	let job = shader("output[1] = input[0] + 1u;", vec![41]);
	assert!(matches!(engine.execute(&job), WorkResult::Completed { .. }));
	engine.warm_up(Duration::from_secs(30));
	kill_children();
	std::thread::sleep(Duration::from_millis(300));
	let result = engine.execute(&job);
	assert!(matches!(result, WorkResult::Completed { .. }), "{result:?}");
	drop(engine);
	assert_eq!(children(), [0_u32; 0], "a process outlives the engine");
}

/// A program that does not start where it is asked to get ready for products.
#[cfg(target_os = "linux")]
#[test]
fn new_should_do_without_the_quickest_product_when_no_process_can_make_ready_for_it() {
	let folder = tempfile::tempdir().expect("a temporary folder");
	let executable = miner_after(folder.path(), "case \"$*\" in *--gemm-variant*) exit 9 ;; esac");
	let config =
		ProcessEngineConfig { executable, is_warm: true, ..config(Duration::from_secs(60)) };
	let engine = ProcessEngine::new(config).expect("a device");
	let result = engine.execute(&gemm(2, 2, 2, vec![1; 4], vec![1; 4]));
	let WorkResult::Completed { output, .. } = result else { panic!("{result:?}") };
	assert_eq!(output, [2_i32; 4].map(i32::to_le_bytes).concat());
}

#[cfg(target_os = "linux")]
#[test]
fn suite_should_go_on_behind_a_case_whose_process_is_killed() {
	use aitbc_miner::conformance::{Extent, run};
	let executable = PathBuf::from(env!("CARGO_BIN_EXE_aitbc-miner"));
	let mut heard = 0;
	let run = run(&executable, &DeviceSelector::Cpu, Extent::Quick, &[Class::Gemm], |_| {
		heard += 1;
		if heard == 1 {
			kill_children();
		}
	})
	.expect("the processor");
	assert_eq!(heard, run.cases.len());
	let wrong: Vec<_> = run.cases.iter().filter(|case| !case.ok).collect();
	let [lost] = wrong.as_slice() else { panic!("one case is lost: {wrong:?}") };
	let detail = lost.detail.as_deref().expect("why");
	assert!(detail.contains("ended without a result (signal: 9"), "{detail}");
}

#[cfg(target_os = "linux")]
#[test]
fn suite_should_end_when_the_device_is_gone_for_good() {
	use aitbc_miner::conformance::{Extent, run};
	let folder = tempfile::tempdir().expect("a temporary folder");
	let executable = miner_that_starts_once(folder.path(), "exit 9");
	let mut heard = 0;
	let run = run(&executable, &DeviceSelector::Cpu, Extent::Quick, &[Class::Gemm], |_| {
		heard += 1;
		if heard == 1 {
			kill_children();
		}
	})
	.expect("the processor");
	assert_eq!(heard, run.cases.len());
	let lost: Vec<&str> = run.cases.iter().filter_map(|case| case.detail.as_deref()).collect();
	// The one that was killed, three that did not start, and those for which none was started any more.
	let [killed, first, second, third, rest @ ..] = lost.as_slice() else { panic!("{lost:?}") };
	assert!(killed.contains("ended without a result (signal: 9"), "{killed}");
	assert!(
		[first, second, third].iter().all(|reason| reason.contains("exit status: 9")),
		"{lost:?}"
	);
	let not_run = "not run: the device could not be opened again";
	assert!(!rest.is_empty() && rest.iter().all(|reason| *reason == not_run), "{lost:?}");
}

#[cfg(target_os = "linux")]
fn kill_children() {
	for child in children() {
		let kill = Command::new("kill").args(["-KILL", &child.to_string()]).status();
		assert!(kill.expect("there is a kill").success());
	}
}

/// Processes that this thread started.
#[cfg(target_os = "linux")]
fn children() -> Vec<u32> {
	let text = std::fs::read_to_string("/proc/thread-self/children").expect("Linux tells");
	text.split_whitespace().map(|number| number.parse().expect("a number")).collect()
}

#[test]
fn child_should_end_when_its_parent_is_gone() {
	let mut child = Command::new(env!("CARGO_BIN_EXE_aitbc-miner"))
		.args(["exec", "--memory-limit-bytes", "4294967296"])
		.stdin(Stdio::piped())
		.stdout(Stdio::null())
		.stderr(Stdio::null())
		.spawn()
		.expect("the binary is built");
	// The start of a message that never goes on, then the end.
	let mut stdin = child.stdin.take().expect("a pipe");
	stdin.write_all(b"aitw").expect("the child reads");
	drop(stdin);
	let begin = Instant::now();
	while child.try_wait().expect("our child").is_none() {
		assert!(begin.elapsed() < Duration::from_secs(5), "the child outlives its parent");
		std::thread::sleep(Duration::from_millis(20));
	}
}

#[test]
fn cpu_engine_should_run_every_class() {
	let cpu = DeviceEngine::open(&DeviceSelector::Cpu, Duration::from_secs(60)).expect("no device");
	let request = shader("output[1] = input[0] + 1u;", vec![41]);
	let WorkResult::Completed { output, .. } = cpu.execute(&request) else { panic!("no result") };
	assert_eq!(output, [0, 0, 0, 0, 42, 0, 0, 0]);
	let result = cpu.execute(&gemm(1, 2, 1, vec![2, 0xff], vec![3, 4]));
	let WorkResult::Completed { output, .. } = result else { panic!("{result:?}") };
	assert_eq!(output, 2_i32.to_le_bytes());
	assert_eq!(cpu.profile().backend, "cpu");
}

#[test]
fn cpu_engine_should_say_honestly_what_it_cannot_finish() {
	let cpu = DeviceEngine::open(&DeviceSelector::Cpu, Duration::from_secs(1)).expect("no device");
	let loops = "for (var i = 0u; i < input[0]; i++) { output[0] += i; }";
	let dry = cpu.execute(&shader(loops, vec![9]));
	assert!(matches!(dry, WorkResult::OutOfFuel { .. }), "{dry:?}");
	let mut endless = shader("output[0] = input[0];", vec![7]);
	if let Workload::Wgsl(call) = &mut endless.workload {
		call.workgroups = [65_535; 3];
	}
	let begin = Instant::now();
	let (code, message) = failure(cpu.execute(&endless));
	assert_eq!(code, FailureCode::TimedOut, "{message}");
	assert!(begin.elapsed() < Duration::from_secs(3), "took {:?}", begin.elapsed());
	// 256 invocations that wait for each other, each with 8 KiB of variables in each of 300 functions.
	let chain: String = (1..300)
		.map(|level| {
			let before = level - 1;
			format!("fn g{level}(x: u32) -> u32 {{ var a: array<u32, 2000>; a[x] = x; return a[1] + g{before}(x); }}\n")
		})
		.collect();
	let source = format!(
		"@group(0) @binding(0) var<storage, read> input: array<u32>;
		@group(0) @binding(1) var<storage, read_write> output: array<u32>;
		fn g0(x: u32) -> u32 {{ return x; }}
		{chain}
		@compute @workgroup_size(256)
		fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
			workgroupBarrier(); if id.x == 0u {{ output[0] = g299(input[0]); }}
		}}"
	);
	let (code, message) = failure(cpu.execute(&shader_of(source.into_bytes(), vec![7])));
	assert_eq!(code, FailureCode::DeviceFault, "{message}");
	assert!(message.contains("bytes of memory"), "{message}");
}
