"""Does a party say the same thing again, word for word?"""

from collections.abc import Iterator
from itertools import islice

from qm.domain.evaluation import Evidence
from qm.rules.conditions import Repeats
from qm.rules.decide_say import MOST_QUOTES, absence_doubts, absence_of, hindrance_of, quote, quote_doubts
from qm.rules.part import Part
from qm.rules.scene import Scene
from qm.rules.verdict import Truth, Verdict, unknown

LEAST_DIFFERENT = 3
"""Different words that a stretch needs: "sì sì sì sì sì" said twice is no repetition of anything."""


def decide_repeats(repeats: Repeats, scene: Scene) -> Verdict:
    """True where a stretch of so many words is said so many times, never overlapping itself."""
    hindrance = hindrance_of(repeats.roles, scene)
    if hindrance:
        return unknown(hindrance)
    part = scene.part(repeats.roles, repeats.span)
    places = _repeated(part, repeats.words, repeats.times)
    if not places:
        absence = absence_of(repeats.roles, part, scene)
        doubts = absence_doubts(absence, part, scene, repeats.roles)
        return Verdict(Truth.FALSE, "not_repeated", (absence,), doubts)
    shown = tuple(_quotes(places, part, repeats, scene))
    return Verdict(Truth.TRUE, "repeated", shown, quote_doubts(shown, scene))


def _quotes(places: tuple[int, ...], part: Part, repeats: Repeats, scene: Scene) -> Iterator[Evidence]:
    for at in islice(places, MOST_QUOTES):
        yield quote(at, at + repeats.words - 1, part, repeats.roles, scene)


def _repeated(part: Part, words: int, times: int) -> tuple[int, ...]:
    """Places of the stretch that is the first to be said so many times; empty where none is."""
    texts = part.stream.texts
    seen: dict[tuple[str, ...], list[int]] = {}
    for at in range(part.first, part.stop - words + 1):
        stretch = tuple(texts[at : at + words])
        if len(set(stretch)) < min(LEAST_DIFFERENT, words) or _is_torn(part, at, words):
            continue
        places = seen.setdefault(stretch, [])
        if (not places or at >= places[-1] + words) and part.may_begin(at):
            places.append(at)
        if len(places) >= times:
            return tuple(places)
    return ()


def _is_torn(part: Part, at: int, words: int) -> bool:
    return any(part.stream.is_broken(place) for place in range(at + 1, at + words))
