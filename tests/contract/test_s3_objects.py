"""What a bucket has beyond a folder: versions, uploads in parts, copies in a cache, encryption, TLS, and a network."""

import hashlib
import io
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import minio.time
import pytest
from minio.commonconfig import GOVERNANCE
from minio.retention import Retention
from minio.sse import SseS3

from qm.config import REPOSITORY, read_settings
from qm.errors import ObjectMissingError, PassingError, SettingsError, StorageError
from qm.storage.objects import make_objects
from qm.storage.objects.s3_bucket import PART_BYTES

LATER = datetime.now(UTC) + timedelta(days=1)
CONTENT = b"what was said"
NAME = hashlib.sha256(CONTENT).hexdigest()
KEY = f"calls/{NAME[:2]}/{NAME}"


@pytest.fixture
def open_store(s3_server, tmp_path):
    """A store over a bucket; a new one where none is named. Settings by name."""

    def open_one(bucket="", **more):
        environment = {"QM_DATA": str(tmp_path / "var")} | s3_server.environment(bucket or s3_server.new_bucket())
        return make_objects(read_settings(environment | more, tmp_path))

    return open_one


@pytest.fixture
def bucket(s3_server):
    return s3_server.new_bucket()


@pytest.fixture
def client(s3_server):
    return s3_server.client()


def put(store, content=CONTENT):
    return store.put(io.BytesIO(content))


def copies(tmp_path):
    return sorted(path.name for path in (tmp_path / "var" / "cache" / "objects").glob("??/*"))


def test_the_same_bytes_are_sent_once(open_store, bucket, client):
    store = open_store(bucket)
    put(store)
    sent = client.stat_object(bucket, KEY)
    put(open_store(bucket))
    assert client.stat_object(bucket, KEY).last_modified == sent.last_modified
    assert [item.object_name for item in client.list_objects(bucket, recursive=True)] == [KEY]


def test_a_cut_off_object_is_put_again(open_store, bucket, client):
    client.put_object(bucket, KEY, io.BytesIO(CONTENT[:4]), 4)
    store = open_store(bucket)
    assert put(store) == NAME
    assert store.size(NAME) == len(CONTENT)


def test_erasure_takes_every_version_marker_upload_and_copy(open_store, s3_server, client, tmp_path):
    bucket = s3_server.new_bucket(versions=True)
    store = open_store(bucket)
    put(store)
    client.put_object(bucket, KEY, io.BytesIO(CONTENT), len(CONTENT))
    client.remove_object(bucket, KEY)
    client._upload_part(bucket, KEY, b"x", None, client._create_multipart_upload(bucket, KEY, {}), 1)
    other = put(store, b"of somebody else")
    erased = store.erase(NAME)
    assert (erased.versions, erased.markers, erased.uploads, erased.copies) == (2, 1, 1, 1)
    left = list(client.list_objects(bucket, recursive=True, include_version=True))
    assert [item.object_name.rsplit("/", 1)[-1] for item in left] == [other]
    assert client._list_multipart_uploads(bucket).uploads == []
    assert copies(tmp_path) == [other]


def test_a_locked_object_says_that_it_was_kept(open_store, s3_server, client):
    bucket = s3_server.new_bucket(lock=True)
    store = open_store(bucket)
    put(store)
    client.set_object_retention(bucket, KEY, Retention(GOVERNANCE, LATER))
    with pytest.raises(StorageError, match=r"objects\.(denied|kept)") as caught:
        store.erase(NAME)
    assert "lock" in caught.value.hint
    assert store.has(NAME)


def test_unfinished_uploads_are_swept_when_they_are_old(open_store, bucket, client):
    store = open_store(bucket)
    client._create_multipart_upload(bucket, KEY, {})
    client._create_multipart_upload(bucket, "of/somebody/else", {})
    (leftover,) = store.leftovers()
    assert (leftover.kind, leftover.name) == ("upload", KEY)
    assert store.sweep(datetime.now(UTC) - timedelta(hours=1)) == ()
    assert store.sweep(LATER) == (leftover,)
    assert list(store.leftovers()) == []
    assert [upload.object_name for upload in client._list_multipart_uploads(bucket).uploads] == ["of/somebody/else"]


