//! What a process can still do after [`aitbc_miner::confine`], which is what a job's child does first.
//!
//! Each attempt runs in a process of its own: this test binary, started again for the one test
//! `attempt`, which confines itself and tries. On kernels without Landlock the tests of files say so and
//! end.

#![cfg(target_os = "linux")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use aitbc_miner::confine;
use std::{
	ffi::CString,
	fs, io,
	net::{TcpListener, TcpStream, UdpSocket},
	os::{
		fd::AsRawFd,
		unix::{
			ffi::OsStrExt,
			fs::PermissionsExt,
			net::{UnixDatagram, UnixListener, UnixStream},
			process::CommandExt,
		},
	},
	path::{Path, PathBuf},
	process::{Command, Stdio},
	thread,
	time::{Duration, Instant},
};

const ATTEMPT: &str = "AITBC_TEST_ATTEMPT";
const FILE: &str = "AITBC_TEST_FILE";
const NO_LANDLOCK: &str = "no landlock";

/// Starts this binary again to try something; gives what it printed.
fn in_a_confined_process(attempt: &str, file: &Path) -> String {
	let own = std::env::current_exe().expect("this binary has a path");
	let output = Command::new(own)
		.args(["--exact", "attempt", "--nocapture"])
		.env(ATTEMPT, attempt)
		.env(FILE, file)
		.output()
		.expect("this binary runs");
	let said = String::from_utf8_lossy(&output.stdout).into_owned();
	assert!(output.status.success(), "{attempt}: {output:?}");
	said
}

fn refused<T>(what: &str, result: io::Result<T>) {
	let Err(error) = result else { panic!("{what} was allowed") };
	let expected = io::ErrorKind::PermissionDenied;
	assert_eq!(error.kind(), expected, "{what} failed for another reason: {error}");
}

/// A system call that no safe interface has.
#[allow(unsafe_code, reason = "what a driver could do must be tried")]
fn system_call(call: libc::c_long, arguments: [libc::c_long; 3]) -> io::Result<()> {
	let [first, second, third] = arguments;
	// SAFETY: none of the calls below writes to memory of this process.
	match unsafe { libc::syscall(call, first, second, third) } {
		-1 => Err(io::Error::last_os_error()),
		_ => Ok(()),
	}
}

fn fcntl(file: &impl AsRawFd, command: i32, argument: i32) -> io::Result<()> {
	system_call(libc::SYS_fcntl, [file.as_raw_fd().into(), command.into(), argument.into()])
}

fn truncate(file: &Path) -> io::Result<()> {
	let name = CString::new(file.as_os_str().as_bytes()).expect("no zero in it");
	system_call(libc::SYS_truncate, [name.as_ptr() as libc::c_long, 0, 0])
}

/// The other side: does nothing unless it was started by a test below.
#[test]
fn attempt() {
	let Ok(attempt) = std::env::var(ATTEMPT) else { return };
	let file = PathBuf::from(std::env::var_os(FILE).expect("a path"));
	let parent = rustix::process::getppid().expect("a parent");
	let confinement = confine().expect("the kernel does what it says it can");
	assert_eq!(confinement.system_calls, None, "no seccomp on this machine");
	match attempt.as_str() {
		"program" => {
			refused("a program", Command::new("/bin/true").spawn());
			refused("becoming a program", Err::<(), _>(Command::new("/bin/true").exec()));
			// Threads are allowed, and are as confined.
			let inner = thread::spawn(|| Command::new("/bin/true").spawn().map(drop));
			refused("a thread's program", inner.join().expect("no panic"));
		}
		"bomb" => {
			let started = (0..1000).filter(|_| Command::new("/bin/true").spawn().is_ok()).count();
			assert_eq!(started, 0);
		}
		"socket" => {
			refused("a TCP connection", TcpStream::connect("127.0.0.1:9"));
			refused("a TCP server", TcpListener::bind("127.0.0.1:0"));
			refused("a UDP socket", UdpSocket::bind("127.0.0.1:0"));
			refused("a local server", UnixListener::bind(file.with_extension("socket")));
			refused("a local socket", UnixDatagram::unbound());
			refused("a pair that can send to others", UnixDatagram::pair());
			UnixStream::pair().expect("a pair of its own");
		}
		"process" => {
			refused(
				"a signal",
				rustix::process::test_kill_process(parent).map_err(io::Error::from),
			);
			let own = rustix::process::getpid();
			rustix::process::test_kill_process(own).expect("its own process is its own");
			let (reader, _writer) = io::pipe().expect("a pipe");
			let to_parent = fcntl(&reader, libc::F_SETOWN, parent.as_raw_nonzero().get());
			refused("a signal from a file", to_parent);
			refused("the kind of that signal", fcntl(&reader, 10, libc::SIGKILL));
			refused("shared memory of others", system_call(libc::SYS_shmat, [0; 3]));
		}
		"file" => {
			if let Some(reason) = confinement.files {
				println!("{NO_LANDLOCK}: {reason}");
				return;
			}
			refused("reading a user's file", fs::read(&file));
			refused("reading /etc/passwd", fs::read("/etc/passwd"));
			refused("listing a user's folder", fs::read_dir(file.parent().expect("a folder")));
			refused("another's environment", fs::read(format!("/proc/{parent}/environ")));
			refused("writing a file", fs::write(&file, "changed"));
			refused("a new file", fs::write(file.with_extension("new"), "new"));
			refused("a new file in /dev/shm", fs::write("/dev/shm/aitbc-sandbox-test", "new"));
			refused("removing a file", fs::remove_file(&file));
			let open_to_all = fs::Permissions::from_mode(0o777);
			refused("another mode", fs::set_permissions(&file, open_to_all));
			refused("another owner", std::os::unix::fs::chown(&file, Some(1), None));
			refused("emptying a file", truncate(&file));
			refused("a link", std::os::unix::fs::symlink(&file, file.with_extension("link")));
			// What drivers need.
			fs::read_dir("/usr/lib").expect("libraries can be read");
			fs::read("/proc/self/status").expect("what the system says of itself");
			fs::write("/dev/null", "").expect("a device");
		}
		other => panic!("no attempt is called {other}"),
	}
	println!("{attempt} done");
}

