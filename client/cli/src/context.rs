//! What commands share: where things are, how to ask, how to answer.

use crate::{error::CliError, options::GlobalOptions};
use aitbc_client::{
	account::parse_address,
	chain::{Chain, ChainOptions},
	wallet::{Keypair, Keystore},
};
use aitbc_data::FolderStore;
use aitbc_primitives::{AccountId, Hash};
use std::{
	env, fs,
	io::{self, BufRead, IsTerminal, Read, Write},
	path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Longest password, bytes.
const MAX_PASSWORD_BYTES: u64 = 4096;
/// Names the variable that may hold the password.
const PASSWORD_VARIABLE: &str = "AITBC_PASSWORD";

/// Where things are and how to answer.
pub struct Context {
	options: GlobalOptions,
	keystore: Keystore,
}

impl Context {
	/// Finds the folders.
	pub fn new(options: GlobalOptions) -> Result<Self, CliError> {
		let folder = match &options.wallet_dir {
			Some(folder) => folder.clone(),
			None => home()?.join("wallets"),
		};
		Ok(Self { options, keystore: Keystore::new(folder) })
	}

	/// The user's keys.
	pub fn keystore(&self) -> &Keystore {
		&self.keystore
	}

	/// Whether to write JSON.
	pub fn json(&self) -> bool {
		self.options.json
	}

	/// The store of job data.
	pub fn store(&self) -> Result<FolderStore, CliError> {
		let folder = match &self.options.data {
			Some(folder) => folder.clone(),
			None => home()?.join("data"),
		};
		Ok(FolderStore::open(folder)?)
	}

	/// A connection to the node.
	pub async fn chain(&self) -> Result<Chain, CliError> {
		let mut options = ChainOptions::default();
		if let Some(genesis) = &self.options.chain_genesis {
			options.expected_genesis = Some(parse_hash(genesis)?);
		}
		Ok(Chain::connect(&self.options.url, options).await?)
	}

	/// The key of a wallet, after asking for its password.
	pub fn unlock(&self, name: &str) -> Result<Keypair, CliError> {
		// A wallet that is not there should be told before a password is asked for.
		self.keystore.get(name)?;
		let password = self.password(&format!("Password of \"{name}\": "))?;
		Ok(self.keystore.unlock(name, &password)?)
	}

	/// The key of a wallet whose password is the first line of a file.
	pub fn unlock_with(&self, name: &str, password_file: &Path) -> Result<Keypair, CliError> {
		self.keystore.get(name)?;
		Ok(self.keystore.unlock(name, &read_password(password_file)?)?)
	}

	/// An account given as the name of a wallet or as an address.
	pub fn account(&self, text: &str) -> Result<AccountId, CliError> {
		match self.keystore.get(text) {
			Ok(wallet) => Ok(wallet.account),
			Err(error) => parse_address(text).map_err(|_| {
				CliError::usage(format!("\"{text}\" is neither a wallet nor an address: {error}"))
			}),
		}
	}

	/// An existing password.
	pub fn password(&self, prompt: &str) -> Result<Zeroizing<String>, CliError> {
		match self.given_password()? {
			Some(password) => Ok(password),
			None => ask_password(prompt),
		}
	}

	/// A new password, asked for twice.
	pub fn new_password(&self, name: &str) -> Result<Zeroizing<String>, CliError> {
		if let Some(password) = self.given_password()? {
			return Ok(password);
		}
		let first = ask_password(&format!("New password for \"{name}\": "))?;
		let second = ask_password("Again: ")?;
		if *first == *second {
			Ok(first)
		} else {
			Err(CliError::failed("the two passwords differ; nothing was stored"))
		}
	}

	fn given_password(&self) -> Result<Option<Zeroizing<String>>, CliError> {
		if let Some(path) = &self.options.password_file {
			return read_password(path).map(Some);
		}
		match env::var(PASSWORD_VARIABLE) {
			Ok(password) => Ok(Some(Zeroizing::new(password))),
			Err(env::VarError::NotPresent) => Ok(None),
			Err(env::VarError::NotUnicode(_)) => {
				Err(CliError::usage(format!("{PASSWORD_VARIABLE} is not valid text")))
			}
		}
	}

	/// Asks before money moves, unless `--yes` was given.
	pub fn confirm(&self, question: &str) -> Result<(), CliError> {
		if self.options.yes {
			return Ok(());
		}
		if !io::stdin().is_terminal() {
			let advice = "there is no terminal to confirm on; add --yes to go on without asking";
			return Err(CliError::usage(format!("{question}: {advice}")));
		}
		eprint!("{question}. Go on? [y/N] ");
		let _ = io::stderr().flush();
		let mut answer = String::new();
		io::stdin()
			.lock()
			.take(16)
			.read_line(&mut answer)
			.map_err(|error| CliError::failed(format!("cannot read the answer: {error}")))?;
		if matches!(answer.trim(), "y" | "Y" | "yes") { Ok(()) } else { Err(CliError::Declined) }
	}

	/// Writes the result: `value` with `--json`, else `text`.
	pub fn answer(&self, value: &serde_json::Value, text: &str) {
		let line = if self.options.json { value.to_string() } else { text.to_string() };
		// A closed pipe is the reader's choice, not a failure.
		let _ = writeln!(io::stdout(), "{line}");
	}

	/// Tells about long work on standard error; silent with `--json`.
	pub fn progress(&self, line: &str) {
		if !self.options.json {
			eprintln!("{line}");
		}
	}
}

fn read_password(path: &Path) -> Result<Zeroizing<String>, CliError> {
	let text = Zeroizing::new(read_text(path, MAX_PASSWORD_BYTES)?);
	Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_string()))
}

