//! Content-addressed job data: programs, inputs, outputs.
//!
//! Data is raw bytes named by a CIDv1 (sha2-256). The chain knows names only; bytes travel beside
//! it, through something that implements [`DataStore`]. This version has one implementation, a
//! folder that client and miners share; a network exchange will be another.
//!
//! Whoever reads gets bytes that hash to the name asked for, or an error. Nobody need trust the
//! store.
//!
//! ```
//! use aitbc_data::{DataStore, FolderStore, cid_to_string, parse_cid};
//! # let folder = tempfile::tempdir()?;
//! let store = FolderStore::open(folder.path())?;
//! let cid = store.put(b"hello")?;
//! assert!(cid_to_string(&cid).starts_with("bafkrei"));
//! assert_eq!(store.get(&parse_cid(&cid_to_string(&cid))?, 1024)?, b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cid_text;
mod error;
mod folder;

pub use cid_text::{cid_to_string, parse_cid};
pub use error::{CidError, DataError};
pub use folder::FolderStore;

use aitbc_primitives::Cid;

/// Where job data is kept. Calls block; run them off an async executor.
pub trait DataStore: Send + Sync {
	/// Stores bytes and returns their name. Storing the same bytes again changes nothing, except that
	/// it repairs a damaged copy.
	///
	/// # Errors
	/// [`DataError::TooLarge`] above [`aitbc_primitives::MAX_DATA_BYTES`]; [`DataError::Io`].
	fn put(&self, bytes: &[u8]) -> Result<Cid, DataError>;

	/// The bytes of that name, checked against it. Nothing is read if there are more than `max_bytes`.
	///
	/// # Errors
	/// [`DataError::Missing`], [`DataError::Corrupt`], [`DataError::TooLarge`], [`DataError::Io`].
	fn get(&self, cid: &Cid, max_bytes: u64) -> Result<Vec<u8>, DataError>;

	/// Whether something is stored under that name. It may still turn out to be corrupt.
	///
	/// # Errors
	/// [`DataError::Io`].
	fn contains(&self, cid: &Cid) -> Result<bool, DataError>;
}
