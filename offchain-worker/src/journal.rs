//! The crash journal: what must survive a kill -9 so that no work is doubled and no lease is ever
//! given two different answers.
//!
//! One file per lease, replaced atomically (temporary file, fsync, rename, fsync of the directory).
//! A file is `magic ‖ blake2b-256(body) ‖ body`, body = SCALE of the lease's key and its record.
//! What was *sent* is not recorded: whether a commitment or receipt has arrived is the chain's to
//! say, and sending the same answer again is harmless. A file that does not check is moved to
//! `quarantine/` and its lease is left alone for good, because an answer may already have been sent.

use crate::{
	lease::{Answer, LeaseKey},
	state_dir::{TEMPORARY_PREFIX, sync_directory, write_atomically},
};
use aitbc_compute_core::merkle::blake2b_256;
use aitbc_primitives::{BlockNumber, JobId};
use codec::{DecodeAll, Encode};
use std::{
	collections::BTreeMap,
	fs, io,
	io::Read,
	path::{Path, PathBuf},
};

/// Names the format; another format gets another name.
const MAGIC: &[u8; 8] = b"AITBCJ\x00\x01";
const CHECKSUM_BYTES: usize = 32;
/// Largest file that is read, bytes. A record with a full inline output has less than 2 KiB.
const MAX_FILE_BYTES: u64 = 16 * 1024;
const EXTENSION: &str = ".lease";
/// Copies of one lease's corrupt record that are kept apart.
const MAX_QUARANTINE_COPIES: u32 = 1_000;

/// What is known of one lease.
#[derive(Clone, Debug, PartialEq, Eq, Encode, codec::Decode)]
pub enum Record {
	/// The engine was started. Nothing has been signed.
	#[codec(index = 0)]
	Started {
		/// How often, this time included.
		executions: u8,
		/// Best block when it was.
		at: BlockNumber,
	},
	/// The answer is signed and its output is durable: in the data store if the job is single, else in
	/// [`crate::outputs`] until reveals are open. Never changes again.
	#[codec(index = 1)]
	Executed(Box<Answer>),
}

/// Why a record cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Corruption {
	/// Larger than any record.
	#[error("it is too large")]
	TooLarge,
	/// Shorter than its header, or not begun like a record.
	#[error("it is no journal record of this format")]
	Header,
	/// The body is not what was written.
	#[error("its checksum does not match")]
	Checksum,
	/// The body does not decode.
	#[error("it does not decode")]
	Encoding,
	/// The body belongs to another lease than the file's name says.
	#[error("its name and its content are of different leases")]
	Name,
	/// The file's name is not that of a lease.
	#[error("its name is not that of a lease")]
	ForeignName,
	/// The operating system cannot read it.
	#[error("it cannot be read: {0}")]
	Unreadable(io::ErrorKind),
}

/// Why the journal could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
	/// The operating system refused.
	#[error("cannot {action} {}: {source}{}", path.display(), hint(source))]
	Io {
		/// What was tried.
		action: &'static str,
		/// With which file.
		path: PathBuf,
		/// The reason.
		source: io::Error,
	},
	/// The lease has its answer, and it is not this one.
	#[error("the journal already holds another answer to {key}; the second one is discarded")]
	AlreadyAnswered {
		/// The lease.
		key: LeaseKey,
	},
	/// The record in place is corrupt.
	#[error("the journal record {} cannot be used: {corruption}", path.display())]
	Corrupt {
		/// The file.
		path: PathBuf,
		/// What is wrong with it.
		corruption: Corruption,
	},
}

impl JournalError {
	/// Whether the same call may succeed later, when a person or time has made room.
	pub fn is_retryable(&self) -> bool {
		matches!(self, JournalError::Io { .. })
	}
}

/// What a person can do about it.
pub(crate) fn hint(source: &io::Error) -> &'static str {
	match source.kind() {
		io::ErrorKind::StorageFull => "; free some space, the worker tries again",
		io::ErrorKind::PermissionDenied => "; the worker's user must own its state directory",
		_ => "",
	}
}

/// A record that was moved out of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
	/// Whose it was, if its name told.
	pub key: Option<LeaseKey>,
	/// Where it lies now.
	pub path: PathBuf,
	/// What was wrong; `None` if an earlier run moved it.
	pub corruption: Option<Corruption>,
}

