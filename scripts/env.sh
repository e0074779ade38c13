# shellcheck shell=bash
# Sourced by every script here: one place for where things are built and with what.

AITBC_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export AITBC_ROOT

# A machine whose login shell was never told about rustup still has it here.
if ! command -v cargo >/dev/null 2>&1 && [ -d "${CARGO_HOME:-$HOME/.cargo}/bin" ]; then
	PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
	export PATH
fi

# Outside the checkout, so that fresh clones share what is already compiled.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/aitbc/target}"
# The runtime's wasm is built as it ships: every node runs it for every block, and weights are measured on it.
# It takes hardly longer than substrate-wasm-builder's default.
export WASM_BUILD_TYPE="${WASM_BUILD_TYPE:-production}"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-auto}"
# Said on stderr by every Vulkan loader in a shell without a desktop; harmless but alarming.
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/tmp}"

aitbc_say() { printf '%s\n' "$*"; }

aitbc_fail() {
	printf 'error: %s\n' "$*" >&2
	exit 1
}

# The compiler version that rust-toolchain.toml asks for.
aitbc_rust_channel() {
	sed -n 's/^channel *= *"\(.*\)"/\1/p' "$AITBC_ROOT/rust-toolchain.toml"
}

# Debian's and other installers name the same compiler "stable". Where the exact name is not
# installed but a toolchain of the same version is, that one serves.
aitbc_choose_toolchain() {
	local channel name
	channel="$(aitbc_rust_channel)"
	[ -z "${RUSTUP_TOOLCHAIN:-}" ] || return 0
	command -v rustup >/dev/null 2>&1 || return 0
	if [ -d "${RUSTUP_HOME:-$HOME/.rustup}/toolchains" ]; then
		for name in "${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$channel"*; do
			[ ! -e "$name" ] || return 0
		done
	fi
	while read -r name _; do
		if rustup run "$name" rustc --version 2>/dev/null | grep -q "^rustc ${channel//./\\.} "; then
			export RUSTUP_TOOLCHAIN="$name"
			return 0
		fi
	done < <(rustup toolchain list 2>/dev/null || true)
}
aitbc_choose_toolchain
