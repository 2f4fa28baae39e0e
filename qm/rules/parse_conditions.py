"""From located mappings to conditions. Faults are collected; a faulty condition comes back as `None`."""

from collections.abc import Callable, Mapping
from typing import Any

from qm.analysis.compile_phrases import WordClasses, compile_phrase
from qm.domain.contact import AGENT_FIELDS, CONTACT_FIELDS, HISTORY_FIELDS
from qm.domain.signals import SignalKind
from qm.domain.text import Language
from qm.domain.transcript import Role
from qm.rules.conditions import All, AnyOf, Beside, Condition, ContactField, Measure, Negated, Not, Order, Say, Span
from qm.rules.located import FaultList, Located, check_keys, nearest_hint, read_count, read_number, read_strings

PhraseLists = Mapping[str, Mapping[Language, tuple[str, ...]]]
_SPAN_SECONDS = ("first_s", "last_s")
_SPAN_TURNS = ("first_turns", "last_turns", "chat_first_turns", "chat_last_turns")
_SAY_KEYS = ("by", "phrases", "it", "en", "times", "negated", *_SPAN_SECONDS, *_SPAN_TURNS)


class ConditionParser:
    """Parses the conditions of one file.

    Args:
        found: where faults go.
        lists: named phrase lists of the pack.
        classes: word classes of the pack.
        measures: names of the measures that signals offer.
    """

    def __init__(self, found: FaultList, lists: PhraseLists, classes: WordClasses, measures: frozenset[str]) -> None:
        self._found = found
        self._lists = lists
        self._classes = classes
        self._measures = measures
        self._parsers: dict[str, Callable[[Any, int], Condition | None]] = {
            "all": self._all, "any": self._any, "none": self._none, "not": self._not, "at_least": self._at_least,
            "say": self._say, "order": self._order, "beside": self._beside,
            "measure": self._measure, "contact": self._contact,
        }  # fmt: skip

    def parse(self, node: Any, line: int) -> Condition | None:
        """One condition: a mapping with exactly one operator."""
        if not isinstance(node, Located) or len(node) != 1:
            hint = "one of: " + ", ".join(self._parsers)
            self._found.add(
                getattr(node, "line", line), "rules.bad_condition", "a condition has exactly one operator", hint
            )
            return None
        operator = next(iter(node))
        parser = self._parsers.get(operator)
        if parser is None:
            hint = nearest_hint(operator, self._parsers)
            self._found.add(node.line, "rules.unknown_operator", f"unknown operator '{operator}'", hint)
            return None
        return parser(node[operator], node.line)

    def _parts(self, node: Any, line: int) -> tuple[Condition, ...]:
        if not isinstance(node, list) or not node:
            self._found.add(line, "rules.bad_condition", "needs a list of conditions", "start each with '- '")
            return ()
        parts = [self.parse(item, line) for item in node]
        return tuple(part for part in parts if part is not None)

    def _all(self, node: Any, line: int) -> Condition | None:
        parts = self._parts(node, line)
        return All(parts) if parts else None

    def _any(self, node: Any, line: int) -> Condition | None:
        parts = self._parts(node, line)
        return AnyOf(parts) if parts else None

    def _none(self, node: Any, line: int) -> Condition | None:
        parts = self._parts(node, line)
        return Not(AnyOf(parts)) if parts else None

    def _not(self, node: Any, line: int) -> Condition | None:
        part = self.parse(node, line)
        return Not(part) if part is not None else None

    def _at_least(self, node: Any, line: int) -> Condition | None:
        if not self._is_mapping(node, line, "at_least", ("n", "of"), ("n", "of")):
            return None
        least = read_count(node, "n", self._found, "at_least")
        parts = self._parts(node["of"], node.line_of("of"))
        if least is not None and least > len(parts):
            self._found.add(node.line_of("n"), "rules.unreachable", f"at_least: {least} of {len(parts)} can never hold")
            return None
        return AnyOf(parts, least) if parts and least else None

    def _say(self, node: Any, line: int) -> Say | None:
        if not self._is_mapping(node, line, "say", _SAY_KEYS, ("by",)):
            return None
        roles = self._roles(node)
        phrases = self._phrases(node)
        try:
            negated = Negated(node.get("negated", "ignore"))
        except ValueError:
            hint = nearest_hint(node["negated"], [n.value for n in Negated])
            self._found.add(node.line_of("negated"), "rules.bad_value", "say: unknown value of 'negated'", hint)
            return None
        if not roles or not phrases:
            return None
        least = read_count(node, "times", self._found, "say") or 1
        return Say(roles, phrases, self._span(node), least, negated, tuple(sorted(self._classes.items())))

    def _roles(self, node: Located) -> frozenset[Role]:
        wanted = node["by"] if isinstance(node["by"], list) else [node["by"]]
        if wanted == ["anyone"]:
            return frozenset(Role)
        names = [role.value for role in Role if role is not Role.UNKNOWN]
        for name in wanted:
            if name not in names:
                hint = nearest_hint(str(name), [*names, "anyone"])
                self._found.add(node.line_of("by"), "rules.unknown_role", f"say: unknown role '{name}'", hint)
        return frozenset(Role(name) for name in wanted if name in names)

    def _phrases(self, node: Located) -> tuple[tuple[Language, tuple[str, ...]], ...]:
        lists = node.get("phrases", [])
        lists = lists if isinstance(lists, list) else [lists]
        merged: dict[Language, list[str]] = {language: [] for language in Language}
        for name in lists:
            if not isinstance(name, str) or name not in self._lists:
                hint = nearest_hint(str(name), self._lists)
                self._found.add(node.line_of("phrases"), "rules.unknown_list", f"no phrase list '{name}'", hint)
                return ()
            for language, phrases in self._lists[name].items():
                merged[language].extend(phrases)
        for language in Language:
            merged[language].extend(read_phrases(node, language.value, self._classes, self._found))
        if missing := [language.value for language in Language if not merged[language]]:
            self._found.add(
                node.line, "rules.no_phrases", f"say: no phrases for {', '.join(missing)}", "give `it:` and `en:`"
            )
            return ()
        return tuple((language, tuple(merged[language])) for language in Language)

    def _span(self, node: Located) -> Span:
        given = [key for key in ("first_s", "last_s", "first_turns", "last_turns") if key in node]
        if len(given) > 1:
            self._found.add(
                node.line, "rules.two_windows", f"say: {' and '.join(given)} exclude each other", "keep one"
            )
        first_s, last_s = (read_number(node, key, self._found, "say") for key in _SPAN_SECONDS)
        return Span(first_s, last_s, *(read_count(node, key, self._found, "say") for key in _SPAN_TURNS))

    def _order(self, node: Any, line: int) -> Condition | None:
        if not self._is_mapping(node, line, "order", ("first", "then"), ("first", "then")):
            return None
        first, then = self._say(node["first"], line), self._say(node["then"], line)
        return Order(first, then) if first and then else None

    def _beside(self, node: Any, line: int) -> Condition | None:
        keys = ("signal", "at_least_s", "before_s", "after_s", "say")
        if not self._is_mapping(node, line, "beside", keys, ("signal", "at_least_s", "say")):
            return None
        if ("before_s" in node) == ("after_s" in node):
            self._found.add(node.line, "rules.bad_condition", "beside: give either 'before_s' or 'after_s'")
            return None
        kinds = [kind.value for kind in SignalKind]
        if node["signal"] not in kinds:
            hint = nearest_hint(str(node["signal"]), kinds)
            self._found.add(node.line_of("signal"), "rules.unknown_signal", f"no signal '{node['signal']}'", hint)
            return None
        say = self._say(node["say"], node.line_of("say"))
        seconds = {k: read_number(node, k, self._found, "beside") or 0.0 for k in ("at_least_s", "before_s", "after_s")}
        return Beside(SignalKind(node["signal"]), say=say, **seconds) if say else None

    def _measure(self, node: Any, line: int) -> Condition | None:
        if not self._is_mapping(node, line, "measure", ("name", "at_least", "at_most"), ("name",)):
            return None
        if str(node["name"]) not in self._measures:
            hint = nearest_hint(str(node["name"]), self._measures)
            self._found.add(node.line_of("name"), "rules.unknown_measure", f"no measure '{node['name']}'", hint)
            return None
        low, high = self._bounds(node, "measure")
        if low is None and high is None:
            self._found.add(
                node.line, "rules.missing_key", "measure: a bound is missing", "add `at_least:` or `at_most:`"
            )
            return None
        return Measure(str(node["name"]), low, high)

    def _contact(self, node: Any, line: int) -> Condition | None:
        if not self._is_mapping(node, line, "contact", ("field", "is", "at_least", "at_most"), ("field",)):
            return None
        known = (*CONTACT_FIELDS, *AGENT_FIELDS, *HISTORY_FIELDS)
        if node["field"] not in known and not str(node["field"]).startswith("x_"):
            hint = nearest_hint(str(node["field"]), known) + "; a site's own column begins with 'x_'"
            self._found.add(node.line_of("field"), "rules.unknown_field", f"no contact field '{node['field']}'", hint)
            return None
        values = node.get("is", [])
        values = values if isinstance(values, list) else [values]
        low, high = self._bounds(node, "contact")
        if not values and low is None and high is None:
            self._found.add(node.line, "rules.missing_key", "contact: nothing to compare with", "add `is:` or a bound")
            return None
        return ContactField(node["field"], tuple(str(value) for value in values), low, high)

    def _bounds(self, node: Located, what: str) -> tuple[float | None, float | None]:
        low = read_number(node, "at_least", self._found, what)
        high = read_number(node, "at_most", self._found, what)
        if low is not None and high is not None and low > high:
            self._found.add(node.line, "rules.unreachable", f"{what}: at_least {low:g} lies above at_most {high:g}")
        return low, high

    def _is_mapping(self, node: Any, line: int, what: str, known: tuple[str, ...], required: tuple[str, ...]) -> bool:
        if not isinstance(node, Located):
            self._found.add(line, "rules.bad_condition", f"{what}: needs keys: {', '.join(known)}")
            return False
        return check_keys(node, known, required, self._found, what)


def read_phrases(node: Located, key: str, classes: WordClasses, found: FaultList) -> tuple[str, ...]:
    """The phrases under a language key; those that can't be compiled are reported and left out."""
    good = []
    for phrase in read_strings(node, key, found, "phrases"):
        try:
            compile_phrase(phrase, classes)
        except ValueError as error:
            found.add(node.line_of(key), "rules.bad_phrase", f"phrase '{phrase}': {error}")
        else:
            good.append(phrase)
    return tuple(good)
