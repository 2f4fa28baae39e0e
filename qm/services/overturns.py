"""How often contested answers are overturned, and what that does to answers that are given automatically."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from qm.analysis.estimate_quality import wilson
from qm.analysis.follow_answers import after_overturns
from qm.csv_text import csv_text
from qm.domain.dispute import Dispute, Ruling
from qm.domain.evaluation import Answer, Origin
from qm.domain.figures import Count, Figure
from qm.domain.form import Form
from qm.domain.people import WHOLE, Scope
from qm.domain.prediction import LifeStage
from qm.domain.text import Language
from qm.domain.trained_answers import AnswerReview
from qm.ports import Unit, UnitOfWork
from qm.ports.answers import AnswerStore
from qm.services.audit_notes import note_standing
from qm.services.dispute_views import OverturnFigures, OverturnRow

DOUBTFUL = 0.5
"""Where even the lower end of the interval lies above it, more contested answers fall than stand."""
COLUMNS = ("form", "criterion", "title", "origin", "decided", "overturned", "rate", "lo", "hi")


class OverturnService:
    """Figures over decided disputes, and the life cycle of trained answers.

    Args:
        answers: where trained answers stand; `None`: this site has none.
        least: decided answers below which no rate is shown.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, reading: UnitOfWork, forms: Mapping[str, Form],
        answers: Callable[[], AnswerStore | None], least: int, scope: Scope = WHOLE,
    ) -> None:  # fmt: skip
        self._unit_of_work = unit_of_work
        self._reading = reading
        self._forms = forms
        self._answers = answers
        self._least = least
        self._scope = scope

    def seen_by(self, scope: Scope) -> "OverturnService":
        """The same over the contacts of that scope."""
        return OverturnService(self._unit_of_work, self._reading, self._forms, self._answers, self._least, scope)

    def figures(self) -> OverturnFigures:
        """By form, criterion and who had answered; the most doubtful first."""
        with self._reading() as unit:
            disputes = self._decided(unit)
        tallies: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
        for dispute in disputes:
            for item in dispute.items:
                key = (dispute.form_id, item.criterion_id, item.origin)
                tallies[key].append(item.ruling is Ruling.OVERTURNED)
        rows = [self._row(*key, Count(sum(falls), len(falls))) for key, falls in tallies.items()]
        kept = sorted(
            (row for row in rows if row), key=lambda r: (-(r.rate.lo or 0.0), -r.decided, r.form_id, r.criterion_id)
        )
        return OverturnFigures(tuple(kept), len(disputes), self._least)

    def csv(self, language: Language) -> str:
        """The same as a table; no rate below the least number."""
        rows = (
            (r.form_id, r.criterion_id, r.title.said_in(language), r.origin, r.decided, r.overturned, r.rate.value,
             r.rate.lo, r.rate.hi)
            for r in self.figures().rows
        )  # fmt: skip
        return csv_text(COLUMNS, rows)

    def follow(self, criteria: frozenset[str]) -> None:
        """Take automatic answers back to *assisted* where what was overturned makes their precision doubtful."""
        store = self._answers() if criteria else None
        if store is None:
            return
        for standing in store.standings():
            if standing.criterion_id not in criteria or standing.stage is not LifeStage.AUTOMATIC:
                continue
            with self._unit_of_work() as unit:
                wrong = _overturned_models(unit, standing.criterion_id)
                tally = unit.evaluations.tally(standing.criterion_id)
                given = tally.get(Answer.MET.value, 0) + tally.get(Answer.NOT_MET.value, 0)
                after = after_overturns(standing, given, wrong)
                if after is standing:
                    continue
                # Noted first: a change that can't be noted isn't made.
                note_standing(unit, standing, after)
            store.stand(after)

    def _decided(self, unit: Unit) -> list[Dispute]:
        decided = unit.disputes.decided()
        if self._scope.is_whole:
            return list(decided)
        seen = unit.contacts.some({dispute.contact_id for dispute in decided}, self._scope)
        return [dispute for dispute in decided if dispute.contact_id in seen]

    def _row(self, form_id: str, criterion_id: str, origin: str, count: Count) -> OverturnRow | None:
        form = self._forms.get(form_id)
        criterion = next((c for c in form.criteria if c.id == criterion_id), None) if form else None
        if form is None or criterion is None:
            return None
        lo, hi = wilson(count)
        is_told = count.n >= self._least
        rate = Figure(count.rate, lo, hi, count.n) if is_told else Figure(None, None, None, count.n)
        return OverturnRow(
            form_id, form.title, criterion_id, criterion.title, origin, count.n, count.hits, rate,
            is_doubtful=is_told and lo > DOUBTFUL,
        )  # fmt: skip


def _overturned_models(unit: Unit, criterion_id: str) -> tuple[AnswerReview, ...]:
    """Answers of the model that fell to the other side, one a contact."""
    found = {}
    for dispute in unit.disputes.decided():
        for item in dispute.overturned:
            right = item.decided.answer if item.decided else item.contested
            sides = {item.contested, right}
            if (item.criterion_id, item.origin) == (criterion_id, Origin.MODEL.value) and sides == SIDES:
                at = dispute.decided_at.isoformat() if dispute.decided_at else ""
                found[dispute.contact_id] = AnswerReview(dispute.contact_id, item.contested, right, at)
    return tuple(found[name] for name in sorted(found))


SIDES = {Answer.MET, Answer.NOT_MET}
