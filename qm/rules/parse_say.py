"""From located mappings to `say` and the windows, roles and phrases that other operators share with it."""

from collections.abc import Mapping
from typing import Any

from qm.analysis.compile_phrases import WordClasses, compile_phrase
from qm.domain.text import Language
from qm.domain.transcript import Role
from qm.rules.conditions import Negated, Say, Span
from qm.rules.located import FaultList, Located, check_keys, nearest_hint, read_count, read_number, read_strings

PhraseLists = Mapping[str, Mapping[Language, tuple[str, ...]]]
_SPAN_SECONDS = ("first_s", "last_s")
_SPAN_COUNTS = ("first_turns", "last_turns", "chat_first_turns", "chat_last_turns", "first_words", "last_words")
WINDOWS = ("first_s", "last_s", "first_turns", "last_turns", "first_words", "last_words")
"""Windows that exclude one another."""
SPAN_KEYS = (*_SPAN_SECONDS, *_SPAN_COUNTS)
SAY_KEYS = ("by", "phrases", "it", "en", "times", "negated", *SPAN_KEYS)


class SayParser:
    """Parses `say` with the phrase lists and word classes of a pack; `what` names the operator in faults."""

    def __init__(self, found: FaultList, lists: PhraseLists, classes: WordClasses) -> None:
        self.found = found
        self._lists = lists
        self._classes = classes

    def say(self, node: Any, line: int, what: str = "say", *, windowed: bool = True) -> Say | None:
        """A `say`, or `None` with its faults noted; `windowed`: its window is its own to choose."""
        if not is_mapping(node, line, what, SAY_KEYS, ("by",), self.found):
            return None
        given = [key for key in SPAN_KEYS if key in node]
        if given and not windowed:
            message = f"{what}: '{given[0]}' has no meaning here, where to look follows from the question"
            self.found.add(node.line_of(given[0]), "rules.bad_condition", message, f"leave out `{given[0]}:`")
            return None
        roles = self.roles(node, what)
        phrases = self._phrases(node, what)
        try:
            negated = Negated(node.get("negated", "ignore"))
        except ValueError:
            hint = nearest_hint(node["negated"], [n.value for n in Negated])
            self.found.add(node.line_of("negated"), "rules.bad_value", f"{what}: unknown value of 'negated'", hint)
            return None
        if not roles or not phrases:
            return None
        least = read_count(node, "times", self.found, what) or 1
        return Say(roles, phrases, self.span(node, what), least, negated, tuple(sorted(self._classes.items())))

    def roles(self, node: Located, what: str) -> frozenset[Role]:
        """Who speaks; empty with a fault where a role isn't known."""
        wanted = node["by"] if isinstance(node["by"], list) else [node["by"]]
        if wanted == ["anyone"]:
            return frozenset(Role)
        names = [role.value for role in Role if role is not Role.UNKNOWN]
        for name in wanted:
            if name not in names:
                hint = nearest_hint(str(name), [*names, "anyone"])
                self.found.add(node.line_of("by"), "rules.unknown_role", f"{what}: unknown role '{name}'", hint)
        return frozenset(Role(name) for name in wanted if name in names)

    def _phrases(self, node: Located, what: str) -> tuple[tuple[Language, tuple[str, ...]], ...]:
        lists = node.get("phrases", [])
        lists = lists if isinstance(lists, list) else [lists]
        merged: dict[Language, list[str]] = {language: [] for language in Language}
        for name in lists:
            if not isinstance(name, str) or name not in self._lists:
                hint = nearest_hint(str(name), self._lists)
                self.found.add(node.line_of("phrases"), "rules.unknown_list", f"no phrase list '{name}'", hint)
                return ()
            for language, phrases in self._lists[name].items():
                merged[language].extend(phrases)
        for language in Language:
            merged[language].extend(read_phrases(node, language.value, self._classes, self.found))
        if missing := [language.value for language in Language if not merged[language]]:
            message = f"{what}: no phrases for {', '.join(missing)}"
            self.found.add(node.line, "rules.no_phrases", message, "give `it:` and `en:`")
            return ()
        return tuple((language, tuple(merged[language])) for language in Language)

    def span(self, node: Located, what: str) -> Span:
        """Where to look."""
        given = [key for key in WINDOWS if key in node]
        if len(given) > 1:
            message = f"{what}: {' and '.join(given)} exclude each other"
            self.found.add(node.line, "rules.two_windows", message, "keep one")
        first_s, last_s = (read_number(node, key, self.found, what) for key in _SPAN_SECONDS)
        return Span(first_s, last_s, *(read_count(node, key, self.found, what) for key in _SPAN_COUNTS))


def is_mapping(
    node: Any, line: int, what: str, known: tuple[str, ...], required: tuple[str, ...], found: FaultList
) -> bool:
    """True for a mapping with known keys and all that are required; else the faults are noted."""
    if not isinstance(node, Located):
        found.add(line, "rules.bad_condition", f"{what}: needs keys: {', '.join(known)}")
        return False
    return check_keys(node, known, required, found, what)


def read_phrases(node: Located, key: str, classes: WordClasses, found: FaultList) -> tuple[str, ...]:
    """The phrases under a language key; those that can't be compiled are reported and left out."""
    good = []
    language = Language(key)
    for phrase in read_strings(node, key, found, "phrases"):
        try:
            compile_phrase(phrase, classes, language)
        except ValueError as error:
            found.add(node.line_of(key), "rules.bad_phrase", f"phrase '{phrase}': {error}")
        else:
            good.append(phrase)
    return tuple(good)
