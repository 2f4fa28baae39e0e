"""Grade a transcript: how far what rests on it may be trusted.

Each factor gives a letter by its own limits, and the worst letter is the transcript's: a good average doesn't make up
for roles that aren't known. Worsening one factor and leaving the others can't improve the grade.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qm.analysis.find_speech import WordsByTime, joined, length_of
from qm.domain.recognition import Stretch
from qm.domain.recording import Severity
from qm.domain.transcript import RECORDED, Grade, Role, Transcript, Word
from qm.units import Share

LETTERS = "ABCD"
"""A: as good as written. B: good, doubtful in places. C: listen before it counts. D: don't score on it."""
DOUBTFUL_WORD: Share = 0.5
"""Below this calibrated confidence a word is likelier wrong than right."""
FINDING_LETTERS = {"recording.silent": "D", "recording.dual_mono": "B", "recording.clipped": "B"}
"""Doubts of another letter than C. Silence leaves nothing to score; the other two are told mostly by what the words'
own confidence and the roles' are."""
DOUBT_LETTER = "C"
"""Any other doubt: a missing party, bleed or swapped channels touch who said what and what wasn't said."""
COUNTED_ELSEWHERE = frozenset({"transcript.phantom", "transcript.no_speech"})
"""Findings that a factor of its own weighs by how much they concern."""


@dataclass(frozen=True)
class Limits:
    """Up to which share of something bad a factor deserves A, B and C; beyond the last it is D."""

    a: Share
    b: Share
    c: Share

    def letter(self, bad: Share) -> str:
        """The letter of a share of something bad.

        >>> [Limits(0.1, 0.2, 0.4).letter(bad) for bad in (0.0, 0.1, 0.15, 0.3, 0.5)]
        ['A', 'A', 'B', 'C', 'D']
        """
        return next((name for name, most in zip(LETTERS, (self.a, self.b, self.c), strict=False) if bad <= most), "D")


EXPECTED_ERRORS = Limits(0.10, 0.25, 0.45)
"""Of the words, one minus the mean calibrated confidence: the error rate to be expected. C. Munteanu et al. (2006),
"The effect of speech recognition accuracy rates on the usefulness and usability of webcast archives": useful up to
25 %, unsatisfactory at 45 %. 10 %, ours: what the default model reaches on clean telephone talk."""
DOUBTFUL_WORDS = Limits(0.10, 0.20, 0.40)
"""Of the words, those likelier wrong than right: a phrase of five words is whole in 59, 33 and 8 % of cases."""
SUSPECTED_WORDS = Limits(0.01, 0.05, 0.20)
"""Of the words, those probably never said. 1 % is above the 0.3 % that the guard may suspect in clean speech; a fifth
means that the recogniser was inventing."""
UNKNOWN_ROLES = Limits(0.0, 0.05, 1.0)
"""Of the words, those whose speaker isn't known: what was said stands, so it is never D."""
WRONG_ROLES = Limits(0.05, 0.15, 0.30)
"""One minus the confidence in the roles. A wrong role is worse than none: one party answers for the other's words."""
WRONG_LANGUAGE = Limits(0.20, 0.50, 1.0)
"""One minus the confidence in the language: beyond half another one is likelier. The words' own confidence says the
rest, so it is never D."""
SPEECH_WITHOUT_WORDS = Limits(0.10, 0.25, 0.50)
"""Of the detected speech, by time. Up to a tenth are breaths, laughter and clicks; beyond half most was missed."""


def grade_transcript(transcript: Transcript, activity: Sequence[Sequence[Stretch]] = ()) -> Grade | None:
    """The grade, with the reasons why it isn't A, worst first; `None` for a chat.

    Reasons are codes: `no_speech`, `expected_errors`, `doubtful_words`, `suspected_words`, `roles_unknown`,
    `roles_unsure`, `language_unsure`, `speech_without_words`, or the code of a finding whose severity is doubt.

    Args:
        activity: detected speech of each channel, where it is known.
    """
    if transcript.recording is None:
        return None
    reasons = dict([*_word_factors(transcript), *_party_factors(transcript, activity), *_findings(transcript)])
    short = sorted((reason for reason in reasons if reasons[reason] != "A"), key=lambda r: reasons[r], reverse=True)
    return Grade(max(reasons.values(), default="A"), tuple(short))


