"""Count how evaluations of the same contacts differ between two versions of a form."""

from collections import Counter
from collections.abc import Iterable, Mapping

from qm.analysis.estimate_quality import mean_figure
from qm.domain.difference import (
    CriterionDifference,
    Example,
    Flip,
    FormDifference,
    Outcome,
    Presence,
    Transition,
)
from qm.domain.evaluation import CriterionAnswer, Evaluation, Score
from qm.domain.figures import Count, Figure
from qm.domain.form import Criterion, Form

MOST_EXAMPLES = 3
"""Of one criterion: enough to see what changes, few enough to read them all."""
LEAST_N = 2
"""Scores of one contact have no spread."""
NOTHING = ""
"""The answer on the side where a criterion doesn't stand."""


def outcome_of(score: Score, form: Form) -> Outcome:
    """Passed where even the lower bound reaches the pass mark, failed where not even the upper one does."""
    if score.lo is None or score.hi is None:
        return Outcome.NONE
    if score.hi < form.pass_mark:
        return Outcome.FAILED
    return Outcome.PASSED if score.lo >= form.pass_mark else Outcome.OPEN


class _CriterionTally:
    def __init__(self) -> None:
        self.transitions: Counter[tuple[str, str]] = Counter()
        self.changed = self.grounds = 0
        self.examples: dict[tuple[str, str], list[Example]] = {}

    def add(self, contact_id: str, before: CriterionAnswer | None, after: CriterionAnswer | None) -> None:
        step = (before.answer.value if before else NOTHING, after.answer.value if after else NOTHING)
        self.transitions[step] += 1
        if before is None or after is None:
            return
        if _what(before) != _what(after):
            self.changed += 1
            self.examples.setdefault(step, []).append(Example(contact_id, before, after))
            del self.examples[step][MOST_EXAMPLES:]
        elif (before.reason, before.evidence) != (after.reason, after.evidence):
            self.grounds += 1

    def chosen(self) -> tuple[Example, ...]:
        """One of each kind of change first, the commonest kind first; then more of each."""
        kinds = sorted(self.examples, key=lambda step: (-self.transitions[step], step))
        rounds = ((place, kind) for place in range(MOST_EXAMPLES) for kind in kinds)
        chosen = [self.examples[kind][place] for place, kind in rounds if place < len(self.examples[kind])]
        return tuple(chosen[:MOST_EXAMPLES])


class FormTally:
    """Adds up one form's evaluations, contact by contact. `None` for the side where the form doesn't stand."""

    def __init__(self, before: Form | None, after: Form | None) -> None:
        if before is None and after is None:
            raise ValueError("before, after: one of them is needed")
        self._before, self._after = before, after
        self._n = 0
        self._criteria: dict[str, _CriterionTally] = {}
        self._scores: list[tuple[float, float]] = []
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._flips: list[Flip] = []

    def add(self, before: Evaluation | None, after: Evaluation | None) -> None:
        """Count one contact's two evaluations."""
        self._n += 1
        evaluation = after or before
        assert evaluation is not None
        old, new = _by_id(before), _by_id(after)
        for criterion_id in dict.fromkeys((*old, *new)):
            tally = self._criteria.setdefault(criterion_id, _CriterionTally())
            tally.add(evaluation.contact_id, old.get(criterion_id), new.get(criterion_id))
        if before is not None and after is not None:
            self._add_scores(before, after)

    def _add_scores(self, before: Evaluation, after: Evaluation) -> None:
        assert self._before is not None
        assert self._after is not None
        steps = outcome_of(before.score, self._before), outcome_of(after.score, self._after)
        values = before.score.value, after.score.value
        self._outcomes[steps[0].value, steps[1].value] += 1
        if values[0] is not None and values[1] is not None:
            self._scores.append((values[0], values[1]))
        if set(steps) == {Outcome.PASSED, Outcome.FAILED}:
            self._flips.append(Flip(before.contact_id, *steps, *values))

    def result(self) -> FormDifference:
        """What was counted so far."""
        form = self._after or self._before
        assert form is not None
        means = [mean_figure([pair[side] for pair in self._scores], LEAST_N, 0.0, 100.0) for side in (0, 1)]
        return FormDifference(
            form.id, form.title, _presence(self._before, self._after),
            self._before.version if self._before else "", self._after.version if self._after else "", self._n,
            tuple(self._criterion(criterion) for criterion in self._every_criterion()), means[0], means[1],
            _mean_difference(self._scores), _transitions(self._outcomes), tuple(self._flips),
        )  # fmt: skip

    def _every_criterion(self) -> Iterable[Criterion]:
        """The new form's criteria in its order, then those that it lost."""
        found: dict[str, Criterion] = {}
        for criterion in (c for form in (self._after, self._before) if form for c in form.criteria):
            found.setdefault(criterion.id, criterion)
        return found.values()

    def _criterion(self, criterion: Criterion) -> CriterionDifference:
        tally = self._criteria.get(criterion.id, _CriterionTally())
        sides = [any(c.id == criterion.id for c in form.criteria) if form else False for form in self._sides]
        n = sum(count for (before, after), count in tally.transitions.items() if before and after)
        return CriterionDifference(
            criterion.id, criterion.title, _presence(*(side or None for side in sides)), Count(tally.changed, n),
            _transitions(tally.transitions), tally.grounds, tally.chosen(),
        )  # fmt: skip

    @property
    def _sides(self) -> tuple[Form | None, Form | None]:
        return self._before, self._after


def _what(answer: CriterionAnswer) -> tuple[object, ...]:
    return answer.answer, answer.value, answer.share


def _by_id(evaluation: Evaluation | None) -> Mapping[str, CriterionAnswer]:
    return {answer.criterion_id: answer for answer in evaluation.answers} if evaluation else {}


def _presence(before: object, after: object) -> Presence:
    if before is None:
        return Presence.ADDED
    return Presence.REMOVED if after is None else Presence.BOTH


def _transitions(counts: Mapping[tuple[str, str], int]) -> tuple[Transition, ...]:
    return tuple(Transition(before, after, n) for (before, after), n in sorted(counts.items()))


def _mean_difference(scores: list[tuple[float, float]]) -> Figure:
    """Mean of the paired differences, Student's t, on the scale of -100 to 100."""
    return mean_figure([after - before for before, after in scores], LEAST_N, -100.0, 100.0)