def test_another_host_s_copy_of_an_erased_object_is_swept(open_store, bucket, tmp_path):
    here, there = open_store(bucket), open_store(bucket, QM_DATA=str(tmp_path / "there"))
    put(here)
    there.path(NAME)
    here.erase(NAME)
    assert [leftover.kind for leftover in there.sweep(datetime.now(UTC) - timedelta(days=1))] == ["copy"]
    with pytest.raises(ObjectMissingError):
        there.path(NAME)


KILLED = """
import os, signal, sys
from qm.config import read_settings
from qm.storage.objects import make_objects
store = make_objects(read_settings())
upload = store.bucket.client._upload_part
def third(*what):
    if what[-1] == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return upload(*what)
store.bucket.client._upload_part = third
store.put(sys.stdin.buffer)
"""


def test_a_writer_killed_in_mid_upload_leaves_no_object(open_store, bucket, s3_server, tmp_path):
    content = bytes(4 * PART_BYTES)
    data = {"QM_DATA": str(tmp_path / "var")}
    done = subprocess.run(
        [sys.executable, "-c", KILLED], input=content, cwd=REPOSITORY, capture_output=True, check=False,
        env=s3_server.environment(bucket) | data | {"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    store = open_store(bucket)
    assert list(store.every()) == []
    assert not store.has(hashlib.sha256(content).hexdigest())
    assert sorted(leftover.kind for leftover in store.leftovers()) == ["file", "upload"]
    assert len(store.sweep(LATER)) == 2
    assert list(store.leftovers()) == []
    assert store.size(put(store, content)) == len(content)


@pytest.mark.parametrize(
    ("wrong", "kind", "code"),
    [
        ({"QM_S3_KEY": "nobody"}, StorageError, "objects.credentials"),
        ({"QM_OBJECTS": "s3://not-made-yet/calls"}, StorageError, "objects.no_bucket"),
        ({"QM_S3_ENDPOINT": "http://127.0.0.1:1"}, PassingError, "objects.unreachable"),
        ({"QM_S3_ENDPOINT": "http://127.0.0.1:9333"}, StorageError, "objects.refused"),
        ({"QM_S3_ENDPOINT": "https://127.0.0.1:18335"}, StorageError, "objects.no_tls"),
        ({"QM_S3_ENDPOINT": "https://127.0.0.1:18336"}, StorageError, "objects.untrusted"),
    ],
)  # fmt: skip
def test_what_stands_between_us_and_the_store_is_named(open_store, bucket, client, wrong, kind, code):
    for use in (put, lambda store: store.has(NAME), lambda store: store.path(NAME), lambda store: store.check()):
        with pytest.raises(kind) as caught:
            use(open_store(bucket, **wrong))
        assert (caught.value.code, isinstance(caught.value, PassingError)) == (code, kind is PassingError)
        assert caught.value.hint
        assert "quality-secret" not in str(caught.value)
    assert not client.bucket_exists("not-made-yet")


def test_a_wrong_secret_is_named_and_never_told(open_store, bucket, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("a-wrong-one\n")
    for use in (put, lambda store: store.has(NAME), lambda store: store.check()):
        with pytest.raises(StorageError, match=r"objects\.credentials.*QM_S3_SECRET_FILE") as caught:
            use(open_store(bucket, QM_S3_SECRET_FILE=str(secret)))
        assert "a-wrong-one" not in str(caught.value)
    warm = open_store(bucket)
    warm.check()
    warm.bucket.client._provider._credentials = type(warm.bucket.client._provider._credentials)("quality-key", "other")
    with pytest.raises(StorageError, match=r"objects\.credentials"):
        warm.has(NAME)  # a HEAD request alone would say no more than "denied"


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_wrong_is_named(open_store, bucket, monkeypatch, hours):
    store, now = open_store(bucket), minio.time.utcnow
    store.check()
    monkeypatch.setattr(minio.time, "utcnow", lambda: now() + timedelta(hours=hours))
    for use in (put, lambda store: store.has(NAME), lambda store: store.path(NAME)):
        with pytest.raises(StorageError, match=r"objects\.clock_skew.*time server"):
            use(store)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"QM_S3_KEY": ""}, "settings.objects"),
        ({"QM_S3_ENDPOINT": "127.0.0.1:9000"}, "settings.objects"),
        ({"QM_S3_ENDPOINT": "http://key:secret@127.0.0.1:9000"}, "settings.objects"),
        ({"QM_OBJECTS": "s3://ab"}, "settings.objects"),
        ({"QM_OBJECTS": "s3://Big_Bucket"}, "settings.objects"),
        ({"QM_S3_SECRET_FILE": "/nowhere"}, "settings.secret_file"),
        ({"QM_S3_SECRET_FILE": os.devnull}, "settings.secret_file"),
        ({"QM_S3_ENDPOINT": "https://h:1", "QM_S3_CA_FILE": "/nowhere"}, "settings.ca_file"),
        ({"QM_S3_ENDPOINT": "https://h:1", "QM_S3_CA_FILE": os.devnull}, "settings.ca_file"),
    ],
)  # fmt: skip
def test_wrong_settings_are_refused_before_anything_is_sent(open_store, bucket, wrong, code):
    with pytest.raises(SettingsError) as caught:
        open_store(bucket, **wrong)
    assert caught.value.code == code
    assert caught.value.hint


