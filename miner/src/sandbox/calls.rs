//! System calls, by seccomp: a list of what is refused.
//!
//! Not a list of what is allowed: Mesa and vendors' drivers call what they like, differently in every
//! version, and one call too few would look like a broken device. So the list names what gives power
//! over anything but this process and its device, see adr/0013.

use libc::{
	CLONE_THREAD, ENOSYS, EPERM, F_SETOWN, SOCK_DGRAM, SOCK_RAW, SYS_accept, SYS_accept4, SYS_acct,
	SYS_add_key, SYS_adjtimex, SYS_bind, SYS_bpf, SYS_chroot, SYS_clock_adjtime, SYS_clock_settime,
	SYS_clone, SYS_clone3, SYS_connect, SYS_delete_module, SYS_execve, SYS_execveat,
	SYS_fanotify_init, SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_fcntl,
	SYS_finit_module, SYS_fremovexattr, SYS_fsconfig, SYS_fsetxattr, SYS_fsmount, SYS_fsopen,
	SYS_fspick, SYS_init_module, SYS_io_uring_enter, SYS_io_uring_register, SYS_io_uring_setup,
	SYS_ioctl, SYS_ioprio_set, SYS_kexec_file_load, SYS_kexec_load, SYS_keyctl, SYS_kill,
	SYS_listen, SYS_lremovexattr, SYS_lsetxattr, SYS_migrate_pages, SYS_mknodat, SYS_mount,
	SYS_mount_setattr, SYS_move_mount, SYS_move_pages, SYS_mq_open, SYS_mq_unlink, SYS_msgctl,
	SYS_msgget, SYS_msgrcv, SYS_msgsnd, SYS_name_to_handle_at, SYS_open_by_handle_at,
	SYS_open_tree, SYS_perf_event_open, SYS_personality, SYS_pidfd_getfd, SYS_pidfd_open,
	SYS_pidfd_send_signal, SYS_pivot_root, SYS_prlimit64, SYS_process_madvise,
	SYS_process_vm_readv, SYS_process_vm_writev, SYS_ptrace, SYS_quotactl, SYS_reboot,
	SYS_removexattr, SYS_request_key, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_semctl,
	SYS_semget, SYS_semop, SYS_semtimedop, SYS_sethostname, SYS_setns, SYS_setpriority,
	SYS_settimeofday, SYS_setxattr, SYS_shmat, SYS_shmctl, SYS_shmget, SYS_socket, SYS_socketpair,
	SYS_swapoff, SYS_swapon, SYS_syslog, SYS_tgkill, SYS_tkill, SYS_truncate, SYS_umount2,
	SYS_unshare, SYS_userfaultfd, SYS_utimensat, SYS_vhangup, TIOCSTI, c_long,
};
use seccompiler::{
	BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen::Dword, SeccompCmpOp,
	SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};
use std::{collections::BTreeMap, env::consts::ARCH, io, ops::Range};

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Refused whatever the arguments.
const REFUSED: &[c_long] = &[
	// Other programs.
	SYS_execve,
	SYS_execveat,
	// The network, and other processes' sockets: Landlock does not keep from those that are files.
	SYS_socket,
	SYS_bind,
	SYS_connect,
	SYS_listen,
	SYS_accept,
	SYS_accept4,
	// It does what it is told past this filter.
	SYS_io_uring_setup,
	SYS_io_uring_enter,
	SYS_io_uring_register,
	// Other processes.
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_process_madvise,
	SYS_pidfd_open,
	SYS_pidfd_getfd,
	SYS_pidfd_send_signal,
	SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo,
	SYS_tkill,
	SYS_shmget,
	SYS_msgget,
	SYS_semget,
	SYS_mq_open,
	// System V's objects have numbers that can be guessed: what was never got can be used all the same.
	SYS_shmat,
	SYS_shmctl,
	SYS_msgsnd,
	SYS_msgrcv,
	SYS_msgctl,
	SYS_semop,
	SYS_semtimedop,
	SYS_semctl,
	SYS_mq_unlink,
	SYS_setpriority,
	SYS_ioprio_set,
	SYS_migrate_pages,
	SYS_move_pages,
	// What Landlock lets happen to files that cannot be opened; before Linux 6.2, emptying them.
	SYS_truncate,
	SYS_fchmod,
	SYS_fchmodat,
	SYS_FCHMODAT2,
	SYS_fchown,
	SYS_fchownat,
	SYS_utimensat,
	SYS_setxattr,
	SYS_lsetxattr,
	SYS_fsetxattr,
	SYS_SETXATTRAT,
	SYS_removexattr,
	SYS_lremovexattr,
	SYS_fremovexattr,
	SYS_REMOVEXATTRAT,
	SYS_FILE_SETATTR,
	// Another view of the file system.
	SYS_mount,
	SYS_umount2,
	SYS_mount_setattr,
	SYS_move_mount,
	SYS_open_tree,
	SYS_fsopen,
	SYS_fsconfig,
	SYS_fsmount,
	SYS_fspick,
	SYS_pivot_root,
	SYS_chroot,
	SYS_setns,
	SYS_unshare,
	SYS_mknodat,
	SYS_name_to_handle_at,
	SYS_open_by_handle_at,
	SYS_fanotify_init,
	// The kernel and its keys.
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_add_key,
	SYS_request_key,
	SYS_keyctl,
	SYS_init_module,
	SYS_finit_module,
	SYS_delete_module,
	SYS_kexec_load,
	SYS_kexec_file_load,
	SYS_personality,
	// The machine.
	SYS_syslog,
	SYS_reboot,
	SYS_swapon,
	SYS_swapoff,
	SYS_acct,
	SYS_quotactl,
	SYS_sethostname,
	SYS_vhangup,
	SYS_settimeofday,
	SYS_clock_settime,
	SYS_clock_adjtime,
	SYS_adjtimex,
];

