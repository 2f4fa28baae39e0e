"""The phrase lists of many rules in one index, so that a contact's words are gone through once for all of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from qm.analysis.find_phrases import Found, PhraseIndex
from qm.analysis.match_text import PhraseSet
from qm.analysis.word_stream import Stream
from qm.domain.text import Language


class PhraseBook:
    """Phrase sets of one language that are looked for in the same words. Immutable once built."""

    def __init__(self, sets: Iterable[PhraseSet], language: Language) -> None:
        self.sets = frozenset(sets)
        self._owners = [(each, place) for each in dict.fromkeys(sets) for place in range(len(each.patterns))]
        self._index = PhraseIndex((each.patterns[place] for each, place in self._owners), language)

    def search(self, stream: Stream, names: Collection[str]) -> Mapping[PhraseSet, list[Found]]:
        """What each set finds, by place; a set that finds nothing has an empty list."""
        found: dict[PhraseSet, list[Found]] = defaultdict(list)
        for item in self._index.search(stream, names):
            owner, place = self._owners[item.wording]
            found[owner].append(Found(item.first, item.lasts, place))
        return found
