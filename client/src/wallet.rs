//! Keys at rest.
//!
//! A keystore is a folder with one JSON file per key, in the format in which polkadot-js exports
//! accounts (version 3: scrypt, XSalsa20-Poly1305), so that any wallet of the ecosystem can read
//! it. Files are readable by their owner only, appear whole, and are never overwritten. What is
//! stored is the expanded secret key; the words it came from are shown once, at creation.

use crate::account::{address, parse_address};
use aitbc_primitives::AccountId;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use crypto_secretbox::{
	KeyInit, XSalsa20Poly1305,
	aead::{Aead, generic_array::GenericArray},
};
use rand::{RngCore, rngs::OsRng};
use schnorrkel::{
	ExpansionMode, MiniSecretKey, SecretKey,
	derive::{ChainCode, Derivation},
};
use serde::{Deserialize, Serialize};
use std::{
	fs,
	io::{self, Read, Write},
	path::{Path, PathBuf},
	str::FromStr,
};
use subxt_signer::{DeriveJunction, ExposeSecret, SecretUri, bip39::Mnemonic, polkadot_js_compat};
use zeroize::Zeroizing;

/// A key that can sign.
pub use subxt_signer::sr25519::Keypair;

/// Longest name of a key, characters.
pub const MAX_NAME_CHARS: usize = 64;
/// Largest key file that is read, bytes.
const MAX_FILE_BYTES: u64 = 16 * 1024;
/// log2(N), r, p of scrypt: 32 MiB, three passes. One of the sets every reader of this format takes.
const SCRYPT: (u8, u32, u32) = (15, 8, 3);
const SALT_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// Salt, three 32-bit scrypt parameters, nonce.
const HEADER_BYTES: usize = SALT_BYTES + 12 + NONCE_BYTES;
/// The authenticator of XSalsa20-Poly1305.
const TAG_BYTES: usize = 16;
const PKCS8_HEADER: [u8; 16] = [48, 83, 2, 1, 1, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
const PKCS8_DIVIDER: [u8; 5] = [161, 35, 3, 33, 0];
/// Header, 64 bytes of secret key, divider, 32 bytes of public key.
const PLAIN_BYTES: usize = PKCS8_HEADER.len() + 64 + PKCS8_DIVIDER.len() + 32;
const SEALED_BYTES: usize = HEADER_BYTES + PLAIN_BYTES + TAG_BYTES;

/// Why a keystore refuses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalletError {
	/// A name that could be a path, or nothing.
	#[error(
		"\"{name}\" cannot name a wallet; use 1 to 64 letters, digits, - and _, a letter or digit first"
	)]
	Name {
		/// The name, cut if it is long.
		name: String,
	},
	/// There is one of that name.
	#[error("there is a wallet \"{name}\" already ({}); choose another name, or move that file away", path.display())]
	Exists {
		/// The name.
		name: String,
		/// Its file.
		path: PathBuf,
	},
	/// There is none of that name.
	#[error("there is no wallet \"{name}\" in {}; `aitbc wallet list` shows those there are", folder.display())]
	Unknown {
		/// The name.
		name: String,
		/// The keystore.
		folder: PathBuf,
	},
	/// Decryption fails: there is no telling which.
	#[error("the password for the wallet \"{name}\" is wrong, or its file was changed")]
	WrongPassword {
		/// The name.
		name: String,
	},
	/// Not a key file.
	#[error("{} is not a wallet file: {reason}; restore it from a copy, or import the phrase again", path.display())]
	Corrupt {
		/// The file.
		path: PathBuf,
		/// What is wrong.
		reason: String,
	},
	/// Others may read or change the file.
	#[error("{} may be read by other users (mode {mode:o}); run: chmod 600 {}", path.display(), path.display())]
	Exposed {
		/// The file.
		path: PathBuf,
		/// Its mode bits.
		mode: u32,
	},
	/// Not words, a seed, or a URI.
	#[error(
		"this is no secret phrase: {reason}; expected 12 to 24 English words of BIP-39, or 0x and 64 hexadecimal digits"
	)]
	Phrase {
		/// What is wrong. Never the phrase itself.
		reason: String,
	},
	/// No password at all.
	#[error("the password is empty; choose one, a wallet is never stored in the clear")]
	EmptyPassword,
	/// The cipher or the key derivation refused.
	#[error("cannot encrypt the wallet: {reason}")]
	Cipher {
		/// What it says.
		reason: String,
	},
	/// The file system refused.
	#[error("cannot {doing} {}: {source}", path.display())]
	Io {
		/// What was attempted.
		doing: &'static str,
		/// On which path.
		path: PathBuf,
		/// What the system says.
		source: io::Error,
	},
}

