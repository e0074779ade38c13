//! `specs/protocol/attacks.md` names tests: every one it names exists, and every attack test is named. The
//! part of the page about the pallets is made from their sources:
//!
//! ```text
//! AITBC_UPDATE_ATTACKS=1 cargo test -p aitbc-runtime --test market attack_index
//! ```

use std::{
	collections::BTreeSet,
	env,
	fmt::Write as _,
	fs,
	path::{Path, PathBuf},
};

const UPDATE: &str = "AITBC_UPDATE_ATTACKS";
const BEGIN: &str = "<!-- made from the sources of the pallets -->\n";
const END: &str = "<!-- end -->\n";

fn root() -> PathBuf {
	PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page() -> PathBuf {
	root().join("specs/protocol/attacks.md")
}

/// Every Rust file below a folder, in order.
fn sources(folder: &Path) -> Vec<PathBuf> {
	let mut found = Vec::new();
	let Ok(entries) = fs::read_dir(folder) else { return found };
	for entry in entries {
		let path = entry.expect("it can be read").path();
		if path.is_dir() {
			if path.file_name().is_some_and(|name| name != "target") {
				found.extend(sources(&path));
			}
		} else if path.extension().is_some_and(|extension| extension == "rs") {
			found.push(path);
		}
	}
	found.sort_unstable();
	found
}

/// The functions of a file, in order.
fn functions(file: &Path) -> Vec<String> {
	let text = fs::read_to_string(file).expect("it can be read");
	let name_of = |line: &str| {
		let (before, rest) = line.split_once("fn ")?;
		// Not where a comment speaks of one.
		let code = before.trim().is_empty() || before.trim() == "async";
		let name: String =
			rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
		code.then_some(name)
	};
	text.lines().filter_map(name_of).collect()
}

fn is_attack(name: &str) -> bool {
	name.starts_with("attack_") || name.starts_with("hole_")
}

/// The table of the attacks on one pallet.
fn table(pallet: &str) -> String {
	let folder = root().join("pallets").join(pallet);
	let mut rows = String::new();
	for name in
		sources(&folder).iter().flat_map(|file| functions(file)).filter(|name| is_attack(name))
	{
		let words = name.trim_start_matches("attack_").replace('_', " ");
		writeln!(rows, "| {words} | `{name}` |").expect("a string takes all");
	}
	format!("\n### `pallets/{pallet}`\n\n| attack | test |\n|---|---|\n{rows}")
}

/// The part of the page that is made.
fn made() -> String {
	["jobs", "market", "payouts", "receipts", "staking"].map(table).concat() + "\n"
}

/// The page before, in and after the part that is made.
fn read() -> [String; 3] {
	let text = fs::read_to_string(page()).expect("the page is there");
	let (before, rest) = text.split_once(BEGIN).expect("the page says where the part begins");
	let (made, after) = rest.split_once(END).expect("the page says where the part ends");
	[before, made, after].map(String::from)
}

/// The names in a text, between backticks, that look like tests.
fn named(text: &str) -> BTreeSet<String> {
	let is_test = |word: &&str| {
		word.len() > 12
			&& word.contains('_')
			&& word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
	};
	text.split('`').skip(1).step_by(2).filter(is_test).map(String::from).collect()
}

#[test]
fn the_part_about_pallets_should_be_what_is_there() {
	let [before, there, after] = read();
	let made = made();
	if env::var_os(UPDATE).is_some() {
		let text = [before.as_str(), BEGIN, made.as_str(), END, after.as_str()].concat();
		fs::write(page(), text).expect("the page can be written");
		return;
	}
	assert!(
		there == made,
		"specs/protocol/attacks.md does not list the attack tests of the pallets as they are. Run\n\n  {UPDATE}=1 cargo test -p aitbc-runtime --test market attack_index"
	);
}

#[test]
fn every_test_that_the_page_names_should_exist() {
	let [before, _, after] = read();
	let named = named(&(before + &after));
	assert!(named.len() >= 45, "the page names {} tests", named.len());
	let there: BTreeSet<_> = ["pallets", "runtime", "client", "miner", "node", "offchain-worker"]
		.iter()
		.flat_map(|folder| sources(&root().join(folder)))
		.flat_map(|file| functions(&file))
		.collect();
	let missing: Vec<_> = named.difference(&there).collect();
	assert!(missing.is_empty(), "specs/protocol/attacks.md names what is not there: {missing:#?}");
}

#[test]
fn every_attack_on_the_whole_should_stand_on_the_page() {
	let [before, _, after] = read();
	let named = named(&(before + &after));
	let attacks: BTreeSet<_> = sources(&root().join("runtime/tests"))
		.iter()
		.flat_map(|file| functions(file))
		.filter(|name| is_attack(name))
		.collect();
	let missing: Vec<_> = attacks.difference(&named).collect();
	assert!(missing.is_empty(), "specs/protocol/attacks.md does not name {missing:#?}");
}
