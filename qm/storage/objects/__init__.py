"""Objects in a folder or in a bucket of an S3-compatible store, behind one port."""

from typing import TYPE_CHECKING

from qm.config import Settings
from qm.errors import StorageError
from qm.ports import ObjectStore
from qm.storage.objects.folder import FolderObjects
from qm.storage.objects.spool import CHUNK_BYTES

if TYPE_CHECKING:
    from qm.storage.objects.s3_bucket import Bucket

__all__ = ["CHUNK_BYTES", "FolderObjects", "make_bucket", "make_objects"]
MEGABYTE = 1_000_000


def make_objects(settings: Settings) -> ObjectStore:
    """The store that the settings name; nothing is touched or sent yet.

    Raises:
        SettingsError: a setting is missing or wrong, or a file that it names can't be read.
        StorageError: the client of S3-compatible stores isn't installed.
    """
    limit = settings.object_max_mb * MEGABYTE
    if not isinstance(settings.objects, str):
        return FolderObjects(settings.objects, limit)
    bucket = make_bucket(settings, settings.objects)
    from qm.storage.objects.cache import ObjectCache
    from qm.storage.objects.s3 import S3Objects

    return S3Objects(bucket, ObjectCache(settings.cache / "objects", settings.cache_mb * MEGABYTE), limit)


def make_bucket(settings: Settings, address: str) -> "Bucket":
    """The bucket of an address `s3://bucket/prefix` at the store of the settings.

    Raises:
        SettingsError: as of `make_objects`.
        StorageError: the client isn't installed.
    """
    try:
        from qm.storage.objects.s3_bucket import Bucket
        from qm.storage.objects.s3_client import Address, connect, encryption
    except ImportError as error:
        message = "the client of S3-compatible stores isn't installed"
        raise StorageError("objects.no_client", message, "pip install 'quality-equation[s3]'") from error
    return Bucket(connect(settings), Address.read(address), settings.s3_endpoint, encryption(settings))
