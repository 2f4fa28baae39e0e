"""From located mappings to conditions. Faults are collected; a faulty condition comes back as `None`."""

from collections.abc import Callable
from typing import Any

from qm.analysis.compile_phrases import WordClasses
from qm.domain.contact import AGENT_FIELDS, CONTACT_FIELDS, HISTORY_FIELDS
from qm.domain.evaluation import Answer
from qm.rules.conditions import All, Answered, AnyOf, Condition, ContactField, Measure, Not, Trained
from qm.rules.located import FaultList, Located, nearest_hint, read_count, read_number
from qm.rules.parse_say import PhraseLists, SayParser, is_mapping, read_phrases
from qm.rules.parse_talk import TalkParser

__all__ = ["ConditionParser", "PhraseLists", "read_phrases"]


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
        self._measures = measures
        says = SayParser(found, lists, classes)
        talk = TalkParser(says)
        self._parsers: dict[str, Callable[[Any, int], Condition | None]] = {
            "all": self._all, "any": self._any, "none": self._none, "not": self._not, "at_least": self._at_least,
            "say": says.say, "order": talk.order, "beside": talk.beside,
            "near": talk.near, "reply": talk.reply, "repeats": talk.repeats, "means": talk.means,
            "trained": self._trained, "answered": self._answered,
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

    def _trained(self, node: Any, line: int) -> Condition | None:
        if not self._is_mapping(node, line, "trained", ("criterion",), ("criterion",)):
            return None
        return Trained(str(node["criterion"]))

    def _answered(self, node: Any, line: int) -> Condition | None:
        keys = ("criterion", "is", "values", "at_least", "at_most")
        if not self._is_mapping(node, line, "answered", keys, ("criterion",)):
            return None
        known = [answer.value for answer in Answer]
        wanted, values = _listed(node, "is"), _listed(node, "values")
        for name in wanted:
            if name not in known:
                hint = nearest_hint(name, known)
                self._found.add(node.line_of("is"), "rules.bad_value", f"answered: no answer '{name}'", hint)
                return None
        low, high = self._bounds(node, "answered")
        if not wanted and not values and low is None and high is None:
            message, hint = "answered: nothing to compare with", "add `is:`, `values:` or a bound"
            self._found.add(node.line, "rules.missing_key", message, hint)
            return None
        return Answered(str(node["criterion"]), tuple(Answer(name) for name in wanted), values, low, high)

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
        values = _listed(node, "is")
        low, high = self._bounds(node, "contact")
        if not values and low is None and high is None:
            self._found.add(node.line, "rules.missing_key", "contact: nothing to compare with", "add `is:` or a bound")
            return None
        return ContactField(node["field"], values, low, high)

    def _bounds(self, node: Located, what: str) -> tuple[float | None, float | None]:
        low = read_number(node, "at_least", self._found, what)
        high = read_number(node, "at_most", self._found, what)
        if low is not None and high is not None and low > high:
            self._found.add(node.line, "rules.unreachable", f"{what}: at_least {low:g} lies above at_most {high:g}")
        return low, high

    def _is_mapping(self, node: Any, line: int, what: str, known: tuple[str, ...], required: tuple[str, ...]) -> bool:
        return is_mapping(node, line, what, known, required, self._found)


def _listed(node: Located, key: str) -> tuple[str, ...]:
    """What stands under a key, one or a list, as texts."""
    value = node.get(key, [])
    return tuple(str(item) for item in (value if isinstance(value, list) else [value]))