fn try_it(attempt: &str) {
	let folder = tempfile::tempdir().expect("a temporary folder");
	let file = folder.path().join("secret");
	fs::write(&file, "secret").expect("writable");
	let said = in_a_confined_process(attempt, &file);
	if said.contains(NO_LANDLOCK) {
		println!("skipped: {said}");
		return;
	}
	assert!(said.contains(&format!("{attempt} done")), "{said}");
	assert_eq!(fs::read_to_string(&file).expect("it is still there"), "secret");
	assert_eq!(fs::read_dir(folder.path()).expect("ours").count(), 1, "something new");
}

#[test]
fn programs_should_not_start() {
	try_it("program");
}

#[test]
fn fork_bombs_should_not_go_off() {
	try_it("bomb");
}

#[test]
fn sockets_should_not_open() {
	try_it("socket");
}

#[test]
fn other_processes_should_be_out_of_reach() {
	try_it("process");
}

#[test]
fn files_should_be_out_of_reach() {
	try_it("file");
}

#[test]
fn child_of_a_job_should_be_confined_and_have_no_secrets() {
	let folder = tempfile::tempdir().expect("a temporary folder");
	let program = folder.path().join("slow.wgsl");
	fs::write(
		&program,
		"@group(0) @binding(0) var<storage, read_write> o: array<u32>;
		@compute @workgroup_size(1) fn main() { for (var i = 0u; i < 999u; i++) { o[0] += i; } }",
	)
	.expect("writable");
	// A dispatch that never ends, on the reference, which every machine has.
	let mut miner = Command::new(env!("CARGO_BIN_EXE_aitbc-miner"))
		.args([
			"--device",
			"cpu",
			"run",
			"wgsl",
			"--workgroups",
			"65535,65535,1",
			"--output-bytes",
			"4",
		])
		.arg(&program)
		.env("AITBC_PASSWORD", "hunter2")
		.env("SOME_TOKEN", "hunter2")
		.env("LP_NUM_THREADS", "2")
		.stdout(Stdio::null())
		.stderr(Stdio::null())
		.spawn()
		.expect("the binary is built");
	let children = format!("/proc/{0}/task/{0}/children", miner.id());
	let begin = Instant::now();
	// The probe's child comes and goes first; a confined one with a filter is looked for.
	let found = loop {
		assert!(begin.elapsed() < Duration::from_secs(30), "no confined child");
		thread::sleep(Duration::from_millis(20));
		let Ok(listed) = fs::read_to_string(&children) else { continue };
		let Some(child) = listed.split_whitespace().next() else { continue };
		let status = fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
		let environment = fs::read(format!("/proc/{child}/environ")).unwrap_or_default();
		if status.contains("Seccomp:\t2")
			&& status.contains("NoNewPrivs:\t1")
			&& !environment.is_empty()
		{
			break String::from_utf8_lossy(&environment).into_owned();
		}
	};
	miner.kill().expect("ours");
	miner.wait().expect("ours");
	assert!(!found.contains("hunter2"), "{found}");
	assert!(
		found.contains("LP_NUM_THREADS=2") && found.contains("MESA_SHADER_CACHE_DISABLE"),
		"{found}"
	);
}
