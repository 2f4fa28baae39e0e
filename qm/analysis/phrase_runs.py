"""The plain words that phrases must have, looked for all at once: most phrases are ruled out before they are tried.

A run is what a phrase says word for word without a gap or an open place between: of `ricev* il rimborso ...3 domani`
the runs are `ricev*`, `il rimborso` and `domani`. Aho and Corasick (1975): one pass over the text finds all of them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from qm.analysis.compile_phrases import Gap, Kind, Literal
from qm.analysis.word_stream import Stream

Element = Literal | Gap
Stands = dict[int, list[int]]
"""By number of a run, the words at which it begins, in order."""
NO_RUN = -1
"""Number of a run that isn't there."""


@dataclass(frozen=True)
class Split:
    """A wording cut at its first run.

    Attributes:
        before: places before it, empty for most wordings.
        run: its text, empty where the wording has none.
        size: its words.
        rest: places after it.
    """

    before: tuple[Element, ...]
    run: str
    size: int
    rest: tuple[Element, ...]


def split(elements: Sequence[Element]) -> Split:
    """Cut a wording at its first run."""
    first = next((at for at, item in enumerate(elements) if _is_plain(item)), len(elements))
    stop, words = first, list[str]()
    is_open = False
    while stop < len(elements) and not is_open:
        item = elements[stop]
        if not isinstance(item, Literal) or not _is_plain(item):
            break
        words.append(item.text)
        is_open = item.kind is Kind.BEGINNING
        stop += 1
    run = f" {' '.join(words)}{'' if is_open else ' '}" if words else ""
    return Split(tuple(elements[:first]), run, len(words), tuple(elements[stop:]))


def _is_plain(item: Element) -> bool:
    return isinstance(item, Literal) and item.kind in (Kind.WORD, Kind.BEGINNING)


def reach(elements: Iterable[Element]) -> tuple[int, int] | None:
    """Fewest and most words that some places take; `None` where a number may take any count of words."""
    least = most = 0
    for item in elements:
        if isinstance(item, Gap):
            most += item.most
        elif item.kind is Kind.VALUE:
            return None
        else:
            least, most = least + 1, most + 1
    return least, most


@dataclass(frozen=True, slots=True)
class Step:
    """The next run of a wording: at most so many words after the run before it, and its own size."""

    most: int
    run: int
    size: int


Steps = tuple[Step, ...]


class Runs:
    """Numbers of runs, and where they stand. Runs are added first; the first search ends that."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._lengths: list[int] = []
        self._finder: AhoCorasick | None = None

    def number(self, run: str) -> int:
        """A run's number; `NO_RUN` for an empty one."""
        if not run:
            return NO_RUN
        if run not in self._numbers:
            self._numbers[run] = len(self._lengths)
            self._lengths.append(len(run))
        return self._numbers[run]

    def letters(self, step: Step) -> int:
        """How long a step's run is: the longer, the rarer."""
        return self._lengths[step.run]

    def steps(self, elements: Sequence[Element]) -> Steps | None:
        """Places of a wording as runs with gaps between; `None` where there is any other kind of place."""
        found: list[Step] = []
        while elements:
            cut = split(elements)
            words = reach(cut.before)
            if not cut.run or words is None or words[0]:
                return None
            found.append(Step(words[1], self.number(cut.run), cut.size))
            elements = cut.rest
        return tuple(found)

    def find(self, stream: Stream) -> Stands:
        """Where each run begins among some words; runs that aren't there are left out."""
        if self._finder is None:
            self._finder = AhoCorasick(list(self._numbers))
        found: Stands = {}
        place_of = stream.place_of_letter
        for number, start, _end in self._finder.find_matches_as_indexes(stream.spaced, overlapping=True):
            found.setdefault(number, []).append(place_of[start])
        return found


def places_before(places: Iterable[int], least: int, most: int) -> Iterator[int]:
    """Where something may begin that takes `least` to `most` words before one of some places; each once."""
    return iter(sorted({at - back for at in places for back in range(least, most + 1) if at >= back}))


def followed(places: Sequence[int], then: Sequence[int], least: int, most: int) -> Iterator[int]:
    """Those of some places that one of `then` follows `least` to `most` words later; both are in order."""
    size, at = len(then), 0
    for place in places:
        while at < size and then[at] < place + least:
            at += 1
        if at == size:
            return
        if then[at] <= place + most:
            yield place


def ends_of(at: int, steps: Steps, stands: Stands, stream: Stream) -> tuple[int, ...]:
    """Last words of a wording whose first run ends before `at`, shorter gaps first; no place is tried twice."""
    ends: list[int] = []
    seen: set[tuple[int, int]] = set()
    todo = [(0, at)]
    while todo:
        depth, at = todo.pop()
        step, later = steps[depth], []
        then = stands[step.run]
        for to in then[bisect_left(then, at) : bisect_left(then, at + step.most + 1)]:
            if (depth, to) in seen or stream.is_broken_in(at, to + step.size):
                continue
            seen.add((depth, to))
            if depth + 1 == len(steps):
                ends.append(to + step.size - 1)
            else:
                later.append((depth + 1, to + step.size))
        todo.extend(reversed(later))
    return tuple(ends)
