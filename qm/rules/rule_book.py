"""All phrases of a pack, by who says them: made once a pack, used for every contact."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import TypeVar

from qm.analysis.match_text import PhraseSet
from qm.analysis.phrase_book import PhraseBook
from qm.domain.text import Language
from qm.domain.transcript import Role
from qm.rules.conditions import Say

T = TypeVar("T")


class RuleBook:
    """The phrase books of some conditions, each made at its first use.

    Args:
        groups: conditions, or whatever holds them (rules, tuples of rules), by what decides whether they apply: the
            phrases of a group are looked for together, and not at all where nobody asks for any of them.
    """

    def __init__(self, groups: Iterable[Iterable[object]]) -> None:
        self._groups = [tuple(dict.fromkeys(say for part in group for say in parts_of(part, Say))) for group in groups]
        self._group_of: dict[PhraseSet, int] = {}
        for number, says in enumerate(self._groups):
            for phrases in (each for say in says for each in say.compiled.values()):
                self._group_of.setdefault(phrases, number)
        self._roles = frozenset(say.roles for says in self._groups for say in says)
        self._books: dict[tuple[Language, frozenset[frozenset[Role]], int], PhraseBook] = {}

    def of(
        self, phrases: PhraseSet, language: Language, heard: frozenset[Role], present: frozenset[Role]
    ) -> PhraseBook | None:
        """What is looked for together with some phrases in the words of the roles `heard`; `None`: nothing else.

        Args:
            present: roles that have any words: who isn't there makes no difference to whom a rule asks for.
        """
        group = self._group_of.get(phrases)
        if group is None:
            return None
        alike = frozenset(roles for roles in self._roles if roles & present == heard)
        key = language, alike, group
        if key not in self._books:
            says = [say for say in self._groups[group] if say.roles in alike and language in say.compiled]
            own = [each for say in says if self._group_of[each := say.compiled[language]] == group]
            self._books[key] = PhraseBook(own, language)
        return self._books[key]


def parts_of(whole: object, kind: type[T]) -> Iterator[T]:
    """Every part of a kind in a rule or condition, however deep; none inside another of that kind."""
    if isinstance(whole, kind):
        yield whole
    elif isinstance(whole, tuple):
        for inner in whole:
            yield from parts_of(inner, kind)
    elif is_dataclass(whole):
        for field in fields(whole):
            yield from parts_of(getattr(whole, field.name), kind)
