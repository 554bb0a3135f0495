"""Numbers of the system calls that a worker may make, for x86-64 and arm64; every other one is refused.

What numpy, torch (training, data loaders with processes), IPython and matplotlib use; of what is left out, most is never
needed by them, and all of it has been a way out of some sandbox: other programs, namespaces, mounts, tracing, keys, kernel
modules, io_uring, bpf, perf, memory shared without a file, other families of sockets.
Source: the kernel's tables arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h; None: not there.
"""

from typing import Final

Numbers = tuple[int | None, int | None]

# fmt: off
ALLOWED: Final[dict[str, Numbers]] = {
        # files
        "read": (0, 63), "write": (1, 64), "open": (2, None), "close": (3, 57), "stat": (4, None),
        "fstat": (5, 80), "lstat": (6, None), "poll": (7, None), "lseek": (8, 62), "pread64": (17, 67),
        "pwrite64": (18, 68), "readv": (19, 65), "writev": (20, 66), "access": (21, None),
        "pipe": (22, None), "select": (23, None), "dup": (32, 23), "dup2": (33, None), "sendfile": (40, 71),
        "flock": (73, 32), "fsync": (74, 82), "fdatasync": (75, 83),
        "truncate": (76, 45), "ftruncate": (77, 46), "getdents": (78, None), "getcwd": (79, 17),
        "chdir": (80, 49), "fchdir": (81, 50), "rename": (82, None), "mkdir": (83, None),
        "rmdir": (84, None), "creat": (85, None), "link": (86, None), "unlink": (87, None),
        "symlink": (88, None), "readlink": (89, None), "umask": (95, 166), "statfs": (137, 43), "fstatfs": (138, 44),
        "readahead": (187, 213), "getxattr": (191, 8), "lgetxattr": (192, 9),
        "fgetxattr": (193, 10), "listxattr": (194, 11), "llistxattr": (195, 12), "flistxattr": (196, 13),
        "getdents64": (217, 61), "fadvise64": (221, 223), "openat": (257, 56),
        "mkdirat": (258, 34), "newfstatat": (262, 79), "unlinkat": (263, 35),
        "renameat": (264, 38), "linkat": (265, 37), "symlinkat": (266, 36), "readlinkat": (267, 78),
        "faccessat": (269, 48), "pselect6": (270, 72), "ppoll": (271, 73),
        "splice": (275, 76), "tee": (276, 77), "sync_file_range": (277, 84), "fallocate": (285, 47),
        "dup3": (292, 24), "pipe2": (293, 59), "preadv": (295, 69),
        "pwritev": (296, 70), "renameat2": (316, 276), "copy_file_range": (326, 285), "preadv2": (327, 286),
        "pwritev2": (328, 287), "statx": (332, 291), "close_range": (436, 436), "faccessat2": (439, 439),
        # memory
        "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216),
        "msync": (26, 227), "mincore": (27, 232), "madvise": (28, 233), "mlock": (149, 228),
        "munlock": (150, 229), "mlock2": (325, 284),
        # time and events
        "pause": (34, None), "nanosleep": (35, 101), "getitimer": (36, 102), "alarm": (37, None),
        "setitimer": (38, 103), "gettimeofday": (96, 169), "times": (100, 153), "epoll_create": (213, None),
        "time": (201, None), "timer_create": (222, 107), "timer_settime": (223, 110),
        "timer_gettime": (224, 108), "timer_getoverrun": (225, 109), "timer_delete": (226, 111),
        "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115),
        "epoll_wait": (232, None), "epoll_ctl": (233, 21), "epoll_pwait": (281, 22), "eventfd": (284, None),
        "timerfd_create": (283, 85), "timerfd_settime": (286, 86), "timerfd_gettime": (287, 87),
        "signalfd4": (289, 74), "eventfd2": (290, 19), "epoll_create1": (291, 20),
        "epoll_pwait2": (441, 441),
        # threads and the process itself
        "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
        "sched_yield": (24, 124), "getpid": (39, 172), "exit": (60, 93), "wait4": (61, 260),
        "uname": (63, 160), "getrlimit": (97, 163), "getrusage": (98, 165), "sysinfo": (99, 179),
        "getuid": (102, 174), "getgid": (104, 176), "geteuid": (107, 175), "getegid": (108, 177),
        "setpgid": (109, 154), "getppid": (110, 173), "getpgrp": (111, None), "setsid": (112, 157),
        "getgroups": (115, 158), "getresuid": (118, 148), "getresgid": (120, 150), "getpgid": (121, 155),
        "getsid": (124, 156), "capget": (125, 90), "rt_sigpending": (127, 136),
        "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133), "sigaltstack": (131, 132),
        "getpriority": (140, 141), "sched_getparam": (143, 121), "sched_getscheduler": (145, 120),
        "sched_get_priority_max": (146, 125), "sched_get_priority_min": (147, 126),
        "sched_rr_get_interval": (148, 127), "sched_getaffinity": (204, 123), "sched_getattr": (315, 275),
        "arch_prctl": (158, None), "setrlimit": (160, 164), "gettid": (186, 178), "futex": (202, 98),
        "set_tid_address": (218, 96), "restart_syscall": (219, 128), "exit_group": (231, 94),
        "waitid": (247, 95), "set_robust_list": (273, 99), "get_robust_list": (274, 100),
        "getrandom": (318, 278), "rseq": (334, 293), "membarrier": (324, 283),
        "getcpu": (309, 168), "futex_waitv": (449, 449),
        # open sockets
        "sendmsg": (46, 211), "recvmsg": (47, 212), "sendto": (44, 206), "recvfrom": (45, 207),
        "shutdown": (48, 210), "getsockname": (51, 204), "getpeername": (52, 205), "setsockopt": (54, 208),
        "getsockopt": (55, 209),
}

JUDGED: Final[dict[str, Numbers]] = {
        "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "prctl": (157, 167),
        "clone": (56, 220), "clone3": (435, 435), "fork": (57, None), "vfork": (58, None),
        "socket": (41, 198), "socketpair": (53, 199), "bind": (49, 200), "listen": (50, 201),
        "accept": (43, 202), "accept4": (288, 242), "connect": (42, 203),
        "fcntl": (72, 25), "ioctl": (16, 29), "prlimit64": (302, 261), "sched_setaffinity": (203, 122),
        "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "utime": (132, None),
        "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
}
"""Those that are allowed or not by their arguments; see `seccomp`."""
# fmt: on
