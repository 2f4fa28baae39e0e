"""How well voices were told apart: words under the wrong speaker, cpWER, and diarisation error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.diarise_sets import Call
from benchmarks.normalise_words import normalise_words
from benchmarks.word_errors import WordErrors, count_speaker_word_errors
from qm.analysis.assign_speakers import assign_speakers
from qm.domain.figures import Count
from qm.domain.recognition import Voice
from qm.domain.transcript import Word
from qm.units import Seconds

COLLAR_S: Seconds = 0.25
"""Not scored on either side of a boundary of the truth, as in the NIST evaluations."""


@dataclass(frozen=True)
class DiarisationError:
    """Seconds by kind of error, and of speech in the truth; overlapping speech counts for each speaker."""

    missed_s: Seconds
    false_alarm_s: Seconds
    confused_s: Seconds
    spoken_s: Seconds

    @property
    def errors_s(self) -> Seconds:
        """All three kinds."""
        return self.missed_s + self.false_alarm_s + self.confused_s

    @property
    def rate(self) -> float | None:
        """DER (NIST 2009); `None` where nobody speaks."""
        return self.errors_s / self.spoken_s if self.spoken_s else None


def wrong_words(truth: Sequence[str], found: Sequence[str]) -> Count:
    """Words under the wrong speaker, with the one-to-one naming of speakers that makes them fewest (Kuhn 1955).

    Args:
        truth: speaker of each word.
        found: likewise; an empty string, where nobody was found, is always wrong.

    >>> wrong_words(("a", "a", "b"), ("y", "x", "x"))
    Count(hits=1, n=3)
    >>> wrong_words(("a", "b"), ("", "y"))
    Count(hits=1, n=2)
    """
    rows, columns = sorted(set(truth)), sorted(set(found) - {""})
    table = np.zeros((len(rows), len(columns)), dtype=int)
    for mine, theirs in zip(truth, found, strict=True):
        if theirs:
            table[rows.index(mine), columns.index(theirs)] += 1
    chosen = linear_sum_assignment(-table)
    return Count(len(truth) - int(table[chosen].sum()), len(truth))


def speakers_at_middle(words: Sequence[Word], voices: Sequence[Voice]) -> tuple[str, ...]:
    """The strict reading: who speaks at the middle of each word; nobody, or more than one, is no answer."""
    return tuple(_only({v.speaker for v in voices if v.start_s <= _middle(word) <= v.end_s}) for word in words)


def speaker_word_errors(call: Call, words: Sequence[Word], voices: Sequence[Voice]) -> WordErrors:
    """Word errors by speaker (cpWER, Watanabe et al. 2020) of recognised words under the speakers assigned to them."""
    return count_speaker_word_errors(
        _texts(call.words, call.speakers, call.language),
        _texts(words, assign_speakers(words, voices), call.language),
    )


def recognised_wrong(call: Call, words: Sequence[Word], voices: Sequence[Voice]) -> Count:
    """Recognised words under the wrong speaker; the truth of each is who speaks nearest to its middle."""
    truth = call.voices or tuple(
        Voice(who, word.start_s, word.end_s) for word, who in zip(call.words, call.speakers, strict=True)
    )
    if not words:
        return Count(0, 0)
    return wrong_words(assign_speakers(words, truth), assign_speakers(words, voices))


def diarisation_error(
    truth: Sequence[Voice], found: Sequence[Voice], duration_s: Seconds, collar_s: Seconds = COLLAR_S
) -> DiarisationError:
    """Diarisation error by `pyannote.metrics`, overlapping speech included.

    Args:
        collar_s: on either side of a boundary; pyannote counts both sides together.
    """
    from pyannote.core import Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    metric = DiarizationErrorRate(collar=2 * collar_s, skip_overlap=False)
    whole = Timeline([Segment(0.0, duration_s)])
    parts: Mapping[str, float] = metric(_annotation(truth), _annotation(found), uem=whole, detailed=True)
    names = ("missed detection", "false alarm", "confusion", "total")
    return DiarisationError(*(round(float(parts[name]), 6) for name in names))


def _annotation(voices: Sequence[Voice]) -> object:
    from pyannote.core import Annotation, Segment

    annotation = Annotation()
    for index, voice in enumerate(voices):
        annotation[Segment(voice.start_s, voice.end_s), index] = voice.speaker
    return annotation


def _middle(word: Word) -> Seconds:
    return (word.start_s + word.end_s) / 2


def _only(speakers: set[str]) -> str:
    return speakers.pop() if len(speakers) == 1 else ""


def _texts(words: Sequence[Word], speakers: Sequence[str], language: str) -> dict[str, tuple[str, ...]]:
    said: dict[str, list[str]] = {}
    for word, speaker in zip(words, speakers, strict=True):
        said.setdefault(speaker or "nobody", []).append(word.text)
    return {speaker: normalise_words(" ".join(texts), language) for speaker, texts in said.items()}
