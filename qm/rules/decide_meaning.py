"""Does somebody say something that means nearly what an example sentence means?"""

from collections.abc import Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from qm.analysis.match_text import Likeness, quote_of
from qm.rules.conditions import Means
from qm.rules.decide_say import absence_doubts, absence_of, hindrance_of, quote, quote_doubts
from qm.rules.part import Part
from qm.rules.scene import Encoder, Scene
from qm.rules.verdict import Truth, Verdict, unknown
from qm.units import Seconds

SENTENCE_PAUSE_S: Seconds = 1.0
"""Ends a sentence where the recogniser wrote no full stop."""
LONGEST_SENTENCE = 30
"""Words; recognisers that write no punctuation would make a sentence of a whole turn."""
MARGIN = 0.05
"""Cosine similarity on either side of the threshold within which the meaning is in doubt."""
_EXAMPLES: WeakKeyDictionary[Encoder, dict[tuple[str, ...], NDArray[np.float32]]] = WeakKeyDictionary()
"""What the examples of conditions mean to each encoder: the same for every contact."""


def decide_means(means: Means, scene: Scene) -> Verdict:
    """True where a sentence comes near enough to an example; unknown without an encoder (`meaning_unavailable`)."""
    if not scene.has_words:
        return unknown("no_speech")
    examples = dict(means.like).get(scene.language) if scene.language is not None else None
    if not examples:
        return unknown("language_unsupported")
    hindrance = hindrance_of(means.roles, scene)
    if hindrance:
        return unknown(hindrance)
    if scene.encoder is None:
        return unknown("meaning_unavailable")
    part = scene.part(means.roles, means.span)
    nearest = _nearest(means, examples, scene.encoder, part)
    if nearest is None or nearest.similarity < means.at_least:
        return _absent(means, scene, part, nearest)
    shown = quote(nearest.first, nearest.last, part, means.roles, scene)
    doubts = ("meaning",) if nearest.similarity < means.at_least + MARGIN else ()
    shown = replace(shown, similarity=nearest.similarity)
    return Verdict(Truth.TRUE, "meant", (shown,), (*doubts, *quote_doubts([shown], scene)))


def _absent(means: Means, scene: Scene, part: Part, nearest: Likeness | None) -> Verdict:
    absence = absence_of(means.roles, part, scene, nearest)
    doubts = [doubt for doubt in absence_doubts(absence, part, scene, means.roles) if doubt != "near_miss"]
    if nearest and nearest.similarity >= means.at_least - MARGIN:
        doubts.append("meaning")
    return Verdict(Truth.FALSE, "not_meant", (absence,), tuple(doubts))


def _nearest(means: Means, examples: tuple[str, ...], encoder: Encoder, part: Part) -> Likeness | None:
    """The sentences that come nearest to an example: cosine similarity of their embeddings, from 0 up; `None`: none."""
    places = [place for place in windows_of(part, means.sentences) if part.may_begin(place[0])]
    if not places:
        return None
    said = encoder.encode([quote_of(part.stream, first, last) for first, last in places])
    similar = said @ _examples(examples, encoder).T
    row, column = np.unravel_index(int(np.argmax(similar)), similar.shape)
    similarity = round(min(max(float(similar[row, column]), 0.0), 1.0), 4)
    first, last = places[int(row)]
    return Likeness(first, last, similarity, examples[int(column)], is_whole=True)


def _examples(examples: tuple[str, ...], encoder: Encoder) -> NDArray[np.float32]:
    known = _EXAMPLES.setdefault(encoder, {})
    if examples not in known:
        known[examples] = encoder.encode(examples)
    return known[examples]


def windows_of(part: Part, sentences: int) -> list[tuple[int, int]]:
    """First and last word of each run of so many sentences (of all, where there are fewer)."""
    single = list(_sentences(part))
    runs = max(len(single) - sentences + 1, min(len(single), 1))
    return [(single[at][0], single[min(at + sentences, len(single)) - 1][1]) for at in range(runs)]


def _sentences(part: Part) -> Iterator[tuple[int, int]]:
    first = part.first
    for at in range(part.first, part.stop):
        if at + 1 == part.stop or _ends(part, at) or at + 1 - first >= LONGEST_SENTENCE:
            yield first, at
            first = at + 1


def _ends(part: Part, at: int) -> bool:
    """True where a sentence ends after a word: full stop, another turn, or a pause."""
    stream = part.stream
    if stream.words[at + 1] is stream.words[at]:
        return False
    stops = stream.words[at].text.rstrip()[-1:] in (".", "?", "!")
    pause_s = stream.words[at + 1].start_s - stream.words[at].end_s
    return stops or stream.turns[at] != stream.turns[at + 1] or pause_s > SENTENCE_PAUSE_S
