"""Many lists of phrases in one index: all that any of them finds, in one pass over the words."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from qm.analysis.compile_phrases import Gap, Kind, Literal, Pattern, is_name
from qm.analysis.phrase_runs import NO_RUN, Runs, Stands, Steps, ends_of, followed, places_before, reach, split
from qm.analysis.read_numbers import numbers_at, starts_number
from qm.analysis.word_forms import stem_of
from qm.analysis.word_stream import BEGINNING_LETTERS, Stream
from qm.domain.text import Language

MOST_KNOWN = 100_000
"""What may follow which place is remembered by word, so many times at most."""


_SIMPLE = frozenset([Kind.WORD, Kind.VALUE, Kind.AGENT])
"""Kinds that don't need asking what follows a word: plain words are looked up, the other two told apart."""


@dataclass(slots=True, eq=False)
class _Node:
    """A place in the index: what may come next, and the wordings that end here.

    Attributes:
        open: other places that take one word, whatever the contact.
        agent: the place after the agent's name.
        known: places after a word, where more than `words` has to be asked for that.
        is_simple: `words` alone tells what follows a word.
    """

    words: dict[str, "_Node"] = field(default_factory=dict)
    beginnings: dict[str, dict[str, "_Node"]] = field(default_factory=dict)
    forms: dict[str, "_Node"] = field(default_factory=dict)
    numbers: dict[str, "_Node"] = field(default_factory=dict)
    open: dict[Literal, "_Node"] = field(default_factory=dict)
    agent: "_Node | None" = None
    gaps: dict[int, "_Node"] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)
    known: dict[str, tuple["_Node", ...]] = field(default_factory=dict)
    is_simple: bool = True

    def child(self, item: Literal | Gap) -> "_Node":
        """The place after an element, made where it doesn't exist."""
        if isinstance(item, Gap):
            return self.gaps.setdefault(item.most, _Node())
        self.is_simple = self.is_simple and item.kind in _SIMPLE
        if item.kind is Kind.BEGINNING:
            return self.beginnings.setdefault(item.text[:BEGINNING_LETTERS], {}).setdefault(item.text, _Node())
        if item.kind is Kind.AGENT:
            self.agent = self.agent or _Node()
            return self.agent
        if item.kind in (Kind.WORD, Kind.FORM, Kind.VALUE):
            group = {Kind.WORD: self.words, Kind.FORM: self.forms, Kind.VALUE: self.numbers}[item.kind]
            return group.setdefault(item.key or item.text, _Node())
        return self.open.setdefault(item, _Node())

    def after(self, word: str, language: Language) -> tuple["_Node", ...]:
        """Places after `word`, for all that takes one word but the agent's name."""
        found = [self.words[word]] if word in self.words else []
        alike = self.beginnings.get(word[:BEGINNING_LETTERS], {})
        found.extend(node for text, node in alike.items() if word.startswith(text))
        if self.forms and (node := self.forms.get(stem_of(word, language))) is not None:
            found.append(node)
        found.extend(node for item, node in self.open.items() if item.accepts(word, ()))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Found:
    """A wording found: it begins at `first` and may end at any of `lasts`, in the order in which its gaps try them."""

    first: int
    lasts: tuple[int, ...]
    wording: int


_After = dict[tuple[int, int] | None, _Node]
"""What goes on after a run, by how many words may stand before the next run."""


