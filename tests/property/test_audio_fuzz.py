"""Recordings with bytes changed, cut out, doubled or mixed: an error with a code, or audio that holds together."""

import random

import numpy as np
import pytest

from models.audio_engine import PyAvAudioReader
from qm.errors import RecordingError
from tests.integration import made_recordings as made

KINDS = (
    made.Kind("wav", "pcm_s16le", 8000), made.Kind("mp3", "libmp3lame", 16000, "stereo"),
    made.Kind("ogg", "libopus", 48000), made.Kind("flac", "flac"), made.Kind("m4a", "aac"),
    made.Kind("webm", "libopus", 48000),
)  # fmt: skip
ATTEMPTS = 70
"""Of each format: about 20 s in all on one core."""
HEAD = 600
"""Bytes in which the headers of the formats lie, but for MP4, whose lies at the end."""
LONGEST_S = 3 * 600.0
"""A few changed bytes may stretch time by a pause that is believed, not by hours."""


def mutant(draw, whole, other):
    """One of six kinds of damage."""
    content = bytearray(whole)
    kind = draw.choice(("head", "tail", "anywhere", "cut", "hole", "mixed"))
    if kind == "cut":
        return bytes(content[: draw.randrange(len(content))])
    if kind == "hole":
        start = draw.randrange(len(content))
        del content[start : start + draw.randrange(len(content) // 2)]
        return bytes(content)
    if kind == "mixed":
        return bytes(content[: draw.randrange(len(content))]) + other[draw.randrange(len(other)) :]
    first = max(0, len(content) - HEAD) if kind == "tail" else 0
    last = min(HEAD, len(content)) if kind == "head" else len(content)
    for _flip in range(draw.randint(1, 8)):
        content[draw.randrange(first, last)] = draw.randrange(256)
    return bytes(content)


def holds_together(audio):
    """Sizes, spans and numbers fit one another."""
    duration_s = audio.recording.duration_s
    assert 1.0 <= duration_s <= LONGEST_S
    assert (
        len(audio.pcm) == round(duration_s * audio.rate_hz) or abs(len(audio.pcm) / audio.rate_hz - duration_s) < 1e-3
    )
    assert audio.pcm.shape[1] == min(2, audio.recording.channels)
    assert np.isfinite(audio.read(0, 0.0, 1.0)).all()
    for finding in audio.findings:
        assert finding.message
        if finding.start_s is not None:
            assert 0.0 <= finding.start_s <= finding.end_s <= duration_s + 0.01, finding


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_damage_of_any_kind_gives_a_code_or_audio_that_holds_together(tmp_path, kind):
    whole = made.make(tmp_path / "whole", kind, seconds=3)
    other = made.make(tmp_path / "other", random.Random(1).choice(KINDS), seconds=3, seed=2)
    draw = random.Random(str(kind))
    path = tmp_path / "mutant"
    codes = []
    for _attempt in range(ATTEMPTS):
        path.write_bytes(mutant(draw, whole, other))
        codes.append(code_of(path))
    refused = [code for code in codes if code]
    assert all(code.startswith("recording.") for code in refused), refused
    assert 0 < len(refused) < ATTEMPTS  # else the damage is all too little, or too much, to try anything


def code_of(path):
    """Code of the error; empty where there is audio."""
    try:
        audio = PyAvAudioReader().read(path, "0" * 64)
    except RecordingError as error:
        return error.code if error.hint else "without a hint"
    holds_together(audio)
    return ""


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_missing_end_is_never_silent(tmp_path, kind):
    """At least a second of three is gone: an error, or a finding that says so."""
    whole = made.make(tmp_path / "whole", kind, seconds=3)
    draw = random.Random(str(kind))
    path = tmp_path / "cut"
    for _attempt in range(25):
        path.write_bytes(whole[: draw.randrange(len(whole) // 2, len(whole) * 2 // 3)])
        try:
            codes = {finding.code for finding in PyAvAudioReader().read(path, "0" * 64).findings}
        except RecordingError:
            continue
        assert "recording.truncated_end" in codes
