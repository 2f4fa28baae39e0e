"""Who this process is to the other workers, and whether one of this machine is gone."""

import hashlib
import os
import socket
import uuid
from functools import cache
from pathlib import Path

from qm.domain.work import WorkerId

BORN = 19
"""Place of `starttime` (clock ticks since boot) in what follows the name in /proc/PID/stat; see proc(5), field 22."""


def this_worker() -> WorkerId:
    """A new identity in this process."""
    return WorkerId(host_name(), os.getpid(), _born(os.getpid()) or 0, uuid.uuid4().hex[:8])


def is_gone(owner: str) -> bool:
    """True where the owner of a lease is known to have ended: it was a process of this machine.

    Of other machines nothing is known: their leases run out by time.
    """
    worker = WorkerId.parse(owner)
    if worker is None or worker.host != host_name() or not worker.born:
        return False
    return _born(worker.pid) != worker.born


@cache
def host_name() -> str:
    """The machine's name and a mark of its boot and its space of process numbers: containers may share a name."""
    marks = [_text(Path("/proc/sys/kernel/random/boot_id")), _target(Path("/proc/self/ns/pid"))]
    return f"{socket.gethostname()}#{hashlib.sha256(' '.join(marks).encode()).hexdigest()[:8]}"


def _born(pid: int) -> int | None:
    """When a process started; `None` where there is none, or only its remains."""
    state = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return int(state[BORN]) if len(state) > BORN and state[0] not in "ZX" else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _target(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""
