"""All phrases of a pack, by who says them: made once a pack, used for every contact."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import TypeVar

from qm.analysis.phrase_book import PhraseBook
from qm.domain.text import Language
from qm.domain.transcript import Role
from qm.rules.conditions import Say

T = TypeVar("T")


class RuleBook:
    """The phrase books of some conditions, each made at its first use.

    Args:
        rules: conditions, or whatever holds them (rules, tuples of rules).
    """

    def __init__(self, rules: Iterable[object]) -> None:
        self._says = tuple(dict.fromkeys(say for rule in rules for say in parts_of(rule, Say)))
        self._roles = frozenset(say.roles for say in self._says)
        self._books: dict[tuple[Language, frozenset[frozenset[Role]]], PhraseBook] = {}

    def of(self, language: Language, heard: frozenset[Role], present: frozenset[Role]) -> PhraseBook:
        """What rules look for in the words of the roles `heard`.

        Args:
            present: roles that have any words: who isn't there makes no difference to whom a rule asks for.
        """
        alike = frozenset(roles for roles in self._roles if roles & present == heard)
        key = language, alike
        if key not in self._books:
            sets = [say.compiled[language] for say in self._says if say.roles in alike and language in say.compiled]
            self._books[key] = PhraseBook(sets, language)
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
