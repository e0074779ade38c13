//! What counting fuel and clamping indexes cost: the time of some shaders as they were written and as
//! they run, best of several, in turns. On a software device under Linux it is the time of all
//! processors together, which other programs disturb less.
//!
//! ```text
//! cargo run --release -p aitbc-compute-wgpu --example fuel-overhead [-- part-of-a-device's-name]
//! ```

#![allow(clippy::expect_used, clippy::panic, reason = "a measurement ends by panicking")]

use aitbc_compute_core::{
	profile,
	shader::{Ending, MAX_FUEL, Shader},
};
use std::{
	borrow::Cow,
	time::{Duration, Instant},
};
use wgpu::{BufferUsages, PollType, ShaderSource};

const TURNS: usize = 12;
const SIDE: u32 = 1024;

/// One invocation works much on a few registers.
const HASH: &str = "
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
	var state = input[id.x];
	for (var round = 0u; round < 2000u; round++) {
		state ^= state << 13u;
		state ^= state >> 17u;
		state ^= state << 5u;
		state = state * 1664525u + round;
	}
	output[id.x] = state;
}";

/// A product of 256 × 256 matrices: two loads for each round of the inner loop.
const PRODUCT: &str = "
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
	var sum = 0u;
	for (var k = 0u; k < 256u; k++) {
		sum += input[id.y * 256u + k] * input[65536u + k * 256u + id.x];
	}
	output[id.y * 256u + id.x] = sum;
}";

/// A loop whose length differs from one invocation to the next.
const COLLATZ: &str = "
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
	var number = id.x + 1u;
	var steps = 0u;
	while number != 1u && steps < 1000u {
		if (number & 1u) == 0u { number >>= 1u; } else { number = number * 3u + 1u; }
		steps++;
	}
	output[id.x] = steps + input[id.x];
}";

/// The same without a limit of its own: nothing in the loop counts.
const COLLATZ_SUM: &str = "
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
	var number = id.x + 1u;
	var sum = 0u;
	while number != 1u {
		if (number & 1u) == 0u { number >>= 1u; } else { number = number * 3u + 1u; }
		sum += number;
	}
	output[id.x] = sum + input[id.x];
}";

/// Sums of 256 words in workgroup memory: barriers in a loop.
const SUMS: &str = "
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
var<workgroup> tile: array<u32, 256>;
@compute @workgroup_size(256)
fn main(
	@builtin(global_invocation_id) id: vec3<u32>,
	@builtin(local_invocation_index) local: u32,
) {
	var total = 0u;
	for (var turn = 0u; turn < 16u; turn++) {
		tile[local] = input[id.x] + turn;
		workgroupBarrier();
		for (var width = 128u; width > 0u; width >>= 1u) {
			if local < width { tile[local] += tile[local + width]; }
			workgroupBarrier();
		}
		total += tile[0];
		workgroupBarrier();
	}
	output[id.x] = total;
}";

struct Device {
	device: wgpu::Device,
	queue: wgpu::Queue,
	is_software: bool,
}

/// Time that all threads of this process have run, if the system tells.
fn processor_time() -> Option<Duration> {
	let mut total = 0;
	for task in std::fs::read_dir("/proc/self/task").ok()? {
		let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
		total += text.split_whitespace().next()?.parse::<u64>().ok()?;
	}
	Some(Duration::from_nanos(total))
}

struct Job<'a> {
	name: &'a str,
	source: &'a str,
	inputs: Vec<Vec<u8>>,
	words: u32,
	workgroups: [u32; 3],
}

fn open(part: &str) -> Device {
	let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
	let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
	let adapter = adapters
		.into_iter()
		.find(|adapter| adapter.get_info().name.to_lowercase().contains(&part.to_lowercase()))
		.expect("a device of that name");
	let info = adapter.get_info();
	let is_software = info.device_type == wgpu::DeviceType::Cpu;
	println!("{}", info.name);
	let descriptor =
		wgpu::DeviceDescriptor { required_limits: adapter.limits(), ..Default::default() };
	let (device, queue) =
		pollster::block_on(adapter.request_device(&descriptor)).expect("the device opens");
	Device { device, queue, is_software }
}

