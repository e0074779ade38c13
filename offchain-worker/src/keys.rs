//! The worker key: a hot sr25519 key that signs receipts and holds no money. A lease is answered with
//! the key that was registered when it began, so that a worker whose key was rotated holds the earlier
//! one as well until its leases have ended ([`KeyRing`]).
//!
//! It lies in a keystore file of the `aitbc` program (polkadot-js format, encrypted, readable by its
//! owner only). While a worker runs it holds a lock on the file, so that a second worker with the
//! same key on this machine is refused whatever its state directory is.

use crate::state_dir::{StateDirError, lock_file};
use aitbc_client::wallet::{Keypair, Keystore, WalletError};
use aitbc_primitives::{WorkerKey, WorkerSignature};
use std::{
	fmt,
	fs::{self, File},
	io::{self, Read},
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Longest password that is read, bytes.
const MAX_PASSWORD_BYTES: u64 = 1024;

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
	/// The keystore refused.
	#[error(transparent)]
	Wallet(#[from] WalletError),
	/// Not the path of a keystore file.
	#[error(
		"{} is no keystore file: its name must end in .json. `aitbc wallet new NAME` makes one",
		path.display()
	)]
	Path {
		/// The path.
		path: PathBuf,
	},
	/// Another worker uses the key.
	#[error(transparent)]
	Lock(#[from] StateDirError),
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
	/// Others may read the password.
	#[error(
		"{} may be read by other users (mode {mode:o}); run: chmod 600 {}",
		path.display(), path.display()
	)]
	Exposed {
		/// The file.
		path: PathBuf,
		/// Its mode bits.
		mode: u32,
	},
	/// Not a password.
	#[error(
		"{} does not hold a password: expected one line of text, at most {MAX_PASSWORD_BYTES} bytes",
		path.display()
	)]
	Password {
		/// The file.
		path: PathBuf,
	},
}

/// The worker's key pair.
pub struct WorkerKeys {
	pair: Keypair,
	_lock: Option<File>,
}

impl fmt::Debug for WorkerKeys {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("WorkerKeys").field("public", &self.public()).finish_non_exhaustive()
	}
}

impl WorkerKeys {
	/// Decrypts the keystore file `path` and locks it against a second worker.
	pub fn open(path: &Path, password: &str) -> Result<Self, KeyError> {
		let not_a_key = || KeyError::Path { path: path.to_owned() };
		if path.extension().is_none_or(|extension| extension != "json") {
			return Err(not_a_key());
		}
		let name = path.file_stem().and_then(|stem| stem.to_str()).ok_or_else(not_a_key)?;
		let folder = path.parent().ok_or_else(not_a_key)?;
		let pair = Keystore::new(folder).unlock(name, password)?;
		let lock = File::open(path).map_err(|source| {
			let path = path.to_owned();
			KeyError::Io { action: "open", path, source }
		})?;
		lock_file(&lock, path)?;
		Ok(Self { pair, _lock: Some(lock) })
	}

	/// A key that lies in no file.
	pub fn from_pair(pair: Keypair) -> Self {
		Self { pair, _lock: None }
	}

	/// The key that verifies its signatures.
	pub fn public(&self) -> WorkerKey {
		WorkerKey::from(self.pair.public_key().0)
	}

	/// Signs as Substrate does (context `substrate`).
	pub fn sign(&self, message: &[u8]) -> WorkerSignature {
		WorkerSignature::from(self.pair.sign(message).0)
	}

	/// The pair, to sign extrinsics with.
	pub fn pair(&self) -> &Keypair {
		&self.pair
	}
}

/// The keys a worker answers with, each for the leases that name it.
#[derive(Debug)]
pub struct KeyRing(Vec<WorkerKeys>);

impl KeyRing {
	/// These keys.
	pub fn new(keys: impl IntoIterator<Item = WorkerKeys>) -> Self {
		Self(keys.into_iter().collect())
	}