/// An sr25519 secret key, wiped from memory when dropped.
pub struct Secret(SecretKey);

impl Secret {
	/// A fresh key and the twelve words that bring it back.
	///
	/// # Errors
	/// [`WalletError::Phrase`] never happens with fresh entropy.
	pub fn generate() -> Result<(Self, Zeroizing<String>), WalletError> {
		let mut entropy = Zeroizing::new([0u8; 16]);
		OsRng.fill_bytes(&mut *entropy);
		let words = Mnemonic::from_entropy(&*entropy)
			.map_err(|error| WalletError::Phrase { reason: error.to_string() })?;
		let phrase = Zeroizing::new(words.to_string());
		Ok((Self::from_uri(&phrase)?, phrase))
	}

	/// The key of words, of a seed (`0x…`) or of either with a derivation path (`…//hard/soft`), as
	/// every Substrate tool derives it.
	///
	/// # Errors
	/// [`WalletError::Phrase`].
	pub fn from_uri(uri: &str) -> Result<Self, WalletError> {
		let fail = |reason: String| WalletError::Phrase { reason };
		let SecretUri { junctions, phrase, password } =
			SecretUri::from_str(uri.trim()).map_err(|error| fail(error.to_string()))?;
		let mut seed = Zeroizing::new([0u8; 64]);
		if let Some(digits) = phrase.expose_secret().strip_prefix("0x") {
			hex::decode_to_slice(digits, &mut seed[..32])
				.map_err(|error| fail(error.to_string()))?;
		} else {
			let words = Mnemonic::from_str(phrase.expose_secret())
				.map_err(|error| fail(error.to_string()))?;
			let (entropy, length) = words.to_entropy_array();
			let entropy = Zeroizing::new(entropy);
			let password = password.as_ref().map_or("", |password| password.expose_secret());
			let salt = Zeroizing::new(format!("mnemonic{password}"));
			// Substrate stretches the entropy, where Bitcoin's wallets stretch the words.
			pbkdf2::pbkdf2::<hmac::Hmac<sha2::Sha512>>(
				entropy.get(..length).unwrap_or_default(),
				salt.as_bytes(),
				2048,
				&mut *seed,
			)
			.map_err(|error| fail(error.to_string()))?;
		}
		let root = MiniSecretKey::from_bytes(&seed[..32])
			.map_err(|error| fail(error.to_string()))?
			.expand(ExpansionMode::Ed25519);
		Ok(Self(junctions.into_iter().fold(root, |key, junction| {
			match junction {
				DeriveJunction::Soft(code) => key.derived_key_simple(ChainCode(code), []).0,
				DeriveJunction::Hard(code) => key
					.hard_derive_mini_secret_key(Some(ChainCode(code)), b"")
					.0
					.expand(ExpansionMode::Ed25519),
			}
		})))
	}

	/// As [`Self::from_uri`], but refuses URIs without words or seed: those stand for the well-known
	/// development keys, which belong to everybody.
	///
	/// # Errors
	/// [`WalletError::Phrase`].
	pub fn from_phrase(phrase: &str) -> Result<Self, WalletError> {
		let phrase = phrase.trim();
		if phrase.is_empty() || phrase.starts_with('/') {
			return Err(WalletError::Phrase { reason: "it has no words".into() });
		}
		Self::from_uri(phrase)
	}

