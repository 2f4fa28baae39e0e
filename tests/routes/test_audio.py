"""The recording and its peaks."""

import io

import numpy as np
import pytest
import soundfile

from api.audio import BUCKETS, HEAD_BYTES, media_type, peaks_of
from qm.errors import NotFoundError


def test_byte_ranges(client, sample):
    whole = client.get("/contacts/C-1/audio")
    assert whole.status_code == 200
    assert whole.content == sample.wav_bytes()
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["accept-ranges"] == "bytes"
    part = client.get("/contacts/C-1/audio", headers={"range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole.content[100:200]
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    assert client.get("/contacts/C-1/audio", headers={"range": f"bytes={10**9}-"}).status_code == 416


@pytest.mark.parametrize(
    "path", ["/contacts/C-2/audio", "/contacts/C-2/peaks", "/contacts/C-5/audio", "/contacts/no/peaks"]
)
def test_no_recording(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert set(response.json()["error"]) == {"code", "message", "hint"}


def test_peaks_follow_loudness(client, sample):
    peaks = client.get("/contacts/C-1/peaks").json()
    assert peaks["duration_s"] == pytest.approx(sample.LENGTH_S)
    agent, customer = (np.array(channel) for channel in peaks["channels"])
    assert len(agent) == BUCKETS
    first, second = slice(10, 190), slice(210, 390)  # seconds 0..2 and 2..4 of 12
    assert agent[first].mean() > 0.8 > 0.1 > agent[second].mean()
    assert customer[second].mean() > 0.5 > 0.1 > customer[first].mean()


def test_undecodable_recording_has_no_peaks(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"this is text, not audio" * 100)
    with pytest.raises(NotFoundError, match="no waveform"):
        peaks_of(path)
    assert media_type(path.read_bytes()[:HEAD_BYTES]) == "application/octet-stream"


@pytest.mark.parametrize(
    ("kind", "subtype", "wanted"),
    [
        ("WAV", "ULAW", "audio/wav"),
        ("OGG", "OPUS", "audio/ogg"),
        ("MP3", "MPEG_LAYER_III", "audio/mpeg"),
        ("FLAC", "PCM_16", "audio/flac"),
    ],
)
def test_media_type_and_peaks_by_content(tmp_path, kind, subtype, wanted):
    target = io.BytesIO()
    soundfile.write(target, np.zeros((8000, 1)), 8000, format=kind, subtype=subtype)
    path = tmp_path / "object"
    path.write_bytes(target.getvalue())
    assert media_type(path.read_bytes()[:HEAD_BYTES]) == wanted
    peaks = peaks_of(path)
    assert peaks.duration_s == pytest.approx(1.0, abs=0.2)
    assert set(peaks.channels[0]) == {0.0}


def test_pyav_reads_what_soundfile_does_not(tmp_path):
    import av

    path = tmp_path / "call.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16000, layout="mono")
        samples = (0.5 * np.sin(np.arange(16000) / 8)).astype(np.float32)[None, :]
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate = 16000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    assert media_type(path.read_bytes()[:HEAD_BYTES]) == "audio/mp4"
    peaks = peaks_of(path)
    assert peaks.duration_s == pytest.approx(1.0, abs=0.2)
    assert max(peaks.channels[0]) == 1.0