fn ask_password(prompt: &str) -> Result<Zeroizing<String>, CliError> {
	if !io::stdin().is_terminal() {
		let ways = format!("use --password-file or {PASSWORD_VARIABLE}");
		return Err(CliError::usage(format!(
			"a password is needed and there is no terminal; {ways}"
		)));
	}
	rpassword::prompt_password(prompt)
		.map(Zeroizing::new)
		.map_err(|error| CliError::failed(format!("cannot read the password: {error}")))
}

/// The folder where everything is kept unless options say otherwise.
fn home() -> Result<PathBuf, CliError> {
	let variable =
		|name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
	variable("XDG_DATA_HOME")
		.or_else(|| variable("HOME").map(|home| home.join(".local").join("share")))
		.or_else(|| variable("APPDATA"))
		.map(|folder| folder.join("aitbc"))
		.ok_or_else(|| {
			CliError::usage(
				"there is no home folder (HOME is not set); use --wallet-dir and --data",
			)
		})
}

/// Reads 32 bytes of hexadecimal.
pub fn parse_hash(text: &str) -> Result<Hash, CliError> {
	let mut bytes = [0; 32];
	hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut bytes)
		.map(|()| Hash::from(bytes))
		.map_err(|error| {
			let shown: String = text.chars().take(80).collect();
			CliError::usage(format!("\"{shown}\" is not a hash of 64 hexadecimal digits: {error}"))
		})
}

/// Reads a file that has at most `max_bytes`.
pub fn read_file(path: &Path, max_bytes: u64) -> Result<Vec<u8>, CliError> {
	let failed =
		|error: io::Error| CliError::failed(format!("cannot read {}: {error}", path.display()));
	let file = fs::File::open(path).map_err(failed)?;
	let mut bytes = Vec::new();
	file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
	if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > max_bytes {
		let path = path.display();
		return Err(CliError::failed(format!(
			"{path} is too large; at most {max_bytes} bytes are taken here"
		)));
	}
	Ok(bytes)
}

/// Reads a text that has at most `max_bytes`.
pub fn read_text(path: &Path, max_bytes: u64) -> Result<String, CliError> {
	String::from_utf8(read_file(path, max_bytes)?)
		.map_err(|_| CliError::failed(format!("{} is not a UTF-8 text", path.display())))
}

/// Writes a result file, whole or not at all.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
	let failed =
		|error: io::Error| CliError::failed(format!("cannot write {}: {error}", path.display()));
	let folder = match path.parent() {
		Some(folder) if !folder.as_os_str().is_empty() => folder,
		_ => Path::new("."),
	};
	let mut draft = tempfile::Builder::new();
	#[cfg(unix)]
	{
		use std::os::unix::fs::PermissionsExt;
		draft.permissions(fs::Permissions::from_mode(0o644));
	}
	let mut draft = draft.tempfile_in(folder).map_err(failed)?;
	draft.write_all(bytes).map_err(failed)?;
	draft.persist(path).map_err(|error| failed(error.error))?;
	Ok(())
}
