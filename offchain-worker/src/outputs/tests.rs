use super::*;
use crate::journal::Journal;
use aitbc_data::FolderStore;
use aitbc_primitives::{
	FailureCode, Hash, JobId, Outcome, RECEIPT_VERSION, Receipt, SignedReceipt, WorkerSignature,
};
use std::collections::BTreeSet;

const OUTPUT: &[u8] = b"what the job came to";

fn key(job: u64) -> LeaseKey {
	LeaseKey { job: JobId(job), replica: 1, attempt: 0 }
}

fn answer(outcome: Outcome) -> Answer {
	let receipt = Receipt {
		version: RECEIPT_VERSION,
		genesis: Hash::zero(),
		job: JobId(1),
		replica: 1,
		attempt: 0,
		program: Cid::of_raw(b"program"),
		input_root: Hash::zero(),
		outcome,
		trace_root: Hash::zero(),
		units: 1,
		profile: Hash::zero(),
		started_at: 1,
		finished_at: 2,
	};
	let signature = WorkerSignature::from([0; 64]);
	Answer { receipt: SignedReceipt { receipt, signature }, salt: [0; 32] }
}

fn completed(inline: &[u8]) -> Answer {
	let inline = inline.to_vec().try_into().expect("short");
	answer(Outcome::Completed { output: Cid::of_raw(OUTPUT), inline })
}

struct World {
	home: tempfile::TempDir,
	store: FolderStore,
	outputs: Outputs,
}

impl World {
	fn new() -> Self {
		let home = tempfile::tempdir().expect("a temporary directory");
		let store = FolderStore::open(home.path().join("data")).expect("a new store");
		let outputs = Outputs::open(&home.path().join("outputs"), &Loaded::default());
		Self { store, outputs: outputs.expect("opens"), home }
	}

	fn publish(&self, answer: &Answer) -> Result<(), OutputError> {
		self.outputs.publish(key(1), answer, &self.store)
	}

	fn stored(&self) -> Option<Vec<u8>> {
		self.store.get(&Cid::of_raw(OUTPUT), 100).ok()
	}

	fn names(&self) -> BTreeSet<String> {
		let files = fs::read_dir(self.home.path().join("outputs")).expect("listable");
		files.map(|file| file.expect("readable").file_name().to_string_lossy().into()).collect()
	}
}

#[test]
fn publish_should_store_what_was_kept() {
	let world = World::new();
	world.outputs.keep(key(1), b"an earlier run of it").expect("room");
	world.outputs.keep(key(1), OUTPUT).expect("room");
	assert_eq!(world.stored(), None);
	world.publish(&completed(b"")).expect("stores");
	assert_eq!(world.stored().as_deref(), Some(OUTPUT));
	assert_eq!(world.names().len(), 1, "kept for a store that loses it, until the lease is over");
	world.publish(&completed(b"")).expect("stores again");
	world.outputs.discard(key(1)).expect("removable");
	world.outputs.discard(key(1)).expect("nothing to remove is no error");
	assert!(world.names().is_empty());
}

#[test]
fn publish_should_store_what_the_receipt_contains_and_nothing_for_a_failure() {
	let world = World::new();
	let failed = answer(Outcome::Failed { code: FailureCode::TimedOut });
	world.publish(&failed).expect("nothing to store");
	assert_eq!(fs::read_dir(world.store.root()).expect("listable").count(), 0);
	world.publish(&completed(OUTPUT)).expect("stores");
	assert_eq!(world.stored().as_deref(), Some(OUTPUT));
}

#[test]
fn publish_should_find_what_another_stored_when_the_file_is_gone_or_damaged() {
	let world = World::new();
	let error = world.publish(&completed(b"")).expect_err("nobody has it");
	assert!(matches!(error, OutputError::Missing { .. }), "{error}");
	assert!(error.to_string().contains(&cid_to_string(&Cid::of_raw(OUTPUT))), "{error}");
	world.outputs.keep(key(1), b"rot").expect("room");
	let error = world.publish(&completed(b"")).expect_err("not what the receipt names");
	assert!(matches!(error, OutputError::Corrupt { .. }), "{error}");
	assert_eq!(fs::read_dir(world.store.root()).expect("listable").count(), 0);
	world.store.put(OUTPUT).expect("room");
	world.publish(&completed(b"")).expect("another's copy does");
}

#[cfg(unix)]
#[test]
fn keep_should_let_nobody_else_read() {
	use std::os::unix::fs::PermissionsExt;
	let world = World::new();
	world.outputs.keep(key(1), OUTPUT).expect("room");
	let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
	assert_eq!(mode(&world.outputs.path(key(1))), 0o600);
	assert_eq!(mode(&world.home.path().join("outputs")), 0o700);
}

#[test]
fn open_should_remove_what_no_answer_is_about() {
	let world = World::new();
	let (journal, _) = Journal::open(&world.home.path().join("journal")).expect("opens");
	journal.executed(key(1), &completed(b"")).expect("writable");
	journal.started(key(2), 1, 5).expect("writable");
	for job in 1..4 {
		world.outputs.keep(key(job), OUTPUT).expect("room");
	}
	let directory = world.home.path().join("outputs");
	fs::write(directory.join(format!("{TEMPORARY_PREFIX}x")), b"half an outp").expect("writable");
	fs::write(directory.join("stranger"), b"?").expect("writable");
	let (_, loaded) = Journal::open(&world.home.path().join("journal")).expect("opens");
	Outputs::open(&directory, &loaded).expect("opens");
	let own = format!("{}{EXTENSION}", journal::name(key(1)));
	assert_eq!(world.names(), BTreeSet::from([own, "stranger".into()]));
}

#[test]
fn errors_should_name_the_file_and_what_to_do() {
	let world = World::new();
	fs::remove_dir(world.home.path().join("outputs")).expect("empty");
	let error = world.outputs.keep(key(1), OUTPUT).expect_err("nowhere to write");
	let path = world.outputs.path(key(1)).display().to_string();
	assert!(error.to_string().contains(&path), "{error}");
	let source = io::ErrorKind::StorageFull.into();
	let full = OutputError::Io { action: "write", path: path.into(), source };
	assert!(full.to_string().contains("free some space"), "{full}");
}
