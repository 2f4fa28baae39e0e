"""Which words were probably never said: recognisers write fluent text for music, noise and silence."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qm.analysis.find_announcements import stream_of
from qm.analysis.match_text import Token
from qm.analysis.normalise_text import normalise
from qm.analysis.number_words import is_number_word
from qm.analysis.phantom_phrases import credited, is_courtesy, sounds
from qm.domain.recognition import Passage, Stretch
from qm.domain.recording import Finding, Severity
from qm.domain.transcript import Word
from qm.units import Seconds, Share

OUTSIDE_S: Seconds = 1.0
"""A word this far from all detected speech was not heard; detectors and aligners differ by less."""
NEARLY_OUTSIDE_S: Seconds = 0.3
"""A word without any detected speech this near is one sign."""
NO_SPEECH: Share = 0.6
"""Of a passage; with `LOG_PROBABILITY` the rule by which Whisper itself drops a window (Radford et al. 2022)."""
LOG_PROBABILITY = -1.0
DEAD_SURE_NO_SPEECH: Share = 0.9
"""One sign by itself: real passages of telephone calls reach it now and then."""
COMPRESSION = 2.4
"""Whisper's own limit: letters over the bytes that zlib makes of them."""
FASTEST_LETTERS_A_S = 40.0
"""Speech at its fastest stays below 30 letters a second over a whole passage."""
RATE_WORDS = 8
"""Fewer words are timed too coarsely for a rate."""
UNSURE: Share = 0.3
"""Mean word confidence of an utterance below which it is one sign."""
INAUDIBLE_DB = -65.0
"""Level under a word, in dB of full scale, at which nobody can be heard; `FAINT_DB` is one sign."""
FAINT_DB = -55.0
REPEATS: Mapping[int, int] = {1: 8, 2: 6, 3: 5, 4: 4, 5: 4, 6: 4, 7: 4, 8: 4}
"""Times that a group of so many words must follow itself; people say *sì sì sì sì* and *no no no no no*."""
NUMBER_REPEATS = 16
"""Likewise for digits: an account number may have a dozen zeros."""
REPEAT_PAUSE_S: Seconds = 1.5
"""A longer pause ends a repetition: a listener's *sì … sì … sì* is what people do."""
UTTERANCE_PAUSE_S: Seconds = 1.0
"""Ends an utterance where passages aren't told."""
ONE_SPAN_S: Seconds = 5.0
"""Suspected stretches for one reason that are nearer than this are told of as one."""

Reasons = dict[int, set[str]]
"""Signs by place of the word."""
_TELLING = {
    "outside": "outside detected speech", "music": "inside music or tones", "repeated": "the same words over and over",
    "compressible": "text that repeats itself", "rate": "faster than anybody speaks",
    "no_speech": "the recogniser heard no speech",
    "credits": "a subtitle credit or a sound's name", "inaudible": "nothing audible",
}  # fmt: skip
"""Signs that are enough by themselves, in the order in which a finding names them."""
_PARTIAL = {
    "nearly_outside": "hardly any detected speech", "courtesy": "a courtesy by itself", "unsure": "low word confidence",
    "maybe_no_speech": "the recogniser doubts that it is speech", "faint": "hardly audible",
}  # fmt: skip
"""Signs of which two are needed."""


@dataclass(frozen=True)
class _Utterance:
    """Words `first` up to `stop` that were decoded at once, or that no pause divides."""

    first: int
    stop: int
    passage: Passage | None


def guard_phantoms(
    words: Sequence[Word],
    passages: Sequence[Passage] = (),
    activity: Sequence[Stretch] | None = None,
    *,
    levels: Sequence[float] = (),
    music: Sequence[Stretch] = (),
    channel: int = 0,
) -> tuple[tuple[Word, ...], tuple[Finding, ...]]:
    """The words of one channel with those marked that were probably never said, and a finding a stretch.

    One telling sign is enough (outside detected speech, inside music, repetition, compression, impossible rate, no
    speech by the recogniser's own two numbers, a subtitle credit, inaudible), or two of the partial ones. Nothing is
    added or taken away; words that came marked stay so. The languages of the phrases don't matter: credits come in any.

    Args:
        passages: what the words were decoded from; left out of account where they don't add up to the words.
        activity: detected speech; `None` where there was no detection (an empty sequence says that nobody speaks).
        levels: dB of full scale under each word, one a word; empty where not measured.
        music: stretches of music, ringback or other tones.
        channel: named in the findings.
    """
    reasons: Reasons = {at: set() for at in range(len(words))}
    _mark(reasons, _places(words, activity, music, levels))
    _mark(reasons, _phrases(words))
    loops = repeated(words)
    _mark(reasons, (("repeated", at) for at in loops))
    for utterance in _utterances(words, passages):
        said = words[utterance.first : utterance.stop]
        rest = [words[at] for at in range(utterance.first, utterance.stop) if at not in loops]
        signs = [*_decoder_signs(utterance.passage), *_text_signs(said, rest)]
        _mark(reasons, ((sign, at) for sign in signs for at in range(utterance.first, utterance.stop)))
    told = {at: reason for at, signs in reasons.items() if (reason := _verdict(signs))}
    marked = tuple(replace(w, suspect=True) if at in told and not w.suspect else w for at, w in enumerate(words))
    return marked, _findings(words, told, channel)


def _stream(words: Sequence[Word]) -> tuple[Token, ...]:
    """All the words, those that came marked as well: what is suspected already says no less."""
    return stream_of([replace(word, suspect=False) for word in words])


def _mark(reasons: Reasons, found: Iterable[tuple[str, int]]) -> None:
    for sign, at in found:
        reasons[at].add(sign)


