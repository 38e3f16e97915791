"""Takes calls of the system away from a process, for good: network, other programs, other processes (Linux).

A filter of the kernel's (seccomp, in its classic BPF form) needs no privileges. It is on for the thread that asks and
for all that it starts from then on. Sources: Linux, Documentation/userspace-api/seccomp_filter.rst and
include/uapi/linux/seccomp.h, filter.h, audit.h; the numbers are those of arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h.

macOS has nothing of the kind that a program may use without a signed profile: `available` is false there.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from functools import lru_cache

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST = 0x15, 0x35
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_CLONE_THREAD = 0x00010000
_X32_NUMBERS = 0x40000000
"""From here on the numbers are those of x86-64's second interface, whose calls are the same under other numbers."""

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NUMBERS = {
    "x86_64": {
        "socket": 41, "connect": 42, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "ptrace": 101,
        "process_vm_readv": 310, "process_vm_writev": 311, "execveat": 322, "io_uring_setup": 425, "clone3": 435,
        "pidfd_getfd": 438,
    },
    "aarch64": {
        "ptrace": 117, "socket": 198, "connect": 203, "clone": 220, "execve": 221, "process_vm_readv": 270,
        "process_vm_writev": 271, "execveat": 281, "io_uring_setup": 425, "clone3": 435, "pidfd_getfd": 438,
    },
}  # fmt: skip
_ALWAYS = ("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd")
_NETWORK = ("socket", "connect", "io_uring_setup")
"""`io_uring` opens sockets without calling `socket`."""
_PROGRAMS = ("fork", "vfork", "execve", "execveat")


class _Program(ctypes.Structure):
    """The kernel's `struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse(network: bool, programs: bool) -> bool:
    """Takes calls away from this thread and all that it starts; they fail with "Operation not permitted" from then on.

    What looks into other processes is always taken away.

    Args:
        network: whether to take away sockets of every family, also the local ones of databases. Pipes stay.
        programs: whether to take away starting processes and programs. Threads stay.

    Returns:
        Whether it was done: not on other systems than Linux, other processors than x86-64 and ARM64, and kernels
        without the filter.
    """
    if not available():
        return False
    filter_ = _filter(platform.machine(), network, programs)
    program = _Program(len(filter_) // 8, filter_)
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    done: int = libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    return done == 0


def available() -> bool:
    """Whether this system has such a filter."""
    return sys.platform == "linux" and platform.machine() in _NUMBERS and sys.byteorder == "little"


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@lru_cache(maxsize=4)
def _filter(machine: str, network: bool, programs: bool) -> bytes:
    """The filter: a list of instructions of 8 bytes each."""
    numbers = _NUMBERS[machine]
    names = [*_ALWAYS, *(_NETWORK if network else ()), *(_PROGRAMS if programs else ())]
    refused = [numbers[name] for name in names if name in numbers]
    not_permitted = _step(_RETURN, _ERRNO | errno.EPERM)
    steps = [
        _step(_LOAD, _ARCHITECTURE_AT),
        _step(_IF_EQUAL, _ARCHITECTURES[machine], then=1),
        not_permitted,
        _step(_LOAD, _NUMBER_AT),
        _step(_IF_AT_LEAST, _X32_NUMBERS, otherwise=1),
        not_permitted,
    ]
    for number in refused:
        steps += [_step(_IF_EQUAL, number, otherwise=1), not_permitted]
    if programs:
        steps += [
            # A filter can't look behind the pointer to its flags. Told that there is no such call, libc uses clone.
            _step(_IF_EQUAL, numbers["clone3"], otherwise=1),
            _step(_RETURN, _ERRNO | errno.ENOSYS),
            _step(_IF_EQUAL, numbers["clone"], otherwise=4),
            _step(_LOAD, _FIRST_ARGUMENT_AT),
            _step(_AND, _CLONE_THREAD),
            _step(_IF_EQUAL, _CLONE_THREAD, then=1),
            not_permitted,
        ]
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """The kernel's `struct sock_filter`: a code, how many steps to leave out, a value."""
    return struct.pack("=HBBI", code, then, otherwise, value)
