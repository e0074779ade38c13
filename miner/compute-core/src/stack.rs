//! Work that may recurse deeply over hostile sources, on a thread that has room for it.

use alloc::string::{String, ToString};

/// The compiler recurses over hostile sources.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Why the work gave nothing.
pub(crate) enum StackError {
	/// This machine could not start the thread.
	Thread(String),
	/// The work panicked; what it said.
	Panic(String),
}

/// Runs `work` on a thread of its own and turns a panic into an error.
pub(crate) fn on_large_stack<T: Send>(
	name: &str,
	work: impl FnOnce() -> T + Send,
) -> Result<T, StackError> {
	std::thread::scope(|scope| {
		let thread = std::thread::Builder::new()
			.name(name.to_string())
			.stack_size(STACK_BYTES)
			.spawn_scoped(scope, work)
			.map_err(|error| StackError::Thread(error.to_string()))?;
		thread.join().map_err(|panic| {
			let message = panic
				.downcast_ref::<String>()
				.map(String::as_str)
				.or_else(|| panic.downcast_ref::<&str>().copied())
				.unwrap_or("no message");
			StackError::Panic(message.to_string())
		})
	})
}
