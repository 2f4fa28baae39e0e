"""Local copies of objects, in a folder of bounded size. Any number of processes may share it."""

import fcntl
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from qm.errors import ObjectMissingError, StorageError
from qm.operations.metrics import timed
from qm.storage.objects.names import is_name, place_of
from qm.storage.objects.spool import Spooled, hash_of, spool, writing_below

Fetch = Callable[[], Iterable[bytes]]
SHOWN = 16
"""Copies that `path` handed out last and that stay for that reason."""
TRIES = 5
KEPT_SHARE = 0.9
"""Of the room that is still used when room has been made, so that it isn't made for every copy."""
LOOK_SHARE = 0.05
"""Of the room: as much is added between two looks at the whole folder."""


@dataclass
class ObjectCache:
    """Copies as files `ab/abcdef…`; who reads one holds a shared lock on it, and what is locked is never taken away.

    Args:
        room: bytes that may be used; what is being read may exceed it.
    """

    folder: Path
    room: int
    _added: int | None = field(default=None, init=False)
    _shown: deque[ExitStack] = field(default_factory=deque, init=False)
    _guard: Lock = field(default_factory=Lock, init=False)

    @contextmanager
    def hold(self, sha256: str, fetch: Fetch) -> Iterator[Path]:
        """A copy that stays until the block ends; fetched where there is none.

        Raises:
            ObjectMissingError: the bytes that were fetched have another hash (`object.altered`).
        """
        place = self.folder / place_of(sha256)
        for _ in range(TRIES):
            handle = self._grab(place, sha256)
            if handle is None:
                handle = self._fetch(place, sha256, fetch)
            if handle is not None:
                break
        else:  # others fill and empty the folder all the time, or the disk alters what is written
            raise StorageError("storage.unreadable", f"{place} can't be kept", "check the disk and QM_CACHE_MB")
        try:
            yield place
        finally:
            os.close(handle)

    def path(self, sha256: str, fetch: Fetch) -> Path:
        """A copy that stays until `SHOWN` others were asked for."""
        stack = ExitStack()
        path = stack.enter_context(self.hold(sha256, fetch))
        with self._guard:
            self._shown.append(stack)
            oldest = self._shown.popleft() if len(self._shown) > SHOWN else None
        if oldest is not None:
            oldest.close()
        return path

    def keep(self, part: Spooled) -> None:
        """Take a whole file over as a copy; harmless where there is one."""
        handle = self._publish(self.folder / place_of(part.sha256), part)
        if handle is not None:
            os.close(handle)

    def drop(self, sha256: str) -> int:
        """Remove a copy, even while it's read; returns how many there were."""
        place = self.folder / place_of(sha256)
        if not place.exists():
            return 0
        place.unlink(missing_ok=True)
        return 1

    def every(self) -> Iterator[Path]:
        """All copies; a file's name is the object's."""
        return (path for path in sorted(self.folder.glob("??/*")) if is_name(path.name))

    def _grab(self, place: Path, sha256: str) -> int | None:
        """An open, locked file; `None` where there is none, or where its bytes aren't right any more."""
        try:
            handle = os.open(place, os.O_RDONLY)
        except FileNotFoundError:
            return None
        fcntl.flock(handle, fcntl.LOCK_SH)
        with suppress(FileNotFoundError):
            if os.fstat(handle).st_nlink and hash_of(handle) == sha256:
                os.utime(place)  # the time of its last use: access times are often off
                return handle
            place.unlink()
        os.close(handle)
        return None

    @timed("store_seconds", store="objects", operation="get")
    def _fetch(self, place: Path, sha256: str, fetch: Fetch) -> int | None:
        with spool(fetch(), self.folder) as part:
            if part.sha256 != sha256:
                message = f"the bytes of object {sha256[:12]}… have another hash, {part.sha256[:12]}…"
                raise ObjectMissingError("object.altered", message, "`qm objects verify`; restore a copy")
            return self._publish(place, part)

    def _publish(self, place: Path, part: Spooled) -> int | None:
        """An open, locked file; `None` where another process was first."""
        with writing_below(self.folder):
            place.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(part.path, os.O_RDONLY)
            fcntl.flock(handle, fcntl.LOCK_SH)
            try:
                os.link(part.path, place)  # unlike a rename, it never replaces a file that others hold
            except FileExistsError:
                os.close(handle)
                return None
        self._make_room(part.size)
        return handle

    def _make_room(self, size: int) -> None:
        with self._guard:
            self._added = None if self._added is None else self._added + size
            if self._added is not None and self._added < self.room * LOOK_SHARE:
                return
            self._added = 0
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._evict()

    def _evict(self) -> None:
        """Take away what was used least recently, until a tenth of the room is free."""
        found = []
        for path in self.every():
            with suppress(FileNotFoundError):
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_size, path))
        used = sum(size for _used, size, _path in found)
        if used <= self.room:
            return
        for _at, size, path in sorted(found):
            if used <= self.room * KEPT_SHARE:
                return
            used -= size if _take_away(path) else 0


def _take_away(path: Path) -> bool:
    """Remove a copy unless somebody holds it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
