"""What `qm bench asr` listens to: real recordings where the shared data are, and what is said where they aren't."""

import shutil

import numpy as np
import pytest

from benchmarks.asr import main
from benchmarks.asr_sets import CODINGS, decode, load_set, shared_data
from pipelines.commands.context import CommandContext
from qm.errors import InputError

needs_data = pytest.mark.skipif(
    not shared_data().is_dir() or shutil.which("ffmpeg") is None,
    reason=f"shared data ({shared_data()}) or ffmpeg absent",
)


@needs_data
def test_calls_have_both_parties_on_the_calls_clock():
    (item,) = load_set("harpervalley", limit=1)
    assert item.audio.channels == 2
    assert abs(item.duration_s - len(item.audio.pcm) / item.audio.rate_hz) < 0.001
    for turns in item.channels:
        assert turns
        assert all(0 <= turn.start_s < turn.end_s <= item.duration_s + 1 for turn in turns)


@needs_data
def test_the_truth_is_on_the_channel_of_who_speaks():
    """Louder in one's own turns than in the other's, or every rate would be of the wrong channel."""
    (item,) = load_set("harpervalley", limit=1)
    for channel in range(2):
        own, other = (
            np.mean([np.square(item.audio.read(channel, t.start_s, t.end_s)).mean() for t in item.channels[index]])
            for index in (channel, 1 - channel)
        )
        assert own > 3 * other


@needs_data
def test_a_copy_holds_the_same_recordings_and_other_samples():
    clean, coded = load_set("carlo", limit=2, seed=3), load_set("carlo-mulaw", limit=2, seed=3)
    assert [item.name for item in clean] == [item.name for item in coded]
    assert [item.texts for item in clean] == [item.texts for item in coded]
    for one, other in zip(clean, coded, strict=True):
        length = min(len(one.audio.pcm), len(other.audio.pcm))
        assert not np.array_equal(one.audio.pcm[:length], other.audio.pcm[:length])
        assert np.corrcoef(one.audio.pcm[:length, 0], other.audio.pcm[:length, 0])[0, 1] > 0.9


@needs_data
@pytest.mark.parametrize("coding", sorted(CODINGS))
def test_copies_keep_their_length(coding):
    path = shared_data() / "speech" / "it" / "asterisk_carlo" / "wav" / "vm-goodbye.wav"
    clean, coded = decode(path, 1), decode(path, 1, coding)
    assert abs(clean.recording.duration_s - coded.recording.duration_s) < 0.2


@needs_data
def test_every_prompt_that_is_scored_has_words():
    assert all(item.texts[0].strip() for item in load_set("carlo", limit=5))


def test_absent_data_are_said(tmp_path, monkeypatch):
    monkeypatch.setenv("QM_SHARED_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(InputError) as caught:
        load_set("harpervalley")
    assert caught.value.code == "bench.no_data"
    monkeypatch.setenv("QM_SHARED_DATA", str(tmp_path))
    with pytest.raises(InputError, match="nothing of 'fleurs'"):
        load_set("fleurs")


@pytest.mark.parametrize(
    ("options", "code"),
    [({"sets": ["carlo-gsm"]}, "bench.unknown_set"), ({"peers": ["kaldi"]}, "bench.unknown_peer")],
)
def test_wrong_names_are_told_before_anything_is_loaded(options, code):
    with pytest.raises(InputError) as caught:
        main(CommandContext.open(), **options)
    assert caught.value.code == code