	/// The account it signs for.
	pub fn account(&self) -> AccountId {
		AccountId::from(self.0.to_public().to_bytes())
	}
}

/// One key of a keystore, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
	/// Its name.
	pub name: String,
	/// The account it signs for.
	pub account: AccountId,
}

#[derive(Serialize, Deserialize)]
struct KeyFile {
	encoded: String,
	encoding: Encoding,
	address: String,
	#[serde(default)]
	meta: Meta,
}

#[derive(Serialize, Deserialize)]
struct Encoding {
	content: Vec<String>,
	#[serde(rename = "type")]
	kind: Vec<String>,
	version: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Meta {
	#[serde(default)]
	name: String,
	#[serde(default, rename = "genesisHash")]
	genesis_hash: String,
}

/// A folder of keys.
#[derive(Clone, Debug)]
pub struct Keystore {
	folder: PathBuf,
}

impl Keystore {
	/// The keystore in `folder`, which need not exist before a key is stored.
	pub fn new(folder: impl Into<PathBuf>) -> Self {
		Self { folder: folder.into() }
	}

	/// The folder.
	pub fn folder(&self) -> &Path {
		&self.folder
	}

	/// Where the key of that name lies, or would.
	///
	/// # Errors
	/// [`WalletError::Name`].
	pub fn path_of(&self, name: &str) -> Result<PathBuf, WalletError> {
		let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
		let first = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
		if !first || name.len() > MAX_NAME_CHARS || !name.chars().all(allowed) {
			return Err(WalletError::Name { name: name.chars().take(MAX_NAME_CHARS).collect() });
		}
		Ok(self.folder.join(format!("{name}.json")))
	}

	/// The keys there are, by name. Files that are no keys are left out.
	///
	/// # Errors
	/// [`WalletError::Io`] if the folder cannot be listed.
	pub fn list(&self) -> Result<Vec<Wallet>, WalletError> {
		let entries = match fs::read_dir(&self.folder) {
			Ok(entries) => entries,
			Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
			Err(source) => {
				return Err(WalletError::Io { doing: "list", path: self.folder.clone(), source });
			}
		};
		let mut wallets: Vec<Wallet> = entries
			.filter_map(|entry| {
				let name = entry.ok()?.file_name().into_string().ok()?;
				self.get(name.strip_suffix(".json")?).ok()
			})
			.collect();
		wallets.sort_by(|a, b| a.name.cmp(&b.name));
		Ok(wallets)
	}

	/// A key without its secret.
	///
	/// # Errors
	/// [`WalletError::Unknown`], [`WalletError::Corrupt`], [`WalletError::Exposed`].
	pub fn get(&self, name: &str) -> Result<Wallet, WalletError> {
		let path = self.path_of(name)?;
		let (_, account) = self.read(name, &path)?;
		Ok(Wallet { name: name.into(), account })
	}

	/// Stores a new key, encrypted under `password`.
	///
	/// # Errors
	/// [`WalletError::Exists`] rather than overwrite; [`WalletError::EmptyPassword`].
	pub fn create(
		&self,
		name: &str,
		secret: &Secret,
		password: &str,
	) -> Result<Wallet, WalletError> {
		let path = self.path_of(name)?;
		if password.is_empty() {
			return Err(WalletError::EmptyPassword);
		}
		let account = secret.account();
		let file = KeyFile {
			encoded: seal(secret, password)?,
			encoding: Encoding {
				content: vec!["pkcs8".into(), "sr25519".into()],
				kind: vec!["scrypt".into(), "xsalsa20-poly1305".into()],
				version: "3".into(),
			},
			address: address(&account),
			meta: Meta { name: name.into(), genesis_hash: String::new() },
		};
		self.write(name, &path, &file)?;
		Ok(Wallet { name: name.into(), account })
	}

