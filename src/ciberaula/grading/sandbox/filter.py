"""The filter of system calls (seccomp) of the process that runs a trainee's code.

An allow list: what a Python with pandas needs on files it may see, its own memory, its own threads and the sockets it was
given. Whatever this list does not name is refused, calls of later kernels included. Compared with Docker's default
profile, which is an allow list too, there is also no new process, no program started, no socket made or connected, no
shared memory that outlives its mapping, no file without a place in the limited disk, and no signal to anybody else.

Sources: seccomp(2), libseccomp's seccomp_rule_add(3), Moby's profiles/seccomp/default.json.
"""

import errno
import os
import socket

import pyseccomp
from pyseccomp import EQ, ERRNO, MASKED_EQ, Arg

from ciberaula.grading.sandbox.syscalls import CLONE_NEWTIME, CLONE_THREAD

_ALLOWED = """
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range dup dup2 dup3
    open openat openat2 creat access faccessat faccessat2 stat fstat lstat newfstatat statx statfs fstatfs getdents
    getdents64 getcwd chdir fchdir readlink readlinkat rename renameat renameat2 mkdir mkdirat rmdir link linkat
    symlink symlinkat unlink unlinkat truncate ftruncate fallocate fsync fdatasync sync_file_range flock umask
    sendfile copy_file_range splice tee fadvise64 readahead getxattr
    lgetxattr fgetxattr listxattr llistxattr flistxattr mmap munmap mremap mprotect madvise brk mincore msync
    membarrier poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    pipe pipe2 eventfd eventfd2 accept accept4 getsockname getpeername getsockopt setsockopt sendto recvfrom sendmsg
    recvmsg sendmmsg recvmmsg shutdown futex futex_waitv set_robust_list get_robust_list rseq set_tid_address gettid
    getpid getppid getpgrp getpgid getsid getuid geteuid getgid getegid getresuid getresgid getgroups capget
    arch_prctl exit exit_group rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait
    sigaltstack restart_syscall pause alarm getitimer setitimer timer_create timer_settime timer_gettime
    timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime signalfd4 nanosleep clock_nanosleep
    clock_gettime clock_getres gettimeofday time times getrusage getrlimit sysinfo uname getcpu sched_yield
    sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min sched_getattr
    getpriority getrandom wait4 waitid
"""

# In its own folders a process may change these; where the folders are the host's own (Landlock alone), nothing of the
# kernel limits them to the work folder, so the call is answered with success and not done.
_ATTRIBUTES = """
    chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes utimensat futimesat
"""

# Refused with «not permitted», which Python tells as PermissionError; what is in neither list is «not there» (ENOSYS), as
# in an old kernel, so that libraries take the older way.
_REFUSED = """
    fork vfork execve execveat socket connect bind listen mount umount2 pivot_root chroot setns unshare ptrace
    process_vm_readv process_vm_writev process_madvise kcmp pidfd_open pidfd_getfd pidfd_send_signal bpf
    perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register add_key request_key keyctl mknod
    mknodat name_to_handle_at open_by_handle_at fanotify_init fanotify_mark kexec_load kexec_file_load init_module
    finit_module delete_module swapon swapoff reboot syslog acct quotactl settimeofday clock_settime clock_adjtime
    adjtimex sethostname setdomainname iopl ioperm modify_ldt personality memfd_create memfd_secret shmget shmat
    shmctl shmdt msgget msgsnd msgrcv msgctl semget semop semctl semtimedop mq_open mq_unlink mlock mlock2 mlockall
    vhangup nfsservctl lookup_dcookie mbind set_mempolicy migrate_pages move_pages sched_setparam sched_setattr
    setpriority ioprio_set setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset
    setpgid setsid setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr seccomp landlock_create_ruleset
    landlock_add_rule landlock_restrict_self fsopen fsconfig fsmount fspick open_tree move_mount mount_setattr
    vmsplice tkill rt_sigqueueinfo rt_tgsigqueueinfo setrlimit
"""