_Chains = dict[Steps, list[int]]
"""Wordings that go on after a run with nothing but runs and gaps: most of all."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """What a wording begins with before its first run.

    Attributes:
        run: that run, or `NO_RUN`.
        words: how many words stand before it; `None`: any number of them.
        is_number: true where it begins with a certain number.
    """

    run: int
    words: tuple[int, int] | None
    is_number: bool


def _opening(run: int, before: Sequence[Literal | Gap]) -> _Opening:
    first = before[0]
    is_number = isinstance(first, Literal) and first.kind is Kind.VALUE
    return _Opening(run, reach(before) if run != NO_RUN and not is_number else None, is_number)


class PhraseIndex:
    """Wordings of one language, found by the first run of plain words that each has.

    What stands before and after that run is a tree over the elements of all wordings that share it, and the run that
    comes next: a tree is only walked where both stand. A wording's number is its place in `patterns`. Immutable once
    built but for what it remembers of words.
    """

    def __init__(self, patterns: Iterable[Pattern], language: Language) -> None:
        self._language = language
        self._remembered: list[_Node] = []
        self._runs = Runs()
        self._sizes: dict[int, int] = {}
        self._whole: dict[int, list[int]] = {}
        self._chains: dict[int, dict[int, _Chains]] = {}
        self._begun: dict[int, dict[int, _After]] = {}
        self._open: dict[_Opening, _Node] = {}
        for number, pattern in enumerate(patterns):
            self._add(number, pattern)

    def _add(self, number: int, pattern: Pattern) -> None:
        cut = split(pattern.elements)
        run = self._runs.number(cut.run)
        self._sizes[run] = cut.size
        if cut.before:
            node, elements = self._open.setdefault(_opening(run, cut.before), _Node()), pattern.elements
        elif cut.rest:
            if steps := self._runs.steps(cut.rest):
                rare = max(steps, key=self._runs.letters).run
                self._chains.setdefault(run, {}).setdefault(rare, {}).setdefault(steps, []).append(number)
                return
            then = split(cut.rest)
            then_run, words = self._runs.number(then.run), reach(then.before)
            after = self._begun.setdefault(run, {}).setdefault(then_run, {})
            node, elements = after.setdefault(words, _Node()), cut.rest
        else:
            self._whole.setdefault(run, []).append(number)
            return
        for element in elements:
            node = node.child(element)
        node.ends.append(number)

    def search(self, stream: Stream, names: Collection[str] = ()) -> list[Found]:
        """Every wording at every place where it stands, by place."""
        stands = self._runs.find(stream)
        walk = _Walk(self, stream, frozenset(names))
        found: list[Found] = []
        for run, places in stands.items():
            size = self._sizes.get(run, 0)
            whole, begun, chains = self._whole.get(run, ()), self._begun.get(run), self._chains.get(run)
            if not whole and begun is None and chains is None:
                continue
            kept = places if size == 1 else [at for at in places if not stream.is_broken_in(at + 1, at + size)]
            found.extend(Found(at, (at + size - 1,), wording) for at in kept for wording in whole)
            if chains:
                _find_chains(chains, kept, size, stands, stream, found)
            if begun:
                _walk_begun(walk, begun, kept, size, stands, found)
        for opening, root in self._open.items():
            if opening.run in stands or opening.run == NO_RUN:
                self._walk_open(walk, root, walk.starts(root, opening, stands.get(opening.run)), found)
        found.sort(key=_first_of)
        return found

    def _walk_open(self, walk: "_Walk", root: _Node, starts: Iterable[int], found: list[Found]) -> None:
        """Wordings that begin with an open place, tried where they may begin."""
        for at in starts:
            ends: dict[int, list[int]] = {}
            walk.from_start(root, at, ends)
            found.extend(Found(at, tuple(lasts), wording) for wording, lasts in ends.items())

    def following(self, node: _Node, word: str) -> tuple[_Node, ...]:
        """Places after `word`, remembered."""
        if len(self._remembered) >= MOST_KNOWN:
            for each in self._remembered:
                each.known.clear()
            self._remembered.clear()
        nodes = node.known[word] = node.after(word, self._language)
        self._remembered.append(node)
        return nodes


def _first_of(found: Found) -> int:
    return found.first


def _find_chains(
    chains: Mapping[int, _Chains], places: list[int], size: int, stands: Stands, stream: Stream, found: list[Found]
) -> None:
    """Wordings of runs with gaps between, tried where all their runs stand; they are kept by the longest of these."""
    for steps, wordings in (each for rare in chains.keys() & stands.keys() for each in chains[rare].items()):
        if len(steps) > 1 and not all(step.run in stands for step in steps):
            continue
        for at in followed(places, stands[steps[0].run], size, size + steps[0].most):
            lasts = ends_of(at + size, steps, stands, stream)
            found.extend(Found(at, lasts, wording) for wording in wordings if lasts)


def _walk_begun(
    walk: "_Walk", begun: Mapping[int, _After], places: list[int], size: int, stands: Stands, found: list[Found]
) -> None:
    """Wordings that begin with a run, tried where the next run stands as far behind it as they allow."""
    for run in begun.keys() & stands.keys():
        for words, node in begun[run].items():
            for at in places if words is None else followed(places, stands[run], size + words[0], size + words[1]):
                walk.go_on(node, at, size, found)
    for node in begun.get(NO_RUN, {}).values():
        for at in places:
            walk.go_on(node, at, size, found)


@lru_cache(maxsize=MOST_KNOWN)
def is_agent(word: str, names: frozenset[str]) -> bool:
    """As `is_name`, remembered: the same agents say the same words."""
    return is_name(word, names)


class _Walk:
    """Walks through the tree over one stream. Gaps can't explode: no place after one is walked twice."""

    def __init__(self, index: PhraseIndex, stream: Stream, names: frozenset[str]) -> None:
        self._index = index
        self._stream = stream
        self._texts = stream.texts
        self._size = len(stream)
        self._breaks = stream.breaks
        self._names = names
        self._places: dict[_Node, Sequence[int]] = {}
        self._said: dict[int, dict[str, list[int]]] = {}

    def go_on(self, node: _Node, first: int, size: int, found: list[Found]) -> None:
        """Wordings of which so many words are said already."""
        ends: dict[int, list[int]] = {}
        self.from_place(node, first + size, ends)
        found.extend(Found(first, tuple(lasts), wording) for wording, lasts in ends.items())

    def starts(self, root: _Node, opening: _Opening, places: Sequence[int] | None) -> Iterable[int]:
        """Where a wording may begin whose first run stands at `places`."""
        if opening.is_number:
            return self._number_places
        if places is not None and opening.words is not None:
            return places_before(places, *opening.words)
        said = self._stream.places
        return sorted(at for word in said if self._may_begin(root, word) for at in said[word])

    def _may_begin(self, root: _Node, word: str) -> bool:
        known = root.known.get(word)
        nodes = self._index.following(root, word) if known is None else known
        return bool(nodes or (root.agent and is_agent(word, self._names)) or (root.numbers and starts_number(word)))

    @cached_property
    def _number_places(self) -> list[int]:
        said = self._stream.places
        return sorted(at for word in said if starts_number(word) for at in said[word])

    def from_start(self, root: _Node, at: int, ends: dict[int, list[int]]) -> None:
        """Add wordings that begin with the word `at`, whatever pause there was before it."""
        word = self._texts[at]
        known = root.known.get(word)
        for node in self._index.following(root, word) if known is None else known:
            self.from_place(node, at + 1, ends)
        if root.numbers or root.agent:
            for node, after in self._special(root, at):
                self.from_place(node, after, ends)

    def from_place(self, node: _Node, at: int, ends: dict[int, list[int]]) -> None:
        """Add wordings and their last words, from a place of the tree on, with the word `at` next."""
        seen: set[tuple[_Node, int]] = set()
        todo = [(node, at)]
        texts, breaks, size = self._texts, self._breaks, self._size
        while todo:
            node, at = todo.pop()
            for wording in node.ends:
                ends.setdefault(wording, []).append(at - 1)
            if at >= size or at in breaks:
                continue
            word = texts[at]
            # Last pushed is first walked: a shorter gap is tried before a longer one.
            if node.gaps:
                self._push_gaps(node, at, todo, seen)
            if node.numbers or node.agent:
                todo.extend(self._special(node, at))
            if node.is_simple:
                if word in node.words:
                    todo.append((node.words[word], at + 1))
                continue
            known = node.known.get(word)
            following = self._index.following(node, word) if known is None else known
            todo.extend([(after, at + 1) for after in following])

    def _push_gaps(self, node: _Node, at: int, todo: list[tuple[_Node, int]], seen: set[tuple[_Node, int]]) -> None:
        for most, after in node.gaps.items():
            fresh = [(after, place) for place in self._ahead(after, at, most) if (after, place) not in seen]
            seen.update(fresh)
            todo.extend(reversed(fresh))

    def _ahead(self, node: _Node, at: int, most: int) -> Sequence[int]:
        """Where a place may go on from `at`, at most so many words left out, before any long pause."""
        places = self._places.get(node)
        if places is None:
            places = self._places[node] = self._stands(node)
        first = bisect_left(places, at)
        if first == len(places) or places[first] > at + most:
            return ()
        pause = bisect_left(self._stream.pauses, at + 1)
        stop = self._stream.pauses[pause] if pause < len(self._stream.pauses) else self._size
        return places[first : bisect_left(places, min(stop, at + most + 1))]

    def _stands(self, node: _Node) -> Sequence[int]:
        """Where words stand that may follow at a place; everywhere, where that isn't only plain words."""
        if node.numbers or node.agent or node.gaps or node.forms or node.open:
            return range(self._size)
        known = self._stream.places
        words = [word for word in node.words if word in known]
        for letters, texts in node.beginnings.items():
            alike = self._stream.by_beginning.get(letters, ())
            words.extend(word for word in alike if word.startswith(tuple(texts)))
        return sorted({place for word in words for place in known[word]})

    def _special(self, node: _Node, at: int) -> list[tuple[_Node, int]]:
        """Places after the agent's name or a number."""
        found = [(node.agent, at + 1)] if node.agent and is_agent(self._texts[at], self._names) else []
        return [*found, *self._numbers(node, at)] if node.numbers else found

    def _numbers(self, node: _Node, at: int) -> list[tuple[_Node, int]]:
        said = self._said.get(at)
        if said is None:
            said = self._said[at] = numbers_at(self._texts, at)
        return [
            (node.numbers[digits], end)
            for digits, ends in said.items() if digits in node.numbers
            for end in ends if not self._stream.is_broken_in(at + 1, end)
        ]  # fmt: skip
