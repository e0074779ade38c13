//! What a processor offers to be quick: vector instructions and several threads.

/// The vector instructions that this processor was found to have.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
pub(crate) type Vectors = pulp::x86::V3;

/// Calls `work` compiled for the vector instructions that this processor has. Only what is inlined into
/// `work` gains by it. `work` is given proof of the instructions, if there are any.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
#[inline]
pub(crate) fn vectorised<T>(work: impl FnOnce(Option<Vectors>) -> T) -> T {
	match Vectors::try_new() {
		Some(vectors) => vectors.vectorize(
			#[inline(always)]
			|| work(Some(vectors)),
		),
		None => work(None),
	}
}

/// None that the compiler does not use by itself.
#[cfg(not(all(feature = "std", target_arch = "x86_64")))]
pub(crate) type Vectors = core::convert::Infallible;

/// Calls `work`, compiled as everything else.
#[cfg(not(all(feature = "std", target_arch = "x86_64")))]
pub(crate) fn vectorised<T>(work: impl FnOnce(Option<Vectors>) -> T) -> T {
	work(None)
}

/// Does `work` on every part, on up to `threads` threads that each take the next part when they are
/// ready.
#[cfg(feature = "std")]
pub(crate) fn share<T>(
	threads: usize,
	parts: impl Iterator<Item = T> + Send,
	work: impl Fn(T) + Sync,
) {
	use std::sync::{Mutex, PoisonError};
	let queue = Mutex::new(parts);
	let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
	let run = || {
		while let Some(part) = next() {
			work(part);
		}
	};
	std::thread::scope(|scope| {
		for _ in 1..threads {
			// One that cannot be started is no loss: the others take its share.
			let _ = std::thread::Builder::new().spawn_scoped(scope, run);
		}
		run();
	});
}

/// Does `work` on every part.
#[cfg(not(feature = "std"))]
pub(crate) fn share<T>(_: usize, parts: impl Iterator<Item = T>, work: impl Fn(T)) {
	parts.for_each(work);
}

/// Threads that this processor runs at once.
#[cfg(feature = "std")]
pub(crate) fn threads() -> usize {
	std::thread::available_parallelism().map_or(1, core::num::NonZero::get)
}

/// Threads that this processor runs at once.
#[cfg(not(feature = "std"))]
pub(crate) fn threads() -> usize {
	1
}
