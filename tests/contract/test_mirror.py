"""A watched prefix of a bucket as a folder: what is new or changed comes, whole, and nothing lands elsewhere."""

import io
import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.config import read_settings
from qm.errors import PassingError, StorageError
from qm.storage.objects import make_bucket
from qm.storage.objects.mirror import is_safe, mirror


@pytest.fixture
def inbox(s3_server, tmp_path):
    """A bucket with a prefix, its client, and the folder that mirrors it."""
    name = s3_server.new_bucket()
    environment = s3_server.environment(name) | {"QM_DATA": str(tmp_path / "var")}
    bucket = make_bucket(read_settings(environment, tmp_path), f"s3://{name}/in")
    client = s3_server.client()

    def put(key, content=b"x"):
        client.put_object(name, key, io.BytesIO(content), len(content))

    bucket.put, bucket.folder = put, tmp_path / "inbox"
    return bucket


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_new_and_changed_objects_come_and_the_rest_stays(inbox):
    inbox.put("in/day/contacts.csv", b"id\n1\n")
    inbox.put("in/day/recordings/a.wav", b"sound")
    inbox.put("elsewhere/b.wav")
    first = mirror(inbox, inbox.folder)
    assert first.fetched == ["day/recordings/a.wav", "day/contacts.csv"]  # the list after what it names
    assert files(inbox.folder) == {"day/contacts.csv": b"id\n1\n", "day/recordings/a.wav": b"sound"}
    again = mirror(inbox, inbox.folder)
    assert (again.fetched, again.kept) == ([], 2)
    inbox.put("in/day/contacts.csv", b"id\n1\n2\n")
    assert mirror(inbox, inbox.folder).fetched == ["day/contacts.csv"]
    assert files(inbox.folder)["day/contacts.csv"] == b"id\n1\n2\n"


def test_a_file_keeps_the_object_s_time(inbox):
    inbox.put("in/a.wav")
    mirror(inbox, inbox.folder)
    found = datetime.fromtimestamp((inbox.folder / "a.wav").stat().st_mtime, UTC)
    assert abs(found - datetime.now(UTC)) < timedelta(minutes=5)
    os.utime(inbox.folder / "a.wav", (1, 1))
    assert mirror(inbox, inbox.folder).fetched == ["a.wav"]


def test_names_that_cant_be_files_here_are_refused_and_the_rest_comes(inbox):
    for key in ("in/.hidden", "in/day/.part-1", f"in/{'n' * 201}"):
        inbox.put(key)
    inbox.put("in/large.wav", bytes(2000))
    inbox.put("in/fine.wav")
    done = mirror(inbox, inbox.folder, limit=1000)
    assert done.fetched == ["fine.wav"]
    assert sorted(done.refused) == sorted([".hidden", "day/.part-1", "n" * 201, "large.wav"])
    assert list(files(inbox.folder)) == ["fine.wav"]


@given(st.lists(st.sampled_from(["..", ".", "", "a", "b.wav", "/", "\x00", "\\", "~", "è", " "]), max_size=6))
def test_a_safe_name_stays_below_the_folder(parts):
    name = "/".join(parts)
    if is_safe(name):
        whole = os.path.normpath(f"/inbox/{name}")
        assert whole.startswith("/inbox/")
        assert "\x00" not in name


@pytest.mark.parametrize(
    "name", ["", "a/", "/a", "a//b", "a/../b", "../a", ".git/a", "a\\b", "a\nb", "\x7f", "n" * 201]
)
def test_an_unsafe_name(name):
    assert not is_safe(name)


def test_a_file_in_a_folder_s_place_is_told(inbox):
    inbox.put("in/day/a.wav")
    inbox.folder.mkdir()
    (inbox.folder / "day").write_text("a file")
    with pytest.raises(StorageError, match=r"storage\.unwritable"):
        mirror(inbox, inbox.folder)
    assert list(files(inbox.folder)) == ["day"]


def test_a_look_that_breaks_off_goes_on_next_time(inbox, s3_server):
    for number in range(3):
        inbox.put(f"in/{number}.wav", str(number).encode())
    read, count = inbox.client.get_object, []

    def breaks(*what, **more):
        count.append(1)
        if len(count) == 3:
            s3_server.kill()
        return read(*what, **more)

    inbox.client.get_object = breaks
    try:
        with pytest.raises(PassingError):
            mirror(inbox, inbox.folder)
    finally:
        s3_server.start()
    assert sorted(files(inbox.folder)) == ["0.wav", "1.wav"]
    done = mirror(inbox, inbox.folder)
    assert (done.fetched, done.kept) == (["2.wav"], 2)
