"""Players and the two stores: byte ranges come straight from wherever the recording is kept."""

import hashlib
import io

import numpy as np
import pytest
import soundfile
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api import envelopes
from api.playback import Part, Playback, part_of
from qm.config import read_settings
from qm.errors import ObjectMissingError
from qm.storage.objects import make_objects


def recording():
    target = io.BytesIO()
    soundfile.write(target, np.sin(np.arange(8000) / 9), 8000, format="WAV", subtype="PCM_16")
    return target.getvalue()


CONTENT = recording()
NAME = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path):
    place = {"QM_DATA": str(tmp_path / "var")}
    if request.param == "s3":
        server = request.getfixturevalue("s3_server")
        place |= server.environment(server.new_bucket())
    made = make_objects(read_settings(place, tmp_path))
    made.put(io.BytesIO(CONTENT))
    return made


@pytest.fixture
def play(store):
    """Ask for the recording as a player does."""
    app, playback = FastAPI(), Playback(store)
    envelopes.install(app)

    @app.get("/{sha256}")
    def answer(request: Request, sha256: str):
        return playback.respond(sha256, request.headers)

    with TestClient(app, raise_server_exceptions=False) as client:
        yield lambda name=NAME, **headers: client.get(
            f"/{name}", headers={key.replace("_", "-"): value for key, value in headers.items()}
        )


def test_the_whole(play):
    whole = play()
    assert (whole.status_code, whole.content) == (200, CONTENT)
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["content-length"] == str(len(CONTENT))
    assert whole.headers["accept-ranges"] == "bytes"
    assert "content-range" not in whole.headers


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-", 0, None),
        ("bytes=100-199", 100, 200),
        ("bytes=-50", -50, None),
        ("bytes=16000-99999999", 16000, None),
    ],
)
def test_a_part(play, asked, start, end):
    part = play(range=asked)
    assert (part.status_code, part.content) == (206, CONTENT[start:end])
    first = start % len(CONTENT)
    assert part.headers["content-range"] == f"bytes {first}-{first + len(part.content) - 1}/{len(CONTENT)}"


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_behind_the_end(play, asked):
    answer = play(range=asked)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=9-3", "bytes=-", "bytes=a-b", "bytes=٣-٤"])
def test_what_isnt_one_range_gives_the_whole(play, asked):
    assert play(range=asked.encode("utf-8")).status_code == 200


def test_a_range_of_another_version_gives_the_whole(play):
    etag = play().headers["etag"]
    assert play(range="bytes=0-9", if_range=etag).status_code == 206
    assert play(range="bytes=0-9", if_range='"another"').status_code == 200


def test_nothing_is_downloaded_whole_to_play_a_part(play, tmp_path):
    for copy in (tmp_path / "var" / "cache").rglob("*/*"):
        if copy.is_file():
            copy.unlink()
    assert play(range="bytes=5-9").content == CONTENT[5:10]
    assert not [path for path in (tmp_path / "var" / "cache").rglob("*") if path.name == NAME]


def test_a_lost_recording_is_an_answer_and_no_broken_stream(play, store):
    assert play().status_code == 200
    store.erase(NAME)
    for headers in ({}, {"range": "bytes=5-9"}):
        answer = play(**headers)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "object.missing"
    assert play("0" * 64).status_code == 404


def test_the_waveform_is_drawn_once(store):
    playback = Playback(store)
    drawn = playback.peaks(NAME)
    assert drawn.duration_s == pytest.approx(1.0)
    store.erase(NAME)
    assert playback.peaks(NAME) is drawn
    with pytest.raises(ObjectMissingError):
        Playback(store).peaks(NAME)


@given(size=st.integers(0, 300), first=st.integers(0, 400), length=st.integers(0, 400))
def test_any_range_is_the_slice(size, first, length):
    content = bytes(size)
    for asked, wanted in (
        (f"bytes={first}-{first + length}", content[first : first + length + 1]),
        (f"bytes={first}-", content[first:]),
        (f"bytes=-{length}", content[-length:] if length else b""),
    ):
        try:
            part = part_of(asked, size)
        except IndexError:
            assert wanted == b""
            continue
        assert isinstance(part, Part)
        assert 0 <= part.start < part.end <= size
        assert part.end - part.start == len(wanted)
