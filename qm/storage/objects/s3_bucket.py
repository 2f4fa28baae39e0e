"""One bucket of an S3-compatible store: what the rest asks of it, with its errors translated."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from minio import Minio
from minio.datatypes import Object, Upload
from minio.error import S3Error
from minio.sse import Sse
from urllib3 import BaseHTTPResponse

from qm.errors import StorageError
from qm.operations.metrics import timed
from qm.storage.objects.s3_client import Address
from qm.storage.objects.s3_errors import MISSING, UNSUPPORTED, translated
from qm.storage.objects.spool import CHUNK_BYTES

PART_BYTES = 8 << 20
"""What is held in memory of an upload; smaller files go in one request."""
MOST_PARTS = 10_000
OUT_OF_RANGE = "InvalidRange"


@dataclass
class Bucket:
    """A bucket at its store. Names are told without the prefix of `address`.

    Args:
        endpoint: the store, for messages.
        sse: encryption to ask for.
    """

    client: Minio
    address: Address
    endpoint: str
    sse: Sse | None = None
    _is_known: bool = field(default=False, init=False)

    @property
    def about(self) -> str:
        """The bucket, for messages."""
        return f"bucket '{self.address.bucket}' at {self.endpoint}"

    def check(self) -> None:
        """Return where the bucket can be listed; by GET, since only answers with a body say why not.

        Raises:
            StorageError: what is wrong.
        """
        with translated(self.about):
            # The public listing can't ask for a single name.
            next(self.client._list_objects(self.address.bucket, prefix=self.address.prefix, max_keys=1), None)  # noqa: SLF001
        self._is_known = True

    def ensure(self) -> None:
        """The same, once a process: some stores make a bucket of any name that they're told."""
        if not self._is_known:
            self.check()

    def stat(self, name: str) -> Object | None:
        """What the store knows of an object, or `None` where it has none of that name."""
        self.ensure()  # a HEAD request says the same of an object and of a whole bucket that isn't there
        try:
            with translated(self.about):
                return self._stat(name)
        except StorageError as error:
            if error.code == "objects.denied":
                self.check()  # a HEAD request says "denied" of a wrong secret and of a wrong clock, too
            raise

    def _stat(self, name: str) -> Object | None:
        try:
            return self.client.stat_object(self.address.bucket, self.address.prefix + name)
        except S3Error as error:
            if error.code in MISSING:
                return None
            raise

    @contextmanager
    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[Iterator[bytes] | None]:
        """The bytes from `start` up to `end`, or `None` where there is no such object."""
        with translated(self.about):
            response = self._get(name, start, 0 if end is None else end - start)
        if response is None or isinstance(response, bytes):
            yield None if response is None else iter(())
            return
        try:
            yield self._pieces(response)
        finally:
            response.close()
            response.release_conn()

    @timed("store_seconds", store="objects", operation="open")
    def _get(self, name: str, start: int, length: int) -> BaseHTTPResponse | bytes | None:
        """An open answer; no bytes where the object ends before `start`; `None` where it isn't there."""
        try:
            return self.client.get_object(self.address.bucket, self.address.prefix + name, offset=start, length=length)
        except S3Error as error:
            if error.code == OUT_OF_RANGE:
                return b""
            if error.code in MISSING:
                return None
            raise

    def _pieces(self, response: BaseHTTPResponse) -> Iterator[bytes]:
        with translated(self.about):
            yield from response.stream(CHUNK_BYTES)

    def write(self, name: str, path: Path, size: int) -> None:
        """Upload a file. The store shows it when its last byte has come, and not before."""
        self.ensure()
        # Several parts at once would each need their memory: one after the other.
        with translated(self.about), path.open("rb") as file:
            self.client.put_object(
                self.address.bucket, self.address.prefix + name, file, size, sse=self.sse, num_parallel_uploads=1,
                part_size=max(PART_BYTES, -(-size // MOST_PARTS)),
            )  # fmt: skip

    def every(self, below: str = "") -> Iterator[Object]:
        """All objects below the prefix, in order of their names."""
        with translated(self.about):
            yield from self.client.list_objects(self.address.bucket, self.address.prefix + below, recursive=True)

    def remove(self, name: str) -> tuple[int, int]:
        """Every version of an object and every note of a deletion; returns how many of both.

        Raises:
            StorageError: the store keeps it (object lock, missing rights).
        """
        found = self._versions(name)
        with translated(self.about):
            for version in found:
                self.client.remove_object(self.address.bucket, self.address.prefix + name, version.version_id)
        if self.stat(name) is not None:
            message = f"{self.about} keeps {name} although it was deleted"
            raise StorageError("objects.kept", message, "look for an object lock or a retention of the bucket")
        return sum(not version.is_delete_marker for version in found), sum(v.is_delete_marker for v in found)

    def _versions(self, name: str) -> list[Object]:
        whole = self.address.prefix + name
        with translated(self.about):
            try:
                # A list, not a stream: what is removed meanwhile would move its pages.
                found = list(self.client.list_objects(self.address.bucket, whole, recursive=True, include_version=True))
            except S3Error as error:
                if error.code not in UNSUPPORTED:
                    raise
                found = list(self.client.list_objects(self.address.bucket, whole, recursive=True))
        return [version for version in found if version.object_name == whole]

    def uploads(self, below: str = "") -> Iterator[Upload]:
        """Unfinished uploads below the prefix."""
        marker: str | None = None
        while True:
            with translated(self.about):
                # The client keeps these calls to itself; its minor version is pinned.
                page = self.client._list_multipart_uploads(  # noqa: SLF001
                    self.address.bucket, prefix=self.address.prefix + below, key_marker=marker
                )
            yield from page.uploads
            marker = page.next_key_marker
            if not page.is_truncated or not marker:
                return

    def abort(self, upload: Upload) -> None:
        """Throw an unfinished upload away; harmless when it's gone."""
        with translated(self.about):
            try:
                self.client._abort_multipart_upload(  # noqa: SLF001 - as above
                    self.address.bucket, upload.object_name, upload.upload_id or ""
                )
            except S3Error as error:
                if error.code != "NoSuchUpload":
                    raise
