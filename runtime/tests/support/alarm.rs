//! Hears `defensive!`: what FRAME calls impossible is only logged in released builds, and a test must fail
//! for it all the same.

use std::{cell::RefCell, sync::Once};

/// The target under which FRAME logs it.
const DEFENSIVE: &str = "runtime::defensive";

thread_local! {
	static RAISED: RefCell<Option<String>> = const { RefCell::new(None) };
}

struct Alarm;

impl log::Log for Alarm {
	fn enabled(&self, metadata: &log::Metadata) -> bool {
		metadata.target() == DEFENSIVE
	}

	fn log(&self, record: &log::Record) {
		if self.enabled(record.metadata()) {
			let heard = record.args().to_string();
			RAISED.with_borrow_mut(|raised| *raised = Some(heard));
		}
	}

	fn flush(&self) {}
}

/// Begins to listen, in this thread with nothing heard so far.
pub fn listen() {
	static ONCE: Once = Once::new();
	ONCE.call_once(|| {
		// Where somebody else listens already, debug assertions are left.
		if log::set_logger(&Alarm).is_ok() {
			log::set_max_level(log::LevelFilter::Error);
		}
	});
	RAISED.with_borrow_mut(Option::take);
}

/// What was heard last in this thread.
pub fn raised() -> Option<String> {
	RAISED.with_borrow(Clone::clone)
}
