//! Several devices of one machine.

use crate::{DeviceProfile, Engine, EngineError, WorkRequest, WorkResult};
use aitbc_primitives::FailureCode;
use std::{
	sync::{
		Mutex, PoisonError,
		atomic::{AtomicUsize, Ordering},
	},
	time::Duration,
};

/// Gives each job to the device that has the fewest running, of those that last did not fail.
///
/// One job runs on one device: it is small enough for that, and who has several devices has several jobs.
#[derive(Debug)]
pub struct DevicePool<E> {
	first: Member<E>,
	others: Vec<Member<E>>,
	/// Held while a job chooses, so that two do not choose the same idle device.
	choosing: Mutex<()>,
}

#[derive(Debug)]
struct Member<E> {
	engine: E,
	running: AtomicUsize,
	/// Device faults since its last other answer: a device that is gone answers at once, and would else be
	/// the idlest for ever.
	faults: AtomicUsize,
}

/// A job on a device; counts until it is dropped, which a panic does as well.
struct Running<'a, E>(&'a Member<E>);

impl<E> Drop for Running<'_, E> {
	fn drop(&mut self) {
		self.0.running.fetch_sub(1, Ordering::Relaxed);
	}
}

impl<E> Running<'_, E> {
	/// Remembers whether the device failed.
	fn note(&self, result: &WorkResult) {
		let faults = &self.0.faults;
		if matches!(result, WorkResult::Failed { code: FailureCode::DeviceFault, .. }) {
			faults.fetch_add(1, Ordering::Relaxed);
		} else {
			faults.store(0, Ordering::Relaxed);
		}
	}
}

impl<E: Engine> DevicePool<E> {
	/// A pool of at least one engine.
	///
	/// # Errors
	/// If there is none.
	pub fn new(engines: impl IntoIterator<Item = E>) -> Result<Self, EngineError> {
		let mut members = engines.into_iter().map(|engine| Member {
			engine,
			running: AtomicUsize::new(0),
			faults: AtomicUsize::new(0),
		});
		let first = members.next().ok_or(EngineError::NoDevice)?;
		Ok(Self { first, others: members.collect(), choosing: Mutex::new(()) })
	}

	/// How many there are.
	pub fn count(&self) -> usize {
		self.others.len().saturating_add(1)
	}

	/// The devices.
	pub fn profiles(&self) -> impl Iterator<Item = &DeviceProfile> {
		self.members().map(|member| member.engine.profile())
	}

	/// Whether two of them have the same profile: two of a kind, or one twice.
	pub fn has_likes(&self) -> bool {
		let profiles: Vec<_> = self.profiles().collect();
		profiles
			.iter()
			.enumerate()
			.any(|(index, profile)| profiles.iter().take(index).any(|other| other == profile))
	}

	fn members(&self) -> impl Iterator<Item = &Member<E>> {
		std::iter::once(&self.first).chain(&self.others)
	}

	/// Takes the device with the fewest faults and then the fewest jobs; of several, the first.
	fn occupy(&self) -> Running<'_, E> {
		let _choosing = self.choosing.lock().unwrap_or_else(PoisonError::into_inner);
		let load = |count: &AtomicUsize| count.load(Ordering::Relaxed);
		let best =
			self.members().min_by_key(|member| (load(&member.faults), load(&member.running)));
		let member = best.unwrap_or(&self.first);
		member.running.fetch_add(1, Ordering::Relaxed);
		Running(member)
	}
}

impl<E: Engine> Engine for DevicePool<E> {
	fn execute(&self, request: &WorkRequest) -> WorkResult {
		let running = self.occupy();
		let result = running.0.engine.execute(request);
		running.note(&result);
		result
	}

	fn execute_within(
		&self,
		request: &WorkRequest,
		limit: Duration,
	) -> (WorkResult, &DeviceProfile) {
		let running = self.occupy();
		let (result, profile) = running.0.engine.execute_within(request, limit);
		running.note(&result);
		(result, profile)
	}

	fn profile(&self) -> &DeviceProfile {
		self.first.engine.profile()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{DeviceEngine, DeviceSelector, engine::Failure};

	#[test]
	fn jobs_should_go_to_the_devices_with_the_fewest() {
		let open = || DeviceEngine::open(&DeviceSelector::Cpu, Duration::from_secs(9));
		let engines = (0..3).map(|_| open().expect("needs nothing"));
		let pool = DevicePool::new(engines).expect("three devices");
		assert_eq!((pool.count(), pool.profiles().count()), (3, 3));
		let counts = || -> Vec<usize> {
			pool.members().map(|member| member.running.load(Ordering::Relaxed)).collect()
		};
		let mut running: Vec<_> = (0..4).map(|_| pool.occupy()).collect();
		assert_eq!(counts(), [2, 1, 1]);
		// The second device is idle first.
		running.remove(1);
		assert_eq!(counts(), [2, 0, 1]);
		running.push(pool.occupy());
		assert_eq!(counts(), [2, 1, 1]);
		running.clear();
		assert_eq!(counts(), [0, 0, 0]);
		// One that fails is taken last, until it gives another answer.
		let fault = Failure::new(FailureCode::DeviceFault, "gone");
		pool.occupy().note(&Err(fault).into());
		let second = pool.occupy();
		assert_eq!(counts(), [0, 1, 0]);
		drop(second);
		Running(&pool.first).note(&WorkResult::OutOfFuel { message: String::new() });
		pool.first.running.store(1, Ordering::Relaxed);
		assert_eq!(pool.first.faults.load(Ordering::Relaxed), 0);
		assert!(DevicePool::<DeviceEngine>::new([]).is_err());
		assert!(pool.has_likes());
		assert!(!DevicePool::new(open()).expect("one device").has_likes());
	}
}
