"""Recordings of every kind, whole and broken: heard at the right times, or a finding, or a code; never silence."""

import io
import os
import struct
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from models.audio_engine import PyAvAudioReader
from models.audio_scratch import LONGEST_S, ScratchWriter
from pipelines.stages.store import StoreStage
from qm.domain.recording import Severity
from qm.errors import DiskFullError, RecordingError, StorageError
from qm.storage.objects import FolderObjects
from tests.integration import made_recordings as made

KINDS = {f"{kind.ending}-{kind.codec}-{kind.rate_hz}": kind for kind in made.KINDS}
NOISE = np.random.default_rng(5).normal(0, 2000, 48000).astype("<i2")


def heard(tmp_path, content):
    """What the reader makes of the bytes; objects have no file ending."""
    path = tmp_path / "object"
    path.write_bytes(content)
    return PyAvAudioReader().read(path, "0" * 64)


def code_of(tmp_path, content):
    """Code of the error, or the sorted codes of the findings."""
    try:
        audio = heard(tmp_path, content)
    except RecordingError as error:
        return error.code if error.message and error.hint else f"{error.code} without words"
    return sorted({finding.code for finding in audio.findings})


@pytest.mark.parametrize("kind", made.KINDS, ids=str)
def test_whole_files_of_every_kind_are_read_without_a_complaint(tmp_path, kind):
    audio = heard(tmp_path, made.make(tmp_path / "made", kind))
    assert audio.findings == ()
    assert audio.recording.duration_s == pytest.approx(made.LENGTH_S, abs=0.15)
    assert audio.recording.sample_rate_hz == kind.rate_hz
    assert audio.channels == (2 if kind.layout == "stereo" else 1)
    assert made.beep_at(audio) == pytest.approx(made.BEEP_AT_S, abs=0.09)


@pytest.mark.parametrize("rate_hz", [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2, 3, 8])
def test_rates_and_channels(tmp_path, rate_hz, channels):
    samples = np.zeros((2 * rate_hz, channels), "<i2")
    samples[:, :2] = NOISE[: 2 * rate_hz, None][: len(samples)] if rate_hz <= 24000 else 99
    audio = heard(tmp_path, made.wav(samples.tobytes(), channels=channels, rate_hz=rate_hz))
    assert audio.recording.duration_s == pytest.approx(2.0, abs=0.001)
    assert audio.pcm.shape == (round(2.0 * 16000), min(2, channels))
    assert audio.recording.channels == channels
    assert [f.code for f in audio.findings] == (["recording.empty_channels"] if channels > 2 else [])


def test_sound_in_a_third_channel_is_refused_before_it_fills_the_disk(tmp_path):
    samples = np.zeros((48000, 6), "<i2")
    samples[:, 2] = NOISE
    assert code_of(tmp_path, made.wav(samples.tobytes(), channels=6)) == "recording.channels"


CUTS = {
    "wav-pcm_s16le-8000": "recording.truncated", "wav-pcm_mulaw-8000": "recording.truncated",
    "wav-adpcm_ima_wav-8000": "recording.truncated", "wav-g722-16000": "recording.truncated",
    "aiff-pcm_s16be-44100": "recording.truncated", "au-pcm_mulaw-8000": "recording.truncated",
    "flac-flac-16000": "recording.truncated", "mp3-libmp3lame-16000": "recording.truncated",
    "mp3-libmp3lame-8000": "recording.truncated", "m4a-aac-16000": "recording.truncated",
    "3gp-libopencore_amrnb-8000": "recording.truncated", "webm-libopus-48000": "recording.truncated",
    "mkv-flac-16000": "recording.truncated", "tta-tta-16000": "recording.truncated",
    "wv-wavpack-16000": "recording.not_audio", "flv-libmp3lame-44100": "recording.truncated",
    "ogg-libopus-48000": ["recording.truncated_end"], "ogg-flac-16000": ["recording.truncated_end"],
    "caf-pcm_s16be-16000": ["recording.truncated_end"], "w64-pcm_s16le-16000": ["recording.truncated_end"],
    "avi-pcm_s16le-8000": ["recording.truncated_end"],
    "amr-libopencore_amrnb-8000": ["recording.lost", "recording.truncated_end"],
    "adts-aac-16000": ["recording.lost", "recording.truncated_end"],
}  # fmt: skip


