//! Blocks as files of a folder.

use crate::{DataError, DataStore, cid_to_string};
use aitbc_primitives::{Cid, MAX_DATA_BYTES};
use sha2::{Digest, Sha256};
use std::{
	fs::{self, File, OpenOptions},
	io::{self, Read, Write},
	path::{Path, PathBuf},
};

/// A content-addressed store in a folder that several processes may share.
///
/// The block with the CID `c` is the file `root/xx/c`, `xx` being the first byte of the digest in
/// hexadecimal and `c` the usual text. File names come from CIDs alone, so no path can leave the
/// folder. Blocks appear whole or not at all (written beside, synced, renamed), so that readers and
/// any number of writers need no lock; a process killed while writing leaves a `.tmp…` file at most.
#[derive(Clone, Debug)]
pub struct FolderStore {
	root: PathBuf,
}

impl FolderStore {
	/// Opens the store in `root`, which is created if it does not exist.
	///
	/// # Errors
	/// [`DataError::Io`] if the folder cannot be created or is something else.
	pub fn open(root: impl Into<PathBuf>) -> Result<Self, DataError> {
		let root = root.into();
		create_folder(&root)?;
		Ok(Self { root })
	}

	/// The folder.
	pub fn root(&self) -> &Path {
		&self.root
	}

	/// Where the block lies, or would.
	pub fn path_of(&self, cid: &Cid) -> PathBuf {
		let [first, ..] = cid.digest;
		self.root.join(format!("{first:02x}")).join(cid_to_string(cid))
	}

	/// Opens the file of a block; `None` if there is none.
	fn open_block(&self, cid: &Cid) -> Result<Option<(File, u64, PathBuf)>, DataError> {
		let path = self.path_of(cid);
		let file = match open_without_following(&path) {
			Ok(file) => file,
			Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
			Err(error) => {
				// A link, or something that cannot be opened as a file, is in the way.
				return match fs::symlink_metadata(&path) {
					Ok(found) if !found.is_file() => {
						Err(DataError::NotAFile { cid: cid_to_string(cid), path })
					}
					_ => Err(DataError::Io { doing: "open", path, source: error }),
				};
			}
		};
		let found = file.metadata().map_err(|source| DataError::Io {
			doing: "inspect",
			path: path.clone(),
			source,
		})?;
		if !found.is_file() {
			return Err(DataError::NotAFile { cid: cid_to_string(cid), path });
		}
		Ok(Some((file, found.len(), path)))
	}

	/// Whether the block is there and whole.
	fn holds_whole(&self, cid: &Cid, bytes: &[u8]) -> Result<bool, DataError> {
		match self.get(cid, u64::try_from(bytes.len()).unwrap_or(u64::MAX)) {
			Ok(found) => Ok(found == bytes),
			Err(
				DataError::Missing { .. } | DataError::Corrupt { .. } | DataError::TooLarge { .. },
			) => Ok(false),
			Err(error) => Err(error),
		}
	}
}

impl DataStore for FolderStore {
	fn put(&self, bytes: &[u8]) -> Result<Cid, DataError> {
		let cid = Cid::of_raw(bytes);
		let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
		let max_bytes = u64::from(MAX_DATA_BYTES);
		if size > max_bytes {
			return Err(DataError::TooLarge { cid: cid_to_string(&cid), bytes: size, max_bytes });
		}
		if self.holds_whole(&cid, bytes)? {
			return Ok(cid);
		}
		let path = self.path_of(&cid);
		let folder = path.parent().unwrap_or(&self.root);
		create_folder(folder)?;
		write_atomically(folder, &path, bytes)?;
		Ok(cid)
	}

