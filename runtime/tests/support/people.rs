//! Who acts in the tests.

use aitbc_primitives::WorkerKey;
use aitbc_runtime::AccountId;
use sp_core::{Pair as _, sr25519};
use std::sync::LazyLock;

/// An account with its key.
#[derive(Clone)]
pub struct Person {
	/// For messages.
	pub name: String,
	/// The key.
	pub pair: sr25519::Pair,
	id: AccountId,
}

impl Person {
	fn new(path: &str) -> Self {
		let pair = sr25519::Pair::from_string(&format!("//{path}"), None).expect("a path is valid");
		Self { name: path.into(), id: pair.public().into(), pair }
	}

	fn many(path: &str, count: usize) -> Vec<Self> {
		(0..count).map(|index| Self::new(&format!("{path}{index}"))).collect()
	}

	/// The account.
	pub fn id(&self) -> AccountId {
		self.id.clone()
	}

	/// This account with the key of another: what that one sends in this one's name.
	pub fn impersonated_by(&self, other: &Self) -> Self {
		Self {
			name: format!("{} as {}", other.name, self.name),
			pair: other.pair.clone(),
			id: self.id(),
		}
	}

	/// The key as workers register it.
	pub fn key(&self) -> WorkerKey {
		self.pair.public()
	}
}

/// Everybody.
pub struct People {
	/// Validator and, on this chain, root.
	pub alice: Person,
	/// Post jobs.
	pub clients: Vec<Person>,
	/// Hold collateral.
	pub miners: Vec<Person>,
	/// Stand behind miners.
	pub owners: Vec<Person>,
	/// Keys that sign receipts; their accounts have no coins.
	pub workers: Vec<Person>,
	/// Delegate to miners.
	pub delegators: Vec<Person>,
	/// Have coins and no business here.
	pub strangers: Vec<Person>,
	/// Have no coins either.
	pub paupers: Vec<Person>,
}

impl People {
	/// Those who have coins from the beginning.
	pub fn with_coins(&self) -> impl Iterator<Item = &Person> {
		self.clients
			.iter()
			.chain(&self.miners)
			.chain(&self.owners)
			.chain(&self.delegators)
			.chain(&self.strangers)
	}

	/// Everybody but the validator.
	pub fn all(&self) -> impl Iterator<Item = &Person> {
		self.with_coins().chain(&self.workers).chain(&self.paupers)
	}

	/// Who signs with this key.
	pub fn with_key(&self, key: &WorkerKey) -> Option<&Person> {
		self.workers.iter().chain(self.with_coins()).find(|who| who.key() == *key)
	}

	/// Whose account this is.
	pub fn with_id(&self, id: &AccountId) -> Option<&Person> {
		self.all().find(|who| who.id == *id)
	}
}

/// Everybody, with their keys.
pub fn people() -> &'static People {
	static PEOPLE: LazyLock<People> = LazyLock::new(|| People {
		alice: Person::new("Alice"),
		clients: Person::many("client", 3),
		miners: Person::many("miner", 8),
		owners: Person::many("owner", 2),
		workers: Person::many("worker", 12),
		delegators: Person::many("delegator", 3),
		strangers: Person::many("stranger", 2),
		paupers: Person::many("pauper", 2),
	});
	&PEOPLE
}