/// Those that only this processor has.
#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[c_long] = &[
	libc::SYS_fork,
	libc::SYS_vfork,
	libc::SYS_mknod,
	libc::SYS_iopl,
	libc::SYS_ioperm,
	libc::SYS_chmod,
	libc::SYS_chown,
	libc::SYS_lchown,
	libc::SYS_utime,
	libc::SYS_utimes,
	libc::SYS_futimesat,
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[c_long] = &[];

/// Calls that are newer than some C libraries' headers. Since Linux 5.1 all processors share the numbers.
const SYS_FCHMODAT2: c_long = 452;
const SYS_SETXATTRAT: c_long = 463;
const SYS_REMOVEXATTRAT: c_long = 466;
const SYS_FILE_SETATTR: c_long = 469;

/// Marks the calls of the x32 ABI. Most have the numbers of x86-64 otherwise.
const X32: c_long = 0x4000_0000;
/// Those that have numbers of their own: `execve` among them, and nothing that another program lacks.
const ONLY_X32: Range<c_long> = 512..548;

/// `fcntl` and `ioctl` that say who is sent a signal when a file is ready: any process, any signal.
const F_SETSIG: u64 = 10;
const F_SETOWN_EX: u64 = 15;
const FIOSETOWN: u64 = 0x8901;
const SIOCSPGRP: u64 = 0x8902;
/// The kind of a socket, without its flags.
const SOCKET_KIND: u64 = 0xf;

/// Restricts this thread and those it starts. Gives why not, if nothing is known of this processor.
pub(super) fn restrict() -> io::Result<Option<String>> {
	let Ok(arch) = TargetArch::try_from(ARCH) else {
		return Ok(Some(format!("not implemented for {ARCH}")));
	};
	let filters = [refusals(arch), no_clone3(arch)].map(|filter| filter.map_err(io::Error::other));
	for filter in filters {
		seccompiler::apply_filter(&filter?).map_err(io::Error::other)?;
	}
	Ok(None)
}

fn refusals(arch: TargetArch) -> Result<BpfProgram, BackendError> {
	let mut rules: Rules =
		REFUSED.iter().chain(REFUSED_HERE).map(|call| (*call, Vec::new())).collect();
	let own = u64::from(std::process::id());
	let mut refuse_if = |call, conditions: Vec<SeccompCondition>| {
		SeccompRule::new(conditions).map(|rule| rules.entry(call).or_default().push(rule))
	};
	// Threads, but no processes.
	refuse_if(SYS_clone, vec![argument(0, SeccompCmpOp::MaskedEq(CLONE_THREAD as u64), 0)?])?;
	// Signals to itself only: that is how it ends.
	refuse_if(SYS_kill, vec![argument(0, SeccompCmpOp::Ne, own)?])?;
	refuse_if(SYS_tgkill, vec![argument(0, SeccompCmpOp::Ne, own)?])?;
	// Limits of its own only; zero is itself.
	let of_others = [0, own].map(|process| argument(0, SeccompCmpOp::Ne, process));
	refuse_if(SYS_prlimit64, of_others.into_iter().collect::<Result<_, _>>()?)?;
	// Characters put into a terminal as if its user had typed them; and signals to others.
	for request in [TIOCSTI, FIOSETOWN, SIOCSPGRP] {
		refuse_if(SYS_ioctl, vec![argument(1, SeccompCmpOp::Eq, request)?])?;
	}
	for command in [F_SETOWN as u64, F_SETSIG, F_SETOWN_EX] {
		refuse_if(SYS_fcntl, vec![argument(1, SeccompCmpOp::Eq, command)?])?;
	}
	// A pair is its own, but one without a connection can send to any socket that has a name.
	for kind in [SOCK_DGRAM, SOCK_RAW] {
		let is_kind = SeccompCmpOp::MaskedEq(SOCKET_KIND);
		refuse_if(SYS_socketpair, vec![argument(1, is_kind, kind as u64)?])?;
	}
	program(rules, EPERM, arch)
}

/// Its flags lie in memory, where a filter cannot look. C libraries go on with `clone` if it is unknown.
fn no_clone3(arch: TargetArch) -> Result<BpfProgram, BackendError> {
	program(Rules::from([(SYS_clone3, Vec::new())]), ENOSYS, arch)
}

fn argument(
	index: u8,
	operator: SeccompCmpOp,
	value: u64,
) -> Result<SeccompCondition, BackendError> {
	SeccompCondition::new(index, Dword, operator, value)
}

fn program(rules: Rules, error: i32, arch: TargetArch) -> Result<BpfProgram, BackendError> {
	let x32 = rules.iter().map(|(call, rules)| (call | X32, rules.clone()));
	let only_x32 = ONLY_X32.flat_map(|call| [call, call | X32]).map(|call| (call, Vec::new()));
	let rules = match arch {
		TargetArch::x86_64 => x32.chain(only_x32).chain(rules.clone()).collect(),
		_ => rules,
	};
	let refused = SeccompAction::Errno(error.unsigned_abs());
	SeccompFilter::new(rules, SeccompAction::Allow, refused, arch)?.try_into()
}