	/// The pair of a key, if it is one of these.
	pub fn get(&self, key: &WorkerKey) -> Option<&WorkerKeys> {
		self.0.iter().find(|keys| keys.public() == *key)
	}

	/// The keys that verify their signatures.
	pub fn public(&self) -> Vec<WorkerKey> {
		self.0.iter().map(WorkerKeys::public).collect()
	}
}

/// Reads a password from a file: its first line, without the line's end.
pub fn read_password(path: &Path) -> Result<Zeroizing<String>, KeyError> {
	let failed = |action| move |source| KeyError::Io { action, path: path.to_owned(), source };
	check_private(path, &fs::metadata(path).map_err(failed("inspect"))?)?;
	let invalid = || KeyError::Password { path: path.to_owned() };
	let mut text = Zeroizing::new(String::new());
	let file = File::open(path).map_err(failed("open"))?;
	file.take(MAX_PASSWORD_BYTES.saturating_add(1))
		.read_to_string(&mut text)
		.map_err(failed("read"))?;
	let line = text.lines().next().unwrap_or_default();
	if line.is_empty() || text.lines().count() > 1 || text.len() as u64 > MAX_PASSWORD_BYTES {
		return Err(invalid());
	}
	Ok(Zeroizing::new(line.to_owned()))
}

#[cfg(unix)]
fn check_private(path: &Path, found: &fs::Metadata) -> Result<(), KeyError> {
	use std::os::unix::fs::PermissionsExt;
	let mode = found.permissions().mode() & 0o777;
	if mode & 0o077 == 0 { Ok(()) } else { Err(KeyError::Exposed { path: path.into(), mode }) }
}

#[cfg(not(unix))]
fn check_private(_: &Path, _: &fs::Metadata) -> Result<(), KeyError> {
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use aitbc_client::wallet::Secret;

	fn keystore() -> (tempfile::TempDir, PathBuf) {
		let folder = tempfile::tempdir().expect("a temporary directory");
		let secret = Secret::from_uri("//Worker").expect("a derivation path");
		Keystore::new(folder.path()).create("worker", &secret, "secret").expect("a new key");
		let path = folder.path().join("worker.json");
		(folder, path)
	}

	#[test]
	fn open_should_refuse_when_another_worker_uses_the_key() {
		let (_folder, path) = keystore();
		let first = WorkerKeys::open(&path, "secret").expect("nobody uses it");
		let error = WorkerKeys::open(&path, "secret").expect_err("it is in use");
		assert!(matches!(error, KeyError::Lock(StateDirError::InUse { .. })), "{error}");
		drop(first);
		WorkerKeys::open(&path, "secret").expect("it was given back");
	}

	#[test]
	fn open_should_refuse_when_password_or_path_is_wrong() {
		let (folder, path) = keystore();
		let error = WorkerKeys::open(&path, "guess").expect_err("a wrong password");
		assert!(matches!(error, KeyError::Wallet(WalletError::WrongPassword { .. })), "{error}");
		let error = WorkerKeys::open(folder.path(), "secret").expect_err("a folder");
		assert!(matches!(error, KeyError::Path { .. }), "{error}");
	}

	#[cfg(unix)]
	#[test]
	fn read_password_should_refuse_when_others_may_read_it() {
		use std::os::unix::fs::PermissionsExt;
		let folder = tempfile::tempdir().expect("a temporary directory");
		let path = folder.path().join("password");
		fs::write(&path, "secret\n").expect("writable");
		fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("ours");
		let error = read_password(&path).expect_err("exposed");
		assert!(matches!(error, KeyError::Exposed { .. }), "{error}");
		fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("ours");
		assert_eq!(*read_password(&path).expect("private"), "secret");
		for text in ["", "\n", "two\nlines\n", &"x".repeat(1025)] {
			fs::write(&path, text).expect("writable");
			assert!(matches!(read_password(&path), Err(KeyError::Password { .. })), "{text:?}");
		}
	}
}
