"""Content-addressed objects in a folder."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from qm.errors import ObjectMissingError, StorageError
from qm.operations.metrics import timed
from qm.ports import Erased, Leftover, StoredObject
from qm.storage.objects.names import is_name
from qm.storage.objects.spool import CHUNK_BYTES, chunks_of, parts_in, spool, writing_below


@dataclass(frozen=True)
class FolderObjects:
    """Objects as files `ab/abcdef…`, named by SHA-256. A file appears under its name only when it's whole.

    Attributes:
        limit: most bytes of an object; `None`: any number.
    """

    root: Path
    limit: int | None = None

    @timed("store_seconds", store="objects", operation="put")
    def put(self, source: BinaryIO) -> str:
        """Store bytes; returns their SHA-256. The same bytes are stored once."""
        with spool(chunks_of(source), self.root, self.limit, sync=True) as part, writing_below(self.root):
            final = self._place(part.sha256)
            final.parent.mkdir(exist_ok=True)
            part.path.replace(final)
        return part.sha256

    def has(self, sha256: str) -> bool:
        """True where the object is there."""
        return is_name(sha256) and self._place(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Bytes of an object."""
        return self.path(sha256).stat().st_size

    @contextmanager
    def open(self, sha256: str, start: int = 0, end: int | None = None) -> Iterator[Iterator[bytes]]:
        """The bytes from `start` up to `end`, in pieces."""
        path = self.path(sha256)
        with ExitStack() as stack:
            with _reading(sha256):
                file = stack.enter_context(path.open("rb"))
                file.seek(start)
            yield _pieces(sha256, file, None if end is None else max(0, end - start))

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """The object's file: nothing takes it away but its erasure."""
        yield self.path(sha256)

    def path(self, sha256: str) -> Path:
        """The object's file, or `ObjectMissingError`."""
        place = self._place(sha256)
        if not (is_name(sha256) and place.is_file()):
            raise ObjectMissingError("object.missing", f"object {sha256[:12]}… isn't in {self.root}", "restore a copy")
        return place

    @timed("store_seconds", store="objects", operation="erase")
    def erase(self, sha256: str) -> Erased:
        """Remove the file."""
        if not self.has(sha256):
            return Erased(sha256)
        with writing_below(self.root):
            self._place(sha256).unlink(missing_ok=True)
        return Erased(sha256, versions=1)

    def every(self) -> Iterator[StoredObject]:
        """All objects in order of their names."""
        for shard in sorted(self.root.glob("??")):
            for path in sorted(shard.iterdir()):
                if is_name(path.name) and path.is_file():
                    status = path.stat()
                    yield StoredObject(path.name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def leftovers(self) -> Iterator[Leftover]:
        """Temporary files."""
        return parts_in(self.root)

    def sweep(self, before: datetime) -> tuple[Leftover, ...]:
        """Remove temporary files that nobody wrote to since."""
        old = tuple(leftover for leftover in self.leftovers() if leftover.at < before)
        for leftover in old:
            Path(leftover.name).unlink(missing_ok=True)
        return old

    def check(self) -> None:
        """Write a file and take it away again; makes the folder where there is none."""
        with spool([b""], self.root):
            pass
        with suppress(OSError):
            next(self.root.iterdir(), None)
            return
        raise StorageError("storage.unreadable", f"can't list {self.root}", "check its permissions")

    def _place(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256


@contextmanager
def _reading(sha256: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"object {sha256[:12]}… can't be read: {error.strerror}"
        raise ObjectMissingError("object.unreadable", message, "check its permissions and the disk") from error


def _pieces(sha256: str, file: BinaryIO, wanted: int | None) -> Iterator[bytes]:
    while wanted is None or wanted > 0:
        with _reading(sha256):
            chunk = file.read(CHUNK_BYTES if wanted is None else min(CHUNK_BYTES, wanted))
        if not chunk:
            return
        wanted = None if wanted is None else wanted - len(chunk)
        yield chunk
