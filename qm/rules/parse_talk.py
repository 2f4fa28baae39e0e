"""From located mappings to conditions on how words stand to one another: order, nearness, answers, repetition."""

from typing import Any

from qm.domain.signals import SignalKind
from qm.domain.text import Language
from qm.rules.conditions import Beside, Means, Near, Order, Repeats, Reply, Say
from qm.rules.located import (
    FaultList,
    Located,
    nearest_hint,
    read_count,
    read_flag,
    read_number,
    read_strings,
    read_up_to,
)
from qm.rules.parse_say import SPAN_KEYS, SayParser, is_mapping

MOST_NEAR = 4
"""Parts of a `near`; in any order they are tried in all orders."""
_LIMITS = ("within_words", "within_turns", "within_s")
LEAST_REPEATED = 2
"""Words of a stretch and times that it is said; less is no repetition."""
DEFAULT_LIKENESS = 0.6


class TalkParser:
    """Parses these operators with the `say` parser of a pack."""

    def __init__(self, says: SayParser) -> None:
        self._says = says
        self._found: FaultList = says.found

    def order(self, node: Any, line: int) -> Order | None:
        """`order`."""
        if not self._is_mapping(node, line, "order", ("first", "then"), ("first", "then")):
            return None
        first, then = self._says.say(node["first"], line), self._says.say(node["then"], line)
        return Order(first, then) if first and then else None

    def beside(self, node: Any, line: int) -> Beside | None:
        """`beside`."""
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
        say = self._says.say(node["say"], node.line_of("say"))
        seconds = {k: read_number(node, k, self._found, "beside") or 0.0 for k in ("at_least_s", "before_s", "after_s")}
        return Beside(SignalKind(node["signal"]), say=say, **seconds) if say else None

    def near(self, node: Any, line: int) -> Near | None:
        """`near`."""
        if not self._is_mapping(node, line, "near", ("of", *_LIMITS, "ordered"), ("of",)):
            return None
        given = [key for key in _LIMITS if key in node]
        if len(given) != 1:
            message = "near: give one of " + ", ".join(f"'{key}'" for key in _LIMITS)
            self._found.add(node.line, "rules.bad_condition", message, "within_turns: 1 is within one turn")
            return None
        parts = self._parts(node)
        words, turns = (read_count(node, key, self._found, "near") for key in ("within_words", "within_turns"))
        seconds = read_number(node, "within_s", self._found, "near")
        ordered = read_flag(node, "ordered", self._found, "near", absent=False)
        if not parts or (words, turns, seconds) == (None, None, None):
            return None
        return Near(parts, words, turns, seconds, ordered)

    def _parts(self, node: Located) -> tuple[Say, ...]:
        items = node["of"]
        if not isinstance(items, list) or not 2 <= len(items) <= MOST_NEAR:
            message = f"near: 'of' needs 2 to {MOST_NEAR} sayings"
            self._found.add(node.line_of("of"), "rules.bad_condition", message, "- {by: agent, phrases: …}")
            return ()
        parts = [self._says.say(_unwrapped(item), node.line_of("of"), "near") for item in items]
        return tuple(part for part in parts if part) if all(parts) else ()

    def reply(self, node: Any, line: int) -> Reply | None:
        """`reply`."""
        if not self._is_mapping(node, line, "reply", ("to", "with", "within_turns", "each"), ("to", "with")):
            return None
        asked = self._says.say(_unwrapped(node["to"]), node.line_of("to"), "reply")
        answer = self._says.say(_unwrapped(node["with"]), node.line_of("with"), "reply", windowed=False)
        turns = read_count(node, "within_turns", self._found, "reply")
        each = read_flag(node, "each", self._found, "reply", absent=False)
        return Reply(asked, answer, turns or 2, each) if asked and answer else None

    def repeats(self, node: Any, line: int) -> Repeats | None:
        """`repeats`."""
        if not self._is_mapping(node, line, "repeats", ("by", "words", "times", *SPAN_KEYS), ("by",)):
            return None
        roles = self._says.roles(node, "repeats")
        words, times = (read_count(node, key, self._found, "repeats") for key in ("words", "times"))
        for key, value in (("words", words), ("times", times)):
            if value is not None and value < LEAST_REPEATED:
                self._found.add(node.line_of(key), "rules.bad_number", f"repeats: '{key}' must be at least 2")
                return None
        return Repeats(roles, words or 5, times or 2, self._says.span(node, "repeats")) if roles else None

    def means(self, node: Any, line: int) -> Means | None:
        """`means`."""
        keys = ("by", "like", "at_least", "sentences", *SPAN_KEYS)
        if not self._is_mapping(node, line, "means", keys, ("by", "like")):
            return None
        like = node["like"]
        names = tuple(language.value for language in Language)
        if not is_mapping(like, node.line_of("like"), "means", names, names, self._found):
            return None
        examples = tuple((language, read_strings(like, language.value, self._found, "means")) for language in Language)
        roles = self._says.roles(node, "means")
        at_least = read_up_to(node, "at_least", 1.0, self._found, "means")
        sentences = read_count(node, "sentences", self._found, "means")
        if not roles or not all(texts for _language, texts in examples):
            return None
        least = DEFAULT_LIKENESS if at_least is None else at_least
        return Means(roles, examples, least, sentences or 1, self._says.span(node, "means"))

    def _is_mapping(self, node: Any, line: int, what: str, known: tuple[str, ...], required: tuple[str, ...]) -> bool:
        return is_mapping(node, line, what, known, required, self._found)


def _unwrapped(node: Any) -> Any:
    """`{say: {…}}` where a bare saying is expected means the same."""
    return node["say"] if isinstance(node, Located) and list(node) == ["say"] else node
