"""Conditions that can never hold, as far as their own shape tells: contradictory parts, intervals that don't meet."""

from collections.abc import Collection, Iterator
from itertools import combinations

from qm.domain.evaluation import Answer
from qm.domain.form import Form
from qm.domain.scales import CriterionType
from qm.rules.conditions import All, Answered, AnyOf, Condition, ContactField, Measure, Not


class Reach:
    """Judges the conditions of one form.

    Args:
        hidden: criteria that are never shown; nothing but *not applicable* can be answered to them.
    """

    def __init__(self, form: Form, hidden: Collection[str] = ()) -> None:
        self._form = form
        self._hidden = hidden

    def is_never(self, condition: Condition) -> bool:
        """True where the condition surely never holds; false where it may, or nothing can be told."""
        if isinstance(condition, All):
            parts = list(_flat(condition))
            return any(self.is_never(part) for part in parts) or any(
                self._exclude(left, right) for left, right in combinations(parts, 2)
            )
        if isinstance(condition, AnyOf):
            return sum(not self.is_never(part) for part in condition.parts) < condition.least
        if isinstance(condition, Not):
            return self._is_always(condition.part)
        return isinstance(condition, Answered) and self._is_silenced(condition)

    def _is_always(self, condition: Condition) -> bool:
        if isinstance(condition, All):
            return all(self._is_always(part) for part in condition.parts)
        if isinstance(condition, AnyOf):
            return sum(self._is_always(part) for part in condition.parts) >= condition.least
        return isinstance(condition, Not) and self.is_never(condition.part)

    def _is_silenced(self, part: Answered) -> bool:
        return part.criterion_id in self._hidden and Answer.NOT_APPLICABLE not in part.answers

    def _exclude(self, left: Condition, right: Condition) -> bool:
        if Not(left) == right or Not(right) == left:
            return True
        if isinstance(left, Measure) and isinstance(right, Measure) and left.name == right.name:
            return _apart(left, right)
        if isinstance(left, ContactField) and isinstance(right, ContactField) and left.name == right.name:
            return _apart(left, right) or _disjoint(_folded(left.values), _folded(right.values))
        if isinstance(left, Answered) and isinstance(right, Answered) and left.criterion_id == right.criterion_id:
            return self._answers_exclude(left, right)
        return False

    def _answers_exclude(self, left: Answered, right: Answered) -> bool:
        if _disjoint(left.answers, right.answers) or _apart(left, right):
            return True
        kind = self._form.criterion(left.criterion_id).type
        return kind is CriterionType.SINGLE_CHOICE and _disjoint(left.values, right.values)


def _flat(condition: All) -> Iterator[Condition]:
    for part in condition.parts:
        if isinstance(part, All):
            yield from _flat(part)
        else:
            yield part


def _apart(left: Measure | ContactField | Answered, right: Measure | ContactField | Answered) -> bool:
    """True where two intervals don't meet."""
    return any(
        low is not None and high is not None and low > high
        for low, high in ((left.at_least, right.at_most), (right.at_least, left.at_most))
    )


def _disjoint(left: Collection[str], right: Collection[str]) -> bool:
    return bool(left) and bool(right) and not set(left) & set(right)


def _folded(values: Collection[str]) -> list[str]:
    return [value.casefold() for value in values]
