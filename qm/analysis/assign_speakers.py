"""Give each recognised word to one of the voices that a diariser told apart."""

from collections.abc import Sequence

from qm.domain.recognition import Voice
from qm.domain.transcript import Word
from qm.units import Seconds

WHOLE_S: Seconds = 1.5
"""A recognised word longer than this was stretched over a pause by the aligner: only its end is believed."""
NEAR_S: Seconds = 0.2
"""Voices whose distances to a word differ by less are equally near: segmentation isn't sharper."""
APART_S: Seconds = 0.25
"""A word that no voice comes this near to stands by itself."""


def assign_speakers(words: Sequence[Word], voices: Sequence[Voice]) -> tuple[str, ...]:
    """The speaker of each word, in the order of the words; empty strings where there are no voices.

    A word belongs to the speaker whose voices overlap it longest; at a tie, to the one who speaks at its middle, then
    to the one who began first. A word that no voice overlaps belongs to the voice nearest in time to its middle, the
    one that follows where both are about as near. Short answers ("sì", "ok") are what segmentation misses: a word that
    stands by itself after a question belongs to the nearest voice of somebody other than who asked.

    >>> voices = (Voice("spk0", 0.0, 2.0), Voice("spk1", 2.5, 4.0))
    >>> words = (Word("Pronto", 0.1, 0.6, 0.9), Word("mi", 2.3, 2.4, 0.9), Word("dica", 2.4, 2.9, 0.9))
    >>> assign_speakers(words, voices)
    ('spk0', 'spk1', 'spk1')
    >>> assign_speakers(words, ())
    ('', '', '')
    """
    ordered = sorted(voices, key=lambda voice: (voice.start_s, voice.end_s))
    found: list[str] = []
    for index, word in enumerate(words):
        is_answer = index > 0 and words[index - 1].text.endswith("?")
        found.append(_speaker(word, ordered, asked_by=found[-1] if is_answer else ""))
    return tuple(found)


def _speaker(word: Word, voices: Sequence[Voice], asked_by: str) -> str:
    if not voices:
        return ""
    start_s = max(word.start_s, word.end_s - WHOLE_S)
    middle_s = (start_s + word.end_s) / 2
    shared: dict[str, tuple[Seconds, bool]] = {}
    for voice in voices:
        overlap_s = min(word.end_s, voice.end_s) - max(start_s, voice.start_s)
        if overlap_s > 0:
            before_s, at_middle = shared.get(voice.speaker, (0.0, False))
            at_middle = at_middle or voice.start_s <= middle_s <= voice.end_s
            shared[voice.speaker] = (before_s + overlap_s, at_middle)
    if shared:
        return max(shared, key=lambda speaker: shared[speaker])
    others = [voice for voice in voices if voice.speaker != asked_by]
    is_apart = all(max(voice.start_s - word.end_s, start_s - voice.end_s) >= APART_S for voice in voices)
    return _nearest(middle_s, others if asked_by and is_apart and others else voices)


def _nearest(at_s: Seconds, voices: Sequence[Voice]) -> str:
    """Speaker of the nearest voice; of two that are about as near, the one that follows."""
    earlier = max((voice for voice in voices if voice.start_s <= at_s), key=lambda voice: voice.end_s, default=None)
    later = min((voice for voice in voices if voice.start_s > at_s), key=lambda voice: voice.start_s, default=None)
    if earlier is None or later is None:
        return (earlier or later or voices[0]).speaker
    gap_before_s, gap_after_s = max(at_s - earlier.end_s, 0.0), later.start_s - at_s
    return later.speaker if gap_before_s > 0 and gap_after_s < gap_before_s + NEAR_S else earlier.speaker
