//! The worker's directory: one process at a time, one chain and one miner for its whole life.

use aitbc_primitives::{AccountId, Hash};
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, File, TryLockError},
	io::{self, Write},
	path::{Path, PathBuf},
};

/// Why the directory cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateDirError {
	/// The operating system refused.
	#[error("cannot {action} {}: {source}", path.display())]
	Io {
		/// What was tried.
		action: &'static str,
		/// With which file.
		path: PathBuf,
		/// The reason.
		source: io::Error,
	},
	/// Another process holds the lock.
	#[error(
		"{} is in use by another worker; two workers with one key would spoil each other's leases. \
		 Stop the other one, or give this one its own --state-dir and --worker-key",
		path.display()
	)]
	InUse {
		/// What is locked.
		path: PathBuf,
	},
	/// The identity file is not one.
	#[error(
		"{} is not a worker's identity file ({reason}). If the directory belongs to a worker, \
		 restore the file; if not, choose another --state-dir",
		path.display()
	)]
	Identity {
		/// The file.
		path: PathBuf,
		/// What is wrong with it.
		reason: String,
	},
	/// The directory belongs to another chain.
	#[error(
		"{} belongs to the chain with genesis {recorded:?}, the node's is {found:?}. Check --url, or \
		 choose another --state-dir for the new chain",
		path.display()
	)]
	OtherChain {
		/// The directory.
		path: PathBuf,
		/// Genesis hash it was made for.
		recorded: Hash,
		/// Genesis hash of the node.
		found: Hash,
	},
	/// The directory belongs to another miner.
	#[error(
		"{} belongs to the miner {recorded}, not to {found}. Check --miner, or choose another \
		 --state-dir",
		path.display()
	)]
	OtherMiner {
		/// The directory.
		path: PathBuf,
		/// Miner it was made for.
		recorded: AccountId,
		/// Miner that was asked for.
		found: AccountId,
	},
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
	version: u32,
	genesis: Hash,
	miner: AccountId,
}

const IDENTITY_VERSION: u32 = 1;
/// Begins the name of a file that is not whole yet.
pub(crate) const TEMPORARY_PREFIX: &str = ".new-";

/// The directory, locked for as long as this lives.
#[derive(Debug)]
pub struct StateDir {
	path: PathBuf,
	_lock: File,
}

impl StateDir {
	/// Opens and locks `path`, made with access for its owner only if missing.
	pub fn open(path: &Path) -> Result<Self, StateDirError> {
		create_private(path).map_err(failed("create", path))?;
		let lock_path = path.join("lock");
		let lock = File::options()
			.create(true)
			.truncate(false)
			.write(true)
			.open(&lock_path)
			.map_err(failed("open", &lock_path))?;
		lock_file(&lock, &lock_path)?;
		Ok(Self { path: path.to_owned(), _lock: lock })
	}

	/// Where the journal lies.
	pub fn journal(&self) -> PathBuf {
		self.path.join("journal")
	}

	/// Where outputs lie that must not be seen yet.
	pub fn outputs(&self) -> PathBuf {
		self.path.join("outputs")
	}

	/// Checks that the directory was made for this chain and miner, or records them if it is new.
	pub fn bind(&self, genesis: Hash, miner: &AccountId) -> Result<(), StateDirError> {
		let path = self.path.join("identity.json");
		let recorded = match fs::read(&path) {
			Ok(bytes) => bytes,
			Err(error) if error.kind() == io::ErrorKind::NotFound => {
				return self.record(&path, genesis, miner);
			}
			Err(error) => return Err(failed("read", &path)(error)),
		};
		let invalid = |reason: String| StateDirError::Identity { path: path.clone(), reason };
		let recorded: Identity =
			serde_json::from_slice(&recorded).map_err(|error| invalid(error.to_string()))?;
		if recorded.version != IDENTITY_VERSION {
			return Err(invalid(format!("unknown version {}", recorded.version)));
		}
		let path = self.path.clone();
		if recorded.genesis != genesis {
			let recorded = recorded.genesis;
			return Err(StateDirError::OtherChain { path, recorded, found: genesis });
		}
		if recorded.miner != *miner {
			let (recorded, found) = (recorded.miner, miner.clone());
			return Err(StateDirError::OtherMiner { path, recorded, found });
		}
		Ok(())
	}