	/// Stores a key that polkadot-js or another wallet exported, under the password it has.
	///
	/// # Errors
	/// [`WalletError::WrongPassword`] if the password does not open it; those of [`Self::create`].
	pub fn import_json(
		&self,
		name: &str,
		exported: &Path,
		password: &str,
	) -> Result<Wallet, WalletError> {
		let path = self.path_of(name)?;
		if password.is_empty() {
			return Err(WalletError::EmptyPassword);
		}
		let text = read_bounded(exported)?;
		let (mut file, account) = parse(&text, exported)?;
		open_sealed(&file, password, name, exported)?;
		file.meta.name = name.into();
		self.write(name, &path, &file)?;
		Ok(Wallet { name: name.into(), account })
	}

	/// The key file's text: encrypted, to be kept elsewhere or read by another wallet.
	///
	/// # Errors
	/// Those of [`Self::get`].
	pub fn export_json(&self, name: &str) -> Result<String, WalletError> {
		let path = self.path_of(name)?;
		self.read(name, &path).map(|(text, _)| text)
	}

	/// Decrypts a key. Takes about a fifth of a second on purpose.
	///
	/// # Errors
	/// [`WalletError::WrongPassword`]; those of [`Self::get`].
	pub fn unlock(&self, name: &str, password: &str) -> Result<Keypair, WalletError> {
		let path = self.path_of(name)?;
		let (text, _) = self.read(name, &path)?;
		let (file, _) = parse(&text, &path)?;
		open_sealed(&file, password, name, &path)
	}

	fn read(&self, name: &str, path: &Path) -> Result<(String, AccountId), WalletError> {
		let found = match fs::symlink_metadata(path) {
			Ok(found) => found,
			Err(error) if error.kind() == io::ErrorKind::NotFound => {
				return Err(WalletError::Unknown {
					name: name.into(),
					folder: self.folder.clone(),
				});
			}
			Err(source) => {
				return Err(WalletError::Io { doing: "inspect", path: path.into(), source });
			}
		};
		if !found.is_file() {
			let reason = "it is not a plain file".into();
			return Err(WalletError::Corrupt { path: path.into(), reason });
		}
		check_private(path, &found)?;
		let text = read_bounded(path)?;
		let (_, account) = parse(&text, path)?;
		Ok((text, account))
	}

	fn write(&self, name: &str, path: &Path, file: &KeyFile) -> Result<(), WalletError> {
		let failed = |doing: &'static str| {
			let path = path.to_path_buf();
			move |source: io::Error| WalletError::Io { doing, path, source }
		};
		create_private_folder(&self.folder).map_err(failed("create the folder of"))?;
		let mut text = serde_json::to_string_pretty(file)
			.map_err(|error| WalletError::Cipher { reason: error.to_string() })?;
		text.push('\n');
		// Temporary files are created readable by their owner only.
		let mut draft = tempfile::Builder::new()
			.prefix(".tmp")
			.tempfile_in(&self.folder)
			.map_err(failed("create"))?;
		draft.write_all(text.as_bytes()).map_err(failed("write"))?;
		draft.as_file().sync_all().map_err(failed("sync"))?;
		draft.persist_noclobber(path).map_err(|error| {
			if error.error.kind() == io::ErrorKind::AlreadyExists {
				WalletError::Exists { name: name.into(), path: path.into() }
			} else {
				failed("create")(error.error)
			}
		})?;
		Ok(())
	}
}

