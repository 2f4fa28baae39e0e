"""Content-addressed objects in a folder."""

import errno
import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from qm.errors import DiskFullError, ObjectMissingError, StorageError

CHUNK_BYTES = 1 << 20


class FolderObjects:
    """Objects as files `ab/abcdef…`, named by SHA-256. A file appears under its name only when it's whole."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, source: BinaryIO) -> str:
        """Store bytes; returns their SHA-256. The same bytes are stored once."""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".part-", dir=self._root)
        except OSError as error:
            raise _write_error(error, self._root) from error
        temporary = Path(name)
        try:
            return self._publish(source, handle, temporary)
        except OSError as error:
            raise _write_error(error, self._root) from error
        finally:
            temporary.unlink(missing_ok=True)

    def _publish(self, source: BinaryIO, handle: int, temporary: Path) -> str:
        digest = hashlib.sha256()
        with os.fdopen(handle, "wb") as target:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        final = self._place(digest.hexdigest())
        final.parent.mkdir(exist_ok=True)
        temporary.replace(final)
        return digest.hexdigest()

    def has(self, sha256: str) -> bool:
        """True where the object is there."""
        return bool(sha256) and self._place(sha256).is_file()

    def path(self, sha256: str) -> Path:
        """The object's file, or `ObjectMissingError`."""
        place = self._place(sha256)
        if not place.is_file():
            raise ObjectMissingError("object.missing", f"object {sha256[:12]}… isn't in {self._root}", "restore a copy")
        return place

    def _place(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256


def _write_error(error: OSError, root: Path) -> StorageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError("storage.disk_full", f"no space left below {root}", "free some space, then run again")
    message = f"can't write below {root}: {error.strerror}"
    return StorageError("storage.unwritable", message, "set QM_OBJECTS or QM_DATA to a folder you may write to")