def test_tls_with_a_trusted_certificate(open_store, bucket, s3_server):
    trusted = {"QM_S3_ENDPOINT": s3_server.tls_endpoint, "QM_S3_CA_FILE": str(s3_server.certificate)}
    store = open_store(bucket, **trusted)
    big = os.urandom(PART_BYTES + 5)
    assert store.size(put(store, big)) == len(big)
    assert open_store(bucket).path(hashlib.sha256(big).hexdigest()).read_bytes() == big


def test_encryption_is_asked_for_by_setting(open_store, s3_server, client):
    for setting, wanted in (("none", None), ("sse-s3", "AES256")):
        bucket = s3_server.new_bucket()
        store = open_store(bucket, QM_S3_ENCRYPTION=setting)
        small, big = put(store), put(store, bytes(PART_BYTES + 1))
        for name in (small, big):
            told = client.stat_object(bucket, f"calls/{name[:2]}/{name}").metadata
            assert told.get("X-Amz-Server-Side-Encryption") == wanted
        with store.open(big, PART_BYTES - 2, PART_BYTES + 1) as pieces:
            assert b"".join(pieces) == bytes(3)
    assert SseS3().headers() == {"X-Amz-Server-Side-Encryption": "AES256"}


def test_a_server_that_was_killed_has_everything_when_it_is_back(open_store, bucket, s3_server):
    store = open_store(bucket)
    names = {put(store, str(number).encode()) for number in range(20)}
    s3_server.kill()
    try:
        with pytest.raises(PassingError, match=r"objects\.unreachable"):
            put(store)
        with pytest.raises(PassingError):
            store.has(NAME)
        assert store.path(next(iter(names))).is_file()  # a copy of this host serves meanwhile
    finally:
        s3_server.start()
    assert {item.sha256 for item in store.every()} == names
    assert all(store.has(name) for name in names)
    assert put(store) == NAME


def test_a_server_killed_in_mid_download_is_an_error_and_no_object(open_store, bucket, s3_server, tmp_path):
    content = os.urandom(64 << 20)
    name = put(open_store(bucket), content)
    store = open_store(bucket, QM_DATA=str(tmp_path / "there"))
    try:
        with store.open(name) as pieces:
            assert next(pieces)
            s3_server.kill()
            with pytest.raises(PassingError, match=r"objects\.unreachable"):
                list(pieces)
    finally:
        s3_server.start()
    assert store.path(name).stat().st_size == len(content)


MEMORY = """
import os, resource, sys
from qm.config import read_settings
from qm.storage.objects import make_objects

class Stream:
    left = 100
    def read(self, size=-1):
        self.left -= 1
        return os.urandom(1 << 20) if self.left >= 0 else b""

def used_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

store = make_objects(read_settings())
small = Stream()
small.left = 9
store.put(small)  # warm: the client, its connections, one part
before = used_mb()
name = store.put(Stream())
with store.open(name) as pieces:
    assert sum(map(len, pieces)) == 100 << 20
store.cache.drop(name)
assert store.path(name).stat().st_size == 100 << 20
print(used_mb() - before)
"""


def test_a_large_recording_takes_no_more_memory_than_a_small_one(s3_server, bucket, tmp_path):
    environment = s3_server.environment(bucket) | {"QM_DATA": str(tmp_path / "var"), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 30  # MB, of 100 that went through three times


def test_many_at_once_store_the_same_bytes_once(open_store, bucket, client):
    store = open_store(bucket)
    contents = [bytes([number % 5]) * 3000 for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda content: put(store, content), contents))
        found = list(pool.map(lambda name: store.path(name).read_bytes(), names))
    assert found == contents
    assert len(list(store.every())) == len(set(names)) == 5
    assert list(store.leftovers()) == []
