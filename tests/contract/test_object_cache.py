"""Local copies: bounded, right, and never pulled away from who reads them."""

import hashlib
import os
import subprocess
import sys
from contextlib import ExitStack

import pytest

from qm.config import REPOSITORY
from qm.errors import DiskFullError, ObjectMissingError
from qm.storage.objects.cache import SHOWN, ObjectCache

SIZE = 1000


def content(number):
    return number.to_bytes(2, "big") * (SIZE // 2)


def name(number):
    return hashlib.sha256(content(number)).hexdigest()


class Source:
    """Gives the bytes of a number, and counts how often it's asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, number):
        def fetch():
            self.asked.append(number)
            yield content(number)

        return fetch


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def cache(tmp_path):
    return ObjectCache(tmp_path / "cache", 10 * SIZE)


def fill(cache, source, numbers):
    for number in numbers:
        with cache.hold(name(number), source(number)) as path:
            assert path.read_bytes() == content(number)


def kept(cache):
    return {path.name for path in cache.every()}


def used(cache):
    return sum(path.stat().st_size for path in cache.every())


def test_a_copy_is_fetched_once(cache, source):
    fill(cache, source, [1, 1, 1])
    assert source.asked == [1]


def test_what_was_used_least_recently_goes_first(cache, source):
    fill(cache, source, range(8))
    for number in range(8):
        os.utime(cache.folder / name(number)[:2] / name(number), (number, number))
    fill(cache, source, [0])  # the oldest is used again
    fill(cache, source, [8, 9, 10])
    assert used(cache) <= 10 * SIZE
    assert name(0) in kept(cache)
    assert name(1) not in kept(cache)
    assert {name(8), name(9), name(10)} <= kept(cache)


def test_the_bound_holds_however_many_are_asked_for(cache, source):
    for number in range(100):
        fill(cache, source, [number])
        assert used(cache) <= 11 * SIZE


def test_what_is_held_stays_even_where_there_is_no_room(tmp_path, source):
    cache = ObjectCache(tmp_path / "cache", 1)
    with ExitStack() as stack:
        paths = [stack.enter_context(cache.hold(name(n), source(n))) for n in range(30)]
        assert [path.read_bytes() for path in paths] == [content(n) for n in range(30)]
    fill(cache, source, [31])
    assert used(cache) <= SIZE


def test_a_shown_path_stays_until_some_more_were_asked_for(tmp_path, source):
    cache = ObjectCache(tmp_path / "cache", 1)
    path = cache.path(name(1), source(1))
    for number in range(2, SHOWN + 1):
        cache.path(name(number), source(number))
    assert path.read_bytes() == content(1)
    for number in range(SHOWN + 1, SHOWN + 4):
        cache.path(name(number), source(number))
    assert not path.exists()
    assert len(kept(cache)) <= SHOWN + 1


HOLDER = """
import sys
from pathlib import Path
from qm.storage.objects.cache import ObjectCache
def fetch():
    raise SystemExit("there was no copy")
    yield b""
with ObjectCache(Path(sys.argv[1]), 1).hold(sys.argv[2], fetch) as path:
    print("held", flush=True)
    sys.stdin.read()
    print(len(path.read_bytes()), flush=True)
"""


def test_another_process_s_copy_isnt_taken_away(tmp_path, source):
    cache = ObjectCache(tmp_path / "cache", 1)
    with cache.hold(name(1), source(1)):
        other = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(cache.folder), name(1)], cwd=REPOSITORY, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert other.stdout.readline() == "held\n"
    fill(cache, source, [2, 3, 4])
    assert name(1) in kept(cache)
    told, _errors = other.communicate("")
    assert told == f"{SIZE}\n"
    fill(cache, source, [5])
    assert name(1) not in kept(cache)


def test_an_altered_copy_is_fetched_anew(cache, source):
    fill(cache, source, [1])
    (copy,) = cache.every()
    copy.write_bytes(b"something else")
    fill(cache, source, [1])
    assert source.asked == [1, 1]


def test_bytes_of_another_hash_are_refused_and_not_kept(cache, source):
    with pytest.raises(ObjectMissingError, match=r"object\.altered"), cache.hold(name(1), source(2)):
        pass
    assert not any(path.is_file() for path in cache.folder.rglob("*"))


def test_a_copy_that_another_process_kept_first_is_taken(cache, source):
    def fetch():
        fill(cache, source, [1])  # meanwhile
        yield content(1)

    with cache.hold(name(1), fetch) as path:
        assert path.read_bytes() == content(1)
    assert kept(cache) == {name(1)}


def test_a_full_disk_is_told(tmp_path, source):
    def fetch():
        yield b"x"
        raise OSError(28, "scripted")

    cache = ObjectCache(tmp_path / "cache", SIZE)
    with pytest.raises(DiskFullError, match=r"storage\.disk_full"), cache.hold(name(1), fetch):
        pass
    assert not any(path.is_file() for path in cache.folder.rglob("*"))


def test_a_dropped_copy_is_gone_though_somebody_reads_it(cache, source):
    with cache.hold(name(1), source(1)) as path, path.open("rb") as file:
        assert cache.drop(name(1)) == 1
        assert file.read() == content(1)
    assert cache.drop(name(1)) == 0
    assert kept(cache) == set()
