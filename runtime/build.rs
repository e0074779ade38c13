//! Compiles the runtime to wasm. With the feature `metadata-hash` the hash of the metadata, which
//! hardware wallets check, is built in; that compiles the runtime twice, so only releases ask for it.

fn main() {
	#[cfg(all(feature = "std", feature = "metadata-hash"))]
	substrate_wasm_builder::WasmBuilder::init_with_defaults()
		.enable_metadata_hash("AIT", 12)
		.build();
	#[cfg(all(feature = "std", not(feature = "metadata-hash")))]
	substrate_wasm_builder::WasmBuilder::build_using_defaults();
}