/// What a directory held when it was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
	/// The usable records.
	pub records: BTreeMap<LeaseKey, Record>,
	/// The others, those of earlier runs included.
	pub quarantined: Vec<Quarantined>,
}

/// The journal's directory. Holds no state of its own; every method is a few blocking system calls.
#[derive(Clone, Debug)]
pub struct Journal {
	directory: PathBuf,
	quarantine: PathBuf,
}

impl Journal {
	/// Opens the journal in `directory`, made if missing, and reads it. Corrupt records are moved to
	/// its `quarantine/`; left-over temporary files are removed.
	pub fn open(directory: &Path) -> Result<(Self, Loaded), JournalError> {
		let quarantine = directory.join("quarantine");
		fs::create_dir_all(&quarantine).map_err(failed("create", &quarantine))?;
		let journal = Self { directory: directory.to_owned(), quarantine };
		let mut loaded = journal.load_quarantine()?;
		for file in journal.files(&journal.directory)? {
			if file.name.starts_with(TEMPORARY_PREFIX) {
				fs::remove_file(&file.path).map_err(failed("remove", &file.path))?;
				continue;
			}
			let key = parse_name(&file.name);
			match key.ok_or(Corruption::ForeignName).and_then(|key| read(&file.path, key)) {
				Ok((key, record)) => {
					loaded.records.insert(key, record);
				}
				Err(corruption) => {
					let path = journal.set_aside(&file)?;
					let corruption = Some(corruption);
					loaded.quarantined.push(Quarantined { key, path, corruption });
				}
			}
		}
		Ok((journal, loaded))
	}

	/// Writes that the engine is about to run, for the `executions`-th time.
	pub fn started(
		&self,
		key: LeaseKey,
		executions: u8,
		at: BlockNumber,
	) -> Result<(), JournalError> {
		self.write(key, &Record::Started { executions, at })
	}

	/// Writes the answer. It is durable when this returns, and the only one the lease will ever have.
	pub fn executed(&self, key: LeaseKey, answer: &Answer) -> Result<(), JournalError> {
		self.write(key, &Record::Executed(Box::new(answer.clone())))
	}

	/// The answer to a lease, if there is one.
	pub fn answer(&self, key: LeaseKey) -> Result<Option<Answer>, JournalError> {
		Ok(match self.current(key)? {
			Some(Record::Executed(answer)) => Some(*answer),
			Some(Record::Started { .. }) | None => None,
		})
	}

	/// Removes what is known of a lease. No error if there is nothing.
	pub fn forget(&self, key: LeaseKey) -> Result<(), JournalError> {
		let path = self.path(key);
		match fs::remove_file(&path) {
			Err(error) if error.kind() != io::ErrorKind::NotFound => {
				Err(failed("remove", &path)(error))
			}
			_ => Ok(()),
		}
	}

	/// Removes a record that says only that the engine was started: it was stopped on purpose.
	pub fn withdraw_start(&self, key: LeaseKey) -> Result<(), JournalError> {
		match self.current(key)? {
			Some(Record::Started { .. }) => self.forget(key),
			_ => Ok(()),
		}
	}

	fn write(&self, key: LeaseKey, record: &Record) -> Result<(), JournalError> {
		match self.current(key)? {
			Some(current) if current == *record => return Ok(()),
			Some(Record::Executed(_)) => return Err(JournalError::AlreadyAnswered { key }),
			_ => {}
		}
		let path = self.path(key);
		write_atomically(&path, &encode(key, record)).map_err(failed("write", &path))
	}

	fn current(&self, key: LeaseKey) -> Result<Option<Record>, JournalError> {
		let path = self.path(key);
		if !path.try_exists().map_err(failed("read", &path))? {
			return Ok(None);
		}
		match read(&path, key) {
			Ok((_, record)) => Ok(Some(record)),
			Err(corruption) => Err(JournalError::Corrupt { path, corruption }),
		}
	}

	fn path(&self, key: LeaseKey) -> PathBuf {
		self.directory.join(format!("{}{EXTENSION}", name(key)))
	}