def _word_factors(transcript: Transcript) -> Iterator[tuple[str, str]]:
    """What the words themselves tell. A suspected word counts as not understood, or suspecting would improve shares."""
    words = _words(transcript)
    if not any(not word.suspect for word in words) and not _has_text_alone(transcript):
        yield "no_speech", "D"
    if not words:
        return
    trusted = [0.0 if word.suspect else word.confidence for word in words]
    # Rounded, or the last bit of a sum could cross a limit.
    yield "expected_errors", EXPECTED_ERRORS.letter(round(1 - sum(trusted) / len(trusted), 6))
    doubtful = sum(confidence < DOUBTFUL_WORD for confidence in trusted)
    yield "doubtful_words", DOUBTFUL_WORDS.letter(doubtful / len(words))
    yield "suspected_words", SUSPECTED_WORDS.letter(sum(word.suspect for word in words) / len(words))


def _party_factors(transcript: Transcript, activity: Sequence[Sequence[Stretch]]) -> Iterator[tuple[str, str]]:
    """Who spoke, in which language, and what of it was caught."""
    sizes = [(turn.role, len(turn.words) or len(turn.text.split())) for turn in transcript.turns]
    if total := sum(size for _role, size in sizes):
        unknown = sum(size for role, size in sizes if role is Role.UNKNOWN)
        yield "roles_unknown", UNKNOWN_ROLES.letter(unknown / total)
    if transcript.role_confidence is not None:
        yield "roles_unsure", WRONG_ROLES.letter(round(1 - transcript.role_confidence, 6))
    yield "language_unsure", WRONG_LANGUAGE.letter(round(1 - transcript.language_confidence, 6))
    if (missed := speech_without_words(transcript, activity)) is not None:
        yield "speech_without_words", SPEECH_WITHOUT_WORDS.letter(missed)


def _findings(transcript: Transcript) -> Iterator[tuple[str, str]]:
    for finding in transcript.quality:
        if finding.severity is Severity.DOUBT and finding.code not in COUNTED_ELSEWHERE:
            yield finding.code, FINDING_LETTERS.get(finding.code, DOUBT_LETTER)


def speech_without_words(transcript: Transcript, activity: Sequence[Sequence[Stretch]]) -> Share | None:
    """Share of the detected speech, by time, in stretches where no word was recognised but suspected ones.

    A word belongs to the channel that its turn names (`ch0`, `ch1`); where a diariser named voices instead, the
    channel isn't told, and any word counts. `None` where no speech was detected.
    """
    channels = [joined(stretches) for stretches in activity]
    names = [f"ch{place}" for place in range(len(channels))]
    spoken_by = {turn.id: turn.speaker.removesuffix(RECORDED) for turn in transcript.turns}
    by_channel = all(speaker in names for speaker in spoken_by.values())
    empty_s = 0.0
    for name, stretches in zip(names, channels, strict=True):
        turns = [turn for turn in transcript.turns if spoken_by[turn.id] == name or not by_channel]
        words = WordsByTime(word for turn in turns for word in turn.words if not word.suspect)
        empty_s += length_of(stretch for stretch in stretches if not words.within(stretch))
    whole_s = sum(length_of(stretches) for stretches in channels)
    return empty_s / whole_s if whole_s else None


def _words(transcript: Transcript) -> list[Word]:
    return [word for turn in transcript.turns for word in turn.words]


def _has_text_alone(transcript: Transcript) -> bool:
    """True where turns carry text without word times, as in a transcript that came from elsewhere."""
    return any(turn.text.strip() and not turn.words for turn in transcript.turns)
