"""What every object store keeps: the same bytes once, whole or not at all, found again, and gone when erased."""

import errno
import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qm.config import read_settings
from qm.errors import ContactError, DiskFullError, ObjectMissingError, StorageError
from qm.ports import Erased
from qm.storage.objects import CHUNK_BYTES, FolderObjects, make_objects

NOBODY = "0" * 64
LATER = datetime.now(UTC) + timedelta(days=1)
NAMES_OF_NOTHING = ["", "x", "..", "../../etc/passwd", "0" * 63, "0" * 65, "A" * 64, f"{'0' * 63}\n", "/" * 64]


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


class Trickle(io.RawIOBase):
    """A source that can't be rewound and gives less than asked for."""

    def __init__(self, content):
        self._left = content

    def read(self, size=-1):
        piece, self._left = self._left[:1000], self._left[1000:]
        return piece


@pytest.fixture(params=["folder", "s3"])
def make_store(request, tmp_path):
    """A store over an empty place; settings by name."""
    place = {"QM_DATA": str(tmp_path / "var")}
    if request.param == "s3":
        server = request.getfixturevalue("s3_server")
        place |= server.environment(server.new_bucket())
    return lambda **more: make_objects(read_settings(place | more, tmp_path))


@pytest.fixture
def store(make_store):
    return make_store()


def read(store, *where):
    with store.open(*where) as pieces:
        return b"".join(pieces)


def sha256_of(content):
    return hashlib.sha256(content).hexdigest()


def is_empty(store):
    return list(store.every()) == [] and list(store.leftovers()) == []


@pytest.mark.parametrize("content", [b"", b"x", b"ab" * CHUNK_BYTES])
def test_bytes_come_back_under_their_hash(store, content):
    sha256 = store.put(io.BytesIO(content))
    assert sha256 == sha256_of(content)
    assert store.has(sha256)
    assert store.size(sha256) == len(content)
    assert read(store, sha256) == content
    assert store.path(sha256).read_bytes() == content
    with store.local(sha256) as path:
        assert path.read_bytes() == content


def test_a_source_of_unknown_length_comes_in_whole(store):
    content = bytes(range(256)) * 100
    assert store.size(store.put(Trickle(content))) == len(content)


def test_the_same_bytes_are_kept_once_and_listed_in_order_of_their_names(store):
    began = datetime.now(UTC) - timedelta(seconds=2)
    names = [store.put(io.BytesIO(content)) for content in (b"same", b"same", b"other", b"a third")]
    found = list(store.every())
    assert [(item.sha256, item.size) for item in found] == sorted(
        {(name, {names[0]: 4, names[2]: 5}.get(name, 7)) for name in names}
    )
    assert all(began <= item.at <= LATER for item in found)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 40), length=st.one_of(st.none(), st.integers(0, 40)))
def test_any_range_is_the_slice(store, start, length):
    content = bytes(range(30))
    sha256 = store.put(io.BytesIO(content))
    end = None if length is None else start + length
    assert read(store, sha256, start, end) == content[start:end]


def test_a_missing_object_is_an_error_of_its_own(store):
    assert not store.has(NOBODY)
    for ask in (store.size, store.path, lambda name: read(store, name), lambda name: read(store, name, 3, 3)):
        with pytest.raises(ObjectMissingError, match=r"object\.missing") as caught:
            ask(NOBODY)
        assert caught.value.hint
    with pytest.raises(ObjectMissingError), store.local(NOBODY):
        pass


@pytest.mark.parametrize("name", NAMES_OF_NOTHING)
def test_what_is_no_name_reaches_nothing(store, name):
    store.put(io.BytesIO(b"kept"))
    assert not store.has(name)
    for ask in (store.size, store.path, lambda name: read(store, name)):
        with pytest.raises(ObjectMissingError):
            ask(name)
    assert store.erase(name) == Erased(name)
    assert len(list(store.every())) == 1


def test_an_erased_object_is_gone_and_others_stay(store):
    gone, stays = store.put(io.BytesIO(b"gone")), store.put(io.BytesIO(b"stays"))
    store.path(gone)
    erased = store.erase(gone)
    assert (erased.sha256, erased.versions) == (gone, 1)
    assert not store.has(gone)
    with pytest.raises(ObjectMissingError):
        store.path(gone)
    assert [item.sha256 for item in store.every()] == [stays]
    assert store.erase(gone) == Erased(gone)
    assert store.put(io.BytesIO(b"gone")) == gone
    assert store.has(gone)


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, DiskFullError), (errno.EDQUOT, DiskFullError), (errno.EIO, StorageError)]
)
def test_a_failed_write_leaves_nothing(store, number, kind):
    content = b"half" * CHUNK_BYTES
    with pytest.raises(kind) as caught:
        store.put(FailingFile(content, number))
    assert isinstance(caught.value, DiskFullError) == (kind is DiskFullError)
    assert is_empty(store)
    with pytest.raises(ObjectMissingError):
        store.path(sha256_of(content))


def test_a_failed_write_leaves_what_was_there(store):
    content = b"whole" * CHUNK_BYTES
    sha256 = store.put(io.BytesIO(content))
    with pytest.raises(DiskFullError):
        store.put(FailingFile(content, errno.ENOSPC))
    assert store.path(sha256).read_bytes() == content


def test_a_partial_write_is_never_visible(store):
    content = b"slow" * CHUNK_BYTES
    sha256 = sha256_of(content)
    looked = []

    def look():
        with pytest.raises(ObjectMissingError):
            store.path(sha256)
        looked.append(True)

    assert store.put(WatchingFile(content, look)) == sha256
    assert len(looked) > 4
    assert store.path(sha256).stat().st_size == len(content)


def test_what_is_larger_than_allowed_is_refused_and_leaves_nothing(make_store):
    store = make_store(QM_OBJECT_MAX_MB="1")
    with pytest.raises(ContactError, match=r"object\.too_large: the file has more than 1 MB"):
        store.put(io.BytesIO(bytes(1_000_001)))
    assert is_empty(store)
    assert store.size(store.put(io.BytesIO(bytes(1_000_000)))) == 1_000_000


def test_old_leftovers_are_swept_and_fresh_ones_are_left_alone(store):
    written = []

    def look():
        assert store.sweep(datetime.now(UTC) - timedelta(minutes=1)) == ()
        written.extend(leftover.kind for leftover in store.leftovers())

    sha256 = store.put(WatchingFile(b"fresh", look))
    assert set(written) == {"file"}
    assert store.has(sha256)
    assert store.sweep(LATER) == ()


def test_an_interrupted_writer_leaves_nothing(store):
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.put(WatchingFile(b"never", stop))
    assert is_empty(store)


def test_a_store_that_can_be_used_says_so(store):
    store.check()
    assert is_empty(store)


def test_a_place_that_cant_be_written(tmp_path):
    (tmp_path / "objects").write_text("a file, not a folder")
    for use in (lambda store: store.put(io.BytesIO(b"x")), FolderObjects.check):
        with pytest.raises(StorageError, match=r"storage\.unwritable"):
            use(FolderObjects(tmp_path / "objects"))