	fn load_quarantine(&self) -> Result<Loaded, JournalError> {
		let quarantined = self.files(&self.quarantine)?.into_iter().map(|file| Quarantined {
			key: file.name.split_once(EXTENSION).and_then(|(stem, _)| parse_stem(stem)),
			path: file.path,
			corruption: None,
		});
		Ok(Loaded { quarantined: quarantined.collect(), ..Loaded::default() })
	}

	fn files(&self, directory: &Path) -> Result<Vec<JournalFile>, JournalError> {
		let listed = failed("list", directory);
		let mut files = Vec::new();
		for entry in fs::read_dir(directory).map_err(&listed)? {
			let entry = entry.map_err(&listed)?;
			if entry.path() == self.quarantine {
				continue;
			}
			let name = entry.file_name().to_string_lossy().into_owned();
			files.push(JournalFile { path: entry.path(), name });
		}
		Ok(files)
	}

	fn set_aside(&self, file: &JournalFile) -> Result<PathBuf, JournalError> {
		let free = (0..MAX_QUARANTINE_COPIES)
			.map(|copy| self.quarantine.join(format!("{}.{copy}", file.name)))
			.find(|path| !path.exists());
		// With every number taken the last copy is replaced: the newest says most.
		let target = free.unwrap_or_else(|| self.quarantine.join(format!("{}.last", file.name)));
		fs::rename(&file.path, &target).map_err(failed("set aside", &file.path))?;
		sync_directory(&self.quarantine).map_err(failed("write", &self.quarantine))?;
		Ok(target)
	}
}

struct JournalFile {
	path: PathBuf,
	name: String,
}

fn failed<'a>(
	action: &'static str,
	path: &'a Path,
) -> impl Fn(io::Error) -> JournalError + 'a + use<'a> {
	move |source| JournalError::Io { action, path: path.to_owned(), source }
}

/// What files about a lease are called, their extension apart.
pub(crate) fn name(key: LeaseKey) -> String {
	format!("{:020}-{:03}-{:03}", key.job.0, key.replica, key.attempt)
}

fn parse_name(file: &str) -> Option<LeaseKey> {
	parse_stem(file.strip_suffix(EXTENSION)?)
}

/// The lease whose [`name`] is `stem`.
pub(crate) fn parse_stem(stem: &str) -> Option<LeaseKey> {
	let mut parts = stem.split('-');
	let job = JobId(parts.next()?.parse().ok()?);
	let replica = parts.next()?.parse().ok()?;
	let attempt = parts.next()?.parse().ok()?;
	let key = LeaseKey { job, replica, attempt };
	// Only the one spelling of a key is its name.
	(name(key) == stem).then_some(key)
}

fn encode(key: LeaseKey, record: &Record) -> Vec<u8> {
	let body = (key, record).encode();
	let mut bytes = MAGIC.to_vec();
	bytes.extend_from_slice(&blake2b_256(&body));
	bytes.extend_from_slice(&body);
	bytes
}

fn read(path: &Path, expected: LeaseKey) -> Result<(LeaseKey, Record), Corruption> {
	let unreadable = |error: io::Error| Corruption::Unreadable(error.kind());
	if !fs::symlink_metadata(path).map_err(unreadable)?.is_file() {
		return Err(Corruption::Header);
	}
	let mut bytes = Vec::new();
	let file = fs::File::open(path).map_err(unreadable)?;
	file.take(MAX_FILE_BYTES.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
	if bytes.len() as u64 > MAX_FILE_BYTES {
		return Err(Corruption::TooLarge);
	}
	let (key, record) = decode(&bytes)?;
	if key == expected { Ok((key, record)) } else { Err(Corruption::Name) }
}

fn decode(bytes: &[u8]) -> Result<(LeaseKey, Record), Corruption> {
	let rest = bytes.strip_prefix(MAGIC).ok_or(Corruption::Header)?;
	let (checksum, body) = rest.split_at_checked(CHECKSUM_BYTES).ok_or(Corruption::Header)?;
	if blake2b_256(body) != checksum {
		return Err(Corruption::Checksum);
	}
	DecodeAll::decode_all(&mut &body[..]).map_err(|_| Corruption::Encoding)
}

#[cfg(test)]
mod tests;