/// Encrypts the key as polkadot-js does: base64 of salt, scrypt parameters, nonce, sealed PKCS#8.
fn seal(secret: &Secret, password: &str) -> Result<String, WalletError> {
	let fail = |reason: String| WalletError::Cipher { reason };
	let (log_n, r, p) = SCRYPT;
	let mut salt = [0u8; SALT_BYTES];
	let mut nonce = [0u8; NONCE_BYTES];
	OsRng.fill_bytes(&mut salt);
	OsRng.fill_bytes(&mut nonce);
	let params = scrypt::Params::new(log_n, r, p, 32).map_err(|error| fail(error.to_string()))?;
	let mut key = Zeroizing::new([0u8; 32]);
	scrypt::scrypt(password.as_bytes(), &salt, &params, &mut *key)
		.map_err(|error| fail(error.to_string()))?;
	let mut plain = Zeroizing::new(Vec::with_capacity(PLAIN_BYTES));
	plain.extend_from_slice(&PKCS8_HEADER);
	plain.extend_from_slice(&*Zeroizing::new(secret.0.to_ed25519_bytes()));
	plain.extend_from_slice(&PKCS8_DIVIDER);
	plain.extend_from_slice(&secret.0.to_public().to_bytes());
	let sealed = XSalsa20Poly1305::new(GenericArray::from_slice(&*key))
		.encrypt(GenericArray::from_slice(&nonce), plain.as_slice())
		.map_err(|error| fail(error.to_string()))?;
	let mut bytes = Vec::with_capacity(SEALED_BYTES);
	bytes.extend_from_slice(&salt);
	bytes.extend_from_slice(&(1u32 << log_n).to_le_bytes());
	bytes.extend_from_slice(&p.to_le_bytes());
	bytes.extend_from_slice(&r.to_le_bytes());
	bytes.extend_from_slice(&nonce);
	bytes.extend_from_slice(&sealed);
	Ok(BASE64.encode(bytes))
}

fn open_sealed(
	file: &KeyFile,
	password: &str,
	name: &str,
	path: &Path,
) -> Result<Keypair, WalletError> {
	let corrupt = |reason: String| WalletError::Corrupt { path: path.into(), reason };
	let text = serde_json::to_string(file).map_err(|error| corrupt(error.to_string()))?;
	polkadot_js_compat::decrypt_json(&text, password).map_err(|error| match error {
		polkadot_js_compat::Error::Secretbox(_) => WalletError::WrongPassword { name: name.into() },
		other => corrupt(other.to_string()),
	})
}

/// Reads a key file's text as far as is possible without the password.
fn parse(text: &str, path: &Path) -> Result<(KeyFile, AccountId), WalletError> {
	let corrupt = |reason: String| WalletError::Corrupt { path: path.into(), reason };
	let file: KeyFile = serde_json::from_str(text).map_err(|error| corrupt(error.to_string()))?;
	let account = parse_address(&file.address).map_err(|error| corrupt(error.to_string()))?;
	let sealed =
		BASE64.decode(&file.encoded).map_err(|error| corrupt(format!("\"encoded\": {error}")))?;
	if sealed.len() != SEALED_BYTES {
		let reason = format!("\"encoded\" has {} bytes instead of {SEALED_BYTES}", sealed.len());
		return Err(corrupt(reason));
	}
	Ok((file, account))
}