impl Device {
	fn buffer(&self, bytes: &[u8]) -> wgpu::Buffer {
		let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
			label: None,
			size: bytes.len() as u64,
			usage: BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC,
			mapped_at_creation: false,
		});
		self.queue.write_buffer(&buffer, 0, bytes);
		buffer
	}

	/// A pipeline with its buffers.
	fn prepare(
		&self,
		source: ShaderSource<'_>,
		buffers: &[&wgpu::Buffer],
	) -> (wgpu::ComputePipeline, wgpu::BindGroup) {
		let descriptor = wgpu::ShaderModuleDescriptor { label: None, source };
		let module = self.device.create_shader_module(descriptor);
		let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
			label: None,
			layout: None,
			module: &module,
			entry_point: Some("main"),
			compilation_options: Default::default(),
			cache: None,
		});
		let entries: Vec<_> = buffers
			.iter()
			.zip(0_u32..)
			.map(|(buffer, binding)| wgpu::BindGroupEntry {
				binding,
				resource: buffer.as_entire_binding(),
			})
			.collect();
		let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
			label: None,
			layout: &pipeline.get_bind_group_layout(0),
			entries: &entries,
		});
		(pipeline, group)
	}

	fn time(
		&self,
		(pipeline, group): &(wgpu::ComputePipeline, wgpu::BindGroup),
		[x, y, z]: [u32; 3],
	) -> Duration {
		let mut encoder = self.device.create_command_encoder(&Default::default());
		{
			let mut pass = encoder.begin_compute_pass(&Default::default());
			pass.set_pipeline(pipeline);
			pass.set_bind_group(0, group, &[]);
			pass.dispatch_workgroups(x, y, z);
		}
		let commands = encoder.finish();
		let busy = processor_time().filter(|_| self.is_software);
		let start = Instant::now();
		self.queue.submit([commands]);
		self.device.poll(PollType::wait_indefinitely()).expect("the device works");
		let elapsed = start.elapsed();
		let busy = busy.and_then(|before| processor_time()?.checked_sub(before));
		busy.unwrap_or(elapsed)
	}

	fn read(&self, buffer: &wgpu::Buffer) -> Vec<u8> {
		let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
			label: None,
			size: buffer.size(),
			usage: BufferUsages::MAP_READ | BufferUsages::COPY_DST,
			mapped_at_creation: false,
		});
		let mut encoder = self.device.create_command_encoder(&Default::default());
		encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, buffer.size());
		self.queue.submit([encoder.finish()]);
		staging.slice(..).map_async(wgpu::MapMode::Read, |result| result.expect("it maps"));
		self.device.poll(PollType::wait_indefinitely()).expect("the device works");
		staging.slice(..).get_mapped_range().expect("it is mapped").to_vec()
	}

	fn measure(&self, job: &Job<'_>) {
		let program = profile::check(job.source.as_bytes()).expect("it keeps the profile");
		let shader = Shader::new(&program).expect("it compiles");
		let inputs: Vec<_> = job.inputs.iter().map(|input| self.buffer(input)).collect();
		let output = || self.buffer(&vec![0; job.words as usize * 4]);
		let (expected, found) = (output(), output());
		let control = self.buffer(&shader.control(MAX_FUEL));
		let plain: Vec<_> = inputs.iter().chain([&expected]).collect();
		let plain = self.prepare(ShaderSource::Wgsl(job.source.into()), &plain);
		// A program without loops has no use for it.
		let used = (!shader.loops().is_empty()).then_some(&control);
		let metered: Vec<_> = inputs.iter().chain([&found]).chain(used).collect();
		let module = ShaderSource::Naga(Cow::Owned(shader.instrumented().clone()));
		let metered = self.prepare(module, &metered);
		let mut best = [Duration::MAX; 2];
		for _ in 0..TURNS {
			for (best, pipeline) in best.iter_mut().zip([&plain, &metered]) {
				*best = (*best).min(self.time(pipeline, job.workgroups));
			}
		}
		assert!(self.read(&expected) == self.read(&found), "{} differs", job.name);
		assert_eq!(shader.ending(&self.read(&control)), Some(Ending::Completed), "{}", job.name);
		let [plain, metered] = best.map(|time| time.as_secs_f64() * 1e3);
		let percent = (metered / plain - 1.0) * 100.0;
		println!("{:22} {plain:9.2} ms {metered:9.2} ms {percent:+7.1} %", job.name);
	}
}

fn noise(words: u32) -> Vec<u8> {
	(0..words).flat_map(|word| word.wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

fn main() {
	let device = open(&std::env::args().nth(1).unwrap_or_default());
	println!("{:22} {:>12} {:>12}", "", "as written", "as run");
	let edge = include_str!("../../../examples/edge-detect/edge.wgsl");
	let size = [SIDE; 2].iter().flat_map(|side| side.to_le_bytes()).collect();
	let pixels = SIDE * SIDE;
	for (name, source, inputs, words, workgroups) in [
		("edge-detect, 1024²", edge, vec![noise(pixels), size], pixels, [SIDE / 8, SIDE / 8, 1]),
		("hash, 2000 rounds", HASH, vec![noise(32_768)], 32_768, [512, 1, 1]),
		("product, 256³", PRODUCT, vec![noise(131_072)], 65_536, [32, 32, 1]),
		("collatz", COLLATZ, vec![noise(262_144)], 262_144, [4096, 1, 1]),
		("collatz, no counter", COLLATZ_SUM, vec![noise(262_144)], 262_144, [4096, 1, 1]),
		("sums with barriers", SUMS, vec![noise(65_536)], 65_536, [256, 1, 1]),
	] {
		let job = Job { name, source, inputs, words, workgroups };
		device.measure(&job);
	}
}
