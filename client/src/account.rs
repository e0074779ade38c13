//! Accounts as text.

use aitbc_primitives::{AccountId, WorkerKey};
use subxt::utils::AccountId32;

/// A text that names no account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
	"\"{text}\" is not an address ({reason}); expected SS58 like 5Grwva…, or 0x and 64 hexadecimal digits"
)]
pub struct AddressError {
	/// The text, cut if it is long.
	pub text: String,
	/// What is wrong with it.
	pub reason: String,
}

/// The SS58 address of an account, with the generic prefix 42.
pub fn address(account: &AccountId) -> String {
	AccountId32(*AsRef::<[u8; 32]>::as_ref(account)).to_string()
}

/// The SS58 address under which a worker key sends extrinsics.
pub fn worker_address(worker: &WorkerKey) -> String {
	address(&worker_account(worker))
}

/// The account of a worker key.
pub fn worker_account(worker: &WorkerKey) -> AccountId {
	AccountId::from(key_bytes(worker))
}

/// The 32 bytes of a worker key.
pub fn key_bytes(worker: &WorkerKey) -> [u8; 32] {
	let mut bytes = [0; 32];
	bytes.copy_from_slice(AsRef::<[u8]>::as_ref(worker));
	bytes
}

/// Reads an SS58 address of any network, or 32 bytes in hexadecimal.
///
/// # Errors
/// [`AddressError`] if it is neither.
pub fn parse_address(text: &str) -> Result<AccountId, AddressError> {
	let fail = |reason: String| AddressError { text: text.chars().take(80).collect(), reason };
	if text.len() > 80 {
		return Err(fail("it is too long".into()));
	}
	if let Some(digits) = text.strip_prefix("0x") {
		let mut bytes = [0; 32];
		hex::decode_to_slice(digits, &mut bytes).map_err(|error| fail(error.to_string()))?;
		return Ok(AccountId::from(bytes));
	}
	let account: AccountId32 =
		text.parse().map_err(|_| fail("its characters or checksum are wrong".into()))?;
	Ok(AccountId::from(account.0))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	#[test]
	fn parse_address_should_read_ss58_and_hex() {
		let alice = parse_address(ALICE).expect("Alice");
		assert_eq!(address(&alice), ALICE);
		let hex = format!("0x{}", hex::encode(AsRef::<[u8; 32]>::as_ref(&alice)));
		assert_eq!(parse_address(&hex).expect("Alice in hex"), alice);
	}

	#[test]
	fn parse_address_should_fail_when_a_character_differs() {
		for text in ["", "0x", "0x12", "alice", &ALICE[1..], &ALICE.replace('z', "y")] {
			assert!(parse_address(text).is_err(), "{text}");
		}
	}

	proptest! {
		#[test]
		fn addresses_should_round_trip(bytes: [u8; 32]) {
			let account = AccountId::from(bytes);
			prop_assert_eq!(parse_address(&address(&account)), Ok(account));
		}

		#[test]
		fn parse_address_should_not_panic(text in ".{0,100}") {
			let _ = parse_address(&text);
		}
	}
}
