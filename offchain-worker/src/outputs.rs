//! Outputs that must not be seen yet: those of replicated jobs, until reveals are open.
//!
//! Whoever shares the data store can read what lies in it. A replica that did no work could copy an
//! output from there and commit to it; a client could take the output and let the job go without
//! paying. So a worker keeps the bytes to itself when it commits, and puts them into the store when
//! every replica is bound to its own answer, before it reveals.
//!
//! One file per lease, replaced atomically and readable by its owner only: the bytes and nothing else,
//! for their name stands in the receipt. It is written before the answer is journalled and removed
//! before the journal forgets the lease; a file without an answer in the journal, which a crash can
//! leave, is removed when the directory is opened. So there are at most as many as open leases, each of
//! at most [`MAX_DATA_BYTES`]. An output that travels in the receipt has none: the journal holds it.

use crate::{
	journal::{self, Loaded, Record},
	lease::{Answer, LeaseKey},
	state_dir::{TEMPORARY_PREFIX, create_private, sync_directory, write_atomically},
};
use aitbc_data::{DataError, DataStore, cid_to_string};
use aitbc_primitives::{Cid, MAX_DATA_BYTES};
use std::{
	fs, io,
	io::Read,
	path::{Path, PathBuf},
};

const EXTENSION: &str = ".output";

/// Why an output could not be kept or stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
	/// The operating system refused.
	#[error("cannot {action} the private output {}: {source}{}", path.display(), journal::hint(source))]
	Io {
		/// What was tried.
		action: &'static str,
		/// With which file.
		path: PathBuf,
		/// The reason.
		source: io::Error,
	},
	/// The file is gone.
	#[error("the private output {} is gone, and nobody else has stored {cid}", path.display())]
	Missing {
		/// The file.
		path: PathBuf,
		/// Name of the output.
		cid: String,
	},
	/// The file is not what was written.
	#[error("the private output {} is damaged, and nobody else has stored {cid}", path.display())]
	Corrupt {
		/// The file.
		path: PathBuf,
		/// Name of the output.
		cid: String,
	},
	/// The data store refused.
	#[error("cannot store the output: {0}")]
	Store(#[from] DataError),
}

/// The directory of private outputs. Holds no state of its own; every method is a few blocking system
/// calls.
#[derive(Clone, Debug)]
pub struct Outputs {
	directory: PathBuf,
}

impl Outputs {
	/// Opens `directory`, made if missing, and removes the outputs that no answer of the journal is
	/// about.
	pub fn open(directory: &Path, journal: &Loaded) -> Result<Self, OutputError> {
		create_private(directory).map_err(failed("create", directory))?;
		let listed = failed("list", directory);
		for entry in fs::read_dir(directory).map_err(&listed)? {
			let entry = entry.map_err(&listed)?;
			let name = entry.file_name().to_string_lossy().into_owned();
			let key = name.strip_suffix(EXTENSION).and_then(journal::parse_stem);
			let is_useless = match key.map(|key| journal.records.get(&key)) {
				Some(Some(Record::Executed(_))) => false,
				Some(_) => true,
				None => name.starts_with(TEMPORARY_PREFIX),
			};
			if is_useless {
				let path = entry.path();
				fs::remove_file(&path).map_err(failed("remove", &path))?;
			}
		}
		Ok(Self { directory: directory.to_owned() })
	}

	/// Keeps the output of a lease, in the place of an earlier one. It is durable when this returns.
	pub fn keep(&self, key: LeaseKey, output: &[u8]) -> Result<(), OutputError> {
		let path = self.path(key);
		write_atomically(&path, output).map_err(failed("write", &path))
	}

	/// Puts the output of `answer` into `store`, if it has one. Only for an answer that others may see by now.
	///
	/// # Errors
	/// [`OutputError`]. The same call may succeed later: the store may have been short of something, or
	/// another replica's worker may store the same output.
	pub fn publish(
		&self,
		key: LeaseKey,
		answer: &Answer,
		store: &dyn DataStore,
	) -> Result<(), OutputError> {
		let Some(output) = answer.output() else { return Ok(()) };
		let lost = match answer.inline() {
			Some(inline) => return Ok(store.put(inline).map(drop)?),
			None => match self.read(key, output) {
				Ok(bytes) => return Ok(store.put(&bytes).map(drop)?),
				Err(lost) => lost,
			},
		};
		// It may be there all the same: another replica stored it, or an earlier version of this
		// program, which stored every output before it journalled the answer.
		match store.get(output, u64::from(MAX_DATA_BYTES)) {
			Ok(_) => Ok(()),
			Err(DataError::Missing { .. }) => Err(lost),
			Err(error) => Err(error.into()),
		}
	}

	/// Removes the output of a lease. No error if there is none.
	pub fn discard(&self, key: LeaseKey) -> Result<(), OutputError> {
		let path = self.path(key);
		match fs::remove_file(&path) {
			Ok(()) => sync_directory(&self.directory).map_err(failed("remove", &path)),
			Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
			Err(error) => Err(failed("remove", &path)(error)),
		}
	}

	fn read(&self, key: LeaseKey, name: &Cid) -> Result<Vec<u8>, OutputError> {
		let path = self.path(key);
		let cid = || cid_to_string(name);
		let file = match fs::File::open(&path) {
			Ok(file) => file,
			Err(error) if error.kind() == io::ErrorKind::NotFound => {
				return Err(OutputError::Missing { cid: cid(), path });
			}
			Err(error) => return Err(failed("read", &path)(error)),
		};
		let mut bytes = Vec::new();
		file.take(u64::from(MAX_DATA_BYTES).saturating_add(1))
			.read_to_end(&mut bytes)
			.map_err(failed("read", &path))?;
		if Cid::of_raw(&bytes) == *name {
			Ok(bytes)
		} else {
			Err(OutputError::Corrupt { cid: cid(), path })
		}
	}

	fn path(&self, key: LeaseKey) -> PathBuf {
		self.directory.join(format!("{}{EXTENSION}", journal::name(key)))
	}
}

fn failed<'a>(
	action: &'static str,
	path: &'a Path,
) -> impl Fn(io::Error) -> OutputError + 'a + use<'a> {
	move |source| OutputError::Io { action, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests;
