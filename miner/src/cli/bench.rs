//! `aitbc-miner bench`: what a miner can sell.

use super::{EXIT_DEVICE, Fault, jobs};
use aitbc_miner::{
	DEFAULT_MEMORY_LIMIT_BYTES, DEFAULT_TIME_LIMIT, DeviceEngine, DeviceSelector, Engine,
	WorkRequest, WorkResult,
};
use aitbc_primitives::{Cid, GEMM_OPS_PER_UNIT, GemmShape, WgslCall, Workload};
use serde_json::json;
use std::time::{Duration, Instant};

/// Side of the product's square matrices.
const GEMM_SIDE: u32 = 1024;
/// Side of the filter's square picture, pixels.
const PICTURE_SIDE: u32 = 1024;
/// Side of both where it is not the work that is measured.
const SMALL_SIDE: u32 = 64;
/// How long a process may take to get ready.
const START_LIMIT: Duration = Duration::from_secs(30);
const FILTER: &str = include_str!("../../../examples/edge-detect/edge.wgsl");

/// How long one job took, at best.
fn best_time(
	engine: &dyn Engine,
	request: &WorkRequest,
	budget: Duration,
) -> Result<Duration, Fault> {
	best_time_after(engine, request, budget, || {})
}

/// How long one job took, at best, with something before each that does not count.
fn best_time_after(
	engine: &dyn Engine,
	request: &WorkRequest,
	budget: Duration,
	before: impl Fn(),
) -> Result<Duration, Fault> {
	let begin = Instant::now();
	let mut best = Duration::MAX;
	loop {
		before();
		let start = Instant::now();
		let why = match engine.execute(request) {
			WorkResult::Completed { .. } => None,
			WorkResult::Failed { code, message } => Some(format!("({code:?}): {message}")),
			WorkResult::OutOfFuel { message } => Some(format!("for want of fuel: {message}")),
		};
		if let Some(why) = why {
			let error = anyhow::anyhow!("the measured job failed {why}");
			return Err(Fault { code: EXIT_DEVICE, error, is_told: false });
		}
		best = best.min(start.elapsed());
		if begin.elapsed() >= budget {
			return Ok(best);
		}
	}
}

/// Bytes without a pattern that a driver could profit from.
fn noise(count: u32) -> Vec<u8> {
	let mut state = 0x9e37_79b9_u32;
	let mut next = || {
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		state.to_le_bytes()[0]
	};
	(0..count).map(|_| next()).collect()
}

fn gemm(side: u32) -> WorkRequest {
	WorkRequest {
		workload: Workload::Gemm(GemmShape { m: side, k: side, n: side }),
		params: vec![],
		inputs: vec![noise(side * side), noise(side * side)],
		program: None,
		units_limit: u64::MAX,
	}
}

fn filter(side: u32) -> WorkRequest {
	let bytes = side * side * 4;
	let groups = side.div_ceil(8);
	let call = WgslCall {
		program: Cid::of_raw(FILTER.as_bytes()),
		workgroups: [groups, groups, 1],
		output_bytes: bytes,
	};
	WorkRequest {
		workload: Workload::Wgsl(call),
		params: [side; 2].iter().flat_map(|side| side.to_le_bytes()).collect(),
		inputs: vec![noise(bytes)],
		program: Some(FILTER.as_bytes().to_vec()),
		units_limit: u64::MAX,
	}
}

fn echo() -> WorkRequest {
	WorkRequest {
		workload: Workload::Echo,
		params: vec![1],
		inputs: vec![],
		program: None,
		units_limit: 1,
	}
}

fn milliseconds(time: Duration) -> f64 {
	time.as_secs_f64() * 1e3
}

pub(super) fn run(device: &DeviceSelector, json: bool, budget: Duration) -> Result<(), Fault> {
	let engine = DeviceEngine::open(device, DEFAULT_TIME_LIMIT)?;
	let name = engine.profile().device.clone();
	let variant = engine.tune(DEFAULT_TIME_LIMIT)?;
	let operations = u64::from(GEMM_SIDE).pow(3);
	let gemm_time = best_time(&engine, &gemm(GEMM_SIDE), budget)?.as_secs_f64();
	let gemm_units = (operations.div_ceil(GEMM_OPS_PER_UNIT)) as f64 / gemm_time;
	// A multiply-add counts as two operations.
	let gemm_gops = 2.0 * operations as f64 / gemm_time / 1e9;
	let runs_shaders = *device != DeviceSelector::Cpu;
	let filter_ms = match runs_shaders {
		true => Some(milliseconds(best_time(&engine, &filter(PICTURE_SIDE), budget)?)),
		false => None,
	};
	drop(engine);
	// What a child process costs on top, which bounds the rate of small jobs.
	let child = jobs::engine(device.clone(), DEFAULT_TIME_LIMIT, DEFAULT_MEMORY_LIMIT_BYTES, true)?;
	let echo_ms = milliseconds(best_time(&child, &echo(), budget)?);
	let echo_units = 1e3 / echo_ms;
	let start = |request| {
		best_time_after(&child, &request, budget, || child.warm_up(START_LIMIT)).map(milliseconds)
	};
	let product_start_ms = start(gemm(SMALL_SIDE))?;
	let shader_start_ms = runs_shaders.then(|| start(filter(SMALL_SIDE))).transpose()?;
	let variant = variant.map(|variant| variant.to_string());
	if json {
		println!(
			"{}",
			json!({
				"device": name,
				"echo": { "units_per_second": echo_units, "milliseconds": echo_ms },
				"gemm": {
					"units_per_second": gemm_units,
					"gops_int8": gemm_gops,
					"variant": variant,
					"small_job_milliseconds": product_start_ms,
				},
				"wgsl": {
					"edge_filter_1_megapixel_milliseconds": filter_ms,
					"small_job_milliseconds": shader_start_ms,
				},
			})
		);
		return Ok(());
	}
	let way = variant.map_or_else(String::new, |variant| format!(", by {variant}"));
	println!("device  {name}");
	println!("echo    {echo_units:.1} units/s ({echo_ms:.0} ms a job, in a process of its own)");
	println!("gemm    {gemm_units:.0} units/s ({gemm_gops:.1} Gop/s of int8, {GEMM_SIDE}³{way})");
	println!("        {product_start_ms:.0} ms for {SMALL_SIDE}³ in a process that stood by");
	match (filter_ms, shader_start_ms) {
		(Some(time), Some(start)) => {
			println!("wgsl    {time:.1} ms for the edge filter over one megapixel");
			println!("        {start:.0} ms over {SMALL_SIDE}² pixels in a process that stood by");
		}
		_ => println!("wgsl    not measured: this device interprets shaders"),
	}
	Ok(())
}
