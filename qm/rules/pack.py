"""A rule, and the pack that binds rules to a form."""

from dataclasses import dataclass
from datetime import date

from qm.domain.form import Form
from qm.domain.text import Text
from qm.rules.conditions import Condition


@dataclass(frozen=True)
class Rule:
    """How the machine answers one criterion.

    Attributes:
        applies: decided first; `None`: always.
        met: holds when the criterion is met.
        references: sources of the duty or the idea (law, article, standard).
        false_alarms: known cases where the rule goes wrong.
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


@dataclass(frozen=True)
class Pack:
    """A form and the rules that answer it. `sha256` is over every file of the pack but its cases."""

    id: str
    version: str
    sha256: str
    form: Form
    rules: tuple[Rule, ...]

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id.

        Raises:
            KeyError: the pack has none.
        """
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)