@pytest.mark.parametrize("name", CUTS)
def test_files_that_are_cut_off_say_so(tmp_path, name):
    whole = made.make(tmp_path / "made", KINDS[name])
    assert code_of(tmp_path, whole[: len(whole) * 3 // 5]) == CUTS[name]


def test_a_cut_mp3_without_a_count_of_frames_says_so(tmp_path):
    whole = (
        made.make(tmp_path / "made", KINDS["mp3-libmp3lame-16000"])
        .replace(b"Xing", bytes(4))
        .replace(b"Info", bytes(4))
    )
    assert code_of(tmp_path, whole) == []
    assert code_of(tmp_path, whole[:20000]) == ["recording.truncated_end"]


APE_TAG = b"APETAGEX" + struct.pack("<IIII", 2000, 5000, 1, 0) + bytes(5000)


@pytest.mark.parametrize("tag", [b"TAG" + bytes(125), APE_TAG], ids=["id3v1", "ape"])
def test_tags_at_the_end_of_an_mp3_file_are_no_lost_sound(tmp_path, tag):
    whole = made.make(tmp_path / "made", KINDS["mp3-libmp3lame-16000"])
    assert code_of(tmp_path, whole + tag) == []


SPOILT = [
    "wav-adpcm_ima_wav-8000", "mp3-libmp3lame-8000", "mp3-libmp3lame-16000", "mp3-libmp3lame-44100",
    "ogg-libopus-48000", "ogg-flac-16000", "flac-flac-16000", "m4a-aac-16000", "m4a-alac-16000", "webm-libopus-48000",
    "mka-pcm_s16le-16000", "mkv-flac-16000", "mpegts-aac-16000", "3gp-libopencore_amrnb-8000",
]  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_spoilt_in_the_middle_is_said_and_moves_no_times(tmp_path, name):
    """A sixth of the bytes is noise; the beep lies behind, or inside where blocks are long."""
    audio = heard(tmp_path, made.spoil(made.make(tmp_path / "made", KINDS[name])))
    lost = [finding for finding in audio.findings if finding.code == "recording.lost"]
    assert lost
    assert all(finding.severity is Severity.DOUBT for finding in lost)
    assert sum(f.end_s - f.start_s for f in lost) == pytest.approx(1.0, abs=1.1)
    assert audio.recording.duration_s == pytest.approx(made.LENGTH_S, abs=0.15)
    if not any(f.start_s - 0.1 < made.BEEP_AT_S < f.end_s + 0.1 for f in lost):
        assert made.beep_at(audio) == pytest.approx(made.BEEP_AT_S, abs=0.15)
    for finding in lost:
        middle = audio.read(0, finding.start_s + 0.05, finding.end_s - 0.05)
        assert np.abs(middle).max(initial=0) < 0.5


def test_most_of_it_lost_is_refused(tmp_path):
    whole = bytearray(made.make(tmp_path / "made", KINDS["m4a-aac-16000"]))
    begin, end = whole.find(b"mdat") + 4000, whole.find(b"moov") - 4
    whole[begin:end] = np.random.default_rng(1).bytes(end - begin)
    assert code_of(tmp_path, bytes(whole)) == "recording.damaged"


FILMS = {"mp4": made.Kind("mp4", "aac"), "matroska": made.Kind("mkv", "aac"), "mpegts": made.Kind("ts", "aac")}


@pytest.mark.parametrize("form", FILMS)
def test_sound_of_a_film_that_begins_late_keeps_its_times(tmp_path, form):
    audio = heard(tmp_path, made.make_film(tmp_path / "film", form, FILMS[form], late_s=2.5))
    assert [(f.code, f.severity) for f in audio.findings] == [("recording.starts_late", Severity.NOTE)]
    assert made.beep_at(audio) == pytest.approx(made.BEEP_AT_S, abs=0.1)
    assert not audio.read(0, 0.0, 2.3).any()


@pytest.mark.parametrize("form", FILMS)
def test_a_film_is_read_for_its_sound(tmp_path, form):
    assert code_of(tmp_path, made.make_film(tmp_path / "film", form, FILMS[form])) == []


def test_further_tracks_are_named(tmp_path):
    content = made.make_film(tmp_path / "film", "matroska", FILMS["matroska"], tracks=2)
    assert code_of(tmp_path, content) == ["recording.other_tracks"]


DATA = NOISE.tobytes()
FLOATS = NOISE.astype("<f4") / 32768
NOT_A_NUMBER = np.where(np.arange(48000) == 40000, np.nan, FLOATS).astype("<f4")
INFINITE = np.where(np.isnan(NOT_A_NUMBER), np.inf, FLOATS).astype("<f4")
LONG_FORM = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)


def _rf64(data):
    head = b"RF64" + b"\xff" * 4 + b"WAVEds64" + struct.pack("<IQQQI", 28, 0, 96000, 48000, 0)
    return head + b"fmt " + struct.pack("<I", 16) + LONG_FORM + b"data" + b"\xff" * 4 + data


HEADERS = {
    "right": (made.wav(DATA), []),
    "size_unknown": (made.wav(DATA, size=0xFFFFFFFF), []),
    "size_zero": (made.wav(DATA, size=0), []),
    "size_too_small": (made.wav(DATA, size=32000), "recording.header"),
    "size_too_large": (made.wav(DATA, size=200000), "recording.truncated"),
    "chunk_behind": (made.wav(DATA, after=b"LIST" + struct.pack("<I", 40000) + bytes(40000)), []),
    "nothing_behind": (made.wav(b"", size=96000), "recording.truncated"),
    "empty": (made.wav(b""), "recording.not_audio"),
    "bytes_a_second": (made.wav(DATA, bytes_a_second=32000), ["recording.odd_header"]),
    "mono_called_stereo": (made.wav(DATA, channels=2, block=2, bytes_a_second=16000), ["recording.odd_header"]),
    "no_channels": (made.wav(DATA, channels=0), "recording.not_audio"),
    "rate": (made.wav(DATA, rate_hz=1), "recording.rate"),
    "20_ms": (made.wav(DATA[:320]), "recording.too_short"),
    "long_form": (_rf64(DATA), []),
    "long_form_cut": (_rf64(DATA[:64000]), "recording.truncated"),
    "gsm": (made.wav(DATA[: 65 * 150], tag=0x31, bytes_a_second=1625, block=65, bits=0), []),
    "not_a_number": (made.wav(NOT_A_NUMBER.tobytes(), tag=3, bits=32), "recording.not_finite"),
    "infinite": (made.wav(INFINITE.tobytes(), tag=3, bits=32), "recording.not_finite"),
    "far_too_loud": (made.wav((FLOATS * 1e30).astype("<f4").tobytes(), tag=3, bits=32), []),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
def test_wav_headers_that_lie(tmp_path, name):
    content, wanted = HEADERS[name]
    assert code_of(tmp_path, content) == wanted


LEADING_AWAY = {
    "playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nfile:NEIGHBOUR\n#EXT-X-ENDLIST\n",
    "script": b"ffconcat version 1.0\nfile neighbour.aac\n",
    "session": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    b"m=audio 5004 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n",
}


@pytest.mark.parametrize("name", LEADING_AWAY)
@pytest.mark.timeout(20)
def test_a_recording_opens_no_other_file_and_no_address(tmp_path, name):
    neighbour = tmp_path / "neighbour.aac"
    made.make(neighbour, made.Kind("adts", "aac"))
    content = LEADING_AWAY[name].replace(b"NEIGHBOUR", os.fsencode(neighbour))
    assert code_of(tmp_path, content) == "recording.not_audio"


NO_SOUND = {
    "zip": b"PK\x03\x04" + bytes(100_000), "zeros": bytes(1_000_000), "ones": b"\xff" * 500_000,
    "text": b"buongiorno a tutti\n" * 3000, "pdf": b"%PDF-1.4\n" + bytes(1000), "gzip": b"\x1f\x8b" + bytes(1000),
    "noise": np.random.default_rng(3).bytes(500_000), "one_byte": b"R",
}  # fmt: skip


@pytest.mark.parametrize("name", NO_SOUND)
def test_what_is_no_sound_is_refused(tmp_path, name):
    assert code_of(tmp_path, NO_SOUND[name]) == "recording.not_audio"


def test_a_change_of_channels_on_the_way_is_refused(tmp_path):
    both = [made.make(tmp_path / "made", KINDS[name]) for name in ("mp3-libmp3lame-16000", "mp3-libmp3lame-8000")]
    assert code_of(tmp_path, b"".join(both)) == "recording.channels"


def test_a_change_of_rate_on_the_way_is_followed(tmp_path):
    both = [made.make(tmp_path / "made", KINDS[name]) for name in ("mp3-libmp3lame-44100", "mp3-libmp3lame-8000")]
    audio = heard(tmp_path, b"".join(both))
    assert audio.recording.duration_s == pytest.approx(2 * made.LENGTH_S, abs=0.3)


def test_an_mp3_header_that_promises_hours_is_not_believed(tmp_path):
    whole = bytearray(made.make(tmp_path / "made", KINDS["mp3-libmp3lame-16000"]))
    at = max(whole.find(b"Xing"), whole.find(b"Info"))
    whole[at + 8 : at + 12] = struct.pack(">I", 400_000)
    assert code_of(tmp_path, bytes(whole)) == "recording.truncated"


def test_a_file_that_unpacks_to_days_stops_at_the_limit():
    writer = ScratchWriter(io.BytesIO())
    writer.begin(2)
    with pytest.raises(RecordingError) as caught:
        writer.silence(LONGEST_S + 1)
    assert caught.value.code == "recording.too_long"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here, a file on which every write fails")
def test_a_full_disk_while_decoding_stops_the_run_and_blames_no_recording(open_wiring, day_of, run, tmp_path):
    folder = day_of([day_of.row("C1", "a.wav")])
    reader = PyAvAudioReader(open_scratch=partial(Path("/dev/full").open, "w+b"))
    wiring = open_wiring(tmp_path / "data", reader=reader)
    with pytest.raises(DiskFullError) as caught:
        run(wiring, folder)
    assert caught.value.code == "storage.disk_full"
    assert "TMPDIR" in caught.value.hint
    assert not wiring.contacts.quarantine()
    assert run(open_wiring(tmp_path / "data"), folder).outcomes["done"] == 1


def test_no_folder_for_scratch_files(tmp_path):
    (tmp_path / "a.wav").write_bytes(made.wav(DATA))
    reader = PyAvAudioReader(open_scratch=partial((tmp_path / "nowhere" / "scratch").open, "w+b"))
    with pytest.raises(StorageError) as caught:
        reader.read(tmp_path / "a.wav", "0" * 64)
    assert caught.value.code == "storage.unwritable"


def test_scratch_files_are_never_left_behind(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    audio = heard(tmp_path, made.wav(DATA))
    assert list(scratch.iterdir()) == []
    for content, _wanted in HEADERS.values():
        code_of(tmp_path, content)
    assert list(scratch.iterdir()) == []
    assert audio.read(0).any()


class _GrowingSource:
    """A store during whose copying the recorder writes on."""

    def __init__(self, root, path, change):
        self._objects = FolderObjects(root)
        self._path = path
        self._change = change

    def put(self, source):
        stored = self._objects.put(source)
        self._change(self._path)
        return stored


def _grow(path):
    with path.open("ab") as file:
        file.write(b"more")


def _rewrite(path):
    """Other bytes, as many, and the old time put back."""
    before = path.stat()
    path.write_bytes(bytes(before.st_size))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replace(path):
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    other.replace(path)


@pytest.mark.parametrize("change", [_grow, _rewrite, _replace])
def test_a_file_that_changes_while_it_is_copied_is_refused(open_wiring, day_of, run, tmp_path, change):
    folder = day_of([day_of.row("C1", "a.wav")])
    wiring = open_wiring(tmp_path / "data")
    wiring.__dict__["objects"] = _GrowingSource(tmp_path / "objects", folder / "recordings" / "a.wav", change)
    run(wiring, folder)
    (entry,) = wiring.contacts.quarantine()
    assert entry.code == "recording.changing"
    assert "retry" in entry.hint


def test_a_failing_disk_under_a_recording_is_no_fault_of_the_store(tmp_path):
    source = Path("/proc/self/mem")
    if not source.exists():
        pytest.skip("no /proc/self/mem here, a file that can be opened and not read")
    with pytest.raises(RecordingError) as caught:
        StoreStage(FolderObjects(tmp_path))._copy(source, RecordingError, "recording")
    assert caught.value.code == "recording.unreadable"
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_a_day_of_bad_recordings_goes_through_with_a_code_or_a_finding_for_each(open_wiring, day_of, run, tmp_path):
    """The whole pipeline: the rest goes on, nothing is an internal error."""
    contents = {f"h{at}": HEADERS[name][0] for at, name in enumerate(HEADERS)}
    contents |= {f"n{at}": content for at, content in enumerate(NO_SOUND.values())}
    for at, name in enumerate(["ogg-libopus-48000", "mp3-libmp3lame-16000", "m4a-aac-16000", "flac-flac-16000"]):
        whole = made.make(tmp_path / "made", KINDS[name])
        contents |= {f"cut{at}": whole[: len(whole) * 3 // 5], f"spoilt{at}": made.spoil(whole)}
    folder = day_of([day_of.row(name, f"{name}.bin") for name in contents])
    for name, content in contents.items():
        (folder / "recordings" / f"{name}.bin").write_bytes(content)
    wiring = open_wiring()
    summary = run(wiring, folder)
    codes = {entry.subject: entry.code for entry in wiring.contacts.quarantine()}
    assert all(code.startswith("recording.") for code in codes.values()), codes
    assert summary.outcomes["done"] + summary.outcomes["quarantined"] == len(contents)
    assert summary.outcomes["done"] >= 10
    found = wiring.contacts.get("spoilt0").transcript.quality
    assert "recording.lost" in {finding.code for finding in found}