	fn get(&self, cid: &Cid, max_bytes: u64) -> Result<Vec<u8>, DataError> {
		let name = || cid_to_string(cid);
		let Some((file, size, path)) = self.open_block(cid)? else {
			let place = self.root.display().to_string();
			return Err(DataError::Missing { cid: name(), place });
		};
		if size > max_bytes {
			return Err(DataError::TooLarge { cid: name(), bytes: size, max_bytes });
		}
		let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
		// The file may grow while it is read; never read more than was allowed.
		file.take(max_bytes.saturating_add(1))
			.read_to_end(&mut bytes)
			.map_err(|source| DataError::Io { doing: "read", path: path.clone(), source })?;
		if Sha256::digest(&bytes).as_slice() != cid.digest {
			return Err(DataError::Corrupt { cid: name(), path });
		}
		Ok(bytes)
	}

	fn contains(&self, cid: &Cid) -> Result<bool, DataError> {
		self.open_block(cid).map(|found| found.is_some())
	}
}

fn create_folder(path: &Path) -> Result<(), DataError> {
	fs::create_dir_all(path).map_err(|source| DataError::Io {
		doing: "create the folder",
		path: path.to_path_buf(),
		source,
	})
}

/// Opens for reading; fails on a symbolic link, and does not hang on a pipe.
#[cfg(unix)]
fn open_without_following(path: &Path) -> io::Result<File> {
	use std::os::unix::fs::OpenOptionsExt;
	let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC;
	OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Opens for reading; fails on a symbolic link.
#[cfg(not(unix))]
fn open_without_following(path: &Path) -> io::Result<File> {
	if fs::symlink_metadata(path)?.is_symlink() {
		return Err(io::Error::other("is a symbolic link"));
	}
	OpenOptions::new().read(true).open(path)
}

/// Writes beside `path`, syncs, renames over it. Replaces a damaged block of the same name.
fn write_atomically(folder: &Path, path: &Path, bytes: &[u8]) -> Result<(), DataError> {
	let failed = |doing: &'static str| {
		let path = path.to_path_buf();
		move |source: io::Error| DataError::Io { doing, path, source }
	};
	let mut builder = tempfile::Builder::new();
	builder.prefix(".tmp");
	#[cfg(unix)]
	{
		use std::os::unix::fs::PermissionsExt;
		// Job data is shared between the users that run client and miners.
		builder.permissions(fs::Permissions::from_mode(0o644));
	}
	let mut file = builder.tempfile_in(folder).map_err(failed("create a file beside"))?;
	file.write_all(bytes).map_err(failed("write"))?;
	file.as_file().sync_all().map_err(failed("sync"))?;
	file.persist(path).map_err(|error| failed("move into place")(error.error))?;
	// The name is durable once its folder is; systems that cannot sync folders do so on their own.
	if let Ok(folder) = File::open(folder) {
		let _ = folder.sync_all();
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn store() -> (tempfile::TempDir, FolderStore) {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let store = FolderStore::open(folder.path().join("data")).expect("opens");
		(folder, store)
	}

	#[test]
	fn get_should_return_what_put_stored() {
		let (_folder, store) = store();
		for bytes in [&b""[..], b"x", &[7; 100_000]] {
			let cid = store.put(bytes).expect("stores");
			assert_eq!(cid, Cid::of_raw(bytes));
			assert!(store.contains(&cid).expect("looks"));
			assert_eq!(store.get(&cid, 100_000).expect("reads"), bytes);
			// Again: the same name, no error.
			assert_eq!(store.put(bytes).expect("stores again"), cid);
		}
	}

	#[test]
	fn get_should_fail_when_missing() {
		let (_folder, store) = store();
		let cid = Cid::of_raw(b"nobody has this");
		assert!(!store.contains(&cid).expect("looks"));
		let error = store.get(&cid, 10).expect_err("missing");
		assert!(matches!(error, DataError::Missing { .. }));
		assert!(error.is_retryable());
		assert!(error.to_string().contains(&cid_to_string(&cid)), "{error}");
	}

	#[test]
	fn get_should_fail_and_put_should_repair_when_corrupt() {
		let (_folder, store) = store();
		let cid = store.put(b"some bytes").expect("stores");
		let path = store.path_of(&cid);
		for damaged in [&b"some bytez"[..], b"some byte", b"", b"some bytes and more"] {
			fs::write(&path, damaged).expect("damages");
			let error = store.get(&cid, 1000).expect_err("corrupt");
			assert!(matches!(error, DataError::Corrupt { .. }), "{error}");
			assert!(error.to_string().contains(&path.display().to_string()), "{error}");
		}
		store.put(b"some bytes").expect("stores again");
		assert_eq!(store.get(&cid, 10).expect("whole again"), b"some bytes");
	}

	#[test]
	fn get_should_fail_before_reading_when_larger_than_allowed() {
		let (_folder, store) = store();
		let cid = store.put(&[1; 11]).expect("stores");
		assert_eq!(store.get(&cid, 11).expect("fits").len(), 11);
		let error = store.get(&cid, 10).expect_err("too large");
		assert!(matches!(error, DataError::TooLarge { bytes: 11, max_bytes: 10, .. }), "{error}");
	}

	#[test]
	fn put_should_fail_when_larger_than_any_data() {
		let (_folder, store) = store();
		let bytes = vec![0; MAX_DATA_BYTES as usize + 1];
		let error = store.put(&bytes).expect_err("too large");
		assert!(matches!(error, DataError::TooLarge { .. }), "{error}");
		assert_eq!(fs::read_dir(store.root()).expect("lists").count(), 0);
	}

	#[cfg(unix)]
	#[test]
	fn get_should_fail_when_the_block_is_a_link_or_folder() {
		let (folder, store) = store();
		let cid = Cid::of_raw(b"secret");
		let secret = folder.path().join("secret");
		fs::write(&secret, b"secret").expect("writes");
		let path = store.path_of(&cid);
		fs::create_dir_all(path.parent().expect("has one")).expect("creates");
		std::os::unix::fs::symlink(&secret, &path).expect("links");
		assert!(matches!(store.get(&cid, 100), Err(DataError::NotAFile { .. })));
		fs::remove_file(&path).expect("removes");
		fs::create_dir(&path).expect("creates");
		assert!(matches!(store.get(&cid, 100), Err(DataError::NotAFile { .. })));
	}

	#[test]
	fn put_should_leave_whole_blocks_when_many_write_at_once() {
		let (_folder, store) = store();
		let blobs: Vec<Vec<u8>> = (0..4u8).map(|i| vec![i; 50_000]).collect();
		std::thread::scope(|scope| {
			for _ in 0..8 {
				scope.spawn(|| {
					for blob in &blobs {
						let cid = store.put(blob).expect("stores");
						assert_eq!(&store.get(&cid, 50_000).expect("reads"), blob);
					}
				});
			}
		});
		let leftovers = walk(store.root()).filter(|name| name.starts_with(".tmp")).count();
		assert_eq!(leftovers, 0);
	}

	fn walk(root: &Path) -> impl Iterator<Item = String> {
		let folders = fs::read_dir(root).expect("lists").map(|entry| entry.expect("entry").path());
		folders
			.flat_map(|folder| fs::read_dir(folder).expect("lists"))
			.map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(32))]
		#[test]
		fn one_flipped_bit_should_be_noticed(
			bytes in proptest::collection::vec(any::<u8>(), 1..300),
			position: prop::sample::Index,
			bit in 0..8u8,
		) {
			let (_folder, store) = store();
			let cid = store.put(&bytes).expect("stores");
			let mut damaged = bytes.clone();
			damaged[position.index(bytes.len())] ^= 1 << bit;
			fs::write(store.path_of(&cid), &damaged).expect("damages");
			let noticed = matches!(store.get(&cid, 300), Err(DataError::Corrupt { .. }));
			prop_assert!(noticed);
		}
	}
}