# prctl(2): dumpable, thread names, securebits read, no_new_privs, names of memory; each about the process itself.
_PRCTL = (3, 4, 15, 16, 27, 38, 39, 0x53564D41)
# fcntl(2): duplicate, flags, locks, leases read, pipe size read, seals read. Not F_SETOWN nor F_SETSIG, by which the kernel
# sends signals to others.
_FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 16, 36, 37, 38, 1025, 1030, 1032, 1034)
# ioctl(2): FIOCLEX, FIONCLEX, FIONBIO, FIONREAD, TCGETS, TIOCGWINSZ: what Python asks of an open file. Not TIOCSTI.
_IOCTL = (0x5451, 0x5450, 0x5421, 0x541B, 0x5401, 0x5413)
_NEW_NAMESPACES = 0x7E020000 | CLONE_NEWTIME
_LOW_HALF = 0xFFFFFFFF


def build(process: int, *, own_folders: bool = True) -> pyseccomp.SyscallFilter:
    """The filter for the process of number ``process`` in its own namespace: the only one it may signal.

    ``own_folders``: whether every folder that it can write to is its own. ``OSError`` where libseccomp refuses.
    """
    rules = pyseccomp.SyscallFilter(ERRNO(errno.ENOSYS))
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)  # the 32-bit doors into the same kernel
    _add(rules, pyseccomp.ALLOW, _ALLOWED)
    _add(rules, pyseccomp.ALLOW if own_folders else ERRNO(0), _ATTRIBUTES)
    _add(rules, ERRNO(errno.EPERM), _REFUSED)
    _threads_only(rules)
    _signals_to_itself(rules, process)
    _sockets_given(rules)
    _own_settings(rules)
    return rules


def _add(rules: pyseccomp.SyscallFilter, action: int, names: str) -> None:
    for name in names.split():
        _rule(rules, action, name)


def _rule(rules: pyseccomp.SyscallFilter, action: int, name: str, *conditions: Arg) -> None:
    try:
        number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    except (OSError, ValueError):
        return  # neither this machine nor this libseccomp knows the call: it stays refused
    if number >= 0:
        rules.add_rule(action, number, *conditions)


def _threads_only(rules: pyseccomp.SyscallFilter) -> None:
    """A thread may be made, a process not, nor a namespace. clone3 hides its flags from a filter: not there."""
    _rule(rules, pyseccomp.ALLOW, "clone", Arg(0, MASKED_EQ, CLONE_THREAD | _NEW_NAMESPACES, CLONE_THREAD))
    _rule(rules, ERRNO(errno.EPERM), "clone", Arg(0, MASKED_EQ, CLONE_THREAD, 0))


def _signals_to_itself(rules: pyseccomp.SyscallFilter, process: int) -> None:
    for name in ("kill", "tgkill"):
        _rule(rules, pyseccomp.ALLOW, name, Arg(0, MASKED_EQ, _LOW_HALF, process))


def _sockets_given(rules: pyseccomp.SyscallFilter) -> None:
    """Pairs of connected streams among its own threads; every other socket was there before the code."""
    _rule(rules, pyseccomp.ALLOW, "socketpair", Arg(0, EQ, socket.AF_UNIX), Arg(1, MASKED_EQ, 0xF, socket.SOCK_STREAM))


def _own_settings(rules: pyseccomp.SyscallFilter) -> None:
    """What a process may change of itself and of the files it has open."""
    for code in _PRCTL:
        _rule(rules, pyseccomp.ALLOW, "prctl", Arg(0, MASKED_EQ, _LOW_HALF, code))
    for name in ("prlimit64", "sched_setaffinity"):
        _rule(rules, pyseccomp.ALLOW, name, Arg(0, MASKED_EQ, _LOW_HALF, 0))
    # The ordinary class, which ZeroMQ sets for its threads; no other one.
    _rule(rules, pyseccomp.ALLOW, "sched_setscheduler", Arg(1, MASKED_EQ, _LOW_HALF, os.SCHED_OTHER))
    for code in _FCNTL:
        _rule(rules, pyseccomp.ALLOW, "fcntl", Arg(1, MASKED_EQ, _LOW_HALF, code))
    for code in _IOCTL:
        _rule(rules, pyseccomp.ALLOW, "ioctl", Arg(1, MASKED_EQ, _LOW_HALF, code))