fn read_bounded(path: &Path) -> Result<String, WalletError> {
	let failed = |source| WalletError::Io { doing: "read", path: path.into(), source };
	let file = fs::File::open(path).map_err(failed)?;
	let mut bytes = Vec::new();
	file.take(MAX_FILE_BYTES.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
	let corrupt = |reason: &str| WalletError::Corrupt { path: path.into(), reason: reason.into() };
	if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_FILE_BYTES {
		return Err(corrupt("it is too long"));
	}
	String::from_utf8(bytes).map_err(|_| corrupt("it is not text"))
}

#[cfg(unix)]
fn check_private(path: &Path, found: &fs::Metadata) -> Result<(), WalletError> {
	use std::os::unix::fs::PermissionsExt;
	let mode = found.permissions().mode() & 0o777;
	if mode & 0o077 == 0 { Ok(()) } else { Err(WalletError::Exposed { path: path.into(), mode }) }
}

#[cfg(not(unix))]
fn check_private(_: &Path, _: &fs::Metadata) -> Result<(), WalletError> {
	Ok(())
}

fn create_private_folder(folder: &Path) -> io::Result<()> {
	let mut builder = fs::DirBuilder::new();
	builder.recursive(true);
	#[cfg(unix)]
	{
		use std::os::unix::fs::DirBuilderExt;
		builder.mode(0o700);
	}
	builder.create(folder)
}

#[cfg(test)]
mod tests {
	use super::*;
	use subxt_signer::sr25519::{dev, verify};

	fn keystore() -> (tempfile::TempDir, Keystore) {
		let folder = tempfile::tempdir().expect("a temporary folder");
		let keystore = Keystore::new(folder.path().join("keys"));
		(folder, keystore)
	}

	#[test]
	fn derivation_should_match_other_tools() {
		let pairs = [("//Alice", dev::alice()), ("//Bob", dev::bob()), ("//One", dev::one())];
		for (uri, expected) in pairs {
			let secret = Secret::from_uri(uri).expect("derives");
			assert_eq!(
				AsRef::<[u8; 32]>::as_ref(&secret.account()),
				&expected.public_key().0,
				"{uri}"
			);
		}
		for uri in [
			"bottom drive obey lake curtain smoke basket hold race lonely fit walk/soft//hard///pw",
			"0x398f0c28f98885e046333d4a41c19cee4c37368a9832c6502f6cfd182e2aef89//x/1",
		] {
			let parsed = SecretUri::from_str(uri).expect("parses");
			let expected = Keypair::from_uri(&parsed).expect("derives");
			let secret = Secret::from_uri(uri).expect("derives");
			assert_eq!(
				AsRef::<[u8; 32]>::as_ref(&secret.account()),
				&expected.public_key().0,
				"{uri}"
			);
		}
	}

	#[test]
	fn unlock_should_return_the_key_that_was_stored() {
		let (_folder, keystore) = keystore();
		let (secret, phrase) = Secret::generate().expect("generates");
		assert_eq!(phrase.split(' ').count(), 12);
		let wallet = keystore.create("mine", &secret, "pass word ü").expect("stores");
		assert_eq!(keystore.list().expect("lists"), std::slice::from_ref(&wallet));
		let pair = keystore.unlock("mine", "pass word ü").expect("unlocks");
		assert_eq!(&pair.public_key().0, AsRef::<[u8; 32]>::as_ref(&wallet.account));
		assert!(verify(&pair.sign(b"x"), b"x", &pair.public_key()));
		let again = Secret::from_uri(&phrase).expect("from words");
		assert_eq!(again.account(), wallet.account);
	}

	#[test]
	fn unlock_should_fail_when_password_is_wrong_or_empty() {
		let (_folder, keystore) = keystore();
		let secret = Secret::from_uri("//Alice").expect("derives");
		assert!(matches!(keystore.create("a", &secret, ""), Err(WalletError::EmptyPassword)));
		keystore.create("a", &secret, "right").expect("stores");
		for password in ["wrong", "", "right "] {
			let error = keystore.unlock("a", password).expect_err("refuses");
			assert!(matches!(error, WalletError::WrongPassword { .. }), "{error}");
		}
	}

	#[test]
	fn create_should_fail_when_name_is_taken_or_a_path() {
		let (_folder, keystore) = keystore();
		let secret = Secret::from_uri("//Alice").expect("derives");
		keystore.create("a", &secret, "x").expect("stores");
		let before = fs::read(keystore.path_of("a").expect("name")).expect("reads");
		let other = Secret::from_uri("//Bob").expect("derives");
		let error = keystore.create("a", &other, "x").expect_err("refuses");
		assert!(matches!(error, WalletError::Exists { .. }), "{error}");
		assert_eq!(fs::read(keystore.path_of("a").expect("name")).expect("reads"), before);
		for name in ["", "../a", "a/b", ".a", "-a", "a b", "ü", &"a".repeat(65)] {
			let error = keystore.create(name, &secret, "x").expect_err("refuses");
			assert!(matches!(error, WalletError::Name { .. }), "{name}: {error}");
		}
		assert!(matches!(keystore.unlock("b", "x"), Err(WalletError::Unknown { .. })));
	}

	#[cfg(unix)]
	#[test]
	fn files_should_be_private() {
		use std::os::unix::fs::PermissionsExt;
		let (_folder, keystore) = keystore();
		let secret = Secret::from_uri("//Alice").expect("derives");
		keystore.create("a", &secret, "x").expect("stores");
		let path = keystore.path_of("a").expect("name");
		let mode = fs::metadata(&path).expect("there").permissions().mode();
		assert_eq!(mode & 0o777, 0o600);
		let folder = fs::metadata(keystore.folder()).expect("there").permissions().mode();
		assert_eq!(folder & 0o777, 0o700);
		fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("opens up");
		assert!(matches!(keystore.unlock("a", "x"), Err(WalletError::Exposed { .. })));
	}

	#[test]
	fn unlock_should_fail_when_file_is_damaged() {
		let (_folder, keystore) = keystore();
		let secret = Secret::from_uri("//Alice").expect("derives");
		keystore.create("a", &secret, "x").expect("stores");
		let path = keystore.path_of("a").expect("name");
		let good = fs::read_to_string(&path).expect("reads");
		let encoded = serde_json::from_str::<KeyFile>(&good).expect("parses").encoded;
		let mut flipped = BASE64.decode(&encoded).expect("base64");
		for position in [0, 32, 36, 40, 44, 70, SEALED_BYTES - 1] {
			flipped[position] ^= 1;
			let text = good.replace(&encoded, &BASE64.encode(&flipped));
			flipped[position] ^= 1;
			fs::write(&path, text).expect("writes");
			let error = keystore.unlock("a", "x").expect_err("refuses");
			assert!(
				matches!(error, WalletError::WrongPassword { .. } | WalletError::Corrupt { .. }),
				"{position}: {error}"
			);
		}
		let bob = address(&Secret::from_uri("//Bob").expect("derives").account());
		let alice = address(&secret.account());
		for text in [
			String::new(),
			"{}".into(),
			good[..good.len() / 2].into(),
			good.replace(&encoded, "AAAA"),
			good.replace(&encoded, "?"),
			good.replace("xsalsa20-poly1305", "none"),
			good.replace(&alice, &bob),
			"x".repeat(20_000),
		] {
			fs::write(&path, text).expect("writes");
			let error = keystore.unlock("a", "x").expect_err("refuses");
			assert!(matches!(error, WalletError::Corrupt { .. }), "{error}");
		}
	}

	#[test]
	fn import_json_should_read_what_polkadot_js_exported() {
		let (folder, keystore) = keystore();
		let secret = Secret::from_uri("//Bob").expect("derives");
		keystore.create("bob", &secret, "old").expect("stores");
		let exported = folder.path().join("bob.json");
		fs::write(&exported, keystore.export_json("bob").expect("exports")).expect("writes");
		let error = keystore.import_json("copy", &exported, "new").expect_err("refuses");
		assert!(matches!(error, WalletError::WrongPassword { .. }), "{error}");
		let wallet = keystore.import_json("copy", &exported, "old").expect("imports");
		assert_eq!(wallet.account, secret.account());
		assert!(keystore.unlock("copy", "old").is_ok());
	}

	#[test]
	fn from_phrase_should_fail_without_showing_the_phrase() {
		let bad_checksum = "bottom drive obey lake curtain smoke basket hold race lonely fit fit";
		for phrase in ["", " ", "//Alice", "one two three", "0x12", bad_checksum] {
			let text = Secret::from_phrase(phrase).err().expect("refuses").to_string();
			assert!(!text.contains("bottom drive"), "{text}");
		}
	}
}
