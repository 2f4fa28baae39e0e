"""Each metric of the benches gives what its public reference files are known to give, before we trust it on ours.

The expected numbers are those of the upstream projects' own tests (fgnt/meeteval tests/test_python_api.py and
desh2608/spyder test/test_der.py) for the same files; word counts of single pairs were also counted by hand.
"""

import json
import os
from pathlib import Path

import pytest
from rapidfuzz.distance import Levenshtein

from benchmarks.word_errors import WordErrors, count_speaker_word_errors, count_word_errors, pooled
from qm.config import REPOSITORY

REFERENCE = Path(os.environ.get("QM_SHARED_DATA") or REPOSITORY.parent / "shared" / "data") / (
    "diarisation/scoring_reference"
)
FILES = REFERENCE / "meeteval" / "example_files"
pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason=f"shared data absent: {FILES}")


def lines_of(name):
    """`recording, speaker, words` of an STM file, in order."""
    found = []
    for line in (FILES / name).read_text(encoding="utf-8").splitlines():
        if line.strip():
            recording, _channel, speaker, _start, _end, *words = line.split()
            found.append((recording, speaker, words))
    return found


def by_speaker(lines, recording):
    speakers = {}
    for own, speaker, words in lines:
        if own == recording:
            speakers.setdefault(speaker, []).extend(words)
    return speakers


def keyed_texts(name):
    lines = (FILES / name).read_text(encoding="utf-8").splitlines()
    return {key: words for key, *words in (line.split() for line in lines)}


def speaker_errors(reference, hypothesis, recording):
    return count_speaker_word_errors(by_speaker(reference, recording), by_speaker(hypothesis, recording))


def test_cpwer_of_the_published_pair():
    """25 errors in 92 words: the pooled result that meeteval's own test holds for these files."""
    reference, hypothesis = lines_of("ref.stm"), lines_of("hyp.stm")
    whole = pooled([speaker_errors(reference, hypothesis, recording) for recording in ("recordingA", "recordingB")])
    assert (whole.errors, whole.reference) == (25, 92)
    assert (whole.substitutions, whole.deletions, whole.insertions) == (2, 15, 8)


def test_cpwer_of_split_files_is_that_of_the_whole():
    parts = [
        speaker_errors(lines_of(f"ref{letter}.stm"), lines_of(f"hyp{letter}.stm"), f"recording{letter}")
        for letter in "AB"
    ]
    assert (pooled(parts).errors, pooled(parts).reference) == (25, 92)


def test_cpwer_doesnt_care_for_the_names_of_speakers():
    reference, hypothesis = lines_of("ref.stm"), lines_of("hyp.stm")
    renamed = [
        (recording, {"Alice": "Bob", "Bob": "Alice"}[speaker], words) for recording, speaker, words in hypothesis
    ]
    for recording in ("recordingA", "recordingB"):
        assert speaker_errors(reference, renamed, recording) == speaker_errors(reference, hypothesis, recording)


def test_wer_of_the_published_texts():
    """Counted by hand: `your` for `you're` and `two` for `to` in a, six words missing in e, the rest alike."""
    reference, hypothesis = keyed_texts("text_ref"), keyed_texts("text_hyp")
    found = {key: count_word_errors(words, hypothesis[key]) for key, words in reference.items()}
    assert found["a"] == WordErrors(substitutions=2, deletions=0, insertions=0, reference=17)
    assert found["e"] == WordErrors(substitutions=0, deletions=7, insertions=0, reference=15)
    assert {key for key, count in found.items() if count.errors} == {"a", "e"}
    assert (pooled(list(found.values())).errors, pooled(list(found.values())).reference) == (9, 92)


def test_wer_agrees_with_an_independent_count():
    reference, hypothesis = keyed_texts("text_ref"), keyed_texts("text_hyp")
    for first in reference.values():
        for second in hypothesis.values():
            assert count_word_errors(first, second).errors == Levenshtein.distance(first, second)


def test_wer_of_one_speaker_a_recording():
    reference, hypothesis = lines_of("ref_siso.stm"), lines_of("hyp_siso.stm")
    counts = [
        count_word_errors(truth, found) for (_r, _s, truth), (_h, _t, found) in zip(reference, hypothesis, strict=True)
    ]
    assert [count.errors for count in counts] == [2, 0, 0]


def test_segments_as_json_give_the_same_cpwer():
    sides = {}
    for side in ("ref", "hyp"):
        segments = json.loads((FILES / f"{side}.seglst.json").read_text(encoding="utf-8"))
        sides[side] = [(s["session_id"], s["speaker"], s["words"].split()) for s in segments]
    whole = pooled(
        [speaker_errors(sides["ref"], sides["hyp"], recording) for recording in ("recordingA", "recordingB")]
    )
    assert (whole.errors, whole.reference) == (25, 92)
