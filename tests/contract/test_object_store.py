"""What every object store keeps: the same bytes once, whole or not at all."""

import errno
import hashlib
import io

import pytest

from qm.errors import DiskFullError, ObjectMissingError, StorageError
from qm.storage.objects import CHUNK_BYTES, FolderObjects


class FailingFile(io.BytesIO):
    """Gives its bytes, then fails as a full disk does."""

    def __init__(self, content, number):
        super().__init__(content)
        self._number = number

    def read(self, size=-1):
        found = super().read(size)
        if not found:
            raise OSError(self._number, "scripted")
        return found


class WatchingFile(io.BytesIO):
    """Calls `look` whenever it's read."""

    def __init__(self, content, look):
        super().__init__(content)
        self._look = look

    def read(self, size=-1):
        self._look()
        return super().read(size)


@pytest.fixture(params=[FolderObjects])
def store(request, tmp_path):
    return request.param(tmp_path / "objects")


def files(tmp_path):
    return sorted(path for path in (tmp_path / "objects").rglob("*") if path.is_file())


@pytest.mark.parametrize("content", [b"", b"x", b"ab" * CHUNK_BYTES])
def test_bytes_come_back_under_their_hash(store, content):
    sha256 = store.put(io.BytesIO(content))
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert store.path(sha256).read_bytes() == content


def test_the_same_bytes_are_kept_once(store, tmp_path):
    assert store.put(io.BytesIO(b"same")) == store.put(io.BytesIO(b"same"))
    store.put(io.BytesIO(b"other"))
    assert len(files(tmp_path)) == 2


def test_a_missing_object_is_an_error_of_its_own(store):
    with pytest.raises(ObjectMissingError) as caught:
        store.path("0" * 64)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, DiskFullError), (errno.EDQUOT, DiskFullError), (errno.EIO, StorageError)]
)
def test_a_failed_write_leaves_nothing(store, tmp_path, number, kind):
    content = b"half" * CHUNK_BYTES
    with pytest.raises(kind) as caught:
        store.put(FailingFile(content, number))
    assert isinstance(caught.value, DiskFullError) == (kind is DiskFullError)
    assert files(tmp_path) == []
    with pytest.raises(ObjectMissingError):
        store.path(hashlib.sha256(content).hexdigest())


def test_a_failed_write_leaves_what_was_there(store):
    content = b"whole" * CHUNK_BYTES
    sha256 = store.put(io.BytesIO(content))
    with pytest.raises(DiskFullError):
        store.put(FailingFile(content, errno.ENOSPC))
    assert store.path(sha256).read_bytes() == content


def test_a_partial_write_is_never_visible(store):
    content = b"slow" * CHUNK_BYTES
    sha256 = hashlib.sha256(content).hexdigest()
    looked = []

    def look():
        with pytest.raises(ObjectMissingError):
            store.path(sha256)
        looked.append(True)

    assert store.put(WatchingFile(content, look)) == sha256
    assert len(looked) > 4
    assert store.path(sha256).stat().st_size == len(content)


def test_a_place_that_cant_be_written(tmp_path):
    (tmp_path / "objects").write_text("a file, not a folder")
    with pytest.raises(StorageError, match=r"storage\.unwritable"):
        FolderObjects(tmp_path / "objects").put(io.BytesIO(b"x"))