def _verdict(signs: set[str]) -> str:
    """Why a word is suspected; empty where it isn't."""
    telling = [text for sign, text in _TELLING.items() if sign in signs]
    partial = [text for sign, text in _PARTIAL.items() if sign in signs]
    return telling[0] if telling else " and ".join(partial[:2]) if len(partial) > 1 else ""


def _places(
    words: Sequence[Word], activity: Sequence[Stretch] | None, music: Sequence[Stretch], levels: Sequence[float]
) -> Iterable[tuple[str, int]]:
    for at, word in enumerate(words):
        if activity is not None:
            away = min((_distance(word, stretch) for stretch in activity), default=OUTSIDE_S)
            if away >= NEARLY_OUTSIDE_S:
                yield "outside" if away >= OUTSIDE_S else "nearly_outside", at
        if any(_shared(word, stretch) > 0.5 * (word.end_s - word.start_s) for stretch in music):
            yield "music", at
        if len(levels) == len(words) and levels[at] < FAINT_DB:
            yield "inaudible" if levels[at] < INAUDIBLE_DB else "faint", at


def _distance(word: Word, stretch: Stretch) -> Seconds:
    return max(stretch[0] - word.end_s, word.start_s - stretch[1], 0.0)


def _shared(word: Word, stretch: Stretch) -> Seconds:
    return min(word.end_s, stretch[1]) - max(word.start_s, stretch[0])


def _phrases(words: Sequence[Word]) -> Iterable[tuple[str, int]]:
    yield from (("credits", at) for at in sounds(words))
    places = [at for at, word in enumerate(words) for _token in normalise(word.text)]
    for first, last in credited(_stream(words)):
        yield from (("credits", at) for at in range(places[first], places[last] + 1))


def repeated(words: Sequence[Word]) -> set[int]:
    """Places of words in a group of up to eight that follows itself as often as `REPEATS` says.

    >>> said = [Word(text, at, at + 0.4, 0.9) for at, text in enumerate(["sì"] * 5 + ["che", "c'è"] * 6)]
    >>> sorted(repeated(said)) == list(range(5, 17))
    True
    """
    texts = ["".join(normalise(word.text)) for word in words]
    joined = [
        at > 0 and word.start_s - words[at - 1].end_s <= REPEAT_PAUSE_S for at, word in enumerate(words)
    ]  # whether a word follows the one before without a pause
    found: set[int] = set()
    for size, times in REPEATS.items():
        at = size
        while at < len(words):
            start = at
            while at < len(words) and texts[at] == texts[at - size] and joined[at]:
                at += 1
            if at - start + size >= size * _times(texts[start - size : start], times):
                found.update(range(start - size, at))
            at = max(at, start + 1)
    return found


def _times(group: Sequence[str], times: int) -> int:
    return max(times, NUMBER_REPEATS // len(group)) if all(is_number_word(text) for text in group) else times


def _utterances(words: Sequence[Word], passages: Sequence[Passage]) -> list[_Utterance]:
    found: list[_Utterance] = []
    if passages and sum(passage.words for passage in passages) == len(words):
        first = 0
        for passage in passages:
            found.append(_Utterance(first, first + passage.words, passage))
            first += passage.words
        return [utterance for utterance in found if utterance.stop > utterance.first]
    breaks = [at for at in range(1, len(words)) if words[at].start_s - words[at - 1].end_s > UTTERANCE_PAUSE_S]
    edges = [0, *breaks, len(words)]
    return [_Utterance(first, stop, None) for first, stop in pairwise(edges) if stop > first]


def _decoder_signs(passage: Passage | None) -> list[str]:
    if passage is None or passage.no_speech < NO_SPEECH:
        return []
    if passage.log_probability <= LOG_PROBABILITY:
        return ["no_speech"]
    return ["maybe_no_speech"] if passage.no_speech >= DEAD_SURE_NO_SPEECH else []


def _text_signs(words: Sequence[Word], rest: Sequence[Word]) -> list[str]:
    """Signs of an utterance's own words; `rest` are those in no loop: a loop doesn't spoil what stands beside it."""
    text = " ".join(word.text for word in words)
    signs = []
    if compression_of(" ".join(word.text for word in rest)) > COMPRESSION:
        signs.append("compressible")
    length_s = max(word.end_s for word in words) - words[0].start_s
    if len(words) >= RATE_WORDS and len(text) > FASTEST_LETTERS_A_S * length_s:
        signs.append("rate")
    if is_courtesy(_stream(words)):
        signs.append("courtesy")
    if sum(word.confidence for word in words) < UNSURE * len(words):
        signs.append("unsure")
    return signs


def compression_of(text: str) -> float:
    """Bytes of a text over the bytes that zlib makes of them; 0 for none. Plain speech of 30 s lies near 1.6.

    >>> round(compression_of("grazie " * 40), 1) > 10 > compression_of("buongiorno, mi dica")
    True
    """
    plain = text.encode()
    return len(plain) / len(zlib.compress(plain)) if plain else 0.0


def _findings(words: Sequence[Word], told: Mapping[int, str], channel: int) -> tuple[Finding, ...]:
    """One finding for each stretch of words suspected for one reason."""
    groups: list[list[int]] = []
    for at in sorted(told):
        last = groups[-1][-1] if groups else None
        if last is not None and told[last] == told[at] and words[at].start_s - words[last].end_s <= ONE_SPAN_S:
            groups[-1].append(at)
        else:
            groups.append([at])
    return tuple(
        Finding(
            "transcript.phantom", Severity.DOUBT,
            f"channel {channel}: {len(group)} word{'s' * (len(group) > 1)} probably never said: {told[group[0]]}",
            words[group[0]].start_s, max(words[at].end_s for at in group), channel,
        )
        for group in groups
    )  # fmt: skip
