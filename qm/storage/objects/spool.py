"""From a source of unknown length to a whole file with a known hash: what every store does first."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from qm.errors import ContactError, DiskFullError, StorageError
from qm.ports import Leftover

CHUNK_BYTES = 1 << 20
PART = ".part-"
"""Beginning of the names of files that aren't whole yet."""
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Spooled:
    """A file that is whole, still under a temporary name."""

    path: Path
    sha256: str
    size: int


@contextmanager
def spool(chunks: Iterable[bytes], folder: Path, limit: int | None = None, *, sync: bool = False) -> Iterator[Spooled]:
    """Write `chunks` to a temporary file in `folder`; who wants to keep it moves it away inside the block.

    Args:
        limit: most bytes that are taken; `None`: any number.
        sync: wait until the disk has them, so that a name given afterwards survives a power cut.

    Raises:
        ContactError: more bytes than `limit`.
        DiskFullError: no space left.
        StorageError: can't be written.
    """
    with writing_below(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=PART, dir=folder)
    path = Path(name)
    try:
        with writing_below(folder):
            spooled = _write(chunks, handle, path, limit, sync=sync)
        yield spooled
    finally:
        path.unlink(missing_ok=True)


def chunks_of(source: BinaryIO) -> Iterator[bytes]:
    """The bytes of a source, piece by piece."""
    while chunk := source.read(CHUNK_BYTES):
        yield chunk


def _write(chunks: Iterable[bytes], handle: int, path: Path, limit: int | None, *, sync: bool) -> Spooled:
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as target:
        for chunk in chunks:
            size += len(chunk)
            if limit is not None and size > limit:
                raise _too_large(limit)
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        if sync:
            os.fsync(target.fileno())
    return Spooled(path, digest.hexdigest(), size)


def parts_in(folder: Path) -> Iterator[Leftover]:
    """Temporary files of a folder, and since when nobody wrote to them."""
    for path in sorted(folder.glob(f"{PART}*")):
        try:
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:  # its writer has finished since
            continue
        yield Leftover("file", str(path), at)


def hash_of(handle: int) -> str:
    """SHA-256 of an open file's bytes, as hexadecimal digits."""
    with open(handle, "rb", closefd=False) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def writing_below(folder: Path) -> Iterator[None]:
    """Tell what keeps us from writing below a folder.

    Raises:
        DiskFullError: no space left.
        StorageError: can't be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            message = f"no space left below {folder}"
            raise DiskFullError("storage.disk_full", message, "free some space, then run again") from error
        message = f"can't write below {folder}: {error.strerror}"
        hint = "set QM_OBJECTS or QM_DATA to a folder you may write to"
        raise StorageError("storage.unwritable", message, hint) from error


def _too_large(limit: int) -> ContactError:
    message = f"the file has more than {limit / 1e6:g} MB"
    return ContactError("object.too_large", message, "raise QM_OBJECT_MAX_MB, or take the row out of the day")
