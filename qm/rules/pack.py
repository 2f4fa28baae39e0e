"""A rule, and the pack that binds rules to a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from qm.domain.form import Form
from qm.domain.text import Text
from qm.rules.conditions import All, Condition, ContactField, Means, Measure
from qm.rules.order import answering_order, asked_by
from qm.rules.rule_book import RuleBook, parts_of


@dataclass(frozen=True)
class Chosen:
    """When a rule chooses an option; without `when`, where none before it was chosen."""

    id: str
    when: Condition | None = None


@dataclass(frozen=True)
class Rule:
    """How the machine answers one criterion.

    Attributes:
        applies: decided first; `None`: always.
        met: holds when the criterion is met; of a rule with options or a value, what it shows in its place.
        references: sources of the duty or the idea (law, article, standard).
        false_alarms: known cases where the rule goes wrong.
        options: how it chooses; the first that holds of a single choice, all that hold of a multiple one.
        value: where it takes a number, a date or a text from.
        answer: `generative`: what it leaves open is put to a generative model, where one is set up.
    """

    id: str
    title: Text
    explanation: Text
    action: Text
    status: str
    since: date
    rationale: str
    references: tuple[str, ...]
    false_alarms: tuple[str, ...]
    met: Condition
    applies: Condition | None = None
    options: tuple[Chosen, ...] = ()
    value: Measure | ContactField | None = None
    answer: str = ""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that it decides on."""
        options = tuple(option.when for option in self.options if option.when is not None)
        return (*(() if self.applies is None else (self.applies,)), *(options or (self.met,)))


@dataclass(frozen=True)
class Place:
    """Where something stands in a pack's files; `lines` of its keys, where known."""

    file: str
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, key: str) -> int:
        """Line of a key, or of the whole."""
        return self.lines.get(key, self.line)


@dataclass(frozen=True)
class Pack:
    """A form and the rules that answer it. `sha256` is over every file of the pack but its cases.

    Attributes:
        shown: when a criterion is shown at all, by its id; where none is given, always.
        places: where rules, sections and criteria stand: `rule:ID`, `section:ID`, `criterion:ID`.
    """

    id: str
    version: str
    sha256: str
    form: Form
    rules: tuple[Rule, ...]
    shown: Mapping[str, Condition] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @cached_property
    def _by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def asked(self) -> dict[str, tuple[str, ...]]:
        """Criteria whose answers a criterion's conditions read, by its id, in the order of the form."""
        own = {c.id: self._conditions_of(c.id) for c in self.form.criteria}
        return {criterion_id: asked_by(conditions) for criterion_id, conditions in own.items()}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Ids of the criteria as they are answered: each after those that it asks for."""
        return answering_order(self.asked)[0]

    @cached_property
    def book(self) -> RuleBook:
        """All phrases of the pack, by the contact data that let their rules apply; `()` for those that need none."""
        groups: dict[tuple[Condition, ...], list[object]] = {(): list(self.shown.values())}
        for rule in self.rules:
            groups.setdefault(_gate(rule.applies), []).append(rule)
        return RuleBook(groups.values())

    @cached_property
    def asks_for_meaning(self) -> bool:
        """True where a sentence encoder is needed."""
        return any(True for _means in parts_of(self._conditions, Means))

    @property
    def _conditions(self) -> tuple[object, ...]:
        return (self.rules, tuple(self.shown.values()))

    def _conditions_of(self, criterion_id: str) -> tuple[Condition, ...]:
        rule = self._by_id.get(criterion_id)
        shown = self.shown.get(criterion_id)
        return (*(() if shown is None else (shown,)), *(rule.conditions if rule else ()))

    def rule_of(self, criterion_id: str) -> Rule | None:
        """The rule that answers a criterion; `None` where only people do."""
        return self._by_id.get(criterion_id)

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id.

        Raises:
            KeyError: the pack has none.
        """
        return self._by_id[rule_id]


def _gate(applies: Condition | None) -> tuple[Condition, ...]:
    """What the contact's data must be before anything else is looked at."""
    parts = applies.parts if isinstance(applies, All) else (applies,)
    return tuple(part for part in parts if isinstance(part, ContactField))
