//! From a preset to a genesis, as a node does it. Shared by the unit tests, the integration tests and the
//! benchmarks, and therefore free of the runtime's types.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The default genesis `C` with a preset's JSON laid over it.
///
/// # Panics
/// If the preset is not JSON, or names what genesis does not have.
pub fn from_preset<C: Default + Serialize + DeserializeOwned>(preset: &[u8]) -> C {
	let patch: Value = serde_json::from_slice(preset).expect("the preset is JSON");
	let mut config =
		serde_json::to_value(C::default()).expect("the default genesis can be written as JSON");
	merge(&mut config, patch);
	serde_json::from_value(config).expect("the preset names only what genesis has")
}

fn merge(into: &mut Value, patch: Value) {
	match (into, patch) {
		(Value::Object(into), Value::Object(patch)) => {
			for (key, value) in patch {
				merge(into.entry(key).or_insert(Value::Null), value);
			}
		}
		(into, patch) => *into = patch,
	}
}
