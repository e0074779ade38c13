//! `aitbc-miner devices`: what can be chosen, what it can do, and what protects this machine.

use super::jobs;
use aitbc_miner::{
	Confinement, DEFAULT_MEMORY_LIMIT_BYTES, DEFAULT_TIME_LIMIT, DeviceInfo, DeviceSelector,
	conformance::name, list_devices,
};
use aitbc_primitives::Class;
use serde_json::{Value, json};

const MEBIBYTE: u64 = 1 << 20;

/// What a device lacks for a class; nothing if it can take every job of it.
fn gaps(device: &DeviceInfo, class: Class) -> Vec<String> {
	match class {
		// Done by the processor.
		Class::Echo => vec![],
		Class::Gemm => device.gemm_gaps(),
		Class::Wgsl => device.shader_gaps(),
	}
}

pub(super) fn run(json: bool) {
	let devices = list_devices();
	let confinement = confinement();
	if json {
		let list: Vec<_> = devices.iter().map(device_json).collect();
		let jobs = match &confinement {
			Ok(confinement) => json!(confinement),
			Err(message) => json!({ "error": message }),
		};
		println!("{}", json!({ "devices": list, "unconfined": jobs }));
		return;
	}
	if devices.is_empty() {
		println!(
			"no GPU: install its Vulkan driver, or Debian's mesa-vulkan-drivers for a software device"
		);
	}
	for device in &devices {
		print_device(device);
	}
	println!(
		"cpu: the reference, without a GPU\n   takes     every job of echo and gemm; shaders slowly, within 1 GiB"
	);
	match confinement {
		Ok(confinement) => println!("\njobs run in processes of their own: {confinement}"),
		Err(message) => println!("\njobs cannot run: {message}"),
	}
}

/// What holds a job's process here, as one of them says.
fn confinement() -> Result<Confinement, String> {
	jobs::engine(DeviceSelector::Cpu, DEFAULT_TIME_LIMIT, DEFAULT_MEMORY_LIMIT_BYTES, false)
		.map(|engine| engine.confinement().clone())
		.map_err(|error| error.to_string())
}

fn print_device(device: &DeviceInfo) {
	let DeviceInfo { index, name: title, kind, backend, vendor, driver, .. } = device;
	println!("{index}: {title} ({kind}, {backend}, {vendor})");
	println!("   driver    {driver}");
	let features = match device.features.as_slice() {
		[] => "none of those that matter".to_string(),
		some => some.join(", "),
	};
	println!("   features  {features}");
	println!(
		"   limits    buffers of {} MiB, {} of them; workgroups of {} invocations and {} KiB",
		device.max_binding_bytes / MEBIBYTE,
		device.max_buffers,
		device.max_workgroup_invocations,
		device.max_workgroup_bytes / 1024,
	);
	for class in Class::ALL {
		let gaps = gaps(device, class);
		let verdict = match gaps.as_slice() {
			[] => "every job".to_string(),
			gaps => format!("not every job: needs {}", gaps.join("; ")),
		};
		println!("   {:8}  {verdict}", name(class));
	}
}

fn device_json(device: &DeviceInfo) -> Value {
	let classes = Class::ALL.map(|class| {
		let gaps = gaps(device, class);
		(name(class).to_string(), json!({ "every_job": gaps.is_empty(), "lacks": gaps }))
	});
	json!({
		"index": device.index,
		"name": device.name,
		"kind": device.kind,
		"backend": device.backend,
		"vendor": device.vendor,
		"driver": device.driver,
		"features": device.features,
		"max_binding_bytes": device.max_binding_bytes,
		"max_buffers": device.max_buffers,
		"max_workgroup_invocations": device.max_workgroup_invocations,
		"max_workgroup_depth": device.max_workgroup_depth,
		"max_workgroup_bytes": device.max_workgroup_bytes,
		"max_workgroups": device.max_workgroups,
		"classes": Value::Object(classes.into_iter().collect()),
	})
}
