"""Bring what arrives below a prefix of a bucket into a folder, so that it's read like any folder."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from minio.datatypes import Object

from qm.storage.objects.s3_bucket import Bucket
from qm.storage.objects.spool import spool, writing_below

LONGEST_PART = 200
"""Bytes of a part of a path: file systems take 255, and temporary names need some."""
LISTS = (".csv",)
"""Come last: who finds a list finds the files that it names, too."""


@dataclass
class Mirrored:
    """What a look brought.

    Attributes:
        fetched: files that are new or changed, as paths below the folder.
        kept: how many were there already.
        refused: names that can't be those of files here.
    """

    fetched: list[str] = field(default_factory=list)
    kept: int = 0
    refused: list[str] = field(default_factory=list)


def mirror(bucket: Bucket, folder: Path, limit: int | None = None) -> Mirrored:
    """Fetch what is new or changed below the bucket's prefix; what was removed there stays here.

    A file is compared by size and by its time, which is that of the object. It appears whole or not at all.

    Args:
        limit: larger objects are refused.

    Raises:
        PassingError: the store is away; what has come so far stays, and the next look goes on.
        StorageError: it can't be used, or the folder can't be written.
    """
    done = Mirrored()
    for name, found in sorted(_named(bucket), key=lambda pair: (pair[0].endswith(LISTS), pair[0])):
        if not is_safe(name) or (limit is not None and (found.size or 0) > limit):
            done.refused.append(name)
        elif _is_here(folder / name, found):
            done.kept += 1
        elif _fetch(bucket, name, found, folder):
            done.fetched.append(name)
    return done


def is_safe(name: str) -> bool:
    """True where a name stays below the folder that it's put into, and is none of our temporary ones.

    >>> is_safe("day/recordings/a.wav"), is_safe("../a"), is_safe("a//b"), is_safe(".part-x")
    (True, False, False, False)
    """
    parts = name.split("/")
    return all(
        part and not part.startswith(".") and part.isprintable() and "\\" not in part
        and len(part.encode("utf-8", "replace")) <= LONGEST_PART
        for part in parts
    )  # fmt: skip


def _named(bucket: Bucket) -> Iterator[tuple[str, Object]]:
    """Objects with their names below the prefix; folders' own marks (a name with a slash at its end) left out."""
    for found in bucket.every():
        name = (found.object_name or "").removeprefix(bucket.address.prefix)
        if name and not name.endswith("/"):
            yield name, found


def _is_here(path: Path, found: Object) -> bool:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return (status.st_size, status.st_mtime) == (found.size, _time(found))


def _time(found: Object) -> float:
    return found.last_modified.timestamp() if found.last_modified else 0.0


def _fetch(bucket: Bucket, name: str, found: Object, folder: Path) -> bool:
    """False where the object was removed since it was listed."""
    with bucket.read(name) as pieces:
        if pieces is None:
            return False
        with spool(pieces, folder) as part, writing_below(folder):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            os.utime(part.path, (_time(found), _time(found)))
            part.path.replace(path)
    return True
