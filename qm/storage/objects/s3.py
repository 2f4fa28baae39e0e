"""Content-addressed objects in a bucket of an S3-compatible store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from minio.datatypes import Upload

from qm.errors import ObjectMissingError
from qm.operations.metrics import timed
from qm.ports import Erased, Leftover, StoredObject
from qm.storage.objects.cache import ObjectCache
from qm.storage.objects.names import is_name, place_of
from qm.storage.objects.s3_bucket import Bucket
from qm.storage.objects.spool import chunks_of, parts_in, spool


@dataclass(frozen=True)
class S3Objects:
    """Objects `ab/abcdef…` below a prefix; what needs a file gets a copy in a bounded cache.

    Attributes:
        limit: most bytes of an object; `None`: any number.
    """

    bucket: Bucket
    cache: ObjectCache
    limit: int | None = None

    @timed("store_seconds", store="objects", operation="put")
    def put(self, source: BinaryIO) -> str:
        """Store bytes; returns their SHA-256.

        The source is read once, into the cache: so its hash and length are known before anything is sent, a source
        that grows meanwhile does no harm, and who works on it next on this host needn't fetch it.
        """
        with spool(chunks_of(source), self.cache.folder, self.limit) as part:
            there = self.bucket.stat(place_of(part.sha256))
            if there is None or there.size != part.size:
                self.bucket.write(place_of(part.sha256), part.path, part.size)
            self.cache.keep(part)
        return part.sha256

    def has(self, sha256: str) -> bool:
        """True where the object is there."""
        return is_name(sha256) and self.bucket.stat(place_of(sha256)) is not None

    def size(self, sha256: str) -> int:
        """Bytes of an object."""
        found = self.bucket.stat(place_of(sha256)) if is_name(sha256) else None
        if found is None or found.size is None:
            raise self._missing(sha256)
        return found.size

    @contextmanager
    def open(self, sha256: str, start: int = 0, end: int | None = None) -> Iterator[Iterator[bytes]]:
        """The bytes from `start` up to `end`, straight from the store."""
        if not is_name(sha256) or (end is not None and end <= start):
            self.size(sha256)
            yield iter(())
            return
        with self.bucket.read(place_of(sha256), start, end) as pieces:
            if pieces is None:
                raise self._missing(sha256)
            yield pieces

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """A copy in the cache, with the bytes of its name, that stays until the block ends."""
        with self.cache.hold(self._named(sha256), lambda: self._fetched(sha256)) as path:
            yield path

    def path(self, sha256: str) -> Path:
        """The same for a short look."""
        return self.cache.path(self._named(sha256), lambda: self._fetched(sha256))

    @timed("store_seconds", store="objects", operation="erase")
    def erase(self, sha256: str) -> Erased:
        """Remove every version, the notes of deletions, unfinished uploads and this host's copy."""
        if not is_name(sha256):
            return Erased(sha256)
        uploads = list(self.bucket.uploads(place_of(sha256)))
        for upload in uploads:
            self.bucket.abort(upload)
        versions, markers = self.bucket.remove(place_of(sha256))
        return Erased(sha256, versions, markers, len(uploads), self.cache.drop(sha256))

    def every(self) -> Iterator[StoredObject]:
        """All objects in order of their names."""
        for found in self.bucket.every():
            name = (found.object_name or "").rsplit("/", 1)[-1]
            if is_name(name) and found.object_name == self.bucket.address.prefix + place_of(name):
                yield StoredObject(name, found.size or 0, found.last_modified or datetime.now(UTC))

    def leftovers(self) -> Iterator[Leftover]:
        """Temporary files, unfinished uploads, and copies of objects that aren't in the store any more."""
        yield from parts_in(self.cache.folder)
        yield from (_unfinished(upload) for upload in self.bucket.uploads())
        yield from self._stale_copies()

    def sweep(self, before: datetime) -> tuple[Leftover, ...]:
        """Remove what was left behind before that moment; copies of erased objects whatever their age."""
        files = [part for part in parts_in(self.cache.folder) if part.at < before] + list(self._stale_copies())
        for file in files:
            Path(file.name).unlink(missing_ok=True)
        uploads = [upload for upload in self.bucket.uploads() if _unfinished(upload).at < before]
        for upload in uploads:
            self.bucket.abort(upload)
        return (*files, *(_unfinished(upload) for upload in uploads))

    def _stale_copies(self) -> Iterator[Leftover]:
        for copy in self.cache.every():
            if not self.has(copy.name):
                yield Leftover("copy", str(copy), datetime.fromtimestamp(copy.stat().st_mtime, UTC))

    def check(self) -> None:
        """Return where the bucket can be listed."""
        self.bucket.check()

    def _fetched(self, sha256: str) -> Iterator[bytes]:
        with self.open(sha256) as pieces:
            yield from pieces

    def _named(self, sha256: str) -> str:
        """The same, where it's a name at all: the cache is asked for nothing else."""
        if not is_name(sha256):
            raise self._missing(sha256)
        return sha256

    def _missing(self, sha256: str) -> ObjectMissingError:
        return ObjectMissingError(
            "object.missing", f"object {sha256[:12]}… isn't in {self.bucket.about}", "restore a copy"
        )


def _unfinished(upload: Upload) -> Leftover:
    return Leftover("upload", upload.object_name, upload.initiated_time or datetime.now(UTC))
