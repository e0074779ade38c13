use super::*;
use aitbc_primitives::{
	Cid, FailureCode, Hash, Outcome, RECEIPT_VERSION, Receipt, SignedReceipt, WorkerSignature,
};
use proptest::prelude::*;

fn key(job: u64) -> LeaseKey {
	LeaseKey { job: JobId(job), replica: 1, attempt: 2 }
}

fn answer(seed: u8) -> Answer {
	let receipt = Receipt {
		version: RECEIPT_VERSION,
		genesis: Hash::repeat_byte(seed),
		job: JobId(7),
		replica: 1,
		attempt: 2,
		program: Cid::of_raw(b"program"),
		input_root: Hash::repeat_byte(1),
		outcome: Outcome::Failed { code: FailureCode::TimedOut },
		trace_root: Hash::zero(),
		units: 0,
		profile: Hash::zero(),
		started_at: 3,
		finished_at: 4,
	};
	let signature = WorkerSignature::from([seed; 64]);
	Answer { receipt: SignedReceipt { receipt, signature }, salt: [seed; 32] }
}

fn open(directory: &Path) -> (Journal, Loaded) {
	Journal::open(directory).expect("the journal opens")
}

#[test]
fn open_should_read_what_was_written() {
	let directory = tempfile::tempdir().expect("a temporary directory");
	let (journal, loaded) = open(directory.path());
	assert_eq!(loaded, Loaded::default());
	journal.started(key(1), 1, 10).expect("writable");
	journal.started(key(2), 1, 11).expect("writable");
	journal.executed(key(2), &answer(1)).expect("writable");
	journal.started(key(3), 1, 12).expect("writable");
	journal.forget(key(3)).expect("removable");
	journal.forget(key(3)).expect("nothing to remove is no error");

	let (journal, loaded) = open(directory.path());
	assert_eq!(
		loaded.records,
		BTreeMap::from([
			(key(1), Record::Started { executions: 1, at: 10 }),
			(key(2), Record::Executed(Box::new(answer(1)))),
		])
	);
	assert!(loaded.quarantined.is_empty());
	assert_eq!(journal.answer(key(2)).expect("readable"), Some(answer(1)));
	assert_eq!(journal.answer(key(1)).expect("readable"), None);
}

#[test]
fn executed_should_refuse_when_another_answer_stands() {
	let directory = tempfile::tempdir().expect("a temporary directory");
	let (journal, _) = open(directory.path());
	journal.executed(key(1), &answer(1)).expect("the first answer");
	journal.executed(key(1), &answer(1)).expect("the same answer again");
	let error = journal.executed(key(1), &answer(2)).expect_err("a second answer");
	assert!(matches!(error, JournalError::AlreadyAnswered { .. }), "{error}");
	let error = journal.started(key(1), 1, 1).expect_err("a step back");
	assert!(matches!(error, JournalError::AlreadyAnswered { .. }), "{error}");
	journal.withdraw_start(key(1)).expect("no start to withdraw");
	assert_eq!(journal.answer(key(1)).expect("readable"), Some(answer(1)));
}

#[test]
fn open_should_quarantine_when_any_byte_is_flipped_or_the_end_is_missing() {
	let directory = tempfile::tempdir().expect("a temporary directory");
	let (journal, _) = open(directory.path());
	journal.executed(key(1), &answer(1)).expect("writable");
	let path = journal.path(key(1));
	let good = fs::read(&path).expect("just written");
	let damaged = (0..good.len())
		.map(|cut| good[..cut].to_vec())
		.chain((0..good.len()).map(|at| {
			let mut bytes = good.clone();
			bytes[at] ^= 0x10;
			bytes
		}))
		.chain([[&good[..], &[0]].concat(), vec![0; 20_000]]);
	for bytes in damaged {
		fs::write(&path, &bytes).expect("writable");
		let error = journal.executed(key(1), &answer(1)).expect_err("a corrupt record in place");
		assert!(matches!(error, JournalError::Corrupt { .. }), "{error}");
		let (_, loaded) = open(directory.path());
		assert!(loaded.records.is_empty());
		let found = loaded.quarantined.iter().find(|record| record.corruption.is_some());
		let found = found.expect("the damaged record is set aside");
		assert_eq!(found.key, Some(key(1)));
		assert_eq!(fs::read(&found.path).expect("kept for a person to look at"), bytes);
		fs::remove_file(&found.path).expect("removable");
	}
}

#[test]
fn open_should_remember_what_was_quarantined_earlier() {
	let directory = tempfile::tempdir().expect("a temporary directory");
	let (journal, _) = open(directory.path());
	for _ in 0..2 {
		fs::write(journal.path(key(5)), b"rot").expect("writable");
		open(directory.path());
	}
	let (_, loaded) = open(directory.path());
	assert_eq!(loaded.quarantined.len(), 2, "copies are kept apart");
	assert!(loaded.quarantined.iter().all(|record| record.key == Some(key(5))));
}

#[test]
fn open_should_clean_up_what_a_crash_left() {
	let directory = tempfile::tempdir().expect("a temporary directory");
	let (journal, _) = open(directory.path());
	journal.executed(key(1), &answer(1)).expect("writable");
	let torn = directory.path().join(format!("{TEMPORARY_PREFIX}x"));
	fs::write(&torn, b"half a rec").expect("writable");
	fs::write(directory.path().join("stranger"), b"?").expect("writable");
	let swapped = journal.path(key(9));
	fs::copy(journal.path(key(1)), &swapped).expect("writable");
	let (_, loaded) = open(directory.path());
	assert!(!torn.exists());
	assert_eq!(loaded.records.len(), 1);
	let corruptions: Vec<_> =
		loaded.quarantined.iter().map(|record| (record.key, record.corruption)).collect();
	assert!(corruptions.contains(&(None, Some(Corruption::ForeignName))), "{corruptions:?}");
	assert!(corruptions.contains(&(Some(key(9)), Some(Corruption::Name))), "{corruptions:?}");
}

#[test]
fn errors_should_name_the_file_and_what_to_do() {
	let path = PathBuf::from("/state/journal/x.lease");
	let full = io::Error::from(io::ErrorKind::StorageFull);
	let error = JournalError::Io { action: "write", path: path.clone(), source: full };
	assert!(error.is_retryable());
	let text = error.to_string();
	assert!(text.contains("/state/journal/x.lease") && text.contains("free some space"), "{text}");
	let error = JournalError::Corrupt { path, corruption: Corruption::Checksum };
	assert!(!error.is_retryable());
}

#[test]
fn writing_should_fail_without_a_trace_when_the_directory_is_gone() {
	let directory = tempfile::tempdir().expect("a temporary directory");
	let (journal, _) = open(directory.path());
	fs::remove_dir_all(directory.path()).expect("ours");
	let error = journal.executed(key(1), &answer(1)).expect_err("nowhere to write");
	assert!(matches!(error, JournalError::Io { action: "write", .. }), "{error}");
}

proptest! {
	#[test]
	fn decode_should_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
		let _ = decode(&bytes);
		let mut prefixed = MAGIC.to_vec();
		prefixed.extend_from_slice(&blake2b_256(&bytes));
		prefixed.extend_from_slice(&bytes);
		let _ = decode(&prefixed);
	}

	#[test]
	fn names_should_be_read_back(job: u64, replica: u8, attempt: u8, text in ".{0,40}") {
		let key = LeaseKey { job: JobId(job), replica, attempt };
		prop_assert_eq!(parse_stem(&name(key)), Some(key));
		if let Some(key) = parse_name(&text) {
			prop_assert_eq!(format!("{}{EXTENSION}", name(key)), text);
		}
	}
}