	fn record(&self, path: &Path, genesis: Hash, miner: &AccountId) -> Result<(), StateDirError> {
		let identity = Identity { version: IDENTITY_VERSION, genesis, miner: miner.clone() };
		serde_json::to_vec_pretty(&identity)
			.map_err(io::Error::from)
			.and_then(|bytes| write_atomically(path, &bytes))
			.map_err(failed("write", path))
	}
}

/// Takes the advisory lock on `file`, which lasts until the file is closed or the process ends.
pub(crate) fn lock_file(file: &File, path: &Path) -> Result<(), StateDirError> {
	file.try_lock().map_err(|error| match error {
		TryLockError::WouldBlock => StateDirError::InUse { path: path.to_owned() },
		TryLockError::Error(source) => failed("lock", path)(source),
	})
}

/// Makes `bytes` the content of the file `path`: all of it or none, durable when this returns, readable
/// by its owner only.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
	let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
	let mut file = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(directory)?;
	file.write_all(bytes)?;
	file.as_file().sync_all()?;
	file.persist(path).map_err(|error| error.error)?;
	sync_directory(directory)
}

/// Makes a rename or removal in `directory` durable.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
	File::open(directory)?.sync_all()
}

/// Makes the directory `path`, with access for its owner only if it is new.
#[cfg(unix)]
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
	use std::os::unix::fs::DirBuilderExt;
	fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes the directory `path`.
#[cfg(not(unix))]
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
	fs::create_dir_all(path)
}

fn failed<'a>(
	action: &'static str,
	path: &'a Path,
) -> impl FnOnce(io::Error) -> StateDirError + 'a + use<'a> {
	move |source| StateDirError::Io { action, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
	use super::*;

	fn miner(seed: u8) -> AccountId {
		AccountId::new([seed; 32])
	}

	#[test]
	fn open_should_refuse_when_another_worker_holds_the_directory() {
		let directory = tempfile::tempdir().expect("a temporary directory");
		let first = StateDir::open(directory.path()).expect("nobody holds it");
		let error = StateDir::open(directory.path()).expect_err("it is held");
		assert!(matches!(error, StateDirError::InUse { .. }), "{error}");
		drop(first);
		StateDir::open(directory.path()).expect("it was given back");
	}

	#[test]
	fn bind_should_refuse_another_chain_and_another_miner() {
		let directory = tempfile::tempdir().expect("a temporary directory");
		let state = StateDir::open(directory.path()).expect("nobody holds it");
		let genesis = Hash::repeat_byte(1);
		state.bind(genesis, &miner(1)).expect("the first binding is recorded");
		state.bind(genesis, &miner(1)).expect("the same binding holds");
		let error = state.bind(Hash::repeat_byte(2), &miner(1)).expect_err("another chain");
		assert!(matches!(error, StateDirError::OtherChain { .. }), "{error}");
		let error = state.bind(genesis, &miner(2)).expect_err("another miner");
		assert!(matches!(error, StateDirError::OtherMiner { .. }), "{error}");
	}

	#[test]
	fn bind_should_name_the_file_when_the_identity_is_damaged() {
		let directory = tempfile::tempdir().expect("a temporary directory");
		let state = StateDir::open(directory.path()).expect("nobody holds it");
		fs::write(directory.path().join("identity.json"), b"{").expect("writable");
		let error = state.bind(Hash::zero(), &miner(1)).expect_err("damaged");
		assert!(error.to_string().contains("identity.json"), "{error}");
	}
}
